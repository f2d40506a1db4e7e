# %% [markdown]
# Answers to `1-finance.py`: never released.


# %% exercise="woe" kind="alternative" name="plain-loops"
def woe(values, bad, smooth=0.5):
    """Counted in dicts."""
    good, risky = {}, {}
    for value, is_bad in zip(list(values), list(bad), strict=True):
        good.setdefault(value, smooth), risky.setdefault(value, smooth)
        (risky if is_bad else good)[value] += 1
    n, m = sum(good.values()), sum(risky.values())
    weights, iv = {}, 0.0
    for value in good:
        weights[value] = float(np.log(good[value] * m / (risky[value] * n)))
        iv += (good[value] / n - risky[value] / m) * weights[value]
    return weights, iv


# %% exercise="woe" kind="alternative" name="unique-and-bincount"
def woe(values, bad, smooth=0.5):
    """numpy only; a list instead of a tuple."""
    names, place = np.unique(np.asarray(values), return_inverse=True)
    is_bad = np.asarray(bad).astype(int)
    counts = np.array([np.bincount(place[is_bad == k], minlength=len(names)) for k in (0, 1)]) + smooth
    log_shares = np.log(counts / counts.sum(axis=1, keepdims=True))
    weights = log_shares[0] - log_shares[1]
    shares = np.exp(log_shares)
    return [dict(zip(names.tolist(), weights, strict=True)), (shares[0] - shares[1]) @ weights]


# %% exercise="woe" kind="alternative" name="groupby"
def woe(values, bad, smooth=0.5):
    """Odds of the class against the odds of all; a Series of weights."""
    table = (
        pd.DataFrame({"v": np.asarray(values), "b": np.asarray(bad, dtype=int)}).groupby("v")["b"].agg(["sum", "count"])
    )
    risky, good = table["sum"] + smooth, table["count"] - table["sum"] + smooth
    weights = np.log(good / risky) - np.log(good.sum() / risky.sum())
    return weights, special.kl_div(good / good.sum(), risky / risky.sum()).sum() + special.kl_div(
        risky / risky.sum(), good / good.sum()
    ).sum()


# %% exercise="woe" kind="mistake" name="sign" says="the sign is turned round"
def woe(values, bad, smooth=0.5):
    """Bad over good."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool)) + smooth
    p, q = counts[False] / counts[False].sum(), counts[True] / counts[True].sum()
    weights = np.log(q / p)
    return weights.to_dict(), float(np.sum((q - p) * weights))


# %% exercise="woe" kind="mistake" name="odds-of-the-class" says="this compares good with bad inside the class"
def woe(values, bad, smooth=0.5):
    """ln(good / bad) of the class."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool)) + smooth
    p, q = counts[False] / counts[False].sum(), counts[True] / counts[True].sum()
    weights = np.log(counts[False] / counts[True])
    return weights.to_dict(), float(np.sum((p - q) * weights))


# %% exercise="woe" kind="mistake" name="infinite" says="has an infinite weight"
def woe(values, bad, smooth=0.5):
    """No smoothing at all."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool))
    p, q = counts[False] / counts[False].sum(), counts[True] / counts[True].sum()
    with np.errstate(all="ignore"):
        weights = np.log(p / q)
        return weights.to_dict(), float(np.sum((p - q) * weights))


# %% exercise="woe" kind="mistake" name="old-totals" says="the sums leave out the smoothing"
def woe(values, bad, smooth=0.5):
    """Smoothed counts by the true totals."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool))
    p, q = (counts[False] + smooth) / counts[False].sum(), (counts[True] + smooth) / counts[True].sum()
    weights = np.log(p / q)
    return weights.to_dict(), float(np.sum((p - q) * weights))


# %% exercise="woe" kind="mistake" name="smooth-fixed" says="it is fixed in the code"
def woe(values, bad, smooth=0.5):
    """0.5 whatever is asked."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool)) + 0.5
    p, q = counts[False] / counts[False].sum(), counts[True] / counts[True].sum()
    weights = np.log(p / q)
    return weights.to_dict(), float(np.sum((p - q) * weights))


# %% exercise="woe" kind="mistake" name="smoothed-shares" says="is added to the shares: it counts loans"
def woe(values, bad, smooth=0.5):
    """Shares first."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool))
    p, q = counts[False] / counts[False].sum() + smooth, counts[True] / counts[True].sum() + smooth
    weights = np.log(p / q)
    return weights.to_dict(), float(np.sum((p - q) * weights))


