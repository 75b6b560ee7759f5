"""RUN by name: trained weights that come with the package, beside runs of one's own."""

from importlib import resources
from pathlib import Path

from crossglg.checkpoint import PLAIN_FILE, RUN_FILE, PlainCheckpoint
from crossglg.errors import CheckpointError, suggest

_EXPORTED = (".onnx", ".pt2")  # crossglg.deployed runs them


def list_shipped() -> tuple[str, ...]:
    """Names of the weights in the package."""
    return tuple(sorted(folder.name for folder in _weights_folder().iterdir() if folder.is_dir()))


def find_run(run: Path | str) -> Path:
    """The folder of a run: a folder of one's own, or else shipped weights of this name.

    Raises:
        CheckpointError: It is neither.
    """
    own, name = Path(run), str(run)
    if name and own.is_dir():
        return own
    if name in list_shipped():
        return _weights_folder() / name
    found = f"the file {name}" if own.is_file() else f"nothing called '{name}'"
    raise CheckpointError(
        f"Expected the folder of a run or the name of shipped weights "
        f"({', '.join(list_shipped())}), found {found}." + _hint(own, name)
    )


def _hint(own: Path, name: str) -> str:
    if own.suffix.lower() in _EXPORTED:
        return " Exported files are opened by crossglg.deployed.open_model."
    return suggest(name, list_shipped())


def load_plain(run: Path | str) -> PlainCheckpoint:
    """The plain branch of a run, by folder or shipped name.

    Raises:
        CheckpointError: There is none, or it is damaged.
    """
    folder = find_run(run)
    if not (folder / PLAIN_FILE).exists():
        raise CheckpointError(_why_empty(folder))
    return PlainCheckpoint.load(folder / PLAIN_FILE)


def _why_empty(folder: Path) -> str:
    if (folder / RUN_FILE).exists():
        return (
            f"{folder}: its training has not come to the end of an epoch. "
            "Give the command that began it again, and it goes on."
        )
    return (
        f"Expected the folder of a run or the name of shipped weights "
        f"({', '.join(list_shipped())}), found the folder {folder}, which is no run: there is no "
        f"{PLAIN_FILE} in it."
    )


def _weights_folder() -> Path:
    # The package is always installed as files: weights are memory-mapped.
    return Path(str(resources.files("crossglg").joinpath("resources/weights")))
