# %% [markdown]
# Answers to `4-scale.py`: never released.


# %% exercise="point-in-time" kind="alternative" name="loop-by-key"
def as_known(asked, feed, lead, max_age):
    """A plain loop over the questions, key by key."""
    tables = {key: rows for key, rows in feed.groupby("key")}
    answers = []
    for key, at in zip(asked["key"], asked["at"], strict=True):
        rows, m = tables.get(key), at - lead
        if rows is None:
            answers.append(np.nan)
            continue
        rows = rows[(rows["known_at"] < m) & (rows["measured_at"] >= m - max_age)]
        rows = rows.sort_values(["measured_at", "known_at"])
        answers.append(float(rows["value"].iloc[-1]) if len(rows) else np.nan)
    return answers


# %% exercise="point-in-time" kind="alternative" name="searchsorted"
def as_known(asked, feed, lead, max_age):
    """For each key the rows that were ever the newest, then a binary search."""
    out = np.full(len(asked), np.nan)
    moments = (asked["at"] - lead).to_numpy()
    keys = asked["key"].to_numpy()
    for key, rows in feed.groupby("key"):
        rows = rows.sort_values(["known_at", "measured_at"])
        measured = rows["measured_at"].to_numpy()
        newest = measured == np.maximum.accumulate(measured)
        known, measured, value = rows["known_at"].to_numpy()[newest], measured[newest], rows["value"].to_numpy()[newest]
        mine = np.flatnonzero(keys == key)
        i = np.searchsorted(known, moments[mine], side="left") - 1
        fine = (i >= 0) & (measured[i] >= moments[mine] - max_age)
        out[mine[fine]] = value[i[fine]]
    return pd.Series(out, index=asked.index)


# %% exercise="point-in-time" kind="alternative" name="cross-join"
def as_known(asked, feed, lead, max_age):
    """All pairs of a key, then the best of each question."""
    left = pd.DataFrame({"i": range(len(asked)), "key": list(asked["key"]), "m": list(asked["at"] - lead)})
    pairs = left.merge(feed, on="key")
    pairs = pairs[(pairs["known_at"] < pairs["m"]) & (pairs["measured_at"] >= pairs["m"] - max_age)]
    best = pairs.sort_values(["i", "measured_at", "known_at"]).groupby("i")["value"].last()
    return best.reindex(range(len(asked))).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="equal" says="becomes known in the very moment m is used"
def as_known(asked, feed, lead, max_age):
    """allow_exact_matches as it comes."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=True)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="event-time" says="that is Tomas's join"
def as_known(asked, feed, lead, max_age):
    """Joined on the time of the event."""
    rows = feed.sort_values(["measured_at", "known_at"])
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="measured_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="no-key" says="the value of another key is taken"
def as_known(asked, feed, lead, max_age):
    """by= is forgotten."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    left = left.drop(columns="key")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="no-lead" says="the lead is missing"
def as_known(asked, feed, lead, max_age):
    """Asked at departure."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"]).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="no-max-age" says="older than max_age is still used"
def as_known(asked, feed, lead, max_age):
    """Whatever is known, however old."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].to_numpy()


# %% exercise="point-in-time" kind="mistake" name="age-of-the-row" says="the age is counted from the moment the row became known"
def as_known(asked, feed, lead, max_age):
    """merge_asof's tolerance counts from known_at."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["known_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="age-strict" says="a value exactly max_age old is refused"
def as_known(asked, feed, lead, max_age):
    """> for >=."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] > found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="age-from-departure" says="the age is counted back from T"
