# %% [markdown]
# Answers to `1-the-exercise-cycle.py`: never released.


# %% exercise="late-share" kind="alternative" name="plain-loop"
def late_share(delays, limit=30):
    """Counts flight by flight."""
    late = arrived = 0
    for delay in delays:
        if delay != delay:
            continue
        arrived += 1
        if delay >= limit:
            late += 1
    return late / arrived


# %% exercise="late-share" kind="alternative" name="pandas"
def late_share(delays, limit=30):
    """pandas drops what is missing."""
    return pd.Series(delays).dropna().ge(limit).mean()


# %% exercise="late-share" kind="alternative" name="two-counts"
def late_share(delays, limit=30):
    """A comparison with NaN is False, so each flight that arrived is in one of the two counts."""
    delays = np.asarray(delays)
    late, punctual = (delays >= limit).sum(), (delays < limit).sum()
    return np.float64(late / (late + punctual))


# %% exercise="late-share" kind="mistake" name="first-idea" says="exactly `limit` minutes late is late"
def late_share(delays, limit=30):
    """The card's own first idea."""
    return np.mean(np.asarray(delays) > limit)


# %% exercise="late-share" kind="mistake" name="cancelled-are-punctual" says="never arrived count as on time"
def late_share(delays, limit=30):
    """The second idea."""
    return np.mean(np.asarray(delays) >= limit)


# %% exercise="late-share" kind="mistake" name="cancelled-are-late" says="never arrived count as late"
def late_share(delays, limit=30):
    """Not below the limit, and NaN is below nothing."""
    return np.mean(~(np.asarray(delays) < limit))


# %% exercise="late-share" kind="mistake" name="prints" says="the function returns nothing"
def late_share(delays, limit=30):
    """Shows the share and returns None."""
    delays = np.asarray(delays, dtype=float)
    print(np.mean(delays[~np.isnan(delays)] >= limit))


# %% exercise="late-share" kind="mistake" name="no-mean" says="one number is asked for, not one for each flight"
def late_share(delays, limit=30):
    """True or False for each flight."""
    delays = np.asarray(delays, dtype=float)
    return delays[~np.isnan(delays)] >= limit


# %% exercise="late-share" kind="mistake" name="count" says="this is the number of late flights"
def late_share(delays, limit=30):
    """A sum."""
    return np.sum(np.asarray(delays) >= limit)


# %% exercise="late-share" kind="mistake" name="percent" says="this is the share in percent"
def late_share(delays, limit=30):
    """Times 100."""
    delays = np.asarray(delays, dtype=float)
    return 100 * np.mean(delays[~np.isnan(delays)] >= limit)


# %% exercise="late-share" kind="mistake" name="on-time" says="the share of flights that are on time"
def late_share(delays, limit=30):
    """The other share."""
    delays = np.asarray(delays, dtype=float)
    return np.mean(delays[~np.isnan(delays)] < limit)


# %% exercise="late-share" kind="mistake" name="always-thirty" says="the function does not use `limit`"
def late_share(delays, limit=30):
    """30 written into the body."""
    delays = np.asarray(delays, dtype=float)
    return np.mean(delays[~np.isnan(delays)] >= 30)


# %% exercise="clock-prediction" kind="alternative" name="floats"
prediction = {
    "most frequent error": -40.0,
    "same hour": 0.0,
    "one full hour passed": 40.0,
    "two full hours passed": 80.0,
}

# %% exercise="clock-prediction" kind="alternative" name="computed"
prediction = {
    "same hour": (940 - 910) - 30,
    "one full hour passed": (1005 - 955) - 10,
    "two full hours passed": (1105 - 955) - 70,
    "most frequent error": shares.drop(0).idxmax(),
}

# %% exercise="clock-prediction" kind="mistake" name="all-right" says="an error of zero would be a right answer"
prediction = {"same hour": 0, "one full hour passed": 0, "two full hours passed": 0, "most frequent error": -40}

# %% exercise="clock-prediction" kind="mistake" name="sixty" says="an hour has 60 minutes, but the number has already grown"
prediction = {"same hour": 0, "one full hour passed": 60, "two full hours passed": 120, "most frequent error": -40}

# %% exercise="clock-prediction" kind="mistake" name="hundred" says="60 of these minutes really passed"
prediction = {"same hour": 0, "one full hour passed": 100, "two full hours passed": 200, "most frequent error": -40}

# %% exercise="clock-prediction" kind="mistake" name="the-answer-itself" says="the function's answer, not how far it is off"
prediction = {"same hour": 0, "one full hour passed": 50, "two full hours passed": 150, "most frequent error": -40}

