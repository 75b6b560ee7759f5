"""Show an action once, have it recognised ever after: enrolled actions, in memory and on disk."""

from crossglg.gallery.counting import Repetitions
from crossglg.gallery.exemplar import Exemplar
from crossglg.gallery.explanation import Explanation, explain
from crossglg.gallery.file import (
    import_gallery,
    load_gallery,
    lock_gallery,
    open_gallery,
    pack_gallery,
    save_gallery,
    update_gallery,
)
from crossglg.gallery.form import Form, check_form, check_once
from crossglg.gallery.gallery import Gallery
from crossglg.gallery.recognition import Answer, Recognition

__all__ = [
    "Answer",
    "Exemplar",
    "Explanation",
    "Form",
    "Gallery",
    "Recognition",
    "Repetitions",
    "check_form",
    "check_once",
    "explain",
    "import_gallery",
    "load_gallery",
    "lock_gallery",
    "open_gallery",
    "pack_gallery",
    "save_gallery",
    "update_gallery",
]
