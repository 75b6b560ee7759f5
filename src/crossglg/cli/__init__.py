"""The command line: parse, call, print. Everything heavy is imported when a verb runs."""

import io
import sys

from crossglg.cli import (
    actions,
    data,
    deploy,
    describe,
    info,
    learn,
    pictures,
    protocol,
    repetitions,
    reproduce,
    serve,
    watch,
)
from crossglg.cli.app import app
from crossglg.errors import CrossGLGError

__all__ = [
    "actions",
    "app",
    "data",
    "deploy",
    "describe",
    "info",
    "learn",
    "main",
    "pictures",
    "protocol",
    "repetitions",
    "reproduce",
    "serve",
    "watch",
]


def main() -> None:
    """Run the command line; errors meant for the user, and the system's, come as one sentence."""
    _write_what_can_be_shown()
    try:
        app()
    except CrossGLGError as error:
        problem = str(error)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        problem = f"{place}{error.strerror or error}."
    else:
        return
    print(f"crossglg: {problem}", file=sys.stderr)
    sys.exit(1)


def _write_what_can_be_shown() -> None:
    """A terminal that lacks a sign gets its code: what was computed is not lost for it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
