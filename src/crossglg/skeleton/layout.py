"""What a body is: joints by name, bones, mirror pairs and body parts, for every known layout.

Indices are derived from names, never written down: four index tables of the same Kinect body
are in circulation in this field, and they disagree.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import LayoutError, suggest

PARTS = ("head", "torso", "left_arm", "right_arm", "left_leg", "right_leg")
"""The six body parts; every joint of every layout belongs to exactly one."""

# The head comes last, as an "ear" is also found in "forearm".
_PART_WORDS = (
    ("arm", ("collar", "shoulder", "arm", "elbow", "wrist", "hand", "thumb", "pinky", "index")),
    ("leg", ("hip", "leg", "knee", "ankle", "foot", "heel", "toe")),
    ("head", ("head", "nose", "eye", "ear", "mouth")),
)


@dataclass(frozen=True)
class Layout:
    """Which joints a skeleton has and how they hang together.

    Attributes:
        name: Short name, such as ``ntu25``.
        joints: Joint names in array order, from the shared vocabulary (``left_wrist``, ...).
        parents: For each joint the joint it hangs on; the one root hangs on itself.

    Raises:
        LayoutError: Joints repeat, a parent is unknown, or the bones do not form one tree.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.joints)) != len(self.joints):
            repeated = sorted({joint for joint in self.joints if self.joints.count(joint) > 1})
            raise LayoutError(f"Layout '{self.name}': joints named twice: {', '.join(repeated)}.")
        if len(self.parents) != len(self.joints):
            raise LayoutError(
                f"Layout '{self.name}': expected one parent for each of {len(self.joints)} joints, "
                f"found {len(self.parents)}."
            )
        unknown = sorted(set(self.parents) - set(self.joints))
        if unknown:
            raise LayoutError(f"Layout '{self.name}': unknown parents: {', '.join(unknown)}.")
        self._refuse_anything_but_one_tree()

    def _refuse_anything_but_one_tree(self) -> None:
        roots = [j for j, parent in zip(self.joints, self.parents, strict=True) if j == parent]
        if len(roots) != 1:
            raise LayoutError(
                f"Layout '{self.name}': expected exactly one root (a joint that is its own "
                f"parent), found {len(roots)}: {', '.join(roots) or 'none'}."
            )
        for joint in self.joints:
            if roots[0] not in self.path_to_root(joint):
                raise LayoutError(
                    f"Layout '{self.name}': the bones from '{joint}' run in a circle and never "
                    f"reach the root '{roots[0]}'."
                )

    @classmethod
    def from_bones(
        cls, name: str, joints: Sequence[str], bones: Mapping[str, str], *, root: str
    ) -> Self:
        """Build a layout from ``{child: parent}``.

        Raises:
            LayoutError: A joint other than the root has no bone, a bone has no joint, or the
                bones are no tree.
        """
        loose = [joint for joint in joints if joint not in bones and joint != root]
        if loose:
            raise LayoutError(f"Layout '{name}': joints without a bone: {', '.join(loose)}.")
        if unlisted := [child for child in bones if child not in joints]:
            raise LayoutError(
                f"Layout '{name}': bones of joints that are not listed: {', '.join(unlisted)}."
            )
        parents = tuple(joint if joint == root else bones[joint] for joint in joints)
        return cls(name, tuple(joints), parents)

    @classmethod
    def from_file(cls, path: Path | str) -> Self:
        """Read a layout file: JSON with ``name``, ``joints``, ``bones`` and ``root``.

        ``bones`` is an object of child to parent. Joint names may be any spelling of the shared
        vocabulary (``LeftWrist``, ``wrist_l``, ``left wrist``).

        Raises:
            LayoutError: The file is not JSON, lacks a field, or describes no tree.
        """
        try:
            record = json.loads(Path(path).read_text("utf-8-sig"))
        except (OSError, ValueError) as error:
            raise LayoutError(f"{path}: expected a JSON layout file ({error}).") from error
        _refuse_malformed(record, path)
        return cls.from_bones(
            record["name"],
            [canonical_joint(joint) for joint in record["joints"]],
            {canonical_joint(c): canonical_joint(p) for c, p in record["bones"].items()},
            root=canonical_joint(record["root"]),
        )

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote; names are taken as they are.

        Raises:
            LayoutError: As ``from_bones``.
        """
        return cls.from_bones(
            record["name"], record["joints"], record["bones"], root=record["root"]
        )

    def to_json(self) -> dict[str, object]:
        """The content of a layout file; ``from_json`` and ``from_file`` read it back."""
        bones = {j: p for j, p in zip(self.joints, self.parents, strict=True) if j != p}
        return {"name": self.name, "joints": list(self.joints), "bones": bones, "root": self.root}

    @property
    def joint_count(self) -> int:
        """V."""
        return len(self.joints)

    @cached_property
    def root(self) -> str:
        """The joint all others hang on."""
        return next(j for j, p in zip(self.joints, self.parents, strict=True) if j == p)

    @cached_property
    def bones(self) -> tuple[tuple[str, str], ...]:
        """(child, parent) by name, root left out."""
        return tuple((j, p) for j, p in zip(self.joints, self.parents, strict=True) if j != p)

    @cached_property
    def parent_index(self) -> NDArray[np.int64]:
        """(V) index of each joint's parent; the root's is its own."""
        return np.array([self.index(parent) for parent in self.parents], dtype=np.int64)

    @cached_property
    def mirror_index(self) -> NDArray[np.int64]:
        """(V) index of each joint's counterpart on the other side; middle joints keep theirs.

        Raises:
            LayoutError: A joint of one side has no counterpart on the other.
        """
        if lonely := [j for j in self.joints if mirrored_name(j) not in self.joints]:
            lacking = ", ".join(mirrored_name(joint) for joint in lonely)
            raise LayoutError(
                f"Layout '{self.name}': to mirror clips, expected each joint on both sides, found "
                f"only {', '.join(lonely)}. Add {lacking} to the layout, or mirror nothing (in "
                "training --set training.mirror=off)."
            )
        return np.array([self.index(mirrored_name(j)) for j in self.joints], dtype=np.int64)

    @cached_property
    def mirror_pairs(self) -> tuple[tuple[str, str], ...]:
        """(left, right) by name."""
        return tuple((j, mirrored_name(j)) for j in self.joints if j.startswith("left_"))

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Body part -> its joints; parts without a joint are left out."""
        of_part = {part: tuple(j for j in self.joints if body_part(j) == part) for part in PARTS}
        return {part: joints for part, joints in of_part.items() if joints}

    def index(self, joint: str) -> int:
        """Position of a joint in the arrays.

        Raises:
            LayoutError: This layout has no such joint.
        """
        try:
            return self.joints.index(joint)
        except ValueError:
            hint = suggest(joint, self.joints)
            raise LayoutError(f"Layout '{self.name}' has no joint '{joint}'.{hint}") from None

    def path_to_root(self, joint: str) -> tuple[str, ...]:
        """The joint, its parent, ... up to the root (cut where the bones would run in a circle)."""
        path = [joint]
        while (parent := self.parents[self.joints.index(path[-1])]) not in path:
            path.append(parent)
        return tuple(path)


