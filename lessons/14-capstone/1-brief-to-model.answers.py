# %% [markdown]
# Answers to `1-brief-to-model.py`: never released.


# %% exercise="audit-columns" kind="alternative" name="by-position"
brief = {
    "days ahead": (14.0, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": (14, 12),
}

words = ["known", "later", *["known"] * 20, *["later"] * 18, *["mixed"] * 6, *["broken"] * 4]
audit = dict(zip(raw.columns, words, strict=True))


# %% exercise="audit-columns" kind="alternative" name="by-the-data"
brief = dict(
    zip(
        ["days ahead", "over", "under", "enough", "judged by"],
        [[14, 1], [240, 4], [720, 6], [7 / 10, 10], ["dollars", 9]],
    )
)
brief["refuted"] = {12, 14}
audit = {}
for name in raw:
    if raw[name].dtype == bool:
        audit[name] = "broken" if raw[name].equals(raw["Cubs_Home"].rename(name)) else "mixed"
    else:
        audit[name] = "known" if name in STATIONS or name == "date" else "later"


# %% exercise="audit-columns" kind="mistake" name="one-day-ahead" says="one day ahead the roster is signed"
brief = {
    "days ahead": (1, 2),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="earl-manages" says="Earl does not see the bill"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (0, 5),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="prices-exchanged" says="the prices are exchanged"
brief = {
    "days ahead": (14, 1),
    "over": (720, 6),
    "under": (240, 4),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="nine-in-ten" says="nine in ten is a wish"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.9, 11),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="seventy" says="the share is asked for between 0 and 1"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (70, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="percentage" says="a percentage error counts a guard too many"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("percentage error", 7),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="on-average" says="right on average is not cheapest"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("bias", 8),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="baseball-refuted" says="statement 13 is true"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 13],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="wrong-witness" says="another statement settles"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 5),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}


# %% exercise="audit-columns" kind="mistake" name="weather-known" says="nobody has it 14 days ahead"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit["temp"] = audit["weather_rain"] = "known"


# %% exercise="audit-columns" kind="mistake" name="stations-later" says="it is the count of 14 days before, or the calendar"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit |= dict.fromkeys(STATIONS, "later")


# %% exercise="audit-columns" kind="mistake" name="fixtures-known" says="play-offs are in this column"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit["Bulls_Home"] = audit["Bears_Away"] = "known"


# %% exercise="audit-columns" kind="mistake" name="baseball-known" says="this column is equal to three others"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit |= {name: "known" for name in audit if "Sox" in name or "Cubs" in name}


# %% exercise="audit-columns" kind="mistake" name="baseball-mixed" says="this column holds no play-offs"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit |= {name: "mixed" for name in audit if "Sox" in name or "Cubs" in name}


# %% exercise="audit-columns" kind="mistake" name="games-later" says="most games of this column"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit |= {name: "later" for name in audit if "Bulls" in name}


# %% exercise="audit-columns" kind="mistake" name="odd-weather-broken" says="first of all it is too late"
brief = {
    "days ahead": (14, 1),
    "over": (240, 4),
    "under": (720, 6),
    "enough": (0.7, 10),
    "judged by": ("dollars", 9),
    "refuted": [12, 14],
}

audit = dict.fromkeys(raw.columns, "later")
audit |= dict.fromkeys(["date", *STATIONS], "known")
audit |= {f"{team}_{side}": "mixed" for team in ("Blackhawks", "Bulls", "Bears") for side in ("Away", "Home")}
audit |= {f"{team}_{side}": "broken" for team in ("WhiteSox", "Cubs") for side in ("Away", "Home")}
audit["wind_max"] = "broken"


# %% exercise="plan-cost" kind="alternative" name="pinball"
def plan_cost(actual, planned, under=720, over=240):
    """scikit-learn's pinball loss."""
    actual = list(actual)
    planned = [planned] * len(actual) if np.ndim(planned) == 0 else list(planned)
    return (under + over) * mean_pinball_loss(actual, planned, alpha=under / (under + over))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="alternative" name="loops"
def plan_cost(actual, planned, under=720, over=240):
    """Day by day."""
    actual = list(actual)
    plans = [float(planned)] * len(actual) if np.ndim(planned) == 0 else list(planned)
    bill = 0.0
    for came, plan in zip(actual, plans, strict=True):
        bill += under * (came - plan) if came > plan else over * (plan - came)
    return bill / len(actual)


