"""A server that goes away and comes back: said while it is so, and never a stale answer."""

import json

import pytest
from web_samples import choose

pytestmark = [pytest.mark.browser, pytest.mark.slow]

API = "**/api/v1/**"
AWAY = "The server does not answer"


def test_a_page_opened_too_early_waits_for_the_server(taught):
    taught.route(API, lambda route: route.abort())
    taught.reload()
    taught.get_by_role("alert").get_by_text(AWAY).wait_for()
    taught.unroute(API)
    taught.get_by_text("Model “run").wait_for()
    taught.locator("li b", has_text="squat").wait_for()
    assert taught.get_by_role("alert").count() == 0


def test_what_could_not_be_saved_is_saved_when_the_server_is_back(open_page, files):
    page = open_page()
    choose(page, files("squat", 0))
    page.get_by_label("Name of the action").fill("squat")
    page.route(API, lambda route: route.abort())
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").get_by_text(AWAY).wait_for()
    page.unroute(API)
    page.get_by_role("alert").wait_for(state="detached")
    page.get_by_role("button", name="Save").click()
    page.locator("li b", has_text="squat").wait_for()


LABEL = {
    "type": "label",
    "time_s": 1,
    "moving": True,
    "recognition": {
        "action": "bow",
        "answers": [{"action": "bow", "probability": 0.9, "distance": 0.1}],
        "unknown_probability": 0.1,
        "importance": None,
    },
}


def test_a_stream_that_says_nothing_any_more_leaves_no_answer_standing(open_page):
    page = open_page()
    told = [{"type": "ready"}, LABEL]

    def talk(stream):
        stream.on_message(lambda _: told and stream.send(json.dumps(told.pop(0))))

    page.route_web_socket("**/api/v1/stream", talk)
    page.reload()
    page.get_by_role("button", name="Start the camera").click()
    page.locator(".verdict .name", has_text="bow").wait_for()
    page.get_by_text("Step back until your whole body is in the picture").wait_for()


def test_a_stream_that_breaks_off_leaves_no_answer_behind(open_page):
    page = open_page()
    streams = []

    def talk(stream):
        streams.append(stream)
        if len(streams) == 2:  # back too early: it is let in only at the third try
            stream.close(code=1011)
            return
        told = [{"type": "ready"}, LABEL] if len(streams) == 1 else [{"type": "ready"}]
        stream.on_message(lambda _: told and stream.send(json.dumps(told.pop(0))))

    page.route_web_socket("**/api/v1/stream", talk)
    page.reload()
    page.get_by_role("button", name="Start the camera").click()
    page.locator(".verdict .name", has_text="bow").wait_for()
    streams[0].close(code=1011)
    page.get_by_text("Step back until your whole body is in the picture").wait_for()
    page.get_by_role("alert").get_by_text("not to the live stream").wait_for()
    page.get_by_role("alert").wait_for(state="detached")
