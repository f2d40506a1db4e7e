# %% [markdown]
# Answers to "Privacy and responsibility": alternatives, mistakes that people make, and samples for the grader of the note.

# %% exercise="link" kind="alternative" name="counted-keys"
def link(table, register, keys):
    """With tuples and counters."""
    from collections import Counter

    rows = list(map(tuple, table[keys].to_numpy().tolist()))
    members = list(map(tuple, register[keys].to_numpy().tolist()))
    in_table, in_register = Counter(rows), Counter(members)
    place = {key: i for i, key in enumerate(rows)}
    return {
        member: place[key]
        for member, key in zip(register["member"].tolist(), members)
        if in_table[key] == 1 and in_register[key] == 1
    }


# %% exercise="link" kind="alternative" name="merge-then-count"
def link(table, register, keys):
    """Join everything, then keep pairs whose two sides occur once."""
    left = table[keys].reset_index(drop=True).reset_index(names="row")
    pairs = register[["member", *keys]].merge(left, on=keys)
    pairs = pairs[~pairs["member"].duplicated(keep=False) & ~pairs["row"].duplicated(keep=False)]
    return pairs.set_index("member")["row"].to_dict()


# %% exercise="link" kind="alternative" name="sql"
def link(table, register, keys):
    """In DuckDB, window functions count the twins."""
    rows = table[keys].assign(place=range(len(table)))
    listed = ", ".join(keys)
    found = duckdb.sql(
        f"select member, place from (select *, count(*) over (partition by {listed}) as n from rows) "
        f"join (select *, count(*) over (partition by {listed}) as m from register) using ({listed}) where n = 1 and m = 1"
    ).fetchall()
    return {int(member): int(place) for member, place in found}


# %% exercise="link" kind="mistake" name="minus-one" says="is left out of the dict"
def link(table, register, keys):
    """Gives −1 to members without a row."""
    rows = table[keys].assign(row=np.arange(len(table)))
    rows = rows[~rows.duplicated(keys, keep=False)]
    members = register[~register.duplicated(keys, keep=False)]
    found = members.merge(rows, on=keys, how="left")
    return dict(zip(found["member"].tolist(), found["row"].fillna(-1).astype(int).tolist()))


# %% exercise="link" kind="mistake" name="no-row" says="are to be whole numbers"
def link(table, register, keys):
    """A left join leaves NaN where no row fits."""
    rows = table[keys].assign(row=np.arange(len(table)))
    rows = rows[~rows.duplicated(keys, keep=False)]
    members = register[~register.duplicated(keys, keep=False)]
    return members.merge(rows, on=keys, how="left").set_index("member")["row"].to_dict()


# %% exercise="link" kind="mistake" name="first-match" says="which of them is a guess"
def link(table, register, keys):
    """Takes the first row that fits."""
    rows = table[keys].assign(row=np.arange(len(table))).drop_duplicates(keys)
    members = register[~register.duplicated(keys, keep=False)]
    found = members.merge(rows, on=keys)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="link" kind="mistake" name="twins-in-the-register" says="two members are claimed for one row"
def link(table, register, keys):
    """Looks for twins in the table alone."""
    rows = table[keys].assign(row=np.arange(len(table)))
    rows = rows[~rows.duplicated(keys, keep=False)]
    found = register.merge(rows, on=keys)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="link" kind="mistake" name="keeps-one-twin" says="one of two like members is claimed"
def link(table, register, keys):
    """duplicated without keep=False leaves the first of the register's twins."""
    rows = table[keys].assign(row=np.arange(len(table)))
    rows = rows[~rows.duplicated(keys, keep=False)]
    found = register.drop_duplicates(keys).merge(rows, on=keys)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="link" kind="mistake" name="labels" says="labels of the index, not positions"
def link(table, register, keys):
    """Returns the index's labels."""
    rows = table[keys].assign(row=table.index)
    rows = rows[~rows.duplicated(keys, keep=False)]
    members = register[~register.duplicated(keys, keep=False)]
    found = members.merge(rows, on=keys)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="link" kind="mistake" name="not-all-keys" says="not all keys are compared"
