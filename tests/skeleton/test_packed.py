"""What is done to many clips at once is what is done to each of them."""

from dataclasses import replace
from functools import partial
from typing import get_args

import numpy as np
import pytest

from crossglg.errors import ClipError, LayoutError
from crossglg.skeleton import Augmentation, align, get_layout, mirror, resample
from crossglg.skeleton.augment import Throws, vary
from crossglg.skeleton.augment_packed import throw, vary_packed
from crossglg.skeleton.chance import draw_normal, draw_uniform, make_keys
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.facing import Facing
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.normalize import align_packed, resample_packed
from crossglg.skeleton.packed import PackedClips

NTU = get_layout("ntu25")
STRONG = Augmentation(
    turn_rad=2.0, tilt_rad=0.4, scale=0.3, crop=0.6, pace=0.8, noise=0.05, drop=0.4
)


def crowd(*, flat=False):
    """Clips of one or two moving persons, from one frame to many."""
    rng = np.random.default_rng(5)
    clips = []
    for persons, frames in ((1, 30), (2, 17), (1, 1), (2, 64), (1, 2)):
        pose = rng.normal(size=(persons, 1, 25, 3)) + rng.normal(size=3) * 3
        joints = pose + 0.1 * rng.normal(size=(persons, frames, 25, 3)).cumsum(axis=1)
        joints[..., 2] *= not flat
        clips.append(SkeletonClip.from_array(joints.astype(np.float32), fps=30.0, layout=NTU))
    return clips


@pytest.fixture
def clips():
    return [align(clip) for clip in crowd()]


def assert_stacked(joints, present, clips, *, atol=2e-5):
    assert present.shape == joints.shape[:3]
    for number, clip in enumerate(clips):
        there = clip.person_count
        np.testing.assert_allclose(joints[number, :there], clip.joints, atol=atol)
        assert not joints[number, there:].any()
        np.testing.assert_array_equal(present[number, :there], clip.present)
        assert not present[number, there:].any()


def test_packed_clips_come_out_as_they_went_in(clips):
    packed = PackedClips.pack(clips)
    assert len(packed) == len(clips)
    for clip, copy in zip(clips, packed, strict=True):
        np.testing.assert_array_equal(clip.joints, copy.joints)
    chosen = packed.select(np.array([3, 0, 3]))
    np.testing.assert_array_equal(chosen[2].joints, clips[3].joints)


def test_a_clip_with_a_gap_cannot_be_packed(walk, as_clip):
    late = walk()
    late[:3] = np.nan
    with pytest.raises(ClipError, match="clean them first"):
        PackedClips.pack([as_clip(walk()), as_clip(late)])


def test_layouts_of_one_name_that_differ_are_not_packed(walk, as_clip):
    other = Layout("ntu25", NTU.joints[::-1], NTU.parents[::-1])
    clips = [as_clip(walk()), replace(as_clip(walk()), layout=other)]
    with pytest.raises(ClipError, match="exactly one layout, found 'ntu25' of 25 joints, 'ntu25'"):
        PackedClips.pack(clips)
    with pytest.raises(ClipError, match="exactly one layout, found no clip"):
        PackedClips.pack([])


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("facing", get_args(Facing))
def test_aligning_many_clips_is_aligning_each(flat, facing):
    clips = crowd(flat=flat)
    packed = PackedClips.pack(clips).select(np.array([4, 1, 0, 3, 2]))
    aligned = align_packed(packed, facing=facing)
    assert len(aligned.rows) == len(packed.rows)
    for index, number in enumerate((4, 1, 0, 3, 2)):
        alone = align(clips[number], facing=facing)
        np.testing.assert_allclose(aligned[index].joints, alone.joints, atol=2e-5)


@pytest.mark.parametrize("frame_count", [1, 16, 40])
def test_resampling_many_clips_is_resampling_each(clips, frame_count):
    stacked = resample_packed(PackedClips.pack(clips), frame_count=frame_count, max_persons=2)
    assert_stacked(*stacked, [resample(clip, frame_count=frame_count) for clip in clips])


