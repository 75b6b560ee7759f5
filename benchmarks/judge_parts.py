"""Would a judgement know strangers better that sees the two halves of ``joints+motion`` apart?

python benchmarks/development.py utd_mhad.npz --protocol utd-a --out dev
python benchmarks/judge_parts.py utd_mhad.npz --protocol utd-a dev/patchgcn-0 dev/patchgcn-1

Every third base class plays the novel one, and the runs have not learned it. All judgements are
fitted on the base classes that the runs did learn, and tempered; the first is what ships.
"""

import argparse
import statistics
from pathlib import Path

import numpy as np
from development import without_a_third
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from crossglg.checkpoint import PLAIN_FILE, PlainCheckpoint
from crossglg.oneshot import extract_features
from crossglg.oneshot.acceptance import FAMILIARITY, choose_players
from crossglg.oneshot.classifiers import match_joints, match_motion
from crossglg.oneshot.openset import OpenSetResult, judge_open_set
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.verbs import open_clips, split_data

_SITUATIONS = 200
_MOST = 700
_ENROLLED = 8
_ASKED = 40
_TINY = 1e-9
_SEEN = ("as one", "distances apart", "ratios apart", "both apart")


def play(parts: NDArray[np.floating], clips: ClipSet) -> tuple[NDArray[np.floating], ...]:
    """As ``acceptance.play_trials``, with the parts of each distance.

    Args:
        parts: (2 N N) of every clip to every clip; their sum is the distance.
        clips: N.

    Returns:
        (2 Q) parts to the nearest exemplar, (2 Q) to the next, (Q) known, (Q) right.
    """
    rng = np.random.default_rng(0)
    labels, subjects = clips.labels, clips.subjects
    classes = np.unique(labels)
    found = []
    for _ in range(_SITUATIONS):
        enrolled = rng.permutation(classes)[: min(_ENROLLED, len(classes) // 2)]
        teacher = rng.choice(subjects)
        support = np.array([_show(labels == k, subjects == teacher, rng) for k in enrolled])
        others = np.flatnonzero(subjects != teacher)
        others = others[~np.isin(others, support)]
        known = np.isin(labels[others], enrolled)
        asked = np.concatenate([rng.permutation(others[k])[:_ASKED] for k in (known, ~known)])
        apart = parts[:, asked[:, None], support]
        order = apart.sum(axis=0).argsort(axis=1)[:, :2].T
        near, second = (np.take_along_axis(apart, o[None, :, None], axis=2)[..., 0] for o in order)
        right = labels[support][order[0]] == labels[asked]
        found.append((near, second, np.isin(labels[asked], enrolled), right))
    return tuple(np.concatenate(each, axis=-1) for each in zip(*found, strict=True))


def _show(
    of_class: NDArray[np.bool_], by_teacher: NDArray[np.bool_], rng: np.random.Generator
) -> int:
    both = np.flatnonzero(of_class & by_teacher)
    return int(rng.choice(both if len(both) else np.flatnonzero(of_class)))


def see(near: NDArray[np.floating], second: NDArray[np.floating], what: str) -> NDArray:
    """(2 Q) parts to the nearest and the next -> (Q F) what a judgement looks at."""
    near_parts, second_parts = np.log(near + _TINY), np.log(second + _TINY)
    near_whole, second_whole = (np.log(parts.sum(axis=0) + _TINY)[None] for parts in (near, second))
    distances = near_parts if what in ("distances apart", "both apart") else near_whole
    ratios = near_whole - second_whole
    if what in ("ratios apart", "both apart"):
        ratios = near_parts - second_parts
    return np.concatenate([distances, ratios]).T


def judge(learned: tuple, asked: tuple, what: str) -> OpenSetResult:
    """Fit on trials with learned classes, judge trials with others."""
    fitted = LogisticRegression(max_iter=1000).fit(see(*learned[:2], what), learned[3])
    odds = fitted.decision_function(see(*asked[:2], what)) / FAMILIARITY
    return judge_open_set(1 / (1 + np.exp(-odds)), asked[2], asked[3])


def spell(values: list[float], digits: int) -> str:
    """Mean and standard deviation over the runs."""
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.{digits}f} ± {spread:.{digits}f}"


def main() -> None:
    """Print a Markdown table: mean and deviation over the runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--protocol", required=True)
    words = parser.parse_args()
    clips, masks = open_clips(words.data)
    split = split_data(clips, without_a_third(get_protocol(words.protocol)), masks=masks)
    results: dict[str, list[OpenSetResult]] = {what: [] for what in _SEEN}
    for run in words.runs:
        checkpoint = PlainCheckpoint.load(run / PLAIN_FILE)
        trials = []
        for some in (split.base, split.novel):
            rng = np.random.default_rng(0)
            few = some.select(choose_players(some.labels, some.subjects, rng=rng, most=_MOST))
            features = extract_features(checkpoint, few)
            motion = match_motion(features, features) / features.motion.shape[1]
            trials.append(play(np.stack([match_joints(features, features), motion]), few))
        for what, each in results.items():
            each.append(judge(*trials, what))
    print("| joints and motion | AUROC | false accepts, % | OSCR | calibration error, % |")
    print("|---|---:|---:|---:|---:|")
    for what, each in results.items():
        cells = [
            spell([getattr(result, field) for result in each], digits)
            for field, digits in (
                ("auroc", 3),
                ("false_accept", 1),
                ("oscr", 3),
                ("calibration_error", 1),
            )
        ]
        print(f"| {what} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
