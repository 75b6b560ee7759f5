"""The two questions a language model is asked about an action; the descriptions answer them."""

from importlib import resources
from typing import Literal

from crossglg.skeleton.layout import Layout

PROMPT_VERSION = 1
"""Version of the prompt files; texts written for other words get another number."""


def fill_prompt(
    kind: Literal["global", "joint_motion"], action: str, *, layout: Layout, context: str = ""
) -> str:
    """One of the two prompts, filled in for an action.

    Args:
        kind: ``global`` asks which joints and body parts matter, ``joint_motion`` how each moves.
        action: The action's name, as the answer will be filed.
        layout: Its joints are the ones asked about.
        context: One more sentence on what is special here, such as ``The person is seated.``
    """
    file = f"resources/prompts/{kind}_v{PROMPT_VERSION}.txt"
    template = resources.files("crossglg").joinpath(file).read_text("utf-8")
    filled = template.format(action=action, joints="\n".join(layout.joints), context=context)
    return "\n".join(line.rstrip() for line in filled.splitlines())
