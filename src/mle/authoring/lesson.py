"""A lesson as its author writes it: a jupytext py:percent file and the answers file beside it.

Cell metadata an author may write (CONTRIBUTING.md explains each):
`exercise="name"`, `check="name" points=3`, `explain="name" points=5` (Markdown, graded by hand), `claims=true`
(assertions of the prose's numbers, not shown to learners), `demo=true` (shows something; nothing later needs it),
`ahead=true` (given; no work of the learner's bears on it), `tags=[...]`; in the answers file `exercise= kind= name= says=` (and `mutant= reason=` for an equivalent mutant).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import jupytext

from mle.check.session import STUB_SAYS

SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION[^\n]*\n(.*?)^[ \t]*### END SOLUTION[^\n]*$", re.M | re.S)
HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[ \t]*### END HIDDEN TESTS[^\n]*\n?", re.M | re.S)
STUB = f'raise NotImplementedError("{STUB_SAYS}, in place of this line")'
ENVIRONMENT = {"PYTHONHASHSEED": "0", "MLE_SEED": "0", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
"""The environment in which lessons are executed and proven, so that they give the same figures each time."""
KINDS = ("alternative", "mistake", "equivalent")
MARKS = {"exercise", "check", "points", "explain", "claims", "demo", "ahead", "tags"}
FORK_UNSAFE = ("tensorflow", "keras")
"""Libraries that cannot be forked once they have run an operation."""


class LessonError(Exception):
    """What is wrong in the lesson files: one line `file:line: what, and what to do` for each problem."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson's text."""

    kind: str  # "markdown" or "code"
    source: str
    line: int  # of its `# %%` mark, from 1
    meta: dict

    def get(self, key: str, default=None):
        return self.meta.get(key, default)

    @property
    def needed(self) -> bool:
        """Whether later cells may build on it: code that is no check, no demonstration and no claim."""
        return self.kind == "code" and not any(self.meta.get(key) for key in ("check", "demo", "claims"))

    @property
    def built_source(self) -> str:
        """The cell as notebooks have it: a check opens with `check.start` and closes with `check.passed`."""
        name, points = self.get("check"), self.get("points")
        return f'check.start("{name}", points={points:g})\n{self.source}\ncheck.passed()' if name else self.source

    @property
    def tags(self) -> list[str]:
        return list(self.meta.get("tags", []))


@dataclass(frozen=True)
class Answer:
    """One answer to an exercise: the body of its cell, and what it is an example of."""

    exercise: str
    kind: str  # "reference", "stub", "alternative", "mistake"
    name: str
    source: str
    says: str = ""
    line: int = 0


@dataclass
class Exercise:
    """One coded exercise: its cell, its check and its answers."""

    name: str
    cell: Cell
    check: Cell
    position: int  # of its cell among the lesson's cells
    check_position: int
    points: float
    answers: list[Answer] = field(default_factory=list)
    equivalents: dict[str, str] = field(default_factory=dict)  # mutant → reason

    @property
    def reference(self) -> Answer:
        return Answer(self.name, "reference", "reference", self.cell.source)

    @property
    def stub(self) -> Answer:
        return Answer(self.name, "stub", "untouched", stub_of(self.cell.source))

    def of_kind(self, kind: str) -> list[Answer]:
        return [answer for answer in self.answers if answer.kind == kind]


@dataclass
class Lesson:
    """A lesson and its answers, read from the text files."""

    path: Path
    cells: list[Cell]
    exercises: list[Exercise]

    @property
    def module(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def title(self) -> str:
        heading = re.search(r"^# (.+)$", "\n".join(c.source for c in self.cells if c.kind == "markdown"), re.M)
        return heading[1].strip() if heading else self.name

    @cached_property
    def imports(self) -> str:
        """The import statements of the cells that the course gives, one a line: the modules a checker imports."""
        import ast

        lines = []
        for cell in self.cells:
            if cell.kind == "code" and not cell.get("exercise") and not cell.get("check"):
                try:
                    nodes = ast.walk(ast.parse(without_magics(cell.source)))
                except SyntaxError as error:
                    line = cell.line + (error.lineno or 1)
                    raise LessonError([f"{self.path}:{line}: no Python: {error.msg}"]) from None
                lines += [ast.unparse(n) for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom))]
        return "\n".join(dict.fromkeys(lines))

    @property
    def fork_unsafe(self) -> bool:
        """Whether the lesson uses a library that cannot be forked once it has run an operation."""
        return any(re.search(rf"\b(import|from) {name}\b", self.imports) for name in FORK_UNSAFE)

    def exercise(self, name: str) -> Exercise:
        return next(e for e in self.exercises if e.name == name)


