"""A skeleton that moves at random and what can be said about it, for tests of the report."""

from dataclasses import replace

import numpy as np

from crossglg.report import (
    Decision,
    EmbeddingMap,
    ImportanceTable,
    MovingSkeleton,
    PathPicture,
)
from crossglg.skeleton import get_layout

NTU25 = get_layout("ntu25")


def make_skeleton(title: str = "wave", *, persons: int = 1, frames: int = 8) -> MovingSkeleton:
    rng = np.random.default_rng(0)
    return MovingSkeleton(
        title=title,
        joints=rng.normal(size=(persons, frames, NTU25.joint_count, 3)).astype(np.float32),
        present=np.ones((persons, frames), dtype=np.bool_),
        importance=np.arange(NTU25.joint_count, dtype=np.float32),
        fps=30.0,
        layout=NTU25,
    )


def make_table(title: str = "Base classes") -> ImportanceTable:
    """The joints that a text named are the first five; they are the most important ones."""
    importance = np.ones((3, 25)) / 25
    importance[:, :5] *= 4
    named = np.zeros((3, 25), dtype=np.bool_)
    named[:, :5] = True
    return ImportanceTable(title, ("wave", "bow", "sit down"), NTU25, importance, named)


def make_decision(difference: float = 0.5) -> Decision:
    """Joint 3 speaks for the answer, joint 7 against it."""
    parts = np.zeros((4, 25))
    parts[1, 3], parts[2, 7] = difference + 0.2, -0.2
    exemplar, query, rival = (
        replace(
            make_skeleton(title),
            importance=np.repeat(parts, 2, axis=0),
            scale="contribution",
            correct=correct,
        )
        for title, correct in (("wave", None), ("bow", False), ("throw", None))
    )
    steps = np.arange(4)
    path = PathPicture("wave", np.ones((4, 4)) - np.eye(4), steps, steps)
    return Decision(
        'Called "wave" rather than "throw".',
        (exemplar, query, rival),
        parts,
        difference,
        NTU25.joints,
        2.0,
        (path, replace(path, title="throw")),
    )


def make_embedding() -> EmbeddingMap:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 2], 6)
    return EmbeddingMap(
        rng.normal(size=(12, 2)) + labels[:, None] * 4,
        labels,
        np.arange(12) % 6 == 0,
        ("wave", "bow", "sit down"),
        "A map.",
    )
