"""The words of check cells, in the manner of `numpy.testing`: each asserts one thing and raises `Failed` if it is not so.

Every function takes the learner's value first and ends with keyword-only `says` (the mistake, in plain words; what a
learner reads first) and `look` (a section or hint to go to). Values may be numbers, lists, numpy arrays, torch or
TensorFlow tensors, or pandas objects: a different container or a dtype that loses nothing is never a mistake.
"""

from __future__ import annotations

import copy
import numbers
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from mle.check.display import beside, draw
from mle.check.failure import Failed, UsageError
from mle.check.session import message_of, probe
from mle.check.values import apart, array, describe, is_missing, number, numeric

if TYPE_CHECKING:
    import pandas as pd


def that(condition: Any, *, says: str, seen: Any = "", expected: str = "", look: str = "") -> None:
    """`condition` holds. For a property that no other word here expresses; `seen` is the value that shows it."""
    if not bool(condition):
        raise Failed(says, seen=seen if isinstance(seen, str) else describe(seen), expected=expected, look=look)


def equal(actual: Any, expected: Any, *, says: str = "the value is not the expected one", look: str = "") -> None:
    """Exactly equal: numbers, texts, booleans, arrays and frames entry by entry, lists and dicts item by item.

    Shapes must agree (nothing is broadcast). Integers equal floats of the same value. NaN equals NaN.
    """
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            raise Failed(says, seen=_seen(actual), expected=describe(expected), look=look)
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
        mine = _scalar(actual)
        if type(mine) is not type(expected) or mine != expected:
            raise Failed(says, seen=_seen(mine), expected=describe(expected), look=look)
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
        same = np.array([_same(a, b) for a, b in zip(mine.ravel(), target.ravel(), strict=True)], dtype=bool)
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


def differs(
    actual: Any, wrong: Any, *, says: str, rtol: float = 1e-6, atol: float = 1e-9, expected: str = "", look: str = ""
) -> None:
    """`actual` is not `wrong`, the value which the mistake named by `says` gives.

    Put these before the general comparison: they turn a wrong number into the name of a mistake. Numbers are compared
    as `close` does, texts exactly. Where `actual` has another shape or holds something else, it is not this mistake.
    """
    try:
        if isinstance(wrong, (str, bytes)):
            equal(actual, wrong)
        else:
            close(actual, wrong, rtol=rtol, atol=atol)
    except Failed:
        return
    raise Failed(says, seen=describe(actual), expected=expected, look=look)


def shape(actual: Any, expected: Sequence[int | None], *, says: str = "", look: str = "") -> None:
    """The array has this shape; None stands for any length."""
    got = array(actual).shape
    if len(got) != len(expected) or any(n is not None and m != n for m, n in zip(got, expected, strict=True)):
        wanted = (
            "("
            + ", ".join("any" if n is None else str(n) for n in expected)
            + ("," if len(expected) == 1 else "")
            + ")"
        )
        raise Failed(
            says or "the shape is not the one asked for", seen=f"shape {got}", expected=f"shape {wanted}", look=look
        )


def within(actual: Any, low: float, high: float, *, says: str = "", look: str = "") -> None:
    """Every entry is a number with low <= entry <= high (NaN is not)."""
    got = numeric(actual)
    outside = ~((got >= low) & (got <= high))
    if got.size == 0 or outside.any():
        seen = number(got[outside].ravel()[0]) if got.size else "no values"
        raise Failed(
            says or "a value is outside the band",
            seen=seen,
            expected=f"between {number(low)} and {number(high)}",
            look=look,
        )


def before(times: Any, cutoff: Any, *, says: str, look: str = "") -> None:
    """Every time (or number) is strictly before `cutoff`; an empty answer fails. Times are anything pandas reads."""
    import pandas as pd

    values = array(times).ravel()
    if not len(values):
        raise Failed(says, seen="no rows at all", expected=f"rows before {cutoff}", look=look)
    if isinstance(cutoff, (numbers.Number, np.number)):
        got, limit = pd.Series(numeric(values)), cutoff
    else:
        got, limit = _times(values), pd.Timestamp(cutoff)
        if (got.dt.tz is None) != (limit.tzinfo is None):
            zones = ["with a time zone" if zone else "without a time zone" for zone in (got.dt.tz, limit.tzinfo)]
            raise Failed("times with and without a time zone cannot be compared",
                         seen=f"times {zones[0]}", expected=f"times {zones[1]}", look=look)  # fmt: skip
    late = ~(got < limit)
    if late.any():
        raise Failed(
            says,
            seen=f"{int(late.sum())} of {len(got)} not before {cutoff}, the latest {got.max()}",
            expected=f"all before {cutoff}",
            look=look,
        )


def _times(values: np.ndarray) -> pd.Series:
    import pandas as pd

    plain = values.dtype.kind in "biufc" or any(isinstance(v, numbers.Number) and v == v for v in values.tolist())
    if values.dtype.kind == "M" or not plain:
        with suppress(ValueError, TypeError):
            return pd.to_datetime(pd.Series(values), **({} if values.dtype.kind == "M" else {"format": "mixed"}))
    raise Failed("the answer does not hold times", seen=describe(values), expected="times")


