"""The incremental alignment finds what an exhaustive search over all starts finds."""

import numpy as np
import pytest

from crossglg.live.warping import StreamWarping
from crossglg.oneshot.distances import align_costs


def slowly(stream, exemplar, weights):
    """Best mean cost of aligning the exemplar with stream[start:], and that start."""
    roots = np.sqrt(weights)[:, None]
    gaps = (stream * roots)[:, None] - (exemplar * roots)[None]
    costs = np.sqrt(np.square(gaps).sum(axis=(2, 3))).astype(np.float32)
    totals = [float(align_costs(costs[start:])) for start in range(len(stream))]
    return min(totals) / len(exemplar), totals


def test_every_frame_knows_the_best_start_of_every_exemplar():
    rng = np.random.default_rng(0)
    exemplars = [rng.normal(size=(n, 4, 3)).astype(np.float32) for n in (5, 3, 8)]
    weights = [rng.dirichlet(np.ones(4)) for _ in exemplars]
    stream = rng.normal(size=(30, 4, 3)).astype(np.float32)
    warping = StreamWarping(exemplars, weights)
    for t in range(len(stream)):
        costs, starts = warping.push(stream[t])
        for e, exemplar in enumerate(exemplars):
            best, totals = slowly(stream[: t + 1], exemplar, weights[e])
            assert costs[e] == pytest.approx(best, rel=1e-4)
            assert totals[starts[e]] == pytest.approx(best * len(exemplar), rel=1e-4)


def test_an_exemplar_shown_at_half_speed_in_a_stream_is_found_where_it_is():
    rng = np.random.default_rng(1)
    exemplar = np.cumsum(rng.normal(size=(10, 4, 3)), axis=0).astype(np.float32)
    slow = np.repeat(exemplar, 2, axis=0)
    noise = 5 * rng.normal(size=(15, 4, 3)).astype(np.float32)
    warping = StreamWarping([exemplar], [np.full(4, 0.25)])
    for pose in np.concatenate([noise, slow]):
        costs, starts = warping.push(pose)
    assert costs[0] == pytest.approx(0, abs=1e-3)
    assert starts[0] in (15, 16)
