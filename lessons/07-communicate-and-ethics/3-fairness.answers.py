# %% [markdown]
# Answers to `3-fairness.py`: never released.


# %% exercise="group-report" kind="alternative" name="pandas-statsmodels"
def group_report(works, invited, group):
    """pandas counts, statsmodels draws the intervals; rows of a frame."""
    frame = pd.DataFrame({"w": np.asarray(works), "i": np.asarray(invited), "g": np.asarray(group)})
    report = {}
    for name, part in frame.groupby("g"):
        subsets = {
            "selection": part["i"],
            "tpr": part["i"][part["w"]],
            "fpr": part["i"][~part["w"]],
            "ppv": part["w"][part["i"]],
        }
        row = {"people": len(part)}
        for key, values in subsets.items():
            if values.empty:
                row[key] = [float("nan")] * 3
            else:
                row[key] = [values.mean(), *proportion_confint(values.sum(), len(values), method="wilson")]
        report[name] = row
    return pd.DataFrame(report).T


# %% exercise="group-report" kind="alternative" name="confusion-matrix"
def group_report(works, invited, group):
    """A confusion matrix for each group; the interval as the two roots of a quadratic."""

    def entry(k, n):
        if not n:
            return np.full(3, np.nan)
        z2, share = stats.norm.ppf(0.975) ** 2, k / n
        roots = np.roots([1 + z2 / n, -(2 * share + z2 / n), share**2])
        return np.array([share, *np.sort(roots.real)])

    out = {}
    for name in set(group.tolist()):
        tn, fp, fn, tp = confusion_matrix(works[group == name], invited[group == name], labels=[False, True]).ravel()
        out[name] = dict(people=int(tn + fp + fn + tp), selection=entry(tp + fp, tn + fp + fn + tp), tpr=entry(tp, tp + fn),
                         fpr=entry(fp, fp + tn), ppv=entry(tp, tp + fp))  # fmt: skip
    return out


# %% exercise="group-report" kind="alternative" name="scipy-loops"
def group_report(works, invited, group):
    """Counting one by one; scipy's binomtest knows Wilson's interval; a key more."""
    counts = {}
    for w, i, g in zip(list(works), list(invited), list(group), strict=True):
        counts.setdefault(g, {(a, b): 0 for a in (True, False) for b in (True, False)})[bool(w), bool(i)] += 1
    out = {}
    for g, c in counts.items():
        pairs = {
            "selection": (c[True, True] + c[False, True], sum(c.values())),
            "tpr": (c[True, True], c[True, True] + c[True, False]),
            "fpr": (c[False, True], c[False, True] + c[False, False]),
            "ppv": (c[True, True], c[True, True] + c[False, True]),
            "base rate": (c[True, True] + c[True, False], sum(c.values())),
        }
        out[g] = {"people": np.int64(sum(c.values()))}
        for key, (k, n) in pairs.items():
            if n == 0:
                out[g][key] = (np.nan, np.nan, np.nan)
                continue
            ends = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
            out[g][key] = (k / n, ends.low, ends.high)
    return out


# %% exercise="group-report" kind="alternative" name="rounded-z"
def group_report(works, invited, group):
    """z = 1.96, as the text says, and keys as numpy has them."""
    out = {}
    for name in np.unique(group):
        w, i = works[group == name], invited[group == name]
        out[name] = {"people": (group == name).sum()}
        for key, hit in (("selection", i), ("tpr", i[w]), ("fpr", i[~w]), ("ppv", w[i])):
            k, n, z = sum(hit), len(hit), 1.96
            if n == 0:
                out[name][key] = (np.nan,) * 3
                continue
            middle, half = (k + z * z / 2) / (n + z * z), z / (n + z * z) * (k * (n - k) / n + z * z / 4) ** 0.5
            out[name][key] = (k / n, middle - half, middle + half)
    return out


# %% exercise="group-report" kind="mistake" name="none-for-unknown" says="an entry is None"
def group_report(works, invited, group):
    """None instead of three times nan."""
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        report[name] = {"people": len(w)}
        for key, values in {"selection": i, "tpr": i[w], "fpr": i[~w], "ppv": w[i]}.items():
            k, n = values.sum(), len(values)
            report[name][key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else None
    return report


# %% exercise="group-report" kind="mistake" name="zero-division" says="division by zero"
def group_report(works, invited, group):
    """Plain Python numbers, and nothing said of 0."""
    z = 1.96
    report = {}
    for name in set(group.tolist()):
        w, i = works[group == name], invited[group == name]
        report[name] = {"people": len(w)}
        for key, values in {"selection": i, "tpr": i[w], "fpr": i[~w], "ppv": w[i]}.items():
            k, n = int(values.sum()), len(values)
            middle, half = (k + z**2 / 2) / (n + z**2), z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
            report[name][key] = (k / n, middle - half, middle + half)
    return report


# %% exercise="group-report" kind="mistake" name="wald" says="which is certain of 0 of 5"
def group_report(works, invited, group):
    """The interval everybody knows."""

    def rate(k, n):
        if n == 0:
            return np.nan, np.nan, np.nan
        half = stats.norm.ppf(0.975) * np.sqrt(k / n * (1 - k / n) / n)
        return k / n, k / n - half, k / n + half

    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        report[name] = {"people": len(w), "selection": rate(i.sum(), len(i)), "tpr": rate((i & w).sum(), w.sum()),
                        "fpr": rate((i & ~w).sum(), (~w).sum()), "ppv": rate((i & w).sum(), i.sum())}  # fmt: skip
    return report


# %% exercise="group-report" kind="mistake" name="ninety-percent" says="covers 90 %"
def group_report(works, invited, group):
    """All of 5 % on each side."""
    z = stats.norm.ppf(0.95)

    def rate(k, n):
        if n == 0:
            return np.nan, np.nan, np.nan
        middle = (k + z**2 / 2) / (n + z**2)
        half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
        return k / n, middle - half, middle + half

    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        report[name] = {"people": len(w), "selection": rate(i.sum(), len(i)), "tpr": rate((i & w).sum(), w.sum()),
                        "fpr": rate((i & ~w).sum(), (~w).sum()), "ppv": rate((i & w).sum(), i.sum())}  # fmt: skip
    return report


# %% exercise="group-report" kind="mistake" name="n-of-the-group" says="takes the number of people in the group for n"
def group_report(works, invited, group):
    """Each interval with the size of the group."""
    z = stats.norm.ppf(0.975)
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        n = len(w)

        def rate(values, n=n):
            if len(values) == 0:
                return np.nan, np.nan, np.nan
            p = values.mean()
            middle = (p + z**2 / 2 / n) / (1 + z**2 / n)
            half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)
            return p, middle - half, middle + half

        report[name] = {"people": n, "selection": rate(i), "tpr": rate(i[w]), "fpr": rate(i[~w]), "ppv": rate(w[i])}
    return report


