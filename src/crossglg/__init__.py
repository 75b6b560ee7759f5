"""Show an action once, have it recognised ever after: one-shot skeleton action recognition."""

from importlib.metadata import version

from crossglg.errors import CrossGLGError
from crossglg.skeleton import Layout, SkeletonClip, get_layout, list_layouts

__version__ = version("crossglg")

__all__ = [
    "CrossGLGError",
    "Layout",
    "SkeletonClip",
    "__version__",
    "get_layout",
    "list_layouts",
]
