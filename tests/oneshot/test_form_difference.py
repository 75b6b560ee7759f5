"""Segments that point elsewhere are found, by how much, which way and when; nothing else is."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.oneshot import form
from crossglg.oneshot.form import compare_roughly, sample_form
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.normalize import align, resample
from crossglg.skeleton.rotation import rotation_about_vertical
from crossglg.skeleton.segments import find_segments
from crossglg.sources.choreography import choreography
from swung_limb import swing


@pytest.fixture(scope="module")
def squat():
    return align(clean(choreography(performers=1, repeats=1, classes=["squat"]).clip(0)))


@pytest.fixture(scope="module")
def segments(squat):
    return find_segments(squat.layout)


def compare_form(done, shown, segments):
    return form.compare_form(sample_form(done), sample_form(shown), segments)


def test_the_same_is_no_different(squat, segments):
    found = compare_form(squat, squat, segments)
    assert found.degrees == pytest.approx(np.zeros(10), abs=0.1)
    assert found.overall == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("degrees", [10, -40])
def test_a_limb_that_is_swung_is_off_by_that_angle_and_nothing_else_is(squat, segments, degrees):
    done = swing(squat, "right_shoulder", degrees, axis=0)
    found = compare_form(done, squat, segments)
    arm = [name in ("right upper arm", "right forearm") for name in segments.names]
    # Whatever lies along the axis is turned by less.
    assert found.degrees[arm] == pytest.approx(abs(degrees), rel=0.15)
    assert found.degrees[~np.array(arm)] == pytest.approx(np.zeros(8), abs=0.5)
    assert found.overall == pytest.approx(abs(degrees) / 5, rel=0.15)


@pytest.mark.parametrize(
    ("axis", "degrees", "way"),
    [(0, 40, (0, 0, -1)), (0, -40, (0, 0, 1)), (2, 40, (1, 0, 0)), (2, -40, (-1, 0, 0))],
)
def test_an_arm_that_hangs_swings_forward_back_and_to_both_sides(
    squat, segments, axis, degrees, way
):
    """As seen from who moves: to the right, up, back."""
    stand = squat.with_joints(np.repeat(squat.joints[:, :1], 40, axis=1), squat.visible[:, :40])
    arm = segments.names.index("left upper arm")
    hang = segments.point(stand.joints[0, 0])[arm]
    assert hang[1] < -0.9
    done = swing(stand, "left_shoulder", degrees, axis=axis)
    found = compare_form(done, stand, segments)
    assert found.degrees[arm] == pytest.approx(40, rel=0.1)
    assert np.abs(found.ways[arm]).argmax() == np.abs(way).argmax()
    assert found.ways[arm] @ np.array(way) > 0.5


def test_slow_and_quick_tall_and_small_are_no_difference(squat, segments):
    slow = resample(squat, frame_count=3 * squat.frame_count)
    tall = slow.with_joints(1.3 * slow.joints)
    assert compare_form(tall, squat, segments).degrees == pytest.approx(np.zeros(10), abs=2)
    other_rate = replace(squat, fps=2 * squat.fps)
    assert compare_form(other_rate, squat, segments).degrees == pytest.approx(np.zeros(10), abs=0.1)


@pytest.mark.parametrize("degrees", [25, -70])
def test_who_faces_another_way_does_nothing_wrong(squat, segments, degrees):
    """Aligned by one frame, clips are off by what that frame is."""
    turn = rotation_about_vertical(np.radians(degrees))
    turned = squat.with_joints(squat.joints @ turn.T)
    assert compare_form(turned, squat, segments).degrees == pytest.approx(np.zeros(10), abs=0.1)
    lifted = swing(squat, "right_shoulder", 40, axis=0)
    both = lifted.with_joints(lifted.joints @ turn.T)
    found = compare_form(both, squat, segments)
    assert sorted(np.flatnonzero(found.degrees > 20)) == sorted(
        segments.names.index(name) for name in ("right upper arm", "right forearm")
    )


def test_a_sensor_that_trembles_is_not_taken_for_a_difference(squat, segments):
    noise = np.random.default_rng(0).normal(0, 0.04, squat.joints.shape)  # trunks: 2 cm
    trembling = squat.with_joints((squat.joints + noise).astype(np.float32))
    assert compare_form(trembling, squat, segments).degrees.max() < 10


def test_what_lasts_for_a_moment_is_not_told_and_what_lasts_is(squat, segments):
    arm = segments.names.index("left forearm")
    tenth, half = (
        swing(squat, "left_elbow", 50, axis=0, frames=slice(0, round(share * squat.frame_count)))
        for share in (0.1, 0.5)
    )
    assert compare_form(tenth, squat, segments).degrees[arm] < 5
    found = compare_form(half, squat, segments)
    assert found.degrees[arm] > 30
    assert found.moments[arm] <= 0.55


def test_at_the_same_pace_a_rough_look_says_the_same(squat, segments):
    lifted = swing(squat, "right_shoulder", 40, axis=0)
    shown = np.stack([sample_form(each) for each in (squat, lifted)])
    same, other = compare_roughly(sample_form(squat), shown, segments)
    assert same == pytest.approx(0, abs=0.1)
    assert other == pytest.approx(8, rel=0.15)  # two of ten segments
