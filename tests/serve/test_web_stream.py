"""A stream over the WebSocket: labels, events, and what is refused."""

import base64
import json

import numpy as np
import pytest
from serve_samples import as_json
from starlette.websockets import WebSocketDisconnect

import crossglg
from crossglg.gallery import update_gallery
from crossglg.serve.config import Limits
from crossglg.serve.session import Frame, StreamSession
from crossglg.serve.store import GalleryStore
from swung_limb import swing

STREAM = "ws://127.0.0.1:8000/api/v1/stream"
TOKEN = "a-token-of-some-length"


@pytest.fixture
def enrolled(client, clips):
    for name in ("wave right hand", "squat"):
        body = as_json(clips[name, 0])
        client.post("/api/v1/actions", params={"name": name}, json=body)
    return client


def frames(clip, *, still_s=1.2):
    """A clip with the person standing still before and after."""
    still = round(still_s * clip.fps)
    first, last = clip.joints[:, :1], clip.joints[:, -1:]
    joints = np.concatenate([first.repeat(still, 1), clip.joints, last.repeat(still, 1)], axis=1)
    for number in range(joints.shape[1]):
        persons = joints[:, number].round(4).tolist()
        yield {"type": "frame", "time_s": number / clip.fps, "persons": persons}


def talk(client, messages, **options):
    """Send everything, stop, and collect what comes until the server closes."""
    heard = []
    with client.websocket_connect(STREAM, **options) as socket:
        for message in messages:
            socket.send_json(message)
        while (message := socket.receive())["type"] == "websocket.send":
            heard.append(json.loads(message["text"]))
    return heard, message["code"]


def start(clip):
    return {"type": "start", "layout": clip.layout.name}


@pytest.fixture
def loses_nothing(monkeypatch):
    """The server keeps all frames of a client that sends them at once."""
    monkeypatch.setattr("crossglg.serve.stream._QUEUE", 10_000)


@pytest.mark.usefixtures("loses_nothing")
def test_a_stream_gets_labels_while_it_runs_and_an_event_for_the_action(serve, relaxed, clips):
    client = serve(limits=relaxed(stream_fps=1e6))
    clip = clips["squat", 0]
    for name in ("wave right hand", "squat"):
        client.post("/api/v1/actions", params={"name": name}, json=as_json(clips[name, 0]))
    heard, code = talk(client, [start(clip), *frames(clip), {"type": "stop"}])
    assert code == 1000
    assert heard[0]["type"] == "ready"
    assert heard[0]["layout"]["name"] == "ntu25"
    labels = [each for each in heard if each["type"] == "label"]
    assert labels
    seen = [each["recognition"] for each in labels if each["recognition"]]
    assert all(len(each["importance"]) == clip.layout.joint_count for each in seen)
    events = [each for each in heard if each["type"] == "event"]
    assert [each["action"] for each in events] == ["squat"]
    assert events[0]["start_s"] < events[0]["end_s"]
    told = {"action", "start_s", "end_s", "confidence", "times", "answers"}
    assert set(events[0]) == {"type", *told}
    answers = [*events[0]["answers"], *(answer for each in seen for answer in each["answers"])]
    for answer in answers:  # written alike, whoever asked
        assert set(answer) == {"action", "probability", "distance"}
        assert answer["distance"] == round(answer["distance"], 5)


def repeat(clip, times):
    """Down, up, down ...: a clip and its way back in turns."""
    parts = [clip.joints, clip.joints[:, ::-1]] * (times // 2)
    joints = np.concatenate(parts, axis=1)
    return clip.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))


def test_labels_say_how_often_it_was_done_in_a_row(recogniser, clips, tmp_path):
    clip, file = clips["squat", 0], tmp_path / "own.crossglg"
    update_gallery(file, recogniser, lambda gallery: gallery.enroll("squat", clip))
    session = StreamSession(GalleryStore(file, recogniser, most_exemplars=9), clip.layout, Limits())
    labels = []
    for frame in frames(repeat(clip, 6)):
        joints = np.array(frame["persons"], dtype=np.float32)
        labels.append(session.push([Frame(frame["time_s"], joints)])[1])
    so_far = [label.under_way for label in labels if label is not None and label.under_way]
    assert {each.action for each in so_far} == {"squat"}
    times = [each.times for each in so_far]
    assert times == sorted(times)
    assert 1 in times
    assert 6 in times


