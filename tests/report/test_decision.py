"""A decision's picture shows what the numbers say, and numbers that do not add up are refused."""

from dataclasses import replace

import numpy as np
import pytest
from report_samples import NTU25, make_decision

from crossglg.errors import ConfigError
from crossglg.report.decision import draw_decisions


def test_bars_are_the_joints_that_said_most_and_the_rest_in_one():
    (drawn,) = draw_decisions([make_decision()], scene=6)
    assert drawn.scene == 6
    assert drawn.bars[0].name == NTU25.joints[3].replace("_", " ")
    assert (drawn.bars[0].share, drawn.bars[0].part) == (1.0, pytest.approx(0.7))
    assert drawn.bars[-1].part == pytest.approx(-0.2)
    total = sum(bar.part for bar in drawn.bars) + drawn.others.part
    assert total == pytest.approx(0.5)


def test_moments_stand_above_the_line_where_they_speak_for_the_answer():
    (drawn,) = draw_decisions([make_decision()], scene=0)
    middle = drawn.moments_size[1] / 2
    _, for_it, against, _ = drawn.columns
    assert for_it.y + for_it.height == pytest.approx(middle)
    assert against.y == pytest.approx(middle)
    assert for_it.height / against.height == pytest.approx(0.7 / 0.2)
    assert "0.5 s to 1.0 s: +0.7000" in for_it.caption


def test_the_path_runs_through_the_fields_from_corner_to_corner():
    (drawn,) = draw_decisions([make_decision()], scene=0)
    path = drawn.paths[0]
    first, *_, last = [tuple(map(float, p.split(","))) for p in path.points.split()]
    eighth = path.side / 8
    assert first == (eighth, path.side - eighth)
    assert last == (path.side - eighth, eighth)
    assert [share for share, _ in path.shades] == [0.0, 1.0]
    assert [fields.count("M") for _, fields in path.shades] == [12, 4]


def test_a_fine_field_is_averaged_until_it_can_be_seen():
    decision = make_decision()
    steps = np.arange(100)
    fine = replace(decision.paths[0], costs=np.eye(100), query=steps, exemplar=steps)
    (drawn,) = draw_decisions([replace(decision, paths=(fine,))], scene=0)
    assert sum(fields.count("M") for _, fields in drawn.paths[0].shades) == 32 * 32


def test_parts_that_do_not_add_up_or_fit_are_refused():
    with pytest.raises(ConfigError, match="add up"):
        replace(make_decision(), difference=0.7)
    with pytest.raises(ConfigError, match="shape"):
        replace(make_decision(), parts=np.zeros((4, 3)))
