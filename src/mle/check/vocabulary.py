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

from mle.check.compare import close, equal, said_of, same_plain, scalar
from mle.check.failure import Failed
from mle.check.session import message_of, probe
from mle.check.values import array, describe, number, numeric

if TYPE_CHECKING:
    import pandas as pd


def that(condition: Any, *, says: str, seen: Any = "", expected: str = "", look: str = "") -> None:
    """`condition` holds. For a property that no other word here expresses; `seen` is the value that shows it."""
    if not bool(condition):
        raise Failed(says, seen=seen if isinstance(seen, str) else describe(seen), expected=expected, look=look)


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
    if not any(same_plain(scalar(answer), option) for option in options):
        raise Failed(
            says or "the answer is not one of the options",
            seen=said_of(answer),
            expected="one of " + ", ".join(map(repr, options)),
            look=look,
        )


def letters(answer: Any, options: Iterable[str], *, look: str = "") -> list[str]:
    """The letters of something put in order, first one first: from a text ("GCD", "g, c, d") or a list of letters.

    Each is one of `options` (capital letters or digits), and none comes twice. Signs and blanks between them do not matter.
    """
    if answer is None:
        raise Failed("nothing is put in order yet: a text or a list of letters is asked for", seen="None", look=look)
    found = [sign for sign in "".join(map(str, np.ravel(np.asarray(answer, dtype=object)))).upper() if sign.isalnum()]
    for letter in found:
        one_of(letter, options, says="an entry is not one of the letters", look=look)
    if len(set(found)) < len(found):
        raise Failed("a letter is used twice", seen="".join(found), expected="each at most once", look=look)
    return found


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
