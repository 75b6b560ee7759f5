"""Global texts are read as a person reads them: which parts act, on which side."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossglg.skeleton.layout import get_layout, list_layouts
from crossglg.text.descriptions import ActionDescription, list_descriptions, load_descriptions
from crossglg.text.lexicon import get_lexicon
from crossglg.text.phrases import find_phrases, key_joint_matrix, key_joints

KINECT = get_layout("kinect20")
LABELLED = sorted((Path(__file__).parents[2] / "benchmarks" / "data").glob("phrases_*.json"))


def both(*joints):
    return {f"{side}_{joint}" for side in ("left", "right") for joint in joints}


def right(*joints):
    return {f"right_{joint}" for joint in joints}


def left(*joints):
    return {f"left_{joint}" for joint in joints}


TORSO = {"pelvis", "spine", "chest"}
HAND = ("wrist", "hand")
ARM = ("shoulder", "elbow", "wrist", "hand")
LEG = ("hip", "knee", "ankle", "foot")

READ = [
    ("The right wrist matters most.", right("wrist")),
    ("The right hand waves.", right(*HAND)),
    ("Both hands clap.", both(*HAND)),
    ("The hands clap.", both(*HAND)),
    ("A hand is lifted.", both(*HAND)),
    ("The right wrist, elbow and shoulder do the work.", right("wrist", "elbow", "shoulder")),
    ("The right wrist, the right elbow and both knees.", right("wrist", "elbow") | both("knee")),
    ("Left and right knees bend.", both("knee")),
    ("The left and the right knee bend.", both("knee")),
    ("The right hand and the left knee meet.", right(*HAND) | left("knee")),
    ("Both knees, hips and ankles spring.", both("knee", "hip", "ankle") | {"pelvis"}),
    ("The right hand and the head.", right(*HAND) | {"head"}),
    ("The right elbow and the right shoulder sling it round.", right("elbow", "shoulder")),
    ("The left hand and the right hand light the candle.", both(*HAND)),
    ("The right elbow and the shoulder bag.", right("elbow")),
    ("The left arm swings.", left(*ARM)),
    ("The right hand lifts the cup with thumb and finger.", right(*HAND)),
    ("The right arm rises; the elbow and the wrist follow.", right(*ARM)),
    ("Left arm: no motion. Right knee: bends.", right("knee")),
    ("The right hand writes and the left hand merely holds the paper.", right(*HAND)),
    ("The right leg kicks, while the left leg supports the body.", right(*LEG)),
    ("The feet dig in but hardly move; both hands pull.", both(*HAND)),
    ("The arms look busy, but they are irrelevant: the hips lead.", both("hip") | {"pelvis"}),
    ("Elbow strike: the right elbow flies sideways.", right("elbow")),
    ("The hand that throws the frisbee is the right one.", right(*HAND)),
    ("From the waist up nothing counts but the head.", {"head"}),
    ("R wrist, R elbow; the rest stays still.", right("wrist", "elbow")),
    ("The left hand keeps the right wrist steady.", left(*HAND)),
    ("Head for the exit and wave with the left hand.", left(*HAND)),
    ("Shoulders, arms, legs? Irrelevant. The neck turns.", {"chest"}),
    ("Without moving the feet, the person rotates the torso.", TORSO),
    ("No joints other than the right elbow are relevant.", right("elbow")),
    ("The heels of both hands push into the dough.", both(*HAND)),
    ("The right hand taps the left shoulder.", right(*HAND)),
    ("The legs kick by turns.", both(*LEG)),
    ("Feet and toes.", both("ankle", "foot")),
    ("The torso leans; the lower back bends.", TORSO),
    ("The neck turns.", {"chest"}),
    ("The right forearm and the upper arm rotate.", right("elbow", "wrist", "shoulder")),
    ("The right arm throws while the left arm rests.", right(*ARM)),
    ("The right arm throws, the left arm resting at the side, legs still.", right(*ARM)),
    ("The legs stay still. The head nods.", {"head"}),
    ("The right arm and the torso act, but the legs do not.", right(*ARM) | TORSO),
    ("The legs, hips and torso remain still.", None),
    ("The right wrist swings above the head and the legs stay still.", right("wrist")),
    ("Not only the right wrist but also the right elbow counts.", right("wrist", "elbow")),
    ("The right knee rises to hip height in front of the body.", right("knee")),
    ("The hand of the clock and the head of the racket.", None),
    ("Above the head both wrists cross.", both("wrist")),
    ("The right foot swings back and forth.", right("ankle", "foot")),
    ("The right wrist as well as the elbow.", right("wrist", "elbow")),
    ("The right hand's fingers, the right-hand thumb.", right("hand")),
    ("Swipes from right to left and the left foot stamps.", left("ankle", "foot")),
    ("The most important body parts are the knees.", both("knee")),
    ("One arm turns; the other doesn\u2019t; the legs don't move.", both(*ARM)),
    # Places and targets, and words that take the place away.
    ("The right hand comes up to the forehead and onto the head.", right(*HAND)),
    ("Look at the left knee and at the right ankle.", left("knee") | right("ankle")),
    ("The right wrist is pressed into the crook of the left elbow.", right("wrist")),
    ("Both arms guard the face, scratching the chin.", both(*ARM)),
    ("The legs lift the body.", both(*LEG)),
    ("The left knee is patted by the right hand.", right(*HAND)),
    ("The left hand holds the other person's waist.", left(*HAND)),
    ("One person's right knee; the left elbow of each person.", right("knee") | left("elbow")),
    # Stillness: further words, interruptions, phrases and what denies it.
    ("The elbow, though bent, is not needed; the knees bend.", both("knee")),
    ("The left leg, which carries the weight, is static; the head nods.", {"head"}),
    ("The head nods over the legs, which hang idle.", {"head"}),
    ("Unimportant: hips, knees. Arms: no. The head: nods.", {"head"}),
    ("Rather than the elbow, the right wrist snaps, not the shoulder.", right("wrist")),
    ("Neither the legs nor the torso matters, only the head.", {"head"}),
    ("The legs are frozen, and the same goes for the torso; the head nods.", {"head"}),
    ("The knees cannot be ignored, and the head remains active.", both("knee") | {"head"}),
    ("Nothing moves except the head.", {"head"}),
    ("The right hand holds the nail still, in a steady rhythm.", right(*HAND)),
    ("The right foot swings past the resting left foot.", right("ankle", "foot")),
    ("The head nods, with the arms at the sides.", {"head"}),
    ("The arms swing at the sides.", both(*ARM)),
    ("The legs matter less than the head.", {"head"}),
    ("Nothing works without the knees; the throw does not go without the head.", {"head"}),
    ("It is done with both hands and a bending of the knees is not needed.", both(*HAND)),
    # Owners and sides named elsewhere.
    ("The fingers of the right hand type.", right("hand")),
    ("The thumb and the fingers of the left hand.", left("hand")),
    ("Elbow and shoulder, all of them on the left side.", left("elbow", "shoulder")),
    ("The right elbow (not needed) and the knee (left).", left("knee")),
    ("The right hand strikes while the other hand rests.", right(*HAND)),
    ("The right wrist turns and its elbow bends.", right("wrist", "elbow")),
    ("The left foot is still. The right one taps.", right("ankle", "foot")),
    ("Each right elbow and the right index finger.", right("elbow", "hand")),
    # Parts that are only put somewhere, kept so, or that bear the body.
    ("The head nods, with the hands on the knees.", {"head"}),
    ("The head nods, with the elbows tucked against the ribs.", {"head"}),
    ("The head nods and the arms are out to the sides.", {"head"}),
    ("The right hand is kept behind the back; the head nods.", {"head"}),
    ("The hips push until both legs are straight.", both("hip", *LEG) | {"pelvis"}),
    ("The standing leg is straight; the head nods.", {"head"}),
    ("The dancer bends both knees and keeps the torso upright.", both("knee")),
    ("Feet shoulder-width apart, the person nods the head.", {"head"}),
    ("The right foot kicks, the left leg carrying the weight.", right("ankle", "foot")),
    ("Balancing on the right leg, the person swings the left foot.", left("ankle", "foot")),
    ("The hip provides stability while the right knee bends.", right("knee")),
    ("The right leg, on which the person balances, does not move; the head nods.", {"head"}),
    ("The left arm is passively lifted by the right hand.", right(*HAND)),
    ("Both knees are hugged to the chest by the arms.", both("knee", *ARM)),
    ("The hands pull a zip up the back.", both(*HAND)),
    ("The child is carried on the first person's back with both arms.", both(*ARM)),
    ("Apart from the right wrist, which twirls a pencil, the body is inactive.", right("wrist")),
    ("The head turns, but apart from it nothing moves.", {"head"}),
    ("The right hand counts, one number after the other.", right(*HAND)),
    ("The right hand lifts it while the left wipes the table.", both(*HAND)),
    ("Right-hand gesture: the thumb is raised.", right(*HAND)),
    ("Thumb, index finger and middle finger of the right hand.", right("hand")),
    ("A finger of the right hand taps; the other fingers are folded.", right("hand")),
    ("It takes one hand: the right, whose fingers wiggle.", right(*HAND)),
    ("The head nods; the person keeps both arms behind the back.", {"head"}),
    ("The head nods, and the left foot acts as the pivot.", {"head"}),
    ("The legs only provide a stable base for the nodding of the head.", None),
    ("The right foot is wiped on the mat.", right("ankle", "foot")),
    ("The knees bend before the elbows are lifted over the bar.", both("knee", "elbow")),
    ("The thigh stays on the chair, as does the left foot; the head nods.", {"head"}),
    ("The neck is lengthened, without any movement of the shoulders.", {"chest"}),
    ("The left palm serves as a surface over which the right hand sweeps.", right(*HAND)),
    ("Right ankle and right knee push, the heel staying put.", right("ankle", "knee")),
    ("The hands move to the mouth, the right elbow, which leads.", both(*HAND) | right("elbow")),
    ("The first person pats the back, the second person's head turning.", {"head"}),
    ("The upper body is inclined but otherwise quiet; the knees bend.", both("knee")),
    ("The right arm leads; the left hand presses, the fingers running.", right(*ARM) | left(*HAND)),
    ("For a rugby pass the hips turn.", both("hip") | {"pelvis"}),
    ("The right wrist turns and the left hand only guides the ball.", right("wrist")),
    ("The left hand rests, and the right leg, swinging from the hip, strikes.", right(*LEG)),
    ("The head nods, with the arms crossed.", {"head"}),
    ("The feet flex, the legs lying on the bed.", both("ankle", "foot")),
    ("The left knee rises; the right leg, slightly bent, carries the weight.", left("knee")),
    ("The head nods, and the hands are tucked under the armpits.", {"head"}),
    ("What counts is the drop of both knees, not the position of the arms.", both("knee")),
    ("The first person is caught by the second person's arms.", both(*ARM)),
    ("The left fingers steady the slice.", left("hand")),
    ("The feet kick with relaxed ankles.", both("ankle", "foot")),
    ("The head nods, the trunk kept vertical.", {"head"}),
    ("It takes an arched back.", TORSO),
    ("The feet rise, which bends the knees, and the hips rest.", both("ankle", "foot", "knee")),
    ("The right side of the body works, above all the right elbow.", right("elbow")),
    # Words that only look like the body.
    ("On the one hand, the back door, a chest of drawers and a palm tree.", None),
    ("A first-hand, knee-high hip-hop.", None),
    ("The clock's hands, to thumb through it; he heads towards it and shoulders the bag.", None),
    ("Waving.", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_a_sentence_marks_the_joints_it_speaks_of(text, expected):
    weights = key_joints(text, KINECT)
    marked = {joint for joint, w in zip(KINECT.joints, weights, strict=True) if w > 0}
    assert marked == (set(KINECT.joints) if expected is None else expected)
    assert np.allclose(weights[weights > 0], 1 / len(marked))


def test_phrases_show_what_was_found_and_how_it_was_taken():
    found = find_phrases("The right wrist swings above the head while both legs rest.")
    assert [(p.text, p.noun, p.sides, p.role) for p in found] == [
        ("the right wrist", "wrist", ("right",), "acts"),
        ("the head", "head", ("left", "right"), "place"),
        ("both legs", "leg", ("left", "right"), "still"),
    ]


@pytest.mark.parametrize(
    ("layout", "text", "expected"),
    [
        ("ntu25", "The right hand.", right("wrist", "hand", "hand_tip", "thumb")),
        ("ntu25", "The neck.", {"neck"}),
        ("openni15", "Both wrists.", both("hand")),
        ("openni15", "The left ankle.", left("foot")),
        ("openni15", "The pelvis.", {"spine"}),
        ("coco17", "The head.", {"nose"} | both("eye", "ear")),
        ("coco17", "The right foot.", right("ankle")),
        ("coco17", "The torso.", both("hip")),
        ("mediapipe33", "The right foot.", right("ankle", "foot", "heel")),
        ("mediapipe33", "The fingers of the right hand.", None),
    ],
)
def test_each_layout_answers_with_the_joints_it_has(layout, text, expected):
    body = get_layout(layout)
    weights = key_joints(text, body)
    marked = {joint for joint, w in zip(body.joints, weights, strict=True) if w > 0}
    assert expected is None or marked == expected


@pytest.mark.parametrize("layout", list_layouts())
@pytest.mark.parametrize("noun", get_lexicon().nouns)
def test_every_body_word_marks_some_joints_of_every_layout(noun, layout):
    body = get_layout(layout)
    weights = key_joints(f"The {noun}.", body)
    assert 0 < (weights > 0).sum() < body.joint_count


def test_the_matrix_has_one_row_per_description():
    actions = [ActionDescription("a", "The head.", {}), ActionDescription("b", "Both knees.", {})]
    matrix = key_joint_matrix(actions, KINECT)
    assert matrix.shape == (2, 20)
    assert matrix.dtype == np.float32
    assert np.array_equal(matrix[1], key_joints("Both knees.", KINECT))
    assert key_joint_matrix([], KINECT).shape == (0, 20)


def mirror_words(text):
    other = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
    return " ".join(other.get(word, word) for word in text.split(" "))


_words = st.sampled_from(
    ["left", "right", "both", "the", "a", "and", ",", ";", ".", "while", "stays", "still", "not",
     "of", "above", "front of", "swings", "back", "forward", "height", "three", "upper", "'s",
     *get_lexicon().nouns, *get_lexicon().plurals]
)  # fmt: skip
sentences = st.lists(_words, max_size=25).map(" ".join)


@given(sentences, st.sampled_from(list_layouts()))
def test_key_joints_are_always_a_distribution(text, layout):
    weights = key_joints(text, get_layout(layout))
    assert weights.dtype == np.float32
    assert (weights >= 0).all()
    assert np.isclose(weights.sum(), 1, atol=1e-6)


@given(st.text())
def test_any_text_at_all_can_be_read(text):
    assert np.isclose(key_joints(text, KINECT).sum(), 1, atol=1e-6)


@given(sentences, st.sampled_from(list_layouts()))
def test_mirrored_words_mark_mirrored_joints(text, layout):
    body = get_layout(layout)
    mirrored = key_joints(mirror_words(text), body)
    assert np.array_equal(mirrored, key_joints(text, body)[body.mirror_index])


@pytest.mark.parametrize("name", list_descriptions())
def test_mirroring_a_shipped_text_mirrors_its_key_joints(name):
    texts = load_descriptions(name)
    body = get_layout(texts.layout)
    for action in texts.actions:
        mirrored = key_joints(mirror_words(action.global_text), body)
        assert np.array_equal(mirrored, key_joints(action.global_text, body)[body.mirror_index])


@pytest.mark.parametrize("file", LABELLED, ids=[path.stem for path in LABELLED])
def test_texts_labelled_by_hand_are_read_nearly_as_labelled(file):
    right = found = labelled = 0
    for entry in json.loads(file.read_text("utf-8"))["sentences"]:
        layout = get_layout(entry.get("layout", "ntu25"))
        marked = key_joints(entry["text"], layout) > 0
        read = {joint for joint, mark in zip(layout.joints, marked, strict=True) if mark}
        if len(read) == layout.joint_count:  # nothing named
            read = set()
        assert set(entry["joints"]) <= set(layout.joints)
        right += len(read & set(entry["joints"]))
        found += len(read)
        labelled += len(entry["joints"])
    assert right / found > 0.92
    assert right / labelled > 0.94
