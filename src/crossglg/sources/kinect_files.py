"""What UTD-MHAD and MSR-Action3D have in common: a Kinect's 20 joints, and names that number."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.class_names import list_classes
from crossglg.sources.labelled import LabelledClip


@dataclass(frozen=True)
class KinectFiles:
    """One data set of such files, one clip of one person each.

    Attributes:
        data: Its name in ``list_classes``.
        called: An example of a file's name.
        pattern: What names are, whole: groups of the clip's name, the action and the subject.
        fps: Frames per second.
        joints: Names of layout ``kinect20`` in the order of the files.
    """

    data: str
    called: str
    pattern: re.Pattern[str]
    fps: float
    joints: tuple[str, ...]

    def has(self, file: Path) -> bool:
        """Whether a file is called as its files are."""
        return self.pattern.fullmatch(file.name) is not None

    def label(self, file: Path) -> tuple[str, str, int]:
        """Name of the clip, of its class, and the subject.

        Raises:
            SourceError: The file is called otherwise, or its action does not exist.
        """
        match = self.pattern.fullmatch(file.name)
        classes = list_classes(self.data)
        if match is None or not 1 <= int(match[2]) <= len(classes):
            raise SourceError(
                file,
                f"expected a name like {self.called} with an action from 1 to {len(classes)}. "
                "Give the file its original name back.",
            )
        return match[1].lower(), classes[int(match[2]) - 1], int(match[3])

    def make_clip(self, file: Path, joints: NDArray[np.float64]) -> LabelledClip:
        """The clip of (T 20 3) metres; a joint that lies exactly in the camera was not seen."""
        name, class_name, subject = self.label(file)
        layout = get_layout("kinect20")
        ordered = joints[:, [self.joints.index(joint) for joint in layout.joints]]
        ordered[(ordered == 0).all(axis=2)] = np.nan
        clip = SkeletonClip.from_array(ordered, fps=self.fps, layout=layout)
        return LabelledClip(name, clip, class_name, subject)
