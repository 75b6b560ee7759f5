"""Files of every format come in; what is too large, damaged or dangerous does not."""

import asyncio
import io
import pickle
import zipfile

import numpy as np
import pytest
from serve_samples import API, as_json

from crossglg.serve.uploads import FileFormat, read_file
from crossglg.sources.clipset import ClipSet
from crossglg.sources.npz import write_npz

FILE = {"content-type": "application/octet-stream"}


def as_npz(named, tmp_path):
    """An npz of clips by name."""
    clips = ClipSet.from_clips(
        list(named.values()),
        name="some",
        class_names=list(named),
        labels=list(range(len(named))),
        subjects=[0] * len(named),
        clip_names=list(named),
    )
    write_npz(clips, tmp_path / "some.npz")
    return (tmp_path / "some.npz").read_bytes()


def as_ntu(clip):
    """An NTU file of one body."""
    lines = [str(clip.frame_count)]
    for frame in clip.joints[0]:
        lines += ["1", "72057594037931101 0 1 1 0 0 0 0.1 0.2 2", "25"]
        lines += [" ".join([f"{c:.5f}" for c in joint] + ["0"] * 9) for joint in frame]
    return "\n".join(lines).encode()


BVH = b"""HIERARCHY
ROOT Hips
{
 OFFSET 0 0 0
 CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
 JOINT Spine
 {
  OFFSET 0 20 0
  CHANNELS 3 Zrotation Xrotation Yrotation
  End Site
  {
   OFFSET 0 10 0
  }
 }
}
MOTION
Frames: 3
Frame Time: 0.0333333
0 90 0 0 0 0 0 0 0
0 91 0 0 5 0 0 0 0
0 92 0 0 9 0 0 0 0
"""


def convert(client, content, **query):
    return client.post(f"{API}/clips", params=query, content=content, headers=FILE)


def test_an_npz_of_one_clip(client, clips, tmp_path):
    content = as_npz({"squat": clips["squat", 0]}, tmp_path)
    view = convert(client, content, format="npz").json()
    np.testing.assert_allclose(view["persons"], clips["squat", 0].joints, atol=1e-3)


def test_an_npz_of_several_clips_asks_which_and_takes_it(client, clips, tmp_path):
    content = as_npz({"squat": clips["squat", 0], "bow": clips["bow", 0]}, tmp_path)
    question = convert(client, content, format="npz")
    assert question.status_code == 422
    assert "expected the name or number of one of its 2 clips" in question.json()["detail"]
    assert "/" not in question.json()["detail"].split(":")[0]  # no folder of ours
    view = convert(client, content, format="npz", clip="bow").json()
    np.testing.assert_allclose(view["persons"], clips["bow", 0].joints, atol=1e-3)


def test_an_ntu_file(client, clips):
    view = convert(client, as_ntu(clips["squat", 0]), format="ntu").json()
    assert view["layout"]["name"] == "ntu25"
    np.testing.assert_allclose(view["persons"], clips["squat", 0].joints, atol=1e-3)


def test_a_bvh_file(client):
    view = convert(client, BVH, format="bvh").json()
    assert view["layout"]["joints"] == ["pelvis", "spine"]
    assert view["fps"] == 30
    assert len(view["persons"][0]) == 3


def test_a_file_is_enrolled_and_recognised_in_one_request_each(client, clips):
    query = {"name": "squat", "format": "ntu"}
    content = as_ntu(clips["squat", 0])
    assert client.post(f"{API}/actions", params=query, content=content, headers=FILE).is_success
    answer = client.post(
        f"{API}/recognitions", params={"format": "ntu"}, content=content, headers=FILE
    )
    assert answer.json()["action"] == "squat"


@pytest.mark.parametrize("kind", list(FileFormat))
@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x00" * 1000, b"PK\x03\x04" + b"a" * 50])
def test_rubbish_of_every_kind_is_refused_in_a_sentence(client, kind, content):
    answer = convert(client, content, format=kind.value)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert "upload" in detail
    assert detail.endswith((".", ")."))
    assert "tmp" not in detail


