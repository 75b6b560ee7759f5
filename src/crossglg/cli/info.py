"""The verb about the installation: info."""

import importlib.metadata
import platform

from crossglg import __version__
from crossglg.cli.app import Json, app, print_json

_PACKAGES = ("torch", "numpy", "lightning-fabric", "scikit-learn", "transformers")


@app.command()
def info(as_json: Json = False) -> None:
    """What is installed and what there is to choose from; good to paste into a bug report."""
    described = _describe_installation()
    if as_json:
        print_json(described)
        return
    for name, value in described.items():
        print(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _describe_installation() -> dict[str, str | list[str]]:
    """Versions, and the names every verb takes."""
    from crossglg.encoders import list_encoders
    from crossglg.oneshot import list_classifiers
    from crossglg.skeleton import list_layouts
    from crossglg.sources import FORMATS
    from crossglg.sources.splits import list_protocols
    from crossglg.text import list_descriptions
    from crossglg.training import RECIPES

    return {
        "crossglg": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
        "encoders": list(list_encoders()),
        "protocols": list(list_protocols()),
        "recipes": list(RECIPES),
        "classifiers": list(list_classifiers()),
        "layouts": list(list_layouts()),
        "formats": list(FORMATS),
        "descriptions": list(list_descriptions()),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
