"""Findings about axes and sides: y down, z up, left and right swapped, a mirrored axis."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crossglg.inspection.body import Sides, judge_sides
from crossglg.inspection.facts import ClipFacts
from crossglg.inspection.finding import Finding, share_of

_AXES = "xyz"
_SURE = 0.5
_CUES = 3
"""A single clip is called swapped only where so many cues are read, and their mean vote is this
clear against it: elbows and hands alone err in one clip of a thousand."""

# (axis that points up, is mirrored) -> what makes it y up and right-handed.
_TURN = {
    ("-y", False): "Negate y and z.",
    ("-y", True): "Negate y.",
    ("+z", False): "Replace (x, y, z) by (x, z, -y).",
    ("+z", True): "Exchange y and z.",
    ("-z", False): "Replace (x, y, z) by (x, -z, y).",
    ("-z", True): "Replace (x, y, z) by (x, -z, -y).",
    ("+x", False): "Replace (x, y, z) by (-y, x, z).",
    ("+x", True): "Exchange x and y.",
    ("-x", False): "Replace (x, y, z) by (y, -x, z).",
    ("-x", True): "Replace (x, y, z) by (-y, -x, z).",
}


def find_axes(facts: Sequence[ClipFacts]) -> list[Finding]:
    """Which way is up in most clips, and whether the bodies face where their sides say."""
    standing = [f for f in facts if f.posture is not None and np.isfinite(f.posture.up).all()]
    if not standing:
        return []
    pointing = [_name_axis(f.posture.up) for f in standing if f.posture is not None]
    up = max(sorted(set(pointing)), key=pointing.count)
    sides = _judge(standing, up)
    votes = np.array([side.vote for side in sides])
    known = int(np.isfinite(votes).sum())
    mirrored = bool(known and np.nanmedian(votes) < 0)
    if up != "+y":
        return [_say_up(standing, pointing, up, mirrored=mirrored)]
    names = [f.name for f in standing]
    if mirrored:
        against = [name for name, vote in zip(names, votes, strict=True) if vote < 0]
        return [_say_swapped(against, known, everything=True)]
    against = [
        name
        for name, side in zip(names, sides, strict=True)
        if side.vote < -_SURE and side.cue_count >= _CUES
    ]
    return [_say_swapped(against, known, everything=False)] if against else []


def _judge(standing: Sequence[ClipFacts], up: str) -> list[Sides]:
    """One for every clip; nothing is known of flat clips, whose depth says nothing."""
    axis = np.zeros(3)
    axis[_AXES.index(up[1])] = 1.0 if up[0] == "+" else -1.0
    return [
        Sides(float("nan"), 0) if f.body.is_flat else judge_sides(f.body, axis) for f in standing
    ]


def _name_axis(up: NDArray[np.float64]) -> str:
    axis = int(np.argmax(np.abs(up)))
    return ("+" if up[axis] > 0 else "-") + _AXES[axis]


def _say_up(
    standing: Sequence[ClipFacts], pointing: Sequence[str], up: str, *, mirrored: bool
) -> Finding:
    clips = tuple(f.name for f, axis in zip(standing, pointing, strict=True) if axis == up)
    what = {"-y": "The y axis points down"}.get(
        up, f"The {up[1]} axis points {'up' if up[0] == '+' else 'down'}"
    )
    hand = ", and the axes are left-handed" if mirrored else ""
    return Finding(
        "axes",
        f"{what}: heads are there in {share_of(clips, len(standing))}, expected y up{hand}.",
        _TURN[up, mirrored],
        clips,
        len(standing),
    )


def _say_swapped(clips: Sequence[str], looked_at: int, *, everything: bool) -> Finding:
    return Finding(
        "sides",
        "Left and right are swapped, or an axis is mirrored: toes, elbows, hands and walking say "
        f"that bodies face away from where their hips and shoulders do in "
        f"{share_of(clips, looked_at)}.",
        "Negate x, or exchange the left and right joints; look at a clip to see which."
        if everything
        else "Look at them; exchange their left and right joints, or leave them out.",
        tuple(clips),
        looked_at,
    )
