"""Every error this package raises on purpose, and the sentence for a missing extra.

CrossGLGError
├── LayoutError          joints that no known layout explains
├── ClipError            an array that is not a skeleton clip
├── SourceError          a file that cannot be read (where it broke, what to do)
├── ArchiveError         a prepared archive that is damaged or of another version
├── ProtocolError        an evaluation that would cheat, or that the data cannot serve
├── DescriptionError     a text that does not fit its action or layout
├── EncoderError         an encoder that breaks its contract, or weights that do not fit it
├── CheckpointError      a run folder that cannot be restored
├── DivergenceError      a training whose numbers are finite no more
├── GalleryError         an action that is not enrolled, or a gallery file that is damaged
├── ConfigError          a setting that does not exist or contradicts another
└── MissingExtraError    an optional package that is not installed, or does not load
"""

import difflib
import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path
from types import ModuleType


class CrossGLGError(Exception):
    """Base of all errors raised on purpose; its text is meant for the user."""


class LayoutError(CrossGLGError, ValueError):
    """Joints that no known layout explains."""


class ClipError(CrossGLGError, ValueError):
    """An array that is not a skeleton clip."""


class SourceError(CrossGLGError, ValueError):
    """A file that cannot be read.

    Args:
        path: The file.
        problem: What was expected, what was found and what to do, in one or two sentences.
        where: The place inside the file, such as ``frame 37``.
    """

    def __init__(self, path: Path | str, problem: str, *, where: str = "") -> None:
        self.path = Path(path)
        self.problem = problem
        self.where = where
        place = f"{self.path.name}, {where}" if where else self.path.name
        super().__init__(f"{place}: {problem}")

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker process, keyword argument included."""
        return (_restore_source_error, (self.path, self.problem, self.where))


def _restore_source_error(path: Path, problem: str, where: str) -> SourceError:
    return SourceError(path, problem, where=where)


class ArchiveError(CrossGLGError, ValueError):
    """A prepared archive that is damaged or of another version."""


class ProtocolError(CrossGLGError, ValueError):
    """An evaluation that would cheat, or that the data at hand cannot serve."""


class DescriptionError(CrossGLGError, ValueError):
    """A text that does not fit its action or its layout."""


class EncoderError(CrossGLGError, ValueError):
    """An encoder that breaks its contract, or weights that do not fit it."""


class CheckpointError(CrossGLGError, ValueError):
    """A run folder that cannot be restored."""


class DivergenceError(CrossGLGError, ArithmeticError):
    """A training whose numbers are finite no more."""


class GalleryError(CrossGLGError, ValueError):
    """An action that is not enrolled, or a gallery file that is damaged."""


class ConfigError(CrossGLGError, ValueError):
    """A setting that does not exist, or that contradicts another."""


class MissingExtraError(CrossGLGError, ImportError):
    """An optional package that is not installed, or does not load."""


_LIBRARIES = {
    "live": "On Debian or Ubuntu: apt install libegl1 libgl1 libgles2 libglib2.0-0",
}
"""Extra -> what brings the system's libraries that its packages do not carry along."""


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional module, or say in one sentence how to get it.

    Raises:
        MissingExtraError: ``module`` is not installed, or does not load.
    """
    try:
        return importlib.import_module(module)
    except (ImportError, OSError) as error:
        raise explain_missing(module, error, extra=extra) from error


def explain_missing(module: str, error: Exception, *, extra: str) -> MissingExtraError:
    """What to do about an optional module that does not load.

    Args:
        module: Its full name.
        error: What loading it raised.
        extra: What brings it.
    """
    package = module.partition(".")[0]
    install = f"pip install 'crossglg[{extra}]'"
    if importlib.util.find_spec(package) is None:
        return MissingExtraError(f"This feature needs '{package}'. Install it with: {install}")
    is_incomplete = isinstance(error, ModuleNotFoundError) or extra not in _LIBRARIES
    remedy = f"Mend it with: {install}" if is_incomplete else _LIBRARIES[extra]
    return MissingExtraError(f"'{package}' is installed, but does not load: {error}. {remedy}")


def check_ranges(
    settings: object, ranges: Mapping[str, tuple[float, float]], *, where: str
) -> None:
    """Refuse the first of an object's numbers that is out of its range; None is no number.

    Args:
        settings: Has an attribute of each name.
        ranges: Name -> least and largest value; ``inf`` for no limit, but infinity itself is none.
        where: What comes before the name in the message.

    Raises:
        ConfigError: With name, range and number.
    """
    for name, (least, most) in ranges.items():
        value = getattr(settings, name)
        if value is not None and not (least <= value <= most and value < inf):
            expected = f"at least {least}" if most == inf else f"{least} to {most}"
            raise ConfigError(f"{where}.{name}: expected {expected}, found {value}.")


def suggest(word: str, known: Iterable[str]) -> str:
    """`` Did you mean '...'?`` with the nearest known word, or nothing if none is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
