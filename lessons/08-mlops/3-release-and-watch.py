# %% [markdown]
# # Release and watch
#
# After this lesson you can:
#
# - compare a new version in the shadow first, answer by answer;
# - test a canary while its answers come in, with error rates that you promised beforehand and then measured;
# - say what looking again and again does to a test, and what failures that come in bursts do to it;
# - let a rollout climb, stop and roll back by itself, and drill it on real servers;
# - spend an error budget knowingly, and page people when it burns and only then.
#
# **The story.** (Its people are invented.) Version 1 of the forecast service has run since September. Version 2 has passed every
# test of lesson 2. On Monday Tomas Lind, the analyst, switched all traffic to it at noon. At one o'clock Dele Afolabi called from the gates:
# half of the screens of Newark were red. Rolling back took forty minutes, for nobody remembered how. Mirjam Baas, who runs
# the airline's servers, has written two sentences on the wall since: *"A version gets the traffic that it has earned. A person gets
# woken when there is something to do."*
#
# Today you build both.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 06) A drift test at `5 %` rings on most days, though nothing changed. Why?
#
# <details><summary>A · its level is set too high</summary>
# No. At another level it would ring on most days as well.</details>
# <details><summary>B · the flights of a day hang together, and the test takes them for independent</summary>
# Right. Keep it at hand: the failures of a service hang together, too.</details>
# <details><summary>C · <code>5 %</code> of very many flights are many flights</summary>
# No. <code>5 %</code> is a share of the tests, not of the flights.</details>
#
# **2.** (Module 05) Version 2 is loading its model. Which of its two addresses says "no"?
#
# <details><summary>A · the one for readiness: it is alive, and it cannot answer yet</summary>
# Right. A router sends nothing there until it says yes. A restart would only make it load again.</details>
# <details><summary>B · the one for health: it must be restarted</summary>
# No. It does what it should. Who restarts it now makes it start again, for ever.</details>
# <details><summary>C · both</summary>
# No. That would restart a server that is busy getting ready.</details>
#
# **3.** (Module 01) A pilot is planned for ten days. After each day somebody looks whether the difference is significant at `5 %`, and
# would stop at the first day on which it is. What is the chance to find a difference that does not exist?
#
# <details><summary>A · <code>5 %</code>: that is what the level means</summary>
# No. It is the chance at one look. Here are ten, and one is enough.</details>
# <details><summary>B · more than <code>5 %</code>: every look is another chance to be wrong</summary>
# Right. How much more, you will measure today.</details>
# <details><summary>C · less than <code>5 %</code>: ten looks are more careful than one</summary>
# No. They are more careful only if all of them had to agree.</details>

# %%
import mle
import hashlib
import logging
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from fastapi import Body, FastAPI, HTTPException
from scipy import stats

from mle import check, desk, flights, serving

BLUE, ORANGE, GREEN, PURPLE, BLACK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000"  # Okabe-Ito

autumn = flights.departures("valid", operations=True)  # what the service was asked in September and October
autumn["id"] = autumn["carrier"].astype(str) + "-" + autumn.index.astype(str)
print(f"{len(autumn):,} flights in {autumn['sched_dep'].dt.date.nunique()} days")

# %% [markdown]
# ## Who goes first
#
# A *canary* is a small share of the traffic that gets the new version before everybody else. Who is in it? Tossing a coin for each
# request will not do: a screen that asks about the same flight every five minutes would jump between two forecasts. Nor will the first
# hundred flights of the day: they leave at six, and nothing goes wrong at six. You want a choice that looks random, and that is
# the same each time, on each server, after each restart. A *hash* of the flight's id gives it.


