"""What was dismissed, and what becomes of it when a gallery learns more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossglg.gallery.exemplar import Exemplar
from crossglg.gallery.images import pair_images
from crossglg.oneshot import ClipFeatures

if TYPE_CHECKING:
    from crossglg.gallery.gallery import Gallery


def still_dismissed(
    before: "Gallery", after: "Gallery", *, shown: Sequence[Exemplar] = ()
) -> tuple[Exemplar, ...]:
    """Those of the clips dismissed before that still are.

    No longer is what the gallery now recognises as an action, and did not before (where its model
    can judge), or what has now been shown as an action itself. A clip and its mirror image go
    together.

    Args:
        before: Dismissed them.
        after: Knows more actions, or more exemplars of them.
        shown: What has just been shown.
    """
    told = {exemplar.digest for exemplar in shown}
    was, now = (_recognise(gallery, before.dismissed) for gallery in (before, after))
    kept: list[Exemplar] = []
    for pair in pair_images(before.dismissed):
        is_learned = any(now[i] not in (None, was[i]) for i in pair)
        clips = [before.dismissed[i] for i in pair]
        if not is_learned and not any(clip.digest in told for clip in clips):
            kept += clips
    return tuple(kept)


def join_dismissed(ours: Sequence[Exemplar], theirs: Sequence[Exemplar]) -> tuple[Exemplar, ...]:
    """Ours, and what else they dismissed, with its mirror images."""
    known = {each.digest for each in ours}
    new = [pair for pair in pair_images(theirs) if theirs[pair[0]].digest not in known]
    return (*ours, *(theirs[i] for pair in new for i in pair))


def _recognise(gallery: "Gallery", clips: Sequence[Exemplar]) -> list[str | None]:
    """What a gallery without anything dismissed takes clips for; None without a judgement."""
    if not clips or not gallery.exemplars or gallery.recogniser.acceptance is None:
        return [None] * len(clips)
    undisturbed = gallery.forget_dismissed()
    features = ClipFeatures.concatenate([clip.features for clip in clips])
    return [undisturbed.judge(row, top=1).action for row in undisturbed.distances(features)]
