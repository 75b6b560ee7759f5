"""Keep memory that was freed, for work that asks for the same again and again."""

import numpy as np

_LARGEST = 2**24


def keep_freed_memory() -> None:
    """Let the allocator of Linux hold on to freed arrays instead of handing them back.

    Handed back, memory comes again in page faults: a third of the time in which a file is read
    (arrays of some hundred kB), a tenth or more of that in which one clip is embedded. glibc
    raises the size from which it hands back when a larger block has been freed (mallopt(3),
    "dynamic mmap threshold"): freeing one block, which is never touched, is enough. Elsewhere this
    does nothing.
    """
    np.empty(_LARGEST, dtype=np.uint8)