def link(table, register, keys):
    """The twins are looked for by all keys, the join uses all but the last."""
    some = keys[:-1] or keys
    rows = table[keys].assign(row=np.arange(len(table)))
    rows = rows[~rows.duplicated(keys, keep=False)].drop_duplicates(some)
    members = register[~register.duplicated(keys, keep=False)].drop_duplicates(some)
    found = members.merge(rows[[*some, "row"]], on=some)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="link" kind="mistake" name="positions-after-dropping" says="for another's row"
def link(table, register, keys):
    """Numbers the rows after the twins are gone."""
    rows = table[keys][~table.duplicated(keys, keep=False)]
    rows = rows.assign(row=np.arange(len(rows)))
    members = register[~register.duplicated(keys, keep=False)]
    found = members.merge(rows, on=keys)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="link" kind="mistake" name="twins-by-whole-row" says="twins are told apart by columns that are no keys"
def link(table, register, keys):
    """duplicated() without the keys compares the secret as well: twins with different secrets are thought unique."""
    rows = table.assign(row=np.arange(len(table)))[~table.duplicated(keep=False)]
    members = register[~register.duplicated(keys, keep=False)]
    found = members.merge(rows.drop_duplicates(keys), on=keys)
    return dict(zip(found["member"].tolist(), found["row"].tolist()))


# %% exercise="to-k" kind="alternative" name="value-counts"
def to_k(tables, k, most):
    """Counts tuples."""
    from collections import Counter

    for level, table in enumerate(tables):
        rows = list(table.itertuples(index=False, name=None))
        count = Counter(rows)
        keep = np.array([count[row] >= k for row in rows])
        if np.sum(~keep) / len(rows) <= most:
            return level, keep
    raise ValueError("not coarse enough")


# %% exercise="to-k" kind="alternative" name="unique-rows"
def to_k(tables, k, most):
    """Through np.unique of codes, and next()."""

    def kept(table):
        codes = np.column_stack([pd.factorize(table[c])[0] for c in table.columns])
        _, inverse, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
        return counts[inverse.ravel()] >= k

    keeps = [kept(table) for table in tables]
    level = next((i for i, keep in enumerate(keeps) if np.count_nonzero(~keep) <= most * len(keep) + 1e-9), None)
    if level is None:
        raise ValueError(f"k = {k} cannot be reached")
    return level, pd.Series(keeps[level])


# %% exercise="to-k" kind="mistake" name="only-the-level" says="two things are asked for"
def to_k(tables, k, most):
    """Returns the level alone."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        if (table.groupby(columns)[columns[0]].transform("size") < k).mean() <= most:
            return level
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="more-than-k" says="a class of exactly k rows is large enough"
def to_k(tables, k, most):
    """Suppresses classes of k rows as well."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        keep = table.groupby(columns)[columns[0]].transform("size").to_numpy() > k
        if (~keep).mean() <= most:
            return level, keep
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="only-unique" says="rows of classes that are too small are kept"
def to_k(tables, k, most):
    """Looks for k, and then suppresses the unique rows only."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        size = table.groupby(columns)[columns[0]].transform("size").to_numpy()
        if (size < k).mean() <= most:
            return level, size > 1
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="share-of-classes" says="the share is one of classes, not of rows"
def to_k(tables, k, most):
    """Compares the share of small classes."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        if (table.value_counts() < k).mean() <= most:
            return level, table.groupby(columns)[columns[0]].transform("size").to_numpy() >= k
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="percent" says="neither a number of rows nor percent"
def to_k(tables, k, most):
    """Takes `most` for percent."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        keep = table.groupby(columns)[columns[0]].transform("size").to_numpy() >= k
        if 100 * (~keep).mean() <= most:
            return level, keep
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="last-level" says="a finer level of the ladder would do"
def to_k(tables, k, most):
    """Takes the coarsest level that will do."""
    for level in reversed(range(len(tables))):
        columns = [*tables[level].columns]
        keep = tables[level].groupby(columns)[columns[0]].transform("size").to_numpy() >= k
        if (~keep).mean() <= most:
            return level, keep
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="no-error" says="does not raise ValueError"
def to_k(tables, k, most):
    """Falls back to the coarsest level."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        keep = table.groupby(columns)[columns[0]].transform("size").to_numpy() >= k
        if (~keep).mean() <= most:
            break
    return level, keep


