# %% [markdown]
# Answers to `1-collect-from-many-sources.py`: never released.


# %% exercise="read-schedule" kind="alternative" name="all-texts-then-convert"
def read_schedule(text):
    """Everything as text, nothing missing; then each column by its own rule."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    clock = table["sched_dep"].str.zfill(4)
    midnight = clock == "2400"
    moment = pd.to_datetime(table["date"] + clock.mask(midnight, "0000"), format="%d/%m/%Y%H%M")
    table["sched_dep"] = moment + pd.to_timedelta(midnight.astype(int), unit="D")
    for name in ("tailnum", "seats"):
        table[name] = table[name].mask(table[name].isin(["", "-", "n/a"]))
    table["seats"] = pd.to_numeric(table["seats"])
    return table[["sched_dep", "carrier", "flight", "dest", "tailnum", "seats"]]


# %% exercise="read-schedule" kind="alternative" name="csv-module"
def read_schedule(text):
    """Line by line, with the csv module and plain Python."""
    import csv

    rows = []
    for line in csv.DictReader(io.StringIO(text)):
        hours, minutes = divmod(int(line["sched_dep"]), 100)
        if minutes >= 60 or (hours, minutes) > (24, 0):
            raise ValueError(f"no clock time: {line['sched_dep']}")
        day, month, year = map(int, line["date"].split("/"))
        seats = line["seats"]
        rows.append(
            {
                "sched_dep": datetime(year, month, day) + timedelta(hours=hours, minutes=minutes),
                "carrier": line["carrier"],
                "flight": line["flight"],
                "dest": line["dest"],
                "tailnum": None if line["tailnum"] in ("", "-", "n/a") else line["tailnum"],
                "seats": np.nan if seats in ("", "-", "n/a") else float(int(seats)),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="read-schedule" kind="mistake" name="default-markers" says="the carrier NA was read as a missing value"
def read_schedule(text):
    """Leaves pandas' own markers on."""
    table = pd.read_csv(io.StringIO(text), dtype={"flight": str, "carrier": str}, na_values=["-"])
    clock = table["sched_dep"]
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="flight-as-number" says="their leading zeros are lost"
def read_schedule(text):
    """Lets pandas decide what a flight code is."""
    markers = ["", "-", "n/a"]
    table = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values={"tailnum": markers, "seats": markers})
    clock = table["sched_dep"]
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="month-first" says="day and month are exchanged"
def read_schedule(text):
    """Leaves the order of day and month to the library."""
    markers = ["", "-", "n/a"]
    table = pd.read_csv(
        io.StringIO(text),
        dtype={"flight": str},
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    )
    clock = table["sched_dep"]
    table["sched_dep"] = pd.to_datetime(table["date"]) + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="hhmm-as-minutes" says="hhmm is hours and minutes, not a count"
def read_schedule(text):
    """Adds hhmm as if it were a number of minutes."""
    markers = ["", "-", "n/a"]
    table = pd.read_csv(
        io.StringIO(text),
        dtype={"flight": str},
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    )
    table["sched_dep"] = pd.to_datetime(table["date"], format="%d/%m/%Y") + pd.to_timedelta(
        table["sched_dep"], unit="min"
    )
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="midnight-before" says="2400 became the midnight at the beginning"
def read_schedule(text):
    """Makes 2400 the 0000 of the same day."""
    markers = ["", "-", "n/a"]
    table = pd.read_csv(
        io.StringIO(text),
        dtype={"flight": str, "sched_dep": str, "date": str},
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    )
    clock = table["sched_dep"].str.zfill(4).replace("2400", "0000")
    table["sched_dep"] = pd.to_datetime(table["date"] + clock, format="%d/%m/%Y%H%M")
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="coerced" says="a number of seats that is none passes"
def read_schedule(text):
    """Turns whatever is no number into a missing value."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    clock = table["sched_dep"].astype(int)
    if ((clock % 100 > 59) | (clock > 2400)).any():
        raise ValueError("a clock time that does not exist")
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    table["seats"] = pd.to_numeric(table["seats"], errors="coerce")
    table["tailnum"] = table["tailnum"].mask(table["tailnum"].isin(["", "-", "n/a"]))
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="no-clock-check" says="a clock time that does not exist passes"
def read_schedule(text):
    """Does not ask whether the clock time exists."""
    markers = ["", "-", "n/a"]
    table = pd.read_csv(
        io.StringIO(text),
        dtype={"flight": str, "seats": "Int64"},
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    )
    clock = table["sched_dep"]
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="drops-missing" says="rows are gone"
def read_schedule(text):
    """Drops rows with a missing value."""
    markers = ["", "-", "n/a"]
    table = pd.read_csv(
        io.StringIO(text),
        dtype={"flight": str, "seats": "Int64"},
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    ).dropna()
    clock = table["sched_dep"]
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")


# %% exercise="read-schedule" kind="mistake" name="one-marker-forgotten" says="a missing marker stays in the table"
def read_schedule(text):
    """Knows only the empty field and the dash."""
    markers = ["", "-"]
    table = pd.read_csv(
        io.StringIO(text),
        dtype={"flight": str},
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    )
    clock = table["sched_dep"]
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")


# %% exercise="open-screen" kind="alternative" name="not-exists-coalesce"
def open_screen(path, title):
    """COALESCE instead of IS NULL, a scalar subquery instead of a join, a named parameter."""
    db = sqlite3.connect("file:" + str(path) + "?mode=ro", uri=True)
    try:
        rows = db.execute(
            "SELECT id, year, mpa_rating, (SELECT meter FROM reviews WHERE film_id = films.id) FROM films "
            "WHERE title = :title AND COALESCE(mpa_rating, 'none') NOT IN ('R', 'NC-17', 'X') ORDER BY 2, 1",
            {"title": title},
        )
        return list(rows)
    finally:
        db.close()


# %% exercise="open-screen" kind="alternative" name="except-and-python"
def open_screen(path, title):
    """Asks for two plain answers and puts them together in Python."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&cache=private", uri=True)) as db:
        films = db.execute("SELECT year, id, mpa_rating FROM films WHERE title = ?", [title]).fetchall()
        out = []
        for year, number, rating in sorted(films, key=lambda film: film[:2]):
            if rating in ("R", "NC-17", "X"):
                continue
            score = db.execute("SELECT meter FROM reviews WHERE film_id = ?", [number]).fetchone()
            out.append((number, year, rating, score[0] if score else None))
    return out


