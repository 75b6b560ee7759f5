"""Frames of any rate come to lie on a steady grid, in the joints of the model."""

import numpy as np
import pytest

from crossglg.errors import ClipError
from crossglg.live.buffer import FrameBuffer
from crossglg.skeleton import get_layout
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.steady import make_steady

SOURCE, TARGET = get_layout("mediapipe33"), get_layout("openni15")


def make_buffer(*, source=TARGET, keep_s=2.0):
    return FrameBuffer(source=source, target=TARGET, fps=10.0, keep_s=keep_s)


def pose_at(time_s, *, layout=TARGET, seen=True):
    joints = np.full((1, layout.joint_count, 3), time_s, dtype=np.float32)
    return time_s, joints, np.full(joints.shape[:2], seen)


def test_a_slow_and_a_fast_stream_give_the_same_grid():
    for step_s in (0.25, 0.03):
        buffer = make_buffer()
        completed = [n for t in np.arange(0, 1.51, step_s) for n in buffer.push(*pose_at(5.0 + t))]
        assert completed == list(range(buffer.count))
        assert buffer.count in (15, 16)
        clip = buffer.clip(0, buffer.count - 1)
        assert clip.joints[0, :, 0, 0] == pytest.approx(5.0 + np.arange(buffer.count) / 10)
        assert buffer.time_of(3) == pytest.approx(5.3)


def test_mapping_frame_by_frame_is_mapping_the_clip():
    rng = np.random.default_rng(0)
    joints = rng.normal(size=(2, 12, SOURCE.joint_count, 3)).astype(np.float32)
    visible = rng.random(joints.shape[:3]) < 0.9
    buffer = make_buffer(source=SOURCE)
    for t in range(12):
        list(buffer.push(t / 10, joints[:, t], visible[:, t]))
    whole = map_clip(SkeletonClip(joints, visible, 10.0, SOURCE), TARGET)
    found = buffer.clip(0, 11)
    assert (found.visible == whole.visible).all()
    assert found.joints == pytest.approx(whole.joints, abs=1e-5)


def test_the_past_is_forgotten_and_the_present_stays_right():
    buffer = make_buffer(keep_s=2.0)
    for t in range(95):
        list(buffer.push(*pose_at(t / 10)))
    assert buffer.oldest == 75
    clip = buffer.clip(80, 94)
    assert clip.joints[0, :, 0, 0] == pytest.approx(np.arange(80, 95) / 10)
    assert buffer.clip(0, 94).frame_count == 20


def test_nobody_was_seen_in_a_long_gap():
    buffer = make_buffer()
    for t in (0.0, 0.1, 0.9, 1.0):
        list(buffer.push(*pose_at(t)))
    assert buffer.clip(0, 10).present[0].tolist() == [True, True, *[False] * 7, True, True]


@pytest.mark.parametrize("gap_s", [3.0, 60.0, 1e9])
def test_a_gap_of_any_length_comes_frame_by_frame_and_no_more_of_it_than_is_kept(gap_s):
    buffer = make_buffer(keep_s=2.0)
    _, *pose = pose_at(5.0)
    list(buffer.push(5.0, *pose))
    seen = []
    for number in buffer.push(5.0 + gap_s, *pose):
        assert number == buffer.count - 1
        seen.append(bool(buffer.frame(number)[1].any()))
    assert len(seen) == min(round(gap_s * 10), 41)
    assert seen == [False] * (len(seen) - 1) + [True]
    assert buffer.time_of(buffer.count - 1) == pytest.approx(5.0 + gap_s)


def test_a_joint_between_seen_and_unseen_is_not_drawn_to_zero():
    buffer = make_buffer()
    list(buffer.push(*pose_at(1.0)))
    list(buffer.push(*pose_at(1.25, seen=False)))
    assert buffer.clip(0, 2).joints[0, :, 0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(1, 14, 3), (2, 15, 3), (1, 15, 2)])
def test_frames_of_another_shape_are_refused(shape):
    buffer = make_buffer()
    list(buffer.push(*pose_at(0.0)))
    with pytest.raises(ClipError, match="Expected frames of joints"):
        buffer.push(1.0, np.zeros(shape, dtype=np.float32), np.ones(shape[:2], dtype=np.bool_))


def test_a_stream_at_the_rate_of_a_recording_sees_what_the_recording_shows():
    rng = np.random.default_rng(0)
    times = np.cumsum([0.0, *rng.choice([0.1, 0.1, 0.1, 0.05, 0.17, 0.9], 40)])
    joints = rng.normal(size=(1, len(times), TARGET.joint_count, 3)).astype(np.float32)
    visible = rng.random(joints.shape[:3]) < 0.7
    whole = make_steady(joints, visible, times, TARGET)
    assert whole.fps == pytest.approx(10)
    buffer = make_buffer(keep_s=30.0)
    for t, time_s in enumerate(times):
        list(buffer.push(time_s, joints[:, t], visible[:, t]))
    found = buffer.clip(0, buffer.count - 1)
    shared = min(found.frame_count, whole.frame_count)
    np.testing.assert_array_equal(found.visible[:, :shared], whole.visible[:, :shared])
    seen = found.visible[:, :shared]
    np.testing.assert_allclose(
        found.joints[:, :shared][seen], whole.joints[:, :shared][seen], atol=1e-5
    )


@pytest.mark.parametrize("unit_s", [1e3, 1e9])
def test_times_that_are_no_seconds_are_refused_at_the_beginning(unit_s):
    buffer = make_buffer()
    _, *pose = pose_at(0.0)
    for t in range(20):
        list(buffer.push(t / 30 * unit_s, *pose))
    for t in (20, 21):
        with pytest.raises(ClipError, match="Expected times in seconds"):
            buffer.push(t / 30 * unit_s, *pose)


def test_a_stream_may_begin_with_rare_frames_of_nobody_and_have_gaps_later():
    buffer = make_buffer()
    _, joints, seen = pose_at(0.0)
    for t in range(50):
        list(buffer.push(float(t), joints, ~seen))
    for t in range(19):
        list(buffer.push(50.0 + t, joints, seen))
    list(buffer.push(68.4, joints, seen))
    for t in range(50):
        list(buffer.push(70.0 + t, joints, seen))