# %% exercise="to-k" kind="mistake" name="first-column" says="too many rows are suppressed"
def to_k(tables, k, most):
    """Counts the first column alone."""
    for level, table in enumerate(tables):
        size = table[table.columns[0]].map(table[table.columns[0]].value_counts()).to_numpy()
        if (size < k).mean() <= most:
            columns = [*table.columns]
            return level, table.groupby(columns)[columns[0]].transform("size").to_numpy() >= k
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="finest-classes" says="rows are suppressed whose class is large enough"
def to_k(tables, k, most):
    """Chooses the level rightly, but suppresses by the classes of the finest one."""
    for table in range(len(tables)):
        columns = [*tables[table].columns]
        size = tables[table].groupby(columns)[columns[0]].transform("size").to_numpy()
        if (size < k).mean() <= most:
            fine = tables[0].groupby([*tables[0].columns])[tables[0].columns[0]].transform("size").to_numpy()
            return table, fine >= k
    raise ValueError("none")


# %% exercise="to-k" kind="mistake" name="marks-the-suppressed" says="keep is the wrong way round"
def to_k(tables, k, most):
    """Returns the rows to suppress."""
    for level, table in enumerate(tables):
        columns = [*table.columns]
        size = table.groupby(columns)[columns[0]].transform("size").to_numpy()
        if (size < k).mean() <= most:
            return level, size < k
    raise ValueError("none")


# %% exercise="noisy-answers" kind="alternative" name="difference-of-exponentials"
def noisy_count(flags, epsilon, rng):
    """Laplace noise is the difference of two exponential ones."""
    return np.count_nonzero(flags) + rng.exponential(1 / epsilon) - rng.exponential(1 / epsilon)


def noisy_sum(values, low, high, epsilon, rng):
    """Laplace noise from a sign and an exponential."""
    bound = max(-low, high, abs(low))
    size = rng.exponential(bound / epsilon)
    return sum(min(max(v, low), high) for v in values) + (size if rng.random() < 0.5 else -size)


# %% exercise="noisy-answers" kind="alternative" name="inverse-cdf"
def noisy_count(flags, epsilon, rng):
    """A count is the sum of values in 0 … 1."""
    return noisy_sum(np.asarray(flags, float), 0, 1, epsilon, rng)


def noisy_sum(values, low, high, epsilon, rng):
    """By scipy's quantile function of a uniform number."""
    values = np.asarray(values, float)
    clipped = np.where(values < low, low, np.where(values > high, high, values))
    scale = np.abs([low, high]).max() / epsilon
    return clipped.sum() + stats.laplace.ppf(rng.random(), scale=scale)


