"""Builds damaged copies of some flights and of some weather, with the truth; datasheet.md describes the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sources import write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VERSION = "1"
SUMMARY = "flights as another system delivered them and weather feeds of which three break, each with the truth"
LICENCE = "CC0-1.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = "dataset flights, version 1"
PICTURE = (
    "Four small line charts, one for each weather feed, of the midday temperature, mean of three days, from 31 January "
    "to 27 February 2013: all go up by 10 °F until 15 February; then three of them fall below a dashed alarm line, "
    "5 °F under the mean of the first fourteen days, and the fourth stays above it."
)

FLIGHTS = Path(__file__).resolve().parents[1] / "flights"
LOCAL = "America/New_York"
EXPORTS = [("2013-01-09", "2013-01-10"), ("2013-08-19", "2013-08-23"), ("2013-10-30", "2013-11-06")]
# Which system delivers a carrier's flights, and how that system writes.
SYSTEMS = {"B": {"EV", "AA", "MQ", "YV", "OO"}, "C": {"DL", "9E"}}  # all the others: A
COLUMNS = ["system", "flight_date", "carrier", "flight", "tailnum", "origin", "dest", "sched_dep", "dep", "dep_delay"]
COLUMNS += ["arr_delay", "air_time", "distance", "temp", "wind_speed"]
CLOCK_WRONG = "2013-11-03"  # system C sets its clock back a day late; no flight left between 00:00 and 02:00
KM = 1.609344
KNOT = 1.15078  # mph, as in the weather table

# Shares of lines (or of cells of the column named), each drawn on its own.
RATES = {"variant_carrier": 0.02, "variant_tailnum": 0.02, "variant_origin": 0.04, "system_missing": 0.005}
RATES |= {"unit_written": 0.02, "decimal_lost": 0.004, "outlier": 0.03, "shifted": 0.05, "knots": 0.03}
COPIED, COPIED_TWICE = 0.07, 0.1  # of the records; of those
COPIES = {"exact": 0.3, "rewritten": 0.15, "corrected": 0.15, "minute": 0.15, "incomplete": 0.15, "other-system": 0.1}
MISSING_TEXT = {"A": ["", "", "NA"], "B": ["NA", "-999", "null"], "C": ["", "9999", "null"]}
NUMERIC_SENTINELS = {"-999", "9999"}  # only where a number stands and no true value comes near

FEEDS = {"feed-1": "stuck", "feed-2": "timezone", "feed-3": "healthy", "feed-4": "unit"}
FEED_PERIOD = ("2013-01-29", "2013-02-28")  # New York, the last day not included
BREAKS = {"unit": "2013-02-21 00:00", "stuck": "2013-02-18 06:00", "timezone": "2013-02-17 00:00"}  # New York
BROKEN = {"unit": ["LGA"], "stuck": ["EWR"], "timezone": ["EWR", "JFK", "LGA"]}
MEASURED = ["temp", "dewp", "humid", "wind_speed", "pressure", "visib"]
DROPPED = 0.02  # of a feed's hours never arrive
MIDDAY = (10, 14)  # hours of the dashboard, New York
REFERENCE, ALARM = 14, 5  # days, and how many °F the mean of three days may lie below their mean


def build(out: Path) -> None:
    """Writes the six files into the folder ``out``."""
    rng = np.random.Generator(np.random.PCG64(20130310))
    records = flights_of_the_exports()
    lost = lose_values(records, rng)
    lines = deliver(records, lost, rng)
    (out / "delivery.csv").write_text("\n".join([",".join(COLUMNS), *(line["text"] for line in lines)]) + "\n", "utf-8")
    write_parquet(clean_table(records, lost), out / "clean.parquet")
    kinds = pd.Series([line["kind"] for line in lines], dtype="category")
    which = pd.Series([line["record"] for line in lines], dtype="int32")
    store(pd.DataFrame({"line": np.arange(len(lines), dtype="int32"), "record": which, "kind": kinds}), out, "lines")
    cells = [(i, *cell) for i, line in enumerate(lines) for cell in line["damage"]]
    truth = pd.DataFrame(cells, columns=["line", "column", "kind", "true"]).astype({"line": "int32"})
    store(truth.astype({"column": "category", "kind": "category"}), out, "truth")
    feeds, feeds_truth = weather_feeds(rng)
    store(feeds, out, "feeds")
    store(feeds_truth, out, "feeds-truth")


def store(frame: pd.DataFrame, out: Path, name: str) -> None:
    write_parquet(pa.Table.from_pandas(frame, preserve_index=False), out / f"{name}.parquet")


def read(name: str) -> pd.DataFrame:
    return pq.read_table(FLIGHTS / f"{name}.parquet", use_threads=False).to_pandas(use_threads=False)


# The delivery


def flights_of_the_exports() -> pd.DataFrame:
    """The true records, sorted by scheduled departure (UTC), origin, carrier and number; the index is the record id."""
    flights, weather = read("flights"), read("weather")
    date = pd.to_datetime(flights[["year", "month", "day"]])
    flights = flights.assign(flight_date=date.dt.strftime("%Y-%m-%d"), sched=flights["hour"] * 60 + flights["minute"])
    export = pd.Series(-1, flights.index)
    for i, (first, last) in enumerate(EXPORTS):
        export[date.between(first, last)] = i
    flights = flights.assign(export=export)[export >= 0]
    weather = weather.drop_duplicates(["origin", "time_hour"])[["origin", "time_hour", "temp", "wind_speed"]]
    flights = flights.merge(weather, on=["origin", "time_hour"], how="left", validate="many_to_one")
    local = pd.to_datetime(flights["flight_date"]) + pd.to_timedelta(flights["sched"], unit="min")
    flights["sched_utc"] = local.dt.tz_localize(LOCAL).dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    flights["temp"], flights["wind_speed"] = flights["temp"].round(1), flights["wind_speed"].round(1)
    return flights.sort_values(["sched_utc", "origin", "carrier", "flight"], kind="stable").reset_index(drop=True)


def lose_values(records: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Which values no line delivers, by three mechanisms; ``dep`` goes with ``dep_delay``."""
    drawn = rng.random((3, len(records)))
    arrived = records["arr_delay"].notna()
    far = np.where(records["distance"] >= 1000, 0.15, 0.02)
    late = np.select([records["arr_delay"] >= 120, records["arr_delay"] >= 30], [0.4, 0.2], 0.02)
    return {
        "mcar": pd.Series(arrived & (drawn[0] < 0.04)),  # dep_delay: whatever the flight
        "mar": pd.Series(arrived & (drawn[1] < far)),  # air_time: by distance, which is known
        "mnar": pd.Series(arrived & (drawn[2] < late)),  # arr_delay: by arr_delay itself
    }


