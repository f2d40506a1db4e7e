"""The engine where it meets a class: whom it grades, and what it says of the rest. The attacks and faults are elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from test_nbgrader import ABOUT, ANSWERS, LESSON, LESSON_NAME, MODULE

from mle.authoring.build import build
from mle.grading import jail
from mle.grading.engine import course_at, grade, students_of
from mle.grading.report import marks, survey

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    folder = root / "lessons" / MODULE
    folder.mkdir(parents=True)
    (root / "grading").mkdir()
    for name, text in ((f"{LESSON_NAME}.py", LESSON), (f"{LESSON_NAME}.answers.py", ANSWERS), ("module.toml", ABOUT)):
        (folder / name).write_text(text, encoding="utf-8")
    build(root)
    for learner in ("ada", "=cmd()", os.fsdecode(b"caf\xe9"), ".hidden"):
        place = root / "grading" / "submitted" / learner / MODULE
        place.mkdir(parents=True)
        shutil.copy(root / "solutions" / MODULE / f"{LESSON_NAME}.ipynb", place)
    (root / "grading" / "submitted" / "linked").symlink_to(root / "grading" / "submitted" / "ada")
    return root


def test_a_folder_whose_name_is_no_text_is_told_of_and_stops_nobody(root: Path):
    course = course_at(root)
    assert students_of(course, MODULE) == ["=cmd()", "ada", os.fsdecode(b"caf\xe9")], "no hidden folder and no link"
    graded = {each.student: each for each in grade(course, MODULE, jailed=not jail.reason_against())}
    assert graded["ada"].points == graded["=cmd()"].points == 6.0
    assert not graded["ada"].problem
    (other,) = set(graded) - {"ada", "=cmd()"}
    assert "rename it" in graded[other].problem and "udce9" in other


def test_marks_for_an_lms_hold_nothing_that_a_spreadsheet_would_run(root: Path):
    assert "'=cmd()" in marks(course_at(root), MODULE)
    assert not [line for line in marks(course_at(root), MODULE).splitlines() if line.startswith(("=", "+", "-", "@"))]


def test_the_survey_counts_every_learner_once_in_each_exercise(root: Path):
    from mle.authoring.lesson import find_lessons, read_lesson

    questions, rows = survey(course_at(root), MODULE, [read_lesson(path) for path in find_lessons(root, MODULE)])
    assert [row.student for row in rows] == ["=cmd()", "ada"]
    assert [(q.name, dict(q.counts)) for q in questions] == [("double", {"passed": 2}), ("mean", {"passed": 2})]
    assert all(len(q.seconds) == 2 for q in questions)
