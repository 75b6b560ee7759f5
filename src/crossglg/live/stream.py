"""Actions found in a stream that nobody cut into clips: start, end, name, probability.

    frame -> grid (buffer) -> motion or rest -> windows -> gallery -> suppression -> events

People rest between actions. So a span of motion between two rests is looked at once, as a whole,
when it ends: what came before its end is never wasted on half an action. Only where motion goes on
for longer than any exemplar does are windows of the exemplars' lengths looked at inside it, those
of the time before included. Per frame there is only cheap arithmetic: mapping, the grid, motion.
"""

from dataclasses import dataclass
from math import inf, isinf

import numpy as np
from numpy.typing import ArrayLike

from crossglg import SURE
from crossglg.errors import ClipError, ConfigError, GalleryError, check_ranges
from crossglg.gallery import Gallery, Recognition
from crossglg.live.buffer import FrameBuffer
from crossglg.live.event import Event, UnderWay
from crossglg.live.motion import MotionMeter, RestDetector, measure_motion
from crossglg.live.running_count import RunningCount
from crossglg.live.suppress import OVERHANG, Candidate, Suppressor
from crossglg.live.tally import Series, Tally
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.torso import sees_torso

_TOP = 3
_LEAST = 1e-3
_MOST_FPS = 1000
_COUNTED_S, _COUNTED = 60, 4
"""How much of a long action is counted at once: seconds, but at least so many longest exemplars."""
_RANGES = {
    "rest_s": (_LEAST, inf),
    "margin_s": (0, inf),
    "motion_share": (_LEAST, inf),
    "longest": (1, inf),
    "stride_s": (_LEAST, inf),
    "length_ratio": (1 + _LEAST, inf),
    "wait_s": (_LEAST, inf),
    "pause_s": (0, inf),
    "support": (1, inf),
    "sure": (0, 1),
}


@dataclass(frozen=True)
class StreamSettings:
    """How a stream is searched. The defaults were chosen on base classes (docs/streams.md).

    Attributes:
        rest_s: Rest that ends a span of motion.
        margin_s: Rest kept on both sides of a span, as clips of actions have it.
        motion_share: Of the exemplars' usual speed, what counts as motion.
        longest: How many times longer than the longest exemplar a span may be and still be taken
            for one action; beyond, windows inside it are looked at.
        stride_s: Time between the ends of such windows.
        length_ratio: Exemplars whose durations differ by less share a window length.
        wait_s: How long what a window shows waits for a better one, or for the next one to agree.
        pause_s: Rest after which an action that is done again is no longer done in a row.
        support: How many overlapping windows must show the same.
        sure: The probability from which an action is told of.

    Raises:
        ConfigError: A number is out of its range.
    """

    rest_s: float = 0.4
    margin_s: float = 0.2
    motion_share: float = 0.3
    longest: float = 1.2
    stride_s: float = 0.25
    length_ratio: float = 1.3
    wait_s: float = 0.5
    pause_s: float = 4.0
    support: int = 3
    sure: float = SURE

    def __post_init__(self) -> None:
        check_ranges(self, _RANGES, where="stream")


