"""Enrol actions by name from one clip each, recognise clips, say "unknown".

A gallery is a value: enrolling gives a new one, and whoever holds the old one is not disturbed.
"""

import re
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError, ConfigError, GalleryError, suggest
from crossglg.oneshot import ClipFeatures
from crossglg.recogniser import ClipReader
from crossglg.skeleton.augment import mirror
from crossglg.skeleton.clip import SkeletonClip

_LONGEST_NAME = 100
_LONGEST_SOURCE = 120
_HALVES = re.compile("[\ud800-\udfff]")
"""Lone halves of characters, as in the name of a file that is not UTF-8; nobody can print them."""
_JOINERS = str.maketrans("", "", "\u200c\u200d")
"""Unseen in print: between letters in Persian, between the parts of an emoji."""


@dataclass(frozen=True, eq=False)
class Exemplar:
    """One clip that shows an action.

    Attributes:
        action: Its name.
        clip: The skeletons as they came.
        features: What the gallery's model sees in it, N = 1.
        source: Where the clip came from, for people.
        enrolled: When, ISO 8601, UTC.
        mirrored: Whether it is the mirror image of what was shown: either side counts.
    """

    action: str
    clip: SkeletonClip
    features: ClipFeatures = field(repr=False)
    source: str
    enrolled: str
    mirrored: bool = False


@dataclass(frozen=True)
class Answer:
    """One action that a clip may show.

    Attributes:
        action: Its name.
        probability: That the clip shows it; None where the model cannot judge.
        distance: To the nearest of its exemplars.
    """

    action: str
    probability: float | None
    distance: float


