"""Whole runs by name: functions that return a recipe."""

from collections.abc import Callable
from dataclasses import replace

from crossglg.errors import ConfigError, suggest
from crossglg.guidance.build import Guidance, ModelConfig
from crossglg.guidance.losses import LossWeights
from crossglg.skeleton.augment import Augmentation
from crossglg.training.config import Recipe, TrainingConfig, override

_BEYOND_ANY_TREE = 25
_BONES_AND_JOINTS = (1, _BEYOND_ANY_TREE)


def paper() -> Recipe:
    """CrossGLG on InfoGCN as published; what the paper leaves open follows InfoGCN's recipe."""
    return Recipe(
        name="paper",
        model=ModelConfig(options={"width": 64, "reaches": (1,)}),
        training=TrainingConfig(
            epochs=110,
            batch_size=128,
            clips_per_class=1,
            learning_rate=0.1,
            schedule="steps",
            step_epochs=(90, 100),
            frame_count=64,
            mirror="off",
            precision="32-true",
        ),
        augmentation=Augmentation(tilt_rad=0.3, scale=0.0, crop=0.5, pace=0.0, noise=0.0, drop=0.0),
    )


def metric() -> Recipe:
    """Ours: learn the space in which exemplars are compared, on half the frames and width.

    Bones and joints enter together, mirrored clips are classes of their own, the classifier
    compares by cosine as one-shot recognition does, and a contrastive term tightens the classes.
    """
    return Recipe(
        name="metric",
        model=ModelConfig(options={"width": 32, "reaches": _BONES_AND_JOINTS}, head="cosine"),
        training=TrainingConfig(epochs=25, learning_rate=0.05, warmup_epochs=2, frame_count=32),
        loss=LossWeights(contrast=0.5),
    )


def beyond() -> Recipe:
    """Ours at its best: ``metric`` on a faster and better encoder, clips mirrored by words.

    Width, number of epochs and mirroring were chosen on development classes inside the base
    classes of UTD-MHAD and union15 (docs/results.md).
    """
    return Recipe(
        name="beyond",
        model=ModelConfig(encoder="patchgcn", options={"width": 64}, head="cosine"),
        training=TrainingConfig(
            epochs=10, learning_rate=0.05, warmup_epochs=1, frame_count=32, mirror="words"
        ),
        loss=LossWeights(contrast=0.5),
    )


def open_data() -> Recipe:
    """``beyond`` for one model of every body: the shipped weights, from joined data sets."""
    recipe = override(beyond(), ["training.epochs=15", "training.batch_size=64"])
    return replace(recipe, name="open", descriptions="union15,choreography,bandai,ui_prmd")


# What the other encoders need to be trained as ``metric`` is: about InfoGCN's size, and for the
# transformer the optimiser that transformers are trained with.
_SMALL: dict[str, tuple[str, ...]] = {
    "infogcn": ("model.options.width=32", f"model.options.reaches={list(_BONES_AND_JOINTS)}"),
    "hdgcn": ("model.options.width=32",),
    "patchgcn": ("model.options.width=48",),
    "stgcn": ("model.options.width=32", f"model.options.reaches={list(_BONES_AND_JOINTS)}"),
    "motionbert": (
        "model.options.size=small",
        "training.optimizer=adamw",
        "training.learning_rate=0.001",
        "training.weight_decay=0.01",
    ),
}


def demo() -> Recipe:
    """``beyond``, sized for a first run of a minute or two on two cores without a GPU."""
    return Recipe(
        name="demo",
        descriptions="choreography",
        model=ModelConfig(encoder="patchgcn", options={"width": 48}, head="cosine"),
        training=TrainingConfig(
            epochs=15, learning_rate=0.05, warmup_epochs=2, frame_count=32, mirror="off"
        ),
        loss=LossWeights(contrast=0.5),
    )


RECIPES: dict[str, Callable[[], Recipe]] = {
    "paper": paper,
    "metric": metric,
    "beyond": beyond,
    "open": open_data,
    "demo": demo,
}


def create_recipe(
    name: str, *, guidance: Guidance = "crossglg", encoder: str = "", seed: int = 0
) -> Recipe:
    """A recipe by name, with another guidance, encoder or seed.

    An encoder other than the recipe's own is built with its default options in ``paper``, and at
    about InfoGCN's size in our own recipes.

    Raises:
        ConfigError: No recipe has this name.
    """
    if name not in RECIPES:
        hint = suggest(name, RECIPES)
        raise ConfigError(f"No recipe is called '{name}'.{hint} Known: {', '.join(RECIPES)}.")
    recipe = RECIPES[name]()
    if encoder and encoder != recipe.model.encoder:
        recipe = replace(recipe, model=replace(recipe.model, encoder=encoder, options={}))
        recipe = override(recipe, () if name == "paper" else _SMALL.get(encoder, ()))
    return override(recipe, [f"model.guidance={guidance}", f"training.seed={seed}"])
