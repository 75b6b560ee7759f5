"""Reports in a real browser: they move, obey the keyboard, fit desktop and phone, day and night."""

from dataclasses import replace

import numpy as np
import pytest
from report_samples import make_decision

from browser import SIZES, open_browser, open_page, overflow
from crossglg.report import render_decision, write_page, write_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def address(report, tmp_path):
    long = replace(report, class_names=("wave", "bow", "sit down on a chair and stand up again"))
    return write_report(long, tmp_path / "report.html").as_uri()


def pixels(page, number=0):
    """What a canvas shows, as text to compare."""
    return page.evaluate(f"document.querySelectorAll('canvas')[{number}].toDataURL()")


def watch(page, pictures, number=0):
    """Wait until a canvas has shown so many different pictures, however slow the machine is."""
    seen = {pixels(page, number)}
    for _ in range(200):
        if len(seen) >= pictures:
            break
        page.wait_for_timeout(50)
        seen.add(pixels(page, number))
    return len(seen)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_and_nothing_complains(browser, address, size, scheme):
    with open_page(browser, address, size=size, scheme=scheme) as page:
        assert overflow(page) <= 0
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = np.mean([int(part) for part in background[4:-1].split(",")])
        assert (light > 128) == (scheme == "light")
        for part in page.query_selector_all("section"):
            assert part.bounding_box()["height"] > 40


def scales_are_whole(page):
    """Whether each label stands beside its ramp, at the narrowest width that is supported."""
    page.set_viewport_size({"width": 320, "height": 640})
    return page.evaluate(
        """[...document.querySelectorAll(".ramp")].every((ramp) => {
          const bounds = ramp.getBoundingClientRect();
          const [before, after] = [ramp.previousElementSibling, ramp.nextElementSibling].map(
            (label) => label.getBoundingClientRect());
          const middle = (bounds.top + bounds.bottom) / 2;
          return [before, after].every(({ top, bottom }) => top < middle && middle < bottom)
            && before.right <= bounds.left && bounds.right <= after.left && bounds.width > 40;
        })"""
    )


def test_what_scrolls_to_the_side_can_be_reached_and_scales_keep_their_labels(browser, address):
    with open_page(browser, address) as page:
        for part in page.query_selector_all(".scroll"):
            assert part.get_attribute("tabindex") == "0"
            assert part.get_attribute("aria-label")
        assert scales_are_whole(page)
        assert overflow(page) <= 0


def test_nothing_is_loaded_but_the_page_itself(browser, address):
    with open_page(browser, "about:blank") as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.wait_for_timeout(300)
        assert [url for url in asked if not url.startswith("data:")] == [address]


def test_figures_move_and_stop_when_asked_to_by_keyboard(browser, address):
    with open_page(browser, address) as page:
        canvas = page.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        assert watch(page, 3) == 3
        page.locator(".player .play").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        still = pixels(page)
        page.wait_for_timeout(300)
        assert pixels(page) == still


def test_the_slider_and_the_turning_obey_the_arrow_keys(browser, address):
    with open_page(browser, address, reduced_motion="reduce") as page:
        page.locator("canvas").first.scroll_into_view_if_needed()
        before = pixels(page)
        page.locator(".player input").first.focus()
        for _ in range(5):
            page.keyboard.press("PageUp")
        assert pixels(page) != before
        assert page.locator(".clock").first.inner_text() != "0.0 s"
        before = pixels(page)
        page.locator("canvas").first.focus()
        page.keyboard.press("ArrowRight")
        assert pixels(page) != before


def test_whoever_wants_no_motion_sees_none_until_they_ask(browser, address):
    with open_page(browser, address, reduced_motion="reduce") as page:
        page.locator("canvas").first.scroll_into_view_if_needed()
        page.wait_for_timeout(150)
        before = pixels(page)
        page.wait_for_timeout(400)
        assert pixels(page) == before
        page.locator(".all").click()
        assert watch(page, 2) == 2


def test_a_class_of_the_map_can_be_chosen_by_keyboard(browser, address):
    with open_page(browser, address) as page:
        page.locator(".key").first.focus()
        page.keyboard.press("Space")
        assert page.locator(".key").first.get_attribute("aria-pressed") == "true"
        faded = page.locator(".spot.faded")
        assert faded.count() == page.locator('.spot[data-key="1"]').count() > 0
        page.keyboard.press("Space")
        assert faded.count() == 0


def test_everything_that_can_be_used_has_a_name(browser, address):
    with open_page(browser, address) as page:
        for selector in ("button", "input", "canvas", "svg[role=img]"):
            for element in page.query_selector_all(selector):
                label = element.get_attribute("aria-label") or element.inner_text()
                assert label.strip(), element.evaluate("e => e.outerHTML.slice(0, 200)")


@pytest.mark.parametrize("size", SIZES)
def test_the_page_of_a_decision_fits_and_plays_all_three_in_step(browser, tmp_path, size):
    answers = [("wave", 0.8), ("throw", 0.1), ("unknown", 0.1)]
    html = render_decision(make_decision(), answers=answers, facts={"clip": "a.bvh"})
    address = write_page(html, tmp_path / "why.html").as_uri()
    with open_page(browser, address, size=size, reduced_motion="reduce") as page:
        assert overflow(page) <= 0
        before = [pixels(page, number) for number in range(3)]
        page.locator(".player input").focus()
        page.keyboard.press("End")
        after = [pixels(page, number) for number in range(3)]
        assert all(one != other for one, other in zip(before, after, strict=True))
        head = page.locator(".playhead").evaluate("e => e.style.left || getComputedStyle(e).left")
        assert float(head.removesuffix("px")) > 100
        assert scales_are_whole(page)
