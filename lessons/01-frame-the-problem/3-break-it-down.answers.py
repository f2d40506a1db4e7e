# %% [markdown]
# Answers to `3-break-it-down.py`: never released. The plan is a statement rather than code, so its alternatives are other
# orders that work.

# %% exercise="plan" kind="alternative" name="costs-first"
plan = ["A", "C", "I", "B", "D", "E", "H", "J", "K"]

# %% exercise="plan" kind="alternative" name="text"
plan = "a b c i d h e j k"

# %% exercise="plan" kind="alternative" name="sorted-by-machine"
from graphlib import TopologicalSorter

wanted = set("ABCDEHIJK")
maker = {CARDS[letter][3][0]: letter for letter in wanted}
graph = {letter: {maker[thing] for thing in CARDS[letter][2] if thing in maker} for letter in wanted}
plan = list(TopologicalSorter(graph).static_order())

# %% exercise="plan" kind="mistake" name="network-before-all" says="nobody in the plan needs the tuned network"
plan = ["A", "B", "F", "C", "D", "I", "H", "E", "J", "K"]

# %% exercise="plan" kind="mistake" name="with-dashboard" says="nobody in the plan needs the dashboard"
plan = ["A", "B", "C", "D", "I", "H", "E", "J", "G", "K"]

# %% exercise="plan" kind="mistake" name="metric-afterwards" says="picked after the results are in"
plan = ["A", "B", "C", "D", "H", "E", "J", "L", "K"]

# %% exercise="plan" kind="mistake" name="wrong-owner" says="someone who does not pay"
plan = ["A", "B", "C", "D", "E", "M"]

# %% exercise="plan" kind="mistake" name="model-before-baseline" says="card E needs the price to beat"
plan = ["A", "B", "E", "C", "D", "I", "H", "J", "K"]

# %% exercise="plan" kind="mistake" name="sized-before-metrics" says="card H needs the metrics"
plan = ["A", "B", "C", "D", "H", "I", "E", "J", "K"]

# %% exercise="plan" kind="mistake" name="no-audit" says="card D needs the known columns"
plan = ["A", "C", "D", "I", "H", "E", "J", "K"]

# %% exercise="plan" kind="mistake" name="no-decision" says="nobody in the plan needs the pilot log"
plan = ["A", "B", "C", "D", "I", "H", "E", "J"]


# %% exercise="pilot-metrics" kind="alternative" name="counting-rows"
def pilot_metrics(log):
    """Plain counting, row by row."""
    n = {"pilot": 0, "control": 0}
    cost = {"pilot": 0.0, "control": 0.0}
    hits = false = misses = moved = scheduled = in_time = 0
    for row in log.itertuples():
        if row.arm == "pilot":
            scheduled += 1
            in_time += row.minutes_ahead >= 120
        if math.isnan(row.arr_delay):
            continue
        late = row.arr_delay >= 30
        n[row.arm] += 1
        cost[row.arm] += 40 if row.rebooked and not late else 240 if late and not row.rebooked else 0
        if row.arm == "pilot":
            hits += row.rebooked and late
            misses += late and not row.rebooked
            if row.rebooked and not late:
                false += 1
                moved += row.passengers
    return {
        "saved_per_1000": 1000 * (cost["control"] / n["control"] - cost["pilot"] / n["pilot"]),
        "false_alarms": false / (hits + false) if hits + false else float("nan"),
        "missed": misses / (hits + misses) if hits + misses else float("nan"),
        "moved_without_need": 1000 * moved / n["pilot"],
        "coverage": in_time / scheduled,
    }


# %% exercise="pilot-metrics" kind="alternative" name="queries-and-arrays"
def pilot_metrics(log):
    """numpy masks and query."""

    def price(arm):
        part = log.query("arm == @arm and arr_delay == arr_delay")
        late, moved = part["arr_delay"].to_numpy() > 29.99, part["rebooked"].to_numpy()
        return part, late, moved, np.select([moved & ~late, late & ~moved], [40, 240], 0)

    part, late, moved, paid = price("pilot")
    here = log.query("arm == 'pilot'")
    false = int((moved & ~late).sum())
    return {
        "coverage": float((here["minutes_ahead"].fillna(-1) >= 120).sum() / len(here)),
        "moved_without_need": 1000 * part["passengers"].to_numpy()[moved & ~late].sum() / len(part),
        "missed": float(1 - moved[late].mean()) if late.any() else np.nan,
        "false_alarms": false / moved.sum() if moved.any() else np.nan,
        "saved_per_1000": float(price("control")[3].mean() - paid.mean()) * 1000,
    }


