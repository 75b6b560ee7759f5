"""What exporting asks of torch."""

import torch

from crossglg.errors import ConfigError

_OLDEST = (2, 11)
"""The exporters of older ones stumble over open numbers of clips in some encoders."""


def insist_on_torch() -> None:
    """Say in one sentence that torch is too old, in place of what its exporter says.

    Raises:
        ConfigError: It is.
    """
    major, minor = torch.__version__.split(".")[:2]
    if (int(major), int(minor)) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise ConfigError(
            f"Expected torch {oldest} or newer to export with, found {torch.__version__}; "
            f"pip install 'torch>={oldest}'."
        )
