"""Run every answer of a lesson's exercises against its check, forking at the exercise. Prints one JSON line each.

`python -m mle.authoring.prover LESSON [--exercise NAME] [--mutants] [--jobs N]`, started by `soundness.prove`.

Three kinds of process: this one imports the lesson's modules, computes nothing, and is forked into a checker for each
verdict reached across the wall; the runner, forked from it, walks through the lesson with the reference answers; at an
exercise it is forked into one child for each answer. A lesson that uses a library which cannot be forked after an
operation (TensorFlow) is not walked through: each child replays what comes before.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mle.authoring.flow import needed
from mle.authoring.lesson import HIDDEN, Answer, Cell, Exercise, Lesson, read_lesson
from mle.authoring.mutants import mutants_of
from mle.check import session as check_session
from mle.check.failure import Verdict
from mle.grading.checker import run_check, stopped
from mle.grading.learner import Session, serve

SEEDS = range(5)
MUTANT_SECONDS = 5.0
"""The least CPU time that a mutant gets; else ten times what the reference takes."""
ANSWER_SECONDS = 20.0
"""The least that any other answer gets: it must come to its message on a slow machine too."""
FIRST_SECONDS = 60.0
WALL_FACTOR = 15
"""How much longer than its CPU time an answer may take by the clock, on a busy machine."""


@dataclass(frozen=True)
class Job:
    """One answer to be judged: under which seed, and on which side of the wall its check runs."""

    answer: Answer
    seed: int = 0
    across: bool = False


def jobs_of(exercise: Exercise, mutants: bool) -> Iterator[Job]:
    """Everything to be proven of one exercise, the reference first."""
    for across in (False, True):
        for seed in SEEDS:
            yield Job(exercise.reference, seed, across)
        for answer in [exercise.stub, *exercise.answers]:
            yield Job(answer, 0, across)
    if mutants:
        for mutant in mutants_of(exercise.cell.source):
            yield Job(Answer(exercise.name, "mutant", mutant.name, mutant.source))


class Runner:
    """Walks through a lesson and forks at its exercises."""

    def __init__(self, lesson: Lesson, checkers: socket.socket, parallel: int):
        self.lesson = lesson
        self.checkers = checkers
        self.parallel = parallel
        self.session = Session()
        answers = [answer.source for e in lesson.exercises for answer in [e.reference, *e.answers]]
        self.needed = needed(lesson, answers) | {e.position for e in lesson.exercises}
        """The positions of the cells that a grade runs too."""

    def walk(self, only: str | None, mutants: bool) -> None:
        """Run the lesson, and every answer at each exercise (or at the one named `only`)."""
        by_position = {exercise.position: exercise for exercise in self.lesson.exercises}
        done: list[Cell] = []
        for position, cell in enumerate(self.lesson.cells):
            exercise = by_position.get(position)
            if exercise and only in (None, exercise.name):
                self.judge_all(exercise, jobs_of(exercise, mutants), [] if not self.lesson.fork_unsafe else done)
                if only:
                    return
            if position in self.needed:
                done.append(cell)
                if not self.lesson.fork_unsafe:
                    self.run_given(cell)

    def run_given(self, cell: Cell) -> None:
        error = self.session.run(cell.source)
        if error is not None:
            emit(problem=f"{self.lesson.path}:{cell.line}: the cell raises {type(error).__name__}: {error}")
            raise SystemExit(1)

    def judge_all(self, exercise: Exercise, jobs: Iterator[Job], replay: list[Cell]) -> None:
        """Judge the jobs, a few at a time, and print each outcome. The first one, the reference, sets the time limit."""
        limit = None
        running: dict[int, _Child] = {}
        for job in jobs:
            while len(running) >= self.parallel:
                self._collect(running)
            if limit is None:
                first = self._start(exercise, job, replay, FIRST_SECONDS)
                select.select([first.fd], [], [], first.clock)
                limit = 10 * first()["cpu"]
                continue
            least = MUTANT_SECONDS if job.answer.kind == "mutant" else ANSWER_SECONDS
            child = self._start(exercise, job, replay, max(least, limit))
            running[child.fd] = child
        while running:
            self._collect(running)

    def _collect(self, running: dict[int, _Child]) -> None:
        ready, _, _ = select.select(list(running), [], [], 0.5)
        for fd in list(running):
            if fd in ready or running[fd].overdue():
                running.pop(fd)()

    def _start(self, exercise: Exercise, job: Job, replay: list[Cell], cpu: float) -> _Child:
        """Fork one child (and, across the wall, order a checker), with `cpu` seconds of CPU time."""
        read, write = os.pipe()
        ours = theirs = None
        if job.across:
            ours, theirs = socket.socketpair()
        pid = os.fork()
        if not pid:
            os.close(read)
            try:
                if theirs is not None:
                    theirs.close()
                self._child(exercise, job, replay, cpu, write, ours)
            finally:
                os._exit(0)
        if theirs is not None:
            ours.close()
            order = json.dumps([exercise.name, job.seed]).encode()
            socket.send_fds(self.checkers, [order], [theirs.fileno(), write])
            theirs.close()
        os.close(write)
        return _Child(pid, read, exercise, job, clock=cpu * WALL_FACTOR)

    def _child(self, exercise: Exercise, job: Job, replay: list[Cell], cpu: float, write: int, wall) -> None:
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu) + 2, int(cpu) + 4))
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(1, 2)
        os.environ[check_session.SEED_VARIABLE] = str(job.seed)
        for cell in replay:
            self.run_given(cell)
        check_session.seed_everything(job.seed)
        error = self.session.run(job.answer.source)
        for position in range(exercise.position + 1, exercise.check_position):
            if position in self.needed:
                self.session.run(self.lesson.cells[position].source)
        if wall is not None:
            os.close(write)
            serve(self.session, wall)
            return
        if check_session.is_stub(error):
            verdict = Verdict(exercise.name, "todo", check_session.TODO)
        else:
            error = self.session.run(exercise.check.built_source)
            verdict = check_session.verdict_of(error)
        told = verdict.to_json() | {"hidden": in_hidden_tests(exercise.check.built_source, error)}
        os.write(write, json.dumps(told).encode())


def in_hidden_tests(source: str, error: BaseException | None) -> bool:
    """Whether the check cell `source` had come to its hidden tests when it raised `error`."""
    for frame, line in traceback.walk_tb(error.__traceback__ if error else None):
        if frame.f_code.co_name == "<module>":  # the outermost one is the cell
            return any(
                source.count("\n", 0, m.start()) < line <= source.count("\n", 0, m.end())
                for m in HIDDEN.finditer(source)
            )
    return False


class _Child:
    """A forked answer: call it to have its outcome printed."""

    def __init__(self, pid: int, fd: int, exercise: Exercise, job: Job, clock: float):
        self.pid, self.fd, self.exercise, self.job, self.clock = pid, fd, exercise, job, clock
        self.started = time.monotonic()

    def overdue(self) -> bool:
        return time.monotonic() - self.started > self.clock

    def __call__(self) -> dict:
        if not select.select([self.fd], [], [], 0)[0]:
            os.kill(self.pid, signal.SIGKILL)
        chunks = []
        while chunk := os.read(self.fd, 1 << 16):
            chunks.append(chunk)
        os.close(self.fd)
        os.kill(self.pid, signal.SIGKILL) if self.job.across else None
        _, _, usage = os.wait4(self.pid, 0)
        data = b"".join(chunks)
        told = json.loads(data) if data else stopped(self.exercise.name).to_json()
        hidden = told.pop("hidden", False)
        outcome = {
            "exercise": self.exercise.name, "kind": self.job.answer.kind, "name": self.job.answer.name,
            "seed": self.job.seed, "across": self.job.across, "cpu": round(usage.ru_utime + usage.ru_stime, 3),
            "hidden": hidden, "verdict": told,
        }  # fmt: skip
        emit(**outcome)
        return outcome


def serve_checkers(lesson: Lesson, orders: socket.socket) -> None:
    """Fork a checker for each order (exercise, seed; the learner's socket, the outcome's pipe) until there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps them
    while True:
        order, fds, _, _ = socket.recv_fds(orders, 4096, 2)
        if not order:
            return
        if not os.fork():
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a check prints would fill a pipe that nobody empties
            try:
                name, seed = json.loads(order)
                os.environ[check_session.SEED_VARIABLE] = str(seed)
                exercise = lesson.exercise(name)
                with socket.socket(fileno=fds[0]) as wall:
                    verdict = run_check(exercise.check.source, name, exercise.points, lesson.imports, wall)
                os.write(fds[1], json.dumps(verdict.to_json()).encode())
            finally:
                os._exit(0)
        for fd in fds:
            os.close(fd)


def emit(**data) -> None:
    """One JSON line for the process that started this one."""
    os.write(_OUT, (json.dumps(data) + "\n").encode())


_OUT = 1


def main() -> None:
    """Read the arguments, become the checkers' parent, and fork the runner."""
    global _OUT
    parser = argparse.ArgumentParser()
    parser.add_argument("lesson", type=Path)
    parser.add_argument("--exercise")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    lesson = read_lesson(options.lesson)
    _OUT = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what lessons print is not wanted
    exec(lesson.imports, {})
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
        importlib.import_module("torch._dynamo")  # torch.optim imports it on first use: 1 to 3 s in each child
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    runner = os.fork()
    if not runner:
        status = 1
        try:
            ours.close()
            Runner(lesson, theirs, options.jobs).walk(options.exercise, options.mutants)
            status = 0
        except SystemExit:
            pass
        except BaseException as error:
            emit(problem=f"{lesson.path}: the prover failed: {error}\n{traceback.format_exc()}")
        finally:
            os._exit(status)
    theirs.close()
    serve_checkers(lesson, ours)


if __name__ == "__main__":
    main()
