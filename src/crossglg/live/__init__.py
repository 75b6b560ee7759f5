"""Recognise while it happens: actions found in a stream of poses from a camera, video or file."""

from crossglg.live.camera import CameraPoses
from crossglg.live.event import Event, UnderWay
from crossglg.live.replay import ClipPoses, open_file
from crossglg.live.stream import StreamRecogniser, StreamSettings
from crossglg.sources.pose import PoseFrame, PoseSource

__all__ = [
    "CameraPoses",
    "ClipPoses",
    "Event",
    "PoseFrame",
    "PoseSource",
    "StreamRecogniser",
    "StreamSettings",
    "UnderWay",
    "open_file",
]
