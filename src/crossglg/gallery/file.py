"""A gallery in one portable file: versioned, checksummed, written whole or not at all.

A zip of arrays with a manifest. It keeps the exemplars' skeletons beside their features, so that
a newer model embeds them again.
"""

import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from crossglg.atomic import create_file
from crossglg.errors import GalleryError
from crossglg.gallery.exemplar import Exemplar, check_name, clean_source
from crossglg.gallery.gallery import Gallery
from crossglg.gallery.images import put_images_behind
from crossglg.oneshot import ClipFeatures
from crossglg.oneshot.features import FEATURE_ARRAYS
from crossglg.recogniser import ClipReader
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout

_FORMAT = 3
_FORMAT_WITHOUT_DISMISSED = 2  # still written where nothing is dismissed
_READABLE = (1, 2, 3)
_SAME_FEATURES = (2, 3)  # the first had no motion among them
_MANIFEST = "manifest.json"
_LOCK_TIMEOUT_S = 60.0
_CLIP_ARRAYS = ("joints", "visible")


def save_gallery(gallery: Gallery, path: Path | str) -> None:
    """Write a gallery, whole or not at all. Where others write too, use ``update_gallery``."""
    with create_file(Path(path)) as stream:
        stream.write(pack_gallery(gallery))


def pack_gallery(gallery: Gallery) -> bytes:
    """What ``save_gallery`` writes."""
    arrays: dict[str, NDArray[Any]] = {}
    records = []
    for number, exemplar in enumerate((*gallery.exemplars, *gallery.dismissed)):
        for name in _CLIP_ARRAYS:
            arrays[f"{number}/clip/{name}"] = getattr(exemplar.clip, name)
        for name, array in exemplar.features.arrays.items():
            arrays[f"{number}/features/{name}"] = array
        records.append(
            {
                "action": exemplar.action,
                "source": exemplar.source,
                "enrolled": exemplar.enrolled,
                "mirrored": exemplar.mirrored,
                "fps": exemplar.clip.fps,
                "layout": exemplar.clip.layout.to_json(),
            }
        )
    packed = {name: _array_bytes(array) for name, array in arrays.items()}
    manifest = {
        "format": _FORMAT if gallery.dismissed else _FORMAT_WITHOUT_DISMISSED,
        "model": gallery.recogniser.fingerprint,
        "exemplars": records,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in packed.items()},
    }
    stream = io.BytesIO()
    # Not compressed: numbers of sensors hardly shrink, and a server writes this file all the time.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        for name, data in packed.items():
            archive.writestr(f"{name}.npy", data)
    return stream.getvalue()