# %% exercise="noisy-answers" kind="mistake" name="upside-down" says="the scale is upside down"
def noisy_count(flags, epsilon, rng):
    """Scale ε."""
    return float(np.sum(flags) + rng.laplace(0, epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Scale Δ·ε."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) * epsilon))


# %% exercise="noisy-answers" kind="mistake" name="standard-deviation" says="is the scale of the noise, not its standard deviation"
def noisy_count(flags, epsilon, rng):
    """Noise of standard deviation 1/ε."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon / np.sqrt(2)))


def noisy_sum(values, low, high, epsilon, rng):
    """Right, for the noise of the count."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="normal" says="but it is not Laplace noise"
def noisy_count(flags, epsilon, rng):
    """Normal noise of about that size."""
    return float(np.sum(flags) + rng.normal(0, np.sqrt(np.pi / 2) / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Normal noise of about that size."""
    scale = max(abs(low), abs(high)) / epsilon
    return float(np.sum(np.clip(values, low, high)) + rng.normal(0, np.sqrt(np.pi / 2) * scale))


# %% exercise="noisy-answers" kind="mistake" name="own-generator" says="is the same again and again"
def noisy_count(flags, epsilon, rng):
    """Reproducible, and therefore no secret."""
    return float(np.sum(flags) + np.random.default_rng(0).laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Right."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="global-generator" says="is not drawn from rng"
def noisy_count(flags, epsilon, rng):
    """numpy's global generator."""
    return float(np.sum(flags) + np.random.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """numpy's global generator."""
    return float(np.sum(np.clip(values, low, high)) + np.random.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="not-clipped" says="the values are not clipped"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Trusts that values lie in the band."""
    return float(np.sum(values) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="width" says="is the sensitivity if a row is replaced"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """The sensitivity of replacing a row."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, (high - low) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="high-alone" says="low can be larger in size"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Forgets negative values."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, abs(high) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="noise-of-a-count" says="the noise of a sum is that of a count"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Scale 1/ε."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, 1 / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="from-the-data" says="the sensitivity is taken from the data"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """The largest value there is."""
    scale = np.abs(values).max(initial=1e-9) / epsilon
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, scale))


# %% exercise="noisy-answers" kind="mistake" name="noise-on-each-row" says="each row gets noise of its own"
def noisy_count(flags, epsilon, rng):
    """Hides each answer before it is counted."""
    return float(np.sum(flags + rng.laplace(0, 1 / epsilon, len(flags))))


def noisy_sum(values, low, high, epsilon, rng):
    """Right."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="no-negative-counts" says="is below 0: leave such answers as they are"
def noisy_count(flags, epsilon, rng):
    """A count cannot be negative."""
    return max(0.0, float(np.sum(flags) + rng.laplace(0, 1 / epsilon)))


def noisy_sum(values, low, high, epsilon, rng):
    """Right."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="only-upwards" says="lie beside the exact one"
def noisy_count(flags, epsilon, rng):
    """Exponential noise: never below the truth."""
    return float(np.sum(flags) + rng.exponential(1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Right."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="clips-in-place" says="noisy_sum changes its values"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Clips the caller's array."""
    np.clip(values, low, high, out=values)
    return float(np.sum(values) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="noisy-answers" kind="mistake" name="one-number-in-an-array" says="is to return one number"
def noisy_count(flags, epsilon, rng):
    """An array of one number."""
    return np.sum(flags) + rng.laplace(0, 1 / epsilon, 1)


def noisy_sum(values, low, high, epsilon, rng):
    """An array of one number."""
    return np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon, 1)


# %% exercise="noisy-answers" kind="mistake" name="mean-of-nobody" says="no rows gives no finite number"
def noisy_count(flags, epsilon, rng):
    """Right."""
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Through the mean, which nobody has."""
    clipped = np.clip(values, low, high)
    return float(
        clipped.sum() / np.float64(len(clipped)) * len(clipped) + rng.laplace(0, max(abs(low), abs(high)) / epsilon)
    )


# %% exercise="noisy-answers" kind="mistake" name="noise-per-row" says="the noise grows with the number of rows"
def noisy_count(flags, epsilon, rng):
    """Thinks that everybody can change."""
    return float(np.sum(flags) + rng.laplace(0, max(len(flags), 1) / epsilon))


def noisy_sum(values, low, high, epsilon, rng):
    """Right."""
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, max(abs(low), abs(high)) / epsilon))


# %% exercise="query-server" kind="alternative" name="sums-what-is-spent"
class QueryServer:
    """Keeps what is spent instead of what is left."""

    def __init__(self, flags, budget, seed):
        self.flags, self.budget, self.spent = list(flags), budget, []
        self.noise = np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if np.isnan(epsilon) or epsilon <= 0 or epsilon == float("inf"):
            raise ValueError("epsilon must be above 0")
        if len(mask) != len(self.flags) or not all(isinstance(m, (bool, np.bool_)) for m in mask):
            raise ValueError("mask must be booleans")
        if sum(self.spent) + epsilon > self.budget + 1e-9:
            raise PermissionError("spent")
        self.spent.append(epsilon)
        exact = sum(bool(f) for f, m in zip(self.flags, mask) if m)
        return exact + self.noise.laplace(scale=1 / epsilon)


# %% exercise="query-server" kind="alternative" name="inherits"
class QueryServer(TomasServer):
    """Tomas's server with the faults taken out."""

    def __init__(self, flags, budget, seed):
        super().__init__(flags, budget, seed)
        self.sequence = np.random.SeedSequence(seed)

    def count(self, mask, epsilon):
        if not 0 < epsilon < np.inf:
            raise ValueError(epsilon)
        if pd.Series(mask).dtype != "bool" or np.shape(mask) != np.shape(self.flags):
            raise ValueError(mask)
        rest = self.left - epsilon
        if rest < -1e-9:
            raise PermissionError(f"{self.left} left")
        self.left = rest
        rng = np.random.default_rng(self.sequence.spawn(1)[0])
        return np.count_nonzero(self.flags & np.asarray(mask, bool)) + rng.laplace(0, 1 / epsilon)


# %% exercise="query-server" kind="mistake" name="as-tomas-wrote-it" says="each question gets the same noise"
class QueryServer(TomasServer):
    """Unchanged."""


# %% exercise="query-server" kind="mistake" name="overspends" says="takes the spending above the budget"
class QueryServer:
    """Asks whether anything is left, not whether enough is."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        if self.left <= 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="charges-refusals" says="a refused question was charged"
class QueryServer:
    """Spends first, looks afterwards."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        self.left -= epsilon
        if self.left < -1e-9:
            raise PermissionError("spent")
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="negative-epsilon" says="an ε below 0 is not refused"
class QueryServer:
    """Believes that ε is sensible."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if epsilon > self.left + 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, abs(1 / epsilon)))


# %% exercise="query-server" kind="mistake" name="nan-passes" says="an ε that is not a number is not refused"
class QueryServer:
    """NaN is neither above nor below."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if epsilon <= 0 or epsilon == np.inf:
            raise ValueError("epsilon")
        if epsilon > self.left + 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="stops-short" says="spending it exactly is allowed"
class QueryServer:
    """Refuses the question that would spend the last of it."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        if epsilon >= self.left:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="row-numbers" says="it names one person again and again"
class QueryServer:
    """Lets numpy index with whatever comes."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        if epsilon > self.left + 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="charges-the-mask" says="a refused mask was charged"
class QueryServer:
    """Spends before it looks at the mask."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        if epsilon > self.left + 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        if mask.dtype != bool or len(mask) != len(self.flags):
            raise ValueError("mask")
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="no-seed" says="two servers with the same seed"
class QueryServer:
    """A generator of its own, without the seed."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng()

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        if epsilon > self.left + 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="query-server" kind="mistake" name="ignores-the-mask" says="beside the count among the masked rows"
class QueryServer:
    """Counts everybody."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.rng = np.asarray(flags, bool), budget, np.random.default_rng(seed)

    def count(self, mask, epsilon):
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError("epsilon")
        if epsilon > self.left + 1e-9:
            raise PermissionError("spent")
        self.left -= epsilon
        return float(self.flags.sum() + self.rng.laplace(0, 1 / epsilon))


# %% exercise="keeps-its-promise" kind="alternative" name="asserts-on-point-and-tail"
def keeps_its_promise(mechanism):
    """Tails and narrow points around the exact answers, with asserts and a bound on the ratio."""
    n, epsilon = 40_000, 0.8
    for yes in (0, 1, 6):
        low, high = (mechanism(np.arange(10) < c, epsilon, np.random.default_rng(5 + c), n) for c in (yes, yes + 1))
        events = [lambda x, t=t: x >= t for t in (yes - 0.5, yes + 0.5, yes + 1.5)]
        events += [lambda x, c=c: np.abs(x - c) < 0.1 for c in range(yes - 5, yes + 7)]
        for event in events:
            a, b = event(low).mean() + 0.002, event(high).mean() + 0.002
            slack = 1.25 if min(a, b) > 0.01 else 2.5
            assert a <= slack * np.exp(epsilon) * b and b <= slack * np.exp(epsilon) * a
    return True


# %% exercise="keeps-its-promise" kind="alternative" name="binomial-test"
def keeps_its_promise(mechanism):
    """Of all answers in a bin, at most the share e^ε / (1 + e^ε) comes from one table: scipy's binomial test says."""
    epsilon, n = 1.5, 30_000
    rng = np.random.default_rng(11)
    for yes in (0, 4):
        one, other = (
            np.histogram(mechanism(np.arange(12) < c, epsilon, rng, n), np.arange(-6.1, 14, 0.2))[0]
            for c in (yes, yes + 1)
        )
        most = np.exp(epsilon) / (1 + np.exp(epsilon))
        for a, b in [*zip(one, other), *zip(other, one)]:
            if a + b > 100 and stats.binom.sf(a - 1, a + b, most) < 1e-10:
                return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="wants-laplace" says="with more noise than needed is refused"
def keeps_its_promise(mechanism):
    """Demands the very distribution."""
    for yes in (0, 5):
        x = mechanism(np.arange(8) < yes, 1.0, np.random.default_rng(0), 5_000)
        if stats.kstest(x - yes, stats.laplace(0, 1).cdf).pvalue < 1e-6:
            return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="not-at-zero" says="silent where the count is 0 passes"
def keeps_its_promise(mechanism):
    """Compares 5 with 6 alone."""
    epsilon, n, rng = 1.0, 20_000, np.random.default_rng(0)
    edges = np.arange(-10.125, 20.0, 0.25)
    a, b = (np.histogram(mechanism(np.arange(8) < c, epsilon, rng, n), edges)[0] for c in (5, 6))
    for one, other in ((a, b), (b, a)):
        if (one > np.exp(epsilon) * other + 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20).any():
            return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="wide-bins" says="gives the exact count now and then passes"
def keeps_its_promise(mechanism):
    """Bins so wide that a heap on one value drowns."""
    epsilon, n, rng = 1.0, 20_000, np.random.default_rng(0)
    edges = np.array([-20, 0.5, 5.5, 30])
    for yes in (0, 5):
        a, b = (np.histogram(mechanism(np.arange(8) < c, epsilon, rng, n), edges)[0] for c in (yes, yes + 1))
        for one, other in ((a, b), (b, a)):
            if (one > np.exp(epsilon) * other + 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20).any():
                return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="no-room-for-chance" says="Laplace noise of scale 1/ε is refused"
def keeps_its_promise(mechanism):
    """No room for chance in the thin bins."""
    epsilon, n, rng = 1.0, 20_000, np.random.default_rng(0)
    edges = np.arange(-10.125, 20.0, 0.25)
    for yes in (0, 5):
        a, b = (np.histogram(mechanism(np.arange(8) < c, epsilon, rng, n), edges)[0] for c in (yes, yes + 1))
        for one, other in ((a, b), (b, a)):
            if (one > np.exp(epsilon) * other).any():
                return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="only-looks-for-noise" says="with the noise of twice the ε passes"
def keeps_its_promise(mechanism):
    """Asks whether there is noise at all."""
    return bool(np.std(mechanism(np.arange(8) < 5, 1.0, np.random.default_rng(0), 5_000)) > 0)


# %% exercise="keeps-its-promise" kind="mistake" name="expects-decimals" says="with whole numbers for answers is refused"
def keeps_its_promise(mechanism):
    """Takes whole numbers for a sign of no noise."""
    for yes in (0, 5):
        x = mechanism(np.arange(8) < yes, 1.0, np.random.default_rng(0), 20_000)
        if len(np.unique(x)) < 1_000 or np.std(x) < 1.2:
            return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="expects-negatives" says="raises negative answers to 0 is refused"
def keeps_its_promise(mechanism):
    """Where nobody is counted, every second answer must be negative."""
    x = mechanism(np.arange(8) < 0, 1.0, np.random.default_rng(0), 20_000)
    return bool((x < 0).mean() > 0.2 and np.std(x) > 1.2)


# %% exercise="keeps-its-promise" kind="mistake" name="each-fault-by-hand" says="whose noise ends passes"
def keeps_its_promise(mechanism):
    """Looks for each fault it can think of, instead of the promise itself."""
    for yes in (0, 20):
        x = mechanism(np.ones(yes, bool), 1.0, np.random.default_rng(0), 20_000)
        heap = np.mean(x == yes) > 0.05 and not np.array_equal(x, np.round(x))
        if len(np.unique(x)) == 1 or (yes and (heap or np.abs(x - yes).mean() < 0.75)):
            return False
    return True


# %% exercise="keeps-its-promise" kind="mistake" name="mean-is-right" says="a mechanism without noise passes"
def keeps_its_promise(mechanism):
    """Asks whether the answers are right on average."""
    x = mechanism(np.arange(8) < 5, 1.0, np.random.default_rng(0), 20_000)
    return bool(abs(np.median(x) - 5) < 0.6)


# %% exercise="six-requests" kind="alternative" name="computed"
_share = survey.groupby([coarsen(survey, 4)[c].to_numpy() for c in KEYS])["disability"].agg(["size", "mean"])
_found = len(_share.query("size >= 5 and mean == 1")) > 0
DECISIONS = dict(
    roster="ok",
    upgrade="P",
    table="L" if _found else "ok",
    press="ok" if 3 * 0.3 + 2 * 0.05 <= 1 + 1e-9 else "B",
    seat="D",
    backup="W",
)

# %% exercise="six-requests" kind="alternative" name="small-letters"
DECISIONS = {}
for _names, _rule in (
    (["roster", "press"], "OK"),
    (["upgrade"], "p"),
    (["table"], "l"),
    (["seat"], "d"),
    (["backup"], "w"),
):
    for _name in _names:
        DECISIONS[_name] = _rule

# %% exercise="six-requests" kind="mistake" name="k-is-enough" says="table: a rule forbids it"
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "ok", "press": "ok", "seat": "D", "backup": "W"}

# %% exercise="six-requests" kind="mistake" name="budget-is-full" says="press: no rule forbids it"
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "L", "press": "B", "seat": "D", "backup": "W"}

# %% exercise="six-requests" kind="mistake" name="meant-well" says="seat: a rule forbids it"
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "L", "press": "ok", "seat": "ok", "backup": "W"}

# %% exercise="six-requests" kind="mistake" name="a-handful" says="backup: a rule forbids it"
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "L", "press": "ok", "seat": "D", "backup": "ok"}

# %% exercise="six-requests" kind="mistake" name="nothing-raw" says="roster: no rule forbids it"
DECISIONS = {"roster": "P", "upgrade": "P", "table": "L", "press": "ok", "seat": "D", "backup": "W"}

# %% exercise="six-requests" kind="mistake" name="only-ages" says="upgrade: a rule forbids it"
DECISIONS = {"roster": "ok", "upgrade": "ok", "table": "L", "press": "ok", "seat": "D", "backup": "W"}

# %% exercise="six-requests" kind="mistake" name="seat-is-no-planning" says="seat: another rule is broken"
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "L", "press": "ok", "seat": "P", "backup": "W"}

# %% exercise="six-requests" kind="mistake" name="table-for-its-purpose" says="table: another rule is broken"
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "P", "press": "ok", "seat": "D", "backup": "W"}

