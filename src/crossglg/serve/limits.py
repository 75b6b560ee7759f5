"""Take a bounded amount of work: so many requests per address, so many at the same time."""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from crossglg.serve.problems import ServeError

T = TypeVar("T")
_MOST_ADDRESSES = 4096
_COME_BACK_S = 2


class Allowances:
    """A bucket of tokens per address, refilled at a steady rate.

    Args:
        rate_per_s: How fast a bucket fills.
        burst: How much it holds.
        clock: Seconds, never going back.
    """

    def __init__(self, rate_per_s: float, burst: int, *, clock: Callable[[], float]) -> None:
        self._rate, self._burst, self._clock = rate_per_s, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Take one token of an address.

        Raises:
            ServeError: 429, the bucket is empty.
        """
        now = self._clock()
        left, since = self._buckets.pop(address, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        self._buckets[address] = (left - 1 if left >= 1 else left, now)
        while len(self._buckets) > _MOST_ADDRESSES:  # the one silent for longest is full anyway
            self._buckets.popitem(last=False)
        if left < 1:
            wait_s = math.ceil((1 - left) / self._rate)
            raise ServeError(
                429,
                f"Too many requests from this address; expected at most {self._rate:g} a second. "
                f"Wait {wait_s} s.",
                retry_after_s=wait_s,
            )


class Places:
    """So many at the same time, nobody waits.

    Args:
        most: How many.
    """

    def __init__(self, most: int) -> None:
        self._most, self._taken = most, 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            ServeError: 503, there is none.
        """
        if self._taken >= self._most:
            raise ServeError(
                503,
                f"{self._taken} streams are open already; close one, or try again later.",
                retry_after_s=_COME_BACK_S,
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1


class Workers:
    """Threads for what computes, with a queue that has an end.

    Args:
        working: Jobs at the same time.
        waiting: Jobs in the queue.
    """

    def __init__(self, working: int, waiting: int) -> None:
        self._limiter = CapacityLimiter(working)
        self._most = working + waiting
        self._taken = 0

    async def run(self, job: Callable[[], T]) -> T:
        """Run a job in a thread when its turn comes.

        Raises:
            ServeError: 503, the queue is full.
        """
        if self._taken >= self._most:
            raise ServeError(
                503,
                f"The server is busy: {self._taken} requests are waiting. "
                f"Try again in {_COME_BACK_S} s.",
                retry_after_s=_COME_BACK_S,
            )
        self._taken += 1
        try:
            return await to_thread.run_sync(job, limiter=self._limiter)
        finally:
            self._taken -= 1