def best_plan(outcomes, under=720, over=240):
    """Walk up the sorted outcomes until the share below is large enough."""
    ordered = sorted(outcomes)
    for place, value in enumerate(ordered, start=1):
        if place * (under + over) >= under * len(ordered) - 1e-9:
            return value


# %% exercise="plan-cost" kind="mistake" name="prices-exchanged" says="the two prices are exchanged"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(over * short, -under * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="a-sum" says="this is the sum over the days"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.sum(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="pinball-only" says="this is the bare pinball loss"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(under * short, -over * short))) / (under + over)


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="free-excess" says="plans that are too high cost nothing"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(under * np.maximum(short, 0)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="whole-guards" says="parts of a thousand are rounded up"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.where(short > 0, under * np.ceil(short), over * np.ceil(-short))))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="per-day" says="does not return one number: the mean over"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return np.maximum(under * short, -over * short)


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="broadcasts" says="one plan in a list for three days is taken"
def plan_cost(actual, planned, under=720, over=240):
    """Without a look at the lengths."""
    short = np.asarray(actual, dtype=float) - np.asarray(planned, dtype=float)
    return float(np.mean(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(np.asarray(outcomes, dtype=float), under / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="the-mean" says="the mean of the outcomes is planned"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.mean(outcomes)


# %% exercise="plan-cost" kind="mistake" name="the-median" says="it is best where both sides cost the same"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.median(outcomes)


# %% exercise="plan-cost" kind="mistake" name="turned-round" says="the quantile belongs to the exchanged prices"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(outcomes, over / (under + over), method="inverted_cdf")


# %% exercise="plan-cost" kind="mistake" name="interpolated" says="the quantile is interpolated"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return np.quantile(outcomes, under / (under + over))


# %% exercise="plan-cost" kind="mistake" name="never-too-few" says="the largest outcome is planned"
def plan_cost(actual, planned, under=720, over=240):
    """Dollars a day."""
    actual, planned = np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)
    if planned.ndim and planned.shape != actual.shape:
        raise ValueError("another length")
    short = actual - planned
    return float(np.mean(np.maximum(under * short, -over * short)))


def best_plan(outcomes, under=720, over=240):
    """A plan."""
    return max(outcomes)


# %% exercise="split-days" kind="alternative" name="boolean"
def split_days(days, valid_from, test_from, horizon=14):
    """By the number of days to each border."""
    if days["date"].nunique() < len(days):
        raise ValueError("repeated days")
    days = days.sort_values("date")
    to_valid = (pd.Timestamp(valid_from) - days["date"]).dt.days
    to_test = (pd.Timestamp(test_from) - days["date"]).dt.days
    return [days[to_valid >= horizon], days[(to_valid <= 0) & (to_test >= horizon)], days[to_test <= 0]]


# %% exercise="split-days" kind="alternative" name="slices"
def split_days(days, valid_from, test_from, horizon=14):
    """Slices of rows, whose ends a binary search finds."""
    days = days.sort_values("date")
    if not days["date"].is_unique:
        raise ValueError("repeated days")
    begins = [pd.Timestamp(day) for day in (valid_from, test_from)]
    ends = [begin - pd.Timedelta(days=horizon) for begin in begins]
    first, second = days["date"].searchsorted(begins)
    last, second_last = days["date"].searchsorted(ends, side="right")
    return days.iloc[:last], days.iloc[first:second_last], days.iloc[second:]


# %% exercise="split-days" kind="mistake" name="new-index" says="the rows have lost the index"
def split_days(days, valid_from, test_from, horizon=14):
    """Numbered anew."""
    if days["date"].duplicated().any():
        raise ValueError("a day is there twice")
    days = days.sort_values("date", ignore_index=True)
    gap = pd.Timedelta(days=horizon)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] <= valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] <= test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="no-gap" says="the days counted too late for the next part are still in"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    days = days.sort_values("date")
    if days["date"].duplicated().any():
        raise ValueError("twice")
    gap = pd.Timedelta(days=0)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] < valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] < test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="off-by-one" says="one day too many: it is counted on the evening after"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    days = days.sort_values("date")
    if days["date"].duplicated().any():
        raise ValueError("twice")
    gap = pd.Timedelta(days=horizon - 1)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] <= valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] <= test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="a-day-lost" says="ends too early: a day that is counted by then is left out"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    days = days.sort_values("date")
    if days["date"].duplicated().any():
        raise ValueError("twice")
    gap = pd.Timedelta(days=horizon)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] < valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] < test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="repeats" says="a day that is there twice is not refused"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    days = days.sort_values("date")

    gap = pd.Timedelta(days=horizon)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] <= valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] <= test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="shared-day" says="a part reaches into the next one"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    days = days.sort_values("date")
    if days["date"].duplicated().any():
        raise ValueError("twice")
    gap = pd.Timedelta(days=0)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] <= valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] <= test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="unsorted" says="a part is not in ascending order"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    if days["date"].duplicated().any():
        raise ValueError("twice")
    gap = pd.Timedelta(days=horizon)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] <= valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] <= test_from - gap)]
    return train, valid, days[days["date"] >= test_from]


