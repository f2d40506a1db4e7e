"""`mle.serving`: servers that answer, and that never outlive what started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import httpx
import psutil
import pytest
from fastapi import FastAPI

from mle import serving

SERVICE = """
import os, time
from fastapi import FastAPI
app = FastAPI()

@app.get("/health")
def health():
    return {"pid": os.getpid(), "colour": os.environ.get("COLOUR")}

@app.get("/slow")
def slow():
    time.sleep(0.5)
    return {"done": True}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "service.py").write_text(SERVICE)
    return tmp_path


def app() -> FastAPI:
    made = FastAPI()
    made.get("/health")(lambda: {"pid": os.getpid()})
    return made


def nobody_listens(url: str) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) != 0


def gone(pid: int, seconds: float = 5) -> bool:
    """Whether the process has ended (or is a zombie that nobody has waited for) within that time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_thread_serves_on_loopback_and_stops_with_its_block():
    with serving.running(app()) as url:
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{url}/health").json() == {"pid": os.getpid()}
    assert nobody_listens(url)
    assert not [t for t in threading.enumerate() if t.name == "uvicorn"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_thread_stops_when_the_block_fails_or_is_interrupted(error):
    with pytest.raises(error), serving.running(app()) as url:
        raise error
    assert nobody_listens(url)


def test_an_answer_on_a_connection_that_is_kept_does_not_wait_for_a_delayed_acknowledgement():
    with serving.running(app()) as url, httpx.Client() as client:
        times = []
        for _ in range(20):
            began = time.perf_counter()
            client.get(f"{url}/health")
            times.append(time.perf_counter() - began)
    assert sorted(times)[5] < 0.03, "40 ms and more without TCP_NODELAY"


def test_two_threads_serve_side_by_side():
    with serving.running(app()) as one, serving.running(app()) as two:
        assert one != two
        assert httpx.get(f"{one}/health").status_code == httpx.get(f"{two}/health").status_code == 200


def test_an_application_that_fails_to_start_is_an_error_and_leaves_nothing():
    def broken(app):
        raise RuntimeError("no model")
        yield

    with pytest.raises(serving.ServerError, match="did not start"), serving.running(FastAPI(lifespan=broken)):
        pass
    assert not [t for t in threading.enumerate() if t.name == "uvicorn"]


def test_a_process_serves_and_stops_with_its_block(folder):
    with serving.process("service:app", folder, {"COLOUR": "blue"}) as server:
        assert httpx.get(f"{server.url}/health").json() == {"pid": server.pid, "colour": "blue"}
        assert server.pid != os.getpid()
    assert gone(server.pid) and nobody_listens(server.url)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_process_stops_when_the_block_fails_or_is_interrupted(folder, error):
    with pytest.raises(error), serving.process("service:app", folder) as server:
        raise error
    assert gone(server.pid) and nobody_listens(server.url)


def test_an_interrupt_while_the_process_is_being_started_leaves_none(folder, monkeypatch):
    started = []

    class Interrupted(subprocess.Popen):
        """The interrupt arrives when the process is there and nobody knows it yet."""

        def _execute_child(self, *args, **kwargs):
            super()._execute_child(*args, **kwargs)
            started.append(self.pid)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt), serving.process("service:app", folder):
        pass
    assert started and not psutil.pid_exists(started[0]), "it has ended, and its end was waited for"


def test_a_killed_process_refuses_connections(folder):
    with serving.process("service:app", folder) as server:
        server.kill()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/health")


def test_stopping_answers_the_request_in_flight(folder):
    answers = []
    with serving.process("service:app", folder) as server:
        thread = threading.Thread(target=lambda: answers.append(httpx.get(f"{server.url}/slow").json()))
        thread.start()
        time.sleep(0.2)
        server.stop()
        thread.join()
    assert answers == [{"done": True}]


def test_a_service_that_cannot_be_imported_says_why(folder):
    (folder / "service.py").write_text("import no_such_package\n")
    with pytest.raises(serving.ServerError, match="no_such_package"), serving.process("service:app", folder):
        pass


PARENT = """
import sys, time
from mle import serving
with serving.process("service:app", sys.argv[1]) as server:
    print(server.pid, server.url, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_process_does_not_outlive_what_started_it(folder, number):
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        pid, url = parent.stdout.readline().split()
        parent.send_signal(number)
        parent.wait(timeout=10)
    assert gone(int(pid)) and nobody_listens(url)
