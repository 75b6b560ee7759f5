"""Read MSR-Action3D skeletons: ``a11_s01_e01_skeleton3D.txt``, one clip of one person per file.

Every frame is 20 lines of x, y and z in metres, y up, and a confidence. Source: Li, Zhang and Liu,
CVPR workshops 2010; the files called ``..._skeleton.txt`` are the same in pixels of the depth map.
"""

import re
from pathlib import Path

from crossglg.errors import SourceError
from crossglg.sources.kinect_files import KinectFiles
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.number_lines import read_number_lines

MSR = KinectFiles(
    data="msr_action3d",
    called="a01_s01_e01_skeleton3D.txt",
    pattern=re.compile(r"(a(\d\d)_s(\d\d)_e\d\d)_skeleton3D\.txt", re.IGNORECASE),
    fps=15.0,
    joints=(
        "left_shoulder", "right_shoulder", "chest", "spine", "left_hip", "right_hip", "pelvis",
        "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
        "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot", "right_foot", "head",
    ),
)  # fmt: skip


def read_msr(path: Path | str) -> LabelledClip:
    """Read one clip; its name is ``a11_s01_e01``.

    Returns:
        Clip of layout ``kinect20``, metres in the camera's system; a joint that lies exactly in
        the camera, as all do where the tracker lost the person, is not visible.

    Raises:
        SourceError: The file's name or content is not as the data set has it.
    """
    file = Path(path)
    MSR.label(file)  # before anything is read
    numbers = read_number_lines(file, counts=(4,))
    joint_count = len(MSR.joints)
    frames, rest = divmod(len(numbers), joint_count)
    if rest:
        raise SourceError(
            file,
            f"expected {joint_count} lines per frame, found {rest} after {frames} frames. "
            "The file is probably truncated; unpack it again.",
        )
    return MSR.make_clip(file, numbers.reshape(frames, joint_count, 4)[..., :3])
