# %% [markdown]
# # Test and adjust
#
# After this lesson you can:
#
# - measure how much a random split flatters a model, and build folds that only look back;
# - tune a model with Optuna under a budget of trials, without the test part ever being touched;
# - put an interval on the difference of two models when the flights of one day go wrong together;
# - open a test part once, report what it says, and say what it does not say.
#
# **The story.** Inês Duarte (invented) is the analyst of the operations desk. In August she shows a slide: her model
# ranks late flights with an average precision far above the desk's rule of thumb. She had shuffled the flights, kept a
# fifth aside, and scored the model on that fifth: textbook work. In the trial that follows, the model is good, but
# clearly worse than the slide. Nobody changed the model, and there is no bug in the trial. *Where did the rest go?*
# Today you find it, and then you do what Inês does next: rebuild the evaluation so that it promises only what the
# desk will get.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** You forecast the training part's share of late flights, 0.18, for every flight, whatever its features. In a
# calm month only half as many flights are late. The log-loss of this constant forecast …
#
# <details><summary>A · rises, because the forecast is now wrong</summary>
# No. It is badly calibrated, but each on-time flight costs only −log(1 − p), which is small, and a calm month has
# more of them. The log-loss falls although the forecast got no better.</details>
# <details><summary>B · falls, although the forecast got no better</summary>
# Right. Rare events are cheap to forecast. Never compare the log-loss of September with that of December: compare two
# models on the same flights.</details>
# <details><summary>C · stays, because the forecast is the same</summary>
# No. The forecast is the same, but the mix of cheap on-time flights and dear late flights is another.</details>
#
# **2.** (Module 01) Rebooking a flight that would have been on time costs 1; not rebooking one that is late costs 6.
# You rebook from which probability on?
#
# <details><summary>A · 1/7</summary>
# Right: c_fp / (c_fp + c_fn) = 1 / (1 + 6). At that probability both choices cost the same on average.</details>
# <details><summary>B · 6/7</summary>
# No. This is c_fn / (c_fp + c_fn): the dearer a miss, the *earlier* you must act, so the threshold falls.</details>
# <details><summary>C · 1/2</summary>
# No. One half is right only where both mistakes cost the same.</details>
#
# **3.** (Lesson 2) Early stopping kept the epoch with the lowest log-loss on the valid part. Is that log-loss a fair
# estimate of the loss on new flights of the same months?
#
# <details><summary>A · Yes: no gradient was taken on the valid part</summary>
# No. You still chose by it. The lowest of many noisy numbers is too low on average.</details>
# <details><summary>B · No: it is the lowest of many, so it is too low</summary>
# Right. The more often you choose by a part, the less it can tell you. That is why there is a third part.</details>
# <details><summary>C · No: the valid part must never be scored</summary>
# No. Scoring it is what it is for. What it cannot give afterwards is an unbiased score of the winner.</details>

# %%
import mle
import hashlib

import matplotlib.pyplot as plt
import numpy as np
import optuna
import pandas as pd
import torch
from scipy.stats import bootstrap
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from mle import check, flights

optuna.logging.set_verbosity(optuna.logging.WARNING)
BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers

train = flights.departures("train", rows=40_000)  # January to August, thinned evenly over time
valid = flights.departures("valid", rows=20_000)  # September and October
encoder = flights.Encoder(train)  # medians, means and codes of the training part alone
train_arrays, valid_arrays = encoder(train), encoder(valid)
print(f"late: {train['late'].mean():.3f} of the training part, {valid['late'].mean():.3f} of the valid part")

# %% [markdown]
# The two shares differ by a factor of about two. The parts are months, and months differ: thunderstorms in June and
# July, calm days in September and October, and something you have not looked at yet in November and December. Keep
# this in mind for the rest of the lesson.
#
# ## What a random split hides
#
# Three ways to choose the flights that a model learns from. All three are judged on the **same** flights, those of
# June to August, and all three learn from the **same number** of flights:
#
# - `rows`: flights are shuffled. A judged flight may have neighbours of its own day and airport in training.
# - `days`: whole days are shuffled. All flights of a day are in training, or all are judged. Later days may teach
#   about earlier ones.
# - `past`: the model learns from January to May only. This is what the desk can do.


