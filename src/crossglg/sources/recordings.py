"""Every recording of NTU RGB+D by name: who was filmed in which setup, and what is left out.

Source: the names of the data set's files and the lists of files with missing skeletons that its
authors publish (facts). In every setup every performer did each of its 60 actions twice before
three cameras.
"""

import json
from functools import cache
from importlib import resources
from itertools import product
from typing import NamedTuple

from crossglg.sources.ntu import NTU60_ACTION_COUNT, NtuName, list_ntu_classes

_CAMERAS = (1, 2, 3)
_REPLICATIONS = (1, 2)
NTU60_SETUPS = 17
"""Setups 1 to 17 are NTU RGB+D 60; the later ones have the later 60 actions."""


class _Facts(NamedTuple):
    performers: dict[int, tuple[int, ...]]
    missing: frozenset[str]


@cache
def _facts() -> _Facts:
    text = resources.files("crossglg").joinpath("resources/ntu_recordings.json").read_text("utf-8")
    record = json.loads(text)
    performers = {int(setup): tuple(people) for setup, people in record["performers"].items()}
    return _Facts(performers, frozenset(record["missing"]))


def list_missing_skeletons() -> frozenset[str]:
    """Names of the 535 recordings without usable skeletons, which nobody counts."""
    return _facts().missing


@cache
def list_ntu_recordings(class_count: int) -> tuple[str, ...]:
    """Names of all recordings with usable skeletons, sorted.

    Args:
        class_count: 60 for NTU RGB+D 60 (56,578 names), 120 for all (113,945).
    """
    return tuple(sorted(set(_list_filmed(class_count)) - list_missing_skeletons()))


def _list_filmed(class_count: int) -> list[str]:
    names = []
    for setup, people in _facts().performers.items():
        first = 1 if setup <= NTU60_SETUPS else NTU60_ACTION_COUNT + 1
        last = NTU60_ACTION_COUNT if setup <= NTU60_SETUPS else len(list_ntu_classes())
        actions = range(first, min(last, class_count) + 1)
        names += [
            str(NtuName(setup, camera, performer, replication, action))
            for camera, performer, replication, action in product(
                _CAMERAS, people, _REPLICATIONS, actions
            )
        ]
    return names
