"""Actions in streams nobody cut: event-level precision and recall, and the delay.

python benchmarks/stream_events.py RUN [RUN ...] utd_mhad.npz --protocol utd-a

One subject shows each enrolled action once. Every other subject then makes a stream: enrolled and
other actions in random order, with rest between, or none (``--rest 0 0``). An event is right if it
bears the name of an action that overlaps it by half (intersection over union) and that no event
has been counted for. ``known spans`` is what the gallery says if told where the actions are: no
search can do better with this model.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from crossglg.gallery import Gallery
from crossglg.live import Event, StreamRecogniser, StreamSettings
from crossglg.live.event import overlap
from crossglg.oneshot.draws import draw_exemplars
from crossglg.recogniser import Recogniser
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.rotation import rotation_about_vertical
from crossglg.sources.choreography import choreography
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.verbs import open_clips, split_data

_BLEND_S = 0.5
_JITTER_M = 0.004
_JITTER_MEMORY = 0.8


@dataclass(frozen=True)
class Truth:
    """One action in a stream; name None for one that nobody enrolled."""

    action: str | None
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Stream:
    """A long clip and what happens in it."""

    clip: SkeletonClip
    truths: tuple[Truth, ...]


@dataclass(frozen=True)
class Score:
    """Of one splicing: percent, seconds, per minute."""

    precision: float
    recall: float
    f1: float
    delay_s: float
    longest_delay_s: float
    false_per_minute: float
    ms_per_frame: float = 0.0


def splice(
    clips: list[tuple[str | None, SkeletonClip]],
    rng: np.random.Generator,
    rest_s: tuple[float, float],
) -> Stream:
    """Clips one after the other, blended, with rest of random length between them."""
    fps = clips[0][1].fps
    parts, truths, frames = [], [], 0
    pose = _stand(clips[0][1])[:, :1]
    for name, clip in clips:
        joints = _stand(clip)
        gap = _rest(pose, joints[:, :1], round(rng.uniform(*rest_s) * fps), round(_BLEND_S * fps))
        parts += [gap, joints]
        start = frames + gap.shape[1]
        frames = start + joints.shape[1]
        truths.append(Truth(name, start / fps, (frames - 1) / fps))
        pose = joints[:, -1:]
    parts.append(np.repeat(pose, round(2 * fps), axis=1))
    joints = np.concatenate(parts, axis=1)
    quiet = np.concatenate([np.full(p.shape[1], n % 2 == 0) for n, p in enumerate(parts)])
    joints = joints + _jitter(joints.shape, rng) * quiet[None, :, None, None]
    joints = joints.astype(np.float32)
    return Stream(
        SkeletonClip(joints, np.ones(joints.shape[:3], dtype=np.bool_), fps, clips[0][1].layout),
        tuple(truths),
    )


def _stand(clip: SkeletonClip) -> np.ndarray:
    """(1 T V 3) of the first person, feet on the spot and facing -z in the first frame."""
    joints = clip.joints[:1]
    left, right = (joints[0, 0, clip.layout.index(f"{side}_hip")] for side in ("left", "right"))
    turn = rotation_about_vertical(float(np.arctan2(*(right - left)[[2, 0]])))
    middle = (left + right) / 2 * np.array([1, 0, 1])
    return np.asarray((joints - middle) @ turn.T)


def _rest(before: np.ndarray, after: np.ndarray, frames: int, blend: int) -> np.ndarray:
    """Hold one pose, go over to the next, hold that."""
    blend = min(blend, frames)
    hold = (frames - blend) // 2
    share = np.concatenate(
        [np.zeros(hold), np.linspace(0, 1, blend), np.ones(frames - blend - hold)]
    )
    smooth = (share * share * (3 - 2 * share))[None, :, None, None]
    return before * (1 - smooth) + after * smooth


def _jitter(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    noise = rng.normal(size=shape) * _JITTER_M * np.sqrt(1 - _JITTER_MEMORY**2)
    for t in range(1, shape[1]):
        noise[:, t] += _JITTER_MEMORY * noise[:, t - 1]
    return noise


def open_actions(
    place: str, protocol: str, labels: Sequence[int] = ()
) -> tuple[ClipSet, tuple[int, ...]]:
    """Clips to make streams of, and their classes: some base classes, or the novel ones."""
    if place == "choreography":
        clips, masks = choreography(performers=8, repeats=2, seed=0), {}
    else:
        clips, masks = open_clips(Path(place))
    known = get_protocol(protocol)
    split = split_data(clips, known, masks=masks)
    return (split.base, tuple(labels)) if labels else (split.novel, known.novel)


def make_situation(
    recogniser: Recogniser,
    data: ClipSet,
    classes: tuple[int, ...],
    *,
    seed: int,
    rest_s: tuple[float, float],
    per_stream: int,
) -> tuple[Gallery, list[Stream]]:
    """Half of the classes shown by one subject; one stream by each other subject."""
    rng = np.random.default_rng(seed)
    draw = draw_exemplars("subject", data.labels, data.subjects, novel=classes, rng=rng)
    enrolled = set(rng.permutation(classes)[: (len(classes) + 1) // 2].tolist())
    gallery = Gallery(recogniser)
    teacher = -1
    for index in draw.support:
        if int(data.labels[index]) in enrolled:
            name = data.class_names[data.labels[index]]
            gallery = gallery.enroll(name, data.clip(int(index)))
            teacher = int(data.subjects[index])
    streams = []
    for subject in np.unique(data.subjects[data.subjects != teacher]):
        mine = np.flatnonzero((data.subjects == subject) & np.isin(data.labels, classes))
        known = rng.permutation(mine[np.isin(data.labels[mine], list(enrolled))])
        other = rng.permutation(mine[~np.isin(data.labels[mine], list(enrolled))])
        chosen = rng.permutation(np.r_[known[: per_stream // 2], other[: per_stream // 2]])
        named = [
            (
                data.class_names[data.labels[i]] if int(data.labels[i]) in enrolled else None,
                data.clip(int(i)),
            )
            for i in chosen
        ]
        streams.append(splice(named, rng, rest_s))
    return gallery, streams


def play(gallery: Gallery, stream: Stream, settings: StreamSettings) -> list[Event]:
    """Push a stream through frame by frame."""
    recogniser = StreamRecogniser(gallery, layout=stream.clip.layout, settings=settings)
    clip, events = stream.clip, []
    for t in range(clip.frame_count):
        events += recogniser.push(t / clip.fps, clip.joints[:, t], clip.visible[:, t])
    return events + recogniser.finish()


def told_spans(gallery: Gallery, stream: Stream) -> list[Event]:
    """Recognise the true spans."""
    clip = stream.clip
    cuts = [(round(t.start_s * clip.fps), round(t.end_s * clip.fps) + 1) for t in stream.truths]
    parts = [clip.with_joints(clip.joints[:, a:b], clip.visible[:, a:b]) for a, b in cuts]
    found = gallery.recognize_all(parts)
    return [
        Event(r.action, t.start_s, t.end_s, None, r.answers, t.end_s)
        for r, t in zip(found, stream.truths, strict=True)
        if r.action is not None
    ]


def judge(streams: list[Stream], events: list[list[Event]], ms_per_frame: float) -> Score:
    """Match events with truths of the same name."""
    right, told, known, delays = 0, 0, 0, []
    for stream, found in zip(streams, events, strict=True):
        open_truths = [t for t in stream.truths if t.action is not None]
        told, known = told + len(found), known + len(open_truths)
        for event in found:
            fitting = [
                t
                for t in open_truths
                if t.action == event.action
                and overlap((t.start_s, t.end_s), (event.start_s, event.end_s)) >= 0.5
            ]
            if fitting:
                best = max(
                    fitting,
                    key=lambda t: overlap((t.start_s, t.end_s), (event.start_s, event.end_s)),
                )
                open_truths.remove(best)
                right += 1
                delays.append(event.reported_s - best.end_s)
    precision, recall = right / max(1, told), right / max(1, known)
    minutes = sum(stream.clip.duration_s for stream in streams) / 60
    return Score(
        100 * precision,
        100 * recall,
        100 * 2 * right / max(1, told + known),
        statistics.mean(delays or [float("nan")]),
        max(delays, default=float("nan")),
        (told - right) / minutes,
        ms_per_frame,
    )


def show(name: str, scores: list[Score]) -> None:
    """One row: mean and deviation over trainings and seeds."""
    cells = []
    for field, digits in (
        ("precision", 1),
        ("recall", 1),
        ("f1", 1),
        ("delay_s", 2),
        ("longest_delay_s", 2),
        ("false_per_minute", 1),
        ("ms_per_frame", 1),
    ):
        values = [getattr(score, field) for score in scores]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        cells.append(f"{statistics.mean(values):.{digits}f} ± {spread:.{digits}f}")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+", help="Trainings that differ in their seed.")
    parser.add_argument("data", help="A flat .npz or archive, or 'choreography'.")
    parser.add_argument("--protocol", required=True)
    parser.add_argument(
        "--labels",
        default="",
        help="Classes to play with, to tune on: 2,7,11. Else the novel ones.",
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--rest", type=float, nargs=2, default=(1.0, 2.5), metavar=("LEAST", "MOST")
    )
    parser.add_argument("--per-stream", type=int, default=12)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE[;NAME=VALUE]",
        help="A row with other settings.",
    )
    words = parser.parse_args()
    labels = [int(number) for number in words.labels.split(",") if number]
    data, classes = open_actions(words.data, words.protocol, labels)
    rows = {
        "known spans": None,
        **{text or "as shipped": _settings(text) for text in words.set or [""]},
    }
    scores: dict[str, list[Score]] = {name: [] for name in rows}
    for recogniser, seed in product(map(Recogniser.load, words.runs), range(words.seeds)):
        gallery, streams = make_situation(
            recogniser,
            data,
            classes,
            seed=seed,
            rest_s=tuple(words.rest),
            per_stream=words.per_stream,
        )
        frames = sum(stream.clip.frame_count for stream in streams)
        for name, settings in rows.items():
            start = time.process_time()
            found = [
                told_spans(gallery, s) if settings is None else play(gallery, s, settings)
                for s in streams
            ]
            taken = 1000 * (time.process_time() - start) / frames
            scores[name].append(judge(streams, found, taken))
    print(
        "| search | precision, % | recall, % | F1 | delay, s | longest delay, s "
        "| wrong per minute | ms per frame |\n|---|---|---|---|---|---|---|---|"
    )
    for name, each in scores.items():
        show(name, each)


def _settings(text: str) -> StreamSettings:
    settings = StreamSettings()
    for pair in text.split(";") if text else []:
        name, _, value = pair.partition("=")
        kind = type(getattr(settings, name))
        settings = replace(settings, **{name: kind(value)})
    return settings


if __name__ == "__main__":
    main()
