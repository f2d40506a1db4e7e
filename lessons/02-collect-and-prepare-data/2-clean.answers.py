# %% [markdown]
# Answers to `2-clean.py`: never released. Exercise 4 is a decision, so its alternatives differ in form only.


# %% exercise="read-lines" kind="alternative" name="pandas-with-a-spare-column"
def read_lines(path):
    """pandas reads texts into one column more than there are; the decisions follow on the table."""
    with open(path, encoding="utf-8") as stream:
        header = stream.readline().strip().split(",")
    wide = pd.read_csv(path, names=[*header, "spare"], header=None, skiprows=1, dtype=str, keep_default_na=False,
                       na_values=[], na_filter=False, skip_blank_lines=False)  # fmt: skip
    wide = wide.astype(object).where(wide.notna(), None)
    with open(path, encoding="utf-8", newline="") as stream:
        sizes = [len(row) for row in csv.reader(stream)][1:]
    wide["size"] = sizes
    keep = (wide["size"] > 1) & (wide[header[0]] != header[0])
    wide = wide[keep]
    long = wide["size"] > len(header)
    at = header.index("distance")
    fixed = wide.copy()
    fixed.loc[long, "distance"] = wide.loc[long, "distance"] + "," + wide.loc[long, [*header, "spare"][at + 1]]
    for place in range(at + 1, len(header)):
        fixed.loc[long, header[place]] = wide.loc[long, [*header, "spare"][place + 1]]
    return fixed[header].rename_axis("line")


# %% exercise="read-lines" kind="alternative" name="loop-with-dicts"
def read_lines(path):
    """One dict a line, built field by field."""
    import itertools

    numbers, records = [], []
    with open(path, encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        names = next(reader)
        for number in itertools.count():
            try:
                fields = next(reader)
            except StopIteration:
                break
            if fields == names or len(fields) < 2:
                continue
            extra = len(fields) - len(names)
            record, place = {}, 0
            for name in names:
                take = 1 + (extra if name == "distance" else 0)
                record[name] = ",".join(fields[place : place + take])
                place += take
            numbers.append(number)
            records.append(record)
    return pd.DataFrame(records, index=pd.Index(numbers, name="line"), columns=names)


# %% exercise="read-lines" kind="mistake" name="skips-bad-lines" says="with a field too many are gone"
def read_lines(path):
    """What a search engine says: keep only the lines of the right length."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    kept = {n: row for n, row in enumerate(rows) if len(row) == len(header) and row != header}
    return pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line")


# %% exercise="read-lines" kind="mistake" name="cuts-long-lines" says="its distance is wrong"
def read_lines(path):
    """Takes the first fields and throws the last one away."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    kept = {n: row[: len(header)] for n, row in enumerate(rows) if len(row) > 1 and row != header}
    return pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line")


# %% exercise="read-lines" kind="mistake" name="numbers-what-is-left" says="numbered anew"
def read_lines(path):
    """Counts only the lines it keeps."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at, kept = header.index("distance"), []
    for row in rows:
        if len(row) > 1 and row != header:
            kept.append([*row[:at], ",".join(row[at : at + 2]), *row[at + 2 :]] if len(row) > len(header) else row)
    return pd.DataFrame(kept, columns=header, dtype=str).rename_axis("line")


# %% exercise="read-lines" kind="mistake" name="counts-the-header" says="the first header is counted too"
def read_lines(path):
    """Line numbers as an editor shows them, less one."""
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    header, kept = rows[0], {}
    at = header.index("distance")
    for number, row in enumerate(rows):
        if len(row) > 1 and row != header:
            kept[number] = [*row[:at], ",".join(row[at : at + 2]), *row[at + 2 :]] if len(row) > len(header) else row
    return pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line")


# %% exercise="read-lines" kind="mistake" name="keeps-headers" says="a header is taken for a flight"
def read_lines(path):
    """Forgets that the header comes again."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at, kept = header.index("distance"), {}
    for number, row in enumerate(rows):
        if len(row) > 1:
            kept[number] = [*row[:at], ",".join(row[at : at + 2]), *row[at + 2 :]] if len(row) > len(header) else row
    return pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line")


# %% exercise="read-lines" kind="mistake" name="empty-is-missing" says="a cell holds no text"
def read_lines(path):
    """The reading is right; then pandas' usual words for no value are made missing."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at, kept = header.index("distance"), {}
    for number, row in enumerate(rows):
        if len(row) > 1 and row != header:
            kept[number] = [*row[:at], ",".join(row[at : at + 2]), *row[at + 2 :]] if len(row) > len(header) else row
    frame = pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line")
    return frame.mask(frame.isin(["", "NA", "null"]))


# %% exercise="read-lines" kind="mistake" name="strips" says="not the text of the file, character by character"
def read_lines(path):
    """Cleans while it reads."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at, kept = header.index("distance"), {}
    for number, row in enumerate(rows):
        row = [field.strip() for field in row]
        if len(row) > 1 and row != header:
            kept[number] = [*row[:at], ",".join(row[at : at + 2]), *row[at + 2 :]] if len(row) > len(header) else row
    return pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line")


# %% exercise="read-lines" kind="mistake" name="drops-duplicates" says="lines are gone that stand twice"
def read_lines(path):
    """Drops duplicates by the way."""
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at, kept = header.index("distance"), {}
    for number, row in enumerate(rows):
        if len(row) > 1 and row != header:
            kept[number] = [*row[:at], ",".join(row[at : at + 2]), *row[at + 2 :]] if len(row) > len(header) else row
    return pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str).rename_axis("line").drop_duplicates()


