"""What stands in a released notebook that is not for learners: lines of solutions, hidden tests, model answers and claims."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat

from mle.authoring.lesson import HIDDEN, SOLUTION, Lesson
from mle.authoring.release import CLAIMS

IMPORT = re.compile(r"(import|from) ")
"""A line that gives nothing away."""


@dataclass(frozen=True)
class Leak:
    """A line that a released notebook must not hold, and where it came from."""

    line: str
    origin: str


def leaks_in(released: nbformat.NotebookNode, lesson: Lesson) -> list[Leak]:
    """The lines of solutions, hidden tests, model answers and claims that stand in a cell of the notebook."""
    return leaks_among([cell.source for cell in released.cells], lesson)


def leaks_among(texts: Iterable[str], lesson: Lesson) -> list[Leak]:
    """The lesson's secret lines that stand in one of the texts.

    A line that the author gives as well (in a wrong version to repair, in a visible check) is none.
    """
    _, secret = given_and_secret(lesson)
    shown = set(lines_of(*texts))
    return [Leak(line, origin) for line, origin in secret.items() if line in shown]


def given_and_secret(lesson: Lesson) -> tuple[set[str], dict[str, str]]:
    """The lines that the author gives to learners, and all others with their origin."""
    given: set[str] = set()
    secret: dict[str, str] = {}
    for cell in lesson.cells:
        if cell.get("claims") or cell.get("explain"):
            secret |= dict.fromkeys(lines_of(cell.source), CLAIMS if cell.get("claims") else "model answer")
            continue
        for pattern, origin in ((SOLUTION, "solution"), (HIDDEN, "hidden test")):
            for match in pattern.finditer(cell.source):
                secret |= dict.fromkeys(lines_of(match[match.re.groups]), origin)
        given |= set(lines_of(HIDDEN.sub("", SOLUTION.sub("", cell.source))))
    return given, {line: origin for line, origin in secret.items() if line not in given and not IMPORT.match(line)}


def lines_of(*texts: str) -> list[str]:
    """The lines of texts that are not blank, without what surrounds them."""
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]
