"""Preparing: every format, files left out, going on after a kill, and many workers."""

import dataclasses
import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from crossglg.cli import app
from crossglg.errors import ArchiveError, ConfigError, SourceError
from crossglg.skeleton.layout import get_layout
from crossglg.sources.archive import open_archive
from crossglg.sources.formats import FORMATS
from crossglg.sources.npz import read_npz, write_npz
from crossglg.sources.prepare import prepare
from crossglg.sources.recordings import list_missing_skeletons

_BVH = """HIERARCHY
ROOT Hips
{ OFFSET 0 0 0 CHANNELS 3 Xposition Yposition Zposition
JOINT Spine { OFFSET 0 1 0 CHANNELS 0 } }
MOTION
Frames: 1
Frame Time: 0.01
1 2 3
"""


@pytest.fixture
def small_shards(monkeypatch):
    """Two files between two points of return."""
    for name, kind in FORMATS.items():
        monkeypatch.setitem(FORMATS, name, dataclasses.replace(kind, files_per_shard=2))


def _content(folder):
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_ntu_files_become_an_archive_and_broken_ones_a_report(tmp_path, ntu_folder, small_shards):
    source = ntu_folder(tmp_path / "raw", 7)
    (source / "S002C001P001R001A001.skeleton").write_text("3\n0\n0\n")
    (source / "S003C001P001R001A001.skeleton").write_text("1\n0\n")
    (source / "notes.skeleton").write_text("hello")
    seen = []
    report = prepare(
        "ntu", source, out=tmp_path / "out", progress=lambda done, total: seen.append((done, total))
    )
    clips = open_archive(tmp_path / "out", verify=True)
    assert report.written == len(clips) == 7
    assert clips.name == "out"
    assert len(clips.class_names) == 60
    assert clips.clip_names[3] == "S001C001P004R001A001"
    assert clips.labels.tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert clips.subjects.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert seen == [(2, 10), (4, 10), (6, 10), (8, 10), (10, 10)]
    assert [file for file, _ in report.skipped] == [
        "S002C001P001R001A001.skeleton", "S003C001P001R001A001.skeleton", "notes.skeleton",
    ]  # fmt: skip
    assert "frame 3: expected the number of bodies" in report.skipped[0][1]
    assert "found none in any of its 1 frames" in report.skipped[1][1]
    stored = json.loads((tmp_path / "out" / "skipped.json").read_text())
    assert stored == [list(entry) for entry in report.skipped] == report.to_json()["skipped"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "raw"]


def test_an_action_above_60_makes_it_the_larger_data_set(tmp_path, ntu_folder):
    source = ntu_folder(tmp_path / "raw", 2)
    ntu_folder(tmp_path / "raw", 1, first_action=115)
    prepare("ntu", source, out=tmp_path / "out", name="ntu120")
    clips = open_archive(tmp_path / "out")
    assert (clips.name, len(clips.class_names)) == ("ntu120", 120)
    assert sorted(clips.labels.tolist()) == [0, 1, 114]


def test_files_on_a_list_are_left_out_whatever_else_the_list_says(tmp_path, ntu_folder):
    source = ntu_folder(tmp_path / "raw", 4)
    names = tmp_path / "missing.txt"
    names.write_text(
        "2 samples have missing skeletons.\n\nS001C001P002R001A002\n"
        "S001C001P004R001A001.skeleton\nS009C001P004R001A001\n"
    )
    marked = tmp_path / "marked.txt"
    marked.write_text("S001C001P003R001A003", "utf-8-sig")
    assert prepare("ntu", source, out=tmp_path / "three", missing=marked).written == 3
    report = prepare("ntu", source, out=tmp_path / "out", missing=names)
    assert report.written == 2
    assert report.skipped == (
        ("S001C001P002R001A002.skeleton", "listed in missing.txt."),
        ("S001C001P004R001A001.skeleton", "listed in missing.txt."),
    )
    with pytest.raises(SourceError, match="expected a text file of names"):
        prepare("ntu", source, out=tmp_path / "other", missing=tmp_path / "nothing")
    names.write_text("\n".join(path.name for path in source.iterdir()))
    with pytest.raises(SourceError, match=r"all 4 \.skeleton files are left out"):
        prepare("ntu", source, out=tmp_path / "other", missing=names)


