"""Who may come in, how much they may ask for, and what the answers tell a browser."""

import asyncio
import threading

import httpx2 as httpx
import pytest
from serve_samples import API, ORIGIN, as_json

from crossglg.errors import ConfigError
from crossglg.serve import ServeConfig
from crossglg.serve.limits import Allowances, Workers
from crossglg.serve.problems import ServeError

TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_an_address_that_others_reach_needs_a_token(host, tmp_path):
    with pytest.raises(ConfigError, match="a token is needed"):
        ServeConfig(tmp_path / "g", host=host)
    ServeConfig(tmp_path / "g", host=host, token=TOKEN)


@pytest.mark.parametrize("token", ["", "short", "with spaces in the middle", "ümlautümlautümlaut"])
def test_a_token_is_long_and_plain(token, tmp_path):
    with pytest.raises(ConfigError, match="token"):
        ServeConfig(tmp_path / "g", token=token)


@pytest.mark.parametrize("sure", [-0.1, 1.1, float("nan")])
def test_how_sure_an_answer_must_be_is_a_probability(sure, tmp_path):
    with pytest.raises(ConfigError, match="Expected a probability from 0 to 1"):
        ServeConfig(tmp_path / "g", sure=sure)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_loopback_needs_none(host, tmp_path):
    assert ServeConfig(tmp_path / "g", host=host).token is None


def test_without_the_token_only_the_page_and_the_health_are_there(serve):
    client = serve(token=TOKEN)
    assert client.get(f"{API}/health").status_code == 200
    assert client.get("/").status_code == 200
    for head in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"}):
        answer = client.get(f"{API}/actions", headers=head)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "token" in answer.json()["detail"]
    head = {"authorization": f"Bearer {TOKEN}"}
    assert client.get(f"{API}/actions", headers=head).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "", "127.0.0.1.evil.example"]
)
def test_a_name_that_is_not_ours_is_refused_so_that_dns_cannot_be_turned_against_us(client, host):
    answer = client.get(f"{API}/actions", headers={"host": host})
    assert answer.status_code == 421


def test_from_loopback_no_other_address_is_ours(client):
    assert client.get(f"{API}/health", headers={"host": "192.168.1.5"}).status_code == 421
    assert client.get(f"{API}/health", headers={"host": "[::1]:8000"}).status_code == 200


def test_the_host_may_be_written_in_capitals(serve):
    client = serve(host="Box.local", token=TOKEN)
    assert client.get(f"{API}/health", headers={"host": "box.local:8000"}).status_code == 200


def test_names_of_this_machine_can_be_added(serve):
    client = serve(host="0.0.0.0", token=TOKEN, names=("box.local", "Kitchen.local"))
    ours = ("box.local:8000", "kitchen.local", "KITCHEN.local", "192.168.1.5:8000", "localhost")
    for host in ours:
        assert client.get(f"{API}/health", headers={"host": host}).status_code == 200
    assert client.get(f"{API}/health", headers={"host": "other.local"}).status_code == 421


