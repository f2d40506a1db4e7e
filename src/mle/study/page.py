"""The start page: the map of the modules, what is done so far, and where to go on; as Markdown with one picture."""

from __future__ import annotations

import html
from pathlib import Path
from urllib.parse import quote

from mle.study import course_map, progress
from mle.study.course_map import Exercise, Lesson, Module
from mle.study.progress import Done

PAGE, PICTURE = "index.md", "progress.svg"


def hours(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"


def link_to(notebook: str, cell: str) -> str:
    """A link that JupyterLab follows to a cell of a notebook."""
    return f"{quote(notebook)}#cell-id={quote(cell)}"


def done_in(module: Module, done: Done) -> tuple[int, int]:
    """How many of a module's checked exercises have passed, and how many there are."""
    passed = sum(done.count(module.folder, lesson.name, [e.name for e in lesson.checked]) for lesson in module.lessons)
    return passed, sum(len(lesson.checked) for lesson in module.lessons)


def next_exercise(modules: list[Module], done: Done) -> tuple[Module, Lesson, Exercise] | None:
    """Where to go on: the first exercise without a pass from the lesson worked on last; None where all have passed."""
    lessons = [(module, lesson) for module in modules for lesson in module.lessons]
    at = next((i for i, (m, each) in enumerate(lessons) if done.last and (m.folder, each.name) == done.last[:2]), 0)
    for module, lesson in [*lessons[at:], *lessons[:at]]:
        for exercise in lesson.checked:
            if (module.folder, lesson.name, exercise.name) not in done.passed:
                return module, lesson, exercise
    return None


def start_page(modules: list[Module], done: Done) -> str:
    """The page as Markdown; its picture is `picture(...)`."""
    going = next_exercise(modules, done)
    lines = ["# Start here", ""]
    if going and done.last:
        module, lesson, exercise = going
        link = link_to(f"{module.folder}/{lesson.name}.ipynb", exercise.card)
        lines += [f"**Go on:** [{module.number} · {module.title}, lesson {lesson.name[0]}: {exercise.heading}]({link}).",
                  "The kernel has forgotten yesterday's cells: *Run › Run All Cells* runs them again, as far as the checks pass.", ""]  # fmt: skip
    elif going:
        module = going[0]
        lines += [f"**Begin:** [{module.title}]({module.folder}/index.md).", ""]
    else:
        lines += ["**Every check of the course has passed.**", ""]
    lines += ["In a lesson: read, predict, write code, press Shift+Enter, and the check below each exercise tells you at once",
              "what is right, or which mistake it sees. Stuck? Every exercise has hints that open one by one.", "",
              "| module | duty or role | lessons | exercises | time | before this | passed |", "|---|---|---|---|---|---|---|"]  # fmt: skip
    for module in modules:
        passed, of = done_in(module, done)
        lines.append(
            f"| [{module.number} · {module.title}]({module.folder}/index.md) | {module.about} | {len(module.lessons)} | "
            f"{module.exercises} | {hours(module.minutes)} | {module.before} | {passed} of {of} |"
        )
    counts = [done_in(module, done) for module in modules]
    total, whole = sum(passed for passed, _ in counts), sum(of for _, of in counts)
    lines += ["", f"![{total} of {whole} checked exercises passed; a bar for each module]({PICTURE})", "",
              "This folder is yours: an update of the course never overwrites what you wrote. Words of the trade are in the",
              "[glossary](glossary.md). Nothing here needs a network.", ""]  # fmt: skip
    return "\n".join(lines)


def picture(modules: list[Module], done: Done) -> str:
    """One bar for each module, as SVG: readable in light and dark, its meaning in words beside the bars."""
    row, left, width = 26, 330, 300
    height = row * len(modules) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" width="760" height="{height}" role="img" '
        'font-family="sans-serif" font-size="13"><title>Exercises passed, by module</title>'
        f'<rect width="760" height="{height}" fill="#ffffff"/>'
    ]
    for number, module in enumerate(modules):
        passed, of = done_in(module, done)
        top = 8 + row * number
        bar = width * passed / of if of else 0
        parts.append(
            f'<text x="{left - 12}" y="{top + 15}" text-anchor="end" fill="#212121">'
            f"{module.number} · {html.escape(module.title)}</text>"
            f'<rect x="{left}" y="{top + 3}" width="{width}" height="15" fill="#e6e6e6" stroke="#767676"/>'
            f'<rect x="{left}" y="{top + 3}" width="{bar:.0f}" height="15" fill="#0072B2"/>'
            f'<text x="{left + width + 12}" y="{top + 15}" fill="#212121">{passed} of {of}</text>'
        )
    return "".join(parts) + "</svg>\n"


def write(folder: Path, modules: list[Module], done: Done) -> None:
    """Write the page and its picture into the learner's folder."""
    (folder / PAGE).write_text(start_page(modules, done), encoding="utf-8")
    (folder / PICTURE).write_text(picture(modules, done), encoding="utf-8")


def refresh(folder: Path) -> None:
    """Write the page anew from what is done so far, where the folder is a learner's. Raises OSError."""
    if (folder / course_map.FILE_IN_WORK).exists():
        write(folder, course_map.read_map(folder, course_map.FILE_IN_WORK), progress.read(folder))
