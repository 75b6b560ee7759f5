"""MSR-Action3D: joints, names, and what is said of a broken file."""

import numpy as np
import pytest

from crossglg.errors import SourceError
from crossglg.sources import read_msr

_ORDER = "a01_s01_e01_skeleton3D.txt"


def _lines(*, frames=2):
    """Joint number n, counted from 1, has x = n; y counts frames."""
    return [f"{joint} {frame} 2.5 1.0" for frame in range(frames) for joint in range(1, 21)]


def _write(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_file_is_one_clip_with_the_joints_where_they_belong(tmp_path):
    labelled = read_msr(_write(tmp_path / "A11_s07_e03_skeleton3D.txt", _lines()))
    assert (labelled.name, labelled.class_name) == ("a11_s07_e03", "two hand wave")
    assert labelled.subject == 7
    clip = labelled.clip
    assert (clip.layout.name, clip.fps, clip.frame_count) == ("kinect20", 15.0, 2)
    number = dict(zip(clip.layout.joints, clip.joints[0, 0, :, 0], strict=True))
    assert [number[name] for name in ("chest", "spine", "pelvis", "head")] == [3, 4, 7, 20]
    assert [number[f"left_{name}"] for name in ("shoulder", "hip", "hand", "foot")] == [
        1,
        5,
        12,
        18,
    ]
    assert [number[f"right_{name}"] for name in ("elbow", "wrist", "knee", "ankle")] == [
        9, 11, 15, 17,
    ]  # fmt: skip
    np.testing.assert_array_equal(clip.joints[0, :, 0], [[7, 0, 2.5], [7, 1, 2.5]])


def test_frames_in_which_the_tracker_saw_nobody_are_not_visible(tmp_path):
    lines = [*_lines(frames=1), *["0 0 0 0"] * 20, *_lines(frames=1)]
    clip = read_msr(_write(tmp_path / _ORDER, lines)).clip
    assert clip.present.tolist() == [[True, False, True]]


@pytest.mark.parametrize(
    ("name", "lines", "problem"),
    [
        ("a21_s01_e01_skeleton3D.txt", _lines(), "an action from 1 to 20"),
        ("a01_s01_e01_skeleton.txt", _lines(), r"expected a name like a01_s01_e01_skeleton3D\.txt"),
        (_ORDER, [], "expected lines of numbers, found none"),
        (_ORDER, _lines()[:-3], "expected 20 lines per frame, found 17 after 1 frames"),
        (_ORDER, ["1 2 3"] * 20, "line 1: expected 4 numbers, found 3 parts"),
        (_ORDER, [*_lines(), "1 2 3 x"], "line 41: expected 4 numbers, found '1 2 3 x'"),
        (_ORDER, [*_lines()[:-1], "1 2 3"], "line 40: expected 4 numbers, found 3 parts"),
        (_ORDER, ["\x00\x01"], "line 1: expected 4 numbers, found 1 parts"),
    ],
)
def test_what_is_not_of_the_data_set_is_said(tmp_path, name, lines, problem):
    with pytest.raises(SourceError, match=problem):
        read_msr(_write(tmp_path / name, lines))


def test_a_file_that_is_no_text_or_not_there_is_said(tmp_path):
    path = tmp_path / _ORDER
    path.write_bytes(b"\xff\xfe1 2 3 4")
    with pytest.raises(SourceError, match="expected a text of numbers"):
        read_msr(path)
    path.unlink()
    with pytest.raises(SourceError, match="cannot be opened"):
        read_msr(path)
