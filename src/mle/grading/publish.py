"""Write marks where nbgrader keeps them: its gradebook and its folder of autograded notebooks.

One writer, one transaction and one renamed folder for each submission: a reader sees it ungraded or graded, never half.
nbgrader's own rule reads the score from each check cell's outputs; what is written is compared with the receipts first.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)  # fmt: skip
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from mle.check.failure import Verdict
from mle.grading import GradingError
from mle.grading.store import StoreError

RECEIPT = "receipt.json"
"""Beside the autograded notebooks: what was handed in, what came of each check, and what is to be noted."""
BUSY_SECONDS = 60
"""How long another program may keep the gradebook locked."""


class PublishError(GradingError):
    """Marks cannot be written; the message says why and what to do. Nothing is lost: grade again."""


@dataclass
class Marked:
    """One learner's submission of one module, ready to be written."""

    student: str
    notebooks: dict[str, nbformat.NotebookNode]
    verdicts: dict[str, list[Verdict]]
    """The verdict on each exercise, in order, by notebook."""
    receipts: dict[str, list[str]]
    """The addresses of their receipts."""
    timestamp: datetime.datetime | None = None
    notes: list[str] = field(default_factory=list)
    digest: str = ""

    def receipt(self) -> dict:
        return {
            "digest": self.digest, "student": self.student, "notes": self.notes,
            "verdicts": {name: [v.to_json() for v in verdicts] for name, verdicts in self.verdicts.items()},
            "receipts": self.receipts,
        }  # fmt: skip


def replay(notebook: nbformat.NotebookNode, verdicts: list[Verdict]) -> None:
    """Write each verdict into the outputs of its check cell, so that nbgrader's own rule finds its points there."""
    by_cell = {f"{verdict.exercise}-check": verdict for verdict in verdicts}
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count, cell.outputs = count, []
        role = cell.metadata.get("nbgrader", {})
        if not role.get("grade"):
            continue
        verdict = by_cell.get(role["grade_id"])
        if verdict is None:  # no receipt, no points
            verdict = Verdict(role["grade_id"].removesuffix("-check"), "error", "this check has no receipt")
        cell.outputs.append(new_output("display_data", data=dict(verdict._repr_mimebundle_())))
        if not verdict.passed:
            earned = verdict.points > 0
            cell.outputs.append(
                new_output("execute_result", data={"text/plain": f"{verdict.points:g}"}, execution_count=count)
                if earned
                else new_output(
                    "error", ename="Failed", evalue=verdict.says, traceback=[f"{verdict.exercise}: {verdict.says}"]
                )
            )
        scored, _ = utils.determine_grade(cell)
        expected = role["points"] if verdict.passed else verdict.points
        if scored != expected:
            raise PublishError(f"nbgrader reads {scored} points from {verdict}, and {expected} are meant")


