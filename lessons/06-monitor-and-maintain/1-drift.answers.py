# %% [markdown]
# Answers to `1-drift.py`: never released.


# %% exercise="psi" kind="alternative" name="pandas-cut"
def psi(reference, current, bins=10):
    """pandas cuts and counts; the divergence from scipy."""
    old, new = pd.Series(np.asarray(reference, dtype=float)), pd.Series(np.asarray(current, dtype=float))
    edges = [-np.inf, *sorted(set(old.quantile([k / bins for k in range(1, bins)]))), np.inf]
    p, q = (
        pd.cut(v, edges).value_counts(dropna=False, sort=False, normalize=True).reindex(
            [*pd.cut(pd.Series([0.0]), edges).cat.categories, np.nan], fill_value=0
        )
        for v in (old, new)
    )  # fmt: skip
    p, q = p.clip(lower=1e-4).to_numpy(), q.clip(lower=1e-4).to_numpy()
    return special.rel_entr(p, q).sum() + special.rel_entr(q, p).sum()


# %% exercise="psi" kind="alternative" name="plain-loops"
def psi(reference, current, bins=10):
    """Nothing but loops over cells."""
    reference, current = [float(x) for x in reference], [float(x) for x in current]
    there = [x for x in reference if x == x]
    edges = sorted({float(np.quantile(there, k / bins)) for k in range(1, bins)})
    borders = list(zip([-np.inf, *edges], [*edges, np.inf], strict=True))
    total = 0.0
    for cell in [*borders, None]:
        shares = []
        for values in (reference, current):
            hits = [x != x if cell is None else cell[0] < x <= cell[1] for x in values]
            shares.append(max(sum(hits) / len(values), 0.0001))
        total += (shares[1] - shares[0]) * np.log(shares[1] / shares[0])
    return np.float64(total)


# %% exercise="psi" kind="alternative" name="counts-below-edges"
def psi(reference, current, bins=10):
    """Differences of the distribution function at the edges."""
    old, new = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    edges = np.unique(np.nanquantile(old, np.linspace(0, 1, bins + 1)[1:-1]))
    out = []
    for values in (old, new):
        below = np.searchsorted(values[~np.isnan(values)], edges, side="right")
        counts = np.diff([0, *below, np.sum(~np.isnan(values)), len(values)])
        out.append(np.clip(counts / len(values), 0.0001, None))
    return ((out[0] - out[1]) * (np.log(out[0]) - np.log(out[1]))).sum()


# %% exercise="psi" kind="mistake" name="edges-of-the-batch" says="the edges come from the current batch"
def psi(reference, current, bins=10):
    """Quantiles of the batch."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(current, np.arange(1, bins) / bins))

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        return np.maximum(np.bincount(cell, minlength=len(edges) + 2) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="log-of-zero" says="an empty cell makes the PSI infinite"
def psi(reference, current, bins=10):
    """No floor."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        return np.bincount(cell, minlength=len(edges) + 2) / len(values)

    p, q = shares(reference), shares(current)
    with np.errstate(all="ignore"):
        return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="skips-empty-cells" says="cells that are empty in one batch are skipped"
def psi(reference, current, bins=10):
    """Sums over cells that both have."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        return np.bincount(cell, minlength=len(edges) + 2) / len(values)

    p, q = shares(reference), shares(current)
    both = (p > 0) & (q > 0)
    return np.sum((q[both] - p[both]) * np.log(q[both] / p[both]))


# %% exercise="psi" kind="mistake" name="one-sided" says="this is one Kullback–Leibler divergence"
def psi(reference, current, bins=10):
    """KL of the reference from the current."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        return np.maximum(np.bincount(cell, minlength=len(edges) + 2) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum(p * np.log(p / q))