def test_recordings_without_usable_skeleton_are_left_out_without_being_told(tmp_path, ntu_folder):
    source = ntu_folder(tmp_path / "raw", 2)
    for name in sorted(list_missing_skeletons())[:3]:
        (source / f"{name}.skeleton").write_text("1\n0\n")
    done = CliRunner().invoke(app, ["prepare", "ntu", str(source), "--out", str(tmp_path / "out")])
    assert "2 clips in" in done.output
    assert "3 left out" in done.output
    assert (
        f"{min(list_missing_skeletons())}.skeleton and 2 more: one of those that the data's "
        "authors list as without usable skeleton." in done.output
    )


def test_kinetics_classes_are_sorted(tmp_path, write_json, kinetics_record):
    source = tmp_path / "raw"
    source.mkdir()
    person = (np.full((18, 2), 0.5), np.ones(18))
    for name, label in (("a", "yoga"), ("b", "archery"), ("c", "yoga")):
        write_json(source / f"{name}.json", kinetics_record([[person]], label=label))
    # The archive may lie below its own source: its files are not taken for clips.
    report = prepare("kinetics", source, out=source / "out")
    clips = open_archive(source / "out")
    assert clips.class_names == ("archery", "yoga")
    assert clips.labels.tolist() == [1, 0, 1]
    assert report.skipped == ()


def test_bvh_files_have_the_class_of_their_folder(tmp_path):
    for name in ("walk/1.bvh", "run/1.bvh", "run/2.bvh"):
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_BVH)
    (tmp_path / "raw" / "run" / "3.bvh").write_text(_BVH.replace("Spine", "Chest"))
    report = prepare("bvh", tmp_path / "raw", out=tmp_path / "out")
    clips = open_archive(tmp_path / "out")
    assert clips.class_names == ("run", "walk")
    assert clips.clip_names == ("run/1", "run/2", "walk/1")
    assert clips.layout.joints == ("pelvis", "spine")
    assert [name for name, _ in report.skipped] == ["run/3"]
    assert "expected layout 'bvh' as in the first clip" in report.skipped[0][1]


