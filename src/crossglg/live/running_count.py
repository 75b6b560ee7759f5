"""How often what goes on in a stream has been done, for as long as it goes on."""

from dataclasses import dataclass, replace

from crossglg.errors import ClipError
from crossglg.gallery import Gallery
from crossglg.live.buffer import FrameBuffer


@dataclass(frozen=True)
class _Part:
    """Of what goes on, what is counted for good.

    Attributes:
        action: What goes on.
        first: Its first frame.
        until: The first frame that is not counted for good.
        times: How often it was done before that.
    """

    action: str
    first: int
    until: int
    times: int = 0


class RunningCount:
    """Counts repetitions in frames that are kept for a while only.

    A repetition shows best with what follows it, so all that goes on is counted anew each time,
    but for what is long past: when ``span`` frames have come since, the repetitions of their first
    half, or the first if it is longer, are counted for good. So a count neither ends nor takes
    longer as time goes on.

    Args:
        gallery: Knows the actions.
        buffer: Has the frames; keeps somewhat more than ``span`` of them.
        span: A few times as long as any exemplar.
    """

    def __init__(self, gallery: Gallery, buffer: FrameBuffer, *, span: int) -> None:
        self._gallery, self._buffer, self._span = gallery, buffer, span
        self._told = 0  # what was done before this frame has been told of
        self._part = _Part("", 0, 0)
        self._looked = ("", 0, 0, 0)

    def follow(self, action: str, first: int, last: int) -> None:
        """Hear that an action goes on, often enough that no frame of it is lost uncounted."""
        part = self._find_part(action, first, last)
        if last - part.until < self._span:
            return
        middle = part.until + self._span // 2
        ends = self._find_ends(action, part.until, last)[:-1]  # the last may not be over
        past = [end for end in ends if end <= middle] or ends[:1]
        if past:
            self._part = replace(part, until=past[-1], times=part.times + len(past))

    def look(self, action: str, first: int, last: int) -> int:
        """How often it was done until now, what was told aside; at least once.

        Never less than was said before: what seemed to be half of one may turn out to be less.
        """
        if self._looked[:3] != (action, first, last):
            before = self._looked[3] if self._looked[:2] == (action, first) else 1
            self._looked = action, first, last, max(before, self._count(action, first, last))
        return self._looked[3]

    def tell(self, action: str, first: int, last: int) -> int:
        """How often it was done from one frame to another; what comes later counts from there."""
        times = self._count(action, first, last)
        self._told = last + 1
        return max(1, times)

    def _count(self, action: str, first: int, last: int) -> int:
        part = self._find_part(action, first, last)
        return part.times + len(self._find_ends(action, part.until, last))

    def _find_part(self, action: str, first: int, last: int) -> _Part:
        part, start = self._part, max(first, self._told)
        goes_on = part.action == action and start <= part.first and part.until <= last + 1
        return part if goes_on else _Part(action, start, start)

    def _find_ends(self, action: str, first: int, last: int) -> list[int]:
        """The frame after each repetition."""
        first = max(first, self._buffer.oldest)
        try:
            found = self._gallery.count(self._buffer.clip(first, last), action)
        except ClipError:  # nothing is left to count, or nobody moves in what was shown
            return []
        return [first + round(end_s * self._buffer.fps) for _, end_s in found.spans_s]
