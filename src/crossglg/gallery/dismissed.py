"""What was dismissed, and what becomes of it when a gallery learns more."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crossglg.gallery.exemplar import Exemplar, digest_clip
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
    told = {digest_clip(exemplar) for exemplar in shown}
    was, now = (_recognise(gallery, before.dismissed) for gallery in (before, after))
    kept: list[Exemplar] = []
    for pair in _pair(before.dismissed):
        is_learned = any(now[i] not in (None, was[i]) for i in pair)
        clips = [before.dismissed[i] for i in pair]
        if not is_learned and not any(digest_clip(clip) in told for clip in clips):
            kept += clips
    return tuple(kept)


def join_dismissed(ours: Sequence[Exemplar], theirs: Sequence[Exemplar]) -> tuple[Exemplar, ...]:
    """Ours, and what else they dismissed, with its mirror images."""
    known = {digest_clip(each) for each in ours}
    new = [pair for pair in _pair(theirs) if digest_clip(theirs[pair[0]]) not in known]
    return (*ours, *(theirs[i] for pair in new for i in pair))


def _pair(dismissed: Sequence[Exemplar]) -> Iterator[list[int]]:
    """Places of each clip, with that of the mirror image that follows it."""
    for place, clip in enumerate(dismissed):
        if clip.mirrored:
            continue
        has_image = place + 1 < len(dismissed) and dismissed[place + 1].mirrored
        yield [place, place + 1] if has_image else [place]


def _recognise(gallery: "Gallery", clips: Sequence[Exemplar]) -> list[str | None]:
    """What a gallery without anything dismissed takes clips for; None without a judgement."""
    if not clips or not gallery.exemplars or gallery.recogniser.acceptance is None:
        return [None] * len(clips)
    undisturbed = gallery.forget_dismissed()
    features = ClipFeatures.concatenate([clip.features for clip in clips])
    return [undisturbed.judge(row, top=1).action for row in undisturbed.distances(features)]
