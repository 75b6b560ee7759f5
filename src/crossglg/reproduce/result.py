"""Reproduction: a table with our numbers, the published ones beside them, and why they differ."""

import csv
import io
import statistics
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Value:
    """One number.

    Attributes:
        ours: One for every seed; none where the cell failed or was not run.
        paper: What was published, None where nothing was.
        over_draws: Standard deviation over draws, where there is one training to tell of.
    """

    ours: tuple[float, ...]
    paper: float | None = None
    over_draws: float | None = None

    @property
    def spread(self) -> float | None:
        """Standard deviation over seeds, or over draws."""
        return statistics.stdev(self.ours) if len(self.ours) > 1 else self.over_draws

    def to_markdown(self, digits: int) -> str:
        """``56.2 ± 0.4 (paper 62.6)``; a dash where there is none of ours."""
        ours = "-"
        if self.ours:
            ours = f"{statistics.mean(self.ours):.{digits}f}"
        if self.spread is not None:
            ours += f" ± {self.spread:.{digits}f}"
        return ours if self.paper is None else f"{ours} (paper {self.paper:.1f})"


@dataclass(frozen=True)
class Line:
    """One method, judged in one way.

    Attributes:
        label: The method.
        classifier: How it is judged; empty where nothing is.
        values: One for every column.
        parameters: Encoder and importance at inference; 0 where nothing is learned.
        unlike: Why the published number is not to be compared.
    """

    label: str
    classifier: str
    values: tuple[Value, ...]
    parameters: int
    unlike: tuple[str, ...]


@dataclass(frozen=True)
class Reproduction:
    """A whole table.

    Attributes:
        name: Of the table.
        about: Headline.
        unit: Of the numbers.
        digits: After the point.
        columns: Titles.
        lines: What needs no learning first.
        facts: How it was made, one sentence each.
        left_out: What could not be asked here, and why.
        failed: Cells that ended in an error, and why.
    """

    name: str
    about: str
    unit: str
    digits: int
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    facts: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def to_markdown(self) -> str:
        """A headline, the table, and the reasons by letter below it."""
        reasons = list(dict.fromkeys(reason for line in self.lines for reason in line.unlike))
        letter = {reason: chr(ord("a") + number) for number, reason in enumerate(reasons)}
        rows = [
            f"## {self.name}: {self.about}",
            "",
            f"Ours, {self.unit}; the paper's in brackets.",
            "",
            f"| method | judged by | {' | '.join(self.columns)} | parameters "
            "| not comparable because |",
            "|---|---|" + "---:|" * (len(self.columns) + 1) + "---|",
        ]
        for line in self.lines:
            numbers = " | ".join(value.to_markdown(self.digits) for value in line.values)
            size = f"{line.parameters:,}" if line.parameters else ""
            why = ", ".join(letter[reason] for reason in line.unlike)
            rows.append(f"| {line.label} | {line.classifier} | {numbers} | {size} | {why} |")
        rows += [""] * bool(reasons)
        rows += [f"- {letter[reason]}: {reason}." for reason in reasons]
        rows += ["", *(f"- {fact}" for fact in self.facts)]
        rows += [f"- Left out: {reason}" for reason in self.left_out]
        rows += [f"- Failed: {reason}" for reason in self.failed]
        return "\n".join(rows) + "\n"

    def to_csv(self) -> str:
        """One line for every number."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            ["table", "method", "judged_by", "column", "mean", "std", "seeds", "paper",
             "parameters", "not_comparable_because"]
        )  # fmt: skip
        for line in self.lines:
            for column, value in zip(self.columns, line.values, strict=True):
                mean = statistics.mean(value.ours) if value.ours else ""
                spread = "" if value.spread is None else value.spread
                paper = "" if value.paper is None else value.paper
                writer.writerow(
                    [self.name, line.label, line.classifier, column, mean, spread,
                     len(value.ours), paper, line.parameters or "", "; ".join(line.unlike)]
                )  # fmt: skip
        return stream.getvalue()
