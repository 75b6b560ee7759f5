"""Write the plain branch as native code for the processor of this machine.

Source: torch's AOTInductor (docs.pytorch.org, "AOTInductor: Ahead-Of-Time Compilation"). Weights
are frozen, in the order in which kernels read them where that pays (``packing.py``), and lie where
vectors are read at once (``package.py``); what stands between two products becomes one loop of a
length that is known, and no Python runs between them.
"""

import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from crossglg.deployed import NativeRecogniser
from crossglg.deployed.exported import make_header
from crossglg.deployed.native import note_machine
from crossglg.errors import ConfigError
from crossglg.export.agreement import (
    Described,
    Export,
    choose_clips,
    draw_batch,
    keep_if_agreed,
    stack,
)
from crossglg.export.package import bind
from crossglg.export.packing import leave_unpacked, packing_pays
from crossglg.export.torch_version import insist_on_torch
from crossglg.oneshot.features import count_at_once
from crossglg.recogniser import Recogniser
from crossglg.sources.clipset import ClipSet

_TOLERANCE = 1e-4
_SETTINGS = {"freezing": True, "cpp.dynamic_threads": True}
_WORTH_A_PROGRAM = 4
"""Fewer clips at once are hardly sooner than one after the other."""


def export_native(recogniser: Recogniser, file: Path, *, clips: ClipSet | None = None) -> Export:
    """Compile a trained model; nothing stays under ``file`` unless it agrees with torch.

    The file takes any number of clips of the model's own persons and frames, and runs where the
    operating system, the processor's instructions and the version of torch are those of here.

    Args:
        recogniser: The run.
        file: Where to write; its name ends in ``.pt2``.
        clips: Real clips to compare on, of any layout that maps to the model's.

    Raises:
        ConfigError: There is no C++ compiler, or it does not work, or torch is too old.
        CheckpointError: The compiled model says something else than torch.
    """
    insist_on_torch()
    form = recogniser.checkpoint
    counts = choose_counts(form.max_persons, form.frame_count, form.layout.joint_count)

    def write(part: Path) -> None:
        example = draw_batch(form, count=1, frames=form.frame_count)
        tensors = tuple(torch.from_numpy(array) for array in example)
        header = note_machine(make_header(recogniser))
        write_native(Described(form.folded), part, example=tensors, counts=counts, notes=header)

    return keep_if_agreed(
        form,
        file,
        precision="float32",
        tolerance=_TOLERANCE,
        batches=[
            draw_batch(form, count=max(counts) + 1, frames=form.frame_count),  # every program
            *stack(form, choose_clips(form, clips)),
        ],
        write=write,
        read=NativeRecogniser.load,
    )


def choose_counts(persons: int, frames: int, joints: int) -> tuple[int, ...]:
    """For how many clips of a form there are programs: one, and as many as suit if these are some.

    Args:
        persons: M.
        frames: T.
        joints: V.
    """
    few = count_at_once(persons, frames, joints, places=NativeRecogniser.places_at_once)
    return (1, few) if few >= _WORTH_A_PROGRAM else (1,)


@torch.no_grad()
def write_native(
    network: nn.Module,
    file: Path,
    *,
    example: tuple[Tensor, ...],
    counts: Sequence[int] = (1,),
    notes: dict[str, str] | None = None,
) -> None:
    """Compile any network, a program for each number of examples that it is to take at once.

    Whether weights are packed is decided for one example at a time, as a camera gives them. The
    code trusts its caller: tensors must be contiguous and of the example's sizes and kinds.

    Args:
        network: Its outputs have the examples as their first axis.
        file: Where to write a package that ``deployed.programs`` opens.
        example: Tensors of one example (1 ...).
        counts: For how many examples at once there is to be a program; one among them.
        notes: What the package is to carry.

    Raises:
        ConfigError: There is no C++ compiler, or it does not work, or torch cannot make such code
            of the network.
    """
    compiler = _find_compiler()
    if not packing_pays(network.eval(), example):
        network = leave_unpacked(network)
    with TemporaryDirectory() as folder:
        programs = {}
        for count in counts:
            programs[str(count)] = Path(folder) / f"{count}.pt2"
            tensors = tuple(each.repeat_interleave(count, dim=0) for each in example)
            _compile(network, tensors, programs[str(count)], compiler=compiler, notes=notes or {})
        bind(programs, file)


def _find_compiler() -> str:
    from torch._inductor import config  # takes a second to import

    compiler = str(config.cpp.cxx[-1])
    if shutil.which(compiler) is None:
        raise ConfigError(
            f"Expected a C++ compiler to make native code with, found no '{compiler}': install it "
            "(Debian: apt install g++), or name another one in the environment variable CXX."
        )
    return compiler


def _compile(
    network: nn.Module,
    example: tuple[Tensor, ...],
    file: Path,
    *,
    compiler: str,
    notes: dict[str, str],
) -> None:
    from torch._dynamo.exc import UserError
    from torch._inductor import aoti_compile_and_package
    from torch._inductor.exc import CppCompileError, InductorError
    from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own deprecations
        try:
            program = torch.export.export(network, example)
        except (UserError, GuardOnDataDependentSymNode) as error:
            raise ConfigError(
                "Expected an encoder whose steps do not depend on the numbers in a clip, found "
                f"that torch {torch.__version__} cannot make native code of it "
                f"({str(error).strip().splitlines()[0]})."
            ) from error
        try:
            aoti_compile_and_package(
                program,
                package_path=str(file),
                inductor_configs={**_SETTINGS, "aot_inductor.metadata": notes},
            )
        except (CppCompileError, InductorError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ConfigError(
                f"Expected '{compiler}' to make native code of the model, found that it does not "
                f"({reason}): name another compiler in the environment variable CXX."
            ) from error
