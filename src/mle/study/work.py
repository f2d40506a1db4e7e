"""The learner's own folder `work/`: copies of the modules' notebooks, which an update of the course never overwrites.

What was handed out is remembered (`.given/`). Where the course's version of a lesson is another one than that, the
learner's answers and own cells are carried into the new version, and the old file is kept beside it (`.before-update/`).
"""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from mle.grading.submission import Work, cells_of, grade_id_of, rebuild, sort_cells
from mle.study import StudyError, course_map, page

FOLDER, GIVEN, BEFORE = "work", ".given", ".before-update"
MOST_BYTES = 200e6


@dataclass
class Changes:
    """What preparing the folder did: the lessons' paths, as "03-…/1-….ipynb"."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    """Updated, with the learner's work carried over."""
    left: list[str] = field(default_factory=list)
    """Not updated: the learner's file could not be read."""


def prepare(course: Path) -> Changes:
    """Bring `course/work` up to date with `course/modules`, and write its start page.

    Raises `StudyError` where the modules are missing or the folder cannot be written.
    """
    modules, work, changes = course / "modules", course / FOLDER, Changes()
    course_map.read_map(modules)  # says what is missing
    try:
        for released in sorted(modules.glob("[0-9][0-9]-*/*.ipynb")):
            _bring(released, work, f"{released.parent.name}/{released.name}", changes)
        for text in [*modules.glob("[0-9][0-9]-*/index.md"), *modules.glob("glossary.md")]:
            _copy(text, work / text.relative_to(modules))
        _copy(modules / course_map.FILE, work / course_map.FILE_IN_WORK)
        page.refresh(work)
    except OSError as error:
        raise StudyError(f"{error.filename or work} cannot be written: {error.strerror}") from None
    return changes


def _bring(released: Path, work: Path, name: str, changes: Changes) -> None:
    mine, given = work / name, work / GIVEN / name
    if not mine.exists():  # new, or thrown away to begin afresh
        _copy(released, mine)
        _copy(released, given)
        changes.new.append(name)
        return
    if given.exists() and given.read_bytes() == released.read_bytes():
        return
    skeleton, done = nbformat.read(released, as_version=4), Work()
    try:
        cells = cells_of(mine, MOST_BYTES, [])
    except ValueError:
        changes.left.append(name)
        return
    _keep(mine, work, name)
    sort_cells(cells, skeleton, done)
    before = nbformat.read(given, as_version=4) if given.exists() else skeleton
    stubs, stubs_before = _stubs(skeleton), _stubs(before)
    for answers in (done.answers, done.texts):  # an untouched stub is replaced by the new one
        for exercise in [e for e, source in answers.items() if source in (stubs.get(e), stubs_before.get(e))]:
            del answers[exercise]
    course_cells = {cell.source for cell in before.cells}  # given cells that the new version has not
    for after in list(done.own):
        done.own[after] = [own for own in done.own[after] if own.source not in course_cells]
    touched = bool(done.answers or done.texts or any(done.own.values()))
    nbformat.write(rebuild(skeleton, done, text=str), mine)
    _copy(released, given)
    (changes.carried if touched else changes.updated).append(name)


def _stubs(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The source of each cell that nbgrader knows, as it was released."""
    return {name: cell.source for cell in notebook.cells if (name := grade_id_of(cell.metadata))}


def _keep(mine: Path, work: Path, name: str) -> None:
    """Keep the file as it is, under the time of day: never over another one."""
    stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H-%M-%S-%f")
    _copy(mine, (work / BEFORE / name).with_suffix(f".{stamp}.ipynb"))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    shutil.copyfile(source, draft)
    draft.replace(target)
