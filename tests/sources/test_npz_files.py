"""The plain .npz format: what it holds, what is refused, and writing it back."""

import io
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.errors import ClipError, SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.sources.clipset import ClipSet
from crossglg.sources.npz import read_masks, read_npz, write_npz


@pytest.fixture
def fields():
    """The fields of a small file in OpenNI order but with the joints back to front."""
    layout = get_layout("openni15")
    rng = np.random.default_rng(5)
    return {
        "keypoints": rng.normal(size=(9, 15, 3)).astype(np.float32),
        "offsets": np.array([0, 4, 5, 9]),
        "labels": np.array([1, 0, 1]),
        "label_names": np.array(["sit", "stand"]),
        "subjects": np.array([3, -1, 7]),
        "joint_names": np.array(layout.joints[::-1]),
        "parents": 14 - layout.parent_index[::-1],
        "fps": np.float32(30.0),
        "seq_names": np.array(["a", "b", "c"]),
    }


def _write(folder, fields):
    path = folder / "small.npz"
    np.savez(path, **fields)
    return path


def test_every_field_arrives_and_joints_take_the_order_of_their_layout(tmp_path, fields):
    clips = read_npz(_write(tmp_path, fields))
    assert clips.name == "small"
    assert clips.layout == get_layout("openni15")
    assert clips.class_names == ("sit", "stand")
    assert clips.clip_names == ("a", "b", "c")
    assert clips.visible is None
    assert clips.labels.tolist() == [1, 0, 1]
    assert clips.subjects.tolist() == [3, -1, 7]
    assert clips.frames.tolist() == [4, 1, 4]
    assert clips.fps.tolist() == [30.0] * 3
    np.testing.assert_array_equal(clips.clip(2).joints[0], fields["keypoints"][5:, ::-1])


def test_a_joint_that_is_no_number_is_not_visible(tmp_path, fields):
    fields["keypoints"][5, 2, 1] = np.nan
    clips = read_npz(_write(tmp_path, fields))
    assert np.argwhere(~clips.clip(2).visible).tolist() == [[0, 0, 12]]
    assert clips.clip(0).visible.all()
    assert not clips.rows[5, 12].any()


def test_clips_may_have_a_frame_rate_each(tmp_path, fields):
    fields["fps"] = np.float32(0.0)
    fields["seq_fps"] = np.array([15.0, 30.0, 15.0])
    assert read_npz(_write(tmp_path, fields)).fps.tolist() == [15.0, 30.0, 15.0]


def test_half_precision_stays_and_double_precision_becomes_single(tmp_path, fields):
    for stored, kept in ((np.float16, np.float16), (np.float64, np.float32)):
        changed = fields | {"keypoints": fields["keypoints"].astype(stored)}
        assert read_npz(_write(tmp_path, changed)).rows.dtype == kept


def test_masks_are_further_fields_that_say_yes_or_no_of_every_clip(tmp_path, fields):
    valid = np.array([True, False, True])
    fields |= {
        "valid557": valid,
        "seen": np.ones((9, 15), dtype=bool),
        "correct": np.array([1, 0, 1]),
        "episode": np.array([0, 1, 2]),
    }
    masks = read_masks(_write(tmp_path, fields))
    assert sorted(masks) == ["correct", "valid557"]
    np.testing.assert_array_equal(masks["valid557"], valid)


def test_further_fields_that_are_no_plain_arrays_are_left_alone(tmp_path, fields, monkeypatch):
    fields |= {"valid": np.array([1, 0, 1]), "meta": np.array([{"by": "me"}], dtype=object)}
    path = _write(tmp_path, fields)
    read = []
    of_file = np.lib.npyio.NpzFile.__getitem__
    monkeypatch.setattr(
        np.lib.npyio.NpzFile,
        "__getitem__",
        lambda self, key: read.append(key) or of_file(self, key),
    )
    assert sorted(read_masks(path)) == ["valid"]
    assert set(read) == {"labels", "valid", "meta"}
    assert len(read_npz(path)) == 3


