"""InfoGCN computes what the published model computes, through the shipped key table."""

import numpy as np
import pytest
import torch
from einops import rearrange

from crossglg.encoders import InfoGCN, InformationBottleneck
from crossglg.encoders.folding import fold
from crossglg.encoders.weights import INFOGCN, INFOGCN_HEAD, load_translated
from crossglg.errors import EncoderError
from crossglg.skeleton import get_layout

BEYOND_THE_TREE = 8


@pytest.fixture(scope="module")
def weights(parity):
    recorded = parity("infogcn_ntu25_k1.npz")
    prefix = "weights/"
    return {
        key.removeprefix(prefix): torch.from_numpy(recorded[key])
        for key in recorded.files
        if key.startswith(prefix)
    }


def build(weights, *, reach):
    encoder = InfoGCN(get_layout("ntu25"), max_persons=2, reaches=(reach,)).eval()
    head = InformationBottleneck(256, 120).eval()
    left_over = load_translated(encoder, weights, INFOGCN)
    assert {key.split(".")[0] for key in left_over} == {"fc", "fc_mu", "fc_logvar", "decoder"}
    load_translated(head, {key: weights[key] for key in left_over}, INFOGCN_HEAD)
    return encoder, head


@pytest.mark.parametrize("form", ["as trained", "folded"])
@pytest.mark.parametrize(
    ("file", "reach"), [("infogcn_ntu25_k1.npz", 1), ("infogcn_ntu25_k8.npz", BEYOND_THE_TREE)]
)
@torch.inference_mode()
def test_every_block_and_the_logits_equal_the_recording(parity, weights, file, reach, form):
    recorded = parity(file)
    encoder, head = build(weights, reach=reach)
    encoder = fold(encoder) if form == "folded" else encoder
    np.testing.assert_array_equal(encoder.operators[0].numpy(), recorded["input_operator"])
    clips = rearrange(torch.from_numpy(recorded["input_nctvm"]), "n c t v m -> n m t v c")
    features = encoder.stem(clips)
    for number in range(9):
        features = encoder.run_blocks(features, blocks=[number])
        np.testing.assert_allclose(
            features.mean(dim=2).numpy(),
            recorded[f"time_mean/l{number + 1}"],
            atol=1e-4,
            rtol=1e-4,
            err_msg=f"block {number + 1}",
        )
    embedding = encoder(clips)
    np.testing.assert_allclose(head.encode(embedding).numpy(), recorded["z"], atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(head(embedding).numpy(), recorded["logits"], atol=1e-4, rtol=1e-4)


def test_the_paper_s_model_has_its_published_number_of_parameters():
    encoder = InfoGCN(get_layout("ntu25"), max_persons=2)
    head = InformationBottleneck(256, 120)
    count = sum(p.numel() for module in (encoder, head) for p in module.parameters())
    assert count == 1_572_227


def test_weights_that_do_not_fit_are_listed(weights):
    broken = {key: value for key, value in weights.items() if key != "l3.agcn.shared_topology"}
    broken["pos_embedding"] = torch.zeros(1, 20, 64)
    encoder = InfoGCN(get_layout("ntu25"), max_persons=2)
    with pytest.raises(
        EncoderError, match=r"missing: blocks\.2\.space\.topology.*position \(1, 20"
    ):
        load_translated(encoder, broken, INFOGCN)
