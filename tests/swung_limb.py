"""A movement that differs in one limb, by a known angle."""

import numpy as np

from crossglg.skeleton.rotation import rotation_about_axis


def swing(clip, joint, degrees, *, axis, frames=slice(None)):
    """Turn all that hangs from a joint about it; ``axis`` 0 goes to the right, 1 up, 2 back."""
    layout = clip.layout
    tips = [each for each in layout.joints if joint in layout.path_to_root(each) and each != joint]
    hanging = [layout.index(each) for each in tips]
    joints = clip.joints.copy()
    pivot = joints[:, frames, layout.index(joint), None]
    turn = rotation_about_axis(np.radians(degrees), axis=axis).astype(np.float32)
    joints[:, frames, hanging] = (joints[:, frames, hanging] - pivot) @ turn.T + pivot
    return clip.with_joints(joints)
