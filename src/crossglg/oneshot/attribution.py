"""Where a distance comes from: its parts per moment of the query and per joint, adding up to it.

The matcher ``joints+motion`` is a sum, so nothing has to be estimated. Its first half is::

    d = sum_v w_v (1 - <x_v, s_v> / |x_v| |s_v|)

where w are the mean importances and the query's features x_v are the mean of its T frames f_tv. A
product with a mean is the mean of products, so the part of frame t and joint v is::

    w_v (1 - <f_tv, s_v> / |x_v| |s_v|) / T

Its other half is a sum of Euclidean distances e between moments that answer each other, m_v and n_v
of joint v. Of each, joint v has |m_v - n_v|^2 / e, which adds up to e over the joints.
"""

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from crossglg.oneshot.alignment import align
from crossglg.oneshot.distances import euclidean_distances, normalise_rows
from crossglg.oneshot.features import ClipFeatures

_TINY = 1e-12


def attribute_joints(query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
    """Parts (T V) of ``match_joints_and_motion`` of one query and one exemplar, N = 1 each.

    T are the frames of the motion; those of the features are fewer, and each spreads its part
    evenly over its time.
    """
    moved = _attribute_motion(query, exemplar)
    return _spread(_attribute_angles(query, exemplar), len(moved)) + moved


def _attribute_angles(query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
    """Parts (T V) of ``match_joints``.

    Frames are kept in half precision and averaged over persons one by one; what that rounds off a
    joint's part is spread evenly over its moments, so that the sum is the distance itself.
    """
    weights = (query.importance[0] + exemplar.importance[0]) / 2  # (V)
    towards = normalise_rows(exemplar.joints[0])  # (V D)
    angles = 1 - (normalise_rows(query.joints[0]) * towards).sum(axis=-1)  # (V)
    whole = weights * np.maximum(angles, 0)
    lengths = np.maximum(np.linalg.norm(query.joints[0], axis=-1), _TINY)  # (V)
    frames = query.frames[0].astype(np.float64)  # (T V D)
    likeness = np.einsum("tvd,vd->tv", frames, towards) / lengths
    parts = weights * (1 - likeness) / len(frames)
    rounded_off = (whole - parts.sum(axis=0)) / len(frames)
    return np.asarray(parts + rounded_off, dtype=np.float64)


def _attribute_motion(query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
    """Parts (T V) of ``match_motion`` per frame."""
    mine, theirs = (clip.movement.rows[0] for clip in (query, exemplar))
    path = align(euclidean_distances(mine, theirs))
    apart = mine[path.query].astype(np.float64) - theirs[path.exemplar]  # (L M*V*3)
    by_joint = rearrange(apart, "l (m v c) -> l v (m c)", v=query.importance.shape[1], c=3)
    squares = np.square(by_joint).sum(axis=-1)  # (L V)
    distances = np.sqrt(squares.sum(axis=1, keepdims=True))
    parts = np.zeros((len(mine), squares.shape[1]))
    np.add.at(parts, path.query, squares / np.maximum(distances, _TINY))
    return parts / len(mine)


def _spread(parts: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Parts (T V) of long moments as parts (count V) of shorter ones with the same sum."""
    so_far = np.concatenate([np.zeros((1, parts.shape[1])), parts.cumsum(axis=0)])
    edges, finer = np.linspace(0, 1, len(so_far)), np.linspace(0, 1, count + 1)
    return np.diff([np.interp(finer, edges, column) for column in so_far.T], axis=1).T
