"""Every encoder keeps the contract, and check_encoder notices one that does not."""

import pytest
import torch
from torch import nn

from crossglg.encoders import (
    HDGCN,
    InfoGCN,
    MotionBERT,
    check_encoder,
    create_encoder,
    list_encoders,
)
from crossglg.encoders.folding import Foldable
from crossglg.errors import ConfigError, EncoderError
from crossglg.skeleton import get_layout, list_layouts
from tiny import SMALL_OPTIONS, TINY, keep_each_kind


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["ntu25", "openni15"])
@pytest.mark.parametrize("name", list_encoders())
def test_every_encoder_keeps_the_contract(name, layout):
    torch.manual_seed(0)
    check_encoder(create_encoder(name, layout=layout, options=SMALL_OPTIONS.get(name)))


@pytest.mark.slow
@pytest.mark.parametrize("layout", sorted({*list_layouts()} - {"ntu25", "openni15"}))
def test_hdgcn_keeps_the_contract_for_the_other_bodies(layout):
    """Blocks of each kind: those of a kind do not differ in what they know of a body."""
    torch.manual_seed(0)
    check_encoder(keep_each_kind(HDGCN(get_layout(layout), width=8)))


class Deaf(nn.Module):
    """A block that ignores joint weights."""

    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, features, joint_weights=None):
        return self.block(features)


def small_encoder():
    torch.manual_seed(0)
    return InfoGCN(get_layout("openni15"), max_persons=1, width=8, reaches=(1, 25))


def test_a_block_that_ignores_joint_weights_is_found():
    encoder = small_encoder()
    encoder.blocks = nn.ModuleList(Deaf(block) for block in encoder.blocks)
    with pytest.raises(EncoderError, match="blocks ignore them"):
        check_encoder(encoder)


def test_a_loose_tensor_is_found():
    encoder = small_encoder()
    encoder.blocks[0].extra = torch.zeros(3)
    with pytest.raises(EncoderError, match=r"blocks\.0\.extra"):
        check_encoder(encoder)


class Remembering(nn.Module):
    """Adds up what it has seen in training, and does not save it."""

    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(()), persistent=False)

    def forward(self, features):
        if self.training:
            self.seen = self.seen + features.detach().mean()
        return features - self.seen


def test_a_buffer_that_learns_and_is_not_saved_is_found():
    encoder = small_encoder()
    encoder.embed = nn.Sequential(encoder.embed, Remembering())
    with pytest.raises(EncoderError, match=r"persistent=False: embed\.1\.seen\."):
        check_encoder(encoder)


class Centring(InfoGCN):
    """Works on the clips in place."""

    def stem(self, clips):
        clips -= clips[..., :1, :].clone()
        return super().stem(clips)


class Overwriting(nn.Module):
    """A block that adds to what it is given."""

    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, features, joint_weights=None):
        features += 1
        return self.block(features, joint_weights)


def test_a_stem_or_block_that_writes_into_what_it_is_given_is_found():
    encoder = Centring(get_layout("openni15"), max_persons=1, width=8, reaches=(1, 25))
    with pytest.raises(EncoderError, match="writes into them"):
        check_encoder(encoder)
    encoder = small_encoder()
    encoder.blocks[1] = Overwriting(encoder.blocks[1])
    with pytest.raises(EncoderError, match=r"Block 1: .* writes into them"):
        check_encoder(encoder)


def test_parametrised_layers_which_do_not_pickle_are_answered_in_words():
    encoder = small_encoder()
    nn.utils.parametrizations.weight_norm(encoder.embed)
    with pytest.raises(EncoderError, match=r"only supported through state_dict\(\).*weight_norm"):
        check_encoder(encoder)


class Doubling(nn.Module):
    """Twice what comes in."""

    def forward(self, features):
        return 2 * features


class Halving(Foldable):
    """A module whose form for use says something else."""

    def forward(self, features):
        return features / 2

    def folded(self):
        return Doubling()


def test_a_form_for_use_that_says_something_else_is_found():
    encoder = small_encoder()
    encoder.blocks[0].time = nn.Sequential(encoder.blocks[0].time, Halving())
    with pytest.raises(EncoderError, match="form for use"):
        check_encoder(encoder)


