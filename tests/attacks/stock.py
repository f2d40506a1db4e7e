"""Grade the cases with stock nbgrader and with the engine, and write the table grading/attacks.md.

    .venv/bin/python tests/attacks/stock.py [WORDS OF A CASE'S NAME]

Stock nbgrader runs inside bubblewrap, where only a copy of the course can be written, with a watch on memory, processes
and time. What could harm others is graded in a class of its own with one honest learner; the rest in two large classes.
With words, the cases that have them are graded and printed, and nothing is written.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil
from cases import CASES, GROUPS, LEARNERS
from course import HONEST, LIMITS, MODULE, NAME, POINTS, ROOT, SECRET, Case, canaries, hand_in, make_course, released

from mle.grading.engine import course_at, grade

CELL_SECONDS = 8
"""nbgrader's own time limit for a cell, in place of the course's 300."""
MOST_MEGABYTES, MOST_PROCESSES, ALONE_SECONDS, CLASS_SECONDS, CLASS_SIZE = 2500, 300, 75, 300, 12


@dataclass
class Outcome:
    """What came of a class under one grader: points by learner, and whatever else was seen."""

    points: dict[str, dict[str, float]]
    harm: list[str] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)


def points_in(course: Path) -> dict[str, dict[str, float]]:
    """The automatic points of each learner in the gradebook, by exercise."""
    found: dict[str, dict[str, float]] = {}
    with suppress(sqlite3.Error), sqlite3.connect(course / "grading" / "gradebook.db", timeout=5) as book:
        for learner, cell, auto, by_hand in book.execute(
            "select s.student_id, b.name, g.auto_score, g.manual_score from grade g join submitted_notebook n "
            "on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id join base_cell b on b.id = g.cell_id"
        ):
            if cell != "why":
                score = by_hand if by_hand is not None else auto or 0.0
                found.setdefault(learner, {})[cell.removesuffix("-check")] = score
    return found


# --- stock nbgrader -------------------------------------------------------------------------------------------------


def stock_run(prepared: Path, keys: list[str], seconds: float) -> Outcome:
    """A class of the honest learners needed and these cases, graded by stock nbgrader in a copy of the course."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        course = Path(folder) / "course"
        shutil.copytree(prepared, course)
        (course / "run").mkdir()
        inside = [sys.executable, str(Path(__file__).resolve()), "--inside", str(course), json.dumps(keys)]
        jail = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind", folder, folder,
                "--unshare-all", "--die-with-parent", "--new-session", "--chdir", str(course), "--",
                *inside]  # fmt: skip
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(jail, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            stopped = _watch(process, seconds)
        outcome = Outcome(points_in(course), [stopped] if stopped else [])
        report = course / "run" / "report.json"
        if report.exists():
            told = json.loads(report.read_text())
            outcome.harm += told["harm"]
            outcome.aborted = told["aborted"]
        elif not stopped:
            outcome.harm.append("the grader was killed")
        if len(keys) == 1:
            outcome.harm += _leaks(course)
        return outcome


def _watch(process: subprocess.Popen, seconds: float) -> str:
    """Wait; stop it where it goes over what this machine can bear. Says why it was stopped."""
    deadline, why = time.monotonic() + seconds, ""
    while process.poll() is None and not why:
        time.sleep(0.2)
        with suppress(psutil.Error):
            children = psutil.Process(process.pid).children(recursive=True)
            megabytes = 0.0
            for child in children:
                with suppress(psutil.Error):
                    megabytes += child.memory_info().rss / 1e6
            if megabytes > MOST_MEGABYTES:
                why = f"stopped by our watch at {MOST_MEGABYTES} MB"
            elif len(children) > MOST_PROCESSES:
                why = f"stopped by our watch at {MOST_PROCESSES} processes"
        if time.monotonic() > deadline:
            why = f"stopped by our watch after {seconds:g} s"
    process.kill()
    process.wait()
    return why


def _leaks(course: Path) -> list[str]:
    found = set()
    for path in (course / "grading" / "autograded").rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            if SECRET in text:
                found.add("a secret of the grader's is in the results")
            if re.search(r"RuntimeError: tried \d+, got [1-9]", text):
                found.add("it got what it reached for")
            if re.search(r"RuntimeError: looked at some texts, found [1-9]", text):
                found.add("it found the hidden test")
    return sorted(found)


def _inside(course: Path, keys: list[str]) -> None:
    """Inside of bubblewrap: set out the canaries, hand in, grade, write down what happened."""
    command = [str(Path(sys.executable).with_name("nbgrader")), "autograde", MODULE, "--create"]
    with canaries(course / "run" / "canaries", course) as found:
        skeleton, submitted = released(course), course / "grading" / "submitted"
        for learner in ["zoe", *(["anna"] if len(keys) > 1 or re.search("anna|link", str(keys)) else [])]:
            hand_in(course, skeleton, learner, HONEST[learner][0], found)
        for key in keys:
            hand_in(course, skeleton, LEARNERS[key], CASES[key].make, found)
        environment = {**os.environ, **found.environment, "HOME": found.places["HOME"], "MLE_STOCK_AUTOGRADE": "1",
                       "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])}  # fmt: skip
        aborted: list[str] = []
        while True:
            subprocess.run(command, cwd=course, env=environment, stdin=subprocess.DEVNULL)
            done = course / "grading" / "autograded"
            left = [e.name for e in sorted(os.scandir(submitted), key=lambda e: e.name) if not (done / e.name).exists()]
            if "zoe" not in left or left[0] == "zoe" or len(aborted) > 20:
                break
            aborted.append(left[0])  # the class ended with this one: go on without
            if len(keys) == 1:
                break
            shutil.rmtree(submitted / left[0])
        harm = found.touched()
    (course / "run" / "report.json").write_text(json.dumps({"harm": harm, "aborted": aborted}))


def stock_class(prepared: Path, members: list[str]) -> dict[str, tuple[bool, str]]:
    """What stock nbgrader makes of some cases; one by one where they harm each other in one class."""
    outcome = stock_run(prepared, members, CLASS_SECONDS if len(members) > 1 else ALONE_SECONDS)
    if len(members) > 1 and (outcome.harm or outcome.points.get("zoe") != POINTS):
        return {key: found for each in members for key, found in stock_class(prepared, [each]).items()}
    found = {key: stock_outcome(CASES[key], LEARNERS[key], outcome, len(members) == 1) for key in members}
    for key, (_, words) in found.items():
        print(key, "·", words, flush=True)
    return found


def stock_outcome(case: Case, learner: str, outcome: Outcome, classmate: bool) -> tuple[bool, str]:
    """Whether stock nbgrader did what must be done, and in words what it did."""
    got = outcome.points.get(learner)
    words = []
    if learner in outcome.aborted:
        words.append("the whole class was aborted")
    elif classmate and outcome.points.get("zoe") != POINTS:
        words.append(f"the honest learner got {_sum(outcome.points.get('zoe'))}")
    words += outcome.harm if classmate else []
    right = not words
    if case.absent:
        right, words = right and not got, [*words, f"graded as a learner: {_sum(got)}" if got else "not graded"]
    elif got is None and not any(case.points.values()):
        words.append("not graded")
    elif got not in (case.points, POINTS | {"mean": 0.0} if case.lost == ("mean", "scaled") else None):
        right = False
        words.append(f"{_sum(got)} instead of {sum(case.points.values()):g}")
    return right, "; ".join(words) or "right"


def _sum(points: dict[str, float] | None) -> str:
    return "nothing: not graded" if points is None else f"{sum(points.values()):g} points"


# --- the engine -----------------------------------------------------------------------------------------------------


def engine_run(built: Path, folder: Path, keys: list[str]) -> tuple[Outcome, dict[str, bool]]:
    """All cases and the honest learners in one class, graded by the engine."""
    course = folder / "engine"
    shutil.copytree(built, course)
    said: dict[str, bool] = {}
    with canaries(folder / "canaries", course) as found:
        os.environ.update(found.environment)
        for learner, (make, _) in HONEST.items():
            hand_in(course, released(course), learner, make, found)
        for key in keys:
            hand_in(course, released(course), LEARNERS[key], CASES[key].make, found)
        graded = {g.student: g for g in grade(course_at(course), MODULE)}
        for key in keys:
            each = graded.get(LEARNERS[key])
            texts = [*(v.message for v in each.verdicts.get(NAME, [])), *each.notes] if each else []
            said[key] = CASES[key].absent or bool(re.search(CASES[key].says, "\n".join(texts)))
        harm = found.touched()
    return Outcome(points_in(course), harm + _leaks(course)), said


# --- the table ------------------------------------------------------------------------------------------------------


def main(words: list[str]) -> None:
    keys = [key for key in CASES if all(word in key for word in words)]
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        folder = Path(name)
        built, prepared = folder / "course", folder / "prepared"
        built.mkdir()
        make_course(built)
        shutil.copytree(built, prepared)
        config = prepared / "nbgrader_config.py"
        config.write_text(config.read_text().replace("timeout = 300", f"timeout = {CELL_SECONDS}"))
        nbgrader = str(Path(sys.executable).with_name("nbgrader"))
        paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        subprocess.run([nbgrader, "generate_assignment", MODULE, "--create", "--force"], cwd=prepared, check=True,
                       capture_output=True, env={**os.environ, "PATH": paths, "MLE_STOCK_AUTOGRADE": "1"})  # fmt: skip
        engine, said = engine_run(built, folder, keys)
        together = [key for key in keys if not CASES[key].stock]
        runs = [together[at : at + CLASS_SIZE] for at in range(0, len(together), CLASS_SIZE)]
        runs += [[key] for key in keys if CASES[key].stock == "alone"]
        stock: dict[str, tuple[bool, str]] = {}
        with ThreadPoolExecutor(2) as pool:
            for found in pool.map(lambda members: stock_class(prepared, members), runs):
                stock |= found
        ours = {key: _ours(key, engine, said[key]) for key in keys}
    text = table(keys, stock, ours, engine)
    if words:
        print(text)
    else:
        (ROOT / "grading" / "attacks.md").write_text(text, encoding="utf-8")


def _ours(key: str, engine: Outcome, said: bool) -> tuple[bool, str]:
    case, got = CASES[key], engine.points.get(LEARNERS[key])
    if case.absent:
        return not got, "not graded" if not got else _sum(got)
    if got != case.points:
        return False, f"{_sum(got)} instead of {sum(case.points.values()):g}"
    return said, "right" if said else "right points, but it does not say why"


def table(keys: list[str], stock: dict, ours: dict, engine: Outcome) -> str:
    lines = [
        "# Attacks and bad inputs", "",
        "Written by `.venv/bin/python tests/attacks/stock.py`; `tests/attacks/` holds each case. Each is one learner's "
        f"submission of a small module worth {sum(POINTS.values()):g} points (three exercises).",
        "This engine grades all of them as one class, honest learners among them. Stock nbgrader "
        f"{version('nbgrader')} grades the harmless ones in small classes and the others each with one honest learner, a cell's time "
        f"limited to {CELL_SECONDS} s, under a watch of ours on memory, processes and time, which it does not have itself.", "",
        f"Limits of the module: {', '.join(f'{name} {value}' for name, value in LIMITS.items())}.", "",
        "| group | cases | stock nbgrader does right | this engine does right |", "|---|---|---|---|",
    ]  # fmt: skip
    for group in [*GROUPS, ""]:
        members = [key for key in keys if key.startswith(group)]
        asked = [key for key in members if key in stock]
        lines.append(f"| {group or '**all**'} | {len(members)} | {sum(stock[k][0] for k in asked)} of {len(asked)} | "
                     f"{sum(ours[k][0] for k in members)} of {len(members)} |")  # fmt: skip
    honest = all(engine.points.get(learner) == points for learner, (_, points) in HONEST.items())
    lines += ["", f"Under this engine the honest learners get {'their points' if honest else 'OTHER POINTS'}, and of the "
              f"grader's files, sockets and secrets {'none is' if not engine.harm else ', '.join(engine.harm) + ' is'} touched, "
              "reached or brought home.", "",
              "| case | what it does | must | stock nbgrader | this engine |", "|---|---|---|---|---|"]  # fmt: skip
    for key in keys:
        case = CASES[key]
        must = "not graded" if case.absent else f"{sum(case.points.values()):g} points"
        right, what = stock.get(key, (True, case.stock))
        cells = [html.escape(part, quote=False) for part in (key, case.does, must, what, ours[key][1])]
        marks = ["", "", "", "" if key not in stock else "✓ " if right else "✗ ", "✓ " if ours[key][0] else "✗ "]
        row = (mark + cell.replace("|", "\\|") for mark, cell in zip(marks, cells, strict=True))
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        _inside(Path(sys.argv[2]), json.loads(sys.argv[3]))
    else:
        main(sys.argv[1:])
