"""PKU-MMD: how sequences are cut, counted and named, and what is said where labels do not fit."""

import numpy as np
import pytest

from crossglg.errors import SourceError
from crossglg.sources import open_archive, read_pku
from crossglg.sources.prepare import prepare


def _write(folder, labels, *, name="A10N03-L.txt", frames=40, present=None):
    """A sequence in two folders; x of every joint is the number of its frame, plus 1.

    ``present`` is (frames, bodies); without it the first body is always there.
    """
    seen = np.zeros((frames, 2)) if present is None else np.array(present, dtype=float)
    if present is None:
        seen[:, 0] = 1
    joints = np.ones((frames, 2, 25, 3))
    joints[..., 0] = np.arange(1, frames + 1)[:, None, None]
    joints *= seen[:, :, None, None]
    for part in ("skeletons", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    skeleton = folder / "skeletons" / name
    skeleton.write_text(
        "".join(" " + " ".join(f"{x:.6f}" for x in frame.ravel()) + "\n" for frame in joints)
    )
    (folder / "labels" / name).write_text("".join(f"{row}\n" for row in labels))
    return skeleton


def test_a_sequence_is_cut_at_its_labels(tmp_path):
    path = _write(tmp_path, ["1,0,10,2", "51,12,40,1"])
    one, other = read_pku(path).clips
    assert (one.name, one.class_name, one.subject) == ("A10N03-L_1", "bow", 3)
    assert (other.name, other.class_name, other.subject) == ("A10N03-L_2", "writing", 3)
    assert (one.clip.layout.name, one.clip.fps, one.clip.person_count) == ("ntu25", 30.0, 1)
    # The second number is the frame behind the last; frames count from 0.
    np.testing.assert_array_equal(one.clip.joints[0, :, 0, 0], np.arange(1, 11))
    np.testing.assert_array_equal(other.clip.joints[0, :, 7, 0], np.arange(13, 41))


def test_a_second_person_is_there_where_it_was_seen(tmp_path):
    present = np.zeros((40, 2))
    present[:30, 0] = present[5:15, 1] = present[30:, 1] = 1
    path = _write(tmp_path, ["14,0,20,2", "1,16,28,2", "1,31,38,2"], present=present)
    both, first, second = (labelled.clip for labelled in read_pku(path).clips)
    assert both.person_count == 2
    assert np.flatnonzero(both.present[1]).tolist() == list(range(5, 15))
    assert both.present[0].all()
    assert (first.person_count, second.person_count) == (1, 1)
    assert second.present.all()


def test_what_nobody_is_seen_in_is_not_counted(tmp_path):
    present = np.zeros((40, 2))
    present[:20, 0] = 1
    path = _write(tmp_path, ["1,22,30,2", "2,5,5,2", "3,50,60,2", "4,15,99,2"], present=present)
    sequence = read_pku(path)
    assert [clip.name for clip in sequence.clips] == ["A10N03-L_1"]
    assert sequence.clips[0].clip.present[0].sum() == 5
    assert sequence.empty == tuple(
        f"A10N03-L, frames {a} to {b}" for a, b in ((22, 30), (5, 5), (50, 60))
    )


def test_phase_one_names_no_subject_and_labels_may_lack_how_well(tmp_path):
    path = _write(tmp_path, ["7,0,9"], name="0002-r.txt")
    (labelled,) = read_pku(path).clips
    assert (labelled.name, labelled.subject) == ("0002-R_1", -1)


def test_a_folder_becomes_an_archive_whose_classes_are_those_that_occur(tmp_path):
    raw = tmp_path / "raw"
    _write(raw, ["51,0,10,2", "8,10,20,2"])
    _write(raw, ["8,0,10,2", "4,30,20,2", "5,0,8,2"], name="A02N01-M.txt")
    _write(raw, ["52,0,10,2"], name="A03N01-M.txt")
    (raw / "labels" / "readme.txt").write_text("hello")
    report = prepare("pku", raw, out=tmp_path / "out")
    clips = open_archive(tmp_path / "out")
    assert clips.class_names == ("cheer up", "drink water", "writing")
    assert dict(zip(clips.clip_names, clips.labels, strict=True)) == {
        "A02N01-M_1": 1, "A02N01-M_2": 0, "A10N03-L_1": 2, "A10N03-L_2": 1,
    }  # fmt: skip
    assert sorted(clips.subjects.tolist()) == [1, 1, 3, 3]
    assert [entry for entry, _ in report.skipped] == [
        "A02N01-M, frames 30 to 20", "skeletons/A03N01-M.txt",
    ]  # fmt: skip
    assert "action 1 of its labels: expected an action from 1 to 51" in report.skipped[1][1]


def test_labels_that_are_missing_or_wrong_are_said(tmp_path):
    path = _write(tmp_path, ["1,0,10,2"])
    labels = tmp_path / "labels" / path.name
    labels.write_text("1,0,10,2\n1,zero,10,2\n")
    with pytest.raises(SourceError, match="line 2: expected 3 or 4 numbers, found '1,zero,10,2'"):
        read_pku(path)
    labels.write_text("1,0.5,10,2\n")
    with pytest.raises(SourceError, match=r"two numbers of frames, found 1, 0\.5 and 10"):
        read_pku(path)
    labels.unlink()
    with pytest.raises(SourceError, match="Unpack skeletons and labels into two folders"):
        read_pku(path)


def test_a_skeleton_file_that_is_damaged_or_called_otherwise_is_said(tmp_path):
    path = _write(tmp_path, ["1,0,10,2"])
    text = path.read_text()
    path.write_text(text[:-20])
    with pytest.raises(SourceError, match=r"line 40: expected 150 numbers, found 14\d parts"):
        read_pku(path)
    other = path.rename(path.with_name("sequence.txt"))
    with pytest.raises(SourceError, match=r"expected a name like A10N01-L\.txt"):
        read_pku(other)
