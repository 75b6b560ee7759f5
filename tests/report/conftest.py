"""A small report with every part filled in."""

from dataclasses import replace

import numpy as np
import pytest
from report_samples import make_decision, make_embedding, make_skeleton, make_table

from crossglg.report import Look, MovingSkeleton, Report


@pytest.fixture
def skeleton() -> MovingSkeleton:
    return make_skeleton()


@pytest.fixture
def report(skeleton: MovingSkeleton) -> Report:
    moving = replace(skeleton, importance=np.linspace(0, 1, 8 * 25).reshape(8, 25))
    return Report(
        title="A run",
        summary="Something was tried.",
        results={"nearest prototype": (81.25, 1.5)},
        floor={"raw DTW": (70.0, 2.0), "raw Euclidean": (55.5, 1.0)},
        class_names=("wave", "bow", "sit down"),
        confusion=np.array([[5, 1, 0], [0, 6, 0], [2, 0, 4]]),
        confusion_title="First draw",
        metrics=[
            {"epoch": 1, "loss": 2.0, "accuracy_plain": 20.0, "accuracy_text_only": 5.0},
            {"epoch": 2, "loss": 1.0, "accuracy_plain": 60.0, "accuracy_text_only": 7.0},
        ],
        facts={"seed": "17"},
        looks=[Look(moving, skeleton), Look(skeleton, None)],
        importance=[make_table("Base classes"), make_table("Unseen classes")],
        decisions=[make_decision()],
        embedding=make_embedding(),
    )
