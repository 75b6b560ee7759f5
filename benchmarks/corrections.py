"""What corrections bring to a live stream: wrong events dismissed, or named rightly.

python benchmarks/corrections.py RUN RUN RUN utd_mhad.npz --protocol utd-a

Streams as in ``stream_events.py``. The first subject's is watched and corrected as the web page
allows it: what was taken for an action and was none is dismissed; what was another enrolled action
becomes a further example of it; what was missed stays missed. Then the other subjects' streams are
played, as if nothing had been corrected, and after it.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from spread import as_row, with_spread
from stream_events import Score, Stream, Truth, judge, make_situation, open_actions, play

from crossglg.gallery import Gallery
from crossglg.live import Event, StreamSettings
from crossglg.recogniser import Recogniser

_REST_S = (1.0, 2.5)
_PER_STREAM = 12
_SETTINGS = StreamSettings()
_COLUMNS = {
    "precision, %": "precision",
    "recall, %": "recall",
    "F1": "f1",
    "wrong per minute": "false_per_minute",
}


def find_truth(stream: Stream, event: Event) -> str | None:
    """The enrolled action that fills half of an event or more; None where none does."""
    length_s = event.end_s - event.start_s

    def fill(truth: Truth) -> float:
        shared_s = min(truth.end_s, event.end_s) - max(truth.start_s, event.start_s)
        return shared_s / length_s

    best = max(stream.truths, key=fill)
    return best.action if fill(best) >= 0.5 else None


def correct(gallery: Gallery, stream: Stream) -> Gallery:
    """The gallery after somebody has gone through what was found in a stream."""
    clip = stream.clip
    changed = gallery
    for event in play(gallery, stream, _SETTINGS):
        action = find_truth(stream, event)
        if action == event.action:
            continue
        first, last = (round(time_s * clip.fps) for time_s in (event.start_s, event.end_s))
        part = clip.with_joints(clip.joints[:, first : last + 1], clip.visible[:, first : last + 1])
        changed = changed.dismiss(part) if action is None else changed.enroll(action, part)
    return changed


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="Trainings that differ in their seed.")
    parser.add_argument("data", help="A flat .npz or archive, or 'choreography'.")
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--seeds", type=int, default=3)
    words = parser.parse_args()
    data, classes = open_actions(words.data, words.protocol)
    rows: dict[str, list[Score]] = {}
    corrected = []
    for recogniser, seed in product(map(Recogniser.load, words.runs), range(words.seeds)):
        gallery, (watched, *others) = make_situation(
            recogniser, data, classes, seed=seed, rest_s=_REST_S, per_stream=_PER_STREAM
        )
        better = correct(gallery, watched)
        corrected.append((len(better.dismissed), len(better.exemplars) - len(gallery.exemplars)))
        for name, each in (("as shown", gallery), ("corrected", better)):
            found = [play(each, stream, _SETTINGS) for stream in others]
            rows.setdefault(name, []).append(judge(others, found, 0.0))
    dismissed, named = np.mean(corrected, axis=0)
    print(f"Corrected in a stream: {dismissed:.1f} dismissed, {named:.1f} named rightly.\n")
    print(f"| gallery | {' | '.join(_COLUMNS)} | F1 more |\n|---|{'---:|' * (len(_COLUMNS) + 1)}")
    for name, scores in rows.items():
        columns = [[getattr(score, field) for score in scores] for field in _COLUMNS.values()]
        gain = [s.f1 - before.f1 for s, before in zip(scores, rows["as shown"], strict=True)]
        print(as_row(name, map(with_spread, (*columns, gain))))


if __name__ == "__main__":
    main()
