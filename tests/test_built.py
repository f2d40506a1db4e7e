"""What is committed in solutions/ and modules/ is what the lessons build to."""

from __future__ import annotations

from pathlib import Path

import pytest

from mle.authoring import rubrics
from mle.authoring.build import is_fresh, paths_of
from mle.authoring.index import indexes, read_module
from mle.authoring.lesson import find_lessons, read_lesson

ROOT = Path(__file__).resolve().parent.parent
LESSONS = find_lessons(ROOT)
MODULES = sorted({path.parent for path in LESSONS})


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_notebooks_are_built_from_this_text(path):
    assert is_fresh(read_lesson(path), ROOT), "run `make build` and commit what it writes"


def test_the_index_pages_are_built_from_these_modules():
    for path, text in indexes(ROOT).items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run `make build`"


def test_the_graders_rubrics_are_built_from_these_lessons():
    built = rubrics.pages(ROOT)
    for path, text in built.items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run `make build`"
    assert {*(ROOT / "grading" / "rubrics").glob("*")} == {*built}


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_rubric_is_anchored_by_graded_samples(path):
    assert rubrics.problems_of(read_lesson(path)) == []


def test_no_notebook_is_left_over_from_a_lesson_that_is_gone():
    kept = {p for path in LESSONS for p in paths_of(read_lesson(path), ROOT)}
    found = {p for folder in ("solutions", "modules") for p in (ROOT / folder).glob("*/*.ipynb")}
    assert found == kept


@pytest.mark.parametrize("folder", MODULES, ids=lambda p: p.name)
def test_every_exercise_serves_an_outcome_of_its_module(folder):
    module = read_module(folder)
    served = {name for outcome in module["outcomes"] for name in outcome["exercises"]}
    names = {e.name for lesson in module["lessons"] for e in lesson.exercises}
    assert names <= served, f"module.toml: no outcome names {', '.join(sorted(names - served))}"


@pytest.mark.parametrize("folder", [m for m in MODULES if m.name != "00-start-here"], ids=lambda p: p.name)
def test_a_module_has_three_lessons_or_more_and_fifteen_to_twenty_five_exercises(folder):
    lessons = read_module(folder)["lessons"]
    explained = sum(bool(cell.get("explain")) for lesson in lessons for cell in lesson.cells)
    assert len(lessons) >= 3
    assert 15 <= sum(len(lesson.exercises) for lesson in lessons) + explained <= 25
