"""`mle prove` lets a sound lesson pass and reports every way in which a grader can be wrong."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mle.authoring import proofs
from mle.authoring.lesson import read_lesson
from mle.authoring.report import print_report, totals, write_html
from mle.authoring.soundness import MUTATION_GOAL, Report, fingerprint, judge, prove, save_table
from mle.check.failure import Verdict

DEMO = Path(__file__).resolve().parent / "course" / "lessons" / "01-demo" / "1-demo.py"


@pytest.fixture(scope="module")
def sound() -> Report:
    return prove(DEMO, mutants=True)


def told(report: Report) -> list[str]:
    return report.problems + [problem for proof in report.proofs for problem in proof.problems]


def test_a_sound_lesson_is_proven(sound):
    assert told(sound) == [] and sound.sound
    double, say = sound.proofs
    assert double.counts["reference"] == say.counts["reference"] == [5, 5]
    assert double.counts["stub"] == say.counts["stub"] == [1, 1]
    assert (double.counts["alternative"], double.counts["mistake"]) == ([2, 2], [6, 6])
    assert (say.counts["alternative"], say.counts["mistake"]) == ([2, 2], [4, 4])
    assert double.counts["across"] == [14, 14] and say.counts["across"] == [12, 12]
    assert double.killed[0] == double.killed[1] > 0


def test_a_proven_lesson_is_proven_again_where_it_is_drawn_until_something_that_matters_has_changed(tmp_path):
    folder = shutil.copytree(DEMO.parent, tmp_path / "lessons" / "01-demo")
    (tmp_path / "requirements.lock").write_text("numpy==2.4.6\n")
    lesson = read_lesson(folder / DEMO.name)

    def nothing_is_proven() -> bool:
        stale = not proofs.is_proven(lesson, tmp_path)
        assert stale is (proofs.still_to_judge(lesson, tmp_path) == lesson.exercises)
        return stale and proofs.still_to_grade(lesson, tmp_path)

    assert nothing_is_proven(), "nobody has proven it here"
    answers, drawn = folder / "1-demo.answers.py", []
    for number in range(100):
        answers.write_text(answers.read_text() + f"\n# remark {number}\n")
        assert nothing_is_proven()
        proofs.keep(lesson, tmp_path)
        assert not nothing_is_proven()
        drawn.append(
            ([e.name for e in proofs.still_to_judge(lesson, tmp_path)], proofs.still_to_grade(lesson, tmp_path))
        )
    assert {str(each) for each in drawn} == {
        str(each) for each in [(["double"], False), (["say"], False), ([], True), ([], False)]
    }
    (tmp_path / "requirements.lock").write_text("numpy==2.4.7\n")
    proofs._common.cache_clear()
    assert nothing_is_proven()
    proofs.keep(lesson, tmp_path)
    (folder / "module.toml").write_text((folder / "module.toml").read_text() + "\n[limits]\nmemory = 2000\n")
    assert nothing_is_proven()


def test_what_each_answer_is_told_is_in_the_report(sound, tmp_path):
    messages = sound.proofs[0].messages
    assert messages["mistake loop"].startswith("Your code ended the process, ran out of time")
    assert messages["mistake exit"].startswith("SystemExit: out. Saw line 2 of double: raise SystemExit")
    assert messages["stub untouched"].startswith("Nothing is written here yet")
    assert "is not defined" in messages["mistake no Python"]
    write_html([sound], tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nothing is written here yet" in page and "&#39;double&#39; is not defined" in page
    assert totals(sound).startswith("01-demo/1-demo: sound · ")


FAULTY = """\
# %%
import numpy as np
from mle import check
"""
EXERCISE = """
# %% exercise="{name}"
def f(x):
    ### BEGIN SOLUTION
    {body}
    ### END SOLUTION

# %% check="{name}" points=1
{check}
"""
ANSWER = """
# %% exercise="{name}" {mark}
def f(x):
    {body}
