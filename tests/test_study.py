"""The learner's own folder: an update never costs work, progress is what checks said, and what is handed in arrives whole."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from mle.check.failure import Verdict
from mle.cli import app
from mle.grading.submission import read_work, rebuild
from mle.study import StudyError, course_map, page, progress
from mle.study.hand_in import pack, take_in
from mle.study.work import BEFORE, GIVEN, prepare

ROOT = Path(__file__).resolve().parent.parent
MODULE, LESSON = "01-first", "1-lesson"
NAME = f"{MODULE}/{LESSON}.ipynb"
STUB = 'def double(x):\n    raise NotImplementedError("write your code here, in place of this line")'
CHECK = 'check.start("double", points=2)\ncheck.equal(double(2), 4, says="not twice", look="Hint 1")\ncheck.passed()'
MAP = [{"folder": MODULE, "title": "First", "about": "try", "before": "nothing", "lessons": [
    {"name": LESSON, "title": "A lesson", "minutes": 65, "exercises": [
        {"name": "double", "heading": "Exercise 1 · Double it", "card": "card", "points": 2.0, "by_hand": False},
        {"name": "why", "heading": "Exercise 2 · Say why", "card": "card", "points": 3.0, "by_hand": True}]}]}]  # fmt: skip


def graded(name: str, solution: bool, points: float = 0.0) -> dict:
    role = {"grade_id": name, "solution": solution, "grade": bool(points), "locked": not solution, "schema_version": 3}
    return {"nbgrader": role | ({"points": points} if points else {})}


def released(given: str = "from mle import check") -> nbformat.NotebookNode:
    return new_notebook(cells=[
        new_markdown_cell("# A lesson", id="title"),
        new_code_cell(given, id="given"),
        new_markdown_cell("### Exercise 1 · Double it\n\n<details><summary>Hint 1</summary>x</details>", id="card"),
        new_code_cell(STUB, id="double", metadata=graded("double", True)),
        new_code_cell(CHECK, id="check", metadata=graded("double-check", False, 2)),
        new_markdown_cell("Write here.", id="why", metadata=graded("why", True, 3)),
    ])  # fmt: skip


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one lesson, entered, with the learner's folder prepared."""
    (tmp_path / "modules" / MODULE).mkdir(parents=True)
    (tmp_path / "modules" / course_map.FILE).write_text(json.dumps(MAP))
    (tmp_path / "modules" / MODULE / "index.md").write_text("# First\n")
    (tmp_path / "src" / "mle").mkdir(parents=True)
    (tmp_path / "requirements.lock").touch()
    nbformat.write(released(), tmp_path / "modules" / NAME)
    assert prepare(tmp_path).new == [NAME]
    monkeypatch.chdir(tmp_path)
    return tmp_path