# %% exercise="pilot-metrics" kind="mistake" name="cancelled-on-time" says="a missing delay is not a small one"
def pilot_metrics(log):
    """No look at the missing delays."""
    arrived = log
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).mean()
    pilot = arrived["arm"] == "pilot"
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * arrived["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": (log.loc[log["arm"] == "pilot", "minutes_ahead"] >= 120).mean(),
    }


# %% exercise="pilot-metrics" kind="mistake" name="only-with-forecast" says="their cost is part of the pilot"
def pilot_metrics(log):
    """Judges the forecast only where there is one."""
    arrived = log[log["arr_delay"].notna() & ((log["arm"] == "control") | log["minutes_ahead"].notna())]
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).mean()
    pilot = arrived["arm"] == "pilot"
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * arrived["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": (log.loc[log["arm"] == "pilot", "minutes_ahead"] >= 120).mean(),
    }


# %% exercise="pilot-metrics" kind="mistake" name="false-positive-rate" says="divided by the flights on time"
def pilot_metrics(log):
    """The false-positive rate of a textbook instead of the share that gate staff see."""
    arrived = log[log["arr_delay"].notna()]
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).mean()
    pilot = arrived["arm"] == "pilot"
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": rebooked[pilot & ~late].mean() if (pilot & rebooked).any() else np.nan,
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * arrived["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": (log.loc[log["arm"] == "pilot", "minutes_ahead"] >= 120).mean(),
    }


# %% exercise="pilot-metrics" kind="mistake" name="missed-of-all" says="divided by all flights"
def pilot_metrics(log):
    """Misses over all flights."""
    arrived = log[log["arr_delay"].notna()]
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).mean()
    pilot = arrived["arm"] == "pilot"
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked & late)[pilot].mean(),
        "moved_without_need": 1000 * arrived["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": (log.loc[log["arm"] == "pilot", "minutes_ahead"] >= 120).mean(),
    }


# %% exercise="pilot-metrics" kind="mistake" name="coverage-of-arrived" says="coverage leaves out cancelled flights"
def pilot_metrics(log):
    """Drops the cancelled flights first and forgets that they needed a forecast too."""
    log = log[log["arr_delay"].notna()]
    late, rebooked = log["arr_delay"] >= 30, log["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(log["arm"]).mean()
    pilot = log["arm"] == "pilot"
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * log["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": (log.loc[pilot, "minutes_ahead"] >= 120).mean(),
    }


# %% exercise="pilot-metrics" kind="mistake" name="any-forecast" says="comes too late counts as coverage"
def pilot_metrics(log):
    """Counts every forecast that came."""
    arrived = log[log["arr_delay"].notna()]
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).mean()
    pilot = arrived["arm"] == "pilot"
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * arrived["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": log.loc[log["arm"] == "pilot", "minutes_ahead"].notna().mean(),
    }


# %% exercise="pilot-metrics" kind="mistake" name="totals" says="these are totals"
def pilot_metrics(log):
    """Sums where means belong."""
    arrived = log[log["arr_delay"].notna()]
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).sum()
    pilot = arrived["arm"] == "pilot"
    return {
        "saved_per_1000": cost["control"] - cost["pilot"],
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * arrived["passengers"].where(rebooked & ~late, 0)[pilot].mean(),
        "coverage": (log.loc[log["arm"] == "pilot", "minutes_ahead"] >= 120).mean(),
    }


# %% exercise="flights-needed" kind="alternative" name="statsmodels"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """statsmodels solves for the number."""
    effect = abs(difference) / math.sqrt((sd_control**2 + sd_pilot**2) / 2)
    return math.ceil(NormalIndPower().solve_power(effect, power=power, alpha=alpha, ratio=1, alternative="two-sided"))


# %% exercise="flights-needed" kind="alternative" name="search"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """Bisection on the power, both tails counted."""
    edge = stats.norm.isf(alpha / 2)

    def reached(n):
        shift = abs(difference) / ((sd_control**2 + sd_pilot**2) / n) ** 0.5
        return stats.norm.sf(edge - shift) + stats.norm.cdf(-edge - shift)

    few, many = 0, 1
    while reached(many) < power:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if reached(middle) < power else (few, middle)
    return many


