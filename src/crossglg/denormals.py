"""Count numbers below 1e-38 as zero while a model runs, and only then.

Attention leaves many weights that small; there a CPU is tens of times slower, and they say
nothing. The switch belongs to the thread, so whoever calls us gets it back as it is by default.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch

_ENVIRONMENT_BYTES = 256  # C's fenv_t: 32 on x86, 16 on ARM


@contextmanager
def flush_denormals() -> Iterator[None]:
    """Within the block, in this thread and in torch's helpers, and off again after it."""
    _switch(on=True)
    try:
        yield
    finally:
        _switch(on=False)


def _switch(*, on: bool) -> None:
    torch.set_flush_denormal(on)
    openmp, thread_count = _openmp(), torch.get_num_threads()
    if openmp is not None and thread_count > 1:
        environment = ctypes.create_string_buffer(_ENVIRONMENT_BYTES)
        openmp.fegetenv(environment)
        openmp.GOMP_parallel(openmp.fesetenv, environment, thread_count, 0)


@cache
def _openmp() -> ctypes.CDLL | None:
    """What torch was linked with, if that starts its helpers by GNU's name.

    GNU's OpenMP never asks its helpers to compute as their caller does: they keep what held when
    they were started, which is usually before anything here runs. So each is given the caller's
    floating-point environment by C's own function. Intel's and LLVM's do so by themselves.
    """
    try:
        linked = ctypes.CDLL(torch._C.__file__)
        address = ctypes.c_void_p
        linked.GOMP_parallel.argtypes = [address, address, ctypes.c_uint, ctypes.c_uint]
        linked.GOMP_parallel.restype = None
        linked.fegetenv.argtypes = [address]
        linked.fesetenv.argtypes = [address]
    except (OSError, AttributeError):
        return None
    return linked
