"""The vectors of a description set's joint texts, in one file beside the set."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.atomic import create_file
from crossglg.errors import DescriptionError
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.text.descriptions import (
    ActionDescription,
    DescriptionSet,
    descriptions_path,
    load_descriptions,
)
from crossglg.text.encoder import TextEncoder, encoder_slug


def read_text_vectors(name: Path | str, *, encoder: str = "minilm") -> NDArray[np.float16] | None:
    """The stored vectors of a description set: (K V D) float16, in the order of the set.

    Args:
        name: Name of a shipped set, or path of a description file.
        encoder: Name of the encoder that made the vectors.

    Returns:
        None where there is no file, or one that was made from other texts.

    Raises:
        DescriptionError: The file is damaged, or the set itself cannot be read.
    """
    descriptions = load_descriptions(name)
    path = vectors_path(name, encoder=encoder)
    if not path.exists():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            made_from = str(file["texts_sha256"])
            vectors: NDArray[np.float16] = file["vectors"].astype(np.float16, copy=False)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DescriptionError(
            f"{path.name}: expected text vectors, found a damaged file ({error}). Delete it, or "
            f"make it anew: crossglg embed {descriptions_path(name).name}"
        ) from error
    return vectors if made_from == digest_set(descriptions) else None


def write_text_vectors(name: Path | str, encoder: TextEncoder, *, out: Path | None = None) -> Path:
    """Encode every joint text of a description set and store the vectors.

    Args:
        name: Name of a shipped set, or path of a description file.
        encoder: Turns texts into vectors; its name becomes part of the file's name.
        out: The file; beside the description file if left out, which is where they are looked for.

    Returns:
        The file written; one of the same name is replaced in one step.

    Raises:
        DescriptionError: The description set cannot be read.
    """
    descriptions = load_descriptions(name)
    vectors = encode_joint_texts(
        descriptions.actions, get_layout(descriptions.layout), encoder
    ).astype(np.float16)
    path = out or vectors_path(name, encoder=encoder.name)
    with create_file(path) as file:
        np.savez_compressed(
            file,
            vectors=vectors,
            encoder=np.array(encoder.name),
            texts_sha256=np.array(digest_set(descriptions)),
        )
    return path


def encode_joint_texts(
    actions: Sequence[ActionDescription], layout: Layout, encoder: TextEncoder
) -> NDArray[np.float32]:
    """(K V D) float32: actions in this order, joints in the order of the layout."""
    flat = encoder.encode([action.joints[joint] for action in actions for joint in layout.joints])
    return flat.reshape(len(actions), layout.joint_count, flat.shape[-1])


def vectors_path(name: Path | str, *, encoder: str) -> Path:
    """Where the vectors of a description set lie: ``<set>.<encoder>.npz`` beside its file."""
    return descriptions_path(name).with_suffix(f".{encoder_slug(encoder)}.npz")


def digest_set(descriptions: DescriptionSet) -> str:
    """sha256 of actions, joints and joint texts, in order; what the vectors depend on."""
    joints = get_layout(descriptions.layout).joints
    names = [action.action for action in descriptions.actions]
    texts = [[action.joints[joint] for joint in joints] for action in descriptions.actions]
    content = json.dumps([names, joints, texts], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()