# %%
def three_splits(rows):
    """The average precision on the flights of June to August, of a model that learned from "rows", "days" or "past".

    `rows` thins the training part. Each of the three learns from the same number of flights.
    """
    table = flights.departures("train", rows=rows)
    features, late = table[flights.NUMBERS].to_numpy(np.float32), table["late"].to_numpy()
    days, day = np.unique(table["sched_dep"].dt.normalize(), return_inverse=True)
    judged = np.flatnonzero(table["sched_dep"] >= "2013-06-01")
    past = np.flatnonzero(table["sched_dep"] < "2013-06-01")
    rng = np.random.default_rng(0)

    def forecast(learned_from, asked):
        model = HistGradientBoostingClassifier(max_iter=40, early_stopping=False, random_state=0)
        return model.fit(features[learned_from], late[learned_from]).predict_proba(features[asked])[:, 1]

    scores = {"past": average_precision_score(late[judged], forecast(past, judged))}
    for name, half in (("days", (rng.permutation(len(days)) % 2)[day]), ("rows", rng.permutation(len(table)) % 2)):
        probability = np.zeros(len(table))
        for side in (0, 1):  # learn from one half, be judged on the other, then the other way round
            others = np.flatnonzero(half != side)
            asked = judged[half[judged] == side]
            probability[asked] = forecast(rng.choice(others, min(len(past), len(others)), replace=False), asked)
        scores[name] = average_precision_score(late[judged], probability[judged])
    return scores


# %% [markdown]
# ### Exercise 1 · How much does shuffling flatter?
#
# 5 min · ●○○○ · 2 points
#
# Predict, before you run anything: fill `prediction` with
#
# - `"highest"`: the split with the highest average precision: `"rows"`, `"days"` or `"past"`;
# - `"gain"`: the average precision of `rows` minus that of `past`: `"under 0.03"`, `"0.03 to 0.15"` or `"over 0.15"`.
#
# Example of the form: `prediction = {"highest": "days", "gain": "over 0.15"}`. The check runs the three splits on
# thinned data, so it takes a second. To feel the size: on these flights a model without skill has an average precision
# of about 0.2, a perfect one of 1.
#
# <details><summary>Hint 1 · the idea</summary>
# Two flights of one hour at one airport share temperature, pressure and wind to the last digit. What can a tree do
# with a pressure that occurs in one hour of the year?</details>
# <details><summary>Hint 2 · where to look</summary>
# The list above: which split lets the model see flights of the very day it is judged on?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# A row-shuffled model can look up how bad the day was. That lifts the score clearly, but it does not double it: the
# model still does not know which flight of a bad day is late.</details>

# %% exercise="random-split-optimism"
# prediction = {"highest": ..., "gain": ...}
### BEGIN SOLUTION
prediction = {"highest": "rows", "gain": "0.03 to 0.15"}
### END SOLUTION

# %% check="random-split-optimism" points=2
check.one_of(prediction["highest"], ["rows", "days", "past"])
check.one_of(prediction["gain"], ["under 0.03", "0.03 to 0.15", "over 0.15"])
table = flights.departures("train", rows=12_000)
features, late = table[flights.NUMBERS].to_numpy(np.float32), table["late"].to_numpy()
days, day = np.unique(table["sched_dep"].dt.normalize(), return_inverse=True)
early = (table["sched_dep"] < "2013-06-01").to_numpy()
shuffle = np.random.default_rng(0)
measured = {}
for name, half in (
    ("past", early * 1),
    ("days", (shuffle.permutation(len(days)) % 2)[day]),
    ("rows", shuffle.permutation(len(table)) % 2),
):
    probability = np.zeros(len(table))
    for side in (0,) if name == "past" else (0, 1):
        source, asked = np.flatnonzero(half != side), np.flatnonzero(~early & (half == side))
        source = shuffle.choice(source, min(len(source), early.sum()), replace=False)
        model = HistGradientBoostingClassifier(max_iter=30, early_stopping=False, random_state=0)
        probability[asked] = model.fit(features[source], late[source]).predict_proba(features[asked])[:, 1]
    measured[name] = average_precision_score(late[~early], probability[~early])
