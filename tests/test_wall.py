"""Across the wall: a check works on a learner's objects as if they were here, and no learner's code decides a verdict."""

from __future__ import annotations

import os
import signal
import socket
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import pytest

from mle.check import session
from mle.check.failure import Verdict
from mle.grading.checker import learner_process, run_check
from mle.grading.learner import Session, serve
from mle.grading.wall import Handle, Peer, WallClosed

IMPORTS = "from mle import check\nimport numpy as np\nimport pandas as pd\nimport torch"


@cache
def nursery() -> socket.socket:
    """A process that has an IPython session and does nothing but fork a learner for each order; the socket for orders."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        try:
            ours.close()
            os.dup2(os.open(os.devnull, os.O_RDWR), 2)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            learning = Session()
            while fds := socket.recv_fds(theirs, 1, 1)[1]:
                if not os.fork():
                    theirs.close()
                    serve(learning, socket.socket(fileno=fds[0]))
                    os._exit(0)
                os.close(fds[0])
        finally:
            os._exit(0)
    theirs.close()
    return ours


@contextmanager
def learner(source: str) -> Iterator[socket.socket]:
    """A learner's process that has run `source`."""
    ours, theirs = socket.socketpair()
    socket.send_fds(nursery(), [b"x"], [theirs.fileno()])
    theirs.close()
    ours.settimeout(60)
    with ours:
        peer = Peer(ours)
        pid = peer.request("probe", "def pid():\n    import os\n    return os.getpid()", "pid", [], {})
        try:
            with suppress(Exception):  # an untouched stub raises
                peer.request("run", textwrap.dedent(source))
            yield ours
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def judge(source: str, check: str, seconds: float | None = None) -> Verdict:
    """The verdict of the check cell `check` on a learner who wrote `source`."""
    with learner(source) as connection:
        found = run_check(textwrap.dedent(check), "task", 1.0, IMPORTS, connection, seconds)
    assert session.current_exercise() == "" and not session._across, "the checker is as it was"
    return found


