# %% [markdown]
# Answers to `3-maintain.py`: never released.

# %% exercise="back-test" kind="alternative" name="dicts-and-dates"
def back_test(days, first, horizon, fit, policy):
    """Dates all the way: forecasts and truths in dicts."""
    truth = dict(zip(days["date"], days["ridership"].astype(float), strict=True))
    ahead = pd.Timedelta(days=horizon)
    forecasts, trained, own = {}, [], []
    evening = pd.Timestamp(first)
    while evening + ahead <= days["date"].iloc[-1]:
        known = {day: truth[day] - forecasts[day] for day in own if day <= evening}
        if not trained or policy(evening, pd.Series(known, dtype=float)):
            model = fit(days[days["date"] <= evening])
            trained.append(evening)
            own = []
        target = days[days["date"] == evening + ahead].drop(columns="ridership")
        forecasts[evening + ahead] = float(np.asarray(model(target))[0])
        own.append(evening + ahead)
        evening += pd.Timedelta(days=1)
    return pd.Series(forecasts), trained


# %% exercise="back-test" kind="alternative" name="one-error-series-per-model"
def back_test(days, first, horizon, fit, policy):
    """Keeps a list of (day, forecast) for each model; returns a list of numpy dates and an array-backed series."""
    rows = days.reset_index(drop=True)
    dates, features = rows["date"], rows[[c for c in rows.columns if c != "ridership"]]
    start = int(np.flatnonzero(dates == first)[0])
    made, trained = [[]], [dates[start]]
    model = fit(days.head(start + 1))
    for now in range(start, len(rows) - horizon):
        if now > start:
            seen = [(dates[i], rows["ridership"][i] - f) for i, f in made[-1] if i <= now]
            errors = pd.Series([e for _, e in seen], index=[d for d, _ in seen], dtype="float64")
            if bool(policy(pd.Timestamp(dates[now]), errors)):
                model = fit(days.head(now + 1))
                made.append([])
                trained.append(dates[now])
        made[-1].append((now + horizon, np.ravel(model(features.iloc[now + horizon : now + horizon + 1]))[0]))
    pairs = [pair for one in made for pair in one]
    return pd.Series([f for _, f in pairs], index=dates[[i for i, _ in pairs]].to_numpy()), np.array(trained)


# %% exercise="back-test" kind="mistake" name="trains-until-the-target" says="trained on entries that are not counted yet"
def back_test(days, first, horizon, fit, policy):
    """Trains on every day before the one to be forecast."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + 1)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[: now + horizon]), now
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="forgets-tonight" says="the entries of the evening itself are left out"
def back_test(days, first, horizon, fit, policy):
    """The slice ends a day early."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + 1)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[:now]), now
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="since-the-last-training" says="fit does not get all rows so far"
def back_test(days, first, horizon, fit, policy):
    """Trains on what is new since the last training only."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + 1)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model = fit(days.iloc[: now + 1] if since is None else days.iloc[since + 1 : now + 1])
            since = now
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="sees-future-errors" says="errors of days that have not come yet"
def back_test(days, first, horizon, fit, policy):
    """The policy gets the error of every forecast made so far, counted or not."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + horizon)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[: now + 1]), now
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="blames-the-new-model" says="errors of an earlier model's forecasts"
def back_test(days, first, horizon, fit, policy):
    """The policy gets the errors of all models."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    start = dates.get_loc(first)
    trained = []
    for now in range(start, len(days) - horizon):
        known = slice(start + horizon, now + 1)
        errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if not trained or policy(dates[now], errors):
            model = fit(days.iloc[: now + 1])
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="forecasts-first" says="comes into use an evening late"
def back_test(days, first, horizon, fit, policy):
    """Asks the policy after tonight's forecast."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since = dates.get_loc(first)
    model, trained = fit(days.iloc[: since + 1]), [dates[since]]
    for now in range(since, len(days) - horizon):
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
        if now > dates.get_loc(first):
            known = slice(since + horizon, now + 1)
            if policy(dates[now], pd.Series(actual[known] - forecast[known], index=dates[known])):
                model, since = fit(days.iloc[: now + 1]), now
                trained.append(dates[now])
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="shows-the-target" says="the model is shown the entries of the day"
def back_test(days, first, horizon, fit, policy):
    """Hands the whole row over."""
    dates = pd.DatetimeIndex(days["date"])
    actual = days["ridership"].to_numpy(float)
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + 1)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[: now + 1]), now
            trained.append(dates[now])
        forecast[now + horizon] = model(days.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="forecasts-tomorrow" says="another day than the first evening plus the horizon"
def back_test(days, first, horizon, fit, policy):
    """Forecasts the next day, not the one two weeks from now."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + 1, now + 1)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[: now + 1]), now
            trained.append(dates[now])
        forecast[now + 1] = model(features.iloc[[now + 1]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="back-test" kind="mistake" name="forecast-minus-truth" says="the sign of the errors is turned round"
def back_test(days, first, horizon, fit, policy):
    """Errors the other way round."""
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + 1)
            errors = pd.Series(forecast[known] - actual[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[: now + 1]), now
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained


# %% exercise="promote" kind="alternative" name="loop-over-draws"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """The recipe at its word: join blocks until there are n days."""
    gain = [float(a) - float(b) for a, b in zip(champion, challenger, strict=True)]
    n = len(gain)
    if n / block < 2:
        raise ValueError("too few days for a block bootstrap")
    rng, results, twice = np.random.default_rng(seed), [], np.array(gain + gain)
    for _ in range(draws):
        joined = []
        while len(joined) < n:
            start = int(rng.integers(n))
            joined.extend(twice[start : start + block])
        results.append(np.mean(joined[:n]))
    low, high = np.percentile(results, [50 - 50 * level, 50 + 50 * level])
    return dict(gain=float(np.mean(gain)), low=float(low), high=float(high), promote=low > worth)


# %% exercise="promote" kind="alternative" name="cumulative-sums"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """Sums of blocks from a cumulative sum of the series laid end to end."""
    gain = pd.Series(np.asarray(champion, dtype=float)) - pd.Series(np.asarray(challenger, dtype=float))
    n, blocks = gain.size, -(-gain.size // block)
    if n < block + block:
        raise ValueError(f"less than two blocks of {block} days")
    total = np.concatenate([[0.0], np.cumsum(np.tile(gain, 2))])
    lengths = np.full(blocks, block)
    lengths[-1] -= blocks * block - n
    rng = np.random.Generator(np.random.PCG64(seed))
    start = np.floor(rng.random((draws, blocks)) * n).astype(int)
    means = np.sort((total[start + lengths] - total[start]).sum(axis=1) / n)
    low, high = np.quantile(means, (1 - level) / 2), np.quantile(means, (1 + level) / 2)
    return {"promote": np.bool_(low > worth), "high": high, "low": low, "gain": gain.mean()}


# %% exercise="promote" kind="mistake" name="independent-days" says="days are drawn one by one"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """The bootstrap of module 03, with days as if they were independent."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    means = gain[np.random.default_rng(seed).integers(n, size=(draws, n))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="promote" kind="mistake" name="unpaired" says="the two models are drawn apart"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """Draws blocks for each model on its own."""
    a, b = np.asarray(champion, dtype=float), np.asarray(challenger, dtype=float)
    n, rng = len(a), np.random.default_rng(seed)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    means = []
    for loss in (a, b):
        starts = rng.integers(n, size=(draws, math.ceil(n / block)))
        drawn = (starts[:, :, None] + np.arange(block)) % n
        means.append(loss[drawn.reshape(draws, -1)[:, :n]].mean(axis=1))
    low, high = np.quantile(means[0] - means[1], [(1 - level) / 2, (1 + level) / 2])
    return {"gain": a.mean() - b.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="promote" kind="mistake" name="whole-tails" says="each tail holds all of 1 - level"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """5 % on each side for a level of 95 %."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    starts = np.random.default_rng(seed).integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [1 - level, level])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="promote" kind="mistake" name="no-wrap" says="days at the two ends are drawn too rarely"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """Blocks that fit in without going round."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    starts = np.random.default_rng(seed).integers(n - block + 1, size=(draws, math.ceil(n / block)))
    drawn = starts[:, :, None] + np.arange(block)
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="promote" kind="mistake" name="challenger-minus-champion" says="the sign is turned round"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """The difference the other way round."""
    gain = np.asarray(challenger, dtype=float) - np.asarray(champion, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    starts = np.random.default_rng(seed).integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="promote" kind="mistake" name="won-on-average" says="but the interval does not show it"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """Promotes what won."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    starts = np.random.default_rng(seed).integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(gain.mean() > worth)}


# %% exercise="promote" kind="mistake" name="better-than-nothing" says="shown to be better is not enough"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """Significant, so promoted."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    starts = np.random.default_rng(seed).integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > min(worth, 0))}


# %% exercise="promote" kind="mistake" name="any-length" says="fewer days than two blocks are taken for evidence"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """No question asked about how long the pilot was."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    starts = np.random.default_rng(seed).integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="promote" kind="mistake" name="unseeded" says="the same seed gives another interval"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """A generator without the seed."""
    gain = np.asarray(champion, dtype=float) - np.asarray(challenger, dtype=float)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"fewer than two blocks of {block}")
    starts = np.random.default_rng().integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}


