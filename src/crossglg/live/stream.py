"""Actions found in a stream that nobody cut into clips: start, end, name, probability.

    frame -> grid (buffer) -> motion -> proposals of windows -> gallery -> suppression -> events

Per frame only cheap arithmetic is done. Windows are proposed at a stride while somebody moves, as
long as the gallery's exemplars, and once more when the motion ends; the model looks at those.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import GalleryError
from crossglg.gallery import Gallery, Recognition
from crossglg.live.buffer import FrameBuffer
from crossglg.live.event import Event
from crossglg.live.motion import MotionMeter, RestDetector, measure_motion
from crossglg.live.suppress import Candidate, Suppressor
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import map_clip

_TOP = 3


@dataclass(frozen=True)
class StreamSettings:
    """How a stream is searched.

    Attributes:
        stride_s: Time between two looks at windows that end in mid-motion.
        rest_s: Rest that ends a span of motion.
        wait_s: How long a candidate waits for a better one.
        margin_s: Rest kept on both sides of a span of motion, as exemplars have it.
        length_ratio: Two exemplars whose durations differ by less share a window length.
        stretches: Window lengths as multiples of exemplars' durations.
        motion_share: Of the exemplars' usual speed, what counts as motion.
        longest: The longest span of motion that is looked at as a whole, in longest exemplars.
    """

    stride_s: float = 0.25
    rest_s: float = 0.4
    wait_s: float = 0.5
    margin_s: float = 0.2
    length_ratio: float = 1.3
    stretches: tuple[float, ...] = (1.0,)
    motion_share: float = 0.3
    longest: float = 1.5

    @property
    def longest_delay_s(self) -> float:
        """After its end, an action is told within this time, or never."""
        return self.stride_s + max(self.wait_s, self.rest_s + self.margin_s)


class StreamRecogniser:
    """Looks for a gallery's actions in frames as they come. One per stream; not thread-safe.

    Args:
        gallery: What to look for; a later gallery may be put in its place (``gallery``).
        layout: Of the frames.
        fps: Of the grid that frames are brought to; the rate at which they come may differ.
        settings: How to search.

    Raises:
        GalleryError: Nothing is enrolled.
        LayoutError: The frames' joints say nothing about a joint of the model.
    """

    def __init__(
        self,
        gallery: Gallery,
        *,
        layout: Layout,
        fps: float = 30.0,
        settings: StreamSettings | None = None,
    ) -> None:
        self.settings = settings or StreamSettings()
        self.gallery = gallery
        target = gallery.recogniser.checkpoint.layout
        self._lengths = _window_lengths(gallery, fps=fps, settings=self.settings)
        keep_s = 2 * self.settings.longest * max(self._lengths) / fps
        self._buffer = FrameBuffer(source=layout, target=target, fps=fps, keep_s=keep_s)
        self._meter = MotionMeter(target, fps=fps)
        self._rest = RestDetector(
            threshold=_motion_threshold(gallery, self.settings),
            patience=round(self.settings.rest_s * fps),
        )
        self._suppressor = Suppressor(patience=round(self.settings.wait_s * fps))
        self._stride = max(1, round(self.settings.stride_s * fps))
        self._margin = round(self.settings.margin_s * fps)
        self.speed = 0.0

    @property
    def is_moving(self) -> bool:
        """Whether somebody is moving at present."""
        return self._rest.moving_since is not None

    def push(
        self, time_s: float, joints: NDArray[np.floating], visible: NDArray[np.bool_]
    ) -> list[Event]:
        """Take a frame in; the actions that became certain by it.

        Args:
            time_s: Later than all frames before, on any clock.
            joints: (M V 3) metres, y up; M stays the same over a stream.
            visible: (M V).

        Raises:
            ClipError: Shapes are not as before, or time does not go on.
        """
        events = []
        for number in self._buffer.push(time_s, joints, visible):
            events += self._advance(number)
        return events

    def finish(self) -> list[Event]:
        """The stream is over: judge what is still open."""
        now = self._buffer.count - 1
        if (span := self._rest.finish()) is not None:
            self._look(self._span_windows(*span))
        return [self._tell(each, now) for each in self._suppressor.settle(now + 10**9)]

    def _advance(self, number: int) -> list[Event]:
        joints, visible = self._buffer.frame(number)
        self.speed = self._meter.push(joints, visible)
        span = self._rest.push(self.speed)
        if span is not None:
            self._look(self._span_windows(*span))
        elif self.is_moving and number % self._stride == 0:
            self._look(self._sliding_windows(number))
        return [self._tell(each, number) for each in self._suppressor.settle(number)]

    def _span_windows(self, first: int, last: int) -> list[tuple[int, int]]:
        window = (max(0, first - self._margin), last + self._margin)
        window = (window[0], min(window[1], self._buffer.count - 1))
        too_long = window[1] - window[0] + 1 > self.settings.longest * max(self._lengths)
        return [] if too_long else [window]

    def _sliding_windows(self, number: int) -> list[tuple[int, int]]:
        since = self._rest.moving_since
        assert since is not None  # asked only while somebody moves
        reach = number - since + self._margin + 1
        return [(number - length + 1, number) for length in self._lengths if length <= reach]

    def _look(self, windows: list[tuple[int, int]]) -> None:
        """Ask the gallery about windows and keep what it knows."""
        windows = [window for window in windows if window[0] >= self._buffer.oldest]
        clips = [self._buffer.clip(first, last) for first, last in windows]
        seen = [n for n, clip in enumerate(clips) if clip.visible.all(axis=-1).any()]
        if not seen:
            return
        found = self.gallery.recognize_all([clips[n] for n in seen], top=_TOP)
        for n, recognition in zip(seen, found, strict=True):
            if recognition.action is not None:
                first, last = windows[n]
                self._suppressor.offer(Candidate(first, last, recognition, _score(recognition)))

    def _tell(self, candidate: Candidate, now: int) -> Event:
        found = candidate.recognition
        assert found.action is not None  # candidates are known actions
        return Event(
            found.action,
            self._buffer.time_of(candidate.first),
            self._buffer.time_of(candidate.last),
            found.answers[0].probability,
            found.answers,
            self._buffer.time_of(now),
        )


def _score(recognition: Recognition) -> float:
    best = recognition.answers[0]
    return -best.distance if best.probability is None else best.probability


def _window_lengths(gallery: Gallery, *, fps: float, settings: StreamSettings) -> tuple[int, ...]:
    """Frames of the windows to look at: the exemplars' durations, near ones taken together."""
    if not gallery.exemplars:
        raise GalleryError("Nothing is enrolled yet. Enrol an action first: crossglg enroll.")
    durations = sorted(exemplar.clip.duration_s for exemplar in gallery.exemplars)
    chosen: list[float] = []
    for duration in durations:
        if not chosen or duration > chosen[-1] * settings.length_ratio:
            chosen.append(duration)
    wanted = {max(2, round(d * s * fps)) for d in chosen for s in settings.stretches}
    return tuple(sorted(wanted))


def _motion_threshold(gallery: Gallery, settings: StreamSettings) -> float:
    target = gallery.recogniser.checkpoint.layout
    speeds = [
        np.median(measure_motion(map_clip(exemplar.clip, target))) for exemplar in gallery.exemplars
    ]
    return float(settings.motion_share * np.median(speeds))
