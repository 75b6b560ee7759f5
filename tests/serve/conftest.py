"""A server over a small model, called without a network."""

from dataclasses import replace

import pytest
from serve_samples import ORIGIN, make_run

pytest.importorskip("fastapi")

from starlette.testclient import TestClient

from crossglg.serve import Limits, ServeConfig
from crossglg.serve.app import create_app

RELAXED = Limits(rate_per_s=1000, burst=1000)


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
