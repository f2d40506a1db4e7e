"""The engine's side of the warm kernels: start one for a lesson, run a submission's steps in it, see how they end."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import pairwise

from mle.grading import GradingError, jail
from mle.grading.judge import ATTEMPTS, Result, judged
from mle.grading.limits import Limits
from mle.grading.nest import receive, send
from mle.grading.store import engine_digest
from mle.grading.submission import Ground, Step

START_SECONDS = 180
SCHEDULER_SECONDS = 30
"""How long a Dask scheduler may take to answer."""


class NestError(GradingError):
    """A warm kernel does not start, or dies; the message says of what."""


class Lost(RuntimeError):
    """The warm kernel is gone; what was asked of it can be asked of another."""


class Nest:
    """The warm kernels of one lesson. Use as a context manager, or `close()` it."""

    def __init__(self, ground: Ground, limits: Limits, jailed: bool = True):
        self.ground, self.limits = ground, limits
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders = ours
        inner = [sys.executable, "-m", "mle.grading.nest", str(theirs.fileno())]
        with theirs, tempfile.TemporaryFile() as log:
            self.process = _start(
                jail.command(inner) if jailed else inner, stdin=subprocess.PIPE, stdout=log, stderr=log,
                pass_fds=[theirs.fileno()], start_new_session=True, env=None if jailed else jail.environment(),
            )  # fmt: skip
            theirs.close()
            setup = asdict(ground) | {"jailed": jailed, "limits": asdict(limits)}
            with suppress(BrokenPipeError):
                self.process.stdin.write(json.dumps(setup).encode())
                self.process.stdin.close()
            told = self._first_word()
            if "problem" in told:
                log.seek(0)
                said = log.read().decode(errors="replace").strip().splitlines()[-1:]
                self.close()
                raise (Lost if told.get("lost") else NestError)(": ".join([told["problem"], *said]))

    def _first_word(self) -> dict:
        deadline = time.monotonic() + START_SECONDS
        while not select.select([self._orders], [], [], 0.2)[0]:
            if not self.alive:  # the socket may stay open in a process of bubblewrap's that waits for the ended one
                return {"problem": "the warm kernel was ended while it started", "lost": True}
            if time.monotonic() > deadline:
                return {"problem": f"no warm kernel after {START_SECONDS} s"}
        with suppress(ConnectionError):
            if data := self._orders.recv(1 << 16):
                return json.loads(data)
        return {"problem": "the warm kernel does not start", "lost": True}

    def __enter__(self) -> Nest:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._orders.close()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(
                self.process.pid, signal.SIGKILL
            )  # with any process of bubblewrap's that has not locked itself in
        self.process.kill()
        self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def run(self, steps: list[Step]) -> Result:
        """Run a submission's steps; each check gets its verdict, whatever the learner's code does.

        Where the code ends its process (or has it ended at a limit), only the check that it happened in is lost: the
        rest runs again in a fresh kernel, without the cell that did it. Raises `Lost` where the warm kernel is gone.
        """
        return judged(steps, self.limits, self._once)

    def _once(self, steps: list[Step], seconds: float) -> tuple[list[dict], str, float]:
        """One run in one fresh kernel: the outcomes, as far as it came, why it came no further, its peak memory."""
        pairs = [socket.socketpair() for _ in range(3)]
        (talk, _), (checker, _), (learner, _) = pairs
        try:
            socket.send_fds(self._orders, [b"x"], [theirs.fileno() for _, theirs in pairs])
            for _, theirs in pairs:
                theirs.close()
            deadline = time.monotonic() + seconds
            job = {
                "steps": [s.order() for s in steps],
                "imports": self.ground.imports,
                "seconds": self.limits.step_seconds,
            }
            outcomes: list[dict] = []
            with suppress(OSError):
                send(talk, job)
                while len(outcomes) < len(steps):
                    talk.settimeout(max(0.01, deadline - time.monotonic()))
                    outcome = receive(talk)
                    if outcome is None:
                        break
                    outcomes.append(outcome)
                    if outcome["stopped"]:
                        break
            overdue = time.monotonic() >= deadline
            reports = [_report(each) for each in (learner, checker)]
        except OSError as error:
            raise Lost(str(error)) from None
        finally:
            for pair in pairs:
                for end in pair:
                    end.close()
        if not self.alive:
            raise Lost(f"the warm kernel has ended ({self.process.poll()})")
        return outcomes, _cause(outcomes, reports, overdue), reports[0].get("peak", 0.0)


def _start(*arguments, **options) -> subprocess.Popen:
    """Start a process that dies with this one, from a thread that lasts as long.

    To the kernel the parent is the thread: a nest would die with the thread that happened to need it first.
    """
    global _starter
    with _starting:
        if _starter is None or _starter[0] != os.getpid():  # a fork has no threads
            _starter = os.getpid(), ThreadPoolExecutor(1, "nests")
    return _starter[1].submit(subprocess.Popen, *arguments, **options).result()


_starter: tuple[int, ThreadPoolExecutor] | None = None
_starting = threading.Lock()


def _report(guardian: socket.socket) -> dict:
    """How a guardian's process ended, once it is asked to end it."""
    with suppress(OSError, ValueError):
        guardian.settimeout(20)
        guardian.shutdown(socket.SHUT_WR)
        return receive(guardian) or {"cause": "killed"}
    return {"cause": "killed"}


