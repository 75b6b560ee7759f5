"""Prompts ask about the action and the joints at hand."""

import pytest

from crossglg.skeleton.layout import get_layout
from crossglg.text.prompts import fill_prompt


@pytest.mark.parametrize("kind", ["global", "joint_motion"])
def test_a_prompt_names_the_action_and_leaves_nothing_unfilled(kind):
    prompt = fill_prompt(kind, "draw {circle}", layout=get_layout("ntu25"))
    assert '"draw {circle}"' in prompt
    assert not any(gap in prompt for gap in ("{action}", "{joints}", "{context}", " \n"))


def test_the_joint_prompt_lists_every_joint_in_order():
    layout = get_layout("kinect20")
    prompt = fill_prompt("joint_motion", "bow", layout=layout)
    assert "\n".join(layout.joints) in prompt


def test_a_line_of_context_is_added_where_given():
    prompt = fill_prompt("global", "bow", layout=get_layout("ntu25"), context="The person sits.")
    assert "The person sits." in prompt.splitlines()[0]
