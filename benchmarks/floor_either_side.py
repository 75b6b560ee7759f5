"""The floors where either side counts: raw matching of exemplars and, where free, mirror images.

python benchmarks/floor_either_side.py ui_prmd_vicon20.npz --protocol ui-prmd
"""

import argparse
from pathlib import Path

import numpy as np
from floor_alignment import score

from crossglg.oneshot.floor import FLOORS, raw_distances, raw_sequences
from crossglg.oneshot.sides import let_either_side_count
from crossglg.sources.splits import get_protocol
from crossglg.verbs import draw_rounds, open_clips, split_data

NAMES = ("raw DTW", "raw motion")


def main() -> None:
    """Print mean over classes and deviation over 100 draws, of positions and of motion."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    arguments = parser.parse_args()
    clips, masks = open_clips(arguments.data)
    split = split_data(clips, get_protocol(arguments.protocol), masks=masks)
    labels = split.novel.labels
    shown, mirrored = raw_sequences(split.novel), raw_sequences(split.novel.mirrored())
    for name in NAMES:
        metric = FLOORS[name].metric
        plain = raw_distances(shown, shown, metric=metric)
        images = raw_distances(shown, mirrored, metric=metric)
        scores = []
        for draw in draw_rounds(split, draws=100, seed=0):
            asked = np.ix_(draw.query, draw.support)
            distances = let_either_side_count(
                plain[asked],
                images[asked],
                among=images[np.ix_(draw.support, draw.support)],
                actions=labels[draw.support],
            )
            scores.append(score(distances, labels, draw))
        print(f"{name}, either side: {np.mean(scores):.1f} ± {np.std(scores):.1f}")


if __name__ == "__main__":
    main()
