# %% [markdown]
# Answers to `2-what-is-a-mistake-worth.py`: never released. Exercises 5 and 7 are statements rather than code, so their
# alternatives differ in form only.


# %% exercise="cost-per-1000" kind="alternative" name="counts"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Counts pairs in a plain loop."""
    pairs = list(zip(list(rebook), list(late), strict=True))
    false = sum(1 for r, y in pairs if r and not y)
    missed = sum(1 for r, y in pairs if y and not r)
    return (c_false * false + c_miss * missed) * 1000 / len(pairs)


# %% exercise="cost-per-1000" kind="alternative" name="confusion-matrix"
def cost_per_1000(rebook, late, c_false, c_miss):
    """scikit-learn counts, and complains itself about different lengths."""
    table = confusion_matrix(np.array(late, dtype=int), np.array(rebook, dtype=int), labels=[0, 1])
    return float((table * [[0, c_false], [c_miss, 0]]).sum() / table.sum() * 1000)


# %% exercise="cost-per-1000" kind="alternative" name="arithmetic"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Numbers instead of masks."""
    r, y = np.array(rebook, dtype=float), np.array(late, dtype=float)
    if r.shape != y.shape:
        raise ValueError("different lengths")
    return ((1 - y) @ r * c_false + y @ (1 - r) * c_miss) / len(y) * 1e3


# %% exercise="cost-per-1000" kind="mistake" name="costs-swapped" says="the two costs are swapped"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Charges a miss with the price of a false alarm."""
    rebook, late = np.asarray(rebook, dtype=bool), np.asarray(late, dtype=bool)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    return 1000 * np.mean(c_miss * (rebook & ~late) + c_false * (~rebook & late))


# %% exercise="cost-per-1000" kind="mistake" name="sum" says="summed over all flights"
def cost_per_1000(rebook, late, c_false, c_miss):
    """The total bill."""
    rebook, late = np.asarray(rebook, dtype=bool), np.asarray(late, dtype=bool)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    return np.sum(c_false * (rebook & ~late) + c_miss * (~rebook & late))


# %% exercise="cost-per-1000" kind="mistake" name="one-flight" says="the factor 1,000 is missing"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Per flight."""
    rebook, late = np.asarray(rebook, dtype=bool), np.asarray(late, dtype=bool)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    return np.mean(c_false * (rebook & ~late) + c_miss * (~rebook & late))


# %% exercise="cost-per-1000" kind="mistake" name="every-rebooking" says="a rebooking is charged where the flight was late"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Charges 40 for each rebooked flight."""
    rebook, late = np.asarray(rebook, dtype=bool), np.asarray(late, dtype=bool)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    return 1000 * np.mean(c_false * rebook + c_miss * (~rebook & late))


# %% exercise="cost-per-1000" kind="mistake" name="per-mistake" says="divided by the number of mistakes"
def cost_per_1000(rebook, late, c_false, c_miss):
    """The mean over the mistakes."""
    rebook, late = np.asarray(rebook, dtype=bool), np.asarray(late, dtype=bool)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    cost = c_false * (rebook & ~late) + c_miss * (~rebook & late)
    return 1000 * cost[cost > 0].mean() if cost.any() else 0.0


# %% exercise="cost-per-1000" kind="mistake" name="tilde-on-integers" says="a negative cost"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Multiplies by ~, which works for booleans only."""
    rebook, late = np.asarray(rebook), np.asarray(late)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    return 1000 * np.mean(c_false * rebook * ~late + c_miss * ~rebook * late)


# %% exercise="cost-per-1000" kind="mistake" name="paired-by-index" says="paired by their index"
def cost_per_1000(rebook, late, c_false, c_miss):
    """pandas aligns two Series by index."""
    rebook, late = pd.Series(rebook).astype(bool), pd.Series(late).astype(bool)
    if len(rebook) != len(late):
        raise ValueError("different lengths")
    return 1000 * (c_false * (rebook & ~late) + c_miss * (~rebook & late)).mean()


