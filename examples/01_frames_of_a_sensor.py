"""Actions recognised in a program of your own, from the frames of a sensor: a robot's, a game's.

python examples/01_frames_of_a_sensor.py

A sensor names its joints in its own way, measures in millimetres, and lets an axis of its own point
up. ``to_frame`` is all there is to write anew for another one.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

import crossglg
from crossglg.gallery import Gallery
from crossglg.live import StreamRecogniser
from crossglg.skeleton import recognise_layout
from crossglg.skeleton.mapping import map_clip
from crossglg.sources.single import read_clip
from crossglg.threads import one_thread_a_clip

CLIPS = Path(__file__).with_name("clips.npz")
FPS = 30
SENSOR_JOINTS = (
    *("Head", "Neck", "SpineMid", "LeftShoulder", "LeftElbow", "LeftHand"),
    *("RightShoulder", "RightElbow", "RightHand", "LeftHip", "LeftKnee", "LeftFoot"),
    *("RightHip", "RightKnee", "RightFoot"),
)
LAYOUT, ORDER = recognise_layout(SENSOR_JOINTS)  # the joints count, not their order

Tracked = dict[str, tuple[float, float, float]]
"""What the sensor says of one body: millimetres, z up; joints that it lost are not there."""


def to_frame(tracked: Tracked) -> tuple[np.ndarray, np.ndarray]:
    """(1 V 3) metres with y up, and (1 V) whether each joint was seen."""
    unseen = (np.nan, np.nan, np.nan)
    x, y, z = np.array([tracked.get(name, unseen) for name in SENSOR_JOINTS])[ORDER].T / 1000
    joints = np.stack([x, z, -y], axis=1)
    return joints[None], np.isfinite(joints).all(axis=1)[None]


def read_sensor() -> Iterator[Tracked]:
    """In place of a sensor: somebody else waves, rests, and does two squats."""
    wave, squat = (
        map_clip(read_clip(f"{CLIPS}#p03_{name}_r0"), LAYOUT).joints[0]
        for name in ("wave_right_hand", "squat")
    )
    for joints in [*wave, *[wave[-1]] * FPS, *squat, *squat, *[squat[-1]] * FPS]:
        x, y, z = 1000 * joints.T
        points = zip(x, -z, y, strict=True)
        yield {SENSOR_JOINTS[place]: each for place, each in zip(ORDER, points, strict=True)}


def main() -> None:
    """Show two actions once, then say what happens."""
    gallery = Gallery(crossglg.load("open-small"))
    for name, clip in (("wave", "p00_wave_right_hand_r0"), ("squat", "p00_squat_r0")):
        gallery = gallery.enroll(name, read_clip(f"{CLIPS}#{clip}"))
    stream = StreamRecogniser(gallery, layout=LAYOUT)
    with one_thread_a_clip():
        for number, tracked in enumerate(read_sensor()):
            for event in stream.push(number / FPS, *to_frame(tracked)):
                print(f"{event.action}, {event.times} in a row, {event.confidence:.0%} sure")


if __name__ == "__main__":
    main()
