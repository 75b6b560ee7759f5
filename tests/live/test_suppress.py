"""Of overlapping candidates the best is told, once, and not before its time."""

from crossglg.gallery import Answer, Recognition
from crossglg.live.suppress import Candidate, Suppressor


def candidate(first, last, score, action="wave", support=1):
    recognition = Recognition(action, (Answer(action, score, 0.1),), None)
    return Candidate(first, last, recognition, score, support)


def run(candidates, *, support=1, until=200):
    """Offer each at its last frame; [(frame, first, last)] of what is told."""
    suppressor, told = Suppressor(patience=10, support=support), []
    for now in range(until):
        for each in candidates:
            if each.last == now:
                suppressor.offer(each)
        told += [(now, each.first, each.last) for each in suppressor.settle(now)]
    return told


def test_what_is_under_way_is_the_surest_that_enough_windows_agree_on():
    suppressor = Suppressor(patience=10, support=2)
    assert suppressor.find_under_way() is None
    suppressor.offer(candidate(0, 20, 0.6))
    assert suppressor.find_under_way() is None
    suppressor.offer(candidate(5, 25, 0.9))
    suppressor.offer(candidate(25, 45, 0.7, "clap"))
    found = suppressor.find_under_way()
    assert (found.recognition.action, found.reach) == ("wave", (0, 25))
    suppressor.offer(candidate(30, 50, 0.95, "clap"))
    found = suppressor.find_under_way()
    assert (found.recognition.action, found.reach) == ("clap", (25, 50))
    suppressor.settle(60)
    assert suppressor.find_under_way() is None


def test_the_best_of_overlapping_candidates_is_told_after_the_wait():
    found = run([candidate(0, 20, 0.6), candidate(5, 25, 0.9), candidate(10, 30, 0.7)])
    assert found == [(40, 5, 25)]  # ten frames after the last that agreed


def test_windows_in_a_row_that_agree_are_one_action_without_what_hangs_over():
    windows = [candidate(n, n + 20, 0.9 - abs(n - 30) / 100) for n in range(0, 61, 5)]
    assert run(windows) == [(90, 8, 72)]  # two fifths of a window at either end


def test_a_chain_is_no_shorter_than_its_best_window():
    assert run([candidate(0, 20, 0.9), candidate(4, 24, 0.6)]) == [(34, 0, 20)]


def test_a_surer_window_of_another_action_ends_the_chain_it_overlaps():
    found = run([candidate(0, 20, 0.6), candidate(5, 25, 0.7), candidate(10, 30, 0.9, "clap")])
    assert found == [(40, 10, 30)]


def test_what_overlaps_an_action_already_told_is_dropped():
    assert run([candidate(0, 20, 0.6), candidate(2, 40, 0.9)]) == [(30, 0, 20)]


def test_actions_one_after_the_other_are_both_told():
    found = run([candidate(0, 20, 0.6), candidate(21, 41, 0.9, "clap")])
    assert found == [(30, 0, 20), (51, 21, 41)]


def test_one_window_alone_is_not_enough_where_support_is_asked_for():
    alone, pair = [candidate(0, 20, 0.6)], [candidate(60, 80, 0.6), candidate(62, 84, 0.5)]
    assert run(alone + pair, support=2) == [(94, 60, 80)]


def test_support_by_another_action_does_not_count():
    others = [candidate(0, 20, 0.6), candidate(2, 24, 0.7, "clap")]
    assert run(others, support=2) == []