def as_known(asked, feed, lead, max_age):
    """The age at departure."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["at"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="last-arrived" says="the row that arrived last wins"
def as_known(asked, feed, lead, max_age):
    """The row that came last, of those that are young enough."""
    out = []
    for key, at in zip(asked["key"], asked["at"], strict=True):
        m = at - lead
        rows = feed[(feed["key"] == key) & (feed["known_at"] < m) & (feed["measured_at"] >= m - max_age)]
        rows = rows.sort_values(["known_at", "measured_at"])
        out.append(float(rows["value"].iloc[-1]) if len(rows) else np.nan)
    return np.array(out)


# %% exercise="point-in-time" kind="mistake" name="first-version" says="the later one is a correction"
def as_known(asked, feed, lead, max_age):
    """Duplicates of an event are dropped, the first one kept."""
    rows = feed.sort_values(["known_at", "measured_at"]).drop_duplicates(["key", "measured_at"], keep="first")
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="sorted-result" says="stand in another order: they belong in the order of asked"
def as_known(asked, feed, lead, max_age):
    """The result is left in the order of time."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).to_numpy()


# %% exercise="point-in-time" kind="mistake" name="zeros" says="a zero is a value, NaN is none"
def as_known(asked, feed, lead, max_age):
    """Missing becomes 0."""
    rows = feed.sort_values(["known_at", "measured_at"])
    rows = rows[rows["measured_at"] == rows.groupby("key")["measured_at"].cummax()]
    left = asked.assign(row=np.arange(len(asked)), moment=asked["at"] - lead).sort_values("moment")
    found = pd.merge_asof(left, rows, left_on="moment", right_on="known_at", by="key", allow_exact_matches=False)
    found = found.sort_values("row")
    return found["value"].where(found["measured_at"] >= found["moment"] - max_age).fillna(0.0).to_numpy()


# %% exercise="score-chunk" kind="alternative" name="mkstemp"
def score_chunk(number, rows, forecast, folder, write):
    """A temporary file of the standard library, in the same folder."""
    name = "part-" + str(number).zfill(5) + ".parquet"
    table = rows[["flight"]].assign(p_late=forecast(rows))
    handle, attempt = tempfile.mkstemp(dir=folder, prefix=".attempt-")
    os.close(handle)
    try:
        write(table, attempt)
    except BaseException:
        os.remove(attempt)
        raise
    Path(attempt).replace(Path(folder) / name)
    return name


# %% exercise="score-chunk" kind="alternative" name="folder-of-its-own"
def score_chunk(number, rows, forecast, folder, write):
    """A temporary folder inside the folder."""
    p = np.asarray(forecast(rows))
    target = folder / f"part-{number:05}.parquet"
    with tempfile.TemporaryDirectory(dir=folder, prefix="attempt-") as own:
        own = Path(own, target.name)
        write(pd.DataFrame({"flight": list(rows["flight"]), "p_late": p}), own)
        own.rename(target)
    return target.name


# %% exercise="score-chunk" kind="mistake" name="in-place" says="half a part is visible to readers"
def score_chunk(number, rows, forecast, folder, write):
    """A right name, written in place."""
    name = f"part-{number:05d}.parquet"
    write(pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)}), folder / name)
    return name


# %% exercise="score-chunk" kind="mistake" name="shared-temporary" says="share one temporary file"
def score_chunk(number, rows, forecast, folder, write):
    """One temporary name for each chunk."""
    name = f"part-{number:05d}.parquet"
    attempt = folder / f".{name}.tmp"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="elsewhere" says="the temporary file lies outside of the folder"
def score_chunk(number, rows, forecast, folder, write):
    """The temporary file lies in the system's folder."""
    import shutil

    name = f"part-{number:05d}.parquet"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    with tempfile.TemporaryDirectory() as other:
        write(table, Path(other, name))
        shutil.move(Path(other, name), folder / name)
    return name


# %% exercise="score-chunk" kind="mistake" name="counts-parts" says="the part does not have its final name"
def score_chunk(number, rows, forecast, folder, write):
    """The number of parts so far."""
    name = f"part-{len(list(folder.glob('part-*.parquet'))):05d}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="no-clean-up" says="an attempt that failed leaves its temporary file behind"
def score_chunk(number, rows, forecast, folder, write):
    """Nothing is removed when it fails."""
    name = f"part-{number:05d}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    write(table, attempt)
    os.replace(attempt, folder / name)
    return name


