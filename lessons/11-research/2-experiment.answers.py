# %% [markdown]
# Answers to `2-experiment.py`: never released. Exercises 2 and 8 are decisions, so their alternatives differ in form only.


# %% exercise="factorial" kind="alternative" name="pandas"
def factorial(train, parts, seeds):
    """A long table, groups and means."""
    rows = []
    for values in itertools.product([True, False], repeat=len(parts)):
        for i, seed in enumerate(seeds):
            setting = dict(zip(parts, values, strict=True))
            rows.append({**setting, "#seed": i, "#result": train(dict(setting), seed)})
    table = pd.DataFrame(rows)

    def effect(name, table):
        means = table.groupby(["#seed", name])["#result"].mean().unstack()
        return means[True] - means[False]

    effects = {(name,): effect(name, table).to_list() for name in parts}
    for a, b in itertools.combinations(parts, 2):
        effects[a, b] = (effect(a, table[table[b]]) - effect(a, table[~table[b]])).to_list()
    return effects


# %% exercise="factorial" kind="alternative" name="signs"
def factorial(train, parts, seeds):
    """Contrasts of plus and minus one, seeds in the outer loop."""
    k = len(parts)
    settings = list(itertools.product([0, 1], repeat=k))
    results = {}
    for seed in seeds:
        for setting in settings:
            results[seed, setting] = train({name: bool(v) for name, v in zip(parts, setting, strict=True)}, seed)
    effects = {}
    for size in (1, 2):
        for chosen in itertools.combinations(range(k), size):
            values = []
            for seed in seeds:
                total = 0.0
                for setting in settings:
                    sign = 1
                    for j in chosen:
                        sign *= 2 * setting[j] - 1
                    total += sign * results[seed, setting]
                values.append(total / 2 ** (k - size))
            effects[tuple(parts[j] for j in chosen)] = np.array(values)
    return effects


# %% exercise="factorial" kind="alternative" name="axes"
def factorial(train, parts, seeds):
    """One axis for each part."""
    shape = (2,) * len(parts)
    y = np.empty((*shape, len(seeds)))
    for index in np.ndindex(y.shape):
        y[index] = train(dict(zip(parts, map(bool, index[:-1]), strict=True)), seeds[index[-1]])
    out = {}
    for j, name in enumerate(parts):
        out[(name,)] = np.diff(y, axis=j).reshape(-1, len(seeds)).mean(axis=0)
    for i, j in itertools.combinations(range(len(parts)), 2):
        twice = np.diff(np.diff(y, axis=i), axis=j)
        out[parts[i], parts[j]] = twice.reshape(-1, len(seeds)).mean(axis=0)
    return out


# %% exercise="factorial" kind="mistake" name="one-at-a-time" says="one thing at a time"
def factorial(train, parts, seeds):
    """The effect of a part where all others are off."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])
    row_of = {tuple(row.tolist()): i for i, row in enumerate(on)}

    def result(*names):
        return results[row_of[tuple(name in names for name in parts)]]

    effects = {(name,): result(name) - result() for name in parts}
    for a, b in itertools.combinations(parts, 2):
        effects[a, b] = result(a, b) - result(a) - result(b) + result()
    return effects


# %% exercise="factorial" kind="mistake" name="leave-one-out" says="one part left out"
def factorial(train, parts, seeds):
    """The effect of a part where all others are on."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])
    row_of = {tuple(row.tolist()): i for i, row in enumerate(on)}

    def without(*names):
        return results[row_of[tuple(name not in names for name in parts)]]

    effects = {(name,): without() - without(name) for name in parts}
    for a, b in itertools.combinations(parts, 2):
        effects[a, b] = without() - without(a) - without(b) + without(a, b)
    return effects


# %% exercise="factorial" kind="mistake" name="half-interaction" says="an interaction is half of the difference"
def factorial(train, parts, seeds):
    """Yates's convention for interactions."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])

    def contrast(columns):
        same = (on[:, columns].sum(axis=1) - len(columns)) % 2 == 0
        return results[same].mean(axis=0) - results[~same].mean(axis=0)

    effects = {(name,): contrast([j]) for j, name in enumerate(parts)}
    for i, j in itertools.combinations(range(len(parts)), 2):
        effects[parts[i], parts[j]] = contrast([i, j])
    return effects


# %% exercise="factorial" kind="mistake" name="both-against-neither" says="both against neither is no interaction"
def factorial(train, parts, seeds):
    """What both bring together is taken for their interaction."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])
    effects = {
        (name,): results[on[:, j]].mean(axis=0) - results[~on[:, j]].mean(axis=0) for j, name in enumerate(parts)
    }
    for i, j in itertools.combinations(range(len(parts)), 2):
        both, neither = on[:, i] & on[:, j], ~on[:, i] & ~on[:, j]
        effects[parts[i], parts[j]] = results[both].mean(axis=0) - results[neither].mean(axis=0)
    return effects


# %% exercise="factorial" kind="mistake" name="own-seeds" says="every setting runs with the same seeds"
def factorial(train, parts, seeds):
    """Fresh seeds for each setting, so that the runs are independent."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array(
        [
            [train(dict(zip(parts, row.tolist(), strict=True)), seed + 100 * i) for seed in seeds]
            for i, row in enumerate(on)
        ]
    )
    effects = {
        (name,): results[on[:, j]].mean(axis=0) - results[~on[:, j]].mean(axis=0) for j, name in enumerate(parts)
    }
    for i, j in itertools.combinations(range(len(parts)), 2):
        same = on[:, i] == on[:, j]
        effects[parts[i], parts[j]] = 2 * (results[same].mean(axis=0) - results[~same].mean(axis=0))
    return effects


# %% exercise="factorial" kind="mistake" name="one-dict" says="the same dict went into several calls"
def factorial(train, parts, seeds):
    """One dict for all seeds of a setting."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = []
    for row in on:
        setting = dict(zip(parts, row.tolist(), strict=True))
        results.append([train(setting, seed) for seed in seeds])
    results = np.array(results)
    effects = {
        (name,): results[on[:, j]].mean(axis=0) - results[~on[:, j]].mean(axis=0) for j, name in enumerate(parts)
    }
    for i, j in itertools.combinations(range(len(parts)), 2):
        same = on[:, i] == on[:, j]
        effects[parts[i], parts[j]] = 2 * (results[same].mean(axis=0) - results[~same].mean(axis=0))
    return effects


