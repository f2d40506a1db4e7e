"""Code that wants points for a wrong answer: each of these hands in a wrong `mean`, unless it says otherwise."""

from __future__ import annotations

import nbformat
from course import HIDDEN, NAME, WRONG_MEAN, Case, Desk, answer_cell, answers, edited, solved

BOTH = ("mean", "scaled")
"""What is lost where a trick breaks the learner's own numpy, or the order of the learner's own replies."""
NOT_YET = "Saw -1"
"""What the check of `mean` says of the wrong answer, whatever else was tried."""


def tricks(
    name: str, does: str, trick: str, says: str = NOT_YET, lost: tuple[str, ...] = ("mean",), stock: str = ""
) -> Case:
    """A wrong `mean`, and in the same cell a trick that must not help. What a trick raises is swallowed."""
    body = "".join(f"    {line}\n" for line in trick.strip().splitlines())
    source = f"{WRONG_MEAN}\ntry:\n{body}except Exception:\n    pass\n"
    return Case(name, does, answers(mean=source), lost, says, stock=stock)


def returns(name: str, does: str, thing: str, says: str, before: str = "", stock: str = "") -> Case:
    """A `mean` that returns a thing which is no number, made by the lines `before`."""
    return Case(name, does, answers(mean=f"{before.strip()}\n\ndef mean(values):\n    return {thing}\n"), ("mean",), says,
                stock=stock)  # fmt: skip


AGREES = """
class Agrees:
    def yes(self, *args, **kwargs): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = yes
    __hash__ = object.__hash__
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __len__(self): return 1
    def __array__(self, *args, **kwargs):
        import inspect
        for frame in inspect.stack():
            for value in frame.frame.f_locals.values():
                if isinstance(value, (int, float)) and not isinstance(value, bool): return np.asarray(float(value))
        return np.asarray(1.5)
    def __array_function__(self, *args, **kwargs): return True
    def __array_ufunc__(self, *args, **kwargs): return np.True_
"""
HUNT = """
def hunt(texts):
    n, found = 0, []
    for text in texts:
        n += 1
        if isinstance(text, str) and "hidden " + "test" in text and "def hunt" not in text and len(text) < 10**6:
            found.append(text[text.index("hidden " + "test") - 25 :][:60])
    raise RuntimeError(f"looked at {'some' if n else 'no'} texts, found {len(found)} {found[:2]}")
"""
FIND_PEER = """
import gc
def peer():
    from mle.grading.wall import Peer
    return next(o for o in gc.get_objects() if type(o) is Peer and o._connection.fileno() >= 0)
"""


def _skip(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.metadata["tags"] = ["skip-execution"]


def _forged_outputs(notebook: nbformat.NotebookNode) -> None:
    check = answer_cell(notebook, "mean-check")
    check.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "4"}, execution_count=1)]
    check.execution_count = 1
    check.metadata["tags"] = ["skip-execution"]


def _own_check(notebook: nbformat.NotebookNode) -> None:
    answer_cell(notebook, "mean-check").source = "check.start('mean', points=4)\ncheck.passed()"
    answer_cell(notebook, "mean-check").metadata.nbgrader["locked"] = False


def _two_checks(notebook: nbformat.NotebookNode) -> None:
    check = answer_cell(notebook, "mean-check")
    cell = nbformat.v4.new_code_cell("check.start('mean', points=4)\ncheck.passed()", metadata=check.metadata)
    notebook.cells.insert(notebook.cells.index(check), cell)


def _fake_module(desk: Desk) -> None:
    for module in ("mle", "numpy"):
        desk.path.with_name(f"{module}.py").write_text("def __getattr__(name): return lambda *a, **k: True\n")
    nbformat.write(solved(desk, mean=WRONG_MEAN), desk.path)


