"""Actions over HTTP: enrolled, listed, recognised, renamed, removed, taken out and brought in."""

from functools import partial

import numpy as np
import pytest
from serve_samples import API, THREE, as_json, enroll

from crossglg.gallery import Gallery, load_gallery, save_gallery, update_gallery
from crossglg.skeleton.augment import mirror
from crossglg.sources.pose import PoseFrame, gather_clip
from swung_limb import swing

NOTHING = {"actions": [], "dismissed": []}


def names(client):
    return [each["action"] for each in client.get(f"{API}/actions").json()["actions"]]


@pytest.fixture
def three(client, clips):
    """A client whose gallery knows three actions, shown by performer 0."""
    for name in THREE:
        enroll(client, name, clips[name, 0], source=f"{name}.bvh")
    return client


def test_what_is_enrolled_is_listed_with_where_it_came_from(three, clips):
    actions = three.get(f"{API}/actions").json()["actions"]
    assert [each["action"] for each in actions] == ["wave right hand", "squat", "clap hands"]
    exemplar = actions[0]["exemplars"][0]
    assert exemplar["source"] == "wave right hand.bvh"
    assert exemplar["layout"] == "ntu25"
    assert exemplar["duration_s"] == pytest.approx(clips["wave right hand", 0].duration_s, abs=1e-3)


def test_somebody_elses_performance_is_recognised_with_probability_and_importance(three, clips):
    clip = clips["squat", 1]
    found = three.post(f"{API}/recognitions", json=as_json(clip)).json()
    assert found["action"] == "squat"
    assert found["answers"][0]["probability"] > 0.5
    assert len(found["answers"]) == 3
    total = sum(each["probability"] for each in found["answers"]) + found["unknown_probability"]
    assert total == pytest.approx(1, abs=0.01)
    assert len(found["importance"]) == clip.layout.joint_count
    assert max(found["importance"]) == 1


def test_an_action_that_nobody_enrolled_is_unknown(three, clips):
    found = three.post(f"{API}/recognitions", json=as_json(clips["kick forward", 0])).json()
    assert found["action"] is None
    assert found["unknown_probability"] > 0.5


def test_how_often_a_clip_shows_an_action_is_counted(three, clips):
    clip = clips["squat", 1]
    joints = np.concatenate([clip.joints, clip.joints[:, ::-1], clip.joints], axis=1)
    often = clip.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    ids = {each["action"]: each["id"] for each in three.get(f"{API}/actions").json()["actions"]}
    counted = {
        name: three.post(f"{API}/actions/{ids['squat']}/count", json=as_json(shown)).json()
        for name, shown in (("once", clip), ("often", often))
    }
    assert counted["once"]["action"] == "squat"
    assert counted["once"]["count"] == 1
    assert counted["often"]["count"] == 3
    spans = counted["often"]["repetitions"]
    assert [each["start_s"] for each in spans] == sorted(each["start_s"] for each in spans)
    assert 0 <= spans[0]["start_s"] < spans[-1]["end_s"] <= often.duration_s
    nothing = three.post(f"{API}/actions/none/count", json=as_json(clip))
    assert nothing.status_code == 404


def test_what_was_different_in_each_repetition_is_told(three, clips):
    clip = clips["squat", 0]
    lifted = swing(clip, "right_shoulder", 50, axis=0)
    joints = np.concatenate([clip.joints, lifted.joints], axis=1)
    twice = clip.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    ids = {each["action"]: each["id"] for each in three.get(f"{API}/actions").json()["actions"]}
    ask = partial(three.post, f"{API}/actions/{ids['squat']}/form", json=as_json(twice))
    form = ask().json()
    assert (form["action"], form["count"], form["as_shown"]) == ("squat", 2, 1)
    assert [each["as_shown"] for each in form["repetitions"]] == [True, False]
    worst = form["repetitions"][1]["differences"][0]
    assert worst["segment"].startswith("right")
    assert worst["degrees"] == pytest.approx(50, rel=0.2)
    assert ask(params={"tolerance": 70}).json()["as_shown"] == 2
    assert ask(params={"tolerance": 200}).status_code == 422
    assert three.post(f"{API}/actions/none/form", json=as_json(clip)).status_code == 404


