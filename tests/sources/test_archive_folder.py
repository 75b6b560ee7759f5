"""The prepared archive: round trip, memory mapping, and every kind of damage."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.errors import ArchiveError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.archive import open_archive, write_archive
from crossglg.sources.labelled import LabelledClip, label_clips
from crossglg.sources.npz import read_npz


@pytest.fixture
def archive(tmp_path, clip_set):
    clips = clip_set()
    out = tmp_path / "three"
    write_archive(label_clips(clips), out, name="three", class_names=clips.class_names)
    return out


@pytest.mark.parametrize(("persons", "hide"), [(1, True), (2, True), (3, False)])
def test_what_is_written_is_opened_again(tmp_path, clip_set, same_clips, persons, hide):
    clips = clip_set(persons=persons, hide=hide)
    out = tmp_path / "deep" / "archive"
    write_archive(label_clips(clips), out, name="three", class_names=clips.class_names)
    same_clips(open_archive(out, verify=True), clips)
    assert (out / "visible.npy").exists() == hide
    assert [path.name for path in out.parent.iterdir()] == ["archive"]


def test_rows_stay_on_disk(archive):
    clips = open_archive(archive)
    assert isinstance(clips.rows, np.memmap)
    assert isinstance(clips.visible, np.memmap)
    assert not clips.rows.flags.writeable


def test_the_manifest_tells_what_is_there(archive):
    manifest = json.loads((archive / "manifest.json").read_text())
    assert manifest["version"] == 1
    assert manifest["layout"]["name"] == "kinect20"
    assert manifest["class_names"] == ["wave", "bow", "kick"]
    assert (manifest["clips"], manifest["subjects"], manifest["skipped"]) == (3, [-1, 1, 4], 0)
    assert manifest["arrays"]["rows"]["shape"] == [8, 20, 3]
    assert manifest["arrays"]["rows"]["dtype"] == "<f4"
    assert len(manifest["arrays"]["rows"]["sha256"]) == 64


def test_without_class_names_those_that_occur_are_sorted(tmp_path, clip_set):
    write_archive(label_clips(clip_set()), tmp_path / "a", name="a")
    clips = open_archive(tmp_path / "a")
    assert clips.class_names == ("kick", "wave")
    assert clips.labels.tolist() == [0, 1, 0]


def test_clips_are_taken_one_at_a_time(tmp_path):
    layout = get_layout("openni15")
    alive = 0

    class Counted(SkeletonClip):
        def __del__(self):
            nonlocal alive
            alive -= 1

    def make():
        nonlocal alive
        for index in range(20):
            joints = np.full((1, 2, 15, 3), index, dtype=np.float32)
            clip = Counted(joints, np.ones((1, 2, 15), dtype=bool), 30.0, layout)
            alive += 1
            assert alive <= 2
            yield LabelledClip(f"c{index}", clip, "wave", 0)

    write_archive(make(), tmp_path / "a", name="a")
    assert len(open_archive(tmp_path / "a")) == 20


def test_what_cannot_be_one_archive_is_refused_and_leaves_nothing(tmp_path, clip_set):
    out = tmp_path / "a"
    other = SkeletonClip.from_array(np.ones((2, 15, 3)), fps=30.0, layout=get_layout("openni15"))
    first = next(label_clips(clip_set()))
    broken = {
        "at least one clip": [],
        "layout 'kinect20', found 'openni15' in clip 'x'": [
            first, LabelledClip("x", other, "bow", 0),
        ],
        "found 'c1' twice": [first, first],
    }  # fmt: skip
    for problem, clips in broken.items():
        with pytest.raises(ArchiveError, match=problem):
            write_archive(clips, out, name="a")
    with pytest.raises(ArchiveError, match="found also kick"):
        write_archive([first], out, name="a", class_names=["wave"])
    assert not list(tmp_path.iterdir())


def test_an_archive_is_never_written_over(archive, clip_set):
    with pytest.raises(ArchiveError, match="already exists"):
        write_archive(label_clips(clip_set()), archive, name="three")


def test_a_folder_that_is_no_archive_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(ArchiveError, match=r"is no prepared archive.*crossglg prepare"):
            open_archive(folder)


def _edit_manifest(archive, **changes):
    file = archive / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_another_version_is_refused(archive):
    _edit_manifest(archive, version=2)
    with pytest.raises(ArchiveError, match="expected format version 1, found 2"):
        open_archive(archive)


@pytest.mark.parametrize(
    "changes",
    [
        {"arrays": {}},
        {"arrays": None},
        {"layout": {"name": "x"}},
        {"layout": []},
        {"class_names": None},
        {"class_names": ["one"]},
        {"layout": get_layout("openni15").to_json()},
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(archive, changes):
    _edit_manifest(archive, **changes)
    with pytest.raises(ArchiveError, match="damaged"):
        open_archive(archive)


@pytest.mark.parametrize("content", ["", "{", "[]", "5"])
def test_a_manifest_that_is_no_object_is_refused(archive, content):
    (archive / "manifest.json").write_text(content)
    with pytest.raises(ArchiveError):
        open_archive(archive)


@pytest.mark.parametrize("name", ["rows.npy", "visible.npy", "labels.npy", "clip_names.npy"])
def test_a_missing_and_a_cut_file_are_noticed_on_opening(archive, name):
    file = archive / name
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    with pytest.raises(ArchiveError, match=f"{name}: expected {len(content)} bytes, found"):
        open_archive(archive)
    file.unlink()
    with pytest.raises(ArchiveError, match=f"{name} is missing"):
        open_archive(archive)


def test_one_changed_number_is_noticed_by_its_checksum(archive):
    file = archive / "rows.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert len(open_archive(archive)) == 3
    with pytest.raises(ArchiveError, match=r"rows\.npy: the content does not match its checksum"):
        open_archive(archive, verify=True)


def test_arrays_of_another_archive_are_noticed(archive, tmp_path, clip_set):
    other = tmp_path / "other"
    write_archive(label_clips(clip_set().select([0, 1])), other, name="other")
    shutil.copy(other / "labels.npy", archive / "labels.npy")
    with pytest.raises(ArchiveError, match=r"labels\.npy"):
        open_archive(archive)


@pytest.mark.filterwarnings("ignore:Reading `.npy` or `.npz`")
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_mutated_archive_is_opened_or_refused_and_nothing_else(data, clip_set, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "mutated_archive"
    shutil.rmtree(folder, ignore_errors=True)
    write_archive(label_clips(clip_set()), folder, name="three")
    file = data.draw(st.sampled_from(sorted(p for p in folder.iterdir() if p.name[0] != "s")))
    content = file.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    new = data.draw(st.binary(min_size=1, max_size=3).filter(lambda new: new not in content[at:]))
    file.write_bytes(content[:at] + new + content[at + len(new) :])
    try:
        open_archive(folder)
    except ArchiveError:
        return
    if file.suffix == ".npy":
        with pytest.raises(ArchiveError):
            open_archive(folder, verify=True)


def test_a_real_data_set_goes_through_an_archive_unchanged(tmp_path, data_file, same_clips):
    clips = read_npz(data_file("utkinect.npz"))
    write_archive(
        label_clips(clips), tmp_path / "a", name=clips.name, class_names=clips.class_names
    )
    same_clips(open_archive(tmp_path / "a", verify=True), clips)
