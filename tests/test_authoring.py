"""From a lesson's text to its notebooks: every problem named by file and line, and a build that can be trusted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from mle.authoring import build as building
from mle.authoring import rubrics
from mle.authoring.build import build, build_lesson, is_fresh, notebook_of, paths_of, text_of, tidy
from mle.authoring.lesson import STUB, LessonError, find_lessons, read_lesson
from mle.authoring.style import problems_of

ROOT = Path(__file__).resolve().parent.parent

LESSON = '''\
# %% [markdown]
# # Doubling
#
# The mean is 1.5 after it, up 20 %.
#
# ![A rising line](line.png)

# %%
from mle import check
import numpy as np

values = np.array([1.0, 2.0])

# %% claims=true
check.prose("1.5", values.mean())
check.prose("20 %", 0.2)

# %% [markdown]
# ### Exercise 1 · Double
#
# 5 min · ●○○○ · 2 points
#
# <details><summary>Hint 1 · the idea</summary>Add.</details>

# %% exercise="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    secret = 2
    return x * secret
    ### END SOLUTION

# %% check="double" points=2
check.close(double(values), [2, 4], says="not twice")
### BEGIN HIDDEN TESTS
check.equal(double(21), 42, says="hidden")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2 · Explain
#
# 5 min · ●●○○ · 3 points
#
# <details><summary>Hint 1 · the idea</summary>Think.</details>

# %% [markdown] explain="memo" points=3
# The model answer.
'''
ANSWERS = """\
# %% exercise="double" kind="alternative" name="plus"
def double(x): return x + x

# %% exercise="double" kind="alternative" name="half"
def double(x): return x / 0.5

# %% exercise="double" kind="mistake" name="same" says="not twice"
def double(x): return x

# %% exercise="double" kind="mistake" name="square" says="squared"
def double(x): return x * x

# %% exercise="double" kind="mistake" name="half" says="halved"
def double(x): return x / 2

# %% [markdown] explain="memo" kind="sample" points=3
# A good text.
#
# *It says all.*

# %% [markdown] explain="memo" kind="sample" points=1.5
# Half a text.
#
# *It says half.*

