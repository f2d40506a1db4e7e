# %% [markdown]
# # Hand over
#
# After this lesson you can:
#
# - review a change so that the faults that matter are found, and nothing else is held up;
# - turn a review into a test that fails on the faulty code and passes on the mended, in any style;
# - back-test when to renew a model that ages, with the days between plan and truth, and with the price of a renewal;
# - write the numbers of a memo down so that they can be checked, before the memo;
# - tell a client what they get and what not, and a colleague what to change, so that both want to go on working with you.
#
# **The story** (its people are invented). The model of lesson 1 and the service of lesson 2 stand. Before the railway pays, three things are due.
# A colleague, Jonas Eder, has sent a pull request: the plan shall be renewed every month. The client's analyst, Priya Nair, asks whether that is worth it: *"Your world was
# calm until 2013. Show me the years since."* And Gwen Halloran, who signs the roster, wants one page.
#
# Roles: the one who did **data** or **platform** so far reviews; **model** does the back-test; **product** writes. Then swap and
# read each other's work. Alone, leave an hour between writing and reading.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 06) A retraining is back-tested. Its table for June uses entries up to 31 May, and June is planned two weeks ahead. What is wrong?
#
# <details><summary>A · nothing: May is before June</summary>
# No. The plan for 1 June is fixed on 18 May. Who knew the entries of 31 May then?</details>
# <details><summary>B · the first days of June are planned with entries that nobody knew when they were planned</summary>
# Right. What counts is the moment of the decision, not the date of the row.</details>
# <details><summary>C · one month is too short a test</summary>
# It may be. But more months of the same test would be as wrong.</details>
#
# **2.** (Module 07) A memo says: *"saves 380 dollars a day, ± 110"*. The ± was made of 971 days counted one by one. What do you object?
#
# <details><summary>A · nothing, 971 is a large number</summary>
# No. Neighbouring days share their errors: a level that is wrong is wrong for months.</details>
# <details><summary>B · days hang together: take whole blocks of days, and the interval grows</summary>
# Right. It is the lesson on flights of one day once more.</details>
# <details><summary>C · an interval does not belong in a memo</summary>
# No. It is what lets the reader decide whether to believe the number.</details>
#
# **3.** (Module 05) A pull request changes how a forecast is made. All its tests pass. What do they prove?
#
# <details><summary>A · that it is right</summary>
# No. They prove what they assert. Often that is a shape and one value.</details>
# <details><summary>B · nothing</summary>
# That is too little: what they assert does hold.</details>
# <details><summary>C · only that a fault which they would catch is not there</summary>
# Right. So ask of each test: which fault would it catch?</details>

# %%
import mle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from pandas.tseries.holiday import AbstractHolidayCalendar, Holiday, USLaborDay, USMemorialDay, USThanksgivingDay

from mle import check, data

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito
DOLLARS = 240  # one idle guard, for each thousand entries too many; a missing guard costs three times as much


class Holidays(AbstractHolidayCalendar):
    """The six holidays on which the railway runs as on Sundays."""

    rules = (
        Holiday("New Year", month=1, day=1), USMemorialDay, Holiday("Independence Day", month=7, day=4),
        USLaborDay, USThanksgivingDay, Holiday("Christmas", month=12, day=25),
    )  # fmt: skip


days = data.load("chicago", "days")[["date", "ridership", "Clark_Lake"]].astype(
    {"ridership": float, "Clark_Lake": float}
)
free = days["date"].isin(Holidays().holidays("2001-01-01", "2016-12-31")) | (days["date"].dt.weekday == 6)
days["day_type"] = np.where(free, "sunday", np.where(days["date"].dt.weekday == 5, "saturday", "weekday"))
print(days.tail(3).to_string())

# %% [markdown]
# What is renewed here is the simplest plan of lesson 1, the one that your model had to beat: for each type of day (weekday, saturday, sunday) the 0.75 quantile of its
# entries in a year. It has the same trouble as every model: it ages.
#
# ## The pull request
#
# Jonas's code runs, and his description is cheerful: *"Renews the table each month. Costs 1.3 instead of 2.8 for the client's habit. Ready to merge!"*

# %%
PULL_REQUEST = '''"""Renew the table of levels every month."""
import numpy as np, pandas as pd

HORIZON = 14  # days between plan and day

def levels(days, now):
    """0.75 quantile of each type of day, from the 365 days before `now`. `days` in order of date."""
    known = days[days["date"] < now]
    recent = known.tail(365)
    return recent.groupby("day_type")["ridership"].quantile(0.75).to_dict()

def plan(days, table):
    """Planned entries of each day, in thousands."""
    l = []
    for _, row in days.iterrows():
        l.append(table.get(row["day_type"], 0))
    return np.array(l)

def cost(entries, planned):
    """Each thousand missed counts 3, each thousand too many counts 1."""
    return np.maximum(entries - planned, 3 * (planned - entries))

def back_test(days, start):
    """Cost per day from `start` on, if the table is made anew for each month."""
    days = days.sample(frac=1, random_state=0)
    total = []
    for month, part in days[days["date"] >= start].groupby(days["date"].dt.to_period("M")):
        table = levels(days, part["date"].max())
        p = plan(part, table)
        total += list(cost(part["ridership"], p))
    return float(np.median(total))

def promote(days, start):
    """True if renewing each month costs less than the client's habit, as many as two weeks before."""
    new = back_test(days, start)
    habit = cost(days["ridership"], days["Clark_Lake"]).mean()
    return bool(new < habit)
'''
for number, line in enumerate(PULL_REQUEST.splitlines(), 1):
    print(f"{number:2d}  {line}")