def test_top_says_how_many_answers_come(three, clips):
    body = as_json(clips["squat", 0])
    found = three.post(f"{API}/recognitions", params={"top": 1}, json=body).json()
    assert [each["action"] for each in found["answers"]] == ["squat"]


def test_who_asks_says_how_sure_an_answer_must_be(three, clips):
    body = as_json(clips["squat", 1])
    ask = partial(three.post, f"{API}/recognitions", json=body)
    sure = ask().json()["answers"][0]["probability"]
    assert ask(params={"sure": sure - 1e-3}).json()["action"] == "squat"
    assert ask(params={"sure": sure + 1e-3}).json()["action"] is None
    refused = ask(params={"sure": 80})
    assert refused.status_code == 422
    assert "sure" in refused.json()["detail"]


def test_who_does_not_say_hears_what_is_sure_enough_for_the_server(serve, clips):
    client = serve(sure=1.0)
    enroll(client, "squat", clips["squat", 0])
    ask = partial(client.post, f"{API}/recognitions", json=as_json(clips["squat", 1]))
    assert ask().json()["action"] is None
    assert ask(params={"sure": 0}).json()["action"] == "squat"
    assert client.get(f"{API}/model").json()["sure"] == 1.0


def test_rename_and_remove(three):
    actions = three.get(f"{API}/actions").json()["actions"]
    squat = next(each["id"] for each in actions if each["action"] == "squat")
    assert three.patch(f"{API}/actions/{squat}", json={"name": "knee bend"}).status_code == 200
    assert names(three) == ["wave right hand", "knee bend", "clap hands"]
    assert three.delete(f"{API}/actions/{squat}").status_code == 404  # its id went with its name
    wave = actions[0]["id"]
    left = three.delete(f"{API}/actions/{wave}").json()["actions"]
    assert [each["action"] for each in left] == ["knee bend", "clap hands"]


def test_a_new_name_is_read_as_carefully_as_a_clip(serve, relaxed, clips):
    client = serve(limits=relaxed(body_bytes=2**20))
    (action,) = enroll(client, "squat", clips["squat", 0])
    place = f"{API}/actions/{action['id']}"
    assert client.patch(place, json={"name": "a" * 2**20}).status_code == 413
    for content in (b"no JSON", b"{}", b'{"name": 3}', b'{"name": " "}'):
        assert client.patch(place, content=content).status_code == 422, content
    assert names(client) == ["squat"]


def test_an_action_may_be_called_anything_printable(client, clips):
    name = "../../etc/passwd %2F ünïcode 👋"
    (action,) = enroll(client, name, clips["squat", 0])
    assert client.delete(f"{API}/actions/{action['id']}").json() == NOTHING


def test_a_second_clip_becomes_a_second_exemplar_that_can_be_looked_at(client, clips):
    enroll(client, "squat", clips["squat", 0])
    (action,) = enroll(client, "squat", clips["squat", 1])
    assert len(action["exemplars"]) == 2
    view = client.get(f"{API}/actions/{action['id']}/exemplars/1").json()
    shown = np.array(view["persons"])
    np.testing.assert_allclose(shown, clips["squat", 1].joints, atol=1e-3)
    assert client.get(f"{API}/actions/{action['id']}/exemplars/2").status_code == 404


def test_where_either_side_counts_the_other_side_is_recognised_too(client, clips):
    (action,) = enroll(client, "wave", clips["wave right hand", 0])
    assert action["either_side"] is False
    left = as_json(mirror(clips["wave right hand", 0]))
    far = client.post(f"{API}/recognitions", json=left).json()["answers"][0]["distance"]
    client.delete(f"{API}/actions/{action['id']}")
    (action,) = enroll(client, "wave", clips["wave right hand", 0], either_side=True)
    assert action["either_side"] is True
    assert len(action["exemplars"]) == 1  # one was shown
    near = client.post(f"{API}/recognitions", json=left).json()["answers"][0]["distance"]
    assert near < far / 1000  # a root: what single precision rounds comes out as some 3e-4
    (listed,) = client.get(f"{API}/actions").json()["actions"]
    assert listed == action
    assert client.get(f"{API}/actions/{action['id']}/exemplars/1").status_code == 404


