"""How much faster `mle prove` judges an exercise's answers than running the notebook again for each.

`python tools/prove_ratio.py LESSON EXERCISE`: takes the exercise's named answers, judges them by forking and by running
the notebook from its first cell to the check in a fresh kernel, and prints seconds for each and their ratio.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from mle.authoring.build import ENVIRONMENT, notebook_of
from mle.authoring.lesson import read_lesson
from mle.authoring.soundness import prove


def rerun(lesson, exercise, source: str) -> float:
    """Seconds of running the notebook, with `source` as the answer, up to and with the exercise's check."""
    notebook = notebook_of(lesson)
    notebook.cells = notebook.cells[: exercise.check_position + 1]
    notebook.cells[exercise.position].source = source
    started = time.monotonic()
    client = NotebookClient(notebook, timeout=300, extra_arguments=["--IPKernelApp.log_level=ERROR"])
    with suppress(CellExecutionError):  # a mistake's check fails: that is its verdict
        client.execute(env={**os.environ, **ENVIRONMENT})
    return time.monotonic() - started


def main() -> None:
    path, name = Path(sys.argv[1]), sys.argv[2]
    lesson = read_lesson(path)
    exercise = lesson.exercise(name)
    report = prove(path, name)
    verdicts = report.verdicts
    times = [rerun(lesson, exercise, answer.source) for answer in [exercise.reference, *exercise.answers]]
    each = sum(times) / len(times)
    print(f"{name}: {verdicts} verdicts by forking in {report.seconds:.1f} s ({report.seconds / verdicts:.2f} s each)")
    print(f"{name}: one verdict by running the notebook again {each:.1f} s (mean of {len(times)} answers)")
    print(f"ratio: {each * verdicts / report.seconds:.0f}")


if __name__ == "__main__":
    main()
