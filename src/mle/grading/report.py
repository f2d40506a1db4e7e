"""What a class got right, and which mistake how many learners made: a page with a picture, and marks for an LMS.

The page is made from the receipts beside the autograded notebooks and from nbgrader's gradebook, so it covers everyone whose
marks are written, whenever that was.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import jinja2
from rich.table import Table

from mle.authoring.index import read_module
from mle.authoring.lesson import Exercise, Lesson
from mle.check.failure import Verdict
from mle.grading.engine import Course, Graded, students_of
from mle.grading.publish import RECEIPT
from mle.grading.store import Store, write

OUTCOMES = ("passed", "mistake", "other", "error", "todo")
"""What can become of an exercise: passed, a mistake that the course knows by name, another one, an error, nothing written."""
LABELS = {
    "passed": "passed",
    "mistake": "named mistake",
    "other": "other mistake",
    "error": "error",
    "todo": "to do",
}
SIGNS = {"passed": "✓", "mistake": "✗", "other": "≠", "error": "!", "todo": "…"}
COLOURS = {"passed": "#009E73", "mistake": "#D55E00", "other": "#E69F00", "error": "#CC79A7", "todo": "#BBBBBB"}
HATCHES = {"passed": "", "mistake": "//", "other": "..", "error": "xx", "todo": ""}


@dataclass
class Question:
    """One exercise, over the whole class."""

    lesson: str
    name: str
    points: float
    counts: Counter = field(default_factory=Counter)
    mistakes: dict[str, list[str]] = field(default_factory=dict)
    """Who made each named mistake."""
    says: dict[str, str] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=dict)
    """Who was told each other message."""
    seconds: list[float] = field(default_factory=list)

    @property
    def median_seconds(self) -> str:
        return f"{median(self.seconds):.2f} s" if self.seconds else "–"


@dataclass
class Row:
    """One learner, over the whole module."""

    student: str
    points: float
    of: float
    outcomes: list[str]
    notes: list[str]
    by_hand: bool


def mistake_of(exercise: Exercise, verdict: Verdict) -> str:
    """The name of the mistake that a verdict describes; empty where it is none of the course's."""
    message = verdict.message.lower()
    return next((a.name for a in exercise.of_kind("mistake") if a.says.lower() in message), "")


def outcome_of(exercise: Exercise, verdict: Verdict) -> str:
    if verdict.status == "failed":
        return "mistake" if mistake_of(exercise, verdict) else "other"
    return verdict.status


def survey(course: Course, module: str, lessons: list[Lesson]) -> tuple[list[Question], list[Row]]:
    """The questions and the learners of a class, from the marks that are written."""
    questions = {(part.name, e.name): Question(part.name, e.name, e.points) for part in lessons for e in part.exercises}
    exercises = {(part.name, e.name): e for part in lessons for e in part.exercises}
    rows, store = [], Store(course.receipts)
    with course.desk() as desk:
        there = set(students_of(course, module))
        for found in desk.submissions(module):
            student, receipt = found.student_id, _receipt(course, found.student_id, module)
            if receipt is None or student not in there:
                continue
            outcomes = {}
            for lesson, verdicts in receipt["verdicts"].items():
                for data, address in zip(verdicts, receipt["receipts"][lesson], strict=True):
                    verdict, key = Verdict(**data), (lesson, data["exercise"])
                    if key in questions:
                        outcomes[key] = outcome_of(exercises[key], verdict)
                        _count(questions[key], exercises[key], verdict, student, store.seconds(address))
            rows.append(Row(student, found.score, found.max_score, [outcomes.get(key, "todo") for key in questions],
                            receipt["notes"], found.needs_manual_grade))  # fmt: skip
    return list(questions.values()), rows


