"""Write small source files in the documented formats, for the tests of their readers."""

import json

import numpy as np
import pytest

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.clipset import ClipSet


def _ntu_text(frames):
    """Frames of (body id, joints (25 3)) as the text of a .skeleton file."""
    lines = [str(len(frames))]
    for bodies in frames:
        lines.append(str(len(bodies)))
        for body, joints in bodies:
            lines.append(f"{body} 0 1 1 1 1 0 -0.35 0.02 2")
            lines.append(str(len(joints)))
            for x, y, z in joints:
                lines.append(f"{x:.7g} {y:.7g} {z:.7g} 250.1 180.2 900.3 500.4 0.1 0.2 0.3 0.4 2")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def ntu_text():
    return _ntu_text


@pytest.fixture(scope="session")
def ntu_folder():
    """Fill a folder with that many readable NTU recordings of one body, three frames each."""

    def fill(folder, count, *, first_action=1):
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(count)
        for index in range(count):
            joints = rng.normal(size=(3, 25, 3))
            name = f"S001C001P{index + 1:03d}R001A{index % 3 + first_action:03d}.skeleton"
            (folder / name).write_text(_ntu_text([[(7, frame)] for frame in joints]))
        return folder

    return fill


@pytest.fixture(scope="session")
def kinetics_record():
    """Frames of (pose (18 2), scores (18)) as the content of a Kinetics-Skeleton file."""

    def build(frames, *, label="juggling balls"):
        data = [
            {
                "frame_index": number + 1,
                "skeleton": [
                    {"pose": np.ravel(pose).tolist(), "score": np.ravel(score).tolist()}
                    for pose, score in persons
                ],
            }
            for number, persons in enumerate(frames)
        ]
        return {"data": data, "label": label, "label_index": 171}

    return build


@pytest.fixture(scope="session")
def write_json():
    def write(path, record):
        path.write_text(json.dumps(record))
        return path

    return write


@pytest.fixture(scope="session")
def clip_set():
    """A set of three clips of five, one and two frames; some joints are not visible."""

    def build(*, persons=1, hide=True, name="three"):
        rng = np.random.default_rng(3)
        layout = get_layout("kinect20")
        clips = []
        for frames in (5, 1, 2):
            joints = rng.normal(size=(persons, frames, 20, 3)).astype(np.float32)
            if hide and frames > 1:
                joints[:, 0, 3] = np.nan
            clips.append(SkeletonClip.from_array(joints, fps=10.0 + frames, layout=layout))
        return ClipSet.from_clips(
            clips,
            name=name,
            class_names=("wave", "bow", "kick"),
            labels=(2, 0, 2),
            subjects=(4, -1, 1),
            clip_names=("c1", "c2", "c3"),
        )

    return build


@pytest.fixture(scope="session")
def same_clips():
    """Compare all that two clip sets say, wherever their rows lie."""

    def compare(left, right):
        assert left.name == right.name
        assert left.layout == right.layout
        assert left.class_names == right.class_names
        assert left.clip_names == right.clip_names
        for field in ("labels", "subjects", "fps", "persons", "frames"):
            np.testing.assert_array_equal(getattr(left, field), getattr(right, field))
        for mine, theirs in zip(left.clips(), right.clips(), strict=True):
            np.testing.assert_array_equal(mine.visible, theirs.visible)
            np.testing.assert_array_equal(mine.joints, theirs.joints)

    return compare
