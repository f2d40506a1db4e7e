"""The course as learners are given it: one zip file without lessons, solutions, hidden tests and marks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from mle.authoring.index import indexes
from mle.authoring.leaks import leaks_in
from mle.authoring.lesson import LessonError, find_lessons, read_lesson

FILES = (
    "bootstrap.py",
    "pyproject.toml",
    "requirements.lock",
    "environment.yml",
    "Makefile",
    "LICENSE",
    "LICENSE-lessons",
)
FOLDERS = ("datasets", "checkpoints", "src")
LEFT_OUT = re.compile(r"(^|/)(\.|__pycache__|.*\.egg-info)|^checkpoints/.*\.py$|/template/|\.pyc$")
"""Caches, hidden files, the template for authors, and the training scripts, which hold models that lessons ask learners to write."""
README = """# A course for machine learning engineers

`make lab` sets everything up on the first call (Python 3.11 to 3.13, about 5 GB, a network) and opens JupyterLab on your own
folder, `work/`. `.venv/bin/mle progress` shows what is done; `.venv/bin/mle submit MODULE --name YOU` packs a module for your
instructor. To update the course, unpack the new file over this folder: what you wrote in `work/` stays.
"""


class BundleError(Exception):
    """The course cannot be packed; the message says why and what to do."""


def bundle(root: Path, target: Path, modules: list[str] | None = None) -> int:
    """Write the zip file `target` with the modules (all for None); returns how many files are in it. Raises `BundleError`."""
    there = sorted(p.name for p in (root / "modules").glob("[0-9][0-9]-*"))
    chosen = there if not modules else list(dict.fromkeys(modules))
    if unknown := [name for name in chosen if name not in there]:
        raise BundleError(f"no module {', '.join(unknown)}; there are {', '.join(there)}")
    try:
        stale = [path for path, text in indexes(root).items() if not path.exists() or path.read_text("utf-8") != text]
    except LessonError as error:
        raise BundleError(str(error)) from None
    if stale:
        raise BundleError(f"{stale[0]} is not what the lessons build to: run `make build`")
    leaks = [leak for name in chosen for leak in leaks_of(root, name)]
    if leaks:
        raise BundleError("\n".join(leaks))
    draft = target.with_name(f".{target.name}.draft")
    count = 0
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.md", README)
            for path in _paths(root, chosen):
                archive.write(path, path.relative_to(root).as_posix())
                count += 1
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BundleError(f"{target} cannot be written: {error.strerror}") from None
    return count + 1


def leaks_of(root: Path, module: str) -> list[str]:
    """What a module's notebooks show that is not for learners; a sentence for each line of it."""
    found = []
    for path in find_lessons(root, module):
        released = root / "modules" / module / f"{path.stem}.ipynb"
        if not released.exists():
            found.append(f"{released} is missing: run `make build`")
            continue
        for leak in leaks_in(nbformat.read(released, as_version=4), read_lesson(path)):
            found.append(f"{released} shows a line of a {leak.origin}: {leak.line[:60]}")
    return found


def _paths(root: Path, modules: list[str]) -> Iterator[Path]:
    for name in FILES:
        if (root / name).is_file():
            yield root / name
    yield from sorted(p for p in (root / "modules").glob("*.*") if p.is_file() and not p.name.startswith("."))
    for folder in [*FOLDERS, *(f"modules/{name}" for name in modules)]:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not LEFT_OUT.search(path.relative_to(root).as_posix()):
                yield path
