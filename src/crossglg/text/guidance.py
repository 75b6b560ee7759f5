"""What the words say about the classes at hand, as arrays for the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.cache import cache_folder
from crossglg.errors import DescriptionError
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.text.descriptions import joint_sources, load_descriptions
from crossglg.text.encoder import create_text_encoder
from crossglg.text.extractors import create_reader
from crossglg.text.phrases import PhraseReader, key_joint_matrix
from crossglg.text.store import StoredEncoder
from crossglg.text.vectors import encode_joint_texts, read_text_vectors
from crossglg.words import plain_name

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
    class_names: Sequence[str],
    layout: Layout,
    *,
    descriptions: Path | str,
    encoder: str = SHIPPED_ENCODER,
    reader: str = "rules",
) -> TextGuidance:
    """Key joints and joint text vectors for these classes on this layout.

    Vectors lie beside the description file, or are made once and remembered.

    Args:
        class_names: K action names; the set must describe each, spelling details do not matter.
        layout: Any layout; its joints take the text of the same-named joint of the set, or of
            the nearest one.
        descriptions: Name of a shipped description set or path of a JSON file. Several joined by
            ``+`` are merged; several joined by a comma are asked in turn, each class being
            described by the first that knows it.
        encoder: Name of the text encoder.
        reader: What finds the key joints in the global text: rules, spacy or corenlp.

    Raises:
        DescriptionError: A class has no description, or the set's layout has nothing to say
            about a joint.
        MissingExtraError: The texts have no vectors yet and the encoder is not installed.
        ConfigError: No such encoder or reader.
    """
    sets = split_sets(descriptions)
    read = create_reader(reader)
    shares = _share_out(class_names, sets) if len(sets) > 1 else [tuple(class_names)]
    guidances = [
        merge_guidance([_load_one(share, layout, name, encoder, read) for name in names])
        for share, names in zip(shares, sets, strict=True)
        if share
    ]
    return _line_up(guidances, class_names)


def split_sets(descriptions: Path | str) -> list[list[str]]:
    """Names and files that ``load_guidance`` reads: asked in turn, those of one list merged."""
    whole = str(descriptions)
    return [[whole]] if Path(whole).exists() else [part.split("+") for part in whole.split(",")]


def _share_out(class_names: Sequence[str], sets: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Which classes each set describes: those that no set before it knows."""
    known = [
        {plain_name(action.action) for action in load_descriptions(names[0]).actions}
        for names in sets
    ]
    first = {
        name: next((n for n, those in enumerate(known) if plain_name(name) in those), None)
        for name in class_names
    }
    if missing := [name for name, number in first.items() if number is None]:
        raise DescriptionError(
            f"None of {', '.join('+'.join(names) for names in sets)} says anything about: "
            f"{'; '.join(missing)}. Add a set that covers these classes."
        )
    return [tuple(n for n in class_names if first[n] == number) for number in range(len(sets))]


def _line_up(guidances: Sequence[TextGuidance], class_names: Sequence[str]) -> TextGuidance:
    """Guidances of different classes as one, in the order of ``class_names``."""
    rows = [name for guidance in guidances for name in guidance.class_names]
    order = [rows.index(name) for name in class_names]
    return replace(
        guidances[0],
        key_joints=np.concatenate([g.key_joints for g in guidances])[order],
        joint_texts=np.concatenate([g.joint_texts for g in guidances])[order],
        class_names=tuple(class_names),
        source=", ".join(g.source for g in guidances),
    )


def _load_one(
    class_names: Sequence[str], layout: Layout, descriptions: str, encoder: str, read: PhraseReader
) -> TextGuidance:
    texts = load_descriptions(descriptions)
    chosen = texts.for_classes(class_names)
    order = [plain_name(action.action) for action in texts.actions]
    rows = [order.index(plain_name(name)) for name in class_names]
    home = get_layout(texts.layout)
    columns = [home.index(joint) for joint in joint_sources(home, layout)]
    stored = read_text_vectors(descriptions, encoder=encoder)
    if stored is None:
        memory = StoredEncoder(create_text_encoder(encoder), cache_folder() / "texts.sqlite")
        vectors = encode_joint_texts(chosen, home, memory)[:, columns]
    else:
        vectors = stored[np.ix_(rows, columns)].astype(np.float32)
    return TextGuidance(
        key_joints=key_joint_matrix(chosen, layout, read=read),
        joint_texts=vectors,
        class_names=tuple(class_names),
        source=f"{texts.name} ({texts.layout}), {encoder}",
    )


def merge_guidance(guidances: Sequence[TextGuidance]) -> TextGuidance:
    """Several descriptions of the same classes as one: agreement weighs, vectors are averaged.

    A joint that every description calls important gets more of ``key_joints`` than one that
    only some do.

    Raises:
        DescriptionError: They speak of other classes, other joints, or come from other encoders.
    """
    first = guidances[0]
    for other in guidances[1:]:
        if other.class_names != first.class_names or (
            other.joint_texts.shape != first.joint_texts.shape
        ):
            raise DescriptionError(
                f"Expected descriptions of the same classes, joints and text width to merge, found "
                f"{first.source} {first.joint_texts.shape} and {other.source} "
                f"{other.joint_texts.shape}."
            )
    if len(guidances) == 1:
        return first
    return replace(
        first,
        key_joints=np.mean([g.key_joints for g in guidances], axis=0, dtype=np.float32),
        joint_texts=np.mean([g.joint_texts for g in guidances], axis=0, dtype=np.float32),
        source=" + ".join(g.source for g in guidances),
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
