"""A small trained-looking run on the choreography, and its data under the protocol of the demo."""

import pytest
import torch

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.recogniser import Recogniser
from crossglg.skeleton import get_layout
from crossglg.sources.choreography import choreography, list_actions
from crossglg.sources.splits import get_protocol
from crossglg.verbs import split_data


def make_recogniser(guidance="g2l"):
    torch.manual_seed(0)
    config = ModelConfig(guidance=guidance, options={"width": 8})
    layout = get_layout("ntu25")
    protocol = get_protocol("demo")
    names = tuple(list_actions()[label] for label in protocol.base)
    branch = build_plain(config, layout=layout, max_persons=1, class_count=len(names)).eval()
    if branch.importance is not None:
        torch.nn.init.normal_(branch.importance.score.weight, std=0.1)
    checkpoint = PlainCheckpoint(branch, config, layout, 1, 16, names, {})
    return Recogniser(checkpoint, None)


@pytest.fixture(scope="session")
def recogniser():
    return make_recogniser()


@pytest.fixture(scope="session")
def unguided():
    return make_recogniser("none")


@pytest.fixture(scope="session")
def split():
    data = choreography(performers=3, repeats=1)
    return split_data(data, get_protocol("demo"), masks={})
