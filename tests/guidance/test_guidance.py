"""The paper's promises: no text in use, nothing changed by uniform importance, few parameters."""

import pytest
import torch

from crossglg.encoders import InfoGCN
from crossglg.errors import ConfigError
from crossglg.guidance import (
    CrossGLG,
    JointImportance,
    MLPHead,
    PlainBranch,
    calibration_loss,
)
from crossglg.guidance.build import ModelConfig, build_crossglg, build_plain
from crossglg.guidance.interaction import CrossModalInteraction, InteractionConfig
from crossglg.guidance.losses import bottleneck_loss
from crossglg.skeleton import get_layout, list_layouts

LAYOUT = get_layout("openni15")
TEXT_WIDTH = 37


def build(guidance="crossglg"):
    torch.manual_seed(0)
    config = ModelConfig(guidance=guidance, options={"width": 8, "reaches": (1,)})
    plain = build_plain(config, layout=LAYOUT, max_persons=2, class_count=5)
    return build_crossglg(config, plain, text_dim=TEXT_WIDTH)


def batch(count=3):
    generator = torch.Generator().manual_seed(1)
    clips = torch.randn(count, 2, 16, LAYOUT.joint_count, 3, generator=generator)
    return clips, torch.ones(count, 2, 16, dtype=torch.bool)


def test_a_fresh_importance_leaves_the_encoder_bit_for_bit_as_it_is():
    model = build().eval()
    clips, present = batch()
    encoder = model.plain.encoder
    assert torch.equal(model.plain(clips, present).embedding, encoder(clips, present))


@pytest.mark.parametrize("guidance", ["crossglg", "none"])
@pytest.mark.parametrize("n_pre", [0, 20])
def test_importance_before_all_blocks_or_after_all_is_refused(guidance, n_pre):
    config = ModelConfig(guidance=guidance, n_pre=n_pre, options={"width": 8, "reaches": (1,)})
    with pytest.raises(ConfigError, match=f"n_pre between 1 and .* blocks, found {n_pre}"):
        build_plain(config, layout=LAYOUT, max_persons=2, class_count=5)


@pytest.mark.parametrize("layout", list_layouts())
def test_uniform_importance_weighs_every_joint_exactly_one(layout):
    count = get_layout(layout).joint_count
    importance = JointImportance(8)
    uniform = torch.full((2, count), 1.0 / count)
    assert torch.equal(importance.joint_weights(uniform), torch.ones(2, count))


def test_scaled_weights_are_v_times_k():
    k = torch.tensor([[0.1, 0.2, 0.7]])
    weights = JointImportance(8).joint_weights(k)
    torch.testing.assert_close(weights, 3 * k)
    residual = JointImportance(8, reweighting="residual").joint_weights(k)
    torch.testing.assert_close(residual, (1 + 3 * k) / 2)


def test_the_plain_branch_holds_no_text_weight():
    model = build()
    kept = set(model.plain.state_dict())
    text = {name for name, _ in model.interaction.named_parameters()}
    assert text
    assert not any("interaction" in name or "text" in name for name in kept)
    assert all(tensor.shape[-1:] != (TEXT_WIDTH,) for tensor in model.plain.state_dict().values())


def test_guidance_costs_at_most_150_000_parameters_in_use():
    encoder = InfoGCN(get_layout("ntu25"))
    importance = JointImportance(encoder.block_dims[encoder.default_n_pre - 1])
    paper_size = JointImportance(128, hidden_dim=1024)
    count = sum(p.numel() for p in importance.parameters())
    assert count < sum(p.numel() for p in paper_size.parameters()) < 150_000


@pytest.mark.parametrize(
    ("guidance", "has_importance", "has_interaction"),
    [("crossglg", True, True), ("g2l", True, False), ("l2g", False, True), ("none", False, False)],
)
def test_each_half_can_be_switched_off(guidance, has_importance, has_interaction):
    model = build(guidance)
    clips, present = batch()
    texts = torch.randn(3, LAYOUT.joint_count, TEXT_WIDTH)
    output = model(clips, present, texts)
    assert (output.plain.importance is not None) == has_importance
    assert (output.fused_logits is not None) == has_interaction