LOST = {"dep_delay": "mcar", "dep": "mcar", "air_time": "mar", "arr_delay": "mnar"}


def clean_table(records: pd.DataFrame, lost: dict[str, pd.Series]) -> pa.Table:
    """What perfect cleaning returns: every value that the delivery determines, and no other."""
    known = {column: records[column].where(~lost[LOST[column]]) for column in ("dep_delay", "arr_delay", "air_time")}
    dep = records["sched_utc"] + pd.to_timedelta(known["dep_delay"], unit="min")
    frame = pd.DataFrame({"record": np.arange(len(records), dtype="int32"), "sched_dep": records["sched_utc"]})
    frame["dep"] = dep.astype("datetime64[us, UTC]")
    for column in ("carrier", "origin", "dest"):
        frame[column] = records[column].astype(str).astype("category")
    frame["flight"], frame["tailnum"] = records["flight"].astype("int16"), records["tailnum"]
    for column, values in known.items():
        frame[column] = values.astype("float32")
    frame["distance"] = records["distance"].astype("int16")
    return pa.Table.from_pandas(frame.assign(**records[["temp", "wind_speed"]].astype("float32")), preserve_index=False)


def deliver(records: pd.DataFrame, lost: dict[str, pd.Series], rng: np.random.Generator) -> list[dict[str, Any]]:
    """The lines after the header: text, record, kind, and the damaged cells as (column, kind, true value)."""
    rows = records.assign(**{f"lost_{name}": mask for name, mask in lost.items()}).to_dict("records")
    alike = records.duplicated(["flight_date", "carrier", "flight"], keep=False)
    queues: list[list[tuple[float, dict[str, Any]]]] = [[] for _ in EXPORTS]
    for record, row in enumerate(rows):
        queue = queues[row["export"]]
        for lag, line in lines_of(record, row, bool(alike[record]), rng):
            queue.append((record + lag, line))
    lines = []
    for i, (queue, (first, last)) in enumerate(zip(queues, EXPORTS, strict=True)):
        if i:
            lines.append({"text": ",".join(COLUMNS), "record": -1, "kind": "header", "damage": []})
        lines += [line for _, line in sorted(queue, key=lambda item: item[0])]
        footer = f"End of export {first} to {last}: {len(queue)} records"
        lines.append({"text": footer, "record": -1, "kind": "footer", "damage": []})
    return lines


