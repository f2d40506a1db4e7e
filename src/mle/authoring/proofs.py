"""Which lessons have been proven as they are: receipts in `grading/proofs.json`, which `mle prove` writes.

A receipt says two things: each of the lesson's answers got the verdict it must, and the engine gave the solved notebook every
point and the untouched one none. It is the digest of all that this depends on: the lesson's text and answers, its two
notebooks, the package, the datasets and checkpoints, the locked versions, Python and the system. Change one of them and it is
stale; then `make test` does all of it again. Where it is fresh, `make test` draws: of one lesson in six it judges the answers
to one exercise again, of another one it grades the notebooks again. Each change draws anew.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

import nbformat

from mle import data
from mle.authoring.build import paths_of
from mle.authoring.lesson import Exercise, Lesson
from mle.grading import store
from mle.grading.farm import Nest
from mle.grading.jail import reason_against
from mle.grading.limits import limits_of
from mle.grading.submission import ground_of, read_work, steps_of

RECEIPTS = Path("grading", "proofs.json")
PROVERS = ("flow.py", "lesson.py", "prover.py", "soundness.py")
"""Of this package's folder, what a proof depends on."""
ONE_IN = 6
"""Of how many lessons with a receipt `make test` judges the answers of one again, and grades the notebooks of another."""


# --- the notebooks' grades ------------------------------------------------------------------------------------------


def wrong_grades(lesson: Lesson, root: Path) -> list[str]:
    """What is wrong with the grades of the lesson's notebooks: the solved one gets every point, the untouched one none.

    From the files to the points, by the engine, on both sides of the wall, in the jail where one can be made.
    """
    solved, released = paths_of(lesson, root)
    skeleton, limits = nbformat.read(released, as_version=4), limits_of(lesson.path.parent)
    wrong = []
    with Nest(ground_of(lesson), limits, jailed=not reason_against()) as nest:
        for path in (solved, released):
            work = read_work(path.parent, path.stem, skeleton, limits.notebook_size * 1e6)
            verdicts = nest.run(steps_of(lesson, work, skeleton)).verdicts
            if [v.exercise for v in verdicts] != [e.name for e in lesson.exercises]:
                wrong.append(f"{path}: graded are {[v.exercise for v in verdicts]}")
                continue
            for exercise, verdict in zip(lesson.exercises, verdicts, strict=True):
                if path == solved:
                    right = verdict.passed and verdict.points == exercise.points
                else:
                    untouched = verdict.status == "todo" or "is not defined" in verdict.says
                    right = untouched and not verdict.passed and not verdict.points
                if not right:
                    wrong.append(
                        f"{path}: {exercise.name} gets {verdict.points:g} of {exercise.points:g}: {verdict.message}"
                    )
    return wrong


# --- receipts -------------------------------------------------------------------------------------------------------


def digest(lesson: Lesson, root: Path) -> str:
    """The digest of all that the proof of `lesson`, one of the course in `root`, depends on."""
    answers = lesson.path.with_name(f"{lesson.path.stem}.answers.py")
    parts = [_common(root), asdict(limits_of(lesson.path.parent))]
    parts += [path.read_text(encoding="utf-8") for path in (lesson.path, answers)]
    parts += [_graded_of(path) for path in paths_of(lesson, root)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _graded_of(path: Path) -> list | None:
    """Of a notebook, what its grade depends on: outputs and words are not; None where there is no notebook."""
    if not path.exists():
        return None
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [[c["id"], c["source"], c["metadata"].get("nbgrader")] for c in cells if c["cell_type"] == "code"]


@cache
def _common(root: Path) -> str:
    """The digest of what the proofs of all lessons depend on."""
    read = [root / "requirements.lock", data.root() / data.CATALOGUE, *sorted((root / "checkpoints").glob("*/*.*"))]
    read += [Path(__file__).with_name(name) for name in PROVERS]
    parts = [[*sys.version_info[:2], sys.platform, platform.machine()], store.sources()]
    parts += [[hashlib.sha256(path.read_bytes()).hexdigest() for path in read]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def proven(root: Path) -> dict[str, str]:
    """The digest under which each lesson was proven, by "MODULE/LESSON"."""
    path = root / RECEIPTS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def keep(lesson: Lesson, root: Path) -> None:
    """Note that all of `lesson` has been proven as it is now."""
    receipts = proven(root) | {f"{lesson.module}/{lesson.name}": digest(lesson, root)}
    (root / RECEIPTS).parent.mkdir(exist_ok=True)
    (root / RECEIPTS).write_text(json.dumps(dict(sorted(receipts.items())), indent=1) + "\n", encoding="utf-8")


def _draw(lesson: Lesson, root: Path) -> int | None:
    """A number drawn for a lesson that has been proven as it is now, another one after each change; None for any other lesson."""
    now = digest(lesson, root)
    return int(now, 16) if proven(root).get(f"{lesson.module}/{lesson.name}") == now else None


def is_proven(lesson: Lesson, root: Path) -> bool:
    """Whether the lesson has been proven as it is now."""
    return _draw(lesson, root) is not None


def still_to_judge(lesson: Lesson, root: Path) -> list[Exercise]:
    """The exercises whose answers are to be judged again: all of them, or, of a proven lesson, one if it is drawn, or none."""
    draw = _draw(lesson, root)
    if draw is None:
        return lesson.exercises
    return [lesson.exercises[draw // ONE_IN % len(lesson.exercises)]] if draw % ONE_IN == 0 else []


def still_to_grade(lesson: Lesson, root: Path) -> bool:
    """Whether the lesson's notebooks are to be graded again: it is not proven, or it is drawn."""
    draw = _draw(lesson, root)
    return draw is None or draw % ONE_IN == 1