def _refuse_malformed(record: object, path: Path | str) -> None:
    """Refuse what is JSON but no layout file: fields that are missing or of another type."""
    if not isinstance(record, dict):
        raise LayoutError(
            f"{path}: expected an object with name, joints, bones and root, "
            f"found {type(record).__name__}."
        )
    fields = {"name": str, "joints": list, "bones": dict, "root": str}
    missing = [field for field in fields if field not in record]
    if missing:
        raise LayoutError(f"{path}: the layout file lacks {', '.join(missing)}.")
    odd = [field for field, kind in fields.items() if not isinstance(record[field], kind)]
    if odd or not all(isinstance(n, str) for n in (*record["joints"], *record["bones"].values())):
        raise LayoutError(
            f"{path}: expected name and root to be text, joints a list of texts and bones an "
            f"object of child to parent; look at {', '.join(odd) or 'joints and bones'}."
        )


def mirrored_name(joint: str) -> str:
    """``left_wrist`` -> ``right_wrist`` and back; middle joints stay."""
    if joint.startswith("left_"):
        return "right_" + joint.removeprefix("left_")
    if joint.startswith("right_"):
        return "left_" + joint.removeprefix("right_")
    return joint


def body_part(joint: str) -> str:
    """The body part (one of ``PARTS``) a joint belongs to."""
    side = joint.split("_", 1)[0]
    for part, words in _PART_WORDS:
        if any(word in joint for word in words):
            sided = part if part == "head" else f"{side}_{part}"
            return sided if sided in PARTS else "torso"
    return "torso"


# --- the names other people use -------------------------------------------------------------

