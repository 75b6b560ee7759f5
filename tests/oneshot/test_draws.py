"""Exemplars are never queries, and nobody is asked about their own exemplar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossglg.errors import ProtocolError
from crossglg.oneshot import draw_exemplars, fixed_exemplars

NOVEL = (4, 7, 9)
LABELS = np.tile(np.repeat(NOVEL, 2), 4)
SUBJECTS = np.repeat(np.arange(4), 6)


def draw(rule, seed, *, labels=LABELS, subjects=SUBJECTS, novel=NOVEL):
    return draw_exemplars(rule, labels, subjects, novel=novel, rng=np.random.default_rng(seed))


@given(st.sampled_from(["subject", "clip"]), st.integers(0, 10_000))
def test_exemplars_are_never_queries(rule, seed):
    found = draw(rule, seed)
    assert tuple(LABELS[found.support]) == NOVEL
    assert not set(found.support) & set(found.query)
    assert len(set(found.query)) == len(found.query)


@given(st.sampled_from(["subject", "clip"]), st.integers(0, 10_000))
def test_nobody_is_asked_about_an_action_they_showed(rule, seed):
    found = draw(rule, seed)
    shown = set(zip(LABELS[found.support], SUBJECTS[found.support], strict=True))
    assert not shown & set(zip(LABELS[found.query], SUBJECTS[found.query], strict=True))


def test_one_subject_shows_all_classes_and_all_others_are_asked():
    found = draw("subject", 3)
    (subject,) = set(SUBJECTS[found.support])
    assert set(found.query) == set(np.flatnonzero(subject != SUBJECTS))


def test_only_a_subject_who_did_everything_is_drawn():
    labels = np.array([4, 7, 9, 4, 7, 4, 9])
    subjects = np.array([0, 0, 0, 1, 1, 2, 2])
    for seed in range(10):
        assert set(draw("subject", seed, labels=labels, subjects=subjects).support) == {0, 1, 2}


@pytest.mark.parametrize("rule", ["subject", "clip"])
def test_the_same_seed_gives_the_same_draw(rule):
    first, second = draw(rule, 5), draw(rule, 5)
    np.testing.assert_array_equal(first.support, second.support)
    np.testing.assert_array_equal(first.query, second.query)
    assert any((draw(rule, seed).support != first.support).any() for seed in range(6, 16))


def test_clips_of_unknown_subjects_leave_out_the_exemplar_only():
    found = draw("subject", 0, subjects=np.full(len(LABELS), -1))
    assert set(found.query) == set(range(len(LABELS))) - set(found.support)


def test_clips_of_other_classes_are_neither_exemplars_nor_queries():
    found = draw("subject", 0, novel=(4, 9))
    assert set(LABELS[found.query]) == {4, 9}


def test_a_class_without_clips_is_refused():
    with pytest.raises(ProtocolError, match="5"):
        draw("subject", 0, novel=(4, 5))


def test_subjects_who_did_too_little_are_refused():
    with pytest.raises(ProtocolError, match="every novel class"):
        draw("subject", 0, labels=np.array([4, 7, 9]), subjects=np.array([0, 1, 2]))


@pytest.mark.parametrize("rule", ["subject", "clip"])
def test_a_single_subject_leaves_nothing_to_ask(rule):
    with pytest.raises(ProtocolError, match=r"recognise.*subject 3 performed all.*subjects -1"):
        draw(rule, 0, subjects=np.full(len(LABELS), 3))


NAMES = [f"clip{number}" for number in range(len(LABELS))]


def test_fixed_exemplars_ask_every_other_clip():
    found = fixed_exemplars({4: "clip6", 7: "clip2", 9: "clip5"}, LABELS, NAMES, novel=NOVEL)
    assert found.support.tolist() == [6, 2, 5]
    assert set(found.query) == set(range(len(LABELS))) - {2, 5, 6}


def test_a_missing_fixed_exemplar_is_named():
    with pytest.raises(ProtocolError, match="gone"):
        fixed_exemplars({4: "gone", 7: "clip2", 9: "clip5"}, LABELS, NAMES, novel=NOVEL)


def test_a_fixed_exemplar_of_another_class_is_refused():
    with pytest.raises(ProtocolError, match="class 7"):
        fixed_exemplars({4: "clip2", 7: "clip2", 9: "clip5"}, LABELS, NAMES, novel=NOVEL)
