"""The judgement is learned in played situations, and its figures are right where they are known."""

from dataclasses import replace

import numpy as np
import pytest
from trial_samples import trials_of

from crossglg.checkpoint import PlainCheckpoint
from crossglg.errors import CheckpointError
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot.acceptance import Acceptance, fit_acceptance
from crossglg.oneshot.openset import judge_open_set
from crossglg.oneshot.trials import ANYWHERE, Trials
from crossglg.recogniser import ACCEPTANCE_FILE, learn_acceptance
from crossglg.sources.choreography import choreography


def test_tight_clusters_are_judged_well_and_loose_ones_honestly():
    for spread, least in ((0.02, 0.99), (0.25, 0.75)):
        judgement = fit_acceptance(trials_of(spread))
        fresh = trials_of(spread, seed=2)
        probability = judgement.probability(fresh.nearest, fresh.second)
        result = judge_open_set(probability, fresh.is_known, fresh.is_right)
        assert result.auroc > least
        assert result.calibration_error < 12


def test_farther_is_less_believed():
    judgement = fit_acceptance(trials_of(0.1))
    near, far = judgement.probability(np.array([0.01, 1.0]), np.array([1.2, 1.2]))
    assert near > far
    near, far = judgement.probability(np.array([0.01, 1.0]), None)
    assert near > far
    clear, close = judgement.probability(np.array([0.1, 0.1]), np.array([1.0, 0.11]))
    assert clear > close


def test_a_tempered_judgement_is_less_sure_and_believes_the_same():
    judgement = fit_acceptance(trials_of(0.1))
    near, second = np.linspace(0.01, 2, 50), np.full(50, 1.0)
    for rivals in (second, None):
        sure = judgement.probability(near, rivals)
        milder = judgement.tempered(4.0).probability(near, rivals)
        np.testing.assert_array_equal(milder >= 0.5, sure >= 0.5)
        assert (np.abs(milder - 0.5) <= np.abs(sure - 0.5)).all()
        assert np.abs(milder - 0.5).mean() < np.abs(sure - 0.5).mean()


def test_the_judgement_survives_json():
    for crowd in (0.0, -0.5):
        judgement = Acceptance((1.0, -2.0, -3.0), (0.5, -1.0), crowd)
        assert Acceptance.from_json(judgement.to_json()) == judgement
    before_crowds_counted = {"matcher": "joints+motion", "among": [1, -2, -3], "alone": [0.5, -1]}
    assert Acceptance.from_json(before_crowds_counted).crowd == 0


def strangers_among(count, rng, asked=4000):
    """Half of the queries are of an enrolled action, the others come near to some by chance."""
    distances = rng.uniform(0.4, 2.0, (asked, count))
    known = np.arange(asked) % 2 == 0
    distances[known, 0] = rng.uniform(0.2, 1.2, known.sum())
    ordered = np.sort(np.concatenate([distances, np.full((asked, 1), np.inf)], axis=1), axis=1)
    right = known & (distances.argmin(axis=1) == 0)
    nearest, second = ordered[:, 0], ordered[:, 1]
    return Trials(nearest, second, known, right, np.full(asked, count), np.full(asked, ANYWHERE))


def test_the_more_actions_there_are_the_nearer_must_the_answer_be():
    rng = np.random.default_rng(0)
    played = [strangers_among(count, rng) for count in (1, 2, 4, 8)]
    judgement = fit_acceptance(Trials.concatenate(played))
    assert judgement.crowd < 0
    near, second = np.array([0.8]), np.array([1.6])
    few, many, more = (
        float(judgement.probability(near, second, enrolled=count)[0]) for count in (2, 8, 800)
    )
    assert few > many == more
    for trials in played:  # as sure as they are right, whatever the size of the gallery
        count = int(trials.enrolled[0])
        rivals = None if count == 1 else trials.second
        sure = judgement.probability(trials.nearest, rivals, enrolled=count)
        assert abs(sure.mean() - trials.is_right.mean()) < 0.03


def test_of_galleries_of_one_size_nothing_is_learned_about_others():
    judgement = fit_acceptance(trials_of(0.1))
    assert judgement.crowd == 0


def in_room(trials, room, *, farther=1.0):
    """The same trials in a room where everything is so many times as far."""
    return replace(
        trials,
        nearest=trials.nearest * farther,
        second=trials.second * farther,
        room=np.full(len(trials.room), room),
    )


