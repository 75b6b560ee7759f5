"""What the tests of the written actions share: one average performer, filmed without errors."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from crossglg.sources.choreography.act import perform
from crossglg.sources.choreography.body import pose_body
from crossglg.sources.choreography.manner import form_habit
from crossglg.sources.choreography.performer import Performer
from crossglg.sources.choreography.script import Action, read_actions

Film = Callable[..., NDArray[np.float64]]


@pytest.fixture(scope="session")
def actions() -> dict[str, Action]:
    return {action.name: action for action in read_actions()}


@pytest.fixture(scope="session")
def film(actions: dict[str, Action]) -> Film:
    """``film(name)`` -> (T V 3) of one take, seen without a camera."""

    def shoot(name: str, performer: Performer | None = None, seed: int = 0) -> NDArray[np.float64]:
        who = Performer() if performer is None else performer
        rng = np.random.default_rng(seed)
        habit = form_habit(actions[name], who, rng=rng)
        poses = perform(habit, who, fps=30.0, rng=rng)
        return pose_body(poses, who.body, plant=habit.plant).to_array()

    return shoot
