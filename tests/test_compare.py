"""The grid: every cell once, the floor in the table, failures named and not fatal."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import active_children
from types import SimpleNamespace

import pytest
import torch

from crossglg.cells import read_cell, run_cells
from crossglg.checkpoint import write_json
from crossglg.compare import Comparison, Grid, Row, parse_method, run_grid
from crossglg.errors import ConfigError
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography, list_actions

INTERRUPTIBLE = """
import signal
from crossglg.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # which who started the tests may ignore
main()
"""
TINY = ["training.epochs=1", "training.frame_count=8", "descriptions=choreography"]
ENDLESS = [*TINY, "training.epochs=1000000", "model.options.width=8"]


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid")
    data = folder / "choreography.npz"
    write_npz(choreography(performers=2, repeats=1, classes=list_actions()), data)
    methods = (
        parse_method("infogcn+crossglg", "demo", [*TINY, "model.options.width=8"]),
        parse_method("hdgcn", "demo", [*TINY, "model.options.width=8"]),
    )
    classifiers = ("cosine", "joints")
    return Grid(data, "demo", methods, (0,), folder / "out", classifiers, draws=2)


@pytest.mark.slow
def test_a_grid_is_run_once_and_tabled(grid):
    told = []
    comparison = run_grid(grid, progress=lambda *counts: told.append(counts))
    assert told == [(1, 2), (2, 2)]
    assert [row.method for row in comparison.rows] == ["infogcn+crossglg", "hdgcn"]
    assert not comparison.failed
    assert set(comparison.floor) == {"raw DTW", "raw Euclidean", "raw motion"}
    assert all(0 <= row.accuracy["joints"][0] <= 100 for row in comparison.rows)
    assert all(row.parameters > 0 and row.ms_per_clip > 0 for row in comparison.rows)
    table = (grid.out / "table.md").read_text()
    assert "raw DTW" in table
    assert "infogcn+crossglg" in table
    assert json.loads((grid.out / "table.json").read_text())["draws"] == 2
    assert len((grid.out / "table.csv").read_text().splitlines()) == 1 + 2 * 2
    told.clear()
    again = run_grid(grid, progress=lambda *counts: told.append(counts))
    assert not told
    assert [row.accuracy for row in again.rows] == [row.accuracy for row in comparison.rows]


@pytest.mark.parametrize(("workers", "share"), [(1, 6), (4, 1), (9, 1)])
def test_workers_share_torch_s_threads(grid, tmp_path, monkeypatch, workers, share):
    """Not the machine's cores: torch heeds ``OMP_NUM_THREADS``, and which cores are ours."""
    shares = []

    @contextmanager
    def pool(_count, **_):
        yield SimpleNamespace(submit=lambda _work, _cell, threads: note(threads))

    def note(threads):
        shares.append(threads)
        ended = Future()
        ended.set_result("")
        return ended

    monkeypatch.setattr("crossglg.cells.open_pool", pool)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 6)
    cells = replace(grid, out=tmp_path).cells(grid.methods[0])
    assert not run_cells(cells, workers=workers)
    assert shares == [share] * len(cells)


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_the_others_run(grid, tmp_path):
    bad = parse_method("infogcn+g2l", "demo", [*TINY, "descriptions=utd_mhad"])
    out = tmp_path / "out"
    out.mkdir()
    (out / "hdgcn-0").touch()  # where the folder of a run is wanted
    both = Grid(grid.data, "demo", (bad, grid.methods[1]), (0, 1), out, ("cosine",), draws=1)
    comparison = run_grid(both)
    (row,) = comparison.rows
    assert (row.method, row.seeds, len(row.accuracy["cosine"])) == ("hdgcn", (1,), 1)
    first, second, third = comparison.failed
    assert "infogcn+g2l, seed 0: The description set 'utd_mhad' says nothing" in first
    assert second.startswith("hdgcn, seed 0: NotADirectoryError")
    assert third.startswith("infogcn+g2l, seed 1: The description set")


@pytest.mark.slow
def test_a_worker_that_is_killed_is_the_reason_of_its_cell(grid, tmp_path):
    endless = parse_method("hdgcn", "demo", ENDLESS)
    first, second = (
        replace(cell, folder=tmp_path) for cell in replace(grid, seeds=(0, 1)).cells(endless)
    )
    first.run.touch()  # where a folder is wanted

    def kill_workers(*_):
        for worker in active_children():
            worker.kill()

    reasons = run_cells([first, second], progress=kill_workers)
    assert reasons[first.file].startswith("NotADirectoryError: ")
    assert "killed, perhaps for want of memory" in reasons[second.file]


def kill(process):
    process.kill()


def interrupt(process):
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does


