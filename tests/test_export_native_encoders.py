"""Native code of every encoder says what torch says; minutes of compiling, hence a file apart."""

import pytest
from torch import nn

from crossglg.deployed import NativeRecogniser
from crossglg.encoders import list_encoders
from crossglg.export.native import export_native
from crossglg.guidance.importance import JointImportance
from tiny_recogniser import (
    assert_says_what_torch_says,
    build,
    needs_compiler,
    unchecked_shapes,  # noqa: F401 (by itself)
)


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(list_encoders()) - {"patchgcn"}))
def test_other_encoders_say_the_same_too(name, tmp_path):
    """Their first block and the first wider one, before which importance is read, to be sooner."""
    recogniser, file = build(name), tmp_path / "model.pt2"
    branch = recogniser.checkpoint.branch
    dims = branch.encoder.block_dims
    wider = next((number for number, dim in enumerate(dims) if dim > dims[0]), 1)
    branch.encoder.blocks = nn.ModuleList(branch.encoder.blocks[number] for number in (0, wider))
    branch.n_pre = 1
    branch.importance = JointImportance(dims[0])
    branch.classifier = nn.Identity()  # made for the width of the last block
    export_native(recogniser, file)
    exported = NativeRecogniser.load(file)
    for clip_count in (1, 5):
        assert_says_what_torch_says(recogniser, exported, clip_count=clip_count)