def test_a_side_that_is_neither_yes_nor_no_is_refused(client, clips):
    answer = client.post(
        f"{API}/actions",
        params={"name": "wave", "either_side": "left"},
        json=as_json(clips["wave right hand", 0]),
    )
    assert answer.status_code == 422
    assert "either_side" in answer.json()["detail"]


def test_the_file_is_there_after_each_change_and_read_by_the_next_server(three, serve, clips):
    assert names(serve()) == names(three)


def test_what_another_program_enrols_is_seen_at_once(three, gallery_file, recogniser, clips):
    update_gallery(gallery_file, recogniser, lambda g: g.enroll("bow", clips["bow", 0]))
    assert names(three)[-1] == "bow"
    enroll(three, "jump", clips["jumping jack", 0])
    assert names(three)[-2:] == ["bow", "jump"]


def test_a_source_that_is_not_unicode_is_listed_as_far_as_it_can_be_read(
    client, gallery_file, recogniser, clips
):
    clip, source = clips["bow", 0], b"caf\xe9.npz".decode(errors="surrogateescape")
    update_gallery(gallery_file, recogniser, lambda g: g.enroll("bow", clip, source=source))
    (action,) = client.get(f"{API}/actions").json()["actions"]
    assert action["exemplars"][0]["source"] == "caf\ufffd.npz"


def test_a_gallery_goes_out_as_a_file_and_comes_back_into_another(three, serve, tmp_path, clips):
    file = three.get(f"{API}/gallery")
    assert "gallery.crossglg" in file.headers["content-disposition"]
    for each in three.get(f"{API}/actions").json()["actions"][1:]:
        three.delete(f"{API}/actions/{each['id']}")
    enroll(three, "bow", clips["bow", 0])
    head = {"content-type": "application/octet-stream"}
    merged = three.post(f"{API}/gallery", content=file.content, headers=head).json()["actions"]
    assert [each["action"] for each in merged] == ["wave right hand", "bow", "squat", "clap hands"]
    assert len(merged[0]["exemplars"]) == 1  # both had it
    replaced = three.put(f"{API}/gallery", content=file.content, headers=head).json()["actions"]
    assert [each["action"] for each in replaced] == ["wave right hand", "squat", "clap hands"]


def dismiss(client, clip, **query):
    answer = client.post(f"{API}/dismissed", params=query, json=as_json(clip))
    assert answer.status_code == 201, answer.text
    return answer.json()["dismissed"]


def test_what_was_dismissed_is_unknown_is_listed_can_be_looked_at_and_forgotten(three, clips):
    clip = clips["squat", 1]
    (told,) = dismiss(three, clip, source="sat down")
    assert three.get(f"{API}/actions").json()["dismissed"] == [told]
    assert told["source"] == "sat down"
    assert three.post(f"{API}/recognitions", json=as_json(clip)).json()["action"] is None
    view = three.get(f"{API}/dismissed/0").json()
    np.testing.assert_allclose(np.array(view["persons"]), clip.joints, atol=1e-3)
    missing = three.get(f"{API}/dismissed/1")
    assert (missing.status_code, missing.json()["detail"]) == (
        404,
        "Dismissed are 1 clips, counted from 0.",
    )
    assert three.delete(f"{API}/dismissed").json()["dismissed"] == []
    assert three.post(f"{API}/recognitions", json=as_json(clip)).json()["action"] == "squat"


