"""A process that was forked after the model had answered answers, too."""

import os

import pytest

from other_process import assert_another_process_answers


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_answers():
    assert_another_process_answers("fork", "open-small")
