"""How fast the encoders are, beside plain code and beside the machine's limit.

    python benchmarks/encoders.py --threads 1 --batch 8 --what inference
    python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --frames 32 --layout openni15
    python benchmarks/encoders.py --threads 1 --rows rows.json     # goes on where it was stopped

InfoGCN, HD-GCN and MotionBERT are measured in turns with plain references (``plain_encoders.py``).
Both have the same weights, and the outputs must agree. In inference encoders are measured as they
are used, with their batch norms folded and few clips at once (with ``--compiled`` as native code,
as ``crossglg export`` makes it; in training by torch.compile), the reference as it is written.
Seconds are the process's CPU time divided by the threads, which other work on the machine disturbs
least; each form runs once untimed before, since the caches are those of what ran last. Numbers
below 1e-38 count as zero; with ``--denormals`` plain code computes with them, as research code
does. The limit is the count of multiply-adds of the plain reference at the rate at which this
machine multiplies large matrices, in the same precision and in the same minute. Memory is what one
step takes at its peak beside encoder and clips (Linux only).
"""

import argparse
import copy
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import torch
from plain_encoders import make_plain
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from crossglg.denormals import flush_denormals
from crossglg.deployed import NativeRecogniser
from crossglg.deployed.programs import Programs
from crossglg.encoders import SkeletonEncoder, create_encoder
from crossglg.encoders.folding import fold
from crossglg.export.native import choose_counts, write_native
from crossglg.memory import keep_freed_memory
from crossglg.oneshot.features import PLACES_AT_ONCE, count_at_once
from crossglg.skeleton import get_layout
from crossglg.training.compiling import compile_in_place
from crossglg.workers import open_pool

_MATRICES = (512, 1024, 2048)
_PATIENCE_S = 0.1
ENCODERS = ("infogcn", "hdgcn", "stgcn", "patchgcn", "motionbert")
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Setting:
    """One row's circumstances."""

    clips: Tensor
    precision: torch.dtype
    training: bool

    def step(self, encoder: nn.Module) -> Tensor:
        """One forward pass, and a backward one in training."""
        encoder.train(self.training)
        with (
            torch.set_grad_enabled(self.training),
            torch.autocast(
                self.clips.device.type, self.precision, enabled=self.precision != torch.float32
            ),
        ):
            out = encoder(self.clips)
        if self.training:
            encoder.zero_grad(set_to_none=True)
            out.float().square().mean().backward()
        return out.detach().float()


class InUse(nn.Module):
    """An encoder as ``oneshot.features`` uses it: batch norms folded, a few clips at once.

    Args:
        encoder: The encoder.
        native: File of the folded encoder's native code, if that is to run.
    """

    def __init__(self, encoder: SkeletonEncoder, native: Path | None = None) -> None:
        super().__init__()
        keep_freed_memory()
        self.network = fold(encoder) if native is None else _open_native(native)
        self.places = PLACES_AT_ONCE if native is None else NativeRecogniser.places_at_once

    def forward(self, clips: Tensor) -> Tensor:
        """(N M T V C) -> (N D)."""
        count = count_at_once(*clips.shape[1:4], places=self.places)
        return torch.cat([self.network(few) for few in clips.split(count)])


def _open_native(file: Path) -> Callable[[Tensor], Tensor]:
    programs = Programs.load(file)
    return lambda clips: programs(clips)[0]


def seconds(action: Callable[[], object]) -> float:
    """CPU time per thread of one call."""
    start = time.process_time()
    action()
    return (time.process_time() - start) / torch.get_num_threads()


def seconds_warm(action: Callable[[], object]) -> float:
    """CPU time per thread of the second of two calls: caches and memory are then its own."""
    action()
    return seconds(action)


def matmul_rate(precision: torch.dtype) -> float:
    """Floating-point operations a second on large matrices.

    Smaller ones where a product of those takes seconds: a processor that has no bfloat16 of its own
    takes a minute.
    """
    for size in _MATRICES:
        one = torch.randn(size, size, dtype=precision)
        out = torch.empty_like(one)
        if seconds(partial(torch.mm, one, one, out=out)) > _PATIENCE_S:
            break
    times = [seconds(partial(torch.mm, one, one, out=out)) for _ in range(5)]
    return 2 * size**3 / statistics.median(times)


def check_equal(encoder: nn.Module, plain: nn.Module, setting: Setting) -> None:
    """Refuse to time two encoders that say different things."""
    apart = (setting.step(encoder) - setting.step(plain)).abs().max()
    scale = setting.step(plain).abs().max()
    bound = 1e-4 if setting.precision == torch.float32 else 0.1
    assert apart < bound * scale, f"outputs differ by {apart / scale:.2g}"


def peak_megabytes(
    name: str, words: argparse.Namespace, setting: Setting, native: Path | None
) -> str:
    """Most memory that a step takes beside encoder and clips, in a process of its own."""
    with open_pool(1) as pool:
        peak = pool.submit(_peak, name, words, setting, native).result()
    return "" if peak is None else f"{peak:.0f}"


