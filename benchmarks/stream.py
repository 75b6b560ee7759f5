"""What a frame of a stream costs, by part, and what looking into it costs.

python benchmarks/stream.py RUN [--poses-of VIDEO]

A body moves and rests in turn. ``cheap`` is all that is done for every frame (mapping, grid,
motion); ``look`` is the network, which runs when a motion ends or, at a stride, inside long ones;
``count`` is how often what is under way has been done, which is looked at where somebody asks.
The rows called ``instead`` recompute a whole window for every frame, which is what is saved. Times
are of the processor, all threads together, so that other programs do not count; the shares are of
the time between two frames at 30 frames per second, on one core.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from crossglg.gallery import Gallery
from crossglg.live import StreamRecogniser
from crossglg.live.motion import measure_motion
from crossglg.oneshot.features import prepare_clip
from crossglg.recogniser import Recogniser
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.mapping import map_clip
from crossglg.sources.choreography import choreography
from crossglg.sources.pose import PoseOptions
from crossglg.sources.pose.video import read_images

_FRAME_MS = 1000 / 30
_REPEATS = 15
_COUNTED_S = (10, 30, 60)


def show(name: str, taken_ms: list[float]) -> None:
    """One row."""
    median, late = statistics.median(taken_ms), float(np.quantile(taken_ms, 0.95))
    print(f"| {name} | {median:.2f} | {late:.2f} | {100 * median / _FRAME_MS:.1f} % |", flush=True)


def clock(act: Callable[[], object], *, repeats: int = _REPEATS) -> list[float]:
    """Milliseconds of each call, after one that warms up."""
    act()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        act()
        taken.append(1000 * (time.process_time() - start))
    return taken


def play(gallery: Gallery, clip: SkeletonClip) -> tuple[list[float], list[float]]:
    """Milliseconds of the frames in which the network did not run, and of those in which it did."""
    stream = StreamRecogniser(gallery, layout=clip.layout, fps=clip.fps)
    looks = 0
    recognise = gallery.recognize_all

    def count(clips: list[SkeletonClip], **options: float) -> object:
        nonlocal looks
        looks += 1
        return recognise(clips, **options)

    object.__setattr__(gallery, "recognize_all", count)  # a gallery is frozen; this is a probe
    cheap, looking = [], []
    for t in range(clip.frame_count):
        before, start = looks, time.process_time()
        stream.push(t / clip.fps, clip.joints[:, t], clip.visible[:, t])
        taken = 1000 * (time.process_time() - start)
        (looking if looks > before else cheap).append(taken)
    return cheap, looking


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--poses-of", type=Path, help="Also time poses out of this video.")
    words = parser.parse_args()
    recogniser = Recogniser.load(words.run)
    actions = ["wave right hand", "squat", "clap hands"]
    shown = choreography(performers=2, repeats=1, classes=actions)
    clips = list(shown.clips())
    gallery = Gallery(recogniser)
    for number, name in enumerate(("wave", "squat", "clap")):
        gallery = gallery.enroll(name, clips[number])
    parts = []
    for clip in clips * 3:
        parts += [np.repeat(clip.joints[:, :1], 40, axis=1), clip.joints]
    joints = np.concatenate(parts, axis=1)
    seen = np.ones(joints.shape[:3], dtype=np.bool_)
    stream = SkeletonClip(joints, seen, clips[0].fps, clips[0].layout)
    window = stream.with_joints(joints[:, :90], seen[:, :90])

    print("| part | median, ms | 95 %, ms | of a frame's time |\n|---|---:|---:|---:|")
    cheap, looking = play(gallery, stream)
    show("cheap: every frame", cheap)
    show("look: when a motion ends", looking)
    show(
        f"all frames, mean ({len(looking)} looks in {stream.frame_count} frames)",
        [statistics.mean(cheap + looking)],
    )
    squat = clips[len(actions) + 1]
    for length_s in _COUNTED_S:
        times = round(length_s / squat.duration_s)
        done = squat.with_joints(
            np.tile(squat.joints, (1, times, 1, 1)), np.tile(squat.visible, (1, times, 1))
        )
        taken = clock(lambda done=done: gallery.count(done, "squat"))
        show(f"count: what has been under way for {length_s} s", taken)
    target = recogniser.checkpoint.layout
    show("instead, for every frame: map a window of 3 s", clock(lambda: map_clip(window, target)))
    show("instead: motion of the window", clock(lambda: measure_motion(window)))
    show("instead: prepare the window", clock(lambda: prepare_clip(window, recogniser.checkpoint)))
    show("instead: embed the window", clock(lambda: recogniser.embed([window])))
    if words.poses_of:
        images = list(read_images(words.poses_of))[:60]
        for size in ("lite", "full", "heavy"):
            estimator = PoseOptions(size).create()
            taken = []
            for time_s, image in images:
                start = time.process_time()
                estimator.estimate(image, time_s=time_s)
                taken.append(1000 * (time.process_time() - start))
            estimator.close()
            show(f"poses out of pictures, {size}", taken[5:])


if __name__ == "__main__":
    main()
