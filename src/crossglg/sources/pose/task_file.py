"""Make a MediaPipe task file out of the plain networks that its older packages carry.

The task loader wants to be told how pictures are scaled for a network, in a piece of metadata
inside the network's file. The files have a piece of metadata that says nothing of use here
(``min_runtime_version``); its name and its bytes are redirected to new ones appended at the end.
All else stays as it is, byte for byte. Both networks then go, not compressed, into one zip file.
(Formats: TensorFlow Lite's ``schema.fbs`` and ``metadata_schema.fbs``.)
"""

import io
import struct
import zipfile
from dataclasses import dataclass

from crossglg.errors import CheckpointError, require

_DETECTOR, _LANDMARKS = "pose_detector.tflite", "pose_landmarks_detector.tflite"
_METADATA = b"TFLITE_METADATA"
_MODEL_BUFFERS, _MODEL_METADATA = 4, 6  # fields of schema.fbs, by number
_METADATA_NAME, _METADATA_BUFFER = 0, 1
_BUFFER_DATA = 0
_ALIGNMENT = 16


@dataclass(frozen=True)
class _Scaling:
    """(pixel - mean) / std is what a network is fed with."""

    mean: float
    std: float


def bundle_task(detector: bytes, landmarks: bytes) -> bytes:
    """A ``.task`` file for MediaPipe's pose landmarker.

    Args:
        detector: The network that finds a body (``pose_detection``), a ``.tflite`` file.
        landmarks: The network that finds its joints (``pose_landmark_*``).

    Raises:
        CheckpointError: One of them is no such file.
        MissingExtraError: MediaPipe is not installed.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        parts = (
            (_DETECTOR, detector, _Scaling(127.5, 127.5)),
            (_LANDMARKS, landmarks, _Scaling(0, 255)),
        )
        for name, network, scaling in parts:
            # A fixed date: the same networks give the same file.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, _add_metadata(network, _describe(scaling)))
    return stream.getvalue()


def _add_metadata(network: bytes, metadata: bytes) -> bytes:
    """Redirect the first piece of metadata; offsets in this format only ever point forwards."""
    if network[4:8] != b"TFL3":
        raise CheckpointError("Expected a TensorFlow Lite network, found other bytes.")
    try:
        model = _follow(network, 0)
        piece = _item(network, _field(network, model, _MODEL_METADATA), 0)
        (number,) = struct.unpack_from("<I", network, _field(network, piece, _METADATA_BUFFER))
        buffer = _item(network, _field(network, model, _MODEL_BUFFERS), number)
        name_slot = _field(network, piece, _METADATA_NAME)
        data_slot = _field(network, buffer, _BUFFER_DATA)
    except (struct.error, IndexError) as error:
        raise CheckpointError("Expected a network with a piece of metadata, found none.") from error
    grown = bytearray(network)
    _append(grown, name_slot, _METADATA + b"\0", length=len(_METADATA))
    _append(grown, data_slot, metadata, length=len(metadata))
    return bytes(grown)


def _append(grown: bytearray, slot: int, content: bytes, *, length: int) -> None:
    """Put a vector of bytes at the end, aligned, and let the offset at ``slot`` point to it."""
    grown.extend(b"\0" * (-(len(grown) + 4) % _ALIGNMENT))
    struct.pack_into("<I", grown, slot, len(grown) - slot)
    grown.extend(struct.pack("<I", length) + content)


def _follow(data: bytes, slot: int) -> int:
    return slot + int(struct.unpack_from("<I", data, slot)[0])


def _field(data: bytes, table: int, number: int) -> int:
    """Where a table keeps a field."""
    (back,) = struct.unpack_from("<i", data, table)
    (size,) = struct.unpack_from("<H", data, table - back)
    entry = 4 + 2 * number
    offset = struct.unpack_from("<H", data, table - back + entry)[0] if entry < size else 0
    if not offset:
        raise IndexError(number)
    return table + int(offset)


def _item(data: bytes, slot: int, number: int) -> int:
    """Table ``number`` of the vector of tables that the field at ``slot`` points to."""
    vector = _follow(data, slot)
    (length,) = struct.unpack_from("<I", data, vector)
    if number >= length:
        raise IndexError(number)
    return _follow(data, vector + 4 + 4 * number)


def _describe(scaling: _Scaling) -> bytes:
    """The metadata: one input, a picture, scaled so."""
    schema = require("mediapipe.tasks.metadata.metadata_schema_py_generated", extra="live")
    builder = require("flatbuffers", extra="live").Builder(0)
    options = schema.NormalizationOptionsT()
    options.mean, options.std = [scaling.mean], [scaling.std]
    step = schema.ProcessUnitT()
    step.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    step.options = options
    image = schema.ImagePropertiesT()
    image.colorSpace = schema.ColorSpaceType.RGB
    content = schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.ImageProperties
    content.contentProperties = image
    tensor = schema.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [step]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    model = schema.ModelMetadataT()
    model.name, model.subgraphMetadata = "pose", [graph]
    builder.Finish(model.Pack(builder), file_identifier=b"M001")
    return bytes(builder.Output())
