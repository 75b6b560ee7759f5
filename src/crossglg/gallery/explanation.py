"""Why this action and not the runner-up: which joints, at which moments, in numbers that add up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg import SURE
from crossglg.errors import GalleryError
from crossglg.gallery.exemplar import Exemplar
from crossglg.gallery.gallery import Gallery
from crossglg.gallery.recognition import Recognition
from crossglg.gallery.sentence import say_why
from crossglg.skeleton.clip import SkeletonClip


@dataclass(frozen=True, eq=False)
class Explanation:
    """What told the nearest action from the next one. T moments of equal length, V joints.

    Attributes:
        recognition: What the clip was taken for.
        clip: The clip.
        nearest: The nearest exemplar, or a dismissed clip.
        rival: The nearest exemplar of another action, or a dismissed clip.
        distances: To the nearest and to the rival.
        parts: (T V) by how much each joint at each moment of the clip was nearer to the nearest
            exemplar than to the rival; below zero where it was not. Their sum is the difference
            of the two distances.
        joints: V names.
    """

    recognition: Recognition
    clip: SkeletonClip
    nearest: Exemplar
    rival: Exemplar
    distances: tuple[float, float]
    parts: NDArray[np.float64]
    joints: tuple[str, ...]

    @property
    def edges_s(self) -> NDArray[np.float64]:
        """(T + 1) where moments begin and end, seconds."""
        return np.linspace(0.0, self.clip.duration_s, len(self.parts) + 1)

    @property
    def sentence(self) -> str:
        """The answer and its reason in one sentence."""
        why = say_why(self.parts, self.joints, self.edges_s)
        nearest, rival = (
            f'"{each.action}"' if each.action else "what was dismissed"
            for each in (self.nearest, self.rival)
        )
        if self.recognition.action is None:
            return f"Called unknown; it is nearer to {nearest} than to {rival} {why}."
        return f"Called {nearest} rather than {rival} {why}."

    def to_json(self) -> dict[str, Any]:
        """Plain values; joints and moments with their shares of the difference, then all parts."""
        by_joint = self.parts.sum(axis=0)
        order = np.argsort(-by_joint, kind="stable")
        edges = [round(float(edge), 3) for edge in self.edges_s]
        return {
            "sentence": self.sentence,
            **self.recognition.to_json(),
            "nearest": {"action": self.nearest.action or None, "source": self.nearest.source},
            "rival": {"action": self.rival.action or None, "source": self.rival.source},
            "distance": self.distances[0],
            "rival_distance": self.distances[1],
            "difference": self.distances[1] - self.distances[0],
            "joints": [{"joint": self.joints[v], "part": float(by_joint[v])} for v in order],
            "moments": [
                {"from_s": start, "to_s": stop, "part": float(part)}
                for start, stop, part in zip(
                    edges[:-1], edges[1:], self.parts.sum(axis=1), strict=True
                )
            ],
            "parts": self.parts.tolist(),
        }


def explain(
    gallery: Gallery, clip: SkeletonClip, *, top: int = 3, sure: float = SURE
) -> Explanation:
    """Recognise a clip and say why.

    Args:
        gallery: At least two actions, or one and something dismissed.
        clip: Of any layout that maps to the model's.
        top: How many answers the recognition holds.
        sure: The probability from which the nearest action is named.

    Raises:
        GalleryError: There are not two to tell apart.
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: It is no clip, nobody is seen in it, or a joint is farther away than any can be.
        ConfigError: Fewer than one answer is asked for, or ``sure`` is no probability.
    """
    if len(gallery.actions) + bool(gallery.dismissed) < 2:
        known = ", ".join(gallery.actions) or "nothing"
        raise GalleryError(
            f"Expected at least two actions to tell apart, found {known}. Enrol another one: "
            "crossglg enroll."
        )
    recogniser = gallery.recogniser
    query = gallery.embed(clip)
    distances = gallery.distances(query)[0]
    shown = (*gallery.exemplars, *gallery.dismissed)
    nearest = int(distances.argmin())
    others = [e.action != shown[nearest].action for e in shown]
    rival = int(np.where(others, distances, np.inf).argmin())
    chosen = shown[nearest], shown[rival]
    mine, theirs = (recogniser.attribute(query, exemplar.features) for exemplar in chosen)
    return Explanation(
        gallery.judge(distances, top=top, sure=sure),
        clip,
        *chosen,
        (float(distances[nearest]), float(distances[rival])),
        theirs - mine,
        recogniser.layout.joints,
    )
