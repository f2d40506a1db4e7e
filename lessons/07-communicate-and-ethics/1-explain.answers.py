# %% [markdown]
# Answers to `1-explain.py`: never released.


# %% exercise="permuted-rises" kind="alternative" name="groupby-and-scipy"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Positions by label from pandas, the error from scipy, all tables asked in one call."""
    from scipy.stats import sem

    rng, n = np.random.default_rng(seed), len(table)
    plain = table.reset_index(drop=True)
    positions = (
        [np.arange(n)] if within is None else list(pd.Series(range(n)).groupby(np.asarray(within)).indices.values())
    )
    tables = [plain]
    for _ in range(repeats):
        source = pd.Series(range(n))
        for here in positions:
            source.iloc[here] = rng.permutation(here)
        swapped = plain[list(columns)].iloc[source.to_numpy()].reset_index(drop=True)
        tables.append(pd.concat([plain.drop(columns=list(columns)), swapped], axis=1)[list(plain.columns)])
    answers = np.asarray(forecast(pd.concat(tables, ignore_index=True))).reshape(repeats + 1, n)
    result = {}
    for name in costs:
        rises = [costs[name](late, q) - costs[name](late, answers[0]) for q in answers[1:]]
        result[name] = [float(np.mean(rises)), float(sem(rises))]
    return result


# %% exercise="permuted-rises" kind="alternative" name="sort-by-noise"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """A permutation within labels: sort by label and noise on one side, by label and position on the other."""
    rng = np.random.RandomState(seed)
    n = len(table)
    label = np.zeros(n, int) if within is None else pd.factorize(np.asarray(within))[0]
    before = {k: c(late, forecast(table)) for k, c in costs.items()}
    found = pd.DataFrame(columns=list(costs), dtype=float)
    for i in range(repeats):
        source = np.empty(n, int)
        source[np.lexsort((np.arange(n), label))] = np.lexsort((rng.rand(n), label))
        new = table.assign(**{c: table[c].array[source] for c in columns})
        q = forecast(new)
        found.loc[i] = [costs[k](late, q) - before[k] for k in costs]
    error = found.std() / repeats**0.5
    return {k: np.array([found[k].mean(), error[k]]) for k in costs}


