"""What waiting threads cost beside other work, by the clock.

    python benchmarks/busy_machine.py --threads 2 --rounds 3

PatchGCN of width 64 as in ``encoders.py``: training steps of 16 clips of 32 frames, and one clip of
64 frames embedded; and what an answer of a gallery of 48 actions takes of the processor when one is
asked for thirty times a second (``open-small``). Each row is a process of its own, since OpenMP and
OpenBLAS read only once how long their threads shall wait (``crossglg/waiting.py``). Each runs
once with the machine for itself and once beside a program that keeps one core busy; rows take turns
in every round. Medians, and the range. Give as many threads as there are cores: with fewer there is
room for other work.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import now_and_then

FORMS = {
    # What they take where nothing is said.
    "as by themselves": {"GOMP_SPINCOUNT": "300000", "OPENBLAS_THREAD_TIMEOUT": "26"},
    "as `import crossglg` says": {"GOMP_SPINCOUNT": "3000", "OPENBLAS_THREAD_TIMEOUT": "20"},
    "not at all": {"OMP_WAIT_POLICY": "passive", "OPENBLAS_THREAD_TIMEOUT": "4"},
    "one thread": {"OMP_NUM_THREADS": "1"},
}
_BUSY = "while True: pass"
_SECONDS = 3


def measure_here() -> dict[str, float]:
    """Training steps a second and milliseconds for one clip, in this process."""
    import torch

    from crossglg.denormals import flush_denormals
    from crossglg.encoders import create_encoder
    from crossglg.encoders.folding import fold
    from crossglg.skeleton import get_layout

    torch.manual_seed(0)
    layout = get_layout("openni15")
    encoder = create_encoder("patchgcn", layout=layout, max_persons=1, options={"width": 64})
    clips = torch.randn(16, 1, 32, 15, 3)

    def train() -> None:
        encoder.zero_grad()
        encoder(clips).square().mean().backward()

    used, clip = fold(encoder), torch.randn(1, 1, 64, 15, 3)

    @torch.inference_mode()
    def embed() -> None:
        used(clip)

    with flush_denormals():
        found = {"steps": 1 / _seconds(train), "ms": 1000 * _seconds(embed)}
    return found | {"answer": now_and_then.measure_here("open-small", "all")[1]}


def _seconds(action: Callable[[], None]) -> float:
    """On average, until they add up to ``_SECONDS``; once untimed before."""
    action()
    start, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < _SECONDS:
        action()
        count += 1
    return passed / count


def measure(form: str, threads: int, *, busy: bool) -> dict[str, float]:
    """In a process of its own."""
    environment = {"OMP_NUM_THREADS": str(threads), **FORMS[form]}
    # A session of its own, as another program has.
    other = (
        subprocess.Popen([sys.executable, "-c", _BUSY], start_new_session=True) if busy else None
    )
    try:
        run = subprocess.run(
            [sys.executable, __file__, "--here"],
            env={**now_and_then.said_nothing(), **environment},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        if other is not None:
            other.kill()
            other.wait()
    return json.loads(run.stdout)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--here", action="store_true", help="measure in this process, as JSON")
    words = parser.parse_args()
    if words.here:
        print(json.dumps(measure_here()))
        return
    rounds = [
        {
            form: [measure(form, words.threads, busy=busy) for busy in (False, True)]
            for form in FORMS
        }
        for _ in range(words.rounds)
    ]
    print("| threads wait | steps/s | beside other work | ms a clip | beside other work ", end="")
    print("| an answer, ms of the processor | beside other work |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for form in FORMS:
        cells = [
            _describe([each[form][busy][what] for each in rounds])
            for what in ("steps", "ms", "answer")
            for busy in (False, True)
        ]
        print(f"| {form} | {' | '.join(cells)} |")


def _describe(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main()
