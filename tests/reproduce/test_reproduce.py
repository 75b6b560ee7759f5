"""Tables are data that hold together; a quick one is filled end to end and goes on where it was."""

import csv
import io
import json

import pytest

from crossglg.cells import parse_method
from crossglg.encoders import create_encoder, list_encoders
from crossglg.errors import ConfigError, SourceError
from crossglg.oneshot import list_classifiers
from crossglg.reproduce import (
    OWN_ROWS,
    PAPER_TABLES,
    Job,
    Line,
    Reproduction,
    Value,
    count_table,
    find_data,
    list_tables,
    reproduce,
    scale_down,
    write_quick_data,
)
from crossglg.reproduce.choose import Outcome
from crossglg.reproduce.paper import BLOCK_COUNTS, DEFAULT_BLOCKS
from crossglg.sources import open_data
from crossglg.sources.splits import get_protocol

TABLES = (*PAPER_TABLES, *OWN_ROWS)
KNOWN = set(list_classifiers())
BY_NAME = {table.name: table for table in TABLES}


def paper(table, label):
    (entry,) = (entry for entry in BY_NAME[table].entries if entry.label == label)
    return entry.paper


@pytest.mark.parametrize(
    "table", [*TABLES, *map(scale_down, TABLES)], ids=lambda t: t.recipe + t.name
)
def test_every_table_names_what_there_is(table):
    titles = {column.title for column in table.columns}
    assert titles
    for column in table.columns:
        assert get_protocol(column.protocol).data == table.data
    for entry in table.entries:
        parse_method(entry.method, table.recipe, (*table.settings, *entry.settings))
        assert set(entry.classifiers or table.classifiers) <= KNOWN
        if table in TABLES:
            assert set(entry.paper) <= titles
    cells = [entry.cell or entry.method for entry in table.entries if not entry.classifiers]
    assert len(set(cells)) == len(cells)


def test_every_encoder_is_in_the_table_of_positions():
    assert set(BLOCK_COUNTS) == set(list_encoders())


@pytest.mark.parametrize("encoder", BLOCK_COUNTS)
def test_importance_is_inserted_after_every_block_but_the_last(encoder):
    built = create_encoder(encoder, layout="ntu25")
    assert len(built.blocks) == BLOCK_COUNTS[encoder]
    assert built.default_n_pre == DEFAULT_BLOCKS[encoder]
    blocks = [
        parse_method(entry.method, "paper", entry.settings).recipe.model.n_pre
        or built.default_n_pre
        for entry in BY_NAME["position"].entries
        if entry.method == f"{encoder}+crossglg"
    ]
    assert blocks == list(range(1, len(built.blocks)))


def test_the_numbers_of_the_paper_agree_between_its_tables():
    for label in ("MotionBERT", "InfoGCN", "InfoGCN + CrossGLG"):
        assert paper("plug-in", label)["20"] == paper("ntu120", label)["20"]
    for label in ("InfoGCN", "InfoGCN + CrossGLG"):
        for title, number in paper("ablation", label).items():
            assert paper("ntu120", label)[title] == number
    assert paper("ntu60", "InfoGCN + CrossGLG")["50"] == 75.6
    assert not any(entry.paper for entry in BY_NAME["kinetics"].entries)


def test_numbers_beside_the_repaired_calibration_say_that_it_is():
    beside = [table for table in PAPER_TABLES if any(entry.paper for entry in table.entries)]
    assert len(beside) == 4
    for table in beside:
        assert table.classifiers[0] == "calibrated"
        assert any("repaired" in reason and "calibrated-paper" in reason for reason in table.unlike)


def test_sizes_are_the_published_ones():
    alone = {line.label: line.values[0].ours[0] for line in count_table().lines}
    assert alone["InfoGCN"] == pytest.approx(1.567087)
    assert round(alone["InfoGCN"], 1) == 1.6
    assert alone["HD-GCN"] == pytest.approx(1.67, abs=0.01)
    for line in count_table().lines:
        added = line.values[1]
        assert round(added.ours[0], 1) == added.paper


def test_tables_share_their_cells(tmp_path):
    jobs = [Job(scale_down(table), tmp_path / "c.npz", (0,), tmp_path) for table in TABLES]
    cells = [
        cell
        for job in jobs
        for entry in job.table.entries
        for column in job.table.columns
        for cell in job.cells(entry, column, job.table.judged)
    ]
    described = {}
    for cell in cells:
        assert described.setdefault(cell.file, cell.describe()) == cell.describe()
    assert len(described) == 60 < len(cells)


def test_every_row_of_an_ablation_changes_one_thing():
    for protocol in ("utd-a", "union15-a"):
        base, *rows = BY_NAME[f"ablation-{protocol}"].entries
        assert base.settings == ()
        parts = [
            {setting.partition("=")[0].partition(".")[0] for setting in e.settings} for e in rows
        ]
        assert all(len(names) <= 1 for names in parts)
        untrained = [entry for entry in rows if not entry.settings]
        assert [entry.cell for entry in untrained] == [base.cell]
        assert untrained[0].classifiers == ("joints-uniform",)


