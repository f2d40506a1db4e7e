"""A course of one small module for the attacks, and how a learner's submission to it is made."""

from __future__ import annotations

import copy
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy as copy_file

import nbformat

from mle.authoring.build import build

ROOT = Path(__file__).resolve().parents[2]
MODULE, NAME = "01-attack", "1-attack"
POINTS = {"double": 2.0, "mean": 4.0, "scaled": 3.0}
HIDDEN = "the empty list of the hidden test"
LESSON = f'''\
# %% [markdown]
# # Under attack

# %%
import numpy as np

from mle import check

# %% claims=true
import torch

# %% [markdown]
# ### Exercise 1 · Double
#
# 5 min · ●○○○ · 2 points
#
# <details><summary>Hint 1 · the idea</summary>Add.</details>

# %% exercise="double"
def double(x):
    """Twice x, a number."""
    ### BEGIN SOLUTION
    return x * 2
    ### END SOLUTION

# %% check="double" points=2
check.differs(double(3), 3, says="returned as it came")
check.equal(double(3), 6)
assert double(4) == 8
check.that(double(5) == 10, says="five doubled is ten")

# %% [markdown]
# ### Exercise 2 · Mean
#
# 5 min · ●○○○ · 4 points
#
# <details><summary>Hint 1 · the idea</summary>Add, then divide.</details>

# %% exercise="mean"
def mean(values):
    """The mean of a list of numbers; 0 for an empty one."""
    ### BEGIN SOLUTION
    return sum(values) / len(values) if values else 0
    ### END SOLUTION

# %% check="mean" points=4
check.differs(mean([1, 2]), 1, says="the division drops the remainder")
check.close(mean([1, 2]), 1.5)
assert np.allclose(mean([2, 4]), 3)
### BEGIN HIDDEN TESTS
check.equal(mean([]), 0, says="{HIDDEN} is not thought of")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3 · Scaled
#
# 5 min · ●○○○ · 3 points
#
# <details><summary>Hint 1 · the idea</summary>Divide.</details>

# %% exercise="scaled"
def scaled(values):
    """An array of shape (n,) divided by its largest entry."""
    ### BEGIN SOLUTION
    return np.asarray(values) / np.max(values)
    ### END SOLUTION

# %% check="scaled" points=3
check.shape(scaled(np.array([1.0, 4.0])), (2,))
check.close(scaled(np.array([1.0, 4.0])), np.array([0.25, 1.0]))
assert np.allclose(scaled(np.array([2.0, 4.0, 8.0])), [0.25, 0.5, 1.0])

# %% [markdown]
# ### Exercise 4 · Say why
#
# 5 min · ●○○○ · 3 points
#
# A person grades it:
#
# | | full (3) | none (0) |
# |---|---|---|
# | **reason** | one value moves it | a word without a reason |
#
# <details><summary>Hint 1 · the idea</summary>Think of one value that is huge.</details>

# %% [markdown] explain="why" points=3
# The model answer: a single outlier moves a mean as far as it likes.
'''
RIGHT = {
    "double": "def double(x):\n    return x * 2",
    "mean": "def mean(values):\n    return sum(values) / len(values) if values else 0",
    "scaled": "def scaled(values):\n    return np.asarray(values) / np.max(values)",
}
WRONG_MEAN = "def mean(values):\n    return -1\n"
_EXAMPLES = [("alternative", label, "") for label in "ab"] + [("mistake", label, ' says="x"') for label in "cde"]
ANSWERS = "".join(
    f'# %% exercise="{name}" kind="{kind}" name="{label}"{says}\n{RIGHT[name]}\n'
    for name in RIGHT
    for kind, label, says in _EXAMPLES
) + "".join(f'# %% [markdown] explain="why" kind="sample" points={n}\n# Text.\n#\n# *Reason.*\n' for n in (3, 1.5, 0))
LIMITS = {
    "step_seconds": 6, "notebook_seconds": 60, "cpu_seconds": 20, "memory": 400, "processes": 40, "disk": 50,
    "open_files": 256, "notebook_size": 20,
}  # fmt: skip
ABOUT = f"""\
title = "Attack"
duty = "to be attacked"
prerequisites = []
datasets = []
outcomes = [{{ text = "double", exercises = ["double"] }}]
[limits]
{chr(10).join(f"{name} = {value}" for name, value in LIMITS.items())}
"""


