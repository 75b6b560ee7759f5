"""How fast the encoders are on a GPU: plain code, the encoders as they are, and compiled.

    python benchmarks/encoders_on_gpu.py --encoder infogcn --encoder hdgcn --batch 64 --batch 256
    python benchmarks/encoders_on_gpu.py --what training --precision bfloat16 --rows rows.json

The forms take turns with the same weights, and their outputs must agree. "compiled" is what
``training.compiled=true`` does: fused kernels, which CUDA replays in one piece. The reference for
all ratios is the plain form (``plain_encoders.py``) run eagerly in float32, as research code is. In
float32 all products are taken in TF32, plain ones too; torch by itself does so with convolutions
only. The limit is the count of the plain form's multiply-adds at the rate of large matrices in the
row's own precision. "ms of kernels" is how long the GPU itself works on a step: what a step takes
beyond that, it waits for the processor to tell it. On a machine without a GPU the same runs on the
processor, which says nothing but that the script works.
"""

import argparse
import copy
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path

import torch
from encoders import PRECISIONS, Setting, build
from plain_encoders import make_plain
from torch import nn
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from crossglg.encoders.folding import fold
from crossglg.skeleton import get_layout
from crossglg.training.compiling import compile_in_place

_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
_MATRIX = 8192 if _DEVICE.type == "cuda" else 1024
_STEPS_PER_ROUND = 5
_HEADER = (
    "| encoder | what | clips | precision | form | clips/s | times plain in float32 "
    "| times plain in the same precision | share of limit | ms | ms of kernels | MB |"
)


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Seconds per step between two moments of the device."""
    wait()
    start = time.perf_counter()
    yield
    wait()
    into.append((time.perf_counter() - start) / _STEPS_PER_ROUND)


def wait() -> None:
    """Until the device has done what it was told."""
    if _DEVICE.type == "cuda":
        torch.cuda.synchronize()


def matmul_rate(precision: torch.dtype) -> float:
    """Floating-point operations a second on large matrices."""
    one = torch.randn(_MATRIX, _MATRIX, dtype=precision, device=_DEVICE)
    seconds: list[float] = []
    for _ in range(4):
        with timed(seconds):
            for _ in range(_STEPS_PER_ROUND):
                torch.mm(one, one)
    return 2 * _MATRIX**3 / statistics.median(seconds[1:])


def peak_megabytes(action: Callable[[], object]) -> float:
    """Most memory of the device that an action takes beside what is there."""
    if _DEVICE.type != "cuda":
        return 0.0
    action()
    wait()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    action()
    wait()
    return (torch.cuda.max_memory_allocated() - before) / 2**20


def kernel_milliseconds(action: Callable[[], object]) -> float:
    """How long the device works on an action that it has done before."""
    if _DEVICE.type != "cuda":
        return 0.0
    with profile(activities=[ProfilerActivity.CUDA]) as seen:
        action()
        wait()
    return sum(event.self_device_time_total for event in seen.key_averages()) / 1000


def make_forms(name: str, words: argparse.Namespace, training: bool) -> dict[str, nn.Module]:
    """The same encoder several times, in the mode that is measured."""
    encoder = build(name, words, persons=1).to(_DEVICE).train(training)
    plain = make_plain(name, encoder)
    used = encoder if training else fold(encoder)
    forms: dict[str, nn.Module] = {} if plain is None else {"plain": plain.train(training)}
    forms["as it is"] = used
    forms["compiled"] = copy.deepcopy(used)
    compile_in_place(forms["compiled"], _DEVICE)
    return forms


def check_equal(forms: dict[str, nn.Module], setting: Setting) -> None:
    """Refuse to time forms that say different things."""
    said = [setting.step(form).detach().float().clone() for form in forms.values()]
    bound = (0.02 if setting.precision == torch.float32 else 0.1) * said[0].abs().max()
    for name, out in zip(forms, said, strict=True):
        apart = (out - said[0]).abs().max()
        assert apart < bound, f"{name}: differs by {apart / said[0].abs().max():.2g}"


def measure(name: str, what: str, batch: int, words: argparse.Namespace) -> list[str]:
    """The rows of one encoder, mode and number of clips: all precisions and forms in turns."""
    training = what == "training"
    forms = make_forms(name, words, training)
    joint_count = get_layout(words.layout).joint_count
    clips = torch.randn(batch, 1, words.frames, joint_count, 3, device=_DEVICE)
    settings = {p: Setting(clips, PRECISIONS[p], training) for p in words.precision}
    with FlopCounterMode(display=False) as counter:
        Setting(clips, torch.float32, training).step(next(iter(forms.values())))
    for setting in settings.values():
        check_equal(forms, setting)
    times: dict[tuple[str, str], list[float]] = {key: [] for key in product(settings, forms)}
    for _ in range(words.rounds):
        for (precision, form), into in times.items():
            settings[precision].step(forms[form])
            with timed(into):
                for _ in range(_STEPS_PER_ROUND):
                    settings[precision].step(forms[form])
    for setting in settings.values():
        check_equal(forms, setting)  # what is replayed, too
    rows = []
    for (precision, form), seconds in times.items():
        ratios = [
            _ratio(times.get(reference), seconds)
            for reference in (("float32", "plain"), (precision, "plain"))
        ]
        median = statistics.median(seconds)
        share = counter.get_total_flops() / matmul_rate(PRECISIONS[precision]) / median
        action = partial(settings[precision].step, forms[form])
        peak = peak_megabytes(action)
        rows.append(
            f"| {name} | {what} | {batch} | {precision} | {form} | {batch / median:,.0f} "
            f"| {ratios[0]} | {ratios[1]} | {100 * share:.1f} % | {1000 * median:.1f} "
            f"| {kernel_milliseconds(action):.1f} | {peak:,.0f} |"
        )
    return rows


def _ratio(reference: list[float] | None, seconds: list[float]) -> str:
    if reference is None:
        return ""
    return f"{statistics.median(a / b for a, b in zip(reference, seconds, strict=True)):.2f}"


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="append")
    parser.add_argument("--what", action="append", choices=("inference", "training"))
    parser.add_argument("--precision", action="append", choices=tuple(PRECISIONS))
    parser.add_argument("--batch", action="append", type=int)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--layout", default="ntu25")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=Path, help="JSON file of rows; those there are not repeated")
    words = parser.parse_args()
    words.precision = words.precision or list(PRECISIONS)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    done: dict[str, list[str]] = {}
    if words.rows is not None and words.rows.exists():
        done = json.loads(words.rows.read_text("utf-8"))
    print(
        f"{torch.cuda.get_device_name() if torch.cuda.is_available() else 'no GPU'}, torch "
        f"{torch.__version__}\n\n{_HEADER}\n|---|---|---:|---|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    for name, what, batch in product(
        words.encoder or ["infogcn"],
        words.what or ["training", "inference"],
        words.batch or [64],
    ):
        key = json.dumps([name, what, batch, words.frames, words.width, words.precision])
        if key not in done:
            done[key] = measure(name, what, batch, words)
            if words.rows is not None:
                words.rows.write_text(json.dumps(done, indent=1), "utf-8")
        print("\n".join(done[key]), flush=True)


if __name__ == "__main__":
    main()
