"""The page in a real browser: enrolled from a file, recognised, unknown, renamed, deleted, told."""

import json
from pathlib import Path

import httpx2 as httpx
import numpy as np
import pytest
from serve_samples import as_json, running
from web_samples import PATIENCE_MS, WALKER, choose, save_as, verdict

from crossglg.skeleton import get_layout
from crossglg.skeleton.augment import mirror
from crossglg.sources.clipset import ClipSet
from crossglg.sources.npz import write_npz
from crossglg.sources.pose import PoseFrame, gather_clip

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_enrolled_from_a_file_then_somebody_elses_is_recognised_and_a_stranger_unknown(
    taught, files
):
    choose(taught, files("squat", 1))
    assert verdict(taught) == "squat"
    assert taught.get_by_text("Looks mostly at the").is_visible()
    taught.locator("[aria-live=polite]", has_text="squat").wait_for(state="attached")
    taught.get_by_role("button", name="Put it away").click()
    choose(taught, files("kick forward", 0))
    assert verdict(taught) == "Unknown"
    assert taught.locator(".verdict li").first.inner_text().startswith("none of these")


def test_renamed_and_deleted_by_keyboard_alone_and_still_so_after_reloading(taught):
    taught.get_by_role("button", name="Rename squat").focus()
    taught.keyboard.press("Enter")
    taught.keyboard.type("knee bend")  # the old name is selected
    taught.keyboard.press("Enter")
    taught.locator("li b", has_text="knee bend").wait_for()
    taught.get_by_role("button", name="Delete clap hands").focus()
    taught.keyboard.press("Enter")
    taught.get_by_role("group", name="Delete clap hands?").wait_for()
    taught.keyboard.press("Escape")  # thought better of it
    taught.get_by_role("button", name="Delete clap hands").focus()
    taught.keyboard.press("Enter")
    taught.keyboard.press("Enter")
    # The question goes away when the server has answered; the name itself is not shown meanwhile.
    taught.get_by_role("group", name="Delete clap hands?").wait_for(state="detached")
    taught.reload()
    taught.locator("li b", has_text="knee bend").wait_for()
    assert taught.locator("li b").all_inner_texts() == ["wave right hand", "knee bend"]


def test_a_second_click_on_delete_before_the_answer_asks_nothing(taught):
    taught.evaluate(
        """() => {
          const ask = window.fetch;
          window.asked = 0;
          window.fetch = async (address, how) => {
            if (how.method === "DELETE") {
              asked += 1;
              await new Promise((resolve) => setTimeout(resolve, 500));
            }
            return ask(address, how);
          };
        }"""
    )
    taught.get_by_role("button", name="Delete clap hands").click()
    question = taught.get_by_role("group", name="Delete clap hands?")
    question.get_by_role("button", name="Delete").dblclick()
    question.wait_for(state="detached")
    assert taught.evaluate("asked") == 1
    assert taught.get_by_role("alert").count() == 0


def test_saved_for_either_side_it_is_recognised_done_with_the_other_one(
    open_page, files, clips, tmp_path, empty
):
    page = open_page()
    choose(page, files("wave right hand", 0))
    page.get_by_label("Name of the action").fill("wave")
    page.get_by_label("Also count it done with the other side").check()
    page.get_by_role("button", name="Save").click()
    row = page.locator("li", has=page.locator("b", has_text="wave"))
    row.get_by_text("either side").wait_for()
    (action,) = httpx.get(f"{empty}/api/v1/actions").json()["actions"]
    assert action["either_side"]
    left = ClipSet.from_clips([mirror(clips["wave right hand", 0])], name="x", class_names=["x"],
                              labels=[0], subjects=[0], clip_names=["x"])  # fmt: skip
    write_npz(left, tmp_path / "left.npz")
    choose(page, tmp_path / "left.npz")
    assert verdict(page) == "wave"
    page.get_by_role("button", name="Put it away").click()
    save_as(page, files("squat", 0), "squat")
    other = page.locator("li", has=page.locator("b", has_text="squat"))
    assert other.get_by_text("either side").count() == 0  # the box is not ticked by itself


def test_an_unsaved_clip_is_discarded_only_when_that_was_asked_for(open_page, files):
    page = open_page()
    choose(page, files("squat", 0))
    name = page.get_by_label("Name of the action")
    name.fill("my squat")
    page.get_by_role("button", name="Skeleton file").click()  # is pressed already
    page.get_by_role("button", name="Video").click()
    question = page.get_by_role("group", name="Discard the clip?")
    question.wait_for()
    page.keyboard.press("Escape")
    question.wait_for(state="detached")
    assert name.input_value() == "my squat"
    page.get_by_role("button", name="Video").click()
    question.get_by_role("button", name="Discard").click()
    page.get_by_text("Drop a video here").wait_for()