def make_course(root: Path) -> nbformat.NotebookNode:
    """Write and build the course in a folder that is there; the notebook as learners get it."""
    copy_file(ROOT / "nbgrader_config.py", root)
    lesson = root / "lessons" / MODULE / f"{NAME}.py"
    lesson.parent.mkdir(parents=True)
    (root / "grading").mkdir()
    for path, text in ((lesson, LESSON), (lesson.with_name(f"{NAME}.answers.py"), ANSWERS),
                       (lesson.with_name("module.toml"), ABOUT)):  # fmt: skip
        path.write_text(text, encoding="utf-8")
    build(root)
    return released(root)


def released(root: Path) -> nbformat.NotebookNode:
    return nbformat.read(root / "modules" / MODULE / f"{NAME}.ipynb", as_version=4)


# --- the host's own things, which no learner may see or touch -------------------------------------------------------

SECRET = "canary-5d0c1f7be2a94"
"""What an attack that reads what it must not brings home. Attacks know only that it begins with `canary-`."""


@dataclass
class Canaries:
    """Files, an environment variable and listening sockets of the grader's. `places` are their addresses, by a name."""

    folder: Path
    places: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: {"GRADER_TOKEN": SECRET})
    heard: list[str] = field(default_factory=list)
    """What came in at the sockets."""

    def filled(self, text: str) -> str:
        """A source with the addresses put in, which stand there as @NAME@."""
        for name, place in self.places.items():
            text = text.replace(f"@{name}@", place)
        return text

    def touched(self) -> list[str]:
        """What was changed, made or reached."""
        changed = [f"{p.name} changed" for p in self._files() if not p.exists() or p.read_text() != f"{SECRET}\n"]
        tops = [self.folder, Path(self.places["COURSE"]) / "grading"]
        made = sorted({p.name for top in tops for p in top.rglob("made-by-*")})
        return [*changed, *(f"a file {name.replace('-', ' ')}" for name in made), *sorted(set(self.heard))]

    def _files(self) -> list[Path]:
        return [Path(self.places[name]) for name in ("HOMEFILE", "COURSEFILE", "TMPFILE")]


@contextmanager
def canaries(folder: Path, course: Path) -> Iterator[Canaries]:
    """Set them out in `folder`, in the course's folder and on loopback."""
    found = Canaries(folder)
    (folder / "home").mkdir(parents=True)
    places = {"HOME": folder / "home", "HOMEFILE": folder / "home" / "secret.txt", "TMPFILE": folder / "secret.tmp",
              "COURSE": course, "COURSEFILE": course / "grading" / "secret.txt", "UNIX": folder / "socket"}  # fmt: skip
    found.places = {name: str(path) for name, path in places.items()} | {
        "ABSTRACT": f"mle-canary-{secrets.token_hex(8)}"
    }
    for path in found._files():
        path.write_text(f"{SECRET}\n")
    listeners = []
    for name, family, kind, address in (
        ("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        ("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        ("UNIX", socket.AF_UNIX, socket.SOCK_STREAM, found.places["UNIX"]),
        ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + found.places["ABSTRACT"]),
    ):
        listener = socket.socket(family, kind)
        listener.bind(address)
        if family == socket.AF_INET:
            found.places[name] = str(listener.getsockname()[1])
        if kind == socket.SOCK_STREAM:
            listener.listen()
        threading.Thread(target=_listen, args=(listener, name, found.heard), daemon=True).start()
        listeners.append(listener)
    try:
        yield found
    finally:
        for listener in listeners:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits
            listener.close()


