# %% [markdown]
# Answers to `3-algorithms.py`: never released.


# %% exercise="best-split" kind="alternative" name="running-count"
def best_split(X, y, min_samples_leaf=1):
    """One pass over the sorted rows with running counts."""
    rows = np.array(X, dtype=float)
    if not np.isfinite(rows).all():
        raise ValueError("missing values")
    labels = [int(one) for one in np.asarray(y)]
    n, total = len(labels), sum(labels)
    found = None
    for j in range(rows.shape[1]):
        pairs = sorted(zip(rows[:, j].tolist(), labels, strict=True))
        hits = 0
        for i in range(1, n):
            hits += pairs[i - 1][1]
            if pairs[i][0] == pairs[i - 1][0] or i < min_samples_leaf or n - i < min_samples_leaf:
                continue
            p, q = hits / i, (total - hits) / (n - i)
            impurity = (i * (1 - p**2 - (1 - p) ** 2) + (n - i) * (1 - q**2 - (1 - q) ** 2)) / n
            if found is None or impurity < found[2] - 1e-12:
                found = [j, 0.5 * (pairs[i][0] + pairs[i - 1][0]), impurity]
    return found


# %% exercise="best-split" kind="alternative" name="by-value"
def best_split(X, y, min_samples_leaf=1):
    """Counts for each different value of a column, then their cumulative sums."""
    frame = pd.DataFrame(np.asarray(X, dtype=float))
    if frame.isna().to_numpy().any():
        raise ValueError("NaN in X")
    y = pd.Series(np.asarray(y, dtype=float))
    candidates = []
    for j in frame:
        counts = y.groupby(frame[j].to_numpy()).agg(["size", "sum"]).sort_index()
        n_left, hits = counts["size"].cumsum()[:-1], counts["sum"].cumsum()[:-1]
        n_right, rest = len(y) - n_left, y.sum() - hits
        impurity = (2 * hits * (n_left - hits) / n_left + 2 * rest * (n_right - rest) / n_right) / len(y)
        values = counts.index.to_numpy()
        middle = pd.Series((values[1:] + values[:-1]) / 2, index=impurity.index)
        ok = (n_left >= min_samples_leaf) & (n_right >= min_samples_leaf)
        if ok.any():
            at = impurity[ok].idxmin()
            candidates.append((j, middle[at], impurity[at]))
    return min(candidates, key=lambda cut: cut[2]) if candidates else None


# %% exercise="best-split" kind="alternative" name="a-stump-for-each-column"
def best_split(X, y, min_samples_leaf=1):
    """scikit-learn's tree of one cut, column by column."""
    X = np.asarray(X, dtype=float)
    if np.isnan(X).any():
        raise ValueError("a value is missing")
    best = (None, None, np.inf)
    for j in range(X.shape[1]):
        tree = DecisionTreeClassifier(max_depth=1, min_samples_leaf=min_samples_leaf, random_state=0)
        inside = tree.fit(X[:, [j]], y).tree_
        if inside.node_count == 3:
            impurity = (inside.impurity[1:] * inside.n_node_samples[1:]).sum() / len(X)
            if impurity < best[2] - 1e-12:
                best = (j, inside.threshold[0], impurity)
    return None if best[0] is None else best


# %% exercise="best-split" kind="mistake" name="unweighted" says="the two sides count the same"
def best_split(X, y, min_samples_leaf=1):
    """Both sides weigh one half."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (2 * p * (1 - p) + 2 * q * (1 - q)) / 2
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="added" says="the impurities of the sides are added"
def best_split(X, y, min_samples_leaf=1):
    """Adds the two impurities."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = 2 * p * (1 - p) + 2 * q * (1 - q)
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="tears-equal-values" says="a cut tears equal values apart"
def best_split(X, y, min_samples_leaf=1):
    """Cuts between any two rows."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = (x[1:] >= x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="no-least" says="fewer rows than min_samples_leaf"
def best_split(X, y, min_samples_leaf=1):
    """Forgets min_samples_leaf."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = x[1:] > x[:-1]
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="threshold-is-a-value" says="the threshold is a value of the data"
def best_split(X, y, min_samples_leaf=1):
    """The last value on the left is the threshold."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, x[i], impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="half-gini" says="is half of the Gini impurity"
def best_split(X, y, min_samples_leaf=1):
    """p(1 - p), as for a Bernoulli variance."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * p * (1 - p) + right * q * (1 - q)) / n
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="last-column" says="another column separates better"
def best_split(X, y, min_samples_leaf=1):
    """Keeps the cut of the last column."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if True:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="second-of-two" says="the second is returned"
def best_split(X, y, min_samples_leaf=1):
    """A tie goes to the later column."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] <= best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="nan-goes-on" says="a missing value must raise"
