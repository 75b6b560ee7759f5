"""Verbs about cameras: live, pose-model."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossglg import DEFAULT_RUN, SURE
from crossglg.cli.actions import (
    DEFAULT_GALLERY,
    GalleryFile,
    Model,
    Persons,
    PoseModel,
    Sure,
    open_known,
)
from crossglg.cli.app import Json, LayoutFile, app, read_layout
from crossglg.errors import ClipError

if TYPE_CHECKING:
    from crossglg.gallery import Form, Gallery
    from crossglg.live import Event, PoseSource, StreamRecogniser


@app.command()
def live(
    model: Model = DEFAULT_RUN,
    camera: Annotated[int, typer.Option(min=0, help="Number of the camera.")] = 0,
    source: Annotated[
        str, typer.Option(help="A video or a file of skeletons in the place of the camera.")
    ] = "",
    gallery: GalleryFile = DEFAULT_GALLERY,
    network: PoseModel = "full",
    persons: Persons = 1,
    sure: Sure = SURE,
    form: Annotated[
        bool, typer.Option("--form", help="Tell what was different in each repetition.")
    ] = False,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Watch a camera and name the enrolled actions as they are done; Ctrl-C ends it."""
    from crossglg.live import CameraPoses, StreamRecogniser, StreamSettings, open_file
    from crossglg.sources.pose import PoseOptions
    from crossglg.terminal import print_event, watching
    from crossglg.threads import one_thread_a_clip

    known = open_known(gallery, model)
    options = PoseOptions(network, persons)
    poses: PoseSource = (
        open_file(source, layout=read_layout(layout), pose=options)
        if source
        else CameraPoses(camera, options.create(), max_persons=persons)
    )
    stream = StreamRecogniser(known, layout=poses.layout, settings=StreamSettings(sure=sure))

    def tell(event: "Event") -> None:
        print_event(event, _compare(known, stream, event) if form else None, as_json=as_json)

    with (
        one_thread_a_clip(),
        watching(stream, quiet=as_json) as report,
        closing(poses.frames()) as frames,
    ):
        try:
            for frame in frames:
                for event in stream.push(frame.time_s, frame.joints, frame.visible):
                    tell(event)
                report(frame.time_s)
        except KeyboardInterrupt:
            pass
        for event in stream.finish():
            tell(event)


def _compare(gallery: "Gallery", stream: "StreamRecogniser", event: "Event") -> "Form | None":
    """What was different each time; None where there is nothing to count by."""
    from crossglg.gallery import check_form

    try:
        return check_form(gallery, stream.clip_of(event), event.action)
    except ClipError:
        return None


@app.command("pose-model")
def pose_model(
    size: Annotated[str, typer.Argument(help="lite, full or heavy.")] = "full",
    from_npm: Annotated[
        Path | None,
        typer.Option(help="Take it from the npm package @mediapipe/pose: .tgz file or folder."),
    ] = None,
) -> None:
    """Get the networks that find poses in pictures, for later use without a network."""
    from crossglg.sources.pose import find_pose_model, install_from_npm

    kept = {size: find_pose_model(size)} if from_npm is None else install_from_npm(from_npm)
    for name, path in kept.items():
        print(f"{name}: {path}")
