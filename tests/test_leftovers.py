"""Lessons that start servers or clusters leave no process and no open port: at their end, and when a cell is interrupted.

Each such lesson runs once in a real kernel. Whenever a cell has a process or a port open, the cell is interrupted, as a
learner does with the stop button; what it had started must be gone soon, and the cell, run again, must work.
"""

from __future__ import annotations

import os
import queue
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager

from mle.authoring.lesson import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent
SERVES = ("serving.", "HTTPServer", "LocalCluster")
SOLVED = sorted(
    path for path in (ROOT / "solutions").glob("*/*.ipynb") if any(word in path.read_text("utf-8") for word in SERVES)
)
CELL_SECONDS = 120
GONE_SECONDS = 8
"""How long a server may take to answer what it has in hand and stop."""


class Kernel:
    """A kernel of the kind that JupyterLab starts, and what it has open beside its own connections."""

    def __init__(self, folder: Path):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, **ENVIRONMENT})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.process = psutil.Process(self.manager.provisioner.pid)
        self.own = self.open()

    def open(self) -> set:
        """The kernel's child processes and listening ports."""
        children = {child.pid for child in self.process.children(recursive=True) if child.is_running()}
        listening = {c.laddr.port for c in self.process.net_connections("inet") if c.status == psutil.CONN_LISTEN}
        return children | listening

    def run(self, source: str, interrupt: bool) -> tuple[list[str], bool]:
        """Run a cell; interrupt it once it has something open. Returns its errors and whether it was interrupted."""
        request, errors, interrupted = self.client.execute(source), [], False
        deadline = time.monotonic() + CELL_SECONDS
        while time.monotonic() < deadline:
            if interrupt and not interrupted and self.open() - self.own:
                self.manager.interrupt_kernel()
                interrupted = True
            try:
                message = self.client.get_iopub_msg(timeout=0.03)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "error":
                errors.append("\n".join(message["content"]["traceback"]))
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return errors, interrupted
        raise AssertionError(f"the cell runs for more than {CELL_SECONDS} seconds:\n{source}")

    def left(self) -> set:
        """What is still open after a short while."""
        deadline = time.monotonic() + GONE_SECONDS
        while (open_ := self.open() - self.own) and time.monotonic() < deadline:
            time.sleep(0.05)
        return open_

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    "cell",
    [
        "import subprocess, sys; sleeper = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)",
        "import socket; door = socket.create_server(('127.0.0.1', 0))",
    ],
    ids=["a process", "a port"],
)
def test_what_a_cell_leaves_open_would_be_seen(cell: str, tmp_path: Path):
    kernel = Kernel(tmp_path)
    try:
        assert kernel.run(cell, interrupt=False) == ([], False)
        assert kernel.open() - kernel.own
        assert kernel.run("import time; time.sleep(60)", interrupt=True)[1], "and the next cell is interrupted"
    finally:
        kernel.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", SOLVED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_nothing_outlives_a_lesson_that_serves_nor_an_interrupted_cell_of_it(path: Path, tmp_path: Path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    kernel, served = Kernel(tmp_path), 0
    try:
        for cell in cells:
            errors, interrupted = kernel.run(cell.source, interrupt=True)
            assert not kernel.left(), f"interrupted, this cell leaves a process or a port open:\n{cell.source}"
            if interrupted:
                served += 1
                errors, _ = kernel.run(cell.source, interrupt=False)
            assert not errors, f"{cell.source}\n{errors[0]}"
            assert not kernel.left(), f"this cell leaves a process or a port open:\n{cell.source}"
        threads = "[t.name for t in __import__('threading').enumerate() if t.name == 'uvicorn']"
        errors, _ = kernel.run(f"assert not {threads}", interrupt=False)
        assert not errors
    finally:
        kernel.close()
    assert served, "no cell of this lesson has opened a process or a port: take it out of SERVES"
