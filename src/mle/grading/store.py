"""Receipts: the verdict on each check, kept under the address of all that it depends on.

The address is a hash of the engine, the installed packages, the lesson's given cells, the learner's code up to the check and
the check itself. So a grader that was stopped repeats nothing, a changed check is asked again and no other, and two
learners with the same code share a receipt. A receipt is one file, written in one step.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import sys
import sysconfig
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import psutil

from mle import data
from mle.check.failure import Verdict
from mle.grading import GradingError
from mle.grading.limits import Limits
from mle.grading.submission import Ground, Step

APART = (
    "authoring/",
    "cli.py",
    "lab.py",
    "study/",
    "warm/",
    "doctor.py",
    "grading/autograde.py",
    "grading/feedback.py",
    "grading/publish.py",
    "grading/report.py",
)
"""The parts of the package that no verdict depends on."""


class StoreError(GradingError):
    """A receipt cannot be written; the message says where and why."""


@cache
def engine_digest() -> str:
    """A hash of the package, the Python, the installed packages and the datasets."""
    parts = [sys.version, (data.root() / data.CATALOGUE).read_text(encoding="utf-8")]
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}  # not sys.path, which imports may lengthen
    installed = importlib.metadata.distributions(path=sorted(places))
    parts += sorted({f"{each.name}=={each.version}" for each in installed})
    return _hash(parts + sources())


def sources() -> list[str]:
    """The texts of the package's files that a verdict may depend on."""
    package = Path(__file__).resolve().parents[1]
    files = [p for p in sorted(package.rglob("*.py")) if not p.relative_to(package).as_posix().startswith(APART)]
    return [path.read_text(encoding="utf-8") for path in files]


def addresses(ground: Ground, steps: list[Step], limits: Limits) -> list[str]:
    """The address of the receipt of each check among `steps`, in order."""
    running = _hash([engine_digest(), asdict(ground), asdict(limits)])
    found = []
    for step in steps:
        if step.exercise:
            found.append(_hash([running, step.exercise, step.points, step.source]))
        else:
            running = _hash([running, step.source])
    return found


def _hash(parts: list) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Store:
    """The receipts in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def get(self, address: str) -> Verdict | None:
        """The verdict at an address; None where there is none, or half of one."""
        try:
            kept = json.loads(self._path(address).read_text(encoding="utf-8"))
            return Verdict(**kept["verdict"], picture=kept["picture"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def seconds(self, address: str) -> float | None:
        """How long that check took; None where nobody knows."""
        try:
            return float(json.loads(self._path(address).read_text(encoding="utf-8"))["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, address: str, verdict: Verdict, seconds: float) -> None:
        """Keep a verdict and the time that its check took. Raises `StoreError` where it cannot be written."""
        kept = {"verdict": verdict.to_json(), "picture": verdict.picture, "seconds": seconds}
        write(self._path(address), json.dumps(kept))

    def _path(self, address: str) -> Path:
        return self.folder / address[:2] / f"{address}.json"


def write(path: Path, content: str | bytes) -> None:
    """Write a file in one step: it is the old one or the new one, never half of it. Raises `StoreError`."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.name}.*.draft"):  # by a process that was killed
            if not psutil.pid_exists(int(left.name.split(".")[-2])):
                left.unlink(missing_ok=True)
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written: {error.strerror}. Make room or change its rights, and grade again: "
                         "what is graded is kept") from None  # fmt: skip
