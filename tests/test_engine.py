"""The engine where it meets a class: whom it grades, and what it says of the rest. The attacks and faults are elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from test_nbgrader import LESSON_NAME, MODULE, make_course

from mle.grading import jail
from mle.grading.engine import Graded, course_at, grade, students_of
from mle.grading.report import marks, survey


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    make_course(root := tmp_path_factory.mktemp("course"))
    for learner in ("ada", "=cmd()", os.fsdecode(b"caf\xe9"), ".hidden"):
        place = root / "grading" / "submitted" / learner / MODULE
        place.mkdir(parents=True)
        shutil.copy(root / "solutions" / MODULE / f"{LESSON_NAME}.ipynb", place)
    (root / "grading" / "submitted" / "linked").symlink_to(root / "grading" / "submitted" / "ada")
    return root


@pytest.fixture(scope="module")
def graded(root: Path) -> dict[str, Graded]:
    """What became of each learner; the marks of the class are written."""
    return {each.student: each for each in grade(course_at(root), MODULE, jailed=not jail.reason_against())}


def test_a_folder_whose_name_is_no_text_is_told_of_and_stops_nobody(root: Path, graded: dict[str, Graded]):
    course = course_at(root)
    assert students_of(course, MODULE) == ["=cmd()", "ada", os.fsdecode(b"caf\xe9")], "no hidden folder and no link"
    assert graded["ada"].points == graded["=cmd()"].points == 6.0
    assert not graded["ada"].problem
    (other,) = set(graded) - {"ada", "=cmd()"}
    assert "rename it" in graded[other].problem and "udce9" in other


def test_marks_for_an_lms_hold_nothing_that_a_spreadsheet_would_run(root: Path, graded: dict[str, Graded]):
    assert "'=cmd()" in marks(course_at(root), MODULE)
    assert not [line for line in marks(course_at(root), MODULE).splitlines() if line.startswith(("=", "+", "-", "@"))]


def test_the_survey_counts_every_learner_once_in_each_exercise(root: Path, graded: dict[str, Graded]):
    from mle.authoring.lesson import find_lessons, read_lesson

    questions, rows = survey(course_at(root), MODULE, [read_lesson(path) for path in find_lessons(root, MODULE)])
    assert [row.student for row in rows] == ["=cmd()", "ada"]
    assert [(q.name, dict(q.counts)) for q in questions] == [("double", {"passed": 2}), ("mean", {"passed": 2})]
    assert all(len(q.seconds) == 2 for q in questions)
