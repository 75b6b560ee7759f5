"""How often an action is done in a row: what was told, and what goes on, while no rest is long."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Series:
    """An action done over and over.

    Attributes:
        action: Its name.
        first: The frame in which it began.
        last: The last frame of the last time.
        times: How often.
    """

    action: str
    first: int
    last: int
    times: int


class Tally:
    """Adds up what is done of one action in a row.

    Args:
        pause: Frames of rest after which the count begins anew.
    """

    def __init__(self, pause: int) -> None:
        self._pause = pause
        self._told: Series | None = None

    def add(self, done: Series) -> None:
        """Note what was told, in the order of time."""
        self._told = self.go_on_with(done)

    def go_on_with(self, done: Series) -> Series:
        """What was told with what goes on, if that follows; else only this."""
        told = self._told
        if told is None or told.action != done.action or done.first - told.last > self._pause:
            return done
        return replace(done, first=told.first, times=told.times + done.times)

    def look(self, rested_until: int) -> Series | None:
        """What was told, as long as it may go on."""
        told = self._told
        return told if told is not None and rested_until - told.last <= self._pause else None
