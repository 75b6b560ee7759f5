"""What parts of matching are worth that are not in the package; nothing is trained.

python benchmarks/parts_at_matching.py utd_mhad.npz --protocol utd-a RUN RUN RUN

Importance ignored; weights that change over time (``oneshot.moments``) in the place of one
importance per clip; and exemplars that varied copies of them join at enrolment, of which the mean
or the nearest counts. Printed are means and deviations over the runs.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from development import without_a_third
from einops import rearrange
from numpy.typing import NDArray
from spread import as_row, with_spread

from crossglg.checkpoint import PlainCheckpoint
from crossglg.oneshot import ClipFeatures, extract_features
from crossglg.oneshot.classifiers import match_in_time, match_joints, match_motion
from crossglg.oneshot.distances import normalise_rows
from crossglg.oneshot.evaluate import summarise
from crossglg.oneshot.features import describe
from crossglg.oneshot.moments import stretch
from crossglg.oneshot.motion import find_motion, level_rows
from crossglg.oneshot.warping import dtw_distances
from crossglg.shipped import load_plain
from crossglg.skeleton.normalize import resample_packed
from crossglg.sources.splits import get_protocol
from crossglg.training import BaseClips, recipe_from_json
from crossglg.training.batches import Batch, Draws, TrainingClips
from crossglg.verbs import SplitData, draw_rounds, open_clips, split_data

_JUDGED = ("joints", "dtw", "motion", "joints+motion")
_COPIES = 4
_WINDOW = 0.25

Found = dict[str, dict[str, float]]
"""Row of the table -> classifier -> accuracy, percent."""


def main() -> None:
    """Print one line of a table per idea, mean and deviation over seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("runs", nargs="+", help="The same method, trained with different seeds.")
    parser.add_argument(
        "--third", action="store_true", help="Runs and classes are those of development.py."
    )
    arguments = parser.parse_args()
    clips, masks = open_clips(arguments.data)
    rules = get_protocol(arguments.protocol)
    rules = without_a_third(rules) if arguments.third else rules
    split = split_data(clips, rules, masks=masks)
    found = [judge(load_plain(run), split, seed=seed) for seed, run in enumerate(arguments.runs)]
    print(f"| {rules.name} | {' | '.join(_JUDGED)} |")
    for row in found[0]:
        columns = [[each[row][name] for each in found] for name in _JUDGED]
        print(as_row(row, map(with_spread, columns)), flush=True)


def judge(checkpoint: PlainCheckpoint, split: SplitData, *, seed: int) -> Found:
    """Every idea by every classifier."""
    novel = BaseClips.gather(split.novel, split.protocol.novel, facing=checkpoint.facing)
    plain = extract_features(checkpoint, split.novel)
    rounds = draw_rounds(split, draws=100, seed=0)
    shown = np.unique(np.concatenate([draw.support for draw in rounds]))

    def score(distances: NDArray[np.float32]) -> float:
        columns = [np.searchsorted(shown, draw.support) for draw in rounds]
        answers = [
            distances[np.ix_(draw.query, at)].argmin(axis=1)
            for draw, at in zip(rounds, columns, strict=True)
        ]
        return summarise(answers, novel.labels, rounds).mean

    own = match(plain, plain.select(shown))
    found = {"base": {name: score(distances) for name, distances in own.items()}}
    alike = replace(plain, importance=np.full_like(plain.importance, 1 / novel.layout.joint_count))
    found["importance ignored"] = {
        name: score(each) for name, each in match(alike, alike.select(shown)).items()
    }
    moments = weigh_moments(checkpoint, novel)
    found["importance over time"] = {
        name: score(each) for name, each in match_moments(plain, moments, shown).items()
    }
    copies = [match(plain, each) for each in vary(checkpoint, novel.select(shown), seed=seed)]
    all_of = {name: np.stack([each[name] for each in (own, *copies)]) for name in _JUDGED}
    for label, join in ((f"exemplar and {_COPIES} copies, mean", np.mean), ("nearest", np.min)):
        found[label] = {name: score(join(each, axis=0)) for name, each in all_of.items()}
    return found


