# %% [markdown]
# Answers to `3-join-and-guard.py`: never released. Exercise 3 is a statement rather than code, so its alternatives
# differ in form only.


# %% exercise="weather-at" kind="alternative" name="duckdb"
def weather_at(flights, weather):
    """The same join in SQL; times as microseconds."""

    def micro(times):
        return times.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]").astype("int64").to_numpy()

    hour = 3_600_000_000
    asked = pd.DataFrame({"n": np.arange(len(flights)), "origin": flights["origin"].astype(object).to_numpy(),
                          "at": micro(flights["sched"]) - 2 * hour})  # fmt: skip
    rows = pd.DataFrame({"origin": weather["origin"].astype(object).to_numpy(), "known": micro(weather["time_hour"]) + hour,
                         "place": np.arange(len(weather))})  # fmt: skip
    with duckdb.connect() as connection:
        connection.register("asked", asked)
        connection.register("rows_", rows)
        found = connection.execute(
            "SELECT r.place, a.at - r.known AS age FROM asked a ASOF LEFT JOIN rows_ r "
            "ON a.origin = r.origin AND a.at >= r.known ORDER BY a.n"
        ).df()
    place = found["place"].where(found["age"] <= 6 * hour)
    return weather[["time_hour", *OBSERVED]].reset_index(drop=True).reindex(place.to_numpy()).reset_index(drop=True)


# %% exercise="weather-at" kind="alternative" name="searchsorted-by-airport"
def weather_at(flights, weather):
    """Positions in each airport's sorted hours; keeps the flights' index."""
    place = np.full(len(flights), -1)
    rows = weather.reset_index(drop=True)
    for origin in flights["origin"].unique():
        mine = np.flatnonzero(flights["origin"] == origin)
        here = rows[rows["origin"] == origin].sort_values("time_hour")
        if here.empty:
            continue
        label = flights["sched"].iloc[mine] - 3 * HOUR  # the latest label that is complete
        k = here["time_hour"].searchsorted(label, side="right") - 1
        good = (k >= 0) & ((label - here["time_hour"].iloc[np.maximum(k, 0)].to_numpy()) <= 6 * HOUR).to_numpy()
        place[mine[good]] = here.index[k[good]]
    out = rows[["time_hour", *OBSERVED]].reindex(np.where(place < 0, len(rows), place))
    return out.set_axis(flights.index, axis=0)


# %% exercise="weather-at" kind="alternative" name="hour-by-hour"
def weather_at(flights, weather):
    """Looks up the last complete hour, then the one before it, and so on, as long as it is not too old."""
    rows = flights[["origin", "sched"]].reset_index(drop=True)
    latest = rows["sched"].dt.floor("h") - 3 * HOUR
    hours = weather.set_index(["origin", "time_hour"])[OBSERVED]
    out = None
    for back in range(7):
        label = latest - back * HOUR
        key = pd.MultiIndex.from_arrays([rows["origin"], label])
        good = key.isin(hours.index) & (rows["sched"] - 3 * HOUR - label <= 6 * HOUR)
        found = hours.reindex(key).reset_index(drop=True)
        found.insert(0, "time_hour", label)
        found = found.where(good)
        out = found if out is None else out.where(out["time_hour"].notna(), found)
    return out


# %% exercise="weather-at" kind="mistake" name="departure-hour" says="the weather of the departure hour"
def weather_at(flights, weather):
    """The obvious join: the hour of the flight."""
    asked = pd.DataFrame(
        {"origin": flights["origin"].to_numpy(), "time_hour": flights["sched"].dt.floor("h").to_numpy()}
    )
    asked["time_hour"] = pd.to_datetime(asked["time_hour"], utc=True)
    found = asked.merge(weather, on=["origin", "time_hour"], how="left")
    found["time_hour"] = found["time_hour"].where(found["temp"].notna())
    return found[["time_hour", *OBSERVED]]


# %% exercise="weather-at" kind="mistake" name="exact-hour" says="where the last hour is missing in the weather"
def weather_at(flights, weather):
    """The right label, joined exactly."""
    asked = pd.DataFrame(
        {"origin": flights["origin"].to_numpy(), "time_hour": (flights["sched"].dt.floor("h") - 3 * HOUR).to_numpy()}
    )
    asked["time_hour"] = pd.to_datetime(asked["time_hour"], utc=True)
    found = asked.merge(weather, on=["origin", "time_hour"], how="left")
    found["time_hour"] = found["time_hour"].where(found["temp"].notna())
    return found[["time_hour", *OBSERVED]]


# %% exercise="weather-at" kind="mistake" name="inner-join" says="flights are lost or doubled"
def weather_at(flights, weather):
    """An inner join on the hour: flights without a row are gone."""
    asked = flights[["origin", "sched"]].assign(time_hour=flights["sched"].dt.floor("h") - 3 * HOUR)
    return asked.merge(weather, on=["origin", "time_hour"])[["time_hour", *OBSERVED]]


