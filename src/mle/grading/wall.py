"""The wall: two processes, one with the learner's objects, one with the checks, and plain data between them.

Each side is a `Peer` on one end of a socket. What is no plain data stays where it is and crosses as a handle; using a
handle sends a request back. The checker may ask anything of the learner's side; the learner's side may only call the
functions which a check passed to it.
"""

from __future__ import annotations

import builtins
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

from mle.check.session import cut, message_of, where_raised
from mle.grading import codec


class WallClosed(BaseException):
    """The other side is gone: the learner's process ended, was stopped, or sent what is no message.

    No Exception, so that no check can take it for the error it asks for (`check.raises`, `except Exception`).
    """


class Handle:
    """An object on the other side: attributes, items, iteration and arithmetic go there, results come back."""

    __slots__ = ("__weakref__", "_id", "_peer", "_type")

    def __init__(self, peer: Peer, number: int, type_name: str):
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_id", number)
        object.__setattr__(self, "_type", type_name)

    def __getattr__(self, name: str):
        if name.startswith("__") and name not in ("__name__", "__doc__"):
            raise AttributeError(name)
        return self._peer.request("attr", self, name)

    def __setattr__(self, name: str, value: Any):
        raise AttributeError("an object across the wall cannot be changed from here; use a probe")

    def __iter__(self):
        return _Iterator(self._peer.request("iter", self))

    def __repr__(self):
        return f"your {self._type}"

    def __bool__(self):
        raise TypeError(f"{self!r} is no plain value, so it is neither true nor false here")

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class CallableHandle(Handle):
    """A function, class or callable object on the other side."""

    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return self._peer.request("call", self, args, kwargs)


OPERATORS = ["getitem", "len", "float", "int", "neg", "pos", "abs"] + [
    side + name for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul") for side in ("", "r")
]
"""The special methods that go to the other side. Those that give a verdict do not (`==`, `<`, `in`, truth): a learner's
object could have them agree. `in` looks through the items on this side; to compare objects, ask in a probe."""


def _forward(name: str):
    def method(self, *args):
        return self._peer.request("operator", self, name, args)

    return method


def _no_verdict(self, other):
    raise TypeError(f"{self!r} is no plain value, so it is not compared here")


for _name in ("ne", "lt", "le", "gt", "ge"):  # `==` stays: a handle equals only itself, which agrees with no one
    setattr(Handle, f"__{_name}__", _no_verdict)
for _name in OPERATORS:
    setattr(Handle, f"__{_name}__", _forward(f"__{_name}__"))


class _Iterator:
    def __init__(self, handle):
        self._handle = handle

    def __iter__(self):
        return self

    def __next__(self):
        done, value = self._handle._peer.request("next", self._handle)
        if done:
            raise StopIteration
        return value


