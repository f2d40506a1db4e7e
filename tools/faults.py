"""Kill grading runs at random moments, and compare what stands after a rerun with an undisturbed run.

`python tools/faults.py --rounds 100 --write` writes what it counted to grading/faults.json. Each round grades a fresh copy
of a small class. The engine is killed at a random time, or at a random one of its own writes, and runs again; or one of the
processes under it is killed, and then the running engine must end well by itself. Every process below this one is seen:
what a killed engine leaves behind becomes a child of this program (Linux: PR_SET_CHILD_SUBREAPER).
"""

from __future__ import annotations

import argparse
import ctypes
import json
import mmap
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib
import nbformat
import psutil
from sqlalchemy import event
from sqlalchemy.engine import Engine

from mle.authoring.build import build
from mle.grading import GradingError, jail
from mle.grading.engine import course_at, grade
from mle.grading.report import write_report

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))
from test_nbgrader import ABOUT, ANSWERS, LESSON, LESSON_NAME, MODULE  # noqa: E402

LIMITS = "[limits]\ncpu_seconds = 1.5\n"
DOUBLE, MEAN = "def double(x):\n    return 2 * x", "def mean(values):\n    return sum(values) / (len(values) or 1)"
WORK = {
    "solved": {"double": DOUBLE, "mean": MEAN, "why": "One huge value moves it."},
    "untouched": {},
    "mistaken": {"double": DOUBLE, "mean": "def mean(values):\n    return sum(values) // (len(values) or 1)"},
    "endless": {"double": "def double(x):\n    while True:\n        pass", "mean": MEAN},
    "exits": {"double": "import os\nos._exit(3)", "mean": MEAN},
    "late": {"double": "def double(x):\n    return x", "mean": "def mean(values):\n    return None"},
}
SCORES = {"solved": 6.0, "untouched": 0.0, "mistaken": 2.0, "endless": 4.0, "exits": 4.0, "late": 0.0}
VICTIMS = ("engine", "engine at a write", "command", "jail", "root", "trunk", "guardian", "learner", "checker")
"""The command is `mle grade` from its start, imports included; the jail is the outermost process of bubblewrap."""
IMPORT_SECONDS = 3
"""About what the command's imports take."""
BELOW = VICTIMS[3:]
"""Those that the engine survives."""


def make_course(root: Path, work: dict[str, dict[str, str]] = WORK) -> None:
    """A built course of one small module, with what its learners handed in."""
    lesson = root / "lessons" / MODULE / f"{LESSON_NAME}.py"
    lesson.parent.mkdir(parents=True)
    (root / "grading").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    lesson.write_text(LESSON, encoding="utf-8")
    lesson.with_name(f"{LESSON_NAME}.answers.py").write_text(ANSWERS, encoding="utf-8")
    lesson.with_name("module.toml").write_text(ABOUT + LIMITS, encoding="utf-8")
    build(root)
    for learner, answers in work.items():
        hand_in(root, learner, answers)


