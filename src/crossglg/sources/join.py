"""Join data sets of different bodies into one: common joints, classes that mean the same merged.

What is learned on a Kinect, on motion capture and on written movements then serves any body that
has these joints.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError, suggest
from crossglg.same_actions import same_action
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import map_clip
from crossglg.sources.clipset import ClipSet
from crossglg.sources.labelled import LabelledClip, label_clips


def join_sets(
    sets: Sequence[ClipSet],
    layout: Layout,
    *,
    without: Sequence[str] = (),
    most_per_class: int | None = None,
) -> Iterator[LabelledClip]:
    """The clips of several sets, one by one, on the joints of one layout.

    Clips are named ``set/clip``; subjects of different sets are different people.

    Args:
        sets: Each of any layout that maps to ``layout``.
        layout: The joints that all share.
        without: Classes to leave out, under any of their names.
        most_per_class: How many clips of one class one set may give, spread evenly over it.

    Raises:
        ClipError: A class to leave out is in none of the sets.
        LayoutError: A set's joints say nothing about a joint of ``layout``.
    """
    unwanted = _find_unwanted(sets, without)
    first_subject = 0
    for data in sets:
        kept = [k for k, name in enumerate(data.class_names) if same_action(name) not in unwanted]
        chosen = data.select(_spread(data.labels, kept, most_per_class))
        for labelled in label_clips(chosen):
            yield replace(
                labelled,
                name=f"{data.name}/{labelled.name}",
                clip=map_clip(labelled.clip, layout),
                class_name=same_action(labelled.class_name),
                subject=-1 if labelled.subject < 0 else first_subject + labelled.subject,
            )
        first_subject += int(data.subjects.max()) + 1


def _find_unwanted(sets: Sequence[ClipSet], without: Sequence[str]) -> set[str]:
    known = {same_action(name) for data in sets for name in data.class_names}
    for name in without:
        if same_action(name) not in known:
            raise ClipError(
                f"No class to leave out is called '{name}'.{suggest(same_action(name), known)}"
            )
    return {same_action(name) for name in without}


def _spread(labels: NDArray[np.int64], kept: Sequence[int], most: int | None) -> NDArray[np.int64]:
    """Indices of the clips of the kept classes, at most ``most`` of each, in order."""
    chosen = [np.zeros(0, dtype=np.int64)]
    for label in kept:
        members = np.flatnonzero(labels == label)
        count = len(members) if most is None else min(most, len(members))
        chosen.append(members[np.arange(count) * len(members) // max(count, 1)])
    return np.sort(np.concatenate(chosen))
