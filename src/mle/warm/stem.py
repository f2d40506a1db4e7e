"""The process that kernels are forked from: it imports, runs nothing, and waits for orders.

`python -m mle.warm.stem FD`, started by `nursery` with one end of a socket. An order is either to be forked into another stem,
which imports more and serves a socket of its own, or into a kernel. It ends when the server closes the socket or is gone.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from threading import Thread

LIGHT = (
    "import mle",
    "import numpy",
    "import pandas",
    "import matplotlib.pyplot",
    "from mle import check",
    "from mle import data",
    "from mle import flights",
    "import pyarrow.parquet",
    "from scipy import optimize",
    "from scipy import special",
    "from scipy import stats",
    "import sklearn.ensemble",
    "import sklearn.linear_model",
    "import sklearn.metrics",
    "import sklearn.model_selection",
    "import sklearn.pipeline",
    "import sklearn.preprocessing",
)
"""What the first stem imports, for all lessons."""

MESSAGE_BYTES = 1 << 20


def main() -> None:
    orders = socket.socket(fileno=int(sys.argv[1]))
    server = os.pidfd_open(os.getppid())
    del sys.path[0]  # this process's working folder; a kernel adds its own
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401

    before = dict(os.environ)
    job = tend(orders, LIGHT)
    set_by_imports = {name: value for name, value in os.environ.items() if before.get(name) != value}
    become_kernel(job, set_by_imports, server)


def tend(orders: socket.socket, imports: Sequence[str]) -> dict:
    """Import, then fork as told until the server is gone. Returns only in a child that is to be a kernel, with its job."""
    while True:
        with silence():
            for statement in imports:
                with suppress(Exception):  # the kernel tells the learner, when the cell with that import runs
                    exec(statement, {})
        gc.collect()
        gc.freeze()  # or the first collection of each kernel would copy all that it shares
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the system
        orders.send(json.dumps({"ready": True}).encode())
        child = None
        while child is None:
            data, descriptors, _, _ = socket.recv_fds(orders, MESSAGE_BYTES, 1)
            if not data:
                os._exit(0)
            child = fork(orders)
            if child is None:
                for descriptor in descriptors:
                    os.close(descriptor)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        orders.close()
        order = json.loads(data)
        if "kernel" in order:
            return order["kernel"]
        orders, imports = socket.socket(fileno=descriptors[0]), order["imports"]


def fork(orders: socket.socket) -> bool | None:
    """Fork, and tell the server the child's id. True in the child, None in this process.

    A process with a second thread is not forked: the thread, and what it holds locked, would be missing in the child.
    """
    if len(os.listdir("/proc/self/task")) != 1:
        orders.send(json.dumps({"refused": "a library has started a thread"}).encode())
        return None
    pid = os.fork()
    if not pid:
        return True
    orders.send(json.dumps({"pid": pid}).encode())
    return None


@contextmanager
def silence() -> Iterator[None]:
    """Nothing that an import prints reaches the window in which the server runs."""
    kept = [os.dup(fd) for fd in (1, 2)]
    null = os.open(os.devnull, os.O_WRONLY)
    for fd in (1, 2):
        os.dup2(null, fd)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for fd, was in zip((1, 2), kept, strict=True):
            os.dup2(was, fd)
            os.close(was)
        os.close(null)


def become_kernel(job: dict, set_by_imports: dict[str, str], server: int) -> None:
    """Be the IPython kernel that `job` describes (its arguments, environment and folder) until it is shut down."""
    os.setsid()
    os.chdir(job["cwd"])
    environment = job["env"] | set_by_imports
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)
    draw_anew()
    launcher = find_spec("ipykernel_launcher")
    sys.argv = [launcher.origin or "" if launcher else "", *job["argv"]]

    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=int(environment["JPY_PARENT_PID"]))
    app.initialize(sys.argv[1:])
    app.poller = EndWith(server)  # the stock one watches the parent, which is a stem and may end before the kernel
    join_shell()
    app.start()


def draw_anew() -> None:
    """Other random numbers than any other copy draws. (Python's own `random` sees to itself at a fork.)"""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()


def join_shell() -> None:
    """What two modules do when they are imported in a notebook, and could not do before there was one."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].install_repl_displayhook()
    if "mle.check.notebook" in sys.modules:
        sys.modules["mle.check.notebook"].install()


class EndWith(Thread):
    """Ends this process as soon as another one, given by its pidfd, is gone."""

    def __init__(self, other: int):
        super().__init__(daemon=True)
        self.other = other

    def run(self) -> None:
        watched = select.poll()
        watched.register(self.other, select.POLLIN)
        watched.poll()
        os._exit(1)


if __name__ == "__main__":
    main()
