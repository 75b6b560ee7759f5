"""Recipes that name no precision take the one that the machine is made for."""

import json

import pytest
import torch

from crossglg.training import create_recipe, recipe_from_json
from crossglg.training.precision import native_precision


@pytest.mark.parametrize(
    ("gpu", "processor", "expected"),
    [
        (None, {"avx512_f": True, "avx512_bf16": True, "amx_bf16": False}, "bf16-mixed"),
        (None, {"avx512_f": True, "avx512_bf16": True, "amx_bf16": True}, "bf16-mixed"),
        (None, {"avx512_f": True, "avx512_bf16": False, "amx_bf16": False}, "32-true"),
        (None, {"avx2": True}, "32-true"),
        (None, {"neon": True}, "32-true"),
        (True, {"avx2": True}, "bf16-mixed"),
        (False, {"avx512_bf16": True}, "32-true"),
    ],
)
def test_bfloat16_is_for_machines_that_have_it(monkeypatch, gpu, processor, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu is not None)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *, including_emulation: gpu)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor, raising=False)
    recipe = create_recipe("beyond")
    assert recipe.training.precision == expected
    assert create_recipe("paper").training.precision == "32-true"
    monkeypatch.undo()
    assert recipe_from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


def test_a_torch_that_cannot_say_trains_in_float32(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert native_precision() == "32-true"
