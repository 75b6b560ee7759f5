"""Rings of joints around the body's centre, and the links between neighbouring rings.

Source: Lee et al., HD-GCN, ICCV 2023, section 3. Letters: R rings, L = R - 1 levels, S kinds of
link.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from crossglg.skeleton.layout import Layout

_MAX_RINGS = 7
_FINGERS = ("hand_tip", "thumb", "index", "pinky")

Rings = Float[Tensor, "R V"]


def rings_around(layout: Layout, centre: str) -> tuple[frozenset[str], ...]:
    """The joints by their number of bones from the centre, the centre's own ring first.

    There are at most seven rings, as in the authors' tables; the last takes whatever lies beyond.

    Raises:
        LayoutError: The layout has no joint called ``centre``.
    """
    layout.index(centre)
    bones = [frozenset((child, _holder(layout, child))) for child, _ in layout.bones]
    rings = [frozenset((centre,))]
    outside = frozenset(layout.joints) - rings[0]
    while outside and len(rings) < _MAX_RINGS - 1:
        touched = {joint for bone in bones if bone & rings[-1] for joint in bone}
        rings.append(outside & touched)
        outside -= touched
    return (*rings, outside) if outside else tuple(rings)


def _holder(layout: Layout, joint: str) -> str:
    """The joint a joint hangs on; all fingers hang on the hand, where layouts chain them."""
    ancestors = layout.path_to_root(joint)[1:]
    if joint.endswith(_FINGERS):
        return next((a for a in ancestors if not a.endswith(_FINGERS)), layout.root)
    return ancestors[0]


def ring_matrix(layout: Layout, rings: tuple[frozenset[str], ...]) -> Rings:
    """(R V) one where the joint lies on the ring, else zero."""
    return torch.tensor([[float(joint in ring) for joint in layout.joints] for ring in rings])


def level_edges(rings: Rings) -> Float[Tensor, "L S V V"]:
    """(L S V V) what joint u hears from joint v: itself, outwards, inwards.

    What a joint says is shared out among all that hear it, so that each column sums to one.
    """
    inner, outer = rings[:-1], rings[1:]
    itself = torch.diag_embed(inner + outer)
    outwards = torch.einsum("lu,lv->luv", outer / outer.sum(dim=1, keepdim=True), inner)
    inwards = torch.einsum("lu,lv->luv", inner / inner.sum(dim=1, keepdim=True), outer)
    return torch.stack([itself, outwards, inwards], dim=1)
