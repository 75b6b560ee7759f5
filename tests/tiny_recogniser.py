"""What the tests of exported models share: a tiny untrained model, and types left unchecked."""

import os
import shutil

import numpy as np
import pytest
import torch
from jaxtyping import config
from torch import nn

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.guidance.importance import JointImportance
from crossglg.oneshot.features import describe
from crossglg.recogniser import Recogniser
from crossglg.skeleton import get_layout
from tiny import SMALL_OPTIONS, THREE_RINGS, find_wider, keep_blocks

LAYOUT = get_layout("openni15")
FRAMES = 16

needs_compiler = pytest.mark.skipif(
    shutil.which(os.environ.get("CXX", "g++")) is None, reason="there is no C++ compiler here"
)


def build(encoder, layout=LAYOUT):
    """Two persons, three base classes."""
    torch.manual_seed(0)
    options = SMALL_OPTIONS[encoder]
    model = ModelConfig(encoder=encoder, options=options, head="cosine")
    branch = build_plain(model, layout=layout, max_persons=2, class_count=3).eval()
    names = ("wave", "kick", "bow")
    form = (layout, 2, FRAMES, names, {}, "all-frames")  # not what files without it mean
    return Recogniser(PlainCheckpoint(branch, model, *form), None)


@pytest.fixture(scope="module", autouse=True)
def unchecked_shapes():
    """The exporter calls with sizes that are symbols, which checks of shapes cannot read."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


def build_short(encoder):
    """Its first block and the first wider one alone, before which importance is read."""
    recogniser = build(encoder, THREE_RINGS if encoder == "hdgcn" else LAYOUT)
    branch = recogniser.checkpoint.branch
    keep_blocks(branch.encoder, 0, find_wider(branch.encoder))
    branch.n_pre = 1
    branch.importance = JointImportance(branch.encoder.block_dims[0])
    branch.classifier = nn.Identity()  # made for the width of the last block
    return recogniser


def assert_says_what_torch_says(recogniser, exported, *, clip_count):
    """Of clips of chance, in one of which one person is missing."""
    rng = np.random.default_rng(clip_count)
    joint_count = recogniser.checkpoint.layout.joint_count
    clips = rng.standard_normal((clip_count, 2, FRAMES, joint_count, 3), dtype=np.float32)
    present = np.ones(clips.shape[:3], dtype=np.bool_)
    present[0, 1] = False
    there = torch.from_numpy(present)
    with torch.inference_mode():
        expected = describe(recogniser.checkpoint.branch(torch.from_numpy(clips), there), there)
    found = exported.describe(clips, present)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * float(theirs.abs().max()))
