"""Describe actions in words: one text for the action, one for each joint; JSON in and out."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any, Self

from crossglg.atomic import write_text
from crossglg.errors import DescriptionError, LayoutError
from crossglg.skeleton.layout import Layout, canonical_joint, get_layout
from crossglg.text.lexicon import nearest_joints, split_side
from crossglg.words import plain_name


@dataclass(frozen=True)
class Provenance:
    """Where a set of texts comes from.

    Attributes:
        writer: Who or which language model wrote the texts.
        date: When, as ``2026-11`` or ``2026-11-24``.
        prompt_version: Version of ``resources/prompts`` that the texts answer.
        reviewed: Whether the texts were read through again after they were written.
    """

    writer: str
    date: str
    prompt_version: int
    reviewed: bool


@dataclass(frozen=True)
class ActionDescription:
    """What one action looks like.

    Attributes:
        action: The action's name.
        global_text: Which joints and body parts matter most, and why.
        joints: Joint name -> how that joint moves; every joint of the set's layout.
    """

    action: str
    global_text: str
    joints: Mapping[str, str]


@dataclass(frozen=True)
class DescriptionSet:
    """Descriptions of many actions for the joints of one layout.

    Attributes:
        name: Short name of the set.
        layout: Name of the layout whose joints are described, or the path of a layout file.
        provenance: Who wrote the texts, and when.
        actions: The descriptions; their actions differ in more than spelling.

    Raises:
        DescriptionError: A joint is missing or unknown, a text is empty, or an action comes
            twice; the message names the action and the joint.
    """

    name: str
    layout: str
    provenance: Provenance
    actions: tuple[ActionDescription, ...]

    def __post_init__(self) -> None:
        joints = self._known_layout().joints
        for action in self.actions:
            _check_action(action, joints)
        counted = Counter(plain_name(action.action) for action in self.actions)
        if repeated := [action for action, count in counted.items() if count > 1]:
            raise DescriptionError(
                f"expected every action once, found twice: {', '.join(repeated)}. "
                "Remove or rename one of each pair."
            )

    def _known_layout(self) -> Layout:
        try:
            return get_layout(self.layout)
        except LayoutError as error:
            raise DescriptionError(f"field 'layout': {error}") from error

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote; joints may be spelled in any common way.

        Raises:
            DescriptionError: A field is missing or of the wrong type, or the texts do not fit.
        """
        _expect_fields(record, {"name": str, "layout": str, "provenance": dict, "actions": list})
        return cls(
            name=record["name"],
            layout=record["layout"],
            provenance=_read_provenance(record["provenance"]),
            actions=tuple(_read_action(entry) for entry in record["actions"]),
        )

    def to_json(self) -> dict[str, object]:
        """Plain dicts and lists; ``from_json`` reads them back."""
        return {
            "name": self.name,
            "layout": self.layout,
            "provenance": asdict(self.provenance),
            "actions": [
                {"action": a.action, "global": a.global_text, "joints": dict(a.joints)}
                for a in self.actions
            ],
        }

    def save(self, path: Path | str) -> None:
        """Write the set as a JSON file; an older file is replaced in one step."""
        write_text(Path(path), json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n")

    def for_classes(self, class_names: Sequence[str]) -> tuple[ActionDescription, ...]:
        """One description per class name, in that order; spelling details do not matter.

        Raises:
            DescriptionError: Classes without description; the message lists them.
        """
        by_name = {plain_name(action.action): action for action in self.actions}
        missing = [name for name in class_names if plain_name(name) not in by_name]
        if missing:
            raise DescriptionError(
                f"The description set '{self.name}' says nothing about: {'; '.join(missing)}. "
                "Use a set that covers these classes, or add their texts to a copy of this one."
            )
        return tuple(by_name[plain_name(name)] for name in class_names)


def joint_sources(source: Layout, target: Layout) -> tuple[str, ...]:
    """For each joint of ``target`` the joint of ``source`` that speaks for it.

    That is the joint of the same name, else the nearest stand-in (hand and wrist, ankle and foot,
    neck and chest, ...).

    Raises:
        DescriptionError: ``source`` has nothing near one of the joints.
    """
    found = [nearest_joints(*split_side(joint), source) for joint in target.joints]
    if mute := [joint for joint, near in zip(target.joints, found, strict=True) if not near]:
        raise DescriptionError(
            f"Texts for layout '{source.name}' cannot serve layout '{target.name}': no joint of "
            f"'{source.name}' can speak for {', '.join(mute)}."
        )
    return tuple(near[0] for near in found)


def list_descriptions() -> tuple[str, ...]:
    """Names of the description sets that come with the package."""
    return tuple(sorted(path.stem for path in _shipped_folder().glob("*.json")))


def load_descriptions(name: Path | str) -> DescriptionSet:
    """A shipped description set by name, or one from a JSON file.

    Raises:
        DescriptionError: No such set or file, or its content does not fit; the message names
            the file, the action and the joint.
    """
    path = descriptions_path(name)
    try:
        record = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_refuse_repeated_keys)
        if not isinstance(record, dict):
            raise DescriptionError(f"expected one JSON object, found {type(record).__name__}.")
        return DescriptionSet.from_json(record)
    except DescriptionError as error:
        raise DescriptionError(f"{path.name}: {error}") from error
    except (OSError, ValueError) as error:
        raise DescriptionError(f"{path.name}: expected a readable JSON file ({error}).") from error