# %% exercise="clock-prediction" kind="mistake" name="turned-around" says="the sign is turned around"
prediction = {"same hour": 0, "one full hour passed": -40, "two full hours passed": -80, "most frequent error": 40}

# %% exercise="clock-prediction" kind="mistake" name="once-only" says="each full hour that passes adds"
prediction = {"same hour": 0, "one full hour passed": 40, "two full hours passed": 40, "most frequent error": -40}

# %% exercise="clock-prediction" kind="mistake" name="same-hour-off" says="within one hour the number and the clock go together"
prediction = {"same hour": 30, "one full hour passed": 40, "two full hours passed": 80, "most frequent error": -40}

# %% exercise="clock-prediction" kind="mistake" name="late-is-usual" says="the two bars beside zero are nearly equal"
prediction = {"same hour": 0, "one full hour passed": 40, "two full hours passed": 80, "most frequent error": 40}

# %% exercise="clock-prediction" kind="mistake" name="tallest-bar" says="the tallest bar stands at zero"
prediction = {"same hour": 0, "one full hour passed": 40, "two full hours passed": 80, "most frequent error": 0}

# %% exercise="clock-prediction" kind="mistake" name="one-left-out" says="does not have the four entries asked for"
prediction = {"same hour": 0, "one full hour passed": 40, "two full hours passed": 80}


