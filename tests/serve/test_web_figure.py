"""The moving skeleton on the page: painted when it moves, not whenever the screen does."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNT_PAINTS = """() => {
  const brush = CanvasRenderingContext2D.prototype;
  const clear = brush.clearRect;
  window.paints = 0;
  brush.clearRect = function (...place) { window.paints += 1; return clear.apply(this, place); };
  window.requestAnimationFrame = (tick) => { window.tick = tick; return 0; };
}"""
PASS_TIME = """(seconds) => {
  const began = performance.now();
  for (let step = 0; step < 60 * seconds; step += 1) window.tick(began + (step * 1000) / 60);
  return window.paints;
}"""


def test_what_stands_still_is_not_painted_again(open_page):
    page = open_page()
    page.evaluate(COUNT_PAINTS)
    page.wait_for_function("() => Boolean(window.tick)")
    before = page.evaluate("window.paints")
    painted = page.evaluate(PASS_TIME, 10) - before  # a screen of 60 pictures a second
    assert 100 < painted <= 150  # the clip has 15, and rests before it begins anew
