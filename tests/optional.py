"""Optional packages that tests use where they are installed and load."""

from types import ModuleType

import pytest

from crossglg.errors import MissingExtraError, require


def skip_without(module: str, *, extra: str) -> ModuleType:
    """The module, or skip with the sentence that a user would read."""
    try:
        return require(module, extra=extra)
    except MissingExtraError as error:
        pytest.skip(str(error), allow_module_level=True)