# %% exercise="permuted-rises" kind="alternative" name="asks-for-each-cost"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Lists and the standard library's dice; forecast is asked again for each cost, on the same table."""
    import random

    dice, places = random.Random(seed), {}
    for i, label in enumerate([0] * len(table) if within is None else list(within)):
        places.setdefault(label, []).append(i)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = list(range(len(table)))
        for here in places.values():
            for i, j in zip(here, dice.sample(here, len(here)), strict=True):
                source[i] = j
        swapped = table.copy()
        swapped[columns] = table[columns].iloc[source].to_numpy()
        for name, cost in costs.items():
            rises[name].append(cost(late, forecast(swapped)) - cost(late, forecast(table)))
    return {name: (sum(r) / repeats, pd.Series(r).std() / math.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="tables-for-each-cost" says="each cost gets permuted tables of its own"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Goes through the costs first and draws anew for each."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    result = {}
    for name, cost in costs.items():
        rises = []
        for _ in range(repeats):
            source = np.arange(len(table))
            for label in np.unique(labels):
                here = np.flatnonzero(labels == label)
                source[here] = rng.permutation(here)
            shuffled = table.assign(**{column: table[column].to_numpy()[source] for column in columns})
            rises.append(cost(late, forecast(shuffled)) - cost(late, p))
        result[name] = (np.mean(rises), np.std(rises, ddof=1) / np.sqrt(repeats))
    return result


# %% exercise="permuted-rises" kind="mistake" name="series-walks-home" says="walk back home"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Assigns a shuffled Series: pandas aligns it by index."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].iloc[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="own-permutation-each" says="a permutation of its own"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """A fresh permutation for every column."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        shuffled = table.copy()
        for column in columns:
            source = np.arange(len(table))
            for label in np.unique(labels):
                here = np.flatnonzero(labels == label)
                source[here] = rng.permutation(here)
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="one-after-another" says="not permuted together, in one table"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Each column alone; the rises are added up."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        rise = dict.fromkeys(costs, 0.0)
        for column in columns:
            source = np.arange(len(table))
            for label in np.unique(labels):
                here = np.flatnonzero(labels == label)
                source[here] = rng.permutation(here)
            q = forecast(table.assign(**{column: table[column].to_numpy()[source]}))
            for name, cost in costs.items():
                rise[name] += cost(late, q) - cost(late, p)
        for name in costs:
            rises[name].append(rise[name])
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="rows-travel-whole" says="whole rows change places"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Shuffles the whole table."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in table.columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="bootstrap-draws" says="a column does not keep its values"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Draws with replacement."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.choice(here, len(here))
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="within-forgotten" says="within is not heeded"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Ignores the labels."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table))
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="deviation-for-error" says="not the standard error of their mean"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """The spread of one rise."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="n-for-n-minus-1" says="divided by repeats, not by repeats − 1"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """The standard deviation of a population."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="error-over-flights" says="counts flights, not repeats"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Counts flights."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(len(table))) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="cost-arguments-swapped" says="a cost gets the forecasts first"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Forecasts first."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(q, late) - cost(p, late))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="better-minus-worse" says="the sign is turned round"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """How much better without the shuffle, with the wrong sign."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, p) - cost(late, q))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="same-seed-inside" says="every repeat draws the same permutation"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Makes the generator anew in every repeat."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        rng = np.random.default_rng(seed)
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="seed-forgotten" says="the argument seed is ignored"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Takes no notice of the seed."""
    rng = np.random.default_rng(0)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        shuffled = table.copy()
        for column in columns:
            shuffled[column] = table[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="permuted-rises" kind="mistake" name="in-place" says="the table is changed"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """Works in the table itself and puts the values back, but not in the last repeat."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(len(table)) if within is None else np.asarray(within)
    p = forecast(table)
    rises = {name: [] for name in costs}
    for _ in range(repeats):
        source = np.arange(len(table))
        for label in np.unique(labels):
            here = np.flatnonzero(labels == label)
            source[here] = rng.permutation(here)
        kept = table.copy()
        shuffled = table
        for column in columns:
            shuffled[column] = kept[column].to_numpy()[source]
        q = forecast(shuffled)
        for name, cost in costs.items():
            rises[name].append(cost(late, q) - cost(late, p))
        if _ + 1 < repeats:
            for column in columns:
                table[column] = kept[column].to_numpy()
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}


# %% exercise="dependence" kind="alternative" name="one-table-for-all"
def dependence(forecast, table, column, grid):
    """All copies stacked, one call; pandas' nearest count."""
    n, g = len(table), len(grid)
    stacked = pd.concat([table] * g, ignore_index=True)
    stacked[column] = np.repeat(np.asarray(grid, float), n)
    ice = np.asarray(forecast(stacked)).reshape(g, n).T
    own = table[column].dropna()
    nearest = own.map(lambda value: min(range(g), key=lambda j: abs(grid[j] - value)))
    flights = nearest.value_counts().reindex(range(g), fill_value=0)
    return {"flights": flights, "ice": pd.DataFrame(ice), "average": ice.sum(axis=0) / n}


# %% exercise="dependence" kind="alternative" name="loops-and-lists"
def dependence(forecast, table, column, grid):
    """Lists only."""
    lines, average, flights = [[] for _ in range(len(table))], [], [0] * len(grid)
    for value in grid:
        changed = table.copy()
        changed[column] = float(value)
        answers = list(forecast(changed))
        for line, answer in zip(lines, answers):
            line.append(float(answer))
        average.append(sum(answers) / len(answers))
    for own in table[column]:
        if own == own:
            flights[int(np.argmin([abs(own - value) for value in grid]))] += 1
    return {"ice": lines, "average": average, "flights": flights}


