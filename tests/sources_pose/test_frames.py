"""Frames that come when they like become a clip of a steady rate."""

import numpy as np
import pytest
from pose_samples import LAYOUT

from crossglg.errors import ClipError
from crossglg.sources.pose import PoseFrame, gather_clip


def frames_at(times):
    """Everything moves along x at one metre per second."""
    seen = np.ones((1, LAYOUT.joint_count), dtype=np.bool_)
    shape = (1, LAYOUT.joint_count, 3)
    return [PoseFrame(t, np.broadcast_to([t, 0, 0], shape).astype(np.float32), seen) for t in times]


def test_steady_frames_are_taken_as_they_are():
    clip = gather_clip(frames_at(np.arange(10) / 25), LAYOUT)
    assert clip.fps == pytest.approx(25)
    assert clip.frame_count == 10


def test_a_changing_rate_does_not_change_the_speed():
    times = np.cumsum([0.0, *np.tile([0.03, 0.05, 0.04], 8)])
    clip = gather_clip(frames_at(times), LAYOUT)
    assert clip.fps == pytest.approx(25)
    steps = np.diff(clip.joints[0, :, 0, 0]) * clip.fps
    assert steps[:-1] == pytest.approx(1, abs=1e-3)
    assert clip.duration_s == pytest.approx(times[-1] + 0.04, abs=0.04)


def test_nothing_is_invented_where_frames_are_missing():
    clip = gather_clip(frames_at([0.0, 0.1, 0.2, 1.2, 1.3]), LAYOUT)
    assert clip.present[0].tolist() == [True] * 3 + [False] * 9 + [True] * 2


def test_no_frame_and_time_that_stands_still_are_refused():
    with pytest.raises(ClipError, match="at least one frame"):
        gather_clip([], LAYOUT)
    with pytest.raises(ClipError, match="in order of time"):
        gather_clip(frames_at([0.0, 0.1, 0.1]), LAYOUT)