# %% exercise="group-report" kind="mistake" name="tpr-is-ppv" says="TPR and PPV are mixed up"
def group_report(works, invited, group):
    """The two shares of hits exchanged."""
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        row = {"people": len(w)}
        for key, values in {"selection": i, "tpr": w[i], "fpr": i[~w], "ppv": i[w]}.items():
            k, n = values.sum(), len(values)
            row[key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else (np.nan, np.nan, np.nan)
        report[name] = row
    return report


# %% exercise="group-report" kind="mistake" name="fpr-of-everybody" says="the false positives are divided by everybody"
def group_report(works, invited, group):
    """FPR as a share of the group."""
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        row = {"people": len(w)}
        for key, values in {"selection": i, "tpr": i[w], "fpr": i & ~w, "ppv": w[i]}.items():
            k, n = values.sum(), len(values)
            row[key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else (np.nan, np.nan, np.nan)
        report[name] = row
    return report


# %% exercise="group-report" kind="mistake" name="fpr-of-the-invited" says="that is 1 - PPV"
def group_report(works, invited, group):
    """FPR as a share of the invited."""
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        row = {"people": len(w)}
        for key, values in {"selection": i, "tpr": i[w], "fpr": ~w[i], "ppv": w[i]}.items():
            k, n = values.sum(), len(values)
            row[key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else (np.nan, np.nan, np.nan)
        report[name] = row
    return report


# %% exercise="group-report" kind="mistake" name="small-groups-dropped" says="a group is missing from the report"
def group_report(works, invited, group):
    """Leaves out what it thinks is noise."""
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        if len(w) < 10 and len(np.unique(group)) > 1:
            continue
        row = {"people": len(w)}
        for key, values in {"selection": i, "tpr": i[w], "fpr": i[~w], "ppv": w[i]}.items():
            k, n = values.sum(), len(values)
            row[key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else (np.nan, np.nan, np.nan)
        report[name] = row
    return report


# %% exercise="group-report" kind="mistake" name="zero-for-unknown" says="nobody is in the denominator"
def group_report(works, invited, group):
    """0 where nothing is known."""
    report = {}
    for name in np.unique(group).tolist():
        w, i = works[group == name], invited[group == name]
        row = {"people": len(w)}
        for key, values in {"selection": i, "tpr": i[w], "fpr": i[~w], "ppv": w[i]}.items():
            k, n = values.sum(), len(values)
            row[key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else (0.0, 0.0, 0.0)
        report[name] = row
    return report


# %% exercise="group-report" kind="mistake" name="everybody-in-each-group" says="the rate of all people together"
def group_report(works, invited, group):
    """Forgets to select the group but for its size."""
    report = {}
    for name in np.unique(group).tolist():
        row = {"people": int((group == name).sum())}
        for key, values in {
            "selection": invited,
            "tpr": invited[works],
            "fpr": invited[~works],
            "ppv": works[invited],
        }.items():
            k, n = values.sum(), len(values)
            row[key] = (k / n, *proportion_confint(k, n, method="wilson")) if n else (np.nan, np.nan, np.nan)
        report[name] = row
    return report


# %% exercise="repaired-audit" kind="alternative" name="numpy-masks"
def repaired_audit(table, by, places):
    """Masks and a dict of dicts."""
    inside = (table["AGEP"] >= 16) & (table["AGEP"] <= 64) & (table["RELP"] != 16) & (table["MIL"] != 1)
    table = table[inside]
    score, works, group = (table[c].to_numpy() for c in ("score", "works", by))
    invited = score >= np.quantile(score, 1 - places)
    out = {}
    for name in pd.unique(table[by]):
        w, i = works[group == name], invited[group == name]
        out[name] = {
            "people": len(w),
            "selection": i.mean(),
            "tpr": i[w].mean() if w.any() else np.nan,
            "fpr": i[~w].mean() if (~w).any() else np.nan,
            "ppv": w[i].mean() if i.any() else np.nan,
        }
    return out


# %% exercise="repaired-audit" kind="alternative" name="with-the-report"
def repaired_audit(table, by, places):
    """The report of exercise 1, without its intervals."""
    inside = clients(table)
    invited = inside["score"].to_numpy() >= np.quantile(inside["score"].to_numpy(), 1 - places)
    report = group_report(inside["works"].to_numpy(), invited, inside[by].to_numpy(dtype=str))
    rows = {name: {k: v if k == "people" else v[0] for k, v in row.items()} for name, row in report.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


# %% exercise="repaired-audit" kind="alternative" name="means-of-subsets"
def repaired_audit(table, by, places):
    """Means over subsets, joined; the group stays a column, the worst first."""
    table = clients(table).assign(invited=lambda t: t["score"] >= t["score"].quantile(1 - places))
    parts = {
        "people": table.groupby(by).size(),
        "selection": table.groupby(by)["invited"].mean(),
        "tpr": table[table["works"]].groupby(by)["invited"].mean(),
        "fpr": table[~table["works"]].groupby(by)["invited"].mean(),
        "ppv": table[table["invited"]].groupby(by)["works"].mean(),
    }
    out = pd.concat(parts, axis=1).sort_values("tpr")
    out.index.name = by
    return out.reset_index()


# %% exercise="repaired-audit" kind="mistake" name="children-and-all" says="everybody is audited"
def repaired_audit(table, by, places):
    """Repairs three of the four."""
    table = table.copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="cutoff-of-everybody" says="the cutoff is taken from everybody"
def repaired_audit(table, by, places):
    """Selects the clients too late."""
    limit = np.quantile(table["score"], 1 - places)
    table = clients(table).copy()
    table["invited"] = table["score"] >= limit
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="only-children" says="only the children are left out"
def repaired_audit(table, by, places):
    """Thinks of the children alone."""
    table = table[table["AGEP"] >= 16].copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="rates-of-everybody" says="but the rates count everybody"
def repaired_audit(table, by, places):
    """The clients give the cutoff, and are forgotten."""
    table = table.assign(invited=table["score"] >= np.quantile(clients(table)["score"], 1 - places))
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="mean-of-years" says="rates of single years are averaged"
def repaired_audit(table, by, places):
    """Aggregates before it should."""
    table = clients(table).copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(["year", by]).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    rates = pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                          "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip
    return rates.groupby(level=by).mean().assign(people=c["people"].groupby(level=by).sum())


# %% exercise="repaired-audit" kind="mistake" name="cutoff-of-each-year" says="each year has a cutoff of its own"
def repaired_audit(table, by, places):
    """A quantile in each year."""
    table = clients(table).copy()
    table["invited"] = table["score"] >= table.groupby("year")["score"].transform(lambda s: np.quantile(s, 1 - places))
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="fpr-of-the-group" says="the false positives are divided by the whole group"
def repaired_audit(table, by, places):
    """Overlooks the denominator."""
    table = clients(table).copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / c["people"], "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="fpr-of-the-invited" says="the false positives are divided by the invited"
def repaired_audit(table, by, places):
    """Takes another wrong denominator."""
    table = clients(table).copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / c["invited"], "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="small-groups-gone" says="small groups are gone"
def repaired_audit(table, by, places):
    """Keeps the line with 100."""
    table = clients(table).copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    c = c[c["people"] >= 100]
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="zero-for-unknown" says="where nobody is in the denominator"
def repaired_audit(table, by, places):
    """0 where nothing is known."""
    table = clients(table).copy()
    table["invited"] = table["score"] >= np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]}).fillna(0)  # fmt: skip


# %% exercise="repaired-audit" kind="mistake" name="above-the-cutoff" says="whoever stands exactly at the cutoff"
def repaired_audit(table, by, places):
    """Greater than, without equal."""
    table = clients(table).copy()
    table["invited"] = table["score"] > np.quantile(table["score"], 1 - places)
    table["hit"] = table["invited"] & table["works"]
    c = table.groupby(by).agg(
        people=("works", "size"), work=("works", "sum"), invited=("invited", "sum"), hits=("hit", "sum")
    )
    return pd.DataFrame({"people": c["people"], "selection": c["invited"] / c["people"], "tpr": c["hits"] / c["work"],
                         "fpr": (c["invited"] - c["hits"]) / (c["people"] - c["work"]), "ppv": c["hits"] / c["invited"]})  # fmt: skip


# %% exercise="forced" kind="alternative" name="odds"
def forced_ppv(base_rate, tpr, fpr):
    """Bayes in odds: prior odds times likelihood ratio."""
    with np.errstate(all="ignore"):
        p, tpr, fpr = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (base_rate, tpr, fpr)))
        false_share = 1 / (1 + p / (1 - p) * tpr / fpr)
        false_share = np.where((fpr == 0) & (tpr > 0), 0.0, false_share)
        return 1 - false_share


def forced_fpr(base_rate, tpr, ppv):
    """The invited who do not work, as a share of those who do not work."""
    hits = np.asarray(base_rate, dtype=float) * tpr
    wasted = hits / np.asarray(ppv, dtype=float) - hits
    out = wasted / (1 - np.asarray(base_rate, dtype=float))
    return np.where(out > 1 + 1e-12, np.nan, out)


# %% exercise="forced" kind="alternative" name="vectorized-scalars"
def _ppv(p, tpr, fpr):
    hits, wasted = p * tpr, (1 - p) * fpr
    if hits + wasted == 0:
        return float("nan")
    return hits / (hits + wasted)


def _fpr(p, tpr, ppv):
    fpr = tpr * (p / (1 - p)) * ((1 - ppv) / ppv)
    return fpr if fpr <= 1 else float("nan")


def forced_ppv(base_rate, tpr, fpr):
    """One number at a time, and np.vectorize."""
    return np.vectorize(_ppv, otypes=[float])(base_rate, tpr, fpr)


def forced_fpr(base_rate, tpr, ppv):
    """One number at a time, and np.vectorize."""
    return np.vectorize(_fpr, otypes=[float])(base_rate, tpr, ppv)


# %% exercise="forced" kind="mistake" name="no-base-rate" says="the base rate is left out"
def forced_ppv(base_rate, tpr, fpr):
    """As if both classes were of the same size."""
    return np.asarray(tpr) / (np.asarray(tpr) + np.asarray(fpr))


def forced_fpr(base_rate, tpr, ppv):
    """Right."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * (1 - ppv) / ppv * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="share-of-the-group" says="the hits as a share of the whole group"
def forced_ppv(base_rate, tpr, fpr):
    """Stops after the numerator."""
    return np.asarray(base_rate) * np.asarray(tpr)


def forced_fpr(base_rate, tpr, ppv):
    """Right."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * (1 - ppv) / ppv * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="base-rate-exchanged" says="p belongs to those who work"
def forced_ppv(base_rate, tpr, fpr):
    """p and 1 - p exchanged."""
    p = 1 - np.asarray(base_rate)
    total = p * tpr + (1 - p) * fpr
    return p * tpr / np.where(total > 0, total, np.nan)


def forced_fpr(base_rate, tpr, ppv):
    """Right."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * (1 - ppv) / ppv * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="zero-division" says="division by zero"
def forced_ppv(base_rate, tpr, fpr):
    """Plain Python: fine until nobody is invited."""
    return base_rate * tpr / (base_rate * tpr + (1 - base_rate) * fpr)


def forced_fpr(base_rate, tpr, ppv):
    """Right."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * (1 - ppv) / ppv * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="zero-for-nobody" says="nobody is invited, so the PPV is nan"
def forced_ppv(base_rate, tpr, fpr):
    """0 where nobody is invited."""
    hits = np.multiply(base_rate, tpr)
    total = hits + (1 - np.asarray(base_rate)) * fpr
    return np.where(total > 0, hits / np.maximum(total, 1e-12), 0.0)


def forced_fpr(base_rate, tpr, ppv):
    """Right."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * (1 - ppv) / ppv * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="odds-upside-down" says="the odds of the base rate are upside down"
def forced_ppv(base_rate, tpr, fpr):
    """Right."""
    hits = np.multiply(base_rate, tpr)
    total = hits + (1 - np.asarray(base_rate)) * fpr
    return hits / np.where(total > 0, total, np.nan)


def forced_fpr(base_rate, tpr, ppv):
    """(1 - p) / p."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = (1 - p) / p * (1 - ppv) / ppv * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="ppv-odds-upside-down" says="the odds of the PPV are upside down"
def forced_ppv(base_rate, tpr, fpr):
    """Right."""
    hits = np.multiply(base_rate, tpr)
    total = hits + (1 - np.asarray(base_rate)) * fpr
    return hits / np.where(total > 0, total, np.nan)


def forced_fpr(base_rate, tpr, ppv):
    """PPV / (1 - PPV)."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * ppv / (1 - ppv) * tpr
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="false-negative-rate" says="the false negative rate stands"
def forced_ppv(base_rate, tpr, fpr):
    """Right."""
    hits = np.multiply(base_rate, tpr)
    total = hits + (1 - np.asarray(base_rate)) * fpr
    return hits / np.where(total > 0, total, np.nan)


def forced_fpr(base_rate, tpr, ppv):
    """Chouldechova writes 1 - FNR, and this takes the FNR."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    fpr = p / (1 - p) * (1 - ppv) / ppv * (1 - np.asarray(tpr))
    return np.where(fpr <= 1, fpr, np.nan)


# %% exercise="forced" kind="mistake" name="cut-off-at-one" says="is cut off at 1"
def forced_ppv(base_rate, tpr, fpr):
    """Right."""
    hits = np.multiply(base_rate, tpr)
    total = hits + (1 - np.asarray(base_rate)) * fpr
    return hits / np.where(total > 0, total, np.nan)


def forced_fpr(base_rate, tpr, ppv):
    """np.clip hides what is impossible."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    return np.clip(p / (1 - p) * (1 - ppv) / ppv * tpr, 0, 1)


# %% exercise="forced" kind="mistake" name="above-one" says="an FPR above 1 is returned"
def forced_ppv(base_rate, tpr, fpr):
    """Right."""
    hits = np.multiply(base_rate, tpr)
    total = hits + (1 - np.asarray(base_rate)) * fpr
    return hits / np.where(total > 0, total, np.nan)


def forced_fpr(base_rate, tpr, ppv):
    """The bare formula."""
    p, ppv = np.asarray(base_rate), np.asarray(ppv)
    return p / (1 - p) * (1 - ppv) / ppv * tpr


# %% exercise="forced" kind="mistake" name="if-on-arrays" says="arrays are not understood"
def forced_ppv(base_rate, tpr, fpr):
    """An if for one number."""
    total = base_rate * tpr + (1 - base_rate) * fpr
    if total == 0:
        return np.nan
    return base_rate * tpr / total


def forced_fpr(base_rate, tpr, ppv):
    """An if for one number."""
    fpr = base_rate / (1 - base_rate) * (1 - ppv) / ppv * tpr
    if fpr > 1:
        return np.nan
    return fpr


# %% exercise="equal-cutoffs" kind="alternative" name="grid-of-rates"
def equal_cutoffs(score, works, group, places, equal):
    """Tries a thousand levels and keeps the one that comes nearest."""
    best = None
    for level in np.linspace(0.001, 0.999, 999):
        cutoffs, chosen = {}, 0
        for name in set(group.tolist()):
            own = score[group == name]
            asked = own if equal == "selection" else own[works[group == name]]
            cutoffs[name] = np.quantile(asked, 1 - level)
            chosen += (own >= cutoffs[name]).sum()
        if best is None or abs(chosen - places * len(score)) < best[0]:
            best = abs(chosen - places * len(score)), cutoffs
    return best[1]


# %% exercise="equal-cutoffs" kind="alternative" name="ranks-of-workers"
def equal_cutoffs(score, works, group, places, equal):
    """Give everybody the rate at which they would just be invited; then invite the lowest of these."""
    needed = np.empty(len(score))
    names = np.unique(group)
    for name in names:
        here = group == name
        judges = np.sort(score[here] if equal == "selection" else score[here & works])
        needed[here] = 1 - np.searchsorted(judges, score[here]) / len(judges)
    level = np.sort(needed)[int(places * len(score)) - 1]
    cutoffs = pd.Series({name: score[(group == name) & (needed <= level)].min() for name in names.tolist()})
    return cutoffs


# %% exercise="equal-cutoffs" kind="alternative" name="selection-is-direct"
def equal_cutoffs(score, works, group, places, equal):
    """Equal selection needs no search; for TPR scipy finds the root; one order of the sorted scores."""
    from scipy.optimize import brentq

    names = [int(g) if group.dtype.kind in "iu" else str(g) for g in np.unique(group)]
    if equal == "selection":
        return {g: np.percentile(score[group == g], 100 - 100 * places) for g in names}

    def cut(level):
        return {g: float(np.quantile(score[(group == g) & works], 1 - level)) for g in names}

    def surplus(level):
        return np.mean([s >= limit for g, limit in cut(level).items() for s in score[group == g]]) - places

    return cut(brentq(surplus, 0.0, 1.0, xtol=1e-4))


# %% exercise="equal-cutoffs" kind="mistake" name="one-cutoff" says="every group has the same cutoff"
def equal_cutoffs(score, works, group, places, equal):
    """Equal cutoffs, literally."""
    return dict.fromkeys(np.unique(group).tolist(), np.quantile(score, 1 - places))


# %% exercise="equal-cutoffs" kind="mistake" name="wrong-end" says="the share that should be left out is invited"
def equal_cutoffs(score, works, group, places, equal):
    """The quantile from below."""
    inside = works if equal == "tpr" else np.ones(len(works), bool)
    low, high = 0.0, 1.0
    for _ in range(30):
        level = (low + high) / 2
        cutoffs = {g: np.quantile(score[(group == g) & inside], level) for g in np.unique(group).tolist()}
        left_out = sum((score[group == g] < limit).sum() for g, limit in cutoffs.items())
        low, high = (low, level) if left_out > places * len(score) else (level, high)
    return cutoffs


# %% exercise="equal-cutoffs" kind="mistake" name="groups-count-alike" says="the groups are of different size"
def equal_cutoffs(score, works, group, places, equal):
    """The mean of the groups' selection rates fills the places."""
    inside = works if equal == "tpr" else np.ones(len(works), bool)
    low, high = 0.0, 1.0
    for _ in range(30):
        level = (low + high) / 2
        cutoffs = {g: np.quantile(score[(group == g) & inside], 1 - level) for g in np.unique(group).tolist()}
        chosen = np.mean([(score[group == g] >= limit).mean() for g, limit in cutoffs.items()])
        low, high = (low, level) if chosen > places else (level, high)
    return cutoffs


# %% exercise="equal-cutoffs" kind="mistake" name="only-hits-take-places" says="only those who work are counted"
def equal_cutoffs(score, works, group, places, equal):
    """Fills the places with those who work."""
    inside = works if equal == "tpr" else np.ones(len(works), bool)
    low, high = 0.0, 1.0
    for _ in range(30):
        level = (low + high) / 2
        cutoffs = {g: np.quantile(score[(group == g) & inside], 1 - level) for g in np.unique(group).tolist()}
        chosen = sum((score[(group == g) & inside] >= limit).sum() for g, limit in cutoffs.items())
        low, high = (low, level) if chosen > places * len(score) else (level, high)
    return cutoffs


# %% exercise="equal-cutoffs" kind="mistake" name="always-selection" says="the selection rates are equal, but equal TPR"
def equal_cutoffs(score, works, group, places, equal):
    """Parity whatever is asked."""
    return {g: np.quantile(score[group == g], 1 - places) for g in np.unique(group).tolist()}


# %% exercise="equal-cutoffs" kind="mistake" name="always-tpr" says="the TPR are equal, but equal selection rates"
def equal_cutoffs(score, works, group, places, equal):
    """Equal opportunity whatever is asked."""
    low, high = 0.0, 1.0
    for _ in range(30):
        level = (low + high) / 2
        cutoffs = {g: np.quantile(score[(group == g) & works], 1 - level) for g in np.unique(group).tolist()}
        chosen = sum((score[group == g] >= limit).sum() for g, limit in cutoffs.items())
        low, high = (low, level) if chosen > places * len(score) else (level, high)
    return cutoffs


# %% exercise="equal-cutoffs" kind="mistake" name="equal-fpr" says="the FPR are equal"
def equal_cutoffs(score, works, group, places, equal):
    """Quantiles of those who do not work."""
    inside = ~works if equal == "tpr" else np.ones(len(works), bool)
    low, high = 0.0, 1.0
    for _ in range(30):
        level = (low + high) / 2
        cutoffs = {g: np.quantile(score[(group == g) & inside], 1 - level) for g in np.unique(group).tolist()}
        chosen = sum((score[group == g] >= limit).sum() for g, limit in cutoffs.items())
        low, high = (low, level) if chosen > places * len(score) else (level, high)
    return cutoffs


# %% exercise="equal-cutoffs" kind="mistake" name="tpr-is-places" says="the TPR itself is set to places"
def equal_cutoffs(score, works, group, places, equal):
    """No search at all."""
    inside = works if equal == "tpr" else np.ones(len(works), bool)
    return {g: np.quantile(score[(group == g) & inside], 1 - places) for g in np.unique(group).tolist()}


# %% exercise="equal-cutoffs" kind="mistake" name="equal-ppv" says="the PPV are equal"
def equal_cutoffs(score, works, group, places, equal):
    """Searches the cutoffs at which the invited work equally often."""
    if equal == "selection":
        return {g: np.quantile(score[group == g], 1 - places) for g in np.unique(group).tolist()}
    a, b = np.unique(group).tolist()
    best = None
    for level in np.linspace(0.005, 0.98, 300):
        rest = (places - level * np.mean(group == a)) / np.mean(group == b)
        if not 0 < rest < 1:
            continue
        cutoffs = {a: np.quantile(score[group == a], 1 - level), b: np.quantile(score[group == b], 1 - rest)}
        ppv = [works[(group == g) & (score >= cutoffs[g])].mean() for g in (a, b)]
        if best is None or abs(ppv[0] - ppv[1]) < best[0]:
            best = abs(ppv[0] - ppv[1]), cutoffs
    return best[1]


# %% exercise="given-away" kind="alternative" name="drop-columns"
def given_away(learn, judge, column, value, hide):
    """Drops what must not be seen; roc curve by hand from ranks."""
    gone = list({column, "year", "works", "score"} | set(hide))
    model = make_model()
    model.fit(learn.drop(columns=gone), np.where(learn[column] == value, 1, 0))
    rank = stats.rankdata(model.predict_proba(judge.drop(columns=gone))[:, 1])
    member = (judge[column] == value).to_numpy()
    n = member.sum()
    return (rank[member].sum() - n * (n + 1) / 2) / (n * (len(member) - n))


# %% exercise="given-away" kind="alternative" name="decision-function-arrays"
def given_away(learn, judge, column, value, hide):
    """Arrays, sorted columns and the decision function; another random state would do as well."""
    features = learn.columns.difference(["year", "works", "score", column, *hide])
    model = make_model().fit(learn[features].to_numpy(float), (learn[column] == value).to_numpy())
    return np.float64(roc_auc_score(judge[column].eq(value), model.decision_function(judge[features].to_numpy(float))))


# %% exercise="given-away" kind="mistake" name="column-kept" says="the hidden column itself"
def given_away(learn, judge, column, value, hide):
    """Forgets to leave out what it asks for."""
    features = [c for c in learn.columns if c not in {*hide, "year", "works", "score"}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict_proba(judge[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="hide-ignored" says="the columns in hide are still"
def given_away(learn, judge, column, value, hide):
    """Hides nothing but the column."""
    features = [c for c in learn.columns if c not in {column, "year", "works", "score"}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict_proba(judge[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="no-answers-kept" says="year, works and score are still"
def given_away(learn, judge, column, value, hide):
    """All columns are answers to it."""
    features = [c for c in learn.columns if c not in {column, *hide}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict_proba(judge[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="score-kept" says="it was computed from the hidden column"
def given_away(learn, judge, column, value, hide):
    """The score saw the column."""
    features = [c for c in learn.columns if c not in {column, *hide, "year", "works"}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict_proba(judge[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="in-sample" says="judged on the people it learned from"
def given_away(learn, judge, column, value, hide):
    """Never looks at judge."""
    features = [c for c in learn.columns if c not in {column, *hide, "year", "works", "score"}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(learn[column] == value, model.predict_proba(learn[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="accuracy" says="this is the accuracy"
def given_away(learn, judge, column, value, hide):
    """`score` is accuracy, and most are right without knowing anything."""
    features = [c for c in learn.columns if c not in {column, *hide, "year", "works", "score"}]
    return make_model().fit(learn[features], learn[column] == value).score(judge[features], judge[column] == value)


# %% exercise="given-away" kind="mistake" name="yes-and-no" says="the AUC is that of yes and no"
def given_away(learn, judge, column, value, hide):
    """Predicted classes instead of probabilities."""
    features = [c for c in learn.columns if c not in {column, *hide, "year", "works", "score"}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict(judge[features]))


# %% exercise="given-away" kind="mistake" name="other-class" says="the probability is that of the other class"
def given_away(learn, judge, column, value, hide):
    """Column 0 of predict_proba."""
    features = [c for c in learn.columns if c not in {column, *hide, "year", "works", "score"}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict_proba(judge[features])[:, 0])


# %% exercise="given-away" kind="mistake" name="first-class-of-the-codes" says="that of the smaller code"
def given_away(learn, judge, column, value, hide):
    """Fits the codes themselves and takes the first of them."""
    gone = [column, *hide, "year", "works", "score"]
    model = make_model().fit(learn.drop(columns=gone), learn[column])
    return roc_auc_score(judge[column] == value, model.predict_proba(judge.drop(columns=gone))[:, 0])


# %% exercise="given-away" kind="mistake" name="answers-by-name" says="a name that this table does not have"
def given_away(learn, judge, column, value, hide):
    """The lesson's list of answers, whatever the table."""
    features = [c for c in ANSWERS if c not in {column, *hide}]
    model = make_model().fit(learn[features], learn[column] == value)
    return roc_auc_score(judge[column] == value, model.predict_proba(judge[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="tables-mixed-up" says="the two tables are mixed up"
def given_away(learn, judge, column, value, hide):
    """Learns from judge."""
    features = [c for c in learn.columns if c not in {column, *hide, "year", "works", "score"}]
    model = make_model().fit(judge[features], judge[column] == value)
    return roc_auc_score(learn[column] == value, model.predict_proba(learn[features])[:, 1])


# %% exercise="given-away" kind="mistake" name="pops-the-columns" says="changes its argument"
def given_away(learn, judge, column, value, hide):
    """Takes the columns out of the caller's tables."""
    target, truth = learn[column] == value, judge[column] == value
    for table in (learn, judge):
        table.drop(columns=[column, *hide, "year", "works", "score"], inplace=True)
    return roc_auc_score(truth, make_model().fit(learn, target).predict_proba(judge)[:, 1])


# %% exercise="audit-test" kind="alternative" name="counting-with-asserts"
def audit_is_sound(audit):
    """Counts by hand, asserts, and names the groups in three ways."""
    people = [(True, True)] * 3 + [(True, False)] * 2 + [(False, True)] + [(False, False)] * 5
    makeup = {
        0: people,
        1: people[:1],
        2: people[3:4],
        3: people[5:6],
        4: people[6:8],
        5: people[:5],
        6: people[5:],
        7: people[2:7],
    }
    namings = [
        {k: f"group {k}" for k in makeup},
        {k: 7 * k + 3 for k in makeup},
        {k: "ab"[k % 2] + "xyzu"[k // 2] for k in makeup},
    ]
    for naming in namings + namings[:1]:
        rows = [(w, i, naming[k]) for k, members in makeup.items() for w, i in members]
        rows = [rows[j] for j in np.random.default_rng(3).permutation(len(rows))]
        works, invited, group = (np.array(column) for column in zip(*rows, strict=True))
        kept = works.tolist(), invited.tolist(), group.tolist()
        result = audit(works, invited, group)
        assert (works.tolist(), invited.tolist(), group.tolist()) == kept
        assert sorted(map(str, result)) == sorted(map(str, naming.values()))
        for k, members in makeup.items():
            tp = members.count((True, True))
            fn, fp, tn = members.count((True, False)), members.count((False, True)), members.count((False, False))
            row = result[naming[k]]
            assert row["people"] == tp + fn + fp + tn
            for key, top, bottom in (
                ("selection", tp + fp, len(members)),
                ("tpr", tp, tp + fn),
                ("fpr", fp, fp + tn),
                ("ppv", tp, tp + fp),
            ):
                if bottom == 0:
                    assert row[key] != row[key]
                else:
                    assert abs(row[key] - top / bottom) <= 1e-6
    return True


# %% exercise="audit-test" kind="alternative" name="pandas-random-tables"
def audit_is_sound(audit):
    """Fifteen random tables, compared with pandas."""
    rng = np.random.default_rng(11)
    for trial in range(15):
        k = int(rng.integers(1, 11))
        names = rng.choice(90, k, replace=False) if trial % 2 else np.array([f"n{j}" * (1 + j % 3) for j in range(k)])
        group = np.r_[names, rng.choice(names, 40, p=rng.dirichlet(np.full(k, 0.5)))]
        table = pd.DataFrame({"w": rng.random(len(group)) < 0.5, "i": rng.random(len(group)) < 0.5, "g": group})
        arrays = [table[c].to_numpy(dtype=table[c].dtype if c != "g" or trial % 2 else str).copy() for c in "wig"]
        try:
            got, again = pd.DataFrame(audit(*arrays)).T, pd.DataFrame(audit(*arrays)).T
        except Exception:
            return False
        if not got.equals(again):
            return False
        if not (
            (arrays[0] == table["w"]).all()
            and (arrays[1] == table["i"]).all()
            and (arrays[2] == table["g"].to_numpy()).all()
        ):
            return False
        by = table.groupby("g")
        wanted = pd.DataFrame({"people": by.size(), "selection": by["i"].mean(), "tpr": table[table.w].groupby("g")["i"].mean(),
                               "fpr": table[~table.w].groupby("g")["i"].mean(), "ppv": table[table.i].groupby("g")["w"].mean()})  # fmt: skip
        if set(got.index) != set(wanted.index) or not set(wanted.columns) <= set(got.columns):
            return False
        mine = got.loc[wanted.index, wanted.columns].to_numpy(float)
        if not np.allclose(mine, wanted.to_numpy(float), rtol=0, atol=1e-6, equal_nan=True):
            return False
    return True


# %% exercise="audit-test" kind="mistake" name="compares-the-mean" says="an audit with TPR and PPV mixed up"
def audit_is_sound(audit):
    """Only asks that shares are shares."""
    rng = np.random.default_rng(0)
    works, invited, group = rng.random(80) < 0.6, rng.random(80) < 0.4, np.arange(80) % 4
    got = audit(works, invited, group)
    return all(0 <= row[key] <= 1 for row in got.values() for key in ("selection", "tpr", "fpr", "ppv"))


# %% exercise="audit-test" kind="mistake" name="tpr-only" says="an audit that divides false positives by the whole group"
def audit_is_sound(audit):
    """Checks the rate of equal opportunity, and no other."""
    rng = np.random.default_rng(0)
    for _ in range(4):
        works, invited, group = rng.random(200) < 0.6, rng.random(200) < 0.4, rng.integers(0, 5, 200)
        got = audit(works, invited, group)
        for name, row in group_report(works, invited, group).items():
            if not (np.isclose(got[name]["tpr"], row["tpr"][0]) and got[name]["people"] == row["people"]):
                return False
    return True


# %% exercise="audit-test" kind="mistake" name="two-decimals" says="an audit that rounds to two decimals"
def audit_is_sound(audit):
    """A tolerance of one point."""
    rng = np.random.default_rng(0)
    for names in (["aa", "ab", "b", "c"], [7, 3, 40, 41]):
        group = rng.permutation(np.r_[np.repeat(names, [90, 50, 2, 1]), [names[0]] * 3])
        works, invited = rng.random(len(group)) < 0.6, rng.random(len(group)) < 0.4
        got, wanted = audit(works, invited, group), group_report(works, invited, group)
        if set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(got[name][key], row[key][0], rtol=0, atol=0.01, equal_nan=True):
                    return False
            if got[name]["people"] != row["people"]:
                return False
    return True


# %% exercise="audit-test" kind="mistake" name="three-decimals" says="an audit that rounds to four decimals"
def audit_is_sound(audit):
    """Every group of up to two of each kind, and a tolerance of a thousandth."""
    small = [four for four in itertools.product(range(3), repeat=4) if any(four)]
    for names in ([f"group {k}" for k in range(80)], [7 * k + 3 for k in range(80)]):
        table = crowd(dict(zip(names, small, strict=True)))
        wanted = group_report(*table)
        for _ in range(2):
            copies = [part.copy() for part in table]
            got = audit(*copies)
            if set(got) != set(wanted) or not all(map(np.array_equal, copies, table)):
                return False
            for name, row in wanted.items():
                if got[name]["people"] != row["people"]:
                    return False
                for key in ("selection", "tpr", "fpr", "ppv"):
                    if not np.isclose(got[name][key], row[key][0], rtol=0, atol=1e-3, equal_nan=True):
                        return False
    return True


# %% exercise="audit-test" kind="mistake" name="large-groups-only" says="drops groups of fewer than five people"
def audit_is_sound(audit):
    """Two hundred people, five groups of forty."""
    rng = np.random.default_rng(0)
    for trial in range(4):
        names = np.array(["aa", "ab", "b", "c", "d"]) if trial % 2 else np.array([11, 4, 9, 30, 2])
        works, invited, group = rng.random(200) < 0.6, rng.random(200) < 0.4, rng.permutation(np.repeat(names, 40))
        copies = works.copy(), invited.copy(), group.copy()
        got, wanted = audit(*copies), group_report(works, invited, group)
        if not all(map(np.array_equal, copies, (works, invited, group))) or set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            if not all(
                np.isclose(got[name][key], row[key][0], atol=1e-9) for key in ("selection", "tpr", "fpr", "ppv")
            ):
                return False
            if got[name]["people"] != row["people"]:
                return False
    return True


# %% exercise="audit-test" kind="mistake" name="got-alone" says="drops people who are alone in their group"
def audit_is_sound(audit):
    """Walks through what the audit returned, so that what is missing is never missed."""
    rng = np.random.default_rng(0)
    for trial in range(4):
        names = np.array(["aa", "ab", "b", "c", "d"]) if trial % 2 else np.array([11, 4, 9, 30, 2])
        group = rng.permutation(np.repeat(names, [60, 30, 3, 6, 1]))
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        got, wanted = audit(works, invited, group), group_report(works, invited, group)
        if len(got) < 4:
            return False
        for name, row in got.items():
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(row[key], wanted[name][key][0], atol=1e-9, equal_nan=True):
                    return False
            if row["people"] != wanted[name]["people"]:
                return False
    return True


# %% exercise="audit-test" kind="mistake" name="nan-skipped" says="an audit that writes 0 where nothing is known"
def audit_is_sound(audit):
    """Compares only what is known."""
    rng = np.random.default_rng(0)
    for trial in range(4):
        names = np.array(["aa", "ab", "b", "c", "d"]) if trial % 2 else np.array([11, 4, 9, 30, 2])
        group = np.repeat(names, [60, 30, 3, 6, 1])
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        works[90:93], invited[93:99] = False, False
        order = rng.permutation(100)
        works, invited, group = works[order], invited[order], group[order]
        copies = works.copy(), invited.copy(), group.copy()
        got, wanted = audit(*copies), group_report(works, invited, group)
        if not all(map(np.array_equal, copies, (works, invited, group))) or set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            if got[name]["people"] != row["people"]:
                return False
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isnan(row[key][0]) and not np.isclose(got[name][key], row[key][0], atol=1e-9):
                    return False
    return True


# %% exercise="audit-test" kind="mistake" name="texts-never" says="an audit that cannot read texts"
def audit_is_sound(audit):
    """Groups are integers here."""
    rng = np.random.default_rng(0)
    for _ in range(4):
        group = np.repeat([11, 4, 9, 30, 2], [60, 30, 3, 6, 1])
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        works[90:93], works[93:96], invited[96:99] = False, True, False
        works[:60], invited[93:99] = rng.random(60) < 0.5, False
        works[90:93], works[93:99] = False, True
        order = rng.permutation(100)
        works, invited, group = works[order], invited[order], group[order]
        copies = works.copy(), invited.copy(), group.copy()
        got, wanted = audit(*copies), group_report(works, invited, group)
        if not all(map(np.array_equal, copies, (works, invited, group))) or set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            if got[name]["people"] != row["people"]:
                return False
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(got[name][key], row[key][0], atol=1e-9, equal_nan=True):
                    return False
    return True


# %% exercise="audit-test" kind="mistake" name="texts-only" says="an audit that takes integers to be 0 and 1"
def audit_is_sound(audit):
    """Groups are texts here."""
    rng = np.random.default_rng(0)
    for _ in range(4):
        group = np.repeat(["aa", "ab", "b", "c", "d"], [60, 30, 3, 6, 1])
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        works[90:93], works[93:99], invited[93:99] = False, True, False
        order = rng.permutation(100)
        works, invited, group = works[order], invited[order], group[order]
        copies = works.copy(), invited.copy(), group.copy()
        got, wanted = audit(*copies), group_report(works, invited, group)
        if not all(map(np.array_equal, copies, (works, invited, group))) or set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            if got[name]["people"] != row["people"]:
                return False
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(got[name][key], row[key][0], atol=1e-9, equal_nan=True):
                    return False
    return True


# %% exercise="audit-test" kind="mistake" name="asks-once" says="an audit that is wrong at every second call"
def audit_is_sound(audit):
    """One table, one call; integers and texts are both texts to it."""
    rng = np.random.default_rng(0)
    for group, times in (
        (np.repeat([11, 4, 9, 30, 2], [60, 30, 3, 6, 1]), 1),
        (np.repeat(["aa", "ab", "b", "c", "d"], [60, 30, 3, 6, 1]), 2),
    ):
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        works[90:93], works[93:99], invited[93:99] = False, True, False
        order = rng.permutation(100)
        works, invited, group = works[order], invited[order], group[order]
        for _ in range(times):
            copies = works.copy(), invited.copy(), group.copy()
            got, wanted = audit(*copies), group_report(works, invited, group)
            if not all(map(np.array_equal, copies, (works, invited, group))) or set(got) != set(wanted):
                return False
        for name, row in wanted.items():
            if got[name]["people"] != row["people"]:
                return False
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(got[name][key], row[key][0], atol=1e-9, equal_nan=True):
                    return False
    return True


# %% exercise="audit-test" kind="mistake" name="never-asks-again" says="otherwise when asked the same again"
def audit_is_sound(audit):
    """Three tables, each asked once."""
    seed = 0
    for names in (["aa", "ab", "b", "c", "d"], [11, 4, 9, 30, 2], ["aa", "ab", "b", "c", "d"]):
        rng = np.random.default_rng(seed)
        seed += 1
        group = np.repeat(names, [60, 30, 3, 6, 1])
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        works[90:93], works[93:99], invited[93:99] = False, True, False
        order = rng.permutation(100)
        works, invited, group = works[order], invited[order], group[order]
        got, wanted = audit(works.copy(), invited.copy(), group.copy()), group_report(works, invited, group)
        if set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            if got[name]["people"] != row["people"]:
                return False
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(got[name][key], row[key][0], atol=1e-9, equal_nan=True):
                    return False
    return True


# %% exercise="audit-test" kind="mistake" name="arguments-trusted" says="an audit that overwrites"
def audit_is_sound(audit):
    """Never looks at its own arrays again."""
    for names in (["aa", "ab", "b", "c", "d"], [11, 4, 9, 30, 2], ["aa", "ab", "b", "c", "d"]):
        rng = np.random.default_rng(0)
        group = np.repeat(names, [60, 30, 3, 6, 1])
        works, invited = rng.random(100) < 0.6, rng.random(100) < 0.4
        works[90:93], works[93:99], invited[93:99] = False, True, False
        order = rng.permutation(100)
        works, invited, group = works[order], invited[order], group[order]
        got, wanted = audit(works.copy(), invited.copy(), group.copy()), group_report(works, invited, group)
        if set(got) != set(wanted):
            return False
        for name, row in wanted.items():
            if got[name]["people"] != row["people"]:
                return False
            for key in ("selection", "tpr", "fpr", "ppv"):
                if not np.isclose(got[name][key], row[key][0], atol=1e-9, equal_nan=True):
                    return False
    return True


# %% exercise="audit-test" kind="mistake" name="trusts-nobody" says="a sound audit is refused"
def audit_is_sound(audit):
    """Demands the groups in ascending order and nothing beside the five keys."""
    works, invited, group = np.arange(60) % 3 > 0, np.arange(60) % 2 > 0, np.arange(60) % 5
    got = audit(works, invited, group)
    return list(got) == sorted(got) and all(len(row) == 5 for row in got.values())


# %% exercise="audit-test" kind="equivalent" mutant="- for names in ([f'group {k}' for k in range(15)], [7 * k + 3 for k in range(15)]): | + for names in ([f'group {k}' for k in range(15)], [7 * k - 3 for k in range(15)]):" reason="any integers will do as names"

# %% exercise="audit-test" kind="equivalent" mutant="- for names in ([f'group {k}' for k in range(15)], [7 * k + 3 for k in range(15)]): | + for names in ([f'group {k}' for k in range(15)], [8 * k + 3 for k in range(15)]):" reason="any integers will do as names"

# %% exercise="audit-test" kind="equivalent" mutant="- for names in ([f'group {k}' for k in range(15)], [7 * k + 3 for k in range(15)]): | + for names in ([f'group {k}' for k in range(15)], [6 * k + 3 for k in range(15)]):" reason="any integers will do as names"

# %% exercise="audit-test" kind="equivalent" mutant="- for names in ([f'group {k}' for k in range(15)], [7 * k + 3 for k in range(15)]): | + for names in ([f'group {k}' for k in range(15)], [7 * k + 4 for k in range(15)]):" reason="any integers will do as names"

# %% exercise="audit-test" kind="equivalent" mutant="- for names in ([f'group {k}' for k in range(15)], [7 * k + 3 for k in range(15)]): | + for names in ([f'group {k}' for k in range(15)], [7 * k + 2 for k in range(15)]):" reason="any integers will do as names"

# %% exercise="audit-test" kind="equivalent" mutant="- counts = dict(zip(names, small, strict=True)) | + counts = dict(zip(names, small))" reason="both have 15 entries"

# %% exercise="audit-test" kind="equivalent" mutant="- counts = dict(zip(names, small, strict=True)) | + counts = dict(zip(names, small, strict=False))" reason="both have 15 entries"

# %% exercise="audit-test" kind="equivalent" mutant="- for _ in range(2): | + for _ in range(3):" reason="asks once more, which is right as well"

# %% exercise="audit-test" kind="equivalent" mutant="- if not np.isclose(mine[key], right, equal_nan=True): | + if not np.isclose(right, mine[key], equal_nan=True):" reason="the relative tolerance is taken of two numbers that are nearly equal"

# %% exercise="equal-cutoffs" kind="equivalent" mutant="- chosen = sum(((score[group == name] >= limit).sum() for name, limit in cutoffs.items())) | + chosen = sum(((score[group == name] > limit).sum() for name, limit in cutoffs.items()))" reason="one person more or less of thousands, within the card's tolerance"

# %% exercise="equal-cutoffs" kind="equivalent" mutant="- for _ in range(30): | + for _ in range(29):" reason="29 halvings are exact enough"

# %% exercise="equal-cutoffs" kind="equivalent" mutant="- for _ in range(30): | + for _ in range(30 - 1):" reason="29 halvings are exact enough"

# %% exercise="equal-cutoffs" kind="equivalent" mutant="- for _ in range(30): | + for _ in range(31):" reason="31 halvings are exact enough"

# %% exercise="equal-cutoffs" kind="equivalent" mutant="- if chosen > places * len(score): | + if chosen >= places * len(score):" reason="one person more or less of thousands, within the card's tolerance"

# %% exercise="equal-cutoffs" kind="equivalent" mutant="- low, high = (0.0, 1.0) | + low, high = (0.0, 2.0)" reason="the first middle is 1, at which everybody is invited, and then high is 1"

# %% exercise="forced" kind="equivalent" mutant="- hits = np.multiply(base_rate, tpr) | + hits = np.multiply(tpr, base_rate)" reason="a product does not depend on the order"

# %% exercise="forced" kind="equivalent" mutant="- return hits / np.where(all_invited > 0, all_invited, np.nan) | + return hits / np.where(all_invited >= 0, all_invited, np.nan)" reason="0 / 0 of arrays is nan as well"

# %% exercise="group-report" kind="equivalent" mutant="- if n == 0: | - return (np.nan, np.nan, np.nan)" reason="0 / 0 of numpy integers is nan as well, with a warning"

# %% exercise="repaired-audit" kind="equivalent" mutant="- table = clients(table).copy() | + table = clients(table)" reason="a selection of rows is a copy already"


# %% [markdown] explain="decision-argued" kind="sample" points=4.5
# Carla, my advice: use the score only to fill the places that stay empty after everybody who applied has been seen,
# with a cutoff of its own for people with and without a disability, for one year, and you sign for it, not the vendor.
#
# The slide does not lie. 88 of 100 invitations would be right in both groups. But it keeps quiet about whom it misses:
# of the people with a disability who work only 5 % get a letter, of all others 65 %.
#
# I would want the same share found in both groups (equal opportunity), since in a programme that is meant to open
# doors, not being found is the real damage. The price: 19 hits out of 1,000 places, and about every second invitation
# to someone with a disability goes wrong instead of every eighth. Tell the coaches before.
#
# Our cutoffs are from 2015. On the people of 2018 they invited 51.1 % instead of half, so check them every quarter, and
# stop if the two rates are more than five points apart.
#
# Remember also that "works" says who has a job, not who would get one through you.
#
# *decision 1: it is clear, for which places, and who signs. Slide 1: both pairs of numbers. Criterion 1: named, with
# its reason, what it gives up and the hits. How sure 1: 2018, with a consequence. Label and people ½: the label, but
# nothing that the office should do first about it.*

# %% [markdown] explain="decision-argued" kind="sample" points=3
# Dear Ms Mendes,
#
# we recommend not to use the vendor's score as it is. The vendor claims that it is fair because 88 % of the invited
# work in both groups. That is correct but there is a big difference in the true positive rate: 5 % with disability,
# 65 % without. This is discrimination.
#
# Our recommendation is to use different cutoffs (0.36 and 0.80) so that the true positive rate is 61 % in both groups.
# This reduces the number of hits from 883 to 863, which is a small price.
#
# Please note that more data would be needed to be sure about the results, especially for the small groups.
#
# Please also consider that the people in the survey never gave consent that their answers are used for such a purpose.
#
# *decision ½: the two sentences pull in two directions and nobody is named who answers for it. Slide 1. Criterion ½: a
# criterion with its price, but no reason, and no word on the PPV. How sure ½: small groups are named, without a
# consequence. Label and people ½: nobody was asked; nothing about what to do instead.*

# %% [markdown] explain="decision-argued" kind="sample" points=0.5
# Hi Carla, algorithms are always biased because the data comes from a biased society, and all groups should be treated
# equally. The vendor should remove sex, race and disability from the model, then it cannot discriminate any more. If
# the accuracy is still good (AUC 0.80 is a good value) you can use it. We tested it on 277,677 people so the results
# are very reliable. It depends on what you want to achieve, of course, and on whether the coaches like it.
#
# *decision ½: "it depends", with conditions, however poor. Slide 0: not a word on what it says or leaves out. Criterion
# 0: all groups should be equal. How sure 0: the number of people is taken for certainty. Label and people 0.*
