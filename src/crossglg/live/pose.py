"""Take place, facing and size out of a body frame by frame, without ever looking back.

``align`` does it for a clip at once, from its first frame; a stream has none. Here the hips of
every frame are the origin, and facing and torso length follow the body slowly.
"""

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout

_TORSO = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")
_MEMORY_S = 0.5
_SHORTEST_TORSO_M = 0.05


class PoseNormaliser:
    """One body's pose, normalised frame by frame.

    Args:
        layout: Of the frames; needs hips and shoulders.
        fps: Frames per second.
    """

    def __init__(self, layout: Layout, *, fps: float) -> None:
        self._torso = [layout.index(joint) for joint in _TORSO]
        self._share = 1 - float(np.exp(-1 / (_MEMORY_S * fps)))
        self._across = np.zeros(2)  # from the left to the right hip, on the ground
        self._length = 0.0
        self._pose = np.zeros((layout.joint_count, 3), dtype=np.float32)

    def push(self, joints: NDArray[np.float32], visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Joints (V 3), visibility (V) -> pose (V 3) in torso lengths around the hips, facing -z.

        Unseen joints stay where they were on the body.
        """
        if not visible[self._torso].all():
            return self._pose
        left, right, *shoulders = joints[self._torso].astype(np.float64)
        middle = (left + right) / 2
        self._follow((right - left)[[0, 2]], float(np.linalg.norm(np.mean(shoulders, 0) - middle)))
        cosine, sine = self._across / max(float(np.linalg.norm(self._across)), 1e-9)
        turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
        pose = ((joints - middle) @ turn.T / self._length).astype(np.float32)
        self._pose = np.where(visible[:, None], pose, self._pose)
        return self._pose

    def _follow(self, across: NDArray[np.float64], length: float) -> None:
        length = max(length, _SHORTEST_TORSO_M)
        if not self._length:
            self._across, self._length = across, length
        self._across = self._across + self._share * (across - self._across)
        self._length += self._share * (length - self._length)


def normalise_poses(clip: SkeletonClip) -> NDArray[np.float32]:
    """(T V 3) poses of the first person of a clip, as a ``PoseNormaliser`` would tell them."""
    normaliser = PoseNormaliser(clip.layout, fps=clip.fps)
    frames = range(clip.frame_count)
    return np.stack([normaliser.push(clip.joints[0, t], clip.visible[0, t]) for t in frames])
