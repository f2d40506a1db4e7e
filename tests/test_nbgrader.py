"""Stock nbgrader, with the repository's nbgrader_config.py: released, handed in, graded, fed back, exported, looked at.

The commands are nbgrader's own, run in a small course of one module that is built for the purpose.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from mle.authoring.build import build
from mle.authoring.lesson import read_lesson

ROOT = Path(__file__).resolve().parent.parent
MODULE, LESSON_NAME = "01-small", "1-small"
LEARNERS = {"solved": 6.0, "untouched": 0.0, "mistaken": 2.0}

LESSON = '''\
# %% [markdown]
# # Small

# %%
import mle
from mle import check

# %% [markdown]
# ### Exercise 1 · Double
#
# 5 min · ●○○○ · 2 points
#
# <details><summary>Hint 1 · the idea</summary>Add.</details>

# %% exercise="double"
def double(x):
    """Twice x, a number."""
    ### BEGIN SOLUTION
    return x * 2
    ### END SOLUTION

# %% check="double" points=2
check.differs(double(3), 3, says="returned as it came")
check.equal(double(3), 6)

# %% [markdown]
# ### Exercise 2 · Mean
#
# 5 min · ●○○○ · 4 points
#
# <details><summary>Hint 1 · the idea</summary>Add, then divide.</details>

# %% exercise="mean"
def mean(values):
    """The mean of a list of numbers; 0 for an empty one."""
    ### BEGIN SOLUTION
    return sum(values) / len(values) if values else 0
    ### END SOLUTION

# %% check="mean" points=4
check.differs(mean([1, 2]), 1, says="the division drops the remainder")
check.close(mean([1, 2]), 1.5)
### BEGIN HIDDEN TESTS
check.equal(mean([]), 0, says="the empty list of the hidden test is not thought of")
### END HIDDEN TESTS

# %% claims=true
check.prose("1.5", mean([1, 2]))

# %% [markdown]
# ### Exercise 3 · Say why
#
# 5 min · ●○○○ · 3 points
#
# A person grades it:
#
# | | full (3) | none (0) |
# |---|---|---|
# | **reason** | one value moves it | a word without a reason |
#
# <details><summary>Hint 1 · the idea</summary>Think of one value that is huge.</details>

# %% [markdown] explain="why" points=3
# The model answer: a single outlier moves a mean as far as it likes.
'''
ANSWERS = """\
# %% exercise="double" kind="alternative" name="plus"
def double(x):
    return x + x
# %% exercise="double" kind="alternative" name="shift"
def double(x):
    return sum([x, x])
# %% exercise="double" kind="mistake" name="same" says="returned as it came"
def double(x):
    return x
# %% exercise="double" kind="mistake" name="square" says="not equal"
def double(x):
    return x * x
# %% exercise="double" kind="mistake" name="text" says="not equal"
def double(x):
    return str(2 * x)
# %% exercise="mean" kind="alternative" name="fmean"
from statistics import fmean
def mean(values):
    return fmean(values) if values else 0
# %% exercise="mean" kind="alternative" name="or"
def mean(values):
    return sum(values) / (len(values) or 1)
# %% exercise="mean" kind="mistake" name="floor" says="the division drops the remainder"
def mean(values):
    return sum(values) // (len(values) or 1)
# %% exercise="mean" kind="mistake" name="empty" says="the empty list"
def mean(values):
    return sum(values) / len(values) if values else None
# %% exercise="mean" kind="mistake" name="sum" says="1.5"
def mean(values):
    return sum(values)
# %% [markdown] explain="why" kind="sample" points=3
# One outlier is enough to move it.
#
# *The reason is there.*
# %% [markdown] explain="why" kind="sample" points=1.5
# It is not robust.
#
# *A word for it, no reason.*
# %% [markdown] explain="why" kind="sample" points=0
# Because it is the average.
#
# *No reason.*
"""
ABOUT = """\
title = "Small"
duty = "to be graded"
prerequisites = []
datasets = []
outcomes = [{ text = "double", exercises = ["double"] }]
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one small module, with the repository's own nbgrader_config.py at its root, built."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    lesson = root / "lessons" / MODULE / f"{LESSON_NAME}.py"
    lesson.parent.mkdir(parents=True)
    (root / "grading").mkdir()
    for path, text in ((lesson, LESSON), (lesson.with_name(f"{LESSON_NAME}.answers.py"), ANSWERS),
                       (lesson.with_name("module.toml"), ABOUT)):  # fmt: skip
        path.write_text(text, encoding="utf-8")
    build(root)
    return root


