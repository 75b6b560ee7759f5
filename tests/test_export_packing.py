"""Weights are packed for a compiled model where that is the quicker way, and say the same."""

import os
import shutil

import pytest
import torch
from torch import nn
from torch._dynamo.utils import counters
from torch.utils._python_dispatch import TorchDispatchMode

import crossglg.export.native as native
import crossglg.export.packing as packing
from crossglg.deployed.programs import Programs
from crossglg.encoders import list_encoders
from tiny_recogniser import FRAMES, LAYOUT, build

needs_both_ways = pytest.mark.skipif(
    not (torch.backends.mkldnn.is_available() and torch.backends.mkl.is_available()),
    reason="torch has only one way to multiply here",
)


class Branches(nn.Module):
    """Layers of several kinds, one of them called twice."""

    def __init__(self):
        super().__init__()
        self.row = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 12, bias=False))
        self.over_time = nn.Conv2d(12, 12, (3, 1), padding=(1, 0))

    def forward(self, tokens):
        """(B T V D) -> (B T V D)."""
        moved = self.over_time(self.row(tokens).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return self.row(tokens + moved)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Branches().eval().requires_grad_(False)


@pytest.fixture
def example():
    return torch.randn(3, 8, 5, 12)


WAYS = {"mkldnn._linear_pointwise.default": "packed", "aten.mm.default": "plain"}


class Processor(TorchDispatchMode):
    """One on which a product takes as long as ``seconds`` says of its way, size and turn.

    Attributes:
        products: Of each way, the size and the result of every product.
    """

    def __init__(self, seconds, monkeypatch):
        super().__init__()
        self.seconds = seconds
        self.products = {"packed": [], "plain": []}
        self._now = 0.0
        monkeypatch.setattr(packing.time, "perf_counter", lambda: self._now)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        if way := WAYS.get(str(func)):
            size = (*args[0].shape, out.shape[1])
            self._now += self.seconds(way, size, len(self.products[way]))
            self.products[way].append((size, out))
        return out


@needs_both_ways
@pytest.mark.parametrize("size", [(1, 12, 16), (120, 16, 12), (1600, 192, 64)])
def test_both_ways_multiply_the_same_numbers(monkeypatch, size):
    rows, in_dim, out_dim = size
    with Processor(lambda *_: 1.0, monkeypatch) as processor:
        packing.packing_pays(nn.Linear(in_dim, out_dim), (torch.randn(rows, in_dim),))
    packed, plain = processor.products.values()
    assert len(packed) == len(plain) > 0
    for (found, one), (expected, other) in zip(packed, plain, strict=True):
        assert found == expected == size
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@needs_both_ways
@pytest.mark.parametrize(
    ("packed", "plain", "pays"), [(1.0, 2.0, True), (1.0, 1.0, True), (2.0, 1.0, False)]
)
def test_the_quicker_way_is_chosen(network, example, monkeypatch, packed, plain, pays):
    took = {"packed": packed, "plain": plain}
    with Processor(lambda way, *_: took[way], monkeypatch):
        assert packing.packing_pays(network, (example,)) is pays


@needs_both_ways
@pytest.mark.parametrize(("calls", "pays"), [(2, True), (4, False)])
def test_every_call_of_a_layer_counts_at_its_size(monkeypatch, calls, pays):
    often, once = nn.Linear(12, 12), nn.Linear(12, 16)
    network = nn.Sequential(*[often] * calls, once)
    took = {
        (120, 12, 12): {"packed": 2.0, "plain": 1.0},
        (120, 12, 16): {"packed": 1.0, "plain": 4.0},
    }
    with Processor(lambda way, size, _: took[size][way], monkeypatch):
        assert packing.packing_pays(network, (torch.randn(3, 8, 5, 12),)) is pays
    assert not often._forward_pre_hooks


@needs_both_ways
@pytest.mark.parametrize(("quick", "pays"), [("packed", True), ("plain", False)])
def test_of_each_way_the_least_time_counts(monkeypatch, quick, pays):
    def take(way, _size, turn):
        if way != quick:
            return 2.0
        return 1.0 if turn == 2 else 9.0  # others are at work in all turns but one

    with Processor(take, monkeypatch):
        assert packing.packing_pays(nn.Linear(12, 16), (torch.randn(120, 12),)) is pays


def test_torch_with_one_way_only_takes_it(network, example, monkeypatch):
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: False)
    with Processor(lambda *_: 1.0, monkeypatch) as processor:
        assert packing.packing_pays(network, (example,))
    assert processor.products == {"packed": [], "plain": []}


def test_unpacked_layers_say_the_same_and_the_network_stays_as_it_was(network, example):
    layers = [type(layer) for layer in network.modules()]
    twin = packing.leave_unpacked(network)
    torch.testing.assert_close(twin(example), network(example))
    assert [type(layer) for layer in network.modules()] == layers
    assert nn.Linear not in {type(layer) for layer in twin.modules()}
    assert type(twin.over_time) is nn.Conv2d


@pytest.mark.parametrize("name", list_encoders())
def test_every_encoder_says_the_same_with_weights_as_they_lie(name):
    """HD-GCN reads the weights of some layers without calling these."""
    branch = build(name).checkpoint.folded.double()  # untrained, some features are thousands
    clips = torch.randn(2, 2, FRAMES, LAYOUT.joint_count, 3, dtype=torch.float64)
    present = torch.ones(clips.shape[:3], dtype=torch.bool)
    with torch.no_grad():
        found, expected = packing.leave_unpacked(branch)(clips, present), branch(clips, present)
    torch.testing.assert_close(found.features, expected.features, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found.logits, expected.logits, rtol=1e-4, atol=1e-4)


@needs_both_ways
@pytest.mark.skipif(
    shutil.which(os.environ.get("CXX", "g++")) is None, reason="there is no C++ compiler here"
)
@pytest.mark.slow
@pytest.mark.parametrize(("pays", "packed_layers"), [(True, 4), (False, 0)])
def test_the_compiler_packs_layers_only_where_it_pays(
    network, example, monkeypatch, tmp_path, pays, packed_layers
):
    monkeypatch.setattr(native, "packing_pays", lambda *_: pays)
    counters.clear()
    native.write_native(network, tmp_path / "network.pt2", example=(example[:1],))
    assert counters["inductor"]["mkldnn_linear_weight_pack_matcher_count"] == packed_layers
    assert counters["inductor"]["mkldnn_conv_weight_pack_matcher_count"] == 1
    compiled = Programs.load(tmp_path / "network.pt2")
    for count in (1, 4):
        tokens = torch.randn(count, 8, 5, 12)
        torch.testing.assert_close(compiled(tokens)[0], network(tokens), rtol=1e-4, atol=1e-4)
