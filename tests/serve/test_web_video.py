"""Real people in a real browser: an action shown to the camera is recognised, a film is read.

The camera is chromium's own stand-in, which plays a file over and over: a man balances, and back.
"""

import re

import pytest
from serve_samples import running

from browser import SIZES, open_browser
from optional import skip_without
from real_videos import BALANCE, extract_video

PERSON = (0, 320, 1080, 1280)
"""Left, top, right, bottom of the man in the picture of the second camera."""
PICTURE = (640, 480)
PATIENCE_MS = 240_000

pytestmark = [pytest.mark.browser, pytest.mark.download, pytest.mark.slow]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return extract_video(
        "pose2sim", BALANCE.format(2), tmp_path_factory.mktemp("video") / "balance.mp4"
    )


@pytest.fixture(scope="module")
def camera(film):
    """The film as JPEG pictures one after the other, forth and back, so that it can go round."""
    skip_without("cv2", extra="live")
    pillow = pytest.importorskip("PIL.Image")
    from PIL import ImageOps

    from crossglg.sources.pose.video import read_images

    forth = [
        ImageOps.pad(pillow.fromarray(image).crop(PERSON), PICTURE)
        for _, image in read_images(film)
    ]
    path = film.with_name("camera.mjpeg")
    with path.open("wb") as stream:
        for picture in forth + forth[-2:0:-1]:
            picture.save(stream, "jpeg", quality=85)
    return path


@pytest.fixture
def open_page(camera, tmp_path):
    """The page of a server with the shipped weights and an empty gallery."""
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    )
    complaints: list[str] = []
    with (
        running("open-base", tmp_path / "mine.crossglg") as (address, _),
        open_browser(*flags) as browser,
    ):

        def start(size="desktop", scheme="light"):
            width, height = SIZES[size]
            room = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                permissions=["camera"],
            )
            room.set_default_timeout(PATIENCE_MS)
            page = room.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(address)
            page.get_by_text("Model “open-base”").wait_for()
            return page

        yield start
    assert complaints == []


def save(page, name):
    page.get_by_label("Name of the action").fill(name)
    page.get_by_role("button", name="Save").click()
    page.locator("li b", has_text=name).wait_for()


def test_an_action_shown_to_the_camera_is_saved_and_then_recognised(open_page):
    page = open_page()
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Show an action once").wait_for()  # which is said when somebody is seen
    page.get_by_label("Length").select_option("8")
    page.get_by_role("button", name="Show an action").click()
    page.get_by_text("Get into position").wait_for()
    page.get_by_text("Do it now").wait_for()
    source = page.locator(".source")
    source.wait_for()
    assert re.match(r"camera, .+ · \d\.\d s", source.inner_text())
    save(page, "balance")
    # The camera is still on, and the man still balances.
    page.locator(".verdict .name", has_text="balance").wait_for()
    page.locator("[aria-live=polite]", has_text="balance").wait_for(state="attached")
    assert page.get_by_role("alert").count() == 0
    page.get_by_role("button", name="Stop the camera").click()
    page.get_by_role("button", name="Start the camera").wait_for()


def test_a_film_becomes_a_clip_that_can_be_saved_and_recognised(open_page, film):
    page = open_page()
    page.get_by_role("button", name="Video").click()
    choose = page.locator("input[type=file]").first
    choose.set_input_files(film)
    page.get_by_text("Give it a name").wait_for()
    seconds = float(
        re.search(r"balance\.mp4 · (\d\.\d) s", page.locator(".source").inner_text())[1]
    )
    assert 1.2 < seconds < 1.8  # the film lasts 1.67 s
    save(page, "balance")
    page.locator("input[type=file]").first.set_input_files(film)
    page.locator(".verdict li").first.wait_for()
    assert page.locator(".verdict .name").inner_text() == "balance"