def best_split(X, y, min_samples_leaf=1):
    """No look at missing values."""
    X, y = np.asarray(X), np.asarray(y)
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    return best


# %% exercise="best-split" kind="mistake" name="gain" says="this is the drop in impurity"
def best_split(X, y, min_samples_leaf=1):
    """Returns the gain."""
    X, y = np.asarray(X), np.asarray(y)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    n, best = len(y), None
    left = np.arange(1, n)
    right = n - left
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j])
        x, ones = X[order, j], np.cumsum(y[order])
        p, q = ones[:-1] / left, (ones[-1] - ones[:-1]) / right
        impurity = (left * 2 * p * (1 - p) + right * 2 * q * (1 - q)) / n
        allowed = (x[1:] > x[:-1]) & (left >= min_samples_leaf) & (right >= min_samples_leaf)
        if allowed.any():
            i = np.argmin(np.where(allowed, impurity, np.inf))
            if best is None or impurity[i] < best[2]:
                best = j, (x[i] + x[i + 1]) / 2, impurity[i]
    whole = 2 * y.mean() * (1 - y.mean())
    return None if best is None else (best[0], best[1], whole - best[2])


# %% exercise="best-split" kind="mistake" name="tries-every-threshold" says="the time grows with the square of the rows"
def best_split(X, y, min_samples_leaf=1):
    """A mask for each threshold."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if np.isnan(X).any():
        raise ValueError("X holds a missing value")
    best = None
    for j in range(X.shape[1]):
        values = np.unique(X[:, j])
        for t in (values[1:] + values[:-1]) / 2:
            left = X[:, j] <= t
            a, b = y[left], y[~left]
            if min(len(a), len(b)) < min_samples_leaf:
                continue
            gini = [2 * side.mean() * (1 - side.mean()) for side in (a, b)]
            impurity = (len(a) * gini[0] + len(b) * gini[1]) / len(y)
            if best is None or impurity < best[2]:
                best = (j, t, impurity)
    return best


# %% exercise="boosting-step" kind="alternative" name="pandas"
def boosting_step(raw, y, leaf, rate, l2):
    """Sums by leaf with pandas."""
    table = pd.DataFrame({"raw": np.asarray(raw, float), "y": np.asarray(y), "leaf": np.asarray(leaf)})
    table["p"] = 1 / (1 + np.exp(-table["raw"]))
    table["g"], table["h"] = table["y"] - table["p"], table["p"] * (1 - table["p"])
    sums = table.groupby("leaf")[["g", "h"]].transform("sum")
    return table["raw"] + rate * sums["g"] / (sums["h"] + l2)


# %% exercise="boosting-step" kind="alternative" name="loop-over-leaves"
def boosting_step(raw, y, leaf, rate, l2):
    """One leaf after another, written into a copy."""
    raw, y, leaf = np.asarray(raw, dtype=float), np.asarray(y), np.asarray(leaf)
    moved = raw.copy()
    for one in set(leaf.tolist()):
        here = leaf == one
        p = np.exp(raw[here]) / (1 + np.exp(raw[here]))
        moved[here] += rate * np.sum(y[here] - p) / (np.sum(p - p**2) + l2)
    return moved.tolist()


# %% exercise="boosting-step" kind="mistake" name="wrong-way" says="the scores move the wrong way"
def boosting_step(raw, y, leaf, rate, l2):
    """The sign is lost."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = gradient / (hessian + l2)
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="no-penalty" says="the penalty l2 is left out"
def boosting_step(raw, y, leaf, rate, l2):
    """No l2."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / hessian
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="penalty-each-row" says="once for each row"
def boosting_step(raw, y, leaf, rate, l2):
    """l2 is added to each row's hessian."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p) + l2)
    value = -gradient / hessian
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="no-rate" says="the learning rate is left out"
def boosting_step(raw, y, leaf, rate, l2):
    """Goes all the way."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    return raw + value[number]


# %% exercise="boosting-step" kind="mistake" name="mean-residual" says="this is the mean residual of the leaf"
def boosting_step(raw, y, leaf, rate, l2):
    """Gradient boosting without the hessian."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number)
    value = -gradient / hessian
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="rows-for-hessian" says="the penalty is added to the number of rows"
def boosting_step(raw, y, leaf, rate, l2):
    """The squared-error formula."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number)
    value = -gradient / (hessian + l2)
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="no-sigmoid" says="turn it into a probability first"
def boosting_step(raw, y, leaf, rate, l2):
    """Takes raw scores for probabilities."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = raw
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="hessian-p" says="the hessian is p(1 − p), not p"
def boosting_step(raw, y, leaf, rate, l2):
    """Forgets the factor 1 - p."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p)
    value = -gradient / (hessian + l2)
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="one-leaf" says="the leaves are ignored"
def boosting_step(raw, y, leaf, rate, l2):
    """One step for all rows."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    number = np.zeros(len(y), dtype=int)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    return raw + rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="only-the-step" says="this is only the step"
