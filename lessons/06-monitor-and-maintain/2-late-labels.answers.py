# %% [markdown]
# Answers to `2-late-labels.py`: never released.

# %% exercise="predict-bias" kind="alternative" name="built-with-dict"
prediction = dict(known="about 1 in 4", late="less than half", all="about the same", older="the same", nine="higher")

# %% exercise="predict-bias" kind="alternative" name="measured"
clock = log["sched_dep"].dt.tz_localize("America/New_York")


def look(day, hour, oldest, youngest=0):
    now = pd.Timestamp(f"{day} {hour}", tz="America/New_York")
    return (clock >= now - pd.Timedelta(hours=oldest)) & (clock < now - pd.Timedelta(hours=youngest)), now


def totals(hour, oldest, youngest=0):
    rows = []
    for day in pd.date_range("2013-09-03", "2013-12-30", freq="3D").strftime("%Y-%m-%d"):
        window, now = look(day, hour, oldest, youngest)
        part = log[window & log["arrived"].notna()]
        known = part[part["arrived"] <= now]
        rows.append((len(part), part["late"].sum(), part["forecast"].sum(), len(known), known["late"].sum()))
    return np.sum(rows, axis=0)


n, late, forecast, known, late_known = totals("18:00", 4)
old, morning = totals("18:00", 48, 24), totals("09:00", 24)
prediction = {
    "known": "about 1 in 4" if 0.1 < known / n < 0.5 else "about 3 in 4",
    "late": "less than half" if late_known / known < 0.5 * late / n else "about the same",
    "all": "about the same" if abs(forecast / late - 1) < 0.2 else "more than twice",
    "older": "the same" if old[0] == old[3] else "lower",
    "nine": "higher" if morning[4] / morning[3] > morning[1] / morning[0] else "lower",
}

# %% exercise="predict-bias" kind="mistake" name="most-are-known" says="hours after departure"
prediction = {
    "known": "about 3 in 4",
    "late": "less than half",
    "all": "about the same",
    "older": "the same",
    "nine": "higher",
}

# %% exercise="predict-bias" kind="mistake" name="a-sample-is-a-sample" says="late flights arrive late"
prediction = {
    "known": "about 1 in 4",
    "late": "about the same",
    "all": "about the same",
    "older": "the same",
    "nine": "higher",
}

# %% exercise="predict-bias" kind="mistake" name="with-tomas" says="what was bent is the sample, not the model"
prediction = {
    "known": "about 1 in 4",
    "late": "less than half",
    "all": "more than twice",
    "older": "the same",
    "nine": "higher",
}

# %% exercise="predict-bias" kind="mistake" name="bent-for-ever" says="after a day every flight that ever arrives"
prediction = {
    "known": "about 1 in 4",
    "late": "less than half",
    "all": "about the same",
    "older": "lower",
    "nine": "higher",
}

# %% exercise="predict-bias" kind="mistake" name="always-too-low" says="this morning's, the punctual ones"
prediction = {
    "known": "about 1 in 4",
    "late": "less than half",
    "all": "about the same",
    "older": "the same",
    "nine": "lower",
}

# %% exercise="predict-bias" kind="mistake" name="other-words" says="is not one of its options"
prediction = {"known": "about 1 in 4", "late": "lower", "all": "about the same", "older": "the same", "nine": "higher"}


# %% exercise="known-at" kind="alternative" name="standard-library-loop"
def known_at(log, now, hours):
    """Row by row, in seconds since 1970."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    end = datetime.fromisoformat(now).replace(tzinfo=zone).timestamp()
    counts = {"scheduled": 0, "known": 0, "late": 0}
    for left, arrived, late in zip(log["sched_dep"], log["arrived"], log["late"], strict=True):
        if end - 3600 * hours <= left.to_pydatetime().replace(tzinfo=zone).timestamp() < end:
            counts["scheduled"] += 1
            if not pd.isna(arrived) and arrived.timestamp() <= end:
                counts["known"] += 1
                counts["late"] += bool(late)
    return counts


# %% exercise="known-at" kind="alternative" name="all-in-plain-utc"
def known_at(log, now, hours):
    """Everything in UTC without a zone, then two tables."""
    end = pd.Timestamp(now).tz_localize("America/New_York").tz_convert("UTC").tz_localize(None)
    table = log.assign(
        left=log["sched_dep"].dt.tz_localize("America/New_York").dt.tz_convert("UTC").dt.tz_localize(None),
        came=log["arrived"].dt.tz_localize(None),
    )
    window = table[(table["left"] < end) & (table["left"] >= end - pd.Timedelta(hours=hours))]
    known = window.dropna(subset=["came"])
    known = known[known["came"] <= end]
    return {"scheduled": len(window), "known": len(known), "late": known["late"].astype(int).sum()}


# %% exercise="known-at" kind="alternative" name="arrivals-in-new-york"
def known_at(log, now, hours):
    """Arrivals are brought to New York's clock instead."""
    end = pd.Timestamp(now, tz="America/New_York")
    age = end - log["sched_dep"].dt.tz_localize("America/New_York")
    window = log[(age > pd.Timedelta(0)) & (age <= pd.Timedelta(hours=hours))]
    known = window["arrived"].dt.tz_convert("America/New_York").le(end)
    return {"scheduled": window.shape[0], "known": known.sum(), "late": window.loc[known, "late"].sum()}


# %% exercise="known-at" kind="mistake" name="all-labels" says="every flight of the window counts as known"
def known_at(log, now, hours):
    """Takes the table as it is today."""
    now = pd.Timestamp(now, tz="America/New_York")
    left = log["sched_dep"].dt.tz_localize("America/New_York")
    window = log[(left >= now - pd.Timedelta(hours=hours)) & (left < now)]
    return {"scheduled": len(window), "known": len(window), "late": int(window["late"].sum())}


# %% exercise="known-at" kind="mistake" name="labels-of-tomorrow" says="labels from after now are used"
def known_at(log, now, hours):
    """Leaves out what never arrived, but looks into the future."""
    now = pd.Timestamp(now, tz="America/New_York")
    left = log["sched_dep"].dt.tz_localize("America/New_York")
    window = log[(left >= now - pd.Timedelta(hours=hours)) & (left < now)]
    known = window[window["arrived"].notna()]
    return {"scheduled": len(window), "known": len(known), "late": int(known["late"].sum())}


# %% exercise="known-at" kind="mistake" name="cancelled-are-on-time" says="a flight that never arrived counts as known"
def known_at(log, now, hours):
    """Not later than now is not the same as at now or before."""
    now = pd.Timestamp(now, tz="America/New_York")
    left = log["sched_dep"].dt.tz_localize("America/New_York")
    scheduled = (left >= now - pd.Timedelta(hours=hours)) & (left < now)
    known = scheduled & ~(log["arrived"] > now)
    return {"scheduled": int(scheduled.sum()), "known": int(known.sum()), "late": int((known & log["late"]).sum())}


# %% exercise="known-at" kind="mistake" name="zone-thrown-away" says="times of two clocks are compared"
def known_at(log, now, hours):
    """Strips the zone to make the comparison work."""
    now = pd.Timestamp(now)
    left = log["sched_dep"].dt.tz_localize("America/New_York")
    end = now.tz_localize("America/New_York")
    scheduled = (left >= end - pd.Timedelta(hours=hours)) & (left < end)
    known = scheduled & (log["arrived"].dt.tz_localize(None) <= now)
    return {"scheduled": int(scheduled.sum()), "known": int(known.sum()), "late": int((known & log["late"]).sum())}


