"""Plain data across the wall: JSON for structure, npy (no pickle) for arrays, `frames` for pandas objects.

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

from mle.grading.frames import ZONE, is_frame, put_together, take_apart

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


def decode(frame: bytes | bytearray, resolve: Callable[[dict], Any]) -> Any:
    """The value in a frame. `resolve(json)` returns what stands for a handle. Raises `CodecError` on malformed bytes."""
    try:
        frame = memoryview(frame)
        (count,) = struct.unpack_from("!I", frame)
        if count > len(frame) // 8:
            raise CodecError("a frame of the wrong length")
        sizes = struct.unpack_from(f"!{count}Q", frame, 4)
        parts, at = [], 4 + 8 * count
        for size in sizes:
            parts.append(frame[at : at + size])
            at += size
        if at != len(frame) or not parts:
            raise CodecError("a frame of the wrong length")
        return _decode(json.loads(bytes(parts[0])), parts[1:], resolve)
    except CodecError:
        raise
    except Exception as error:  # whatever a library says to bytes that nobody's encoder wrote
        raise CodecError(f"a malformed frame ({type(error).__name__}: {str(error)[:200]})") from None


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
    if kind is range:
        return {"t": "range", "v": inner([value.start, value.stop, value.step])}
    if isinstance(value, (np.ndarray, np.generic)):
        return _array(value, buffers, export, depth)
    module = kind.__module__.partition(".")[0]
    try:
        if module == "torch" or ("torch" in sys.modules and isinstance(value, sys.modules["torch"].Tensor)):
            return _tensor(value, buffers)
        if module in ("tensorflow", "keras") and hasattr(value, "numpy") and hasattr(value, "dtype"):
            return _array(np.asarray(value.numpy()), buffers, export, depth)
        if is_frame(value):
            return take_apart(
                value, lambda item: _encode(item, buffers, export, depth + 1), lambda b: _keep(b, buffers)
            )
        if module == "pandas":
            return _pandas(value)
    except _NotPlain:
        return export(value)
    if isinstance(value, datetime.datetime):
        return {"t": "datetime", "v": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"t": "date", "v": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"t": "time", "v": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"t": "span", "v": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, (bool, int, float, str)):  # subclasses: an enum's member, for one
        base = next(b for b in (bool, int, float, str) if isinstance(value, b))
        return _encode(base(value), buffers, export, depth)
    return export(value)


def _keep(data: bytes, buffers: list[bytes]) -> int:
    buffers.append(data)
    return len(buffers) - 1


def _npy(value: np.ndarray, buffers: list[bytes]) -> int:
    out = io.BytesIO()
    plain = np.asarray(value).view(np.ndarray)
    np.lib.format.write_array_header_1_0(out, np.lib.format.header_data_from_array_1_0(plain))
    order = "F" if plain.flags.f_contiguous and not plain.flags.c_contiguous else "C"
    return _keep(out.getvalue() + plain.tobytes(order), buffers)


def _read_npy(data: memoryview) -> np.ndarray:
    """The array of an npy file, checked against the bytes that are there before any memory is taken."""
    out = io.BytesIO(data[: 1 << 16])
    if np.lib.format.read_magic(out) != (1, 0):
        raise CodecError("an array in a version of npy that is not written here")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(out)
    if dtype.hasobject or (dtype.kind not in "biufcmMUS" and dtype.names is None):
        raise CodecError(f"an array of dtype {dtype} cannot cross the wall")
    body = data[out.tell() :]
    if any(n < 0 for n in shape) or len(body) != dtype.itemsize * math.prod(shape) or math.prod(shape) > MAX_BYTES:
        raise CodecError("an array whose bytes do not agree with its shape")
    if not body:
        return np.zeros(shape, dtype)
    array = np.frombuffer(body, dtype)
    return array.reshape(shape[::-1]).copy().T if fortran else array.reshape(shape).copy()


def _array(value, buffers, export, depth) -> dict:
    scalar = isinstance(value, np.generic)
    if isinstance(value, np.ma.MaskedArray) and value.dtype.kind in "biuf":
        value = value.astype(float).filled(np.nan)
    plain = np.asarray(value)
    kind = plain.dtype.kind
    if kind == "V" and plain.dtype.names is None and plain.dtype.type.__module__ == "ml_dtypes":
        plain, kind = plain.astype(np.float32), "f"  # bfloat16 and the like, nothing lost
    if kind in "biufcmMUS" or (kind == "V" and plain.dtype.names and not plain.dtype.hasobject):
        return {"t": "scalar" if scalar else "array", "b": _npy(plain, buffers)}
    if kind in "OT" and not scalar:
        items = [_encode(item, buffers, export, depth + 1) for item in plain.ravel().tolist()]
        return {"t": "objects", "shape": list(plain.shape), "v": items}
    raise CodecError(f"an array of dtype {plain.dtype} cannot cross the wall")


def _tensor(value, buffers) -> dict:
    import torch

    if isinstance(value, torch.dtype):
        return {"t": "torch.dtype", "v": str(value).removeprefix("torch.")}
    if not isinstance(value, torch.Tensor):
        raise _NotPlain
    value = value.detach().cpu()
    value = value.to_dense() if value.layout is not torch.strided else value
    half = value.dtype == torch.bfloat16
    array = (value.float() if half else value).resolve_conj().resolve_neg().numpy()
    return {"t": "tensor", "b": _npy(array, buffers), "bfloat16": half}


def _pandas(value) -> dict:
    import pandas as pd

    if value is pd.NaT or value is pd.NA:
        return {"t": "missing", "v": str(value)}
    if isinstance(value, pd.Timestamp):
        zone = str(value.tz) if value.tz is not None and ZONE.fullmatch(str(value.tz)) else None
        return {"t": "timestamp", "v": [value.isoformat(), value.unit, zone]}
    if isinstance(value, pd.Timedelta):
        return {"t": "timedelta", "v": [value.isoformat(), value.unit]}
    raise _NotPlain


def _decode(tree: Any, buffers: list[memoryview], resolve: Callable[[dict], Any]) -> Any:
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
            if len(items) != len(tree["fields"]) or len(items) > 255:
                raise CodecError("a named tuple whose names and values disagree")
            return collections.namedtuple(tree["name"], tree["fields"])(*items)
        if tag == "objects":
            out = np.empty(len(items), dtype=object)
            for place, item in enumerate(items):  # not at once: numpy would unpack items that are lists
                out[place] = item
            return out.reshape(tree["shape"])
        return _CONTAINERS[tag](items)
    if tag == "bytes":
        return bytes(buffers[tree["b"]])
    if tag in ("array", "scalar", "tensor"):
        array = _read_npy(buffers[tree["b"]])
        return array if tag == "array" else array[()] if tag == "scalar" else _as_tensor(array, tree)
    if tag in ("frame", "series", "index", "range_index", "multi_index", "column"):
        return put_together(tree, lambda item: _decode(item, buffers, resolve), lambda number: buffers[number])
    return resolve(tree)


def _timestamp(parts: list):
    import pandas as pd

    text, unit, zone = parts
    stamp = pd.Timestamp(text)
    if zone is not None:
        if not ZONE.fullmatch(zone):
            raise CodecError("a time zone without a name")
        stamp = stamp.tz_convert(zone)
    return stamp if stamp is pd.NaT else stamp.as_unit(unit)


def _timedelta(parts: list):
    import pandas as pd

    text, unit = parts
    return pd.Timedelta(text).as_unit(unit)


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
    "time": datetime.time.fromisoformat,
    "span": lambda v: datetime.timedelta(*v),
    "range": lambda v: range(*v),
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
