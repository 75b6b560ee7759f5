"""How often a movement that was shown once is done in a longer one: raw joints, without a network.

Source: ours, on the one-stage search for connected words (Ney, The use of a one-stage dynamic
programming algorithm for connected word recognition, 1984), with one word that follows itself. The
exemplar is a circle of moments; each moment of the longer movement is at one of them, and goes on
to the same, the next or one of the next few. How often the cheapest way leads around the circle is
the answer, and where it passes the beginning the repetitions are cut. Slow and quick repetitions,
rests between them and half a repetition at either end are no trouble. What is something else is
left out before the first repetition and after the last, not between them. Chosen on development
exercises (docs/streams.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import sample_frames
from crossglg.skeleton.smoothing import average_rows, smooth

_MOMENTS = 24
"""Of the exemplar; a longer movement has as many more as it is longer."""
_STEPS = np.arange(4)
"""Moments of the exemplar that may pass in one of the other: up to three times as fast."""
_OFF_TEMPO = 0.15
"""What a step other than one costs, of the usual distance between two moments."""
_MOVING = 0.15
"""Of the speed of a vigorous moment (the 95th percentile); what is slower at the ends is rest."""
_VIGOROUS = 95
_ALIKE = 1.0
"""Of two movements of energy one, how far apart moments may be, on average over a spell, to be of
the same movement: moments that have nothing to do with each other are 1.4 apart."""
_SPELL = 8
"""Moments; a repetition has ``_MOMENTS``."""
_STILL = 0.1
"""Joints that stray by less, all together, from where they are on average stay where they are; in
the unit of the joints, trunk lengths."""

Body = NDArray[np.floating]
"""(T V 3)."""


@dataclass(frozen=True)
class Rounds:
    """How often an exemplar is gone through.

    Attributes:
        spans: First and last frame of each repetition, in the order of time.
        distance: Mean distance of the moments from those of the exemplar, at equal energy; what
            was left out as something else counts as if it were just alike.
    """

    spans: tuple[tuple[int, int], ...]
    distance: float


def find_rounds(clip: SkeletonClip, exemplar: SkeletonClip) -> Rounds | None:
    """Count how often somebody does what an exemplar shows, and when.

    What is done first and last counts as a repetition if half of it is there.

    Args:
        clip: One person in all of whose frames everything is seen, aligned, in trunk lengths.
        exemplar: The same of who shows it, in the same joints; its rate may be another.

    Returns:
        Without spans if nobody leaves the place or does half of it; None if nobody does in the
        exemplar, as nothing can be counted by it.
    """
    moment_s = exemplar.duration_s / _MOMENTS
    clip, exemplar = (smooth(each, moment_s) for each in (clip, exemplar))
    (first, last), (begin, end) = _find_motion(clip), _find_motion(exemplar)
    circle = _level(_sample(exemplar, begin, end, count=_MOMENTS))
    if circle is None:
        return None
    shown_s, done_s = (end - begin + 1) / exemplar.fps, (last - first + 1) / clip.fps
    count = max(2, round(_MOMENTS * done_s / shown_s))
    done = _sample(clip, first, last, count=count)
    frames = np.linspace(first, last, count).round().astype(np.int64)
    start, stop = 0, count
    while (rows := _level(done[start:stop])) is not None:
        passed, apart = _go_round(rows, circle)
        alike = _find_alike(apart)
        if (alike.start, alike.stop) == (0, len(rows)):
            left_out = count - len(rows)
            distance = (apart.sum() + _ALIKE * left_out) / count
            return Rounds(tuple(_cut(passed, frames[start:stop])), float(distance))
        start, stop = start + alike.start, start + alike.stop
    return Rounds((), np.inf)


def cut_rests(clip: SkeletonClip) -> SkeletonClip:
    """The part of an exemplar between rests, the same that repetitions are counted by."""
    begin, end = _find_motion(smooth(clip, clip.duration_s / _MOMENTS))
    part = slice(begin, end + 1)
    return clip.with_joints(clip.joints[:, part], clip.visible[:, part])


def _find_motion(clip: SkeletonClip) -> tuple[int, int]:
    """First and last frame of what is no rest."""
    if clip.frame_count < 2:
        return 0, 0
    speed = _measure_speed(clip.joints[0])
    moving = np.flatnonzero(speed > _MOVING * np.percentile(speed, _VIGOROUS))
    if not len(moving):
        return 0, clip.frame_count - 1
    return max(0, int(moving[0]) - 1), min(clip.frame_count - 1, int(moving[-1]) + 1)


def _measure_speed(body: Body) -> NDArray[np.floating]:
    """(T) root mean square over joints, per frame."""
    return np.sqrt(np.square(np.gradient(body, axis=0)).sum(axis=2).mean(axis=1))


def _sample(clip: SkeletonClip, first: int, last: int, *, count: int) -> Body:
    return sample_frames(clip, np.linspace(first, last, count)).joints[0]


def _level(body: Body) -> NDArray[np.floating] | None:
    """Rows (T V*3) about their mean, at equal energy; None if there is next to none of them.

    Moments count by their speed, which makes mean and energy those of the way that was made: rests
    do not draw them to where the body rests.
    """
    if len(body) < 2:
        return None
    speed = _measure_speed(body)
    shares = speed / max(speed.sum(), np.finfo(speed.dtype).tiny)
    rows = body.reshape(len(body), -1)
    rows = rows - shares @ rows
    energy = shares @ np.square(rows).sum(axis=1)
    return rows / np.sqrt(energy) if energy > _STILL**2 else None


def _go_round(
    rows: NDArray[np.floating], circle: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.floating]]:
    """The cheapest way of rows (T D) around a circle (J D).

    Returns:
        (T) moments of the circle passed at each row, the beginnings of rounds at multiples of J,
        and (T) how far each row is from its moment.
    """
    squares = np.square(rows).sum(axis=1)[:, None] + np.square(circle).sum(axis=1)
    costs = np.sqrt(np.maximum(squares - 2 * rows @ circle.T, 0))
    here = np.arange(len(circle))
    came_from = (here - _STEPS[:, None]) % len(circle)
    extra = _OFF_TEMPO * np.median(costs) * np.abs(_STEPS - 1)[:, None]
    sums, steps = costs[0], np.zeros(costs.shape, dtype=np.int64)
    for t in range(1, len(rows)):
        ways = sums[came_from] + extra
        steps[t] = ways.argmin(axis=0)
        sums = ways[steps[t], here] + costs[t]
    place = int(sums.argmin())
    made = np.zeros(len(rows), dtype=np.int64)
    for t in range(len(rows) - 1, 0, -1):
        made[t] = steps[t, place]
        place = (place - made[t]) % len(circle)
    passed = place + made.cumsum()
    return passed, costs[np.arange(len(rows)), passed % len(circle)]


def _find_alike(apart: NDArray[np.floating]) -> slice:
    """From the first row of a spell that is alike to the last; all, if there is none."""
    alike = np.flatnonzero(average_rows(apart, _SPELL) <= _ALIKE)
    return slice(int(alike[0]), int(alike[-1]) + 1) if len(alike) else slice(0, len(apart))


def _cut(passed: NDArray[np.int64], frames: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Spans of the rounds, as many as all of the way comes to; a rest between them is in none."""
    total = int(passed[-1] - passed[0]) + 1
    count = round(total / _MOMENTS)
    # What is over, or missing, is shared by both ends; a round begins where the exemplar does.
    over = (total - count * _MOMENTS) / 2
    start = _MOMENTS * round((passed[0] + over) / _MOMENTS)
    edges = start + _MOMENTS * np.arange(count + 1)
    begins, ends = edges[:-1], edges[1:]
    firsts = np.maximum(
        np.searchsorted(passed, begins), np.searchsorted(passed, begins, "right") - 1
    )
    lasts = np.minimum(np.searchsorted(passed, ends) - 1, np.searchsorted(passed, ends - 1))
    return [(int(frames[a]), int(frames[b])) for a, b in zip(firsts, lasts, strict=True)]