# %% exercise="known-at" kind="mistake" name="departures-as-utc" says="sched_dep is read as UTC"
def known_at(log, now, hours):
    """Gives the departures the zone of the arrivals."""
    now = pd.Timestamp(now, tz="America/New_York")
    left = log["sched_dep"].dt.tz_localize("UTC")
    scheduled = (left >= now - pd.Timedelta(hours=hours)) & (left < now)
    known = scheduled & (log["arrived"] <= now)
    return {"scheduled": int(scheduled.sum()), "known": int(known.sum()), "late": int((known & log["late"]).sum())}


# %% exercise="known-at" kind="mistake" name="winter-all-year" says="five hours behind UTC all year"
def known_at(log, now, hours):
    """A fixed offset."""
    now = pd.Timestamp(now).tz_localize("Etc/GMT+5")
    left = log["sched_dep"].dt.tz_localize("Etc/GMT+5")
    scheduled = (left >= now - pd.Timedelta(hours=hours)) & (left < now)
    known = scheduled & (log["arrived"] <= now)
    return {"scheduled": int(scheduled.sum()), "known": int(known.sum()), "late": int((known & log["late"]).sum())}


# %% exercise="known-at" kind="mistake" name="clock-face-hours" says="counted on the clock's face"
def known_at(log, now, hours):
    """Cuts the window without zones."""
    here = pd.Timestamp(now)
    scheduled = (log["sched_dep"] >= here - pd.Timedelta(hours=hours)) & (log["sched_dep"] < here)
    known = scheduled & (log["arrived"] <= here.tz_localize("America/New_York"))
    return {"scheduled": int(scheduled.sum()), "known": int(known.sum()), "late": int((known & log["late"]).sum())}


# %% exercise="known-at" kind="mistake" name="no-window" says="the window is ignored"
def known_at(log, now, hours):
    """Everything up to now."""
    now = pd.Timestamp(now, tz="America/New_York")
    scheduled = log["sched_dep"].dt.tz_localize("America/New_York") < now
    known = scheduled & (log["arrived"] <= now)
    return {"scheduled": int(scheduled.sum()), "known": int(known.sum()), "late": int((known & log["late"]).sum())}


# %% exercise="known-at" kind="mistake" name="shares" says="numbers of flights, not shares"
def known_at(log, now, hours):
    """Divides."""
    now = pd.Timestamp(now, tz="America/New_York")
    left = log["sched_dep"].dt.tz_localize("America/New_York")
    scheduled = (left >= now - pd.Timedelta(hours=hours)) & (left < now)
    known = scheduled & (log["arrived"] <= now)
    return {
        "scheduled": int(scheduled.sum()),
        "known": known.sum() / scheduled.sum(),
        "late": log["late"][known].mean(),
    }


# %% exercise="observed-expected" kind="alternative" name="pandas-groupby"
def observed_over_expected(days, late, p, level=0.95):
    """A frame, grouped by day."""
    table = pd.DataFrame({"day": list(days), "o": list(late), "e": list(p)}).dropna(subset=["o"])
    by_day = table.groupby("day")[["o", "e"]].sum()
    if len(by_day) < 2 or by_day["o"].sum() == 0:
        raise ValueError("too little is known")
    ratio = by_day["o"].sum() / by_day["e"].sum()
    rest = by_day["o"] - ratio * by_day["e"]
    # the residuals sum to zero, so their sample variance is sum of squares over m - 1
    s = np.sqrt(len(by_day)) * rest.std(ddof=1) / by_day["o"].sum()
    low, high = stats.lognorm.interval(level, s, scale=ratio)
    return {"ratio": ratio, "low": low, "high": high}.values()


# %% exercise="observed-expected" kind="alternative" name="statsmodels"
def observed_over_expected(days, late, p, level=0.95):
    """A Poisson regression with an offset; standard errors clustered by day."""
    late, p = np.array(late, dtype=float), np.array(p, dtype=float)
    known = np.isfinite(late)
    day = pd.factorize(np.array(days)[known])[0]
    if day.max(initial=0) < 1 or not late[known].any():
        raise ValueError("no interval")
    fit = sm.GLM(late[known], np.ones(known.sum()), family=sm.families.Poisson(), offset=np.log(p[known]))
    fit = fit.fit(cov_type="cluster", cov_kwds={"groups": day})
    return tuple(np.exp([fit.params[0], *fit.conf_int(1 - level)[0]]))


# %% exercise="observed-expected" kind="alternative" name="dict-loop"
def observed_over_expected(days, late, p, level=0.95):
    """Plain Python."""
    from math import exp, isnan, sqrt
    from statistics import NormalDist

    sums = {}
    for day, label, chance in zip(days, late, p, strict=True):
        if not isnan(label):
            o, e = sums.get(day, (0.0, 0.0))
            sums[day] = (o + label, e + chance)
    total, wanted = sum(o for o, _ in sums.values()), sum(e for _, e in sums.values())
    if total == 0 or len(sums) == 1:
        raise ValueError("no late flight, or one day")
    ratio = total / wanted
    squares = sum((o - ratio * e) ** 2 for o, e in sums.values())
    half = NormalDist().inv_cdf(0.5 + level / 2) * sqrt(squares * len(sums) / (len(sums) - 1)) / total
    return [ratio, ratio * exp(-half), ratio * exp(half)]


# %% exercise="observed-expected" kind="mistake" name="expects-the-unknown" says="expected but not observed"
def observed_over_expected(days, late, p, level=0.95):
    """nansum on one side only."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    _, day = np.unique(np.asarray(days), return_inverse=True)
    observed, expected = np.bincount(day, np.nan_to_num(late)), np.bincount(day, p)
    m = len(observed)
    ratio = observed.sum() / expected.sum()
    rest = observed - ratio * expected
    width = stats.norm.ppf((1 + level) / 2) * np.sqrt(m / (m - 1) * (rest**2).sum()) / observed.sum()
    return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="observed-expected" kind="mistake" name="nan-everywhere" says="makes the result NaN"
def observed_over_expected(days, late, p, level=0.95):
    """Forgets what is not known."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    _, day = np.unique(np.asarray(days), return_inverse=True)
    observed, expected = np.bincount(day, late), np.bincount(day, p)
    m = len(observed)
    ratio = observed.sum() / expected.sum()
    rest = observed - ratio * expected
    width = stats.norm.ppf((1 + level) / 2) * np.sqrt(m / (m - 1) * (rest**2).sum()) / observed.sum()
    return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="observed-expected" kind="mistake" name="upside-down" says="this is expected over observed"
def observed_over_expected(days, late, p, level=0.95):
    """The ratio turned round."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    known = ~np.isnan(late)
    _, day = np.unique(np.asarray(days)[known], return_inverse=True)
    observed, expected = np.bincount(day, late[known]), np.bincount(day, p[known])
    m = len(observed)
    ratio = expected.sum() / observed.sum()
    rest = expected - ratio * observed
    width = stats.norm.ppf((1 + level) / 2) * np.sqrt(m / (m - 1) * (rest**2).sum()) / expected.sum()
    return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="observed-expected" kind="mistake" name="mean-of-daily-ratios" says="the ratios of the days are averaged"
def observed_over_expected(days, late, p, level=0.95):
    """One ratio for each day, then their mean and its standard error."""
    table = pd.DataFrame({"day": list(days), "o": list(late), "e": list(p)}).dropna()
    if table["o"].sum() == 0 or table["day"].nunique() < 2:
        raise ValueError
    sums = table.groupby("day")[["o", "e"]].sum()
    ratios = sums["o"] / sums["e"]
    half = stats.norm.ppf((1 + level) / 2) * ratios.sem()
    return ratios.mean(), ratios.mean() - half, ratios.mean() + half


# %% exercise="observed-expected" kind="mistake" name="independent-flights" says="flights are taken as independent"
def observed_over_expected(days, late, p, level=0.95):
    """The binomial error of the sum."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    known = ~np.isnan(late)
    late, p = late[known], p[known]
    ratio = late.sum() / p.sum()
    width = stats.norm.ppf((1 + level) / 2) * np.sqrt((p * (1 - p)).sum()) / late.sum()
    return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="observed-expected" kind="mistake" name="plain-scale" says="plus and minus on the plain scale"
