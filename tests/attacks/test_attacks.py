"""Every attack, bad input and odd but fair submission ends with the right points, and harms nobody.

All of them are learners of one class, which is graded once, honest learners between them.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import psutil
import pytest
from bad_input import EVIL
from cases import CASES, LEARNERS
from course import HONEST, MODULE, NAME, SECRET, Canaries, canaries, hand_in, make_course
from nbconvert.filters import markdown2html
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from mle.grading import jail
from mle.grading.engine import Graded, course_at, grade
from mle.grading.submission import harmless

ODD = {"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "LANGUAGE": "de"}
"""An environment of the grader's that must change nothing."""

pytestmark = [pytest.mark.slow, pytest.mark.jail]


@dataclass
class Marked:
    """A class after it was graded."""

    root: Path
    graded: dict[str, Graded]
    touched: list[str] = field(default_factory=list)
    """What of the host's own was changed or reached."""
    left: list[str] = field(default_factory=list)
    """Processes that outlived the grading."""

    def autograded(self, learner: str) -> Path:
        return self.root / "grading" / "autograded" / learner / MODULE

    def rows(self, learner: str) -> list[tuple]:
        """All that the gradebook has of a learner's work, without random ids."""
        with sqlite3.connect(self.root / "grading" / "gradebook.db") as book:
            return book.execute(
                "select b.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, s.timestamp, "
                "n.late_submission_penalty, c.auto_comment, c.manual_comment from submitted_assignment s "
                "join submitted_notebook n on n.assignment_id = s.id join grade g on g.notebook_id = n.id "
                "join base_cell b on b.id = g.cell_id left join comment c on c.notebook_id = n.id "
                "where s.student_id = ? order by 1, 2, 8",
                (learner,),
            ).fetchall()


@pytest.fixture(scope="module")
def classes(once) -> tuple[Marked, Marked]:
    """The honest learners by themselves, and all of them."""
    if why := jail.reason_against():
        pytest.skip(f"no jail: {why}")
    return once("attacks", _grade_both)


@pytest.fixture(scope="module")
def alone(classes: tuple[Marked, Marked]) -> Marked:
    return classes[0]


@pytest.fixture(scope="module")
def crowd(classes: tuple[Marked, Marked]) -> Marked:
    return classes[1]


def _grade_both(folder: Path) -> tuple[Marked, Marked]:
    """Grade the honest learners, and then all in an odd environment, with things of the host's set out to be taken."""
    alone, crowd = folder / "alone", folder / "crowd"
    alone.mkdir()
    skeleton = make_course(alone)
    shutil.copytree(alone, crowd)
    for learner, (make, _) in HONEST.items():
        hand_in(alone, skeleton, learner, make, Canaries(alone))
    honest = Marked(alone, {g.student: g for g in grade(course_at(alone), MODULE)})
    with pytest.MonkeyPatch.context() as patch, canaries(folder / "canaries", crowd) as found:
        for name, value in {**ODD, **found.environment, "HOME": found.places["HOME"]}.items():
            patch.setenv(name, value)
        time.tzset()
        for learner, (make, _) in HONEST.items():
            hand_in(crowd, skeleton, learner, make, found)
        for key, case in CASES.items():
            hand_in(crowd, skeleton, LEARNERS[key], case.make, found)
        graded = {g.student: g for g in grade(course_at(crowd), MODULE, workers=2)}
        touched = found.touched()
    time.tzset()
    return honest, Marked(crowd, graded, touched, _left())


