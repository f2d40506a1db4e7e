"""A class, end to end: released, learned and handed in by three people, graded, marked by hand, fed back, reported.

Every step is what the README and grading/README.md tell people, in a real browser where they use one. Each learner
works in an unpacked `mle release`, with a .venv of their own. The day is played once; the tests look at what was seen.

Also makes the pictures of `docs/class/`: `python tests/test_class.py --pictures docs/class`.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from school import (
    CYCLE,
    MODULE,
    OWN,
    Keys,
    arrive,
    ask,
    at_rest,
    grave,
    in_lesson,
    make_course,
    move_in,
    saved,
)
from test_browser import CHROMIUM, Desk, browser, lab_at, places, shots_folder, solution_of, without_network
from test_nbgrader import FORM_READY, get, instructors_lab

from mle.authoring.lesson import read_lesson
from mle.grading.jail import reason_against

REASON = "Because one huge value moves a mean as far as it likes."
MARKS = {"ada": 20.0, "bob": 11.0, "cyd": 7.0}
"""Ada solves both lessons, Bob the first, Cyd the first but for two exercises of 2 points."""
FIRST_IDEA = "return np.mean(np.asarray(delays) > limit)"
"""What the card of exercise 1 tells people to try: a mistake."""
SIZE = (1200, 900)
IN_SIGHT = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell')].filter(cell => {
  const box = cell.getBoundingClientRect(); return box.bottom > 100 && box.top < innerHeight - 50;
}).map(cell => Number(cell.dataset.windowedListIndex))"""
"""The cells of the notebook in front that are in sight."""
MIDDLE = "element => element.scrollIntoView({block: 'center'})"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: install it with the system's package manager"),
]


# --- the day --------------------------------------------------------------------------------------------------------


