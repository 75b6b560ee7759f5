"""The switch for tiny numbers is back where it was, whatever happens in between."""

import numpy as np
import pytest

from crossglg.denormals import flush_denormals

TINY = np.float32(1e-39)


def test_tiny_numbers_vanish_within_and_are_back_after():
    with flush_denormals():
        inside = TINY * np.float32(0.5)
    assert inside == 0
    assert TINY * np.float32(0.5) > 0


def test_an_error_does_not_leave_the_switch_on():
    with pytest.raises(ValueError, match="anything"), flush_denormals():
        raise ValueError("anything")
    assert TINY * np.float32(0.5) > 0
