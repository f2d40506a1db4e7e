"""Harmless submissions that look unusual: each must get what it would get without the unusual."""

from __future__ import annotations

import nbformat
from course import RIGHT, Case, answer_cell, answers, edited


def own(name: str, does: str, source: str, stock: str = "", **sources: str) -> Case:
    """Right answers, with a cell of the learner's own before the exercise `mean`."""
    return Case(name, does, answers({"mean": source.strip()}, **sources), stock=stock)


def body(name: str, does: str, lines: str, **sources: str) -> Case:
    """A right `mean` that does something else on the way."""
    indented = "".join(f"    {line}\n" for line in lines.strip().splitlines())
    return Case(name, does, answers(mean=f"def mean(values):\n{indented}    return sum(values) / len(values) if values "
                                    "else 0\n", **sources))  # fmt: skip


def _vs_code(notebook: nbformat.NotebookNode) -> None:
    notebook.nbformat_minor = 2
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.metadata = nbformat.from_dict({"language_info": {"name": "python"}, "orig_nbformat": 4})


def _colab(notebook: nbformat.NotebookNode) -> None:
    notebook.metadata["colab"] = {"provenance": []}
    for number, cell in enumerate(notebook.cells):
        cell.metadata |= {"id": f"x{number}", "colab": {"base_uri": "https://example.org"}}
        cell.id = f"colab-{number}"


def _two_cells(notebook: nbformat.NotebookNode) -> None:
    """The answer is in a cell of one's own below the exercise, which is left as it was but for its error."""
    cell = answer_cell(notebook, "mean")
    place = notebook.cells.index(cell)
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(RIGHT["mean"]))
    cell.source = "# see the next cell"


CASES = [
    body("warnings", "writes warnings to stderr", "import logging, sys, warnings\nwarnings.warn('careful')\n"
         "logging.warning('careful')\nprint('careful', file=sys.stderr)"),
    body("prints", "prints on the way", "print('values:', values)\nfor value in values: print(value, end=' ')"),
    body("a lot of prints", "prints a megabyte", "for _ in range(1000): print('x' * 1000)"),
    body("slow", "takes 0.3 s for each call", "import time\ntime.sleep(0.3)"),
    own("slow cell", "a cell that takes 1.5 s", "import time\ntime.sleep(1.5)"),
    own("helpers in cells of one's own", "an answer that uses functions of another cell",
        "def add(values):\n    return sum(values)\nLENGTH = len",
        mean="def mean(values):\n    return add(values) / LENGTH(values) if values else 0"),
    Case("the answer in the next cell", "answers in a cell of one's own below the exercise", edited(_two_cells)),
    own("reordered imports", "imports again, in another order, under other names",
        "from mle import check\nimport os, math, sys\nimport numpy as np\nfrom numpy import *\nimport numpy"),
    own("plt.show()", "draws and shows pictures", """
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()
plt.hist([1, 1, 2]);"""),
    own("progress bars", "shows progress bars of two kinds", """
from tqdm.auto import tqdm
from tqdm import trange
for _ in tqdm(range(30), desc="epochs"): pass
for _ in trange(30): pass"""),
    Case("tensors for arrays", "returns a torch tensor where an array is asked for", answers(
        scaled="import torch\ndef scaled(values):\n    values = torch.as_tensor(values)\n    return values / values.max()")),
    Case("a Series for an array", "returns a pandas Series", answers(
        scaled="import pandas as pd\ndef scaled(values):\n    return pd.Series(values) / max(values)")),
    Case("a list for an array", "returns a list", answers(
        scaled="def scaled(values):\n    return [float(v / max(values)) for v in values]")),
    Case("single precision", "returns an array of float32", answers(
        scaled="def scaled(values):\n    return (np.asarray(values) / np.max(values)).astype(np.float32)")),
    Case("numpy's numbers", "returns numpy's numbers for Python's", answers(
        double="def double(x):\n    return np.int64(2) * x", mean="def mean(values):\n    return np.float64(np.mean(values)) "
        "if len(values) else np.int8(0)")),
    Case("a fraction", "returns a whole number as a float", answers(double="def double(x):\n    return 2.0 * x")),
    Case("a lambda", "binds lambdas", answers(double="double = lambda x: x + x")),
    Case("a callable object", "binds an object that can be called", answers(
        double="class Twice:\n    def __call__(self, x):\n        return 2 * x\ndouble = Twice()")),
    Case("a decorated function", "decorates and caches", answers(
        double="import functools\n@functools.cache\ndef double(x):\n    return 2 * x")),
    Case("annotations", "writes types, docstrings and names in other scripts", answers(
        mean='from __future__ import annotations\ndef mean(values: list[float]) -> float:\n    """Mittelwert ü"""\n'
        "    größe = len(values)\n    return sum(values) / größe if größe else 0")),
    own("magics", "uses magics, shell lines and help", "%matplotlib inline\n%config InlineBackend.figure_format = 'svg'\n"
        "!echo hello\n%time x = 1\nprint?"),
    own("top-level await", "awaits at the top level", "import asyncio\nawait asyncio.sleep(0.01)"),
    own("an error in a cell of one's own", "a cell that raises", "1 / 0"),
    own("a cell that is no Python", "a cell of notes, left as code", "note to self: the mean is not robust"),
    own("files of one's own", "writes and reads files in its folder and the temporary one", """
import pathlib, tempfile
pathlib.Path("notes.txt").write_text("x" * 1000)
with tempfile.NamedTemporaryFile("w") as file: file.write("y")
assert pathlib.Path("notes.txt").read_text()"""),
    own("threads and processes", "computes in threads and in child processes", """
import multiprocessing, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool: list(pool.map(abs, range(9)))
with multiprocessing.get_context("fork").Pool(2) as pool: pool.map(abs, range(9))
subprocess.run([sys.executable, "-c", "1"], check=True)"""),
    own("a server on loopback", "talks to itself over loopback", """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as line: line.sendall(b"x")"""),
    own("random numbers", "fixes seeds and draws", "import random\nrandom.seed(1)\nnp.random.seed(1)\nnp.random.rand(9)"),
    own("settings", "changes numpy's, pandas' and warnings' settings", """
import warnings
import pandas as pd
warnings.simplefilter("error")
np.seterr(all="raise")
np.set_printoptions(precision=2)
pd.set_option("display.max_rows", 5)"""),
    own("a name of a check's", "uses a name that checks use too", "says, expected, mean_of, names = 1, 2, 3, 4"),
    own("input()", "asks a question that nobody answers", "name = input('your name? ')"),
    Case("VS Code", "a notebook saved by another editor, without ids", edited(_vs_code)),
    Case("Colab", "a notebook saved by Colab, with ids and metadata of its own", edited(_colab)),
]  # fmt: skip
