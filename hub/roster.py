"""The class on a shared server, as `class.toml` describes it."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


class ClassError(SystemExit):
    """One sentence for the person; uncaught, it ends the hub with that sentence and exit code 1."""


@dataclass(frozen=True)
class Class:
    """Who takes part, where the class's files lie, and where the hub listens."""

    instructors: list[str]
    learners: list[str]
    folder: Path
    port: int
    idle_minutes: int = 60
    trial: bool = False

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    @property
    def homes(self) -> Path:
        """Where the homes of a trial lie."""
        return self.folder / "homes"

    def password(self) -> str:
        """The one password of a trial; made up on the first call and kept for its owner's eyes."""
        path = self.folder / "password"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(12) + "\n")
        return path.read_text().strip()


def read_class(path: Path) -> Class:
    """The class that `path` describes. Raises ClassError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ClassError(f"{path} is missing: copy hub/class.example.toml to it and write down your class.") from None
    except tomllib.TOMLDecodeError as error:
        raise ClassError(f"{path} is not TOML ({error}): compare it with hub/class.example.toml.") from None
    missing = [key for key in ("instructors", "learners", "folder", "port") if key not in data]
    unknown = sorted(data.keys() - Class.__dataclass_fields__.keys())
    if missing or unknown:
        wrong = [f"{key} is missing" for key in missing] + [f"{key} is no setting" for key in unknown]
        raise ClassError(f"{path}: {', '.join(wrong)}; compare it with hub/class.example.toml.")
    found = Class(**{**data, "folder": Path(data["folder"]).expanduser()})
    names = [*found.instructors, *found.learners]
    bad = [name for name in names if not isinstance(name, str) or not NAME.fullmatch(name)]
    if bad:
        raise ClassError(f"{path}: {bad[0]!r} cannot be an account's name: take small letters, digits, - and _.")
    if len(names) != len(set(names)):
        raise ClassError(
            f"{path}: someone is named twice; each person has one name and is either a learner or an instructor."
        )
    if not found.trial and os.geteuid() != 0:
        raise ClassError(
            "Servers for several accounts need root: start with sudo, or set `trial = true` to try it out."
        )
    return found


def prepare(found: Class) -> None:
    """Make the folders that the hub and the exchange need. Raises ClassError where this machine cannot serve the class."""
    found.folder.mkdir(parents=True, exist_ok=True)
    found.folder.chmod(0o755)
    found.exchange.mkdir(exist_ok=True)
    found.exchange.chmod(0o1777)  # nbgrader asks that all may write; nobody but its owner can move what is in it
    (found.folder / "hub").mkdir(mode=0o700, exist_ok=True)
    if found.trial:
        found.homes.mkdir(exist_ok=True)
        return
    python = Path(sys.executable).resolve()
    closed = next((p for p in reversed([python, *python.parents]) if not p.stat().st_mode & 0o001), None)
    if closed is not None:
        raise ClassError(
            f"{closed} is closed to others, and Python lies in it: install Python where everybody may run it, then set up .venv anew."
        )
    for name in [*found.instructors, *found.learners]:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            raise ClassError(f"{name} has no account on this machine: useradd -m -s /bin/bash {name}") from None
        if name == found.instructors[0]:  # or a learner could make the course's folder first
            course = found.exchange / "mle"
            course.mkdir(mode=0o755, exist_ok=True)
            os.chown(course, account.pw_uid, account.pw_gid)
