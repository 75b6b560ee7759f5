"""Poses from a camera, always from its newest picture."""

import threading
import time
from collections.abc import Generator
from contextlib import closing
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError, require
from crossglg.live.latest import Latest
from crossglg.skeleton.layout import Layout
from crossglg.sources.pose import PoseEstimator, PoseFrame, SlotTracker

_PATIENCE_S = 5.0


class CameraPoses:
    """A camera as a ``PoseSource``; times count from the first picture.

    A thread of its own empties the camera, so that what the estimator gets is never old.

    Args:
        number: 0 is the first camera.
        estimator: Finds the bodies; closed when the frames end.
        max_persons: M of the frames.
    """

    def __init__(self, number: int, estimator: PoseEstimator, *, max_persons: int = 1) -> None:
        self._number = number
        self._estimator = estimator
        self._max_persons = max_persons

    @property
    def layout(self) -> Layout:
        """The estimator's."""
        return self._estimator.layout

    def frames(self) -> Generator[PoseFrame]:
        """Frame after frame until closed, or until the camera is unplugged.

        Raises:
            SourceError: There is no such camera, or it gives no picture.
        """
        cv2 = require("cv2", extra="live")
        tracker = SlotTracker(max_persons=self._max_persons, joint_count=self.layout.joint_count)
        with closing(self._estimator), closing(_Capture(self._number)) as capture:
            start_s, last_s = None, -1.0
            while (shot := capture.newest()) is not None:
                taken_s, image = shot
                start_s = taken_s if start_s is None else start_s
                time_s = taken_s - start_s
                if time_s <= last_s:
                    continue
                last_s = time_s
                found = self._estimator.estimate(
                    cv2.cvtColor(image, cv2.COLOR_BGR2RGB), time_s=time_s
                )
                yield tracker.track(found, time_s=time_s)


class _Capture:
    """The thread that reads the camera."""

    def __init__(self, number: int) -> None:
        self._number = number
        cv2 = require("cv2", extra="live")
        self._device: Any = cv2.VideoCapture(number)
        if not self._device.isOpened():
            raise SourceError(
                f"camera {number}", "expected a camera, found none. Is another program using it?"
            )
        self._box: Latest[tuple[float, NDArray[np.uint8]]] = Latest()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def newest(self) -> tuple[float, NDArray[np.uint8]] | None:
        """(seconds of a steady clock, picture); None when the camera has gone."""
        try:
            return self._box.take(timeout_s=_PATIENCE_S)
        except TimeoutError:
            raise SourceError(
                f"camera {self._number}", f"gave no picture for {_PATIENCE_S:g} s."
            ) from None

    def close(self) -> None:
        """Stop the thread, then free the device."""
        self._stop.set()
        self._thread.join(timeout=_PATIENCE_S)
        self._device.release()

    def _read(self) -> None:
        while not self._stop.is_set():
            there, image = self._device.read()
            if not there:
                break
            self._box.put((time.monotonic(), image))
        self._box.close()
