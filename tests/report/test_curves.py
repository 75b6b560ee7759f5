"""Charts hold their lines and leave out what was not measured."""

import math

from hypothesis import given
from hypothesis import strategies as st

from crossglg.report.curves import draw_panels

_VALUES = st.floats(-1e6, 1e6)


@given(st.lists(_VALUES, min_size=1, max_size=20))
def test_every_point_lies_within_the_axes(losses: list[float]) -> None:
    (panel,) = draw_panels([{"loss": loss} for loss in losses])
    for point in panel.curves[0].points.split():
        x, y = map(float, point.split(","))
        assert panel.left - 0.1 <= x <= panel.right + 0.1
        assert panel.top - 0.1 <= y <= panel.bottom + 0.1


@given(_VALUES)
def test_axes_have_a_readable_number_of_ticks(value: float) -> None:
    (panel,) = draw_panels([{"loss": 0.0}, {"loss": value}])
    assert 2 <= len(panel.y_ticks) <= 9


def test_no_metrics_give_no_charts() -> None:
    assert draw_panels([]) == ()


def test_values_that_are_not_finite_leave_a_gap() -> None:
    (panel,) = draw_panels([{"loss": 1.0}, {"loss": math.nan}, {"loss": 3.0}])
    assert len(panel.curves[0].points.split()) == 2


def test_charts_come_in_order_and_unknown_terms_last() -> None:
    panels = draw_panels(
        [{"learning_rate": 0.1, "accuracy_plain": 3.0, "loss_odd": 1.0, "loss": 2.0}]
    )
    assert [panel.title for panel in panels] == ["Loss", "Accuracy (%)", "Learning rate"]
    assert [curve.name for curve in panels[0].curves] == ["total", "odd"]


def test_the_accuracy_axis_always_reaches_one_hundred() -> None:
    (panel,) = draw_panels([{"accuracy_plain": 40.0}])
    assert panel.y_ticks[-1].label == "100"
