"""A server over a small model, called without a network or from a page in a browser."""

from dataclasses import replace

import httpx2 as httpx
import pytest
from serve_samples import ORIGIN, THREE, enroll, make_run, running
from web_samples import PATIENCE_MS

pytest.importorskip("fastapi")

from starlette.testclient import TestClient

from browser import open_browser
from crossglg.serve import Limits, ServeConfig
from crossglg.serve.app import create_app
from crossglg.sources.clipset import ClipSet
from crossglg.sources.npz import write_npz

RELAXED = Limits(rate_per_s=1000, burst=1000)
FLAGS = ("--disable-gpu", "--disable-background-networking",
         "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")  # fmt: skip


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    recogniser, clips = make_run(folder)
    return folder, recogniser, clips


@pytest.fixture(scope="session")
def run(made):
    return made[0]


@pytest.fixture(scope="session")
def recogniser(made):
    return made[1]


@pytest.fixture(scope="session")
def clips(made):
    return made[2]


@pytest.fixture
def gallery_file(tmp_path):
    return tmp_path / "mine.crossglg"


@pytest.fixture
def serve(recogniser, gallery_file):
    """Make a client of a server with these limits and settings."""
    clients = []

    def start(*, limits=RELAXED, address=("tests", 1), **settings):
        config = ServeConfig(gallery_file, limits=limits, **settings)
        app = create_app(config, recogniser, model_name="small")
        client = TestClient(app, base_url=ORIGIN, client=address, raise_server_exceptions=False)
        clients.append(client.__enter__())
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve):
    return serve()


@pytest.fixture
def relaxed():
    """The limits of most tests, with some of them changed."""
    return lambda **changes: replace(RELAXED, **changes)


@pytest.fixture(scope="module")
def browser():
    """Chromium, with a camera that shows a test picture."""
    with open_browser(*FLAGS) as chromium:
        yield chromium


@pytest.fixture(scope="package")
def address(run, tmp_path_factory):
    """Of a server for all files of tests; ``empty`` makes it as new."""
    gallery = tmp_path_factory.mktemp("page") / "mine.crossglg"
    with running(run, gallery, "--rate", "1000") as (address, _):
        yield address


@pytest.fixture
def empty(address):
    """The server's gallery, emptied."""
    for action in httpx.get(f"{address}/api/v1/actions").json()["actions"]:
        httpx.delete(f"{address}/api/v1/actions/{action['id']}")
    httpx.delete(f"{address}/api/v1/dismissed")
    return address


@pytest.fixture
def open_page(browser, empty):
    """Open the page; whatever the browser refuses or throws fails the test."""
    contexts, complaints = [], []

    def start(path="/", **settings):
        settings.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(permissions=["camera"], **settings)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: "Policy" in m.text and complaints.append(m.text))
        page.goto(f"{empty}{path}")
        page.wait_for_selector("text=Model “run")
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def files(clips, tmp_path):
    """{name: npz file of one clip}."""

    def write(action, performer):
        path = tmp_path / f"{action}-{performer}.npz"
        named = ClipSet.from_clips([clips[action, performer]], name="x", class_names=[action],
                                   labels=[0], subjects=[0], clip_names=["x"])  # fmt: skip
        write_npz(named, path)
        return path

    return write


@pytest.fixture
def taught(empty, open_page, clips):
    """The page with three actions, shown by performer 0."""
    with httpx.Client(base_url=empty) as client:
        for action in THREE:
            enroll(client, action, clips[action, 0], source=f"{action}-0.npz")
    return open_page()
