"""lessons/ → solutions/ → modules/: deterministic, and only what changed.

A solved notebook carries the digest of the lesson text it was built from; a lesson whose digest still agrees is not
executed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from mle.authoring import rubrics
from mle.authoring.index import write_indexes
from mle.authoring.lesson import ENVIRONMENT, Cell, Lesson, LessonError, cell_id, find_lessons, read_lesson
from mle.authoring.release import CLAIMS, release
from mle.authoring.style import problems_of

FORMAT = "2"
"""Raised when the build itself changes what it writes, so that everything is built anew."""
CELL_SECONDS = 300
SCHEMA_VERSION = 3  # of nbgrader's cell metadata
IGNORE_OUTPUT = "nbval-ignore-output"


def digest(lesson: Lesson) -> str:
    """The digest of the lesson's text and of the build's format."""
    return hashlib.sha256(FORMAT.encode() + lesson.path.read_bytes()).hexdigest()


def notebook_of(lesson: Lesson) -> nbformat.NotebookNode:
    """The lesson as a notebook that is not executed yet, with nbgrader's metadata and stable cell ids."""
    cells = []
    for number, cell in enumerate(lesson.cells, 1):
        make = nbformat.v4.new_markdown_cell if cell.kind == "markdown" else nbformat.v4.new_code_cell
        cells.append(make(cell.built_source, id=cell_id(cell, number), metadata=_metadata(cell)))
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "mle": {"lesson": f"{lesson.module}/{lesson.name}", "sha256": digest(lesson)},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _metadata(cell: Cell) -> dict:
    tags = sorted({*cell.tags, *([CLAIMS] if cell.get("claims") else [])})
    data: dict = {"tags": tags} if tags else {}
    roles = [key for key in ("exercise", "check", "explain") if cell.get(key)]
    if cell.get("check"):
        data["jupyter"] = {"source_hidden": True}  # folded: a learner opens a check's code by a click
    if roles:
        role = roles[0]
        graded = role != "exercise"
        data["nbgrader"] = {
            "grade": graded, "solution": role != "check", "locked": role == "check", "task": False,
            "grade_id": f"{cell.get('check')}-check" if role == "check" else cell.get(role),
            "schema_version": SCHEMA_VERSION, **({"points": cell.get("points")} if graded else {}),
        }  # fmt: skip
    return data


def execute(notebook: nbformat.NotebookNode, lesson: Lesson, folder: Path) -> dict:
    """Run the notebook's cells in a fresh kernel in `folder`. Returns its CPU seconds and its peak memory in MB.

    A lesson runs on one thread, so the CPU's seconds are the clock's on a machine that does nothing else.

    Raises `LessonError` with the file and line of the cell that fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(folder)}},
                            extra_arguments=["--IPKernelApp.log_level=ERROR"])  # fmt: skip
    manager = client.create_kernel_manager()
    used, stop = {"seconds": 0.0, "megabytes": 0.0}, threading.Event()

    def watch() -> None:
        while not stop.wait(0.1):
            pid = getattr(getattr(manager, "provisioner", None), "pid", None)
            if pid:
                with suppress(psutil.Error):  # it may just be ending
                    kernel = psutil.Process(pid)
                    used["seconds"] = sum(kernel.cpu_times()[:2])
                    used["megabytes"] = max(used["megabytes"], kernel.memory_info().rss / 1e6)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        client.execute(env={**os.environ, **ENVIRONMENT})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise LessonError(
            [f"{lesson.path}:{_failed_line(notebook, lesson)}: the cell fails: {_last_line(error)}"]
        ) from None
    finally:
        stop.set()
        watcher.join()
    return used


def _failed_line(notebook: nbformat.NotebookNode, lesson: Lesson) -> int:
    for built, cell in zip(notebook.cells, lesson.cells, strict=True):
        outputs = built.get("outputs", [])
        if any(o.output_type == "error" for o in outputs) and "raises-exception" not in cell.tags:
            return cell.line
    return 1


def _last_line(error: Exception) -> str:
    lines = [line for line in re.sub(r"\x1b\[[\d;]*m", "", str(error)).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
CELL_FILE = re.compile(r"(?<![^\s'\"])[^\s'\"]*ipykernel_\d+[/\\]\d+\.py")


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Take out what differs from run to run: times, memory addresses, paths, split streams, the Python's version."""
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        outputs: list = []
        for output in cell.outputs:
            last = outputs[-1] if outputs else None
            if output.output_type == "stream" and last and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
            else:
                outputs.append(output)
        for output in outputs:
            if "text" in output:
                output.text = _clean(output.text)
            for mime, value in output.get("data", {}).items():
                if mime.startswith("text/") and isinstance(value, str):
                    output.data[mime] = _clean(value)
        cell.outputs = outputs
        if any("image/png" in o.get("data", {}) for o in outputs):
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), IGNORE_OUTPUT})


