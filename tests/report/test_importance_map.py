"""Joints against classes: what is named is marked, agreement is counted, one scale for all."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from report_samples import NTU25, make_table

from crossglg.errors import ConfigError
from crossglg.report.importance_map import draw_importance_maps, order_by_part
from crossglg.skeleton.layout import body_part


def test_a_uniform_row_is_one_time_the_average_whatever_its_scale():
    table = replace(make_table(), importance=np.full((3, 25), 7.0))
    np.testing.assert_allclose(table.times_average, 1)
    assert table.agreement == 0.5


def test_agreement_counts_pairs_and_leaves_out_texts_that_name_all_or_none():
    table = make_table()
    assert table.agreement == 1.0
    assert replace(table, named=~table.named).agreement == 0.0
    assert replace(table, named=np.ones((3, 25), bool)).agreement is None
    assert replace(table, named=None).agreement is None
    half = table.named.copy()
    half[0] = False
    assert replace(table, named=half).agreement == 1.0


def test_joints_of_a_part_stand_beside_each_other():
    parts = [body_part(NTU25.joints[joint]) for joint in order_by_part(NTU25)]
    assert len([part for part, _ in groupby(parts)]) == 6


def test_every_class_and_joint_has_a_field_and_all_maps_one_scale():
    strong = replace(make_table("strong"), importance=make_table().importance ** 3)
    weak, other = draw_importance_maps([make_table(), strong])
    assert len(weak.cells) == 3 * 25
    assert sum(cell.named for cell in weak.cells) == 15
    assert weak.darkest == other.darkest
    assert max(cell.share for cell in weak.cells) < max(cell.share for cell in other.cells) == 1.0
    assert "named by the text" in next(cell for cell in weak.cells if cell.named).caption
    for cell in weak.cells:
        assert (cell.stop + cell.part / 100) / 4 == pytest.approx(cell.share, abs=0.01)
        assert cell.x + weak.cell <= weak.width
        assert cell.y + weak.row <= weak.height
    assert draw_importance_maps([]) == ()


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(ConfigError, match="3 classes and 25 joints"):
        replace(make_table(), importance=np.ones((3, 24)))
