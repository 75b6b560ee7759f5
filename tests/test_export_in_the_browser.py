"""The example page runs an exported model in a real browser and says what torch says."""

import functools
import http.server
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest

import crossglg
from browser import open_browser, open_page
from crossglg.oneshot import extract_features
from crossglg.sources import open_data
from registries import pack_from_npm

for module in ("onnxscript", "onnxruntime"):
    pytest.importorskip(module, reason=f"{module} is not installed (extra 'export')")

EXAMPLES = Path(__file__).parents[1] / "examples"
RUNTIME = "onnxruntime-web@1.30.0"
SAID = """() => globalThis.features && Object.fromEntries(
    Object.entries(features).map(([name, { data, dims }]) => [name, [Array.from(data), dims]]))"""

pytestmark = [pytest.mark.browser, pytest.mark.download, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The example page with ONNX Runtime and the small shipped model beside it."""
    folder = tmp_path_factory.mktemp("browser")
    with tarfile.open(pack_from_npm(RUNTIME, "onnxruntime-web")) as archive:
        archive.extractall(folder, filter="data")
    for name in ("index.html", "prepare.py"):
        shutil.copy(EXAMPLES / "browser" / name, folder)
    run("-m", "crossglg", "export", "open-small", "--out", folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def address(folder):
    """Where the folder is served."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def run(*words):
    subprocess.run([sys.executable, *map(str, words)], check=True, capture_output=True)


def differences(told, expected):
    """The largest difference of each output, as a share of the largest value."""
    return {
        name: np.abs(np.reshape(*told[name]) - getattr(expected, name)).max()
        / np.abs(getattr(expected, name)).max()
        for name in ("pooled", "joints", "importance")
    }


@pytest.mark.parametrize("source", ["written", "recorded"])
def test_the_browser_says_what_torch_says(folder, address, source, data_file):
    file = EXAMPLES / "clips.npz" if source == "written" else data_file("utd_mhad.npz")
    run(folder / "prepare.py", file, 8)
    data = open_data(file)
    checkpoint = crossglg.load("open-small").checkpoint
    expected = extract_features(checkpoint, data.select(np.arange(8)))
    with open_browser() as browser, open_page(browser, address) as page:
        page.get_by_text("shown").wait_for(timeout=120_000)
        told = page.evaluate(SAID)
        said = page.locator("#said").inner_text().splitlines()
    found = differences(told, expected)
    print(source, found)
    assert max(found.values()) < 1e-4
    if source == "written":
        assert said[:4] == [f"{name}: shown" for name in data.class_names]
        assert said[4:] == [f"{name}: {name}" for name in data.class_names]