# %% exercise="diagnose" kind="alternative" name="neighbours-and-fixed-tables"
def diagnose(log):
    """Temperatures against the neighbours within the hour; the clock by zoneinfo; runs by numpy."""
    from zoneinfo import ZoneInfo

    new_york, utc = ZoneInfo("America/New_York"), ZoneInfo("UTC")
    hour = log["asked"].dt.floor("h")
    lowest = log["temp"].groupby(hour).min()
    highest = log["temp"].groupby(hour).max()
    coldest = log["temp"].groupby([log["origin"], hour]).last().unstack(0)
    candidates = []
    for origin in ("EWR", "JFK", "LGA"):
        own = log[log["origin"] == origin]
        times = list(own["asked"])
        departs = pd.DatetimeIndex(times) + pd.Timedelta(hours=2)
        told = (own["hour"].to_numpy() - departs.tz_localize(utc).tz_convert(new_york).hour.to_numpy()) % 24
        if told.any():
            candidates.append(("clock", origin, times[int(np.argmax(told > 0))]))
        others = coldest.drop(columns=origin).min(axis=1)
        cold = others - coldest[origin]
        bad = cold[cold > 21.5]
        if len(bad) > 5 and (highest - lowest).max() > 21:
            at = times[int(np.argmax(own["asked"].dt.floor("h") >= bad.index[0]))]
            candidates.append(("unit", origin, at))
        wind = own["wind_speed"].to_numpy()
        changes = np.flatnonzero(wind[:-1] != wind[1:])
        first = changes[-1] + 1 if len(changes) else 0
        if times[-1] - times[first] > pd.Timedelta(hours=30):
            candidates.append(("stuck", origin, times[first]))
    if not candidates:
        return None
    fault, origin, first = candidates[0]
    rows = (log["origin"] == origin) & (log["asked"] >= first)
    return {"fault": fault, "origin": origin, "since": str(first.floor("h")), "flights": np.int64(rows.sum())}


# %% exercise="diagnose" kind="alternative" name="masks-over-the-whole-log"
def diagnose(log):
    """One column for each test over the whole log; twice the humidity that was reported."""
    local = log["asked"].dt.tz_localize("UTC").dt.tz_convert("America/New_York") + pd.Timedelta(hours=2)
    saturated = relative_humidity(log["temp"], log["dewp"]) > 2 * log["humid"]
    shifted = local.dt.hour.to_numpy() != log["hour"].to_numpy()
    found = []
    for name, mask in (("clock", shifted), ("unit", saturated.to_numpy())):
        if mask.any():
            found.append((name, log["origin"].to_numpy()[mask][0], log["asked"].to_numpy()[mask][0]))
    for origin in log["origin"].unique():
        own = log.loc[log["origin"] == origin, ["asked", "wind_speed"]]
        other = own[own["wind_speed"] != own["wind_speed"].iloc[-1]]
        tail = own if other.empty else own[own["asked"] > other["asked"].max()]
        if len(tail) and tail["asked"].max() - tail["asked"].min() >= pd.Timedelta("1D"):
            found.append(("stuck", origin, tail["asked"].min()))
    for name, origin, first in found:
        own = log["asked"][log["origin"] == origin]
        return {
            "flights": int((own >= first).sum()),
            "since": pd.Timestamp(first).tz_localize("UTC"),
            "origin": str(origin),
            "fault": name,
        }


# %% exercise="diagnose" kind="mistake" name="fixed-offset" says="the clock of a healthy log is called shifted"
def diagnose(log):
    """New York is five hours behind, always."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = asked + pd.Timedelta(hours=2) - pd.Timedelta(hours=5)
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="any-repeat" says="a wind that held for some hours"
def diagnose(log):
    """The same wind for an hour is stuck."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        spans = asked.groupby(run).transform("max") - asked.groupby(run).transform("min")
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": spans > pd.Timedelta(hours=3),
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="colder-than-before" says="a cold front is taken for a change of unit"
def diagnose(log):
    """A temperature far below the log's first day must be Celsius."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": own["temp"] < own["temp"].iloc[:100].mean() - 20,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="counts-everybody" says="flights counts the requests of all airports"
def diagnose(log):
    """Counts every request since then."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((log["asked"] >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="first-time-ever" says="the first time that this wind was ever seen"
