"""How many threads compute what a clip is answered from: one, unless the user says otherwise."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from threadpoolctl import threadpool_limits

_USERS_WORD = "OMP_NUM_THREADS"


@contextmanager
def one_thread_a_clip(at_once: int = 1) -> Iterator[None]:
    """Compute with one thread, in torch and in numpy's products.

    For programs that answer about a clip now and then, as those with a camera or with clients do.
    In between threads sleep, and to wake another one for every layer takes longer than a small
    network saves by it: twice as long for an answer, with twice the processor's time. Measured in
    docs/performance.md, "One clip now and then". What ``OMP_NUM_THREADS`` says counts as the user's
    word: so many threads then, shared among the clips that are answered at the same time.

    Args:
        at_once: That many, each in a thread of the caller's.
    """
    before = torch.get_num_threads()
    threads = max(1, before // at_once) if _USERS_WORD in os.environ else 1
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)
