"""The class names of the data sets whose files only number their actions."""

import json
from functools import cache
from importlib import resources


@cache
def list_classes(data: str) -> tuple[str, ...]:
    """The actions of ``ntu120``, ``utd_mhad``, ``msr_action3d`` or ``pku_mmd``.

    Action number n of their files is entry n - 1.
    """
    text = resources.files("crossglg").joinpath("resources/class_names.json").read_text("utf-8")
    return tuple(json.loads(text)[data])
