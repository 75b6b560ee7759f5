"""LabelledClip: one clip with its name, action and subject, on its way from a file to a set."""

from collections.abc import Iterator
from dataclasses import dataclass

from crossglg.skeleton.clip import SkeletonClip
from crossglg.sources.clipset import ClipSet


@dataclass(frozen=True, eq=False)
class LabelledClip:
    """What a reader knows about one clip.

    Attributes:
        name: Name of the clip, unique within its data set.
        clip: The movement.
        class_name: Name of the action.
        subject: Number of the person who performed it, -1 where unknown.
    """

    name: str
    clip: SkeletonClip
    class_name: str
    subject: int


def label_clips(clips: ClipSet) -> Iterator[LabelledClip]:
    """The clips of a set one by one, in order."""
    for index, clip in enumerate(clips.clips()):
        yield LabelledClip(
            name=clips.clip_names[index],
            clip=clip,
            class_name=clips.class_names[clips.labels[index]],
            subject=int(clips.subjects[index]),
        )