class Day:
    """One day of the class; `seen` is what its people saw, as plain data."""

    def __init__(self, folder: Path, shots: Path):
        self.folder, self.shots, self.course = folder, shots, folder / "course"
        self.seen: dict = {"boxes": {}, "start": {}, "axe": {}}
        self.pythons: dict[str, str] = {}
        make_course(self.course)
        self.cycle = read_lesson(self.course / "lessons" / MODULE / f"{CYCLE}.py")
        self.own = read_lesson(self.course / "lessons" / MODULE / f"{OWN}.py")
        self.right = {e.name: solution_of(e) for e in (*self.cycle.exercises, *self.own.exercises)}

    def play(self) -> dict:
        self.release()
        for learn in (self.ada, self.bob, self.bob_next_day, self.cyd):
            name = learn.__name__.partition("_")[0]
            with lab_at(self.folder / name, self.pythons[name]) as address, browser(self.shots, *SIZE) as page:
                learn(page, address)
        self.hand_in()
        self.grade()
        self.give_back()
        return self.seen

    def shot(self, page, name: str) -> None:
        page.screenshot(path=self.shots / f"{name}.png")

    def work(self, learner: str, lesson: str) -> Path:
        return self.folder / learner / "work" / MODULE / f"{lesson}.ipynb"

    def release(self) -> None:
        bundle = self.folder / "course.zip"
        ask(self.course, "mle.cli", "release", "--to", str(bundle))
        self.pythons = {name: move_in(bundle, self.folder / name) for name in MARKS}

    def write_all(self, desk: Desk, notebook: Path, answers: dict[str, str]) -> None:
        for name, source in answers.items():
            desk.write(places(notebook, name)[0], source)
        desk.menu("Run", "Run All Cells")

    def read_box(self, desk: Desk, learner: str, lesson: str, exercise: str) -> None:
        """Note what the box below a check says."""
        box = desk.box(places(self.work(learner, lesson), exercise)[1])
        box.wait_for()
        at_rest(desk.page)
        self.seen["boxes"].setdefault(learner, {}).setdefault(exercise, []).append(box.inner_text())

    def ada(self, page, address: str) -> None:
        """Does everything, and everything right."""
        desk = Desk(page, self.shots)
        arrive(page, address)
        self.seen["axe"]["start page"] = grave(page, ".jp-MarkdownViewer:not(.lm-mod-hidden)")
        desk.link("Start here").first.click()
        desk.link("The exercise cycle").click()
        in_lesson(page)
        self.write_all(desk, self.work("ada", CYCLE), {e.name: self.right[e.name] for e in self.cycle.exercises})
        for exercise in self.cycle.exercises:
            self.read_box(desk, "ada", CYCLE, exercise.name)
        saved(page)
        arrive(page, address)
        desk.link("lesson 2: Exercise 1").click()  # where the page says to go on
        in_lesson(page)
        cells = nbformat.read(self.work("ada", OWN), as_version=4).cells
        (why,) = [i for i, cell in enumerate(cells) if cell.source == "YOUR ANSWER HERE"]
        desk.cell(why).dblclick()
        desk.write(why, REASON)
        self.write_all(desk, self.work("ada", OWN), {e.name: self.right[e.name] for e in self.own.exercises})
        for exercise in self.own.exercises:
            self.read_box(desk, "ada", OWN, exercise.name)
        saved(page)
        arrive(page, address)
        self.seen["start"]["ada"] = page.locator(".jp-MarkdownViewer:visible").inner_text()
        self.shot(page, "1-start-page")

    def bob(self, page, address: str) -> None:
        """Uses no mouse; makes a mistake, opens a hint, mends it."""
        keys, desk = Keys(page), Desk(page, self.shots)
        arrive(page, address)
        keys.tab_to("Start here", "A")
        keys.press("Enter")
        page.locator(".jp-MarkdownViewer:visible a", has_text="The exercise cycle").wait_for()
        keys.tab_to("1 · The exercise cycle", "A")
        keys.press("Enter")
        in_lesson(page)
        at, check_at = places(self.work("bob", CYCLE), "late-share")
        keys.go_to(at - 2)
        keys.press("Shift+Enter")  # the imports
        keys.go_to(at)
        keys.press("Enter", "Control+End", "Shift+Home")  # the stub's last line
        page.keyboard.type(FIRST_IDEA)
        keys.press("Shift+Enter", "Shift+Enter")
        self.read_box(desk, "bob", CYCLE, "late-share")
        self.shot(page, "2-named-mistake")
        self.seen["axe"]["lesson"] = grave(page, ".jp-Notebook .jp-Cell")
        keys.go_to(at - 1)
        keys.tab_to("Hint 1", "SUMMARY")
        keys.press("Enter")
        self.seen["hint"] = page.evaluate("document.activeElement.closest('details[open]')?.innerText")
        self.shot(page, "3-hint")
        keys.go_to(at)
        keys.replace(self.right["late-share"])
        keys.press("Shift+Enter")
        desk.box(check_at).get_by_text("passed").wait_for()
        self.read_box(desk, "bob", CYCLE, "late-share")
        saved(page)
        self.seen["pointer"] = page.evaluate("window.pointerUsed || 0")

    def bob_next_day(self, page, address: str) -> None:
        """Goes on where he left, by the keyboard again."""
        keys, desk = Keys(page), Desk(page, self.shots)
        arrive(page, address)
        self.seen["start"]["bob"] = page.locator(".jp-MarkdownViewer:visible").inner_text()
        keys.tab_to("00 · Start here, lesson 1: Exercise 2", "A")
        self.shot(page, "4-go-on")
        keys.press("Enter")
        in_lesson(page)
        at = places(self.work("bob", CYCLE), "clock-prediction")[0]
        page.wait_for_function(f"card => ({IN_SIGHT})().includes(card)", arg=at - 1)
        keys.run_by_name("Run All Cells")
        desk.box(at).wait_for()  # "to do": here it stops
        at_rest(page)
        for exercise in self.cycle.exercises[1:]:
            keys.go_to(places(self.work("bob", CYCLE), exercise.name)[0])
            keys.replace(self.right[exercise.name])
            keys.press("Shift+Enter")
            self.read_box(desk, "bob", CYCLE, exercise.name)
        saved(page)
        self.seen["pointer"] += page.evaluate("window.pointerUsed || 0")

    def cyd(self, page, address: str) -> None:
        """Leaves one exercise wrong and one untouched."""
        desk = Desk(page, self.shots)
        page.goto(address.replace("index.md", f"{MODULE}/{CYCLE}.ipynb"))
        in_lesson(page)
        answers = {e.name: self.right[e.name] for e in self.cycle.exercises[:-1]}
        answers["minutes-late"] = next(
            a.source for a in self.cycle.exercise("minutes-late").answers if a.name == "as-it-was"
        )
        self.write_all(desk, self.work("cyd", CYCLE), answers)
        self.read_box(desk, "cyd", CYCLE, "minutes-late")  # where Run All Cells stops
        desk.run_exercise_and_check(places(self.work("cyd", CYCLE), "notebook-memory")[0])
        self.read_box(desk, "cyd", CYCLE, "notebook-memory")
        saved(page)

    def hand_in(self) -> None:
        post = self.folder / "post"
        for name, python in self.pythons.items():
            ask(self.folder / name, "mle.cli", "submit", MODULE, "--name", name, "--folder", str(post), python=python)
        self.seen["collected"] = ask(self.course, "mle.cli", "collect", *sorted(map(str, post.iterdir())))

    def grade(self) -> None:
        """Marks by the engine, one by hand in formgrader, and the marks again with it."""
        ask(self.course, "mle.cli", "grade", MODULE)
        self.seen["marks without hand"] = self.marks()
        with instructors_lab(self.course) as address, browser(self.shots, *SIZE) as page:
            self.mark_by_hand(page, address)
        ask(self.course, "mle.cli", "grade", MODULE)
        self.seen["marks"] = self.marks()

    def marks(self) -> dict[str, list]:
        """From the CSV for a learning platform."""
        with (self.course / "grading" / "reports" / MODULE / "marks.csv").open(newline="") as file:
            return {row["student_id"]: [float(row["score"]), row["complete"]] for row in csv.DictReader(file)}

    def mark_by_hand(self, page, address: str) -> None:
        rows = json.loads(get(f"{address}/formgrader/api/submitted_notebooks/{MODULE}/{OWN}")[1])
        (ada,) = [row["id"] for row in rows if row["student"] == "ada"]
        without_network(page)
        page.goto(f"{address}/formgrader/gradebook/{MODULE}/{OWN}")
        page.locator(f"a[href*='{ada}']").first.click()
        points = page.locator("input#why")
        points.wait_for()
        page.wait_for_function(FORM_READY)  # before, its boxes take nothing
        self.seen["formgrader"] = page.locator("body").inner_text()
        points.fill("3")
        with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
            points.press("Tab")
        points.evaluate(MIDDLE)
        page.wait_for_timeout(500)  # its heading slides
        self.shot(page, "5-formgrader")

    def give_back(self) -> None:
        """Feedback and the class report, as people open them."""
        ask(self.course, "nbgrader", "generate_feedback", MODULE)
        ask(self.course, "nbgrader", "export", "--to", "grading/grades.csv")
        with (self.course / "grading" / "grades.csv").open(newline="") as file:
            self.seen["exported"] = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
        with browser(self.shots, *SIZE) as page:
            without_network(page)
            page.goto((self.course / "grading" / "feedback" / "cyd" / MODULE / f"{CYCLE}.html").as_uri())
            self.seen["feedback"] = page.locator("body").inner_text()
            self.seen["axe"]["feedback"] = grave(page, "html")
            page.get_by_text("minutes-late · not yet").evaluate(MIDDLE)
            self.shot(page, "6-feedback")
            page.goto((self.course / "grading" / "reports" / MODULE / "index.html").as_uri())
            page.get_by_text("1 × as-it-was").click()
            self.seen["report"] = page.locator("body").inner_text()
            self.seen["axe"]["report"] = grave(page, "html")
            page.evaluate("scrollTo(0, 0)")
            self.shot(page, "7-report")


