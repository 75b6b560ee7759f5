"""How often an exercise is done, counted after one example by somebody else.

    python benchmarks/counting.py ui_prmd_vicon20.npz --protocol ui-prmd
    python benchmarks/counting.py ui_prmd_vicon20.npz --protocol ui-prmd --streams --model open-base

In UI-PRMD the repetitions of an exercise follow one another as they were recorded: where one clip
ends the next begins, to a millimetre. One to ten of them in a row, of every subject and class, are
counted by a clip of the same class that another subject shows. Floors ask no exemplar how it moves:
*length* divides the lengths, *period* takes the first peak of the autocorrelation for one
repetition. With ``--streams`` three exercises are enrolled, and each of the other subjects does all
repetitions of each between two rests; what is right is the sum of what the stream tells. A second
table is about the time before the end: how often it has been so far, by what was told alone, with
what is under way, and by floors that are told where the exercise begins and ends.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

import crossglg
from crossglg.gallery import Gallery
from crossglg.live import StreamRecogniser
from crossglg.recogniser import Recogniser
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import align, resample
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.verbs import open_clips, split_data

_COUNTS = (1, 2, 3, 5, 10)
_JOINED_M = 0.02
"""Joints of two clips are no further apart where one goes on from the other."""
_REST_S = (1.0, 3.0)
_NOISE_M = 0.01
_BLEND_S = 0.4
_PACE = (0.6, 1.6)
_STILL_S, _STILL_M = 1.0, 0.003
_PEAK = 0.7
_ENROLLED = 3
_SOON_S = 1.0
_FLOOR_STRIDE = 8  # frames, as often as a stream looks

Clips = list[SkeletonClip]
Dice = np.random.Generator
Situation = Callable[[Clips, Clips, Dice], np.ndarray]
"""Repetitions and other exercises -> (T V 3) what the body does."""
Counter = Callable[[SkeletonClip, int, SkeletonClip], int]
"""What is done, the exemplar's place and the exemplar -> how often."""


@dataclass(frozen=True)
class Run:
    """Repetitions of a class that a subject does in a row: places of the clips."""

    label: int
    subject: int
    places: tuple[int, ...]


def find_runs(data: ClipSet) -> list[Run]:
    """Clips that go on from one another, as long as they do."""
    by_owner = defaultdict(list)
    for place, owner in enumerate(zip(data.labels.tolist(), data.subjects.tolist(), strict=True)):
        by_owner[owner].append(place)
    runs = []
    for (label, subject), places in sorted(by_owner.items()):
        cuts = [n for n, (a, b) in enumerate(pairwise(places), 1) if not _are_joined(data, a, b)]
        for start, stop in pairwise([0, *cuts, len(places)]):
            runs.append(Run(label, subject, tuple(places[start:stop])))
    return runs


def _are_joined(data: ClipSet, before: int, after: int) -> bool:
    apart = data.clip(before).joints[0, -1] - data.clip(after).joints[0, 0]
    return bool(np.linalg.norm(apart, axis=1).mean() <= _JOINED_M)


def as_recorded(parts: Clips, _others: Clips, _rng: Dice) -> np.ndarray:
    """(T V 3) one after the other."""
    return np.concatenate([part.joints[0] for part in parts])


def with_rests(parts: Clips, _others: Clips, rng: Dice) -> np.ndarray:
    """The body stops for a while after each, and the sensor trembles all the time."""
    whole = np.concatenate([_hold(part, round(part.fps * rng.uniform(*_REST_S))) for part in parts])
    return whole + rng.normal(0, _NOISE_M, whole.shape)


def _hold(clip: SkeletonClip, frames: int) -> np.ndarray:
    """(T V 3) what is done, and its last pose for some frames."""
    return np.pad(clip.joints[0], ((0, frames), (0, 0), (0, 0)), mode="edge")


def at_another_pace(parts: Clips, _others: Clips, rng: Dice) -> np.ndarray:
    """Each slower or quicker than it was."""
    counts = [max(2, round(part.frame_count / rng.uniform(*_PACE))) for part in parts]
    paced = [resample(part, frame_count=n) for part, n in zip(parts, counts, strict=True)]
    return np.concatenate([part.joints[0] for part in paced])


