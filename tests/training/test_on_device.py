"""Clips varied where the model is trained are those that NumPy varies; here on the processor."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from crossglg.skeleton import SkeletonClip, get_layout
from crossglg.skeleton.augment import Augmentation
from crossglg.skeleton.chance import draw_normal as draw_in_numpy
from crossglg.skeleton.chance import make_keys
from crossglg.skeleton.packed import PackedClips
from crossglg.sources.choreography import choreography
from crossglg.training import (
    BaseClips,
    create_recipe,
    loop,
    on_device,
    override,
    read_metrics,
    train,
)
from crossglg.training.batches import BalancedBatches, Draws, TrainingClips
from crossglg.training.chance_on_device import draw_normal
from crossglg.training.on_device import BatchesOnDevice, Lots, PlannedClips, fits
from crossglg.training.twins import Twins

LAYOUT = get_layout("openni15")
STRONG = Augmentation(turn_rad=1.0, crop=0.6, pace=0.8, noise=0.1, drop=0.4)
HERE = torch.device("cpu")


def make_clips(strength):
    """Five clips of one or two persons and of several lengths, each with a twin in a mirror."""
    rng = np.random.default_rng(0)
    packed = PackedClips.pack(
        [
            SkeletonClip(
                rng.normal(size=(persons, frames, 15, 3)).astype(np.float32),
                np.ones((persons, frames, 15), dtype=np.bool_),
                30.0,
                LAYOUT,
            )
            for persons, frames in ((1, 40), (2, 25), (1, 1), (2, 7), (1, 90))
        ]
    )
    base = BaseClips(packed, np.array([0, 0, 1, 1, 2]), ("a", "b", "c"), LAYOUT, 2)
    twins = Twins(np.array([3, 4, 5]), np.array([0, 1, 2]), tuple("abcdef"))
    return TrainingClips(base, twins=twins, strength=strength, frame_count=20, seed=3)


@pytest.mark.parametrize("strength", [STRONG, replace(STRONG, noise=0.0, drop=0.0)])
def test_batches_are_those_of_numpy(strength):
    clips = make_clips(strength)
    chosen = (np.array([1, 0, 7, 9, 2, 3, 8]), np.array([4]))
    draws = [Draws(who, 6, 10 * (1 + np.arange(len(who)))) for who in chosen]
    plans = PlannedClips(clips)
    assert len(plans) == len(clips)
    batches = BatchesOnDevice([plans[each] for each in draws], clips, batch_size=7, device=HERE)
    for batch, each in zip(batches, draws, strict=True):
        expected = clips[each]
        torch.testing.assert_close(batch.clips, expected.clips, rtol=0, atol=1e-5)
        assert torch.equal(batch.present, expected.present)
        assert torch.equal(batch.labels, expected.labels)


@pytest.mark.parametrize(
    ("clips_at_once", "sizes"), [(5, [2, 4, 4]), (7, [2, 4, 4]), (999, [2, 4, 4]), (3, 5 * [2])]
)
def test_lots_are_the_same_batches(monkeypatch, clips_at_once, sizes):
    monkeypatch.setattr(on_device, "_CLIPS_AT_ONCE", clips_at_once)
    clips = make_clips(STRONG)
    batches = BalancedBatches(clips.labels, 2, clips_per_class=2, seed=0, epoch=3)
    plans = [PlannedClips(clips)[draws] for draws in Lots(batches)]
    assert [len(plan.labels) for plan in plans] == sizes
    made = list(BatchesOnDevice(plans, clips, batch_size=2, device=HERE))
    assert len(made) == len(batches) == 5
    for batch, draws in zip(made, batches, strict=True):
        expected = clips[draws]
        torch.testing.assert_close(batch.clips, expected.clips, rtol=0, atol=1e-5)
        assert torch.equal(batch.present, expected.present)
        assert torch.equal(batch.labels, expected.labels)


def test_a_batch_beyond_a_lot_is_one(monkeypatch):
    monkeypatch.setattr(on_device, "_CLIPS_AT_ONCE", 3)
    batches = BalancedBatches(np.arange(8), 4, clips_per_class=1, seed=0)
    assert [len(draws.clips) for draws in Lots(batches)] == [4, 4]


def test_the_dice_are_those_of_numpy():
    keys = make_keys(5, np.arange(300))
    ours = draw_normal(torch.from_numpy(keys.view(np.int64)), 41)
    np.testing.assert_allclose(ours, draw_in_numpy(keys, 41), atol=1e-5)


def test_frames_stay_with_the_processor_where_there_is_no_gpu():
    assert not fits(make_clips(STRONG), HERE)


def test_frames_that_would_crowd_a_gpu_stay_with_the_processor(monkeypatch):
    clips, gpu = make_clips(STRONG), torch.device("cuda")
    size = clips.base.clips.rows.nbytes
    for free, expected in ((4 * size, True), (4 * size - 8, False)):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _, free=free: (free, 10 * free))
        assert fits(clips, gpu) is expected


@pytest.mark.slow
def test_training_learns_the_same(tmp_path, monkeypatch):
    data = choreography(performers=2, repeats=1, classes=("kick forward", "squat", "clap hands"))
    base = BaseClips.gather(data, range(3))
    recipe = override(
        create_recipe("demo", guidance="none"),
        [
            "model.options.width=8",
            "training.epochs=2",
            "training.batch_size=4",
            "training.frame_count=16",
            "training.workers=1",
        ],
    )
    made = []
    monkeypatch.setattr(
        *(loop, "BatchesOnDevice"),
        lambda *given, **words: made.append(BatchesOnDevice(*given, **words)) or made[-1],
    )
    for name, there in (("numpy", False), ("device", True)):
        monkeypatch.setattr(loop, "fits", lambda *_, there=there: there)
        train(base, recipe, guidance=None, out=tmp_path / name, provenance={})
        assert len(made) == there
    one, other = (read_metrics(tmp_path / name) for name in ("numpy", "device"))
    for row, expected in zip(other, one, strict=True):
        assert row["loss"] == pytest.approx(expected["loss"], rel=1e-3)