def descriptions_path(name: Path | str) -> Path:
    """The JSON file of a shipped set, or ``name`` itself where it is the path of a JSON file.

    Raises:
        DescriptionError: ``name`` is neither.
    """
    if str(name).endswith(".json"):
        return Path(name)
    if str(name) in list_descriptions():
        return _shipped_folder() / f"{name}.json"
    raise DescriptionError(
        f"No description set is called '{name}'. Known: {', '.join(list_descriptions())}; "
        "or give the path of a JSON file."
    )


def _shipped_folder() -> Path:
    return Path(str(resources.files("crossglg").joinpath("resources/descriptions")))


# --- checking what came -----------------------------------------------------------------------


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counted = Counter(key for key, _ in pairs)
    if repeated := [key for key, count in counted.items() if count > 1]:
        raise DescriptionError(f"expected every key once, found twice: {', '.join(repeated)}.")
    return dict(pairs)


def _expect_fields(record: object, kinds: Mapping[str, type], *, where: str = "") -> None:
    if not isinstance(record, Mapping):
        raise DescriptionError(f"{where}expected an object, found {type(record).__name__}.")
    if missing := [name for name in kinds if name not in record]:
        raise DescriptionError(f"{where}expected the field '{missing[0]}', found none.")
    if extra := [name for name in record if name not in kinds]:
        raise DescriptionError(f"{where}unknown field '{extra[0]}'; known: {', '.join(kinds)}.")
    for name, kind in kinds.items():
        if type(record[name]) is not kind:
            raise DescriptionError(
                f"{where}field '{name}': expected {kind.__name__}, "
                f"found {type(record[name]).__name__}."
            )


def _read_provenance(record: Mapping[str, Any]) -> Provenance:
    kinds = {field.name: field.type for field in fields(Provenance) if isinstance(field.type, type)}
    _expect_fields(record, kinds, where="provenance: ")
    return Provenance(**record)


def _read_action(record: Mapping[str, Any]) -> ActionDescription:
    named = record.get("action") if isinstance(record, Mapping) else None
    where = f"action '{named}': " if named else "an action without name: "
    _expect_fields(record, {"action": str, "global": str, "joints": dict}, where=where)
    joints: dict[str, str] = {}
    for spelled, text in record["joints"].items():
        joint = canonical_joint(spelled)
        if joint in joints:
            raise DescriptionError(f"{where}joint '{joint}' is described twice.")
        if not isinstance(text, str):
            raise DescriptionError(
                f"{where}joint '{spelled}': expected a text, found {type(text).__name__}."
            )
        joints[joint] = text
    return ActionDescription(record["action"], record["global"], joints)


def _check_action(action: ActionDescription, joints: Sequence[str]) -> None:
    where = f"action '{action.action}'"
    if not plain_name(action.action):
        raise DescriptionError(f"{where}: expected a name with at least one word.")
    if not action.global_text.strip():
        raise DescriptionError(f"{where}: the global text is empty.")
    if unknown := [joint for joint in action.joints if joint not in joints]:
        raise DescriptionError(
            f"{where}: unknown joint '{unknown[0]}'. The layout has {', '.join(joints)}."
        )
    if missing := [joint for joint in joints if joint not in action.joints]:
        raise DescriptionError(f"{where}: no text for joint {', '.join(missing)}.")
    if empty := [joint for joint, text in action.joints.items() if not text.strip()]:
        raise DescriptionError(f"{where}: the text of joint '{empty[0]}' is empty.")
