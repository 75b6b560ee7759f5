"""Global to local: which joints matter, predicted from the clip, taught by the global text.

Source: CrossGLG section 3 (joint importance determination). After block ``n_pre``::

    f_pre (B D T V) -> mean over time (B V D) -> linear, ReLU, linear -> softmax k_out (B V)

and every later block multiplies its features by the weights made of k_out, after its spatial
mixing. In training k_out is pulled towards k_gt, the key joints named by the global text.

The paper gives neither the hidden width nor the activation nor how k_out scales features. Taken
literally, f * k_out shrinks activations V-fold; here the default is f * (V k_out), so that uniform
importance changes nothing and a fresh module, whose last layer starts at zero, leaves the encoder
as it was.
"""

from collections.abc import Callable
from typing import Literal

from einops import rearrange, reduce
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from crossglg.shapes import Features, JointWeights, MomentWeights

Reweighting = Literal["scaled", "residual", "raw"]


class JointImportance(nn.Module):
    """Predicts how much each joint matters for the action that is seen.

    Args:
        in_dim: Feature width D after block ``n_pre``.
        hidden_dim: Width between the two linear layers; D if left out. 1024 gives the parameter
            counts printed in the paper.
        reweighting: How k_out becomes joint weights: ``scaled`` V k, ``residual`` (1 + V k) / 2,
            ``raw`` k.
    """

    def __init__(
        self, in_dim: int, *, hidden_dim: int | None = None, reweighting: Reweighting = "scaled"
    ) -> None:
        super().__init__()
        self.hidden = nn.Linear(in_dim, hidden_dim or in_dim)
        self.score = nn.Linear(hidden_dim or in_dim, 1)
        self.reweighting: Reweighting = reweighting
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def forward(self, features: Features) -> JointWeights:
        """(B D T V) -> k_out (B V), a distribution over the joints."""
        return self._read(reduce(features, "b d t v -> b v d", "mean"))

    def over_time(self, features: Features, *, window: int) -> MomentWeights:
        """Ask about parts of the clip: the mean over a window of frames instead of over all.

        The method predicts one importance per clip; this is what the same layers answer when
        they are shown less. A window of at least twice the clip gives ``forward`` at every frame.

        Args:
            features: (B D T V).
            window: Frames around each moment, odd; cut where the clip begins and ends.

        Returns:
            (B T V), each row a distribution over the joints.
        """
        seen = avg_pool2d(
            features, (window, 1), stride=1, padding=(window // 2, 0), count_include_pad=False
        )
        return self._read(rearrange(seen, "b d t v -> b t v d"))

    def _read(self, joints: Tensor) -> Tensor:
        """(... V D) -> (... V)."""
        scores = self.score(self.hidden(joints).relu()).squeeze(-1)
        return scores.float().softmax(dim=-1)

    def joint_weights(self, importance: JointWeights) -> JointWeights:
        """k_out (B V) -> weights (B V) for the blocks of the encoder."""
        return _REWEIGHTINGS[self.reweighting](importance)


def _scaled(importance: JointWeights) -> JointWeights:
    # V * k, computed so that uniform importance gives exactly 1; 41 * (1 / 41) does not.
    relative = importance / importance.amax(dim=-1, keepdim=True)
    return relative / relative.mean(dim=-1, keepdim=True)


def _residual(importance: JointWeights) -> JointWeights:
    return (1.0 + _scaled(importance)) / 2.0


def _raw(importance: JointWeights) -> JointWeights:
    return importance


_REWEIGHTINGS: dict[Reweighting, Callable[[JointWeights], JointWeights]] = {
    "scaled": _scaled,
    "residual": _residual,
    "raw": _raw,
}