# %% exercise="to-numbers" kind="alternative" name="cell-by-cell"
def to_numbers(texts, systems, quantity):
    """A function for one cell, applied to each."""

    def one(text, system):
        if text in MISSING[system]:
            return np.nan
        factor = 1.0
        if quantity == "minutes" and text.endswith(" min"):
            text = text[:-4]
        if quantity == "wind" and text.endswith(" kt"):
            text, factor = text[:-3], KNOT
        number = text.replace(",", {"A": ",", "B": "", "C": "."}[system])
        try:
            value = float(number) * factor
        except ValueError:
            raise ValueError(f"cannot read {text!r} from system {system} as {quantity}") from None
        if quantity == "distance":
            return float(np.round(value / MILE if system == "C" else value))
        if quantity == "temperature":
            return round(value * 9 / 5 + 32 if system == "C" else value, 1)
        return round(value, 1) if quantity == "wind" else value

    read = [one(text, system) for text, system in zip(texts, systems, strict=True)]
    return pd.Series(read, index=texts.index, dtype=float)


# %% exercise="to-numbers" kind="alternative" name="pattern-by-system"
def to_numbers(texts, systems, quantity):
    """A regular expression for what each system may write; each system's cells in turn."""
    unit = {"minutes": r"(?: min)?", "wind": r"(?P<knots> kt)?"}.get(quantity, "")
    digits = {"A": r"-?\d+(?:\.\d+)?", "B": r"-?\d[\d,]*(?:\.\d+)?", "C": r"-?\d+(?:,\d+)?"}
    parts = []
    for system in digits:
        here = texts[systems == system]
        here = here[~here.isin(MISSING[system])]
        found = here.str.extract(f"^(?P<number>{digits[system]}){unit}$")
        if found["number"].isna().any():
            raise ValueError(f"cannot read {here[found['number'].isna()].tolist()}")
        number = found["number"].str.replace(",", "." if system == "C" else "").astype(float)
        if "knots" in found:
            number = number * found["knots"].notna().map({True: KNOT, False: 1.0})
        if system == "C" and quantity == "distance":
            number = number / MILE
        if system == "C" and quantity == "temperature":
            number = number * 1.8 + 32
        parts.append(number)
    rounded = {"distance": 0, "temperature": 1, "wind": 1, "minutes": 6}[quantity]
    return pd.concat(parts).reindex(texts.index).round(rounded)


# %% exercise="to-numbers" kind="mistake" name="coerces" says="passes in silence or is not named"
def to_numbers(texts, systems, quantity):
    """errors="coerce"."""
    for system, words in MISSING.items():
        texts = texts.mask((systems == system) & texts.isin(words))
    knots = texts.str.endswith(" kt") & (quantity == "wind")
    texts = texts.str.removesuffix(" min").str.removesuffix(" kt")
    texts = texts.where(systems != "B", texts.str.replace(",", ""))
    texts = texts.where(systems != "C", texts.str.replace(",", "."))
    value = pd.to_numeric(texts, errors="coerce").astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    if quantity == "wind":
        value = value.where(knots != True, value * KNOT).round(1)  # noqa: E712
    return value


# %% exercise="to-numbers" kind="mistake" name="one-list-for-all" says="a code of one system is made missing in another"
def to_numbers(texts, systems, quantity):
    """All words for no value, whatever the system."""
    texts = texts.mask(texts.isin(["", "NA", "null", "-999", "9999"]))
    knots = texts.str.endswith(" kt") == True  # noqa: E712
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0"))
    texts = texts.where(systems != "B", texts.str.replace(",", ""))
    texts = texts.where(systems != "C", texts.str.replace(",", "."))
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    if quantity == "wind":
        value = value.where(~knots, value * KNOT).round(1)
    return value


# %% exercise="to-numbers" kind="mistake" name="codes-stay" says="a code for no value stays a number"
def to_numbers(texts, systems, quantity):
    """Knows the words for no value, not the numbers."""
    texts = texts.mask(texts.isin(["", "NA", "null"]))
    knots = texts.str.endswith(" kt") == True  # noqa: E712
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0"))
    texts = texts.where(systems != "B", texts.str.replace(",", ""))
    texts = texts.where(systems != "C", texts.str.replace(",", "."))
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    if quantity == "wind":
        value = value.where(~knots, value * KNOT).round(1)
    return value


# %% exercise="to-numbers" kind="mistake" name="comma-is-thousands" says="C's comma is read as a thousands comma"
def to_numbers(texts, systems, quantity):
    """Removes every comma."""
    for system, words in MISSING.items():
        texts = texts.mask((systems == system) & texts.isin(words))
    knots = texts.str.endswith(" kt") == True  # noqa: E712
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0")).str.replace(",", "")
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    if quantity == "wind":
        value = value.where(~knots, value * KNOT).round(1)
    return value