told = ", ".join(f"{name} {score:.3f}" for name, score in measured.items())
best, gain = max(measured, key=measured.get), measured["rows"] - measured["past"]
check.that(
    prediction["highest"] != "past" or best == "past",
    says="learning from the past alone is the hardest of the three, it does not score highest", seen=told,
)
check.equal(prediction["highest"], best, says=f"another split scores highest ({told})", look="Hint 2")
band = "under 0.03" if gain < 0.03 else "0.03 to 0.15" if gain < 0.15 else "over 0.15"
check.that(
    prediction["gain"] != "under 0.03" or band == "under 0.03",
    says=f"shuffling flatters more than you think: the gain is {gain:.3f}", seen=told, look="Hint 1",
)
check.equal(prediction["gain"], band, says=f"shuffling flatters less than that: the gain is {gain:.3f}", look="Hint 3")

# %% [markdown]
# Now the same on more flights. You look at one number for each way to split.

# %% demo=true
splits = three_splits(24_000)
figure, axes = plt.subplots(figsize=(6.5, 2.4), layout="constrained")
for place, (name, marker) in enumerate(zip(["past", "days", "rows"], "osD", strict=True)):
    axes.plot(splits[name], place, marker, color=[BLUE, GREEN, ORANGE][place], markersize=10)
    axes.annotate(f"{splits[name]:.3f}", (splits[name], place), xytext=(10, -4), textcoords="offset points")
axes.set(yticks=range(3), yticklabels=["past only", "days shuffled", "rows shuffled"], ylim=(-0.6, 2.6))
axes.set(xlabel="average precision on the flights of June to August", xlim=(0.4, 0.65))
plt.show()

# %% [markdown]
# *The figure shows three points, one under another: past only is furthest left, days shuffled lies a little to its
# right, rows shuffled clearly further right.*
#
# The same judged flights, the same number of training flights, the same model: and yet one number is SPLITGAIN higher
# than the other. Read the two steps apart. From `rows` to `days` you lose DAYGAIN: that part came from *flights of the
# same day*, which tell the model what kind of day it is. From `days` to `past` you lose PASTGAIN more: that part came
# from *knowing the later weeks* of the same season. The desk has neither. When it asks about a flight at 18:00, the
# other flights of 18:00 have not flown, and nobody has seen next week.
#
# Inês's slide is explained: nothing leaked through a column. The rows leaked.
#
# ## Folds that only look back
#
# The remedy is to validate the way the model will be used. Cut the days into consecutive blocks. Each block is judged
# by a model that learned from all days before it, so that the training window **expands** from fold to fold. Leave a
# **gap** of a day or more between the two: at the moment of forecasting the last flights have not landed, so their
# labels are not known; and a storm does not end at midnight.
#
# ### Exercise 2 · Folds that only look back
#
# 12 min · ●●●○ · 4 points
#
# Write `expanding_folds(days, n_folds, gap)`.
#
# - `days`: shape `(n,)`, `datetime64[D]`, the day of each flight, ascending; many flights a day, not equally many;
# - with `m` different days, each of the `n_folds` validation blocks is `m // (n_folds + 1)` days long. The blocks are
#   consecutive and the last one ends with the last day. What remains at the beginning is for training only;
# - fold `i` learns from **all** flights before its block, except those of the `gap` days right before it.
#   (`gap` is shorter than what remains at the beginning. No day is without flights.)
#
# Return a list of `n_folds` pairs `(train, valid)`, the earliest fold first; each is an array of row positions
# (integers), ascending.
#
# Example: days 1 to 7 with one flight each (rows 0 to 6), `n_folds=2`, `gap=1` → blocks of 7 // 3 = 2 days:
# `[([0, 1], [3, 4]), ([0, 1, 2, 3], [5, 6])]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Think in days, not in rows. Find each block's first day; everything else follows by comparing days.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.unique</code> gives the different days in order. <code>sklearn.model_selection.TimeSeriesSplit</code> has the
# same rule for equally spaced samples: what are your equally spaced samples?</details>
# <details><summary>Hint 3 · almost the code</summary>
# The blocks start at positions <code>m - n_folds * size, …, m - size</code> of the different days. With
# <code>start</code> one of them: train where <code>days &lt; unique[start - gap]</code>, valid where the day is one of
# <code>unique[start : start + size]</code>; <code>np.flatnonzero</code> turns a mask into positions.</details>


