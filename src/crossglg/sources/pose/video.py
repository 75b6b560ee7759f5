"""Poses out of a video file: its rotation, its clock, one part of it if wished."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError, require
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.span import WHOLE, Span
from crossglg.sources.pose.frames import PoseFrame, gather_clip
from crossglg.sources.pose.mediapipe import MediaPipePoses
from crossglg.sources.pose.models import find_pose_model
from crossglg.sources.pose.tracking import PoseEstimator, SlotTracker

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg")

_WARM_UP_S = 0.5
"""Estimators follow bodies over time; they start so long before the part that is wanted."""


@dataclass(frozen=True)
class PoseOptions:
    """How poses are found in pictures.

    Attributes:
        model: lite, full or heavy; or a ``.task`` file.
        max_persons: Bodies to look for.
    """

    model: str = "full"
    max_persons: int = 1

    def create(self) -> PoseEstimator:
        """The estimator.

        Raises:
            MissingExtraError: MediaPipe is not installed.
            SourceError: Its networks cannot be had.
        """
        return MediaPipePoses(find_pose_model(self.model), max_persons=self.max_persons)


class VideoPoses:
    """The poses in a video, as a ``PoseSource``.

    Args:
        path: The file; turned upright as its container says.
        estimator: Finds the bodies; closed when the frames end.
        max_persons: M of the frames.
        span: The part to read.
    """

    def __init__(
        self, path: Path, estimator: PoseEstimator, *, max_persons: int = 1, span: Span = WHOLE
    ) -> None:
        self._path = path
        self._estimator = estimator
        self._max_persons = max_persons
        self._span = span

    @property
    def layout(self) -> Layout:
        """The estimator's."""
        return self._estimator.layout

    def frames(self) -> Generator[PoseFrame]:
        """Frame after frame; times count from the beginning of the file.

        Raises:
            SourceError: The file is no video that can be read.
        """
        tracker = SlotTracker(max_persons=self._max_persons, joint_count=self.layout.joint_count)
        with closing(self._estimator), closing(read_images(self._path)) as images:
            for time_s, image in images:
                if time_s >= self._span.end_s:
                    break
                if time_s < self._span.start_s - _WARM_UP_S:
                    continue
                found = self._estimator.estimate(image, time_s=time_s)
                frame = tracker.track(found, time_s=time_s)
                if time_s >= self._span.start_s:
                    yield frame


def read_images(path: Path) -> Generator[tuple[float, NDArray[np.uint8]]]:
    """(seconds, picture (H W 3) in RGB), one by one.

    Raises:
        SourceError: The file is no video that can be read.
    """
    cv2 = require("cv2", extra="live")
    capture: Any = cv2.VideoCapture(str(path))
    try:
        if not capture.isOpened():
            raise SourceError(path, "expected a video, found a file that cannot be decoded.")
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        last_s, step_s = -1.0, 1 / (capture.get(cv2.CAP_PROP_FPS) or 30.0)
        while True:
            there, image = capture.read()
            if not there:
                break
            # Some containers do not know the time of every frame; then the rate must do.
            time_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            last_s = time_s if time_s > last_s else last_s + step_s
            yield max(0.0, last_s), cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        if last_s < 0:
            raise SourceError(path, "expected a video, found no picture in it.")
    finally:
        capture.release()


def read_video(
    path: Path, *, span: Span = WHOLE, options: PoseOptions | None = None
) -> SkeletonClip:
    """The movement in a video, at a steady frame rate.

    Raises:
        SourceError: It is no video, ends before the span begins, or shows nobody.
        MissingExtraError: MediaPipe is not installed.
    """
    options = options or PoseOptions()
    if not path.is_file():
        raise SourceError(path, "expected a video, found nothing there.")
    source = VideoPoses(path, options.create(), max_persons=options.max_persons, span=span)
    frames = list(source.frames())
    if not frames:
        raise SourceError(path, f"expected a video that lasts beyond {span.start_s:g} s.")
    if not any(frame.visible.any() for frame in frames):
        raise SourceError(path, "expected somebody in the picture, found nobody.")
    return gather_clip(frames, source.layout)