# %% exercise="split-days" kind="mistake" name="two-parts" says="does not return three parts"
def split_days(days, valid_from, test_from, horizon=14):
    """Parts by date."""
    days = days.sort_values("date")
    if days["date"].duplicated().any():
        raise ValueError("twice")
    gap = pd.Timedelta(days=horizon)
    valid_from, test_from = pd.Timestamp(valid_from), pd.Timestamp(test_from)
    train = days[days["date"] <= valid_from - gap]
    valid = days[(days["date"] >= valid_from) & (days["date"] <= test_from - gap)]
    return train, valid


# %% exercise="leak-found" kind="alternative" name="slices-by-date"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Slices of a Series by date, one type after the other."""
    by_type = {kind: group.set_index("date")["ridership"].sort_index() for kind, group in days.groupby("day_type")}
    out = []
    for day, kind in zip(days["date"], days["day_type"]):
        last = day - pd.Timedelta(days=horizon)
        out.append(by_type[kind].loc[last - pd.Timedelta(days=window - 1) : last].quantile(quantile))
    return pd.Series(out, index=days.index, dtype=float)


# %% exercise="leak-found" kind="alternative" name="rolling-by-time"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """A rolling window of days on a complete calendar, then moved by the horizon."""
    level = pd.Series(np.nan, index=days.index)
    for _, group in days.groupby("day_type"):
        counts = group.set_index("date")["ridership"].sort_index()
        whole = pd.date_range(counts.index[0], counts.index[-1] + pd.Timedelta(days=1))
        rolled = counts.reindex(whole).rolling(f"{window}D", min_periods=1).quantile(quantile)
        level.loc[group.index] = rolled.reindex(pd.DatetimeIndex(group["date"]) - pd.Timedelta(days=horizon)).to_numpy()
    return level


# %% exercise="leak-found" kind="mistake" name="own-day" says="the day itself is in its own level"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= 0) & (age < window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="yesterday" says="yesterday is in the level"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= 1) & (age < 1 + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="horizon-off-by-one" says="one day too many: the horizon"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon - 1) & (age < horizon - 1 + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="last-day-lost" says="one day is lacking"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age > horizon) & (age < horizon + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="window-long" says="the window is a day too long"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon) & (age <= horizon + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="window-short" says="the window is a day too short"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon) & (age < horizon + window - 1)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="types-mixed" says="all types of day are mixed"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (age >= horizon) & (age < horizon + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="median" says="this is the median"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon) & (age < horizon + window)
        level.append(np.quantile(counts[known], 0.5) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="filled" says="there is nothing to fill them from but the future"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon) & (age < horizon + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index).bfill().ffill()


# %% exercise="leak-found" kind="mistake" name="window-from-the-day" says="the window ends at the horizon but begins at the plan's day"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon) & (age < window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="index-lost" says="not a Series with the index of `days`"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Day by day."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = (kind == own) & (age >= horizon) & (age < horizon + window)
        level.append(np.quantile(counts[known], quantile) if known.any() else np.nan)
    return pd.Series(level)


