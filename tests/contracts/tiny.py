"""The smallest MotionBERT that is still one, for tests of all encoders."""

TINY = {
    "width": 16,
    "out_dim": 24,
    "depth": 2,
    "heads": 2,
    "mlp_ratio": 2,
    "max_frames": 32,
    "norm_eps": 1e-6,
}
SMALL_OPTIONS = {"motionbert": {"size": TINY}}
