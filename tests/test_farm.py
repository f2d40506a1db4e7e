"""Warm kernels: each limit is named, only the check it happened in is lost, and nothing is run twice that is known."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from mle.authoring.build import build
from mle.authoring.flow import needed
from mle.authoring.lesson import Lesson, read_lesson
from mle.check.failure import Verdict
from mle.grading import GradingError, engine, jail
from mle.grading.farm import Farm, Job, Lost, Nest, NestError, run_here
from mle.grading.judge import ATTEMPTS, Result, judged
from mle.grading.limits import Limits
from mle.grading.notebook import skeleton_of
from mle.grading.store import addresses
from mle.grading.submission import Ground, Step, Work, steps_of

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
from faults import ANSWERS, LESSON, LESSON_NAME, MODULE, hand_in, make_course

NO_JAIL = jail.reason_against()
needs_jail = pytest.mark.skipif(bool(NO_JAIL), reason=f"no jail: {NO_JAIL}")
IMPORTS = "from mle import check"
LIMITS = Limits(step_seconds=5, notebook_seconds=60, cpu_seconds=0.8, memory=200, processes=20)


def cell(source: str) -> Step:
    return Step(source)


def asks(name: str, value: int) -> Step:
    return Step(f"check.equal({name}, {value})", name, 1.0)


GOOD = [cell("a = 1"), asks("a", 1)]
LAST = [cell("c = 3"), asks("c", 3)]


# --- a real nest ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nest() -> Iterator[Nest]:
    if NO_JAIL:
        pytest.skip(f"no jail: {NO_JAIL}")
    with Nest(Ground(IMPORTS, ("from mle import check\ngiven = [1, 2]",)), LIMITS) as nest:
        yield nest


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import time\ntime.sleep(100)\nb = 2", "did not come to an end within 5 s"),
        ("while True: pass", "more than 0.8 s of computing time"),
        ("kept = [bytearray(10_000_000) for _ in range(10_000)]\nb = 2", "more than 200 MB of memory"),
        ("import subprocess\nall_ = [subprocess.Popen(['sleep', '50']) for _ in range(40)]\nimport time\ntime.sleep(9)",
         "more than 20 processes"),
        ("import os\nos._exit(7)", "ended its own process (exit code 7)"),
        ("import ctypes\nctypes.string_at(0)", "ended its own process (exit code -11)"),
        ("b = 5", "Saw 5; expected 2"),
    ],
    ids=["time", "cpu", "memory", "processes", "exit", "crash", "wrong"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["in a cell", "in a check"])
def test_a_limit_is_named_and_only_the_check_it_happened_in_is_lost(nest: Nest, source: str, says: str, where: str):
    if where == "in a cell":
        bad = [cell(source), asks("b", 2)]
    else:
        body = source.replace("b = ", "return ").replace("\n", "\n    ")
        bad = [cell(f"def f():\n    {body}"), Step("check.equal(f(), 2)", "b", 1.0)]
    result = nest.run([*GOOD, *bad, *LAST])
    assert [v.exercise for v in result.verdicts] == ["a", "b", "c"]
    assert [v.passed for v in result.verdicts] == [True, False, True]
    assert says in result.verdicts[1].message or refused_by_the_system(says, result.verdicts[1])


def refused_by_the_system(says: str, verdict: Verdict) -> bool:
    """Whether the kernel refused a process before the guardian saw too many: then the cell raises, and b is not there."""
    words = ("'b' is not defined", "Resource temporarily unavailable")
    return says == "more than 20 processes" and any(word in verdict.message for word in words)


def test_each_run_starts_from_the_given_cells_and_leaves_nothing_to_the_next(nest: Nest):
    steps = [cell("given.append(3)\nopen('/tmp/mark', 'x').close()\nn = len(given)"), asks("n", 3)]
    for _ in range(2):
        assert [v.passed for v in nest.run(steps).verdicts] == [True]


def test_a_notebook_that_uses_up_its_time_keeps_what_it_has_earned(nest: Nest):
    nest.limits = replace(LIMITS, notebook_seconds=1)
    try:
        verdicts = nest.run([*GOOD, cell("import time\ntime.sleep(2)\nb = 2"), asks("b", 2), *LAST]).verdicts
    finally:
        nest.limits = LIMITS
    assert [v.passed for v in verdicts] == [True, False, False]
    assert all("used up its 1 s" in v.message for v in verdicts[1:])


@needs_jail
def test_a_nest_outlives_the_thread_that_needed_it_first():
    """To the kernel a thread is a parent: what dies with its parent would die with that thread."""
    farm, job = Farm(), Job(Ground(IMPORTS), LIMITS, True, (*GOOD,))
    with farm:
        results = []
        for _ in range(2):
            thread = threading.Thread(target=lambda: results.append(farm.run(job)))
            thread.start()
            thread.join()
        (kept,) = farm._kept.values()
        time.sleep(0.3)
        assert kept.nest.alive and len(results) == 2
        pid = kept.nest.process.pid
    assert not psutil.pid_exists(pid), "closed with its farm"


@needs_jail
def test_a_nest_killed_between_two_threads_is_started_once_more_for_both():
    job = Job(Ground(IMPORTS), LIMITS, True, (*GOOD, cell("import time\ntime.sleep(0.5)"), *LAST))
    with Farm() as farm:
        farm.run(replace(job, steps=tuple(GOOD)))
        (kept,) = farm._kept.values()
        results, first = [], kept.nest
        threads = [threading.Thread(target=lambda: results.append(farm.run(job))) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        first.process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert [v.passed for r in results for v in r.verdicts] == [True] * 4
        assert kept.nest is not first


@needs_jail
def test_a_lesson_that_does_not_start_is_its_jobs_problem_and_no_others():
    broken = Job(Ground(IMPORTS, ("1 / 0",)), LIMITS, True, tuple(GOOD))
    outcomes = dict(run_here([broken, Job(Ground(IMPORTS), LIMITS, True, tuple(GOOD))], 2))
    assert isinstance(outcomes[0], NestError) and "ZeroDivisionError" in str(outcomes[0])
    assert outcomes[1].verdicts[0].passed


# --- what is made of a run's end ------------------------------------------------------------------------------------


def scripted(*runs: tuple[int, str]):
    """Runs that end after so many steps with such a cause, then runs that end well; the steps each was asked."""
    asked: list[list[Step]] = []

    def once(steps: list[Step], seconds: float):
        asked.append(steps)
        done, cause = runs[len(asked) - 1] if len(asked) <= len(runs) else (len(steps), "")
        outcomes = [{"stopped": False, "late": False, "seconds": 0.1} for _ in steps[:done]]
        for step, outcome in zip(steps, outcomes, strict=False):
            if step.exercise:
                outcome["verdict"] = Verdict(step.exercise, "passed", points=step.points).to_json()
        return outcomes, cause, 0.0

    return once, asked


def test_a_run_ended_from_outside_is_repeated_without_the_checks_that_have_their_verdict():
    once, asked = scripted((2, "killed"), (1, "checker killed"))
    result = judged([*GOOD, *LAST], LIMITS, once)
    assert [v.status for v in result.verdicts] == ["passed", "passed"]
    assert [len(steps) for steps in asked] == [4, 3, 3]


def test_a_cell_whose_run_is_always_ended_is_skipped_and_says_so():
    once, asked = scripted(*[(2, "checker killed")] + [(1, "checker killed")] * (ATTEMPTS - 1))
    judged([*GOOD, *LAST], LIMITS, once)
    assert len(asked) == ATTEMPTS + 1 and cell("c = 3") not in asked[-1]


def test_a_process_that_is_always_killed_from_outside_gets_no_marks_rather_than_wrong_ones():
    once, asked = scripted(*[(2, "killed")] * ATTEMPTS)
    with pytest.raises(GradingError, match="ended from outside"):
        judged([*GOOD, *LAST], LIMITS, once)
    assert len(asked) == ATTEMPTS


def test_a_lost_nest_is_no_verdict():
    def once(steps, seconds):
        raise Lost("gone")

    with pytest.raises(Lost):
        judged(GOOD, LIMITS, once)


# --- receipts -------------------------------------------------------------------------------------------------------

STEPS = [cell("a = 1"), asks("a", 1), Step("given = 2"), cell("b = 2"), asks("b", 2)]
AT = addresses(Ground(IMPORTS, ("x = 1",)), STEPS, LIMITS)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (addresses(Ground(IMPORTS, ("x = 1",)), STEPS, LIMITS), [True, True]),
        (addresses(Ground(IMPORTS, ("x = 1",)), [STEPS[0], asks("a", 9), *STEPS[2:]], LIMITS), [False, True]),
        (addresses(Ground(IMPORTS, ("x = 1",)), [STEPS[0], replace(STEPS[1], points=2.0), *STEPS[2:]], LIMITS), [False, True]),
        (addresses(Ground(IMPORTS, ("x = 1",)), [*STEPS[:3], cell("b = 3"), STEPS[4]], LIMITS), [True, False]),
        (addresses(Ground(IMPORTS, ("x = 1",)), [cell("a = 2"), *STEPS[1:]], LIMITS), [False, False]),
        (addresses(Ground(IMPORTS, ("x = 1",)), [*STEPS[:2], *STEPS[3:]], LIMITS), [True, False]),
        (addresses(Ground(IMPORTS, ("x = 2",)), STEPS, LIMITS), [False, False]),
        (addresses(Ground("import math", ("x = 1",)), STEPS, LIMITS), [False, False]),
        (addresses(Ground(IMPORTS, ("x = 1",)), STEPS, replace(LIMITS, memory=1)), [False, False]),
    ],
    ids=["nothing", "a check", "its points", "a later cell", "an earlier cell", "a cell less", "the given cells",
         "the imports", "the limits"],
)  # fmt: skip
def test_a_receipts_address_changes_exactly_with_what_its_verdict_depends_on(other: list[str], same: list[bool]):
    assert [ours == theirs for ours, theirs in zip(AT, other, strict=True)] == same


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[Job]]:
    """A course whose jobs are only counted: every check passes."""
    make_course(root := tmp_path / "course", {})
    jobs_seen: list[Job] = []

    def run(jobs: list[Job], workers: int):
        for number, job in enumerate(jobs):
            checks = [step for step in job.steps if step.exercise]
            yield (
                number,
                Result([Verdict(s.exercise, "passed", points=s.points) for s in checks], 0.0, [0.1] * len(checks)),
            )
        jobs_seen.extend(jobs)

    monkeypatch.setattr(engine, "run_here", run)
    monkeypatch.setattr(jail, "reason_against", lambda: "")
    return root, jobs_seen


def test_equal_code_is_run_once_and_a_changed_check_is_asked_alone(counted: tuple[Path, list[Job]]):
    root, jobs = counted
    for learner in ("one", "two"):
        hand_in(root, learner, {"double": "def double(x): return 2 * x"})

    def grade() -> list[list[str]]:
        jobs.clear()
        engine.grade(engine.course_at(root), MODULE)
        return [[step.exercise for step in job.steps if step.exercise] for job in jobs]

    assert grade() == [["double", "mean"]], "two learners, one run"
    hand_in(root, "three", {"double": "def double(x): return 2 * x"})
    assert grade() == [], "a third with the same code"
    hand_in(root, "four", {"double": "def double(x): return 2 * x", "mean": "mean = max"})
    assert grade() == [["mean"]], "the same first answer, another second one"
    lesson = root / "lessons" / MODULE / f"{LESSON_NAME}.py"
    lesson.write_text(lesson.read_text().replace("check.equal(mean([]), 0,", "check.equal(mean([]), 0.0,"))
    build(root)
    assert grade() == [["mean"], ["mean"]], "a changed check is asked again, and no other"


# --- which given cells a grade needs --------------------------------------------------------------------------------

GIVEN = """\
# %%
numbers = [1, 2, 3]