# %%
def in_canary(key, share, salt):
    """Whether the request with this key (a text) goes to the new version, of which `share` of all keys are to go.

    The SHA-256 digest of "salt:key" gives each key a fixed place in [0, 1); those below `share` are in. ValueError
    where share is not in [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be in [0, 1]; got {share}")
    digest = hashlib.sha256(f"{salt}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


shares = {share: np.mean([in_canary(key, share, "v2") for key in autumn["id"]]) for share in (0.01, 0.1, 0.5)}
print("share wanted → share of the flights of autumn:", {k: round(float(v), 3) for k, v in shares.items()})
stay = all(in_canary(key, 0.1, "v2") for key in autumn["id"] if in_canary(key, 0.01, "v2"))
both = np.mean([in_canary(key, 0.1, "v2") and in_canary(key, 0.1, "v3") for key in autumn["id"]])
print(f"in at a hundredth, in at a tenth as well: {stay}; in the canaries of two releases: {both:.3f}")

# %% [markdown]
# Three things to notice. Who is in at `1 %` stays in at `10 %`, so nobody jumps back and forth while the canary grows. The *salt* is another one for each release: without it the
# same hundredth of the flights would try every version first. And it is not Python's own `hash()`: for texts that changes with each start, and two servers would disagree.

# %% [markdown]
# ## In the shadow
#
# Before a canary comes the *shadow*: the new version gets a copy of each request, its answer is written down, and nobody sees it.
# It costs a second server, and it cannot hurt. Its report needs care, though: the two logs come from two machines. Entries are
# missing, out of order, and written twice when a caller tried again.

# %% [markdown]
# ### Exercise 1 · What the shadow says
#
# 12 min · ●●○○ · 4 points
#
# Write `shadow_report(live, shadow, threshold)`. `live` is a list of `(id, probability)`, `shadow` a list of `(id, probability)`
# with `None` where the new version failed; both in the order in which they were written. In each list the **first** entry of an id
# counts, later ones are retries (that holds for a `None`, too). Ids that only the shadow has are ignored. The flight is rebooked where
# `probability >= threshold`. Return a dict:
#
# | key | value |
# |---|---|
# | `"compared"` | the number of live ids to which the shadow has a probability |
# | `"silent"` | the share of live ids to which it has none: no entry, or `None` |
# | `"flips"` | of those compared, the share whose decision differs |
# | `"worst"` | the id compared with the largest absolute difference of probabilities (the first in `live` among equals) |
#
# Where nothing can be compared, raise `ValueError`: "no flips" would be a lie.
#
# Example: `live = [("a", 0.1), ("b", 0.3), ("c", 0.2)]`, `shadow = [("b", 0.1), ("a", 0.12)]`, threshold `0.15` →
# `{"compared": 2, "silent": 1/3, "flips": 0.5, "worst": "b"}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Make a dictionary of each list first: id → probability. Then everything is a walk over the live ids.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>dict.setdefault</code> keeps what is there. <code>dict(pairs)</code> keeps the last.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>both = [i for i in first_live if first_shadow.get(i) is not None]</code>; <code>max(both, key=…)</code> returns the first of equals.</details>


# %% exercise="shadow-report"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ### BEGIN SOLUTION
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }
    ### END SOLUTION


# %% check="shadow-report" points=4
def told_report(live, shadow, threshold):
    """The report by pandas: the first entry of each id, joined on the id."""
    a = pd.DataFrame(live, columns=["id", "live"]).drop_duplicates("id")
    b = pd.DataFrame(shadow, columns=["id", "shadow"]).drop_duplicates("id")
    table = a.merge(b, on="id", how="left")
    table["shadow"] = table["shadow"].astype(float)
    some = table.dropna(subset="shadow")
    flips = (some["live"] >= threshold) != (some["shadow"] >= threshold)
    return {
        "compared": len(some),
        "silent": float(table["shadow"].isna().mean()),
        "flips": float(flips.mean()),
        "worst": some["id"].iloc[int((some["live"] - some["shadow"]).abs().to_numpy().argmax())],
    }


def judge_report(live, shadow, threshold, says):
    """`says` is asked of a case that is made to show one mistake."""
    got, right = shadow_report(live, shadow, threshold), told_report(live, shadow, threshold)
    told = f"live={live}, shadow={shadow}, threshold={threshold}" if len(live) < 7 else f"{len(live)} live entries"
    check.that(
        isinstance(got, dict) and set(got) == set(right),
        says="a dict with the four keys of the card is asked for", seen=got,
    )  # fmt: skip
    check.equal(got["worst"], right["worst"], says=says.get("worst", f"the worst id is not right: {told}"))
    for key in ("compared", "silent", "flips"):
        check.close(float(got[key]), right[key], atol=1e-9, says=says.get(key, f"{key!r} is not right: {told}"))


def random_logs(rng, count):
    """Two logs as they come: shuffled, with gaps, failures and retries."""
    names = [f"f{i}" for i in rng.permutation(count)]
    live = [(name, round(float(rng.uniform(0, 0.4)), 3)) for name in names]
    shadow = [
        (name, None if rng.random() < 0.15 else round(float(np.clip(p + rng.normal(0, 0.08), 0, 1)), 3))
        for name, p in live
        if rng.random() < 0.8
    ]
    shadow += [(name, round(float(rng.uniform(0, 0.4)), 3)) for name, _ in shadow[:5]] + [("other", 0.9)]
    live += [(name, round(float(rng.uniform(0, 0.4)), 3)) for name in names[:5]]
    head = [shadow[i] for i in rng.permutation(len(shadow) - 6)]
    return live, head + shadow[-6:]


fresh = check.rng()
plain = [("a", 0.1), ("b", 0.3), ("c", 0.2), ("d", 0.02)]
for shadow_case, threshold, says in (
    ([("a", 0.15), ("b", 0.2), ("c", 0.2), ("d", 0.02)], 0.5,
     {"worst": "the worst is the largest difference in either direction"}),
    ([("d", 0.03), ("c", 0.19), ("b", 0.28), ("a", 0.12)], 0.15,
     dict.fromkeys(("flips", "worst"), "entries are compared by their place in the log, not by their id")),
    ([("a", 0.1), ("b", 0.3), ("c", None), ("d", None)], 0.15,
     {"silent": "a failure (None) of the shadow counts as an answer: it was silent there"}
     | dict.fromkeys(("worst", "compared"), "a failure (None) of the shadow is compared as if it were an answer")),
    ([("b", 0.1), ("a", 0.12)], 0.15,
     {"silent": "live requests without any entry in the shadow's log are not counted as silent",
      "flips": "a request that the shadow did not answer counts as agreement: divide by those compared"}),
    ([("a", 0.16), ("b", 0.3), ("c", 0.2), ("d", 0.02), ("a", 0.1)], 0.15,
     dict.fromkeys(("flips", "worst"), "of two entries of one id the last one is taken: retries come later, the first counts")),
    ([("a", None), ("b", 0.31), ("c", 0.2), ("d", 0.02), ("a", 0.1)], 0.15,
     dict.fromkeys(("compared", "silent", "worst"), "a failed first entry is replaced by its retry: the first counts, also a None")),
    ([("a", 0.1), ("b", 0.3), ("c", 0.15), ("d", 0.02)], 0.15,
     {"flips": "a probability equal to the threshold is a rebooking (>=), in the shadow"}),
    ([("a", 0.1), ("b", 0.25), ("c", 0.2), ("d", 0.02)], 0.3,
     {"flips": "a live probability equal to the threshold is a rebooking (>=)"}),
    ([("a", 0.1), ("b", 0.3), ("c", 0.0), ("d", 0.02)], 0.15,
     dict.fromkeys(("compared", "worst", "silent"), "a probability of 0.0 is taken for no answer: only None is none")),
    ([("zz", 0.9), ("a", 0.1), ("b", 0.3), ("c", 0.2), ("d", 0.02)], 0.15, {}),
):  # fmt: skip
    judge_report(plain, shadow_case, threshold, says)
judge_report(
    [("c", 0.5), ("a", 0.25), ("b", 0.75)], [("b", 0.5), ("a", 0.5), ("c", 0.25)], 0.15,
    {"worst": "among equal differences the worst is the id that comes first in live"},
)  # fmt: skip
judge_report([*plain, ("a", 0.4)], [("a", 0.1), ("b", 0.3), ("c", 0.2), ("d", 0.02)], 0.15, {
    "silent": "a retry in the live log is counted as a request of its own: silent is a share of the live ids",
})  # fmt: skip
judge_report(*random_logs(fresh, 40), 0.15, {})
check.raises(
    ValueError, shadow_report, plain, [("a", None)], 0.15, says="nothing can be compared, and no error is raised"
)
### BEGIN HIDDEN TESTS
for _ in range(6):
    judge_report(*random_logs(fresh, 30), float(fresh.uniform(0.05, 0.3)), {})
check.raises(ValueError, shadow_report, plain, [], 0.15, says="the shadow's log is empty, and no error is raised")
### END HIDDEN TESTS

# %% [markdown]
# Now for real. Version 2 has the same trees as version 1. Only the feature pipeline was rewritten, and it fills what is missing with
# zero, because "the model wants numbers". Its tests pass: no flight of the test file had a gap.

# %%
train = flights.departures("train", rows=20_000, operations=True)
model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
asked = autumn.iloc[::20]
version_1 = model.predict_proba(asked[flights.FEATURES])[:, 1]
filled = asked.copy()
filled[flights.NUMBERS + flights.OPERATIONS] = filled[flights.NUMBERS + flights.OPERATIONS].fillna(0.0)
version_2 = model.predict_proba(filled[flights.FEATURES])[:, 1]

live_log = list(zip(asked["id"], version_1.tolist(), strict=True))
shadow_log = list(zip(asked["id"], version_2.tolist(), strict=True))
everyone = shadow_report(live_log, shadow_log, flights.THRESHOLD)
gaps = asked[flights.NUMBERS + flights.OPERATIONS].isna().any(axis=1).to_numpy()
with_gap = shadow_report(
    [entry for entry, gap in zip(live_log, gaps, strict=True) if gap], shadow_log, flights.THRESHOLD
)
whole = shadow_report(
    [entry for entry, gap in zip(live_log, gaps, strict=True) if not gap], shadow_log, flights.THRESHOLD
)
print(f"all {everyone['compared']:,} flights: {everyone['flips']:.3f} of the decisions flip")
print(f"with a gap ({gaps.mean():.2f} of the flights): {with_gap['flips']:.3f}; without one: {whole['flips']:.3f}")
worst = asked[asked["id"] == everyone["worst"]].iloc[0]
print(f"the worst flight lacks: {', '.join(n for n in flights.NUMBERS + flights.OPERATIONS if pd.isna(worst[n]))}")

# %% [markdown]
# One number would have hidden it. Cut by "has a gap", the report points at the fault: not one decision flips where nothing is
# missing. And the worst flight, opened by hand, says which columns. That is the use of a shadow: it compares *each* answer with the
# answer that stands, so it sees what an average hides.
#
# What it cannot see: how the new version fares under load, what people do with its answers, and whether the old answer was any better.
# For these you need the canary.

# %% [markdown]
# ## Looking while it runs
#
# When the canary fails, the router will ask version 1 instead, so Mirjam puts up with 1 failure in 100 (that rate is `p0`). A version that
# fails 3 times in 100 (`p1`) is broken. The canary's answers come in one by one. When have you seen enough? Tomas looks after every hundred answers and computes a p-value. "If it is below `5 %`, we
# go back. So we are wrong once in twenty releases."
#
# Challenge that with a simulation: a version that fails *exactly* as often as Mirjam puts up with, and Tomas looking.

# %%
rng = np.random.default_rng(1)
looks = np.array([1, 2, 5, 10, 20, 50])
failed = rng.binomial(100, 0.01, (20_000, looks.max())).cumsum(axis=1)  # failures after 100, 200, … answers
p_value = stats.binom.sf(failed - 1, 100 * np.arange(1, looks.max() + 1), 0.01)
rolled_back = {int(n): float((p_value[:, :n] < 0.05).any(axis=1).mean()) for n in looks}
print("looks → share of sound versions rolled back:", {n: round(share, 3) for n, share in rolled_back.items()})

# %% [markdown]
# At one look it keeps its word; it is even careful, for counts are coarse. At fifty looks one sound release in five is sent back. And
# with looks that never end it would be every one.
#
# Abraham Wald met the problem in 1943, with shells instead of requests. His *sequential probability ratio test* (SPRT) is made for
# looking after each one. It sums, answer by answer, how much better `p1` explains what was seen than `p0` does:
#
# $$ L_n = \sum_{i=1}^{n} \log \frac{P(x_i \mid p_1)}{P(x_i \mid p_0)} \qquad
# \text{stop as soon as } L_n \ge \log\frac{1-\beta}{\alpha} \text{ (worse) or } L_n \le \log\frac{\beta}{1-\alpha} \text{ (fine)} $$
#
# α is the chance you allow to roll back a version of rate `p0`, β the chance to let one of rate `p1` pass.

# %% [markdown]
# ### Exercise 2 · Wald's test
#
# 15 min · ●●●○ · 4 points
#
# Write `sprt(outcomes, p0, p1, alpha, beta)`. `outcomes` is a sequence of 0 and 1 (or booleans); 1 is a failure. Go through them in
# order and stop at the **first** at which one of the two bounds is reached. Return `(verdict, n)`:
#
# - `"worse"` where `L_n >= log((1 - beta) / alpha)`, `"fine"` where `L_n <= log(beta / (1 - alpha))`, `n` the number of outcomes used;
# - `("undecided", len(outcomes))` where neither is reached.
#
# Unless `0 < p0 < p1 < 1`, `alpha > 0`, `beta > 0` and `alpha + beta < 1`: `ValueError`.
#
# Example: with `p0=0.1, p1=0.5, alpha=beta=0.1`, one failure adds log 5 = 1.609, an answer takes log(5/9) = −0.588 away; the bounds are
# ±2.197. So `sprt([1, 0, 1, 1], 0.1, 0.5, 0.1, 0.1)` → `("worse", 3)`: 1.609, 1.022, 2.631.
#
# <details><summary>Hint 1 · the idea</summary>
# A running sum with two addends: one for a failure, one for an answer. Most answers pull it down a little, a failure lifts it a lot.</details>
# <details><summary>Hint 2 · where to look</summary>
# A failure has the probability p, an answer 1 − p. Both belong into the sum.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>total += log(p1 / p0) if x else log((1 - p1) / (1 - p0))</code>, then compare with both bounds, and return at once.</details>


# %% exercise="sprt"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    ### BEGIN SOLUTION
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)
    ### END SOLUTION


# %% check="sprt" points=4
def ratio_walk(outcomes, p0, p1):
    """The log-likelihood ratio after each outcome, by scipy's Bernoulli distribution."""
    x = np.asarray(outcomes, int)
    return np.cumsum(stats.bernoulli.logpmf(x, p1) - stats.bernoulli.logpmf(x, p0))


