"""Enrol actions by name from one clip each, recognise clips, say "unknown".

A gallery is a value: enrolling gives a new one, and whoever holds the old one is not disturbed.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg import SURE
from crossglg.errors import ClipError, ConfigError, GalleryError, suggest
from crossglg.gallery.counting import Repetitions, count_repetitions
from crossglg.gallery.dismissed import join_dismissed, still_dismissed
from crossglg.gallery.exemplar import Exemplar, check_name, clean_source
from crossglg.gallery.images import drop_shown, join_exemplars
from crossglg.gallery.recognition import Recognition, decide
from crossglg.oneshot import ClipFeatures
from crossglg.recogniser import ClipReader
from crossglg.skeleton.augment import mirror
from crossglg.skeleton.clip import SkeletonClip


@dataclass(frozen=True, eq=False)
class Gallery:
    """Enrolled actions and the model that compares clips with them.

    Attributes:
        recogniser: The model.
        exemplars: In the order of enrolment.
        dismissed: Clips that show none of the actions: what is nearer to one of them than to any
            exemplar is unknown.
    """

    recogniser: ClipReader
    exemplars: tuple[Exemplar, ...] = ()
    dismissed: tuple[Exemplar, ...] = ()

    def __repr__(self) -> str:
        shown = ", ".join(f"{action} ({len(self.shown(action))})" for action in self.actions)
        none = f"; none of these ({len(self.dismissed_as_shown)})" if self.dismissed else ""
        return f"Gallery({shown or 'nothing enrolled'}{none})"

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

    @property
    def dismissed_as_shown(self) -> tuple[Exemplar, ...]:
        """What was dismissed, without mirror images."""
        return tuple(clip for clip in self.dismissed if not clip.mirrored)

    @property
    def clip_count(self) -> int:
        """Of all that is compared with."""
        return len(self.exemplars) + len(self.dismissed)

    def counts_either_side(self, action: str) -> bool:
        """Whether an exemplar of an action stands for its mirror image too."""
        return any(e.action == action and e.mirrored for e in self.exemplars)

    def enroll(
        self, action: str, clip: SkeletonClip, *, source: str = "", either_side: bool = False
    ) -> Self:
        """A gallery with one exemplar more; an action may have several.

        What was dismissed showed none of the actions of its time. If it is this very clip, or the
        action is recognised in it and was not before, it is dismissed no longer.

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
        name = check_name(action)
        added = self._take(name, clip, source, either_side=either_side)
        grown = replace(self, exemplars=(*self.exemplars, *added))
        return replace(grown, dismissed=still_dismissed(self, grown, shown=added))

    def dismiss(self, clip: SkeletonClip, *, source: str = "", either_side: bool = False) -> Self:
        """A gallery to which what is nearer to this clip than to any exemplar is unknown.

        Args:
            clip: Shows none of the actions.
            source: Where the clip came from, for people.
            either_side: Whether its mirror image shows none of them either.

        Raises:
            GalleryError: This very clip was shown as an action.
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in the clip, or a joint is farther away than any can be.
        """
        added = self._take("", clip, source, either_side=either_side)
        told = {exemplar.digest: exemplar.action for exemplar in self.exemplars}
        for clash in {each.digest for each in added} & told.keys():
            raise GalleryError(
                f"This very clip was shown as '{told[clash]}'. Remove it there first, or show "
                "another clip."
            )
        return replace(self, dismissed=(*self.dismissed, *added))

    def forget_dismissed(self, number: int | None = None) -> Self:
        """A gallery in which nothing is dismissed, or one clip less.

        Args:
            number: The place of one of ``dismissed_as_shown``, from 0; None for all of them.

        Raises:
            GalleryError: There is no such clip.
        """
        if number is None:
            return replace(self, dismissed=())
        wanted = _pick(self.dismissed_as_shown, number, "Dismissed are")
        return replace(self, dismissed=drop_shown(self.dismissed, wanted))

    def merge(self, other: Self) -> Self:
        """What both galleries were shown; a clip that both have is kept once.

        What one of them dismissed may show an action that only the other one knows.

        Args:
            other: Of the same model.
        """
        exemplars = join_exemplars(self.exemplars, other.exemplars)
        merged = replace(self, exemplars=exemplars, dismissed=())
        ours, theirs = (
            still_dismissed(before, merged, shown=exemplars) for before in (self, other)
        )
        return replace(merged, dismissed=join_dismissed(ours, theirs))

    def rename(self, action: str, new: str) -> Self:
        """A gallery in which an action has another name; an existing one takes it in.

        Raises:
            GalleryError: No such action, or the new name will not do.
        """
        action = self.insist_on(action)
        name = check_name(new)
        renamed = [replace(e, action=name) if e.action == action else e for e in self.exemplars]
        return replace(self, exemplars=tuple(renamed))

    def remove(self, action: str, number: int | None = None) -> Self:
        """A gallery without an action, or without one of the clips that show it.

        Args:
            action: Its name; with its last clip it goes, too.
            number: The place of one of ``shown(action)``, from 0; None for all of them.

        Raises:
            GalleryError: No such action, or no such clip.
        """
        action = self.insist_on(action)
        if number is None:
            return replace(self, exemplars=tuple(e for e in self.exemplars if e.action != action))
        wanted = _pick(self.shown(action), number, f"'{action}' has")
        return replace(self, exemplars=drop_shown(self.exemplars, wanted))

    def recognize(self, clip: SkeletonClip, *, top: int = 3, sure: float = SURE) -> Recognition:
        """Name the action of a clip, or say that it is unknown.

        Args:
            clip: Of any layout that maps to the model's.
            top: How many answers to give, at least one.
            sure: The probability from which the nearest action is named; the clip is unknown where
                it is less. A model without a judgement has no probabilities, and always names it.

        Raises:
            GalleryError: Nothing is enrolled.
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: It is no clip, nobody is seen in it, or a joint is farther away than any can
                be.
            ConfigError: Fewer than one answer is asked for, or ``sure`` is no probability.
        """
        self._insist_on_something()
        return self.judge(self.distances(self.embed(clip))[0], top=top, sure=sure)

    def recognize_all(
        self, clips: list[SkeletonClip], *, top: int = 3, sure: float = SURE
    ) -> list[Recognition]:
        """As ``recognize``, for several clips at once; clips of one layout share a pass.

        Raises:
            GalleryError: Nothing is enrolled.
            LayoutError: A clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in a clip, or a joint is farther away than any can be.
        """
        self._insist_on_something()
        if not clips:
            return []
        insist_on_clips(*clips)
        distances = self.distances(self.recogniser.embed(clips))
        return [self.judge(row, top=top, sure=sure) for row in distances]

    def count(self, clip: SkeletonClip, action: str) -> Repetitions:
        """How often a clip shows an action, and when; whether it shows it at all is not asked.

        Args:
            clip: Of any layout that maps to the model's.
            action: An enrolled one. Once is what was shown, be it one squat or two.

        Raises:
            GalleryError: No such action.
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: It is no clip, nobody is seen in it, or nobody moves in what was shown.
        """
        action = self.insist_on(action)
        insist_on_clips(clip)
        shown = [exemplar for exemplar in self.exemplars if exemplar.action == action]
        return count_repetitions(clip, shown, self.recogniser.layout)

    def embed(self, clip: SkeletonClip) -> ClipFeatures:
        """Features of a clip, N = 1, that can be compared.

        Raises:
            LayoutError: The clip's joints say nothing about a joint of the model.
            ClipError: Nobody is seen in the clip, or a joint is farther away than any can be.
        """
        insist_on_clips(clip)
        return self.recogniser.embed([clip])

    def distances(self, query: ClipFeatures) -> NDArray[np.float32]:
        """Features of Q clips -> (Q S) distances to the exemplars, then to what was dismissed.

        Raises:
            GalleryError: Nothing is enrolled.
        """
        return self.recogniser.compare(query, self._support)

    def judge(self, distances: NDArray[np.float32], *, top: int, sure: float = SURE) -> Recognition:
        """(S) distances, as ``distances`` gives them, of a clip -> what it is taken for.

        Raises:
            ConfigError: Fewer than one answer is asked for, or ``sure`` is no probability.
        """
        if top < 1:
            raise ConfigError(f"Expected to give at least one answer, found top={top}.")
        if not 0 <= sure <= 1:
            raise ConfigError(f"Expected to be sure from 0 to 1, found sure={sure}.")
        to_exemplars, to_dismissed = np.split(distances, [len(self.exemplars)])
        nearest = np.full(len(self.actions), np.inf, dtype=distances.dtype)
        np.minimum.at(nearest, self.owners, to_exemplars)
        return decide(
            self.actions,
            nearest,
            dismissed=float(to_dismissed.min(initial=np.inf)),
            acceptance=self.recogniser.acceptance,
            top=top,
            sure=sure,
        )

    @cached_property
    def _support(self) -> ClipFeatures:
        self._insist_on_something()
        shown = (*self.exemplars, *self.dismissed)
        return ClipFeatures.concatenate([exemplar.features for exemplar in shown])

    def _take(
        self, action: str, clip: SkeletonClip, source: str, *, either_side: bool
    ) -> list[Exemplar]:
        """A clip that was shown, and its mirror image where that counts too."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        insist_on_clips(clip)
        kept = clip.with_joints(np.array(clip.joints), np.array(clip.visible))  # not the caller's
        shown = (kept, mirror(kept)) if either_side else (kept,)
        source = clean_source(source)
        return [
            Exemplar(action, one, self.embed(one), source, now, mirrored=number > 0)
            for number, one in enumerate(shown)
        ]

    def _insist_on_something(self) -> None:
        if not self.exemplars:
            raise GalleryError("Nothing is enrolled yet. Enrol an action first: crossglg enroll.")

    def insist_on(self, action: str) -> str:
        """An action's name as it is kept.

        Raises:
            GalleryError: No such action.
        """
        action = unicodedata.normalize("NFC", action)
        if action not in self.actions:
            known = ", ".join(self.actions) or "nothing"
            raise GalleryError(
                f"No action is called '{action}'.{suggest(action, self.actions)} Enrolled: {known}."
            )
        return action


def insist_on_clips(*clips: object) -> None:
    """Refuse what a caller took for clips.

    Raises:
        ClipError: One is none.
    """
    for clip in clips:
        if not isinstance(clip, SkeletonClip):
            raise ClipError(
                f"Expected a SkeletonClip, found {type(clip).__name__}; SkeletonClip.from_array "
                "makes one of an array."
            )


def _pick(shown: tuple[Exemplar, ...], number: int, whose: str) -> Exemplar:
    if not 0 <= number < len(shown):
        raise GalleryError(f"{whose} {len(shown)} clip(s), counted from 0; found {number}.")
    return shown[number]
