"""What an answer takes that is asked for now and then, with all threads and with one.

    python benchmarks/now_and_then.py --rounds 5

A camera's pace: one clip, a thirtieth of a second after the last answer was there. The gallery
knows 48 actions. Each row is measured in a process of its own, and forms take turns in
every round; by the clock, and what the processor took. Medians over rounds of the medians of 30
answers (of the processor: their mean), and the range. InfoGCN has fresh weights and width 64.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

MODELS = ("open-small", "open-base", "infogcn")
FORMS = ("all", "one")
_ENROLLED, _ANSWERS, _PAUSE_S = 48, 30, 1 / 30


def open_recogniser(model: str):
    """A shipped model, or InfoGCN with fresh weights."""
    import crossglg

    if model.startswith("open-"):
        return crossglg.load(model)
    import torch

    from crossglg.checkpoint import PlainCheckpoint
    from crossglg.guidance.build import ModelConfig, build_plain
    from crossglg.recogniser import Recogniser
    from crossglg.skeleton import get_layout

    torch.manual_seed(0)
    config, layout = ModelConfig(encoder=model, options={"width": 64}), get_layout("ntu25")
    branch = build_plain(config, layout=layout, max_persons=1, class_count=3).eval()
    return Recogniser(PlainCheckpoint(branch, config, layout, 1, 64, ("a", "b", "c"), {}), None)


def measure_here(model: str, form: str) -> list[float]:
    """Milliseconds of an answer, by the clock and of the processor."""
    from contextlib import nullcontext

    from crossglg.gallery import Gallery
    from crossglg.sources.choreography import choreography
    from crossglg.threads import one_thread_a_clip

    clips = list(choreography(performers=2, repeats=1).clips())
    gallery = Gallery(open_recogniser(model))
    for number, clip in enumerate(clips[:_ENROLLED]):
        gallery = gallery.enroll(str(number), clip)
    times = []
    with one_thread_a_clip() if form == "one" else nullcontext():
        gallery.recognize(clips[-1])
        processor = time.process_time()
        for _ in range(_ANSWERS):
            start = time.perf_counter()
            gallery.recognize(clips[-1])
            times.append(time.perf_counter() - start)
            time.sleep(_PAUSE_S)
        processor = (time.process_time() - processor) / _ANSWERS
    return [1000 * statistics.median(times), 1000 * processor]


def measure(model: str, form: str) -> list[float]:
    """In a process of its own, in which nobody has said how many threads there are."""
    command = [sys.executable, __file__, "--here", model, form]
    run = subprocess.run(command, env=said_nothing(), capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def said_nothing() -> dict[str, str]:
    """The environment of a user who has no word for threads."""
    words = ("OMP_", "GOMP_", "OPENBLAS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(words)}


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", action="append", choices=MODELS)
    parser.add_argument("--here", nargs=2, help="measure a model and a form")
    words = parser.parse_args()
    if words.here:
        print(json.dumps(measure_here(*words.here)))
        return
    print("| model | threads | ms by the clock | ms of the processor |")
    print("|---|---|---:|---:|")
    for model in words.model or MODELS:
        rounds = [{form: measure(model, form) for form in FORMS} for _ in range(words.rounds)]
        for form in FORMS:
            cells = (_describe([each[form][what] for each in rounds]) for what in (0, 1))
            print(f"| {model} | {form} |", " | ".join(cells), "|", flush=True)


def _describe(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main()