def test_one_clip_of_several_is_forgotten_if_it_is_still_the_one_that_was_meant(three, clips):
    for performer in (1, 2):
        body = as_json(clips["squat", performer])
        three.post(f"{API}/actions", params={"name": "squat"}, json=body)
        three.post(f"{API}/dismissed", json=as_json(clips["bow", performer]))
    known = three.get(f"{API}/actions").json()
    squat = next(each for each in known["actions"] if each["action"] == "squat")
    first, second, third = squat["exemplars"]
    place = f"{API}/actions/{squat['id']}/exemplars"
    for number, clip in ((3, ""), (-1, ""), (1, second["id"][:4]), (0, second["id"])):
        refused = three.delete(f"{place}/{number}", params={"clip": clip})
        assert refused.status_code == 404
    assert "was deleted meanwhile" in refused.json()["detail"]
    left = three.delete(f"{place}/1", params={"clip": second["id"]}).json()
    squat = next(each for each in left["actions"] if each["action"] == "squat")
    assert squat["exemplars"] == [first, third]
    old, kept = left["dismissed"]
    assert three.delete(f"{API}/dismissed/2").status_code == 404
    assert three.delete(f"{API}/dismissed/0", params={"clip": kept["id"]}).status_code == 404
    left = three.delete(f"{API}/dismissed/0", params={"clip": old["id"]}).json()
    assert left["dismissed"] == [kept]
    for _ in range(2):
        left = three.delete(f"{place}/0").json()
    assert [each["action"] for each in left["actions"]] == ["wave right hand", "clap hands"]


def test_what_one_gallery_dismissed_and_the_other_knows_is_let_go_when_they_meet(client, clips):
    (wave,) = enroll(client, "wave", clips["wave right hand", 0])
    dismiss(client, clips["squat", 1], source="sat down")
    dismiss(client, clips["kick forward", 0], source="kicked")
    file = client.get(f"{API}/gallery").content
    client.delete(f"{API}/actions/{wave['id']}")
    client.delete(f"{API}/dismissed")
    enroll(client, "squat", clips["squat", 0])
    head = {"content-type": "application/octet-stream"}
    merged = client.post(f"{API}/gallery", content=file, headers=head).json()
    assert [each["action"] for each in merged["actions"]] == ["squat", "wave"]
    assert [each["source"] for each in merged["dismissed"]] == ["kicked"]
    assert client.post(f"{API}/gallery", content=file, headers=head).json() == merged


def test_a_full_gallery_takes_nothing_more_to_dismiss(serve, relaxed, clips):
    client = serve(limits=relaxed(exemplars=2))
    enroll(client, "squat", clips["squat", 0])
    dismiss(client, clips["bow", 0])
    full = client.post(f"{API}/dismissed", json=as_json(clips["bow", 1]))
    assert full.status_code == 409
    assert "The gallery is full" in full.json()["detail"]


def test_a_gallery_with_a_long_source_comes_back(client, clips):
    source = "a" * 107 + ".npz"
    (enrolled,) = enroll(client, "squat", clips["squat", 0], source=source)
    assert enrolled["exemplars"][0]["source"] == source
    file = client.get(f"{API}/gallery").content
    client.delete(f"{API}/actions/{enrolled['id']}")
    head = {"content-type": "application/octet-stream"}
    answer = client.post(f"{API}/gallery", content=file, headers=head)
    assert answer.status_code == 200, answer.text
    assert answer.json()["actions"] == [enrolled]


def test_features_of_a_foreign_gallery_are_not_believed(client, recogniser, clips, tmp_path):
    honest = Gallery(recogniser).enroll("squat", clips["squat", 0])
    lying = honest.enroll("squat", clips["bow", 0]).exemplars[1]
    forged = Gallery(
        recogniser, (type(lying)("squat", clips["squat", 0], lying.features, "", lying.enrolled),)
    )
    path = tmp_path / "forged"
    save_gallery(forged, path)
    head = {"content-type": "application/octet-stream"}
    client.post(f"{API}/gallery", content=path.read_bytes(), headers=head)
    found = client.post(f"{API}/recognitions", json=as_json(clips["squat", 0])).json()
    assert found["answers"][0]["distance"] == pytest.approx(0, abs=1e-3)


def test_the_model_says_what_it_is(client, recogniser):
    model = client.get(f"{API}/model").json()
    assert model["name"] == "small"
    assert model["fingerprint"] == recogniser.fingerprint
    assert model["judges_unknown"] is True
    assert len(model["layout"]["joints"]) == 15