# %% exercise="factorial" kind="mistake" name="averaged" says="the seeds are not averaged yet"
def factorial(train, parts, seeds):
    """One number for an effect."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])
    effects = {(name,): results[on[:, j]].mean() - results[~on[:, j]].mean() for j, name in enumerate(parts)}
    for i, j in itertools.combinations(range(len(parts)), 2):
        same = on[:, i] == on[:, j]
        effects[parts[i], parts[j]] = 2 * (results[same].mean() - results[~same].mean())
    return effects


# %% exercise="factorial" kind="mistake" name="trains-again" says="was trained more than once with the same seed"
def factorial(train, parts, seeds):
    """Trains for every effect anew."""

    def mean(**fixed):
        rest = [name for name in parts if name not in fixed]
        runs = [
            [train(dict(zip(rest, values, strict=True)) | fixed, seed) for seed in seeds]
            for values in itertools.product([False, True], repeat=len(rest))
        ]
        return np.mean(runs, axis=0)

    effects = {(name,): mean(**{name: True}) - mean(**{name: False}) for name in parts}
    for a, b in itertools.combinations(parts, 2):
        effects[a, b] = (mean(**{a: True, b: True}) - mean(**{a: False, b: True})) - (
            mean(**{a: True, b: False}) - mean(**{a: False, b: False})
        )
    return effects


# %% exercise="factorial" kind="mistake" name="text-keys" says="a key is a text"
def factorial(train, parts, seeds):
    """(name) is not a tuple."""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])
    effects = {name: results[on[:, j]].mean(axis=0) - results[~on[:, j]].mean(axis=0) for j, name in enumerate(parts)}
    for i, j in itertools.combinations(range(len(parts)), 2):
        same = on[:, i] == on[:, j]
        effects[parts[i], parts[j]] = 2 * (results[same].mean(axis=0) - results[~same].mean(axis=0))
    return effects


# %% exercise="factorial" kind="mistake" name="singles-only" says="not every combination of the parts was run"
def factorial(train, parts, seeds):
    """No part, each part, each pair: what the effects of one and two seem to need."""
    chosen = [s for size in (0, 1, 2) for s in itertools.combinations(parts, size)]
    y = {s: np.array([train({name: name in s for name in parts}, seed) for seed in seeds], dtype=float) for s in chosen}
    effects = {(name,): y[(name,)] - y[()] for name in parts}
    for a, b in itertools.combinations(parts, 2):
        effects[a, b] = y[a, b] - y[(a,)] - y[(b,)] + y[()]
    return effects


# %% exercise="factorial" kind="mistake" name="names-in-the-order-of-the-alphabet" says="the keys are not one for each part"
def factorial(train, parts, seeds):
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train(dict(zip(parts, row.tolist(), strict=True)), seed) for seed in seeds] for row in on])
    effects = {
        (name,): results[on[:, j]].mean(axis=0) - results[~on[:, j]].mean(axis=0) for j, name in enumerate(parts)
    }
    for i, j in itertools.combinations(range(len(parts)), 2):
        same = on[:, i] == on[:, j]
        effects[tuple(sorted((parts[i], parts[j])))] = 2 * (results[same].mean(axis=0) - results[~same].mean(axis=0))
    return effects


# %% exercise="factorial" kind="mistake" name="only-the-parts-that-are-on" says="does not hold each part by its name"
def factorial(train, parts, seeds):
    """passes only the parts that are on"""
    on = np.array(list(itertools.product([False, True], repeat=len(parts))))
    results = np.array([[train({p: True for p, v in zip(parts, row) if v}, seed) for seed in seeds] for row in on])
    effects = {
        (name,): results[on[:, j]].mean(axis=0) - results[~on[:, j]].mean(axis=0) for j, name in enumerate(parts)
    }
    for i, j in itertools.combinations(range(len(parts)), 2):
        same = on[:, i] == on[:, j]
        effects[parts[i], parts[j]] = 2 * (results[same].mean(axis=0) - results[~same].mean(axis=0))
    return effects


# %% exercise="factorial" kind="equivalent" mutant="- on = np.array(list(itertools.product([False, True], repeat=len(parts)))) | + on = np.array(list(itertools.product([True, False], repeat=len(parts))))" reason="the settings run in another order, which the card leaves open"


# %% exercise="read-the-dots" kind="alternative" name="computed"
reading = {"decay": "depends on shift"}
for net, before, after in (
    ("small", (), ("shift",)),
    ("wide", ("width",), ("width", "shift")),
):
    interval = stats.ttest_rel(accuracy[after], accuracy[before]).confidence_interval()
    sign = np.sign(interval.low) + np.sign(interval.high)
    reading[f"shift, {net} net"] = {2: "raises", 0: "not told apart", -2: "lowers"}[int(sign)]
reading["groups against shift"] = sum(
    bool(after < before) for before, after in zip(accuracy[()], accuracy[("shift",)], strict=True)
)


# %% exercise="read-the-dots" kind="alternative" name="a-float-count"
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


reading = {
    "groups against shift": 8 * np.mean(accuracy[("shift",)] - accuracy[()] < 0),
    "shift, small net": by_rule(("shift",), ()),
    "shift, wide net": by_rule(("width", "shift"), ("width",)),
    "decay": "depends on shift",
}


# %% exercise="read-the-dots" kind="mistake" name="the-mean-for-a-finding" says="shift, small net: "
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


mean = np.mean(accuracy[("shift",)] - accuracy[()])  # and where the interval does tell, too careful
reading = {
    "groups against shift": int((accuracy[("shift",)] < accuracy[()]).sum()),
    "shift, small net": ("raises" if mean > 0 else "lowers")
    if by_rule(("shift",), ()) == "not told apart"
    else "not told apart",
    "shift, wide net": by_rule(("width", "shift"), ("width",)),
    "decay": "depends on shift",
}


# %% exercise="read-the-dots" kind="mistake" name="never-sure" says="shift, wide net: the interval lies on one side"
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


reading = {
    "groups against shift": int((accuracy[("shift",)] < accuracy[()]).sum()),
    "shift, small net": by_rule(("shift",), ()),
    "shift, wide net": "not told apart",
    "decay": "depends on shift",
}


# %% exercise="read-the-dots" kind="mistake" name="sign" says="shift, wide net: the sign is turned round"
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


reading = {
    "groups against shift": int((accuracy[("shift",)] < accuracy[()]).sum()),
    "shift, small net": by_rule(("shift",), ()),
    "shift, wide net": "lowers",
    "decay": "depends on shift",
}


# %% exercise="read-the-dots" kind="mistake" name="decay-in-the-third-panel" says="does not raise the accuracy"
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


reading = {
    "groups against shift": int((accuracy[("shift",)] < accuracy[()]).sum()),
    "shift, small net": by_rule(("shift",), ()),
    "shift, wide net": by_rule(("width", "shift"), ("width",)),
    "decay": "use it",
}


# %% exercise="read-the-dots" kind="mistake" name="decay-in-the-fourth-panel" says="does not lower the accuracy"
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


reading = {
    "groups against shift": int((accuracy[("shift",)] < accuracy[()]).sum()),
    "shift, small net": by_rule(("shift",), ()),
    "shift, wide net": by_rule(("width", "shift"), ("width",)),
    "decay": "never use it",
}


# %% exercise="read-the-dots" kind="mistake" name="lines-of-all-panels" says="another number of falling lines"
def by_rule(after, before):
    """The card's rule, so that every other entry is right on any processor."""
    low, high = stats.ttest_1samp(accuracy[after] - accuracy[before], 0).confidence_interval()
    return "not told apart" if low <= 0 <= high else "raises" if low > 0 else "lowers"


