"""The reason for an answer in words: the joints that spoke for it most, and when."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_MOST_JOINTS = 3
_ENOUGH_JOINTS = 0.5
"""Joints are named until they make up this share of all that spoke for the answer."""
_ENOUGH_TIME = 0.6
"""The moments named hold this share of what the named joints said for the answer."""
_WHOLE = 0.75
"""A share of the clip that is as good as all of it."""


def say_why(parts: NDArray[np.float64], joints: Sequence[str], edges_s: NDArray[np.float64]) -> str:
    """``because the right hand and right elbow moved more alike, mostly between ...``.

    Args:
        parts: (T V) what each moment and joint said for the answer, below zero against it.
        joints: V names.
        edges_s: (T + 1) where moments begin and end.
    """
    named = pick_joints(parts)
    if not len(named):
        return "by a hair: both are equally near"
    words = [joints[joint].replace("_", " ") for joint in named]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    start, stop = pick_moments(parts[:, named].sum(axis=1))
    when = f"mostly between {edges_s[start]:.1f} s and {edges_s[stop]:.1f} s"
    if stop - start >= _WHOLE * len(parts):
        when = "throughout"
    return f"because the {listed} moved more alike, {when}"


def pick_joints(parts: NDArray[np.float64]) -> NDArray[np.int64]:
    """The few joints that say most for the answer, best first; none where none does."""
    support = np.maximum(parts.sum(axis=0), 0.0)
    order = np.argsort(-support, kind="stable")
    reached = np.cumsum(support[order]) >= _ENOUGH_JOINTS * support.sum()
    count = min(int(reached.argmax()) + 1, _MOST_JOINTS, int((support > 0).sum()))
    return order[:count]


def pick_moments(moments: NDArray[np.float64]) -> tuple[int, int]:
    """The shortest run [start, stop) of moments (T) that holds most of what speaks for it."""
    support = np.concatenate([[0.0], np.cumsum(np.maximum(moments, 0.0))])
    enough = _ENOUGH_TIME * support[-1]
    runs = [
        (stop - start, -(support[stop] - support[start]), start)
        for start in range(len(moments))
        for stop in range(start + 1, len(moments) + 1)
        if support[stop] - support[start] >= enough
    ]
    length, _, start = min(runs)
    return start, start + length
