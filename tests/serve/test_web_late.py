"""Answers that come late, twice or in another order, and to what was left meanwhile."""

import pytest
from web_samples import choose, hold_answers, verdict

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHOOSE = "input[type=file]"
REST_MS = 300
"""What must not happen would have happened after so long."""


def name_of(page):
    return page.get_by_label("Name of the action")


def test_an_answer_to_what_was_left_changes_neither_the_desk_nor_the_name(open_page, files):
    page = open_page()
    answers = hold_answers(page, "POST", "/clips")
    choose(page, files("bow", 0))
    answers.await_held(1)
    page.get_by_role("button", name="Video").click()
    answers.free()
    page.wait_for_timeout(REST_MS)
    assert page.locator(".desk").count() == 0

    answers = hold_answers(page, "POST", "/clips", most=1)
    choose(page, files("bow", 0))
    answers.await_held(1)
    page.locator(CHOOSE).first.set_input_files(files("squat", 0))
    name_of(page).fill("my squat")
    answers.free()
    page.wait_for_timeout(REST_MS)
    assert page.locator(".source").inner_text().startswith("squat-0.npz")
    assert name_of(page).input_value() == "my squat"

    answers = hold_answers(page, "POST", "/actions?")
    page.get_by_role("button", name="Save").click()
    answers.await_held(1)
    page.get_by_role("button", name="Put it away").click()
    page.locator(CHOOSE).first.set_input_files(files("clap hands", 0))
    name_of(page).fill("my clap")
    answers.free()
    page.locator("li b", has_text="my squat").wait_for()
    page.wait_for_timeout(REST_MS)
    assert name_of(page).input_value() == "my clap"


def test_the_desk_never_shows_what_was_said_of_another_cut_or_an_action_now_gone(taught, files):
    choose(taught, files("squat", 1))
    assert verdict(taught) == "squat"
    answers = hold_answers(taught, "POST", "/recognitions")
    taught.get_by_label("from", exact=False).and_(taught.get_by_role("slider")).fill("40")
    taught.locator(".verdict").get_by_text("Looking …").wait_for()
    answers.await_held(1)
    taught.get_by_role("button", name="Delete squat").click()
    taught.get_by_role("group", name="Delete squat?").get_by_role("button", name="Delete").click()
    answers.await_held(2)  # it was asked again; the first answer still names the squat
    answers.free()
    verdict(taught)
    assert "squat" not in taught.locator(".verdict").inner_text()
