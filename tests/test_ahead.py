"""Given cells that the grader runs once for all: only those that no work of a learner's bears on, and to the same effect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from mle.authoring.flow import ahead_problems, ready
from mle.authoring.lesson import Lesson, read_lesson
from mle.grading import jail
from mle.grading.farm import Nest
from mle.grading.limits import Limits
from mle.grading.notebook import skeleton_of
from mle.grading.submission import Work, ground_of, steps_of

NO_JAIL = jail.reason_against()
LESSON = '''# %%
import math
from pathlib import Path

from mle import check

numbers = [1, 2, 3]
limit = 1


def root(x):
    """The square root."""
    return math.sqrt(x)


# %% exercise="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double" points=1
check.equal(double(limit), 2)

# %% AHEAD
with Path(COUNTER).open("a") as counter:
    counter.write("once ")
limit = 4
roots = [root(n) for n in numbers]

# %% exercise="triple"
def triple(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION


# %% check="triple" points=1
check.equal(triple(limit), 12)
check.close(roots[0], 1.0)
'''


@pytest.fixture
def lesson_of(tmp_path: Path) -> Callable[..., Lesson]:
    """The lesson whose later given cell is marked `ahead`, with some of its text replaced by other text."""

    def lesson(*changes: tuple[str, str]) -> Lesson:
        text = LESSON.replace("COUNTER", repr(str(tmp_path / "counter"))).replace("AHEAD", "ahead=true")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "1-ahead.py"
        path.write_text(text, encoding="utf-8")
        path.with_name("1-ahead.answers.py").write_text("", encoding="utf-8")
        return read_lesson(path)

    return lesson


def test_a_cell_that_waits_for_no_learner_may_run_ahead(lesson_of):
    assert not ahead_problems(lesson_of())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("root(n) for", "double(n) for", "reads double"),
        ("    ### BEGIN SOLUTION\n    return 2", "    global numbers\n    numbers = []\n    ### BEGIN SOLUTION\n    return 2", "reads numbers"),
        ("    return math.sqrt(x)", "    return double(x)", "reads double"),
        ("# %% ahead=true", "# %%\nnumbers = [double(4)]\n\n# %% ahead=true", "reads numbers"),
        ("roots = [", "numbers.append(9)\nroots = [", "changes numbers"),
        ("import math\nfrom", "import math\nimport tensorflow\nfrom", "without TensorFlow"),
        ("# %%\nimport math", "# %% ahead=true\nimport math", "after the first exercise"),
        ('# %% exercise="triple"', '# %% exercise="triple" ahead=true', "marks a given cell"),
    ],
    ids=["reads an answer", "changed by an answer", "by a function of the course", "reads what waits", "in place", "no fork", "too early", "an exercise"],
)  # fmt: skip
def test_the_build_refuses_a_mark_on_a_cell_that_a_learner_bears_on(lesson_of, old: str, new: str, says: str):
    problems = ahead_problems(lesson_of((old, new)))
    assert any(says in problem for problem in problems), problems
    assert all("1-ahead.py:" in problem for problem in problems)


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("def double(x): return x + x", True),
        ("limit = 7", True),
        ("numbers = [9]", False),
        ("numbers.append(16)", False),
        ("def root(x): return -x", False),
        ("math.sqrt = abs", False),
        ("globals()['numbers'] = []", False),
        ("def double(x:", False),
    ],
)
def test_a_cell_counts_as_run_ahead_only_where_the_learner_left_alone_what_it_reads(
    lesson_of, source: str, taken: bool
):
    assert bool(ready(lesson_of(), [source])) is taken


@pytest.mark.skipif(bool(NO_JAIL), reason=f"no jail: {NO_JAIL}")
def test_its_names_are_there_from_its_place_on_and_it_runs_once_for_all_learners(lesson_of, tmp_path: Path):
    lesson = lesson_of(("with Path(", "pass  # with Path("), ("    counter.write", "pass  # counter.write"))
    honest = {"double": "def double(x): return 2 * x", "triple": "def triple(x): return 3 * x"}
    disturbing = honest | {"double": "numbers[0] = 16\n" + honest["double"]}  # roots are another's then
    with Nest(ground_of(lesson), Limits()) as nest:
        for answers, expected in ((honest, [1, 1]), (disturbing, [1, 0]), (honest, [1, 1])):
            steps = steps_of(lesson, Work(answers=answers), skeleton_of(lesson))
            assert [step.ahead for step in steps if step.source.startswith("pass")] == [answers is honest]
            assert [v.points for v in nest.run(steps).verdicts] == expected


def test_without_a_warm_kernel_it_runs_in_its_place(lesson_of, tmp_path: Path):
    from mle.grading.notebook import grade

    lesson = lesson_of()
    notebook = skeleton_of(lesson)
    for cell, ours in zip(notebook.cells, lesson.cells, strict=True):
        cell.source = ours.source
    nbformat.write(notebook, tmp_path / "1-ahead.ipynb")
    assert [v.points for v in grade(tmp_path / "1-ahead.ipynb", lesson)] == [1, 1]
    assert (tmp_path / "counter").read_text() == "once "
