"""Means over the steps of an epoch, kept where the steps are computed."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor


class Means(Mapping[str, float]):
    """The mean of each term over the steps so far.

    Sums stay on the device, and a term becomes a number of Python's when somebody asks: until then
    nobody waits for a GPU, which can be steps behind.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._steps = 0

    @torch.no_grad()
    def add(self, terms: Mapping[str, Tensor]) -> None:
        """One more step; every step has the same terms."""
        self._steps += 1
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.float()

    def __getitem__(self, name: str) -> float:
        """Waits for the device."""
        return float(self._sums[name]) / self._steps

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)
