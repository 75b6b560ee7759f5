"""Shipped weights are judged on data of others; what cannot be is refused or named."""

import pytest

from crossglg.errors import ConfigError, ProtocolError, SourceError
from crossglg.reproduce import TRANSFER, judge_shipped, reproduce, write_quick_data


def test_weights_are_judged_by_every_matcher_beside_the_floors(tmp_path):
    data = write_quick_data(tmp_path)
    table = judge_shipped(data, protocols=("demo-12",), weights=("open-small",), draws=3)
    assert [line.label for line in table.lines[:3]] == [
        "floor: raw DTW", "floor: raw Euclidean", "floor: raw motion",
    ]  # fmt: skip
    judged = {line.classifier: line for line in table.lines[3:]}
    assert {"joints", "joints+motion", "joints+motion-either"} <= judged.keys()
    best = judged["joints+motion"]
    assert best.label == "open-small"
    assert best.parameters > 100_000
    # Movements that these weights have learned from, by others: far above one in nine.
    assert best.values[0].ours[0] > 50
    assert "±" in best.values[0].to_markdown(1)


def test_data_of_others_are_refused_and_missing_ones_named(tmp_path):
    choreography = write_quick_data(tmp_path / "here")
    with pytest.raises(ProtocolError):
        reproduce(TRANSFER, data=choreography, out=tmp_path)
    with pytest.raises(SourceError, match="ui_prmd_vicon20"):
        reproduce(TRANSFER, data=tmp_path / "nothing", out=tmp_path)
    with pytest.raises(ConfigError, match="give --data instead"):
        reproduce(TRANSFER, data=None, quick=True, out=tmp_path)
    outcome = reproduce("all", data=tmp_path / "nothing", out=tmp_path / "out")
    assert any(reason.startswith(TRANSFER) for reason in outcome.left_out)
