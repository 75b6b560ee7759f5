"""Forms for generated code say the same as torch's own, and are what is compiled."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from crossglg.training.compiling import (
    compile_arguments,
    compile_for_processor,
    normalise,
    normalised_gradient,
    rectified_gradient,
    sum_leading,
)

aten = torch.ops.aten
EPS, MOMENTUM = 1e-3, 0.1


def channels_last(*shape, dtype=torch.double):
    """(B D T V) of chance, far from zero, its width last in memory."""
    batch, width, *rest = shape
    return torch.randn(batch, *rest, width, dtype=dtype).movedim(-1, 1) * 3 + 100


def channels(width, dtype=torch.double):
    return [torch.rand(width, dtype=dtype) + 0.5 for _ in range(4)]


SHAPES = [(6, 8, 12, 25), (640, 96), (4, 3000, 4, 2), (2, 5, 3, 1), (1009, 64)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_norms_are_torchs(shape):
    features = channels_last(*shape)
    given = (features, *channels(shape[1]), True, MOMENTUM, EPS)
    ours, torchs = normalise(*given), aten._native_batch_norm_legit_functional(*given)
    for one, other in zip(ours, torchs, strict=True):
        torch.testing.assert_close(one, other)
    assert ours[0].stride() == features.stride()


@pytest.mark.parametrize("asked", [(True, True, True), (True, False, False)], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradients_of_norms_are_torchs(shape, asked):
    features, gradient = channels_last(*shape), channels_last(*shape)
    weight, bias, mean, variance = channels(shape[1])
    _, here, scale, *_ = normalise(features, weight, bias, mean, variance, True, MOMENTUM, EPS)
    given = (gradient, features, weight, mean, variance, here, scale, True, EPS, asked)
    ours = normalised_gradient(*given)
    for one, other in zip(ours, aten.native_batch_norm_backward(*given), strict=True):
        if one is None:
            assert other is None or not other.numel()
        else:
            torch.testing.assert_close(one, other)


def test_norms_of_bfloat16_are_computed_in_float32():
    features = channels_last(8, 16, 32, 25, dtype=torch.bfloat16)
    given = (*channels(16, torch.float32), True, MOMENTUM, EPS)
    ours, exact = normalise(features, *given), normalise(features.float(), *given)
    assert ours[0].dtype == torch.bfloat16
    torch.testing.assert_close(ours[0], exact[0].bfloat16())
    torch.testing.assert_close(ours[1:], exact[1:])


@pytest.mark.parametrize(
    "given",
    [
        (torch.randn(4, 8, 5, 6), *channels(8), True),  # the width is not last in memory
        (channels_last(4, 8, 5, 6), *channels(8), False),
        (channels_last(4, 8, 5, 6), None, None, *channels(8)[2:], True),
        (channels_last(4, 8, 5, 6), *channels(8, torch.bfloat16), True),
    ],
    ids=["layout", "in use", "no weight", "narrow weights"],
)
def test_other_norms_are_left_to_torch(given):
    assert normalise(*given, MOMENTUM, EPS) is NotImplemented


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize(
    ("shape", "dim"), [((640, 96), [0]), ((8, 64, 75, 25), [1, 0]), ((3, 1009, 40), [0, 1])]
)
def test_sums_are_torchs(shape, dim, keepdim):
    features = torch.randn(shape, dtype=torch.double)
    torch.testing.assert_close(sum_leading(features, dim, keepdim), features.sum(dim, keepdim))


def test_sums_of_bfloat16_are_rounded_once():
    features = torch.rand(12800, 64, dtype=torch.bfloat16)
    torch.testing.assert_close(sum_leading(features, [0]), features.float().sum(0).bfloat16())


@pytest.mark.parametrize(
    ("features", "dim"),
    [
        (torch.rand(640, 96), [1]),
        (torch.rand(640, 96), [0, 1]),
        (torch.rand(640, 96), None),
        (torch.rand(640, 96).mT, [0]),
        (torch.ones(640, 96, dtype=torch.long), [0]),
        (torch.rand(4, 96), [0]),
        (torch.rand(96, 0), [1]),
    ],
    ids=["last axis", "all axes", "no axes", "strided", "counts", "few", "empty"],
)
def test_other_sums_are_left_to_torch(features, dim):
    assert sum_leading(features, dim) is NotImplemented


def test_gradients_of_relus_are_torchs():
    rectified, gradient = torch.randn(50).relu(), torch.randn(50)
    expected = aten.threshold_backward(gradient, rectified, 0)
    assert torch.equal(rectified_gradient(gradient, rectified, 0), expected)
    assert rectified_gradient(gradient, rectified, 0.5) is NotImplemented


def test_a_gpu_is_told_of_steps_in_one_piece():
    assert compile_arguments(torch.device("cpu")) == {"backend": compile_for_processor}
    assert compile_arguments(torch.device("cuda"))["options"]["triton.cudagraphs"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_the_forms_are_what_is_compiled():
    """Also where torch has compiled the same in its own way before, and kept it on disk."""
    script = Path(__file__).with_name("compile_for_processor.py")
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout)
    assert found["apart"] < 1e-5
    assert found["torch's own"] == ["Welford", "bool*"]
    assert found["ours"] == []