# %% exercise="minutes-late" kind="alternative" name="takes-off-forty"
def minutes_late(scheduled, actual):
    """40 minutes too many for each full hour that passed."""
    return (actual - scheduled) - 40 * (actual // 100 - scheduled // 100)


# %% exercise="minutes-late" kind="alternative" name="datetime"
def minutes_late(scheduled, actual):
    """Python's own clock."""
    from datetime import datetime

    out = []
    for planned, left in zip(scheduled, actual):
        first, last = (datetime(2013, 1, 1, int(t) // 100, int(t) % 100) for t in (planned, left))
        out.append((last - first).total_seconds() / 60)
    return out


# %% exercise="minutes-late" kind="alternative" name="divmod"
def minutes_late(scheduled, actual):
    """divmod gives hours and minutes at once."""
    (h, m), (hh, mm) = np.divmod(scheduled, 100), np.divmod(actual, 100)
    return pd.Series((hh - h) * 60 + (mm - m))


# %% exercise="minutes-late" kind="mistake" name="as-it-was" says="differences of the numbers, not minutes on a clock"
def minutes_late(scheduled, actual):
    """Tomas's line."""
    return actual - scheduled


# %% exercise="minutes-late" kind="mistake" name="scaled" says="the difference is scaled, but it was wrong already"
def minutes_late(scheduled, actual):
    """Hundredths of an hour to minutes."""
    return (actual - scheduled) / 100 * 60


# %% exercise="minutes-late" kind="mistake" name="hours-not-whole" says="`/` makes 9.55 of 955"
def minutes_late(scheduled, actual):
    """/ for //."""
    planned = scheduled / 100 * 60 + scheduled % 100
    left = actual / 100 * 60 + actual % 100
    return left - planned


# %% exercise="minutes-late" kind="mistake" name="hours-lost" says="the hours are lost"
def minutes_late(scheduled, actual):
    """Only % 100."""
    return actual % 100 - scheduled % 100


# %% exercise="minutes-late" kind="mistake" name="minutes-lost" says="the minutes are lost"
def minutes_late(scheduled, actual):
    """Only // 100."""
    return (actual // 100 - scheduled // 100) * 60


# %% exercise="minutes-late" kind="mistake" name="turned-around" says="the sign is turned around"
def minutes_late(scheduled, actual):
    """Scheduled less actual."""
    return (scheduled // 100 * 60 + scheduled % 100) - (actual // 100 * 60 + actual % 100)


# %% exercise="minutes-late" kind="mistake" name="never-early" says="a plane that left early counts as late"
def minutes_late(scheduled, actual):
    """abs."""
    return np.abs((actual // 100 * 60 + actual % 100) - (scheduled // 100 * 60 + scheduled % 100))


# %% exercise="minutes-late" kind="mistake" name="forty-once" says="40 is taken off once at most"
def minutes_late(scheduled, actual):
    """One full hour, if any."""
    return actual - scheduled - 40 * (actual // 100 > scheduled // 100)


# %% exercise="minutes-late" kind="mistake" name="in-hours" says="these are hours, not minutes"
def minutes_late(scheduled, actual):
    """Hours."""
    return (actual // 100 + actual % 100 / 60) - (scheduled // 100 + scheduled % 100 / 60)


# %% exercise="notebook-memory" kind="alternative" name="step-by-step"
memory = {}
memory["run 1 2 3 4"] = sum([False, True, True, True])
memory["then run 2 4"] = sum([False, False, False, True])
memory["delete 1, run 2 4"] = memory["then run 2 4"]
memory["restart, run 2 3 4"] = NameError.__name__

# %% exercise="notebook-memory" kind="alternative" name="other-types"
memory = dict(
    zip(
        ["restart, run 2 3 4", "run 1 2 3 4", "then run 2 4", "delete 1, run 2 4"],
        ["nameerror ", 3.0, np.int64(1), np.float64(1)],
    )
)

# %% exercise="notebook-memory" kind="mistake" name="updates-itself" says="`late` does not change by itself"
memory = {"run 1 2 3 4": 1, "then run 2 4": 1, "delete 1, run 2 4": 1, "restart, run 2 3 4": "NameError"}

# %% exercise="notebook-memory" kind="mistake" name="counts-all" says="12 minutes are below either limit"
memory = {"run 1 2 3 4": 4, "then run 2 4": 1, "delete 1, run 2 4": 1, "restart, run 2 3 4": "NameError"}

# %% exercise="notebook-memory" kind="mistake" name="old-limit" says="by now cell 3 has changed `limit`"
memory = {"run 1 2 3 4": 3, "then run 2 4": 3, "delete 1, run 2 4": 3, "restart, run 2 3 4": "NameError"}

# %% exercise="notebook-memory" kind="mistake" name="limit-comes-back" says="`limit` does not go back to 30"
memory = {"run 1 2 3 4": 3, "then run 2 4": 1, "delete 1, run 2 4": 3, "restart, run 2 3 4": "NameError"}

# %% exercise="notebook-memory" kind="mistake" name="deleted-is-forgotten" says="not its name from the memory"
memory = {"run 1 2 3 4": 3, "then run 2 4": 1, "delete 1, run 2 4": "NameError", "restart, run 2 3 4": "NameError"}

# %% exercise="notebook-memory" kind="mistake" name="no-error-after-restart" says="nothing has defined `limit` yet"
memory = {"run 1 2 3 4": 3, "then run 2 4": 1, "delete 1, run 2 4": 1, "restart, run 2 3 4": 1}

# %% exercise="notebook-memory" kind="mistake" name="restart-remembers" says="a restart forgets what it once did"
memory = {"run 1 2 3 4": 3, "then run 2 4": 1, "delete 1, run 2 4": 1, "restart, run 2 3 4": 3}

# %% exercise="notebook-memory" kind="mistake" name="without-quotes" says="is Python's own class"
memory = {"run 1 2 3 4": 3, "then run 2 4": 1, "delete 1, run 2 4": 1, "restart, run 2 3 4": NameError}

# %% exercise="rank-carriers" kind="alternative" name="as-text"
order = "fdac"

# %% exercise="rank-carriers" kind="alternative" name="with-arrows"
order = "F → D → A → C"

# %% exercise="rank-carriers" kind="mistake" name="cancelled-are-punctual" says="get a delay of 0, and so count as punctual"
order = ["B", "D", "A", "C"]

# %% exercise="rank-carriers" kind="mistake" name="counts" says="the carrier with the most flights looks worst"
order = ["F", "D", "E", "C"]

# %% exercise="rank-carriers" kind="mistake" name="worst-first" says="the least punctual carrier comes first"
order = ["F", "D", "A", "G"]

# %% exercise="rank-carriers" kind="mistake" name="backwards" says="a line uses a name that no earlier line has made"
order = ["C", "A", "D", "F"]

# %% exercise="rank-carriers" kind="mistake" name="not-sorted" says="the program ends without `ranking`"
order = ["F", "D", "A"]

# %% exercise="rank-carriers" kind="mistake" name="twice" says="a letter is used twice"
order = ["F", "D", "A", "C", "C"]

# %% exercise="minutes-late" kind="equivalent" mutant="- planned = scheduled // 100 * 60 + scheduled % 100 | + planned = scheduled // 99 * 60 + scheduled % 100" reason="on a clock the hour and the minute together are at most 82, so dividing by 99 gives the same hour"

# %% exercise="minutes-late" kind="equivalent" mutant="- left = actual // 100 * 60 + actual % 100 | + left = actual // 99 * 60 + actual % 100" reason="on a clock the hour and the minute together are at most 82, so dividing by 99 gives the same hour"