def hand_in(root: Path, learner: str, answers: dict[str, str], timestamp: str = "2026-01-15 12:00:00 UTC") -> None:
    """Put a learner's notebook with these answers where it is graded from."""
    notebook = nbformat.read(root / "modules" / MODULE / f"{LESSON_NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    folder = root / "grading" / "submitted" / learner / MODULE
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{LESSON_NAME}.ipynb")
    (folder / "timestamp.txt").write_text(timestamp, encoding="utf-8")


# --- what stands after a run ----------------------------------------------------------------------------------------


def snapshot(root: Path) -> dict:
    """What a grading run leaves that does not differ from run to run: no random ids, no times."""
    grading = root / "grading"
    query = """
        SELECT s.student_id, n.name, c.name, s.timestamp, sn.late_submission_penalty, {}
        FROM submitted_assignment s JOIN submitted_notebook sn ON sn.assignment_id = s.id
        JOIN notebook n ON n.id = sn.notebook_id
        JOIN {} x ON x.notebook_id = sn.id JOIN base_cell c ON c.id = x.cell_id ORDER BY 1, 2, 3
    """
    with closing(sqlite3.connect(f"file:{grading / 'gradebook.db'}?mode=ro", uri=True)) as book:
        grades = book.execute(
            query.format("x.auto_score, x.manual_score, x.extra_credit, x.needs_manual_grade", "grade")
        )
        comments = book.execute(query.format("x.auto_comment, x.manual_comment", "comment"))
        cells = book.execute("SELECT n.name, c.name, c.type FROM base_cell c JOIN notebook n ON n.id = c.notebook_id"
                             " ORDER BY 1, 2, 3")  # fmt: skip
        found = {"grades": grades.fetchall(), "comments": comments.fetchall(), "cells": cells.fetchall()}
    files = (path for path in (grading / "autograded").rglob("*") if path.is_file() and path.name != ".lock")
    found["files"] = {str(path.relative_to(grading)): path.read_text("utf-8") for path in files}
    receipts = {path.name: json.loads(path.read_text("utf-8")) for path in (grading / ".receipts").rglob("*.json")}
    found["receipts"] = {name: receipt["verdict"] for name, receipt in receipts.items()}
    return found


def _differences(expected: dict, found: dict) -> list[str]:
    """What differs between two snapshots, in short."""
    out = []
    for key, ours in expected.items():
        theirs = found[key]
        if isinstance(ours, dict):
            ours, theirs = list(ours.items()), list(theirs.items())
        out += [f"{key}: {str(row)[:300]} missing" for row in ours if row not in theirs]
        out += [f"{key}: {str(row)[:300]} unexpected" for row in theirs if row not in ours]
    return out


def leftovers(root: Path) -> list[str]:
    """Files and folders that only a run in progress may have."""
    endings = (".draft", ".old", "-journal", "-wal")
    return [str(p.relative_to(root)) for p in (root / "grading").rglob("*") if p.name.endswith(endings)]


# --- a run and its end ----------------------------------------------------------------------------------------------


class Run:
    """`mle grade` without its command line, in a fork of this process, which has imported everything already."""

    def __init__(self, root: Path, kill_at: int = 0):
        self.shared, self.log = mmap.mmap(-1, 256), root / "run.log"
        self.started = time.monotonic()
        self.pid = os.fork()
        if not self.pid:
            self._grade(root, kill_at)

    def _grade(self, root: Path, kill_at: int) -> None:
        code = 1
        try:
            log = os.open(self.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            self._count_writes(str(root / "grading"), kill_at)
            course = course_at(root)
            graded = grade(course, MODULE, progress=lambda what, done, total: self._tell(0, what))
            self._tell(0, "report")
            write_report(course, MODULE)
            code = 3 if any(each.problem for each in graded) else 0
            print([each.problem for each in graded if each.problem], flush=True)
        except GradingError as error:
            print(f"refused: {error}", flush=True)
        finally:
            os._exit(code)

    def _tell(self, at: int, text: object) -> None:
        self.shared[at : at + 64] = str(text).encode()[:64].ljust(64, b"\0")

    def _heard(self, at: int) -> str:
        return self.shared[at : at + 64].rstrip(b"\0").decode()

    @property
    def stage(self) -> str:
        return self._heard(0) or "start"

    @property
    def writes(self) -> int:
        return int(self._heard(64) or 0)

    def _count_writes(self, folder: str, kill_at: int) -> None:
        """Count what the run changes on the disk: files opened to be written, renames, commits. Die before one of them."""
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            self._tell(64, count)

        def hook(what: str, arguments: tuple) -> None:
            changes = what in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.truncate")
            if (changes or (what == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR))) and folder in str(arguments):
                step()

        sys.addaudithook(hook)
        event.listen(Engine, "commit", lambda connection: step())

    def wait(self, seconds: float = 120) -> int | None:
        """The exit code, negative for a signal; None where it still runs after that time."""
        deadline = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > deadline:
                return None
            time.sleep(0.002)


class Command(Run):
    """The command itself, from its start."""

    def _grade(self, root: Path, kill_at: int) -> None:
        os.chdir(root)
        log = os.open(self.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.execv(sys.executable, [sys.executable, "-m", "mle.cli", "grade", MODULE])


def kinds(engine: int) -> dict[str, list[psutil.Process]]:
    """The processes under an engine, by what they are."""
    found: dict[str, list[psutil.Process]] = {kind: [] for kind in BELOW}
    with suppress(psutil.Error):
        for outer in psutil.Process(engine).children():
            if outer.name() != "bwrap" or "mle.grading.nest" not in outer.cmdline():
                continue
            found["jail"].append(outer)
            for root in (c for inner in outer.children() for c in inner.children()):
                found["root"].append(root)
                trunk, *guardians = sorted(root.children(), key=lambda p: (p.create_time(), p.pid)) or [None]
                if trunk is None:
                    continue
                found["trunk"].append(trunk)
                for kind, above in (("checker", guardians), ("learner", trunk.children())):
                    found["guardian"] += above
                    found[kind] += [child for guardian in above for child in guardian.children()]
    return found


def survivors(seconds: float = 20) -> list[str]:
    """The processes below this one that do not end within that time; ended orphans are reaped.

    Bubblewrap, killed in its first milliseconds, can leave a process of its own that waits for it for ever, with nothing
    below it and nothing of a learner's in it; that one is ended here and not counted.
    """
    deadline = time.monotonic() + seconds
    while True:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        alive = []
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE:
                    idle = process.name() == "bwrap" and not process.children() and time.monotonic() > deadline - 10
                    process.kill() if idle else alive.append(f"{process.name()} {' '.join(process.cmdline())[-120:]}")
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.01)


# --- rounds ---------------------------------------------------------------------------------------------------------


@dataclass
class Round:
    """What came of one round."""

    victim: str
    moment: float
    """Seconds after the start, or the number of the write."""
    stage: str = ""
    hit: bool = False
    """Whether there was such a process to kill before the run was over."""
    exit_code: int | None = None
    survivors: int = 0
    reruns: int = 0
    equal: bool = False
    leftovers: int = 0
    said: str = ""

    @property
    def good(self) -> bool:
        recovered = not self.reruns or self.victim not in BELOW
        return self.equal and not self.survivors and not self.leftovers and recovered


class Faults:
    """A small class, and an undisturbed run of it to compare with."""

    def __init__(self, folder: Path):
        _set_subreaper()
        matplotlib.use("Agg")
        __import__("matplotlib.pyplot")
        self.folder, self.base, self.count = folder, folder / "base", 0
        make_course(self.base)
        first = self.fresh()
        run = Run(first)
        if run.wait():
            raise SystemExit(f"the undisturbed run failed: {run.log.read_text()[-2000:]}")
        self.seconds, self.writes = time.monotonic() - run.started, run.writes
        self.expected = snapshot(first)

    def fresh(self) -> Path:
        """A copy of the class, ungraded."""
        self.count += 1
        shutil.copytree(self.base, root := self.folder / str(self.count))
        return root

    def round(self, victim: str, rng: random.Random) -> Round:
        """Disturb one run. What its engine does not put right by itself, a rerun must."""
        root = self.fresh()
        if victim == "engine at a write":
            told = Round(victim, rng.randint(1, self.writes))
            run = Run(root, int(told.moment))
            told.exit_code = run.wait()
            told.stage, told.hit = run.stage, told.exit_code == -signal.SIGKILL
        else:
            longest = self.seconds + IMPORT_SECONDS * (victim == "command")
            told = Round(victim, round(rng.uniform(0, longest), 3))
            run = (Command if victim == "command" else Run)(root)
            self._kill(run, told, rng)
            told.exit_code = run.wait()
            if not told.hit and victim != "command":  # it was over before: runs are shorter than the first one was
                self.seconds = min(self.seconds, time.monotonic() - run.started)
        left = survivors()
        told.survivors, told.said = len(left), " ".join(left)
        if told.exit_code:
            told.reruns = 1
            again = Run(root)
            if again.wait():
                told.said = again.log.read_text()[-500:]
        with suppress(sqlite3.Error, OSError):
            found = snapshot(root)
            told.equal = found == self.expected
            told.said += "; ".join(_differences(self.expected, found))
        told.leftovers = len(leftovers(root))
        if told.good:
            shutil.rmtree(root)
        else:
            told.said += run.log.read_text()[-500:]
        return told

    def _kill(self, run: Run, told: Round, rng: random.Random) -> None:
        """Kill the victim at its moment, or as soon after it as there is one."""
        time.sleep(max(0.0, run.started + told.moment - time.monotonic()))
        while run_is_alive(run.pid):
            pids = [run.pid] if told.victim not in BELOW else [p.pid for p in kinds(run.pid)[told.victim]]
            if pids:
                told.stage = "command" if told.victim == "command" else run.stage
                with suppress(ProcessLookupError):
                    os.kill(rng.choice(pids), signal.SIGKILL)
                    told.hit = True
                return
            time.sleep(0.002)


def run_is_alive(pid: int) -> bool:
    with suppress(psutil.Error):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _set_subreaper() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0):
        raise SystemExit("this program needs Linux")


