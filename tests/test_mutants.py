"""Each operator makes its change, inside of the solution only, the same way every time."""

from __future__ import annotations

import ast
import difflib
import textwrap
from pathlib import Path

import pytest

from mle.authoring.lesson import find_lessons, read_lesson
from mle.authoring.mutants import DRAWS, DROPPED, TWINS, mutants_of

ROOT = Path(__file__).resolve().parent.parent

OPERATORS = {  # what it does: (a line of a solution, a line it must become; "" for a line that goes)
    "comparison at the edge": ("y = x[x < 3]", "y = x[x <= 3]"),
    "comparison turned round": ("if len(x) < 3: pass", "if not len(x) < 3:"),
    "equal or not": ("y = x == 3", "y = x != 3"),
    "in or not": ("y = x in z", "y = x not in z"),
    "is or not": ("y = x is None", "y = x is not None"),
    "plus or minus": ("y = x + z", "y = x - z"),
    "times or over": ("y = x * z", "y = x / z"),
    "a power": ("y = x ** z", "y = x * z"),
    "whole division": ("y = x // z", "y = x / z"),
    "the rest": ("y = x % z", "y = x * z"),
    "and or or": ("y = a and b", "y = a or b"),
    "both bits": ("y = a & b", "y = a | b"),
    "a sign": ("y = -x", "y = x"),
    "a not": ("y = not x", "y = x"),
    "a complement": ("y = x[~mask]", "y = x[mask]"),
    "a choice": ("y = a if c else b", "y = a if not c else b"),
    "adding up": ("total += x", "total -= x"),
    "adding up that starts anew": ("total += x", "total = x"),
    "adding up left out": ("total += x", ""),
    "one more": ("y = f(3)", "y = f(4)"),
    "one less": ("y = f(3)", "y = f(2)"),
    "a scale": ("y = x * 0.5", "y = x * 1.0"),
    "a zero": ("y = x + 0.0", "y = x + 1.0"),
    "a flag": ("y = f(shuffle=True)", "y = f(shuffle=False)"),
    "a call left out": ("optimizer.zero_grad()", ""),
    "an item not set": ("x[0] = 1", ""),
    "an attribute not set": ("self.x = 1", ""),
    "an error not raised": ("if bad: raise ValueError", "pass"),
    "a condition turned round": ("if bad: return 1", "if not bad:"),
    "a loop not left": ("for i in x:\n    if i: break", "pass"),
    "a block without its guard": ("with torch.no_grad():\n    y = f(x)", "y = f(x)"),
    "nothing returned": ("return x", "return None"),
    "a filter left out": ("y = [i for i in x if i > 0]", "y = [i for i in x]"),
    "a filter of a generator left out": ("y = sum(i for i in x if i)", "y = sum((i for i in x))"),
    "an argument left out": ("y = x.mean(axis=0, keepdims=True)", "y = x.mean(axis=0)"),
    "another axis": ("y = x.mean(axis=0)", "y = x.mean(axis=1)"),
    "another dimension": ("y = softmax(x, dim=1)", "y = softmax(x, dim=0)"),
    "arguments swapped": ("y = f(a, b, c)", "y = f(b, a, c)"),
    "a mean for a sum": ("y = x.sum()", "y = x.mean()"),
    "training for evaluation": ("model.eval()", "model.train()"),
    "a function's twin": ("y = max(x)", "y = min(x)"),
    "steps in another order": ("loss.backward()\noptimizer.step()", "optimizer.step()"),
    "another word of the answer": ('y = {"a": "falls", "b": "rises"}', "y = {'a': 'rises', 'b': 'rises'}"),
    "entries in another order": ("y = [a, b, c]", "y = [b, a, c]"),
    "a detach left out": ("y = x.detach()", "y = x"),
    "a copy left out": ("y = np.copy(x)", "y = np.copy(x)"),
    "a sigmoid left out": ("y = torch.sigmoid(x)", "y = x"),
    "an initialisation scaled": ("w = rng.normal(size=3)", "w = 2 * rng.normal(size=3)"),
    "one round less": ("for i in range(n): pass", "for i in range(n - 1):"),
    "test for train": ("y = f(x_train); z = x_test", "y = f(x_test)"),
    "no transpose": ("y = x.T", "y = x"),
    "a slice one short": ("y = x[a:b]", "y = x[a:b - 1]"),
    "a slice from the start": ("y = x[a:]", "y = x[:]"),
    "a slice to the end": ("y = x[:3]", "y = x[:]"),
    "the next item": ("y = x[i]", "y = x[i + 1]"),
}  # fmt: skip
OPERATORS["a copy left out"] = ("y = copy(x)", "y = x")


