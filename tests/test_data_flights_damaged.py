"""flights-damaged: the truth agrees with the delivery, and cleaning by rule finds what a naive one does not."""

from __future__ import annotations

import csv
import re

import numpy as np
import pandas as pd
import pytest

from mle import data

NAME = "flights-damaged"
LOCAL = "America/New_York"
COLUMNS = ["system", "flight_date", "carrier", "flight", "tailnum", "origin", "dest", "sched_dep", "dep", "dep_delay"]
COLUMNS += ["arr_delay", "air_time", "distance", "temp", "wind_speed"]
NUMBERS = ["dep_delay", "arr_delay", "air_time", "distance", "temp", "wind_speed"]
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def rows() -> dict[int, list[str]]:
    with data.path(NAME, "delivery.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == COLUMNS
    return dict(enumerate(rows))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return {name: data.load(NAME, name) for name in ("clean", "lines", "truth", "feeds", "feeds-truth")}


def minutes(text: pd.Series) -> pd.Series:
    return text.str.replace(":", "").astype("Float64").pipe(lambda hhmm: hhmm // 100 * 60 + hhmm % 100)


def normalise(rows: dict[int, list[str]]) -> pd.DataFrame:
    """One typed row for each line that is a record; nothing is merged yet."""
    whole = {i: r if len(r) == 15 else [*r[:12], r[12] + r[13], *r[14:]] for i, r in rows.items() if len(r) > 1}
    raw = pd.DataFrame.from_dict(whole, orient="index", columns=COLUMNS)
    raw = raw[raw["system"] != "system"].apply(lambda column: column.str.strip())
    raw = raw.mask(raw.isin(["", "NA", "null"]))
    raw["carrier"], raw["tailnum"] = raw["carrier"].str.upper(), raw["tailnum"].str.upper()
    raw["origin"] = raw["origin"].str.upper().str[-3:]
    system = raw["system"].fillna(raw.groupby("carrier")["system"].transform(lambda systems: systems.mode()[0]))
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    date = pd.concat([pd.to_datetime(raw["flight_date"][system == s], format=f) for s, f in formats.items()])
    sched = date.reindex(raw.index) + pd.to_timedelta(minutes(raw["sched_dep"]), unit="min")
    # Until 02:00 on 4 November the clock of system C is still on summer time.
    fast = (system == "C") & (sched >= "2013-11-03 02:00") & (sched < "2013-11-04 02:00")
    late = (minutes(raw["dep"]) - sched.dt.hour * 60 - sched.dt.minute + 120) % 1440 - 120
    sched = sched - pd.to_timedelta(np.where(fast, 60, 0), unit="min")
    table = raw[["carrier", "flight", "tailnum", "origin", "dest"]].copy()
    table["date"], table["sched_dep"] = sched.dt.normalize(), sched.dt.tz_localize(LOCAL).dt.tz_convert("UTC")
    for column in NUMBERS:
        text = raw[column].mask(raw[column].isin(["-999", "9999"])).str.replace(r" (min|kt)$", "", regex=True)
        table[column] = pd.to_numeric(text.str.replace(",", "").where(system != "C", text.str.replace(",", ".")))
    table["dep_delay"] = late.astype("float64")  # times of day bear out the true outliers and no others
    table["distance"] = table["distance"].where(system != "C", table["distance"] / 1.609344).round()
    table["temp"] = table["temp"].where(system != "C", table["temp"] * 1.8 + 32).round(1)
    wind = table["wind_speed"] * np.where(raw["wind_speed"].str.endswith(" kt", na=False), 1.15078, 1)
    others = wind.groupby([table["origin"], table["sched_dep"].dt.floor("h")]).transform("median")
    table["wind_speed"] = wind.mask((wind >= 10) & ((wind - others * 10).abs() <= 1), wind / 10).round(1)
    return table


def same_record(table: pd.DataFrame) -> pd.Series:
    """By line, the record it belongs to: its key where all of it is there, else the one complete line that agrees."""
    table = table.assign(date=table["date"].dt.strftime("%m-%d"))
    key = pd.Series(list(zip(*(table[c] for c in ("date", "carrier", "flight", "origin")), strict=True)), table.index)
    complete = table["flight"].notna() & table["origin"].notna()
    for absent in ("flight", "origin"):
        rest = [c for c in ("date", "carrier", "flight", "origin", "dest", "sched_dep", "tailnum") if c != absent]
        known = table[complete].assign(key=key[complete]).drop_duplicates(rest).set_index(rest)["key"].to_dict()
        for line in table.index[table[absent].isna()]:
            key[line] = known.get(tuple(table.loc[line, rest]), key[line])
    return key.map({name: i for i, name in enumerate(key.unique())})


def score(found: pd.Series) -> tuple[float, float]:
    scope = {"data": data, "found": found}  # the code in the datasheet gives precision and recall over pairs of lines
    exec(re.search(r"```python\n(.*?)```", data.path(NAME, "datasheet.md").read_text("utf-8"), re.DOTALL)[1], scope)
    return scope["precision"], scope["recall"]


def cells_right(table: pd.DataFrame, clean: pd.DataFrame, record: pd.Series) -> float:
    """Share of the cells of ``clean`` that ``table`` (index: line; one row a record) has; a missing one must be missing."""
    table = table.assign(record=record).dropna(subset="record").drop_duplicates("record", keep="last")
    table = table.set_index("record").reindex(clean["record"])
    right = 0
    for column in clean.columns.drop("record"):
        true, said = clean[column].reset_index(drop=True), table[column].reset_index(drop=True)
        equal = (true - said).abs() < 0.01 if column in NUMBERS else true.astype(object) == said.astype(object)
        right += (equal | (true.isna() & said.isna())).sum()
    return right / (len(clean) * (clean.shape[1] - 1))


def merged(table: pd.DataFrame, record: pd.Series) -> pd.DataFrame:
    """The later line's values, and where it has none the earlier line's; the index is the last line of each record."""
    last = table.groupby(record).last()
    last["dep"] = last["sched_dep"] + pd.to_timedelta(last["dep_delay"], unit="min")
    last["flight"] = last["flight"].astype("Float64")
    return last.set_index(pd.Index(record.drop_duplicates(keep="last").sort_values().index))


def naive(raw: pd.DataFrame) -> pd.DataFrame:
    """What drop_duplicates and ``errors="coerce"`` make of it."""
    raw = raw.drop_duplicates().mask(lambda frame: frame.isin(["", "NA", "null"]))
    table = raw.assign(**{c: pd.to_numeric(raw[c], errors="coerce") for c in [*NUMBERS, "flight", "sched_dep"]})
    date = pd.to_datetime(raw["flight_date"], errors="coerce", format="mixed")
    sched = date + pd.to_timedelta(table["sched_dep"] // 100 * 60 + table["sched_dep"] % 100, unit="min")
    table["sched_dep"] = sched.dt.tz_localize(LOCAL, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
    table["dep"] = table["sched_dep"] + pd.to_timedelta(table["dep_delay"].where(lambda d: d < 9999), unit="min")
    return table


def test_the_tables_have_the_schema_of_the_datasheet(rows: dict, tables: Tables) -> None:
    utc, clean = "datetime64[us, UTC]", tables["clean"]
    kinds = ["int32", utc, utc, "category", "category", "category", "int16", "str", *["float32"] * 3]
    assert list(clean.dtypes.astype(str)) == [*kinds, "int16", "float32", "float32"]
    assert list(tables["truth"].dtypes.astype(str)) == ["int32", "category", "category", "str"]
    assert list(tables["feeds"].dtypes.astype(str)) == ["category", utc, "category", *["float32"] * 6]
    assert tables["lines"]["line"].tolist() == list(rows) and clean["record"].tolist() == clean.index.tolist()
    raw = data.path(NAME, "delivery.csv").read_bytes()
    assert raw.isascii() and b"\r" not in raw and raw.count(b"\n") == len(rows) + 1


@pytest.fixture(scope="module")
def source(tables: Tables) -> pd.DataFrame:
    """By record, the true flight from the flights tables, as the text of an undamaged line."""
    clean, flights, weather = tables["clean"], data.load("flights", "flights"), data.load("flights", "weather")
    flights["sched_dep"] = flights["time_hour"] + pd.to_timedelta(flights["minute"], unit="min")
    flights["flight"] = flights["flight"].astype("int16")
    keys = ["sched_dep", "origin", "carrier", "flight"]
    found = clean[["record", *keys]].astype({"origin": "str", "carrier": "str"}).merge(flights, on=keys, how="left")
    found = found.merge(weather.drop_duplicates(["origin", "time_hour"]), on=["origin", "time_hour"], how="left")
    assert found["record"].tolist() == clean["record"].tolist() and found["sched_dep_time"].notna().all()
    text = pd.DataFrame(index=found["record"])
    text["flight_date"] = [f"2013-{m:02d}-{d:02d}" for m, d in zip(found["month_x"], found["day_x"], strict=True)]
    for column in ("carrier", "flight", "tailnum", "origin", "dest"):
        text[column] = found[column].astype("str").fillna("").to_numpy()
    for column, name in {"sched_dep": "sched_dep_time", "dep": "dep_time"}.items():
        text[column] = ["" if pd.isna(v) else f"{int(v):04d}" for v in found[name]]
    for column in NUMBERS:
        text[column] = ["" if pd.isna(v) else f"{v:.{int(column in ('temp', 'wind_speed'))}f}" for v in found[column]]
        values = pd.to_numeric(text[column]).to_numpy("float32")
        assert (clean[column].isna() | (clean[column] == values)).all(), f"clean {column} is the source's or missing"
    return text


def test_the_cells_that_are_not_the_true_ones_are_those_in_the_truth(
    rows: dict, tables: Tables, source: pd.DataFrame
) -> None:
    lines, cells = tables["lines"], {}
    texts, record = source.to_dict("index"), dict(zip(lines["line"], lines["record"], strict=True))
    for line, column, kind, true in zip(*(tables["truth"][c].tolist() for c in tables["truth"]), strict=True):
        cells.setdefault((line, column), set()).add(kind)
        assert true == ("" if kind == "sentinel" else texts[record[line]].get(column, true))
    for line, fields in ((line, rows[line]) for line in rows if record[line] >= 0):
        fields = fields if len(fields) == 15 else [*fields[:12], f"{fields[12]},{fields[13]}", *fields[14:]]
        assert fields[0] in ("A", "B", "C") or cells[line, "system"] == {"system_missing"}
        for column, field in zip(COLUMNS[1:], fields[1:], strict=True):
            written = field.zfill(4) if field.isdigit() and column in ("sched_dep", "dep") else field
            true, kinds = texts[record[line]][column], cells.get((line, column), set())
            assert (written != true) == bool(kinds - {"time_2400"}), (line, column, field, true, kinds)


def test_values_are_lost_by_the_mechanisms_of_the_datasheet(tables: Tables, source: pd.DataFrame) -> None:
    clean, true = tables["clean"], source[["dep_delay", "arr_delay", "air_time"]].apply(pd.to_numeric)
    lost = clean[true.columns].isna()[true["arr_delay"].notna().to_numpy()]
    delay, far = true["arr_delay"].reset_index(drop=True), clean["distance"] >= 1000  # records count from 0: both align
    for group in (far, delay >= 30):
        assert (lost["dep_delay"].groupby(group).mean() - 0.04).abs().max() < 0.01
    assert lost["air_time"].groupby(far).mean().tolist() == pytest.approx([0.02, 0.15], abs=0.01)
    steps = lost["arr_delay"].groupby(pd.cut(delay, [-999, 29, 119, 9999]), observed=True)
    assert steps.mean().tolist() == pytest.approx([0.02, 0.2, 0.4], abs=0.05)


def test_each_feed_is_the_true_weather_except_as_its_truth_says(tables: Tables) -> None:
    feeds, keys = tables["feeds"].astype({"origin": "str"}), ["origin", "time_hour"]
    true = data.load("flights", "weather").drop_duplicates(keys)[[*keys, *feeds.columns[3:]]]
    assert not feeds.duplicated(["feed", *keys]).any()
    for entry in tables["feeds-truth"].itertuples():
        got = feeds[feeds["feed"] == entry.feed]
        bad = (got["time_hour"] >= entry.first_bad) & got["origin"].isin(entry.origins.split())
        seen = got.assign(time_hour=got["time_hour"] - pd.to_timedelta(5 * bad * (entry.kind == "timezone"), unit="h"))
        want = seen[keys].merge(true, on=keys, how="left").set_index(got.index)
        if entry.kind == "unit":
            want.loc[bad, ["temp", "dewp"]] = ((want.loc[bad, ["temp", "dewp"]] - 32) / 1.8).round(1)
        if entry.kind == "stuck":
            want.loc[bad, "temp"] = true.set_index(keys).loc[(entry.origins, entry.first_bad), "temp"]
        pd.testing.assert_frame_equal(got[true.columns[2:]], want[true.columns[2:]], atol=0.06, check_dtype=False)
        assert (bad.sum() > 150) == (entry.kind != "healthy")


def test_each_figure_of_the_datasheet_is_as_counted(rows: dict, tables: Tables, source: pd.DataFrame) -> None:
    clean, lines, truth, feeds = (tables[name] for name in ("clean", "lines", "truth", "feeds"))
    raw = pd.DataFrame({i: r for i, r in rows.items() if len(r) == 15}, index=COLUMNS).T
    table, record = normalise(rows), lines[lines["record"] >= 0].set_index("line")["record"]
    found = same_record(table)
    right, share = (cells_right(frame, clean, record) for frame in (merged(table, found), naive(raw)))
    keys = {"whole line, as delivered (`drop_duplicates`)": (raw, COLUMNS)}
    keys["date, carrier, number, as delivered"] = (raw, ["flight_date", "carrier", "flight"])
    keys["date, carrier, number"] = (table, ["date", "carrier", "flight"])
    keys["date, carrier, number, origin"] = (table, ["date", "carrier", "flight", "origin"])
    keys["date, carrier, destination, schedule"] = (table, ["date", "carrier", "dest", "sched_dep"])
    keys["date, tail number, origin, destination"] = (table, ["date", "tailnum", "origin", "dest"])
    scores = {name: score(f.dropna(subset=key).groupby(key).ngroup()) for name, (f, key) in keys.items()}
    scores["reference cleaning of the test"] = best = score(found)
    assert min(right, *best) >= 0.99 and share < 0.95, "the damage can be undone, but not by a naive cleaning"
    values = source[["dep_delay", "arr_delay", "air_time"]].apply(pd.to_numeric)
    lost, part, sent = clean[values.columns], lines["kind"].value_counts(), record.value_counts().value_counts()
    late = [(f["arr_delay"].dropna() >= 30).mean() * 100 for f in (lost, values)]
    dates = [[int(x) for x in r[1].split("/")] for r in rows.values() if r[1:] and "/" in r[1]]
    alike = clean.assign(date=clean["sched_dep"].dt.tz_convert(LOCAL).dt.date)
    change = raw[(raw["system"] == "C") & raw["flight_date"].isin(["3/11/2013", "4/11/2013"])]
    change = change.assign(at=minutes(change["sched_dep"]), carrier=change["carrier"].str.strip().str.upper())
    change = change.pivot_table("at", ["carrier", "flight"], "flight_date").dropna().diff(axis=1).iloc[:, 1]
    local = feeds["time_hour"].dt.tz_convert(LOCAL)
    midday = feeds[local.dt.hour.between(10, 14)].groupby([local.dt.date, "feed"], observed=True)["temp"].mean()
    low = -(midday.unstack().rolling(3).mean() - midday.unstack().iloc[:14].mean()).iloc[14:].min()
    assert (low > 5).tolist() == [True, True, False, True], "the alarm goes off for the three that break"
    station = feeds.groupby(["feed", "origin"], observed=True)["temp"]
    runs = station.agg(lambda t: (t != t.shift()).cumsum().value_counts().max())
    hour = feeds[local >= "2013-02-18"].groupby(["feed", local.dt.hour], observed=True)["temp"].mean().unstack()
    assert hour.idxmax(axis=1).drop("feed-1").tolist() == [19, 14, 14]
    counted = [f"| {key} | {precision:.3f} | {recall:.3f} |" for key, (precision, recall) in scores.items()]
    counted += [f"| `{kind}` | {count:,} |" for kind, count in truth["kind"].value_counts().items()]
    counted += [
        f"{part['header']} headers and {part['footer']} footers among its {len(rows):,} lines",
        f"{sent.sum():,} flights {sent[2]} have two lines and {sent[3]} have three",
        *(f"**{name}** ({len(frame):,} rows" for name, frame in tables.items()),
        f"one for each kind of damage of a cell; {len(truth.drop_duplicates(['line', 'column'])):,} cells)",
        f"same record: {sum(n * (n - 1) // 2 * sent[n] for n in sent.index):,} pairs",
        f"{sum(a <= 12 and b <= 12 and a != b for a, b, _ in dates):,} of the {len(dates):,} of B and C",
        "delays of {:,.0f}, {:,.0f} and {:.0f} minutes".format(*clean["dep_delay"].nlargest(3)),
        f"{alike.duplicated(['date', 'carrier', 'flight']).sum()} flights that share date",
        f"{alike.duplicated(['date', 'carrier', 'origin', 'dest', 'sched_dep']).sum()} that share date",
        f"Of {len(change)} flight numbers of system C on both days, {change.between(-70, -50).mean() * 100:.0f} % leave",
        f"{(lost.isna().all(axis=1) & values['arr_delay'].notna()).sum()} flight lost all three",
        f"{right * 100:.1f} % with the reference cleaning, {share * 100:.1f} % with `drop_duplicates`",
        *(f"`{c}` is {lost[c].mean():.1f} instead of {values[c].mean():.1f} minutes" for c in values),
        f"{late[0]:.1f} % instead of {late[1]:.1f} %",
        f"are, in the order of their ids, {', '.join(f'{value:.1f}' for value in low)} °F below",
        f"same value for {runs.max()} hours (elsewhere at most {runs.nlargest(2).iloc[-1]})",
    ]
    sheet = " ".join(data.path(NAME, "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
