"""How long a learner waits: from "restart the kernel" until the first cell has run, with warm kernels and without.

`python tools/warm_kernel.py` starts the server of `mle lab` twice, in a folder of its own, and writes docs/warm-kernel.md.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
from jupyter_client import BlockingKernelClient

from mle.lab import server_command, server_environment

ROOT = Path(__file__).resolve().parent.parent
LESSONS = [f"03-build-and-train-models/{name}.ipynb" for name in ("1-loss-and-gradient", "2-pytorch", "3-tensorflow")]
TIMES = 5
WITHOUT = "--ServerApp.jpserver_extensions=mle.warm=False"


class Server:
    """The server of `mle lab`: its kernels are started and restarted as JupyterLab does, and talked to directly."""

    def __init__(self, runtime: Path, process: subprocess.Popen):
        self.runtime, self.process = runtime, process
        deadline = time.monotonic() + 60
        while True:
            try:
                told = json.loads(next(runtime.glob("jpserver-*.json")).read_text())
                self.address, self.token = told["url"], told["token"]
                self.call("GET", "status")
                return
            except (StopIteration, ValueError, OSError):  # no file, half a file, or nobody listens yet
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the server has not started") from None
                time.sleep(0.05)

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            f"{self.address}api/{path}", json.dumps(body or {}).encode() if method == "POST" else None, method=method
        )
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def open(self, notebook: str) -> tuple[str, BlockingKernelClient]:
        """Open a notebook: the id of its kernel, and a client of it."""
        name = Path(notebook).name
        session = {"path": notebook, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.call("POST", "sessions", session)["kernel"]["id"]
        return kernel, self.client(kernel)

    def client(self, kernel: str) -> BlockingKernelClient:
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels()
        return client  # the server has answered when the kernel has

    def restart(self, kernel: str) -> BlockingKernelClient:
        self.call("POST", f"kernels/{kernel}/restart")
        return self.client(kernel)


def run(client: BlockingKernelClient, source: str, value: str = "None") -> Any:
    """Run a cell; what `value` is after it. Raises RuntimeError where it fails."""
    asked = {"_said": f"__import__('json').dumps(({value}))"}
    content = client.execute(source, reply=True, timeout=60, user_expressions=asked)["content"]
    if content["status"] != "ok":
        raise RuntimeError(f"{content['ename']}: {content['evalue']}")
    return json.loads(ast.literal_eval(content["user_expressions"]["_said"]["data"]["text/plain"]))


@contextmanager
def server(folder: Path, *options: str) -> Iterator[Server]:
    """A server as `mle lab` starts it, that writes to `folder` only."""
    runtime = folder / "runtime"
    runtime.mkdir(parents=True)
    own = {name: str(folder) for name in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR")} | {"JUPYTER_RUNTIME_DIR": str(runtime)}
    command = [*server_command(ROOT / "modules", None, browser=False), *options]
    process = subprocess.Popen(command, env=server_environment() | own, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        yield Server(runtime, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def first_cell(notebook: str) -> str:
    cells = nbformat.read(ROOT / "modules" / notebook, as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def measure(*options: str) -> list[tuple[float, float]]:
    """For each lesson the seconds of the first start, and the median of the restarts, each until the first cell has run."""
    results = []
    with tempfile.TemporaryDirectory() as name, server(Path(name), *options) as running:
        time.sleep(8)  # as long as a learner takes at least from the start page to a lesson
        for notebook in LESSONS:
            cell, seconds = first_cell(notebook), []
            began = time.perf_counter()
            kernel, client = running.open(notebook)
            run(client, cell)
            start = time.perf_counter() - began
            for _ in range(TIMES):
                client.stop_channels()
                began = time.perf_counter()
                client = running.restart(kernel)
                run(client, cell)
                seconds.append(time.perf_counter() - began)
            results.append((start, statistics.median(seconds)))
            client.stop_channels()
            running.call("DELETE", f"kernels/{kernel}")
    return results


TEXT = """# From "restart the kernel" to the first cell

Made by `python tools/warm_kernel.py` ({cores} cores, {memory:.0f} GB, Python {python}): seconds until the first cell of a lesson, its
imports, has run; restarts are medians of {times}. The server is that of `mle lab`, asked as JupyterLab asks it. *Ordinary*: Jupyter
starts a new Python each time. *Warm*: the kernel is forked from a process that has done the imports (`src/mle/warm/`).

| lesson | restart, ordinary | restart, warm | first start, ordinary | first start, warm |
|---|---|---|---|---|
{rows}
"""


def main() -> None:
    rows = [
        f"| {Path(notebook).stem} | {cold:.2f} | {warm:.2f} | {cold_start:.2f} | {warm_start:.2f} |"
        for notebook, (cold_start, cold), (warm_start, warm) in zip(LESSONS, measure(WITHOUT), measure(), strict=True)
    ]
    memory, python = psutil.virtual_memory().total / 1e9, platform.python_version()
    page = TEXT.format(cores=os.cpu_count(), memory=memory, python=python, times=TIMES, rows="\n".join(rows))
    (ROOT / "docs" / "warm-kernel.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
