"""What holds for any clip: invariances of normalisation, symmetry, and doing things twice."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.skeleton import (
    Augmentation,
    SkeletonClip,
    align,
    augment,
    get_layout,
    list_layouts,
    mirror,
    normalize,
    resample,
)
from crossglg.skeleton.cleaning import choose_persons, clean, drop_noise, fill_gaps
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.rotation import rotation_about_vertical

EXAMPLES = 60
TORSO = {
    "left_hip": (-0.12, 0.9, 0.0),
    "right_hip": (0.12, 0.9, 0.0),
    "left_shoulder": (-0.2, 1.4, 0.0),
    "right_shoulder": (0.2, 1.4, 0.0),
}
layouts = st.sampled_from(list_layouts()).map(get_layout)
angles = st.floats(-np.pi, np.pi)
shifts = st.tuples(*[st.floats(-4, 4)] * 3).map(lambda shift: np.array(shift, np.float32))


def holds_for(*strategies):
    """``given`` without a time limit, since the machine may be busy."""

    def decorate(test):
        return settings(deadline=None, max_examples=EXAMPLES)(given(*strategies)(test))

    return decorate


@st.composite
def clips(draw, *, seen_torso=True, layout=layouts):
    """Clips of 1 to 3 bodies that wander at random, with joints and whole persons unseen.

    With ``seen_torso`` the hips and shoulders of the first person are seen in one frame at least.
    """
    layout = draw(layout)
    persons, frames = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pose = rng.normal((0.0, 1.0, 0.0), 0.3, (persons, 1, layout.joint_count, 3))
    for joint, where in TORSO.items():
        pose[:, :, layout.index(joint)] = where
    travel = np.cumsum(rng.normal(0.0, 0.03, (persons, frames, 1, 3)), axis=1)
    joints = pose + travel + rng.normal(0.0, 0.01, (persons, frames, layout.joint_count, 3))
    joints += rng.normal(0.0, 1.0, (persons, 1, 1, 3)) * (1, 0, 1)
    hidden = rng.random(joints.shape[:3]) < draw(st.sampled_from([0.0, 0.2, 0.8]))
    hidden |= rng.random((persons, frames, 1)) < draw(st.sampled_from([0.0, 0.3]))
    if seen_torso:
        hidden[0, rng.integers(frames), [layout.index(joint) for joint in TORSO]] = False
    joints[hidden] = np.nan
    return SkeletonClip.from_array(joints, fps=30.0, layout=layout)


def assert_same(first, second, *, atol=0.0):
    np.testing.assert_array_equal(first.visible, second.visible)
    np.testing.assert_allclose(first.joints, second.joints, rtol=0.0, atol=atol)
    assert (first.fps, first.layout) == (second.fps, second.layout)


def move(clip, *, angle_rad=0.0, shift=0.0, scale=1.0):
    joints = (clip.joints @ rotation_about_vertical(angle_rad).T + shift) * np.float32(scale)
    return clip.with_joints(np.where(clip.visible[..., None], joints, np.float32(0)))


def with_absent(clip, *, persons=0, frames=0):
    """The clip with absent persons and frames without anybody appended."""
    pad = ((0, persons), (0, frames), (0, 0))
    return clip.with_joints(np.pad(clip.joints, (*pad, (0, 0))), np.pad(clip.visible, pad))


# --- normalisation --------------------------------------------------------------------------


@holds_for(clips(), angles, shifts, st.floats(0.3, 3.0), st.integers(1, 20))
def test_turning_moving_and_scaling_the_room_leaves_normalized_clips_unchanged(
    clip, angle_rad, shift, scale, frame_count
):
    moved = move(clip, angle_rad=angle_rad, shift=shift, scale=scale)
    assert_same(
        normalize(moved, frame_count=frame_count),
        normalize(clip, frame_count=frame_count),
        atol=1e-3,
    )


@holds_for(clips())
def test_aligning_twice_is_aligning_once(clip):
    assert_same(align(align(clip)), align(clip), atol=1e-4)


@holds_for(clips())
def test_aligning_multiplies_all_distances_by_one_number(clip):
    def distances(some):
        joints, seen = some.joints, some.visible
        points = joints[seen].astype(np.float64)
        return np.linalg.norm(points - points[0], axis=-1)[1:]

    before, after = distances(clip), distances(align(clip))
    scale = after.sum() / before.sum()
    np.testing.assert_allclose(after, before * scale, atol=1e-4)


@holds_for(clips(seen_torso=False))
def test_resampling_to_the_same_number_of_frames_is_identity(clip):
    assert_same(resample(clip, frame_count=clip.frame_count), clip)


@holds_for(clips(), st.integers(1, 3), st.integers(0, 4))
def test_absent_persons_and_frames_change_nothing(clip, persons, frames):
    padded = align(with_absent(clip, persons=persons, frames=frames))
    assert_same(padded, with_absent(align(clip), persons=persons, frames=frames))


# --- mirroring ------------------------------------------------------------------------------


@holds_for(clips(seen_torso=False))
def test_mirroring_twice_is_identity(clip):
    assert_same(mirror(mirror(clip)), clip)


@holds_for(clips())
def test_mirroring_commutes_with_aligning(clip):
    assert_same(mirror(align(clip)), align(mirror(clip)), atol=1e-4)


@holds_for(clips(seen_torso=False), layouts)
def test_mirroring_commutes_with_mapping(clip, target):
    assert_same(mirror(map_clip(clip, target)), map_clip(mirror(clip), target), atol=1e-6)


@holds_for(clips(seen_torso=False))
def test_mirroring_commutes_with_filling_gaps(clip):
    assert_same(mirror(fill_gaps(clip)), fill_gaps(mirror(clip)), atol=1e-5)


# --- mapping and augmentation ---------------------------------------------------------------


@holds_for(clips(seen_torso=False), layouts, angles, shifts)
def test_mapping_commutes_with_moving_the_room(clip, target, angle_rad, shift):
    mapped = move(map_clip(clip, target), angle_rad=angle_rad, shift=shift)
    assert_same(mapped, map_clip(move(clip, angle_rad=angle_rad, shift=shift), target), atol=1e-5)


@holds_for(clips(seen_torso=False), st.integers(0, 2**32 - 1), st.integers(1, 20))
def test_augmenting_is_deterministic_and_shows_only_what_was_seen(clip, seed, frame_count):
    first, second = (
        augment(clip, np.random.default_rng(seed), strength=Augmentation(), frame_count=frame_count)
        for _ in range(2)
    )
    assert_same(first, second)
    assert not (first.visible & ~clip.visible.any(axis=1, keepdims=True)).any()
    assert (first.joints[~first.visible] == 0).all()


# --- cleaning -------------------------------------------------------------------------------


@holds_for(clips(), st.integers(1, 3))
def test_cleaning_twice_is_cleaning_once(clip, max_persons):
    once = clean(clip, max_persons=max_persons)
    assert_same(clean(once, max_persons=max_persons), once)


@holds_for(clips(), st.integers(1, 3))
def test_a_clean_clip_is_seen_throughout(clip, max_persons):
    cleaned = clean(clip, max_persons=max_persons)
    assert cleaned.visible.all()
    assert 1 <= cleaned.person_count <= min(max_persons, clip.person_count)
    assert cleaned.frame_count == clip.frame_count
    assert cleaned.joints.dtype == np.float32


@holds_for(clips(), st.permutations(range(3)))
def test_cleaning_does_not_know_in_which_order_persons_came(clip, order):
    order = [person for person in order if person < clip.person_count]
    shuffled = clip.with_joints(clip.joints[order], clip.visible[order])
    assert_same(clean(shuffled), clean(clip))


@holds_for(clips(), angles, shifts)
def test_cleaning_commutes_with_moving_the_room(clip, angle_rad, shift):
    moved = clean(move(clip, angle_rad=angle_rad, shift=shift))
    assert_same(moved, move(clean(clip), angle_rad=angle_rad, shift=shift), atol=1e-4)


@holds_for(clips(), st.integers(1, 3))
def test_absent_persons_make_no_difference_to_cleaning(clip, persons):
    assert_same(clean(with_absent(clip, persons=persons)), clean(clip))


@holds_for(clips(seen_torso=False))
def test_filling_keeps_what_was_seen_and_is_done_at_once(clip):
    filled = fill_gaps(clip)
    np.testing.assert_array_equal(filled.joints[clip.visible], clip.joints[clip.visible])
    assert (filled.visible | ~clip.visible).all()
    assert (filled.joints[~filled.visible] == 0).all()
    assert_same(fill_gaps(filled), filled)


@holds_for(clips(seen_torso=False))
def test_filled_joints_stay_within_what_was_seen_of_the_person(clip):
    filled = fill_gaps(clip)
    assert (filled.visible.all(axis=(1, 2)) == clip.visible.any(axis=(1, 2))).all()
    for person in np.flatnonzero(clip.visible.any(axis=(1, 2))):
        seen = clip.joints[person][clip.visible[person]]
        assert (filled.joints[person] >= seen.min(axis=0) - 1e-5).all()
        assert (filled.joints[person] <= seen.max(axis=0) + 1e-5).all()


@holds_for(clips())
def test_dropping_noise_and_choosing_persons_twice_changes_nothing_more(clip):
    dropped, chosen = drop_noise(clip), choose_persons(clip, max_persons=2)
    assert_same(drop_noise(dropped), dropped)
    assert_same(choose_persons(chosen, max_persons=2), chosen)
