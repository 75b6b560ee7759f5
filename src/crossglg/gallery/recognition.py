"""What a clip is taken for: the nearest action, or unknown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg import SURE
from crossglg.oneshot.acceptance import Acceptance


@dataclass(frozen=True)
class Answer:
    """One action that a clip may show.

    Attributes:
        action: Its name.
        probability: That the clip shows it; None where the model cannot judge.
        distance: To the nearest of its exemplars.
    """

    action: str
    probability: float | None
    distance: float


@dataclass(frozen=True)
class Recognition:
    """What a clip was taken for.

    Attributes:
        action: The name, or None for unknown.
        answers: The nearest actions, best first.
        unknown_probability: That the clip shows none of the enrolled actions; with the
            probabilities of all of them it adds up to one. None where the model cannot judge.
    """

    action: str | None
    answers: tuple[Answer, ...]
    unknown_probability: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def decide(
    actions: Sequence[str],
    nearest: NDArray[np.float32],
    *,
    dismissed: float,
    acceptance: Acceptance | None,
    top: int,
    sure: float = SURE,
) -> Recognition:
    """Judge how near a clip is to what was shown.

    Args:
        actions: A names.
        nearest: (A) distances to the nearest exemplar of each.
        dismissed: To the nearest clip that was dismissed; infinite where none was. If it is the
            nearest of all, the clip is unknown; if not, it plays no part.
        acceptance: When to believe the nearest exemplar; None to believe it always.
        top: How many answers to give.
        sure: The probability from which the nearest action is named.
    """
    order = np.argsort(nearest, kind="stable")
    ranked = nearest[order]
    is_dismissed = dismissed < ranked[0]
    if acceptance is None:
        answers = [Answer(actions[i], None, float(nearest[i])) for i in order[:top]]
        return Recognition(None if is_dismissed else actions[order[0]], tuple(answers), None)
    # What stands before all actions is judged with them, as one more.
    judged = np.r_[dismissed, ranked] if is_dismissed else ranked
    shares = _share(judged, acceptance)[-len(ranked) :]
    answers = [
        Answer(actions[i], round(float(share), 4), float(nearest[i]))
        for i, share in zip(order[:top], shares[:top], strict=False)
    ]
    is_known = shares[0] >= sure and not is_dismissed
    unknown = max(0.0, float(1 - shares.sum()))
    return Recognition(actions[order[0]] if is_known else None, tuple(answers), round(unknown, 4))


def _share(ranked: NDArray[np.float32], acceptance: Acceptance) -> NDArray[np.float64]:
    """(N) distances to the actions, nearest first -> (N) probabilities, and "unknown" the rest.

    The nearest keeps the probability that was fitted: of being right, whoever comes next. The
    others were judged as if each were the nearest, and share what it leaves.
    """
    rivals = None  # of each action, the nearest other one
    if len(ranked) > 1:
        rivals = np.full_like(ranked, ranked[0])
        rivals[0] = ranked[1]
    probability = acceptance.probability(ranked, rivals, enrolled=len(ranked))
    left, wanted = 1 - probability[0], probability[1:].sum()
    if wanted > left:
        probability[1:] *= left / wanted
    return probability
