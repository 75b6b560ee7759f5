"""Show an action once, have it recognised ever after: one-shot skeleton action recognition."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from crossglg.waiting import wait_briefly

wait_briefly()  # here, before any part imports numpy or torch

from crossglg.errors import CrossGLGError  # noqa: E402
from crossglg.skeleton import Layout, SkeletonClip, get_layout, list_layouts  # noqa: E402

if TYPE_CHECKING:
    from crossglg.recogniser import Recogniser

__version__ = version("crossglg")

DEFAULT_RUN = "open-base"
"""The shipped weights that are used where no other run is named."""

SURE = 0.5
"""The probability from which an action is named; a clip that is less probably one is unknown."""

TOLERANCE_DEG = 20.0
"""What a part of the body may point elsewhere than it was shown, and be as shown; chosen on
development exercises (docs/streams.md)."""

__all__ = [
    "DEFAULT_RUN",
    "SURE",
    "TOLERANCE_DEG",
    "CrossGLGError",
    "Layout",
    "SkeletonClip",
    "__version__",
    "get_layout",
    "list_layouts",
    "load",
]


def load(run: Path | str = DEFAULT_RUN) -> "Recogniser":
    """A trained model ready for use: shipped weights by name, or the folder of a run.

    ``crossglg.deployed.open_model`` opens exported files (``.onnx``, ``.pt2``) as well.

    Raises:
        CheckpointError: There is none of this name, or it is damaged.
    """
    from crossglg.recogniser import Recogniser  # torch is imported when it is needed

    return Recogniser.load(run)
