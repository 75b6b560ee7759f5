"""Places that hear the places most like them, several layers of it side by side.

Source: the EdgeConv of Wang et al., Dynamic Graph CNN for Learning on Point Clouds, ACM
Transactions on Graphics 2019, as HD-GCN uses it. Places (P) are joints or levels of the hierarchy;
L layers, each with its own places, are computed together, with the width first (L W B P).
"""

from collections.abc import Sequence
from typing import cast

import torch
from einops import rearrange, repeat
from jaxtyping import Float, Int
from torch import Tensor, nn

from crossglg.encoders.folding import Foldable, read_affine
from crossglg.encoders.merged import normalise_rows

_LEAK = 0.2


class LikenessConvolution(Foldable):
    """Each place hears the loudest of the places whose features are nearest to its own.

    Args:
        dim: W.
        neighbour_count: K, how many places count as near, a place itself among them.
    """

    def __init__(self, dim: int, *, neighbour_count: int) -> None:
        super().__init__()
        self.neighbour_count = neighbour_count
        self.pair = nn.Sequential(
            nn.Conv2d(2 * dim, dim, 1, bias=False), nn.BatchNorm2d(dim), nn.LeakyReLU(_LEAK)
        )

    def forward(self, places: Float[Tensor, "1 W B P"]) -> Float[Tensor, "1 W B P"]:
        """(1 W B P) -> (1 W B P), as one layer of ``hear_alike``."""
        return hear_alike(places, [self])

    def folded(self) -> nn.Module:
        """See ``FoldedLikeness``."""
        return FoldedLikeness([self])


def hear_alike(
    places: Float[Tensor, "L W B P"], layers: Sequence[LikenessConvolution]
) -> Float[Tensor, "L W B P"]:
    """L layers side by side, each with its own places."""
    products, norms, _ = zip(*(layer.pair for layer in layers), strict=True)
    pairs = _pair_up(places, *_split_pairs(products), layers[0].neighbour_count)
    rows = normalise_rows(rearrange(pairs, "l w b p k -> (l w) (b p k)"), norms)
    return nn.functional.leaky_relu(rows, _LEAK).view(pairs.shape).max(dim=-1).values


class FoldedLikeness(nn.Module):
    """``hear_alike`` for use: batch norms in its products."""

    def __init__(self, layers: Sequence[LikenessConvolution]) -> None:
        super().__init__()
        self.neighbour_count = layers[0].neighbour_count
        products, norms, _ = zip(*(layer.pair for layer in layers), strict=True)
        gains, shifts = (torch.stack(parts) for parts in zip(*map(read_affine, norms), strict=True))
        of_near, of_own = _split_pairs(products)
        self.of_near = nn.Parameter(of_near * gains.unsqueeze(2))
        self.of_own = nn.Parameter(of_own * gains.unsqueeze(2))
        self.shift = nn.Parameter(shifts[..., None, None, None])

    def forward(self, places: Float[Tensor, "L W B P"]) -> Float[Tensor, "L W B P"]:
        """(L W B P) -> (L W B P)."""
        pairs = _pair_up(places, self.of_near, self.of_own, self.neighbour_count).add_(self.shift)
        return nn.functional.leaky_relu_(pairs, _LEAK).amax(dim=-1)


def _split_pairs(products: Sequence[nn.Module]) -> tuple[Tensor, Tensor]:
    """(L W W) twice, for what is near and for itself.

    The layers look at (near - own, own). As their products are linear, each place is multiplied
    once in place of each pair.
    """
    weights = torch.stack([cast(nn.Conv2d, product).weight.flatten(1) for product in products])
    of_difference, of_own = weights.chunk(2, dim=2)
    return of_difference, of_own - of_difference


def _pair_up(
    places: Float[Tensor, "L W B P"], of_near: Tensor, of_own: Tensor, count: int
) -> Float[Tensor, "L W B P K"]:
    """What each place and each of its ``count`` nearest say together."""
    flat = places.flatten(2)
    own = torch.bmm(of_own, flat).view(places.shape)
    near = torch.bmm(of_near, flat).view(places.shape)
    nearest = find_nearest(places, count)
    who = repeat(nearest, "l b p k -> l w b (p k)", w=places.shape[1])
    heard = torch.gather(near, 3, who).view(*places.shape, count)
    return heard + own.unsqueeze(-1)


@torch.no_grad()
def find_nearest(places: Float[Tensor, "L W B P"], count: int) -> Int[Tensor, "L B P K"]:
    """The numbers of each place's nearest places, itself among them."""
    rows = rearrange(places, "l w b p -> (l b) w p")
    # |a - b|^2 = |a|^2 - 2ab + |b|^2, and |a|^2 is the same for all that a compares.
    closeness = 2 * rows.mT @ rows - rows.square().sum(1, keepdim=True)
    nearest = closeness.topk(count, dim=2).indices
    return nearest.view(len(places), -1, *nearest.shape[1:])
