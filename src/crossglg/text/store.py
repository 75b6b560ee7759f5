"""Keep what was expensive to get: text vectors and answers, by key, in one file on disk."""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.text.encoder import TextEncoder


class DiskStore:
    """Bytes by key in an SQLite file, which several threads and processes may share.

    Args:
        file: Made when first needed.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def get(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Those of the keys that are known, with their values."""
        if not self.file.exists():
            return {}
        with closing(self._connect()) as connection:
            query = "SELECT value FROM store WHERE key = ?"
            found = {key: connection.execute(query, (key,)).fetchone() for key in set(keys)}
        return {key: row[0] for key, row in found.items() if row is not None}

    def put(self, items: Mapping[str, bytes]) -> None:
        """Keep all of these, or none if the process dies."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO store VALUES (?, ?)", items.items())

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=60)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS store (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"
        )
        return connection


class StoredEncoder:
    """A text encoder with a memory, keyed by encoder name and the sha256 of the text.

    Args:
        encoder: Makes the vectors that are missing; not called for texts seen before.
        file: Where the vectors are kept.
    """

    def __init__(self, encoder: TextEncoder, file: Path) -> None:
        self.encoder = encoder
        self.store = DiskStore(file)

    @property
    def name(self) -> str:
        """The encoder's."""
        return self.encoder.name

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(len(sentences) D) float32."""
        if not sentences:
            return self.encoder.encode(sentences)
        keys = [f"{self.name}/{hash_text(sentence)}" for sentence in sentences]
        known = self.store.get(keys)
        pairs = zip(keys, sentences, strict=True)
        new = {key: sentence for key, sentence in pairs if key not in known}
        if new:
            vectors = self.encoder.encode(list(new.values())).astype(np.float32)
            made = {key: vector.tobytes() for key, vector in zip(new, vectors, strict=True)}
            self.store.put(made)
            known |= made
        return np.stack([np.frombuffer(known[key], dtype=np.float32) for key in keys])


def hash_text(text: str) -> str:
    """sha256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
