"""PatchGCN: any number of frames, and its own movement."""

import pytest
import torch

from crossglg.encoders import PatchGCN
from crossglg.errors import ConfigError
from crossglg.skeleton import get_layout

LAYOUT = get_layout("openni15")


@pytest.mark.parametrize("frame_count", [2, 7, 32, 65])
def test_clips_of_any_length_are_embedded(frame_count):
    encoder = PatchGCN(LAYOUT, max_persons=1, width=8).eval()
    assert encoder(torch.randn(3, 1, frame_count, 15, 3)).shape == (3, 16)


def test_the_same_poses_in_reverse_are_another_movement():
    torch.manual_seed(0)
    encoder = PatchGCN(LAYOUT, max_persons=1, width=8).eval()
    clips = torch.randn(2, 1, 16, 15, 3)
    there, back = encoder(clips), encoder(clips.flip(2))
    assert (there - back).abs().max() > 1e-3


def test_a_still_body_moves_nowhere():
    encoder = PatchGCN(LAYOUT, max_persons=1, width=8).eval()
    still = torch.randn(1, 1, 1, 15, 3).expand(1, 1, 16, 15, 3)
    features = encoder.stem(still)
    torch.testing.assert_close(
        features[:, :, 1:-1], features[:, :, 1:2].expand_as(features[:, :, 1:-1])
    )


def test_an_encoder_of_movement_alone_does_not_know_where_a_body_is():
    clips = torch.randn(2, 1, 16, 15, 3)
    moved = clips + torch.tensor([1.0, 2.0, 3.0])
    for streams, blind in (["joint_motion", "bone_motion"], True), (["joint"], False):
        encoder = PatchGCN(LAYOUT, max_persons=1, width=8, streams=streams).eval()
        assert encoder.norm.num_features == 15 * 3 * len(streams)
        assert torch.allclose(encoder(clips), encoder(moved), atol=1e-5) == blind


def test_streams_have_one_order_however_they_are_named():
    torch.manual_seed(0)
    one = PatchGCN(LAYOUT, max_persons=1, width=8, streams=["joint", "bone"]).eval()
    torch.manual_seed(0)
    other = PatchGCN(LAYOUT, max_persons=1, width=8, streams=("bone", "joint")).eval()
    clips = torch.randn(2, 1, 16, 15, 3)
    assert torch.equal(one(clips), other(clips))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"width": 0}, "Expected a width"),
        ({"free_links": -1}, "Expected a width"),
        ({"streams": ["joint", "velocity"]}, "bone_motion, joint_motion, found: joint, velocity"),
        ({"streams": []}, "Expected some of the streams"),
    ],
)
def test_settings_that_make_no_encoder_are_refused(wrong, complaint):
    with pytest.raises(ConfigError, match=complaint):
        PatchGCN(LAYOUT, **wrong)