def stop_at(walk, upper, lower):
    hits = np.flatnonzero((walk >= upper) | (walk <= lower))
    if not len(hits):
        return "undecided", len(walk)
    return ("worse" if walk[hits[0]] >= upper else "fine"), int(hits[0]) + 1


def guesses(walk, x, p0, p1, alpha, beta):
    """The verdict that each named mistake gives, by the mistake's name."""
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    verdict, n = stop_at(walk, upper, lower)
    last = walk[-1]
    alone = np.cumsum(np.where(x, np.log(p1 / p0), 0.0))
    turned = np.cumsum(np.where(x, np.log((1 - p1) / (1 - p0)), np.log(p1 / p0)))
    return {
        "the verdicts have changed places: worse is reached at the top":
            ({"worse": "fine", "fine": "worse"}.get(verdict, verdict), n),
        "only the last sum is compared: the test stops at the first bound that is reached":
            ("worse" if last >= upper else "fine" if last <= lower else "undecided", len(x)),
        "n counts from 0: it is the number of outcomes used": (verdict, n - (verdict != "undecided")),
        "alpha and beta have changed places": stop_at(walk, np.log((1 - alpha) / beta), np.log(alpha / (1 - beta))),
        "an answer adds nothing: it speaks for p0, as a failure speaks for p1": stop_at(alone, upper, lower),
        "failure and answer have changed places in the sum": stop_at(turned, upper, lower),
        "the bounds are not logarithms": stop_at(walk, (1 - beta) / alpha, beta / (1 - alpha)),
        "the upper bound leaves beta out": stop_at(walk, np.log(1 / alpha), np.log(beta)),
    }  # fmt: skip


def judge_sprt(cases, kind=list):
    """The mistake that explains all of the learner's answers is named; else the first answer that is off is shown."""
    rows = []
    for outcomes, *rates in cases:
        p0, p1, alpha, beta = rates
        x = np.array([int(v) for v in outcomes])
        walk = ratio_walk(x, p0, p1)
        upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
        if min(abs(walk - upper).min(), abs(walk - lower).min()) < 1e-6:
            continue  # a bound is met to the last digit: rounding would decide
        got = sprt(kind(x.tolist()), *rates)
        check.that(
            isinstance(got, (tuple, list)) and len(got) == 2 and got[0] in ("worse", "fine", "undecided"),
            says="a pair is asked for: one of the three verdicts, and a number", seen=got,
        )  # fmt: skip
        told = f"failures at {(np.flatnonzero(x)[:8] + 1).tolist()} among {len(x)} outcomes, p0={p0:.3f}, p1={p1:.3f}, alpha={alpha:.3f}, beta={beta:.3f}"
        rows.append(((str(got[0]), int(got[1])), stop_at(walk, upper, lower), guesses(walk, x, *rates), told))
    off = [(got, right, told) for got, right, _, told in rows if got != right]
    if not off:
        return
    got, right, told = off[0]
    for says in rows[0][2]:
        if all(answer == guess[says] for answer, _, guess, _ in rows):
            check.that(False, says=says, seen=got, expected=f"{right} for {told}")
    check.that(False, says="another verdict or another moment than Wald's", seen=got, expected=f"{right} for {told}")


def random_case(rng):
    p0 = float(rng.uniform(0.02, 0.2))
    rates = p0, p0 * float(rng.uniform(1.5, 4)), float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.01, 0.3))
    return (rng.random(250) < rng.uniform(0, 0.4), *rates)


fresh = check.rng()
judge_sprt([
    ([1, 0, 1, 1], 0.1, 0.5, 0.1, 0.1),
    ([0] * 12 + [1] * 6, 0.1, 0.5, 0.1, 0.02),
    ([0, 1, 1, 0, 0, 0], 0.1, 0.5, 0.02, 0.25),
    ([1, 1, 1] + [0] * 9, 0.1, 0.5, 0.1, 0.1),
    ([0, 1, 0, 0], 0.2, 0.4, 0.05, 0.05),
    ([1, 1] + [0] * 30, 0.1, 0.3, 0.09, 0.3),
    ([1] * 60 + [0] * 9, 0.2, 0.4, 0.05, 0.05),
    ([0] * 60 + [1] * 9, 0.2, 0.4, 0.05, 0.05),
    *(random_case(fresh) for _ in range(6)),
])  # fmt: skip
judge_sprt([random_case(fresh)], np.array)
for wrong in (
    (0.3, 0.1, 0.1, 0.1),
    (0.2, 0.2, 0.1, 0.1),
    (0.0, 0.2, 0.1, 0.1),
    (0.1, 1.0, 0.1, 0.1),
    (0.1, 0.2, 0.0, 0.1),
    (0.1, 0.2, 0.1, 0.0),
    (0.1, 0.2, 0.5, 0.5),
):
    check.raises(ValueError, sprt, [0, 1], *wrong, says=f"(p0, p1, alpha, beta) = {wrong} is accepted")
check.equal(list(sprt([], 0.1, 0.2, 0.1, 0.1)), ["undecided", 0], says="without outcomes it is undecided after 0")
### BEGIN HIDDEN TESTS
judge_sprt([random_case(fresh) for _ in range(25)])
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3 · Measure the promise
#
# 12 min · ●●●○ · 4 points
#
# α and β are promises. Wald's bounds are approximations, and your own code may have a fault. So measure. Write
# `error_rates(rule, p0, p1, runs, n, seed)`. `rule(outcomes)` returns `(verdict, used)` as `sprt` does. Draw `runs` sequences of `n`
# independent outcomes (0 or 1) with failure rate `p0`, and `runs` others with rate `p1`; ask the rule once about each. Return a dict:
#
# | key | value |
# |---|---|
# | `"false_alarm"` | of the runs at `p0`, the share with the verdict `"worse"` |
# | `"missed"` | of the runs at `p1`, the share with the verdict `"fine"` |
# | `"undecided"` | of all `2 * runs` runs, the share with `"undecided"` |
# | `"mean_used"` | the mean of `used` over all runs at `p0` |
#
# Each run has outcomes of its own. The same `seed` gives the same result, another seed another one.
#
# Example: for `rule = lambda x: ("worse", 1) if x[0] else ("fine", 1)` with `p0=0.1, p1=0.3`, about a tenth of the runs are false
# alarms, about 0.7 are missed, none is undecided, and `mean_used` is 1.
#
# <details><summary>Hint 1 · the idea</summary>
# A fair coin of which you know everything: you make data whose truth is known, and count how often the rule is wrong.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>rng.random((runs, n)) &lt; p</code> gives all outcomes of one rate at once; make one <code>rng</code> from the seed, before the draws.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>at_p0 = [rule(row) for row in (rng.random((runs, n)) &lt; p0).astype(int)]</code>, the same for p1, then four means.</details>


# %% exercise="error-rates"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }
    ### END SOLUTION


# %% check="error-rates" points=4
def judge_rates(name, rule, p0, p1, right, says, spread=0.0, runs=300, n=6, seed=1):
    """The learner's rates are within 5.5 standard errors of the exact ones; `spread` is the standard deviation of used."""
    got = error_rates(rule, p0, p1, runs, n, seed)
    check.that(
        isinstance(got, dict) and set(got) == {"false_alarm", "missed", "undecided", "mean_used"},
        says="a dict with the four keys of the card is asked for", seen=got,
    )  # fmt: skip
    for key, value in right.items():
        deviation = spread if key == "mean_used" else np.sqrt(value * (1 - value))
        room = 1e-9 + 5.5 * deviation / np.sqrt(runs)
        check.that(
            abs(float(got[key]) - value) <= room,
            says=says.get(key, f"{key!r} is not right for the rule {name!r}"),
            seen=f"{float(got[key]):.3f}", expected=f"{value:.3f} ± {room:.3f} for the rule {name!r}, p0={p0}, p1={p1}",
        )  # fmt: skip


