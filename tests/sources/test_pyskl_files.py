"""pyskl pickles: 3-D and 2-D annotations, broken ones, and ones that carry code."""

import os
import pickle
from collections import OrderedDict

import numpy as np
import pytest

from crossglg.errors import SourceError
from crossglg.skeleton.layout import get_layout
from crossglg.sources.pyskl import read_pyskl


def _write(folder, content, protocol=4):
    path = folder / "annotations.pkl"
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


def _flat(**changes):
    """One 2-D annotation of two frames in a picture 100 high and 200 wide."""
    keypoint = np.zeros((1, 2, 17, 2), dtype=np.float16)
    keypoint[...] = (150.0, 25.0)
    annotation = {
        "frame_dir": "v_Archery_g01",
        "label": 2,
        "total_frames": 2,
        "img_shape": (100, 200),
        "keypoint": keypoint,
        "keypoint_score": np.full((1, 2, 17), 0.5, dtype=np.float16),
    }
    return annotation | changes


def _solid(name, label, *, persons=1):
    joints = np.random.default_rng(label).normal(size=(persons, 3, 25, 3)).astype(np.float32)
    return {"frame_dir": name, "label": label, "total_frames": 3, "keypoint": joints}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_three_dimensional_annotations_of_ntu_carry_its_classes_and_subjects(tmp_path, protocol):
    records = [_solid("S001C001P003R001A001", 0), _solid("S001C001P008R001A013", 12, persons=2)]
    records[1]["keypoint"][1, 1] = 0.0
    records[0]["label"] = np.int64(0)
    content = OrderedDict(split={"xsub_train": ["S001C001P003R001A001"]}, annotations=records)
    file = read_pyskl(_write(tmp_path, content, protocol))
    first, second = file.clips()
    assert file.layout.name == "ntu25"
    assert len(file.class_names) == 60
    assert (first.class_name, first.subject) == ("drink water", 3)
    assert (second.class_name, second.subject) == ("tear up paper", 8)
    np.testing.assert_array_equal(first.clip.joints, records[0]["keypoint"])
    assert second.clip.present.tolist() == [[True] * 3, [True, False, True]]
    assert second.clip.fps == 30.0


def test_a_person_that_is_only_padding_is_left_out(tmp_path):
    record = _solid("S001C001P003R001A001", 0, persons=2)
    record["keypoint"][0] = 0.0
    (labelled,) = read_pyskl(_write(tmp_path, [record])).clips()
    np.testing.assert_array_equal(labelled.clip.joints, record["keypoint"][1:])


def test_two_dimensional_annotations_are_upright_fractions_of_the_height(tmp_path):
    annotation = _flat()
    annotation["keypoint_score"][0, 1, 4] = 0.0
    file = read_pyskl(_write(tmp_path, [annotation]))
    (labelled,) = file.clips()
    assert file.layout.name == "coco17"
    assert file.class_names == ("class_000", "class_001", "class_002")
    assert (labelled.name, labelled.class_name, labelled.subject) == (
        "v_Archery_g01", "class_002", -1,
    )  # fmt: skip
    np.testing.assert_allclose(labelled.clip.joints[0, 0, 0], [1.5, 0.75, 0.0])
    assert np.argwhere(~labelled.clip.visible).tolist() == [[0, 1, 4]]


def test_another_number_of_joints_needs_a_layout(tmp_path):
    record = _solid("walk", 0) | {"keypoint": np.ones((1, 3, 20, 3))}
    path = _write(tmp_path, [record])
    with pytest.raises(SourceError, match=r"annotation 1: .*found 20 in 3-D.*--layout"):
        read_pyskl(path)
    assert read_pyskl(path, layout=get_layout("kinect20")).layout.name == "kinect20"
    with pytest.raises(SourceError, match="expected 15 joints of layout 'openni15', found 20"):
        read_pyskl(path, layout=get_layout("openni15"))


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        ("nothing", "found no frame_dir, label, keypoint"),
        (_flat(frame_dir=3), "expected text as frame_dir"),
        (_flat(label=-1), "expected a class number as label, found '-1'"),
        (_flat(label="wave"), "expected a class number"),
        (_flat(keypoint=[[1, 2]]), "expected a keypoint array"),
        (_flat(keypoint=np.zeros((2, 17, 2))), r"found float64 of shape \(2, 17, 2\)"),
        (_flat(keypoint=np.zeros((0, 2, 17, 2))), "at least one person"),
        (_flat(total_frames=9), "found 2 and 9"),
        (_flat(keypoint_score=None), "expected keypoint_score"),
        (_flat(keypoint_score=np.zeros((1, 2, 3))), "expected keypoint_score"),
        (_flat(img_shape=None), "expected \\(height, width\\) as img_shape"),
        (_flat(img_shape=(0, 5)), "img_shape"),
    ],
)
def test_a_broken_annotation_is_named_and_refused(tmp_path, annotation, problem):
    path = _write(tmp_path, {"split": {}, "annotations": [_flat(), annotation]})
    with pytest.raises(SourceError, match=f"annotation 2: .*{problem}"):
        read_pyskl(path)


@pytest.mark.parametrize("content", [{}, [], {"annotations": {}}, 5, "text"])
def test_a_pickle_without_annotations_is_refused(tmp_path, content):
    with pytest.raises(SourceError, match="expected a list of annotations"):
        read_pyskl(_write(tmp_path, content))


class _Attack:
    def __init__(self, function, *arguments):
        self.reduced = (function, arguments)

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_wants_to_run_a_command_is_refused_and_runs_nothing(tmp_path, protocol):
    trace = tmp_path / "trace"
    record = _flat(label=_Attack(os.system, f"touch {trace}"))
    with pytest.raises(SourceError, match=r"asks to run '.*system'.*is refused"):
        read_pyskl(_write(tmp_path, [record], protocol))
    assert not trace.exists()


@pytest.mark.parametrize("function", [eval, getattr, np.load, np.frombuffer, os.getcwd, object])
def test_every_other_function_is_refused_too(tmp_path, function):
    with pytest.raises(SourceError, match="is refused"):
        read_pyskl(_write(tmp_path, [_Attack(function, "1")]))


def test_arrays_of_objects_and_of_fields_are_refused(tmp_path):
    for array in (np.array([{}], dtype=object), np.zeros(2, dtype=[("x", "f4")])):
        with pytest.raises(SourceError, match="an array of"):
            read_pyskl(_write(tmp_path, [_flat(keypoint=array)]))


def test_a_forged_array_never_reaches_beyond_its_bytes(tmp_path):
    honest = pickle.dumps([_flat()], protocol=4)
    shape = pickle.dumps((1, 2, 17, 2), protocol=4)[11:-2]
    forged = honest.replace(shape, pickle.dumps((9, 9, 99, 9), protocol=4)[11:-2])
    assert forged != honest
    path = tmp_path / "forged.pkl"
    path.write_bytes(forged)
    with pytest.raises(SourceError, match=r"an array of shape \(9, 9, 99, 9\)"):
        read_pyskl(path)


def test_a_pickle_cut_anywhere_is_refused(tmp_path):
    content = pickle.dumps([_flat()], protocol=4)
    path = tmp_path / "cut.pkl"
    for length in range(0, len(content) - 1, 7):
        path.write_bytes(content[:length])
        with pytest.raises(SourceError, match="truncated"):
            read_pyskl(path)
