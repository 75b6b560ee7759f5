"""Enrol, recognise, rename, list and forget, as somebody at a terminal does."""

import json
import subprocess
import sys

import numpy as np
import pytest

from crossglg.checkpoint import PLAIN_FILE, write_json
from crossglg.errors import SourceError
from crossglg.recogniser import ACCEPTANCE_FILE
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography
from crossglg.sources.clipset import ClipSet
from crossglg.sources.single import read_clip
from swung_limb import swing


@pytest.fixture(scope="module")
def place(recogniser, tmp_path_factory):
    """A folder with a run and a file of four clips."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "run").mkdir()
    recogniser.checkpoint.save(folder / "run" / PLAIN_FILE)
    write_json(folder / "run" / ACCEPTANCE_FILE, recogniser.acceptance.to_json())
    data = choreography(performers=2, repeats=1, classes=["wave right hand", "squat"])
    write_npz(data, folder / "clips.npz")
    return folder


def call(place, *words):
    command = [sys.executable, "-m", "crossglg", *words, "--model", "run"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)


@pytest.fixture
def call_there(place, monkeypatch, call_here):
    """The same in this process."""
    monkeypatch.chdir(place)
    return lambda *words: call_here(*words, "--model", "run")


@pytest.fixture
def gallery(request):
    """A file of the test's own."""
    return f"{request.node.name}.crossglg"


@pytest.fixture
def say(call_there, gallery):
    """What a call that goes well prints."""

    def say_once(*words):
        done = call_there(*words, "--gallery", gallery)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return say_once


@pytest.mark.slow
def test_a_gallery_is_kept_from_call_to_call(place, call_there):
    assert call(place, "enroll", "wave", "clips.npz#0").returncode == 0
    second = call(place, "enroll", "squat", "clips.npz#1")
    assert "knows wave, squat" in second.stdout, second.stderr
    found = json.loads(call_there("recognize", "clips.npz#1", "--json").stdout)
    assert found["action"] == "squat"
    assert [answer["action"] for answer in found["answers"]] == ["squat", "wave"]
    assert "unknown" in call_there("recognize", "clips.npz#1").stdout
    call_there("rename", "wave", "hello")
    listed = json.loads(call_there("list", "--json").stdout)["actions"]
    assert [row["action"] for row in listed] == ["hello", "squat"]
    call_there("remove", "hello")
    refused = call_there("remove", "hello")
    assert refused.returncode == 1
    assert "Enrolled: squat" in refused.stderr


@pytest.mark.slow
def test_what_is_dismissed_is_unknown_until_that_is_forgotten(place, call_there, say):
    def name(clip, *options):
        return json.loads(say("recognize", clip, "--json", *options))["action"]

    say("enroll", "squat", "clips.npz#1")
    assert name("clips.npz#3") == "squat"
    assert name("clips.npz#3", "--sure", "1") is None
    assert "1 clip(s) are none of the actions" in say("dismiss", "clips.npz#3")
    assert name("clips.npz#3") is None
    assert "none of these: 1 clip(s)" in say("list")
    assert json.loads(say("list", "--json"))["dismissed"] == 1
    say("dismiss", "clips.npz#2")
    assert "2 clip(s)\n  0  " in say("list", "--clips")
    assert "clips.npz#2" in say("list", "--clips").splitlines()[-1]
    say("dismiss", "--forget", "--number", "1")
    assert json.loads(say("list", "--json"))["dismissed_sources"] == ["clips.npz#3"]
    say("dismiss", "--forget")
    assert name("clips.npz#3") == "squat"
    say("enroll", "squat", "clips.npz#3")
    say("remove", "squat", "--number", "1")
    (squat,) = json.loads(say("list", "--json"))["actions"]
    assert (squat["clips"], squat["sources"]) == (1, ["clips.npz#1"])
    say("remove", "squat")
    say("dismiss", "clips.npz#3")
    assert "look like 'squat', and no longer are" in say("enroll", "squat", "clips.npz#1")
    missing = call_there("dismiss", "--forget", "--gallery", "none.crossglg")
    assert missing.returncode == 1
    assert "none.crossglg: expected a gallery, found nothing there." in missing.stderr
    assert not (place / "none.crossglg").exists()
    alone = call_there("dismiss", "clips.npz#0", "--number", "1")
    assert "--number says which clip to --forget" in alone.stderr
    refused = call_there("dismiss")
    assert refused.returncode == 1
    assert "Expected a clip to dismiss, or --forget." in refused.stderr