# %% exercise="dependence" kind="mistake" name="average-flight" says="the features are averaged, not the forecasts"
def dependence(forecast, table, column, grid):
    """Asks one flight with mean features."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {
        "ice": ice,
        "average": [forecast(pd.DataFrame([table.mean()]).assign(**{column: v}))[0] for v in grid],
        "flights": np.bincount(nearest, minlength=len(grid)),
    }


# %% exercise="dependence" kind="mistake" name="flights-that-have-it" says="nobody else was asked"
def dependence(forecast, table, column, grid):
    """The mean forecast of the flights near each value."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    p = np.asarray(forecast(table))[~np.isnan(table[column].to_numpy(float))]
    there = [p[nearest == j].mean() if (nearest == j).any() else ice[:, j].mean() for j in range(len(grid))]
    return {"ice": ice, "average": np.array(there), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="drops-missing" says="flights whose value is missing are left out"
def dependence(forecast, table, column, grid):
    """Leaves flights with a missing value out."""
    grid = np.asarray(grid, float)
    full, table = table, table.dropna(subset=[column])
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="missing-stays" says="keep it missing"
def dependence(forecast, table, column, grid):
    """Sets the value only where there is one."""
    grid = np.asarray(grid, float)
    ice = np.column_stack(
        [forecast(table.assign(**{column: table[column].where(table[column].isna(), value)})) for value in grid]
    )
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="turned" says="ice is turned round"
def dependence(forecast, table, column, grid):
    """One row for each value."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice.T, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="sorted-grid" says="the grid is sorted"
def dependence(forecast, table, column, grid):
    """Sorts the grid."""
    grid = np.unique(np.asarray(grid, float))
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="median-line" says="the median of the lines"
def dependence(forecast, table, column, grid):
    """The median of the lines."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": np.median(ice, axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="odds-averaged" says="the log-odds are averaged"
def dependence(forecast, table, column, grid):
    """Averages on the log-odds scale."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {
        "ice": ice,
        "average": 1 / (1 + np.exp(-np.log(ice / (1 - ice)).mean(axis=0))),
        "flights": np.bincount(nearest, minlength=len(grid)),
    }


# %% exercise="dependence" kind="mistake" name="argmin-of-nan" says="where all distances are NaN"
def dependence(forecast, table, column, grid):
    """Counts missing values at the first value."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="dependence" kind="mistake" name="exactly-equal" says="exactly this value"
def dependence(forecast, table, column, grid):
    """Counts equal values only."""
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.array([(own == v).sum() for v in grid])}


# %% exercise="dependence" kind="mistake" name="fills-the-table" says="the table is changed"
def dependence(forecast, table, column, grid):
    """Writes into the table."""
    grid = np.asarray(grid, float)
    ice = []
    own = table[column].to_numpy(float, copy=True)
    for value in grid:
        table[column] = value
        ice.append(forecast(table))
    ice = np.column_stack(ice)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}


# %% exercise="shapley" kind="alternative" name="all-orders"
def shapley(forecast, row, background, groups):
    """The mean over all orders, with a memory of coalitions."""
    listed = [c for part in groups.values() for c in part]
    if len(set(listed)) < len(listed) or set(listed) != set(background.columns):
        raise ValueError("groups must cut the columns into parts")
    known = {}

    def value(names):
        key = frozenset(names)
        if key not in known:
            mixed = background.copy()
            for name in key:
                for column in groups[name]:
                    mixed[column] = row[column]
            known[key] = np.asarray(forecast(mixed)).mean()
        return known[key]

    orders = list(itertools.permutations(groups))
    shares = {
        name: np.mean([value(o[: o.index(name) + 1]) - value(o[: o.index(name)]) for o in orders]) for name in groups
    }
    return {"contributions": shares, "base": value(()), "forecast": value(groups)}


