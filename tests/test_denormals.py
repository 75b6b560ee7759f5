"""The switch for tiny numbers is back where it was, whatever happens in between."""

import math

import numpy as np
import pytest
import torch

from crossglg import denormals
from crossglg.denormals import flush_denormals

TINY = np.float32(1e-39)
ROW_COUNT = 100_000


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    count_what_is_left()  # a helper is at work before anybody asks
    yield
    torch.set_num_threads(before)


def count_what_is_left() -> int:
    """In how many of many rows a tiny share is above zero."""
    scores = torch.tensor([0.0, math.log(1e-39)]).expand(ROW_COUNT, 2)
    shares = torch.softmax(scores, dim=1)[:, 1].contiguous().numpy()
    return int(np.count_nonzero(shares.view(np.int32)))  # bits: a comparison would flush, too


def test_tiny_numbers_vanish_within_and_are_back_after():
    with flush_denormals():
        inside = TINY * np.float32(0.5)
    assert inside == 0
    assert TINY * np.float32(0.5) > 0


def test_an_error_does_not_leave_the_switch_on():
    with pytest.raises(ValueError, match="anything"), flush_denormals():
        raise ValueError("anything")
    assert TINY * np.float32(0.5) > 0


@pytest.mark.usefixtures("two_threads")
def test_helpers_follow_within_and_after():
    with flush_denormals():
        assert count_what_is_left() == 0
    assert count_what_is_left() == ROW_COUNT


@pytest.mark.usefixtures("two_threads")
def test_a_torch_whose_helpers_cannot_be_told_switches_its_own_thread(monkeypatch):
    monkeypatch.setattr(denormals, "_openmp", lambda: None)
    with flush_denormals():
        inside = TINY * np.float32(0.5)
    assert inside == 0
    assert TINY * np.float32(0.5) > 0
