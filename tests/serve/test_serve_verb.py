"""The verb: what it refuses before it listens, and what it prints."""

from ipaddress import ip_address

import pytest
import torch
from typer.testing import CliRunner

from crossglg.cli import app
from crossglg.errors import CheckpointError, ConfigError, MissingExtraError
from crossglg.serve.server import _find_own


def refuse(*words):
    return CliRunner().invoke(app, ["serve", *words]).exception


def test_a_folder_without_a_model_is_named(tmp_path):
    error = refuse("--model", str(tmp_path))
    assert isinstance(error, CheckpointError)
    assert tmp_path.name in str(error)


def test_an_open_address_needs_a_token(run):
    error = refuse("--model", str(run), "--host", "0.0.0.0")
    assert isinstance(error, ConfigError)
    assert "token" in str(error)


def test_certificate_and_key_come_together(run):
    assert "together" in str(refuse("--model", str(run), "--certificate", "a.pem"))


def test_without_the_extra_it_says_how_to_get_it(monkeypatch, run):
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    error = refuse("--model", str(run))
    assert isinstance(error, MissingExtraError)
    assert "crossglg[serve]" in str(error)


def test_the_address_carries_the_token_where_browsers_keep_it_to_themselves(monkeypatch, run):
    monkeypatch.setattr("uvicorn.run", lambda *_args, **_options: None)
    words = ["serve", "--model", str(run), "--token", "a-token-of-some-length", "--port", "8011"]
    done = CliRunner().invoke(app, words)
    assert done.exception is None
    assert "http://127.0.0.1:8011/#token=a-token-of-some-length" in done.output


@pytest.mark.usefixtures("four_threads")
@pytest.mark.parametrize(("said", "each"), [({}, 1), ({"OMP_NUM_THREADS": "4"}, 2)])
def test_clips_that_are_embedded_together_share_what_threads_there_shall_be(
    monkeypatch, run, said, each
):
    found = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: found.append(torch.get_num_threads()))
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["serve", "--model", str(run), "--workers", "2"])
    assert done.exception is None
    assert found == [each]


def test_a_server_that_listens_everywhere_is_called_by_addresses_that_can_be_opened(
    monkeypatch, run
):
    monkeypatch.setattr("uvicorn.run", lambda *_args, **_options: None)
    monkeypatch.setattr("crossglg.serve.server._find_own", lambda _: ["192.168.1.7"])
    words = ["serve", "--model", str(run), "--token", "a-token-of-some-length"]
    done = CliRunner().invoke(app, [*words, "--host", "0.0.0.0"])
    assert done.exception is None
    assert "Open http://127.0.0.1:8000/#token=a-token" in done.output
    assert "From another machine: http://192.168.1.7:8000/#token=a-token" in done.output
    assert "//0.0.0.0" not in done.output


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])
def test_the_address_in_the_network_is_one_or_none(everywhere):
    found = _find_own(everywhere)
    assert len(found) <= 1
    assert not any(ip_address(each).is_unspecified for each in found)


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_is_a_port(port):
    assert CliRunner().invoke(app, ["serve", "--port", port]).exit_code == 2