def test_capitals_and_links_are_followed_and_links_to_nothing_are_reported(tmp_path):
    raw = tmp_path / "raw"
    for path in (raw / "walk" / "A.BVH", raw / "walk" / "b.bvh", tmp_path / "elsewhere" / "c.bvh"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_BVH)
    (raw / "run").symlink_to(tmp_path / "elsewhere")
    (raw / "walk" / "again").symlink_to(raw)
    (raw / "walk" / "lost.bvh").symlink_to(tmp_path / "nowhere.bvh")
    (raw / "sit").symlink_to(tmp_path / "nowhere")
    (raw / "walk" / "round.bvh").symlink_to("round.bvh")
    (raw / "notes.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "missing.txt").write_text("B.BVH\nb\n")
    report = prepare("bvh", raw, out=raw / "out", missing=tmp_path / "missing.txt")
    assert open_archive(raw / "out").clip_names == ("run/c", "walk/A")
    assert report.skipped == (
        ("sit", "a link that leads to no file."),
        ("walk/lost.bvh", "a link that leads to no file."),
        ("walk/round.bvh", "a link that leads to no file."),
        ("walk/b.bvh", "listed in missing.txt."),
    )
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost" / "a.bvh").symlink_to(tmp_path / "nowhere.bvh")
    with pytest.raises(SourceError, match=r"found only a\.bvh: a link that leads to no file"):
        prepare("bvh", tmp_path / "lost", out=tmp_path / "none")


def test_a_pyskl_file_is_prepared_without_clips_that_show_nobody(tmp_path):
    joints = np.ones((1, 3, 25, 3), dtype=np.float32)
    annotations = [
        {"frame_dir": "S001C001P003R001A002", "label": 1, "keypoint": joints},
        {"frame_dir": "S001C001P003R001A003", "label": 2, "keypoint": joints * 0},
        {"frame_dir": "S001C001P003R001A002", "label": 1, "keypoint": joints},
    ]
    path = tmp_path / "ntu60_3danno.pkl"
    path.write_bytes(pickle.dumps({"annotations": annotations}))
    report = prepare("pyskl", path, out=tmp_path / "out")
    clips = open_archive(tmp_path / "out")
    assert clips.clip_names == ("S001C001P003R001A002",)
    assert clips.labels.tolist() == [1]
    assert [reason.split(",")[0] for _, reason in report.skipped] == [
        "expected a visible joint", "expected clips of different names",
    ]  # fmt: skip


def test_a_plain_file_keeps_its_classes_and_their_order(tmp_path, clip_set, same_clips):
    write_npz(clip_set(), tmp_path / "three.npz")
    prepare("npz", tmp_path / "three.npz", out=tmp_path / "out", name="three")
    same_clips(open_archive(tmp_path / "out"), clip_set())


def test_of_several_plain_files_a_name_is_taken_once(tmp_path, clip_set, small_shards):
    (tmp_path / "raw").mkdir()
    for name in ("a", "b", "c"):
        write_npz(clip_set(), tmp_path / "raw" / f"{name}.npz")
    report = prepare("npz", tmp_path / "raw", out=tmp_path / "out")
    assert report.written == 3
    assert [name for name, _ in report.skipped] == ["c1", "c2", "c3"] * 2


def test_wrong_settings_are_refused_before_anything_is_written(tmp_path, ntu_folder):
    source = ntu_folder(tmp_path / "raw", 1)
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match=r"No format is called 'ntuu'\. Did you mean 'ntu'"):
        prepare("ntuu", source, out=out)
    with pytest.raises(ConfigError, match="have a layout of their own, found also 'kinect20'"):
        prepare("ntu", source, out=out, layout=get_layout("kinect20"))
    with pytest.raises(ConfigError, match="at least one worker, found 0"):
        prepare("ntu", source, out=out, workers=0)
    with pytest.raises(SourceError, match="found nothing of that name"):
        prepare("ntu", tmp_path / "nothing", out=out)
    with pytest.raises(SourceError, match=r"expected \.bvh files in this folder, found none"):
        prepare("bvh", source, out=out)
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
    out.mkdir()
    with pytest.raises(ArchiveError, match="already exists"):
        prepare("ntu", source, out=out)


def test_when_nothing_can_be_read_the_first_reason_is_told(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "S001C001P001R001A001.skeleton").write_text("")
    with pytest.raises(SourceError, match=r"not one of 1 \.skeleton files.*the end of the file"):
        prepare("ntu", tmp_path / "raw", out=tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_many_workers_write_the_same_bytes_as_one(tmp_path, ntu_folder, small_shards):
    source = ntu_folder(tmp_path / "raw", 9)
    # The first two shards yield no clip at all, so the layout is decided by the third.
    for number in range(4):
        (source / f"S000C001P00{number}R001A001.skeleton").write_text("0")
    for name, workers in (("one", 1), ("two", 2)):
        prepare("ntu", source, out=tmp_path / name, workers=workers, name="same")
    assert _content(tmp_path / "one") == _content(tmp_path / "two")


def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path, ntu_folder, small_shards
):
    source = ntu_folder(tmp_path / "raw", 9)
    (source / "S002C001P001R001A001.skeleton").write_text("3\n0\n")

    def interrupt(done, total):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare("ntu", source, out=tmp_path / "cut", progress=interrupt, name="same")
    assert not (tmp_path / "cut").exists()
    kept = tmp_path / "cut.partial" / "00001" / "clips" / "rows.npy"
    before = kept.stat().st_mtime_ns
    seen = []

    def watch(done, total):
        seen.append(done)
        assert kept.stat().st_mtime_ns == before

    prepare("ntu", source, out=tmp_path / "cut", progress=watch, name="same")
    prepare("ntu", source, out=tmp_path / "whole", name="same")
    assert seen == [2, 6, 8, 10] or seen == [2, 4, 6, 8, 10]
    assert _content(tmp_path / "cut") == _content(tmp_path / "whole")
    assert not (tmp_path / "cut.partial").exists()