seen = []


def watch(x):
    seen.append([int(v) for v in x])
    return "fine", 2


def first(x):
    return ("worse" if x[0] else "fine"), 1


def two_or_three(x):
    return ("worse", 2) if x[0] else ("fine", 3)


def open_first(x):
    return ("undecided", 5) if x[0] else ("worse", 1)


def digits(x):
    """Another number for any other outcomes."""
    return "fine", int("".join(str(int(v)) for v in x), 2)


def shy(x):
    return ("undecided", 4) if x[0] else ("fine", 4)


error_rates(watch, 0.2, 0.6, 60, 7, 3)
check.that(len(seen) == 120, says="the rule is not asked 2 * runs times", seen=len(seen), expected=120)
check.that(
    {len(row) for row in seen} == {7}, says="a run does not have n outcomes", seen=sorted({len(r) for r in seen})
)
check.that({v for row in seen for v in row} <= {0, 1}, says="outcomes are not 0 or 1", seen=seen[0])
check.that(
    any(0 < sum(row) < 7 for row in seen), says="one draw is repeated over the whole run: its n outcomes are independent",
    seen=seen[:2],
)  # fmt: skip
check.that(
    len({tuple(row) for row in seen}) > 20, says="all runs have the same outcomes: each run has outcomes of its own",
    seen=f"{len({tuple(row) for row in seen})} different ones in 120 runs",
)  # fmt: skip
check.that(
    len({sum(row) for row in seen}) > 3, says="each run of one rate has the same number of failures: draw each outcome, do not deal them out",
    seen=f"{sorted({sum(row) for row in seen})} failures in runs of 7",
)  # fmt: skip
judge_rates(
    "worse if the first fails", first, 0.1, 0.6, {"false_alarm": 0.1, "missed": 0.4, "undecided": 0.0, "mean_used": 1.0},
    {"false_alarm": "the false alarms are not those of the runs at p0", "missed": "the missed are not those of the runs at p1"},
)  # fmt: skip
judge_rates(
    "worse after 2 if the first fails, else fine after 3", two_or_three, 0.1, 0.6, {"mean_used": 0.1 * 2 + 0.9 * 3},
    {"mean_used": "mean_used takes in the runs at p1: only those at p0 count"}, spread=0.3,
)  # fmt: skip
judge_rates(
    "undecided if the first fails, else worse", open_first, 0.3, 0.9,
    {"false_alarm": 0.7, "missed": 0.0, "undecided": 0.6, "mean_used": 0.7 + 0.3 * 5},
    {
        "false_alarm": "false alarms are a share of all runs at p0, of the undecided as well",
        "missed": "an undecided run counts as missed: missed are those that end as fine",
        "undecided": "the undecided are a share of all 2 * runs runs",
        "mean_used": "mean_used is the mean over all runs at p0, also the undecided ones",
    },
    spread=4 * np.sqrt(0.21),
)  # fmt: skip
judge_rates(
    "undecided if the first fails, else fine", shy, 0.2, 0.5, {"false_alarm": 0.0, "missed": 0.5, "undecided": 0.35},
    {"missed": "missed are a share of all runs at p1, of the undecided as well"},
)  # fmt: skip
check.repeatable(error_rates, digits, 0.3, 0.6, 20, 30, 5, says="the same seed gives another result")
others = {float(error_rates(digits, 0.4, 0.6, 20, 30, seed)["mean_used"]) for seed in range(3)}
check.that(len(others) > 1, says="another seed gives the same result: the argument seed is ignored", seen=others)
### BEGIN HIDDEN TESTS
fresh = check.rng()
low, high = float(fresh.uniform(0.1, 0.3)), float(fresh.uniform(0.5, 0.8))


def second(x):
    return ("worse", 2) if x[1] else ("fine", 3)


judge_rates(
    "worse if the second fails", second, low, high,
    {"false_alarm": low, "missed": 1 - high, "undecided": 0.0, "mean_used": 3 - low}, {},
    spread=np.sqrt(low * (1 - low)), seed=int(fresh.integers(1, 999)),
)  # fmt: skip
judge_rates(
    "first", first, high / 2, high, {"false_alarm": high / 2, "missed": 1 - high}, {}, seed=int(fresh.integers(1, 999))
)
### END HIDDEN TESTS

# %%
PROMISE = {"p0": 0.01, "p1": 0.03, "alpha": 0.05, "beta": 0.05}


def wald(outcomes):
    """The test that Mirjam signed."""
    return sprt(outcomes, **PROMISE)


measured = error_rates(wald, 0.01, 0.03, runs=1_000, n=3_000, seed=1)
print("measured:", {key: round(value, 3) for key, value in measured.items()})
needed = int(np.ceil(((1.645 * np.sqrt(0.01 * 0.99) + 1.645 * np.sqrt(0.03 * 0.97)) / 0.02) ** 2))
print(f"a test with one look that keeps about the same promise needs {needed} answers, always")

# %% [markdown]
# False alarms stay well below their promise. The missed come out so near to theirs that a simulation of this size cannot tell. For these four numbers
# the chances can be computed exactly, without drawing anything: 0.035 and 0.0502. So the second promise is broken, by a hair. Wald guarantees only
# `alpha / (1 - beta)` and `beta / (1 - alpha)`, here 0.0526 each, and that the two together are at most `alpha + beta`.
#
# At `p0` the test needs about 300 answers on average where one with a single look takes 500.
# (Wald and Wolfowitz proved in 1948 that no other test with these error rates needs fewer on average, at `p0` and at `p1`.)
#
# Now look at a few runs.

# %%
rng = np.random.default_rng(4)
steps = np.log(3), np.log(0.97 / 0.99)
top, bottom = np.log(0.95 / 0.05), np.log(0.05 / 0.95)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
for number in range(14):
    rate, colour = (0.01, BLUE) if number % 2 else (0.03, ORANGE)
    outcomes = rng.random(1_500) < rate
    _, used = wald(outcomes)
    path = np.cumsum(np.where(outcomes[:used], *steps))
    left.plot(np.arange(1, used + 1), path, color=colour, lw=0.9)
    left.plot(used, path[-1], "s" if rate == 0.03 else "o", color=colour, ms=5)
for bound, name in ((top, "roll back"), (bottom, "next stage")):
    left.axhline(bound, color=BLACK, lw=1, ls="--")
    left.text(595, bound + (0.2 if bound > 0 else -0.5), name, ha="right")
left.plot([], [], "o-", color=BLUE, label="sound: 1 % fail")
left.plot([], [], "s-", color=ORANGE, label="broken: 3 % fail")
left.set(xlabel="answers of the canary", ylabel="log-likelihood ratio $L_n$", xlim=(-10, 605), ylim=(-3.9, 4.9))
left.legend(loc=(0.6, 0.22))
right.plot(list(rolled_back), list(rolled_back.values()), "o-", color=PURPLE, label="p-value after each 100 answers")
right.axhline(measured["false_alarm"], color=GREEN, ls="-", label="Wald's test, a look after each answer")
right.axhline(0.05, color=BLACK, ls="--", lw=1, label="promised: 0.05")
right.set(xlabel="number of looks", ylabel="sound versions rolled back (share)", ylim=(0, 0.24))
right.legend(loc="upper left")
figure.tight_layout()

# %% [markdown]
# Left: the ratio of fourteen canaries. It sinks slowly with each answer and jumps with each failure; blue circles end mostly at the lower
# bound, orange squares mostly at the upper. Right: the share of sound versions rolled back grows with the number of looks at a p-value, from
# 0.02 to about 0.2, while Wald's test stays below the promised 0.05 however often you look.
#
# ### When failures come in bursts
#
# Wald's sum takes the outcomes for independent. Are they? There is a column that fails now and then: the `pressure` of the
# weather station is missing for 7 % of the flights. Suppose that version 2 stumbles over some of these flights: sound, if it stumbles over so few that
# exactly 1 in 100 of all flights fails; broken, if it is 3 in 100. Replay both in the order in which flights really came, from a random moment
# of the autumn on. Three canaries: all of the traffic, a tenth of it, a hundredth.
#
# **Predict before you run the next cell.** Which canary keeps the promises of 0.05 best?
#
# <details><summary>A · all of the traffic: it sees most</summary>
# It sees three hundred flights, then it stops. At nine hundred flights a day that is a morning.</details>
# <details><summary>B · the hundredth: it needs longest</summary>
# Right. Three hundred flights of a hundredth are a month, and a month has good days and bad ones.</details>
# <details><summary>C · all alike: each has its verdict after about 300 answers</summary>
# That would be so if the answers were independent. Look at what they have in common.</details>

