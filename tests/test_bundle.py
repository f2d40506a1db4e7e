"""What learners are given holds no answer, and what an instructor begins from a template is sound."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mle.authoring import proofs
from mle.authoring.build import build, paths_of
from mle.authoring.bundle import BundleError, bundle, leaks_of
from mle.authoring.lesson import HIDDEN, LessonError, find_lessons, read_lesson
from mle.authoring.template import begin
from mle.cli import app

ROOT = Path(__file__).resolve().parent.parent
MODULE = "03-build-and-train-models"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The bundle of one module."""
    target = tmp_path_factory.mktemp("bundle") / "course.zip"
    assert bundle(ROOT, target, [MODULE]) > 100
    return zipfile.ZipFile(target)


def test_a_bundle_holds_what_a_learner_needs_and_nothing_of_the_instructors(given: zipfile.ZipFile):
    names = set(given.namelist())
    assert {"Makefile", "bootstrap.py", "requirements.lock", "src/mle/lab.py", "datasets/catalogue.toml",
            "modules/index.md", "modules/course.json", f"modules/{MODULE}/2-pytorch.ipynb"} <= names  # fmt: skip
    tops = {name.split("/")[0] for name in names}
    assert not tops & {"lessons", "solutions", "grading", "tests", "tools", ".git", "work"}
    assert not [n for n in names if n.startswith("modules/") and n.count("/") > 1 and MODULE not in n]
    assert not [n for n in names if "__pycache__" in n or n.endswith("train.py") or n.endswith(".answers.py")]


def test_no_notebook_of_a_bundle_shows_a_hidden_test(given: zipfile.ZipFile):
    lines = 0
    for path in find_lessons(ROOT, MODULE):
        text = given.read(f"modules/{MODULE}/{path.stem}.ipynb").decode()
        assert "BEGIN SOLUTION" not in text and "BEGIN HIDDEN" not in text
        for exercise in read_lesson(path).exercises:
            visible = HIDDEN.sub("", exercise.check.source)
            for match in HIDDEN.finditer(exercise.check.source):
                for line in match[1].splitlines():
                    if len(line.strip()) > 25 and line.strip() not in visible and '"' not in line and "\\" not in line:
                        lines += 1
                        assert line.strip() not in text
    assert lines > 20, "and there was something to find"


def test_a_bundle_with_a_leak_is_not_made(tmp_path: Path):
    for name in ("lessons", "modules"):
        shutil.copytree(ROOT / name / MODULE, tmp_path / name / MODULE)
    assert leaks_of(tmp_path, MODULE) == []
    name = "1-loss-and-gradient.ipynb"
    shutil.copy(ROOT / "solutions" / MODULE / name, tmp_path / "modules" / MODULE / name)
    leaks = leaks_of(tmp_path, MODULE)
    assert leaks and all(name in leak and "shows a line of a" in leak for leak in leaks)


def test_an_unknown_module_is_one_sentence(tmp_path: Path):
    with pytest.raises(BundleError, match="no module 99-none; there are 0"):
        bundle(ROOT, tmp_path / "course.zip", ["99-none"])
    assert not list(tmp_path.iterdir())


# --- mle new --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_module_begun_from_the_template_builds_and_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "lessons").mkdir()
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new", "15-my-module", "My module"])
    assert result.exit_code == 0, result.output
    (path,) = find_lessons(tmp_path, "15-my-module")
    build(tmp_path, None, False, False, lambda *_: None)
    assert "My module" in (tmp_path / "modules" / "15-my-module" / "index.md").read_text(encoding="utf-8")
    lesson = read_lesson(path)
    assert proofs.still_to_judge(lesson, tmp_path) == lesson.exercises and proofs.still_to_grade(lesson, tmp_path)
    result = CliRunner().invoke(app, ["prove", str(path), "--mutants"])
    assert result.exit_code == 0 and ": sound · " in result.output, result.output
    assert proofs.is_proven(lesson, tmp_path)

    solved, released = paths_of(lesson, tmp_path)
    as_solved, as_released = solved.read_bytes(), released.read_bytes()
    solved.write_bytes(as_released)
    assert not proofs.is_proven(lesson, tmp_path), "a receipt is for these notebooks"
    names = [exercise.name for exercise in lesson.exercises]
    assert [wrong.split(" gets 0 of ")[0] for wrong in proofs.wrong_grades(lesson, tmp_path)] == [
        f"{solved}: {name}" for name in names
    ]
    solved.write_bytes(as_solved)
    released.write_bytes(as_solved)
    assert [wrong.split(" gets ")[0] for wrong in proofs.wrong_grades(lesson, tmp_path)] == [
        f"{released}: {name}" for name in names
    ]
    assert "No receipt" in CliRunner().invoke(app, ["prove", str(path)]).output


@pytest.mark.parametrize(
    ("folder", "title", "says"),
    [
        ("mine", "T", "two digits"),
        ("03-other", "T", "taken by 03-"),
        ("16-x", 'a "b"', "no title"),
        ("16-x", " ", "no title"),
    ],
)
def test_a_module_that_cannot_be_begun_is_one_sentence_and_leaves_nothing(folder: str, title: str, says: str):
    with pytest.raises(LessonError, match=says):
        begin(ROOT, folder, title)
    assert not (ROOT / "lessons" / folder).exists()
