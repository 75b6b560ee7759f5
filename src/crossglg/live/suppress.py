"""Tell every action once: of overlapping candidates the best one, after a bounded wait."""

from dataclasses import dataclass

from crossglg.gallery import Recognition


@dataclass(frozen=True)
class Candidate:
    """A window that was taken for an action.

    Attributes:
        first: Its first frame.
        last: Its last frame.
        recognition: What it was taken for; an action, not unknown.
        score: Higher is surer.
    """

    first: int
    last: int
    recognition: Recognition
    score: float


class Suppressor:
    """Non-maximum suppression in time, while time goes on.

    A candidate is told once no better one that overlaps it has come for ``patience`` frames after
    its end; what overlaps an action already told is dropped.

    Args:
        patience: Frames to wait for something better.
        share: Of the shorter of two candidates, what may be common to both.
    """

    def __init__(self, *, patience: int, share: float = 0.3) -> None:
        self._patience = patience
        self._share = share
        self._waiting: list[Candidate] = []
        self._told: Candidate | None = None

    def offer(self, candidate: Candidate) -> None:
        """Take a candidate in, unless a better one stands in its place."""
        if self._told is not None and self._collide(candidate, self._told):
            return
        rivals = [other for other in self._waiting if self._collide(candidate, other)]
        if all(candidate.score > rival.score for rival in rivals):
            self._waiting = [other for other in self._waiting if other not in rivals]
            self._waiting.append(candidate)

    def settle(self, now: int) -> list[Candidate]:
        """The candidates that nothing can displace any more at frame ``now``, in order of time."""
        ripe = [each for each in self._waiting if now - each.last >= self._patience]
        ripe.sort(key=lambda each: each.last)
        self._waiting = [each for each in self._waiting if each not in ripe]
        if ripe:
            self._told = ripe[-1]
        return ripe

    def _collide(self, one: Candidate, other: Candidate) -> bool:
        common = min(one.last, other.last) - max(one.first, other.first) + 1
        shorter = min(one.last - one.first, other.last - other.first) + 1
        return common > self._share * shorter
