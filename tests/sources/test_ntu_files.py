"""NTU RGB+D: what a .skeleton file and its name say, and what is said of a broken one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.errors import SourceError
from crossglg.sources.decimals import read_decimals
from crossglg.sources.ntu import (
    NtuName,
    choose_ntu_classes,
    choose_scan,
    list_ntu_classes,
    parse_ntu_name,
    read_lines,
    read_ntu,
    read_ntu_skeleton,
)

_NAME = "S001C001P001R001A001.skeleton"


@pytest.fixture(
    scope="module",
    params=[False, pytest.param(True, marks=pytest.mark.slow)],  # compiling takes seconds
    ids=["in arrays", "compiled"],
)
def many(request):
    if request.param:
        pytest.importorskip("numba", reason="numba is not installed (extra fast)")
    return request.param


@pytest.fixture
def joints():
    return np.random.default_rng(1).normal(size=(4, 25, 3)).astype(np.float32)


def _write(folder, text, name=_NAME):
    path = folder / name
    path.write_text(text)
    return path


def test_a_name_is_taken_apart_and_put_together_again():
    name = parse_ntu_name("some/folder/S018C002P037R002A120.skeleton")
    assert name == NtuName(setup=18, camera=2, performer=37, replication=2, action=120)
    assert str(name) == "S018C002P037R002A120"
    assert parse_ntu_name(str(name)) == name


@pytest.mark.parametrize("name", ["", "S1C1P1R1A1", "S001C001P001R001A121", "walk", "S001C001"])
def test_a_name_of_another_form_is_refused(name):
    with pytest.raises(SourceError, match="S001C002P003R002A013"):
        parse_ntu_name(name)


def test_there_are_120_different_actions_in_the_published_order():
    names = list_ntu_classes()
    assert len(set(names)) == 120
    assert (names[0], names[6], names[42], names[60], names[114]) == (
        "drink water", "throw", "falling", "put on headphone", "take a photo of other person",
    )  # fmt: skip
    assert choose_ntu_classes(60) == names[:60]
    assert choose_ntu_classes(61) == names


def test_coordinates_label_and_subject_come_out_as_written(tmp_path, ntu_text, joints):
    text = ntu_text([[(72057594037931101, frame)] for frame in joints])
    labelled = read_ntu(_write(tmp_path, text, "S001C002P003R002A013.skeleton"))
    assert (labelled.name, labelled.class_name, labelled.subject) == (
        "S001C002P003R002A013", "tear up paper", 3,
    )  # fmt: skip
    assert labelled.clip.layout.name == "ntu25"
    assert labelled.clip.fps == 30.0
    assert labelled.clip.visible.all()
    np.testing.assert_allclose(labelled.clip.joints[0], joints, rtol=1e-6)


def test_bodies_keep_their_person_and_are_not_visible_where_lost(tmp_path, ntu_text, joints):
    # These two ids are the same number in double precision.
    first, second = 72057594037931101, 72057594037931102
    frames = [
        [(first, joints[0])],
        [],
        [(second, joints[2]), (first, joints[1])],
        [(second, joints[3])],
    ]
    clip = read_ntu_skeleton(_write(tmp_path, ntu_text(frames)))
    assert clip.present.tolist() == [[True, False, True, False], [False, False, True, True]]
    np.testing.assert_allclose(clip.joints[0, 2], joints[1], rtol=1e-6)
    np.testing.assert_allclose(clip.joints[1, 2], joints[2], rtol=1e-6)
    assert not clip.joints[~clip.visible].any()


def test_a_body_id_that_repeats_within_a_frame_loses_nobody(tmp_path, ntu_text, joints):
    clip = read_ntu_skeleton(_write(tmp_path, ntu_text([[(5, joints[0]), (5, joints[1])]])))
    np.testing.assert_allclose(clip.joints[:, 0], joints[:2], rtol=1e-6)


def test_line_ends_of_windows_and_blank_lines_do_no_harm(tmp_path, ntu_text, joints):
    text = ntu_text([[(5, joints[0])]])
    path = tmp_path / _NAME
    path.write_bytes(text.replace("\n", "\r\n\r\n").encode())
    np.testing.assert_allclose(read_ntu_skeleton(path).joints[0, 0], joints[0], rtol=1e-6)


def test_a_coordinate_that_is_no_number_hides_its_joint_only(tmp_path, ntu_text, joints):
    joints[0, 4, 1] = np.nan
    clip = read_ntu_skeleton(_write(tmp_path, ntu_text([[(5, joints[0])]])))
    assert np.flatnonzero(~clip.visible[0, 0]).tolist() == [4]


def test_a_file_that_ends_within_a_body_names_the_frame_and_the_joints(tmp_path, ntu_text, joints):
    lines = ntu_text([[(5, joints[index % 4])] for index in range(40)]).splitlines()
    until_frame_37 = 1 + 36 * 28
    text = "\n".join(lines[: until_frame_37 + 3 + 24])
    with pytest.raises(SourceError) as caught:
        read_ntu_skeleton(_write(tmp_path, text))
    assert str(caught.value) == (
        "S001C001P001R001A001.skeleton, frame 37: expected 25 joints, found 24. "
        "The file is probably truncated; download it again."
    )


def test_a_body_of_another_sensor_is_refused(tmp_path, ntu_text, joints):
    text = ntu_text([[(5, joints[0])], [(5, joints[1, :20])]])
    with pytest.raises(SourceError, match="frame 2: expected 25 joints, found 20"):
        read_ntu_skeleton(_write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected the number of frames, found the end of the file"),
        ("0\n", "expected at least one frame, found 0"),
        ("many\n", "expected the number of frames, found 'many'"),
        ("-3\n", "expected the number of frames, found '-3'"),
        ("3\n0\n0\n0\n", "found none in any of its 3 frames"),
        ("3\n0\n0\n", "frame 3: expected the number of bodies, found the end"),
        ("1\n0\n7\n8\n", "after frame 1: expected the end of the file, found 2 more lines"),
        ("1\n1\n5 0 1\n25\n", "frame 1: expected a body line of 10 numbers"),
        ("1\n1\n5 0 1 1 1 1 0 0 0 2\n25\n1 2 3\n", "expected 25 joints, found 1"),
        (
            "1\n1\n5 0 1 1 1 1 0 0 0 2\n25\n" + "1 2 3\n" * 25,
            "expected 12 numbers for joint 1, found '1 2 3'",
        ),
    ],
)
def test_a_broken_file_is_refused_with_the_place(tmp_path, text, problem):
    with pytest.raises(SourceError, match=problem):
        read_ntu_skeleton(_write(tmp_path, text))


def test_binary_rubbish_is_refused(tmp_path):
    path = tmp_path / _NAME
    path.write_bytes(b"\x80\x04\xff\x00rubbish")
    with pytest.raises(SourceError, match="expected a text file, found the byte 0x80"):
        read_ntu_skeleton(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match="cannot be opened"):
        read_ntu_skeleton(tmp_path / _NAME)


_EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 40),
        st.one_of(st.binary(max_size=6), st.sampled_from([b"\n", b" ", b"-", b"9e99", b"25\n"])),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(edits=_EDITS)
def test_a_mutated_file_is_read_or_refused_and_nothing_else(
    many, edits, ntu_text, tmp_path_factory
):
    joints = np.random.default_rng(2).normal(size=(3, 25, 3))
    content = ntu_text([[(5, joints[0])], [], [(5, joints[1]), (6, joints[2])]]).encode()
    for place, length, new in edits:
        at = int(place * len(content))
        content = content[:at] + new + content[at + length :]
    path = tmp_path_factory.getbasetemp() / _NAME
    path.write_bytes(content)
    try:
        clip = read_ntu_skeleton(path, many=many)
    except SourceError as error:
        refusal = str(error)
    else:
        refusal = f"{_NAME} is read"
        assert clip.frame_count
    assert refusal.startswith(_NAME)
    if (scanned := choose_scan(many=many)(content)) is not None:
        assert_same_bodies(scanned, read_lines(path, content))


def assert_same_bodies(one, other):
    assert one.frame_count == other.frame_count
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.frames, other.frames)
    np.testing.assert_array_equal(one.joints, other.joints)


def test_the_scan_reads_every_bit_as_the_careful_reader_does(many, ntu_text, joints, tmp_path):
    frames = [[(7, joints[0])], [], [(7, joints[1]), (72057594037931101, 1e-9 * joints[2])], []]
    usual = ntu_text(frames)
    for text in (usual, usual.rstrip(), usual.replace("\n", "\r\n"), usual + "\r\n\n"):
        scanned = choose_scan(many=many)(text.encode())
        assert scanned.joints.shape == (3, 25, 3)
        assert_same_bodies(scanned, read_lines(tmp_path / _NAME, text.encode()))


@pytest.mark.parametrize(
    "fault",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines, "0"],
        lambda lines: ["3", *lines[1:]],
        lambda lines: [lines[0], "2", *lines[2:]],
        lambda lines: [*lines[:3], "24", *lines[4:]],
        lambda lines: [*lines[:2], "-" + lines[2], *lines[3:]],
        lambda lines: [*lines[:5], lines[5] + " 1", *lines[6:]],
        lambda lines: [*lines[:5], "x" + lines[5], *lines[6:]],
        lambda lines: [*lines[:5], lines[5].replace(" ", "  ", 1), *lines[6:]],
        lambda lines: [*lines[:5], lines[5] + " ", *lines[6:]],
        lambda lines: [*lines[:5], lines[5][:-1] + "\x0b", *lines[6:]],
        lambda lines: [*lines[:5], lines[5][:-1] + "\xe9", *lines[6:]],
        lambda lines: [*lines[:5], lines[5].replace(" ", "\x0b", 1), *lines[6:]],
        lambda lines: [*lines[:5], lines[5].replace(" ", "\x00", 1), *lines[6:]],
        lambda lines: [*lines[:5], lines[5].replace(" ", "\r", 1), *lines[6:]],
    ],
)
def test_the_scan_gives_up_on_whatever_is_out_of_the_ordinary(many, fault, ntu_text, joints):
    scan = choose_scan(many=many)
    lines = ntu_text([[(7, joints[0])], [(7, joints[1])]]).splitlines()
    assert scan("\n".join(lines).encode()) is not None
    assert scan("\n".join(fault(lines)).encode()) is None


_NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.floats(-1e4, 1e4, width=32).map("{:.7g}".format),
    st.decimals(-1000, 1000, places=9).map(str),
    st.from_regex(r"[+-]?[0-9]{0,9}\.?[0-9]{1,9}(e-?[0-9]{1,2})?", fullmatch=True),
    st.sampled_from(["-0.0", "0", "5.", ".5", "-.25", "1e5", "nan", "999999999999999", "1_0"]),
)


@settings(deadline=None)
@given(numbers=st.lists(_NUMBERS, min_size=1, max_size=30))
def test_decimals_are_the_doubles_that_float_makes(numbers):
    content = " ".join(numbers).encode()
    lengths = np.array([len(number) for number in numbers])
    starts = np.cumsum(lengths + 1) - lengths - 1
    read = read_decimals(content, starts, starts + lengths)
    expected = np.array([float(number) for number in numbers])
    np.testing.assert_array_equal(read, expected)
    np.testing.assert_array_equal(np.signbit(read), np.signbit(expected))


@pytest.mark.parametrize("word", ["x", "-", ".", "1.2.3", "1-2", "--1", "1.5-"])
def test_a_word_that_is_no_decimal_is_refused(word):
    with pytest.raises(ValueError, match="could not convert"):
        read_decimals(word.encode(), np.array([0]), np.array([len(word)]))


@pytest.mark.slow
@settings(deadline=None)
@given(numbers=st.lists(_NUMBERS, min_size=3, max_size=3))
def test_the_compiled_loop_reads_the_doubles_that_float_makes_or_gives_up(numbers, ntu_text):
    pytest.importorskip("numba", reason="numba is not installed (extra fast)")
    lines = ntu_text([[(7, np.zeros((25, 3)))]]).splitlines()
    rest = lines[4].split()[3:]
    lines[4] = " ".join([*numbers, *rest])
    scanned = choose_scan(many=True)("\n".join(lines).encode())
    if scanned is not None:
        expected = np.array([float(number) for number in numbers])
        np.testing.assert_array_equal(scanned.joints[0, 0], expected)
        np.testing.assert_array_equal(np.signbit(scanned.joints[0, 0]), np.signbit(expected))


@pytest.mark.slow
@pytest.mark.parametrize("number", ["0.2181153", "-0.05349901", "9.99e-05", "-1.2E3", "2", "-.5"])
def test_the_compiled_loop_reads_what_recordings_hold(number, ntu_text):
    pytest.importorskip("numba", reason="numba is not installed (extra fast)")
    text = ntu_text([[(7, np.zeros((25, 3)))]]).splitlines()
    text[4] = " ".join([number, *text[4].split()[1:]])
    scanned = choose_scan(many=True)("\n".join(text).encode())
    assert (scanned is None) == ("E" in number)  # which nobody writes
    if scanned is not None:
        assert scanned.joints[0, 0, 0] == float(number)
