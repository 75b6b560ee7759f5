"""What the blocks of graph encoders leave out because it changes nothing."""

import copy

import pytest
import torch
from torch import nn

from crossglg.encoders import create_encoder, infogcn
from crossglg.encoders.block import SpaceTimeBlock
from crossglg.encoders.in_use.hdgcn import _find_peaks
from crossglg.skeleton import get_layout


def step_of(block, raw):
    """Outputs and gradients behind a ReLU, as between two blocks."""
    block, raw = copy.deepcopy(block), raw.clone().requires_grad_()
    out = block(torch.relu(raw))
    (out * torch.linspace(-1, 1, out.numel()).view(out.shape)).sum().backward()
    return out.detach(), raw.grad, [parameter.grad for parameter in block.parameters()]


def test_behind_a_relu_the_last_relu_changes_neither_outputs_nor_gradients():
    torch.manual_seed(0)
    space = nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU())
    quick = SpaceTimeBlock(space, in_dim=8, out_dim=8, stride=1, rectify_time=True, rectified=True)
    assert not quick.rectify
    plain = copy.deepcopy(quick)
    plain.rectify = True
    raw = torch.randn(2, 8, 6, 5)
    (out, below, gradients), (expected, *others) = step_of(quick, raw), step_of(plain, raw)
    assert (out == 0).any()  # where both parts are zero it matters
    assert torch.equal(out, expected)
    assert torch.equal(below, others[0])
    assert all(torch.equal(a, b) for a, b in zip(gradients, others[1], strict=True))


def test_infogcn_keeps_the_relu_where_something_negative_comes_in():
    options = {"width": 16}
    encoder = create_encoder("infogcn", layout=get_layout("ntu25"), max_persons=1, options=options)
    kept = [number for number, block in enumerate(encoder.blocks) if block.rectify]
    assert kept == [0, 3, 6]  # behind the stem, and where another product passes by


def test_room_for_tensor_cores_changes_neither_outputs_nor_gradients(monkeypatch):
    torch.manual_seed(0)
    layer = infogcn.AttentionGraphConvolution(16, 16, joint_count=5)
    nn.init.normal_(layer.topology)
    raw = torch.randn(2, 16, 6, 5)
    out, below, gradients = step_of(layer, raw)
    widths = []

    def make_room(joints):
        widths.append(joints.shape[-1])
        return nn.functional.pad(joints, (0, 0, 0, 3))

    monkeypatch.setattr(infogcn, "_make_room", make_room)
    roomy, *others = step_of(layer, raw)
    assert widths == [6, 16]  # the keys, and what is heard
    torch.testing.assert_close(roomy, out)
    torch.testing.assert_close(others[0], below)
    torch.testing.assert_close(others[1], gradients)


@pytest.mark.parametrize("frame_count", [1, 2, 3, 5, 8, 13])
def test_peaks_are_the_largest_over_time(frame_count):
    torch.manual_seed(frame_count)
    moving = torch.randn(2, 3, 4, frame_count, 5)
    assert torch.equal(_find_peaks(moving), moving.amax(dim=3))