# %% exercise="flights-needed" kind="mistake" name="one-sided" says="the test is one-sided"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """alpha whole in one tail."""
    z = stats.norm.ppf(1 - alpha) + stats.norm.ppf(power)
    return math.ceil(z**2 * (sd_control**2 + sd_pilot**2) / difference**2)


# %% exercise="flights-needed" kind="mistake" name="one-arm" says="only one arm's noise is counted"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """The formula for one sample."""
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return math.ceil(z**2 * sd_control**2 / difference**2)


# %% exercise="flights-needed" kind="mistake" name="sd-for-variance" says="stand where their squares belong"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """Forgets the squares."""
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return math.ceil(z**2 * (sd_control + sd_pilot) / difference**2)


# %% exercise="flights-needed" kind="mistake" name="sds-added" says="variances add"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """Squares the sum."""
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return math.ceil(z**2 * (sd_control + sd_pilot) ** 2 / difference**2)


# %% exercise="flights-needed" kind="mistake" name="both-arms" says="flights of both arms together"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """The total."""
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return 2 * math.ceil(z**2 * (sd_control**2 + sd_pilot**2) / difference**2)


# %% exercise="flights-needed" kind="mistake" name="without-power" says="every second true difference is overlooked"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """Makes the interval just miss zero."""
    return math.ceil(stats.norm.ppf(1 - alpha / 2) ** 2 * (sd_control**2 + sd_pilot**2) / difference**2)


# %% exercise="flights-needed" kind="mistake" name="rounds-down" says="round up, not down"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """int() cuts."""
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return int(z**2 * (sd_control**2 + sd_pilot**2) / difference**2)


# %% exercise="flights-needed" kind="mistake" name="one-spread" says="the control arm's spread stands for both"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """The textbook formula with one sd."""
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return math.ceil(2 * z**2 * sd_control**2 / difference**2)


# %% exercise="design-effect" kind="alternative" name="groupby-and-f"
def design_effect(values, day):
    """scipy's F-test and pandas' groups."""
    groups = pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(day))
    m = groups.size()
    usual = (m.sum() - (m**2).sum() / m.sum()) / (len(m) - 1)
    f = stats.f_oneway(*(g.to_numpy() for _, g in groups)).statistic
    rho = (f - 1) / (f - 1 + usual)
    return float(rho), float(1 + (np.average(m, weights=m) - 1) * rho)


arms = {"today": cost_never, "rule": cost_rule, "saved": cost_never - cost_rule}
wide = {name: x.std(ddof=1) * math.sqrt(design_effect(x, day)[1]) for name, x in arms.items()}
statement_numbers = dict(
    base_rate=float(late.mean()),
    threshold=1 / 7,
    cost_never=1000 * 240 * late.mean(),
    cost_rule=cost_rule.sum() / len(late) * 1000,
    design_effect_never=design_effect(cost_never, day)[1],
    design_effect_rule=design_effect(cost_rule, day)[1],
    days_tidy=2 * math.ceil(each / flights_a_day),
    days_by_coin=2 * math.ceil(flights_needed(saving, wide["today"], wide["rule"]) / flights_a_day),
    days_shadow=math.ceil(flights_needed(saving, 0, wide["saved"]) / flights_a_day),
)


# %% exercise="design-effect" kind="alternative" name="sums-of-squares"
def design_effect(values, day):
    """Sums of squares from the whole less within; days by dictionary."""
    boxes = {}
    for value, label in zip(values, day, strict=True):
        boxes.setdefault(label, []).append(float(value))
    sizes = [len(box) for box in boxes.values()]
    n, k = sum(sizes), len(sizes)
    total = float(np.var(np.asarray(values, dtype=float))) * n
    inside = sum(len(box) * float(np.var(box)) for box in boxes.values())
    msb, msw = (total - inside) / (k - 1), inside / (n - k)
    squares = sum(m * m for m in sizes)
    m0 = (n - squares / n) / (k - 1)
    rho = (msb - msw) / (msb + (m0 - 1) * msw)
    return [rho, 1 + (squares / n - 1) * rho]