# %%
total = sum(numbers)

# %%
numbers.append(4)

# %%
shown = [n * n for n in numbers]
print(shown)

# %%
scale = 10

# %%
def scaled(x):
    return scale * x

# %%
unused = 5

# %% demo=true
seen = [n for n in numbers]

# %% demo=true
largest = max(seen)

"""
FIRST, ASKED = "# %% [markdown]\n# ### Exercise 1", "check.equal(double(3), 6)"


@pytest.fixture(scope="module")
def flowing(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The small lesson with given cells before its first exercise; its first check uses `numbers`."""
    path = tmp_path_factory.mktemp("flow") / "1-flow.py"
    text = LESSON.replace(FIRST, GIVEN + FIRST).replace(ASKED, "check.equal(double(numbers[-1]), 8)")
    path.write_text(text, encoding="utf-8")
    path.with_name("1-flow.answers.py").write_text(ANSWERS, encoding="utf-8")
    return read_lesson(path)


@pytest.mark.parametrize(
    ("learner", "more"),
    [
        ([], []),
        (["def double(x): return 2 * x"], []),
        (["def double(x): return scaled(x) / 5"], ["scale = 10", "def scaled"]),
        (["y = total"], ["total = sum"]),
        (["unused += 1"], ["unused = 5"]),
        (["y = largest"], ["seen = [n", "largest = max"]),
        (["largest = 5"], []),
        (
            ["eval('y = 1')", "y = seen"],
            ["total = sum", "shown =", "scale = 10", "def scaled", "unused = 5", "seen = [n"],
        ),
        (["print(globals())"], ["total = sum", "shown =", "scale = 10", "def scaled", "unused = 5"]),
        (["def double(x:"], ["total = sum", "shown =", "scale = 10", "def scaled", "unused = 5"]),
    ],
    ids=[
        "nothing",
        "an answer",
        "a function and what it reads",
        "a name",
        "in place",
        "a demonstration's name",
        "a name of their own",
        "any name, and a demonstration's",
        "any name",
        "no Python",
    ],
)
def test_of_the_given_cells_those_are_run_that_checks_and_learners_use(
    flowing: Lesson, learner: list[str], more: list[str]
):
    kept = [flowing.cells[position].source for position in sorted(needed(flowing, learner))]
    assert kept[0].startswith("import mle")
    expected = ["numbers = [1", "numbers.append", *more]
    assert len(kept) == 1 + len(expected), kept
    assert all(any(source.startswith(start) for source in kept) for start in expected)


def test_a_demonstration_whose_name_a_learner_uses_is_run_before_their_code(flowing: Lesson):
    steps = steps_of(flowing, Work(answers={"double": "y = largest"}), skeleton_of(flowing))
    assert [s.source for s in steps][:3] == ["seen = [n for n in numbers]", "largest = max(seen)", "y = largest"]
