"""The body: where joints are, how bones keep their length, how feet keep the floor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossglg.skeleton.layout import get_layout
from crossglg.sources.choreography.body import PROPORTIONS, Body, pose_body
from crossglg.sources.choreography.turns import COLUMN, DOFS, keep_within_limits, mirror_setting

LAYOUT = get_layout("ntu25")


def one_pose(**settings):
    pose = np.zeros((1, len(DOFS)))
    for name, value in settings.items():
        pose[0, COLUMN[name.replace("__", ".")]] = value
    return pose


def joint(array, name):
    return array[0, LAYOUT.index(name)]


@pytest.fixture
def resting():
    return pose_body(one_pose(), Body()).to_array()


def test_a_resting_person_stands_on_the_floor_with_the_right_side_at_positive_x(resting):
    assert resting.shape == (1, 25, 3)
    assert joint(resting, "right_shoulder")[0] > 0 > joint(resting, "left_shoulder")[0]
    assert joint(resting, "right_foot")[2] < joint(resting, "right_ankle")[2]  # faces -z
    assert joint(resting, "left_foot")[1] == pytest.approx(0.014 * 1.75)
    assert 0.9 * 1.75 < joint(resting, "head")[1] < 1.75


@pytest.mark.parametrize(
    ("setting", "moved", "axis", "sign"),
    [
        ("right_shoulder__flexion", "right_elbow", 2, -1),
        ("right_shoulder__abduction", "right_elbow", 0, 1),
        ("left_shoulder__abduction", "left_elbow", 0, -1),
        ("right_elbow__flexion", "right_wrist", 2, -1),
        ("right_knee__flexion", "right_ankle", 2, 1),
        ("left_hip__flexion", "left_knee", 2, -1),
        ("left_hip__abduction", "left_knee", 0, -1),
        ("spine__bend", "head", 2, -1),
        ("spine__side", "head", 0, 1),
        ("neck__bend", "head", 2, -1),
        ("neck__twist", "head", 0, 1),
        ("right_collar__raise", "right_shoulder", 1, 1),
        ("step__up", "pelvis", 1, 1),
        ("step__forward", "pelvis", 2, -1),
    ],
)
def test_every_turn_goes_the_way_its_name_says(resting, setting, moved, axis, sign):
    value = 0.1 if setting.startswith("step") else 40.0
    posed = pose_body(one_pose(**{setting: value}), Body(), plant="none").to_array()
    assert sign * (joint(posed, moved) - joint(resting, moved))[axis] > 0.02


@given(st.integers(0, 10**6))
def test_bones_keep_their_length_in_any_pose(seed):
    rng = np.random.default_rng(seed)
    poses = keep_within_limits(rng.uniform(-90, 90, (5, len(DOFS))))
    poses[:, -3:] = 0
    joints = pose_body(poses, Body(1.6)).to_array()
    bones = [(LAYOUT.index(child), LAYOUT.index(parent)) for child, parent in LAYOUT.bones]
    lengths = np.array([np.linalg.norm(joints[:, c] - joints[:, p], axis=-1) for c, p in bones])
    assert np.ptp(lengths, axis=1).max() < 1e-9


def test_bones_are_proportionate_to_stature_and_stretch():
    small, tall = Body(1.5), Body(1.8)
    for name in PROPORTIONS:
        assert tall.length(name) / small.length(name) == pytest.approx(1.2)
    assert Body(1.5, {"knee": 1.1}).length("knee") == pytest.approx(1.1 * small.length("knee"))


@given(st.integers(0, 10**6))
def test_the_lowest_foot_is_on_the_floor_in_any_pose(seed):
    poses = keep_within_limits(np.random.default_rng(seed).uniform(-60, 60, (5, len(DOFS))))
    poses[:, -3:] = 0
    joints = pose_body(poses, Body()).to_array()
    clearances = [
        joints[:, LAYOUT.index(f"{side}_{name}"), 1] - height * 1.75
        for side in ("left", "right")
        for name, height in (("ankle", 0.039), ("foot", 0.014))
    ]
    assert np.min(clearances, axis=0) == pytest.approx(0, abs=1e-9)


def test_a_planted_foot_stays_where_it_stands():
    poses = np.concatenate(
        [one_pose(right_hip__flexion=angle, left_knee__flexion=angle / 4) for angle in range(80)]
    )
    joints = pose_body(poses, Body(), plant="left").to_array()
    assert np.ptp(joints[:, LAYOUT.index("left_ankle")][:, [0, 2]], axis=0).max() < 1e-9


def test_a_mirrored_setting_changes_side_or_sign():
    assert mirror_setting("left_knee.flexion", 20.0) == ("right_knee.flexion", 20.0)
    assert mirror_setting("right_hip.abduction", 20.0) == ("left_hip.abduction", 20.0)
    assert mirror_setting("spine.twist", 20.0) == ("spine.twist", -20.0)
    assert mirror_setting("spine.bend", 20.0) == ("spine.bend", 20.0)
    assert mirror_setting("step.up", 0.1) == ("step.up", 0.1)
