"""What exported models lose in accuracy and gain in time, beside torch.

    python benchmarks/export.py RUN utd_mhad.npz [--protocol utd-a]

Exports the run as ONNX in every precision (int8 chooses its scales on base clips of the protocol)
and as native code, has each name the protocol's novel clips in the same draws, and times the way
from a clip's array (one person, 64 frames) to a name out of 100 actions, on one core, in turns.
Where the run was trained on those classes only differences between rows mean anything. CPU is the
process's own time, which other work on the machine disturbs least; wall is what a user waits.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from crossglg.benchmark import fill_gallery, make_clip
from crossglg.deployed import NativeRecogniser, OnnxRecogniser
from crossglg.export import PRECISIONS, Export, export_native, export_onnx
from crossglg.gallery import Gallery
from crossglg.oneshot import ClipFeatures
from crossglg.oneshot.classifiers import MATCHERS
from crossglg.oneshot.evaluate import summarise
from crossglg.recogniser import ClipReader, Recogniser
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.verbs import SplitData, draw_rounds, open_clips, split_data

_ACTIONS = 100
_AT_ONCE = 32
_DRAWS = 200
_MATCHERS = ("cosine", "joints", "joints+motion")


def embed(reader: ClipReader, clips: ClipSet) -> ClipFeatures:
    """Features of all clips."""
    parts = [
        reader.embed([clips.clip(i) for i in range(start, min(start + _AT_ONCE, len(clips)))])
        for start in range(0, len(clips), _AT_ONCE)
    ]
    return ClipFeatures.concatenate(parts)


def accuracy(matcher: str, features: ClipFeatures, split: SplitData) -> float:
    """Percent, mean over the draws."""
    distances = MATCHERS[matcher](features, features)
    rounds = draw_rounds(split, draws=_DRAWS, seed=0)
    answers = [distances[np.ix_(one.query, one.support)].argmin(axis=1) for one in rounds]
    truth = np.searchsorted(split.protocol.novel, split.novel.labels)
    return summarise(answers, truth, rounds).mean


def time_answers(galleries: dict[str, Gallery], rounds: int) -> dict[str, np.ndarray]:
    """Milliseconds (rounds 2), CPU and wall, of every gallery; in turns."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in galleries}
    for number in range(rounds + 3):
        for name, gallery in galleries.items():
            clip = make_clip(gallery.recogniser, seed=number)
            cpu, wall = time.process_time(), time.perf_counter()
            gallery.recognize(clip)
            spent[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {name: 1e3 * np.array(each[3:]) for name, each in spent.items()}


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", default="utd-a")
    parser.add_argument("--rounds", type=int, default=300)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    data, masks = open_clips(chosen.data)
    split = split_data(data, get_protocol(chosen.protocol), masks=masks)
    recogniser = Recogniser.load(chosen.run)
    readers: dict[str, ClipReader] = {"torch": recogniser}
    exports: dict[str, Export] = {}
    with tempfile.TemporaryDirectory() as folder:
        for precision in PRECISIONS:
            file = Path(folder) / f"{precision}.onnx"
            exports[precision] = export_onnx(
                recogniser, file, precision=precision, clips=split.base
            )
            readers[precision] = OnnxRecogniser.load(file, threads=1)
        file = Path(folder) / "model.pt2"
        exports["native"] = export_native(recogniser, file, clips=split.base)
        readers["native"] = NativeRecogniser.load(file)
        spent = time_answers(
            {k: fill_gallery(reader, actions=_ACTIONS) for k, reader in readers.items()},
            chosen.rounds,
        )
    print(
        f"| model | MB | features differ by | {', % | '.join(_MATCHERS)}, % | CPU ms p50 | p99 "
        f"| wall ms p50 | p99 |\n|---|{'---:|' * (6 + len(_MATCHERS))}"
    )
    for name, reader in readers.items():
        features = embed(reader, split.novel)
        shares = [f"{accuracy(m, features, split):.2f}" for m in _MATCHERS]
        times = [f"{t:.2f}" for t in np.percentile(spent[name], [50, 99], axis=0).T.ravel()]
        done = exports.get(name)
        about = ["", ""] if done is None else [f"{done.megabytes:.2f}", f"{done.difference:.1e}"]
        print("| " + " | ".join([name, *about, *shares, *times]) + " |")


if __name__ == "__main__":
    main()
