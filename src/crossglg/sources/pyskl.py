"""Read pyskl annotation pickles without running anything they carry.

A file holds ``{"split": ..., "annotations": [...]}`` or the bare list; every annotation has
``frame_dir`` (the clip's name), ``label``, ``keypoint`` (M T V C) and, for C = 2, the pixel size
``img_shape`` (height, width) and ``keypoint_score`` (M T V).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.ntu import NtuName, choose_ntu_classes, parse_ntu_name
from crossglg.sources.unpickle import PickledArray, unpickle_arrays

PYSKL_FPS = 30.0
"""Annotations carry no frame rate; the data sets pyskl publishes are of this one."""

_LAYOUT_OF = {(25, 3): "ntu25", (17, 2): "coco17", (18, 2): "openpose18"}
"""(V, C) of the published annotation files -> layout."""


@dataclass(frozen=True, eq=False)
class PysklFile:
    """The checked content of an annotation file.

    Attributes:
        class_names: The names of NTU RGB+D where clips have its names, ``class_000`` ... else.
        annotations: As they stand in the file.
        layout: Which joint is which.
    """

    class_names: tuple[str, ...]
    annotations: tuple[dict[str, Any], ...]
    layout: Layout

    def clips(self) -> Iterator[LabelledClip]:
        """The clips one by one, in order of the file.

        Three-dimensional joints are metres; two-dimensional ones are divided by the height of the
        picture and turned y up, z = 0. A joint of score 0 and a person whose joints all lie in the
        origin are not visible; a person seen in no frame is left out.
        """
        for annotation in self.annotations:
            name = _parse_name(annotation["frame_dir"])
            yield LabelledClip(
                name=annotation["frame_dir"],
                clip=_build_clip(annotation, self.layout),
                class_name=self.class_names[int(annotation["label"])],
                subject=-1 if name is None else name.performer,
            )


def read_pyskl(path: Path | str, *, layout: Layout | None = None) -> PysklFile:
    """Read and check an annotation file.

    Args:
        path: The pickle.
        layout: Needed where V and C are neither of 25 in 3-D nor 17 or 18 in 2-D.

    Raises:
        SourceError: The pickle is damaged, asks for code to be run, or holds something else.
    """
    file = Path(path)
    content = unpickle_arrays(file)
    listed = content.get("annotations") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not listed:
        raise SourceError(
            file, "expected a list of annotations (under 'annotations' or on its own), found none."
        )
    records = [_take_arrays_out(entry) for entry in listed]
    found = layout
    for number, record in enumerate(records):
        where = f"annotation {number + 1}"
        problem = _find_problem(record)
        if problem:
            raise SourceError(file, problem, where=where)
        found = found or _choose_layout(record["keypoint"], file, where)
        joint_count = record["keypoint"].shape[2]
        if joint_count != found.joint_count:
            raise SourceError(
                file,
                f"expected {found.joint_count} joints of layout '{found.name}', "
                f"found {joint_count}.",
                where=where,
            )
    assert found is not None
    return PysklFile(_name_classes(records), tuple(records), found)


def _take_arrays_out(entry: object) -> dict[str, Any]:
    content = entry if isinstance(entry, dict) else {}
    return {
        key: value.array if isinstance(value, PickledArray) else value
        for key, value in content.items()
    }


# --- checks ---------------------------------------------------------------------------------


def _find_problem(record: dict[str, Any]) -> str:
    missing = [key for key in ("frame_dir", "label", "keypoint") if key not in record]
    if missing:
        return f"expected frame_dir, label and keypoint, found no {', '.join(missing)}."
    if not isinstance(record["frame_dir"], str):
        return f"expected text as frame_dir, found {type(record['frame_dir']).__name__}."
    if not isinstance(record["label"], int | np.integer) or not 0 <= record["label"] < 10_000:
        return f"expected a class number as label, found {str(record['label'])[:40]!r}."
    return _find_problem_of_joints(record)


def _find_problem_of_joints(record: dict[str, Any]) -> str:
    joints = record["keypoint"]
    if not _is_numeric(joints) or joints.ndim != 4 or joints.shape[3] not in (2, 3):
        return (
            "expected a keypoint array of shape (persons, frames, joints, 2 or 3), "
            f"found {_describe(joints)}."
        )
    if 0 in joints.shape:
        return f"expected at least one person, frame and joint, found shape {joints.shape}."
    frames = record.get("total_frames", joints.shape[1])
    if not isinstance(frames, int | np.integer) or frames != joints.shape[1]:
        return (
            f"expected as many frames in keypoint as total_frames says, found {joints.shape[1]} "
            f"and {str(frames)[:40]}."
        )
    scores = record.get("keypoint_score")
    if joints.shape[3] == 3 and scores is None:
        return ""
    if not _is_numeric(scores) or scores.shape != joints.shape[:3]:
        return f"expected keypoint_score of shape {joints.shape[:3]}, found {_describe(scores)}."
    return "" if joints.shape[3] == 3 else _find_problem_of_picture(record.get("img_shape"))


def _find_problem_of_picture(size: object) -> str:
    is_size = (
        isinstance(size, tuple | list)
        and len(size) == 2
        and all(isinstance(side, int | np.integer) and side > 0 for side in size)
    )
    return "" if is_size else f"expected (height, width) as img_shape, found {str(size)[:40]!r}."


def _is_numeric(value: object) -> TypeGuard[NDArray[Any]]:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiu"


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {value.shape}"
    return type(value).__name__


def _choose_layout(joints: NDArray[Any], file: Path, where: str) -> Layout:
    size = (joints.shape[2], joints.shape[3])
    if size not in _LAYOUT_OF:
        known = ", ".join(f"{v} in {c}-D" for v, c in _LAYOUT_OF)
        raise SourceError(
            file,
            f"expected {known} joints, found {size[0]} in {size[1]}-D. "
            "Describe the skeleton in a layout file and give it with --layout FILE.",
            where=where,
        )
    return get_layout(_LAYOUT_OF[size])


# --- names ----------------------------------------------------------------------------------


def _parse_name(name: str) -> NtuName | None:
    try:
        return parse_ntu_name(name)
    except SourceError:
        return None


def _name_classes(records: list[dict[str, Any]]) -> tuple[str, ...]:
    names = [_parse_name(record["frame_dir"]) for record in records]
    labels = [int(record["label"]) for record in records]
    if all(
        name is not None and name.action == label + 1
        for name, label in zip(names, labels, strict=True)
    ):
        return choose_ntu_classes(max(labels) + 1)
    return tuple(f"class_{label:03d}" for label in range(max(labels) + 1))


# --- joints ---------------------------------------------------------------------------------


def _build_clip(annotation: dict[str, Any], layout: Layout) -> SkeletonClip:
    raw = annotation["keypoint"]
    with np.errstate(over="ignore", invalid="ignore"):  # such joints turn out not to be visible
        joints = raw.astype(np.float32)
        # Absent persons are padded with zeros, so nobody stands exactly in the camera's origin.
        visible = np.isfinite(joints).all(axis=-1) & joints.any(axis=(2, 3))[:, :, None]
    scores = annotation.get("keypoint_score")
    if scores is not None:
        visible &= scores > 0
    if raw.shape[3] == 2:
        joints = _turn_upright(joints, height=int(annotation["img_shape"][0]))
    seen = visible.any(axis=(1, 2))
    # A clip in which nobody is seen keeps its first person: a clip has at least one.
    kept = seen if seen.any() else np.arange(len(seen)) == 0
    joints = np.where(visible[..., None], joints, np.float32(0.0))
    return SkeletonClip(joints[kept], visible[kept], PYSKL_FPS, layout)


def _turn_upright(pixels: NDArray[np.float32], *, height: int) -> NDArray[np.float32]:
    joints = np.zeros((*pixels.shape[:3], 3), dtype=np.float32)
    joints[..., 0] = pixels[..., 0] / height
    joints[..., 1] = 1.0 - pixels[..., 1] / height
    return joints
