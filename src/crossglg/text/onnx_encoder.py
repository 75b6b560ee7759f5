"""Run a text encoder in ONNX Runtime: the same vectors, in a fraction of the time on a CPU."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from crossglg.atomic import create_path
from crossglg.errors import ConfigError, require
from crossglg.text.encoder import TransformersEncoder, pool_tokens

_TOLERANCE = 1e-3
_SAMPLE = (
    "right hand swings quickly left and right above the head, three or four times",
    "left knee stays still",
)


class OnnxEncoder(TransformersEncoder):
    """A transformers model exported once to ``file`` and run by ONNX Runtime from then on.

    The exported file is kept only if it gives the torch model's vectors.

    Args:
        encoder: What is exported.
        file: Where the export lies, or will lie after the first sentence.

    Raises:
        MissingExtraError: onnxruntime is not installed.
    """

    def __init__(self, encoder: TransformersEncoder, file: Path) -> None:
        super().__init__(
            encoder.name, encoder.model, pooling=encoder.pooling, batch_size=encoder.batch_size
        )
        self._runtime = require("onnxruntime", extra="export")
        if not file.exists():
            with create_path(file) as part:
                self._export(part)
        self._session = self._open(file)

    def _encode_batch(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        tokens = self.tokenize(sentences)
        mask = tokens["attention_mask"].numpy()
        inputs = {"input_ids": tokens["input_ids"].numpy(), "attention_mask": mask}
        (states,) = self._session.run(["states"], inputs)
        return pool_tokens(states, mask, pooling=self.pooling)

    def _open(self, file: Path) -> Any:
        return self._runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def _export(self, file: Path) -> None:
        require("onnxscript", extra="export")
        tokens = self.tokenize(_SAMPLE)
        self.network.set_attn_implementation("eager")
        sizes = {0: torch.export.Dim("sentences"), 1: torch.export.Dim("tokens")}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter's own deprecations
            torch.onnx.export(
                _LastLayer(self.network),
                (tokens["input_ids"], tokens["attention_mask"]),
                str(file),
                input_names=["input_ids", "attention_mask"],
                output_names=["states"],
                dynamic_shapes=(sizes, sizes),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        expected = super()._encode_batch(_SAMPLE)
        self._session = self._open(file)
        error = float(np.abs(self._encode_batch(_SAMPLE) - expected).max())
        if not error < _TOLERANCE:
            raise ConfigError(
                f"The ONNX export of '{self.model}' differs from torch by {error:.2g}; expected "
                f"less than {_TOLERANCE}. Use the encoder without ONNX Runtime."
            )


class _LastLayer(nn.Module):
    """The model as a function of two tensors, which is what can be exported."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """(N L) twice -> (N L D)."""
        states: Tensor = self.network(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        return states
