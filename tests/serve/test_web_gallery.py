"""The list of actions: small pictures, other tabs, names that meet, files in and out."""

import json

import httpx2 as httpx
import pytest
from serve_samples import as_json
from web_samples import hold_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def names(page):
    return page.locator("li b").all_inner_texts()


def delete(page, name):
    page.get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("group", name=f"Delete {name}?").get_by_role("button", name="Delete").click()


@pytest.fixture
def dozen(empty, clips):
    """A gallery of more actions than the list shows at once."""
    body = as_json(clips["squat", 0])
    for number in range(12):
        httpx.post(f"{empty}/api/v1/actions?name=no {number}", json=body).raise_for_status()
    return empty


def test_pictures_are_fetched_when_seen_once_and_again_when_the_server_is_busy(dozen, open_page):
    page = open_page()
    page.goto("about:blank")  # what was on its way is given up
    first = httpx.get(f"{dozen}/api/v1/actions").json()["actions"][0]["id"]
    asked = []

    def answer(route):
        asked.append(route.request.url)
        if first in asked[-1] and asked.count(asked[-1]) == 1:
            problem = {"status": 429, "detail": "Too many requests."}
            route.fulfill(status=429, headers={"Retry-After": "1"}, body=json.dumps(problem))
        else:
            route.continue_()

    page.route("**/exemplars/0", answer)
    page.goto(dozen)
    page.locator("li", has_text="no 0").locator("canvas").wait_for()
    assert page.get_by_role("alert").count() == 0
    assert len(set(asked)) < 12  # the others are further down
    page.locator("li", has_text="no 11").scroll_into_view_if_needed()
    page.locator("li", has_text="no 11").locator("canvas").wait_for()
    page.get_by_role("button", name="Rename no 11").click()
    page.keyboard.type("eleven")
    page.keyboard.press("Enter")
    page.locator("li", has_text="eleven").locator("canvas").wait_for()
    assert len(asked) - len(set(asked)) == 1  # only the one that was refused was asked again


def test_what_another_tab_deleted_goes_when_it_is_touched_and_when_this_tab_is_seen(taught, empty):
    def delete_elsewhere(name):
        for action in httpx.get(f"{empty}/api/v1/actions").json()["actions"]:
            if action["action"] == name:
                httpx.delete(f"{empty}/api/v1/actions/{action['id']}").raise_for_status()

    delete_elsewhere("clap hands")
    delete(taught, "clap hands")
    taught.get_by_role("alert").get_by_text("renamed or deleted meanwhile").wait_for()
    taught.locator("li", has_text="clap hands").wait_for(state="detached")
    delete_elsewhere("squat")
    taught.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    taught.locator("li", has_text="squat").wait_for(state="detached")
    assert names(taught) == ["wave right hand"]


def test_an_older_list_that_comes_late_does_not_bring_back_what_was_deleted(taught):
    answers = hold_answers(taught, "DELETE", "/actions/", most=1)
    delete(taught, "squat")
    answers.await_held(1)
    delete(taught, "wave right hand")
    taught.locator("li", has_text="wave right hand").wait_for(state="detached")
    answers.free()
    taught.wait_for_timeout(300)  # an older list would have come back by now
    assert names(taught) == ["clap hands"]


def test_two_actions_become_one_only_when_that_was_asked_for(taught):
    def rename(old, new):
        taught.get_by_role("button", name=f"Rename {old}").click()
        taught.keyboard.type(new)
        taught.keyboard.press("Enter")

    rename("squat", " clap  hands")
    question = taught.get_by_role("group", name="Add its examples to clap hands?")
    question.wait_for()
    taught.keyboard.press("Enter")  # they are kept apart unless another button is chosen
    question.wait_for(state="detached")
    assert names(taught) == ["wave right hand", "squat", "clap hands"]
    rename("squat", "clap hands")
    question.get_by_role("button", name="Add").click()
    taught.locator("li", has_text="clap hands").get_by_text("2 examples").wait_for()
    assert names(taught) == ["wave right hand", "clap hands"]


def test_an_import_says_how_much_came_in_and_calls_a_file_by_its_name(taught, empty, tmp_path):
    file, damaged = tmp_path / "mine.crossglg", tmp_path / "half of it.crossglg"
    file.write_bytes(httpx.get(f"{empty}/api/v1/gallery").content)
    damaged.write_bytes(file.read_bytes()[:5000])
    bring = taught.locator("input[accept='.crossglg']").set_input_files
    bring(damaged)
    taught.get_by_role("alert").get_by_text("half of it.crossglg: expected").wait_for()
    assert "upload" not in taught.get_by_role("alert").inner_text()
    bring(file)
    taught.locator("footer").get_by_text("You have all of mine.crossglg already.").wait_for()
    delete(taught, "squat")
    delete(taught, "clap hands")
    taught.locator("li", has_text="clap hands").wait_for(state="detached")
    answers = hold_answers(taught, "POST", "/gallery")
    bring(file)
    assert taught.get_by_role("button", name="Importing …").is_disabled()
    answers.await_held(1)
    answers.free()
    taught.locator("footer").get_by_text("2 actions came in.").wait_for()