# %% exercise="open-screen" kind="alternative" name="union"
def open_screen(path, title):
    """Two questions, one for films with and one for films without a rating."""
    sql = """SELECT id, year, mpa_rating, meter FROM (
        SELECT * FROM films WHERE title = ?1 AND mpa_rating IS NULL
        UNION ALL SELECT * FROM films WHERE title = ?1 AND mpa_rating NOT IN ('R', 'NC-17', 'X')
    ) AS f LEFT OUTER JOIN reviews AS r ON r.film_id = f.id ORDER BY f.year ASC, f.id ASC"""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = [tuple(row) for row in db.execute(sql, (title,))]
    db.close()
    return rows


# %% exercise="open-screen" kind="mistake" name="null-forgotten" says="films without a rating are gone"
def open_screen(path, title):
    """NOT IN alone."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND mpa_rating NOT IN ('R', 'NC-17', 'X') ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="inner-join" says="films without a row in reviews are gone"
def open_screen(path, title):
    """An inner join."""
    question = """SELECT id, year, mpa_rating, meter FROM films JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="pasted" says="the title is pasted into the SQL"
def open_screen(path, title):
    """An f-string makes the SQL."""
    question = f"""SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = '{title}' AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question).fetchall()


# %% exercise="open-screen" kind="mistake" name="brackets-forgotten" says="films of another title are on the list"
def open_screen(path, title):
    """AND binds closer than OR."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND mpa_rating NOT IN ('R', 'NC-17', 'X') OR mpa_rating IS NULL ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="only-r" says="a film that is known to be rated R, NC-17 or X"
def open_screen(path, title):
    """Thinks of R only."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND mpa_rating IS NOT 'R' ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="opened-for-writing" says="gave a new, empty database"
def open_screen(path, title):
    """A plain connect."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="mode-rw" says="the question could write into the file"
def open_screen(path, title):
    """rw does not create, but it writes."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="uri-forgotten" says="without uri=True"
def open_screen(path, title):
    """An address, but nobody says that it is one."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro")) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="with-does-not-close" says="connections are left open"
def open_screen(path, title):
    """with, as for a file."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY year, id"""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="open-screen" kind="mistake" name="order-by-id" says="not ordered by year"
