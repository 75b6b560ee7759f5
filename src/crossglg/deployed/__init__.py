"""Recognisers from one exported file: everything but what runs the network is shared."""

from pathlib import Path

from crossglg.deployed.exported import ExportedRecogniser
from crossglg.deployed.native import NATIVE_SUFFIX, NativeRecogniser
from crossglg.deployed.onnx import ONNX_SUFFIX, OnnxRecogniser
from crossglg.errors import CheckpointError
from crossglg.recogniser import ClipReader, Recogniser

__all__ = [
    "NATIVE_SUFFIX",
    "ONNX_SUFFIX",
    "ExportedRecogniser",
    "NativeRecogniser",
    "OnnxRecogniser",
    "open_model",
]


def open_model(model: Path | str) -> ClipReader:
    """A model however it is kept: an exported file, a run's folder, or shipped weights by name.

    Raises:
        MissingExtraError: What runs the file is not installed.
        CheckpointError: There is no such model, or it is damaged, or made for another machine.
    """
    file = Path(model)
    if file.suffix.lower() in (NATIVE_SUFFIX, ONNX_SUFFIX) and not file.is_file():
        raise CheckpointError(f"{file}: expected an exported model, found no such file.")
    if file.suffix.lower() == NATIVE_SUFFIX:
        return NativeRecogniser.load(file)
    if file.suffix.lower() == ONNX_SUFFIX:
        return OnnxRecogniser.load(file)
    return Recogniser.load(model)