# %%
missing = autumn["pressure"].isna().to_numpy()
per_day = len(autumn) / autumn["sched_dep"].dt.date.nunique()


def replay(share, rate, runs, rng, shuffled=False):
    """Canaries of a version that fails for `rate` of the flights: share worse, share fine, mean days to the verdict."""
    ends = []
    for _ in range(runs):
        stumbles = missing & (rng.random(len(missing)) < rate / missing.mean())
        stumbles = rng.permutation(stumbles) if shuffled else np.roll(stumbles, -rng.integers(len(missing)))
        chosen = np.flatnonzero(rng.random(len(missing)) < share)[:5_000]
        verdict, used = wald(stumbles[chosen].tolist())
        ends.append((verdict == "worse", verdict == "fine", chosen[used - 1] / per_day))
    return np.mean(ends, axis=0)


rng = np.random.default_rng(2)
sound = {share: replay(share, 0.01, 200, rng) for share in (1.0, 0.1, 0.01)}
broken = {share: replay(share, 0.03, 200, rng) for share in (1.0, 0.1, 0.01)}
shuffled = replay(1.0, 0.01, 200, rng, shuffled=True), replay(1.0, 0.03, 200, rng, shuffled=True)
print(f"shuffled:  sound rolled back {shuffled[0][0]:.3f}, broken passed {shuffled[1][1]:.3f}")
for share in sound:
    print(
        f"{share:4.0%} of the traffic: sound rolled back {sound[share][0]:.3f}, broken passed {broken[share][1]:.3f}, {sound[share][2]:.1f} days"
    )
daily = pd.Series(missing).groupby(autumn["sched_dep"].dt.date.to_numpy()).mean()
print(
    f"days without one missing pressure: {(daily == 0).mean():.2f}; days with a fifth or more: {(daily >= 0.2).mean():.2f}"
)

# %% [markdown]
# Shuffled, the test keeps its word. As the flights really came, the canary with all of the traffic lets most broken versions pass: it decides within hours, and
# in most hours the weather station works. It judged the morning and was right about the morning. The hundredth takes weeks. It keeps the first
# promise, and still lets one broken version in five pass: better, not good.
#
# So a canary has two sizes: how many answers, and how much of the *world* it has seen. A small share for long sees more of it than a
# large share for short, and it hurts fewer people. And before you trust any sequential test, replay it on your own quiet traffic (the old version
# against itself, an *A/A test*) and count how often it alarms. That number, not α, is a promise you can make.

# %% [markdown]
# ## Climb, stop, go back
#
# Now the machine that nobody has to remember. A rollout goes through *stages*: `1 %` of the traffic, `10 %`, half, all. At each stage
# the test begins anew. One verdict is final: whoever was rolled back stays out until a person has looked.

# %% [markdown]
# ### Exercise 4 · A rollout that goes back by itself
#
# 15 min · ●●●○ · 5 points
#
# Write the class `Rollout(stages, rule)`. `stages` are the shares, strictly increasing, each in (0, 1], at least one (else `ValueError`).
# `rule(outcomes)` is asked with the list of **all outcomes of the current stage** and returns `(verdict, used)`.
#
# - `share`: the share of traffic now; at first `stages[0]`. `state`: `"running"`, `"released"` or `"rolled back"`.
# - `record(failed)`: one outcome of the canary (0/1 or boolean). Add it to the outcomes of this stage, ask the rule.
#   `"undecided"`: nothing changes. `"fine"`: the next stage begins, with no outcomes yet; after the last stage the state is `"released"` and
#   the share stays. `"worse"`: the state is `"rolled back"` and the share `0.0`. Once the state is not `"running"`, `record` changes nothing and
#   does not ask the rule.
# - `roll_back()`: a person pulls the handle, in any state: `"rolled back"`, share `0.0`, for good.
# - `history`: a list of `(number of outcomes recorded while running, share)`, first `(0, stages[0])`, then one entry for each change of
#   the share.
#
# Example, with a rule that says `"fine"` after 2 outcomes without a failure and `"worse"` at a failure: `Rollout([0.1, 1.0], rule)`, then
# `record(0)` twice: share `1.0`, history `[(0, 0.1), (2, 1.0)]`; then `record(1)`: `"rolled back"`, history
# `[(0, 0.1), (2, 1.0), (3, 0.0)]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Three states and few arrows. Draw them first: no arrow leads out of "rolled back", and only the handle leads out of "released".</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>share</code>, <code>state</code> and <code>history</code> are plain attributes set in <code>__init__</code>; one method changes the share and writes the history.</details>
# <details><summary>Hint 3 · almost the code</summary>
# In <code>record</code>: return unless running; count; append; <code>verdict, _ = self.rule(list(self.outcomes))</code>; then the three cases.</details>


# %% exercise="rollout"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    ### BEGIN SOLUTION
    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)

    ### END SOLUTION


# %% check="rollout" points=5
class Told:
    """What must happen, kept as one list of outcomes and the places where stages begin."""

    def __init__(self, stages, rule):
        self.stages, self.rule, self.log, self.begins, self.gone = stages, rule, [], [0], False
        self.history = [(0, stages[0])]

    @property
    def state(self):
        return "rolled back" if self.gone else "released" if len(self.begins) > len(self.stages) else "running"

    @property
    def share(self):
        return 0.0 if self.gone else self.stages[min(len(self.begins), len(self.stages)) - 1]

    def note(self):
        if self.share != self.history[-1][1]:
            self.history.append((len(self.log), self.share))

    def record(self, failed):
        if self.state == "running":
            self.log.append(int(failed))
            verdict, _ = self.rule(self.log[self.begins[-1] :])
            self.gone = verdict == "worse"
            if verdict == "fine":
                self.begins.append(len(self.log))
            self.note()

    def roll_back(self):
        self.gone = True
        self.note()


asked_with = []


def simple(x):
    """Worse at 2 failures, fine after 4 outcomes with fewer."""
    asked_with.append([int(v) for v in x])
    return ("worse", len(x)) if sum(x) >= 2 else ("fine", len(x)) if len(x) >= 4 else ("undecided", len(x))


def play(stages, moves, says=None):
    """Make the moves (0, 1 or "handle") on the learner's rollout and on the checker's, and compare after each."""
    says = says or {}
    theirs, ours, told = Rollout(list(stages), simple), Told(list(stages), simple), []
    for move in moves:
        told.append(move)
        for one in (theirs, ours):
            if move == "handle":
                one.roll_back()
            else:
                one.record(move)
        for name in ("state", "share"):
            check.equal(
                getattr(theirs, name), getattr(ours, name),
                says=says.get(name, f"{name} is not right after {told[-12:]} with stages {list(stages)}"),
            )  # fmt: skip
    history = [(int(n), float(share)) for n, share in theirs.history]
    check.equal(
        history, ours.history, says=says.get("history", f"history is not right after {told} with stages {list(stages)}")
    )


fresh = check.rng()
one = Rollout([0.1, 1.0], simple)
check.equal(
    [one.state, float(one.share), [tuple(h) for h in one.history]], ["running", 0.1, [(0, 0.1)]],
    says="at first the share is stages[0], the state running, and the history holds (0, stages[0])",
)  # fmt: skip
asked_with.clear()
for move in (1, 0, 0):
    one.record(move)
check.that(
    asked_with == [[1], [1, 0], [1, 0, 0]], says="the rule is not asked with all outcomes of the stage",
    seen=asked_with, expected="[1], [1, 0], [1, 0, 0]",
)  # fmt: skip
another = Rollout([0.1, 1.0], simple)
asked_with.clear()
another.record(1)
check.that(
    asked_with == [[1]], says="two rollouts share their outcomes: the list belongs to the object, not to the class",
    seen=asked_with,
)  # fmt: skip
play([0.1, 0.5, 1.0], [1, 0, 0, 0, 1, 0, 0, 0], {
    "state": "the outcomes of one stage are carried over into the next: the test begins anew",
    "share": "fine does not lead to the next stage",
    "history": "the number in the history begins anew with each stage: it counts all outcomes recorded while running",
})  # fmt: skip
play([0.1, 0.5], [1, 1], {"share": "a version that was rolled back still gets traffic: its share is 0.0"})
play([0.1, 0.5], [1, 1] + [0] * 9, {
    "state": "it comes back after a rollback: that verdict is final until a person has looked",
    "share": "it comes back after a rollback: the share rises again",
    "history": "outcomes after the rollback change the history",
})  # fmt: skip
play([0.1, 0.5], [0] * 8, {
    "state": "after the last stage the state is released",
    "share": "after the last stage the share stays what it is",
})  # fmt: skip
play(
    [0.1, 0.5],
    [0] * 8 + [1, 1, 1],
    {"state": "a released version is rolled back by record: that is the watch's business now"},
)
play([0.1, 0.5], [0] * 8 + ["handle", 0, "handle"], {
    "state": "the handle does not work on a released version",
    "history": "pulling the handle twice writes two entries: one for each change of the share",
})  # fmt: skip
play([0.1, 0.5], [0] * 8 + [1, 0, "handle"], {"history": "outcomes after the release are counted in the history"})
for ending in ([1, 1], [0] * 4):
    over = Rollout([0.3], simple)
    for move in ending:
        over.record(move)
    asked_with.clear()
    over.record(0)
    check.that(
        not asked_with, says="the rule is still asked after the rollout has ended", seen=f"asked with {asked_with}"
    )
