"""Pictures and page show one thing in one colour."""

import re
from importlib import resources

from crossglg.report.colours import CONTRIBUTION, IMPORTANCE


def test_the_light_page_has_the_colours_of_the_pictures():
    style = resources.files("crossglg").joinpath("report/style.css").read_text("utf-8")
    light = style[: style.index("prefers-color-scheme")]
    for name, colours in (("ramp", IMPORTANCE), ("sign", CONTRIBUTION)):
        assert tuple(re.findall(rf"--{name}-\d: (#\w+)", light)) == colours
