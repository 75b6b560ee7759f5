"""Files appear whole or not at all, and what the system says of them names them."""

import pytest

from crossglg.atomic import create_file, create_folder, create_path


def write_half(file):
    with create_file(file) as stream:
        stream.write(b"two")
        raise KeyError


def fill_half(folder):
    with create_folder(folder) as rough:
        (rough / "half").touch()
        raise KeyError


def test_after_an_exception_nothing_has_changed(tmp_path):
    file = tmp_path / "new" / "file"
    with create_file(file) as stream:
        stream.write(b"one")
    with pytest.raises(KeyError):
        write_half(file)
    with pytest.raises(KeyError):
        fill_half(tmp_path / "folder")
    assert file.read_bytes() == b"one"
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "file"]


def fill_disk(file):
    with create_file(file):
        raise OSError(28, "No space left on device")  # as a stream says it


def open_sibling(file):
    with create_path(file) as rough:
        assert (rough.parent, rough.suffix) == (file.parent, file.suffix)
        rough.open("rb")


def read_another(file):
    with create_file(file):
        file.with_name("another").open("rb")


@pytest.mark.parametrize(
    ("write", "named"),
    [(fill_disk, "file.onnx"), (open_sibling, "file.onnx"), (read_another, "another")],
)
def test_errors_while_it_is_written_name_the_file_too(write, named, tmp_path):
    with pytest.raises(OSError, match=named) as caught:
        write(tmp_path / "file.onnx")
    assert caught.value.filename == str(tmp_path / named)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("create", [create_file, create_folder])
def test_errors_of_the_system_name_what_was_wanted(create, tmp_path):
    (tmp_path / "file").touch()
    wanted = tmp_path / "file" / "below"
    with pytest.raises(OSError, match="below") as caught, create(wanted):
        pass
    assert caught.value.filename == str(wanted)
    assert ".tmp" not in str(caught.value)
