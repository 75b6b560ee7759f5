"""Inspect data: counts, and everything odd about them in one sentence each."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crossglg.errors import ClipError
from crossglg.inspection.axes import find_axes
from crossglg.inspection.content import find_copies, find_frozen, find_joints, find_lonely_classes
from crossglg.inspection.facts import ClipFacts, read_facts
from crossglg.inspection.finding import Finding
from crossglg.inspection.scale import find_rates, find_units
from crossglg.sources.clipset import ClipSet

MOST_LOOKED_AT = 5000
"""Of larger sets this many clips are looked at, evenly spread."""


@dataclass(frozen=True)
class Inspection:
    """What the data are.

    Attributes:
        name: Of the data.
        layout: Its name.
        joint_count: V.
        clips: How many there are.
        looked_at: Into how many of them was looked.
        per_class: Action -> clips.
        per_subject: Subject -> clips; -1 is unknown.
        persons: Number of persons -> clips.
        frames: Fewest, median and most.
        seconds: Shortest, median and longest.
        fps: Frame rate -> clips.
        unseen: Joint -> share of frames in which it was not seen, where it is not zero.
        height: Median height of the bodies, in the data's unit; None if the layout lacks a torso.
        has_depth: Whether the joints of any clip differ in z.
        findings: What is odd.
    """

    name: str
    layout: str
    joint_count: int
    clips: int
    looked_at: int
    per_class: dict[str, int]
    per_subject: dict[str, int]
    persons: dict[str, int]
    frames: tuple[int, float, int]
    seconds: tuple[float, float, float]
    fps: dict[str, int]
    unseen: dict[str, float]
    height: float | None
    has_depth: bool
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def inspect_data(data: ClipSet) -> Inspection:
    """Look at all clips, or at ``MOST_LOOKED_AT`` of them.

    Raises:
        ClipError: There is no clip.
    """
    if not len(data):
        raise ClipError(f"Expected clips to inspect in '{data.name}', found none.")
    chosen = np.unique(np.linspace(0, len(data) - 1, MOST_LOOKED_AT).astype(np.int64))
    facts = [
        read_facts(
            data.clip(index),
            name=data.clip_names[index],
            class_name=data.class_names[int(data.labels[index])],
        )
        for index in chosen.tolist()
    ]
    findings = (
        *find_axes(facts), *find_units(facts), *find_rates(facts), *find_joints(facts),
        *find_frozen(facts), *find_copies(facts), *find_lonely_classes(data),
    )  # fmt: skip
    return _summarise(data, facts, findings)


def _summarise(data: ClipSet, facts: list[ClipFacts], findings: tuple[Finding, ...]) -> Inspection:
    counts = np.bincount(data.labels, minlength=len(data.class_names))
    seconds = data.frames / data.fps
    unseen = np.mean([f.unseen for f in facts], axis=0)
    postures = [f.posture for f in facts if f.posture is not None]
    heights = [p.height for p in postures if np.isfinite(p.height)]
    return Inspection(
        name=data.name,
        layout=data.layout.name,
        joint_count=data.layout.joint_count,
        clips=len(data),
        looked_at=len(facts),
        per_class=dict(zip(data.class_names, counts.tolist(), strict=True)),
        per_subject=_count(sorted(data.subjects.tolist())),
        persons=_count(sorted(data.persons.tolist())),
        frames=(int(data.frames.min()), float(np.median(data.frames)), int(data.frames.max())),
        seconds=(float(seconds.min()), float(np.median(seconds)), float(seconds.max())),
        fps=_count([f"{rate:g}" for rate in sorted(data.fps.tolist())]),
        unseen={
            joint: round(float(share), 4)
            for joint, share in zip(data.layout.joints, unseen, strict=True)
            if share > 0
        },
        height=float(np.median(heights)) if heights else None,
        has_depth=not all(f.body.is_flat for f in facts),
        findings=findings,
    )


def _count(values: list[Any]) -> dict[str, int]:
    return {str(value): count for value, count in Counter(values).items()}
