"""Accuracies that can be counted by hand, and the floor on data that is not made up."""

import json

import numpy as np
import pytest

from crossglg.errors import ConfigError, ProtocolError
from crossglg.oneshot import Draw, draw_exemplars, evaluate
from crossglg.oneshot.evaluate import summarise
from crossglg.sources import open_data
from crossglg.sources.choreography import choreography, list_actions
from crossglg.terminal import print_evaluation


@pytest.fixture(scope="module")
def clips():
    return choreography(performers=3, repeats=1, classes=list_actions()[:4])


def judge(features, data, draws, *, classifiers=("cosine",), novel=None):
    return evaluate(
        features,
        data,
        draws,
        novel=tuple(range(4)) if novel is None else novel,
        classifiers=classifiers,
        base=None,
        protocol="tiny",
    )


def draw_all(data, count, *, novel):
    rng = np.random.default_rng(0)
    return [
        draw_exemplars("subject", data.labels, data.subjects, novel=novel, rng=rng)
        for _ in range(count)
    ]


def on_circle(degrees):
    return np.stack([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))], axis=1)


def test_accuracy_on_a_circle_is_what_one_counts(clips, make_features):
    degrees = clips.labels * 90.0 + clips.subjects
    degrees[(clips.labels == 1) & (clips.subjects == 2)] += 90  # one clip lies in the next class
    draw = Draw(np.flatnonzero(clips.subjects == 0), np.flatnonzero(clips.subjects != 0))
    result = judge(make_features(on_circle(degrees)), clips, [draw]).results["cosine"]
    assert result.mean == pytest.approx(87.5)
    assert result.std == 0
    assert result.per_class == pytest.approx((100, 50, 100, 100))
    assert result.confusion[1].tolist() == [0, 1, 1, 0]


def test_a_single_draw_is_shown_without_a_deviation(clips, make_features, capsys):
    features = make_features(on_circle(clips.labels * 90.0))
    draws = draw_all(clips, 2, novel=range(4))
    print_evaluation(judge(features, clips, draws[:1]))
    said = capsys.readouterr().out
    assert "1 draw" in said
    assert "±" not in said
    print_evaluation(judge(features, clips, draws))
    assert "100.0 ± 0.0" in capsys.readouterr().out


def test_each_class_weighs_the_same_however_many_clips_it_has():
    truth = np.array([0, 1, 0, 0, 0, 1])
    draw = Draw(np.array([0, 1]), np.array([2, 3, 4, 5]))
    result = summarise([np.array([0, 0, 0, 0])], truth, [draw])
    assert result.mean == pytest.approx(50)


def test_a_class_that_nobody_asked_about_has_no_accuracy():
    truth = np.array([0, 1, 0])
    found = summarise([np.array([0])], truth, [Draw(np.array([0, 1]), np.array([2]))])
    assert found.per_class == (100, None)
    assert found.mean == 100
    assert found.to_json()["per_class"] == [100, None]


def test_novel_classes_may_come_in_any_order(clips, make_features):
    novel = (3, 1, 0, 2)
    features = make_features(on_circle(clips.labels * 90.0 + clips.subjects))
    found = judge(features, clips, draw_all(clips, 2, novel=novel), novel=novel)
    assert found.results["cosine"].mean == pytest.approx(100)
    assert found.class_names == tuple(clips.class_names[label] for label in novel)


def test_the_json_has_what_the_tables_read(clips, make_features):
    features = make_features(on_circle(clips.labels * 90.0))
    draws = draw_all(clips, 3, novel=range(4))
    names = ("cosine", "joints", "dtw", "calibrated")
    record = json.loads(json.dumps(judge(features, clips, draws, classifiers=names).to_json()))
    assert {"protocol", "n_way", "n_query", "draws", "results"} <= set(record)
    assert {"floor", "floor_euclidean", "floor_motion"} <= set(record)
    assert (record["n_way"], record["n_query"], record["draws"]) == (4, 8, 3)
    assert set(record["results"]) == set(names)
    assert {"mean", "std"} <= set(record["floor"])
    assert all({"mean", "std", "per_class"} <= set(r) for r in record["results"].values())


def test_evaluating_twice_gives_the_same_numbers(clips, make_features):
    features = make_features(np.random.default_rng(0).random((len(clips), 6)))
    draws = draw_all(clips, 3, novel=range(4))
    first, second = (judge(features, clips, draws, classifiers=("joints",)) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_the_floor_beats_chance_on_written_actions(clips, make_features):
    features = make_features(np.ones((len(clips), 2)))
    found = judge(features, clips, draw_all(clips, 3, novel=range(4)))
    assert found.floor.mean > 40 > 25
    assert found.floor is found.floors["raw DTW"]
    assert found.results["cosine"].mean == pytest.approx(25)  # features that say nothing


def test_what_cannot_be_judged_is_refused(clips, make_features):
    features = make_features(np.ones((len(clips), 2)))
    draws = draw_all(clips, 1, novel=range(4))
    with pytest.raises(ProtocolError, match="at least one draw"):
        judge(features, clips, [])
    with pytest.raises(ProtocolError, match="same order"):
        judge(features.select(np.arange(3)), clips, draws)
    with pytest.raises(ConfigError, match="Did you mean"):
        judge(features, clips, draws, classifiers=("joint",))


def test_the_floor_on_utd_mhad_is_where_it_was_measured(data_file, make_features):
    data = open_data(data_file("utd_mhad.npz"))
    novel = tuple(range(0, 27, 3))
    chosen = data.of_classes(novel)
    features = make_features(np.ones((len(chosen), 2)))
    found = judge(features, chosen, draw_all(chosen, 100, novel=novel), novel=novel)
    assert found.floor.mean == pytest.approx(79.8, abs=1.5)
    assert found.floors["raw Euclidean"].mean == pytest.approx(70.9, abs=1.5)
