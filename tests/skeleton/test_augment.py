"""Augmentation is seeded, bounded, and never shows what was not seen."""

from dataclasses import fields

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.skeleton import Augmentation, augment, get_layout, mirror, resample

NTU = get_layout("ntu25")
NOTHING = dict.fromkeys((field.name for field in fields(Augmentation)), 0.0)


def only(**strength):
    return Augmentation(**(NOTHING | strength))


def vary(clip, seed, *, strength=None, frame_count=20):
    rng = np.random.default_rng(seed)
    return augment(clip, rng, strength=strength or Augmentation(), frame_count=frame_count)


def test_the_same_seed_gives_the_same_clip(walk, as_clip):
    clip = as_clip(walk(), walk(speed=0.5))
    np.testing.assert_array_equal(vary(clip, 7).joints, vary(clip, 7).joints)
    assert not np.array_equal(vary(clip, 7).joints, vary(clip, 8).joints)


def test_global_randomness_plays_no_part(walk, as_clip):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    vary(as_clip(walk()), 7)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_zero_strength_only_resamples(walk, as_clip):
    clip = as_clip(walk())
    varied = vary(clip, 0, strength=only())
    np.testing.assert_allclose(varied.joints, resample(clip, frame_count=20).joints, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_turning_keeps_heights_and_distances(walk, as_clip, seed):
    clip = as_clip(walk(), walk(at=(1.0, 0.0, 0.0)))
    varied = vary(clip, seed, strength=only(turn_rad=3.0), frame_count=30)
    np.testing.assert_allclose(varied.joints[..., 1], clip.joints[..., 1], atol=1e-5)
    np.testing.assert_allclose(
        np.linalg.norm(varied.joints[0] - varied.joints[1], axis=-1), 1.0, atol=1e-5
    )
    assert not np.allclose(varied.joints, clip.joints, atol=1e-2)


@pytest.mark.parametrize("seed", range(5))
def test_tilting_turns_no_further_than_asked(stand, as_clip, seed):
    clip = as_clip(stand("ntu25", frames=20))
    varied = vary(clip, seed, strength=only(tilt_rad=0.1))
    norms = np.linalg.norm(clip.joints, axis=-1)
    cosine = (varied.joints * clip.joints).sum(axis=-1) / norms**2
    assert (np.arccos(np.clip(cosine, -1, 1)) <= 0.1 * np.sqrt(2) + 1e-3).all()
    np.testing.assert_allclose(np.linalg.norm(varied.joints, axis=-1), norms, rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_scaling_is_even_and_bounded(stand, as_clip, seed):
    clip = as_clip(stand("ntu25", frames=20))
    ratios = np.linalg.norm(vary(clip, seed, strength=only(scale=0.2)).joints, axis=-1)
    ratios = ratios / np.linalg.norm(clip.joints, axis=-1)
    assert np.ptp(ratios) < 1e-4
    assert 0.8 <= ratios.mean() <= 1.2


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("strength", [{"crop": 0.5}, {"pace": 0.9}, {"crop": 0.5, "pace": 0.9}])
def test_time_runs_forward_and_stays_within_the_clip(walk, as_clip, seed, strength):
    travel = vary(as_clip(walk()), seed, strength=only(**strength), frame_count=60)
    x = travel.joints[0, :, 0, 0]
    assert (np.diff(x) >= -1e-6).all()
    assert x[0] >= -1e-6
    assert x[-1] <= 29 / 30 + 1e-6
    if "crop" not in strength:
        np.testing.assert_allclose(x[[0, -1]], [0.0, 29 / 30], atol=1e-5)
    else:
        assert x[-1] - x[0] >= 0.5 * 29 / 30 - 1e-5


def test_jitter_has_the_deviation_asked_for(stand, as_clip):
    clip = as_clip(stand("ntu25", frames=200))
    varied = vary(clip, 0, strength=only(noise=0.05), frame_count=200)
    assert (varied.joints - clip.joints).std() == pytest.approx(0.05, rel=0.05)


def test_lost_joints_follow_an_ancestor_through_the_whole_clip(walk, as_clip):
    clip = as_clip(walk(frames=20))
    varied = vary(clip, 1, strength=only(drop=0.5))
    moved = np.flatnonzero(np.abs(varied.joints - clip.joints).max(axis=(0, 1, 3)) > 1e-3)
    assert 0 < len(moved) < NTU.joint_count
    for index in moved:
        ancestors = [NTU.index(joint) for joint in NTU.path_to_root(NTU.joints[index])]
        apart = np.abs(varied.joints[:, :, [index]] - clip.joints[:, :, ancestors])
        assert apart.max(axis=(0, 1, 3)).min() < 1e-4


@pytest.mark.parametrize("seed", range(20))
def test_a_lost_joint_with_an_unseen_parent_is_unseen_not_zero(walk, as_clip, seed):
    body = walk(frames=20, at=(0.0, 0.0, 9.0))
    body[:, [NTU.index("left_elbow"), NTU.index("right_knee")]] = np.nan
    varied = vary(as_clip(body), seed, strength=only(drop=0.5))
    assert (np.linalg.norm(varied.joints[varied.visible], axis=-1) > 1.0).all()
    assert (varied.joints[~varied.visible] == 0).all()
    assert not varied.visible[:, :, NTU.index("left_elbow")].any()


def test_an_absent_person_stays_absent(walk, as_clip):
    nobody = np.full((30, 25, 3), np.nan)
    varied = vary(as_clip(walk(), nobody), 0)
    assert not varied.visible[1].any()
    assert (varied.joints[1] == 0).all()


def test_a_clip_of_one_frame_can_be_varied(stand, as_clip):
    varied = vary(as_clip(stand("ntu25")), 0, frame_count=5)
    assert varied.joints.shape == (1, 5, 25, 3)
    assert varied.joints.dtype == np.float32


@pytest.mark.parametrize("name", ["crop", "pace", "drop", "scale"])
@pytest.mark.parametrize("value", [-0.1, 1.0])
def test_a_strength_out_of_bounds_is_refused(name, value):
    with pytest.raises(ConfigError, match=rf"Augmentation\.{name}: expected 0 <= {name} < 1"):
        Augmentation(**{name: value})


def test_a_mirrored_body_raises_the_other_hand_on_the_other_side(stand, as_clip):
    body = stand("ntu25")
    body[0, NTU.index("left_hand")] = (-0.5, 2.0, 0.1)
    mirrored = mirror(as_clip(body))
    raised = mirrored.joints[0, 0, NTU.index("right_hand")]
    np.testing.assert_allclose(raised, [0.5, 2.0, 0.1], rtol=1e-6)


def test_a_symmetric_body_is_its_own_mirror_image(stand, as_clip):
    clip = as_clip(stand("mediapipe33"), layout_name="mediapipe33")
    np.testing.assert_array_equal(mirror(clip).joints, clip.joints)


@pytest.mark.parametrize("name", ["turn_rad", "tilt_rad", "noise", "crop"])
def test_a_negative_strength_is_refused(name):
    with pytest.raises(ConfigError, match=f"{name}: expected 0 <="):
        Augmentation(**{name: -0.1})
