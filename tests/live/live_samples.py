"""A small untrained model: random features still tell a wave from a squat."""

import torch

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot.acceptance import Acceptance
from crossglg.recogniser import Recogniser
from crossglg.skeleton import get_layout


def make_recogniser():
    torch.manual_seed(0)
    config = ModelConfig(guidance="g2l", options={"width": 8})
    layout = get_layout("openni15")
    branch = build_plain(config, layout=layout, max_persons=1, class_count=3).eval()
    checkpoint = PlainCheckpoint(branch, config, layout, 1, 16, ("a", "b", "c"), {})
    return Recogniser(checkpoint, Acceptance((0.0, -5.0, -4.0), (1.5, -7.0)))
