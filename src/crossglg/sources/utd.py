"""Read UTD-MHAD skeletons: ``a24_s1_t1_skeleton.mat``, one clip of one person per file.

The array ``d_skel`` is (20 3 T): joints of the Kinect v1 in an order of its own, metres, y up.
Sources: Chen, Jafari and Kehtarnavaz, ICIP 2015; the joint order comes as a text with the data,
which calls the chest shoulder centre and the pelvis hip centre.
"""

import re
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError
from crossglg.sources.kinect_files import KinectFiles
from crossglg.sources.labelled import LabelledClip

UTD = KinectFiles(
    data="utd_mhad",
    called="a1_s1_t1_skeleton.mat",
    pattern=re.compile(r"(a(\d+)_s(\d+)_t\d+)_skeleton\.mat", re.IGNORECASE),
    fps=30.0,
    joints=(
        "head", "chest", "spine", "pelvis",
        "left_shoulder", "left_elbow", "left_wrist", "left_hand",
        "right_shoulder", "right_elbow", "right_wrist", "right_hand",
        "left_hip", "left_knee", "left_ankle", "left_foot",
        "right_hip", "right_knee", "right_ankle", "right_foot",
    ),
)  # fmt: skip

_ARRAY = "d_skel"


def read_utd(path: Path | str) -> LabelledClip:
    """Read one clip; its name is ``a24_s1_t1``.

    Returns:
        Clip of layout ``kinect20``, metres in the camera's system; a joint that lies exactly in
        the camera is not visible.

    Raises:
        SourceError: The file's name or content is not as the data set has it.
    """
    file = Path(path)
    UTD.label(file)  # before anything is read
    return UTD.make_clip(file, _load(file).transpose(2, 0, 1))


def _load(file: Path) -> NDArray[np.float64]:
    """The array of a file, (20 3 T)."""
    from scipy.io import loadmat  # here, as most who use this package read no such file

    try:
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(file, f"cannot be opened ({error.strerror}).") from error
    try:
        content = loadmat(BytesIO(data), variable_names=[_ARRAY])
    except Exception as error:  # a damaged file trips its reader in whatever way
        raise SourceError(
            file, f"expected a MATLAB file ({error}). It is probably truncated; unpack it again."
        ) from error
    array = content.get(_ARRAY)
    if array is None or array.ndim != 3 or array.shape[:2] != (20, 3) or not array.shape[2]:
        found = "none" if array is None else f"one of shape {array.shape}"
        raise SourceError(
            file, f"expected an array {_ARRAY} of shape (20, 3, frames), found {found}."
        )
    if array.dtype.kind not in "fiu":
        raise SourceError(file, f"expected numbers in {_ARRAY}, found {array.dtype}.")
    return array.astype(np.float64)
