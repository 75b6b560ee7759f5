"""A page on which odd clips move, each with what is odd about it, then one clip of every class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crossglg.inspection.finding import Finding
from crossglg.inspection.inspect import Inspection
from crossglg.report import MovingSkeleton, render_gallery, write_page
from crossglg.sources.clipset import ClipSet

_OF_EACH_FINDING = 4
_MOST_CLASSES = 60
_MOST_FRAMES = 90


def write_inspection(inspection: Inspection, data: ClipSet, path: Path) -> Path:
    """Write the page; clips stand as they are in the data, nothing is turned or scaled.

    Returns:
        ``path``.
    """
    index_of = {name: index for index, name in enumerate(data.clip_names)}
    odd = [
        _show(data, index_of[name], note=finding.sentence)
        for finding in inspection.findings
        for name in _choose(finding)
    ]
    firsts = [int(np.flatnonzero(data.labels == k)[0]) for k in np.unique(data.labels)]
    plain = [_show(data, index, note=data.clip_names[index]) for index in firsts[:_MOST_CLASSES]]
    count = len(inspection.findings)
    title = f"{data.name}: {len(data):,} clips, {count or 'no'} finding{'s' * (count != 1)}"
    return write_page(render_gallery([*odd, *plain], title=title), path)


def _choose(finding: Finding) -> Sequence[str]:
    """Some clips, spread over all that show it."""
    return finding.clips[:: max(1, len(finding.clips) // _OF_EACH_FINDING)][:_OF_EACH_FINDING]


def _show(data: ClipSet, index: int, *, note: str) -> MovingSkeleton:
    clip = data.clip(index)
    step = max(1, -(-clip.frame_count // _MOST_FRAMES))
    joints = np.where(clip.visible[..., None], clip.joints, np.float32(np.nan))[:, ::step]
    return MovingSkeleton(
        title=data.class_names[int(data.labels[index])],
        joints=joints,
        present=clip.present[:, ::step],
        importance=None,
        fps=clip.fps / step,
        layout=clip.layout,
        note=note,
    )
