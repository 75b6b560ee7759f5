"""Key tables of MotionBERT: the names of the authors' weights -> ours."""

from crossglg.encoders.weights import KeyTable

# Their training saves what torch.nn.DataParallel holds, and pre-training knows no "backbone".
_ENCODER = r"(?:module\.)?(?:backbone\.)?"
_HEAD = r"(?:module\.)?"

_STREAMS = {"st": "space_first", "ts": "time_first"}
_AXES = {"s": "space", "t": "time"}
_PARTS = (
    (r"norm1_{}", "norm_attention"),
    (r"attn_{}\.qkv", "attention.to_query_key_value"),
    (r"attn_{}\.proj", "attention.out"),
    (r"norm2_{}", "norm_mlp"),
    (r"mlp_{}\.fc1", "mlp.0"),
    (r"mlp_{}\.fc2", "mlp.2"),
)


def motionbert_keys(depth: int) -> KeyTable:
    """The encoder's table; what follows the blocks there belongs to the last block here.

    The weights named ``head`` and, before it, the prefix of the encoder lift poses to 3-D; the
    table has no word for them.
    """
    streams = tuple(
        (
            rf"{_ENCODER}blocks_{stream}\.(\d+)\.{part.format(axis)}\.(.+)",
            rf"blocks.\1.{our_stream}.{our_axis}.{our_part}.\2",
        )
        for stream, our_stream in _STREAMS.items()
        for axis, our_axis in _AXES.items()
        for part, our_part in _PARTS
    )
    return (
        (rf"{_ENCODER}joints_embed\.(.+)", r"embed.\1"),
        (rf"{_ENCODER}pos_embed", r"joint_position"),
        (rf"{_ENCODER}temp_embed", r"frame_position"),
        *streams,
        (rf"{_ENCODER}ts_attn\.(\d+)\.(.+)", r"blocks.\1.vote.\2"),
        (rf"{_ENCODER}norm\.(.+)", rf"blocks.{depth - 1}.finish.0.\1"),
        (rf"{_ENCODER}pre_logits\.fc\.(.+)", rf"blocks.{depth - 1}.finish.1.\1"),
    )


MOTIONBERT_EMBEDDING: KeyTable = ((rf"{_HEAD}head\.fc1\.(.+)", r"project.\1"),)
"""MotionBERT's head for one-shot recognition."""