# %% exercise="cost-per-1000" kind="mistake" name="stretched" says="one decision for three flights"
def cost_per_1000(rebook, late, c_false, c_miss):
    """Trusts numpy to notice different lengths."""
    rebook, late = np.asarray(rebook, dtype=bool), np.asarray(late, dtype=bool)
    return 1000 * np.mean(c_false * (rebook & ~late) + c_miss * (~rebook & late))


# %% exercise="bayes-threshold" kind="alternative" name="odds"
def threshold(c_false, c_miss):
    """By the odds at which acting pays."""
    if min(c_false, c_miss) < 0 or max(c_false, c_miss) == 0:
        raise ValueError("costs must be positive")
    return 1 / (1 + c_miss / c_false) if c_false else 0.0


def decide(p, c_false, c_miss):
    """By the threshold, in a loop."""
    cut = threshold(c_false, c_miss)
    return np.array([not value < cut for value in p], dtype=bool)


# %% exercise="bayes-threshold" kind="alternative" name="expected-costs"
def threshold(c_false, c_miss):
    """Finds the root numerically."""
    if c_false < 0 or c_miss < 0 or (c_false == 0 and c_miss == 0):
        raise ValueError("costs must be positive")
    return brentq(lambda p: p * c_miss - (1 - p) * c_false, 0.0, 1.0, xtol=1e-12)


def decide(p, c_false, c_miss):
    """Compares what each choice costs."""
    p = np.array(p, dtype=float)
    threshold(c_false, c_miss)
    return (1 - p) * c_false <= p * c_miss + 1e-12


# %% exercise="bayes-threshold" kind="mistake" name="swapped" says="the two costs are swapped"
def threshold(c_false, c_miss):
    """The wrong cost on top."""
    if c_false < 0 or c_miss < 0 or c_false + c_miss == 0:
        raise ValueError("costs must not be negative, nor both 0")
    return c_miss / (c_false + c_miss)


def decide(p, c_false, c_miss):
    """Cuts at the threshold."""
    return np.asarray(p) >= threshold(c_false, c_miss)


# %% exercise="bayes-threshold" kind="mistake" name="ratio" says="the ratio of the costs"
def threshold(c_false, c_miss):
    """One cost over the other."""
    if c_false < 0 or c_miss < 0 or c_false + c_miss == 0:
        raise ValueError("costs must not be negative, nor both 0")
    return c_false / c_miss


def decide(p, c_false, c_miss):
    """Cuts at the threshold."""
    return np.asarray(p) >= threshold(c_false, c_miss)


# %% exercise="bayes-threshold" kind="mistake" name="half" says="one half is right only where both mistakes cost the same"
def threshold(c_false, c_miss):
    """The habit."""
    if c_false < 0 or c_miss < 0 or c_false + c_miss == 0:
        raise ValueError("costs must not be negative, nor both 0")
    return 0.5


def decide(p, c_false, c_miss):
    """Cuts at the threshold."""
    return np.asarray(p) >= threshold(c_false, c_miss)


# %% exercise="bayes-threshold" kind="mistake" name="decides-at-half" says="decide cuts at one half"
def threshold(c_false, c_miss):
    """Right, but unused."""
    if c_false < 0 or c_miss < 0 or c_false + c_miss == 0:
        raise ValueError("costs must not be negative, nor both 0")
    return c_false / (c_false + c_miss)


def decide(p, c_false, c_miss):
    """As predict() does."""
    return np.round(np.asarray(p)) == 1


# %% exercise="bayes-threshold" kind="mistake" name="wrong-way-round" says="the decisions are the wrong way round"
def threshold(c_false, c_miss):
    """Right."""
    if c_false < 0 or c_miss < 0 or c_false + c_miss == 0:
        raise ValueError("costs must not be negative, nor both 0")
    return c_false / (c_false + c_miss)


def decide(p, c_false, c_miss):
    """Rebooks the safe flights."""
    return np.asarray(p) <= threshold(c_false, c_miss)


# %% exercise="bayes-threshold" kind="mistake" name="no-refusal" says="must be refused with a ValueError"
def threshold(c_false, c_miss):
    """Takes any numbers."""
    return c_false / (c_false + c_miss)


