"""What parts of training are worth that are not in the package, beside the tables ``ablation-*``.

python benchmarks/parts_in_training.py utd_mhad.npz --protocol utd-a --out ablation --part streams

Trained as the base of ``crossglg reproduce ablation-utd-a`` is, whose ``--out`` this is, with one
change each:

- ``choreography``: begins with what a model of the written actions has learned, without those that
  are novel here; ``unlabelled``: begins with what two varied views of the same base clip have in
  common, apart from other clips (no label is read). Both as ``crossglg train --start-from`` does.
- ``episodes``: goes on, a third as long and at a tenth of the rate, with episodes alone.
- ``streams``: joints, bones and movement each by a model of their own, three judging together.
- ``bodies``: every other clip is done by another body, each bone up to a quarter shorter or longer.
- ``mixing``: every other clip is mixed with one of the same action by another subject.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spread import as_row, with_spread

from crossglg.checkpoint import PlainCheckpoint, read_json, write_json
from crossglg.oneshot import extract_features
from crossglg.oneshot.classifiers import MATCHERS
from crossglg.oneshot.ensemble import put_side_by_side
from crossglg.oneshot.evaluate import summarise
from crossglg.reproduce import OWN_ROWS, Job
from crossglg.same_actions import same_action
from crossglg.skeleton import SkeletonClip
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.normalize import sample_frames
from crossglg.skeleton.packed import PackedClips
from crossglg.sources import ClipSet
from crossglg.sources.choreography import choreography, list_actions
from crossglg.sources.splits import get_protocol
from crossglg.text import load_guidance
from crossglg.training import BaseClips, Recipe, Start, override, read_start, train
from crossglg.training.rivals import RIVALS
from crossglg.verbs import SplitData, draw_rounds, open_clips, split_data

_STRONG = ("augmentation.turn_rad=0.6", "augmentation.tilt_rad=0.2", "augmentation.crop=0.5")
_UNLABELLED = (
    "model.guidance=none", "loss.classify=0", "loss.contrast=1", "training.mirror=off", *_STRONG,
)  # fmt: skip
_STREAMS = ("joint", "bone", "joint_motion")
_BONE_CHANGE = 0.25
_PERFORMERS = 8


class Bench:
    """The data, the base's recipe, and where runs go.

    Args:
        data: The file.
        protocol: By name.
        out: Of the table.
        settings: Of the recipe, last.
    """

    def __init__(self, data: Path, protocol: str, out: Path, settings: Sequence[str]) -> None:
        clips, masks = open_clips(data)
        self.split = split_data(clips, get_protocol(protocol), masks=masks)
        self.base = BaseClips.gather(self.split.base, self.split.protocol.base)
        self.out = out / "parts" / protocol
        table = next(table for table in OWN_ROWS if table.name == f"ablation-{protocol}")
        job = Job(table, data, (0,), out, tuple(settings))
        (cell,) = job.cells(table.entries[0], table.columns[0], table.judged)
        self.recipe, self.judged = cell.recipe, table.classifiers

    def learn(
        self,
        name: str,
        recipe: Recipe,
        *,
        base: BaseClips | None = None,
        start: Start | None = None,
        texts: str = "",
    ) -> PlainCheckpoint:
        """Train in the folder ``name``, on the base clips unless others are given."""
        base = base or self.base
        guidance = None
        if recipe.model.needs_texts:
            source = texts or recipe.descriptions or self.split.protocol.data
            guidance = load_guidance(
                base.class_names, base.layout, descriptions=source, encoder=recipe.text_encoder
            )
        return train(
            base, recipe, guidance=guidance, out=self.out / name, provenance={}, start=start
        )  # fmt: skip

    def judge(self, models: Sequence[PlainCheckpoint]) -> dict[str, float]:
        """Accuracy, percent, by every classifier of the table."""
        novel = self.split.novel
        features = put_side_by_side([extract_features(model, novel) for model in models])
        rounds = draw_rounds(self.split, draws=100, seed=0)
        position = {label: number for number, label in enumerate(self.split.protocol.novel)}
        truth = np.array([position[int(label)] for label in novel.labels])
        found = {}
        for name in self.judged:
            distances = MATCHERS[name](features, features)
            answers = [distances[np.ix_(d.query, d.support)].argmin(axis=1) for d in rounds]
            found[name] = summarise(answers, truth, rounds).mean
        return found


def begin_with_choreography(bench: Bench, recipe: Recipe, seed: int) -> list[PlainCheckpoint]:
    """One start for all seeds; the written actions that are novel here are left out."""
    written = write_actions(bench.split)
    own = override(recipe, ["training.seed=0", "descriptions=choreography", "training.epochs=10"])
    base = BaseClips.gather(written, range(len(written.class_names)))
    bench.learn("choreography-start", own, base=base, texts="choreography")
    start = read_start(bench.out / "choreography-start")
    return [bench.learn(f"choreography-{seed}", recipe, start=start)]


def begin_without_labels(bench: Bench, recipe: Recipe, seed: int) -> list[PlainCheckpoint]:
    """One start for all seeds; every clip is a class, and both of its kind in a batch are views."""
    own = override(recipe, ["training.seed=0", *_UNLABELLED])
    numbers = np.arange(len(bench.base.labels))
    base = replace(bench.base, labels=numbers, class_names=tuple(f"clip {n}" for n in numbers))
    bench.learn("unlabelled-start", own, base=base)
    start = read_start(bench.out / "unlabelled-start")
    return [bench.learn(f"unlabelled-{seed}", recipe, start=start)]


def tune_by_episodes(bench: Bench, recipe: Recipe, seed: int) -> list[PlainCheckpoint]:
    """The base, then episodes."""
    bench.learn(f"base-{seed}", recipe)
    rate, epochs = recipe.training.learning_rate / 10, max(1, recipe.training.epochs // 3)
    own = override(
        recipe,
        [
            *RIVALS["prototypical"],
            f"training.learning_rate={rate}",
            f"training.epochs={epochs}",
            "training.warmup_epochs=0",
        ],
    )
    start = read_start(bench.out / f"base-{seed}")
    return [bench.learn(f"episodes-{seed}", own, start=start)]


def split_streams(bench: Bench, recipe: Recipe, seed: int) -> list[PlainCheckpoint]:
    """A model for each stream."""
    return [
        bench.learn(
            f"{stream}-{seed}",
            override(recipe, [f"model.options.streams={json.dumps([stream])}"]),
        )
        for stream in _STREAMS
    ]


def change_bodies(bench: Bench, recipe: Recipe, seed: int) -> list[PlainCheckpoint]:
    """Every other clip with bones of other lengths, left and right alike."""
    rng = np.random.default_rng(seed)

    def change(number: int, clip: SkeletonClip) -> SkeletonClip:
        return stretch_bones(clip, rng.uniform(-1, 1, clip.layout.joint_count))

    return [bench.learn(f"bodies-{seed}", recipe, base=_change_half(bench.base, change, rng))]


def mix_subjects(bench: Bench, recipe: Recipe, seed: int) -> list[PlainCheckpoint]:
    """Every other clip with a share of one by another subject, in the same relative time."""
    rng = np.random.default_rng(seed)
    base, subjects = bench.base, bench.split.base.subjects

    def change(number: int, clip: SkeletonClip) -> SkeletonClip:
        alike = (base.labels == base.labels[number]) & (subjects != subjects[number])
        alike &= base.clips.persons == clip.person_count
        others = np.flatnonzero(alike)
        if not len(others):
            return clip
        other = base.clips[int(rng.choice(others))]
        times = np.linspace(0, other.frame_count - 1, clip.frame_count)
        share = np.float32(rng.uniform(0.25, 0.5))
        mixed = (1 - share) * clip.joints + share * sample_frames(other, times).joints
        return clip.with_joints(mixed, clip.visible)

    return [bench.learn(f"mixing-{seed}", recipe, base=_change_half(base, change, rng))]


PARTS: dict[str, Callable[[Bench, Recipe, int], list[PlainCheckpoint]]] = {
    "choreography": begin_with_choreography,
    "unlabelled": begin_without_labels,
    "episodes": tune_by_episodes,
    "streams": split_streams,
    "bodies": change_bodies,
    "mixing": mix_subjects,
}


def stretch_bones(clip: SkeletonClip, dice: NDArray[np.float64]) -> SkeletonClip:
    """The clip done by another body: (V) numbers from -1 to 1 for its bones."""
    layout = clip.layout
    parents = layout.parent_index
    factors = 1 + _BONE_CHANGE * (dice + dice[layout.mirror_index]) / 2
    joints = clip.joints.copy()
    done = {int(joint) for joint in np.flatnonzero(parents == np.arange(len(parents)))}
    while len(done) < len(parents):
        for joint, parent in enumerate(parents):
            if joint not in done and int(parent) in done:
                bone = clip.joints[:, :, joint] - clip.joints[:, :, parent]
                joints[:, :, joint] = joints[:, :, parent] + np.float32(factors[joint]) * bone
                done.add(joint)
    return clip.with_joints(joints, clip.visible)


def write_actions(split: SplitData) -> ClipSet:
    """The choreography on the joints of the data, without what is novel there."""
    novel = {same_action(split.novel.class_names[label]) for label in split.protocol.novel}
    names = [name for name in list_actions() if same_action(name) not in novel]
    written = choreography(performers=_PERFORMERS, repeats=1, classes=names)
    return ClipSet.from_clips(
        [map_clip(written.clip(index), split.base.layout) for index in range(len(written))],
        name=written.name,
        class_names=written.class_names,
        labels=written.labels.tolist(),
        subjects=written.subjects.tolist(),
        clip_names=written.clip_names,
    )


def _change_half(
    base: BaseClips,
    change: Callable[[int, SkeletonClip], SkeletonClip],
    rng: np.random.Generator,
) -> BaseClips:
    chosen = rng.random(len(base.clips)) < 0.5
    clips = [
        change(number, clip) if chosen[number] else clip for number, clip in enumerate(base.clips)
    ]
    return replace(base, clips=PackedClips.pack(clips))


def main() -> None:
    """Print one line of a table per part, mean and deviation over seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--part", action="append", choices=list(PARTS), dest="parts")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    arguments = parser.parse_args()
    bench = Bench(arguments.data, arguments.protocol, arguments.out, arguments.settings)
    print(f"| {arguments.protocol} | {' | '.join(bench.judged)} |", flush=True)
    for part in arguments.parts or PARTS:
        found = [_fill(bench, part, seed) for seed in range(arguments.seeds)]
        columns = [[each[name] for each in found] for name in bench.judged]
        print(as_row(part, map(with_spread, columns)), flush=True)


def _fill(bench: Bench, part: str, seed: int) -> dict[str, float]:
    """One seed of a part; what is there is not done again."""
    file = bench.out / f"{part}-{seed}.json"
    if not file.exists():
        recipe = override(bench.recipe, [f"training.seed={seed}"])
        write_json(file, bench.judge(PARTS[part](bench, recipe, seed)))
    return {name: float(value) for name, value in read_json(file).items()}


if __name__ == "__main__":
    main()
