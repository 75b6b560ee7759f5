"""Poses out of pictures: a network finds bodies, they keep their places and stand in the room."""

from crossglg.sources.pose.frames import PoseFrame, PoseSource, gather_clip
from crossglg.sources.pose.mediapipe import MediaPipePoses
from crossglg.sources.pose.models import find_pose_model, install_from_npm
from crossglg.sources.pose.tracking import PoseEstimator, Sighting, SlotTracker
from crossglg.sources.pose.video import VIDEO_SUFFIXES, PoseOptions, VideoPoses, read_video

__all__ = [
    "VIDEO_SUFFIXES",
    "MediaPipePoses",
    "PoseEstimator",
    "PoseFrame",
    "PoseOptions",
    "PoseSource",
    "Sighting",
    "SlotTracker",
    "VideoPoses",
    "find_pose_model",
    "gather_clip",
    "install_from_npm",
    "read_video",
]
