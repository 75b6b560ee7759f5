"""A box for one thing between two threads: what is new takes the place of what was not fetched.

A camera does not wait. Whoever looks at its pictures too slowly must miss some of them, or would
see every one later than the one before.
"""

import threading
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Latest(Generic[Thing]):
    """Put by one thread, taken by another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._thing: Thing | None = None
        self._closed = False

    def put(self, thing: Thing) -> None:
        """Offer a thing; one that still waits is dropped."""
        with self._changed:
            self._thing = thing
            self._changed.notify()

    def close(self) -> None:
        """Nothing more will come; what waits may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self, *, timeout_s: float) -> Thing | None:
        """Wait for the newest thing; None once closed.

        Raises:
            TimeoutError: Nothing came in time.
        """
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._thing is not None or self._closed, timeout_s
            ):
                raise TimeoutError
            thing, self._thing = self._thing, None
            return thing