# %% exercise="expanding-folds"
def expanding_folds(days, n_folds, gap):
    """Folds that only look back, cut between days.

    days: (n,) datetime64[D], ascending. n_folds: number of folds. gap: days left out right before each block.
    Returns a list of n_folds pairs (train, valid) of integer row positions, the earliest fold first.
    """
    ### BEGIN SOLUTION
    unique = np.unique(days)
    size = len(unique) // (n_folds + 1)
    folds = []
    for start in range(len(unique) - n_folds * size, len(unique), size):
        train = np.flatnonzero(days < unique[start - gap])
        valid = np.flatnonzero(np.isin(days, unique[start : start + size]))
        folds.append((train, valid))
    return folds
    ### END SOLUTION


# %% check="expanding-folds" points=4
def positions(rows):
    """Row positions, ascending, whether given as positions or as a mask."""
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else np.sort(rows)


def judge_folds(first, counts, n_folds, gap):
    """Compare the learner's folds with TimeSeriesSplit over the days; `counts` holds the flights of each day."""
    unique = np.datetime64(first, "D") + np.arange(len(counts))
    days = np.repeat(unique, counts)
    number = np.repeat(np.arange(len(counts)), counts)  # each flight's day, counted from 0
    given = f"{len(counts)} days, n_folds={n_folds}, gap={gap}"
    folds = list(expanding_folds(days, n_folds, gap))
    check.that(len(folds) == n_folds, says="not as many folds as asked for", seen=f"{len(folds)} ({given})",
               expected=str(n_folds))
    target = list(TimeSeriesSplit(n_splits=n_folds, gap=gap).split(unique))
    for i, ((train, valid), (train_days, valid_days)) in enumerate(zip(folds, target, strict=True)):
        train, valid, where = positions(train), positions(valid), f"fold {i + 1} of {given}"
        check.that(len(train) > 0 and len(valid) > 0, says="a part of a fold is empty", seen=where)
        learned, judged = np.unique(number[train]), np.unique(number[valid])
        check.that(
            judged[-1] - judged[0] + 1 == len(judged) and len(valid) == counts[judged].sum() or learned[-1] < judged[0],
            says="the flights are shuffled: a validation block is not a run of consecutive whole days",
            seen=f"days {judged[0]} to {judged[-1]} in {where}",
        )
        check.that(learned[-1] <= judged[-1], says="training holds flights from after the validation block: the future",
                   seen=f"day {learned[-1]} trains, days {judged[0]} to {judged[-1]} are judged, in {where}")
        check.disjoint(learned, judged, says="a day is cut in two: some of its flights train, others are judged")
        check.that(learned[-1] < judged[0] - gap, says="the days right before the block are not left out: no gap",
                   seen=f"training up to day {learned[-1]}, judged from day {judged[0]}, in {where}",
                   expected=f"training up to day {judged[0] - gap - 1}")
        check.that(learned[0] == 0, says="the training window moves along instead of growing: its first days are gone",
                   seen=f"training from day {learned[0]} in {where}", expected="training from day 0")
        check.equal(judged, valid_days, says=f"the validation days of {where} are not the expected ones")
        check.equal(learned, train_days, says=f"the training days of {where} are not the expected ones")
        check.equal(train, np.flatnonzero(np.isin(number, train_days)), says=f"training rows of {where} are missing")
        check.equal(valid, np.flatnonzero(np.isin(number, valid_days)), says=f"validation rows of {where} are missing")


