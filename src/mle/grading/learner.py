"""The learner's side of the wall: a Python session that runs notebook cells and answers a checker's requests.

`python -m mle.grading.learner FD` serves on the inherited socket FD (on Windows, on the one shared through its input).
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from mle.check.session import UNWRITTEN_SAYS, is_stub, seed_everything
from mle.grading.wall import OPERATORS, Peer


class Session:
    """Cells run one after another in one namespace, as a kernel runs them (magics and top-level await included)."""

    def __init__(self) -> None:
        import matplotlib
        from IPython.core.history import HistoryManager
        from IPython.core.interactiveshell import InteractiveShell

        matplotlib.use("Agg")
        HistoryManager.enabled = False  # no history file, and no thread that would hinder a fork
        self.shell = InteractiveShell.instance()
        self.shell.showtraceback = lambda *args, **kwargs: None  # errors are returned, not printed
        self.shell.ask_exit = sys.exit  # what `exit()` comes to; a shell without a kernel has none
        self.unwritten = False  # whether a cell ended at its stub
        self._ahead: dict[str, dict[str, Any]] = {}

    @property
    def namespace(self) -> dict[str, Any]:
        return self.shell.user_ns

    def run(self, source: str) -> BaseException | None:
        """Run one cell; returns the exception it raised, or None."""
        self.shell.custom_exceptions = ()  # `from mle import check` installs the notebook's box; here errors go to us
        result = self.shell.run_cell(source, store_history=False, silent=True)
        error = result.error_before_exec or result.error_in_exec
        self.unwritten = self.unwritten or is_stub(error)
        return error

    def go_ahead(self, cells: list[tuple[str, list[str]]]) -> None:
        """Run cells of later on, keep the names that each one binds, and leave the namespace as it was.

        `cells` are sources with the names that they may bind. Raises RuntimeError where one raises.
        """
        before = dict(self.namespace)
        for source, names in cells:
            error = self.run(source)
            if error is not None:
                raise RuntimeError(f"a given cell raises {type(error).__name__}: {error}")
            self._ahead[source] = {name: self.namespace[name] for name in names if name in self.namespace}
        for name in [name for name in self.namespace if name not in before]:
            del self.namespace[name]
        self.namespace.update(before)

    def take_up(self, source: str) -> BaseException | None:
        """A cell that was run ahead: give its names back; run it where it was not. Returns the exception it raised."""
        if source not in self._ahead:
            return self.run(source)
        self.namespace.update(self._ahead[source])
        return None


def serve(session: Session, connection: socket.socket) -> None:
    """Answer the checker's requests about the session's objects until it closes the connection."""
    probes: dict[str, Any] = {}

    def answer(op: str, args: list) -> Any:
        match op, args:
            case "run" | "take up", [source]:
                error = session.run(source) if op == "run" else session.take_up(source)
                if error is not None:
                    raise error
                return None
            case "get", [name]:
                if name not in session.namespace:
                    if session.unwritten:
                        raise NotImplementedError(f"{name} {UNWRITTEN_SAYS}")
                    raise NameError(f"name {name!r} is not defined", name=name)
                return session.namespace[name]
            case "call", [target, positional, keyword]:
                return target(*positional, **keyword)
            case "attr", [target, name]:
                return getattr(target, name)
            case "operator", [target, name, operands] if name.strip("_") in OPERATORS:
                return getattr(target, name)(*operands)
            case "iter", [target]:
                return iter(target)
            case "next", [target]:
                for item in target:
                    return False, item
                return True, None
            case "probe", [source, name, positional, keyword]:
                if source not in probes:
                    scope: dict[str, Any] = {}
                    exec(compile(source, "<probe>", "exec", dont_inherit=True), scope)
                    probes[source] = scope[name]
                return probes[source](*positional, **keyword)
            case "seed", [value]:
                return seed_everything(value)
        raise ValueError(f"an unknown request {op!r}")

    Peer(connection, answer).serve_forever()


if __name__ == "__main__":
    if sys.platform == "win32":
        inherited = socket.fromshare(sys.stdin.buffer.read())
    else:
        inherited = socket.socket(fileno=int(sys.argv[1]))
    serve(Session(), inherited)
