"""A camera that is faster than its reader loses frames, not time; it is freed in the end."""

import threading
import time

import numpy as np
import pytest

from crossglg.errors import SourceError
from crossglg.live import CameraPoses
from crossglg.skeleton import get_layout
from optional import skip_without

cv2 = skip_without("cv2", extra="live")


class Device:
    """Gives numbered pictures, as many as it has, one each millisecond."""

    def __init__(self, pictures):
        self.left = pictures
        self.read_so_far = 0
        self.is_free = False

    def isOpened(self):
        return self.left > 0

    def read(self):
        if self.read_so_far == self.left:
            return False, None
        time.sleep(0.001)
        self.read_so_far += 1
        return True, np.full((4, 4, 3), self.read_so_far % 256, dtype=np.uint8)

    def release(self):
        self.is_free = True


class SlowEstimator:
    layout = get_layout("mediapipe33")

    def __init__(self):
        self.pictures = []
        self.is_closed = False

    def estimate(self, image, *, time_s):
        time.sleep(0.02)
        self.pictures.append((time_s, int(image[0, 0, 0])))
        return []

    def close(self):
        self.is_closed = True


@pytest.fixture
def plug_in(monkeypatch):
    def plug(pictures):
        device = Device(pictures)
        monkeypatch.setattr(cv2, "VideoCapture", lambda number: device)
        return device

    return plug


def test_a_slow_estimator_sees_fewer_pictures_and_never_old_ones(plug_in):
    device, estimator = plug_in(100), SlowEstimator()
    frames = list(CameraPoses(0, estimator).frames())
    shown = [number for _, number in estimator.pictures]
    assert len(frames) == len(shown) < 60
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert frames[0].time_s == 0
    assert (np.diff([frame.time_s for frame in frames]) > 0).all()
    assert device.is_free
    assert estimator.is_closed


def test_closing_stops_the_thread_and_frees_the_camera(plug_in):
    device, estimator = plug_in(10**9), SlowEstimator()
    frames = CameraPoses(0, estimator).frames()
    next(frames)
    frames.close()
    assert device.is_free
    assert estimator.is_closed
    assert "camera" not in [thread.name for thread in threading.enumerate()]


def test_a_camera_that_is_not_there_is_named(plug_in):
    plug_in(0)
    with pytest.raises(SourceError, match="camera 3: expected a camera"):
        next(CameraPoses(3, SlowEstimator()).frames())
