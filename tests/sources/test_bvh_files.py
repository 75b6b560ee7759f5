"""BVH: poses known by hand, channels in any order, and what is said of a broken file."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.errors import SourceError
from crossglg.skeleton.layout import get_layout, list_layouts
from crossglg.skeleton.mapping import map_clip
from crossglg.sources.bvh import read_bvh

_ARM = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT LeftArm
  {
    OFFSET 10 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT LeftHand
    {
      OFFSET 0 -20 0
      CHANNELS 3 Yrotation Xrotation Zrotation
      End Site
      {
        OFFSET 0 -5 0
      }
    }
  }
}
MOTION
Frames: 3
Frame Time: 0.0333333
0 100 0 0 0 0 0 0 0 0 0 0
0 100 0 90 0 0 0 0 0 0 0 0
5 100 0 0 0 90 90 0 0 0 0 0
"""


def _write(folder, text):
    path = folder / "walk.bvh"
    path.write_text(text)
    return path


def test_poses_are_those_worked_out_by_hand(tmp_path):
    clip = read_bvh(_write(tmp_path, _ARM))
    assert clip.layout.joints == ("pelvis", "left_arm", "left_hand")
    assert clip.layout.bones == (("left_arm", "pelvis"), ("left_hand", "left_arm"))
    assert clip.fps == 30.0
    expected = [
        [[0, 1, 0], [0.1, 1, 0], [0.1, 0.8, 0]],
        # The hips turn a quarter about z: x becomes y, -y becomes x.
        [[0, 1, 0], [0, 1.1, 0], [0.2, 1.1, 0]],
        # The hips turn a quarter about y: x becomes -z; the arm then about z: -y becomes x.
        [[0.05, 1, 0], [0.05, 1, -0.1], [0.05, 1, -0.3]],
    ]
    np.testing.assert_allclose(clip.joints[0], expected, atol=1e-6)


def test_turns_are_applied_in_the_order_of_the_channels(tmp_path):
    one = _ARM.replace("0 100 0 90 0 0 0 0 0", "0 100 0 90 90 0 0 0 0")
    other = one.replace("Zrotation Xrotation Yrotation", "Xrotation Zrotation Yrotation", 1)
    first = read_bvh(_write(tmp_path, one)).joints[0, 1, 1]
    second = read_bvh(_write(tmp_path, other)).joints[0, 1, 1]
    np.testing.assert_allclose(first, [0, 1.1, 0], atol=1e-6)
    np.testing.assert_allclose(second, [0, 1, 0.1], atol=1e-6)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    path = tmp_path / "walk.bvh"
    path.write_text(_ARM, "utf-8-sig")
    assert read_bvh(path).frame_count == 3


def test_the_unit_is_the_callers_word(tmp_path):
    clip = read_bvh(_write(tmp_path, _ARM), metres_per_unit=1.0)
    np.testing.assert_allclose(clip.joints[0, 0, 1], [10, 100, 0], atol=1e-4)


def test_joints_of_a_known_layout_are_recognised_and_put_in_its_order(tmp_path):
    layout = get_layout("openni15")
    lines, depth = ["HIERARCHY"], 0

    def write_joint(joint, word):
        nonlocal depth
        lines.append(f"{word} {joint.title().replace('_', '')}")
        lines.append("{ OFFSET 0 1 0 CHANNELS 0")
        for child, parent in layout.bones:
            if parent == joint:
                write_joint(child, "JOINT")
        lines.append("}")

    write_joint(layout.root, "ROOT")
    path = _write(tmp_path, "\n".join([*lines, "MOTION", "Frames: 1", "Frame Time: 0.01"]) + "\n")
    with pytest.raises(SourceError, match="found 0 lines of motion"):
        read_bvh(path)
    text = path.read_text().replace("CHANNELS 0", "CHANNELS 1 Xposition", 1)
    clip = read_bvh(_write(tmp_path, text + "50\n"))
    assert clip.layout == layout
    assert clip.fps == 100.0
    heights = clip.joints[0, 0, :, 1]
    assert heights[layout.index("spine")] == pytest.approx(0.01)
    assert heights[layout.index("head")] == pytest.approx(0.03)


def test_joints_of_the_same_name_are_numbered(tmp_path):
    text = _ARM.replace("LeftHand", "LeftArm")
    assert read_bvh(_write(tmp_path, text)).layout.joints == ("pelvis", "left_arm", "left_arm_2")