def cell_id(cell: Cell, number: int) -> str:
    """The id of a lesson's cell, the `number`th from 1, in its notebooks."""
    name = cell.get("exercise") or cell.get("explain") or (f"{cell.get('check')}-check" if cell.get("check") else "")
    return name[:64] or f"cell-{number:03d}"


def without_magics(source: str) -> str:
    """The cell's Python, its IPython magics and shell lines blanked out."""
    return re.sub(r"^[ \t]*[%!].*$", "", source, flags=re.M)


def stub_of(source: str) -> str:
    """The exercise as a learner finds it: each solution region replaced by the stub."""
    return SOLUTION.sub(lambda m: m[1] + STUB, source)


def answers_path(lesson: Path) -> Path:
    return lesson.with_name(lesson.stem + ".answers.py")


def find_lessons(root: Path, module: str | None = None) -> list[Path]:
    """The lesson files under `root/lessons`, in order."""
    found = sorted((root / "lessons").glob(f"{module or '[0-9][0-9]-*'}/[0-9]*.py"))
    return [path for path in found if not path.name.endswith(".answers.py")]


def read_cells(path: Path) -> list[Cell]:
    """The cells of a py:percent file, each with its line. Raises `LessonError` where it cannot be read."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise LessonError([f"{path}: no such file"]) from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LessonError([f"{path}:{line}: not UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    marks = [i for i, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    cells = _parsed(text)
    if len(cells) == len(marks) + 1:  # text before the first mark
        marks = [1, *marks]
    if len(cells) != len(marks):
        raise LessonError(
            [f"{path}:1: {len(marks)} `# %%` marks but {len(cells)} cells; a mark stands inside a string"]
        )
    own = [{k: v for k, v in cell.metadata.items() if k != "lines_to_next_cell"} for cell in cells]
    return [Cell(c.cell_type, c.source, line, meta) for c, line, meta in zip(cells, marks, own, strict=True)]


@lru_cache
def _parsed(text: str) -> list:
    """The cells of a py:percent text, to be read only: the same text is asked for often, and a long one takes 0.5 s."""
    return jupytext.reads(text, fmt="py:percent").cells


def read_lesson(path: Path) -> Lesson:
    """Read a lesson and its answers file. Raises `LessonError` with every problem of structure found."""
    path = Path(path)
    cells = read_cells(path)
    problems: list[str] = []
    exercises: dict[str, tuple[int, Cell]] = {}
    checks: dict[str, tuple[int, Cell]] = {}
    explained: dict[str, tuple[int, Cell]] = {}
    for position, cell in enumerate(cells):
        problems += [f"{path}:{cell.line}: {what}" for what in _marks(cell)]
        for key, found in (("exercise", exercises), ("check", checks), ("explain", explained)):
            name = cell.get(key)
            if name is None:
                continue
            if name in found:
                first = found[name][1].line
                problems.append(f"{path}:{cell.line}: {key} {name!r} is already at line {first}; give it another name")
            elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(name)):
                problems.append(f"{path}:{cell.line}: {key} {name!r} must be lower-case words joined by hyphens")
            found.setdefault(name, (position, cell))
    for name, (position, cell) in exercises.items():
        if name not in checks:
            problems.append(
                f'{path}:{cell.line}: exercise {name!r} has no check; add a cell `# %% check="{name}" points=N`'
            )
        elif checks[name][0] < position:
            problems.append(
                f"{path}:{checks[name][1].line}: the check of {name!r} stands before its exercise; move it below"
            )
        if not SOLUTION.search(cell.source):
            problems.append(
                f"{path}:{cell.line}: exercise {name!r} has no ### BEGIN SOLUTION … ### END SOLUTION region"
            )
    for name, (_, cell) in explained.items():
        if name in exercises:
            problems.append(f"{path}:{cell.line}: {name!r} names an exercise already; give the answer another name")
        if not isinstance(cell.get("points"), (int, float)) or cell.get("points") <= 0:
            problems.append(f"{path}:{cell.line}: explain {name!r} has no points; write `points=3` in its mark")
    for name, (_, cell) in checks.items():
        if name not in exercises:
            problems.append(f"{path}:{cell.line}: check {name!r} has no exercise of that name")
        if not isinstance(cell.get("points"), (int, float)) or cell.get("points") <= 0:
            problems.append(f"{path}:{cell.line}: check {name!r} has no points; write `points=3` in its mark")
    answers, equivalents = _read_answers(path, exercises, problems)
    if problems:
        raise LessonError(problems)
    return Lesson(
        path,
        cells,
        [
            Exercise(
                name, cell, checks[name][1], position, checks[name][0], float(checks[name][1].get("points")),
                [a for a in answers if a.exercise == name], equivalents.get(name, {}),
            )
            for name, (position, cell) in exercises.items()
        ],
    )  # fmt: skip


def _marks(cell: Cell) -> list[str]:
    """What is wrong with a cell's mark, and with the marks inside of it."""
    found = [f"the mark {key}= is none of {', '.join(sorted(MARKS))}" for key in cell.meta if key not in MARKS]
    for key, kind in (("exercise", "code"), ("check", "code"), ("explain", "markdown")):
        if cell.get(key) and cell.kind != kind:
            found.append(f"{key} {cell.get(key)!r} must be a {kind} cell")
    for pattern, words, key in ((SOLUTION, "SOLUTION", "exercise"), (HIDDEN, "HIDDEN TESTS", "check")):
        begins, ends = (len(re.findall(rf"^[ \t]*### {end} {words}", cell.source, re.M)) for end in ("BEGIN", "END"))
        if begins and not cell.get(key):
            found.append(f"### BEGIN {words} in a cell without {key}=; learners would be given what stands there")
        elif not begins == ends == len(pattern.findall(cell.source)):
            found.append(f"{begins} ### BEGIN {words} but {ends} ### END {words}, or in the wrong order")
    return found


