"""Between two threads only the newest thing counts."""

import threading
import time

import pytest

from crossglg.live.latest import Latest


def test_a_slow_reader_gets_the_newest_and_misses_the_rest():
    box = Latest()
    for n in range(5):
        box.put(n)
    assert box.take(timeout_s=0) == 4
    with pytest.raises(TimeoutError):
        box.take(timeout_s=0)


def test_a_reader_waits_for_what_is_not_there_yet():
    box = Latest()
    writer = threading.Thread(target=lambda: (time.sleep(0.05), box.put("late")))
    writer.start()
    assert box.take(timeout_s=5) == "late"
    writer.join()


def test_a_closed_box_gives_what_it_has_and_then_nothing():
    box = Latest()
    box.put(1)
    box.close()
    assert box.take(timeout_s=5) == 1
    assert box.take(timeout_s=5) is None


def test_waiting_has_an_end():
    with pytest.raises(TimeoutError):
        Latest().take(timeout_s=0.01)