OBJECTS = """
import numpy as np, torch, pandas as pd

class Model:
    bias = 2
    def __init__(self, slope=3): self.slope, self.seen, self.parts = slope, [], [self]
    def predict(self, x, *, scale=1): self.seen.append(x); return (self.slope * x + self.bias) * scale
    def __call__(self, x): return self.predict(x)
    def __len__(self): return 7
    def __getitem__(self, key): return {"key": key}
    def __add__(self, other): return 10 + other
    def __radd__(self, other): return 20 + other
    def __neg__(self): return -1
    def __float__(self): return 2.5
    def __matmul__(self, other): return other.sum()
    def __iter__(self): return iter(["a", "b"])

class Plain:
    def __init__(self, values): self.values = values

model = Model()
plain = Plain([1, 2])
linear = torch.nn.Linear(2, 1)
numbers = np.arange(3.0)
frame = pd.DataFrame({"a": [1, 2]})
def identity(x): return x
def apply(fn, *args, **kwargs): return fn(*args, **kwargs)
def grow(values): values.append(4); values[0] = 100; return values
def counting():
    n = 0
    while True: yield n; n += 1
def is_same(a, b): return a is b
def fails(kind, text="no"): raise eval(kind)(text)
class Custom(ValueError): pass
def fails_custom(): raise Custom("custom text")
"""
WORKS = {
    "plain values are copies": """
        numbers[0] = 5; frame.loc[0, "a"] = 9
        check.equal(identity(1), 1); check.equal(numbers, [5, 1, 2])
        @check.probe
        def original(fn): return fn.__globals__["numbers"], fn.__globals__["frame"]
        check.equal(original(identity)[0], [0, 1, 2]); check.equal(original(identity)[1]["a"], [1, 2])""",
    "calls, with arguments by keyword": "check.equal(model.predict(2, scale=10), 80); check.equal(model(1), 5)",
    "classes make objects, with class attributes": "check.equal(Model(5).predict(1), 7); check.equal(Model.bias, 2)",
    "attributes, items, length": "check.equal([model.slope, model['k'], len(model)], [3, {'key': 'k'}, 7])",
    "a missing attribute": "check.that(not hasattr(model, 'intercept'), says='x'); check.equal(getattr(model, 'none', 4), 4)",
    "arithmetic on both sides": "check.equal([model + 1, 1 + model, -model, float(model), model @ np.ones(3)], [11, 21, -1, 2.5, 3])",
    "iteration, by hand and endless": "check.equal(list(model), ['a', 'b']); check.equal([n for n, _ in zip(counting(), range(4))], [0, 1, 2, 3])",
    "in looks through the items": "check.that('a' in model and 'z' not in model, says='x')",
    "an object that is no function": "check.equal(plain.values, [1, 2]); check.that(not callable(plain), says='x')",
    "the same object comes back as itself": "check.that(is_same(model, model) and is_same(model, model.parts[0]), says='x')",
    "a function given over comes back as itself": "def own(): return 3\nback = identity(own)\ncheck.that(back is own and is_same(own, own), says='x')",
    "callbacks, also nested": "check.equal(apply(lambda x, y=0: apply(lambda z: z + y, x), 3, y=4), 7)",
    "callbacks with arrays": "check.gradient(lambda v: apply(lambda w: (w ** 2).sum(), v), 2 * np.ones(3), np.ones(3))",
    "an error of a callback comes back": """
        def stop(x): raise KeyError("mine")
        check.raises(KeyError, apply, stop, 1, says='x', match='mine')""",
    "changes of arguments stay over there": "values = [1, 2]\ngrown = grow(values)\ncheck.equal(values, [1, 2]); check.equal(grown, [100, 2, 4])",
    "unchanged sees them": "check.raises(check.Failed, check.unchanged, grow, [1, 2], says='x'); check.unchanged(identity, [1, 2])",
    "probes run beside the objects": """
        @check.probe
        def gradient(module, x):
            import torch
            module(x).sum().backward()
            return {name: p.grad for name, p in module.named_parameters()}, isinstance(module, torch.nn.Module)
        grads, is_module = gradient(linear, torch.tensor([[1., 2.]]))
        check.close(grads, {"weight": [[1, 2]], "bias": [1]}); check.equal(is_module, True)""",
    "tensors come back as tensors": "check.close(linear(torch.zeros(1, 2)), linear.bias.reshape(1, 1)); check.shape(linear.weight, (1, 2))",
    "builtin errors keep their class": "check.raises(KeyError, fails, 'KeyError', says='x'); check.raises(LookupError, fails, 'IndexError', says='x')",
    "errors of libraries keep their class": "check.raises(np.linalg.LinAlgError, fails, 'np.linalg.LinAlgError', says='x', match='no')",
    "own errors have the base class that is known": "check.raises(ValueError, fails_custom, says='x', match='custom text')",
    "names of the check are its own": "model = 1\ncheck.equal(model, 1)",
    "repeatable": "check.repeatable(identity, np.ones(3), says='x')",
    "annotations are classes, not texts": """
        def sized(n: int) -> float: return float(n)
        check.that(sized.__annotations__ == {"n": int, "return": float}, says=str(sized.__annotations__))
        @check.probe
        def annotated():
            def sized(n: int): return n
            return sized.__annotations__["n"] is int
        check.that(annotated(), says='x')""",
    "a handle says what it is": "check.that(repr(model) == 'your Model', says=repr(model))",
}  # fmt: skip


ONLY_ACROSS = {
    "plain values are copies", "changes of arguments stay over there", "names of the check are its own",
    "a handle says what it is",
}  # fmt: skip


@pytest.fixture(scope="module")
def honest():
    with learner(OBJECTS) as connection:
        yield connection


@pytest.mark.parametrize("name", WORKS)
def test_a_check_works_across_the_wall(honest, name):
    found = run_check(textwrap.dedent(WORKS[name]).strip(), "task", 1.0, IMPORTS, honest)
    assert found.passed, found


@pytest.mark.parametrize("name", [name for name in WORKS if name not in ONLY_ACROSS])
def test_the_same_check_works_in_one_process(name):
    scope: dict = {"__name__": "__check__"}
    from mle.grading.checker import compile_cell

    exec(compile_cell(IMPORTS + OBJECTS + textwrap.dedent(WORKS[name]), f"<cell {name}>"), scope)


def test_the_process_that_graders_start_works_too():
    with learner_process() as connection:
        peer = Peer(connection)
        peer.request("run", "def double(x):\n    return 2 * x")
        with pytest.raises(SyntaxError):
            peer.request("run", "def (")
        assert run_check("check.equal(double(2), 4)", "task", 1.0, IMPORTS, connection).passed