def _read_answers(path: Path, exercises: dict, problems: list[str]) -> tuple[list[Answer], dict[str, dict[str, str]]]:
    where = answers_path(path)
    answers: list[Answer] = []
    equivalents: dict[str, dict[str, str]] = {}
    if not where.exists():
        if exercises:
            problems.append(f"{where}: missing; it holds the alternatives and mistakes of {path.name}")
        return answers, equivalents
    for cell in read_cells(where):
        if cell.kind != "code" or not cell.meta:
            continue
        name, kind, label = cell.get("exercise"), cell.get("kind"), cell.get("name")
        at = f"{where}:{cell.line}"
        if name not in exercises:
            problems.append(f"{at}: no exercise {name!r} in {path.name}")
        elif kind not in KINDS:
            problems.append(f"{at}: kind {kind!r} is none of {', '.join(KINDS)}")
        elif kind == "equivalent":
            if not cell.get("mutant") or not cell.get("reason"):
                problems.append(
                    f'{at}: an equivalent mutant needs mutant="…" (as `mle prove` prints it) and reason="…"'
                )
            equivalents.setdefault(name, {})[str(cell.get("mutant"))] = str(cell.get("reason"))
        elif not label:
            problems.append(f'{at}: an answer needs a name="…"')
        elif any(a.exercise == name and a.name == label for a in answers):
            problems.append(f"{at}: {name!r} already has an answer named {label!r}")
        elif kind == "mistake" and not cell.get("says"):
            problems.append(f'{at}: mistake {label!r} has no says="…": the words its message must contain')
        else:
            answers.append(Answer(name, kind, label, cell.source, str(cell.get("says") or ""), cell.line))
    return answers, equivalents
