"""A stretch of time, and the part of a clip that lies in it."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip


@dataclass(frozen=True)
class Span:
    """From ``start_s`` up to ``end_s``, seconds from the beginning.

    Raises:
        ClipError: It is empty or begins before the beginning.
    """

    start_s: float = 0.0
    end_s: float = float("inf")

    def __post_init__(self) -> None:
        if not 0 <= self.start_s < self.end_s:
            raise ClipError(
                f"Expected a stretch from a time of at least 0 s to a later one, found "
                f"{self.start_s:g} s to {self.end_s:g} s."
            )

    @classmethod
    def of(cls, start_s: float, end_s: float | None) -> Self:
        """From one time to another, or to the end where there is none.

        Raises:
            ClipError: It is empty or begins before the beginning.
        """
        return cls(start_s, float("inf") if end_s is None else end_s)

    def describe(self, name: str) -> str:
        """``wave.mp4``, or ``wave.mp4, from 2 s to 4.5 s`` where it is a part."""
        start = f" from {self.start_s:g} s" if self.start_s else ""
        end = "" if np.isinf(self.end_s) else f" to {self.end_s:g} s"
        return f"{name},{start}{end}" if start or end else name


WHOLE = Span()
"""All of a clip."""


def cut(clip: SkeletonClip, span: Span) -> SkeletonClip:
    """The frames of a clip that lie in a span; an end beyond the clip's means the clip's.

    Raises:
        ClipError: The clip is over before the span begins.
    """
    if span == WHOLE:
        return clip
    first = round(span.start_s * clip.fps)
    last = clip.frame_count if np.isinf(span.end_s) else round(span.end_s * clip.fps)
    last = min(clip.frame_count, max(last, first + 1))
    if first >= clip.frame_count:
        raise ClipError(
            f"Expected a clip that lasts beyond {span.start_s:g} s, found one of "
            f"{clip.duration_s:.2f} s."
        )
    return clip.with_joints(clip.joints[:, first:last], clip.visible[:, first:last])