# %% exercise="score-chunk" kind="mistake" name="swallows" says="an error of `write` does not reach the caller"
def score_chunk(number, rows, forecast, folder, write):
    """Errors end here."""
    name = f"part-{number:05d}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    except OSError as error:
        print("failed:", error)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="removes-first" says="has destroyed or changed a part that was there"
def score_chunk(number, rows, forecast, folder, write):
    """The old part goes before the new one is there."""
    name = f"part-{number:05d}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    (folder / name).unlink(missing_ok=True)
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="attempt-number" says="the second attempt of a chunk makes another part"
def score_chunk(number, rows, forecast, folder, write):
    """A second attempt gets a name of its own."""
    name = f"part-{number:05d}.parquet"
    if (folder / name).exists():
        name = f"part-{number:05d}-{uuid.uuid4().hex}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    try:
        write(pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)}), attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="whole-path" says="the final name is to be returned"
def score_chunk(number, rows, forecast, folder, write):
    """The path instead of the name."""
    name = f"part-{number:05d}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return str(folder / name)


# %% exercise="score-chunk" kind="mistake" name="all-columns" says="the part is not the columns `flight` and `p_late`"
def score_chunk(number, rows, forecast, folder, write):
    """The features go along."""
    name = f"part-{number:05d}.parquet"
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = rows.assign(p_late=forecast(rows))
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="folder-stays" says="leaves other files or a folder beside the part"
def score_chunk(number, rows, forecast, folder, write):
    """A folder for each attempt, which is left behind, empty."""
    name = f"part-{number:05d}.parquet"
    own = folder / f".attempt-{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    own.mkdir()
    try:
        write(table, own / name)
        os.replace(own / name, folder / name)
    finally:
        (own / name).unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="tries-again" says="`write` is called again after its error"
def score_chunk(number, rows, forecast, folder, write):
    """Tries a second time by itself."""
    name = f"part-{number:05d}.parquet"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    for left in (1, 0):
        attempt = folder / f".{name}.{uuid.uuid4().hex}"
        try:
            write(table, attempt)
            os.replace(attempt, folder / name)
            break
        except OSError:
            if not left:
                raise
        finally:
            attempt.unlink(missing_ok=True)
    return name


# %% exercise="score-chunk" kind="mistake" name="skips" says="is not replaced by a new attempt"
def score_chunk(number, rows, forecast, folder, write):
    """What is there is not scored again."""
    name = f"part-{number:05d}.parquet"
    if (folder / name).exists():
        return name
    attempt = folder / f".{name}.{uuid.uuid4().hex}"
    table = pd.DataFrame({"flight": rows["flight"].to_numpy(), "p_late": forecast(rows)})
    try:
        write(table, attempt)
        os.replace(attempt, folder / name)
    finally:
        attempt.unlink(missing_ok=True)
    return name


# %% exercise="account-for" kind="alternative" name="value-counts"
def account_for(expected, parts):
    """pandas counts."""
    expected = pd.Index(list(expected))
    flight = [key for part in parts for key in part["flight"].tolist()]
    scores = pd.Series(
        [p for part in parts for p in part["p_late"].tolist()],
        index=pd.Index(flight, dtype=expected.dtype),
        dtype=float,
    )
    counts = scores.index.value_counts().reindex(expected, fill_value=0)
    unknown = scores.index.difference(expected)
    doubled = counts.index[counts > 1]
    single = scores[~scores.index.duplicated(keep=False)].reindex(expected)
    lost = expected[np.isnan(single.to_numpy()) & (counts.to_numpy() <= 1)]
    if len(lost) or len(doubled) or len(unknown):
        raise ValueError(f"lost: {list(lost)}, doubled: {list(doubled)}, unknown: {list(unknown)}")
    return single.to_numpy()