# %% [markdown]
# ### Exercise 1 · Six lines
#
# 12 min · ●●●○ · 4 points
#
# *Role: data or platform.*
#
# The plan for a day is fixed 14 days before. The program runs that morning: the entries of the day before are the newest that it knows
# (Gwen signs in the evening, with one day more). Six lines of the pull request make its result or its decision **wrong**. Fill `review`, a dict from the
# number of each of these lines (as printed) to its class:
#
# | class | it … |
# |---|---|
# | `"future"` | uses entries that nobody knows when the plan is made |
# | `"order"` | destroys an order that other lines rely on |
# | `"cost"` | prices a mistake the wrong way round |
# | `"silent"` | turns a fault into a number that looks like any other |
# | `"summary"` | hides in one number what the client pays for |
# | `"unequal"` | compares two things on different days |
# | `"style"` | may be ugly or slow; no result changes |
#
# Lines of style may be listed or left out, as you like. All six and no false alarm: 4 points. Four or five of them and at most one false alarm: 2 points.
#
# The form: `review = {40: "style", 41: "silent", …}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Do not read for beauty. Take one function at a time, and ask what it gives for a day on which you know the answer.</details>
# <details><summary>Hint 2 · where to look</summary>
# Plan 8 for a day with 10. Plan a holiday that the table does not know. On which day is the plan for 1 June made?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# <code>plan</code> has one, <code>cost</code> has one, <code>back_test</code> has three, <code>promote</code> has one.</details>

# %% exercise="review-diff"
# review = {...: "...", ...}
### BEGIN SOLUTION
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal"}
### END SOLUTION

# %% check="review-diff" points=4
CLASSES = ["future", "order", "cost", "silent", "summary", "unequal", "style"]
check.that(isinstance(review, dict), says="review is no dict", seen=review)
found = {}
for line, kind in review.items():
    check.that(
        isinstance(line, (int, np.integer)) and 1 <= line <= 37, says="a key is no line of the pull request", seen=line
    )
    check.one_of(kind, CLASSES)
    if kind != "style":
        found[int(line)] = str(kind)
DEFECTS = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal"}
right = [line for line, kind in DEFECTS.items() if found.get(line) == kind]
false = [line for line in found if line not in DEFECTS]
if len(right) >= 4 and len(false) <= 1:
    check.credit(2, "four or five of the six found, at most one false alarm")
for line, why in (
    (2, "two imports on one line, or one too many, change no number"),
    (4, "a constant that is not used changes no number; look for the line that should use it"),
    (8, "that is right as it is: `now` is for the caller to choose, and `<` leaves it out"),
    (9, "365 days are what the docstring promises; that they must be in order is broken elsewhere"),
    (10, "three to one asks for the 0.75 quantile: that is right as it is"),
    (14, "a bad name is no wrong result"),
    (15, "a slow loop is no wrong result"),
    (27, "a name that is not used, or a grouping by month, is no wrong result"),
    (30, "adding to a list is slow and right"),
    (35, "that call is right as it is; look at what it is compared with"),
):  # fmt: skip
    check.that(line not in found, says=why, seen=f"{line}: {found.get(line)}")
check.that(not false, says="a line that is right is called wrong", seen=f"lines {false}")
for line, kind in DEFECTS.items():
    check.that(line not in found or found[line] == kind, says="a line is wrong indeed, but for another reason",
               seen=f"{line}: {found.get(line)}")  # fmt: skip
clues = {
    21: "a fault in a price is missed: what does each of 2 guards too few cost by this code?",
    28: "a fault in time is missed: when is the plan made, and what is known then?",
    16: "a fault in a default is missed: what is planned for a type of day that the table does not have?",
    25: "a fault in the order is missed: what does tail(365) give after this line?",
    31: "a fault in the summary is missed: the client pays for the ten worst days as well",
    36: "a fault in the comparison is missed: which days does each side have?",
}
for line, says in clues.items():
    check.that(line in found, says=says, seen=f"{len(right)} of 6 found", expected="6 of 6")

# %% [markdown]
# ## A test that would have told
#
# ### Exercise 2 · Red, then green
#
# 20 min · ●●●● · 4 points
#
# *Role: platform.*
#
# Write `review_test(pr)`, which returns `True` if the code keeps what is promised below, else `False` (an `AssertionError` counts as `False`, too). `pr` has the functions `levels`, `plan`,
# `cost`, `back_test` and `promote`. You bring your own small table of days (columns `date`, `ridership`, `Clark_Lake`, `day_type`; in order, no day missing). What the mended code promises:
#
# - `levels(days, now)`: dict from each type of day to the 0.75 quantile of its entries, over the last 365 rows with a date before `now` (a Timestamp).
# - `plan(days, table)`: planned entries, one for each row. A type that the table does not have raises `KeyError` or `ValueError`.
# - `cost(entries, planned)`, both arrays or Series: 3 for each thousand missed, 1 for each too many, one number for each day.
# - `back_test(days, start)`, `start` a Timestamp or text: the **mean** cost per day from `start` on; each calendar month, as far as it lies from `start` on, gets the table of `levels(days, day)` with `day` 14 days before
#   that month's first day in the test.
# - `promote(days, start)`: whether that is less than the mean cost, over the same days, of planning as many as `Clark_Lake` says.
#
# Your test is tried on versions with one fault each, those of exercise 1, and on sound ones in other styles: arrays, lists or Series come back, and one loops where another groups. `pr` is not changed.
#
# Example: of the pull request as it is, `review_test` says `False`.
#
# <details><summary>Hint 1 · the idea</summary>
# For each of the six faults a table on which it shows. Entries that grow from day to day show the future; a table that is constant shows nothing.</details>
# <details><summary>Hint 2 · where to look</summary>
# Write down by hand what the back-test should give, in a loop of six lines, and compare. For <code>promote</code> you need a world in which the habit was dear before <code>start</code> and is cheap after.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>days = pd.DataFrame({"date": pd.date_range("2012-01-01", periods=500), "ridership": 10 + np.arange(500) / 50 + rng.normal(0, 1, 500)})</code>, and
# <code>np.allclose(np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([8.0, 9.0]))), [6, 4])</code>.</details>