# %% exercise="woe" kind="mistake" name="only-empty" says="only empty classes are smoothed"
def woe(values, bad, smooth=0.5):
    """Zeros are replaced."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool)).astype(float).replace(0.0, smooth)
    p, q = counts[False] / counts[False].sum(), counts[True] / counts[True].sum()
    weights = np.log(p / q)
    return weights.to_dict(), float(np.sum((p - q) * weights))


# %% exercise="woe" kind="mistake" name="one-entropy" says="this IV is one relative entropy"
def woe(values, bad, smooth=0.5):
    """Sum of the share of good times WoE."""
    counts = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool)) + smooth
    p, q = counts[False] / counts[False].sum(), counts[True] / counts[True].sum()
    weights = np.log(p / q)
    return weights.to_dict(), float(np.sum(p * weights))


# %% exercise="woe" kind="mistake" name="raw-shares-in-iv" says="the IV takes shares without smoothing"
def woe(values, bad, smooth=0.5):
    """Smoothing for the weights only."""
    raw = pd.crosstab(np.asarray(values), np.asarray(bad, dtype=bool))
    counts = raw + smooth
    weights = np.log(counts[False] / counts[False].sum() / (counts[True] / counts[True].sum()))
    return weights.to_dict(), float(np.sum((raw[False] / raw[False].sum() - raw[True] / raw[True].sum()) * weights))


# %% exercise="prior-correction" kind="alternative" name="log-odds"
def prior_correction(p, sample_share, base_rate):
    """Shift of the log-odds; infinite ones stay."""
    for share in (sample_share, base_rate):
        if share <= 0 or share >= 1:
            raise ValueError("a share lies between 0 and 1")
    return special.expit(
        special.logit(np.asarray(p, dtype=float)) + special.logit(base_rate) - special.logit(sample_share)
    )


# %% exercise="prior-correction" kind="alternative" name="loop-of-odds"
def prior_correction(p, sample_share, base_rate):
    """One by one, a list."""
    if min(sample_share, base_rate) <= 0 or max(sample_share, base_rate) >= 1:
        raise ValueError("shares, not percent")
    factor = base_rate * (1 - sample_share) / ((1 - base_rate) * sample_share)
    return [1.0 if q == 1 else factor * q / (1 - q) / (1 + factor * q / (1 - q)) for q in p]


# %% exercise="prior-correction" kind="mistake" name="scaled" says="the probabilities are scaled by the ratio"
def prior_correction(p, sample_share, base_rate):
    """p times the ratio of the shares."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    return np.asarray(p) * base_rate / sample_share


# %% exercise="prior-correction" kind="mistake" name="other-way" says="the correction goes the other way"
def prior_correction(p, sample_share, base_rate):
    """Bank to sample."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    return special.expit(special.logit(np.asarray(p)) - special.logit(base_rate) + special.logit(sample_share))


# %% exercise="prior-correction" kind="mistake" name="bad-only" says="only the bad loans are re-weighted: the good ones were drawn"
def prior_correction(p, sample_share, base_rate):
    """The good ones keep their weight."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    risky = np.asarray(p) * base_rate / sample_share
    return risky / (risky + 1 - np.asarray(p))


# %% exercise="prior-correction" kind="mistake" name="bank-alone" says="the odds are moved by the bank's odds alone"
def prior_correction(p, sample_share, base_rate):
    """logit of the base rate added, the sample's not taken off."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    return special.expit(special.logit(np.asarray(p)) + special.logit(base_rate))


# %% exercise="prior-correction" kind="mistake" name="difference-of-shares" says="shifted by the difference of the shares, not of their log-odds"
def prior_correction(p, sample_share, base_rate):
    """Shares where log-odds belong."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    return special.expit(special.logit(np.asarray(p)) + base_rate - sample_share)


