"""Grade one notebook in two processes: the learner's code in one, the course's checks in the other."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import nbformat

from mle.authoring.lesson import Lesson
from mle.check.failure import Verdict
from mle.grading.checker import learner_process, run_check
from mle.grading.wall import Peer, WallClosed

SECONDS = 120.0
"""How long one cell or one check may take."""


def answers_in(notebook: Path) -> dict[str, str]:
    """The learner's code for each exercise, by its grade id; the first of doubled cells counts.

    Raises ValueError where the file is no notebook.
    """
    try:
        nb = nbformat.read(notebook, as_version=4)
    except (OSError, ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        raise ValueError(f"{notebook}: not a notebook that can be read ({error})") from None
    found: dict[str, str] = {}
    for cell in nb.cells:
        role = cell.metadata.get("nbgrader")
        if isinstance(role, dict) and role.get("solution") and cell.cell_type == "code":
            found.setdefault(str(role.get("grade_id")), cell.source)
    return found


def grade(notebook: Path, lesson: Lesson) -> list[Verdict]:
    """The verdict on each exercise of a learner's notebook, in order.

    The course's own given cells and checks are used, hidden tests included; only the exercises' code is the learner's.
    An exercise that is missing counts as untouched. Demonstrations are not run.
    """
    answers = answers_in(notebook)
    checks = {e.check_position: e for e in lesson.exercises}
    verdicts: list[Verdict] = []
    with learner_process() as connection:
        for position, cell in enumerate(lesson.cells):
            if exercise := checks.get(position):
                verdicts.append(
                    run_check(cell.source, exercise.name, exercise.points, lesson.imports, connection, SECONDS)
                )
            elif cell.needed:
                name = cell.get("exercise")
                source = answers.get(name, lesson.exercise(name).stub.source) if name else cell.source
                with suppress(Exception, WallClosed):  # the checks to come say so
                    Peer(connection, seconds=SECONDS).request("run", source)
    return verdicts
