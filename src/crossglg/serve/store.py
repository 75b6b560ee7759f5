"""The gallery as the server sees it: readers hold a snapshot, writers swap it whole.

Other programs may change the file at any time (``crossglg enroll``), so a snapshot is thrown away
when the file is no longer the one it was read from.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crossglg.gallery import Gallery, lock_gallery, open_gallery, pack_gallery, save_gallery
from crossglg.recogniser import ClipReader
from crossglg.serve.problems import ServeError

_Signature = tuple[int, int, int] | None


@dataclass(frozen=True, eq=False)
class _Snapshot:
    signature: _Signature
    gallery: Gallery


class GalleryStore:
    """One gallery file, for many threads.

    Args:
        path: The file; it need not exist yet.
        recogniser: The model.
        most_exemplars: Where to stop enrolling.

    Raises:
        GalleryError: The file is damaged.
    """

    def __init__(self, path: Path, recogniser: ClipReader, *, most_exemplars: int) -> None:
        self._path, self._most = path, most_exemplars
        self.recogniser = recogniser
        self._reading = threading.Lock()
        self._snapshot = self._read()

    def current(self) -> Gallery:
        """The gallery as it is in the file.

        Raises:
            GalleryError: The file was damaged by something else.
        """
        if _sign(self._path) != self._snapshot.signature:
            with self._reading:
                if _sign(self._path) != self._snapshot.signature:
                    self._snapshot = self._read()
        return self._snapshot.gallery

    def change(self, change: Callable[[Gallery], Gallery]) -> Gallery:
        """Change the file and the snapshot; no change of anybody is lost.

        Raises:
            GalleryError: ``change`` refuses.
            ServeError: 409, the gallery would become too large.
        """
        with lock_gallery(self._path):
            before = self.current()
            changed = change(before)
            if changed.clip_count > max(self._most, before.clip_count):
                raise ServeError(
                    409,
                    f"The gallery is full: {self._most} clips. Delete an action or some examples "
                    "first, or forget what was dismissed.",
                )
            save_gallery(changed, self._path)
            # Still locked: the file that is signed is the one that was written.
            self._snapshot = _Snapshot(_sign(self._path), changed)
        return changed

    def export(self) -> bytes:
        """The gallery as a file.

        Raises:
            GalleryError: The file was damaged by something else.
        """
        return pack_gallery(self.current())

    def _read(self) -> _Snapshot:
        # Signed before reading: a file that is replaced in between is read again next time.
        signature = _sign(self._path)
        return _Snapshot(signature, open_gallery(self._path, self.recogniser))


def action_id(action: str) -> str:
    """A short name of an action that is safe in an address."""
    return hashlib.sha256(action.encode()).hexdigest()[:16]


def find_action(gallery: Gallery, wanted: str) -> str:
    """The action of this id.

    Raises:
        ServeError: 404, none has it.
    """
    for action in gallery.actions:
        if action_id(action) == wanted:
            return action
    raise ServeError(404, "No such action; it may have been renamed or deleted meanwhile.")


def _sign(path: Path) -> _Signature:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size