def test_the_check_leaves_weights_and_mode_as_they_were():
    encoder = small_encoder().train()
    before = {key: value.clone() for key, value in encoder.state_dict().items()}
    check_encoder(encoder)
    assert encoder.training
    assert all(torch.equal(before[key], value) for key, value in encoder.state_dict().items())


def test_unknown_names_and_options_are_answered_with_a_suggestion():
    with pytest.raises(ConfigError, match="Did you mean 'infogcn'"):
        create_encoder("infogc", layout="ntu25")
    with pytest.raises(ConfigError, match="Did you mean 'width'"):
        create_encoder("infogcn", layout="ntu25", options={"widht": 8})


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("infogcn", {"width": "wide"}, "option 'width': expected int, found 'wide'"),
        ("infogcn", {"width": True}, "option 'width': expected int, found True"),
        ("infogcn", {"width": 0}, "a multiple of 8, found 0"),
        ("hdgcn", {"width": -4}, "a multiple of 4, found -4"),
        ("stgcn", {"reaches": 1}, "option 'reaches': expected a list of int, found 1"),
        ("stgcn", {"reaches": ["far"]}, "option 'reaches': expected a list of int"),
        ("patchgcn", {"width": None}, "option 'width': expected int, found None"),
    ],
)
def test_options_of_another_type_or_size_are_answered_in_words(name, options, complaint):
    with pytest.raises(ConfigError, match=complaint):
        create_encoder(name, layout="ntu25", options=options)


def test_a_reach_of_zero_would_blind_the_encoder_and_is_refused():
    with pytest.raises(ConfigError, match="input of zeros"):
        InfoGCN(get_layout("ntu25"), reaches=(0,))


@pytest.mark.parametrize("layout", ["h36m17", "ntu25", "kinect20", "openni15", "coco17"])
def test_motionbert_keeps_the_contract_for_every_body(layout):
    torch.manual_seed(0)
    check_encoder(MotionBERT(get_layout(layout), size=TINY))


def test_motionbert_sees_from_the_front_what_a_picture_shows():
    torch.manual_seed(0)
    encoder = MotionBERT(get_layout("h36m17"), size=TINY, view="front")
    check_encoder(encoder)
    right_up_near = torch.tensor([1.0, 2.0, -3.0]).expand(1, 1, 4, 17, 3)
    left_and_down_in_the_picture = torch.tensor([-1.0, -2.0, 1.0]).expand(1, 1, 4, 17, 3)
    in_front = encoder.stem(right_up_near)
    encoder.view = "as_given"
    assert torch.equal(in_front, encoder.stem(left_and_down_in_the_picture))


@pytest.mark.slow
def test_motionbert_exports_with_any_number_of_frames():
    encoder = MotionBERT(get_layout("h36m17"), size=TINY).eval()
    clips, present = torch.randn(1, 2, 8, 17, 3), torch.ones(1, 2, 8, dtype=torch.bool)
    frames = {2: torch.export.Dim.AUTO}
    exported = torch.export.export(encoder, (clips, present), dynamic_shapes=(frames, frames))
    longer = torch.randn(1, 2, 20, 17, 3), torch.ones(1, 2, 20, dtype=torch.bool)
    torch.testing.assert_close(exported.module()(*longer), encoder(*longer))


def test_a_motionbert_that_cannot_be_built_or_fed_is_refused():
    layout = get_layout("h36m17")
    with pytest.raises(ConfigError, match="Did you mean 'small'"):
        create_encoder("motionbert", layout=layout, options={"size": "smal"})
    with pytest.raises(ConfigError, match="Expected a size of width"):
        create_encoder("motionbert", layout=layout, options={"size": {"width": 16}})
    with pytest.raises(ConfigError, match="found depth 1, width 16 and 3 heads"):
        MotionBERT(layout, size={**TINY, "depth": 1, "heads": 3})
    with pytest.raises(ConfigError, match="at most 32 frames, found 33"):
        MotionBERT(layout, size=TINY)(torch.zeros(1, 1, 33, 17, 3))