def open_screen(path, title):
    """Leaves the order to the key."""
    question = """SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X')) ORDER BY id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()


# %% exercise="flatten-reports" kind="alternative" name="json-normalize-apply"
def flatten_reports(reports):
    """pandas flattens, functions convert column by column."""
    names = ["station", "time", "temp.value", "temp.unit", "wind.speed", "wind.gusts"]
    flat = pd.json_normalize(reports).reindex(columns=names)

    def mph(text):
        if not isinstance(text, str):
            return np.nan
        match = text.split()
        if match[1] == "kt":
            return float(match[0]) * 1.150779
        if match[1] == "mph":
            return float(match[0])
        raise ValueError("I do not know " + match[1])

    degrees = flat["temp.value"].astype(float)
    strange = set(flat["temp.unit"].dropna()) - {"F", "C"}
    if strange:
        raise ValueError(f"I do not know {strange}")
    return pd.DataFrame(
        {
            "station": flat["station"],
            "time": pd.to_datetime(flat["time"], utc=True),
            "temp_f": degrees.where(flat["temp.unit"] != "C", degrees * 1.8 + 32),
            "wind_mph": flat["wind.speed"].map(mph).astype(float),
            "gust_mph": flat["wind.gusts"]
            .map(lambda gusts: max([mph(g) for g in gusts]) if isinstance(gusts, list) and gusts else np.nan)
            .astype(float),
        }
    )


# %% exercise="flatten-reports" kind="alternative" name="explode-and-group"
def flatten_reports(reports):
    """A long table of gusts, grouped back to the reports by their position."""
    factor = {"mph": 1, "kt": 1852 / 1609.344}

    def speed(text):
        value, unit = text.split(" ")
        try:
            return float(value) * factor[unit]
        except KeyError:
            raise ValueError("unit " + unit) from None

    def degrees(temp):
        if temp["unit"] == "C":
            return 32 + 1.8 * float(temp["value"])
        if temp["unit"] == "F":
            return float(temp["value"])
        raise ValueError("unit " + temp["unit"])

    long = [(i, speed(g)) for i, r in enumerate(reports) for g in ((r.get("wind") or {}).get("gusts") or [])]
    strongest = pd.DataFrame(long, columns=["report", "gust"]).groupby("report")["gust"].max()
    index = range(len(reports))
    return pd.DataFrame(
        {
            "station": pd.Series([r["station"] for r in reports], index=index, dtype=str),
            "time": pd.Series(
                [pd.Timestamp(r["time"]).tz_convert("UTC") for r in reports], index=index, dtype="datetime64[us, UTC]"
            ),
            "temp_f": pd.Series(
                [degrees(r["temp"]) if r.get("temp") is not None else None for r in reports], index=index, dtype=float
            ),
            "wind_mph": pd.Series(
                [speed(r["wind"]["speed"]) if (r.get("wind") or {}).get("speed") else None for r in reports],
                index=index,
                dtype=float,
            ),
            "gust_mph": strongest.reindex(index).astype(float),
        }
    )


# %% exercise="flatten-reports" kind="mistake" name="gusts-as-texts" says="for texts 9 is more than 34"
def flatten_reports(reports):
    """max of texts."""
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}
    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp")
        speed, gust = wind.get("speed"), max(wind.get("gusts") or [], default=None)
        for text in (speed, gust):
            if text and text.split()[1] not in factor:
                raise ValueError(text.split()[1])
        if temp and temp["unit"] not in "FC":
            raise ValueError(temp["unit"])
        celsius = temp and temp["unit"] == "C"
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if celsius else float(temp["value"])) if temp else np.nan,
                "wind_mph": float(speed.split()[0]) * factor[speed.split()[1]] if speed else np.nan,
                "gust_mph": float(gust.split()[0]) * factor[gust.split()[1]] if gust else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=["station", "time", "temp_f", "wind_mph", "gust_mph"])


# %% exercise="flatten-reports" kind="mistake" name="first-gust" says="the gust is the first of the list"
def flatten_reports(reports):
    """Takes the first gust."""
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        number, unit = text.split()
        return float(number) * factor[unit]

    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp")
        gusts = wind.get("gusts") or []
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if temp["unit"] == "C" else float(temp["value"]))
                if temp
                else np.nan,
                "wind_mph": mph(wind["speed"]) if "speed" in wind else np.nan,
                "gust_mph": mph(gusts[0]) if gusts else np.nan,
            }
        )
    return pd.DataFrame(rows)


# %% exercise="flatten-reports" kind="mistake" name="skips-calm" says="reports are gone"
def flatten_reports(reports):
    """Skips reports without wind."""
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        number, unit = text.split()
        return float(number) * factor[unit]

    rows = []
    for report in reports:
        wind, temp = report.get("wind"), report.get("temp")
        if not wind or not wind.get("gusts"):
            continue
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if temp["unit"] == "C" else float(temp["value"]))
                if temp
                else np.nan,
                "wind_mph": mph(wind["speed"]) if "speed" in wind else np.nan,
                "gust_mph": max(map(mph, wind["gusts"])),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="flatten-reports" kind="mistake" name="explodes" says="a list became several rows"
def flatten_reports(reports):
    """json_normalize, explode, done."""
    names = ["station", "time", "temp.value", "temp.unit", "wind.speed", "wind.gusts"]
    flat = pd.json_normalize(reports).reindex(columns=names).explode("wind.gusts", ignore_index=True)
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        return float(text.split()[0]) * factor[text.split()[1]] if isinstance(text, str) else np.nan

    degrees = flat["temp.value"].astype(float)
    return pd.DataFrame(
        {
            "station": flat["station"],
            "time": pd.to_datetime(flat["time"], utc=True),
            "temp_f": degrees.where(flat["temp.unit"] != "C", degrees * 1.8 + 32),
            "wind_mph": flat["wind.speed"].map(mph),
            "gust_mph": flat["wind.gusts"].map(mph),
        }
    )


# %% exercise="flatten-reports" kind="mistake" name="zero-for-missing" says="a value that nobody reported is filled in"
def flatten_reports(reports):
    """No gust is a gust of 0."""
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        number, unit = text.split()
        return float(number) * factor[unit]

    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp")
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if temp["unit"] == "C" else float(temp["value"]))
                if temp
                else np.nan,
                "wind_mph": mph(wind.get("speed", "0 mph")),
                "gust_mph": max(map(mph, wind.get("gusts") or []), default=0.0),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="flatten-reports" kind="mistake" name="celsius-forgotten" says="a temperature in °C stands in the table as °F"
def flatten_reports(reports):
    """Ignores the temperature's unit."""
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        number, unit = text.split()
        return float(number) * factor[unit]

    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp") or {}
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": float(temp.get("value", "nan")),
                "wind_mph": mph(wind["speed"]) if "speed" in wind else np.nan,
                "gust_mph": max(map(mph, wind.get("gusts") or []), default=np.nan),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="flatten-reports" kind="mistake" name="knots-forgotten" says="a wind in knots stands in the table as mph"
def flatten_reports(reports):
    """Cuts off the unit of the wind."""
    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp")
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if temp["unit"] == "C" else float(temp["value"]))
                if temp
                else np.nan,
                "wind_mph": float(wind.get("speed", "nan mph").split()[0]),
                "gust_mph": max((float(g.split()[0]) for g in wind.get("gusts") or []), default=np.nan),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="flatten-reports" kind="mistake" name="offset-cut-off" says="the offset of a time is cut off"
def flatten_reports(reports):
    """Reads the clock and calls it UTC."""
    factor = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        number, unit = text.split()
        return float(number) * factor[unit]

    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp")
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"][:19], tz="UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if temp["unit"] == "C" else float(temp["value"]))
                if temp
                else np.nan,
                "wind_mph": mph(wind["speed"]) if "speed" in wind else np.nan,
                "gust_mph": max(map(mph, wind.get("gusts") or []), default=np.nan),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="flatten-reports" kind="mistake" name="any-other-unit-is-mph" says="a unit that you do not know passes"
