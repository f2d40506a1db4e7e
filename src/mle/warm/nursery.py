"""The server's side of warm kernels: starts the stems, keeps the last ones, and orders kernels of them."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from threading import Lock, Thread

from mle.warm.stem import LIGHT, MESSAGE_BYTES

TORCH = ("import torch", "import torch._dynamo")
"""What a second stem imports at once: a third of the lessons use torch, and the first use of an optimizer imports the other."""
KEPT = 2
"""How many lessons have a stem of their own at a time: one with TensorFlow takes 450 MB."""
READY_SECONDS = 30
"""How long a kernel may wait for its lesson's imports; the learner's first cell would wait for them just as well."""
FORK_SECONDS = 5


INLINE = "module://matplotlib_inline.backend_inline"
"""As a kernel sets MPLBACKEND before matplotlib is imported."""
NO_THREAD = "background_thread:false"
"""For pyarrow's allocator, which would start a thread when it is imported; none may run at a fork."""


class Cold(Exception):
    """This kernel cannot be forked: launch it as usual."""


def possible() -> bool:
    """Whether processes can be forked and watched here: on Linux from 5.3. (On macOS, a fork of a process that has loaded the
    system's own libraries may crash.)"""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return os.path.isdir("/proc/self/task")


class Stem:
    """A process that kernels are forked from, as its server sees it."""

    def __init__(self, imports: Iterable[str], connection: socket.socket):
        self.imports = frozenset(imports)
        self._connection, self._lock, self.ready = connection, Lock(), False

    def ask(self, order: dict, descriptors: Sequence[int] = ()) -> int:
        """The id of the process that it forks for `order`; waits until it has imported. Raises Cold where it does not."""
        with self._lock:
            try:
                if not self.ready:
                    self.ready = self._answer(READY_SECONDS)["ready"]
                socket.send_fds(self._connection, [json.dumps(order).encode()], descriptors)
                return self._answer(FORK_SECONDS)["pid"]
            except (OSError, ValueError, KeyError) as error:
                self.close()  # a late answer would be taken for the next one
                raise Cold(str(error)) from error

    def _answer(self, seconds: float) -> dict:
        self._connection.settimeout(seconds)
        return json.loads(self._connection.recv(MESSAGE_BYTES))

    @property
    def closed(self) -> bool:
        return self._connection.fileno() < 0

    def close(self) -> None:
        """Let it go; its kernels live on."""
        self._connection.close()


class Nursery:
    """The stems: one for all lessons, one with torch, and one for each of the lessons opened last.

    A stem is forked from the one that has most of its imports, so that they share memory.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._bases: list[Stem] = []
        self._lessons: dict[frozenset[str], Stem] = {}
        self._environment: dict[str, str] = {}

    def start(self) -> None:
        """Start the first two stems; returns at once."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._environment = dict(os.environ)
        with theirs:
            self.root = subprocess.Popen(
                [sys.executable, "-m", "mle.warm.stem", str(theirs.fileno())],
                cwd=sys.prefix,  # where nothing is imported by mistake
                env={"MPLBACKEND": INLINE} | self._environment | {"JE_ARROW_MALLOC_CONF": NO_THREAD},
                stdin=subprocess.PIPE,  # as Jupyter gives it to a kernel: open, and nothing comes
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C in the server's window is not for it
            )
        self._bases = [Stem((), ours)]
        Thread(target=self._grow_torch, daemon=True).start()

    def _grow_torch(self) -> None:
        with self._lock, suppress(Cold):
            self._bases.append(Stem(TORCH[:1], self._fork(self._bases[0], TORCH)))

    def kernel(self, imports: Iterable[str], argv: list[str], cwd: str, env: dict[str, str]) -> int:
        """Fork a kernel that has done `imports`; its process id. May wait for the imports: call it in a thread.

        Raises Cold where the kernel must be launched as usual.
        """
        if without_session(env) != without_session(self._environment):
            raise Cold("its environment is not the server's, and libraries read theirs when they are imported")
        try:
            return self._stem(imports).ask({"kernel": {"argv": argv, "cwd": cwd, "env": env}})
        except Cold:
            root = self._bases[0]
            if root.closed and root.ready:  # it has worked, and was ended from outside
                self.start()
            raise

    def _stem(self, imports: Iterable[str]) -> Stem:
        """The stem of these imports, new where there is none."""
        wanted = [statement for statement in imports if statement not in LIGHT]
        key = frozenset(wanted)
        with self._lock:
            self._bases[1:] = [base for base in self._bases[1:] if not base.closed]
            nearest = max((base for base in self._bases if base.imports <= key), key=lambda base: len(base.imports))
            if nearest.imports == key:
                return nearest
            stem = self._lessons.pop(key, None)
            if stem is None or stem.closed:
                stem = Stem(key, self._fork(nearest, wanted))
            self._lessons[key] = stem  # the last in the dictionary is the one used last
            for old in list(self._lessons)[:-KEPT]:
                self._lessons.pop(old).close()
            return stem

    @staticmethod
    def _fork(stem: Stem, imports: Iterable[str]) -> socket.socket:
        """Have a stem forked into one that imports more; the socket to that one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            stem.ask({"imports": list(imports)}, [theirs.fileno()])
        return ours


def without_session(environment: dict[str, str]) -> dict[str, str]:
    """An environment without what Jupyter tells each kernel of itself."""
    return {name: value for name, value in environment.items() if not name.startswith("JPY_")}


@cache
def the_nursery() -> Nursery:
    """The one of this process."""
    return Nursery()


class Forked:
    """A kernel that a stem has forked, with what Jupyter uses of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        self._fd = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it runs, then 0: its exit code goes to the stem, and Jupyter does not look at it."""
        watched = select.poll()
        watched.register(self._fd, select.POLLIN)
        return 0 if watched.poll(0) else None

    def wait(self) -> int:
        watched = select.poll()
        watched.register(self._fd, select.POLLIN)
        watched.poll()
        return 0

    def send_signal(self, signum: int) -> None:
        with suppress(ProcessLookupError):  # as Popen: nothing to say where it has ended
            signal.pidfd_send_signal(self._fd, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def __del__(self) -> None:
        with suppress(OSError, AttributeError):
            os.close(self._fd)
