"""Every limit of the jail, in one place. A module may set its own in the table `[limits]` of its `module.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from mle.grading import GradingError


class LimitsError(GradingError):
    """A limit that does not exist or is no positive number; the message says where and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one submitted notebook may use. Sizes in megabytes (10⁶ bytes), times in seconds."""

    step_seconds: float = 60
    """One cell or one check, by the clock."""
    notebook_seconds: float = 600
    """A whole notebook, by the clock, restarts after a stopped cell included."""
    cpu_seconds: float = 300
    """CPU time of all the processes of one run."""
    memory: float = 3000
    """Memory that a run takes beyond what the warm kernel shares with it."""
    processes: int = 256
    """Processes and threads at a time."""
    disk: float = 500
    """Files in the run's own temporary folder, which is memory."""
    open_files: int = 512
    notebook_size: float = 128
    """The submitted file. Larger ones are not read."""


def limits_of(module_folder: Path) -> Limits:
    """The limits of a module: the usual ones, less those that its `module.toml` sets. Raises `LimitsError`."""
    path = module_folder / "module.toml"
    own = tomllib.loads(path.read_text(encoding="utf-8")).get("limits", {}) if path.exists() else {}
    known = {f.name for f in fields(Limits)}
    for name, value in own.items():
        if name not in known:
            raise LimitsError(f"{path}: there is no limit {name!r}; there are {', '.join(sorted(known))}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise LimitsError(f"{path}: the limit {name} is {value!r}; write a number above 0")
    return Limits(**own)
