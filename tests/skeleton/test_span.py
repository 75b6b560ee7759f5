"""The part of a clip between two times."""

import numpy as np
import pytest

from crossglg.errors import ClipError
from crossglg.skeleton import get_layout
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.span import WHOLE, Span, cut


@pytest.fixture
def clip():
    """Two seconds at 10 frames per second; x is the time."""
    layout = get_layout("openni15")
    joints = np.zeros((20, layout.joint_count, 3))
    joints[..., 0] = np.arange(20)[:, None] / 10
    return SkeletonClip.from_array(joints, fps=10.0, layout=layout)


def test_a_part_has_the_frames_between_its_times(clip):
    part = cut(clip, Span(0.5, 1.2))
    assert part.joints[0, :, 0, 0] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1])


def test_the_whole_is_the_clip_itself(clip):
    assert cut(clip, WHOLE) is clip
    assert cut(clip, Span(0.0, 99.0)).frame_count == clip.frame_count


def test_a_part_beyond_the_end_is_refused(clip):
    with pytest.raises(ClipError, match=r"lasts beyond 3 s, found one of 2\.00 s"):
        cut(clip, Span(3.0))


@pytest.mark.parametrize(("start", "end"), [(2.0, 1.0), (1.0, 1.0), (-1.0, 1.0)])
def test_a_part_that_is_none_is_refused(start, end):
    with pytest.raises(ClipError, match="Expected a stretch"):
        Span(start, end)


def test_a_part_is_described_by_its_times():
    assert Span.of(2.0, 4.5).describe("a.mp4") == "a.mp4, from 2 s to 4.5 s"
    assert Span.of(0.0, None).describe("a.mp4") == "a.mp4"