judge_folds("2013-01-01", np.ones(7, dtype=int), 2, 1)  # the example of the card
fresh = check.rng()
judge_folds("2013-03-01", fresh.integers(1, 9, 37), 4, 2)
judge_folds("2013-03-01", fresh.integers(1, 9, 24), 3, 0)
### BEGIN HIDDEN TESTS
for _ in range(4):
    judge_folds("2012-02-20", fresh.integers(1, 6, int(fresh.integers(30, 60))), int(fresh.integers(2, 6)),
                int(fresh.integers(1, 4)))
### END HIDDEN TESTS

# %% [markdown]
# Your folds on January to August, with a gap of one day:

# %% demo=true
days = train["sched_dep"].to_numpy().astype("datetime64[D]")
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
for place, (learned, judged) in enumerate(expanding_folds(days, 4, 1)):
    encode = flights.Encoder(train.iloc[learned])
    past, now = encode(train.iloc[learned]), encode(train.iloc[judged])
    model = HistGradientBoostingClassifier(max_iter=40, early_stopping=False, random_state=0)
    model.fit(past.numbers, past.late)
    score = log_loss(now.late, model.predict_proba(now.numbers)[:, 1])
    axes.barh(place, days[learned[-1]] - days[0], left=days[0], color=BLUE, label="learns" if place == 0 else None)
    width = days[judged[-1]] - days[judged[0]]
    axes.barh(place, width, left=days[judged[0]], color=ORANGE, hatch="//", label="is judged" if place == 0 else None)
    axes.annotate(f"{score:.3f}", (days[judged[-1]], place), xytext=(4, -4), textcoords="offset points")
axes.set(yticks=range(4), yticklabels=[f"fold {i}" for i in range(1, 5)], xlabel="day of 2013")
axes.set_xlim(days[0], days[-1] + 25)
axes.legend(loc="lower right", bbox_to_anchor=(0.99, 0.02))
axes.invert_yaxis()
axes.set_title("expanding window; the number is the fold's log-loss", fontsize=10)
plt.show()

# %% [markdown]
# *The figure shows four rows of bars. In each, a solid bar of training days starts on 1 January and a hatched bar of
# validation days follows; the solid bar grows from fold to fold, and a number beside each row gives its log-loss.*
#
# Challenge the four numbers. Does the model get worse as it learns from more? No: the folds are other months, with
# other shares of late flights. A mean over folds hides this, and a standard deviation over folds mixes the weather
# with the model. So compare models *within* a fold, on the same flights.
#
# There is one more way to leak. What you learn from data before the model, such as medians, means and codes, belongs
# inside the fold as well.
#
# ### Exercise 3 · Put the loop in order
#
# 6 min · ●○○○ · 2 points
#
# These lines are scrambled, and **two of them do not belong**. `folds` holds pairs of row positions;
# `fit(arrays)` returns a model, `model(arrays)` its probabilities.
#
# ```
# A   encoder = flights.Encoder(table)
# B       scores.append(log_loss(table["late"].iloc[valid], model(encoder(table.iloc[valid]))))
# C   for train, valid in folds:
# D       encoder = flights.Encoder(table.iloc[train])
# E       scores = []
# F       model = fit(encoder(table.iloc[train]))
# G   scores = []
# ```
#
# Set `order` to the letters of the lines that belong, first line first, as a list or a text. The form, for another
# program: `order = ["F", "A", "C"]` or `"FAC"`. When it is right, the program holds one log-loss for each fold in
# `scores`, and nothing was learned from the flights that are judged. The check runs your program.
#
# <details><summary>Hint 1 · the idea</summary>
# What must happen once, and what must happen again in each fold? The indentation tells which lines stand in the
# loop.</details>
# <details><summary>Hint 2 · where to look</summary>
# Two lines make an encoder, two make an empty list. One of each is wrong: which flights does each encoder see, and how
# many scores are left at the end?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# An empty list, the loop, and in the loop: encoder from the fold's training flights, model, score.</details>

