"""How well known and unknown actions are told apart: AUROC, false accepts, OSCR, reliability."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RECALL = 0.95
_BINS = 10


@dataclass(frozen=True)
class OpenSetResult:
    """Figures in percent, except where they are areas.

    Attributes:
        auroc: Area under the curve of known against unknown; 0.5 is guessing.
        false_accept: Unknown queries accepted where 95 % of known ones are.
        oscr: Area under right answers among known against accepted unknown (Dhamija et al. 2018).
        calibration_error: Mean distance of the probability from the share of right answers.
        accuracy: Of known queries if nothing is ever refused.
    """

    auroc: float
    false_accept: float
    oscr: float
    calibration_error: float
    accuracy: float

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def judge_open_set(
    probability: NDArray[np.floating],
    is_known: NDArray[np.bool_],
    is_right: NDArray[np.bool_],
) -> OpenSetResult:
    """Judge (Q) probabilities of being right against what was the case."""
    from sklearn.metrics import roc_auc_score  # takes a second to import

    threshold = np.quantile(probability[is_known], 1 - _RECALL)
    return OpenSetResult(
        auroc=float(roc_auc_score(is_known, probability)),
        false_accept=float(100 * (probability[~is_known] >= threshold).mean()),
        oscr=_oscr(probability, is_known, is_right),
        calibration_error=float(100 * _calibration_error(probability, is_right)),
        accuracy=float(100 * is_right[is_known].mean()),
    )


def _oscr(
    probability: NDArray[np.floating], is_known: NDArray[np.bool_], is_right: NDArray[np.bool_]
) -> float:
    order = np.argsort(-probability, kind="stable")
    # A threshold accepts all queries of one probability, or none: it stands after the last.
    stands = np.r_[np.diff(probability[order]) != 0, True]
    right = np.cumsum(is_right[order] & is_known[order])[stands] / max(1, is_known.sum())
    accepted = np.cumsum(~is_known[order])[stands] / max(1, (~is_known).sum())
    return float(np.trapezoid(np.r_[0.0, right], np.r_[0.0, accepted]))


def _calibration_error(probability: NDArray[np.floating], is_right: NDArray[np.bool_]) -> float:
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    gaps = [
        (bins == number).mean() * abs(probability[bins == number].mean() - share)
        for number in np.unique(bins)
        for share in [is_right[bins == number].mean()]
    ]
    return float(sum(gaps))
