"""Put an encoder through torch.compile, in a process that is free of the tests' type checks.

Prints a line of JSON for each form of it: graphs made for four numbers of clips, and how far apart
the answers are.
"""

import json
import sys

import torch
from tiny import SMALL_OPTIONS
from torch._dynamo.testing import CompileCounter

from crossglg.encoders import create_encoder
from crossglg.encoders.folding import fold
from crossglg.skeleton import get_layout

LAYOUT = get_layout("openni15")


def look_at(name: str, form: str) -> dict[str, object]:
    """Compile without graph breaks, which would be errors, and count the graphs."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    encoder = create_encoder(
        name, layout=LAYOUT, max_persons=2, options=SMALL_OPTIONS.get(name, {"width": 16})
    )
    encoder = encoder.train() if form == "in training" else fold(encoder)
    counter = CompileCounter()
    compiled = torch.compile(encoder, backend=counter, fullgraph=True)
    apart = 0.0
    for count in (7, 9, 11, 19):  # sizes of nothing else; torch takes equal sizes for the same
        clips = torch.randn(count, 2, 16, 15, 3)
        encoder(clips)  # einops notes which libraries it has met, which counts as a change
        torch._dynamo.mark_dynamic(clips, 0)
        apart = max(apart, float((compiled(clips) - encoder(clips)).detach().abs().max()))
    return {"name": name, "form": form, "graphs": counter.frame_count, "apart": apart}


if __name__ == "__main__":
    for form in ("in training", "folded"):
        print(json.dumps(look_at(sys.argv[1], form)), flush=True)