def _receipt(course: Course, student: str, module: str) -> dict | None:
    try:
        return json.loads((course.autograded / student / module / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _count(question: Question, exercise: Exercise, verdict: Verdict, student: str, seconds: float | None) -> None:
    outcome = outcome_of(exercise, verdict)
    question.counts[outcome] += 1
    if seconds is not None:
        question.seconds.append(seconds)
    if outcome == "mistake":
        name = mistake_of(exercise, verdict)
        question.mistakes.setdefault(name, []).append(student)
        question.says[name] = verdict.says
    elif outcome in ("other", "error"):
        question.others.setdefault(verdict.message, []).append(student)


def picture(questions: list[Question]) -> bytes:
    """A PNG: one bar an exercise, what became of it among the class. Meaning by colour, pattern and order."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.6 + 0.34 * len(questions)), layout="constrained")
    axes = figure.add_subplot()
    names = [f"{q.lesson.partition('-')[0]} · {q.name}" for q in questions]
    left = [0] * len(questions)
    for outcome in OUTCOMES:
        widths = [q.counts[outcome] for q in questions]
        axes.barh(names, widths, left=left, color=COLOURS[outcome], hatch=HATCHES[outcome], edgecolor="white",
                  label=LABELS[outcome])  # fmt: skip
        for y, (x, width) in enumerate(zip(left, widths, strict=True)):
            if width:
                axes.text(x + width / 2, y, width, ha="center", va="center", fontsize=8,
                          bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.set_xlabel("learners")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(OUTCOMES), frameon=False, fontsize=9)
    FigureCanvasAgg(figure).print_png(out := io.BytesIO())
    return out.getvalue()


def write_report(course: Course, module: str) -> Path:
    """Write `index.html`, `mistakes.png` and `marks.csv` of a module; returns the page's path."""
    about = read_module(course.root / "lessons" / module)
    questions, rows = survey(course, module, about["lessons"])
    folder = course.autograded.parent / "reports" / module
    image = picture(questions)
    page = PAGE.render(
        title=about["title"], module=module, questions=questions, rows=rows, signs=SIGNS, labels=LABELS,
        outcomes=OUTCOMES, image=base64.b64encode(image).decode(), median=_median(rows), top=_top(questions),
    )  # fmt: skip
    write(folder / "index.html", page)
    write(folder / "marks.csv", marks(course, module))
    write(folder / "mistakes.png", image)
    return folder / "index.html"


def _median(rows: list[Row]) -> str:
    return f"{median(row.points for row in rows):g} of {rows[0].of:g}" if rows else "–"


def _top(questions: list[Question], most: int = 5) -> list[tuple[int, str, str, str]]:
    """The most frequent named mistakes: how many learners, exercise, name, words."""
    found = [(len(who), q.name, name, q.says[name]) for q in questions for name, who in q.mistakes.items()]
    return sorted(found, key=lambda each: -each[0])[:most]


def marks(course: Course, module: str) -> str:
    """The marks as CSV, a line a learner, those by hand and late penalties included."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["student_id", "last_name", "first_name", "email", "lms_user_id", "module", "score", "max_score",
                    "late_penalty", "complete"])  # fmt: skip
    with course.desk() as desk:
        for found in desk.submissions(module):
            who = found.student
            about = [who.id, who.last_name, who.first_name, who.email, who.lms_user_id, module]
            penalty = sum(n.late_submission_penalty or 0 for n in found.notebooks)
            complete = "no" if found.needs_manual_grade else "yes"
            table.writerow([_plain(v) for v in about] + [f"{found.score - penalty:g}", f"{found.max_score:g}",
                                                         f"{penalty:g}", complete])  # fmt: skip
    return out.getvalue()


def _plain(value: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = value or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def table_of(graded: Iterable[Graded], most: float) -> Table:
    """The class in the terminal: points, what became of the exercises, what is to be noted."""
    table = Table("learner", "points", "passed", "to be noted", title_justify="left")
    for each in graded:
        verdicts = [v for some in each.verdicts.values() for v in some]
        passed = f"{sum(v.passed for v in verdicts)} of {len(verdicts)}"
        points = "–" if each.problem else f"{each.points:g} of {most:g}"
        notes = [each.problem] if each.problem else each.notes
        table.add_row(*(_escaped(text) for text in (each.student, points, passed, "; ".join(notes))))
    return table


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


PAGE = jinja2.Template(
    (Path(__file__).parent / "report.html.jinja").read_text(encoding="utf-8"), autoescape=True, trim_blocks=True
)
