"""How long a newcomer waits: from `git clone` to the first exercise that passes, step by step.

`python tools/first_exercise.py` clones this repository to a temporary folder, calls `make lab` there, which sets everything up
from the package registry, opens the first lesson in headless Chromium, types the first exercise's answer and runs its check.
Reading, thinking and a slow network come on top.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from test_browser import Desk, address_in, browser, places, solution_of  # noqa: E402

from mle.authoring.lesson import find_lessons, read_lesson  # noqa: E402

PORT = 8765
SETUP_SECONDS = 1800


def solve_first(address: str, work: Path, shots: Path) -> str:
    """Pass the first exercise of the first lesson in the browser; its name."""
    path = find_lessons(ROOT)[0]
    exercise = read_lesson(path).exercises[0]
    at, _ = places(work / path.parent.name / f"{path.stem}.ipynb", exercise.name)
    with browser(shots) as page:
        desk = Desk(page, shots)
        page.goto(address.replace("index.md", f"{path.parent.name}/{path.stem}.ipynb"))
        page.locator('.jp-NotebookPanel [data-status="idle"]').first.wait_for()
        desk.select(at)
        desk.menu("Run", "Run All Above Selected Cell")
        desk.write(at, solution_of(exercise))
        desk.run_exercise_and_check(at)
        page.get_by_text(f"✓ {exercise.name} · passed").first.wait_for()
    return exercise.name


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name) / "course", Path(name) / "lab.log"
        began = time.monotonic()

        def tell(what: str) -> None:
            print(f"{time.monotonic() - began:7.1f} s  {what}", flush=True)

        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        tell("cloned")
        with log.open("w") as file:
            command = ["make", "lab", f"PORT={PORT}", "ARGS=--no-browser"]
            server = subprocess.Popen(command, cwd=folder, stdout=file, stderr=file, start_new_session=True)
        try:
            while (
                "?token=" not in log.read_text() and server.poll() is None and time.monotonic() - began < SETUP_SECONDS
            ):
                time.sleep(0.2)
            address = address_in(log, server, PORT)
            tell("`make lab` has set up .venv and JupyterLab listens")
            exercise = solve_first(address, folder / "work", Path(name))
            tell(f"exercise `{exercise}` has passed")
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(timeout=60)


if __name__ == "__main__":
    main()
