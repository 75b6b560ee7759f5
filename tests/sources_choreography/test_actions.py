"""The written actions look like their names, done by an average performer."""

import numpy as np
import pytest

from crossglg.skeleton.layout import get_layout
from crossglg.sources.choreography import list_actions
from crossglg.sources.choreography.act import perform
from crossglg.sources.choreography.manner import form_habit
from crossglg.sources.choreography.performer import Performer, draw_performer
from crossglg.sources.choreography.reach import PLACES
from crossglg.sources.choreography.script import read_actions
from crossglg.sources.choreography.turns import COLUMN

LAYOUT = get_layout("ntu25")
NAMES = list_actions()


def track(joints, name):
    return joints[:, LAYOUT.index(name)]


def extent(joints, name):
    return float(np.linalg.norm(np.ptp(track(joints, name), axis=0)))


def gap(joints, one, other):
    return np.linalg.norm(track(joints, one) - track(joints, other), axis=-1)


def mirror(joints):
    return joints[:, LAYOUT.mirror_index] * (-1, 1, 1)


def test_there_are_48_different_actions():
    assert len(NAMES) == len(set(NAMES)) == 48
    assert NAMES[0] == "wave right hand"
    assert NAMES[12] == "drink"
    assert NAMES[47] == "knock on door"


@pytest.mark.parametrize("action", read_actions(), ids=NAMES)
def test_every_script_says_only_what_a_body_can_do(action):
    assert action.cycles[0] <= action.cycles[1]
    for index, key in enumerate(action.script()):
        assert key.ease in ("stop", "through", "hit")
        assert key.seconds > 0 or index == 0
        if key.settings is not None:
            assert set(key.settings.values) <= set(COLUMN)
            places = {target.place for target in key.settings.hands.values()}
            assert places <= {"shoulder", *PLACES}


@pytest.mark.parametrize("name", NAMES)
def test_every_action_moves_a_joint_noticeably(film, name):
    joints = film(name)
    assert max(extent(joints, joint) for joint in LAYOUT.joints) > 0.08


@pytest.mark.parametrize("name", NAMES)
def test_bones_keep_their_length_and_feet_stay_above_the_floor(film, name):
    joints = film(name, draw_performer(np.random.default_rng(1)))
    for child, parent in LAYOUT.bones:
        assert np.ptp(gap(joints, child, parent)) < 1e-9
    for foot in ("left_foot", "right_foot"):
        assert track(joints, foot)[:, 1].min() > 0.01


@pytest.mark.parametrize("action", read_actions(), ids=NAMES)
def test_no_elbow_and_no_knee_bends_backwards(action):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        who = draw_performer(rng)
        poses = perform(form_habit(action, who, rng=rng), who, fps=30.0, rng=rng)
        for side in ("left", "right"):
            for joint in ("elbow", "knee"):
                bent = poses[:, COLUMN[f"{side}_{joint}.flexion"]]
                assert 0 <= bent.min() <= bent.max() <= 150


@pytest.mark.parametrize(
    ("name", "busy", "idle"),
    [
        ("wave right hand", "right_hand", "left_hand"),
        ("wave left hand", "left_hand", "right_hand"),
        ("raise right arm", "right_hand", "left_hand"),
        ("kick forward", "right_foot", "left_foot"),
        ("hop on right foot", "left_ankle", "chest"),
        ("nod head", "head", "right_foot"),
        ("drink", "right_hand", "left_hand"),
        ("knock on door", "right_hand", "left_hand"),
    ],
)
def test_the_side_or_part_named_moves_much_more(film, name, busy, idle):
    joints = film(name)
    assert extent(joints, busy) > 1.3 * extent(joints, idle) + 0.05


def test_waving_left_is_waving_right_in_a_mirror(film):
    assert film("wave left hand") == pytest.approx(mirror(film("wave right hand")))


def test_a_left_handed_performer_drinks_with_the_left_but_waves_the_hand_that_is_named(film):
    lefty = Performer(left_handed=True)
    assert film("drink", lefty) == pytest.approx(mirror(film("drink")))
    assert film("wave right hand", lefty) == pytest.approx(film("wave right hand"))


def test_drinking_brings_the_hand_to_the_mouth_and_back(film):
    distance = gap(film("drink"), "right_hand", "head")
    assert distance.min() < 0.15
    assert distance[0] > 0.6
    assert distance[-1] > 0.6


@pytest.mark.parametrize("name", ["answer phone", "salute", "comb hair", "wipe face"])
def test_the_hand_goes_to_the_head(film, name):
    assert gap(film(name), "right_hand", "head").min() < 0.2


def test_clapping_hands_meet_several_times(film):
    distance = gap(film("clap hands"), "left_hand", "right_hand")
    touching = distance < 0.06
    assert (np.diff(touching.astype(int)) == 1).sum() >= 3
    assert distance[~touching].max() > 0.25


def test_sitting_down_lowers_the_pelvis_behind_the_feet_and_standing_up_raises_it(film):
    sit, stand = film("sit down"), film("stand up")
    lowered = track(sit, "pelvis")[0] - track(sit, "pelvis")[-1]
    assert lowered[1] > 0.3
    assert lowered[2] < -0.3  # facing -z, backwards is +z
    assert track(stand, "pelvis")[-1, 1] - track(stand, "pelvis")[0, 1] > 0.3
    thigh = track(sit, "right_knee")[-1] - track(sit, "right_hip")[-1]
    assert abs(thigh[1]) < 0.1  # level


def test_a_jumping_jack_spreads_legs_and_lifts_arms_together_and_leaves_the_floor(film):
    joints = film("jumping jack")
    feet, hands = gap(joints, "left_ankle", "right_ankle"), track(joints, "left_hand")[:, 1]
    assert feet.max() > 0.7
    assert hands[feet.argmax()] > track(joints, "head")[feet.argmax(), 1]
    assert np.minimum(track(joints, "left_foot"), track(joints, "right_foot"))[:, 1].max() > 0.05


def test_a_drawn_circle_is_round(film):
    hand = track(film("draw circle"), "right_hand")
    drawn = hand[18 : 18 + int(1.76 * 30)]
    centre = (drawn[:, :2].max(axis=0) + drawn[:, :2].min(axis=0)) / 2
    radius = np.linalg.norm(drawn[:, :2] - centre, axis=1)
    assert radius.min() / radius.max() > 0.8
    assert 0.2 < radius.mean() < 0.35


def test_swipes_go_the_way_they_say(film):
    def swept(joints):
        hand = track(joints, "right_hand")
        high = hand[:, 1] > 1.2
        return hand[high][-1, 0] - hand[high][0, 0]

    assert swept(film("swipe right")) > 0.5
    assert swept(film("swipe left")) < -0.5


def test_turning_around_ends_facing_the_other_way(film):
    joints = film("turn around")
    assert track(joints, "right_shoulder")[0, 0] > 0.1
    assert track(joints, "right_shoulder")[-1, 0] < -0.1


@pytest.mark.parametrize("name", ["pick up from floor", "lift box overhead", "touch toes"])
def test_the_hand_comes_down_to_the_feet(film, name):
    height = track(film(name), "right_hand")[:, 1]
    assert 0 < height.min() < 0.25


def test_only_raised_and_lifted_hands_end_up_overhead(film):
    for name in ("raise right arm", "raise both arms", "lift box overhead", "tennis serve"):
        joints = film(name)
        above = track(joints, "right_hand")[:, 1] - track(joints, "head")[:, 1]
        assert above.max() > 0.25, name
