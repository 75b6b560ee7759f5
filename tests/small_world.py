"""Small data under the names that the docs use, for the tests that run their commands."""

import shutil
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from scipy.io import savemat

from crossglg.skeleton import SkeletonClip, get_layout
from crossglg.skeleton.mapping import map_clip
from crossglg.sources import LabelledClip, label_clips, open_archive, write_archive, write_npz
from crossglg.sources.choreography import choreography
from crossglg.sources.splits import get_protocol
from crossglg.text.descriptions import load_descriptions
from documents import ROOT

FRAMES = 8


def build_world(folder: Path) -> None:
    """Everything but a trained run."""
    clips = [labelled.clip for labelled in label_clips(choreography(performers=2, repeats=1))]
    data = _fill("utd-a", clips, folder / "data.archive")
    write_npz(data, folder / "data.npz")
    shutil.copy(folder / "data.npz", folder / "utd_mhad.npz")
    write_npz(_fill("ui-prmd", clips, folder / "prmd.archive"), folder / "ui_prmd_vicon20.npz")
    _write_well_and_badly_done(folder)
    for name, clip in zip(("wave", "other", "clip"), clips, strict=False):
        (folder / f"{name}.bvh").write_text(_write_bvh(clip), "utf-8")
    raw = folder / "nturgbd_skeletons"
    raw.mkdir()
    for action, clip in enumerate(clips[:3], 1):
        (raw / f"S001C001P001R001A{action:03d}.skeleton").write_text(_write_ntu(clip), "utf-8")
    _write_pku(clips, folder / "pku")
    _write_kinect(clips[0], folder)
    _write_own(folder)
    (folder / "DATA").mkdir()
    shutil.copytree(ROOT / "examples", folder / "examples")


def _fill(protocol_name: str, bodies: list[SkeletonClip], out: Path):
    """A set with the classes and the counts of a protocol's data: written movements, cut short."""
    protocol = get_protocol(protocol_name)
    described = load_descriptions(protocol.data.removesuffix("_vicon20"))
    names = tuple(action.action for action in described.actions)

    def clips() -> Iterator[LabelledClip]:
        for label, (count, name) in enumerate(zip(protocol.class_clips, names, strict=True)):
            for number, body in enumerate(islice(cycle(bodies), label, label + count)):
                mapped = map_clip(_shorten(body), get_layout(described.layout))
                yield LabelledClip(f"c{label:02d}_{number:04d}", mapped, name, 1 + number % 8)

    write_archive(clips(), out, name=protocol.data, class_names=names)
    return open_archive(out)


def _shorten(clip: SkeletonClip) -> SkeletonClip:
    kept = np.linspace(0, clip.frame_count - 1, FRAMES).round().astype(int)
    return clip.with_joints(clip.joints[:, kept], clip.visible[:, kept])


def _write_well_and_badly_done(folder: Path) -> None:
    """Two movements by two performers, each four times well and once badly."""
    done = choreography(performers=2, repeats=5, classes=["squat", "bow"])
    write_npz(done, folder / "form.npz")
    with np.load(folder / "form.npz") as fields:
        correct = np.arange(len(done)) % 5 > 0
        np.savez(folder / "form.npz", correct=correct, **fields)


def _write_own(folder: Path) -> None:
    """Three classes of somebody's own, with their texts."""
    known = load_descriptions("choreography")
    own = choreography(performers=2, repeats=1, classes=[a.action for a in known.actions[:3]])
    write_npz(own, folder / "own.npz")
    known.save(folder / "own.json")
    (folder / "actions.txt").write_text("\n".join(own.class_names), "utf-8")


def _write_ntu(clip: SkeletonClip) -> str:
    lines = [str(clip.frame_count)]
    for joints in clip.joints[0]:
        lines += ["1", "72057594037931101 0 1 1 1 1 0 0.01 -0.25 2", str(len(joints))]
        lines += [f"{x:.7g} {y:.7g} {z:.7g} 1 2 3 4 0.1 0.2 0.3 0.4 2" for x, y, z in joints]
    return "\n".join(lines) + "\n"


def _write_pku(clips: list[SkeletonClip], folder: Path) -> None:
    """One sequence of three actions, each of its number."""
    frames = np.concatenate([clip.joints[0] for clip in clips[:3]])
    bodies = np.stack([frames, np.zeros_like(frames)], axis=1).reshape(len(frames), -1)
    ends = np.cumsum([clip.frame_count for clip in clips[:3]])
    labels = [f"{k},{end - 9},{end},2" for k, end in enumerate(ends, 1)]
    for part in ("Skeleton_v2", "Label_PKUMMD_v2"):
        (folder / part).mkdir(parents=True)
    np.savetxt(folder / "Skeleton_v2" / "A10N01-L.txt", bodies, "%.6f")
    (folder / "Label_PKUMMD_v2" / "A10N01-L.txt").write_text("\n".join(labels), "utf-8")


def _write_kinect(clip: SkeletonClip, folder: Path) -> None:
    """One file of UTD-MHAD and one of MSR-Action3D; which joint is which does not matter here."""
    joints = map_clip(clip, get_layout("kinect20")).joints[0]
    for name in ("Skeleton", "MSRAction3DSkeletonReal3D"):
        (folder / name).mkdir()
    savemat(folder / "Skeleton" / "a1_s1_t1_skeleton.mat", {"d_skel": joints.transpose(1, 2, 0)})
    rows = np.pad(joints.reshape(-1, 3), ((0, 0), (0, 1)))
    file = folder / "MSRAction3DSkeletonReal3D" / "a01_s01_e01_skeleton3D.txt"
    np.savetxt(file, rows, "%.6f")


def _write_bvh(clip: SkeletonClip) -> str:
    """Every joint moves freely from its parent, in centimetres."""
    layout, joints = clip.layout, 100 * clip.joints[0]
    order: list[int] = []

    def write(name: str) -> str:
        order.append(layout.index(name))
        kind = "JOINT" if len(order) > 1 else "ROOT"
        children = " ".join(write(child) for child, parent in layout.bones if parent == name)
        channels = "CHANNELS 3 Xposition Yposition Zposition"
        return f"{kind} {name} {{ OFFSET 0 0 0 {channels} {children or _END} }}"

    hierarchy = write(layout.root)
    parents = layout.parent_index
    moves = joints - np.where((parents >= 0)[:, None], joints[:, parents], 0)
    rows = [" ".join(f"{number:.4f}" for number in frame[order].ravel()) for frame in moves]
    head = ["HIERARCHY", hierarchy, "MOTION", f"Frames: {len(rows)}", f"Frame Time: {1 / clip.fps}"]
    return "\n".join([*head, *rows]) + "\n"


_END = "End Site { OFFSET 0 0 0 }"
