"""Tell every action once: of overlapping candidates the best one, after a bounded wait.

Who waves for long is taken for waving by one window after the other. Such windows make a chain,
and the chain is told as one action, as long as they say, when it is over.
"""

from collections import deque
from dataclasses import dataclass, replace

from crossglg.gallery import Recognition

_REMEMBERED = 8
OVERHANG = 0.4
"""Of its length, how much of a window may lie outside of an action and still be taken for it.
Chosen on choreographed base actions that the model had not learned (docs/streams.md)."""


@dataclass(frozen=True)
class Candidate:
    """A window that was taken for an action.

    Attributes:
        first: Its first frame.
        last: Its last frame.
        recognition: What it was taken for; an action, not unknown.
        score: Higher is surer.
        support: How many windows took this moment for this action.
        around: First and last frame of all of them; None for the window's own.
    """

    first: int
    last: int
    recognition: Recognition
    score: float
    support: int = 1
    around: tuple[int, int] | None = None

    @property
    def reach(self) -> tuple[int, int]:
        """First and last frame of all that was taken for this action."""
        return self.around or (self.first, self.last)


@dataclass(frozen=True)
class _Chain:
    """Candidates for one action, each of which overlaps those before it.

    Attributes:
        best: The surest.
        first: The first frame of all.
        last: The last frame of all.
        support: How many there are.
    """

    best: Candidate
    first: int
    last: int
    support: int

    def told(self) -> Candidate:
        """The action: no shorter than the best window, without what hangs over at the ends."""
        over = round(OVERHANG * (self.best.last - self.best.first + 1))
        return replace(
            self.best,
            first=min(self.best.first, self.first + over),
            last=max(self.best.last, self.last - over),
            support=self.support,
            around=(self.first, self.last),
        )


class Suppressor:
    """Non-maximum suppression in time, while time goes on.

    A chain is told once nothing better and no further link has come for ``patience`` frames after
    its end; what overlaps an action already told is dropped.

    Args:
        patience: Frames to wait for something better.
        support: A chain of fewer windows is dropped.
        share: Of the shorter of two candidates, what may be common to both.
    """

    def __init__(self, *, patience: int, support: int, share: float = 0.3) -> None:
        self._patience = patience
        self._support = support
        self._share = share
        self._waiting: list[_Chain] = []
        self._told: deque[Candidate] = deque(maxlen=_REMEMBERED)

    def offer(self, candidate: Candidate) -> None:
        """Take a candidate in, unless a better one stands in its place."""
        if any(self._collide(candidate, told) for told in self._told):
            return
        action = candidate.recognition.action
        alike = [
            chain
            for chain in self._waiting
            if chain.best.recognition.action == action and self._collide(candidate, chain)
        ]
        others = [
            chain
            for chain in self._waiting
            if chain.best.recognition.action != action and self._collide(candidate, chain.best)
        ]
        if all(candidate.score > chain.best.score for chain in (*alike, *others)):
            self._waiting = [chain for chain in self._waiting if chain not in (*alike, *others)]
            self._waiting.append(_link(candidate, alike, best=candidate))
        elif alike:
            surest = max(alike, key=_get_score)
            place = self._waiting.index(surest)
            self._waiting[place] = _link(candidate, alike, best=surest.best)

    def settle(self, now: int, *, at_once: bool = False) -> list[Candidate]:
        """What can be told at frame ``now``, in order of time.

        Args:
            now: The newest frame.
            at_once: Nothing better can come, as everybody rests: do not wait.
        """
        ripe = [each for each in self._waiting if at_once or now - each.last >= self._patience]
        self._waiting = [each for each in self._waiting if each not in ripe]
        told = sorted((e.told() for e in ripe if e.support >= self._support), key=_get_end)
        self._told.extend(told)
        return told

    def find_under_way(self) -> Candidate | None:
        """The surest of what would be told if everybody rested now."""
        sure = [chain for chain in self._waiting if chain.support >= self._support]
        return max(sure, key=_get_score).told() if sure else None

    def _collide(self, one: Candidate, other: Candidate | _Chain) -> bool:
        common = min(one.last, other.last) - max(one.first, other.first) + 1
        shorter = min(one.last - one.first, other.last - other.first) + 1
        return common > self._share * shorter


def _link(candidate: Candidate, alike: list[_Chain], *, best: Candidate) -> _Chain:
    return _Chain(
        best,
        min([candidate.first, *(chain.first for chain in alike)]),
        max([candidate.last, *(chain.last for chain in alike)]),
        candidate.support + max((chain.support for chain in alike), default=0),
    )


def _get_score(chain: _Chain) -> float:
    return chain.best.score


def _get_end(candidate: Candidate) -> int:
    return candidate.last
