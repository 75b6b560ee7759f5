"""How often a clip shows an action, and when: squats counted after one was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.gallery.exemplar import Exemplar
from crossglg.oneshot.repetitions import Rounds, find_rounds
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.normalize import align, sample_frames

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
    action = exemplars[0].action
    fits: list[tuple[Rounds, SkeletonClip]] = []
    for shown in (exemplar.clip for exemplar in exemplars):
        done = _lay_out(clip, layout, fps=shown.fps)
        rounds = find_rounds(done, _lay_out(shown, layout, fps=shown.fps))
        if rounds is not None:
            fits.append((rounds, shown))
    if not fits:
        raise ClipError(
            f"Expected a movement, but whoever shows '{action}' hardly moves: there is nothing to "
            "count."
        )
    least = min(rounds.distance for rounds, _ in fits)
    rounds, shown = min(
        (fit for fit in fits if fit[0].distance <= _AS_WELL * least),
        key=lambda fit: fit[1].duration_s,
    )
    spans = ((first / shown.fps, (last + 1) / shown.fps) for first, last in rounds.spans)
    return Repetitions(action, tuple((start, min(end, clip.duration_s)) for start, end in spans))


def _lay_out(clip: SkeletonClip, layout: Layout, *, fps: float) -> NDArray[np.float32]:
    """(T V 3) the joints of whoever moves most, at a frame rate, in trunk lengths."""
    mapped = clip if clip.layout.joints == layout.joints else map_clip(clip, layout)
    body = align(clean(mapped, max_persons=1))
    count = max(2, round(body.frame_count * fps / body.fps))
    return sample_frames(body, np.linspace(0, body.frame_count - 1, count)).joints[0]