def test_more_persons_than_there_is_room_for_are_refused(clips):
    with pytest.raises(ClipError, match="at most 1 persons, found 2"):
        resample_packed(PackedClips.pack(clips), frame_count=8, max_persons=1)


@pytest.mark.parametrize("strength", [STRONG, Augmentation(noise=0.0, drop=0.0)])
def test_varying_many_clips_is_varying_each_by_the_same_dice(clips, strength):
    packed = PackedClips.pack(clips)
    throws = throw(packed, make_keys(7, np.arange(5)), strength=strength, frame_count=20)
    mirrored = np.array([True, False, False, True, False])
    persons = np.cumsum(packed.persons)[:-1]
    noise = np.split(throws.noise, persons)
    expected = [
        vary(
            clip,
            Throws(throws.time[n], throws.view[n], throws.loss[n], noise[n]),
            strength=strength,
        )
        for n, clip in enumerate(clips)
    ]
    expected = [mirror(c) if m else c for c, m in zip(expected, mirrored, strict=True)]
    varied = vary_packed(packed, throws, mirrored=mirrored, strength=strength, max_persons=3)
    assert_stacked(*varied, expected)


def test_a_layout_that_cannot_be_mirrored_is_varied_where_nothing_is_mirrored():
    joints = ("pelvis", "left_hip", "right_hip", "left_shoulder", "right_shoulder", "right_wrist")
    layout = Layout("mine", joints, ("pelvis",) * 6)
    pose = np.random.default_rng(0).normal(size=(4, 6, 3))
    packed = PackedClips.pack([SkeletonClip.from_array(pose, fps=30.0, layout=layout)])
    throws = throw(packed, make_keys(7, np.arange(1)), strength=STRONG, frame_count=4)
    vary = partial(vary_packed, packed, throws, strength=STRONG, max_persons=1)
    assert np.isfinite(vary(mirrored=np.array([False]))[0]).all()
    with pytest.raises(
        LayoutError, match=r"only right_wrist\. Add left_wrist .*training.mirror=off"
    ):
        vary(mirrored=np.array([True]))


def test_a_clips_dice_do_not_depend_on_its_company(clips):
    packed, keys = PackedClips.pack(clips), make_keys(1, 2, np.arange(5))
    together = throw(packed, keys, strength=STRONG, frame_count=6)
    alone = throw(packed.select(np.array([3])), keys[3:4], strength=STRONG, frame_count=6)
    for name in ("time", "view", "loss"):
        np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[3])
    np.testing.assert_array_equal(alone.noise, together.noise[4:6])


def test_numbers_by_address_are_spread_as_asked_and_unlike_between_keys():
    keys = make_keys(3, 0, np.arange(4000))
    uniform = draw_uniform(keys, 40)
    assert 0 <= uniform.min() < 1e-3
    assert 1 - 1e-3 < uniform.max() < 1
    counts = np.bincount((uniform * 16).astype(int).ravel(), minlength=16)
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 45  # chi-square, 15 degrees, p < 1e-4
    normal = draw_normal(keys, 41)
    assert normal.shape == (4000, 41)
    assert abs(normal.mean()) < 0.01
    assert normal.std() == pytest.approx(1, abs=0.01)
    assert (np.abs(normal) > 1.959964).mean() == pytest.approx(0.05, abs=0.003)
    for numbers in (uniform - 0.5, normal):
        along = np.corrcoef(numbers[:, 0], numbers[:, 1])[0, 1]
        across = np.corrcoef(numbers[:-1].ravel(), numbers[1:].ravel())[0, 1]
        assert abs(along) < 0.06
        assert abs(across) < 0.01
    assert len(np.unique(make_keys(np.arange(50)[:, None], np.arange(50)).ravel())) == 2500
