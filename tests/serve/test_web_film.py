"""Films that are left, broken or none."""

import base64
import re
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


RECORD = """async (content) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const film = document.createElement("video");
  film.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  film.muted = true;
  await film.play();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [film.videoWidth / 3, film.videoHeight / 3];
  const copy = () => {
    canvas.getContext("2d").drawImage(film, 0, 0, canvas.width, canvas.height);
    film.requestVideoFrameCallback(copy);
  };
  copy();
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const end = new Promise((resolve) => (recorder.onstop = resolve));
  film.onended = () => recorder.stop();
  recorder.start(100); // what is handed out piece by piece cannot say how long it will be
  await end;
  const recorded = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(recorded, (byte) => String.fromCharCode(byte)).join(""));
}"""


def test_what_a_browser_recorded_has_no_length_and_is_read_to_its_end(open_page, film, tmp_path):
    page = open_page()
    recorded = page.evaluate(RECORD, base64.b64encode(film.read_bytes()).decode())
    path = tmp_path / "recorded.webm"
    path.write_bytes(base64.b64decode(recorded))
    page.get_by_role("button", name="Video").click()
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_text("Give it a name").wait_for()
    source = page.locator(".source").inner_text()
    # How long the film becomes depends on how fast the machine plays what is recorded.
    assert float(re.search(r"recorded\.webm · (\d+\.\d) s", source)[1]) > 1.0
