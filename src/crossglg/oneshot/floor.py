"""The floor: nearest exemplar without learning. What does not beat this is worth nothing."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.distances import euclidean_distances
from crossglg.oneshot.motion import find_raw_motion, level_rows
from crossglg.oneshot.warping import dtw_distances
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.normalize import normalize_together
from crossglg.sources.clipset import ClipSet

_FRAMES = 32
_MOST_PERSONS = 2
_CLIPS_AT_ONCE = 256

RawMetric = Literal["dtw", "euclidean", "motion"]


class Floor(NamedTuple):
    """A judge that learned nothing.

    Attributes:
        metric: How it compares clips.
        key: What its result is called in files.
    """

    metric: RawMetric
    key: str


FLOORS = {
    "raw DTW": Floor("dtw", "floor"),
    "raw Euclidean": Floor("euclidean", "floor_euclidean"),
    "raw motion": Floor("motion", "floor_motion"),
}
"""By what tables call them; the first is the floor."""


def raw_sequences(data: ClipSet) -> NDArray[np.float32]:
    """(N 32 D): centred, turned and scaled coordinates of all joints, frame by frame."""
    persons = min(data.max_persons, _MOST_PERSONS)
    width = persons * data.layout.joint_count * 3
    sequences = np.empty((len(data), _FRAMES, width), dtype=np.float32)
    for start in range(0, len(data), _CLIPS_AT_ONCE):
        block = range(start, min(start + _CLIPS_AT_ONCE, len(data)))
        clips = [clean(data.clip(index), max_persons=persons) for index in block]
        joints, _ = normalize_together(clips, frame_count=_FRAMES, max_persons=persons)
        sequences[block.start : block.stop] = np.moveaxis(joints, 1, 2).reshape(
            len(block), _FRAMES, width
        )
    return sequences


def raw_distances(
    query: NDArray[np.float32], support: NDArray[np.float32], *, metric: RawMetric
) -> NDArray[np.float32]:
    """(Q T D), (S T D) -> (Q S).

    ``dtw`` compares along the best alignment, ``euclidean`` frame by frame as they stand, and
    ``motion`` along the best alignment how the joints move, all of them counting the same.
    """
    if metric == "dtw":
        return dtw_distances(query, support)
    if metric == "motion":
        return dtw_distances(*(level_rows(find_raw_motion(rows)) for rows in (query, support)))
    return euclidean_distances(query.reshape(len(query), -1), support.reshape(len(support), -1))