# %% exercise="leak-found" kind="mistake" name="sorted-away" says="in another order than the rows"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Right numbers in order of date, not in that of `days`."""
    days = days.sort_values("date")
    out = pd.Series(np.nan, index=days.index)
    for row, date, kind in zip(days.index, days["date"], days["day_type"]):
        age = (date - days["date"]).dt.days
        known = (days["day_type"] == kind) & (age >= horizon) & (age < horizon + window)
        if known.any():
            out.loc[row] = np.quantile(days.loc[known, "ridership"], quantile)
    return out


# %% exercise="leak-found" kind="mistake" name="rows-of-the-type" says="the window counts rows of the type"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """The last `window` rows of the type."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        known = np.flatnonzero((kind == own) & (age >= horizon))
        known = known[np.argsort(age[known])][:window]
        level.append(np.quantile(counts[known], quantile) if len(known) else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="leak-found" kind="mistake" name="centred" says="counts that come after the plan is made change it"
def known_level(days, window=28, horizon=14, quantile=0.75):
    """Half the window before, half after."""
    at, counts, kind = days["date"].to_numpy(), days["ridership"].to_numpy(), days["day_type"].to_numpy()
    level = []
    for day, own in zip(at, kind):
        age = (day - at) / np.timedelta64(1, "D")
        past = (kind == own) & (age >= horizon) & (age < horizon + window)
        known = (kind == own) & (np.abs(age) <= window / 2)
        level.append(np.quantile(counts[known], quantile) if past.any() else np.nan)
    return pd.Series(level, index=days.index)


# %% exercise="plan-features" kind="alternative" name="a-class"
class Features(TransformerMixin, BaseEstimator):
    """A transformer of its own."""

    def fit(self, rows, y=None):
        """Nothing to learn."""
        self.fitted_ = True
        return self

    def transform(self, rows):
        """Log-ratios, one column for each weekday, the season as a circle, flags."""
        for name in ["date", *STATIONS, "level"]:
            if name not in rows.columns:
                raise ValueError(f"no column {name}")
        if rows["date"].isna().any():
            raise ValueError("date: a day is missing")
        level = rows["level"].to_numpy(float)
        if not (np.isfinite(level).all() and (level > 0).all() and (level <= 100).all()):
            raise ValueError("level out of range")
        columns = []
        for name in STATIONS:
            count = rows[name].to_numpy(float)
            if not (np.isfinite(count).all() and count.min() >= 0 and count.max() <= 100):
                raise ValueError(f"{name}: impossible")
            columns.append(np.log1p(count / level))
        date = rows["date"]
        columns += [(date.dt.weekday == i).to_numpy(float) for i in range(7)]
        turn = 2 * np.pi * date.dt.day_of_year.to_numpy() / 365.25
        columns += [np.sin(turn), np.cos(turn)]
        for back in (0, 14):
            then = date - pd.Timedelta(days=back)
            columns.append(then.isin(HOLIDAYS).to_numpy(float))
            columns.append((type_of(then) == "sunday").astype(float))
        return np.column_stack(columns)


def plan_features():
    """A class, in a pipeline."""
    return Pipeline([("features", Features())])


# %% exercise="plan-features" kind="alternative" name="three-steps"
def plan_features():
    """Refuse, divide, number: three steps."""

    def refuse(rows):
        wanted = ["date", *STATIONS, "level"]
        gone = [name for name in wanted if name not in rows]
        if gone:
            raise ValueError("lacking: " + ", ".join(gone))
        rows = rows[wanted]
        numbers = rows[[*STATIONS, "level"]].astype(float)
        bad = ~numbers.apply(lambda c: c.between(0, 100))
        bad["level"] |= numbers["level"] == 0
        bad["date"] = rows["date"].isna()
        if bad.any(axis=None):
            raise ValueError("impossible values in " + ", ".join(bad.columns[bad.any()]))
        return rows

    def divide(rows):
        return rows.assign(**{name: rows[name] / rows["level"] for name in STATIONS}).drop(columns="level")

    def number(rows):
        date = rows["date"]
        two_weeks = date - pd.to_timedelta(14, unit="D")
        return (
            rows.drop(columns="date")
            .assign(
                weekday=date.dt.weekday,
                month=date.dt.month,
                today=date.isin(HOLIDAYS) * 1,
                before=two_weeks.isin(HOLIDAYS) * 1,
            )
            .to_numpy(float)
        )

    return make_pipeline(*map(FunctionTransformer, (refuse, divide, number)))


# %% exercise="plan-features" kind="mistake" name="levels" says="the features are not free of scale"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="no-today" says="a holiday has the features of an ordinary day"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        pass
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="no-before" says="a row whose counts come from a holiday"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        pass
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="weekend-flag" says="two days of the week have the same features"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = (date.dt.weekday >= 5).astype(float)
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="no-season" says="January and July have the same features"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        pass
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="weather" says="columns that are not known, or not on the card's list"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        made["temp"] = rows["temp"].astype(float) if "temp" in rows else 50.0
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="standardised-batch" says="the features of a row depend on the rows beside it"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        made = made - made.mean()
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="dummies-of-the-batch" says="another number of features"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        return pd.get_dummies(made.assign(weekday=date.dt.day_name())).astype(float)

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="sparse-one-hot" says="the features are a sparse matrix"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        return made

    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import OneHotEncoder

    encoder = make_column_transformer((OneHotEncoder(), ["weekday"]), remainder="passthrough", sparse_threshold=1.0)
    return make_pipeline(FunctionTransformer(shape), encoder)


# %% exercise="plan-features" kind="mistake" name="nan-passes" says="a missing count is not refused"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = (value < 0) | (value > 100) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made.fillna(0)

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="negative-passes" says="a negative count is not refused"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value > -9) & (value <= 100)) | ((name == "level") & (value <= 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="ones-pass" says="counts in ones instead of thousands are not refused"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value < np.inf)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="zero-level" says="a level of 0 is not refused"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"].clip(lower=1e-9), axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="missing-date" says="a missing date is not refused"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna() & False
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday.fillna(0)
        made["day"] = date.dt.day_of_year.fillna(1)
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="nameless" says="does not name the column"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError("a column is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError("a column is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="key-error" says="bad rows raise another error"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise KeyError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise KeyError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="closed-refused" says="sound rows are refused"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value > 0) & (value <= 100))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="in-place" says="`transform` changes the rows"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        rows["extra"] = 1
        rows["extra"] = 1
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="clark-lake-only" says="a station does not count"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[["Clark_Lake"]].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        pass
        return made

    return FunctionTransformer(shape)


