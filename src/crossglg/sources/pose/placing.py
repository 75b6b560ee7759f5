"""Put a pose that an estimator centred on the hips back to its place in the room.

MediaPipe's world landmarks are metres around the middle of the hips: a jump, a squat and a walk
lose their travel. It is still in the picture. With a pinhole camera of focal length f, a joint
(X, Y, Z) of a body at (tx, ty, tz) is seen at u = f (X + tx) / (Z + tz), so two linear equations
per joint give the place of the body by least squares. Depth from one picture is uncertain, hence
it is smoothed over time; sideways and up and down then follow from the depth and are as steady as
the picture.
"""

import numpy as np
from numpy.typing import NDArray

FOCAL_LENGTH = 0.8
"""In units of the longer side of the picture: 64 degrees across, between webcams and phones. A
wrong one scales the depth; what is seen across hardly changes."""

DEPTH_MEMORY_S = 0.5
_NEAREST_M = 0.3


def place_body(
    world: NDArray[np.float64],
    picture: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Where a body stands, by least squares.

    Args:
        world: (V 3) metres around any origin; x to the right of the picture, y down, z away.
        picture: (V 2) where the joints are seen, from the middle of the picture, in units of its
            longer side; x to the right, y down.
        weights: (V) how far each joint is believed.

    Returns:
        (3) offset from the body's origin to the camera's.
    """
    across = _equations(world[:, 0], world[:, 2], picture[:, 0])
    down = _equations(world[:, 1], world[:, 2], picture[:, 1])
    zero = np.zeros(len(world))
    matrix = np.concatenate(
        [np.stack([across[0], zero, across[1]], 1), np.stack([zero, down[0], down[1]], 1)]
    )
    right = np.concatenate([across[2], down[2]])
    root = np.sqrt(np.concatenate([weights, weights]))
    found, *_ = np.linalg.lstsq(matrix * root[:, None], right * root, rcond=None)
    return np.asarray(found)


def place_at_depth(
    world: NDArray[np.float64],
    picture: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    depth_m: float,
) -> NDArray[np.float64]:
    """As ``place_body`` with the depth given."""
    away = (world[:, 2] + depth_m)[:, None]
    offsets = picture * away / FOCAL_LENGTH - world[:, :2]
    shares = weights / weights.sum()
    return np.array([*(shares @ offsets), depth_m])


def _equations(
    position: NDArray[np.float64], depth: NDArray[np.float64], seen: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """F * t - seen * tz = seen * depth - F * position, joint by joint: both weights, right side."""
    return (
        np.full(len(seen), FOCAL_LENGTH),
        -seen,
        seen * depth - FOCAL_LENGTH * position,
    )


class Placer:
    """Places one body frame by frame, its depth smoothed."""

    def __init__(self) -> None:
        self._depth: float | None = None
        self._time_s = 0.0

    def place(
        self,
        world: NDArray[np.float64],
        picture: NDArray[np.float64],
        weights: NDArray[np.float64],
        *,
        time_s: float,
    ) -> NDArray[np.float64]:
        """(V 3) around the hips -> (V 3) around the camera, axes as before."""
        depth = max(float(place_body(world, picture, weights)[2]), _NEAREST_M)
        if self._depth is None:
            self._depth = depth
        else:
            share = 1 - np.exp(-(time_s - self._time_s) / DEPTH_MEMORY_S)
            self._depth += float(share) * (depth - self._depth)
        self._time_s = time_s
        return world + place_at_depth(world, picture, weights, depth_m=self._depth)


def to_house_axes(camera: NDArray[np.float64]) -> NDArray[np.float32]:
    """X right, y down, z away from the camera -> y up, right-handed; who faces it faces -z."""
    return (camera * np.array([-1.0, -1.0, 1.0])).astype(np.float32)
