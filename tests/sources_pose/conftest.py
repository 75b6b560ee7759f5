"""Networks and videos of real people, fetched once by the usual clients; skipped where not."""

import shutil

import pytest

from crossglg.cache import cache_folder
from crossglg.sources.pose.models import NPM_PACKAGE, install_from_npm
from real_videos import extract_video, fetch


@pytest.fixture(scope="session")
def npm_file():
    """The package that carries the pose networks."""
    folder = cache_folder() / "tests"
    found = sorted(folder.glob("mediapipe-pose-*.tgz"))
    if not found:
        if not shutil.which("npm"):
            pytest.skip("npm is not installed, which fetches the pose networks")
        fetch(["npm", "pack", "--silent", NPM_PACKAGE], folder)
        found = sorted(folder.glob("mediapipe-pose-*.tgz"))
    return found[0]


@pytest.fixture(scope="session")
def pose_models(npm_file):
    """Size -> task file."""
    pytest.importorskip("mediapipe", reason="mediapipe is not installed")
    return install_from_npm(npm_file)


@pytest.fixture(scope="session")
def real_video(tmp_path_factory):
    """Videos of people by wheel and member name."""
    return lambda wheel, member: extract_video(
        wheel, member, tmp_path_factory.mktemp("video") / "video.mp4"
    )
