"""What it brings to be surer before an action is named, and what it costs.

python benchmarks/sureness.py ui_prmd_vicon20.npz --protocol ui-prmd --either-side \
    --model open-base --seeds 3
python benchmarks/sureness.py utd_mhad.npz --protocol utd-a --model RUN --model RUN --model RUN

The situations of ``unknown.py``: up to three of the novel classes are enrolled by one subject, all
are asked. Each row names an answer from another probability on. The floor has no probabilities: it
names what is nearer than a threshold, which is chosen on the very queries, so that it names as
many of the known; no user could. Several models are trainings that differ in their seed, several
seeds draw other situations: mean and deviation over both.
"""

import argparse
from pathlib import Path

import numpy as np
from spread import as_row, with_spread
from unknown import compare_learned, compare_raw, open_novel, play

import crossglg
from crossglg.oneshot.acceptance import Acceptance, Trials

_ENROLLED = 3
_CHOICES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)


def judge(trials: Trials, acceptance: Acceptance, floor: Trials) -> np.ndarray:
    """(choices, 4) percent: known named rightly, known named, unknown named, the floor's."""
    probability = acceptance.probability(trials.nearest, trials.second, enrolled=_ENROLLED)
    rows = []
    for sure in _CHOICES:
        named = probability >= sure
        known = named[trials.is_known].mean()
        reach = np.quantile(floor.nearest[floor.is_known], known)
        rows.append(
            [
                (named & trials.is_right)[trials.is_known].mean(),
                known,
                named[~trials.is_known].mean(),
                (floor.nearest[~floor.is_known] <= reach).mean(),
            ]
        )
    return 100 * np.array(rows)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--either-side", action="store_true", help="Mirror images count, too.")
    parser.add_argument("--seeds", type=int, default=1, help="Of 200 situations each.")
    arguments = parser.parse_args()
    novel, images = open_novel(arguments.data, arguments.protocol)

    def ask(shown: np.ndarray, mirrored: np.ndarray) -> list[Trials]:
        nearest = np.minimum(shown, mirrored) if arguments.either_side else shown
        return [play(novel, nearest, _ENROLLED, seed=seed) for seed in range(arguments.seeds)]

    floors = ask(*compare_raw(novel, images))
    found = np.stack(
        [
            judge(trials, model.acceptance, floor)
            for model in map(crossglg.load, arguments.model)
            for trials, floor in zip(
                ask(*compare_learned(model, novel, images)), floors, strict=True
            )
        ]
    )
    print(
        "| sure | known, named rightly, % | known, named, % | unknown, named, % "
        "| unknown, named by raw DTW that names as many known, % |\n|---:|---:|---:|---:|---:|"
    )
    for number, sure in enumerate(_CHOICES):
        print(as_row(str(sure), map(with_spread, found[:, number].T)))


if __name__ == "__main__":
    main()