@pytest.mark.usefixtures("loses_nothing")
def test_what_is_under_way_goes_over_the_wire(serve, relaxed, clips):
    client = serve(limits=relaxed(stream_fps=1e6))
    clip = clips["squat", 0]
    client.post("/api/v1/actions", params={"name": "squat"}, json=as_json(clip))
    six = repeat(clip, 6)
    heard, _ = talk(client, [start(six), *frames(six), {"type": "stop"}])
    forms = [each["form"] for each in heard if each["type"] == "label"]
    assert forms[0] is None
    told = [each for each in forms if each is not None]
    assert {each["action"] for each in told} == {"squat"}
    assert all(each["count"] == len(each["repetitions"]) == 1 for each in told)
    labels = [each["under_way"] for each in heard if each["type"] == "label"]
    assert (labels[-1]["action"], labels[-1]["times"]) == ("squat", 6)
    assert 0 < labels[-1]["start_s"] < 5
    latest = [each["latest_s"] for each in labels if each and each["latest_s"]]
    assert latest
    assert all(labels[-1]["start_s"] <= start_s < end_s for start_s, end_s in latest)


def test_labels_say_what_was_different_in_the_newest_repetition_that_is_over(clips, tmp_path):
    clip, file = clips["squat", 0], tmp_path / "own.crossglg"
    model = crossglg.load("open-small")
    update_gallery(file, model, lambda gallery: gallery.enroll("squat", clip))
    session = StreamSession(GalleryStore(file, model, most_exemplars=9), clip.layout, Limits())
    lifted = swing(clip, "right_shoulder", 50, axis=0)
    parts = [each.joints for each in (clip, clip, lifted, clip, clip, clip)]
    joints = np.concatenate(parts, axis=1)
    six = clip.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    said = {}
    for frame in frames(six):
        persons = np.array(frame["persons"], dtype=np.float32)
        label = session.push([Frame(frame["time_s"], persons)])[1]
        if label is not None and label.under_way is not None and label.form is not None:
            (once,) = label.form.repetitions
            off = tuple(sorted(each.segment for each in once.beyond(20)))
            said.setdefault(label.under_way.times, set()).add(off)
    lifted = ("right forearm", "right upper arm")
    assert said == {2: {()}, 3: {()}, 4: {lifted}, 5: {()}, 6: {()}}


@pytest.mark.usefixtures("loses_nothing")
def test_a_stream_is_as_sure_as_its_client_asks_for_or_else_the_server(serve, relaxed, clips):
    client = serve(limits=relaxed(stream_fps=1e6), sure=1.0)
    clip = clips["squat", 1]
    for name in ("wave right hand", "squat"):
        client.post("/api/v1/actions", params={"name": name}, json=as_json(clips[name, 0]))
    named = {}
    for sure in (0, 1, None):
        asked = {} if sure is None else {"sure": sure}
        heard, _ = talk(client, [start(clip) | asked, *frames(clip), {"type": "stop"}])
        seen = [each["recognition"] for each in heard if each["type"] == "label"]
        events = [each["action"] for each in heard if each["type"] == "event"]
        named[sure] = {*events, *(each["action"] for each in seen if each)}
    assert "squat" in named[0]
    assert None not in named[0]
    assert named[1] == named[None] == {None}


def test_frames_at_nearly_one_moment_are_no_clip_yet_and_end_nothing(recogniser, clips, tmp_path):
    clip, file = clips["squat", 0], tmp_path / "own.crossglg"
    update_gallery(file, recogniser, lambda gallery: gallery.enroll("squat", clip))
    store = GalleryStore(file, recogniser, most_exemplars=9)
    session = StreamSession(store, clip.layout, Limits())
    _, label = session.push([Frame(time_s, clip.joints[:, 0]) for time_s in (0.0, 0.005)])
    assert label.recognition is None


