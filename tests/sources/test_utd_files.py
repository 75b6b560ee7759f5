"""UTD-MHAD: joints, names, and what is said of a broken file."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from crossglg.errors import SourceError
from crossglg.sources import read_utd


def _write(path, *, frames=3, **arrays):
    """Joint number n, counted from 1 as in the text that comes with the data, has x = n."""
    joints = np.ones((20, 3, frames))
    joints[:, 0] = np.arange(1, 21)[:, None]
    joints[:, 1] = np.arange(frames)
    savemat(path, arrays or {"d_skel": joints})
    return path


def test_a_file_is_one_clip_with_the_joints_where_they_belong(tmp_path):
    labelled = read_utd(_write(tmp_path / "a24_s3_t1_skeleton.mat"))
    assert (labelled.name, labelled.class_name) == ("a24_s3_t1", "sit to stand")
    assert labelled.subject == 3
    clip = labelled.clip
    assert (clip.layout.name, clip.fps, clip.frame_count) == ("kinect20", 30.0, 3)
    number = dict(zip(clip.layout.joints, clip.joints[0, 0, :, 0], strict=True))
    assert [number[name] for name in ("head", "chest", "spine", "pelvis")] == [1, 2, 3, 4]
    assert (number["left_hand"], number["right_hand"]) == (8, 12)
    assert (number["left_foot"], number["right_foot"]) == (16, 20)
    np.testing.assert_array_equal(clip.joints[0, :, 5, 1], [0, 1, 2])


def test_a_joint_in_the_camera_was_not_seen(tmp_path):
    joints = np.ones((20, 3, 2))
    joints[0, :, 1] = 0  # the head
    path = _write(tmp_path / "a1_s1_t1_skeleton.mat", d_skel=joints)
    clip = read_utd(path).clip
    assert [clip.layout.joints[v] for _, v in np.argwhere(~clip.visible[0])] == ["head"]


@pytest.mark.parametrize(
    ("name", "arrays", "problem"),
    [
        ("a28_s1_t1_skeleton.mat", {}, "an action from 1 to 27"),
        ("clip.mat", {}, r"expected a name like a1_s1_t1_skeleton\.mat"),
        ("a1_s1_t1_skeleton.mat", {"d_depth": np.ones(3)}, r"d_skel of shape .* found none"),
        ("a1_s1_t1_skeleton.mat", {"d_skel": np.ones((20, 3))}, r"found one of shape \(20, 3\)"),
        ("a1_s1_t1_skeleton.mat", {"d_skel": np.full((20, 3, 2), 1j)}, "expected numbers"),
    ],
)
def test_what_is_not_of_the_data_set_is_said(tmp_path, name, arrays, problem):
    with pytest.raises(SourceError, match=problem):
        read_utd(_write(tmp_path / name, **arrays))


@given(place=st.integers(0, 10_000), value=st.integers(0, 255), keep=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_refused_or_read_never_a_crash(tmp_path_factory, place, value, keep):
    path = tmp_path_factory.mktemp("utd") / "a1_s1_t1_skeleton.mat"
    content = bytearray(_write(path).read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content[: int(len(content) * keep)])
    try:
        assert read_utd(path).clip.joints.shape[2:] == (20, 3)
    except SourceError as error:
        assert "expected" in str(error)  # noqa: PT017 - either outcome is right
