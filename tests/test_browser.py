"""A learner at work: `mle lab` in a real browser, from the start page to an exercise that is wrong and then right.

Also makes the README's picture: `python tests/test_browser.py --screenshot docs/lesson-check.png`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest

from mle.authoring.lesson import SOLUTION, Exercise, find_lessons, read_lesson
from mle.check.failure import Failed, Verdict
from mle.check.session import TODO

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
MODULE = "03-build-and-train-models"
PICTURED = ("1-loss-and-gradient", "gradient-descent", "in-place")
"""The lesson, the exercise and the mistake that the README's picture shows."""
SECONDS = 180
"""How long one step of the browser may take on a busy machine."""
NO_PLAYWRIGHT = "playwright is missing: `make test` installs it"
ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1[:/])")
"""An address on another machine."""
CONTRAST = 4.5
"""The least contrast of text and its background: WCAG 2.1, success criterion 1.4.3."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: install it with the system's package manager"),
]


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """`mle lab`, as `make lab` starts it, in a copy of the course in `folder`; yields the address with its token.

    Nothing of the repository or of the person's own Jupyter is written to, and nothing is left running.
    """
    shutil.copytree(ROOT / "modules", folder / "modules", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "requirements.lock", folder)
    for name in ("src", "datasets"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    with lab_at(folder, sys.executable) as address:
        yield address


@contextmanager
def lab_at(folder: Path, python: str) -> Iterator[str]:
    """`mle lab` of a course that lies in `folder` already, by the Python of its .venv."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    own = {name: str(home) for name in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_RUNTIME_DIR")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log_path = folder / "lab.log"
    with log_path.open("w") as log:
        command = [python, "-m", "mle.cli", "lab", "--port", str(port), "--no-browser"]
        server = subprocess.Popen(command, cwd=folder, env=os.environ | own, stdout=log, stderr=log)
    try:
        yield address_in(log_path, server, port)
    finally:
        children = psutil.Process(server.pid).children(recursive=True) if server.poll() is None else []
        server.terminate()
        server.wait(timeout=30)
        _, alive = psutil.wait_procs(children, timeout=15)
        for process in alive:
            process.kill()
    assert not alive, f"still running after the server has ended: {alive}"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the port is given back"


def address_in(log: Path, server: subprocess.Popen, port: int) -> str:
    """The address that `mle lab` prints for the person."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(rf"http://127\.0\.0\.1:{port}/\S+\?token=\w+", log.read_text()):
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"mle lab printed no address:\n{log.read_text()}")


@contextmanager
def browser(shots: Path, width: int = 1280, height: int = 960) -> Iterator:
    """A page of headless Chromium; where a step fails, `shots` shows what was on it."""
    sync_api = pytest.importorskip("playwright.sync_api", reason=NO_PLAYWRIGHT)
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(SECONDS * 1000)
        try:
            yield page
        except BaseException:
            page.screenshot(path=shots / "failed.png")
            raise
        finally:
            chromium.close()


def without_network(page) -> None:
    """From now on the page's requests to other machines get no answer, not even that nobody is there."""
    page.route(ELSEWHERE, lambda route: None)