# %% exercise="account-for" kind="alternative" name="counter"
def account_for(expected, parts):
    """collections.Counter and a dict."""
    from collections import Counter

    class Refused(ValueError):
        pass

    pairs = [pair for part in parts for pair in zip(part["flight"], part["p_late"], strict=True)]
    rows, scores = Counter(key for key, _ in pairs), dict(pairs)
    told = []
    for key in expected:
        if rows[key] > 1:
            told.append(f"{key} is doubled")
        elif rows[key] == 0 or scores[key] != scores[key]:
            told.append(f"{key} is lost")
    told += [f"{key} is unknown" for key in set(rows) - set(expected)]
    if told:
        raise Refused(", ".join(told))
    return [scores[key] for key in expected]


# %% exercise="account-for" kind="mistake" name="counts-rows" says="with as many rows as keys, one lost and one doubled"
def account_for(expected, parts):
    """As many rows as keys is all that it asks."""
    table = pd.concat([pd.DataFrame({"flight": [], "p_late": []}), *parts])
    gone = [key for key in expected if key not in set(table["flight"])]
    again = table["flight"][table["flight"].duplicated()].tolist()
    new = [key for key in table["flight"] if key not in set(expected)]
    holes = table["flight"][table["p_late"].isna()].tolist()
    if len(table) != len(expected) or new or holes:
        raise ValueError(f"lost: {gone + holes}, doubled: {again}, unknown: {new}")
    return table.drop_duplicates("flight").set_index("flight")["p_late"].reindex(expected).to_numpy()


# %% exercise="account-for" kind="mistake" name="last-wins" says="with a doubled key with two different scores"
def account_for(expected, parts):
    """A dict forgets that a key came twice."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores[key] = [p]
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="equal-is-fine" says="with a doubled key whose scores agree"
def account_for(expected, parts):
    """A key twice with one score is let through."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(set(scores.get(key, []))) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="fills-with-nan" says="with a lost key"
def account_for(expected, parts):
    """A left join."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if problems["doubled"] or problems["unknown"]:
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores.get(key, [np.nan])[0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="ignores-strangers" says="with an unknown key"
def account_for(expected, parts):
    """Only expected keys are looked at."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    problems.pop("unknown")
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="nan-is-a-score" says="with a score that is NaN"
def account_for(expected, parts):
    """NaN counts as a score."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="order-of-parts" says="the scores stand in another order than the expected keys"
def account_for(expected, parts):
    """In the order of the parts."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in scores], float)


# %% exercise="account-for" kind="mistake" name="first-kind-only" says="the error does not tell all kinds of fault"
def account_for(expected, parts):
    """Stops at the first kind of fault."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    for kind, keys in problems.items():
        if keys:
            raise ValueError(f"{kind}: {keys[:3]}")
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="numbers-only" says="the error does not name the keys"
def account_for(expected, parts):
    """How many, not which."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {len(keys)} of the flights" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="assert" says="the error is no ValueError"