# %% exercise="to-numbers" kind="mistake" name="comma-is-decimal" says="B's comma is read as a decimal comma"
def to_numbers(texts, systems, quantity):
    """Every comma is a point."""
    for system, words in MISSING.items():
        texts = texts.mask((systems == system) & texts.isin(words))
    knots = texts.str.endswith(" kt") == True  # noqa: E712
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0")).str.replace(",", ".")
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    if quantity == "wind":
        value = value.where(~knots, value * KNOT).round(1)
    return value


# %% exercise="to-numbers" kind="mistake" name="kilometres-stay" says="kilometres pass for miles"
def to_numbers(texts, systems, quantity):
    """Converts the temperature and forgets the distance."""
    for system, words in MISSING.items():
        texts = texts.mask((systems == system) & texts.isin(words))
    knots = texts.str.endswith(" kt") == True  # noqa: E712
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0"))
    texts = texts.where(systems != "B", texts.str.replace(",", ""))
    texts = texts.where(systems != "C", texts.str.replace(",", "."))
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    if quantity == "wind":
        value = value.where(~knots, value * KNOT).round(1)
    return value


# %% exercise="to-numbers" kind="mistake" name="celsius-stays" says="degrees Celsius pass for Fahrenheit"
def to_numbers(texts, systems, quantity):
    """Converts the distance and forgets the temperature."""
    for system, words in MISSING.items():
        texts = texts.mask((systems == system) & texts.isin(words))
    knots = texts.str.endswith(" kt") == True  # noqa: E712
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0"))
    texts = texts.where(systems != "B", texts.str.replace(",", ""))
    texts = texts.where(systems != "C", texts.str.replace(",", "."))
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "wind":
        value = value.where(~knots, value * KNOT).round(1)
    return value


# %% exercise="to-numbers" kind="mistake" name="unit-cut-off" says="knots pass for miles per hour"
def to_numbers(texts, systems, quantity):
    """Cuts the unit off and does not read it."""
    for system, words in MISSING.items():
        texts = texts.mask((systems == system) & texts.isin(words))
    texts = texts.str.removesuffix({"minutes": " min", "wind": " kt"}.get(quantity, "\0"))
    texts = texts.where(systems != "B", texts.str.replace(",", ""))
    texts = texts.where(systems != "C", texts.str.replace(",", "."))
    value = pd.to_numeric(texts).astype(float)
    if quantity == "distance":
        value = value.where(systems != "C", value / MILE).round()
    if quantity == "temperature":
        value = value.where(systems != "C", 1.8 * value + 32).round(1)
    return value.round(1)


# %% exercise="scheduled-utc" kind="alternative" name="zoneinfo-cell-by-cell"
def scheduled_utc(dates, times, systems):
    """Python's datetime: a time comes twice where fold makes a difference, and never was where UTC and back changes it."""
    zone, utc = ZoneInfo(NEW_YORK), ZoneInfo("UTC")
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}

    def one(date, time, system):
        digits = int(time.replace(":", ""))
        local = dt.datetime.strptime(date, formats[system]) + dt.timedelta(minutes=digits // 100 * 60 + digits % 100)
        if system == "C" and dt.datetime(2013, 11, 3, 1) <= local < dt.datetime(2013, 11, 4, 2):
            late = local >= dt.datetime(2013, 11, 4, 1)
            return pd.NaT if late else (local + dt.timedelta(hours=4)).replace(tzinfo=utc)
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(utc) for fold in (0, 1))
        there = first.astimezone(zone).replace(tzinfo=None) == local
        return first if first == second and there else pd.NaT

    moments = [one(*cell) for cell in zip(dates, times, systems, strict=True)]
    return pd.Series(pd.to_datetime(moments, utc=True), index=dates.index)


# %% exercise="scheduled-utc" kind="alternative" name="offsets-by-comparison"
def scheduled_utc(dates, times, systems):
    """The offset of each local time by hand: the borders of summer time in 2013, a day later for system C in autumn."""
    parts = dates.str.extractall(r"(\d+)")[0].unstack().astype(int)
    first, second, third = parts[0], parts[1], parts[2]
    year = first.where(systems == "A", third)
    month = second.where(systems != "B", first)
    day = third.where(systems == "A", second.where(systems == "B", first))
    digits = times.str.replace(":", "", regex=False).str.zfill(4)
    minutes = digits.str[:2].astype(int) * 60 + digits.str[2:].astype(int)
    date = pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": day}))
    local = date + pd.to_timedelta(minutes, unit="min")
    back = pd.to_datetime((systems == "C").map({True: "2013-11-04 02:00", False: "2013-11-03 02:00"}))
    summer = (local >= "2013-03-10 03:00") & (local < back)
    utc = (local + pd.to_timedelta(summer.map({True: 4, False: 5}), unit="h")).dt.tz_localize("UTC")
    skipped = (local >= "2013-03-10 02:00") & (local < "2013-03-10 03:00")
    twice = (local >= back - pd.Timedelta(hours=1)) & (local < back)
    return utc.mask(skipped | twice)


