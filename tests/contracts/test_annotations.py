"""Shapes are written as jaxtyping can read them."""

import re

from documents import ROOT

# From NumPy 2.5 on NDArray is an alias, of which jaxtyping makes nothing: importing would fail.
_SHAPED_ALIAS = re.compile(r"\b(Float|Int|UInt|Bool|Num|Shaped)\d*\[\s*NDArray\b")


def test_no_shape_is_given_to_an_alias():
    assert _SHAPED_ALIAS.search('def f(a: Float[NDArray[np.float32], "N"])')
    found = [
        path.name
        for path in (ROOT / "src").rglob("*.py")
        if _SHAPED_ALIAS.search(path.read_text("utf-8"))
    ]
    assert found == []