# %% exercise="prior-correction" kind="mistake" name="odds-returned" says="these are odds, not probabilities"
def prior_correction(p, sample_share, base_rate):
    """Odds come back."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    p = np.asarray(p, dtype=float)
    with np.errstate(all="ignore"):
        return (
            p
            / (1 - p)
            * special.expit(special.logit(base_rate))
            / (1 - base_rate)
            / (sample_share / (1 - sample_share))
        )


# %% exercise="prior-correction" kind="mistake" name="nan-at-one" says="a probability of 0 or 1 becomes NaN"
def prior_correction(p, sample_share, base_rate):
    """inf / inf."""
    if not (0 < sample_share < 1 and 0 < base_rate < 1):
        raise ValueError("shares")
    p = np.asarray(p, dtype=float)
    with np.errstate(all="ignore"):
        odds = p / (1 - p) * base_rate / (1 - base_rate) / (sample_share / (1 - sample_share))
        return odds / (1 + odds)


# %% exercise="prior-correction" kind="mistake" name="no-guard" says="a share that is not between 0 and 1 is accepted"
def prior_correction(p, sample_share, base_rate):
    """5 for 5 % goes through."""
    p = np.asarray(p, dtype=float)
    risky, safe = p * base_rate / sample_share, (1 - p) * (1 - base_rate) / (1 - sample_share)
    with np.errstate(all="ignore"):
        return risky / (risky + safe)


# %% exercise="scorecard" kind="alternative" name="one-column-at-a-time"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """Every column has its share of the intercept and of the offset."""
    n, slope = len(coefficients), pdo / np.log(2)
    offset = base_score - slope * np.log(base_odds)
    card = {}
    for column in weights:
        card[column] = {}
        for label in weights[column]:
            card[column][label] = offset / n - slope * (coefficients[column] * weights[column][label] + intercept / n)
    return card


# %% exercise="scorecard" kind="alternative" name="doublings"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """Counted in doublings of the odds, base 2."""
    bits = {c: {k: -coefficients[c] * w * np.log2(np.e) for k, w in weights[c].items()} for c in weights}
    common = (-intercept * np.log2(np.e) - np.log2(base_odds)) / len(weights)
    return {c: {k: base_score / len(weights) + pdo * (common + b) for k, b in bits[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="more-is-riskier" says="more points mean more risk"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """The sign of the model of bad."""
    factor, n = pdo / np.log(2), len(weights)
    common = (base_score + factor * (intercept - np.log(base_odds))) / n
    return {c: {k: common + factor * coefficients[c] * w for k, w in weights[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="no-ln-2" says="a factor of ln 2 is missing"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """pdo points for a factor of e."""
    factor, n = pdo, len(weights)
    common = (base_score + factor * (-intercept - np.log(base_odds))) / n
    return {c: {k: common - factor * coefficients[c] * w for k, w in weights[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="no-intercept" says="the intercept is left out"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """The columns alone."""
    factor, n = pdo / np.log(2), len(weights)
    common = (base_score - factor * np.log(base_odds)) / n
    return {c: {k: common - factor * coefficients[c] * w for k, w in weights[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="intercept-everywhere" says="every column has the whole intercept"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """Not divided."""
    factor, n = pdo / np.log(2), len(weights)
    common = (base_score - factor * np.log(base_odds)) / n - factor * intercept
    return {c: {k: common - factor * coefficients[c] * w for k, w in weights[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="base-odds-turned" says="the base odds are turned round"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """Bad to good."""
    factor, n = pdo / np.log(2), len(weights)
    common = (base_score + factor * (-intercept - np.log(1 / base_odds))) / n
    return {c: {k: common - factor * coefficients[c] * w for k, w in weights[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="no-coefficients" says="the coefficients are left out"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """WoE as points."""
    factor, n = pdo / np.log(2), len(weights)
    common = (base_score + factor * (-intercept - np.log(base_odds))) / n
    return {c: {k: common + factor * w for k, w in weights[c].items()} for c in weights}


# %% exercise="scorecard" kind="mistake" name="first-column-has-all" says="the common part is not split equally"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """The sum is right, the parts are not."""
    factor = pdo / np.log(2)
    common = base_score + factor * (-intercept - np.log(base_odds))
    return {
        c: {k: common * (i == 0) - factor * coefficients[c] * w for k, w in weights[c].items()}
        for i, c in enumerate(weights)
    }


# %% exercise="scorecard" kind="mistake" name="rounded" says="the points are rounded"
def scorecard(weights, coefficients, intercept, base_score=600, base_odds=20, pdo=50):
    """Whole points."""
    factor, n = pdo / np.log(2), len(weights)
    common = (base_score + factor * (-intercept - np.log(base_odds))) / n
    return {c: {k: round(common - factor * coefficients[c] * w) for k, w in weights[c].items()} for c in weights}


# %% exercise="profit-curve" kind="alternative" name="cumulated"
def profit_curve(p, bad, base_rate, margin, lgd):
    """Sorted once, summed up, read at the last of equal values."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad) == 1
    order = np.argsort(p, kind="stable")
    weight = np.where(bad, base_rate / bad.mean(), (1 - base_rate) / (~bad).mean())
    total = np.cumsum((weight * np.where(bad, -lgd, margin))[order]) / weight.sum()
    cutoffs = np.unique(p)
    return cutoffs, 100 * total[np.searchsorted(p[order], cutoffs, side="right") - 1]