class Peer:
    """One end of the wall. `serve(op, args)` answers the other side's requests; None serves callbacks only.

    After `seconds` on this end the wall closes, however many answers came.
    """

    def __init__(
        self,
        connection: socket.socket,
        serve: Callable[[str, list], Any] | None = None,
        seconds: float | None = None,
    ):
        self._connection = connection
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._serve = serve
        self._exported: dict[int, Any] = {}
        self._handles: WeakValueDictionary[tuple, Handle] = WeakValueDictionary()  # one object, one handle

    def request(self, op: str, *args: Any) -> Any:
        """Ask the other side, answering its own requests meanwhile. Raises what it raised, or `WallClosed`."""
        self._send({"op": op, "args": list(args)})
        while True:
            message = self._receive()
            if "op" in message:
                self._answer(message)
            elif "error" in message:
                raise rebuild(message["error"])
            else:
                return message["value"]

    def serve_forever(self) -> None:
        """Answer requests until the other side closes the wall."""
        with suppress(WallClosed):
            while True:
                self._answer(self._receive())

    def _answer(self, message: dict) -> None:
        try:
            op, args = message["op"], message["args"]
            if op == "call" and self._serve is None and any(args[0] is own for own in self._exported.values()):
                target, positional, keyword = args
                reply = {"value": target(*positional, **keyword)}
            elif self._serve is None:
                raise PermissionError(f"the learner's side may not ask for {op!r}")
            else:
                reply = {"value": self._serve(op, args)}
        except WallClosed:
            raise
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a learner's code are answers too
            reply = {"error": summary(error)}
            if self._serve is None:
                reply["error"]["line"] = ""  # a line of the check is not for the learner's eyes
        try:
            self._send(reply)
        except WallClosed:
            raise
        except BaseException as error:  # what cannot be encoded, or breaks when it is looked at
            self._send({"error": summary(error)})

    def _send(self, message: dict) -> None:
        frame = codec.encode(message, self._export)
        try:
            self._connection.sendall(struct.pack("!Q", len(frame)))
            self._connection.sendall(frame)
        except OSError:
            raise self._closed("the other side of the wall is gone") from None

    def _closed(self, why: str) -> WallClosed:
        """Close the wall for good: a reply that comes late must not be taken for the answer to a later request."""
        self._connection.close()
        return WallClosed(why)

    def _receive(self) -> dict:
        (size,) = struct.unpack("!Q", self._read(8))
        if size > codec.MAX_BYTES:
            raise self._closed(f"a frame of {size} bytes is over the limit of {codec.MAX_BYTES}")
        try:
            message = codec.decode(self._read(size), self._resolve)
        except codec.CodecError as error:
            raise self._closed(f"what came is no message: {error}") from None
        if not isinstance(message, dict) or not ({"op", "args"} <= set(message) or set(message) & {"error", "value"}):
            raise self._closed("what came is no message")
        return message

    def _read(self, size: int) -> bytearray:
        out = bytearray()
        while len(out) < size:
            try:
                if self._deadline is not None:
                    self._connection.settimeout(max(1e-3, self._deadline - time.monotonic()))
                chunk = self._connection.recv(min(size - len(out), 1 << 20))
            except OSError:
                chunk = b""
            if not chunk:
                raise self._closed("the other side of the wall is gone")
            out += chunk
        return out

    def _export(self, value: Any) -> dict:
        if isinstance(value, Handle) and value._peer is self:
            return {"t": "yours", "id": value._id}
        self._exported[id(value)] = value  # kept alive, so the id stays its own
        return {"t": "handle", "id": id(value), "type": type(value).__name__, "callable": callable(value)}

    def _resolve(self, tree: dict) -> Any:
        if tree["t"] == "yours":
            return self._exported[tree["id"]]
        if tree["t"] == "handle":
            key = int(tree["id"]), str(tree["type"]), bool(tree["callable"])
            handle = self._handles.get(key)
            if handle is None:
                handle = self._handles[key] = (CallableHandle if key[2] else Handle)(self, *key[:2])
            return handle
        raise codec.CodecError(f"an unknown kind of value {tree['t']!r}")


def summary(error: BaseException) -> dict:
    """An exception as plain data: its class and base classes by name, its message, the learner's line."""
    try:
        bases = [
            [str(cls.__module__), cls.__qualname__] for cls in type(error).__mro__ if issubclass(cls, BaseException)
        ]
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        return {"bases": bases, "message": message_of(error), "line": where_raised(error), "name": name}
    except BaseException:  # a learner's exception may break whatever is asked of it
        return {
            "bases": [["builtins", "RuntimeError"]],
            "message": "an exception that cannot be read",
            "line": "",
            "name": None,
        }


def rebuild(data: dict) -> Exception:
    """The nearest exception that this side knows: the learner's class by name, a known base class behind it.

    Nothing is imported for it; `exit()` and an interrupt become a RuntimeError, so they end nothing here.
    """
    name, base, message = "RuntimeError", RuntimeError, ""
    with suppress(KeyError, TypeError, ValueError, IndexError, AttributeError):
        message = str(data["message"])[:2000]
        name = str(data["bases"][0][1]).rpartition(".")[2]
        base = _known(data["bases"])

    def __init__(self, *args):
        Exception.__init__(self, message)

    try:
        error = type(name, (base,), {"__init__": __init__, "__str__": lambda self: message})()
    except Exception:  # a class that cannot be made so
        error = RuntimeError(f"{name}: {message}")
    error.learner_line = cut(str(data["line"]), 160) if data.get("line") else ""
    if data.get("name") is not None:
        with suppress(AttributeError):
            error.name = str(data["name"])
    return error


def _known(bases: list) -> type[Exception]:
    """The first of the named classes that this side knows, of Python or of a library; never a verdict of the course's."""
    for module, qualname in bases:
        found = getattr(builtins if module == "builtins" else sys.modules.get(module), qualname, None)
        if isinstance(found, type) and issubclass(found, Exception) and not found.__module__.startswith("mle."):
            return found
    return RuntimeError