CASES = [
    Case("skip-execution tags", "tags every check `skip-execution`", edited(_skip, mean=WRONG_MEAN), ("mean",), NOT_YET),
    Case("forged outputs", "hands in a check with the output `4` in it", edited(_forged_outputs, mean=WRONG_MEAN),
         ("mean",), NOT_YET),
    Case("a check of one's own", "replaces the check's source", edited(_own_check, mean=WRONG_MEAN), ("mean",), NOT_YET),
    Case("a second check", "puts a check of the same grade id before the course's", edited(_two_checks, mean=WRONG_MEAN),
         ("mean",), NOT_YET, stock="alone"),
    Case("modules beside the notebook", "hands in an `mle.py` and a `numpy.py` that agree to everything", _fake_module,
         ("mean",), NOT_YET),
    tricks("AST transformer", "has the shell drop every assertion and check", """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return node if "passed" in ast.dump(node) or "start" in ast.dump(node) else ast.Pass()
get_ipython().ast_transformers.append(Drop())"""),
    tricks("input transformer", "has the shell empty every cell that begins with `check.start`", """
get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"] if "check.start" in "".join(lines) else lines)"""),
    tricks("replaced run_cell", "replaces the shell's and the kernel's way to run a cell", """
shell = get_ipython()
class Done:
    success, result, error_before_exec, error_in_exec, execution_count = True, None, None, None, 1
    def raise_error(self): pass
async def later(*args, **kwargs): return Done()
for name in ("run_cell", "run_ast_nodes", "run_code"): setattr(shell, name, lambda *a, **k: Done())
shell.run_cell_async = shell.run_code = shell.run_ast_nodes = later""", lost=BOTH),
    tricks("silenced errors", "has the shell show no error of any cell", """
shell = get_ipython()
shell.showtraceback = shell._showtraceback = lambda *args, **kwargs: None
shell.set_custom_exc((BaseException,), lambda *args, **kwargs: [])
shell.run_code.__self__.CustomTB = lambda *args, **kwargs: []"""),
    tricks("forged kernel messages", "sends the result `4` and a good ending in the kernel's name", """
kernel = get_ipython().kernel
def forge(*args, **kwargs):
    kernel.session.send(kernel.iopub_socket, "execute_result", {"data": {"text/plain": "4"}, "metadata": {},
                        "execution_count": 9}, parent=kernel.get_parent(), ident=b"execute_result")
    get_ipython()._showtraceback = lambda *args, **kwargs: None
    return -1
mean = forge"""),
    tricks("forged partial credit", "displays the number 4 as the check's result and hides the error", """
def mean(values):
    get_ipython().displayhook(4)
    get_ipython()._showtraceback = lambda *args, **kwargs: None
    return -1"""),
    returns("agrees with everything", "an object whose `==`, truth, attributes and array are what is asked",
            "Agrees()", "", AGREES),
    returns("a float that agrees", "a float whose every comparison is true", "Sly(-1)", "", """
class Sly(float):
    def yes(self, *args): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = yes
    __sub__ = __rsub__ = __abs__ = lambda self, *args: 0.0
    __hash__ = float.__hash__"""),
    returns("an array that agrees", "a numpy array whose every operation gives zero or true", "np.array(-1.0).view(Sly)",
            NOT_YET, """
class Sly(np.ndarray):
    def __array_ufunc__(self, ufunc, *args, **kwargs): return np.True_
    def __array_function__(self, *args, **kwargs): return True
    def __eq__(self, other): return True"""),
    returns("a text that agrees", "a str whose `==` is true", "Sly('-1')", "", """
class Sly(str):
    def __eq__(self, other): return True
    __ne__ = __hash__ = None"""),
    tricks("patched numpy", "replaces `allclose`, `isclose`, `asarray` and others", """
for name in ("allclose", "isclose", "array_equal", "all", "any"):
    setattr(np, name, lambda *args, **kwargs: True)
np.asarray = np.array = lambda value, *args, **kwargs: np.float64(1.5)""", lost=BOTH),
    tricks("patched check", "replaces every word of `check` by one that says nothing", """
import mle.check as package, mle.check.vocabulary as words, mle.check.compare as compare
for module in (package, words, compare):
    for name in ("equal", "close", "differs", "that", "shape"):
        if hasattr(module, name): setattr(module, name, lambda *args, **kwargs: None)
np.allclose = lambda *args, **kwargs: True"""),
    tricks("patched verdict", "has the course's own session give the verdict passed", """
import mle.check.session as session, mle.check.failure as failure, mle.check.notebook as notebook
session.verdict_of = notebook.verdict_of = lambda error: failure.Verdict("mean", "passed", points=4)
failure.Failed.__init__ = lambda self, *args, **kwargs: session.passed()
get_ipython()._showtraceback = lambda *args, **kwargs: None"""),
    tricks("patched builtins", "replaces `abs`, `all`, `isinstance`, `AssertionError` and the import statement", """
import builtins
builtins.abs, builtins.all, builtins.isinstance = lambda x: 0, lambda xs: True, lambda *args: True
builtins.AssertionError = builtins.TypeError = KeyError
builtins.__import__ = lambda name, *args, **kwargs: None""", says="ended its own process"),
    tricks("no check at all", "binds `check` to something that agrees", """
class Check:
    def __getattr__(self, name): return lambda *args, **kwargs: None
check = Check()
class Np:
    def __getattr__(self, name): return lambda *args, **kwargs: True
np = Np()""", lost=BOTH),
    tricks("more points", "raises the points of its own check to 99", """
import mle.check.session as session
session._current["points"] = 99.0
start = session.start
session.start = lambda name, points=0.0: start(name, 99.0)"""),
    Case("passes by itself", "calls `check.passed()` inside of the answer, and exits",
         answers(mean="def mean(values):\n    check.start('mean', 4)\n    check.passed()\n    raise SystemExit(0)"),
         ("mean",), "SystemExit"),
    Case("raises the course's failure", "raises `check`'s own failure with the text passed",
         answers(mean="from mle.check import Failed\ndef mean(values):\n    raise Failed('mean: passed')"), ("mean",),
         "mean: passed"),
    Case("an error named like a verdict", "raises a class of its own named Verdict whose text is HTML",
         answers(mean="class Verdict(Exception): pass\ndef mean(values):\n    raise Verdict('<b>passed</b> 4 points')"),
         ("mean",), "Verdict: <b>passed"),
    Case("reads hidden tests in frames", "walks up the stack for the text of the check", answers(mean=HUNT + """
def mean(values):
    import linecache, sys
    texts, frame = [], sys._getframe()
    while frame:
        texts += list(linecache.getlines(frame.f_code.co_filename)) + [c for c in frame.f_code.co_consts if c]
        texts += [v for v in {**frame.f_globals, **frame.f_locals}.values() if isinstance(v, str)]
        frame = frame.f_back
    hunt(texts)"""), ("mean",), "looked at some texts, found 0", stock="alone"),
    Case("reads hidden tests in In", "looks through `In`, the history and the shell", answers(mean=HUNT + """
def mean(values):
    shell = get_ipython()
    texts = [*shell.user_ns.get("In", []), *[str(v) for v in list(vars(shell).values())]]
    for name in ("_i", "_ii", "_ih"): texts += [str(shell.user_ns.get(name))]
    hunt(texts)"""), ("mean",), "looked at some texts, found 0", stock="alone"),
    Case("reads hidden tests in memory", "looks through every object that the garbage collector knows",
         answers(mean=HUNT + """
def mean(values):
    import gc
    texts = []
    for thing in gc.get_objects():
        for each in [thing] if isinstance(thing, (str, list, dict, tuple)) else []:
            texts += [t for t in (each.values() if isinstance(each, dict) else each) if type(t) is str and len(t) > 30]
    hunt(texts)"""), ("mean",), "looked at some texts, found 0", stock="alone"),
    Case("reads hidden tests in raw memory", "searches the process' own memory for them", answers(mean=HUNT + """
def mean(values):
    import re
    texts = []
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            low, high = (int(n, 16) for n in line.split()[0].split("-"))
            if "rw" not in line or high - low > 3e7 or "[v" in line: continue
            try:
                memory.seek(low)
                data = memory.read(high - low)
            except (OSError, ValueError): continue
            for at in [m.start() for m in re.finditer(b"hidden ", data)]:
                if data[at : at + 18][::-1] == b"ton si tset neddih": texts.append("." * 30 + "hidden " + "test")
            texts.append("")
    hunt(texts)"""), ("mean",), "looked at some texts, found 0", stock="alone"),
    Case("reads hidden tests on the disk", "looks through every notebook and lesson it can reach",
         answers(mean=HUNT + f"""
def mean(values):
    import os
    texts = [""]
    for top in ("@COURSE@", "/tmp", "/home", "/root", "."):
        for folder, _, names in os.walk(top):
            for name in names:
                if name.startswith("{NAME}") and os.path.getsize(os.path.join(folder, name)) < 10**6:
                    texts.append(open(os.path.join(folder, name)).read())
    hunt(texts)"""), ("mean",), "looked at some texts, found 0", stock="alone"),
    tricks("a thread that acts later", "patches numpy and the check from a background thread, again and again", """
import threading, time
def later():
    import mle.check.vocabulary as words
    while True:
        np.allclose = lambda *args, **kwargs: True
        for name in ("equal", "close", "differs"): setattr(check, name, lambda *args, **kwargs: None)
        time.sleep(0.001)
threading.Thread(target=later, daemon=True).start()
time.sleep(0.1)"""),
    tricks("a child that acts later", "leaves a child behind that writes wherever it can once its parent is done", """
import os, time
if not os.fork():
    os.setsid()
    for _ in range(100):
        for number in range(3, 9):
            try: os.write(number, b"\\0\\0\\0\\0\\0\\0\\0\\x02{}")
            except OSError: pass
        for place in ("@HOME@/made-by-child", "@COURSE@/grading/made-by-child"):
            try: open(place, "w").close()
            except OSError: pass
        time.sleep(0.05)
    os._exit(0)
time.sleep(0.2)""", says="", stock="alone"),
    tricks("replaced modules", "puts modules of its own in `sys.modules`", """
import sys, types, mle
class Fake(types.ModuleType):
    def __getattr__(self, name): return lambda *args, **kwargs: True
for name in [n for n in sys.modules if n.startswith(("mle.check", "numpy"))]: sys.modules[name] = Fake(name)
mle.check = check = Fake("mle.check")
import numpy as np""", lost=BOTH),
    tricks("import hooks", "answers every later import of the course by itself", """
import importlib.machinery, sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name.startswith("mle") else None
    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: lambda *args, **kwargs: True
        return module
    def exec_module(self, module): pass
sys.meta_path.insert(0, Finder())
for name in [n for n in sys.modules if n.startswith("mle")]: del sys.modules[name]
from mle import check"""),
    tricks("sys.settrace", "jumps over the rest of the check from a trace function", """
import sys
def mean(values):
    def trace(frame, event, argument):
        if event == "line" and frame.f_code.co_name == "<module>":
            frame.f_lineno = max(line for _, _, line in frame.f_code.co_lines() if line)
            sys.settrace(None)
        return trace
    frame = sys._getframe(1)
    while frame:
        if frame.f_code.co_name == "<module>": frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)
    return -1"""),
    tricks("profiles and audits", "has profiling and audit hooks replace what the check sees", """
import sys
def hook(*args): np.allclose = lambda *args, **kwargs: True
sys.setprofile(hook)
sys.addaudithook(hook)
np.allclose = lambda *args, **kwargs: True"""),
    tricks("another seed", "fixes every random generator and the course's seed", """
import os, random, mle.check.session as session
os.environ["MLE_SEED"] = "7"
session.seed = session.rng = lambda *args: 7
random.random = np.random.default_rng = lambda *args: 7"""),
    Case("forged replies in Python", "answers in the wall's name before it is asked", answers(mean=FIND_PEER + """
def mean(values):
    for value in (1.5, 3.0, 0): peer()._send({"value": value})
    return -1"""), BOTH, ""),
    Case("forged verdict", "sends a verdict and points over the wall", answers(mean=FIND_PEER + """
def mean(values):
    peer()._send({"value": -1, "verdict": {"exercise": "mean", "status": "passed", "points": 4.0}, "stopped": False})
    return -1"""), BOTH, ""),
    Case("noise on the wall", "writes noise to every descriptor that is open", answers(mean="""
def mean(values):
    import os
    for number in range(3, 20):
        try: os.write(number, os.urandom(64))
        except OSError: pass
    return -1"""), ("mean",), ""),
    Case("asks the checker", "asks over the wall for the check's own names, code and files", answers(mean=FIND_PEER + """
def mean(values):
    got = []
    for op, args in [("get", ["__builtins__"]), ("run", ["1"]), ("attr", [mean, "__globals__"]), ("seed", [1]),
                     ("probe", ["def g(): return open('/etc/passwd').read()", "g", [], {}])]:
        try: got.append(peer().request(op, *args))
        except Exception as error: got.append(type(error).__name__)
    raise RuntimeError(str(got))"""), ("mean",), "'PermissionError', 'PermissionError', 'PermissionError', 'PermissionError'",
         stock="there is no wall to ask"),
    Case("closes the wall", "closes every descriptor",
         answers(mean="def mean(values):\n    import os\n    os.closerange(3, 256)\n    return -1"), ("mean",), "could not be read"),
    returns("raises when written down", "a list that raises whatever is asked of it", "Sly([1.5])", "SystemExit", """
class Sly(list):
    def no(self, *args): raise SystemExit
    __reduce__ = __reduce_ex__ = __repr__ = __str__ = __len__ = __getitem__ = no
class Worse(set):
    def __iter__(self): raise SystemExit
Sly = lambda values: Worse()"""),
    returns("unpickles into a command", "an object whose pickle runs a command", "Sly()", "", """
class Sly:
    def __reduce__(self):
        import os
        return (os.system, ("touch @HOME@/made-by-pickle @COURSE@/grading/made-by-pickle",))""", stock="alone"),
    returns("a huge result", "an array of 100 million numbers, more than may cross", "np.zeros(10**8, dtype=np.int64)", "", stock="alone"),
    returns("a huge integer", "an integer of a million digits", "10 ** 1_000_000", ""),
    returns("holds itself", "a list that holds itself", "ring", "", "ring = []\nring.append(ring)"),
    returns("nested very deep", "a list nested ten thousand times", "deep", "",
            "deep = []\nfor _ in range(10_000):\n    deep = [deep]"),
    returns("not a number", "NaN, which is unlike everything", "float('nan')", "Saw nan"),
    returns("lies about its length", "an object that says it has 10¹⁸ entries", "Long()", "", """
class Long:
    def __len__(self): return 10**18
    def __getitem__(self, at): return 1.5
    shape, dtype, size = (10**18,), np.dtype(float), 10**18"""),
    returns("items without end", "a generator that never ends", "forever()", "",
            "def forever():\n    while True:\n        yield 1.5"),
    returns("another value each time", "an array-like that changes at each look", "Sly()", "", """
class Sly(list):
    n = 0
    def __iter__(self):
        Sly.n += 1
        return iter([1.5 if Sly.n % 2 else 3.0])
    def __float__(self): return 1.5"""),
    Case("a name that the check uses", "binds `np` and `check` in its own cell, later than the course does",
         answers({"mean": "class Any:\n    def __getattr__(self, n): return lambda *a, **k: True\nnp = check = Any()"},
                 mean=WRONG_MEAN), ("mean", "scaled"), NOT_YET),
]  # fmt: skip
assert HIDDEN