def test_quick_tables_keep_what_their_rows_are_about():
    quick = scale_down(BY_NAME["ablation-utd-a"])
    by_cell = {entry.cell: entry.settings for entry in quick.entries if not entry.classifiers}
    assert "loss.contrast=0" in by_cell["parts-no-contrast"]
    assert not any(setting.startswith("training.epochs") for setting in by_cell["parts-longer"])


def test_quick_data_are_the_choreography_and_written_once(tmp_path):
    path = write_quick_data(tmp_path / "out")
    assert len(open_data(path)) == 3 * 48
    before = path.stat().st_mtime_ns
    assert write_quick_data(tmp_path / "out").stat().st_mtime_ns == before


def test_data_are_found_by_name(tmp_path):
    (tmp_path / "utd_mhad.npz").write_bytes(b"")
    assert find_data(tmp_path, "utd_mhad") == tmp_path / "utd_mhad.npz"
    assert find_data(tmp_path / "utd_mhad.npz", "anything") == tmp_path / "utd_mhad.npz"
    with pytest.raises(SourceError, match=r"called 'ntu60' here, found none of ntu60, ntu60.arch"):
        find_data(tmp_path, "ntu60")


def test_what_cannot_be_filled_is_refused_or_named(tmp_path):
    with pytest.raises(ConfigError, match="Did you mean 'ntu120'"):
        reproduce("ntu12", data=tmp_path, out=tmp_path)
    with pytest.raises(ConfigError, match="either data"):
        reproduce("ntu120", data=None, out=tmp_path)
    with pytest.raises(ConfigError, match="either data"):
        reproduce("ntu120", data=tmp_path, out=tmp_path, quick=True)
    with pytest.raises(SourceError, match="called 'ntu120'"):
        reproduce("ntu120", data=tmp_path, out=tmp_path)
    outcome = reproduce("all", data=tmp_path, out=tmp_path / "out")
    assert not outcome.complete
    assert [table.name for table in outcome.tables] == ["parameters"]
    assert len(outcome.left_out) == len(list_tables()) - 1
    assert "called 'kinetics'" in (tmp_path / "out" / "all.md").read_text()


def test_a_table_says_ours_the_papers_and_why_not_to_compare():
    lines = (
        Line("floor: raw DTW", "", (Value((50.0,)), Value((40.0,))), 0, ()),
        Line("M", "cosine", (Value((60.0, 62.0), 45.3), Value((), 62.6)), 1234, ("why", "and")),
        Line("L", "cosine", (Value((60.0,)), Value((61.0,))), 1234, ("why",)),
    )
    table = Reproduction("t", "about", "percent", 1, ("20", "60"), lines, ("Fact.",))
    page = table.to_markdown()
    assert "| M | cosine | 61.0 ± 1.4 (paper 45.3) | - (paper 62.6) | 1,234 | a, b |" in page
    assert "| L | cosine | 60.0 | 61.0 | 1,234 | a |" in page
    assert "- a: why.\n- b: and." in page
    rows = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert len(rows) == 6
    assert (rows[2]["mean"], rows[2]["paper"], rows[2]["seeds"]) == ("61.0", "45.3", "2")
    assert rows[3]["mean"] == ""
    assert json.loads(json.dumps(table.to_json()))["columns"] == ["20", "60"]
    assert not Outcome((Reproduction(**vars(table) | {"failed": ("x",)}),), ()).complete


@pytest.mark.slow
def test_a_quick_table_is_filled_and_goes_on_where_it_was(tmp_path):
    out = tmp_path / "out"
    tiny = ("training.epochs=1", "training.frame_count=8")
    told = []

    def fill(settings=tiny):
        told.clear()
        return reproduce(
            "kinetics", data=None, out=out, quick=True, seeds=(0,), settings=settings,
            progress=lambda *counts: told.append(counts),
        )  # fmt: skip

    outcome = fill()
    assert outcome.complete, outcome
    assert told == [(1, 3), (2, 3), (3, 3)]
    (table,) = outcome.tables
    assert [line.label for line in table.lines[:3]] == [
        "floor: raw DTW",
        "raw Euclidean",
        "raw motion",
    ]
    assert {(line.label, line.classifier) for line in table.lines[3:]} == {
        (label, classifier)
        for label in ("MotionBERT", "InfoGCN", "InfoGCN + CrossGLG")
        for classifier in ("calibrated", "cosine")
    }
    assert all(0 <= line.values[0].ours[0] <= 100 for line in table.lines)
    assert all("nothing else" in line.unlike[0] for line in table.lines[3:])
    assert "the last epoch" in " ".join(table.facts)
    assert "QUICK RUN" in (out / "kinetics.md").read_text()
    again = fill()
    assert told == []
    assert again == outcome
    (out / "runs" / "demo-12" / "infogcn-0.json").unlink()
    assert fill() == outcome
    assert told == [(3, 3)]
    failed = fill((*tiny, "descriptions=utd_mhad"))
    assert not failed.complete
    assert any("other settings" in reason for reason in failed.tables[0].failed)
