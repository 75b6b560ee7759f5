"""Texts per second of a text encoder: one by one, in batches as they come, sorted, in ONNX Runtime.

python benchmarks/text_encoders.py --encoder minilm --set utd_mhad

All ways are timed in turn, several times over, and the medians' ratios are what counts.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from crossglg.text import TransformersEncoder, create_text_encoder, load_descriptions
from crossglg.text.onnx_encoder import OnnxEncoder


def one_by_one(encoder: TransformersEncoder, texts: Sequence[str]) -> None:
    """No batch at all."""
    for text in texts:
        encoder.encode([text])


def as_they_come(encoder: TransformersEncoder, texts: Sequence[str]) -> None:
    """Batches in the given order: each as long as its longest text."""
    for start in range(0, len(texts), encoder.batch_size):
        encoder.encode(texts[start : start + encoder.batch_size])


def sorted_by_length(encoder: TransformersEncoder, texts: Sequence[str]) -> None:
    """What ``encode`` does with all texts at once."""
    encoder.encode(texts)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--set", default="utd_mhad")
    parser.add_argument("--texts", type=int, help="so many of them; all if left out")
    parser.add_argument("--rounds", type=int, default=5)
    words = parser.parse_args()
    actions = load_descriptions(words.set).actions
    texts = [text for action in actions for text in action.joints.values()][: words.texts]
    encoder = create_text_encoder(words.encoder)
    if not isinstance(encoder, TransformersEncoder):
        raise SystemExit("this encoder has no weights; nothing to time")
    with tempfile.TemporaryDirectory() as folder:
        onnx = OnnxEncoder(encoder, Path(folder) / "encoder.onnx")
        gap = float(np.abs(onnx.encode(texts[:64]) - encoder.encode(texts[:64])).max())
        ways: dict[str, Callable[[], None]] = {
            "torch, one by one": lambda: one_by_one(encoder, texts),
            "torch, batches as they come": lambda: as_they_come(encoder, texts),
            "torch, sorted by length": lambda: sorted_by_length(encoder, texts),
            "ONNX Runtime, sorted": lambda: sorted_by_length(onnx, texts),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(words.rounds):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                taken[name].append(time.perf_counter() - start)
    first = statistics.median(taken["torch, one by one"])
    print(f"{len(texts)} texts; largest difference of ONNX Runtime from torch {gap:.1e}\n")
    print("| way | texts per second | times one by one |\n|---|---|---|")
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"| {name} | {len(texts) / median:.0f} | {first / median:.1f} |")


if __name__ == "__main__":
    main()
