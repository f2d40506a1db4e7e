"""The verdict on each check of a notebook, whatever the learner's code does to the process it runs in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mle.check.failure import Verdict
from mle.grading import GradingError
from mle.grading.checker import stopped
from mle.grading.limits import Limits
from mle.grading.submission import Step

ATTEMPTS = 3
"""How often a run is repeated that ended without a reason of the learner's (killed from outside, say)."""


@dataclass
class Result:
    """What came of a submission's steps."""

    verdicts: list[Verdict]
    seconds: float = 0.0
    """Of all, by the clock."""
    check_seconds: list[float] = field(default_factory=list)
    """Of each check, beside its verdict."""
    own_seconds: float = 0.0
    """Of the cells and checks themselves."""
    memory: float = 0.0
    """The most that the learner's process took beyond what is shared, in megabytes."""


def judged(steps: list[Step], limits: Limits, once: Callable) -> Result:
    """The verdict on each check of `steps`, by as many runs of `once(steps, seconds)` as it takes."""
    started = time.monotonic()
    verdicts: dict[int, Verdict] = {}
    spent: dict[int, float] = {}
    result = Result([])
    skipped: dict[int, str] = {}
    """The learner's cells that ended their process, and how."""
    strange = 0
    while True:
        todo = [i for i in range(len(steps)) if i not in skipped and i not in verdicts]
        last = max((i for i in todo if steps[i].exercise), default=-1)
        todo = [i for i in todo if i <= last]
        if not todo:
            break
        left = limits.notebook_seconds - (time.monotonic() - started)
        outcomes, cause, peak = (
            once([steps[i] for i in todo], max(0.0, left)) if left > 0 else ([], "notebook time", 0.0)
        )
        result.memory = max(result.memory, peak)
        result.own_seconds += sum(outcome["seconds"] for outcome in outcomes)
        finished = [o for o in outcomes if not o["stopped"]]
        for i, outcome in zip(todo, outcomes, strict=False):
            spent[i] = outcome["seconds"]
        for i, outcome in zip(todo, finished, strict=False):
            if "verdict" in outcome:
                verdicts[i] = Verdict(**outcome["verdict"], picture=outcome.get("picture", ""))
        if len(finished) == len(todo):
            break
        at = todo[len(finished)]
        if cause in ("killed", "") or cause.startswith("checker"):
            strange += 1
            if strange < ATTEMPTS:
                continue
            if cause == "killed":  # no learner's code can do that: no marks rather than wrong ones
                raise GradingError(f"the learner's process was ended from outside, {ATTEMPTS} times; is memory short?")
        strange = 0
        for i in todo[len(finished) :] if cause == "notebook time" else [at]:
            if steps[i].exercise:
                verdicts[i] = stopped(steps[i].exercise, _says(cause, limits))
            else:
                skipped[i] = cause
    for i, verdict in verdicts.items():  # what a skipped cell would have defined
        before = [skipped[at] for at in sorted(skipped) if at < i]
        if before and verdict.status in ("error", "todo") and "is not defined" in verdict.says:
            verdicts[i] = stopped(verdict.exercise, _says(before[-1], limits))
    result.verdicts = [verdicts[i] for i in sorted(verdicts)]
    result.check_seconds = [spent.get(i, 0.0) for i in sorted(verdicts)]
    result.seconds = time.monotonic() - started
    return result


def _says(cause: str, limits: Limits) -> str:
    word, _, code = cause.partition(" ")
    match word:
        case "time":
            return f"your code did not come to an end within {limits.step_seconds:g} s: look for a loop that never ends"
        case "notebook":
            return f"your notebook used up its {limits.notebook_seconds:g} s before this check"
        case "cpu":
            return f"your code used more than {limits.cpu_seconds:g} s of computing time"
        case "memory":
            return f"your code took more than {limits.memory:,.0f} MB of memory"
        case "processes":
            return f"your code started more than {limits.processes} processes and threads"
        case "ended":
            return "your code ended its own process" + (f" (exit code {code})" if code.lstrip("-").isdigit() else "")
        case "checker":
            return "what your code returned ended the check, several times"
    return "what your code returned could not be read: it is too large, or no message of Python's"
