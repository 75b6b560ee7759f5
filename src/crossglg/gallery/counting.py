"""How often a clip shows an action, and when: squats counted after one was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crossglg.errors import ClipError
from crossglg.gallery.exemplar import Exemplar
from crossglg.oneshot.repetitions import find_rounds
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.normalize import align

_AS_WELL = 1.1
"""An exemplar whose distance is no more than so many times the least fits as well."""


@dataclass(frozen=True)
class Repetitions:
    """How often an action is done.

    Attributes:
        action: Its name.
        spans_s: When each repetition begins and ends, seconds from the clip's beginning.
    """

    action: str
    spans_s: tuple[tuple[float, float], ...]

    @property
    def count(self) -> int:
        """How many there are; one is what an exemplar shows, be it one squat or two."""
        return len(self.spans_s)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        spans = [{"start_s": round(a, 3), "end_s": round(b, 3)} for a, b in self.spans_s]
        return {"action": self.action, "count": self.count, "repetitions": spans}


def count_repetitions(
    clip: SkeletonClip, exemplars: Sequence[Exemplar], layout: Layout
) -> Repetitions:
    """Count how often a clip shows an action, which is taken for granted.

    The person who moves most is looked at, and no network is asked. Of exemplars that fit equally
    well the shortest is the unit.

    Args:
        clip: Of any layout that maps to ``layout``.
        exemplars: At least one, all of one action.
        layout: Joints to compare.

    Raises:
        LayoutError: The clip's joints say nothing about a joint of ``layout``.
        ClipError: Nobody is seen in the clip, or nobody moves in any of the exemplars.
    """
    shown = [lay_out(exemplar.clip, layout) for exemplar in exemplars]
    return count_laid_out(lay_out(clip, layout), shown, exemplars[0].action)


def count_laid_out(done: SkeletonClip, shown: Sequence[SkeletonClip], action: str) -> Repetitions:
    """``count_repetitions`` of clips that ``lay_out`` gave.

    Raises:
        ClipError: Nobody moves in any of those that show it.
    """
    found = [(find_rounds(done, each), each.duration_s) for each in shown]
    fits = [(rounds, duration_s) for rounds, duration_s in found if rounds is not None]
    if not fits:
        raise ClipError(
            f"Expected a movement, but whoever shows '{action}' hardly moves: there is nothing to "
            "count."
        )
    least = min(rounds.distance for rounds, _ in fits)
    as_well = (fit for fit in fits if fit[0].distance <= _AS_WELL * least)
    rounds, _ = min(as_well, key=lambda fit: fit[1])
    spans = ((first / done.fps, (last + 1) / done.fps) for first, last in rounds.spans)
    return Repetitions(action, tuple(spans))


def lay_out(clip: SkeletonClip, layout: Layout) -> SkeletonClip:
    """Whoever moves most, in trunk lengths, in the joints of a layout."""
    mapped = clip if clip.layout.joints == layout.joints else map_clip(clip, layout)
    return align(clean(mapped, max_persons=1))
