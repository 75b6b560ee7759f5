"""Learn on base classes."""

from crossglg.checkpoint import RUN_FILE
from crossglg.training.base_clips import BaseClips
from crossglg.training.config import Recipe, TrainingConfig, override, recipe_from_json
from crossglg.training.digests import digest_sources
from crossglg.training.epoch import StepProgress
from crossglg.training.log import read_metrics
from crossglg.training.loop import train
from crossglg.training.recipes import RECIPES, create_recipe
from crossglg.training.start import Start, list_met_classes, read_start
from crossglg.training.twins import find_met

__all__ = [
    "RECIPES",
    "RUN_FILE",
    "BaseClips",
    "Recipe",
    "Start",
    "StepProgress",
    "TrainingConfig",
    "create_recipe",
    "digest_sources",
    "find_met",
    "list_met_classes",
    "override",
    "read_metrics",
    "read_start",
    "recipe_from_json",
    "train",
]
