"""A school for `test_class.py`: the instructor's course, the learners' homes, and hands on JupyterLab."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import jupyterlab
from test_browser import ROOT
from test_nbgrader import ANSWERS, LESSON, environment

from mle.authoring.build import build
from mle.authoring.bundle import FILES

MODULE, CYCLE, OWN = "00-start-here", "1-the-exercise-cycle", "2-small"
"""The module of the day: the course's first lesson, and one of the instructor's own with a question graded by hand."""
ABOUT = """\
title = "Start here"
duty = "find your way"
prerequisites = []
datasets = ["flights"]
outcomes = [{ text = "work through an exercise", exercises = ["late-share", "double"] }]
"""
GRAVE = ("serious", "critical")
EDITOR = ".cm-editor"
"""JupyterLab's code editor, left out: it has no name (aria-input-field-name) and scrolls without being reached by keys
(scrollable-region-focusable). The list of cells around it, no feed to axe (aria-required-children), is JupyterLab's as
well, so a lesson is looked at cell by cell.
"""


# --- courses and homes ----------------------------------------------------------------------------------------------


def make_course(root: Path) -> None:
    """The instructor's copy of the course, with the one module."""
    for name in ("lessons", "solutions", "modules"):
        for path in (ROOT / name / MODULE).glob(f"{CYCLE}.*"):
            (root / name / MODULE).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, root / name / MODULE)
    for name, text in ((f"{OWN}.py", LESSON), (f"{OWN}.answers.py", ANSWERS), ("module.toml", ABOUT)):
        (root / "lessons" / MODULE / name).write_text(text, encoding="utf-8")
    for name in (*FILES, "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    for page in (ROOT / "modules").glob("*.md"):
        shutil.copy(page, root / "modules")
    (root / "src").symlink_to(ROOT / "src", target_is_directory=True)
    shutil.copytree(ROOT / "datasets" / "flights", root / "datasets" / "flights")
    shutil.copy(ROOT / "datasets" / "catalogue.toml", root / "datasets")
    (root / "grading").mkdir()
    build(root)


def ask(folder: Path, *arguments: str, python: str = sys.executable) -> str:
    """What a command says, which must end well."""
    command = [python, "-m", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def move_in(bundle: Path, folder: Path) -> str:
    """Unpack what was released, as a learner does, and set up its .venv; returns its Python.

    `make lab` would fetch the packages into it. Here it borrows those that run the tests: no network, same versions.
    """
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    venv.create(folder / ".venv", symlinks=True)
    (packages,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    borrowed = Path(jupyterlab.__file__).parent.parent
    (packages / "course.pth").write_text(f"{folder / 'src'}\n{borrowed}\n", encoding="utf-8")
    return str(folder / ".venv" / "bin" / "python")


# --- JupyterLab -----------------------------------------------------------------------------------------------------


def arrive(page, address: str) -> None:
    """Open the start page, as `mle lab` does, and wait until it is there and has the focus."""
    page.goto(address)
    page.locator(".jp-MarkdownViewer:visible table").wait_for()
    page.wait_for_function(f"() => ({FOCUS})().text.includes('Start here')")


def in_lesson(page) -> None:
    """Wait until a lesson is open and its kernel has answered."""
    page.locator(".jp-NotebookPanel:visible .jp-Cell").first.wait_for()
    at_rest(page)


def at_rest(page) -> None:
    """Wait until no cell is waiting to run: what is queued while an error comes back is taken back with the rest."""
    page.locator(".jp-Notebook:visible .jp-InputPrompt", has_text="[*]").first.wait_for(state="detached")
    page.get_by_text("| Idle").first.wait_for()


def saved(page) -> None:
    """Save, and wait until it is."""
    page.keyboard.press("Control+s")
    page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty").wait_for(state="detached")


def grave(page, part: str) -> list[str]:
    """What axe finds on a part of the page and calls serious or critical; JupyterLab's own editors left out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context={"include": [[part]], "exclude": [[EDITOR]]})
    return [f"{v['id']}: {v['help']}: {node['html'][:200]}"
            for v in found.response["violations"] if v["impact"] in GRAVE for node in v["nodes"]]  # fmt: skip


FOCUS = """() => {
  const here = document.activeElement, cell = here.closest('.jp-Cell');
  return {tag: here.tagName, text: here.innerText, cell: cell && Number(cell.dataset.windowedListIndex)}; }"""
COUNT_POINTER = "addEventListener('pointerdown', () => { window.pointerUsed = (window.pointerUsed || 0) + 1 }, true)"


class Keys:
    """Hands on the keyboard and none on the mouse."""

    def __init__(self, page):
        self.page = page
        page.add_init_script(COUNT_POINTER)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> dict:
        return self.page.evaluate(FOCUS)

    def tab_to(self, text: str, tag: str) -> None:
        """Tab until something of this kind that begins with this text has the focus."""
        for _ in range(60):
            here = self.focus()
            if here["tag"] == tag and here["text"].strip().startswith(text):
                return
            self.press("Tab")
        raise AssertionError(f"60 times Tab do not lead to {text!r}")

    def go_to(self, cell: int) -> None:
        """By the arrow keys to a cell of the notebook."""
        while (at := self.focus()["cell"]) != cell:
            self.press("ArrowDown" if at < cell else "ArrowUp")
            self.page.wait_for_function(f"at => ({FOCUS})().cell !== at", arg=at)

    def replace(self, source: str) -> None:
        """Write another text into the cell that has the focus, and run it."""
        self.press("Enter", "ControlOrMeta+a")
        self.page.keyboard.insert_text(source)
        self.press("Shift+Enter")

    def run_by_name(self, command: str) -> None:
        """By the command palette, as for whatever has no key of its own."""
        self.press("Control+Shift+c")
        self.page.keyboard.type(command)
        self.page.locator(".lm-CommandPalette-item.lm-mod-active", has_text=command).wait_for()
        self.press("Enter")
