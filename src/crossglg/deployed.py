"""A recogniser from one ONNX file: the model runs in ONNX Runtime, without its torch code."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import CheckpointError, require
from crossglg.oneshot import ClipFeatures
from crossglg.oneshot.acceptance import Acceptance
from crossglg.oneshot.attribution import attribute_joints
from crossglg.oneshot.classifiers import match_joints_and_motion
from crossglg.oneshot.features import prepare_clip
from crossglg.oneshot.motion import find_motion
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.stack import stack_clips

HEADER = "crossglg"
OUTPUTS = ("pooled", "joints", "frames", "importance")


@dataclass(frozen=True, eq=False)
class OnnxRecogniser:
    """What ``crossglg export`` wrote, ready for a gallery.

    Attributes:
        session: ONNX Runtime's.
        layout: The model's joints.
        max_persons: M that it takes.
        frame_count: T that clips are resampled to.
        fingerprint: Of the weights it was exported from: galleries go with either.
        acceptance: When to believe the nearest exemplar; None where the run had none.
    """

    session: Any
    layout: Layout
    max_persons: int
    frame_count: int
    fingerprint: str
    acceptance: Acceptance | None

    @classmethod
    def load(cls, file: Path, *, threads: int = 0) -> Self:
        """Open an exported file.

        Args:
            file: The file.
            threads: Cores to use; all of them if zero.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            CheckpointError: The file is missing, damaged, or not one of ours.
        """
        runtime = require("onnxruntime", extra="export")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            session = runtime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
            header = json.loads(session.get_modelmeta().custom_metadata_map[HEADER])
        except Exception as error:  # ONNX Runtime's own errors share no base class
            raise CheckpointError(f"{file}: expected an exported model ({error}).") from error
        return cls(
            session,
            Layout.from_bones(
                header["layout"]["name"],
                header["layout"]["joints"],
                header["layout"]["bones"],
                root=header["layout"]["root"],
            ),
            header["max_persons"],
            header["frame_count"],
            header["fingerprint"],
            Acceptance.from_json(header["acceptance"]) if header["acceptance"] else None,
        )

    def embed(self, clips: list[SkeletonClip]) -> ClipFeatures:
        """Features of clips of any layouts.

        Raises:
            LayoutError: A clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in a clip.
        """
        prepared = [prepare_clip(clip, self) for clip in clips]
        return self.run(*stack_clips(prepared, max_persons=self.max_persons))

    def run(self, clips: NDArray[np.float32], present: NDArray[np.bool_]) -> ClipFeatures:
        """(N M T V 3) and (N M T) -> features; any N and T."""
        pooled, joints, frames, importance = self.session.run(
            list(OUTPUTS), {"clips": clips, "present": present}
        )
        motion = find_motion(clips, present).astype(np.float16)
        return ClipFeatures(pooled, joints, frames.astype(np.float16), importance, motion)

    def compare(self, query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
        """(Q) clips, (S) exemplars -> distances (Q S): weighted joints, and motion."""
        return match_joints_and_motion(query, support)

    def attribute(self, query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
        """Parts (T V) per moment of the query and joint that add up to ``compare``; N = 1 each."""
        return attribute_joints(query, exemplar)
