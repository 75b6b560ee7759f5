"""Parts that only bear, wait or keep a posture, in the words plain writers use for it."""

import pytest

from crossglg.text.phrases import find_phrases

ALONE = [
    # What rests, hedged or not, does not count.
    "The legs just stand there.",
    "The lower body is simply sitting there.",
    "The feet more or less stay put.",
    "The head stays pretty level.",
    "The torso is more or less upright.",
    "The left hand sits on the knee.",
    "The left arm, torso and legs are all lounging on the sofa.",
    "The feet are about shoulder width apart.",
    "The feet are hip-width apart and flat.",
    "The feet hold their spot.",
    "The torso keeps its shape.",
    "The torso holds steady.",
    "The shoulders keep level.",
    "The left arm just lies along the body.",
    "The left hand is in the pocket.",
    "The left arm has no special task.",
    "The left arm is free to swing.",
    "The feet shuffle sideways now and then.",
    "The body makes an upside-down V.",
    "The torso and hips are stacked in one line.",
    # What bears the body does not count.
    "The left leg supports the whole body.",
    "The left foot holds up the body.",
    "The left leg keeps the balance.",
    "The left leg keeps the body upright.",
    "The left foot anchors the body.",
    "The left leg is the support.",
    "The legs give a stable base.",
    "The left forearm supports the upper body on the floor.",
    "The shoulders carry the weight.",
    # Nor what looks.
    "The eyes track the ball.",
    "The head looks straight down at the feet.",
    "The head watches the ball rise and drop.",
    "The head and torso face the wall.",
    # Nor what only some do.
    "Some people hop on the left foot.",
    "Others also bend the knees.",
    "Maybe the shoulders bounce or one foot taps.",
]
AT_WORK = [
    ("The left foot carries the whole body, rising onto the toes.", ["left foot", "left toe"]),
    ("The left leg stands up.", ["left leg"]),
    ("The hips sit back.", ["hips"]),
    ("The right arm holds a weight straight up.", ["right arm"]),
    ("The right ankle makes small balance corrections.", ["right ankle"]),
    ("The torso bends forward and stays low.", ["torso"]),
    ("The head tilts to the left and stays there.", ["head"]),
    ("The right arm lets go and waits at the side.", ["right arm"]),
    ("The right hand hangs the medal around the neck of the other person.", ["right hand"]),
    ("The hands hold it steady.", ["hand"]),
    ("Now and then the head nods.", ["head"]),
    ("The legs carry the body forward with long steps.", ["leg"]),
    ("The right hand stands the bottle on the table.", ["right hand"]),
    ("The legs form a V in the air.", ["leg"]),
    ("The left knee is bent until the right foot can come forward.", ["left knee", "right foot"]),
]
TARGETS = [
    ("The right hand pulls the strap across the chest to the left or right hip.", ["right hand"]),
    ("The right hand swings the bag over the left or the right shoulder.", ["right hand"]),
    ("Both hands push the ball out from the chest.", ["hand"]),
    ("Both hands push the bar up from the chest to above the head.", ["hand"]),
    ("Both hands press the bar from the shoulders to overhead.", ["hand"]),
    ("The right hand sweeps out from the body.", ["right hand"]),
    ("The shoulders are pushed up by the ears.", ["shoulder"]),
    ("Both hands grab the boot at the heel and toe, and both arms pull.", ["hand", "arm"]),
    ("The left hand touches the grass for support. The right leg hooks.", ["right leg"]),
    ("The right leg swings, while the back and head rest on the floor.", ["right leg"]),
    ("The hands hold the baby's head.", ["hand"]),
    ("On hands and knees, the right hip lifts the leg.", ["right hip", "right leg"]),
    ("The knees tilt the board from toe edge to heel edge.", ["knee"]),
]


def acting(text: str) -> list[str]:
    """The parts that act, single sides named."""
    return sorted(
        {
            f"{phrase.sides[0]} {phrase.noun}" if len(phrase.sides) == 1 else phrase.noun
            for phrase in find_phrases(text)
            if phrase.role == "acts"
        }
    )


@pytest.mark.parametrize("idle", ALONE)
def test_only_the_hand_acts_beside_parts_that_bear_or_wait(idle: str):
    assert acting(f"The right hand waves. {idle}") == ["right hand"]


@pytest.mark.parametrize(("text", "parts"), AT_WORK)
def test_parts_that_go_on_from_rest_or_load_act(text: str, parts: list[str]):
    assert acting(text) == sorted(parts)


@pytest.mark.parametrize(("text", "parts"), TARGETS)
def test_far_targets_and_lent_parts_do_not_act(text: str, parts: list[str]):
    assert acting(text) == sorted(parts)
