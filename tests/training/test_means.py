"""Means of an epoch are numbers only once somebody asks."""

import pytest
import torch

from crossglg.training.means import Means


def test_means_are_over_the_steps_so_far():
    means = Means()
    means.add({"loss": torch.tensor(1.0), "accuracy": torch.tensor(50)})
    assert dict(means) == {"loss": 1.0, "accuracy": 50.0}
    means.add({"loss": torch.tensor(4.0), "accuracy": torch.tensor(100)})
    assert dict(means) == {"loss": 2.5, "accuracy": 75.0}
    assert len(means) == 2


def test_sums_stay_where_the_steps_were_computed_and_keep_no_graph():
    means = Means()
    for _ in range(3):
        means.add({"loss": torch.ones((), device="meta", requires_grad=True) * 2})
    with pytest.raises((RuntimeError, NotImplementedError)):  # numbers of "meta" cannot be read
        means["loss"]
    assert not any(total.requires_grad for total in means._sums.values())
