"""What mirrored clips are called."""

import numpy as np

from crossglg.skeleton import get_layout
from crossglg.sources.choreography import choreography
from crossglg.training import BaseClips, create_recipe
from crossglg.training.batches import Draws, TrainingClips
from crossglg.training.twins import find_met, find_twins

LAYOUT = get_layout("openni15")
NAMES = ("clap hands", "raise-left-arm", "throw", "Raise right arm", "look left")


def keys(*joints):
    row = np.zeros(LAYOUT.joint_count, dtype=np.float32)
    row[[LAYOUT.index(joint) for joint in joints]] = 1 / len(joints)
    return row


KEY_JOINTS = np.stack(
    [
        keys("left_hand", "right_hand"),
        keys("left_hand"),
        keys("right_hand", "right_elbow"),
        keys("right_hand"),
        keys("head"),
    ]
)


def test_the_words_say_what_a_mirrored_clip_shows():
    twins = find_twins("words", NAMES, LAYOUT, KEY_JOINTS)
    # A clap is a clap, the arms are each other's twins, a throw with the left is something new,
    # and looking left is not looking right although the head is in the middle.
    assert twins.labels.tolist() == [0, 3, 5, 1, 6]
    assert twins.fresh.tolist() == [2, 4]
    assert twins.names == (*NAMES, "throw (mirrored)", "look left (mirrored)")


def test_without_texts_names_alone_decide():
    twins = find_twins("words", NAMES, LAYOUT, None)
    assert twins.labels.tolist() == [5, 3, 6, 1, 7]


def test_every_class_has_a_twin_or_none_has():
    assert find_twins("off", NAMES, LAYOUT, KEY_JOINTS) is None
    twins = find_twins("classes", NAMES, LAYOUT, KEY_JOINTS)
    assert twins.labels.tolist() == [5, 6, 7, 8, 9]
    assert len(twins.names) == 10


def test_a_twin_may_go_under_another_name_of_its_movement():
    """Joined sets call "wave right hand" "wave one hand"."""
    names = ("wave left hand", "wave one hand", "raise right arm", "raise-up-left-hand", "nod")
    twins = find_twins("words", names, LAYOUT, None)
    assert twins.labels.tolist() == [1, 0, 3, 2, 5]
    assert twins.names[5:] == ("nod (mirrored)",)


def test_another_name_that_leaves_out_the_arm_makes_no_twin():
    names = ("right arm swipe to the left", "right arm swipe to the right")
    twins = find_twins("words", names, LAYOUT, None)
    assert twins.labels.tolist() == [2, 3]


def test_mirrored_clips_that_show_a_novel_class_are_left_out():
    names = ("wave right hand", "kick forward", "high throw", "look left")
    novel = ("wave-left-hand", "left arm throw")
    twins = find_twins("words", names, LAYOUT, None, novel=novel)
    assert twins.labels.tolist() == [-1, 4, -1, 5]
    assert twins.names[4:] == ("kick forward (mirrored)", "look left (mirrored)")
    twins = find_twins("classes", names, LAYOUT, None, novel=novel)
    assert twins.labels.tolist() == [-1, 4, -1, 5]


def test_who_knows_a_class_mirrored_has_met_its_twin():
    novel = ("wave left hand", "throw", "squat")
    assert find_met(novel, ("wave right hand", "kick (left)")) == []
    met = ("wave right hand (mirrored)", "squat (mirrored)", "hand catch", "high throw")
    assert find_met(novel, met) == ["throw", "wave left hand"]


def test_the_two_lunges_are_each_others_twins_and_either_is_an_inline_lunge():
    names = ("lunge forward", "forward lunge (left foot forward)")
    assert find_twins("words", names, LAYOUT, None).labels.tolist() == [1, 0]
    assert find_twins("words", ("inline lunge",), LAYOUT, None).labels.tolist() == [0]
    for name in names:
        assert find_met(("inline lunge",), (name,)) == ["inline lunge"]
        assert find_met((name,), ("inline lunge",)) == [name]
    assert find_met(names[:1], names[1:]) == []


def test_a_clip_that_is_left_out_never_comes_mirrored():
    data = choreography(performers=2, repeats=1, classes=("wave right hand", "squat"))
    base = BaseClips.gather(data, [0, 1])
    twins = find_twins("classes", base.class_names, base.layout, None, novel=("wave left hand",))
    clips = TrainingClips(
        base, twins=twins, strength=create_recipe("metric").augmentation, frame_count=8, seed=0
    )
    assert sorted(clips.labels) == [0, 0, 1, 1, 2, 2]
    draws = Draws(np.arange(6), epoch=0, places=np.arange(6))
    found, _, mirrored = clips.find(draws)
    assert mirrored.tolist() == [False] * 4 + [True] * 2
    assert clips.labels[mirrored].tolist() == [2, 2]
    squats = base.clips.select(np.flatnonzero(base.labels == 1))
    assert np.array_equal(found.select(np.array([4, 5])).frames, squats.frames)
