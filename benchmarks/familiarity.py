"""How much surer a judgement is that was learned on classes which the model has learned from.

python benchmarks/familiarity.py utd_mhad.npz --protocol utd-a dev/patchgcn-0 dev/patchgcn-1

Models without every third base class (``development.py``) learn to judge on the classes that they
know, as ``train`` does, and judge those left out; the odds are then divided by several numbers.
Means over the models, and over galleries of one to five actions.
"""

import argparse
from pathlib import Path

import numpy as np
from development import choose_rules
from sklearn.metrics import log_loss

from crossglg.checkpoint import PlainCheckpoint
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import Acceptance, fit_acceptance
from crossglg.oneshot.classifiers import match_joints_and_motion
from crossglg.oneshot.openset import judge_open_set
from crossglg.oneshot.trials import Trials, choose_players, play_in_rooms
from crossglg.shipped import load_plain
from crossglg.sources.clipset import ClipSet
from crossglg.sources.join import find_rooms
from crossglg.verbs import open_clips, split_data

_FACTORS = (1.0, 1.25, 1.5, 2.0, 3.0)


def play(checkpoint: PlainCheckpoint, clips: ClipSet) -> Trials:
    """What the model answers about clips, as where ``train`` learns to judge."""
    rng = np.random.default_rng(0)
    clips = clips.select(choose_players(clips.labels, clips.subjects, rng=rng))
    features = extract_features(checkpoint, clips)
    return play_in_rooms(
        match_joints_and_motion(features, features),
        clips.labels,
        clips.subjects,
        find_rooms(clips.clip_names),
        rng=np.random.default_rng(0),
    )


def judge(acceptance: Acceptance, trials: Trials) -> tuple[float, float]:
    """Calibration error and log loss, means over the sizes of galleries."""
    found = []
    for size in np.unique(trials.enrolled):
        asked = trials.select(trials.enrolled == size)
        rivals = asked.second if size > 1 else None
        probability = acceptance.probability(asked.nearest, rivals, enrolled=int(size))
        result = judge_open_set(probability, asked.is_known, asked.is_right)
        found.append((result.calibration_error, log_loss(asked.is_right, probability)))
    error, loss = np.mean(found, axis=0)
    return float(error), float(loss)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("runs", type=Path, nargs="+", help="Of development.py.")
    parser.add_argument("--protocol", required=True)
    arguments = parser.parse_args()
    clips, masks = open_clips(arguments.data)
    split = split_data(clips, choose_rules(arguments.protocol, clips), masks=masks)
    found = []
    for run in map(load_plain, arguments.runs):
        acceptance, left_out = fit_acceptance(play(run, split.base)), play(run, split.novel)
        found.append([judge(acceptance.tempered(factor), left_out) for factor in _FACTORS])
    mean, deviation = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
    print("| log odds divided by | calibration error, % | log loss |\n|---|---:|---:|")
    for factor, (error, loss), (of_error, of_loss) in zip(_FACTORS, mean, deviation, strict=True):
        print(f"| {factor:g} | {error:.1f} ± {of_error:.1f} | {loss:.3f} ± {of_loss:.3f} |")


if __name__ == "__main__":
    main()
