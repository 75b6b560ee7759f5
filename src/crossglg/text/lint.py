"""See uneven descriptions before training instead of suffering them: problems and a score.

A file is read leniently, so that one look names everything that is wrong with it. *Errors* keep
the file from being used at all; *warnings* point at texts that will guide badly.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from crossglg.errors import DescriptionError, LayoutError, suggest
from crossglg.skeleton.layout import Layout, canonical_joint, get_layout, mirrored_name
from crossglg.text.descriptions import (
    ActionDescription,
    descriptions_path,
    load_descriptions,
)
from crossglg.text.lexicon import SIDES, split_side
from crossglg.text.motion import details, motion_words, says_still
from crossglg.text.phrases import find_phrases, key_joints

Severity = Literal["error", "warning"]

_MOST_WORDS = 40
_MOST_SENTENCES = 4
_STILL_SHARE = 1 / 3
_SHARED_SHARE = 0.2
_ALIKE = 0.75
_FEWEST_MOVING = 3


@dataclass(frozen=True)
class Problem:
    """One thing to look at.

    Attributes:
        severity: ``error`` or ``warning``.
        action: The action, empty where the whole file is meant.
        joint: The joint, empty where the whole action is meant.
        message: What was expected and what was found.
    """

    severity: Severity
    action: str
    joint: str
    message: str

    def __str__(self) -> str:
        """``error: wave right hand, left_wrist: ...``."""
        place = ", ".join(part for part in (self.action, self.joint) if part)
        return f"{self.severity}: {place}: {self.message}" if place else str(self.message)


@dataclass(frozen=True)
class LintReport:
    """What lint found in one file.

    Attributes:
        name: The set.
        problems: Errors first.
        scores: Action -> 0 to 100; see ``score_action``.
    """

    name: str
    problems: tuple[Problem, ...]
    scores: Mapping[str, float]

    @property
    def has_errors(self) -> bool:
        """Whether the file cannot be used as it is."""
        return any(problem.severity == "error" for problem in self.problems)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def lint_descriptions(name: Path | str) -> LintReport:
    """Look through a description file, or a shipped set.

    Raises:
        DescriptionError: The file is no JSON object with a known layout and a list of actions.
    """
    path = descriptions_path(name)
    layout, record = _read(path)
    actions = [entry for entry in record["actions"] if isinstance(entry, dict)]
    broken = [problem for entry in actions for problem in _check_form(entry, layout)]
    if not broken:
        try:
            texts = load_descriptions(name)
        except DescriptionError as error:
            broken = [Problem("error", "", "", str(error))]
    if broken:
        return LintReport(path.stem, tuple(broken), {})
    found = [problem for action in texts.actions for problem in _check_action(action, layout)]
    alike = _likenesses(texts.actions, layout)
    found += [*_check_pairs(texts.actions, alike)]
    return LintReport(
        texts.name,
        tuple(found),
        {a.action: score_action(a, layout, likeness=alike[a.action][0]) for a in texts.actions},
    )


def score_action(action: ActionDescription, layout: Layout, *, likeness: float) -> float:
    """How good a guide an action's texts are, 0 to 100.

    The product of three shares: *consistent*, of key joints whose own text says they move;
    *specific*, of two kinds of detail (direction, speed, extent, phase) given by key joints'
    texts; *distinct*, twice one minus the likeness to the most similar other action, at most one.
    """
    keys = _key_joints(action, layout)
    if not keys:
        return 0.0
    consistent = sum(not says_still(action.joints[joint], joint) for joint in keys) / len(keys)
    given = [min(2, len(details(action.joints[joint], joint))) / 2 for joint in keys]
    distinct = min(1.0, 2 * (1 - likeness))
    return round(100 * consistent * (sum(given) / len(keys)) * distinct, 1)


# --- the form: what keeps a file from being used ------------------------------------------------


def _read(path: Path) -> tuple[Layout, dict[str, Any]]:
    try:
        record = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DescriptionError(f"{path.name}: expected a readable JSON file ({error}).") from error
    if not isinstance(record, dict) or not isinstance(record.get("actions"), list):
        raise DescriptionError(f"{path.name}: expected an object with a list 'actions'.")
    try:
        return get_layout(str(record.get("layout", ""))), record
    except LayoutError as error:
        raise DescriptionError(f"{path.name}: field 'layout': {error}") from error


def _check_form(entry: Mapping[str, Any], layout: Layout) -> Iterator[Problem]:
    action = str(entry.get("action", ""))
    joints = entry.get("joints")
    if not isinstance(joints, dict):
        yield Problem("error", action, "", "expected an object 'joints' of one text per joint.")
        return
    given = Counter(canonical_joint(spelled) for spelled in joints)
    for joint in layout.joints:
        if joint not in given:
            yield Problem("error", action, joint, "the joint has no text.")
    for joint, count in given.items():
        if joint not in layout.joints:
            message = f"layout '{layout.name}' has no such joint."
            yield Problem("error", action, joint, message + suggest(joint, layout.joints))
        if count > 1:
            yield Problem("error", action, joint, "the joint is described twice.")
    yield from _check_texts(action, {"": entry.get("global"), **joints})


def _check_texts(action: str, texts: Mapping[str, Any]) -> Iterator[Problem]:
    for joint, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            yield Problem("error", action, joint, "the text is empty.")


# --- the content: what will guide badly ---------------------------------------------------------


def _check_action(action: ActionDescription, layout: Layout) -> Iterator[Problem]:
    yield from (
        Problem("warning", action.action, "", message) for message in _check_global(action, layout)
    )
    for joint, text in action.joints.items():
        for message in _check_joint_text(joint, text):
            yield Problem("warning", action.action, joint, message)


def _check_global(action: ActionDescription, layout: Layout) -> Iterator[str]:
    text = action.global_text
    sentences = sum(text.count(mark) for mark in ".!?")
    if sentences > _MOST_SENTENCES:
        yield f"expected a global text of at most {_MOST_SENTENCES} sentences, found {sentences}."
    keys = _key_joints(action, layout)
    if not keys:
        yield "the global text names no body part that acts."
        return
    if len(keys) == layout.joint_count:
        yield "the global text names every joint; nothing stands out."
    still = [joint for joint in keys if says_still(action.joints[joint], joint)]
    if len(still) > _STILL_SHARE * len(keys):
        yield f"called important but said to be still: {', '.join(still)}."
    yield from _check_sides(action, keys)


def _check_sides(action: ActionDescription, keys: Sequence[str]) -> Iterator[str]:
    """One side named by the global text, the other one moved by the joint texts."""
    one_sided = [joint for joint in keys if mirrored_name(joint) not in keys]
    swapped = [
        joint
        for joint in one_sided
        if says_still(action.joints[joint], joint)
        and not says_still(action.joints[mirrored_name(joint)], mirrored_name(joint))
    ]
    if len(swapped) > len(one_sided) / 2:
        moved = ", ".join(mirrored_name(joint) for joint in swapped)
        yield f"the global text speaks of {', '.join(swapped)}; the joint texts move {moved}."


def _check_joint_text(joint: str, text: str) -> Iterator[str]:
    words = motion_words(text, joint)
    if len(words) > _MOST_WORDS:
        yield f"expected at most {_MOST_WORDS} words, found {len(words)}."
    if len(words) < 1:
        yield "the text says nothing but the joint's name."
    base, sides = split_side(joint)
    spoken = base.replace("_", " ")
    for side in sides:
        other = SIDES[1 - SIDES.index(side)]
        if text.lower().startswith(f"{other} {spoken} "):
            yield f"the text begins with the {other} {spoken}."


def _key_joints(action: ActionDescription, layout: Layout) -> list[str]:
    if not any(phrase.role == "acts" for phrase in find_phrases(action.global_text)):
        return []
    weights = key_joints(action.global_text, layout)
    return [joint for joint, weight in zip(layout.joints, weights, strict=True) if weight > 0]


# --- pairs: actions that cannot be told apart ---------------------------------------------------


def _likenesses(
    actions: Sequence[ActionDescription], layout: Layout
) -> dict[str, tuple[float, str]]:
    """Action -> (likeness to the most similar other action, its name).

    Likeness is the mean overlap of words (Jaccard) of the texts of the joints that are key to
    either action.
    """
    keys = {a.action: set(_key_joints(a, layout)) for a in actions}
    words = {
        a.action: {j: set(motion_words(text, j)) for j, text in a.joints.items()} for a in actions
    }
    best: dict[str, tuple[float, str]] = {a.action: (0.0, "") for a in actions}
    for one, other in combinations(best, 2):
        joints = keys[one] | keys[other]
        if not joints:
            continue
        overlaps = [_overlap(words[one][joint], words[other][joint]) for joint in joints]
        likeness = sum(overlaps) / len(overlaps)
        best[one] = max(best[one], (likeness, other))
        best[other] = max(best[other], (likeness, one))
    return best


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _check_pairs(
    actions: Sequence[ActionDescription], alike: Mapping[str, tuple[float, str]]
) -> Iterator[Problem]:
    told: set[tuple[str, str]] = set()
    for action, (likeness, other) in alike.items():
        if likeness > _ALIKE and (other, action) not in told:
            told.add((action, other))
            message = f"its key joints read like those of '{other}' ({likeness:.0%} of words)."
            yield Problem("warning", action, "", message)
    moving = {
        a.action: {text for joint, text in a.joints.items() if not says_still(text, joint)}
        for a in actions
    }
    for one, other in combinations(moving, 2):
        shared = moving[one] & moving[other]
        fewer = max(_FEWEST_MOVING, min(len(moving[one]), len(moving[other])))
        if len(shared) > _SHARED_SHARE * fewer:
            message = f"{len(shared)} texts of moving joints are those of '{other}'."
            yield Problem("warning", one, "", message)
