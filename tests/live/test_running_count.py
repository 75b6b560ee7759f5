"""What goes on is counted to its end, however long, from frames that are kept for a while only."""

import numpy as np
import pytest

from crossglg.gallery import Gallery
from crossglg.live.buffer import FrameBuffer
from crossglg.live.running_count import RunningCount

STRIDE = 8


@pytest.fixture(scope="module")
def squat(clips):
    """A squat that goes over into the next one: (1 T V 3), T frames."""
    (_, shown, *_), _ = clips
    share = np.linspace(0, 1, 10, dtype=np.float32)[None, :, None, None]
    over = shown.joints[:, -1:] * (1 - share) + shown.joints[:, :1] * share
    joints = np.concatenate([shown.joints, over], axis=1)
    return shown.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))


@pytest.fixture(scope="module")
def gallery(recogniser, clips):
    shown, names = clips
    return Gallery(recogniser).enroll(names[0], shown[0]).enroll(names[1], shown[1])


def watch(gallery, clip, *, span):
    """A count of frames that come one by one, and the buffer that keeps one and a half spans."""
    target = gallery.recogniser.layout
    buffer = FrameBuffer(
        source=clip.layout, target=target, fps=clip.fps, keep_s=1.5 * span / clip.fps
    )
    count = RunningCount(gallery, buffer, span=span)

    def go_on(times):
        for _ in range(times * clip.frame_count):
            now = buffer.count
            t = now % clip.frame_count
            list(buffer.push(now / clip.fps, clip.joints[:, t], clip.visible[:, t]))
            yield now

    return count, buffer, go_on


def test_more_is_counted_than_is_kept(gallery, squat):
    count, buffer, go_on = watch(gallery, squat, span=4 * squat.frame_count)
    heard = []
    for now in go_on(15):
        if now % STRIDE == 0 and now > squat.frame_count:
            count.follow("squat", 0, now)
            heard.append((now / squat.frame_count, count.look("squat", 0, now)))
    assert buffer.oldest > 5 * squat.frame_count
    assert [times for _, times in heard] == sorted(times for _, times in heard)
    assert all(abs(times - made) < 0.75 for made, times in heard)
    assert count.tell("squat", 0, buffer.count - 1, at_rest=True) == 15


def test_what_was_told_counts_once(gallery, squat):
    count, buffer, go_on = watch(gallery, squat, span=8 * squat.frame_count)
    list(go_on(2))
    assert count.tell("squat", 0, buffer.count - 1, at_rest=True) == 2
    list(go_on(3))
    half = squat.frame_count // 2
    assert count.look("squat", 2 * squat.frame_count - half, buffer.count - 1) == 3


def test_what_is_counted_for_good_belongs_to_one_action(gallery, squat, clips):
    count, buffer, go_on = watch(gallery, squat, span=4 * squat.frame_count)
    for now in go_on(6):
        if now % STRIDE == 0:
            count.follow("squat", 0, now)
    wave = clips[1][0]
    kept = gallery.count(buffer.clip(0, buffer.count - 1), wave).count
    assert count.look(wave, 0, buffer.count - 1) == max(1, kept)
    assert count.look("squat", 0, buffer.count - 1) == 6


def test_the_newest_repetition_that_is_over_is_the_one_that_another_follows(gallery, squat):
    count, buffer, go_on = watch(gallery, squat, span=8 * squat.frame_count)
    length = squat.frame_count
    assert count.find_over("squat", 0) is None
    list(go_on(1))
    count.look("squat", 0, buffer.count - 1)
    assert count.find_over("squat", 0) is None  # it may go on
    list(go_on(1))
    count.look("squat", 0, buffer.count - 1)
    first, last = count.find_over("squat", 0)
    assert first < 20
    assert length - 20 < last < length + 20
    list(go_on(1))
    count.look("squat", 0, buffer.count - 1)
    first, last = count.find_over("squat", 0)
    assert length - 20 < first < last < 2 * length + 20
    assert count.find_over("squat", last) is None  # of an earlier series
    assert count.find_over("wave", 0) is None
    count.tell("squat", 0, buffer.count - 1, at_rest=True)
    assert count.find_over("squat", 0)[1] > 2 * length + 20  # the third one


def test_what_was_told_in_the_midst_of_one_leaves_no_half_of_it_as_over(gallery, squat):
    count, buffer, go_on = watch(gallery, squat, span=8 * squat.frame_count)
    length = squat.frame_count
    list(go_on(3))
    count.tell("squat", 0, round(1.5 * length), at_rest=False)
    count.look("squat", 0, buffer.count - 1)
    assert count.find_over("squat", 0) is None  # half of the second, and the third, which may go on
    list(go_on(1))
    count.look("squat", 0, buffer.count - 1)
    first, last = count.find_over("squat", 0)
    assert 2 * length - 20 < first < last < 3 * length + 20


def test_who_does_not_move_is_counted_once(gallery, squat):
    still = squat.with_joints(np.repeat(squat.joints[:, :1], 50, axis=1), squat.visible[:, :50])
    count, buffer, go_on = watch(gallery, still, span=100)
    for now in go_on(5):
        count.follow("squat", 0, now)
    assert count.tell("squat", 0, buffer.count - 1, at_rest=True) == 1
