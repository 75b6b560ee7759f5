"""Pack a trained run as the weights that the package ships, with an honest sense of "unknown".

python benchmarks/ship_weights.py open-base open --out shipped/open-base

A model knows the clips it learned from far better than any new one, so its judgement cannot be
fitted on them. It is fitted with four twins: the same recipe, trained here without a fourth of the
classes each (into RUN-twins, from where they were left), judges clips of those, with galleries of
several sizes.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from crossglg.checkpoint import PLAIN_FILE, PlainCheckpoint, write_json
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import Trials, fit_acceptance, play_trials
from crossglg.oneshot.classifiers import match_joints_and_motion
from crossglg.recogniser import ACCEPTANCE_FILE
from crossglg.shipped import load_plain
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import whole_protocol
from crossglg.training import recipe_from_json
from crossglg.verbs import SplitData, open_clips, split_data, train_run

_TWINS = 4
_ENROLLED = (1, 2, 3, 5, 8)
"""How many actions are in the galleries that are played with."""


def leave_out(data: ClipSet, number: int) -> SplitData:
    """All clips, with every fourth class as a novel one, from the one of this number."""
    every = whole_protocol(class_count=len(data.class_names))
    rules = replace(every, name="without every fourth", novel=every.base[number::_TWINS])
    return split_data(data, rules, masks={})


def play_with_twin(twin: PlainCheckpoint, unseen: ClipSet) -> Trials:
    """What the twin answers about clips of classes that it has not met."""
    features = extract_features(twin, unseen)
    distances = match_joints_and_motion(features, features)
    played = [
        play_trials(
            distances,
            unseen.labels,
            unseen.subjects,
            rng=np.random.default_rng(0),
            enroll=count,
        )
        for count in _ENROLLED
    ]
    return Trials.concatenate(played)


def main() -> None:
    """Write OUT/plain.safetensors in half precision and OUT/acceptance.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="What is shipped.")
    parser.add_argument("data", type=Path, help="What it learned from.")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    data, _ = open_clips(arguments.data)
    run = load_plain(arguments.run)
    recipe = recipe_from_json(run.provenance["recipe"])
    trials = []
    for number in range(_TWINS):
        split = leave_out(data, number)
        folder = arguments.run.with_name(f"{arguments.run.name}-twins") / str(number)
        trials.append(play_with_twin(train_run(split, recipe, out=folder), split.novel))
        print(f"twin {number}: {fit_acceptance(trials[-1])}", flush=True)
    acceptance = fit_acceptance(Trials.concatenate(trials))
    arguments.out.mkdir(parents=True, exist_ok=True)
    run.save(arguments.out / PLAIN_FILE, dtype=torch.float16)
    write_json(arguments.out / ACCEPTANCE_FILE, acceptance.to_json())
    size = (arguments.out / PLAIN_FILE).stat().st_size / 1e6
    print(f"{size:.2f} MB in {arguments.out}; {acceptance}")


if __name__ == "__main__":
    main()
