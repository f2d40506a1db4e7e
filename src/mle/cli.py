"""The `mle` command: for learners (lab, check, progress, submit), graders (release, collect, grade) and authors (new, build, prove)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

import mle  # noqa: F401 - asks the numerical libraries for one thread each, before they are imported

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console()
errors = Console(stderr=True)


@app.callback()
def main() -> None:
    """The curriculum's command: learn (lab, check, progress, submit), teach (release, collect, grade), write (new, build, prove)."""


def root() -> Path:
    """The folder of the course: the nearest one upwards that holds `lessons/`."""
    for folder in [Path.cwd(), *Path.cwd().parents]:
        if (folder / "lessons").is_dir():
            return folder
    fail(
        "no folder `lessons/` here or above: run the command inside the course's folder (what learners were given has none: "
        "hidden tests and answers stay with the instructor)"
    )


def fail(*messages: str) -> NoReturn:
    """Print one line for each problem and end with status 1."""
    for message in messages:
        errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def lessons_at(targets: list[Path]) -> list[Path]:
    """The lesson files that the arguments name: files, module folders, or all of them for none."""
    from mle.authoring.lesson import find_lessons

    base = root()
    if not targets:
        return find_lessons(base)
    found: list[Path] = []
    for target in targets:
        if target.is_file():  # an answers file stands for its lesson
            found.append(target.with_name(target.name.replace(".answers.py", ".py")).resolve())
        elif inside := find_lessons(base, target.name):
            found += inside
        else:
            fail(f"{target}: neither a lesson file nor a module folder under lessons/")
    return list(dict.fromkeys(found))


@app.command()
def build(
    lesson: Annotated[list[Path] | None, typer.Argument(help="Lesson files or module folders; all for none.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Execute unchanged lessons too.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Execute nothing; end with 1 where something is stale.")
    ] = False,
) -> None:
    """Build solutions/ and modules/ from lessons/: what changed is checked, executed and written."""
    from mle.authoring.build import build as build_lessons
    from mle.authoring.lesson import LessonError

    try:
        changed = build_lessons(root(), lessons_at(lesson) if lesson else None, force, check, console.print)
    except LessonError as error:
        fail(*error.problems)
    if check and changed:
        fail(*(f"{path}: its notebooks are not what it builds to; run `make build`" for path in changed))
    console.print(f"{len(changed)} lessons built" if changed else "everything is fresh")


@app.command()
def prove(
    lesson: Annotated[list[Path] | None, typer.Argument(help="Lesson files or module folders; all for none.")] = None,
    exercise: Annotated[str | None, typer.Option(help="Only this exercise.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Generated mutants too; updates the table.")] = False,
    jobs: Annotated[int, typer.Option(help="Answers judged at a time.")] = 2,
    html: Annotated[Path | None, typer.Option(help="Write the report as HTML to this file.")] = None,
) -> None:
    """Prove that a lesson's graders are right: every answer, both sides of the wall, five seeds; the grades of its notebooks.

    Keeps grading/proofs.json.
    """
    from mle.authoring import proofs
    from mle.authoring.build import is_fresh
    from mle.authoring.lesson import LessonError
    from mle.authoring.report import print_report, write_html
    from mle.authoring.soundness import prove as prove_lesson
    from mle.authoring.soundness import save_table, score_page

    reports = []
    for path in lessons_at(lesson or []):
        try:
            with console.status(f"{path.name} …") as status:

                def tell(name: str, done: int, path: Path = path, status=status) -> None:
                    status.update(f"{path.name} · {name} · {done} answers judged")

                report = prove_lesson(path, exercise, mutants, jobs, tell)
        except LessonError as error:
            fail(*error.problems)
        whole = report.sound and not exercise
        built = whole and is_fresh(report.lesson, root())
        if built:
            report.problems += proofs.wrong_grades(report.lesson, root())
        print_report(report, console)
        if mutants and not report.problems:
            save_table(report)
        if built and report.sound:
            proofs.keep(report.lesson, root())
        elif whole and not built:
            console.print("No receipt: its notebooks are not those of this text. Build it, and prove it again.")
        reports.append(report)
    if mutants and not exercise and not lesson:
        (root() / "grading").mkdir(exist_ok=True)
        (root() / "grading" / "soundness.md").write_text(score_page(root()), encoding="utf-8")
    if html is not None:
        write_html(reports, html)
    if not all(report.sound for report in reports):
        raise typer.Exit(1)