# %% exercise="shapley" kind="alternative" name="one-table-and-a-matrix"
def shapley(forecast, row, background, groups):
    """All coalitions in one table; weights as a matrix over bit masks."""
    count = pd.Series([c for part in groups.values() for c in part]).value_counts()
    if (count > 1).any() or sorted(count.index) != sorted(background.columns):
        raise ValueError(f"columns in no group or in several: {sorted(set(background.columns) ^ set(count.index))}")
    names, n, m = list(groups), len(groups), len(background)
    masks = np.arange(2**n)
    tables = [
        background.assign(**{c: row[c] for i, name in enumerate(names) if mask >> i & 1 for c in groups[name]})
        for mask in masks
    ]
    v = np.asarray(forecast(pd.concat(tables, ignore_index=True)), float).reshape(2**n, m).mean(axis=1)
    size = np.array([bin(mask).count("1") for mask in masks])
    shares = {}
    for i, name in enumerate(names):
        without = masks[(masks >> i & 1) == 0]
        weight = 1 / (n * np.array([math.comb(n - 1, s) for s in size[without]]))
        shares[name] = float(weight @ (v[without | 1 << i] - v[without]))
    return {"base": v[0], "forecast": v[-1], "contributions": shares}


# %% exercise="shapley" kind="mistake" name="banzhaf" says="these are Banzhaf values"
def shapley(forecast, row, background, groups):
    """All coalitions weigh the same."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = 1 / 2 ** (n - 1)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="weight-off-by-one" says="the weight is off by one"
def shapley(forecast, row, background, groups):
    """Forgets the minus one."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition)) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="smaller-factorial" says="divided by (n − 1)!"
def shapley(forecast, row, background, groups):
    """Divides by (n - 1)!."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n - 1)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="alone" says="each group is asked alone"
def shapley(forecast, row, background, groups):
    """Only what each adds to nobody."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if not coalition:
                weight = 1.0
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="leave-one-out" says="taken away from the full coalition"
def shapley(forecast, row, background, groups):
    """Only what is lost without each."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition and len(coalition) == n - 1:
                weight = 1.0
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="one-order" says="in one order only"
def shapley(forecast, row, background, groups):
    """The groups come one after another, once."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    there = frozenset()
    for name in groups:
        contributions[name] = value[there | {name}] - value[there]
        there = there | {name}
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="mean-flight" says="the background's features are averaged"
def shapley(forecast, row, background, groups):
    """Averages the background's features."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    background = pd.DataFrame(
        {c: [background[c].mean() if background[c].dtype.kind in "if" else background[c].iloc[0]] for c in background}
    )
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="first-flight" says="only the first flight of the background"
def shapley(forecast, row, background, groups):
    """One flight is enough, is it not?"""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    background = background.head(1)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="exchanged" says="row and background are exchanged"
def shapley(forecast, row, background, groups):
    """The coalition gets the background's values, the others the flight's."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(
                **{column: row[column] for name in groups if name not in chosen for column in groups[name]}
            )
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="first-column" says="only the first column of a group"
def shapley(forecast, row, background, groups):
    """Replaces one column of each group."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name][:1]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="no-memory" says="more than 2**n times"
def shapley(forecast, row, background, groups):
    """Computes each value again whenever it is needed."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)

    def v(names):
        mixed = background.assign(**{column: row[column] for name in names for column in groups[name]})
        return float(np.mean(forecast(mixed)))

    shares = {}
    for name in groups:
        others = [g for g in groups if g != name]
        shares[name] = 0.0
        for size in range(n):
            for chosen in itertools.combinations(others, size):
                weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                shares[name] += weight * (v([*chosen, name]) - v(chosen))
    return {"base": v([]), "forecast": v(groups), "contributions": shares}