# %% exercise="profit-curve" kind="alternative" name="shares-of-each-kind"
def profit_curve(p, bad, base_rate, margin, lgd):
    """The accepted share of the good and of the bad; lists."""
    good = [q for q, b in zip(p, bad, strict=True) if not b]
    risky = [q for q, b in zip(p, bad, strict=True) if b]
    cutoffs, out = sorted(set(good) | set(risky)), []
    for c in cutoffs:
        share_good, share_bad = (sum(q <= c for q in part) / len(part) for part in (good, risky))
        out.append(100 * ((1 - base_rate) * share_good * margin - base_rate * share_bad * lgd))
    return [cutoffs, out]


# %% exercise="profit-curve" kind="mistake" name="sample-rate" says="the profit is that of a bank which loses as many loans as the sample"
def profit_curve(p, bad, base_rate, margin, lgd):
    """No weights."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad, dtype=bool)
    gain, cutoffs = np.where(bad, -lgd, margin), np.unique(p)
    return cutoffs, np.array([100 * gain[p <= c].sum() / len(p) for c in cutoffs])


# %% exercise="profit-curve" kind="mistake" name="per-accepted" says="the profit is per mark lent"
def profit_curve(p, bad, base_rate, margin, lgd):
    """A mean over the accepted."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad, dtype=bool)
    weight = np.where(bad, base_rate / bad.mean(), (1 - base_rate) / (~bad).mean())
    gain, cutoffs = weight * np.where(bad, -lgd, margin), np.unique(p)
    return cutoffs, np.array([100 * gain[p <= c].sum() / weight[p <= c].sum() for c in cutoffs])


# %% exercise="profit-curve" kind="mistake" name="strict" says="an applicant whose probability equals the cut-off is refused"
def profit_curve(p, bad, base_rate, margin, lgd):
    """< stays."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad, dtype=bool)
    weight = np.where(bad, base_rate / bad.mean(), (1 - base_rate) / (~bad).mean())
    gain, cutoffs = weight * np.where(bad, -lgd, margin), np.unique(p)
    return cutoffs, np.array([100 * gain[p < c].sum() / len(p) for c in cutoffs])


# %% exercise="profit-curve" kind="mistake" name="interest-of-the-bad" says="a bad loan still earns the margin"
def profit_curve(p, bad, base_rate, margin, lgd):
    """margin - lgd stays."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad, dtype=bool)
    weight = np.where(bad, base_rate / bad.mean(), (1 - base_rate) / (~bad).mean())
    gain, cutoffs = weight * np.where(bad, margin - lgd, margin), np.unique(p)
    return cutoffs, np.array([100 * gain[p <= c].sum() / len(p) for c in cutoffs])


# %% exercise="profit-curve" kind="mistake" name="the-draft" says="this is still the draft"
def profit_curve(p, bad, base_rate, margin, lgd):
    """Renamed."""
    return drafted_profit_curve(p, bad, base_rate, margin, lgd)