ALL_PANELS = [  # the dashed lines of the whole picture
    ((), ("shift",)),
    (("width",), ("width", "shift")),
    (("width",), ("width", "decay")),
    (("width", "shift"), ("width", "shift", "decay")),
]
reading = {
    "groups against shift": sum(int((accuracy[after] < accuracy[before]).sum()) for before, after in ALL_PANELS),
    "shift, small net": by_rule(("shift",), ()),
    "shift, wide net": by_rule(("width", "shift"), ("width",)),
    "decay": "depends on shift",
}


# %% exercise="read-the-dots" kind="equivalent" mutant="- return 'raises' if low > 0 else 'lowers' if high < 0 else 'not told apart' | + return 'raises' if low >= 0 else 'lowers' if high < 0 else 'not told apart'" reason="no interval of the four panels begins or ends at exactly 0"


# %% exercise="read-the-dots" kind="equivalent" mutant="- return 'raises' if low > 0 else 'lowers' if high < 0 else 'not told apart' | + return 'raises' if low > 1 else 'lowers' if high < 0 else 'not told apart'" reason="no interval of the four panels begins or ends between 0 and 1"


# %% exercise="read-the-dots" kind="equivalent" mutant="- return 'raises' if low > 0 else 'lowers' if high < 0 else 'not told apart' | + return 'raises' if low > 0 else 'lowers' if high <= 0 else 'not told apart'" reason="no interval of the four panels begins or ends at exactly 0"


# %% exercise="read-the-dots" kind="equivalent" mutant="- return 'raises' if low > 0 else 'lowers' if high < 0 else 'not told apart' | + return 'raises' if low > 0 else 'lowers' if high < 1 else 'not told apart'" reason="no interval of the four panels begins or ends between 0 and 1"


# %% exercise="read-the-dots" kind="equivalent" mutant="- reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')} | + reading = {'groups against shift': int((accuracy['shift',] <= accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')}" reason="no seed has the same accuracy with and without, in the run of the table"


# %% exercise="read-the-dots" kind="equivalent" mutant="- reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')} | + reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by((), ('shift',)), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')}" reason="an interval that holds zero does so with either sign"


# %% exercise="read-the-dots" kind="equivalent" mutant="- reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')} | + reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'never use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')}" reason="decay does not do the same in both of its panels"


# %% exercise="read-the-dots" kind="equivalent" mutant="- reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'never use it'}.get(''.join(decay), 'depends on shift')} | + reading = {'groups against shift': int((accuracy['shift',] < accuracy[()]).sum()), 'shift, small net': told_by(('shift',), ()), 'shift, wide net': told_by(('width', 'shift'), ('width',)), 'decay': {'raises': 'use it', 'lowers': 'use it'}.get(''.join(decay), 'depends on shift')}" reason="decay does not do the same in both of its panels"


# %% exercise="redraw" kind="alternative" name="weights"
def redraw(a, b, over, draws=2000, seed=0):
    """How often each row and column comes, as multinomial weights."""
    if over not in {"seeds", "examples", "both"}:
        raise ValueError(over)
    d = np.array(a, dtype=float) - np.array(b, dtype=float)
    rng = np.random.default_rng(seed)
    weights = []
    for n, drawn in zip(d.shape, (over != "examples", over != "seeds"), strict=True):
        even = np.full(n, 1 / n)
        weights.append(rng.multinomial(n, even, size=draws) / n if drawn else np.tile(even, (draws, 1)))
    return np.einsum("ds,se,de->d", weights[0], d, weights[1], optimize=True)


# %% exercise="redraw" kind="alternative" name="two-means-list"
def redraw(a, b, over, draws=2000, seed=0):
    """Both tables drawn with the same indices, by np.ix_; a list."""
    a, b = np.asarray(a), np.asarray(b)
    rng = np.random.RandomState(seed)
    pick = {
        "seeds": lambda: (rng.choice(len(a), len(a)), range(a.shape[1])),
        "examples": lambda: (range(len(a)), rng.choice(a.shape[1], a.shape[1])),
        "both": lambda: (rng.choice(len(a), len(a)), rng.choice(a.shape[1], a.shape[1])),
    }
    if over not in pick:
        raise ValueError("seeds, examples or both")
    out = []
    for _ in range(draws):
        cells = np.ix_(*pick[over]())
        out.append(a[cells].mean() - b[cells].mean())
    return out