def flatten_reports(reports):
    """What is not kt must be mph."""

    def mph(text):
        number, unit = text.split()
        return float(number) * (1.150779 if unit == "kt" else 1.0)

    rows = []
    for report in reports:
        wind, temp = report.get("wind") or {}, report.get("temp")
        rows.append(
            {
                "station": report["station"],
                "time": pd.Timestamp(report["time"]).tz_convert("UTC"),
                "temp_f": (float(temp["value"]) * 1.8 + 32 if temp["unit"] == "C" else float(temp["value"]))
                if temp
                else np.nan,
                "wind_mph": mph(wind["speed"]) if "speed" in wind else np.nan,
                "gust_mph": max(map(mph, wind.get("gusts") or []), default=np.nan),
            }
        )
    return pd.DataFrame(rows)


# %% exercise="fetch-all" kind="alternative" name="while-and-lists"
def fetch_all(get_page, max_pages=1000):
    """Collects all records, then keeps the last one of each id."""
    page = get_page(None)
    records, pages = list(page["departures"]), 1
    while page["next"] is not None:
        if pages == max_pages:
            raise RuntimeError("too many pages")
        page = get_page(page["next"])
        pages += 1
        records.extend(page["departures"])
    last = {record["id"]: place for place, record in enumerate(records)}
    if page["total"] != len(last):
        raise ValueError("got {} of {}".format(len(last), page["total"]))
    return [records[place] for place in sorted(last.values())]


# %% exercise="fetch-all" kind="alternative" name="recursive"
def fetch_all(get_page, max_pages=1000):
    """Page by page, each call with what is left of the budget."""

    def rest(cursor, left, known):
        if left == 0:
            raise RuntimeError(f"more than {max_pages} pages")
        page = get_page(cursor)
        known = known | {record["id"]: record for record in page["departures"]}
        return (known, page["total"]) if page["next"] is None else rest(page["next"], left - 1, known)

    known, total = rest(None, max_pages, {})
    if total != len(known):
        raise ValueError(f"{len(known)} different ids, total {total}")
    return [*known.values()]


# %% exercise="fetch-all" kind="mistake" name="stops-at-empty-page" says="stops before the server says"
def fetch_all(get_page, max_pages=1000):
    """Takes an empty page for the end."""
    found, cursor = {}, None
    for _ in range(max_pages):
        page = get_page(cursor)
        if not page["departures"]:
            return list(found.values())
        found.update({d["id"]: d for d in page["departures"]})
        cursor = page["next"]
        if cursor is None:
            if len(found) != page["total"]:
                raise ValueError(f"{len(found)} of {page['total']}")
            return list(found.values())
    raise RuntimeError("no end")


# %% exercise="fetch-all" kind="mistake" name="keeps-repeats" says="a departure is there twice"
def fetch_all(get_page, max_pages=1000):
    """Returns every record that was sent."""
    records, cursor = [], None
    for _ in range(max_pages):
        page = get_page(cursor)
        records += page["departures"]
        cursor = page["next"]
        if cursor is None:
            different = len({d["id"] for d in records})
            if different != page["total"]:
                raise ValueError(f"{different} of {page['total']}")
            return records
    raise RuntimeError("no end")


# %% exercise="fetch-all" kind="mistake" name="counts-records" says="the number of records sent"
def fetch_all(get_page, max_pages=1000):
    """Compares the number of records sent with the total."""
    found, cursor, count = {}, None, 0
    for _ in range(max_pages):
        page = get_page(cursor)
        count += len(page["departures"])
        found.update({d["id"]: d for d in page["departures"]})
        cursor = page["next"]
        if cursor is None:
            if count != page["total"]:
                raise ValueError(f"{count} of {page['total']}")
            return list(found.values())
    raise RuntimeError("no end")


# %% exercise="fetch-all" kind="mistake" name="total-of-the-first-page" says="the total is not that of the last page"
def fetch_all(get_page, max_pages=1000):
    """Believes the first total."""
    page = get_page(None)
    total, found = page["total"], {d["id"]: d for d in page["departures"]}
    for _ in range(max_pages - 1):
        if page["next"] is None:
            break
        page = get_page(page["next"])
        found.update({d["id"]: d for d in page["departures"]})
    if page["next"] is not None:
        raise RuntimeError("no end")
    if len(found) != total:
        raise ValueError(f"{len(found)} of {total}")
    return list(found.values())


# %% exercise="fetch-all" kind="mistake" name="no-total" says="passes for complete"
def fetch_all(get_page, max_pages=1000):
    """Trusts the pages."""
    found, cursor = {}, None
    for _ in range(max_pages):
        page = get_page(cursor)
        found.update({d["id"]: d for d in page["departures"]})
        cursor = page["next"]
        if cursor is None:
            return list(found.values())
    raise RuntimeError("no end")


# %% exercise="fetch-all" kind="mistake" name="first-version" says="the older record is kept"
def fetch_all(get_page, max_pages=1000):
    """setdefault keeps what came first."""
    found, cursor = {}, None
    for _ in range(max_pages):
        page = get_page(cursor)
        for departure in page["departures"]:
            found.setdefault(departure["id"], departure)
        cursor = page["next"]
        if cursor is None:
            if len(found) != page["total"]:
                raise ValueError(f"{len(found)} of {page['total']}")
            return list(found.values())
    raise RuntimeError("no end")


# %% exercise="fetch-all" kind="mistake" name="while-true" says="not bounded by max_pages"
def fetch_all(get_page, max_pages=1000):
    """Goes on until the server stops it."""
    found, cursor = {}, None
    while True:
        page = get_page(cursor)
        found.update({d["id"]: d for d in page["departures"]})
        cursor = page["next"]
        if cursor is None:
            if len(found) != page["total"]:
                raise ValueError(f"{len(found)} of {page['total']}")
            return list(found.values())


