"""Bodies in pictures by MediaPipe's pose landmarker (Bazarevsky et al. 2020, BlazePose)."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError, explain_missing, require
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.skeleton.torso import find_torso
from crossglg.sources.pose.tracking import Sighting

MIN_VISIBILITY = 0.3
"""Below it a joint counts as unseen. The network still guesses, so half a chance is asked less
than of a detector that would leave the joint out."""


class MediaPipePoses:
    """The landmarker in its video mode: it follows bodies from picture to picture.

    Hips and shoulders of a body that was found always count as seen. At a desk the hips are below
    the picture; the network knows well where they must be, and no body can be placed without.

    Args:
        model: A ``.task`` file (see ``find_pose_model``).
        max_persons: Bodies to look for; with more than one, finding takes time in every picture.

    Raises:
        MissingExtraError: MediaPipe is not installed, or lacks a library of the system.
        SourceError: The file is no pose landmarker.
    """

    def __init__(self, model: Path, *, max_persons: int = 1) -> None:
        self._mediapipe: ModuleType = require("mediapipe", extra="live")
        vision = require("mediapipe.tasks.python.vision", extra="live")
        base = require("mediapipe.tasks.python", extra="live").BaseOptions
        options = vision.PoseLandmarkerOptions(
            base_options=base(model_asset_buffer=model.read_bytes()),
            running_mode=vision.RunningMode.VIDEO,
            num_poses=max_persons,
        )
        try:
            self._landmarker: Any = vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise SourceError(model, f"expected a pose landmarker (.task file): {error}") from error
        except OSError as error:  # its own library is loaded now, and not when it is imported
            raise explain_missing("mediapipe", error, extra="live") from error
        self.layout: Layout = get_layout("mediapipe33")
        self._always = find_torso(self.layout)
        self._last_ms = -1

    def estimate(self, image: NDArray[np.uint8], *, time_s: float) -> list[Sighting]:
        """Picture (H W 3), RGB, of a moment later than all before -> bodies in any order."""
        # The landmarker wants whole, growing milliseconds; two pictures may share one.
        self._last_ms = max(self._last_ms + 1, round(1000 * time_s))
        pixels = np.ascontiguousarray(image)
        packed = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=pixels)
        found = self._landmarker.detect_for_video(packed, self._last_ms)
        height, width = image.shape[:2]
        return [
            self._sight(world, picture, width=width, height=height)
            for world, picture in zip(found.pose_world_landmarks, found.pose_landmarks, strict=True)
        ]

    def close(self) -> None:
        """Free the network."""
        self._landmarker.close()

    def _sight(self, world: list[Any], picture: list[Any], *, width: int, height: int) -> Sighting:
        places = np.array([(mark.x, mark.y) for mark in picture]) - 0.5
        confidence = np.array([mark.visibility or 0.0 for mark in picture], dtype=np.float64)
        visible = confidence >= MIN_VISIBILITY
        visible[self._always] = True
        return Sighting(
            np.array([(mark.x, mark.y, mark.z) for mark in world]),
            places * np.array([width, height]) / max(width, height),
            confidence,
            visible,
        )
