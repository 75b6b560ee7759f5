"""Pack a trained run as the weights that the package ships, with an honest sense of "unknown".

A model knows the clips it learned from far better than any new one, so its judgement cannot be
fitted on them. It is fitted with a twin: the same recipe, trained without some of the classes,
judges clips of those. (docs/results.md has the commands.)
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from crossglg.checkpoint import PLAIN_FILE, write_json
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import fit_acceptance, play_trials
from crossglg.oneshot.classifiers import match_joints_and_motion
from crossglg.recogniser import ACCEPTANCE_FILE
from crossglg.shipped import load_plain
from crossglg.sources import open_data


def main() -> None:
    """Write OUT/plain.safetensors in half precision and OUT/acceptance.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", help="What is shipped.")
    parser.add_argument("twin", help="The same, trained without some classes.")
    parser.add_argument("data", type=Path, help="The archive with all classes.")
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    twin, data = load_plain(arguments.twin), open_data(arguments.data)
    new = [k for k, name in enumerate(data.class_names) if name not in twin.class_names]
    unseen = data.of_classes(new)
    print(f"{len(unseen)} clips of {len(new)} classes that the twin has not met")
    features = extract_features(twin, unseen)
    distances = match_joints_and_motion(features, features)
    rng = np.random.default_rng(0)
    acceptance = fit_acceptance(play_trials(distances, unseen.labels, unseen.subjects, rng=rng))
    arguments.out.mkdir(parents=True, exist_ok=True)
    load_plain(arguments.run).save(arguments.out / PLAIN_FILE, dtype=torch.float16)
    write_json(arguments.out / ACCEPTANCE_FILE, acceptance.to_json())
    size = (arguments.out / PLAIN_FILE).stat().st_size / 1e6
    print(f"{size:.2f} MB in {arguments.out}; {acceptance}")


if __name__ == "__main__":
    main()
