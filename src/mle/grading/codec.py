"""Plain data across the wall: JSON for structure, npy (no pickle) for arrays, Arrow for frames.

Nothing that is decoded can run code. What is no plain data is not encoded but named: the other side gets a handle.
"""

from __future__ import annotations

import collections
import datetime
import io
import json
import math
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_BYTES = 1 << 29
"""The largest frame that is read, in bytes; a longer one closes the connection."""
MAX_DEPTH = 60


class CodecError(ValueError):
    """A value that cannot cross the wall, or bytes that are no frame."""


class _NotPlain(Exception):
    """The value is no plain data: it stays where it is and a handle goes over."""


def encode(value: Any, export: Callable[[Any], dict]) -> bytes:
    """A frame that holds `value`. `export(obj)` returns the JSON of a handle for what is no plain data."""
    buffers: list[bytes] = []
    try:
        head = json.dumps(_encode(value, buffers, export, 0), allow_nan=False, separators=(",", ":")).encode()
    except RecursionError:
        raise CodecError("the value is nested too deep to cross the wall") from None
    sizes = [len(head), *map(len, buffers)]
    return struct.pack(f"!I{len(sizes)}Q", len(sizes), *sizes) + head + b"".join(buffers)


def decode(frame: bytes, resolve: Callable[[dict], Any]) -> Any:
    """The value in a frame. `resolve(json)` returns what stands for a handle. Raises `CodecError` on malformed bytes."""
    try:
        (count,) = struct.unpack_from("!I", frame)
        sizes = struct.unpack_from(f"!{count}Q", frame, 4)
        parts, at = [], 4 + 8 * count
        for size in sizes:
            parts.append(frame[at : at + size])
            at += size
        if at != len(frame) or not parts:
            raise CodecError("a frame of the wrong length")
        return _decode(json.loads(parts[0]), parts[1:], resolve)
    except CodecError:
        raise
    except (struct.error, ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError) as error:
        raise CodecError(f"a malformed frame ({type(error).__name__}: {error})") from None


