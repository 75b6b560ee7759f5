"""Digests: by which a run knows what it learned from, whatever it is called."""

import json
from collections.abc import Mapping
from hashlib import sha256

import numpy as np

from crossglg.skeleton.layout import Layout
from crossglg.sources.clipset import ClipSet
from crossglg.text import TextGuidance

DIGESTS: Mapping[str, str] = {
    "data_sha256": "the clips are not those that it learned from",
    "texts_sha256": "the texts are not those that it learned from",
    "layout_sha256": "the bones or the root are not those that it learned with",
}
"""Keys of a provenance, and what it means that one differs."""


def digest_sources(clips: ClipSet, guidance: TextGuidance | None) -> dict[str, str]:
    """What a run learns from, by the keys of ``DIGESTS``; empty where there are no texts."""
    texts = "" if guidance is None else digest_texts(guidance)
    found = digest_clips(clips), texts, digest_layout(clips.layout)
    return dict(zip(DIGESTS, found, strict=True))


def digest_clips(clips: ClipSet) -> str:
    """SHA-256 of all clips in their order, with their classes and subjects; reads every row."""
    shown = np.unique(clips.labels).tolist()
    names = [clips.class_names[label] for label in shown]
    digest = sha256(json.dumps([clips.layout.joints, shown, names]).encode())
    for each in (clips.labels, clips.subjects, clips.persons, clips.frames, clips.fps):
        digest.update(each.tobytes())
    for start, stop in zip(clips.starts, clips.starts + clips.persons * clips.frames, strict=True):
        digest.update(clips.rows[start:stop].tobytes())
        if clips.visible is not None and not clips.visible[start:stop].all():
            digest.update(clips.visible[start:stop].tobytes())
    return digest.hexdigest()


def digest_layout(layout: Layout | None) -> str:
    """SHA-256 of how joints hang together, whatever the layout is called.

    None stands for the layout that the data bring along.
    """
    described = None if layout is None else [layout.joints, layout.parents]
    return sha256(json.dumps(described).encode()).hexdigest()


def digest_texts(guidance: TextGuidance) -> str:
    """SHA-256 of what texts say about each class: its key joints, and a vector per joint."""
    digest = sha256(json.dumps(guidance.class_names).encode())
    digest.update(guidance.key_joints.tobytes())
    digest.update(guidance.joint_texts.astype(np.float16).tobytes())  # as they are stored in files
    return digest.hexdigest()