def work_on(course: Path, **sources: str) -> nbformat.NotebookNode:
    """The learner writes into the cells of these ids, and adds a note and a cell of their own, and saves."""
    notebook = nbformat.read(course / "work" / NAME, as_version=4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    notebook.cells[4:4] = [
        new_markdown_cell("Remember: <b>twice</b>.", id="note"),
        new_code_cell("mine = 1", id="mine"),
    ]
    nbformat.write(notebook, course / "work" / NAME)
    return notebook


def update(course: Path, given: str) -> None:
    nbformat.write(released(given), course / "modules" / NAME)


# --- the folder -----------------------------------------------------------------------------------------------------


def test_without_an_update_the_learners_file_is_left_as_it_is(course: Path):
    work_on(course, double="def double(x): return 2 * x")
    before = (course / "work" / NAME).read_bytes()
    changes = prepare(course)
    assert not (changes.new or changes.updated or changes.carried or changes.left)
    assert (course / "work" / NAME).read_bytes() == before


def test_an_update_carries_the_learners_work_over_and_keeps_the_old_file(course: Path):
    text = "Because <b>2</b> [x](y) & more."
    work_on(course, double="def double(x): return 2 * x", why=text)
    before = (course / "work" / NAME).read_bytes()
    update(course, "from mle import check\n\nnew_data = 2")
    assert prepare(course).carried == [NAME]
    now = nbformat.read(course / "work" / NAME, as_version=4)
    cells = {cell.id: cell.source for cell in now.cells}
    assert cells["double"] == "def double(x): return 2 * x" and cells["why"] == text and "new_data" in cells["given"]
    assert [(cell.cell_type, cell.source) for cell in now.cells[4:6]] == [
        ("markdown", "Remember: <b>twice</b>."), ("code", "mine = 1")
    ]  # fmt: skip
    assert [path.read_bytes() for path in (course / "work" / BEFORE).rglob("*.ipynb")] == [before]
    assert not prepare(course).carried, "once"


def test_a_note_to_oneself_is_not_part_of_what_is_graded(course: Path):
    work_on(course, double="def double(x): return 2 * x")
    work = read_work(course / "work" / MODULE, LESSON, released(), 1e6)
    rebuilt = rebuild(released(), work)
    assert [cell.source for cell in rebuilt.cells if cell.id.startswith("own-")] == ["mine = 1"]


def test_an_update_replaces_what_nobody_has_worked_on_and_takes_no_given_cell_for_the_learners(course: Path):
    old = nbformat.read(course / "work" / NAME, as_version=4)
    old.cells.insert(2, new_code_cell("dropped = 1", id="dropped"))
    for place in ("modules", f"work/{GIVEN}", "work"):
        nbformat.write(old, course / place / NAME)
    update(course, "from mle import check\n\nnew_data = 2")
    assert prepare(course).updated == [NAME]
    sources = [cell.source for cell in nbformat.read(course / "work" / NAME, as_version=4).cells]
    assert sources == [cell.source for cell in released("from mle import check\n\nnew_data = 2").cells]


def test_a_file_that_is_no_notebook_any_more_is_not_touched(course: Path):
    (course / "work" / NAME).write_text("half a notebo")
    update(course, "new = 1")
    assert prepare(course).left == [NAME]
    assert (course / "work" / NAME).read_text() == "half a notebo"


def test_a_lesson_that_was_thrown_away_begins_afresh(course: Path):
    (course / "work" / NAME).unlink()
    assert prepare(course).new == [NAME] and (course / "work" / NAME).is_file()


def test_a_folder_that_cannot_be_written_is_one_sentence(course: Path):
    shutil.rmtree(course / "work")
    (course / "work").write_text("a file in the way")
    with pytest.raises(StudyError, match=r"work.* cannot be written"):
        prepare(course)


# --- progress -------------------------------------------------------------------------------------------------------


def test_what_a_check_says_in_a_lesson_is_remembered_and_shown_at_once(course: Path, monkeypatch: pytest.MonkeyPatch):
    path = course / "work" / NAME
    notebook = nbformat.read(path, as_version=4)
    assert (
        "0 of 1" in (course / "work" / page.PAGE).read_text()
        and "**Begin:**" in (course / "work" / page.PAGE).read_text()
    )
    notebook.cells[3].source = "def double(x): return x ** 3"
    wrong = nbformat.from_dict(notebook)
    nbformat.write(wrong, path)
    monkeypatch.setenv(progress.SESSION, str(path))
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(wrong, timeout=120, allow_errors=True, resources=where).execute()
    (shown,) = [o for o in wrong.cells[4].outputs if o.output_type == "display_data"]
    link = f'<a href="{LESSON}.ipynb#cell-id=card"'
    assert link in shown.data["text/html"] and "Hint 1</a>" in shown.data["text/html"]
    told = (course / "work" / page.PAGE).read_text()
    assert "**Go on:**" in told and f"{MODULE}/{LESSON}.ipynb#cell-id=card" in told and "0 of 1" in told
    notebook.cells[3].source = "def double(x): return x + x"
    NotebookClient(notebook, timeout=120, resources=where).execute()
    assert "1 of 1" in (course / "work" / page.PAGE).read_text()
    assert "1 of 1" in (course / "work" / page.PICTURE).read_text()
    lines = [json.loads(line) for line in (course / "work" / progress.FILE).read_text().splitlines()]
    assert [(line["status"], line["points"]) for line in lines] == [("failed", 0.0), ("passed", 2.0)]


def test_outside_of_a_lesson_nothing_is_noted(course: Path, monkeypatch: pytest.MonkeyPatch):
    for path in ("", str(course / "scratch.ipynb"), "console"):
        monkeypatch.setenv(progress.SESSION, path)
        assert progress.session() is None


def test_a_pass_is_not_lost_by_a_later_failure_nor_by_a_damaged_line(course: Path):
    notebook = course / "work" / NAME
    progress.record(notebook, Verdict("double", "passed", points=2))
    with (course / "work" / progress.FILE).open("a") as file:
        file.write('{"at": "2026\n[]\n')
    progress.record(notebook, Verdict("double", "failed", "no"))
    done = progress.read(course / "work")
    assert done.passed == {(MODULE, LESSON, "double")} and done.points[MODULE, LESSON, "double"] == 2


def test_going_on_starts_at_the_lesson_worked_on_last(course: Path):
    more = [*MAP, {**MAP[0], "folder": "02-second", "title": "Second"}]
    (course / "modules" / course_map.FILE).write_text(json.dumps(more))
    (course / "modules" / "02-second").mkdir()
    modules = course_map.read_map(course / "modules")
    progress.record(course / "work" / "02-second" / f"{LESSON}.ipynb", Verdict("double", "failed", "no"))
    assert page.next_exercise(modules, progress.read(course / "work"))[0].folder == "02-second"
    progress.record(course / "work" / "02-second" / f"{LESSON}.ipynb", Verdict("double", "passed"))
    assert page.next_exercise(modules, progress.read(course / "work"))[0].folder == MODULE
    progress.record(course / "work" / NAME, Verdict("double", "passed"))
    assert page.next_exercise(modules, progress.read(course / "work")) is None


def test_the_map_leaves_out_modules_that_were_not_released(course: Path):
    more = [*MAP, {**MAP[0], "folder": "02-second", "title": "Second"}]
    (course / "modules" / course_map.FILE).write_text(json.dumps(more))
    prepare(course)
    told = (course / "work" / page.PAGE).read_text()
    assert "First" in told and "Second" not in told, "no link to a folder that is not there"


def test_mle_progress_says_how_much_is_done_and_where_to_go_on(course: Path):
    progress.record(course / "work" / NAME, Verdict("double", "failed", "no"))
    result = CliRunner().invoke(app, ["progress"])
    assert result.exit_code == 0 and "0 of 1" in result.output and "Exercise 1 · Double it" in result.output


def test_every_link_of_the_real_start_page_leads_somewhere():
    modules = course_map.read_map(ROOT / "modules")
    for module in modules:
        assert (ROOT / "modules" / module.folder / "index.md").is_file()
        for lesson in module.lessons:
            notebook = nbformat.read(ROOT / "modules" / module.folder / f"{lesson.name}.ipynb", as_version=4)
            sources = {cell.id: cell.source for cell in notebook.cells}
            for exercise in lesson.exercises:
                assert f"### {exercise.heading}" in sources[exercise.card], (lesson.name, exercise)


# --- handing in -----------------------------------------------------------------------------------------------------


def test_what_is_packed_arrives_byte_for_byte_where_the_grader_looks(course: Path):
    work_on(course, double="def double(x): return 2 * x")
    result = CliRunner().invoke(app, ["submit", MODULE, "--name", "ada"])
    assert result.exit_code == 0, result.output
    (file,) = (course / "handed-in").iterdir()
    assert take_in(file, course / "modules", course / "submitted") == ("ada", MODULE)
    assert (course / "submitted" / "ada" / NAME).read_bytes() == (course / "work" / NAME).read_bytes()
    assert (course / "submitted" / "ada" / MODULE / "timestamp.txt").read_text().endswith(" UTC\n")


def test_an_older_version_never_replaces_a_later_one(course: Path):
    old = pack(course / "work", MODULE, "ada", course / "out")
    submitted = course / "submitted"
    take_in(old, course / "modules", submitted)
    (submitted / "ada" / MODULE / "timestamp.txt").write_text("2999-01-01 00:00:00 UTC\n")
    with pytest.raises(StudyError, match="a later version"):
        take_in(old, course / "modules", submitted)


def test_a_clock_that_runs_ahead_does_not_block_what_is_sent_later(course: Path):
    path, stamp = course / "sent.zip", course / "submitted" / "ada" / MODULE / "timestamp.txt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "about.json", json.dumps({"learner": "ada", "module": MODULE, "at": "2999-01-01 00:00:00 UTC"})
        )
        archive.write(course / "work" / NAME, f"{LESSON}.ipynb")
    take_in(path, course / "modules", course / "submitted")
    assert not stamp.read_text().startswith("2999")


