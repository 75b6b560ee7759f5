"""In which rooms "unknown" should be learned: where it will be used, or everywhere at once.

python benchmarks/judge_rooms.py open-base open

The twins of shipped weights (``ship_weights.py`` trains them) judge clips of classes that they have
not met. One room at a time is left out and judged by what was learned in the others: each of them
by itself, all of them together, or half and half, which is what ``fit_acceptance`` does with all.
"""

import argparse
from pathlib import Path

import numpy as np
from ship_weights import play_with_twins
from sklearn.metrics import log_loss

from crossglg.oneshot.acceptance import Acceptance, fit_acceptance
from crossglg.oneshot.openset import judge_open_set
from crossglg.oneshot.trials import ANYWHERE, Trials
from crossglg.verbs import open_clips


def judge(acceptance: Acceptance, trials: Trials) -> list[float]:
    """Trials of one size: area, shares accepted (known, unknown), calibration error, log loss."""
    size = int(trials.enrolled[0])
    rivals = trials.second if size > 1 else None
    probability = acceptance.probability(trials.nearest, rivals, enrolled=size)
    result = judge_open_set(probability, trials.is_known, trials.is_right)
    half = np.where(trials.is_known, 1 / trials.is_known.sum(), 1 / (~trials.is_known).sum())
    return [
        result.auroc,
        100 * float((probability[trials.is_known] >= 0.5).mean()),
        100 * float((probability[~trials.is_known] >= 0.5).mean()),
        result.calibration_error,
        log_loss(trials.is_right, probability, sample_weight=half),
    ]


def main() -> None:
    """Print a Markdown table: means over the rooms left out, and sizes of galleries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="What is shipped.")
    parser.add_argument("data", type=Path, help="What it learned from.")
    arguments = parser.parse_args()
    data, _ = open_clips(arguments.data)
    trials = Trials.concatenate(play_with_twins(arguments.run, data))
    rooms = sorted(set(trials.room) - {ANYWHERE})
    ways = {
        "each room by itself": lambda room: trials.room != ANYWHERE,
        "half and half": lambda room: np.ones(len(trials.room), dtype=np.bool_),
        "all together": lambda room: trials.room == ANYWHERE,
    }
    print(
        "| learned in | enrolled | AUROC | known accepted, % | unknown accepted, % "
        "| calibration error, % | log loss |\n|---|---|---:|---:|---:|---:|---:|"
    )
    for name, chosen_without in ways.items():
        rows = {True: [], False: []}
        for room in rooms:
            learned = trials.select(chosen_without(room) & (trials.room != room))
            acceptance = fit_acceptance(learned)
            for size in np.unique(trials.enrolled[trials.room == room]):
                asked = trials.select((trials.room == room) & (trials.enrolled == size))
                rows[size == 1].append(judge(acceptance, asked))
        for alone, found in rows.items():
            area, *shares, loss = np.mean(found, axis=0)
            cells = [f"{area:.3f}", *(f"{share:.1f}" for share in shares), f"{loss:.3f}"]
            print(f"| {name} | {'one' if alone else 'several'} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
