"""A clip is answered with one thread, unless the user says otherwise."""

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from crossglg.threads import one_thread_a_clip

pytestmark = pytest.mark.usefixtures("four_threads")


def count_threads():
    """Of torch, and the most of what multiplies for numpy."""
    np.ones((2, 2)) @ np.ones((2, 2))
    blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    return torch.get_num_threads(), max(blas)


@pytest.mark.parametrize("at_once", [1, 3])
def test_nothing_said_it_is_one(at_once):
    with one_thread_a_clip(at_once):
        assert count_threads() == (1, 1)


@pytest.mark.parametrize(("at_once", "each"), [(1, 4), (2, 2), (3, 1), (8, 1)])
def test_what_the_user_says_is_shared_among_clips(monkeypatch, at_once, each):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    with one_thread_a_clip(at_once):
        assert torch.get_num_threads() == each
        assert count_threads()[1] <= each  # there may be no more threads than cores


@pytest.mark.parametrize("trouble", [None, KeyboardInterrupt()])
def test_afterwards_all_is_as_before(trouble):
    before = count_threads()
    try:
        with one_thread_a_clip():
            if trouble is not None:
                raise trouble
    except KeyboardInterrupt:
        pass
    assert count_threads() == before
