"""Stacked clips keep their joints and say who is there when."""

import numpy as np
import pytest

from crossglg.errors import ClipError
from crossglg.skeleton import SkeletonClip, get_layout
from crossglg.skeleton.stack import stack_clips


def test_missing_persons_are_absent_and_zero(walk, as_clip):
    pair, single = as_clip(walk(), walk(speed=0.5)), as_clip(walk(speed=2.0))
    joints, present = stack_clips([pair, single], max_persons=3)
    assert joints.shape == (2, 3, 30, 25, 3)
    assert present.any(axis=-1).tolist() == [[True, True, False], [True, False, False]]
    np.testing.assert_array_equal(joints[0, :2], pair.joints)
    np.testing.assert_array_equal(joints[1, :1], single.joints)
    assert (joints[~present] == 0).all()


def test_a_person_is_present_only_where_seen(walk, as_clip):
    late = walk()
    late[:10] = np.nan
    _, present = stack_clips([as_clip(late)], max_persons=1)
    assert present[0, 0].tolist() == [False] * 10 + [True] * 20


def test_what_stands_in_an_unseen_joint_is_never_read(walk, as_clip):
    clip = as_clip(walk())
    visible = clip.visible.copy()
    visible[0, 3] = False
    soiled = np.where(visible[..., None], clip.joints, np.float32(np.nan))
    clip = SkeletonClip(soiled, visible, 30.0, get_layout("ntu25"))
    assert (stack_clips([clip], max_persons=1)[0][0, 0, 3] == 0).all()


def test_clips_of_several_lengths_are_refused(walk, as_clip):
    clips = [as_clip(walk(frames=30)), as_clip(walk(frames=31))]
    with pytest.raises(ClipError, match=r"one size.*\(30, 25\), \(31, 25\)"):
        stack_clips(clips, max_persons=1)


def test_nothing_cannot_be_stacked():
    with pytest.raises(ClipError, match="one size"):
        stack_clips([], max_persons=1)


def test_a_crowd_is_refused(walk, as_clip):
    with pytest.raises(ClipError, match="at most 1 persons, found 2"):
        stack_clips([as_clip(walk(), walk())], max_persons=1)
