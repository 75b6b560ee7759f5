"""An action found in a stream: what, from when to when, how sure, and when it was told."""

from dataclasses import asdict, dataclass
from typing import Any

from crossglg.gallery import Answer


@dataclass(frozen=True)
class Event:
    """One action that somebody did.

    Times are seconds on the clock of the frames that were pushed.

    Attributes:
        action: Its name in the gallery.
        start_s: Its first frame.
        end_s: Its last frame.
        confidence: Probability that the action was done then; None where the model cannot judge.
        answers: The nearest actions, best first.
        reported_s: The newest frame when it was told; ``reported_s - end_s`` is the delay.
        times: How often it was done, at least once; once is what was shown.
    """

    action: str
    start_s: float
    end_s: float
    confidence: float | None
    answers: tuple[Answer, ...]
    reported_s: float
    times: int = 1

    @property
    def delay_s(self) -> float:
        """From the action's end until it was told."""
        return self.reported_s - self.end_s

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True)
class UnderWay:
    """An action that somebody is doing, perhaps over and over.

    Attributes:
        action: Its name in the gallery.
        start_s: Since when, on the clock of the frames that were pushed.
        times: How often so far; the last one counts as soon as half of it is done.
        latest_s: When the newest repetition that is over began and ended, as far as is known; None
            while the first one goes on.
    """

    action: str
    start_s: float
    times: int
    latest_s: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def overlap(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Intersection over union of two spans of time (start, end)."""
    common = min(first[1], second[1]) - max(first[0], second[0])
    union = max(first[1], second[1]) - min(first[0], second[0])
    return max(0.0, common) / union if union > 0 else 0.0
