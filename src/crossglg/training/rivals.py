"""Objectives that CrossGLG is compared with, as changes to any recipe."""

from crossglg.errors import ConfigError, suggest
from crossglg.training.config import Recipe, override

RIVALS: dict[str, tuple[str, ...]] = {
    # The plain baseline: a linear classifier, nothing said about distances.
    "cross-entropy": ("model.head=linear", "loss.contrast=0"),
    # Khosla et al., NeurIPS 2020; MotionBERT's recipe for one-shot recognition.
    "supcon": ("loss.classify=0", "loss.contrast=1"),
    # Snell et al., NeurIPS 2017: every batch an episode.
    "prototypical": ("loss.classify=0", "loss.contrast=0", "loss.episode=1"),
}


def train_like(rival: str, recipe: Recipe) -> Recipe:
    """The recipe with a rival's objective, and without guidance.

    Raises:
        ConfigError: No rival has this name.
    """
    if rival not in RIVALS:
        hint = suggest(rival, RIVALS)
        raise ConfigError(f"No rival is called '{rival}'.{hint} Known: {', '.join(RIVALS)}.")
    return override(recipe, ["model.guidance=none", *RIVALS[rival]])