def _listen(listener: socket.socket, name: str, heard: list[str]) -> None:
    with suppress(OSError):
        while True:
            if listener.type == socket.SOCK_DGRAM:
                listener.recvfrom(100)
            else:
                connection, _ = listener.accept()
                with suppress(OSError):
                    connection.sendall(f"{SECRET}\n".encode())
                connection.close()
            heard.append(f"{name} socket reached")


# --- submissions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """What a submission is made with."""

    folder: Path
    """The learner's folder for the module, empty."""
    notebook: nbformat.NotebookNode
    """The released notebook, to be changed at will."""
    canaries: Canaries

    @property
    def path(self) -> Path:
        return self.folder / f"{NAME}.ipynb"


Maker = Callable[[Desk], None]


@dataclass(frozen=True)
class Case:
    """One learner who hands in something, and what must come of it."""

    name: str
    does: str
    make: Maker
    lost: tuple[str, ...] = ()
    """The exercises that get no points; all others get theirs in full."""
    says: str = ""
    """A piece of the verdicts' messages or of the notes."""
    learner: str = ""
    """The name of the learner's folder, where that is the point; as bytes in `os.fsdecode`'s manner."""
    absent: bool = False
    """Whether nothing is graded: what was handed in is no folder of a learner's."""
    stock: str = ""
    """"alone": stock nbgrader grades it in a class of its own. Other text: why stock is not asked."""

    @property
    def points(self) -> dict[str, float]:
        return {name: 0.0 if name in self.lost else points for name, points in POINTS.items()}


def answer_cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def solved(desk: Desk, own: dict[str, str] | None = None, **answers: str) -> nbformat.NotebookNode:
    """The released notebook with every exercise right, but for `answers`; `own` adds a cell before the exercise named."""
    for name, source in {**RIGHT, **answers}.items():
        answer_cell(desk.notebook, name).source = desk.canaries.filled(source)
    for name, source in (own or {}).items():
        place = desk.notebook.cells.index(answer_cell(desk.notebook, name))
        cell = nbformat.v4.new_code_cell(desk.canaries.filled(source))
        desk.notebook.cells.insert(place, cell)
    return desk.notebook


def answers(own: dict[str, str] | None = None, **sources: str) -> Maker:
    """A submission with these answers, right ones for the rest, and own cells."""
    return lambda desk: nbformat.write(solved(desk, own, **sources), desk.path)


def edited(edit: Callable[[nbformat.NotebookNode], None], **sources: str) -> Maker:
    """A submission whose notebook has been changed by `edit`."""

    def make(desk: Desk) -> None:
        notebook = solved(desk, **sources)
        edit(notebook)
        desk.path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT), encoding="utf-8")

    return make


def written(write: Callable[[str, Desk], bytes | None]) -> Maker:
    """A submission whose file is what `write(text of the solved notebook, desk)` returns; None: it wrote it itself."""

    def make(desk: Desk) -> None:
        data = write(nbformat.writes(solved(desk)) + "\n", desk)
        if data is not None:
            desk.path.write_bytes(data)

    return make


HONEST: dict[str, tuple[Maker, dict[str, float]]] = {
    "anna": (answers(why="One huge value moves it as far as it likes."), POINTS),
    "ben": (lambda desk: nbformat.write(desk.notebook, desk.path), dict.fromkeys(POINTS, 0.0)),
    "m-carla": (answers(mean="def mean(values):\n    return sum(values) // len(values) if values else 0"),
                POINTS | {"mean": 0.0}),
    "zoe": (answers(double="def double(x):\n    return x + x", own={"mean": "print('a cell of my own')"}), POINTS),
}  # fmt: skip


def hand_in(course: Path, skeleton: nbformat.NotebookNode, learner: str, make: Maker, canaries: Canaries) -> None:
    folder = course / "grading" / "submitted" / learner / MODULE
    folder.mkdir(parents=True)
    make(Desk(folder, copy.deepcopy(skeleton), canaries))
