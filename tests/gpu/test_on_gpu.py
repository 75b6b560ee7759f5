"""The same on a GPU as on the processor; skipped where torch sees none."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from crossglg.checkpoint import PlainCheckpoint
from crossglg.encoders import create_encoder, list_encoders
from crossglg.encoders.folding import fold
from crossglg.oneshot import features
from crossglg.skeleton import get_layout
from crossglg.skeleton.augment import Augmentation
from crossglg.sources.choreography import choreography
from crossglg.text import load_guidance
from crossglg.training import BaseClips, create_recipe, override, read_metrics, train
from crossglg.training.batches import Draws, TrainingClips
from crossglg.training.on_device import BatchesOnDevice, PlannedClips, fits

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device"),
]
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from test_on_gpu import start
start(Path(sys.argv[1]), "training.compiled=true", "training.epochs=3")
"""
ACTIONS = ("wave right hand", "kick forward", "squat", "clap hands")


@pytest.fixture(autouse=True)
def exact_convolutions(monkeypatch):
    """Not in ten bits, as cuDNN has them by default."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)


@pytest.mark.parametrize("name", list_encoders())
@pytest.mark.parametrize("form", ["as it is", "folded", "in training"])
def test_an_encoder_says_the_same(name, form):
    options = {"size": "small"} if name == "motionbert" else {"width": 32}
    encoder = create_encoder(name, layout=get_layout("openni15"), max_persons=2, options=options)
    encoder = fold(encoder) if form == "folded" else encoder.train(form == "in training")
    clips = torch.randn(6, 2, 32, 15, 3)
    with torch.no_grad():
        here = encoder(clips)
        there = encoder.to("cuda")(clips.to("cuda")).cpu()
    assert (here - there).abs().max() < 1e-3 * here.abs().max()


def recipe(*settings):
    return override(
        create_recipe("demo"),
        ["training.epochs=4", "training.batch_size=8", "training.frame_count=16", *settings],
    )


def start(out, *settings, progress=None):
    data = choreography(performers=2, repeats=2, classes=ACTIONS)
    base = BaseClips.gather(data, range(len(ACTIONS)))
    texts = load_guidance(base.class_names, base.layout, descriptions="choreography")
    return train(
        base,
        recipe(*settings),
        guidance=texts,
        out=out,
        provenance={},
        progress=progress,
    )


def test_clips_are_varied_there_as_here():
    base = BaseClips.gather(choreography(performers=1, repeats=1, classes=ACTIONS), range(4))
    clips = TrainingClips(base, twins=None, strength=Augmentation(drop=0.2), frame_count=20, seed=1)
    draws = Draws(np.array([2, 0, 3, 1]), 0, np.arange(4))
    gpu = torch.device("cuda")
    assert fits(clips, gpu)
    plans = [PlannedClips(clips)[draws].pin_memory()]
    (batch,) = BatchesOnDevice(plans, clips, batch_size=4, device=gpu)
    assert batch.clips.is_cuda
    torch.testing.assert_close(batch.clips.cpu(), clips[draws].clips, rtol=0, atol=1e-4)
    assert torch.equal(batch.present.cpu(), clips[draws].present)


class Stopped(Exception):
    pass


def test_a_training_that_was_stopped_goes_on(tmp_path):
    def stop(done, total, means):
        if done > total * 0.6:
            raise Stopped

    with pytest.raises(Stopped):
        start(tmp_path / "run", progress=stop)
    assert len(read_metrics(tmp_path / "run")) == 2
    start(tmp_path / "run")
    rows = read_metrics(tmp_path / "run")
    assert [row["epoch"] for row in rows] == [0, 1, 2, 3]
    assert rows[-1]["loss_plain"] < rows[0]["loss_plain"]
    assert torch.cuda.max_memory_allocated() > 0


def test_workers_do_not_change_the_clips_that_a_gpu_learns_from(tmp_path):
    start(tmp_path / "alone", "training.epochs=1")
    start(tmp_path / "helped", "training.epochs=1", "training.workers=2")
    one, other = (read_metrics(tmp_path / name)[0] for name in ("alone", "helped"))
    assert one["loss_plain"] == pytest.approx(other["loss_plain"], rel=1e-2)


def test_features_are_those_of_the_processor(tmp_path, monkeypatch):
    checkpoint = start(tmp_path / "run", "training.epochs=1", "training.precision=32-true")
    assert isinstance(checkpoint, PlainCheckpoint)
    data = choreography(performers=2, repeats=2, classes=ACTIONS)
    there = features.extract_features(checkpoint, data, batch_size=5)
    here = features.extract_features(checkpoint, data, batch_size=len(data))
    np.testing.assert_allclose(there.pooled, here.pooled, atol=1e-3 * np.abs(here.pooled).max())
    np.testing.assert_allclose(there.importance, here.importance, atol=1e-4)


@pytest.mark.slow
def test_compiled_steps_learn_too(tmp_path):
    """In a process of its own: the shape checks of the tests cannot be compiled."""
    script = SCRIPT.format(folder=str(Path(__file__).parent))
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "run"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    rows = read_metrics(tmp_path / "run")
    assert rows[-1]["loss_plain"] < rows[0]["loss_plain"]
