"""Everything at the size of NTU RGB+D 120: 113,945 clips, 95,001 of them of base classes.

    python benchmarks/full_size.py [--folder KEPT] [--recipe metric] [--frames 84]

Makes a prepared archive with the real recordings' names and random walks for bodies, one clip at
a time, then runs what training and evaluation run: gathers the base clips, makes batches, takes a
few steps and projects the epoch, embeds some novel clips with random weights and projects the
rest, and judges all by the protocol, those not embedded with the features of others. Seconds are
processor time; memory is what cannot be given back (RssAnon), sampled.
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
from crossglg.oneshot import evaluate, extract_features
from crossglg.oneshot.acceptance import choose_players
from crossglg.oneshot.classifiers import match_joints_and_motion
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
from crossglg.training.judged import Judged
from crossglg.training.objective import Objective
from crossglg.training.optimizer import build_optimizer
from crossglg.training.twins import find_twins
from crossglg.verbs import SplitData, draw_rounds, split_data

_FIRST_OF_TWO = 50
_LAST_OF_TWO = 60


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


def measure_training(split: SplitData, recipe: Recipe) -> None:
    """Gather, batch, step; project an epoch."""
    config = recipe.training
    with measured("base clips gathered, cleaned and aligned"):
        base = BaseClips.gather(split.base, split.protocol.base, facing=config.facing)
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
    judged = Judged(model, Objective(recipe.loss), None)
    wrapped, optimizer = fabric.setup(judged, build_optimizer(model, config))
    runner = EpochRunner(fabric, wrapped, optimizer, sampler, [], config)
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


def make_checkpoint(recipe: Recipe) -> PlainCheckpoint:
    """A model of the recipe with random weights."""
    layout, names = get_layout("ntu25"), list_ntu_classes()[:100]
    plain = build_plain(recipe.model, layout=layout, max_persons=2, class_count=len(names))
    frames = recipe.training.frame_count
    return PlainCheckpoint(plain.eval(), recipe.model, layout, 2, frames, names, {})


def measure_evaluation(checkpoint: PlainCheckpoint, split: SplitData, embedded: int) -> None:
    """Embed some clips and project the rest; judge all, with the features of some repeated."""
    novel = split.novel
    some = novel.select(np.linspace(0, len(novel) - 1, embedded).astype(np.int64))
    with measured(f"features of {embedded} novel clips") as seconds:
        features = extract_features(checkpoint, some)
    each = seconds[0] / embedded
    print(
        f"  {1e3 * each:.1f} ms per clip: all {len(novel)} novel clips "
        f"{len(novel) * each / 60:.1f} min of one core, all {len(split.base)} base clips "
        f"{len(split.base) * each / 60:.0f} min"
    )
    features = features.select(np.arange(len(novel)) % embedded)
    draws = draw_rounds(split, draws=1, seed=0)
    for name in ("cosine", "joints", "dtw"):
        with measured(f"{name} and both floors on raw coordinates"):
            result = evaluate(
                features,
                novel,
                draws,
                novel=split.protocol.novel,
                classifiers=(name,),
                base=None,
                protocol=split.protocol.name,
            )
    print(f"  {int(result.n_query)} queries, {len(result.class_names)} classes")
    with measured("acceptance: who plays, and all pairs of them by joints"):
        players = choose_players(
            split.base.labels, split.base.subjects, rng=np.random.default_rng(0)
        )
        played = features.select(np.arange(len(players)))
        distances = match_joints_and_motion(played, played)
    print(f"  {len(players)} of {len(split.base)} base clips, {distances.nbytes / 1e6:.0f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where the archive is kept for another run")
    parser.add_argument("--recipe", default="metric")
    parser.add_argument("--frames", type=int, default=84, help="mean frames of a clip")
    parser.add_argument("--embed", type=int, default=500, help="novel clips that are embedded")
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
        measure_evaluation(make_checkpoint(recipe), split, chosen.embed)
        measure_training(split, recipe)


if __name__ == "__main__":
    main()
