"""Stock nbgrader, with the repository's nbgrader_config.py: released, handed in, graded, fed back, exported, looked at.

The commands are nbgrader's own, run in a small course of one module that is built for the purpose.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from test_browser import CHROMIUM, SECONDS, browser, without_network

from mle.authoring.build import build
from mle.authoring.lesson import read_lesson
from mle.grading.engine import course_at
from mle.grading.jail import reason_against
from mle.grading.report import write_report

ROOT = Path(__file__).resolve().parent.parent
MODULE, LESSON_NAME = "01-small", "1-small"
KEEP = os.environ.get("MLE_SHOTS", "")
"""Where the browser's pictures are kept, to be looked at."""
FORM_READY = "() => formgrader.loaded && !document.querySelector('.tabbable:read-only:is(input, textarea)')"
"""Whether formgrader's page of a submission takes keys and marks."""
LEARNERS = {"solved": 6.0, "untouched": 0.0, "mistaken": 2.0, "halfway": 5.0}

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
check.credit(3, "right for lists with something in them")
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
    return sum(values) / len(values) if values else -1
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


def make_course(root: Path) -> None:
    """Write and build a course of one small module, with the repository's own nbgrader_config.py at its root."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    lesson = root / "lessons" / MODULE / f"{LESSON_NAME}.py"
    lesson.parent.mkdir(parents=True)
    (root / "grading").mkdir()
    for path, text in ((lesson, LESSON), (lesson.with_name(f"{LESSON_NAME}.answers.py"), ANSWERS),
                       (lesson.with_name("module.toml"), ABOUT)):  # fmt: skip
        path.write_text(text, encoding="utf-8")
    build(root)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    make_course(root := tmp_path_factory.mktemp("course"))
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
    if why := reason_against():
        pytest.skip(f"no jail: {why}")
    lesson = read_lesson(course / "lessons" / MODULE / f"{LESSON_NAME}.py")
    reference = {exercise.name: exercise.cell.source for exercise in lesson.exercises}
    mistake = lesson.exercise("mean").of_kind("mistake")[0].source
    answers = {
        "solved": reference | {"why": "Because one huge value moves it as far as it likes."},
        "untouched": {},
        "mistaken": {"double": reference["double"], "mean": mistake},
        "halfway": {"double": reference["double"], "mean": lesson.exercise("mean").of_kind("mistake")[1].source},
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
    assert "not yet · 3 of 4 points: right for lists with something in them" in feedback("halfway"), (
        "and partial credit"
    )
    assert "The empty list of the hidden test is not thought of." in feedback("halfway")
    assert "mean([])" not in feedback("halfway"), "and no hidden test"
    assert "not yet" not in feedback("solved")
    for learner in LEARNERS:
        assert "Traceback (most recent call last)" not in feedback(learner)
        folder = graded / "grading" / "feedback" / learner / MODULE
        assert [path.name for path in folder.iterdir()] == [f"{LESSON_NAME}.html"], (
            "the verdicts' file stays with the instructor"
        )


@pytest.mark.slow
def test_mle_grade_finds_these_marks_there_and_reports_the_class(graded: Path):
    book = graded / "grading" / "gradebook.db"
    before = book.read_bytes()
    command = [sys.executable, "-m", "mle.cli", "grade", MODULE]
    done = subprocess.run(command, cwd=graded, env=environment(graded), capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert book.read_bytes() == before, "graded by `nbgrader autograde` already: nothing is written again"
    for learner, points in LEARNERS.items():
        assert re.search(rf"{learner} +│ +{points:g} of 6 ", done.stdout), done.stdout
    folder = graded / "grading" / "reports" / MODULE
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "1 × floor" in page and "the division drops the remainder" in page and "<em>mistaken</em>" in page
    assert "1 still wait for marks by hand" in page.replace("</strong>", "")
    with (folder / "marks.csv").open(newline="") as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)} == LEARNERS


@pytest.mark.slow
def test_mle_grade_says_what_is_wrong_with_what_it_is_asked(graded: Path):
    for arguments, says in (
        (["02-none"], f"no module '02-none'; there are {MODULE}"),
        ([MODULE, "--student", "nobody"], "nothing of 'nobody' was handed in"),
        ([MODULE, "--force", "--scheduler", "tcp://127.0.0.1:1"], "tcp://127.0.0.1:1"),
    ):
        command = [sys.executable, "-m", "mle.cli", "grade", *arguments]
        done = subprocess.run(command, cwd=graded, env=environment(graded), capture_output=True, text=True, timeout=200)
        assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr, done.stderr


# --- formgrader -----------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def instructors_lab(course: Path) -> Iterator[str]:
    """The address of JupyterLab as an instructor starts it, at the course's root."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("jupyter")), "lab", "--no-browser", "--ServerApp.ip=127.0.0.1",
               f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--allow-root"]  # fmt: skip
    with (course / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=course, env=environment(course), stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:  # Jupyter's own end may hang: see mle.study.server
                process.kill()
                process.wait()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server has stopped"


@pytest.fixture
def server(graded: Path) -> Iterator[str]:
    with instructors_lab(graded) as address:
        yield address


def get(address: str) -> tuple[int, str]:
    """The status and the text of a page, once the server answers."""
    deadline = time.monotonic() + SECONDS
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


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: install it with the system's package manager")
def test_an_instructor_sees_the_class_in_formgrader_grades_by_its_button_and_reads_the_report(
    server: str, graded: Path, tmp_path: Path
):
    receipt = graded / "grading" / "autograded" / "mistaken" / MODULE / "receipt.json"
    get(f"{server}/formgrader/manage_assignments")  # once it answers
    with browser(tmp_path) as page:
        without_network(page)
        page.goto(f"{server}/formgrader/gradebook/{MODULE}")
        page.locator("td a", has_text=LESSON_NAME).wait_for()
        page.screenshot(path=tmp_path / "1-gradebook.png")

        shutil.rmtree(receipt.parent)
        page.goto(f"{server}/formgrader/manage_submissions/{MODULE}")
        row = page.locator("tr", has_text="mistaken")
        row.locator("td.autograde a").click()
        page.get_by_text("Success").first.wait_for()
        page.screenshot(path=tmp_path / "2-autograded.png")
        told = json.loads(receipt.read_text(encoding="utf-8"))["verdicts"][LESSON_NAME]
        assert [verdict["status"] for verdict in told] == ["passed", "failed"], "the button's marks are the engine's"

        _, text = get(f"{server}/formgrader/api/submitted_notebooks/{MODULE}/{LESSON_NAME}")
        page_of = {each["student"]: each["id"] for each in json.loads(text)}
        held = []
        page.route("**/formgrader/api/grades?*", lambda route: held.append(route))
        page.goto(f"{server}/formgrader/submissions/{page_of['mistaken']}")
        page.wait_for_function("formgrader.comments?.loaded")
        points = page.locator("input#why")
        assert not points.is_editable(), "nbgrader would overwrite what is typed before the marks have come"
        page.unroute("**/formgrader/api/grades?*")
        held[0].continue_()
        page.wait_for_function(FORM_READY)
        assert points.is_editable()
        page.get_by_text("The division drops the remainder.").first.wait_for()
        assert "the empty list" not in page.content(), "no hidden test"
        page.screenshot(path=tmp_path / "3-submission.png", full_page=True)
        assert (
            page.locator(".text_cell_render td").first.evaluate("cell => getComputedStyle(cell).borderTopStyle")
            == "solid"
        )
        page.keyboard.press("Control+.")  # on to the next submission
        page.wait_for_url(lambda address: page_of["mistaken"] not in address)

        write_report(course_at(graded), MODULE)
        page.goto((graded / "grading" / "reports" / MODULE / "index.html").as_uri())
        assert page.locator("img").evaluate("image => image.naturalWidth") > 500
        page.get_by_text("1 × floor").click()
        page.locator("details[open] em", has_text="mistaken").wait_for()
        page.screenshot(path=tmp_path / "4-report.png", full_page=True)
        page.goto((graded / "grading" / "feedback" / "mistaken" / MODULE / f"{LESSON_NAME}.html").as_uri())
        page.get_by_text("The division drops the remainder.").first.wait_for()
        page.screenshot(path=tmp_path / "5-feedback.png", full_page=True)
    if KEEP:
        shutil.copytree(tmp_path, KEEP, dirs_exist_ok=True)
