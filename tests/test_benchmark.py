"""A machine's figures: what they are called, that they are there, and that tables show them."""

import json

import pytest

import crossglg.benchmark as benchmarking
from crossglg.terminal import print_benchmark

_TINY = benchmarking.Effort(seconds=0, matrix=64, batch=1, width=8, exemplars=100, actions=3)
_MACHINE = {"crossglg", "python", "torch", "numpy", "system", "cpu", "cores", "threads"}


@pytest.fixture(scope="module")
def measured():
    return benchmarking.measure_machine(_TINY)


def test_the_json_names_the_machine_and_every_figure(measured):
    record = json.loads(json.dumps(measured.to_json()))
    assert record.keys() == {"machine", "figures"}
    assert record["machine"].keys() == {*_MACHINE, "encoders_on"}
    units = {row["name"]: row["unit"] for row in record["figures"]}
    assert units == {
        "products": "GFLOP/s",
        "patchgcn_inference": "clips/s",
        "patchgcn_training": "clips/s",
        "infogcn_inference": "clips/s",
        "infogcn_training": "clips/s",
        "cosine": "pairs/s",
        "dtw": "pairs/s",
        "answer_p50": "ms",
        "answer_p99": "ms",
    }
    assert all(row["value"] > 0 for row in record["figures"])
    shares = {row["name"] for row in record["figures"] if row["share_of_limit"] is not None}
    assert shares == {name for name in units if name.startswith(("patchgcn", "infogcn"))}


def test_the_table_shows_every_figure(measured, capsys):
    print_benchmark(measured)
    shown = " ".join(capsys.readouterr().out.split())
    assert str(measured.machine["cpu"]) in shown
    assert "GFLOP/s" in shown
    assert "clips/s" in shown


def test_a_training_step_counts_three_times_the_products_of_inference():
    encoder = benchmarking.create_encoder("patchgcn", layout="openni15", options={"width": 8})
    rows = [
        benchmarking._measure_encoder(
            encoder, "patchgcn", 8, training=training, rate=1.0, effort=_TINY
        )
        for training in (False, True)
    ]
    # share / (clips/s) is the count of one clip's multiply-adds, whatever the time.
    inference, training = (row.share_of_limit / row.value for row in rows)
    assert 2.5 < training / inference <= 3.0
