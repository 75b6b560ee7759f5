"""How long threads that compute together wait for one another before they give up their core."""

import os
from collections.abc import MutableMapping

_VARIABLE, _TURNS = "GOMP_SPINCOUNT", "3000"
_USERS_WORD = "OMP_WAIT_POLICY"


def wait_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Have torch's threads wait for one another a hundredth as long as they do by themselves.

    GNU's OpenMP, which torch is linked with on Linux, takes for granted that every core is its own.
    While another program runs on one, all threads wait at full speed for the one that has no core,
    and a clip takes some thirty times as long. After a short wait they sleep, and the core is free
    for the thread that is waited for. Measured in docs/performance.md, "Beside other work".

    OpenMP reads this when it is loaded, so it must be said before torch is imported; processes that
    are started from here hear it too. What the user has said already stays.
    """
    if _USERS_WORD not in environment:
        environment.setdefault(_VARIABLE, _TURNS)
