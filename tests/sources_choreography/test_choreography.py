"""Whole data sets: reproducible, independent of their size, neither trivial nor hopeless."""

import subprocess
import sys

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.sources.choreography import choreography, list_actions

SOME = ["drink", "kick forward", "wave right hand"]


def rows_of(clips, name):
    return clips.clip(clips.clip_names.index(name)).joints


def test_every_performer_does_every_action_as_often_as_asked():
    clips = choreography(performers=2, repeats=3, classes=SOME)
    assert len(clips) == 2 * 3 * 3
    assert clips.name == "choreography"
    assert clips.layout.name == "ntu25"
    assert clips.class_names == tuple(SOME)
    assert clips.rows.dtype == np.float32
    assert np.isfinite(clips.rows).all()
    assert set(clips.fps) == {30.0}
    assert sorted(set(clips.subjects)) == [0, 1]
    assert clips.clip_names[8] == "p00_wave_right_hand_r2"
    for label, name in zip(clips.labels, clips.clip_names, strict=True):
        assert SOME[label].replace(" ", "_") in name


def test_by_default_all_48_actions_are_there_and_last_some_seconds():
    clips = choreography(performers=2, repeats=1)
    assert clips.class_names == list_actions()
    assert sorted(set(clips.labels)) == list(range(48))
    seconds = clips.frames / clips.fps
    assert 1 < seconds.min() < np.median(seconds) < 5
    assert seconds.max() < 10


def test_the_same_seed_gives_the_same_clips_and_another_seed_others():
    first, again = (choreography(performers=2, repeats=1, seed=3, classes=SOME) for _ in range(2))
    assert np.array_equal(first.rows, again.rows)
    other = choreography(performers=2, repeats=1, seed=4, classes=SOME)
    assert first.rows.shape != other.rows.shape or not np.allclose(first.rows, other.rows)


def test_a_clip_does_not_depend_on_what_else_is_asked_for():
    few = choreography(performers=2, repeats=1, classes=["drink"])
    many = choreography(performers=3, repeats=2, classes=["bow", "kick forward", "drink"])
    for name in few.clip_names:
        assert np.array_equal(rows_of(few, name), rows_of(many, name))


def test_repeats_are_alike_but_not_the_same():
    clips = choreography(performers=3, repeats=2, classes=["drink"])
    for who in range(3):
        first, second = (rows_of(clips, f"p{who:02d}_drink_r{r}") for r in range(2))
        assert first.shape != second.shape or not np.allclose(first, second)


def test_people_differ_in_size_and_stand_in_front_of_the_camera():
    clips = choreography(performers=6, repeats=1, classes=["bow"])
    index = clips.layout.index
    first = np.stack([clip.joints[0, 0] for clip in clips.clips()])
    thighs = np.linalg.norm(first[:, index("left_hip")] - first[:, index("left_knee")], axis=-1)
    assert np.ptp(thighs) > 0.03
    assert (first[:, index("pelvis"), 2] > 1.5).all()
    # Towards the camera is -z; nobody is seen from farther aside than 45 degrees and some twist.
    across = first[:, index("right_hip")] - first[:, index("left_hip")]
    assert (np.degrees(np.arctan2(np.abs(across[:, 2]), across[:, 0])) < 60).all()


def test_one_exemplar_recognises_other_people_often_but_not_always():
    clips = choreography(performers=6, repeats=1, classes=list_actions()[::4])
    pelvis = clips.layout.index("pelvis")
    features = []
    for clip in clips.clips():
        joints = clip.joints[0][np.linspace(0, clip.frame_count - 1, 32).round().astype(int)]
        across = (
            joints[0, clips.layout.index("right_hip")] - joints[0, clips.layout.index("left_hip")]
        )
        c, s = across[[0, 2]] / np.linalg.norm(across[[0, 2]])
        turned = (joints - joints[0, pelvis]) @ np.array(((c, 0, -s), (0, 1, 0), (s, 0, c)))
        features.append(turned.ravel())
    distance = np.linalg.norm(np.array(features)[:, None] - np.array(features)[None], axis=-1)
    hits = [
        clips.labels[distance[query, exemplars].argmin()] == clips.labels[query]
        for exemplars in [np.flatnonzero(clips.subjects == who) for who in range(6)]
        for query in range(len(clips))
        if query not in exemplars
    ]
    # Exemplars are ordered by label, so the position of the nearest one is its label.
    assert 0.4 < np.mean(hits) < 0.9


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"performers": 0}, "performers of at least 1, found 0"),
        ({"repeats": -1}, "repeats of at least 1, found -1"),
        ({"seed": -5}, "seed of at least 0, found -5"),
        ({"classes": ["drinks"]}, "Did you mean 'drink'"),
        ({"classes": []}, "at least one class, each once"),
        ({"classes": ["drink", "drink"]}, "each once, found drink, drink"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(wrong, problem):
    with pytest.raises(ConfigError, match=problem):
        choreography(**wrong)


def test_torch_is_not_imported():
    code = "import sys, crossglg.sources.choreography; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