# %% exercise="fetch-all" kind="mistake" name="one-page-too-few" says="exactly max_pages pages are enough"
def fetch_all(get_page, max_pages=1000):
    """Counts one too many."""
    found, cursor, pages = {}, None, 0
    while True:
        page = get_page(cursor)
        pages += 1
        if pages >= max_pages:
            raise RuntimeError("no end")
        found.update({d["id"]: d for d in page["departures"]})
        cursor = page["next"]
        if cursor is None:
            if len(found) != page["total"]:
                raise ValueError(f"{len(found)} of {page['total']}")
            return list(found.values())


# %% exercise="with-retries" kind="alternative" name="recursive"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Each failed call calls the rest."""

    def again(number):
        told = 0
        try:
            reply = call()
            if reply.status < 400:
                return reply
            what = f"HTTP {reply.status}"
            if 400 <= reply.status < 500 and reply.status != 429:
                raise RuntimeError(what + " is no use to repeat")
            if "retry-after" in reply.headers:
                told = int(reply.headers["retry-after"])
        except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
            what = repr(error) + str(error)
        if number == attempts:
            raise RuntimeError(f"{what}, after {number} calls")
        sleep(told + uniform(0, 1) * min(cap, base * 2 ** (number - 1)))
        return again(number + 1)

    return again(1)


# %% exercise="with-retries" kind="alternative" name="list-of-waits"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """The upper ends of all waits first."""
    tops, top = [], base
    for _ in range(attempts - 1):
        tops.append(top if top < cap else cap)
        top *= 2
    for top in [*tops, None]:
        reply, problem = None, None
        try:
            reply = call()
        except requests.RequestException as error:
            if not isinstance(error, (requests.ConnectionError, requests.Timeout)):
                raise
            problem = error
        if reply is not None:
            if reply.status // 100 in (2, 3):
                return reply
            if reply.status // 100 == 4 and reply.status != 429:
                raise RuntimeError(f"the server refuses: {reply.status}")
        if top is None:
            raise RuntimeError(f"{attempts} calls failed; the last: {reply.status if reply else problem}")
        header = reply.headers.get("retry-after", "0") if reply else "0"
        sleep(uniform(0, top) + float(header))


# %% exercise="with-retries" kind="alternative" name="sleeps-in-two-pieces"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Sleeps as long as the server says, then the jitter; the upper end is doubled from failure to failure."""
    upper = base
    for number in range(1, attempts + 1):
        told = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            last = str(error)
        else:
            if reply.status < 400:
                return reply
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(f"refused with status {reply.status}")
            last, told = reply.status, float(reply.headers.get("retry-after", 0))
        if number == attempts:
            raise RuntimeError(f"gave up after {attempts} calls, last: {last}")
        sleep(told)
        sleep(uniform(0, min(cap, upper)))
        upper *= 2


# %% exercise="with-retries" kind="mistake" name="retries-everything" says="a request that is wrong in itself is sent again"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """All statuses from 400 on are tried again."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="no-cap" says="the wait grows without a cap"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Forgets the cap."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + uniform(0, base * 2**failed))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="no-jitter" says="the wait has no jitter"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Plain exponential backoff."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + min(cap, base * 2**failed))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="own-random" says="the jitter is not drawn by the argument"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Draws by the module."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + random.uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="really-sleeps" says="is not asked to wait"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """time.sleep instead of the argument."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            time.sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="ignores-retry-after" says="the header Retry-After is ignored"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Never reads a header."""
    for failed in range(attempts):
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
        if failed + 1 < attempts:
            sleep(uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="retry-after-alone" says="everyone who was told the same time comes back together"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Waits exactly as long as the server says."""
    for failed in range(attempts):
        pause = None
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = reply.headers.get("retry-after")
        if failed + 1 < attempts:
            sleep(float(pause) if pause else uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="cap-over-all" says="the cap cuts off what Retry-After asks for"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """The cap is put on the sum."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(min(cap, pause + uniform(0, min(cap, base * 2**failed))))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="builtin-connection-error" says="a broken connection or a timeout of requests is not tried again"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Python's ConnectionError and TimeoutError: other classes."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (ConnectionError, TimeoutError) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="catches-bugs" says="an exception that is a bug is tried again"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """except Exception."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except Exception as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="one-call-too-many" says="there are more calls than attempts"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """attempts retries after the first call."""
    for failed in range(attempts + 1):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        if failed < attempts:
            sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="waits-for-nothing" says="it waits although no call follows"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Waits after the last failure too."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(problem)
            pause = float(reply.headers.get("retry-after", 0))
        sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")


# %% exercise="with-retries" kind="mistake" name="gives-up-silently" says="the failure is not told by a RuntimeError"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """Ends without a word."""
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout):
            pass
        else:
            if reply.status < 400:
                return reply
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(f"status {reply.status}")
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + uniform(0, min(cap, base * 2**failed)))


# %% exercise="repaired-load" kind="alternative" name="compare-in-python"
def repaired_load(db, fetch, overlap):
    """Collects first, compares in Python, writes with INSERT OR REPLACE."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS departures (id TEXT NOT NULL PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT) WITHOUT ROWID"
    )
    latest = db.execute("SELECT sched_dep FROM departures ORDER BY sched_dep DESC LIMIT 1").fetchone()
    since = None if latest is None else (datetime.strptime(latest[0], FORM) - timedelta(hours=overlap)).strftime(FORM)
    records = list(fetch(since))
    known = dict(db.execute("SELECT id, updated FROM departures"))
    for record in records:
        if known.get(record["id"], "") < record["updated"]:
            db.execute(
                "INSERT OR REPLACE INTO departures VALUES (?, ?, ?, ?)",
                [record[k] for k in ("id", "sched_dep", "status", "updated")],
            )
            known[record["id"]] = record["updated"]
    db.commit()


