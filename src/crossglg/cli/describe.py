"""Verbs about words: describe lint, describe write, embed."""

from pathlib import Path
from typing import Annotated

import typer

from crossglg.cli.app import Json, app, print_json
from crossglg.errors import ConfigError, require

words = typer.Typer(help="Check or write action descriptions.", no_args_is_help=True)
app.add_typer(words, name="describe")

Encoder = Annotated[
    str, typer.Option(help="minilm, or any transformers model by name or folder; NAME:cls.")
]


@words.command()
def lint(
    file: Annotated[str, typer.Argument(help="A description file (.json), or a shipped set.")],
    as_json: Json = False,
) -> None:
    """Name what is wrong with descriptions before training suffers from it."""
    from crossglg.terminal import print_lint
    from crossglg.text.lint import lint_descriptions

    report = lint_descriptions(file)
    if as_json:
        print_json(report.to_json())
    else:
        print_lint(report)
    if report.has_errors:
        raise typer.Exit(1)


@words.command()
def write(
    actions: Annotated[Path, typer.Option(help="Text file: one action name per line.")],
    layout: Annotated[str, typer.Option(help="Name of a layout, or a layout file.")],
    model: Annotated[str, typer.Option(help="Name of the language model at the endpoint.")],
    out: Annotated[Path, typer.Option(help="The description file (.json) to write.")],
    context: Annotated[str, typer.Option(help="One more sentence for every prompt.")] = "",
    base_url: Annotated[
        str, typer.Option(envvar="OPENAI_BASE_URL", help="Such as http://localhost:11434/v1.")
    ] = "",
    api_key: Annotated[
        str, typer.Option(envvar="OPENAI_API_KEY", help="Better given by the environment.")
    ] = "",
    price_in: Annotated[float, typer.Option(help="Per million tokens sent.")] = 0.0,
    price_out: Annotated[float, typer.Option(help="Per million tokens received.")] = 0.0,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one answer.")] = 120.0,
    retries: Annotated[int, typer.Option(min=0, help="After a failed request.")] = 5,
    dry_run: Annotated[bool, typer.Option(help="Print the prompts and ask nobody.")] = False,
    yes: Annotated[bool, typer.Option(help="Do not ask before it starts.")] = False,
) -> None:
    """Have a language model describe actions, over any OpenAI-compatible endpoint."""
    from crossglg.cache import cache_folder
    from crossglg.skeleton import get_layout
    from crossglg.terminal import describe_estimate, file_progress
    from crossglg.text.chat import Endpoint, OpenAIChat
    from crossglg.text.store import DiskStore
    from crossglg.text.writer import estimate, plan_questions, write_descriptions

    questions = plan_questions(_read_actions(actions), get_layout(layout), context=context)
    if dry_run:
        for question in questions:
            print(f"# {question.action}: {question.kind}\n\n{question.prompt}\n")
        return
    _check_out(out)
    for module in ("openai", "pydantic"):
        require(module, extra="write")
    answers = DiskStore(cache_folder() / "answers.sqlite")
    planned = estimate(questions, model=model, answers=answers)
    print(describe_estimate(planned, price_in=price_in, price_out=price_out))
    if planned.questions and not yes:
        typer.confirm("Ask them?", abort=True)
    chat = OpenAIChat(model, Endpoint(base_url, api_key, timeout_s=timeout, retries=retries))
    with file_progress(quiet=False, title="answers") as progress:
        texts = write_descriptions(
            questions, chat, name=out.stem, layout=layout, answers=answers, progress=progress
        )
    texts.save(out)
    print(f"{len(texts.actions)} actions in {out}; read them, then: crossglg describe lint {out}")


@app.command()
def embed(
    descriptions: Annotated[str, typer.Argument(help="A description file, or a shipped set.")],
    encoder: Encoder = "minilm",
    out: Annotated[
        Path | None, typer.Option(help="The file of vectors; beside the texts if left out.")
    ] = None,
    onnx: Annotated[bool, typer.Option(help="Run the encoder in ONNX Runtime.")] = False,
) -> None:
    """Turn joint texts into vectors once, so that training needs no text model."""
    from crossglg.cache import cache_folder
    from crossglg.text import TransformersEncoder, create_text_encoder, write_text_vectors

    chosen = create_text_encoder(encoder)
    if onnx and isinstance(chosen, TransformersEncoder):
        from crossglg.text.onnx_encoder import OnnxEncoder

        chosen = OnnxEncoder(chosen, cache_folder() / f"{chosen.name}.onnx")
    print(write_text_vectors(descriptions, chosen, out=out))


def _check_out(out: Path) -> None:
    """Before anything is asked: the answers need a place."""
    if out.suffix != ".json" or out.is_dir():
        raise ConfigError(f"--out: expected a file that ends in .json, found '{out}'.")
    if not out.parent.is_dir():
        raise ConfigError(
            f"--out: expected a file in a folder that is there, found no folder '{out.parent}'; "
            "make it, or give another --out."
        )


def _read_actions(path: Path) -> list[str]:
    from crossglg.words import plain_name

    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--actions: expected a text file, found {path} ({error}).") from error
    actions = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not actions:
        raise ConfigError(f"--actions: {path} names no action; expected one per line.")
    alike: dict[str, list[str]] = {}
    for action in actions:
        alike.setdefault(plain_name(action), []).append(action)
    if "" in alike:
        raise ConfigError(
            f"--actions: expected names of at least one word in {path}, found '{alike[''][0]}'."
        )
    if twice := [names for names in alike.values() if len(names) > 1]:
        raise ConfigError(
            f"--actions: {path} names an action twice, whatever the spelling: "
            f"{', '.join(twice[0])}; remove or rename one."
        )
    return actions
