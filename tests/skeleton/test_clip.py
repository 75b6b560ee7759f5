"""A clip refuses what is not one, and marks as unseen what is not finite."""

import numpy as np
import pytest
import torch

from crossglg.errors import ClipError
from crossglg.skeleton import SkeletonClip, get_layout

OPENNI = get_layout("openni15")
JOINTS = np.ones((2, 4, 15, 3), dtype=np.float32)
SEEN = np.ones((2, 4, 15), dtype=np.bool_)


@pytest.mark.parametrize(
    "shape", [(4, 15, 3), (2, 4, 14, 3), (2, 4, 15, 2), (1, 2, 4, 15, 3)], ids=str
)
def test_joints_of_another_shape_are_refused(shape):
    with pytest.raises(ClipError, match=r"\(persons, frames, 15, 3\) for layout 'openni15'"):
        SkeletonClip(np.ones(shape, np.float32), np.ones(shape[:-1], np.bool_), 30.0, OPENNI)


@pytest.mark.parametrize("shape", [(0, 4, 15, 3), (2, 0, 15, 3)], ids=str)
def test_a_clip_has_at_least_one_person_and_one_frame(shape):
    with pytest.raises(ClipError, match="at least one person and one frame"):
        SkeletonClip(np.ones(shape, np.float32), np.ones(shape[:-1], np.bool_), 30.0, OPENNI)


def test_visibility_of_another_shape_is_refused():
    with pytest.raises(ClipError, match=r"visibility of shape \(2, 4, 15\), found \(2, 3, 15\)"):
        SkeletonClip(JOINTS, SEEN[:, :3], 30.0, OPENNI)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_visible_joint_must_be_finite(value):
    joints = JOINTS.copy()
    joints[1, 2, 3, 0] = value
    with pytest.raises(ClipError, match="not finite"):
        SkeletonClip(joints, SEEN, 30.0, OPENNI)
    seen = SEEN.copy()
    seen[1, 2, 3] = False
    assert SkeletonClip(joints, seen, 30.0, OPENNI).frame_count == 4


@pytest.mark.parametrize(
    "fps", [0.0, -30.0, np.nan, np.inf, "fast", None, -(10**400)], ids=lambda fps: str(fps)[:4]
)
def test_the_frame_rate_is_finite_and_positive(fps):
    with pytest.raises(ClipError, match="positive frame rate"):
        SkeletonClip(JOINTS, SEEN, fps, OPENNI)


@pytest.mark.parametrize(
    "fps", [30, "30", np.float32(30), np.int64(30), np.array(30.0), torch.tensor(30.0)], ids=repr
)
def test_a_frame_rate_of_any_library_becomes_a_float(fps):
    assert type(SkeletonClip(JOINTS, SEEN, fps, OPENNI).fps) is float
    assert SkeletonClip.from_array(JOINTS, fps=fps, layout=OPENNI).duration_s == 4 / 30


def test_one_person_needs_no_person_axis():
    clip = SkeletonClip.from_array(JOINTS[0], fps=30.0, layout=OPENNI)
    assert (clip.person_count, clip.frame_count) == (1, 4)
    assert clip.joints.dtype == np.float32


def test_joints_that_are_not_finite_come_in_unseen_and_zero():
    joints = JOINTS.astype(np.float64)
    joints[0, 1, 2, 1] = np.nan
    clip = SkeletonClip.from_array(joints, fps=30.0, layout=OPENNI)
    assert not clip.visible[0, 1, 2]
    assert clip.visible.sum() == SEEN.sum() - 1
    assert (clip.joints[0, 1, 2] == 0).all()


@pytest.mark.parametrize("as_read", [np.asarray, np.ma.masked_invalid], ids=["plain", "masked"])
def test_what_float32_cannot_hold_is_unseen(as_read):
    joints = JOINTS[0].astype(np.float64)
    joints[1, 3, 0] = 1e300
    clip = SkeletonClip.from_array(as_read(joints), fps=30.0, layout=OPENNI)
    assert not clip.visible[0, 1, 3]
    assert clip.visible.sum() == clip.visible.size - 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_what_a_mask_hides_is_not_seen(dtype):
    mask = np.zeros(JOINTS.shape, dtype=np.bool_)
    mask[0, 1, 2, 1] = mask[1, 3] = True
    masked = np.ma.masked_array(JOINTS.astype(dtype), mask)
    clip = SkeletonClip.from_array(masked, fps=30.0, layout=OPENNI)
    assert (clip.visible == ~mask.any(axis=-1)).all()
    assert (clip.joints == clip.visible[..., None]).all()
    assert (masked.data == 1).all()
    assert SkeletonClip.from_array(
        np.ma.masked_array(JOINTS), fps=30.0, layout=OPENNI
    ).visible.all()


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(2, 4, 15, 3),
        torch.ones(2, 4, 15, 3, requires_grad=True),
        torch.ones(2, 4, 15, 3, dtype=torch.bfloat16),
        torch.ones(2, 4, 15, 3, dtype=torch.float64),
    ],
    ids=["float32", "with a gradient", "bfloat16", "float64"],
)
def test_tensors_of_torch_are_arrays_too(tensor):
    clip = SkeletonClip.from_array(tensor, fps=30.0, layout=OPENNI)
    assert clip.joints.dtype == np.float32
    assert clip.visible.all()
    clip.joints[:] = 7
    assert (tensor == 1).all()


def test_a_person_is_present_where_any_joint_is_seen():
    seen = SEEN.copy()
    seen[1, 0] = False
    seen[1, 1, 1:] = False
    clip = SkeletonClip(JOINTS, seen, 30.0, OPENNI)
    assert clip.present.tolist() == [[True] * 4, [False, True, True, True]]


def test_duration_follows_from_frames_and_rate():
    assert SkeletonClip(JOINTS, SEEN, 8.0, OPENNI).duration_s == 0.5