# %% exercise="review-test"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
    ### BEGIN SOLUTION
    n = 500
    rng = np.random.default_rng(0)
    world = pd.DataFrame({"date": pd.date_range("2012-01-01", periods=n)})
    world["day_type"] = np.where(world["date"].dt.weekday == 6, "sunday", "weekday")
    world["ridership"] = 10 + np.arange(n) / 50 + rng.exponential(3, n)
    start = world["date"].iloc[430]

    def price(entries, planned):
        return np.where(entries > planned, 3 * (entries - planned), planned - entries)

    costs = []
    tested = world[world["date"] >= start]
    for _, part in tested.groupby(tested["date"].dt.to_period("M")):
        known = world[world["date"] < part["date"].min() - pd.Timedelta(days=14)].tail(365)
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        costs += list(price(part["ridership"], part["day_type"].map(table)))

    if not np.allclose(np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([8.0, 9.0]))), [6, 4]):
        return False
    try:
        pr.plan(world.head(2).assign(day_type="holiday"), {"weekday": 9.0, "sunday": 5.0})
        return False
    except (KeyError, ValueError):
        pass
    near, far = world["ridership"], world["ridership"] + 1000
    for before, after in ((far, near), (near, far)):
        habit = world.assign(Clark_Lake=np.where(world["date"] >= start, after, before))
        if not np.isclose(pr.back_test(habit, start), np.mean(costs)):
            return False
        if bool(pr.promote(habit, start)) != (after is far):
            return False
    return True
    ### END SOLUTION


# %% check="review-test" points=4
@check.probe
def tried(review_test, versions):
    """What the test says of each version: source texts that are run here."""
    import types

    out = {}
    for name, source in versions.items():
        functions = {}
        exec(source, functions)
        pr = types.SimpleNamespace(
            **{key: functions[key] for key in ("levels", "plan", "cost", "back_test", "promote")}
        )
        try:
            said = review_test(pr)
            out[name] = (
                bool(said)
                if str(type(said)) in ("<class 'bool'>", "<class 'numpy.bool'>")
                else f"no answer: {said!r:.40}"
            )
        except NotImplementedError:
            out[name] = "stub"
        except AssertionError:
            out[name] = False
        except Exception as error:
            out[name] = f"raised {type(error).__name__}: {error}"
    return out


FLAWED = """import numpy as np, pandas as pd
def levels(days, now):
    known = days[days["date"] < now]
    recent = known.tail(365)
    return recent.groupby("day_type")["ridership"].quantile(0.75).to_dict()
def plan(days, table):
    l = []
    for _, row in days.iterrows():
        l.append(table.get(row["day_type"], 0))
    return np.array(l)
def cost(entries, planned):
    return np.maximum(entries - planned, 3 * (planned - entries))
def back_test(days, start):
    days = days.sample(frac=1, random_state=0)
    total = []
    for month, part in days[days["date"] >= start].groupby(days["date"].dt.to_period("M")):
        table = levels(days, part["date"].max())
        p = plan(part, table)
        total += list(cost(part["ridership"], p))
    return float(np.median(total))
def promote(days, start):
    new = back_test(days, start)
    habit = cost(days["ridership"], days["Clark_Lake"]).mean()
    return bool(new < habit)
"""
REPAIRS = {
    "silent": ('table.get(row["day_type"], 0)', 'table[row["day_type"]]'),
    "cost": (
        "np.maximum(entries - planned, 3 * (planned - entries))",
        "np.maximum(3 * (entries - planned), planned - entries)",
    ),
    "order": ("days.sample(frac=1, random_state=0)", "days.copy()"),
    "future": ('part["date"].max()', 'part["date"].min() - pd.Timedelta(days=14)'),
    "summary": ("np.median(total)", "np.mean(total)"),
    "unequal": (
        '    habit = cost(days["ridership"]',
        '    days = days[days["date"] >= start]\n    habit = cost(days["ridership"]',
    ),
}
OTHER_STYLE = """import numpy, pandas
def levels(days, now):
    last = days.loc[days.date < pandas.Timestamp(now)].iloc[-365:]
    return {kind: float(numpy.quantile(last.ridership[last.day_type == kind], 0.75)) for kind in set(last.day_type)}
def plan(days, table):
    unknown = set(days.day_type) - set(table)
    if unknown:
        raise ValueError(f"no level for {unknown}")
    return days.day_type.map(table)
def cost(entries, planned):
    return [3 * (e - p) if e > p else p - e for e, p in zip(entries, planned)]
def back_test(days, start):
    start, out, month, table = pandas.Timestamp(start), [], None, None
    for i in range(len(days)):
        row = days.iloc[i : i + 1]
        day = row.date.iloc[0]
        if day < start:
            continue
        if (day.year, day.month) != month:
            month, table = (day.year, day.month), levels(days, day - pandas.Timedelta(14, "D"))
        out += cost(row.ridership, plan(row, table))
    return sum(out) / len(out)
def promote(days, start):
    part = days[days.date >= pandas.Timestamp(start)]
    return numpy.mean(cost(part.ridership, part.Clark_Lake)) > back_test(days, start)
"""