# %% exercise="plan-features" kind="mistake" name="rows-dropped" says="there is not one row of features for each row"
def plan_features():
    """Features."""

    def shape(rows):
        for name in ["date", *STATIONS, "level"]:
            if name not in rows:
                raise ValueError(f"{name} is lacking")
            if name == "date":
                bad = rows[name].isna()
            else:
                value = rows[name].astype(float)
                bad = ~((value >= 0) & (value <= 100)) | ((name == "level") & (value == 0))
            if bad.any():
                raise ValueError(f"{name} is impossible")
        pass
        made = rows[STATIONS].astype(float).div(rows["level"], axis=0)
        date = rows["date"]
        made["weekday"] = date.dt.weekday
        made["day"] = date.dt.day_of_year
        made["today"] = date.isin(HOLIDAYS).astype(float)
        made["before"] = (date - pd.Timedelta(days=14)).isin(HOLIDAYS).astype(float)
        made = made[rows["level"] > rows["level"].median()]
        return made

    return FunctionTransformer(shape)


# %% exercise="quantile-model" kind="alternative" name="function-in-a-namespace"
def train_plan(rows, quantile=0.75):
    """Weighted by the level, so that the loss is that of thousands."""
    from types import SimpleNamespace

    made = plan_features().fit(rows)
    booster = HistGradientBoostingRegressor(
        loss="quantile", quantile=quantile, max_iter=60, max_leaf_nodes=8, max_bins=31, early_stopping=False
    )
    booster.fit(np.asarray(made.transform(rows)), rows["ridership"] / rows["level"], sample_weight=rows["level"])

    def predict(asked):
        shaped = np.asarray(made.transform(asked))
        return np.clip(booster.predict(shaped), 0, None) * asked["level"].to_numpy(float)

    return SimpleNamespace(predict=predict)


