"""Quick: any table scaled down to the embedded choreography; it shows the way, no result."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossglg.reproduce.paper import BLOCK_COUNTS, DEFAULT_BLOCKS, POSITION, list_positions
from crossglg.reproduce.table import Column, Entry, Table
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography

QUICK_DATA = "choreography"
_PERFORMERS, _REPEATS = 3, 1
_DRAWS = 5

_SMALLER = (
    "training.epochs=3", "training.warmup_epochs=1", "training.frame_count=16",
    "training.precision=32-true",
)  # fmt: skip
_NARROW = "model.options.width=16"
_OF_ENCODER = {
    "infogcn": (_NARROW,),
    "hdgcn": (_NARROW,),
    "stgcn": (_NARROW,),
    "patchgcn": (_NARROW,),
    "motionbert": (),  # the recipe's is small
}
_BLOCK_COUNTS = dict(BLOCK_COUNTS) | {"motionbert": 3}
_DEFAULT_BLOCKS = dict(DEFAULT_BLOCKS) | {"motionbert": 2}

_KEPT = ("model.", "loss.", "augmentation.", "training.mirror")
"""What an entry is about; the rest of its settings is how long and how fast it is trained."""

_FEW, _MANY = "demo-12", "demo"

QUICK_UNLIKE = (
    f"quick: {_PERFORMERS} performers of the embedded choreography instead of the table's data, "
    f"encoders of width 16 on 16 frames, 3 epochs, {_DRAWS} draws: it shows that everything "
    "runs, and nothing else"
)


def write_quick_data(folder: Path) -> Path:
    """Write the choreography into ``folder``, unless it is there."""
    path = folder / f"{QUICK_DATA}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_npz(choreography(performers=_PERFORMERS, repeats=_REPEATS), path)
    return path


def scale_down(table: Table) -> Table:
    """The same table with fewer columns, smaller encoders and a handful of epochs."""
    entries = table.entries
    if table.name == POSITION.name:
        entries = list_positions(_BLOCK_COUNTS, _DEFAULT_BLOCKS)
    return replace(
        table,
        about=f"QUICK RUN of {table.about}",
        data=QUICK_DATA,
        recipe="demo",
        settings=_SMALLER,
        columns=_fewest_and_most(table.columns),
        entries=tuple(_shrink(entry) for entry in entries),
        draws=_DRAWS,
        unlike=(QUICK_UNLIKE, *table.unlike),
    )


def _fewest_and_most(columns: Sequence[Column]) -> tuple[Column, ...]:
    if len(columns) == 1:
        return (Column(columns[0].title, _FEW),)
    return (Column(columns[0].title, _FEW), Column(columns[-1].title, _MANY))


def _shrink(entry: Entry) -> Entry:
    encoder = entry.method.partition("+")[0]
    kept = tuple(setting for setting in entry.settings if setting.startswith(_KEPT))
    return replace(entry, settings=_OF_ENCODER[encoder] + kept)