class Desk:
    """What a learner does in JupyterLab and sees there."""

    def __init__(self, page, shots: Path):
        from playwright.sync_api import Error

        self.page, self.shots, self.count, self.Error = page, shots, 0, Error

    def shot(self, name: str) -> None:
        self.count += 1
        self.page.screenshot(path=self.shots / f"{self.count}-{name}.png")

    def link(self, text: str):
        """A link of the rendered page in front."""
        return self.page.locator(".jp-MarkdownViewer a", has_text=text)

    def menu(self, *labels: str) -> None:
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text(labels[0], exact=True).click()
        for label in labels[1:]:
            self.page.locator(".lm-Menu-itemLabel").get_by_text(label, exact=True).click()

    def cell(self, index: int):
        """The cell at this place of the notebook in front, scrolled to."""
        cell = self.page.locator(f'.jp-NotebookPanel:visible .jp-Cell[data-windowed-list-index="{index}"]')
        deadline = time.monotonic() + SECONDS
        while True:  # JupyterLab may put a cell of its windowed list into a new node meanwhile
            try:
                cell.scroll_into_view_if_needed()
                return cell
            except self.Error as error:
                if "not attached" not in str(error) or time.monotonic() > deadline:
                    raise

    def write(self, index: int, source: str) -> None:
        """Replace the text of a cell."""
        editor = self.cell(index).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source.strip())
        shown = [line for line in editor.inner_text().splitlines() if line.strip()]
        assert shown == [line for line in source.splitlines() if line.strip()], "the editor shows what was written"

    def select(self, index: int) -> None:
        """Select a cell without opening its editor, and without unfolding a check."""
        self.cell(index).locator(".jp-InputPrompt").click()

    def run_exercise_and_check(self, at: int) -> None:
        """As a learner does: Shift+Enter in the exercise, which moves on to its check, and Shift+Enter there."""
        self.select(at)
        before = self.prompt(at)
        self.page.keyboard.press("Shift+Enter")
        deadline = time.monotonic() + SECONDS  # an exercise that raises would cancel the check, were it queued already
        while not re.search(r"\[\d+\]", now := self.prompt(at)) or now == before:
            assert time.monotonic() < deadline, f"cell {at} has not run: its prompt is {now!r}"
            self.page.wait_for_timeout(100)
        self.page.keyboard.press("Shift+Enter")

    def prompt(self, index: int) -> str:
        return self.cell(index).locator(".jp-InputPrompt").inner_text()

    def folded(self, index: int) -> bool:
        return self.cell(index).locator(".jp-InputPlaceholder").count() == 1

    def box(self, index: int):
        """The verdict's box below a check."""
        return self.cell(index).locator(".jp-OutputArea-output.jp-RenderedHTMLCommon > div")


def solution_of(exercise: Exercise) -> str:
    """The reference solution as a learner would write it: without the marks of its regions."""
    return SOLUTION.sub(lambda region: region[2].rstrip("\n"), exercise.cell.source)


def places(notebook: Path, exercise: str) -> tuple[int, int]:
    """Where an exercise and its check stand among the notebook's cells."""
    names = [c.metadata.get("nbgrader", {}).get("grade_id") for c in nbformat.read(notebook, as_version=4).cells]
    return names.index(exercise), names.index(f"{exercise}-check")


LEAST_CONTRAST = """box => {
  const light = c => c.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = c => light(c).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const behind = e => { for (; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor); if (c.length == 3 || c[3] == 1) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const found = [...box.querySelectorAll('*'), box].filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()))
    .map(e => { const [a, b] = [numbers(getComputedStyle(e).color).slice(0, 3), behind(e)].map(luminance);
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML]; });
  return found.sort((a, b) => a[0] - b[0])[0];
}"""


def assert_readable(box) -> None:
    contrast, where = box.evaluate(LEAST_CONTRAST)
    assert contrast >= CONTRAST, f"contrast {contrast:.1f} in {where}"


