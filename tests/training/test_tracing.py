"""What torch.compile sees of a step before anything is generated."""

import einops
import torch

from crossglg.training.compiling import keep_rearrangements_whole


def test_a_rearrangement_is_traced_as_one_call():
    """Else torch follows how einops reads each pattern, letter by letter."""
    seen = []

    def note(graph, _inputs):
        seen.extend(node.target for node in graph.graph.nodes if node.op == "call_function")
        return graph.forward

    def turn(features):
        features = einops.rearrange(features, "b d (t s) -> s b t d", s=2)
        return einops.repeat(
            einops.reduce(features, "s b t d -> b t", "mean"), "b t -> b (t s)", s=2
        )

    keep_rearrangements_whole()
    features = torch.randn(3, 4, 6)
    turned = torch.compile(turn, backend=note, fullgraph=True)(features)
    assert torch.equal(turned, turn(features))
    assert seen == [einops.rearrange, einops.reduce, einops.repeat]
