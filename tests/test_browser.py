"""A learner at work: `mle lab` in a real browser, from the start page to an exercise that is wrong and then right.

Also makes the README's picture: `python tests/test_browser.py --screenshot docs/lesson-check.png`.
"""

from __future__ import annotations

import argparse
import json
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

from mle.authoring.lesson import Exercise, find_lessons, read_lesson
from mle.check.failure import MIME

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
MODULE = "03-build-and-train-models"
PICTURED = ("1-loss-and-gradient", "stable-log-loss", "sum")
"""The lesson, the exercise and the mistake that the README's picture shows."""
SECONDS = 60
"""How long one step of the browser may take, on a busy machine."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install it with the system's packages"),
]


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """`mle lab` in a copy of the course in `folder`, as `make lab` starts it; yields the address with its token.

    Nothing of the repository or of the person's own Jupyter is written to, and nothing is left running.
    """
    shutil.copytree(ROOT / "modules", folder / "modules", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "requirements.lock", folder)
    for name in ("src", "datasets", "lessons"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"HOME": str(folder / "home"), "MPLCONFIGDIR": str(folder / "home"), "IPYTHONDIR": str(folder / "home")}
    (folder / "home").mkdir()
    log_path = folder / "lab.log"
    with log_path.open("w") as log:
        command = [sys.executable, "-m", "mle.cli", "lab", "--port", str(port), "--no-browser"]
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
    assert not alive, f"still running after the server: {alive}"
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
def browser(width: int = 1400, height: int = 1000) -> Iterator:
    """A page of headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(SECONDS * 1000)
        try:
            yield page
        finally:
            chromium.close()


class Desk:
    """What a learner does in JupyterLab, in their words."""

    def __init__(self, page, shots: Path):
        self.page, self.shots, self.count = page, shots, 0

    def shot(self, name: str) -> None:
        self.count += 1
        self.page.screenshot(path=self.shots / f"{self.count}-{name}.png")

    @property
    def document(self):
        """What the visible tab of the main area shows."""
        return self.page.locator("#jp-main-dock-panel > .lm-Widget.jp-MainAreaWidget:not(.lm-mod-hidden), "
                                 "#jp-main-dock-panel > .lm-Widget.jp-Document:not(.lm-mod-hidden)").last  # fmt: skip

    def cell(self, index: int):
        """The cell at this place of the open notebook, scrolled to."""
        cell = self.page.locator(f'.jp-NotebookPanel .jp-Cell[data-windowed-list-index="{index}"]')
        cell.scroll_into_view_if_needed()
        return cell

    def menu(self, *names: str) -> None:
        bar, entry = names
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text(bar, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()

    def write(self, index: int, source: str) -> None:
        """Replace a cell's text."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)
        expected = [line for line in source.splitlines() if line.strip()]
        shown = self.cell(index).locator(".cm-content").evaluate("e => e.cmTile?.view?.state.doc.toString() ?? e.innerText")
        assert [line for line in shown.splitlines() if line.strip()] == expected

    def run(self, index: int) -> None:
        """Run one cell and wait for it."""
        cell = self.cell(index)
        cell.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        self.wait(index)

    def wait(self, index: int) -> None:
        """Wait until the cell has run: a number in its prompt, and the kernel idle."""
        prompt = self.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"] .jp-InputPrompt')
        self.page.wait_for_function("p => /\\\\[\\\\d+\\\\]/.test(p.textContent)", arg=prompt.element_handle())
        self.page.locator('.jp-NotebookPanel-toolbar [data-status="idle"]').first.wait_for()

    def box(self, index: int):
        """The verdict's box under a check."""
        return self.cell(index).locator('.jp-OutputArea-output [role="status"], .jp-OutputArea-output strong').first


def places(notebook: Path, exercise: str) -> tuple[int, int]:
    """Where an exercise and its check stand among the notebook's cells."""
    names = [c.metadata.get("nbgrader", {}).get("grade_id") for c in nbformat.read(notebook, as_version=4).cells]
    return names.index(exercise), names.index(f"{exercise}-check")