def _cause(outcomes: list[dict], reports: list[dict], overdue: bool) -> str:
    """Why a run came no further than its outcomes; "" where it is complete."""
    learner, checker = (report["cause"] for report in reports)
    if "jail" in (learner, checker):
        raise NestError(f"no jail could be made: {reports[0].get('error') or reports[1].get('error') or ''}".strip())
    if outcomes and not outcomes[-1]["stopped"] and learner == checker == "finished":
        return "notebook time" if overdue else ""
    if outcomes and outcomes[-1]["late"]:
        return "time"
    if overdue:
        return "notebook time"
    for cause in (learner, checker):
        if cause in ("memory", "processes", "cpu"):
            return cause
    if "killed" in (learner, checker):
        return "killed"
    if learner == "ended":
        return f"ended {reports[0].get('code')}"
    return "unreadable" if outcomes and outcomes[-1]["stopped"] else f"checker {checker}"


@dataclass(frozen=True)
class Job:
    """One notebook of one learner, to be run: all that another machine needs for it."""

    ground: Ground
    limits: Limits
    jailed: bool
    steps: tuple[Step, ...]

    @property
    def lesson(self) -> tuple:
        return self.ground, self.limits, self.jailed


@dataclass
class _Kept:
    """A lesson's warm kernels, and how many runs use them now."""

    nest: Nest | None = None
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Farm:
    """The warm kernels of the lessons that are being graded, shared by the threads that grade them."""

    MOST = 2
    """Lessons whose warm kernels are kept; each takes the memory of its imports and data."""

    def __init__(self) -> None:
        self._kept: dict[tuple, _Kept] = {}
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Farm:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def run(self, job: Job) -> Result:
        """Run a job. Raises `NestError` where its lesson does not start, or its warm kernels die again and again."""
        for attempt in range(ATTEMPTS):
            kept, nest = self._lease(job), None
            try:
                nest = self._nest(kept, job)
                return nest.run(list(job.steps))
            except Lost as error:
                why = str(error)
                if nest is not None:
                    nest.close()  # this one: another thread may have started the next already
                time.sleep(0.1 * attempt)
            finally:
                with self._lock:
                    kept.users -= 1
        raise NestError(f"the warm kernel was ended {ATTEMPTS} times ({why})")

    def prepare(self, job: Job) -> None:
        """Start the warm kernels that a job needs; where they do not start, the job's own run says so."""
        kept = self._lease(job)
        try:
            with suppress(GradingError, Lost):
                self._nest(kept, job)
        finally:
            with self._lock:
                kept.users -= 1

    def _nest(self, kept: _Kept, job: Job) -> Nest:
        with kept.lock:
            if self._closed:
                raise NestError("grading was stopped")
            if kept.nest is None or not kept.nest.alive:
                kept.nest = Nest(job.ground, job.limits, job.jailed)
                if self._closed:
                    kept.nest.close()
            return kept.nest

    def _lease(self, job: Job) -> _Kept:
        with self._lock:
            kept = self._kept.pop(job.lesson, None) or _Kept()
            self._kept[job.lesson] = kept  # the latest comes last
            kept.users += 1
            idle = [key for key, each in self._kept.items() if not each.users]
            for key in idle[: max(0, len(self._kept) - self.MOST)]:
                old = self._kept.pop(key)
                if old.nest is not None:
                    old.nest.close()
        return kept

    def close(self) -> None:
        """End the warm kernels; what still runs in them is lost."""
        self._closed = True
        with self._lock:
            for kept in self._kept.values():
                if kept.nest is not None:
                    kept.nest.close()
            self._kept.clear()


Outcome = tuple[int, Result | Exception]


def run_here(jobs: list[Job], workers: int) -> Iterator[Outcome]:
    """Run jobs with `workers` threads, which wait while forks of shared warm kernels compute; each job's number and result.

    Threads, because the work is done in other processes anyway: all of them share the warm kernels of a lesson, and
    nothing listens on a port. While a lesson is graded, the warm kernels of the next one start.
    """
    firsts = list({job.lesson: job for job in reversed(jobs)}.values())[::-1]
    following = {job.lesson: after for job, after in pairwise(firsts)}
    with Farm() as farm, ThreadPoolExecutor(1) as starter, ThreadPoolExecutor(workers) as pool:

        def run(job: Job) -> Result:
            if after := following.pop(job.lesson, None):
                starter.submit(farm.prepare, after)
            return farm.run(job)

        futures = {pool.submit(run, job): number for number, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.exception() or future.result()
        finally:  # also where the caller takes no more: then nobody waits for what still runs
            farm.close()
            pool.shutdown(cancel_futures=True)
            starter.shutdown(cancel_futures=True)


def run_there(jobs: list[Job], scheduler: str) -> Iterator[Outcome]:
    """Run jobs on the workers of a Dask scheduler (`tcp://host:port`). A worker that is lost has its jobs run by another.

    Raises `NestError` where the scheduler does not answer.
    """
    from distributed import Client
    from distributed import as_completed as as_completed_there

    try:
        client = Client(scheduler, timeout=SCHEDULER_SECONDS)
    except (OSError, ValueError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NestError(f"no Dask scheduler answers at {scheduler} ({why}): start one with `dask scheduler`, and "
                        "workers with `dask worker`") from None  # fmt: skip
    with client:
        futures = {
            client.submit(_on_worker, job, engine_digest(), pure=False, retries=ATTEMPTS, priority=-number): number
            for number, job in enumerate(jobs)
        }
        for future in as_completed_there(list(futures)):
            try:
                error = future.exception()
                yield futures[future], error or future.result()
            except CancelledError:
                raise NestError(f"the Dask scheduler at {scheduler} has ended; what was graded is kept") from None
            future.release()


_farm = Farm()


def _on_worker(job: Job, digest: str) -> Result:
    if engine_digest() != digest:
        raise NestError(f"the worker on {socket.gethostname()} has another version of the course, of Python or of a "
                        "package: install the same on all machines")  # fmt: skip
    return _farm.run(job)
