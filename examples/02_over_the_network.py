"""Actions recognised from a program in any language: JSON over HTTP and a WebSocket.

    crossglg serve --model open-small --gallery mine.crossglg     # in another terminal
    python examples/02_over_the_network.py

What is sent and heard is all there is to do in C#, C++, JavaScript or whatever your robot or game
is written in; the clips stand for its sensor. The messages: docs/serve.md, "The API".
"""

import json
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

from websockets.sync.client import connect

from crossglg.skeleton import SkeletonClip
from crossglg.sources.single import read_clip

CLIPS = Path(__file__).with_name("clips.npz")


def enrol(server: str, name: str, clip: SkeletonClip) -> None:
    """Show an action once: all frames together, (M T V 3) metres with y up."""
    persons = clip.joints.round(3).tolist()
    body = json.dumps({"layout": clip.layout.name, "persons": persons, "fps": clip.fps})
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"http://{server}/api/v1/actions?name={name}", body.encode(), headers)):
        print(f"shown: {name}")


def play(server: str, clip: SkeletonClip) -> None:
    """Send frames as they come, (M V 3) each, and print what comes back."""
    with connect(f"ws://{server}/api/v1/stream") as stream:
        stream.send(json.dumps({"type": "start", "layout": clip.layout.name}))
        for number in range(clip.frame_count):
            persons = clip.joints[:, number].round(3).tolist()
            frame = {"type": "frame", "time_s": number / clip.fps, "persons": persons}
            stream.send(json.dumps(frame))
            time.sleep(1 / clip.fps)
        stream.send(json.dumps({"type": "stop"}))
        for message in stream:
            said = json.loads(message)
            if said["type"] == "event":
                print(f"{said['action']}, {said['times']} in a row, {said['confidence']:.0%} sure")


def main(server: str = "127.0.0.1:8000") -> None:
    """Show two actions once; then somebody else waves."""
    for name, clip in (("wave", "p00_wave_right_hand_r0"), ("squat", "p00_squat_r0")):
        enrol(server, name, read_clip(f"{CLIPS}#{clip}"))
    play(server, read_clip(f"{CLIPS}#p03_wave_right_hand_r0"))


if __name__ == "__main__":
    main(*sys.argv[1:])
