"""What a learner has done: one line for each verdict seen in a notebook, in a hidden file beside the modules.

The file is only added to, so that nothing that happens while it is written costs more than its last line. It stays on
the learner's machine; no mark depends on it.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `mle.check` imports this module
    from mle.check.failure import Verdict


FILE = ".progress.jsonl"
SESSION = "JPY_SESSION_NAME"
"""The environment variable in which Jupyter's server tells a kernel its notebook's path."""
MODULE = re.compile(r"\d\d-[a-z0-9-]+")


def session() -> Path | None:
    """The notebook that this kernel belongs to, where it is a lesson's; None elsewhere (a build, a grader, a console)."""
    path = Path(os.environ.get(SESSION) or "nowhere")
    return path if path.suffix == ".ipynb" and MODULE.fullmatch(path.parent.name) else None


def record(notebook: Path, verdict: Verdict) -> None:
    """Note a verdict on an exercise of `notebook`. Raises OSError where the file cannot be written."""
    line = {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "module": notebook.parent.name,
        "lesson": notebook.stem,
        "exercise": verdict.exercise,
        "status": verdict.status,
        "points": verdict.points,
    }
    with (notebook.parent.parent / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


@dataclass
class Done:
    """What came of each exercise of the course, by (module, lesson, exercise)."""

    points: dict[tuple[str, str, str], float] = field(default_factory=dict)
    """The most points that its check gave."""
    passed: set[tuple[str, str, str]] = field(default_factory=set)
    last: tuple[str, str, str] | None = None
    """The one that was checked last."""

    def count(self, module: str, lesson: str, exercises: Iterable[str]) -> int:
        """How many of these exercises have passed."""
        return sum((module, lesson, name) in self.passed for name in exercises)


def read(folder: Path) -> Done:
    """What `folder` (the one that holds the modules' folders) remembers; lines that are none are passed over."""
    done = Done()
    try:
        lines = (folder / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return done
    for line in lines:
        try:
            told = json.loads(line)
            key = (str(told["module"]), str(told["lesson"]), str(told["exercise"]))
            points = float(told["points"])
        except (ValueError, KeyError, TypeError):
            continue
        done.last = key
        done.points[key] = max(points, done.points.get(key, 0.0))
        if told.get("status") == "passed":
            done.passed.add(key)
    return done