def boosting_step(raw, y, leaf, rate, l2):
    """Returns the step."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    return rate * value[number]


# %% exercise="boosting-step" kind="mistake" name="probabilities" says="these are probabilities"
def boosting_step(raw, y, leaf, rate, l2):
    """Returns probabilities."""
    raw, y = np.asarray(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    return 1 / (1 + np.exp(-(raw + rate * value[number])))


# %% exercise="boosting-step" kind="mistake" name="in-place" says="the function changes raw"
def boosting_step(raw, y, leaf, rate, l2):
    """Adds in place."""
    raw, y = np.asarray(raw, dtype=float), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    raw += rate * value[number]
    return raw


# %% exercise="boosting-step" kind="mistake" name="integers" says="raw came as integers"
def boosting_step(raw, y, leaf, rate, l2):
    """Fills a copy of the integers."""
    raw, y = np.array(raw), np.asarray(y)
    p = 1 / (1 + np.exp(-raw))
    _, number = np.unique(leaf, return_inverse=True)
    gradient = np.bincount(number, p - y)
    hessian = np.bincount(number, p * (1 - p))
    value = -gradient / (hessian + l2)
    out = raw.copy()
    out[:] = raw + rate * value[number]
    return out


# %% exercise="bias-variance" kind="alternative" name="loops"
def bias_variance(forecasts, p):
    """Point by point, in plain Python."""
    forecasts, p = np.asarray(forecasts).tolist(), [float(one) for one in p]
    R, n = len(forecasts), len(p)
    noise = bias2 = variance = 0.0
    for i in range(n):
        column = [row[i] for row in forecasts]
        middle = sum(column) / R
        noise += p[i] * (1 - p[i]) / n
        bias2 += (middle - p[i]) ** 2 / n
        variance += sum((f - middle) ** 2 for f in column) / R / n
    return [noise, bias2, variance]


# %% exercise="bias-variance" kind="alternative" name="what-is-left-over"
def bias_variance(forecasts, p):
    """The variance as what the squared distance to the truth leaves beside the bias."""
    frame, p = pd.DataFrame(np.asarray(forecasts, float)), np.asarray(p, float)
    distance = ((frame - p) ** 2).to_numpy().mean()
    bias2 = ((frame.mean() - p) ** 2).mean()
    return np.array([np.mean(p) - np.mean(p**2), bias2, distance - bias2])


# %% exercise="bias-variance" kind="mistake" name="square-late" says="averaged over the points before it is squared"
def bias_variance(forecasts, p):
    """Errors of opposite sign cancel."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean(forecasts.mean(axis=0) - p) ** 2
    variance = np.mean(forecasts.var(axis=0))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="not-squared" says="the bias is not squared"