def exercise(body: str) -> str:
    inner = textwrap.indent(f"### BEGIN SOLUTION\n{body}\n### END SOLUTION", "    ")
    return f"LIMIT = 3\n\ndef f(x, n=2):\n    '''Doc 1.'''\n    before = n + 1\n{inner}\n    after = n - 1\n    return after + 0\n"


@pytest.mark.parametrize("name", OPERATORS)
def test_each_operator_makes_its_change(name):
    body, wanted = OPERATORS[name]
    source = exercise(body)
    before = ast.unparse(ast.parse(source)).splitlines()
    found = []
    for mutant in mutants_of(source):
        lines = list(difflib.ndiff(before, mutant.source.splitlines()))
        added = [line[2:].strip() for line in lines if line.startswith("+ ")]
        removed = [line[2:].strip() for line in lines if line.startswith("- ")]
        if wanted in added or (not wanted and removed and not added) or (not wanted and added == ["pass"]):
            found.append(mutant)
    assert found, [m.name for m in mutants_of(source)]


SAMPLES = [exercise(body) for body, _ in OPERATORS.values()]


@pytest.mark.parametrize("source", SAMPLES, ids=list(OPERATORS))
def test_nothing_outside_of_the_solution_is_changed(source):
    before = ast.unparse(ast.parse(source)).splitlines()
    head, tail = before[: before.index("    before = n + 1") + 1], before[before.index("    after = n - 1") :]
    for mutant in mutants_of(source):
        lines = mutant.source.splitlines()
        assert lines[: len(head)] == head and lines[-len(tail) :] == tail, mutant.name


LARGE = exercise("\n".join(body for body, _ in OPERATORS.values()))


def test_mutants_are_unique_valid_different_from_the_reference_and_always_the_same():
    mutants = mutants_of(LARGE)
    assert len(mutants) > len(OPERATORS)
    assert len({m.name for m in mutants}) == len({m.source for m in mutants}) == len(mutants)
    for mutant in mutants:
        compile(mutant.source, "<mutant>", "exec")
        assert mutant.source != ast.unparse(ast.parse(LARGE))
    assert mutants_of(LARGE) == mutants


def test_a_name_shows_the_changed_lines():
    assert [m.name for m in mutants_of(exercise("return x"))] == ["- return x | + return None"]


def test_a_cell_of_two_regions_is_changed_in_both_and_only_there():
    source = "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nc = 3\n### BEGIN SOLUTION\nd = 4\n### END SOLUTION\n"
    assert {m.name for m in mutants_of(source)} == {
        "- b = 2 | + b = 3",
        "- b = 2 | + b = 1",
        "- d = 4 | + d = 5",
        "- d = 4 | + d = 3",
    }


def test_twins_are_pairs_both_ways_and_no_operator_is_listed_twice():
    names = [name for pair in TWINS for name in pair]
    assert len(names) == len(set(names)) and not DRAWS & DROPPED


@pytest.mark.parametrize("path", find_lessons(ROOT), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_exercise_of_the_course_has_mutants_and_names_its_equivalents_rightly(path):
    for exercise_ in read_lesson(path).exercises:
        names = {m.name for m in mutants_of(exercise_.cell.source)}
        assert set(exercise_.equivalents) <= names, "an equivalent names a mutant that is not made"
