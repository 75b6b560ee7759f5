"""What this machine does in a minute: encoders beside the limit, matching, and clip to name.

The limit is the count of an encoder's multiply-adds at the rate at which the same machine has just
multiplied large matrices. Weights and clips are random: neither changes the arithmetic.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from crossglg import __version__
from crossglg.checkpoint import PlainCheckpoint
from crossglg.denormals import flush_denormals
from crossglg.encoders import SkeletonEncoder, create_encoder
from crossglg.encoders.folding import fold
from crossglg.gallery import Exemplar, Gallery
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot.distances import cosine_distances
from crossglg.oneshot.warping import dtw_distances
from crossglg.recogniser import ClipReader, Recogniser
from crossglg.skeleton import SkeletonClip, get_layout
from crossglg.threads import one_thread_a_clip

_PACKAGES = ("torch", "numpy")


@dataclass(frozen=True)
class Effort:
    """How much is measured; the defaults take about a minute.

    Attributes:
        seconds: Each row is repeated for so long, and three times at least.
        matrix: Rows and columns of the matrices.
        batch: Clips at once.
        width: Of both encoders.
        exemplars: Of the cosine search; DTW takes a hundredth of them.
        actions: Enrolled, one exemplar each.
    """

    seconds: float = 4.0
    matrix: int = 2048
    batch: int = 16
    width: int = 64
    exemplars: int = 10_000
    actions: int = 100


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        name: For programs.
        about: For people.
        value: The median unless ``about`` says otherwise.
        unit: Its unit.
        share_of_limit: Of what the machine's matrix products would allow; None where that says
            nothing.
    """

    name: str
    about: str
    value: float
    unit: str
    share_of_limit: float | None = None


