"""The command line: parse, call, print. Everything heavy is imported when a verb runs."""

import sys

from crossglg.cli import (
    actions,
    data,
    describe,
    learn,
    pictures,
    protocol,
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
    "describe",
    "learn",
    "main",
    "pictures",
    "protocol",
    "reproduce",
    "serve",
    "watch",
]


def main() -> None:
    """Run the command line; errors meant for the user come out as one sentence."""
    try:
        app()
    except CrossGLGError as error:
        print(f"crossglg: {error}", file=sys.stderr)
        sys.exit(1)
