"""Builds the chicago dataset from the R package modeldata; datasheet.md describes the result."""

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
SUMMARY = (
    "people who enter one station of Chicago's elevated railway, by day, 2001 to 2016: a level that drifts for years"
)
LICENCE = "MIT"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {PACKAGE} {PACKAGE_VERSION}"
PICTURE = (
    "Left: entries at Clark/Lake on weekdays, by month, rise from about 15 to about 21 thousand a day between 2001 and "
    "2016. Right: the error of each weekday's median of 2001 to 2005, by year, grows from about 1 to about 5 thousand, "
    "while the error of the value two weeks before stays below 2 thousand."
)

TEAMS = ("Blackhawks", "Bulls", "Bears", "WhiteSox", "Cubs")
TRAINING_ENDS = 2005


def build(out: Path) -> None:
    """Writes days.parquet into the folder ``out``."""
    deb = debian(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    files = deb_files(deb, "usr/lib/R/site-library/modeldata/data/")
    days = typed(read_object(files, "modeldata", "Chicago"))
    write_parquet(pa.Table.from_pandas(days, preserve_index=False), out / "days.parquet")


def typed(days: pd.DataFrame) -> pd.DataFrame:
    """The source's table with its values, the date first, games as booleans, all other columns as float32."""
    games = [column for column in days.columns if column.startswith(TEAMS)]
    measured = days.columns.drop(["date", *games])
    types = dict.fromkeys(measured, "float32") | dict.fromkeys(games, "bool")
    typed = days.astype(types).assign(date=pd.to_datetime(days["date"]).astype("datetime64[us]"))
    return typed[["date", *days.columns.drop("date")]].reset_index(drop=True)


def errors(days: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute error by year, in thousands, of two forecasts: ``frozen``, the median of the same day of the week
    in 2001 to 2005, and ``lag``, the entries two weeks before."""
    year, weekday = days["date"].dt.year, days["date"].dt.day_of_week
    trained = year <= TRAINING_ENDS
    frozen = weekday.map(days["ridership"][trained].groupby(weekday[trained]).median())
    forecasts = pd.DataFrame({"frozen": frozen, "lag": days["Clark_Lake"]})
    return forecasts.sub(days["ridership"], axis=0).abs().groupby(year).mean()


def picture(folder: Path) -> Figure:
    from matplotlib.figure import Figure

    days = pd.read_parquet(folder / "days.parquet")
    weekdays = days[days["date"].dt.day_of_week < 5].set_index("date")
    months = weekdays["ridership"].resample("MS").median()
    by_year = errors(days)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(months.index, months, color="#0072B2")
    left.axvspan(pd.Timestamp("2001-01-01"), pd.Timestamp("2006-01-01"), color="#E69F00", alpha=0.2)
    left.text(pd.Timestamp("2003-07-01"), 22, "2001–2005", ha="center")
    left.set(xlabel="month", ylabel="entries a day (thousands)", title="Weekdays at Clark/Lake, monthly median")
    left.set_ylim(0, 24)
    right.plot(by_year.index, by_year["frozen"], "o-", color="#D55E00", label="median of that weekday, 2001–2005")
    right.plot(by_year.index, by_year["lag"], "s--", color="#0072B2", label="entries two weeks before")
    right.set(xlabel="year", ylabel="mean absolute error (thousands)", title="Error of two simple forecasts")
    right.set_ylim(0, 6)
    right.legend(frameon=False)
    return figure
