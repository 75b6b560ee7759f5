"""Count numbers below 1e-38 as zero while a model runs, and only then.

Attention leaves many weights that small; there a CPU is a hundred times slower, and they say
nothing. The switch belongs to the thread, so whoever calls us gets it back as it is by default.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def flush_denormals() -> Iterator[None]:
    """Within the block, and off again after it."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
