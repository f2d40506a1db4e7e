# %% [markdown]
# Answers to `1-features.py`: never released.


# %% exercise="cyclic" kind="alternative" name="pointer-and-timedelta"
def cyclic(moments, period):
    """A complex pointer; the time since the period's beginning by subtraction."""
    if period not in ("day", "week"):
        raise ValueError(period)
    start = moments.dt.normalize()
    days = 1
    if period == "week":
        start, days = start - pd.to_timedelta(moments.dt.day_of_week, unit="D"), 7
    turn = np.exp(2j * np.pi * ((moments - start) / pd.Timedelta(days=days)).to_numpy())
    return np.stack([turn.imag, turn.real], axis=1)


# %% exercise="cyclic" kind="alternative" name="frame-from-a-dict"
def cyclic(moments, period):
    """Fractions of days since a Monday, as a DataFrame in single precision."""
    length = {"day": 1.0, "week": 7.0}.get(period)
    if length is None:
        raise ValueError("day or week")
    days = (moments - pd.Timestamp("2001-01-01")).dt.total_seconds() / 86400
    part = (days % length) / length
    table = pd.DataFrame({"sin": np.sin(2 * np.pi * part), "cos": np.cos(2 * np.pi * part)})
    return table.astype("float32")


# %% exercise="cyclic" kind="mistake" name="degrees" says="the angle is in degrees"
def cyclic(moments, period):
    """360 instead of 2π."""
    minutes = 60 * moments.dt.hour + moments.dt.minute
    if period not in ("day", "week"):
        raise ValueError(period)
    if period == "week":
        minutes = minutes + 1440 * moments.dt.day_of_week
    angle = 360 * minutes.to_numpy() / {"day": 1440, "week": 10080}[period]
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="hours-only" says="the minutes are dropped"
def cyclic(moments, period):
    """Takes the hour and forgets the minutes."""
    hours = moments.dt.hour
    if period not in ("day", "week"):
        raise ValueError(period)
    if period == "week":
        hours = hours + 24 * moments.dt.day_of_week
    angle = 2 * np.pi * hours.to_numpy() / {"day": 24, "week": 168}[period]
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="divides-by-the-largest-value" says="the day is divided by 23"
def cyclic(moments, period):
    """The largest value instead of the number of values."""
    if period not in ("day", "week"):
        raise ValueError(period)
    hours = moments.dt.hour + moments.dt.minute / 60
    part = hours / 23 if period == "day" else (moments.dt.day_of_week + hours / 24) / 6
    angle = 2 * np.pi * part.to_numpy()
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="six-days" says="the week is divided by 6"
def cyclic(moments, period):
    """Days from 0 to 6, so divided by 6."""
    if period not in ("day", "week"):
        raise ValueError(period)
    hours = moments.dt.hour + moments.dt.minute / 60
    part = hours / 24 if period == "day" else (moments.dt.day_of_week + hours / 24) / 6
    angle = 2 * np.pi * part.to_numpy()
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="weekday-only" says="the time of day is dropped"
def cyclic(moments, period):
    """The week in whole days."""
    if period not in ("day", "week"):
        raise ValueError(period)
    minutes = 60 * moments.dt.hour + moments.dt.minute
    part = minutes / 1440 if period == "day" else moments.dt.day_of_week / 7
    angle = 2 * np.pi * part.to_numpy()
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="sunday-first" says="this week begins on Sunday"
def cyclic(moments, period):
    """The American week."""
    if period not in ("day", "week"):
        raise ValueError(period)
    minutes = 60 * moments.dt.hour + moments.dt.minute
    length = 1440
    if period == "week":
        minutes, length = minutes + 1440 * ((moments.dt.day_of_week + 1) % 7), 10080
    angle = 2 * np.pi * minutes.to_numpy() / length
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="one-coordinate" says="one coordinate alone is no clock"
def cyclic(moments, period):
    """Only the sine."""
    if period not in ("day", "week"):
        raise ValueError(period)
    minutes = 60 * moments.dt.hour + moments.dt.minute + (period == "week") * 1440 * moments.dt.day_of_week
    return np.sin(2 * np.pi * minutes.to_numpy() / {"day": 1440, "week": 10080}[period])


# %% exercise="cyclic" kind="mistake" name="cosine-first" says="the columns are swapped"
def cyclic(moments, period):
    """x before y."""
    if period not in ("day", "week"):
        raise ValueError(period)
    minutes = 60 * moments.dt.hour + moments.dt.minute + (period == "week") * 1440 * moments.dt.day_of_week
    angle = 2 * np.pi * minutes.to_numpy() / {"day": 1440, "week": 10080}[period]
    return np.column_stack([np.cos(angle), np.sin(angle)])


# %% exercise="cyclic" kind="mistake" name="half-a-turn" says="this is half a turn"
def cyclic(moments, period):
    """π instead of 2π."""
    if period not in ("day", "week"):
        raise ValueError(period)
    minutes = 60 * moments.dt.hour + moments.dt.minute + (period == "week") * 1440 * moments.dt.day_of_week
    angle = np.pi * minutes.to_numpy() / {"day": 1440, "week": 10080}[period]
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="cyclic" kind="mistake" name="anything-else-is-a-week" says="must raise a ValueError"
def cyclic(moments, period):
    """No refusal."""
    minutes = 60 * moments.dt.hour + moments.dt.minute
    length = 1440
    if period != "day":
        minutes, length = minutes + 1440 * moments.dt.day_of_week, 10080
    angle = 2 * np.pi * minutes.to_numpy() / length
    return np.column_stack([np.sin(angle), np.cos(angle)])


# %% exercise="waiting-at" kind="alternative" name="duckdb"
def waiting_at(rows):
    """A join in SQL."""
    import duckdb

    asked = pd.DataFrame({"row": range(len(rows)), "origin": rows["origin"].astype(str).to_numpy()})
    asked["sched"] = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None).to_numpy()
    asked["gone"] = asked["sched"] + pd.to_timedelta(rows["dep_delay"].to_numpy(), unit="min")
    connection = duckdb.connect(config={"threads": 1})
    connection.register("asked", asked)
    counts = connection.execute(
        """SELECT a.row, count(b.row) AS n FROM asked a LEFT JOIN asked b
           ON a.origin = b.origin AND b.sched >= a.sched - INTERVAL 6 HOUR AND b.sched < a.sched - INTERVAL 2 HOUR
           AND (b.gone IS NULL OR b.gone >= a.sched - INTERVAL 2 HOUR)
           GROUP BY a.row ORDER BY a.row"""
    ).df()
    return counts["n"].to_numpy()


