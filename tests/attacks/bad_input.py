"""Files that are broken, old, odd or tampered with, and learners with odd names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import nbformat
from course import MODULE, NAME, RIGHT, Case, Desk, answer_cell, edited, solved, written

ALL = tuple(RIGHT)


def changed(change: Callable[[dict], object]) -> Callable[[Desk], None]:
    """A right notebook whose JSON has been changed by hand."""

    def write(text: str, desk: Desk) -> bytes:
        data = json.loads(text)
        data = change(data) or data
        return json.dumps(data).encode()

    return written(write)


def each_cell(change: Callable[[dict], object]) -> Callable[[Desk], None]:
    def all_cells(data: dict) -> None:
        for cell in data["cells"]:
            change(cell)

    return changed(all_cells)


def role(cell: dict) -> dict:
    return cell["metadata"].get("nbgrader", {})


def named(name: str, learner: str, stock: str = "") -> Case:
    return Case(name, f"the learner's folder is named {learner!r}"[:90], written(lambda text, desk: text.encode()),
                learner=learner, stock=stock)  # fmt: skip


def _version_3(data: dict) -> dict:
    cells = [{"cell_type": c["cell_type"], "metadata": c["metadata"], "language": "python", "outputs": [],
              ("input" if c["cell_type"] == "code" else "source"): c["source"]} for c in data["cells"]]  # fmt: skip
    return {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}


def _no_version(data: dict) -> None:
    del data["nbformat"], data["nbformat_minor"]


def _copies(*sources: str) -> Callable[[nbformat.NotebookNode], None]:
    """Further cells of the grade id `double`, after the first."""

    def edit(notebook: nbformat.NotebookNode) -> None:
        cell = answer_cell(notebook, "double")
        for source in sources:
            copy = nbformat.v4.new_code_cell(source, metadata=cell.metadata)
            notebook.cells.insert(notebook.cells.index(cell) + 1, copy)

    return edit


def _moved(place: str) -> Callable[[Desk], None]:
    def make(desk: Desk) -> None:
        path = desk.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(solved(desk), path)

    return make


def _with_timestamp(write: Callable[[os.PathLike, Desk], object]) -> Callable[[Desk], None]:
    def make(desk: Desk) -> None:
        nbformat.write(solved(desk), desk.path)
        write(desk.folder / "timestamp.txt", desk)

    return make


def _lone(text: str) -> Callable[[Desk], None]:
    """`text` in JSON's own notation appended to the free text and, as a comment, to an answer."""

    def write(plain: str, desk: Desk) -> bytes:
        data = json.loads(plain)
        next(c for c in data["cells"] if role(c).get("grade_id") == "why")["source"] = "@TEXT@"
        next(c for c in data["cells"] if role(c).get("grade_id") == "double")["source"] = RIGHT["double"] + "  # @TEXT@"
        return json.dumps(data).replace("@TEXT@", text).encode()

    return written(write)


def _many_files(desk: Desk) -> None:
    for number in range(300):
        (desk.folder / f"copy-{number}.ipynb").write_text("{}")


def _big(desk: Desk) -> None:
    with desk.path.open("wb") as file:
        file.truncate(100_000_000)


def _large_outputs(notebook: nbformat.NotebookNode) -> None:
    answer_cell(notebook, "double").outputs = [nbformat.v4.new_output("stream", text="x" * 10_000_000)]


def _scripts(notebook: nbformat.NotebookNode) -> None:
    answer_cell(notebook, "why").source = EVIL
    cell = nbformat.v4.new_markdown_cell(EVIL)
    code = nbformat.v4.new_code_cell("'<script>steal()</script>'  # </pre></div><script>steal()</script>")
    code.outputs = [nbformat.v4.new_output("display_data", data={"text/html": "<script>steal()</script>"})]
    notebook.cells += [cell, code]


