"""Say "unknown": how sure one may be that the nearest exemplar shows the query's action.

Fitted on base classes alone, by playing the real situation with them (``oneshot.trials``). What
the decision sees is how far the nearest exemplar is, how much nearer than the next best action, and
how many actions are enrolled: the more there are, the nearer a stranger comes to one of them by
chance. How near clips of one action lie differs from room to room and from sensor to sensor, so
each room played in has a threshold of its own; a new one gets their mean. Rooms count for half, all
of them together for the other half (chosen on base classes, docs/results.md).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from crossglg.errors import CheckpointError
from crossglg.oneshot.trials import ANYWHERE, MOST_ENROLLED, Trials

_TINY = 1e-9
_STEPS = 1000
_MATCHER = "joints+motion"
"""What galleries compare by; thresholds on its distances mean nothing for another's."""
FAMILIARITY = 1.5
"""How many times too large log odds are that were fitted on classes which the model learned from:
it knows their clips better than any new ones. Chosen on base classes that were held out of the
training (docs/results.md)."""


@dataclass(frozen=True)
class Acceptance:
    """P(the nearest exemplar shows the same action), by logistic regression.

    Attributes:
        among: (bias, weight of log distance, weight of log ratio to the next best action).
        alone: (bias, weight of log distance), where one action is all there is.
        crowd: Weight of the log number of enrolled actions, in ``among``; 0 where situations of
            one size were played.
    """

    among: tuple[float, float, float]
    alone: tuple[float, float]
    crowd: float = 0.0

    def probability(
        self,
        nearest: NDArray[np.floating],
        second: NDArray[np.floating] | None,
        *,
        enrolled: int = MOST_ENROLLED,
    ) -> NDArray[np.float64]:
        """(Q) distances to the nearest action and to the next best one -> (Q).

        Args:
            nearest: (Q).
            second: (Q); None where one action is all there is.
            enrolled: How many actions there are; more than were ever played with count as those.
        """
        near = np.log(nearest + _TINY)
        if second is None:
            return _sigmoid(self.alone[0] + self.alone[1] * near)
        ratio = near - np.log(second + _TINY)
        bias = self.among[0] + self.crowd * _size_crowd(enrolled)
        return _sigmoid(bias + self.among[1] * near + self.among[2] * ratio)

    def tempered(self, factor: float) -> Self:
        """Log odds divided by a factor: less sure, and what is believed stays believed."""
        bias, distance, ratio = self.among
        alone_bias, alone_distance = self.alone
        return type(self)(
            (bias / factor, distance / factor, ratio / factor),
            (alone_bias / factor, alone_distance / factor),
            self.crowd / factor,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the matcher whose distances they judge."""
        return {"matcher": _MATCHER, **asdict(self)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            CheckpointError: It was fitted on the distances of another matcher.
        """
        if (matcher := record.get("matcher", "joints")) != _MATCHER:
            raise CheckpointError(
                f"Expected a judgement of the matcher {_MATCHER}, found one of {matcher}, whose "
                "distances are others. Train the run again, or delete its acceptance.json: then "
                "nothing is called unknown."
            )
        bias, distance, ratio = record["among"]
        alone_bias, alone_distance = record["alone"]
        return cls((bias, distance, ratio), (alone_bias, alone_distance), record.get("crowd", 0.0))


def fit_acceptance(trials: Trials) -> Acceptance:
    """Learn from trials on base classes how to judge novel ones."""
    near = np.log(trials.nearest + _TINY)
    several, single = trials.enrolled > 1, trials.enrolled == 1
    ratio = near[several] - np.log(trials.second[several] + _TINY)
    crowd = _size_crowd(trials.enrolled[several])
    if not np.ptp(crowd):  # of situations of one size nothing is learned about others
        crowd = np.zeros_like(crowd)
    seen = np.stack([near[several], ratio, crowd], axis=1)
    bias, (distance, against_next, of_crowd) = _fit_rooms(seen, trials.select(several))
    if not single.any():
        single = several
    alone_bias, (alone_distance,) = _fit_rooms(near[single, None], trials.select(single))
    return Acceptance((bias, distance, against_next), (alone_bias, alone_distance), of_crowd)


def _fit_rooms(seen: NDArray[np.float64], trials: Trials) -> tuple[float, list[float]]:
    """Logistic regression of (Q F) on what was right: the mean room's bias, and F weights."""
    in_room = trials.room[:, None] == np.unique(trials.room)
    balance = _balance(trials)
    fitted = LogisticRegression(max_iter=_STEPS).fit(
        np.concatenate([seen, in_room], axis=1), trials.is_right, sample_weight=balance
    )
    weights, of_rooms = np.split(fitted.coef_[0], [seen.shape[1]])
    bias = fitted.intercept_[0] + np.average(in_room, axis=0, weights=balance) @ of_rooms
    return float(bias), weights.tolist()


def _balance(trials: Trials) -> NDArray[np.float64]:
    """(Q) what each trial counts for, one on average.

    All rooms together count for as much as each by itself; in a room all sizes of galleries count
    alike, and in each of these what was enrolled and what was not.
    """
    rooms, room = np.unique(trials.room, return_inverse=True)
    of_a_kind = np.stack([room, trials.enrolled, trials.is_known], axis=1)
    kinds, kind, size = np.unique(of_a_kind, axis=0, return_inverse=True, return_counts=True)
    share = np.where(rooms == ANYWHERE, max(1, len(rooms) - 1), 1) / np.bincount(kinds[:, 0])
    weights = (share[kinds[:, 0]] / size)[kind.ravel()]  # NumPy 2.0 gives it a second axis
    return np.asarray(weights / weights.mean())


def _size_crowd(enrolled: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Log number of actions; of more than are played with, nothing is known."""
    return np.asarray(np.log(np.minimum(enrolled, MOST_ENROLLED)), dtype=np.float64)


def _sigmoid(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)), dtype=np.float64)
