"""Tell every action once: of overlapping candidates the best one, after a bounded wait."""

from collections import deque
from dataclasses import dataclass, replace

from crossglg.gallery import Recognition

_REMEMBERED = 8


@dataclass(frozen=True)
class Candidate:
    """A window that was taken for an action.

    Attributes:
        first: Its first frame.
        last: Its last frame.
        recognition: What it was taken for; an action, not unknown.
        score: Higher is surer.
        support: How many windows took this moment for this action.
    """

    first: int
    last: int
    recognition: Recognition
    score: float
    support: int = 1


class Suppressor:
    """Non-maximum suppression in time, while time goes on.

    A candidate is told once no better one that overlaps it has come for ``patience`` frames after
    its end; what overlaps an action already told is dropped.

    Args:
        patience: Frames to wait for something better.
        support: A candidate that fewer windows agree on is dropped.
        share: Of the shorter of two candidates, what may be common to both.
    """

    def __init__(self, *, patience: int, support: int, share: float = 0.3) -> None:
        self._patience = patience
        self._support = support
        self._share = share
        self._waiting: list[Candidate] = []
        self._told: deque[Candidate] = deque(maxlen=_REMEMBERED)

    def offer(self, candidate: Candidate) -> None:
        """Take a candidate in, unless a better one stands in its place."""
        if any(self._collide(candidate, told) for told in self._told):
            return
        rivals = [other for other in self._waiting if self._collide(candidate, other)]
        action = candidate.recognition.action
        alike = [rival for rival in rivals if rival.recognition.action == action]
        support = candidate.support + max((rival.support for rival in alike), default=0)
        if all(candidate.score > rival.score for rival in rivals):
            self._waiting = [other for other in self._waiting if other not in rivals]
            self._waiting.append(replace(candidate, support=support))
        elif alike:
            best = max(alike, key=_get_score)
            self._waiting[self._waiting.index(best)] = replace(best, support=support)

    def settle(self, now: int, *, at_once: bool = False) -> list[Candidate]:
        """What can be told at frame ``now``, in order of time.

        Args:
            now: The newest frame.
            at_once: Nothing better can come, as everybody rests: do not wait.
        """
        ripe = [each for each in self._waiting if at_once or now - each.last >= self._patience]
        self._waiting = [each for each in self._waiting if each not in ripe]
        told = sorted((e for e in ripe if e.support >= self._support), key=_get_end)
        self._told.extend(told)
        return told

    def _collide(self, one: Candidate, other: Candidate) -> bool:
        common = min(one.last, other.last) - max(one.first, other.first) + 1
        shorter = min(one.last - one.first, other.last - other.first) + 1
        return common > self._share * shorter


def _get_score(candidate: Candidate) -> float:
    return candidate.score


def _get_end(candidate: Candidate) -> int:
    return candidate.last
