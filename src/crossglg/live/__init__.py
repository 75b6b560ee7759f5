"""Recognise while it happens: actions found in a stream of poses from a camera, video or file."""

from crossglg.live.event import Event
from crossglg.live.stream import StreamRecogniser, StreamSettings

__all__ = ["Event", "StreamRecogniser", "StreamSettings"]
