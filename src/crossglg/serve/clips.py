"""From what a client sent as JSON to a clip: joints by name, frames at a steady rate."""

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError, LayoutError
from crossglg.serve.config import Limits
from crossglg.serve.wire import Body, ClipBody
from crossglg.skeleton import Layout, get_layout, list_layouts, recognise_layout
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.steady import make_steady


def read_body(body: ClipBody, limits: Limits) -> SkeletonClip:
    """The clip in a JSON body.

    Raises:
        LayoutError: No known layout has these joints.
        ClipError: Shapes or times make no sense, or there is too much of it.
    """
    layout, order = choose_layout(body.layout, body.joint_names, limits)
    frame_count = len(body.persons[0]) if body.persons else 0
    check_size(len(body.persons), frame_count, len(order), limits, fps=body.fps)
    lengths = {len(frames) for frames in body.persons}
    if len(lengths) > 1:
        raise ClipError(
            f"Expected as many frames of every person, found {min(lengths)} to {max(lengths)}. "
            "Where somebody was not seen, send null for each joint."
        )
    joints = np.stack([read_frames(frames, order) for frames in body.persons])
    if body.times_s is not None and body.fps is None:
        return space_evenly(joints, np.array(body.times_s), layout, limits)
    if body.fps is None or body.times_s is not None:
        raise ClipError("Expected either fps or times_s (one number per frame).")
    return SkeletonClip.from_array(joints, fps=body.fps, layout=layout)


def choose_layout(
    name: str | None, joint_names: list[str] | None, limits: Limits
) -> tuple[Layout, NDArray[np.int64]]:
    """The layout and the order (V) in which its joints come.

    Raises:
        LayoutError: Neither or both are given, or no known layout has these joints.
    """
    if (name is None) == (joint_names is None):
        raise LayoutError("Expected either layout (a known name) or joint_names.")
    if joint_names is not None:
        if len(joint_names) > limits.joints:
            raise LayoutError(f"Expected at most {limits.joints} joints, found {len(joint_names)}.")
        return recognise_layout(joint_names)
    if name not in list_layouts():  # get_layout would also open a file of that name
        known = ", ".join(list_layouts())
        raise LayoutError(f"Expected the name of a known layout ({known}), found another one.")
    layout = get_layout(name)
    return layout, np.arange(layout.joint_count)


def check_size(
    persons: int, frames: int, joints: int, limits: Limits, *, fps: float | None = None
) -> None:
    """Refuse what is empty or too large.

    Args:
        persons: M.
        frames: T.
        joints: V.
        limits: Bounds.
        fps: Where it is known; seconds say more than frames.

    Raises:
        ClipError: It is.
    """
    bounds = {
        "persons": (persons, limits.persons),
        "frames": (frames, limits.frames),
        "joints": (joints, limits.joints),
    }
    if frames > limits.frames and fps:
        raise ClipError(
            f"Expected 1 to {limits.frames} frames in a clip, at most {limits.frames / fps:.0f} s; "
            f"found {frames}, {frames / fps:.0f} s. Cut out the part that shows the action."
        )
    for what, (found, most) in bounds.items():
        if not 1 <= found <= most:
            raise ClipError(f"Expected 1 to {most} {what} in a clip, found {found}.")


def read_frames(frames: list[Body], order: NDArray[np.int64]) -> NDArray[np.float32]:
    """(T V 3) of one person in the layout's order; what was not seen is NaN.

    Raises:
        ClipError: A frame has too many or too few joints.
    """
    hidden = [np.nan] * 3
    for number, body in enumerate(frames):
        if len(body) != len(order):
            raise ClipError(f"Frame {number}: expected {len(order)} joints, found {len(body)}.")
    points = [[hidden if point is None else point for point in body] for body in frames]
    with np.errstate(over="ignore"):  # what float32 cannot hold is not finite: not visible
        joints = np.array(points, dtype=np.float64).astype(np.float32)
    return joints.reshape(len(frames), len(order), 3)[:, order]


def space_evenly(
    joints: NDArray[np.float32],
    times_s: NDArray[np.float64],
    layout: Layout,
    limits: Limits,
) -> SkeletonClip:
    """Frames (M T V 3) of uneven times as a clip of a steady rate; NaN where not seen.

    Raises:
        ClipError: The times do not increase, there are not as many as frames, or at their median
            rate the clip has too many frames.
    """
    count = joints.shape[1]
    if len(times_s) != count or count < 2 or not (np.diff(times_s) > 0).all():
        raise ClipError(
            f"Expected {count} increasing times (at least 2), one per frame, found {len(times_s)}."
        )
    length_s = float(times_s[-1] - times_s[0])
    fps = (count - 1) / length_s
    if fps > limits.stream_fps or length_s > limits.frames:
        raise ClipError(
            f"Expected times in seconds, at most {limits.stream_fps:g} frames a second, found "
            f"{count} frames in {length_s:g} s."
        )
    step_s = float(np.median(np.diff(times_s)))
    if length_s / step_s > limits.frames - 0.5:  # few frames far apart may become many
        raise ClipError(
            f"Expected at most {limits.frames} frames at the median rate of the times, found "
            f"{length_s:g} s at {1 / step_s:.3g} frames a second."
        )
    seen = np.asarray(np.isfinite(joints).all(axis=-1))
    placed = np.where(seen[..., None], joints, np.float32(0))
    return make_steady(placed, seen, times_s, layout)
