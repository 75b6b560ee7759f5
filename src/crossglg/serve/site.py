"""What all requests share: the gallery, the threads, the bounds."""

from dataclasses import dataclass

from crossglg.serve.config import Limits
from crossglg.serve.limits import Places, Workers
from crossglg.serve.store import GalleryStore


@dataclass(frozen=True, eq=False)
class Site:
    """The running server.

    Attributes:
        store: The gallery.
        workers: Where clips are embedded.
        writers: Where the gallery is changed, one after another: writers that wait for each other
            must not keep those waiting who only ask.
        streams: Places for WebSocket streams.
        limits: Bounds.
        model_name: What the model is called.
        sure: The probability from which an action is named where a client does not say another.
    """

    store: GalleryStore
    workers: Workers
    writers: Workers
    streams: Places
    limits: Limits
    model_name: str
    sure: float