def observed_over_expected(days, late, p, level=0.95):
    """Symmetric around the ratio."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    known = ~np.isnan(late)
    _, day = np.unique(np.asarray(days)[known], return_inverse=True)
    observed, expected = np.bincount(day, late[known]), np.bincount(day, p[known])
    m = len(observed)
    ratio = observed.sum() / expected.sum()
    rest = observed - ratio * expected
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(m / (m - 1) * (rest**2).sum()) / expected.sum()
    return ratio, ratio - half, ratio + half


# %% exercise="observed-expected" kind="mistake" name="always-95" says="the argument level is ignored"
def observed_over_expected(days, late, p, level=0.95):
    """1.96 by heart."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    known = ~np.isnan(late)
    _, day = np.unique(np.asarray(days)[known], return_inverse=True)
    observed, expected = np.bincount(day, late[known]), np.bincount(day, p[known])
    m = len(observed)
    if m < 2 or observed.sum() == 0:
        raise ValueError
    ratio = observed.sum() / expected.sum()
    rest = observed - ratio * expected
    width = 1.96 * np.sqrt(m / (m - 1) * (rest**2).sum()) / observed.sum()
    return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="observed-expected" kind="mistake" name="whole-tails" says="each tail holds all of 1 - level"
def observed_over_expected(days, late, p, level=0.95):
    """The one-sided quantile."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    known = ~np.isnan(late)
    _, day = np.unique(np.asarray(days)[known], return_inverse=True)
    observed, expected = np.bincount(day, late[known]), np.bincount(day, p[known])
    m = len(observed)
    if m < 2 or observed.sum() == 0:
        raise ValueError
    ratio = observed.sum() / expected.sum()
    rest = observed - ratio * expected
    width = stats.norm.ppf(level) * np.sqrt(m / (m - 1) * (rest**2).sum()) / observed.sum()
    return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="observed-expected" kind="mistake" name="no-late-flight-no-error" says="without a single late flight"
def observed_over_expected(days, late, p, level=0.95):
    """Divides by zero, and numpy only warns."""
    late, p = np.asarray(late, dtype=float), np.asarray(p, dtype=float)
    known = ~np.isnan(late)
    _, day = np.unique(np.asarray(days)[known], return_inverse=True)
    observed, expected = np.bincount(day, late[known]), np.bincount(day, p[known])
    m = len(observed)
    ratio = observed.sum() / expected.sum()
    rest = observed - ratio * expected
    with np.errstate(all="ignore"):
        width = stats.norm.ppf((1 + level) / 2) * np.sqrt(m / np.float64(m - 1) * (rest**2).sum()) / observed.sum()
        return ratio, ratio * np.exp(-width), ratio * np.exp(width)


# %% exercise="cusum" kind="alternative" name="closed-form-by-segments"
def cusum(x, target, k, h):
    """A walk less its lowest point so far, from one alarm to the next."""
    away = np.asarray(x, dtype=float) - target
    up, down, alarms, start = np.empty(len(away)), np.empty(len(away)), [], 0
    while start < len(away):
        for sums, step in ((up, away - k), (down, -away - k)):
            walk = np.cumsum(np.r_[0.0, np.nan_to_num(step[start:])])
            sums[start:] = (walk - np.minimum.accumulate(walk))[1:]
        over = np.flatnonzero(np.maximum(up, down)[start:] > h)
        if not len(over):
            break
        t = start + int(over[0])
        alarms.append((t, "up" if up[t] > down[t] else "down"))
        start = t + 1
    return up, down, alarms


# %% exercise="cusum" kind="alternative" name="generator-and-lists"
def cusum(x, target, k, h):
    """A generator over days; lists of pairs."""

    def walk():
        sums = [0, 0]
        for t, value in enumerate(list(x)):
            if value == value:
                sums = [max(s + sign * (value - target) - k, 0) for s, sign in zip(sums, (1, -1), strict=True)]
            side = next((name for s, name in zip(sums, ("up", "down"), strict=True) if s > h), None)
            yield sums, (t, side)
            if side:
                sums = [0, 0]

    days = list(walk())
    return [s[0] for s, _ in days], [s[1] for s, _ in days], [list(a) for _, a in days if a[1]]


# %% exercise="cusum" kind="alternative" name="pandas-rows"
def cusum(x, target, k, h):
    """A frame of sums."""
    sums = pd.DataFrame(0.0, index=range(len(x)), columns=["up", "down"])
    u, d, alarms = 0.0, 0.0, []
    for t, value in pd.Series(list(x), dtype=float).items():
        if pd.notna(value):
            u, d = np.clip([u + value - target - k, d - value + target - k], 0, None)
        sums.loc[t] = u, d
        if max(u, d) > h:
            alarms += [(t, sums.loc[t].idxmax())]
            u, d = 0.0, 0.0
    return sums["up"], sums["down"], alarms


# %% exercise="cusum" kind="mistake" name="never-restarts" says="the sums run on after an alarm"
def cusum(x, target, k, h):
    """No restart."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        if not np.isnan(value):
            u, d = max(0.0, u + value - target - k), max(0.0, d + target - value - k)
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="rises-only" says="a fall raises no alarm"
def cusum(x, target, k, h):
    """The second sum is kept and never looked at."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        if not np.isnan(value):
            u, d = max(0.0, u + value - target - k), max(0.0, d + target - value - k)
        up.append(u)
        down.append(d)
        if u > h:
            alarms.append((t, "up"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="zero-on-the-day" says="the sum that raised it is to be returned"
def cusum(x, target, k, h):
    """Resets before it writes down."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        if not np.isnan(value):
            u, d = max(0.0, u + value - target - k), max(0.0, d + target - value - k)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
        up.append(u)
        down.append(d)
    return np.array(up), np.array(down), alarms


# %% [markdown]
# Restarting only the side that alarmed is no mistake: with an allowance k >= 0 the two sums are never both above zero when
# one of them is above h (their total falls by 2k while both are positive), so the other sum is zero already.