class Desk:
    """nbgrader's gradebook and autograded folder, open for writing. Use as a context manager: one writer at a time."""

    def __init__(self, db_url: str, course_id: str, folder: Path, late: Callable[..., float | None]):
        self.db_url, self.course_id, self.folder, self.late = db_url, course_id, folder, late

    def __enter__(self) -> Desk:
        with _explained("the folder of autograded notebooks"):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / ".lock").open("w")
        try:
            with _explained("the gradebook"):
                _wait(lambda: fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB), BlockingIOError,
                      "another grader is writing marks")  # fmt: skip
                self.book = self._busy(self._open_book)
        except BaseException:
            self._lock.close()
            raise
        return self

    def _open_book(self) -> Gradebook:
        """The gradebook; a new one is made aside, so that it is whole or not there."""
        bin_folder = str(Path(sys.executable).parent)
        if bin_folder not in os.environ.get("PATH", "").split(os.pathsep):  # nbgrader calls `alembic` by its name
            os.environ["PATH"] = os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)])
        path = Path(self.db_url.removeprefix("sqlite:///"))
        if self.db_url.startswith("sqlite:///") and not path.exists():
            draft = path.with_name(f".{path.name}.draft")
            draft.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            Gradebook(f"sqlite:///{draft}", self.course_id).close()
            os.replace(draft, path)
        return Gradebook(self.db_url, self.course_id)

    def __exit__(self, *_: Any) -> None:
        self.book.close()
        self._lock.close()

    def _busy(self, act: Callable[[], Any]) -> Any:
        def attempt() -> Any:
            try:
                return act()
            except OperationalError:
                if hasattr(self, "book"):
                    self.book.db.rollback()
                raise

        return _wait(attempt, OperationalError, f"the gradebook {self.db_url} is locked or cannot be written",
                     lambda error: "locked" in str(error))  # fmt: skip

    def define(self, module: str, save_cells: Callable[[], None]) -> None:
        """Tell the gradebook of a module and of its cells, by a function that does the latter and may be called again."""

        def both() -> None:
            self.book.update_or_create_assignment(module)
            save_cells()

        self._busy(both)

    def knows(self, module: str, notebook: str, points: dict[str, float]) -> bool:
        """Whether the gradebook has this notebook with exactly these graded cells."""
        with suppress(MissingEntry):
            cells = self._busy(lambda: self.book.find_notebook(notebook, module)).grade_cells
            return {cell.name: cell.max_score for cell in cells} == points
        return False

    def submissions(self, module: str) -> list[SubmittedAssignment]:
        """What the gradebook has of a module, in the order of the learners' names."""
        asked = select(SubmittedAssignment).join(Assignment).where(Assignment.name == module)
        return self._busy(lambda: list(self.book.db.scalars(asked.order_by(SubmittedAssignment.student_id))))

    def is_there(self, marked: Marked, module: str) -> bool:
        """Whether exactly these marks are already in the folder and in the gradebook."""
        folder = self.folder / marked.student / module
        with _explained(f"the autograded notebooks of {marked.student}"):
            for leftover in _asides(folder):  # of a grader that was killed
                _remove(leftover)
        with suppress(OSError, ValueError, AttributeError):
            if json.loads((folder / RECEIPT).read_text("utf-8")).get("digest") == marked.digest:
                whole = all((folder / f"{name}.ipynb").is_file() for name in marked.notebooks)
                return whole and self._busy(lambda: self._scores(marked.student, module)) == _scores_of(marked)
        return False

    def _scores(self, student: str, module: str) -> dict[tuple[str, str], float | None]:
        rows = self.book.db.execute(
            select(SubmittedNotebook, Grade)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .where(SubmittedAssignment.student_id == student, Assignment.name == module)
        )
        return {(notebook.name, grade.name): grade.auto_score for notebook, grade in rows}

    def write(self, marked: Marked, module: str) -> None:
        """Write a submission's marks: the gradebook by one transaction, then the folder by one rename.

        In this order, because the receipt in the folder says that all is done: a grader killed between the two writes both
        again.
        """
        for name, notebook in marked.notebooks.items():
            replay(notebook, marked.verdicts[name])
        place = self.folder / marked.student / module
        draft, old = _asides(place)
        with _explained(f"the autograded notebooks of {marked.student}"):
            self._write_draft(marked, draft)
        with self.book.db.no_autoflush:
            self._busy(lambda: self._write_book(marked, module))
        with _explained(f"the autograded notebooks of {marked.student}"):
            if place.exists():
                os.rename(place, old)
            os.rename(draft, place)
            _remove(old)

    def _write_draft(self, marked: Marked, draft: Path) -> None:
        for leftover in _asides(draft.with_name(draft.name[1 : -len(".draft")])):
            _remove(leftover)
        draft.mkdir(parents=True)
        for name, notebook in marked.notebooks.items():
            (draft / f"{name}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        if marked.timestamp is not None:
            (draft / "timestamp.txt").write_text(f"{marked.timestamp} UTC", encoding="utf-8")
        (draft / RECEIPT).write_text(json.dumps(marked.receipt(), indent=1), encoding="utf-8")
        for path in draft.iterdir():
            path.chmod(0o444)

    def _write_book(self, marked: Marked, module: str) -> None:
        db = self.book.db
        assignment = db.scalars(select(Assignment).where(Assignment.name == module)).one()
        student = db.get(Student, marked.student) or Student(id=marked.student)
        submission = db.scalars(
            select(SubmittedAssignment).where(
                SubmittedAssignment.assignment_id == assignment.id, SubmittedAssignment.student_id == marked.student
            )
        ).one_or_none()
        if submission is None:
            submission = SubmittedAssignment(assignment=assignment, student=student)
            db.add(submission)
        submission.timestamp = marked.timestamp
        there = {each.notebook: each for each in submission.notebooks}
        for notebook in assignment.notebooks:
            submitted = there.get(notebook) or SubmittedNotebook(notebook=notebook, assignment=submission)
            db.add(submitted)
            db.add_all(_fill(submitted, notebook, marked.notebooks[notebook.name]))
        db.flush()
        for submitted in submission.notebooks:
            submitted.late_submission_penalty = None
        db.flush()
        for submitted in submission.notebooks:
            late = submission.total_seconds_late
            penalty = self.late(marked.student, submitted.score, late) if late > 0 else None
            submitted.late_submission_penalty = None if penalty is None else min(max(penalty, 0), submitted.score)
        db.commit()


def _fill(submitted: SubmittedNotebook, notebook: Notebook, marked: nbformat.NotebookNode) -> list[Grade | Comment]:
    """The grades and comments of a submitted notebook, as nbgrader's `SaveAutoGrades` sets them. Marks by hand stay."""
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in marked.cells if "nbgrader" in cell.metadata}
    grades = {grade.cell_id: grade for grade in submitted.grades}
    comments = {comment.cell_id: comment for comment in submitted.comments}
    for ours in notebook.grade_cells:
        grade = grades.setdefault(ours.id, Grade(cell_id=ours.id))
        grade.notebook = submitted
        grade.auto_score, _ = utils.determine_grade(cells[ours.name])
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
    for ours in notebook.solution_cells:
        cell = cells[ours.name]
        comment = comments.setdefault(ours.id, Comment(cell_id=ours.id))
        comment.notebook = submitted
        untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
        comment.auto_comment = "No response." if untouched else None
    return [*grades.values(), *comments.values()]


