"""Training steps as they are, compiled in torch's own way, and in the forms of ``crossglg train``.

    python benchmarks/compiled_steps.py --threads 1 --precision float32 --batch 8
    python benchmarks/compiled_steps.py --encoder patchgcn --batch 16 --frames 32 --layout openni15

Options are those of ``encoders.py``. The encoders are fresh, of the same weights, and must say the
same. The forms take turns; seconds are the process's CPU time divided by the threads, of the second
of two calls. Compiling takes a minute or some for each, by the clock; what torch keeps on disk of
an earlier run is used.
"""

import argparse
import statistics
import time
from functools import partial
from itertools import product

import torch
from encoders import PRECISIONS, Setting, build, check_equal, read_words, seconds_warm
from torch import nn

from crossglg.denormals import flush_denormals
from crossglg.training.compiling import compile_in_place

_CPU = torch.device("cpu")


def measure(name: str, setting: Setting, words: argparse.Namespace) -> list[str]:
    """A row for each form."""
    persons = setting.clips.shape[1]
    forms: dict[str, nn.Module] = {"as it is": build(name, words, persons)}
    forms["torch's own"] = build(name, words, persons)
    forms["torch's own"].compile(dynamic=False)
    forms["ours"] = build(name, words, persons)
    compile_in_place(forms["ours"], _CPU, dynamic=False)
    start_s = {}
    with flush_denormals():
        for form, network in forms.items():
            start = time.perf_counter()
            setting.step(network)
            start_s[form] = time.perf_counter() - start
            check_equal(network, forms["as it is"], setting)
        rounds = [
            {form: seconds_warm(partial(setting.step, used)) for form, used in forms.items()}
            for _ in range(words.rounds)
        ]
    clip_count, _, frames = setting.clips.shape[:3]
    precision = str(setting.precision).removeprefix("torch.")
    return [
        f"| {name} | {precision} | {clip_count} | {frames} | {form} "
        f"| {statistics.median(each['as it is'] / each[form] for each in rounds):.2f} "
        f"| {1000 * statistics.median(each[form] for each in rounds) / clip_count:.1f} "
        f"| {start_s[form]:.0f} |"
        for form in forms
    ]


def main() -> None:
    """Print a Markdown table."""
    words = read_words()
    torch.set_num_threads(words.threads)
    print("| encoder | precision | clips | frames | form | times as it is | ms a clip | start, s |")
    print("|---|---|---:|---:|---|---:|---:|---:|")
    for name, precision, batch, persons, frames in product(
        words.encoder or ["infogcn"],
        words.precision or ["float32", "bfloat16"],
        words.batch or [1, 8, 64],
        words.persons or [1],
        words.frames or [64],
    ):
        encoder = build(name, words, persons)
        clips = torch.randn(batch, persons, frames, encoder.layout.joint_count, 3)
        print(*measure(name, Setting(clips, PRECISIONS[precision], True), words), sep="\n")


if __name__ == "__main__":
    main()