@pytest.mark.slow
@pytest.mark.parametrize("end", [kill, interrupt])
def test_nothing_is_trained_on_when_a_comparison_has_ended(grid, tmp_path, end):
    words = ["compare", grid.data, "--protocol=demo", "--methods=hdgcn", "--recipe=demo"]
    words += [f"--out={tmp_path}", "--seeds=2"]
    words += [f"--set={setting}" for setting in ENDLESS]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            while not (tmp_path / "hdgcn-0" / "run.json").exists() and process.poll() is None:
                time.sleep(0.05)
            end(process)
            told, _ = process.communicate(timeout=60)  # ends when no worker holds the pipe any more
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode != 0
    assert "Traceback" not in told
    assert not (tmp_path / "hdgcn-1").exists()


def test_a_result_of_other_data_or_texts_of_the_same_name_does_not_count(grid, tmp_path):
    data, texts = tmp_path / "own.npz", tmp_path / "own.json"
    data.write_bytes(b"clips")
    texts.write_bytes(b"texts")
    method = parse_method("infogcn+crossglg", "demo", [f"descriptions={texts}"])
    cell = replace(grid.cells(method)[0], data=data, folder=tmp_path)
    record = {"cell": cell.describe(), "evaluation": {}, "parameters": 1, "train_seconds": 1.0}

    def counts():
        write_json(cell.file, record)
        return read_cell(cell) is not None

    assert counts()
    for file in (data, texts):
        before = file.read_bytes()
        file.write_bytes(b"other")
        assert not counts()
        file.write_bytes(before)
        assert counts()
    data.write_bytes(b"other")
    del record["cell"]["data_sha256"]  # as results had none
    assert counts()
    training = record["cell"]["recipe"]["training"]
    assert training.pop("facing") == "first-frame"  # as recipes did not say
    assert counts()
    training["facing"] = "all-frames"
    assert not counts()
    training["unheard_of"] = 1
    assert not counts()
    del training["unheard_of"], training["facing"]
    data.unlink()
    assert counts()


def test_a_result_for_other_bones_does_not_count(grid, tmp_path):
    layout = get_layout("ntu25")
    cell = replace(grid.cells(grid.methods[0])[0], folder=tmp_path, layout=layout)
    record = {"cell": cell.describe(), "evaluation": {}, "parameters": 1, "train_seconds": 1.0}
    write_json(cell.file, record)
    assert read_cell(replace(cell, layout=replace(layout, name="mine"))) is not None
    for other in (None, hang_all_on_the_root(layout)):
        assert read_cell(replace(cell, layout=other)) is None
    del record["cell"]["layout_sha256"]  # as results had none
    write_json(cell.file, record)
    assert read_cell(replace(cell, layout=None)) is not None


def hang_all_on_the_root(layout):
    bones = {joint: layout.root for joint in layout.joints if joint != layout.root}
    return Layout.from_bones("mine", layout.joints, bones, root=layout.root)


def test_methods_have_names():
    method = parse_method("hdgcn+l2g", "metric", ["training.epochs=3"])
    assert method.recipe.model.encoder == "hdgcn"
    assert method.recipe.model.guidance == "l2g"
    assert method.recipe.training.epochs == 3
    with pytest.raises(ConfigError, match="Did you mean 'hdgcn'"):
        parse_method("hdgnc", "metric")
    with pytest.raises(ConfigError, match=r"model.guidance: expected one of"):
        parse_method("hdgcn+magic", "metric")


def test_two_methods_of_one_name_are_refused(grid):
    twice = Grid(grid.data, "demo", grid.methods[:1] * 2, (0,), grid.out)
    with pytest.raises(ConfigError, match="different names"):
        run_grid(twice)


def test_a_table_cell_is_mean_and_deviation_over_seeds():
    row = Row("m", (0, 1, 2), {"dtw": (80.0, 82.0, 84.0)}, 10, 1.0, 2.0)
    table = Comparison("p", (0, 1, 2), 5, (row,), {"raw DTW": (79.0, 1.0)}, ())
    assert row.cell("dtw") == "82.0 ± 2.0"
    assert table.to_csv().splitlines()[1] == "m,dtw,0,80.0"
    assert "| raw DTW | 79.0 ± 1.0 (draws) |" in table.to_markdown()


def test_a_single_draw_has_no_deviation():
    row = Row("m", (0,), {"dtw": (80.0,)}, 10, 1.0, 2.0)
    table = Comparison("p", (0,), 1, (row,), {"raw DTW": (79.0, 0.0)}, ())
    assert "| raw DTW | 79.0 |" in table.to_markdown()


def test_accuracies_keep_their_seeds_where_a_cell_failed():
    row = Row("m", (0, 2), {"dtw": (80.0, 84.0)}, 10, 1.0, 2.0)
    table = Comparison("p", (0, 1, 2), 5, (row,), {}, ("m, seed 1: no room",))
    assert table.to_csv().splitlines()[1:] == ["m,dtw,0,80.0", "m,dtw,2,84.0"]
    assert table.to_markdown().endswith("\n\n- Failed: m, seed 1: no room\n")


def test_one_value_has_no_deviation():
    assert Row("m", (1,), {"dtw": (80.0,)}, 10, 1.0, 2.0).cell("dtw") == "80.0"
