"""How well a trained model tells known from unknown, by the judgement that it brings along.

python benchmarks/unknown.py ui_prmd_vicon20.npz --protocol ui-prmd --model open-base --seeds 3
python benchmarks/unknown.py utd_mhad.npz --protocol utd-a --model RUN --model RUN --model RUN

One to half of the novel classes are enrolled by one subject each time, all are asked, 200
situations of each size; once an exemplar is what it is, once it stands for its mirror image, too,
as after ``crossglg enroll --either-side``. Nothing is fitted here. The floor has no judgement, and
goes by how near the nearest exemplar is. Several models are trainings that differ in their seed,
several seeds draw other situations (of the floor three at least): mean and deviation over both.
"""

import argparse
from pathlib import Path

import numpy as np
from spread import FLOOR_DRAWS, as_row, with_spread

import crossglg
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import Acceptance, Trials, play_trials
from crossglg.oneshot.floor import raw_distances, raw_sequences
from crossglg.oneshot.openset import judge_open_set
from crossglg.recogniser import Recogniser
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.verbs import open_clips, split_data

_SITUATIONS = 200
_SIZES = (1, 2, 3, 5)
_COLUMNS = (
    "accuracy of known, %",
    "AUROC",
    "false accepts at 95 % recall, %",
    "known accepted, %",
    "unknown accepted, %",
    "calibration error, %",
)


def open_novel(data: Path, protocol: str) -> tuple[ClipSet, ClipSet]:
    """The clips of the novel classes, and their mirror images."""
    clips, masks = open_clips(data)
    novel = split_data(clips, get_protocol(protocol), masks=masks).novel
    return novel, novel.mirrored()


def compare_raw(shown: ClipSet, images: ClipSet) -> list[np.ndarray]:
    """(Q S) of coordinates, aligned in time: to exemplars as shown, and to their mirror images."""
    both = [raw_sequences(each) for each in (shown, images)]
    return [raw_distances(both[0], exemplars, metric="dtw") for exemplars in both]


def compare_learned(recogniser: Recogniser, shown: ClipSet, images: ClipSet) -> list[np.ndarray]:
    """The same, as galleries compare."""
    both = [extract_features(recogniser.checkpoint, each) for each in (shown, images)]
    return [recogniser.compare(both[0], exemplars) for exemplars in both]


def play(clips: ClipSet, distances: np.ndarray, size: int, *, seed: int) -> Trials:
    """The same situations for all who are compared."""
    rng = np.random.default_rng(seed)
    return play_trials(
        distances, clips.labels, clips.subjects, rng=rng, episodes=_SITUATIONS, enroll=size
    )


def judge(trials: Trials, acceptance: Acceptance | None) -> list[float]:
    """The figures of a row; fewer where there is no judgement."""
    size = int(trials.enrolled[0])
    if acceptance is None:
        result = judge_open_set(1 / (1 + trials.nearest), trials.is_known, trials.is_right)
        return [result.accuracy, result.auroc, result.false_accept]
    rivals = trials.second if size > 1 else None
    probability = acceptance.probability(trials.nearest, rivals, enrolled=size)
    result = judge_open_set(probability, trials.is_known, trials.is_right)
    accepted = [probability[asked] >= 0.5 for asked in (trials.is_known, ~trials.is_known)]
    shares = [100 * float(each.mean()) for each in accepted]
    order = [result.accuracy, result.auroc, result.false_accept]
    return [*order, *shares, result.calibration_error]


def count_draws(name: str, seeds: int) -> int:
    """How many draws of situations a row is of."""
    return max(seeds, FLOOR_DRAWS) if name.startswith("floor") else seeds


def show(name: str, rows: list[list[float]]) -> None:
    """Mean and deviation over the rows of several trainings or draws."""
    cells = [
        with_spread(values, digits=3 if column == "AUROC" else 1)
        for column, values in zip(_COLUMNS, np.transpose(rows), strict=False)
    ]
    print(as_row(name, [*cells, *[""] * (len(_COLUMNS) - len(cells))]), flush=True)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--seeds", type=int, default=1, help="Of 200 situations each.")
    arguments = parser.parse_args()
    novel, images = open_novel(arguments.data, arguments.protocol)
    ways = {
        "floor: raw DTW": [(*compare_raw(novel, images), None)],
        arguments.model[0]: [
            (*compare_learned(model, novel, images), model.acceptance)
            for model in map(crossglg.load, arguments.model)
        ],
    }
    print(
        f"| by | sides | enrolled | {' | '.join(_COLUMNS)} |\n"
        f"|---|---|---:|{'---:|' * len(_COLUMNS)}"
    )
    half = len(np.unique(novel.labels)) // 2
    for name, models in ways.items():
        draws = count_draws(name, arguments.seeds)
        for sides, mirrored in (("shown", False), ("either", True)):
            for size in sorted({min(size, half) for size in _SIZES}):
                rows = [
                    judge(
                        play(novel, np.minimum(p, m) if mirrored else p, size, seed=seed),
                        acceptance,
                    )
                    for p, m, acceptance in models
                    for seed in range(draws)
                ]
                show(f"{name} | {sides} | {size}", rows)


if __name__ == "__main__":
    main()
