"""Folded networks say what they said before, and the network they were made of stays as it was."""

import copy

import pytest
import torch
from torch import nn

from crossglg.checkpoint import PlainCheckpoint
from crossglg.encoders import create_encoder, list_encoders
from crossglg.encoders.folding import Row, fold
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.skeleton import get_layout
from tiny import SMALL_OPTIONS

LAYOUT = get_layout("openni15")


def shake(network):
    """As after training: every batch norm does something of its own to every channel."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            for tensor, low, high in (
                (module.weight, -0.5, 1.5),
                (module.bias, -0.5, 0.5),
                (module.running_mean, -0.2, 0.2),
                (module.running_var, 0.5, 1.5),
            ):
                if tensor is not None:
                    tensor.detach().uniform_(low, high, generator=generator)
        if isinstance(module, nn.LayerNorm):
            module.weight.detach().uniform_(-0.5, 1.5, generator=generator)
            module.bias.detach().uniform_(-0.5, 0.5, generator=generator)
    return network.eval()


def build(name):
    torch.manual_seed(0)
    options = SMALL_OPTIONS.get(name, {"width": 16})
    return shake(create_encoder(name, layout=LAYOUT, max_persons=2, options=options))


def clips_of(count, frame_count=16):
    return torch.randn(count, 2, frame_count, 15, 3, generator=torch.Generator().manual_seed(count))


@pytest.mark.parametrize("frame_count", [16, 9])
@pytest.mark.parametrize("becoming_loops", [False, True])
@pytest.mark.parametrize("name", list_encoders())
@torch.inference_mode()
def test_a_folded_encoder_says_the_same_at_every_block_under_any_joint_weights(
    name, becoming_loops, frame_count, monkeypatch
):
    encoder = build(name)
    quick = fold(encoder)
    clips = clips_of(3, frame_count)
    # What a compiler would see, without the minute that it takes.
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: becoming_loops)
    features = encoder.stem(clips)
    torch.testing.assert_close(quick.stem(clips), features, rtol=1e-4, atol=1e-5)
    weights = torch.rand(features.shape[0], 15, generator=torch.Generator().manual_seed(5))
    for number in range(len(encoder.blocks)):
        for joint_weights in (None, weights):
            said, expected = (
                some.run_blocks(features, blocks=[number], joint_weights=joint_weights)
                for some in (quick, encoder)
            )
            scale = float(expected.abs().max())
            torch.testing.assert_close(said, expected, rtol=1e-4, atol=1e-5 * scale)
        features = expected / scale
    torch.testing.assert_close(quick(clips), encoder(clips), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", list_encoders())
def test_folding_leaves_the_encoder_as_it_was(name):
    encoder = build(name)
    before = copy.deepcopy(encoder.state_dict())
    classes = [type(module) for module in encoder.modules()]
    encoder.train()
    fold(encoder)
    assert encoder.training
    assert [type(module) for module in encoder.modules()] == classes
    assert all(parameter.requires_grad for parameter in encoder.parameters())
    after = encoder.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize("name", ["infogcn", "patchgcn"])
def test_no_batch_norm_is_left_between_the_blocks_products(name):
    quick = fold(build(name))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in quick.modules())
    assert not any(parameter.requires_grad for parameter in quick.parameters())


def test_rows_are_folded_wherever_they_are():
    torch.manual_seed(0)
    row = Row(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.BatchNorm2d(4))
    network = shake(nn.ModuleDict({"deep": nn.Sequential(row, nn.Flatten())}))
    pictures = torch.randn(2, 3, 5, 5)
    quick = fold(network)
    kinds = [type(layer) for layer in quick["deep"][0]]
    assert kinds == [nn.Conv2d, nn.ReLU, nn.BatchNorm2d]  # the last one follows no product
    torch.testing.assert_close(quick["deep"](pictures), network["deep"](pictures))


def test_a_row_that_is_no_row_stays_whole_for_those_who_count_its_layers():
    network = shake(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU()))
    assert [type(layer) for layer in fold(network)] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]


class Standardised(nn.Conv2d):
    """A convolution with a forward of its own."""

    def forward(self, features):
        weight = self.weight - self.weight.mean(dim=(1, 2, 3), keepdim=True)
        return self._conv_forward(features, weight, self.bias)


def with_hook():
    layer = nn.Conv2d(4, 4, 1)
    layer.register_forward_hook(twice)
    return layer


def twice(module, inputs, outputs):
    return 2 * outputs


@pytest.mark.parametrize(
    "layers",
    [
        lambda: (Standardised(4, 4, 1), nn.BatchNorm2d(4)),
        lambda: (with_hook(), nn.BatchNorm2d(4)),
        lambda: (nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 1)), nn.BatchNorm2d(4)),
        lambda: (nn.Linear(4, 4), nn.BatchNorm2d(4)),
        lambda: (nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4, affine=False)),
        lambda: (nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4, track_running_stats=False)),
    ],
    ids=["subclass", "hook", "weight norm", "last axis", "no gain", "no statistics"],
)
def test_only_what_surely_is_one_convolution_becomes_one(layers):
    torch.manual_seed(0)
    row = shake(Row(*layers()))
    features = torch.randn(2, 4, 4, 4)
    quick = fold(row)
    assert len(quick) == 2
    torch.testing.assert_close(quick(features), row(features))


def test_what_need_not_change_is_shared_not_copied():
    network = nn.ModuleDict({"one": nn.Linear(3, 3)}).eval()
    assert fold(network)["one"].weight is not None
    assert fold(network)["one"].weight.data_ptr() == network["one"].weight.data_ptr()


@torch.inference_mode()
def test_a_checkpoint_is_used_in_its_folded_form():
    model = ModelConfig(encoder="patchgcn", options={"width": 8}, head="cosine")
    torch.manual_seed(0)
    branch = shake(build_plain(model, layout=LAYOUT, max_persons=2, class_count=3))
    checkpoint = PlainCheckpoint(branch, model, LAYOUT, 2, 16, ("a", "b", "c"), {})
    clips = clips_of(2)
    present = torch.ones(clips.shape[:3], dtype=torch.bool)
    expected, said = branch(clips, present), checkpoint.folded(clips, present)
    assert checkpoint.folded is checkpoint.folded
    torch.testing.assert_close(said.joint_features, expected.joint_features, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(said.importance, expected.importance, rtol=1e-4, atol=1e-6)