# shoulder, elbow, wrist, hip, knee, ankle, foot
_MOTION_BUILDER = ("Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot", "ToeBase")
_XSENS = ("UpperArm", "ForeArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toe")
_UNITY = ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes")
_RIG_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def _write_rig(folder, bones, prefix):
    """A body whose joints are called after bones, with the position of every raw joint."""
    arm, leg = ("Shoulder", *bones[:3]), bones[3:]
    rig = {
        "Hips": ("Spine", f"Left{leg[0]}", f"Right{leg[0]}"),
        "Spine": ("Spine1",),
        "Spine1": ("Neck", "LeftShoulder", "RightShoulder"),
        "Neck": ("Head",),
        **{
            f"{side}{bone}": (f"{side}{below}",)
            for side in ("Left", "Right")
            for bone, below in (*pairwise(arm), *pairwise(leg))
        },
    }
    lines, places = ["HIERARCHY"], {}

    def write_joint(name, word, above):
        offset = len(places) + 1
        places[name] = np.add(above, (offset, 1, -offset))
        lines.append(f"{word} {prefix}{name} {{ OFFSET {offset} 1 {-offset} CHANNELS 0")
        for child in rig.get(name, ()):
            write_joint(child, "JOINT", places[name])
        lines.append("}")

    write_joint("Hips", "ROOT", (0, 0, 0))
    text = "\n".join([*lines, "MOTION", "Frames: 1", "Frame Time: 0.01", "0"]) + "\n"
    return _write(folder, text.replace("CHANNELS 0", "CHANNELS 1 Xrotation", 1)), places


@pytest.mark.parametrize(
    ("bones", "prefix"),
    [(_MOTION_BUILDER, ""), (_MOTION_BUILDER, "mixamorig:"), (_XSENS, ""), (_UNITY, "")],
    ids=["cmu", "mixamo", "xsens", "unity"],
)
@pytest.mark.parametrize("name", list_layouts())
def test_joints_called_after_bones_are_found_in_every_layout(tmp_path, name, bones, prefix):
    path, places = _write_rig(tmp_path, bones, prefix)
    target = get_layout(name)
    joints = map_clip(read_bvh(path, metres_per_unit=1.0), target).joints[0, 0]
    for side in ("left", "right"):
        for ours, raw in zip(_RIG_JOINTS, bones, strict=False):
            if (joint := f"{side}_{ours}") in target.joints:
                np.testing.assert_allclose(
                    joints[target.index(joint)], places[side.title() + raw], atol=1e-4
                )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("HIERARCHY", "ANARCHY", "line 1: expected 'HIERARCHY', found 'ANARCHY'"),
        ("OFFSET 10 0 0", "OFFSET 10 zero 0", "line 8: expected a number of the offset"),
        ("Zposition", "Qposition", "line 5: expected a new one of the channels"),
        ("Zposition", "Xposition", "line 5: expected a new one of the channels"),
        ("CHANNELS 3", "CHANNELS 7", "line 9: expected a number of channels up to 6"),
        ("JOINT LeftHand", "", "line 11: expected OFFSET, CHANNELS, JOINT"),
        ("JOINT LeftHand", "JOINT", "line 11: expected a joint's name"),
        ("  }\n}\nMOTION", "  }\nMOTION", "expected OFFSET, CHANNELS, JOINT.*found the end"),
        ("}\nMOTION", "}\nROOT Other\nMOTION", "expected MOTION after the one root"),
        ("MOTION", "", "expected a line MOTION"),
        ("Frames: 3", "Frame: 3", "line 22: expected 'Frames:' and a number"),
        ("Frames: 3", "Frames: 4", "expected 4 frames .*found 3 lines"),
        ("0.0333333", "0", "line 23: expected a positive Frame Time"),
        ("0 100 0 90 0 0", "0 100 0 90 0", "line 25: expected 12 numbers, found '11 numbers"),
        ("0 100 0 90 0 0", "0 100 0 nan 0 0", "line 25: expected 12 numbers"),
        ("0 100 0 90", "0 1e300 0 90", "numbers beyond reason"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(tmp_path, old, new, problem):
    assert old in _ARM
    with pytest.raises(SourceError, match=problem):
        read_bvh(_write(tmp_path, _ARM.replace(old, new, 1)))


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1), length=st.integers(0, 20), new=st.binary(max_size=4))
def test_a_mutated_file_is_read_or_refused_and_nothing_else(place, length, new, tmp_path_factory):
    content = _ARM.encode()
    at = int(place * len(content))
    path = tmp_path_factory.getbasetemp() / "mutated.bvh"
    path.write_bytes(content[:at] + new + content[at + length :])
    refusal = "mutated.bvh"
    try:
        read_bvh(path)
    except SourceError as error:
        refusal = str(error)
    assert refusal.startswith("mutated.bvh")
