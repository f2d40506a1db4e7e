"""Prints, for each table and array of the datasets, what loading it costs: seconds, and memory in MB.

    python tools/measure_datasets.py

Each is loaded in a process of its own, checksum included; the libraries are imported before the clock starts.
"data" is what the loaded object holds; "peak" is by how much the process grew at its largest while loading it.
"""

from __future__ import annotations

import multiprocessing
import resource
import time

import numpy as np
import pandas as pd

from mle import data


def parts() -> list[tuple[str, str, str]]:
    """Every (dataset, function of mle.data, name) that can be loaded."""
    found = []
    for name in data.names():
        for file in data.files(name):
            if file.endswith(".parquet"):
                found.append((name, "load", file.removesuffix(".parquet")))
            elif "-idx" in file:
                found.append((name, "array", file.split("-idx")[0]))
    return found


def measure(part: tuple[str, str, str]) -> tuple[float, float, float]:
    """Seconds, MB held, MB at the peak."""
    name, function, item = part
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    loaded = getattr(data, function)(name, item)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return seconds, held(loaded) / 1e6, peak * 1024 / 1e6


def held(loaded: pd.DataFrame | np.ndarray) -> int:
    """Bytes of an array or a table, the arrays in its cells (sounds, say) included."""
    if isinstance(loaded, np.ndarray):
        return loaded.nbytes
    cells = (cell for column in loaded.select_dtypes("object") for cell in loaded[column])
    return loaded.memory_usage(deep=True).sum() + sum(cell.nbytes for cell in cells if isinstance(cell, np.ndarray))


if __name__ == "__main__":
    print("| dataset | part | seconds | data, MB | peak, MB |\n|---|---|---|---|---|")
    for part in parts():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, size, peak = pool.apply(measure, (part,))
        print(f"| {part[0]} | {part[2]} | {seconds:.2f} | {size:.1f} | {peak:.0f} |", flush=True)
