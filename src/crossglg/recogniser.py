"""A trained model ready for use: it embeds clips, and knows how sure to be of an answer."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.checkpoint import PlainCheckpoint, read_json, write_json
from crossglg.oneshot import ClipFeatures, extract_features
from crossglg.oneshot.acceptance import (
    FAMILIARITY,
    Acceptance,
    choose_players,
    fit_acceptance,
    play_trials,
)
from crossglg.oneshot.attribution import attribute_joints
from crossglg.oneshot.classifiers import match_joints_and_motion
from crossglg.oneshot.reach import refuse_far_joints
from crossglg.shipped import find_run, load_plain
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.sources.clipset import ClipSet

ACCEPTANCE_FILE = "acceptance.json"
_SEED = 0


class ClipReader(Protocol):
    """What a gallery asks of a model, however it is run."""

    @property
    def acceptance(self) -> Acceptance | None:
        """When to believe the nearest exemplar."""
        ...

    @property
    def fingerprint(self) -> str:
        """Of the weights."""
        ...

    @property
    def layout(self) -> Layout:
        """The model's joints."""
        ...

    @property
    def encoder(self) -> str:
        """Name of its skeleton encoder."""
        ...

    @property
    def parameter_count(self) -> int:
        """How many numbers were learned."""
        ...

    def embed(self, clips: list[SkeletonClip]) -> ClipFeatures:
        """Features of clips of any layouts."""
        ...

    def compare(self, query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
        """(Q) clips, (S) exemplars -> distances (Q S)."""
        ...

    def attribute(self, query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
        """Parts (T V) per moment of the query and joint that add up to ``compare``; N = 1 each."""
        ...


@dataclass(frozen=True, eq=False)
class Recogniser:
    """A plain branch and its judgement.

    Attributes:
        checkpoint: The plain branch and what clips must look like.
        acceptance: When to believe the nearest exemplar; None where no base clips were at hand to
            learn it from, and then nothing is ever called unknown.
    """

    checkpoint: PlainCheckpoint
    acceptance: Acceptance | None

    @classmethod
    def load(cls, run: Path | str) -> "Recogniser":
        """Read the folder of a run, or shipped weights by name.

        Raises:
            CheckpointError: There is no trained model in it.
        """
        checkpoint = load_plain(run)
        path = find_run(run) / ACCEPTANCE_FILE
        acceptance = Acceptance.from_json(read_json(path)) if path.exists() else None
        return cls(checkpoint, acceptance)

    @property
    def layout(self) -> Layout:
        """The model's joints."""
        return self.checkpoint.layout

    @property
    def encoder(self) -> str:
        """Name of its skeleton encoder."""
        return self.checkpoint.model.encoder

    @property
    def parameter_count(self) -> int:
        """How many numbers were learned."""
        return sum(each.numel() for each in self.checkpoint.branch.parameters())

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of the weights: a gallery made by other weights has features of another space."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.checkpoint.branch.state_dict().items()):
            digest.update(name.encode() + tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()

    def embed(self, clips: list[SkeletonClip]) -> ClipFeatures:
        """Features of clips of any layouts.

        Raises:
            LayoutError: A clip's joints say nothing about a joint of the model.
            ClipError: There is no clip, nobody is seen in one, or a joint is farther away than any
                can be.
        """
        alike = [list(group) for _, group in groupby(clips, key=lambda clip: clip.layout)]
        with np.errstate(over="ignore", invalid="ignore"):
            parts = [extract_features(self.checkpoint, _as_set(group)) for group in alike]
        features = ClipFeatures.concatenate(parts)
        refuse_far_joints(features, clips)
        return features

    def compare(self, query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
        """(Q) clips, (S) exemplars -> distances (Q S): weighted joints, and motion."""
        return match_joints_and_motion(query, support)

    def attribute(self, query: ClipFeatures, exemplar: ClipFeatures) -> NDArray[np.float64]:
        """Parts (T V) per moment of the query and joint that add up to ``compare``; N = 1 each."""
        return attribute_joints(query, exemplar)


def learn_acceptance(checkpoint: PlainCheckpoint, base: ClipSet, run: Path) -> Acceptance | None:
    """Fit the judgement on base clips and keep it in the run.

    The model learned from these clips, so the judgement is tempered.

    Returns:
        None where the clips teach nothing: fewer than four classes, or no answer in play was
        right (one clip per class), or all were.
    """
    if len(np.unique(base.labels)) < 4:
        return None
    rng = np.random.default_rng(_SEED)
    base = base.select(choose_players(base.labels, base.subjects, rng=rng))
    features = extract_features(checkpoint, base)
    trials = play_trials(
        match_joints_and_motion(features, features),
        base.labels,
        base.subjects,
        rng=np.random.default_rng(_SEED),
    )
    if len(np.unique(trials.is_right)) < 2:
        return None
    acceptance = fit_acceptance(trials).tempered(FAMILIARITY)
    write_json(run / ACCEPTANCE_FILE, acceptance.to_json())
    return acceptance


def _as_set(clips: list[SkeletonClip]) -> ClipSet:
    """Clips of one layout, to go through the network together."""
    count = len(clips)
    return ClipSet.from_clips(
        clips,
        name="clips",
        class_names=["?"],
        labels=[0] * count,
        subjects=[-1] * count,
        clip_names=[str(number) for number in range(count)],
    )
