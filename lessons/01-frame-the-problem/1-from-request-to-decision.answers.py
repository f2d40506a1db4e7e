# %% [markdown]
# Answers to `1-from-request-to-decision.py`: never released. Exercise 1 asks for answers rather than code, so its
# alternatives differ in form and in which of two settling statements they name.

# %% exercise="framing" kind="alternative" name="lists-and-the-other-statement"
framing = dict(
    unit=["Flight", 1],
    owner=["operations_desk", 10],
    moment=[2 * 60, 8],
    event=["arrival", 5],
    late_from=[30.0, 5],
    cancelled=["no label", 13],
    diverted=["no label", 15],
    refuted=16,
)

# %% exercise="framing" kind="alternative" name="computed-from-answers-and-numbers"
answers = ["flight", "operations desk", np.int64(120), "arrival", 30, "no label", "no label"]
framing = dict(
    zip(
        ["unit", "owner", "moment", "event", "late_from", "cancelled", "diverted"],
        zip(answers, [1, 10, 6, 5, 5, 13, 15], strict=True),
        strict=True,
    )
)
framing["refuted"] = 16 if raw["dep_delay"].min() > -120 else 17

# %% exercise="framing" kind="alternative" name="she-marks-and-she-signs"
framing = {
    "unit": ("flight", 10),
    "owner": ("operations desk", 1),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="alternative" name="she-decides"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 6),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="the-analyst-reports" says="no connection breaks at 15"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (15, 3),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="the-gate-decides" says="it neither pays for the seats nor signs"
framing = {
    "unit": ("flight", 1),
    "owner": ("gate", 9),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="each-passenger" says="nobody at the desk decides for one passenger"
framing = {
    "unit": ("passenger", 2),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="four-hours-for-everybody" says="the evening bank has its own"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (240, 7),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="half-an-hour" says="no seat is left to rebook"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (30, 9),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="at-the-door" says="can leave late and arrive in time"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("departure", 4),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="cancelled-do-not-matter" says="a cancelled flight on time?"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("on time", 11),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="worst-of-all" says="marking it changes nothing"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("late", 12),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="diverted-is-late" says="for the list it is no late flight"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("late", 14),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="right-answer-wrong-witness" says="the statement that you name does not settle it"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 3),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}

# %% exercise="framing" kind="mistake" name="believes-the-analyst" says="the data bears this claim out"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 18,
}

# %% exercise="framing" kind="mistake" name="hours-as-minutes" says="in minutes before the scheduled departure, not in hours"
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (2, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}


# %% exercise="late-label" kind="alternative" name="nullable-first"
def late_label(flights, threshold=30):
    """Integers that know what missing is."""
    return flights["arr_delay"].astype("Int64").ge(threshold)


# %% exercise="late-label" kind="alternative" name="fill-where-known"
def late_label(flights, threshold=30):
    """Starts from nothing and fills what is known."""
    late = pd.Series(pd.NA, index=flights.index, dtype="boolean")
    known = flights["arr_delay"].notna()
    late[known] = flights.loc[known, "arr_delay"] >= threshold
    return late


# %% exercise="late-label" kind="alternative" name="plain-python"
def late_label(flights, threshold=30):
    """One flight after another."""
    values = [pd.NA if pd.isna(d) else bool(d > threshold - 1) for d in flights["arr_delay"]]
    return pd.Series(values, index=flights.index, dtype="boolean")


# %% exercise="late-label" kind="alternative" name="masked-array"
def late_label(flights, threshold=30):
    """pandas' own array: values and a mask."""
    delay = pd.to_numeric(flights["arr_delay"]).astype("float64")
    array = pd.arrays.BooleanArray((delay >= threshold).to_numpy(), delay.isna().to_numpy())
    return pd.Series(array, index=flights.index)


# %% exercise="late-label" kind="mistake" name="cast-too-late" says="labelled as on time: a comparison with NaN is False"
def late_label(flights, threshold=30):
    """The nullable type comes after the information is gone."""
    return (flights["arr_delay"].astype(float) >= threshold).astype("boolean")


# %% exercise="late-label" kind="mistake" name="worst-of-all" says="labelled as late: statement 13 says neither"
def late_label(flights, threshold=30):
    """Cancelled is late."""
    return ((flights["arr_delay"] >= threshold) | flights["arr_delay"].isna()).astype("boolean")


# %% exercise="late-label" kind="mistake" name="more-than-thirty" says="exactly at the threshold"
def late_label(flights, threshold=30):
    """Strictly more."""
    return flights["arr_delay"].astype("Int64") > threshold


