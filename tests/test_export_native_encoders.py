"""Native code of every encoder says what torch says; minutes of compiling, hence a file apart."""

import pytest

from crossglg.deployed import NativeRecogniser
from crossglg.encoders import list_encoders
from crossglg.export.native import export_native
from tiny_recogniser import (
    assert_says_what_torch_says,
    build_short,
    needs_compiler,
    unchecked_shapes,  # noqa: F401 (by itself)
)


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(list_encoders()) - {"patchgcn"}))
def test_other_encoders_say_the_same_too(name, tmp_path):
    """Two blocks of each, to be sooner."""
    recogniser, file = build_short(name), tmp_path / "model.pt2"
    export_native(recogniser, file)
    exported = NativeRecogniser.load(file)
    for clip_count in (1, 5):
        assert_says_what_torch_says(recogniser, exported, clip_count=clip_count)
