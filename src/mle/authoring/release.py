"""From the instructor's notebook to the learner's: nbgrader's own preprocessors, and one of ours before them."""

from __future__ import annotations

import nbformat
from nbgrader import preprocessors as nbgrader_preprocessors
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from mle.authoring.lesson import STUB

STUB_OF_LANGUAGE = {"python": STUB}
CLAIMS = "claims"
"""The tag of cells that assert the prose's numbers; they stay with the solutions."""


class DropClaims(NbGraderPreprocessor):
    """Leaves out the cells that assert the prose's numbers: they are for authors and CI."""

    def preprocess(self, nb, resources):
        nb.cells = [cell for cell in nb.cells if CLAIMS not in cell.metadata.get("tags", [])]
        nb.metadata.pop("mle", None)
        return nb, resources


_STOCK = ["LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums", "SaveCells",
          "ClearHiddenTests", "ComputeChecksums", "CheckCellMetadata"]  # fmt: skip
PREPROCESSORS = ["mle.authoring.release.DropClaims", *(f"nbgrader.preprocessors.{name}" for name in _STOCK)]
"""The preprocessors of `nbgrader generate_assignment`, set in nbgrader_config.py."""


def release(solved: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The learner's notebook: solutions replaced by stubs, hidden tests, outputs and claims gone.

    The same preprocessors as `nbgrader generate_assignment`, less the one that writes the gradebook.
    """
    return _preprocessed(solved, [name for name in _STOCK if name != "SaveCells"], {})


def save_cells(solved: nbformat.NotebookNode, module: str, name: str, db_url: str) -> None:
    """Tell nbgrader's gradebook about the graded cells of a notebook, as `nbgrader generate_assignment` does.

    Raises RuntimeError where the gradebook has submissions of a notebook with other cells.
    """
    about = {"nbgrader": {"assignment": module, "notebook": name, "student": ".", "db_url": db_url}}
    _preprocessed(solved, _STOCK[: _STOCK.index("SaveCells") + 1], about)


def _preprocessed(solved: nbformat.NotebookNode, names: list[str], resources: dict) -> nbformat.NotebookNode:
    config = Config({"ClearSolutions": {"code_stub": STUB_OF_LANGUAGE}})
    notebook, resources = DropClaims().preprocess(nbformat.from_dict(solved), resources)
    for name in names:
        notebook, resources = getattr(nbgrader_preprocessors, name)(config=config).preprocess(notebook, resources)
    return notebook
