"""Actions of one's own over HTTP and on a page: the gallery behind a small, careful server."""

from crossglg.serve.config import Limits, ServeConfig

__all__ = ["Limits", "ServeConfig"]
