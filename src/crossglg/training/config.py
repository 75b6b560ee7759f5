"""What decides a training run, as frozen values with every field overridable by name."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from math import inf
from typing import Any, Literal, get_args, get_origin, get_type_hints

from crossglg.checkpoint import as_read
from crossglg.errors import ConfigError, check_ranges
from crossglg.guidance.build import ModelConfig
from crossglg.guidance.losses import LossWeights
from crossglg.skeleton.augment import Augmentation
from crossglg.skeleton.facing import Facing
from crossglg.training.precision import Precision, native_precision
from crossglg.training.twins import Mirror

Optimizer = Literal["sgd", "adamw"]
Schedule = Literal["cosine", "steps"]

_RANGES = {
    "learning_rate": (0, inf),
    "weight_decay": (0, inf),
    "warmup_epochs": (0, inf),
    "clip_norm": (0, inf),
    "workers": (0, inf),
    "seed": (0, 2**63 - 1),
}


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a model is trained.

    Attributes:
        epochs: Passes over the base clips.
        batch_size: Clips per step.
        clips_per_class: How many clips of one class are put into a batch together.
        optimizer: ``sgd`` (Nesterov momentum 0.9) or ``adamw``.
        learning_rate: At its highest, after the warm-up.
        weight_decay: Of matrices; not of norms and biases.
        warmup_epochs: Linear rise from zero.
        schedule: ``cosine`` to zero, or ``steps``: a tenth at each epoch of ``step_epochs``.
        step_epochs: For ``steps``.
        clip_norm: Largest norm of the gradient; 0 for no limit.
        precision: ``bf16-mixed`` is several times faster on CPUs with AMX and on GPUs, and the
            default where GPU or processor are made for it; ``32-true`` is elsewhere.
        compiled: Whether steps are compiled (torch.compile): minutes at the start, faster steps
            from then on. The same to rounding. It takes a C++ compiler.
        frame_count: T that every clip is resampled to.
        facing: Which frames of a clip say where its body faces.
        mirror: Every clip comes mirrored too, with mirrored texts: under ``classes`` as a class of
            its own, under ``words`` as what the words say it shows (``training.twins``).
        held_out: Share of each base class's clips kept out of training to choose the epoch by; 0
            takes the last epoch.
        workers: Processes that prepare batches; the result does not depend on it.
        seed: Of everything random.
    """

    epochs: int = 60
    batch_size: int = 32
    clips_per_class: int = 2
    optimizer: Optimizer = "sgd"
    learning_rate: float = 0.1
    weight_decay: float = 5e-4
    warmup_epochs: int = 5
    schedule: Schedule = "cosine"
    step_epochs: tuple[int, ...] = ()
    clip_norm: float = 5.0
    precision: Precision = field(default_factory=native_precision)
    compiled: bool = False
    frame_count: int = 64
    facing: Facing = "first-frame"
    mirror: Mirror = "classes"
    held_out: float = 0.0
    workers: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 2 or self.frame_count < 4:
            raise ConfigError(
                "training: expected at least 1 epoch, 2 clips per batch and 4 frames, found "
                f"{self.epochs}, {self.batch_size} and {self.frame_count}."
            )
        check_ranges(self, _RANGES, where="training")
        if not 1 <= self.clips_per_class <= self.batch_size:
            raise ConfigError(
                f"training.clips_per_class: expected 1 to batch_size ({self.batch_size}), found "
                f"{self.clips_per_class}."
            )
        if not 0 <= self.held_out < 1:
            raise ConfigError(f"training.held_out: expected 0 <= share < 1, found {self.held_out}.")
        if self.schedule == "steps" and not self.step_epochs:
            raise ConfigError(
                "training.schedule=steps needs training.step_epochs, such as [40,50]."
            )


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A whole run, apart from the data.

    Attributes:
        name: What tables call it.
        descriptions: Names or paths of the action descriptions, as ``load_guidance`` takes them;
            by default those called like the data. The bare encoder needs none.
        text_encoder: What makes vectors of the joints' texts.
        phrase_reader: What finds the key joints in the global texts.
        model: The architecture.
        training: Optimisation and batches.
        loss: Weights of the terms.
        augmentation: Variation of training clips.
    """

    name: str
    descriptions: str = ""
    text_encoder: str = "minilm"
    phrase_reader: str = "rules"
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    loss: LossWeights = field(default_factory=LossWeights)
    augmentation: Augmentation = field(default_factory=Augmentation)

    def to_json(self) -> dict[str, Any]:
        """Plain values; ``recipe_from_json`` reads them back."""
        return asdict(self)


def override(recipe: Recipe, settings: Sequence[str]) -> Recipe:
    """Change fields by dotted name, such as ``training.learning_rate=0.05``.

    Raises:
        ConfigError: No such field (with a suggestion), or a value of another type.
    """
    for setting in settings:
        name, separator, text = setting.partition("=")
        if not separator:
            raise ConfigError(f"Expected --set name=value, found '{setting}'.")
        recipe = _replace_field(
            recipe, name.strip().split("."), parse_value(text), full=name.strip()
        )
    return recipe


def recipe_from_json(record: Mapping[str, Any]) -> Recipe:
    """Read what ``Recipe.to_json`` wrote.

    Raises:
        ConfigError: A field that this version does not know.
    """
    recipe: Recipe = _from_record(Recipe, record, "")
    return recipe


def bring_up_to_date(record: Mapping[str, Any]) -> dict[str, Any]:
    """What an older version wrote of a recipe, as read from a file that this one wrote.

    Settings that came since are at their defaults.

    Raises:
        ConfigError: A field that this version does not know.
    """
    return as_read(recipe_from_json(record).to_json())


def parse_value(text: str) -> Any:
    """What a setting's text means: JSON, or else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(text, text)


