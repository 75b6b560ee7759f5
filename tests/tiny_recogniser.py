"""What the tests of exported models share: a tiny untrained model, and types left unchecked."""

import pytest
import torch
from jaxtyping import config

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.recogniser import Recogniser
from crossglg.skeleton import get_layout

LAYOUT = get_layout("openni15")
FRAMES = 16


def build(encoder):
    """Two persons, fifteen joints, three base classes."""
    torch.manual_seed(0)
    options = {"size": "small"} if encoder == "motionbert" else {"width": 8}
    model = ModelConfig(encoder=encoder, options=options, head="cosine")
    branch = build_plain(model, layout=LAYOUT, max_persons=2, class_count=3).eval()
    names = ("wave", "kick", "bow")
    return Recogniser(PlainCheckpoint(branch, model, LAYOUT, 2, FRAMES, names, {}), None)


@pytest.fixture(scope="module", autouse=True)
def unchecked_shapes():
    """The exporter calls with sizes that are symbols, which checks of shapes cannot read."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)