# %% exercise="weather-at" kind="mistake" name="local-time" says="counted on the local clock"
def weather_at(flights, weather):
    """Takes the zone away before it calculates."""

    def clock(times):
        return times.dt.tz_convert(NEW_YORK).dt.tz_localize(None)

    asked = pd.DataFrame(
        {"origin": flights["origin"], "at": clock(flights["sched"]) - 2 * HOUR, "row": np.arange(len(flights))}
    )
    known = weather[["origin", "time_hour", *OBSERVED]].assign(at=clock(weather["time_hour"]) + HOUR)
    known = known.sort_values(["at", "time_hour"])
    found = pd.merge_asof(asked.sort_values("at"), known, on="at", by="origin", tolerance=6 * HOUR)
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="weather-at" kind="mistake" name="label-is-known" says="the row labelled h is known at h + 1:00"
def weather_at(flights, weather):
    """Takes the label for the moment it is known."""
    asked = pd.DataFrame(
        {"origin": flights["origin"], "at": flights["sched"] - 2 * HOUR, "row": np.arange(len(flights))}
    )
    known = weather[["origin", "time_hour", *OBSERVED]].assign(at=weather["time_hour"])
    found = pd.merge_asof(asked.sort_values("at"), known.sort_values("at"), on="at", by="origin", tolerance=6 * HOUR)
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="weather-at" kind="mistake" name="forward" says="the join looks forward"
def weather_at(flights, weather):
    """The next row instead of the last one."""
    asked = pd.DataFrame(
        {"origin": flights["origin"], "at": flights["sched"] - 2 * HOUR, "row": np.arange(len(flights))}
    )
    known = weather[["origin", "time_hour", *OBSERVED]].assign(at=weather["time_hour"] + HOUR)
    found = pd.merge_asof(
        asked.sort_values("at"), known.sort_values("at"), on="at", by="origin", tolerance=6 * HOUR, direction="forward"
    )
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="weather-at" kind="mistake" name="any-airport" says="the weather of another airport"
def weather_at(flights, weather):
    """Forgets `by`."""
    asked = pd.DataFrame({"at": flights["sched"] - 2 * HOUR, "row": np.arange(len(flights))})
    known = weather[["time_hour", *OBSERVED]].assign(at=weather["time_hour"] + HOUR)
    found = pd.merge_asof(asked.sort_values("at"), known.sort_values("at"), on="at", tolerance=6 * HOUR)
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="weather-at" kind="mistake" name="any-age" says="known for more than six hours is still used"
def weather_at(flights, weather):
    """No tolerance."""
    asked = pd.DataFrame(
        {"origin": flights["origin"], "at": flights["sched"] - 2 * HOUR, "row": np.arange(len(flights))}
    )
    known = weather[["origin", "time_hour", *OBSERVED]].assign(at=weather["time_hour"] + HOUR)
    found = pd.merge_asof(asked.sort_values("at"), known.sort_values("at"), on="at", by="origin")
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="weather-at" kind="mistake" name="stays-sorted" says="in another order than the flights"
def weather_at(flights, weather):
    """Leaves the rows as merge_asof wanted them."""
    asked = pd.DataFrame({"origin": flights["origin"], "at": flights["sched"] - 2 * HOUR})
    known = weather[["origin", "time_hour", *OBSERVED]].assign(at=weather["time_hour"] + HOUR)
    found = pd.merge_asof(asked.sort_values("at"), known.sort_values("at"), on="at", by="origin", tolerance=6 * HOUR)
    return found[["time_hour", *OBSERVED]]


# %% exercise="weather-at" kind="mistake" name="fills-forward" says="taken from an older row"
def weather_at(flights, weather):
    """Fills each column forward before it joins."""
    asked = pd.DataFrame(
        {"origin": flights["origin"], "at": flights["sched"] - 2 * HOUR, "row": np.arange(len(flights))}
    )
    known = weather.sort_values("time_hour")
    known[OBSERVED] = known.groupby("origin")[OBSERVED].ffill()
    known = known[["origin", "time_hour", *OBSERVED]].assign(at=known["time_hour"] + HOUR)
    found = pd.merge_asof(asked.sort_values("at"), known, on="at", by="origin", tolerance=6 * HOUR)
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="weather-at" kind="mistake" name="strictly-before" says="known exactly at T−2 h is passed over"
def weather_at(flights, weather):
    """Strictly before, to be on the safe side."""
    asked = pd.DataFrame(
        {"origin": flights["origin"], "at": flights["sched"] - 2 * HOUR, "row": np.arange(len(flights))}
    )
    known = weather[["origin", "time_hour", *OBSERVED]].assign(at=weather["time_hour"] + HOUR)
    found = pd.merge_asof(
        asked.sort_values("at"),
        known.sort_values("at"),
        on="at",
        by="origin",
        tolerance=6 * HOUR,
        allow_exact_matches=False,
    )
    return found.sort_values("row")[["time_hour", *OBSERVED]].reset_index(drop=True)


# %% exercise="repaired-join" kind="alternative" name="lookups-by-index"
def repaired_join(flights, weather, arrivals):
    """Two indexes that must be unique, and reindex."""
    number = ["carrier", "flight", "date", "origin"]
    hours, known = weather.set_index(["origin", "time_hour"])["temp"], arrivals.set_index(number)["arr_delay"]
    mine = pd.MultiIndex.from_frame(flights[number])
    for index, name in ((hours.index, "weather"), (known.index, "arrivals"), (mine, "flights")):
        if not index.is_unique:
            raise ValueError(f"{name}: {index.duplicated().sum()} keys are there twice")
    asked = pd.MultiIndex.from_arrays([flights["origin"], flights["sched"].dt.floor("h") - 6 * HOUR])
    return flights.assign(temp=hours.reindex(asked).to_numpy(), arr_delay=known.reindex(mine).to_numpy())


