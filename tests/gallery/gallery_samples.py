"""A small model, untrained: what it is worth does not matter to how a gallery keeps things."""

from itertools import pairwise

import numpy as np
import torch

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot.acceptance import Acceptance
from crossglg.recogniser import Recogniser
from crossglg.skeleton import get_layout

USUAL = Acceptance((0.0, -5.0, -4.0), (1.5, -7.0))


def make_recogniser(seed=0, *, acceptance=USUAL):
    torch.manual_seed(seed)
    config = ModelConfig(guidance="g2l", options={"width": 8})
    layout = get_layout("openni15")
    branch = build_plain(config, layout=layout, max_persons=1, class_count=3).eval()
    checkpoint = PlainCheckpoint(branch, config, layout, 1, 16, ("a", "b", "c"), {})
    return Recogniser(checkpoint, acceptance)


def do(*parts):
    """Clips one after the other, each going over into the next."""
    gap = np.linspace(0, 1, 8, dtype=np.float32)[None, :, None, None]
    joints = [parts[0].joints]
    for before, after in pairwise(parts):
        joints += [before.joints[:, -1:] * (1 - gap) + after.joints[:, :1] * gap, after.joints]
    whole = np.concatenate(joints, axis=1)
    return parts[0].with_joints(whole, np.ones(whole.shape[:3], dtype=np.bool_))
