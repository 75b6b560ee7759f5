"""Compiled programs in one file, each with its weights at the start of a page.

Code that torch makes (2.13) copies its weights, in steps of 64 bytes, to where ``malloc`` says:
with glibc sixteen bytes past a page. Half or all of the vectors that a product reads then lie
across two lines of the cache, and networks with packed weights take up to a fifth longer
(docs/performance.md). So their libraries are told of memory by another name, of as many letters:
``valloc`` is ``malloc`` at the start of a page, and ``free`` takes either's.
"""

import platform
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

_LIBRARY_SUFFIX = ".so"
_ANYWHERE, _AT_A_PAGE = b"\0malloc\0", b"\0valloc\0"  # as names stand in a library's tables
_ROOT = "native"
_PROGRAMS = "data/aotinductor"


def bind(programs: Mapping[str, Path], file: Path) -> None:
    """Write one package of several.

    Args:
        programs: Packages of one program each, by the names that these get.
        file: Where to write.
    """
    contents: dict[str, bytes] = {}  # what all say of themselves is there once
    for name, package in programs.items():
        with ZipFile(package) as one:
            for entry in one.namelist():
                contents[_rename(entry, name)] = _align(entry, one.read(entry))
    with ZipFile(file, "w") as bound:
        for place, content in contents.items():
            bound.writestr(place, content)


def _rename(entry: str, program: str) -> str:
    _, _, inside = entry.partition("/")  # the package's own name, which all entries begin with
    return f"{_ROOT}/{inside.replace(f'{_PROGRAMS}/model/', f'{_PROGRAMS}/{program}/')}"


def _align(entry: str, content: bytes) -> bytes:
    if entry.endswith(_LIBRARY_SUFFIX) and platform.libc_ver()[0] == "glibc":
        return content.replace(_ANYWHERE, _AT_A_PAGE)
    return content
