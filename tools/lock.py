"""Resolve pyproject.toml's ranges into the two locks: `python tools/lock.py` (`make lock`).

One universal resolution by uv covers Linux, macOS and Windows on Python 3.11 to 3.13. requirements.lock is what
learners and graders need; requirements-test.lock adds what the tests need and nothing else. Locked versions stay
unless pyproject.toml asks for others; `--upgrade` takes the newest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEARNER, TEST = ROOT / "requirements.lock", ROOT / "requirements-test.lock"
GPU_PARTS = re.compile(r"(nvidia|cuda)-|triton==")
"""What torch's Linux GPU build brings. torch itself pins each exactly, and its CPU build needs none of them."""

HEAD = "# Made by `make lock` from pyproject.toml; edit that instead.\n"


def resolve(*options: str) -> list[str]:
    """The requirement lines of one universal resolution, sorted by name, GPU parts left to torch."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--fork-strategy", "fewest",
        "--python-version", "3.11", "--no-header", "--no-annotate", "--no-config", "--quiet", *options,
    ]  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    # uv reads the pins to keep from its output file: hand it a copy, so that a failure leaves the lock as it was.
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "resolved.txt"
        if "--upgrade" not in options:
            output.write_text("".join(_pins()))
        done = subprocess.run([*command, "-o", str(output)], cwd=ROOT, env=clean, capture_output=True, text=True)
        if done.returncode:
            sys.exit(
                f"{done.stderr.strip()}\nThe locks are unchanged: put the ranges in pyproject.toml right, then run `make lock`."
            )
        lines = output.read_text().splitlines()
    return [line for line in lines if line and not GPU_PARTS.match(line)]


def _pins() -> list[str]:
    locks = [lock.read_text() for lock in (LEARNER, TEST) if lock.exists()]
    return [line + "\n" for lock in locks for line in lock.splitlines() if "==" in line]


def main() -> None:
    options = sys.argv[1:]
    if options not in ([], ["--upgrade"]):
        sys.exit("usage: python tools/lock.py [--upgrade]")
    learner = resolve(*options)
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "learner.txt"
        held.write_text("\n".join(learner) + "\n")
        test = resolve("--extra", "test", "--constraint", str(held), *options)
    moved = sorted(set(learner) - set(test))
    if moved:
        sys.exit(
            f"The tests' packages would change what learners get: {', '.join(moved)}. Widen a range in pyproject.toml."
        )
    more = [line for line in test if line not in learner]
    LEARNER.write_text(HEAD + "\n".join(learner) + "\n")
    TEST.write_text(HEAD + "-r requirements.lock\n" + "\n".join(more) + "\n")
    print(f"requirements.lock: {len(learner)} packages; requirements-test.lock: {len(more)} more")


if __name__ == "__main__":
    main()
