"""How long torch.compile takes to trace an encoder, before anything is generated.

    python benchmarks/tracing.py --encoder patchgcn --encoder infogcn --rounds 3

"by letters" is torch by itself, which follows how einops reads each pattern; "whole" is what
``train`` does (``keep_rearrangements_whole``). Each tracing is a process of its own, both forms
take turns, and both graphs must be of equally many of torch's own operations. CPU seconds of the
process.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import torch
from encoders import ENCODERS
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from crossglg.encoders import create_encoder
from crossglg.skeleton import get_layout
from crossglg.training.compiling import keep_rearrangements_whole
from crossglg.workers import open_pool

_LAYOUT = get_layout("ntu25")


def trace(name: str, whole: bool) -> tuple[float, int]:
    """CPU seconds, and of how many of torch's own operations the graph is."""
    if whole:
        keep_rearrangements_whole()
    torch.manual_seed(0)
    encoder = create_encoder(name, layout=_LAYOUT, max_persons=1)
    clips = torch.randn(2, 1, 64, 25, 3)
    encoder(clips)
    lengths = []

    def look(graph: torch.fx.GraphModule, inputs: Sequence[Tensor]) -> Callable[..., object]:
        lengths.append(time.process_time())
        lengths.append(len(make_fx(graph)(*inputs).graph.nodes))
        return graph.forward

    compiled = torch.compile(encoder, backend=look, fullgraph=True, dynamic=False)
    start = time.process_time()
    compiled(clips)
    end, length = lengths
    return end - start, length


def measure(name: str, rounds: int) -> str:
    """A row."""
    seconds = []
    for _ in range(rounds):
        pair = []
        for whole in (False, True):
            with open_pool(1, needs="crossglg.encoders") as pool:
                pair.append(pool.submit(partial(trace, name, whole)).result())
        assert pair[0][1] == pair[1][1], f"{name}: graphs of {pair[0][1]} and {pair[1][1]}"
        seconds.append((pair[0][0], pair[1][0]))
    ratios = [letters / whole for letters, whole in seconds]
    spread = statistics.stdev(ratios) if rounds > 1 else 0.0
    letters, whole = (statistics.median(column) for column in zip(*seconds, strict=True))
    return (
        f"| {name} | {letters:.1f} | {whole:.1f} | {statistics.mean(ratios):.1f} ± {spread:.1f} |"
    )


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="append", choices=ENCODERS)
    parser.add_argument("--rounds", type=int, default=3)
    words = parser.parse_args()
    print("| encoder | by letters, s | whole, s | times as fast |\n|---|---:|---:|---:|")
    for name in words.encoder or ENCODERS:
        print(measure(name, words.rounds), flush=True)


if __name__ == "__main__":
    main()