@pytest.mark.parametrize(
    ("about", "files", "says"),
    [
        ({"learner": "../x", "module": MODULE}, {f"{LESSON}.ipynb": "{}"}, "which this course has not"),
        ({"learner": "ada", "module": "../../etc"}, {f"{LESSON}.ipynb": "{}"}, "which this course has not"),
        ({"learner": "ada", "module": "02-none"}, {f"{LESSON}.ipynb": "{}"}, "which this course has not"),
        ({"learner": "ada", "module": MODULE}, {"../../1-lesson.ipynb": "{}", "x.py": "1"}, "no notebook"),
        ({"learner": "ada"}, {}, "not a module that `mle submit` packed"),
        (None, {}, "not a module that `mle submit` packed"),
    ],
    ids=["a name that climbs", "a module that climbs", "unknown", "other files", "half", "no archive"],
)
def test_a_file_that_is_none_of_ours_is_refused_in_one_sentence_and_nothing_is_written(
    course: Path, about: dict | None, files: dict[str, str], says: str
):
    path = course / "sent.zip"
    if about is None:
        path.write_bytes(b"PK nothing")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("about.json", json.dumps({"at": "2026-01-01 00:00:00 UTC"} | about))
            for name, content in files.items():
                archive.writestr(name, content)
    with pytest.raises(StudyError, match=says):
        take_in(path, course / "modules", course / "submitted")
    assert not (course / "submitted").exists()


def test_a_name_that_no_gradebook_takes_is_refused_when_it_is_packed(course: Path):
    result = CliRunner().invoke(app, ["submit", MODULE, "--name", "ada/../x"])
    assert result.exit_code == 1 and "no name for a learner" in result.output
    result = CliRunner().invoke(app, ["submit", "09-none", "--name", "ada"])
    assert result.exit_code == 1 and MODULE in result.output