# %% exercise="late-label" kind="mistake" name="dropna" says="rows are gone"
def late_label(flights, threshold=30):
    """Only flights that arrived."""
    known = flights.dropna(subset="arr_delay")
    return (known["arr_delay"] >= threshold).astype("boolean")


# %% exercise="late-label" kind="mistake" name="departure" says="how late the flights left"
def late_label(flights, threshold=30):
    """The wrong column."""
    left = flights["dep_delay"].astype("Int64") >= threshold
    return left.mask(flights["arr_delay"].isna())


# %% exercise="late-label" kind="mistake" name="always-thirty" says="the argument threshold is ignored"
def late_label(flights, threshold=30):
    """Ignores the argument."""
    return flights["arr_delay"].astype("Int64") >= 30


# %% exercise="late-label" kind="mistake" name="new-index" says="the index is not that of the flights"
def late_label(flights, threshold=30):
    """A fresh index."""
    return (flights["arr_delay"].astype("Int64") >= threshold).reset_index(drop=True)


# %% exercise="late-label" kind="mistake" name="writes-a-column" says="the table that is passed in is changed"
def late_label(flights, threshold=30):
    """Leaves a column behind."""
    flights["late"] = flights["arr_delay"].astype("Int64") >= threshold
    return flights["late"]


# %% exercise="late-label" kind="mistake" name="one-and-zero" says="not True, False or missing"
def late_label(flights, threshold=30):
    """Numbers in place of truth values."""
    return (flights["arr_delay"].astype("Int64") >= threshold).astype("Int64")


# %% exercise="audit" kind="alternative" name="by-hand"
audit = {
    "year": "known", "month": "known", "day": "known", "dep_time": "unknown", "sched_dep_time": "known",
    "dep_delay": "unknown", "arr_time": "unknown", "sched_arr_time": "known", "arr_delay": "unknown",
    "carrier": "known", "flight": "known", "tailnum": "assumed", "origin": "known", "dest": "known",
    "air_time": "unknown", "distance": "known", "hour": "known", "minute": "known", "time_hour": "known",
    "weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known",
}  # fmt: skip

# %% exercise="audit" kind="alternative" name="from-the-cancelled"
audit = {}
for column, share in raw[raw["dep_time"].isna()].notna().mean().items():
    audit[column] = "known" if share == 1 else "unknown" if share == 0 else "assumed"
for hour in (8, 6, 5):
    audit[f"weather {hour:02}:00"] = "known" if 60 * hour + 51 <= 6 * 60 + 20 else "unknown"

# %% exercise="audit" kind="mistake" name="plane-is-known" says="tailnum is not 'known'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["tailnum"] = "known"

# %% exercise="audit" kind="mistake" name="pushed-back" says="dep_delay is not 'known'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["dep_delay"] = "known"

# %% exercise="audit" kind="mistake" name="planned-time-in-the-air" says="air_time is not 'known'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["air_time"] = "known"

# %% exercise="audit" kind="mistake" name="air-time-is-an-estimate" says="air_time is not 'assumed'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["air_time"] = "assumed"

# %% exercise="audit" kind="mistake" name="time-hour-sounds-actual" says="time_hour is not 'unknown'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["time_hour"] = "unknown"

# %% exercise="audit" kind="mistake" name="diverted-changes-the-destination" says="dest is not 'assumed'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["dest"] = "assumed"

# %% exercise="audit" kind="mistake" name="arrival-is-later" says="sched_arr_time is not 'unknown'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["sched_arr_time"] = "unknown"

# %% exercise="audit" kind="mistake" name="weather-of-the-departure-hour" says="weather 08:00 is not 'known'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["weather 08:00"] = "known"

# %% exercise="audit" kind="mistake" name="weather-of-the-current-hour" says="weather 06:00 is not 'known'"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
audit["weather 06:00"] = "known"

# %% exercise="audit" kind="mistake" name="no-weather" says="entries are lacking"
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
del audit["weather 05:00"]


