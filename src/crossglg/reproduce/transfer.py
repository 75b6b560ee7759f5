"""The table of transfer: shipped weights on data they have never seen; nothing is trained."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crossglg.cells import count_parameters
from crossglg.oneshot import FLOORS
from crossglg.reproduce.result import Line, Reproduction, Value
from crossglg.shipped import load_plain
from crossglg.sources.splits import get_protocol
from crossglg.verbs import evaluate_run, open_clips, split_data

TRANSFER = "transfer"
TRANSFER_DATA = "ui_prmd_vicon20"

_PROTOCOLS = ("ui-prmd", "ui-prmd-strict")
_WEIGHTS = ("open-base", "open-small")
_CLASSIFIERS = ("joints", "dtw", "joints+motion", "dtw-either", "joints+motion-either")


def judge_shipped(
    data: Path,
    *,
    protocols: Sequence[str] = _PROTOCOLS,
    weights: Sequence[str] = _WEIGHTS,
    draws: int = 100,
) -> Reproduction:
    """Recognise the exercises of UI-PRMD after one performance each, with weights in the package.

    Args:
        data: The exercises.
        protocols: One column each.
        weights: Shipped names or runs.
        draws: Of exemplars.

    Raises:
        ProtocolError: The data are not the protocols', or the weights learned from them.
    """
    clips, masks = open_clips(data)
    splits = [split_data(clips, get_protocol(name), masks=masks) for name in protocols]
    floors: list[Mapping[str, Any]] = []
    lines = []
    for name in weights:
        checkpoint = load_plain(name)
        found = [
            evaluate_run(checkpoint, split, classifiers=_CLASSIFIERS, draws=draws).to_json()
            for split in splits
        ]
        floors = floors or list(found)
        lines += [
            Line(
                name,
                classifier,
                tuple(_value(each["results"][classifier]) for each in found),
                count_parameters(checkpoint),
                (),
            )
            for classifier in _CLASSIFIERS
        ]
    return Reproduction(
        TRANSFER,
        "Shipped weights on exercises of UI-PRMD, which they were trained without",
        "percent, mean and standard deviation over draws of exemplars",
        1,
        tuple(protocols),
        (*(_floor(name, floor.key, floors) for name, floor in FLOORS.items()), *lines),
        (
            f"Data {data.name}; {draws} draws; one training of each weights, see MODEL_CARD.md.",
            "ui-prmd-strict leaves out the exercises that other open data hold by name.",
        ),
    )


def _floor(name: str, key: str, found: Sequence[Mapping[str, Any]]) -> Line:
    means = tuple(_value(each[key]) if each.get(key) else Value(()) for each in found)
    return Line(f"floor: {name}", "", means, 0, ())


def _value(found: Mapping[str, float]) -> Value:
    return Value((found["mean"],), over_draws=found["std"])
