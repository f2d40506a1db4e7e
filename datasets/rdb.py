"""Reads one object of an installed R package's data: ``data/Rdata.rdx``, the index, and ``data/Rdata.rdb``, the values.

R's manual "R Internals" describes both: the index is a compressed serialised list of offset and length by object, and a
value starts with its uncompressed size (4 bytes, big-endian), then for xz the letter Z (nothing for zlib), then the
compressed serialised object.
"""

from __future__ import annotations

import gzip
import lzma
import warnings
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np


def read_object(files: Mapping[str, bytes], package: str, name: str) -> Any:
    """Object ``name`` of the R package ``package``: a data frame as a DataFrame, a vector as an array.

    ``files``: content by path, as ``sources.deb_files`` returns it for ``usr/lib/R/site-library/PACKAGE/data/``.
    Raises KeyError when the package has no such object, ValueError when a value is not of the size its head states.
    """
    folder = f"usr/lib/R/site-library/{package}/data/"
    index = convert(gzip.decompress(files[folder + "Rdata.rdx"]))
    start, length = (int(number) for number in index["variables"][name])
    return convert(decompress(files[folder + "Rdata.rdb"][start : start + length]))


def decompress(value: bytes) -> bytes:
    size = int.from_bytes(value[:4], "big")
    if value[4:5] == b"Z":  # LZMA2 without a container, hence without a record of its filter
        content = lzma.decompress(value[5:], lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}])
    else:
        content = zlib.decompress(value[4:])
    if len(content) != size:
        raise ValueError(f"the value has {len(content):,} bytes instead of {size:,}")
    return content


def convert(serialised: bytes) -> Any:
    import rdata

    known = rdata.conversion.DEFAULT_CLASS_MAP
    added = {"Date": lambda days, _: np.asarray(days, "datetime64[D]"), "tbl_df": known["data.frame"]}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Unknown file type")  # a bare serialised object has no magic number
        return rdata.conversion.convert(rdata.parser.parse_data(serialised), {**known, **added})