# %% exercise="repaired-load" kind="alternative" name="staging-table"
def repaired_load(db, fetch, overlap):
    """A staging table, and two statements; the watermark is computed by SQLite."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT, sched_dep TEXT, status TEXT, updated TEXT)")
    db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_each ON departures (id)")
    db.execute("CREATE TEMP TABLE IF NOT EXISTS staging (id TEXT, sched_dep TEXT, status TEXT, updated TEXT)")
    sql = "SELECT strftime('%Y-%m-%dT%H:%M', MAX(sched_dep), ?) FROM departures"
    (since,) = db.execute(sql, (f"-{overlap} hours",)).fetchone()
    try:
        db.execute("DELETE FROM staging")
        for r in fetch(since):
            db.execute("INSERT INTO staging VALUES (?, ?, ?, ?)", (r["id"], r["sched_dep"], r["status"], r["updated"]))
        db.execute(
            "DELETE FROM departures WHERE EXISTS (SELECT 1 FROM staging s WHERE s.id = departures.id AND s.updated > departures.updated)"
        )
        db.execute("INSERT OR IGNORE INTO departures SELECT * FROM staging")
    except BaseException:
        db.rollback()
        raise
    db.commit()


# %% exercise="repaired-load" kind="alternative" name="executemany"
def repaired_load(db, fetch, overlap):
    """The records go into the upsert as they come; the key is an index of its own."""
    with db:
        db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT, sched_dep TEXT, status TEXT, updated TEXT)")
        db.execute("CREATE UNIQUE INDEX IF NOT EXISTS departure ON departures (id)")
        (since,) = db.execute(
            "SELECT strftime('%Y-%m-%dT%H:%M', MAX(sched_dep), ?) FROM departures", (f"-{overlap} hours",)
        ).fetchone()
        db.executemany(
            "INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE SET "
            "sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated "
            "WHERE excluded.updated > updated",
            fetch(since),
        )


# %% exercise="repaired-load" kind="mistake" name="overlap-without-key" says="a departure is in the table twice"
def repaired_load(db, fetch, overlap):
    """The overlap alone makes it worse."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    with db:
        db.executemany("INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated)", fetch(since))


# %% exercise="repaired-load" kind="mistake" name="key-without-overlap" says="there is no overlap"
def repaired_load(db, fetch, overlap):
    """Upserts, but asks from the latest departure on."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    with db:
        db.executemany(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            fetch(since),
        )


# %% exercise="repaired-load" kind="mistake" name="insert-or-ignore" says="a later version of a known departure is not taken over"
def repaired_load(db, fetch, overlap):
    """What is known stays as it is."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    with db:
        db.executemany("INSERT OR IGNORE INTO departures VALUES (:id, :sched_dep, :status, :updated)", fetch(since))


# %% exercise="repaired-load" kind="mistake" name="insert-or-replace" says="an older version, sent again, has overwritten"
def repaired_load(db, fetch, overlap):
    """What came last wins."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    with db:
        db.executemany("INSERT OR REPLACE INTO departures VALUES (:id, :sched_dep, :status, :updated)", fetch(since))


# %% exercise="repaired-load" kind="mistake" name="commits-each" says="has left some of its departures behind"
def repaired_load(db, fetch, overlap):
    """Commits after each record, as before."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    for record in fetch(since):
        db.execute(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            record,
        )
        db.commit()


# %% exercise="repaired-load" kind="mistake" name="empties-first" says="departures of earlier runs are gone"
def repaired_load(db, fetch, overlap):
    """Empties the table and fills it again."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    with db:
        db.execute("DELETE FROM departures")
        db.executemany("INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated)", fetch(since))


# %% exercise="repaired-load" kind="mistake" name="everything-again" says="every run asks for everything again"
def repaired_load(db, fetch, overlap):
    """Right, and as expensive as can be."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    with db:
        db.executemany(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            fetch(None),
        )


# %% exercise="repaired-load" kind="mistake" name="swallows-the-error" says="the caller is not told"
def repaired_load(db, fetch, overlap):
    """Rolls back, and says nothing."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    try:
        with db:
            db.executemany(
                """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
                SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
                WHERE excluded.updated > departures.updated""",
                fetch(since),
            )
    except requests.ConnectionError:
        print("the line was cut")


# %% exercise="repaired-load" kind="mistake" name="overlap-in-minutes" says="does not ask from `overlap` hours before"
def repaired_load(db, fetch, overlap):
    """Takes the overlap for minutes."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(minutes=overlap)).isoformat(timespec="minutes")
    with db:
        db.executemany(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            fetch(since),
        )


