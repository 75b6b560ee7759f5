"""Commands and code as they stand in the README and the docs."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))


def blocks(path: Path, language: str) -> list[str]:
    """The contents of all fences of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def commands(path: Path, program: str = "crossglg") -> list[list[str]]:
    """The words after a program's name, for every call of it."""
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    parts = [part.strip() for line in lines for part in re.split(r"&&|\s#", line)]
    return [shlex.split(part)[1:] for part in parts if part.startswith(f"{program} ")]


def shell_lines(path: Path) -> list[str]:
    """Every command of a page as it stands there, without remarks."""
    lines = "".join(blocks(path, "sh")).replace("\\\n", " ").splitlines()
    parts = [part for line in lines for part in re.split(r"\s#", line)[0].split(" && ")]
    return [" ".join(part.split()) for part in parts if part.strip()]
