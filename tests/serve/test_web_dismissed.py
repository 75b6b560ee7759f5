"""What is none of the actions: shown from the desk, or when the camera took it for one of them."""

import httpx2 as httpx
import pytest
from web_samples import WALKER, choose, refuse_and_ask_again, tell_events, verdict

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_clip_that_is_none_of_these_is_unknown_until_that_is_forgotten(taught, files):
    row = taught.locator("#dismissed")
    choose(taught, files("squat", 1))
    assert verdict(taught) == "squat"
    assert row.count() == 0
    taught.get_by_role("button", name="It is none of these").click()
    row.locator("canvas").wait_for()
    taught.locator("[aria-live=polite]", has_text="Noted as none of these").wait_for(
        state="attached"
    )
    choose(taught, files("squat", 1))
    assert verdict(taught) == "Unknown"
    taught.get_by_role("button", name="Forget what is none of these").click()
    question = taught.get_by_role("group", name="Forget what is none of these?")
    refuse_and_ask_again(taught, question)
    question.get_by_role("button", name="Forget").click()
    row.wait_for(state="detached")
    taught.locator(".verdict .name", has_text="squat").wait_for()  # of the clip on the desk


def test_the_first_thing_to_show_is_an_action(open_page, files):
    page = open_page()
    choose(page, files("squat", 1))
    page.get_by_label("Name of the action").wait_for()
    assert page.get_by_role("button", name="It is none of these").count() == 0


def test_what_the_camera_took_for_an_action_can_be_corrected(taught, empty):
    def correct(answer):
        taught.get_by_role("button", name="Correct squat").click()
        source = taught.locator(".source")
        source.wait_for()
        assert ", taken for squat · " in source.inner_text()
        answer()
        source.wait_for(state="detached")
        return httpx.get(f"{empty}/api/v1/actions").json()

    def dismiss():
        taught.get_by_role("button", name="It is none of these").click()

    def name_it():
        taught.get_by_label("Name of the action").fill("clap hands")
        taught.get_by_role("button", name="Save").click()

    taught.add_init_script(WALKER)
    tell_events(taught, {"action": "squat", "times": 3})
    taught.reload()
    taught.get_by_role("button", name="Start the camera").click()
    taught.get_by_role("button", name="Correct squat").wait_for()
    assert taught.get_by_label("3 times").inner_text().startswith("3")
    taught.get_by_role("button", name="Show an action").click()
    assert taught.get_by_role("button", name="Correct squat").is_disabled()
    taught.get_by_role("button", name="Cancel").click()
    (told,) = correct(dismiss)["dismissed"]
    assert told["source"].startswith("camera, ")
    assert told["source"].endswith(", taken for squat")
    assert 0.3 < told["duration_s"] < 10
    known = correct(name_it)
    taught.locator(".told", has_text="1 clip is no longer “none of these”.").wait_for()
    assert known["dismissed"] == []  # the newest word about a clip holds
    counts = {action["action"]: len(action["exemplars"]) for action in known["actions"]}
    assert counts == {"wave right hand": 1, "squat": 1, "clap hands": 2}
