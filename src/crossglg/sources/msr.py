"""Read MSR-Action3D skeletons: ``a11_s01_e01_skeleton3D.txt``, one clip of one person per file.

Every frame is 20 lines of x, y and z in metres, y up, and a confidence. Source: Li, Zhang and Liu,
CVPR workshops 2010; the files called ``..._skeleton.txt`` are the same in pixels of the depth map.
"""

import re
from pathlib import Path

import numpy as np

from crossglg.errors import SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.class_names import list_classes
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.number_lines import read_number_lines

MSR_FPS = 15.0
"""Frame rate of the depth sensor that recorded the data set."""

MSR_NAME = "a01_s01_e01_skeleton3D.txt"
"""What files are called: action 1 to 20, subject, repetition."""

_NAME = re.compile(r"(a(\d\d)_s(\d\d)_e\d\d)_skeleton3D\.txt", re.IGNORECASE)

_JOINTS = (
    "left_shoulder", "right_shoulder", "chest", "spine", "left_hip", "right_hip", "pelvis",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
    "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot", "right_foot", "head",
)  # fmt: skip
"""In the order of the files."""


def is_msr_name(name: str) -> bool:
    """Whether a file is called as a skeleton of MSR-Action3D, in metres, is."""
    return _NAME.fullmatch(name) is not None


def read_msr(path: Path | str) -> LabelledClip:
    """Read one clip; its name is ``a11_s01_e01``.

    Returns:
        Clip of layout ``kinect20``, metres in the camera's system; a joint that lies exactly in
        the camera, as all do where the tracker lost the person, is not visible.

    Raises:
        SourceError: The file's name or content is not as the data set has it.
    """
    file = Path(path)
    match = _NAME.fullmatch(file.name)
    classes = list_classes("msr_action3d")
    if match is None or not 1 <= int(match[2]) <= len(classes):
        raise SourceError(
            file,
            f"expected a name like {MSR_NAME} with an action from a01 to a{len(classes)}. "
            "Give the file its original name back.",
        )
    numbers = read_number_lines(file, counts=(4,))
    frames, rest = divmod(len(numbers), len(_JOINTS))
    if rest:
        raise SourceError(
            file,
            f"expected {len(_JOINTS)} lines per frame, found {rest} after {frames} frames. "
            "The file is probably truncated; unpack it again.",
        )
    layout = get_layout("kinect20")
    order = [_JOINTS.index(joint) for joint in layout.joints]
    joints = numbers.reshape(frames, len(_JOINTS), 4)[:, order, :3]
    joints[(joints == 0).all(axis=2)] = np.nan
    return LabelledClip(
        name=match[1].lower(),
        clip=SkeletonClip.from_array(joints, fps=MSR_FPS, layout=layout),
        class_name=classes[int(match[2]) - 1],
        subject=int(match[3]),
    )
