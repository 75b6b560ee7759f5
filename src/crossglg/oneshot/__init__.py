"""Judge on novel classes, each known by one exemplar."""

from crossglg.oneshot.calibration import DistributionCalibration
from crossglg.oneshot.classifiers import list_classifiers
from crossglg.oneshot.draws import Draw, draw_exemplars, fixed_exemplars
from crossglg.oneshot.evaluate import ClassifierResult, Evaluation, evaluate
from crossglg.oneshot.features import (
    ClipFeatures,
    extract_features,
    extract_pooled,
    prepare_clip,
)
from crossglg.oneshot.floor import FLOORS
from crossglg.oneshot.statistics import BaseStatistics

__all__ = [
    "FLOORS",
    "BaseStatistics",
    "ClassifierResult",
    "ClipFeatures",
    "DistributionCalibration",
    "Draw",
    "Evaluation",
    "draw_exemplars",
    "evaluate",
    "extract_features",
    "extract_pooled",
    "fixed_exemplars",
    "list_classifiers",
    "prepare_clip",
]
