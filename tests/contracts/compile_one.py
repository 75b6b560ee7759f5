"""Put an encoder through torch.compile, in a process that is free of the tests' type checks.

    cd tests
    python -m contracts.compile_one hdgcn             # einops' calls are traced whole, as by train
    python -m contracts.compile_one patchgcn letters  # all of einops is traced, as torch does alone

Prints a line of JSON for each form of it: graphs made for three numbers of clips, how far apart the
answers are, and how far from those of the form that runs uncompiled (``becomes_loops``), as a share
of the largest number. The encoder is cut to its first blocks and the first that changes the width,
since tracing takes seconds a block and the others are of the same kinds.
"""

import json
import sys
from unittest.mock import patch

import torch
from torch._dynamo.testing import CompileCounter

from crossglg.encoders import create_encoder
from crossglg.encoders.folding import fold
from crossglg.skeleton import get_layout
from crossglg.training.compiling import keep_rearrangements_whole
from tiny import SMALL_OPTIONS, THREE_RINGS, keep_each_kind


def look_at(name: str, form: str) -> dict[str, object]:
    """Compile without graph breaks, which would be errors, and count the graphs."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    layout = THREE_RINGS if name == "hdgcn" else get_layout("openni15")
    encoder = create_encoder(name, layout=layout, max_persons=2, options=SMALL_OPTIONS[name])
    keep_each_kind(encoder)
    encoder = encoder.train() if form == "in training" else fold(encoder)
    counter = CompileCounter()
    compiled = torch.compile(encoder, backend=counter, fullgraph=True)
    apart = from_usual = 0.0
    for count in (7, 11, 19):  # sizes of nothing else; torch takes equal sizes for the same
        clips = torch.randn(count, 2, 16, layout.joint_count, 3)
        encoder(clips)  # einops notes which libraries it has met, which counts as a change
        torch._dynamo.mark_dynamic(clips, 0)
        answer, usual = compiled(clips).detach(), encoder(clips).detach()
        with patch("torch.compiler.is_compiling", lambda: True):
            same = encoder(clips).detach()
        apart = max(apart, float((answer - same).abs().max()))
        from_usual = max(from_usual, float((answer - usual).abs().max() / usual.abs().max()))
    distances = {"apart": apart, "from_usual": from_usual}
    return {"name": name, "form": form, "graphs": counter.frame_count, **distances}


if __name__ == "__main__":
    if "letters" not in sys.argv:
        keep_rearrangements_whole()
    for form in ("in training", "folded"):
        print(json.dumps(look_at(sys.argv[1], form)), flush=True)
