"""What was different in each repetition: the left thigh pointed 24 degrees lower than shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg import TOLERANCE_DEG
from crossglg.errors import ConfigError
from crossglg.gallery.counting import count_laid_out, lay_out
from crossglg.gallery.gallery import Gallery, insist_on_clips
from crossglg.oneshot.form import FormDifference, compare_form, compare_roughly, sample_form
from crossglg.oneshot.repetitions import cut_rests
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import align
from crossglg.skeleton.segments import Segments, find_segments
from crossglg.skeleton.span import Span, cut

_ALIGNED = 4
"""Exemplars, those most like a repetition at the same pace; aligning takes long."""

_WAYS = (
    ("further to the left", "further to the right"),
    ("lower", "higher"),
    ("further forward", "further back"),
)
"""Of who moves: below zero and above, along the axes of an aligned clip."""


@dataclass(frozen=True)
class Difference:
    """A segment that points elsewhere than it was shown.

    Attributes:
        segment: ``left thigh``; it points away from the hips.
        degrees: By how much, for a quarter of the repetition or more.
        way: Where it points instead, for the most part: ``lower``, ``further forward``.
        at_s: When it is off most, seconds from the clip's beginning.
    """

    segment: str
    degrees: float
    way: str
    at_s: float

    def __str__(self) -> str:
        return f"{self.segment} {self.degrees:.0f}° {self.way}"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "segment": self.segment,
            "degrees": round(self.degrees, 1),
            "way": self.way,
            "at_s": round(self.at_s, 3),
        }


@dataclass(frozen=True)
class RepetitionForm:
    """One repetition beside the exemplar that it is most like.

    Attributes:
        start_s: When it begins, seconds from the clip's beginning.
        end_s: When it ends.
        times_as_long: Its length beside the exemplar's.
        overall_deg: Mean difference over segments and moments.
        differences: Of every segment, the greatest first.
    """

    start_s: float
    end_s: float
    times_as_long: float
    overall_deg: float
    differences: tuple[Difference, ...]

    def beyond(self, tolerance_deg: float) -> tuple[Difference, ...]:
        """The differences that are greater."""
        return tuple(each for each in self.differences if each.degrees > tolerance_deg)


@dataclass(frozen=True)
class Form:
    """How well an action is done, time after time.

    Attributes:
        action: Its name.
        tolerance_deg: What a segment may be off.
        repetitions: In the order of time.
    """

    action: str
    tolerance_deg: float
    repetitions: tuple[RepetitionForm, ...]

    @property
    def as_shown(self) -> int:
        """How many repetitions have no segment that is off by more."""
        return sum(not each.beyond(self.tolerance_deg) for each in self.repetitions)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "action": self.action,
            "tolerance_deg": self.tolerance_deg,
            "count": len(self.repetitions),
            "as_shown": self.as_shown,
            "repetitions": [
                {
                    "start_s": round(each.start_s, 3),
                    "end_s": round(each.end_s, 3),
                    "as_shown": not each.beyond(self.tolerance_deg),
                    "times_as_long": round(each.times_as_long, 3),
                    "overall_deg": round(each.overall_deg, 1),
                    "differences": [difference.to_json() for difference in each.differences],
                }
                for each in self.repetitions
            ],
        }


def check_form(
    gallery: Gallery, clip: SkeletonClip, action: str, *, tolerance_deg: float = TOLERANCE_DEG
) -> Form:
    """Count how often a clip shows an action, and tell how each time differs from what was shown.

    No network is asked. Exemplars should be of the same person: how people differ when they do the
    same well is more than how one of them differs when it is done badly.

    Args:
        gallery: Of several exemplars of the action, each repetition is beside the nearest.
        clip: Of any layout that maps to the model's. Whoever moves most is looked at.
        action: An enrolled one; whether the clip shows it at all is not asked.
        tolerance_deg: What a segment may be off.

    Raises:
        GalleryError: No such action.
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: It is no clip, nobody is seen in it, or nobody moves in what was shown.
        ConfigError: The tolerance is no angle.
    """
    action, done, clips = _lay_out_all(gallery, clip, action, tolerance_deg)
    counted = count_laid_out(done, clips, action)
    shown = _Shown.of(clips)
    repetitions = (_judge(done, span_s, shown) for span_s in counted.spans_s)
    return Form(action, tolerance_deg, tuple(repetitions))


def check_once(
    gallery: Gallery, clip: SkeletonClip, action: str, *, tolerance_deg: float = TOLERANCE_DEG
) -> Form:
    """As ``check_form``, of a clip that shows an action once and nothing else: none is counted.

    Args:
        gallery: Of several exemplars of the action, the repetition is beside the nearest.
        clip: Of any layout that maps to the model's.
        action: An enrolled one.
        tolerance_deg: What a segment may be off.

    Raises:
        GalleryError: No such action.
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: It is no clip, or nobody is seen in it.
        ConfigError: The tolerance is no angle.
    """
    action, done, clips = _lay_out_all(gallery, clip, action, tolerance_deg)
    once = _judge(done, (0.0, clip.duration_s), _Shown.of(clips))
    return Form(action, tolerance_deg, (once,))


def _lay_out_all(
    gallery: Gallery, clip: SkeletonClip, action: str, tolerance_deg: float
) -> tuple[str, SkeletonClip, list[SkeletonClip]]:
    """The action's name as it is kept, what is done, and what was shown."""
    if not 0 <= tolerance_deg <= 180:
        raise ConfigError(
            f"Expected a tolerance from 0 to 180 degrees, found tolerance_deg={tolerance_deg}."
        )
    action = gallery.insist_on(action)
    insist_on_clips(clip)
    layout = gallery.recogniser.layout
    shown = (exemplar.clip for exemplar in gallery.exemplars if exemplar.action == action)
    return action, lay_out(clip, layout), [lay_out(each, layout) for each in shown]