@dataclass(frozen=True)
class Recognition:
    """What a clip was taken for.

    Attributes:
        action: The name, or None for unknown.
        answers: The nearest actions, best first.
        unknown_probability: That the clip shows none of the enrolled actions; with the
            probabilities of all of them it adds up to one. None where the model cannot judge.
    """

    action: str | None
    answers: tuple[Answer, ...]
    unknown_probability: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Gallery:
    """Enrolled actions and the model that compares clips with them.

    Attributes:
        recogniser: The model.
        exemplars: In the order of enrolment.
    """

    recogniser: ClipReader
    exemplars: tuple[Exemplar, ...] = ()

    def __repr__(self) -> str:
        shown = ", ".join(f"{action} ({len(self.shown(action))})" for action in self.actions)
        return f"Gallery({shown or 'nothing enrolled'})"

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Names, in the order of their first enrolment."""
        return tuple(dict.fromkeys(exemplar.action for exemplar in self.exemplars))

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """(S) whose each exemplar is, as a place in ``actions``."""
        places = {action: place for place, action in enumerate(self.actions)}
        return np.array([places[exemplar.action] for exemplar in self.exemplars], dtype=np.int64)

    def shown(self, action: str) -> tuple[Exemplar, ...]:
        """The exemplars of an action that were shown, not their mirror images."""
        return tuple(e for e in self.exemplars if e.action == action and not e.mirrored)

    def counts_either_side(self, action: str) -> bool:
        """Whether an exemplar of an action stands for its mirror image too."""
        return any(e.action == action and e.mirrored for e in self.exemplars)

    def enroll(
        self, action: str, clip: SkeletonClip, *, source: str = "", either_side: bool = False
    ) -> Self:
        """A gallery with one exemplar more; an action may have several.

        Args:
            action: Its name.
            clip: Shows it.
            source: Where the clip came from, for people.
            either_side: Whether the mirror image shows the action as well: an exercise shown with
                the right leg is then known of the left one too. It becomes a second exemplar.

        Raises:
            GalleryError: The name is empty, too long or not printable.
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in the clip, or a joint is farther away than any can be.
        """
        name, now = check_name(action), datetime.now(UTC).isoformat(timespec="seconds")
        _insist_on_clips(clip)
        kept = clip.with_joints(np.array(clip.joints), np.array(clip.visible))  # not the caller's
        shown = (kept, mirror(kept)) if either_side else (kept,)
        source = clean_source(source)
        added = [
            Exemplar(name, one, self.embed(one), source, now, mirrored=number > 0)
            for number, one in enumerate(shown)
        ]
        return replace(self, exemplars=(*self.exemplars, *added))

    def rename(self, action: str, new: str) -> Self:
        """A gallery in which an action has another name; an existing one takes it in.

        Raises:
            GalleryError: No such action, or the new name will not do.
        """
        action = self._insist_on(action)
        name = check_name(new)
        renamed = [replace(e, action=name) if e.action == action else e for e in self.exemplars]
        return replace(self, exemplars=tuple(renamed))

    def remove(self, action: str) -> Self:
        """A gallery without an action.

        Raises:
            GalleryError: No such action.
        """
        action = self._insist_on(action)
        return replace(self, exemplars=tuple(e for e in self.exemplars if e.action != action))

    def recognize(self, clip: SkeletonClip, *, top: int = 3) -> Recognition:
        """Name the action of a clip, or say that it is unknown.

        Args:
            clip: Of any layout that maps to the model's.
            top: How many answers to give, at least one.

        Raises:
            GalleryError: Nothing is enrolled.
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: It is no clip, nobody is seen in it, or a joint is farther away than any can
                be.
            ConfigError: Fewer than one answer is asked for.
        """
        self._insist_on_something()
        return self.judge(self.distances(self.embed(clip))[0], top=top)

    def recognize_all(self, clips: list[SkeletonClip], *, top: int = 3) -> list[Recognition]:
        """As ``recognize``, for several clips at once; clips of one layout share a pass.

        Raises:
            GalleryError: Nothing is enrolled.
            LayoutError: A clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in a clip, or a joint is farther away than any can be.
        """
        self._insist_on_something()
        if not clips:
            return []
        _insist_on_clips(*clips)
        distances = self.distances(self.recogniser.embed(clips))
        return [self.judge(row, top=top) for row in distances]

    def embed(self, clip: SkeletonClip) -> ClipFeatures:
        """Features of a clip, N = 1, that can be compared.

        Raises:
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in the clip, or a joint is farther away than any can be.
        """
        _insist_on_clips(clip)
        return self.recogniser.embed([clip])

    def distances(self, query: ClipFeatures) -> NDArray[np.float32]:
        """Features of Q clips -> (Q S) distances to the exemplars.

        Raises:
            GalleryError: Nothing is enrolled.
        """
        return self.recogniser.compare(query, self._support)

    def judge(self, distances: NDArray[np.float32], *, top: int) -> Recognition:
        """(S) distances of a clip to the exemplars -> what it is taken for.

        Raises:
            ConfigError: Fewer than one answer is asked for.
        """
        if top < 1:
            raise ConfigError(f"Expected to give at least one answer, found top={top}.")
        actions = self.actions
        nearest = np.full(len(actions), np.inf, dtype=distances.dtype)
        np.minimum.at(nearest, self.owners, distances)
        order = np.argsort(nearest, kind="stable")
        acceptance = self.recogniser.acceptance
        if acceptance is None:
            answers = [Answer(actions[i], None, float(nearest[i])) for i in order[:top]]
            return Recognition(actions[order[0]], tuple(answers), None)
        ranked = nearest[order]
        rivals = None  # of each action, the nearest other one
        if len(actions) > 1:
            rivals = np.full_like(ranked, ranked[0])
            rivals[0] = ranked[1]
        probability = acceptance.probability(ranked, rivals, enrolled=len(actions))
        # Each answer was judged by itself; together with "unknown" they share one.
        shares = probability / max(1.0, float(probability.sum()))
        answers = [
            Answer(actions[i], round(float(share), 4), float(nearest[i]))
            for i, share in zip(order[:top], shares[:top], strict=False)
        ]
        believed = float(shares[0])
        unknown = float(1 - shares.sum())
        action = actions[order[0]] if believed >= 0.5 else None
        return Recognition(action, tuple(answers), round(max(0.0, unknown), 4))

    @cached_property
    def _support(self) -> ClipFeatures:
        self._insist_on_something()
        return ClipFeatures.concatenate([exemplar.features for exemplar in self.exemplars])

    def _insist_on_something(self) -> None:
        if not self.exemplars:
            raise GalleryError("Nothing is enrolled yet. Enrol an action first: crossglg enroll.")

    def _insist_on(self, action: str) -> str:
        """The name as it is kept."""
        action = unicodedata.normalize("NFC", action)
        if action not in self.actions:
            known = ", ".join(self.actions) or "nothing"
            raise GalleryError(
                f"No action is called '{action}'.{suggest(action, self.actions)} Enrolled: {known}."
            )
        return action


def _insist_on_clips(*clips: object) -> None:
    for clip in clips:
        if not isinstance(clip, SkeletonClip):
            raise ClipError(
                f"Expected a SkeletonClip, found {type(clip).__name__}; SkeletonClip.from_array "
                "makes one of an array."
            )


def check_name(name: str) -> str:
    """The name of an action with single blanks, and one way to write each accent.

    Raises:
        GalleryError: It is empty, too long or not printable.
    """
    cleaned = unicodedata.normalize("NFC", " ".join(name.split()))
    printed = cleaned.translate(_JOINERS)
    if not printed or len(cleaned) > _LONGEST_NAME or not printed.isprintable():
        raise GalleryError(
            f"Expected a name of 1 to {_LONGEST_NAME} printable characters, found {name!r}."
        )
    return cleaned


def clean_source(source: str) -> str:
    """Where a clip came from, for people to read; it names no file of ours."""
    printable = "".join(x for x in _HALVES.sub("\ufffd", source) if x.isprintable())
    return printable.strip()[:_LONGEST_SOURCE]