# %% exercise="psi" kind="mistake" name="histogram" says="values outside of the reference's range are lost"
def psi(reference, current, bins=10):
    """The outer edges are the reference's minimum and maximum."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    there = reference[~np.isnan(reference)]
    edges = np.unique(np.quantile(there, np.arange(1, bins) / bins))

    def shares(values):
        kept = values[np.isnan(values) | ((values >= there.min()) & (values <= there.max()))]
        cell = np.where(np.isnan(kept), len(edges) + 1, np.searchsorted(edges, kept))
        return np.maximum(np.bincount(cell, minlength=len(edges) + 2) / len(kept), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="equal-width" says="the cells are equally wide"
def psi(reference, current, bins=10):
    """np.linspace instead of quantiles."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.linspace(np.nanmin(reference), np.nanmax(reference), bins + 1)[1:-1]

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        return np.maximum(np.bincount(cell, minlength=len(edges) + 2) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="drops-missing" says="missing values are left out"
def psi(reference, current, bins=10):
    """dropna first."""
    reference, current = (np.asarray(v, dtype=float) for v in (reference, current))
    reference, current = reference[~np.isnan(reference)], current[~np.isnan(current)]
    edges = np.unique(np.quantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        return np.maximum(np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="left-closed" says="is put into the cell above it"
def psi(reference, current, bins=10):
    """np.digitize as it comes."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.digitize(values, edges))
        return np.maximum(np.bincount(cell, minlength=len(edges) + 2) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="log10" says="the logarithm is not the natural one"
def psi(reference, current, bins=10):
    """log10."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        return np.maximum(np.bincount(cell, minlength=len(edges) + 2) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log10(q / p))


# %% exercise="psi" kind="mistake" name="scaled-again" says="the shares are scaled to sum to 1 again"
def psi(reference, current, bins=10):
    """Raised, then divided by their sum."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        gone = np.isnan(values)
        counts = np.bincount(np.digitize(values[~gone], edges, right=True), minlength=len(edges) + 1)
        share = np.maximum(np.append(counts, gone.sum()) / len(values), 1e-4)
        return share / share.sum()

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="epsilon-everywhere" says="a small number is added to every share"
def psi(reference, current, bins=10):
    """0.0001 is added instead of being the least."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        gone = np.isnan(values)
        counts = np.bincount(np.digitize(values[~gone], edges, right=True), minlength=len(edges) + 1)
        return np.append(counts, gone.sum()) / len(values) + 1e-4

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="share-of-the-present" says="the shares of values count the rows that are there"
def psi(reference, current, bins=10):
    """Only the missing share counts all rows."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        gone = np.isnan(values)
        counts = np.bincount(np.digitize(values[~gone], edges, right=True), minlength=len(edges) + 1)
        return np.maximum(np.append(counts / max(len(values) - gone.sum(), 1), gone.mean()), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="mistake" name="np-histogram" says="loses what lies outside, and closes its cells on the other side"
def psi(reference, current, bins=10):
    """Quantiles 0 to 1 as the edges of np.histogram."""
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.unique(np.nanquantile(reference, np.arange(bins + 1) / bins))

    def shares(values):
        counts = np.histogram(values[~np.isnan(values)], edges)[0]
        return np.maximum(np.append(counts, np.isnan(values).sum()) / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return np.sum((q - p) * np.log(q / p))


# %% exercise="psi" kind="equivalent" mutant="- return (np.bincount(cell, minlength=len(edges) + 2) / len(values)).clip(min=0.0001) | + return (np.bincount(cell, minlength=len(edges) + 3) / len(values)).clip(min=0.0001)" reason="one more cell is empty in both batches: its two shares are equal"


# %% exercise="ks" kind="alternative" name="walk-past-ties"
def ks(reference, current):
    """A walk through the sorted values that looks only after the last of equal ones."""
    n, m = len(reference), len(current)
    events = sorted([(float(x), 1 / n) for x in reference] + [(float(x), -1 / m) for x in current])
    height = distance = 0.0
    for i, (x, step) in enumerate(events):
        height += step
        if i + 1 == len(events) or events[i + 1][0] != x:
            distance = max(distance, abs(height))
    return [distance, special.kolmogorov(distance / np.sqrt(1 / n + 1 / m))]


# %% exercise="ks" kind="alternative" name="strictly-below"
def ks(reference, current):
    """Shares strictly below each value: the same distances, one step earlier."""
    a, b = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    points = np.append(np.unique(np.r_[a, b]), np.inf)
    gap = (a[:, None] < points).mean(axis=0) - (b[:, None] < points).mean(axis=0)
    distance = max(gap.max(), -gap.min())
    return distance, special.kolmogorov(distance * np.sqrt(len(a) * len(b) / (len(a) + len(b))))


# %% exercise="ks" kind="alternative" name="scipy"
def ks(reference, current):
    """scipy does both; its p-value corrects for small batches."""
    done = stats.ks_2samp(reference, current, method="asymp")
    return done.statistic, done.pvalue


# %% exercise="ks" kind="mistake" name="ties-one-by-one" says="equal values are taken one by one"
def ks(reference, current):
    """The textbook walk, which assumes that no two values are equal."""
    a, b = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    n, m = len(a), len(b)
    order = np.argsort(np.r_[a, b], kind="stable")
    distance = np.abs(np.cumsum(np.r_[np.full(n, 1 / n), np.full(m, -1 / m)][order])).max()
    return distance, special.kolmogorov(distance * np.sqrt(n * m / (n + m)))


# %% exercise="ks" kind="mistake" name="one-direction" says="where the current batch lies lower, nothing is seen"
def ks(reference, current):
    """max of F - G, without the absolute value."""
    a, b = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    n, m, x = len(a), len(b), np.r_[a, b]
    distance = np.max(np.searchsorted(a, x, side="right") / n - np.searchsorted(b, x, side="right") / m)
    return distance, special.kolmogorov(distance * np.sqrt(n * m / (n + m)))


# %% exercise="ks" kind="mistake" name="at-the-reference" says="only the reference's values are looked at"
def ks(reference, current):
    """The functions are compared at the reference's values."""
    a, b = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    n, m = len(a), len(b)
    distance = np.abs(np.searchsorted(a, a, side="right") / n - np.searchsorted(b, a, side="right") / m).max()
    return distance, special.kolmogorov(distance * np.sqrt(n * m / (n + m)))


# %% exercise="ks" kind="mistake" name="ten-cells" says="the distance is taken at the edges of a few cells"
def ks(reference, current):
    """Histograms of ten cells."""
    a, b = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.histogram_bin_edges(np.r_[a, b], 10)
    n, m = len(a), len(b)
    distance = np.abs(np.histogram(a, edges)[0].cumsum() / n - np.histogram(b, edges)[0].cumsum() / m).max()
    return distance, special.kolmogorov(distance * np.sqrt(n * m / (n + m)))


# %% exercise="ks" kind="mistake" name="one-sample-p" says="p counts the reference alone"
def ks(reference, current):
    """The p-value of the one-sample test."""
    a, b = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    x = np.r_[a, b]
    distance = np.abs(np.searchsorted(a, x, side="right") / len(a) - np.searchsorted(b, x, side="right") / len(b)).max()
    return distance, special.kolmogorov(distance * np.sqrt(len(a)))


# %% exercise="ks" kind="mistake" name="all-rows-p" says="p counts all rows together"
def ks(reference, current):
    """n + m under the root."""
    a, b = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    x = np.r_[a, b]
    distance = np.abs(np.searchsorted(a, x, side="right") / len(a) - np.searchsorted(b, x, side="right") / len(b)).max()
    return distance, special.kolmogorov(distance * np.sqrt(len(x)))


# %% exercise="ks" kind="mistake" name="one-minus-p" says="p is turned round"
def ks(reference, current):
    """The distribution function instead of the tail."""
    a, b = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    n, m, x = len(a), len(b), np.r_[a, b]
    distance = np.abs(np.searchsorted(a, x, side="right") / n - np.searchsorted(b, x, side="right") / m).max()
    return distance, 1 - special.kolmogorov(distance * np.sqrt(n * m / (n + m)))


# %% exercise="ks" kind="mistake" name="quantiles" says="the distance is taken at a few quantiles"
def ks(reference, current):
    """Distribution functions at the reference's deciles."""
    a, b = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    edges = np.quantile(a, np.arange(1, 10) / 10)
    n, m = len(a), len(b)
    distance = np.abs((a[:, None] <= edges).mean(axis=0) - (b[:, None] <= edges).mean(axis=0)).max()
    return distance, special.kolmogorov(distance * np.sqrt(n * m / (n + m)))


# %% exercise="ks" kind="mistake" name="even-grid" says="the distance is taken on an even grid"
def ks(reference, current):
    """A thousand points between the least and the largest value."""
    a, b = np.sort(np.asarray(reference, dtype=float)), np.sort(np.asarray(current, dtype=float))
    x = np.linspace(min(a[0], b[0]), max(a[-1], b[-1]), 1000)
    distance = np.abs(np.searchsorted(a, x, side="right") / len(a) - np.searchsorted(b, x, side="right") / len(b)).max()
    return distance, special.kolmogorov(distance * np.sqrt(len(a) * len(b) / (len(a) + len(b))))


# %% exercise="ks" kind="mistake" name="scipy-exact" says="p is scipy's exact one for small batches"
def ks(reference, current):
    """scipy's default, which computes the exact p-value of small batches."""
    found = stats.ks_2samp(reference, current)
    return found.statistic, found.pvalue


# %% exercise="ks" kind="equivalent" mutant="- x = np.concatenate([reference, current]) | + x = np.concatenate([current, reference])" reason="the largest distance is taken over the same values in another order"


# %% exercise="chi-squared" kind="alternative" name="crosstab-and-scipy"
def chi_squared(reference, current):
    """A crosstab with a name for missing, and scipy."""
    named = ["?" if v is None or v != v else str(v) for v in [*reference, *current]]
    table = pd.crosstab(np.repeat([0, 1], [len(reference), len(current)]), np.array(named))
    done = stats.chi2_contingency(table, correction=False)
    return done.statistic, done.pvalue


# %% exercise="chi-squared" kind="alternative" name="counter"
def chi_squared(reference, current):
    """Dicts and loops."""
    from collections import Counter

    old, new = (Counter("missing" if pd.isna(v) else v for v in batch) for batch in (reference, current))
    n, m = sum(old.values()), sum(new.values())
    statistic = 0.0
    for name in old.keys() | new.keys():
        for count, size in ((old[name], n), (new[name], m)):
            expected = size * (old[name] + new[name]) / (n + m)
            statistic += (count - expected) ** 2 / expected
    freedom = len(old.keys() | new.keys()) - 1
    return (statistic, 1 - stats.chi2.cdf(statistic, freedom)) if freedom else (0.0, 1.0)


# %% exercise="chi-squared" kind="alternative" name="value-counts-aligned"
def chi_squared(reference, current):
    """value_counts of both, aligned by their index; n·m/(n + m) times a sum over shares."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    both = pd.concat([old, new], axis=1).fillna(0).to_numpy(float)
    (n, m), k = both.sum(axis=0), len(both)
    statistic = n * m * np.sum((both[:, 0] / n - both[:, 1] / m) ** 2 / both.sum(axis=1))
    return np.array([statistic, stats.chi2.sf(statistic, k - 1) if k > 1 else 1.0])


# %% exercise="chi-squared" kind="mistake" name="reference-categories-only" says="categories that the reference never had are left out"
def chi_squared(reference, current):
    """The known categories alone; the missing value among them if it is."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    table = np.array([old.to_numpy(), new.reindex(old.index, fill_value=0).to_numpy()])
    if table.shape[1] == 1:
        return 0.0, 1.0
    done = stats.chi2_contingency(table, correction=False)
    return done.statistic, done.pvalue


# %% exercise="chi-squared" kind="mistake" name="missing-dropped" says="missing values are left out"
def chi_squared(reference, current):
    """A crosstab as it comes."""
    both = pd.Series([*reference, *current], dtype=object)
    side = np.repeat([0, 1], [len(reference), len(current)])[both.notna()]
    done = stats.chi2_contingency(pd.crosstab(side, both[both.notna()].to_numpy()), correction=False)
    return done.statistic, done.pvalue


# %% exercise="chi-squared" kind="mistake" name="goodness-of-fit" says="the reference's shares are taken for the truth"
def chi_squared(reference, current):
    """A one-sample test against the reference's shares."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    names = old.index.union(new.index)
    share = old.reindex(names, fill_value=0).clip(lower=0.5) / len(reference)
    counts, expected = new.reindex(names, fill_value=0), len(current) * share
    if len(names) == 1:
        return 0.0, 1.0
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return statistic, stats.chi2.sf(statistic, len(names) - 1)


# %% exercise="chi-squared" kind="mistake" name="paired-by-rank" says="counts are paired by rank, not by category"
def chi_squared(reference, current):
    """value_counts side by side, without their index."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts().to_numpy() for v in (reference, current))
    k = max(len(old), len(new))
    if k == 1:
        return 0.0, 1.0
    table = np.array([np.r_[v, np.zeros(k - len(v))] for v in (old, new)])
    done = stats.chi2_contingency(table, correction=False)
    return done.statistic, done.pvalue


# %% exercise="chi-squared" kind="mistake" name="on-shares" says="the statistic is computed on shares"
def chi_squared(reference, current):
    """normalize=True."""
    old, new = (
        pd.Series([*v], dtype=object).fillna("missing").value_counts(normalize=True) for v in (reference, current)
    )
    table = pd.concat([old, new], axis=1).fillna(0).to_numpy().T
    if table.shape[1] == 1:
        return 0.0, 1.0
    done = stats.chi2_contingency(table, correction=False)
    return done.statistic, done.pvalue


# %% exercise="chi-squared" kind="mistake" name="yates" says="Yates's correction is on"
def chi_squared(reference, current):
    """scipy with its default."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    done = stats.chi2_contingency(pd.concat([old, new], axis=1).fillna(0).to_numpy().T)
    return done.statistic, done.pvalue


# %% exercise="chi-squared" kind="mistake" name="k-degrees" says="as many degrees of freedom as categories"
def chi_squared(reference, current):
    """k instead of k - 1."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    table = pd.concat([old, new], axis=1).fillna(0).to_numpy().T
    if table.shape[1] == 1:
        return 0.0, 1.0
    statistic = stats.chi2_contingency(table, correction=False).statistic
    return statistic, stats.chi2.sf(statistic, table.shape[1])


# %% exercise="chi-squared" kind="mistake" name="current-terms-only" says="only the current batch's terms are summed"
def chi_squared(reference, current):
    """The pooled expectation, but one row of the table."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    table = pd.concat([old, new], axis=1).fillna(0).to_numpy().T
    if table.shape[1] == 1:
        return 0.0, 1.0
    expected = len(current) * table.sum(axis=0) / table.sum()
    statistic = np.sum((table[1] - expected) ** 2 / expected)
    return statistic, stats.chi2.sf(statistic, table.shape[1] - 1)


# %% exercise="chi-squared" kind="mistake" name="nan-one-by-one" says="each NaN is a category of its own"
def chi_squared(reference, current):
    """A Counter, to which each NaN of a Series is another key."""
    from collections import Counter

    ours, theirs = Counter(reference), Counter(current)
    categories = list({**ours, **theirs})
    table = np.array([[counts[c] for c in categories] for counts in (ours, theirs)])
    if len(categories) == 1:
        return 0.0, 1.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = np.sum((table - expected) ** 2 / expected)
    return statistic, stats.chi2.sf(statistic, len(categories) - 1)


# %% exercise="chi-squared" kind="mistake" name="divides-by-zero" says="makes the statistic infinite or undefined"
def chi_squared(reference, current):
    """Expected counts from the reference alone: zero for a new category."""
    old, new = (pd.Series([*v], dtype=object).fillna("missing").value_counts() for v in (reference, current))
    table = pd.concat([old, new], axis=1).fillna(0).to_numpy().T
    if table.shape[1] == 1:
        return 0.0, 1.0
    pooled = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    pooled[:, table[0] == 0] = 0
    with np.errstate(all="ignore"):
        statistic = np.sum((table - pooled) ** 2 / pooled)
    return statistic, stats.chi2.sf(statistic, table.shape[1] - 1)


# %% exercise="psi-limit" kind="alternative" name="ppf-and-search"
def psi_limit(n, m, cells, alpha=0.05):
    """The upper quantile as a lower one."""
    return stats.chi2(df=cells - 1).ppf(1 - alpha) * (n + m) / (n * m)


def rows_needed(limit, cells, alpha=0.05):
    """Counts upwards."""
    n = 1
    while psi_limit(n, n, cells, alpha) > limit:
        n += 1
    return n


# %% exercise="psi-limit" kind="alternative" name="gamma"
def psi_limit(n, m, cells, alpha=0.05):
    """Chi-squared is a gamma distribution."""
    return stats.gamma.isf(alpha, (cells - 1) / 2, scale=2 * (1 / n + 1 / m))


def rows_needed(limit, cells, alpha=0.05):
    """One division, a float that is whole."""
    return np.ceil(4 * special.gammainccinv((cells - 1) / 2, alpha) / limit)


# %% exercise="psi-limit" kind="mistake" name="free-cells" says="as many degrees of freedom as cells"
def psi_limit(n, m, cells, alpha=0.05):
    """cells, not cells - 1."""
    return (1 / n + 1 / m) * stats.chi2.isf(alpha, cells)


def rows_needed(limit, cells, alpha=0.05):
    """The same."""
    return int(np.ceil(2 * stats.chi2.isf(alpha, cells) / limit))


# %% exercise="psi-limit" kind="mistake" name="current-alone" says="the current batch alone counts"
def psi_limit(n, m, cells, alpha=0.05):
    """As if the reference were the truth."""
    return stats.chi2.isf(alpha, cells - 1) / m


def rows_needed(limit, cells, alpha=0.05):
    """Right."""
    return int(np.ceil(2 * stats.chi2.isf(alpha, cells - 1) / limit))


# %% exercise="psi-limit" kind="mistake" name="rows-added" says="the rows are added"
def psi_limit(n, m, cells, alpha=0.05):
    """1 / (n + m)."""
    return stats.chi2.isf(alpha, cells - 1) / (n + m)


def rows_needed(limit, cells, alpha=0.05):
    """Right."""
    return int(np.ceil(2 * stats.chi2.isf(alpha, cells - 1) / limit))


# %% exercise="psi-limit" kind="mistake" name="lower-tail" says="the lower tail is taken"
def psi_limit(n, m, cells, alpha=0.05):
    """ppf of alpha."""
    return (1 / n + 1 / m) * stats.chi2.ppf(alpha, cells - 1)


def rows_needed(limit, cells, alpha=0.05):
    """The same."""
    return int(np.ceil(2 * stats.chi2.ppf(alpha, cells - 1) / limit))


# %% exercise="psi-limit" kind="mistake" name="half-alpha" says="half of alpha is taken"
def psi_limit(n, m, cells, alpha=0.05):
    """Two-sided by habit."""
    return (1 / n + 1 / m) * stats.chi2.isf(alpha / 2, cells - 1)


def rows_needed(limit, cells, alpha=0.05):
    """The same."""
    return int(np.ceil(2 * stats.chi2.isf(alpha / 2, cells - 1) / limit))


# %% exercise="psi-limit" kind="mistake" name="rows-of-one" says="half of the rows that are needed"
def psi_limit(n, m, cells, alpha=0.05):
    """Right."""
    return (1 / n + 1 / m) * stats.chi2.isf(alpha, cells - 1)


def rows_needed(limit, cells, alpha=0.05):
    """Solves 1 / n instead of 1 / n + 1 / n."""
    return int(np.ceil(stats.chi2.isf(alpha, cells - 1) / limit))


# %% exercise="psi-limit" kind="mistake" name="rounds-down" says="one row too few"
def psi_limit(n, m, cells, alpha=0.05):
    """Right."""
    return (1 / n + 1 / m) * stats.chi2.isf(alpha, cells - 1)


def rows_needed(limit, cells, alpha=0.05):
    """int() cuts off."""
    return int(2 * stats.chi2.isf(alpha, cells - 1) / limit)


# %% exercise="psi-limit" kind="mistake" name="no-whole-number" says="rows come in whole numbers"
def psi_limit(n, m, cells, alpha=0.05):
    """Right."""
    return (1 / n + 1 / m) * stats.chi2.isf(alpha, cells - 1)


def rows_needed(limit, cells, alpha=0.05):
    """Not rounded."""
    return 2 * stats.chi2.isf(alpha, cells - 1) / limit


# %% exercise="psi-limit" kind="mistake" name="alpha-ignored" says="alpha is ignored"
def psi_limit(n, m, cells, alpha=0.05):
    """A constant 0.05."""
    return (1 / n + 1 / m) * stats.chi2.isf(0.05, cells - 1)


def rows_needed(limit, cells, alpha=0.05):
    """Right."""
    return int(np.ceil(2 * stats.chi2.isf(alpha, cells - 1) / limit))


# %% exercise="many-tests" kind="alternative" name="plain-loops"
def holm(pvalues):
    """One pass through the ranks, in a list."""
    p = [float(v) for v in pvalues]
    out, running = [0.0] * len(p), 0.0
    for place, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        running = max(running, (len(p) - place) * p[i])
        out[i] = min(running, 1.0)
    return out


def benjamini_hochberg(pvalues):
    """From the largest down."""
    p = [float(v) for v in pvalues]
    out, running = [0.0] * len(p), 1.0
    order = sorted(range(len(p)), key=p.__getitem__)
    for place in range(len(p), 0, -1):
        running = min(running, p[order[place - 1]] * len(p) / place)
        out[order[place - 1]] = running
    return out


# %% exercise="many-tests" kind="alternative" name="pandas"
def holm(pvalues):
    """Ranks in a Series, whose index restores the order."""
    p = pd.Series(np.asarray(pvalues, dtype=float)).sort_values()
    return (p * np.arange(len(p), 0, -1)).cummax().clip(upper=1).sort_index()


def benjamini_hochberg(pvalues):
    """Descending, with a running minimum."""
    p = pd.Series(np.asarray(pvalues, dtype=float)).sort_values(ascending=False)
    return (p * len(p) / np.arange(len(p), 0, -1)).cummin().clip(upper=1).sort_index()


# %% exercise="many-tests" kind="alternative" name="definitions"
def holm(pvalues):
    """For each value: the largest product among the values up to it."""
    p = np.asarray(pvalues, dtype=float)
    products = np.array([v * np.sum(p >= v) for v in p])
    return np.array([min(1.0, products[p <= v].max()) for v in p])


def benjamini_hochberg(pvalues):
    """scipy's."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float), method="bh")


# %% exercise="many-tests" kind="mistake" name="order-lost" says="are left in ascending order"
def holm(pvalues):
    """Sorted and never put back."""
    p = np.sort(np.asarray(pvalues, dtype=float))
    return np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1.0)


def benjamini_hochberg(pvalues):
    """Right."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float))


# %% exercise="many-tests" kind="mistake" name="indexed-twice" says="are sorted twice"
def holm(pvalues):
    """adjusted[order] instead of out[order] = adjusted."""
    p = np.asarray(pvalues, dtype=float)
    order = np.argsort(p)
    return np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)[order]


def benjamini_hochberg(pvalues):
    """Right."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float))


# %% exercise="many-tests" kind="mistake" name="bonferroni" says="`holm` gives Bonferroni's values"
def holm(pvalues):
    """All multiplied by k."""
    return np.minimum(np.asarray(pvalues, dtype=float) * len(pvalues), 1.0)


def benjamini_hochberg(pvalues):
    """Right."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float))


# %% exercise="many-tests" kind="mistake" name="holm-not-monotone" says="`holm`: a larger p-value got a smaller adjusted one"
def holm(pvalues):
    """No running maximum."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(p[order] * np.arange(len(p), 0, -1), 1.0)
    return out


def benjamini_hochberg(pvalues):
    """Right."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float))


# %% exercise="many-tests" kind="mistake" name="holm-off-by-one" says="the factors are off by one"
def holm(pvalues):
    """k - 1, k - 2, …, 0."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * (len(p) - 1 - np.arange(len(p)))), 1.0)
    return out


def benjamini_hochberg(pvalues):
    """Right."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float))


# %% exercise="many-tests" kind="mistake" name="above-one" says="an adjusted p-value exceeds 1"
def holm(pvalues):
    """No cap."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return out


def benjamini_hochberg(pvalues):
    """Right."""
    return stats.false_discovery_control(np.asarray(pvalues, dtype=float))


# %% exercise="many-tests" kind="mistake" name="bh-wrong-side" says="`benjamini_hochberg`: the running minimum goes from the wrong side"
def holm(pvalues):
    """Right."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return out


def benjamini_hochberg(pvalues):
    """Accumulates from the smallest."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / np.arange(1, len(p) + 1)), 1.0)
    return out


# %% exercise="many-tests" kind="mistake" name="bh-not-monotone" says="`benjamini_hochberg`: a larger p-value got a smaller adjusted one"
def holm(pvalues):
    """Right."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return out


def benjamini_hochberg(pvalues):
    """k / rank, and that is all."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(p[order] * len(p) / np.arange(1, len(p) + 1), 1.0)
    return out


# %% exercise="many-tests" kind="mistake" name="bh-takes-maximum" says="`benjamini_hochberg` takes a running maximum"
def holm(pvalues):
    """Right."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return out


def benjamini_hochberg(pvalues):
    """Copied from Holm."""
    p = np.asarray(pvalues, dtype=float)
    out, order = np.empty(len(p)), np.argsort(p)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * len(p) / np.arange(1, len(p) + 1)), 1.0)
    return out


# %% exercise="day-monitor" kind="alternative" name="frame-of-days"
def day_monitor(values, days, start, measure, level=0.95):
    """A frame, groups of days, and the reference without the day by concatenation."""
    table = pd.DataFrame({"value": values, "day": days})
    groups = {day: group["value"].to_numpy() for day, group in table.groupby("day")}
    known = {day: group for day, group in groups.items() if day < pd.Timestamp(start)}
    distances = []
    for day in known:
        others = np.concatenate([group for other, group in known.items() if other != day])
        distances.append(measure(others, known[day]))
    reference = np.concatenate(list(known.values()))
    limit = pd.Series(distances).quantile(level)
    return [day for day, group in groups.items() if day not in known and measure(reference, group) > limit]


# %% exercise="day-monitor" kind="alternative" name="array-of-days"
def day_monitor(values, days, start, measure, level=0.95):
    """Numbers of days, masks, and a boolean index at the end."""
    unique, number = np.unique(np.asarray(days), return_inverse=True)
    values, border = np.asarray(values), int(np.sum(unique < start))
    old = number < border
    inside = [measure(values[old & (number != d)], values[number == d]) for d in range(border)]
    outside = np.array([measure(values[old], values[number == d]) for d in range(border, len(unique))])
    return unique[border:][outside > np.quantile(inside, level)]


# %% exercise="day-monitor" kind="mistake" name="as-tomas-wrote-it" says="a day is compared with a reference that holds it"
def day_monitor(values, days, start, measure, level=0.95):
    """The day stays in the reference that its distance is measured from."""
    past = days < start
    distances = [measure(values[past], values[days == day]) for day in np.unique(days[past])]
    limit = np.quantile(distances, level)
    return [day for day in np.unique(days[~past]) if measure(values[past], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="reference-rolls" says="the reference swallows the days it judges"
def day_monitor(values, days, start, measure, level=0.95):
    """Keeps the line that is 'always up to date'."""
    past = days < start
    distances = [measure(values[past & (days != day)], values[days == day]) for day in np.unique(days[past])]
    limit, alarms = np.quantile(distances, level), []
    for day in np.unique(days[~past]):
        if measure(values[days < day], values[days == day]) > limit:
            alarms.append(day)
    return alarms


# %% exercise="day-monitor" kind="mistake" name="arguments-swapped" says="`measure` gets its arguments the wrong way round"
def day_monitor(values, days, start, measure, level=0.95):
    """measure(batch, reference)."""
    past = days < start
    distances = [measure(values[past & (days != day)], values[days == day]) for day in np.unique(days[past])]
    limit = np.quantile(distances, level)
    return [day for day in np.unique(days[~past]) if measure(values[days == day], values[past]) > limit]


# %% exercise="day-monitor" kind="mistake" name="missing-dropped" says="the missing values of a day are dropped"
def day_monitor(values, days, start, measure, level=0.95):
    """isnan stays."""
    past = days < start
    distances = [measure(values[past & (days != day)], values[days == day]) for day in np.unique(days[past])]
    limit, alarms = np.quantile(distances, level), []
    for day in np.unique(days[~past]):
        batch = values[days == day]
        if measure(values[past], batch[~np.isnan(batch)]) > limit:
            alarms.append(day)
    return alarms


# %% exercise="day-monitor" kind="mistake" name="reference-without-missing" says="the missing values of the reference are dropped"
def day_monitor(values, days, start, measure, level=0.95):
    """A clean reference."""
    past = days < start
    clean = past & ~np.isnan(values)
    distances = [measure(values[clean & (days != day)], values[days == day]) for day in np.unique(days[past])]
    limit = np.quantile(distances, level)
    return [day for day in np.unique(days[~past]) if measure(values[clean], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="limit-from-new-days" says="the limit does not come from the days before the start"
def day_monitor(values, days, start, measure, level=0.95):
    """The highest of the new days ring, always."""
    past = days < start
    new = np.unique(days[~past])
    distances = np.array([measure(values[past], values[days == day]) for day in new])
    return new[distances > np.quantile(distances, level)]


# %% exercise="day-monitor" kind="mistake" name="largest-distance" says="the limit is the largest of the distances"
def day_monitor(values, days, start, measure, level=0.95):
    """max instead of a quantile."""
    past = days < start
    limit = max(measure(values[past & (days != day)], values[days == day]) for day in np.unique(days[past]))
    return [day for day in np.unique(days[~past]) if measure(values[past], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="at-the-limit" says="a day at the limit rings"
def day_monitor(values, days, start, measure, level=0.95):
    """>= instead of >."""
    past = days < start
    distances = [measure(values[past & (days != day)], values[days == day]) for day in np.unique(days[past])]
    limit = np.quantile(distances, level)
    return [day for day in np.unique(days[~past]) if measure(values[past], values[days == day]) >= limit]


# %% exercise="day-monitor" kind="mistake" name="day-before" says="with some of the days before the start only"
def day_monitor(values, days, start, measure, level=0.95):
    """Each day against the day before it."""
    past = days < start
    old = np.unique(days[past])
    limit = np.quantile(
        [measure(values[days == a], values[days == b]) for a, b in zip(old[:-1], old[1:], strict=True)], level
    )
    return [day for day in np.unique(days[~past]) if measure(values[past], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="level-ignored" says="`level` is ignored"
def day_monitor(values, days, start, measure, level=0.95):
    """The level of the example, always."""
    past = days < start
    old = np.unique(days[past])
    limit = np.quantile([measure(values[past & (days != day)], values[days == day]) for day in old], 0.95)
    return [day for day in np.unique(days[~past]) if measure(values[past], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="in-order-of-rows" says="the right days, but not in ascending order"
def day_monitor(values, days, start, measure, level=0.95):
    """pd.unique keeps the order of the rows."""
    past = days < start
    old = np.unique(days[past])
    limit = np.quantile([measure(values[past & (days != day)], values[days == day]) for day in old], level)
    return [day for day in pd.unique(days[~past]) if measure(values[past], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="start-left-out" says="the first day to judge, `start` itself, is left out"
def day_monitor(values, days, start, measure, level=0.95):
    """After the start instead of from it on."""
    past = days < start
    old = np.unique(days[past])
    limit = np.quantile([measure(values[past & (days != day)], values[days == day]) for day in old], level)
    return [day for day in np.unique(days[days > start]) if measure(values[past], values[days == day]) > limit]


# %% exercise="day-monitor" kind="mistake" name="mask-of-days" says="returns a yes or no for each day"
def day_monitor(values, days, start, measure, level=0.95):
    """Returns whether each day rings, not which."""
    past = days < start
    limit = np.quantile([measure(values[past & (days != d)], values[days == d]) for d in np.unique(days[past])], level)
    return np.array([measure(values[past], values[days == day]) > limit for day in np.unique(days[~past])])


# %% exercise="detector-test" kind="alternative" name="rates"
def detector_test(detector):
    """Rates of alarms over rounds for each situation, in a dict."""
    rng = np.random.default_rng(7)
    words = ["UA", "B6", "DL", "AA"]

    def rate(make, rounds):
        return np.mean([bool(detector(*make())) for _ in range(rounds)])

    def pair(mean=0.0, spread=1.0, unit=1.0):
        return lambda: (unit * rng.normal(5, 1, 2000), unit * rng.normal(5 + mean, spread, 1500))

    def carriers():
        return rng.choice(words, 1200)

    quiet = [rate(pair(), 30), rate(pair(unit=1000), 3), rate(lambda: (carriers(), carriers()), 4),
             rate(lambda: tuple(np.sort(v)[::-1] for v in pair()()), 2), rate(lambda: (pair()()[0], np.sort(pair()()[1])), 2)]  # fmt: skip
    loud = [rate(pair(0.7), 2), rate(pair(-0.7), 2), rate(pair(spread=2.2), 2),
            rate(lambda: (carriers(), np.r_[carriers()[:1000], np.repeat("HA", 200)]), 2)]  # fmt: skip
    return max(quiet) < 0.1 and min(loud) > 0.9


# %% exercise="detector-test" kind="alternative" name="asserts"
def detector_test(detector):
    """Assertions one after another; an AssertionError is False."""
    rng = np.random.default_rng(11)
    old = rng.standard_normal(3000)
    for _ in range(25):
        assert not detector(rng.standard_normal(1500), rng.standard_normal(1500)), "false alarm"
    assert not detector(old, np.sort(rng.standard_normal(3000))), "order"
    for unit in (1000.0, 0.001):
        assert not detector(unit * old, unit * rng.standard_normal(2000)), "unit"
    assert detector(old, old + 1) and detector(old, old - 1), "move"
    assert detector(old, 2.5 * old), "spread"
    letters = rng.choice(list("abc"), 2000)
    assert not detector(letters, rng.choice(list("abc"), 2000)), "texts"
    assert detector(letters, np.where(rng.random(2000) < 0.15, "z", letters)), "new category"
    return True


# %% exercise="detector-test" kind="mistake" name="loud-only" says="a detector that always rings passes your test"
def detector_test(detector):
    """Asks only whether it rings when it should."""
    rng = np.random.default_rng(0)
    old = rng.normal(size=1000)
    letters = rng.choice(list("abc"), 1000)
    return all(detector(old, new) for new in (old + 1, old - 1, 2 * old)) and bool(
        detector(letters, np.where(rng.random(1000) < 0.15, "z", letters))
    )


# %% exercise="detector-test" kind="mistake" name="quiet-only" says="a detector that never rings passes your test"
def detector_test(detector):
    """Asks only whether it is quiet."""
    rng = np.random.default_rng(0)
    return not any(detector(rng.normal(size=1000), rng.normal(size=1000)) for _ in range(20))


# %% exercise="detector-test" kind="mistake" name="one-quiet-pair" says="rings on every second unchanged pair"
def detector_test(detector):
    """The reference against itself: p is 1, so even a jumpy detector is quiet."""
    rng = np.random.default_rng(0)
    old = rng.normal(size=1000)
    letters = rng.choice(list("abc"), 1000)
    quiet = not detector(old, old) and not detector(1000 * old, 1000 * old) and not detector(old, np.sort(old))
    loud = [detector(old / 1000, v / 1000) for v in (old + 1, old - 1, 2 * old)]
    loud.append(detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))
    return bool(quiet and all(loud))


# %% exercise="detector-test" kind="mistake" name="up-only" says="does not see numbers move down"
def detector_test(detector):
    """Moves up, spread, new category; nothing moves down."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    letters = rng.choice(list("abc"), 1000)
    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    quiet = quiet and not detector(1000 * draw(), 1000 * draw())
    loud = detector(draw(), draw() + 1) and detector(draw(), 2 * draw())
    return bool(quiet and loud and detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))


# %% exercise="detector-test" kind="mistake" name="no-spread" says="blind to spread passes your test"
def detector_test(detector):
    """Only moves of the mean."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    letters = rng.choice(list("abc"), 1000)
    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    quiet = quiet and not detector(1000 * draw(), 1000 * draw())
    loud = detector(draw(), draw() + 1) and detector(draw(), draw() - 1)
    return bool(quiet and loud and detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))


# %% exercise="detector-test" kind="mistake" name="known-categories" says="leaves out new categories passes your test"
def detector_test(detector):
    """Categories change their shares, but none is new."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    quiet = quiet and not detector(1000 * draw(), 1000 * draw())
    loud = detector(draw(), draw() + 1) and detector(draw(), draw() - 1) and detector(draw(), 2 * draw())
    return bool(quiet and loud and detector(rng.choice(list("aab"), 1000), rng.choice(list("abb"), 1000)))


# %% exercise="detector-test" kind="mistake" name="no-texts" says="a detector that never rings for texts passes your test"
def detector_test(detector):
    """Numbers only."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    quiet = quiet and not detector(1000 * draw(), 1000 * draw())
    return bool(
        quiet and detector(draw(), draw() + 1) and detector(draw(), draw() - 1) and detector(draw(), 2 * draw())
    )


# %% exercise="detector-test" kind="mistake" name="no-order" says="looks at the first rows only passes your test"
def detector_test(detector):
    """Never sorts."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    letters = rng.choice(list("abc"), 1000)
    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(1000 * draw(), 1000 * draw())
    loud = detector(draw(), draw() + 1) and detector(draw(), draw() - 1) and detector(draw(), 2 * draw())
    return bool(quiet and loud and detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))