def among_others(parts: Clips, others: Clips, rng: Dice) -> np.ndarray:
    """Another exercise before, another one after; the body goes over from each to the next."""
    whole = as_recorded(parts, others, rng)
    if not others:
        return whole
    before, after = (others[n].joints[0] for n in rng.integers(len(others), size=2))
    frames = round(_BLEND_S * parts[0].fps)
    return _go_over(_go_over(before, whole, frames), after, frames)


def _go_over(first: np.ndarray, then: np.ndarray, frames: int) -> np.ndarray:
    """(T V 3) one after the other on the same spot."""
    share = np.linspace(0, 1, frames + 2)[1:-1, None, None]
    moved = then + (first[-1] - then[0]).mean(axis=0) * [1, 0, 1]
    return np.concatenate([first, first[-1:] * (1 - share) + moved[:1] * share, moved])


SITUATIONS: dict[str, Situation] = {
    "as recorded": as_recorded,
    "rests of 1 to 3 s, 1 cm of noise": with_rests,
    "each at 0.6 to 1.6 of its pace": at_another_pace,
    "between two other exercises": among_others,
}


def count_by_length(clip: SkeletonClip, _shown: int, exemplar: SkeletonClip) -> int:
    """How often the exemplar fits in."""
    return round(clip.duration_s / exemplar.duration_s)