def _replace_field(value: Any, path: list[str], new: Any, *, full: str) -> Any:
    name, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {**value, ".".join(path): new}
    hints = get_type_hints(type(value))
    if name not in hints:
        close = difflib.get_close_matches(name, hints, n=1)
        hint = f" Did you mean '{full.replace(name, close[0])}'?" if close else ""
        raise ConfigError(f"There is no setting '{full}'.{hint} Known here: {', '.join(hints)}.")
    old = getattr(value, name)
    if rest and not (is_dataclass(old) or isinstance(old, Mapping)):
        raise ConfigError(f"There is no setting '{full}': '{name}' has no parts.")
    if rest:
        return replace(value, **{name: _replace_field(old, rest, new, full=full)})
    return replace(value, **{name: _convert(new, hints[name], full)})


def _convert(value: Any, hint: Any, name: str) -> Any:
    if is_dataclass(hint):
        raise ConfigError(f"'{name}' has parts; set one of them, such as {name}.{_first(hint)}.")
    if get_origin(hint) is Literal:
        if value in get_args(hint):
            return value
        raise ConfigError(f"{name}: expected one of {', '.join(get_args(hint))}, found '{value}'.")
    if get_origin(hint) is Mapping:
        return _expect_mapping(value, name)
    if get_origin(hint) is tuple:
        return tuple(_convert(part, get_args(hint)[0], name) for part in _expect_list(value, name))
    allowed = get_args(hint) or (hint,)
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    plain = tuple(kind for kind in allowed if isinstance(kind, type))
    is_stray = isinstance(value, bool) and bool not in plain  # to Python, true is an int
    if plain and (is_stray or not isinstance(value, plain)):
        wanted = " or ".join(kind.__name__ for kind in plain)
        raise ConfigError(f"{name}: expected {wanted}, found {value!r}.")
    return value


def _expect_mapping(value: Any, name: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise ConfigError(
        f'{name}: expected JSON such as {{"width": 64}}, found {value!r}. Or set one part: '
        f"{name}.width=64."
    )


def _expect_list(value: Any, name: str) -> Sequence[Any]:
    if isinstance(value, list | tuple):
        return value
    raise ConfigError(f"{name}: expected a list such as [40,50], found {value!r}.")


def _first(hint: Any) -> str:
    return fields(hint)[0].name


def _from_record(kind: Any, record: Mapping[str, Any], path: str) -> Any:
    hints = get_type_hints(kind)
    unknown = sorted(record.keys() - hints.keys())
    if unknown:
        raise ConfigError(f"This version knows no setting {', '.join(path + n for n in unknown)}.")
    values = {
        name: _from_record(hints[name], value, f"{path}{name}.")
        if is_dataclass(hints[name])
        else _convert(value, hints[name], path + name)
        for name, value in record.items()
    }
    return kind(**values)