def account_for(expected, parts):
    """An assertion."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise AssertionError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="drops-holes-first" says="with a doubled key with NaN in one of its rows"
def account_for(expected, parts):
    """Rows without a score are dropped before anything is counted."""
    scores = {}
    for part in (part.dropna() for part in parts):
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="within-parts" says="with a doubled key, its rows in two parts"
def account_for(expected, parts):
    """Duplicates are looked for in each part; what two parts share is overwritten."""
    scores = {}
    for part in parts:
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores[key] = [p] * int((part["flight"] == key).sum())
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="account-for" kind="mistake" name="drop-duplicates" says="with a doubled key, both rows in one part"
def account_for(expected, parts):
    """Equal rows of a part are taken for one."""
    scores = {}
    for part in (part.drop_duplicates() for part in parts):
        for key, p in zip(part["flight"], part["p_late"], strict=True):
            scores.setdefault(key, []).append(p)
    expected = list(expected)
    wanted = set(expected)
    problems = {
        "lost": [key for key in expected if key not in scores or (len(scores[key]) == 1 and np.isnan(scores[key][0]))],
        "doubled": [key for key in expected if len(scores.get(key, [])) > 1],
        "unknown": [key for key in scores if key not in wanted],
    }
    if any(problems.values()):
        raise ValueError("; ".join(f"{kind}: {keys[:3]}" for kind, keys in problems.items() if keys))
    return np.array([scores[key][0] for key in expected], float)


# %% exercise="night-driver" kind="alternative" name="rounds-by-hand"
def drive(client, work, numbers, retries=2):
    """Rounds: what failed is submitted again, as another task."""
    results, failed, left = {}, {}, list(numbers)
    for _ in range(retries + 1):
        futures = {client.submit(work, number, pure=False): number for number in left}
        failed = {}
        for future in as_completed(futures):
            number = futures[future]
            if future.exception() is None:
                results[number] = future.result()
            else:
                failed[number] = f"{type(future.exception()).__name__}: {future.exception()}"
        left = list(failed)
        if not left:
            break
    return results, failed


# %% exercise="night-driver" kind="alternative" name="retries-on-the-worker"
def drive(client, work, numbers, retries=2):
    """The worker itself tries again, and gives back a pair instead of an error."""

    def tried(number):
        for _ in range(retries + 1):
            try:
                return True, work(number)
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
        return False, reason

    futures = client.map(tried, list(numbers), pure=False)
    ended = dict(zip(numbers, client.gather(futures), strict=True))
    return {n: v for n, (fine, v) in ended.items() if fine}, {n: v for n, (fine, v) in ended.items() if not fine}


# %% exercise="night-driver" kind="mistake" name="skip" says="it is lost, and nobody is told"
def drive(client, work, numbers, retries=2):
    """errors="skip", with the numbers beside what is left."""
    futures = client.map(work, numbers, retries=retries)
    wait(futures)
    done = [(n, f) for n, f in zip(numbers, futures, strict=True) if f.status == "finished"]
    return dict(zip([n for n, _ in done], client.gather([f for _, f in done]), strict=True)), {}


# %% exercise="night-driver" kind="mistake" name="gather-raises" says="leaves `drive` and ends the whole night"
def drive(client, work, numbers, retries=2):
    """gather as it comes: the first error is raised."""
    numbers = list(numbers)
    return dict(zip(numbers, client.gather(client.map(work, numbers, retries=retries)), strict=True)), {}


# %% exercise="night-driver" kind="mistake" name="no-retries" says="at its first error: nothing is tried again"
def drive(client, work, numbers, retries=2):
    """retries is never handed on."""
    futures = {number: client.submit(work, number) for number in numbers}
    results, failed = {}, {}
    for number, future in futures.items():
        error = future.exception()
        if error is None:
            results[number] = future.result()
        else:
            failed[number] = f"{type(error).__name__}: {error}"
    return results, failed


# %% exercise="night-driver" kind="mistake" name="by-arrival" says="stands under the number of another chunk"
def drive(client, work, numbers, retries=2):
    """Results in the order in which they come, numbers in the order asked."""
    futures = client.map(work, numbers, retries=retries)
    results, failed = {}, {}
    for number, future in zip(numbers, as_completed(futures), strict=True):
        error = future.exception()
        if error is None:
            results[number] = future.result()
        else:
            failed[number] = f"{type(error).__name__}: {error}"
    return results, failed


# %% exercise="night-driver" kind="mistake" name="everything-again" says="runs again because another one failed"
def drive(client, work, numbers, retries=2):
    """When one fails, all are run again."""
    for _ in range(retries + 1):
        futures = {number: client.submit(work, number, pure=False) for number in numbers}
        errors = {number: future.exception() for number, future in futures.items()}
        if not any(errors.values()):
            break
    results = {number: futures[number].result() for number, error in errors.items() if error is None}
    return results, {n: f"{type(e).__name__}: {e}" for n, e in errors.items() if e is not None}


# %% exercise="night-driver" kind="mistake" name="here" says="run in the driver's own process"
def drive(client, work, numbers, retries=2):
    """A plain loop: nothing reaches the cluster."""
    results, failed = {}, {}
    for number in numbers:
        for _ in range(retries + 1):
            try:
                results[number] = work(number)
                failed.pop(number, None)
                break
            except Exception as error:
                failed[number] = f"{type(error).__name__}: {error}"
    return results, failed


# %% exercise="night-driver" kind="mistake" name="one-by-one" says="only one worker is ever at work"
def drive(client, work, numbers, retries=2):
    """Waits for each chunk before the next one is handed out."""
    results, failed = {}, {}
    for number in numbers:
        try:
            results[number] = client.submit(work, number, retries=retries).result()
        except Exception as error:
            failed[number] = f"{type(error).__name__}: {error}"
    return results, failed


# %% exercise="erlang-c" kind="alternative" name="scipy"
def queue(rate, service, servers):
    """scipy's Poisson distribution gives B."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return dict(utilisation=rho, p_wait=1, mean_wait=np.inf, p99_wait=np.inf)
    if load == 0:
        return dict(utilisation=0, p_wait=0, mean_wait=0, p99_wait=0)
    b = np.exp(stats.poisson.logpmf(servers, load) - stats.poisson.logcdf(servers, load))
    c = b / (1 - rho + rho * b)
    mean = c * service / (servers - load)
    return dict(
        utilisation=rho, p_wait=c, mean_wait=mean, p99_wait=max(0, np.log(c * 100)) * service / (servers - load)
    )


