"""Moving skeletons on a flat picture, seen a little from the side."""

import numpy as np
from numpy.typing import NDArray

from crossglg.report.scene import MovingSkeleton, place_in_unit

_YAW_RAD = 0.45


def project(skeleton: MovingSkeleton) -> NDArray[np.float64]:
    """Every joint's place in a picture.

    Returns:
        (M T V 2), each from -1 to 1: rightwards and downwards. Absent joints are somewhere.
    """
    x, y, z = np.moveaxis(place_in_unit(skeleton), -1, 0)
    # A body that faces -z is looked at from the front, so its right hand is to the left.
    across = -x * np.cos(_YAW_RAD) + z * np.sin(_YAW_RAD)
    return np.stack([across, -y], axis=-1)
