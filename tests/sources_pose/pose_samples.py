"""A body in front of a pinhole camera, an estimator that needs no network, and small videos."""

import struct

import numpy as np

from crossglg.skeleton import get_layout
from crossglg.sources.pose import Sighting
from crossglg.sources.pose.placing import FOCAL_LENGTH

LAYOUT = get_layout("mediapipe33")


def make_body(rng):
    """(V 3) around the hips, facing the camera; x to the right of the picture, y down, z away."""
    body = rng.normal(scale=0.2, size=(LAYOUT.joint_count, 3))
    for joint, place in {
        "nose": (0, -0.7, -0.1),
        "left_hip": (0.1, 0, 0),
        "right_hip": (-0.1, 0, 0),
        "left_shoulder": (0.2, -0.5, 0),
        "right_shoulder": (-0.2, -0.5, 0),
        "right_wrist": (-0.5, -0.5, -0.2),
    }.items():
        body[LAYOUT.index(joint)] = place
    return body


def see(body, at):
    """What a perfect estimator says of a body at a place in the room."""
    placed = body + at
    picture = FOCAL_LENGTH * placed[:, :2] / placed[:, 2:]
    count = len(body)
    return Sighting(body, picture, np.ones(count), np.ones(count, dtype=np.bool_))


class SquareEstimator:
    """Sees a body wherever the picture has a bright square, in the square's place."""

    layout = LAYOUT

    def __init__(self):
        self.body = make_body(np.random.default_rng(0))
        self.times = []
        self.is_closed = False

    def estimate(self, image, *, time_s):
        self.times.append(time_s)
        bright = np.argwhere(image.max(axis=-1) > 128)
        if not len(bright):
            return []
        height, width = image.shape[:2]
        y, x = (bright.mean(axis=0) + 0.5 - np.array([height, width]) / 2) / max(height, width)
        return [see(self.body, 2.0 * np.array([x / FOCAL_LENGTH, y / FOCAL_LENGTH, 1.0]))]

    def close(self):
        self.is_closed = True


def write_video(path, columns, *, fps=20.0, size=(64, 48)):
    """A square that is at these columns, frame by frame; None leaves the picture dark."""
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, size)
    assert writer.isOpened()
    for column in columns:
        image = np.zeros((size[1], size[0], 3), dtype=np.uint8)
        if column is not None:
            image[8:16, column : column + 8] = 255
        writer.write(image)
    writer.release()
    return path


def turn_video(path):
    """Say in the container that the picture is to be turned by a quarter, as phones do."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44
    struct.pack_into(">9i", data, matrix, 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path
