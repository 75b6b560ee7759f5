"""Protocols keep base and novel apart and find the clips that were published."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossglg.errors import ProtocolError
from crossglg.sources.npz import read_masks, read_npz
from crossglg.sources.ntu import list_ntu_classes, parse_ntu_name
from crossglg.sources.splits import (
    DEVELOPMENT,
    check_fits,
    custom_protocol,
    first_usable,
    get_protocol,
    list_protocols,
    select_clips,
)

SIZES = {
    "demo": (36, 12),
    **{f"demo-{count}": (count, 12) for count in (12, 24)},
    "utd-a": (18, 9),
    "utd-b": (15, 12),
    "union15-a": (32, 17),
    "union15-b": (39, 10),
    "msr-a": (13, 7),
    "msr-jeanie": (10, 10),
    **{f"ntu120-oneshot-{count}": (count, 20) for count in (20, 40, 60, 80, 100)},
    **{f"ntu60-oneshot-{count}": (count, 10) for count in (10, 20, 30, 40, 50)},
    "pku-mmd2-oneshot": (31, 10),
    **{f"utd-mhad-oneshot-{count}": (count, 27 - count) for count in (3, 7, 11, 15, 19, 23)},
    "kinetics-os-v1": (380, 20),
    "ui-prmd": (0, 10),
    "ui-prmd-strict": (3, 7),
}
NTU = [name for name in SIZES if name.startswith("ntu")]


def test_every_protocol_is_listed_with_a_known_size():
    assert set(list_protocols()) == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_base_and_novel_are_disjoint_and_of_the_published_size(name):
    protocol = get_protocol(name)
    assert (len(protocol.base), len(protocol.novel)) == SIZES[name]
    assert not set(protocol.base) & set(protocol.novel)


@pytest.mark.parametrize("name", NTU)
def test_ntu_exemplars_are_recordings_of_their_class(name):
    for label, clip in get_protocol(name).exemplars.items():
        assert parse_ntu_name(clip).action == label + 1


@pytest.mark.parametrize("name", NTU)
def test_ntu_base_classes_are_the_first_that_are_not_novel(name):
    protocol = get_protocol(name)
    others = [label for label in range(protocol.class_count) if label not in protocol.novel]
    assert list(protocol.base) == others[: len(protocol.base)]
    assert protocol.class_count <= len(list_ntu_classes())


@pytest.mark.parametrize(
    ("name", "base", "queries"),
    [
        ("ntu120-oneshot-20", 18_817, 18_924),
        ("ntu120-oneshot-40", 37_739, 18_924),
        ("ntu120-oneshot-60", 56_721, 18_924),
        ("ntu120-oneshot-80", 75_831, 18_924),
        ("ntu120-oneshot-100", 95_001, 18_924),
        ("ntu120-oneshot-100-dev", 76_013, 18_988 - 20),
        ("ntu60-oneshot-10", 9_391, 9_388),
        ("ntu60-oneshot-50", 47_180, 9_388),
        ("msr-jeanie", 277, 279),
    ],
)
def test_published_counts_are_known(name, base, queries):
    protocol = get_protocol(name)
    assert sum(protocol.class_clips[label] for label in protocol.base) == base
    assert protocol.query_count == queries


@pytest.mark.parametrize("name", SIZES)
def test_settings_are_chosen_inside_the_base_classes(name):
    protocol = get_protocol(name)
    if len(protocol.base) < 5:
        with pytest.raises(ProtocolError, match="No protocol is called"):
            get_protocol(name + DEVELOPMENT)
        return
    development = get_protocol(name + DEVELOPMENT)
    assert set(development.base) | set(development.novel) == set(protocol.base)
    assert not set(development.base) & set(development.novel)


def test_the_published_development_classes_of_ntu_are_every_sixth_from_the_second():
    development = get_protocol("ntu120-oneshot-100-dev")
    assert development.novel == tuple(range(1, 120, 6))
    assert development.exemplars[115] == "S018C003P008R001A116"


def test_the_first_usable_clip_shows_hips_and_shoulders(clip_set):
    clips = clip_set()
    assert clips.class_names[2] == "kick"
    assert first_usable(clips, [2]) == {2: "c1"}
    layout = clips.layout
    hidden = np.ones(clips.rows.shape[:2], dtype=np.bool_)
    hidden[:5, layout.index("left_hip")] = False
    assert first_usable(replace(clips, visible=hidden), [2]) == {2: "c3"}
    with pytest.raises(ProtocolError, match="class 'wave' in which somebody's hips"):
        first_usable(replace(clips, visible=np.zeros_like(hidden)), [0])


def test_ntu120_novel_classes_are_every_sixth_from_the_first():
    assert get_protocol("ntu120-oneshot-100").novel == tuple(range(0, 120, 6))


@pytest.mark.parametrize(
    ("name", "file", "base", "novel"),
    [
        ("utd-a", "utd_mhad.npz", 573, 288),
        ("utd-b", "utd_mhad.npz", 479, 382),
        ("union15-a", "union15.npz", 1552, 820),
        ("union15-b", "union15.npz", 1971, 401),
        ("msr-a", "msr_action3d.npz", 361, 196),
        ("msr-jeanie", "msr_action3d.npz", 277, 289),
    ],
)
def test_real_data_has_clips_of_every_class(data_file, name, file, base, novel):
    protocol = get_protocol(name)
    path = data_file(file)
    clips = select_clips(protocol, read_npz(path), read_masks(path))
    of_base, of_novel = clips.of_classes(protocol.base), clips.of_classes(protocol.novel)
    assert set(of_base.labels.tolist()) == set(protocol.base)
    assert set(of_novel.labels.tolist()) == set(protocol.novel)
    assert (len(of_base), len(of_novel)) == (base, novel)


def test_the_msr_mask_leaves_557_clips(data_file):
    path = data_file("msr_action3d.npz")
    assert len(select_clips(get_protocol("msr-a"), read_npz(path), read_masks(path))) == 557


def test_msr_jeanie_asks_279_queries(data_file):
    protocol = get_protocol("msr-jeanie")
    novel = select_clips(protocol, read_npz(data_file("msr_action3d.npz")), {})
    novel = novel.of_classes(protocol.novel)
    label_of = dict(zip(novel.clip_names, novel.labels.tolist(), strict=True))
    assert {label_of[clip]: clip for clip in protocol.exemplars.values()} == protocol.exemplars
    assert len(set(novel.clip_names) - set(protocol.exemplars.values())) == 279


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ProtocolError, match="Did you mean 'msr-jeanie'"):
        get_protocol("msr-jeani")


@given(st.integers(3, 60).flatmap(lambda count: st.tuples(
    st.just(count),
    st.lists(st.integers(0, count - 1), min_size=2, max_size=count - 1, unique=True),
)))  # fmt: skip
def test_labels_of_ones_own_leave_all_others_to_learn(case):
    count, novel = case
    protocol = custom_protocol(novel, class_count=count)
    assert protocol.draw == "subject"
    assert sorted(protocol.base + protocol.novel) == list(range(count))


def test_labels_of_ones_own_name_the_protocol():
    assert custom_protocol([0, 3, 6], class_count=9).name == "novel:0,3,6"


@pytest.mark.parametrize(
    ("novel", "problem"),
    [
        ((0, 9), "from 0 to 8, found 9"),
        ((-1, 2), "found -1"),
        ((2, 2), "different novel labels"),
        ((2,), "at least two"),
    ],
)
def test_novel_labels_that_make_no_evaluation_are_refused(novel, problem):
    with pytest.raises(ProtocolError, match=problem):
        custom_protocol(novel, class_count=9)


def test_a_class_cannot_be_base_and_novel():
    with pytest.raises(ProtocolError, match="3 in both"):
        replace(custom_protocol((0, 3), class_count=9), base_list=(1, 3))


def test_fixed_exemplars_must_cover_every_novel_class():
    with pytest.raises(ProtocolError, match="fixed exemplars for 0, 3, found 0"):
        replace(custom_protocol((0, 3), class_count=9), draw="fixed", exemplars={0: "a"})


def test_data_of_another_number_of_classes_is_refused(clip_set):
    with pytest.raises(ProtocolError, match="expected data of 27 classes, found 3 in 'three'"):
        check_fits(get_protocol("utd-a"), clip_set())


def test_a_mask_chooses_the_clips(clip_set):
    protocol = replace(custom_protocol((0, 2), class_count=3), mask="good")
    chosen = select_clips(protocol, clip_set(), {"good": np.array([True, False, True])})
    assert chosen.clip_names == ("c1", "c3")


def test_an_absent_mask_is_asked_for(clip_set):
    protocol = replace(custom_protocol((0, 2), class_count=3), mask="valid557")
    with pytest.raises(ProtocolError, match=r"needs the array 'valid557'.*Give the \.npz file"):
        select_clips(protocol, clip_set(), {})


def test_a_mask_of_another_file_is_refused(clip_set):
    protocol = replace(custom_protocol((0, 2), class_count=3), mask="good")
    with pytest.raises(ProtocolError, match=r"of shape \(3,\)"):
        select_clips(protocol, clip_set(), {"good": np.ones(4, dtype=np.bool_)})
