"""Turn bodies about an axis of the room."""

import numpy as np
from numpy.typing import NDArray


def rotation_about_vertical(angle_rad: float | NDArray[np.floating]) -> NDArray[np.float32]:
    """(... 3 3) matrices that turn column vectors by ``angle_rad`` (...) about +y."""
    return rotation_about_axis(angle_rad, axis=1).astype(np.float32)


def rotation_about_axis(
    angle_rad: float | NDArray[np.floating], *, axis: int
) -> NDArray[np.float64]:
    """(... 3 3) matrices that turn column vectors by ``angle_rad`` (...) about x, y or z."""
    angle = np.asarray(angle_rad, dtype=np.float64)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., second, first] = np.sin(angle)
    matrix[..., first, second] = -matrix[..., second, first]
    return matrix