play([0.01, 0.1, 1.0], [0, "handle", 0, 0, 0, 0, 0], {"state": "after the handle was pulled it goes on"})
play([0.05, 0.2, 0.5, 1.0], [int(v) for v in fresh.random(40) < 0.12])
play([0.3], [0, 0, 0, 0, 1])
for stages in ([], [0.5, 0.1], [0.1, 0.1], [0.0, 0.5], [0.5, 1.5]):
    check.raises(ValueError, Rollout, stages, simple, says=f"the stages {stages} are accepted")
### BEGIN HIDDEN TESTS
for _ in range(6):
    moves = [int(v) for v in fresh.random(30) < fresh.uniform(0, 0.3)]
    moves.insert(int(fresh.integers(0, 30)), "handle")
    play(sorted(fresh.choice(np.arange(1, 100) / 100, 3, replace=False).tolist()), moves)
### END HIDDEN TESTS

# %% [markdown]
# ### The drill
#
# Two real servers on loopback. Version 1 forecasts. Version 2 forecasts as well, but its code divides by the pressure's scale before
# it looks whether there is one, and answers 500 where there is none. In front of them a router of a few lines: `in_canary` chooses,
# and when version 2 fails, the caller gets version 1's answer at once: a canary must not be paid for by the passengers. The flights come in
# their order, from the morning of 12 September 2013 to the next noon. In the second drill the server of version 2 stops after 200 of them.

# %% demo=true
logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def version(number, forecast):
    """A service of one route; version 2 has the fault."""
    app = FastAPI()

    @app.post("/forecast")
    def answer(flight: Annotated[dict, Body()]):
        if number == 2 and flight["pressure"] is None:
            raise HTTPException(500, "unsupported operand: NoneType / float")
        return {"version": number, "late": float(forecast([flight])[0])}

    return app


def drill(flights_in_order, servers, rollout, stop_at=None, stop=None):
    """Send the flights through the router; gives how many got an answer, and how many of version 2's failed."""
    answered, failures = 0, 0
    for number, flight in enumerate(flights_in_order):
        if number == stop_at:
            stop()  # version 2's server ends; its port is closed
        reply = None
        if in_canary(flight["id"], rollout.share, "v2"):
            try:
                reply = client.post(f"{servers[2]}/forecast", json=flight)
            except httpx.TransportError:
                reply = None
            failed = reply is None or reply.status_code >= 500
            rollout.record(failed)
            failures += failed
            reply = None if failed else reply
        reply = reply or client.post(f"{servers[1]}/forecast", json=flight)
        answered += reply.status_code == 200
    return answered, failures


columns = [*flights.FEATURES, "id"]
thursday = autumn[(autumn["sched_dep"] >= "2013-09-12") & (autumn["sched_dep"] < "2013-09-13 12:00")][columns]
orders = [{k: (None if pd.isna(v) else v) for k, v in row.items()} for row in thursday.to_dict("records")]
with tempfile.TemporaryDirectory() as folder:
    forecaster = desk.Forecaster(desk.package(Path(folder) / "desk"))
    for title, stop_at in (("version 2 stumbles", None), ("version 2 dies", 200)):
        rollout = Rollout([0.1, 0.5, 1.0], wald)
        sent = orders if stop_at is None else [{**o, "pressure": o["pressure"] or 1015.0} for o in orders]
        with (
            serving.running(version(1, forecaster)) as one,
            ExitStack() as second,
            httpx.Client(timeout=5, trust_env=False) as client,
        ):
            two = second.enter_context(serving.running(version(2, forecaster)))
            answered, failures = drill(sent, {1: one, 2: two}, rollout, stop_at, second.close)
        print(f"{title}: {answered} of {len(sent)} flights answered, {failures} failures of version 2, {rollout.state}")
        print(f"  (answers of version 2, share): {rollout.history}")

# %% [markdown]
# Nobody called Mirjam, and every flight got its forecast. Read the two histories: how many answers each rollback took, and at which stage.
# Drill it once a month, and on the day when it matters it is nothing new.

# %% [markdown]
# ## When to wake somebody
#
# Released is not the end. From now on the service has a *service level objective* (SLO): `99.5 %` of the requests of 30 days get a
# good answer. What is left, `0.5 %`, is the *error budget*. It is there to be spent: on releases, on maintenance, on bad luck. A page at night
# is right when the budget burns so fast that waiting for the morning would cost too much of it.
#
# The budget is stricter than the canary's `p0`: a version that fails 1 in 100 may pass the canary, and then spends the budget twice as fast as allowed.
# The canary keeps out what is broken, the budget sees what wears away slowly.
#
# The *burn rate* is the share of failed requests over the share that the SLO allows. At a burn rate of 1 the budget is gone after exactly 30 days.
# At `14.4` one hour takes a fiftieth of it: `14.4 · 1 h / 720 h = 2 %`. Google's SRE workbook pages on that, and looks at *two* windows: the long one
# (1 hour) says that it matters, the short one (5 minutes) that it is still going on.

# %% [markdown]
# ### Exercise 5 · The burn rate
#
# 15 min · ●●●○ · 5 points
#
# Write `pages(total, bad, slo, rules)`. `total` and `bad` (arrays or lists) hold the requests and the failed requests of each minute, shape (n,). `rules`
# is a list of `(long, short, factor)`, windows in minutes. Return booleans of shape (n,): at the end of minute `t` somebody is paged if for **any**
# rule **both** windows burn at `factor` or faster.
#
# - The burn rate of a window of `w` minutes at `t` is (failed requests / requests of the last `w` minutes, `t` included) / (1 − slo).
# - At the beginning a window holds the minutes that there are. A window without any request burns at 0.
#
# Example: `total = [10, 10, 10, 10]`, `bad = [0, 5, 5, 0]`, `slo = 0.75`, `rules = [(2, 1, 2)]` → `[False, False, True, False]`. At minute 2 both
# windows have 0.5 / 0.25 = 2. At minute 1 the long one has 5/20 / 0.25 = 1, at minute 3 the short one has 0.
#
# <details><summary>Hint 1 · the idea</summary>
# Sum first, divide then. A minute with 2 requests must not weigh as much as one with 200.</details>
# <details><summary>Hint 2 · where to look</summary>
# A cumulative sum with a zero in front: the sum of a window is the difference of two of its entries. Or
# <code>pd.Series.rolling(w, min_periods=1).sum()</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>burn = b / n.clip(1) / (1 - slo)</code> for window sums b and n (where n is 0, b is 0, too); then
# <code>(burn(long) &gt;= factor) &amp; (burn(short) &gt;= factor)</code>, joined by <code>|</code> over the rules.</details>


# %% exercise="burn-rate"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    ### BEGIN SOLUTION
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) & (burn(short) >= factor)
    return paged
    ### END SOLUTION


# %% check="burn-rate" points=5
def burn_at(total, bad, slo, t, w, mean_of_rates=False, shift=0, early=True, empty=0.0, wider=0):
    """The burn rate of the window, minute by minute: the definition, written out."""
    if t + 1 < w and not early:
        return -1.0
    minutes = [m for m in range(t - w + 1 + shift - wider, t + 1 + shift) if 0 <= m < len(total)]
    if mean_of_rates:
        rates = [bad[m] / total[m] for m in minutes if total[m]]
        return (sum(rates) / len(rates) if rates else 0) / (1 - slo)
    asked = sum(total[m] for m in minutes)
    return (sum(bad[m] for m in minutes) / asked if asked else empty) / (1 - slo)


def paged_by(total, bad, slo, rules, both=True, any_rule=True, strict=False, only=None, **how):
    found, rules = [], rules if only is None else [rules[only]]
    for t in range(len(total)):
        hits = []
        for long, short, factor in rules:
            some = [burn_at(total, bad, slo, t, w, **how) for w in (long, short)]
            some = [b > factor if strict else b >= factor for b in some]
            hits.append({True: all(some), False: any(some), "long": some[0], "short": some[1]}[both])
        found.append(any(hits) if any_rule else all(hits))
    return found


