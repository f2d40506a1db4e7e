"""In a notebook, a check cell keeps its names to itself."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.mark.parametrize("verdict", ["check.passed()", "check.equal(x, 3)"], ids=["passed", "failed"])
def test_the_learners_names_are_as_before_after_a_check(verdict):
    sources = [
        "from mle import check\nx = 1",
        f"check.start('a', points=1)\nx = 2\nown = 5\n{verdict}",
        "print(x, 'own' in dir())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    assert notebook.cells[-1].outputs[0].text == "1 False\n"