# %% exercise="cusum" kind="mistake" name="credit" says="a sum falls below zero"
def cusum(x, target, k, h):
    """Forgets the floor."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        if not np.isnan(value):
            u, d = u + value - target - k, d + target - value - k
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="no-allowance" says="the allowance k is not subtracted"
def cusum(x, target, k, h):
    """k is forgotten."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        if not np.isnan(value):
            u, d = max(0.0, u + value - target), max(0.0, d + target - value)
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="own-mean" says="replaced by the mean of x"
def cusum(x, target, k, h):
    """Centres the stream on itself."""
    u = d = 0.0
    up, down, alarms = [], [], []
    x = np.asarray(x, dtype=float)
    for t, value in enumerate(x - np.nanmean(x)):
        if not np.isnan(value):
            u, d = max(0.0, u + value - k), max(0.0, d - value - k)
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="poisoned" says="makes the sums NaN"
def cusum(x, target, k, h):
    """np.maximum carries NaN on."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        u, d = np.maximum(0.0, u + value - target - k), np.maximum(0.0, d + target - value - k)
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="filled-with-zero" says="is taken as the value 0"
def cusum(x, target, k, h):
    """fillna(0)."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.nan_to_num(np.asarray(x, dtype=float))):
        u, d = max(0.0, u + value - target - k), max(0.0, d + target - value - k)
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="drops-days" says="up and down are not as long as x"
def cusum(x, target, k, h):
    """dropna: positions no longer fit."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(pd.Series(list(x), dtype=float).dropna()):
        u, d = max(0.0, u + value - target - k), max(0.0, d + target - value - k)
        up.append(u)
        down.append(d)
        if u > h or d > h:
            alarms.append((t, "up" if u > h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="cusum" kind="mistake" name="at-least" says="a sum equal to h raises an alarm"
def cusum(x, target, k, h):
    """At least instead of above."""
    u = d = 0.0
    up, down, alarms = [], [], []
    for t, value in enumerate(np.asarray(x, dtype=float)):
        if not np.isnan(value):
            u, d = max(0.0, u + value - target - k), max(0.0, d + target - value - k)
        up.append(u)
        down.append(d)
        if u >= h or d >= h:
            alarms.append((t, "up" if u >= h else "down"))
            u = d = 0.0
    return np.array(up), np.array(down), alarms


# %% exercise="threshold-for" kind="alternative" name="uses-cusum"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """Year by year, with the last exercise's function."""
    rng, z, highest = np.random.default_rng(seed), list(z), []
    for _ in range(draws):
        year = []
        while len(year) < days:
            start = rng.integers(len(z) - block + 1)
            year += z[start : start + block]
        up, down, _ = cusum(year[:days], 0, k, np.inf)
        highest.append(max(up.max(), down.max()))
    return np.quantile(highest, 1 - chance)


# %% exercise="threshold-for" kind="alternative" name="closed-form"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """All blocks as a table of windows; sums as a walk less its minimum."""
    blocks = np.lib.stride_tricks.sliding_window_view(np.asarray(z, dtype=float), block)
    rng = np.random.RandomState(seed)
    picked = rng.choice(len(blocks), (draws, int(np.ceil(days / block))), replace=True)
    years = blocks[picked].reshape(draws, -1)[:, :days]

    def highest(steps):
        walk = np.hstack([np.zeros((draws, 1)), steps.cumsum(axis=1)])
        return (walk - np.minimum.accumulate(walk, axis=1)).max(axis=1)

    return np.percentile(np.maximum(highest(years - k), highest(-years - k)), 100 * (1 - chance))


# %% exercise="threshold-for" kind="mistake" name="independent-days" says="are days drawn one by one"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """The plain bootstrap."""
    years = np.random.default_rng(seed).choice(np.asarray(z, dtype=float), (draws, days))
    up, down, highest = np.zeros((3, draws))
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
        highest = np.maximum(highest, np.maximum(up, down))
    return float(np.quantile(highest, 1 - chance))


# %% exercise="threshold-for" kind="mistake" name="upper-side-only" says="only the upper sum"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """Half of the alarms."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng(seed)
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, highest = np.zeros((2, draws))
    for day in years.T:
        up = np.maximum(0, up + day - k)
        highest = np.maximum(highest, up)
    return float(np.quantile(highest, 1 - chance))


# %% exercise="threshold-for" kind="mistake" name="wrong-end" says="the quantile is that of chance"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """The other tail."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng(seed)
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, down, highest = np.zeros((3, draws))
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
        highest = np.maximum(highest, np.maximum(up, down))
    return float(np.quantile(highest, chance))


# %% exercise="threshold-for" kind="mistake" name="last-day" says="the last day's sum is taken"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """Looks at the end of the year only."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng(seed)
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, down = np.zeros((2, draws))
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
    return float(np.quantile(np.maximum(up, down), 1 - chance))


# %% exercise="threshold-for" kind="mistake" name="quantile-of-days" says="all days go into the quantile"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """One day in ten alarms, not one year in ten."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng(seed)
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, down, seen = np.zeros(draws), np.zeros(draws), []
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
        seen.append(np.maximum(up, down))
    return float(np.quantile(seen, 1 - chance))


# %% exercise="threshold-for" kind="mistake" name="worst-year" says="the highest value of all years"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """To be on the safe side."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng(seed)
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, down, highest = np.zeros((3, draws))
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
        highest = np.maximum(highest, np.maximum(up, down))
    return float(highest.max())


# %% exercise="threshold-for" kind="mistake" name="one-seed" says="the argument seed is ignored"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """A seed of its own."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng(42)
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, down, highest = np.zeros((3, draws))
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
        highest = np.maximum(highest, np.maximum(up, down))
    return float(np.quantile(highest, 1 - chance))


