"""How long threads that compute together wait for one another before they give up their core."""

import os
from collections.abc import MutableMapping

_OPENMP, _TURNS = "GOMP_SPINCOUNT", "3000"
_OPENBLAS, _CYCLES = "OPENBLAS_THREAD_TIMEOUT", "20"
"""A power of two: a third of a millisecond."""
_USERS_WORD = "OMP_WAIT_POLICY"


def wait_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Have threads of torch and numpy wait for one another a hundredth as long as by themselves.

    GNU's OpenMP, which torch is linked with on Linux, takes for granted that each core is its own.
    While another program runs on one, all threads wait at full speed for the one that has no core,
    and a clip takes some thirty times as long. OpenBLAS, which multiplies for numpy, has its
    threads wait for the next product at full speed, and an answer takes twice as much of the
    processor. After a short wait they sleep, and the core is free for others. Measured in
    docs/performance.md, "Beside other work".

    Both read this when they are loaded, so it must be said before numpy and torch are imported;
    processes that are started from here hear it too. What the user has said already stays.
    """
    environment.setdefault(_OPENBLAS, _CYCLES)
    if _USERS_WORD not in environment:
        environment.setdefault(_OPENMP, _TURNS)
