"""Verbs about a model's life outside: export, and what a machine makes of it: benchmark."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from crossglg.cli.app import Json, LayoutFile, app, print_json, read_layout
from crossglg.errors import ConfigError


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    out: Annotated[Path, typer.Option(help="The file to write: .onnx, or .pt2 for native code.")],
    precision: Annotated[
        Literal["float32", "float16", "int8"], typer.Option(help="Of the weights.")
    ] = "float32",
    data: Annotated[
        Path | None, typer.Option(help="Clips to compare on too; int8 needs some.")
    ] = None,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Write the model as one file, ONNX or native code, kept only if it agrees with torch."""
    from crossglg.deployed import NATIVE_SUFFIX, ONNX_SUFFIX
    from crossglg.export import export_native, export_onnx
    from crossglg.recogniser import Recogniser
    from crossglg.verbs import open_clips

    suffix = out.suffix.lower()
    if suffix not in (NATIVE_SUFFIX, ONNX_SUFFIX):
        raise ConfigError(
            f"--out: expected a file that ends in {ONNX_SUFFIX}, or in {NATIVE_SUFFIX} for native "
            f"code, found '{out.name}'."
        )
    clips = None if data is None else open_clips(data, layout=read_layout(layout))[0]
    recogniser = Recogniser.load(run)
    if suffix == ONNX_SUFFIX:
        done = export_onnx(recogniser, out, precision=precision, clips=clips)
    elif precision == "float32":
        done = export_native(recogniser, out, clips=clips)
    else:
        raise ConfigError(
            f"Expected precision float32 for native code, found {precision}: other precisions are "
            "for ONNX, in a file that ends in .onnx."
        )
    if as_json:
        print_json(done.to_json())
        return
    print(
        f"{done.file}: {done.megabytes:.2f} MB in {done.precision}; features differ from torch by "
        f"at most {done.difference:.1e} of their length on {done.clips_compared} clips"
    )


@app.command()
def benchmark(as_json: Json = False) -> None:
    """Measure this machine for about a minute: encoders, matching, clip to name."""
    from crossglg.benchmark import measure_machine
    from crossglg.terminal import print_benchmark

    done = measure_machine()
    if as_json:
        print_json(done.to_json())
    else:
        print_benchmark(done)
