"""What a notebook imports in its first code cell: all that is known of a lesson before it runs."""

from __future__ import annotations

import ast
import json
from pathlib import Path

PACKAGES = frozenset(
    {"cv2", "keras", "matplotlib", "mle", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "statsmodels", "tensorflow",
     "torch"}
)  # fmt: skip
"""What is imported ahead of the kernel: slow to import, and, imported, without a thread, without output and without regard
to the notebook around it (tqdm, for one, chooses its bar by that)."""


def imports_of(notebook: Path) -> tuple[str, ...]:
    """The statements that import PACKAGES in the first code cell, one name each, in order, without `as`.

    Empty where the file is no notebook, or where `mle` is not the first of them: only `mle` sees to it that the libraries imported
    after it use one thread, and a kernel must not differ from an ordinary one in that.

    >>> imports_in("from mle import check\\nimport os, numpy as np\\nfrom torch import nn")
    ('from mle import check', 'import numpy', 'from torch import nn')
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        source = next(cell["source"] for cell in cells if cell["cell_type"] == "code")
        return imports_in(source if isinstance(source, str) else "".join(source))
    except (OSError, ValueError, LookupError, TypeError, StopIteration):
        return ()


def imports_in(source: str) -> tuple[str, ...]:
    """`imports_of` for the text of a cell."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # a magic, or half a line
        return ()
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.Import):
            found += [f"import {alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [f"from {node.module} import {alias.name}" for alias in node.names]
    known = tuple(dict.fromkeys(line for line in found if package(line) in PACKAGES))
    return known if known and package(known[0]) == "mle" else ()


def package(statement: str) -> str:
    """The package that an import statement of one name names."""
    return statement.split()[1].partition(".")[0]