_ALIASES = {
    "hip_center": "pelvis", "hip_centre": "pelvis", "hips": "pelvis", "hip": "pelvis",
    "root": "pelvis", "base_of_spine": "pelvis", "spine_base": "pelvis", "mid_hip": "pelvis",
    "torso": "spine", "spine_mid": "spine", "middle_of_spine": "spine", "belly": "spine",
    "spine_middle": "spine", "mid_spine": "spine", "waist": "spine",
    "shoulder_center": "chest", "shoulder_centre": "chest", "spine_shoulder": "chest",
    "thorax": "chest", "neck_base": "neck", "upper_neck": "neck", "head_top": "head",
    "left_shoulder_blade": "left_collar", "left_clavicle": "left_collar",
    "left_upper_arm": "left_shoulder", "left_lower_arm": "left_elbow",
    "left_fore_arm": "left_elbow", "left_forearm": "left_elbow",
    "left_upper_leg": "left_hip", "left_up_leg": "left_hip", "left_thigh": "left_hip",
    "left_lower_leg": "left_knee", "left_shin": "left_knee",
    "left_toes": "left_foot", "left_toe": "left_foot", "left_toe_base": "left_foot",
    "left_foot_index": "left_foot",
    "left_tip": "left_hand_tip", "left_hand_tips": "left_hand_tip",
    "left_pinky_finger": "left_pinky", "left_index_finger": "left_index",
}  # fmt: skip

_SIDE = re.compile(r"^(?:(?P<side>left|right|l|r)_)?(?P<rest>.+?)(?:_(?P<tail>left|right|l|r))?$")


def canonical_joint(name: str) -> str:
    """Translate any common spelling of a joint into the shared vocabulary.

    ``LeftWrist``, ``left wrist``, ``wrist_l``, ``LWrist`` all give ``left_wrist``. A word that is
    not understood comes back in snake case, unchanged otherwise.
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    words = re.sub(r"(?<=^[LR])(?=[A-Z][a-z])", "_", words)
    words = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    match = _SIDE.match(words)
    if match is None:
        return words
    side = {"l": "left", "r": "right"}.get(found := (match["side"] or match["tail"] or ""), found)
    if not side:
        return _ALIASES.get(match["rest"], match["rest"])
    plain = _ALIASES.get(f"left_{match['rest']}", f"left_{match['rest']}").removeprefix("left_")
    return f"{side}_{plain}"


# --- the layouts of the field ---------------------------------------------------------------


def _read_records() -> list[dict[str, Any]]:
    text = resources.files("crossglg").joinpath("resources/layouts.json").read_text("utf-8")
    records: list[dict[str, Any]] = json.loads(text)
    return records


@cache
def _known() -> dict[str, Layout]:
    return {record["name"]: Layout.from_json(record) for record in _read_records()}


@cache
def _spelled() -> dict[str, dict[str, str]]:
    """Layouts whose published files use our words for other joints: their word -> ours."""
    return {
        record["name"]: dict(zip(record["spelled"], record["joints"], strict=True))
        for record in _read_records()
        if "spelled" in record
    }


def list_layouts() -> tuple[str, ...]:
    """Names of the layouts that come with the package."""
    return tuple(_known())


def get_layout(name: str) -> Layout:
    """A layout by name, or from a layout file when ``name`` is the path of one.

    Raises:
        LayoutError: Neither a known name nor a readable layout file.
    """
    if name in _known():
        return _known()[name]
    if name.endswith(".json"):
        return Layout.from_file(name)
    hint = suggest(name, list_layouts())
    raise LayoutError(
        f"No layout is called '{name}'.{hint} Known: {', '.join(list_layouts())}; "
        "or give the path of a layout file (.json)."
    )


def _in_our_words(joint_names: Sequence[str]) -> list[str]:
    for words in _spelled().values():
        if set(joint_names) == set(words):
            return [words[name] for name in joint_names]
    return [canonical_joint(name) for name in joint_names]


def recognise_layout(
    joint_names: Sequence[str], *, candidates: Sequence[Layout] = ()
) -> tuple[Layout, NDArray[np.int64]]:
    """Find the layout whose joints are exactly these, in whatever order and spelling.

    Args:
        joint_names: One name per joint of the data.
        candidates: Layouts of the user's own, tried first.

    Returns:
        The layout and the order (V): ``data[..., order, :]`` has the layout's joint order.

    Raises:
        LayoutError: No layout has these joints; the message names those not understood.
    """
    names = _in_our_words(joint_names)
    known = [*candidates, *_known().values()]
    for layout in known:
        if sorted(names) == sorted(layout.joints):
            return layout, np.array([names.index(joint) for joint in layout.joints])
    vocabulary = {joint for layout in known for joint in layout.joints}
    strange = [raw for raw, name in zip(joint_names, names, strict=True) if name not in vocabulary]
    nearest = min(known, key=lambda layout: len(set(names) ^ set(layout.joints)))
    problem = (
        f"joints not understood: {', '.join(strange)}"
        if strange
        else f"nearest is '{nearest.name}', which differs in "
        + ", ".join(sorted(set(names) ^ set(nearest.joints)))
    )
    raise LayoutError(
        f"No known layout has these {len(names)} joints ({problem}). "
        "Describe the skeleton in a layout file and give it with --layout FILE."
    )