# %% exercise="erlang-c" kind="alternative" name="logarithms"
def queue(rate, service, servers):
    """The formula itself, in logarithms of factorials."""
    load, rho = rate * service, rate * service / servers
    answer = {"utilisation": rho, "p_wait": 0.0, "mean_wait": 0.0, "p99_wait": 0.0}
    if rho >= 1:
        return answer | {"p_wait": 1.0, "mean_wait": float("inf"), "p99_wait": float("inf")}
    if load > 0:
        terms = [k * math.log(load) - math.lgamma(k + 1) for k in range(servers + 1)]
        terms[-1] -= math.log(1 - rho)
        top = max(terms)
        p = math.exp(terms[-1] - top) / sum(math.exp(t - top) for t in terms)
        gap = (servers - load) / service
        answer |= {
            "p_wait": p,
            "mean_wait": p / gap,
            "p99_wait": max(0.0, math.log(p) - math.log(0.01)) / gap if p > 0 else 0.0,
        }
    return answer


# %% exercise="erlang-c" kind="mistake" name="erlang-b" says="this is Erlang's B"
def queue(rate, service, servers):
    """B instead of C."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="utilisation-without-c" says="the utilisation leaves out the number of servers"
def queue(rate, service, servers):
    """The load for the utilisation."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": load, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="is-utilisation" says="is taken to be the utilisation"
def queue(rate, service, servers):
    """P(wait) = rho, as for one server."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = rho
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="half-way" says="without the factor of utilisation in the denominator"
def queue(rate, service, servers):
    """B / (1 - rho)."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho)
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="factorials" says="factorials and powers do not fit"
def queue(rate, service, servers):
    """The formula as it stands in the book, in floats."""
    load, rho = float(rate * service), rate * service / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    with np.errstate(all="ignore"):
        k = np.arange(servers + 1)
        terms = np.power(load, k) / np.cumprod(np.maximum(k, 1).astype(float))
        terms[-1] /= 1 - rho
        p = float(terms[-1] / terms.sum())
    spare = servers / service - rate
    return {
        "utilisation": rho,
        "p_wait": p,
        "mean_wait": p / spare,
        "p99_wait": math.log(p / 0.01) / spare if p > 0.01 else 0.0,
    }


