"""Bodies to test with: a standing person in any layout, moved about as a test needs."""

import numpy as np
import pytest

from crossglg.skeleton import SkeletonClip, get_layout

# Metres; the person faces -z, so that the left hand is at -x.
_MIDDLE = {
    "pelvis": (0.0, 0.95, 0.0),
    "spine": (0.0, 1.2, 0.0),
    "chest": (0.0, 1.4, 0.0),
    "neck": (0.0, 1.5, 0.0),
    "head": (0.0, 1.65, 0.0),
    "nose": (0.0, 1.62, -0.1),
}
_LEFT = {
    "eye_inner": (-0.02, 1.66, -0.09),
    "eye": (-0.03, 1.66, -0.09),
    "eye_outer": (-0.04, 1.66, -0.09),
    "ear": (-0.08, 1.65, 0.0),
    "mouth": (-0.02, 1.58, -0.09),
    "collar": (-0.05, 1.42, 0.0),
    "shoulder": (-0.18, 1.4, 0.0),
    "elbow": (-0.22, 1.15, 0.0),
    "wrist": (-0.24, 0.9, -0.05),
    "hand": (-0.24, 0.85, -0.06),
    "hand_tip": (-0.24, 0.78, -0.07),
    "thumb": (-0.22, 0.84, -0.08),
    "index": (-0.24, 0.82, -0.08),
    "pinky": (-0.25, 0.82, -0.05),
    "hip": (-0.1, 0.9, 0.0),
    "knee": (-0.11, 0.5, -0.02),
    "ankle": (-0.11, 0.1, 0.0),
    "heel": (-0.11, 0.05, 0.04),
    "foot": (-0.11, 0.05, -0.12),
}


def _place(joint):
    side, _, rest = joint.partition("_")
    if side not in ("left", "right"):
        return _MIDDLE[joint]
    x, y, z = _LEFT[rest]
    return (x if side == "left" else -x, y, z)


@pytest.fixture(scope="session")
def stand():
    """A person standing still: ``stand(layout_name, frames=...)`` gives an array (T V 3)."""

    def build(layout_name, *, frames=1, at=(0.0, 0.0, 0.0)):
        pose = np.array([_place(joint) for joint in get_layout(layout_name).joints])
        return np.repeat(pose[None] + at, frames, axis=0)

    return build


@pytest.fixture(scope="session")
def as_clip():
    """A clip at 30 fps of arrays (T V 3), one per person."""

    def build(*persons, layout_name="ntu25", fps=30.0):
        return SkeletonClip.from_array(np.stack(persons), fps=fps, layout=get_layout(layout_name))

    return build


@pytest.fixture(scope="session")
def walk(stand):
    """A person walking along x at 1 m/s with swinging hands, (T V 3)."""

    def build(*, frames=30, layout_name="ntu25", at=(0.0, 0.0, 0.0), speed=1.0):
        layout, seconds = get_layout(layout_name), np.arange(frames) / 30
        body = stand(layout_name, frames=frames, at=at)
        body[..., 0] += speed * seconds[:, None]
        for joint, sign in (("left_elbow", 1), ("right_elbow", -1)):
            body[:, layout.index(joint), 2] += sign * 0.2 * np.sin(6 * seconds)
        return body

    return build
