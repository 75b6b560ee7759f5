"""The paper: text teaches a skeleton encoder, and is gone when the encoder is used."""

from crossglg.guidance.heads import CosineHead, MLPHead
from crossglg.guidance.importance import JointImportance, Reweighting
from crossglg.guidance.interaction import CrossModalInteraction, Fusion, InteractionConfig
from crossglg.guidance.losses import LossWeights, calibration_loss, classification_loss
from crossglg.guidance.model import CrossGLG, GuidedOutput, PlainBranch, PlainOutput

__all__ = [
    "CosineHead",
    "CrossGLG",
    "CrossModalInteraction",
    "Fusion",
    "GuidedOutput",
    "InteractionConfig",
    "JointImportance",
    "LossWeights",
    "MLPHead",
    "PlainBranch",
    "PlainOutput",
    "Reweighting",
    "calibration_loss",
    "classification_loss",
]
