"""How much the model looks at each joint of the client's own layout."""

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import LayoutError
from crossglg.recogniser import Recogniser
from crossglg.skeleton import Layout
from crossglg.skeleton.mapping import mapping_matrix

_DIGITS = 4


def relative_importance(
    importance: NDArray[np.float32], recogniser: Recogniser, layout: Layout
) -> list[float] | None:
    """(V of the model) -> (V of ``layout``), 1 for the most important joint.

    A joint that the model does not have is as important as the joints that stand for it. None
    where all are alike, which is what a model without importance says.
    """
    if np.ptp(importance) == 0:
        return None
    own = _translate(importance, recogniser.checkpoint.layout, layout)
    top = float(own.max())
    return None if top <= 0 else [round(float(value) / top, _DIGITS) for value in own]


def _translate(
    importance: NDArray[np.float32], model: Layout, layout: Layout
) -> NDArray[np.float32]:
    if model.joints == layout.joints:
        return importance
    try:
        return mapping_matrix(model, layout) @ importance
    except LayoutError:  # a body of the user's own: only what both know by name
        known = dict(zip(model.joints, importance, strict=True))
        return np.array([known.get(joint, 0.0) for joint in layout.joints], dtype=np.float32)
