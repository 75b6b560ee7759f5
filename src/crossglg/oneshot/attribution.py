"""Where a distance comes from: its parts per moment of the query and per joint, adding up to it.

The matcher ``joints`` is a sum, so nothing has to be estimated::

    d = sum_v w_v (1 - <x_v, s_v> / |x_v| |s_v|)

where w are the mean importances and the query's features x_v are the mean of its T frames f_tv. A
product with a mean is the mean of products, so the part of frame t and joint v is::

    w_v (1 - <f_tv, s_v> / |x_v| |s_v|) / T
"""

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.distances import normalise_rows
from crossglg.oneshot.features import ClipFeatures

_TINY = 1e-12


def attribute_joints(query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
    """Parts (T V) of ``match_joints`` of one query and one exemplar, N = 1 each.

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