_KILLED = """
import dataclasses, os, signal, sys
from crossglg.sources.formats import FORMATS
from crossglg.sources.prepare import prepare
from crossglg.sources.recordings import list_missing_skeletons

def die(done, total):
    if done >= 4:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    FORMATS["ntu"] = dataclasses.replace(FORMATS["ntu"], files_per_shard=2)
    prepare("ntu", sys.argv[1], out=sys.argv[2], workers=int(sys.argv[3]), progress=die,
            name="same")
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path, ntu_folder, small_shards, workers
):
    source = ntu_folder(tmp_path / "raw", 11)
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    ended = subprocess.run(
        [sys.executable, script, source, tmp_path / "cut", str(workers)], check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "cut").exists()
    assert len(list((tmp_path / "cut.partial").glob("0*"))) >= 2
    prepare("ntu", source, out=tmp_path / "cut", workers=workers, name="same")
    prepare("ntu", source, out=tmp_path / "whole", name="same")
    assert _content(tmp_path / "cut") == _content(tmp_path / "whole")


def test_a_run_killed_just_before_its_end_is_finished(
    tmp_path, ntu_folder, small_shards, monkeypatch
):
    source = ntu_folder(tmp_path / "raw", 3)

    def fail(path, target):
        raise OSError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        with pytest.raises(OSError, match="killed here"):
            prepare("ntu", source, out=tmp_path / "out")
    assert (tmp_path / "out.partial" / "archive").exists()
    assert prepare("ntu", source, out=tmp_path / "out").written == 3


def test_a_beginning_from_other_files_is_not_mixed_in(tmp_path, ntu_folder, small_shards):
    source = ntu_folder(tmp_path / "raw", 5)

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare("ntu", source, out=tmp_path / "out", progress=interrupt)
    os.utime(next(source.iterdir()), (1, 1))
    with pytest.raises(ArchiveError, match=r"out\.partial was begun from other files"):
        prepare("ntu", source, out=tmp_path / "out")


def test_a_folder_of_someone_elses_is_not_taken_for_a_beginning(tmp_path, ntu_folder):
    source = ntu_folder(tmp_path / "raw", 1)
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "letter.txt").write_text("dear")
    with pytest.raises(ArchiveError, match="begun from other files"):
        prepare("ntu", source, out=tmp_path / "out")
    assert (tmp_path / "out.partial" / "letter.txt").exists()


def test_a_real_data_set_is_prepared_with_nothing_left_out(tmp_path, data_file, same_clips):
    path = data_file("florence3d.npz")
    report = prepare("npz", path, out=tmp_path / "out", name="florence3d")
    assert report.written == 215
    assert report.skipped == ()
    same_clips(open_archive(Path(report.path), verify=True), read_npz(path))


@pytest.mark.parametrize(("worth", "read_as_many"), [(2, 2), (3, 0)])
def test_the_reader_that_takes_long_to_load_is_for_many_files(
    tmp_path, ntu_folder, monkeypatch, worth, read_as_many
):
    asked = []

    def read_many(file, source, layout):
        asked.append(file)
        return FORMATS["ntu"].read(file, source, layout)

    kind = dataclasses.replace(FORMATS["ntu"], files_per_shard=1, read_many=read_many)
    monkeypatch.setitem(FORMATS, "ntu", kind)
    monkeypatch.setattr("crossglg.sources.prepare.MANY", worth)
    source = ntu_folder(tmp_path / "raw", 3)  # the first is read before it is known how many
    assert prepare("ntu", source, out=tmp_path / "out").written == 3
    assert len(asked) == read_as_many