# %% exercise="shapley" kind="mistake" name="columns-twice" says="a column in two groups is accepted"
def shapley(forecast, row, background, groups):
    """Looks only for columns in no group."""
    if {column for columns in groups.values() for column in columns} != set(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="columns-left" says="a column in no group is accepted"
def shapley(forecast, row, background, groups):
    """Looks only for columns in two groups."""
    if len({c for part in groups.values() for c in part}) < sum(map(len, groups.values())):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.assign(**{column: row[column] for name in chosen for column in groups[name]})
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="shapley" kind="mistake" name="writes-into-background" says="the background is changed"
def shapley(forecast, row, background, groups):
    """Mixes in the background itself and restores it, except at the end."""
    if sorted(column for columns in groups.values() for column in columns) != sorted(background.columns):
        raise ValueError("each column of the background must be in exactly one group")
    n = len(groups)
    value = {}
    for size in range(n + 1):
        for chosen in itertools.combinations(groups, size):
            if size == 0:
                kept = background.copy()
            mixed = background
            for name in groups:
                for column in groups[name]:
                    mixed[column] = row[column] if name in chosen else kept[column]
            value[frozenset(chosen)] = float(np.mean(forecast(mixed)))
    contributions = dict.fromkeys(groups, 0.0)
    for coalition in value:
        for name in groups:
            if name not in coalition:
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}


# %% exercise="repaired-reasons" kind="alternative" name="frame-of-shares"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """A Series of shares for each flight."""
    on_time_late = lambda asked: np.log(np.asarray(predict_proba(asked), float))
    answers = []
    for i in range(len(table)):
        found = explain(lambda asked: on_time_late(asked) @ [-1, 1], table.iloc[i].to_dict(), background, groups)
        shares = pd.Series(found["contributions"], dtype=float)
        answers.append(list(shares[shares > 0].nlargest(k).items()))
    return answers


# %% exercise="repaired-reasons" kind="alternative" name="by-orders-without-shapley"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """All orders of the groups, without the function of exercise 3."""

    def odds(mixed):
        p = np.asarray(predict_proba(mixed))
        return float(np.mean(np.log(p[:, 1]) - np.log(p[:, 0])))

    out = []
    for _, row in table.iterrows():
        known = {}
        for size in range(len(groups) + 1):
            for chosen in itertools.combinations(groups, size):
                known[frozenset(chosen)] = odds(background.assign(**{c: row[c] for g in chosen for c in groups[g]}))
        orders = list(itertools.permutations(groups))
        shares = []
        for g in groups:
            gains = [known[frozenset(o[: o.index(g) + 1])] - known[frozenset(o[: o.index(g)])] for o in orders]
            shares.append([g, sum(gains) / len(gains)])
        out.append(sorted((s for s in shares if s[1] > 1e-13), key=lambda s: -s[1])[:k])
    return out