# %% exercise="profit-curve" kind="mistake" name="bad-weights-only" says="only the bad loans are re-weighted: the good ones stand"
def profit_curve(p, bad, base_rate, margin, lgd):
    """Good loans count once."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad, dtype=bool)
    gain, cutoffs = np.where(bad, -lgd * base_rate / bad.mean(), margin), np.unique(p)
    return cutoffs, np.array([100 * gain[p <= c].sum() / len(p) for c in cutoffs])


# %% exercise="profit-curve" kind="mistake" name="bank-shares-as-weights" says="the weights are the bank's shares without the sample's"
def profit_curve(p, bad, base_rate, margin, lgd):
    """base_rate instead of base_rate / s."""
    p, bad = np.asarray(p, dtype=float), np.asarray(bad, dtype=bool)
    gain, cutoffs = np.where(bad, -lgd * base_rate, margin * (1 - base_rate)), np.unique(p)
    return cutoffs, np.array([100 * gain[p <= c].sum() / len(p) for c in cutoffs])


# %% exercise="profit-curve" kind="mistake" name="forecast-profit" says="the profit is the forecast one"
def profit_curve(p, bad, base_rate, margin, lgd):
    """The outcomes are not used."""
    p = np.asarray(p, dtype=float)
    gain, cutoffs = (1 - p) * margin - p * lgd, np.unique(p)
    return cutoffs, np.array([100 * gain[p <= c].sum() / len(p) for c in cutoffs])


# %% exercise="find-violation" kind="alternative" name="recursive-contexts"
def find_violation(predict, cuts, column, direction=1):
    """One context at a time, all cells of the column in one call; midpoints and outer values."""

    def inside(points):
        if not len(points):
            return [3.0]
        return [points[0] - 1, *[(a + b) / 2 for a, b in itertools.pairwise(points)], points[-1] + 1]

    values = [inside(list(points)) for points in cuts]
    others = [[0.0] if j == column else v for j, v in enumerate(values)]
    for context in itertools.product(*others):
        rows = np.tile(np.array(context), (len(values[column]), 1))
        rows[:, column] = values[column]
        answer = np.asarray(predict(rows))
        for i in range(len(rows) - 1):
            if direction * (answer[i + 1] - answer[i]) < -1e-9:
                return [rows[i], rows[i + 1]]
    return None


# %% exercise="find-violation" kind="alternative" name="meshgrid-running-extreme"
def find_violation(predict, cuts, column, direction=1):
    """Any later cell against the best one so far, not only neighbours; plain lists come back."""
    values = [
        np.append(points, points[-1] + 5.0) if len(points) else np.array([-1.0]) for points in map(np.asarray, cuts)
    ]
    mesh = np.stack([m.ravel() for m in np.meshgrid(*values, indexing="ij")], axis=1)
    answer = direction * np.asarray(predict(mesh), dtype=float).reshape([len(v) for v in values])
    answer = np.moveaxis(answer, column, 0)
    rows = np.moveaxis(mesh.reshape(*[len(v) for v in values], -1), column, 0)
    steps = answer[1:] - answer[:-1]
    if steps.size == 0 or steps.min() >= -1e-9:
        return None
    place = np.unravel_index(np.argmin(steps), steps.shape)
    return rows[place].tolist(), rows[(place[0] + 1, *place[1:])].tolist()


# %% exercise="find-violation" kind="mistake" name="average-curve" says="the average over the other columns keeps the promise"
def find_violation(predict, cuts, column, direction=1):
    """Partial dependence."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    curve = answer.mean(axis=tuple(j for j in range(len(cuts)) if j != column))
    steps = direction * np.diff(curve)
    if len(steps) == 0 or steps.min() >= -1e-9:
        return None
    low = np.array([v[0] for v in values])
    for context in itertools.product(*values):  # a witness where there is one
        low = np.array(context)
        for i in np.flatnonzero(steps < -1e-9):
            low[column], high = values[column][i], np.array(context)
            high[column] = values[column][i + 1]
            a, b = predict(np.array([low, high]))
            if direction * (b - a) < -1e-9:
                return low, high
    return None


# %% exercise="find-violation" kind="mistake" name="corners-of-the-context" says="one combination of the other columns breaks the promise"
def find_violation(predict, cuts, column, direction=1):
    """The other columns only at their two ends."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    values = [v if j == column else [v[0], v[-1]] for j, v in enumerate(values)]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(direction * np.diff(answer, axis=column) < -1e-9)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return low, high


# %% exercise="find-violation" kind="mistake" name="inner-cells-of-the-others" says="the outermost cells of the other columns are never asked"
def find_violation(predict, cuts, column, direction=1):
    """Other columns: the first cell and the inner ones, never the last alone with the first."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    for place in np.argwhere(direction * np.diff(answer, axis=column) < -1e-9):
        ends = [i in (0, len(values[j]) - 1) for j, i in enumerate(place) if j != column]
        same = len({bool(i) for j, i in enumerate(place) if j != column}) == 1
        if not all(ends) or same:
            low = np.array([values[j][i] for j, i in enumerate(place)])
            high = low.copy()
            high[column] = values[column][place[column] + 1]
            return low, high
    return None


# %% exercise="find-violation" kind="mistake" name="random-contexts" says="only some of the other columns' combinations are asked"
def find_violation(predict, cuts, column, direction=1):
    """Sixty contexts at random."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    contexts = np.array(list(itertools.product(*([0.0] if j == column else v for j, v in enumerate(values)))))
    contexts = np.random.default_rng(0).permutation(contexts)[:60]
    rows = np.repeat(contexts, len(values[column]), axis=0)
    rows[:, column] = np.tile(values[column], len(contexts))
    answer = np.reshape(predict(rows), (len(contexts), -1))
    places = np.argwhere(direction * np.diff(answer, axis=1) < -1e-9)
    if len(places) == 0:
        return None
    first = places[0][0] * len(values[column]) + places[0][1]
    return rows[first], rows[first + 1]


# %% exercise="find-violation" kind="mistake" name="never-above" says="the cell above the last cut is never visited"
def find_violation(predict, cuts, column, direction=1):
    """The cuts alone."""
    values = [list(points) if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(direction * np.diff(answer, axis=column) < -1e-9)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return low, high


# %% exercise="find-violation" kind="mistake" name="never-below" says="the cell below the first cut is never visited"
def find_violation(predict, cuts, column, direction=1):
    """A little above each cut: the usual slip with cells closed on the right."""
    values = [[point + 1e-3 for point in points] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(direction * np.diff(answer, axis=column) < -1e-9)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return low, high


# %% exercise="find-violation" kind="mistake" name="ends-only" says="only the first and the last cell are compared"
def find_violation(predict, cuts, column, direction=1):
    """First against last, or the first two, or the last two."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    rows = np.array(list(itertools.product(*values)))
    answer = np.moveaxis(np.reshape(predict(rows), [len(v) for v in values]), column, 0)
    rows = np.moveaxis(rows.reshape(*[len(v) for v in values], -1), column, 0)
    for a, b in ((0, -1), (0, 1), (-2, -1)):
        if len(answer) > 2 and (direction * (answer[b] - answer[a])).min() < -1e-9:
            place = np.unravel_index(np.argmin(direction * (answer[b] - answer[a])), answer.shape[1:])
            return rows[(a, *place)], rows[(b, *place)]
    return None


