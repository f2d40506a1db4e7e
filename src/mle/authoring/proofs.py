"""Which lessons have been proven as they are: receipts in `grading/proofs.json`, which `mle prove` writes.

A receipt is the digest of all that the verdicts on a lesson's answers depend on: its text and its answers, the package, the
datasets and checkpoints, the locked versions, Python and the system. Change one of them and it is stale; then `make test`
proves the whole lesson. Where it is fresh, `make test` proves one of the lesson's exercises again.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from functools import cache
from pathlib import Path

from mle import data
from mle.authoring.lesson import Exercise, Lesson
from mle.grading import store

RECEIPTS = Path("grading", "proofs.json")
PROVERS = ("flow.py", "lesson.py", "prover.py", "soundness.py")
"""Of this package's folder, what a proof depends on."""


def digest(lesson: Lesson, root: Path) -> str:
    """The digest of all that the proof of `lesson`, one of the course in `root`, depends on."""
    answers = lesson.path.with_name(f"{lesson.path.stem}.answers.py")
    texts = [path.read_text(encoding="utf-8") for path in (lesson.path, answers)]
    return hashlib.sha256(json.dumps([_common(root), *texts]).encode()).hexdigest()


@cache
def _common(root: Path) -> str:
    """The digest of what the proofs of all lessons depend on."""
    read = [root / "requirements.lock", data.root() / data.CATALOGUE, *sorted((root / "checkpoints").glob("*/*.*"))]
    read += [Path(__file__).with_name(name) for name in PROVERS]
    parts = [[*sys.version_info[:2], sys.platform, platform.machine()], store.sources()]
    parts += [[hashlib.sha256(path.read_bytes()).hexdigest() for path in read]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def proven(root: Path) -> dict[str, str]:
    """The digest under which each lesson was proven, by "MODULE/LESSON"."""
    path = root / RECEIPTS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def keep(lesson: Lesson, root: Path) -> None:
    """Note that all of `lesson` has been proven as it is now."""
    receipts = proven(root) | {f"{lesson.module}/{lesson.name}": digest(lesson, root)}
    (root / RECEIPTS).parent.mkdir(exist_ok=True)
    (root / RECEIPTS).write_text(json.dumps(dict(sorted(receipts.items())), indent=1) + "\n", encoding="utf-8")


def still_to_prove(lesson: Lesson, root: Path) -> Exercise | None:
    """The exercise to prove again where the receipt is fresh, another one after each change; None for all of them."""
    now = digest(lesson, root)
    if proven(root).get(f"{lesson.module}/{lesson.name}") != now:
        return None
    return lesson.exercises[int(now, 16) % len(lesson.exercises)]
