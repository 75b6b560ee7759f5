"""Verify that data are what a protocol was made for, before any number is printed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ProtocolError
from crossglg.sources.clipset import ClipSet
from crossglg.sources.protocol import Protocol
from crossglg.sources.recordings import list_missing_skeletons, list_ntu_recordings
from crossglg.sources.splits import first_usable
from crossglg.words import name_some, plain_name

Masks = Mapping[str, NDArray[np.bool_]]
"""Name -> (N) which clips count."""

_NTU_ACTION = re.compile(r"A\d{3}$")

_NTU_DATA = ("ntu60", "ntu120")


@dataclass(frozen=True)
class Check:
    """One thing that was compared.

    Attributes:
        subject: What.
        right: Whether it is as it should be.
        expected: In words.
        found: In words.
        missing: Names of what is not there, all of them.
    """

    subject: str
    right: bool
    expected: str
    found: str
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One sentence."""
        if self.right:
            return f"{self.subject}: {self.found}."
        return f"{self.subject}: expected {self.expected}, found {self.found}."


@dataclass(frozen=True)
class Verification:
    """Everything that was compared.

    Attributes:
        protocol: Its name.
        data: Name of the data.
        checks: In the order in which they matter.
        not_checked: What nobody knows the right answer to.
    """

    protocol: str
    data: str
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether everything is as it should be."""
        return all(check.right for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"right": self.right}


def verify_protocol(
    protocol: Protocol, data: ClipSet, masks: Masks = MappingProxyType({})
) -> Verification:
    """Compare data with what a protocol expects: classes, exemplars, exact counts, names, mask.

    Args:
        protocol: The rules.
        data: All clips, before anything is chosen from them.
        masks: Boolean arrays (N) that came with the data.
    """
    checks = [_check_class_count(protocol, data)]
    if checks[0].right:
        checks += [_check_disjoint(protocol, data), _check_every_class(protocol, data)]
        if protocol.exemplars:
            checks.append(_check_exemplars(protocol, data))
        if protocol.draw == "first":
            checks.append(_check_usable(protocol, data))
        if protocol.class_clips:
            checks += _check_counts(protocol, data)
        if protocol.mask:
            checks.append(_check_mask(protocol, data, masks))
        if protocol.data in _NTU_DATA:
            checks += [_check_ntu_names(protocol, data), _check_ntu_labels(data)]
    unknown = [] if protocol.class_clips else ["how many clips each class should have"]
    return Verification(protocol.name, data.name, tuple(checks), tuple(unknown))


def require_verified(
    protocol: Protocol, data: ClipSet, masks: Masks = MappingProxyType({})
) -> None:
    """Refuse data that are not what a protocol was made for.

    Raises:
        ProtocolError: Something is wrong; all of it is said.
    """
    verification = verify_protocol(protocol, data, masks)
    if not verification.right:
        wrong = " ".join(str(check) for check in verification.checks if not check.right)
        raise ProtocolError(
            f"'{data.name}' is not what protocol '{protocol.name}' was made for. {wrong} A number "
            "measured on it could be compared with nobody's; crossglg protocol verify says more."
        )


# --- what is compared ---------------------------------------------------------------------------


def _check_class_count(protocol: Protocol, data: ClipSet) -> Check:
    found = len(data.class_names)
    made_for = f" (made for '{protocol.data}')" if protocol.data else ""
    return Check(
        f"classes of the data{made_for}",
        found == protocol.class_count,
        f"data of {protocol.class_count} classes",
        f"{found} in '{data.name}'",
    )


def _check_disjoint(protocol: Protocol, data: ClipSet) -> Check:
    """The same action under two labels would be learned from and then asked as a new one."""
    base = {_plain(data.class_names[label]): label for label in protocol.base}
    shared = [data.class_names[k] for k in protocol.novel if _plain(data.class_names[k]) in base]
    return Check(
        "base and novel classes",
        not shared,
        "different actions",
        name_some(shared) + " in both"
        if shared
        else f"{len(protocol.base)} base and {len(protocol.novel)} novel, none in both",
    )


def _check_every_class(protocol: Protocol, data: ClipSet) -> Check:
    present = set(data.labels.tolist())
    labels = [*protocol.base, *protocol.novel]
    lacking = [data.class_names[label] for label in labels if label not in present]
    return Check(
        "classes with clips",
        not lacking,
        f"all {len(labels)}",
        f"no clip of {name_some(lacking)}" if lacking else f"all {len(labels)}",
        tuple(lacking),
    )


def _check_exemplars(protocol: Protocol, data: ClipSet) -> Check:
    label_of = dict(zip(data.clip_names, data.labels.tolist(), strict=True))
    absent = [clip for clip in protocol.exemplars.values() if clip not in label_of]
    strange = [
        f"{clip} as '{data.class_names[label_of[clip]]}'"
        for label, clip in protocol.exemplars.items()
        if clip in label_of and label_of[clip] != label
    ]
    found = [f"no {name_some(absent)}"] * bool(absent) + [name_some(strange)] * bool(strange)
    count = len(protocol.exemplars)
    return Check(
        "exemplars",
        not found,
        f"all {count}, each of its own class",
        " and ".join(found) or f"all {count}",
        tuple(absent),
    )


def _check_usable(protocol: Protocol, data: ClipSet) -> Check:
    try:
        exemplars = first_usable(data, protocol.novel)
    except ProtocolError as error:
        return Check("exemplars", False, "a usable clip of every novel class", str(error))
    return Check("exemplars", True, "", f"the first usable clip of all {len(exemplars)}")


def _check_counts(protocol: Protocol, data: ClipSet) -> Iterator[Check]:
    """Exact numbers of clips; those of base classes that do not take part do not matter."""
    found = np.bincount(data.labels, minlength=protocol.class_count)
    known = np.array(protocol.class_clips)
    for kind, labels in (("base", protocol.base), ("novel", protocol.novel)):
        wrong = [
            f"{found[k]:,} instead of {known[k]:,} of '{data.class_names[k]}'"
            for k in labels
            if found[k] != known[k]
        ]
        total, expected = int(found[list(labels)].sum()), int(known[list(labels)].sum())
        yield Check(
            f"clips of {kind} classes",
            not wrong,
            f"{expected:,}",
            f"{total:,}" + (f" ({name_some(wrong)})" if wrong else ""),
        )
    if protocol.exemplars:
        present = set(data.clip_names)
        exemplars = sum(clip in present for clip in protocol.exemplars.values())
        queries = int(found[list(protocol.novel)].sum()) - exemplars
        yield Check(
            "queries",
            queries == protocol.query_count,
            f"{protocol.query_count:,}",
            f"{queries:,}",
        )


def _check_mask(protocol: Protocol, data: ClipSet, masks: Masks) -> Check:
    shapes = {name: mask.shape for name, mask in masks.items()}
    right = shapes.get(protocol.mask) == (len(data),)
    if right:
        found = f"{int(masks[protocol.mask].sum()):,} of {len(data):,} by '{protocol.mask}'"
    elif protocol.mask in shapes:
        found = f"one of shape {shapes[protocol.mask]}"
    else:
        found = f"none in '{data.name}' (archives never carry one; give the .npz file)"
    return Check(
        "clips that count", right, f"an array '{protocol.mask}' of shape ({len(data)},)", found
    )


def _check_ntu_names(protocol: Protocol, data: ClipSet) -> Check:
    known, found = set(list_ntu_recordings(protocol.class_count)), set(data.clip_names)
    missing, extra = sorted(known - found), sorted(found - known)
    parts = []
    if missing:
        parts.append(f"{len(missing):,} missing ({_name_recordings(missing)})")
    if unusable := [name for name in extra if name in list_missing_skeletons()]:
        parts.append(
            f"{len(unusable):,} that the authors list as without skeleton "
            f"({name_some(unusable)}; leave them out)"
        )
    if strange := [name for name in extra if name not in list_missing_skeletons()]:
        parts.append(f"{len(strange):,} unknown ({name_some(strange)})")
    return Check(
        "recordings by name",
        not parts,
        f"the {len(known):,} of the data set",
        " and ".join(parts) or f"the {len(known):,} of the data set",
        tuple(missing),
    )


def _check_ntu_labels(data: ClipSet) -> Check:
    wanted = "the action of each clip's name"
    numbers = [int(name[-3:]) if _NTU_ACTION.search(name) else 0 for name in data.clip_names]
    wrong = np.flatnonzero(np.array(numbers, dtype=np.int64) != data.labels + 1)
    if not len(wrong):
        return Check("labels", True, wanted, wanted)
    example = f"such as {data.clip_names[wrong[0]]} as label {data.labels[wrong[0]]}"
    return Check("labels", False, wanted, f"{len(wrong):,} others, {example}")


# --- words --------------------------------------------------------------------------------------


def _name_recordings(names: Sequence[str]) -> str:
    """Whole setups where whole setups are missing, some names otherwise."""
    setups = Counter(name[:4] for name in names)
    everything = Counter(name[:4] for name in list_ntu_recordings(120))
    whole = [setup for setup, count in setups.items() if count == everything[setup]]
    rest = [name for name in names if name[:4] not in whole]
    parts = [f"the whole of setup {name_some(whole)}"] * bool(whole)
    return ", ".join(parts + [name_some(rest)] * bool(rest))


def _plain(name: str) -> str:
    """Without spelling; a name without a word as it is."""
    return plain_name(name) or name