def judge_test(order):
    """Sound versions must pass; each single fault must fail."""
    mended = FLAWED
    for old, new in REPAIRS.values():
        assert old in mended
        mended = mended.replace(old, new)
    versions = {"mended": mended, "other style": OTHER_STYLE, "as it is": FLAWED}
    for name in order:
        versions[name] = mended.replace(*REPAIRS[name][::-1])
    got = tried(review_test, versions)
    if "stub" in got.values():
        raise NotImplementedError("write your code here")
    for name, said in got.items():
        check.that(
            not (isinstance(said, str) and said.startswith("no")),
            says="the test answers neither True nor False",
            seen=said,
        )
        if name in ("mended", "other style"):
            check.that(not isinstance(said, str), says="the test itself raises on sound code", seen=f"{name}: {said}")
    check.that(got["mended"] is True, says="the mended code fails the test", seen=got["mended"], expected="True")
    check.that(got["other style"] is True, says="sound code in another style fails the test", seen=got["other style"],
               expected="True")  # fmt: skip
    misses = {
        "cost": "a cost that counts the wrong side three times passes",
        "silent": "a plan of 0 for an unknown type of day passes",
        "order": "a back-test that shuffles the days passes",
        "future": "a table that knows the month it plans passes",
        "summary": "a median in place of the mean passes",
        "unequal": "a habit judged on other days passes",
    }
    missed = [name for name in misses if got[name] is True]
    check.that(len(missed) < 6, says="no single fault is found", seen=f"{got}")
    for name, says in misses.items():
        check.that(got[name] is not True, says=says, seen=f"missed: {', '.join(missed)}")


judge_test(list(REPAIRS))
### BEGIN HIDDEN TESTS
judge_test(list(REPAIRS)[::-1])
### END HIDDEN TESTS

# %% [markdown]
# ## Renew, or not?
#
# ### Exercise 3 · The back-test
#
# 15 min · ●●●○ · 4 points
#
# *Role: model.*
#
# Write `renew(days, start, every)`, which returns what each day from `start` on costs, an array of shape `(n,)`: 3 for each thousand entries missed, 1 for each thousand too many.
#
# - `days` has `date`, `ridership` (thousands) and `day_type`; in order, no day missing; at least 379 days before `start`, a text such as `"2014-01-01"`. Each type of day is in each year.
# - A **table** made on day *m* knows the entries of the 365 days before *m*, *m* left out: for each type of day their 0.75 quantile (numpy's or pandas' default method).
# - The first table is made 14 days before `start`, and then one every `every` days. `every=None`: never again.
# - A day *d* is planned on *d* − 14, with the newest table that is made on that day or before.
#
# Example: `every=7`. The first seven days from `start` on share the table made 14 days before `start`; the eighth to fourteenth the one made 7 days before `start`.
#
# <details><summary>Hint 1 · the idea</summary>
# Number the days from <code>start</code>: 0, 1, 2, … Day number <code>i</code> uses table number <code>i // every</code>.</details>
# <details><summary>Hint 2 · where to look</summary>
# All positions, no dates: the row of <code>start</code> is <code>first</code>; table <code>k</code> is made in row <code>m = first - 14 + k * every</code> and knows the rows <code>m - 365</code> to
# <code>m - 1</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>known = days.iloc[m - 365 : m]</code>, <code>table = known.groupby("day_type")["ridership"].quantile(0.75)</code>, then <code>days.iloc[rows]["day_type"].map(table)</code>.</details>


# %% exercise="retrain-rule"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    ### BEGIN SOLUTION
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)
    ### END SOLUTION


# %% check="retrain-rule" points=4
def by_hand(table, first, every, gap=14, window=365, level=0.75, incl=0, weights=(3, 1), anew=None):
    """The same day by day, in plain Python; its options are the mistakes."""
    entries, kinds = table["ridership"].to_numpy(float), table["day_type"].to_numpy()
    out = []
    for i in range(first, len(table)):
        k = 0 if every is None else (i - first) // every * every
        made = (i if anew else first + k) - gap + incl
        rows = np.arange(max(0, made - window), made)
        planned = np.quantile(entries[rows][kinds[rows] == kinds[i]], level)
        out.append(max(weights[0] * (entries[i] - planned), weights[1] * (planned - entries[i])))
    return np.array(out)


