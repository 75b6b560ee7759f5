"""ST-GCN: its links are the bones to begin with."""

import pytest
import torch

from crossglg.encoders import STGCN
from crossglg.encoders.graph import bone_links
from crossglg.errors import ConfigError
from crossglg.skeleton import get_layout, list_layouts


@pytest.mark.parametrize("name", list_layouts())
def test_links_are_itself_the_parent_and_the_children(name):
    layout = get_layout(name)
    itself, inwards, outwards = bone_links(layout)
    assert torch.equal(itself, torch.eye(layout.joint_count))
    for child, parent in layout.bones:
        c, p = layout.index(child), layout.index(parent)
        assert inwards[c, p] == 1
        assert outwards[p, c] > 0
    assert int((outwards > 0).sum()) == int(inwards.sum()) == layout.joint_count - 1
    assert set(outwards.sum(dim=1).round(decimals=4).tolist()) <= {0.0, 1.0}


def test_joints_and_bones_may_enter_together():
    layout = get_layout("openni15")
    both = STGCN(layout, max_persons=1, width=8, reaches=(1, 25)).eval()
    clips = torch.randn(2, 1, 16, 15, 3)
    assert both.stem(clips).shape == (2, 6, 16, 15)
    assert both(clips).shape == (2, 32)


@pytest.mark.parametrize("wrong", [{"reaches": ()}, {"reaches": (0,)}, {"width": 6}])
def test_settings_that_make_no_encoder_are_refused(wrong):
    with pytest.raises(ConfigError, match="Expected"):
        STGCN(get_layout("openni15"), **wrong)
