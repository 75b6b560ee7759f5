"""Findings about content: joints that never move, frozen frames, copies, classes of one clip."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from crossglg.inspection.facts import ClipFacts
from crossglg.inspection.finding import Finding, share_of
from crossglg.sources.clipset import ClipSet
from crossglg.words import name_some

_OFTEN = 0.02
"""A joint is named when it is odd in this share of the clips."""
_UNSEEN = 0.5
_FROZEN = 0.3


def find_joints(facts: Sequence[ClipFacts]) -> list[Finding]:
    """Joints that lie in the origin, that do not move though others do, that nobody sees."""
    layout = facts[0].body.layout
    origin = np.array([f.at_origin for f in facts])
    still = np.array([f.still for f in facts]) & ~origin
    unseen = np.array([f.unseen for f in facts]) > _UNSEEN
    found = []
    for kind, odd, what, advice in (
        (
            "zero_joints", origin, "lie in the origin in most frames",
            "If the sensor failed, write NaN there; if clips were centred on this joint, give the "
            "joints as they were recorded, or where the body goes is lost.",
        ),
        (
            "still_joints", still, "never move, though others do",
            "The sensor has probably not seen them; write NaN there.",
        ),
        (
            "unseen_joints", unseen, "are not seen in most frames",
            "They are filled from their neighbours; a layout file without them is more honest.",
        ),
    ):  # fmt: skip
        named = [v for v in range(layout.joint_count) if odd[:, v].mean() >= _OFTEN]
        clips = tuple(f.name for f, row in zip(facts, odd, strict=True) if row[named].any())
        if clips:
            joints = ", ".join(layout.joints[v].replace("_", " ") for v in named)
            sentence = f"Joints that {what} in {share_of(clips, len(facts))}: {joints}."
            found.append(Finding(kind, sentence, advice, clips, len(facts)))
    return found


def find_frozen(facts: Sequence[ClipFacts]) -> list[Finding]:
    """Clips in which a good part of the frames repeat the one before exactly."""
    clips = tuple(f.name for f in facts if f.frozen >= _FROZEN)
    if not clips:
        return []
    return [
        Finding(
            "frozen",
            f"At least {_FROZEN:.0%} of the frames are exactly the one before in "
            f"{share_of(clips, len(facts))}.",
            "The tracker was lost, or frames were repeated to reach a rate: drop such frames and "
            "correct the frames per second.",
            clips,
            len(facts),
        )
    ]


def find_copies(facts: Sequence[ClipFacts]) -> list[Finding]:
    """Clips of the same content, within a class or, worse, across classes."""
    groups: dict[bytes, list[ClipFacts]] = defaultdict(list)
    for f in facts:
        groups[f.digest].append(f)
    copies = [group for group in groups.values() if len(group) > 1]
    if not copies:
        return []
    clips = tuple(f.name for group in copies for f in group)
    across = sum(len({f.class_name for f in group}) > 1 for group in copies)
    where = f", {across:,} times under different actions" if across else ""
    return [
        Finding(
            "copies",
            f"The same frames are found again in {share_of(clips, len(facts))}{where}.",
            "Keep one of each: a copy of an exemplar among the queries is a gift.",
            clips,
            len(facts),
        )
    ]


def find_lonely_classes(data: ClipSet) -> list[Finding]:
    """Classes with a single clip, which can be shown but never asked, and those with none."""
    counts = np.bincount(data.labels, minlength=len(data.class_names))
    found = []
    for number, kind, what, advice in (
        (1, "single_clip", "a single clip", "It can be an exemplar, but nothing is left to ask."),
        (0, "no_clip", "no clip", "Drop the name, or look for what was not read."),
    ):
        classes = [data.class_names[label] for label in np.flatnonzero(counts == number)]
        if not classes:
            continue
        clips = (data.clip_names[index] for index in np.flatnonzero(counts[data.labels] == number))
        named = name_some(classes)
        sentence = f"{len(classes):,} of {len(counts):,} classes have {what}: {named}."
        found.append(Finding(kind, sentence, advice, tuple(clips), len(data)))
    return found
