"""The flights tables are what their datasheet says, and departures knows nothing from after the prediction."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from datasets_folder import build_script

from mle import data

SHAPES = {
    "flights": (336_776, 19),
    "weather": (26_115, 15),
    "planes": (3_322, 9),
    "airports": (1_458, 8),
    "airlines": (16, 2),
    "departures": (327_346, 20),
    "operations": (327_346, 7),
}
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: data.load("flights", name) for name in SHAPES}


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return build_script("flights")


def test_flights_tables_have_the_rows_and_columns_of_their_source(tables: dict[str, pd.DataFrame]) -> None:
    assert {name: frame.shape for name, frame in tables.items()} == SHAPES


def test_departures_has_the_schema_of_its_datasheet(tables: dict[str, pd.DataFrame]) -> None:
    expected = {"sched_dep": "datetime64[us]"} | dict.fromkeys(["carrier", "origin", "dest"], "category")
    expected |= {"distance": "float32"} | dict.fromkeys(["hour", "minute", "weekday"], "int32")
    expected |= dict.fromkeys(["temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure"], "float32")
    expected |= dict.fromkeys(["visib", "seats", "plane_age", "recent_delay"], "float32") | {"late": "bool"}
    departures = tables["departures"]
    assert [(name, str(kind)) for name, kind in departures.dtypes.items()] == list(expected.items())
    assert departures["sched_dep"].is_monotonic_increasing
    for column in ("carrier", "origin", "dest"):
        assert departures[column].cat.categories.is_monotonic_increasing
        assert set(departures[column].cat.categories) == set(departures[column])


def test_departures_values_are_physically_possible(tables: dict[str, pd.DataFrame]) -> None:
    departures = tables["departures"]
    limits = {"temp": (0, 110), "dewp": (-20, 85), "humid": (0, 100), "wind_speed": (0, 60), "wind_gust": (0, 100)}
    limits |= {"precip": (0, 3), "pressure": (950, 1050), "visib": (0, 10), "seats": (20, 450), "plane_age": (0, 48)}
    limits |= {
        "recent_delay": (-60, 180),
        "distance": (80, 5000),
        "hour": (5, 23),
        "minute": (0, 59),
        "weekday": (0, 6),
    }
    for column, (low, high) in limits.items():
        assert departures[column].dropna().between(low, high).all(), column


def utc(row) -> datetime:
    local = datetime(2013, row.month, row.day, row.sched_dep_time // 100, row.sched_dep_time % 100, tzinfo=NEW_YORK)
    return local.astimezone(UTC)


@pytest.mark.parametrize(
    "day", ["01-01", "02-08", "02-12", "03-09", "03-10", "06-15", "07-23", "09-12", "11-03", "12-31"]
)
def test_departures_equals_a_recomputation_that_looks_only_at_what_was_known(
    tables: dict[str, pd.DataFrame], day: str
) -> None:
    """Row by row and with the standard library, for flights of ordinary, stormy and clock-change days."""
    today = date.fromisoformat(f"2013-{day}")
    near = {today - timedelta(days=1), today, today + timedelta(days=1)}
    flights, weather, departures = (tables[name] for name in ("flights", "weather", "departures"))
    flights = flights[[date(2013, m, d) in near for m, d in zip(flights["month"], flights["day"], strict=True)]]
    weather = list(weather[weather["time_hour"].dt.date.isin(near)].itertuples())
    planes = tables["planes"].set_index("tailnum")
    left = [
        (utc(row) + timedelta(minutes=row.dep_delay), row.origin, row.dep_delay)
        for row in flights[flights["dep_time"].notna()].itertuples()
    ]
    flights = flights[(flights["day"] == today.day) & flights["arr_delay"].notna()]
    arrived = sorted(flights.itertuples(), key=lambda row: (utc(row), row.origin, row.carrier, row.flight))
    rows = departures[departures["sched_dep"].dt.date == today]
    assert len(rows) == len(arrived)

    for i in np.random.default_rng(13).choice(len(rows), 40, replace=False):
        flight, got = arrived[i], rows.iloc[i]
        scheduled = utc(flight)
        known_at = scheduled - timedelta(hours=2)
        local = scheduled.astimezone(NEW_YORK)
        assert got["sched_dep"] == local.replace(tzinfo=None) and got["weekday"] == local.weekday()
        assert (got["carrier"], got["origin"], got["dest"]) == (flight.carrier, flight.origin, flight.dest)
        assert (got["hour"], got["minute"], got["distance"]) == (local.hour, local.minute, flight.distance)
        assert got["late"] == (flight.arr_delay >= 30)

        delays = [
            min(delay, 180)
            for moment, origin, delay in left
            if origin == flight.origin and known_at - timedelta(hours=2) <= moment < known_at
        ]
        mean = sum(delays) / len(delays) if delays else np.nan
        assert got["recent_delay"] == pytest.approx(mean, abs=0.0501, nan_ok=True)

        age = {row: known_at - row.time_hour - timedelta(hours=1) for row in weather if row.origin == flight.origin}
        known = [row for row in age if timedelta() <= age[row] <= timedelta(hours=6)]
        last = min(known, key=age.__getitem__, default=None)
        for column in ("temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"):
            expected = getattr(last, column) if last else np.nan
            expected = np.nan if column == "wind_speed" and expected > 200 else expected
            assert got[column] == pytest.approx(expected, rel=1e-6, nan_ok=True), column

        plane = planes.loc[flight.tailnum] if flight.tailnum in planes.index else None
        if plane is None or plane["seats"] < 20 or plane["manufacturer"] in ("DOUGLAS", "GULFSTREAM AEROSPACE"):
            assert np.isnan(got["seats"]) and np.isnan(got["plane_age"])
        else:
            assert got["seats"] == plane["seats"]
            assert got["plane_age"] == pytest.approx(2013 - plane["year"], nan_ok=True)


@pytest.mark.parametrize("day", ["02-08", "03-10", "07-22", "10-01", "11-03"])
def test_operations_equals_a_recomputation_that_looks_only_at_what_was_known(
    tables: dict[str, pd.DataFrame], day: str
) -> None:
    """Row by row and with the standard library. An arrival is departure + actual duration; the build uses the schedule."""
    today = date.fromisoformat(f"2013-{day}")
    near = {today - timedelta(days=1), today, today + timedelta(days=1)}
    flights, departures, operations = (tables[name] for name in ("flights", "departures", "operations"))
    flights = flights[[date(2013, m, d) in near for m, d in zip(flights["month"], flights["day"], strict=True)]]
    flights = [row._asdict() | {"sched": utc(row)} for row in flights.itertuples()]
    for row in flights:
        row["left"] = None if pd.isna(row["dep_delay"]) else row["sched"] + timedelta(minutes=int(row["dep_delay"]))
    zones = tables["airports"].set_index("faa")["tzone"].to_dict()
    zones |= dict.fromkeys(["SJU", "BQN", "STT", "PSE"], "America/Puerto_Rico")

    def arrival(row: dict) -> datetime | None:
        if pd.isna(row["arr_delay"]):
            return None
        there = row["left"].astimezone(ZoneInfo(zones[row["dest"]])).replace(tzinfo=None)
        hour, minute = divmod(int(row["arr_time"]), 100)
        clock = there.replace(hour=hour % 24, minute=minute)
        return row["left"] + (clock - there) % timedelta(days=1)

    rows = departures[departures["sched_dep"].dt.date == today]
    arrived = [row for row in flights if row["day"] == today.day and pd.notna(row["arr_delay"])]
    arrived.sort(key=lambda row: (row["sched"], row["origin"], row["carrier"], row["flight"]))
    assert len(rows) == len(arrived)
    for i in np.random.default_rng(14).choice(len(rows), 25, replace=False):
        flight, got = arrived[i], operations.loc[rows.index[i]]
        at = flight["sched"] - timedelta(hours=2)

        def same(row: dict, *keys: str, flight: dict = flight) -> bool:
            return all(row[key] == flight[key] for key in keys)

        def recent(moment: datetime | None, at: datetime = at) -> bool:
            return moment is not None and at - timedelta(hours=4) <= moment < at

        def mean(delays: list[int]) -> float:
            return np.mean(np.clip(delays, -30, 180)) if delays else np.nan

        waits = [row for row in flights if recent(row["sched"]) and not (row["left"] is not None and row["left"] < at)]
        half = timedelta(minutes=30)
        due = sum(same(row, "origin") and abs(row["sched"] - flight["sched"]) <= half for row in flights)
        assert got["due"] == due
        assert got["waiting"] == sum(same(row, "origin") for row in waits)
        assert got["waiting_carrier"] == sum(same(row, "origin", "carrier") for row in waits)
        assert got["waiting_dest"] == sum(same(row, "dest") for row in waits)
        gone = [row["dep_delay"] for row in flights if same(row, "origin", "carrier") and recent(row["left"])]
        landed = [row["arr_delay"] for row in flights if same(row, "dest") and recent(arrival(row))]
        assert got["recent_carrier"] == pytest.approx(mean(gone), abs=0.0501, nan_ok=True)
        assert got["recent_arrivals"] == pytest.approx(mean(landed), abs=0.0501, nan_ok=True)
        assert got["arrived"] == arrival(flight)


@pytest.mark.parametrize("moment", ["2013-02-08 17:45", "2013-03-10 12:50", "2013-07-23 14:45", "2013-11-03 11:50"])
def test_nothing_that_happens_after_the_prediction_changes_a_feature(
    tables: dict[str, pd.DataFrame], build: ModuleType, moment: str
) -> None:
    """Whatever was not known at ``moment`` (UTC) is falsified; flights predicted by then must keep their features."""
    now = pd.Timestamp(moment, tz="UTC")
    near = [now - pd.Timedelta(days=2), now + pd.Timedelta(days=2)]
    flights = tables["flights"][tables["flights"]["time_hour"].between(*near)]
    weather = tables["weather"][tables["weather"]["time_hour"].between(*near)]
    future = build.scheduled(flights) + pd.to_timedelta(flights["dep_delay"].fillna(0), unit="min") >= now
    unseen = weather["time_hour"] + pd.Timedelta(minutes=51) > now
    delayed = np.where(future, flights["dep_delay"] + 77, flights["dep_delay"])
    false_flights = flights.assign(dep_delay=delayed, arr_delay=flights["arr_delay"] + np.where(future, 500, 0))
    false_weather = weather.assign(**{c: np.where(unseen, -50.0, weather[c]) for c in build.WEATHER})

    true = build.departures(flights, weather, tables["planes"])
    false = build.departures(false_flights, false_weather, tables["planes"])
    predicted = true["sched_dep"].dt.tz_localize("America/New_York") - pd.Timedelta(hours=2) <= now
    assert predicted.sum() > 1000 and not true[~predicted].equals(false[~predicted])
    features = true.columns.drop("late")
    pd.testing.assert_frame_equal(true.loc[predicted, features], false.loc[predicted, features])
    assert (true["late"] != false["late"]).any()
    true, false = build.operations(flights), build.operations(false_flights)
    known = true.columns.drop("arrived")
    pd.testing.assert_frame_equal(true.loc[predicted, known], false.loc[predicted, known])
    assert not true.equals(false)


def test_planes_names_no_private_person(tables: dict[str, pd.DataFrame], build: ModuleType) -> None:
    assert set(tables["planes"]["manufacturer"]) <= {*build.COMPANIES, "AMATEUR BUILT"}


def test_each_known_fault_of_flights_is_as_its_datasheet_counts_it(tables: dict[str, pd.DataFrame]) -> None:
    f, w, p, a, d = (tables[name] for name in ("flights", "weather", "planes", "airports", "departures"))
    carrier, arrivals = (tables["operations"][name].isna() for name in ("recent_carrier", "recent_arrivals"))
    diverted = f["arr_delay"].isna() & f["dep_time"].notna()
    unmatched = ~f["tailnum"].isin(p["tailnum"])
    other = p[(p["seats"] < 20) | p["manufacturer"].isin(["DOUGLAS", "GULFSTREAM AEROSPACE"])]["tailnum"]
    embraer = p[(p["model"] == "ERJ 190-100 IGW") & (p["seats"] == 20)]["tailnum"]
    local_hour = ["origin", "year", "month", "day", "hour"]
    hours = 3 * ((w["time_hour"].max() - w["time_hour"].min()) // pd.Timedelta(hours=1) + 1)
    elapsed = f["hour"] * 60 + f["minute"] + f["dep_delay"]
    clock = f["dep_time"] // 100 * 60 + f["dep_time"] % 100
    rainy = w["pressure"].isna().groupby(w["precip"] > 0).mean()
    late = d["late"].groupby(d["sched_dep"].dt.month).mean()
    missing = d.isna().sum()
    counted = [
        f"{f.isna().sum().sum():,} values of flights are missing",
        f"{f['dep_time'].isna().sum():,} flights were cancelled",
        f"{diverted.sum():,} more left",
        f"{(diverted & f['arr_time'].notna()).sum()} of those with an arrival time",
        f"{f['tailnum'].isna().sum():,} have no tail number",
        f"{unmatched.sum():,} flights ({unmatched.mean():.1%}) have no entry in planes".replace("%", " %"),
        f"{f[unmatched]['carrier'].isin(['AA', 'MQ']).mean():.0%} of them are of AA and MQ".replace("%", " %"),
        f"{len(other)} entries of planes are light aircraft",
        f"matched by {f['tailnum'].isin(other).sum():,} flights",
        f"All {(~unmatched & (f['carrier'] == 'MQ')).sum():,} matches of MQ are wrong",
        f"the {len(embraer)} Embraer 190 have 20 seats there",
        f"about 100 in truth, {f['tailnum'].isin(embraer).sum():,} flights",
        f'N14629, a Boeing 737-524, is from "{p.set_index("tailnum").loc["N14629", "year"]:.0f}"',
        f"{p['year'].isna().sum()} planes have no year, {p['speed'].isna().sum():,} no speed",
        f"departure delay is {f['dep_delay'].max():,.0f} minutes",
        f"{(f['dep_delay'] > 180).sum():,} are above 180 minutes",
        f"`dep_time` is 2400 in {(f['dep_time'] == 2400).sum()} rows, `arr_time` in {(f['arr_time'] == 2400).sum()}",
        f"{(elapsed - clock == 1440).sum():,} flights left after midnight",
        f"{f.duplicated(['month', 'day', 'carrier', 'flight']).sum()} pairs share date, carrier and flight number",
        f"{(~f['dest'].isin(a['faa'])).sum():,} flights go to four airports",
        f"{a['tzone'].isna().sum()} have no time zone",
        f"{hours - len(w)} of {hours:,} hours are missing",
        f"One wind is {w['wind_speed'].max():,.1f} mph",
        f"{w['pressure'].isna().sum():,} pressures are missing",
        f"{rainy[True]:.0%} of the hours with precipitation, {rainy[False]:.0%} of those without".replace("%", " %"),
        f"{((f['month'] == 3) & (f['day'] == 10)).sum()} flights on 10 March",
        f"{((f['month'] == 11) & (f['day'] == 3)).sum()} on 3 November",
        f"{w.duplicated(local_hour).sum()} rows whose local time is not unique",
        f"`pressure` is missing in {missing['pressure']:,} rows",
        f"`seats` in {missing['seats']:,}",
        f"`plane_age` in {missing['plane_age']:,}",
        f"`recent_delay` in {missing['recent_delay']:,}",
        f"other weather in {missing['visib']} to {missing['wind_gust']}",
        f"`recent_carrier` is missing in {carrier.sum():,} rows ({carrier.mean():.1%}".replace("%", " %"),
        f"{(d['hour'][carrier] < 10).mean():.0%} of them before 10:00)".replace("%", " %"),
        f"`recent_arrivals` in {arrivals.sum():,} ({arrivals.mean():.1%}".replace("%", " %"),
        f"{(d['hour'][arrivals] < 10).mean():.0%} before 10:00)".replace("%", " %"),
        f"{d['late'].mean():.1%} are late; by month from {late.min():.1%} (September)".replace("%", " %"),
        f"{late.max():.1%} (July)".replace("%", " %"),
        f"In {(p['manufacturer'] == 'AMATEUR BUILT').sum()} entries of planes",
        f"{d['carrier'].nunique()} carriers, {d['origin'].nunique()} origins, {d['dest'].nunique()} destinations",
    ]
    sheet = " ".join(data.path("flights", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if " ".join(fact.split()) not in sheet] == []
    assert (clock - elapsed).dropna().isin([0, -1440]).all(), "each actual departure time agrees with its delay"
    assert not f.duplicated(["time_hour", "minute", "origin", "carrier", "flight"]).any()
