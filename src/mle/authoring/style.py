"""What a lesson's text owes its learner: a card for each exercise, hints, alt texts, numbers that a cell asserts."""

from __future__ import annotations

import re

from mle.authoring.flow import ahead_problems
from mle.authoring.lesson import Cell, Lesson, answers_path

MISTAKES, ALTERNATIVES = 3, 2
"""How many named mistakes and correct alternatives an exercise has, at least."""

CARD = re.compile(r"^### Exercise \d+ · .+\n+(\d+) min · (?=[●○]{4} )●+○* · (\d+(?:\.\d+)?) points?$", re.M)
NUMBER = re.compile(r"(?<![\w.#/-])[-−]?\d[\d,]*(?:\.\d+)?(?:\s?%)?(?![\w-])")
PICTURE = re.compile(r"!\[([^\]]*)\]\(|<img\b([^>]*)>")
SOURCES = re.compile(r"^## Sources\b.*", re.M | re.S)
CARD_BODY = re.compile(r"^### Exercise \d+ · .*", re.M | re.S)
"""From a card's heading to the end of its cell."""


def problems_of(lesson: Lesson) -> list[str]:
    """Every shortcoming of the lesson's text as `file:line: what, and what to do`; empty where there is none."""
    found = []
    for cell in lesson.cells:
        if cell.kind == "markdown":
            found += _pictures(lesson, cell)
    for exercise in lesson.exercises:
        found += _card(lesson, exercise.position, exercise.name, exercise.points)
        for kind, least in (("mistake", MISTAKES), ("alternative", ALTERNATIVES)):
            got = len(exercise.of_kind(kind))
            if got < least:
                found.append(f"{answers_path(lesson.path)}: exercise {exercise.name!r} has {got} of {least} {kind}s")
    for position, cell in enumerate(lesson.cells):
        if cell.get("explain"):
            found += _card(lesson, position, cell.get("explain"), float(cell.get("points", 0)))
    return found + ahead_problems(lesson) + _numbers(lesson)


def _pictures(lesson: Lesson, cell: Cell) -> list[str]:
    missing = []
    for match in PICTURE.finditer(cell.source):
        alt = match[1] if match[2] is None else (re.search(r"""\balt=(["'])(.*?)\1""", match[2]) or [""] * 3)[2]
        if not alt.strip():
            line = cell.line + 1 + cell.source[: match.start()].count("\n")
            missing.append(f"{lesson.path}:{line}: a picture without alt text; say in words what it shows")
    return missing


def _card(lesson: Lesson, position: int, name: str, points: float) -> list[str]:
    """The card is the Markdown cell (or cells) right before the exercise."""
    at = position
    while at > 0 and lesson.cells[at - 1].kind == "markdown":
        at -= 1
    text = "\n".join(cell.source for cell in lesson.cells[at:position])
    line = lesson.cells[position].line
    cards = list(CARD.finditer(text))
    if not cards:
        return [
            f"{lesson.path}:{line}: {name!r} has no card; write `### Exercise 2 · Title`, then `10 min · ●●○○ · 3 points`"
        ]
    found = []
    if float(cards[-1][2]) != points:
        found.append(f"{lesson.path}:{line}: the card of {name!r} says {cards[-1][2]} points, its check {points:g}")
    if "<summary>Hint" not in text[cards[-1].start() :]:
        found.append(
            f"{lesson.path}:{line}: {name!r} has no hint; add `<details><summary>Hint 1 · the idea</summary> … </details>`"
        )
    return found


def _numbers(lesson: Lesson) -> list[str]:
    """Figures in prose that no `check.prose("figure", value)` asserts.

    Counted as figures: numbers with a decimal point, a percent sign or a thousands comma. Not counted: code spans,
    formulas, links, exercise cards, HTML comments and the section "Sources".
    """
    code = "\n".join(re.sub(r"^\s*#.*$", "", c.source, flags=re.M) for c in lesson.cells if c.kind == "code")
    asserted = {_norm(text) for text in re.findall(r"prose\(\s*[\"']([^\"']+)[\"']", code)}
    found = []
    for cell in lesson.cells:
        if cell.kind != "markdown":
            continue
        text = _blank(cell.source)
        for match in NUMBER.finditer(text):
            figure = match[0].strip().rstrip(",")
            if re.search(r"[.,%]", figure) and _norm(figure) not in asserted:
                line = cell.line + 1 + text[: match.start()].count("\n")
                found.append(f"{lesson.path}:{line}: the figure {figure!r} is asserted by no cell; "
                             f'add check.prose("{figure}", value) to a claims cell')  # fmt: skip
    return found


def _norm(text: str) -> str:
    return re.sub(r"\s", "", text)


def _blank(source: str) -> str:
    """The text with everything that is not prose replaced by spaces, lines kept."""
    hide = (SOURCES, CARD_BODY, re.compile(r"```.*?```", re.S), re.compile(r"<code>.*?</code>", re.S), re.compile(r"`[^`\n]*`"), re.compile(r"\$\$.*?\$\$", re.S),
            re.compile(r"\$[^$\n]+\$"), re.compile(r"\]\([^)]*\)"), re.compile(r"<!--.*?-->", re.S), re.compile(r"<[^>]*>"))  # fmt: skip
    for pattern in hide:
        source = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), source)
    return source
