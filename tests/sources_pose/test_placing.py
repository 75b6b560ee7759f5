"""A body in front of a pinhole camera stands in the room where it stood."""

import numpy as np
import pytest
from pose_samples import LAYOUT, make_body, see

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import align
from crossglg.sources.pose.placing import Placer, place_at_depth, place_body, to_house_axes


@pytest.mark.parametrize("at", [(0.0, 0.0, 2.0), (0.7, -0.3, 3.5), (-1.0, 0.5, 5.0)])
def test_the_place_follows_from_the_picture(at):
    seen = see(make_body(np.random.default_rng(1)), np.array(at))
    assert place_body(seen.world, seen.picture, seen.confidence) == pytest.approx(at)
    known = place_at_depth(seen.world, seen.picture, seen.confidence, depth_m=at[2])
    assert known == pytest.approx(at)


def test_joints_that_are_not_believed_do_not_move_the_body():
    seen = see(make_body(np.random.default_rng(1)), np.array([0.5, 0.0, 3.0]))
    seen.picture[:10] += 0.3
    weights = np.where(np.arange(len(seen.world)) < 10, 1e-6, 1.0)
    assert place_body(seen.world, seen.picture, weights) == pytest.approx([0.5, 0, 3], abs=1e-3)


def test_a_jump_is_seen_at_once_and_a_wrong_depth_only_slowly():
    placer, body = Placer(), make_body(np.random.default_rng(1))
    heights, depths = [], []
    for n, at in enumerate([(0, 0, 3.0), (0, -0.4, 3.0), (0, -0.4, 4.0)]):
        seen = see(body, np.array(at))
        placed = placer.place(seen.world, seen.picture, seen.confidence, time_s=n / 30)
        heights.append(placed[0, 1] - body[0, 1])
        depths.append(placed[0, 2] - body[0, 2])
    assert heights[:2] == pytest.approx([0, -0.4], abs=1e-6)
    assert 3.0 < depths[2] < 3.2


def test_who_faces_the_camera_faces_minus_z_with_the_right_hand_at_plus_x():
    house = to_house_axes(make_body(np.random.default_rng(1)))
    nose, wrist = (house[LAYOUT.index(joint)] for joint in ("nose", "right_wrist"))
    assert nose[1] > 0
    assert nose[2] < 0
    assert wrist[0] > 0
    seen = np.ones((1, 1, LAYOUT.joint_count), dtype=np.bool_)
    clip = SkeletonClip(house[None, None], seen, 30.0, LAYOUT)
    turned = align(clip).joints[0, 0]
    # Facing -z already, so aligning only scales: the torso of this body is half a metre.
    assert turned == pytest.approx(house / 0.5, abs=1e-5)
