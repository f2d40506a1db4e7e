"""Warm kernels: one process of a lesson, inside the jail, that is forked into a fresh kernel for each submission.

`python -m mle.grading.nest FD`, started by `farm.Nest`. Three kinds of process:

- the root imports the lesson's modules, and is forked into a checker for each run;
- the trunk, forked from it, has also run the lesson's given cells up to the first exercise, and is forked into a learner
  for each run (a library such as TensorFlow cannot be forked after an operation: then the trunk runs nothing);
- above each of the two stands a guardian, forked as well, which watches the limits and ends it.

Learner and checker each live in namespaces of their own (`jail`) and share one socket, the wall. What checks hold never
comes to the root or the trunk: the checker gets it from the engine.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil

from mle.grading import jail
from mle.grading.checker import judge
from mle.grading.learner import Session, serve
from mle.grading.limits import Limits

POLL_SECONDS = 0.05
JAIL_FAILED = 97
"""The exit code of a process that could not be locked in."""
DONE = 98
"""The exit code of a learner or a checker that came to its end."""
KEPT = 3
"""The descriptor that a learner or a checker keeps beside its standard ones."""


def send(connection: socket.socket, message: dict) -> None:
    """One message of the engine's own processes: its length and JSON."""
    data = json.dumps(message).encode()
    connection.sendall(struct.pack("!Q", len(data)) + data)


def receive(connection: socket.socket) -> dict | None:
    """The next message; None where the other side is gone."""
    head = _exactly(connection, 8)
    data = _exactly(connection, struct.unpack("!Q", head)[0]) if head else b""
    return json.loads(data) if data else None


def _exactly(connection: socket.socket, size: int) -> bytes:
    out = bytearray()
    while len(out) < size:
        try:
            chunk = connection.recv(min(size - len(out), 1 << 20))
        except ConnectionError:
            chunk = b""
        if not chunk:
            return b""
        out += chunk
    return bytes(out)


def main() -> None:
    orders = socket.socket(fileno=int(sys.argv[1]))
    setup = json.load(sys.stdin)
    quiet()
    jail.die_with_parent()
    limits = Limits(**setup["limits"])
    try:
        exec(setup["imports"], {"__name__": "__imports__"})
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
            __import__("torch._dynamo")  # torch.optim imports it on first use: 1 to 3 s in each learner
        trunk = grow_trunk(setup, limits, orders)
        told = receive(trunk) or {"problem": "the process of the given cells ended", "lost": True}
    except Exception as error:
        told = {"problem": f"{type(error).__name__}: {error}"}
    orders.send(json.dumps(told).encode())
    if "problem" not in told:
        serve_orders(orders, trunk, setup["jailed"], limits)


def serve_orders(orders: socket.socket, trunk: socket.socket, jailed: bool, limits: Limits) -> None:
    """For each order of the engine (the sockets of a run: the checker's talk, both guardians' reports) start the two."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guardians are reaped by the kernel
    gc.freeze()
    while True:
        _, fds, _, _ = socket.recv_fds(orders, 1, 3)
        if not fds:
            return
        talk, checker_report, learner_report = fds
        ours, theirs = socket.socketpair()
        socket.send_fds(trunk, [b"x"], [theirs.fileno(), learner_report])
        theirs.close()
        if not os.fork():
            guard(check_for, ours.fileno(), talk, checker_report, jailed, for_checker(limits))
        ours.close()
        for fd in fds:
            os.close(fd)


def for_checker(limits: Limits) -> Limits:
    """A checker holds the learner's answers beside its own values, and waits while the learner computes."""
    return replace(limits, memory=2 * limits.memory)


def grow_trunk(setup: dict, limits: Limits, orders: socket.socket) -> socket.socket:
    """Fork the trunk; the socket to it."""
    ours, theirs = socket.socketpair()
    if os.fork():
        theirs.close()
        return ours
    try:
        orders.close()
        ours.close()
        jail.die_with_parent()
        session = Session()
        for source in setup["prefix"]:
            error = session.run(source)
            if error is not None:
                raise RuntimeError(f"a given cell raises {type(error).__name__}: {error}")
        session.go_ahead(setup["ahead"])
        send(theirs, {"ready": True})
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        gc.freeze()
        while fds := socket.recv_fds(theirs, 1, 2)[1]:
            if not os.fork():
                guard(
                    lambda fd: serve(session, socket.socket(fileno=fd)), fds[0], None, fds[1], setup["jailed"], limits
                )
            for fd in fds:
                os.close(fd)
    except Exception as error:
        send(theirs, {"problem": str(error)})
    finally:
        os._exit(0)


def check_for(wall: int, talk: int) -> None:
    """Be the checker of one run: told what to run and to check, say what came of each."""
    told = socket.socket(fileno=talk)
    job = receive(told)
    if job:
        with socket.socket(fileno=wall) as connection:
            judge(job, connection, lambda outcome: send(told, outcome))


