"""Builds the mnist1d dataset with the code in the wheel of mnist1d; datasheet.md describes the result."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import pypi_wheel, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "mnist1d", "0.0.2.post1"
PACKAGE_SHA256 = "e780fadc12ab6e45994dcb02bbe728b347243e0a5d13790f2a86992500eceb86"

VERSION = "1"
SUMMARY = "MNIST-1D: ten digit-like curves of 40 points, 4,000 to train and 1,000 to test, with published accuracies to reproduce"
LICENCE = "Apache-2.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"PyPI {PACKAGE}=={PACKAGE_VERSION} (wheel), its make_dataset() run"
PICTURE = (
    "Ten small curves, the first training example of each class 0 to 9: the class's template of 12 points, shown above "
    "each, is hard to recognise in the 40 points after it was stretched, shifted, sheared and covered with noise."
)


def build(out: Path) -> None:
    """Writes train.parquet, test.parquet and templates.parquet into the folder ``out``."""
    made = make_dataset()
    write_parquet(table(made["x"], made["y"]), out / "train.parquet")
    write_parquet(table(made["x_test"], made["y_test"]), out / "test.parquet")
    write_parquet(table(made["templates"]["x"], made["templates"]["y"]), out / "templates.parquet")


def make_dataset() -> dict[str, Any]:
    """What the package's ``make_dataset`` returns for its default arguments (seed 42).

    The wheel is put on the path for this call instead of being installed: it has no data, only code. It needs scipy and,
    only to be imported, matplotlib and requests. It seeds the global generators of ``random`` and numpy, whose streams
    numpy guarantees not to change; they are put back.
    """
    wheel = str(pypi_wheel(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256))
    states = random.getstate(), np.random.get_state()
    sys.path.insert(0, wheel)
    try:
        package = importlib.import_module("mnist1d.data")
        return package.make_dataset(package.get_dataset_args())
    finally:
        sys.path.remove(wheel)
        for name in [name for name in sys.modules if name.split(".")[0] == "mnist1d"]:
            del sys.modules[name]
        random.setstate(states[0])
        np.random.set_state(states[1])


def table(points: np.ndarray, labels: np.ndarray) -> pa.Table:
    """Columns x0, x1, … and label. float32: versions of numpy and scipy differ by 1e-15 in their float64 results (the
    authors' file of 2020 from this one, for instance), which no value of this dataset shows once rounded."""
    columns = {f"x{place}": points[:, place].astype("float32") for place in range(points.shape[1])}
    return pa.Table.from_pandas(pd.DataFrame(columns | {"label": labels.astype("int8")}), preserve_index=False)


def picture(folder: Path) -> Figure:
    """The first training example of each class, below its template."""
    from matplotlib.figure import Figure

    train = pd.read_parquet(folder / "train.parquet")
    templates = pd.read_parquet(folder / "templates.parquet").set_index("label")
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    rows = figure.subplots(2, 10, sharex="row", sharey="row", height_ratios=[1, 2])
    for label in range(10):
        example = train[train["label"] == label].drop(columns="label").iloc[0].to_numpy()
        rows[0, label].plot(templates.loc[label].to_numpy(), range(12), color="#D55E00", linewidth=2)
        rows[1, label].plot(example, range(40), color="#0072B2", linewidth=1.5)
        rows[0, label].set_title(str(label), fontsize=11)
    for axes in rows.flat:
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    # Drawn downwards, as the authors do: seen so, the templates resemble the digits.
    rows[0, 0].invert_yaxis()
    rows[1, 0].invert_yaxis()
    rows[0, 0].set_ylabel("template,\npoint 0–11", fontsize=8)
    rows[1, 0].set_ylabel("example, point 0–39", fontsize=8)
    figure.supxlabel("value of the curve (templates: before scaling; examples: standardised)", fontsize=9)
    return figure