gain = cost_never - cost_rule
z2 = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2
v1, v2, v3 = (np.var(x, ddof=1) for x in (cost_never, cost_rule, gain))
d1, d2, d3 = (design_effect(x.tolist(), day.astype(int).tolist())[1] for x in (cost_never, cost_rule, gain))
days_of = lambda v: math.ceil(z2 * v / gain.mean() ** 2 / flights_a_day)
statement_numbers = {
    "base_rate": late.sum() / late.size,
    "threshold": FALSE_ALARM / (FALSE_ALARM + MISS),
    "cost_never": round(1000 * cost_never.mean()),
    "cost_rule": round(1000 * cost_rule.mean()),
    "design_effect_never": d1,
    "design_effect_rule": d2,
    "days_tidy": 2 * days_of(v1 + v2),
    "days_by_coin": 2 * days_of(v1 * d1 + v2 * d2),
    "days_shadow": days_of(v3 * d3),
}


# %% exercise="design-effect" kind="mistake" name="day-means-variance" says="chance makes day means vary too"
def design_effect(values, day):
    """How much of the variance lies between days, read off naively."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = mean.var() / values.var()
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="plain-mean-size" says="big days count more"
def design_effect(values, day):
    """The textbook formula for equal sizes."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (n / k - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="cut-at-zero" says="a negative rho is cut off"
def design_effect(values, day):
    """A correlation must not be negative, it seems."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    rho = max(rho, 0.0)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="root-of-it" says="this is the root of the design effect"
def design_effect(values, day):
    """The factor for standard errors."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, (1 + (seen - 1) * rho) ** 0.5


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="deff-first" says="rho comes first"
def design_effect(values, day):
    """The wrong order."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return 1 + (seen - 1) * rho, rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="days-of-one-arm" says="these are the days of one arm"
def design_effect(values, day):
    """Right; the days below are of one arm."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="sd-times-deff" says="its root belongs there"
def design_effect(values, day):
    """Right; below the sd is multiplied by the design effect itself."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never, sd_rule * deff_rule)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="one-deff-for-both" says="one design effect stands for both"
def design_effect(values, day):
    """Right; below one factor serves both arms."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_never**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="shadow-unpaired" says="use the saving of each flight"
def design_effect(values, day):
    """Right; below the shadow run is a coin with half the days."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = by_coin
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="shadow-two-arms" says="variance counts once"
def design_effect(values, day):
    """Right; below the saving's variance counts twice."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, sd_saving * deff_saving**0.5)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="cost-of-a-flight" says="asked for 1,000 flights"
def design_effect(values, day):
    """Right; the costs below are of one flight."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": cost_never.mean(),
    "cost_rule": cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="design-effect" kind="mistake" name="coin-without-deff" says="missing from the days by coin"
def design_effect(values, day):
    """Right, but not used below."""
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho


sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * 1, sd_rule * 1)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}


# %% exercise="repaired-pilot" kind="mistake" name="flights-as-units" says="that of independent flights"
def repaired_pilot(log):
    """Keeps the t-test over flights; stops peeking, keeps all flights."""
    days = log.set_index("arm")["cost"]
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": 1000 * (days["control"].mean() - days["pilot"].mean()),
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="mistake" name="still-drops" says="left out of the pilot arm"
def repaired_pilot(log):
    """Days as units, one look; but still per protocol."""
    log = log[(log["arm"] == "control") | log["forecast"]]
    days = log.groupby(["arm", "day"])["cost"].mean()
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": 1000 * (days["control"].mean() - days["pilot"].mean()),
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="mistake" name="drops-in-both" says="the desk pays for those too"
def repaired_pilot(log):
    """Fair to both arms, it seems; but it answers a question about other flights."""
    log = log[log["forecast"]]
    days = log.groupby(["arm", "day"])["cost"].mean()
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": 1000 * (days["control"].mean() - days["pilot"].mean()),
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="mistake" name="still-peeks" says="still stops before the planned end"
def repaired_pilot(log):
    """Days as units, all flights; but looks every evening."""
    for today in np.unique(log["day"])[6:]:
        days = log[log["day"] <= today].groupby(["arm", "day"])["cost"].mean()
        if days.groupby("arm").size().min() < 2 or days.groupby("arm").size().size < 2:
            continue
        if stats.ttest_ind(days["control"], days["pilot"], equal_var=False).pvalue < 0.05:
            break
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": 1000 * (days["control"].mean() - days["pilot"].mean()),
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="mistake" name="pilot-less-control" says="the sign is turned round"
def repaired_pilot(log):
    """Pilot less control."""
    days = log.groupby(["arm", "day"])["cost"].mean()
    test = stats.ttest_ind(days["pilot"], days["control"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": 1000 * (days["pilot"].mean() - days["control"].mean()),
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="mistake" name="per-flight" says="for one flight, not for 1,000"
def repaired_pilot(log):
    """Dollars a flight."""
    days = log.groupby(["arm", "day"])["cost"].mean()
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": (days["control"].mean() - days["pilot"].mean()),
        "low": low,
        "high": high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="mistake" name="ninety-percent" says="not a 95 % interval over days"
def repaired_pilot(log):
    """Another level."""
    days = log.groupby(["arm", "day"])["cost"].mean()
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.9)
    return {
        "saving": 1000 * (days["control"].mean() - days["pilot"].mean()),
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(low > 0 or high < 0),
    }


# %% exercise="repaired-pilot" kind="alternative" name="cluster-robust-regression"
def repaired_pilot(log):
    """Regression on the arm, all flights, standard errors clustered by day."""
    import statsmodels.api as sm

    design = sm.add_constant((log["arm"] == "control").to_numpy(dtype=float))
    group = pd.factorize(log["day"])[0]
    fit = sm.OLS(log["cost"].to_numpy(), design).fit(cov_type="cluster", cov_kwds={"groups": group}, use_t=True)
    low, high = 1000 * fit.conf_int(0.05)[1]
    return {"saving": 1000 * fit.params[1], "low": low, "high": high, "significant": not low <= 0 <= high}


# %% exercise="repaired-pilot" kind="alternative" name="day-bootstrap"
def repaired_pilot(log):
    """Days drawn with replacement within each arm; interval from the bootstrap's standard error and t."""
    rng = np.random.default_rng(0)
    means = {arm: part.groupby("day")["cost"].mean().to_numpy() for arm, part in log.groupby("arm")}
    drawn = {arm: rng.choice(m, (2000, len(m))).mean(axis=1) for arm, m in means.items()}
    inflate = {arm: len(m) / (len(m) - 1) for arm, m in means.items()}
    error = math.sqrt(sum(drawn[arm].var() * inflate[arm] for arm in means))
    saving = means["control"].mean() - means["pilot"].mean()
    reach = stats.t.ppf(0.975, min(len(m) for m in means.values()) + 8) * error
    low, high = 1000 * (saving - reach), 1000 * (saving + reach)
    return {"saving": 1000 * saving, "low": low, "high": high, "significant": bool(low > 0 or high < 0)}


