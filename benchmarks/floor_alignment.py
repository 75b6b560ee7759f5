"""What the floors owe to how clips are put in place: by which frames, turned or not.

python benchmarks/floor_alignment.py msr_action3d.npz --protocol msr-jeanie
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.draws import Draw
from crossglg.oneshot.floor import FLOORS, raw_distances
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.facing import Facing
from crossglg.skeleton.normalize import normalize, resample
from crossglg.sources.splits import get_protocol, list_protocols
from crossglg.verbs import draw_rounds, open_clips, split_data

_FRAMES = 32
_DRAWS = 100
_NAMES = ("raw DTW", "raw motion")


def turned(clip: SkeletonClip, *, facing: Facing) -> NDArray[np.float32]:
    """(T V 3) as models are given it."""
    return normalize(clip, frame_count=_FRAMES, facing=facing).joints[0]


def in_torso_lengths(clip: SkeletonClip, *, every_frame: bool) -> NDArray[np.float32]:
    """(T V 3) with the hips at the origin of the first frame or of each, not turned."""
    joints = resample(clip, frame_count=_FRAMES).joints[0]
    hips, shoulders = (
        joints[:, [clip.layout.index(f"{side}_{part}") for side in ("left", "right")]].mean(axis=1)
        for part in ("hip", "shoulder")
    )
    length = np.median(np.linalg.norm(shoulders - hips, axis=-1))
    return (joints - (hips[:, None] if every_frame else hips[0])) / length


WAYS: dict[str, Callable[[SkeletonClip], NDArray[np.float32]]] = {
    "turned by the first frame (the floor)": partial(turned, facing="first-frame"),
    "turned by all frames": partial(turned, facing="all-frames"),
    "not turned": partial(in_torso_lengths, every_frame=False),
    "not turned, centred in every frame": partial(in_torso_lengths, every_frame=True),
}


def score(distances: NDArray[np.float32], labels: NDArray[np.int64], draw: Draw) -> float:
    """Accuracy (percent), averaged over classes, of the nearest exemplar; (Q S) of a draw."""
    answers, truth = labels[draw.support][distances.argmin(axis=1)], labels[draw.query]
    return 100 * float(np.mean([(answers[truth == k] == k).mean() for k in np.unique(truth)]))


def main() -> None:
    """Print a Markdown table: each way by raw DTW and raw motion, deviations over draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True, choices=list_protocols())
    arguments = parser.parse_args()
    clips, masks = open_clips(arguments.data)
    split = split_data(clips, get_protocol(arguments.protocol), masks=masks)
    rounds, labels = draw_rounds(split, draws=_DRAWS, seed=0), split.novel.labels
    cleaned = [clean(clip, max_persons=1) for clip in split.novel.clips()]
    print(f"| put in place | {' | '.join(_NAMES)} |\n|---|---:|---:|")
    for name, put in WAYS.items():
        flat = np.stack([put(clip).reshape(_FRAMES, -1) for clip in cleaned]).astype(np.float32)
        cells = []
        for floor in _NAMES:
            distances = raw_distances(flat, flat, metric=FLOORS[floor].metric)
            scores = [
                score(distances[np.ix_(draw.query, draw.support)], labels, draw) for draw in rounds
            ]
            spread = f" ± {np.std(scores):.1f}" if len(scores) > 1 else ""
            cells.append(f"{np.mean(scores):.1f}{spread}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
