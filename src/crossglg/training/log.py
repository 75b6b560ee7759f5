"""Where the numbers of a run go: a JSON-lines file and TensorBoard's, one row per epoch."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from crossglg.atomic import write_text
from crossglg.errors import CheckpointError

METRICS_FILE = "metrics.jsonl"


class MetricsLog:
    """Writes rows of numbers; after a restart it forgets rows of epochs that are run again.

    Args:
        folder: The run.
        next_epoch: The epoch that is written next; later rows are of a run that was killed.
    """

    def __init__(self, folder: Path, *, next_epoch: int) -> None:
        from tensorboardX import SummaryWriter  # whoever only evaluates waits for no such import

        self.path = folder / METRICS_FILE
        kept = [row for row in read_metrics(folder) if row["epoch"] < next_epoch]
        write_text(self.path, "".join(json.dumps(row) + "\n" for row in kept))
        self.board = SummaryWriter(str(folder / "tensorboard"), purge_step=next_epoch)

    def write(self, row: Mapping[str, float]) -> None:
        """Add one epoch; ``row`` holds ``epoch`` and the metrics."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(row)) + "\n")
        for name, value in row.items():
            if name != "epoch":
                self.board.add_scalar(name, value, int(row["epoch"]))
        self.board.flush()

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close TensorBoard's file."""
        self.board.close()


def read_metrics(folder: Path) -> list[dict[str, float]]:
    """All rows of a run so far; a last line cut short by a kill is left out.

    Raises:
        CheckpointError: A line other than the last is no JSON.
    """
    path = folder / METRICS_FILE
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            if number < len(lines):
                raise CheckpointError(f"{path}, line {number}: expected JSON ({error}).") from error
    return rows
