"""One table of the whole course: each duty, specialisation and application, its lessons and how well they are checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from mle.authoring.index import exercise_count, minutes_of, read_module
from mle.authoring.lesson import Lesson
from mle.authoring.soundness import table_path
from mle.study.page import hours

NARROW = "\N{NO-BREAK SPACE}"
HEAD = [
    "| duty, specialisation or application | exercises | mistakes with a name | mutants rejected | time |",
    "|---|---|---|---|---|",
]


@dataclass(frozen=True)
class Tally:
    """What a lesson, a module or the course amounts to."""

    exercises: int = 0
    mistakes: int = 0
    rejected: int = 0
    mutants: int = 0
    minutes: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + its for mine, its in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def cells(self) -> str:
        share = f"{self.rejected:,} of {self.mutants:,} ({self.rejected / max(1, self.mutants):.1%})"
        return f"{self.exercises} | {self.mistakes:,} | {share} | {hours(self.minutes).replace(' ', NARROW)} |"


def tally_of(lesson: Lesson) -> Tally:
    """The lesson's numbers, from its text, its answers file and its committed mutation scores."""
    scores = json.loads(table_path(lesson.path).read_text(encoding="utf-8")).values()
    return Tally(
        exercise_count(lesson),
        sum(len(exercise.of_kind("mistake")) for exercise in lesson.exercises),
        sum(row["rejected"] for row in scores),
        sum(row["mutants"] for row in scores),
        minutes_of(lesson),
    )


def overview(root: Path) -> str:
    """The table in Markdown, for a page in the repository's root. Raises `LessonError` where a source is not in order."""
    lines, course = list(HEAD), Tally()
    for folder in sorted(path for path in (root / "lessons").glob("[0-9][0-9]-*") if path.is_dir()):
        module, name = read_module(folder), folder.name
        rows, total = [], Tally()
        for lesson in module["lessons"]:
            tally = tally_of(lesson)
            total += tally
            link = f"[{name[:2]}/{lesson.name[0]} · {lesson.title}](modules/{name}/{lesson.name}.ipynb)"
            rows.append(f"| {link} | {tally.cells}")
        title = f"**[{name[:2]} · {module['title']}](modules/{name}/index.md)**"
        lines += [f"| {title}<br>{module['kind']}: {module['for']} | {total.cells}", *rows]
        course += total
    return "\n".join([*lines, f"| **All** | {course.cells}", ""])