# %% exercise="waiting-at" kind="alternative" name="plain-loops"
def waiting_at(rows):
    """Minutes since 1970 and two loops; a list would do as well."""
    start = [int(t.timestamp()) // 60 for t in rows["time_hour"]]
    sched = [s + int(m) for s, m in zip(start, rows["minute"], strict=True)]
    flown = list(zip(sched, rows["dep_delay"], rows["origin"], strict=True))
    counts = []
    for mine, _, here in flown:
        now = mine - 120
        standing = [1 for due, delay, there in flown
                    if there == here and now - 240 <= due < now and (pd.isna(delay) or due + delay >= now)]  # fmt: skip
        counts.append(len(standing))
    return np.array(counts, dtype="int16")


# %% exercise="waiting-at" kind="alternative" name="due-less-gone"
def waiting_at(rows):
    """Those due in the window, less those of them that have left."""
    sched = rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")
    frame = pd.DataFrame(
        {"origin": rows["origin"], "sched": sched, "delay": pd.to_timedelta(rows["dep_delay"], unit="min")}
    )
    frame["left"] = frame["sched"] + frame["delay"]

    def one(flight):
        now = flight["sched"] - LEAD
        due = frame[
            (frame["origin"] == flight["origin"]) & frame["sched"].between(now - 2 * LEAD, now, inclusive="left")
        ]
        return len(due) - int((due["left"] < now).sum())

    return frame.apply(one, axis=1)


# %% exercise="waiting-at" kind="alternative" name="cancelled-in-a-hundred-years"
def waiting_at(rows):
    """Flight by flight; a cancelled flight leaves in the far future."""
    sched = rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")
    left = (sched + pd.to_timedelta(rows["dep_delay"], unit="min")).fillna(pd.Timestamp("2113-01-01", tz="UTC"))
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there], left[there]
        for row in there:
            now = sched[row] - LEAD
            counts[row] = (due.between(now - pd.Timedelta(hours=4), now, inclusive="left") & (gone >= now)).sum()
    return counts


# %% exercise="waiting-at" kind="mistake" name="cancelled-dropped" says="cancelled flights are left out"
def waiting_at(rows):
    """Drops what never left: knows the future."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due < now) & (gone >= now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="gone-or-not" says="flights that had left by T−2 h are counted"
def waiting_at(rows):
    """Counts all that were due."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due = sched[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due < now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="at-departure" says="the board at T, two hours after"
def waiting_at(rows):
    """Forgets the lead."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = due[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due < now) & ~(gone < now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="window-from-departure" says="only four hours from T"
def waiting_at(rows):
    """[T-4 h, T-2 h)."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(2, "h")) & (due < now) & ~(gone < now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="all-origins" says="flights of the other origins"
def waiting_at(rows):
    """One board for three airports."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    due, gone = sched.to_numpy(), left.to_numpy()
    now = (due - LEAD.to_numpy())[:, None]
    return ((due >= now - np.timedelta64(4, "h")) & (due < now) & ~(gone < now)).sum(axis=1)


# %% exercise="waiting-at" kind="mistake" name="local-clock" says="on the night when the clocks change"
def waiting_at(rows):
    """The clock on the wall."""
    sched = pd.to_datetime(rows[["year", "month", "day", "hour", "minute"]])
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due < now) & ~(gone < now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="edge-included" says="it is not overdue yet"
def waiting_at(rows):
    """Up to and including T-2 h."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due <= now) & ~(gone < now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="leaves-this-minute" says="at the very minute T−2 h still waits"