@pytest.fixture(scope="module")
def day(once) -> dict:
    """What was seen on the day."""
    pytest.importorskip("playwright.sync_api", reason="playwright is missing: `make test` installs it")
    if why := reason_against():
        pytest.skip(f"no jail: {why}")
    return once("class", lambda place: Day(place, shots_folder(place)).play())


# --- what was seen --------------------------------------------------------------------------------------------------


def test_each_learner_is_told_at_once_what_is_right_and_which_mistake_it_is(day: dict):
    boxes = day["boxes"]
    assert len(boxes["ada"]) == 7
    for texts in (*boxes["ada"].values(), *list(boxes["bob"].values())[1:], boxes["cyd"]["notebook-memory"]):
        assert len(texts) == 1 and "passed" in texts[0], texts
    wrong, mended = boxes["bob"]["late-share"]
    assert "✗ late-share · not yet" in wrong and "exactly limit minutes late is late" in wrong
    assert mended == "✓ late-share · passed · 3 points"
    (wrong,) = boxes["cyd"]["minutes-late"]
    assert "not yet" in wrong and "differences of the numbers, not minutes on a clock" in wrong


def test_a_whole_lesson_and_its_hints_are_done_without_a_mouse(day: dict):
    assert day["pointer"] == 0
    assert day["hint"].startswith("Hint 1") and "First keep the flights that arrived" in day["hint"]
    assert all("passed" in texts[-1] for texts in day["boxes"]["bob"].values()) and len(day["boxes"]["bob"]) == 5