def shots_folder(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("MLE_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_learner_opens_a_lesson_makes_a_named_mistake_and_mends_it(tmp_path: Path):
    expect = pytest.importorskip("playwright.sync_api", reason=NO_PLAYWRIGHT).expect
    path = find_lessons(ROOT, MODULE)[0]
    lesson = read_lesson(path)
    exercise = lesson.exercises[0]
    mistake = exercise.of_kind("mistake")[0]
    shots = shots_folder(tmp_path)
    with lab(tmp_path) as address, browser(shots) as page:
        desk = Desk(page, shots)
        # the start page, rendered, its table of modules, and on to the lesson
        page.goto(address)
        page.locator(".jp-MarkdownViewer table").wait_for()
        desk.shot("start-page")
        desk.link(MODULE[:2]).click()
        desk.link(lesson.title).wait_for()
        desk.shot("module-page")
        desk.link(lesson.title).click()
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        page.locator('.jp-NotebookPanel [data-status="idle"]').first.wait_for()
        desk.shot("lesson")

        # untouched: one sentence says what to do
        at, check_at = places(tmp_path / "work" / MODULE / f"{path.stem}.ipynb", exercise.name)
        desk.cell(at).locator(".jp-InputPrompt").click()
        desk.menu("Run", "Run All Above Selected Cell")
        desk.run_exercise_and_check(at)
        box = desk.box(check_at)
        expect(box).to_contain_text(
            re.compile(f"is not defined|{re.escape(TODO.split(':')[0])}"), timeout=SECONDS * 1000
        )
        assert desk.folded(check_at), "the check's code does not stand between the learner's code and the verdict"
        desk.shot("untouched")

        # wrong: the box names the mistake
        desk.write(at, mistake.source)
        desk.run_exercise_and_check(at)
        expect(box).to_contain_text(f"✗ {exercise.name} · not yet", timeout=SECONDS * 1000)
        expect(box).to_contain_text(mistake.says, ignore_case=True)
        assert box.count() == 1, "one box"
        assert "Traceback" not in desk.cell(check_at).inner_text()
        assert_readable(box)
        desk.shot("mistake")

        # right: the box says so
        desk.write(at, solution_of(exercise))
        desk.run_exercise_and_check(at)
        expect(box).to_contain_text(f"✓ {exercise.name} · passed", timeout=SECONDS * 1000)
        assert_readable(box)
        desk.shot("passed")


def notebook_of_boxes(path: Path) -> None:
    """A notebook whose stored outputs are a box of each kind: not trusted, since no one has run it here."""
    table = [["[0]", "1.25", "1.5"], ["[3]", "nan", "2"]]
    failed = Failed(
        "rows from after the cutoff are in the training set", seen="2013-10-02", expected="before 2013-10-01"
    )
    verdicts = [
        Verdict("split", "failed", failed.says, failed.seen, failed.expected, "Hint 2", table),
        Verdict("mean", "todo", TODO),
        Verdict("fit", "error", "TypeError: unsupported operand", seen="line 2 of fit: return x + None"),
        Verdict("score", "passed", points=3),
    ]
    cells = [nbformat.v4.new_code_cell("check.passed()", outputs=[
        nbformat.v4.new_output("display_data", data=verdict._repr_mimebundle_())]) for verdict in verdicts]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


def test_every_box_is_readable_in_light_and_dark_and_in_a_notebook_that_is_not_trusted(tmp_path: Path):
    shots = shots_folder(tmp_path)
    with lab(tmp_path) as address, browser(shots) as page:
        notebook_of_boxes(tmp_path / "work" / "boxes.ipynb")
        desk = Desk(page, shots)
        page.goto(address.replace("index.md", "boxes.ipynb"))
        for theme in ("JupyterLab Light", "JupyterLab Dark"):
            desk.menu("Settings", "Theme", theme)
            page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
            for index, text in enumerate(("✗ split · not yet", "… mean · to do", "! fit · your code raised an error",
                                          "✓ score · passed")):  # fmt: skip
                assert text in desk.box(index).inner_text(), "the box, not its JSON"
                assert_readable(desk.box(index))
            assert desk.box(0).locator("td").all_inner_texts() == ["[0]", "1.25", "1.5", "[3]", "nan", "2"]
            desk.shot(theme.replace(" ", "-").lower())


# --- the README's picture -------------------------------------------------------------------------------------------


def picture(target: Path) -> None:
    """Write the README's picture: an exercise done wrong, and below it the box that names the mistake."""
    lesson_name, exercise_name, mistake_name = PICTURED
    lesson = read_lesson(ROOT / "lessons" / MODULE / f"{lesson_name}.py")
    exercise = lesson.exercise(exercise_name)
    with (
        tempfile.TemporaryDirectory() as folder,
        lab(Path(folder)) as address,
        browser(Path(folder), 1200, 1060) as page,
    ):
        path = Path(folder) / "work" / MODULE / f"{lesson_name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        sources = {e.name: solution_of(e) for e in lesson.exercises}
        sources[exercise_name] = next(a.source for a in exercise.answers if a.name == mistake_name)
        for cell in notebook.cells:
            cell.source = sources.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        nbformat.write(notebook, path)
        at, check_at = places(path, exercise_name)
        desk = Desk(page, Path(folder))
        page.goto(address.replace("index.md", f"{MODULE}/{path.name}"))
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        page.locator('.jp-NotebookPanel [data-status="idle"]').first.wait_for()
        desk.menu("View", "Appearance", "Show Left Sidebar")
        desk.cell(at).locator(".jp-InputPrompt").click()
        desk.menu("Run", "Run All Above Selected Cell")
        desk.run_exercise_and_check(at)
        desk.box(check_at).wait_for()
        page.mouse.move(0, 0)
        desk.cell(at - 1).evaluate("e => e.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(500)
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the README's picture.")
    parser.add_argument("--screenshot", type=Path, required=True, metavar="FILE", help="where to write the PNG")
    picture(parser.parse_args().screenshot)