def count_by_period(clip: SkeletonClip, _shown: int, _exemplar: SkeletonClip) -> int:
    """After how long the body is as it was, for the first time."""
    body = align(clip)
    count = max(4, round(10 * body.duration_s))
    rows = resample(body, frame_count=count).joints[0].reshape(count, -1)
    rows = rows - rows.mean(axis=0)
    alike = np.array([(rows[: count - n] * rows[n:]).sum() / (count - n) for n in range(count)])
    alike = alike[: 3 * count // 4]
    if not (alike < 0).any():
        return 1
    since = int(np.argmax(alike < 0))
    peaks = [
        n
        for n in range(max(1, since), len(alike) - 1)
        if max(alike[n - 1], alike[n + 1]) <= alike[n] > _PEAK * alike[since:].max()
    ]
    return round(count / peaks[0]) if peaks else 1


def as_galleries_count(recogniser: Recogniser, *, either_side: bool) -> Counter:
    """By an enrolled exemplar."""
    known: dict[int, Gallery] = {}

    def count(clip: SkeletonClip, shown: int, exemplar: SkeletonClip) -> int:
        if shown not in known:
            known[shown] = Gallery(recogniser).enroll("it", exemplar, either_side=either_side)
        return known[shown].count(clip, "it").count

    return count


def draw_trials(
    data: ClipSet, runs: list[Run], situation: Situation, rng: np.random.Generator
) -> Iterator[tuple[int, SkeletonClip, int]]:
    """How often it is done, what is done, and the place of the exemplar."""
    for run in runs:
        others = [each for each in runs if each.label == run.label and each.subject != run.subject]
        for times in _COUNTS:
            if len(run.places) < times or not others:
                continue
            start = rng.integers(len(run.places) - times + 1)
            clips = [data.clip(place) for place in run.places[start : start + times]]
            shown = int(rng.choice(others[rng.integers(len(others))].places))
            foreign = [
                data.clip(each.places[0])
                for each in runs
                if each.subject == run.subject and each.label != run.label
            ]
            done = situation(clips, foreign, rng)
            yield times, _as_clip(done, clips[0]), shown


def _as_clip(joints: np.ndarray, like: SkeletonClip) -> SkeletonClip:
    whole = joints[None].astype(np.float32)
    return SkeletonClip(whole, np.ones(whole.shape[:3], dtype=np.bool_), like.fps, like.layout)


def judge(
    data: ClipSet, runs: list[Run], situation: Situation, counter: Counter, seed: int
) -> tuple[float, float, float]:
    """Percent counted exactly and to one, mean error."""
    rng = np.random.default_rng(seed)
    errors = np.array(
        [
            abs(counter(done, shown, data.clip(shown)) - times)
            for times, done, shown in draw_trials(data, runs, situation, rng)
        ]
    )
    return 100 * (errors == 0).mean(), 100 * (errors <= 1).mean(), errors.mean()


@dataclass(frozen=True)
class Watched:
    """What was known while an exercise was done.

    Attributes:
        parts: How often each event says that it was done.
        known: By what -> (F) how often it was done until then.
        moments_s: (F) times of the frames.
        edges_s: (R + 1) where the repetitions begin, and where the last one ends.
    """

    parts: list[int]
    known: dict[str, np.ndarray]
    moments_s: np.ndarray
    edges_s: np.ndarray

    @property
    def error(self) -> int:
        """Of the sum of what was told."""
        return abs(sum(self.parts) - (len(self.edges_s) - 1))

    def find_delays(self, how: str) -> np.ndarray:
        """(R) seconds from the end of each repetition until it is known; infinite for never."""
        numbers = np.arange(1, len(self.edges_s))
        there = self.known[how] >= numbers[:, None]  # (R F)
        late = self.moments_s[there.argmax(axis=1)] - self.edges_s[1:]
        return np.where(there.any(axis=1), late, np.inf)

    def measure_error(self, how: str) -> float:
        """By how much what is known is off the way made, on average while it is made."""
        inside = (self.moments_s >= self.edges_s[0]) & (self.moments_s <= self.edges_s[-1])
        made = np.interp(self.moments_s[inside], self.edges_s, np.arange(len(self.edges_s)))
        return float(np.abs(self.known[how][inside] - made).mean())


def watch_streams(
    data: ClipSet, runs: list[Run], recogniser: Recogniser, seed: int
) -> list[Watched]:
    """Every other subject does each of three exercises that one has shown."""
    rng = np.random.default_rng(seed)
    teacher = rng.choice(sorted({run.subject for run in runs}))
    classes = rng.permutation(sorted({run.label for run in runs}))[:_ENROLLED]
    gallery = Gallery(recogniser)
    for label in classes:
        own = [run for run in runs if run.label == label and run.subject == teacher]
        shown = data.clip(int(rng.choice(own[0].places)))
        gallery = gallery.enroll(str(label), shown, either_side=True)
    watched = []
    for run in runs:
        if run.label not in classes or run.subject == teacher:
            continue
        clips = [data.clip(place) for place in run.places]
        done = _between_rests(as_recorded(clips, [], rng), clips[0].fps, rng)
        edges_s = _STILL_S + np.cumsum([0, *(c.frame_count for c in clips)]) / clips[0].fps
        watched.append(watch(gallery, _as_clip(done, clips[0]), str(run.label), edges_s))
    return watched


def watch(gallery: Gallery, clip: SkeletonClip, action: str, edges_s: np.ndarray) -> Watched:
    """Push frame after frame; note after each how often the action was done."""
    stream = StreamRecogniser(gallery, layout=clip.layout)
    parts, told, so_far = [], [], []
    moments_s = np.arange(clip.frame_count) / clip.fps
    for t, time_s in enumerate(moments_s):
        events = stream.push(time_s, clip.joints[:, t], clip.visible[:, t])
        parts += [event.times for event in events if event.action == action]
        told.append(sum(parts))
        now = stream.look_under_way()
        so_far.append(now.times if now is not None and now.action == action else told[-1])
    parts += [event.times for event in stream.finish() if event.action == action]
    told[-1] = so_far[-1] = sum(parts)
    shown = next(each.clip for each in gallery.exemplars if each.action == action)
    known = {
        "floor: length": follow_by(count_by_length, clip, shown, edges_s),
        "floor: period": follow_by(count_by_period, clip, shown, edges_s),
        "events": np.array(told),
        "and what is under way": np.array(so_far),
    }
    return Watched(parts, known, moments_s, edges_s)


def follow_by(
    counter: Counter, clip: SkeletonClip, shown: SkeletonClip, edges_s: np.ndarray
) -> np.ndarray:
    """(F) what a floor says of what was done until then; it is told where that begins and ends."""
    begin, end = (round(edge_s * clip.fps) for edge_s in edges_s[[0, -1]])
    known = np.zeros(clip.frame_count, dtype=np.int64)
    for t in [*range(begin + _FLOOR_STRIDE, end, _FLOOR_STRIDE), end]:
        done = clip.with_joints(clip.joints[:, begin:t], clip.visible[:, begin:t])
        known[t - 1 :] = counter(done, 0, shown)
    return known


def judge_sums(watched: list[Watched]) -> tuple[float, float, float, float]:
    """Percent counted exactly and to one, mean error, percent told in one event."""
    off = np.array([each.error for each in watched])
    whole = np.array([len(each.parts) == 1 for each in watched])
    return 100 * (off == 0).mean(), 100 * (off <= 1).mean(), off.mean(), 100 * whole.mean()


def judge_moments(watched: list[Watched], how: str) -> tuple[float, float, float]:
    """How soon repetitions are known.

    Returns:
        Percent known within a second of their end, the median of how long after it they are known,
        and by how much one is off at any moment.
    """
    late = np.concatenate([each.find_delays(how) for each in watched])
    off = np.mean([each.measure_error(how) for each in watched])
    return 100 * (late <= _SOON_S).mean(), float(np.median(late)), float(off)


def print_streams(name: str, watched: list[list[Watched]]) -> None:
    """Two Markdown tables: the sums in the end, and what was known before."""
    print("| weights | counted exactly, % | to one, % | mean error | told in one event, % |")
    print("|---|---:|---:|---:|---:|")
    print(f"| {name} | {_describe([judge_sums(each) for each in watched])} |\n")
    print(
        "| weights | known by | within 1 s of its end, % | after its end, s | off at any moment |"
    )
    print("|---|---|---:|---:|---:|")
    for how in watched[0][0].known:
        rows = [judge_moments(each, how) for each in watched]
        print(f"| {name} | {how} | {_describe(rows, (1, 2, 2))} |")


def _between_rests(joints: np.ndarray, fps: float, rng: np.random.Generator) -> np.ndarray:
    still = round(_STILL_S * fps)
    ends = [np.repeat(each, still, axis=0) for each in (joints[:1], joints[-1:])]
    before, after = (end + rng.normal(0, _STILL_M, end.shape) for end in ends)
    return np.concatenate([before, joints, after])


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--label", type=int, action="append", help="only these classes")
    parser.add_argument("--model", default="open-small")
    parser.add_argument("--streams", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    words = parser.parse_args()
    clips, masks = open_clips(words.data)
    data = split_data(clips, get_protocol(words.protocol), masks=masks).novel
    runs = [run for run in find_runs(data) if not words.label or run.label in words.label]
    if not runs:
        parser.error(f"--label: expected some of {np.unique(data.labels)}, found {words.label}.")
    recogniser = crossglg.load(words.model)
    if words.streams:
        seeds = range(words.seeds)
        print_streams(words.model, [watch_streams(data, runs, recogniser, seed) for seed in seeds])
        return
    counters: dict[str, Counter] = {
        "floor: length": count_by_length,
        "floor: period": count_by_period,
        "as shown": as_galleries_count(recogniser, either_side=False),
        "either side": as_galleries_count(recogniser, either_side=True),
    }
    print("| repetitions | counted by | exactly, % | to one, % | mean error |")
    print("|---|---|---:|---:|---:|")
    for name, situation in SITUATIONS.items():
        for how, counter in counters.items():
            judged = [judge(data, runs, situation, counter, seed) for seed in range(words.seeds)]
            print(f"| {name} | {how} | {_describe(judged)} |", flush=True)


def _describe(rows: list[tuple[float, ...]], digits: Sequence[int] = (1, 1, 2, 1)) -> str:
    with np.errstate(invalid="ignore"):  # what was never known comes infinitely late
        spreads = np.std(rows, axis=0, ddof=1) if len(rows) > 1 else None
    means = np.mean(rows, axis=0)
    if spreads is None:
        return " | ".join(f"{mean:.2f}" for mean in means)
    return " | ".join(
        f"{mean:.{places}f} ± {spread:.{places}f}"
        for mean, spread, places in zip(means, spreads, digits, strict=False)
    )


if __name__ == "__main__":
    main()
