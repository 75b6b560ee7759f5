"""Every layout has the segments that both ends of are among its joints."""

import numpy as np
import pytest

from crossglg.errors import LayoutError
from crossglg.skeleton import Layout, get_layout, list_layouts
from crossglg.skeleton.segments import find_segments

_LIMBS = ("upper arm", "forearm", "thigh", "shin")


@pytest.mark.parametrize("name", list_layouts())
def test_layouts_of_the_field_have_trunk_head_and_all_limbs(name):
    segments = find_segments(get_layout(name))
    limbs = [f"{side} {limb}" for limb in _LIMBS for side in ("left", "right")]
    assert segments.names == ("trunk", "head", *limbs)
    assert segments.span.shape == (10, get_layout(name).joint_count)
    np.testing.assert_allclose(segments.span.sum(axis=1), 0, atol=1e-6)


def test_a_segment_points_from_where_it_begins_to_where_it_ends():
    layout = get_layout("coco17")
    segments = find_segments(layout)
    body = np.zeros((4, 17, 3), dtype=np.float32)
    for side, x in (("left", -1), ("right", 1)):
        body[:, layout.index(f"{side}_hip")] = x, 0, 0
        body[:, layout.index(f"{side}_knee")] = x, -2, 0
        body[:, layout.index(f"{side}_shoulder")] = x, 3, 0
        body[:, layout.index(f"{side}_elbow")] = 3 * x, 3, 0
    pointed = segments.point(body)
    assert pointed.shape == (4, 10, 3)
    of = dict(zip(segments.names, pointed[0].tolist(), strict=True))
    assert of["trunk"] == [0, 1, 0]
    assert of["left thigh"] == of["right thigh"] == [0, -1, 0]
    assert of["left upper arm"] == [-1, 0, 0]
    assert of["right upper arm"] == [1, 0, 0]


def test_what_has_no_length_points_nowhere():
    segments = find_segments(get_layout("coco17"))
    assert not segments.point(np.zeros((2, 17, 3), dtype=np.float32)).any()


def test_hips_and_shoulders_say_where_the_right_is():
    layout = get_layout("coco17")
    body = np.zeros((17, 3), dtype=np.float32)
    body[[layout.index(joint) for joint in ("right_hip", "right_shoulder")]] = (0, 0, 2), (3, 0, 0)
    assert find_segments(layout).point_across(body).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_segments_without_an_end_are_left_out_and_without_a_torso_there_is_none():
    joints = [*(f"{side}_{joint}" for joint in ("hip", "shoulder") for side in ("left", "right"))]
    bones = {joint: joints[0] for joint in joints[1:]}
    knee = Layout.from_bones(
        "leg", [*joints, "left_knee"], {**bones, "left_knee": "left_hip"}, root=joints[0]
    )
    assert find_segments(knee).names == ("trunk", "left thigh")
    bones = {"left_knee": "left_hip"}
    leg = Layout.from_bones("leg", ["left_hip", "left_knee"], bones, root="left_hip")
    with pytest.raises(LayoutError, match="lacks right_hip, left_shoulder, right_shoulder"):
        find_segments(leg)