def _encode(value: Any, buffers: list[bytes], export: Callable[[Any], dict], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CodecError("the value is nested too deep (or holds itself) to cross the wall")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if abs(value) < 1 << 63 else {"t": "int", "v": hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"t": "float", "v": repr(value)}

    def inner(items):
        return [_encode(item, buffers, export, depth + 1) for item in items]

    if isinstance(value, tuple):
        names = getattr(kind, "_fields", None)
        if names:
            return {"t": "named", "name": kind.__name__, "fields": list(names), "v": inner(tuple.__iter__(value))}
        return {"t": "tuple", "v": inner(tuple.__iter__(value))}
    if isinstance(value, list):
        return inner(list.__iter__(value))
    if isinstance(value, dict):
        return {"t": "dict", "v": [inner(pair) for pair in dict.items(value)]}
    if isinstance(value, (set, frozenset)):
        return {"t": "frozenset" if isinstance(value, frozenset) else "set", "v": inner(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"t": "bytes", "b": _keep(bytes(value), buffers)}
    if isinstance(value, complex):
        return {"t": "complex", "v": [repr(value.real), repr(value.imag)]}
    if isinstance(value, slice):
        return {"t": "slice", "v": inner([value.start, value.stop, value.step])}
    if isinstance(value, (np.ndarray, np.generic)):
        return _array(value, buffers, export, depth)
    module = kind.__module__.partition(".")[0]
    try:
        if module == "torch" or ("torch" in sys.modules and isinstance(value, sys.modules["torch"].Tensor)):
            return _tensor(value, buffers)
        if module in ("tensorflow", "keras") and hasattr(value, "numpy") and hasattr(value, "dtype"):
            return _array(np.asarray(value.numpy()), buffers, export, depth)
        if module == "pandas" or ("pandas" in sys.modules and _is_pandas(value)):
            return _pandas(value, buffers)
    except _NotPlain:
        return export(value)
    if isinstance(value, datetime.datetime):
        return {"t": "datetime", "v": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"t": "date", "v": value.isoformat()}
    if isinstance(value, (bool, int, float, str)):  # subclasses: an enum's member, for one
        base = next(b for b in (bool, int, float, str) if isinstance(value, b))
        return _encode(base(value), buffers, export, depth)
    return export(value)


def _keep(data: bytes, buffers: list[bytes]) -> int:
    buffers.append(data)
    return len(buffers) - 1


def _npy(value: np.ndarray, buffers: list[bytes]) -> int:
    out = io.BytesIO()
    np.lib.format.write_array(out, np.asarray(value).view(np.ndarray), allow_pickle=False)
    return _keep(out.getvalue(), buffers)


def _array(value, buffers, export, depth) -> dict:
    scalar = isinstance(value, np.generic)
    if isinstance(value, np.ma.MaskedArray) and value.dtype.kind in "biuf":
        value = value.astype(float).filled(np.nan)
    plain = np.asarray(value)
    if plain.dtype.kind in "biufcmMUS":
        return {"t": "scalar" if scalar else "array", "b": _npy(plain, buffers)}
    if plain.dtype.kind == "O" and not scalar:
        items = [_encode(item, buffers, export, depth + 1) for item in plain.ravel().tolist()]
        return {"t": "objects", "shape": list(plain.shape), "v": items}
    raise CodecError(f"an array of dtype {plain.dtype} cannot cross the wall")


def _tensor(value, buffers) -> dict:
    import torch

    if isinstance(value, torch.Size):
        return {"t": "tuple", "v": list(value)}
    if isinstance(value, torch.dtype):
        return {"t": "torch.dtype", "v": str(value).removeprefix("torch.")}
    if not isinstance(value, torch.Tensor):
        raise _NotPlain
    value = value.detach().cpu()
    value = value.to_dense() if value.layout is not torch.strided else value
    half = value.dtype == torch.bfloat16
    array = (value.float() if half else value).resolve_conj().resolve_neg().numpy()
    return {"t": "tensor", "b": _npy(array, buffers), "bfloat16": half}


def _is_pandas(value) -> bool:
    pd = sys.modules["pandas"]
    return isinstance(value, (pd.DataFrame, pd.Series, pd.Index))


def _pandas(value, buffers) -> dict:
    import pandas as pd
    import pyarrow as pa

    if isinstance(value, (pd.Timestamp, pd.Timedelta)):
        return {"t": type(value).__name__.lower(), "v": value.isoformat()}
    if value is pd.NaT or value is pd.NA:
        return {"t": "missing", "v": str(value)}
    if not _is_pandas(value):
        raise _NotPlain
    name = None
    frame, kind = value, "frame"
    if not isinstance(value, pd.DataFrame):
        kind, name = ("series", value.name) if isinstance(value, pd.Series) else ("index", value.name)
        frame = value.to_frame(name="values") if kind == "series" else pd.DataFrame({"values": value.to_numpy()})
    try:
        table = pa.Table.from_pandas(pd.DataFrame(frame), nthreads=1)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise CodecError(f"a {kind} that Arrow cannot hold ({error})") from None
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    name = name if isinstance(name, (str, int, type(None))) else str(name)
    return {"t": kind, "b": _keep(sink.getvalue().to_pybytes(), buffers), "name": name}


def _decode(tree: Any, buffers: list[bytes], resolve: Callable[[dict], Any]) -> Any:
    if isinstance(tree, list):
        return [_decode(item, buffers, resolve) for item in tree]
    if not isinstance(tree, dict):
        return tree
    tag = tree["t"]
    if tag in _LEAVES:
        return _LEAVES[tag](tree["v"])
    if tag in ("tuple", "set", "frozenset", "dict", "slice", "named", "objects"):
        items = [_decode(item, buffers, resolve) for item in tree["v"]]
        if tag == "named":
            return collections.namedtuple(tree["name"], tree["fields"])(*items)
        if tag == "objects":
            out = np.empty(len(items), dtype=object)
            out[:] = items
            return out.reshape(tree["shape"])
        return _CONTAINERS[tag](items)
    if tag == "bytes":
        return buffers[tree["b"]]
    if tag in ("array", "scalar", "tensor"):
        array = np.lib.format.read_array(io.BytesIO(buffers[tree["b"]]), allow_pickle=False)
        return array if tag == "array" else array[()] if tag == "scalar" else _as_tensor(array, tree)
    if tag in ("frame", "series", "index"):
        return _as_pandas(tag, buffers[tree["b"]], tree["name"])
    return resolve(tree)


def _timestamp(text: str):
    import pandas as pd

    return pd.Timestamp(text)


def _timedelta(text: str):
    import pandas as pd

    return pd.Timedelta(text)


def _missing(text: str):
    import pandas as pd

    return pd.NA if text == "<NA>" else pd.NaT


def _torch_dtype(text: str):
    import torch

    dtype = getattr(torch, text, None)
    if not isinstance(dtype, torch.dtype):
        raise CodecError(f"{text!r} is no torch dtype")
    return dtype


_LEAVES: dict[str, Callable[[Any], Any]] = {
    "int": lambda v: int(v, 16),
    "float": float,
    "complex": lambda v: complex(float(v[0]), float(v[1])),
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "timestamp": _timestamp,
    "timedelta": _timedelta,
    "missing": _missing,
    "torch.dtype": _torch_dtype,
}
_CONTAINERS: dict[str, Callable[[list], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "slice": lambda v: slice(*v),
    "dict": lambda pairs: {key: value for key, value in pairs},
}


def _as_tensor(array: np.ndarray, tree: dict):
    import torch

    tensor = torch.from_numpy(np.array(array))
    return tensor.bfloat16() if tree["bfloat16"] else tensor


def _as_pandas(tag: str, data: bytes, name):
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(data) as reader:
            frame = reader.read_all().to_pandas(use_threads=False)
    except pa.ArrowException as error:
        raise CodecError(f"a malformed frame ({error})") from None
    if tag == "frame":
        return frame
    series = frame["values"].rename(name)
    if tag == "series":
        return series
    import pandas as pd

    return pd.Index(series.to_numpy(), name=name)