FAIR = {
    "an untouched stub": ("def f(x):\n    raise NotImplementedError('write your code here')", "check.equal(f(1), 1)", "todo", "Nothing is written"),
    "a stub that defines no name": ("raise NotImplementedError()\nanswer = 1", "check.equal(answer, 1)", "todo", "Nothing is written"),
    "a missing name": ("x = 1", "check.equal(answer, 1)", "error", "'answer' is not defined"),
    "an error": ("def f(x):\n    return {}[x]", "check.equal(f('k'), 1)", "error", "KeyError: 'k'"),
    "a wrong value": ("def f(x): return 3", "check.equal(f(1), 4, says='one off')", "failed", "one off"),
    "a function for a value": ("answer = lambda: 1", "check.close(answer, 1)", "failed", "was it called?"),
    "a generator for a list": ("answer = (i for i in 'ab')", "check.equal(answer, 'ab')", "failed", "not the expected"),
    "a library's NotImplementedError": ("import torch\nnet = torch.nn.Module()", "check.equal(net(torch.ones(1)), 1)", "error", "forward"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAIR)
def test_what_is_wrong_is_told_as_in_one_process(name):
    source, check, status, says = FAIR[name]
    found = judge(source, check)
    assert found.status == status and says.lower() in found.message.lower()


def test_an_error_shows_the_learners_own_line():
    found = judge("def f(x):\n    import json\n    return json.loads(x['a'])\n", "check.equal(f({'a': '{'}), 1)")
    assert found.seen == "line 3 of f: return json.loads(x['a'])"


YES = """
class Yes(float):
    def _(self, *args): return True
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __bool__ = _
    __hash__ = None
    def __array__(self, *args, **kwargs): raise SystemExit
class Object:
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __bool__ = Yes._
    __hash__ = object.__hash__
    shape, dtype = (), "float64"
    def __len__(self): return 1
    def __reduce__(self): return (print, ("unpickled",))
    def __array__(self, *args, **kwargs): return self
"""
YES_CHECKS = {
    "equal": "check.equal(f(), 1.5)", "equal a text": "check.equal(f(), 'a')", "equal an array": "check.equal(f(), [1, 2])",
    "close": "check.close(f(), 1.5)", "close an array": "check.close(f(), np.ones(2))", "within": "check.within(f(), 2, 3)",
    "one of": "check.one_of(f(), ['a', 'b'])", "shape": "check.shape(f(), (2,))", "before": "check.before(f(), '2020-01-01', says='x')",
    "==": "check.that(f() == 1.5, says='x')", ">": "check.that(f() > 1.5, says='x')", "<": "check.that(f() < -1, says='x')",
    "!=": "check.that(f() != f0() and False or f() != 0 and f() > 5, says='x')", "in": "check.that('z' in f(), says='x')",
    "truth": "check.that(f() and f() == 3, says='x')", "numpy": "assert np.allclose(f(), 1.5)",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["Yes(0)", "Object()", "[Object()]", "type('T', (str,), {'__eq__': Yes._})('no')"])
def test_an_object_that_always_agrees_convinces_no_check(kind):
    with learner(f"{YES}\ndef f(): return {kind}\ndef f0(): return 0") as connection:
        for name, source in YES_CHECKS.items():
            if (kind, name) == ("Yes(0)", "<"):
                continue
            found = run_check(source, "task", 1.0, IMPORTS, connection)
            assert not found.passed, f"{name}: {found}"


FIND_PEER = """
import gc, struct, os
from mle.grading.wall import Peer
def peer():
    # not one that an earlier test has left behind, closed, in the process that this one was forked from
    return next(o for o in gc.get_objects() if isinstance(o, Peer) and o._connection.fileno() >= 0)
def raw(data):
    peer()._connection.sendall(data)
"""
WRONG = "check.equal(f(2), 4, says='one off')"
ATTACKS = {
    "patches numpy, builtins and the course's own package": ("""
        import builtins, numpy as np, mle.check, mle.check.vocabulary as v, mle.check.session as s
        np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
        np.asarray = lambda *a, **k: 4
        for module in (mle.check, v):
            for word in ("equal", "close", "that", "within"): setattr(module, word, lambda *a, **k: None)
        builtins.all = builtins.isinstance_ = lambda *a: True
        s.verdict_of = lambda e: 1
        def f(x): return 3
        """, WRONG, "failed"),
    "ends the process": ("import os\ndef f(x): os._exit(0)", WRONG, "error"),
    "ends the process in a property": ("import os\nclass A:\n    @property\n    def w(self): os._exit(0)\na = A()", "check.equal(a.w, 1)", "error"),
    "exits": ("def f(x): raise SystemExit(0)", WRONG, "error"),
    "is interrupted": ("def f(x): raise KeyboardInterrupt", WRONG, "error"),
    "generator exit": ("def f(x): raise GeneratorExit", WRONG, "error"),
    "stop iteration": ("def f(x): raise StopIteration", WRONG, "error"),
    "groups of errors": ("def f(x): raise ExceptionGroup('g', [ValueError(1)])", WRONG, "error"),
    "base groups": ("def f(x): raise BaseExceptionGroup('g', [SystemExit(1)])", WRONG, "error"),
    "an error with a huge text": ("def f(x): raise ValueError('x' * 10**8)", WRONG, "error"),
    "an error whose text raises": ("class E(Exception):\n    def __str__(self): raise SystemExit\ndef f(x): raise E", WRONG, "error"),
    "an error whose attributes raise": ("""
        class E(NameError):
            def __getattribute__(self, name): raise SystemExit
        def f(x): raise E""", WRONG, "error"),
    "an error with an odd class name": ("def f(x): raise type('\\0\\ud800', (ValueError,), {})('x')", WRONG, "error"),
    "an error that is the course's own": ("from mle.check import Failed\ndef f(x): raise Failed('passed', seen='hidden')", WRONG, "error"),
    "an error of the wall": ("from mle.grading.wall import WallClosed\ndef f(x): raise WallClosed('x')", WRONG, "error"),
    "an error of the codec": ("from mle.grading.codec import CodecError\ndef f(x): raise CodecError('x')", WRONG, "error"),
    "dies where an error is asked for": ("import os\ndef f(x): os._exit(0)", "check.raises(Exception, f, 2, says='one off')", "error"),
    "dies where the check catches all": ("import os\ndef f(x): os._exit(0)", "try:\n    f(2)\nexcept Exception: pass", "error"),
    "breaks when it is looked at": ("""
        class S(set):
            def __iter__(self): raise SystemExit
        def f(x): return S([1])""", WRONG, "error"),
    "holds itself": ("def f(x):\n    a = []\n    a.append(a)\n    return a", WRONG, "error"),
    "forges a value before its answer": (FIND_PEER + "def f(x): peer()._send({'value': 3}); return 4", WRONG, "failed"),
    "forges a verdict": (FIND_PEER + "def f(x): peer()._send({'value': 3, 'verdict': 'passed', 'status': 'passed'}); return 3", WRONG, "failed"),
    "forges the course's failure": (FIND_PEER + "def f(x): peer()._send({'error': {'bases': [['mle.check.failure', 'Failed']], 'message': '', 'line': '', 'name': None}})", WRONG, "error"),
    "forges an error that is none": (FIND_PEER + "def f(x): peer()._send({'error': 7})", WRONG, "error"),
    "forges an error of odd parts": (FIND_PEER + "def f(x): peer()._send({'error': {'bases': [[1, 2], ['os', 'system']], 'message': [], 'line': 1, 'name': 5}})", WRONG, "error"),
    "sends no message": (FIND_PEER + "def f(x): peer()._send({'hello': 1}); return 4", WRONG, "error"),
    "sends noise": (FIND_PEER + "def f(x): raw(struct.pack('!Q', 8) + b'12345678'); return 4", WRONG, "error"),
    "announces a frame without end": (FIND_PEER + "def f(x): raw(struct.pack('!Q', 2**40)); return 4", WRONG, "error"),
    "sends half a frame and dies": (FIND_PEER + "def f(x): raw(struct.pack('!Q', 800) + b'x'); os._exit(0)", WRONG, "error"),
    "closes the wall": (FIND_PEER + "def f(x): peer()._connection.close(); return 4", WRONG, "error"),
    "answers before it is asked": (FIND_PEER + "def f(x):\n    for _ in range(3): peer()._send({'value': 3})\n    return 3", WRONG + "\n" + WRONG, "failed"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_changes_no_verdict_and_leaves_the_checker_unharmed(name):
    source, check, status = ATTACKS[name]
    found = judge(source, check)
    assert found.status == status, found
    assert len(found.message) < 1000
    if status == "failed":
        assert found.says == "one off"


ASKS = ["get", "run", "probe", "attr", "seed", "operator", "iter", "next"]


@pytest.mark.parametrize("op", ASKS)
def test_the_learner_may_ask_the_checker_for_nothing(op):
    source = (
        FIND_PEER
        + f"""
def f(fn):
    try:
        return ["got", peer().request({op!r}, *{{"attr": [fn, "__globals__"], "get": ["secret"], "seed": [1],
                "run": ["import os"], "probe": ["def g(): return 1", "g", [], {{}}]}}.get({op!r}, [fn, "__len__", []]))]
    except Exception as error:
        return type(error).__name__
"""
    )
    found = judge(source, "secret = 41\ncheck.equal(f(lambda: 1), 'PermissionError')")
    assert found.passed, found


def test_the_learner_may_call_only_what_a_check_passed_to_it():
    source = (
        FIND_PEER
        + """
def f(fn):
    p, out = peer(), []
    for target in (len, "len", {"t": "yours"}, None):
        try: out.append(p.request("call", target, [[1, 2]], {}))
        except BaseException as error: out.append(type(error).__name__)
    class Forged: pass
    p._export = lambda value: {"t": "yours", "id": 1}
    try: out.append(p.request("call", Forged(), [1], {}))
    except BaseException as error: out.append(type(error).__name__)
    return out
"""
    )
    found = judge(source, "check.equal(f(lambda: 1), 0)")
    assert found.status == "error" and "ended the process" in found.says, "a forged handle closes the wall"
    found = judge(source.replace("p._export", "p.other"), "check.equal(f(lambda: 1), ['PermissionError'] * 5)")
    assert found.passed, found


def test_an_error_in_a_callback_shows_the_learner_no_line_of_the_check():
    source = """
def f(fn):
    try: fn()
    except Exception as error: return [str(error), getattr(error, "learner_line", ""), repr(error.__traceback__ and error.__dict__)]
"""
    check = "def own():\n    hidden = 1 / 0\nout = f(own)\ncheck.that('hidden' not in ' '.join(out), says=str(out))"
    assert judge(source, check).passed


def test_endless_items_end_with_the_time_that_a_check_has():
    started = time.monotonic()
    found = judge("def f():\n    while True: yield 1", "check.equal(list(f()), 1)", seconds=1)
    assert found.status == "error" and time.monotonic() - started < 20


def test_a_loop_ends_with_the_time_that_a_check_has():
    assert judge("def f():\n    while True: pass", "check.equal(f(), 1)", seconds=1).status == "error"


def test_a_process_that_broke_one_answer_still_gives_the_next():
    source = """
class S(set):
    def __iter__(self): raise SystemExit
def bad(): return S([1])
def exits(): raise SystemExit
def good(): return 4
"""
    with learner(source) as connection:
        for name, status in [("bad", "error"), ("exits", "error"), ("good", "passed")]:
            assert run_check(f"check.equal({name}(), 4)", "task", 1.0, IMPORTS, connection).status == status


def test_a_handle_cannot_be_changed_pickled_or_taken_for_true():
    import copy
    import pickle

    with learner(OBJECTS) as connection:
        handle = Peer(connection).request("get", "plain")
        assert isinstance(handle, Handle) and copy.deepcopy(handle) is handle
        for attempt in (
            lambda: setattr(handle, "values", 1),
            lambda: pickle.dumps(handle),
            lambda: bool(handle),
            lambda: handle > 1,
        ):
            with pytest.raises((AttributeError, TypeError)):
                attempt()


def test_after_the_learners_process_is_gone_every_request_says_so():
    with learner("import os\ndef f(): os._exit(0)") as connection:
        peer = Peer(connection)
        fn = peer.request("get", "f")
        for _ in range(2):
            with pytest.raises(WallClosed):
                fn()


def test_fresh_inputs_follow_the_seed_on_both_sides(monkeypatch):
    check = "check.equal([draw(), check.rng().integers(1000)], [draw(), check.rng().integers(1000)])"
    source = "import numpy as np\ndef draw():\n    return int(np.random.randint(10**9))"
    seen = []
    for seed in ("0", "0", "1"):
        monkeypatch.setenv(session.SEED_VARIABLE, seed)
        found = judge(source, "check.equal(draw(), -1)")
        seen.append(found.seen)
        assert judge(source, check).status == "failed"
    assert seen[0] == seen[1] != seen[2]


def test_a_late_reply_is_not_taken_for_the_answer_to_a_later_check():
    slow = "import time\ndef slow():\n    time.sleep(2)\n    return 'stale'\nanswer = 'right'"
    imports = "from mle import check"
    with learner_process() as connection:
        Peer(connection, seconds=60).request("run", slow)
        first = run_check("slow()", "one", 1, imports, connection, 0.5)
        time.sleep(2.5)  # by now the reply is there to be read
        second = run_check("check.equal(answer, 'stale')", "two", 1, imports, connection, 10.0)
    assert [first.status, second.status] == ["error", "error"]
    assert "ran out of time" in second.says