@pytest.mark.parametrize(
    "key",
    ["keypoints", "offsets", "labels", "label_names", "subjects", "joint_names", "parents", "fps",
     "seq_names"],
)  # fmt: skip
def test_a_missing_field_is_named(tmp_path, fields, key):
    del fields[key]
    with pytest.raises(SourceError, match=f"small.npz, field '{key}': expected this field"):
        read_npz(_write(tmp_path, fields))


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("keypoints", np.zeros((9, 15, 2), np.float32), r"shape \(any, 15, 3\), found float32"),
        ("keypoints", np.zeros((9, 15, 3), np.int64), "floating point numbers"),
        ("keypoints", np.full((9, 15, 3), np.nan, np.float32), "found none in 'a'"),
        ("offsets", np.array([0, 5, 4, 9]), "expected increasing .* smallest step -1"),
        ("offsets", np.array([0, 4, 5, 8]), "from 0 to 9, found 4 numbers from 0 to 8"),
        ("offsets", np.array([1, 4, 5, 9]), "from 0 to 9, found 4 numbers from 1"),
        ("offsets", np.array([], dtype=np.int64), "found 0 numbers"),
        ("offsets", np.array([0.0, 4.0, 5.0, 9.0]), "whole numbers"),
        ("labels", np.array([0, 1, 2]), "from 0 to 1, one per entry of label_names, found 0 to 2"),
        ("labels", np.array([0, -1, 1]), "found -1 to 1"),
        ("labels", np.array([0, 1]), r"shape \(3\), found int64 of shape \(2,\)"),
        ("label_names", np.array([1, 2]), "array of text"),
        ("label_names", np.array(["sit", "sit"]), "expected different names, found 'sit' twice"),
        ("subjects", np.array([0.5, 1, 2]), "whole numbers"),
        ("joint_names", np.array(["a", "b"]), "joints not understood: a, b"),
        ("parents", np.zeros(3, np.int64), r"shape \(15\)"),
        ("fps", np.float64(0.0), "expected positive frames per second, found 0.0"),
        ("fps", np.float64(np.nan), "expected positive frames per second"),
        ("seq_fps", np.array([30.0, -1.0, 30.0]), "found -1.0"),
        ("seq_names", np.array(["a", "b", "a"]), "expected unique names, found 'a' twice"),
    ],
)
def test_an_odd_field_is_named_with_what_was_expected(tmp_path, fields, key, value, problem):
    fields[key] = value
    with pytest.raises(SourceError, match=f"field '{key}': .*{problem}"):
        read_npz(_write(tmp_path, fields))


def test_a_repeated_name_among_many_is_found_at_once(tmp_path, fields):
    count = 40_000
    names = [str(number) for number in range(count - 1)]
    changed = fields | {
        "keypoints": np.zeros((count, 15, 3), dtype=np.float16),
        "offsets": np.arange(count + 1),
        "labels": np.zeros(count, dtype=np.int64),
        "subjects": np.zeros(count, dtype=np.int64),
        "seq_names": np.array([*names, names[-1]]),
    }
    path = _write(tmp_path, changed)
    started = time.monotonic()
    with pytest.raises(SourceError, match=f"found '{names[-1]}' twice"):
        read_npz(path)
    assert time.monotonic() - started < 5