EVIL = """One value. <script>steal()</script> <img src=x onerror=steal()> <svg/onload=steal()>
<a href="javascript:steal()">a</a> [b](javascript:steal()) [c](java&#115;cript:steal()) [d](<java
script:steal()>) ![e](data:text/html;base64,PHNjcmlwdD4=) <javascript:steal()>

[f][evil] $\\href{javascript:steal()}{x}$ $$\\href{javascript:steal()}{x}$$ &#36;&#92;href{javascript:steal()}{x}&#36;
\\\\(\\\\href{javascript:steal()}{x}\\\\)

> [evil]: javascript:steal()

[evil]: JaVaScRiPt:steal()
"""
STUB = """def double(x):
    \"\"\"Twice x, a number.\"\"\"
    raise NotImplementedError("write your code here, in place of this line")"""
NULL = "\\u0000"
CASES = [
    Case("cut off", "a notebook of which half is there", written(lambda text, d: text.encode()[: len(text) // 2]), ALL,
         "is no notebook"),
    Case("empty", "a file of no bytes", written(lambda text, d: b""), ALL, "is empty"),
    Case("blanks", "a file of blanks", written(lambda text, d: b" \n\n"), ALL, "is empty"),
    Case("binary", "a file of random bytes", written(lambda text, d: bytes(range(256)) * 40), ALL, "is no notebook"),
    Case("a picture", "a PNG of the notebook's name", written(lambda text, d: b"\x89PNG\r\n\x1a\n" + bytes(400)), ALL,
         "is no notebook"),
    Case("JSON of another kind", "a list", written(lambda text, d: b"[1, 2, 3]"), ALL, "it has no cells"),
    Case("a number", "a file that holds the number 7", written(lambda text, d: b"7"), ALL, "it has no cells"),
    Case("no cells", "a notebook without cells", changed(lambda data: data | {"cells": []}), ALL),
    Case("cells that are none", "cells that are texts, numbers, null and lists",
         changed(lambda data: data["cells"].extend(["x", 1, None, [], {"cell_type": 7, "source": {"a": 1}}]))),
    Case("sources of odd kinds", "sources that are lists with numbers in them, and metadata that is a list",
         changed(lambda data: data["cells"].append({"cell_type": "code", "source": ["x = 1", 7, None], "metadata": []}))),
    Case("nested very deep", "brackets nested 100,000 deep", written(lambda text, d: b"[" * 100_000), ALL, "is no notebook"),
    Case("a nested output", "metadata nested 500 deep", changed(
        lambda data: data["metadata"].update(x=json.loads("[" * 500 + "]" * 500)))),
    Case("a huge number", "a number of 100,000 digits", written(
        lambda text, d: b'{"cells": [], "nbformat": ' + b"9" * 100_000 + b"}"), ALL, "is no notebook"),
    Case("millions of parts", "12 MB of JSON that take a gigabyte as objects", written(
        lambda text, d: b'{"cells": [' + b"[]," * 4_000_000 + b"[]]}"), ALL, "is no notebook", stock="alone"),
    Case("NaN and Infinity", "numbers that JSON does not have", changed(
        lambda data: data["metadata"].update(a=float("nan"), b=float("inf")))),
    Case("nbformat 3", "the format of 2013, with worksheets", changed(_version_3)),
    Case("a later minor version", "nbformat 4.99 with a cell type of its own", changed(
        lambda data: data["cells"].append({"cell_type": "quantum", "source": "?"}) or data.update(nbformat_minor=99))),
    Case("nbformat 5", "a major version that does not exist yet", changed(lambda data: data.update(nbformat=5))),
    Case("no nbformat at all", "a notebook that does not say its version", changed(_no_version)),
    Case("Latin-1", "a notebook in Latin-1 with an umlaut", written(
        lambda text, d: text.replace("x * 2", "x * 2  # dür").encode("latin-1", "replace")), says="is not UTF-8"),
    Case("UTF-16", "a notebook in UTF-16", written(lambda text, d: text.encode("utf-16")), says="is not UTF-8"),
    Case("a byte order mark", "UTF-8 with a byte order mark", written(lambda text, d: text.encode("utf-8-sig"))),
    Case("Windows line ends", "a notebook with CR LF", written(lambda text, d: text.replace("\n", "\r\n").encode())),
    Case("renamed", "the notebook under another name", _moved("my homework (1).ipynb"), says="was taken for it"),
    Case("a name in another encoding", "the notebook under a name that is no UTF-8, with terminal commands in it", _moved(
        os.fsdecode(b"h\xe9\x1b[2J.ipynb")), says=r"h\?\?\[2J.ipynb was taken for it"),
    Case("in a subfolder", "the notebook two folders down", _moved(f"a/b/{NAME}.ipynb"), says="was taken for it"),
    Case("a hidden copy only", "only Jupyter's checkpoint of it", _moved(f".ipynb_checkpoints/{NAME}-checkpoint.ipynb"),
         ALL, "was not handed in"),
    Case("two that could be it", "two notebooks, both under other names",
         lambda desk: (_moved("one.ipynb")(desk), _moved("two.ipynb")(desk)), ALL, "2 files could be it"),
    Case("an empty folder", "hands in nothing", lambda desk: None, ALL, "was not handed in"),
    Case("hundreds of files", "300 files that are no notebooks", _many_files, ALL, "was not handed in"),
    Case("a copy of an answer", "two cells of one grade id, a stub after the answer",
         edited(_copies(STUB)),
         says="more than one cell", stock="alone"),
    Case("two answers", "two cells of one grade id, the later one wrong", edited(_copies("def double(x):\n    return x")),
         ("double",), "more than one cell", stock="alone"),
    Case("no nbgrader metadata", "nbgrader's metadata removed everywhere",
         each_cell(lambda cell: cell["metadata"].pop("nbgrader", None))),
    Case("no metadata, no ids", "all metadata and ids removed, as some tools do",
         each_cell(lambda cell: (cell["metadata"].clear(), cell.pop("id")))),
    Case("flipped flags", "every flag of nbgrader's turned round", each_cell(
        lambda cell: role(cell).update({k: not v for k, v in role(cell).items() if isinstance(v, bool)}))),
    Case("changed points", "99 points for each check", each_cell(lambda cell: role(cell).update(points=99))),
    Case("negative points", "points of −1 and of a text", each_cell(lambda cell: role(cell).update(points="-1"))),
    Case("renamed grade ids", "every grade id changed, the cells' ids kept", each_cell(
        lambda cell: role(cell).update(grade_id="x-" + str(role(cell).get("grade_id"))))),
    Case("no checks", "every check deleted", changed(lambda data: data.update(
        cells=[c for c in data["cells"] if not role(c).get("locked")]))),
    Case("checks as text", "every check turned into Markdown", each_cell(
        lambda cell: cell.update(cell_type="markdown") if role(cell).get("locked") else None)),
    Case("answers as text", "every answer turned into Markdown", each_cell(
        lambda cell: cell.update(cell_type="markdown") if role(cell).get("solution") else None)),
    Case("the text as code", "the free text turned into a code cell", each_cell(
        lambda cell: cell.update(cell_type="code", outputs=[]) if role(cell).get("grade_id") == "why" else None)),
    Case("an old schema", "nbgrader's metadata of schema version 1", each_cell(
        lambda cell: role(cell) and role(cell).update(schema_version=1)), stock="alone"),
    Case("a schema of the future", "nbgrader's metadata of schema version 99", each_cell(
        lambda cell: role(cell) and role(cell).update(schema_version=99)), stock="alone"),
    Case("a foreign kernel", "the kernel of another language", changed(
        lambda data: data["metadata"].update(kernelspec={"name": "ir", "display_name": "R", "language": "R"}))),
    Case("no kernel", "no kernelspec and no language", changed(lambda data: data["metadata"].clear())),
    Case("turned round", "all cells in the opposite order", changed(lambda data: data["cells"].reverse())),
    Case("given cells deleted", "everything deleted but the answers", changed(lambda data: data.update(
        cells=[c for c in data["cells"] if role(c).get("solution")]))),
    Case("no Python", "an answer that is prose", edited(lambda nb: None, mean="The mean is the sum by the number."),
         ("mean",), "not defined"),
    Case("shell commands for an answer", "an answer of shell lines and an unknown magic",
         edited(lambda nb: None, mean="!touch made-by-shell\n%nosuchmagic\n"), ("mean",), "not defined"),
    Case("100 MB", "a file larger than may be", _big, ALL, "more than 20"),
    Case("10 MB of output", "a right notebook with much output in it", edited(_large_outputs)),
    Case("a long answer", "an answer of a million characters", edited(
        lambda nb: None, double="# " + "x" * 1_000_000 + "\n" + RIGHT["double"])),
    Case("an expression without end", "an answer of 30,000 nested operators", edited(
        lambda nb: None, mean="def mean(values):\n    return " + "-" * 30_000 + "1"), ("mean",), ""),
    Case("a thousand cells", "a thousand cells of one's own", edited(
        lambda nb: nb.cells.extend(nbformat.v4.new_code_cell(f"x{n} = {n}") for n in range(1000)))),
    Case("lone surrogates", "half a character in a free text and an answer", _lone("\\ud800 \\udfff")),
    Case("zero bytes", "zero bytes in a free text and an answer", _lone(NULL + "a" + NULL)),
    Case("control characters", "terminal commands in a free text and an answer", _lone("\\u001b[2J\\u0007\\u202e")),
    Case("scripts", "scripts in a free text, in cells and outputs, in every notation that a browser runs",
         edited(_scripts)),
    Case("an error that is a script", "an exception whose text is a script", edited(
        lambda nb: None, mean="def mean(values):\n    raise ValueError('<script>steal()</script>')"), ("mean",),
        "ValueError: <script>"),
    Case("a link for a timestamp", "timestamp.txt is a link to a secret", _with_timestamp(
        lambda path, desk: os.symlink(desk.canaries.places["HOMEFILE"], path)), says="counts as handed in without a time"),
    Case("a pipe for a timestamp", "timestamp.txt is a named pipe", _with_timestamp(lambda path, desk: os.mkfifo(path)),
         says="counts as handed in without a time", stock="alone"),
    Case("a nonsense timestamp", "timestamp.txt holds no time", _with_timestamp(
        lambda path, desk: path.write_text("yesterday, I think ☺ 99:99")), says="was not understood", stock="alone"),
    Case("a timestamp out of range", "timestamp.txt holds a year that no calendar has", _with_timestamp(
        lambda path, desk: path.write_text("99999-99-99 00:00:00 /dev/zero")), says="was not understood", stock="alone"),
    named("a name with quotes", """o'brien "q" `x`""", "alone"),
    named("a name with blanks", " name with  blanks ", "alone"),
    named("a name in unicode", "Ünï 学生 🎓 א", "alone"),
    named("a name that is HTML", "<img src=x onerror=alert(1)>", "alone"),
    named("a name with a line break", "two\nlines", "alone"),
    named("a name like an option", "--student=anna", "alone"),
    named("a name like a pattern", "*[a-z]?", "alone"),
    named("a name like a path", "%2e%2e%2f..%2fetc", "alone"),
    Case("a name that hides", "the learner's folder is named '...'", written(lambda text, desk: text.encode()), learner="...",
         absent=True),
    named("a name like a parent", "a..", "alone"),
    named("a name of Python's", "{0.__class__} %s %(x)s", "alone"),
    named("a long name", "n" * 200, "alone"),
    named("a name that is SQL", "x'); drop table student; --", "alone"),
]  # fmt: skip
assert MODULE
