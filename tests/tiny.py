"""The smallest encoders that are still what they are, for tests of all of them."""

from crossglg.skeleton import Layout

_LIMBS = {
    "left_hip": "spine",
    "right_hip": "spine",
    "left_shoulder": "spine",
    "right_shoulder": "spine",
    "left_hand": "left_shoulder",
    "right_hand": "right_shoulder",
    "left_foot": "left_hip",
    "right_foot": "right_hip",
}
THREE_RINGS = Layout.from_bones("three-rings", ("spine", *_LIMBS), _LIMBS, root="spine")
"""A body of two levels for HD-GCN, which is traced level by level; others have four to six."""

TINY = {
    "width": 16,
    "out_dim": 24,
    "depth": 2,
    "heads": 2,
    "mlp_ratio": 2,
    "max_frames": 32,
    "norm_eps": 1e-6,
}
"""A size of MotionBERT."""
SMALL_OPTIONS = {
    "infogcn": {"width": 16},
    "hdgcn": {"width": 16},
    "stgcn": {"width": 16},
    "patchgcn": {"width": 16},
    "motionbert": {"size": TINY},
}


def find_wider(encoder):
    """The first block that changes the width, or the last."""
    dims = encoder.block_dims
    return next((number for number, dim in enumerate(dims) if dim != dims[0]), len(dims) - 1)


def keep_blocks(encoder, *numbers):
    """Cut it to some blocks, which fit on one another; the others are of the same kinds."""
    kept = sorted({*numbers})
    encoder.blocks = type(encoder.blocks)(encoder.blocks[number] for number in kept)
    encoder.block_dims = tuple(encoder.block_dims[number] for number in kept)
    encoder.default_n_pre = min(encoder.default_n_pre, len(kept) - 1)
    return encoder


def keep_each_kind(encoder):
    """Cut it to its first block, one like the others and the first that changes the width."""
    return keep_blocks(encoder, 0, 1, find_wider(encoder))