def test_the_start_page_tells_what_is_done_and_a_lesson_goes_on_where_it_was_left(day: dict):
    assert "7 of 7" in day["start"]["ada"] and "Every check of the course has passed" in day["start"]["ada"]
    assert "1 of 7" in day["start"]["bob"]
    assert "Go on: 00 · Start here, lesson 1: Exercise 2 · Predict, then run" in day["start"]["bob"]


def test_marks_are_what_the_answers_deserve_and_a_mark_by_hand_counts(day: dict):
    assert day["collected"].split() == [word for name in MARKS for word in (f"{name}:", MODULE)]
    assert day["marks without hand"] == {"ada": [17.0, "no"], "bob": [11.0, "yes"], "cyd": [7.0, "yes"]}
    assert day["marks"] == {name: [points, "yes"] for name, points in MARKS.items()}
    assert day["exported"] == MARKS


def test_who_grades_by_hand_reads_the_rubric_beside_the_answer(day: dict):
    assert "one value moves it" in day["formgrader"] and REASON in day["formgrader"]


def test_feedback_names_the_mistake_and_the_report_counts_it(day: dict):
    assert "7 of 11 points" in day["feedback"] and "minutes-late: 0 of 2 points" in day["feedback"]
    assert "These are differences of the numbers, not minutes on a clock." in day["feedback"]
    assert "rank-carriers · to do" in day["feedback"] and "Traceback" not in day["feedback"]
    assert re.search(r"1\s+minutes-late\s+as-it-was", day["report"]), "the most frequent mistakes"
    assert re.search(r"1 × as-it-was\s.*\s+cyd\b", day["report"]), "and who made them"


@pytest.mark.parametrize("place", ["start page", "lesson", "feedback", "report"])
def test_a_page_has_no_grave_finding_of_axe(place: str, day: dict):
    assert day["axe"][place] == []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the pictures of a class.")
    parser.add_argument("--pictures", type=Path, required=True, metavar="FOLDER", help="where to write the PNGs")
    target = parser.parse_args().pictures
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        Day(Path(place), target).play()
    for picture in sorted(target.glob("*.png")):
        print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")
