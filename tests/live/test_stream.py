"""Actions are found in a stream, once each, and strangers are not."""

import json
from itertools import pairwise

import numpy as np
import pytest
import torch

import crossglg
from crossglg.errors import ClipError, ConfigError, GalleryError
from crossglg.gallery import Gallery, check_form
from crossglg.live import StreamRecogniser, StreamSettings
from crossglg.live import stream as live_stream
from crossglg.live.event import overlap
from crossglg.skeleton import get_layout
from crossglg.skeleton.mapping import map_clip


def play(stream, clip, *, start_s=0.0):
    events = []
    for t in range(clip.frame_count):
        events += stream.push(start_s + t / clip.fps, clip.joints[:, t], clip.visible[:, t])
    return events


def between(first, second, frames):
    """(1 T V 3) from the last pose of one clip to the first of another."""
    share = np.linspace(0, 1, frames, dtype=np.float32)[None, :, None, None]
    return first.joints[:, -1:] * (1 - share) + second.joints[:, :1] * share


@pytest.fixture(scope="module")
def stream_of_two(clips):
    """(clip, spans in seconds): rest, wave, rest, squat, rest."""
    (wave, squat, *_), _ = clips
    rests = [np.repeat(wave.joints[:, :1], 45, axis=1), between(wave, squat, 45)]
    rests.append(np.repeat(squat.joints[:, -1:], 45, axis=1))
    parts = [rests[0], wave.joints, rests[1], squat.joints, rests[2]]
    ends = np.cumsum([part.shape[1] for part in parts]) / wave.fps
    joints = np.concatenate(parts, axis=1)
    clip = wave.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    return clip, [(ends[0], ends[1]), (ends[2], ends[3])]


@pytest.fixture(scope="module")
def gallery(recogniser, clips):
    shown, names = clips
    return Gallery(recogniser).enroll(names[0], shown[0]).enroll(names[1], shown[1])


def test_two_actions_in_a_stream_are_found_once_each(gallery, clips, stream_of_two):
    clip, spans = stream_of_two
    stream = StreamRecogniser(gallery, layout=clip.layout)
    events = play(stream, clip) + stream.finish()
    assert [event.action for event in events] == list(clips[1][:2])
    for event, (start_s, end_s) in zip(events, spans, strict=True):
        assert start_s - 0.5 < event.start_s < event.end_s < end_s + 0.5


def test_what_is_less_sure_than_asked_for_is_not_told(gallery, stream_of_two):
    clip, _ = stream_of_two
    told = play(StreamRecogniser(gallery, layout=clip.layout), clip)
    less, surest = sorted(event.confidence for event in told)
    assert less < surest
    for sure, expected in ((less, {less, surest}), ((less + surest) / 2, {surest})):
        settings = StreamSettings(sure=sure - 1e-4)  # what is told is rounded
        stream = StreamRecogniser(gallery, layout=clip.layout, settings=settings)
        assert {event.confidence for event in play(stream, clip)} == expected


LEGS = ("knee", "ankle", "foot", "heel")


def hide(clip, parts):
    """The same clip, in which no joint called after one of these parts is ever seen."""
    hidden = [any(part in joint for part in parts) for joint in clip.layout.joints]
    return clip.with_joints(clip.joints, clip.visible & ~np.array(hidden))


@pytest.mark.parametrize("at_a_desk", [False, True], ids=["exemplars whole", "exemplars too"])
@pytest.mark.parametrize(
    ("layout", "parts"), [("ntu25", ("left_foot",)), ("ntu25", LEGS), ("mediapipe33", LEGS)]
)
def test_joints_that_are_never_seen_hide_no_action(
    gallery, clips, stream_of_two, layout, parts, at_a_desk
):
    seen = hide(map_clip(stream_of_two[0], get_layout(layout)), parts)
    assert not seen.visible.all(axis=-1).any()
    known = gallery
    if at_a_desk:
        known = Gallery(gallery.recogniser)
        for clip, name in zip(clips[0][:2], clips[1][:2], strict=True):
            known = known.enroll(name, hide(map_clip(clip, seen.layout), parts))
    stream = StreamRecogniser(known, layout=seen.layout)
    events = play(stream, seen) + stream.finish()
    assert [event.action for event in events] == list(clips[1][:2])


def test_who_is_never_seen_from_hips_to_shoulders_is_not_placed(gallery, stream_of_two):
    seen = hide(stream_of_two[0], ("left_hip",))
    stream = StreamRecogniser(gallery, layout=seen.layout)
    assert play(stream, seen) + stream.finish() == []


