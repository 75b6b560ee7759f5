"""Recipes that name no precision take the one that the machine is made for."""

import json

import pytest
import torch

from crossglg.training import create_recipe, recipe_from_json


@pytest.mark.parametrize(
    ("gpu", "capability", "expected"),
    [
        (None, "AVX512", "bf16-mixed"),
        (None, "AVX2", "32-true"),
        (None, "DEFAULT", "32-true"),
        (True, "AVX2", "bf16-mixed"),
        (False, "AVX512", "32-true"),
    ],
)
def test_bfloat16_is_for_machines_that_have_it(monkeypatch, gpu, capability, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu is not None)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *, including_emulation: gpu)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    recipe = create_recipe("beyond")
    assert recipe.training.precision == expected
    assert create_recipe("paper").training.precision == "32-true"
    monkeypatch.undo()
    assert recipe_from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
