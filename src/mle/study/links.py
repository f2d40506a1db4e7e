"""Where in a notebook a verdict's reader should look: the heading of the exercise's card, or of the section it names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mle.study.page import anchor

if TYPE_CHECKING:  # `mle.check` imports this module
    from mle.check.failure import Verdict

HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.M)


def of(notebook: Path, verdict: Verdict) -> str:
    """The target "#heading" in the notebook's file; empty where there is nothing to look up or to find.

    Raises OSError, ValueError or KeyError where the file is no notebook.
    """
    if verdict.passed:
        return ""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    headings: list[str] = []
    card = ""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            headings += HEADING.findall("".join(cell["source"]))
        elif cell["metadata"].get("nbgrader", {}).get("grade_id") == verdict.exercise and not card:
            card = next((h for h in reversed(headings) if h.startswith("Exercise ")), "")
    named = re.search(r"'([^']+)'", verdict.look)
    heading = named[1] if named and named[1] in headings else card
    return f"#{quote(anchor(heading))}" if heading else ""