def _scores_of(marked: Marked) -> dict[tuple[str, str], float | None]:
    """What the gradebook must hold for these marks, by notebook and cell."""
    scores: dict[tuple[str, str], float | None] = {}
    for name, notebook in marked.notebooks.items():
        points = {f"{v.exercise}-check": v.points for v in marked.verdicts[name]}
        for cell in notebook.cells:
            if utils.is_grade(cell):
                grade_id = cell.metadata.nbgrader.grade_id
                by_hand = utils.is_solution(cell)
                scores[name, grade_id] = utils.determine_grade(cell)[0] if by_hand else points.get(grade_id, 0.0)
    return scores


def _wait(act: Callable[[], Any], busy: type[Exception], what: str, again: Callable = lambda error: True) -> Any:
    """Do it, again and again while it is refused as busy. Raises `PublishError` after a minute."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return act()
        except busy as error:
            if not again(error) or time.monotonic() > deadline:
                raise PublishError(f"{what} ({str(error).splitlines()[0][:150]}); grade again when it is free: "
                                   "what is graded is kept") from None  # fmt: skip
            time.sleep(0.1)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what} cannot be written: {error.strerror or error}. Make room or change the rights, and grade "
                         "again: what is graded is kept") from None  # fmt: skip


def _asides(place: Path) -> tuple[Path, Path]:
    """Where a submission's new and old autograded folders stand while one takes the other's place."""
    return place.with_name(f".{place.name}.draft"), place.with_name(f".{place.name}.old")


def _remove(folder: Path) -> None:
    """Remove a folder of ours, whatever its rights."""
    if folder.exists():
        for path in folder.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | stat.S_IWUSR)
        shutil.rmtree(folder)