# %% exercise="repaired-pilot" kind="alternative" name="pooled-over-days"
def repaired_pilot(log):
    """The t-test with a common variance, by hand."""
    table = log.pivot_table(index="day", columns="arm", values="cost", aggfunc="mean")
    a, b = table["control"].dropna(), table["pilot"].dropna()
    free = len(a) + len(b) - 2
    spread = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
    reach = stats.t.isf(0.025, free) * (spread / free * (1 / len(a) + 1 / len(b))) ** 0.5
    middle = a.mean() - b.mean()
    return dict(
        saving=1000 * middle,
        low=1000 * (middle - reach),
        high=1000 * (middle + reach),
        significant=abs(middle) > reach,
    )


# %% exercise="plan" kind="equivalent" mutant="- plan = ['A', 'B', 'C', 'D', 'I', 'H', 'E', 'J', 'K'] | + plan = ['A', 'C', 'B', 'D', 'I', 'H', 'E', 'J', 'K']" reason="audit and costs both need only the label: another order that works"

# %% exercise="plan" kind="equivalent" mutant="- plan = ['A', 'B', 'C', 'D', 'I', 'H', 'E', 'J', 'K'] | + plan = ['A', 'B', 'C', 'I', 'D', 'H', 'E', 'J', 'K']" reason="the metrics need only the costs: another order that works"

# %% exercise="plan" kind="equivalent" mutant="- plan = ['A', 'B', 'C', 'D', 'I', 'H', 'E', 'J', 'K'] | + plan = ['A', 'B', 'C', 'D', 'I', 'E', 'H', 'J', 'K']" reason="model and pilot's length do not need each other: another order that works"


# %% exercise="design-effect" kind="equivalent" mutant="- values = np.asarray(values, dtype=float) | + values = np.asarray(values)" reason="numbers are numbers without the conversion too"


# %% exercise="design-effect" kind="equivalent" mutant="- sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule)) | + sd_never, sd_rule, sd_saving = (x.std() for x in (cost_never, cost_rule, cost_never - cost_rule))" reason="with 55,628 flights the divisor does not move a day"


# %% exercise="design-effect" kind="equivalent" mutant="- sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule)) | + sd_never, sd_rule, sd_saving = (x.std(ddof=2) for x in (cost_never, cost_rule, cost_never - cost_rule))" reason="with 55,628 flights the divisor does not move a day"


