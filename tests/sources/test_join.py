"""Several data sets as one: common joints, merged classes, different people."""

import numpy as np
import pytest

from crossglg.errors import ClipError
from crossglg.same_actions import same_action
from crossglg.skeleton import get_layout
from crossglg.sources.choreography import choreography
from crossglg.sources.clipset import ClipSet
from crossglg.sources.join import join_sets

COMMON = get_layout("openni15")
WRITTEN = choreography(performers=2, repeats=1, classes=["clap hands", "wave right hand"])


def on_other_body() -> ClipSet:
    data = ClipSet.from_clips(
        [WRITTEN.clip(index) for index in range(len(WRITTEN))],
        name="other",
        class_names=["hand clap", "somersault"],
        labels=WRITTEN.labels,
        subjects=WRITTEN.subjects,
        clip_names=WRITTEN.clip_names,
    )
    return data


def test_names_of_one_movement_become_one_name():
    assert same_action("Hand-Clap") == "clap hands"
    assert same_action("somersault") == "somersault"


def test_a_name_of_either_side_stays_by_itself():
    """UI-PRMD's inline lunge is done with the left foot by some and with the right by others."""
    assert same_action("inline lunge") == "inline lunge"
    assert same_action("lunge forward") != same_action("forward lunge (left foot forward)")


def test_classes_merge_joints_are_shared_and_people_stay_apart():
    joined = list(join_sets([WRITTEN, on_other_body()], COMMON))
    assert len(joined) == 8
    assert {clip.class_name for clip in joined} == {"clap hands", "wave one hand", "somersault"}
    assert {clip.clip.layout.name for clip in joined} == {"openni15"}
    assert sorted({clip.subject for clip in joined}) == [0, 1, 2, 3]
    assert len({clip.name for clip in joined}) == 8


def test_a_class_is_left_out_under_any_of_its_names():
    joined = list(join_sets([WRITTEN, on_other_body()], COMMON, without=["two hand front clap"]))
    assert {clip.class_name for clip in joined} == {"wave one hand", "somersault"}
    with pytest.raises(ClipError, match="'sommersault'\\. Did you mean 'somersault'"):
        list(join_sets([on_other_body()], COMMON, without=["sommersault"]))


def test_a_large_set_gives_no_more_of_a_class_than_asked_for():
    joined = list(join_sets([WRITTEN, on_other_body()], COMMON, most_per_class=1))
    names, counts = np.unique([clip.class_name for clip in joined], return_counts=True)
    assert dict(zip(names, counts, strict=True)) == {
        "clap hands": 2,
        "somersault": 1,
        "wave one hand": 1,
    }
