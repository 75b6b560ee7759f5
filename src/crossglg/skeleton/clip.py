"""SkeletonClip: the one value that readers return and everything else accepts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Any, Self, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.layout import Layout


@dataclass(frozen=True, eq=False)
class SkeletonClip:
    """Persons moving for a while.

    Letters: M persons, T frames, V joints.

    Attributes:
        joints: (M T V 3) float32, metres, y up, right-handed. Where ``visible`` is False the
            numbers mean nothing (they are zero by convention) and nobody may read them.
        visible: (M T V) bool, False where a joint, or a whole person, was not seen.
        fps: Frames per second, finite and positive; a scalar of any library becomes a float.
        layout: Which joint is which.

    Raises:
        ClipError: Shapes disagree, a visible joint is not finite, or ``fps`` is no such number.
    """

    joints: NDArray[np.float32]
    visible: NDArray[np.bool_]
    fps: float
    layout: Layout

    def __post_init__(self) -> None:
        expected = (len(self.layout.joints), 3)
        if self.joints.ndim != 4 or self.joints.shape[2:] != expected:
            raise ClipError(
                f"Expected joints of shape (persons, frames, {expected[0]}, 3) for layout "
                f"'{self.layout.name}', found {self.joints.shape}."
            )
        if self.joints.shape[0] == 0 or self.joints.shape[1] == 0:
            raise ClipError(
                f"Expected at least one person and one frame, found {self.joints.shape}."
            )
        if self.visible.shape != self.joints.shape[:3]:
            raise ClipError(
                f"Expected visibility of shape {self.joints.shape[:3]}, found {self.visible.shape}."
            )
        finite = np.isfinite(self.joints)
        if not finite.all() and not finite[self.visible].all():
            raise ClipError(
                "Found a coordinate that is not finite in a joint marked visible; "
                "mark such joints as not visible (SkeletonClip.from_array does)."
            )
        object.__setattr__(self, "fps", _read_rate(self.fps))

    def __repr__(self) -> str:
        persons, frames = self.visible.shape[:2]
        return f"SkeletonClip({persons} x {frames} frames, {self.layout.name}, {self.fps:g} fps)"

    @classmethod
    def from_array(cls, joints: NDArray[np.floating], *, fps: float, layout: Layout) -> Self:
        """Build a clip from coordinates alone; a joint that is not finite, or masked, is unseen.

        Args:
            joints: (T V 3) of one person or (M T V 3), metres; numpy's, or a tensor of torch.
            fps: Frames per second.
            layout: Which joint is which.
        """
        stacked = _copy_numbers(joints)
        stacked = stacked[None] if stacked.ndim == 3 else stacked
        finite = np.isfinite(stacked)
        visible = finite[..., 0] & finite[..., 1] & finite[..., 2]
        if not visible.all():
            stacked = np.where(visible[..., None], stacked, np.float32(0))
        return cls(stacked, visible, fps, layout)

    @property
    def person_count(self) -> int:
        """M."""
        return int(self.joints.shape[0])

    @property
    def frame_count(self) -> int:
        """T."""
        return int(self.joints.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frame_count / self.fps

    @property
    def present(self) -> NDArray[np.bool_]:
        """(M T) whether a person was seen at all in a frame."""
        return np.any(self.visible, axis=-1)

    def with_joints(
        self, joints: NDArray[np.float32], visible: NDArray[np.bool_] | None = None
    ) -> Self:
        """The same clip with other coordinates (and visibility), of any number of frames."""
        return replace(self, joints=joints, visible=self.visible if visible is None else visible)


def _copy_numbers(joints: Any) -> NDArray[np.float32]:
    """What any library calls an array; NaN where a mask hides the number."""
    if hasattr(joints, "detach"):  # torch's, perhaps with a gradient or on a GPU
        joints = joints.detach().cpu().float()
    with np.errstate(over="ignore"):  # what float32 cannot hold is not finite, so not seen
        if isinstance(joints, np.ma.MaskedArray):
            joints = np.ma.filled(joints.astype(np.float32), np.nan)
        return np.array(np.asarray(joints), dtype=np.float32)


def _read_rate(fps: SupportsFloat) -> float:
    try:
        rate = float(fps)
    except (TypeError, ValueError, OverflowError):
        rate = nan
    if not 0 < rate < inf:
        raise ClipError(f"Expected a positive frame rate that is finite, found {fps!r}.")
    return rate


def find_common_layout(clips: Sequence[SkeletonClip]) -> Layout:
    """The layout that all these clips have.

    Raises:
        ClipError: There is no clip, or layouts differ, if only in their joints or bones.
    """
    layouts = list(dict.fromkeys(clip.layout for clip in clips))
    if len(layouts) != 1:
        found = ", ".join(f"'{layout.name}' of {layout.joint_count} joints" for layout in layouts)
        raise ClipError(
            f"Expected clips of exactly one layout, found {found or 'no clip'}"
            + ("; map them to one first (map_clip)." if found else ".")
        )
    return layouts[0]
