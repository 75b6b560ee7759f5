"""Either side counts: an exemplar also stands for its mirror image, unless that is another action.

Who shows an exercise with the right leg means it for the left one too. But "wave the left hand"
enrolled beside "wave the right hand" says that sides matter there: the mirror image of the one is
the other, and then both stand for themselves alone.
"""

import numpy as np
from numpy.typing import NDArray

_OWN_ACTION = 0.75
"""A mirror image that is so much nearer to another action's exemplar than to its own belongs to
the other. Chosen on base classes of UTD-MHAD and union15, where 0 (always) and 1 do worse."""


def let_either_side_count(
    plain: NDArray[np.float32],
    mirrored: NDArray[np.float32],
    *,
    among: NDArray[np.float32],
    actions: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Distances (Q S) to the exemplars or, where that is free, to their mirror images.

    Args:
        plain: (Q S) from queries to exemplars.
        mirrored: (Q S) from queries to the exemplars' mirror images.
        among: (S S) from exemplar (row) to the mirror image of an exemplar (column).
        actions: (S) which action each exemplar shows.
    """
    own = actions[:, None] == actions[None]
    to_own = np.where(own, among, np.inf).min(axis=0)
    to_other = np.where(own, np.inf, among).min(axis=0)
    free = to_other >= _OWN_ACTION * to_own
    return np.where(free, np.minimum(plain, mirrored), plain)
