"""The interaction block against its equations, written out in NumPy."""

import numpy as np
import pytest
import torch

from crossglg.guidance.interaction import (
    CrossModalInteraction,
    InteractionBlock,
    InteractionConfig,
)

CLIPS, JOINTS, DIM, HEADS = 2, 5, 8, 2


def norm(x, layer):
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + layer.eps)
    return (x - x.mean(axis=-1, keepdims=True)) / spread * array(layer.weight) + array(layer.bias)


def attend(asking, told, layer):
    """Every head by itself: softmax(Q K^T / sqrt(d)) V of ``asking`` over ``told``."""
    weights, biases = array(layer.in_proj_weight), array(layer.in_proj_bias)
    q, k, v = (
        x @ weights[i * DIM : (i + 1) * DIM].T + biases[i * DIM : (i + 1) * DIM]
        for i, x in enumerate((asking, told, told))
    )
    heads = []
    for part in np.split(np.arange(DIM), HEADS):
        scores = q[..., part] @ k[..., part].swapaxes(1, 2) / np.sqrt(len(part))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        heads.append(scores / scores.sum(axis=-1, keepdims=True) @ v[..., part])
    return np.concatenate(heads, axis=-1) @ array(layer.out_proj.weight).T + array(
        layer.out_proj.bias
    )


def array(tensor):
    return tensor.detach().numpy()


def run_block(block, text, joints):
    """Texts among themselves, then texts ask the skeleton; the sum goes through the MLP."""
    normed = norm(text, block.norm_text)
    text = text + attend(normed, normed, block.among_texts)
    seen = norm(joints, block.norm_joints)
    looked = attend(norm(text, block.norm_query), seen, block.text_to_skeleton)
    fused = looked if block.fusion == "skeleton" else text + looked
    layers = block.mlp
    hidden = norm(fused, layers[0]) @ array(layers[1].weight).T + array(layers[1].bias)
    hidden = array(torch.nn.functional.gelu(torch.from_numpy(hidden)))
    return fused + hidden @ array(layers[4].weight).T + array(layers[4].bias)


@pytest.fixture
def inputs():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, CLIPS, JOINTS, DIM))


def shake(module):
    """No weight at its special start, where a mistake might not show."""
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter) / 2)
    return module.double().eval()


@pytest.mark.parametrize("fusion", ["sum", "skeleton"])
def test_a_block_is_text_self_attention_then_text_queried_cross_attention(inputs, fusion):
    block = shake(InteractionBlock(DIM, config=InteractionConfig(heads=HEADS, fusion=fusion)))
    text, joints = inputs
    found = block(torch.from_numpy(text), torch.from_numpy(joints))
    np.testing.assert_allclose(array(found), run_block(block, text, joints), atol=1e-12)


def test_the_representation_is_the_mean_over_the_joints_of_the_last_blocks_texts(inputs):
    config = InteractionConfig(heads=HEADS, blocks=2)
    branch = shake(CrossModalInteraction(DIM, DIM, config=config))
    text, joints = inputs
    start, project = branch.project_text
    woven = norm(text, start) @ array(project.weight).T + array(project.bias)
    seen = joints @ array(branch.project_joints.weight).T + array(branch.project_joints.bias)
    for block in branch.blocks:
        woven = run_block(block, woven, seen)
    found = branch(torch.from_numpy(text), torch.from_numpy(joints))
    np.testing.assert_allclose(array(found), woven.mean(axis=1), atol=1e-12)
