"""Put a training step through torch.compile, in a process that is free of the tests' type checks.

Prints a line of JSON: how many graphs the forward part of three steps was, and how far the losses
and gradients are from those of a step that is not compiled. A break of the graph is an error.
"""

import json
import sys

import torch
from torch._dynamo.testing import CompileCounterWithBackend

from crossglg.encoders.bottleneck import InformationBottleneck
from crossglg.guidance.build import build_crossglg, build_plain
from crossglg.skeleton import get_layout
from crossglg.training import create_recipe, override
from crossglg.training.compiling import keep_rearrangements_whole
from crossglg.training.judged import Judged
from crossglg.training.lessons import Lessons
from crossglg.training.objective import Objective

CLASSES, PERSONS, FRAMES, TEXT_DIM = 5, 2, 16, 12
LAYOUT = get_layout("openni15")


def build(*settings: str) -> Judged:
    """A small step by recipe ``metric``, changed by settings; nothing in it is left to chance."""
    torch.manual_seed(0)
    still = ["model.interaction.dropout=0", "model.interaction.text_dropout=0"]
    recipe = override(create_recipe("metric", encoder="patchgcn"), [*still, *settings])
    plain = build_plain(recipe.model, layout=LAYOUT, max_persons=PERSONS, class_count=CLASSES)
    model = build_crossglg(recipe.model, plain, text_dim=TEXT_DIM)
    keys = torch.rand(CLASSES, LAYOUT.joint_count).softmax(dim=-1)
    texts = torch.randn(CLASSES, LAYOUT.joint_count, TEXT_DIM)
    if isinstance(plain.classifier, InformationBottleneck):
        plain.classifier.noise_ratio = 0.0
    return Judged(model, Objective(recipe.loss), Lessons(keys, texts))


def step(judged: torch.nn.Module, seed: int) -> list[torch.Tensor]:
    """The loss of a batch of chance, and all gradients."""
    torch.manual_seed(seed)
    clips = torch.randn(6, PERSONS, FRAMES, LAYOUT.joint_count, 3)
    labels = torch.randint(0, CLASSES, (6,))
    judged.zero_grad()
    loss, _ = judged(clips, torch.ones(clips.shape[:3], dtype=torch.bool), labels)
    loss.backward()
    return [loss.detach(), *(p.grad.clone() for p in judged.parameters() if p.grad is not None)]


if __name__ == "__main__":
    eager, judged = build(*sys.argv[1:]), build(*sys.argv[1:])
    step(build(*sys.argv[1:]), 0)  # einops notes which libraries it has met, which is a change
    keep_rearrangements_whole()
    counter = CompileCounterWithBackend("aot_eager")
    compiled = torch.compile(judged, backend=counter, fullgraph=True)
    apart = 0.0
    for seed in range(3):
        pairs = zip(step(compiled, seed), step(eager, seed), strict=True)
        apart = max(apart, *(float((a - b).abs().max() / (1 + b.abs().max())) for a, b in pairs))
    print(json.dumps({"graphs": counter.frame_count, "apart": apart}))
