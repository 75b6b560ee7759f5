"""What the command line does: data are verified before anything else, exemplars are chosen."""

from dataclasses import replace

import pytest

from crossglg.errors import ProtocolError
from crossglg.sources.choreography import choreography
from crossglg.sources.splits import get_protocol
from crossglg.verbs import draw_rounds, split_data


@pytest.fixture(scope="module")
def data():
    return choreography(performers=2, repeats=1)


def test_data_are_verified_before_they_are_split(data):
    split = split_data(data, get_protocol("demo-12"), masks={})
    assert len(split.base) == len(split.novel) == 24
    lacking = data.select([index for index, label in enumerate(data.labels) if label != 4])
    with pytest.raises(
        ProtocolError, match=r"not what protocol 'demo-12' was made for.*no clip of"
    ):
        split_data(lacking, get_protocol("demo-12"), masks={})


def test_a_protocol_of_other_counts_is_refused(data):
    with pytest.raises(ProtocolError, match="expected data of 120 classes, found 48"):
        split_data(data, get_protocol("ntu120-oneshot-20"), masks={})


def test_first_clips_make_one_round_and_all_others_are_asked(data):
    protocol = replace(get_protocol("demo"), draw="first")
    split = split_data(data, protocol, masks={})
    (draw,) = draw_rounds(split, draws=100, seed=0)
    names = split.novel.clip_names
    assert [names[index] for index in draw.support] == [
        min(name for name, label in zip(names, split.novel.labels, strict=True) if label == k)
        for k in protocol.novel
    ]
    assert set(draw.query) == set(range(24)) - set(draw.support)
