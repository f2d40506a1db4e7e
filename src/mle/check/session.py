"""What surrounds a check: which exercise it belongs to, its random inputs, its probes and its verdict.

The build writes `check.start(...)` as the first line of every check cell and `check.passed()` as the last.
"""

from __future__ import annotations

import functools
import os
import random
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from mle.check.failure import Failed, UsageError, Verdict

SEED_VARIABLE = "MLE_SEED"
"""The environment variable that sets the seed of a check's fresh inputs (default 0)."""

_current: dict[str, Any] = {
    "exercise": "",
    "points": 0.0,
    "open": False,
    "stub met": False,
    "earned": 0.0,
    "credit": "",
}
_across: list[Callable] = []  # the wall's way to run a probe beside the learner's objects, where a wall stands


def start(exercise: str, points: float = 0.0) -> None:
    """Open the check of `exercise`, worth `points`, and seed every random generator it may use."""
    _current.update(exercise=exercise, points=float(points), open=True, earned=0.0, credit="")
    seed_everything(seed())


def credit(points: float, what: str) -> None:
    """From here on `points` of the check's points are earned, whatever fails below; `what` says for what, in plain words."""
    of = _current["points"]
    if not _current["open"] or not _current["earned"] < points < of:
        raise UsageError(
            f"check.credit({points:g}) stands in no check, or not between {_current['earned']:g} and {of:g}"
        )
    _current.update(earned=float(points), credit=f"{points:g} of {of:g} points: {what}")


def passed() -> None:
    """Close the check: nothing failed. In a notebook, shows the verdict."""
    if not _current["open"]:
        raise UsageError("check.passed() without check.start(): the check cell is not one the build wrote")
    _current.update({"open": False, "stub met": False})
    verdict = Verdict(_current["exercise"], "passed", points=_current["points"])
    if "IPython" in sys.modules:
        from mle.check.notebook import show

        show(verdict)


def close(*_: Any) -> None:
    """Leave the check that may still be open: an interrupt ended its cell."""
    _current["open"] = False


def current_exercise() -> str:
    """The name of the exercise whose check runs now; empty outside of one."""
    return _current["exercise"] if _current["open"] else ""


def seed() -> int:
    """The seed of this run's fresh inputs, from MLE_SEED."""
    return int(os.environ.get(SEED_VARIABLE, "0"))


def rng(salt: int = 0) -> np.random.Generator:
    """A generator of fresh random inputs: the same in each run of one seed, another under another seed."""
    return np.random.default_rng([seed(), salt, *current_exercise().encode()])


def seed_everything(value: int) -> None:
    """Seed Python's, numpy's, torch's and Keras' global generators, those of them that are imported."""
    random.seed(value)
    np.random.seed(value)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(value)
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(value)


def probe(fn: Callable) -> Callable:
    """A function that runs beside the learner's objects and brings plain data back.

    For what must happen where the objects live, such as a backward pass through a learner's module. It may use its
    arguments and what it imports itself, nothing else: across the wall its source is sent to the learner's process.
    What it returns is the learner's word; the verdict on it is reached by the check.
    """

    @functools.wraps(fn)
    def run(*args, **kwargs):
        return _across[-1](fn, args, kwargs) if _across else fn(*args, **kwargs)

    return run


def verdict_of(error: BaseException | None) -> Verdict:
    """The verdict that an exception (or none) of a check cell means."""
    in_check, name, points = _current["open"], current_exercise() or "exercise", _current["points"]
    after_stub = _current["stub met"]  # the cell that was run before this check ended at its stub
    _current.update({"open": False, "stub met": is_stub(error) and not in_check})
    if error is None:
        return Verdict(name, "passed", points=points)
    earned = {"points": _current["earned"], "credit": _current["credit"]} if in_check else {}
    if isinstance(error, Failed):
        return Verdict(
            name, "failed", error.says, error.seen, error.expected, error.look, error.table, error.picture, **earned
        )
    undefined = isinstance(error, NameError) and isinstance(getattr(error, "name", None), str)
    if is_stub(error) or (undefined and after_stub):
        return Verdict(name, "todo", TODO, **earned)
    if undefined:
        says = f"the name {error.name!r} is not defined: run the cells above, or define it in the exercise"
        return Verdict(name, "error", says, **earned)
    return Verdict(name, "error", f"{type(error).__name__}: {_short(error)}", seen=where_raised(error), **earned)


def is_stub(error: BaseException | None) -> bool:
    """Whether the error is that of an untouched stub, and not a library's own NotImplementedError."""
    if not isinstance(error, NotImplementedError):
        return False
    message = message_of(error)
    return not message or STUB_SAYS in message or UNWRITTEN_SAYS in message


STUB_SAYS = "write your code here"
"""What every stub raises (the line that the build writes is `mle.authoring.lesson.STUB`)."""
UNWRITTEN_SAYS = "is not written yet"
"""What a checker is told of a name whose exercise ended at its stub."""
TODO = "Nothing is written here yet: replace the line `raise NotImplementedError` in the exercise with your code"


def message_of(error: BaseException) -> str:
    """The error's own text; empty where it has none or cannot say it."""
    try:
        return str(error)[:2000]
    except Exception:  # an exception of the learner's may break its own text
        return ""


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in message_of(error).splitlines() if line.strip()]
    return cut(lines[0]) if lines else "no message"


def cut(text: str, limit: int = 300) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def where_raised(error: BaseException) -> str:
    """The last line of the learner's own code in the error's traceback."""
    if getattr(error, "learner_line", ""):
        return error.learner_line
    own = [f for f in traceback.extract_tb(error.__traceback__) if is_cell(f.filename) and f.name != "<module>"]
    return cut(f"line {own[-1].lineno} of {own[-1].name}: {own[-1].line}", 160) if own and own[-1].line else ""


def is_cell(filename: str) -> bool:
    """Whether a traceback's file is a notebook's cell (IPython, ipykernel) rather than a library."""
    return "ipykernel_" in filename or filename.startswith(("<ipython-input", "<cell"))