# %% exercise="scheduled-utc" kind="mistake" name="guesses-the-order" says="day and month are exchanged"
def scheduled_utc(dates, times, systems):
    """format="mixed": every date by itself."""
    digits = times.str.replace(":", "").astype(int)
    days = pd.to_datetime(dates, format="mixed", dayfirst=False)
    local = days + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    return local.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


# %% exercise="scheduled-utc" kind="mistake" name="winter-all-year" says="summer time is not taken into account"
def scheduled_utc(dates, times, systems):
    """New York is five hours behind."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    return (local + pd.Timedelta(hours=5)).dt.tz_localize("UTC")


# %% exercise="scheduled-utc" kind="mistake" name="no-zone" says="the timestamps have no time zone"
def scheduled_utc(dates, times, systems):
    """Local times, and nothing said about them."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    return pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")


# %% exercise="scheduled-utc" kind="mistake" name="stays-in-new-york" says="not given in UTC"
def scheduled_utc(dates, times, systems):
    """Localises, and forgets to convert."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    return local.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT")


# %% exercise="scheduled-utc" kind="mistake" name="2400-is-the-same-morning" says="2400 is not midnight at the end of the date"
def scheduled_utc(dates, times, systems):
    """Makes 2400 the midnight before."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int) % 2400
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    return local.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


# %% exercise="scheduled-utc" kind="mistake" name="shifts-forward" says="a time that was skipped is given a moment"
def scheduled_utc(dates, times, systems):
    """Lets pandas move what never was."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    return local.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="shift_forward").dt.tz_convert("UTC")


# %% exercise="scheduled-utc" kind="mistake" name="picks-the-first" says="a time that came twice is given one moment"
def scheduled_utc(dates, times, systems):
    """Summer time wherever there is a choice."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    first = np.ones(len(local), dtype=bool)
    return local.dt.tz_localize(NEW_YORK, ambiguous=first, nonexistent="NaT").dt.tz_convert("UTC")