class StreamRecogniser:
    """Looks for a gallery's actions in frames as they come. One per stream; not thread-safe.

    Args:
        gallery: What to look for.
        layout: Of the frames.
        fps: Of the grid that frames are brought to, 1 to 1000; they may come at another rate.
        settings: How to search.

    Attributes:
        speed: Of whoever moves most, torso lengths per second.

    Raises:
        GalleryError: Nothing is enrolled.
        LayoutError: The frames' joints say nothing about a joint of the model.
        ConfigError: The grid's rate is out of its range.
    """

    def __init__(
        self,
        gallery: Gallery,
        *,
        layout: Layout,
        fps: float = 30.0,
        settings: StreamSettings | None = None,
    ) -> None:
        if not 1 <= fps <= _MOST_FPS:
            raise ConfigError(f"stream.fps: expected 1 to {_MOST_FPS}, found {fps}.")
        self._settings = settings or StreamSettings()
        self._gallery = gallery
        self._lengths = _window_lengths(gallery, fps=fps, ratio=self._settings.length_ratio)
        self._longest = round(self._settings.longest * self._lengths[-1])
        self._stride = max(1, round(self._settings.stride_s * fps))
        self._margin = round(self._settings.margin_s * fps)
        rest = max(1, round(self._settings.rest_s * fps))
        target = gallery.recogniser.layout
        counted = max(round(_COUNTED_S * fps), _COUNTED * self._lengths[-1])
        self._buffer = FrameBuffer(
            source=layout,
            target=target,
            fps=fps,
            keep_s=(counted + self._longest + 2 * self._margin + rest + self._stride + 2) / fps,
        )
        self._meter = MotionMeter(target, fps=fps)
        threshold = self._settings.motion_share * _usual_speed(gallery)
        self._rest = RestDetector(threshold=threshold, patience=rest)
        self._suppressor = Suppressor(
            patience=round(self._settings.wait_s * fps), support=self._settings.support
        )
        self._deferred: list[tuple[int, int]] = []
        self._counter = RunningCount(gallery, self._buffer, span=counted)
        self._tally = Tally(round(self._settings.pause_s * fps))
        self._newest_s = 0.0  # the time of the newest frame; that of the grid lags behind
        self.speed = 0.0

    @property
    def is_moving(self) -> bool:
        """Whether somebody is moving at present."""
        return self._rest.moving_since is not None

    @property
    def longest_delay_s(self) -> float:
        """After its ``end_s``, an event is told within this time, or never, while frames come.

        It is told when a frame is pushed, so the time between two frames is added, and where none
        are pushed for long it waits for the next: push frames in which nobody is visible.

        After a rest it takes no more than ``rest_s``; an action at the beginning of a long motion
        waits until it is clear that the motion is not one action, and one inside it until no
        further window agrees.
        """
        stride = self._stride + 1
        inside = max(self._longest - self._lengths[0] + self._margin, 0) + stride
        over = round(OVERHANG * self._lengths[-1])
        wait_s = self._settings.wait_s + (over + stride) / self._buffer.fps
        return max(self._settings.rest_s, wait_s, inside / self._buffer.fps)

    def push(self, time_s: float, joints: ArrayLike, visible: ArrayLike) -> list[Event]:
        """Take a frame in; the actions that became certain by it.

        Args:
            time_s: Seconds, later than all frames before, on any clock.
            joints: (M V 3) metres, y up; M stays the same over a stream.
            visible: (M V).

        Raises:
            ClipError: They are no arrays of numbers, shapes are not as before, the time is none or
                does not go on, or times are no seconds.
        """
        time_s = float(time_s)  # events hold plain numbers, whatever library the caller's are of
        try:
            joints_now = np.asarray(joints, dtype=np.float32)
            visible_now = np.asarray(visible, dtype=np.bool_)
        except (TypeError, ValueError) as error:
            raise ClipError(f"Expected a frame of numbers (persons, joints, 3): {error}") from error
        events = []
        completed = self._buffer.push(time_s, joints_now, visible_now)
        self._newest_s = time_s
        for number in completed:
            events += self._advance(number)
        return events

    def look_under_way(self) -> UnderWay | None:
        """What is being done, and how often in a row so far; None where nothing is.

        In a row is what no rest longer than ``pause_s`` and no other action parts. An action is
        known before its end where it is done for longer than the longest exemplar, which is when
        its event takes long to come. Counts anew four times a second at most.
        """
        found = self._suppressor.find_under_way()
        if found is None:
            now, since = self._buffer.count - 1, self._rest.moving_since
            # Who moves may be doing it again; that is known after as long as it takes at most.
            series = self._tally.look(now if since is None else max(since, now - self._longest))
        else:
            action = _get_action(found)
            times = self._counter.look(action, *found.reach)
            series = self._tally.go_on_with(Series(action, found.first, found.last, times))
        if series is None:
            return None
        latest = self._counter.find_over(series.action, series.first)
        time_of = self._buffer.time_of
        latest_s = None if latest is None else (time_of(latest[0]), time_of(latest[1]))
        return UnderWay(series.action, time_of(series.first), series.times, latest_s)

    def clip_of(self, seen: Event | UnderWay) -> SkeletonClip:
        """The frames of what was told of, or is under way until now, in the joints of the model.

        Of what goes on for longer than frames are kept (a minute, and four times the longest
        exemplar), the end.

        Raises:
            ClipError: None of its frames is kept any more.
        """
        return self.clip_between(seen.start_s, seen.end_s if isinstance(seen, Event) else inf)

    def clip_between(self, start_s: float, end_s: float) -> SkeletonClip:
        """The frames between two moments, both included, in the joints of the model.

        Raises:
            ClipError: None of them is kept.
        """
        newest = self._buffer.count - 1
        first = self._buffer.number_at(start_s)
        last = newest if isinf(end_s) else min(newest, self._buffer.number_at(end_s))
        if last < max(first, self._buffer.oldest):
            raise ClipError(
                f"Expected a time of which frames are still kept, from "
                f"{self._buffer.time_of(self._buffer.oldest):.1f} s to "
                f"{self._buffer.time_of(newest):.1f} s, found {start_s:.1f} s to {end_s:.1f} s."
            )
        return self._buffer.clip(first, last)

    def finish(self) -> list[Event]:
        """The stream is over: judge what is still open."""
        now = self._buffer.count - 1
        span = self._rest.finish()
        return self._end_span(*span, now=now) if span is not None else self._settle(now, True)

    def _advance(self, now: int) -> list[Event]:
        self.speed = self._meter.push(*self._buffer.frame(now))
        span = self._rest.push(self.speed)
        if span is not None:
            return self._end_span(*span, now=now)
        since = self._rest.moving_since
        if since is not None and now % self._stride == 0:
            self._deferred += self._windows(since, now)
            if now - since + 1 > self._longest:
                self._look_at_deferred()
                self._follow()
        return self._settle(now, False)

    def _follow(self) -> None:
        found = self._suppressor.find_under_way()
        if found is not None:
            self._counter.follow(_get_action(found), *found.reach)

    def _end_span(self, first: int, last: int, *, now: int) -> list[Event]:
        if last - first + 1 <= self._longest:
            window = (max(first - self._margin, 0), min(last + self._margin, now))
            self._deferred.clear()
            self._look([window], support=self._settings.support)
        else:
            self._look_at_deferred()
        return self._settle(now, True)

    def _windows(self, since: int, now: int) -> list[tuple[int, int]]:
        """Windows that end now and do not begin in the rest before the motion."""
        reach = now - since + self._margin + 1
        return [(now - length + 1, now) for length in self._lengths if length <= reach]

    def _look_at_deferred(self) -> None:
        self._look(self._deferred, support=1)
        self._deferred.clear()

    def _look(self, windows: list[tuple[int, int]], *, support: int) -> None:
        """Ask the gallery about windows and keep what it knows."""
        there = [window for window in windows if window[0] >= self._buffer.oldest]
        cut = [(window, self._buffer.clip(*window)) for window in there]
        # Who is never seen from hips to shoulders cannot be placed; at a desk, legs are never seen.
        cut = [(window, clip) for window, clip in cut if sees_torso(clip).any()]
        if not cut:
            return
        found = self._recognize([clip for _, clip in cut])
        for (window, _), recognition in zip(cut, found, strict=True):
            if recognition is not None and recognition.action is not None:
                candidate = Candidate(*window, recognition, _score(recognition), support)
                self._suppressor.offer(candidate)

    def _recognize(self, clips: list[SkeletonClip]) -> list[Recognition | None]:
        """None for a clip that the gallery refuses; the stream goes on."""
        try:
            return [*self._gallery.recognize_all(clips, top=_TOP, sure=self._settings.sure)]
        except ClipError:
            if len(clips) == 1:
                return [None]
            return [found for clip in clips for found in self._recognize([clip])]

    def _settle(self, now: int, at_once: bool) -> list[Event]:
        settled = self._suppressor.settle(now, at_once=at_once)
        return [self._tell(each, at_rest=at_once) for each in settled]

    def _tell(self, candidate: Candidate, *, at_rest: bool) -> Event:
        action, answers = _get_action(candidate), candidate.recognition.answers
        times = self._counter.tell(action, *candidate.reach, at_rest=at_rest)
        self._tally.add(Series(action, candidate.first, candidate.last, times))
        return Event(
            action,
            self._buffer.time_of(candidate.first),
            self._buffer.time_of(candidate.last),
            answers[0].probability,
            answers,
            self._newest_s,
            times,
        )


def _get_action(candidate: Candidate) -> str:
    assert candidate.recognition.action is not None  # candidates are known actions
    return candidate.recognition.action


def _score(recognition: Recognition) -> float:
    best = recognition.answers[0]
    return -best.distance if best.probability is None else best.probability


def _window_lengths(gallery: Gallery, *, fps: float, ratio: float) -> tuple[int, ...]:
    """Frames of the windows, shortest first: the exemplars' durations, near ones together."""
    if not gallery.exemplars:
        raise GalleryError("Nothing is enrolled yet. Enrol an action first: crossglg enroll.")
    chosen: list[float] = []
    for duration in sorted((e.clip.duration_s for e in gallery.exemplars), reverse=True):
        if not chosen or duration * ratio < chosen[-1]:
            chosen.append(duration)
    return tuple(max(2, round(duration * fps)) for duration in reversed(chosen))


def _usual_speed(gallery: Gallery) -> float:
    """Median over exemplars of their median speed."""
    target = gallery.recogniser.layout
    clips = [map_clip(exemplar.clip, target) for exemplar in gallery.exemplars]
    return float(np.median([np.median(measure_motion(clip)) for clip in clips]))
