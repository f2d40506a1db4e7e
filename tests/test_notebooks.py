"""Each notebook on disk: the solved ones run to their stored outputs, the released ones are ready for a learner.

The notebooks are found on disk, so that a module is covered as soon as it is built. They run in copies: a run leaves
nothing in the repository.
"""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, new_output

from mle.authoring.build import ADDRESS, CELL_FILE, ENVIRONMENT, tidy
from mle.authoring.leaks import given_and_secret, leaks_in, lines_of
from mle.authoring.lesson import HIDDEN, SOLUTION, Lesson, find_lessons, read_lesson
from mle.authoring.release import CLAIMS
from mle.check.failure import MIME
from mle.grading.notebook import grade
from mle.warm import _load_jupyter_server_extension
from mle.warm.nursery import possible, the_nursery

ROOT = Path(__file__).resolve().parent.parent
SANITIZE = Path(__file__).with_name("nbval_sanitize.cfg")
SOLVED = sorted((ROOT / "solutions").glob("*/*.ipynb"))
RELEASED = sorted((ROOT / "modules").glob("*/*.ipynb"))
CELL_SECONDS = 300


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def lesson_of(path: Path) -> Lesson:
    return read_lesson(ROOT / "lessons" / path.parent.name / f"{path.stem}.py")


each_solved = pytest.mark.parametrize("path", SOLVED, ids=map(name_of, SOLVED))
each_released = pytest.mark.parametrize("path", RELEASED, ids=map(name_of, RELEASED))


def test_every_lesson_has_its_solved_and_its_released_notebook():
    lessons = [name_of(path) for path in find_lessons(ROOT)]
    assert lessons
    assert lessons == [name_of(path) for path in SOLVED] == [name_of(path) for path in RELEASED], "run `make build`"


# --- solutions/ -----------------------------------------------------------------------------------------------------