"""
GOOD = "check.differs(f(3), 3, says='as it came')\ncheck.differs(f(3), 9, says='squared')\ncheck.equal(f(3), 6, says='not twice')"
WHOLE = GOOD + "\ncheck.equal(f(0), 0)\ncheck.equal(f(-1), -2)"
FAULTS = {  # exercise: (reference, check, [(mark of an answer, its body)], what must be reported)
    "sound": ("return 2 * x", WHOLE, [('kind="mistake" name="same" says="as it came"', "return x")], None),
    "a-slow-mistake": ("return 2 * x", WHOLE, [('kind="mistake" name="same" says="as it came"', "import time\n    while time.process_time() < 8: pass\n    return x")], None),
    "a-mistake-that-passes": ("return 2 * x", GOOD, [('kind="mistake" name="abs" says="not twice"', "return abs(2 * x)")],
                              "mistake 'abs', in one process, seed 0: the mistake passes"),
    "a-mistake-that-only-hidden-tests-catch": ("return 2 * x", "check.equal(f(3), 6)\n### BEGIN HIDDEN TESTS\ncheck.equal(f(-1), -2, says='negative')\n### END HIDDEN TESTS",
                          [('kind="mistake" name="abs" says="negative"', "return abs(2 * x)")],
                          "mistake 'abs', in one process, seed 0: only the hidden tests catch it"),
    "a-wrong-message": ("return 2 * x", GOOD, [('kind="mistake" name="three" says="three times"', "return 3 * x - 1")],
                        "mistake 'three', in one process, seed 0: the message lacks 'three times'"),
    "mixed-up-messages": ("return 2 * x", GOOD, [('kind="mistake" name="one" says="not twice"', "return 1"), ('kind="mistake" name="two" says="twice"', "return 2")],
                          "mistake 'one', in one process, seed 0: the message also says what 'two' says"),
    "an-alternative-that-fails": ("return 2 * x", GOOD, [('kind="alternative" name="text"', "return str(2 * x)")],
                                  "alternative 'text', in one process, seed 0: not full points"),
    "a-stub-that-passes": ("return 2 * x", "check.equal(6, 6)", [], "stub 'untouched', in one process, seed 0: the untouched stub passes"),
    "a-stub-that-is-told-something-else": ("return 2 * x", "try:\n    f(3)\nexcept NotImplementedError:\n    raise ValueError('x')", [],
                                           "the untouched stub is told 'ValueError: x"),
    "a-flaky-grader": ("return 2 * x", GOOD + "\ncheck.that(check.session.seed() != 3, says='unlucky')", [],
                       "reference 'reference', in one process, seed 3: not full points"),
    "another-verdict-across": ("return 2 * x", GOOD + "\ncheck.that(type(f).__name__ == 'function', says='no function')", [],
                               "reference 'reference', across the wall: another verdict than in one process"),
    "mutants-that-survive": ("return 2 * x if x > 0 else 2 * x - 0", "check.equal(f(3), 6)", [], "fewer than 95%"),
    "an-equivalent-that-is-rejected": ("return 2 * x", GOOD, [('kind="equivalent" mutant="- return 2 * x | + return 2 / x" reason="r"', "pass")],
                                       "the mutant '- return 2 * x | + return 2 / x' is listed as equivalent but is rejected"),
    "an-equivalent-that-is-none": ("return 2 * x", GOOD, [('kind="equivalent" mutant="- no | + such" reason="r"', "pass")], "no such mutant as '- no | + such'"),
}  # fmt: skip


def write_lesson(folder: Path, faults: dict) -> Path:
    lesson, answers = FAULTY, ""
    for name, (body, check, given, _) in faults.items():
        lesson += EXERCISE.format(name=name, body=body, check=check)
        answers += "".join(ANSWER.format(name=name, mark=mark, body=text) for mark, text in given)
    path = folder / "1-faulty.py"
    path.write_text(lesson, encoding="utf-8")
    path.with_name("1-faulty.answers.py").write_text(answers, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> Report:
    return prove(write_lesson(tmp_path_factory.mktemp("01-faulty"), FAULTS), mutants=True)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_reported_and_nothing_else(faulty, name):
    assert faulty.problems == []
    proof = next(p for p in faulty.proofs if p.exercise == name)
    expected = FAULTS[name][3]
    if expected is None:
        assert proof.problems == []
        return
    assert any(expected in problem for problem in proof.problems), proof.problems
    assert all(problem.startswith(f"{name}: ") for problem in proof.problems)
    if "mutants" not in name:
        assert not [
            p for p in proof.problems if "mistake" in p and "mistake" not in expected and "messages" not in name
        ]


def test_a_lesson_with_one_fault_is_not_sound(faulty):
    assert not faulty.sound
    sound_part = replace(faulty, proofs=faulty.proofs[:1])
    assert sound_part.sound


def test_the_report_prints_every_problem_on_a_line_of_its_own(faulty, capsys):
    from rich.console import Console

    print_report(faulty, Console(width=80))
    shown = capsys.readouterr().out.splitlines()
    for problem in told(faulty):
        assert f"✗ {problem}" in shown
    assert any(line.startswith("survives in mutants-that-survive: - ") for line in shown)


def test_the_table_keeps_other_exercises_and_names_its_text(tmp_path):
    shutil.copytree(DEMO.parent, tmp_path / "01-demo")
    path = tmp_path / "01-demo" / DEMO.name
    report = prove(path, "say", mutants=True)
    assert told(report) == [] and [p.exercise for p in report.proofs] == ["say"]
    before = json.loads(save_table(report).read_text(encoding="utf-8"))
    assert list(before) == ["double", "say"]
    lesson = read_lesson(path)
    assert before["say"]["fingerprint"] == fingerprint(lesson.exercise("say"))
    path.write_text(path.read_text(encoding="utf-8").replace('"b", says', '"b",  says'), encoding="utf-8")
    assert before["say"]["fingerprint"] != fingerprint(read_lesson(path).exercise("say"))


def test_a_given_cell_that_raises_and_an_unknown_exercise_are_problems(tmp_path):
    path = write_lesson(tmp_path, {"sound": FAULTS["sound"]})
    (own,) = prove(path, "none").problems
    assert "no exercise 'none'; it has sound" in own
    path.write_text(
        FAULTY + "raise ValueError('given')\n" + path.read_text(encoding="utf-8")[len(FAULTY) :], encoding="utf-8"
    )
    report = prove(path)
    assert not report.sound
    assert report.problems[0] == f"{path}:1: the cell raises ValueError: given"


# --- the judgement alone ---------------------------------------------------------------------------------------------


def outcome(kind: str, name: str, verdict: Verdict, seed: int = 0, across: bool = False) -> dict:
    return {
        "exercise": "say",
        "kind": kind,
        "name": name,
        "seed": seed,
        "across": across,
        "cpu": 0.0,
        "verdict": verdict.to_json(),
    }


def complete() -> list[dict]:
    """The outcomes of a sound exercise."""
    passed, out = Verdict("say", "passed"), []
    said = {"a": "not b", "c": "one of the options. Saw 'c'", "none": "`return` missing", "gone": "ended the process"}
    for across in (False, True):
        out += [outcome("reference", "reference", passed, seed, across) for seed in range(5)]
        out += [outcome("stub", "untouched", Verdict("say", "todo", "x"), across=across)]
        out += [outcome("alternative", name, passed, across=across) for name in ("join", "str")]
        out += [outcome("mistake", name, Verdict("say", "failed", says), across=across) for name, says in said.items()]
    return out


@pytest.fixture(scope="module")
def say():
    return read_lesson(DEMO).exercise("say")


def test_complete_outcomes_are_a_proof(say):
    assert judge(say, complete()).problems == []


@pytest.mark.parametrize("kind", ["reference", "stub", "alternative", "mistake"])
@pytest.mark.parametrize("across", [False, True])
def test_an_outcome_that_is_missing_is_a_problem(say, kind, across):
    outcomes = complete()
    outcomes.remove(next(o for o in outcomes if o["kind"] == kind and o["across"] == across))
    assert judge(say, outcomes).problems


def test_no_outcomes_are_no_proof(say):
    assert judge(say, []).problems


def test_full_points_without_a_check_of_the_mutants_is_no_problem_but_too_few_rejected_is(say):
    failed, passed = Verdict("say", "failed", "x"), Verdict("say", "passed")
    good = [outcome("mutant", f"m{i}", failed) for i in range(19)]
    assert judge(say, complete() + good + [outcome("mutant", "m", passed)]).problems == []
    proof = judge(say, complete() + good[:18] + [outcome("mutant", "m", passed)])
    assert proof.problems == [
        f"say: 18 of 19 mutants rejected, fewer than {MUTATION_GOAL:.0%}"
    ] and proof.survivors == ["m"]
