"""What every exported model is beside its network: joints, persons, frames, judgement."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import CheckpointError
from crossglg.oneshot import ClipFeatures
from crossglg.oneshot.acceptance import Acceptance
from crossglg.oneshot.attribution import attribute_joints
from crossglg.oneshot.classifiers import match_joints_and_motion
from crossglg.oneshot.features import PLACES_AT_ONCE, count_at_once, prepare_clip
from crossglg.oneshot.motion import find_motion
from crossglg.oneshot.reach import refuse_far_joints
from crossglg.recogniser import Recogniser
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.facing import Facing, read_facing
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.stack import stack_clips

HEADER = "crossglg"
"""Under this name an exported file carries the rest of what a recogniser needs, as JSON."""

OUTPUTS = ("pooled", "joints", "frames", "importance")
"""What the network gives, as ``oneshot.features.describe``."""


@dataclass(frozen=True, eq=False)
class ExportedRecogniser(ABC):
    """What ``crossglg export`` wrote, ready for a gallery.

    Attributes:
        file: Where it lies; another process that is handed the recogniser opens it there.
        encoder: Name of the skeleton encoder.
        parameter_count: How many numbers were learned.
        layout: The model's joints.
        max_persons: M that it takes.
        frame_count: T that clips are resampled to.
        fingerprint: Of the weights it was exported from: galleries go with either.
        acceptance: When to believe the nearest exemplar; None where the run had none.
        facing: Which frames of a clip say where its body faces.
    """

    places_at_once: ClassVar[int] = PLACES_AT_ONCE
    """Joints in frames that the network takes soonest together."""

    file: Path
    encoder: str
    parameter_count: int
    layout: Layout
    max_persons: int
    frame_count: int
    fingerprint: str
    acceptance: Acceptance | None
    facing: Facing

    @abstractmethod
    def describe(
        self, clips: NDArray[np.float32], present: NDArray[np.bool_]
    ) -> Sequence[NDArray[np.float32]]:
        """(N M T V 3) and (N M T) -> the ``OUTPUTS``."""

    def embed(self, clips: list[SkeletonClip]) -> ClipFeatures:
        """Features of clips of any layouts.

        Raises:
            LayoutError: A clip's joints say nothing about a joint of the model.
            ClipError: There is no clip, nobody is seen in one, or a joint is farther away than any
                can be.
        """
        form = (self.max_persons, self.frame_count, self.layout.joint_count)
        few = count_at_once(*form, places=self.places_at_once)
        with np.errstate(over="ignore", invalid="ignore"):
            prepared = [prepare_clip(clip, self) for clip in clips]
            stacks = (
                stack_clips(prepared[start : start + few], max_persons=self.max_persons)
                for start in range(0, len(prepared), few)
            )
            features = ClipFeatures.concatenate([self.run(*stack) for stack in stacks])
        refuse_far_joints(features, clips)
        return features

    def run(self, clips: NDArray[np.float32], present: NDArray[np.bool_]) -> ClipFeatures:
        """(N M T V 3) and (N M T), put in place and resampled -> features."""
        pooled, joints, frames, importance = self.describe(clips, present)
        motion = find_motion(clips, present).astype(np.float16)
        return ClipFeatures(pooled, joints, frames.astype(np.float16), importance, motion)

    def compare(self, query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
        """(Q) clips, (S) exemplars -> distances (Q S): weighted joints, and motion."""
        return match_joints_and_motion(query, support)

    def attribute(self, query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
        """Parts (T V) per moment of the query and joint that add up to ``compare``; N = 1 each."""
        return attribute_joints(query, exemplar)


def make_header(recogniser: Recogniser) -> dict[str, Any]:
    """What an exported file carries beside the network."""
    form, acceptance = recogniser.checkpoint, recogniser.acceptance
    return {
        "encoder": recogniser.encoder,
        "parameter_count": recogniser.parameter_count,
        "layout": form.layout.to_json(),
        "max_persons": form.max_persons,
        "frame_count": form.frame_count,
        "facing": form.facing,
        "fingerprint": recogniser.fingerprint,
        "acceptance": None if acceptance is None else acceptance.to_json(),
        "provenance": dict(form.provenance),
    }


def read_header(file: Path, header: Mapping[str, Any]) -> dict[str, Any]:
    """What ``make_header`` noted in a file, by the other fields of ``ExportedRecogniser``.

    Raises:
        CheckpointError: It lacks something, or judges the distances of another matcher.
    """
    try:
        acceptance = header["acceptance"]
        return {
            "encoder": header["encoder"],
            "parameter_count": header["parameter_count"],
            "layout": Layout.from_json(header["layout"]),
            "max_persons": header["max_persons"],
            "frame_count": header["frame_count"],
            "fingerprint": header["fingerprint"],
            "acceptance": Acceptance.from_json(acceptance) if acceptance else None,
            "facing": read_facing(header),
        }
    except CheckpointError as error:  # a ValueError, too
        raise CheckpointError(f"{file}: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CheckpointError(f"{file}: expected an exported model ({error}).") from error
