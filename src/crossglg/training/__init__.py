"""Learn on base classes."""

from crossglg.training.base_clips import BaseClips
from crossglg.training.config import Recipe, TrainingConfig, override, recipe_from_json
from crossglg.training.epoch import Progress
from crossglg.training.log import read_metrics
from crossglg.training.loop import train
from crossglg.training.recipes import RECIPES, create_recipe
from crossglg.training.state import RUN_FILE

__all__ = [
    "RECIPES",
    "RUN_FILE",
    "BaseClips",
    "Progress",
    "Recipe",
    "TrainingConfig",
    "create_recipe",
    "override",
    "read_metrics",
    "recipe_from_json",
    "train",
]