def judge_renew(rng):
    """A growing random world, several rhythms, named mistakes first."""
    n, first = 520, 440
    world = pd.DataFrame({"date": pd.date_range("2011-03-01", periods=n)})
    world["day_type"] = np.where(world["date"].dt.weekday >= 5, "saturday", "weekday")
    world["ridership"] = 5 + np.arange(n) / 40 + rng.exponential(4, n)
    start = str(world["date"].iloc[first].date())
    every = int(rng.integers(5, 12))
    got = renew(world, start, every)
    check.shape(got, (n - first,), says="not one cost for each day from start on")
    target = by_hand(world, first, every)
    for says, options in (
        ("the 14 days between plan and day are forgotten: the table knows too much", {"gap": 0}),
        ("the table knows the day on which it is made", {"incl": 1}),
        ("the table is made anew for each day", {"anew": True}),
        ("the table takes all days since the beginning, not 365", {"window": 10_000}),
        ("the table holds medians, not the 0.75 quantile", {"level": 0.5}),
        ("too many costs three times as much as too few", {"weights": (1, 3)}),
        ("both mistakes cost the same", {"weights": (1, 1)}),
    ):
        check.differs(np.asarray(got, dtype=float), by_hand(world, first, every, **options), says=says)
    check.differs(np.asarray(got, dtype=float), by_hand(world, first, None), says="the table is never made again")
    check.close(got, target, rtol=1e-9, says="the cost of a day is another")
    for rhythm in (None, 1, 28, 300):
        check.close(renew(world, start, rhythm), by_hand(world, first, rhythm), rtol=1e-9,
                    says="with never, each day, or another rhythm the costs are wrong")  # fmt: skip
    check.unchanged(renew, world, start, 28)


judge_renew(check.rng())
### BEGIN HIDDEN TESTS
judge_renew(check.rng(1))
### END HIDDEN TESTS

# %% [markdown]
# Now the years that nobody has looked at: 2014 to August 2016. The client's habit is to plan as many as two weeks before.

# %%
test = days[days["date"] >= "2014-01-01"]


def monthly(costs):
    """Mean dollars per day of each calendar month."""
    return pd.Series(DOLLARS * np.asarray(costs), index=test["date"]).resample("MS").mean()


# %%
rhythms = {"never": None, "each year": 365, "each quarter": 91, "every four weeks": 28, "each week": 7}
costs = {name: renew(days, "2014-01-01", every) for name, every in rhythms.items()}
costs["habit"] = np.maximum(
    3 * (test["ridership"] - test["Clark_Lake"]), test["Clark_Lake"] - test["ridership"]
).to_numpy()
by_year = pd.DataFrame(
    {name: pd.Series(DOLLARS * c).groupby(test["date"].dt.year.to_numpy()).mean() for name, c in costs.items()}
).T
by_year["all"] = [DOLLARS * c.mean() for c in costs.values()]
print(by_year.round(0).to_string())

# %% demo=true
figure, axes = plt.subplots(figsize=(9, 3.6))
for name, color, line in (("never", ORANGE, "-"), ("every four weeks", BLUE, "--"), ("habit", BLACK, ":")):
    axes.plot(monthly(costs[name]), line, marker=".", color=color, label=name)
axes.set(xlabel="month", ylabel="cost [dollars per day]", ylim=(0, 3000))
axes.axhline(1000, color=BLACK, linewidth=0.8)
axes.grid(axis="y", alpha=0.4)
axes.legend(ncols=3)
plt.show()

# %% [markdown]
# *The figure shows the cost per day, month by month, of three plans from 2014 to August 2016, and a line at 1,000 dollars. The client's habit peaks above 2,000 dollars around each New Year and is lower otherwise; the table that is renewed every
# four weeks has a hump in the summer of 2015; the table that is never renewed is as low as the renewed one at first, and far above it in the second half of 2015.*
#
# Look at the dotted line. The habit is dear in December and January, when it plans for an ordinary day what came in the holidays, and the other way round. These two months bring 63 % of what the renewed table saves. In the summer of 2015 the habit was better than
# either table. Tell the client: they will notice.
#
# Look at the row *never* in 2014: 326 dollars a day, *less* than with a renewal each quarter, each four weeks or each week. A back-test that ended there would say: do not renew, it is work for nothing. In 2015 it is 820 against 582. A world that stands still pays for
# no renewal, and nobody tells you beforehand when it moves.
#
# ### Exercise 4 · The numbers first
#
# 12 min · ●●●○ · 4 points
#
# *Role: model and product.*
#
# Before anyone writes a memo: write down its numbers. Fill the dict `facts`, for 2014-01-01 to 2016-08-28, money in **dollars per day** (240 for each thousand too many, 720 for each missed; to the dollar is enough):
#
# - `"habit"`, `"never"`, `"four weeks"`: the mean cost of the client's habit, of the table that is never renewed, and of that renewed every 28 days.
# - `"saved"`: what the last of these saves against the habit, and `"low"`, `"high"`: its 95 % interval. Cut the days into **blocks of 28** from the first day on, leave out the incomplete last one; the means of the blocks have
#   standard deviation *s* (divisor: number of blocks less 1). The interval is `saved` ± 1.96 · *s* / √(number of blocks).
# - `"enough"`: the share of days on which the table renewed every 28 days planned at least as many as came, a number from 0 to 1, to three digits.
# - `"rhythm"`: each renewal costs 500 dollars, because a person reads the new table: 500 / `every` a day. Of `None`, 365, 91, 28 and 7: the one with the least total.
# - `"jump"`: from the figure: the first month in which the table that is never renewed costs more than 1,000 dollars a day. A text such as `"2014-02"`.
#
# The form: `facts = {"habit": 999.0, "never": …, "four weeks": …, "saved": …, "low": …, "high": …, "enough": 0.99, "rhythm": 365, "jump": "2014-02"}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Everything comes from two arrays: the costs of the habit and those of <code>renew</code>. Save the difference day by day before you make blocks of it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>gain[: len(gain) // 28 * 28].reshape(-1, 28).mean(axis=1)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# For the share you need the plan itself: copy <code>renew</code>, collect <code>part["day_type"].map(table)</code> in place of the cost, and compare it with the entries of <code>test</code>.</details>

