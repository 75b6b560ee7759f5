"""A file in the place of a camera: what is recorded runs through a stream as fast as it can."""

from collections.abc import Generator
from pathlib import Path

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.sources.pose import VIDEO_SUFFIXES, PoseFrame, PoseOptions, PoseSource, VideoPoses
from crossglg.sources.single import read_clip


class ClipPoses:
    """A clip as a ``PoseSource``; times count from its first frame."""

    def __init__(self, clip: SkeletonClip) -> None:
        self._clip = clip

    @property
    def layout(self) -> Layout:
        """The clip's."""
        return self._clip.layout

    def frames(self) -> Generator[PoseFrame]:
        """Frame after frame, without waiting."""
        clip = self._clip
        for t in range(clip.frame_count):
            yield PoseFrame(t / clip.fps, clip.joints[:, t], clip.visible[:, t])


def open_file(
    place: str, *, layout: Layout | None = None, pose: PoseOptions | None = None
) -> PoseSource:
    """A video or a file of skeletons (see ``read_clip``) as a ``PoseSource``.

    Raises:
        SourceError: There is no such file or clip, or the file cannot be read.
        MissingExtraError: Reading videos needs the extra ``live``.
    """
    path = Path(place)
    if path.suffix.lower() not in VIDEO_SUFFIXES or not path.is_file():
        return ClipPoses(read_clip(place, layout=layout, pose=pose))
    options = pose or PoseOptions()
    return VideoPoses(path, options.create(), max_persons=options.max_persons)