def test_a_clip_of_many_is_named_or_numbered(place):
    by_number = read_clip(place / "clips.npz#1")
    assert by_number.layout.name == "ntu25"
    for wanted in ("", "#99", "#nobody"):
        with pytest.raises(SourceError, match=r"name or number of one of its 4 clips"):
            read_clip(f"{place / 'clips.npz'}{wanted}")
    with pytest.raises(SourceError, match="found nothing there"):
        read_clip(place / "none.bvh")
    (place / "clip.txt").write_text("no")
    with pytest.raises(SourceError, match=r"expected one of .skeleton"):
        read_clip(place / "clip.txt")


@pytest.mark.parametrize("name", ["take #2.npz", "#.NPZ", "c#/a.npz"])
def test_names_of_files_may_have_the_sign_before_a_clip_in_them(place, tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes((place / "clips.npz").read_bytes())
    assert read_clip(f"{file}#1").frame_count == read_clip(place / "clips.npz#1").frame_count
    with pytest.raises(SourceError, match="expected the name or number of one of its 4 clips"):
        read_clip(file)


@pytest.mark.slow
def test_what_is_enrolled_is_counted(place, call_there, gallery, say):
    squat = read_clip(str(place / "clips.npz#1"))
    joints = np.concatenate([squat.joints, squat.joints[:, ::-1]] * 2, axis=1)
    often = squat.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    named = {"class_names": ["squats"], "labels": [0], "subjects": [0], "clip_names": ["x"]}
    write_npz(ClipSet.from_clips([often], name="x", **named), place / "often.npz")
    say("enroll", "squat", "clips.npz#1")
    counted = json.loads(say("count", "squat", "often.npz#0", "--json"))
    assert (counted["action"], counted["count"]) == ("squat", 4)
    lines = say("count", "squat", "often.npz#0").splitlines()
    assert lines[0] == "squat, 4 times"
    assert len(lines) == 5
    assert say("count", "squat", "clips.npz#1").splitlines()[0] == "squat, once"
    assert json.loads(say("count", "squat", "often.npz#0", "--to", "2.5", "--json"))["count"] < 4
    for verb in ("count", "form"):
        refused = call_there(verb, "squad", "often.npz#0", "--gallery", gallery)
        assert refused.returncode == 1
        assert "Did you mean 'squat'?" in refused.stderr


@pytest.mark.slow
def test_what_was_different_is_told(place, call_there, gallery, say):
    squat = read_clip(str(place / "clips.npz#1"))
    lifted = swing(squat, "right_shoulder", 50, axis=0)
    joints = np.concatenate([squat.joints, lifted.joints], axis=1)
    twice = squat.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    named = {"class_names": ["squats"], "labels": [0], "subjects": [0], "clip_names": ["x"]}
    write_npz(ClipSet.from_clips([twice], name="x", **named), place / "twice.npz")
    say("enroll", "squat", "clips.npz#1")
    lines = say("form", "squat", "twice.npz#0").splitlines()
    assert lines[0] == "squat, 2 times, 1 as shown"
    assert lines[1].endswith("s  as shown")
    assert "right upper arm 50° higher" in lines[2]
    told = json.loads(say("form", "squat", "twice.npz#0", "--tolerance", "70", "--json"))
    assert (told["count"], told["as_shown"], told["tolerance_deg"]) == (2, 2, 70)
    refused = call_there("form", "squat", "twice.npz#0", "--gallery", gallery, "--tolerance", "200")
    assert refused.returncode == 1
    assert "from 0 to 180 degrees" in refused.stderr