# %% exercise="loop-in-order"
# order = [...]
### BEGIN SOLUTION
order = ["G", "C", "D", "F", "B"]
### END SOLUTION

# %% check="loop-in-order" points=2
lines = {
    "A": "encoder = Encoder(table)",
    "B": "    scores.append(log_loss(table['late'].iloc[valid], model(encoder(table.iloc[valid]))))",
    "C": "for train, valid in folds:",
    "D": "    encoder = Encoder(table.iloc[train])",
    "E": "    scores = []",
    "F": "    model = fit(encoder(table.iloc[train]))",
    "G": "scores = []",
}
letters = [str(letter).strip().upper() for letter in order]
for letter in letters:
    check.one_of(letter, list(lines), says="an entry is not one of the letters A to G")
check.that(len(set(letters)) == len(letters), says="a line is used twice", seen="".join(letters))
seen_by_encoders = []


def stand_in_encoder(rows):
    """Notes which rows an encoder learns from; the arrays are the rows themselves."""
    seen_by_encoders.append(rows.index.to_numpy())
    return lambda other: other


def stand_in_fit(rows):
    """A "model" that forecasts the share of late flights it has seen."""
    return lambda other: np.full(len(other), rows["late"].mean())


table = pd.DataFrame({"late": [0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1]})
folds = [(np.arange(4), np.arange(4, 8)), (np.arange(8), np.arange(8, 12))]
program = "\n".join(lines[letter] for letter in letters)
space = {"table": table, "folds": folds, "Encoder": stand_in_encoder, "fit": stand_in_fit,
         "log_loss": lambda late, p: log_loss(late, p, labels=[0, 1])}
try:
    exec(program, space)
    error = ""
except Exception as problem:
    error = f"{type(problem).__name__}: {problem}"
check.that(not error, says="in this order the lines do not run", seen=error, look="Hint 1")
check.that("A" not in letters, says="an encoder learns from every flight, the judged ones too",
           seen=f"it saw {len(table)} of {len(table)} flights", expected="the training flights of the fold only")
made = space.get("scores", [])
check.that("E" not in letters, says="the list is emptied again in each fold", seen=f"{len(made)} score",
           expected="one score for each fold")
expected = [log_loss(table["late"].iloc[v], np.full(len(v), table["late"].iloc[t].mean())) for t, v in folds]
check.close(made, expected, says="the scores are not the log-loss of each fold")
check.equal([len(rows) for rows in seen_by_encoders], [4, 8], says="the encoders do not learn from each fold's training rows")

