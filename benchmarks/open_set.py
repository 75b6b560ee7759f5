"""Known from unknown with half of the novel classes left out of the gallery.

python benchmarks/open_set.py utd_mhad.npz --protocol utd-a RUN [RUN ...]

The judgement is fitted on the base classes of each run; then 200 situations are played with the
novel ones. Prints the mean and standard deviation over the runs given, which should differ in
their seed only.
"""

import argparse
import statistics
from pathlib import Path

import numpy as np

from crossglg.checkpoint import PLAIN_FILE, PlainCheckpoint
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import FAMILIARITY, fit_acceptance, play_trials
from crossglg.oneshot.classifiers import MATCHERS
from crossglg.oneshot.floor import raw_distances, raw_sequences
from crossglg.oneshot.openset import OpenSetResult, judge_open_set
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.verbs import SplitData, open_clips, split_data

_SITUATIONS = 200


def judge(
    base: np.ndarray, novel: np.ndarray, split: SplitData, *, familiarity: float
) -> OpenSetResult:
    """Fit on base distances (N N), judge on novel ones."""
    learned, asked = (
        play_trials(
            distances,
            clips.labels,
            clips.subjects,
            rng=np.random.default_rng(0),
            episodes=_SITUATIONS,
        )
        for distances, clips in ((base, split.base), (novel, split.novel))
    )
    acceptance = fit_acceptance(learned).tempered(familiarity)
    probability = acceptance.probability(asked.nearest, asked.second)
    return judge_open_set(probability, asked.is_known, asked.is_right)


def judge_run(run: Path, matcher: str, split: SplitData, *, familiarity: float) -> OpenSetResult:
    """A trained run with one way to compare clips."""
    checkpoint = PlainCheckpoint.load(run / PLAIN_FILE)
    match = MATCHERS[matcher]
    base, novel = (extract_features(checkpoint, clips) for clips in (split.base, split.novel))
    return judge(match(base, base), match(novel, novel), split, familiarity=familiarity)


def judge_floor(split: SplitData) -> OpenSetResult:
    """Raw coordinates, aligned by DTW."""

    def between(clips: ClipSet) -> np.ndarray:
        sequences = raw_sequences(clips)
        return raw_distances(sequences, sequences, metric="dtw")

    # Coordinates have learned nothing, so no class is more familiar than another.
    return judge(between(split.base), between(split.novel), split, familiarity=1.0)


def show(name: str, results: list[OpenSetResult]) -> None:
    """One row."""
    cells = []
    for field in ("accuracy", "auroc", "false_accept", "oscr", "calibration_error"):
        values = [getattr(result, field) for result in results]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        digits = 3 if field in ("auroc", "oscr") else 1
        cells.append(f"{statistics.mean(values):.{digits}f} ± {spread:.{digits}f}")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--name", default="runs")
    parser.add_argument("--matcher", action="append")
    parser.add_argument("--no-floor", action="store_true")
    parser.add_argument("--familiarity", type=float, action="append", help="Rows to compare.")
    words = parser.parse_args()
    clips, masks = open_clips(words.data)
    split = split_data(clips, get_protocol(words.protocol), masks=masks)
    print(
        "| method | accuracy of known, % | AUROC | false accepts at 95 % recall, % | OSCR "
        "| calibration error, % |\n|---|---|---|---|---|---|"
    )
    if not words.no_floor:
        show("floor: raw DTW", [judge_floor(split)])
    for matcher in words.matcher or ["joints"]:
        for familiarity in words.familiarity or [FAMILIARITY]:
            results = [
                judge_run(run, matcher, split, familiarity=familiarity) for run in words.runs
            ]
            show(f"{words.name}, {matcher}, familiarity {familiarity:g}", results)


if __name__ == "__main__":
    main()
