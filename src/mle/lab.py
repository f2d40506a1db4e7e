"""`mle lab`: JupyterLab for a learner, on the start page of their own folder, on this machine only and without a network."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

from mle.study import StudyError
from mle.study.page import PAGE as START_PAGE
from mle.study.work import BEFORE, FOLDER, Changes, prepare

WORKSPACE = "curriculum"
"""A workspace of its own, so that tabs left open in other work with JupyterLab do not come up here."""

KEPT = ("JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR")
"""Of the person's JUPYTER variables, those that only say where their own files lie; the rest may point JupyterLab at
another installation, its kernels, its port or its start page."""


class CannotStart(SystemExit):
    """One sentence for the person; uncaught, it ends the process with that sentence and exit code 1."""


def course_folder() -> Path:
    """The clone's root: at or above the working folder, else where this package lies.

    Raises CannotStart where neither is in a clone of the course.
    """
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / "requirements.lock").is_file() and (folder / "src" / "mle").is_dir():
                return folder
    raise CannotStart(
        f"{Path.cwd()} is not in the course's folder: change to the folder that you cloned and start again."
    )


def lab(port: int | None = None, browser: bool = True) -> int:
    """Bring `work/` up to date, and run JupyterLab on its start page until the person stops it; returns its exit code.

    `port` is the port to listen on, or None for the first free one from 8888; `browser` says whether to open one.
    Raises CannotStart where the port is taken or not allowed, or where there are no modules.
    """
    course = course_folder()
    if port is not None:
        require_free(port)
    try:
        changes = prepare(course)
    except StudyError as error:
        raise CannotStart(str(error)) from None
    for line in told(changes):
        print(line)
    command = server_command(course / FOLDER, port, browser)
    print("Starting JupyterLab. Keep this window open while you work; Ctrl-C (twice) stops it.", flush=True)
    if os.name == "posix":
        os.execve(command[0], command, server_environment())  # so that a signal meant for us reaches the server
    server = subprocess.Popen(command, env=server_environment())
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # the server got it, too, and asks whether to stop
            continue


def told(changes: Changes) -> list[str]:
    """What an update of the course did to the learner's folder, in sentences; nothing where there is nothing to say."""
    lines = []
    if changes.carried:
        lines.append(f"Updated, your work carried over: {', '.join(changes.carried)} (before: {FOLDER}/{BEFORE}/).")
    if changes.updated:
        lines.append(f"Updated: {', '.join(changes.updated)}.")
    if changes.left:
        lines.append(
            f"Not updated, since the file is no notebook any more: {', '.join(changes.left)}. Delete it to begin afresh."
        )
    return lines


def server_command(folder: Path, port: int | None, browser: bool) -> list[str]:
    """The command line that serves `folder`; command-line options win over the person's own Jupyter settings."""
    page = f"/lab/workspaces/{WORKSPACE}"
    if (folder / START_PAGE).is_file():
        page += f"/tree/{START_PAGE}"
    options = [
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port or 8888}",
        f"--ServerApp.port_retries={50 if port is None else 0}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url={page}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.log_level=ERROR",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return [sys.executable, "-m", "mle.study.server", *options]


def server_environment() -> dict[str, str]:
    """The person's environment with this installation's Jupyter, this package's defaults and no other Python's paths."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or not (name.startswith("JUPYTER") or name in ("PYTHONPATH", "PYTHONHOME"))
    }
    environment["JUPYTER_CONFIG_PATH"] = str(Path(__file__).resolve().parent)  # it holds labconfig/
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)])
    return environment


def require_free(port: int) -> None:
    """Raise CannotStart unless a server of ours could listen on `port` of the loopback address."""
    if not 1 <= port <= 65535:
        raise CannotStart(f"{port} is not a port: take a number from 1024 to 65535, such as PORT=8890.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # as the server does: a port that was just given back counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise CannotStart(
                    f"Port {port} is reserved by the system: take one from 1024 on, such as PORT=8890."
                ) from None
            raise CannotStart(
                f"Port {port} is taken, perhaps by another JupyterLab: stop that one, or choose another port, such as "
                f"PORT={port + 1 if port < 65535 else 8890}, or name none to get a free one."
            ) from None