# %% exercise="quantile-model" kind="alternative" name="logarithm"
class LogPlan(BaseEstimator):
    """The quantile of the logarithm is the logarithm of the quantile."""

    def __init__(self, quantile=0.75):
        self.quantile = quantile

    def fit(self, rows):
        """Boosting on log(ridership / level)."""
        self.features_ = plan_features().fit(rows)
        self.model_ = HistGradientBoostingRegressor(
            loss="quantile",
            quantile=self.quantile,
            max_iter=120,
            max_leaf_nodes=8,
            min_samples_leaf=25,
            early_stopping=False,
        ).fit(np.asarray(self.features_.transform(rows)), np.log(rows["ridership"] / rows["level"]))
        return self

    def predict(self, asked):
        """Thousands."""
        return np.exp(self.model_.predict(np.asarray(self.features_.transform(asked)))) * np.asarray(asked["level"])


def train_plan(rows, quantile=0.75):
    """A LogPlan."""
    return LogPlan(quantile).fit(rows)


# %% exercise="quantile-model" kind="mistake" name="mean" says="the mean is planned, or nearly"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="squared_error", max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="median" says="the median is planned, not the quantile"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="absolute_error", max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="turned-round" says="the quantile is turned round"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=1 - quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="fixed-quantile" says="`quantile` is not used"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=0.75, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="entries" says="the plan stays where it was"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0)

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="difference" says="the plan does not grow by the factor"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] - rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked) + asked["level"].to_numpy(), 0)

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="ratio" says="the plan is a ratio, not thousands"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0)

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="no-guard" says="bad rows get a plan"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(
                FunctionTransformer(
                    lambda t: (
                        np.column_stack([t["Clark_Lake"] / t["level"], t["date"].dt.weekday])
                        if "Clark_Lake" in t
                        else np.zeros((len(t), 2))
                    )
                ),
                booster,
            )
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="needs-ridership" says="sound rows without `ridership` are refused"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            asked = asked[rows.columns]
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="changes-rows" says="`train_plan` changes the rows"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    rows["ratio"] = rows["ridership"] / rows["level"]
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="bagged-unseeded" says="trained twice on the same rows"
def train_plan(rows, quantile=0.75):
    """A trained plan."""

    class Plan:
        def __init__(self):
            booster = HistGradientBoostingRegressor(
                loss="quantile", quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False
            )
            self.model = make_pipeline(plan_features(), booster)
            self.model.fit(
                rows, (rows["ridership"] / rows["level"]) * np.random.default_rng().uniform(0.97, 1.03, len(rows))
            )

        def predict(self, asked):
            pass
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    pass
    return Plan()


# %% exercise="quantile-model" kind="mistake" name="one-number" says="the plan has the right share and costs too much"
def train_plan(rows, quantile=0.75):
    """The quantile of the ratio, the same for every day."""

    class Plan:
        def __init__(self):
            self.features = plan_features().fit(rows)
            self.ratio = np.quantile(rows["ridership"] / rows["level"], quantile)

        def predict(self, asked):
            self.features.transform(asked)
            return self.ratio * asked["level"].to_numpy()

    return Plan()


# %% exercise="quantile-model" kind="mistake" name="linear-on-numbers" says="on the real days the plan costs too much"
def train_plan(rows, quantile=0.75):
    """A line in the numbers of the features, weekday from 0 to 6 and all."""

    class Plan:
        def __init__(self):
            line = QuantileRegressor(quantile=quantile, alpha=1e-4, solver="highs")
            self.model = make_pipeline(plan_features(), StandardScaler(), line)
            self.model.fit(rows, rows["ridership"] / rows["level"])

        def predict(self, asked):
            return np.maximum(self.model.predict(asked), 0) * asked["level"].to_numpy()

    return Plan()


# %% exercise="choose-plan" kind="alternative" name="by-the-table"
passed = choices[choices["low"] > 0].drop(index="yours", errors="ignore")
agreed = passed[passed["enough, worse year"] >= 0.7]
best = agreed["station feeds"].idxmin()
choice = {
    "shown": list(passed.index),
    "model": best,
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": round(365 * agreed.loc[best, "saving"], -3),
}


# %% exercise="choose-plan" kind="alternative" name="by-hand"
choice = {
    "shown": ("calendar alone", "Clark/Lake and calendar"),
    "model": "calendar alone",
    "first failed": 2.0,
    "if the test disappoints": "report it",
    "yearly": 23_000.0,
}


