"""Rival objectives against slow loops, and as changes to a recipe."""

import numpy as np
import pytest
import torch
from pytorch_metric_learning.losses import SupConLoss

from crossglg.errors import ConfigError
from crossglg.guidance.losses import LossWeights, contrast_loss
from crossglg.guidance.model import GuidedOutput, PlainOutput
from crossglg.guidance.part_contrast import PartTextContrast, part_contrast_loss
from crossglg.skeleton import get_layout
from crossglg.training import create_recipe
from crossglg.training.batches import Batch
from crossglg.training.episode import episode_loss
from crossglg.training.objective import Objective
from crossglg.training.rivals import RIVALS, train_like

LABELS = torch.tensor([0, 0, 3, 3, 3, 5])
LAYOUT = get_layout("openni15")


def test_an_episode_leaves_each_clip_out_of_its_own_prototype():
    embedding = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    unit = torch.nn.functional.normalize(embedding, dim=-1)
    losses = []
    for index, label in enumerate(LABELS.tolist()):
        scores = []
        for other in (0, 3, 5):
            members = [i for i in range(6) if int(LABELS[i]) == other and i != index]
            prototype = sum((unit[i] for i in members), torch.zeros(4))
            scores.append(torch.dot(torch.nn.functional.normalize(prototype, dim=0), unit[index]))
        if label != 5:  # alone in its class
            wanted = torch.tensor((0, 3, 5).index(label))
            losses.append(torch.nn.functional.cross_entropy(torch.stack(scores) / 0.1, wanted))
    torch.testing.assert_close(episode_loss(embedding, LABELS), torch.stack(losses).mean())


def test_an_episode_without_a_second_clip_asks_nothing():
    assert float(episode_loss(torch.randn(3, 4), torch.tensor([0, 1, 2]))) == 0


def test_part_contrast_is_zero_where_likeness_is_class_membership():
    same = (LABELS[:, None] == LABELS[None]).float()
    certain = (same * 1000).repeat(2, 1, 1)
    assert float(part_contrast_loss(certain, LABELS)) == pytest.approx(0, abs=1e-5)
    assert float(part_contrast_loss(torch.zeros(2, 6, 6), LABELS)) > 0.5


def test_part_contrast_compares_every_part_with_its_own_joints_texts():
    torch.manual_seed(0)
    contrast = PartTextContrast(LAYOUT, text_dim=7, feature_dim=4)
    texts, features = torch.randn(3, 15, 7), torch.randn(3, 15, 4)
    logits = contrast(texts, features)
    assert logits.shape == (len(LAYOUT.parts), 3, 3)
    changed = texts.clone()
    changed[:, LAYOUT.index("left_knee")] += 1.0
    differs = (contrast(changed, features) != logits).flatten(1).any(dim=1)
    assert [part for part, d in zip(LAYOUT.parts, differs, strict=True) if d] == ["left_leg"]


def judge(**weights):
    torch.manual_seed(0)
    embedding = torch.randn(6, 4, requires_grad=True)
    logits = torch.randn(6, 6, requires_grad=True)
    plain = PlainOutput(torch.zeros(6, 4, 2, 15), torch.zeros(6, 15, 4), embedding, None, logits)
    present = torch.ones(6, 1, 2, dtype=torch.bool)
    batch = Batch(torch.zeros(6, 1, 2, 15, 3), present, LABELS)
    result = Objective(LossWeights(**weights))(GuidedOutput(plain, None, None, None), batch, None)
    result.loss.backward()
    return result, embedding, logits


def test_only_terms_with_a_weight_teach():
    result, embedding, logits = judge(classify=0.0, episode=1.0)
    assert "loss_episode" in result.terms
    assert "loss_contrast" not in result.terms
    assert embedding.grad.abs().sum() > 0
    assert logits.grad.abs().sum() == 0
    result, embedding, logits = judge()
    assert embedding.grad is None
    assert logits.grad.abs().sum() > 0
    assert result.loss.item() == pytest.approx(result.terms["loss_plain"].item())


@pytest.mark.parametrize("labels", [LABELS, torch.arange(6), torch.tensor([0, 0, 0, 0, 0, 1])])
def test_contrast_is_that_of_a_library(labels):
    torch.manual_seed(0)
    ours = torch.randn(6, 4, requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    loss = contrast_loss(ours, labels)
    expected = SupConLoss(temperature=0.1)(theirs, labels)
    torch.testing.assert_close(loss, expected)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_clip_by_itself_picks_nothing():
    alone = torch.randn(1, 4, requires_grad=True)
    loss = contrast_loss(alone, torch.zeros(1, dtype=torch.int64))
    loss.backward()
    assert loss.item() == 0
    assert not alone.grad.any()


@pytest.mark.parametrize("rival", RIVALS)
def test_a_rival_is_a_recipe_without_guidance(rival):
    recipe = train_like(rival, create_recipe("metric"))
    assert recipe.model.guidance == "none"
    assert recipe != create_recipe("metric", guidance="none")
    weights = recipe.loss
    assert np.count_nonzero([weights.classify, weights.contrast, weights.episode]) == 1


def test_an_unknown_rival_is_answered_in_words():
    with pytest.raises(ConfigError, match="Did you mean 'supcon'"):
        train_like("supcom", create_recipe("metric"))