# %% exercise="redraw" kind="alternative" name="scipy-in-one-direction"
def redraw(a, b, over, draws=2000, seed=0):
    """scipy's bootstrap over one direction, a loop for both."""
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    if over == "both":
        rows = rng.integers(d.shape[0], size=(draws, d.shape[0]))
        columns = rng.integers(d.shape[1], size=(draws, d.shape[1]))
        return np.array([d[r][:, c].mean() for r, c in zip(rows, columns, strict=True)])
    if over in ("seeds", "examples"):
        means = d.mean(axis=1 if over == "seeds" else 0)
        done = stats.bootstrap((means,), np.mean, n_resamples=draws, method="percentile", rng=rng)
        return done.bootstrap_distribution
    raise ValueError(over)


# %% exercise="redraw" kind="mistake" name="apart" says="a and b are drawn apart"
def redraw(a, b, over, draws=2000, seed=0):
    """Each model has draws of its own."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    rng = np.random.default_rng(seed)

    def one(values):
        values = np.asarray(values, dtype=float)
        rows, columns = (np.arange(n) for n in values.shape)
        if over != "examples":
            rows = rng.choice(rows, len(rows))
        if over != "seeds":
            columns = rng.choice(columns, len(columns))
        return values[np.ix_(rows, columns)].mean()

    return np.array([one(a) - one(b) for _ in range(draws)])


# %% exercise="redraw" kind="mistake" name="examples-for-each-seed" says="every drawn seed got examples of its own"
def redraw(a, b, over, draws=2000, seed=0):
    """A two-stage bootstrap of nested data, as for pupils in schools."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    n_seeds, n_examples = d.shape
    out = []
    for _ in range(draws):
        rows = np.arange(n_seeds) if over == "examples" else rng.integers(n_seeds, size=n_seeds)
        if over == "both":
            out.append(np.mean([d[r, rng.integers(n_examples, size=n_examples)].mean() for r in rows]))
        else:
            columns = np.arange(n_examples) if over == "seeds" else rng.integers(n_examples, size=n_examples)
            out.append(d[np.ix_(rows, columns)].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="one-pot" says="single results are drawn out of one pot"
def redraw(a, b, over, draws=2000, seed=0):
    """For both: any cell of the table."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    pot = {"seeds": d.mean(axis=1), "examples": d.mean(axis=0), "both": d.ravel()}[over]
    return rng.choice(pot, size=(draws, len(pot))).mean(axis=1)


# %% exercise="redraw" kind="mistake" name="seeds-for-both" says="only seeds are drawn"
def redraw(a, b, over, draws=2000, seed=0):
    """The columns stay unless over is "examples"."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    means = d.mean(axis=0) if over == "examples" else d.mean(axis=1)
    return np.random.default_rng(seed).choice(means, size=(draws, len(means))).mean(axis=1)


# %% exercise="redraw" kind="mistake" name="examples-for-both" says="only examples are drawn"
def redraw(a, b, over, draws=2000, seed=0):
    """The seeds are averaged first, in any case but "seeds"."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    means = d.mean(axis=1) if over == "seeds" else d.mean(axis=0)
    return np.random.default_rng(seed).choice(means, size=(draws, len(means))).mean(axis=1)


# %% exercise="redraw" kind="mistake" name="transposed" says="rows and columns are mixed up"
def redraw(a, b, over, draws=2000, seed=0):
    """axis=0 is taken for the axis of the seeds to average over."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = (np.asarray(a, dtype=float) - np.asarray(b, dtype=float)).T
    rng = np.random.default_rng(seed)
    rows = rng.integers(d.shape[0], size=(draws, d.shape[0]))
    columns = rng.integers(d.shape[1], size=(draws, d.shape[1]))
    return np.array(
        [
            d[r if over != "examples" else slice(None)][:, c if over != "seeds" else slice(None)].mean()
            for r, c in zip(rows, columns, strict=True)
        ]
    )


# %% exercise="redraw" kind="mistake" name="always-both" says="rows and columns are both drawn where only one"
def redraw(a, b, over, draws=2000, seed=0):
    """`over` is checked, then forgotten."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        rows, columns = (rng.integers(n, size=n) for n in d.shape)
        out.append(d[np.ix_(rows, columns)].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="same-seed-in-the-loop" says="all draws are equal"
def redraw(a, b, over, draws=2000, seed=0):
    """The generator is made inside the loop."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    out = []
    for _ in range(draws):
        rng = np.random.default_rng(seed)
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="sign" says="the sign is turned round"
def redraw(a, b, over, draws=2000, seed=0):
    """b minus a."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(b, dtype=float) - np.asarray(a, dtype=float)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="seed-ignored" says="the argument `seed` is ignored"
def redraw(a, b, over, draws=2000, seed=0):
    """A fixed seed."""
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(0)
    out = []
    for _ in range(draws):
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="any-word" says="takes another word than the three"
def redraw(a, b, over, draws=2000, seed=0):
    """A word with a typing error means both."""
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="draws-ignored" says="the argument `draws` is ignored"
def redraw(a, b, over, draws=2000, seed=0):
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(2000):
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="no-default-seed" says="its default is 0"
def redraw(a, b, over, draws=2000, seed=None):
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="last-column-never" says="so that the two examples differ"
def redraw(a, b, over, draws=2000, seed=0):
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        rows = np.arange(len(d)) if over == "examples" else rng.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else rng.integers(0, max(d.shape[1] - 1, 1), size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="redraw" kind="mistake" name="two-generators-of-one-seed" says="rows and columns are not drawn independently"
def redraw(a, b, over, draws=2000, seed=0):
    if over not in ("seeds", "examples", "both"):
        raise ValueError(over)
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    r1, r2 = np.random.default_rng(seed), np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        rows = np.arange(len(d)) if over == "examples" else r1.integers(len(d), size=len(d))
        columns = np.arange(d.shape[1]) if over == "seeds" else r2.integers(d.shape[1], size=d.shape[1])
        out.append(d[rows][:, columns].mean())
    return np.array(out)


# %% exercise="sign-flips" kind="alternative" name="t-statistics"
def flip_pvalues(differences):
    """The |t| of each column, pattern by pattern, in loops; zeros and equal values by hand."""
    d = np.array(differences, dtype=float)
    n, k = d.shape

    def statistics(flipped):
        out = []
        for column in flipped.T:
            square = np.sum(column**2)
            r = abs(column.sum()) / np.sqrt(n * square) if square else 0.0
            out.append(np.sqrt((n - 1) or 1) * r / np.sqrt(1 - r**2) if r < 1 - 1e-12 else 1e12)
        return np.array(out)

    seen = statistics(d)
    counts = np.zeros(k)
    for pattern in itertools.product([1, -1], repeat=n):
        counts += statistics(d * np.array(pattern)[:, None]).max() >= seen * (1 - 1e-9) - 1e-12
    return counts / 2**n


# %% exercise="sign-flips" kind="alternative" name="half-of-the-patterns"
def flip_pvalues(differences):
    """A pattern and its opposite have the same statistics: half of them suffice. Bits of whole numbers."""
    d = np.asarray(differences, dtype=float)
    n = len(d)
    numbers = np.arange(2 ** (n - 1))
    signs = 1 - 2 * (numbers[:, None] >> np.arange(n) & 1)
    norm = np.linalg.norm(d, axis=0)
    norm[norm == 0] = np.inf
    statistic = np.abs(signs @ d) / norm
    largest = np.sort(statistic.max(axis=1))
    return [1 - np.searchsorted(largest, value - 1e-9, side="left") / len(largest) for value in statistic[0]]


# %% exercise="sign-flips" kind="mistake" name="no-maximum" says="the maximum over all columns is missing"
def flip_pvalues(differences):
    """Each column for itself."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return (statistic >= statistic[0] - 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="strictly-larger" says="at least as large includes equal"
def flip_pvalues(differences):
    """> instead of >=."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return (statistic.max(axis=1)[:, None] > statistic[0] + 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="raw-sums" says="a column with a large spread sets the maximum"
def flip_pvalues(differences):
    """No scale."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    statistic = np.abs(signs @ d)
    return (statistic.max(axis=1)[:, None] >= statistic[0] - 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="one-sided" says="only one direction counts"
def flip_pvalues(differences):
    """No absolute value."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = (signs @ d) / np.where(scale > 0, scale, 1)
    return (statistic.max(axis=1)[:, None] >= statistic[0] - 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="bonferroni" says="that is Bonferroni's remedy"
def flip_pvalues(differences):
    """Single p-values times k."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return np.minimum((statistic >= statistic[0] - 1e-9).mean(axis=0) * d.shape[1], 1)


# %% exercise="sign-flips" kind="mistake" name="plus-one" says="that is for patterns drawn at random"
def flip_pvalues(differences):
    """(count + 1) / (patterns + 1)."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return ((statistic.max(axis=1)[:, None] >= statistic[0] - 1e-9).sum(axis=0) + 1) / (len(signs) + 1)


# %% exercise="sign-flips" kind="mistake" name="drawn-patterns" says="draw none at random"
def flip_pvalues(differences):
    """Ten thousand random patterns."""
    d = np.asarray(differences, dtype=float)
    signs = np.random.default_rng(0).choice([-1, 1], size=(9_999, len(d)))
    scale = np.sqrt((d**2).sum(axis=0))
    scale = np.where(scale > 0, scale, 1)
    statistic = np.abs(signs @ d) / scale
    return (statistic.max(axis=1)[:, None] >= np.abs(d.sum(axis=0)) / scale - 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="division-by-zero" says="a column of zeros gives no number"
def flip_pvalues(differences):
    """0 / 0."""
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    with np.errstate(all="ignore"):
        statistic = np.abs(signs @ d) / np.sqrt((d**2).sum(axis=0))
    p = (np.nanmax(statistic, axis=1)[:, None] >= statistic[0] - 1e-9).mean(axis=0)
    return np.where(np.isnan(statistic[0]), np.nan, p)


# %% exercise="sign-flips" kind="mistake" name="signs-for-each-column" says="copies of one column ask one question"
def flip_pvalues(differences):
    """The patterns are shuffled anew for each column: the columns are taken for independent."""
    d = np.asarray(differences, dtype=float)
    rng = np.random.default_rng(0)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    scale = np.where(scale > 0, scale, 1)
    statistic = np.column_stack([np.abs(rng.permutation(signs) @ column) for column in d.T]) / scale
    return (statistic.max(axis=1)[:, None] >= np.abs(d.sum(axis=0)) / scale - 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="step-down" says="that is the step-down method"
def flip_pvalues(differences):
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    order = np.argsort(-statistic[0])
    p, floor = np.empty(d.shape[1]), 0.0
    for i, j in enumerate(order):
        floor = max(floor, (statistic[:, order[i:]].max(axis=1) >= statistic[0, j] - 1e-9).mean())
        p[j] = floor
    return p


# %% exercise="sign-flips" kind="mistake" name="holm" says="the single p-values are adjusted by Holm"
def flip_pvalues(differences):
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return multipletests((statistic >= statistic[0] - 1e-9).mean(axis=0), method="holm")[1]


# %% exercise="sign-flips" kind="mistake" name="no-slack" says="sums that are equal may differ in the last bit"
def flip_pvalues(differences):
    d = np.asarray(differences, dtype=float)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return (statistic.max(axis=1)[:, None] >= statistic[0]).mean(axis=0)


# %% exercise="sign-flips" kind="mistake" name="nothing-for-one-seed" says="one seed gives no number"
def flip_pvalues(differences):
    """standard deviation with n - 1: nothing for one seed"""
    d = np.asarray(differences, dtype=float)
    if len(d) < 2:
        return np.full(d.shape[1], np.nan)
    signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
    scale = np.sqrt((d**2).sum(axis=0))
    statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1)
    return (statistic.max(axis=1)[:, None] >= statistic[0] - 1e-9).mean(axis=0)


# %% exercise="sign-flips" kind="equivalent" mutant="- signs = np.array(list(itertools.product([1, -1], repeat=len(d)))) | + signs = np.array(list(itertools.product([-1, 1], repeat=len(d))))" reason="the first pattern then turns all signs, and the absolute sums are those observed"


# %% exercise="sign-flips" kind="equivalent" mutant="- scale = np.sqrt((d ** 2).sum(axis=0)) | + scale = np.sqrt((d ** 2).mean(axis=0))" reason="every statistic is larger by the root of n, the observed ones too"


# %% exercise="sign-flips" kind="equivalent" mutant="- statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 1) | + statistic = np.abs(signs @ d) / np.where(scale > 0, scale, 2)" reason="a column of zeros has the sum 0, whatever divides it"


# %% exercise="sign-flips" kind="equivalent" mutant="- return (largest[:, None] >= statistic[0] - 1e-09).mean(axis=0) | + return (largest[:, None] > statistic[0] - 1e-09).mean(axis=0)" reason="no statistic falls short by exactly 1e-9"


# %% exercise="sign-flips" kind="equivalent" mutant="- return (largest[:, None] >= statistic[0] - 1e-09).mean(axis=0) | + return (largest[:, None] >= statistic[0] - 2e-09).mean(axis=0)" reason="another small allowance for rounding"


# %% exercise="seeds-needed" kind="alternative" name="statsmodels"
def power_of(effect, sd, n, alpha=0.05):
    return TTestPower().power(abs(effect / sd), nobs=n, alpha=alpha)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if not effect:
        raise ValueError("an effect of zero")
    return next(n for n in range(2, 1000) if power_of(effect, sd, n, alpha) >= power)


# %% exercise="seeds-needed" kind="alternative" name="noncentral-F-and-bisection"
def power_of(effect, sd, n, alpha=0.05):
    """t squared is F with 1 and n - 1 degrees of freedom."""
    limit = stats.f.isf(alpha, 1, n - 1)
    return stats.ncf.sf(limit, 1, n - 1, n * (effect / sd) ** 2)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    """Power grows with n: bisection."""
    if effect == 0:
        raise ValueError("effect is 0")
    short, enough = 1, 512
    while enough - short > 1:
        middle = (short + enough) // 2
        if power_of(effect, sd, middle, alpha) >= power:
            enough = middle
        else:
            short = middle
    return enough


# %% exercise="seeds-needed" kind="mistake" name="normal" says="the normal distribution is used"
def power_of(effect, sd, n, alpha=0.05):
    z, d = stats.norm.ppf(1 - alpha / 2), np.sqrt(n) * abs(effect) / sd
    return stats.norm.sf(z - d) + stats.norm.cdf(-z - d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="normal-limit" says="the limit is the normal one"
def power_of(effect, sd, n, alpha=0.05):
    z, d = stats.norm.ppf(1 - alpha / 2), np.sqrt(n) * abs(effect) / sd
    return stats.nct.sf(z, n - 1, d) + stats.nct.cdf(-z, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="one-sided" says="the test is one-sided"
def power_of(effect, sd, n, alpha=0.05):
    return stats.nct.sf(stats.t.ppf(1 - alpha, n - 1), n - 1, np.sqrt(n) * abs(effect) / sd)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="moved-t" says="the noncentral t is not the central one, moved"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd
    return stats.t.sf(limit - d, n - 1) + stats.t.cdf(-limit - d, n - 1)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="two-groups" says="this is the power of two unpaired groups"
def power_of(effect, sd, n, alpha=0.05):
    free, d = 2 * n - 2, abs(effect) / sd / np.sqrt(2 / n)
    limit = stats.t.ppf(1 - alpha / 2, free)
    return stats.nct.sf(limit, free, d) + stats.nct.cdf(-limit, free, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="right-tail" says="only the right tail counts"
def power_of(effect, sd, n, alpha=0.05):
    limit = stats.t.ppf(1 - alpha / 2, n - 1)
    return stats.nct.sf(limit, n - 1, np.sqrt(n) * effect / sd)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    return next((n for n in range(2, 500) if power_of(effect, sd, n, alpha) >= power), 500)


# %% exercise="seeds-needed" kind="mistake" name="variance" says="the effect is divided by the variance"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd**2
    return stats.nct.sf(limit, n - 1, d) + stats.nct.cdf(-limit, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="one-too-few" says="one seed too few"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd
    return stats.nct.sf(limit, n - 1, d) + stats.nct.cdf(-limit, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    """Counts on while the next number falls short."""
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n + 1, alpha) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="one-too-many" says="one seed too many"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd
    return stats.nct.sf(limit, n - 1, d) + stats.nct.cdf(-limit, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    """One for safety."""
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < power:
        n += 1
    return n + 1


# %% exercise="seeds-needed" kind="mistake" name="zero-effect" says="an effect of 0 does not raise ValueError"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd
    return stats.nct.sf(limit, n - 1, d) + stats.nct.cdf(-limit, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    """Gives up at 500."""
    return next((n for n in range(2, 500) if power_of(effect, sd, n, alpha) >= power), 500)


# %% exercise="seeds-needed" kind="mistake" name="alpha-forgotten" says="forgets its argument `alpha`"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd
    return stats.nct.sf(limit, n - 1, d) + stats.nct.cdf(-limit, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n) < power:
        n += 1
    return n


# %% exercise="seeds-needed" kind="mistake" name="power-forgotten" says="forgets its argument `power`"
def power_of(effect, sd, n, alpha=0.05):
    limit, d = stats.t.ppf(1 - alpha / 2, n - 1), np.sqrt(n) * abs(effect) / sd
    return stats.nct.sf(limit, n - 1, d) + stats.nct.cdf(-limit, n - 1, d)


def seeds_needed(effect, sd, power=0.8, alpha=0.05):
    if effect == 0:
        raise ValueError(effect)
    n = 2
    while power_of(effect, sd, n, alpha) < 0.8:
        n += 1
    return n


# %% exercise="seeds-needed" kind="equivalent" mutant="- while power_of(effect, sd, n, alpha) < power: | + while power_of(effect, sd, n, alpha) <= power:" reason="no power is exactly the one asked for"


# %% exercise="repaired-experiment" kind="alternative" name="keeps-the-best-model"
def repaired_experiment(X, y, models, seeds, epochs):
    """A copy of the best model forecasts test once, at the end; rows by a mask, models in the outer loop."""
    X, y = np.asarray(X), np.asarray(y)
    n, report = len(y), {}
    for name in models:
        accuracies = np.zeros(len(seeds))
        for i, seed in enumerate(seeds):
            place = np.argsort(np.random.default_rng(seed).permutation(n))
            learns = place < n * 6 // 10
            judges = ~learns & (place < n * 8 // 10)
            rest = ~learns & ~judges
            mean, deviation = np.mean(X[learns], axis=0), np.std(X[learns], axis=0)
            model, kept, top = models[name](seed), None, -np.inf
            for _ in range(epochs):
                model.fit_epoch((X[learns] - mean) / deviation, y[learns])
                accuracy = (model.predict((X[judges] - mean) / deviation) == y[judges]).sum()
                if accuracy > top:
                    top, kept = accuracy, copy.deepcopy(model)
            accuracies[i] = (kept.predict((X[rest] - mean) / deviation) == y[rest]).mean()
        report[name] = accuracies
    return report


# %% exercise="repaired-experiment" kind="alternative" name="sklearn-scaler-and-argmax"
def repaired_experiment(X, y, models, seeds, epochs):
    """All epochs are recorded, argmax picks the first best one."""
    from sklearn.preprocessing import StandardScaler

    def run(make, seed):
        order = np.random.default_rng(seed).permutation(len(X))
        borders = len(X) * 6 // 10, len(X) * 8 // 10
        train, valid, test = order[: borders[0]], order[borders[0] : borders[1]], order[borders[1] :]
        scale = StandardScaler().fit(X[train]).transform
        model = make(seed)
        history = []
        for _ in range(epochs):
            model.fit_epoch(scale(X[train]), y[train])
            history.append([np.mean(model.predict(scale(X[rows])) == y[rows]) for rows in (valid, test)])
        history = np.array(history)
        return history[history[:, 0].argmax(), 1]

    return {name: [run(make, seed) for seed in seeds] for name, make in models.items()}


# %% exercise="repaired-experiment" kind="mistake" name="test-chooses" says="the test rows chose the epoch"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, _valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model, best = make(seed), 0.0
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                best = max(best, np.mean(model.predict(Z[test]) == y[test]))
            report[name].append(best)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="last-epoch" says="the last epoch is reported"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, _valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model = make(seed)
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
            report[name].append(np.mean(model.predict(Z[test]) == y[test]))
    return report


# %% exercise="repaired-experiment" kind="mistake" name="last-of-equals" says="the last epoch was taken: the first one is asked"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score >= best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="reports-validation" says="the validation accuracy is reported"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, _test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model, best = make(seed), 0.0
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                best = max(best, np.mean(model.predict(Z[valid]) == y[valid]))
            report[name].append(best)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="scaled-by-all" says="the columns are scaled by all rows"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="pandas-std" says="the standard deviation is over n − 1"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        learned = pd.DataFrame(X[train])
        Z = ((pd.DataFrame(X) - learned.mean()) / learned.std()).to_numpy()
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="baseline-half" says="did not get the same number of epochs"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs // 2 if name == "baseline" else epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="baseline-seed-0" says="not every model was made with each of the seeds"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model, best, reported = make(0 if name == "baseline" else seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="split-for-each-model" says="learned from different rows"
def repaired_experiment(X, y, models, seeds, epochs):
    """One generator goes round: the second model gets the next permutation."""
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for name, make in models.items():
            train, valid, test = np.split(rng.permutation(n), [n * 6 // 10, n * 8 // 10])
            Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="best-seed" says="the luckiest seed is reported"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return {name: [max(values)] * len(seeds) for name, values in report.items()}


# %% exercise="repaired-experiment" kind="mistake" name="one-split" says="every run has the split of seed 0"
def repaired_experiment(X, y, models, seeds, epochs):
    """The split is made once, before the loop over the seeds."""
    report = {name: [] for name in models}
    n = len(X)
    train, valid, test = np.split(np.random.default_rng(0).permutation(n), [n * 6 // 10, n * 8 // 10])
    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
    for seed in seeds:
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="one-model" says="a model goes on training in the next run"
def repaired_experiment(X, y, models, seeds, epochs):
    """The models are made once and go on learning."""
    report = {name: [] for name in models}
    n = len(X)
    made = {name: make(seeds[0]) for name, make in models.items()}
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
        for name, model in made.items():
            best, reported = -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="mistake" name="each-part-scaled-by-itself" says="each part of the rows is scaled by itself"
def repaired_experiment(X, y, models, seeds, epochs):
    report = {name: [] for name in models}
    n = len(X)
    for seed in seeds:
        train, valid, test = np.split(np.random.default_rng(seed).permutation(n), [n * 6 // 10, n * 8 // 10])
        Z = np.empty(X.shape)
        for part in (train, valid, test):
            Z[part] = (X[part] - X[part].mean(axis=0)) / X[part].std(axis=0)
        for name, make in models.items():
            model, best, reported = make(seed), -1.0, None
            for _ in range(epochs):
                model.fit_epoch(Z[train], y[train])
                score = np.mean(model.predict(Z[valid]) == y[valid])
                if score > best:
                    best, reported = score, np.mean(model.predict(Z[test]) == y[test])
            report[name].append(reported)
    return report


# %% exercise="repaired-experiment" kind="equivalent" mutant="- best, reported = (-1.0, None) | + best, reported = (-2.0, None)" reason="any start below 0 is lower than every accuracy"


# %% exercise="repaired-experiment" kind="equivalent" mutant="- score = np.mean(model.predict(Z[valid]) == y[valid]) | + score = np.sum(model.predict(Z[valid]) == y[valid])" reason="the number of right answers orders the epochs as their share does"


# %% exercise="grim" kind="alternative" name="all-counts"
def grim(percent, n, runs=1):
    """Every k, in whole numbers."""
    whole, _, digits = percent.partition(".")
    unit, total = 10 ** len(digits), n * runs
    printed = int(whole + digits)
    return any(abs(100 * unit * k - printed * total) * 2 <= total for k in range(total + 1))


# %% exercise="grim" kind="alternative" name="decimal-interval"
def grim(percent, n, runs=1):
    """The smallest k at or above the lower end must lie at or below the upper end."""
    from decimal import Decimal

    value = Decimal(percent)
    half = Decimal((0, (5,), value.as_tuple().exponent - 1))
    low, high = (Fraction(value - half) * n * runs / 100, Fraction(value + half) * n * runs / 100)
    k = max(-(-low.numerator // low.denominator), 0)
    return k <= min(high, n * runs)


# %% exercise="grim" kind="mistake" name="zeros-lost" says="zeros at the end are forgotten"
def grim(percent, n, runs=1):
    """Reads a float first."""
    text = f"{float(percent):g}"
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return any(abs(Fraction(100 * k, n * runs) - Fraction(text)) <= half for k in range(n * runs + 1))


# %% exercise="grim" kind="mistake" name="runs-forgotten" says="the runs are forgotten"
def grim(percent, n, runs=1):
    """k of n, whatever the runs."""
    half = Fraction(1, 2 * 10 ** len(percent.partition(".")[2]))
    return any(abs(Fraction(100 * k, n) - Fraction(percent)) <= half for k in range(n + 1))


# %% exercise="grim" kind="mistake" name="count-below" says="only the whole number next below or above is tried"
def grim(percent, n, runs=1):
    """int() cuts off."""
    half = Fraction(1, 2 * 10 ** len(percent.partition(".")[2]))
    k = int(Fraction(percent) * n * runs / 100)
    return 0 <= k <= n * runs and abs(Fraction(100 * k, n * runs) - Fraction(percent)) <= half


# %% exercise="grim" kind="mistake" name="whole-unit" says="a whole unit is allowed"
def grim(percent, n, runs=1):
    """One unit of the last digit."""
    unit = Fraction(1, 10 ** len(percent.partition(".")[2]))
    return any(abs(Fraction(100 * k, n * runs) - Fraction(percent)) < unit for k in range(n * runs + 1))


# %% exercise="grim" kind="mistake" name="python-rounds" says="a half-way value is rounded one way only"
def grim(percent, n, runs=1):
    """round() takes the even digit, where it is not confused by floats."""
    digits = len(percent.partition(".")[2])
    return any(f"{round(100 * k / (n * runs), digits):.{digits}f}" == percent for k in range(n * runs + 1))


# %% exercise="grim" kind="mistake" name="any-count" says="more right answers than examples pass"
def grim(percent, n, runs=1):
    """The nearest k, however large."""
    half = Fraction(1, 2 * 10 ** len(percent.partition(".")[2]))
    k = round(Fraction(percent) * n * runs / 100)
    return any(abs(Fraction(100 * j, n * runs) - Fraction(percent)) <= half for j in (k - 1, k, k + 1) if j >= 0)


# %% exercise="grim" kind="mistake" name="shares" says="a possible accuracy is refused"
def grim(percent, n, runs=1):
    """k / n is taken for a percentage."""
    half = Fraction(1, 2 * 10 ** len(percent.partition(".")[2]))
    return any(abs(Fraction(k, n * runs) - Fraction(percent)) <= half for k in range(n * runs + 1))


# %% exercise="grim" kind="mistake" name="always" says="an impossible accuracy passes"
def grim(percent, n, runs=1):
    """Anything between 0 and 100."""
    return 0 <= float(percent) <= 100


# %% exercise="grim" kind="mistake" name="floats" says="floats stumble over a half-way case"
def grim(percent, n, runs=1):
    half = 0.5 * 10 ** -len(percent.partition(".")[2])
    return any(abs(100 * k / (n * runs) - float(percent)) <= half for k in range(n * runs + 1))


# %% exercise="five-tables" kind="alternative" name="lower-case"
flaws = dict(enumerate("cbgdf", start=1))

# %% exercise="five-tables" kind="alternative" name="text-keys"
flaws = {str(number): letter for number, letter in zip([5, 4, 3, 2, 1], "FDGBC", strict=True)}

# %% exercise="five-tables" kind="mistake" name="budgets" says="every table gives the number of settings tried"
flaws = {1: "C", 2: "A", 3: "G", 4: "D", 5: "F"}

# %% exercise="five-tables" kind="mistake" name="test-chose" says="to say that test chose the epoch, one must see epochs"
flaws = {1: "B", 2: "H", 3: "G", 4: "D", 5: "F"}

# %% exercise="five-tables" kind="mistake" name="best-seed" says="does not set a maximum beside a mean"
flaws = {1: "C", 2: "B", 3: "G", 4: "D", 5: "C"}

# %% exercise="five-tables" kind="mistake" name="impossible" says="this figure can be"
flaws = {1: "C", 2: "B", 3: "D", 4: "G", 5: "F"}

# %% exercise="five-tables" kind="mistake" name="twins" says="no two columns of this table are equal"
flaws = {1: "C", 2: "B", 3: "G", 4: "E", 5: "F"}

# %% exercise="five-tables" kind="mistake" name="intervals" says="this table claims no interval"
flaws = {1: "C", 2: "B", 3: "G", 4: "F", 5: "C"}

# %% exercise="five-tables" kind="mistake" name="left-out" says="both nets of this table were scored on the same number"
flaws = {1: "C", 2: "B", 3: "G", 4: "D", 5: "G"}

# %% exercise="five-tables" kind="mistake" name="validation" says="this figure is no validation accuracy"
flaws = {1: "C", 2: "H", 3: "G", 4: "D", 5: "F"}