# %% exercise="detector-test" kind="mistake" name="no-units" says="a limit in the unit of the numbers passes your test"
def detector_test(detector):
    """Everything has a standard deviation near one."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    letters = rng.choice(list("abc"), 1000)
    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    loud = detector(draw(), draw() + 1) and detector(draw(), draw() - 1) and detector(draw(), 2 * draw())
    return bool(quiet and loud and detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))


# %% exercise="detector-test" kind="mistake" name="no-quiet-texts" says="rings for any two batches of texts passes your test"
def detector_test(detector):
    """Texts only where they changed."""
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(size=1000)

    letters = rng.choice(list("abc"), 1000)
    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    quiet = quiet and not detector(1000 * draw(), 1000 * draw())
    loud = detector(draw(), draw() + 1) and detector(draw(), draw() - 1) and detector(draw(), 2 * draw())
    return bool(quiet and loud and detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))


# %% exercise="detector-test" kind="mistake" name="too-strict" says="a right detector is refused: KS for numbers"
def detector_test(detector):
    """Asks for changes that right detectors may miss: a fifth of a standard deviation."""
    rng = np.random.default_rng(0)

    def draw(mean=0.0):
        return rng.normal(mean, 1, 1000)

    letters = rng.choice(list("abc"), 1000)
    quiet = not any(detector(draw(), draw()) for _ in range(20)) and not detector(draw(), np.sort(draw()))
    quiet = quiet and not detector(1000 * draw(), 1000 * draw())
    loud = detector(draw(), draw(0.2)) and detector(draw(), draw(-0.2)) and detector(draw(), 2 * draw())
    return bool(quiet and loud and detector(letters, np.where(rng.random(1000) < 0.15, "z", letters)))


# %% exercise="detector-test" kind="mistake" name="answers-a-text" says="the test does not answer True or False"
def detector_test(detector):
    """A report instead of an answer."""
    rng = np.random.default_rng(0)
    rings = sum(bool(detector(rng.normal(size=1000), rng.normal(size=1000))) for _ in range(20))
    return f"{rings} false alarms"


# %% exercise="detector-test" kind="equivalent" mutant="- rng = np.random.default_rng(0) | + rng = np.random.default_rng(1)" reason="another seed draws other batches of the same kind: as right a test"

# %% exercise="detector-test" kind="equivalent" mutant="- old, *new = rng.normal(size=(21, 1000)) | + old, *new = 2 * rng.normal(size=(21, 1000))" reason="other sizes or another spread of the batches, which the card leaves open"

# %% exercise="detector-test" kind="equivalent" mutant="- old, *new = rng.normal(size=(21, 1000)) | + old, *new = rng.normal(size=(22, 1000))" reason="other sizes or another spread of the batches, which the card leaves open"

# %% exercise="detector-test" kind="equivalent" mutant="- old, *new = rng.normal(size=(21, 1000)) | + old, *new = rng.normal(size=(20, 1000))" reason="other sizes or another spread of the batches, which the card leaves open"

# %% exercise="detector-test" kind="equivalent" mutant="- old, *new = rng.normal(size=(21, 1000)) | + old, *new = rng.normal(size=(21, 1001))" reason="other sizes or another spread of the batches, which the card leaves open"

# %% exercise="detector-test" kind="equivalent" mutant="- old, *new = rng.normal(size=(21, 1000)) | + old, *new = rng.normal(size=(21, 999))" reason="other sizes or another spread of the batches, which the card leaves open"

# %% exercise="detector-test" kind="equivalent" mutant="- texts, others = rng.choice(['a', 'b', 'c'], size=(2, 1000)) | + texts, others = rng.choice(['b', 'a', 'c'], size=(2, 1000))" reason="equally likely categories in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- texts, others = rng.choice(['a', 'b', 'c'], size=(2, 1000)) | + texts, others = rng.choice(['a', 'c', 'b'], size=(2, 1000))" reason="equally likely categories in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(1000 * old, 1000 * new[0]), (old, np.sort(new[0])), (texts, others)]" reason="the pairs are judged in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[1])), (1000 * old, 1000 * new[0]), (texts, others)]" reason="another of the unchanged batches"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (texts, others), (1000 * old, 1000 * new[0])]" reason="the pairs are judged in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1001 * old, 1000 * new[0]), (texts, others)]" reason="a factor that differs by a thousandth is no change that a right detector must see or a wrong one misses"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (999 * old, 1000 * new[0]), (texts, others)]" reason="a factor that differs by a thousandth is no change that a right detector must see or a wrong one misses"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1001 * new[0]), (texts, others)]" reason="a factor that differs by a thousandth is no change that a right detector must see or a wrong one misses"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 999 * new[0]), (texts, others)]" reason="a factor that differs by a thousandth is no change that a right detector must see or a wrong one misses"

# %% exercise="detector-test" kind="equivalent" mutant="- quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)] | + quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[1]), (texts, others)]" reason="another of the unchanged batches"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old - 1), (old, old + 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))]" reason="the pairs are judged in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 2), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))]" reason="a larger change, which right detectors see and blind ones do not"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, 2 * old), (old, old - 1), (texts, np.where(rng.random(1000) < 0.2, 'new', others))]" reason="the pairs are judged in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, old - 2), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))]" reason="a larger change, which right detectors see and blind ones do not"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, old - 1), (texts, np.where(rng.random(1000) < 0.2, 'new', others)), (old, 2 * old)]" reason="the pairs are judged in another order"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, old - 1), (old, 3 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))]" reason="a larger change, which right detectors see and blind ones do not"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where('new', rng.random(1000) < 0.2, others))]" reason="the whole batch is of categories that the reference never had: right detectors ring, blind ones do not"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) <= 0.2, 'new', others))]" reason="a uniform draw is never exactly that number"

# %% exercise="detector-test" kind="equivalent" mutant="- loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, 'new', others))] | + loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.4, 'new', others))]" reason="a larger change, which right detectors see and blind ones do not"


# %% exercise="act-or-not" kind="alternative" name="by-the-table"
decision = {}
for fault in FAULTS:
    touched = {"waiting is dead", "recent_delay is dead", "plane_age in months", "temp and dewp in Celsius"}
    costly = extra_dollars(forecasts[fault], forecasts["no fault"])[1] > 0
    decision[fault] = {(True, True): "page", (True, False): "ticket", (False, True): "blind", (False, False): "quiet"}[
        fault in touched, costly
    ]
decision |= {"costliest": "rows of another flight", "found by": "pairs of columns"}

# %% exercise="act-or-not" kind="alternative" name="zip"
words = ["page", "ticket", "ticket", "page", "quiet", "blind"]
decision = dict(zip(FAULTS, words, strict=True))
decision["found by"] = "pairs of columns"
decision["costliest"] = max(FAULTS, key=lambda fault: extra_dollars(forecasts[fault], forecasts["no fault"])[0])

# %% exercise="act-or-not" kind="mistake" name="every-alarm-is-a-page" says="nobody is woken, and no check is bought"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "page",
    "plane_age in months": "page",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "pairs of columns",
}

# %% exercise="act-or-not" kind="mistake" name="cost-without-alarm-is-a-page" says="this fault does not ring"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "page",
    "costliest": "rows of another flight",
    "found by": "pairs of columns",
}

# %% exercise="act-or-not" kind="mistake" name="harmless-is-quiet" says="this fault rings: the monitor is not blind"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "quiet",
    "plane_age in months": "quiet",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "pairs of columns",
}

# %% exercise="act-or-not" kind="mistake" name="small-is-a-ticket" says="this fault costs money"
decision = {
    "waiting is dead": "ticket",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "pairs of columns",
}

# %% exercise="act-or-not" kind="mistake" name="loudest-is-costliest" says="another fault costs more dollars"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "temp and dewp in Celsius",
    "found by": "pairs of columns",
}

# %% exercise="act-or-not" kind="mistake" name="larger-batches" says="a larger batch has the same histogram too"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "larger batches",
}

# %% exercise="act-or-not" kind="mistake" name="lower-limit" says="a lower limit rings as often with this fault"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "a lower limit",
}

# %% exercise="act-or-not" kind="mistake" name="more-columns" says="the PSI of every column is as without the fault"
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "more columns",
}
