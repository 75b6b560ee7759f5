"""The bones of a layout as matrices over its joints."""

import torch
from jaxtyping import Float
from torch import Tensor

from crossglg.skeleton.layout import Layout


def parent_matrix(layout: Layout) -> Float[Tensor, "V V"]:
    """A with A[child, parent] = 1; the root's row is empty."""
    matrix = torch.zeros(layout.joint_count, layout.joint_count)
    for child, parent in layout.bones:
        matrix[layout.index(child), layout.index(parent)] = 1.0
    return matrix


def reach_operator(layout: Layout, reach: int) -> Float[Tensor, "V V"]:
    """I - A^reach: each joint as seen from its ancestor ``reach`` bones up.

    Reach 1 gives bone vectors, with the root's own position at the root; a reach beyond the
    depth of the tree gives the joints themselves. (InfoGCN, section 3.4, "k-th mode".)
    """
    power = torch.linalg.matrix_power(parent_matrix(layout), reach)
    return torch.eye(layout.joint_count) - power


def bone_links(layout: Layout) -> Float[Tensor, "S V V"]:
    """(3 V V) what joint u hears from joint v: itself, its parent, its children.

    Each joint's children share its ear, so that every row sums to one or is empty.
    """
    from_parent = parent_matrix(layout)
    from_children = from_parent.T / from_parent.T.sum(dim=1, keepdim=True).clamp(min=1.0)
    return torch.stack([torch.eye(layout.joint_count), from_parent, from_children])
