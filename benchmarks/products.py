"""What an encoder's matrix products take when each stands alone, beside the whole and the limit.

    python benchmarks/products.py --encoder infogcn --batch 1 --batch 8

Every product and convolution of a pass (in training backwards, too) is done again by itself, with
the same numbers, several times in a row: its operands are then as near as they can be. No order of
the other work could make these products faster, so their sum is what fused kernels could at best
come down to; the limit is the plain form's multiply-adds at the rate of large matrices. One thread,
float32, medians of rounds in which whole, products and large matrices take turns.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from encoders import Setting, build, matmul_rate, seconds_warm
from plain_encoders import make_plain
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from crossglg.encoders.folding import fold

_ATTENTION = "_scaled_dot_product_flash_attention_for_cpu"
_PRODUCTS = ("mm", "addmm", "bmm", "baddbmm", "convolution", "convolution_backward")


class Recorder(TorchDispatchMode):
    """Notes every product with what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Callable[[], Any]] = []

    def __torch_dispatch__(self, op, types, args=(), kwargs=None):
        name = op.overloadpacket.__name__
        if name in _PRODUCTS or name.startswith(_ATTENTION):
            self.calls.append(lambda: op(*args, **(kwargs or {})))
        return op(*args, **(kwargs or {}))


def alone(call: Callable[[], Any]) -> float:
    """Seconds of a product whose operands are near: the least of three, after one more."""
    call()
    times = []
    for _ in range(3):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def measure(name: str, batch: int, what: str, words: argparse.Namespace) -> str:
    """A row."""
    encoder = build(name, words, 1)
    clips = torch.randn(batch, 1, words.frames, encoder.layout.joint_count, 3)
    setting = Setting(clips, torch.float32, what == "training")
    network = encoder if setting.training else fold(encoder)
    with FlopCounterMode(display=False) as counter:
        setting.step(make_plain(name, encoder) or encoder)
    with Recorder() as recorder:
        setting.step(network)
    for _ in range(2):
        setting.step(network)
    shares, limits = [], []
    with torch.no_grad():
        for _ in range(words.rounds):
            with torch.enable_grad():
                whole = seconds_warm(lambda: setting.step(network))
            products = sum(alone(call) for call in recorder.calls)
            shares.append(products / whole)
            limits.append(counter.get_total_flops() / matmul_rate(torch.float32) / products)
    share, limit = statistics.median(shares), statistics.median(limits)
    return (
        f"| {name} | {what} | {batch} | {len(recorder.calls)} | {100 * limit:.0f} % "
        f"| {100 * share:.0f} % | {100 * share * limit:.0f} % |"
    )


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="append")
    parser.add_argument("--what", action="append", choices=("inference", "training"))
    parser.add_argument("--batch", action="append", type=int)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--layout", default="ntu25")
    parser.add_argument("--rounds", type=int, default=5)
    words = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    print(
        "| encoder | what | clips | products | alone, of the limit | of the whole's time ", end=""
    )
    print("| the whole, of the limit |\n|---|---|---:|---:|---:|---:|---:|")
    for name, what, batch in product(
        words.encoder or ["infogcn"], words.what or ["inference", "training"], words.batch or [8]
    ):
        print(measure(name, batch, what, words), flush=True)


if __name__ == "__main__":
    main()