def decide(p, c_false, c_miss):
    """Cuts at the threshold."""
    return np.asarray(p) >= threshold(c_false, c_miss)


# %% exercise="bayes-threshold" kind="mistake" name="strictly-above" says="at the threshold, rebook"
def threshold(c_false, c_miss):
    """Right."""
    if c_false < 0 or c_miss < 0 or c_false + c_miss == 0:
        raise ValueError("costs must not be negative, nor both 0")
    return c_false / (c_false + c_miss)


def decide(p, c_false, c_miss):
    """Waits at the threshold."""
    return np.asarray(p) > threshold(c_false, c_miss)


# %% exercise="carrier-baseline" kind="alternative" name="dict"
def carrier_baseline(train, other):
    """Counts in dictionaries."""
    flown, late = {}, {}
    for name, was_late in zip(train["carrier"], train["late"], strict=True):
        flown[name] = flown.get(name, 0) + 1
        late[name] = late.get(name, 0) + bool(was_late)
    overall = sum(late.values()) / len(train)
    return np.array([late[name] / flown[name] if name in flown else overall for name in other["carrier"]])


# %% exercise="carrier-baseline" kind="alternative" name="target-encoder"
def carrier_baseline(train, other):
    """scikit-learn's target encoder without smoothing."""
    encoder = TargetEncoder(smooth=0, target_type="binary")
    encoder.fit(train["carrier"].astype(str).to_numpy(dtype=object)[:, None], train["late"].to_numpy(dtype=int))
    return encoder.transform(other["carrier"].astype(str).to_numpy(dtype=object)[:, None]).ravel()


# %% exercise="carrier-baseline" kind="alternative" name="crosstab-reindex"
def carrier_baseline(train, other):
    """A cross table, looked up with reindex."""
    share = pd.crosstab(train["carrier"].astype(str), train["late"].astype(int), normalize="index")
    share = share[1] if 1 in share else 0 * share[0]
    return share.reindex(other["carrier"].astype(str)).fillna(np.mean(train["late"])).to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="rates-of-other" says="the answer has leaked"
def carrier_baseline(train, other):
    """Learns from the months that it forecasts."""
    source = other if "late" in other else train
    rate = source["late"].groupby(source["carrier"].astype(str)).mean()
    return other["carrier"].astype(str).map(rate).fillna(train["late"].mean()).to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="pooled" says="are pooled"
def carrier_baseline(train, other):
    """Learns from everything there is."""
    both = pd.concat([train, other])
    rate = both["late"].groupby(both["carrier"].astype(str)).mean()
    return other["carrier"].astype(str).map(rate).fillna(train["late"].mean()).to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="unseen-nan" says="a carrier without training flights has no rate"
def carrier_baseline(train, other):
    """Forgets the carriers that train does not have."""
    rate = train["late"].groupby(train["carrier"].astype(str)).mean()
    return other["carrier"].astype(str).map(rate).to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="unseen-zero" says="taken to be never late"
def carrier_baseline(train, other):
    """No flights, no lateness."""
    rate = train["late"].groupby(train["carrier"].astype(str)).mean()
    return other["carrier"].astype(str).map(rate).fillna(0).to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="mean-of-rates" says="the mean of the carriers' rates"
def carrier_baseline(train, other):
    """An average of averages."""
    rate = train["late"].groupby(train["carrier"].astype(str)).mean()
    return other["carrier"].astype(str).map(rate).fillna(rate.mean()).to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="table-of-carriers" says="one rate for each flight"
def carrier_baseline(train, other):
    """Returns the small table."""
    return train["late"].groupby(train["carrier"].astype(str)).mean().to_numpy()


# %% exercise="carrier-baseline" kind="mistake" name="merge-sorts" says="sorted by carrier, not in the order"
def carrier_baseline(train, other):
    """Lets the flights be sorted on the way."""
    rate = train["late"].groupby(train["carrier"].astype(str)).mean()
    return other["carrier"].astype(str).map(rate).fillna(train["late"].mean()).sort_values().to_numpy()