GUESSES = {
    "one of the two windows is enough for you: both must burn": {"both": False},
    "the short window is not looked at: people are paged long after it is over": {"both": "long"},
    "the long window is not looked at: every blip wakes somebody": {"both": "short"},
    "all rules must agree in yours: any of them is enough": {"any_rule": False},
    "the minutes' rates are averaged: a quiet minute weighs as much as a busy one": {"mean_of_rates": True},
    "the window leaves out the present minute": {"shift": -1},
    "the window looks into the future": {"shift": 1},
    "the window is one minute too long": {"wider": 1},
    "only the last rule counts in yours": {"only": -1},
    "only the first rule counts in yours": {"only": 0},
    "somebody is paged for windows without any request: these burn at 0": {"empty": np.inf},
    "nothing is paged before a window is full: at the beginning it holds the minutes that there are": {"early": False},
    "burning at exactly the factor is not enough in yours": {"strict": True},
    "the share of failures is compared, not the burn rate: divide by 1 - slo": {"slo": 0.0},
    "the share of failures is divided by the slo, not by 1 - slo": {"slo": "turned"},
}
"""What each named mistake does, as arguments of paged_by."""


def judge_pages(cases, kind=np.array):
    """The mistake that explains all of the learner's answers is named; else the first answer that is off is shown."""
    rows = []
    for total, bad, slo, rules in cases:
        total, bad = [int(v) for v in total], [int(v) for v in bad]
        ties = [
            burn_at(total, bad, slo, t, w) - factor for t in range(len(total)) for *both, factor in rules for w in both
        ]
        if any(0 < abs(tie) < 1e-9 for tie in ties):
            continue  # a tie that rounding decides
        got = pages(kind(total), kind(bad), slo, rules)
        check.shape(got, (len(total),), says="one boolean for each minute is asked for")
        check.that(
            set(np.asarray(got, float).tolist()) <= {0.0, 1.0}, says="not all entries are True or False", seen=got
        )
        rows.append((total, bad, slo, rules, [bool(v) for v in np.asarray(got)]))
    off = [row for row in rows if row[4] != paged_by(*row[:4])]
    if not off:
        return
    total, bad, slo, rules, got = min(off, key=lambda row: len(row[0]))
    right = paged_by(total, bad, slo, rules)
    if len(total) > 12:
        at = next(t for t in range(len(total)) if got[t] != right[t])
        seen, expected = f"{got[at]} at minute {at}", f"{right[at]}; {len(total)} minutes, slo={slo}, rules={rules}"
    else:
        seen, expected = got, f"{right} for total={total}, bad={bad}, slo={slo}, rules={rules}"
    for says, how in GUESSES.items():
        slos = {0.0: lambda _: 0.0, "turned": lambda slo: 1 - slo}.get(how.get("slo"), lambda slo: slo)
        how = {key: value for key, value in how.items() if key != "slo"}
        if all(paged_by(row[0], row[1], slos(row[2]), row[3], **how) == row[4] for row in rows):
            check.that(False, says=says, seen=seen, expected=expected)
    check.that(False, says="other minutes are paged than by the definition", seen=seen, expected=expected)


def day_of_bursts(rng, n):
    """Requests with quiet minutes, failures in bursts."""
    busy = rng.integers(0, 20, n) * (rng.random(n) < 0.8)
    return busy, rng.binomial(busy, np.where(rng.random(n) < 0.3, 0.7, 0.03))


fresh = check.rng()
judge_pages([
    ([10, 10, 10, 10], [0, 5, 5, 0], 0.75, [(2, 1, 2)]),
    ([10, 10, 10, 10], [5, 0, 0, 0], 0.75, [(1, 1, 2), (3, 2, 4)]),
    ([10, 10, 10, 10], [5, 5, 5, 0], 0.75, [(1, 1, 2), (3, 2, 4)]),
    ([0, 0, 10, 0, 0, 10], [0, 0, 9, 0, 0, 9], 0.5, [(2, 1, 1.1), (3, 2, 1.3)]),
    ([100, 2, 2, 100], [0, 2, 2, 0], 0.5, [(3, 2, 1.2)]),
    ([1, 0, 0, 1, 4], [1, 0, 0, 0, 4], 0.5, [(2, 1, 1.5)]),
    *((*day_of_bursts(fresh, 40), 0.8, [(8, 2, 1.31), (12, 5, 1.17)]) for _ in range(3)),
])  # fmt: skip
judge_pages([(*day_of_bursts(fresh, 20), 0.9, [(5, 2, 2.13)])], list)
### BEGIN HIDDEN TESTS
judge_pages([
    (*day_of_bursts(fresh, 50), float(fresh.choice([0.9, 0.95, 0.8])),
     [(int(fresh.integers(6, 15)), int(fresh.integers(1, 5)), float(fresh.uniform(1.1, 3)))])
    for _ in range(6)
])  # fmt: skip
### END HIDDEN TESTS

# %% [markdown]
# ## Four incidents, replayed
#
# Test an alert like any other code: on cases whose right answer you know. Here are four incidents of one day each, on the traffic that the
# departures of 11 September 2013 make (each flight is asked about once a minute in the hour before it leaves; failures are spread evenly, so that
# you can compute them). The rules are the workbook's two for pages: `(60, 5, 14.4)` and `(360, 30, 6)`.

# %%
wednesday = autumn[autumn["sched_dep"].dt.date == pd.Timestamp("2013-09-11").date()]
leaves = (wednesday["sched_dep"].dt.hour * 60 + wednesday["sched_dep"].dt.minute).to_numpy()
minute = np.arange(1_440)
traffic = ((minute[:, None] < leaves) & (leaves <= minute[:, None] + 60)).sum(axis=1)
RULES, SLO = [(60, 5, 14.4), (360, 30, 6.0)], 0.995
INCIDENTS = {
    "A": (255, 20, 1.0),
    "B": (600, 480, 0.02),
    "C": (480, 12, 0.9),
    "D": (840, 240, 0.05),
}  # start, minutes, share
failed_in = {}
for name, (start, length, share) in INCIDENTS.items():
    during = (minute >= start) & (minute < start + length)
    exact = np.cumsum(traffic * share * during)
    failed_in[name] = np.diff(np.floor(exact + 1e-9), prepend=0).astype(int)

figure, axes = plt.subplots(2, 2, figsize=(11, 5.2), sharex=True, sharey=True)
for axis, (name, failures) in zip(axes.flat, failed_in.items(), strict=True):
    axis.fill_between(minute / 60, traffic, color=BLUE, alpha=0.25, lw=0, label="requests")
    axis.plot(minute / 60, failures, color=ORANGE, lw=1, label="failed")
    start, length, share = INCIDENTS[name]
    axis.set_title(f"{name}: {share:.0%} fail for {length} minutes", loc="left")
    axis.set(xlim=(0, 24), xticks=range(0, 25, 4))
for axis in axes[1]:
    axis.set_xlabel("hour of 11 September 2013 (New York)")
for axis in axes[:, 0]:
    axis.set_ylabel("per minute")
axes[0, 0].legend(loc="upper right")
figure.tight_layout()
print(
    f"{traffic.sum():,} requests on that day; at this rate 30 days have a budget of {30 * traffic.sum() * (1 - SLO):,.0f} failures"
)

# %% [markdown]
# Four panels show the requests of each minute as an area, from none at night to about ninety at eight in the morning, and the failed ones as a line: in A a short outage before five in the morning,
# when almost nobody asks; in B a low line over eight hours; in C a sharp peak at eight; in D a low band over four hours of the afternoon.

# %% [markdown]
# ### Exercise 6 · Four incidents, four verdicts
#
# 10 min · ●●○○ · 3 points
#
# Look at the figure and write your guess down first. Then let your own code tell. Fill in:
#
# - `spent`: a dict from `"A"`, `"B"`, `"C"`, `"D"` to the share of the **30-day** error budget that the incident took: its failed requests over
#   the failures that `SLO` allows in 30 days with the traffic of this day. A number between 0 and 1 each, rounded to three digits or not at all.
# - `paged`: a list of the incidents in which `pages(…, SLO, RULES)` pages at least once.
# - `by_day`: the letter of the incident that took more of the budget than another one which pages, and still wakes nobody. It is work for the
#   next morning.
#
# <details><summary>Hint 1 · the idea</summary>
# The budget of 30 days is a number of failures; the cell above prints it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>failed_in[name].sum()</code>, and <code>pages(traffic, failed_in[name], SLO, RULES).any()</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>spent = {name: failed.sum() / budget for name, failed in failed_in.items()}</code></details>

