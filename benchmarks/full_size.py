"""Everything at the size of NTU RGB+D 120: 113,945 clips, 95,001 of them of base classes.

    python benchmarks/full_size.py [--folder KEPT] [--recipe metric] [--frames 84]

Makes a prepared archive with the real recordings' names and random walks for bodies, one clip at
a time, then runs what training and evaluation run: gathers the base clips, makes batches, takes a
few steps and projects the epoch, embeds all novel clips with random weights and judges them by
the protocol. Seconds are processor time; memory is what cannot be given back (RssAnon), sampled.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import build_crossglg, build_plain
from crossglg.oneshot import extract_pooled
from crossglg.recogniser import learn_acceptance
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.archive import open_archive, write_archive
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.ntu import NTU_FPS, list_ntu_classes
from crossglg.sources.recordings import list_ntu_recordings
from crossglg.sources.splits import get_protocol
from crossglg.training import BaseClips, Recipe, create_recipe
from crossglg.training.batches import BalancedBatches, TrainingClips
from crossglg.training.epoch import EpochRunner
from crossglg.training.objective import Objective
from crossglg.training.optimizer import build_optimizer
from crossglg.training.twins import find_twins
from crossglg.verbs import SplitData, evaluate_run, split_data

_FIRST_OF_TWO = 50
_LAST_OF_TWO = 60
_SAMPLE = 1000


def make_clips(frames: int) -> Iterator[LabelledClip]:
    """A clip for every recording: walks of two thirds to four thirds of ``frames`` frames."""
    rng = np.random.default_rng(0)
    layout, classes = get_layout("ntu25"), list_ntu_classes()
    longest = frames * 4 // 3 + 1
    pose = rng.normal(scale=0.3, size=(25, 3)) + np.array([0.0, 1.0, 3.0])
    walks = pose + 0.02 * rng.normal(size=(40, longest, 25, 3)).cumsum(axis=1)
    walks = walks.astype(np.float32)
    for name in list_ntu_recordings(120):
        action = int(name[-3:])
        persons = 2 if _FIRST_OF_TWO <= action <= _LAST_OF_TWO or action > 105 else 1
        length = int(rng.integers(frames * 2 // 3, longest))
        joints = walks[rng.integers(len(walks), size=persons), :length]
        joints = joints + rng.normal(size=(persons, 1, 1, 3)).astype(np.float32)
        visible = np.ones(joints.shape[:3], dtype=np.bool_)
        visible[1:, : length // 8] = False  # the second person comes later
        clip = SkeletonClip(joints, visible, NTU_FPS, layout)
        yield LabelledClip(name, clip, classes[action - 1], int(name[9:12]))


def anonymous_mb() -> float:
    """Memory of this process that is not the content of files, MB."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


@contextmanager
def measured(what: str) -> Iterator[list[float]]:
    """Print processor time and the most memory of a stage; the list gets the seconds."""
    most, ended, seconds = [anonymous_mb()], threading.Event(), list[float]()

    def watch() -> None:
        while not ended.wait(0.02):
            most.append(anonymous_mb())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    start = time.process_time()
    yield seconds
    seconds.append(time.process_time() - start)
    ended.set()
    watcher.join()
    print(f"{what}: {seconds[0]:.1f} s, at most {max(most):.0f} MB", flush=True)


def measure_training(split: SplitData, recipe: Recipe) -> PlainCheckpoint:
    """Gather, batch, step; returns the branch for evaluation."""
    config = recipe.training
    with measured("base clips gathered, cleaned and aligned"):
        base = BaseClips.gather(split.base, split.protocol.base)
    print(f"  {len(base.clips)} clips, {base.clips.rows.nbytes / 1e9:.1f} GB of rows on disk")
    twins = find_twins(config.mirror, base.class_names, base.layout, None)
    clips = TrainingClips(
        base,
        twins=twins,
        strength=recipe.augmentation,
        frame_count=config.frame_count,
        seed=0,
    )
    sampler = BalancedBatches(
        clips.labels, config.batch_size, clips_per_class=config.clips_per_class, seed=0
    )
    with measured("order of an epoch"):
        batches = iter(sampler)
        first = next(batches)
    count = 40
    with measured(f"{count} batches of {config.batch_size} clips") as seconds:
        for draws, _ in zip(batches, range(count), strict=False):
            clips[draws]
    data_us = seconds[0] / count / config.batch_size * 1e6
    names = base.class_names if twins is None else twins.names
    plain = build_plain(
        recipe.model, layout=base.layout, max_persons=base.max_persons, class_count=len(names)
    )
    model = build_crossglg(recipe.model, plain, text_dim=0)
    fabric = Fabric(accelerator="cpu", devices=1, precision=config.precision)
    wrapped, optimizer = fabric.setup(model, build_optimizer(model, config))
    runner = EpochRunner(
        fabric, wrapped, optimizer, sampler, [], Objective(recipe.loss), None, config
    )
    batch = clips[first]
    runner.step(batch, 0.1)
    with measured("4 training steps") as seconds:
        for _ in range(4):
            runner.step(batch, 0.1)
    step_us = seconds[0] / 4 / config.batch_size * 1e6
    whole = len(sampler) * config.batch_size
    print(
        f"  per clip: data {data_us:.0f} us, step {step_us:.0f} us (waiting "
        f"{100 * data_us / (data_us + step_us):.1f} %); an epoch of {whole} clips: data "
        f"{whole * data_us / 6e7:.1f} min, steps {whole * step_us / 6e7:.0f} min of one core"
    )
    return PlainCheckpoint(
        plain.eval(), recipe.model, base.layout, base.max_persons, config.frame_count, names, {}
    )


def measure_evaluation(checkpoint: PlainCheckpoint, split: SplitData, folder: Path) -> None:
    """Judge all novel clips; fit the acceptance; embed some base clips and project the rest."""
    with measured(f"acceptance from {len(split.base)} base clips"):
        learn_acceptance(checkpoint, split.base, folder)
    with measured(f"evaluation of {len(split.novel)} novel clips by cosine, joints and DTW"):
        result = evaluate_run(checkpoint, split, classifiers=("cosine", "joints", "dtw"))
    print(f"  {int(result.n_query)} queries, {len(result.class_names)} classes")
    some = split.base.select(np.linspace(0, len(split.base) - 1, _SAMPLE).astype(np.int64))
    with measured(f"pooled features of {_SAMPLE} base clips") as seconds:
        extract_pooled(checkpoint, some)
    minutes = seconds[0] / _SAMPLE * len(split.base) / 60
    print(f"  all {len(split.base)}, which learners need: {minutes:.0f} min of one core")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where the archive is kept for another run")
    parser.add_argument("--recipe", default="metric")
    parser.add_argument("--frames", type=int, default=84, help="mean frames of a clip")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as temporary:
        path = (chosen.folder or Path(temporary)) / "ntu120"
        if not path.exists():
            with measured("archive written"):
                write_archive(
                    make_clips(chosen.frames), path, name="ntu120", class_names=list_ntu_classes()
                )
        with measured("archive opened, protocol verified, split"):
            data = open_archive(path)
            split = split_data(data, get_protocol("ntu120-oneshot-100"), masks={})
        print(f"  {len(data)} clips, {data.rows.nbytes / 1e9:.1f} GB")
        recipe = create_recipe(chosen.recipe, guidance="none")
        checkpoint = measure_training(split, recipe)
        measure_evaluation(checkpoint, split, Path(temporary))


if __name__ == "__main__":
    main()
