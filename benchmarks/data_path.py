"""How long training waits for its data: batches of varied clips against steps of the encoder.

    python benchmarks/data_path.py [--clips FILE.npz] [--recipe metric] [--encoder infogcn]

Processor time, so that a busy machine does not count; every round makes the same clips clip by
clip, as a batch, plans them for a GPU, and takes one training step with the batch. Medians over the
rounds.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from loop import make_runner

from crossglg.skeleton.augment import augment, mirror
from crossglg.skeleton.stack import stack_clips
from crossglg.sources import open_data
from crossglg.sources.choreography import choreography
from crossglg.training import BaseClips, create_recipe
from crossglg.training.batches import TrainingClips
from crossglg.training.on_device import PlannedClips
from crossglg.training.twins import Twins


def timed(function, *arguments):
    """(result, seconds of processor time)."""
    start = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - start


def clip_by_clip(clips, draws):
    """The same batch as the research code would make it: a step of Python per clip."""
    own = len(clips.base.clips)
    varied = []
    for index, place in zip(draws.clips, draws.places, strict=True):
        clip = clips.base.clips[index % own]
        clip = mirror(clip) if index >= own else clip
        rng = np.random.default_rng((clips.seed, draws.epoch, int(place)))
        varied.append(augment(clip, rng, strength=clips.strength, frame_count=clips.frame_count))
    return stack_clips(varied, max_persons=clips.base.max_persons)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, help="a flat .npz; choreography if left out")
    parser.add_argument("--recipe", default="metric")
    parser.add_argument("--encoder", default="")
    parser.add_argument("--rounds", type=int, default=12)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    data = open_data(chosen.clips) if chosen.clips else choreography(performers=4, repeats=2)
    base = BaseClips.gather(data, sorted(set(data.labels.tolist())))
    recipe = create_recipe(chosen.recipe, guidance="none", encoder=chosen.encoder)
    config = recipe.training
    twins = Twins.of_all(base.class_names) if config.mirror == "classes" else None
    runner = make_runner(base, recipe, twins)
    clips = TrainingClips(
        base,
        twins=twins,
        strength=recipe.augmentation,
        frame_count=config.frame_count,
        seed=config.seed,
    )
    planned, sampler = PlannedClips(clips), runner.sampler
    slow, fast, plans, steps = [], [], [], []
    for number, draws in zip(range(chosen.rounds + 2), list(sampler) * 20, strict=False):
        _, slow_s = timed(clip_by_clip, clips, draws)
        batch, fast_s = timed(clips.__getitem__, draws)
        _, plan_s = timed(planned.__getitem__, draws)
        _, step_s = timed(runner.step, batch.to(runner.fabric.device), 0.1)
        if number >= 2:
            slow.append(slow_s), fast.append(fast_s), plans.append(plan_s), steps.append(step_s)
    count = config.batch_size
    rows = {"clip by clip": slow, "as a batch": fast, "planned": plans, "training step": steps}
    for name, values in rows.items():
        print(f"{name:14} {statistics.median(values) / count * 1e6:8.0f} us per clip")
    ratio = statistics.median(a / b for a, b in zip(slow, fast, strict=True))
    shares = [f / (f + s) for f, s in zip(fast, steps, strict=True)]
    before = [f / (f + s) for f, s in zip(slow, steps, strict=True)]
    print(
        f"{ratio:.1f} times faster; waiting {100 * statistics.median(shares):.1f} % of the time, "
        f"{100 * statistics.median(before):.1f} % before"
    )


if __name__ == "__main__":
    main()