# %% exercise="repaired-join" kind="alternative" name="local-keys-with-the-offset"
def repaired_join(flights, weather, arrivals):
    """Keeps local labels, but adds the offset from UTC, which tells the two hours apart."""
    names = ["origin", "year", "month", "day", "hour", "offset"]

    def named(origin, stamps):
        clock = stamps.dt.tz_convert(NEW_YORK)
        parts = {part: getattr(clock.dt, part) for part in ("year", "month", "day", "hour")}
        return pd.DataFrame({"origin": origin, **parts, "offset": [t.utcoffset() for t in clock]})

    right = named(weather["origin"], weather["time_hour"]).assign(temp=weather["temp"])
    number = ["carrier", "flight", "date", "origin"]
    if right.duplicated(names).any() or arrivals.duplicated(number).any() or flights.duplicated(number).any():
        raise ValueError("a key is there twice")
    left = named(flights["origin"], flights["sched"].dt.floor("h") - 6 * HOUR)
    for column in number[:3] + ["sched"]:
        left[column] = flights[column]
    joined = left.merge(right, on=names, how="left").merge(arrivals, on=number, how="left")
    return joined[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="only-weather-repaired" says="rows still multiply"
def repaired_join(flights, weather, arrivals):
    """Repairs the first join and forgets the second."""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    table = table.merge(weather[["origin", "time_hour", "temp"]], on=["origin", "time_hour"], how="left")
    number = ["carrier", "flight", "date"]
    table = table.merge(arrivals[[*number, "arr_delay"]], on=number, how="left")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="drop-duplicates-after" says="counted on the clock of New York"
def repaired_join(flights, weather, arrivals):
    """Tomas's first join, then drop_duplicates."""
    before = flights["sched"].dt.tz_convert(NEW_YORK).dt.tz_localize(None).dt.floor("h") - pd.Timedelta(hours=6)
    table = flights.assign(year=before.dt.year, month=before.dt.month, day=before.dt.day, hour=before.dt.hour)
    hours = ["origin", "year", "month", "day", "hour"]
    table = table.merge(weather[[*hours, "temp"]], on=hours, how="left")
    table = table.drop_duplicates(["origin", "carrier", "flight", "date", "sched"])
    table = table.merge(arrivals, on=["carrier", "flight", "date", "origin"], how="left", validate="one_to_one")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="one-look-alike-dropped" says="the delay of its look-alike"
def repaired_join(flights, weather, arrivals):
    """Makes the short key unique by force."""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    table = table.merge(
        weather[["origin", "time_hour", "temp"]], on=["origin", "time_hour"], how="left", validate="many_to_one"
    )
    number = ["carrier", "flight", "date"]
    single = arrivals[[*number, "arr_delay"]].drop_duplicates(number)
    table = table.merge(single, on=number, how="left", validate="many_to_one")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="inner" says="flights without weather or arrival are lost"
def repaired_join(flights, weather, arrivals):
    """Inner joins."""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    table = table.merge(weather[["origin", "time_hour", "temp"]], on=["origin", "time_hour"], validate="many_to_one")
    number = ["carrier", "flight", "date", "origin"]
    table = table.merge(arrivals, on=number, validate="one_to_one")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="too-strict" says="good tables are refused"
def repaired_join(flights, weather, arrivals):
    """One flight an hour?"""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    table = table.merge(
        weather[["origin", "time_hour", "temp"]], on=["origin", "time_hour"], how="left", validate="one_to_one"
    )
    number = ["carrier", "flight", "date", "origin"]
    table = table.merge(arrivals, on=number, how="left", validate="one_to_one")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="no-guard" says="weather has its key twice and nothing stops it"
def repaired_join(flights, weather, arrivals):
    """The right keys, unguarded."""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    table = table.merge(weather[["origin", "time_hour", "temp"]], on=["origin", "time_hour"], how="left")
    table = table.merge(arrivals, on=["carrier", "flight", "date", "origin"], how="left")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="duplicates-settled" says="settled in silence"
def repaired_join(flights, weather, arrivals):
    """Drops what is there twice, so that validate never complains."""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    hours = weather[["origin", "time_hour", "temp"]].drop_duplicates(["origin", "time_hour"])
    table = table.merge(hours, on=["origin", "time_hour"], how="left", validate="many_to_one")
    number = ["carrier", "flight", "date", "origin"]
    table = table.merge(arrivals.drop_duplicates(number), on=number, how="left", validate="one_to_one")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="repaired-join" kind="mistake" name="flights-unguarded" says="flights has its key twice"
def repaired_join(flights, weather, arrivals):
    """Holds the right tables to their keys, not the left one."""
    table = flights.assign(time_hour=flights["sched"].dt.floor("h") - 6 * HOUR)
    table = table.merge(
        weather[["origin", "time_hour", "temp"]], on=["origin", "time_hour"], how="left", validate="many_to_one"
    )
    table = table.merge(arrivals, on=["carrier", "flight", "date", "origin"], how="left", validate="many_to_one")
    return table[["origin", "carrier", "flight", "date", "sched", "temp", "arr_delay"]]


# %% exercise="unmatched" kind="alternative" name="set-and-eighteen"
unmatched = {
    "seats": "missing",
    "mq_seats_known": 0,
    "least_seats": 18,
    "carriers": ("MQ", "AA"),
    "depends_on": "carrier",
}

# %% exercise="unmatched" kind="alternative" name="computed"
lost = by_carrier["unmatched"].sort_values(ascending=False)
true_match = matched["found"] & (matched["seats"] >= 20) & (matched["tailnum"] != "N711MQ")
unmatched = {
    "depends_on": "carrier",
    "carriers": list(lost.index[: int((lost.cumsum() / lost.sum() < 0.9).sum()) + 1]),
    "least_seats": np.int64(20),
    "mq_seats_known": float((true_match & (matched["carrier"] == "MQ")).sum()),
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="by-airport" says="because other carriers fly there"
unmatched = {
    "depends_on": "origin",
    "carriers": ["AA", "MQ"],
    "least_seats": 20,
    "mq_seats_known": 0,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="by-chance" says="by chance every carrier would miss about the same share"
unmatched = {
    "depends_on": "chance",
    "carriers": ["AA", "MQ"],
    "least_seats": 20,
    "mq_seats_known": 0,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="by-month" says="something else explains far more"
unmatched = {
    "depends_on": "month",
    "carriers": ["AA", "MQ"],
    "least_seats": 20,
    "mq_seats_known": 0,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="highest-share-only" says="fewer than nine in ten"
unmatched = {"depends_on": "carrier", "carriers": ["MQ"], "least_seats": 20, "mq_seats_known": 0, "seats": "missing"}

# %% exercise="unmatched" kind="mistake" name="one-carrier-more" says="fewer carriers are enough"
unmatched = {
    "depends_on": "carrier",
    "carriers": ["AA", "MQ", "UA"],
    "least_seats": 20,
    "mq_seats_known": 0,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="four-seaters-only" says="light aircraft pass the rule"
unmatched = {
    "depends_on": "carrier",
    "carriers": ["AA", "MQ"],
    "least_seats": 5,
    "mq_seats_known": 0,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="embraer-thrown-out" says="the rule throws out airliners"
unmatched = {
    "depends_on": "carrier",
    "carriers": ["AA", "MQ"],
    "least_seats": 50,
    "mq_seats_known": 0,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="matches-taken-for-right" says="the matches of MQ before the rule"
unmatched = {
    "depends_on": "carrier",
    "carriers": ["AA", "MQ"],
    "least_seats": 20,
    "mq_seats_known": 1000,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="business-jet-kept" says="how many flights of MQ have a right plane"
unmatched = {
    "depends_on": "carrier",
    "carriers": ["AA", "MQ"],
    "least_seats": 20,
    "mq_seats_known": 486,
    "seats": "missing",
}

# %% exercise="unmatched" kind="mistake" name="drops" says="takes a whole carrier out of the table"
unmatched = {
    "depends_on": "carrier", "carriers": ["AA", "MQ"], "least_seats": 20, "mq_seats_known": 0, "seats": "drop the flights",
}  # fmt: skip

# %% exercise="unmatched" kind="mistake" name="mean" says="a mean filled in before the split"
unmatched = {
    "depends_on": "carrier", "carriers": ["AA", "MQ"], "least_seats": 20, "mq_seats_known": 0, "seats": "the mean of all seats",
}  # fmt: skip


# %% exercise="contract" kind="alternative" name="plain-pandas"
def contract(batch, usual, now):
    """Masks by hand."""
    there = set(batch.columns)
    broken = {(c, "absent"): len(batch) for c in FEED if c not in there}
    if "carrier" in there:
        broken["carrier", "unknown"] = (~batch["carrier"].isin(usual["carriers"])).sum()
    number = ["carrier", "flight", "origin", "sched"]
    if there.issuperset(number):
        broken["flight", "duplicate"] = batch[number].duplicated().sum()
    for column, low, high in (("visib", 0, 10), ("dep_delay", -120, 1440)):
        if column in there:
            broken[column, "range"] = ((batch[column] < low) | (batch[column] > high)).sum()
    if {"sched", "dep_delay"} <= there:
        broken["sched", "future"] = ((now - batch["sched"]).dt.total_seconds() / 60 < batch["dep_delay"]).sum()
    if {"temp", "origin"} <= there:
        broken["temp", "shift"] = 0
        for origin, temp in batch.groupby("origin")["temp"]:
            if abs(temp.median() - usual["temp"][origin]) > 25:
                broken["temp", "shift"] += temp.count()
    for column, share in usual["missing"].items():
        if column in there and batch[column].isna().mean() > share + 0.10:
            broken[column, "gaps"] = batch[column].isna().sum()
    lines = [f"{column}: {rule}: {count}" for (column, rule), count in broken.items() if count]
    if lines:
        raise ValueError("the batch is stopped\n" + "\n".join(lines))
    return batch


# %% exercise="contract" kind="alternative" name="table-of-rules"
def contract(batch, usual, now):
    """A list of rules, each a function from the batch to the broken rows; SQL-like, numpy inside."""
    median = lambda b: b["origin"].map(b.groupby("origin")["temp"].median() - pd.Series(usual["temp"]))  # noqa: E731
    rules = [
        ("carrier", "unknown", ["carrier"], lambda b: [c not in usual["carriers"] for c in b["carrier"]]),
        ("visib", "range", ["visib"], lambda b: (b["visib"] - 5).abs() > 5),
        ("dep_delay", "range", ["dep_delay"], lambda b: (b["dep_delay"] - 660).abs() > 780),
        ("temp", "shift", ["temp", "origin"], lambda b: (median(b).abs() > 25) & b["temp"].notna()),
        (
            "sched",
            "future",
            ["sched", "dep_delay"],
            lambda b: b["sched"] + b["dep_delay"] * pd.Timedelta(minutes=1) > now,
        ),
        (
            "flight",
            "duplicate",
            ["carrier", "flight", "origin", "sched"],
            lambda b: b.groupby(["carrier", "flight", "origin", "sched"], dropna=False).cumcount() > 0,
        ),
    ]
    for name in usual["missing"]:
        limit = usual["missing"][name] + 0.10
        rules.append((name, "gaps", [name], lambda b, n=name, m=limit: b[n].isna() & (b[n].isna().mean() > m)))
    reasons = [f"{name}: absent: {len(batch)}" for name in set(FEED) - set(batch)]
    for name, rule, needs, rows in rules:
        if not set(needs) - set(batch):
            count = int(np.sum(np.asarray(rows(batch))))
            reasons += [f"{name}: {rule}: {count}"] * (count > 0)
    if reasons:
        raise ValueError("; ".join(reasons))
    return batch


# %% exercise="contract" kind="mistake" name="shift-counts-every-row" says="the rows with a shift where some temperatures are missing"
def contract(batch, usual, now):
    """Counts for a shift every row of the origin, those without a temperature as well."""
    there = set(batch.columns)
    broken = {(c, "absent"): len(batch) for c in FEED if c not in there}
    if "carrier" in there:
        broken["carrier", "unknown"] = (~batch["carrier"].isin(usual["carriers"])).sum()
    number = ["carrier", "flight", "origin", "sched"]
    if there.issuperset(number):
        broken["flight", "duplicate"] = batch.duplicated(number).sum()
    for column, low, high in (("visib", 0, 10), ("dep_delay", -120, 1440)):
        if column in there:
            broken[column, "range"] = ((batch[column] < low) | (batch[column] > high)).sum()
    if {"sched", "dep_delay"} <= there:
        broken["sched", "future"] = (batch["sched"] + pd.to_timedelta(batch["dep_delay"], unit="min") > now).sum()
    if {"temp", "origin"} <= there:
        away = batch.groupby("origin")["temp"].transform("median") - batch["origin"].map(usual["temp"])
        broken["temp", "shift"] = (away.abs() > 25).sum()
    for column, share in usual["missing"].items():
        if column in there and batch[column].isna().mean() > share + 0.10:
            broken[column, "gaps"] = batch[column].isna().sum()
    lines = [f"{column}: {rule}: {count}" for (column, rule), count in broken.items() if count]
    if lines:
        raise ValueError("\n".join(lines))
    return batch


# %% exercise="contract" kind="mistake" name="gaps-only-warn" says="more missing seats than usual is let through"
def contract(batch, usual, now):
    """All rules, but missing values are only worth a warning."""
    there = set(batch.columns)
    broken = {(c, "absent"): len(batch) for c in FEED if c not in there}
    broken["carrier", "unknown"] = (~batch["carrier"].isin(usual["carriers"])).sum()
    broken["flight", "duplicate"] = batch.duplicated(["carrier", "flight", "origin", "sched"]).sum()
    for column, low, high in (("visib", 0, 10), ("dep_delay", -120, 1440)):
        if column in there:
            broken[column, "range"] = ((batch[column] < low) | (batch[column] > high)).sum()
    broken["sched", "future"] = (batch["sched"] + pd.to_timedelta(batch["dep_delay"], unit="min") > now).sum()
    off = batch.groupby("origin")["temp"].transform("median") - batch["origin"].map(usual["temp"])
    broken["temp", "shift"] = ((off.abs() > 25) & batch["temp"].notna()).sum()
    for column, share in usual["missing"].items():
        if column in there and batch[column].isna().mean() > share + 0.10:
            print(f"warning: {column}: gaps: {batch[column].isna().sum()}")
    lines = [f"{column}: {rule}: {count}" for (column, rule), count in broken.items() if count]
    if lines:
        raise ValueError("\n".join(lines))
    return batch


# %% exercise="contract" kind="mistake" name="means-only" says="a visibility of 16 miles is let through"
def contract(batch, usual, now):
    """Looks at each column's mean, as a dashboard does."""
    if not 0 <= batch["visib"].mean() <= 10:
        raise ValueError(f"visib: range: {len(batch)}")
    if not -120 <= batch["dep_delay"].mean() <= 1440:
        raise ValueError(f"dep_delay: range: {len(batch)}")
    return batch


# %% exercise="contract" kind="mistake" name="true-extremes" says="the delay of 1,301 minutes on 9 January is true"
def contract(batch, usual, now):
    """What is rare is wrong."""
    delay = batch["dep_delay"]
    far = (delay - delay.mean()).abs() > 15 * delay.std()
    if far.any():
        raise ValueError(f"dep_delay: range: {far.sum()}")
    return batch


# %% exercise="contract" kind="mistake" name="says-nothing" says="the message names no column, rule and count"
def contract(batch, usual, now):
    """Stops, and says no why."""
    if not batch["visib"].dropna().between(0, 10).all():
        raise ValueError("invalid batch")
    return batch


# %% exercise="contract" kind="mistake" name="gaps-never-usual" says="a good day of 2013 is stopped"
def contract(batch, usual, now):
    """No missing value is allowed."""
    lines = [f"{c}: gaps: {batch[c].isna().sum()}" for c in usual["missing"] if batch[c].isna().any()]
    if lines:
        raise ValueError("\n".join(lines))
    return batch


# %% exercise="contract" kind="mistake" name="first-rule-only" says="only some of the broken rules are named"
def contract(batch, usual, now):
    """Raises at the first broken rule."""

    def stop(column, rule, rows):
        if np.sum(rows):
            raise ValueError(f"{column}: {rule}: {np.sum(rows)}")

    for name in FEED:
        if name not in batch:
            stop(name, "absent", np.ones(len(batch)))
    stop("carrier", "unknown", ~batch["carrier"].isin(usual["carriers"]))
    stop("flight", "duplicate", batch.duplicated(["carrier", "flight", "origin", "sched"]))
    stop("visib", "range", (batch["visib"] < 0) | (batch["visib"] > 10))
    stop("dep_delay", "range", (batch["dep_delay"] < -120) | (batch["dep_delay"] > 1440))
    stop("sched", "future", batch["sched"] + pd.to_timedelta(batch["dep_delay"], unit="min") > now)
    off = batch.groupby("origin")["temp"].transform("median") - batch["origin"].map(usual["temp"])
    stop("temp", "shift", (off.abs() > 25) & batch["temp"].notna())
    for name, share in usual["missing"].items():
        gone = batch[name].isna()
        stop(name, "gaps", gone & (gone.mean() > share + 0.10))
    return batch


# %% exercise="contract" kind="mistake" name="all-airports-together" says="one airport in another unit is let through"
def contract(batch, usual, now):
    """One median for three airports, and everything else right."""
    there = set(batch.columns)
    broken = {(c, "absent"): len(batch) for c in FEED if c not in there}
    if "carrier" in there:
        broken["carrier", "unknown"] = (~batch["carrier"].isin(usual["carriers"])).sum()
    number = ["carrier", "flight", "origin", "sched"]
    if there.issuperset(number):
        broken["flight", "duplicate"] = batch[number].duplicated().sum()
    for column, low, high in (("visib", 0, 10), ("dep_delay", -120, 1440)):
        if column in there:
            broken[column, "range"] = ((batch[column] < low) | (batch[column] > high)).sum()
    if abs(batch["temp"].median() - np.mean(list(usual["temp"].values()))) > 25:
        broken["temp", "shift"] = batch["temp"].count()
    lines = [f"{column}: {rule}: {count}" for (column, rule), count in broken.items() if count]
    if lines:
        raise ValueError("\n".join(lines))
    return batch


# %% exercise="contract" kind="mistake" name="counts-both-copies" says="the count is not that of the rows with flights delivered twice"
def contract(batch, usual, now):
    """Counts the first copy as well."""
    lines = []
    for column, low, high in (("visib", 0, 10), ("dep_delay", -120, 1440)):
        rows = (batch[column] < low) | (batch[column] > high)
        if rows.any():
            lines.append(f"{column}: range: {rows.sum()}")
    strangers = ~batch["carrier"].isin(usual["carriers"])
    if strangers.any():
        lines.append(f"carrier: unknown: {strangers.sum()}")
    copies = batch.duplicated(["carrier", "flight", "origin", "sched"], keep=False)
    if copies.any():
        lines.append(f"flight: duplicate: {copies.sum()}")
    if lines:
        raise ValueError("\n".join(lines))
    return batch


# %% exercise="contract" kind="mistake" name="schedule-in-the-future" says="flights that have not left yet"
def contract(batch, usual, now):
    """Compares the schedule with now, and forgets the delay."""
    there = set(batch.columns)
    broken = {(c, "absent"): len(batch) for c in FEED if c not in there}
    broken["carrier", "unknown"] = (~batch["carrier"].isin(usual["carriers"])).sum()
    broken["flight", "duplicate"] = batch.duplicated(["carrier", "flight", "origin", "sched"]).sum()
    for column, low, high in (("visib", 0, 10), ("dep_delay", -120, 1440)):
        if column in there:
            broken[column, "range"] = ((batch[column] < low) | (batch[column] > high)).sum()
    broken["sched", "future"] = (batch["sched"] > now).sum()
    off = batch.groupby("origin")["temp"].transform("median") - batch["origin"].map(usual["temp"])
    broken["temp", "shift"] = ((off.abs() > 25) & batch["temp"].notna()).sum()
    lines = [f"{column}: {rule}: {count}" for (column, rule), count in broken.items() if count]
    if lines:
        raise ValueError("\n".join(lines))
    return batch


# %% exercise="time-split" kind="alternative" name="calendar-days"
def time_split(table, cutoff, gap):
    """By the calendar of New York, day by day."""
    day = table["sched"].dt.tz_convert(NEW_YORK).dt.tz_localize(None).dt.normalize()
    first = pd.Timestamp(cutoff)
    trained = (first.tz_localize(NEW_YORK) - pd.Timedelta(hours=2)).tz_convert("UTC")
    in_time = table["known"].lt(trained)
    return table.loc[in_time & (day < first - pd.Timedelta(days=gap))], table.loc[~(day < first)]


# %% exercise="time-split" kind="alternative" name="query-on-microseconds"
def time_split(table, cutoff, gap):
    """Integers and boolean arrays; a list of two."""

    def micro(stamp):
        return np.datetime64(pd.Timestamp(stamp).tz_localize(NEW_YORK).tz_convert("UTC").tz_localize(None), "us")

    sched, known = (table[c].dt.tz_localize(None).to_numpy().astype("datetime64[us]") for c in ("sched", "known"))
    end, start = micro(cutoff), micro(pd.Timestamp(cutoff) - pd.Timedelta(days=gap))
    keep = np.logical_and(sched < start, known < end - np.timedelta64(2, "h"))
    return [table[keep], table[sched >= end]]


# %% exercise="time-split" kind="mistake" name="random" says="flights from after the cutoff train"
def time_split(table, cutoff, gap):
    """The habit."""
    from sklearn.model_selection import train_test_split

    return train_test_split(table, test_size=0.3, random_state=0)


# %% exercise="time-split" kind="mistake" name="label-ignored" says="whose label nobody has at the cutoff"
def time_split(table, cutoff, gap):
    """Cuts by schedule alone."""
    midnight = pd.Timestamp(cutoff, tz=NEW_YORK)
    return table[table["sched"] < midnight - pd.DateOffset(days=gap)], table[table["sched"] >= midnight]


# %% exercise="time-split" kind="mistake" name="no-gap" says="flights of the gap train"
def time_split(table, cutoff, gap):
    """Relies on the labels alone."""
    midnight = pd.Timestamp(cutoff, tz=NEW_YORK)
    return table[(table["sched"] < midnight) & (table["known"] < midnight - 2 * HOUR)], table[
        table["sched"] >= midnight
    ]


# %% exercise="time-split" kind="mistake" name="utc-midnight" says="the border is the midnight of UTC"
def time_split(table, cutoff, gap):
    """Cuts at midnight of UTC."""
    midnight = pd.Timestamp(cutoff, tz="UTC")
    early = table["sched"] < midnight - pd.Timedelta(days=gap) + pd.Timedelta(days=gap)
    return table[early & (table["known"] < midnight + 2 * HOUR)], table[table["sched"] >= midnight]


# %% exercise="time-split" kind="mistake" name="by-row-count" says="a New York day is cut in two"
def time_split(table, cutoff, gap):
    """Sorts, and cuts where the share of rows is that of the cutoff, roughly."""
    ordered = table.sort_values("sched")
    days = ordered["sched"].dt.tz_convert(NEW_YORK).dt.tz_localize(None).dt.normalize()
    place = int((days < pd.Timestamp(cutoff)).sum()) - 9
    return ordered.iloc[:place], ordered.iloc[place:]


# %% exercise="time-split" kind="mistake" name="ends-in-both" says="the cutoff's own flights are in both parts"
def time_split(table, cutoff, gap):
    """Slices a sorted index by date text, which includes its ends."""
    by_day = table.assign(day=table["sched"].dt.tz_convert(NEW_YORK).dt.strftime("%Y-%m-%d"))
    return by_day[by_day["day"] <= cutoff].drop(columns="day"), by_day[by_day["day"] >= cutoff].drop(columns="day")


# %% exercise="time-split" kind="mistake" name="trained-at-midnight" says="the model is trained two hours before"
def time_split(table, cutoff, gap):
    """Takes midnight for the moment of training."""
    midnight = pd.Timestamp(cutoff, tz=NEW_YORK)
    early = table["sched"] < midnight - pd.DateOffset(days=gap)
    return table[early & (table["known"] < midnight)], table[table["sched"] >= midnight]


# %% exercise="time-split" kind="mistake" name="days-of-24-hours" says="the gap is counted in hours"
def time_split(table, cutoff, gap):
    """A gap of 24-hour days, wrong where the clocks change; in spring an hour of the day before the gap is lost."""
    midnight = pd.Timestamp(cutoff, tz=NEW_YORK)
    early = table["sched"] < (midnight.tz_convert("UTC") - gap * pd.Timedelta(days=1))
    return table[early & (table["known"] < midnight - 2 * HOUR)], table[table["sched"] >= midnight]


# %% exercise="prepare-in-order" kind="alternative" name="join-first"
order = "DEBHCG"

# %% exercise="prepare-in-order" kind="alternative" name="duplicates-between"
order = ("d", "b", "e", "h", "c", "g")

# %% exercise="prepare-in-order" kind="equivalent" mutant="- order = ['B', 'D', 'E', 'H', 'C', 'G'] | + order = ['D', 'B', 'E', 'H', 'C', 'G']" reason="the two kinds of duplicates may go in either order"

# %% exercise="prepare-in-order" kind="mistake" name="random-split" says="the split is drawn by chance"
order = ["B", "D", "E", "A", "C", "G"]

# %% exercise="prepare-in-order" kind="mistake" name="median-of-all" says="the median is taken over all flights"
order = ["B", "D", "E", "F", "H", "G"]

# %% exercise="prepare-in-order" kind="mistake" name="inner-join" says="this join loses the flights"
order = ["B", "D", "I", "H", "C", "G"]

# %% exercise="prepare-in-order" kind="mistake" name="planes-twice" says="refuses to multiply flights"
order = ["B", "E", "H", "C", "G"]

# %% exercise="prepare-in-order" kind="mistake" name="split-too-early" says="in this order the lines do not run"
order = ["B", "H", "D", "E", "C", "G"]

# %% exercise="prepare-in-order" kind="mistake" name="duplicates-too-late" says="the duplicates go too late, or not at all"
order = ["D", "E", "H", "B", "C", "G"]

# %% exercise="prepare-in-order" kind="mistake" name="not-filled" says="are left without seats"
order = ["B", "D", "E", "H", "C"]

# %% exercise="prepare-in-order" kind="mistake" name="not-split" says="the table is never split"
order = ["B", "D", "E"]

# %% exercise="prepare-in-order" kind="mistake" name="line-twice" says="a letter is used twice"
order = ["B", "D", "E", "B", "H", "C", "G"]


# %% exercise="join-test" kind="alternative" name="rules-on-random-tables"
def join_test(join):
    """Random tables, an answer by plain loops, and the future falsified."""
    rng = np.random.default_rng(5)
    start = pd.Timestamp("2013-06-01", tz="UTC")
    pairs = [(o, k) for o in ("EWR", "JFK", "LGA") for k in range(48) if rng.uniform() > 0.3 and not 20 <= k <= 29]
    weather = pd.DataFrame({"origin": [o for o, _ in pairs], "time_hour": [start + k * HOUR for _, k in pairs]})
    weather["temp"] = rng.permutation(len(weather)) + 0.5
    quarters = rng.integers(0, 50 * 4, 400)
    flights = pd.DataFrame(
        {"origin": rng.choice(["EWR", "JFK", "LGA"], 400), "sched": start + pd.to_timedelta(15 * quarters, unit="min")}
    )
    got = join(flights, weather)
    if len(got) != len(flights):
        raise AssertionError(f"{len(got)} rows for {len(flights)} flights")
    rows = {}
    for origin, label, temp in weather.itertuples(index=False):
        rows.setdefault(origin, []).append((label, temp))
    for (origin, sched), temp in zip(flights.itertuples(index=False), list(got["temp"]), strict=True):
        at = sched - 2 * HOUR
        usable = [t for label, t in sorted(rows[origin]) if pd.Timedelta(0) <= at - label - HOUR <= 6 * HOUR]
        assert (np.isnan(temp) and not usable) or (usable and temp == usable[-1]), (origin, sched, temp)


# %% exercise="join-test" kind="alternative" name="one-flight-at-a-time"
def join_test(join):
    """Single flights against one small weather table, then all together for order."""
    zero = pd.Timestamp("2013-02-01", tz="UTC")
    weather = pd.DataFrame({"origin": ["LGA", "EWR", "EWR", "EWR"], "temp": [1.0, 2.0, 3.0, 4.0]})
    weather["time_hour"] = [zero + 3 * HOUR, zero, zero + HOUR, zero + 12 * HOUR]
    minute = pd.Timedelta(minutes=1)
    cases = [
        ("EWR", 4 * HOUR, 3.0), ("EWR", 4 * HOUR - minute, 2.0), ("EWR", 10 * HOUR, 3.0), ("EWR", 10 * HOUR + minute, np.nan),
        ("LGA", 6 * HOUR, 1.0), ("LGA", 5 * HOUR, np.nan), ("EWR", 15 * HOUR, 4.0), ("EWR", 14 * HOUR, np.nan), ("EWR", 6.5 * HOUR, 3.0),
    ]  # fmt: skip
    table = pd.DataFrame({"origin": [c[0] for c in cases], "sched": [zero + c[1] for c in cases]})
    for chosen in (*([i] for i in range(len(cases))), list(range(len(cases)))[::-1]):
        found = join(table.iloc[chosen].reset_index(drop=True), weather)
        temps = [float(t) for t in found["temp"]]
        assert len(temps) == len(chosen)
        for i, temp in zip(chosen, temps, strict=True):
            assert temp == cases[i][2] or (np.isnan(temp) and np.isnan(cases[i][2])), cases[i]


# %% exercise="join-test" kind="alternative" name="labels-and-temps-by-hand"
def join_test(join):
    """A dozen hours at two airports, one row out and one empty; each flight with the hour that it must get."""
    start = pd.Timestamp("2013-04-01 00:00", tz="UTC")
    weather = pd.DataFrame(
        [(o, start + k * HOUR, k + 20.0 * (o == "LGA")) for o in ("JFK", "LGA") for k in range(12)],
        columns=["origin", "time_hour", "temp"],
    )
    weather = weather.drop(index=4)  # JFK 04:00
    weather.loc[weather["temp"] == 28.0, "temp"] = np.nan  # LGA 08:00
    cases = [("LGA", 9.25, 6), ("JFK", 5.5, 2), ("LGA", 7, 4), ("JFK", 7.99, 3), ("LGA", 11, 8), ("JFK", 20, 11)]
    cases += [("LGA", 20.02, None), ("JFK", 2.5, None), ("EWR", 6, None)]
    flights = pd.DataFrame({"origin": [o for o, _, _ in cases], "sched": [start + at * HOUR for _, at, _ in cases]})
    got = join(flights, weather)
    assert len(got) == len(cases)
    for (origin, _, k), hour, temp in zip(cases, got["time_hour"], got["temp"], strict=True):
        if k is None:
            assert pd.isna(hour) and pd.isna(temp)
        else:
            assert hour == start + k * HOUR
            assert pd.isna(temp) if (origin, k) == ("LGA", 8) else temp == k + 20.0 * (origin == "LGA")


# %% exercise="join-test" kind="mistake" name="counts-rows" says="pass that uses the weather of the departure hour"
def join_test(join):
    """Only the number of rows, on flights that are in order."""
    start = pd.Timestamp("2013-04-01", tz="UTC")
    weather = pd.DataFrame({"origin": ["JFK"] * 6, "time_hour": [start + k * HOUR for k in range(6)], "temp": 50.0})
    flights = pd.DataFrame({"origin": ["JFK"] * 4, "sched": [start + k * HOUR for k in (4, 5, 6, 30)]})
    assert len(join(flights, weather)) == 4
    assert join(flights, weather)["temp"].notna().sum() >= 3


# %% exercise="join-test" kind="mistake" name="always-content" says="pass that loses flights without weather"
def join_test(join):
    """One flight, one row: every join passes."""
    start = pd.Timestamp("2013-04-01", tz="UTC")
    weather = pd.DataFrame({"origin": ["JFK"], "time_hour": [start], "temp": [50.0]})
    flights = pd.DataFrame({"origin": ["JFK"], "sched": [start + 4 * HOUR]})
    assert join(flights, weather)["temp"].iloc[0] == 50.0


# %% exercise="join-test" kind="mistake" name="asks-for-an-index" says="a right join is refused by your test"
def join_test(join):
    """Wants exactly its own frame, index and columns."""
    start = pd.Timestamp("2013-04-01", tz="UTC")
    weather = pd.DataFrame({"origin": ["JFK", "JFK"], "time_hour": [start, start + HOUR], "temp": [50.0, 51.0]})
    flights = pd.DataFrame({"origin": ["JFK", "JFK"], "sched": [start + 4 * HOUR, start + 3 * HOUR]})
    expected = pd.DataFrame({"time_hour": [start + HOUR, start], "temp": [51.0, 50.0]})
    pd.testing.assert_frame_equal(join(flights, weather), expected)


# %% exercise="join-test" kind="mistake" name="one-airport" says="pass that mixes the airports"
def join_test(join):
    """Everything right, but with one airport."""
    start = pd.Timestamp("2013-04-01", tz="UTC")
    weather = pd.DataFrame(
        {"origin": ["JFK"] * 3, "time_hour": [start + k * HOUR for k in (8, 9, 18)], "temp": [62.0, 55.0, 30.0]}
    )
    flights = pd.DataFrame({"origin": ["JFK"] * 5, "sched": [start + h * HOUR for h in (12.5, 11.9, 18.0, 18.1, 20.5)]})
    got = list(join(flights, weather)["temp"])
    assert len(got) == 5
    assert np.array_equal(got, [55.0, 62.0, 55.0, np.nan, np.nan], equal_nan=True)


# %% exercise="join-test" kind="mistake" name="flights-in-order" says="pass that returns the flights sorted by time"
def join_test(join):
    """Its flights are sorted by time, so a sorted answer looks right."""
    start = pd.Timestamp("2013-04-01", tz="UTC")
    weather = pd.DataFrame(
        {
            "origin": ["LGA", "JFK", "JFK"],
            "time_hour": [start + k * HOUR for k in (9, 8, 9)],
            "temp": [41.0, 62.0, 55.0],
        }
    )
    flights = pd.DataFrame(
        {"origin": ["JFK", "JFK", "LGA", "JFK"], "sched": [start + h * HOUR for h in (11.9, 12.0, 12.5, 19.0)]}
    )
    got = list(join(flights, weather)["temp"])
    assert len(got) == 4 and np.array_equal(got, [62.0, 55.0, 41.0, np.nan], equal_nan=True)


# %% exercise="join-test" kind="mistake" name="no-age" says="pass that uses rows of any age"
def join_test(join):
    """No flight long after the last row, but one that has nothing yet."""
    start = pd.Timestamp("2013-04-01", tz="UTC")
    weather = pd.DataFrame(
        {
            "origin": ["LGA", "JFK", "JFK"],
            "time_hour": [start + k * HOUR for k in (9, 8, 9)],
            "temp": [41.0, 62.0, 55.0],
        }
    )
    flights = pd.DataFrame(
        {"origin": ["JFK", "JFK", "LGA", "JFK"], "sched": [start + h * HOUR for h in (12.5, 11.9, 12.0, 10.0)]}
    )
    got = list(join(flights, weather)["temp"])
    assert len(got) == 4 and np.array_equal(got, [55.0, 62.0, 41.0, np.nan], equal_nan=True)


# %% exercise="unmatched" kind="equivalent" mutant="- unmatched = {'depends_on': 'carrier', 'carriers': ['AA', 'MQ'], 'least_seats': 20, 'mq_seats_known': 0, 'seats': 'missing'} | + unmatched = {'depends_on': 'carrier', 'carriers': ['MQ', 'AA'], 'least_seats': 20, 'mq_seats_known': 0, 'seats': 'missing'}" reason="the card asks for a list without an order"

# %% exercise="unmatched" kind="equivalent" mutant="- unmatched = {'depends_on': 'carrier', 'carriers': ['AA', 'MQ'], 'least_seats': 20, 'mq_seats_known': 0, 'seats': 'missing'} | + unmatched = {'depends_on': 'carrier', 'carriers': ['AA', 'MQ'], 'least_seats': 19, 'mq_seats_known': 0, 'seats': 'missing'}" reason="no entry has 17 to 19 seats, so both limits sort out the same entries"

# %% exercise="repaired-join" kind="equivalent" mutant="- hour, number = (['origin', 'time_hour'], ['carrier', 'flight', 'date', 'origin']) | + hour, number = (['time_hour', 'origin'], ['carrier', 'flight', 'date', 'origin'])" reason="a key's columns have no order, and both sides use the same list"

# %% exercise="repaired-join" kind="equivalent" mutant="- hour, number = (['origin', 'time_hour'], ['carrier', 'flight', 'date', 'origin']) | + hour, number = (['origin', 'time_hour'], ['flight', 'carrier', 'date', 'origin'])" reason="a key's columns have no order, and both sides use the same list"

# %% exercise="repaired-join" kind="equivalent" mutant="- hour, number = (['origin', 'time_hour'], ['carrier', 'flight', 'date', 'origin']) | + hour, number = (['origin', 'time_hour'], ['carrier', 'date', 'flight', 'origin'])" reason="a key's columns have no order, and both sides use the same list"

# %% exercise="repaired-join" kind="equivalent" mutant="- hour, number = (['origin', 'time_hour'], ['carrier', 'flight', 'date', 'origin']) | + hour, number = (['origin', 'time_hour'], ['carrier', 'flight', 'origin', 'date'])" reason="a key's columns have no order, and both sides use the same list"

# %% exercise="join-test" kind="equivalent" mutant="- np.testing.assert_array_equal(join(flights, weather)['temp'], expected.astype(float)) | + np.testing.assert_array_equal(expected.astype(float), join(flights, weather)['temp'])" reason="equality is symmetric; only the message of the assertion changes"

# %% [markdown] explain="datasheet" kind="sample" points=4.5
# **Known faults.** 15.6 % of the rows have no `seats`. It is not chance: 94 % of them belong to AA and MQ, whose tail
# numbers are fleet numbers. If you drop these rows you drop two airlines. 2,942 flights had been matched with a light
# aircraft or business jet and were set to missing. 23,481 rows show 20 seats for an Embraer 190; multiply by five in
# your head or leave the column out. 10.6 % have no pressure, mostly in rain, so filling it with the mean invents fair
# weather.
#
# Cancelled and diverted flights are not in the table.
#
# **Uses to avoid.** Ranking carriers: they fly other routes at other hours. Forecasting another year's summer: there is
# one summer in it.
#
# *seats 1: share, carriers and what not to do. Wrong values 1. Holes in time 1: share without pressure, when, and what
# follows. Who is not in it ½: no number, and nothing about T−2 h. Uses 1: two, each with its reason.*

# %% [markdown] explain="datasheet" kind="sample" points=3
# **Known faults.** Seats are missing in 15.6 % of the flights. Some planes in the registry were wrong (2,942 flights),
# they have been removed. Pressure is missing sometimes and on 31 December there is no temperature for 759 flights
# because the weather data ends early.
#
# 9,430 cancelled or diverted flights are not included.
#
# **Uses to avoid.** Do not use it to compare airlines, as they fly different routes. Do not use it for safety
# decisions.
#
# *seats ½: the share alone. Wrong values ½: the Embraer is missing. Holes in time 1: 31 December, with its number and
# why. Who is not in it ½: the number without the consequence. Uses ½: only one of the two has a reason.*

# %% [markdown] explain="datasheet" kind="sample" points=0.5
# **Known faults.** Some values are missing, especially seats and weather, so users should be careful and handle missing
# values properly (for example with median imputation). There may be outliers. Weather has gaps.
#
# **Uses to avoid.** The data is from 2013 and should be used with care. It should not be used for other airports.
#
# *seats 0 ("some values", and the advice would fill two airlines with another's median), wrong values 0, holes ½
# ("weather has gaps"), who is not in it 0, uses 0: a use without its reason, and "with care".*