def bomb(header):
    """A zip whose array claims a shape that its bytes do not hold."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("keypoints", "offsets"):
            array = io.BytesIO()
            np.lib.format.write_array_header_1_0(array, header)
            archive.writestr(f"{name}.npy", array.getvalue() + b"\0" * 100)
    return stream.getvalue()


def test_an_array_that_claims_more_than_it_holds_is_refused(client):
    header = {"descr": "<f4", "fortran_order": False, "shape": (10**9, 25, 3)}
    answer = convert(client, bomb(header), format="npz")
    assert answer.status_code == 422
    assert "in 228 bytes" in answer.json()["detail"]


def test_a_zip_that_unpacks_to_more_than_allowed_is_refused(serve, relaxed):
    stream = io.BytesIO()
    np.savez_compressed(stream, keypoints=np.zeros((10**6, 3)))
    assert len(stream.getvalue()) < 10**5
    client = serve(limits=relaxed(unpacked_bytes=10**6))
    answer = convert(client, stream.getvalue(), format="npz")
    assert answer.status_code == 422
    assert "once unpacked" in answer.json()["detail"]
    assert client.post(f"{API}/gallery", content=stream.getvalue(), headers=FILE).status_code == 422


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("something was unpickled",))


def test_nothing_is_ever_unpickled(client):
    objects = io.BytesIO()
    np.savez(objects, keypoints=np.array([Bomb()], dtype=object))
    for kind in FileFormat:
        for content in (objects.getvalue(), pickle.dumps(Bomb())):
            assert convert(client, content, format=kind.value).status_code == 422
    assert client.put(f"{API}/gallery", content=objects.getvalue(), headers=FILE).status_code == 422


def test_a_bvh_with_joints_without_end_is_refused_before_it_is_built(client):
    lines = BVH.replace(b" JOINT Spine", b" JOINT Spine" * 1000)
    answer = convert(client, lines, format="bvh")
    assert "1 to 200 joints" in answer.json()["detail"]


def test_an_ntu_file_with_frames_without_end_is_refused_before_it_is_built(client):
    answer = convert(client, b"999999999\n" + b"0\n" * 1000, format="ntu")
    assert "1 to 3600 frames" in answer.json()["detail"]


def test_how_long_too_long_a_clip_is_is_said_in_seconds(client, clips):
    frame = [[None] * 25]
    answer = client.post(
        f"{API}/clips", json=as_json(clips["squat", 0]) | {"persons": [frame * 3660], "fps": 30}
    )
    expected = "at most 120 s; found 3660, 122 s. Cut out the part"
    assert expected in answer.json()["detail"]
    first, _ = BVH.split(b"MOTION")
    long = first + b"MOTION\nFrames: 3660\nFrame Time: 0.0333333333\n" + b"0 0 0\n" * 3660
    assert expected in convert(client, long, format="bvh").json()["detail"]
    ntu = convert(client, b"3660\n", format="ntu")
    assert expected in ntu.json()["detail"]


def test_a_gallery_may_be_larger_than_other_requests_and_no_folder_of_ours_is_named(
    serve, relaxed, clips
):
    client = serve(limits=relaxed(body_bytes=2**20, gallery_bytes=2**21))
    body = as_json(clips["squat", 0])
    for number in range(30):
        client.post(f"{API}/actions", params={"name": f"no {number}"}, json=body)
    gallery = client.get(f"{API}/gallery").content
    assert 2**20 < len(gallery) < 2**21
    assert client.put(f"{API}/gallery", content=gallery, headers=FILE).status_code == 200
    larger = client.post(f"{API}/gallery", content=bytes(2**21 + 1), headers=FILE)
    assert larger.status_code == 413
    assert "at most 2 MB" in larger.json()["detail"]
    other = io.BytesIO()
    np.savez(other, x=np.zeros(3))
    refused = client.post(f"{API}/gallery", content=other.getvalue(), headers=FILE)
    assert refused.json()["detail"].startswith("upload.crossglg: expected a gallery file")


def test_an_ntu_file_of_a_crowd_is_refused(client, clips):
    body = b"72057594037931101 "
    first, *parts = as_ntu(clips["squat", 0]).split(body)
    crowd = first + b"".join(b"%d " % number + part for number, part in enumerate(parts))
    answer = convert(client, crowd, format="ntu")
    assert answer.status_code == 422
    assert "at most 100 bodies" in answer.json()["detail"]


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(serve, relaxed):
    client = serve(limits=relaxed(body_bytes=2**20))

    def chunks():
        for _ in range(40):
            yield b"0" * 2**16

    declared = convert(client, b"0" * (2**20 + 1), format="npz")
    streamed = convert(client, chunks(), format="npz")
    assert declared.status_code == streamed.status_code == 413
    assert "at most 1 MB" in streamed.json()["detail"]


def test_an_upload_that_breaks_off_is_a_refusal_and_no_error_of_the_server(client):
    came = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{API}/recognitions",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
    }
    told = []

    async def receive():
        return came.pop(0)

    async def send(message):
        told.append(message)

    asyncio.run(client.app(scope, receive, send))
    assert told[0]["status"] == 400


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layout": "/etc/passwd.json"}, "known layout"),
        ({"layout": None}, "either layout"),
        ({"fps": 0}, "greater than 0"),
        ({"fps": None}, "fps or times_s"),
        ({"fps": "x"}, "number"),
        ({"persons": []}, "1 to 8 persons"),
        ({"persons": [[]]}, "1 to 3600 frames"),
        ({"persons": [[[None] * 25] * 2, [[None] * 25]]}, "every person, found 1 to 2"),
        ({"persons": [[[None] * 24]]}, "expected 25 joints, found 24"),
        ({"persons": [[[[1, 2]] * 25]]}, "3 items"),
        ({"persons": [[[None] * 25] * 9]}, "found nobody"),
        ({"persons": 3}, "valid array"),
        ({"times_s": [0.0], "fps": None}, "increasing times"),
        (
            {"times_s": [0, 1e-5, 2e-5, 9], "fps": None, "persons": [[[None] * 25] * 4]},
            "3600 frames at the median rate",
        ),
        ({"strange": 1}, "not permitted"),
    ],
)
def test_json_that_makes_no_sense_is_refused_in_a_sentence(client, clips, changes, sentence):
    body = as_json(clips["squat", 0]) | changes
    answer = client.post(f"{API}/actions", params={"name": "x"}, json=body)
    assert answer.status_code == 422, answer.text
    assert sentence in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_content_type_and_format_must_agree(client):
    url = f"{API}/clips"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(url, content=b"{}", headers=form).status_code == 415
    assert client.post(url, content=b"x", headers=FILE).status_code == 415
    assert client.post(url, params={"format": "npz"}, json={}).status_code == 415
    assert client.post(url, params={"format": "pkl"}, content=b"x", headers=FILE).status_code == 422


def test_the_name_of_an_upload_is_the_servers_own(clips, tmp_path, monkeypatch, relaxed):
    seen = []
    monkeypatch.setattr(
        "crossglg.serve.uploads.read_clip", lambda place: seen.append(place) or clips["bow", 0]
    )
    content = as_npz({"bow": clips["bow", 0]}, tmp_path)
    read_file(content, FileFormat.NPZ, "../../x", relaxed())
    assert seen[0].endswith("/upload.npz#../../x")