def _clean(text: str) -> str:
    return ADDRESS.sub("0x…", CELL_FILE.sub("<cell>", text))


def text_of(notebook: nbformat.NotebookNode) -> str:
    """The notebook's file as JupyterLab and nbgrader write it: keys sorted, texts by line, one final newline."""
    return nbformat.writes(notebook) + "\n"


def is_fresh(lesson: Lesson, root: Path) -> bool:
    """Whether the committed solution was built from this text and the released notebook from that solution."""
    solved, released = paths_of(lesson, root)
    if not solved.exists() or not released.exists():
        return False
    try:
        notebook = nbformat.read(solved, as_version=4)
    except (ValueError, AttributeError, KeyError):  # a merge's marks in it, or half of a file
        return False
    return (
        notebook.metadata.get("mle", {}).get("sha256") == digest(lesson)
        and _skeleton(notebook) == _skeleton(notebook_of(lesson))
        and released.read_text(encoding="utf-8") == text_of(release(notebook))
    )


def _skeleton(notebook: nbformat.NotebookNode) -> list:
    """What the lesson's text alone decides of each cell; the build adds the tag of plots after running it."""
    skeleton = []
    for cell in notebook.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != IGNORE_OUTPUT]
        skeleton.append([cell.id, cell.cell_type, cell.source, {**cell.metadata, "tags": tags}])
    return skeleton


def paths_of(lesson: Lesson, root: Path) -> tuple[Path, Path]:
    """The files of the solved and of the released notebook."""
    name = Path(lesson.module) / f"{lesson.name}.ipynb"
    return root / "solutions" / name, root / "modules" / name


def build_lesson(lesson: Lesson, root: Path) -> dict:
    """Execute the lesson and write both notebooks. Returns what was measured; raises `LessonError`."""
    solved, released = paths_of(lesson, root)
    notebook = notebook_of(lesson)
    measured = execute(notebook, lesson, solved.parent)
    tidy(notebook)
    nbformat.validate(notebook)
    for path, built in ((solved, notebook), (released, release(notebook))):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text_of(built))
    _remember(solved.with_name("measured.json"), lesson.name, measured)
    return measured


def _write(path: Path, text: str) -> None:
    """Replace the file in one step, so that an interrupted build leaves the old one."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


def _remember(path: Path, name: str, measured: dict) -> None:
    """Note seconds and megabytes, rounded up; a figure that is still about right stays, so that builds agree."""
    known = json.loads(path.read_text()) if path.exists() else {}
    now = {
        "seconds": max(5, 5 * round(measured["seconds"] / 5)),
        "megabytes": max(100, 100 * round(measured["megabytes"] / 100)),
    }
    old = known.get(name)
    if old and all(0.5 * old[key] <= now[key] <= 1.5 * old[key] + 5 for key in now):
        return
    known[name] = now
    _write(path, json.dumps(known, indent=1, sort_keys=True) + "\n")


def build(
    root: Path,
    paths: list[Path] | None = None,
    force: bool = False,
    check: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> list[Path]:
    """Build what changed among the lessons at `paths` (all for None); with `check`, only find it. Returns those lessons.

    Every lesson's text is checked first: nothing is executed where one has a shortcoming (`LessonError`).
    """  # fmt: skip
    lessons, problems = [], []
    for path in find_lessons(root) if paths is None else paths:
        try:
            lesson = read_lesson(path)
            problems += problems_of(lesson) + rubrics.problems_of(lesson)
            lessons.append(lesson)
        except LessonError as error:
            problems += error.problems
    if problems:
        raise LessonError(problems)
    changed = [lesson for lesson in lessons if force or not is_fresh(lesson, root)]
    for lesson in changed if not check else []:
        say(f"{lesson.module}/{lesson.name}: executing …")
        measured = build_lesson(lesson, root)
        say(f"{lesson.module}/{lesson.name}: {measured['seconds']:.0f} s, {measured['megabytes']:.0f} MB")
    if not check:
        write_indexes(root)
        rubrics.write(root)
    return [lesson.path for lesson in changed]