def guard(body: Callable, wall: int, talk: int | None, report: int, jailed: bool, limits: Limits) -> None:
    """Run `body` in a child with its descriptors `wall` and `talk` only; watch it; tell `report` how it ended. Never returns."""
    cause, code = "jail", None
    told = socket.socket(fileno=report)
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        jail.die_with_parent()
        if jailed:
            jail.enter_namespaces()
        child = os.fork()
        if not child:
            _be(body, [wall] if talk is None else [wall, talk], jailed, limits)
        for fd in (wall, talk):
            if fd is not None:
                os.close(fd)
        started = _Usage(child, limits)
        cause = _watch(child, told, started, limits)
        _end(child, jailed)
        _, status, used = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == JAIL_FAILED:
            cause = "jail"
        elif cause == "ended" and code == DONE:
            cause = "finished"
        elif cause == "ended" and code in (-signal.SIGKILL, -signal.SIGXCPU):
            # by the system's own limit, or from outside: the first process of a namespace cannot be killed from within
            cause = "cpu" if used.ru_utime + used.ru_stime > limits.cpu_seconds else "killed"
        send(told, {"cause": cause, "code": code, "peak": started.peak})
    except BaseException:
        with suppress(Exception):
            send(told, {"cause": cause, "code": code, "peak": 0, "error": traceback.format_exc()})
    finally:
        os._exit(0)


def _be(body: Callable, descriptors: list[int], jailed: bool, limits: Limits) -> None:
    """In the child: lock oneself in and run `body`. Never returns."""
    code = JAIL_FAILED
    try:
        os.setsid()
        kept = [os.dup2(fd, 200 + i) for i, fd in enumerate(descriptors)]
        for i, fd in enumerate(kept):
            os.dup2(fd, KEPT + i)
        os.closerange(KEPT + len(kept), 4096)
        if jailed:
            jail.as_first_process(limits)
        jail.set_limits(limits)
        jail.die_with_parent()
        code = 1
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        body(*range(KEPT, KEPT + len(kept)))
        code = DONE
    finally:
        os._exit(code)


class _Usage:
    """What a child and its descendants take, beyond what the child shared when it was forked."""

    def __init__(self, pid: int, limits: Limits):
        self.process, self.peak, self.limit = psutil.Process(pid), 0.0, limits.memory * 1e6
        self.base = self.process.memory_info()

    def look(self) -> tuple[float, int, float]:
        """Megabytes, processes and threads, CPU seconds; the peak is kept."""
        bytes_, tasks, seconds = 0.0, 0, 0.0
        with suppress(psutil.Error):
            bytes_ = max(0, self.process.memory_info().rss - self.base.rss, self._shared(self.process))
            tasks, times = self.process.num_threads(), self.process.cpu_times()
            seconds = times.user + times.system + times.children_user + times.children_system
            for child in self.process.children(recursive=True):
                with suppress(psutil.Error):
                    bytes_ += max(child.memory_full_info().pss, self._shared(child)) if tasks < 500 else 0
                    tasks += child.num_threads()
                    seconds += sum(child.cpu_times()[:2])
        self.peak = max(self.peak, bytes_ / 1e6)
        return bytes_ / 1e6, tasks, seconds

    def _shared(self, process: psutil.Process) -> int:
        """Bytes of shared memory that a process has mapped: what it has let go of (MADV_DONTNEED) still takes room.

        Looked for only where the process has grown by more than it may take; most address space is never used.
        """
        if process.memory_info().vms - self.base.vms <= self.limit:
            return 0
        sizes = 0
        with suppress(OSError), open(f"/proc/{process.pid}/maps") as maps:
            for line in maps:
                if line.endswith("/dev/zero (deleted)\n"):
                    low, high = line.split(" ", 1)[0].split("-")
                    sizes += int(high, 16) - int(low, 16)
        return sizes


def _watch(child: int, told: socket.socket, usage: _Usage, limits: Limits) -> str:
    """Wait for the child's end, the engine's word, or a limit. Returns which it was."""
    poll = select.poll()
    poll.register(told, select.POLLIN | select.POLLHUP)
    ended = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    if ended is not None:
        poll.register(ended, select.POLLIN)
    while True:
        ready = {fd for fd, _ in poll.poll(POLL_SECONDS * 1000)}
        if ended in ready or (ended is None and psutil.Process(child).status() == psutil.STATUS_ZOMBIE):
            return "ended"
        megabytes, tasks, seconds = usage.look()
        if told.fileno() in ready:  # at once where a dying process closed the wall, a moment before its end is seen
            return "ended" if _is_exiting(child) else "finished"
        if megabytes > limits.memory:
            return "memory"
        if tasks > limits.processes:
            return "processes"
        if seconds > limits.cpu_seconds:
            return "cpu"


def _is_exiting(pid: int) -> bool:
    """Whether a process is on its way out, in the flags that Linux shows of it."""
    with suppress(OSError, ValueError, IndexError):
        about = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return bool(int(about[6]) & 0x4)  # PF_EXITING
    return False


def _end(child: int, jailed: bool) -> None:
    """Kill the child with all that it started; the end of a namespace's first process ends them all."""
    others = [] if jailed else psutil.Process(child).children(recursive=True)
    os.kill(child, signal.SIGKILL)
    for other in others:
        with suppress(psutil.Error):
            other.kill()


def quiet() -> None:
    """What lessons and learners print is not kept: no output can fill anything."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)


if __name__ == "__main__":
    main()
