"""Grade a class: take in what was handed in, run what no receipt answers, write the marks.

The same engine is behind `mle grade`, `nbgrader autograde` and formgrader's button (`mle.grading.autograde`).
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader import preprocessors as stock
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from mle.authoring.lesson import Lesson, find_lessons, read_lesson
from mle.authoring.release import save_cells
from mle.check.failure import Verdict
from mle.grading import GradingError, jail
from mle.grading.farm import Job, Result, run_here, run_there
from mle.grading.limits import Limits, limits_of
from mle.grading.publish import Desk, Marked
from mle.grading.store import Store, addresses, engine_digest
from mle.grading.submission import Ground, Step, Work, ground_of, read_bytes, read_work, rebuild, steps_of

TIMESTAMP = "timestamp.txt"


class GradeError(GradingError):
    """A class cannot be graded; the message says why and what to do."""


@dataclass(frozen=True)
class Course:
    """Where a course keeps what; nbgrader's own settings."""

    root: Path
    db_url: str
    course_id: str
    submitted: Path
    autograded: Path
    late: Callable[..., float | None]

    @property
    def receipts(self) -> Path:
        return self.autograded.parent / ".receipts"

    def desk(self) -> Desk:
        return Desk(self.db_url, self.course_id, self.autograded, self.late)


def course_at(root: Path) -> Course:
    """The course at a folder, by its `nbgrader_config.py`."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    return course_of(CourseDirectory(config=config), config)


def course_of(directory: CourseDirectory, config: Config) -> Course:
    penalties = stock.AssignLatePenalties(config=config)
    penalties.init_plugin()
    root = Path(directory.root)
    return Course(
        root, directory.db_url, directory.course_id, root / directory.submitted_directory,
        root / directory.autograded_directory, penalties.plugin_inst.late_submission_penalty,
    )  # fmt: skip


@dataclass
class Graded:
    """What became of one learner's submission."""

    student: str
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    """Why it could not be graded; the grader's trouble, not the learner's."""
    runs: list[Result] = field(default_factory=list)
    """What running it took; nothing where receipts answered."""
    repeated: bool = False
    """Whether these very marks were there already."""

    @property
    def points(self) -> float:
        return sum(v.points for verdicts in self.verdicts.values() for v in verdicts)


@dataclass(frozen=True)
class _Part:
    """A lesson as it was released."""

    lesson: Lesson
    skeleton: nbformat.NotebookNode
    ground: Ground


@dataclass
class _Paper:
    """One learner's notebook on its way."""

    student: str
    name: str
    work: Work
    steps: list[Step]
    addresses: list[str]


def students_of(course: Course, module: str) -> list[str]:
    """The learners who have handed in something for a module: folders, not links."""
    with suppress(FileNotFoundError):
        here = (e for e in os.scandir(course.submitted) if e.is_dir(follow_symlinks=False))
        return sorted(e.name for e in here if not e.name.startswith(".") and _is_folder(Path(e.path) / module))
    return []