def lines_of(
    record: int, row: dict[str, Any], alike: bool, rng: np.random.Generator
) -> list[tuple[float, dict[str, Any]]]:
    """The line of a record and its copies, each with how many records later it is sent. The later line is the valid one."""
    own = next((name for name, carriers in SYSTEMS.items() if row["carrier"] in carriers), "A")
    copies = int(alike or rng.random() < COPIED)
    copies += int(copies and rng.random() < COPIED_TWICE)
    kind = str(rng.choice(list(COPIES), p=list(COPIES.values()))) if copies else "record"
    if kind in ("corrected", "minute") and (pd.isna(row["arr_delay"]) or row["lost_mcar"]):
        kind = "exact"  # nothing was preliminary: it did not fly
    if kind == "incomplete" and pd.isna(row["tailnum"]):
        kind = "exact"
    changed: dict[str, Any] = {"kind": kind} if kind in ("corrected", "minute") else {}
    absent = str(rng.choice(["flight", "tailnum", "origin"])) if kind == "incomplete" else ""
    absent_first = bool(rng.random() < 0.5)
    first = line_of(record, row, own, "record", rng, changed=changed, absent=absent if absent_first else "")
    sent = [(0.0, first)]
    for nth in range(copies):
        if nth or kind == "exact":
            line = sent[-1][1] | {"kind": "exact"}
        else:
            system = str(rng.choice([s for s in "ABC" if s != own])) if kind == "other-system" else own
            absent = "" if absent_first else absent
            line = line_of(record, row, system, kind, rng, absent=absent, rewritten=kind == "rewritten")
        sent.append((sent[-1][0] + float(rng.integers(1, 400)) + 0.5, line))
    return sent


