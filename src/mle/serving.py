"""Servers for lessons: a real uvicorn on loopback, on a free port, that stops whatever happens to the notebook.

>>> with serving.running(app) as url:                 # in a thread of this process: `app` is any ASGI application
...     httpx.get(f"{url}/health")
>>> with serving.process("service:app", folder) as server:   # in a process of its own: `folder` holds service.py
...     httpx.get(f"{server.url}/health")

Leaving the `with` block stops the server: at its end, after an exception, and when the cell is interrupted. A process
also stops when the one that started it dies, be it by `kill -9`: it reads its standard input and goes when that ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

GRACE = 2
"""Seconds that requests in flight get to finish when a server stops."""


class ServerError(RuntimeError):
    """A server did not start; the message holds what it said."""


@contextlib.contextmanager
def running(app: Any) -> Iterator[str]:
    """Serve an ASGI application from a thread of this process; gives its URL, `http://127.0.0.1:PORT`.

    Raises ServerError when the application's start-up fails.
    """
    with _listen() as sock:
        server = _server(app)

        def serve() -> None:
            with contextlib.suppress(SystemExit):  # how uvicorn says that the start-up failed
                server.run(sockets=[sock])

        thread = threading.Thread(target=serve, daemon=True, name="uvicorn")
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise ServerError("the application did not start: its error is in the log above.")
                time.sleep(0.005)
            yield _url(sock)
        finally:
            _end(lambda: setattr(server, "should_exit", True), thread.join)


@contextlib.contextmanager
def process(target: str, folder: str | Path, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Serve from a process of its own: `target` is `module:application`, with the module's file in `folder`.

    `environment` holds variables for it beside those of this process. Raises ServerError when it does not start.
    """
    server = None
    try:
        with _interrupted_later():
            server = Server(target, Path(folder), environment or {})
        server._wait()
        yield server
    finally:
        if server is not None:
            _end(server.process.terminate, server.process.wait)
            server._close()


class Server:
    """A server process: `url` and `pid`; `stop()` asks it to finish what it is doing, `kill()` does not ask."""

    def __init__(self, target: str, folder: Path, environment: dict[str, str]):
        # Not a pipe: nobody reads along, and a full pipe would stop the server. Closed by _close.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mle.serving", target],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,  # interrupting the notebook interrupts its process group: leave the server out
        )
        self.pid = self.process.pid
        self.url = ""

    def stop(self) -> int:
        """Ask the server to stop: it answers the requests that it has, then ends. Returns its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=GRACE + 5)

    def kill(self) -> None:
        """End the server at once, as when its machine fails: requests in flight get no answer."""
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        """What the server has written to its log so far."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def _wait(self) -> None:
        self.url = self.process.stdout.readline().strip()  # the URL once it listens, nothing when it has ended
        if not self.url:
            self.process.wait()
            raise ServerError(f"the server did not start:\n{self.log()[-2000:]}")

    def _close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self._log.close()


def _listen() -> socket.socket:
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it each keep-alive answer waits 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    return sock


def _url(sock: socket.socket) -> str:
    return f"http://127.0.0.1:{sock.getsockname()[1]}"


def _server(app: Any) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=GRACE))


@contextlib.contextmanager
def _interrupted_later() -> Iterator[None]:
    """Put an interrupt off until the block has ended: in the middle of starting a process it would leave one that nobody ends."""
    if threading.current_thread() is not threading.main_thread():  # interrupts go to the main thread only
        yield
        return
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


def _end(ask: Any, wait: Any) -> None:
    """Ask a server to stop and wait until it has, also when the waiting is interrupted again and again."""
    while True:
        try:
            ask()
            return wait()
        except KeyboardInterrupt:
            continue


def _main(target: str) -> int:
    """Serve `module:application` from the working folder until told to stop, or until standard input ends."""
    sys.path.insert(0, os.getcwd())
    server = _server(target)

    def follow_parent() -> None:
        sys.stdin.read()
        server.should_exit = True
        time.sleep(GRACE + 1)
        os._exit(1)

    with _listen() as sock:

        def announce() -> None:
            while not server.started:
                time.sleep(0.005)
            print(_url(sock), flush=True)

        for task in (follow_parent, announce):
            threading.Thread(target=task, daemon=True).start()
        server.run(sockets=[sock])
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