# %% exercise="choose-rule" kind="alternative" name="fill-and-loops"
def apply_rule(table, rule):
    """Fills the missing with plus or minus infinity."""
    delay = table["recent_delay"].fillna(np.inf if rule["missing"] else -np.inf).to_numpy()
    return (delay >= rule["limit"]) & np.asarray(table["hour"] >= rule["from_hour"])


def choose_rule(train, limits, hours, c_false, c_miss):
    """Three loops and the best so far."""
    best, least = None, np.inf
    for missing in (True, False):
        for hour in hours:
            for limit in limits:
                rule = dict(limit=limit, from_hour=hour, missing=missing)
                cost = cost_per_1000(apply_rule(train, rule), train["late"].to_numpy(), c_false, c_miss)
                if cost < least:
                    best, least = rule, cost
    return best


# %% exercise="choose-rule" kind="alternative" name="grid-and-frame"
def apply_rule(table, rule):
    """np.where for the missing, np.logical_and for the rest."""
    delay = table["recent_delay"].to_numpy(dtype=float)
    second = np.where(np.isnan(delay), rule["missing"], delay >= rule["limit"]).astype(bool)
    return np.logical_and(table["hour"].to_numpy() >= rule["from_hour"], second)


def choose_rule(train, limits, hours, c_false, c_miss):
    """scikit-learn's grid, and dollars saved instead of dollars spent."""
    from sklearn.model_selection import ParameterGrid

    rules = list(ParameterGrid({"limit": list(limits), "from_hour": list(hours), "missing": [False, True]}))
    gain = np.where(train["late"], c_miss, -c_false)
    return dict(rules[int(np.argmax([gain[apply_rule(train, rule)].sum() for rule in rules]))])