# %% exercise="find-violation" kind="mistake" name="direction-ignored" says="is not heeded: a model that rightly falls is accused"
def find_violation(predict, cuts, column, direction=1):
    """Always upwards."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(np.diff(answer, axis=column) < -1e-9)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return low, high


# %% exercise="find-violation" kind="mistake" name="strictly-rising" says="a step on which the answer stays equal"
def find_violation(predict, cuts, column, direction=1):
    """Equal steps are accused."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(direction * np.diff(answer, axis=column) <= 0)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return low, high


# %% exercise="find-violation" kind="mistake" name="no-tolerance" says="a change of 1e-12 is taken for a violation"
def find_violation(predict, cuts, column, direction=1):
    """Below zero by any amount."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(direction * np.diff(answer, axis=column) < 0)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return low, high


# %% exercise="find-violation" kind="mistake" name="yes-or-no" says="a violation is answered without the witness"
def find_violation(predict, cuts, column, direction=1):
    """True instead of two rows."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    return True if (direction * np.diff(answer, axis=column) < -1e-9).any() else None


# %% exercise="find-violation" kind="mistake" name="witness-turned" says="the witness is turned round"
def find_violation(predict, cuts, column, direction=1):
    """(high, low)."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    answer = np.reshape(predict(np.array(list(itertools.product(*values)))), [len(v) for v in values])
    places = np.argwhere(direction * np.diff(answer, axis=column) < -1e-9)
    if len(places) == 0:
        return None
    low = np.array([values[j][i] for j, i in enumerate(places[0])])
    high = low.copy()
    high[column] = values[column][places[0][column] + 1]
    return high, low


# %% exercise="find-violation" kind="mistake" name="any-two-rows" says="the two rows of the witness differ in another column"
def find_violation(predict, cuts, column, direction=1):
    """Rows are sorted by the column and compared across contexts."""
    values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts]
    rows = np.array(list(itertools.product(*values)))
    answer = np.reshape(predict(rows), [len(v) for v in values])
    if not (direction * np.diff(answer, axis=column) < -1e-9).any():
        return None
    flat = np.ravel(answer)
    for i, j in itertools.permutations(range(len(rows)), 2):
        others = np.delete(rows[i] - rows[j], column)
        if rows[i][column] < rows[j][column] and others.any() and direction * (flat[j] - flat[i]) < -1e-9:
            return rows[i], rows[j]
    return rows[0], rows[-1]


# %% exercise="committee" kind="alternative" name="from-the-intervals"
committee = {"boosting": "not shown" if lead[1] <= 0 <= lead[2] else "better"}
committee["earn less"] = [name for name, (_, _, high) in against.items() if high < 0]
committee["unknown"] = "share of bad among applicants whom the old bank refused"
committee["not on a card"] = [*ASIDE, "telephone"]

# %% exercise="committee" kind="alternative" name="sets-and-tuples"
committee = dict(
    unknown="share of bad among applicants whom the old bank refused",
    boosting="not shown",
)
committee |= {
    "earn less": ("E", "D", "A"),
    "not on a card": ("telephone", "foreign_worker", "personal_status_sex", "age"),
}

# %% exercise="committee" kind="mistake" name="c-too" says="it is not shown to earn less"
committee = {
    "earn less": ["A", "C", "D", "E"],
    "boosting": "not shown",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="d-forgotten" says="an offer whose interval lies wholly below zero is missing"
committee = {
    "earn less": ["A", "E"],
    "boosting": "not shown",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="higher-is-better" says="the higher AUC is not yet a better model"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "better",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="worse" says="nothing speaks for a worse model"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "worse",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="refused-by-us" says="what a cut-off refuses among loans of this sample is known"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "not shown",
    "unknown": "profit from refused applicants like those granted",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="wrong-order" says="the order is known"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "not shown",
    "unknown": "loans that the card orders wrongly",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="mixture-allowed" says="a column that contains two things of the rule is missing"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "not shown",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "foreign_worker", "telephone"],
}

# %% exercise="committee" kind="mistake" name="telephone-is-harmless" says="the last line of the rule is missing"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "not shown",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "personal_status_sex", "foreign_worker"],
}

# %% exercise="committee" kind="mistake" name="everything-personal" says="the rule does not name this column"
committee = {
    "earn less": ["A", "D", "E"],
    "boosting": "not shown",
    "unknown": "share of bad among applicants whom the old bank refused",
    "not on a card": ["age", "personal_status_sex", "foreign_worker", "telephone", "people_liable"],
}


# %% exercise="reason-codes" kind="alternative" name="pandas"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """A Series of losses, sorted stably."""
    found = [c for c in protected if c in card]
    if found:
        raise ValueError(f"on the card although protected: {', '.join(found)}")
    losses = pd.Series({c: float(reference[c] - card[c][applicant[c]]) for c in card}, dtype=float)
    losses = losses[losses > 0].sort_values(ascending=False, kind="stable").head(k)
    return [(str(c), loss) for c, loss in losses.items()]


# %% exercise="reason-codes" kind="alternative" name="take-the-largest"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """The largest is taken out, k times; lists for pairs."""
    if set(protected) & set(card):
        raise ValueError("protected: " + " ".join(sorted(set(protected) & set(card))))
    left = {c: reference[c] - points[applicant[c]] for c, points in card.items()}
    out = []
    while left and len(out) < k:
        column = max(left, key=left.get)  # the first of equal ones
        loss = left.pop(column)
        if loss > 0:
            out.append([column, loss])
    return out


# %% exercise="reason-codes" kind="mistake" name="fewest-points" says="the columns are ranked by the applicant's points"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """Lowest points first."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    return sorted([pair for pair in losses if pair[1] > 0], key=lambda pair: card[pair[0]][applicant[pair[0]]])[:k]


