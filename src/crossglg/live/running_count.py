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
        self._over = ("", 0, 0)  # the newest repetition that is: action, first and last frame

    def follow(self, action: str, first: int, last: int) -> None:
        """Hear that an action goes on, often enough that no frame of it is lost uncounted."""
        part = self._find_part(action, first, last)
        if last - part.until < self._span:
            return
        middle = part.until + self._span // 2
        spans = self._find_spans(action, part.until, last)[:-1]  # the last may not be over
        ends = [span[1] + 1 for span in spans]
        past = [end for end in ends if end <= middle] or ends[:1]
        if past:
            self._part = replace(part, until=past[-1], times=part.times + len(past))

    def look(self, action: str, first: int, last: int) -> int:
        """How often it was done until now, what was told aside; at least once.

        Never less than was said before: what seemed to be half of one may turn out to be less.
        """
        if self._looked[:3] != (action, first, last):
            before = self._looked[3] if self._looked[:2] == (action, first) else 1
            times, spans = self._count(action, first, last)
            self._looked = action, first, last, max(before, times)
            is_first_cut = self._told > 0 and self._told >= first  # by what was told of just before
            over = spans[int(is_first_cut) : -1]  # another one follows each
            if over:
                self._over = (action, *over[-1])
        return self._looked[3]

    def tell(self, action: str, first: int, last: int, *, at_rest: bool) -> int:
        """How often it was done from one frame to another; what comes later counts from there.

        Args:
            action: What was done.
            first: Its first frame.
            last: Its last frame.
            at_rest: Whether a rest follows, so that the last repetition is over.
        """
        times, spans = self._count(action, first, last)
        if spans and at_rest:
            self._over = (action, *spans[-1])
        self._told = last + 1
        return max(1, times)

    def find_over(self, action: str, since: int) -> tuple[int, int] | None:
        """First and last frame of the newest repetition that is over; None without one.

        Args:
            action: What is done.
            since: The frame in which it began.
        """
        over, first, last = self._over
        return (first, last) if over == action and last > since else None

    def _count(self, action: str, first: int, last: int) -> tuple[int, list[tuple[int, int]]]:
        """How often, and first and last frame of those that are not counted for good."""
        part = self._find_part(action, first, last)
        spans = self._find_spans(action, part.until, last)
        return part.times + len(spans), spans

    def _find_part(self, action: str, first: int, last: int) -> _Part:
        part, start = self._part, max(first, self._told)
        goes_on = part.action == action and start <= part.first and part.until <= last + 1
        return part if goes_on else _Part(action, start, start)

    def _find_spans(self, action: str, first: int, last: int) -> list[tuple[int, int]]:
        """First and last frame of each repetition."""
        first = max(first, self._buffer.oldest)
        try:
            found = self._gallery.count(self._buffer.clip(first, last), action)
        except ClipError:  # nothing is left to count, or nobody moves in what was shown
            return []
        fps = self._buffer.fps
        return [(first + round(a * fps), first + round(b * fps) - 1) for a, b in found.spans_s]
