"""MotionBERT computes what the published model computes, through the shipped key table."""

import numpy as np
import pytest
import torch
from torch import nn

from crossglg.encoders.base import everybody
from crossglg.encoders.motionbert import SIZES, JointwiseEmbedding, MotionBERT, SelfAttention
from crossglg.encoders.motionbert_weights import MOTIONBERT_EMBEDDING, motionbert_keys
from crossglg.encoders.weights import load_translated
from crossglg.errors import EncoderError
from crossglg.skeleton import get_layout

FILE = "motionbert_small_h36m17.npz"
DEPTH = SIZES["small"]["depth"]
LIFTING = {"backbone.head.weight", "backbone.head.bias"}


@pytest.fixture(scope="module")
def weights(parity):
    recorded = parity(FILE)
    prefix = "weights/"
    return {
        key.removeprefix(prefix): torch.from_numpy(recorded[key])
        for key in recorded.files
        if key.startswith(prefix)
    }


def build(weights):
    encoder = MotionBERT(get_layout("h36m17"), size="small").eval()
    head = JointwiseEmbedding(17, 64, out_dim=128).eval()
    left_over = load_translated(encoder, weights, motionbert_keys(DEPTH))
    of_the_head = {key: weights[key] for key in left_over if key not in LIFTING}
    assert load_translated(head, of_the_head, MOTIONBERT_EMBEDDING) == ()
    return encoder, head


@torch.inference_mode()
def test_the_representation_and_the_embedding_equal_the_recording(parity, weights):
    recorded = parity(FILE)
    encoder, head = build(weights)
    clips = torch.from_numpy(recorded["input_nmtvc"])
    features = encoder.run_blocks(encoder.stem(clips), blocks=range(DEPTH))
    np.testing.assert_allclose(
        features.permute(0, 2, 3, 1).numpy(), recorded["representation"], atol=1e-4, rtol=1e-4
    )
    embedding = head(encoder.joint_features(features, everybody(clips)))
    np.testing.assert_allclose(embedding.numpy(), recorded["embedding"], atol=1e-4, rtol=1e-4)


def test_weights_saved_in_parallel_or_before_recognition_load_alike(weights):
    encoder, _ = build(weights)
    pretrained = {
        key.replace("backbone.", "module."): value
        for key, value in weights.items()
        if key.startswith("backbone.")
    }
    other = MotionBERT(get_layout("h36m17"), size="small")
    left_over = load_translated(other, pretrained, motionbert_keys(DEPTH))
    assert set(left_over) == {"module.head.weight", "module.head.bias"}
    for key, value in encoder.state_dict().items():
        assert torch.equal(other.state_dict()[key], value), key


def test_weights_that_do_not_fit_are_listed(weights):
    broken = {key: value for key, value in weights.items() if key != "backbone.norm.bias"}
    broken["backbone.pos_embed"] = torch.zeros(1, 25, 64)
    encoder = MotionBERT(get_layout("h36m17"), size="small")
    with pytest.raises(
        EncoderError, match=r"missing: blocks\.2\.finish\.0\.bias;.*joint_position \(1, 25, 64\)"
    ):
        load_translated(encoder, broken, motionbert_keys(DEPTH))


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(("size", "published"), [("full", 42_466_317), ("lite", 16_001_549)])
def test_each_size_has_the_published_number_of_parameters(size, published):
    """The published numbers include the layer that lifts poses to 3-D in pre-training."""
    numbers = SIZES[size]
    with torch.device("meta"):
        encoder = MotionBERT(get_layout("h36m17"), size=size)
        lifting = nn.Linear(numbers["out_dim"], 3)
    assert count(encoder) + count(lifting) == published


def test_the_paper_s_one_shot_model_has_its_published_number_of_parameters():
    with torch.device("meta"):
        encoder = MotionBERT(get_layout("h36m17"), size="full")
        lifting = nn.Linear(512, 3)
        head = JointwiseEmbedding(17, encoder.feature_dim)
    assert sum(count(module) for module in (encoder, lifting, head)) == 60_294_157


def test_attention_written_out_is_the_fused_one():
    torch.manual_seed(0)
    attention = SelfAttention(32, heads=4)
    tokens = torch.randn(2, 3, 9, 32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        written_out = attention(tokens)
        with torch.no_grad():
            fused = attention(tokens)
    assert written_out.requires_grad
    assert torch.allclose(written_out, fused, atol=0.02)
