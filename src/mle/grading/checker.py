"""The checker's side of the wall: runs a check cell against a learner's objects in another process."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

from mle.check import session
from mle.check.failure import Verdict
from mle.grading.wall import Peer, WallClosed


class Names(dict):
    """A check cell's global names: its own and the lesson's modules here, everything else from the learner."""

    def __init__(self, peer: Peer, imports: str):
        super().__init__(__name__="__check__", __builtins__=builtins)
        exec(compile(imports, "<imports>", "exec", dont_inherit=True), self)
        self._peer = peer

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        value = self[name] = self._peer.request("get", name)
        return value


def run_check(
    source: str,
    exercise: str,
    points: float,
    imports: str,
    connection: socket.socket,
    seconds: float | None = None,
) -> Verdict:
    """The verdict of the check cell `source` on the learner's side at the other end of `connection`.

    `imports` holds the lesson's import statements. The check's `start` and `passed` calls need not be in `source`.
    A learner's side that ends in the middle, or after `seconds` has not answered everything, gives the status "error".
    """
    peer = Peer(connection, seconds=seconds)
    with _across(peer):
        session.start(exercise, points)
        try:
            names = Names(peer, imports)
            peer.request("seed", session.seed())
            exec(compile_cell(source, f"<cell {exercise}-check>"), names)
        except WallClosed:
            return stopped(exercise)
        except Exception as error:
            return session.verdict_of(error)
        else:
            return session.verdict_of(None)
        finally:
            session.close()


def stopped(exercise: str, says: str = "your code ended the process, ran out of time or out of memory") -> Verdict:
    """The verdict where the learner's side ended before the check did."""
    return Verdict(exercise, "error", says)


def judge(job: dict, connection: socket.socket, tell: Callable[[dict], Any]) -> None:
    """Walk through a notebook across the wall: run its cells there, its checks here, and tell what comes of each step.

    `job` has `imports`, `seconds` (for one step) and `steps`: `{"source": …}` runs a cell of the learner's side (with `ahead`, one
    whose names may be there already),
    `{"source": …, "exercise": …, "points": …}` is a check. An outcome has `stopped` (nothing comes after it) and `late`
    (it was the time); that of a check has its `verdict` and `picture`.
    """
    for step in job["steps"]:
        started, outcome = time.monotonic(), {}
        if "exercise" in step:
            verdict = run_check(
                step["source"], step["exercise"], step["points"], job["imports"], connection, job["seconds"]
            )
            outcome = {"verdict": verdict.to_json(), "picture": verdict.picture}
        else:
            with suppress(Exception, WallClosed):  # the checks to come say so
                Peer(connection, seconds=job["seconds"]).request(
                    "take up" if step.get("ahead") else "run", step["source"]
                )
        spent = time.monotonic() - started
        outcome |= {"stopped": connection.fileno() < 0, "late": spent >= job["seconds"], "seconds": round(spent, 4)}
        tell(outcome)
        if outcome["stopped"]:
            return


@contextmanager
def _across(peer: Peer):
    def run(fn, args, kwargs):
        return peer.request("probe", *source_of(fn), args, kwargs)

    session._across.append(run)
    try:
        yield
    finally:
        session._across.pop()


@lru_cache(maxsize=256)
def source_of(fn) -> tuple[str, str]:
    """A probe's source without its decorators, and its name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(fn)))
    tree.body[0].decorator_list = []
    return ast.unparse(tree), fn.__name__


def compile_cell(source: str, filename: str):
    """The code of a cell, its lines known to tracebacks and to `inspect`."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return compile(source, filename, "exec", dont_inherit=True)


@contextmanager
def learner_process():
    """A fresh learner's process; yields the checker's end of the socket and ends the process afterwards."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-m", "mle.grading.learner"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if sys.platform == "win32":  # no inherited descriptors there: the socket is shared with the process by its id
            process = subprocess.Popen(command, stdin=subprocess.PIPE, **quiet)
            process.stdin.write(theirs.share(process.pid))
            process.stdin.close()
        else:
            number = theirs.fileno()
            process = subprocess.Popen([*command, str(number)], pass_fds=[number], stdin=subprocess.DEVNULL, **quiet)
        theirs.close()
        try:
            yield ours
        finally:
            process.kill()
            process.wait()
