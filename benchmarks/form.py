"""How well a repetition that is done badly is told from one that is done well, after one example.

    python benchmarks/form.py ui_prmd_vicon20.npz

In UI-PRMD every subject does every exercise ten times well and ten times badly, as somebody who is
ill might. One of the good ones is enrolled; the other nine and the bad ones are judged, each clip
on its own. *Apart* is how often a bad one differs more than a good one of the same subject and
exercise, whatever the tolerance; it is asked of what ``check_form`` calls off (the greatest
difference of a segment) and of the mean of all segments. The floor is raw DTW. *At one threshold*
is what is caught where a tenth of the good ones are, by one number for all subjects and exercises.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from spread import as_row, with_spread

import crossglg
from crossglg import TOLERANCE_DEG
from crossglg.gallery import Form, Gallery, check_form
from crossglg.oneshot.floor import raw_distances, raw_sequences
from crossglg.recogniser import Recogniser
from crossglg.sources.clipset import ClipSet
from crossglg.verbs import open_clips

_FALSE_ALARMS = 0.1
_NOISE_M = 0.02


@dataclass(frozen=True)
class Situation:
    """How many clips are enrolled, whether of the same subject, and how a sensor trembles."""

    exemplars: int = 1
    own: bool = True
    noise_m: float = 0.0


SITUATIONS = {
    "one, one's own": Situation(),
    "three, one's own": Situation(exemplars=3),
    "one, one's own, 2 cm of noise": Situation(noise_m=_NOISE_M),
    "one, somebody else's": Situation(own=False),
}


@dataclass(frozen=True)
class Trial:
    """What is enrolled, and what is judged by it: places of clips."""

    exemplars: tuple[int, ...]
    good: tuple[int, ...]
    bad: tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """How far each clip of a trial is from what was shown, by one measure."""

    good: np.ndarray
    bad: np.ndarray

    @property
    def apart(self) -> float:
        """How often a bad one is farther than a good one."""
        truth = np.repeat([0, 1], [len(self.good), len(self.bad)])
        return float(roc_auc_score(truth, np.concatenate([self.good, self.bad])))


def draw_trials(
    data: ClipSet, correct: np.ndarray, situation: Situation, rng: np.random.Generator
) -> list[Trial]:
    """One of each subject and class that has good and bad clips."""
    exemplars, own = situation.exemplars, situation.own
    trials = []
    for label, subject in product(np.unique(data.labels), np.unique(data.subjects)):
        is_class, is_own = data.labels == label, data.subjects == subject
        good, bad = (
            np.flatnonzero(is_class & is_own & (correct == well)) for well in (True, False)
        )
        theirs = np.flatnonzero(is_class & ~is_own & correct)
        choices = good if own else theirs
        if min(len(good) - own * exemplars, len(bad)) < 1 or len(choices) < exemplars:
            continue
        shown = rng.choice(choices, exemplars, replace=False)
        trials.append(Trial(tuple(shown), tuple(np.setdiff1d(good, shown)), tuple(bad)))
    return trials


def tremble(data: ClipSet, noise_m: float, rng: np.random.Generator) -> ClipSet:
    """Every joint of every frame somewhat elsewhere."""
    noise = rng.normal(0, noise_m, data.rows.shape) if noise_m else 0.0
    return replace(data, rows=(data.rows + noise).astype(np.float32))


def judge_by_form(data: ClipSet, trial: Trial, recogniser: Recogniser) -> dict[str, Judged]:
    """By the greatest difference of a segment and by the mean of all."""
    gallery = Gallery(recogniser)
    for place in trial.exemplars:
        gallery = gallery.enroll("it", data.clip(place))
    good, bad = (
        [check_form(gallery, data.clip(place), "it") for place in places]
        for places in (trial.good, trial.bad)
    )
    return {
        "greatest difference of a segment": Judged(*(_worst(each) for each in (good, bad))),
        "mean over segments": Judged(*(_overall(each) for each in (good, bad))),
    }


def _worst(forms: Sequence[Form]) -> np.ndarray:
    """Degrees; nothing that was shown at all is as far as can be."""
    return np.array(
        [max((r.differences[0].degrees for r in f.repetitions), default=180.0) for f in forms]
    )


def _overall(forms: Sequence[Form]) -> np.ndarray:
    return np.array([max((r.overall_deg for r in f.repetitions), default=180.0) for f in forms])


def judge_by_floor(rows: np.ndarray, trial: Trial) -> Judged:
    """Raw DTW to the nearest exemplar."""
    shown = rows[list(trial.exemplars)]
    return Judged(
        *(
            raw_distances(rows[list(places)], shown, metric="dtw").min(axis=1)
            for places in (trial.good, trial.bad)
        )
    )


def summarise(judged: Sequence[Judged], *, in_degrees: bool) -> tuple[float, ...]:
    """Percent: apart, caught at one threshold, then what the tolerance calls off."""
    good, bad = (
        np.concatenate([getattr(each, kind) for each in judged]) for kind in ("good", "bad")
    )
    threshold = np.quantile(good, 1 - _FALSE_ALARMS)
    shares = [np.mean([each.apart for each in judged]), (bad > threshold).mean()]
    if in_degrees:
        shares += [(good > TOLERANCE_DEG).mean(), (bad > TOLERANCE_DEG).mean()]
    return tuple(100 * float(share) for share in shares)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--mask", default="correct", help="which clips are good ones")
    parser.add_argument("--label", type=int, action="append", help="only these classes")
    parser.add_argument("--model", default="open-base", help="whose joints are compared")
    parser.add_argument("--seeds", type=int, default=3)
    words = parser.parse_args()
    data, masks = open_clips(words.data)
    if words.mask not in masks:
        parser.error(f"--mask: expected one of {', '.join(masks) or 'none'}, found {words.mask}.")
    kept = np.flatnonzero(np.isin(data.labels, words.label or np.unique(data.labels)))
    data, correct = data.select(kept), masks[words.mask][kept]
    recogniser = crossglg.load(words.model)
    print(
        "| exemplars | measured by | apart, % | at one threshold, % "
        f"| good called off at {TOLERANCE_DEG:.0f}°, % | bad called off, % |"
    )
    print("|---|---|---:|---:|---:|---:|")
    for name, situation in SITUATIONS.items():
        table: dict[str, list[tuple[float, ...]]] = {}
        for seed in range(words.seeds):
            rng = np.random.default_rng(seed)
            trials = draw_trials(data, correct, situation, rng)
            seen = tremble(data, situation.noise_m, rng)
            rows = raw_sequences(seen)
            floor = [judge_by_floor(rows, trial) for trial in trials]
            table.setdefault("raw DTW", []).append(summarise(floor, in_degrees=False))
            by_form = [judge_by_form(seen, trial, recogniser) for trial in trials]
            for how, is_judge in (
                ("mean over segments", False),
                ("greatest difference of a segment", True),
            ):
                judged = [each[how] for each in by_form]
                table.setdefault(how, []).append(summarise(judged, in_degrees=is_judge))
        for how, shares in table.items():
            cells = list(map(with_spread, np.transpose(shares)))
            print(as_row(f"{name} | {how}", [*cells, *[""] * (4 - len(cells))]), flush=True)


if __name__ == "__main__":
    main()
