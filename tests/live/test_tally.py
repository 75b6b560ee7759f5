"""In a row is what neither a long rest nor another action parts."""

from crossglg.live.tally import Series, Tally


def test_what_follows_soon_enough_is_added():
    tally = Tally(pause=10)
    assert tally.look(0) is None
    tally.add(Series("squat", 0, 20, 2))
    tally.add(Series("squat", 30, 50, 1))
    assert tally.look(60) == Series("squat", 0, 50, 3)
    assert tally.look(61) is None
    assert tally.go_on_with(Series("squat", 60, 90, 4)) == Series("squat", 0, 90, 7)
    assert tally.go_on_with(Series("squat", 61, 90, 4)) == Series("squat", 61, 90, 4)
    assert tally.look(60) == Series("squat", 0, 50, 3)  # what only goes on is not noted


def test_another_action_begins_anew():
    tally = Tally(pause=10)
    tally.add(Series("squat", 0, 20, 2))
    tally.add(Series("wave", 22, 30, 1))
    tally.add(Series("squat", 32, 50, 1))
    assert tally.look(50) == Series("squat", 32, 50, 1)
