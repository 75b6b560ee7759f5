"""The verb: what it refuses before it listens, and what it prints."""

import pytest
from typer.testing import CliRunner

from crossglg.cli import app
from crossglg.errors import CheckpointError, ConfigError, MissingExtraError


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


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_is_a_port(port):
    assert CliRunner().invoke(app, ["serve", "--port", port]).exit_code == 2