@pytest.mark.parametrize("coordinate", [1e5, 1e10, -3e38])
def test_a_slip_of_the_sensor_hides_no_action(gallery, clips, stream_of_two, coordinate):
    clip, _ = stream_of_two
    joints = clip.joints.copy()
    joints[0, 60::50, clip.layout.index("right_hand"), 2] = coordinate
    stream = StreamRecogniser(gallery, layout=clip.layout)
    events = play(stream, clip.with_joints(joints)) + stream.finish()
    assert [event.action for event in events] == list(clips[1][:2])


def test_a_body_that_cannot_be_compared_does_not_end_a_stream(gallery, clips, stream_of_two):
    clip, spans = stream_of_two
    joints = clip.joints.copy()
    squat = slice(round(spans[1][0] * clip.fps), None)
    joints[:, squat] *= 1e-4  # smaller than any body can be, with a hand a kilometre away
    joints[:, squat, clip.layout.index("right_hand")] = 1e3
    stream = StreamRecogniser(gallery, layout=clip.layout)
    events = play(stream, clip.with_joints(joints)) + stream.finish()
    assert [event.action for event in events] == [clips[1][0]]


def test_no_event_is_told_later_than_the_settings_promise(gallery, stream_of_two):
    clip, _ = stream_of_two
    stream = StreamRecogniser(gallery, layout=clip.layout)
    for event in play(stream, clip):
        assert 0 <= event.delay_s <= stream.longest_delay_s + 1e-6


def test_actions_without_a_rest_between_them_are_still_told_apart(gallery, clips):
    (wave, squat, *_), names = clips
    parts = [wave.joints[:, :15], wave.joints, squat.joints, wave.joints, squat.joints]
    joints = np.concatenate([parts[0] * 0 + wave.joints[:, :1], *parts[1:]], axis=1)
    clip = wave.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    stream = StreamRecogniser(gallery, layout=clip.layout)
    events = play(stream, clip) + stream.finish()
    assert {event.action for event in events} == set(names[:2])
    for one, other in pairwise(events):
        assert overlap((one.start_s, one.end_s), (other.start_s, other.end_s)) < 0.5
    assert all(0 <= event.delay_s <= stream.longest_delay_s + 1e-6 for event in events)


def test_a_body_at_rest_is_nothing(gallery, clips):
    clip = clips[0][0]
    still = clip.with_joints(np.repeat(clip.joints[:, :1], clip.frame_count, axis=1))
    stream = StreamRecogniser(gallery, layout=clip.layout)
    assert play(stream, still) + stream.finish() == []
    assert not stream.is_moving


@pytest.mark.parametrize("gap_s", [3.0, 30.0, 1e9])
def test_what_was_done_before_a_gap_is_told_and_what_is_done_after_it(gallery, clips, gap_s):
    (wave, squat, *_), names = clips
    stream = StreamRecogniser(gallery, layout=wave.layout)
    assert play(stream, wave) == []
    events = play(stream, squat, start_s=wave.frame_count / wave.fps + gap_s) + stream.finish()
    assert [event.action for event in events] == names[:2]
    assert events[0].end_s < wave.duration_s + 0.5
    assert events[0].reported_s == wave.frame_count / wave.fps + gap_s
    assert events[1].start_s > wave.duration_s + gap_s - 0.5


def test_while_frames_without_anybody_come_what_was_done_is_told_in_time(gallery, clips):
    wave = clips[0][0]
    stream = StreamRecogniser(gallery, layout=wave.layout)
    play(stream, wave)
    nobody = np.zeros_like(wave.visible[:, 0])
    times = wave.duration_s + np.arange(100) / 30
    events = [e for time_s in times for e in stream.push(time_s, wave.joints[:, 0], nobody)]
    assert [event.action for event in events] == [clips[1][0]]
    assert events[0].delay_s <= stream.longest_delay_s + 1 / 30


@pytest.mark.parametrize("number", [np.float32, np.float64, torch.tensor], ids=lambda x: x.__name__)
def test_events_are_plain_numbers_whatever_the_times_are(gallery, clips, number):
    wave = clips[0][0]
    stream = StreamRecogniser(gallery, layout=wave.layout)
    for t in range(wave.frame_count):
        stream.push(number(t / wave.fps), wave.joints[:, t], wave.visible[:, t])
    (event,) = stream.finish()
    assert json.loads(json.dumps(event.to_json()))["end_s"] == event.end_s


def test_a_frame_may_be_lists_and_what_is_no_frame_is_refused(gallery, clips):
    wave = clips[0][0]
    stream, same = (StreamRecogniser(gallery, layout=wave.layout) for _ in range(2))
    for t in range(wave.frame_count):
        stream.push(t / wave.fps, wave.joints[:, t], wave.visible[:, t])
        same.push(t / wave.fps, wave.joints[:, t].tolist(), wave.visible[:, t].tolist())
    with pytest.raises(ClipError, match="frame of numbers"):
        same.push(1e3, [[[0, 0, 0], [0, 0]]], [[True, True]])
    assert [e.action for e in same.finish()] == [e.action for e in stream.finish()] == [clips[1][0]]


