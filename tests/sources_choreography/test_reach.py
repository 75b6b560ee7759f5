"""Hands arrive where they are sent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossglg.sources.choreography.body import Body, pose_body
from crossglg.sources.choreography.reach import PLACES, Target, locate, reach
from crossglg.sources.choreography.turns import COLUMN, DOFS

BODY = Body(1.7)


def send(target, side="right", **settings):
    poses = np.zeros((1, len(DOFS)))
    for name, value in settings.items():
        poses[0, COLUMN[name.replace("__", ".")]] = value
    figure = pose_body(poses, BODY)
    places = locate([target], figure, BODY, side=side)
    reached = reach(poses, BODY, side=side, targets=places)
    return places, reached, pose_body(reached, BODY)


@given(
    st.floats(-0.8, 0.9),
    st.floats(-0.9, 0.9),
    st.floats(-0.4, 0.9),
    st.floats(0, 90),
    st.sampled_from(["left", "right"]),
)
def test_a_hand_reaches_any_target_within_the_arms_length(outward, up, forward, out, side):
    distance = np.linalg.norm((outward, up, forward))
    if not 0.35 < distance < 0.95:
        return
    target = Target(offset=(outward, up, forward))
    settings = {f"{side}_elbow__out": out, "spine__bend": 20.0, "spine__twist": 15.0}
    _, reached, figure = send(target, side, **settings)
    hand = figure.joints[f"{side}_hand"] - figure.joints[f"{side}_shoulder"]
    seen = (figure.frames["chest"][0].T @ hand[0]) * (1 if side == "right" else -1, 1, -1)
    arm = sum(BODY.length(bone) for bone in ("elbow", "wrist", "hand"))
    assert seen / arm == pytest.approx(np.array((outward, up, forward)), abs=1e-6)
    assert 0 <= reached[0, COLUMN[f"{side}_elbow.flexion"]] <= 150


@pytest.mark.parametrize("place", ["mouth", "ear", "brow", "forehead", "crown", "nape"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hand_reaches_the_places_of_the_head(place, side):
    _, _, figure = send(Target(place), side, neck__bend=10.0)
    hand = figure.joints[f"{side}_hand"][0]
    joint, segment, offset = PLACES[place]
    axes = (1 if side == "right" else -1, 1, -1)
    there = figure.joints[joint][0] + figure.frames[segment][0] @ (np.array(offset) * axes * 1.7)
    assert hand == pytest.approx(there, abs=1e-6)


def test_a_target_too_far_is_pointed_at_with_a_straight_arm():
    _, reached, figure = send(Target(offset=(0.0, 0.0, 3.0)))
    hand = figure.joints["right_hand"][0] - figure.joints["right_shoulder"][0]
    assert hand / np.linalg.norm(hand) == pytest.approx((0, 0, -1), abs=1e-6)
    assert reached[0, COLUMN["right_elbow.flexion"]] < 15


def test_a_pose_without_a_target_keeps_its_arm():
    poses = np.random.default_rng(0).uniform(0, 60, (1, len(DOFS)))
    places = locate([None], pose_body(poses, BODY), BODY, side="left")
    assert np.isnan(places).all()
    assert (reach(poses, BODY, side="left", targets=places) == poses).all()


def test_a_hand_that_goes_round_twice_turns_the_shoulder_round_twice():
    circle = [
        Target(offset=(0.2, -0.9 * np.cos(a), 0.9 * np.sin(a)))
        for a in np.linspace(0, 4 * np.pi, 33)
    ]
    poses = np.zeros((33, len(DOFS)))
    places = locate(circle, pose_body(poses, BODY), BODY, side="right")
    flexion = reach(poses, BODY, side="right", targets=places)[:, COLUMN["right_shoulder.flexion"]]
    assert (np.abs(np.diff(flexion)) < 90).all()
    assert flexion[-1] - flexion[0] == pytest.approx(720, abs=1)