@app.command()
def lab(
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; the first free one from 8888 for none.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser on the start page.")] = True,
) -> None:
    """Open JupyterLab on the start page of modules/."""
    from mle.lab import lab as run_lab

    raise typer.Exit(run_lab(port, browser))


@app.command()
def doctor() -> None:
    """Say what this machine lacks, and what to do about it."""
    from rich.table import Table

    from mle.doctor import doctor as examine

    table = Table("", "looked at", "seen", "what to do", title="mle doctor", title_justify="left")
    findings = examine()
    for finding in findings:
        table.add_row(
            {"ok": "✓", "note": "·", "problem": "✗"}[finding.level], finding.subject, finding.seen, finding.do
        )
    console.print(table)
    if any(finding.level == "problem" for finding in findings):
        raise typer.Exit(1)


@app.command()
def check(
    notebook: Annotated[list[Path], typer.Argument(help="Notebooks of modules/, worked on.")],
) -> None:
    """Grade notebooks as they are, hidden tests included, and say which mistake each exercise shows."""
    from mle.authoring.lesson import read_lesson
    from mle.grading.notebook import grade

    total = best = 0.0
    for path in notebook:
        lesson_path = root() / "lessons" / path.resolve().parent.name / f"{path.stem}.py"
        if not lesson_path.exists():
            fail(f"{path}: no lesson {lesson_path.parent.name}/{lesson_path.stem} in this course")
        lesson = read_lesson(lesson_path)
        try:
            verdicts = grade(path, lesson)
        except ValueError as error:
            fail(str(error))
        for verdict in verdicts:
            console.print(str(verdict), markup=False, highlight=False, soft_wrap=True)
        got, of = sum(v.points for v in verdicts), sum(e.points for e in lesson.exercises)
        console.print(f"{path.name}: {got:g} of {of:g} points", highlight=False)
        total, best = total + got, best + of
    if len(notebook) > 1:
        console.print(f"together: {total:g} of {best:g} points", highlight=False)


@app.command()
def progress() -> None:
    """Show what is done so far, and where to go on."""
    from rich.table import Table

    from mle.lab import CannotStart, course_folder
    from mle.study import StudyError, course_map
    from mle.study import page as pages
    from mle.study import progress as notes
    from mle.study.work import FOLDER

    try:
        work = course_folder() / FOLDER
        modules = course_map.read_map(work.with_name("modules"))
    except (CannotStart, StudyError) as error:
        fail(str(error))
    done = notes.read(work)
    table = Table("module", "passed", "points", "", title="what is done so far", title_justify="left")
    for module in modules:
        passed, of = pages.done_in(module, done)
        best = sum(e.points for lesson in module.lessons for e in lesson.checked)
        got = sum(
            done.points.get((module.folder, each.name, e.name), 0) for each in module.lessons for e in each.checked
        )
        bar = "█" * round(20 * passed / of) if of else ""
        table.add_row(
            f"{module.number} · {module.title}", f"{passed} of {of}", f"{got:g} of {best:g}", bar.ljust(20, "░")
        )
    console.print(table)
    if going := pages.next_exercise(modules, done):
        module, lesson, exercise = going
        console.print(f"go on: {FOLDER}/{module.folder}/{lesson.name}.ipynb, {exercise.heading}", highlight=False)


