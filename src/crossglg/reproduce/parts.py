"""What each part of our own recipe is worth: short trainings, one change each."""

from crossglg.reproduce.table import Column, Entry, Table

_METHOD = "patchgcn+g2l"
_JUDGED = ("joints", "dtw", "joints+motion")
_UNIFORM = "joints-uniform"

# A table in minutes: half the width and the frames, about a hundred steps whatever the data.
_SHORT = (
    "model.options.width=32", "training.frame_count=16", "training.batch_size=64",
)  # fmt: skip
_STILL = tuple(f"augmentation.{name}=0" for name in (
    "turn_rad", "tilt_rad", "scale", "crop", "pace", "noise", "drop"
))  # fmt: skip
_STRONG = (
    "augmentation.turn_rad=0.6", "augmentation.tilt_rad=0.2", "augmentation.scale=0.2",
    "augmentation.crop=0.5", "augmentation.pace=0.5", "augmentation.noise=0.02",
    "augmentation.drop=0.05",
)  # fmt: skip

# label -> the name of its cells and what is changed
_CHANGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "base: PatchGCN + global to local": ("base", ()),
    "without contrast": ("no-contrast", ("loss.contrast=0",)),
    "with episodes": ("episode", ("loss.episode=0.5",)),
    "linear head": ("linear", ("model.head=linear",)),
    "clips as they are": ("still", _STILL),
    "clips varied strongly": ("strong", _STRONG),
    "without bones": ("no-bones", ('model.options.streams=["joint","joint_motion"]',)),
    "without motion": ("no-motion", ('model.options.streams=["joint","bone"]',)),
    "nothing mirrored": ("mirror-off", ("training.mirror=off",)),
    "mirrored as classes": ("mirror-classes", ("training.mirror=classes",)),
    "width 64": ("width-64", ("model.options.width=64",)),
    "MLP head": ("mlp", ("model.head=mlp",)),
}


def _entry(label: str, name: str, settings: tuple[str, ...], *shown: str) -> Entry:
    return Entry(
        label=label, method=_METHOD, settings=settings, cell=f"parts-{name}", classifiers=shown
    )


def _table(protocol: str, data: str, epochs: int) -> Table:
    return Table(
        name=f"ablation-{protocol}",
        about=f"{protocol} by our own recipe, trained briefly, one part changed at a time",
        data=data,
        recipe="beyond",
        settings=(*_SHORT, f"training.epochs={epochs}"),
        columns=(Column(protocol, protocol),),
        entries=(
            *(_entry(label, name, change) for label, (name, change) in _CHANGES.items()),
            _entry("twice as long", "longer", (f"training.epochs={2 * epochs}",)),
            _entry("base, importance ignored at matching", "base", (), _UNIFORM),
        ),
        classifiers=_JUDGED,
        judged=(*_JUDGED, _UNIFORM),
        unlike=("nobody published a number under this protocol",),
    )


PARTS = (_table("utd-a", "utd_mhad", 6), _table("union15-a", "union15", 2))
