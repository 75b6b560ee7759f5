"""How well shipped weights tell known from unknown on data they did not learn from.

python benchmarks/unknown.py ui_prmd_vicon20.npz --protocol ui-prmd --model open-base

Half of the classes are enrolled by one subject each time, all are asked, 200 situations; the
judgement is the one that ships, nothing is fitted here.
"""

import argparse
from pathlib import Path

import numpy as np

import crossglg
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import play_trials
from crossglg.oneshot.openset import judge_open_set
from crossglg.sources.splits import get_protocol
from crossglg.verbs import open_clips, split_data

_SITUATIONS = 200


def main() -> None:
    """Print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--model", default="open-base")
    arguments = parser.parse_args()
    recogniser = crossglg.load(arguments.model)
    clips, masks = open_clips(arguments.data)
    novel = split_data(clips, get_protocol(arguments.protocol), masks=masks).novel
    features = extract_features(recogniser.checkpoint, novel)
    trials = play_trials(
        recogniser.compare(features, features),
        novel.labels,
        novel.subjects,
        rng=np.random.default_rng(0),
        episodes=_SITUATIONS,
    )
    assert recogniser.acceptance is not None
    probability = recogniser.acceptance.probability(
        trials.nearest, trials.second, enrolled=int(trials.enrolled[0])
    )
    print(judge_open_set(probability, trials.is_known, trials.is_right))


if __name__ == "__main__":
    main()
