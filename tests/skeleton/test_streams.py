"""The four streams are differences of joints, over bones and over time."""

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.skeleton import STREAMS, SkeletonClip, compute_stream, get_layout, list_layouts

NTU = get_layout("ntu25")
WRIST, ELBOW, HAND = (NTU.index(joint) for joint in ("left_wrist", "left_elbow", "left_hand"))


def test_the_joint_stream_is_the_joints(walk, as_clip):
    clip = as_clip(walk())
    np.testing.assert_array_equal(compute_stream(clip, "joint"), clip.joints)


@pytest.mark.parametrize("layout_name", list_layouts())
def test_bones_sum_to_the_joint_along_its_path(walk, as_clip, layout_name):
    clip = as_clip(walk(layout_name=layout_name), layout_name=layout_name)
    bones, layout = compute_stream(clip, "bone"), clip.layout
    root = clip.joints[:, :, layout.index(layout.root)]
    for joint in layout.joints:
        path = [layout.index(step) for step in layout.path_to_root(joint)]
        reached = root + bones[:, :, path].sum(axis=2)
        np.testing.assert_allclose(reached, clip.joints[:, :, layout.index(joint)], atol=1e-5)


def test_the_root_has_no_bone(walk, as_clip):
    assert (compute_stream(as_clip(walk()), "bone")[:, :, NTU.index(NTU.root)] == 0).all()


@pytest.mark.parametrize(("stream", "of"), [("joint_motion", "joint"), ("bone_motion", "bone")])
def test_motion_is_the_step_to_the_next_frame_and_ends_with_rest(walk, as_clip, stream, of):
    clip = as_clip(walk(frames=6))
    motion, values = compute_stream(clip, stream), compute_stream(clip, of)
    np.testing.assert_allclose(motion[:, :-1], np.diff(values, axis=1), atol=1e-6)
    assert (motion[:, -1] == 0).all()


@pytest.mark.parametrize("stream", STREAMS)
def test_what_depends_on_an_unseen_joint_is_zero_and_nothing_else(walk, as_clip, stream):
    body = walk(frames=6)
    whole = compute_stream(as_clip(body), stream)
    body[3, WRIST] = np.nan
    expected = whole.copy()
    frames = [2, 3] if stream.endswith("motion") else [3]
    joints = [WRIST, HAND] if stream.startswith("bone") else [WRIST]
    expected[:, np.ix_(frames, joints)[0], np.ix_(frames, joints)[1]] = 0
    np.testing.assert_array_equal(compute_stream(as_clip(body), stream), expected)


@pytest.mark.parametrize("stream", STREAMS)
def test_what_stands_in_an_unseen_joint_is_never_read(walk, as_clip, stream):
    clip = as_clip(walk(frames=6))
    visible = clip.visible.copy()
    visible[0, 3, WRIST] = False
    soiled, zeroed = (
        SkeletonClip(np.where(visible[..., None], clip.joints, fill), visible, 30.0, NTU)
        for fill in (np.float32(np.nan), np.float32(0))
    )
    np.testing.assert_array_equal(compute_stream(soiled, stream), compute_stream(zeroed, stream))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_clip_of_one_frame_has_every_stream(stand, as_clip, stream):
    values = compute_stream(as_clip(stand("ntu25")), stream)
    assert values.shape == (1, 1, 25, 3)
    assert values.dtype == np.float32
    assert (values == 0).all() == stream.endswith("motion")


@pytest.mark.parametrize("stream", STREAMS)
def test_computing_a_stream_leaves_the_clip_alone(walk, as_clip, stream):
    clip = as_clip(walk())
    before = clip.joints.copy()
    compute_stream(clip, stream)
    np.testing.assert_array_equal(clip.joints, before)
    assert clip.visible.all()


def test_an_unknown_stream_is_refused_with_the_list(walk, as_clip):
    with pytest.raises(ConfigError, match=r"'velocity'. Known: joint, bone"):
        compute_stream(as_clip(walk()), "velocity")