# %% exercise="choose-plan" kind="mistake" name="linear-shown" says="the linear plan's interval contains 0"
choice = {
    "shown": ["linear", "yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="only-one-shown" says="a plan is lacking whose interval"
choice = {
    "shown": ["calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="all-shown" says="a plan that lies left of zero"
choice = {
    "shown": ["two weeks before", "yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="cheapest" says="the cheapest of the table breaks the agreement"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "Clark/Lake and calendar",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="own-model" says="twenty feeds, each of which can break"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "yours",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="by-feeds" says="it never comes to rule 3"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 3,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="not-shown" says="rule 1 it passes"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 1,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="next-plan" says="whoever takes the next plan has chosen by the test"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "take the next plan",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="train-again" says="a test that is used to train"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "train again until it fits",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="against-the-habit" says="this is the saving against the client's habit"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 365 * (758 - 256),
}


# %% exercise="choose-plan" kind="mistake" name="a-day" says="this is the saving of a day"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 62.4,
}


# %% exercise="choose-plan" kind="mistake" name="a-month" says="this is the saving of a month"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 30 * 62.4,
}


# %% exercise="choose-plan" kind="mistake" name="linear-chosen" says="the chosen plan does not pass rule 1"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "linear",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 22_800,
}


# %% exercise="choose-plan" kind="mistake" name="by-workdays" says="the yearly saving is not that of the chosen plan"
choice = {
    "shown": ["yours", "Clark/Lake and calendar", "calendar alone"],
    "model": "calendar alone",
    "first failed": 2,
    "if the test disappoints": "report it",
    "yearly": 250 * 62.4,
}


# %% exercise="audit-columns" kind="equivalent" mutant="- brief = {'days ahead': (14, 1), 'over': (240, 4), 'under': (720, 6), 'enough': (0.7, 10), 'judged by': ('dollars', 9), 'refuted': [12, 14]} | + brief = {'days ahead': (14, 1), 'over': (240, 4), 'under': (720, 6), 'enough': (0.7, 10), 'judged by': ('dollars', 9), 'refuted': [14, 12]}" reason="the same entries in another order"


# %% exercise="audit-columns" kind="equivalent" mutant="- audit |= dict.fromkeys(['date', *STATIONS], 'known') | + audit |= dict.fromkeys([*STATIONS, 'date'], 'known')" reason="the same entries in another order"


# %% exercise="plan-cost" kind="equivalent" mutant="- actual, planned = (np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)) | + actual, planned = (np.asarray(actual), np.asarray(planned, dtype=float))" reason="the same numbers: a difference of whole numbers, or a cost of 0 where plan and entries are equal"


# %% exercise="plan-cost" kind="equivalent" mutant="- actual, planned = (np.asarray(actual, dtype=float), np.asarray(planned, dtype=float)) | + actual, planned = (np.asarray(actual, dtype=float), np.asarray(planned))" reason="the same numbers: a difference of whole numbers, or a cost of 0 where plan and entries are equal"


# %% exercise="plan-cost" kind="equivalent" mutant="- return float(np.mean(np.where(short > 0, under * short, -over * short))) | + return float(np.mean(np.where(short >= 0, under * short, -over * short)))" reason="the same numbers: a difference of whole numbers, or a cost of 0 where plan and entries are equal"


# %% exercise="leak-found" kind="equivalent" mutant="- start = np.searchsorted(dates, last - np.timedelta64(window - 1, 'D'), side='left') | + start = np.searchsorted(dates, last - np.timedelta64(window - 1, 'D'))" reason="the default of searchsorted, or lengths that are equal in any case"


# %% exercise="leak-found" kind="equivalent" mutant="- level.loc[group.index] = [np.quantile(counts[a:b], quantile) if b > a else np.nan for a, b in zip(start, end, strict=True)] | + level.loc[group.index] = [np.quantile(counts[a:b], quantile) if b > a else np.nan for a, b in zip(start, end)]" reason="the default of searchsorted, or lengths that are equal in any case"


# %% exercise="leak-found" kind="equivalent" mutant="- level.loc[group.index] = [np.quantile(counts[a:b], quantile) if b > a else np.nan for a, b in zip(start, end, strict=True)] | + level.loc[group.index] = [np.quantile(counts[a:b], quantile) if b > a else np.nan for a, b in zip(start, end, strict=False)]" reason="the default of searchsorted, or lengths that are equal in any case"


# %% exercise="plan-features" kind="equivalent" mutant="- for name in ['date', *STATIONS, 'level']: | + for name in [*STATIONS, 'date', 'level']:" reason="the columns are looked at in another order"


# %% exercise="plan-features" kind="equivalent" mutant="- for name in ['date', *STATIONS, 'level']: | + for name in ['date', 'level', *STATIONS]:" reason="the columns are looked at in another order"


# %% exercise="plan-features" kind="equivalent" mutant="- raise ValueError(f'{name} is missing or impossible in {bad.sum()} rows') | + raise ValueError(f'{name} is missing or impossible in {bad.mean()} rows')" reason="a share instead of a count in the text of the message"


# %% exercise="plan-features" kind="equivalent" mutant="- for back in (0, 14): | + for back in (1, 14):" reason="the flags of neighbouring days still show the holiday, as the card asks"


# %% exercise="plan-features" kind="equivalent" mutant="- for back in (0, 14): | + for back in (0, 15):" reason="the flags of neighbouring days still show the holiday, as the card asks"


# %% exercise="plan-features" kind="equivalent" mutant="- for back in (0, 14): | + for back in (0, 13):" reason="the flags of neighbouring days still show the holiday, as the card asks"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_leaf_nodes=8, early_stopping=False, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, early_stopping=False, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=101, max_leaf_nodes=8, early_stopping=False, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=99, max_leaf_nodes=8, early_stopping=False, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=9, early_stopping=False, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=7, early_stopping=False, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=True, random_state=0)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="quantile-model" kind="equivalent" mutant="- booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0) | + booster = HistGradientBoostingRegressor(loss='quantile', quantile=quantile, max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=1)" reason="another size or seed of the same model: the card leaves the choice"


# %% exercise="choose-plan" kind="equivalent" mutant="- choice = {'shown': ['yours', 'Clark/Lake and calendar', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 365 * choices.loc['calendar alone', 'saving']} | + choice = {'shown': ['Clark/Lake and calendar', 'yours', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 365 * choices.loc['calendar alone', 'saving']}" reason="the list in another order, or a yearly saving that is the same to the card's tolerance"


# %% exercise="choose-plan" kind="equivalent" mutant="- choice = {'shown': ['yours', 'Clark/Lake and calendar', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 365 * choices.loc['calendar alone', 'saving']} | + choice = {'shown': ['yours', 'calendar alone', 'Clark/Lake and calendar'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 365 * choices.loc['calendar alone', 'saving']}" reason="the list in another order, or a yearly saving that is the same to the card's tolerance"


# %% exercise="choose-plan" kind="equivalent" mutant="- choice = {'shown': ['yours', 'Clark/Lake and calendar', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 365 * choices.loc['calendar alone', 'saving']} | + choice = {'shown': ['yours', 'Clark/Lake and calendar', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 366 * choices.loc['calendar alone', 'saving']}" reason="the list in another order, or a yearly saving that is the same to the card's tolerance"


# %% exercise="choose-plan" kind="equivalent" mutant="- choice = {'shown': ['yours', 'Clark/Lake and calendar', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 365 * choices.loc['calendar alone', 'saving']} | + choice = {'shown': ['yours', 'Clark/Lake and calendar', 'calendar alone'], 'model': 'calendar alone', 'first failed': 2, 'if the test disappoints': 'report it', 'yearly': 364 * choices.loc['calendar alone', 'saving']}" reason="the list in another order, or a yearly saving that is the same to the card's tolerance"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1))) | + made[f'beside {back}'] = sum(((then - pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1))) | + made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (1, 1)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1))) | + made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-2, 1)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1))) | + made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-0, 1)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1))) | + made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 2)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="plan-features" kind="equivalent" mutant="- made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 1))) | + made[f'beside {back}'] = sum(((then + pd.Timedelta(days=d)).isin(HOLIDAYS).astype(float) for d in (-1, 0)))" reason="features beyond what the card asks for: any flags of neighbouring days will do"


# %% exercise="quantile-model" kind="equivalent" mutant="- return np.maximum(self.model.predict(asked), 0) * asked['level'].to_numpy() | + return np.maximum(0, self.model.predict(asked)) * asked['level'].to_numpy()" reason="the larger of two numbers, in either order"
