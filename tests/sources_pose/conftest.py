"""Networks and videos of real people, fetched once by the usual clients; skipped where not."""

import shutil
import subprocess
import sys
import zipfile

import pytest

from crossglg.cache import cache_folder
from crossglg.sources.pose.models import NPM_PACKAGE, install_from_npm

WHEELS = {"pose2sim": "Pose2Sim==0.10.49", "sports2d": "Sports2D==0.8.34"}


def _run(command, folder):
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{command[0]} could not fetch {command[-1]}: {done.stderr.strip()[-200:]}")


@pytest.fixture(scope="session")
def npm_file():
    """The package that carries the pose networks."""
    folder = cache_folder() / "tests"
    found = sorted(folder.glob("mediapipe-pose-*.tgz"))
    if not found:
        if not shutil.which("npm"):
            pytest.skip("npm is not installed, which fetches the pose networks")
        _run(["npm", "pack", "--silent", NPM_PACKAGE], folder)
        found = sorted(folder.glob("mediapipe-pose-*.tgz"))
    return found[0]


@pytest.fixture(scope="session")
def pose_models(npm_file):
    """Size -> task file."""
    pytest.importorskip("mediapipe", reason="mediapipe is not installed")
    return install_from_npm(npm_file)


@pytest.fixture(scope="session")
def real_video(tmp_path_factory):
    """Videos of people out of the wheels of Pose2Sim and Sports2D (BSD-3), by member name."""

    def get(wheel, member):
        folder = cache_folder() / "tests"
        found = sorted(folder.glob(f"{wheel}-*.whl"))
        if not found:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", WHEELS[wheel]]
            _run(pip, folder)
            found = sorted(folder.glob(f"{wheel}-*.whl"))
        with zipfile.ZipFile(found[0]) as archive:
            path = tmp_path_factory.mktemp("video") / "video.mp4"
            path.write_bytes(archive.read(member))
        return path

    return get
