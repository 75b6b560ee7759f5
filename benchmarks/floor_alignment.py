"""What the floor owes to how clips are put in place: turned once, not turned, centred every frame.

python benchmarks/floor_alignment.py msr_action3d.npz --protocol msr-jeanie
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.floor import raw_distances
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import normalize, resample
from crossglg.sources.splits import get_protocol
from crossglg.verbs import draw_rounds, open_clips, split_data

_FRAMES = 32


def in_torso_lengths(clip: SkeletonClip, *, every_frame: bool) -> NDArray[np.float32]:
    """(T V 3) with the hips at the origin of the first frame or of each, not turned."""
    joints = resample(clip, frame_count=_FRAMES).joints[0]
    hips, shoulders = (
        joints[:, [clip.layout.index(f"{side}_{part}") for side in ("left", "right")]].mean(axis=1)
        for part in ("hip", "shoulder")
    )
    length = np.median(np.linalg.norm(shoulders - hips, axis=-1))
    return (joints - (hips[:, None] if every_frame else hips[0])) / length


def main() -> None:
    """Print accuracy per class of raw DTW on the first draw of each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    arguments = parser.parse_args()
    clips, masks = open_clips(arguments.data)
    split = split_data(clips, get_protocol(arguments.protocol), masks=masks)
    draw, labels = draw_rounds(split, draws=1, seed=0)[0], split.novel.labels
    cleaned = [clean(clip, max_persons=1) for clip in split.novel.clips()]
    ways = {
        "turned by the first frame (the floor)": [
            normalize(clip, frame_count=_FRAMES).joints[0] for clip in cleaned
        ],
        "not turned": [in_torso_lengths(clip, every_frame=False) for clip in cleaned],
        "not turned, centred in every frame": [
            in_torso_lengths(clip, every_frame=True) for clip in cleaned
        ],
    }
    for name, joints in ways.items():
        flat = np.stack(joints).reshape(len(joints), _FRAMES, -1).astype(np.float32)
        distances = raw_distances(flat[draw.query], flat[draw.support], metric="dtw")
        answers, truth = labels[draw.support][distances.argmin(axis=1)], labels[draw.query]
        right = [float((answers[truth == k] == k).mean()) for k in np.unique(truth)]
        print(f"{name}: {100 * np.mean(right):.1f}")


if __name__ == "__main__":
    main()