# %% exercise="scheduled-utc" kind="mistake" name="trusts-system-c" says="the clock of system C is not corrected"
def scheduled_utc(dates, times, systems):
    """The zone is handled, the wrong clock is not."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    return local.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


# %% exercise="scheduled-utc" kind="mistake" name="c-until-midnight" says="the clock of system C is right again too early"
def scheduled_utc(dates, times, systems):
    """Corrects the lines dated 3 November only."""
    formats = {"A": "%Y-%m-%d", "B": "%m/%d/%Y", "C": "%d/%m/%Y"}
    days = [pd.to_datetime(dates[systems == system], format=formats[system]) for system in formats]
    digits = times.str.replace(":", "").astype(int)
    local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit="min")
    utc = local.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
    fast = (systems == "C") & (local.dt.strftime("%m-%d") == "11-03") & (local >= "2013-11-03 01:00")
    return utc.where(~fast, (local + pd.Timedelta(hours=4)).dt.tz_localize("UTC"))


# %% exercise="mechanisms" kind="alternative" name="another-order-of-keys"
decision = dict(
    only_the_call_shows="arr_delay",
    weights_help="air_time",
    mean={"arr_delay": "too low", "air_time": "too low", "dep_delay": "about right"},
    mechanism={"arr_delay": "MNAR", "air_time": "MAR", "dep_delay": "MCAR"},
)

# %% exercise="mechanisms" kind="alternative" name="computed"
largest_step = {}
for name in ("dep_delay", "air_time", "arr_delay"):
    steps = [arrived[name].isna().groupby(bands, observed=True).mean() for bands in (FAR, OTHER[name])]
    largest_step[name] = [float(step.max() - step.min()) for step in steps]
by_distance = max(largest_step, key=lambda name: largest_step[name][0])
by_delay = max(largest_step, key=lambda name: largest_step[name][1])
decision = {"mechanism": {}, "mean": {}, "weights_help": by_distance, "only_the_call_shows": by_delay}
for name in largest_step:
    decision["mechanism"][name] = {by_distance: "MAR", by_delay: "MNAR"}.get(name, "MCAR")
    decision["mean"][name] = "too low" if name in (by_distance, by_delay) else "about right"

# %% exercise="mechanisms" kind="mistake" name="mar-by-departure-delay" says="MAR is ruled out"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MAR", "arr_delay": "MAR"},
    "mean": {"dep_delay": "about right", "air_time": "too low", "arr_delay": "too low"},
    "weights_help": "air_time",
    "only_the_call_shows": "arr_delay",
}

# %% exercise="mechanisms" kind="mistake" name="long-flights-hide-themselves" says="distance is enough"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MNAR", "arr_delay": "MNAR"},
    "mean": {"dep_delay": "about right", "air_time": "too low", "arr_delay": "too low"},
    "weights_help": "air_time",
    "only_the_call_shows": "arr_delay",
}

# %% exercise="mechanisms" kind="mistake" name="all-at-random" says="so it is not MCAR"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MCAR", "arr_delay": "MCAR"},
    "mean": {"dep_delay": "about right", "air_time": "about right", "arr_delay": "about right"},
    "weights_help": "air_time",
    "only_the_call_shows": "arr_delay",
}

# %% exercise="mechanisms" kind="mistake" name="far-flights-missing-so-too-high" says="the mean of air_time"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MAR", "arr_delay": "MNAR"},
    "mean": {"dep_delay": "about right", "air_time": "too high", "arr_delay": "too low"},
    "weights_help": "air_time",
    "only_the_call_shows": "arr_delay",
}

# %% exercise="mechanisms" kind="mistake" name="holes-do-no-harm" says="the mean of arr_delay"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MAR", "arr_delay": "MNAR"},
    "mean": {"dep_delay": "about right", "air_time": "too low", "arr_delay": "about right"},
    "weights_help": "air_time",
    "only_the_call_shows": "arr_delay",
}

# %% exercise="mechanisms" kind="mistake" name="weights-for-everything" says="weights cannot help arr_delay"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MAR", "arr_delay": "MNAR"},
    "mean": {"dep_delay": "about right", "air_time": "too low", "arr_delay": "too low"},
    "weights_help": "arr_delay",
    "only_the_call_shows": "arr_delay",
}

# %% exercise="mechanisms" kind="mistake" name="the-call-was-for-air-time" says="which one looked like MAR before"
decision = {
    "mechanism": {"dep_delay": "MCAR", "air_time": "MAR", "arr_delay": "MNAR"},
    "mean": {"dep_delay": "about right", "air_time": "too low", "arr_delay": "too low"},
    "weights_help": "air_time",
    "only_the_call_shows": "air_time",
}


# %% exercise="deduplicate" kind="alternative" name="lookup-loop"
def deduplicate(table):
    """Complete lines by their key; each incomplete line looks for the one complete line that agrees in the rest."""
    names = ["date", "carrier", "flight", "origin", "dest", "sched_dep", "tailnum"]
    rows = table[names].to_dict("index")
    key, known = {}, {}
    for line, row in rows.items():
        if isinstance(row["flight"], str) and isinstance(row["origin"], str):
            key[line] = (row["date"], row["carrier"], row["flight"], row["origin"])
            for absent in ("flight", "origin"):
                known.setdefault((absent, *(row[n] for n in names if n != absent)), key[line])
    for line, row in rows.items():
        if line not in key:
            absent = "origin" if isinstance(row["flight"], str) else "flight"
            own = (absent, *(row[n] for n in names if n != absent))
            key[line] = known.get(own, own)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(key.values()))}
    record = pd.Series([numbers[key[line]] for line in table.index], index=table.index)
    merged = {}
    for number, row in zip(record, table.to_dict("records"), strict=True):
        merged.setdefault(number, row).update({name: value for name, value in row.items() if not pd.isna(value)})
    return record, pd.DataFrame.from_dict(merged, orient="index", columns=[*table.columns])


# %% exercise="deduplicate" kind="alternative" name="pairs-and-components"
def deduplicate(table):
    """Candidate pairs by three blocks, accepted where no field that is known in both contradicts, then joined."""
    rows = table[["date", "carrier", "flight", "origin", "dest", "tailnum", "sched_dep"]].to_dict("index")
    parent = {line: line for line in rows}

    def root(line):
        while parent[line] != line:
            line = parent[line]
        return line

    def same(a, b):
        names = ("flight", "origin", "tailnum")
        known = [n for n in names if isinstance(a[n], str) and isinstance(b[n], str)]
        conflict = len(known) < 2 or any(a[n] != b[n] for n in known)
        near = abs((a["sched_dep"] - b["sched_dep"]).total_seconds()) <= 60
        return near and not conflict and a["dest"] == b["dest"] and a["date"] == b["date"]

    blocks = {}
    for line, row in rows.items():
        for name in ("flight", "tailnum"):
            if isinstance(row[name], str):
                blocks.setdefault((row["date"], row["carrier"], name, row[name]), []).append(line)
    for block in blocks.values():
        for i, a in enumerate(block):
            for b in block[i + 1 :]:
                if same(rows[a], rows[b]):
                    low, high = sorted((root(a), root(b)))
                    parent[high] = low
    record = pd.Series({line: root(line) for line in rows}).reindex(table.index)
    return record, table.groupby(record.to_numpy()).last()


# %% exercise="deduplicate" kind="mistake" name="drop-duplicates" says="a line with corrected delays is taken for another flight"
def deduplicate(table):
    """Lines that agree in everything."""
    record = table.astype(object).fillna("-").groupby([*table.columns]).ngroup()
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="number-alone" says="two flights with one number from two airports"
def deduplicate(table):
    """The origin is left out, so that its absence does no harm."""
    key = table[["date", "carrier", "flight", "dest", "tailnum", "sched_dep", "origin"]].copy()
    others = ["date", "carrier", "origin", "dest", "tailnum", "sched_dep"]
    key["flight"] = key["flight"].fillna(key.groupby(others)["flight"].transform("first"))
    record = key.groupby(["date", "carrier", "flight"], dropna=False).ngroup()
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="plane-and-route" says="a plane that flies a route twice a day"
def deduplicate(table):
    """One plane, one route, one day."""
    record = table.groupby(["date", "tailnum", "origin", "dest"], dropna=False).ngroup()
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="schedule-and-route" says="with one schedule and route are taken for one"
def deduplicate(table):
    """One carrier, one route, one schedule."""
    record = table.groupby(["carrier", "origin", "dest", "sched_dep"], dropna=False).ngroup()
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="schedule-in-the-key" says="whose schedule is a minute off"
def deduplicate(table):
    """Too tight: the schedule is part of the key."""
    names = ["date", "carrier", "flight", "origin", "dest", "tailnum", "sched_dep"]
    key = table[names].copy()
    for absent in ("flight", "origin"):
        others = [name for name in names if name != absent]
        key[absent] = key[absent].fillna(key.groupby(others)[absent].transform("first"))
    record = key.groupby(["date", "carrier", "flight", "origin", "sched_dep"], dropna=False).ngroup()
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="tailnum-in-the-key" says="without tail number is taken for another flight"
def deduplicate(table):
    """Too tight: the plane is part of the key, and it may be missing."""
    names = ["date", "carrier", "flight", "origin", "dest", "tailnum", "sched_dep"]
    key = table[names].copy()
    for absent in ("flight", "origin"):
        others = [name for name in names if name != absent]
        key[absent] = key[absent].fillna(key.groupby(others)[absent].transform("first"))
    record = key.groupby(["date", "carrier", "flight", "origin", "tailnum"], dropna=False).ngroup()
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="missing-stays-missing" says="without flight number is taken for another flight"
def deduplicate(table):
    """The good key, and nothing for lines that lack part of it."""
    record = table.groupby(["date", "carrier", "flight", "origin"], dropna=False).ngroup()
    lacks = table["flight"].isna() | table["origin"].isna()
    record = record.mask(lacks, record.max() + 1 + np.arange(len(table)))
    return record, table.groupby(record).last()


# %% exercise="deduplicate" kind="mistake" name="first-wins" says="keeps the first line's value instead of the correction"
def deduplicate(table):
    """drop_duplicates keeps the first, so this does too."""
    names = ["date", "carrier", "flight", "origin", "dest", "tailnum", "sched_dep"]
    key = table[names].copy()
    for absent in ("flight", "origin"):
        others = [name for name in names if name != absent]
        key[absent] = key[absent].fillna(key.groupby(others)[absent].transform("first"))
    record = key.groupby(["date", "carrier", "flight", "origin"], dropna=False).ngroup()
    return record, table.groupby(record).first()


# %% exercise="deduplicate" kind="mistake" name="last-line-as-it-is" says="the earlier line's is not taken over"
def deduplicate(table):
    """The last line, holes included."""
    names = ["date", "carrier", "flight", "origin", "dest", "tailnum", "sched_dep"]
    key = table[names].copy()
    for absent in ("flight", "origin"):
        others = [name for name in names if name != absent]
        key[absent] = key[absent].fillna(key.groupby(others)[absent].transform("first"))
    record = key.groupby(["date", "carrier", "flight", "origin"], dropna=False).ngroup()
    last = table[~record.duplicated(keep="last")]
    return record, last.set_axis(record.loc[last.index].to_numpy())


# %% exercise="deduplicate" kind="mistake" name="incomplete-lines-fall-out" says="some lines have no record"
def deduplicate(table):
    """groupby leaves out what has a missing key."""
    record = table.groupby(["date", "carrier", "flight", "origin"])["dest"].transform("size")
    number = table.groupby(["date", "carrier", "flight", "origin"]).ngroup()
    record = number.where(record.notna() & (number >= 0))
    return record, table.groupby(record).last()


# %% exercise="repaired-outliers" kind="alternative" name="row-by-row"
def repaired_outliers(table):
    """Counts whole days up until the delay is later than two hours early."""
    repaired = {}
    for row in table.itertuples():
        difference = row.dep_clock - row.sched_clock
        if np.isnan(difference):
            repaired[row.Index] = row.dep_delay
            continue
        candidates = [difference + 1440 * days for days in range(-2, 30)]
        if row.dep_delay in candidates:
            repaired[row.Index] = row.dep_delay
        else:
            repaired[row.Index] = next(c for c in candidates if -120 <= c < 1320)
    return pd.Series(repaired, dtype=float)


# %% exercise="repaired-outliers" kind="alternative" name="numpy-select"
def repaired_outliers(table):
    """Differences between clocks, moved by a day at either end."""
    delay, sched, dep = (table[c].to_numpy(float) for c in ("dep_delay", "sched_clock", "dep_clock"))
    gap = dep - sched
    gap = np.select([gap < -120, gap >= 1320], [gap + 1440, gap - 1440], gap)
    days = (delay - gap) / 1440
    agrees = np.isclose(days, np.round(days))
    return pd.Series(np.where(np.isnan(gap) | agrees, delay, gap), index=table.index)


# %% exercise="repaired-outliers" kind="mistake" name="three-sd" says="a true delay of 1,301 minutes is lost"
def repaired_outliers(table):
    """Clips at three standard deviations of everything."""
    delay = table["dep_delay"]
    return delay.clip(upper=delay.mean() + 3 * delay.std())


# %% exercise="repaired-outliers" kind="mistake" name="a-limit" says="9,999 minutes stay, or are made missing"
def repaired_outliers(table):
    """Knows the code and makes it missing."""
    return table["dep_delay"].mask(table["dep_delay"] >= 9999)


# %% exercise="repaired-outliers" kind="mistake" name="only-the-large" says="ten times too large stays because it is not large"
def repaired_outliers(table):
    """Asks the clocks about large delays only."""
    delay = table["dep_delay"]
    said = (table["dep_clock"] - table["sched_clock"] + 120) % 1440 - 120
    return delay.where((delay < 180) | said.isna() | ((delay - said) % 1440 == 0), said)


# %% exercise="repaired-outliers" kind="mistake" name="no-midnight" says="a departure after midnight is not understood"
def repaired_outliers(table):
    """The plain difference of the clocks."""
    delay = table["dep_delay"]
    said = table["dep_clock"] - table["sched_clock"]
    wrong = said.notna() & (delay != said)
    return delay.where(~wrong, said)


# %% exercise="repaired-outliers" kind="mistake" name="clocks-always-win" says="more than a day agrees with the clocks and is changed"
def repaired_outliers(table):
    """Replaces every delay, agreed or not."""
    said = (table["dep_clock"] - table["sched_clock"] + 120) % 1440 - 120
    return said.fillna(table["dep_delay"])


# %% exercise="repaired-outliers" kind="mistake" name="no-clock-no-delay" says="where a clock is missing, the delay does not stay"
def repaired_outliers(table):
    """Keeps only what the clocks confirm."""
    delay = table["dep_delay"]
    said = (table["dep_clock"] - table["sched_clock"] + 120) % 1440 - 120
    return delay.where((delay - said) % 1440 == 0, said)


# %% exercise="repaired-outliers" kind="mistake" name="half-a-day" says="the clocks' delay is not the one from"
def repaired_outliers(table):
    """The nearest of the possible delays: at most twelve hours either way."""
    delay = table["dep_delay"]
    said = (table["dep_clock"] - table["sched_clock"] + 720) % 1440 - 720
    wrong = said.notna() & ((delay - said) % 1440 != 0)
    return delay.where(~wrong, said)


# %% exercise="violations" kind="alternative" name="rule-by-rule"
def violations(clean):
    """One question after another, in plain loops over groups."""
    found = set()
    for column in ("sched_dep", "dep"):
        if getattr(clean[column].dtype, "tz", None) is None or str(clean[column].dtype.tz) != "UTC":
            return {"zone"}
    seen = {}
    for row in clean.to_dict("records"):
        date = row["sched_dep"].tz_convert(NEW_YORK).date()
        key = (date, row["carrier"], row["flight"], row["origin"])
        if key in seen:
            found.add("duplicate")
        seen[key] = True
        for text in (row["carrier"], row["tailnum"]):
            if isinstance(text, str) and (text.strip() != text or text.upper() != text):
                found.add("code")
        if row["origin"] not in ("EWR", "JFK", "LGA"):
            found.add("code")
        if {row["dep_delay"], row["arr_delay"], row["air_time"]} & {-999, 9999}:
            found.add("sentinel")
        known = not pd.isna(row["dep"]), not pd.isna(row["dep_delay"])
        if known[0] != known[1]:
            found.add("departure")
        elif known[0] and round((row["dep"] - row["sched_dep"]).total_seconds() / 60) != row["dep_delay"]:
            found.add("departure")
        if row["air_time"] > 0 and not 100 <= round(row["distance"] / row["air_time"] * 60, 6) <= 600:
            found.add("speed")
        route = ("route", row["origin"], row["dest"])
        if seen.setdefault(route, row["distance"]) != row["distance"]:
            found.add("distance")
        for column in ("temp", "wind_speed"):
            if not pd.isna(row[column]):
                hour = (column, row["origin"], row["sched_dep"].floor("h"))
                if seen.setdefault(hour, row[column]) != row[column]:
                    found.add("weather")
    return found


# %% exercise="violations" kind="alternative" name="list-of-pairs-with-ranges"
def violations(clean):
    """Groups judged by largest minus smallest; sorted keys instead of duplicated; a list instead of a set."""
    if any("UTC" not in str(clean[c].dtype) for c in ("sched_dep", "dep")):
        return ["zone"]
    frame = clean.astype({c: object for c in ("carrier", "origin", "dest", "tailnum")})
    keys = frame.assign(day=frame["sched_dep"].dt.tz_convert(NEW_YORK).dt.strftime("%Y%m%d"))
    size = keys.groupby(["day", "carrier", "flight", "origin"]).size()
    span = frame.groupby(["origin", "dest"])["distance"].agg(lambda d: d.max() - d.min())
    hourly = frame.groupby(["origin", frame["sched_dep"].dt.floor("h")])[["temp", "wind_speed"]]
    spread = hourly.max() - hourly.min()
    planes = frame["tailnum"].dropna().astype(str)
    late = frame["sched_dep"] + pd.to_timedelta(frame["dep_delay"], unit="min")
    hours = frame["air_time"] / 60
    out = []
    if size.max() > 1:
        out.append("duplicate")
    if set(frame["origin"]) - {"EWR", "JFK", "LGA"} or planes.str.contains(r"^\s|\s$|[a-z]").any():
        out.append("code")
    elif frame["carrier"].astype(str).str.contains(r"^\s|\s$|[a-z]").any():
        out.append("code")
    if (
        (
            (frame[["dep_delay", "arr_delay", "air_time"]] == -999)
            | (frame[["dep_delay", "arr_delay", "air_time"]] == 9999)
        )
        .to_numpy()
        .any()
    ):
        out.append("sentinel")
    if not ((late == frame["dep"]) | (late.isna() & frame["dep"].isna())).all():
        out.append("departure")
    if (span > 0).any():
        out.append("distance")
    if (frame["distance"] < 100 * hours - 1e-6).any() or (frame["distance"] > 600 * hours + 1e-6).any():
        out.append("speed")
    if (spread > 0).to_numpy().any():
        out.append("weather")
    return out


# %% exercise="violations" kind="mistake" name="size-again" says="a true delay of more than ten hours is called a fault"
def violations(clean):
    """Calls a large delay an error."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": (minutes.abs() > 600).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="missing-is-broken" says="a missing value is called a fault"