# %% [markdown]
# ## Tune under a budget
#
# Gradient boosting has knobs. Each trial costs time, so you give the search a **budget**: a number of trials, fixed
# beforehand. Optuna's default sampler (TPE) proposes a setting, sees its score, and proposes the next one where good
# settings were dense.
#
# Three rules keep it honest. Fit on the training part. Score on the valid part. Do not touch the test part. And one
# rule keeps it efficient: a knob that matters by *factors*, such as a regularisation between 0.01 and 1,000, is drawn
# on a **log scale**. Drawn uniformly, nine trials in ten would fall between 100 and 1,000.
#
# ### Exercise 4 · Tune on a budget
#
# 15 min · ●●●○ · 4 points
#
# Write `tune(learn, parts, space, trials, seed)`.
#
# - `learn(params, X, y, features)` fits a model with the dict `params` on `X`, `y` and returns its P(late) for each row
#   of `features`, shape `(len(features),)`;
# - `parts`: a dict with the keys `"train"`, `"valid"` and `"test"`; each value is a pair `(X, y)` of arrays, `(n, k)`
#   and `(n,)`, `y` being 0 or 1;
# - `space`: a dict from each knob's name to `(low, high)`, both positive; draw each knob as a float on a log scale;
# - `trials`: how many settings Optuna tries; `seed`: of Optuna's sampler (TPE or random search, as you like), so that
#   the same seed gives the same result and another seed tries other settings.
#
# The objective is the log-loss on the valid part of a model fitted on the training part. Return a pair: the best trial's
# params (a dict), and P(late) of a model with these params, fitted on the training part, for the valid part's rows
# (fit it once more, or keep it from its trial). Apart from that, `learn` is called once a trial.
#
# Example: `tune(learn, parts, {"l2_regularization": (0.01, 1000)}, trials=20, seed=0)` →
# `({"l2_regularization": 31.6…}, array([0.08, 0.31, …]))`.
#
# <details><summary>Hint 1 · the idea</summary>
# Optuna calls your objective with a <code>trial</code>; you ask it for each knob, fit, score, and return the score.
# Which direction is better?</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>optuna.create_study(sampler=…)</code>, <code>optuna.samplers.TPESampler(seed=…)</code>,
# <code>trial.suggest_float(name, low, high, log=True)</code>, <code>study.best_params</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Inside: <code>params = {name: trial.suggest_float(name, low, high, log=True) for name, (low, high) in
# space.items()}</code>, then <code>return log_loss(y_valid, learn(params, X_train, y_train, X_valid))</code>. After
# <code>study.optimize(objective, n_trials=trials)</code> learn once more with the best params.</details>


# %% exercise="tune-on-budget"
def tune(learn, parts, space, trials, seed):
    """Search the knobs in `space` for the lowest log-loss on the valid part.

    learn: (params, X, y, features) -> P(late) (len(features),). parts: {"train": (X, y), "valid": …, "test": …}.
    space: {name: (low, high)}, log scale. Returns (best params, P(late) of the valid rows with them).
    """
    ### BEGIN SOLUTION
    features, late = parts["valid"]

    def objective(trial):
        params = {name: trial.suggest_float(name, low, high, log=True) for name, (low, high) in space.items()}
        return log_loss(late, learn(params, *parts["train"], features))

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=trials)
    return study.best_params, learn(study.best_params, *parts["train"], features)
    ### END SOLUTION


