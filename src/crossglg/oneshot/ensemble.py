"""Several models as one: what they see in a clip, side by side, so that any matcher compares it.

Every model's features count the same, whatever their size: they are brought to length one joint
by joint before they are joined, so that a cosine over the whole is the mean of the models' cosines.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError
from crossglg.oneshot.distances import normalise_rows
from crossglg.oneshot.features import ClipFeatures


def put_side_by_side(views: Sequence[ClipFeatures]) -> ClipFeatures:
    """Features of the same N clips by several models as features of twice, thrice the width.

    Raises:
        ConfigError: The models look at other joints or at another number of frames.
    """
    shapes = {view.frames.shape[:3] for view in views}
    if len(shapes) > 1:
        found = " and ".join(f"{t} frames of {v} joints" for _, t, v in sorted(shapes))
        raise ConfigError(
            f"Expected models that see the same joints at the same frame rate, found {found}."
        )
    if len(views) == 1:
        return views[0]
    frames = [normalise_rows(view.frames.astype(np.float32)).astype(np.float16) for view in views]
    return ClipFeatures(
        pool_side_by_side([view.pooled for view in views]),
        np.concatenate([normalise_rows(view.joints) for view in views], axis=-1),
        np.concatenate(frames, axis=-1),
        np.mean([view.importance for view in views], axis=0, dtype=np.float32),
        views[0].motion,
    )


def pool_side_by_side(views: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Pooled features (N D) of several models as (N D + D' + ...); those of one as they are."""
    if len(views) == 1:
        return views[0]
    return np.concatenate([normalise_rows(view) for view in views], axis=-1)
