"""Write the plain branch as an ONNX file, for any number of clips and frames."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from torch import nn

from crossglg.deployed import OnnxRecogniser
from crossglg.deployed.exported import HEADER, OUTPUTS, make_header
from crossglg.errors import ConfigError, require
from crossglg.export.agreement import (
    Batch,
    Described,
    Export,
    choose_clips,
    draw_batch,
    keep_if_agreed,
    stack,
)
from crossglg.export.torch_version import insist_on_torch
from crossglg.recogniser import Recogniser
from crossglg.sources.clipset import ClipSet

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

# How far pooled features may be from torch's, as a share of their length. Rounding weights moves
# features by design: there the bound only catches a broken file, and accuracy is to be measured.
_TOLERANCE: dict[Precision, float] = {"float32": 1e-4, "float16": 2e-2, "int8": 0.2}
_OPSET = 18


def export_onnx(
    recogniser: Recogniser,
    file: Path,
    *,
    precision: Precision = "float32",
    clips: ClipSet | None = None,
) -> Export:
    """Export a trained model; nothing stays under ``file`` unless it agrees with torch.

    Args:
        recogniser: The run.
        file: Where to write.
        precision: ``float16`` halves the file; ``int8`` quarters it and is calibrated on clips.
        clips: Real clips to compare on, of any layout that maps to the model's.

    Raises:
        MissingExtraError: The extra ``export`` is not installed.
        ConfigError: ``int8`` without clips, or torch is too old.
        CheckpointError: The exported file says something else than torch.
    """
    for module in ("onnx", "onnxscript", "onnxruntime"):
        require(module, extra="export")
    insist_on_torch()
    if precision == "int8" and clips is None:
        raise ConfigError("Precision 'int8' needs real clips to choose its scales by: give data.")
    form = recogniser.checkpoint
    prepared = choose_clips(form, clips)
    batches = [
        draw_batch(form, count=3, frames=form.frame_count + 5),
        *stack(form, prepared),
    ]
    scales: list[Batch] = []
    if precision == "int8":
        # Scales are fit for how people move, which random joints do not: these are left out, and
        # agreement is asked of clips that chose no scale.
        scales = stack(form, prepared[::2])
        batches = stack(form, prepared[1::2] or prepared)

    def write(part: Path) -> None:
        example = draw_batch(form, count=2, frames=form.frame_count)
        _write(Described(form.folded), part, example=example)
        _round(part, precision, calibrate_on=scales)
        _note(part, make_header(recogniser))

    return keep_if_agreed(
        form,
        file,
        precision=precision,
        tolerance=_TOLERANCE[precision],
        batches=batches,
        write=write,
        read=OnnxRecogniser.load,
    )


def _write(model: nn.Module, file: Path, *, example: Batch) -> None:
    sizes = {0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC}
    # It would tell everybody that torchvision, which nothing here needs, is not installed.
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter's own deprecations
        torch.onnx.export(
            model,
            tuple(torch.from_numpy(array) for array in example),
            str(file),
            input_names=["clips", "present"],
            output_names=list(OUTPUTS),
            dynamic_shapes=(sizes, sizes),
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _round(file: Path, precision: Precision, *, calibrate_on: list[Batch]) -> None:
    import onnx

    if precision == "float16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one for every weight below the smallest half
            onnx.save(convert_float_to_float16(onnx.load(file), keep_io_types=True), file)
    elif precision == "int8":
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process

        # Batch norms go into the products before them, or each would be rounded on its own.
        quant_pre_process(file, file, skip_symbolic_shape=True)
        quantize_static(
            file,
            file,
            _Calibration(calibrate_on),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Gemm", "MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            # Links and attention are multiplied by what was computed: they keep their range.
            extra_options={"MatMulConstBOnly": True},
        )


class _Calibration:
    """Hands ONNX Runtime one batch after the other."""

    def __init__(self, batches: list[Batch]) -> None:
        self._left = iter(batches)

    def get_next(self) -> dict[str, Any] | None:
        """The next batch, None after the last."""
        batch = next(self._left, None)
        return None if batch is None else {"clips": batch[0], "present": batch[1]}


def _note(file: Path, header: dict[str, Any]) -> None:
    import onnx

    model = onnx.load(file)
    for node in model.graph.node:  # the exporter notes a stack trace at every node
        del node.metadata_props[:]
    onnx.helper.set_model_props(model, {HEADER: json.dumps(header)})
    onnx.save(model, file)