# %% check="tune-on-budget" points=4
SPACE = {"l2_regularization": (1e-4, 1e4), "learning_rate": (1e-3, 1.0)}
fresh = check.rng()
sizes = {"train": 60, "valid": 40, "test": 40}
best_at = {"train": -3.0, "valid": float(fresh.uniform(-0.5, 0.5)), "test": 3.0}  # log10 of each part's best l2
parts, truth, part_of = {}, {}, {}
for name, size in sizes.items():
    ids = 1000.0 * (len(parts) + 1) + np.arange(size)
    y = np.r_[np.zeros(size // 2, dtype=int), np.ones(size - size // 2, dtype=int)]
    fresh.shuffle(y)
    parts[name] = (np.column_stack([ids, fresh.normal(size=size)]), y)
    truth.update(zip(ids, y, strict=True))
    part_of.update(dict.fromkeys(ids, name))


def play(trials, seed, space=SPACE):
    """Run the learner's tune with a stand-in model that knows what it is fitted on and asked for."""
    calls = []

    def learn(params, X, y, features):
        if len(calls) > 3 * trials + 3:
            raise RuntimeError("learn is called far more often than the budget of trials allows")
        fitted, asked = np.asarray(X)[:, 0], np.asarray(features)[:, 0]
        where = part_of[asked[0]]
        l2 = float(params.get("l2_regularization", 1e-4))
        rate = float(params.get("learning_rate", 1.0))
        skill = 0.4 * np.exp(-((np.log10(l2) - best_at[where]) / 4) ** 2 - ((np.log10(rate) + 1) / 8) ** 2)
        p = 0.5 + skill * (2 * np.array([truth[i] for i in asked]) - 1)
        calls.append((dict(params), {part_of[i] for i in fitted}, {part_of[i] for i in asked}, len(fitted), p))
        return p

    params, probability = tune(learn, parts, space, trials, seed)
    return calls, params, probability


calls, params, probability = play(25, 3)
fitted, asked = set().union(*(c[1] for c in calls)), set().union(*(c[2] for c in calls))
check.that("test" not in fitted | asked, says="the test part was used for tuning: keep it closed", look="the three rules")
check.that("valid" not in fitted, says="a model was fitted on the valid part, which then cannot judge it",
           look="the three rules")
check.that(fitted == {"train"} and all(c[3] == sizes["train"] for c in calls),
           says="learn must be fitted on the whole training part", seen=f"rows {sorted({c[3] for c in calls})}")
check.that("valid" in asked and "train" not in asked,
           says="the settings are scored on the flights they were fitted on", expected="scored on the valid part")
check.that(len(calls) <= 26, says="learn is called more often than the budget allows", seen=f"{len(calls)} calls for 25 trials",
           expected="25, and one more for the final fit")
check.that(len(calls) >= 25, says="the budget is not used up", seen=f"{len(calls)} calls for 25 trials")
tried = [c[0] for c in calls[:25]]
for setting in tried:
    check.that(set(setting) == set(SPACE), says="a trial does not set exactly the knobs of the space",
               seen=", ".join(sorted(setting)), expected=", ".join(sorted(SPACE)))
    for name, (low, high) in SPACE.items():
        check.within(setting[name], low, high, says=f"a trial draws {name} outside of its range")
low_draws = sum(setting["l2_regularization"] < 100 for setting in tried[:10])
check.that(low_draws >= 3, says="the knobs are drawn uniformly: nearly all draws are as large as can be",
           seen=f"{low_draws} of the first 10 draws below 100 in a range from 0.0001 to 10,000",
           expected="about 7", look="Hint 2")
losses = [log_loss(parts["valid"][1], c[4]) for c in calls[:25]]
best, worst = tried[int(np.argmin(losses))], tried[int(np.argmax(losses))]
check.differs([params[k] for k in SPACE], [worst[k] for k in SPACE],
              says="this is the trial with the highest log-loss: lower is better", look="Hint 1")
check.close(params, best, says="these are not the params of the trial with the lowest valid log-loss")
check.differs(probability, play(0, 0)[2] if False else calls[0][4] * np.nan, says="the probabilities are no numbers")
check.close(probability, calls[int(np.argmin(losses))][4],
            says="the probabilities are not those of a model with the best params")
again, other = play(12, 8), play(12, 9)
first, second = [c[0] for c in play(12, 8)[0]], [c[0] for c in again[0]]
check.that(first == second, says="the same seed gives other trials: the sampler has no seed", look="Hint 2")
check.that(first != [c[0] for c in other[0]], says="another seed gives the same trials: the argument seed is ignored")
### BEGIN HIDDEN TESTS
best_at["valid"] = 2.0
calls, params, probability = play(15, 1)
losses = [log_loss(parts["valid"][1], c[4]) for c in calls[:15]]
check.close(params, calls[int(np.argmin(losses))][0], says="these are not the params of the trial with the lowest valid log-loss")
calls, params, probability = play(9, 2, {"l2_regularization": (1e-2, 1e1)})
check.that(len(calls) in (9, 10) and all(set(c[0]) == {"l2_regularization"} for c in calls),
           says="with another space or budget the trials are not as asked")
### END HIDDEN TESTS