def waiting_at(rows):
    """A departure at T-2 h counts as gone."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due < now) & ~(gone <= now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="minute-forgotten" says="add minute to time_hour"
def waiting_at(rows):
    """The schedule by the hour."""
    sched = rows["time_hour"].dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due >= now - np.timedelta64(4, "h")) & (due < now) & ~(gone < now)).sum(axis=1)
    return counts


# %% exercise="waiting-at" kind="mistake" name="no-lower-end" says="nothing is ever too old"
def waiting_at(rows):
    """All of the past."""
    sched = (rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")).dt.tz_convert(None)
    left = sched + pd.to_timedelta(rows["dep_delay"], unit="min")
    counts = pd.Series(0, index=rows.index)
    for there in rows.groupby("origin").groups.values():
        due, gone = sched[there].to_numpy(), left[there].to_numpy()
        now = (due - LEAD.to_numpy())[:, None]
        counts[there] = ((due < now) & ~(gone < now)).sum(axis=1)
    return counts


# %% exercise="rare-and-text" kind="alternative" name="count-vectorizer"
def gram_counts(learned, asked, n, min_rows):
    """scikit-learn counts; the bucket is what its vocabulary leaves out."""
    known = CountVectorizer(analyzer="char", ngram_range=(n, n), min_df=min_rows).fit([text or "" for text in learned])
    table = pd.DataFrame(
        known.transform([text or "" for text in asked]).toarray(), columns=known.get_feature_names_out()
    )
    table["rare"] = [max(len(text or "") - n + 1, 0) for text in asked] - table.sum(axis=1)
    return table


# %% exercise="rare-and-text" kind="alternative" name="cell-by-cell"
def gram_counts(learned, asked, n, min_rows):
    """Loops and a table of zeros, floats."""
    texts_with = {}
    for text in learned:
        if text is None:
            continue
        low = text.lower()
        for gram in {low[i : i + n] for i in range(len(low)) if len(low[i : i + n]) == n}:
            texts_with[gram] = texts_with.get(gram, 0) + 1
    columns = sorted(gram for gram in texts_with if texts_with[gram] >= min_rows)
    counts = np.zeros((len(asked), len(columns) + 1))
    for row, text in enumerate(asked):
        for pair in zip(*((text or "").lower()[k:] for k in range(n)), strict=False):
            gram = "".join(pair)
            counts[row, columns.index(gram) if gram in columns else -1] += 1
    return pd.DataFrame(counts, columns=[*columns, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="learns-from-all" says="only training teaches"
def gram_counts(learned, asked, n, min_rows):
    """The vocabulary of both lists."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n + 1)]

    texts_with = Counter(gram for text in [*learned, *asked] for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="counts-occurrences" says="occurrences are counted instead of texts"
def gram_counts(learned, asked, n, min_rows):
    """A Counter over everything."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n + 1)]

    times = Counter(gram for text in learned for gram in grams(text))
    known = sorted(gram for gram, k in times.items() if k >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="more-than" says="exactly min_rows is enough"
def gram_counts(learned, asked, n, min_rows):
    """> instead of >=."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n + 1)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts > min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="missing-as-a-word" says="read as the word"
def gram_counts(learned, asked, n, min_rows):
    """str(None) is "None"."""

    def grams(text):
        return [str(text).lower()[i : i + n] for i in range(len(str(text)) - n + 1)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="case-kept" says="upper and lower case are told apart"
def gram_counts(learned, asked, n, min_rows):
    """No lower()."""

    def grams(text):
        return [] if text is None else [text[i : i + n] for i in range(len(text) - n + 1)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="last-one-forgotten" says="the last n-gram of each text"
def gram_counts(learned, asked, n, min_rows):
    """Off by one."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="blocks" says="cut into blocks"
def gram_counts(learned, asked, n, min_rows):
    """Steps of n."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(0, len(text) - n + 1, n)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in grams(text)) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="presence" says="only presence is noted"
def gram_counts(learned, asked, n, min_rows):
    """0 or 1."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n + 1)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [Counter(gram if gram in known else "rare" for gram in set(grams(text))) for text in asked]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="unseen-dropped" says="n-grams that training never had are missing"
def gram_counts(learned, asked, n, min_rows):
    """The bucket holds what training knew to be rare, and nothing new."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n + 1)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [
        Counter(gram if gram in known else "rare" for gram in grams(text) if gram in texts_with) for text in asked
    ]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="rare-and-text" kind="mistake" name="rare-dropped" says="but too rarely, are missing"
def gram_counts(learned, asked, n, min_rows):
    """The bucket holds what is new, and not what is rare."""

    def grams(text):
        return [] if text is None else [text.lower()[i : i + n] for i in range(len(text) - n + 1)]

    texts_with = Counter(gram for text in learned for gram in set(grams(text)))
    known = sorted(gram for gram, texts in texts_with.items() if texts >= min_rows)
    counted = [
        Counter(gram if gram in known else "rare" for gram in grams(text) if gram in known or gram not in texts_with)
        for text in asked
    ]
    return pd.DataFrame([[count[column] for column in [*known, "rare"]] for count in counted], columns=[*known, "rare"])


# %% exercise="cross-fitted" kind="alternative" name="target-encoder"
def cross_fitted(values, late, folds, asked, smooth):
    """scikit-learn's own."""
    encoder = TargetEncoder(smooth=float(smooth), cv=PredefinedSplit(folds), target_type="binary")
    column = np.asarray(values, dtype=object)[:, None]
    own = encoder.fit_transform(column, late)[:, 0]
    return own, encoder.transform(np.asarray(asked, dtype=object)[:, None])[:, 0]


# %% exercise="cross-fitted" kind="alternative" name="all-less-the-fold"
def cross_fitted(values, late, folds, asked, smooth):
    """Sums of everything, less those of the fold; codes by bincount, lists returned."""
    names, v = np.unique(values, return_inverse=True)
    kinds, f = np.unique(folds, return_inverse=True)
    total, count = np.zeros((len(kinds), len(names))), np.zeros((len(kinds), len(names)))
    np.add.at(total, (f, v), late)
    np.add.at(count, (f, v), 1)
    rest, rest_count = total.sum(axis=0) - total, count.sum(axis=0) - count
    prior = rest.sum(axis=1) / rest_count.sum(axis=1)
    own = (rest[f, v] + smooth * prior[f]) / (rest_count[f, v] + smooth)
    p = np.mean(late)
    code = dict(zip(names.tolist(), (total.sum(axis=0) + smooth * p) / (count.sum(axis=0) + smooth), strict=True))
    return [own.tolist(), [code.get(str(a), p) for a in asked]]


# %% exercise="cross-fitted" kind="mistake" name="in-sample" says="contain their own labels"
def cross_fitted(values, late, folds, asked, smooth):
    """Fits on all, transforms all."""
    prior = late.mean()
    seen = pd.Series(late).groupby(values).agg(["sum", "count"])
    codes = (seen["sum"] + smooth * prior) / (seen["count"] + smooth)
    return pd.Series(values).map(codes).to_numpy(), pd.Series(asked).map(codes).fillna(prior).to_numpy()


# %% exercise="cross-fitted" kind="mistake" name="no-smoothing" says="smooth is not used"
def cross_fitted(values, late, folds, asked, smooth):
    """Bare means."""

    def encode(teach_values, teach_late, new_values):
        codes = pd.Series(teach_late).groupby(teach_values).mean()
        return pd.Series(new_values).map(codes).fillna(teach_late.mean()).to_numpy()

    own = np.zeros(len(values))
    for fold in np.unique(folds):
        others = folds != fold
        own[~others] = encode(values[others], late[others], values[~others])
    return own, encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="prior-of-all" says="the prior of a fold is the share of all training rows"
def cross_fitted(values, late, folds, asked, smooth):
    """One prior for everything."""
    prior = late.mean()

    def encode(teach_values, teach_late, new_values):
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        codes = (seen["sum"] + smooth * prior) / (seen["count"] + smooth)
        return pd.Series(new_values).map(codes).fillna(prior).to_numpy()

    own = np.zeros(len(values))
    for fold in np.unique(folds):
        others = folds != fold
        own[~others] = encode(values[others], late[others], values[~others])
    return own, encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="unseen-is-nan" says="gets no code"
def cross_fitted(values, late, folds, asked, smooth):
    """Forgets the unknown values."""

    def encode(teach_values, teach_late, new_values):
        prior = teach_late.mean()
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        return pd.Series(new_values).map((seen["sum"] + smooth * prior) / (seen["count"] + smooth)).to_numpy()

    own = np.zeros(len(values))
    for fold in np.unique(folds):
        others = folds != fold
        own[~others] = encode(values[others], late[others], values[~others])
    return own, encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="unseen-is-zero" says="for one that is never late"
def cross_fitted(values, late, folds, asked, smooth):
    """Fills with 0."""

    def encode(teach_values, teach_late, new_values):
        prior = teach_late.mean()
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        return pd.Series(new_values).map((seen["sum"] + smooth * prior) / (seen["count"] + smooth)).fillna(0).to_numpy()

    own = np.zeros(len(values))
    for fold in np.unique(folds):
        others = folds != fold
        own[~others] = encode(values[others], late[others], values[~others])
    return own, encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="own-fold" says="are encoded by that very fold"
def cross_fitted(values, late, folds, asked, smooth):
    """The mask the wrong way round."""

    def encode(teach_values, teach_late, new_values):
        prior = teach_late.mean()
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        codes = (seen["sum"] + smooth * prior) / (seen["count"] + smooth)
        return pd.Series(new_values).map(codes).fillna(prior).to_numpy()

    own = np.zeros(len(values))
    for fold in np.unique(folds):
        here = folds == fold
        own[here] = encode(values[here], late[here], values[here])
    return own, encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="leave-one-out" says="the folds are not used"
def cross_fitted(values, late, folds, asked, smooth):
    """Each row its own fold."""

    def encode(teach_values, teach_late, new_values):
        prior = teach_late.mean()
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        codes = (seen["sum"] + smooth * prior) / (seen["count"] + smooth)
        return pd.Series(new_values).map(codes).fillna(prior).to_numpy()

    own = [encode(np.delete(values, i), np.delete(late, i), values[[i]])[0] for i in range(len(values))]
    return np.array(own), encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="folds-of-its-own" says="from folds of your own"
def cross_fitted(values, late, folds, asked, smooth):
    """The encoder of the library, with the folds that it draws by itself."""
    encoder = TargetEncoder(smooth=smooth, target_type="binary")
    own = encoder.fit_transform(values[:, None], late)[:, 0]
    return own, encoder.transform(asked[:, None])[:, 0]


# %% exercise="cross-fitted" kind="mistake" name="pulled-to-one-half" says="pulled towards one half"
def cross_fitted(values, late, folds, asked, smooth):
    """Laplace's rule."""

    def encode(teach_values, teach_late, new_values):
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        codes = (seen["sum"] + smooth * 0.5) / (seen["count"] + smooth)
        return pd.Series(new_values).map(codes).fillna(teach_late.mean()).to_numpy()

    own = np.zeros(len(values))
    for fold in np.unique(folds):
        others = folds != fold
        own[~others] = encode(values[others], late[others], values[~others])
    return own, encode(values, late, asked)


# %% exercise="cross-fitted" kind="mistake" name="new-by-the-last-fold" says="without one of the folds"
def cross_fitted(values, late, folds, asked, smooth):
    """The codes that the loop left behind."""
    own = np.zeros(len(values))
    for fold in np.unique(folds):
        others = folds != fold
        prior = late[others].mean()
        seen = pd.Series(late[others]).groupby(values[others]).agg(["sum", "count"])
        codes = (seen["sum"] + smooth * prior) / (seen["count"] + smooth)
        own[~others] = pd.Series(values[~others]).map(codes).fillna(prior)
    return own, pd.Series(asked).map(codes).fillna(prior).to_numpy()


# %% exercise="cross-fitted" kind="mistake" name="new-by-the-mean-of-folds" says="the mean of the folds' codes"
def cross_fitted(values, late, folds, asked, smooth):
    """Averages the folds' encoders, as one averages models."""

    def encode(teach_values, teach_late, new_values):
        prior = teach_late.mean()
        seen = pd.Series(teach_late).groupby(teach_values).agg(["sum", "count"])
        codes = (seen["sum"] + smooth * prior) / (seen["count"] + smooth)
        return pd.Series(new_values).map(codes).fillna(prior).to_numpy()

    own, new = np.zeros(len(values)), []
    for fold in np.unique(folds):
        others = folds != fold
        own[~others] = encode(values[others], late[others], values[~others])
        new.append(encode(values[others], late[others], asked))
    return own, np.mean(new, axis=0)


# %% exercise="repaired-pipeline" kind="alternative" name="merge-asof"
def repaired_features(train, valid):
    """The rolling mean in the order of arrivals, then an as-of join; scikit-learn for the rest."""
    arrivals = pd.concat([train, valid])[["origin", "arrived", "arr_delay"]].sort_values("arrived")
    arrivals["recent"] = arrivals.groupby("origin")["arr_delay"].transform(
        lambda d: d.rolling(20, min_periods=1).mean()
    )
    encoder = TargetEncoder(smooth=20.0, cv=PredefinedSplit(train["fold"]), target_type="binary")
    rates = (encoder.fit_transform(train[["number"]], train["late"]), encoder.transform(valid[["number"]]))
    done = []
    for part, rate in zip((train, valid), rates, strict=True):
        asked = pd.DataFrame({"origin": part["origin"], "now": part["sched"] - LEAD}, index=part.index).sort_values(
            "now"
        )
        found = pd.merge_asof(asked.reset_index(), arrivals, left_on="now", right_on="arrived", by="origin",
                              allow_exact_matches=False).set_index("index")["recent"]  # fmt: skip
        X = pd.DataFrame({"number_rate": rate[:, 0]}, index=part.index)
        X["recent"] = found.reindex(part.index)
        X["seats"] = part["seats"].fillna(train["seats"].median())
        X["distance"] = (part["distance"] - np.mean(train["distance"])) / np.std(train["distance"].to_numpy())
        done.append(X)
    return tuple(done)


# %% exercise="repaired-pipeline" kind="alternative" name="row-by-row"
def repaired_features(train, valid):
    """Loops where they are clearer."""
    both = pd.concat([train, valid]).sort_values("arrived")
    arrived = {name: (g["arrived"].to_numpy(), g["arr_delay"].to_numpy(float)) for name, g in both.groupby("origin")}
    middle, seats = train["distance"].mean(), train["seats"].dropna().median()
    spread = float(np.sqrt(((train["distance"] - middle) ** 2).mean()))

    def rate(teach, number):
        prior, own = teach["late"].mean(), teach.loc[teach["number"] == number, "late"]
        return (own.sum() + 20 * prior) / (len(own) + 20)

    def row(flight, teach):
        times, delays = arrived[flight.origin]
        known = delays[times < (flight.sched - LEAD).to_datetime64()][-20:]
        return {
            "seats": seats if np.isnan(flight.seats) else flight.seats,
            "distance": (flight.distance - middle) / spread,
            "recent": known.mean() if len(known) else None,
            "number_rate": rate(teach, flight.number),
        }

    others = {fold: train[train["fold"] != fold] for fold in train["fold"].unique()}
    first = pd.DataFrame([row(f, others[f.fold]) for f in train.itertuples()], index=train.index)
    second = pd.DataFrame([row(f, train) for f in valid.itertuples()], index=valid.index)
    return [first.astype(float), second.astype(float)]


# %% exercise="repaired-pipeline" kind="mistake" name="median-of-both" says="the median of seats is still taken over both parts"
def repaired_features(train, valid):
    """One fault left."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(both["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = np.nan
    for there in both.groupby("origin").groups.values():
        here = both.loc[there]
        arrivals = here.sort_values("arrived")
        total = np.r_[0, arrivals["arr_delay"].cumsum()]
        end = np.searchsorted(arrivals["arrived"], here["sched"] - LEAD)
        start = np.maximum(end - 20, 0)
        X.loc[there, "recent"] = (total[end] - total[start]) / np.where(end > start, end - start, np.nan)
    columns = (train["number"], train["late"], train["fold"], valid["number"])
    X["number_rate"] = np.concatenate(cross_fitted(*(column.to_numpy() for column in columns), smooth=20))
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="median-of-each" says="that part's own median"
def repaired_features(train, valid):
    """Each part by itself."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = pd.concat([part["seats"].fillna(part["seats"].median()) for part in (train, valid)])
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = 0.0
    X["number_rate"] = 0.0
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="scaled-by-each" says="still standardised by that part itself"
def repaired_features(train, valid):
    """fit_transform on the valid part."""
    from sklearn.preprocessing import StandardScaler

    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = np.concatenate(
        [StandardScaler().fit_transform(part[["distance"]])[:, 0] for part in (train, valid)]
    )
    X["recent"] = 0.0
    X["number_rate"] = 0.0
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="scaled-by-both" says="standardised by both parts together"
def repaired_features(train, valid):
    """One scaler, fitted on everything."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - both["distance"].mean()) / both["distance"].std(ddof=0)
    X["recent"] = 0.0
    X["number_rate"] = 0.0
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="rolling-as-before" says="recent still contains the flight's own delay"
def repaired_features(train, valid):
    """Overlooks the main thing."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = both.groupby("origin")["arr_delay"].transform(lambda d: d.rolling(20, min_periods=1).mean())
    columns = (train["number"], train["late"], train["fold"], valid["number"])
    X["number_rate"] = np.concatenate(cross_fitted(*(column.to_numpy() for column in columns), smooth=20))
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="shifted-by-one" says="without the flight itself, but by schedule"
def repaired_features(train, valid):
    """A shift takes the flight itself out, and nothing else."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = both.groupby("origin")["arr_delay"].transform(lambda d: d.shift().rolling(20, min_periods=1).mean())
    columns = (train["number"], train["late"], train["fold"], valid["number"])
    X["number_rate"] = np.concatenate(cross_fitted(*(column.to_numpy() for column in columns), smooth=20))
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="arrived-by-departure" says="what had arrived by T: the desk decides two hours earlier"
def repaired_features(train, valid):
    """Forgets the lead."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = np.nan
    for there in both.groupby("origin").groups.values():
        here = both.loc[there]
        arrivals = here.sort_values("arrived")
        total = np.r_[0, arrivals["arr_delay"].cumsum()]
        end = np.searchsorted(arrivals["arrived"], here["sched"])
        start = np.maximum(end - 20, 0)
        X.loc[there, "recent"] = (total[end] - total[start]) / np.where(end > start, end - start, np.nan)
    X["number_rate"] = 0.0
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="arrival-at-that-minute" says="known is strictly before"
def repaired_features(train, valid):
    """side="right"."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = np.nan
    for there in both.groupby("origin").groups.values():
        here = both.loc[there]
        arrivals = here.sort_values("arrived")
        total = np.r_[0, arrivals["arr_delay"].cumsum()]
        end = np.searchsorted(arrivals["arrived"], here["sched"] - LEAD, side="right")
        start = np.maximum(end - 20, 0)
        X.loc[there, "recent"] = (total[end] - total[start]) / np.where(end > start, end - start, np.nan)
    X["number_rate"] = 0.0
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="last-of-the-schedule" says="the last 20 of the schedule"
def repaired_features(train, valid):
    """Only flights that had arrived, but in the order of their schedule."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = np.nan
    for _, here in both.groupby("origin"):
        for row in here.index:
            known = here[here["arrived"] < here.at[row, "sched"] - LEAD]
            X.loc[row, "recent"] = known["arr_delay"].tail(20).mean()
    rates = cross_fitted(
        train["number"].to_numpy(), train["late"].to_numpy(), train["fold"].to_numpy(), valid["number"].to_numpy(), 20
    )
    X["number_rate"] = np.concatenate(rates)
    return X.loc[train.index], X.loc[valid.index]


# %% exercise="repaired-pipeline" kind="mistake" name="valid-without-a-past" says="a valid row has forgotten the training rows"
def repaired_features(train, valid):
    """Each part by itself."""
    done = []
    for part in (train, valid):
        X = pd.DataFrame({"seats": part["seats"].fillna(train["seats"].median())})
        X["distance"] = (part["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
        X["recent"] = np.nan
        for there in part.groupby("origin").groups.values():
            here = part.loc[there]
            arrivals = here.sort_values("arrived")
            total = np.r_[0, arrivals["arr_delay"].cumsum()]
            end = np.searchsorted(arrivals["arrived"], here["sched"] - LEAD)
            start = np.maximum(end - 20, 0)
            X.loc[there, "recent"] = (total[end] - total[start]) / np.where(end > start, end - start, np.nan)
        done.append(X.assign(number_rate=0.0))
    return done


# %% exercise="repaired-pipeline" kind="mistake" name="in-sample-rate" says="number_rate of a training row still contains its own label"
def repaired_features(train, valid):
    """Trusts the comment "only training teaches"."""
    both = pd.concat([train, valid])
    X = pd.DataFrame(index=both.index)
    X["seats"] = both["seats"].fillna(train["seats"].median())
    X["distance"] = (both["distance"] - train["distance"].mean()) / train["distance"].std(ddof=0)
    X["recent"] = np.nan
    for there in both.groupby("origin").groups.values():
        here = both.loc[there]
        arrivals = here.sort_values("arrived")
        total = np.r_[0, arrivals["arr_delay"].cumsum()]
        end = np.searchsorted(arrivals["arrived"], here["sched"] - LEAD)
        start = np.maximum(end - 20, 0)
        X.loc[there, "recent"] = (total[end] - total[start]) / np.where(end > start, end - start, np.nan)
    seen, prior = train.groupby("number")["late"].agg(["sum", "count"]), train["late"].mean()
    X["number_rate"] = both["number"].map((seen["sum"] + 20 * prior) / (seen["count"] + 20)).fillna(prior)
    return X.iloc[: len(train)], X.iloc[len(train) :]


# %% exercise="repaired-pipeline" kind="mistake" name="rows-dropped" says="has lost or gained rows"
def repaired_features(train, valid):
    """Drops what is missing."""
    both = pd.concat([train, valid])
    X = both[["seats", "distance"]].assign(recent=0.0, number_rate=0.0).dropna()
    return X[X.index.isin(train.index)], X[X.index.isin(valid.index)]


# %% exercise="label-probe" kind="alternative" name="numpy-comparison"
def label_leaks(pipeline, train, valid):
    """Flips with assign, compares with numpy, returns a sorted list."""
    clean_train, clean_valid = pipeline(train, valid)
    leaking = []

    def compare(name, a, b):
        if name not in leaking and not np.array_equal(np.array([a], float), np.array([b], float), equal_nan=True):
            leaking.append(name)

    for i, label in enumerate(train.index):
        late = train["late"].where(train.index != label, 1 - train["late"])
        features, _ = pipeline(train.assign(late=late), valid)
        for name in clean_train:
            compare(name, clean_train[name].to_numpy()[i], features[name].to_numpy()[i])
    for i, label in enumerate(valid.index):
        late = valid["late"].where(valid.index != label, 1 - valid["late"])
        _, features = pipeline(train, valid.assign(late=late))
        for name in clean_valid:
            compare(name, clean_valid[name].to_numpy()[i], features[name].to_numpy()[i])
    return sorted(leaking)


# %% exercise="label-probe" kind="alternative" name="tolerance"
def label_leaks(pipeline, train, valid):
    """Collects all altered features of a part in one table, and compares within a tolerance."""
    leaks = set()
    for k in (0, 1):
        parts = [train, valid]
        before, own_rows = pipeline(*parts)[k], []
        for i in range(len(parts[k])):
            other = parts[k].copy()
            late = other["late"].to_numpy().copy()
            late[i] = 1 - late[i]
            other["late"] = late
            after = pipeline(*[other if j == k else parts[j] for j in (0, 1)])[k]
            own_rows.append(after.iloc[[i]])
        same = np.isclose(
            pd.concat(own_rows).to_numpy(float), before.to_numpy(float), rtol=0, atol=1e-9, equal_nan=True
        )
        leaks.update(before.columns[~same.all(axis=0)])
    return tuple(leaks)


# %% exercise="label-probe" kind="mistake" name="all-labels-at-once" says="changes only when many labels change at once"
def label_leaks(pipeline, train, valid):
    """Two calls instead of many."""
    before = pipeline(train, valid)
    after = pipeline(train.assign(late=1 - train["late"]), valid.assign(late=1 - valid["late"]))
    found = set()
    for was, now in zip(before, after, strict=True):
        found |= set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])
    return found


# %% exercise="label-probe" kind="mistake" name="looks-at-all-rows" says="look only at the row whose label you have changed"
def label_leaks(pipeline, train, valid):
    """One label at a time, but every row is compared."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part)):
            parts = [train, valid]
            parts[k] = part.copy()
            parts[k].iloc[i, part.columns.get_loc("late")] = 1 - part["late"].iloc[i]
            was, now = before[k], pipeline(*parts)[k]
            found |= set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])
    return found


# %% exercise="label-probe" kind="mistake" name="correlation" says="accused for predicting well"
def label_leaks(pipeline, train, valid):
    """Too good to be true is no proof."""
    X, _ = pipeline(train, valid)
    return [name for name in X if abs(np.corrcoef(X[name].fillna(0), train["late"])[0, 1]) > 0.9]


# %% exercise="label-probe" kind="mistake" name="missing-is-a-change" says="missing before and after is no change"
def label_leaks(pipeline, train, valid):
    """NaN is never equal to NaN."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part)):
            parts = [train, valid]
            parts[k] = part.copy()
            parts[k].iloc[i, part.columns.get_loc("late")] = 1 - part["late"].iloc[i]
            was, now = before[k].iloc[i], pipeline(*parts)[k].iloc[i]
            found |= set(was.index[was != now])
    return found


# %% exercise="label-probe" kind="mistake" name="missing-is-no-value" says="a mark on late rows passes"
def label_leaks(pipeline, train, valid):
    """Compares only where both have a value."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part)):
            parts = [train, valid]
            parts[k] = part.copy()
            parts[k].iloc[i, part.columns.get_loc("late")] = 1 - part["late"].iloc[i]
            was, now = before[k].iloc[i], pipeline(*parts)[k].iloc[i]
            found |= set(was.index[(was != now) & was.notna() & now.notna()])
    return found


# %% exercise="label-probe" kind="mistake" name="training-part-only" says="a leak in the valid part passes"
def label_leaks(pipeline, train, valid):
    """Never flips a label of the valid part."""
    before, found = pipeline(train, valid)[0], set()
    for i in range(len(train)):
        other = train.copy()
        other.iloc[i, train.columns.get_loc("late")] = 1 - train["late"].iloc[i]
        was, now = before.iloc[i], pipeline(other, valid)[0].iloc[i]
        found |= set(was.index[(was != now) & ~(was.isna() & now.isna())])
    return found


# %% exercise="label-probe" kind="mistake" name="sets-to-one" says="a leak that only late rows have passes"
def label_leaks(pipeline, train, valid):
    """Writes 1 instead of the opposite: late rows stay as they are."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part)):
            parts = [train, valid]
            parts[k] = part.copy()
            parts[k].iloc[i, part.columns.get_loc("late")] = 1
            was, now = before[k].iloc[i], pipeline(*parts)[k].iloc[i]
            found |= set(was.index[(was != now) & ~(was.isna() & now.isna())])
    return found


# %% exercise="label-probe" kind="mistake" name="all-but-the-last" says="a leak in the last row alone passes"
def label_leaks(pipeline, train, valid):
    """range(len(part) - 1)."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part) - 1):
            parts = [train, valid]
            parts[k] = part.copy()
            parts[k].iloc[i, part.columns.get_loc("late")] = 1 - part["late"].iloc[i]
            was, now = before[k].iloc[i], pipeline(*parts)[k].iloc[i]
            found |= set(was.index[(was != now) & ~(was.isna() & now.isna())])
    return found


# %% exercise="label-probe" kind="mistake" name="a-sample-of-rows" says="a leak in the rows of a single carrier passes"
def label_leaks(pipeline, train, valid):
    """Tries rows of the first carrier it sees, and all of the valid part."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part)):
            if k == 0 and part["carrier"].iloc[i] == "UA":
                continue
            parts = [train, valid]
            parts[k] = part.copy()
            parts[k].iloc[i, part.columns.get_loc("late")] = 1 - part["late"].iloc[i]
            was, now = before[k].iloc[i], pipeline(*parts)[k].iloc[i]
            found |= set(was.index[(was != now) & ~(was.isna() & now.isna())])
    return found


# %% exercise="label-probe" kind="mistake" name="changes-the-frames" says="are changed by the probe"
def label_leaks(pipeline, train, valid):
    """No copy."""
    before, found = pipeline(train, valid), set()
    for k, part in enumerate((train, valid)):
        for i in range(len(part)):
            part.iloc[i, part.columns.get_loc("late")] = 1 - part["late"].iloc[i]
            was, now = before[k].iloc[i], pipeline(train, valid)[k].iloc[i]
            found |= set(was.index[(was != now) & ~(was.isna() & now.isna())])
    return found


# %% exercise="rows-probe" kind="alternative" name="questions-apart"
def row_leaks(pipeline, train, valid):
    """Valid first, then every cut; numpy compares; sorted lists."""
    ways = [
        lambda part: part.assign(number=10.0**9, signal=10.0**9),
        lambda part: part.assign(number=-(10.0**9), signal=-(10.0**9)),
        lambda part: part.assign(late=1 - part["late"]),
        lambda part: part.assign(carrier="00"),
        lambda part: part.iloc[:0],
    ]
    X_train, X_valid = pipeline(train, valid)

    def differing(a, b):
        return [
            name for name in a if not np.array_equal(a[name].to_numpy(float), b[name].to_numpy(float), equal_nan=True)
        ]

    taught, peeking = [], []
    for way in ways:
        taught += differing(X_train, pipeline(train, way(valid) if len(way(valid)) else valid.iloc[:1])[0])
        for cut in range(1, len(valid)):
            altered = pd.concat([valid.iloc[:cut], way(valid.iloc[cut:])])
            peeking += differing(X_valid.iloc[:cut], pipeline(train, altered)[1].iloc[:cut])
    return {"future": sorted(set(peeking)), "valid": sorted(set(taught))}


# %% exercise="rows-probe" kind="alternative" name="in-place-on-copies"
def row_leaks(pipeline, train, valid):
    """Writes into copies by position, also single rows; within a tolerance; from the last cut to the first."""
    X = pipeline(train, valid)
    found = {"valid": [], "future": []}
    for cut in reversed(range(1, len(valid))):
        versions = [valid.head(cut)]
        for values in (
            {"number": 4e7, "signal": 4e7},
            {"number": -4e7, "signal": -4e7},
            {"late": None},
            {"carrier": "new"},
        ):
            version = valid.copy()
            for name, value in values.items():
                new = 1 - valid["late"].to_numpy()[cut:] if name == "late" else value
                version.iloc[cut:, version.columns.get_loc(name)] = new
            versions.append(version)
        for version in versions:
            after = pipeline(train, version)
            for kind, k, rows in (("valid", 0, len(train)), ("future", 1, cut)):
                a, b = (frame.iloc[:rows].to_numpy(float) for frame in (X[k], after[k]))
                found[kind] += list(X[k].columns[~np.isclose(a, b, rtol=0, atol=1e-9, equal_nan=True).all(axis=0)])
    return found


# %% exercise="rows-probe" kind="alternative" name="first-row-as-well"
def row_leaks(pipeline, train, valid):
    """The first valid row is altered, too; entry by entry."""

    def moved(was, now):
        return {
            name
            for name in was
            if not all(x == y or (pd.isna(x) and pd.isna(y)) for x, y in zip(was[name], now[name], strict=True))
        }

    X_train, X_valid = pipeline(train, valid)
    leaks = {"valid": set(), "future": set()}
    for cut in range(len(valid)):
        kept, rest = valid.iloc[:cut], valid.iloc[cut:]
        versions = [
            pd.concat([kept, other])
            for other in (
                rest.assign(number=FAR, signal=FAR),
                rest.assign(number=-FAR, signal=-FAR),
                rest.assign(late=1 - rest["late"]),
                rest.assign(carrier="??"),
            )
        ]
        for altered in versions + [kept] * (cut > 0):
            now_train, now_valid = pipeline(train, altered)
            leaks["valid"] |= moved(X_train, now_train)
            leaks["future"] |= moved(X_valid.iloc[:cut], now_valid.iloc[:cut])
    return leaks


# %% exercise="rows-probe" kind="mistake" name="only-up" says="numbers less the smallest of both parts: the leak 'valid' is missed"
def row_leaks(pipeline, train, valid):
    """Numbers go up, never down."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="only-down" says="numbers divided by the largest of both parts: the leak 'valid' is missed"
def row_leaks(pipeline, train, valid):
    """Numbers go down, never up."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="labels-untouched" says="whether the carrier was ever late, in both parts: the leak 'valid' is missed"
def row_leaks(pipeline, train, valid):
    """No labels are altered."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="carriers-untouched" says="the place of the carrier among the carriers of both parts: the leak 'valid' is missed"
def row_leaks(pipeline, train, valid):
    """No carriers are altered."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="signal-untouched" says="the signal divided by the largest of both parts: the leak 'valid' is missed"
def row_leaks(pipeline, train, valid):
    """One of the two number columns is forgotten."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR),
            rest.assign(number=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="nothing-left-out" says="as a share of its length: the leak 'valid' is missed"
def row_leaks(pipeline, train, valid):
    """Alters rows, but their number stays."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [*(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="one-cut" says="a mean over the row's day: the leak 'future' is missed"
def row_leaks(pipeline, train, valid):
    """One cut in the middle, which falls between two days."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in [len(valid) // 2]:
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="compares-altered-rows" says="a row's own number is accused"
def row_leaks(pipeline, train, valid):
    """Looks at all of X_valid."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [*(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1], after[1]) - set(before[1].columns[before[1].isna().any()])
    return found


# %% exercise="rows-probe" kind="mistake" name="alters-the-past" says="a mean over the rows so far is accused"
def row_leaks(pipeline, train, valid):
    """Alters the rows before the cut and looks at those after it."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        rest, start = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [*(pd.concat([other, start]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[cut:], after[1].iloc[cut:])
    return found


# %% exercise="rows-probe" kind="mistake" name="alters-training" says="what the training part teaches is accused"
def row_leaks(pipeline, train, valid):
    """Cuts the training part as well."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(train)):
        start, rest = train.iloc[:cut], train.iloc[cut:]
        other = rest.assign(number=FAR, signal=FAR, carrier="AA")
        found["future"] |= changed(before[0].iloc[:cut], pipeline(pd.concat([start, other]), valid)[0].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="missing-is-a-change" says="missing before and after is no change"
def row_leaks(pipeline, train, valid):
    """NaN is never equal to NaN."""

    def changed(was, now):
        return set(was.columns[(was != now).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="missing-is-no-value" says="a mark on the row before a late one, missing elsewhere: the leak 'future' is missed"
def row_leaks(pipeline, train, valid):
    """Compares only where both have a value."""

    def changed(was, now):
        return set(was.columns[((was != now) & was.notna() & now.notna()).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["valid"] |= changed(before[0], after[0])
            found["future"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="rows-probe" kind="mistake" name="kinds-swapped" says="this is no leak of the kind 'valid'"
def row_leaks(pipeline, train, valid):
    """The two keys are swapped."""

    def changed(was, now):
        return set(was.columns[((was != now) & ~(was.isna() & now.isna())).any()])

    before, found = pipeline(train, valid), {"valid": set(), "future": set()}
    for cut in range(1, len(valid)):
        start, rest = valid.iloc[:cut], valid.iloc[cut:]
        others = [
            rest.assign(number=FAR, signal=FAR),
            rest.assign(number=-FAR, signal=-FAR),
            rest.assign(late=1 - rest["late"]),
            rest.assign(carrier="ZZ"),
        ]
        for altered in [start, *(pd.concat([start, other]) for other in others)]:
            after = pipeline(train, altered)
            found["future"] |= changed(before[0], after[0])
            found["valid"] |= changed(before[1].iloc[:cut], after[1].iloc[:cut])
    return found


# %% exercise="which-features" kind="alternative" name="read-off-the-table"
verdicts = {
    "boosting": {
        "clock": "unclear",
        "waiting, log": "helps",
        "text": "hurts",
        "number, in sample": "hurts",
        "number, cross-fitted": "hurts",
        "recent, Tomas's": "helps",
        "recent, arrived": "helps",
    },
    "logistic": {
        "clock": "helps",
        "waiting, log": "helps",
        "text": "hurts",
        "number, in sample": "hurts",
        "number, cross-fitted": "unclear",
        "recent, Tomas's": "helps",
        "recent, arrived": "helps",
    },
}
adopt = {"boosting": {"recent, arrived", "waiting, log"}, "logistic": ("clock", "waiting, log", "recent, arrived")}

# %% exercise="which-features" kind="alternative" name="a-loop"
verdicts, adopt = {}, {}
for name in ("logistic", "boosting"):
    verdicts[name], adopt[name] = {}, []
    for family in families:
        _, low, high = compare(family, name)
        verdicts[name][family] = "unclear" if low <= 0 <= high else ("hurts", "helps")[bool(high < 0)]
        if high < 0 and "Tomas" not in family:
            adopt[name] = [family, *adopt[name]]

# %% exercise="which-features" kind="mistake" name="takes-the-best-number" says="knows how the flights end"
verdicts = {
    model: {
        family: "helps" if high < 0 else "hurts" if low > 0 else "unclear" for family, (_, low, high) in row.items()
    }
    for model, row in changes.items()
}
adopt = {model: [family for family, v in row.items() if v == "helps"] for model, row in verdicts.items()}

# %% exercise="which-features" kind="mistake" name="sign-turned" says="a log-loss that falls is a better one"
verdicts = {
    model: {
        family: "helps" if low > 0 else "hurts" if high < 0 else "unclear" for family, (_, low, high) in row.items()
    }
    for model, row in changes.items()
}
adopt = {"boosting": ["waiting, log", "recent, arrived"], "logistic": ["clock", "waiting, log", "recent, arrived"]}

# %% exercise="which-features" kind="mistake" name="point-without-interval" says="an interval that holds zero"
verdicts = {
    model: {family: "helps" if change < 0 else "hurts" for family, (change, _, _) in row.items()}
    for model, row in changes.items()
}
adopt = {"boosting": ["waiting, log", "recent, arrived"], "logistic": ["clock", "waiting, log", "recent, arrived"]}

# %% exercise="which-features" kind="mistake" name="one-list-for-both" says="a family is adopted that does not clearly help this model"
verdicts = {
    model: {
        family: "helps" if high < 0 else "hurts" if low > 0 else "unclear" for family, (_, low, high) in row.items()
    }
    for model, row in changes.items()
}
adopt = dict.fromkeys(("boosting", "logistic"), ["clock", "waiting, log", "recent, arrived"])

# %% exercise="which-features" kind="mistake" name="throws-recent-out" says="that clearly helps and can be had is not adopted"
verdicts = {
    model: {
        family: "helps" if high < 0 else "hurts" if low > 0 else "unclear" for family, (_, low, high) in row.items()
    }
    for model, row in changes.items()
}
adopt = {"boosting": ["waiting, log"], "logistic": ["clock", "waiting, log"]}

# %% exercise="waiting-at" kind="equivalent" mutant="- counts = pd.Series(0, index=rows.index) | + counts = pd.Series(1, index=rows.index)" reason="every row has an origin, so every entry is overwritten"

# %% exercise="cross-fitted" kind="equivalent" mutant="- seen = pd.Series(teach_late).groupby(teach_values).agg(['sum', 'count']) | + seen = pd.Series(teach_late).groupby(teach_values).agg(['count', 'sum'])" reason="the two columns are taken by name"

# %% exercise="cross-fitted" kind="equivalent" mutant="- own = np.zeros(len(values)) | + own = np.ones(len(values))" reason="every row is in a fold, so every entry is overwritten"

# %% exercise="repaired-pipeline" kind="equivalent" mutant="- X = pd.DataFrame(index=both.index) | + X = pd.DataFrame()" reason="the first column brings the same index"

# %% exercise="repaired-pipeline" kind="equivalent" mutant="- X['recent'] = np.nan" reason="the assignment in the loop makes the column"

# %% exercise="repaired-pipeline" kind="equivalent" mutant="- start = np.maximum(end - 20, 0) | + start = np.maximum(0, end - 20)" reason="the larger of two is the same in both orders"

# %% exercise="repaired-pipeline" kind="equivalent" mutant="- with np.errstate(invalid='ignore'): | - X.loc[there, 'recent'] = (total[end] - total[start]) / (end - start) | + X.loc[there, 'recent'] = (total[end] - total[start]) / (end - start)" reason="it only silences a warning"

# %% exercise="repaired-pipeline" kind="equivalent" mutant="- with np.errstate(invalid='ignore'): | + with np.errstate():" reason="it only silences a warning"

# %% exercise="rows-probe" kind="equivalent" mutant="- for cut in range(1, len(valid)): | + for cut in range(1, len(train)):" reason="cuts beyond the end change nothing, and nothing changes"

# %% exercise="rows-probe" kind="equivalent" mutant="- found['valid'] |= changed(before[0], after[0]) | + found['valid'] |= changed(after[0], before[0])" reason="a comparison of two frames is the same in both orders"

# %% exercise="rows-probe" kind="equivalent" mutant="- found['future'] |= changed(before[1].iloc[:cut], after[1].iloc[:cut]) | + found['future'] |= changed(after[1].iloc[:cut], before[1].iloc[:cut])" reason="a comparison of two frames is the same in both orders"

# %% exercise="which-features" kind="equivalent" mutant="- verdicts = {model: {family: 'helps' if high < 0 else 'hurts' if low > 0 else 'unclear' for family, (_, low, high) in row.items()} for model, row in changes.items()} | + verdicts = {model: {family: 'helps' if high <= 0 else 'hurts' if low > 0 else 'unclear' for family, (_, low, high) in row.items()} for model, row in changes.items()}" reason="no end of an interval is exactly zero"

# %% exercise="which-features" kind="equivalent" mutant="- verdicts = {model: {family: 'helps' if high < 0 else 'hurts' if low > 0 else 'unclear' for family, (_, low, high) in row.items()} for model, row in changes.items()} | + verdicts = {model: {family: 'helps' if high < 0 else 'hurts' if low >= 0 else 'unclear' for family, (_, low, high) in row.items()} for model, row in changes.items()}" reason="no end of an interval is exactly zero"
