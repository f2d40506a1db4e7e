"""Take in what learners handed in: read it without trusting it, and rebuild the notebook from the course's own.

Of a submitted file only this is taken over: the learner's source of each exercise and free text, and code cells of their
own. All else (metadata, outputs, points, locked cells, kernel, copies) comes from the released notebook. Nothing a learner
sends raises: what is wrong becomes a note, and a missing exercise an empty answer.
"""

from __future__ import annotations

import codecs
import copy
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import nbformat

from mle.authoring.flow import flow_of, needed, ready
from mle.authoring.lesson import Lesson

DEPTH = 3
"""How many folders deep a notebook is looked for."""
MOST_FILES = 20
"""How many files are opened in search of a notebook under another name."""
MOST_PARTS = 3_000_000
"""Lists, objects and their entries in a notebook's JSON: a short text can hold more of them than memory has room for."""


class Own(NamedTuple):
    """A cell that a learner has added: code, or a note to themselves."""

    source: str
    code: bool = True


@dataclass
class Work:
    """What a learner did in one notebook."""

    answers: dict[str, str] = field(default_factory=dict)
    """The source of each exercise that is there."""
    texts: dict[str, str] = field(default_factory=dict)
    """The free text of each answer graded by hand."""
    own: dict[str, list[Own]] = field(default_factory=dict)
    """The learner's own cells after the cell of this id ("" for those before all)."""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """One cell to be run, or one check to be made."""

    source: str
    exercise: str = ""
    points: float = 0.0
    ahead: bool = False
    """Whether the warm kernel has run it already, so that its names need only be given back."""

    def order(self) -> dict:
        """What the checker is told."""
        about = {"exercise": self.exercise, "points": self.points} if self.exercise else {}
        return {"source": self.source} | about | ({"ahead": True} if self.ahead else {})


@dataclass(frozen=True)
class Ground:
    """What the learners of a lesson share: it runs once, in the warm kernel."""

    imports: str = ""
    """The import statements of all given cells, one a line."""
    prefix: tuple[str, ...] = ()
    """The given cells before the first exercise."""
    ahead: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Given cells of later on that no learner's work bears on, each with the names that it may bind."""


def ground_of(lesson: Lesson) -> Ground:
    """What grading a lesson runs once for all learners."""
    start = _start(lesson)
    prefix = tuple(cell.source for cell in lesson.cells[:start] if cell.needed)
    ahead = tuple(cell.source for cell in lesson.cells[start:] if cell.get("ahead"))
    return Ground(lesson.imports, prefix, tuple((source, tuple(sorted(flow_of(source).touches))) for source in ahead))


def _start(lesson: Lesson) -> int:
    """The position up to which the given cells are the same for all and run once, in the warm kernel."""
    return 0 if lesson.fork_unsafe else min((e.position for e in lesson.exercises), default=0)


def steps_of(lesson: Lesson, work: Work, skeleton: nbformat.NotebookNode) -> list[Step]:
    """What grading this work runs after the common ground: given cells that are needed, the learner's cells, the checks."""
    released = [position for position, cell in enumerate(lesson.cells) if not cell.get("claims")]
    position_of = {cell.id: position for cell, position in zip(skeleton.cells, released, strict=True)}
    own: dict[int, list[Step]] = {}
    for cell_id, cells in work.own.items():
        where = own.setdefault(position_of.get(cell_id, -1), [])
        where += [Step(cell.source) for cell in cells if cell.code]
    learner = [*work.answers.values(), *(step.source for steps in own.values() for step in steps)]
    kept, ahead = needed(lesson, learner), ready(lesson, learner)
    checks = {e.check_position: e for e in lesson.exercises}
    start = _start(lesson)
    steps = own.get(-1, [])[:]
    for position, cell in enumerate(lesson.cells[:start]):  # what is needed here has run in the warm kernel
        if cell.get("demo") and position in kept:
            steps.append(Step(cell.source))
        steps += own.get(position, [])
    for position, cell in enumerate(lesson.cells[start:], start):
        if exercise := checks.get(position):
            steps.append(Step(cell.source, exercise.name, exercise.points))
        elif cell.get("exercise") in work.answers:
            steps.append(Step(work.answers[cell.get("exercise")]))
        elif position in kept:
            steps.append(Step(cell.source, ahead=position in ahead))
        steps += own.get(position, [])
    return steps


