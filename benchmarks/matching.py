"""Matching at scale: DTW and joints over many pairs, cosine search in very many exemplars.

    python benchmarks/matching.py [--exemplars 1000000] [--width 256]

Processor time of one core; the least of some runs, since other work on a machine only adds to
it. The slow references are loops written from the definitions; they are timed on fewer pairs.
"""

import argparse
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from crossglg.oneshot.distances import point_joints, weighted_joint_distances
from crossglg.oneshot.search import ExactSearch, IndexSearch
from crossglg.oneshot.warping import dtw_distances

_RUNS = 3


def least_seconds(function: Callable[[], object], runs: int = _RUNS) -> float:
    """Processor time of the fastest of some runs."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        function()
        seconds.append(time.process_time() - start)
    return min(seconds)


def most_mb(function: Callable[[], object]) -> float:
    """The most memory that arrays made on the way take, the result included, MB."""
    tracemalloc.start()
    function()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def loop_dtw(first: np.ndarray, second: np.ndarray) -> float:
    """The reference: a loop over the cells of one pair."""
    cost = np.linalg.norm(first[:, None] - second[None], axis=-1)
    total = np.full((len(first) + 1, len(second) + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(len(first)):
        for j in range(len(second)):
            best = min(total[i, j], total[i, j + 1], total[i + 1, j])
            total[i + 1, j + 1] = cost[i, j] + best
    return float(total[-1, -1])


def measure_dtw(name: str, *, frames: int, width: int, queries: int, exemplars: int) -> None:
    """Time all pairs against the loop on some of them, and compare the results."""
    rng = np.random.default_rng(0)
    query = rng.normal(size=(queries, frames, width)).astype(np.float32)
    support = rng.normal(size=(exemplars, frames, width)).astype(np.float32)
    some = [(int(rng.integers(queries)), int(rng.integers(exemplars))) for _ in range(40)]
    fast = least_seconds(lambda: dtw_distances(query, support)) / (queries * exemplars)
    most = most_mb(lambda: dtw_distances(query, support))
    slow = least_seconds(lambda: [loop_dtw(query[q], support[s]) for q, s in some]) / len(some)
    found = dtw_distances(query, support)
    expected = [loop_dtw(query[q], support[s]) for q, s in some]
    np.testing.assert_allclose([found[q, s] for q, s in some], expected, rtol=1e-4)
    print(
        f"DTW, {name} (T {frames}, D {width}), {queries} x {exemplars}: {fast * 1e6:.1f} us per "
        f"pair, loop {slow * 1e6:.0f} us: {slow / fast:.0f} times faster, {most:.0f} MB",
        flush=True,
    )


def all_at_once(query, support, ours, theirs):
    """The joint-wise distance written as one product over everything."""
    q = query / np.linalg.norm(query, axis=-1, keepdims=True)
    s = support / np.linalg.norm(support, axis=-1, keepdims=True)
    apart = np.maximum(1 - np.einsum("qvd,svd->qsv", q, s), 0)
    return (apart * (ours[:, None] + theirs[None])).sum(axis=-1)


def measure_joints(width: int) -> None:
    """Time joint-wise matching of thousands by thousands."""
    rng = np.random.default_rng(0)
    query, support = rng.normal(size=(2, 4000, 25, width)).astype(np.float32)
    ours, theirs = rng.random((2, 4000, 25)).astype(np.float32) / 50
    few = slice(0, 300)
    slow = least_seconds(lambda: all_at_once(query[few], support[few], ours[few], theirs[few]))

    def match():
        return weighted_joint_distances(
            point_joints(query), point_joints(support), query_weights=ours, support_weights=theirs
        )

    fast = least_seconds(match)
    expected = all_at_once(query[few], support[few], ours[few], theirs[few])
    np.testing.assert_allclose(match()[few, few], expected, atol=1e-5)
    ratio = (slow / 300**2) / (fast / 4000**2)
    print(
        f"joints (V 25, D {width}), 4000 x 4000: {fast:.1f} s, {fast / 16:.2f} us per pair; all at "
        f"once {slow / 0.09:.2f} us: {ratio:.0f} times faster, {most_mb(match):.0f} MB",
        flush=True,
    )


def make_exemplars(count: int, width: int) -> np.ndarray:
    """Features as of many actions: one direction an action, its clips around it."""
    rng = np.random.default_rng(0)
    actions = rng.normal(size=(1000, width)).astype(np.float32)
    exemplars = actions[rng.integers(1000, size=count)]
    for start in range(0, count, 2**16):
        block = exemplars[start : start + 2**16]
        block += rng.normal(scale=0.7, size=block.shape).astype(np.float32)
    return exemplars


def measure_search(most: int, width: int, *, index: bool) -> None:
    """Time exact search and an index over growing numbers of exemplars."""
    everything = make_exemplars(most + 1000, width)
    queries, everything = everything[most:], everything[:most]
    size = 10_000
    while size <= most:
        exemplars = everything[:size]
        exact = ExactSearch(exemplars)
        single = least_seconds(lambda e=exact: e.nearest(queries[:1], k=10))
        many = least_seconds(lambda e=exact: e.nearest(queries, k=10), runs=1)
        memory = most_mb(lambda e=exact: e.nearest(queries, k=10))
        print(
            f"exact, {size} exemplars (D {width}): one query {single * 1e3:.1f} ms, 1000 queries "
            f"{many:.2f} s ({many:.3f} ms each), {memory:.0f} MB",
            flush=True,
        )
        if index:
            measure_index(exemplars, queries, exact.nearest(queries, k=10).positions)
        size *= 10


def measure_index(exemplars: np.ndarray, queries: np.ndarray, truth: np.ndarray) -> None:
    """Time FAISS at a few numbers of probes, with what it misses."""
    cells = int(np.sqrt(len(exemplars)))
    start = time.process_time()
    built = IndexSearch.build(exemplars, cells=cells, probes=1)
    seconds = time.process_time() - start
    for probes in (4, 16, 64):
        built.index.nprobe = min(probes, cells)
        found = built.nearest(queries, k=10).positions
        recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, truth, strict=True)])
        first = (found[:, 0] == truth[:, 0]).mean()
        single = least_seconds(lambda: built.nearest(queries[:1], k=10))
        many = least_seconds(lambda: built.nearest(queries, k=10), runs=1)
        print(
            f"  FAISS, {cells} cells built in {seconds:.0f} s, {probes} probes: one query "
            f"{single * 1e3:.2f} ms, 1000 queries {many:.2f} s; nearest found {100 * first:.1f} %, "
            f"of the ten {100 * recall:.1f} %",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exemplars", type=int, default=1_000_000)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--no-index", action="store_true")
    parser.add_argument("--only-search", action="store_true")
    chosen = parser.parse_args()
    if not chosen.only_search:
        measure_dtw("raw coordinates", frames=32, width=150, queries=2000, exemplars=20)
        measure_dtw("raw coordinates", frames=64, width=150, queries=500, exemplars=20)
        measure_dtw("features", frames=16, width=25 * 64, queries=500, exemplars=20)
        measure_joints(64)
        measure_joints(chosen.width)
    measure_search(chosen.exemplars, chosen.width, index=not chosen.no_index)


if __name__ == "__main__":
    main()
