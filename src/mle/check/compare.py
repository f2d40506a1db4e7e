"""Equality of plain values in any container: exactly, and within a tolerance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mle.check.display import beside, draw
from mle.check.failure import Failed, UsageError
from mle.check.values import apart, array, describe, is_missing, numeric


def equal(actual: Any, expected: Any, *, says: str = "the value is not the expected one", look: str = "") -> None:
    """Exactly equal: numbers, texts, booleans, arrays and frames entry by entry, lists and dicts item by item.

    Shapes must agree (nothing is broadcast). Integers equal floats of the same value. NaN equals NaN.
    """
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            raise Failed(says, seen=said_of(actual), expected=describe(expected), look=look)
        if set(actual) != set(expected):
            raise Failed(
                says,
                seen=f"the keys {describe(sorted(map(str, actual)))}",
                expected=f"the keys {describe(sorted(map(str, expected)))}",
                look=look,
            )
        for key in expected:
            equal(actual[key], expected[key], says=says, look=look or f"the entry {key!r}")
        return
    if expected is None or isinstance(expected, (str, bytes, bool, set, frozenset)):
        mine, target = scalar(actual), scalar(expected)  # an entry of an array of texts is a text
        if type(mine) is not type(target) or mine != target:
            raise Failed(says, seen=said_of(mine), expected=describe(target), look=look)
        return
    if _by_items(actual, expected, says, look, lambda a, b, at: equal(a, b, says=says, look=at)):
        return
    _same_columns(actual, expected, says, look)
    mine, target = _same_container(actual, array(actual), expected, array(expected))
    if target.dtype.kind in "US" and isinstance(actual, (list, tuple)):
        mine = np.array(actual, dtype=object)  # numpy would write numbers among texts as texts
    _same_shape(mine, target, says, look)
    if _both_numeric(mine, target):
        same = (mine == target) | ((mine != mine) & (target != target))
    else:
        same = np.array([same_plain(a, b) for a, b in zip(mine.ravel(), target.ravel(), strict=True)], dtype=bool)
        same = same.reshape(mine.shape)
    _judge(mine, target, same, says, look)


def close(
    actual: Any,
    expected: Any,
    *,
    says: str = "the numbers are not the expected ones",
    rtol: float = 1e-6,
    atol: float = 1e-9,
    picture: bool = False,
    look: str = "",
) -> None:
    """Numerically equal entry by entry: |actual - expected| <= atol + rtol * |expected|. Shapes must agree.

    Dicts and lists of arrays are compared item by item. With `picture`, a failed comparison of curves draws yours beside the target.
    """
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or set(actual) != set(expected):
            equal(actual, expected, says=says, look=look)
        for key in expected:
            close(actual[key], expected[key], says=says, rtol=rtol, atol=atol, look=look or f"the entry {key!r}")
        return
    if _by_items(actual, expected, says, look, lambda a, b, at: close(a, b, says=says, rtol=rtol, atol=atol, look=at)):
        return
    _same_columns(actual, expected, says, look)
    mine, target = _same_container(actual, numeric(actual), expected, numeric(expected, "the target"))
    _same_shape(mine, target, says, look)
    same = np.isclose(mine, target, rtol=rtol, atol=atol, equal_nan=True)
    _judge(mine, target, same, says, look, picture=picture)


def _by_items(actual: Any, expected: Any, says: str, look: str, compare: Callable[[Any, Any, str], None]) -> bool:
    """Compare item by item where `expected` is a list that makes no one array of numbers or texts; else False."""
    if not isinstance(expected, (list, tuple)) or _uniform(expected):
        return False
    mine = list(actual) if isinstance(actual, (list, tuple)) else array(actual)
    if isinstance(mine, np.ndarray) and mine.ndim == 0:
        raise Failed(says, seen=describe(actual), expected=describe(expected), look=look)
    if len(mine) != len(expected):
        raise Failed(says, seen=f"{len(mine)} entries", expected=f"{len(expected)} entries", look=look)
    for place, (one, other) in enumerate(zip(mine, expected, strict=True)):
        compare(one, other, look or f"the entry [{place}]")
    return True


def _uniform(items: list | tuple) -> bool:
    """Whether a list makes one array, all numbers or all texts."""
    try:
        kind = array(items).dtype.kind
    except Failed:
        return False
    return kind in "biufcmM" or (kind in "US" and all(map(_texts, items)))


def _texts(value: Any) -> bool:
    return all(map(_texts, value)) if isinstance(value, (list, tuple)) else array(value).dtype.kind in "US"


def _same_columns(actual: Any, expected: Any, says: str, look: str) -> None:
    """Frames name their columns alike, in the same order, where the target's columns have names."""
    mine, target = getattr(actual, "columns", None), getattr(expected, "columns", None)
    if mine is None or target is None or list(target) == list(range(len(target))):
        return
    if list(mine) != list(target):
        raise Failed(says, seen=f"the columns {describe(list(mine))}",
                     expected=f"the columns {describe(list(target))}", look=look)  # fmt: skip