# %% exercise="repaired-load" kind="mistake" name="sqlite-datetime" says="`since` has another form"
def repaired_load(db, fetch, overlap):
    """SQLite's datetime() writes a space and seconds."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT datetime(MAX(sched_dep), ?) FROM departures", (f"-{overlap} hours",)).fetchone()
    with db:
        db.executemany(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            fetch(since),
        )


# %% exercise="repaired-load" kind="mistake" name="not-committed" says="the work of a run is not committed"
def repaired_load(db, fetch, overlap):
    """Rolls back on an error, and forgets the commit."""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    try:
        db.executemany(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated) ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            fetch(since),
        )
    except Exception:
        db.rollback()
        raise


# %% exercise="load-is-right" kind="alternative" name="asserts-with-pandas"
def load_is_right(load):
    """Asserts on frames, one airport for each fault."""
    four = ["id", "sched_dep", "status", "updated"]

    def frame(db):
        return pd.read_sql_query("SELECT * FROM departures", db)[four].sort_values(four, ignore_index=True)

    def begin():
        airport, db = Airport(), sqlite3.connect(":memory:")
        for hour in (1, 9, 11):
            airport.announce(f"d{hour}", f"2013-02-08T{hour:02d}:00", "scheduled", "2013-02-08T00:30")
        load(db, airport.fetch, 4)
        return airport, db, frame(db)

    airport, db, first = begin()
    load(db, airport.fetch, 4)
    pd.testing.assert_frame_equal(frame(db), first)
    airport, db, first = begin()
    airport.announce("late", "2013-02-08T08:00", "scheduled", "2013-02-08T07:00")
    load(db, airport.fetch, 4)
    assert len(frame(db)) == len(first) + 1
    airport, db, first = begin()
    airport.announce("d11", "2013-02-08T11:00", "cancelled", "2013-02-08T07:00")
    load(db, airport.fetch, 4)
    newer = frame(db)
    assert list(newer.loc[newer["id"] == "d11", "status"]) == ["cancelled"]
    airport.announce("d11", "2013-02-08T11:00", "scheduled", "2013-02-08T00:30")
    load(db, airport.fetch, 4)
    pd.testing.assert_frame_equal(frame(db), newer)
    airport, db, first = begin()
    for hour in (12, 13, 14, 15):
        airport.announce(f"d{hour}", f"2013-02-08T{hour}:00", "scheduled", "2013-02-08T07:00")
    airport.break_after = 4
    try:
        load(db, airport.fetch, 4)
    except requests.ConnectionError:
        pass
    pd.testing.assert_frame_equal(frame(db), first)
    return True


# %% exercise="load-is-right" kind="alternative" name="model-and-random-airport"
def load_is_right(load):
    """A random airport, followed by a model: for each departure the latest version."""
    rng = random.Random(5)
    airport, db, model = Airport(), sqlite3.connect(":memory:"), {}
    stamp = "2013-02-{:02d}T{:02d}:{:02d}".format
    airport.announce("x", stamp(1, 0, 0), "departed", stamp(1, 0, 0))
    for step in range(60):
        for _ in range(3):
            name = f"d{rng.randrange(12)}"
            airport.announce(
                name,
                stamp(8, 8 + int(name[1:]) % 4, 0),
                rng.choice("ab") + str(step),
                stamp(7, rng.randrange(24), rng.randrange(60)),
            )
        airport.break_after = rng.choice([None, None, rng.randrange(12)])
        try:
            load(db, airport.fetch, 12)
            for r in airport.records.values():
                if r["id"] not in model or r["updated"] > model[r["id"]]["updated"]:
                    model[r["id"]] = dict(r)
        except requests.ConnectionError:
            pass
        rows = db.execute("SELECT id, sched_dep, status, updated FROM departures").fetchall()
        if sorted(rows) != sorted((r["id"], r["sched_dep"], r["status"], r["updated"]) for r in model.values()):
            return False
    return True


# %% exercise="load-is-right" kind="mistake" name="counts-rows-after-one-run" says="a loader that duplicates departures in a second run passes"
def load_is_right(load):
    """One run, one count."""
    airport, db = Airport(), sqlite3.connect(":memory:")
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    load(db, airport.fetch, 6)
    return db.execute("SELECT COUNT(*) FROM departures").fetchone() == (1,)


# %% exercise="load-is-right" kind="mistake" name="two-equal-runs-only" says="a loader that never sees a late departure passes"
def load_is_right(load):
    """Running twice gives the same: necessary, not sufficient."""
    airport, db = Airport(), sqlite3.connect(":memory:")
    airport.announce("old", "2013-02-07T08:00", "departed", "2013-02-07T08:10")
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    tables = []
    for _ in range(2):
        load(db, airport.fetch, 6)
        tables.append(sorted(db.execute("SELECT id, sched_dep, status, updated FROM departures")))
    return tables[0] == tables[1]


# %% exercise="load-is-right" kind="mistake" name="select-star" says="it keeps the time of loading in a further column"
def load_is_right(load):
    """Compares all columns."""
    airport, db = Airport(), sqlite3.connect(":memory:")
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    load(db, airport.fetch, 6)
    first = sorted(db.execute("SELECT * FROM departures"))
    load(db, airport.fetch, 6)
    return sorted(db.execute("SELECT * FROM departures")) == first


# %% exercise="load-is-right" kind="mistake" name="order-matters" says="it stores the departures in another order"
def load_is_right(load):
    """Expects the order of the airport's list."""
    airport, db = Airport(), sqlite3.connect(":memory:")
    airport.announce("a", "2013-02-08T11:00", "scheduled", "2013-02-08T08:00")
    airport.announce("b", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    load(db, airport.fetch, 6)
    rows = db.execute("SELECT id, sched_dep, status, updated FROM departures")
    return [row[0] for row in rows] == ["a", "b"]


# %% exercise="load-is-right" kind="mistake" name="spies-on-since" says="it asks for more than the overlap"
def load_is_right(load):
    """Demands one certain question instead of the right table."""
    airport, db, asked = Airport(), sqlite3.connect(":memory:"), []
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")

    def fetch(since):
        asked.append(since)
        return airport.fetch(since)

    load(db, fetch, 6)
    load(db, fetch, 6)
    return asked[1] == "2013-02-08T06:00"


# %% exercise="load-is-right" kind="mistake" name="no-update" says="a loader that does not take over later versions passes"
def load_is_right(load):
    """Ids only."""
    airport, db = Airport(), sqlite3.connect(":memory:")
    airport.announce("old", "2013-02-07T08:00", "departed", "2013-02-07T08:10")
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    for step in range(3):
        load(db, airport.fetch, 6)
        ids = [row[0] for row in db.execute("SELECT id FROM departures ORDER BY id")]
        if ids != sorted(airport.records):
            return False
        airport.announce("late", "2013-02-08T10:00", "scheduled", "2013-02-08T09:00")
    return True


# %% exercise="load-is-right" kind="mistake" name="no-stale-version" says="lets an older version overwrite a newer one passes"
def load_is_right(load):
    """Always compares with the airport's list of the moment; never sends an old version."""
    airport, db = Airport(), sqlite3.connect(":memory:")
    airport.announce("old", "2013-02-07T08:00", "departed", "2013-02-07T08:10")
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    for step in range(3):
        load(db, airport.fetch, 6)
        rows = db.execute("SELECT id, sched_dep, status, updated FROM departures ORDER BY id").fetchall()
        if rows != sorted(tuple(r.values()) for r in airport.records.values()):
            return False
        airport.announce("late", "2013-02-08T10:00", "scheduled", "2013-02-08T09:00")
        airport.announce("noon", "2013-02-08T12:00", "cancelled", "2013-02-08T09:00")
    return True


# %% exercise="load-is-right" kind="mistake" name="never-breaks-off" says="leaves pieces of a broken run behind passes"
def load_is_right(load):
    """No broken run."""
    airport, db = Airport(), sqlite3.connect(":memory:")

    def table():
        return db.execute("SELECT id, sched_dep, status, updated FROM departures ORDER BY id").fetchall()

    airport.announce("old", "2013-02-07T08:00", "departed", "2013-02-07T08:10")
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    for step in range(3):
        load(db, airport.fetch, 6)
        if table() != sorted(tuple(r.values()) for r in airport.records.values()):
            return False
        airport.announce("late", "2013-02-08T10:00", "scheduled", "2013-02-08T09:00")
        airport.announce("noon", "2013-02-08T12:00", "cancelled", "2013-02-08T09:00")
    before = table()
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    load(db, airport.fetch, 6)
    return table() == before


# %% exercise="load-is-right" kind="mistake" name="no-old-departure" says="wipes out what is older than the overlap passes"
def load_is_right(load):
    """Everything lies within the overlap."""
    airport, db = Airport(), sqlite3.connect(":memory:")

    def table():
        return db.execute("SELECT id, sched_dep, status, updated FROM departures ORDER BY id, updated").fetchall()

    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    airport.announce("one", "2013-02-08T13:00", "scheduled", "2013-02-08T08:00")
    for step in range(3):
        load(db, airport.fetch, 6)
        if table() != sorted(tuple(r.values()) for r in airport.records.values()):
            return False
        airport.announce("late", "2013-02-08T10:00", "scheduled", "2013-02-08T09:00")
        airport.announce("noon", "2013-02-08T12:00", "cancelled", "2013-02-08T09:00")
    before = table()
    airport.announce("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00")
    load(db, airport.fetch, 6)
    if table() != before:
        return False
    airport.announce("evening", "2013-02-08T18:00", "scheduled", "2013-02-08T09:00")
    airport.announce("late", "2013-02-08T10:00", "scheduled", "2013-02-08T09:30")
    airport.break_after = 2
    try:
        load(db, airport.fetch, 6)
    except requests.ConnectionError:
        pass
    return table() == before


# %% exercise="read-schedule" kind="equivalent" mutant="- table['sched_dep'] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit='min') | + table['sched_dep'] = dates + pd.to_timedelta(60 * (clock // 99) + clock % 100, unit='min')" reason="100h + m over 99 is h as long as h + m is below 99, and the times let through have h + m of 83 at most"

# %% exercise="with-retries" kind="equivalent" mutant="- sleep(pause + uniform(0, min(cap, base * 2 ** failed))) | + sleep(pause + uniform(0, min(base * 2 ** failed, cap)))" reason="the minimum does not depend on the order"

# %% exercise="load-is-right" kind="equivalent" mutant="- airport.break_after = 1 | + airport.break_after = 2" reason="the new departure is sent first, so a cut after two records shows the same as a cut after one"

# %% exercise="load-is-right" kind="equivalent" mutant="- run(('old', '2013-02-07T08:00', 'departed', '2013-02-07T08:10'), ('noon', '2013-02-08T12:00', 'scheduled', '2013-02-08T08:00')) | + run(('noon', '2013-02-08T12:00', 'scheduled', '2013-02-08T08:00'), ('old', '2013-02-07T08:00', 'departed', '2013-02-07T08:10'))" reason="both are announced before the run; fetch sorts them"

# %% exercise="load-is-right" kind="equivalent" mutant="- run(('late', '2013-02-08T10:00', 'scheduled', '2013-02-08T09:00'), ('noon', '2013-02-08T12:00', 'cancelled', '2013-02-08T09:00')) | + run(('noon', '2013-02-08T12:00', 'cancelled', '2013-02-08T09:00'), ('late', '2013-02-08T10:00', 'scheduled', '2013-02-08T09:00'))" reason="both are announced before the run; fetch sorts them"