# %% exercise="known-at" kind="alternative" name="asof-join"
def known_at(weather, origin, moment):
    """merge_asof, as one joins whole tables."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")

    right = weather[weather["origin"] == origin].assign(complete=lambda t: t["time_hour"] + pd.Timedelta(hours=1))
    right = right.sort_values("complete").astype({"complete": "datetime64[us, UTC]"})
    left = pd.DataFrame({"complete": pd.Series([moment.tz_convert("UTC")]).astype("datetime64[us, UTC]")})
    found = pd.merge_asof(left, right, on="complete", tolerance=pd.Timedelta(hours=6)).iloc[0]
    return None if pd.isna(found["time_hour"]) else found


# %% exercise="known-at" kind="alternative" name="loop-back-by-hours"
def known_at(weather, origin, moment):
    """Asks hour by hour, the latest first."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")

    here = weather[weather["origin"] == origin].set_index("time_hour", drop=False)
    moment = moment.tz_convert("UTC")
    label = moment.floor("h") - pd.Timedelta(hours=1)
    while moment - (label + pd.Timedelta(hours=1)) <= pd.Timedelta(hours=6):
        if label in here.index:
            return here.loc[label]
        label -= pd.Timedelta(hours=1)
    return None


# %% exercise="known-at" kind="alternative" name="query-and-sort"
def known_at(weather, origin, moment):
    """A band of labels, sorted, as a dict."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")

    last = moment - pd.Timedelta(hours=1)
    first = last - pd.Timedelta(hours=6)
    rows = weather[weather["time_hour"].between(first, last)].query("origin == @origin").sort_values("time_hour")
    return rows.iloc[-1].to_dict() if not rows.empty else None


# %% exercise="known-at" kind="mistake" name="row-of-the-hour" says="still being observed"
def known_at(weather, origin, moment):
    """Takes the row whose hour has begun."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")
    complete = weather["time_hour"] + pd.Timedelta(hours=0)
    usable = weather[
        (weather["origin"] == origin) & (complete <= moment) & (moment - complete <= pd.Timedelta(hours=6))
    ]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="complete-at-51" says="a full hour from its label"
def known_at(weather, origin, moment):
    """Forgets that the rule gives the row an hour."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")
    complete = weather["time_hour"] + pd.Timedelta(minutes=51)
    usable = weather[
        (weather["origin"] == origin) & (complete <= moment) & (moment - complete <= pd.Timedelta(hours=6))
    ]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="nearest" says="it is the future"
def known_at(weather, origin, moment):
    """The nearest label, in either direction."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")

    here = weather[weather["origin"] == origin]
    gap = (here["time_hour"] - moment).abs()
    return here.loc[gap.idxmin()] if gap.min() <= pd.Timedelta(hours=6) else None


# %% exercise="known-at" kind="mistake" name="any-airport" says="of another airport"
def known_at(weather, origin, moment):
    """Forgets the airport."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    usable = weather[weather["temp"].notna() & (complete <= moment) & (moment - complete <= pd.Timedelta(hours=6))]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="however-old" says="stale"
def known_at(weather, origin, moment):
    """No limit of age."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    usable = weather[(weather["origin"] == origin) & (complete <= moment) & (complete <= moment)]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="age-of-the-label" says="None is returned although"
def known_at(weather, origin, moment):
    """Counts the six hours from the label."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    usable = weather[
        (weather["origin"] == origin) & (complete <= moment) & (moment - weather["time_hour"] <= pd.Timedelta(hours=6))
    ]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="last-in-the-file" says="a later row is complete as well"
def known_at(weather, origin, moment):
    """Trusts the order of the rows."""
    if moment.tzinfo is None:
        raise ValueError("which time zone?")
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    usable = weather[
        (weather["origin"] == origin) & (complete <= moment) & (moment - complete <= pd.Timedelta(hours=6))
    ]
    return usable.iloc[-1] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="naive-is-fine" says="without a time zone is taken as it comes"
def known_at(weather, origin, moment):
    """Takes a moment without a zone for UTC."""
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    usable = weather[
        (weather["origin"] == origin) & (complete <= moment) & (moment - complete <= pd.Timedelta(hours=6))
    ]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="known-at" kind="mistake" name="local-clock-as-utc" says="read as if its clock showed UTC"
def known_at(weather, origin, moment):
    """Takes New York's clock for UTC."""
    if moment.tzinfo is None:
        raise ValueError("no zone")
    moment = moment.tz_localize(None).tz_localize("UTC")
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    age = moment - complete
    usable = weather[(weather["origin"] == origin) & (age >= pd.Timedelta(0)) & (age <= pd.Timedelta(hours=6))]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None


# %% exercise="repaired" kind="alternative" name="from-time-hour"
def repaired(flights):
    """time_hour and the minute; the rate by counting."""
    scheduled = flights["time_hour"] + pd.to_timedelta(flights["minute"], unit="min")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = (flights["arr_delay"] >= 30).astype("boolean")
    late[flights["arr_delay"].isna()] = pd.NA
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.sum() / late.count()


