"""The floor: nearest exemplar on raw coordinates. What does not beat this is worth nothing."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.distances import euclidean_distances
from crossglg.oneshot.warping import dtw_distances
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.normalize import normalize
from crossglg.skeleton.stack import stack_clips
from crossglg.sources.clipset import ClipSet

_FRAMES = 32
_MOST_PERSONS = 2

RawMetric = Literal["dtw", "euclidean"]


def raw_sequences(data: ClipSet) -> NDArray[np.float32]:
    """(N 32 D): centred, turned and scaled coordinates of all joints, frame by frame."""
    persons = min(data.max_persons, _MOST_PERSONS)
    clips = [
        normalize(clean(clip, max_persons=persons), frame_count=_FRAMES) for clip in data.clips()
    ]
    joints, _ = stack_clips(clips, max_persons=persons)
    return np.moveaxis(joints, 1, 2).reshape(len(data), _FRAMES, -1)


def raw_distances(
    query: NDArray[np.float32], support: NDArray[np.float32], *, metric: RawMetric
) -> NDArray[np.float32]:
    """(Q T D), (S T D) -> (Q S): along the best alignment, or frame by frame as they stand."""
    if metric == "dtw":
        return dtw_distances(query, support)
    return euclidean_distances(query.reshape(len(query), -1), support.reshape(len(support), -1))
