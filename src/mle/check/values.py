"""Turn what a learner hands over into plain values, and say in short what a value is."""

from __future__ import annotations

import numbers
from collections.abc import KeysView, ValuesView
from itertools import islice
from typing import Any

import numpy as np

from mle.check.failure import Failed

_TENSORS = ("torch", "tensorflow", "keras")


def array(value: Any, what: str = "the answer") -> np.ndarray:
    """`value` as a plain numpy array: numbers, lists, pandas objects, torch and TensorFlow tensors, numpy arrays.

    Raises `Failed` where it is None, a function, or no rectangular array.
    Torch tensors are detached and brought to the CPU; array subclasses lose their class; masked entries become NaN.
    """
    if value is None:
        raise Failed(f"{what} is None: is a `return` missing, or was nothing assigned?", seen="None")
    kind = type(value).__module__.partition(".")[0]
    if kind == "torch":
        import torch

        if isinstance(value, torch.Tensor):
            value = value.detach().cpu()
            value = (value.float() if value.dtype == torch.bfloat16 else value).numpy()
    elif kind in ("tensorflow", "keras") and hasattr(value, "numpy"):
        value = value.numpy()
    elif kind == "pandas" and hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ma.MaskedArray):
        value = value.astype(float).filled(np.nan)
    if isinstance(value, (range, KeysView, ValuesView)):
        value = list(value)
    if callable(value) and not isinstance(value, np.generic):
        raise Failed(f"{what} is a function or class, not a value: was it called?", seen=describe(value))
    if isinstance(value, (list, tuple)) and any(type(v).__module__.startswith(_TENSORS) for v in value):
        value = [array(v, what) for v in value]
    try:
        out = np.asarray(value)
    except ValueError:
        raise Failed(
            f"{what} is not a rectangular array: its rows have different lengths", seen=describe(value)
        ) from None
    return out.view(np.ndarray)


def numeric(value: Any, what: str = "the answer") -> np.ndarray:
    """`array(value)` as float64 (complex stays complex). Raises `Failed` where the entries are no numbers."""
    out = array(value, what)
    if out.dtype.kind in "biuf":
        return out.astype(np.float64)
    if out.dtype.kind == "c":
        return out
    if out.dtype.kind == "O" and all(isinstance(entry, numbers.Number) or is_missing(entry) for entry in out.flat):
        out = np.array([np.nan if is_missing(entry) else entry for entry in out.flat], dtype=object).reshape(out.shape)
        return out.astype(np.complex128 if any(isinstance(entry, complex) for entry in out.flat) else np.float64)
    if out.dtype.kind == "V" and out.dtype.names is None:  # bfloat16 and the like
        try:
            return out.astype(np.float64)
        except (TypeError, ValueError):
            pass
    return _no_numbers(out, what)


def is_missing(entry: Any) -> bool:
    """Whether an entry is pandas' NA (None is not: it is more often a missing `return`)."""
    return type(entry).__name__ == "NAType"


def _no_numbers(out: np.ndarray, what: str) -> np.ndarray:
    raise Failed(f"{what} does not hold numbers", seen=describe(out), expected="numbers")


def number(value: Any, digits: int = 6) -> str:
    """A number as short text, to so many significant digits; other values as Python writes them."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (numbers.Integral, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.{digits}g}"
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return str(value)
    return _repr(value.item() if isinstance(value, np.generic) else value)


def apart(mine: Any, target: Any) -> tuple[str, str]:
    """Two different values as short texts, with as many digits as it takes to tell them apart."""
    for digits in (6, 9, 12, 17):
        texts = number(mine, digits), number(target, digits)
        if texts[0] != texts[1]:
            break
    return texts


def describe(value: Any, limit: int = 120) -> str:
    """A short text of any value: small ones in full, big ones by type and shape. Never raises."""
    try:
        text = _describe(value)
    except Exception:  # a learner's object may break its own repr
        text = f"an object of type {type(value).__name__}"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _repr(value: Any) -> str:
    """Python's own text, of a long text only the beginning."""
    value = value.item() if isinstance(value, (np.str_, np.bytes_)) else value
    return repr(value[:1000] if type(value) in (str, bytes) else value)


def _describe(value: Any, depth: int = 0) -> str:
    if value is None or isinstance(value, (str, bytes)):
        return _repr(value)
    if depth > 3:
        return "…"
    if isinstance(value, (bool, np.bool_, numbers.Number, np.generic)):
        return number(value)
    module = type(value).__module__.partition(".")[0]
    if module == "pandas" and hasattr(value, "columns"):
        return f"DataFrame of {value.shape[0]} rows × {value.shape[1]} columns ({', '.join(map(str, value.columns))})"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        shape = tuple(int(n) for n in value.shape)
        flat = array(value).ravel()
        if flat.size == 0:
            return f"an empty {type(value).__name__} of shape {shape}"
        if flat.size <= 6:
            return f"[{', '.join(number(v.item() if isinstance(v, np.generic) else v) for v in flat)}]" + (
                "" if len(shape) == 1 else f" (shape {shape})"
            )
        return f"{type(value).__name__} of shape {shape}"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_repr(k)}: {_describe(v, depth + 1)}" for k, v in islice(value.items(), 6))
            + (", …}" if len(value) > 6 else "}")
        )
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_describe(v, depth + 1) for v in value[:8]) + (", …" if len(value) > 8 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if len(value) == 1 else f"({inner})"
    if callable(value) and module != "mle":  # a handle across the wall says itself what it is
        return f"{type(value).__name__} {getattr(value, '__name__', '')}".strip()
    return repr(value)
