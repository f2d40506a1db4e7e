"""`mle doctor`: what this machine has, what it lacks for the course, and what to do about each."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
from packaging.requirements import Requirement
from packaging.version import Version

from mle import data
from mle.lab import course_folder

Level = Literal["ok", "note", "problem"]
"""A note limits graders or tests only; a problem stands in a learner's way."""

GIGABYTE = 1e9
WORKING_ROOM = 1.0
"""Gigabytes of disk that work after the install needs: submissions, checkpoints, caches."""
LESSON_MEMORY = 2.0
"""Gigabytes that the largest lesson may take."""
IMPORTS = ("numpy", "pandas", "sklearn", "matplotlib", "jupyterlab", "nbgrader", "torch", "tensorflow")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was seen and, unless it is ok, what to do."""

    subject: str
    level: Level
    seen: str
    do: str = ""


def doctor(imports: bool = True) -> list[Finding]:
    """Look the machine over. `imports` also imports the large libraries in processes of their own (10 to 20 s)."""
    root = course_folder()
    findings = [python(), disk(root), memory(), packages(root / "requirements.lock")]
    if imports:
        findings.append(importable())
    return [*findings, datasets(root / "datasets"), modules(root / "modules"), jail(), chromium()]


def python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    seen = f"Python {version[0]}.{version[1]} on {platform.system()} {platform.machine()}"
    if (3, 11) <= version < (3, 14):
        return Finding("Python", "ok", seen)
    return Finding(
        "Python", "problem", seen, "install Python 3.11, 3.12 or 3.13, then `make clean lab PYTHON=/path/to/it`"
    )


def disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free / GIGABYTE
    seen = f"{free:.1f} GB free"
    if free >= WORKING_ROOM:
        return Finding("Disk", "ok", seen)
    return Finding("Disk", "problem", seen, f"make room: work in the course needs about {WORKING_ROOM:.0f} GB")


def memory() -> Finding:
    state = psutil.virtual_memory()
    seen = f"{state.available / GIGABYTE:.1f} of {state.total / GIGABYTE:.1f} GB available"
    if state.available / GIGABYTE >= LESSON_MEMORY:
        return Finding("Memory", "ok", seen)
    return Finding("Memory", "problem", seen, f"close other programs: a lesson takes up to {LESSON_MEMORY:.0f} GB")


def packages(lock: Path) -> Finding:
    """Compare what is installed with the lock; a build label such as the one of torch's CPU build does not matter."""
    wanted = list(locked(lock))
    missing, other = [], []
    for requirement in wanted:
        try:
            have = Version(importlib.metadata.version(requirement.name))
        except importlib.metadata.PackageNotFoundError:
            missing.append(requirement.name)
            continue
        if not requirement.specifier.contains(have.public, prereleases=True):
            other.append(f"{requirement.name} {have} (locked: {str(requirement.specifier)[2:]})")
    seen = f"{len(wanted) - len(missing) - len(other)} of {len(wanted)} at their locked versions"
    if missing:
        return Finding("Packages", "problem", f"{seen}; missing: {few(missing)}", "run `make lab`, which installs them")
    if other:
        # A deliberate choice now and then (the newest versions, say): figures may differ, work goes on.
        return Finding(
            "Packages", "note", f"{seen}; other: {few(other)}", "`make clean lab` restores the locked versions"
        )
    return Finding("Packages", "ok", seen)


def locked(lock: Path) -> Iterator[Requirement]:
    """The lock's requirements that hold on this machine."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-")):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement


def importable(names: tuple[str, ...] = IMPORTS) -> Finding:
    """Import each library in a process of its own: one that crashes on this processor takes nothing else along."""
    broken = {}
    for name in names:
        try:
            done = subprocess.run(
                [sys.executable, "-c", f"import {name}"], capture_output=True, text=True, timeout=120, errors="replace"
            )
        except subprocess.TimeoutExpired:
            broken[name] = "took more than 120 s"
            continue
        if done.returncode:
            said = done.stderr.strip().splitlines()
            broken[name] = said[-1][:120] if said else f"ended with code {done.returncode}"
    if not broken:
        return Finding("Imports", "ok", ", ".join(names))
    seen = "; ".join(f"{name}: {why}" for name, why in broken.items())
    do = "`make clean lab` installs afresh"
    if os.name == "nt" and {"torch", "tensorflow"} & broken.keys():
        do += "; on Windows, install Microsoft's Visual C++ Redistributable first"
    return Finding("Imports", "problem", seen, do)


def datasets(folder: Path) -> Finding:
    """Whether each file that the repository holds is there and unchanged, and what it does not hold too, if it is there."""
    catalogue = folder / data.CATALOGUE
    if not catalogue.is_file():
        return Finding("Datasets", "problem", f"{catalogue} is missing", "restore it: `git checkout -- datasets`")
    seen, damaged = 0, []
    for name, entry in tomllib.loads(catalogue.read_text(encoding="utf-8")).items():
        for file in entry["files"] if isinstance(entry, dict) else ():
            if not entry.get("vendored", True) and not (folder / name / file).exists():
                continue
            try:
                data.path(name, file)
                seen += 1
            except data.DataError as error:
                damaged.append(str(error))
    if damaged:
        what, _, do = damaged[0].partition(": ")
        more = f" (and {len(damaged) - 1} more files)" if len(damaged) > 1 else ""
        return Finding("Datasets", "problem", what + more, do)
    return Finding("Datasets", "ok", f"{seen} files, checksums right")


def modules(folder: Path) -> Finding:
    notebooks = [path for path in folder.glob("*/*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    if notebooks:
        return Finding("Modules", "ok", f"{len(notebooks)} notebooks")
    return Finding("Modules", "problem", f"no notebook in {folder}", "run `make build`, or clone the course again")


def jail() -> Finding:
    """Whether learners' code can be locked in while it is graded, by really locking a process in. Graders only."""
    if platform.system() != "Linux":
        return Finding("Jail (grading)", "note", f"none on {platform.system()}", "learners need none; grade on Linux")
    from mle.grading.jail import reason_against

    if not (why := reason_against()):
        return Finding("Jail (grading)", "ok", "bubblewrap and user namespaces work; memory is limited by a watcher")
    seen, _, do = why.partition("; ")
    return Finding("Jail (grading)", "note", seen, f"learners need none; to grade, {do}")


def chromium() -> Finding:
    for name in BROWSERS:
        if shutil.which(name):
            return Finding("Browser (tests)", "ok", name)
    do = "learners need none; for `make test`, install Chromium (Debian or Ubuntu: apt install chromium)"
    return Finding("Browser (tests)", "note", "Chromium is not installed", do)


def few(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