def line_of(
    record: int,
    row: dict[str, Any],
    system: str,
    kind: str,
    rng: np.random.Generator,
    *,
    changed: dict[str, Any] | None = None,
    absent: str = "",
    rewritten: bool = False,
) -> dict[str, Any]:
    """One line as ``system`` writes it. ``changed``: what its correction will put right; ``absent``: a field left out."""
    damage: list[tuple[str, str, str]] = []
    cell: dict[str, str] = {}

    def hit(name: str) -> bool:
        return bool(rng.random() < RATES[name])

    def damaged(column: str, what: str, true: Any) -> None:
        damage.append((column, what, plain(true)))

    cell["system"] = system
    if kind != "other-system" and hit("system_missing"):
        cell["system"] = ""
        damaged("system", "system_missing", system)
    year, month, day = row["flight_date"].split("-")
    cell["flight_date"] = {"A": row["flight_date"], "B": f"{int(month)}/{int(day)}/{year}"}.get(
        system, f"{int(day)}/{int(month)}/{year}"
    )
    if system != "A":
        damaged("flight_date", {"B": "date_month_first", "C": "date_day_first"}[system], row["flight_date"])

    for column in ("carrier", "flight", "tailnum", "origin", "dest"):
        true = row[column]
        text = missing(column, system, damaged, rng) if pd.isna(true) else str(true)
        if column in ("carrier", "tailnum", "origin") and text == true and (hit(f"variant_{column}") or rewritten):
            forms = [
                true.lower(),
                f"{true} ",
                f" {true}",
                *([f"K{true}", f"{true.lower()} "] if column == "origin" else []),
            ]
            text = next(form for form in rng.permutation(forms) if form != true)
            damaged(column, "variant", true)
        if column == absent:
            text = ""
            damaged(column, "field_missing", true)
        cell[column] = text

    delays = {"dep_delay": row["dep_delay"], "arr_delay": row["arr_delay"]}
    sched, dep = row["sched"], row["dep_time"]
    dep = None if pd.isna(dep) else int(dep // 100 * 60 + dep % 100)
    if changed and changed["kind"] == "corrected":
        off = int(rng.integers(2, 25)) * int(rng.choice([-1, 1]))
        delays = {column: value + off for column, value in delays.items()}
        dep = (dep + off) % 1440
        for column in delays:
            if not row[f"lost_{LOST[column]}"]:
                damaged(column, "superseded", row[column])
        damaged("dep", "superseded", hhmm(row["dep_time"]))
    elif changed:
        off = int(rng.choice([-1, 1])) if sched % 60 else 1
        sched, delays["dep_delay"] = sched + off, delays["dep_delay"] - off
        damaged("sched_dep", "minute_off", hhmm(row["sched_dep_time"]))
        damaged("dep_delay", "minute_off", row["dep_delay"])
    ahead = 60 if system == "C" and row["flight_date"] == CLOCK_WRONG else 0
    if sched + ahead >= 1440:  # in system C's time it is a flight of 4 November
        cell["flight_date"] = "4/11/2013"
        damaged("flight_date", "clock_not_set_back", row["flight_date"])
    cell["sched_dep"] = clock((sched + ahead) % 1440, system)
    if dep is None or row["lost_mcar"]:
        cell["dep"] = missing("dep", system, damaged, rng)
    else:
        cell["dep"] = clock(dep if dep == 1440 and not ahead else (dep + ahead) % 1440, system)
        if dep == 1440 and not ahead:
            damaged("dep", "time_2400", "2400")
    if row["lost_mcar"]:
        damaged("dep", "mcar", hhmm(row["dep_time"]))
    for column in ("sched_dep", "dep"):
        if system == "C" and ":" in cell[column]:
            true = hhmm(row["sched_dep_time" if column == "sched_dep" else "dep_time"])
            damaged(column, "time_colon", true)
            if ahead:
                damaged(column, "clock_not_set_back", true)

    for column, unit in (("dep_delay", "min"), ("arr_delay", "min"), ("air_time", "min")):
        value = delays.get(column, row[column])
        if value != value:
            cell[column] = missing(column, system, damaged, rng)
            continue
        if row[f"lost_{LOST[column]}"]:
            cell[column] = missing(column, system, damaged, rng)
            damaged(column, LOST[column], row[column])
            continue
        cell[column] = f"{value:,.0f}" if system == "B" else f"{value:.0f}"
        if "," in cell[column]:
            damaged(column, "thousands_comma", row[column])
        if column == "dep_delay" and kind == "record" and not changed and value >= 6 and hit("outlier"):
            cell[column] = str(rng.choice(["9999", f"{value * 10:.0f}"]))
            damaged(column, "outlier", value)
        elif hit("unit_written"):
            cell[column] += f" {unit}"
            damaged(column, "unit_written", row[column])

    miles = row["distance"]
    cell["distance"] = {"A": str(miles), "B": f"{miles:,}"}.get(system, comma(miles * KM))
    if system == "C":
        damaged("distance", "kilometres", miles)
    elif "," in cell["distance"]:
        damaged("distance", "thousands_comma", miles)
    temp, wind = row["temp"], row["wind_speed"]
    if temp != temp:
        cell["temp"] = missing("temp", system, damaged, rng)
    elif system == "C":
        cell["temp"] = comma((temp - 32) / 1.8)
        damaged("temp", "celsius", f"{temp:.1f}")
    else:
        cell["temp"] = f"{temp:.1f}"
    if wind != wind:
        cell["wind_speed"] = missing("wind_speed", system, damaged, rng)
    elif wind and hit("decimal_lost"):
        cell["wind_speed"] = f"{wind * 10:.0f}"
        damaged("wind_speed", "decimal_lost", f"{wind:.1f}")
    elif system == "B" and hit("knots"):
        cell["wind_speed"] = f"{wind / KNOT:.0f} kt"
        damaged("wind_speed", "unit_written", f"{wind:.1f}")
    else:
        cell["wind_speed"] = comma(wind) if system == "C" else f"{wind:.1f}"
        if system == "C":
            damaged("wind_speed", "decimal_comma", f"{wind:.1f}")

    unquoted = ""
    if system == "B" and "," in cell["distance"] and hit("shifted"):
        unquoted = "distance"
        damaged("distance", "shifted", miles)
    text = ",".join(
        f'"{cell[column]}"' if "," in cell[column] and column != unquoted else cell[column] for column in COLUMNS
    )
    return {"text": text, "record": record, "kind": kind, "damage": damage}


def plain(value: Any) -> str:
    """A true value as text: whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) else str(value)


def hhmm(value: float) -> str:
    return f"{int(value):04d}"


def clock(minute: int, system: str) -> str:
    """A time of day: 17:05 in system C, 1705 or 5 in the others, which drop zeros in front."""
    return f"{minute // 60:02d}:{minute % 60:02d}" if system == "C" else str(minute // 60 * 100 + minute % 60)


def comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def missing(column: str, system: str, damaged: Any, rng: np.random.Generator) -> str:
    """How ``system`` writes that it has no value."""
    forms = MISSING_TEXT[system]
    numeric = column in ("dep_delay", "arr_delay", "air_time")
    if not numeric:
        forms = [form for form in forms if form not in NUMERIC_SENTINELS or (column in ("temp", "wind_speed"))]
    text = str(rng.choice(forms))
    if text:
        damaged(column, "sentinel", "")
    return text


# The feeds


def weather_feeds(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The hourly weather as four feeds deliver it, and what is wrong with each."""
    weather = read("weather").drop_duplicates(["origin", "time_hour"])
    start, end = (pd.Timestamp(day, tz=LOCAL).tz_convert("UTC") for day in FEED_PERIOD)
    near = weather[(weather["time_hour"] >= start - pd.Timedelta(days=1)) & (weather["time_hour"] < end)]
    near = near[["time_hour", "origin", *MEASURED]].reset_index(drop=True)
    feeds, truths = [], []
    for feed, kind in FEEDS.items():
        moment = pd.Timestamp(BREAKS[kind], tz=LOCAL).tz_convert("UTC") if kind in BREAKS else pd.NaT
        frame = broken(near, kind, moment)
        frame = frame[(frame["time_hour"] >= start) & (frame["time_hour"] < end)]
        frame = frame[rng.random(len(frame)) >= DROPPED].sort_values(["time_hour", "origin"], kind="stable")
        feeds.append(frame.assign(feed=feed)[["feed", *near.columns]])
        columns = {"unit": "temp dewp", "stuck": "temp", "timezone": " ".join(MEASURED), "healthy": ""}[kind]
        truths.append((feed, kind, moment, " ".join(BROKEN.get(kind, [])), columns))
    table = pd.concat(feeds, ignore_index=True)
    table = table.astype({"feed": "category", "origin": "category", **dict.fromkeys(MEASURED, "float32")})
    truth = pd.DataFrame(truths, columns=["feed", "kind", "first_bad", "origins", "columns"])
    truth["first_bad"] = pd.to_datetime(truth["first_bad"], utc=True).astype("datetime64[us, UTC]")
    return table.assign(time_hour=table["time_hour"].astype("datetime64[us, UTC]")), truth


def broken(near: pd.DataFrame, kind: str, moment: pd.Timestamp) -> pd.DataFrame:
    """``near`` with the fault ``kind`` from ``moment`` on."""
    near = near.copy()
    if kind == "unit":  # degrees Celsius instead of Fahrenheit
        bad = (near["time_hour"] >= moment) & near["origin"].isin(BROKEN[kind])
        near.loc[bad, ["temp", "dewp"]] = ((near.loc[bad, ["temp", "dewp"]] - 32) / 1.8).round(1)
    elif kind == "stuck":  # the value of the hour in which it stuck, from then on
        at = near["origin"].isin(BROKEN[kind])
        value = near.loc[at & (near["time_hour"] == moment), "temp"].item()
        near.loc[at & (near["time_hour"] >= moment), "temp"] = value
    elif kind == "timezone":  # converted to UTC twice: five hours too late
        offset = pd.Timedelta(hours=5)
        shifted = near.assign(time_hour=near["time_hour"] + offset)
        near = pd.concat([near[near["time_hour"] < moment], shifted[shifted["time_hour"] >= moment]])
    return near


def midday_means(feeds: pd.DataFrame) -> pd.DataFrame:
    """The dashboard: mean temperature by day (New York; rows) and feed (columns) of the hours ``MIDDAY``."""
    local = feeds["time_hour"].dt.tz_convert(LOCAL)
    midday = local.dt.hour.between(*MIDDAY)
    means = feeds[midday].groupby([local[midday].dt.date, "feed"], observed=True)["temp"].mean()
    return means.unstack()


def picture(folder: Path) -> Figure:
    """The four feeds' dashboards side by side, with the alarm line; which feed has which fault is left to find."""
    import matplotlib.dates as mdates
    import matplotlib.pyplot as plt

    means = midday_means(pd.read_parquet(folder / "feeds.parquet"))
    days = pd.to_datetime(means.index)
    figure, axes = plt.subplots(1, 4, figsize=(9, 2.8), sharey=True, layout="constrained")
    for axis, feed in zip(axes, means.columns, strict=True):
        line = means[feed].iloc[:REFERENCE].mean() - ALARM
        axis.axvspan(days[0], days[REFERENCE - 1], color="#DDDDDD")
        axis.plot(days, means[feed].rolling(3).mean(), color="#0072B2")
        axis.plot(days[[REFERENCE, -1]], [line, line], color="#D55E00", linestyle="--", linewidth=1)
        axis.set_title(feed, fontsize=10)
        axis.set_ylim(23, 50)
        axis.xaxis.set_major_locator(mdates.DayLocator(bymonthday=[1, 15]))
        axis.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
        axis.set_xlabel("day of 2013", fontsize=9)
        axis.tick_params(labelsize=8)
    axes[0].set_ylabel("temperature, 10:00–15:00,\nmean of three days (°F)", fontsize=9)
    axes[0].text(days[1], 24, "reference", fontsize=8)
    axes[0].text(days[REFERENCE], 24, "alarm line", fontsize=8, color="#A34700")
    return figure
