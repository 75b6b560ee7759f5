"""How long the training loop waits for its data, by the clock, on a GPU if there is one.

    python benchmarks/loop.py utd_mhad.npz --encoder patchgcn --workers 0 --workers 2 --workers 4
    python benchmarks/loop.py utd_mhad.npz --repeat 12 --workers 8 --compiled

For every number of workers, epochs as ``train`` runs them take turns with as many steps on one
batch that lies ready on the device. What the loop takes longer is what it waits. The recipe's
batches, precision and augmentation; the first epoch, in which things are prepared, is not counted.
``--repeat`` takes every clip so many times, for epochs as long as those of a larger data set.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from crossglg.guidance.build import build_crossglg, build_plain
from crossglg.sources import open_data
from crossglg.training import BaseClips, Recipe, create_recipe, override
from crossglg.training.epoch import EpochRunner
from crossglg.training.loop import prepare_runner
from crossglg.training.optimizer import build_optimizer
from crossglg.training.twins import Twins


def make_runner(base: BaseClips, recipe: Recipe, twins: Twins | None = None) -> EpochRunner:
    """The bare encoder's training, as ``train`` would set it up."""
    names = base.class_names if twins is None else twins.names
    plain = build_plain(
        recipe.model,
        layout=base.layout,
        max_persons=base.max_persons,
        class_count=len(names),
    )
    model = build_crossglg(recipe.model, plain, text_dim=0)
    optimizer = build_optimizer(model, recipe.training)
    return prepare_runner(model, optimizer, base, recipe, None, twins)


def repeat(base: BaseClips, times: int) -> BaseClips:
    """Every clip so many times."""
    everyone = np.tile(np.arange(len(base.labels)), times)
    return replace(base, clips=base.clips.select(everyone), labels=base.labels[everyone])


def seconds(action: Callable[[], object]) -> float:
    """By the clock, until the device has done it."""
    _wait()
    start = time.perf_counter()
    action()
    _wait()
    return time.perf_counter() - start


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure(base: BaseClips, recipe: Recipe, epochs: int) -> str:
    """A row."""
    runner = make_runner(base, recipe)
    batch = next(iter(runner.batches)).to(runner.fabric.device)
    step_count = len(runner.sampler)

    def steps() -> None:
        runner.model.train()
        for _ in range(step_count):
            runner.step(batch, 0.1)

    runner.run(0, None)
    steps()
    loops, bare = [], []
    for epoch in range(1, epochs + 1):
        loops.append(seconds(lambda e=epoch: runner.run(e, None)))
        bare.append(seconds(steps))
    waiting = statistics.median(1 - b / whole for whole, b in zip(loops, bare, strict=True))
    clip_count = step_count * recipe.training.batch_size
    return (
        f"| {recipe.model.encoder} | {recipe.training.compiled} | {recipe.training.batch_size} "
        f"| {recipe.training.workers} | {clip_count / statistics.median(bare):,.0f} "
        f"| {clip_count / statistics.median(loops):,.0f} | {100 * waiting:.1f} % |"
    )


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a prepared archive or a flat .npz")
    parser.add_argument("--recipe", default="beyond")
    parser.add_argument("--encoder", action="append")
    parser.add_argument("--workers", action="append", type=int)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--epochs", type=int, default=5, help="counted, each by itself")
    parser.add_argument("--set", action="append", default=[], help="as crossglg train --set")
    words = parser.parse_args()
    data = open_data(words.data)
    base = repeat(BaseClips.gather(data, sorted(set(data.labels.tolist()))), words.repeat)
    print(
        "| encoder | compiled | clips at once | workers | clips/s, steps alone | in the loop ",
        end="",
    )
    print("| waiting |\n|---|---|---:|---:|---:|---:|---:|")
    for encoder in words.encoder or ["patchgcn"]:
        for workers in words.workers or [0]:
            recipe = override(
                create_recipe(words.recipe, guidance="none", encoder=encoder),
                [
                    f"training.workers={workers}",
                    f"training.compiled={str(words.compiled).lower()}",
                    "training.mirror=off",
                    *words.set,
                ],
            )
            print(measure(base, recipe, words.epochs), flush=True)


if __name__ == "__main__":
    main()
