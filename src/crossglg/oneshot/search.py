"""The nearest few of very many exemplars by cosine: exactly, or by an index that guesses well.

Exact search reads every exemplar once per block of queries, in bounded memory, and needs nothing
but numpy. An index (FAISS) looks into the likeliest cells only; docs/performance.md says from how
many exemplars on that is worth its misses and the time to build it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError, require
from crossglg.oneshot.distances import normalise_rows

_QUERIES_AT_ONCE = 256
_EXEMPLARS_AT_ONCE = 2**14
"""With 256 queries, 16 MB of cosines."""

_SAMPLES_PER_CELL = 64
"""What FAISS learns its cells from; it asks for at least 39."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The k nearest exemplars of Q queries, nearest first.

    Attributes:
        distances: (Q k) 1 - cosine.
        positions: (Q k) of the exemplars; -1 where an index found fewer.
    """

    distances: NDArray[np.float32]
    positions: NDArray[np.int64]


class ExemplarSearch(Protocol):
    """Finds exemplars near to queries."""

    def nearest(self, query: NDArray[np.floating], *, k: int) -> Neighbours:
        """(Q D) queries -> their ``k`` nearest exemplars."""
        ...


@dataclass(frozen=True, eq=False)
class ExactSearch:
    """Compares with every exemplar.

    Attributes:
        exemplars: (S D) of any length and precision; may be a memory map.
    """

    exemplars: NDArray[np.floating]

    def nearest(self, query: NDArray[np.floating], *, k: int) -> Neighbours:
        """(Q D) queries -> their ``k`` nearest exemplars.

        Raises:
            ConfigError: There are fewer than ``k`` exemplars, or ``k`` is below 1.
        """
        _check_k(k, len(self.exemplars))
        unit = normalise_rows(query)
        lengths = self._lengths
        cosines = np.full((len(query), k), -np.inf, dtype=np.float32)
        positions = np.full((len(query), k), -1, dtype=np.int64)
        for start in range(0, len(self.exemplars), _EXEMPLARS_AT_ONCE):
            block = slice(start, start + _EXEMPLARS_AT_ONCE)
            exemplars = np.asarray(self.exemplars[block], dtype=np.float32).T
            for first in range(0, len(query), _QUERIES_AT_ONCE):
                rows = slice(first, first + _QUERIES_AT_ONCE)
                found = unit[rows] @ exemplars
                found /= lengths[block]
                _keep_best(cosines[rows], positions[rows], found, offset=start)
        return Neighbours(np.float32(1) - cosines, positions)

    @cached_property
    def _lengths(self) -> NDArray[np.float32]:
        """(S), measured once: scaling so many exemplars anew would take longer than comparing."""
        parts = [
            np.linalg.norm(
                np.asarray(self.exemplars[start : start + _EXEMPLARS_AT_ONCE], np.float32), axis=1
            )
            for start in range(0, len(self.exemplars), _EXEMPLARS_AT_ONCE)
        ]
        return np.maximum(np.concatenate(parts), 1e-12).astype(np.float32)


@dataclass(frozen=True, eq=False)
class IndexSearch:
    """Compares with the exemplars in the cells nearest to the query.

    Attributes:
        index: Of FAISS, over unit vectors.
    """

    index: Any

    @classmethod
    def build(
        cls, exemplars: NDArray[np.floating], *, cells: int, probes: int, seed: int = 0
    ) -> "IndexSearch":
        """Sort (S D) exemplars into cells.

        Args:
            exemplars: May be a memory map; the index keeps a copy in memory.
            cells: How many; about four times the root of S is usual.
            probes: Cells looked into per query: more find more and take longer.
            seed: Of the sample that the cells are learned from.

        Raises:
            MissingExtraError: FAISS is not installed.
            ConfigError: There are fewer exemplars than cells.
        """
        if not 1 <= probes <= cells <= len(exemplars):
            raise ConfigError(
                f"Expected 1 <= probes <= cells <= {len(exemplars)} exemplars, found {probes} "
                f"probes and {cells} cells."
            )
        faiss = require("faiss", extra="index")
        width = exemplars.shape[1]
        index = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(width), width, cells, faiss.METRIC_INNER_PRODUCT
        )
        count = min(len(exemplars), _SAMPLES_PER_CELL * cells)
        sample = np.random.default_rng(seed).choice(len(exemplars), count, replace=False)
        index.train(normalise_rows(exemplars[np.sort(sample)]))
        for start in range(0, len(exemplars), _EXEMPLARS_AT_ONCE):
            index.add(normalise_rows(exemplars[start : start + _EXEMPLARS_AT_ONCE]))
        index.nprobe = probes
        return cls(index)

    def nearest(self, query: NDArray[np.floating], *, k: int) -> Neighbours:
        """(Q D) queries -> up to ``k`` exemplars near to each; a nearer one may be missed.

        Raises:
            ConfigError: There are fewer than ``k`` exemplars, or ``k`` is below 1.
        """
        _check_k(k, self.index.ntotal)
        cosines, positions = self.index.search(normalise_rows(query), k)
        return Neighbours(np.float32(1) - cosines, positions.astype(np.int64))


def _check_k(k: int, count: int) -> None:
    if not 1 <= k <= count:
        raise ConfigError(f"Expected to look for 1 to {count} exemplars, found {k}.")


def _keep_best(
    cosines: NDArray[np.float32],
    positions: NDArray[np.int64],
    found: NDArray[np.float32],
    *,
    offset: int,
) -> None:
    """Merge cosines (q s) with a block of exemplars into the best k so far, in place."""
    k = cosines.shape[1]
    # Few blocks hold anything better than what is known: most rows end here.
    rows = np.flatnonzero(found.max(axis=1) > cosines[:, -1])
    if not len(rows):
        return
    better = found[rows]
    if better.shape[1] > k:
        chosen = np.argpartition(better, -k, axis=1)[:, -k:]
        better = np.take_along_axis(better, chosen, axis=1)
    else:
        chosen = np.broadcast_to(np.arange(better.shape[1]), better.shape)
    joined = np.concatenate([cosines[rows], better], axis=1)
    joined_positions = np.concatenate([positions[rows], chosen + offset], axis=1)
    # Equals in the order of their positions.
    order = np.lexsort((joined_positions, -joined), axis=1)[:, :k]
    cosines[rows] = np.take_along_axis(joined, order, axis=1)
    positions[rows] = np.take_along_axis(joined_positions, order, axis=1)
