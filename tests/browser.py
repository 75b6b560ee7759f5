"""A real browser for tests: Debian's chromium, driven by playwright; skipped by name if absent.

Its package without windows (``chromium-headless-shell``) is taken first: the same engine, which
opens a page in a third of the processor's time.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_NAMES = ("chromium-headless-shell", "chromium")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@contextmanager
def open_browser(*flags: str) -> Iterator[object]:
    """A running browser, or a skipped test; ``flags`` are chromium's own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip(f"{_NAMES[0]} is not installed (apt-get install {_NAMES[0]})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser, address: str, *, size: str = "desktop", scheme: str = "light", **context):
    """A page at an address; what it complains about in its console fails the test at the end."""
    width, height = SIZES[size]
    room = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, **context
    )
    complaints: list[str] = []
    page = room.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    try:
        page.goto(address)
        yield page
        assert complaints == []
    finally:
        room.close()


def overflow(page) -> int:
    """By how many pixels the page is wider than the window: there shall be nothing to the side."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
