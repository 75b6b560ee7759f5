"""One stream of poses: frames in, a label now and then and an event per action out. No network.

Three questions are asked of the same frames. *What does this look like at this moment?* is answered
by the label: the last seconds against the gallery, twice a second. *How often in a row so far?*
comes with it, and *what was done, from when to when?* is answered by the events, once per action,
both from ``crossglg.live``.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg import SURE
from crossglg.errors import ClipError
from crossglg.gallery import Form, Gallery, check_once
from crossglg.live import Event, StreamRecogniser, StreamSettings, UnderWay
from crossglg.serve import work
from crossglg.serve.clips import space_evenly
from crossglg.serve.config import Limits
from crossglg.serve.store import GalleryStore
from crossglg.serve.wire import RecognitionView
from crossglg.skeleton import Layout

_LABEL_EVERY_S = 0.5
_SHORTEST_S, _LONGEST_S = 0.8, 8.0
"""Of the window that the label looks at; in between it is as long as the exemplars usually are."""
_SAME_S = 0.5
"""Repetitions that end in the same half second are one, of which it was said what was different:
counted anew with what follows, it ends a little sooner or later."""
_TOP = 3
_GRID_FPS = 30.0


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame of a stream.

    Attributes:
        time_s: On the client's clock.
        joints: (M V 3) metres, NaN where not seen.
    """

    time_s: float
    joints: NDArray[np.float32]


@dataclass(frozen=True)
class Label:
    """What the last seconds look like.

    Attributes:
        time_s: Of the newest frame.
        moving: Whether somebody moves; None before anything is enrolled.
        recognition: None where nobody was seen, or nothing is enrolled.
        under_way: What is being done, and how often in a row so far, if that is known.
        form: What was different in the newest repetition that is over, beside what was shown.
    """

    time_s: float
    moving: bool | None
    recognition: RecognitionView | None
    under_way: UnderWay | None
    form: Form | None = None


class StreamSession:
    """What is known about one stream. One thread at a time.

    Args:
        store: Where the gallery is; it may change while the stream runs.
        layout: Of the frames.
        limits: Bounds.
        sure: The probability from which an action is named.
    """

    def __init__(
        self, store: GalleryStore, layout: Layout, limits: Limits, *, sure: float = SURE
    ) -> None:
        self._store, self._layout, self._limits = store, layout, limits
        self._settings = StreamSettings(sure=sure)
        self._frames: deque[Frame] = deque(maxlen=round(_LONGEST_S * limits.stream_fps))
        self._labelled_s = -np.inf
        self._gallery: Gallery | None = None
        self._searcher: StreamRecogniser | None = None
        self._compared: tuple[tuple[str, int], Form | None] = (("", 0), None)

    def push(self, frames: list[Frame]) -> tuple[list[Event], Label | None]:
        """Take frames in, (M V 3) each, in the order of their times.

        Raises:
            ClipError: Time does not go on, or the number of persons changed.
        """
        self._follow_gallery()
        events: list[Event] = []
        for frame in frames:
            self._check(frame)
            self._frames.append(frame)
            if self._searcher is not None:
                seen = np.asarray(np.isfinite(frame.joints).all(axis=-1))
                events += self._searcher.push(frame.time_s, frame.joints, seen)
        newest_s = self._frames[-1].time_s
        if newest_s - self._labelled_s < _LABEL_EVERY_S:
            return events, None
        self._labelled_s = newest_s
        found = self._recognize(newest_s)
        if self._searcher is None or self._gallery is None:
            return events, Label(newest_s, None, found, None)
        under_way = self._searcher.look_under_way()
        form = self._compare(self._gallery, self._searcher, under_way)
        return events, Label(newest_s, self._searcher.is_moving, found, under_way, form)

    def finish(self) -> list[Event]:
        """The stream is over: judge what is still open."""
        return [] if self._searcher is None else self._searcher.finish()

    def _compare(
        self, gallery: Gallery, searcher: StreamRecogniser, under_way: UnderWay | None
    ) -> Form | None:
        """Of the newest repetition that is over."""
        if under_way is None or under_way.latest_s is None:
            return None
        repetition = under_way.action, round(under_way.latest_s[1] / _SAME_S)
        if self._compared[0] != repetition:
            try:
                clip = searcher.clip_between(*under_way.latest_s)
                self._compared = repetition, check_once(gallery, clip, under_way.action)
            except ClipError:  # nobody is seen well enough
                self._compared = repetition, None
        return self._compared[1]

    def _follow_gallery(self) -> None:
        current = self._store.current()
        if current is self._gallery:
            return
        self._gallery = current
        self._compared = ("", 0), None
        self._searcher = (
            StreamRecogniser(current, layout=self._layout, fps=_GRID_FPS, settings=self._settings)
            if current.exemplars
            else None
        )

    def _check(self, frame: Frame) -> None:
        if not self._frames:
            return
        before = self._frames[-1]
        if frame.time_s <= before.time_s or frame.joints.shape != before.joints.shape:
            raise ClipError(
                f"Expected a frame of {len(before.joints)} person(s) later than "
                f"{before.time_s:.3f} s, found {len(frame.joints)} at {frame.time_s:.3f} s."
            )

    def _recognize(self, newest_s: float) -> RecognitionView | None:
        if self._gallery is None or not self._gallery.exemplars:
            return None
        recent = [f for f in self._frames if newest_s - f.time_s <= _window_s(self._gallery)]
        if len(recent) < 2 or not np.isfinite(recent[-1].joints).any():
            return None
        joints = np.stack([frame.joints for frame in recent], axis=1)
        times = np.array([frame.time_s for frame in recent])
        try:
            clip = space_evenly(joints, times, self._layout, self._limits)
            return work.recognize(self._gallery, clip, top=_TOP, sure=self._settings.sure)
        except ClipError:  # frames at one moment only, or nobody is seen well enough
            return None


def _window_s(gallery: Gallery) -> float:
    usual = float(np.median([exemplar.clip.duration_s for exemplar in gallery.exemplars]))
    return min(max(usual, _SHORTEST_S), _LONGEST_S)
