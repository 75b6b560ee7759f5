"""What a request asks of the gallery and the model, without HTTP: pure functions of a snapshot."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from crossglg import SURE
from crossglg.errors import GalleryError
from crossglg.gallery import Exemplar, Gallery, check_form, import_gallery
from crossglg.serve.config import Limits
from crossglg.serve.problems import ServeError
from crossglg.serve.store import find_action
from crossglg.serve.uploads import check_archive, keep_briefly
from crossglg.serve.weights import relative_importance
from crossglg.serve.wire import (
    ClipView,
    ExemplarView,
    FormView,
    RecognitionView,
    RepetitionsView,
)
from crossglg.skeleton.clip import SkeletonClip


def recognize(
    gallery: Gallery, clip: SkeletonClip, *, top: int, sure: float = SURE
) -> RecognitionView:
    """Name the action of a clip, and say where the model looked.

    Raises:
        ServeError: 409, nothing is enrolled.
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: Nobody is seen in the clip, or a joint is farther away than any can be.
    """
    if not gallery.exemplars:
        raise ServeError(409, "Nothing is enrolled yet. Show an action first.")
    query = gallery.embed(clip)
    importance = relative_importance(query.importance[0], gallery.recogniser, clip.layout)
    found = gallery.judge(gallery.distances(query)[0], top=top, sure=sure)
    return RecognitionView.of(found, importance)


def count(gallery: Gallery, clip: SkeletonClip, wanted: str) -> RepetitionsView:
    """How often a clip shows an action.

    Raises:
        ServeError: 404, there is no such action.
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: Nobody is seen in the clip, or nobody moves in what was shown.
    """
    return RepetitionsView.of(gallery.count(clip, find_action(gallery, wanted)))


def describe_form(
    gallery: Gallery, clip: SkeletonClip, wanted: str, tolerance_deg: float
) -> FormView:
    """What was different in each repetition of an action.

    Raises:
        ServeError: 404, there is no such action.
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: Nobody is seen in the clip, or nobody moves in what was shown.
    """
    action = find_action(gallery, wanted)
    return FormView.of(check_form(gallery, clip, action, tolerance_deg=tolerance_deg))


def show_exemplar(gallery: Gallery, wanted: str, number: int) -> ClipView:
    """An exemplar as it moves, with what the model looks at.

    Raises:
        ServeError: 404, there is none.
    """
    action = find_action(gallery, wanted)
    return _show(gallery, _find(gallery.shown(action), number, f"'{action}' has"))


def show_dismissed(gallery: Gallery, number: int) -> ClipView:
    """A dismissed clip as it moves, with what the model looks at.

    Raises:
        ServeError: 404, there is none.
    """
    return _show(gallery, _find(gallery.dismissed_as_shown, number, "Dismissed are"))


def remove_exemplar(gallery: Gallery, wanted: str, number: int, clip_id: str) -> Gallery:
    """The gallery without one of the clips that show an action.

    Args:
        gallery: As it is.
        wanted: The action's id.
        number: Of the clip, from 0.
        clip_id: Its own; empty for whichever has the number.

    Raises:
        ServeError: 404, there is none.
    """
    action = find_action(gallery, wanted)
    _find(gallery.shown(action), number, f"'{action}' has", clip_id)
    return gallery.remove(action, number)


def forget_dismissed(gallery: Gallery, number: int, clip_id: str) -> Gallery:
    """The gallery in which one clip is dismissed no longer; arguments as above.

    Raises:
        ServeError: 404, there is none.
    """
    _find(gallery.dismissed_as_shown, number, "Dismissed are", clip_id)
    return gallery.forget_dismissed(number)


def _find(shown: Sequence[Exemplar], number: int, whose: str, clip_id: str = "") -> Exemplar:
    is_there = 0 <= number < len(shown)
    if clip_id and not (is_there and ExemplarView.of(shown[number]).id == clip_id):
        raise ServeError(404, "This clip, or one before it, was deleted meanwhile.")
    if not is_there:
        raise ServeError(404, f"{whose} {len(shown)} clips, counted from 0.")
    return shown[number]


def _show(gallery: Gallery, exemplar: Exemplar) -> ClipView:
    importance = relative_importance(
        exemplar.features.importance[0], gallery.recogniser, exemplar.clip.layout
    )
    return ClipView.of(exemplar.clip, importance)


def read_gallery(content: bytes, gallery: Gallery, limits: Limits) -> Gallery:
    """The gallery in an uploaded file, embedded anew by our model.

    Raises:
        GalleryError: It is none.
        SourceError: It unpacks to more than allowed.
        ServeError: 413, too many clips.
    """
    with keep_briefly(content, ".crossglg") as path:
        check_archive(path, limits)
        _refuse_many(path, limits)
        try:
            return import_gallery(path, gallery.recogniser)
        except GalleryError as error:  # our folder is nobody's business
            raise GalleryError(str(error).replace(str(path), path.name)) from error


def _refuse_many(path: Path, limits: Limits) -> None:
    """Embedding costs time per clip, so clips are counted before."""
    try:
        with zipfile.ZipFile(path) as archive:
            count = sum(name.endswith("/clip/joints.npy") for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise GalleryError(f"Expected a gallery file ({error}).") from error
    if count > limits.exemplars:
        raise ServeError(413, f"Expected at most {limits.exemplars} clips, found {count}.")