def test_before_anything_is_enrolled_a_label_says_nothing(client, clips):
    clip = clips["squat", 0]
    heard, _ = talk(client, [start(clip), *list(frames(clip))[:40], {"type": "stop"}])
    label = next(each for each in heard if each["type"] == "label")
    assert label["recognition"] is None


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        ([{"type": "frame", "time_s": 0, "persons": []}], "'start' first"),
        ([{"type": "start"}], "either layout"),
        ([{"type": "start", "layout": "ntu26"}], "known layout"),
        ([{"type": "start", "layout": "ntu25", "sure": 80}], "sure"),
        ([{"type": "strange"}], "type"),
        ([{"type": "start", "layout": "ntu25"}] * 2, "another 'start'"),
        (
            [
                {"type": "start", "layout": "ntu25"},
                {"type": "frame", "time_s": 0, "persons": [[None] * 9]},
            ],
            "expected 25 joints, found 9",
        ),
        (
            [
                {"type": "start", "layout": "ntu25"},
                *[{"type": "frame", "time_s": 1, "persons": [[[0, 0, 0]] * 25]}] * 2,
            ],
            "later than",
        ),
    ],
)
def test_a_message_that_makes_no_sense_ends_the_stream_with_a_sentence(client, messages, sentence):
    heard, code = talk(client, messages)
    assert code == 1008
    assert heard[-1]["type"] == "problem"
    assert sentence in heard[-1]["detail"]


def test_frames_faster_than_allowed_end_the_stream(serve, relaxed, clips):
    client = serve(limits=relaxed(stream_fps=10))
    heard, code = talk(client, [start(clips["squat", 0]), *frames(clips["squat", 0])])
    assert code == 1008
    assert heard[-1]["status"] == 429


def test_a_message_that_is_too_long_ends_the_stream(serve, relaxed, clips):
    client = serve(limits=relaxed(message_bytes=100))
    message = next(iter(frames(clips["squat", 0])))
    heard, _ = talk(client, [start(clips["squat", 0]), message])
    assert heard[-1]["status"] == 413


def test_a_silent_stream_is_closed(serve, relaxed, clips):
    client = serve(limits=relaxed(silent_s=0.05))
    heard, _ = talk(client, [start(clips["squat", 0])])
    assert heard[-1]["status"] == 408


def test_more_streams_than_allowed_are_told_to_come_back(serve, relaxed, clips):
    client = serve(limits=relaxed(streams=1))
    with client.websocket_connect(STREAM) as first:
        first.send_json(start(clips["squat", 0]))
        assert first.receive_json()["type"] == "ready"
        heard, code = talk(client, [])
        assert code == 1013
        assert heard[-1]["status"] == 503
    with client.websocket_connect(STREAM) as again:
        again.send_json(start(clips["squat", 0]))
        assert again.receive_json()["type"] == "ready"


def test_the_stream_asks_for_the_token_too(serve, clips):
    client = serve(token=TOKEN)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
        pass
    secret = base64.urlsafe_b64encode(TOKEN.encode()).decode().rstrip("=")
    protocols = ["crossglg.v1", f"bearer.{secret}"]
    with client.websocket_connect(STREAM, subprotocols=protocols) as socket:
        assert socket.accepted_subprotocol == "crossglg.v1"
        socket.send_json(start(clips["squat", 0]))
        assert socket.receive_json()["type"] == "ready"
    head = {"authorization": f"Bearer {TOKEN}"}
    with client.websocket_connect(STREAM, headers=head) as socket:
        socket.send_json(start(clips["squat", 0]))
        assert socket.receive_json()["type"] == "ready"


def test_a_page_of_another_site_cannot_open_a_stream(client):
    head = {"origin": "http://evil.example"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM, headers=head):
        pass


@pytest.mark.usefixtures("loses_nothing")
def test_what_is_enrolled_while_the_stream_runs_is_recognised_in_it(serve, relaxed, clips):
    client = serve(limits=relaxed(stream_fps=1e6))
    clip = clips["squat", 0]
    messages = list(frames(clip))
    with client.websocket_connect(STREAM) as socket:
        socket.send_json(start(clip))
        assert socket.receive_json()["type"] == "ready"
        socket.send_json(messages[0])
        assert socket.receive_json()["recognition"] is None
        client.post("/api/v1/actions", params={"name": "squat"}, json=as_json(clip))
        for message in messages[1:80]:
            socket.send_json(message)
        label = socket.receive_json()
        assert label["type"] == "label"
        assert label["recognition"]["answers"][0]["action"] == "squat"
