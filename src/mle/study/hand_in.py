"""From learner to instructor: a module packed into one file, and what learners sent taken in.

A packed module is a zip archive of its notebooks with `about.json` (who, which module, when). Taking one in trusts
nothing of it: only notebooks of the module's own names are written, each of them no larger than it may be.
"""

from __future__ import annotations

import datetime
import json
import re
import zipfile
from pathlib import Path

from mle.study import StudyError

ABOUT = "about.json"
WHEN = "%Y-%m-%d %H:%M:%S UTC"
"""How nbgrader writes the time of a hand-in."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What a learner may be called: what nbgrader, a folder and an LMS all take."""
MOST_BYTES = 100_000_000


def pack(work: Path, module: str, learner: str, folder: Path) -> Path:
    """Pack the notebooks of a module into `folder`; returns the file. Raises `StudyError`."""
    notebooks = sorted((work / module).glob("[0-9]*.ipynb"))
    if not notebooks:
        known = ", ".join(sorted(p.name for p in work.glob("[0-9][0-9]-*") if p.is_dir()))
        raise StudyError(f"{work / module}: no notebooks; there are {known or 'none: run `make lab` first'}")
    if not NAME.fullmatch(learner):
        raise StudyError(f"{learner!r} is no name for a learner: letters, digits and . _ @ -, at most 64 of them")
    now = datetime.datetime.now(datetime.UTC)
    path = folder / f"{module}_{learner}_{now:%Y-%m-%d-%H-%M-%S}.zip"
    about = {"learner": learner, "module": module, "at": f"{now:{WHEN}}"}
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ABOUT, json.dumps(about))
        for notebook in notebooks:
            archive.write(notebook, notebook.name)
    draft.replace(path)
    return path


def take_in(file: Path, modules: Path, submitted: Path) -> tuple[str, str]:
    """Put a packed module where nbgrader looks for what was handed in; returns (learner, module).

    A later one replaces an earlier one, never the other way round. Raises `StudyError` where it is none, and writes nothing then.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            about = json.loads(_member(archive, ABOUT, 10_000))
            learner, module, at = (str(about[key]) for key in ("learner", "module", "at"))
            now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
            when = min(now, datetime.datetime.strptime(at, WHEN))  # it is the learner's clock that says so
            released = modules / module
            if not NAME.fullmatch(learner) or not re.fullmatch(r"\d\d-[a-z0-9-]+", module) or not released.is_dir():
                raise StudyError(
                    f"{file}: of learner {learner[:80]!r} and module {module[:80]!r}, which this course has not"
                )
            present = set(archive.namelist())
            found = {
                path.name: _member(archive, path.name, MOST_BYTES)
                for path in released.glob("*.ipynb")
                if path.name in present
            }
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, RuntimeError, NotImplementedError) as error:
        raise StudyError(f"{file}: not a module that `mle submit` packed ({str(error)[:120]})") from None
    if not found:
        raise StudyError(f"{file}: no notebook of {module} is in it")
    target = submitted / learner / module
    stamp = target / "timestamp.txt"
    if stamp.exists():
        try:
            there = datetime.datetime.strptime(stamp.read_text().strip(), WHEN)
        except ValueError:
            there = datetime.datetime.min
        if there > when:
            raise StudyError(
                f"{file}: {learner} has handed in a later version ({stamp.read_text().strip()}); left alone"
            )
    target.mkdir(parents=True, exist_ok=True)
    for path in released.glob("*.ipynb"):  # what is not handed in any more is not there any more
        (target / path.name).unlink(missing_ok=True)
    for name, data in found.items():
        (target / name).write_bytes(data)
    stamp.write_text(f"{when:{WHEN}}\n")
    return learner, module


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file of the archive, however large it says it is. Raises ValueError where it is larger than `most`."""
    with archive.open(name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"{name} has more than {most:,} bytes")
    return data
