"""The map shows every clip inside its frame, exemplars on top, names that do not collide."""

from dataclasses import replace

import numpy as np
import pytest
from report_samples import make_embedding

from crossglg.errors import ConfigError
from crossglg.report import EmbeddingMap
from crossglg.report.embedding_map import draw_embedding


def test_every_clip_is_a_spot_and_exemplars_come_last():
    plot = draw_embedding(make_embedding())
    assert [spot.exemplar for spot in plot.spots] == [False] * 10 + [True] * 2
    assert [(key.number, key.name) for key in plot.keys] == [(0, "wave"), (1, "sit down")]
    assert {spot.name for spot in plot.spots} == {"wave", "sit down"}
    for spot in plot.spots:
        x, y = map(float, spot.path[1:].replace("a", "L").split("L")[0].split())
        assert 0 <= x <= plot.width
        assert 0 <= y <= plot.height


def test_classes_beyond_the_colours_differ_in_shape():
    chart = EmbeddingMap(
        np.random.default_rng(0).normal(size=(20, 2)),
        np.arange(20),
        np.ones(20, dtype=np.bool_),
        tuple(f"class {n}" for n in range(20)),
        "",
    )
    looks = [(key.colour, key.shape) for key in draw_embedding(chart).keys]
    assert len(set(looks)) == 20


def test_two_names_at_one_place_are_written_apart():
    chart = EmbeddingMap(
        np.array([[0.0, 0.0], [0.01, 0.0], [5.0, 5.0]]),
        np.array([0, 1, 2]),
        np.ones(3, dtype=np.bool_),
        ("one name", "other name", "far away"),
        "",
    )
    one, other, _ = draw_embedding(chart).keys
    assert (one.anchor, one.y) != (other.anchor, other.y)


def test_points_that_do_not_fit_are_refused():
    chart = make_embedding()
    for change in (
        {"points": chart.points[:3]},
        {"points": chart.points * np.nan},
        {"labels": chart.labels + 5},
    ):
        with pytest.raises(ConfigError):
            replace(chart, **change)
