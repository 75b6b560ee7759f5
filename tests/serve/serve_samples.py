"""A small model, untrained but with an honest judgement, as a run; its clips as files; a server."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import torch

from crossglg.checkpoint import PLAIN_FILE, PlainCheckpoint, write_json
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot.acceptance import FAMILIARITY
from crossglg.recogniser import ACCEPTANCE_FILE, Recogniser, learn_acceptance
from crossglg.skeleton import get_layout
from crossglg.sources.choreography import choreography

ACTIONS = (
    *("wave right hand", "squat", "clap hands", "kick forward"),
    *("bow", "jumping jack", "arm circles", "raise both arms"),
)
THREE = ACTIONS[:3]
PERFORMERS = 4
ORIGIN = "http://127.0.0.1:8000"
API = "/api/v1"


def make_run(folder: Path) -> tuple[Recogniser, dict]:
    """The recogniser, kept in ``folder``, and {(action, performer): clip}."""
    torch.manual_seed(0)
    config = ModelConfig(guidance="g2l", options={"width": 8})
    layout = get_layout("openni15")
    branch = build_plain(config, layout=layout, max_persons=1, class_count=3).eval()
    torch.nn.init.normal_(branch.importance.score.weight, std=0.4)  # else all joints are alike
    checkpoint = PlainCheckpoint(branch, config, layout, 1, 16, ("a", "b", "c"), {})
    checkpoint.save(folder / PLAIN_FILE)
    data = choreography(performers=PERFORMERS, repeats=1, classes=ACTIONS)
    acceptance = learn_acceptance(checkpoint, data, folder)
    # Who learned nothing is familiar with nothing.
    acceptance = acceptance.tempered(1 / FAMILIARITY)
    write_json(folder / ACCEPTANCE_FILE, acceptance.to_json())
    pairs = zip(data.labels, data.subjects, strict=True)
    clips = {
        (data.class_names[label], int(subject)): data.clip(number)
        for number, (label, subject) in enumerate(pairs)
    }
    return Recogniser(checkpoint, acceptance), clips


def as_json(clip) -> dict:
    """The JSON body of a clip."""
    return {
        "layout": clip.layout.name,
        "persons": clip.joints.round(4).tolist(),
        "fps": clip.fps,
    }


def enroll(client, name, clip, **query):
    answer = client.post(f"{API}/actions", params={"name": name, **query}, json=as_json(clip))
    assert answer.status_code == 201, answer.text
    return answer.json()["actions"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(run: Path, gallery: Path, *options: str, port: int | None = None):
    """The server as a process of its own; yields (address, process)."""
    port = port or free_port()
    command = [sys.executable, "-m", "crossglg", "serve", "--model", str(run)]
    command += ["--gallery", str(gallery), "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def wait_for(address: str) -> None:
    for _ in range(600):
        try:
            httpx.get(f"{address}/api/v1/health").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)