def test_recognising_with_an_empty_gallery_says_what_to_do(client, clips):
    answer = client.post(f"{API}/recognitions", json=as_json(clips["squat", 0]))
    assert answer.status_code == 409
    assert "Show an action first" in answer.json()["detail"]


def test_frames_at_uneven_times_are_spaced_evenly(client, clips):
    clip = clips["squat", 0]
    times = np.arange(clip.frame_count) / clip.fps
    rng = np.random.default_rng(0)
    kept = np.sort(rng.permutation(clip.frame_count)[: clip.frame_count * 2 // 3])
    body = as_json(clip) | {"times_s": times[kept].tolist(), "fps": None}
    body["persons"] = [[body["persons"][0][number] for number in kept]]
    view = client.post(f"{API}/clips", json=body).json()
    assert view["duration_s"] == pytest.approx(times[kept][-1] - times[kept][0], rel=0.05)
    middle = np.array(view["persons"])[0, len(kept) // 2]
    moment = times[kept][0] + (len(kept) // 2) / view["fps"]
    expected = clip.joints[0, round(moment * clip.fps)]
    np.testing.assert_allclose(middle, expected, atol=0.05)


@pytest.mark.parametrize("gap_s", [0.0, 3.0])
def test_a_recording_is_the_same_clip_here_as_out_of_a_video(client, clips, gap_s):
    clip = clips["squat", 0]
    rng = np.random.default_rng(0)
    kept = np.sort(rng.permutation(clip.frame_count)[: clip.frame_count * 2 // 3])
    times = kept / clip.fps + gap_s * (kept > clip.frame_count // 2)
    seen = np.ones((1, len(kept), clip.layout.joint_count), dtype=np.bool_)
    seen[:, ::2, clip.layout.index("left_wrist")] = False
    seen[:, :, clip.layout.index("right_wrist")] = rng.random(len(kept)) < 0.5
    joints = np.where(seen[..., None], clip.joints[:, kept], np.float32(0)).round(4)
    frames = [PoseFrame(t, joints[:, n], seen[:, n]) for n, t in enumerate(times)]
    expected = gather_clip(frames, clip.layout)
    body = as_json(clip) | {"times_s": times.tolist(), "fps": None}
    body["persons"] = [
        [
            [point if is_seen else None for point, is_seen in zip(*frame, strict=True)]
            for frame in zip(joints[0].tolist(), seen[0].tolist(), strict=True)
        ]
    ]
    view = client.post(f"{API}/clips", json=body).json()
    assert view["fps"] == pytest.approx(expected.fps)
    found = np.array([[p or [np.nan] * 3 for p in frame] for frame in view["persons"][0]])
    shown = np.where(expected.visible[0][..., None], expected.joints[0], np.nan)
    np.testing.assert_allclose(found, shown, atol=2e-4)
    assert expected.present.all() == (gap_s == 0)


def test_joints_may_come_by_name_in_any_order_and_unseen_ones_as_null(client, clips):
    clip = clips["squat", 0]
    order = np.random.default_rng(1).permutation(clip.layout.joint_count)
    persons = clip.joints[:, :, order].tolist()
    persons[0][3][0] = None
    body = {"joint_names": [clip.layout.joints[j] for j in order], "persons": persons, "fps": 30}
    view = client.post(f"{API}/clips", json=body).json()
    assert view["layout"]["name"] == "ntu25"
    assert view["persons"][0][3][int(order[0])] is None
    np.testing.assert_allclose(view["persons"][0][4], clip.joints[0, 4], atol=1e-3)


def test_the_description_names_every_way_in_and_every_error(client):
    schema = client.get(f"{API}/openapi.json").json()
    ways = {(path, method) for path, each in schema["paths"].items() for method in each}
    assert (f"{API}/actions", "post") in ways
    assert (f"{API}/recognitions", "post") in ways
    assert len(ways) == 19
    assert {"ClipBody", "Problem", "RecognitionView"} <= set(schema["components"]["schemas"])
    body = schema["paths"][f"{API}/recognitions"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "application/octet-stream"}


def test_the_saved_file_is_what_the_server_answers(three, gallery_file, recogniser):
    assert list(load_gallery(gallery_file, recogniser).actions) == names(three)