def test_both_branches_teach_the_encoder_and_share_the_classifier():
    model = build()
    clips, present = batch()
    output = model(clips, present, torch.randn(3, LAYOUT.joint_count, TEXT_WIDTH))
    output.fused_logits.sum().backward()
    assert model.plain.encoder.blocks[0].space.topology.grad.abs().sum() > 0
    assert model.plain.classifier.layers[0].weight.grad.abs().sum() > 0


def test_with_all_texts_hidden_the_interaction_cannot_tell_classes_apart_by_text():
    torch.manual_seed(0)
    branch = CrossModalInteraction(
        TEXT_WIDTH, 16, config=InteractionConfig(text_dropout=1.0, dropout=0.0)
    ).train()
    joints = torch.randn(1, 15, 16).repeat(4, 1, 1)
    fused = branch(torch.randn(4, 15, TEXT_WIDTH), joints)
    torch.testing.assert_close(fused, fused[:1].expand(4, -1))


def test_calibration_is_the_squared_distance_over_persons_that_exist():
    importance = torch.tensor(
        [[0.5, 0.5], [1.0, 0.0], [0.0, 1.0], [0.3, 0.7]]
    )  # 2 clips, 2 persons
    key_joints = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    present = torch.ones(2, 2, 4, dtype=torch.bool)
    present[1, 1] = False
    expected = (0.5 + 0.0 + 0.0) / 3
    loss = calibration_loss(importance, key_joints, present)
    assert float(loss) == pytest.approx(expected)
    halved = calibration_loss(importance, key_joints, present, over="mean")
    assert float(halved) == pytest.approx(expected / 2)


def test_parts_are_handed_in_and_no_name_is_looked_up():
    encoder = InfoGCN(LAYOUT, max_persons=1, width=8)
    plain = PlainBranch(encoder, MLPHead(encoder.feature_dim, 4), n_pre=3)
    assert CrossGLG(plain).interaction is None


def test_codes_gather_at_the_prior_of_their_class():
    prior = torch.nn.init.orthogonal_(torch.empty(3, 8), gain=3.0)
    labels = torch.tensor([0, 0, 2])
    offset = torch.zeros(3, 8)
    offset[0, 0], offset[1, 0] = 0.5, -0.5  # the mean of a class counts, not its spread
    at_home = bottleneck_loss(prior[labels] + offset, prior, labels)
    slow = 1e-3 * prior[labels].mean(dim=0).norm()
    torch.testing.assert_close(at_home, slow)
    assert bottleneck_loss(prior[labels] + 1.0, prior, labels) > 1.0


def test_the_bottleneck_head_is_taught_by_its_prior():
    config = ModelConfig(head="bottleneck", guidance="none", options={"width": 8})
    plain = build_plain(config, layout=get_layout("openni15"), max_persons=1, class_count=4)
    output = CrossGLG(plain)(torch.randn(4, 1, 8, 15, 3), torch.ones(4, 1, 8, dtype=torch.bool))
    code, prior = output.code
    assert code.shape == (4, 32)
    assert prior.shape == (4, 32)
    assert not any("prior" in key for key in plain.state_dict())


def test_importance_over_time_is_the_module_asked_about_a_window():
    torch.manual_seed(3)
    module = JointImportance(8)
    torch.nn.init.normal_(module.score.weight)
    features = torch.randn(2, 8, 9, 5)
    moments = module.over_time(features, window=3)
    assert moments.shape == (2, 9, 5)
    torch.testing.assert_close(moments.sum(dim=-1), torch.ones(2, 9))
    torch.testing.assert_close(moments[:, 4], module(features[:, :, 3:6]))
    torch.testing.assert_close(moments[:, 0], module(features[:, :, :2]))  # cut at the beginning


def test_a_window_of_twice_the_clip_is_the_importance_itself():
    model = build("g2l").plain.eval()
    torch.nn.init.normal_(model.importance.score.weight)
    clips, present = batch()
    whole = model(clips, present).importance
    moments = model.importance_over_time(clips, window=2.0)
    for moment in moments.unbind(dim=1):
        torch.testing.assert_close(moment, whole)
    assert build("none").plain.importance_over_time(clips, window=0.5) is None