def test_the_keyboard_goes_on_where_the_work_does(taught, files):
    def press(*keys):
        for key in keys:
            taught.keyboard.press(key)

    def goes_on_at(locator):
        playwright.expect(locator).to_be_focused(timeout=PATIENCE_MS)

    def button(name):
        return taught.get_by_role("button", name=name, exact=True)

    button("Rename squat").focus()
    press("Enter", "Escape")
    goes_on_at(button("Rename squat"))
    press("Enter", "x", "Enter")
    goes_on_at(button("Rename x"))
    button("Delete x").focus()
    press("Enter", "Escape")
    goes_on_at(button("Delete x"))
    button("Skeleton file").click()
    button("Choose a file").focus()
    taught.locator("input[type=file]").first.set_input_files(files("squat", 0))
    goes_on_at(taught.locator(".desk"))
    button("Put it away").focus()
    press("Enter")
    goes_on_at(button("Choose a file"))
    choose(taught, files("squat", 0))
    taught.get_by_label("Name of the action").focus()
    press("y", "Enter")
    goes_on_at(button("Choose a file"))


def test_a_cut_is_what_is_recognised_and_saved(open_page, files, empty, clips):
    page = open_page()
    choose(page, files("squat", 0))
    page.get_by_label("from", exact=False).and_(page.get_by_role("slider")).fill("40")
    page.get_by_label("Name of the action").fill("rest of a squat")
    page.get_by_role("button", name="Save").click()
    page.locator("li b", has_text="rest of a squat").wait_for()
    (action,) = httpx.get(f"{empty}/api/v1/actions").json()["actions"]
    clip = clips["squat", 0]
    expected = (clip.frame_count - 40) / clip.fps
    assert action["exemplars"][0]["duration_s"] == pytest.approx(expected, abs=0.02)


def test_the_gallery_goes_out_and_comes_in(taught, open_page, tmp_path, empty):
    with taught.expect_download() as download:
        taught.get_by_role("button", name="Export").click()
    file = tmp_path / "taken.crossglg"
    download.value.save_as(file)
    assert download.value.suggested_filename == "gallery.crossglg"
    for action in httpx.get(f"{empty}/api/v1/actions").json()["actions"]:
        httpx.delete(f"{empty}/api/v1/actions/{action['id']}")
    page = open_page()
    page.locator("input[accept='.crossglg']").set_input_files(file)
    page.locator("li b", has_text="clap hands").wait_for()
    assert page.locator("li b").count() == 3


def test_errors_are_shown_in_the_servers_words(open_page, tmp_path):
    page = open_page()
    broken = tmp_path / "broken.bvh"
    broken.write_text("HIERARCHY\nnonsense\nMOTION\n")
    choose(page, broken)
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "broken.bvh, line 2: expected 'ROOT'" in alert.inner_text()
    page.get_by_role("button", name="Dismiss").click()
    alert.wait_for(state="detached")
    other = tmp_path / "film.txt"
    other.write_text("x")
    choose(page, other)
    page.get_by_role("alert").wait_for()
    assert "Expected a .bvh, .skeleton or .npz file" in page.get_by_role("alert").inner_text()


@pytest.fixture
def two(clips, tmp_path):
    """A file of two clips."""
    path = tmp_path / "two.npz"
    both = [clips["squat", 0], clips["bow", 0]]
    named = ClipSet.from_clips(both, name="x", class_names=["x"],
                               labels=[0, 0], subjects=[0, 0],
                               clip_names=["one", "two"])  # fmt: skip
    write_npz(named, path)
    return path


