"""A file takes the place of the camera, as somebody without one does it."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner

from crossglg import live, terminal
from crossglg.checkpoint import PLAIN_FILE, write_json
from crossglg.cli import app, watch
from crossglg.gallery import Gallery
from crossglg.live import ClipPoses, UnderWay, open_file
from crossglg.recogniser import ACCEPTANCE_FILE
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography
from crossglg.sources.clipset import ClipSet
from crossglg.sources.pose import PoseOptions
from crossglg.sources.single import read_clip
from swung_limb import swing


@pytest.fixture(scope="module")
def place(recogniser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    (folder / "run").mkdir()
    recogniser.checkpoint.save(folder / "run" / PLAIN_FILE)
    write_json(folder / "run" / ACCEPTANCE_FILE, recogniser.acceptance.to_json())
    data = choreography(performers=2, repeats=1, classes=["wave right hand", "squat"])
    write_npz(data, folder / "clips.npz")
    return folder


@pytest.mark.slow
def test_what_a_file_shows_is_told_as_json_lines(place, monkeypatch, call_here):
    monkeypatch.chdir(place)
    run = ["--model", "run"]
    enrolled = call_here("enroll", "wave", "clips.npz#0", "--from", "0", "--to", "60", *run)
    assert enrolled.returncode == 0, enrolled.stderr
    watching = ["live", "--source", "clips.npz#0", "--json", *run]
    watched = subprocess.check_output([sys.executable, "-m", "crossglg", *watching], text=True)
    events = [json.loads(line) for line in watched.splitlines()]
    assert [event["action"] for event in events] == ["wave"]
    assert 0 <= events[0]["start_s"] < events[0]["end_s"] <= events[0]["reported_s"]
    other = [  # another person's wave, for one who believes anything and one who is never sure
        call_here("live", "--source", "clips.npz#2", "--json", "--sure", sure, *run)
        for sure in "01"
    ]
    assert [(each.returncode, bool(each.stdout)) for each in other] == [(0, True), (0, False)]


@pytest.mark.slow
def test_what_was_different_each_time_is_told_with_what_was_done(place, monkeypatch, call_here):
    monkeypatch.chdir(place)
    squat = read_clip("clips.npz#1")
    lifted = swing(squat, "right_shoulder", 50, axis=0)
    still = [np.repeat(each.joints[:, :1], 45, axis=1) for each in (squat, lifted)]
    joints = np.concatenate([still[0], squat.joints, lifted.joints, still[1]], axis=1)
    twice = squat.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    named = {"class_names": ["x"], "labels": [0], "subjects": [0], "clip_names": ["x"]}
    write_npz(ClipSet.from_clips([twice], name="x", **named), place / "twice.npz")
    own = ["--model", "run", "--gallery", "squats.crossglg"]
    assert call_here("enroll", "squat", "clips.npz#1", *own).returncode == 0
    watch = ("live", "--source", "twice.npz#0", *own, "--sure", "0", "--form")
    told = [json.loads(line) for line in call_here(*watch, "--json").stdout.splitlines()]
    assert sum(each["times"] for each in told) == 2
    assert [each["form"]["as_shown"] for each in told] == [1] * len(told)
    lines = call_here(*watch).stdout.splitlines()
    assert lines[0].endswith("squat, 2 times")
    assert lines[1].endswith("as shown")
    assert "right upper arm" in lines[2]
    start_s, end_s = (float(number) for number in lines[2].split("s")[0].split()[1::2])
    middle_s = (45 + 1.5 * squat.frame_count) / squat.fps  # on the clock of the stream
    assert start_s < middle_s < end_s


class Doing:
    """A stream in which somebody stands, moves, and has squatted so many times."""

    def __init__(self):
        self.is_moving, self.times = False, 0

    def look_under_way(self):
        return UnderWay("[squat]", 1.0, self.times) if self.times else None


def test_a_line_says_what_is_being_done_and_how_often_so_far(monkeypatch):
    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(terminal, "Console", lambda **_: console)
    stream, lines = Doing(), []
    with terminal.watching(stream, quiet=False) as report:
        for stream.is_moving, stream.times in ((False, 0), (True, 0), (True, 1), (True, 7)):
            report(12.34)
            drawn.truncate(0)
            console.print()  # draws the line anew
            lines.append(drawn.getvalue())
    told = ("at rest", "moving", "[squat], once so far", "[squat], 7 times so far")
    for line, words in zip(lines, told, strict=True):
        assert f"12.3 s  {words}" in line


class Interrupted:
    """A camera that sees a clip; then somebody presses Ctrl-C."""

    def __init__(self, clip):
        self.clip = clip
        self.is_closed = False
        self.threads = 0

    @property
    def layout(self):
        return self.clip.layout

    def frames(self):
        self.threads = torch.get_num_threads()
        try:
            yield from ClipPoses(self.clip).frames()
            raise KeyboardInterrupt
        finally:
            self.is_closed = True


@pytest.mark.usefixtures("four_threads")
def test_ctrl_c_ends_cleanly_and_tells_what_is_still_open(recogniser, clips, monkeypatch):
    shown = clips[0][0]
    camera = Interrupted(shown)
    known = Gallery(recogniser).enroll("wave", shown)
    monkeypatch.setattr(watch, "open_known", lambda gallery, model: known)
    monkeypatch.setattr(live, "CameraPoses", lambda *_args, **_named: camera)
    monkeypatch.setattr(PoseOptions, "create", lambda options: None)
    result = CliRunner().invoke(app, ["live", "--model", "run", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["action"] == "wave"
    assert camera.is_closed
    assert camera.threads == 1


def test_a_file_of_skeletons_is_replayed_frame_by_frame(place):
    source = open_file(str(place / "clips.npz#1"))
    frames = list(source.frames())
    assert source.layout.joint_count == frames[0].joints.shape[1]
    clip = ClipPoses(choreography(performers=1, repeats=1, classes=["squat"]).clip(0))
    assert np.diff([f.time_s for f in clip.frames()]) == pytest.approx(1 / 30, abs=1e-6)
