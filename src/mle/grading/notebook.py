"""Grade one notebook in two processes: the learner's code in one, the course's checks in the other. No jail."""

from __future__ import annotations

from pathlib import Path

import nbformat

from mle.authoring.build import notebook_of
from mle.authoring.lesson import Lesson, stub_of
from mle.check.failure import Verdict
from mle.grading.checker import judge, learner_process
from mle.grading.judge import judged
from mle.grading.limits import Limits
from mle.grading.submission import Step, Work, cells_of, ground_of, sort_cells, steps_of

LIMITS = Limits(step_seconds=120, notebook_seconds=1200)
"""Only the times hold without a jail."""


def grade(notebook: Path, lesson: Lesson) -> list[Verdict]:
    """The verdict on each exercise of a learner's notebook, in order; the same as the engine's.

    The course's own given cells and checks are used, hidden tests included; only the exercises' code and cells of their own are
    the learner's. An exercise that is missing counts as untouched. Demonstrations are run only where the learner's code reads a
    name of theirs. Raises ValueError where the file is no notebook.
    """
    work, skeleton = Work(), skeleton_of(lesson)
    sort_cells(cells_of(notebook, LIMITS.notebook_size * 1e6, work.notes), skeleton, work)
    steps = [*map(Step, ground_of(lesson).prefix), *steps_of(lesson, work, skeleton)]

    def once(steps: list[Step], seconds: float) -> tuple[list[dict], str, float]:
        outcomes: list[dict] = []
        job = {
            "steps": [s.order() for s in steps],
            "imports": lesson.imports,
            "seconds": min(seconds, LIMITS.step_seconds),
        }
        with learner_process() as connection:
            judge(job, connection, outcomes.append)
        cause = "time" if outcomes[-1]["late"] else "ended early" if outcomes[-1]["stopped"] else ""
        return outcomes, cause, 0.0

    return judged(steps, LIMITS, once).verdicts


def skeleton_of(lesson: Lesson) -> nbformat.NotebookNode:
    """The notebook as it is released, as far as a learner's cells are found by it."""
    notebook = notebook_of(lesson)
    notebook.cells = [cell for cell, ours in zip(notebook.cells, lesson.cells, strict=True) if not ours.get("claims")]
    for cell in notebook.cells:
        cell.source = stub_of(cell.source)
    return notebook