@app.command()
def submit(
    module: Annotated[str, typer.Argument(help="The module's folder name, such as 03-build-and-train-models.")],
    name: Annotated[str, typer.Option(help="Your name in the class, as your instructor knows it.")],
    folder: Annotated[Path, typer.Option(help="Where to put the file.")] = Path("handed-in"),
) -> None:
    """Pack a module of yours into one file to send to the instructor."""
    from mle.lab import CannotStart, course_folder
    from mle.study import StudyError
    from mle.study.hand_in import pack
    from mle.study.work import FOLDER

    try:
        path = pack(course_folder() / FOLDER, module, name, folder)
    except (CannotStart, StudyError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or folder} cannot be written: {error.strerror}")
    console.print(f"send this file to your instructor: {path}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def collect(
    file: Annotated[list[Path], typer.Argument(help="Files that `mle submit` packed.")],
) -> None:
    """Take in what learners sent, to where `mle grade` and nbgrader look for it. Ends with 3 where a file was not taken."""
    from mle.grading.engine import course_at
    from mle.study import StudyError
    from mle.study.hand_in import take_in

    base, refused = root(), 0
    submitted = course_at(base).submitted
    for path in file:
        try:
            learner, module = take_in(path, base / "modules", submitted)
        except StudyError as error:
            refused += 1
            errors.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        else:
            console.print(f"{learner}: {module}", markup=False, highlight=False, soft_wrap=True)
    if refused:
        raise typer.Exit(3)


@app.command()
def release(
    module: Annotated[list[str] | None, typer.Argument(help="Module folders; all for none.")] = None,
    to: Annotated[Path, typer.Option(help="The zip file to write.")] = Path("course.zip"),
) -> None:
    """Pack the course for learners: modules, data and package, without solutions, hidden tests and answers."""
    from mle.authoring.bundle import BundleError, bundle

    try:
        count = bundle(root(), to, module)
    except BundleError as error:
        fail(str(error))
    console.print(f"{to}: {count} files", markup=False, highlight=False, soft_wrap=True)


@app.command()
def new(
    folder: Annotated[
        str, typer.Argument(help="The module's folder name: two digits and words, such as 15-my-module.")
    ],
    title: Annotated[str, typer.Argument(help="Its title.")],
) -> None:
    """Begin a module of your own from a template that passes `mle prove`."""
    from mle.authoring.lesson import LessonError
    from mle.authoring.template import begin

    try:
        paths = begin(root(), folder, title)
    except LessonError as error:
        fail(*error.problems)
    for path in paths:
        console.print(str(path), markup=False, highlight=False, soft_wrap=True)
    console.print(f"now edit them; `mle build {folder}` and `mle prove {folder}` say what is missing", highlight=False)


@app.command()
def grade(
    module: Annotated[str, typer.Argument(help="The module's folder name, such as 03-build-and-train-models.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this learner (may be given again).")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Notebooks at a time; 0 for one on each core.")] = 0,
    scheduler: Annotated[str, typer.Option(help="A Dask scheduler (tcp://host:port) whose workers do the work.")] = "",
    no_jail: Annotated[bool, typer.Option("--no-jail", help="Run learners' code unprotected, as yours.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Run again what is graded already.")] = False,
) -> None:
    """Grade what learners handed in for a module, and write the marks into nbgrader's gradebook.

    Ends with 0 where all is graded, with 3 where some submission could not be, with 1 where nothing could.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from mle.authoring.lesson import LessonError, find_lessons, read_lesson
    from mle.grading import GradingError
    from mle.grading.engine import course_at
    from mle.grading.engine import grade as grade_class
    from mle.grading.report import table_of, write_report

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        course = course_at(root())
        with Progress(*columns, console=errors, transient=True) as bar:
            task = bar.add_task("reading", total=None)

            def show(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total)

            graded = grade_class(course, module, student, workers, scheduler, not no_jail, force, show)
        lessons = map(read_lesson, find_lessons(course.root, module))
        console.print(table_of(graded, sum(e.points for lesson in lessons for e in lesson.exercises)))
        page = write_report(course, module)
    except (GradingError, LessonError) as error:
        fail(str(error))
    console.print(f"report: {page}", markup=False, highlight=False, soft_wrap=True)
    if problems := [f"{each.student}: {each.problem}" for each in graded if each.problem]:
        for problem in problems:
            errors.print(f"not graded: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(3)


if __name__ == "__main__":
    sys.exit(app())