@dataclass(frozen=True)
class Benchmark:
    """All figures of a machine.

    Attributes:
        machine: Versions, the processor's name, its cores, the threads in use, the device.
        figures: In the order they were measured.
    """

    machine: dict[str, str | int]
    figures: tuple[Figure, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def measure_machine(effort: Effort | None = None) -> Benchmark:
    """Measure everything, one after the other, on the GPU if torch sees one."""
    effort = effort or Effort()
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rate = _measure_products(effort, device)
    figures = [Figure("products", "float32 matrix products", rate / 1e9, "GFLOP/s")]
    for name, frames, layout in (("patchgcn", 32, "openni15"), ("infogcn", 64, "ntu25")):
        encoder = create_encoder(
            name, layout=layout, max_persons=1, options={"width": effort.width}
        ).to(device)
        for training in (False, True):
            figures.append(
                _measure_encoder(encoder, name, frames, training=training, rate=rate, effort=effort)
            )
    figures += _measure_matching(effort)
    figures += _measure_answers(effort)
    return Benchmark(_describe_machine(device), tuple(figures))


def fill_gallery(reader: ClipReader, *, actions: int) -> Gallery:
    """So many actions, shown by one random clip each."""
    clips = [make_clip(reader, seed=number) for number in range(actions)]
    seen = reader.embed(clips)
    exemplars = (
        Exemplar(f"action {number}", clip, seen.select(np.array([number])), "", "")
        for number, clip in enumerate(clips)
    )
    return Gallery(reader, tuple(exemplars))


def make_clip(reader: ClipReader, *, seed: int, frames: int = 64) -> SkeletonClip:
    """One person whose joints wander from random places."""
    rng = np.random.default_rng(seed)
    joint_count = reader.layout.joint_count
    steps = rng.normal(scale=0.02, size=(1, frames, joint_count, 3))
    places = rng.normal(scale=0.5, size=(1, 1, joint_count, 3))
    joints = (places + steps.cumsum(axis=1)).astype(np.float32)
    return SkeletonClip.from_array(joints, fps=30.0, layout=reader.layout)


# --- rows ---------------------------------------------------------------------------------------


def _time(
    action: Callable[[], object], effort: Effort, device: torch.device | None = None
) -> list[float]:
    """Seconds of each run (R); the first, which prepares things, is not counted."""
    seconds: list[float] = []
    action()
    while len(seconds) < 3 or sum(seconds) < effort.seconds:
        start = time.perf_counter()
        action()
        if device is not None and device.type == "cuda":
            torch.cuda.synchronize(device)
        seconds.append(time.perf_counter() - start)
    return seconds


def _measure_products(effort: Effort, device: torch.device) -> float:
    one = torch.randn(effort.matrix, effort.matrix, device=device)
    out = torch.empty_like(one)
    seconds = _time(lambda: torch.mm(one, one, out=out), effort, device)
    return 2 * effort.matrix**3 / statistics.median(seconds)


def _measure_encoder(
    encoder: SkeletonEncoder,
    name: str,
    frames: int,
    *,
    training: bool,
    rate: float,
    effort: Effort,
) -> Figure:
    device = next(encoder.parameters()).device
    joint_count = encoder.layout.joint_count
    clips = torch.randn(effort.batch, 1, frames, joint_count, 3, device=device)
    network = encoder.train() if training else fold(encoder)

    def step() -> None:
        with torch.set_grad_enabled(training):
            out = network(clips)
        if training:
            encoder.zero_grad(set_to_none=True)
            out.square().mean().backward()

    with FlopCounterMode(display=False) as counter:
        step()
    with flush_denormals():
        seconds = statistics.median(_time(step, effort, device))
    what = "training step" if training else "inference"
    return Figure(
        f"{name}_{'training' if training else 'inference'}",
        f"{name}, {what}: width {effort.width}, {frames} frames, {joint_count} joints, "
        f"{effort.batch} clips at once",
        effort.batch / seconds,
        "clips/s",
        counter.get_total_flops() / rate / seconds,
    )


def _measure_matching(effort: Effort) -> list[Figure]:
    rng = np.random.default_rng(0)
    queries = rng.normal(size=(100, 128)).astype(np.float32)
    known = rng.normal(size=(effort.exemplars, 128)).astype(np.float32)
    few = rng.normal(size=(max(1, effort.exemplars // 100), 32, 75)).astype(np.float32)
    cosine = statistics.median(_time(lambda: cosine_distances(queries, known), effort))
    warped = statistics.median(_time(lambda: dtw_distances(few[:10], few), effort))
    return [
        Figure(
            "cosine", "cosine of 128 features", queries.shape[0] * len(known) / cosine, "pairs/s"
        ),
        Figure(
            "dtw", "DTW of 32 frames of 25 joints", len(few[:10]) * len(few) / warped, "pairs/s"
        ),
    ]


def _measure_answers(effort: Effort) -> list[Figure]:
    config = ModelConfig(encoder="patchgcn", options={"width": effort.width}, head="cosine")
    layout, names = get_layout("openni15"), ("one", "other")
    branch = build_plain(config, layout=layout, max_persons=1, class_count=len(names)).eval()
    recogniser = Recogniser(PlainCheckpoint(branch, config, layout, 1, 32, names, {}), None)
    gallery = fill_gallery(recogniser, actions=effort.actions)
    clip = make_clip(recogniser, seed=effort.actions)
    with one_thread_a_clip():  # as live and serve do
        seconds = _time(lambda: gallery.recognize(clip), effort)
    return [
        Figure(
            f"answer_p{share}",
            f"clip of 64 frames to a name among {effort.actions} actions, on a thread of the CPU: "
            f"{share} % of answers are sooner",
            float(np.percentile(seconds, share)) * 1e3,
            "ms",
        )
        for share in (50, 99)
    ]


# --- the machine --------------------------------------------------------------------------------


def _describe_machine(device: torch.device) -> dict[str, str | int]:
    on_gpu = device.type == "cuda"
    return {
        "crossglg": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _name_cpu(),
        "cores": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "encoders_on": torch.cuda.get_device_name(device) if on_gpu else "cpu",
    }


def _name_cpu() -> str:
    table = Path("/proc/cpuinfo")  # the only place where Linux says it
    if table.exists():
        for line in table.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