@pytest.mark.parametrize(
    "head",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_a_page_of_another_site_can_neither_read_nor_write(client, head, clips):
    body = as_json(clips["squat", 0])
    assert client.get(f"{API}/actions", headers=head).status_code == 403
    for path in ("actions?name=x", "dismissed"):
        assert client.post(f"{API}/{path}", json=body, headers=head).status_code == 403
    assert client.get(f"{API}/actions").json() == {"actions": [], "dismissed": []}


def test_our_own_page_can(client, clips):
    head = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
    body = as_json(clips["squat", 0])
    assert client.post(f"{API}/actions?name=x", json=body, headers=head).status_code == 201


@pytest.mark.parametrize("path", ["/", f"{API}/actions", f"{API}/nowhere", "/../../etc/passwd"])
def test_every_answer_tells_the_browser_what_not_to_do(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2fapp.py",
        "/%2e%2e/app.py",
        "/pose/../../app.py",
        "//etc/passwd",
        "/static/index.html",
    ],
)
def test_no_path_of_a_request_reaches_the_file_system(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_is_served_compressed_once_and_then_from_the_cache(client):
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    wasm = "/pose/vision_wasm_module_internal.wasm"
    packed = client.get(wasm)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "application/wasm"
    plain = client.get(wasm, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    again = client.get(wasm, headers={"if-none-match": packed.headers["etag"]})
    assert again.status_code == 304


def test_a_page_without_inline_scripts_or_styles_and_nothing_from_elsewhere(client):
    text = client.get("/").text
    assert "<style" not in text
    assert "style=" not in text
    assert "//" not in text.replace("<!doctype html>", "")
    assert all("src=" in tag.split(">")[0] for tag in text.split("<script")[1:])


def test_more_requests_than_allowed_are_told_when_to_come_back(serve, relaxed):
    client = serve(limits=relaxed(rate_per_s=0.5, burst=3))
    codes = [client.get(f"{API}/actions").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    answer = client.get(f"{API}/actions")
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert "Wait" in answer.json()["detail"]


def test_allowances_refill_and_are_counted_for_each_address_alone():
    now = [0.0]
    allowances = Allowances(2.0, 2, clock=lambda: now[0])
    for _ in range(2):
        allowances.take("a")
    with pytest.raises(ServeError, match="Wait 1 s"):
        allowances.take("a")
    allowances.take("b")
    now[0] = 0.5
    allowances.take("a")
    with pytest.raises(ServeError):
        allowances.take("a")


def test_a_full_queue_is_told_to_come_back_and_empties_again():
    async def scene():
        workers = Workers(1, 1)
        gate = threading.Event()
        jobs = [asyncio.create_task(workers.run(gate.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ServeError) as refusal:
            await workers.run(gate.wait)
        gate.set()
        await asyncio.gather(*jobs)
        assert await workers.run(lambda: 7) == 7
        return refusal.value

    refusal = asyncio.run(scene())
    assert refusal.status == 503
    assert refusal.headers["Retry-After"] == "2"


def test_a_busy_server_answers_503_and_recovers(
    recogniser, gallery_file, clips, relaxed, monkeypatch
):
    """Many clients at once: one is computed, one waits, the others are told to come back."""
    from crossglg.serve import work
    from crossglg.serve.app import create_app

    gate, body = threading.Event(), as_json(clips["squat", 0])
    config = ServeConfig(gallery_file, limits=relaxed(working=1, waiting=1))
    app = create_app(config, recogniser)
    real = work.recognize

    def slow(*args, **options):
        gate.wait(10)
        return real(*args, **options)

    async def scene():
        transport = httpx.ASGITransport(app=app, client=("tests", 1))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            assert (await client.post(f"{API}/actions?name=x", json=body)).status_code == 201
            monkeypatch.setattr(work, "recognize", slow)
            tasks = [
                asyncio.create_task(client.post(f"{API}/recognitions", json=body)) for _ in range(8)
            ]
            while sum(task.done() for task in tasks) < 6:
                await asyncio.sleep(0.01)
            gate.set()
            answers = await asyncio.gather(*tasks)
            after = await client.post(f"{API}/recognitions", json=body)
            return [each.status_code for each in answers], answers, after.status_code

    codes, answers, after = asyncio.run(scene())
    assert sorted(set(codes)) == [200, 503]
    assert all(each.headers["retry-after"] for each in answers if each.status_code == 503)
    assert after == 200


def test_a_full_gallery_says_so_and_can_still_be_emptied(serve, relaxed, clips):
    client = serve(limits=relaxed(exemplars=1))
    body = as_json(clips["squat", 0])
    (action,) = client.post(f"{API}/actions?name=x", json=body).json()["actions"]
    answer = client.post(f"{API}/actions?name=y", json=body)
    assert answer.status_code == 409
    assert "full" in answer.json()["detail"]
    assert client.delete(f"{API}/actions/{action['id']}").status_code == 200


def test_what_goes_wrong_inside_stays_inside(client, monkeypatch):
    def fail(*_args):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("crossglg.serve.store.GalleryStore.current", fail)
    answer = client.get(f"{API}/actions")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_gallery_that_something_else_damaged_is_reported_not_overwritten(
    client, gallery_file, clips
):
    body = as_json(clips["squat", 0])
    client.post(f"{API}/actions?name=x", json=body)
    gallery_file.write_bytes(b"rubbish")
    answer = client.post(f"{API}/actions?name=y", json=body)
    assert answer.status_code == 422
    assert "expected a gallery file" in answer.json()["detail"]
    assert gallery_file.read_bytes() == b"rubbish"