# %% exercise="reason-codes" kind="mistake" name="against-the-best" says="the losses are measured against the best class of the column"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """The reference's values are replaced where the ranking is made."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, max(card[c].values()) - card[c][applicant[c]]) for c in card if reference[c] > card[c][applicant[c]]]
    return sorted(losses, key=lambda pair: -pair[1])[:k]


# %% exercise="reason-codes" kind="mistake" name="filled-up" says="a column on which the applicant loses nothing"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """Always k reasons."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    return sorted(losses, key=lambda pair: -pair[1])[:k]


# %% exercise="reason-codes" kind="mistake" name="protected-dropped" says="a protected column is on the card and nobody is told"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """The letter stays silent about it."""
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card if c not in protected]
    return sorted([pair for pair in losses if pair[1] > 0], key=lambda pair: -pair[1])[:k]


# %% exercise="reason-codes" kind="mistake" name="sorted-pairs" says="equal losses stand in the alphabet's order"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """Ties by name."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    return sorted([pair for pair in losses if pair[1] > 0], key=lambda pair: (-pair[1], pair[0]))[:k]


# %% exercise="reason-codes" kind="mistake" name="reversed-list" says="equal losses stand in the reverse order of the card"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """Sorted upwards, then turned round."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    return sorted([pair for pair in losses if pair[1] > 0], key=lambda pair: pair[1])[::-1][:k]


# %% exercise="reason-codes" kind="mistake" name="order-of-the-card" says="the reasons stand in the order of the card, not of the loss"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """The first k that lose."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    return [pair for pair in losses if pair[1] > 0][:k]


# %% exercise="reason-codes" kind="mistake" name="protected-of-the-applicant" says="a protected column that is not on the card"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """Whoever has an age is stopped."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    if any(column in applicant for column in protected):
        return []
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    return sorted([pair for pair in losses if pair[1] > 0], key=lambda pair: -pair[1])[:k]


# %% exercise="reason-codes" kind="mistake" name="points-for-losses" says="a reason's number is the applicant's points"
def reason_codes(card, applicant, reference, k=4, protected=()):
    """The right columns, with their points."""
    for column in protected:
        if column in card:
            raise ValueError(column)
    losses = [(c, reference[c] - card[c][applicant[c]]) for c in card]
    ranked = sorted([pair for pair in losses if pair[1] > 0], key=lambda pair: -pair[1])[:k]
    return [(c, card[c][applicant[c]]) for c, _ in ranked]


