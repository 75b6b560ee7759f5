"""Verbs about actions of one's own: enroll, dismiss, recognize, list, rename, remove."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossglg import DEFAULT_RUN, SURE
from crossglg.cli.app import Json, LayoutFile, app, print_json, read_layout
from crossglg.errors import ConfigError, GalleryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossglg.gallery import Exemplar, Gallery
    from crossglg.recogniser import ClipReader
    from crossglg.skeleton.clip import SkeletonClip

GalleryFile = Annotated[
    Path, typer.Option("--gallery", envvar="CROSSGLG_GALLERY", help="The file of the gallery.")
]
Model = Annotated[
    str,
    typer.Option(
        "--model", envvar="CROSSGLG_MODEL", help="A run, shipped weights, or an exported file."
    ),
]
Clip = Annotated[
    str,
    typer.Argument(help="A video, a .skeleton, .bvh or .json file, or file.npz#NAME-OR-NUMBER."),
]
From = Annotated[float, typer.Option("--from", min=0, help="Begin at this second.")]
To = Annotated[float | None, typer.Option("--to", help="End at this second; else at the end.")]
PoseModel = Annotated[
    str,
    typer.Option(
        "--pose-model",
        envvar="CROSSGLG_POSE_MODEL",
        help="Of videos: lite, full or heavy, or a .task file.",
    ),
]
Persons = Annotated[
    int, typer.Option("--persons", min=1, help="Of videos: how many people to look for.")
]
Sure = Annotated[
    float,
    typer.Option(
        "--sure", min=0, max=1, help="Name an action from this probability on; else it is unknown."
    ),
]
Number = Annotated[
    int | None,
    typer.Option("--number", min=0, help="Only the clip of this number, as list --clips says."),
]
DEFAULT_GALLERY = Path("gallery.crossglg")


@app.command()
def enroll(
    name: Annotated[str, typer.Argument(help="What the action is called from now on.")],
    clips: Annotated[list[str], typer.Argument(help="Clips that show it; one is enough.")],
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    start: From = 0.0,
    end: To = None,
    network: PoseModel = "full",
    persons: Persons = 1,
    either_side: Annotated[
        bool, typer.Option("--either-side", help="Done with the other hand or leg it counts too.")
    ] = False,
    layout: LayoutFile = "",
) -> None:
    """Show an action once; it is recognised from then on."""
    from crossglg.gallery import update_gallery

    shown = read_all(clips, layout, start, end, network, persons)

    let_go = 0

    def enroll_all(current: "Gallery") -> "Gallery":
        nonlocal let_go
        before = len(current.dismissed_as_shown)
        for source, clip in shown:
            current = current.enroll(name, clip, source=source, either_side=either_side)
        let_go = before - len(current.dismissed_as_shown)
        return current

    changed = update_gallery(gallery, _load(model), enroll_all)
    print(f"{len(shown)} shown as '{name}'; {gallery} knows {', '.join(changed.actions)}")
    if let_go:
        print(f"{let_go} clip(s) that were dismissed look like '{name}', and no longer are")


@app.command()
def dismiss(
    clips: Annotated[
        list[str] | None, typer.Argument(help="Clips of something else: none of the actions.")
    ] = None,
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    start: From = 0.0,
    end: To = None,
    network: PoseModel = "full",
    persons: Persons = 1,
    either_side: Annotated[
        bool, typer.Option("--either-side", help="Neither is it done with the other hand or leg.")
    ] = False,
    layout: LayoutFile = "",
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget what was dismissed before.")
    ] = False,
    number: Number = None,
) -> None:
    """Show what is none of the actions; the like is unknown from then on."""
    from crossglg.gallery import update_gallery

    if not clips and not forget:
        raise ConfigError("Expected a clip to dismiss, or --forget.")
    if number is not None and not forget:
        raise ConfigError("--number says which clip to --forget; expected both.")
    shown = read_all(clips or [], layout, start, end, network, persons)

    def dismiss_all(current: "Gallery") -> "Gallery":
        if forget:
            current = current.forget_dismissed(number)
        for source, clip in shown:
            current = current.dismiss(clip, source=source, either_side=either_side)
        return current

    if not clips and not gallery.exists():
        raise GalleryError(f"{gallery}: expected a gallery, found nothing there.")
    changed = update_gallery(gallery, _load(model), dismiss_all)
    print(f"{gallery}: {len(changed.dismissed_as_shown)} clip(s) are none of the actions")


@app.command()
def recognize(
    clip: Clip,
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    top: Annotated[int, typer.Option(min=1, help="How many answers to show.")] = 3,
    start: From = 0.0,
    end: To = None,
    network: PoseModel = "full",
    persons: Persons = 1,
    sure: Sure = SURE,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Name the action of a clip, or say that it is unknown."""
    from crossglg.skeleton.span import Span
    from crossglg.sources.pose import PoseOptions
    from crossglg.sources.single import read_clip
    from crossglg.terminal import print_recognition

    pose = PoseOptions(network, persons)
    shown = read_clip(clip, layout=read_layout(layout), span=Span.of(start, end), pose=pose)
    recognition = open_known(gallery, model).recognize(shown, top=top, sure=sure)
    if as_json:
        print_json(recognition.to_json())
    else:
        print_recognition(recognition)