# %% exercise="repaired-reasons" kind="mistake" name="still-on-time" says="column 0 is still explained"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Leaves column 0."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 0]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="still-the-batch" says="still compared with each other"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Leaves the table as background."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, table, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="still-sorted-names" says="the names are still sorted and the shares are not"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Leaves the sorted names."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in zip(sorted(groups), shares.values(), strict=True) if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="still-absolute" says="groups that lower the forecast are still listed"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Leaves abs and the groups that lower the forecast."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items()]
        answers.append(sorted(raising, key=lambda pair: abs(pair[1]), reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="probability-scale" says="not of the log-odds"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Explains the probability."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return p

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="one-background-flight" says="only the first flight of the background is compared"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Takes the first flight of the background."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background.iloc[:1], groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="cut-before-sign" says="the k largest by size are taken first"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Keeps the k largest by size, then those of them that raise."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        largest = sorted(shares.items(), key=lambda pair: abs(pair[1]), reverse=True)[:k]
        answers.append([pair for pair in largest if pair[1] > 0])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="filled-up-to-k" says="shares of zero or less are listed"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Sorts well and fills up to k with groups that lower."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        answers.append(sorted(shares.items(), key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="names-without-shares" says="a list of pairs (name, share) is asked"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Names only."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [name for name in shares if shares[name] > 0]
        answers.append(sorted(raising, key=shares.get, reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="zero-is-a-reason" says="not even of 0.0"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Lists shares of zero."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share >= 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="smallest-first" says="the largest reason does not come first"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Sorts the other way, after choosing rightly."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1])[-k:])
    return answers


# %% exercise="repaired-reasons" kind="mistake" name="all-reasons" says="more than k reasons"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Forgets k."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True))
    return answers


# %% exercise="explainer-is-right" kind="alternative" name="against-own-shapley"
def explainer_is_right(explain):
    """Compares with exercise 3 on a case with a product."""
    background = pd.DataFrame({"u": [0.0, 2.0, 1.0], "v": [1.0, 3.0, -2.0], "w": [2.0, 0.5, 1.0], "x": [1.0, 1.5, 0.0]})
    row = {"u": 3.0, "v": -1.0, "w": 4.0, "x": 2.5}
    groups = {"second": ["w", "u"], "first": ["v"], "third": ["x"]}
    product = lambda t: t["u"].to_numpy() * t["v"].to_numpy() * (1 + t["w"].to_numpy()) / (1 + t["x"].to_numpy())
    truth = shapley(product, row, background, groups)
    got = explain(product, row, before := background.copy(), groups)
    np.testing.assert_allclose(
        [got["base"], got["forecast"], *(got["contributions"][g] for g in groups)],
        [truth["base"], truth["forecast"], *truth["contributions"].values()],
        rtol=1e-4,
        atol=1e-4,
    )
    pd.testing.assert_frame_equal(before, background)
    return True


# %% exercise="explainer-is-right" kind="alternative" name="known-by-hand"
def explainer_is_right(explain):
    """A game of three whose shares are worked out on paper: f = 6abc + 2d, the background is zero or one in turn."""

    def f(t):
        return 6.0 * t["a"].to_numpy() * t["b"].to_numpy() * t["c"].to_numpy() + 2.0 * t["d"].to_numpy()

    # The flight: a = b = c = 1, d = 3. Background: (0, 0, 1, 0) and (1, 1, 0, 2), groups {a}, {b}, {c, d}.
    # Against the first: only a and b together bring 6, shared 3 and 3; c is there already; d brings 6. Against the second:
    # c brings 6 alone, d brings 2. Means: a 1.5, b 1.5, cd (6 + 8) / 2 = 7. Base (0 + 4) / 2 = 2, forecast 12.
    background = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 1.0], "c": [1.0, 0.0], "d": [0.0, 2.0]})
    row = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 3.0}
    groups = {"n": ["a"], "m": ["b"], "k": ["c", "d"]}
    kept = background.copy()
    found = explain(f, row, background, groups)
    by_hand = {"n": 1.5, "m": 1.5, "k": 7.0}
    right = all(abs(float(found["contributions"][g]) - by_hand[g]) < 1e-3 for g in groups)
    right = right and abs(found["base"] - 2) < 1e-3 and abs(found["forecast"] - 12) < 1e-3 and kept.equals(background)

    # A second game, in which three must come together and one of them was nearly there: f = abc, background (0, 0, 1/2).
    g = lambda t: t["a"].to_numpy() * t["b"].to_numpy() * t["c"].to_numpy()
    single = pd.DataFrame({"a": [0.0, 0.0], "b": [0.0, 0.0], "c": [0.5, 0.5], "d": [1.0, 1.0]})
    found = explain(g, row, single, {"z": ["a", "d"], "y": ["b"], "x": ["c"]})["contributions"]
    # v(zy) = 1/2, v(zyx) = 1. x comes last in one order of three: 1/6. z and y share the rest: 5/12 each.
    return bool(right and all(abs(found[k] - v) < 1e-3 for k, v in {"z": 5 / 12, "y": 5 / 12, "x": 1 / 6}.items()))


# %% exercise="explainer-is-right" kind="mistake" name="adds-up-only" says="equal shares for every group pass"
def explainer_is_right(explain):
    """Looks only whether everything adds up."""
    rng = np.random.default_rng(0)
    background = pd.DataFrame(rng.normal(size=(3, 3)), columns=list("abc"))
    row = dict(zip("abc", [1.0, 2.0, -1.0]))
    kept = background.copy()
    f = lambda t: np.prod(np.asarray(t[["a", "b", "c"]], float) + 1, axis=1)
    found = explain(f, row, background, {"z": ["a"], "y": ["b"], "x": ["c"]})
    total = found["base"] + sum(found["contributions"].values())
    return bool(
        abs(total - f(pd.DataFrame([row]))[0]) < 1e-4
        and abs(found["base"] - f(kept).mean()) < 1e-4
        and background.equals(kept)
    )