def run_rounds(rounds: int, seed: int, tell: Callable[[Round], None]) -> None:
    """Rounds with every victim in turn, at moments drawn with a seed; each is told when it is over.

    Where a run was over before its victim was found, another round follows for that victim.
    """
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        faults = Faults(Path(folder))
        for number in range(rounds):
            victim = VICTIMS[number % len(VICTIMS)]
            tell(told := faults.round(victim, rng))
            if not told.hit:
                tell(faults.round(victim, rng))


def summary(rounds: list[Round], seed: int) -> dict:
    """Counts by victim and by stage."""

    def counted(some: list[Round]) -> dict:
        return {
            "rounds": len(some), "hit": sum(r.hit for r in some), "equal": sum(r.equal for r in some),
            "without a rerun": sum(not r.reruns for r in some if r.hit),
            "processes left": sum(r.survivors for r in some), "files left": sum(r.leftovers for r in some),
        }  # fmt: skip

    stages = Counter(r.stage for r in rounds if r.hit)
    return {
        "seed": seed, "together": counted(rounds),
        "by victim": {v: counted(some) for v in VICTIMS if (some := [r for r in rounds if r.victim == v])},
        "by stage": {stage: counted([r for r in rounds if r.hit and r.stage == stage]) for stage in sorted(stages)},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=len(VICTIMS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write the counts to grading/faults.json")
    parser.add_argument("--json", type=Path, help="write every round to this file")
    given = parser.parse_args()
    if why := jail.reason_against():
        sys.exit(f"no jail: {why}")
    rounds: list[Round] = []

    def tell(told: Round) -> None:
        rounds.append(told)
        print(f"{told.victim} · {told.stage} · equal" if told.good else told, flush=True)
        if given.json:
            every = [asdict(r) | {"good": r.good} for r in rounds]
            given.json.write_text(json.dumps(every, indent=1), encoding="utf-8")
        if given.write:
            counts = json.dumps(summary(rounds, given.seed), indent=1, ensure_ascii=False)
            (ROOT / "grading" / "faults.json").write_text(counts + "\n", encoding="utf-8")

    run_rounds(given.rounds, given.seed, tell)
    print(json.dumps(summary(rounds, given.seed)["together"]))
    sys.exit(not all(r.good for r in rounds))


if __name__ == "__main__":
    main()
