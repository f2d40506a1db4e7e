"""The modules, lessons and exercises of the course, as the build writes them beside what learners open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mle.study import StudyError

FILE, FILE_IN_WORK = "course.json", ".course.json"


@dataclass(frozen=True)
class Exercise:
    name: str
    heading: str
    """Of its card: "Exercise 2 · Split by time"."""
    card: str
    """The id of the card's cell."""
    points: float
    by_hand: bool
    """Free text, graded by a person."""


@dataclass(frozen=True)
class Lesson:
    name: str
    title: str
    minutes: int
    exercises: tuple[Exercise, ...]

    @cached_property
    def checked(self) -> list[Exercise]:
        """The exercises that have a check."""
        return [e for e in self.exercises if not e.by_hand]


@dataclass(frozen=True)
class Module:
    folder: str
    title: str
    about: str
    """The duty or the role."""
    before: str
    """What comes before it."""
    lessons: tuple[Lesson, ...]

    @property
    def number(self) -> str:
        return self.folder[:2]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def exercises(self) -> int:
        return sum(len(lesson.exercises) for lesson in self.lessons)


def read_map(modules: Path, name: str = FILE) -> list[Module]:
    """The course's modules that are there, in order, from the file `name`: a release may hold only some of them.

    Raises `StudyError` where the file is missing.
    """
    try:
        told = json.loads((modules / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError(f"{modules / name} is missing: run `make build`, or clone the course again") from None
    return [
        Module(
            **{
                **module,
                "lessons": tuple(
                    Lesson(**{**lesson, "exercises": tuple(Exercise(**each) for each in lesson["exercises"])})
                    for lesson in module["lessons"]
                ),
            }
        )
        for module in told
        if (modules / module["folder"]).is_dir()
    ]
