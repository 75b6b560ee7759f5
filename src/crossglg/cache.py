"""Where things that can be made again are kept."""

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """The user's cache for this package; ``CROSSGLG_CACHE`` names another folder."""
    chosen = os.environ.get("CROSSGLG_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("crossglg")
