"""A clip on the desk says how often it was done, and what was different each time."""

import httpx2 as httpx
import numpy as np
import pytest
from serve_samples import enroll
from web_samples import WALKER, choose, tell_events

from crossglg.sources.clipset import ClipSet
from crossglg.sources.npz import write_npz
from swung_limb import swing

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def write(clip, path):
    named = {"class_names": ["x"], "labels": [0], "subjects": [0], "clip_names": ["x"]}
    write_npz(ClipSet.from_clips([clip], name="x", **named), path)
    return path


@pytest.fixture
def twice(clips, tmp_path):
    """A file in which somebody squats as they did before, then with one arm elsewhere."""
    squat = clips["squat", 0]
    lifted = swing(squat, "right_shoulder", 50, axis=0)
    joints = np.concatenate([squat.joints, lifted.joints], axis=1)
    clip = squat.with_joints(joints, np.ones(joints.shape[:3], dtype=np.bool_))
    return write(clip, tmp_path / "twice.npz")


def test_what_was_different_is_listed_and_looked_at(taught, twice):
    page = taught
    choose(page, twice)
    beside = page.get_by_role("region", name="Beside what was shown")
    beside.wait_for()
    assert beside.locator(".lead").inner_text() == "Done 2 times, 1 as shown"
    first, second = beside.get_by_role("listitem").all()
    assert "as shown" in first.inner_text()
    assert "right" in second.inner_text()
    assert "°" in second.inner_text()
    page.get_by_role("button", name="Pause").wait_for()
    second.get_by_role("button").click()
    page.get_by_role("button", name="Play").wait_for()
    page.locator("input[type=range]").first.fill("40")  # another cut is asked about anew
    page.wait_for_function(
        "() => !document.querySelector('[aria-label=\"Beside what was shown\"]')"
    )
    beside.wait_for()


def repetition(degrees):
    worst = {"segment": "left thigh", "degrees": degrees, "way": "lower", "at_s": 0.5}
    return {"start_s": 0.2, "end_s": 0.9, "as_shown": degrees <= 20, "differences": [worst]}


@pytest.mark.parametrize(
    "cases",
    [
        {"2 as shown": (5.0, 31.0, 7.0), "all as shown": (5.0, 6.0), "": ()},
        {"left thigh 31° lower": (31.4,), "as shown": (4.0,), "": None},
    ],
)
def test_what_the_camera_saw_says_what_was_different(taught, cases):
    """One event after the other; None is a server that has too much to do."""
    waiting = list(cases.values())

    def compare(route):
        degrees = waiting.pop(0)
        if degrees is None:
            route.fulfill(status=503, json={"status": 503, "detail": "Too much to do."})
            return
        each = [repetition(number) for number in degrees]
        known = {"action": "squat", "tolerance_deg": 20.0, "count": len(each)}
        known |= {"as_shown": sum(once["as_shown"] for once in each), "repetitions": each}
        route.fulfill(json=known)

    taught.add_init_script(WALKER)
    tell_events(taught, *[{"action": "squat", "times": 1}] * len(cases), after=20)
    taught.route("**/form", compare)
    taught.reload()
    with taught.expect_response(lambda answer: "/form" in answer.url and not waiting):
        taught.get_by_role("button", name="Start the camera").click()
    taught.wait_for_timeout(200)  # for what is not to come
    seen = taught.locator(".events li").all()
    said = [item.locator("em").all_inner_texts() for item in seen]
    assert said == [[each] if each else [] for each in reversed(cases)]
    assert taught.get_by_role("alert").count() == 0


def test_what_has_nothing_to_count_by_is_no_problem(empty, open_page, clips, tmp_path):
    """Somebody who stands is an action, too."""
    squat = clips["squat", 0]
    still = squat.with_joints(
        np.repeat(squat.joints[:, :1], 60, axis=1), np.ones((1, 60, 25), dtype=np.bool_)
    )
    with httpx.Client(base_url=empty) as client:
        enroll(client, "stand", still, source="stand.npz")
    page = open_page()
    with page.expect_response("**/form") as answered:
        choose(page, write(still, tmp_path / "still.npz"))
    assert answered.value.status == 422
    page.locator(".verdict .name", has_text="stand").wait_for()
    assert page.get_by_role("alert").count() == 0
    assert page.get_by_role("region", name="Beside what was shown").count() == 0
