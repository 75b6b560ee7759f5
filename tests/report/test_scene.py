"""What the player is given, and what it is never given."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import NTU25, make_skeleton

from crossglg.errors import ClipError
from crossglg.report.scene import MovingSkeleton, describe_scene, rank_joints


@given(st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_place_and_size_of_a_body_do_not_change_its_scene_by_more_than_rounding(
    size: float, shift: float
) -> None:
    one = make_skeleton()
    other = replace(one, joints=one.joints.astype(np.float64) * size + shift)
    first, second = (np.array(describe_scene(each)["persons"]) for each in (one, other))
    assert np.abs(first - second).max() <= 1
    assert np.abs(first).max() <= 1000


def test_an_absent_person_is_marked_and_does_not_move_the_frame() -> None:
    alone = make_skeleton()
    ghost = np.full_like(alone.joints, 50.0)
    both = replace(
        alone,
        joints=np.concatenate([alone.joints, ghost]),
        present=np.stack([np.ones(8, bool), np.zeros(8, bool)]),
    )
    scene = describe_scene(both)
    assert scene["persons"][0] == describe_scene(alone)["persons"][0]
    assert set(scene["seen"][1]) == {"0"}


def test_a_joint_that_is_not_finite_is_not_drawn(skeleton: MovingSkeleton) -> None:
    joints = skeleton.joints.copy()
    joints[0, 0, 3] = np.nan
    seen = describe_scene(replace(skeleton, joints=joints))["seen"]
    assert seen[0].index("0") == 3
    assert seen[0].count("0") == 1


def test_nobody_present_is_an_empty_scene(skeleton: MovingSkeleton) -> None:
    scene = describe_scene(replace(skeleton, present=np.zeros((1, 8), bool)))
    assert set(scene["seen"][0]) == {"0"}


def test_joints_are_ranked_by_name_against_the_average(skeleton: MovingSkeleton) -> None:
    best = rank_joints(skeleton)[0]
    assert best.name == NTU25.joints[-1].replace("_", " ")
    assert best.times_average == pytest.approx(2.0)
    assert best.share_of_top == 1.0


@pytest.mark.parametrize("importance", [None, np.zeros(25)])
def test_unknown_importance_ranks_nothing(skeleton: MovingSkeleton, importance: object) -> None:
    plain = replace(skeleton, importance=importance)
    assert rank_joints(plain) == ()
    assert describe_scene(plain)["shares"] is None


def test_importance_over_time_is_told_frame_by_frame_in_percent(skeleton: MovingSkeleton) -> None:
    values = np.zeros((8, 25))
    values[2, 3], values[5, 7] = 4.0, 1.0
    shares = np.array(describe_scene(replace(skeleton, importance=values))["shares"])
    assert shares.reshape(8, 25)[[2, 5], [3, 7]].tolist() == [100, 25]
    assert shares.sum() == 125


def test_contributions_keep_their_sign_and_importance_has_none(skeleton: MovingSkeleton) -> None:
    values = np.zeros(25)
    values[1], values[2] = 0.5, -1.0
    signed = describe_scene(replace(skeleton, importance=values, scale="contribution"))
    assert (signed["scale"], signed["shares"][1:3]) == ("contribution", [50, -100])
    with pytest.raises(ClipError, match="zero or more"):
        replace(skeleton, importance=values)


@pytest.mark.parametrize(
    "change",
    [
        {"joints": np.zeros((8, 25, 3))},
        {"joints": np.zeros((1, 0, 25, 3)), "present": np.zeros((1, 0), bool)},
        {"present": np.ones((2, 8), bool)},
        {"importance": np.ones(24)},
        {"importance": np.ones((7, 25))},
        {"importance": -np.ones(25)},
        {"importance": np.full(25, np.nan)},
        {"fps": 0.0},
    ],
)
def test_what_does_not_fit_is_refused_with_the_title(
    skeleton: MovingSkeleton, change: dict[str, object]
) -> None:
    with pytest.raises(ClipError, match="wave"):
        replace(skeleton, **change)
