"""The flights case as every duty module meets it: the parts in time order, and the columns as arrays.

The desk asks, two hours before departure, which flights will arrive 30 minutes late or worse. Past flights teach,
later ones judge: a model is trained on January to August 2013, adjusted on September and October, tested on November
and December.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from mle import data

PARTS = {
    "train": ("2013-01-01", "2013-09-01"),
    "valid": ("2013-09-01", "2013-11-01"),
    "test": ("2013-11-01", "2014-01-01"),
}
"""Each part's first moment and the first moment after it, in local New York time."""

NUMBERS = ["hour", "weekday", "distance", "temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib",
           "seats", "plane_age", "recent_delay"]  # fmt: skip
"""The numeric columns of `datasets/flights/departures.parquet` that are known two hours before departure."""

CATEGORIES = ["carrier", "origin", "dest"]
"""The categorical columns known two hours before departure."""

OPERATIONS = ["due", "waiting", "waiting_carrier", "waiting_dest", "recent_carrier", "recent_arrivals"]
"""The columns of `datasets/flights/operations.parquet` that are known two hours before departure: what the day's other
flights tell. (Its column `arrived` is not: it says when the label becomes known.)"""

FEATURES = NUMBERS + OPERATIONS + CATEGORIES
"""The 22 columns of the model that module 04 chose and the modules after it use."""

COSTS = {"false alarm": 40, "miss": 240}
"""Dollars of the case: what rebooking for nothing costs, and what a late flight without rebooking costs."""

THRESHOLD = COSTS["false alarm"] / (COSTS["false alarm"] + COSTS["miss"])
"""The probability from which rebooking pays: the Bayes threshold c_fp / (c_fp + c_fn) with COSTS."""


def departures(part: str | None = None, rows: int | None = None, operations: bool = False) -> pd.DataFrame:
    """Flights in order of scheduled departure; of one part ("train", "valid", "test") or of the whole year.

    `rows` thins them evenly over time to at most that many; `operations` adds the columns OPERATIONS. Raises ValueError
    for an unknown part.
    """
    table = data.load("flights", "departures")
    if operations:
        table = pd.concat([table, data.load("flights", "operations")[OPERATIONS]], axis=1)
    if part is not None:
        if part not in PARTS:
            raise ValueError(f"part must be one of {', '.join(PARTS)}; got {part!r}")
        first, end = map(pd.Timestamp, PARTS[part])
        table = table[(table["sched_dep"] >= first) & (table["sched_dep"] < end)]
    if rows is not None and rows < len(table):
        table = table.iloc[np.linspace(0, len(table) - 1, rows).round().astype(int)]
    return table.reset_index(drop=True)


def rule(table: pd.DataFrame) -> np.ndarray:
    """What the desk did before it had a model (module 01): rebook where planes leave 5 minutes late or worse on average.

    Booleans of shape (n,); a missing `recent_delay` is no reason to rebook.
    """
    return (table["recent_delay"] >= 5).to_numpy()


def desk_model() -> Pipeline:
    """The model of module 04 as modules 05 to 07 use it, not yet fitted: `.fit(train[FEATURES], train["late"])`.

    Boosting with the settings chosen there. It takes tables as `departures(operations=True)` gives them: numbers may be
    missing, and a category that the training part does not have counts as -1. Unlike there, the codes of categories are
    plain numbers to the trees: the forecasts are as good, and ONNX can express them (module 05 measures both).
    """
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    boosting = HistGradientBoostingClassifier(
        max_iter=50, max_leaf_nodes=5, learning_rate=0.261, l2_regularization=93.6, min_samples_leaf=100,
        early_stopping=False,
    )  # fmt: skip
    columns = ColumnTransformer([("numbers", "passthrough", NUMBERS + OPERATIONS), ("codes", codes, CATEGORIES)])
    return Pipeline([("columns", columns), ("boosting", boosting)])


@dataclass(frozen=True)
class Arrays:
    """One part as arrays: `numbers` (n, k) float32, standardised; `categories` (n, 3) int64 codes, 0 for a value that
    the training part does not have; `late` (n,) float32, 1 for 30 minutes late or worse."""

    numbers: np.ndarray
    categories: np.ndarray
    late: np.ndarray

    def __len__(self) -> int:
        return len(self.late)


class Encoder:
    """Turns tables into arrays with what the training part alone teaches: medians, means, spreads and codes.

    `numbers` names the k numeric columns, 13 by default. `sizes` holds the number of codes of each category, the
    unknown one included.
    """

    def __init__(self, train: pd.DataFrame, numbers: Sequence[str] = NUMBERS):
        self.numbers = [*numbers]
        self.medians = train[self.numbers].astype(float).median()
        filled = train[self.numbers].astype(float).fillna(self.medians)
        self.means, self.spreads = filled.mean(), filled.std(ddof=0).replace(0.0, 1.0)
        self.codes = {c: {v: i for i, v in enumerate(sorted(train[c].astype(str).unique()), 1)} for c in CATEGORIES}
        self.sizes = [len(self.codes[c]) + 1 for c in CATEGORIES]

    def __call__(self, table: pd.DataFrame) -> Arrays:
        numbers = (table[self.numbers].astype(float).fillna(self.medians) - self.means) / self.spreads
        codes = [table[c].astype(str).map(self.codes[c]).fillna(0).astype(np.int64) for c in CATEGORIES]
        return Arrays(numbers.to_numpy(np.float32), np.column_stack(codes), table["late"].to_numpy(np.float32))
