"""An action shown several times: its examples are looked at one by one, and single ones deleted."""

import httpx2 as httpx
import pytest
from web_samples import choose, refuse_and_ask_again, save_as

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ids(server):
    known = httpx.get(f"{server}/api/v1/actions").json()
    shown = {each["action"]: each["exemplars"] for each in known["actions"]}
    shown["none of these"] = known["dismissed"]
    return {name: [clip["id"] for clip in clips] for name, clips in shown.items()}


def answer(page, button):
    """The question about an example."""
    question = page.get_by_role("group", name="Delete example")
    question.get_by_role("button", name=button).click()


def test_single_examples_are_deleted_and_the_others_stay(taught, files, empty):
    row = taught.locator("li", has=taught.locator("b", has_text="squat"))
    assert row.locator("button[aria-expanded]").count() == 0  # of one there is no more to see
    for performer in (1, 2):
        save_as(taught, files("squat", performer), "squat")
        taught.locator(".desk").wait_for(state="detached")
    first, _, third = ids(empty)["squat"]
    taught.get_by_role("button", name="3 examples").click()
    row.locator(".more canvas").nth(2).wait_for()
    taught.get_by_role("button", name="Delete example 2 of squat").click()
    question = taught.get_by_role("group", name="Delete example 2 of squat (")
    refuse_and_ask_again(taught, question)
    taught.keyboard.press("Enter")
    taught.get_by_role("button", name="2 examples").wait_for()
    assert ids(empty)["squat"] == [first, third]
    taught.get_by_role("button", name="Delete example 1 of squat").click()
    answer(taught, "Delete")
    row.locator(".more").wait_for(state="detached")
    assert ids(empty)["squat"] == [third]


def test_single_clips_that_were_none_of_these_are_forgotten(taught, files, empty):
    for performer in (0, 1):
        choose(taught, files("bow", performer))
        taught.get_by_role("button", name="It is none of these").click()
        taught.locator(".desk").wait_for(state="detached")
    kept = ids(empty)["none of these"][0]
    taught.get_by_role("button", name="2 clips").click()
    taught.get_by_role("button", name="Delete example 2 of none of these").click()
    taught.get_by_role("group", name="Delete example 2").get_by_role(
        "button", name="Delete"
    ).click()
    taught.locator("#dismissed .more").wait_for(state="detached")
    assert ids(empty)["none of these"] == [kept]


def test_an_example_that_another_page_deleted_is_gone_and_no_other_goes_in_its_place(
    taught, files, empty
):
    for performer in (1, 2):
        save_as(taught, files("squat", performer), "squat")
        taught.locator(".desk").wait_for(state="detached")
    taught.get_by_role("button", name="3 examples").click()
    actions = httpx.get(f"{empty}/api/v1/actions").json()["actions"]
    squat = next(each for each in actions if each["action"] == "squat")
    httpx.delete(f"{empty}/api/v1/actions/{squat['id']}/exemplars/0")
    left = ids(empty)["squat"]
    taught.get_by_role("button", name="Delete example 1 of squat").click()
    taught.get_by_role("group", name="Delete example 1").get_by_role(
        "button", name="Delete"
    ).click()
    taught.get_by_role("alert").get_by_text("was deleted meanwhile").wait_for()
    taught.get_by_role("button", name="2 examples").wait_for()
    assert ids(empty)["squat"] == left
    focused = taught.locator(":focus").get_attribute("aria-label")
    assert focused == "Delete example 1 of squat"  # and the keyboard goes on there


def test_pictures_that_stay_are_not_fetched_again(taught, files):
    for performer in (1, 2):
        save_as(taught, files("squat", performer), "squat")
        taught.locator(".desk").wait_for(state="detached")
    taught.get_by_role("button", name="3 examples").click()
    taught.locator(".more canvas").nth(2).wait_for()
    fetched = []
    taught.on("request", lambda asked: "/exemplars/" in asked.url and fetched.append(asked.method))
    taught.get_by_role("button", name="Delete example 3 of squat").click()
    answer(taught, "Delete")
    taught.get_by_role("button", name="2 examples").wait_for()
    taught.get_by_role("button", name="Delete clap hands").click()
    taught.get_by_role("button", name="Delete", exact=True).click()
    taught.locator("li b", has_text="clap hands").wait_for(state="detached")
    taught.wait_for_timeout(300)  # for requests that should not come
    assert fetched == ["DELETE"]
