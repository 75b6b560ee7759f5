"""Situations are played as they will be met: others ask, half of it strangers, room by room."""

import numpy as np
import pytest
from trial_samples import clusters, trials_of

from crossglg.errors import ConfigError
from crossglg.oneshot.trials import ANYWHERE, choose_players, play_in_rooms, play_trials


def test_trials_ask_known_and_unknown_alike_and_never_the_teacher():
    trials = trials_of(0.02)
    assert 0.4 < trials.is_known.mean() < 0.6
    assert not trials.is_right[~trials.is_known].any()
    assert trials.is_right[trials.is_known].all()
    assert (trials.nearest > 0).all()
    assert (trials.second >= trials.nearest).all()


def test_one_action_may_be_all_there_is():
    trials = play_trials(*clusters(0.1), rng=np.random.default_rng(0), enroll=1)
    assert (trials.enrolled == 1).all()
    assert np.isinf(trials.second).all()
    np.testing.assert_array_equal(trials.is_right, trials.is_known)


def test_who_performed_everything_is_asked_too():
    distances, labels, subjects = clusters(0.1)
    alone, unknown = (
        play_trials(distances, labels, np.full_like(subjects, who), rng=np.random.default_rng(0))
        for who in (3, -1)
    )
    np.testing.assert_array_equal(alone.nearest, unknown.nearest)
    assert alone.is_right.any()


def test_few_players_are_all_taken_and_many_by_whole_subjects():
    labels, subjects = (each.ravel() for each in np.indices((5, 8)))
    labels, subjects = np.tile(labels, 3), np.tile(subjects, 3)  # three clips of each
    rng = np.random.default_rng(0)
    everybody = choose_players(labels, subjects, rng=rng, most=120)
    np.testing.assert_array_equal(everybody, np.arange(120))
    chosen = choose_players(labels, subjects, rng=rng, most=20)
    assert len(set(chosen)) == 20
    shown = set(zip(labels[chosen], subjects[chosen], strict=True))
    assert len(shown) == 20
    assert len({subject for _, subject in shown}) == 4
    more = choose_players(labels, subjects, rng=rng, most=50)
    counts = np.bincount(8 * labels[more] + subjects[more], minlength=40)
    assert sorted(set(counts)) == [1, 2]


def test_players_of_unknown_subjects_are_of_all_classes():
    labels = np.repeat(np.arange(6), 50)
    chosen = choose_players(labels, np.full(300, -1), rng=np.random.default_rng(0), most=30)
    np.testing.assert_array_equal(np.bincount(labels[chosen]), 5)


def test_one_class_is_too_few_to_play_with():
    distances, labels, subjects = clusters(0.1, classes=1)
    with pytest.raises(ConfigError, match="at least 2 classes"):
        play_trials(distances, labels, subjects, rng=np.random.default_rng(0))


def rooms_apart(*names, classes=8):
    """One circle of clusters in every room; who is in another is 100 away."""
    distances, labels, subjects = clusters(0.1, classes=classes)
    count = len(names)
    room = np.repeat(names, len(labels))
    far = np.where(room[:, None] == room[None], 0.0, 100.0)
    people = np.tile(subjects, count) + subjects.max() * np.repeat(range(count), len(labels))
    return np.tile(distances, (count, count)) + far, np.tile(labels, count), people, room


def test_each_room_is_played_by_itself_and_all_together():
    trials = play_in_rooms(*rooms_apart("hall", "gym"), rng=np.random.default_rng(0), episodes=20)
    assert set(trials.room) == {"hall", "gym", ANYWHERE}
    together = trials.room == ANYWHERE
    assert trials.nearest[~together].max() < 50 < trials.nearest[together].max()
    for room in ("hall", "gym", ANYWHERE):  # to half of the eight classes
        assert set(trials.enrolled[trials.room == room]) == {1, 2, 3, 4}
    assert np.isinf(trials.second[trials.enrolled == 1]).all()


def test_one_room_is_all_together():
    distances, labels, people, room = rooms_apart("hall")
    trials = play_in_rooms(distances, labels, people, room, rng=np.random.default_rng(0))
    assert set(trials.room) == {ANYWHERE}


def test_a_room_of_one_person_or_one_class_is_not_played_by_itself():
    distances, labels, people, room = rooms_apart("hall", "gym", "stage")
    people[room == "gym"] = 99
    labels[room == "stage"] = 3
    trials = play_in_rooms(distances, labels, people, room, rng=np.random.default_rng(0))
    assert set(trials.room) == {"hall", ANYWHERE}
    people[room == "gym"] = -1  # nobody knows who that was
    trials = play_in_rooms(distances, labels, people, room, rng=np.random.default_rng(0))
    assert set(trials.room) == {"hall", "gym", ANYWHERE}