# %% exercise="repaired" kind="alternative" name="clock-and-date-put-right"
def repaired(flights):
    """Keeps dep_time and moves the date by what the delay says; stays in New York time."""
    day = pd.to_datetime(flights[["year", "month", "day"]])
    clock = flights["sched_dep_time"]
    local = day + pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min")
    scheduled = local.dt.tz_localize("America/New_York")
    clock = flights["dep_time"]
    left = day + pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min")
    off = (local + pd.to_timedelta(flights["dep_delay"], unit="min") - left).dt.total_seconds() / 86400
    left = left + pd.to_timedelta(off.round(), unit="D")
    departed = left.dt.tz_localize("America/New_York", nonexistent="shift_forward", ambiguous=True)
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="repaired" kind="alternative" name="one-flight-after-another"
def repaired(flights):
    """The standard library's clocks."""
    from datetime import datetime, timedelta, timezone
    from zoneinfo import ZoneInfo

    rows = []
    for f in flights.itertuples():
        scheduled = datetime(f.year, f.month, f.day, f.hour, f.minute, tzinfo=ZoneInfo("America/New_York"))
        scheduled = scheduled.astimezone(timezone.utc)
        left = pd.NaT if pd.isna(f.dep_delay) else scheduled + timedelta(minutes=int(f.dep_delay))
        rows.append((scheduled, left, pd.NA if pd.isna(f.arr_delay) else f.arr_delay >= 30))
    table = pd.DataFrame(rows, index=flights.index, columns=["scheduled", "departed", "late"])
    table["departed"] = pd.to_datetime(table["departed"], utc=True)
    table["late"] = table["late"].astype("boolean")
    return table, float(table["late"].dropna().astype(float).mean())


# %% exercise="repaired" kind="mistake" name="label-left" says="still count as on time in the column late"
def repaired(flights):
    """The label is still wrong."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = flights["arr_delay"] >= 30
    rate = late.sum() / flights["arr_delay"].notna().sum()
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), rate


# %% exercise="repaired" kind="mistake" name="zone-left" says="New York is five hours behind UTC only in winter"
def repaired(flights):
    """Five hours behind, all year."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("Etc/GMT+5").dt.tz_convert("UTC")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="repaired" kind="mistake" name="midnight-left" says="put a day too early"
def repaired(flights):
    """The row's date, whatever the clock says."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    day = pd.to_datetime(flights[["year", "month", "day"]])
    clock = flights["dep_time"]
    left = day + pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min")
    departed = left.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="repaired" kind="mistake" name="early-is-tomorrow" says="put on the next day"
def repaired(flights):
    """Whoever leaves before the schedule left on the next day."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    day = pd.to_datetime(flights[["year", "month", "day"]])
    clock = flights["dep_time"]
    left = day + pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min")
    left = left.mask(left < local, left + pd.Timedelta(days=1))
    departed = left.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="repaired" kind="mistake" name="rate-left" says="those without a label included"
def repaired(flights):
    """The rate over all flights."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.sum() / len(late)


# %% exercise="repaired" kind="mistake" name="cancelled-thrown-out" says="flights have disappeared"
def repaired(flights):
    """Drops what is hard."""
    flights = flights.dropna(subset="arr_delay")
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="repaired" kind="mistake" name="local-is-utc" says="as if it were UTC"
def repaired(flights):
    """Calls the local clock UTC."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local.dt.tz_localize("UTC")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="repaired" kind="mistake" name="no-zone-at-all" says="has no time zone"
def repaired(flights):
    """Leaves the zone out."""
    local = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    scheduled = local
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()


# %% exercise="peeks" kind="alternative" name="nothing-has-happened-yet"
def peeks(build_feature, flights):
    """Blanks out what is not known, and compares with numpy."""
    before = np.asarray(build_feature(flights), dtype=float)
    for moment in sorted(set(flights["sched"] - LEAD), reverse=True):
        blank = flights.copy()
        blank.loc[~(flights["departed"] < moment), ["departed", "dep_delay"]] = [pd.NaT, np.nan]
        blank.loc[~(flights["arrived"] < moment), ["arrived", "arr_delay"]] = [pd.NaT, np.nan]
        after = np.asarray(build_feature(blank), dtype=float)
        mine = (flights["sched"] - LEAD <= moment).to_numpy()
        if not np.array_equal(before[mine], after[mine], equal_nan=True):
            return True
    return False


