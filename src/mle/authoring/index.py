"""The start page, each module's index and the course's map, from `module.toml`, the lessons and what the build measured;
and the glossary, as it is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from mle.authoring.lesson import Cell, Lesson, LessonError, cell_id, find_lessons, read_lesson
from mle.authoring.style import CARD
from mle.study import course_map
from mle.study.page import hours

REQUIRED = ("title", "prerequisites", "outcomes", "datasets")
KINDS = ("duty", "role")
"""What a module is for: a duty of every machine learning engineer, or the role of a specialist."""


def read_module(folder: Path) -> dict:
    """The module's description. Raises `LessonError` where the file or one of its keys is missing."""
    path = folder / "module.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LessonError(
            [f"{path}: missing; it names the module's title, duty or role, prerequisites, outcomes and datasets"]
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise LessonError([f"{path}: not TOML ({error})"]) from None
    missing = [key for key in REQUIRED if key not in data]
    if sum(key in data for key in KINDS) != 1:
        missing.append("either duty or role")
    if missing:
        raise LessonError([f"{path}: without {', '.join(missing)}"])
    lessons = [read_lesson(p) for p in find_lessons(folder.parent.parent, folder.name)]
    known = {e.name for lesson in lessons for e in lesson.exercises}
    known |= {cell.get("explain") for lesson in lessons for cell in _explained(lesson)}
    wrong = [
        f"{path}: the outcome {outcome.get('text', '')!r} names the exercise {name!r}, which no lesson has"
        for outcome in data["outcomes"]
        for name in outcome.get("exercises", [])
        if name not in known
    ]
    if wrong:
        raise LessonError(wrong)
    kind = next(key for key in KINDS if key in data)
    return data | {"lessons": lessons, "for": data[kind], "kind": kind.capitalize()}


def minutes_of(lesson: Lesson) -> int:
    """Minutes for a learner: what the exercises' cards say, and reading at 200 words a minute; a multiple of 5."""
    text = "\n".join(cell.source for cell in lesson.cells if cell.kind == "markdown")
    cards = sum(int(match[1]) for match in CARD.finditer(text))
    return 5 * max(1, round((cards + len(re.findall(r"\w+", text)) / 200) / 5))


def indexes(root: Path) -> dict[Path, str]:
    """The text of `modules/index.md`, of each module's `index.md`, of `modules/course.json` and of the glossary, by path.

    Raises `LessonError`.
    """
    pages: dict[Path, str] = {}
    rows, course = [], []
    for folder in sorted(f for f in (root / "lessons").glob("[0-9][0-9]-*") if f.is_dir()):
        module, name = read_module(folder), folder.name
        measured_at = root / "solutions" / name / "measured.json"
        measured = json.loads(measured_at.read_text(encoding="utf-8")) if measured_at.exists() else {}
        pages[root / "modules" / name / "index.md"] = _module_page(module, measured)
        minutes = sum(map(minutes_of, module["lessons"]))
        count = sum(map(exercise_count, module["lessons"]))
        course.append(_map_of(name, module))
        rows.append(f"| [{name[:2]} · {module['title']}]({name}/index.md) | {module['for']} | {len(module['lessons'])} | "
                    f"{count} | {hours(minutes)} | {', '.join(module['prerequisites']) or 'nothing'} |")  # fmt: skip
    glossary = root / "lessons" / "glossary.md"
    if glossary.exists():  # a new course may have none yet
        pages[root / "modules" / "glossary.md"] = glossary.read_text(encoding="utf-8")
    return pages | {
        root / "modules" / "index.md": START.format(rows="\n".join(rows)),
        root / "modules" / course_map.FILE: json.dumps(course, indent=1, ensure_ascii=False) + "\n",
    }


def _map_of(name: str, module: dict) -> dict:
    """A module as `mle.study.course_map` reads it."""
    return {
        "folder": name,
        "title": module["title"],
        "about": module["for"],
        "before": ", ".join(module["prerequisites"]) or "nothing",
        "lessons": [
            {
                "name": lesson.name,
                "title": lesson.title,
                "minutes": minutes_of(lesson),
                "exercises": [
                    _exercise(lesson, position, cell)
                    for position, cell in enumerate(lesson.cells)
                    if cell.get("exercise") or cell.get("explain")
                ],
            }
            for lesson in module["lessons"]
        ],
    }


def _exercise(lesson: Lesson, position: int, cell: Cell) -> dict:
    """An exercise as `mle.study.course_map` reads it; its card is the last one before its cell."""
    name = cell.get("exercise") or cell.get("explain")
    points = float(cell.get("points")) if cell.get("explain") else lesson.exercise(name).points
    for at in range(position - 1, -1, -1):
        if found := re.findall(r"^### (Exercise \d+ · .+)$", lesson.cells[at].source, re.M):
            break
    return {"name": name, "heading": found[-1].strip(), "card": cell_id(lesson.cells[at], at + 1),
            "points": points, "by_hand": bool(cell.get("explain"))}  # fmt: skip


def write_indexes(root: Path) -> None:
    """Write every index page."""
    for path, text in indexes(root).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def exercise_count(lesson: Lesson) -> int:
    """How many exercises a lesson has, the ones graded by hand among them."""
    return len(lesson.exercises) + len(_explained(lesson))


def _explained(lesson: Lesson) -> list[Cell]:
    return [cell for cell in lesson.cells if cell.get("explain")]


def _module_page(module: dict, measured: dict) -> str:
    lines = [f"# {module['title']}", "", f"{module['kind']}: {module['for']}. Before this: {', '.join(module['prerequisites']) or 'nothing'}.",
             "", "After this module you can", ""]  # fmt: skip
    lines += [f"- {outcome['text']}" for outcome in module["outcomes"]]
    lines += ["", "| lesson | exercises | points | for you | its solution runs in |", "|---|---|---|---|---|"]
    for lesson in module["lessons"]:
        points = sum(e.points for e in lesson.exercises) + sum(float(c.get("points")) for c in _explained(lesson))
        cost = measured.get(lesson.name)
        runs = f"{cost['seconds']} s, {cost['megabytes'] / 1000:.1f} GB" if cost else ""
        lines.append(f"| [{lesson.name[0]} · {lesson.title}]({lesson.name}.ipynb) | {exercise_count(lesson)} | "
                     f"{points:g} | {hours(minutes_of(lesson))} | {runs} |")  # fmt: skip
    lines += ["", f"Data: {', '.join(module['datasets'])}.", "", "[All modules](../index.md)", ""]
    return "\n".join(lines)


START = """# Start here

Open a module, then its first lesson. In a lesson: read, predict, write code, press Shift+Enter, and the check below
each exercise tells you at once what is right, or which mistake it sees.

| module | duty or role | lessons | exercises | time | before this |
|---|---|---|---|---|---|
{rows}

Stuck? Every exercise has hints that open one by one. A check that says "not yet" names what it saw, what it expected and
where to look. Nothing here needs a network.
"""
