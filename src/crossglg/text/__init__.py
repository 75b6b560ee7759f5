"""What the words say: descriptions of actions, the joints they name, and their vectors."""

from crossglg.text.descriptions import (
    ActionDescription,
    DescriptionSet,
    Provenance,
    list_descriptions,
    load_descriptions,
)
from crossglg.text.encoder import (
    HashingEncoder,
    TextEncoder,
    TransformersEncoder,
    create_text_encoder,
)
from crossglg.text.guidance import (
    TextGuidance,
    load_guidance,
    merge_guidance,
    mirrored_guidance,
)
from crossglg.text.phrases import Phrase, find_phrases, key_joint_matrix, key_joints
from crossglg.text.prompts import fill_prompt
from crossglg.text.store import StoredEncoder
from crossglg.text.vectors import read_text_vectors, write_text_vectors

__all__ = [
    "ActionDescription",
    "DescriptionSet",
    "HashingEncoder",
    "Phrase",
    "Provenance",
    "StoredEncoder",
    "TextEncoder",
    "TextGuidance",
    "TransformersEncoder",
    "create_text_encoder",
    "fill_prompt",
    "find_phrases",
    "key_joint_matrix",
    "key_joints",
    "list_descriptions",
    "load_descriptions",
    "load_guidance",
    "merge_guidance",
    "mirrored_guidance",
    "read_text_vectors",
    "write_text_vectors",
]
