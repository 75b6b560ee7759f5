"""Show an action once, have it recognised ever after: enrolled actions, in memory and on disk."""

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
from crossglg.gallery.gallery import Answer, Exemplar, Gallery, Recognition

__all__ = [
    "Answer",
    "Exemplar",
    "Explanation",
    "Gallery",
    "Recognition",
    "explain",
    "import_gallery",
    "load_gallery",
    "lock_gallery",
    "open_gallery",
    "pack_gallery",
    "save_gallery",
    "update_gallery",
]