def test_a_stream_needs_something_to_look_for(recogniser, clips):
    with pytest.raises(GalleryError, match="Nothing is enrolled"):
        StreamRecogniser(Gallery(recogniser), layout=clips[0][0].layout)


def test_time_that_does_not_go_on_is_refused(gallery, clips):
    clip = clips[0][0]
    stream = StreamRecogniser(gallery, layout=clip.layout)
    stream.push(1.0, clip.joints[:, 0], clip.visible[:, 0])
    with pytest.raises(ClipError, match=r"later than 1\.000"):
        stream.push(1.0, clip.joints[:, 1], clip.visible[:, 1])


@pytest.mark.parametrize("time_s", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("at", [0, 5])
def test_a_time_that_is_none_is_refused_and_the_stream_goes_on(gallery, clips, at, time_s):
    clip = clips[0][0]
    stream = StreamRecogniser(gallery, layout=clip.layout)
    for t in range(clip.frame_count):
        if t == at:
            with pytest.raises(ClipError, match="Expected the time of a frame in seconds"):
                stream.push(time_s, clip.joints[:, t], clip.visible[:, t])
        stream.push(t / clip.fps, clip.joints[:, t], clip.visible[:, t])
    assert [event.action for event in stream.finish()] == [clips[1][0]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in ("rest_s", "stride_s", "wait_s") for value in (0.0, np.nan)),
        ("rest_s", np.inf),
        ("margin_s", -0.1),
        ("motion_share", 0.0),
        ("longest", 0.9),
        ("length_ratio", 1.0),
        ("support", 0),
    ],
)
def test_settings_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ConfigError, match=f"stream.{name}: expected at least"):
        StreamSettings(**{name: value})


@pytest.mark.parametrize("sure", [-0.1, 1.1, np.nan])
def test_how_sure_a_stream_is_to_be_is_a_probability(sure):
    with pytest.raises(ConfigError, match=r"stream\.sure: expected 0 to 1, found"):
        StreamSettings(sure=sure)


@pytest.mark.parametrize("fps", [0, -1, np.nan, np.inf])
def test_a_grid_without_a_rate_is_refused(gallery, clips, fps):
    with pytest.raises(ConfigError, match=r"stream\.fps: expected 1 to 1000"):
        StreamRecogniser(gallery, layout=clips[0][0].layout, fps=fps)


@pytest.mark.parametrize("times", [1, 2, 6])
def test_an_event_says_how_often_the_action_was_done(gallery, clips, times):
    (_, squat, *_), _ = clips
    over = between(squat, squat, 10)
    parts = [squat.joints, *[over, squat.joints] * (times - 1)]
    still = np.repeat(squat.joints[:, :1], 40, axis=1)
    joints = np.concatenate([still, *parts, np.repeat(parts[-1][:, -1:], 40, axis=1)], axis=1)
    clip = squat.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    stream = StreamRecogniser(gallery, layout=clip.layout)
    events = play(stream, clip) + stream.finish()
    assert {event.action for event in events} == {"squat"}
    assert sum(event.times for event in events) == times
    assert json.loads(json.dumps(events[0].to_json()))["times"] == events[0].times


def do(squat, times, *, rest):
    """A squat done so often, with so many frames of rest between: (joints, frames of one)."""
    still = np.repeat(squat.joints[:, :1], 60, axis=1)
    pause = np.repeat(squat.joints[:, -1:], rest, axis=1)
    once = np.concatenate([squat.joints, pause, between(squat, squat, 10)], axis=1)
    return np.concatenate([still, *[once] * times, still], axis=1), once.shape[1], still.shape[1]


def listen(gallery, squat, joints):
    """[(frame, what is under way)], and the events."""
    stream, events, heard = StreamRecogniser(gallery, layout=squat.layout), [], []
    seen = np.ones(joints.shape[:3], dtype=np.bool_)
    for t in range(joints.shape[1]):
        events += stream.push(t / squat.fps, joints[:, t], seen[:, t])
        now = stream.look_under_way()
        assert now == stream.look_under_way()
        heard.append((t, now))
    return [each for each in heard if each[1] is not None], events + stream.finish()