def test_what_needs_pickle_is_not_loaded(tmp_path, fields):
    fields["label_names"] = np.array(["sit", None], dtype=object)
    with pytest.raises(SourceError, match="field 'label_names': expected an array"):
        read_npz(_write(tmp_path, fields))


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "x.npz"
    with pytest.raises(SourceError, match="found nothing of that name"):
        read_npz(path)
    for content in (b"", b"rubbish", b"PK\x03\x04rubbish"):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=r"expected a \.npz file, found something else"):
            read_npz(path)
    with path.open("wb") as stream:
        np.save(stream, np.zeros(3))
    with pytest.raises(SourceError, match="found a single array"):
        read_npz(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("joint_names", "head")
    with pytest.raises(SourceError, match="field 'joint_names'"):
        read_npz(path)


def test_what_is_written_is_read_back(tmp_path, clip_set, same_clips):
    clips = clip_set()
    write_npz(clips, tmp_path / "three.npz")
    same_clips(read_npz(tmp_path / "three.npz"), clips)
    assert [path.name for path in tmp_path.iterdir()] == ["three.npz"]


def test_a_selection_is_written_without_the_rest(tmp_path, clip_set, same_clips):
    chosen = clip_set().select([2, 0])
    write_npz(chosen, tmp_path / "three.npz")
    again = read_npz(tmp_path / "three.npz")
    same_clips(again, chosen)
    assert len(again.rows) == 7


def test_a_layout_of_the_users_own_comes_back_when_it_is_given(tmp_path):
    layout = Layout("snake", ("front", "back"), ("front", "front"))
    clip = SkeletonClip.from_array(np.ones((2, 2, 3)), fps=10.0, layout=layout)
    clips = ClipSet.from_clips(
        [clip], name="s", class_names=("crawl",), labels=(0,), subjects=(0,), clip_names=("c",)
    )
    write_npz(clips, tmp_path / "s.npz")
    assert read_npz(tmp_path / "s.npz", layout=layout).layout == layout
    with pytest.raises(SourceError, match="--layout"):
        read_npz(tmp_path / "s.npz")


def test_layouts_of_one_name_that_differ_make_no_set(clip_set):
    first, second = list(clip_set().clips())[:2]
    other = Layout("kinect20", first.layout.joints[::-1], first.layout.parents[::-1])
    with pytest.raises(ClipError, match="exactly one layout, found 'kinect20' of 20 joints, 'kin"):
        ClipSet.from_clips(
            [first, replace(second, layout=other)],
            name="two",
            class_names=("bow",),
            labels=(0, 0),
            subjects=(-1, -1),
            clip_names=("a", "b"),
        )


def test_several_persons_and_no_clip_are_not_written(tmp_path, clip_set):
    with pytest.raises(SourceError, match="expected clips of one person, found 2 persons in 'c1'"):
        write_npz(clip_set(persons=2), tmp_path / "three.npz")
    with pytest.raises(SourceError, match="at least one clip"):
        write_npz(clip_set().select([]), tmp_path / "three.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore:Reading `.npy` or `.npz`")
@settings(max_examples=200, deadline=None)
@given(place=st.floats(0, 1), length=st.integers(0, 30), new=st.binary(max_size=5))
def test_a_mutated_file_is_read_or_refused_and_nothing_else(
    place, length, new, clip_set, tmp_path_factory
):
    path = tmp_path_factory.getbasetemp() / "mutated.npz"
    write_npz(clip_set(), path)
    content = path.read_bytes()
    at = int(place * len(content))
    path.write_bytes(content[:at] + new + content[at + length :])
    refusal = "mutated.npz"
    try:
        read_npz(path)
    except SourceError as error:
        refusal = str(error)
    assert refusal.startswith("mutated.npz")


def test_writing_twice_gives_the_same_bytes(tmp_path, clip_set):
    for name in ("a.npz", "b.npz"):
        write_npz(clip_set(), tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert zipfile.is_zipfile(io.BytesIO((tmp_path / "a.npz").read_bytes()))


@pytest.mark.parametrize(
    ("name", "clip_count", "class_count", "layout"),
    [
        ("utd_mhad.npz", 861, 27, "kinect20"),
        ("msr_action3d.npz", 566, 20, "kinect20"),
        ("kard.npz", 540, 18, "openni15"),
        ("utkinect.npz", 199, 10, "kinect20"),
        ("florence3d.npz", 215, 9, "openni15"),
        ("union15.npz", 2372, 49, "openni15"),
        ("ui_prmd_vicon20.npz", 1955, 10, "kinect20"),
        ("bandai1.npz", 174, 16, "bandai21"),
        ("bandai2.npz", 2902, 10, "bandai21"),
    ],
)
def test_real_data_sets_are_read(data_file, name, clip_count, class_count, layout):
    clips = read_npz(data_file(name))
    assert (len(clips), len(clips.class_names), clips.layout.name) == (
        clip_count, class_count, layout,
    )  # fmt: skip
    assert clips.visible is None
    assert clips.clip(0).duration_s > 0


def test_the_mask_of_msr_action3d_keeps_557_clips(data_file):
    assert read_masks(data_file("msr_action3d.npz"))["valid557"].sum() == 557
