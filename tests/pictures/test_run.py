"""The page of a run is gathered from its own clips, and says only what is known."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.oneshot import FLOORS, ClassifierResult, Evaluation
from crossglg.pictures import describe_run
from crossglg.pictures.run import named_joints
from crossglg.report import render_report
from crossglg.verbs import SplitFeatures, draw_rounds, extract_split


def make_evaluation(split):
    names = tuple(split.novel.class_names[label] for label in split.protocol.novel)
    way = len(names)
    result = ClassifierResult(50.0, 1.0, (50.0,) * way, np.eye(way, dtype=np.int64))
    return Evaluation("demo", names, 24.0, 3, {"joints": result}, dict.fromkeys(FLOORS, result))


@pytest.fixture(scope="module")
def described(split, recogniser):
    features = extract_split(recogniser.checkpoint, split)
    return describe_run(
        make_evaluation(split), split, features, recogniser, metrics=[], facts={"run": "r"}, seed=0
    )


def test_looks_are_queries_of_novel_classes_beside_what_the_words_named(described, split):
    assert len(described.looks) == 6
    for look in described.looks:
        assert look.predicted.title in described.class_names
        assert look.predicted.importance.shape == look.predicted.joints.shape[1:3]
        assert set(look.named.importance.tolist()) == {0.0, 1.0}


def test_importance_is_shown_for_base_and_unseen_classes(described, split):
    base, unseen = described.importance
    assert (len(base.class_names), len(unseen.class_names)) == (36, 12)
    assert not set(base.class_names) & set(unseen.class_names)
    np.testing.assert_allclose(base.importance.sum(axis=1), 1, atol=1e-5)


def test_decisions_are_of_the_first_draw_and_marked_right_or_wrong(described, split):
    draw = draw_rounds(split, draws=1, seed=0)[0]
    exemplars = {split.novel.clip_names[index] for index in draw.support}
    assert 1 <= len(described.decisions) <= 4
    for decision in described.decisions:
        exemplar, query, rival = decision.skeletons
        assert exemplar.note in exemplars
        assert rival.note in exemplars
        assert query.note not in exemplars
        assert query.correct == (query.title == exemplar.title)


def test_the_map_shows_the_draw_with_one_exemplar_for_each_class(described, split):
    chart = described.embedding
    assert len(chart.labels) == len(split.novel)
    labels = chart.labels[chart.exemplars]
    assert sorted(labels.tolist()) == sorted(split.protocol.novel)


def test_the_page_holds_it_all(described):
    page = render_report(described)
    for heading in ("looks at", "class by class", "Why this action", "Map of the novel clips"):
        assert heading in page


def test_a_model_of_other_data_is_shown_as_such(split, recogniser):
    """Its base classes are others, so this protocol's would say nothing about what taught it."""
    stranger = replace(
        recogniser, checkpoint=replace(recogniser.checkpoint, class_names=("a", "b", "c"))
    )
    all_novel = replace(split, base=split.base.select([]))
    features = SplitFeatures(None, extract_split(recogniser.checkpoint, split).novel)
    evaluation = replace(make_evaluation(split), seen=("drink",))
    described = describe_run(
        evaluation, all_novel, features, stranger, metrics=[], facts={}, seed=0
    )
    assert "trained on other data" in described.summary
    assert "of these names: drink" in described.summary
    assert [table.title for table in described.importance] == ["Novel classes"]


def test_a_model_without_importance_has_no_importance_to_show(split, unguided):
    features = extract_split(unguided.checkpoint, split)
    described = describe_run(
        make_evaluation(split), split, features, unguided, metrics=[], facts={}, seed=0
    )
    assert described.importance == ()
    assert all(look.predicted.importance is None for look in described.looks)
    assert "class by class" not in render_report(described)


def test_classes_without_texts_name_no_joints(recogniser):
    checkpoint = recogniser.checkpoint
    assert named_joints(checkpoint, ["wave right hand"], "choreography").sum() > 0
    assert named_joints(checkpoint, ["dance a polka"], "choreography") is None
    assert named_joints(checkpoint, ["wave right hand"], "no such data") is None


@pytest.mark.parametrize("taught", ["union15,choreography", "choreography+bandai", "choreography"])
def test_texts_are_those_that_the_model_learned_from_whatever_the_data_are_called(
    recogniser, taught
):
    checkpoint = replace(recogniser.checkpoint, provenance={"recipe": {"descriptions": taught}})
    names = ["wave right hand", "squat"]
    expected = named_joints(recogniser.checkpoint, names, "choreography")
    assert np.array_equal(named_joints(checkpoint, names, "mydata"), expected)
    assert named_joints(checkpoint, [*names, "dance a polka"], "mydata") is None
