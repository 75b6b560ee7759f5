"""Who exercises before the camera sees the count, as long as it may go on."""

import json

import pytest
from web_samples import WALKER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_is_done_in_a_row_is_counted_on_the_stage(taught):
    streams = []

    def talk(stream):
        streams.append(stream)
        stream.on_message(lambda message: answer(stream, json.loads(message)))

    def answer(stream, message):
        if message["type"] == "start":
            stream.send(json.dumps({"type": "ready"}))

    def say(under_way, form=None):
        answers = [{"action": "squat", "probability": 0.9, "distance": 0.5}]
        found = {"action": "squat", "answers": answers, "unknown_probability": 0.1}
        found |= {"importance": None}
        label = {"time_s": 9.0, "moving": True, "recognition": found, "under_way": under_way}
        label["form"] = form
        streams[-1].send(json.dumps({"type": "label", **label}))

    taught.add_init_script(WALKER)
    taught.route_web_socket("**/api/v1/stream", talk)
    taught.reload()
    taught.get_by_role("button", name="Start the camera").click()
    taught.get_by_role("button", name="Show an action").wait_for()
    tally = taught.locator(".tally")
    for times in (1, 2, 12):
        say({"action": "squat", "start_s": 1.0, "times": times})
        taught.locator(".tally b", has_text=str(times)).wait_for()
        assert tally.inner_text().split() == [str(times), "squat"]
    taught.locator("[aria-live=polite]", has_text="squat, 12").wait_for(state="attached")
    worst = {"segment": "left thigh", "degrees": 31.4, "way": "lower", "at_s": 0.5}
    before = {"start_s": 0, "end_s": 1, "as_shown": False, "differences": [worst]}
    known = {"action": "squat", "tolerance_deg": 20, "count": 1, "as_shown": 0}
    say(
        {"action": "squat", "start_s": 1.0, "times": 13, "latest_s": [5.0, 6.0]},
        known | {"repetitions": [before]},
    )
    tally.locator("em", has_text="left thigh 31° lower").wait_for()
    aloud = taught.locator("[aria-live=polite]")
    aloud.locator("text=squat, 13. Before: left thigh 31° lower").wait_for(state="attached")
    say({"action": "squat", "start_s": 1.0, "times": 13, "latest_s": None})
    tally.locator("em").wait_for(state="detached")
    say(None)
    tally.wait_for(state="detached")
    taught.locator("[aria-live=polite]", has_text="squat, 90 %").wait_for(state="attached")
    say({"action": "squat", "start_s": 3.0, "times": 1})
    tally.wait_for()
    streams[-1].close()  # what was said last is no longer so
    tally.wait_for(state="detached")