def environment(course: Path) -> dict[str, str]:
    """Without a person's own Jupyter settings, and without any from elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTEST_"))}
    home = {"HOME": str(course), "JUPYTER_CONFIG_DIR": str(course / ".jupyter"), "JUPYTER_PREFER_ENV_PATH": "1"}
    return kept | home | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])}


def nbgrader(course: Path, *arguments: str) -> str:
    """Run a stock nbgrader command at the course's root; its log."""
    command = [str(Path(sys.executable).with_name("nbgrader")), *arguments]
    result = subprocess.run(command, cwd=course, env=environment(course), capture_output=True, text=True, timeout=200)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def released(course: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of modules/ as `mle build` wrote them, and after `nbgrader generate_assignment`."""
    before = files_in(course / "modules")
    nbgrader(course, "generate_assignment", MODULE, "--create", "--force")
    return before, files_in(course / "modules")


@pytest.fixture(scope="module")
def graded(course: Path, released) -> Path:
    """The course after its learners' notebooks were collected, graded, fed back and exported."""
    lesson = read_lesson(course / "lessons" / MODULE / f"{LESSON_NAME}.py")
    reference = {exercise.name: exercise.cell.source for exercise in lesson.exercises}
    mistake = lesson.exercise("mean").of_kind("mistake")[0].source
    answers = {
        "solved": reference | {"why": "Because one huge value moves it as far as it likes."},
        "untouched": {},
        "mistaken": {"double": reference["double"], "mean": mistake},
    }
    for learner in LEARNERS:
        notebook = nbformat.read(course / "modules" / MODULE / f"{LESSON_NAME}.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = answers[learner].get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        folder = course / "grading" / "submitted" / learner / MODULE
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON_NAME}.ipynb")
    nbgrader(course, "autograde", MODULE)
    nbgrader(course, "generate_feedback", MODULE)
    nbgrader(course, "export", "--to", "grading/grades.csv")
    return course


@pytest.mark.slow
def test_generate_assignment_writes_what_the_build_wrote_and_removes_nothing(released):
    before, after = released
    assert list(after) == list(before)
    assert [name for name in before if after[name] != before[name]] == []


@pytest.mark.slow
def test_the_gradebook_holds_the_right_scores(graded: Path):
    with Gradebook(f"sqlite:///{graded / 'grading' / 'gradebook.db'}") as gradebook:
        assignment = gradebook.find_assignment(MODULE)
        assert (assignment.max_code_score, assignment.max_written_score) == (6.0, 3.0)
        submissions = {s.student_id: s for s in gradebook.assignment_submissions(MODULE)}
        assert {learner: s.code_score for learner, s in submissions.items()} == LEARNERS
        grades = {grade.name: grade.auto_score for grade in submissions["mistaken"].notebooks[0].grades}
        assert grades["double-check"] == 2.0 and grades["mean-check"] == 0.0
        assert submissions["solved"].needs_manual_grade, "the free text waits for a person"


@pytest.mark.slow
def test_the_export_holds_the_same_scores(graded: Path):
    with (graded / "grading" / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {learner: float(row["raw_score"]) for learner, row in rows.items()} == LEARNERS
    assert {float(row["max_score"]) for row in rows.values()} == {9.0}


@pytest.mark.slow
def test_feedback_names_the_mistake(graded: Path):
    def feedback(learner: str) -> str:
        path = graded / "grading" / "feedback" / learner / MODULE / f"{LESSON_NAME}.html"
        return path.read_text(encoding="utf-8")

    assert "The division drops the remainder." in feedback("mistaken")
    assert "double · passed" in feedback("mistaken") and "mean · not yet" in feedback("mistaken")
    assert "Nothing is written here yet" in feedback("untouched")
    assert "not yet" not in feedback("solved")
    for learner in LEARNERS:
        assert "Traceback (most recent call last)" not in feedback(learner)


# --- formgrader -----------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(graded: Path) -> Iterator[str]:
    """The address of JupyterLab as an instructor starts it, at the course's root."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("jupyter")), "lab", "--no-browser", "--ServerApp.ip=127.0.0.1",
               f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--allow-root"]  # fmt: skip
    with (graded / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=graded, env=environment(graded), stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server has stopped"


def get(address: str, seconds: float = 60) -> tuple[int, str]:
    """The status and the text of a page, once the server answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status, answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.mark.slow
def test_formgrader_opens_and_lists_the_module_and_its_submissions(server: str, graded: Path):
    status, page = get(f"{server}/formgrader/manage_assignments")
    assert status == 200 and "Manage Assignments" in page
    assert "is not a subdirectory" not in page, "formgrader finds its course below the server's folder"
    status, text = get(f"{server}/formgrader/api/assignments")
    (assignment,) = json.loads(text)
    assert assignment["name"] == MODULE and assignment["num_submissions"] == len(LEARNERS)
    assert assignment["source_path"] == f"solutions/{MODULE}" and assignment["release_path"] == f"modules/{MODULE}"
    status, text = get(f"{server}/formgrader/api/submissions/{MODULE}")
    assert {row["student"]: row["code_score"] for row in json.loads(text)} == LEARNERS
    status, text = get(f"{server}/formgrader/api/submitted_notebooks/{MODULE}/{LESSON_NAME}")
    page_of = {row["student"]: f"{server}/formgrader/submissions/{row['id']}" for row in json.loads(text)}
    status, page = get(page_of["solved"])
    assert status == 200 and "one value moves it" in page, "the grader reads the rubric above the answer"
    assert "Because one huge value" in page and 'class="score tabbable" id="why"' in page, (
        "the answer, a box for its points"
    )