# %% exercise="link" kind="equivalent" mutant="- return members.merge(rows, on=keys).set_index('member')['row'].to_dict() | + return members.merge(rows).set_index('member')['row'].to_dict()" reason="the two tables share no other column than the keys"

# %% exercise="noisy-answers" kind="equivalent" mutant="- return float(np.sum(flags) + rng.laplace(0, 1 / epsilon)) | + return float(np.sum(flags) - rng.laplace(0, 1 / epsilon))" reason="Laplace noise is symmetric about 0"

# %% exercise="noisy-answers" kind="equivalent" mutant="- sensitivity = max(abs(low), abs(high)) | + sensitivity = max(abs(high), abs(low))" reason="the larger of two does not depend on their order"

# %% exercise="noisy-answers" kind="equivalent" mutant="- sensitivity = max(abs(low), abs(high)) | + sensitivity = max(abs(low), high)" reason="where high is negative, low is larger in size, since low < high"

# %% exercise="noisy-answers" kind="equivalent" mutant="- return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, sensitivity / epsilon)) | + return float(np.sum(np.clip(values, low, high)) - rng.laplace(0, sensitivity / epsilon))" reason="Laplace noise is symmetric about 0"

# %% exercise="noisy-answers" kind="equivalent" mutant="- return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, sensitivity / epsilon)) | + return float(np.sum(np.clip(low, values, high)) + rng.laplace(0, sensitivity / epsilon))" reason="min(max(low, value), high) in both cases"

