"""Speed in torso lengths per second; rest is told from motion without flicker."""

import numpy as np
import pytest

from crossglg.live.motion import RestDetector, measure_motion
from crossglg.skeleton.clip import SkeletonClip


def moved(clip, *, speed):
    """A frozen pose that glides along x at a speed in metres per second."""
    frames = np.arange(30, dtype=np.float32)
    still = np.repeat(clip.joints[:1, :1], 30, axis=1)
    still[..., 0] += (speed * frames / clip.fps)[None, :, None]
    return SkeletonClip(still, np.ones(still.shape[:3], dtype=np.bool_), clip.fps, clip.layout)


def torso(clip):
    hips, shoulders = (
        np.mean([clip.joints[0, 0, clip.layout.index(f"{s}_{part}")] for s in sides], axis=0)
        for part, sides in (("hip", ("left", "right")), ("shoulder", ("left", "right")))
    )
    return float(np.linalg.norm(shoulders - hips))


def test_a_body_that_glides_has_the_speed_of_its_glide_in_torso_lengths(clips):
    clip = clips[0][0]
    found = measure_motion(moved(clip, speed=0.8))
    assert found[0] == 0
    assert found[1:] == pytest.approx(0.8 / torso(clip), rel=1e-3)


def test_a_still_body_and_one_that_is_not_seen_have_no_speed(clips):
    still = moved(clips[0][0], speed=0)
    assert not measure_motion(still).any()
    hidden = still.with_joints(still.joints, np.zeros_like(still.visible))
    assert not measure_motion(hidden).any()


def spans(speeds, **settings):
    detector = RestDetector(**settings)
    found = [span for speed in speeds if (span := detector.push(speed)) is not None]
    last = detector.finish()
    return [*found, *([] if last is None else [last])]


def test_motion_ends_after_patience_and_at_its_last_moving_frame():
    speeds = [0, 0, 2, 2, 2, 0, 0, 0, 0, 2, 0]
    assert spans(speeds, threshold=1.0, patience=3) == [(2, 4), (9, 9)]


def test_a_slow_moment_inside_a_motion_does_not_cut_it():
    assert spans([2, 0.7, 0.7, 0.7, 0.7, 2, 0, 0], threshold=1.0, patience=2) == [(0, 5)]
    assert spans([0.7] * 5, threshold=1.0, patience=2) == []