def _same_container(actual: Any, mine: np.ndarray, expected: Any, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A frame of one column stands for a series, and the other way round."""
    if hasattr(actual, "columns") and mine.ndim == 2 and mine.shape[1] == 1 and target.ndim == 1:
        return mine[:, 0], target
    if hasattr(expected, "columns") and target.ndim == 2 and target.shape[1] == 1 and mine.ndim == 1:
        return mine, target[:, 0]
    return mine, target


def scalar(value: Any) -> Any:
    """A 0-d array, tensor or numpy scalar as the Python value inside; anything else as it is."""
    if type(value) not in (str, int, float, bool):  # subclasses, such as an enum's member, cross the wall as plain
        for base, plain in ((str, str.__str__), (int, int.__index__), (float, float.__float__)):
            if isinstance(value, base) and not isinstance(value, (bool, np.generic)):
                return plain(value)
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return value
    if isinstance(value, np.generic) or (
        hasattr(value, "shape") and tuple(value.shape) == () and hasattr(value, "dtype")
    ):
        return array(value).item()
    return value


def same_plain(a: Any, b: Any) -> bool:
    """Equal as plain Python values: True is not 1, NaN is NaN, and no foreign __eq__ is asked."""
    a, b = (np.nan if is_missing(value) else scalar(value) for value in (a, b))
    if isinstance(b, (list, tuple, dict, np.ndarray)):
        try:
            equal(a, b)
        except Failed:
            return False
        return True
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    if type(a) is not type(b) and not (isinstance(a, (int, float)) and isinstance(b, (int, float))):
        return False
    return a == b or (a != a and b != b)


def _both_numeric(a: np.ndarray, b: np.ndarray) -> bool:
    return all(x.dtype.kind in "biufc" for x in (a, b)) or (a.dtype.kind == b.dtype.kind and a.dtype.kind in "mM")


def _same_shape(mine: np.ndarray, target: np.ndarray, says: str, look: str) -> None:
    if mine.shape != target.shape:
        raise Failed(says, seen=f"shape {mine.shape}", expected=f"shape {target.shape}", look=look)


def _judge(mine, target, same, says, look, picture=False) -> None:
    if np.all(same):
        return
    if target.shape == ():
        seen, expected = apart(mine[()], target[()])
        raise Failed(says, seen=seen, expected=expected, look=look)
    if not isinstance(says, str):
        raise UsageError("`says` must be a text")
    wrong = int(np.size(same) - np.count_nonzero(same))
    raise Failed(
        says,
        seen=f"{wrong} of {np.size(same)} entries off" if np.size(same) > 6 else describe(mine),
        expected=describe(target) if np.size(same) <= 6 else "",
        look=look,
        table=beside(mine, target, ~np.asarray(same)),
        picture=draw(mine, target) if picture else "",
    )


def said_of(value: Any) -> str:
    """The value in short, with what None usually means."""
    return "None (is a `return` missing, or was nothing assigned?)" if value is None else describe(value)
