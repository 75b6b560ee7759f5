"""Reading NTU RGB+D: files per second, against a reader that goes line by line.

    python benchmarks/ntu_reader.py [--files 5000] [--workers 1 2]

Writes recordings of realistic length (50 to 150 frames, every fifth of two bodies, seven digits a
number as the Kinect's files have) into a temporary folder. First both readers take turns on the
same files, in processor time; then ``prepare`` runs whole, and its archives are compared.
"""

import argparse
import functools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from crossglg.memory import keep_freed_memory
from crossglg.sources.archive import MANIFEST
from crossglg.sources.ntu import choose_scan, read_ntu_skeleton

_WALKS = 32
_LONGEST = 150
_COMPARED = 300
_TURN = 25
_REPEATS = 4

_PREPARE = """
import resource, sys
from crossglg.sources.prepare import prepare
if __name__ == "__main__":
    prepare("ntu", sys.argv[1], out=sys.argv[2], workers=int(sys.argv[3]))
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in who]
    seconds = sum(each.ru_utime + each.ru_stime for each in used)
    print(max(each.ru_maxrss for each in used) / 1024, seconds)
"""


def write_recordings(folder: Path, count: int) -> None:
    """Files cut at random from a few long walks, so that writing them takes no hour."""
    rng = np.random.default_rng(0)
    walks = [_write_walk(rng) for _ in range(_WALKS)]
    for number in range(count):
        frames = int(rng.integers(50, _LONGEST + 1))
        bodies = [
            (72057594037930000 + int(rng.integers(10**6)), walks[rng.integers(_WALKS)])
            for _ in range(2 if number % 5 == 0 else 1)
        ]
        start = int(rng.integers(_LONGEST + 1 - frames))
        lines = [str(frames)]
        for frame in range(start, start + frames):
            lines.append(str(len(bodies)))
            for body, walk in bodies:
                lines += (f"{body} 0 1 1 1 1 0 0.01119184 -0.2561493 2", walk[frame])
        name = (
            f"S{1 + number // 20000:03d}C{1 + number % 3:03d}P{1 + number // 360 % 50:03d}"
            f"R{1 + number // 3 % 2:03d}A{1 + number // 6 % 60:03d}.skeleton"
        )
        (folder / name).write_text("\n".join(lines) + "\n")


def _write_walk(rng: np.random.Generator) -> list[str]:
    """For every frame the joints of a body as text."""
    pose = rng.normal(scale=0.4, size=(25, 3)) + np.array([0.2, 0.1, 3.2])
    frames = pose + 0.01 * rng.normal(size=(_LONGEST, 25, 3)).cumsum(axis=0)
    texts = []
    for joints in frames:
        others = rng.normal(scale=0.5, size=(25, 4))
        lines = ["25"]
        for (x, y, z), turn in zip(joints, others, strict=True):
            pixels = (256 + 366 * x / z, 212 - 366 * y / z, 960 + 1060 * x / z, 540 - 1060 * y / z)
            words = [f"{value:.7g}" for value in (x, y, z, *pixels, *turn)]
            lines.append(" ".join([*words, "2"]))
        texts.append("\n".join(lines))
    return texts


def read_line_by_line(path: Path) -> np.ndarray:
    """The reference: every line by itself, every number a Python float, every joint a dict."""
    columns = ("x", "y", "z", "depthX", "depthY", "colorX", "colorY", "qw", "qx", "qy", "qz")
    frames = []
    with path.open() as stream:
        for _ in range(int(stream.readline())):
            bodies = []
            for _ in range(int(stream.readline())):
                head = stream.readline().split()
                joints = []
                for _ in range(int(stream.readline())):
                    *numbers, state = stream.readline().split()
                    joint = dict(zip(columns, map(float, numbers), strict=True))
                    joint["trackingState"] = int(state)
                    joints.append(joint)
                bodies.append((head[0], joints))
            frames.append(bodies)
    ids = list(dict.fromkeys(body for bodies in frames for body, _ in bodies))
    data = np.zeros((len(ids), len(frames), 25, 3), dtype=np.float32)
    for time_index, bodies in enumerate(frames):
        for body, joints in bodies:
            for number, joint in enumerate(joints):
                data[ids.index(body), time_index, number] = (joint["x"], joint["y"], joint["z"])
    return data


def time_reading(read, file: Path, seconds: np.ndarray, number: int):
    """Read a file and note the processor time if it is the least so far."""
    start = time.process_time()
    content = read(file)
    seconds[number] = min(seconds[number], time.process_time() - start)
    return content


def compare_readers(files: list[Path]) -> None:
    """Take turns, some files at a time; print means and the median of the ratios.

    Of every file the least time of some readings counts: what else runs on the machine can only
    add to it.
    """
    keep_freed_memory()  # as ``prepare`` does
    readers = {"line by line": read_line_by_line}
    for name, many in (("arrays", False), ("compiled", True)):
        readers[name] = functools.partial(read_ntu_skeleton, many=many)
        readers[name](files[0])  # compiled by now
    if choose_scan(many=True) is choose_scan(many=False):
        del readers["compiled"]
        print("numba is not installed (extra fast): nothing compiled")
    seconds = {name: np.full(len(files), np.inf) for name in readers}
    for start in range(0, len(files), _TURN):
        turn = range(start, min(start + _TURN, len(files)))
        for _ in range(_REPEATS):
            compare_once(readers, files, seconds, turn)
    size = statistics.mean(file.stat().st_size for file in files)
    print(f"{len(files)} files of {size / 1e3:.0f} kB on average; processor time, same clips read")
    for name, least in seconds.items():
        each, times = least.mean(), np.median(seconds["line by line"] / least)
        print(
            f"{name:14}{each * 1e3:7.2f} ms per file, {1 / each:6.0f} files per second and core, "
            f"{times:5.1f} times as fast (median of the files' ratios)"
        )


def compare_once(readers, files: list[Path], seconds: dict[str, np.ndarray], turn: range) -> None:
    """Every reader reads the same few files; the first says what all must have read."""
    clips = {
        name: [time_reading(read, files[n], seconds[name], n) for n in turn]
        for name, read in readers.items()
    }
    expected, *others = clips.values()
    for read in others:
        for clip, joints in zip(read, expected, strict=True):
            np.testing.assert_array_equal(clip.joints, joints)


def run_prepare(folder: Path, out: Path, count: int, workers: int) -> str:
    """Prepare in a process of its own; returns the manifest."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE, str(folder), str(out / "ntu"), str(workers)],
        check=True,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    most, seconds = map(float, done.stdout.split())
    print(
        f"prepare, {workers} worker(s): {wall:.1f} s wall, {seconds:.1f} s of processor time, "
        f"{count / seconds:.0f} files per second and core, largest process {most:.0f} MB",
        flush=True,
    )
    return (out / "ntu" / MANIFEST).read_text()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "raw"
        folder.mkdir()
        write_recordings(folder, chosen.files)
        files = sorted(folder.iterdir())
        compare_readers(files[:: max(1, len(files) // _COMPARED)])
        manifests = []
        for number, workers in enumerate(chosen.workers):
            out = Path(temporary) / f"out{number}"
            out.mkdir()
            manifests.append(run_prepare(folder, out, len(files), workers))
        if manifests:
            print(f"archives equal to the last byte: {len(set(manifests)) == 1}")


if __name__ == "__main__":
    main()
