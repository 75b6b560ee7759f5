"""Movements are counted by one of them: slowly, quickly, with rests, and cut where they begin."""

import numpy as np
import pytest

from crossglg.oneshot import repetitions
from crossglg.oneshot.repetitions import _go_round
from crossglg.skeleton import SkeletonClip
from crossglg.skeleton.layout import Layout

JOINTS, FRAMES = 6, 40
NAMES = tuple(f"joint_{number}" for number in range(JOINTS))
LAYOUT = Layout("chain", NAMES, (NAMES[0], *NAMES[:-1]))


def move(times=1.0, *, frames=FRAMES, joints=JOINTS):
    """(T V 3) a way out and another way back, so that a half of it is not like the whole."""
    phase = 2 * np.pi * np.linspace(0, times, round(times * frames), endpoint=False)
    way = np.stack([1 - np.cos(phase), np.sin(2 * phase) / 2, np.sin(phase)], axis=-1)
    reach = np.linspace(0.1, 1, joints)[:, None]
    return way[:, None] * reach


def find_rounds(body, exemplar):
    """Of (T V 3) at 30 frames a second."""
    return repetitions.find_rounds(*(as_clip(each) for each in (body, exemplar)))


def as_clip(body, *, fps=30):
    return SkeletonClip.from_array(np.asarray(body, dtype=np.float32), fps=fps, layout=LAYOUT)


def stay(body, frames):
    return np.repeat(body[-1:], frames, axis=0)


@pytest.mark.parametrize("times", [1, 2, 3, 7, 20])
def test_as_often_as_it_is_done(times):
    rounds = find_rounds(move(times), move())
    assert len(rounds.spans) == times
    starts = [first for first, _ in rounds.spans]
    np.testing.assert_allclose(starts, FRAMES * np.arange(times), atol=4)
    for (first, last), (following, _) in zip(rounds.spans[:-1], rounds.spans[1:], strict=True):
        assert first < last < following <= last + 3


@pytest.mark.parametrize("frames", [16, 25, 60, 100], ids=lambda frames: f"{frames} frames")
def test_at_any_pace(frames):
    assert len(find_rounds(move(4, frames=frames), move()).spans) == 4


def test_rests_before_between_and_after_count_nothing():
    once = move()
    body = np.concatenate([stay(once, 80), *[once, stay(once, 70)] * 3])
    rng = np.random.default_rng(0)
    body = body + rng.normal(0, 0.01, body.shape)
    spans = find_rounds(body, np.concatenate([once, stay(once, 30)])).spans
    assert len(spans) == 3
    for number, (first, last) in enumerate(spans):
        middle = 80 + number * (FRAMES + 70) + FRAMES // 2
        assert first < middle < last


def test_something_else_before_and_after_counts_nothing():
    other = move(1, frames=60) * np.resize([1, -1], JOINTS)[:, None]
    body = np.concatenate([other, move(4), other])
    spans = find_rounds(body, move()).spans
    assert len(spans) == 4
    assert spans[0][0] > 60 - FRAMES / 2
    assert spans[-1][1] < 60 + 4.5 * FRAMES


def test_what_it_is_is_not_asked():
    rng = np.random.default_rng(0)
    other = np.cumsum(rng.normal(size=(300, JOINTS, 3)), axis=0)
    assert find_rounds(other, move()).distance > 1


def test_a_little_and_wide_movement_are_the_same_movement():
    assert len(find_rounds(0.3 * move(5) + 1, move()).spans) == 5


def test_what_is_more_than_half_of_one_counts():
    assert len(find_rounds(move(2.7), move()).spans) == 3
    assert len(find_rounds(move(2.3), move()).spans) == 2


def test_where_it_is_begun_in_the_middle_rounds_are_cut_where_the_exemplar_begins():
    rounds = find_rounds(move(3.25)[FRAMES // 4 :], move())
    assert len(rounds.spans) == 3
    assert [first for first, _ in rounds.spans[1:]] == pytest.approx([30, 70], abs=4)


def test_one_is_what_was_shown():
    assert len(find_rounds(move(6), move(2)).spans) == 3


def test_who_stays_where_they_are_does_nothing():
    assert find_rounds(np.zeros((50, JOINTS, 3)), move()).spans == ()
    trembling = np.random.default_rng(0).normal(0, 0.01, (50, JOINTS, 3))
    assert find_rounds(trembling, move()).spans == ()


def test_by_what_does_not_move_nothing_is_counted():
    assert find_rounds(move(), np.ones((50, JOINTS, 3))) is None


def test_what_is_done_is_nearer_to_itself_than_to_something_else():
    other = move()[:, ::-1] * [0.2, 1, -1]
    assert find_rounds(move(3), move()).distance < 0.5 * find_rounds(move(3), other).distance


def test_clips_of_two_rates_are_compared_in_seconds():
    slow = as_clip(move(4, frames=20), fps=15)
    assert len(repetitions.find_rounds(slow, as_clip(move())).spans) == 4


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_very_short_clips_are_clips(frames):
    by_it = find_rounds(move(3), move(frames=frames))
    assert (by_it is None) == (frames == 1)
    assert len(find_rounds(move(frames=frames), move()).spans) <= 1


def test_the_way_around_is_the_cheapest_there_is():
    rng = np.random.default_rng(1)
    rows, circle = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    passed, apart = _go_round(rows, circle)
    costs = np.linalg.norm(rows[:, None] - circle, axis=-1)
    extra = 0.15 * np.median(costs)

    def go_on(t, place):
        """The least that the rows up to t cost, by trying every way."""
        if t == 0:
            return costs[0, place]
        ways = (go_on(t - 1, (place - step) % 5) + extra * abs(step - 1) for step in range(4))
        return costs[t, place] + min(ways)

    steps = np.diff(passed)
    assert set(steps) <= {0, 1, 2, 3}
    np.testing.assert_allclose(apart, costs[np.arange(7), passed % 5])
    way = apart.sum() + (extra * np.abs(steps - 1)).sum()
    assert way == pytest.approx(min(go_on(6, place) for place in range(5)))