# %% exercise="memo-facts"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
### BEGIN SOLUTION
paid = {every: DOLLARS * renew(days, "2014-01-01", every) for every in (None, 365, 91, 28, 7)}
gap = (test["ridership"] - test["Clark_Lake"]).to_numpy()
as_before = DOLLARS * np.maximum(3 * gap, -gap)
gain = as_before - paid[28]
blocks = gain[: len(gain) // 28 * 28].reshape(-1, 28).mean(axis=1)
half = 1.96 * blocks.std(ddof=1) / np.sqrt(len(blocks))


def planned_with(every):
    """The plan itself: the same loop as in renew."""
    first, out = int((days["date"] < "2014-01-01").sum()), []
    for begin in range(first, len(days), every):
        table = days.iloc[begin - 379 : begin - 14].groupby("day_type")["ridership"].quantile(0.75)
        out += list(days.iloc[begin : begin + every]["day_type"].map(table))
    return np.array(out)


total = {every: cost.mean() + (500 / every if every else 0) for every, cost in paid.items()}
month_never = monthly(paid[None] / DOLLARS)
facts = {
    "habit": as_before.mean(),
    "never": paid[None].mean(),
    "four weeks": paid[28].mean(),
    "saved": gain.mean(),
    "low": gain.mean() - half,
    "high": gain.mean() + half,
    "enough": np.mean(planned_with(28) >= test["ridership"].to_numpy()),
    "rhythm": min(total, key=total.get),
    "jump": str(month_never.index[month_never > 1000][0])[:7],
}
### END SOLUTION

# %% check="memo-facts" points=4
KEYS = ["habit", "never", "four weeks", "saved", "low", "high", "enough", "rhythm", "jump"]
check.that(isinstance(facts, dict), says="facts is no dict", seen=facts)
check.equal(sorted(map(str, facts)), sorted(KEYS), says="facts has not the nine entries")
raw = data.load("chicago", "days")
entries, when = raw["ridership"].to_numpy(float), raw["date"]
FREE = pd.to_datetime(["2012-12-25", "2013-01-01", "2013-05-27", "2013-07-04", "2013-09-02", "2013-11-28", "2013-12-25", "2014-01-01",
                       "2014-05-26", "2014-07-04", "2014-09-01", "2014-11-27", "2014-12-25", "2015-01-01", "2015-05-25", "2015-07-04",
                       "2015-09-07", "2015-11-26", "2015-12-25", "2016-01-01", "2016-05-30", "2016-07-04"])  # fmt: skip
weekday = when.dt.weekday.to_numpy()
kind = np.where(when.isin(FREE) | (weekday == 6), 2, np.where(weekday == 5, 1, 0))
begin = int((when < "2014-01-01").sum())


def plans_by_hand(every):
    """The plan of each day from 2014 on, table after table, with numpy alone."""
    out = np.empty(len(entries) - begin)
    for i in range(0, len(out), every):
        rows = np.arange(begin + i - 379, begin + i - 14)
        table = [np.quantile(entries[rows][kind[rows] == k], 0.75) for k in range(3)]
        out[i : i + every] = np.take(table, kind[begin + i : begin + i + every])
    return out


def dollars(planned, missed=720, idle=240):
    """Dollars of each day."""
    short = entries[begin:] - planned
    return np.where(short > 0, missed * short, -idle * short)


before = raw["Clark_Lake"].to_numpy(float)[begin:]
plans = {every: plans_by_hand(every or 10_000) for every in (None, 365, 91, 28, 7)}
true = {every: dollars(p).mean() for every, p in plans.items()}
gains = dollars(before) - dollars(plans[28])
whole = gains[: len(gains) // 28 * 28].reshape(-1, 28).mean(axis=1)
width = 1.96 * whole.std(ddof=1) / np.sqrt(len(whole))
target = {"habit": dollars(before).mean(), "never": true[None], "four weeks": true[28], "saved": gains.mean(),
          "low": gains.mean() - width, "high": gains.mean() + width, "enough": np.mean(plans[28] >= entries[begin:])}  # fmt: skip


def near(name, value):
    """To a dollar."""
    return abs(float(facts[name]) - value) <= 0.51


for name in target:
    check.shape(facts[name], (), says="a fact is no number")
check.that(
    not near("habit", target["habit"] / 240), says="that is thousands of entries, not dollars", seen=facts["habit"]
)
check.that(
    not near("habit", dollars(before, 240, 720).mean()),
    says="the two prices are the wrong way round",
    seen=facts["habit"],
)
check.that(
    not near("habit", dollars(before).sum()), says="that is the sum of all days, not a day's mean", seen=facts["habit"]
)
for name in ("habit", "never", "four weeks"):
    check.that(
        near(name, target[name]),
        says="a mean cost is another",
        seen=f"{name}: {facts[name]:.2f}",
        expected=f"{target[name]:.2f}",
    )
check.that(
    not near("saved", target["never"] - target["four weeks"]),
    says="that is what renewing saves against never renewing, not against the habit",
    seen=facts["saved"],
)
check.that(not near("saved", -target["saved"]), says="what is saved has the wrong sign", seen=facts["saved"])
check.that(
    near("saved", target["saved"]),
    says="what is saved is another",
    seen=facts["saved"],
    expected=f"{target['saved']:.2f}",
)
alone = 1.96 * gains.std() / np.sqrt(len(gains))
check.that(
    not near("low", target["saved"] - alone),
    says="the interval counts the days one by one: days hang together",
    seen=facts["low"],
)
check.that(
    not near("low", target["saved"] - 1.96 * whole.std(ddof=1)),
    says="that is where single blocks lie, not their mean",
    seen=facts["low"],
)
for name in ("low", "high"):
    check.that(
        near(name, target[name]),
        says="an end of the interval is another",
        seen=f"{name}: {facts[name]:.2f}",
        expected=f"{target[name]:.2f}",
    )
share = float(facts["enough"])
check.that(abs(share - (1 - target["enough"])) > 0.0006, says="that is the share of days with too few", seen=share)
check.that(
    abs(share - target["enough"]) <= 0.0006,
    says="the share of days with enough is another",
    seen=share,
    expected=f"{target['enough']:.3f}",
)
rhythm = None if facts["rhythm"] is None else int(facts["rhythm"])
check.that(rhythm in (None, 365, 91, 28, 7), says="the rhythm is none of the five", seen=facts["rhythm"])
full = {every: true[every] + (500 / every if every else 0) for every in true}
check.differs(rhythm, 7, says="each week is best only while the work costs nothing")
check.that(
    rhythm == min(full, key=full.get),
    says="another rhythm has the least total",
    seen=f"{rhythm}: {full[rhythm]:.0f} dollars a day",
)
check.that(isinstance(facts["jump"], str), says="jump is no text", seen=facts["jump"])
check.differs(facts["jump"], "2015-05", says="in that month the line rises, and is not above 1,000 yet")
never = pd.Series(dollars(plans[None]), index=when[begin:]).resample("MS").mean()
check.equal(
    facts["jump"],
    str(never.index[never > 1000][0])[:7],
    says="the line of never crosses 1,000 dollars in another month",
)

# %% [markdown]
# One number is lacking, the one that Gwen has signed for: *in each calendar year, enough guards on seven days in ten* (lesson 1, statement 10). Here
# it is, for the habit and for the table that is renewed every four weeks.

# %% demo=true
table_plans, begin = [], len(days) - len(test)
for row in range(begin, len(days), 28):
    levels = days.iloc[row - 379 : row - 14].groupby("day_type")["ridership"].quantile(0.75)
    table_plans += list(days.iloc[row : row + 28]["day_type"].map(levels))
enough = pd.DataFrame({"habit": test["Clark_Lake"], "every four weeks": table_plans}).ge(test["ridership"], axis=0)
print(enough.groupby(test["date"].dt.year).mean().round(2).T.to_string())

# %% [markdown]
# The habit breaks the agreement in all three years. The table keeps it in 2014 and 2016, and breaks it in 2015, with 42 % of the days. Renewing every four
# weeks does not cure that: a quarter of days with too few is what the prices ask for, and in a year of growth a table of the past falls short of even
# that. A memo that is silent about it is a good memo for one year.
#
# ## One page
#
# ### Exercise 5 · The memo
#
# 20 min · ●●●○ · 5 points
#
# *Role: product.*
#
# Write to Gwen Halloran and her finance officer, Luis Ortega: 150 to 250 words, no formula, no word that a station's staff would not use. Every number is one of your `facts` or
# stands in a table above. She decides whether to switch from her habit to the plan, and how often it is renewed.
#
# | | 1 point | ½ point | 0 points |
# |---|---|---|---|
# | **what to decide** | a clear proposal: switch, renewed every four weeks, and by whom | a proposal without the renewal | none |
# | **what it saves** | dollars per day against the habit, with its interval in plain words | one of the two | neither, or against a straw man |
# | **what it does not promise** | how many days without enough guards remain; and that 2015 broke the agreement with the guards | one of the two, or only that 2015 was bad | "accurate", "reliable" |
# | **what ages** | that a plan not renewed was as good for a year and then cost more; what they pay for renewals | one of the two | neither |
# | **what happens when it fails** | that the service says when it falls back or refuses, and who acts | that it may fail | nothing |
#
# <details><summary>Hint 1 · the idea</summary>
# She has one minute. Decision first, then dollars, then the doubt.</details>
# <details><summary>Hint 2 · where to look</summary>
# Your facts; the row of 2014 in the table of costs; the agreement; lesson 2's drill.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "We propose to plan by our table from October on, and to renew it every four weeks. From 2014 to August 2016 …"</details>

# %% [markdown] explain="client-memo" points=5
# We propose that Clark/Lake plans by our table instead of the count of two weeks before, and that the table is renewed every four weeks. Priya Nair would read each new table before it is used.
#
# From 2014 to August 2016 your habit cost 817 dollars a day in idle and missing guards. The table, renewed every four weeks, would have cost 437. It saves 380 dollars a day; if the months had fallen differently, somewhere between 165 and 594. Most of it is saved in December and January.
#
# It does not promise enough guards every day. On about one day in three there would have been too few. Your agreement asks for seven days in ten each year. The table kept it in 2014 and 2016 and broke it in 2015, when ridership rose within weeks and the table came after it. Your habit kept it in no year.
#
# A table ages without showing it. One that is never renewed was just as good all through 2014, and from June to November 2015 it cost more than your habit. A renewal takes somebody's morning, about 500 dollars; every four weeks that is 18 dollars a day, and it is the cheapest rhythm we tried.
#
# When the count of a station breaks, the service says so and plans without it, marked "baseline". What cannot be right, it refuses, with the reason. Then your duty officer calls us, and the last plan stands.

# %% [markdown]
# ## A word to Jonas
#
# ### Exercise 6 · The review comment
#
# 12 min · ●●○○ · 3 points
#
# *Role: whoever reviewed.*
#
# Write the comment that goes to Jonas with your review: 80 to 180 words. He has worked two days on it. He should know what to change first, why, how he can see it himself, and that you want his next pull request.
#
# | | 1 point | ½ point | 0 points |
# |---|---|---|---|
# | **what first** | the faults that change the result come first, at least three with their line and consequence | fewer, or without consequence | style first, or a list without weight |
# | **how to see it** | a test or an example with numbers that fails now | "add tests" | none |
# | **how it is said** | about the code, not the person; names something good; says what is only a wish | one of these missing | a judgement of Jonas |
#
# <details><summary>Hint 1 · the idea</summary>
# A review is a letter to somebody who will mend it. He needs the reason more than the verdict.</details>
# <details><summary>Hint 2 · where to look</summary>
# Your <code>review</code>, and one line of your <code>review_test</code> for each fault.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "Renewing the table is the right idea, and the functions are small enough to test. Three lines change the result, please mend these first: …"</details>

# %% [markdown] explain="review-comment" points=3
# Renewing the table is the right idea, and the functions are small, so each could be tested alone. Before merging, please mend what changes the result, in this order:
#
# 1. Line 28: the table for June knows June itself. The plan is fixed 14 days ahead, so it should be `part["date"].min()` less 14 days. Most of the gain comes from here.
# 2. Line 21: `cost([10], [8])` gives 2; two thousand missed should cost 6. The sides are swapped.
# 3. Line 25: after the shuffle `tail(365)` takes 365 days from anywhere.
# 4. Lines 31 and 36: the mean, not the median (they pay for the bad days too), and the habit on the same days as the table.
# 5. Line 16: an unknown type of day gets 0 guards. Better that it raises.
#
# I have put a test in the branch, `review_test`. It is red now; each of the points makes one assertion green.
#
# Only wishes: another name than `l`, and `map` instead of the loop. Happy to look again tomorrow, or to pair on line 28.

# %% [markdown]
# ## What you leave behind
#
# A model that beats the habit, a service that says when it does not know, a test that would have told, a rhythm with its price, and two letters. Twelve months from now somebody else will open them. Write them for that person.

# %% claims=true
kept = enough.groupby(test["date"].dt.year).mean()
check.that((kept["habit"] < 0.7).all(), says="the habit keeps the agreement in a year")
check.that((kept.loc[[2014, 2016], "every four weeks"] >= 0.7).all(), says="the table breaks it in 2014 or 2016")
check.prose("42 %", kept.loc[2015, "every four weeks"])

# %% claims=true
check.prose("326", by_year.loc["never", 2014], tolerance=1)
check.that(
    by_year.loc["never", 2014] < by_year.loc[["each quarter", "every four weeks", "each week"], 2014].min(),
    says="never is not the cheapest in 2014",
)
check.prose("820", by_year.loc["never", 2015], tolerance=1)
check.prose("582", by_year.loc["every four weeks", 2015], tolerance=1)
check.prose("0.75", 0.75)
winter = test["date"].dt.month.isin([12, 1]).to_numpy()
check.prose("63 %", gain[winter].sum() / gain.sum())
check.that(
    (monthly(costs["habit"])[["2014-01-01", "2015-01-01", "2016-01-01"]] > 2000).all(),
    says="the habit is below 2,000 in a January",
)
check.prose("1,000", 1000)
check.prose("2,000", 2000)
summer = [monthly(costs[name])["2015-06":"2015-08"].mean() for name in ("habit", "every four weeks", "never")]
check.equal(min(summer), summer[0])
check.prose("817", facts["habit"], tolerance=1)
check.prose("437", facts["four weeks"], tolerance=1)
check.prose("380", facts["saved"], tolerance=1)
check.prose("165", facts["low"], tolerance=1)
check.prose("594", facts["high"], tolerance=1)
check.within(facts["enough"], 0.65, 0.68)
bad = [monthly(costs[name])["2015-06":"2015-11"].mean() for name in ("never", "habit")]
check.that(bad[0] > bad[1], says="never is below the habit in 2015")
check.equal([facts["rhythm"], facts["jump"]], [28, "2015-06"])
check.within(500 / 28, 17.5, 18.5)
flawed = {}
exec(PULL_REQUEST, flawed)
check.prose("1.3", flawed["back_test"](days, "2014-01-01"), tolerance=0.06)
check.prose("2.8", flawed["cost"](days["ridership"], days["Clark_Lake"]).mean(), tolerance=0.06)
check.equal(PULL_REQUEST.splitlines()[27].strip()[:5], "table")

# %% [markdown]
# ## Sources
#
# - Google, [Engineering Practices: How to do a code review](https://google.github.io/eng-practices/review/reviewer/).
# - A. Bacchelli, C. Bird, "Expectations, Outcomes, and Challenges of Modern Code Review", ICSE 2013.
# - D. Sculley and others, "Hidden Technical Debt in Machine Learning Systems", NeurIPS 2015.
# - B. Beyer and others (eds.), [Site Reliability Engineering](https://sre.google/sre-book/table-of-contents/), O'Reilly 2016.
# - Data: Chicago Transit Authority through the R package modeldata, MIT (`datasets/chicago/datasheet.md`).