@dataclass(frozen=True, eq=False)
class _Shown:
    """The exemplars of an action.

    Attributes:
        segments: What is compared.
        bodies: (E T V 3) their moments.
        durations_s: E of them.
    """

    segments: Segments
    bodies: NDArray[np.float32]
    durations_s: tuple[float, ...]

    @classmethod
    def of(cls, clips: Sequence[SkeletonClip]) -> Self:
        """Clips that ``lay_out`` gave, without the rests around them."""
        shown = [cut_rests(clip) for clip in clips]
        bodies = np.stack([sample_form(clip) for clip in shown])
        segments = find_segments(clips[0].layout)
        return cls(segments, bodies, tuple(clip.duration_s for clip in shown))


def _judge(done: SkeletonClip, span_s: tuple[float, float], shown: _Shown) -> RepetitionForm:
    once = align(cut(done, Span(*span_s)))  # who turns between repetitions does nothing wrong
    body, segments = sample_form(once), shown.segments
    likely = compare_roughly(body, shown.bodies, segments).argsort()[:_ALIGNED]
    compared = [compare_form(body, shown.bodies[each], segments) for each in likely]
    best = int(np.argmin([each.overall for each in compared]))
    found, nearest = compared[best], likely[best]
    start_s, end_s = span_s
    return RepetitionForm(
        start_s,
        end_s,
        once.duration_s / shown.durations_s[nearest],
        found.overall,
        tuple(_describe(found, segments, s, span_s) for s in np.argsort(-found.degrees)),
    )


def _describe(
    found: FormDifference, segments: Segments, s: int, span_s: tuple[float, float]
) -> Difference:
    way = found.ways[s]
    axis = int(np.abs(way).argmax())
    start_s, end_s = span_s
    return Difference(
        segments.names[s],
        float(found.degrees[s]),
        _WAYS[axis][int(way[axis] > 0)],
        start_s + float(found.moments[s]) * (end_s - start_s),
    )
