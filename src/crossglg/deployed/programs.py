"""One network as compiled programs, each of which takes a fixed number of clips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

Program = Callable[..., Tensor | tuple[Tensor, ...]]


@dataclass(frozen=True, eq=False)
class Programs:
    """Takes any number of clips: as many at once as a program is there for, and the rest.

    Attributes:
        by_count: Programs by the number of clips that they take, from most to one.
    """

    by_count: Mapping[int, Program]

    @classmethod
    def load(cls, file: Path) -> Self:
        """Open a package whose programs are named by what they take.

        Raises:
            RuntimeError: It cannot be read, or has no program for one clip.
            ValueError: It is of another version, or its programs have other names.
        """
        from torch.export.pt2_archive._package import load_pt2  # takes a second to import

        programs = load_pt2(str(file)).aoti_runners
        if "1" not in programs:
            raise RuntimeError("it has no program for one clip; export the run again")
        counts = sorted(map(int, programs), reverse=True)
        return cls({count: programs[str(count)] for count in counts})

    def __call__(self, *inputs: Tensor) -> list[Tensor]:
        """Tensors (N ...), contiguous, N at least one -> the outputs (N ...)."""
        parts: list[tuple[Tensor, ...]] = []
        start, end = 0, len(inputs[0])
        while start < end:
            count = next(count for count in self.by_count if count <= end - start)
            outputs = self.by_count[count](*(each[start : start + count] for each in inputs))
            parts.append((outputs,) if isinstance(outputs, Tensor) else tuple(outputs))
            start += count
        return [torch.cat(each) for each in zip(*parts, strict=True)]
