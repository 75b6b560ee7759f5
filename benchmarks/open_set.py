"""Known from unknown with half of the novel classes left out of the gallery.

python benchmarks/open_set.py utd_mhad.npz --protocol utd-a RUN [RUN ...]

The judgement is fitted on the base classes of each run; then 200 situations are played with the
novel ones. Prints the mean and standard deviation over the runs given, which should differ in
their seed only; of the floor, which learns nothing, over three draws of situations.
"""

import argparse
from pathlib import Path

import numpy as np
from spread import FLOOR_DRAWS, as_row, with_spread

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
_FIELDS = {"accuracy": 1, "auroc": 3, "false_accept": 1, "oscr": 3, "calibration_error": 1}
"""And with how many digits they are shown."""


def judge(
    base: np.ndarray, novel: np.ndarray, split: SplitData, *, familiarity: float, seed: int = 0
) -> OpenSetResult:
    """Fit on base distances (N N), judge on novel ones."""
    learned, asked = (
        play_trials(
            distances,
            clips.labels,
            clips.subjects,
            rng=np.random.default_rng(seed),
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


def judge_floor(split: SplitData) -> list[OpenSetResult]:
    """Raw coordinates, aligned by DTW: several draws of situations."""

    def between(clips: ClipSet) -> np.ndarray:
        sequences = raw_sequences(clips)
        return raw_distances(sequences, sequences, metric="dtw")

    base, novel = between(split.base), between(split.novel)
    # Coordinates have learned nothing, so no class is more familiar than another.
    return [judge(base, novel, split, familiarity=1.0, seed=s) for s in range(FLOOR_DRAWS)]


def show(name: str, results: list[OpenSetResult]) -> None:
    """One row."""
    cells = [
        with_spread([getattr(result, field) for result in results], digits)
        for field, digits in _FIELDS.items()
    ]
    print(as_row(name, cells), flush=True)


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
        show("floor: raw DTW", judge_floor(split))
    for matcher in words.matcher or ["joints"]:
        for familiarity in words.familiarity or [FAMILIARITY]:
            results = [
                judge_run(run, matcher, split, familiarity=familiarity) for run in words.runs
            ]
            show(f"{words.name}, {matcher}, familiarity {familiarity:g}", results)


if __name__ == "__main__":
    main()
