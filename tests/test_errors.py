"""The sentences about optional packages."""

import importlib

import pytest

from crossglg.errors import MissingExtraError, explain_missing, require


def test_what_is_not_installed_is_named_with_what_brings_it():
    with pytest.raises(
        MissingExtraError, match=r"'no_such_package'.*pip install 'crossglg\[live\]'"
    ):
        require("no_such_package.part", extra="live")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("raise ImportError('libGL.so.1: cannot open')", r"libGL\.so\.1.*apt install .*libgl1"),
        ("raise OSError('PortAudio not found')", r"PortAudio not found.*apt install"),
        ("import no_such_package", r"No module named 'no_such_package'.*pip install"),
    ],
)
def test_what_is_installed_and_lacks_something_is_not_said_to_be_missing(
    line, sentence, tmp_path, monkeypatch
):
    (tmp_path / "half_a_package.py").write_text(line)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    with pytest.raises(MissingExtraError, match=f"is installed, but does not load: {sentence}"):
        require("half_a_package", extra="live")


def test_other_extras_ask_for_no_packages_of_the_system():
    error = explain_missing("numpy", OSError("libgomp.so.1"), extra="export")
    assert str(error).endswith("libgomp.so.1. Mend it with: pip install 'crossglg[export]'")