def _peak(
    name: str, words: argparse.Namespace, setting: Setting, native: Path | None
) -> float | None:
    torch.set_num_threads(words.threads)
    encoder = build(name, words, setting.clips.shape[1])
    used = encoder if setting.training else InUse(encoder, native)
    try:
        Path("/proc/self/clear_refs").write_text("5")  # forget earlier peaks
        before = _status("VmRSS")
        setting.step(used)
        return (_status("VmHWM") - before) / 1024
    except OSError:  # not on Linux
        return None


def _status(name: str) -> int:
    """Kilobytes that Linux reports about this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def measure(
    name: str, encoder: SkeletonEncoder, setting: Setting, words: argparse.Namespace, folder: Path
) -> str:
    """One row: clips a second, ratio to plain code if there is any, share of the limit, memory."""
    plain = make_plain(name, encoder)
    native = None
    if words.compiled and not setting.training:
        native = folder / "encoder.pt2"
        counts = choose_counts(*setting.clips.shape[1:4])
        write_native(fold(encoder), native, example=(setting.clips[:1],), counts=counts)
    used: nn.Module = encoder if setting.training else InUse(encoder, native)
    if words.compiled and setting.training:
        used = copy.deepcopy(encoder)
        compile_in_place(used, setting.clips.device, dynamic=False)
    if plain is not None:
        check_equal(used, plain, setting)
    ratios, fast, limits = [], [], []
    with FlopCounterMode(display=False) as counter:
        setting.step(plain or encoder)  # what merged layers compute beside zeros is not counted
    memory = peak_megabytes(name, words, setting, native)
    for _ in range(words.rounds):
        with flush_denormals():
            fast.append(seconds_warm(lambda: setting.step(used)))
        if plain is not None:
            with nullcontext() if words.denormals else flush_denormals():
                ratios.append(seconds_warm(lambda: setting.step(plain)) / fast[-1])
        limits.append(counter.get_total_flops() / matmul_rate(setting.precision) / fast[-1])
    kind = "training step" if setting.training else "inference"
    times = f"{statistics.median(ratios):.2f}" if ratios else ""
    clip_count, persons, frames = setting.clips.shape[:3]
    return (
        f"| {name} | {str(setting.precision).removeprefix('torch.')} | {kind} | {clip_count} "
        f"| {persons} | {frames} | {clip_count / statistics.median(fast):.0f} "
        f"| {times} | {100 * statistics.median(limits):.0f} % | {memory} |"
    )


def build(name: str, words: argparse.Namespace, persons: int) -> SkeletonEncoder:
    """A fresh encoder of the asked width; MotionBERT comes in sizes instead."""
    options = {"size": "small"} if name == "motionbert" else {"width": words.width}
    torch.manual_seed(0)
    layout = get_layout(words.layout)
    return create_encoder(name, layout=layout, max_persons=persons, options=options)


def read_words() -> argparse.Namespace:
    """The command line; what is given several times is measured in all combinations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="append", choices=ENCODERS)
    parser.add_argument("--what", action="append", choices=("inference", "training"))
    parser.add_argument("--precision", action="append", choices=tuple(PRECISIONS))
    parser.add_argument("--batch", action="append", type=int)
    parser.add_argument("--persons", action="append", type=int)
    parser.add_argument("--frames", action="append", type=int)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--layout", default="ntu25")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compiled", action="store_true", help="float32 only")
    parser.add_argument(
        "--denormals", action="store_true", help="plain code keeps them, as torch does untold"
    )
    parser.add_argument(
        "--rows", type=Path, help="JSON file of rows done; only others are measured"
    )
    words = parser.parse_args()
    if words.compiled:
        words.precision = words.precision or ["float32"]
        if words.precision != ["float32"]:
            parser.error("--compiled is for float32: native code computes in nothing else")
    return words


def main() -> None:
    """Print a Markdown table."""
    words = read_words()
    torch.set_num_threads(words.threads)
    done: dict[str, str] = {}
    if words.rows is not None and words.rows.exists():
        done = json.loads(words.rows.read_text("utf-8"))
    print(
        "| encoder | precision | what | clips | persons | frames | clips/s | times plain ", end=""
    )
    print("| of the limit | MB |\n|---|---|---|---|---|---|---|---|---|---|")
    for circumstances in product(
        words.encoder or ["infogcn"],
        words.what or ["inference", "training"],
        words.precision or ["float32", "bfloat16"],
        words.batch or [1, 8, 64],
        words.persons or [1],
        words.frames or [64],
    ):
        key = json.dumps([*circumstances, words.width, words.layout, words.threads, words.compiled])
        key += " plain keeps denormals" if words.denormals else ""
        if key not in done:
            name, what, precision, batch, persons, frames = circumstances
            encoder = build(name, words, persons)
            clips = torch.randn(batch, persons, frames, encoder.layout.joint_count, 3)
            setting = Setting(clips, PRECISIONS[precision], what == "training")
            with tempfile.TemporaryDirectory() as folder:
                done[key] = measure(name, encoder, setting, words, Path(folder))
            if words.rows is not None:
                words.rows.write_text(json.dumps(done, indent=1), "utf-8")
        print(done[key], flush=True)


if __name__ == "__main__":
    main()