# %% exercise="four-incidents"
### BEGIN SOLUTION
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "B"
### END SOLUTION


# %% check="four-incidents" points=3
def day_again():
    """Traffic and failures of the four incidents, from the data, by the checker."""
    table = flights.departures("valid")
    day = table[table["sched_dep"].dt.date == pd.Timestamp("2013-09-11").date()]["sched_dep"]
    asked = np.zeros(1_440, int)
    for one in day.dt.hour * 60 + day.dt.minute:
        asked[one - 60 : one] += 1
    cases = {"A": (255, 20, 1.0), "B": (600, 480, 0.02), "C": (480, 12, 0.9), "D": (840, 240, 0.05)}
    failures = {}
    for name, (start, length, share) in cases.items():
        part = np.where((np.arange(1_440) >= start) & (np.arange(1_440) < start + length), asked * share, 0.0)
        failures[name] = np.diff(np.floor(np.cumsum(part) + 1e-9), prepend=0)
    return asked, failures


def rings(asked, failures):
    """Whether one of the two rules pages, by pandas."""
    found = np.zeros(len(asked), bool)
    for long, short, factor in ((60, 5, 14.4), (360, 30, 6.0)):
        burns = []
        for w in (long, short):
            n = pd.Series(asked).rolling(w, min_periods=1).sum().to_numpy()
            b = pd.Series(failures).rolling(w, min_periods=1).sum().to_numpy()
            burns.append(np.divide(b, n, out=np.zeros(len(n)), where=n > 0) / 0.005)
        found |= (burns[0] >= factor) & (burns[1] >= factor)
    return bool(found.any())


asked_then, failures_then = day_again()
allowed = 30 * asked_then.sum() * 0.005
right = {name: float(f.sum() / allowed) for name, f in failures_then.items()}
check.that(
    isinstance(spent, dict) and set(spent) == set("ABCD"),
    says="spent is a dict with the keys A, B, C and D",
    seen=spent,
)
given = {name: float(spent[name]) for name in "ABCD"}
for says, factor in (
    ("the budget is that of one day, not of 30 days", 30),
    ("the failures are divided by all requests, not by the budget of failures", 0.005),
    ("the failures are divided by the requests of the day", 0.15),
    ("percent are given, a share between 0 and 1 is asked for", 100),
    ("the budget is slo times the requests: that is what must succeed", 0.005 / 0.995),
):
    for name in "BCD":
        check.differs(round(given[name], 6), round(right[name] * factor, 6), says=says)
check.close(
    [given[name] for name in "ABCD"],
    [right[name] for name in "ABCD"],
    rtol=1e-3,
    atol=5e-4,
    says="the shares of the budget are not right",
)
truth = {name for name in "ABCD" if rings(asked_then, failures_then[name])}
listed = {str(name) for name in paged}
check.that(listed <= set("ABCD"), says="paged lists letters from A to D", seen=listed)
why = {
    "A": "A: nobody else asks at that hour, so the share of failures is 1 in both windows, however few they are",
    "B": "B: 0.02 / 0.005 is a burn rate of 4",
    "C": "C: in twelve minutes of rush hour nearly all fail; ask the long window of the first rule",
    "D": "D: 0.05 / 0.005 is a burn rate of 10: too low for one rule, look at the other",
}
for name in "ABCD":
    check.that((name in listed) == (name in truth), says=f"paged is wrong about {why[name]}", seen=sorted(listed))
check.one_of(by_day, list("ABCD"))
check.that(by_day not in truth, says=f"by_day: {by_day} wakes somebody; the one asked for wakes nobody", seen=by_day)
quiet = [n for n in "ABCD" if n not in truth and any(right[n] > right[m] for m in truth)]
check.that(
    by_day in quiet, says="by_day: this one takes less of the budget than every incident that pages", seen=by_day
)

# %%
for name, failures in failed_in.items():
    first_page = np.flatnonzero(pages(traffic, failures, SLO, RULES))
    after = f"paged after {first_page[0] - INCIDENTS[name][0] + 1} minutes" if len(first_page) else "nobody is paged"
    print(f"{name}: {failures.sum():4d} failures, {spent[name]:.3f} of the budget, {after}")
slow = failed_in["B"].sum() / (3 * traffic.sum()) / (1 - SLO)  # two such days without a failure, then B's
print(f"burn rate of B over three days: {slow:.2f}")

# %% [markdown]
# Read it as the person on call. C and D are what pages are for, though D burned for hours before the long window saw it. A woke somebody for 25 requests in the small hours: with little traffic
# a share is a bad witness. One cure is a least number of failures (you could ask for fifty) beside the burn rate; the workbook's own are artificial
# traffic and services watched together.
#
# And B took more than A and wakes nobody, rightly: it can wait until the morning, if somebody writes a *ticket*. The workbook has a third rule for tickets:
# burn rate 1 over three days and over six hours. The last line shows that it would not have written this one. Eight hours at 4, then nothing, are 0.66
# over three days of such traffic. A tenth of the budget must go before that rule speaks; B took a fifteenth. So look at the budget each morning
# as well: a rule sees how fast it burns, and only the sum sees what is left.
#
# One thing an alert of failures will never say: that all answers come in time, and are wrong. That is what the monitor of module 06 is for.

# %% claims=true
check.prose("7 %", missing.mean())
check.prose("0.02", rolled_back[1])
check.prose("0.2", rolled_back[50])
check.prose("0.05", PROMISE["alpha"])
check.prose("99.5 %", SLO)
check.prose("0.5 %", 1 - SLO)
check.that(abs(measured["mean_used"] - 300) < 25, says="about 300 answers")
check.that(abs(needed - 500) < 40, says="one look takes 500")
check.that(measured["false_alarm"] < 0.045 and 0.03 < measured["missed"] < 0.07, says="one is kept, one is near")


def exact_chances(p):
    """The chances of worse and fine at failure rate p: the runs that are still undecided, by their number of failures."""
    bound, alive, ends = np.log(0.95 / 0.05), np.ones(1), [0.0, 0.0]
    n = 0
    while alive.sum() > 1e-9:
        n += 1
        alive = np.append(alive * (1 - p), 0.0) + np.append(0.0, alive * p)
        ratio = np.arange(n + 1) * np.log(3) + (n - np.arange(n + 1)) * np.log(0.97 / 0.99)
        ends[0] += alive[ratio >= bound].sum()
        ends[1] += alive[ratio <= -bound].sum()
        alive[abs(ratio) >= bound] = 0.0
    return ends


check.prose("0.035", exact_chances(0.01)[0])
check.prose("0.0502", exact_chances(0.03)[1])
check.prose("0.0526", PROMISE["alpha"] / (1 - PROMISE["beta"]))
check.prose("0.66", slow)
check.that(abs(spent["B"] - 1 / 15) < 0.002, says="B took a fifteenth")
check.that(abs(3 / 30 - 1 / 10) < 1e-9, says="burn rate 1 for three days takes a tenth")
check.that(whole["flips"] == 0 and with_gap["flips"] > 0.01, says="flips come from gaps only")
check.that(max(shuffled[0][0], shuffled[1][1]) <= 0.08, says="shuffled, the test keeps its word")
check.that(
    sound[1.0][0] > 0.1 and broken[1.0][1] > 0.6 and sound[1.0][2] < 0.4, says="all traffic decides within hours"
)
check.that(
    sound[0.01][0] <= 0.08 and 0.13 < broken[0.01][1] < 0.27 and 20 < sound[0.01][2] < 35,
    says="the hundredth takes weeks",
)
check.that((daily == 0).mean() > 0.3, says="the weather station works on most days")
check.that(set(paged) == {"A", "C", "D"} and spent["B"] > spent["A"], says="who pages")
check.that(abs(per_day - 900) < 50, says="nine hundred flights a day")

# %% [markdown]
# ## Sources
#
# - A. Wald, *Sequential Tests of Statistical Hypotheses*, Annals of Mathematical Statistics 16, 1945, 117–186; A. Wald and J. Wolfowitz, *Optimum
#   Character of the Sequential Probability Ratio Test*, Annals of Mathematical Statistics 19, 1948, 326–339.
# - B. Beyer, N. R. Murphy, D. K. Rensin, K. Kawahara, S. Thorne (eds.), *The Site Reliability Workbook*, O'Reilly 2018, chapter 5, "Alerting on SLOs":
#   the burn rates 14.4 and 6 and their windows; chapter 16, "Canarying Releases".
# - R. Johari, P. Koomen, L. Pekelis, D. Walsh, *Peeking at A/B Tests*, KDD 2017: what continuous looking does, and what to do instead.
# - Flights: see `datasets/flights/datasheet.md`.