def diagnose(log):
    """Looks for the stuck value anywhere in the log."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": (own["wind_speed"] == own["wind_speed"].iloc[-1]) & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="local-time" says="since is in New York's time"
def diagnose(log):
    """Reports the hour on the local clock."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        here = asked.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = here[rows].iloc[0]
                hit = int((here >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="start-of-the-log" says="since is the beginning of the log"
def diagnose(log):
    """Takes the first row of the airport."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                return {
                    "fault": fault,
                    "origin": origin,
                    "since": asked.iloc[0].floor("h"),
                    "flights": int(rows.sum()),
                }
    return None


# %% exercise="diagnose" kind="mistake" name="when-it-was-certain" says="since is not the hour of the first affected request"
def diagnose(log):
    """Reports when the fault had lasted for a day."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.iloc[-1]
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0] + pd.Timedelta(hours=24)
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="diagnose" kind="mistake" name="no-stuck-test" says="a broken feed is not found: stuck"
def diagnose(log):
    """Two tests of three."""
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": (relative_humidity(own["temp"], own["dewp"]) - own["humid"]).abs() > 40,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None


# %% exercise="night-in-order" kind="alternative" name="gates-first"
order = "BCIAEFG"

# %% exercise="night-in-order" kind="alternative" name="lower-case-tuple"
order = ("b", "c", "a", "i", "e", "f", "g")

# %% exercise="night-in-order" kind="mistake" name="restart-first" says="a restart empties the memory"
order = ["D", "B", "C", "A", "I", "E", "F", "G"]

# %% exercise="night-in-order" kind="mistake" name="retrain" says="the fault becomes part of the model"
order = ["B", "C", "A", "I", "E", "F", "G", "H"]

# %% exercise="night-in-order" kind="mistake" name="repair-before-stopgap" says="stop the harm first"
order = ["B", "C", "I", "E", "A", "F", "G"]

# %% exercise="night-in-order" kind="mistake" name="gates-last" says="the gates are told too late or never"
order = ["B", "C", "A", "E", "F", "G", "I"]

# %% exercise="night-in-order" kind="mistake" name="no-replay" says="counts again before a replay"
order = ["B", "C", "A", "I", "E", "G", "F"]

# %% exercise="night-in-order" kind="mistake" name="replay-first" says="it shows the fault once more"
order = ["B", "C", "F", "A", "I", "E", "G"]

# %% exercise="night-in-order" kind="mistake" name="blank-blindly" says="no step before it has made"
order = ["A", "B", "C", "I", "E", "F", "G"]

# %% exercise="night-in-order" kind="mistake" name="blank-for-ever" says="does not end with the column back in use"
order = ["B", "C", "A", "I", "E", "F"]

# %% exercise="night-in-order" kind="mistake" name="nobody-calls" says="nobody repairs the feed"
order = ["B", "C", "A", "I"]


# %% exercise="fast-counts" kind="alternative" name="broadcasting"
def fast_counts(flights):
    """All pairs of an airport at once."""
    start = flights["sched"].min()
    pieces = []
    for _, own in flights.groupby("origin"):
        sched = ((own["sched"] - start) / pd.Timedelta(minutes=1)).to_numpy()
        left = ((own["left"] - start) / pd.Timedelta(minutes=1)).to_numpy()
        out = []
        for part in np.array_split(np.arange(len(own)), len(own) // 500 + 1):
            now = sched[part, None] - 120
            due = (np.abs(sched - sched[part, None]) <= 30).sum(axis=1)
            gone = left < now
            waiting = ((sched >= now - 240) & (sched < now) & ~gone).sum(axis=1)
            lately = gone & (left >= now - 240)
            total = np.where(lately, np.nan_to_num(left - sched), 0).sum(axis=1)
            count = lately.sum(axis=1).astype(float)
            out.append(np.column_stack([due, waiting, total / np.where(count > 0, count, np.nan)]))
        pieces.append(pd.DataFrame(np.vstack(out), index=own.index, columns=["due", "waiting", "recent"]))
    return pd.concat(pieces).loc[flights.index].astype({"due": int, "waiting": int})


# %% exercise="fast-counts" kind="alternative" name="moments-of-events"
def fast_counts(flights):
    """Sorted moments at which a flight begins and ceases to wait, to be due, to be recent; int64 minutes; extra column."""
    minutes = flights["sched"].to_numpy().astype("datetime64[m]").astype(np.int64)
    left = flights["left"].to_numpy().astype("datetime64[m]")
    never = np.isnat(left)
    gone = np.where(never, np.iinfo(np.int64).max // 2, left.astype(np.int64))
    out = {name: np.zeros(len(flights)) for name in ("due", "waiting", "recent")}
    codes, _ = pd.factorize(flights["origin"])
    for code in range(codes.max() + 1):
        rows = np.where(codes == code)[0]
        s, g = minutes[rows], gone[rows]
        now = s - 120

        def below(values, x):
            return np.sort(values).searchsorted(x, side="left")

        out["due"][rows] = below(s, s + 31) - below(s, s - 30)
        waits = g >= s  # a flight that has left before its time never waits
        ends = np.minimum(g, s + 240)
        out["waiting"][rows] = below(s[waits], now) - below(ends[waits], now)
        flew = rows[~never[rows]]
        by_left = flew[np.argsort(gone[flew], kind="stable")]
        sums = np.concatenate([[0], np.cumsum(gone[by_left] - minutes[by_left])])
        a, b = gone[by_left].searchsorted(now - 240), gone[by_left].searchsorted(now)
        out["recent"][rows] = np.divide(
            sums[b] - sums[a], b - a, out=np.full(len(rows), np.nan), where=b > a, casting="unsafe"
        )
    return pd.DataFrame({**out, "origin": flights["origin"].to_numpy()}, index=flights.index)


# %% exercise="fast-counts" kind="mistake" name="apply-is-fast" says="not ten times as fast"
def fast_counts(flights):
    """apply instead of iterrows."""
    hour = pd.Timedelta(hours=1)

    def one(flight):
        now = flight["sched"] - 2 * hour
        airport = flights[flights["origin"] == flight["origin"]]
        around = (airport["sched"] >= flight["sched"] - hour / 2) & (airport["sched"] <= flight["sched"] + hour / 2)
        gone = airport["left"] < now
        waits = (airport["sched"] >= now - 4 * hour) & (airport["sched"] < now) & ~gone
        lately = (airport["left"] >= now - 4 * hour) & gone
        delays = (airport["left"][lately] - airport["sched"][lately]) / pd.Timedelta(minutes=1)
        return pd.Series({"due": around.sum(), "waiting": waits.sum(), "recent": delays.mean()})

    return flights.apply(one, axis=1)


# %% exercise="fast-counts" kind="mistake" name="cancelled-vanish" says="cancelled flights do not wait"
def fast_counts(flights):
    """left >= now is False for NaT."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)
    out["waiting"] = (own & (sched >= now - 240) & (sched < now) & (left >= now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="waits-for-ever" says="flights wait for ever"
def fast_counts(flights):
    """No lower end of the window."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)
    out["waiting"] = (own & (sched < now) & ~(left < now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="gone-on-the-minute" says="leaves exactly at T - 2 h"
def fast_counts(flights):
    """left <= now counts as gone."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)
    out["waiting"] = (own & (sched >= now - 240) & (sched < now) & ~(left <= now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="closed-window" says="scheduled exactly at T - 2 h does not wait yet"
def fast_counts(flights):
    """Both ends of the window included."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)
    out["waiting"] = (own & (sched >= now - 240) & (sched <= now) & ~(left < now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="one-big-airport" says="flights of other airports are counted"
def fast_counts(flights):
    """Forgets that there are three airports."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    now = sched[:, None] - 120
    lately = (left >= now - 240) & (left < now)
    out["due"] = (np.abs(sched - sched[:, None]) <= 30).sum(axis=1)
    out["waiting"] = ((sched >= now - 240) & (sched < now) & ~(left < now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="not-itself" says="due leaves out the flight itself"
def fast_counts(flights):
    """Counts the others only."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1) - 1
    out["waiting"] = (own & (sched >= now - 240) & (sched < now) & ~(left < now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="sorted-output" says="the rows come in another order"
def fast_counts(flights):
    """Sorts, and forgets to sort back."""
    flights = flights.sort_values("sched", kind="stable")
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)
    out["waiting"] = (own & (sched >= now - 240) & (sched < now) & ~(left < now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="sorted-values" says="the values are in order of departure, the index is not"
def fast_counts(flights):
    """Computes in order of time and glues the old index on."""
    index = flights.index
    flights = flights.sort_values("sched", kind="stable")
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out = pd.DataFrame({"due": (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)}, index=index)
    out["waiting"] = (own & (sched >= now - 240) & (sched < now) & ~(left < now)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
    return out


# %% exercise="fast-counts" kind="mistake" name="early-birds-subtracted" says="was never counted"
def fast_counts(flights):
    """Takes off whoever has left, also those who left before their time."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    all_sched, all_left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    for airport in flights["origin"].unique():
        rows = np.flatnonzero(flights["origin"] == airport)
        sched, left = all_sched[rows], all_left[rows]
        now = sched - 120
        due = np.searchsorted(np.sort(sched), sched + 30, "right") - np.searchsorted(np.sort(sched), sched - 30)
        end = np.fmin(left, sched + 240)
        waiting = np.searchsorted(np.sort(sched), now) - np.searchsorted(np.sort(end), now)
        lately = (left >= now[:, None] - 240) & (left < now[:, None])
        with np.errstate(invalid="ignore"):
            recent = np.where(lately, left - sched, 0).sum(axis=1) / lately.sum(axis=1)
        out.iloc[rows] = np.column_stack([due, waiting, recent])
    return out


# %% exercise="fast-counts" kind="mistake" name="zero-for-none" says="recent is a number where no flight left"
def fast_counts(flights):
    """Fills the gaps with 0."""
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    zero, minute = flights["sched"].min(), pd.Timedelta(minutes=1)
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    own = flights["origin"].to_numpy() == flights["origin"].to_numpy()[:, None]
    now = sched[:, None] - 120
    lately = own & (left >= now - 240) & (left < now)
    out["due"] = (own & (np.abs(sched - sched[:, None]) <= 30)).sum(axis=1)
    out["waiting"] = (own & (sched >= now - 240) & (sched < now) & ~(left < now)).sum(axis=1)
    out["recent"] = np.where(lately, left - sched, 0).sum(axis=1) / np.maximum(lately.sum(axis=1), 1)
    return out


# %% exercise="desk-metrics" kind="alternative" name="by-hand"
class DeskMetrics:
    """No helper of the library: inc, dec and a clock."""

    def __init__(self, registry):
        self.count = prometheus_client.Counter("desk_requests_total", "requests", ["outcome"], registry=registry)
        self.rows = prometheus_client.Counter("desk_flights_total", "flights", registry=registry)
        self.now = prometheus_client.Gauge("desk_in_flight", "in flight", registry=registry)
        edges = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, float("inf")]
        self.took = prometheus_client.Histogram("desk_request_seconds", "seconds", buckets=edges, registry=registry)
        self.age = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "trained", registry=registry)

    @contextmanager
    def request(self, n):
        """try, except, else, finally."""
        start, outcome = time.perf_counter(), "error"
        self.now.inc()
        try:
            yield self
            outcome = "ok"
        finally:
            self.now.dec()
            self.took.observe(time.perf_counter() - start)
            self.count.labels(outcome=outcome).inc()
            self.rows.inc(n if outcome == "ok" else 0)

    def trained(self, when):
        """Set."""
        self.model_time = when
        self.age.set(when)


# %% exercise="desk-metrics" kind="alternative" name="a-class-with-enter-and-exit"
class DeskMetrics:
    """A context manager written as a class; namespace and subsystem make the names."""

    class _Request:
        def __init__(self, owner, n):
            self.owner, self.n = owner, n

        def __enter__(self):
            self.start = time.monotonic()
            self.owner.gauge.inc()

        def __exit__(self, kind, error, trace):
            self.owner.gauge.dec()
            self.owner.histogram.observe(time.monotonic() - self.start)
            if kind is None:
                self.owner.ok.inc()
                self.owner.flights.inc(self.n)
            else:
                self.owner.failed.inc()
            return False

    def __init__(self, registry):
        common = {"namespace": "desk", "registry": registry}
        counter = prometheus_client.Counter("requests", "answered", ("outcome",), **common)
        self.ok, self.failed = counter.labels("ok"), counter.labels("error")
        self.flights = prometheus_client.Counter("flights", "forecast", **common)
        self.gauge = prometheus_client.Gauge("in_flight", "now", **common)
        self.histogram = prometheus_client.Histogram(
            "request", "took", unit="seconds", buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1), **common
        )
        self.trained = prometheus_client.Gauge("model_trained_timestamp_seconds", "when", **common).set

    def request(self, n):
        """One request."""
        return self._Request(self, n)


# %% exercise="desk-metrics" kind="mistake" name="gauge-for-a-sum" says="a counter, whose rate survives a restart"
class DeskMetrics:
    """A gauge can count too, can't it?"""

    def __init__(self, registry):
        self.requests = prometheus_client.Gauge("desk_requests_total", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Gauge("desk_flights_total", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """As it should be."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="summary-for-durations" says="durations need a histogram"
class DeskMetrics:
    """A Summary keeps a sum and a count."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        self.seconds = prometheus_client.Summary("desk_request_seconds", "x", registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """As it should be."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="counter-in-flight" says="a number that falls is no counter"
class DeskMetrics:
    """Counts requests that have begun."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Counter("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """Only up."""
        self.in_flight.inc()
        with self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="global-registry" says="cannot be made: the metrics are not on the registry"
class DeskMetrics:
    """The registry is not handed on."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"])
        self.flights = prometheus_client.Counter("desk_flights", "x")
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x")
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x")

    @contextmanager
    def request(self, n):
        """As it should be."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="counts-requests-as-flights" says="counts requests, not flights"
class DeskMetrics:
    """inc() without n."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """As it should be, but for one."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc()

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="no-finally" says="stays in flight for ever"
class DeskMetrics:
    """dec after the block, but not when it raises."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """No finally."""
        self.in_flight.inc()
        with self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
        self.in_flight.dec()
        self.requests.labels("ok").inc()
        self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="swallows" says="an exception inside the block is swallowed"
class DeskMetrics:
    """Counts the error and goes on."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """No raise."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except Exception:
                self.requests.labels("error").inc()
            else:
                self.requests.labels("ok").inc()
                self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="milliseconds" says="durations are in milliseconds"
class DeskMetrics:
    """1000 times too much."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """In milliseconds."""
        start = time.perf_counter()
        with self.in_flight.track_inprogress():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            else:
                self.requests.labels("ok").inc()
                self.flights.inc(n)
            finally:
                self.seconds.observe(1000 * (time.perf_counter() - start))

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="default-buckets" says="the bucket edges are not those of the card"
class DeskMetrics:
    """The library's buckets."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """As it should be."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="a-label-per-size" says="must have the one label outcome"
class DeskMetrics:
    """One time series for each number of flights."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome", "flights"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """As it should be, but for the label."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error", n).inc()
                raise
            self.requests.labels("ok", n).inc()
            self.flights.inc(n)

    def trained(self, when):
        """Set."""
        self.model.set(when)


# %% exercise="desk-metrics" kind="mistake" name="age" says="this is the model's age"
class DeskMetrics:
    """Exports how old the model is."""

    def __init__(self, registry):
        self.requests = prometheus_client.Counter("desk_requests", "x", ["outcome"], registry=registry)
        self.flights = prometheus_client.Counter("desk_flights", "x", registry=registry)
        self.in_flight = prometheus_client.Gauge("desk_in_flight", "x", registry=registry)
        edges = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
        self.seconds = prometheus_client.Histogram("desk_request_seconds", "x", buckets=edges, registry=registry)
        self.model = prometheus_client.Gauge("desk_model_trained_timestamp_seconds", "x", registry=registry)

    @contextmanager
    def request(self, n):
        """As it should be."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            self.requests.labels("ok").inc()
            self.flights.inc(n)

    def trained(self, when):
        """The age."""
        self.model.set(time.time() - when)


# %% exercise="fleet-quantile" kind="alternative" name="frames"
def fleet_quantile(q, before, after):
    """pandas: servers in rows, edges in columns."""
    if not after:
        return float("nan")
    now = pd.DataFrame(after, dtype=float).T.sort_index(axis=1)
    was = pd.DataFrame(before, dtype=float).T.reindex(index=now.index, columns=now.columns).fillna(0.0)
    fell = (now < was).any(axis=1)
    total = (now - was.mask(fell, 0.0)).sum()
    n = total.iloc[-1]
    if n <= 0:
        return float("nan")
    edge = (total >= q * n).idxmax()
    if np.isinf(edge):
        return float(total.index[-2])
    place = total.index.get_loc(edge)
    low = 0.0 if place == 0 else total.index[place - 1]
    below = 0.0 if place == 0 else total.iloc[place - 1]
    return low + (edge - low) * (q * n - below) / (total.iloc[place] - below)


# %% exercise="fleet-quantile" kind="alternative" name="plain-loops"
def fleet_quantile(q, before, after):
    """No library: plain counts for each bucket, walked through."""
    total = {}
    for server in after:
        old = before.get(server)
        if old is not None and any(after[server][edge] < old[edge] for edge in old):
            old = None
        for edge in after[server]:
            total[edge] = total.get(edge, 0) + after[server][edge] - (old[edge] if old else 0)
    edges = sorted(total)
    if not edges or not total[math.inf]:
        return math.nan
    rank, low, below = q * total[math.inf], 0.0, 0
    for edge in edges:
        if total[edge] >= rank:
            return low if edge == math.inf else low + (edge - low) * (rank - below) / (total[edge] - below)
        low, below = edge, total[edge]


# %% exercise="fleet-quantile" kind="mistake" name="since-the-start" says="counts since the start of the servers"
def fleet_quantile(q, before, after):
    """before is not used."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for _, buckets in after.items():
        total += np.array([buckets[edge] for edge in edges], dtype=float)
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="fleet-quantile" kind="mistake" name="mean-of-percentiles" says="percentiles of servers are averaged"
def fleet_quantile(q, before, after):
    """Right for each server, then the mean."""
    quantiles = []
    for server, buckets in after.items():
        edges = sorted(buckets)
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total = now if (now < was).any() else now - was
        if total[-1] == 0:
            continue
        rank = q * total[-1]
        place = int(np.searchsorted(total, rank))
        if place == len(edges) - 1:
            quantiles.append(edges[-2])
            continue
        low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
        quantiles.append(low + (edges[place] - low) * (rank - below) / (total[place] - below))
    return float(np.mean(quantiles)) if quantiles else math.nan


# %% exercise="fleet-quantile" kind="mistake" name="upper-edge" says="set to its bucket's edge"
def fleet_quantile(q, before, after):
    """No interpolation."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now if (now < was).any() else now - was
    if total[-1] == 0:
        return math.nan
    place = int(np.searchsorted(total, q * total[-1]))
    return edges[min(place, len(edges) - 2)]


# %% exercise="fleet-quantile" kind="mistake" name="cumulated-twice" says="cumulative buckets are summed up once more"
def fleet_quantile(q, before, after):
    """Takes the buckets for plain counts."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now if (now < was).any() else now - was
    total = np.cumsum(total)
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="fleet-quantile" kind="mistake" name="restart-left-out" says="a restarted server is left out"
def fleet_quantile(q, before, after):
    """Skips what looks odd."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        if not (now < was).any():
            total += now - was
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="fleet-quantile" kind="mistake" name="restart-taken-off" says="taken off though its counter began anew"
def fleet_quantile(q, before, after):
    """The plain difference."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now - was
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="fleet-quantile" kind="mistake" name="infinity" says="in the +Inf bucket nothing can be interpolated"
def fleet_quantile(q, before, after):
    """Infinity comes out."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now if (now < was).any() else now - was
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="fleet-quantile" kind="mistake" name="zero-for-idle" says="without requests in between there is no quantile"
def fleet_quantile(q, before, after):
    """Nobody asked, so 0 seconds."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now if (now < was).any() else now - was
    if total[-1] == 0:
        return 0.0
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="fleet-quantile" kind="mistake" name="lowest-edge" says="the lowest bucket begins at 0"
def fleet_quantile(q, before, after):
    """The lowest bucket has no lower edge, so its upper one is returned."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now if (now < was).any() else now - was
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place in (0, len(edges) - 1):
        return edges[0] if place == 0 else edges[-2]
    low, below = edges[place - 1], total[place - 1]
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))


# %% exercise="rate-test" kind="alternative" name="one-example-for-each-fault"
def rate_is_right(rate):
    """Asserts, each naming its fault."""
    close = lambda got, expected: got is not None and abs(got - expected) < 1e-4  # noqa: E731
    assert rate([]) is None
    assert rate([(7, 3)]) is None
    assert close(rate([(0, 100), (10, 110)]), 1), "first value"
    assert close(rate([(0, 0), (10, 100), (20, 60)]), 8), "restart"
    assert close(rate([(0, 50), (10, 50), (20, 60)]), 0.5), "level"
    assert close(rate([(0, 0), (1, 10), (10, 10)]), 1), "unequal steps"
    assert close(rate([(0, 0), (1, 8), (2, 2), (3, 1), (4, 9)]), 19 / 4), "two restarts"
    return True


# %% exercise="rate-test" kind="alternative" name="against-an-own-rate-on-random-counters"
def rate_is_right(rate):
    """Simulates a counter, knows what it counted, and compares."""
    rng = np.random.default_rng(0)
    for _ in range(40):
        n = int(rng.integers(2, 9))
        times = np.cumsum(rng.integers(1, 30, n))
        value, total, samples = int(rng.integers(1, 50)), 0, []
        for place, when in enumerate(times):
            if place and rng.random() < 0.4 and value > 1:
                value = int(rng.integers(0, value))
                total += value
            elif place and rng.random() < 0.7:
                grown = int(rng.integers(1, 40))
                value, total = value + grown, total + grown
            samples.append((int(when), value))
        if not np.isclose(float(rate(samples)), total / (times[-1] - times[0]), rtol=1e-4):
            return np.False_
    return np.bool_(rate([]) is None and rate([(1, 1)]) is None)


# %% exercise="rate-test" kind="mistake" name="no-restart" says="goes negative at a restart passes"
def rate_is_right(rate):
    """Only counters that grow."""
    grows = math.isclose(rate([(0, 5), (4, 5), (10, 25)]), 2.0, rel_tol=1e-6)
    return grows and rate([]) is None and rate([(3, 8)]) is None


# %% exercise="rate-test" kind="mistake" name="not-negative" says="takes the absolute difference at a restart passes"
def rate_is_right(rate):
    """A rate must not be negative."""
    grows = math.isclose(rate([(0, 5), (4, 5), (10, 25)]), 2.0, rel_tol=1e-6)
    return grows and rate([(0, 90), (10, 5)]) >= 0 and rate([]) is None and rate([(3, 8)]) is None


# %% exercise="rate-test" kind="mistake" name="equal-steps" says="averages the steps' rates passes"
def rate_is_right(rate):
    """Every step ten seconds."""
    cases = [
        ([(0, 10), (10, 30), (20, 5)], 1.25),
        ([(0, 7), (10, 7), (20, 27)], 1.0),
        ([(0, 5), (10, 2), (20, 9), (30, 3)], 12 / 30),
    ]
    short = rate([]) is None and rate([(3, 8)]) is None
    return short and all(math.isclose(rate(samples), expected, rel_tol=1e-6) for samples, expected in cases)


# %% exercise="rate-test" kind="mistake" name="exact" says="refused for its last digits"
def rate_is_right(rate):
    """Compares by ==."""
    cases = [
        ([(0, 10), (10, 30), (25, 6)], 26 / 25),
        ([(100, 7), (104, 7), (110, 27)], 2.0),
        ([(0, 5), (1, 2), (2, 9), (7, 3)], 12 / 7),
    ]
    return rate([]) is None and rate([(3, 8)]) is None and all(rate(samples) == expected for samples, expected in cases)


# %% exercise="rate-test" kind="mistake" name="one-restart" says="understands only the first restart passes"
def rate_is_right(rate):
    """A single restart."""
    cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0)]
    short = rate([]) is None and rate([(3, 8)]) is None
    return short and all(math.isclose(rate(samples), expected, rel_tol=1e-6) for samples, expected in cases)


# %% exercise="rate-test" kind="mistake" name="never-level" says="takes a level stretch for a restart passes"
def rate_is_right(rate):
    """No two equal values."""
    cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)]
    short = rate([]) is None and rate([(3, 8)]) is None
    return short and all(math.isclose(rate(samples), expected, rel_tol=1e-6) for samples, expected in cases)


# %% exercise="rate-test" kind="mistake" name="forgets-the-short" says="0.0 for too few samples passes"
def rate_is_right(rate):
    """Long lists only."""
    cases = [
        ([(0, 10), (10, 30), (25, 5)], 1.0),
        ([(100, 7), (104, 7), (110, 27)], 2.0),
        ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8),
    ]
    return all(math.isclose(rate(samples), expected, rel_tol=1e-6) for samples, expected in cases)


# %% exercise="rate-test" kind="mistake" name="forgets-the-empty" says="fails for an empty list passes"
def rate_is_right(rate):
    """One sample, but no empty list."""
    cases = [
        ([(0, 10), (10, 30), (25, 5)], 1.0),
        ([(100, 7), (104, 7), (110, 27)], 2.0),
        ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8),
    ]
    return rate([(3, 8)]) is None and all(
        math.isclose(rate(samples), expected, rel_tol=1e-6) for samples, expected in cases
    )


# %% exercise="rate-test" kind="mistake" name="refuses-all" says="says False to every rate"
def rate_is_right(rate):
    """Expects the extrapolation of Prometheus."""
    return math.isclose(rate([(0, 10), (10, 30), (25, 5)]), 1.2, rel_tol=1e-6)


# %% exercise="rate-test" kind="mistake" name="prints" says="does not answer True or False"
def rate_is_right(rate):
    """Prints the verdict."""
    print(rate([(0, 10), (10, 30), (25, 5)]) == 1.0)


# %% exercise="promote" kind="equivalent" mutant="- drawn = (starts[:, :, None] + np.arange(block)) % n | + drawn = (starts[:, :, None] - np.arange(block)) % n" reason="a block that runs backwards round a circle is drawn as often"

# %% exercise="promote" kind="equivalent" mutant="- means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1) | + means = gain[drawn.reshape(draws, -2)[:, :n]].mean(axis=1)" reason="numpy takes any negative length for the one to be worked out"

# %% exercise="diagnose" kind="equivalent" mutant="- long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24) | + long = asked[last].iloc[-1] - asked[last].iloc[0] >= pd.Timedelta(hours=24)" reason="any limit between what is normal and what the card says of a fault is right"

# %% exercise="diagnose" kind="equivalent" mutant="- long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24) | + long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=25)" reason="any limit between what is normal and what the card says of a fault is right"

# %% exercise="diagnose" kind="equivalent" mutant="- long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24) | + long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=23)" reason="any limit between what is normal and what the card says of a fault is right"

# %% exercise="diagnose" kind="equivalent" mutant="- affected = {'clock': own['hour'] != local.dt.hour, 'unit': relative_humidity(own['temp'], own['dewp']) - own['humid'] > 40, 'stuck': last & long} | + affected = {'clock': own['hour'] != local.dt.hour, 'unit': relative_humidity(own['temp'], own['dewp']) - own['humid'] >= 40, 'stuck': last & long}" reason="any limit between what is normal and what the card says of a fault is right"

# %% exercise="diagnose" kind="equivalent" mutant="- affected = {'clock': own['hour'] != local.dt.hour, 'unit': relative_humidity(own['temp'], own['dewp']) - own['humid'] > 40, 'stuck': last & long} | + affected = {'clock': own['hour'] != local.dt.hour, 'unit': relative_humidity(own['temp'], own['dewp']) - own['humid'] > 41, 'stuck': last & long}" reason="any limit between what is normal and what the card says of a fault is right"

# %% exercise="diagnose" kind="equivalent" mutant="- affected = {'clock': own['hour'] != local.dt.hour, 'unit': relative_humidity(own['temp'], own['dewp']) - own['humid'] > 40, 'stuck': last & long} | + affected = {'clock': own['hour'] != local.dt.hour, 'unit': relative_humidity(own['temp'], own['dewp']) - own['humid'] > 39, 'stuck': last & long}" reason="any limit between what is normal and what the card says of a fault is right"

# %% exercise="night-in-order" kind="equivalent" mutant="- order = ['B', 'C', 'A', 'I', 'E', 'F', 'G'] | + order = ['B', 'C', 'I', 'A', 'E', 'F', 'G']" reason="the gates may be told before the column is blanked"

# %% exercise="fast-counts" kind="equivalent" mutant="- zero = flights['sched'].min() | + zero = flights['sched'].max()" reason="minutes may be counted from any moment"

# %% exercise="fast-counts" kind="equivalent" mutant="- end = np.sort(np.maximum(sched, np.fmin(left, sched + 240))) | + end = np.sort(np.maximum(np.fmin(left, sched + 240), sched))" reason="maximum and fmin are symmetric"

# %% exercise="fast-counts" kind="equivalent" mutant="- end = np.sort(np.maximum(sched, np.fmin(left, sched + 240))) | + end = np.sort(np.maximum(sched, np.fmin(sched + 240, left)))" reason="maximum and fmin are symmetric"

# %% exercise="fast-counts" kind="equivalent" mutant="- with np.errstate(invalid='ignore'): | + with np.errstate():" reason="only a warning is silenced"

# %% exercise="fast-counts" kind="equivalent" mutant="- with np.errstate(invalid='ignore'): | - recent = (total[stop] - total[start]) / (stop - start) | + recent = (total[stop] - total[start]) / (stop - start)" reason="only a warning is silenced"

# %% exercise="desk-metrics" kind="equivalent" mutant="+ self.flights.inc(n) | - self.flights.inc(n)" reason="the order of the two counts does not matter"

# %% exercise="fleet-quantile" kind="equivalent" mutant="- edges = sorted(next(iter(after.values()), {math.inf: 0})) | + edges = sorted(next(iter(after.values()), {math.inf: 1}))" reason="edges alone are taken from this dict"

# %% exercise="fleet-quantile" kind="equivalent" mutant="- now = np.array([buckets[edge] for edge in edges], dtype=float) | + now = np.array([buckets[edge] for edge in edges])" reason="whole counts and floats give the same sums"

# %% exercise="fleet-quantile" kind="equivalent" mutant="- was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float) | + was = np.array([before.get(server, {}).get(edge, 0) for edge in edges])" reason="whole counts and floats give the same sums"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 10), (10, 30), (25, 5)], 1.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (9, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (11, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8), ([(100, 7), (104, 7), (110, 27)], 2.0)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (105, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (103, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 6), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 4), (1, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (2, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (0, 2), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 3), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 1), (2, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (3, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8)] | + cases = [([(0, 10), (10, 30), (25, 5)], 1.0), ([(100, 7), (104, 7), (110, 27)], 2.0), ([(0, 5), (1, 2), (1, 9), (8, 3)], 12 / 8)]" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- short = rate([]) is None and rate([(3, 8)]) is None | + short = rate([]) is None and rate([(4, 8)]) is None" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- short = rate([]) is None and rate([(3, 8)]) is None | + short = rate([]) is None and rate([(2, 8)]) is None" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- short = rate([]) is None and rate([(3, 8)]) is None | + short = rate([]) is None and rate([(3, 9)]) is None" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- short = rate([]) is None and rate([(3, 8)]) is None | + short = rate([]) is None and rate([(3, 7)]) is None" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- return short and all((math.isclose(rate(samples), expected, rel_tol=1e-06) for samples, expected in cases)) | + return short and all((math.isclose(rate(samples), expected) for samples, expected in cases))" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- return short and all((math.isclose(rate(samples), expected, rel_tol=1e-06) for samples, expected in cases)) | + return short and all((math.isclose(expected, rate(samples), rel_tol=1e-06) for samples, expected in cases))" reason="another sample or tolerance that tells right from wrong as well"

# %% exercise="rate-test" kind="equivalent" mutant="- return short and all((math.isclose(rate(samples), expected, rel_tol=1e-06) for samples, expected in cases)) | + return short and all((math.isclose(rate(samples), expected, rel_tol=2e-06) for samples, expected in cases))" reason="another sample or tolerance that tells right from wrong as well"

# %% [markdown] explain="runbook" kind="sample" points=5
# ALARM: rebookings at one airport look off, a feed may be broken.
#
# Meaning: one of our inputs is wrong. One bad column costs next to nothing (all three we tried stayed within 120 dollars of the usual
# 22,582 per 1,000 flights). If the whole board is gone it is 33,623. So look which one it is before you run.
#
# 1. save_log() before you touch anything, never restart first
# 2. diagnose(log). If you don't trust it: compute humidity out of temp and dewp, more than 40 points off = somebody sends Celsius. hour vs.
#    our own UTC clock +2h converted to New York, any difference = clock. Wind the same for over a day (record is 13 hours) = stuck sensor.
# 3. Blank the column. Stay on the model! The rule costs 25,487, that's 2,900 more than the fault.
#    Board dead: the rule is dead too (it reads the board). Spare model.
# 4. Ring the gates with airport and hour since when.
# 5. Weather provider for Celsius, technician for the sensor, schedule people for the clock.
# 6. Replay the saved log through the repaired feed, same values? Then unblank.
#
# Tomorrow: recompute the flights that were hit, make the failed check a metric, don't train on these days.
#
# *Symptom and harm 1: what it means and costs with numbers. Diagnosis 1: three checks, each with what it compares and a limit. Stop-gap 1:
# blank and keep, priced against the rule, and the dead board. People and order 1: owner for each fault, gates with since when, log first.
# End and after 1: replay, and the next day's work.*

# %% [markdown] explain="runbook" kind="sample" points=3
# If the alarm fires, a feed of one airport is sending wrong data and passengers are rebooked who need not be.
#
# 1. Save the log.
# 2. Check temperature (is it Celsius? compare with the humidity, should be within 23 points), the clock against the server clock in New York
#    time and whether the wind stands still for more than a day.
# 3. Set the column to missing and keep the model running, because falling back to the rule costs 2,900 dollars more per 1,000 flights.
# 4. Call the provider of the feed. Tell Dele that forecasts since the fault are not to be trusted.
# 5. When the feed is fine again, remove the blank.
#
# *Symptom and harm ½: what it means, but no cost. Diagnosis 1: three checks with limits. Stop-gap ½: the blank and its reason in dollars,
# nothing for a dead board. People and order 1: log first, gates with the time since, the feed's owner (one line for all faults is enough here
# because each feed has one). End and after 0: "when the feed is fine again" is the "until it works again" of the table.*

# %% [markdown] explain="runbook" kind="sample" points=1.5
# The model has a problem with the data of an airport. This can cost money: with a dead board 33,623 dollars per 1,000 flights.
#
# First restart the service, often this helps. If not, look at the logs and see whether temperature, wind or time look strange. Switch to the
# rule as a fallback, it is the safe choice until the feed is repaired. Inform the gates and the owner of the feed. When it is repaired compare
# the new values with the log and switch back to the model, and the next day recompute the wrong forecasts.
#
# *Symptom and harm ½: a number, but the model has no problem, a feed has. Diagnosis 0: "look strange" without what to compare. Stop-gap 0: the
# rule, and a restart. People and order 0: the gates without since when, and the restart has emptied the log. End and after 1: compares
# with the log before switching back, recomputes next day.*

# %% [markdown] explain="runbook" kind="sample" points=0.5
# Don't panic. Check the monitoring dashboards and the logs for anomalies and find the root cause. Depending on the severity escalate to the
# responsible team. Fall back to the previous version of the model or to the rule until everything works again. Document the incident and write
# a post mortem so that it does not happen again, for example add a test for the feed.
#
# *Symptom and harm 0, diagnosis 0, stop-gap 0, people and order 0: true of every service, and nobody can act on it. End and after ½: a test for
# the feed is added the next day; "until everything works again" is no condition.*


# %% exercise="rate-test" kind="mistake" name="always-true" says="says True to every rate"
def rate_is_right(rate):
    return True


# %% exercise="rate-test" kind="mistake" name="always-raises" says="raises, whatever it is given"
def rate_is_right(rate):
    return rate == [(0, 10), (10, 30)][2]


# %% exercise="rate-test" kind="alternative" name="assertions"
def rate_is_right(rate):
    """Asserts, and True at the end: a failed assertion raises, which counts as False."""
    assert rate([]) is None and rate([(0, 1)]) is None
    for samples, right in (
        ([(0, 10), (10, 30), (25, 5)], 1.0),
        ([(5, 3), (6, 3), (15, 23)], 2.0),
        ([(0, 4), (10, 1), (20, 3), (40, 2), (45, 2)], 5 / 45),
        ([(0, 1), (1, 100), (2, 50)], 149 / 2),
    ):
        assert abs(rate(samples) - right) < 1e-9
    return True


# %% exercise="diagnose" kind="alternative" name="colder-than-its-dew-point"
def diagnose(log):
    for air in log["origin"].unique():
        d = log[log["origin"] == air].reset_index(drop=True)
        ny = d["asked"].dt.tz_localize("UTC") + pd.Timedelta(hours=2)
        want = ny.dt.tz_convert("America/New_York").dt.hour
        k = None
        bad = np.flatnonzero(want.to_numpy() != d["hour"].to_numpy())
        if len(bad):
            k, f = bad[0], "clock"
        bad = np.flatnonzero(d["temp"].to_numpy() < d["dewp"].to_numpy() - 0.5)
        if len(bad):
            k, f = bad[0], "unit"
        w = d["wind_speed"].to_numpy()
        i = len(w) - 1
        while i > 0 and w[i - 1] == w[-1]:
            i -= 1
        if d["asked"][len(w) - 1] - d["asked"][i] >= pd.Timedelta(hours=20):
            k, f = i, "stuck"
        if k is not None:
            return {"fault": f, "origin": air, "since": d["asked"][k].floor("h"), "flights": len(d) - int(k)}


# %% exercise="diagnose" kind="mistake" name="counts-odd-readings" says="whose reading is missing was asked as well"
def diagnose(log):
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.max()
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        aff = {
            "clock": own["hour"] != local.dt.hour,
            "unit": relative_humidity(own["temp"], own["dewp"]) - own["humid"] > 40,
            "stuck": last & long,
        }
        for f, r in aff.items():
            if r.any():
                return {"fault": f, "origin": origin, "since": asked[r].iloc[0].floor("h"), "flights": int(r.sum())}


# %% exercise="fast-counts" kind="alternative" name="bisect"
def fast_counts(flights):
    import bisect

    out = {}
    base = flights["sched"].min()
    S = ((flights["sched"] - base).dt.total_seconds() / 60).tolist()
    L = ((flights["left"] - base).dt.total_seconds() / 60).tolist()
    O = flights["origin"].tolist()
    per = {}
    for s, l, o in zip(S, L, O):
        per.setdefault(o, []).append((s, l))
    pre = {}
    for o, rows in per.items():
        s = sorted(a for a, _ in rows)
        ends = sorted(max(a, min(b, a + 240) if b == b else a + 240) for a, b in rows)
        fl = sorted((b, b - a) for a, b in rows if b == b)
        cum = [0.0]
        for _, d in fl:
            cum.append(cum[-1] + d)
        pre[o] = s, ends, [b for b, _ in fl], cum
    res = []
    for s, o in zip(S, O):
        ss, ends, lf, cum = pre[o]
        now = s - 120
        due = bisect.bisect_right(ss, s + 30) - bisect.bisect_left(ss, s - 30)
        wait = bisect.bisect_left(ss, now) - bisect.bisect_left(ends, now)
        a, b = bisect.bisect_left(lf, now - 240), bisect.bisect_left(lf, now)
        res.append((due, wait, (cum[b] - cum[a]) / (b - a) if b > a else float("nan")))
    return pd.DataFrame(res, columns=["due", "waiting", "recent"], index=flights.index)


# %% exercise="fast-counts" kind="alternative" name="a-grid-of-minutes"
def fast_counts(flights):
    out = pd.DataFrame({"recent": np.nan, "due": 0, "waiting": 0}, index=flights.index)
    zero = min(flights["sched"].min(), flights["left"].min()) - pd.Timedelta(days=1)
    S = ((flights["sched"] - zero) // pd.Timedelta(minutes=1)).to_numpy()
    L = ((flights["left"] - zero) / pd.Timedelta(minutes=1)).to_numpy()
    n = int(max(S.max(), np.nanmax(L))) + 2000
    for o in flights["origin"].unique():
        k = (flights["origin"] == o).to_numpy()
        s, l = S[k], L[k]
        cs = np.r_[0, np.bincount(s, minlength=n).cumsum()]
        ok = ~np.isnan(l)
        cl = np.r_[0, np.bincount(l[ok].astype(int), minlength=n).cumsum()]
        cd = np.r_[0, np.bincount(l[ok].astype(int), weights=(l - s)[ok], minlength=n).cumsum()]
        e = np.where(ok, np.clip(l, s, s + 240), s + 240).astype(int)
        ce = np.r_[0, np.bincount(e, minlength=n).cumsum()]
        now = s - 120
        out.loc[k, "due"] = cs[s + 31] - cs[s - 30]
        out.loc[k, "waiting"] = cs[now] - ce[now]
        m = cl[now] - cl[now - 240]
        with np.errstate(all="ignore"):
            out.loc[k, "recent"] = (cd[now] - cd[now - 240]) / m
    return out


# %% exercise="desk-metrics" kind="mistake" name="shares-n-and-start" says="get mixed up"
class DeskMetrics:
    def __init__(self, registry):
        from prometheus_client import Counter, Gauge, Histogram

        self.r = Counter("desk_requests_total", "r", ["outcome"], registry=registry)
        self.f = Counter("desk_flights_total", "f", registry=registry)
        self.i = Gauge("desk_in_flight", "i", registry=registry)
        self.s = Histogram(
            "desk_request_seconds",
            "s",
            buckets=[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, float("inf")],
            registry=registry,
        )
        self.m = Gauge("desk_model_trained_timestamp_seconds", "m", registry=registry)

    def trained(self, when):
        self.m.set(when)

    def request(self, n):
        self.n = n
        return self

    def __enter__(self):
        self.i.inc()
        self.t = time.time()

    def __exit__(self, kind, *a):
        self.i.dec()
        self.s.observe(time.time() - self.t)
        self.r.labels("error" if kind else "ok").inc()
        if not kind:
            self.f.inc(self.n)


# %% exercise="promote" kind="mistake" name="fixed-starts" says="blocks start on every block-th day only"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    gain = np.subtract(champion, challenger)
    n = len(gain)
    if n < 2 * block:
        raise ValueError("block too long")
    rng = np.random.default_rng(seed)
    m = np.array(
        [
            np.concatenate(
                [
                    gain.take(range(s, s + block), mode="wrap")
                    for s in rng.choice(range(0, n, block), math.ceil(n / block))
                ]
            )[:n].mean()
            for _ in range(draws)
        ]
    )
    lo, hi = np.quantile(m, [(1 - level) / 2, (1 + level) / 2])
    return {"gain": gain.mean(), "low": lo, "high": hi, "promote": lo > worth}


# %% exercise="back-test" kind="mistake" name="a-series-for-a-frame" says="does not get a frame with one row"
def back_test(days, first, horizon, fit, policy):
    days = days.reset_index(drop=True)
    i0 = days.index[days.date == first][0]
    fc = {}
    trained = []
    since = None
    for i in range(i0, len(days) - horizon):
        go = since is None or policy(
            days.date[i],
            pd.Series(
                {days.date[j]: days.ridership[j] - fc[days.date[j]] for j in range(since + horizon, i + 1)}, dtype=float
            ),
        )
        if go:
            m = fit(days[: i + 1])
            since = i
            trained.append(days.date[i])
        fc[days.date[i + horizon]] = m(days.drop(columns=["ridership"]).loc[i + horizon])[0]
    return pd.Series(fc), trained


# %% exercise="back-test" kind="mistake" name="tonight-s-error-left-out" says="the error of the evening itself is left out"
def back_test(days, first, horizon, fit, policy):
    days = days.reset_index(drop=True)
    i0 = days.index[days.date == first][0]
    fc = {}
    trained = []
    since = None
    for i in range(i0, len(days) - horizon):
        go = since is None or policy(
            days.date[i],
            pd.Series(
                {days.date[j]: days.ridership[j] - fc[days.date[j]] for j in range(since + horizon, i)}, dtype=float
            ),
        )
        if go:
            m = fit(days[: i + 1])
            since = i
            trained.append(days.date[i])
        fc[days.date[i + horizon]] = m(days.drop(columns=["ridership"]).loc[i + horizon : i + horizon])[0]
    return pd.Series(fc), trained


# %% exercise="back-test" kind="mistake" name="one-evening-short" says="the last evening is another"
def back_test(days, first, horizon, fit, policy):
    days = days.reset_index(drop=True)
    i0 = days.index[days.date == first][0]
    fc = {}
    trained = []
    since = None
    for i in range(i0, len(days) - horizon - 1):
        go = since is None or policy(
            days.date[i],
            pd.Series(
                {days.date[j]: days.ridership[j] - fc[days.date[j]] for j in range(since + horizon, i + 1)}, dtype=float
            ),
        )
        if go:
            m = fit(days[: i + 1])
            since = i
            trained.append(days.date[i])
        fc[days.date[i + horizon]] = m(days.drop(columns=["ridership"]).loc[i + horizon : i + horizon])[0]
    return pd.Series(fc), trained


# %% exercise="back-test" kind="alternative" name="a-list-for-the-pair"
def back_test(days, first, horizon, fit, policy):
    days = days.reset_index(drop=True)
    i0 = days.index[days.date == first][0]
    fc = {}
    trained = []
    since = None
    for i in range(i0, len(days) - horizon):
        if since is None:
            go = True
        else:
            idx = [j for j in range(since + horizon, i + 1)]
            go = policy(
                days.date[i],
                pd.Series(
                    [days.ridership[j] - fc[days.date[j]] for j in idx],
                    index=pd.DatetimeIndex([days.date[j] for j in idx]),
                ),
            )
        if go:
            m = fit(days[: i + 1])
            since = i
            trained.append(days.date[i])
        fc[days.date[i + horizon]] = m(days.drop(columns=["ridership"]).loc[i + horizon : i + horizon])[0]
    return [pd.Series(fc), trained]


# %% exercise="back-test" kind="mistake" name="arrays-for-numbers" says="an array of one number"
def back_test(days, first, horizon, fit, policy):
    days = days.reset_index(drop=True)
    i0 = days.index[days.date == first][0]
    fc = []
    dd = []
    trained = []
    since = None
    F = days.drop(columns=["ridership"])
    for i in range(i0, len(days) - horizon):
        if since is None:
            go = True
        else:
            s = pd.Series([float(x) for x in np.concatenate(fc)], index=dd)
            r = days.set_index("date")["ridership"]
            e = r.loc[days.date[since + horizon] : days.date[i]] - s.loc[days.date[since + horizon] : days.date[i]]
            go = policy(days.date[i], e)
        if go:
            m = fit(days[: i + 1])
            since = i
            trained.append(days.date[i])
        fc.append(m(F.iloc[i + horizon : i + horizon + 1]))
        dd.append(days.date[i + horizon])
    return pd.Series(fc, index=dd), trained


# %% exercise="fleet-quantile" kind="mistake" name="restart-by-total" says="a restart is seen in the total alone"
def fleet_quantile(q, before, after):
    """Takes the +Inf count alone for the sign of a restart."""
    a = pd.DataFrame(after).sort_index()
    if a.empty:
        return math.nan
    b = pd.DataFrame(before).reindex(index=a.index, columns=a.columns).fillna(0)
    again = a.iloc[-1] < b.iloc[-1]
    b.loc[:, again] = 0
    d = (a - b).sum(axis=1)
    if d.iloc[-1] == 0:
        return math.nan
    rank = q * d.iloc[-1]
    k, e = int((d >= rank).to_numpy().argmax()), d.index.to_list()
    if e[k] == math.inf:
        return e[k - 1]
    low, below = (e[k - 1], d.iloc[k - 1]) if k else (0, 0)
    return low + (e[k] - low) * (rank - below) / (d.iloc[k] - below)


# %% exercise="fleet-quantile" kind="mistake" name="restart-by-bucket" says="judged bucket by bucket"
def fleet_quantile(q, before, after):
    """Takes off what can be taken off, bucket by bucket."""
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += np.where(now < was, now, now - was)
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))