def _left() -> list[str]:
    """What processes of the grading are still there after some seconds."""
    deadline = time.monotonic() + 10
    while True:
        children = psutil.Process().children(recursive=True)
        left = [str(p) for p in children if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


@pytest.mark.parametrize("key", CASES)
def test_it_ends_with_the_right_points_and_says_why(crowd: Marked, key: str):
    case, learner = CASES[key], LEARNERS[key]
    if case.absent:
        assert learner not in crowd.graded and not (crowd.root / "grading" / "autograded" / learner).exists()
        return
    graded = crowd.graded[learner]
    verdicts = graded.verdicts.get(NAME, [])
    said = "\n".join([*(v.message for v in verdicts), *graded.notes])
    assert not graded.problem
    assert {v.exercise: v.points for v in verdicts} == case.points, said
    assert re.search(case.says, said), said
    assert {name: score for name, score, *_ in crowd.rows(learner) if name != "why"} == {
        f"{name}-check": points for name, points in case.points.items()
    }


@pytest.mark.parametrize("learner", HONEST)
def test_an_honest_learner_gets_what_the_same_work_gets_alone(crowd: Marked, alone: Marked, learner: str):
    mine, theirs = alone.graded[learner], crowd.graded[learner]
    assert {v.exercise: v.points for v in theirs.verdicts[NAME]} == HONEST[learner][1]
    assert theirs.verdicts == mine.verdicts and theirs.notes == mine.notes == []
    assert crowd.rows(learner) == alone.rows(learner) != []
    files = [{p.name: p.read_bytes() for p in sorted(c.autograded(learner).iterdir())} for c in (alone, crowd)]
    assert files[0] == files[1]


def test_nothing_of_the_host_was_reached_changed_or_brought_home(crowd: Marked):
    assert crowd.touched == []
    results = [p for name in ("autograded", ".receipts") for p in (crowd.root / "grading" / name).rglob("*")]
    assert len(results) > 4 * len(CASES)
    for path in [*results, crowd.root / "grading" / "gradebook.db"]:
        assert not path.is_symlink() and not (path.is_file() and SECRET.encode() in path.read_bytes()), path


def test_lessons_solutions_and_submissions_are_as_they_were(crowd: Marked, alone: Marked):
    for name in ("lessons", "modules", "solutions"):
        for path in (alone.root / name).rglob("*"):
            if path.is_file():
                assert (crowd.root / path.relative_to(alone.root)).read_bytes() == path.read_bytes()
    assert sorted(p.name for p in crowd.root.iterdir()) == sorted(p.name for p in alone.root.iterdir())
    for learner in HONEST:
        assert [p.name for p in (crowd.root / "grading" / "submitted" / learner / MODULE).iterdir()] == [
            f"{NAME}.ipynb"
        ]


def test_grading_again_repeats_every_result(crowd: Marked):
    again = grade(course_at(crowd.root), MODULE, [*HONEST, LEARNERS["host: infinite loop"]])
    assert all(each.repeated for each in again)


def test_no_process_of_a_run_is_left(crowd: Marked):
    assert crowd.left == []


# --- what a person opens in a browser -------------------------------------------------------------------------------


class _Scripts(HTMLParser):
    """What of a page a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            target = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or target.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{tag} {name}={value}")
        if tag in ("script", "iframe", "object", "embed", "svg", "form", "base", "meta"):
            self.found.append(tag)


def runs(page: str) -> list[str]:
    parser = _Scripts()
    parser.feed(page)
    return parser.found + re.findall(r"\\href", page)


def test_the_test_for_scripts_sees_those_of_the_untouched_text():
    found = runs(markdown2html(EVIL))
    assert len(found) >= 8 and "script" in found and "img onerror=steal()" in found


@pytest.mark.parametrize("key", [key for key in CASES if "script" in key or "HTML" in key or "a verdict" in key])
def test_scripts_of_a_learner_come_out_harmless(crowd: Marked, key: str):
    notebook = nbformat.read(crowd.autograded(LEARNERS[key]) / f"{NAME}.ipynb", as_version=4)
    plain = nbformat.read(crowd.autograded("ben") / f"{NAME}.ipynb", as_version=4)
    assert {c.id for c in plain.cells} <= {c.id for c in notebook.cells}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert runs(markdown2html(cell.source)) == []
        for output in cell.get("outputs", []):
            assert runs(output.get("data", {}).get("text/html", "")) == []


def test_a_text_without_html_stays_as_it_was(crowd: Marked):
    notebook = nbformat.read(crowd.autograded("anna") / f"{NAME}.ipynb", as_version=4)
    assert "One huge value moves it as far as it likes." in [cell.source for cell in notebook.cells]
    for text in (
        "a < b and b > c, x<3, 1 & 2",
        "$a < b$ and `x[0]`",
        "[a page](https://example.org)",
        "**why**\n\n> so",
    ):
        assert harmless(text) == text


def test_feedback_is_written_for_odd_names_and_scripts(crowd: Marked):
    config = PyFileConfigLoader("nbgrader_config.py", path=str(crowd.root)).load_config()
    plain = _feedback(crowd, config, "anna")
    for key in ("bad input: scripts", "bad input: an error that is a script", "bad input: a name that is HTML"):
        page = _feedback(crowd, config, LEARNERS[key])
        assert runs(page) == runs(plain), "only what nbgrader's own page runs"


def _feedback(crowd: Marked, config: Config, learner: str) -> str:
    directory = CourseDirectory(config=config, assignment_id=MODULE, student_id=learner)
    GenerateFeedback(coursedir=directory, config=config).start()
    return (crowd.root / "grading" / "feedback" / learner / MODULE / f"{NAME}.html").read_text(encoding="utf-8")
