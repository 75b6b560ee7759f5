"""Curves between keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossglg.sources.choreography.spline import interpolate

TIMES = np.array([0.0, 1.0, 1.5, 3.0])
VALUES = np.array([[0.0], [10.0], [4.0], [5.0]])


def curve(eases, at):
    return interpolate(TIMES, VALUES, np.array(eases), at=np.asarray(at, dtype=float))[:, 0]


@given(st.lists(st.sampled_from(["stop", "through", "hit"]), min_size=4, max_size=4))
def test_every_curve_meets_every_key_and_holds_the_ends(eases):
    assert curve(eases, TIMES) == pytest.approx(VALUES[:, 0])
    assert curve(eases, [-1.0, 4.0]) == pytest.approx([0.0, 5.0])


def test_between_stops_a_curve_only_rises():
    assert (np.diff(curve(["stop"] * 4, np.linspace(0, 1, 50))) > 0).all()


def test_a_hit_arrives_faster_than_a_stop():
    before = [0.95, 1.0]
    stop, hit = (np.diff(curve(["stop", ease, "stop", "stop"], before)) for ease in ("stop", "hit"))
    assert hit > 3 * stop