def test_an_npz_of_several_clips_asks_which(open_page, files, two):
    page = open_page()
    choose(page, two)
    question = page.get_by_label("Which clip of two.npz?")
    question.wait_for()
    assert page.get_by_role("alert").count() == 0  # nobody has made a mistake yet
    question.fill("three")
    page.get_by_role("button", name="Open").click()
    page.get_by_role("alert").get_by_text("2 clips, such as one or 0, found 'three'").wait_for()
    page.locator("input[type=file]").first.set_input_files(files("bow", 0))
    page.locator(".source", has_text="bow-0.npz").wait_for()  # of which it is no clip's name
    page.get_by_role("button", name="Put it away").click()
    page.locator("input[type=file]").first.set_input_files(two)
    question.fill("two")
    page.get_by_role("button", name="Open").click()
    page.get_by_text("two.npz#two").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_stream_through_the_websocket_from_the_page(taught, clips):
    clip = clips["squat", 1]
    still = [clip.joints[0, 0].round(4).tolist()] * 30
    frames = [*still, *clip.joints[0].round(4).tolist(), *still]
    heard = taught.evaluate(
        """async ({frames, fps}) => {
          const socket = new WebSocket(location.origin.replace("http", "ws") + "/api/v1/stream");
          const heard = [];
          await new Promise((resolve) => (socket.onopen = resolve));
          const over = new Promise((resolve) => (socket.onclose = resolve));
          socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
          socket.send(JSON.stringify({ type: "start", layout: "ntu25" }));
          for (const [number, body] of frames.entries()) {
            socket.send(JSON.stringify({ type: "frame", time_s: number / fps, persons: [body] }));
            await new Promise((resolve) => setTimeout(resolve, 1000 / 60));
          }
          socket.send(JSON.stringify({ type: "stop" }));
          await over;
          return heard;
        }""",
        {"frames": frames, "fps": clip.fps},
    )
    kinds = [message["type"] for message in heard]
    assert kinds[0] == "ready"
    labels = [message["recognition"] for message in heard if message["type"] == "label"]
    assert "squat" in {label["action"] for label in labels if label}
    assert "problem" not in kinds


def test_the_camera_starts_and_says_that_nobody_is_there(open_page):
    """The browser's test picture shows no person; the landmarker has to run to know that."""
    page = open_page()
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Step back until your whole body is in the picture").wait_for()
    page.get_by_role("button", name="Show an action").click()
    page.get_by_text("Get into position").wait_for()
    page.get_by_role("alert").wait_for()
    assert "Nobody was seen while recording" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Stop the camera").click()
    page.get_by_role("button", name="Start the camera").wait_for()


def test_with_nobody_before_the_camera_empty_frames_go_up_so_that_the_stream_lives(open_page):
    page = open_page()
    with page.expect_event("websocket") as opened:
        page.get_by_role("button", name="Start the camera").click()
    sent = opened.value.wait_for_event(
        "framesent", lambda sent: '"frame"' in sent, timeout=PATIENCE_MS
    )
    assert json.loads(sent)["persons"] == [[None] * 33]
    assert page.get_by_role("alert").count() == 0


def test_what_the_camera_recorded_is_the_clip_that_a_video_of_it_gives(open_page):
    page = open_page()
    page.add_init_script(WALKER)
    page.reload()
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Show an action once").wait_for()
    page.get_by_label("Length").select_option("8")
    page.route("**/api/v1/clips", lambda route: route.abort(), times=1)  # and nothing is lost
    with page.expect_response("**/api/v1/clips") as answered:
        page.get_by_role("button", name="Show an action").click()
    page.get_by_label("Name of the action").fill("bob")
    with page.expect_request(lambda asked: "name=bob" in asked.url) as enrolled:
        page.get_by_role("button", name="Save").click()
    page.locator("li b", has_text="bob").wait_for()
    came, kept = answered.value.request.post_data_json, enrolled.value.post_data_json
    poses = [np.array([p or [np.nan] * 3 for p in body]) for body in came["persons"][0]]
    layout = get_layout("mediapipe33")
    frames = [
        PoseFrame(time_s, pose[None].astype(np.float32), np.isfinite(pose[None, :, 0]))
        for time_s, pose in zip(came["times_s"], poses, strict=True)
    ]
    expected = gather_clip(frames, layout)
    assert kept["joint_names"] == list(layout.joints)
    assert kept["fps"] == pytest.approx(expected.fps)
    found = np.array([[p or [np.nan] * 3 for p in body] for body in kept["persons"][0]])
    shown = np.where(expected.visible[0][..., None], expected.joints[0], np.nan)
    np.testing.assert_allclose(found, shown, atol=2e-4)
    assert not expected.present.all()  # nobody was seen while nothing came


