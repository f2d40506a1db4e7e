"""Every grader is right: each lesson's answers are judged as they must be, in one process and across the wall."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mle.authoring import proofs
from mle.authoring.lesson import find_lessons, read_lesson
from mle.authoring.mutants import mutants_of
from mle.authoring.soundness import MUTATION_GOAL, fingerprint, prove, score_page, table_path
from mle.authoring.style import problems_of

ROOT = Path(__file__).resolve().parent.parent
LESSONS = find_lessons(ROOT)
NAMES = [f"{path.parent.name}/{path.stem}" for path in LESSONS]


def test_there_are_lessons_to_prove():
    assert LESSONS


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=NAMES)
def test_every_answer_gets_the_verdict_it_must(path):
    """All of a lesson's answers; of a lesson that `make prove` has proven as it is, those of one exercise, if it is drawn."""
    lesson = read_lesson(path)
    exercises = proofs.still_to_judge(lesson, ROOT)
    if not exercises:
        assert proofs.is_proven(lesson, ROOT)
        return
    report = prove(path, exercises[0].name if len(exercises) == 1 else None)
    problems = report.problems + [p for proof in report.proofs for p in proof.problems]
    assert not problems, "\n".join(problems)
    assert [proof.exercise for proof in report.proofs] == [exercise.name for exercise in exercises]
    assert all(proof.counts["across"][1] > 0 for proof in report.proofs)


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=NAMES)
def test_the_engine_gives_the_solved_notebook_every_point_and_the_untouched_one_none(path):
    """Of a lesson that `make prove` has proven as it is: if it is drawn."""
    lesson = read_lesson(path)
    assert (
        proofs.wrong_grades(lesson, ROOT) == []
        if proofs.still_to_grade(lesson, ROOT)
        else proofs.is_proven(lesson, ROOT)
    )


@pytest.mark.parametrize("path", LESSONS, ids=NAMES)
def test_the_text_keeps_the_contract(path):
    assert problems_of(read_lesson(path)) == []


@pytest.mark.parametrize("path", LESSONS, ids=NAMES)
def test_the_committed_mutation_scores_are_of_this_text_and_high_enough(path):
    lesson = read_lesson(path)
    table = json.loads(table_path(path).read_text(encoding="utf-8"))
    assert list(table) == [e.name for e in lesson.exercises], "run `make mutants`"
    for exercise in lesson.exercises:
        row = table[exercise.name]
        assert row["fingerprint"] == fingerprint(exercise), f"{exercise.name} has changed: run `make mutants`"
        assert row["mutants"] + row["equivalent"] == len(mutants_of(exercise.cell.source))
        assert row["rejected"] >= MUTATION_GOAL * row["mutants"], f"{exercise.name}: {row['survivors']}"


def test_the_page_of_scores_is_that_of_the_committed_tables():
    assert (ROOT / "grading" / "soundness.md").read_text(encoding="utf-8") == score_page(ROOT), "run `make mutants`"


def test_exercise_names_are_unique_within_a_module():
    for module in {path.parent for path in LESSONS}:
        names = [e.name for path in LESSONS if path.parent == module for e in read_lesson(path).exercises]
        assert len(names) == len(set(names))
