"""In a real kernel: a failed check is one box and one line, and everything else stays as Jupyter shows it."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from mle.check.failure import MIME

CELLS = {
    "imports": "from mle import check\nimport numpy as np",
    "ordinary error": "def broken(d):\n    return d['x']\nbroken({})",
    "ordinary syntax error": "def (:",
    "untouched stub": 'def f(x):\n    raise NotImplementedError("write your code here, in place of this line")',
    "check of the stub": "check.start('double', points=2)\ncheck.equal(f(2), 4, says='not twice')\ncheck.passed()",
    "a wrong answer": "def f(x):\n    return [x, '<b>'][0]",
    "failed check": "check.start('double', points=2)\ncheck.equal(f(2), 4, says='not <i>twice</i>', look='Hint 1')\ncheck.passed()",
    "ordinary error after a failed check": "1 / 0",
    "a raising answer": "def f(x):\n    import json\n    return helper(json, x)\ndef helper(json, x):\n    return json.loads('{')",
    "check of the raising answer": "check.start('double', points=2)\ncheck.equal(f(2), 4)\ncheck.passed()",
    "check of a missing name": "check.start('double', points=2)\ncheck.equal(fff(2), 4)\ncheck.passed()",
    "syntax error in a check": "check.start('double', points=2)\ncheck.equal((2, 4)\ncheck.passed()",
    "interrupted check": "check.start('double', points=2)\nraise KeyboardInterrupt\ncheck.passed()",
    "ordinary error after an interrupted check": "1 / 0",
    "library's NotImplementedError outside of a check": "np.random.BitGenerator()",
    "an error without a text": "class E(Exception):\n    def __str__(self): raise SystemError\n"
    "check.start('double')\nraise E",
    "a right answer": "def f(x):\n    return 2 * x",
    "passed check": "check.start('double', points=2)\ncheck.equal(f(2), 4, says='not twice')\ncheck.passed()",
    "first cell to fail outside a check": "check.equal(1, 2, says='a failed assertion without a start')",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> dict[str, list]:
    """The outputs of each cell above, run in one kernel, and of the ordinary errors in a kernel without the course."""
    nb = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    plain = new_notebook(cells=[new_code_cell(CELLS[name]) for name in CELLS if name.startswith("ordinary")])
    folder = {"metadata": {"path": str(tmp_path_factory.mktemp("kernel"))}}
    for notebook in (nb, plain):
        NotebookClient(notebook, timeout=120, allow_errors=True, resources=folder).execute()
        nbformat.validate(notebook)
    names = [*CELLS, *(f"without the course: {name}" for name in CELLS if name.startswith("ordinary"))]
    return {name: cell.outputs for name, cell in zip(names, [*nb.cells, *plain.cells], strict=True)}


def box(shown: list) -> dict:
    """The one box among a cell's outputs."""
    (display,) = [o for o in shown if o.output_type == "display_data"]
    assert {"text/plain", "text/html", MIME} == set(display.data)
    assert display.data["text/html"].startswith('<div role="status"')
    return display.data[MIME]


def error(shown: list):
    (found,) = [o for o in shown if o.output_type == "error"]
    return found


def text(shown: list) -> str:
    """The traceback, without colours and with the kernel's file names made alike."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error(shown).traceback))
    return re.sub(r"(In|Cell In)\s?\[\d+\]", "In", re.sub(r"ipykernel_\d+/\d+", "cell", plain))


@pytest.mark.parametrize("name", [name for name in CELLS if name.startswith("ordinary")])
def test_an_error_outside_of_a_check_keeps_its_usual_traceback(outputs, name):
    shown, usual = outputs[name], outputs[f"without the course: {name}"]
    assert text(shown) == text(usual)
    assert (error(shown).ename, error(shown).evalue) == (error(usual).ename, error(usual).evalue)
    assert len(shown) == len(usual) == 1


FAILING = ["check of the stub", "failed check", "check of the raising answer", "check of a missing name"]


@pytest.mark.parametrize("name", FAILING)
def test_a_check_that_fails_shows_one_box_and_one_line(outputs, name):
    assert [o.output_type for o in outputs[name]] == ["display_data", "error"]
    assert box(outputs[name])["exercise"] == "double"
    (line,) = error(outputs[name]).traceback
    assert line == f"double: {box(outputs[name])['says']}"
    assert len(line) < 200 and "\n" not in line


def test_a_failed_check_tells_why_what_and_where_in_the_box(outputs):
    found = box(outputs["failed check"])
    assert (found["status"], found["says"], found["seen"]) == ("failed", "not <i>twice</i>", "2")
    assert (found["expected"], found["look"]) == ("4", "Hint 1")
    assert "<i>" not in outputs["failed check"][0].data["text/html"]


def test_an_untouched_stub_is_told_what_to_do(outputs):
    assert box(outputs["check of the stub"])["status"] == "todo"
    assert outputs["untouched stub"] == []


def test_an_error_in_the_learners_code_shows_the_line_of_that_code(outputs):
    found = box(outputs["check of the raising answer"])
    assert found["status"] == "error"
    assert found["says"].startswith("JSONDecodeError: Expecting property name")
    assert found["seen"] == "line 5 of helper: return json.loads('{')"


def test_a_missing_name_is_told_by_name(outputs):
    assert "'fff' is not defined" in box(outputs["check of a missing name"])["says"]


def test_an_interrupted_check_says_so_and_leaves_no_check_open(outputs):
    assert error(outputs["interrupted check"]).ename == "KeyboardInterrupt"
    assert not [o for o in outputs["ordinary error after an interrupted check"] if o.output_type == "display_data"]


def test_a_syntax_error_in_a_check_cell_is_shown_as_one(outputs):
    assert error(outputs["syntax error in a check"]).ename == "SyntaxError"
    assert "check.equal((2, 4)" in text(outputs["syntax error in a check"])


def test_an_error_that_cannot_say_its_text_still_gets_a_box(outputs):
    assert box(outputs["an error without a text"])["says"] == "E: no message"


def test_a_check_passes_after_ones_that_failed(outputs):
    found = box(outputs["passed check"])
    assert (found["status"], found["points"]) == ("passed", 2.0)
    assert [o.output_type for o in outputs["passed check"]] == ["display_data"]


def test_a_failed_assertion_without_a_start_still_gets_a_box(outputs):
    assert box(outputs["first cell to fail outside a check"])["says"] == "a failed assertion without a start"


def test_a_librarys_own_not_implemented_error_keeps_its_traceback(outputs):
    shown = outputs["library's NotImplementedError outside of a check"]
    assert [o.output_type for o in shown] == ["error"] and len(text(shown).splitlines()) > 3