# %% exercise="threshold-for" kind="mistake" name="unseeded" says="the same seed gives another threshold"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    """No seed."""
    z, rng = np.asarray(z, dtype=float), np.random.default_rng()
    starts = rng.integers(0, len(z) - block + 1, (draws, -(-days // block)))
    years = z[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :days]]
    up, down, highest = np.zeros((3, draws))
    for day in years.T:
        up, down = np.maximum(0, up + day - k), np.maximum(0, down - day - k)
        highest = np.maximum(highest, np.maximum(up, down))
    return float(np.quantile(highest, 1 - chance))


# %% exercise="page-hinkley" kind="alternative" name="river"
class PageHinkley:
    """A coat around the library."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.inner = drift.PageHinkley(
            min_instances=min_instances, delta=delta, threshold=threshold, alpha=alpha, mode="up"
        )

    def update(self, x):
        if np.isnan(x) or np.isinf(x):
            raise ValueError("not a number")
        self.inner.update(float(x))
        return self.inner.drift_detected


# %% exercise="page-hinkley" kind="alternative" name="keeps-the-values"
class PageHinkley:
    """Keeps what came since the start and computes everything anew: slow, and plainly right."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.settings, self.values = (delta, threshold, alpha, min_instances), []

    def update(self, x):
        if not -np.inf < x < np.inf:
            raise ValueError("finite numbers only")
        delta, threshold, alpha, least = self.settings
        self.values = [*self.values, float(x)]
        means = np.cumsum(self.values) / np.arange(1, len(self.values) + 1)
        s, path = 0.0, []
        for step in np.array(self.values) - means - delta:
            s = alpha * s + step
            path.append(s)
        if len(path) < least or path[-1] - min(path) <= threshold:
            return np.False_
        self.values = []
        return np.True_


# %% exercise="page-hinkley" kind="alternative" name="generator"
class PageHinkley:
    """The state lives in a generator."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        def run():
            answer = False
            while True:
                n = total = s = 0
                lowest = float("inf")
                answer = yield answer
                while True:
                    n, total = n + 1, total + answer
                    s = alpha * s + (answer - total / n) - delta
                    lowest = s if s < lowest else lowest
                    if n >= min_instances and s - lowest > threshold:
                        answer = True
                        break
                    answer = yield False

        self.state = run()
        next(self.state)

    def update(self, x):
        if x != x or abs(x) == float("inf"):
            raise ValueError(x)
        return self.state.send(x)


# %% exercise="page-hinkley" kind="mistake" name="old-mean" says="compared with the mean before it"
class PageHinkley:
    """Deviation first, then the mean."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.restart()

    def restart(self):
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.s = self.alpha * self.s + x - self.mean - self.delta
        self.mean += (x - self.mean) / self.n
        self.lowest = min(self.lowest, self.s)
        alarm = self.n >= self.min_instances and self.s - self.lowest > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="never-anew" says="it alarms again and again"
class PageHinkley:
    """Goes on after an alarm."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s = self.alpha * self.s + x - self.mean - self.delta
        self.lowest = min(self.lowest, self.s)
        return bool(self.n >= self.min_instances and self.s - self.lowest > self.threshold)


# %% exercise="page-hinkley" kind="mistake" name="keeps-the-mean" says="after an alarm the old mean is kept"
class PageHinkley:
    """Restarts the sum, not the mean."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s = self.alpha * self.s + x - self.mean - self.delta
        self.lowest = min(self.lowest, self.s)
        alarm = self.n >= self.min_instances and self.s - self.lowest > self.threshold
        if alarm:
            self.s, self.lowest = 0.0, np.inf
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="no-minimum" says="S itself is compared with the threshold"
class PageHinkley:
    """Forgets M."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.restart()

    def restart(self):
        self.n, self.mean, self.s = 0, 0.0, 0.0

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s = self.alpha * self.s + x - self.mean - self.delta
        alarm = self.n >= self.min_instances and self.s > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="impatient" says="before min_instances values have come"
class PageHinkley:
    """Ignores min_instances."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha = delta, threshold, alpha
        self.restart()

    def restart(self):
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s = self.alpha * self.s + x - self.mean - self.delta
        self.lowest = min(self.lowest, self.s)
        alarm = self.s - self.lowest > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="no-fading" says="the argument alpha is ignored"
class PageHinkley:
    """alpha is stored and never used."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.restart()

    def restart(self):
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s += x - self.mean - self.delta
        self.lowest = min(self.lowest, self.s)
        alarm = self.n >= self.min_instances and self.s - self.lowest > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="fades-everything" says="alpha fades the new deviation too"
class PageHinkley:
    """The bracket is too wide."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.restart()

    def restart(self):
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s = self.alpha * (self.s + x - self.mean - self.delta)
        self.lowest = min(self.lowest, self.s)
        alarm = self.n >= self.min_instances and self.s - self.lowest > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="swallows-nan" says="NaN or infinity is taken without a ValueError"
class PageHinkley:
    """Lets anything in."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.restart()

    def restart(self):
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.s = self.alpha * self.s + x - self.mean - self.delta
        self.lowest = min(self.lowest, self.s)
        alarm = self.n >= self.min_instances and self.s - self.lowest > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="shared-state" says="two detectors disturb each other"
class PageHinkley:
    """One list for all."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30, state={}):  # noqa: B006
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.state = state
        self.restart()

    def restart(self):
        self.state.update(n=0, mean=0.0, s=0.0, lowest=np.inf)

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError(x)
        now = self.state
        now["n"] += 1
        now["mean"] += (x - now["mean"]) / now["n"]
        now["s"] = self.alpha * now["s"] + x - now["mean"] - self.delta
        now["lowest"] = min(now["lowest"], now["s"])
        alarm = now["n"] >= self.min_instances and now["s"] - now["lowest"] > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="page-hinkley" kind="mistake" name="counts-the-refused" says="a refused value has changed the detector's state"
class PageHinkley:
    """Refuses too late."""

    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.min_instances = delta, threshold, alpha, min_instances
        self.restart()

    def restart(self):
        self.n, self.mean, self.s, self.lowest = 0, 0.0, 0.0, np.inf

    def update(self, x):
        self.n += 1
        self.mean += (x - self.mean) / self.n
        if not np.isfinite(x):
            raise ValueError(x)
        self.s = self.alpha * self.s + x - self.mean - self.delta
        self.lowest = min(self.lowest, self.s)
        alarm = self.n >= self.min_instances and self.s - self.lowest > self.threshold
        if alarm:
            self.restart()
        return bool(alarm)


# %% exercise="frozen-reference" kind="alternative" name="pandas-rolling"
def error_alarms(errors, reference, window, factor):
    """Rolling means that skip what is missing."""
    e = pd.Series(list(errors), dtype=float)
    rolling = e.rolling(window, min_periods=1)
    recent, known = rolling.sum() / rolling.count(), rolling.count()
    judged = pd.Series(range(len(e))) >= reference
    blind = judged & (known < window / 2)
    alarms = judged & ~blind & (recent > factor * e.iloc[:reference].mean())
    return alarms[alarms].index.to_numpy(), blind[blind].index.to_numpy()


# %% exercise="frozen-reference" kind="alternative" name="sliding-windows"
def error_alarms(errors, reference, window, factor):
    """All windows as a table; numpy's means without NaN."""
    e = np.array(errors, dtype=float)
    tables = np.lib.stride_tricks.sliding_window_view(e, window)[reference - window + 1 :]
    missing = np.isnan(tables).sum(axis=1)
    blind = missing > window / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a window without any known error
        loud = (np.nanmean(tables, axis=1) > factor * np.nanmean(e[:reference])) & ~blind
    return np.nonzero(loud)[0] + reference, np.nonzero(blind)[0] + reference


# %% exercise="frozen-reference" kind="mistake" name="still-rolls" says="normal still moves along"
def error_alarms(errors, reference, window, factor):
    """Repairs the holes alone."""
    e = pd.Series(list(errors), dtype=float)
    recent, known = e.rolling(window, min_periods=1).mean(), e.rolling(window, min_periods=1).count()
    normal = e.rolling(reference, min_periods=1).mean().shift(window)
    judged = np.arange(len(e)) >= reference
    blind = judged & (2 * known < window)
    return np.flatnonzero(judged & ~blind & (recent > factor * normal)), np.flatnonzero(blind)


# %% exercise="frozen-reference" kind="mistake" name="expanding" says="it creeps up with the errors"
def error_alarms(errors, reference, window, factor):
    """A mean of everything so far."""
    e = pd.Series(list(errors), dtype=float)
    recent, known = e.rolling(window, min_periods=1).mean(), e.rolling(window, min_periods=1).count()
    normal = e.expanding().mean()
    judged = np.arange(len(e)) >= reference
    blind = judged & (2 * known < window)
    return np.flatnonzero(judged & ~blind & (recent > factor * normal)), np.flatnonzero(blind)


# %% exercise="frozen-reference" kind="mistake" name="with-the-future" says="the future included"
def error_alarms(errors, reference, window, factor):
    """The mean of the whole series."""
    e = pd.Series(list(errors), dtype=float)
    recent, known = e.rolling(window, min_periods=1).mean(), e.rolling(window, min_periods=1).count()
    judged = np.arange(len(e)) >= reference
    blind = judged & (2 * known < window)
    return np.flatnonzero(judged & ~blind & (recent > factor * e.mean())), np.flatnonzero(blind)


# %% exercise="frozen-reference" kind="mistake" name="filled-with-zero" says="the better the model looks"
def error_alarms(errors, reference, window, factor):
    """fillna(0)."""
    e = pd.Series(list(errors), dtype=float).fillna(0)
    recent = e.rolling(window).mean()
    judged = np.arange(len(e)) >= reference
    return np.flatnonzero(judged & (recent > factor * e[:reference].mean())), []


# %% exercise="frozen-reference" kind="mistake" name="carried-on" says="blindness goes unseen"
def error_alarms(errors, reference, window, factor):
    """ffill."""
    e = pd.Series(list(errors), dtype=float).ffill()
    recent = e.rolling(window).mean()
    judged = np.arange(len(e)) >= reference
    return np.flatnonzero(judged & (recent > factor * e[:reference].mean())), []


# %% exercise="frozen-reference" kind="mistake" name="still-silenced" says="still silences its whole window"
def error_alarms(errors, reference, window, factor):
    """Repairs normal and lists blind days, but the mean still stumbles over a hole."""
    e = pd.Series(list(errors), dtype=float)
    recent, known = e.rolling(window).mean(), e.rolling(window, min_periods=1).count()
    judged = np.arange(len(e)) >= reference
    blind = judged & (2 * known < window)
    return np.flatnonzero(judged & (recent > factor * e[:reference].mean())), np.flatnonzero(blind)


# %% exercise="frozen-reference" kind="mistake" name="blind-by-day" says="not of the day alone"
def error_alarms(errors, reference, window, factor):
    """Keeps the old idea of blind."""
    e = pd.Series(list(errors), dtype=float)
    recent = e.rolling(window, min_periods=1).mean()
    judged = np.arange(len(e)) >= reference
    return np.flatnonzero(judged & (recent > factor * e[:reference].mean())), np.flatnonzero(judged & e.isna())


# %% exercise="frozen-reference" kind="mistake" name="blind-but-loud" says="a blind day raises an alarm as well"
def error_alarms(errors, reference, window, factor):
    """Judges the blind days, too."""
    e = pd.Series(list(errors), dtype=float)
    recent, known = e.rolling(window, min_periods=1).mean(), e.rolling(window, min_periods=1).count()
    judged = np.arange(len(e)) >= reference
    return np.flatnonzero(judged & (recent > factor * e[:reference].mean())), np.flatnonzero(
        judged & (2 * known < window)
    )


# %% exercise="frozen-reference" kind="mistake" name="every-hole-is-blind" says="a window with any missing label is called blind"
def error_alarms(errors, reference, window, factor):
    """Sees next to nothing."""
    e = pd.Series(list(errors), dtype=float)
    recent = e.rolling(window).mean()
    judged = np.arange(len(e)) >= reference
    return np.flatnonzero(judged & (recent > factor * e[:reference].mean())), np.flatnonzero(judged & recent.isna())


# %% exercise="known-at" kind="mistake" name="drops-the-cancelled" says="scheduled leaves out flights that never arrive"
def known_at(log, now, hours):
    z = "America/New_York"
    log = log.dropna()
    t = pd.Timestamp(now, tz=z)
    dep = log.sched_dep.dt.tz_localize(z)
    sch = (dep >= t - pd.Timedelta(hours=hours)) & (dep < t)
    kn = sch & (log.arrived <= t)
    return {"scheduled": sch.sum(), "known": kn.sum(), "late": (kn & log.late).sum()}


# %% exercise="known-at" kind="mistake" name="late-of-all" says="late counts flights whose label is not known yet"
def known_at(log, now, hours):
    z = "America/New_York"
    t = pd.Timestamp(now, tz=z)
    lo = t - pd.Timedelta(hours=hours)
    dep = log.sched_dep.dt.tz_localize(z)
    sch = (dep >= lo) & (dep < t)
    kn = sch & (log.arrived <= t)
    return {"scheduled": sch.sum(), "known": kn.sum(), "late": (sch & log.late).sum()}


# %% exercise="known-at" kind="mistake" name="arrived-in-the-window" says="scheduled before the window"
def known_at(log, now, hours):
    z = "America/New_York"
    t = pd.Timestamp(now, tz=z)
    lo = t - pd.Timedelta(hours=hours)
    dep = log.sched_dep.dt.tz_localize(z)
    sch = (dep >= lo) & (dep < t)
    kn = (log.arrived <= t) & (log.arrived >= lo)
    return {"scheduled": sch.sum(), "known": kn.sum(), "late": (kn & log.late).sum()}


# %% exercise="known-at" kind="mistake" name="writes-into-the-log" says="changes its argument"
def known_at(log, now, hours):
    z = "America/New_York"
    t = pd.Timestamp(now, tz=z)
    log["sched_dep"] = log.sched_dep.dt.tz_localize(z)
    lo = t - pd.Timedelta(hours=hours)
    sch = (log.sched_dep >= lo) & (log.sched_dep < t)
    kn = sch & (log.arrived <= t)
    return {"scheduled": sch.sum(), "known": kn.sum(), "late": (kn & log.late).sum()}


# %% exercise="observed-expected" kind="mistake" name="stays-on-the-log-scale" says="low and high are logarithms"
def observed_over_expected(days, late, p, level=0.95):
    df = pd.DataFrame({"d": np.asarray(days), "y": np.asarray(late, float), "p": np.asarray(p, float)}).dropna()
    g = df.groupby("d")[["y", "p"]].sum()
    m = len(g)
    if m < 2 or g.y.sum() == 0:
        raise ValueError("no interval")
    R = g.y.sum() / g.p.sum()
    e = g.y - R * g.p
    s = ((m / (m - 1)) * (e**2).sum()) ** 0.5 / g.y.sum()
    zz = stats.norm.ppf(1 - (1 - level) / 2)
    return R, np.log(R) - zz * s, np.log(R) + zz * s


# %% exercise="observed-expected" kind="mistake" name="students-t" says="a quantile of Student's t"
def observed_over_expected(days, late, p, level=0.95):
    df = pd.DataFrame({"d": np.asarray(days), "y": np.asarray(late, float), "p": np.asarray(p, float)}).dropna()
    g = df.groupby("d")[["y", "p"]].sum()
    m = len(g)
    if m < 2 or g.y.sum() == 0:
        raise ValueError("no interval")
    R = g.y.sum() / g.p.sum()
    e = g.y - R * g.p
    s = ((m / (m - 1)) * (e**2).sum()) ** 0.5 / g.y.sum()
    zz = stats.t.ppf(1 - (1 - level) / 2, m - 1)
    return R, R * np.exp(-zz * s), R * np.exp(zz * s)


# %% exercise="observed-expected" kind="mistake" name="counts-empty-days" says="counts a day of which nothing is known"
def observed_over_expected(days, late, p, level=0.95):
    df = pd.DataFrame({"d": np.asarray(days), "y": np.asarray(late, float), "p": np.asarray(p, float)})
    df.loc[df.y.isna(), "p"] = 0
    g = df.groupby("d")[["y", "p"]].sum()
    m = len(g)
    if m < 2 or g.y.sum() == 0:
        raise ValueError("no interval")
    R = g.y.sum() / g.p.sum()
    e = g.y - R * g.p
    s = ((m / (m - 1)) * (e**2).sum()) ** 0.5 / g.y.sum()
    zz = stats.norm.ppf(1 - (1 - level) / 2)
    return R, R * np.exp(-zz * s), R * np.exp(zz * s)


# %% exercise="cusum" kind="alternative" name="only-one-can-be-positive"
def cusum(x, target, k, h):
    x = np.asarray(x, float)
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if not np.isnan(x[t]):
            a = max(0.0, a + x[t] - target - k)
            b = max(0.0, b + target - x[t] - k)
        up[t], down[t] = a, b
        if a > h:
            al.append((t, "up"))
            a = 0.0
        if b > h:
            al.append((t, "down"))
            b = 0.0
    return up, down, al


# %% exercise="cusum" kind="mistake" name="carried-on" says="that value counts twice"
def cusum(x, target, k, h):
    x = pd.Series(np.asarray(x, float)).ffill().to_numpy()
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if not np.isnan(x[t]):
            a = max(0.0, a + x[t] - target - k)
            b = max(0.0, b + target - x[t] - k)
        up[t], down[t] = a, b
        if a > h or b > h:
            al.append((t, "up" if a > h else "down"))
            a = b = 0.0
    return up, down, al


# %% exercise="cusum" kind="mistake" name="a-hole-forgets" says="a day that is not known sets the sums to zero"
def cusum(x, target, k, h):
    x = np.asarray(x, float)
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if np.isnan(x[t]):
            a = b = 0.0
        else:
            a = max(0.0, a + x[t] - target - k)
            b = max(0.0, b + target - x[t] - k)
        up[t], down[t] = a, b
        if a > h or b > h:
            al.append((t, "up" if a > h else "down"))
            a = b = 0.0
    return up, down, al


# %% exercise="cusum" kind="mistake" name="one-alarm-is-enough" says="nothing is watched any more"
def cusum(x, target, k, h):
    x = np.asarray(x, float)
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if not np.isnan(x[t]):
            a = max(0.0, a + x[t] - target - k)
            b = max(0.0, b + target - x[t] - k)
        up[t], down[t] = a, b
        if a > h or b > h:
            al.append((t, "up" if a > h else "down"))
            break
    return up, down, al


# %% exercise="cusum" kind="mistake" name="counts-from-one" says="are counted from 0"
def cusum(x, target, k, h):
    x = np.asarray(x, float)
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if not np.isnan(x[t]):
            a = max(0.0, a + x[t] - target - k)
            b = max(0.0, b + target - x[t] - k)
        up[t], down[t] = a, b
        if a > h or b > h:
            al.append((t + 1, "up" if a > h else "down"))
            a = b = 0.0
    return up, down, al


# %% exercise="cusum" kind="mistake" name="names-swapped" says="up and down have changed places"
def cusum(x, target, k, h):
    x = np.asarray(x, float)
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if not np.isnan(x[t]):
            a = max(0.0, a + x[t] - target - k)
            b = max(0.0, b + target - x[t] - k)
        up[t], down[t] = a, b
        if a > h or b > h:
            al.append((t, "down" if a > h else "up"))
            a = b = 0.0
    return up, down, al


# %% exercise="cusum" kind="mistake" name="no-target" says="the target is not subtracted"
def cusum(x, target, k, h):
    x = np.asarray(x, float)
    up = np.zeros(len(x))
    down = np.zeros(len(x))
    al = []
    a = b = 0.0
    for t in range(len(x)):
        if not np.isnan(x[t]):
            a = max(0.0, a + x[t] - k)
            b = max(0.0, b - x[t] - k)
        up[t], down[t] = a, b
        if a > h or b > h:
            al.append((t, "up" if a > h else "down"))
            a = b = 0.0
    return up, down, al


# %% exercise="threshold-for" kind="alternative" name="plain-loops"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    import random

    r = random.Random(seed)
    z = list(z)
    tops = []
    for _ in range(draws):
        year = []
        while len(year) < days:
            s = r.randint(0, len(z) - block)
            year += z[s : s + block]
        u = d = top = 0.0
        for v in year[:days]:
            u = max(0.0, u + v - k)
            d = max(0.0, d - v - k)
            top = max(top, u, d)
        tops.append(top)
    tops.sort()
    return tops[min(len(tops) - 1, int((1 - chance) * len(tops)))]


# %% exercise="threshold-for" kind="mistake" name="side-by-side" says="blocks lie side by side"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    rng = np.random.default_rng(seed)
    z = np.asarray(z, float)
    tops = []
    for _ in range(draws):
        y = np.concatenate(
            [z[s * block : (s + 1) * block] for s in rng.integers(0, len(z) // block, -(-days // block))]
        )[:days]
        a = np.r_[0, np.cumsum(y - k)]
        b = np.r_[0, np.cumsum(-y - k)]
        tops.append(max((a - np.minimum.accumulate(a)).max(), (b - np.minimum.accumulate(b)).max()))
    return np.quantile(tops, 1 - chance)


# %% exercise="threshold-for" kind="mistake" name="last-start-never" says="is never drawn"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    rng = np.random.default_rng(seed)
    z = np.asarray(z, float)
    tops = []
    for _ in range(draws):
        y = np.concatenate([z[s : s + block] for s in rng.integers(0, len(z) - block, -(-days // block))])[:days]
        a = np.r_[0, np.cumsum(y - k)]
        b = np.r_[0, np.cumsum(-y - k)]
        tops.append(max((a - np.minimum.accumulate(a)).max(), (b - np.minimum.accumulate(b)).max()))
    return np.quantile(tops, 1 - chance)


# %% exercise="threshold-for" kind="mistake" name="starts-past-the-end" says="no whole block is left"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    rng = np.random.default_rng(seed)
    z = np.asarray(z, float)
    tops = []
    for _ in range(draws):
        y = np.concatenate([z[s : s + block] for s in rng.integers(0, len(z), -(-days // block))])[:days]
        a = np.r_[0, np.cumsum(y - k)]
        b = np.r_[0, np.cumsum(-y - k)]
        tops.append(max((a - np.minimum.accumulate(a)).max(), (b - np.minimum.accumulate(b)).max()))
    return np.quantile(tops, 1 - chance)


# %% exercise="threshold-for" kind="mistake" name="one-piece" says="cut out of z in one piece"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    rng = np.random.default_rng(seed)
    z = np.asarray(z, float)
    tops = []
    for _ in range(draws):
        s = rng.integers(0, max(1, len(z) - days + 1))
        y = np.resize(z[s:], days)
        a = np.r_[0, np.cumsum(y - k)]
        b = np.r_[0, np.cumsum(-y - k)]
        tops.append(max((a - np.minimum.accumulate(a)).max(), (b - np.minimum.accumulate(b)).max()))
    return np.quantile(tops, 1 - chance)


# %% exercise="threshold-for" kind="mistake" name="own-number-of-draws" says="with draws=1 the answer"
def threshold_for(z, k, days=365, chance=0.1, block=28, draws=500, seed=0):
    rng = np.random.default_rng(seed)
    z = np.asarray(z, float)
    tops = []
    for _ in range(100):
        y = np.concatenate([z[s : s + block] for s in rng.integers(0, len(z) - block + 1, -(-days // block))])[:days]
        a = np.r_[0, np.cumsum(y - k)]
        b = np.r_[0, np.cumsum(-y - k)]
        tops.append(max((a - np.minimum.accumulate(a)).max(), (b - np.minimum.accumulate(b)).max()))
    return np.quantile(tops, 1 - chance)


# %% exercise="page-hinkley" kind="mistake" name="cusum-with-a-mean" says="S is cut off at zero"
class PageHinkley:
    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.nmin = delta, threshold, alpha, min_instances
        self.reset()

    def reset(self):
        self.total, self.n, self.S, self.M = 0.0, 0, 0.0, 0.0

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError("bad")
        self.n += 1
        self.total += x
        self.S = max(0, self.S * self.alpha + (x - self.total / self.n) - self.delta)
        a = self.S > self.threshold and self.n >= self.nmin
        if a:
            self.reset()
        return a


# %% exercise="page-hinkley" kind="mistake" name="waits-with-the-sum" says="only from min_instances values on"
class PageHinkley:
    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        self.delta, self.threshold, self.alpha, self.nmin = delta, threshold, alpha, min_instances
        self.reset()

    def reset(self):
        self.total, self.n, self.S, self.M = 0.0, 0, 0.0, float("inf")

    def update(self, x):
        if not np.isfinite(x):
            raise ValueError("bad")
        self.n += 1
        self.total += x
        if self.n < self.nmin:
            return False
        self.S = self.S * self.alpha + (x - self.total / self.n) - self.delta
        self.M = min(self.S, self.M)
        a = self.S - self.M > self.threshold
        if a:
            self.reset()
        return a


# %% exercise="page-hinkley" kind="mistake" name="never-alarms" says="no alarm ever comes"
class PageHinkley:
    def __init__(self, delta, threshold, alpha=1.0, min_instances=30):
        pass

    def update(self, x):
        return False


# %% exercise="frozen-reference" kind="alternative" name="plain-loops"
def error_alarms(errors, reference, window, factor):
    e = [float(v) for v in errors]
    first = [v for v in e[:reference] if v == v]
    normal = sum(first) / len(first)
    al, bl = [], []
    for t in range(reference, len(e)):
        w = [v for v in e[t - window + 1 : t + 1] if v == v]
        if len(w) < window / 2:
            bl.append(t)
        elif sum(w) / len(w) > factor * normal:
            al.append(t)
    return al, bl


# %% exercise="frozen-reference" kind="mistake" name="judges-the-reference" says="days before position reference are judged"
def error_alarms(errors, reference, window, factor):
    e = [float(v) for v in errors]
    first = [v for v in e[:reference] if v == v]
    normal = sum(first) / len(first)
    al, bl = [], []
    for t in range(window - 1, len(e)):
        w = [v for v in e[t - window + 1 : t + 1] if v == v]
        if len(w) < window / 2:
            bl.append(t)
        elif sum(w) / len(w) > factor * normal:
            al.append(t)
    return al, bl


# %% exercise="frozen-reference" kind="mistake" name="first-known-errors" says="not of those among the first reference days"
def error_alarms(errors, reference, window, factor):
    e = [float(v) for v in errors]
    first = [v for v in e if v == v][:reference]
    normal = sum(first) / len(first)
    al, bl = [], []
    for t in range(reference, len(e)):
        w = [v for v in e[t - window + 1 : t + 1] if v == v]
        if len(w) < window / 2:
            bl.append(t)
        elif sum(w) / len(w) > factor * normal:
            al.append(t)
    return al, bl


# %% exercise="frozen-reference" kind="mistake" name="until-yesterday" says="the window ends with the day before"
def error_alarms(errors, reference, window, factor):
    e = [float(v) for v in errors]
    first = [v for v in e[:reference] if v == v]
    normal = sum(first) / len(first)
    al, bl = [], []
    for t in range(reference, len(e)):
        w = [v for v in e[t - window : t] if v == v]
        if len(w) < window / 2:
            bl.append(t)
        elif sum(w) / len(w) > factor * normal:
            al.append(t)
    return al, bl


# %% exercise="frozen-reference" kind="mistake" name="counted-from-reference" says="positions are counted from reference on"
def error_alarms(errors, reference, window, factor):
    e = [float(v) for v in errors]
    first = [v for v in e[:reference] if v == v]
    normal = sum(first) / len(first)
    al, bl = [], []
    for t in range(reference, len(e)):
        w = [v for v in e[t - window + 1 : t + 1] if v == v]
        if len(w) < window / 2:
            bl.append(t - reference)
        elif sum(w) / len(w) > factor * normal:
            al.append(t - reference)
    return al, bl


# %% exercise="frozen-reference" kind="mistake" name="known-days-in-a-row" says="the window is made of known days"
def error_alarms(errors, reference, window, factor):
    s = pd.Series(np.asarray(errors, float))
    k = s.dropna()
    normal = s[:reference].mean()
    m = k.rolling(window).mean()
    return m.index[(m > factor * normal) & (m.index >= reference)].tolist(), s.index[
        s.isna() & (s.index >= reference)
    ].tolist()


# %% exercise="alert-policy" kind="alternative" name="by-hand"
decision = {
    "cheapest": 18,
    "dollars": 4575,
    "saves": 9112.5,
    "break_even": 937.5,
    "guardrail": 25,
    "dear_day": 7.5,
}

# %% exercise="alert-policy" kind="alternative" name="a-function"


def bill_of(h, day=150, false=2000):
    return policies.loc[h, "false_alarms"] * false + day * policies.loc[h, "delay"] / 2


options = list(policies.index)
winner = min(options, key=bill_of)
quiet_ones = [h for h in options if 5 * policies.loc[h, "false_alarms"] <= 1]
grid = np.linspace(1, 5000, 200_001)
at_break_even = grid[np.argmin(np.abs([bill_of(7.5, false=g) - bill_of(25, false=g) for g in (grid,)][0]))]
decision = {
    "cheapest": np.float32(winner),
    "dollars": np.array(bill_of(winner)),
    "saves": 150 * 365 / 4 - bill_of(winner),
    "break_even": at_break_even,
    "guardrail": min(quiet_ones, key=bill_of),
    "dear_day": min(options, key=lambda h: bill_of(h, day=1500)),
}

# %% exercise="alert-policy" kind="mistake" name="fastest" says="the shortest delay is not the cheapest"
decision = {"cheapest": 7.5, "dollars": 1800, "saves": 11887.5, "break_even": 937.5, "guardrail": 25, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="quietest" says="the fewest false alarms are not the cheapest"
decision = {"cheapest": 35, "dollars": 6415, "saves": 7272.5, "break_even": 937.5, "guardrail": 35, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="a-change-a-year" says="the cheapest for a change every year"
decision = {"cheapest": 12, "dollars": 7500, "saves": 19875, "break_even": 1875, "guardrail": 25, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="dollars-of-a-change-a-year" says="dollars pays for a change every year"
decision = {"cheapest": 18, "dollars": 7950, "saves": 9112.5, "break_even": 937.5, "guardrail": 25, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="full-review" says="saves: the review pays for a change every year"
decision = {"cheapest": 18, "dollars": 4575, "saves": 22800, "break_even": 937.5, "guardrail": 25, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="cost-of-review" says="subtract what the alarms cost"
decision = {"cheapest": 18, "dollars": 4575, "saves": 13687.5, "break_even": 937.5, "guardrail": 25, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="days-of-every-year" says="days are paid only when there is a change"
decision = {"cheapest": 18, "dollars": 4575, "saves": 9112.5, "break_even": 1875, "guardrail": 25, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="forgets-the-guardrail" says="more than one false alarm in five years"
decision = {"cheapest": 18, "dollars": 4575, "saves": 9112.5, "break_even": 937.5, "guardrail": 18, "dear_day": 7.5}

# %% exercise="alert-policy" kind="mistake" name="prices-do-not-matter" says="with dearer days the cheapest threshold moves down"
decision = {"cheapest": 18, "dollars": 4575, "saves": 9112.5, "break_even": 937.5, "guardrail": 25, "dear_day": 18}

# %% exercise="alert-policy" kind="mistake" name="negative-price" says="break_even: the sign is turned round"
decision = {"cheapest": 18, "dollars": 4575, "saves": 9112.5, "break_even": -937.5, "guardrail": 25, "dear_day": 7.5}

# %% exercise="cusum" kind="equivalent" mutant="- u = max(0.0, u + value - target - k) | + u = max(u + value - target - k, 0.0)" reason="the greater of two numbers does not depend on their order"

# %% exercise="cusum" kind="equivalent" mutant="- d = max(0.0, d + target - value - k) | + d = max(d + target - value - k, 0.0)" reason="the greater of two numbers does not depend on their order"

# %% exercise="cusum" kind="equivalent" mutant="+ down.append(d) | - down.append(d)" reason="which of the two sums is written down first does not matter"

# %% exercise="page-hinkley" kind="equivalent" mutant="- self.mean, self.s, self.lowest = (0.0, 0.0, np.inf) | + self.mean, self.s, self.lowest = (1.0, 0.0, np.inf)" reason="the first value replaces the mean: it moves by (x - mean) / 1"

# %% exercise="page-hinkley" kind="equivalent" mutant="- self.lowest = min(self.lowest, self.s) | + self.lowest = min(self.s, self.lowest)" reason="the lesser of two numbers does not depend on their order"

# %% exercise="threshold-for" kind="equivalent" mutant="- sums, highest = (np.zeros((2, draws)), []) | + sums, highest = (np.zeros((1, draws)), [])" reason="one row of zeros is broadcast to two on the first day"

# %% exercise="threshold-for" kind="equivalent" mutant="- sums = (sums + np.array([day, -day]) - k).clip(0) | + sums = (sums - np.array([day, -day]) - k).clip(0)" reason="the upper and the lower sum change places, and the higher of the two is taken"

# %% exercise="threshold-for" kind="equivalent" mutant="- sums = (sums + np.array([day, -day]) - k).clip(0) | + sums = (sums + np.array([-day, day]) - k).clip(0)" reason="the upper and the lower sum change places, and the higher of the two is taken"