# %% exercise="erlang-c" kind="mistake" name="mean-of-the-waiting" says="those who do not are requests, too"
def queue(rate, service, servers):
    """The mean of those who wait."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": 1 / spare if rate else 0.0, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="with-service" says="the wait ends when a server takes the request"
def queue(rate, service, servers):
    """Time in the system."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare + service, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="one-fast-server" says="the servers are taken as one that is c times as fast"
def queue(rate, service, servers):
    """M/M/1 with a server c times as fast."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": rho * service / servers / (1 - rho), "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="queue-length" says="the mean wait is the length of the queue"
def queue(rate, service, servers):
    """The length of the queue."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait * rho / (1 - rho), "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="negative" says="the 99th percentile is below zero"
def queue(rate, service, servers):
    """The quantile below zero."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="quantile-of-the-waiting" says="the 99th percentile is that of those who wait"
def queue(rate, service, servers):
    """ln(100) / spare."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(100) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="wrong-tail" says="the percentile solves for 99 %"
def queue(rate, service, servers):
    """0.99 for 0.01."""
    load = rate * service
    rho = load / servers
    if rho >= 1:
        return {"utilisation": rho, "p_wait": 1.0, "mean_wait": math.inf, "p99_wait": math.inf}
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate
    p99 = math.log(p_wait / 0.99) / spare if p_wait > 0.99 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="erlang-c" kind="mistake" name="no-overload" says="an overloaded queue gets a probability or a wait that cannot be"
def queue(rate, service, servers):
    """Overload is not looked at."""
    load = rate * service
    rho = load / servers
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    p_wait = blocked / (1 - rho * (1 - blocked))
    spare = servers / service - rate or 1e-9
    p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0
    return {"utilisation": rho, "p_wait": p_wait, "mean_wait": p_wait / spare, "p99_wait": p99}


# %% exercise="scaling-plan" kind="alternative" name="hour-later"
plan = {"5 minutes": "reactive", "30 minutes": "both", "morning": "reactive", "storm from": 10, "cure": "count today"}


# %% exercise="scaling-plan" kind="alternative" name="from-the-table"
level = outcome.assign(late=outcome["waited > 5 s (%)"] > 1)
plan = {"morning": "reactive", "cure": "count today", "storm from": 9.0}
for start_up in (5, 30):
    rows = (
        level[level["start-up (min)"].isin(["any", start_up])]
        .groupby("policy")
        .agg({"late": "any", "server-hours": "sum"})
    )
    plan[f"{start_up} minutes"] = rows[~rows["late"]]["server-hours"].idxmin()