# %% exercise="query-server" kind="equivalent" mutant="- if epsilon > self.left + 1e-09: | + if epsilon >= self.left + 1e-09:" reason="the card calls differences of 1e-9 rounding"

# %% exercise="query-server" kind="equivalent" mutant="- if epsilon > self.left + 1e-09: | + if epsilon > self.left + 2e-09:" reason="the card calls differences of 1e-9 rounding"

# %% exercise="query-server" kind="equivalent" mutant="- return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon)) | + return float(self.flags[mask].sum() - self.rng.laplace(0, 1 / epsilon))" reason="Laplace noise is symmetric about 0"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- epsilon, n, rng = (1.0, 20000, np.random.default_rng(0)) | + epsilon, n, rng = (1.0, 20001, np.random.default_rng(0))" reason="one answer more"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- epsilon, n, rng = (1.0, 20000, np.random.default_rng(0)) | + epsilon, n, rng = (2.0, 20000, np.random.default_rng(0))" reason="any ε from 0.5 to 2 may be asked for"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- epsilon, n, rng = (1.0, 20000, np.random.default_rng(0)) | + epsilon, n, rng = (1.0, 19999, np.random.default_rng(0))" reason="one answer fewer"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- epsilon, n, rng = (1.0, 20000, np.random.default_rng(0)) | + epsilon, n, rng = (1.0, 20000, np.random.default_rng(1))" reason="another generator as good"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- edges = np.arange(-10.125, 20.0, 0.25) | + edges = np.arange(-10.125, 40.0, 0.25)" reason="more empty bins"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- edges = np.arange(-10.125, 20.0, 0.25) | + edges = np.arange(-20.25, 20.0, 0.25)" reason="more empty bins; whole numbers on an edge fall into one bin all the same"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- edges = np.arange(-10.125, 20.0, 0.25) | + edges = np.arange(-10.125, 20.0, 0.5)" reason="bins of half a unit still hold one whole number each"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- for yes in (0, 5): | + for yes in (0, 6):" reason="6 and 7 are neighbours as good as 5 and 6"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- for yes in (0, 5): | + for yes in (0, 4):" reason="4 and 5 are neighbours as good as 5 and 6"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 5 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20" reason="the room for chance is the learner's choice; both lie between chance and the faults"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 7 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20" reason="the room for chance is the learner's choice"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 6 * np.sqrt(one + np.expm1(2 * epsilon) * other) + 20" reason="a little less room"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 6 * np.sqrt(one + np.exp(2 / epsilon) * other) + 20" reason="the same at ε = 1"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 6 * np.sqrt(one + np.exp(3 * epsilon) * other) + 20" reason="a little more room"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 6 * np.sqrt(one + np.exp(1 * epsilon) * other) + 20" reason="a little less room"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 19" reason="one answer less room"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20 | + room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 21" reason="one answer more room"

