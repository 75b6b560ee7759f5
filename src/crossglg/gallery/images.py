"""Clips and their mirror images: an image stands right behind its clip, and goes where it goes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crossglg.gallery.exemplar import Exemplar
from crossglg.skeleton.augment import mirror


def pair_images(clips: Sequence[Exemplar]) -> Iterator[list[int]]:
    """Places of each clip that was shown, with that of the mirror image that follows it."""
    for place, clip in enumerate(clips):
        if clip.mirrored:
            continue
        has_image = place + 1 < len(clips) and clips[place + 1].mirrored
        yield [place, place + 1] if has_image else [place]


def put_images_behind(clips: Sequence[Exemplar]) -> tuple[Exemplar, ...]:
    """Images right behind their clips, as they are kept.

    In files of older versions some are elsewhere. An image of none of its action's clips counts as
    one that was shown.
    """
    images = [clip for clip in clips if clip.mirrored]
    if not images:
        return tuple(clips)
    pairs = [[clip] for clip in clips if not clip.mirrored]
    expected = [replace(clip, clip=mirror(clip.clip)).digest for (clip,) in pairs]
    for image in images:
        fitting = (
            pair
            for pair, digest in zip(pairs, expected, strict=True)
            if len(pair) == 1 and pair[0].action == image.action and digest == image.digest
        )
        if (pair := next(fitting, None)) is not None:
            pair.append(image)
        else:
            pairs.append([replace(image, mirrored=False)])
            expected.append("")
    return tuple(clip for pair in pairs for clip in pair)


def drop_shown(clips: Sequence[Exemplar], wanted: Exemplar) -> tuple[Exemplar, ...]:
    """All but a clip that was shown and its mirror image."""
    (gone,) = (pair for pair in pair_images(clips) if clips[pair[0]] is wanted)
    return tuple(clip for place, clip in enumerate(clips) if place not in gone)


def join_exemplars(ours: Sequence[Exemplar], theirs: Sequence[Exemplar]) -> tuple[Exemplar, ...]:
    """Ours, and what else is theirs; the image of a clip that we have comes behind ours."""
    joined = list(ours)
    known = {(clip.action, clip.digest) for clip in ours}
    for pair in pair_images(theirs):
        first, *image = (theirs[place] for place in pair)
        key = first.action, first.digest
        new = [clip for clip in image if (clip.action, clip.digest) not in known]
        if key not in known:
            joined += [first, *new]
        elif new:
            place = next(i for i, clip in enumerate(joined) if (clip.action, clip.digest) == key)
            joined[place + 1 : place + 1] = new
    return tuple(joined)
