"""Who is who: people found frame by frame, in any order, keep their place in the array."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import Layout
from crossglg.sources.pose.frames import PoseFrame
from crossglg.sources.pose.placing import Placer, to_house_axes

FORGET_S = 1.0
"""Somebody not seen for so long may come back anywhere, and another may take the place."""

_MOST_STEP = 1.5
"""A body moves no farther between two sightings than this many times its height in the picture."""

_LEAST_WEIGHT = 1e-3


@dataclass(frozen=True, eq=False)
class Sighting:
    """One body in one picture, as an estimator tells it.

    Attributes:
        world: (V 3) metres around the hips; x to the right of the picture, y down, z away.
        picture: (V 2) from the middle of the picture, in units of its longer side.
        confidence: (V) 0 to 1, that the joint is in the picture and not hidden.
        visible: (V) whether ``world`` is to be believed.
    """

    world: NDArray[np.float64]
    picture: NDArray[np.float64]
    confidence: NDArray[np.float64]
    visible: NDArray[np.bool_]


class PoseEstimator(Protocol):
    """Finds bodies in a picture. Put another network in MediaPipe's place by writing one."""

    @property
    def layout(self) -> Layout:
        """Which joint is which."""
        ...

    def estimate(self, image: NDArray[np.uint8], *, time_s: float) -> list[Sighting]:
        """Picture (H W 3), RGB, of a moment later than all before -> bodies in any order."""
        ...

    def close(self) -> None:
        """Free what the estimator holds."""
        ...


class SlotTracker:
    """Gives bodies stable places among ``max_persons`` and puts them into the room."""

    def __init__(self, *, max_persons: int, joint_count: int) -> None:
        self._slots: list[_Slot | None] = [None] * max_persons
        self._joint_count = joint_count

    def track(self, sightings: list[Sighting], *, time_s: float) -> PoseFrame:
        """The bodies of one moment -> a frame with everybody in their place."""
        self._slots = [
            None if slot is not None and time_s - slot.time_s > FORGET_S else slot
            for slot in self._slots
        ]
        joints = np.zeros((len(self._slots), self._joint_count, 3), dtype=np.float32)
        visible = np.zeros(joints.shape[:2], dtype=np.bool_)
        for number, sighting in self._assign(sightings).items():
            slot = self._slots[number] or _Slot()
            self._slots[number] = slot
            placed = slot.update(sighting, time_s)
            joints[number] = np.where(sighting.visible[:, None], placed, np.float32(0))
            visible[number] = sighting.visible
        return PoseFrame(time_s, joints, visible)

    def _assign(self, sightings: list[Sighting]) -> dict[int, Sighting]:
        """Nearest pairs first; whoever is left takes a free place, as far as there are any."""
        pairs = sorted(
            (step, number, n)
            for n, sighting in enumerate(sightings)
            for number, slot in enumerate(self._slots)
            if slot is not None and (step := slot.step_to(sighting)) <= _MOST_STEP
        )
        chosen: dict[int, int] = {}
        for _, number, n in pairs:
            if number not in chosen and n not in chosen.values():
                chosen[number] = n
        free = [number for number, slot in enumerate(self._slots) if slot is None]
        new = [n for n in range(len(sightings)) if n not in chosen.values()]
        chosen |= dict(zip(free, new, strict=False))
        return {number: sightings[n] for number, n in chosen.items()}


class _Slot:
    """What is remembered of one person."""

    def __init__(self) -> None:
        self._placer = Placer()
        self._middle = np.zeros(2)
        self.time_s = 0.0

    def update(self, sighting: Sighting, time_s: float) -> NDArray[np.float32]:
        weights = np.maximum(sighting.confidence, _LEAST_WEIGHT)
        self._middle = _middle(sighting)
        self.time_s = time_s
        placed = self._placer.place(sighting.world, sighting.picture, weights, time_s=time_s)
        return to_house_axes(placed)

    def step_to(self, sighting: Sighting) -> float:
        height = max(float(np.ptp(sighting.picture[:, 1])), 1e-3)
        return float(np.linalg.norm(_middle(sighting) - self._middle)) / height


def _middle(sighting: Sighting) -> NDArray[np.float64]:
    weights = np.maximum(sighting.confidence, _LEAST_WEIGHT)
    return np.asarray(weights @ sighting.picture / weights.sum())
