"""The table of sizes: counted on freshly built models, nothing is trained."""

from torch import nn

from crossglg.cells import parse_method
from crossglg.guidance.build import build_plain
from crossglg.guidance.importance import JointImportance
from crossglg.reproduce.result import Line, Reproduction, Value
from crossglg.skeleton.layout import get_layout

PARAMETERS = "parameters"
_CLASSES = 100
_PAPER_HIDDEN = 1024

_HEADS = {"infogcn": "bottleneck", "hdgcn": "linear", "motionbert": "linear"}
_LABELS = {"infogcn": "InfoGCN", "hdgcn": "HD-GCN", "motionbert": "MotionBERT"}
_PAPER: dict[str, tuple[float | None, float | None, float | None]] = {
    "infogcn": (1.6, 0.1, 1.7),
    "hdgcn": (None, 0.1, None),
    "motionbert": (60.3, 0.5, None),
}
_UNLIKE = {
    "motionbert": "the paper counts MotionBERT's embedding head of 17.8 M, which ours has not",
}


def count_table() -> Reproduction:
    """Millions of parameters of every encoder of the paper, and what importance adds."""
    return Reproduction(
        PARAMETERS,
        f"Sizes, with a head for {_CLASSES} base classes",
        "millions of parameters",
        3,
        ("alone", "importance adds", "together"),
        tuple(_count(encoder) for encoder in _HEADS),
        (
            "Counted on models of layout ntu25, built by the recipe paper but for the head, which "
            "is that of the encoder's authors; the tables train the recipe's. With the importance "
            f"{_PAPER_HIDDEN} wide, the width that fits the paper's numbers (the default is that "
            "of the features, which adds less).",
        ),
    )


def _count(encoder: str) -> Line:
    config = parse_method(encoder, "paper", [f"model.head={_HEADS[encoder]}"]).recipe.model
    plain = build_plain(config, layout=get_layout("ntu25"), max_persons=2, class_count=_CLASSES)
    width = plain.encoder.block_dims[plain.n_pre - 1]
    added = _size(JointImportance(width, hidden_dim=_PAPER_HIDDEN))
    alone = _size(plain)
    millions = [count / 1e6 for count in (alone, added, alone + added)]
    values = tuple(Value((m,), p) for m, p in zip(millions, _PAPER[encoder], strict=True))
    unlike = (_UNLIKE[encoder],) if encoder in _UNLIKE else ()
    return Line(_LABELS[encoder], "", values, 0, unlike)


def _size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
