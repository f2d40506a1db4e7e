"""Where in a notebook a verdict's reader should look: the exercise's card, or the section that the verdict names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mle.study.page import link_to

if TYPE_CHECKING:  # `mle.check` imports this module
    from mle.check.failure import Verdict

HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.M)


def of(notebook: Path, verdict: Verdict) -> str:
    """The link to the cell that a verdict's reader should look at; empty where there is none to find.

    Raises OSError, ValueError, KeyError, TypeError or AttributeError where the file is no notebook.
    """
    if verdict.passed:
        return ""
    places: dict[str, str] = {}  # heading → cell
    card = ""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            places |= dict.fromkeys(HEADING.findall("".join(cell["source"])), cell["id"])
        elif cell["metadata"].get("nbgrader", {}).get("grade_id") == verdict.exercise and not card:
            card = next((places[each] for each in reversed(places) if each.startswith("Exercise ")), "")
    named = re.search(r"'([^']+)'", verdict.look)
    found = places.get(named[1], card) if named else card
    return link_to(notebook.name, found) if found else ""