# %% exercise="design-effect" kind="equivalent" mutant="- sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule)) | + sd_never, sd_rule, sd_saving = (x.std(ddof=0) for x in (cost_never, cost_rule, cost_never - cost_rule))" reason="with 55,628 flights the divisor does not move a day"


# %% exercise="design-effect" kind="equivalent" mutant="- in_shadow = flights_needed(saving, sd_saving * deff_saving ** 0.5, 0) | + in_shadow = flights_needed(saving, sd_saving * deff_saving ** 0.5, 1)" reason="one squared dollar beside 211,000 does not move a day"


# %% exercise="repaired-pilot" kind="equivalent" mutant="- test = stats.ttest_ind(days['control'], days['pilot'], equal_var=False) | + test = stats.ttest_ind(days['control'], days['pilot'])" reason="one variance for both arms is right too: the card lets another sound method differ a little"


# %% exercise="repaired-pilot" kind="equivalent" mutant="- test = stats.ttest_ind(days['control'], days['pilot'], equal_var=False) | + test = stats.ttest_ind(days['control'], days['pilot'], equal_var=True)" reason="one variance for both arms is right too: the card lets another sound method differ a little"


# %% exercise="repaired-pilot" kind="equivalent" mutant="- return {'saving': days['control'].mean() - days['pilot'].mean(), 'low': low, 'high': high, 'significant': bool(test.pvalue < 0.05)} | + return {'saving': days['control'].mean() - days['pilot'].mean(), 'low': low, 'high': high, 'significant': bool(test.pvalue <= 0.05)}" reason="a p-value of exactly 0.05 does not come up"

# %% [markdown] explain="problem-statement" kind="sample" points=4.5
# To Rosa Okafor. Two hours before departure the desk decides, flight by flight, whether to rebook the connecting
# passengers. It should do so when an arrival 30 minutes late or worse is likelier than one in seven.
#
# Waiting would have cost 22,357 dollars per 1,000 flights in September and October. The rule of one line would have
# cost 18,391. A model has to come in under the rule, or we leave it.
#
# We call it a success if the desk saves dollars per 1,000 flights against waiting. We agree beforehand that the share
# of false alarms and the number of passengers moved for nothing may not pass their limits.
#
# Two weeks are too short. When one flight of a day is late, hundreds are, so fourteen days are fourteen measurements,
# not thirteen thousand. In shadow, where both decisions are only priced, we need 116 days; by coin 498.
#
# At the end you decide on one look. More data would of course be better.
#
# *decision 1: who, when and the label are there. Price 1: both costs and the model under the rule. Success and
# guardrails 1. How long 1: 116 and 498 with the reason in plain words. What stays open ½: "more data would be better"
# is a limit without a consequence.*

# %% [markdown] explain="problem-statement" kind="sample" points=2.5
# Rosa, we want to find out if rebooking early pays. The desk decides before departure which flights to rebook. Without
# any rule you pay 22,357 dollars for 1,000 flights and with the rule 18,391, so the rule wins by almost 4,000 and a
# model should do at least as well as that.
#
# We will measure dollars saved. For the time the pilot takes I recommend 116 days, because the power calculation needs
# them at 80 % power and a significance level of 5 %.
#
# A risk is that two months are not much data, and more data is needed to be sure.
#
# *decision ½: neither the label (30 minutes) nor "two hours" is said. Price ½: both costs, but "at least as well" lets
# a model through that does not beat the rule. Success ½: dollars, no guardrail. How long ½: the right number, but its
# reason is a formula's name and not that flights of one day go wrong together. Open ½: "more data is needed".*

# %% [markdown] explain="problem-statement" kind="sample" points=0.5
# The goal of this project is to predict flight delays with machine learning. Delays cost airlines a lot of money. Our
# rule is already good, and with a gradient boosting model we expect an accuracy of over 90 %. We will look at several
# metrics such as accuracy, precision, recall and AUC.
#
# The pilot runs for two weeks with the days chosen by coin, which gives more than 10,000 flights. That is far more than
# the sample size calculator asks for, so the result will be significant. We should keep in mind that the 40 and 240
# dollars are only estimates, so the result could change with them.
#
# *decision 0, price 0 (an accuracy of 90 % is what waiting has, too), success 0, how long 0: two weeks. Open ½: the
# costs are named as estimates; what would change is not said.*
