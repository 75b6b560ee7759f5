"""Models as single files for use elsewhere, each kept only if it says what torch says."""

from crossglg.export.agreement import Export
from crossglg.export.native import export_native
from crossglg.export.onnx import PRECISIONS, Precision, export_onnx

__all__ = ["PRECISIONS", "Export", "Precision", "export_native", "export_onnx"]
