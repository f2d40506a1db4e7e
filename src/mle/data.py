"""The course's datasets: where they lie, and loading them.

>>> from mle import data
>>> departures = data.load("flights", "departures")  # a pandas DataFrame
>>> images = data.array("fashion-mnist", "train-images")  # a numpy array
>>> sheet = data.path("flights", "datasheet.md")  # a pathlib.Path

Each file's size and SHA-256 are compared with ``datasets/catalogue.toml`` the first time a process uses it, so that a
result never rests on a file that is not the one the lesson was written for.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

CATALOGUE = "catalogue.toml"
DOCUMENTS = ("datasheet.md", "LICENSE")


class DataError(Exception):
    """A dataset is missing, damaged or unknown; the message says what, where, and what to do."""


def root() -> Path:
    """The folder ``datasets/``: ``$MLE_DATASETS``, else the first at or above this package or the working folder.

    Raises DataError when there is none with a ``catalogue.toml``.
    """
    if given := os.environ.get("MLE_DATASETS"):
        folder = Path(given).expanduser().resolve()
        if (folder / CATALOGUE).is_file():
            return folder
        raise DataError(
            f"MLE_DATASETS is {folder}, which has no {CATALOGUE}: set it to the course's datasets folder or unset it."
        )
    for start in (Path(__file__).resolve().parent, Path.cwd()):
        for above in (start, *start.parents):
            if (above / "datasets" / CATALOGUE).is_file():
                return above / "datasets"
    raise DataError(f"no datasets folder at or above {Path.cwd()}: start in the course's folder or set MLE_DATASETS.")


def names() -> list[str]:
    """The datasets there are, sorted."""
    return sorted(_datasets(root()))


def files(name: str) -> list[str]:
    """The data files of dataset ``name``, sorted. Raises DataError when there is no such dataset."""
    return sorted(_files(root(), name))


def path(name: str, file: str) -> Path:
    """The path of one file of dataset ``name``, checked against the catalogue (once in a process).

    ``file`` is a data file (``"departures.parquet"``), ``"datasheet.md"`` or ``"LICENSE"``.
    Raises DataError when the file is unknown, missing, truncated or altered.
    """
    folder = root()
    files = _files(folder, name)
    found = folder / name / file
    if file in files:
        _check(found, name, files[file]["bytes"], files[file]["sha256"])
    elif file not in DOCUMENTS:
        raise DataError(f"dataset {name!r} has no file {file!r}: it has {', '.join(sorted(files))}.")
    elif not found.is_file():
        raise DataError(f"{found} is missing: run `git checkout -- datasets/{name}/{file}`.")
    return found


def load(name: str, table: str) -> pd.DataFrame:
    """One table of dataset ``name`` as a new DataFrame; the dataset's datasheet gives columns, units and known faults.

    ``load("flights", "departures")`` reads ``datasets/flights/departures.parquet``: 327,346 rows, 20 columns.
    Raises DataError when the table is unknown or its file is missing, truncated or altered.
    """
    tables = [file.removesuffix(".parquet") for file in _files(root(), name) if file.endswith(".parquet")]
    if table not in tables:
        raise DataError(f"dataset {name!r} has no table {table!r}: it has {', '.join(sorted(tables)) or 'none'}.")
    # One thread: a process that forks after loading (a DataLoader's workers, say) must not have Arrow's pool running.
    with pq.ParquetFile(path(name, f"{table}.parquet"), pre_buffer=False) as parquet:
        return parquet.read(use_threads=False).to_pandas(use_threads=False)


def array(name: str, part: str) -> np.ndarray:
    """One array of dataset ``name``, from a file in IDX, the format of MNIST: uint8, writable.

    ``array("fashion-mnist", "train-images")`` reads ``train-images-idx3-ubyte.gz``: shape (60000, 28, 28).
    Raises DataError when there is no such part or its file is missing, truncated or altered.
    """
    files = {file.split("-idx")[0]: file for file in _files(root(), name) if "-idx" in file}
    if part not in files:
        raise DataError(f"dataset {name!r} has no array {part!r}: it has {', '.join(sorted(files)) or 'none'}.")
    content = gzip.decompress(path(name, files[part]).read_bytes())
    dimensions = content[3]  # the header: two zero bytes, the type (8: unsigned byte), then big-endian sizes
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape).copy()


def _datasets(folder: Path) -> dict[str, Any]:
    return {key: value for key, value in _catalogue(folder).items() if isinstance(value, dict)}


def _files(folder: Path, name: str) -> dict[str, Any]:
    datasets = _datasets(folder)
    if name not in datasets:
        raise DataError(f"there is no dataset {name!r} in {folder}: there are {', '.join(sorted(datasets))}.")
    return datasets[name]["files"]


@functools.cache
def _catalogue(folder: Path) -> dict[str, Any]:
    file = folder / CATALOGUE
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read ({error}): run `git checkout -- datasets/{CATALOGUE}`.") from None


@functools.cache
def _check(file: Path, name: str, size: int, digest: str) -> None:
    """Raises DataError unless ``file`` has ``size`` bytes and this SHA-256; remembers files that passed."""
    remedy = f"run `make datasets NAME={name}` in the course's folder to put it back."
    if not file.is_file():
        raise DataError(f"{file} is missing: {remedy}")
    if (found := file.stat().st_size) != size:
        raise DataError(f"{file} has {found:,} bytes instead of {size:,}: {remedy}")
    with file.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
            raise DataError(f"{file} has been altered (its SHA-256 is not the catalogue's): {remedy}")