def bias_variance(forecasts, p):
    """Mean absolute bias."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean(np.abs(forecasts.mean(axis=0) - p))
    variance = np.mean(forecasts.var(axis=0))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="bias-with-variance" says="this bias holds the variance too"
def bias_variance(forecasts, p):
    """Squares each model's error."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts - p) ** 2)
    variance = np.mean(forecasts.var(axis=0))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="over-points" says="the variance runs over the points"
def bias_variance(forecasts, p):
    """The other axis."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = np.mean(forecasts.var(axis=1))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="all-together" says="over models and points together"
def bias_variance(forecasts, p):
    """No axis."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = forecasts.var()
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="standard-deviation" says="the variance is a standard deviation"
def bias_variance(forecasts, p):
    """std for var."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = np.mean(forecasts.std(axis=0))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="sample-variance" says="divided by R − 1"
def bias_variance(forecasts, p):
    """pandas' habit."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = np.mean(forecasts.var(axis=0, ddof=1))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="noise-of-the-mean" says="the noise is that of one mean probability"
def bias_variance(forecasts, p):
    """One probability for all points."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p) * (1 - np.mean(p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = np.mean(forecasts.var(axis=0))
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="distance-to-truth" says="the whole squared distance to the truth"
def bias_variance(forecasts, p):
    """The distance of the forecasts to the truth."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = np.mean((forecasts - p) ** 2)
    return noise, bias2, variance


# %% exercise="bias-variance" kind="mistake" name="changed-places" says="have changed places"
def bias_variance(forecasts, p):
    """The order of the three."""
    forecasts, p = np.asarray(forecasts), np.asarray(p)
    noise = np.mean(p * (1 - p))
    bias2 = np.mean((forecasts.mean(axis=0) - p) ** 2)
    variance = np.mean(forecasts.var(axis=0))
    return noise, variance, bias2


# %% exercise="repaired-comparison" kind="alternative" name="library-scaler-and-helper"
def repaired_compare(candidates, X, y, folds, seeds):
    """A scaler fitted in the fold, and a helper that scores."""

    def score(learn, setting, seed, rows, asked):
        scaler = StandardScaler().fit(X[rows])
        p = learn(setting, seed, scaler.transform(X[rows]), y[rows], scaler.transform(X[asked]))
        return log_loss(y[asked], p, labels=[0, 1])

    result = {}
    for name, (learn, settings) in candidates.items():
        result[name] = []
        for rows, tune, judged in folds:
            best = sorted(settings, key=lambda s: score(learn, s, seeds[0], rows, tune))[0]  # noqa: B023
            result[name].append(sum(score(learn, best, seed, rows, judged) for seed in seeds) / len(seeds))
    return result


# %% exercise="repaired-comparison" kind="alternative" name="one-question-for-both"
def repaired_compare(candidates, X, y, folds, seeds):
    """Asks for the forecasts of tune and judged rows at once, and looks at each when its turn has come."""
    result = {name: np.zeros(len(folds)) for name in candidates}
    for fold, (rows, tune, judged) in enumerate(folds):
        middle, spread = X[rows].mean(axis=0), X[rows].std(axis=0)
        known, asked = (X[rows] - middle) / spread, (X[np.concatenate([tune, judged])] - middle) / spread
        for name, (learn, settings) in candidates.items():
            forecasts = {s: learn(s, seeds[0], known, y[rows], asked) for s in settings}
            tried = [log_loss(y[tune], forecasts[s][: len(tune)], labels=[0, 1]) for s in settings]
            best = settings[int(np.argmin(tried))]
            runs = [forecasts[best]] + [learn(best, seed, known, y[rows], asked) for seed in seeds[1:]]
            result[name][fold] = np.mean([log_loss(y[judged], p[len(tune) :], labels=[0, 1]) for p in runs])
    return {name: losses.tolist() for name, losses in result.items()}


