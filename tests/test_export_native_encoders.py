"""Native code of every encoder says what torch says; minutes of compiling, hence a file apart."""

import pytest

import crossglg.export.native as exporting
from crossglg.deployed import NativeRecogniser
from crossglg.encoders import list_encoders
from tiny_recogniser import (
    assert_says_what_torch_says,
    build_short,
    needs_compiler,
    unchecked_shapes,  # noqa: F401 (by itself)
)


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(list_encoders()) - {"patchgcn"}))
def test_other_encoders_say_the_same_too(name, tmp_path, monkeypatch):
    """Two blocks of each and no program but for one clip, to be sooner; PatchGCN has two."""
    monkeypatch.setattr(exporting, "choose_counts", lambda *_: (1,))
    recogniser, file = build_short(name), tmp_path / "model.pt2"
    exporting.export_native(recogniser, file)
    exported = NativeRecogniser.load(file)
    for clip_count in (1, 5):
        assert_says_what_torch_says(recogniser, exported, clip_count=clip_count)
