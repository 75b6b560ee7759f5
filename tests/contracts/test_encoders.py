"""Every encoder keeps the contract, and check_encoder notices one that does not."""

import pytest
import torch
from torch import nn

from crossglg.encoders import InfoGCN, check_encoder, create_encoder, list_encoders
from crossglg.errors import ConfigError, EncoderError
from crossglg.skeleton import get_layout


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["ntu25", "openni15"])
@pytest.mark.parametrize("name", list_encoders())
def test_every_encoder_keeps_the_contract(name, layout):
    torch.manual_seed(0)
    check_encoder(create_encoder(name, layout=layout))


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


def test_a_reach_of_zero_would_blind_the_encoder_and_is_refused():
    with pytest.raises(ConfigError, match="input of zeros"):
        InfoGCN(get_layout("ntu25"), reaches=(0,))
