"""A skeleton that moves at random, for tests of the report."""

import numpy as np

from crossglg.report import MovingSkeleton
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
