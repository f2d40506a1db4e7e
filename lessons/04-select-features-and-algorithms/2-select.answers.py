# %% [markdown]
# Answers to `2-select.py`: never released.


# %% exercise="mutual-information" kind="alternative" name="crosstab"
def mutual_information(x, y):
    """pandas counts; entropies do the rest: I = H(x) + H(y) - H(x, y)."""
    if len(x) != len(y) or not len(x):
        raise ValueError("lengths differ or are 0")

    def entropy(shares):
        shares = shares[shares > 0]
        return -(shares * np.log(shares)).sum()

    joint = pd.crosstab(np.asarray(x), np.asarray(y), normalize="all").to_numpy()
    return entropy(joint.sum(0)) + entropy(joint.sum(1)) - entropy(joint.ravel())


# %% exercise="mutual-information" kind="alternative" name="counter"
def mutual_information(x, y):
    """Plain Python: one term for each pair that occurs."""
    import collections
    import math

    n = len(x)
    if n == 0 or n != len(y):
        raise ValueError("no rows, or not equally many")
    x, y = list(x), list(y)
    pairs, first, second = collections.Counter(zip(x, y)), collections.Counter(x), collections.Counter(y)
    return math.fsum(c / n * math.log(c * n / (first[a] * second[b])) for (a, b), c in pairs.items())


# %% exercise="mutual-information" kind="alternative" name="kl-over-groups"
def mutual_information(x, y):
    """The mean Kullback-Leibler divergence of p(y | x) from p(y); returns a float32."""
    from scipy.stats import entropy

    if len(x) != len(y):
        raise ValueError("lengths differ")
    if len(x) == 0:
        raise ValueError("empty")
    table = pd.DataFrame({"x": np.asarray(x), "y": np.asarray(y)}).groupby(["x", "y"]).size().unstack(fill_value=0)
    weights = table.sum(axis=1) / len(x)
    return np.float32(sum(w * entropy(row, table.sum()) for w, row in zip(weights, table.to_numpy(), strict=True)))


# %% exercise="mutual-information" kind="mistake" name="bits" says="this is in bits"
def mutual_information(x, y):
    """The logarithm to base 2."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy() / len(x)
    product = np.outer(joint.sum(1), joint.sum(0))
    there = joint > 0
    return float(np.sum(joint[there] * np.log2(joint[there] / product[there])))


# %% exercise="mutual-information" kind="mistake" name="empty-cells" says="the result is NaN"
def mutual_information(x, y):
    """0 · log 0."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy() / len(x)
    product = np.outer(joint.sum(1), joint.sum(0))
    with np.errstate(all="ignore"):
        return float(np.sum(joint * np.log(joint / product)))


# %% exercise="mutual-information" kind="mistake" name="conditional-entropy" says="still unknown about y once x"
def mutual_information(x, y):
    """H(y | x)."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy() / len(x)
    given = joint / joint.sum(axis=1, keepdims=True)
    there = joint > 0
    return float(-np.sum(joint[there] * np.log(given[there])))


# %% exercise="mutual-information" kind="mistake" name="counts" says="counts stand where shares should"
def mutual_information(x, y):
    """Weights the terms with counts."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    counts = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy()
    expected = np.outer(counts.sum(1), counts.sum(0)) / len(x)
    there = counts > 0
    return float(np.sum(counts[there] * np.log(counts[there] / expected[there])))


# %% exercise="mutual-information" kind="mistake" name="codes-assumed" says="they need not be 0, 1, 2"
def mutual_information(x, y):
    """Uses the values as positions."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = np.zeros((max(x) + 1, max(y) + 1))
    np.add.at(joint, (np.asarray(x), np.asarray(y)), 1 / len(x))
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    there = joint > 0
    return float(np.sum(joint[there] * np.log(joint[there] / product[there])))


# %% exercise="mutual-information" kind="mistake" name="upside-down" says="product over joint"
def mutual_information(x, y):
    """The fraction upside down."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy() / len(x)
    product = np.outer(joint.sum(1), joint.sum(0))
    there = joint > 0
    return float(np.sum(joint[there] * np.log(product[there] / joint[there])))


