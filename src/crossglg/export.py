"""Write the plain branch as an ONNX file that is kept only if it says what torch says.

The file takes any number of clips and frames, and carries what else a recogniser needs: joints,
persons, frames, the judgement, and the fingerprint of the weights.
"""

import json
import os
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from crossglg.deployed import HEADER, OUTPUTS, OnnxRecogniser
from crossglg.errors import CheckpointError, ConfigError, require
from crossglg.guidance.model import PlainBranch
from crossglg.oneshot.features import describe, prepare_clip
from crossglg.recogniser import Recogniser
from crossglg.skeleton.stack import stack_clips
from crossglg.sources.clipset import ClipSet

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
Batch = tuple[NDArray[np.float32], NDArray[np.bool_]]

# How far pooled features may be from torch's, as a share of their length. Rounding weights moves
# features by design: there the bound only catches a broken file, and accuracy is to be measured.
_TOLERANCE: dict[Precision, float] = {"float32": 1e-4, "float16": 2e-2, "int8": 0.2}
_REAL_CLIPS = 64
_OPSET = 18


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        file: Where.
        precision: Of the weights.
        megabytes: Size of the file.
        difference: The largest distance of pooled features to torch's, as a share of their length.
        clips_compared: Random and real ones together; for int8 real ones that chose no scale.
    """

    file: str
    precision: Precision
    megabytes: float
    difference: float
    clips_compared: int

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return asdict(self)


class _Described(nn.Module):
    """The branch as a function of two tensors that gives four."""

    def __init__(self, branch: PlainBranch) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, clips: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(N M T V C) and (N M T) -> pooled, joints, frames, importance."""
        return describe(self.branch(clips, present), present)


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
        ConfigError: ``int8`` without clips.
        CheckpointError: The exported file says something else than torch.
    """
    for module in ("onnx", "onnxscript", "onnxruntime"):
        require(module, extra="export")
    if precision == "int8" and clips is None:
        raise ConfigError("Precision 'int8' needs real clips to choose its scales by: give data.")
    form = recogniser.checkpoint
    model = _Described(form.branch.eval())
    batches = [_random_batch(recogniser, count=3, frames=form.frame_count + 5)]
    chosen: list[Batch] = []
    if clips is not None:
        some = np.linspace(0, len(clips) - 1, min(len(clips), _REAL_CLIPS)).astype(int)
        prepared = [prepare_clip(clips.clip(int(number)), form) for number in some]
        batches.append(stack_clips(prepared, max_persons=form.max_persons))
        if precision == "int8":
            # Scales are fit for how people move, which random joints do not: these are left out,
            # and agreement is asked of clips that chose no scale.
            chosen = [stack_clips(prepared[::2], max_persons=form.max_persons)]
            batches = [stack_clips(prepared[1::2] or prepared, max_persons=form.max_persons)]
    part = file.with_name(f".{file.stem}.{os.getpid()}.onnx")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(
            _Described(form.folded),
            part,
            example=_random_batch(recogniser, count=2, frames=form.frame_count),
        )
        _round(part, precision, calibrate_on=chosen)
        _note(part, recogniser)
        difference = _compare(model, OnnxRecogniser.load(part), batches)
        if not difference < _TOLERANCE[precision]:
            raise CheckpointError(
                f"{file}: the exported model differs from torch by {difference:.2g} of the "
                f"features' length; expected less than {_TOLERANCE[precision]}. Nothing was kept."
            )
        megabytes = part.stat().st_size / 1e6
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    compared = sum(len(joints) for joints, _ in batches)
    return Export(str(file), precision, megabytes, difference, compared)


def _random_batch(recogniser: Recogniser, *, count: int, frames: int) -> Batch:
    form = recogniser.checkpoint
    rng = np.random.default_rng(0)
    shape = (count, form.max_persons, frames, form.layout.joint_count, 3)
    return rng.standard_normal(shape, dtype=np.float32), np.ones(shape[:3], dtype=np.bool_)


def _write(model: nn.Module, file: Path, *, example: Batch) -> None:
    sizes = {0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC}
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


def _note(file: Path, recogniser: Recogniser) -> None:
    import onnx

    form, acceptance = recogniser.checkpoint, recogniser.acceptance
    header = {
        "layout": form.layout.to_json(),
        "max_persons": form.max_persons,
        "frame_count": form.frame_count,
        "fingerprint": recogniser.fingerprint,
        "acceptance": None if acceptance is None else acceptance.to_json(),
        "provenance": dict(form.provenance),
    }
    model = onnx.load(file)
    for node in model.graph.node:  # the exporter notes a stack trace at every node
        del node.metadata_props[:]
    onnx.helper.set_model_props(model, {HEADER: json.dumps(header)})
    onnx.save(model, file)


@torch.inference_mode()
def _compare(model: nn.Module, exported: OnnxRecogniser, batches: list[Batch]) -> float:
    worst = 0.0
    for joints, present in batches:
        expected = model(torch.from_numpy(joints), torch.from_numpy(present))[0].numpy()
        found = exported.run(joints, present).pooled
        apart = np.linalg.norm(found - expected, axis=1) / np.linalg.norm(expected, axis=1)
        worst = max(worst, float(apart.max()))
    return worst
