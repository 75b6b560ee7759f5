"""Whole data sets of the written actions: every performer does every action some times."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from crossglg.errors import ConfigError, suggest
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.choreography.act import perform
from crossglg.sources.choreography.body import pose_body
from crossglg.sources.choreography.manner import form_habit
from crossglg.sources.choreography.performer import draw_performer
from crossglg.sources.choreography.script import Action, read_actions
from crossglg.sources.clipset import ClipSet

FPS = 30.0

_WHO, _HOW, _TAKE = range(3)
"""What a random stream is for; keeps the streams of one seed apart."""


def list_actions() -> tuple[str, ...]:
    """Names of the written actions, in the order of their labels."""
    return tuple(action.name for action in read_actions())


def choreography(
    *,
    performers: int = 10,
    repeats: int = 2,
    seed: int = 0,
    classes: Sequence[str] | None = None,
) -> ClipSet:
    """Clips of the written actions, done by people that were drawn at random.

    A clip depends on the seed and on its own performer, action and repeat only: asking for more
    performers, repeats or classes leaves the clips there were unchanged.

    Args:
        performers: How many people; they are the ``subjects``, from 0.
        repeats: How often each does each action.
        seed: Not negative.
        classes: Names of actions, in the order their labels shall have; None for all.

    Returns:
        Clips of layout ``ntu25`` at 30 frames per second, one person each, metres, in the axes of
        a camera (y up, right-handed, camera at the origin, person facing -z or thereabouts).
        Named like ``p03_wave_right_hand_r1``.

    Raises:
        ConfigError: A count below 1, a negative seed, or classes that are none, named twice or
            not written.
    """
    _refuse_counts(performers=performers, repeats=repeats, seed=seed)
    chosen = _choose(list_actions() if classes is None else classes)
    order = list(product(range(performers), range(len(chosen)), range(repeats)))
    names = [action.name for _, action in chosen]
    return ClipSet.from_clips(
        [
            clip
            for who in range(performers)
            for clip in _film(who, chosen, repeats=repeats, seed=seed)
        ],
        name="choreography",
        class_names=names,
        labels=[label for _, label, _ in order],
        subjects=[who for who, _, _ in order],
        clip_names=[
            f"p{who:02d}_{names[label].replace(' ', '_')}_r{repeat}" for who, label, repeat in order
        ],
    )


def _film(
    who: int, chosen: Sequence[tuple[int, Action]], *, repeats: int, seed: int
) -> Iterator[SkeletonClip]:
    """All clips of one performer: action by action, repeat by repeat."""
    performer = draw_performer(_stream(seed, _WHO, who))
    for (number, action), repeat in product(chosen, range(repeats)):
        habit = form_habit(action, performer, rng=_stream(seed, _HOW, who, number))
        rng = _stream(seed, _TAKE, who, number, repeat)
        poses = perform(habit, performer, fps=FPS, rng=rng)
        joints = pose_body(poses, performer.body, plant=habit.plant).to_array()
        seen = performer.camera.film(joints, fps=FPS, rng=rng)
        yield SkeletonClip.from_array(seen, fps=FPS, layout=get_layout("ntu25"))


def _stream(
    seed: int, purpose: int, who: int, action: int = 0, repeat: int = 0
) -> np.random.Generator:
    return np.random.default_rng((seed, purpose, who, action, repeat))


def _choose(names: Sequence[str]) -> list[tuple[int, Action]]:
    """(label among all, action) of each name."""
    if not names or len(set(names)) < len(names):
        raise ConfigError(
            "choreography: expected at least one class, each once, "
            f"found {', '.join(names) or 'none'}."
        )
    written = list_actions()
    for name in names:
        if name not in written:
            hint = suggest(name, written)
            raise ConfigError(
                f"No written action is called '{name}'.{hint} "
                "crossglg.sources.choreography.list_actions() names them all."
            )
    return [(written.index(name), read_actions()[written.index(name)]) for name in names]


def _refuse_counts(*, performers: int, repeats: int, seed: int) -> None:
    for name, value, least in (
        ("performers", performers, 1),
        ("repeats", repeats, 1),
        ("seed", seed, 0),
    ):
        if value < least:
            raise ConfigError(f"choreography: expected {name} of at least {least}, found {value}.")
