"""pandas objects across the wall: each column, index and label as plain data, Arrow for pandas' own kinds of column.

An Arrow stream is read only where it holds one column of a kind that pandas writes, and its buffers are validated
first: a stream made by hand could otherwise point outside of its own bytes, or swell to more memory than there is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

ZONE = re.compile(r"(?!dateutil)[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*|[+-]\d\d:\d\d(:\d\d)?|UTC[+-]\d\d:\d\d(:\d\d)?")
MAX_ROWS = 1 << 28


class FrameError(ValueError):
    """A pandas object that cannot cross the wall, or data that makes none."""


def is_frame(value: Any) -> bool:
    """Whether the value is a pandas DataFrame, Series, Index or array."""
    pd = sys.modules.get("pandas")
    return pd is not None and isinstance(value, (pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray))


def take_apart(value: Any, inner: Callable[[Any], Any], keep: Callable[[bytes], int]) -> dict:
    """The pandas object as JSON. `inner` encodes a plain value, `keep` stores bytes and returns their number."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [_column(value.iloc[:, i].array, inner, keep) for i in range(value.shape[1])]
        return {"t": "frame", "v": columns, "rows": len(value), "index": take_apart(value.index, inner, keep),
                "columns": take_apart(value.columns, inner, keep)}  # fmt: skip
    if isinstance(value, pd.Series):
        return {"t": "series", "v": _column(value.array, inner, keep), "name": inner(value.name),
                "index": take_apart(value.index, inner, keep)}  # fmt: skip
    if isinstance(value, pd.RangeIndex):
        return {"t": "range_index", "v": [value.start, value.stop, value.step], "name": inner(value.name)}
    if isinstance(value, pd.MultiIndex):
        levels = [_column(value.get_level_values(i).array, inner, keep) for i in range(value.nlevels)]
        return {"t": "multi_index", "v": levels, "names": inner(list(value.names))}
    if isinstance(value, pd.Index):
        return {"t": "index", "v": _column(value.array, inner, keep), "name": inner(value.name)}
    return {"t": "column", "v": _column(value, inner, keep)}


def _column(values: Any, inner: Callable, keep: Callable) -> dict:
    """A column's values: numpy where they are that, a categorical by codes, else Arrow, else entry by entry."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(values, pd.Categorical):
        categories = take_apart(values.categories, inner, keep)
        return {"kind": "categorical", "v": inner(values.codes), "categories": categories, "ordered": values.ordered}
    if isinstance(values, pd.arrays.NumpyExtensionArray):
        values = values.to_numpy()
    if isinstance(values.dtype, np.dtype):
        return {"kind": "numpy", "v": inner(np.asarray(values))}
    try:
        table = pa.Table.from_pandas(pd.DataFrame({"values": values}), nthreads=1, preserve_index=False)
        if not _allowed(table.schema.field(0).type):
            raise FrameError
    except (pa.ArrowException, FrameError, TypeError, ValueError):
        return {"kind": "numpy", "v": inner(np.asarray(values, dtype=object))}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return {"kind": "arrow", "own": isinstance(values.dtype, pd.ArrowDtype), "v": keep(sink.getvalue().to_pybytes())}


def put_together(tree: dict, outer: Callable[[Any], Any], buffer: Callable[[Any], Any]) -> Any:
    """The pandas object in `tree`. `outer` decodes a plain value, `buffer` returns the bytes of a number."""
    import pandas as pd

    tag = tree["t"]
    if tag == "range_index":
        return pd.RangeIndex(*map(int, tree["v"]), name=outer(tree["name"]))
    if tag == "multi_index":
        levels = [_read(level, outer, buffer) for level in tree["v"]]
        return pd.MultiIndex.from_arrays(levels, names=outer(tree["names"]))
    if tag == "index":
        return pd.Index(_read(tree["v"], outer, buffer), name=outer(tree["name"]))
    if tag == "column":
        return pd.array(_read(tree["v"], outer, buffer))
    index = put_together(tree["index"], outer, buffer)
    if tag == "series":
        return pd.Series(_read(tree["v"], outer, buffer), index=index, name=outer(tree["name"]))
    columns = [_read(column, outer, buffer) for column in tree["v"]]
    if len(index) != tree["rows"] or any(len(column) != len(index) for column in columns):
        raise FrameError("columns of different lengths")
    frame = pd.DataFrame(dict(enumerate(columns)), index=index, columns=range(len(columns)))
    frame.columns = put_together(tree["columns"], outer, buffer)
    return frame


def _read(column: dict, outer: Callable, buffer: Callable) -> Any:
    import pandas as pd

    if column["kind"] == "arrow":
        table = _arrow(buffer(column["v"]))
        return (
            pd.arrays.ArrowExtensionArray(table.column(0))
            if column["own"]
            else table.to_pandas(use_threads=False).iloc[:, 0].array
        )
    values = outer(column["v"])
    if not isinstance(values, np.ndarray) or values.ndim != 1:
        raise FrameError("a column that is no array of one dimension")
    if column["kind"] == "categorical":
        categories = put_together(column["categories"], outer, buffer)
        return pd.Categorical.from_codes(values, categories=categories, ordered=bool(column["ordered"]))
    return pd.Series(values, dtype=object).array if values.dtype == object else values


def _arrow(data: Any) -> Any:
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(data) as reader:
            if len(reader.schema) != 1 or not _allowed(reader.schema.field(0).type):
                raise FrameError("an Arrow stream of a kind that no column makes")
            table = reader.read_all()
        table.validate(full=True)
        if table.num_rows > MAX_ROWS:
            raise FrameError("a column of too many rows")
        return table
    except pa.ArrowException as error:
        raise FrameError(f"a malformed Arrow stream ({error})") from None


def _allowed(kind: Any) -> bool:
    """Kinds of Arrow column whose values take their own bytes: no views, no run-ends, no foreign extensions."""
    import pyarrow as pa
    from pandas.core.arrays.arrow.extension_types import ArrowIntervalType, ArrowPeriodType

    if isinstance(kind, ArrowIntervalType):
        return _allowed(kind.subtype)
    if isinstance(kind, ArrowPeriodType):
        return True
    if isinstance(kind, pa.BaseExtensionType):
        return False
    tests = pa.types
    if tests.is_list(kind) or tests.is_large_list(kind):
        return not tests.is_null(kind.value_type) and _allowed(kind.value_type)
    if tests.is_struct(kind):
        return all(_allowed(kind.field(i).type) for i in range(kind.num_fields))
    return any(
        test(kind)
        for test in (
            tests.is_boolean, tests.is_integer, tests.is_floating, tests.is_temporal, tests.is_decimal, tests.is_string,
            tests.is_large_string, tests.is_binary, tests.is_large_binary,
        )
    )  # fmt: skip
