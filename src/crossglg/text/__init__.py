"""What the words say: descriptions of actions, the joints they name, and their vectors."""

from crossglg.text.descriptions import (
    ActionDescription,
    DescriptionSet,
    Provenance,
    list_descriptions,
    load_descriptions,
)
from crossglg.text.encoder import HashingEncoder, MiniLMEncoder, TextEncoder
from crossglg.text.phrases import Phrase, find_phrases, key_joint_matrix, key_joints
from crossglg.text.prompts import fill_prompt
from crossglg.text.vectors import (
    TextGuidance,
    load_guidance,
    load_text_vectors,
    mirrored_guidance,
    write_text_vectors,
)

__all__ = [
    "ActionDescription",
    "DescriptionSet",
    "HashingEncoder",
    "MiniLMEncoder",
    "Phrase",
    "Provenance",
    "TextEncoder",
    "TextGuidance",
    "fill_prompt",
    "find_phrases",
    "key_joint_matrix",
    "key_joints",
    "list_descriptions",
    "load_descriptions",
    "load_guidance",
    "load_text_vectors",
    "mirrored_guidance",
    "write_text_vectors",
]