# %% exercise="mutual-information" kind="mistake" name="normalised" says="divided by the entropy of y"
def mutual_information(x, y):
    """The uncertainty coefficient."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy() / len(x)
    product, of_y = np.outer(joint.sum(1), joint.sum(0)), joint.sum(0)
    there = joint > 0
    return float(np.sum(joint[there] * np.log(joint[there] / product[there])) / -np.sum(of_y * np.log(of_y)))


# %% exercise="mutual-information" kind="mistake" name="mean-of-cells" says="the cells are averaged"
def mutual_information(x, y):
    """The mean over the table."""
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("no")
    joint = pd.crosstab(np.asarray(x), np.asarray(y)).to_numpy() / len(x)
    product = np.outer(joint.sum(1), joint.sum(0))
    return float(np.mean(np.where(joint > 0, joint * np.log(np.where(joint > 0, joint, 1) / product), 0)))


# %% exercise="mutual-information" kind="mistake" name="zip-cuts" says="of different lengths must raise"
def mutual_information(x, y):
    """Trusts its input."""
    n = min(len(x), len(y))
    joint = pd.crosstab(np.asarray(x)[:n], np.asarray(y)[:n]).to_numpy() / n
    product = np.outer(joint.sum(1), joint.sum(0))
    there = joint > 0
    return float(np.sum(joint[there] * np.log(joint[there] / product[there])))


# %% exercise="repaired-selection" kind="alternative" name="pipeline"
def repaired_forecasts(X, y, folds, k):
    """scikit-learn's pipeline: fit sees the training rows only."""
    pipe = make_pipeline(StandardScaler(), SelectKBest(f_classif, k=k), LogisticRegression())
    out = np.full(len(y), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for learned, judged in folds:
            out[judged] = pipe.fit(X[learned], y[learned]).predict_proba(X[judged])[:, 1]
    return out


# %% exercise="repaired-selection" kind="alternative" name="pandas-corrwith"
def repaired_forecasts(X, y, folds, k):
    """pandas: sample standard deviation, NaN correlations filled with 0; returns a Series."""
    table, late = pd.DataFrame(X), pd.Series(y, dtype=float)
    out = pd.Series(np.nan, index=table.index)
    for learned, judged in folds:
        part = table.iloc[learned]
        z = ((table - part.mean()) / part.std().replace(0, 1)).fillna(0)
        with np.errstate(all="ignore"):
            strength = part.corrwith(late.iloc[learned]).abs().fillna(0)
        chosen = strength.sort_values(ascending=False).index[:k]
        model = LogisticRegression().fit(z.iloc[learned][chosen].to_numpy(), y[learned])
        out.iloc[judged] = model.predict_proba(z.iloc[judged][chosen].to_numpy())[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="selects-outside" says="still chosen with the rows that they are judged on"
def repaired_forecasts(X, y, folds, k):
    """Scales inside, selects outside."""
    correlation = [abs(np.corrcoef(column, y)[0, 1]) for column in X.T]
    chosen = np.argsort(correlation)[-k:]
    out = np.full(len(y), np.nan)
    for learned, judged in folds:
        pipe = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[learned][:, chosen], y[learned])
        out[judged] = pipe.predict_proba(X[judged][:, chosen])[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="scales-outside" says="mean and spread still come from all rows"
def repaired_forecasts(X, y, folds, k):
    """Selects inside, scales outside."""
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    out = np.full(len(y), np.nan)
    for learned, judged in folds:
        late = y[learned] - y[learned].mean()
        spread = z[learned].std(axis=0)
        correlation = np.abs(late @ z[learned]) / np.where(spread == 0, np.inf, spread)
        chosen = np.argsort(correlation)[-k:]
        model = LogisticRegression().fit(z[learned][:, chosen], y[learned])
        out[judged] = model.predict_proba(z[judged][:, chosen])[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="standardised-once" says="standardised once, by all rows"
def repaired_forecasts(X, y, folds, k):
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    forecasts = np.full(len(y), np.nan)
    for train_rows, valid_rows in folds:
        known = y[train_rows]
        correlation = (z[train_rows] * (known - known.mean())[:, None]).mean(axis=0) / known.std()
        chosen = np.argsort(np.abs(correlation))[-k:]
        model = LogisticRegression().fit(z[train_rows][:, chosen], known)
        forecasts[valid_rows] = model.predict_proba(z[valid_rows][:, chosen])[:, 1]
    return forecasts


# %% exercise="repaired-selection" kind="mistake" name="judged-by-themselves" says="standardised by their own mean and spread"
def repaired_forecasts(X, y, folds, k):
    forecasts = np.full(len(y), np.nan)
    for train_rows, valid_rows in folds:
        best = SelectKBest(f_classif, k=k).fit(X[train_rows], y[train_rows]).get_support()
        z = StandardScaler().fit_transform(X[train_rows][:, best])
        model = LogisticRegression().fit(z, y[train_rows])
        now = StandardScaler().fit_transform(X[valid_rows][:, best])
        forecasts[valid_rows] = model.predict_proba(now)[:, 1]
    return forecasts


# %% exercise="repaired-selection" kind="mistake" name="signed" says="strong negative correlation still counts as weak"
def repaired_forecasts(X, y, folds, k):
    """No absolute value."""
    out = np.full(len(y), np.nan)
    for learned, judged in folds:
        mean, spread = X[learned].mean(axis=0), X[learned].std(axis=0)
        z = (X - mean) / np.where(spread == 0, 1, spread)
        correlation = (y[learned] - y[learned].mean()) @ z[learned]
        chosen = np.argsort(correlation, kind="stable")[-k:]
        model = LogisticRegression().fit(z[learned][:, chosen], y[learned])
        out[judged] = model.predict_proba(z[judged][:, chosen])[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="nan-last" says="numpy sorts NaN last"
def repaired_forecasts(X, y, folds, k):
    """np.corrcoef of a dead column is NaN, and argsort puts it at the end, where the best are taken."""
    out = np.full(len(y), np.nan)
    for learned, judged in folds:
        with np.errstate(all="ignore"):
            correlation = np.array([np.corrcoef(column, y[learned])[0, 1] for column in X[learned].T])
        chosen = np.argsort(np.abs(correlation))[-k:]
        pipe = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[learned][:, chosen], y[learned])
        out[judged] = pipe.predict_proba(X[judged][:, chosen])[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="divides-by-zero" says="dividing by it makes NaN"
def repaired_forecasts(X, y, folds, k):
    """Tomas's lines moved into the loop: a spread of 0 makes NaN, and the model refuses it."""
    out = np.full(len(y), np.nan)
    for learned, judged in folds:
        with np.errstate(all="ignore"):
            z = (X - X[learned].mean(axis=0)) / X[learned].std(axis=0)
            correlation = np.abs((y[learned] - y[learned].mean()) @ z[learned])
        chosen = np.argsort(correlation)[-k:]
        model = LogisticRegression().fit(z[learned][:, chosen], y[learned])
        out[judged] = model.predict_proba(z[judged][:, chosen])[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="zeros-elsewhere" says="that no fold judges must stay NaN"
def repaired_forecasts(X, y, folds, k):
    """Starts from zeros."""
    out = np.zeros(len(y))
    for learned, judged in folds:
        mean, spread = X[learned].mean(axis=0), X[learned].std(axis=0)
        z = (X - mean) / np.where(spread == 0, 1, spread)
        chosen = np.argsort(np.abs((y[learned] - y[learned].mean()) @ z[learned]))[-k:]
        model = LogisticRegression().fit(z[learned][:, chosen], y[learned])
        out[judged] = model.predict_proba(z[judged][:, chosen])[:, 1]
    return out


# %% exercise="repaired-selection" kind="mistake" name="the-weakest" says="not those of the repaired selection"
def repaired_forecasts(X, y, folds, k):
    """Takes the first of an ascending sort: the weakest columns."""
    out = np.full(len(y), np.nan)
    for learned, judged in folds:
        mean, spread = X[learned].mean(axis=0), X[learned].std(axis=0)
        z = (X - mean) / np.where(spread == 0, 1, spread)
        chosen = np.argsort(np.abs((y[learned] - y[learned].mean()) @ z[learned]))[:k]
        model = LogisticRegression().fit(z[learned][:, chosen], y[learned])
        out[judged] = model.predict_proba(z[judged][:, chosen])[:, 1]
    return out


# %% exercise="forward-selection" kind="alternative" name="first-best-by-hand"
def forward_selection(score, columns, most, least_gain):
    """Plain loops; returns tuples."""
    chosen, path = (), (score([]),)
    for _ in range(most):
        best, best_score = None, None
        for column in columns:
            if column in chosen:
                continue
            trial = score(list(chosen) + [column])
            if best is None or trial > best_score:
                best, best_score = column, trial
        if best is None or best_score - path[-1] < least_gain:
            return list(chosen), list(path)
        chosen, path = chosen + (best,), path + (best_score,)
    return list(chosen), list(path)


# %% exercise="forward-selection" kind="alternative" name="recursive-argmax"
def forward_selection(score, columns, most, least_gain):
    """Recursion, numpy's argmax (the first of equals), an array of scores."""

    def grow(chosen, path):
        left = [c for c in columns if c not in chosen]
        if not left or len(chosen) >= most:
            return chosen, path
        trials = np.array([score(chosen + [c]) for c in left])
        at = int(trials.argmax())
        if trials[at] < path[-1] + least_gain:
            return chosen, path
        return grow(chosen + [left[at]], path + [trials[at]])

    chosen, path = grow([], [score([])])
    return chosen, np.array(path)


# %% exercise="forward-selection" kind="equivalent" mutant="- trials = {column: score([*chosen, column]) for column in columns if column not in chosen} | + trials = {column: score([column, *chosen]) for column in columns if column not in chosen}" reason="score takes a set of columns: their order in the list means nothing"

# %% exercise="repaired-selection" kind="equivalent" mutant="- z = scaler.transform(X[train_rows]) | + z = scaler.fit_transform(X[train_rows])" reason="fitting the scaler to the same rows once more gives the same scaler"


# %% exercise="forward-selection" kind="mistake" name="ranks-singles" says="only single columns were scored"
def forward_selection(score, columns, most, least_gain):
    """A filter in disguise: the best singles in order."""
    base = score([])
    trials = {c: score([c]) for c in columns}
    chosen = [c for c in sorted(columns, key=lambda c: -trials[c]) if trials[c] - base >= least_gain][:most]
    return chosen, [base] + [trials[c] for c in chosen]


# %% exercise="forward-selection" kind="mistake" name="lower-is-better" says="the one with the lowest score"
def forward_selection(score, columns, most, least_gain):
    """Takes the minimum, as for a loss."""
    chosen, left, path = [], list(columns), [score([])]
    while left and len(chosen) < most:
        trials = {c: score([*chosen, c]) for c in left}
        best = min(trials, key=trials.get)
        if trials[best] - path[-1] < least_gain:
            break
        chosen.append(best)
        left.remove(best)
        path.append(trials[best])
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="never-stops" says="although it gains less than least_gain"
def forward_selection(score, columns, most, least_gain):
    """Goes on until `most`."""
    chosen, left, path = [], list(columns), [score([])]
    while left and len(chosen) < most:
        trials = {c: score([*chosen, c]) for c in left}
        best = max(trials, key=trials.get)
        chosen.append(best)
        left.remove(best)
        path.append(trials[best])
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="stops-at-equal-gain" says="although a column gains at least least_gain"
def forward_selection(score, columns, most, least_gain):
    """<= for <."""
    chosen, left, path = [], list(columns), [score([])]
    while left and len(chosen) < most:
        trials = {c: score([*chosen, c]) for c in left}
        best = max(trials, key=trials.get)
        if trials[best] - path[-1] <= least_gain:
            break
        chosen.append(best)
        left.remove(best)
        path.append(trials[best])
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="one-too-many" says="than `most` allows"
def forward_selection(score, columns, most, least_gain):
    """<= in the loop."""
    chosen, left, path = [], list(columns), [score([])]
    while left and len(chosen) <= most:
        trials = {c: score([*chosen, c]) for c in left}
        best = max(trials, key=trials.get)
        if trials[best] - path[-1] < least_gain:
            break
        chosen.append(best)
        left.remove(best)
        path.append(trials[best])
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="last-of-equals" says="the one that comes later was added"
def forward_selection(score, columns, most, least_gain):
    """>= keeps the last of equals."""
    chosen, left, path = [], list(columns), [score([])]
    while left and len(chosen) < most:
        best, best_score = None, -np.inf
        for c in left:
            trial = score([*chosen, c])
            if trial >= best_score:
                best, best_score = c, trial
        if best_score - path[-1] < least_gain:
            break
        chosen.append(best)
        left.remove(best)
        path.append(best_score)
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="scores-again" says="a set is scored twice"
def forward_selection(score, columns, most, least_gain):
    """Scores the set so far again in each step, and the best once more."""
    chosen, left, path = [], list(columns), [score([])]
    while left and len(chosen) < most:
        best = max(left, key=lambda c: score([*chosen, c]))
        now = score([*chosen, best])
        if now - path[-1] < least_gain:
            break
        chosen.append(best)
        left.remove(best)
        path.append(now)
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="empties-columns" says="the list `columns` is changed"
def forward_selection(score, columns, most, least_gain):
    """Removes from the list it was given."""
    chosen, path = [], [score([])]
    while columns and len(chosen) < most:
        trials = {c: score([*chosen, c]) for c in columns}
        best = max(trials, key=trials.get)
        if trials[best] - path[-1] < least_gain:
            break
        chosen.append(best)
        columns.remove(best)
        path.append(trials[best])
    return chosen, path


# %% exercise="forward-selection" kind="mistake" name="no-empty-score" says="one for the empty set and one for each addition"
def forward_selection(score, columns, most, least_gain):
    """The path begins with the first column."""
    chosen, left, path, last = [], list(columns), [], score([])
    while left and len(chosen) < most:
        trials = {c: score([*chosen, c]) for c in left}
        best = max(trials, key=trials.get)
        if trials[best] - last < least_gain:
            break
        chosen.append(best)
        left.remove(best)
        last = trials[best]
        path.append(last)
    return chosen, path


# %% exercise="choose-in-order" kind="alternative" name="validated-first"
order = "ADCFGH"

# %% exercise="choose-in-order" kind="alternative" name="ranked-last"
order = ("a", "d", "f", "c", "g", "h")

# %% exercise="choose-in-order" kind="equivalent" mutant="- order = ['A', 'C', 'D', 'F', 'G', 'H'] | + order = ['A', 'D', 'C', 'F', 'G', 'H']" reason="the final ranking and the cross-validation do not need each other"

# %% exercise="choose-in-order" kind="alternative" name="as-text"
order = "A, D, F, C, G, H"

# %% exercise="choose-in-order" kind="alternative" name="as-array"
order = np.array(list("acdfgh"))

# %% exercise="choose-in-order" kind="mistake" name="ranked-on-all" says="the columns are ranked by the later flights, too"
order = ["A", "B", "D", "F", "G", "H"]

# %% exercise="choose-in-order" kind="mistake" name="k-by-the-judges" says="how many columns are kept is chosen by the later flights"
order = ["A", "C", "E", "F", "G", "H"]

# %% exercise="choose-in-order" kind="mistake" name="lowest-as-answer" says="the answer is the lowest of five losses"
order = ["A", "C", "D", "F", "G", "I"]

# %% exercise="choose-in-order" kind="mistake" name="best-before-inner" says="in this order the lines do not run"
order = ["A", "C", "F", "D", "G", "H"]

# %% exercise="choose-in-order" kind="mistake" name="never-judged" says="there is no answer at the end"
order = ["A", "C", "D", "F", "G"]

# %% exercise="choose-in-order" kind="mistake" name="judged-twice" says="a letter is used twice"
order = ["A", "C", "D", "F", "G", "H", "G", "H"]


# %% exercise="grouped-importance" kind="alternative" name="put-back"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """One working copy, columns put back afterwards; Generator.permuted would be wrong, take is right."""
    rng = np.random.default_rng(seed)
    work, base = np.array(X, dtype=float), loss(y, predict(X))
    out = dict.fromkeys(groups, 0.0)
    for name in groups:
        for _ in range(repeats):
            work[:, groups[name]] = np.take(X[:, groups[name]], rng.permutation(len(y)), axis=0)
            out[name] += (loss(y, predict(work)) - base) / repeats
            work[:, groups[name]] = X[:, groups[name]]
    return out


# %% exercise="grouped-importance" kind="alternative" name="repeats-outside-float32"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Repeats outside, one generator for each; the same permutation for all groups of a repeat; means at the end."""
    rises = pd.DataFrame(index=range(repeats), columns=list(groups), dtype=float)
    for repeat in range(repeats):
        order = np.random.default_rng([seed, repeat]).permutation(X.shape[0])
        for name, columns in groups.items():
            mask = np.isin(np.arange(X.shape[1]), columns)
            rises.loc[repeat, name] = loss(y, predict(np.where(mask, X[order], X)))
    return (rises.mean() - loss(y, predict(X))).to_dict()


# %% exercise="grouped-importance" kind="alternative" name="one-call-a-group"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    rng = np.random.default_rng(seed)
    before, rises = loss(y, predict(X)), {}
    for name, columns in groups.items():
        copies = np.repeat(X[None], repeats, axis=0)
        for copy in copies:
            copy[:, columns] = rng.permutation(X[:, columns], axis=0)
        forecasts = np.asarray(predict(copies.reshape(-1, X.shape[1]))).reshape(repeats, -1)
        rises[name] = float(np.mean([loss(y, row) for row in forecasts]) - before)
    return rises


# %% exercise="grouped-importance" kind="mistake" name="each-on-its-own" says="gets a permutation of its own"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """A permutation for each column of the group."""
    rng = np.random.default_rng(seed)
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            shuffled = X.copy()
            for j in columns:
                shuffled[:, j] = rng.permutation(X[:, j])
            rises.append(loss(y, predict(shuffled)) - before)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="sum-of-singles" says="never permuted together, only one after another"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Adds up the importances of the columns."""
    rng = np.random.default_rng(seed)
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            total = 0.0
            for j in columns:
                shuffled = X.copy()
                shuffled[:, j] = X[rng.permutation(len(X)), j]
                total += loss(y, predict(shuffled)) - before
            rises.append(total)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="not-put-back" says="still permuted when the next one's turn comes"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """One copy for all groups."""
    rng = np.random.default_rng(seed)
    before, out, shuffled = loss(y, predict(X)), {}, X.copy()
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            shuffled[:, columns] = X[rng.permutation(len(X))][:, columns]
            rises.append(loss(y, predict(shuffled)) - before)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="sign" says="the sign is turned round"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Before minus after, as for a score."""
    rng = np.random.default_rng(seed)
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            shuffled = X.copy()
            shuffled[:, columns] = X[rng.permutation(len(X))][:, columns]
            rises.append(before - loss(y, predict(shuffled)))
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="no-baseline" says="the loss before is not taken off"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """The loss after permuting."""
    rng = np.random.default_rng(seed)
    out = {}
    for name, columns in groups.items():
        losses = []
        for _ in range(repeats):
            shuffled = X.copy()
            shuffled[:, columns] = X[rng.permutation(len(X))][:, columns]
            losses.append(loss(y, predict(shuffled)))
        out[name] = float(np.mean(losses))
    return out


# %% exercise="grouped-importance" kind="mistake" name="mean-instead" says="replaced by one value"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Fills the group with its means."""
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        filled = X.copy()
        filled[:, columns] = X[:, columns].mean(axis=0)
        out[name] = float(loss(y, predict(filled)) - before)
    return out


# %% exercise="grouped-importance" kind="mistake" name="bootstrap" says="a column does not keep its values"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Draws rows with replacement."""
    rng = np.random.default_rng(seed)
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            shuffled = X.copy()
            shuffled[:, columns] = X[rng.integers(0, len(X), len(X))][:, columns]
            rises.append(loss(y, predict(shuffled)) - before)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="seed-in-the-loop" says="every repeat draws the same permutation"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Makes the generator anew in each repeat."""
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            rng = np.random.default_rng(seed)
            shuffled = X.copy()
            shuffled[:, columns] = X[rng.permutation(len(X))][:, columns]
            rises.append(loss(y, predict(shuffled)) - before)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="forecasts-first" says="loss gets the forecasts first"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """loss(forecasts, y)."""
    rng = np.random.default_rng(seed)
    before, out = loss(predict(X), y), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            shuffled = X.copy()
            shuffled[:, columns] = X[rng.permutation(len(X))][:, columns]
            rises.append(loss(predict(shuffled), y) - before)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="grouped-importance" kind="mistake" name="in-place" says="X is changed: permute a copy"
def grouped_importance(predict, X, y, groups, loss, repeats=5, seed=0):
    """Permutes X itself and puts the columns back in another order of rows: they are never put back."""
    rng = np.random.default_rng(seed)
    kept = X.copy()
    before, out = loss(y, predict(X)), {}
    for name, columns in groups.items():
        rises = []
        for _ in range(repeats):
            X[:] = kept
            X[:, columns] = kept[rng.permutation(len(X))][:, columns]
            rises.append(loss(y, predict(X)) - before)
        out[name] = float(np.mean(rises))
    return out


# %% exercise="selection-frequencies" kind="alternative" name="random-order-of-days"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Numbers the days; a mask of days for each round; a table of what was chosen."""
    unique, day = np.unique(days, return_inverse=True)
    rng = np.random.default_rng(seed)
    table = []
    for _ in range(rounds):
        inside = np.zeros(len(unique), dtype=bool)
        inside[rng.permutation(len(unique))[: len(unique) // 2]] = True
        chosen = set(select(X[inside[day]], late[inside[day]]))
        table.append([j in chosen for j in range(X.shape[1])])
    return np.mean(table, axis=0)


# %% exercise="selection-frequencies" kind="alternative" name="pandas-groups"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Row positions by day, concatenated; flights in the order of the draw; a Series."""
    import collections
    import random

    draw = random.Random(seed)
    positions = list(pd.Series(range(len(days))).groupby(np.asarray(days)).apply(list))
    counter = collections.Counter()
    for _ in range(rounds):
        rows = sum(draw.sample(positions, len(positions) // 2), [])
        counter.update(int(j) for j in select(X[rows], late[rows]))
    return pd.Series([counter[j] / rounds for j in range(X.shape[1])])


# %% exercise="selection-frequencies" kind="mistake" name="half-of-the-flights" says="flights are drawn one by one"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Half of the flights."""
    rng = np.random.default_rng(seed)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        rows = rng.choice(len(X), len(X) // 2, replace=False)
        counts[np.asarray(select(X[rows], late[rows]), dtype=int)] += 1
    return counts / rounds


# %% exercise="selection-frequencies" kind="mistake" name="with-replacement" says="the days are drawn with replacement"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """A bootstrap of days."""
    rng = np.random.default_rng(seed)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        drawn = rng.choice(unique, len(unique) // 2)
        rows = np.concatenate([np.flatnonzero(days == day) for day in drawn])
        counts[np.asarray(select(X[rows], late[rows]), dtype=int)] += 1
    return counts / rounds


# %% exercise="selection-frequencies" kind="mistake" name="replacement-hidden-by-isin" says="not half of the days are drawn"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Draws with replacement, and the mask hides the doubles: too few days."""
    rng = np.random.default_rng(seed)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        here = np.isin(days, rng.choice(unique, len(unique) // 2))
        counts[np.asarray(select(X[here], late[here]), dtype=int)] += 1
    return counts / rounds


# %% exercise="selection-frequencies" kind="mistake" name="one-draw" says="every round gets the same half"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """The generator is made in the loop."""
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        rng = np.random.default_rng(seed)
        here = np.isin(days, rng.choice(unique, len(unique) // 2, replace=False))
        counts[np.asarray(select(X[here], late[here]), dtype=int)] += 1
    return counts / rounds


# %% exercise="selection-frequencies" kind="mistake" name="labels-left-behind" says="the labels handed to select are not those"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Shuffles the flights, not their labels."""
    rng = np.random.default_rng(seed)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        here = np.flatnonzero(np.isin(days, rng.choice(unique, len(unique) // 2, replace=False)))
        counts[np.asarray(select(X[rng.permutation(here)], late[here]), dtype=int)] += 1
    return counts / rounds


# %% exercise="selection-frequencies" kind="mistake" name="counts" says="these are counts"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """No division."""
    rng = np.random.default_rng(seed)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        here = np.isin(days, rng.choice(unique, len(unique) // 2, replace=False))
        counts[np.asarray(select(X[here], late[here]), dtype=int)] += 1
    return counts


# %% exercise="selection-frequencies" kind="mistake" name="share-of-choices" says="divided by the number of choices"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Shares of all choices."""
    rng = np.random.default_rng(seed)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        here = np.isin(days, rng.choice(unique, len(unique) // 2, replace=False))
        counts[np.asarray(select(X[here], late[here]), dtype=int)] += 1
    return counts / counts.sum()


# %% exercise="selection-frequencies" kind="mistake" name="empty-round" says="in which select chooses no column"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    rng = np.random.default_rng(seed)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        here = np.isin(days, rng.choice(unique, len(unique) // 2, replace=False))
        counts[np.array(select(X[here], late[here]))] += 1
    return counts / rounds


# %% exercise="selection-frequencies" kind="mistake" name="own-seed" says="the argument seed is ignored"
def selection_frequencies(X, late, days, select, rounds=50, seed=0):
    """Always seed 0."""
    rng = np.random.default_rng(0)
    unique = np.unique(days)
    counts = np.zeros(X.shape[1])
    for _ in range(rounds):
        here = np.isin(days, rng.choice(unique, len(unique) // 2, replace=False))
        counts[np.asarray(select(X[here], late[here]), dtype=int)] += 1
    return counts / rounds


# %% exercise="selector-test" kind="alternative" name="asserts"
def selector_is_sound(select):
    """Named versions, asserts, a helper; one seed, k from 1 to 3."""
    X, late, rows, matter = planted(5)
    rest = [j for j in range(8) if j not in matter]

    def ask(table, labels, wanted):
        for k in range(1, 4):
            frozen = table.tobytes(), labels.tobytes()
            got = sorted(map(int, select(table, labels, rows, k)))
            assert got == sorted(wanted[:k])
            assert (table.tobytes(), labels.tobytes()) == frozen

    ask(X.copy(), late.copy(), matter)
    for front in (matter + rest, rest + matter):
        ask(np.ascontiguousarray(X[:, front]), late.copy(), [front.index(j) for j in matter])
    out = np.ones(len(X), dtype=bool)
    out[rows] = False
    strange = X.copy()
    strange[out] = np.random.default_rng(1).normal(size=(out.sum(), 8)) * 1e4
    labels = late.copy()
    labels[out] = strange[out][:, rest[0]] > 0
    ask(strange, labels, matter)
    for factor in (1e-3, 1e3):
        for j in matter:
            scaled = X.copy()
            scaled[:, j] *= factor
            ask(scaled, late.copy(), matter)
    ask(X + X.std(axis=0) * np.array([0, 40, -30, 7, 90, 0, -60, 25]), late.copy(), matter)
    return True


# %% exercise="selector-test" kind="alternative" name="compares-with-a-trusted-one"
def selector_is_sound(select):
    """A trusted selector beside it, random versions of four seeds; collects complaints."""

    def trusted(X, late, rows, k):
        r = [abs(np.corrcoef(X[rows, j], late[rows])[0, 1]) for j in range(8)]
        return set(np.argsort(r)[::-1][:k].tolist())

    complaints = 0
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        X, late, rows, matter = planted(seed)
        front = rng.permutation(matter).tolist() + rng.permutation([j for j in range(8) if j not in matter]).tolist()
        order = front if seed % 2 else front[::-1]
        other = X[:, order] * 10.0 ** rng.integers(-5, 6, 8)
        other = other + other[rows].std(axis=0) * rng.integers(-20, 20, 8)
        foreign = np.setdiff1d(np.arange(600), rows)
        other[foreign] = rng.normal(size=(200, 8)) * 1e5
        labels = late.copy()
        weak = trusted(other, late, rows, 8) - trusted(other, late, rows, 3)
        labels[foreign] = (other[foreign, weak.pop()] > 0).astype(int)
        for table, y in ((X, late), (other, labels), (X * 10.0 ** rng.integers(-4, -1), late)):
            for k in (2, 1, 3):
                held, kept = table.copy(), y.copy()
                answer = np.asarray(select(held, kept, rows.copy(), k)).astype(int).ravel()
                complaints += len(answer) != k or set(answer.tolist()) != trusted(table, y, rows, k)
                complaints += not (np.array_equal(held, table) and np.array_equal(kept, y))
    return complaints == 0


# %% exercise="selector-test" kind="alternative" name="several-worlds"
def selector_is_sound(select):
    rng = np.random.default_rng(0)
    try:
        for seed in (0, 1, 2):
            X, late, rows, matter = planted(seed)
            outside = np.setdiff1d(np.arange(600), rows)
            rest = [j for j in range(8) if j not in matter]
            X2, late2 = X.copy(), late.copy()
            late2[outside] = rng.integers(0, 2, len(outside))
            X2[outside] = rng.normal(size=(len(outside), 8)) * 1e6
            X2[outside, rest[0]] = late2[outside] * 1e7
            order = np.array(rest + matter)
            factor = np.ones(8)
            factor[matter], factor[rest] = 1e-3, 1e3
            same = np.arange(8)
            shift = X.std(axis=0) * rng.uniform(-50, 50, 8)
            cases = [
                (X2, late2, same),
                (X[:, order], late, order),
                (X[:, order[::-1]], late, order[::-1]),
                (X * factor, late, same),
                (X / factor, late, same),
                (X + shift, late, same),
            ]
            for table, labels, names in cases:
                for k in (1, 2, 3):
                    given, asked = table.copy(), labels.copy()
                    chosen = [int(j) for j in select(given, asked, rows.copy(), k)]
                    if not np.array_equal(given, table) or not np.array_equal(asked, labels):
                        return False
                    if len(chosen) != k or {int(names[j]) for j in chosen} != set(matter[:k]):
                        return False
        return True
    except Exception:
        return False


# %% exercise="selector-test" kind="equivalent" mutant="- X, late, rows, matter = planted(0) | + X, late, rows, matter = planted(1)" reason="any planted case will do"

# %% exercise="selector-test" kind="equivalent" mutant="- rest = [j for j in range(8) if j not in matter] | + rest = [j for j in range(8 - 1) if j not in matter]" reason="still a right test: it leaves out a column that does not matter"

# %% exercise="selector-test" kind="equivalent" mutant="- rest = [j for j in range(8) if j not in matter] | + rest = [j for j in range(7) if j not in matter]" reason="still a right test: it leaves out a column that does not matter"

# %% exercise="selector-test" kind="equivalent" mutant="- noise = X.max() * np.random.default_rng(0).normal(size=X.shape) | + noise = X.min() * np.random.default_rng(0).normal(size=X.shape)" reason="still a right test: other large numbers outside of rows"

# %% exercise="selector-test" kind="equivalent" mutant="- noise = X.max() * np.random.default_rng(0).normal(size=X.shape) | + noise = X.max() * (2 * np.random.default_rng(0).normal(size=X.shape))" reason="still a right test: other large numbers outside of rows"

# %% exercise="selector-test" kind="equivalent" mutant="- noise = X.max() * np.random.default_rng(0).normal(size=X.shape) | + noise = X.max() * np.random.default_rng(1).normal(size=X.shape)" reason="still a right test: other large numbers outside of rows"

# %% exercise="selector-test" kind="equivalent" mutant="- labels = np.where(inside, late, noise[:, rest[0]] > 0) | + labels = np.where(inside, late, noise[:, rest[0]] >= 0)" reason="no number drawn is exactly 0"

# %% exercise="selector-test" kind="equivalent" mutant="- labels = np.where(inside, late, noise[:, rest[0]] > 0) | + labels = np.where(inside, late, noise[:, rest[0]] < 0)" reason="the labels follow the column the other way round, which tells as much"

# %% exercise="selector-test" kind="equivalent" mutant="- labels = np.where(inside, late, noise[:, rest[0]] > 0) | + labels = np.where(inside, late, noise[:, rest[1]] > 0)" reason="the labels may follow any column that does not matter"

# %% exercise="selector-test" kind="equivalent" mutant="- labels = np.where(inside, late, noise[:, rest[0]] > 0) | + labels = np.where(inside, late, noise[:, rest[0]] > 1)" reason="1 is next to nothing beside numbers of that size"

# %% exercise="selector-test" kind="equivalent" mutant="- versions = ((X, late), (strange, labels), (X * X.std(axis=0), late), (X + X.max(), late)) | + versions = ((X, late), (strange, labels), (X * X.var(axis=0), late), (X + X.max(), late))" reason="still a right test: other units"

# %% exercise="selector-test" kind="equivalent" mutant="- versions = ((X, late), (strange, labels), (X * X.std(axis=0), late), (X + X.max(), late)) | + versions = ((X, late), (strange, labels), (X * X.std(axis=0), late), (X - X.max(), late))" reason="still a right test: another shift"

# %% exercise="selector-test" kind="equivalent" mutant="- versions = ((X, late), (strange, labels), (X * X.std(axis=0), late), (X + X.max(), late)) | + versions = ((X, late), (strange, labels), (X * X.std(axis=0), late), (X + X.min(), late))" reason="still a right test: another shift"

# %% exercise="selector-test" kind="equivalent" mutant="- if not (np.array_equal(given, table[:, order]) and np.array_equal(asked, truth)): | + if not (np.array_equal(table[:, order], given) and np.array_equal(asked, truth)):" reason="array_equal is symmetric"

# %% exercise="selector-test" kind="equivalent" mutant="- if not (np.array_equal(given, table[:, order]) and np.array_equal(asked, truth)): | + if not (np.array_equal(given, table[:, order]) and np.array_equal(truth, asked)):" reason="array_equal is symmetric"


# %% exercise="selector-test" kind="mistake" name="only-k-three" says="ignores k and always returns three"
def selector_is_sound(select):
    """One case, one k."""
    X, late, rows, matter = planted(0)
    return {int(j) for j in select(X, late, rows, 3)} == set(matter)


# %% exercise="selector-test" kind="mistake" name="asks-for-membership" says="names a column twice"
def selector_is_sound(select):
    """Whether all chosen ones are right, not whether all right ones are chosen."""
    X, late, rows, matter = planted(0)
    return all(set(map(int, select(X, late, rows, k))) <= set(matter[:k]) for k in (1, 2, 3))


# %% exercise="selector-test" kind="mistake" name="rows-not-touched" says="a selector that looks at all flights passes"
def selector_is_sound(select):
    """Everything but the flights outside of rows."""
    X, late, rows, matter = planted(0)
    for order in (list(range(8)), matter + [j for j in range(8) if j not in matter]):
        for factor in (1.0, 1e-3, 1e3):
            for k in (1, 2, 3):
                chosen = [int(j) for j in select(X[:, order] * factor, late, rows, k)]
                if len(chosen) != k or set(chosen) != {order.index(j) for j in matter[:k]}:
                    return False
    return True


# %% exercise="selector-test" kind="mistake" name="features-only" says="looks at the labels outside of rows"
def selector_is_sound(select):
    """Spoils the features of other flights, not their labels."""
    X, late, rows, matter = planted(0)
    spoiled = X.copy()
    outside = np.setdiff1d(np.arange(600), rows)
    spoiled[outside] = 1000 * np.random.default_rng(0).normal(size=(200, 8))
    for k in (1, 2, 3):
        for table in (X, spoiled):
            chosen = [int(j) for j in select(table, late, rows, k)]
            if len(chosen) != k or set(chosen) != set(matter[:k]):
                return False
    return True


# %% exercise="selector-test" kind="mistake" name="labels-only" says="the features outside of rows, not at their labels"
def selector_is_sound(select):
    """Spoils the labels of other flights, not their features."""
    X, late, rows, matter = planted(0)
    labels = late.copy()
    outside = np.setdiff1d(np.arange(600), rows)
    decoy = next(j for j in range(8) if j not in matter)
    labels[outside] = X[outside, decoy] > 0
    for k in (1, 2, 3):
        for y in (late, labels):
            chosen = [int(j) for j in select(X, y, rows, k)]
            if len(chosen) != k or set(chosen) != set(matter[:k]):
                return False
    return True


# %% exercise="selector-test" kind="mistake" name="no-order" says="never looks at the last column"
def selector_is_sound(select):
    """All but the order of columns."""
    for seed in (0, 1):
        X, late, rows, matter = planted(seed)
        outside = np.setdiff1d(np.arange(600), rows)
        decoy = next(j for j in range(8) if j not in matter)
        spoiled, labels = X.copy(), late.copy()
        spoiled[outside] = 1000 * np.random.default_rng(0).normal(size=(200, 8))
        labels[outside] = spoiled[outside, decoy] > 0
        for k in (1, 2, 3):
            for table, y in ((X, late), (spoiled, labels), (X * 1e-3, late), (X * 1e3 + 5 * X.std(axis=0), late)):
                chosen = [int(j) for j in select(table, y, rows, k)]
                if len(chosen) != k or set(chosen) != set(matter[:k]):
                    return False
    return True


# %% exercise="selector-test" kind="mistake" name="no-units" says="columns of small variance"
def selector_is_sound(select):
    """All but units."""
    for seed in (0, 1):
        X, late, rows, matter = planted(seed)
        outside = np.setdiff1d(np.arange(600), rows)
        decoy = next(j for j in range(8) if j not in matter)
        spoiled, labels = X.copy(), late.copy()
        spoiled[outside] = 1000 * np.random.default_rng(0).normal(size=(200, 8))
        labels[outside] = spoiled[outside, decoy] > 0
        order = [j for j in range(8) if j not in matter] + matter
        for k in (1, 2, 3):
            for table, y, wanted in (
                (X, late, matter),
                (spoiled, labels, matter),
                (X[:, order], late, [order.index(j) for j in matter]),
            ):
                chosen = [int(j) for j in select(table, y, rows, k)]
                if len(chosen) != k or set(chosen) != set(wanted[:k]):
                    return False
    return True


# %% exercise="selector-test" kind="mistake" name="no-shift" says="a shift of the columns leads astray"
def selector_is_sound(select):
    """All but shifts."""
    for seed in (0, 1):
        X, late, rows, matter = planted(seed)
        outside = np.setdiff1d(np.arange(600), rows)
        decoy = next(j for j in range(8) if j not in matter)
        spoiled, labels = X.copy(), late.copy()
        spoiled[outside] = 1000 * np.random.default_rng(0).normal(size=(200, 8))
        labels[outside] = spoiled[outside, decoy] > 0
        order = [j for j in range(8) if j not in matter] + matter
        for k in (1, 2, 3):
            for table, y, wanted in (
                (X, late, matter),
                (spoiled, labels, matter),
                (X[:, order], late, [order.index(j) for j in matter]),
                (X * 1e-3, late, matter),
                (X * 1e3, late, matter),
            ):
                chosen = [int(j) for j in select(table, y, rows, k)]
                if len(chosen) != k or set(chosen) != set(wanted[:k]):
                    return False
    return True


# %% exercise="selector-test" kind="mistake" name="wants-an-order" says="a sound selector is refused"
def selector_is_sound(select):
    """Compares lists, so positions in another order are refused."""
    X, late, rows, matter = planted(0)
    return all(list(select(X, late, rows, k)) == matter[:k] for k in (1, 2, 3))


# %% exercise="selector-test" kind="mistake" name="never-compares-X" says="standardises X in place"
def selector_is_sound(select):
    """Compares the labels only."""
    for seed in (0, 1):
        X, late, rows, matter = planted(seed)
        outside = np.setdiff1d(np.arange(600), rows)
        decoy = next(j for j in range(8) if j not in matter)
        spoiled, labels = X.copy(), late.copy()
        spoiled[outside] = 1000 * np.random.default_rng(0).normal(size=(200, 8))
        labels[outside] = spoiled[outside, decoy] > 0
        order = [j for j in range(8) if j not in matter] + matter
        shift = X.std(axis=0) * np.array([9, -40, 30, 7, 90, 0, 60, 25])
        for k in (1, 2, 3):
            for table, y, wanted in (
                (X, late, matter),
                (spoiled, labels, matter),
                (X[:, order], late, [order.index(j) for j in matter]),
                (X * 1e-3, late, matter),
                (X * 1e3, late, matter),
                (X + shift, late, matter),
            ):
                kept = y.copy()
                chosen = [int(j) for j in select(table.copy(), y, rows, k)]
                if len(chosen) != k or set(chosen) != set(wanted[:k]) or not np.array_equal(kept, y):
                    return False
    return True


# %% exercise="selector-test" kind="mistake" name="never-compares-labels" says="overwrites the labels"
def selector_is_sound(select):
    """Compares X only."""
    for seed in (0, 1):
        X, late, rows, matter = planted(seed)
        outside = np.setdiff1d(np.arange(600), rows)
        decoy = next(j for j in range(8) if j not in matter)
        spoiled, labels = X.copy(), late.copy()
        spoiled[outside] = 1000 * np.random.default_rng(0).normal(size=(200, 8))
        labels[outside] = spoiled[outside, decoy] > 0
        order = [j for j in range(8) if j not in matter] + matter
        shift = X.std(axis=0) * np.array([9, -40, 30, 7, 90, 0, 60, 25])
        for k in (1, 2, 3):
            for table, y, wanted in (
                (X, late, matter),
                (spoiled, labels, matter),
                (X[:, order], late, [order.index(j) for j in matter]),
                (X * 1e-3, late, matter),
                (X * 1e3, late, matter),
                (X + shift, late, matter),
            ):
                kept = table.copy()
                chosen = [int(j) for j in select(table, y.copy(), rows, k)]
                if len(chosen) != k or set(chosen) != set(wanted[:k]) or not np.array_equal(kept, table):
                    return False
    return True


# %% exercise="worth-paying" kind="alternative" name="computed"
def verdict(low, high):
    return "pay" if low > 0 else "do not pay" if high < 0 else "not shown"


monthly = FLIGHTS_A_MONTH / 1000
alone = {f: verdict(*(end - PRICES[f] / monthly for end in saving(None, f)[1:])) for f in OFFERS}
on_top = {f: verdict(*(end - PRICES[f] / monthly for end in saving("board", "board+" + f)[1:])) for f in OFFERS[1:]}
decision = {
    "baseline": "nobody rebooked" if cost(None).mean() < cost("").mean() else "schedule only",
    "alone": alone,
    "on_top": on_top,
    "buy": {"board", *(f for f in on_top if on_top[f] == "pay")},
    "saves": np.float32(monthly * saving(None, "board")[0] - PRICES["board"]),
}

# %% exercise="worth-paying" kind="alternative" name="by-hand-rounded"
decision = dict(
    saves=21_900,
    buy="board",
    baseline="nobody rebooked",
    on_top=dict(arrivals="not shown", weather="not shown", registry="do not pay"),
    alone=dict(registry="not shown", arrivals="not shown", weather="not shown", board="pay"),
)

# %% exercise="worth-paying" kind="mistake" name="straw-man" says="against a bad list every feed looks good"
decision = {
    "baseline": "schedule only",
    "alone": {"board": "pay", "weather": "pay", "arrivals": "pay", "registry": "not shown"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": (saving("", "board")[0] - 600) * 5,
}

# %% exercise="worth-paying" kind="mistake" name="verdicts-against-the-list" says="verdicts against the list made from the schedule"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "pay", "arrivals": "pay", "registry": "not shown"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": (saving(None, "board")[0] - 600) * 5,
}

# %% exercise="worth-paying" kind="mistake" name="months-for-thousands" says="a price per month is taken off a saving"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "not shown", "weather": "not shown", "arrivals": "not shown", "registry": "not shown"},
    "on_top": {"weather": "do not pay", "arrivals": "do not pay", "registry": "do not pay"},
    "buy": ["board"],
    "saves": (saving(None, "board")[0] - 600) * 5,
}

# %% exercise="worth-paying" kind="mistake" name="means-decide" says="the mean alone does not decide"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "pay", "arrivals": "pay", "registry": "do not pay"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": (saving(None, "board")[0] - 600) * 5,
}

# %% exercise="worth-paying" kind="mistake" name="registry-not-shown" says="does not follow from its interval"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "not shown", "arrivals": "not shown", "registry": "not shown"},
    "on_top": {"weather": "pay", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": (saving(None, "board")[0] - 600) * 5,
}

# %% exercise="worth-paying" kind="mistake" name="buys-weather-too" says="not shown to pay on top of the board"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "not shown", "arrivals": "not shown", "registry": "not shown"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board", "weather"],
    "saves": (saving(None, "board+weather")[0] - 1200) * 5,
}

# %% exercise="worth-paying" kind="mistake" name="per-thousand" says="saves is per 1,000 flights"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "not shown", "arrivals": "not shown", "registry": "not shown"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": saving(None, "board")[0] - 600,
}

# %% exercise="worth-paying" kind="mistake" name="gross" says="saves leaves the price out"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "not shown", "arrivals": "not shown", "registry": "not shown"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": saving(None, "board")[0] * 5,
}

# %% exercise="worth-paying" kind="mistake" name="saves-from-the-list" says="saves is counted from the list"
decision = {
    "baseline": "nobody rebooked",
    "alone": {"board": "pay", "weather": "not shown", "arrivals": "not shown", "registry": "not shown"},
    "on_top": {"weather": "not shown", "arrivals": "not shown", "registry": "do not pay"},
    "buy": ["board"],
    "saves": (saving("", "board")[0] - 600) * 5,
}


# %% exercise="repaired-selection" kind="alternative" name="by-hand"
def repaired_forecasts(X, y, folds, k):
    """Tomas's lines, moved into the loop and repaired."""
    forecasts = np.full(len(y), np.nan)
    for train_rows, valid_rows in folds:
        mean, spread = X[train_rows].mean(axis=0), X[train_rows].std(axis=0)
        z = (X - mean) / np.where(spread == 0, 1, spread)
        late = y[train_rows]
        correlation = ((late - late.mean()) @ z[train_rows]) / len(late)
        chosen = np.argsort(np.abs(correlation))[-k:]
        model = LogisticRegression().fit(z[train_rows][:, chosen], late)
        forecasts[valid_rows] = model.predict_proba(z[valid_rows][:, chosen])[:, 1]
    return forecasts