@app.command("list")
def list_actions(
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    clips: Annotated[
        bool, typer.Option("--clips", help="Each clip, with its number and where it came from.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What is enrolled, with how many clips, and since when."""
    known = open_known(gallery, model)
    dismissed = known.dismissed_as_shown
    if as_json:
        rows = [
            {
                "action": action,
                "clips": len(known.shown(action)),
                "either_side": known.counts_either_side(action),
                "enrolled": known.shown(action)[0].enrolled,
                "sources": [clip.source for clip in known.shown(action)],
            }
            for action in known.actions
        ]
        print_json(
            {
                "gallery": str(gallery),
                "actions": rows,
                "dismissed": len(dismissed),
                "dismissed_sources": [clip.source for clip in dismissed],
            }
        )
        return
    for action in known.actions:
        shown = known.shown(action)
        side = ", either side" if known.counts_either_side(action) else ""
        print(f"{action}: {len(shown)} clip(s){side}, {shown[0].enrolled}")
        if clips:
            _print_clips(shown)
    if dismissed:
        print(f"none of these: {len(dismissed)} clip(s)")
        if clips:
            _print_clips(dismissed)


def _print_clips(shown: "Sequence[Exemplar]") -> None:
    for number, clip in enumerate(shown):
        print(f"  {number}  {clip.clip.duration_s:.1f} s, {clip.enrolled}, {clip.source}")


@app.command()
def rename(
    name: Annotated[str, typer.Argument(help="As it is.")],
    new: Annotated[str, typer.Argument(help="As it shall be; an existing name takes it in.")],
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
) -> None:
    """Give an enrolled action another name."""
    from crossglg.gallery import update_gallery

    changed = update_gallery(gallery, _load(model), lambda current: current.rename(name, new))
    print(f"{gallery} knows {', '.join(changed.actions)}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="The action to forget.")],
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    number: Number = None,
) -> None:
    """Forget an enrolled action, or one of the clips that show it."""
    from crossglg.gallery import update_gallery

    changed = update_gallery(gallery, _load(model), lambda current: current.remove(name, number))
    if number is not None:
        print(f"clip {number} of '{name}' is gone")
    print(f"{gallery} knows {', '.join(changed.actions) or 'nothing'}")


def read_all(
    clips: list[str], layout: str, start: float, end: float | None, network: str, persons: int
) -> list[tuple[str, "SkeletonClip"]]:
    """Where each clip came from, for people, and the clip."""
    from crossglg.skeleton.span import Span
    from crossglg.sources.pose import PoseOptions
    from crossglg.sources.single import read_clip

    span, pose = Span.of(start, end), PoseOptions(network, persons)
    known = read_layout(layout)
    return [
        (span.describe(Path(place).name), read_clip(place, layout=known, span=span, pose=pose))
        for place in clips
    ]


def open_known(gallery: Path, model: str) -> "Gallery":
    """The gallery in a file, with the model that reads it."""
    from crossglg.gallery import open_gallery

    return open_gallery(gallery, _load(model))


def _load(model: str) -> "ClipReader":
    from crossglg.deployed import open_model

    return open_model(model)
