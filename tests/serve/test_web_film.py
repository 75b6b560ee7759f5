"""Films that are left, broken or none."""

import wave

import pytest

from real_videos import BALANCE, extract_video

pytestmark = [pytest.mark.browser, pytest.mark.download, pytest.mark.slow]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    folder = tmp_path_factory.mktemp("film")
    return extract_video("pose2sim", BALANCE.format(2), folder / "balance.mp4")


def test_a_film_that_was_left_is_read_no_further(open_page, film):
    page = open_page()
    page.get_by_role("button", name="Video").click()
    for leave in ("Cancel", "Skeleton file"):
        with page.expect_worker():
            page.locator("input[type=file]").first.set_input_files(film)
        finder = page.workers[0]
        with finder.expect_event("close"):
            page.get_by_role("button", name=leave).click()
        page.get_by_role("button", name="Choose a file").wait_for()
    assert page.locator(".desk").count() == 0
    assert page.get_by_role("alert").count() == 0


def test_what_is_no_film_or_only_sound_or_the_beginning_of_a_film_is_said_to_be_so(
    open_page, film, tmp_path
):
    none, sound, half = (tmp_path / name for name in ("none.mp4", "sound.wav", "half.mp4"))
    none.write_bytes(b"no film")
    with wave.open(str(sound), "wb") as stream:
        stream.setparams((1, 2, 8000, 0, "NONE", ""))
        stream.writeframes(bytes(16000))
    content = film.read_bytes()
    half.write_bytes(content[: len(content) // 2])
    expected = {
        none: "cannot play none.mp4",
        sound: "found no picture in sound.wav",
        half: "half.mp4 breaks off after",
    }
    page = open_page()
    page.get_by_role("button", name="Video").click()
    for path, sentence in expected.items():
        page.locator("input[type=file]").first.set_input_files(path)
        page.get_by_role("alert").get_by_text(sentence).wait_for()
