"""How progress and results look in a terminal."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from crossglg.benchmark import Benchmark
    from crossglg.compare import Comparison
    from crossglg.gallery import Form, Recognition, Repetitions
    from crossglg.inspection import Inspection
    from crossglg.live import Event, StreamRecogniser
    from crossglg.oneshot import Evaluation
    from crossglg.sources.protocol import Protocol
    from crossglg.sources.verify import Verification
    from crossglg.text.lint import LintReport
    from crossglg.text.writer import Estimate

_WORST_SHOWN = 5
_MOST_SAID = 3
_SECONDS_BETWEEN_NUMBERS = 0.2


@contextmanager
def training_progress(*, quiet: bool) -> Iterator[Callable[[int, int, Mapping[str, float]], None]]:
    """A bar over all steps with the losses and accuracies of both branches."""
    with _bar("{task.fields[numbers]}", quiet=quiet) as bar:
        task = bar.add_task("training", total=None, numbers="")

        shown = -_SECONDS_BETWEEN_NUMBERS

        def advance(done: int, total: int, numbers: Mapping[str, float]) -> None:
            nonlocal shown
            bar.update(task, completed=done, total=total)
            now = time.monotonic()
            if done == total or now - shown >= _SECONDS_BETWEEN_NUMBERS:
                bar.update(task, numbers=_describe(numbers))
                shown = now

        yield advance


@contextmanager
def file_progress(*, quiet: bool, title: str = "files") -> Iterator[Callable[[int, int], None]]:
    """A bar over files, or other things that are counted."""
    with _bar("", quiet=quiet) as bar:
        task = bar.add_task(title, total=None, numbers="")

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def _bar(extra: str, *, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn(extra),
        console=Console(stderr=True, quiet=quiet),
    )


def _describe(numbers: Mapping[str, float]) -> str:
    shown = {
        "loss_plain": "loss {:.2f}",
        "accuracy_plain": "{:.0f} %",
        "loss_fused": "| with text: loss {:.2f}",
        "accuracy_fused": "{:.0f} %",
    }
    return " ".join(text.format(numbers[name]) for name, text in shown.items() if name in numbers)


def print_evaluation(evaluation: "Evaluation") -> None:
    """The table of results, best first, the floor below."""
    way, queries = len(evaluation.class_names), evaluation.n_query
    table = Table(
        title=f"{evaluation.protocol}: {way} novel actions, one example each, "
        f"{queries:.0f} queries, {count_draws(evaluation.draws)}"
    )
    table.add_column("method")
    table.add_column("accuracy %", justify="right")
    table.add_column("above the floor", justify="right")
    ranked = sorted(evaluation.results.items(), key=lambda item: -item[1].mean)
    for name, result in ranked:
        gain = result.mean - evaluation.floor.mean
        table.add_row(name, evaluation.describe(result), f"{gain:+.1f}")
    table.add_section()
    for name, floor in evaluation.floors.items():
        is_first = floor is evaluation.floor
        label, style = (f"floor: {name}", "") if is_first else (name, "dim")
        table.add_row(label, evaluation.describe(floor), "", style=style)
    Console().print(table)
    if evaluation.seen:
        names = escape(", ".join(evaluation.seen))
        Console().print(f"Not new to the model, which met them in other data: {names}")


def count_draws(draws: int) -> str:
    """``100 draws``, ``1 draw``."""
    return f"{draws} draw{'s' * (draws != 1)}"


def print_recognition(recognition: "Recognition") -> None:
    """The answer, then how the nearest actions compare."""
    console = Console(emoji=False, soft_wrap=True)
    console.print(escape(recognition.action or "unknown"), style="bold")
    for answer in recognition.answers:
        sure = "" if answer.probability is None else f"{answer.probability:6.0%}  "
        console.print(f"  {sure}{escape(answer.action)}", highlight=False)
    if recognition.unknown_probability is not None:
        console.print(f"  {recognition.unknown_probability:6.0%}  unknown", style="dim")


def print_event(event: "Event", form: "Form | None", *, as_json: bool) -> None:
    """One line for an action that was found in a stream, and one for each time it was done."""
    if as_json:
        told = event.to_json() if form is None else event.to_json() | {"form": form.to_json()}
        print(json.dumps(told), flush=True)
        return
    sure = "" if event.confidence is None else f"{event.confidence:6.0%}"
    span = f"{event.start_s:7.1f} - {event.end_s:.1f} s"
    times = f", {event.times} times" if event.times > 1 else ""
    console = Console(emoji=False, soft_wrap=True)
    console.print(f"{span} {sure}  [bold]{escape(event.action)}[/bold]{times}", highlight=False)
    if form is not None:
        _print_repetitions(console, form, since_s=event.start_s)


def print_repetitions(repetitions: "Repetitions") -> None:
    """How often, then when."""
    console = Console(emoji=False, soft_wrap=True, highlight=False)
    times = _say_times(repetitions.count)
    console.print(f"[bold]{escape(repetitions.action)}[/bold], {times}")
    for number, (start_s, end_s) in enumerate(repetitions.spans_s, start=1):
        console.print(f"{number:5d}  {start_s:6.1f} - {end_s:.1f} s")


def print_form(form: "Form") -> None:
    """How often and how often well, then what was different each time, the worst first."""
    console = Console(emoji=False, soft_wrap=True, highlight=False)
    times = _say_times(len(form.repetitions))
    console.print(f"[bold]{escape(form.action)}[/bold], {times}, {form.as_shown} as shown")
    _print_repetitions(console, form)


def _print_repetitions(console: Console, form: "Form", *, since_s: float = 0.0) -> None:
    for number, each in enumerate(form.repetitions, start=1):
        span = f"{since_s + each.start_s:6.1f} - {since_s + each.end_s:.1f} s"
        off = [str(difference) for difference in each.beyond(form.tolerance_deg)[:_MOST_SAID]]
        said = ", ".join(off) or "[green]as shown[/green]"
        console.print(f"{number:5d}  {span}  {said}", highlight=False)


@contextmanager
def watching(stream: "StreamRecogniser", *, quiet: bool) -> Iterator[Callable[[float], None]]:
    """A line that tells the time of the stream, and what is being done."""
    console = Console(stderr=True, quiet=quiet)
    with console.status("waiting for the first picture") as status:

        def report(time_s: float) -> None:
            if not quiet:
                status.update(f"{time_s:6.1f} s  {_describe_moment(stream)}")

        yield report


def _describe_moment(stream: "StreamRecogniser") -> str:
    under_way = stream.look_under_way()
    if under_way is not None:
        return f"[bold]{escape(under_way.action)}[/bold], {_say_times(under_way.times)} so far"
    return "moving" if stream.is_moving else "at rest"


def _say_times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def print_comparison(comparison: "Comparison") -> None:
    """Methods against classifiers, means and deviations over seeds, the floor first."""
    console = Console()
    names = list(comparison.rows[0].accuracy) if comparison.rows else []
    seeds, draws = len(comparison.seeds), count_draws(comparison.draws)
    table = Table(title=f"{comparison.protocol}: {seeds} seeds, {draws}")
    for name in ("method", *names, "parameters", "ms per clip"):
        table.add_column(name, justify="left" if name == "method" else "right")
    for name in comparison.floor:
        table.add_row(name, comparison.describe_floor(name), style="dim")
    table.add_section()
    for row in comparison.rows:
        cells = [row.cell(name) for name in names]
        table.add_row(row.method, *cells, f"{row.parameters:,}", f"{row.ms_per_clip:.1f}")
    console.print(table)
    for reason in comparison.failed:
        console.print(f"failed: {escape(reason)}", highlight=False)


def print_benchmark(benchmark: "Benchmark") -> None:
    """The machine, then every figure with its share of the limit."""
    console = Console(highlight=False, soft_wrap=True)
    for name, value in benchmark.machine.items():
        console.print(f"{name.replace('_', ' ')}: {escape(str(value))}")
    table = Table("what", "figure", "unit", "share of limit")
    for column in table.columns[1::2]:
        column.justify = "right"
    for row in benchmark.figures:
        share = "" if row.share_of_limit is None else f"{row.share_of_limit:.0%}"
        digits = ",.1f" if row.value < 1000 else ",.0f"
        table.add_row(escape(row.about), f"{row.value:{digits}}", row.unit, share)
    console.print(table)


def print_protocol(protocol: "Protocol") -> None:
    """What a protocol says, labels from zero, the exemplars one per line."""
    console = Console(highlight=False)
    console.print(f"{protocol.name}: {escape(protocol.about)}")
    drawn = "published" if protocol.draw == "fixed" else protocol.draw
    console.print(f"data: {protocol.data}, {protocol.class_count} classes; exemplars: {drawn}")
    for kind, labels in (("base", protocol.base), ("novel", protocol.novel)):
        console.print(f"{kind}, {len(labels)}: {', '.join(map(str, labels))}")
    for label, clip in protocol.exemplars.items():
        console.print(f"exemplar of {label}: {escape(clip)}")
    if protocol.query_count:
        console.print(f"queries: {protocol.query_count:,}")


def print_verification(verification: "Verification") -> None:
    """Every check in one line, then what could not be checked."""
    console = Console(highlight=False, soft_wrap=True)
    for check in verification.checks:
        mark = "[green]right[/]" if check.right else "[red]wrong[/]"
        console.print(f"{mark}  {escape(str(check))}")
    for unknown in verification.not_checked:
        console.print(f"       not checked, as nobody published it: {unknown}.", style="dim")
    verdict = "is what" if verification.right else "is not what"
    console.print(
        f"'{escape(verification.data)}' {verdict} '{verification.protocol}' was made for."
    )


def print_inspection(inspection: "Inspection") -> None:
    """What the data are in a table, classes below it, findings last."""
    console = Console(highlight=False)
    table = Table(title=escape(inspection.name), show_header=False)
    for name, value in _list_facts(inspection):
        table.add_row(name, escape(value))
    console.print(table)
    classes = Table("action", "clips", title=f"{len(inspection.per_class)} classes")
    for action, count in inspection.per_class.items():
        classes.add_row(escape(action), str(count))
    console.print(classes)
    for number, finding in enumerate(inspection.findings, start=1):
        console.print(f"{number}. {escape(str(finding))}", soft_wrap=True)
    if not inspection.findings:
        console.print("Nothing odd was found.")


def _list_facts(inspection: "Inspection") -> list[tuple[str, str]]:
    looked = (
        "" if inspection.looked_at == inspection.clips else f", {inspection.looked_at:,} looked at"
    )
    known = [name for name in inspection.per_subject if name != "-1"]
    per_subject = [inspection.per_subject[name] for name in known]
    unseen = sorted(inspection.unseen.items(), key=lambda item: -item[1])[:_WORST_SHOWN]
    height = "unknown" if inspection.height is None else f"{inspection.height:.3g} (median)"
    return [
        ("clips", f"{inspection.clips:,}{looked}"),
        ("layout", f"{inspection.layout}, {inspection.joint_count} joints"),
        (
            "subjects",
            f"{len(known)}, {min(per_subject)} to {max(per_subject)} clips each"
            if known
            else "unknown",
        ),
        ("persons", ", ".join(f"{n} in {c:,}" for n, c in inspection.persons.items())),
        ("frames", "{} to {}, median {:g}".format(*(inspection.frames[i] for i in (0, 2, 1)))),
        (
            "seconds",
            "{:.2f} to {:.2f}, median {:.2f}".format(*(inspection.seconds[i] for i in (0, 2, 1))),
        ),
        ("frames per second", ", ".join(f"{r} in {c:,}" for r, c in inspection.fps.items())),
        ("body height", height + ("" if inspection.has_depth else "; no depth")),
        (
            "joints not seen",
            ", ".join(f"{joint} {share:.1%}" for joint, share in unseen) or "none",
        ),
    ]


def print_lint(report: "LintReport") -> None:
    """Every problem, then the actions whose texts guide worst."""
    console = Console()
    for problem in report.problems:
        # Texts come from anywhere; nothing in them may be taken for markup.
        console.print(escape(str(problem)), highlight=False)
    if report.scores:
        worst = sorted(report.scores.items(), key=lambda item: item[1])[:_WORST_SHOWN]
        table = Table(
            title=f"{escape(report.name)}: {len(report.scores)} actions, the lowest scores"
        )
        table.add_column("action")
        table.add_column("score of 100", justify="right")
        for action, score in worst:
            table.add_row(escape(action), f"{score:.0f}")
        table.add_section()
        mean = sum(report.scores.values()) / len(report.scores)
        table.add_row("mean of all", f"{mean:.0f}")
        console.print(table)
    console.print("clean" if not report.problems else f"{len(report.problems)} problems")


def describe_estimate(planned: "Estimate", *, price_in: float, price_out: float) -> str:
    """One sentence on what writing will take."""
    text = (
        f"{planned.questions} questions ({planned.known} answered before), about "
        f"{planned.tokens_in:,} tokens to send and {planned.tokens_out:,} to receive"
    )
    if price_in or price_out:
        text += (
            f", about {planned.cost(price_in=price_in, price_out=price_out):.2f} at these prices"
        )
    return text + "."