def _is_text(name: str) -> bool:
    """Whether a folder's name is text: others can be in no gradebook and no page."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def grade(
    course: Course,
    module: str,
    students: Iterable[str] | None = None,
    workers: int = 0,
    scheduler: str = "",
    jailed: bool = True,
    force: bool = False,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> list[Graded]:
    """Grade the submissions of a module (of all learners for None), and write the marks.

    `workers` is how many notebooks run at a time (0: one for each core). What a receipt answers is not run again, unless
    `force`. Raises `GradeError`, `JailError`, `NestError`, `StoreError` or `PublishError`, each with what to do.
    """
    parts = _parts(course, module)
    limits = limits_of(course.root / "lessons" / module)
    names = _chosen(course, module, students)
    if jailed and (why := jail.reason_against()):
        raise jail.JailError(f"no jail: {why}. With --no-jail learners' code runs unprotected, as yourself")
    _prepare_gradebook(course, module, parts)
    store = Store(course.receipts)
    nameless = [name for name in names if not _is_text(name)]
    names = [name for name in names if _is_text(name)]
    graded = {name: Graded(name) for name in names}
    for name in nameless:
        graded[name] = Graded(ascii(name), problem="the folder's name is no text (UTF-8); rename it and grade again")
    papers: list[_Paper] = []
    for count, student in enumerate(names):
        progress("reading", count, len(names))
        papers += _take_in(course, module, student, parts, limits)
    _run(papers, parts, limits, jailed, store, force, workers or os.cpu_count() or 1, scheduler, graded, progress)
    by_student: dict[str, list[_Paper]] = {}
    for paper in papers:
        by_student.setdefault(paper.student, []).append(paper)
    with course.desk() as desk:
        for count, student in enumerate(names):
            progress("writing marks", count, len(names))
            if not graded[student].problem:
                _publish(course, module, graded[student], by_student[student], parts, store, desk)
    progress("done", len(names), len(names))
    return list(graded.values())


def _parts(course: Course, module: str) -> dict[str, _Part]:
    lessons = [read_lesson(path) for path in find_lessons(course.root, module)]
    if not lessons:
        known = sorted(p.name for p in (course.root / "lessons").glob("[0-9][0-9]-*"))
        raise GradeError(f"no module {module!r}; there are {', '.join(known)}")
    parts = {}
    for lesson in lessons:
        path = course.root / "modules" / module / f"{lesson.name}.ipynb"
        if not path.exists():
            raise GradeError(f"{path} is missing: run `make build`")
        skeleton = nbformat.read(path, as_version=4)
        graded = {c.metadata.nbgrader.grade_id for c in skeleton.cells if "nbgrader" in c.metadata}
        expected = {name for e in lesson.exercises for name in (e.name, f"{e.name}-check")}
        if not expected <= graded or len(skeleton.cells) != sum(not c.get("claims") for c in lesson.cells):
            raise GradeError(f"{path} is not what its lesson builds to: run `make build`")
        parts[lesson.name] = _Part(lesson, skeleton, ground_of(lesson))
    return parts


def _chosen(course: Course, module: str, students: Iterable[str] | None) -> list[str]:
    known = students_of(course, module)
    if students is None:
        if not known:
            raise GradeError(f"nothing was handed in: no folder {course.submitted}/LEARNER/{module}")
        return known
    names = list(dict.fromkeys(students))
    for name in names:
        if name not in known:
            raise GradeError(f"nothing of {name!r} was handed in: no folder {course.submitted / name / module}")
    return names


def _prepare_gradebook(course: Course, module: str, parts: dict[str, _Part]) -> None:
    """Tell the gradebook about the module, where it does not know it as it is."""
    with course.desk() as desk:
        for name, part in parts.items():
            points = {c.metadata.nbgrader.grade_id: float(c.metadata.nbgrader.points)
                      for c in part.skeleton.cells if utils.is_grade(c)}  # fmt: skip
            if desk.knows(module, name, points):
                continue
            solved = nbformat.read(course.root / "solutions" / module / f"{name}.ipynb", as_version=4)
            try:
                desk.define(module, lambda name=name, solved=solved: save_cells(solved, module, name, course.db_url))
            except RuntimeError as error:
                raise GradeError(
                    f"{module}: {error}. To start over: `nbgrader db assignment remove {module} --force`, then grade again"
                ) from None


def _take_in(course: Course, module: str, student: str, parts: dict[str, _Part], limits: Limits) -> list[_Paper]:
    folder, papers = course.submitted / student / module, []
    for name, part in parts.items():
        work = read_work(folder, name, part.skeleton, limits.notebook_size * 1e6)
        steps = steps_of(part.lesson, work, part.skeleton)
        papers.append(_Paper(student, name, work, steps, addresses(part.ground, steps, limits)))
    return papers


def _run(
    papers: list[_Paper],
    parts: dict[str, _Part],
    limits: Limits,
    jailed: bool,
    store: Store,
    force: bool,
    workers: int,
    scheduler: str,
    graded: dict[str, Graded],
    progress: Callable[[str, int, int], None],
) -> None:
    """Run what no receipt answers yet, lesson by lesson; the same code of two learners once."""
    waiting: dict[tuple, list[_Paper]] = {}
    for paper in sorted(papers, key=lambda p: p.name):
        if force or any(store.get(address) is None for address in paper.addresses):
            waiting.setdefault((paper.name, *paper.addresses), []).append(paper)
    groups = list(waiting.values())
    jobs = []
    for (first, *_), part in ((g, parts[g[0].name]) for g in groups):
        asked = {a for a in first.addresses if force or store.get(a) is None}
        jobs.append(Job(part.ground, limits, jailed, tuple(_asked(first, asked))))
    runs = run_there(jobs, scheduler) if scheduler else run_here(jobs, workers)
    progress("grading", 0, len(jobs))
    with closing(runs):  # where a receipt cannot be written, the rest is not waited for
        for count, (number, result) in enumerate(runs if jobs else [], 1):
            group, job = groups[number], jobs[number]
            if isinstance(result, Exception):
                for paper in group:
                    graded[paper.student].problem = f"{paper.name}: {result}"
            else:
                for paper in group:
                    graded[paper.student].runs.append(result)
                _keep(group[0], job, result, store)
            progress("grading", count, len(jobs))


def _keep(paper: _Paper, job: Job, result: Result, store: Store) -> None:
    address_of = dict(zip([s.exercise for s in paper.steps if s.exercise], paper.addresses, strict=True))
    for verdict, seconds in zip(result.verdicts, result.check_seconds, strict=True):
        store.put(address_of[verdict.exercise], verdict, seconds)
    assert len(result.verdicts) == sum(bool(step.exercise) for step in job.steps)


def _asked(paper: _Paper, asked: set[str]) -> list[Step]:
    """The steps of a paper without the checks that receipts answer already."""
    kept, at = [], iter(paper.addresses)
    for step in paper.steps:
        if not step.exercise or next(at) in asked:
            kept.append(step)
    return kept


def _publish(
    course: Course,
    module: str,
    graded: Graded,
    papers: list[_Paper],
    parts: dict[str, _Part],
    store: Store,
    desk: Desk,
) -> None:
    notes: list[str] = []
    for paper in papers:
        verdicts = [store.get(address) for address in paper.addresses]
        if None in verdicts:
            graded.problem = f"{paper.name}: a receipt has vanished from {course.receipts}; grade again"
            return
        graded.verdicts[paper.name] = verdicts
        notes += paper.work.notes
    timestamp = _timestamp(course.submitted / graded.student / module, notes)
    graded.notes = list(dict.fromkeys(notes))
    notebooks = {paper.name: rebuild(parts[paper.name].skeleton, paper.work) for paper in papers}
    told = [
        engine_digest(),
        [[v.to_json() for v in vs] for vs in graded.verdicts.values()],
        graded.notes,
        str(timestamp),
    ]
    told += [[cell.source for cell in notebook.cells] for notebook in notebooks.values()]
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    receipts = {paper.name: paper.addresses for paper in papers}
    marked = Marked(graded.student, notebooks, graded.verdicts, receipts, timestamp, graded.notes, digest)
    graded.repeated = desk.is_there(marked, module)
    if not graded.repeated:
        desk.write(marked, module)


def _timestamp(folder: Path, notes: list[str]) -> datetime.datetime | None:
    """When it was handed in, by nbgrader's own file; None where there is none that can be read."""
    if not os.path.lexists(folder / TIMESTAMP):
        return None
    try:
        text = read_bytes(folder / TIMESTAMP, 1000).decode("utf-8").strip()
        return utils.parse_utc(text) if text else None
    except (ValueError, OverflowError) as error:
        notes.append(f"{TIMESTAMP} was not understood ({str(error)[:80]}); it counts as handed in without a time")
        return None
