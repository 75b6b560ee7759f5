"""Keep memory that was freed, for work that asks for the same again and again."""

import numpy as np

_LARGEST = 2**24


def keep_freed_memory() -> None:
    """Let the allocator of Linux hold on to freed arrays instead of handing them back.

    Reading a file makes arrays of some hundred kB, and handing these back to the system after
    every file cost a third of the time, in page faults. glibc raises the size from which it does
    so when a larger block has been freed (mallopt(3), "dynamic mmap threshold"): freeing one
    block, which is never touched, is enough. Elsewhere this does nothing.
    """
    np.empty(_LARGEST, dtype=np.uint8)
