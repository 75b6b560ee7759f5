"""Which hand and foot move, class by class and data set by data set: are merged classes alike?

crossglg join union15.npz bandai1.npz choreography --out open --name open
python benchmarks/sides.py open

Prints, for each class and the sets that its clips come from, the median way of each hand from its
shoulder and of each foot from its hip, in lengths of the trunk, and how many of the clips move the
right one more. What one name holds should move the same side in all sets.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton import SkeletonClip
from crossglg.sources import open_data

_LIMBS = ("left_hand", "right_hand", "left_foot", "right_foot")
_ROOTS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


def measure_ways(clip: SkeletonClip) -> NDArray[np.float64]:
    """(4) How far each limb of the first person gets from its root, in lengths of the trunk."""
    body = dict(zip(clip.layout.joints, clip.joints[0].transpose(1, 0, 2), strict=True))
    trunk = np.linalg.norm(body["neck"] - body["left_hip"], axis=-1).mean()
    limbs = zip(_LIMBS, _ROOTS, strict=True)
    return np.array([np.ptp(body[limb] - body[root], axis=0).max() / trunk for limb, root in limbs])


def main() -> None:
    """Print one line per class and set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="Joined sets, whose clips are named set/clip.")
    data = open_data(parser.parse_args().data)
    ways = defaultdict(list)
    for index, name in enumerate(data.clip_names):
        source = name.rpartition("/")[0] or data.name
        ways[data.class_names[data.labels[index]], source].append(measure_ways(data.clip(index)))
    print(f"{'class':<36}{'set':<22}clips  ways: {', '.join(_LIMBS)}; right more: hand, foot")
    for (class_name, source), rows in sorted(ways.items()):
        way = np.array(rows)
        medians = " ".join(f"{median:.2f}" for median in np.median(way, axis=0))
        right = f"{np.mean(way[:, 1] > way[:, 0]):.0%} {np.mean(way[:, 3] > way[:, 2]):.0%}"
        print(f"{class_name:<36}{source:<22}{len(way):>5}  {medians}  {right}")


if __name__ == "__main__":
    main()
