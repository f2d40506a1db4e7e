"""Builds the churn dataset from the R package modeldata; datasheet.md describes the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from rdb import read_object
from sources import deb_files, debian, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "r-cran-modeldata", "1.1.0-1"
PACKAGE_SHA256 = "66c2e08bb4bf695d972b1e72ea44d5af9ada3c42841793d3871017f7b896bf95"

VERSION = "1"
SUMMARY = "customers of a fictional telephone company, their contracts and charges, and who left"
LICENCE = "Apache-2.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {PACKAGE} {PACKAGE_VERSION}"
PICTURE = (
    "Share of customers who left, by how long they had been customers: with a contract from month to month it falls "
    "from about 50 % in the first year to about 20 % in the sixth; with one or two years it stays below 15 %."
)

YES_OR_NO = ["female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"]
CONTRACTS = ["Month-to-month", "One year", "Two year"]


def build(out: Path) -> None:
    """Writes customers.parquet into the folder ``out``."""
    deb = debian(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    files = deb_files(deb, "usr/lib/R/site-library/modeldata/data/")
    customers = typed(read_object(files, "modeldata", "wa_churn"))
    write_parquet(pa.Table.from_pandas(customers, preserve_index=False), out / "customers.parquet")


def typed(customers: pd.DataFrame) -> pd.DataFrame:
    """The source's table with its values; what is yes or no becomes a boolean, and the label the last column."""
    columns: dict[str, pd.Series] = {}
    for name, values in customers.reset_index(drop=True).items():
        if name in YES_OR_NO:
            columns[name] = values.astype(bool)
        elif name == "tenure":
            columns[name] = values.astype("int32")
        elif name in ("monthly_charges", "total_charges"):
            columns[name] = values.astype("float64")
        elif name != "churn":
            text = values.astype(str)
            kinds = CONTRACTS if name == "contract" else sorted(set(text))
            columns[name] = text.astype(pd.CategoricalDtype(kinds))
    return pd.DataFrame(columns).assign(churn=(customers["churn"] == "Yes").to_numpy())


def picture(folder: Path) -> Figure:
    from matplotlib.figure import Figure

    customers = pd.read_parquet(folder / "customers.parquet")
    customers = customers[customers["tenure"] > 0]
    year = (customers["tenure"] - 1) // 12 + 1
    left = 100 * customers.groupby([year, "contract"], observed=True)["churn"].mean().unstack()
    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    styles = zip(CONTRACTS, ["o-", "s--", "^:"], ["#D55E00", "#0072B2", "#009E73"], strict=True)
    for contract, style, colour in styles:
        axes.plot(left.index, left[contract], style, color=colour, label=contract)
    axes.set(xlabel="year as a customer", ylabel="left (%)", ylim=(0, 60), title="Who left, by contract and tenure")
    axes.legend(frameon=False)
    return figure