def threshold(judgement):
    """The distance that is believed as much as doubted where the next is half as far again."""
    near = np.geomspace(1e-3, 1e3, 20001)
    return near[(judgement.probability(near, 1.5 * near) >= 0.5).sum()]


def test_a_new_room_gets_the_mean_threshold_of_those_played_in():
    strangers = strangers_among(4, np.random.default_rng(0))
    here, there = in_room(strangers, "near"), in_room(strangers, "far", farther=4.0)
    both = fit_acceptance(Trials.concatenate([here, there]))
    apart = [threshold(fit_acceptance(trials)) for trials in (here, there)]
    assert apart[0] * 1.5 < threshold(both) < apart[1] / 1.5
    assert both.among[1] < -1  # in neither room is a far answer as good as a near one


def test_rooms_count_alike_however_much_was_played_there():
    strangers = strangers_among(4, np.random.default_rng(0))
    here, there = in_room(strangers, "near"), in_room(strangers, "far", farther=4.0)
    once = fit_acceptance(Trials.concatenate([here, there]))
    often = fit_acceptance(Trials.concatenate([here, here, here, here, there]))
    assert threshold(often) == pytest.approx(threshold(once), rel=0.02)


def test_all_rooms_together_count_as_much_as_each_by_itself():
    strangers = strangers_among(4, np.random.default_rng(0))
    rooms = [in_room(strangers, name) for name in ("one", "two", "three")]
    together = in_room(strangers, ANYWHERE, farther=4.0)
    without, with_it = (
        threshold(fit_acceptance(Trials.concatenate(each))) for each in (rooms, [*rooms, together])
    )
    assert with_it == pytest.approx(2 * without, rel=0.1)  # half way, of logs


def test_figures_known_by_hand():
    known = np.array([True, True, True, True, False, False])
    right = np.array([True, True, True, False, False, False])
    probability = np.array([0.9, 0.8, 0.7, 0.2, 0.3, 0.1])
    result = judge_open_set(probability, known, right)
    assert result.auroc == pytest.approx(7 / 8)
    assert result.false_accept == pytest.approx(50.0)
    assert result.accuracy == pytest.approx(75.0)
    assert result.oscr == pytest.approx(0.75)
    perfect = judge_open_set(np.array([1.0, 0.0]), np.array([True, False]), np.array([True, False]))
    assert perfect.calibration_error == 0


def test_figures_do_not_depend_on_the_order_of_equal_probabilities():
    known = np.array([True, False, True, False])
    probability = np.array([0.5, 0.5, 0.5, 0.1])
    areas = [
        judge_open_set(probability[order], known[order], known[order]).oscr
        for order in ([0, 1, 2, 3], [1, 0, 2, 3], [3, 2, 0, 1])
    ]
    assert areas == pytest.approx([0.75] * 3)


def untrained(data):
    """A narrow model that has learned nothing, for clips like these."""
    model = ModelConfig(guidance="none", options={"width": 8})
    branch = build_plain(model, layout=data.layout, max_persons=1, class_count=4)
    return PlainCheckpoint(branch, model, data.layout, 1, 8, data.class_names, {})


def four_actions(performers):
    classes = ("wave right hand", "kick forward", "squat", "bow")
    return choreography(performers=performers, repeats=1, classes=classes)


def test_nothing_is_learned_from_one_clip_per_class(tmp_path):
    data = four_actions(performers=1)
    assert learn_acceptance(untrained(data), data, tmp_path) is None
    assert not list(tmp_path.iterdir())


def test_nothing_is_learned_where_others_are_always_nearer(tmp_path, monkeypatch):
    data = four_actions(performers=2)
    assert learn_acceptance(untrained(data), data, tmp_path) is not None
    (tmp_path / ACCEPTANCE_FILE).unlink()
    own = (data.labels[:, None] == data.labels).astype(np.float32)
    monkeypatch.setattr("crossglg.recogniser.match_joints_and_motion", lambda *both: 1 + own)
    assert learn_acceptance(untrained(data), data, tmp_path) is None  # right, where there is one
    assert not list(tmp_path.iterdir())


def test_a_judgement_of_another_matcher_is_refused():
    record = Acceptance((1.0, -2.0, -3.0), (0.5, -1.0)).to_json()
    assert Acceptance.from_json(record).to_json() == record
    del record["matcher"]  # as runs had it when galleries compared by joints alone
    with pytest.raises(CheckpointError, match="found one of joints"):
        Acceptance.from_json(record)
