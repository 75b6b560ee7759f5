"""How sure an answer must be to have a name is chosen on the page, and kept in the browser."""

import json

import httpx2 as httpx
import pytest
from serve_samples import as_json, enroll, running
from web_samples import WALKER, choose, verdict

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABEL = "Unknown, if less sure than"


def find_doubtful(clips, address):
    """A clip that is named, yet not for certain: (action, performer), and the name."""
    for key, clip in clips.items():
        found = httpx.post(f"{address}/api/v1/recognitions", json=as_json(clip)).json()
        best = found["answers"][0]
        if 0.55 < best["probability"] < 0.9:
            return key, best["action"]
    raise AssertionError("no clip to show the choice with")


def test_who_asks_for_more_hears_unknown_also_after_reloading(taught, files, clips, empty):
    doubtful, name = find_doubtful(clips, empty)
    choose(taught, files(*doubtful))
    assert verdict(taught) == name
    taught.get_by_label(LABEL).select_option("95 %")
    taught.locator(".verdict .name", has_text="Unknown").wait_for()
    taught.reload()
    choose(taught, files(*doubtful))
    assert verdict(taught) == "Unknown"
    taught.get_by_label(LABEL).select_option("50 %")
    taught.locator(".verdict .name", has_text=name).wait_for()


def test_the_camera_is_asked_by_the_same_measure_from_then_on(taught):
    asked = []

    def talk(stream):
        def answer(message):
            told = json.loads(message)
            if told["type"] == "start":
                asked.append(told["sure"])
                stream.send(json.dumps({"type": "ready"}))
                return
            recognition = {"action": f"asked {len(asked)} times", "answers": []}
            recognition |= {"unknown_probability": 0.0, "importance": None}
            label = {"time_s": told["time_s"], "moving": True, "recognition": recognition}
            stream.send(json.dumps({"type": "label", **label}))

        stream.on_message(answer)

    taught.add_init_script(WALKER)
    taught.route_web_socket("**/api/v1/stream", talk)
    taught.reload()
    taught.get_by_role("button", name="Start the camera").click()
    taught.get_by_text("asked 1 times").wait_for()
    with taught.expect_response("**/api/v1/model"):  # the tab is seen again, and the model the same
        taught.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    taught.get_by_label(LABEL).select_option("80 %")
    taught.get_by_text("asked 2 times").wait_for()
    assert asked == [0.5, 0.8]


def test_what_a_browser_kept_that_is_no_choice_is_not_asked_for(taught):
    taught.evaluate("localStorage.setItem('sure', '80')")
    taught.reload()
    choice = taught.get_by_label(LABEL)
    choice.wait_for()
    assert choice.input_value() == "0.5"


def test_a_browser_that_keeps_nothing_shows_the_page_all_the_same(taught):
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    taught.add_init_script(denied)
    taught.reload()
    choice = taught.get_by_label(LABEL)
    choice.select_option("80 %")
    assert choice.input_value() == "0.8"


def test_another_tab_is_as_sure_as_this_one(taught):
    other = taught.context.new_page()
    other.goto(taught.url)
    other.get_by_label(LABEL).select_option("90 %")
    taught.wait_for_function("() => document.querySelector('label select').value === '0.9'")
    assert taught.get_by_label(LABEL).input_value() == "0.9"


def test_who_has_chosen_nothing_hears_what_is_sure_enough_for_the_server(
    run, browser, clips, tmp_path
):
    with running(run, tmp_path / "mine.crossglg", "--sure", "0.6") as (address, _):
        with httpx.Client(base_url=address) as client:
            enroll(client, "squat", clips["squat", 0])
        room = browser.new_context()
        page = room.new_page()
        page.goto(address)
        page.wait_for_selector("text=Model “run")
        choice = page.get_by_label(LABEL)
        assert choice.input_value() == "0.6"
        choice.select_option("90 %")
        page.reload()
        page.wait_for_selector("text=Model “run")
        assert choice.input_value() == "0.9"
        choice.select_option("60 %")  # the server's own can be had again
        assert choice.input_value() == "0.6"
        room.close()
