"""What a person who grades free text needs beside the learner's words: the card with its rubric, and anchored samples.

A sample is a Markdown cell of the answers file: `explain="memo" kind="sample" points=3.5`, a text as learners write it, its
last paragraph (in italics) saying why it earns these points. `grading/rubrics/` is built from cards, model answers and samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mle.authoring.lesson import Lesson, answers_path, find_lessons, read_cells, read_lesson
from mle.authoring.style import CARD_BODY

LEAST = 3
"""How many samples anchor a rubric, at least: one near the top, one near the bottom, one between."""


@dataclass(frozen=True)
class Sample:
    """A learner's text, graded: the anchor for others like it."""

    points: float
    text: str
    line: int


def samples_of(lesson: Lesson) -> dict[str, list[Sample]]:
    """The samples in the lesson's answers file by the name of the free-text answer, best first."""
    where, found = answers_path(lesson.path), {}
    for cell in read_cells(where) if where.exists() else []:
        if cell.kind == "markdown" and cell.get("kind") == "sample":
            sample = Sample(cell.get("points"), cell.source.strip(), cell.line)
            found.setdefault(cell.get("explain"), []).append(sample)
    return {name: sorted(samples, key=lambda s: -float(s.points or 0)) for name, samples in found.items()}


def problems_of(lesson: Lesson) -> list[str]:
    """What the lesson's rubrics lack, as `file:line: what, and what to do`."""
    where, samples = answers_path(lesson.path), samples_of(lesson)
    asked = {cell.get("explain"): cell for cell in lesson.cells if cell.get("explain")}
    found = [
        f"{where}:{sample.line}: no free-text answer {name!r} in {lesson.path.name}"
        for name in samples.keys() - asked.keys()
        for sample in samples[name]
    ]
    for name, cell in asked.items():
        most, anchors = float(cell.get("points")), samples.get(name, [])
        wrong = [
            s for s in anchors if not isinstance(s.points, (int, float)) or not 0 <= s.points <= most or s.points % 0.5
        ]
        found += [f"{where}:{s.line}: a sample of {name!r} earns 0 to {most:g} points, in halves" for s in wrong]
        found += [
            f"{where}:{s.line}: the sample's last paragraph is to say in *italics* why it earns its points"
            for s in anchors
            if not (s.text.split("\n\n")[-1].startswith("*") and s.text.endswith("*"))
        ]
        if len(anchors) < LEAST:
            found.append(f'{where}: {name!r} has {len(anchors)} of {LEAST} anchored samples (kind="sample" points=…)')
        elif not wrong and (anchors[0].points < 0.75 * most or anchors[-1].points > 0.4 * most):
            found.append(
                f"{where}: the samples of {name!r} anchor only part of the scale: add a better or a weaker one"
            )
    return found


def pages(root: Path) -> dict[Path, str]:
    """The text of `grading/rubrics/MODULE.md` for each module with free text, by path."""
    texts: dict[Path, list[str]] = {}
    for lesson in map(read_lesson, find_lessons(root)):
        samples = samples_of(lesson)
        for position, cell in enumerate(lesson.cells):
            if name := cell.get("explain"):
                page = texts.setdefault(
                    root / "grading" / "rubrics" / f"{lesson.module}.md", [HEAD.format(lesson.module)]
                )
                page.append(_section(lesson, position, samples.get(name, [])))
    return {path: "\n".join(parts) for path, parts in texts.items()}


def write(root: Path) -> None:
    """Write every page."""
    for path, text in pages(root).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _section(lesson: Lesson, position: int, samples: list[Sample]) -> str:
    cell, card = lesson.cells[position], CARD_BODY.search(lesson.cells[position - 1].source)[0]
    card = card.split("<details>")[0].replace("### ", f"## {lesson.name} · ", 1).strip()
    parts = [card, f"### The model answer ({cell.get('points'):g} points)", cell.source.strip()]
    for sample in samples:
        parts += [f"### A learner's answer: {sample.points:g} of {cell.get('points'):g}", sample.text]
    return "\n\n".join(parts) + "\n"


HEAD = """# Graded by hand: {}

Before you begin, grade the samples without looking at their points, then compare: where you differ, the last paragraph
of a sample says how its line of the rubric is meant. formgrader shows the card with the rubric above each answer.
"""