# %% [markdown] explain="memo" kind="sample" points=0
# No text.
#
# *It says nothing.*
"""
ANSWERS = ANSWERS.replace('name="half"', 'name="by half"', 1)
MODULE = (
    'title="Demo"\nduty="x"\nprerequisites=[]\ndatasets=[]\noutcomes=[{text="double", exercises=["double", "memo"]}]\n'
)


@pytest.fixture
def course(tmp_path) -> Path:
    folder = tmp_path / "lessons" / "01-demo"
    folder.mkdir(parents=True)
    (folder / "1-double.py").write_text(LESSON, encoding="utf-8")
    (folder / "1-double.answers.py").write_text(ANSWERS, encoding="utf-8")
    (folder / "module.toml").write_text(MODULE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def executed(monkeypatch) -> list[str]:
    """The lessons that were executed, in order; nothing runs, every code cell prints `out`."""
    names: list[str] = []

    def execute(notebook, lesson, folder):
        names.append(lesson.name)
        for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
            cell.execution_count = number + 1
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="solution output\n")]
        return {"seconds": 1.0, "megabytes": 120.0}

    monkeypatch.setattr(building, "execute", execute)
    return names


def lesson_at(course: Path) -> Path:
    return course / "lessons" / "01-demo" / "1-double.py"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def problems(course: Path) -> list[str]:
    try:
        lesson = read_lesson(lesson_at(course))
        return problems_of(lesson) + rubrics.problems_of(lesson)
    except LessonError as error:
        return error.problems


def test_the_sample_lesson_has_no_problem(course):
    assert problems(course) == []


EXERCISE, CHECK = '# %% exercise="double"', '# %% check="double" points=2'
CARD = "# ### Exercise 1 · Double"
IN_THE_LESSON = {  # name: (old, new, the text at whose line the problem is, what it says)
    "a doubled exercise": (CHECK, f'{EXERCISE}\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n\n{CHECK}', None, "already at line"),
    "a doubled check": (CHECK, f"{CHECK}\npass\n\n{CHECK}", None, "already at line"),
    "an upper-case name": (EXERCISE, '# %% exercise="Double_it"', '# %% exercise="Double_it"', "lower-case words"),
    "an exercise without a check": (CHECK, "# %%", EXERCISE, "has no check"),
    "a check without an exercise": (CHECK, '# %% check="triple" points=2\npass\n\n' + CHECK, '# %% check="triple"', "has no exercise of that name"),
    "a check before its exercise": (EXERCISE, f"{CHECK}\npass\n\n{EXERCISE}", CHECK, "before its exercise"),
    "a check without points": (CHECK, '# %% check="double"', '# %% check="double"', "has no points"),
    "points that are no number": (CHECK, '# %% check="double" points="2"', '# %% check="double"', "has no points"),
    "negative points": (CHECK, '# %% check="double" points=-2', '# %% check="double"', "has no points"),
    "an exercise without a region": ("    ### END SOLUTION", "", EXERCISE, "has no ### BEGIN SOLUTION"),
    "a region that is not ended": ("    ### END SOLUTION", "    ### END SOLUTION\n    ### BEGIN SOLUTION", EXERCISE, "2 ### BEGIN SOLUTION but 1"),
    "hidden tests that are not ended": ("### END HIDDEN TESTS", "", CHECK, "1 ### BEGIN HIDDEN TESTS but 0"),
    "a solution in a given cell": ("values = np", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\nvalues = np", "# %%\nfrom mle", "would be given"),
    "hidden tests in a given cell": ("values = np", "### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS\nvalues = np", "# %%\nfrom mle", "would be given"),
    "a misspelt mark": (EXERCISE, '# %% excercise="double"', '# %% excercise="double"', "the mark excercise= is none of"),
    "an exercise in prose": ('# %% [markdown] explain="memo" points=3', '# %% [markdown] exercise="memo"', '# %% [markdown] exercise', "must be a code cell"),
    "free text in code": ('# %% [markdown] explain="memo" points=3', '# %% explain="memo" points=3', '# %% explain', "must be a markdown cell"),
    "free text without points": ('explain="memo" points=3', 'explain="memo"', '# %% [markdown] explain', "has no points"),
    "free text with the name of an exercise": ('explain="memo"', 'explain="double"', '# %% [markdown] explain', "names an exercise already"),
    "a picture without words": ("![A rising line]", "![]", "# ![](line.png)", "without alt text"),
    "an HTML picture without words": ("![A rising line](line.png)", '<img src="a.png">', "# <img", "without alt text"),
    "an HTML picture with blank words": ("![A rising line](line.png)", '<img alt="  " src="a.png">', "# <img", "without alt text"),
    "a card without a hint": ("# <details><summary>Hint 1 · the idea</summary>Add.</details>", "#", EXERCISE, "has no hint"),
    "a card with other points": ("●○○○ · 2 points", "●○○○ · 3 points", EXERCISE, "says 3 points, its check 2"),
    "no card": (CARD, "# ### Task 1: Double", EXERCISE, "has no card"),
    "a difficulty of five": ("●○○○ ·", "●○○○○ ·", EXERCISE, "has no card"),
    "a figure that no cell asserts": ("The mean is 1.5", "It costs 1,234 and the mean is 1.5", "# It costs", "'1,234' is asserted by no cell"),
    "a figure whose assertion is commented out": ('check.prose("20 %"', '# check.prose("20 %"', "# The mean", "'20 %' is asserted by no cell"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_THE_LESSON)
def test_a_problem_of_the_lesson_is_named_with_its_line(course, name):
    old, new, at, says = IN_THE_LESSON[name]
    edit(lesson_at(course), old, new)
    text = lesson_at(course).read_text(encoding="utf-8")
    found = problems(course)
    (own,) = [p for p in found if says in p]
    assert "\n" not in own
    line = (
        text[: text.rindex(CHECK if "check" in name else EXERCISE)].count("\n") + 1 if at is None else line_of(text, at)
    )
    assert own.startswith(f"{lesson_at(course)}:{line}: ")


MISTAKE = '# %% exercise="double" kind="mistake" name="same" says="not twice"'
IN_THE_ANSWERS = {
    "a mistake without its message": (MISTAKE, '# %% exercise="double" kind="mistake" name="same"', "has no says="),
    "an unknown kind": (MISTAKE, '# %% exercise="double" kind="wrong" name="same" says="x"', "none of alternative, mistake, equivalent"),
    "a kind that is the course's own": (MISTAKE, '# %% exercise="double" kind="reference" name="same"', "none of alternative"),
    "an answer without a name": (MISTAKE, '# %% exercise="double" kind="mistake" says="x"', "needs a name"),
    "two answers of one name": (MISTAKE, '# %% exercise="double" kind="mistake" name="plus" says="x"', "already has an answer named 'plus'"),
    "an answer to no exercise": (MISTAKE, '# %% exercise="triple" kind="mistake" name="same" says="x"', "no exercise 'triple'"),
    "an equivalent without a reason": (MISTAKE, '# %% exercise="double" kind="equivalent" mutant="- a | + b"', "needs mutant="),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_THE_ANSWERS)
def test_a_problem_of_the_answers_is_named_with_its_line(course, name):
    old, new, says = IN_THE_ANSWERS[name]
    path = lesson_at(course).with_name("1-double.answers.py")
    edit(path, old, new)
    (own,) = problems(course)
    assert own.startswith(f"{path}:{line_of(ANSWERS, MISTAKE)}: ") and says in own


def test_too_few_mistakes_and_alternatives_are_counted(course):
    path = lesson_at(course).with_name("1-double.answers.py")
    path.write_text(ANSWERS[ANSWERS.index(MISTAKE) :], encoding="utf-8")
    assert problems(course) == [f"{path}: exercise 'double' has 0 of 2 alternatives"]


def test_a_missing_answers_file_a_missing_lesson_and_bytes_that_are_no_text_are_named(course):
    path = lesson_at(course)
    path.with_name("1-double.answers.py").unlink()
    assert problems(course) == [
        f"{path.with_name('1-double.answers.py')}: missing; it holds the alternatives and mistakes of 1-double.py"
    ]
    path.write_bytes(LESSON.encode("utf-8").replace(b"Doubling", "Doubling \xe9".encode("latin-1")))
    (own,) = problems(course)
    assert own.startswith(f"{path}:2: not UTF-8")
    path.unlink()
    assert problems(course) == [f"{path}: no such file"]


def test_code_that_is_no_python_is_named_with_its_line(course):
    edit(lesson_at(course), "values = np.array([1.0, 2.0])", "values = np.array([1.0, 2.0)")
    with pytest.raises(LessonError) as caught:
        assert read_lesson(lesson_at(course)).imports
    assert caught.value.problems[0].startswith(f"{lesson_at(course)}:{line_of(LESSON, 'values = np')}: no Python")


def test_every_problem_is_told_at_once_and_nothing_is_executed(course, executed):
    edit(lesson_at(course), CHECK, '# %% check="double"')
    edit(lesson_at(course).with_name("1-double.answers.py"), 'says="halved"', "")
    with pytest.raises(LessonError) as caught:
        build(course)
    assert len(caught.value.problems) == 2 and not executed


@pytest.mark.parametrize(
    "missing, says",
    [
        ('title="Demo"\n', "without title"),
        ('duty="x"\n', "without either duty or role"),
        ("duty=", "not TOML"),
        ('exercises=["double", "memo"]', "names the exercise"),
    ],
)
def test_a_problem_of_the_module_is_named(course, executed, missing, says):
    path = lesson_at(course).with_name("module.toml")
    edit(
        path, missing, "" if says.startswith("without") else "duty==" if says == "not TOML" else 'exercises=["triple"]'
    )
    with pytest.raises(LessonError, match=says) as caught:
        build(course)
    assert caught.value.problems[0].startswith(f"{path}")


def files(course: Path) -> dict[Path, tuple[bytes, int]]:
    return {
        p: (p.read_bytes(), p.stat().st_mtime_ns)
        for folder in ("solutions", "modules")
        for p in (course / folder).rglob("*")
        if p.is_file()
    }


def test_an_unchanged_lesson_is_not_executed_again_and_a_second_build_changes_no_byte(course, executed):
    assert [p.name for p in build(course)] == ["1-double.py"]
    before = files(course)
    assert {p.name for p in before} >= {"1-double.ipynb", "measured.json", "index.md"}
    assert build(course) == []
    assert {p: data for p, (data, _) in files(course).items()} == {p: data for p, (data, _) in before.items()}
    assert {p: at for p, (_, at) in files(course).items() if p.suffix == ".ipynb"} == {
        p: at for p, (_, at) in before.items() if p.suffix == ".ipynb"
    }
    assert executed == ["1-double"]
    build(course, force=True)
    assert {p: data for p, (data, _) in files(course).items()} == {p: data for p, (data, _) in before.items()}
    assert executed == ["1-double"] * 2


@pytest.mark.parametrize(
    ("old", "new"), [("# Doubling", "# Twice"), ("values = np", "numbers = values = np"), ("points=3", "points=4")]
)
def test_a_changed_text_is_built_anew(course, executed, old, new):
    build(course)
    edit(lesson_at(course), old, new)
    if "points" in old:
        edit(lesson_at(course), "●●○○ · 3 points", "●●○○ · 4 points")
    assert not is_fresh(read_lesson(lesson_at(course)), course)
    assert [p.name for p in build(course, check=True)] == ["1-double.py"] and len(executed) == 1
    build(course)
    assert len(executed) == 2 and build(course, check=True) == []


def test_only_the_lesson_that_changed_is_executed(course, executed):
    for suffix in (".py", ".answers.py"):
        shutil.copy(lesson_at(course).with_suffix(suffix) if suffix == ".py" else lesson_at(course).with_name("1-double.answers.py"),
                    lesson_at(course).with_name(f"2-other{suffix}"))  # fmt: skip
    build(course)
    edit(lesson_at(course), "# Doubling", "# Twice")
    build(course)
    assert executed == ["1-double", "2-other", "1-double"]


def interrupt(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["execute", "tidy", "release", "text_of"])
def test_an_interrupted_build_leaves_the_old_files(course, executed, monkeypatch, where):
    build(course)
    before = {p: data for p, (data, _) in files(course).items()}
    edit(lesson_at(course), "# Doubling", "# Twice")
    monkeypatch.setattr(building, where, interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(course)
    assert {p: data for p, (data, _) in files(course).items()} == before
    monkeypatch.undo()
    assert not is_fresh(read_lesson(lesson_at(course)), course)


def test_a_build_interrupted_between_its_two_files_is_noticed(course, executed, monkeypatch):
    build(course)
    edit(lesson_at(course), "# Doubling", "# Twice")
    lesson, replaced = read_lesson(lesson_at(course)), []
    real = os.replace

    def once(source, target):
        if replaced:
            raise KeyboardInterrupt
        replaced.append(target)
        real(source, target)

    monkeypatch.setattr(building.os, "replace", once)
    with pytest.raises(KeyboardInterrupt):
        build_lesson(lesson, course)
    monkeypatch.setattr(building.os, "replace", real)
    assert not is_fresh(lesson, course)
    build(course)
    assert is_fresh(lesson, course)


def broken(path: Path) -> None:
    path.write_text("<<<<<<< HEAD\n{", encoding="utf-8")


def meddle(change):
    def write(path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        path.write_text(text_of(notebook), encoding="utf-8")

    return write


def set_source(notebook, text="print(1)"):
    notebook.cells[1].source = text


def set_points(notebook):
    next(c for c in notebook.cells if c.id == "double-check").metadata["nbgrader"]["points"] = 99


EDITS = {
    "a changed cell": meddle(set_source), "a dropped cell": meddle(lambda nb: nb.cells.pop()), "a changed stub": meddle(lambda nb: nb.cells[4].update(source="x")),
    "changed points": meddle(set_points), "a space at the end": lambda p: p.write_text(p.read_text(encoding="utf-8") + " ", encoding="utf-8"),
    "half a file": broken, "nothing": lambda p: p.unlink(),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("side", [0, 1], ids=["solution", "module"])
def test_a_built_notebook_that_was_edited_by_hand_is_not_fresh(course, executed, name, side):
    build(course)
    lesson = read_lesson(lesson_at(course))
    path = paths_of(lesson, course)[side]
    before = path.read_bytes()
    EDITS[name](path)
    if (name, side) != ("a space at the end", 0):
        assert not is_fresh(lesson, course)
        build(course)
        assert is_fresh(lesson, course) and path.read_bytes() == before


def test_the_released_notebook_holds_no_solution_no_hidden_test_no_claim_and_no_output(course, executed):
    build(course)
    path = paths_of(read_lesson(lesson_at(course)), course)[1]
    text = path.read_text(encoding="utf-8")
    for secret in ("secret", "SOLUTION", "HIDDEN", "42", "prose(", "The model answer", "solution output", "sha256"):
        assert secret not in text, secret
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert all(c.get("outputs", []) == [] and c.get("execution_count") is None for c in notebook.cells)
    cells = {c.id: c for c in notebook.cells}
    assert cells["double"].source == f'def double(x):\n    """Twice x."""\n    {STUB}'
    assert cells["double-check"].source.startswith('check.start("double", points=2)\n') and cells[
        "double-check"
    ].source.endswith("check.passed()")
    role = cells["double-check"].metadata["nbgrader"]
    assert (role["grade"], role["solution"], role["locked"], role["points"]) == (True, False, True, 2)
    memo = cells["memo"].metadata["nbgrader"]
    assert (memo["grade"], memo["solution"], memo["points"]) == (True, True, 3)
    assert len(cells) == len(notebook.cells), "cell ids are unique"


def test_the_release_is_what_nbgraders_own_generate_assignment_makes(course, executed):
    build(course)
    lesson = read_lesson(lesson_at(course))
    ours = json.loads(paths_of(lesson, course)[1].read_text(encoding="utf-8"))
    stock = course / "stock"
    shutil.copytree(course / "solutions", stock / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", stock)
    (stock / "grading").mkdir()
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01-demo", "--create"]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # for alembic
    done = subprocess.run(command, cwd=stock, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    theirs = json.loads((stock / "modules" / "01-demo" / "1-double.ipynb").read_text(encoding="utf-8"))
    assert theirs == json.loads(text_of(nbformat.from_dict(ours)))


def test_outputs_are_tidied_of_what_differs_from_run_to_run(course):
    notebook = notebook_of(read_lesson(lesson_at(course)))
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    stream = nbformat.v4.new_output
    cell.outputs = [stream("stream", name="stdout", text="<f at 0x7f00deadbeef>\n"), stream("stream", name="stdout", text="two\n"),
                    stream("stream", name="stderr", text="/tmp/ipykernel_12/345.py:1: warning\n"),
                    stream("display_data", data={"image/png": "aaaa", "text/plain": "<Figure at 0x7f00deadbeef>"})]  # fmt: skip
    cell.metadata["execution"] = {"iopub.execute_input": "2020"}
    tidy(notebook)
    assert [o.get("text") for o in cell.outputs] == ["<f at 0x…>\ntwo\n", "<cell>:1: warning\n", None]
    assert cell.outputs[-1].data["text/plain"] == "<Figure at 0x…>"
    assert cell.metadata.get("tags") == [building.IGNORE_OUTPUT] and "execution" not in cell.metadata


REAL = LESSON.replace(
    "values = np.array([1.0, 2.0])",
    "values = np.array([1.0, 2.0])\nprint(object())\nimport random, time\nprint('plain')\nvalues",
)


def test_a_real_build_runs_the_solutions_and_is_the_same_twice(course):
    lesson_at(course).write_text(REAL, encoding="utf-8")
    build(course)
    before = {p: data for p, (data, _) in files(course).items()}
    solved = nbformat.read(paths_of(read_lesson(lesson_at(course)), course)[0], as_version=4)
    texts = [
        o.get("text", "") or o.get("data", {}).get("text/plain", "") for c in solved.cells for o in c.get("outputs", [])
    ]
    assert any("✓ double · passed" in text for text in texts) and any("plain\n" in text for text in texts)
    assert not re.search(r"0x[0-9a-f]{6}", "".join(texts))
    build(course, force=True)
    assert {p: data for p, (data, _) in files(course).items()} == before


def test_a_lesson_that_raises_is_named_with_the_line_of_the_cell(course):
    edit(lesson_at(course), "return x * secret", "return x * secretive")
    with pytest.raises(LessonError) as caught:
        build(course)
    (own,) = caught.value.problems
    line = line_of(LESSON, CHECK)
    assert own.startswith(f"{lesson_at(course)}:{line}: the cell fails: ") and "secretive" in own
    assert not paths_of(read_lesson(lesson_at(course)), course)[0].exists()


def test_the_command_tells_problems_without_a_traceback(course):
    edit(lesson_at(course), CHECK, '# %% check="double"')
    done = subprocess.run(
        [sys.executable, "-m", "mle.cli", "build"], cwd=course, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and "has no points" in done.stderr and "Traceback" not in done.stderr


def test_lessons_are_found_in_order_and_answers_are_none(course):
    folder = lesson_at(course).parent
    for name in ("3-c.py", "2-b.py", "2-b.answers.py", "notes.py"):
        (folder / name).write_text("", encoding="utf-8")
    assert [p.name for p in find_lessons(course)] == ["1-double.py", "2-b.py", "3-c.py"]


def test_a_clip_of_megabytes_in_an_output_is_tidied_in_no_time():
    started = time.process_time()
    assert building._clean(f'<video src="data:video/webm;base64,{"A" * 3_000_000}"> ipykernel_1/2.py').endswith(
        " <cell>"
    )
    assert time.process_time() - started < 2, "linear, where each start tried anew takes an hour"
