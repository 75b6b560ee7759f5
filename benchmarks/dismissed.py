"""What it brings to dismiss a few clips: how often what is no enrolled action is taken for one.

python benchmarks/dismissed.py ui_prmd_vicon20.npz --protocol ui-prmd --model open-base --seeds 3
python benchmarks/dismissed.py utd_mhad.npz --protocol utd-a --model RUN --model RUN --model RUN

Three or five of the novel classes are enrolled by one subject each time, who also shows one clip
each of none to five further classes, to be dismissed. Then the others' clips are asked: of enrolled
classes, of classes of which a clip was dismissed, and of all further ones; 200 situations, in which
galleries decide as they always do. What a subject never did somebody else shows, who is then not
asked about it. The floor has no judgement: it refuses only what is nearer to a dismissed clip.
Several models are trainings that differ in their seed, several seeds draw other situations (of the
floor three at least): mean and deviation over both.
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spread import as_row, with_spread
from unknown import compare_learned, compare_raw, count_draws, open_novel

import crossglg
from crossglg.gallery.recognition import decide
from crossglg.oneshot.acceptance import Acceptance, choose_clip
from crossglg.sources.clipset import ClipSet

_ENROLLED = (3, 5)
_DISMISSED = (0, 1, 3, 5)
_ASKED_OF_A_KIND = 40
_COLUMNS = (
    "known, named rightly, %",
    "like a dismissed one, accepted if it were not, %",
    "like a dismissed one, accepted, %",
    "other unknown, accepted, %",
)


@dataclass(frozen=True, eq=False)
class Situation:
    """Who shows what, and what is asked: places in the data.

    Attributes:
        shown: One clip of each enrolled class.
        dismissed: One clip of each class of which one is dismissed.
        asked: Of each kind, in the order of the columns.
    """

    shown: np.ndarray
    dismissed: np.ndarray
    asked: tuple[np.ndarray, ...]


def play(
    clips: ClipSet, enrolled: int, dismissed: int, numbers: Iterable[int]
) -> Iterator[Situation]:
    """Situations of one size, the same for all who are compared; more dismissed change no more."""
    for number in numbers:
        rng = np.random.default_rng(number)
        classes = rng.permutation(np.unique(clips.labels))
        teacher = rng.choice(clips.subjects)
        is_teachers = clips.subjects == teacher
        shown = np.array(
            [choose_clip(clips.labels == label, is_teachers, rng) for label in classes]
        )
        shower = dict(zip(classes, clips.subjects[shown], strict=True))
        own = clips.subjects == np.array([shower[label] for label in clips.labels])
        asked = rng.permutation(np.flatnonzero(~is_teachers & ~own))
        kinds = np.split(classes, [enrolled, enrolled + dismissed])
        yield Situation(
            shown[:enrolled],
            shown[enrolled : enrolled + dismissed],
            tuple(asked[np.isin(clips.labels[asked], kind)][:_ASKED_OF_A_KIND] for kind in kinds),
        )


def judge(
    clips: ClipSet,
    distances: np.ndarray,
    acceptance: Acceptance | None,
    *,
    enrolled: int,
    dismissed: int,
    numbers: Iterable[int],
) -> list[float]:
    """Percent of each kind that is accepted, of the known rightly."""
    answers: list[list[bool]] = [[] for _ in _COLUMNS]
    for situation in play(clips, enrolled, dismissed, numbers):
        names = [str(label) for label in clips.labels[situation.shown]]

        def name(
            place: int, *, is_told: bool, situation: Situation = situation, names: list[str] = names
        ) -> str | None:
            to_dismissed = distances[place, situation.dismissed].min(initial=np.inf)
            return decide(
                names,
                distances[place, situation.shown],
                dismissed=float(to_dismissed) if is_told else np.inf,
                acceptance=acceptance,
                top=1,
            ).action

        known, like, other = situation.asked
        answers[0] += [name(place, is_told=True) == str(clips.labels[place]) for place in known]
        answers[1] += [name(place, is_told=False) is not None for place in like]
        answers[2] += [name(place, is_told=True) is not None for place in like]
        answers[3] += [name(place, is_told=True) is not None for place in other]
    return [100 * float(np.mean(each)) if each else np.nan for each in answers]


def show(name: str, rows: list[list[float]]) -> None:
    """Mean and deviation over the rows of several trainings or draws."""
    print(as_row(name, map(with_spread, np.transpose(rows))), flush=True)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--either-side", action="store_true")
    parser.add_argument("--situations", type=int, default=200, help="Of each size.")
    parser.add_argument("--seeds", type=int, default=1, help="Of that many situations each.")
    arguments = parser.parse_args()
    novel, images = open_novel(arguments.data, arguments.protocol)

    def choose(distances: list[np.ndarray]) -> np.ndarray:
        return np.minimum(*distances) if arguments.either_side else distances[0]

    ways: dict[str, list[tuple[np.ndarray, Acceptance | None]]] = {
        "floor: raw DTW": [(choose(compare_raw(novel, images)), None)],
        arguments.model[0]: [
            (choose(compare_learned(model, novel, images)), model.acceptance)
            for model in map(crossglg.load, arguments.model)
        ],
    }
    columns = ("enrolled", "dismissed", *_COLUMNS)
    print(f"| by | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    count = len(np.unique(novel.labels))
    situations = arguments.situations
    for name, models in ways.items():
        draws = range(0, count_draws(name, arguments.seeds) * situations, situations)
        for enrolled in _ENROLLED:
            for dismissed in (n for n in _DISMISSED if enrolled + n < count):
                rows = [
                    judge(
                        novel,
                        *each,
                        enrolled=enrolled,
                        dismissed=dismissed,
                        numbers=range(first, first + situations),
                    )
                    for each in models
                    for first in draws
                ]
                show(f"{name} | {enrolled} | {dismissed}", rows)


if __name__ == "__main__":
    main()