def disjoint(first: Any, second: Any, *, says: str, look: str = "") -> None:
    """The two share no value: rows, keys or indices of two parts of a split."""
    common = _members(first) & _members(second)
    if common:
        raise Failed(
            says,
            seen=f"{len(common)} in both, such as {describe(min(common, key=str))}",
            expected="none in both",
            look=look,
        )


def _members(values: Any) -> set:
    """The values as a set; tuples in a list count as one value each, times are counted in nanoseconds."""
    if isinstance(values, (set, frozenset, dict)):
        return set(values)
    if isinstance(values, (list, tuple)) and values and all(isinstance(value, tuple) for value in values):
        return set(values)
    out = array(values).ravel()
    return set(map(str, out.astype("M8[ns]"))) if out.dtype.kind == "M" else set(out.tolist())


def one_of(answer: Any, options: Iterable[Any], *, says: str = "", look: str = "") -> None:
    """The answer is written as one of `options`: a check of form, for predictions and decisions, not of truth."""
    options = list(options)
    if not any(_same(_scalar(answer), option) for option in options):
        raise Failed(
            says or "the answer is not one of the options",
            seen=_seen(answer),
            expected="one of " + ", ".join(map(repr, options)),
            look=look,
        )


def raises(
    exception: type[BaseException], fn: Callable, *args: Any, says: str, match: str = "", look: str = "", **kwargs: Any
) -> None:
    """`fn(*args, **kwargs)` raises `exception`, its message containing `match` (any case)."""
    try:
        result = fn(*args, **kwargs)
    except exception as error:
        if isinstance(error, NotImplementedError) and exception is not NotImplementedError:
            raise
        message = message_of(error)
        if match.lower() not in message.lower():
            raise Failed(
                says, seen=f"the message {describe(message)}", expected=f"a message that says {match!r}", look=look
            ) from None
        return
    except NotImplementedError:
        raise
    except Exception as error:
        raise Failed(
            says, seen=f"{type(error).__name__}: {describe(message_of(error))}", expected=exception.__name__, look=look
        ) from None
    raise Failed(says, seen=f"no error, but {describe(result)}", expected=exception.__name__, look=look)


@probe
def _arguments_after(fn, args, kwargs):
    fn(*args, **kwargs)
    return args, kwargs


def unchanged(
    fn: Callable, *args: Any, says: str = "the function changes its argument", look: str = "", **kwargs: Any
) -> None:
    """Calling `fn` leaves its arguments as they were."""
    kept = copy.deepcopy((args, kwargs))
    after = _arguments_after(fn, *copy.deepcopy(([*args], kwargs)))
    for was, now in zip([*kept[0], *kept[1].values()], [*after[0], *after[1].values()], strict=True):
        if callable(was) or type(was).__eq__ is object.__eq__:  # an object that only equals itself, not its copy
            continue
        equal(now, was, says=says, look=look)


def repeatable(
    fn: Callable,
    *args: Any,
    says: str = "two calls with the same arguments give different results",
    look: str = "",
    **kwargs: Any,
) -> None:
    """Two calls with equal arguments give equal results, bit for bit."""
    first = fn(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    second = fn(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    firsts, seconds = (list(r) if isinstance(r, (tuple, list)) else [r] for r in (first, second))
    if len(firsts) != len(seconds):
        raise Failed(says, seen=f"{len(firsts)} results, then {len(seconds)}", look=look)
    for one, other in zip(firsts, seconds, strict=True):
        equal(other, one, says=says, look=look)


def gradient(
    fn: Callable[[np.ndarray], Any],
    actual: Any,
    at: Any,
    *,
    says: str = "the gradient does not agree with finite differences",
    step: float = 1e-5,
    rtol: float = 1e-4,
    atol: float = 1e-6,
    look: str = "",
) -> None:
    """`actual` is the gradient of the scalar function `fn` at the array `at`, by central differences in float64.

    (f(x + h) - f(x - h)) / 2h has an error of order h^2 (Nocedal and Wright, Numerical Optimization, section 8.1).
    """
    point = numeric(at, "the point").copy()
    target = np.zeros_like(point)
    for i in np.ndindex(point.shape):
        kept = point[i]
        point[i] = kept + step
        above = _one_number(fn(point.copy()))
        point[i] = kept - step
        below = _one_number(fn(point.copy()))
        point[i] = kept
        target[i] = (above - below) / (2 * step)
    close(actual, target, says=says, rtol=rtol, atol=atol, look=look)


def _one_number(value: Any) -> float:
    out = numeric(value, "the function's value")
    if out.size != 1:
        raise Failed("the function does not return one number", seen=f"shape {out.shape}", expected="shape ()")
    return out.item()


def _seen(value: Any) -> str:
    return "None (is a `return` missing, or was nothing assigned?)" if value is None else describe(value)


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


def _scalar(value: Any) -> Any:
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


def _same(a: Any, b: Any) -> bool:
    """Equal as plain Python values: True is not 1, NaN is NaN, and no foreign __eq__ is asked."""
    a, b = (np.nan if is_missing(value) else _scalar(value) for value in (a, b))
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