def load_gallery(path: Path | str, recogniser: ClipReader) -> Gallery:
    """Read a gallery; exemplars that another model or version embedded are embedded again.

    Raises:
        GalleryError: The file is damaged or of another version.
        LayoutError: A clip's joints say nothing about a joint of another model than its own.
    """
    manifest, arrays = _unpack(Path(path))
    try:
        is_same = manifest["format"] in _SAME_FEATURES
        is_fresh = is_same and manifest["model"] == recogniser.fingerprint
        shown = [
            _read_exemplar(number, record, arrays, embed_anew=None if is_fresh else recogniser)
            for number, record in enumerate(manifest["exemplars"])
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise GalleryError(
            f"{path}: expected a gallery file ({error!r}); restore it from a copy."
        ) from error
    return _sort_out(recogniser, shown)


def open_gallery(path: Path | str, recogniser: ClipReader) -> Gallery:
    """The gallery in a file; an empty one where there is no file yet.

    Raises:
        GalleryError: The file is damaged or of another version.
        LayoutError: As ``load_gallery``.
    """
    return load_gallery(path, recogniser) if Path(path).exists() else Gallery(recogniser)


def import_gallery(path: Path | str, recogniser: ClipReader) -> Gallery:
    """Read a gallery that somebody else made: only its skeletons are believed, not its features.

    Raises:
        GalleryError: The file is damaged, of another version, or holds what no gallery holds, a
            clip of nobody or of joints that say nothing about the model's among it.
    """
    path = Path(path)
    manifest, arrays = _unpack(path)
    try:
        shown = [
            _read_exemplar(number, record, arrays, embed_anew=recogniser)
            for number, record in enumerate(manifest["exemplars"])
        ]
        named = [replace(e, action=e.action and check_name(e.action)) for e in shown]
        for exemplar in named:
            datetime.fromisoformat(exemplar.enrolled)
        gallery = _sort_out(recogniser, named)
    except (KeyError, TypeError, AttributeError) as error:
        raise GalleryError(f"{path.name}: expected a gallery file ({error!r}).") from error
    except ValueError as error:  # our own errors, too: their sentences lack the file
        raise GalleryError(f"{path.name}: {error}") from error
    return gallery


def update_gallery(
    path: Path | str, recogniser: ClipReader, change: Callable[[Gallery], Gallery]
) -> Gallery:
    """Read, change and write a gallery as one step: no writer loses what another one wrote.

    Raises:
        GalleryError: The file is damaged, ``change`` refuses, or another program does not end its
            own change; then nothing is written.
        LayoutError: As ``load_gallery``.
    """
    with lock_gallery(path):
        changed = change(open_gallery(path, recogniser))
        save_gallery(changed, path)
    return changed


@contextmanager
def lock_gallery(path: Path | str) -> Iterator[None]:
    """While held, no other writer changes the file; who reads needs no lock.

    Whoever holds it must not ask for it again (``update_gallery`` does), and would wait for itself.

    Raises:
        GalleryError: Another program has held it for a minute.
    """
    path = Path(path).resolve()  # one lock, by whatever name the file is called
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_TIMEOUT_S)
    try:
        lock.acquire()
    except Timeout as error:
        raise GalleryError(
            f"{path}: another program has been changing this gallery for {_LOCK_TIMEOUT_S:.0f} "
            "seconds. Nothing was changed; try again when it has finished."
        ) from error
    except OSError as error:  # of the lock's file, which nobody has heard of
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        yield
    finally:
        lock.release()


def _sort_out(recogniser: ClipReader, shown: list[Exemplar]) -> Gallery:
    """A gallery of what was shown: actions, and what is none of them."""
    exemplars = [exemplar for exemplar in shown if exemplar.action]
    dismissed = [exemplar for exemplar in shown if not exemplar.action]
    return Gallery(recogniser, put_images_behind(exemplars), put_images_behind(dismissed))


def _array_bytes(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _unpack(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest["format"] not in _READABLE:
                raise GalleryError(
                    f"{path}: expected a gallery of version {_FORMAT}, found "
                    f"{manifest['format']}. Update crossglg."
                )
            packed = {name: archive.read(f"{name}.npy") for name in manifest["sha256"]}
    except GalleryError:  # a ValueError, too
        raise
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise GalleryError(f"{path}: expected a gallery file ({error}).") from error
    for name, expected in manifest["sha256"].items():
        if hashlib.sha256(packed[name]).hexdigest() != expected:
            raise GalleryError(f"{path}: {name} is damaged; restore the file from a copy.")
    arrays = {name: np.load(io.BytesIO(data), allow_pickle=False) for name, data in packed.items()}
    return manifest, arrays


def _read_exemplar(
    number: int,
    record: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    *,
    embed_anew: ClipReader | None,
) -> Exemplar:
    joints, visible = (arrays[f"{number}/clip/{name}"] for name in _CLIP_ARRAYS)
    clip = SkeletonClip(joints, visible, record["fps"], Layout.from_json(record["layout"]))
    if embed_anew is None:
        features = ClipFeatures(
            **{name: arrays[f"{number}/features/{name}"] for name in FEATURE_ARRAYS}
        )
    else:
        features = embed_anew.embed([clip])
    return Exemplar(
        unicodedata.normalize("NFC", record["action"]),  # older files keep what was typed
        clip,
        features,
        clean_source(record["source"]),
        record["enrolled"],
        mirrored=record.get("mirrored") is True,  # older files do not say
    )
