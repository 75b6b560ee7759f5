"""How fast the graph encoders are, beside plain code and beside the machine's limit.

    python benchmarks/encoders.py --threads 1 --batch 32 --width 32 --frames 32 --layout kinect20
    python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --frames 32 --layout openni15

InfoGCN is measured in turns with the plain reference of this file: its equations in the style of
research code, a loop over heads, separate branches, one batch norm each. Both have the same
weights, and the outputs must agree. The other encoders have no such reference. Seconds are the
process's CPU time divided by the threads, which other work on the machine disturbs least. The limit
is the count of multiply-adds at the rate at which this machine multiplies large matrices, in the
same precision and in the same minute.
"""

import argparse
import copy
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from crossglg.encoders import InfoGCN, SkeletonEncoder, create_encoder
from crossglg.encoders.block import SpaceTimeBlock
from crossglg.encoders.infogcn import AttentionGraphConvolution
from crossglg.encoders.temporal import MultiScaleTemporal
from crossglg.skeleton import get_layout

_MATRIX = 2048
_WITH_WIDTH = ("infogcn", "hdgcn", "stgcn", "patchgcn")


class PlainSpace(nn.Module):
    """Section 3.3, head by head."""

    def __init__(self, fast: AttentionGraphConvolution) -> None:
        super().__init__()
        self.norm_in, self.to_query_key = fast.norm_in, fast.to_query_key
        self.topology, self.mix = fast.topology, fast.mix
        self.norm_out, self.shortcut = fast.norm_out, fast.shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(B D T V) -> (B D' T V)."""
        joints = x.permute(0, 2, 3, 1).contiguous()
        query, key = self.to_query_key(self.norm_in(joints)).chunk(2, dim=-1)
        heads = len(self.mix)
        total: Tensor | int = 0
        for q, k, topology, mix in zip(
            query.chunk(heads, -1), key.chunk(heads, -1), self.topology, self.mix, strict=True
        ):
            attention = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
            mixed = (attention * topology) @ joints
            total = total + mix(mixed.permute(0, 3, 1, 2).contiguous())
        return torch.relu(self.norm_out(total) + self.shortcut(x))


class PlainTime(nn.Module):
    """Four branches, each on its own."""

    def __init__(self, fast: MultiScaleTemporal) -> None:
        super().__init__()
        self.branches = fast.branches

    def forward(self, x: Tensor) -> Tensor:
        """(B D T V) -> (B D' T/stride V)."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def make_plain(encoder: InfoGCN) -> InfoGCN:
    """A copy with the same weights whose blocks compute as plainly as the equations read."""
    plain = copy.deepcopy(encoder)
    for block in plain.blocks:
        assert isinstance(block, SpaceTimeBlock)
        assert isinstance(block.space, AttentionGraphConvolution)
        block.space, block.time = PlainSpace(block.space), PlainTime(block.time)
    return plain


@dataclass(frozen=True)
class Setting:
    """One row's circumstances."""

    clips: Tensor
    precision: torch.dtype
    training: bool

    def step(self, encoder: SkeletonEncoder) -> Tensor:
        """One forward pass, and a backward one in training."""
        encoder.train(self.training)
        with (
            torch.set_grad_enabled(self.training),
            torch.autocast("cpu", self.precision, enabled=self.precision != torch.float32),
        ):
            out = encoder(self.clips)
        if self.training:
            encoder.zero_grad(set_to_none=True)
            out.float().square().mean().backward()
        return out.detach().float()


def seconds(action: Callable[[], object]) -> float:
    """CPU time per thread of one call."""
    start = time.process_time()
    action()
    return (time.process_time() - start) / torch.get_num_threads()


def matmul_rate(precision: torch.dtype) -> float:
    """Floating-point operations a second on large matrices."""
    one = torch.randn(_MATRIX, _MATRIX, dtype=precision)
    out = torch.empty_like(one)
    times = [seconds(lambda: torch.mm(one, one, out=out)) for _ in range(6)][1:]
    return 2 * _MATRIX**3 / statistics.median(times)


def check_equal(encoder: InfoGCN, plain: InfoGCN, setting: Setting) -> None:
    """Refuse to time two encoders that say different things."""
    apart = (setting.step(encoder) - setting.step(plain)).abs().max()
    scale = setting.step(plain).abs().max()
    bound = 1e-4 if setting.precision == torch.float32 else 0.1
    assert apart < bound * scale, f"outputs differ by {apart / scale:.2g}"


def measure(name: str, encoder: SkeletonEncoder, setting: Setting, rounds: int) -> str:
    """One row: clips a second, ratio to plain code if there is any, share of the limit."""
    plain = None
    if isinstance(encoder, InfoGCN):
        plain = make_plain(encoder)
        check_equal(encoder, plain, setting)
    ratios, fast, limits = [], [], []
    with FlopCounterMode(display=False) as counter:
        setting.step(plain or encoder)  # what merged layers compute beside zeros is not counted
    for _ in range(rounds):
        fast.append(seconds(lambda: setting.step(encoder)))
        if plain is not None:
            ratios.append(seconds(lambda: setting.step(plain)) / fast[-1])
        limits.append(counter.get_total_flops() / matmul_rate(setting.precision) / fast[-1])
    kind = "training step" if setting.training else "inference"
    times = f"{statistics.median(ratios):.2f}" if ratios else ""
    return (
        f"| {name} | {str(setting.precision).removeprefix('torch.')} | {kind} "
        f"| {len(setting.clips)} | {setting.clips.shape[1]} "
        f"| {len(setting.clips) / statistics.median(fast):.0f} "
        f"| {times} | {100 * statistics.median(limits):.0f} % |"
    )


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="append", choices=_WITH_WIDTH)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--persons", type=int, default=1)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--layout", default="ntu25")
    parser.add_argument("--rounds", type=int, default=5)
    words = parser.parse_args()
    torch.set_num_threads(words.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    layout = get_layout(words.layout)
    encoders = {
        name: create_encoder(
            name, layout=layout, max_persons=words.persons, options={"width": words.width}
        )
        for name in words.encoder or ["infogcn"]
    }
    print("| encoder | precision | what | clips | persons | clips/s | times plain | of the limit |")
    print("|---|---|---|---|---|---|---|---|")
    for batch in words.batch or [1, 8, 64]:
        clips = torch.randn(batch, words.persons, words.frames, layout.joint_count, 3)
        for precision in (torch.float32, torch.bfloat16):
            for training in (False, True):
                setting = Setting(clips, precision, training)
                for name, encoder in encoders.items():
                    print(measure(name, encoder, setting, words.rounds), flush=True)


if __name__ == "__main__":
    main()
