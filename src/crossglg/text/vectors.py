"""Keep joint texts as vectors on disk, and hand them to the model for any classes and layout."""

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import DescriptionError
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.text.descriptions import (
    DescriptionSet,
    descriptions_path,
    joint_sources,
    load_descriptions,
    normalise_action,
)
from crossglg.text.encoder import TextEncoder
from crossglg.text.phrases import key_joint_matrix

SHIPPED_ENCODER = "minilm"


@dataclass(frozen=True, eq=False)
class TextGuidance:
    """What the words say, ready for the model. Letters: K classes, V joints, D text width.

    Attributes:
        key_joints: (K V) float32, each row a distribution over the joints.
        joint_texts: (K V D) float32, one vector per joint text, not normalised.
        class_names: K names; row ``k`` speaks of class ``k``.
        source: Where the texts come from, for tables and checkpoints.
    """

    key_joints: NDArray[np.float32]
    joint_texts: NDArray[np.float32]
    class_names: tuple[str, ...]
    source: str


def load_guidance(
    class_names: Sequence[str], layout: Layout, *, descriptions: Path | str = "utd_mhad"
) -> TextGuidance:
    """Key joints and joint text vectors for these classes on this layout.

    Args:
        class_names: K action names; the set must describe each, spelling details do not matter.
        layout: Any layout; its joints take the text of the same-named joint of the set, or of
            the nearest one.
        descriptions: Name of a shipped description set, or path of a JSON file that
            ``write_text_vectors`` has been run on.

    Raises:
        DescriptionError: A class has no description, the vectors are missing or stale, or the
            set's layout has nothing to say about a joint.
    """
    texts = load_descriptions(descriptions)
    chosen = texts.for_classes(class_names)
    order = [normalise_action(action.action) for action in texts.actions]
    rows = [order.index(normalise_action(name)) for name in class_names]
    home = get_layout(texts.layout)
    columns = [home.index(joint) for joint in joint_sources(home, layout)]
    vectors = load_text_vectors(descriptions)[np.ix_(rows, columns)]
    return TextGuidance(
        key_joints=key_joint_matrix(chosen, layout),
        joint_texts=vectors.astype(np.float32),
        class_names=tuple(class_names),
        source=f"{texts.name} ({texts.layout}), {SHIPPED_ENCODER}",
    )


def mirrored_guidance(guidance: TextGuidance, layout: Layout) -> TextGuidance:
    """The guidance for left-right mirrored clips: every joint takes its counterpart's rows.

    The words of the texts stay as they are: the left wrist is given the text that speaks of the
    right wrist, as the mirrored left wrist does what the right one did.

    Raises:
        DescriptionError: The guidance is for another number of joints.
    """
    joint_count = guidance.key_joints.shape[1]
    if joint_count != layout.joint_count:
        raise DescriptionError(
            f"Expected guidance for the {layout.joint_count} joints of layout '{layout.name}', "
            f"found {joint_count} joints. Load it for that layout."
        )
    return replace(
        guidance,
        key_joints=guidance.key_joints[:, layout.mirror_index],
        joint_texts=guidance.joint_texts[:, layout.mirror_index],
    )


def load_text_vectors(name: Path | str) -> NDArray[np.float16]:
    """The stored vectors of a description set: (K V D) float16, in the order of the set.

    Args:
        name: Name of a shipped set, or path of a description file with its vectors beside it.

    Raises:
        DescriptionError: There are no vectors, or they were made from other texts.
    """
    descriptions = load_descriptions(name)
    path = vectors_path(name, encoder=SHIPPED_ENCODER)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            made_from = str(file["texts_sha256"])
            vectors: NDArray[np.float16] = file["vectors"].astype(np.float16, copy=False)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DescriptionError(
            f"{path.name}: expected text vectors beside {descriptions_path(name).name} ({error}). "
            "Make them with crossglg.text.write_text_vectors."
        ) from error
    if made_from != hash_texts(descriptions):
        raise DescriptionError(
            f"{path.name}: these vectors were made from other texts than those now in "
            f"{descriptions_path(name).name}. Make them anew with "
            "crossglg.text.write_text_vectors."
        )
    return vectors


def write_text_vectors(name: Path | str, encoder: TextEncoder) -> Path:
    """Encode every joint text of a description set and store the vectors beside its file.

    Args:
        name: Name of a shipped set, or path of a description file.
        encoder: Turns texts into vectors; its name becomes part of the file's name.

    Returns:
        The file written; one of the same name is replaced in one step.

    Raises:
        DescriptionError: The description set cannot be read.
    """
    descriptions = load_descriptions(name)
    texts = _joint_texts(descriptions)
    flat = encoder.encode([text for row in texts for text in row])
    vectors = flat.reshape(len(texts), -1, encoder.width).astype(np.float16)
    path = vectors_path(name, encoder=encoder.name)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez(
            file,
            vectors=vectors,
            encoder=np.array(encoder.name),
            texts_sha256=np.array(hash_texts(descriptions)),
        )
    os.replace(part, path)
    return path


def vectors_path(name: Path | str, *, encoder: str) -> Path:
    """Where the vectors of a description set lie: ``<set>.<encoder>.npz`` beside its file."""
    return descriptions_path(name).with_suffix(f".{encoder}.npz")


def hash_texts(descriptions: DescriptionSet) -> str:
    """sha256 of actions, joints and joint texts, in order; what the vectors depend on."""
    joints = get_layout(descriptions.layout).joints
    names = [action.action for action in descriptions.actions]
    content = json.dumps([names, joints, _joint_texts(descriptions)], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _joint_texts(descriptions: DescriptionSet) -> list[list[str]]:
    """K lists of V texts, joints in layout order."""
    joints = get_layout(descriptions.layout).joints
    return [[action.joints[joint] for joint in joints] for action in descriptions.actions]
