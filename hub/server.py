"""Starts one person's server, as that person: lays out the start page and hands over to JupyterHub's own program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
FIRST = """> On this server, fetch a module before you open it: menu **Nbgrader**, **Assignment List**, **Fetch**. Then its link below
> works. When you are done, **Submit** it there, as often as you like; the last one counts.

"""


def start_page(folder: Path) -> None:
    """Write the course's start page into the learner's folder, where fetched modules will lie beside it."""
    text = (COURSE / "modules" / "index.md").read_text(encoding="utf-8")
    title, _, rest = text.partition("\n\n")
    folder.mkdir(exist_ok=True)
    (folder / "index.md").write_text(f"{title}\n\n{FIRST}{rest}", encoding="utf-8")


def main() -> None:
    os.umask(0o077)  # what a person makes is theirs alone; the exchange sets its own permissions
    if os.environ["MLE_ROLE"] == "learner":
        start_page(Path.home() / "mle")
    else:
        os.chdir(COURSE)  # where nbgrader finds the course's nbgrader_config.py
    program = str(Path(sys.executable).with_name("jupyterhub-singleuser"))
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
