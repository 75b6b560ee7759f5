"""A server that is killed while all enrol: the file is whole and has what was promised."""

import json
import signal
import threading

import httpx2 as httpx
import pytest
from serve_samples import as_json, running, wait_for

from crossglg.gallery import load_gallery

pytestmark = pytest.mark.slow
_CLIENTS = 6
_KILLS = 3


def enroll_without_end(address, body, number, promised, stopped):
    """Enrol one name after another; remember what the server said it had kept."""
    with httpx.Client(base_url=address, timeout=30) as client:
        for count in range(10_000):
            name = f"{number}-{count}"
            try:
                answer = client.post("/api/v1/actions", params={"name": name}, content=body,
                                     headers={"content-type": "application/json"})  # fmt: skip
            except httpx.TransportError:
                return
            if answer.status_code == 201:
                promised.append(name)
            if stopped.is_set():
                return


def test_kill_9_under_load_loses_nothing_that_was_promised(run, recogniser, clips, gallery_file):
    body = json.dumps(as_json(clips["squat", 0]))
    promised: list[str] = []
    for round_number in range(_KILLS):
        stopped = threading.Event()
        with running(run, gallery_file, "--rate", "10000") as (address, process):
            before = len(promised)
            threads = [
                threading.Thread(
                    target=enroll_without_end,
                    args=(address, body, f"{round_number}-{number}", promised, stopped),
                )
                for number in range(_CLIENTS)
            ]
            for thread in threads:
                thread.start()
            while len(promised) < before + 8 + round_number:  # some more each time
                threads[0].join(timeout=0.01)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
            stopped.set()
            for thread in threads:
                thread.join()
        kept = load_gallery(gallery_file, recogniser).actions
        assert set(promised) <= set(kept)
    with running(run, gallery_file) as (address, _):
        wait_for(address)
        listed = httpx.get(f"{address}/api/v1/actions").json()["actions"]
        assert {each["action"] for each in listed} == set(kept)


def test_a_server_that_is_asked_to_stop_stops(run, gallery_file):
    with running(run, gallery_file) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)