# %% exercise="scaling-plan" kind="mistake" name="cheapest" says="with a start-up of 5 minutes, `scheduled` breaks the level on 8 March"
plan = {"5 minutes": "scheduled", "30 minutes": "both", "morning": "reactive", "storm from": 9, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="peak" says="with a start-up of 5 minutes, `fixed` breaks the level on 8 March"
plan = {"5 minutes": "fixed", "30 minutes": "both", "morning": "reactive", "storm from": 9, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="belt-and-braces" says="with a start-up of 5 minutes, `both` keeps the level, and a cheaper policy"
plan = {"5 minutes": "both", "30 minutes": "both", "morning": "reactive", "storm from": 9, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="reactive-always" says="with a start-up of 30 minutes, `reactive` breaks the level on 2 October and on 8 March"
plan = {
    "5 minutes": "reactive",
    "30 minutes": "reactive",
    "morning": "reactive",
    "storm from": 9,
    "cure": "count today",
}


# %% exercise="scaling-plan" kind="mistake" name="schedule-for-slow-starts" says="with a start-up of 30 minutes, `scheduled` breaks the level on 8 March"
plan = {
    "5 minutes": "reactive",
    "30 minutes": "scheduled",
    "morning": "reactive",
    "storm from": 9,
    "cure": "count today",
}


# %% exercise="scaling-plan" kind="mistake" name="peak-for-slow-starts" says="with a start-up of 30 minutes, `fixed` breaks the level on 8 March"
plan = {"5 minutes": "reactive", "30 minutes": "fixed", "morning": "reactive", "storm from": 9, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="morning-scheduled" says="`scheduled` does not run through the grey area of 2 October"
plan = {"5 minutes": "reactive", "30 minutes": "both", "morning": "scheduled", "storm from": 9, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="morning-fixed" says="`fixed` does not run through the grey area of 2 October"
plan = {"5 minutes": "reactive", "30 minutes": "both", "morning": "fixed", "storm from": 9, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="where-fixed-breaks" says="from another hour on the grey area lies that far above the dashed line"
plan = {"5 minutes": "reactive", "30 minutes": "both", "morning": "reactive", "storm from": 13, "cure": "count today"}


# %% exercise="scaling-plan" kind="mistake" name="earlier" says="started half an hour sooner, the same servers are still too few"
plan = {"5 minutes": "reactive", "30 minutes": "both", "morning": "reactive", "storm from": 9, "cure": "start earlier"}


# %% exercise="scaling-plan" kind="mistake" name="longer" says="ten minutes more at the end of an hour do not help"
plan = {"5 minutes": "reactive", "30 minutes": "both", "morning": "reactive", "storm from": 9, "cure": "longer stay"}


# %% exercise="account-for" kind="equivalent" mutant="- for key, p in zip(part['flight'], part['p_late'], strict=True): | + for key, p in zip(part['flight'], part['p_late']):" reason="two columns of one frame are equally long"


# %% exercise="account-for" kind="equivalent" mutant="- for key, p in zip(part['flight'], part['p_late'], strict=True): | + for key, p in zip(part['flight'], part['p_late'], strict=False):" reason="two columns of one frame are equally long"


# %% exercise="account-for" kind="equivalent" mutant="- raise ValueError('; '.join((f\"{kind}: {', '.join(map(str, keys[:3]))}\" for kind, keys in problems.items() if keys))) | + raise ValueError('; '.join((f\"{kind}: {', '.join(map(str, keys[:]))}\" for kind, keys in problems.items() if keys)))" reason="the card asks for three keys at least"


# %% exercise="account-for" kind="equivalent" mutant="- raise ValueError('; '.join((f\"{kind}: {', '.join(map(str, keys[:3]))}\" for kind, keys in problems.items() if keys))) | + raise ValueError('; '.join((f\"{kind}: {', '.join(map(str, keys[:4]))}\" for kind, keys in problems.items() if keys)))" reason="the card asks for three keys at least"


# %% exercise="account-for" kind="equivalent" mutant="- raise ValueError('; '.join((f\"{kind}: {', '.join(map(str, keys[:3]))}\" for kind, keys in problems.items() if keys))) | + raise ValueError('; '.join((f\"{kind}: {', '.join(map(str, keys[:3]))}\" for kind, keys in problems.items())))" reason="a kind without keys is named with nothing behind it: every fault is still told"


# %% exercise="erlang-c" kind="equivalent" mutant="- p99 = math.log(p_wait / 0.01) / spare if p_wait > 0.01 else 0.0 | + p99 = math.log(p_wait / 0.01) / spare if p_wait >= 0.01 else 0.0" reason="at exactly 0.01 the logarithm is 0"


# %% exercise="scaling-plan" kind="equivalent" mutant="- plan = {'5 minutes': 'reactive', '30 minutes': 'both', 'morning': 'reactive', 'storm from': 9, 'cure': 'count today'} | + plan = {'5 minutes': 'reactive', '30 minutes': 'both', 'morning': 'reactive', 'storm from': 10, 'cure': 'count today'}" reason="one hour more or less counts as right"


# %% exercise="scaling-plan" kind="equivalent" mutant="- plan = {'5 minutes': 'reactive', '30 minutes': 'both', 'morning': 'reactive', 'storm from': 9, 'cure': 'count today'} | + plan = {'5 minutes': 'reactive', '30 minutes': 'both', 'morning': 'reactive', 'storm from': 8, 'cure': 'count today'}" reason="one hour more or less counts as right"
