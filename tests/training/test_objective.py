"""L = L_s + 0.5 L_calibrate + 0.2 L_c, added up by hand."""

import numpy as np
import pytest
import torch

from crossglg.guidance.losses import LossWeights
from crossglg.guidance.model import GuidedOutput, PlainOutput
from crossglg.training.batches import Batch
from crossglg.training.objective import Objective

CLIPS, PERSONS, FRAMES, JOINTS, CLASSES, DIM = 3, 2, 4, 5, 6, 7


def cross_entropy(logits, labels, smoothing):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    right = logs[np.arange(len(labels)), labels]
    return -((1 - smoothing) * right + smoothing * logs.mean(axis=1)).mean()


def test_the_loss_is_the_papers_sum():
    rng = np.random.default_rng(0)
    plain, fused = rng.normal(size=(2, CLIPS, CLASSES)).astype(np.float32)
    importance = rng.dirichlet(np.ones(JOINTS), size=CLIPS * PERSONS).astype(np.float32)
    key_joints = rng.dirichlet(np.ones(JOINTS), size=CLIPS).astype(np.float32)
    labels = np.array([4, 0, 5])
    present = np.ones((CLIPS, PERSONS, FRAMES), dtype=np.bool_)
    present[1, 1] = False
    output = GuidedOutput(
        PlainOutput(
            features=torch.zeros(CLIPS * PERSONS, DIM, FRAMES, JOINTS),
            joint_features=torch.zeros(CLIPS, JOINTS, DIM),
            embedding=torch.zeros(CLIPS, DIM),
            importance=torch.from_numpy(importance),
            logits=torch.from_numpy(plain),
        ),
        fused_logits=torch.from_numpy(fused),
        part_logits=None,
        code=None,
    )
    batch = Batch(
        torch.zeros(CLIPS, PERSONS, FRAMES, JOINTS, 3),
        torch.from_numpy(present),
        torch.from_numpy(labels),
    )
    errors = ((importance.reshape(CLIPS, PERSONS, JOINTS) - key_joints[:, None]) ** 2).sum(axis=2)
    calibrate = errors[present.any(axis=2)].mean()
    expected = (
        cross_entropy(plain, labels, 0.1)
        + 0.5 * calibrate
        + 0.2 * cross_entropy(fused, labels, 0.1)
    )
    result = Objective(LossWeights())(output, batch, torch.from_numpy(key_joints))
    assert float(result.loss) == pytest.approx(expected, rel=1e-6)
    assert float(result.terms["loss_calibrate"]) == pytest.approx(calibrate, rel=1e-6)