# --- reading --------------------------------------------------------------------------------------------------------


def read_work(folder: Path, name: str, skeleton: nbformat.NotebookNode, most_bytes: float) -> Work:
    """The work in the notebook `name` (without its ending) of a submitted folder; empty, with a note, where there is none."""
    work = Work()
    path = folder / f"{name}.ipynb"
    if not os.path.lexists(path):
        found = [p for p in notebooks_in(folder) if _is_of(p, skeleton, most_bytes)]
        if len(found) != 1:
            why = "" if not found else f"; {len(found)} files could be it: {', '.join(shown(p.name) for p in found)}"
            work.notes.append(f"{shown(path.name)} was not handed in{why}")
            return work
        path = found[0]
        work.notes.append(f"{name}.ipynb was not handed in; {shown(path.relative_to(folder))} was taken for it")
    try:
        cells = cells_of(path, most_bytes, work.notes)
    except ValueError as error:
        work.notes.append(str(error))
        return work
    sort_cells(cells, skeleton, work)
    return work


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks at or below a folder, a few levels deep; links are not followed."""

    def walk(here: Path, depth: int) -> Iterator[Path]:
        with suppress(OSError):
            for entry in sorted(os.scandir(here), key=lambda e: e.name):
                if entry.is_dir(follow_symlinks=False):
                    if depth and not entry.name.startswith("."):
                        yield from walk(Path(entry.path), depth - 1)
                elif entry.name.endswith(".ipynb") and entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)

    return list(islice(walk(folder, DEPTH), MOST_FILES))


def _is_of(path: Path, skeleton: nbformat.NotebookNode, most_bytes: float) -> bool:
    """Whether a file holds exercises of this notebook."""
    known = {grade_id_of(cell.metadata) for cell in skeleton.cells} - {""}
    try:
        return bool(known & {cell["grade_id"] for cell in cells_of(path, most_bytes, [])})
    except ValueError:
        return False


def shown(name: object) -> str:
    """A file's name as a note says it: what is no text or steers a terminal is left out."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(name))[:200]


