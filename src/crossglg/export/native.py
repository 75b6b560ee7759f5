"""Write the plain branch as native code for the processor of this machine.

Source: torch's AOTInductor (docs.pytorch.org, "AOTInductor: Ahead-Of-Time Compilation"). Weights
are frozen, in the order in which kernels read them where that pays (``packing.py``); what stands
between two products becomes one loop, and no Python runs between them.
"""

import shutil
import warnings
from pathlib import Path

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
from crossglg.export.packing import leave_unpacked, packing_pays
from crossglg.export.torch_version import insist_on_torch
from crossglg.recogniser import Recogniser
from crossglg.sources.clipset import ClipSet

_TOLERANCE = 1e-4
_SETTINGS = {"freezing": True, "cpp.dynamic_threads": True}


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

    def write(part: Path) -> None:
        example = draw_batch(form, count=3, frames=form.frame_count)
        tensors = tuple(torch.from_numpy(array) for array in example)
        header = note_machine(make_header(recogniser))
        write_native(Described(form.folded), part, example=tensors, notes=header)

    return keep_if_agreed(
        form,
        file,
        precision="float32",
        tolerance=_TOLERANCE,
        batches=[
            draw_batch(form, count=1, frames=form.frame_count),
            draw_batch(form, count=7, frames=form.frame_count),
            *stack(form, choose_clips(form, clips)),
        ],
        write=write,
        read=NativeRecogniser.load,
    )


@torch.no_grad()
def write_native(
    network: nn.Module,
    file: Path,
    *,
    example: tuple[Tensor, ...],
    notes: dict[str, str] | None = None,
) -> None:
    """Compile any network for any number of examples; the other sizes are those of ``example``.

    Whether weights are packed is decided for one example at a time, as a camera gives them. The
    code trusts its caller: tensors must be contiguous and of these sizes and kinds.

    Raises:
        ConfigError: There is no C++ compiler, or it does not work, or torch cannot keep the number
            of examples open.
    """
    # These take a second to import.
    from torch._dynamo.exc import UserError
    from torch._inductor import aoti_compile_and_package, config
    from torch._inductor.exc import CppCompileError, InductorError

    compiler = config.cpp.cxx[-1]
    if shutil.which(compiler) is None:
        raise ConfigError(
            f"Expected a C++ compiler to make native code with, found no '{compiler}': install it "
            "(Debian: apt install g++), or name another one in the environment variable CXX."
        )
    if not packing_pays(network.eval(), tuple(each[:1] for each in example)):
        network = leave_unpacked(network)
    count = {0: torch.export.Dim("count", min=1)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own deprecations
        try:
            program = torch.export.export(
                network,
                tuple(each.contiguous() for each in example),
                dynamic_shapes=tuple(count for _ in example),
            )
        except UserError as error:
            raise ConfigError(
                f"Expected an encoder that takes any number of clips, found that torch "
                f"{torch.__version__} cannot make such code of it; a newer one may "
                f"({str(error).strip().splitlines()[0]})."
            ) from error
        try:
            aoti_compile_and_package(
                program,
                package_path=str(file),
                inductor_configs={**_SETTINGS, "aot_inductor.metadata": notes or {}},
            )
        except (CppCompileError, InductorError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ConfigError(
                f"Expected '{compiler}' to make native code of the model, found that it does not "
                f"({reason}): name another compiler in the environment variable CXX."
            ) from error