@pytest.mark.parametrize("rest", [0, 45])
def test_what_is_done_in_a_row_is_counted_while_it_is_done(gallery, clips, rest):
    (_, squat, *_), _ = clips
    joints, once, before = do(squat, 6, rest=rest)
    heard, events = listen(gallery, squat, joints)
    assert {now.action for _, now in heard} == {"squat"}
    assert len({now.start_s for _, now in heard}) <= 2  # the end of the first window may move
    times = [now.times for _, now in heard]
    assert times == sorted(times)
    assert sum(event.times for event in events) == times[-1] == 6
    # Repetitions that are over are whole, and none is before the last that was.
    overs = []
    for t, now in heard:
        if now.latest_s is not None:
            start_s, end_s = now.latest_s
            assert 0.5 * once < squat.fps * (end_s - start_s) < 1.1 * once
            assert end_s * squat.fps <= t
            over = (squat.fps * (start_s + end_s) / 2 - before) / once  # its middle
            assert over < now.times
            overs.append(round(over))
    assert overs == sorted(overs)
    assert {now.times for _, now in heard if now.latest_s is not None} >= {3, 4, 5, 6}
    # Half a squat counts; known after 1.2 times what was shown, or after a rest.
    made = [(t - before) / once for t, _ in heard]
    assert all(done - 1.5 < count < done + 0.6 for count, done in zip(times, made, strict=True))


def test_what_goes_on_for_longer_than_frames_are_kept_is_counted_to_its_end(clips, monkeypatch):
    monkeypatch.setattr(live_stream, "_COUNTED_S", 0)
    monkeypatch.setattr(live_stream, "_COUNTED", 2)  # exemplars, in place of a minute
    (_, squat, *_), _ = clips
    known = Gallery(crossglg.load("open-small")).enroll("squat", squat)
    joints, _, _ = do(squat, 9, rest=0)
    heard, events = listen(known, squat, joints)
    assert [event.times for event in events] == [9]  # told as one, of which three squats are kept
    assert heard[-1][1].times == 9


def test_a_count_begins_anew_after_a_long_rest(gallery, clips):
    (_, squat, *_), _ = clips
    joints, once, _ = do(squat, 2, rest=round(6 * squat.fps))
    heard, events = listen(gallery, squat, joints)
    assert [event.times for event in events] == [1, 1]
    assert {now.times for _, now in heard} == {1}
    first, second = sorted({now.start_s for _, now in heard})
    assert second - first == pytest.approx(once / squat.fps, abs=0.5)
    told = [t for t, now in heard if now.start_s == first]
    end = round(events[0].end_s * squat.fps)
    assert max(told) - end == pytest.approx(4 * squat.fps, abs=2)  # gone when nobody goes on


def test_another_action_ends_the_count(gallery, stream_of_two, clips):
    clip, _ = stream_of_two
    heard, _ = listen(gallery, clip, clip.joints)
    assert [now.times for _, now in heard] == [1] * len(heard)
    assert list(dict.fromkeys(now.action for _, now in heard)) == list(clips[1][:2])


def test_what_was_told_and_what_is_under_way_are_cut_out_of_the_stream(clips):
    (_, squat, *_), _ = clips
    gallery = Gallery(crossglg.load("open-small")).enroll("squat", squat)
    joints, _, before = do(squat, 3, rest=0)
    stream = StreamRecogniser(gallery, layout=squat.layout)
    seen = np.ones(joints.shape[:3], dtype=np.bool_)
    events, under_way = [], None
    for t in range(joints.shape[1]):
        events += stream.push(7 + t / squat.fps, joints[:, t], seen[:, t])
        if not events and (now := stream.look_under_way()) is not None:
            under_way = now, stream.clip_of(now).duration_s, 7 + t / squat.fps
    (event,) = events
    cut = stream.clip_of(event)
    assert cut.duration_s == pytest.approx(event.end_s - event.start_s, abs=0.1)
    assert cut.layout == gallery.recogniser.layout
    first = round((event.start_s - 7) * squat.fps)
    expected = map_clip(squat.with_joints(joints, seen), cut.layout)
    np.testing.assert_allclose(cut.joints[:, 0], expected.joints[:, first], atol=1e-5)
    assert before / squat.fps - 0.5 < event.start_s - 7
    now, duration_s, time_s = under_way
    assert duration_s == pytest.approx(time_s - now.start_s, abs=0.1)
    form = check_form(gallery, cut, "squat")
    assert len(form.repetitions) == event.times == 3


def test_what_is_kept_no_longer_cannot_be_cut_out(clips, monkeypatch):
    monkeypatch.setattr(live_stream, "_COUNTED_S", 0)
    monkeypatch.setattr(live_stream, "_COUNTED", 2)
    (_, squat, *_), _ = clips
    known = Gallery(crossglg.load("open-small")).enroll("squat", squat)
    stream = StreamRecogniser(known, layout=squat.layout)
    joints, _, _ = do(squat, 1, rest=0)
    clip = squat.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    (event,) = play(stream, clip)
    rest = clip.with_joints(np.repeat(joints[:, -1:], 200, axis=1), np.ones((1, 200, 25), bool))
    for number in range(1, 20):
        play(stream, rest, start_s=number * 10)
    with pytest.raises(ClipError, match=r"still kept, from \d+\.\d s to \d+\.\d s, found"):
        stream.clip_of(event)