def test_a_stream_closed_for_silence_comes_back_with_the_next_frame_and_without_an_alarm(open_page):
    page = open_page()
    answers = [
        {"type": "ready"},
        {"type": "problem", "status": 408, "detail": "Nothing came."},
        {"type": "ready"},
        {"type": "event", "action": "came back", "start_s": 0},
    ]

    def talk(stream):
        closed = False

        def answer(_message):
            nonlocal closed
            if closed or not answers:  # a frame may be under way while the stream is closed
                return
            told = answers.pop(0)
            stream.send(json.dumps(told))
            if told.get("status"):
                closed = True
                stream.close(code=1008)

        stream.on_message(answer)

    page.route_web_socket("**/api/v1/stream", talk)
    page.reload()
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Step back until your whole body is in the picture").wait_for()
    page.get_by_text("came back").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_who_leaves_a_camera_that_is_starting_is_shown_no_error_and_it_is_off(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          const answered = new Promise((resolve) => (window.allow = resolve));
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            await answered;
            return (window.media = await ask(wanted));
          };
        }"""
    )
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_role("button", name="Video").click()
    page.evaluate(
        """async () => {
          allow();
          while (!window.media?.getTracks().every(({ readyState }) => readyState === "ended"))
            await new Promise((resolve) => setTimeout(resolve, 50));
        }"""
    )
    assert page.get_by_role("alert").count() == 0


def test_a_camera_that_is_unplugged_is_noticed(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          const devices = navigator.mediaDevices;
          const ask = devices.getUserMedia.bind(devices);
          devices.getUserMedia = async (wanted) => (window.media = await ask(wanted));
        }"""
    )
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Step back until your whole body is in the picture").wait_for()
    page.evaluate("media.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_role("alert").get_by_text("The camera is gone").wait_for()
    page.get_by_role("button", name="Start the camera").wait_for()


def test_the_token_in_the_address_opens_the_page_and_leaves_the_address(
    browser, run, clips, tmp_path
):
    token = "a-token-of-some-length"
    body = as_json(clips["squat", 0])
    with running(run, tmp_path / "g", "--token", token) as (address, _):
        head = {"authorization": f"Bearer {token}"}
        httpx.post(f"{address}/api/v1/actions?name=squat", json=body, headers=head)
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("alert").wait_for()
        assert "asks for a token" in page.get_by_role("alert").inner_text()
        page.goto(f"{address}/#token={token}")  # which does not load the page anew
        page.locator("li b", has_text="squat").wait_for()
        assert page.get_by_role("alert").count() == 0
        assert "token" not in page.url
        page.reload()
        page.locator("li b", has_text="squat").wait_for()
        page.close()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_sticks_out_and_everything_has_room(taught, files, two, width):
    taught.set_viewport_size({"width": width, "height": 844})
    choose(taught, two)
    taught.get_by_label("Which clip of two.npz?").wait_for()
    drop, row = (taught.locator(each).bounding_box() for each in (".drop", ".drop form .row"))
    opener = taught.get_by_role("button", name="Open").bounding_box()
    assert row["x"] > drop["x"]
    assert opener["x"] + opener["width"] < drop["x"] + drop["width"]
    choose(taught, files("squat", 1))
    verdict(taught)
    for bar in taught.locator(".verdict .bar").all():
        assert bar.bounding_box()["width"] >= 60  # else it says nothing
    sticks_out = taught.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert sticks_out <= 0
    for button in taught.get_by_role("button").all():
        box = button.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 24  # WCAG 2.2, target size


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there (npm ci in web/)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scene", ["camera", "file", "desk", "edit", "dismissed", "examples"])
def test_axe_finds_nothing_to_complain_about(taught, files, scheme, scene):
    taught.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if scene in ("file", "desk"):
        taught.get_by_role("button", name="Skeleton file").click()
    if scene == "desk":
        choose(taught, files("squat", 1))
        verdict(taught)
    if scene == "dismissed":
        choose(taught, files("squat", 1))
        taught.get_by_role("button", name="It is none of these").click()
        taught.locator("li b", has_text="None of these").wait_for()
        taught.get_by_role("button", name="Delete squat").click()
    if scene == "examples":
        save_as(taught, files("squat", 1), "squat")
        taught.get_by_role("button", name="2 examples").click()
        taught.get_by_role("button", name="Delete example 2 of squat").click()
    if scene == "edit":
        taught.get_by_role("button", name="Rename squat").click()
        taught.get_by_role("button", name="Delete clap hands").click()
    taught.wait_for_timeout(700)  # colours fade in
    taught.evaluate(AXE.read_text("utf-8"))
    found = taught.evaluate("axe.run()")["violations"]
    told = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]
    assert told == [], json.dumps(told, indent=1)