def match(query: ClipFeatures, support: ClipFeatures) -> dict[str, NDArray[np.float32]]:
    """Distances (Q S) by every classifier."""
    joints, motion = match_joints(query, support), match_motion(query, support)
    both = joints + motion / np.float32(query.motion.shape[1])
    warped = match_in_time(query, support)
    return dict(zip(_JUDGED, (joints, warped, motion, both), strict=True))


# --- importance over time -----------------------------------------------------------------------


def weigh_moments(checkpoint: PlainCheckpoint, novel: BaseClips) -> NDArray[np.float32]:
    """(N T V) importance at every frame, each row summing to one; of one person per clip."""
    batch = _prepare(checkpoint, novel)
    branch = checkpoint.folded
    with torch.inference_mode():
        read = branch.importance_over_time(batch.clips, window=_WINDOW)
    assert read is not None
    by_clip = rearrange(read, "(n m) t v -> n m t v", n=len(novel.clips)).numpy()
    there = batch.present.any(dim=-1).numpy()[:, :, None, None]
    mean = (by_clip * there).sum(axis=1) / there.sum(axis=1)
    return np.stack([stretch(clip, checkpoint.frame_count) for clip in mean])


def match_moments(
    features: ClipFeatures, moments: NDArray[np.float32], shown: NDArray[np.int64]
) -> dict[str, NDArray[np.float32]]:
    """Distances where frames count, each weighted by its own importance; ``joints`` has none."""
    count = features.frames.shape[1]
    coarse = np.stack([stretch(clip, count) for clip in moments])
    frames = normalise_rows(features.frames.astype(np.float32)) * np.sqrt(coarse)[..., None]
    frames = rearrange(frames, "n t v d -> n t (v d)")
    motion = features.motion * np.sqrt(moments)[:, :, None, :, None]
    motion = level_rows(rearrange(motion, "n t m v c -> n t (m v c)").astype(np.float32))
    joints = match_joints(features, features.select(shown))
    moved = dtw_distances(motion, motion[shown]) / np.float32(motion.shape[1])
    warped = dtw_distances(frames, frames[shown])
    return {"joints": joints, "dtw": warped, "motion": moved, "joints+motion": joints + moved}


# --- exemplars and their copies -----------------------------------------------------------------


def vary(checkpoint: PlainCheckpoint, shown: BaseClips, *, seed: int) -> Iterator[ClipFeatures]:
    """The exemplars as training varies clips, some times over."""
    recipe = recipe_from_json(checkpoint.provenance["recipe"])
    clips = TrainingClips(
        shown,
        twins=None,
        strength=recipe.augmentation,
        frame_count=checkpoint.frame_count,
        seed=seed,
    )
    every = np.arange(len(shown.clips))
    for copy in range(_COPIES):
        yield look(checkpoint, clips[Draws(every, copy, every)])


def look(checkpoint: PlainCheckpoint, batch: Batch) -> ClipFeatures:
    """Features of clips that stay as they are put."""
    with torch.inference_mode():
        output = checkpoint.folded(batch.clips, batch.present)
        pooled, joints, frames, importance = describe(output, batch.present)
    return ClipFeatures(
        pooled.numpy(),
        joints.numpy(),
        frames.to(torch.float16).numpy(),
        importance.numpy(),
        find_motion(batch.clips.numpy(), batch.present.numpy()).astype(np.float16),
    )


def _prepare(checkpoint: PlainCheckpoint, novel: BaseClips) -> Batch:
    """All clips as they are, resampled."""
    joints, present = resample_packed(
        novel.clips, frame_count=checkpoint.frame_count, max_persons=checkpoint.max_persons
    )
    labels = torch.from_numpy(novel.labels)
    return Batch(torch.from_numpy(joints), torch.from_numpy(present), labels)


if __name__ == "__main__":
    main()