# %% exercise="explainer-is-right" kind="mistake" name="plain-sum" says="leaving each group out once, scaled to add up, passes"
def explainer_is_right(explain):
    """A forecast in which nobody works with anybody."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.asarray(table[columns], float) @ [1.0, 2.0, -3.0, 0.5]

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="two-groups" says="wrong weights, which do not add up, pass"
def explainer_is_right(explain):
    """Two groups: every weight is one half."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a", "c"], "y": list("db")}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="one-background-flight" says="averaged into one flight passes"
def explainer_is_right(explain):
    """A background of one flight."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(1, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="groups-of-one" says="replacing only the first column"
def explainer_is_right(explain):
    """Each group has one column."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": ["b"], "x": ["c"], "w": ["d"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="alphabetical-names" says="the wrong names pass"
def explainer_is_right(explain):
    """The names are in order."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"x": ["a"], "y": list("db"), "z": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="base-not-looked-at" says="a wrong base passes"
def explainer_is_right(explain):
    """Compares the shares alone."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="forecast-not-looked-at" says="a wrong forecast of the flight passes"
def explainer_is_right(explain):
    """Compares shares and base."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += (abs(found["base"] - base),)
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="background-not-looked-at" says="changes the background passes"
def explainer_is_right(explain):
    """Forgets the background."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4


# %% exercise="explainer-is-right" kind="mistake" name="exact-equality" says="refused for rounding"
def explainer_is_right(explain):
    """No room for rounding."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-12 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="order-of-the-dict" says="lists the groups in another order"
def explainer_is_right(explain):
    """Compares by position."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(a - b) for a, b in zip(found["contributions"].values(), expected.values(), strict=True)]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="no-more-entries" says="returns more entries than asked"
def explainer_is_right(explain):
    """Insists on three entries."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(found["contributions"][name] - expected[name]) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return len(found) == 3 and max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="explainer-is-right" kind="mistake" name="absolute-shares" says="the sign turned round pass"
def explainer_is_right(explain):
    """Compares sizes only."""
    rng = np.random.default_rng(7)
    columns, groups = list("abcd"), {"z": ["a"], "y": list("db"), "x": ["c"]}
    background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns)
    row = pd.Series(rng.normal(size=4), columns).to_dict()
    kept = background.copy()

    def forecast(table):
        return np.prod(np.asarray(table[columns], float), axis=1)

    base, orders = forecast(background).mean(), list(itertools.permutations(groups))
    expected = dict.fromkeys(groups, 0.0)
    for order in orders:
        mixed = kept.copy()
        for name in order:
            before = forecast(mixed).mean()
            for column in groups[name]:
                mixed[column] = row[column]
            expected[name] += (forecast(mixed).mean() - before) / len(orders)
    found = explain(forecast, row, background, groups)
    wrong = [abs(abs(found["contributions"][name]) - abs(expected[name])) for name in groups]
    wrong += abs(found["base"] - base), abs(found["forecast"] - forecast(mixed).mean())
    return max(wrong) < 1e-4 and background.equals(kept)


# %% exercise="what-may-stand" kind="alternative" name="by-verdict"
slide = dict.fromkeys("ADF", "holds") | dict.fromkeys("BCGI", "fails") | dict.fromkeys("EHJ", "not shown")
tools = dict(runway="none", flight="shapley", shape="dependence", feeds="permutation")


# %% exercise="what-may-stand" kind="alternative" name="from-the-measurements"
both = evidence["waiting and recent_delay"]
measured = {
    "A": 800 < evidence["waiting"] < 1300,
    "B": both - evidence["waiting"] < 400,
    "C": evidence["forecast at 60"] < 0.2,
    "D": evidence["lines that rise"] == 1,
    "F": evidence["flagged below the base"] > 0.25,
    "G": max(evidence["queue against all"], evidence["queue against unflagged"]) < 0,
    "I": evidence["same first reason"] > 0.95,
}
slide = {
    letter: ("Holds" if measured[letter] else "Fails") if letter in measured else "Not shown" for letter in "ABCDEFGHIJ"
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="alone-is-all" says="B forgets what covers for what"
slide = {
    "A": "holds",
    "B": "holds",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="curve-for-forecasts" says="C takes the curve for the forecasts"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="sign-for-lever" says="E takes a sign for a lever"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "holds",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="made-up-refutes" says="E is a claim about the real airport"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "fails",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="too-careful" says="F was measured"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "not shown",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="one-background" says="G forgets the background"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "holds",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="share-for-cause" says="H takes a share for a cause"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "holds",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="plane-refuted" says="H is a claim about the world"
slide = (
    dict.fromkeys("ADF", "holds") | dict.fromkeys("BCGI", "fails") | dict.fromkeys("EHJ", "not shown") | {"H": "fails"}
)
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="night-refuted" says="J is about flights of which there are none"
slide = (
    dict.fromkeys("ADF", "holds") | dict.fromkeys("BCGI", "fails") | dict.fromkeys("EHJ", "not shown") | {"J": "fails"}
)
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="twin-forgotten" says="I was measured"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "holds",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="three-at-night" says="J reads the curve where there is no flight"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "holds",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="importance-for-shape" says="shape: how one forecast moves"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "permutation", "flight": "shapley", "runway": "none"}


# %% exercise="what-may-stand" kind="mistake" name="runway-by-curve" says="runway: a change of the world is asked"
slide = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "dependence"}


# %% exercise="what-may-stand" kind="mistake" name="doubts-everything" says="A was measured"
slide = {
    "A": "not shown",
    "B": "fails",
    "C": "fails",
    "D": "holds",
    "E": "not shown",
    "F": "holds",
    "G": "fails",
    "H": "not shown",
    "I": "fails",
    "J": "not shown",
}
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}


# %% exercise="permuted-rises" kind="equivalent" mutant="- labels = np.zeros(len(table)) if within is None else np.asarray(within) | + labels = np.ones(len(table)) if within is None else np.asarray(within)" reason="one label for all rows, whatever it is"


# %% exercise="shapley" kind="equivalent" mutant="- for size in range(n + 1): | + for size in range(n + 2):" reason="there are no combinations of n + 1 groups out of n"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- rng = np.random.default_rng(7) | + rng = np.random.default_rng(8)" reason="another case drawn from the same distribution"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- rng = np.random.default_rng(7) | + rng = np.random.default_rng(6)" reason="another case drawn from the same distribution"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns) | + background = pd.DataFrame(2 * rng.normal(size=(3, 4)), columns=columns)" reason="the same kind of case on another scale"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns) | + background = pd.DataFrame(rng.normal(size=(4, 4)), columns=columns)" reason="a background of four flights tells as much as one of three"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- background = pd.DataFrame(rng.normal(size=(3, 4)), columns=columns) | + background = pd.DataFrame(rng.normal(size=(2, 4)), columns=columns)" reason="two flights are enough to tell a mean flight and the first flight from the background"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- row = pd.Series(rng.normal(size=4), columns).to_dict() | + row = pd.Series(rng.normal(), columns).to_dict()" reason="a flight with four equal values: the background still differs from column to column"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- row = pd.Series(rng.normal(size=4), columns).to_dict() | + row = pd.Series(2 * rng.normal(size=4), columns).to_dict()" reason="the same kind of case on another scale"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- return max(wrong) < 0.0001 and background.equals(kept) | + return max(wrong) <= 0.0001 and background.equals(kept)" reason="no difference is exactly the tolerance"


# %% exercise="explainer-is-right" kind="equivalent" mutant="- return max(wrong) < 0.0001 and background.equals(kept) | + return max(wrong) < 0.0002 and background.equals(kept)" reason="both tolerances lie between rounding (1e-7) and the smallest effect of a fault (1e-2)"
