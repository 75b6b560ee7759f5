"""Opening DATA whatever its form, and what this part of the package may import."""

import subprocess
import sys
from pathlib import Path

import pytest

import crossglg.sources
from crossglg.errors import ArchiveError, SourceError
from crossglg.sources import label_clips, open_data, write_archive, write_npz


def test_an_archive_and_a_plain_file_are_told_apart_by_their_content(
    tmp_path, clip_set, same_clips
):
    clips = clip_set()
    write_archive(
        label_clips(clips), tmp_path / "a.npz", name="three", class_names=clips.class_names
    )
    write_npz(clips, tmp_path / "three.data")
    same_clips(open_data(tmp_path / "a.npz"), clips)
    same_clips(open_data(str(tmp_path / "three.data")), clips)


def test_damage_of_an_archive_is_told_as_such(tmp_path, clip_set):
    write_archive(label_clips(clip_set()), tmp_path / "a", name="three")
    (tmp_path / "a" / "rows.npy").unlink()
    with pytest.raises(ArchiveError, match=r"rows\.npy is missing"):
        open_data(tmp_path / "a")


def test_anything_else_is_refused_with_what_data_may_be(tmp_path, ntu_folder):
    (tmp_path / "text").write_text("hello")
    source = ntu_folder(tmp_path / "raw", 1)
    for path, found in (
        (tmp_path / "nothing", "found nothing of that name"),
        (tmp_path / "text", "found something else"),
        (source, r"A001\.skeleton\. Prepare such files first: crossglg prepare ntu"),
    ):
        with pytest.raises(SourceError, match=rf"folder with a manifest\.json.*\.npz.*{found}"):
            open_data(path)


_IMPORT_ALONE = """
import sys, types
package = types.ModuleType("crossglg")
package.__path__ = [sys.argv[1]]
sys.modules["crossglg"] = package
import crossglg.sources
assert "torch" not in sys.modules, "torch was imported"
"""


def test_sources_import_no_torch():
    """The package's own front door is left out: it may import what it likes."""
    package = Path(crossglg.sources.__file__).parent.parent
    subprocess.run([sys.executable, "-c", _IMPORT_ALONE, package], check=True, timeout=60)