# %% exercise="repaired-comparison" kind="mistake" name="scaled-by-all" says="scaled by the mean of all rows"
def repaired_compare(candidates, X, y, folds, seeds):
    """The first line stays as it was."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X.mean(axis=0)) / X.std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="tuned-where-judged" says="and then judged there"
def repaired_compare(candidates, X, y, folds, seeds):
    """The setting is chosen where it is judged."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[judged])
                losses[setting] = log_loss(y[judged], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="luckiest-seed" says="the loss of the luckiest seed"
def repaired_compare(candidates, X, y, folds, seeds):
    """min over seeds."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(min(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="random-half" says="a random part of the rows"
def repaired_compare(candidates, X, y, folds, seeds):
    """Half of the judged rows, drawn for each candidate."""
    result = {name: [] for name in candidates}
    rng = np.random.default_rng(0)
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            some = rng.choice(judged, len(judged) // 2, replace=False)
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[some])
                scores.append(log_loss(y[some], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="first-seed" says="only the first seed counts"
def repaired_compare(candidates, X, y, folds, seeds):
    """No loop over seeds."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(scores[0])
    return result


# %% exercise="repaired-comparison" kind="mistake" name="no-scaling" says="not standardised at all"
def repaired_compare(candidates, X, y, folds, seeds):
    """Drops the scaling."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = X
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="own-scale" says="scaled by their own mean"
def repaired_compare(candidates, X, y, folds, seeds):
    """Each part by its own mean."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        own = (X[judged] - X[judged].mean(axis=0)) / X[judged].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], own)
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="refit" says="fitted on the tune rows as well"
def repaired_compare(candidates, X, y, folds, seeds):
    """Fits once more on more rows."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                both = np.r_[rows, tune]
                p = learn(best, seed, Z[both], y[both], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="tuned-on-learned" says="on the rows that the model learned from"
def repaired_compare(candidates, X, y, folds, seeds):
    """The training loss chooses."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[rows])
                losses[setting] = log_loss(y[rows], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(log_loss(y[judged], p, labels=[0, 1]))
            result[name].append(np.mean(scores))
    return result


# %% exercise="repaired-comparison" kind="mistake" name="ensemble" says="that is another model, an ensemble"
def repaired_compare(candidates, X, y, folds, seeds):
    """Averages the forecasts."""
    result = {name: [] for name in candidates}
    for rows, tune, judged in folds:
        Z = (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        for name, (learn, settings) in candidates.items():
            losses = {}
            for setting in settings:
                p = learn(setting, seeds[0], Z[rows], y[rows], Z[tune])
                losses[setting] = log_loss(y[tune], p, labels=[0, 1])
            best = min(losses, key=losses.get)
            scores = []
            for seed in seeds:
                p = learn(best, seed, Z[rows], y[rows], Z[judged])
                scores.append(p)
            result[name].append(log_loss(y[judged], np.mean(scores, axis=0), labels=[0, 1]))
    return result


# %% exercise="corrected-test" kind="alternative" name="from-scipy"
def corrected_ttest(differences, n_train, n_test):
    """scipy's t-test, its t made smaller by the correction."""
    k = np.size(differences)
    if k < 2:
        raise ValueError("too few differences")
    if np.count_nonzero(differences) == 0:
        return [0, 1]
    t = stats.ttest_1samp(differences, 0).statistic / np.sqrt(1 + k * n_test / n_train)
    return t, 2 * stats.t(df=k - 1).cdf(-abs(t))


# %% exercise="corrected-test" kind="alternative" name="plain-python"
def corrected_ttest(differences, n_train, n_test):
    """Sums and roots."""
    values = [float(d) for d in differences]
    k = len(values)
    if k <= 1:
        raise ValueError(f"{k} differences")
    if all(v == 0 for v in values):
        return (0.0, 1.0)
    mean = sum(values) / k
    s2 = sum((v - mean) ** 2 for v in values) / (k - 1)
    t = mean / ((n_train + k * n_test) / (k * n_train) * s2) ** 0.5
    tail = stats.t.sf(t, k - 1)
    return {"t": t, "p": 2 * min(tail, 1 - tail)}["t"], float(2 * min(tail, 1 - tail))


# %% exercise="corrected-test" kind="mistake" name="usual" says="the splits are taken for independent"
def corrected_ttest(differences, n_train, n_test):
    """No correction."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="upside-down" says="the ratio is upside down"
def corrected_ttest(differences, n_train, n_test):
    """n_train / n_test."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_train / n_test) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="share" says="the share n_test / (n_train + n_test)"
def corrected_ttest(differences, n_train, n_test):
    """The share of the judged rows."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_test / (n_train + n_test)) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="no-one-over-k" says="1/k is missing"
def corrected_ttest(differences, n_train, n_test):
    """Only the ratio."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((n_test / n_train) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="ddof-0" says="the sample variance is divided by k"
def corrected_ttest(differences, n_train, n_test):
    """numpy's default."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_test / n_train) * d.var())
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="one-sided" says="this p-value is one-sided"
def corrected_ttest(differences, n_train, n_test):
    """One tail."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1))
    return t, stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="no-absolute" says="take the absolute value of t"
def corrected_ttest(differences, n_train, n_test):
    """The upper tail for a negative t."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1))
    return t, 2 * stats.t.sf(t, k - 1)


# %% exercise="corrected-test" kind="mistake" name="normal" says="a normal distribution instead"
def corrected_ttest(differences, n_train, n_test):
    """The normal distribution."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1))
    return t, 2 * stats.norm.sf(abs(t))


# %% exercise="corrected-test" kind="mistake" name="df-k" says="k degrees of freedom instead"
def corrected_ttest(differences, n_train, n_test):
    """k degrees of freedom."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = d.mean() / np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k)


# %% exercise="corrected-test" kind="mistake" name="zero-by-zero" says="not 0 divided by 0"
def corrected_ttest(differences, n_train, n_test):
    """Divides zero by zero."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    t = d.mean() / np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="corrected-test" kind="mistake" name="absolute-t" says="the sign of t is turned round or lost"
def corrected_ttest(differences, n_train, n_test):
    """abs too early."""
    d = np.asarray(differences)
    k = len(d)
    if k < 2:
        raise ValueError(f"at least two differences are needed, got {k}")
    if not d.any():
        return 0.0, 1.0
    t = abs(d.mean()) / np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1))
    return t, 2 * stats.t.sf(abs(t), k - 1)


# %% exercise="one-standard-error" kind="alternative" name="loops"
def one_standard_error(losses, paired=False):
    """From the simplest on, until one is good enough."""
    table = [list(map(float, row)) for row in np.asarray(losses)]
    k = len(table[0])
    means = [sum(row) / k for row in table]
    best = means.index(min(means))
    for i, row in enumerate(table):
        reference = [a - b for a, b in zip(row, table[best])] if paired else table[best]  # noqa: B905
        error = np.std(reference, ddof=1) / k**0.5
        if i == best or means[i] - means[best] <= error:
            return i
    return best


# %% exercise="one-standard-error" kind="alternative" name="pandas"
def one_standard_error(losses, paired=False):
    """pandas' own standard error."""
    table = pd.DataFrame(np.asarray(losses, dtype=float))
    best = table.mean(axis=1).idxmin()
    gaps = table.sub(table.loc[best], axis=1)
    limits = gaps.sem(axis=1) if paired else table.loc[best].sem()
    good = gaps.mean(axis=1) <= limits
    return good[good].index[0]


# %% exercise="one-standard-error" kind="mistake" name="the-best" says="the best setting itself is returned"
def one_standard_error(losses, paired=False):
    """The lowest mean."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1) if paired else stats.sem(losses[best])
    return int(best)


# %% exercise="one-standard-error" kind="mistake" name="most-complex" says="the most complex of the good ones"
def one_standard_error(losses, paired=False):
    """The last one within the limit."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1) if paired else stats.sem(losses[best])
    return int(np.flatnonzero(means - means[best] <= limit)[-1])


# %% exercise="one-standard-error" kind="mistake" name="standard-deviation" says="the standard deviation is taken for the standard error"
def one_standard_error(losses, paired=False):
    """std for the standard error."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = (losses - losses[best]).std(axis=1, ddof=1) if paired else losses[best].std(ddof=1)
    return int(np.argmax(means - means[best] <= limit))


# %% exercise="one-standard-error" kind="mistake" name="ddof-0" says="divided by k instead of k − 1"
def one_standard_error(losses, paired=False):
    """numpy's default."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1, ddof=0) if paired else stats.sem(losses[best], ddof=0)
    return int(np.argmax(means - means[best] <= limit))


# %% exercise="one-standard-error" kind="mistake" name="own-error" says="each setting's own standard error"
def one_standard_error(losses, paired=False):
    """The error of each setting."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1) if paired else stats.sem(losses, axis=1)
    return int(np.argmax(means - means[best] <= limit))


# %% exercise="one-standard-error" kind="mistake" name="paired-ignored" says="paired=True changes nothing"
def one_standard_error(losses, paired=False):
    """Forgets paired."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses[best])
    return int(np.argmax(means - means[best] <= limit))


# %% exercise="one-standard-error" kind="mistake" name="always-paired" says="paired=False already takes differences"
def one_standard_error(losses, paired=False):
    """Always paired."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1)
    return int(np.argmax(means - means[best] <= limit))


# %% exercise="one-standard-error" kind="mistake" name="less-than" says="'at most', not 'less than'"
def one_standard_error(losses, paired=False):
    """A tie is refused; the best itself stays."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1) if paired else stats.sem(losses[best])
    return int(
        np.argmax((means - means[best] < limit) | (np.arange(len(means)) == len(means) - 1 - np.argmin(means[::-1])))
    )


# %% exercise="one-standard-error" kind="mistake" name="over-settings" says="over the settings, not over the folds"
def one_standard_error(losses, paired=False):
    """The error of the means."""
    losses = np.asarray(losses)
    means = losses.mean(axis=1)
    best = np.argmin(means)
    limit = stats.sem(losses - losses[best], axis=1) if paired else stats.sem(means)
    return int(np.argmax(means - means[best] <= limit))


# %% exercise="pareto-front" kind="alternative" name="broadcast"
def pareto_front(costs):
    """All pairs at once."""
    c = np.array(costs, dtype=float)
    if not np.isfinite(c).all():
        raise ValueError("NaN")
    lower_or_equal = (c[None] <= c[:, None]).all(axis=2)
    lower = (c[None] < c[:, None]).any(axis=2)
    return ~(lower_or_equal & lower).any(axis=1)


# %% exercise="pareto-front" kind="alternative" name="sorted-archive"
def pareto_front(costs):
    """In lexicographic order a row can only be dominated by an earlier one; the front so far is enough."""
    rows = [tuple(float(v) for v in row) for row in np.asarray(costs)]
    if any(v != v for row in rows for v in row):
        raise ValueError("a cost is NaN")
    front, keep = [], set()
    for row in sorted(set(rows)):
        if not any(all(a <= b for a, b in zip(other, row, strict=True)) for other in front):
            front.append(row)
            keep.add(row)
    return [row in keep for row in rows]


# %% exercise="pareto-front" kind="mistake" name="strict-in-all" says="equal in the others is dominated too"
def pareto_front(costs):
    """Lower in every cost."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs < row).all(axis=1)
        front.append(not dominates.any())
    return np.array(front)


# %% exercise="pareto-front" kind="mistake" name="equals-out" says="throw each other out"
def pareto_front(costs):
    """Equal rows dominate each other."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for i, row in enumerate(costs):
        dominates = (costs <= row).all(axis=1) & (np.arange(len(costs)) != i)
        front.append(not dominates.any())
    return np.array(front)


# %% exercise="pareto-front" kind="mistake" name="best-of-each" says="only the best of each single cost"
def pareto_front(costs):
    """The winners of the columns."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs <= row).all(axis=1) & (costs < row).any(axis=1)
        front.append(not dominates.any())
    return (costs == costs.min(axis=0)).any(axis=1)


# %% exercise="pareto-front" kind="mistake" name="dominated" says="True marks the dominated ones"
def pareto_front(costs):
    """The wrong way round."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs <= row).all(axis=1) & (costs < row).any(axis=1)
        front.append(dominates.any())
    return np.array(front)


# %% exercise="pareto-front" kind="mistake" name="higher-is-better" says="lower is better"
def pareto_front(costs):
    """Scores instead of costs."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs >= row).all(axis=1) & (costs > row).any(axis=1)
        front.append(not dominates.any())
    return np.array(front)


# %% exercise="pareto-front" kind="mistake" name="lowest-sum" says="the lowest sum of costs"
def pareto_front(costs):
    """Adds seconds to bytes."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs <= row).all(axis=1) & (costs < row).any(axis=1)
        front.append(not dominates.any())
    return np.isclose(costs.sum(axis=1), costs.sum(axis=1).min())


# %% exercise="pareto-front" kind="mistake" name="lower-in-one" says="if any other is lower in one cost"
def pareto_front(costs):
    """One lower cost is enough."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs < row).any(axis=1)
        front.append(not dominates.any())
    return np.array(front)


# %% exercise="pareto-front" kind="mistake" name="row-numbers" says="row numbers are returned"
def pareto_front(costs):
    """Positions instead of a mask."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs <= row).all(axis=1) & (costs < row).any(axis=1)
        front.append(not dominates.any())
    return np.flatnonzero(front)


# %% exercise="pareto-front" kind="mistake" name="nan-goes-on" says="a missing cost must raise"
def pareto_front(costs):
    """No look at NaN."""
    costs = np.asarray(costs)
    front = []
    for row in costs:
        dominates = (costs <= row).all(axis=1) & (costs < row).any(axis=1)
        front.append(not dominates.any())
    return np.array(front)


# %% exercise="pareto-front" kind="mistake" name="first-of-equals" says="only the first is kept"
def pareto_front(costs):
    """Of equal rows the first."""
    costs = np.asarray(costs)
    if np.isnan(costs).any():
        raise ValueError("a cost is missing")
    front = []
    for row in costs:
        dominates = (costs <= row).all(axis=1) & (costs < row).any(axis=1)
        seen = any((row == costs[i]).all() for i in range(len(front)))
        front.append(not dominates.any() and not seen)
    return np.array(front)


# %% exercise="repaired-comparison" kind="equivalent" mutant="- losses[setting] = log_loss(y[tune], p, labels=[0, 1]) | + losses[setting] = log_loss(y[tune], p, labels=[1, 0])" reason="log_loss sorts the labels"

# %% exercise="repaired-comparison" kind="equivalent" mutant="- scores.append(log_loss(y[judged], p, labels=[0, 1])) | + scores.append(log_loss(y[judged], p, labels=[1, 0]))" reason="log_loss sorts the labels"

# %% [markdown] explain="choice-memo" kind="sample" points=4.5
# To Rosa Okafor. Take boosting, with the old columns and the six about the day's other flights. It needs no luck with a
# seed, it is small, and Inês can retrain it in a second.
#
# In November and December it would have cost 22,910 dollars per 1,000 flights. With the old columns alone: 24,201. So
# the columns save 1,291 dollars, and if we redraw the days, between 800 and 1,847. What they do not show is a win over
# the plain logistic regression with the same columns: −32 to 1,393 holds zero.
#
# Tomas had the network in front. He had tried six seeds and kept the best.
#
# It was one winter, and we had looked at it before. Start with a pilot and compare dollars every week, since another
# season may look different.
#
# *choice 1, dollars 1, how sure 1 (over days, and what is not shown), Tomas ½: the six
# seeds are named, but not that its lead was within the interval. Limits 1.*

# %% [markdown] explain="choice-memo" kind="sample" points=3
# We chose gradient boosting with the 22 columns because it scored best on the validation data. It costs 22,910 dollars
# per 1,000 flights, that is 1,291 dollars less than before. The 95 % interval is 800 to 1,847 dollars.
#
# The network of Tomas is not better than boosting.
#
# Note that we only tested on one season.
#
# *choice ½: "because it scored best". Dollars 1: its cost and what it saves. How sure ½: an interval, over what it is
# taken is not said, and nothing that is not shown. Tomas ½: true, without the reason. Limits ½: one season, no action.*

# %% [markdown] explain="choice-memo" kind="sample" points=0.5
# After comparing logistic regression, kNN, a tree, a forest, boosting and a network we recommend boosting, the state of
# the art for tabular data. The log-loss is 0.26, which is a significant improvement. Tomas made a mistake in his
# analysis by choosing the network. The model can be used all year round and will save money in every month.
#
# *choice ½: the algorithm, no columns, no reason of this data. Dollars 0. How sure 0. Tomas 0: blamed. Limits 0: the
# same promised for every month.*