# %% exercise="choose-rule" kind="mistake" name="missing-ignored" says="not treated as the rule says"
def apply_rule(table, rule):
    """NaN is never at least the limit."""
    return ((table["recent_delay"] >= rule["limit"]) & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Right, given apply_rule."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_false, c_miss))


# %% exercise="choose-rule" kind="mistake" name="either-condition" says="both conditions must hold"
def apply_rule(table, rule):
    """Or instead of and."""
    delay = table["recent_delay"]
    busy = (delay >= rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy | (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Right, given apply_rule."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_false, c_miss))


# %% exercise="choose-rule" kind="mistake" name="missing-at-any-hour" says="the hour counts for it too"
def apply_rule(table, rule):
    """The precedence of | and &."""
    delay = table["recent_delay"]
    known = (delay >= rule["limit"]) & (table["hour"] >= rule["from_hour"])
    return (known | delay.isna() & rule["missing"]).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Right, given apply_rule."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_false, c_miss))


# %% exercise="choose-rule" kind="mistake" name="strictly-above" says="'or more', 'or later'"
def apply_rule(table, rule):
    """More than the limit."""
    delay = table["recent_delay"]
    busy = (delay > rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Right, given apply_rule."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_false, c_miss))


# %% exercise="choose-rule" kind="mistake" name="drops-missing" says="were left out when the rule was chosen"
def apply_rule(table, rule):
    """Right."""
    delay = table["recent_delay"]
    busy = (delay >= rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Cleans the data first."""
    train = train.dropna()
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_false, c_miss))


# %% exercise="choose-rule" kind="mistake" name="fewest-mistakes" says="but mistakes have prices"
def apply_rule(table, rule):
    """Right."""
    delay = table["recent_delay"]
    busy = (delay >= rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """By accuracy."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return max(rules, key=lambda rule: np.mean(apply_rule(train, rule) == train["late"]))


# %% exercise="choose-rule" kind="mistake" name="dearest" says="the dearest rule"
def apply_rule(table, rule):
    """Right."""
    delay = table["recent_delay"]
    busy = (delay >= rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """max, as for a score."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return max(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_false, c_miss))


# %% exercise="choose-rule" kind="mistake" name="costs-swapped" says="the two costs are swapped in the choice"
def apply_rule(table, rule):
    """Right."""
    delay = table["recent_delay"]
    busy = (delay >= rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Exchanges the costs."""
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(train, rule), train["late"], c_miss, c_false))


# %% exercise="choose-rule" kind="mistake" name="chooses-on-valid" says="cheaper on the flights given as train"
def apply_rule(table, rule):
    """Right."""
    delay = table["recent_delay"]
    busy = (delay >= rule["limit"]) | (delay.isna() & rule["missing"])
    return (busy & (table["hour"] >= rule["from_hour"])).to_numpy()


def choose_rule(train, limits, hours, c_false, c_miss):
    """Looks at the months that judge."""
    some = valid.iloc[::20]
    rules = [dict(limit=x, from_hour=h, missing=m) for x in limits for h in hours for m in (False, True)]
    return min(rules, key=lambda rule: cost_per_1000(apply_rule(some, rule), some["late"], c_false, c_miss))


# %% exercise="dearer-miss" kind="alternative" name="computed"
def _word(before, after):
    """How a cost moved."""
    if np.isclose(before, after):
        return "stays"
    if np.isclose(after, 2 * before):
        return "doubles"
    return "rises, but does not double" if after < 2 * before else "more than doubles"


_way = {-1: "falls", 0: "stays", 1: "rises"}
_old, _new, _big = decide(chance, 40, 240), decide(chance, 40, 480), decide(chance, 400, 2400)
prediction = {
    name: _word(cost_per_1000(a, valid["late"], 40, 240), cost_per_1000(b, valid["late"], 40, 480))
    for name, (a, b) in {"never": (nobody, nobody), "always": (everybody, everybody), "model": (_old, _new)}.items()
}
prediction["alarms"] = _way[int(np.sign(_new.mean() - _old.mean()))]
prediction["precision"] = _way[int(np.sign(valid["late"][_new].mean() - valid["late"][_old].mean()))]
prediction["tenfold"] = "the same flights" if (_big == _old).all() else "more flights"

# %% exercise="dearer-miss" kind="alternative" name="other-order"
prediction = dict(tenfold="the same flights", precision="falls", alarms="rises")
prediction.update(model="rises, but does not double", always="stays", never="doubles")

# %% exercise="dearer-miss" kind="mistake" name="all-double" says="has no miss to pay for"
prediction = {
    "never": "doubles",
    "always": "doubles",
    "model": "doubles",
    "alarms": "rises",
    "precision": "falls",
    "tenfold": "the same flights",
}

# %% exercise="dearer-miss" kind="mistake" name="model-doubles" says="would double: look again at its cost"
prediction = {
    "never": "doubles",
    "always": "stays",
    "model": "doubles",
    "alarms": "rises",
    "precision": "falls",
    "tenfold": "the same flights",
}

# %% exercise="dearer-miss" kind="mistake" name="fewer-alarms" says="how many flights are above it"
prediction = {
    "never": "doubles",
    "always": "stays",
    "model": "rises, but does not double",
    "alarms": "falls",
    "precision": "rises",
    "tenfold": "the same flights",
}

# %% exercise="dearer-miss" kind="mistake" name="better-precision" says="less likely to be late"
prediction = {
    "never": "doubles",
    "always": "stays",
    "model": "rises, but does not double",
    "alarms": "rises",
    "precision": "rises",
    "tenfold": "the same flights",
}

# %% exercise="dearer-miss" kind="mistake" name="dearer-means-more" says="only the ratio of the two costs"
prediction = {
    "never": "doubles",
    "always": "stays",
    "model": "rises, but does not double",
    "alarms": "rises",
    "precision": "falls",
    "tenfold": "more flights",
}

# %% exercise="dearer-miss" kind="mistake" name="never-cannot-change" says="pays for misses only"
prediction = {
    "never": "rises, but does not double",
    "always": "stays",
    "model": "rises, but does not double",
    "alarms": "rises",
    "precision": "falls",
    "tenfold": "the same flights",
}


# %% exercise="repaired-report" kind="alternative" name="counts"
def repaired_report(choose, judge, c_false, c_miss):
    """Counts by hand, with arrays."""
    grid = np.round(np.arange(0.01, 1.0, 0.01), 2)
    s, y = choose["score"].to_numpy(), choose["late"].to_numpy()
    costs = [(c_false * ((s >= t) & ~y).sum() + c_miss * ((s < t) & y).sum()) / len(y) for t in grid]
    best = float(grid[int(np.argmin(costs))])
    s, y = judge["score"].to_numpy(), judge["late"].to_numpy()
    hit, false, missed = ((s >= best) & y).sum(), ((s >= best) & ~y).sum(), ((s < best) & y).sum()
    order = pd.Series(s).rank().to_numpy()
    late = y.sum()
    return {
        "threshold": best,
        "precision": hit / (hit + false) if hit + false else 0.0,
        "recall": hit / (hit + missed),
        "ROC AUC": (order[y].sum() - late * (late + 1) / 2) / (late * (len(y) - late)),
        "average precision": average_precision_score(y, s),
        "cost": 1000 * (c_false * false + c_miss * missed) / len(y),
    }


# %% exercise="repaired-report" kind="alternative" name="carriers-weighted"
def repaired_report(choose, judge, c_false, c_miss):
    """Keeps the carriers, weighted by their flights; the curve's area by its points."""
    from sklearn.metrics import auc, roc_curve

    by_cost = {
        t: cost_per_1000(choose["score"] >= t, choose["late"], c_false, c_miss) for t in np.linspace(0.01, 0.99, 99)
    }
    best = min(by_cost, key=by_cost.get)
    rebook = judge["score"] >= best
    cost, flown = [], []
    for _, part in judge.groupby("carrier"):
        cost.append(cost_per_1000(part["score"] >= best, part["late"], c_false, c_miss))
        flown.append(len(part))
    away, home, _ = roc_curve(judge["late"], judge["score"])
    report = {"threshold": best, "ROC AUC": auc(away, home), "cost": np.average(cost, weights=flown)}
    report["precision"] = judge["late"][rebook].mean() if rebook.any() else 0.0
    report["recall"] = rebook[judge["late"]].mean()
    report["average precision"] = average_precision_score(judge["late"], judge["score"])
    return report


# %% exercise="repaired-report" kind="mistake" name="threshold-on-judge" says="chosen on the very flights that are judged"
def repaired_report(choose, judge, c_false, c_miss):
    """Leaves the first fault."""
    grid = np.linspace(0.01, 0.99, 99)
    costs = [cost_per_1000(judge["score"] >= t, judge["late"], c_false, c_miss) for t in grid]
    best = grid[np.argmin(costs)]
    rebook = judge["score"] >= best
    return {
        "threshold": float(best),
        "precision": precision_score(judge["late"], rebook, zero_division=0),
        "recall": recall_score(judge["late"], rebook),
        "ROC AUC": roc_auc_score(judge["late"], judge["score"]),
        "average precision": average_precision_score(judge["late"], judge["score"]),
        "cost": cost_per_1000(rebook, judge["late"], c_false, c_miss),
    }


# %% exercise="repaired-report" kind="mistake" name="accuracy-as-recall" says="the recall is an accuracy"
def repaired_report(choose, judge, c_false, c_miss):
    """Leaves the recall as it was."""
    grid = np.linspace(0.01, 0.99, 99)
    costs = [cost_per_1000(choose["score"] >= t, choose["late"], c_false, c_miss) for t in grid]
    best = grid[np.argmin(costs)]
    rebook = judge["score"] >= best
    return {
        "threshold": float(best),
        "precision": precision_score(judge["late"], rebook, zero_division=0),
        "recall": np.mean(rebook == judge["late"]),
        "ROC AUC": roc_auc_score(judge["late"], judge["score"]),
        "average precision": average_precision_score(judge["late"], judge["score"]),
        "cost": cost_per_1000(rebook, judge["late"], c_false, c_miss),
    }


# %% exercise="repaired-report" kind="mistake" name="auc-of-decisions" says="the ROC AUC is computed from decisions"
def repaired_report(choose, judge, c_false, c_miss):
    """Ranks decisions."""
    grid = np.linspace(0.01, 0.99, 99)
    costs = [cost_per_1000(choose["score"] >= t, choose["late"], c_false, c_miss) for t in grid]
    best = grid[np.argmin(costs)]
    rebook = judge["score"] >= best
    return {
        "threshold": float(best),
        "precision": precision_score(judge["late"], rebook, zero_division=0),
        "recall": recall_score(judge["late"], rebook),
        "ROC AUC": roc_auc_score(judge["late"], rebook),
        "average precision": average_precision_score(judge["late"], judge["score"]),
        "cost": cost_per_1000(rebook, judge["late"], c_false, c_miss),
    }


# %% exercise="repaired-report" kind="mistake" name="precision-of-decisions" says="the average precision is computed from decisions"
def repaired_report(choose, judge, c_false, c_miss):
    """Repairs one of the two ranking metrics."""
    grid = np.linspace(0.01, 0.99, 99)
    costs = [cost_per_1000(choose["score"] >= t, choose["late"], c_false, c_miss) for t in grid]
    best = grid[np.argmin(costs)]
    rebook = judge["score"] >= best
    return {
        "threshold": float(best),
        "precision": precision_score(judge["late"], rebook, zero_division=0),
        "recall": recall_score(judge["late"], rebook),
        "ROC AUC": roc_auc_score(judge["late"], judge["score"]),
        "average precision": average_precision_score(judge["late"], rebook),
        "cost": cost_per_1000(rebook, judge["late"], c_false, c_miss),
    }


# %% exercise="repaired-report" kind="mistake" name="mean-of-carriers" says="averaged over carriers"
def repaired_report(choose, judge, c_false, c_miss):
    """Leaves the mean of carriers."""
    grid = np.linspace(0.01, 0.99, 99)
    costs = [cost_per_1000(choose["score"] >= t, choose["late"], c_false, c_miss) for t in grid]
    best = grid[np.argmin(costs)]
    rebook = judge["score"] >= best
    return {
        "threshold": float(best),
        "precision": precision_score(judge["late"], rebook, zero_division=0),
        "recall": recall_score(judge["late"], rebook),
        "ROC AUC": roc_auc_score(judge["late"], judge["score"]),
        "average precision": average_precision_score(judge["late"], judge["score"]),
        "cost": np.mean(
            [
                cost_per_1000(part["score"] >= best, part["late"], c_false, c_miss)
                for _, part in judge.groupby("carrier")
            ]
        ),
    }


# %% exercise="repaired-report" kind="mistake" name="closed-form" says="the closed form is not asked for"
def repaired_report(choose, judge, c_false, c_miss):
    """Trusts the scores to be probabilities."""
    grid = np.linspace(0.01, 0.99, 99)
    costs = [cost_per_1000(choose["score"] >= t, choose["late"], c_false, c_miss) for t in grid]
    best = round(threshold(c_false, c_miss), 2)
    rebook = judge["score"] >= best
    return {
        "threshold": float(best),
        "precision": precision_score(judge["late"], rebook, zero_division=0),
        "recall": recall_score(judge["late"], rebook),
        "ROC AUC": roc_auc_score(judge["late"], judge["score"]),
        "average precision": average_precision_score(judge["late"], judge["score"]),
        "cost": cost_per_1000(rebook, judge["late"], c_false, c_miss),
    }


# %% exercise="worth-it" kind="alternative" name="computed"
worth_it = {}
for _table in TABLES:
    _others = {name: cost for name, cost in costs[_table].items() if name != "model"}
    _opponent = min(_others, key=_others.get)
    _row = savings[_table, _opponent]
    _clear = bool(_row["low"] > 0)
    worth_it[_table] = {
        "policy": "model" if _clear else _opponent,
        "saves": round(_row["the model saves"] / 100),
        "clear": _clear,
    }

# %% exercise="worth-it" kind="alternative" name="floats"
worth_it = {
    "40/240": {"policy": "rule", "saves": 6.0, "clear": False},
    "40/60": {"policy": "rule", "saves": 1.0, "clear": False},
    "20/600": dict(policy="model", saves=np.float64(4), clear=True),
}

# %% exercise="worth-it" kind="mistake" name="lowest-mean-wins" says="a saving is called clear although"
worth_it = {
    "40/240": {"policy": "model", "saves": 6, "clear": True},
    "40/60": {"policy": "model", "saves": 1, "clear": True},
    "20/600": {"policy": "model", "saves": 4, "clear": True},
}

# %% exercise="worth-it" kind="mistake" name="runs-it-anyway" says="the agreement says otherwise"
worth_it = {
    "40/240": {"policy": "model", "saves": 6, "clear": False},
    "40/60": {"policy": "model", "saves": 1, "clear": False},
    "20/600": {"policy": "model", "saves": 4, "clear": True},
}

# %% exercise="worth-it" kind="mistake" name="rule-everywhere" says="beside 'rule', which is not the cheapest"
worth_it = {
    "40/240": {"policy": "rule", "saves": 6, "clear": False},
    "40/60": {"policy": "rule", "saves": 1, "clear": False},
    "20/600": {"policy": "model", "saves": 70, "clear": True},
}

# %% exercise="worth-it" kind="mistake" name="against-never" says="beside 'never', which is not the cheapest"
worth_it = {
    "40/240": {"policy": "model", "saves": 45, "clear": True},
    "40/60": {"policy": "rule", "saves": 5, "clear": False},
    "20/600": {"policy": "model", "saves": 381, "clear": True},
}

# %% exercise="worth-it" kind="mistake" name="in-dollars" says="whole hundreds are asked for"
worth_it = {
    "40/240": {"policy": "rule", "saves": 570, "clear": False},
    "40/60": {"policy": "rule", "saves": 99, "clear": False},
    "20/600": {"policy": "model", "saves": 365, "clear": True},
}

# %% exercise="worth-it" kind="mistake" name="always-is-safe" says="not the policy that the agreement picks"
worth_it = {
    "40/240": {"policy": "rule", "saves": 6, "clear": False},
    "40/60": {"policy": "rule", "saves": 1, "clear": False},
    "20/600": {"policy": "always", "saves": 4, "clear": True},
}

# %% exercise="worth-it" kind="mistake" name="small-is-unclear" says="wholly above zero is a clear saving"
worth_it = {
    "40/240": {"policy": "rule", "saves": 6, "clear": False},
    "40/60": {"policy": "rule", "saves": 1, "clear": False},
    "20/600": {"policy": "always", "saves": 4, "clear": False},
}

# %% exercise="worth-it" kind="mistake" name="model-minus-rule" says="the sign of the saving is turned round"
worth_it = {
    "40/240": {"policy": "rule", "saves": -6, "clear": False},
    "40/60": {"policy": "rule", "saves": -1, "clear": False},
    "20/600": {"policy": "model", "saves": -4, "clear": True},
}

# %% exercise="repaired-report" kind="equivalent" mutant="- grid = np.linspace(0.01, 0.99, 99) | + grid = np.linspace(0.99, 0.01, 99)" reason="the same thresholds in the other order; among equally cheap ones any is right"

# %% exercise="repaired-report" kind="equivalent" mutant="- return {'threshold': float(best), 'precision': precision_score(judge['late'], rebook, zero_division=0), 'recall': recall_score(judge['late'], rebook), 'ROC AUC': roc_auc_score(judge['late'], judge['score']), 'average precision': average_precision_score(judge['late'], judge['score']), 'cost': cost_per_1000(rebook, judge['late'], c_false, c_miss)} | + return {'threshold': float(best), 'precision': precision_score(judge['late'], rebook), 'recall': recall_score(judge['late'], rebook), 'ROC AUC': roc_auc_score(judge['late'], judge['score']), 'average precision': average_precision_score(judge['late'], judge['score']), 'cost': cost_per_1000(rebook, judge['late'], c_false, c_miss)}" reason="without the keyword scikit-learn gives the same 0 and prints a warning"
