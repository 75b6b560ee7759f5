"""A recogniser from one ONNX file: the model runs in ONNX Runtime, without its torch code."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.denormals import flush_denormals
from crossglg.deployed.exported import HEADER, OUTPUTS, ExportedRecogniser, read_header
from crossglg.errors import CheckpointError, require

ONNX_SUFFIX = ".onnx"


@dataclass(frozen=True, eq=False)
class OnnxRecogniser(ExportedRecogniser):
    """An exported model in ONNX Runtime; takes any number of frames.

    Attributes:
        session: ONNX Runtime's.
        threads: Cores that it uses; all of them if zero.
    """

    session: Any
    threads: int

    @classmethod
    def load(cls, file: Path, *, threads: int = 0) -> Self:
        """Open an exported file.

        Args:
            file: The file.
            threads: Cores to use; all of them if zero.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            CheckpointError: The file is missing, damaged, or not one of ours.
        """
        runtime = require("onnxruntime", extra="export")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        # Its helpers must be told of their own; the thread that asks is told when it asks.
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        try:
            session = runtime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
            header = json.loads(session.get_modelmeta().custom_metadata_map[HEADER])
        except Exception as error:  # ONNX Runtime's own errors share no base class
            raise CheckpointError(f"{file}: expected an exported model ({error}).") from error
        return cls(
            Path(file).absolute(), **read_header(file, header), session=session, threads=threads
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Another process opens the file anew: a session cannot be handed over."""
        return partial(type(self).load, self.file, threads=self.threads), ()

    def describe(
        self, clips: NDArray[np.float32], present: NDArray[np.bool_]
    ) -> Sequence[NDArray[np.float32]]:
        """(N M T V 3) and (N M T) -> the ``OUTPUTS``; any N and T."""
        with flush_denormals():
            outputs: Sequence[NDArray[np.float32]] = self.session.run(
                list(OUTPUTS), {"clips": clips, "present": present}
            )
        return outputs