def nbval(folder: Path, *notebooks: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    """Run nbval, the real plugin, over notebooks in `folder`, in the environment that the build executes lessons in."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", f"--nbval-sanitize-with={SANITIZE}",
               f"--nbval-cell-timeout={CELL_SECONDS}", "-q", "--color=no", *options, *notebooks]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")} | ENVIRONMENT
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=570)


def report_of(result: subprocess.CompletedProcess) -> str:
    return f"{result.stdout[-6000:]}\n{result.stderr[-2000:]}"


@pytest.mark.slow
@each_solved
def test_a_solved_notebook_runs_to_its_stored_outputs(path: Path, tmp_path: Path):
    module = tmp_path / "solutions" / path.parent.name
    shutil.copytree(path.parent, module)
    result = nbval(module, path.name)
    assert result.returncode == 0, report_of(result)
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert f"{len(cells)} passed" in result.stdout, "a cell was skipped"
    left = {p.name for p in module.iterdir()} - {p.name for p in path.parent.iterdir()} - {"pytest.ini"}
    assert not left, "the lesson leaves files in its folder; it should write to a temporary one"


@each_solved
def test_nbval_has_something_to_compare_in_a_solved_notebook(path: Path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code), "nbval does not compare a cell that was never run"
    tags = {tag for cell in code for tag in cell.metadata.get("tags", [])}
    assert not tags & {"nbval-skip", "nbval-raises-exception"}, "a lesson's cell runs, and without an error"
    compared = [cell for cell in code if cell.outputs and "nbval-ignore-output" not in cell.metadata.get("tags", [])]
    assert len(compared) > len(lesson_of(path).exercises), "beside the verdicts, a lesson shows figures that reproduce"


def tiny_notebook(*sources: str) -> nbformat.NotebookNode:
    """A notebook of these cells, executed and stored as the build does."""
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    NotebookClient(notebook, timeout=60).execute(env=os.environ | ENVIRONMENT)
    tidy(notebook)
    return notebook


def test_nbval_fails_where_an_output_has_changed_and_only_there(tmp_path: Path):
    honest = tiny_notebook("print('loss', 0.295)", "object()", "def f(): pass\nprint(f, f.__code__.co_filename)")
    assert "0x…" in str(honest.cells[1].outputs) and "<cell>" in honest.cells[2].outputs[0].text, "tidied outputs"
    nbformat.write(honest, tmp_path / "honest.ipynb")
    doctored = copy.deepcopy(honest)
    doctored.cells[0].outputs = [new_output("stream", name="stdout", text="loss 0.294\n")]
    nbformat.write(doctored, tmp_path / "doctored.ipynb")
    tagged = copy.deepcopy(doctored)
    tagged.cells[0].metadata["tags"] = ["nbval-ignore-output"]
    nbformat.write(tagged, tmp_path / "tagged.ipynb")

    files = ("honest.ipynb", "doctored.ipynb", "tagged.ipynb")
    result = nbval(tmp_path, *files, options=("-n", "2", "--dist", "loadfile", "-rf"))
    assert result.returncode == 1, report_of(result)
    assert re.findall(r"^FAILED (\S+)", result.stdout, re.M) == ["doctored.ipynb::Cell"], report_of(result)
    assert "1 failed, 8 passed" in result.stdout, report_of(result)
    assert "loss 0.294" in result.stdout and "loss 0.295" in result.stdout, "the report shows both outputs"


def test_nbval_fails_where_a_check_gives_another_verdict(tmp_path: Path):
    lines = [
        "from mle import check",
        'answer = 2\ncheck.start("two", points=1)\ncheck.equal(answer, 2)\ncheck.passed()',
    ]
    notebook = tiny_notebook(*lines)
    assert notebook.cells[1].outputs[0].data[MIME]["status"] == "passed"
    notebook.cells[1].outputs[0].data[MIME]["points"] = 2.0
    nbformat.write(notebook, tmp_path / "verdict.ipynb")
    result = nbval(tmp_path, "verdict.ipynb")
    assert result.returncode == 1 and "1 failed, 1 passed" in result.stdout, report_of(result)


def test_what_nbval_sanitises_is_what_the_build_tidies():
    patterns = re.findall(r"^regex: (.*)$\n^replace: .*$", SANITIZE.read_text(encoding="ascii"), re.M)
    assert len(patterns) == 2
    assert patterns[0] == ADDRESS.pattern.replace("[0-9a-f]{6,}", r"(?:[0-9a-f]{6,}|\u2026)")
    assert patterns[1] == CELL_FILE.pattern.replace(r"'\"", "'\"")


@pytest.mark.slow
def test_mle_check_grades_a_notebook_as_the_engine_does():
    path = ROOT / "solutions" / "03-build-and-train-models" / "1-loss-and-gradient.ipynb"
    lesson = lesson_of(path)
    assert [v.points for v in grade(path, lesson)] == [e.points for e in lesson.exercises]
    assert {v.status for v in grade(ROOT / "modules" / path.parent.name / path.name, lesson)} == {"todo"}


# --- modules/ -------------------------------------------------------------------------------------------------------


@each_released
def test_a_released_notebook_opens_with_nothing_in_it_that_is_not_for_learners(path: Path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    lesson = lesson_of(path)
    assert leaks_in(notebook, lesson) == []
    text = "\n".join(cell.source for cell in notebook.cells)
    for mark in ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN", "check.prose("):
        assert mark not in text
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count is not None]
    assert not [cell.id for cell in notebook.cells if CLAIMS in cell.metadata.get("tags", [])]
    assert "mle" not in notebook.metadata, "the digest of the solved text stays with the solutions"
    graded = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    for exercise in lesson.exercises:
        assert "NotImplementedError" in graded[exercise.name].source
        assert graded[f"{exercise.name}-check"].metadata.nbgrader.points == exercise.points


@each_solved
def test_a_leak_would_be_seen(path: Path):
    lesson = lesson_of(path)
    origins = {leak.origin for leak in leaks_in(nbformat.read(path, as_version=4), lesson)}
    assert "solution" in origins
    assert ("hidden test" in origins) == any(HIDDEN.search(cell.source) for cell in lesson.cells)
    assert (CLAIMS in origins) == any(cell.get("claims") for cell in lesson.cells)


@each_released
def test_no_exercise_is_solved_by_what_the_lesson_gives(path: Path):
    lesson = lesson_of(path)
    given, _ = given_and_secret(lesson)
    for exercise in lesson.exercises:
        written = {line for match in SOLUTION.finditer(exercise.cell.source) for line in lines_of(match[2])}
        assert written - given, f"every line of the solution of {exercise.name} stands elsewhere in the lesson"


def verdicts_shown(cell: nbformat.NotebookNode) -> list[dict]:
    return [output.data[MIME] for output in cell.outputs if MIME in output.get("data", {})]


def errors_shown(cell: nbformat.NotebookNode) -> list[str]:
    return ["\n".join(output.traceback) for output in cell.outputs if output.output_type == "error"]


@pytest.fixture(scope="module")
def lab_environment() -> Iterator[dict[str, str]]:
    """The environment for kernels as `mle lab` starts them: forked where that is possible from a process that has their imports."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")} | ENVIRONMENT
    factory = KernelProvisionerFactory.instance()
    stock = factory.default_provisioner_name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", environment)
        _load_jupyter_server_extension(factory.parent)
    yield environment
    factory.default_provisioner_name = stock
    if possible():
        the_nursery().root.kill()


@pytest.mark.slow
@each_released
def test_a_released_notebook_runs_to_its_first_exercise_and_says_there_what_to_do(
    path: Path, lab_environment: dict[str, str], tmp_path: Path
):
    notebook = nbformat.read(path, as_version=4)
    roles = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    at = next(i for i, role in enumerate(roles) if role.get("solution") and notebook.cells[i].cell_type == "code")
    check_at = next(i for i, role in enumerate(roles) if role.get("grade") and notebook.cells[i].cell_type == "code")
    assert at < check_at
    notebook.cells = notebook.cells[: check_at + 1]
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, allow_errors=True, resources={"metadata": {"path": tmp_path}}
    )
    client.execute(env=lab_environment | {"JPY_SESSION_NAME": str(path)})

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    exercise, check = notebook.cells[at], notebook.cells[check_at]
    failed = [cell.id for cell in code if errors_shown(cell) and cell is not exercise and cell is not check]
    assert not failed, "a given cell fails before the first exercise"
    (verdict,) = verdicts_shown(check)
    if verdict["status"] == "error":  # the exercise cell itself stopped at its stub and defined nothing
        (stub,) = verdicts_shown(exercise)
        assert stub["status"] == "todo" and "is not defined" in verdict["says"]
    else:
        assert verdict["status"] == "todo"
    assert not verdict["seen"] and not verdict["expected"]
    for cell in (exercise, check):
        for shown in verdicts_shown(cell):
            assert len(re.findall(r"[.!?](?=\s|$)", shown["says"] + ".")) == 1, "one sentence"
        for traceback in errors_shown(cell):
            assert "\n" not in traceback.strip(), "no wall of traceback beside the box"
