"""What a trained encoder gains in time and loses in accuracy in bfloat16, beside float32.

    python benchmarks/bfloat16.py utd_mhad.npz RUN RUN RUN [--protocol utd-a]

The same clips and the same draws. Seconds are the process's CPU time over batches of clips, taken
in turns; how a clip is read and put in place is not counted.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from crossglg.checkpoint import PlainCheckpoint
from crossglg.denormals import flush_denormals
from crossglg.guidance.model import PlainBranch, PlainOutput
from crossglg.oneshot import extract_features
from crossglg.shipped import load_plain
from crossglg.sources.splits import get_protocol
from crossglg.verbs import SplitFeatures, evaluate_run, open_clips, split_data

_CLASSIFIERS = ("cosine", "joints", "dtw", "joints+motion")
_BATCH = 32
_ROUNDS = 7


class InBfloat16(nn.Module):
    """A branch whose products are taken in bfloat16; what it says is float32 again."""

    def __init__(self, branch: PlainBranch) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, clips: torch.Tensor, present: torch.Tensor) -> PlainOutput:
        """As the branch."""
        with torch.autocast("cpu", torch.bfloat16):
            said = self.branch(clips, present)
        return PlainOutput(*(None if part is None else part.float() for part in said))


def seconds(action: Callable[[], object]) -> float:
    """Of the process."""
    start = time.process_time()
    action()
    return time.process_time() - start


@torch.inference_mode()
def measure_ratio(one: PlainCheckpoint, other: PlainCheckpoint) -> tuple[float, float]:
    """Milliseconds a clip of the first, and how many times as fast the second is."""
    clips = torch.randn(_BATCH, one.max_persons, one.frame_count, one.layout.joint_count, 3)
    present = torch.ones(clips.shape[:3], dtype=torch.bool)
    slow, ratios = [], []
    with flush_denormals():
        for _ in range(_ROUNDS + 1):
            slow.append(seconds(lambda: one.folded(clips, present)))
            ratios.append(slow[-1] / seconds(lambda: other.folded(clips, present)))
    return 1e3 * statistics.median(slow[1:]) / _BATCH, statistics.median(ratios[1:])


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--protocol", default="utd-a")
    words = parser.parse_args()
    torch.set_num_threads(1)
    data, masks = open_clips(words.data)
    split = split_data(data, get_protocol(words.protocol), masks=masks)
    print(f"| run | precision | {' | '.join(_CLASSIFIERS)} | ms a clip | times float32 |")
    print("|---|---|" + "---:|" * (len(_CLASSIFIERS) + 2))
    for run in words.runs:
        full = load_plain(run)
        half = replace(full, branch=InBfloat16(full.branch))
        taken, ratio = measure_ratio(full, half)
        for model, name, ms, times in (
            (full, "float32", taken, 1.0),
            (half, "bfloat16", taken / ratio, ratio),
        ):
            seen = SplitFeatures(None, extract_features(model, split.novel))
            found = evaluate_run(full, split, classifiers=_CLASSIFIERS, features=seen)
            shares = " | ".join(f"{found.results[c].mean:.2f}" for c in _CLASSIFIERS)
            print(f"| {run.name} | {name} | {shares} | {ms:.2f} | {times:.2f} |", flush=True)


if __name__ == "__main__":
    main()