# %% exercise="peeks" kind="alternative" name="another-future-each-time"
def peeks(build_feature, flights):
    """Draws a future, twice for each flight, and looks at this flight alone."""
    rng = np.random.default_rng(7)
    before = build_feature(flights)

    def another_world(moment):
        world = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            later = ~(world[event] < moment)
            minutes = rng.integers(1500, 9000, len(world)).astype(float)
            world[event] = world[event].where(~later, moment + pd.to_timedelta(minutes, unit="min"))
            world[delay] = world[delay].where(~later, minutes)
        return world

    for row, moment in enumerate(flights["sched"] - LEAD):
        one = build_feature(another_world(moment)).iloc[row]
        if not (one == before.iloc[row] or (pd.isna(one) and pd.isna(before.iloc[row]))):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="missing-is-a-change" says="two missing values are no change"
def peeks(build_feature, flights):
    """NaN is not equal to NaN."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided <= moment
        if (build_feature(other)[asked] != true_feature[asked]).any():
            return True
    return False


# %% exercise="peeks" kind="mistake" name="deletes-the-future" says="only the timetable is accused"
def peeks(build_feature, flights):
    """Hands over only what has happened."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        known = flights[(flights["departed"] < moment) | (decided == moment)].copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            known.loc[~(known[event] < moment), event] = moment + pd.Timedelta(days=1)
            known.loc[~(known[event] < moment), delay] = 1440.0
        rows = known.index[decided[known.index] == moment]
        if not build_feature(known)[rows].equals(true_feature[rows]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="everybody-asked" says="a flight decided later may know more"
def peeks(build_feature, flights):
    """Compares the flights that are decided later as well."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided == decided
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="the-middle-only" says="try every decision moment"
def peeks(build_feature, flights):
    """One moment will do."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in [decided.sort_values().iloc[len(decided) // 2]]:
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="delays-only" says="the times of events leak, too"
def peeks(build_feature, flights):
    """Falsifies delays, but not when things happened."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        other.loc[~(flights["departed"] < moment), "dep_delay"] = 1440.0
        other.loc[~(flights["arrived"] < moment), "arr_delay"] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="landed-once-departed" says="still in the air pass as honest"
def peeks(build_feature, flights):
    """Takes an arrival for known once the flight has left."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        to_come = ~(flights["departed"] < moment)
        other.loc[to_come, ["departed", "arrived"]] = moment + pd.Timedelta(days=1)
        other.loc[to_come, ["dep_delay", "arr_delay"]] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="cancelled-stay-cancelled" says="share of the day's cancelled flights"
def peeks(build_feature, flights):
    """Shifts what is there, so what is missing stays missing."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other[event] = other[event].where(~to_come, other[event] + pd.Timedelta(days=9))
            other[delay] = other[delay].where(~to_come, other[delay] + 12960.0)
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="the-moment-is-known" says="known is strictly before"
def peeks(build_feature, flights):
    """Counts what happens at the moment itself as known."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] <= moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="own-row-only" says="the delay of the next departure passes"
def peeks(build_feature, flights):
    """Falsifies only the flight itself."""
    true_feature = build_feature(flights)
    for row in flights.index:
        other = flights.copy()
        other.loc[row, ["departed", "arrived"]] = flights["sched"].max() + pd.Timedelta(days=1)
        other.loc[row, ["dep_delay", "arr_delay"]] = 1440.0
        if not build_feature(other)[[row]].equals(true_feature[[row]]):
            return True
    return False


# %% exercise="peeks" kind="mistake" name="upside-down" says="a constant is accused"
def peeks(build_feature, flights):
    """Answers whether the builder is honest."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return False
    return True


# %% exercise="peeks" kind="mistake" name="falsifies-the-original" says="the table that is passed in is changed"
def peeks(build_feature, flights):
    """Works on the table itself."""
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False


# %% exercise="peeks" kind="equivalent" mutant="- other.loc[to_come, event] = moment + pd.Timedelta(days=1) | + other.loc[to_come, event] = moment + pd.Timedelta(days=2)" reason="any moment from the given one on is as unknown as any other"

# %% exercise="peeks" kind="equivalent" mutant="- other.loc[to_come, event] = moment + pd.Timedelta(days=1) | + other.loc[to_come, event] = moment + pd.Timedelta(days=0)" reason="the moment itself is not strictly before: as unknown as a day later"

# %% exercise="peeks" kind="equivalent" mutant="- other.loc[to_come, delay] = 1440.0 | + other.loc[to_come, delay] = 2880.0" reason="any delay that no flight has is as false as another"