# %% [markdown] explain="refusal-letter" kind="sample" points=4
# Dear Ms Vogt,
#
# thank you for your application for 3,500 marks. We have to refuse it. We decide with a card of points: your answers add up to 521, and we need 566.
#
# Most points were lost, compared with our average applicant, by
# 1. your checking account, which is below 0 (45 points),
# 2. the length of 25 to 36 months (28 points),
# 3. instalments at another bank (25 points),
# 4. no known savings with us (20 points).
#
# What would have been enough: savings between 100 and 499 marks (575 points), or a loan of at most 18 months if you had no other instalments (574). We cannot promise that the card stays the same.
#
# The card says how earlier customers with such answers did as a group. It cannot say what you will do. Please tell us if one of your answers is recorded wrongly; you may also ask that one of our officers looks at your application in person.
#
# *Decision 1, reasons 1, change 1: both changes suffice, with their points. Recourse and honesty 1.*

# %% [markdown] explain="refusal-letter" kind="sample" points=2.5
# Dear Petra Vogt, your application was refused because your score of 521 points is lower than the 566 that our scorecard asks for. The main reasons are: status of your checking account, duration, other instalment plans, savings. They are
# the features in which you lose most compared to the average.
#
# You could improve the score: with a shorter duration of 10 to 12 months you would reach 560 points.
#
# If you think that the data are wrong, call us and an officer will check. The card only compares you with others and does not know whether you would pay.
#
# *Decision 1: refused, both numbers, the card. Reasons ½: the right four in the right order, but without her answers ("status of your checking account" tells her nothing). Change 0: 560 is below 566, and the letter lets her think that it is enough; there is no
# change in it that the card accepts. Recourse and honesty 1.*

# %% [markdown] explain="refusal-letter" kind="sample" points=2
# Dear Ms Vogt, unfortunately we cannot offer you this loan.
#
# You lost the most points, measured against the best possible answers, by your overdrawn account (98), unknown savings (74), the length of the loan, 25 to 36 months (63), and no earlier credits (41).
#
# If you open a savings account and keep between 100 and 499 marks in it, our card gives you 575 points, which is enough today. We cannot promise anything for the future.
#
# Kind regards
#
# *Decision ½: refused, without her points, and the points needed are hidden in a later sentence. Reasons ½: the other reference, but it says so, with her answers. Change 1: a change that suffices, with its points, no promise. Recourse and honesty 0: neither.*

# %% [markdown] explain="refusal-letter" kind="sample" points=0.5
# Dear customer, after careful consideration by our artificial intelligence your application does not meet our standards. The model has an AUC of 0.776 and predicts that you will default. Important factors were your age, your income and your account status. To increase your chances in the future we recommend
# that you improve your financial situation. This decision is final.
#
# *Decision ½: she is refused and a machine decided; no points. Reasons 0: age and income are not on the card, and "our standards". Change 0: "improve your financial situation" may stand for anything and nothing suffices. Recourse and honesty 0: final, and "you will default".*

# %% exercise="find-violation" kind="equivalent" mutant="- values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts] | + values = [[*points, points[-1] + 2.0] if len(points) else [0.0] for points in cuts]" reason="any value above the last cut lies in the same cell"

# %% exercise="find-violation" kind="equivalent" mutant="- values = [[*points, points[-1] + 1.0] if len(points) else [0.0] for points in cuts] | + values = [[*points, points[-1] + 1.0] if len(points) else [1.0] for points in cuts]" reason="a column without cuts is one cell: any value stands for it"

# %% exercise="find-violation" kind="equivalent" mutant="- places = np.argwhere(direction * np.diff(answer, axis=column) < -1e-09) | + places = np.argwhere(direction * np.diff(answer, axis=column) <= -1e-09)" reason="a change of exactly 1e-9 does not come up"

# %% exercise="committee" kind="equivalent" mutant="- committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']} | + committee = {'earn less': ['D', 'A', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']}" reason="the lists may be in any order"

# %% exercise="committee" kind="equivalent" mutant="- committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']} | + committee = {'earn less': ['A', 'E', 'D'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']}" reason="the lists may be in any order"

# %% exercise="committee" kind="equivalent" mutant="- committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']} | + committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['personal_status_sex', 'age', 'foreign_worker', 'telephone']}" reason="the lists may be in any order"

# %% exercise="committee" kind="equivalent" mutant="- committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']} | + committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'foreign_worker', 'personal_status_sex', 'telephone']}" reason="the lists may be in any order"

# %% exercise="committee" kind="equivalent" mutant="- committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'foreign_worker', 'telephone']} | + committee = {'earn less': ['A', 'D', 'E'], 'boosting': 'not shown', 'unknown': 'share of bad among applicants whom the old bank refused', 'not on a card': ['age', 'personal_status_sex', 'telephone', 'foreign_worker']}" reason="the lists may be in any order"