# %% exercise="keeps-its-promise" kind="equivalent" mutant="- if (one > np.exp(epsilon) * other + room).any(): | + if (one >= np.exp(epsilon) * other + room).any():" reason="equality does not occur with irrational bounds"

# %% [markdown] explain="leak-note" kind="sample" points=4.5
# To Rosa and Henrik. For nine hours the answers of 70,131 people about disability were on our page. 41 downloads, and we cannot call them back.
#
# 5,727 of them are alone with their age, sex, race, marital status and education. A neighbour or a colleague who knows these reads whether they have a disability, and of these people one in
# four has, against one in seven or eight of all.
#
# When we linked the table with a club's register, four claims in five were right. A better register finds more, so take it as the least.
#
# Tonight: page down, log kept, report to the authority within 72 hours. The people must be told, I think, because it is about their health and some of them can be found.
#
# In future we only answer counts through the server, with ε = 1 a year.
#
# *What happened 1. Who is at risk 1: the number, what is learnt, and that they more often have a disability. How sure 1: the way, how often, and that it depends on the register. What now 1: all three. What
# instead ½: the server with its budget, but not what coarsening would have left unsolved.*

# %% [markdown] explain="leak-note" kind="sample" points=2
# Our survey was online by mistake for nine hours and downloaded 41 times. Names were not included, but 5,727 persons are unique in five columns, so they can be identified.
#
# An attacker could join the data with another database. We have taken the table offline and will inform the authority within 72 hours.
#
# For the next time I propose that we publish only tables with k = 5 where each class has at least five rows, so that nobody can be identified.
#
# *What happened ½: online for how long, and the downloads, but not that they cannot be called back. Who is at risk ½: the number without what is learnt about them. How sure ½: the way, not how often it succeeds. What
# now ½: two of the three, nothing about the people. What instead 0: classes of five are taken for the end of the matter, which the
# lesson refutes, and there is neither the server nor a reason for publishing nothing.*

# %% [markdown] explain="leak-note" kind="sample" points=0.5
# Dear Rosa, dear Henrik, there was a small incident with the survey. As the table contains no names, I think that the risk is low. It was online for nine hours and there were 41 downloads,
# most of them probably bots.
#
# We will be more careful in the future and also delete the column with the education.
#
# *What happened ½: the time and the downloads are there, not what was online nor that it cannot be called back. Who is at risk 0: the risk is called low without a number, how sure 0 (certain without a reason), what now 0, what instead 0: a column less.*