def read_bytes(path: Path, most: float) -> bytes:
    """A submitted file's bytes. Raises ValueError where it is no plain file of its own, or too large."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        why = "is a link" if path.is_symlink() else f"cannot be opened ({error.strerror})"
        raise ValueError(f"{shown(path.name)} {why}; it was not read") from None
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode):  # before Python opens it, which refuses a folder
        os.close(fd)
        raise ValueError(f"{shown(path.name)} is no plain file; it was not read")
    with os.fdopen(fd, "rb") as file:
        if about.st_nlink > 1:
            raise ValueError(f"{shown(path.name)} is a hard link to a file elsewhere; it was not read")
        if about.st_size > most:
            raise ValueError(
                f"{shown(path.name)} has {about.st_size / 1e6:.0f} MB, more than {most / 1e6:.0f}; it was not read"
            )
        return file.read(int(most) + 1)


def cells_of(path: Path, most_bytes: float, notes: list[str]) -> list[dict]:
    """A notebook's cells as (`id`, `grade_id`, `code`, `source`), of any version of the format that holds them.

    Raises ValueError where the file is no notebook.
    """
    data = read_bytes(path, most_bytes)
    text = _text(data, shown(path.name), notes)
    if not text.strip():
        raise ValueError(f"{shown(path.name)} is empty")
    if sum(text.count(sign) for sign in "[{,") > MOST_PARTS:
        raise ValueError(f"{shown(path.name)} is no notebook: it has more than {MOST_PARTS:,} parts")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{shown(path.name)} is no notebook: {str(error)[:100]}") from None
    cells = []
    with suppress(AttributeError, TypeError):
        for sheet in [notebook, *(notebook.get("worksheets") or [])]:
            cells += sheet.get("cells") or []
    if not isinstance(notebook, dict) or not (cells or isinstance(notebook.get("cells"), list)):
        raise ValueError(f"{shown(path.name)} is no notebook: it has no cells")
    found = []
    for cell in cells:
        if isinstance(cell, dict):
            metadata = cell.get("metadata")
            source = _source(cell.get("source", cell.get("input", "")))
            found.append({"id": str(cell.get("id", "")), "grade_id": grade_id_of(metadata), "source": source,
                          "code": cell.get("cell_type") == "code"})  # fmt: skip
    return found


def _text(data: bytes, name: str, notes: list[str]) -> str:
    encodings = ["utf-8-sig"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in [*encodings, "cp1252", "latin-1"]:
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if encoding != "utf-8-sig":
                notes.append(f"{name} is not UTF-8; it was read as {encoding}")
            return text
    return ""


def _source(value: object) -> str:
    text = "".join(part for part in value if isinstance(part, str)) if isinstance(value, list) else value
    text = text if isinstance(text, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")  # lone surrogates; zero bytes


def grade_id_of(metadata: object) -> str:
    """The name by which nbgrader knows a cell with this metadata; empty where it knows none."""
    role = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(role.get("grade_id") or "") if isinstance(role, dict) else ""


def sort_cells(cells: list[dict], skeleton: nbformat.NotebookNode, work: Work) -> None:
    """Put the submitted cells where they belong: answers, texts, own cells; drop what is the course's."""
    by_grade = {grade_id_of(cell.metadata): cell for cell in skeleton.cells if grade_id_of(cell.metadata)}
    by_id = {cell.id: cell for cell in skeleton.cells}
    by_source = {cell.source: cell for cell in reversed(skeleton.cells)}
    after, copies = "", set()
    for cell in cells:
        ours = by_grade.get(cell["grade_id"]) or by_id.get(cell["id"]) or by_source.get(cell["source"])
        if ours is None:
            if cell["source"].strip():
                work.own.setdefault(after, []).append(Own(cell["source"], cell["code"]))
            continue
        after = ours.id
        role = ours.metadata.get("nbgrader", {})
        if not role.get("solution"):
            continue
        kept = work.answers if not role.get("grade") else work.texts
        name, source = role["grade_id"], cell["source"]
        if name in kept:
            copies.add(name)
            if source == ours.source:  # an untouched copy takes nothing away
                continue
        kept[name] = source
    if copies:
        work.notes.append(
            f"more than one cell for {', '.join(sorted(copies))}: the last one that is not the stub counts"
        )


# --- rebuilding -----------------------------------------------------------------------------------------------------


def rebuild(
    skeleton: nbformat.NotebookNode, work: Work, text: Callable[[str], str] | None = None
) -> nbformat.NotebookNode:
    """The released notebook with the learner's work in it.

    Free text is made `harmless` first, and notes to themselves are left out; where `text` is given, for the learner's own
    copy, both go through that instead.
    """
    notebook = copy.deepcopy(skeleton)
    cells: list[nbformat.NotebookNode] = []

    def add_own(after: str) -> None:
        for own in work.own.get(after, []):
            if own.code:
                cells.append(nbformat.v4.new_code_cell(own.source, id=f"own-{len(cells)}"))
            elif text:
                cells.append(nbformat.v4.new_markdown_cell(text(own.source), id=f"own-{len(cells)}"))

    add_own("")
    for cell in notebook.cells:
        role = cell.metadata.get("nbgrader", {})
        if role.get("solution"):
            kept = work.texts if role.get("grade") else work.answers
            source = kept.get(role["grade_id"], cell.source)
            if source != cell.source:
                cell.source = (text or harmless)(source) if cell.cell_type == "markdown" else source
        cells.append(cell)
        add_own(cell.id)
    notebook.cells = cells
    return notebook


_LIVE = [
    (re.compile(r"<(?=[A-Za-z/!?])"), "< "),  # HTML
    (re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)"), "& "),  # a sign spelled out, such as the colon of `javascript:`
    (re.compile(r"\](?=[(:](?!https?://|#))"), "] "),  # a link to anything but a page
    (re.compile(r"\\(?=(href|class|style|cssId|require|unicode|data)\b)"), r"\\ "),  # what MathJax makes HTML of
]


def harmless(text: str) -> str:
    """A learner's Markdown with a blank put where it would become HTML or a link that runs something.

    Instructors read it in a browser that may change marks. Text and code stay readable as they are.
    """
    for pattern, instead in _LIVE:
        text = pattern.sub(instead, text)
    return text
