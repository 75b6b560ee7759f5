"""A recogniser from one file of native code, made for the processor that it runs on."""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self
from zipfile import BadZipFile, ZipFile

import numpy as np
import torch
from numpy.typing import NDArray

from crossglg.denormals import flush_denormals
from crossglg.deployed.exported import HEADER, ExportedRecogniser, read_header
from crossglg.deployed.programs import Programs
from crossglg.errors import CheckpointError, ClipError
from crossglg.forks import use_one_thread_after_fork
from crossglg.memory import keep_freed_memory

NATIVE_SUFFIX = ".pt2"
_MACHINE = "machine"
_CPU_FILE = Path("/proc/cpuinfo")
_VECTOR_FAMILIES = ("sse", "ssse", "avx", "fma", "f16c", "bmi", "amx", "neon", "asimd", "sve")


@dataclass(frozen=True, eq=False)
class NativeRecogniser(ExportedRecogniser):
    """An exported model as compiled code (torch's AOTInductor), with as many threads as torch has.

    Attributes:
        network: The loaded code.
    """

    places_at_once: ClassVar[int] = 2**12  # its calls cost less than those of single layers

    network: Programs

    @classmethod
    def load(cls, file: Path) -> Self:
        """Open an exported file. It is a program: open only what you or somebody you trust made.

        Raises:
            CheckpointError: The file is missing, damaged, not one of ours, or made for another
                kind of machine or another version of torch; nothing of it has run then.
        """
        header = _read_header(file)
        _check_machine(file, header.pop(_MACHINE))
        keep_freed_memory()
        use_one_thread_after_fork()
        try:
            network = Programs.load(file)
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(f"{file}: the native code does not load ({error}).") from error
        return cls(Path(file).absolute(), **header, network=network)

    def __reduce__(self) -> tuple[object, ...]:
        """Another process opens the file anew: loaded code cannot be handed over."""
        return type(self).load, (self.file,)

    @torch.inference_mode()
    def describe(
        self, clips: NDArray[np.float32], present: NDArray[np.bool_]
    ) -> Sequence[NDArray[np.float32]]:
        """(N M T V 3) and (N M T) -> the ``OUTPUTS``; any N, M and T as the model's own.

        Raises:
            ClipError: Arrays of other shapes or kinds.
        """
        # The code reads memory as it was told to when it was made, whatever it is given.
        count = max(1, len(clips))
        form = (count, self.max_persons, self.frame_count, self.layout.joint_count, 3)
        for given, shape, kind in ((clips, form, np.float32), (present, form[:3], np.bool_)):
            if given.shape != shape or given.dtype != kind:
                raise ClipError(
                    f"Expected {kind.__name__} of shape {shape} for this model's native code, "
                    f"found {given.dtype} of shape {given.shape}."
                )
        ready = (torch.from_numpy(np.ascontiguousarray(each)) for each in (clips, present))
        with flush_denormals():
            outputs = self.network(*ready)
        return [output.numpy() for output in outputs]


def note_machine(header: dict[str, Any]) -> dict[str, str]:
    """A header as native code carries it: with the kind of machine that it needs."""
    return {HEADER: json.dumps({**header, _MACHINE: _describe_machine()})}


def _describe_machine() -> dict[str, Any]:
    words: set[str] = set()
    if _CPU_FILE.exists():  # Linux
        words = set(_CPU_FILE.read_text(encoding="utf-8").split())
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "torch": torch.__version__,
        "vectors": torch.backends.cpu.get_cpu_capability(),
        "instructions": sorted(word for word in words if word.startswith(_VECTOR_FAMILIES)),
    }


def _read_header(file: Path) -> dict[str, Any]:
    """The fields of the recogniser, and the machine."""
    try:
        with ZipFile(file) as package:
            notes = (
                json.loads(package.read(name))
                for name in package.namelist()
                if name.endswith("_metadata.json")
            )
            header = json.loads(next((n[HEADER] for n in notes if HEADER in n), "{}"))
        machine = header[_MACHINE]
    except (OSError, BadZipFile, ValueError, KeyError) as error:
        raise CheckpointError(f"{file}: expected an exported model ({error}).") from error
    return {**read_header(file, header), _MACHINE: machine}


def _check_machine(file: Path, made_for: dict[str, Any]) -> None:
    here = _describe_machine()
    for key in ("system", "machine", "torch", "vectors"):
        if made_for[key] != here[key]:
            raise CheckpointError(
                f"{file}: made for {key} {made_for[key]}, this is {here[key]}; export the run "
                "again here, or as ONNX, which runs anywhere."
            )
    if missing := sorted(set(made_for["instructions"]) - set(here["instructions"])):
        raise CheckpointError(
            f"{file}: made for a processor that knows {', '.join(missing)}, which this one does "
            "not; export the run again here, or as ONNX, which runs anywhere."
        )
