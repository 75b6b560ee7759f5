"""Every known layout maps to every other, by name first and by the nearest joints then."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from crossglg.errors import LayoutError
from crossglg.skeleton import Layout, SkeletonClip, get_layout, list_layouts
from crossglg.skeleton.mapping import map_clip, mapping_matrix

PAIRS = list(product(list_layouts(), repeat=2))
FARTHEST_SUBSTITUTE_M = 0.25


def sources_of(joint, source, target):
    """``{source joint: weight}`` of one target joint."""
    layout = get_layout(source)
    row = mapping_matrix(layout, get_layout(target))[get_layout(target).index(joint)]
    return {layout.joints[index]: pytest.approx(row[index]) for index in np.flatnonzero(row)}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_rows_are_means_of_source_joints(source, target):
    matrix = mapping_matrix(get_layout(source), get_layout(target))
    assert matrix.shape == (get_layout(target).joint_count, get_layout(source).joint_count)
    assert matrix.dtype == np.float32
    assert (matrix >= 0).all()
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, rtol=1e-6)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_joints_of_the_same_name_are_taken_as_they_are(source, target):
    for joint in set(get_layout(source).joints) & set(get_layout(target).joints):
        assert sources_of(joint, source, target) == {joint: 1.0}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_mapped_body_has_its_joints_where_a_body_has_them(stand, as_clip, source, target):
    mapped = map_clip(as_clip(stand(source), layout_name=source), get_layout(target))
    apart = np.linalg.norm(mapped.joints[0, 0] - stand(target)[0], axis=-1)
    assert dict(zip(get_layout(target).joints, apart, strict=True)) == {
        joint: pytest.approx(0.0, abs=FARTHEST_SUBSTITUTE_M) for joint in get_layout(target).joints
    }


@pytest.mark.parametrize(
    ("source", "target", "joint", "expected"),
    [
        ("openni15", "kinect20", "pelvis", {"left_hip": 0.5, "right_hip": 0.5}),
        ("openni15", "kinect20", "left_wrist", {"left_hand": 1.0}),
        ("openni15", "kinect20", "right_ankle", {"right_foot": 1.0}),
        ("kinect20", "openni15", "neck", {"chest": 1.0}),
        ("kinect20", "ntu25", "left_hand_tip", {"left_hand": 1.0}),
        ("ntu25", "mediapipe33", "left_index", {"left_hand_tip": 1.0}),
        ("ntu25", "coco17", "right_ear", {"head": 1.0}),
        ("coco17", "h36m17", "head", {"left_ear": 0.5, "right_ear": 0.5}),
        ("h36m17", "coco17", "left_eye", {"nose": 1.0}),
        ("ntu25", "bandai21", "left_collar", {"chest": 0.5, "left_shoulder": 0.5}),
        ("openpose18", "ntu25", "spine", {"neck": 0.5, "left_hip": 0.25, "right_hip": 0.25}),
        (
            "coco17",
            "ntu25",
            "spine",
            {"left_hip": 0.25, "right_hip": 0.25, "left_shoulder": 0.25, "right_shoulder": 0.25},
        ),
        (
            "mediapipe33",
            "ntu25",
            "left_hand",
            {"left_wrist": 1 / 3, "left_index": 1 / 3, "left_pinky": 1 / 3},
        ),
    ],
)
def test_missing_joints_are_replaced_by_the_nearest(source, target, joint, expected):
    assert sources_of(joint, source, target) == expected


def test_joints_for_which_nothing_is_known_are_named():
    desk = Layout("desk", ("neck", "head", "left_shoulder"), ("neck", "neck", "neck"))
    with pytest.raises(LayoutError, match=r"'desk' cannot be mapped to 'coco17'.*left_hip") as e:
        mapping_matrix(desk, get_layout("coco17"))
    assert "left_ear" not in str(e.value)


def test_a_joint_outside_the_vocabulary_maps_only_to_itself():
    tailed = Layout("cat", ("pelvis", "tail"), ("pelvis", "pelvis"))
    with pytest.raises(LayoutError, match="stand for tail"):
        mapping_matrix(get_layout("ntu25"), tailed)
    assert mapping_matrix(tailed, tailed).tolist() == [[1, 0], [0, 1]]


def test_the_shared_matrix_cannot_be_written_to():
    matrix = mapping_matrix(get_layout("ntu25"), get_layout("coco17"))
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 2.0


def test_a_joint_is_visible_where_all_it_is_made_of_is(stand, as_clip):
    body = stand("coco17", frames=3)
    body[1, get_layout("coco17").index("left_hip")] = np.nan
    mapped = map_clip(as_clip(body, layout_name="coco17"), get_layout("ntu25"))
    hidden = {mapped.layout.joints[v] for v in np.flatnonzero(~mapped.visible[0, 1])}
    assert hidden == {"pelvis", "spine", "left_hip"}
    assert mapped.visible[0, [0, 2]].all()
    assert (mapped.joints[0, 1, mapped.layout.index("pelvis")] == 0).all()


def test_what_stands_in_an_unseen_joint_does_not_leak(stand, as_clip):
    clip = as_clip(stand("coco17", frames=2), layout_name="coco17")
    visible = clip.visible.copy()
    visible[:, 0, 5] = False
    nan_inside = SkeletonClip(
        np.where(visible[..., None], clip.joints, np.float32(np.nan)), visible, 30.0, clip.layout
    )
    mapped = map_clip(nan_inside, get_layout("h36m17"))
    assert np.isfinite(mapped.joints).all()


def test_mapping_keeps_rate_frames_and_persons(walk, as_clip):
    clip = replace(as_clip(walk(frames=7), walk(frames=7)), fps=12.5)
    mapped = map_clip(clip, get_layout("openni15"))
    assert (mapped.fps, mapped.frame_count, mapped.person_count) == (12.5, 7, 2)
    assert mapped.layout is get_layout("openni15")


def test_mapping_to_the_same_layout_changes_nothing(walk, as_clip):
    clip = as_clip(walk(frames=7))
    assert map_clip(clip, clip.layout) is clip
