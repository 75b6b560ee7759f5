"""How much a body moves, frame by frame, and whether it rests."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.torso import find_torso

SPAN_S = 0.2
"""Motion is the way made over this time: longer than the jitter of sensors, shorter than a move."""

_LEAST_LENGTH_M = 0.05
"""A torso that seems shorter counts as this long: measured by less, jitter would be motion."""

_SLOW = 0.05


class MotionMeter:
    """Speed of a body in torso lengths per second.

    The measure is the root of the mean square over joints of the way made in ``SPAN_S``: one arm
    that moves counts, jitter of all joints hardly does.

    Args:
        layout: Of the frames; needs hips and shoulders.
        fps: Frames per second.
    """

    def __init__(self, layout: Layout, *, fps: float) -> None:
        self._torso = find_torso(layout)
        self._past: deque[tuple[NDArray[np.float32], NDArray[np.bool_]]] = deque(
            maxlen=max(1, round(SPAN_S * fps)) + 1
        )
        self._fps = fps
        self._length = 0.0

    def push(self, joints: NDArray[np.float32], visible: NDArray[np.bool_]) -> float:
        """Joints (M V 3), visibility (M V) of the next frame -> speed of whoever moves most."""
        self._past.append((joints, visible))
        self._learn_length(joints, visible)
        before, seen_before = self._past[0]
        both = visible & seen_before
        steps = len(self._past) - 1
        if not steps or not both.any() or not self._length:
            return 0.0
        ways = np.square(joints - before).sum(axis=-1) * both  # (M V)
        means = ways.sum(axis=1) / np.maximum(both.sum(axis=1), 1)
        return float(np.sqrt(means.max())) / self._length / (steps / self._fps)

    def _learn_length(self, joints: NDArray[np.float32], visible: NDArray[np.bool_]) -> None:
        for person in np.flatnonzero(visible[:, self._torso].all(axis=1)):
            hips, shoulders = joints[person, self._torso].reshape(2, 2, 3).mean(axis=1)
            length = max(float(np.linalg.norm(shoulders - hips)), _LEAST_LENGTH_M)
            self._length = (
                length if not self._length else self._length * (1 - _SLOW) + length * _SLOW
            )


def measure_motion(clip: SkeletonClip) -> NDArray[np.float64]:
    """(T) speeds of a whole clip, as a ``MotionMeter`` would have told them."""
    meter = MotionMeter(clip.layout, fps=clip.fps)
    return np.array(
        [meter.push(clip.joints[:, t], clip.visible[:, t]) for t in range(clip.frame_count)]
    )


class RestDetector:
    """Tells spans of motion from rest, with two thresholds so that it does not flicker.

    Args:
        threshold: Speed above which a body moves; below half of it, it rests.
        patience: Frames of rest that end a span of motion.

    Attributes:
        moving_since: First frame of the present span of motion; None at rest.
    """

    def __init__(self, *, threshold: float, patience: int) -> None:
        self._threshold = threshold
        self._patience = patience
        self._number = -1
        self._last_motion = -1
        self.moving_since: int | None = None

    def push(self, speed: float) -> tuple[int, int] | None:
        """Take the next frame's speed; the (first, last) frame of a span of motion that ended."""
        self._number += 1
        if self.moving_since is None:
            if speed > self._threshold:
                self.moving_since = self._last_motion = self._number
            return None
        if speed > self._threshold / 2:
            self._last_motion = self._number
        if self._number - self._last_motion < self._patience:
            return None
        return self.finish()

    def finish(self) -> tuple[int, int] | None:
        """End the present span of motion, if there is one."""
        if self.moving_since is None:
            return None
        span = (self.moving_since, self._last_motion)
        self.moving_since = None
        return span