def violations(clean):
    """Compares with missing values: NaN is outside of every band."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": (~speed.between(100, 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="whole-lines" says="a flight that stands twice with two arrival delays passes"
def violations(clean):
    """duplicated() over all columns."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": clean.duplicated().any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="date-in-utc" says="a flight twice in one New York evening passes"
def violations(clean):
    """The date in UTC."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="delay-too-large-only" says="a delay smaller than the departure says passes"
def violations(clean):
    """Forgets the absolute value."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (clean["dep_delay"] - late).max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="missing-passes" says="a departure without its delay passes"
def violations(clean):
    """NaN compares as false, so a hole passes."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5,
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="winds-by-size" says="a wind ten times that of the same hour passes"
def violations(clean):
    """A band instead of the neighbours."""
    if any(str(getattr(clean[c].dtype, "tz", None)) != "UTC" for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": ((clean["wind_speed"] > 300) | (weather["temp"] > 1).any()).any(),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="violations" kind="mistake" name="any-zone" says="departures in New York time pass"
def violations(clean):
    """Any time zone will do."""
    if any(getattr(clean[c].dtype, "tz", None) is None for c in ("sched_dep", "dep")):
        return {"zone"}
    names = clean[["carrier", "origin", "dest", "tailnum"]].astype(object)
    date = clean["sched_dep"].dt.tz_convert(NEW_YORK).dt.date
    texts = pd.concat([names["carrier"], names["tailnum"].dropna()])
    late = (clean["dep"] - clean["sched_dep"]).dt.total_seconds() / 60
    minutes = clean[["dep_delay", "arr_delay", "air_time"]]
    speed = clean["distance"] / clean["air_time"] * 60
    routes = clean["distance"].groupby([names["origin"], names["dest"]]).nunique()
    weather = clean[["temp", "wind_speed"]].groupby([names["origin"], clean["sched_dep"].dt.floor("h")]).nunique()
    broken = {
        "duplicate": names.assign(date=date, flight=clean["flight"])[["date", "carrier", "flight", "origin"]]
        .duplicated()
        .any(),
        "code": (~names["origin"].isin(["EWR", "JFK", "LGA"])).any() or (texts != texts.str.strip().str.upper()).any(),
        "sentinel": minutes.isin([-999, 9999]).any(axis=None),
        "departure": (late - clean["dep_delay"]).abs().max() > 0.5 or (late.isna() != clean["dep_delay"].isna()).any(),
        "distance": (routes > 1).any(),
        "speed": ((speed < 100) | (speed > 600)).any(),
        "weather": (weather > 1).any(axis=None),
    }
    return {name for name, found in broken.items() if found}


# %% exercise="read-lines" kind="equivalent" mutant="- with open(path, encoding='utf-8', newline='') as stream: | + with open(path, newline='') as stream:" reason="UTF-8 is the default where the course runs, and the files are ASCII"

# %% exercise="read-lines" kind="equivalent" mutant="- with open(path, encoding='utf-8', newline='') as stream: | + with open(path, encoding='utf-8') as stream:" reason="only a line break within quotes tells the two apart, and deliveries have none"

# %% exercise="scheduled-utc" kind="equivalent" mutant="- local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 100 * 60 + digits % 100, unit='min') | + local = pd.concat(days).reindex(dates.index) + pd.to_timedelta(digits // 99 * 60 + digits % 100, unit='min')" reason="hours and minutes add up to at most 82, so no time of day is divided differently"

# %% exercise="to-numbers" kind="equivalent" mutant="- if quantity == 'wind': | - value = value.where(~knots, value * KNOT).round(1) | + value = value.where(~knots, value * KNOT).round(1)" reason="a text in knots that is no wind has raised before, and the other quantities have no second decimal"
