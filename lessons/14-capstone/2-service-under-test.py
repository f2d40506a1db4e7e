# %% [markdown]
# # Service under test
#
# After this lesson you can:
#
# - build the service of a forecast: contract, readiness, metrics, and a fallback that says that it is one;
# - find what a service gets silently wrong only when several people ask at once;
# - guard a service against a feed that breaks and recovers, retries and late messages included;
# - set the limit of a drift alarm so that it is quiet on data that did not change;
# - say for which faults a fallback is worth it, and which ones nobody would see.
#
# **The story** (its people are invented). Lesson 1 ended with a model for the elevated railway of Chicago: how many people
# will enter the station Clark/Lake two weeks from now? Gwen Halloran, who signs the roster there, orders guards by it: one guard too few costs three times what
# one too many costs. Now the client writes: *"A file is no use to us. Our roster program asks by HTTP, every night. Before we
# connect it, our test bench will call your service. It calls it as it should be called, it calls it wrongly, it calls it forty at a
# time, and it breaks the feed. Tell us when you are ready."*
#
# You are in a team of two to four. Share the roles: **data** (the feed and its guard), **model** (the artefact and the drift alarm),
# **platform** (the service under load), **product** (what the client is told). Each card names its role. The one who has it
# writes; another one tries to break it before the bench does. Alone, you are all four.
#
# The cards say less about *how* than those of earlier modules. What the service owes, they say in full.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 05) The model is still loading. What does the service say?
#
# <details><summary>A · <code>/health</code> 200, <code>/ready</code> 503</summary>
# Right. It is alive, and not ready. Whoever mixes the two up gets a service that is killed while it loads.</details>
# <details><summary>B · both 503</summary>
# No. What is not alive is ended and started again, and again, before it has loaded.</details>
# <details><summary>C · both 200, the first request waits</summary>
# No. Then requests are sent to a service that cannot answer them.</details>
#
# **2.** (Module 06) A drift alarm takes its limit from the formula for independent days. On days that were not changed it rings …
#
# <details><summary>A · as often as the formula says</summary>
# No. The days of a week share a holiday, a storm, a season. They are not independent.</details>
# <details><summary>B · far more often</summary>
# Right. The limit has to come from windows of real days that hang together as real days do.</details>
# <details><summary>C · less often, because neighbours resemble each other</summary>
# No. That they resemble each other makes their mean swing more, not less.</details>
#
# **3.** (Module 02) A turnstile is dead and counts nothing. The feed sends 0. What is that?
#
# <details><summary>A · a low count like any other</summary>
# No. The model would take it for a station that nobody enters.</details>
# <details><summary>B · an outlier: drop the station from the model</summary>
# No. It is broken today. The other days are sound.</details>
# <details><summary>C · a value that says "I do not know", or "closed"; from the number alone nobody can tell</summary>
# Right. In both cases it is no measurement of demand.</details>

# %%
import mle
import asyncio
import json
import logging
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Annotated, Literal

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from pandas.tseries.holiday import AbstractHolidayCalendar, Holiday, USLaborDay, USMemorialDay, USThanksgivingDay
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model
from sklearn.linear_model import QuantileRegressor

from mle import check, data, serving

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito
logging.disable(logging.ERROR)  # services fail on purpose here: you read their answers, not their logs
STATIONS = ["Clark_Lake", "Clinton", "Monroe", "Jefferson_Park", "California"]
TYPES = ["weekday", "saturday", "sunday"]


class Holidays(AbstractHolidayCalendar):
    """The six holidays on which the railway runs as on Sundays."""

    rules = (
        Holiday("New Year", month=1, day=1), USMemorialDay, Holiday("Independence Day", month=7, day=4),
        USLaborDay, USThanksgivingDay, Holiday("Christmas", month=12, day=25),
    )  # fmt: skip


def type_of(dates):
    """The railway's type of each day: weekday, saturday, or sunday, which includes the holidays."""
    holiday = dates.isin(Holidays().holidays("2000-12-01", "2017-01-31"))
    return np.where(holiday | (dates.dt.weekday == 6), "sunday", np.where(dates.dt.weekday == 5, "saturday", "weekday"))


days = data.load("chicago", "days")[["date", "ridership", *STATIONS]]
days = days.astype({name: float for name in ["ridership", *STATIONS]})
days["day_type"] = type_of(days["date"])
days["read_type"] = type_of(days["date"] - pd.Timedelta(days=14))  # the type of the day on which the feed counted
year = days["date"].dt.year
print(days.loc[year == 2013].iloc[13].to_string())

# %% [markdown]
# ## The artefact
#
# To be independent of what you chose in lesson 1, the bench brings a small artefact that stands in. It knows the level of each type of day in
# 2011, and how far five stations, two weeks before, were from theirs. A quantile regression weighs these, so that the plan is
# exceeded on one day in four: that is what "three times" asks for. It is a plain dict. `plan_day` is all there is to know about it.


# %%
def features(artefact, table):
    """What the weights belong to: log ratios of five stations to their level, winter, Saturday, Sunday. (n, 8)"""
    usual = np.array([[artefact["typical"][t][s] for s in STATIONS] for t in table["read_type"]])
    ratio = np.log(np.maximum(table[STATIONS].to_numpy(float), 0.05) / usual).clip(-0.7, 0.7)
    calendar = [table["date"].dt.month.isin([12, 1]), table["day_type"] == "saturday", table["day_type"] == "sunday"]
    return np.column_stack([ratio, *calendar]).astype(float)


def train(first, last, version):
    """An artefact from the years `first` to `last`; its levels are those of the year `last`."""
    newest, learn = days[year == last], days[(year >= first) & (year <= last)]
    made = {
        "version": version,
        "stations": STATIONS,
        "level": newest.groupby("day_type")["ridership"].median().to_dict(),
        "fallback": newest.groupby("day_type")["ridership"].quantile(0.75).to_dict(),
        "typical": {t: newest.loc[newest["read_type"] == t, STATIONS].median().to_dict() for t in TYPES},
    }
    target = np.log(learn["ridership"] / learn["day_type"].map(made["level"]))
    line = QuantileRegressor(quantile=0.75, alpha=1e-4, solver="highs").fit(features(made, learn), target)
    return made | {"constant": float(line.intercept_), "weights": [float(w) for w in line.coef_]}


def plan_all(artefact, table):
    """Planned entries in thousands for each row of a table, shape (n,)."""
    level = table["day_type"].map(artefact["level"]).to_numpy(float)
    return level * np.exp(artefact["constant"] + features(artefact, table) @ artefact["weights"])


def plan_day(artefact, day):
    """Planned entries in thousands for one day as the service gets it: a dict with date, day_type, read_type, entries."""
    row = day["entries"] | {name: day[name] for name in ("day_type", "read_type")}
    return float(plan_all(artefact, pd.DataFrame([row | {"date": pd.Timestamp(day["date"])}]))[0])


def rows_of(table):
    """A table's days as the service gets them, None for what the feed does not have."""
    return [
        {"date": str(row["date"].date()), "day_type": row["day_type"], "read_type": row["read_type"],
         "entries": {s: None if math.isnan(row[s]) else row[s] for s in STATIONS}}
        for row in table.to_dict("records")
    ]  # fmt: skip


def cost(entries, planned):
    """What a plan costs: each thousand missed counts 3, each thousand too many counts 1."""
    return np.maximum(3 * (np.asarray(entries) - planned), planned - np.asarray(entries))


artefact = train(2010, 2011, "stand-in 1")
live = days[year.isin([2012, 2013])].reset_index(drop=True)  # what the service will see
truth, levels = live["ridership"].to_numpy(), live["day_type"].map(artefact["fallback"]).to_numpy()
sound = cost(truth, plan_all(artefact, live)).mean()
no_feed, two_weeks = cost(truth, levels).mean(), cost(truth, live["Clark_Lake"]).mean()
print(json.dumps(rows_of(live)[5]))
print(
    f"cost per day in 2012 and 2013: model {sound:.2f}, without any feed {no_feed:.2f}, as two weeks before {two_weeks:.2f}"
)

# %% [markdown]
# Read the last line twice. The model costs 1.57 a day. `fallback`, one number for each type of day and no feed at all, costs 1.74. To plan
# as many as two weeks before costs 3.19. So the fallback is no disaster: it is a plan that loses a tenth. Keep this in mind when you decide when to use it.
#
# ## Round one: the bench calls
#
# ### Exercise 1 · The service
#
# 35 min · ●●●● · 5 points
#
# *Role: platform.*
#
# Write `make_service(artefact, plan, guard=None)`, which returns a FastAPI application. `artefact` is a dict with `"version"`,
# `"stations"` (names) and `"fallback"` (thousands for each type of day), or `None`: nothing is loaded. `plan(artefact, day)` gives a number, in
# thousands. `guard(day)` gives a dict, station → fault, empty for a sound day. Both get the day as the dict that came in.
#
# - `GET /health` → 200, always. `GET /ready` → 200 with `{"version": …}`; 503 without artefact.
# - `POST /predict`, body `{"days": [day, …]}`, 0 to 100 days. Each day has exactly `date` (text `YYYY-MM-DD`, zeros included; a day that exists), `day_type` and
#   `read_type` (one of `TYPES`), and `entries`: exactly the artefact's stations, each a number from 0 to 40 (thousands; both ends allowed) or `null`, which says
#   that the feed has no value. → 200 and `{"version": …, "plans": [{"date": …, "planned": …, "source": …, "why": …}, …]}`, in order, not rounded.
# - **`source`** is `"model"`, and `why` is `""`. Or it is `"baseline"`, `planned` is the fallback of the day's `day_type`, and `why` is a text: it
#   names each station that is `null` or has a fault by the guard. The guard sees every day that keeps the contract, those with `null` too. The baseline is also for
#   days on which `plan` or `guard` raises, or `plan` gives NaN or infinity. One such day changes nothing for the other days of the batch.
# - **Refusals**: 422 for a body that breaks the contract: a field too few or too many, NaN, a text or `true` for a number, a count above 40 (*entries, not thousands?*), an
#   unknown type, no JSON, more than 100 days. The body is JSON with `{"detail": [{"loc": ["body", "days", 3, …, field], "msg": …}, …]}` (further entries are fine). Without
#   artefact: 503 for `/predict`, whether the body keeps the contract or not.
# - `GET /metrics` → text in Prometheus' format: `plan_requests_total{status="200"}` and so on, the answers of `/predict` by status, 422 and 503
#   included; `plan_days_total{source="model"}` and `{source="baseline"}`, planned days. What never happened may be missing or 0. Each application counts its own.
#
# Example: `{"days": [{"date": "2013-01-14", "day_type": "weekday", "read_type": "weekday", "entries": {"Clinton": null, …}}]}` →
# `{"version": "stand-in 1", "plans": [{"date": "2013-01-14", "planned": 19.94, "source": "baseline", "why": "Clinton: no value"}]}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Three layers. What breaks the contract never reaches your code. What the feed broke gets the baseline. All else gets the model. Count at the one place
# through which all answers go.</details>
# <details><summary>Hint 2 · where to look</summary>
# Module 05, lesson 2: <code>create_model</code>, <code>ConfigDict(extra="forbid", strict=True)</code>, <code>RequestValidationError</code>. What does FastAPI's own
# answer to a NaN do? Send one. A <code>Counter</code> and <code>@app.middleware("http")</code> count without a library.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>detail = [{"loc": list(e["loc"]), "msg": e["msg"]} for e in error.errors()]</code> leaves the NaN out. Write the models inside <code>make_service</code>; without an
# artefact there are no stations: one endpoint that raises the 503 before any body is read.</details>


# %% exercise="plan-service"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
    ### BEGIN SOLUTION
    app = FastAPI()
    requests, planned_days = {}, {}

    def add(counter, key, n=1):
        counter[key] = counter.get(key, 0) + n

    @app.middleware("http")
    async def count(request, call_next):
        answer = await call_next(request)
        if request.url.path == "/predict":
            add(requests, answer.status_code)
        return answer

    @app.exception_handler(RequestValidationError)
    async def refuse(request, error):
        return JSONResponse({"detail": [{"loc": list(e["loc"]), "msg": e["msg"]} for e in error.errors()]}, 422)

    @app.get("/health")
    async def health():
        return {"status": "alive"}

    @app.get("/metrics")
    async def metrics():
        lines = [f'plan_requests_total{{status="{status}"}} {n}' for status, n in requests.items()]
        lines += [f'plan_days_total{{source="{source}"}} {n}' for source, n in planned_days.items()]
        return PlainTextResponse("\n".join(lines) + "\n")

    if artefact is None:

        @app.get("/ready")
        @app.post("/predict")
        async def not_yet():
            raise HTTPException(503, "no model is loaded")

        return app

    def real_day(text):
        if str(datetime.strptime(text, "%Y-%m-%d").date()) != text:
            raise ValueError("a date is written YYYY-MM-DD, with its zeros")
        return text

    strict = ConfigDict(extra="forbid", strict=True)
    count_of = Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)] | None
    entries = create_model("Entries", __config__=strict, **{s: (count_of, ...) for s in artefact["stations"]})
    day_type = Literal["weekday", "saturday", "sunday"]
    one_day = create_model(
        "Day", __config__=strict, date=(Annotated[str, AfterValidator(real_day)], ...), day_type=(day_type, ...),
        read_type=(day_type, ...), entries=(entries, ...),
    )  # fmt: skip
    batch = create_model("Batch", __config__=strict, days=(Annotated[list[one_day], Field(max_length=100)], ...))

    def planned(day):
        faults = {station: "no value" for station, value in day["entries"].items() if value is None}
        try:
            faults |= guard(day) if guard else {}
            if not faults:
                value = float(plan(artefact, day))
                if math.isfinite(value):
                    return value, "model", ""
                faults = {"model": "no number"}
        except Exception as error:
            faults["service"] = f"{type(error).__name__}: {error}"
        return artefact["fallback"][day["day_type"]], "baseline", ", ".join(f"{k}: {v}" for k, v in faults.items())

    @app.get("/ready")
    async def ready():
        return {"version": artefact["version"]}

    @app.post("/predict")
    async def predict(body: batch):
        plans = []
        for day in body.model_dump()["days"]:
            value, source, why = planned(day)
            add(planned_days, source)
            plans.append({"date": day["date"], "planned": value, "source": source, "why": why})
        return {"version": artefact["version"], "plans": plans}

    return app
    ### END SOLUTION


# %% check="plan-service" points=5
@check.probe
def round_one(make_service, artefact, bodies, guarded):
    """The bench: serve an application, send it bodies, read its metrics; and one without an artefact."""
    import json
    import logging
    import math

    import httpx

    from mle import serving

    logging.disable(logging.ERROR)
    given = []

    def plan(made, day):
        given.append(day if isinstance(day, dict) else "no dict")
        if day["date"].endswith("-07"):
            raise ZeroDivisionError("a bug of the model")
        if day["date"].endswith("-08"):
            return math.nan
        if day["date"].endswith("-09"):
            return math.inf
        return sum(made["weights"][s] * x for s, x in day["entries"].items())

    def guard(day):
        if day["date"].endswith("-05"):
            raise LookupError("a bug of the guard")
        return {s: "stuck" for s in guarded} if day["date"].endswith("-04") else {}

    def no_json(word):
        raise ValueError(f"{word} is no JSON")

    def tell(answer):
        try:
            body = json.loads(answer.text, parse_constant=no_json)
        except ValueError:
            body = None
        return {"status": answer.status_code, "text": answer.text[:2000], "json": body,
                "type": answer.headers.get("content-type", "")}  # fmt: skip

    seen = {}
    for name, made, judge, sent in (
        ("guarded", artefact, guard, bodies), ("plain", artefact, None, bodies[:1]), ("empty", None, None, bodies[:1]),
    ):  # fmt: skip
        app = make_service(made, plan, judge) if judge else make_service(made, plan)
        if not callable(app):
            return {"no app": f"{app!r:.60}"}
        with (
            serving.running(app) as url,
            httpx.Client(
                base_url=url, trust_env=False, verify=False, timeout=10,
                limits=httpx.Limits(max_keepalive_connections=0),
            ) as client,
        ):  # fmt: skip
            header = {"content-type": "application/json"}
            seen[name] = {"predict": [tell(client.post("/predict", content=text, headers=header)) for text in sent]}
            for path in ("health", "ready", "metrics"):
                seen[name][path] = tell(client.get(f"/{path}"))
    seen["given"] = ["no dict" if day == "no dict" else sorted(day) for day in given]
    return seen


def metric(text, name, label, value):
    """The value of one line of Prometheus' text, 0 where there is none."""
    import re

    found = re.findall(rf'^{name}\{{{label}="{value}"\}} +([0-9.e+]+)\s*$', text, re.MULTILINE)
    return sum(float(n) for n in found)


def judge_service(rng, full=True):
    """The contract, named mistakes first; expected values from the toy artefact."""
    names = [f"Stop_{i}" for i in rng.permutation(90)[:3] + 10]
    made = {
        "version": f"v{rng.integers(2, 99)}", "stations": names, "weights": {s: float(rng.uniform(1, 2)) for s in names},
        "fallback": dict(zip(["weekday", "saturday", "sunday"], map(float, rng.uniform(60, 99, 3)), strict=True)),
    }  # fmt: skip
    kinds = list(made["fallback"])

    def day(number, kind=0, read=1, **changed):
        entries = {s: float(rng.uniform(0.1, 39)) for s in names} | changed
        return {"date": f"2013-0{rng.integers(1, 10)}-{number:02d}", "day_type": kinds[kind], "read_type": kinds[read],
                "entries": entries}  # fmt: skip

    first, middle, last = names
    mixed = [day(20), day(21, 1, 2, **{middle: None}), day(22, 2, 0), day(7, 1), day(8, 2), day(9), day(4, 1), day(5, 2),
             day(4, 2, 0, **{last: None}), day(23, 2), day(24, **{first: 0, last: 40})]  # fmt: skip
    bodies = {"mixed": {"days": mixed}, "empty": {"days": []}, "hundred": {"days": [day(15)] * 100}}
    good = day(16)

    def broken(**change):
        return {"days": [good, good | change]}

    def entry(value):
        return broken(entries=good["entries"] | {middle: value})

    without = {s: x for s, x in good["entries"].items() if s != middle}
    refusals = {
        "unit": (entry(float(rng.uniform(400, 30_000))), middle, "entries in ones are planned as if they were thousands"),
        "edge": (entry(40.001), middle, "a count just above 40 is planned"),
        "below": (entry(-0.001), middle, "a count below zero is planned"),
        "nan": (entry(math.nan), middle, "a NaN in the body"),
        "infinity": (entry(-math.inf), middle, "an infinity in the body"),
        "gap": (broken(entries=without), middle, "a day without one of the stations is planned"),
        "extra": (broken(entries=good["entries"] | {"Stop_X": 1.0}), "Stop_X", "a station that nobody knows goes unseen"),
        "type": (broken(day_type="holiday"), "day_type", "a type of day that does not exist is planned"),
        "read": (broken(read_type="Sunday"), "read_type", "a type of the counted day that does not exist is planned"),
        "text": (entry("12"), middle, "a text is planned as if it were a number"),
        "bool": (entry(True), middle, "true is planned as if it were one thousand"),
        "date": (broken(date="2013-02-30"), "date", "a date that does not exist is planned"),
        "american": (broken(date="02/14/2013"), "date", "a date of another format is planned"),
        "zeros": (broken(date="2013-2-5"), "date", "a date without its zeros is planned, and as text it sorts wrongly"),
        "field": (broken(note="urgent"), "note", "a field of the day that nobody asked for goes unseen"),
        "beside": ({"days": [good], "unit": "ones"}, "unit", "a field beside `days` goes unseen"),
        "large": ({"days": [good] * 101}, "days", "a batch of more than 100 days is planned"),
        "no days": ({}, "days", "a body without days is taken"),
    }  # fmt: skip
    texts = (
        [json.dumps(body) for body in bodies.values()] + [json.dumps(body) for body, *_ in refusals.values()] + ["{no"]
    )
    guarded = [first, last]
    got = round_one(make_service, made, texts, guarded)
    check.that("no app" not in got, says="make_service returns no application", seen=got.get("no app", ""))
    answers = dict(zip([*bodies, *refusals, "no json"], got["guarded"]["predict"], strict=True))

    for path in ("health", "ready"):
        answer = got["guarded"][path]
        check.equal(answer["status"], 200, says=f"with an artefact /{path} does not say 200")
    check.that(
        isinstance(got["guarded"]["ready"]["json"], dict) and got["guarded"]["ready"]["json"].get("version") == made["version"],
        says="/ready does not tell the artefact's version", seen=got["guarded"]["ready"]["text"], expected=made["version"],
    )  # fmt: skip
    check.equal(got["empty"]["health"]["status"], 200, says="a service without artefact is alive all the same")
    check.equal(got["empty"]["ready"]["status"], 503, says="ready is said although no artefact is there")
    check.equal(got["empty"]["predict"][0]["status"], 503, says="without an artefact a plan is not answered with 503")

    answer = answers["mixed"]
    check.that(
        answer["status"] != 422, says="a day for which the feed has no value gets no plan at all: null keeps the contract",
        seen=answer["text"][:150], expected="200, and the baseline for that day",
    )  # fmt: skip
    check.that(
        answer["status"] == 200, says="one day on which guard or plan fails takes the whole batch with it",
        seen=f"status {answer['status']}: {answer['text']}", expected="200, and the baseline for that day",
    )  # fmt: skip
    check.that("no dict" not in got["given"], says="plan does not get the day as a dict")
    check.that(
        all(keys == ["date", "day_type", "entries", "read_type"] for keys in got["given"]),
        says="plan gets a day with other fields than came in", seen=got["given"][:1],
    )  # fmt: skip

    def plans_of(answer, sent):
        body = answer["json"]
        check.that(
            isinstance(body, dict) and isinstance(body.get("plans"), list), says="the answer has no list of plans",
            seen=answer["text"][:150],
        )  # fmt: skip
        check.equal(body.get("version"), made["version"], says="the plans do not say which version made them")
        check.equal(
            [p.get("date") if isinstance(p, dict) else p for p in body["plans"]], [d["date"] for d in sent],
            says="not one plan for each day, in order",
        )  # fmt: skip
        for p in body["plans"]:
            check.that({"planned", "source", "why"} <= set(p), says="a plan lacks planned, source or why", seen=p)
            check.one_of(p["source"], ["model", "baseline"], says="source is neither model nor baseline")
            check.that(isinstance(p["planned"], (int, float)) and not isinstance(p["planned"], bool),
                       says="a plan is no number", seen=p)  # fmt: skip
            check.that(isinstance(p["why"], str), says="why is no text", seen=p)
        return body["plans"]

    plans = plans_of(answer, mixed)
    sources = [p["source"] for p in plans]
    expected = ["model", "baseline", "model", *["baseline"] * 6, "model", "model"]
    check.that(sources.count("model") > 0, says="one broken day sends the whole batch to the baseline", seen=sources)
    for i, says in ((1, "a null is planned as if it were a measurement"), (3, "the model raised, and yet it is the source"),
                    (4, "NaN is handed on as a plan"), (5, "infinity is handed on as a plan"),
                    (6, "what the guard finds does not matter"), (7, "the guard failed, and nobody is told")):  # fmt: skip
        check.equal(sources[i], "baseline", says=says)
    check.equal(sources, expected, says="source is not what happened")
    for p, sent, source in zip(plans, mixed, expected, strict=True):
        if source == "model":
            value = sum(made["weights"][s] * x for s, x in sent["entries"].items())
            check.that(
                p["planned"] == value or abs(p["planned"] - value) < 1e-9 or abs(p["planned"] - value) > 0.51,
                says="the plan is rounded", seen=p["planned"], expected=f"{value}",
            )  # fmt: skip
            check.close(p["planned"], value, rtol=1e-12, says="the plan is not what plan(artefact, day) gives")
            check.equal(p["why"], "", says="a sound day has a reason to fall back")
        else:
            if sent["day_type"] != sent["read_type"]:
                check.differs(p["planned"], made["fallback"][sent["read_type"]],
                              says="the baseline is that of the day when the feed counted")  # fmt: skip
            check.close(p["planned"], made["fallback"][sent["day_type"]], rtol=1e-12,
                        says="the baseline is not the fallback of the type of day")  # fmt: skip
            check.that(p["why"] != "", says="a day falls back and does not say why", seen=p)
    for i, stations in ((1, [middle]), (6, guarded), (8, guarded)):
        check.that(
            all(s in plans[i]["why"] for s in stations), says="why does not name each station at fault",
            seen=plans[i]["why"], expected=" and ".join(stations),
        )  # fmt: skip
    check.equal(plans_of(answers["empty"], []), [], says="an empty batch has plans")
    check.equal(answers["hundred"]["status"], 200, says="a batch of 100 days is refused")

    for name, (_, field, says) in refusals.items():
        answer = answers[name]
        check.that(
            answer["status"] != 500, says=f"{says.split(' is planned')[0]} makes the service itself fail",
            seen="500 " + answer["text"][:100], expected="422 and a reason",
        )  # fmt: skip
        wanted = (413, 422) if name == "large" else (422,)
        check.that(answer["status"] in wanted, says=says, seen=f"{answer['status']} {answer['text'][:120]}",
                   expected="422 and a reason")  # fmt: skip
        if answer["status"] == 422:
            body = answer["json"]
            check.that(
                isinstance(body, dict) and isinstance(body.get("detail"), list) and len(body["detail"]) > 0
                and all(isinstance(e, dict) and isinstance(e.get("loc"), list) and e.get("msg") for e in body["detail"]),
                says="the refusal has no detail with loc and msg", seen=answer["text"][:150],
            )  # fmt: skip
            locs = [[str(part) for part in e["loc"]] for e in body["detail"]]
            check.that(
                any(field in loc for loc in locs),
                says="the refusal does not name the field",
                seen=locs[:2],
                expected=field,
            )
            if field not in ("unit", "days"):
                check.that(
                    any(loc[:3] == ["body", "days", "1"] for loc in locs), says="the refusal does not say which day it was",
                    seen=locs[:2], expected="body, days, 1, …",
                )  # fmt: skip
    check.equal(answers["no json"]["status"], 422, says="a body that is no JSON is not refused with 422")

    text = got["guarded"]["metrics"]["text"]
    full_text = got["guarded"]["metrics"]
    check.that(
        full_text["status"] == 200 and full_text["type"].startswith("text/plain") and not text.startswith('"'),
        says="/metrics is no plain text", seen=f"{full_text['type']}: {text[:80]}", expected="text/plain",
    )  # fmt: skip
    oks = sum(a["status"] == 200 for a in answers.values())
    counted = metric(text, "plan_requests_total", "status", "200")
    check.that(counted > 0, says="/metrics has no line in Prometheus' format for the status 200", seen=text,
               expected='plan_requests_total{status="200"} 3')  # fmt: skip
    plain = metric(got["plain"]["metrics"]["text"], "plan_requests_total", "status", "200")
    check.that(plain == 1 and counted == oks, says="two services in one process count together, or not each answer", seen=f"{counted:g} and {plain:g}",
               expected=f"{oks} and 1")  # fmt: skip
    refused = sum(a["status"] == 422 for a in answers.values())
    check.equal(
        metric(text, "plan_requests_total", "status", "422"), float(refused), says="refused requests are not counted"
    )
    check.equal(metric(got["empty"]["metrics"]["text"], "plan_requests_total", "status", "503"), 1.0,
                says="requests without an artefact are not counted")  # fmt: skip
    for source in ("model", "baseline"):
        n = expected.count(source) + (100 if source == "model" else 0)
        check.equal(
            metric(text, "plan_days_total", "source", source), float(n), says="the days are not counted by their source"
        )


judge_service(check.rng())
### BEGIN HIDDEN TESTS
judge_service(check.rng(1))
### END HIDDEN TESTS

# %% [markdown]
# Ask it, with the real artefact: a sound day, a day without Clinton, a day in ones instead of thousands.

# %% demo=true
with serving.running(make_service(artefact, plan_day)) as url, httpx.Client(base_url=url, trust_env=False) as client:
    today = rows_of(live)[378]
    for entries in ({}, {"Clinton": None}, {"Clark_Lake": 1000 * today["entries"]["Clark_Lake"]}):
        answer = client.post("/predict", json={"days": [today | {"entries": today["entries"] | entries}]})
        print(answer.status_code, answer.text)
    print(client.get("/metrics").text)

# %% [markdown]
# A reasoned no, a plan that says what it is, and numbers that a monitor can read. The client's bench is content with round one.
#
# ## Round two: the bench loads
#
# `plan_day` takes a few milliseconds. Noor, a colleague from another team, offers her own service, which is *"much faster: it collects,
# it remembers, and it is async"*. She has tried it, request after request, and every answer was right. Then the bench sends many at once.
#
# This is it.


# %%
def noor_service(plan):
    """Noor's service: it collects, it remembers, and it is async."""
    app = FastAPI()
    waiting, remembered, total = [], {}, {"days": 0}

    @app.post("/predict")
    async def predict(body: dict):
        waiting.extend(body["days"])
        so_far = total["days"]
        for day in waiting:
            if day["date"] not in remembered:
                remembered[day["date"]] = plan(day)
        plans = [{"date": day["date"], "planned": remembered[day["date"]]} for day in waiting]
        waiting.clear()
        total["days"] = so_far + len(plans)
        return {"plans": plans}

    @app.get("/health")
    async def health():
        return {"status": "alive"}

    @app.get("/metrics")
    async def metrics():
        return PlainTextResponse(f"plan_days_total {total['days']}\n")

    return app


# %% [markdown]
# ### Exercise 2 · Four faults, one at a time
#
# 15 min · ●●●○ · 4 points
#
# *Role: platform.*
#
# Noor's service has **four faults**, and some hide behind others. Copy it, repair it, and call it `make_fast_service(plan)`. `plan(day)` gives a number and may take long. What it owes:
#
# - `POST /predict`, body `{"days": [day, …]}` → `{"plans": [{"date": …, "planned": plan(day)}, …]}`: the days of this request, in order, each with its own number,
#   however many requests are on their way.
# - While plans are being made, other requests go on: `GET /health` answers, and at least four requests are inside `plan` at the same time.
# - It remembers: a day that equals, in all its fields (in whatever order), one planned earlier is not planned again, whichever request it comes in. (Two that come at the same moment may both be planned.)
# - `GET /metrics` → text with the line `plan_days_total n`: all days in all answers given so far, exactly.
#
# Days are dicts as in exercise 1; bad bodies are not the matter here.
#
# Example: two requests at once, one with 14 January and one with 15 January, each get one plan, their own. Then `/metrics` says `plan_days_total 2`.
#
# <details><summary>Hint 1 · the idea</summary>
# For each variable ask: whose is it, one request's or everybody's? And for each line: can another request come in between?</details>
# <details><summary>Hint 2 · where to look</summary>
# FastAPI runs an endpoint that is written <code>def</code> in a thread of its own, and one that is <code>async def</code> on the one thread that serves everybody. Repair that first. Which faults
# come out then?</details>
# <details><summary>Hint 3 · almost the code</summary>
# A key that holds the whole day: <code>json.dumps(day, sort_keys=True)</code>. Count after planning, in one step, under a <code>threading.Lock</code>; but do not hold the lock while
# <code>plan</code> runs.</details>


# %% exercise="under-load"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    ### BEGIN SOLUTION
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans = []
        for day in body["days"]:
            key = json.dumps(day, sort_keys=True)
            if key not in remembered:
                remembered[key] = plan(day)
            plans.append({"date": day["date"], "planned": remembered[key]})
        with lock:
            total["days"] += len(plans)
        return {"plans": plans}

    @app.get("/health")
    async def health():
        return {"status": "alive"}

    @app.get("/metrics")
    async def metrics():
        return PlainTextResponse(f"plan_days_total {total['days']}\n")

    return app
    ### END SOLUTION


# %% check="under-load" points=4
@check.probe
def round_two(make_fast_service, together, later, wait):
    """Send the bodies of `together` at once, each held inside plan until all are there; then those of `later` in turn."""
    import json
    import logging
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import httpx

    from mle import serving

    logging.disable(logging.ERROR)
    lock, everybody, release = threading.Lock(), threading.Event(), threading.Event()
    state = {"inside": 0, "most": 0, "calls": 0}

    def plan(day):
        with lock:
            state["calls"] += 1
            state["inside"] += 1
            state["most"] = max(state["most"], state["inside"])
            if state["inside"] == len(together):
                everybody.set()
        if not release.is_set():
            release.wait(5)
        with lock:
            state["inside"] -= 1
        return sum(day["entries"].values())

    def ask(url, method, path, body=None, seconds=10):
        with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=seconds) as client:
            try:
                answer = client.request(method, path, json=body)
            except httpx.HTTPError as error:
                return {"status": 0, "text": type(error).__name__, "json": None}
            try:
                content = json.loads(answer.text)
            except ValueError:
                content = None
            return {"status": answer.status_code, "text": answer.text[:300], "json": content}

    app = make_fast_service(plan)
    if not callable(app):
        return {"no app": f"{app!r:.60}"}
    seen = {"later": []}
    with serving.running(app) as url:
        try:
            with ThreadPoolExecutor(len(together)) as pool:
                sent = [pool.submit(ask, url, "POST", "/predict", body) for body in together]
                try:
                    everybody.wait(wait)
                    seen["health"] = ask(url, "GET", "/health", seconds=wait)
                finally:
                    release.set()
                seen["together"] = [job.result() for job in sent]
            seen["most"] = state["most"]
            for body in later:
                before = state["calls"]
                seen["later"].append(ask(url, "POST", "/predict", body) | {"calls": state["calls"] - before})
            seen["metrics"] = ask(url, "GET", "/metrics")
        finally:
            release.set()
    return seen


def judge_load(rng):
    """Four requests at once, then the same days again, in other batches, and with other entries."""
    numbers = rng.permutation(28)[:8] + 1
    pool = [{"date": f"2013-05-{n:02d}", "day_type": "weekday", "read_type": "weekday",
             "entries": {"A": float(rng.integers(1, 4000) / 100), "B": float(rng.integers(1, 4000) / 100)}}
            for n in numbers]  # fmt: skip
    together = [{"days": pool[2 * i : 2 * i + 2]} for i in range(4)]
    other = pool[0] | {"entries": {"A": pool[0]["entries"]["A"] + 1, "B": pool[0]["entries"]["B"]}}
    typed = pool[1] | {"read_type": "sunday"}
    fresh = {"date": "2014-01-02", "day_type": "weekday", "read_type": "sunday", "entries": {"A": 1.5, "B": 2.0}}
    turned = [dict(reversed(d.items())) for d in together[1]["days"]]
    later = [
        {"days": [fresh]},
        together[1],
        {"days": [pool[5], pool[2], pool[5]]},
        {"days": [other]},
        {"days": [typed]},
        {"days": turned},
    ]
    got = round_two(make_fast_service, together, later, 1.5)
    check.that("no app" not in got, says="make_fast_service returns no application", seen=got.get("no app", ""))
    check.that(got["health"]["status"] == 200, says="while a plan is made nobody else gets an answer",
               seen=f"/health: {got['health']['text']}", expected="200 at once", look="Hint 2")  # fmt: skip
    check.that(got["most"] >= 4, says="requests wait for one another: they are planned one at a time",
               seen=f"at most {got['most']} inside plan at the same time", expected="4")  # fmt: skip

    def judge(answer, sent, says):
        check.that(
            answer["status"] == 200, says="a request is lost under load", seen=f"{answer['status']} {answer['text']}",
            expected="200",
        )  # fmt: skip
        body = answer["json"]
        check.that(isinstance(body, dict) and isinstance(body.get("plans"), list), says="an answer has no list of plans",
                   seen=answer["text"])  # fmt: skip
        check.equal([p.get("date") for p in body["plans"]], [d["date"] for d in sent["days"]], says=says)
        for p, day in zip(body["plans"], sent["days"], strict=True):
            check.close(p.get("planned"), sum(day["entries"].values()), rtol=1e-12,
                        says="a day gets the plan of another day of the same date")  # fmt: skip

    for answer, sent in zip(got["together"], together, strict=True):
        judge(answer, sent, "an answer holds days of another request, or lacks its own")
    for i, (answer, sent) in enumerate(zip(got["later"], later, strict=True)):
        judge(answer, sent, "an answer later on does not hold the days of its request")
        if i == 0:
            check.equal(answer["calls"], 1, says="a new day is not planned once")
        if i == 1:
            check.equal(answer["calls"], 0, says="a request that comes again is planned again")
        if i == 2:
            check.equal(answer["calls"], 0, says="a day that comes in another batch is planned again")
        if i == 5:
            check.equal(answer["calls"], 0, says="the same day with its fields in another order is planned again")
    total = sum(len(body["days"]) for body in (*together, *later))
    text = got["metrics"]["text"].strip().splitlines() or [""]
    lines = [line for line in text if line.startswith("plan_days_total ")]
    check.that(len(lines) == 1, says="/metrics has no line plan_days_total", seen=text)
    check.equal(float(lines[0].split()[1]), float(total), says="days are lost from the count, or counted twice")


judge_load(check.rng())
### BEGIN HIDDEN TESTS
judge_load(check.rng(1))
### END HIDDEN TESTS

# %% [markdown]
# One thing no test here can tell. `total["days"] += n` without a lock reads, adds and writes, and two threads that meet in between lose
# a count: once in a million requests, in the week when you are on holiday. What a test cannot catch, a reader has to.
#
# Now the load, on your own service of exercise 1, with the real model: forty requests of the client at once. No lost answer, no swapped answer. That is the
# bench's bound; how long it takes depends on the machine, so the number printed is yours.

# %% demo=true tags=["nbval-ignore-output"]
batches = [rows_of(live)[7 * i : 7 * i + 7] for i in range(40)]
with serving.running(make_service(artefact, plan_day)) as url:

    def ask(batch):
        """One of the forty: dates and numbers that came back, and the seconds it took."""
        started = time.perf_counter()
        with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=30) as client:
            plans = client.post("/predict", json={"days": batch}).json()["plans"]
        return [(p["date"], p["planned"]) for p in plans], time.perf_counter() - started

    with ThreadPoolExecutor(20) as pool:
        came = list(pool.map(ask, batches))
expected = plan_all(artefact, live.iloc[:280])
wrong = sum(d != day["date"] or abs(p - e) > 1e-9 for (d, p), day, e in zip(
    [pair for plans, _ in came for pair in plans], [day for batch in batches for day in batch], expected, strict=True
))  # fmt: skip
print(
    f"280 days in 40 requests: {wrong} wrong; 95 % of the requests within {np.quantile([s for _, s in came], 0.95):.2f} s"
)

# %% [markdown]
# ## Round three: the bench breaks the feed
#
# The contract refuses what is impossible. A turnstile that hangs on yesterday's number is not impossible. For that there is a
# guard: it knows what a station's count usually is, and what it sent before.
#
# ### Exercise 3 · The guard of the feed
#
# 15 min · ●●●○ · 4 points
#
# *Role: data.*
#
# Write the class `FeedGuard(typical, factor=3, repeat=3)` with the method `faults(day)`, which returns a dict from each station *at fault* to one of four
# texts, and an empty dict for a sound day. `typical[read_type][station]` is the usual count in thousands. The first that fits counts:
#
# - `"missing"`: the entry is `None`.
# - `"closed"`: it is 0. Closed or dead, it is no measurement of demand.
# - `"stuck"`: it equals, to the last digit, that station's entries of the `repeat - 1` days before. The days before are those that the guard has been asked about, **by
#   date**, however many days lie between them. Fewer than `repeat - 1` days before: not stuck.
# - `"scale"`: it is above `factor` times the typical count of that station for this day's `read_type`, or below the typical count divided by `factor`. Exactly at a bound is sound.
#
# The nightly job is no saint. It **asks again** after a timeout: the same day twice is no news. It **sends late**: a day may come after later ones. And it sends a day again
# **corrected**: then the new entries count in place of the old ones, for this verdict and for those to come. When a feed is sound again, so is the verdict. The day that comes in is not changed. `repeat` is 2 or more.
#
# Example: `repeat=3`, Clinton sends 3.2, 3.2, 3.2, 3.4 on four days: `{}`, `{}`, `{"Clinton": "stuck"}`, `{}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Do not count repetitions. Keep what came, under its date, and look back from the day in question.</details>
# <details><summary>Hint 2 · where to look</summary>
# ISO dates sort as texts. <code>sorted(d for d in seen if d &lt; day["date"])[-(repeat - 1):]</code> are the dates before.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>self.seen[day["date"]] = dict(day["entries"])</code>; <code>len(before) == repeat - 1 and all(self.seen[d][station] == value for d in before)</code>.</details>


# %% exercise="broken-feed"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    ### BEGIN SOLUTION
    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        dates = sorted(d for d in self.seen if d < day["date"])
        before = [self.seen[d] for d in dates[-(self.repeat - 1) :]]
        found = {}
        for station, value in day["entries"].items():
            usual = self.typical[day["read_type"]][station]
            if value is None:
                found[station] = "missing"
            elif value == 0:
                found[station] = "closed"
            elif len(before) == self.repeat - 1 and all(entries[station] == value for entries in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found

    ### END SOLUTION


# %% check="broken-feed" points=4
@check.probe
def round_three(FeedGuard, typical, settings, rounds):
    """Each round: a new guard behind a small service, asked by HTTP, day after day; its verdicts, and the days afterwards."""
    import copy
    import json

    import httpx
    from fastapi import FastAPI

    from mle import serving

    guards, app = {}, FastAPI()

    @app.post("/guard/{number}")
    def judge(number: int, day: dict):
        if number not in guards:
            guards[number] = FeedGuard(copy.deepcopy(typical), **settings[number])
        sent = copy.deepcopy(day)
        try:
            found = guards[number].faults(day)
        except NotImplementedError:
            return {"stub": True}
        except Exception as error:
            return {"raised": f"{type(error).__name__}: {error}"}
        if not isinstance(found, dict):
            return {"no dict": f"{found!r:.80}"}
        return {"faults": {str(k): v if isinstance(v, str) else repr(v) for k, v in found.items()}, "same": day == sent}

    with (
        serving.running(app) as url,
        httpx.Client(base_url=url, trust_env=False, verify=False, timeout=10) as client,
    ):  # fmt: skip
        out = []
        for number, days in enumerate(rounds):
            out.append([json.loads(client.post(f"/guard/{number}", json=day).text) for day in days])
    return out


def judge_guard(rng):
    """Rounds of days with one fault each; the expected verdicts stand beside the days."""
    a, b, c = (f"Stop_{i}" for i in rng.permutation(90)[:3] + 10)
    level = float(rng.integers(3, 9))
    typical = {
        "weekday": {a: 4.0 * level, b: 2.0, c: 8.0},
        "saturday": {a: level, b: 1.0, c: 4.0},
        "sunday": {a: level / 2, b: 0.5, c: 2.0},
    }
    clock = iter(range(1, 10_000))

    def day(number, read="weekday", kind="weekday", **entries):
        near = {s: typical[read][s] * (1 + next(clock) / 500) for s in (a, b, c)}
        return {"date": f"2013-{1 + number // 28:02d}-{1 + number % 28:02d}", "day_type": kind, "read_type": read,
                "entries": near | entries}  # fmt: skip

    stuck, other = 4.0 * level + 0.125, 2.125
    rounds = [  # (what a wrong verdict means, settings, [(day, faults)])
        ("a sound day has faults", {}, [(day(i, r, r), {}) for i, r in enumerate(["weekday", "saturday", "sunday", "weekday"])]),
        ("two counts that nearly agree are called stuck", {"repeat": 2},
         [(day(0, **{a: stuck}), {}), (day(1, **{a: stuck + 1e-6}), {})]),
        ("a value that is not there is not called missing", {}, [(day(0), {}), (day(1, **{b: None}), {b: "missing"}), (day(2), {})]),
        ("a count of 0 is not called closed", {}, [(day(0, **{a: 0}), {a: "closed"}), (day(1, **{a: 0.0}), {a: "closed"}),
                                                   (day(2, **{a: 0.0}), {a: "closed"}), (day(3), {})]),
        ("a count that is far too high is not seen", {"factor": 4}, [(day(0, **{c: 32.5}), {c: "scale"}), (day(1), {})]),
        ("a count that is far too low is not seen", {"factor": 4}, [(day(0, **{c: 1.9375}), {c: "scale"}), (day(1), {})]),
        ("a count exactly at a bound is called a fault", {"factor": 4}, [(day(0, **{c: 32.0}), {}), (day(1, **{c: 2.0}), {})]),
        ("the count is compared with the wrong type of day: read_type says when it was counted", {"factor": 2},
         [(day(0, "weekday", "sunday"), {}), (day(1, "sunday", "weekday"), {})]),
        ("of several faults of a day not all are told", {}, [(day(0, **{a: 0.01, b: None, c: 0}), {a: "scale", b: "missing", c: "closed"})]),
        ("a sensor that hangs is called stuck too early, too late or never", {"repeat": 4},
         [(day(i, **{a: stuck}), {a: "stuck"} if i >= 3 else {}) for i in range(6)]),
        ("a feed that is sound again is still called stuck", {"repeat": 2},
         [(day(0, **{a: stuck}), {}), (day(1, **{a: stuck}), {a: "stuck"}), (day(2), {}), (day(3), {})]),
        ("a value that came before a gap is compared across it: a missing day breaks the row", {"repeat": 3},
         [(day(0, **{a: stuck}), {}), (day(1, **{a: stuck}), {}), (day(2, **{a: None}), {a: "missing"}),
          (day(3, **{a: stuck}), {}), (day(4, **{a: stuck}), {}), (day(5, **{a: stuck}), {a: "stuck"})]),
        ("days that are not neighbours in the calendar are not compared", {"repeat": 2},
         [(day(0, **{a: stuck}), {}), (day(9, **{a: stuck}), {a: "stuck"})]),
        ("a new guard remembers what another one was asked: keep it in __init__, not in the class", {"repeat": 2},
         [(day(20, **{a: stuck}), {})]),
    ]  # fmt: skip
    one, two, three = day(0, **{a: stuck}), day(1, **{a: stuck}), day(2, **{a: stuck})
    rounds.append(("a day that is asked for again counts as one more day", {"repeat": 3},
                   [(one, {}), (one, {}), (one, {}), (two, {}), (two, {}), (three, {a: "stuck"}), (three, {a: "stuck"})]))  # fmt: skip
    rounds.append(("a day that comes late is compared with days after it", {"repeat": 2},
                   [(day(7, **{b: other}), {}), (day(3, **{b: other}), {})]))  # fmt: skip
    rounds.append(
        ("the factor is 3 where none is given", {}, [(day(0, **{c: 20.0}), {}), (day(1, **{c: 28.0}), {c: "scale"})])
    )
    rounds.append(
        (
            "repeat is 3 where none is given",
            {},
            [(day(i, **{c: 9.5}), {c: "stuck"} if i == 2 else {}) for i in range(3)],
        )
    )
    rounds.append(("a day that came late is left out of the days before", {"repeat": 3},
                   [(day(10, **{b: other}), {}), (day(12), {}), (day(9, **{b: other}), {}), (day(11, **{b: other}), {b: "stuck"})]))  # fmt: skip
    fixed = day(1)
    rounds.append(("a corrected day does not replace its first version", {"repeat": 2},
                   [(day(0, **{b: other}), {}), (day(1, **{b: other}), {b: "stuck"}), (fixed, {}), (day(2, **{b: other}), {})]))  # fmt: skip
    scale = day(1, **{c: 99.0})
    rounds.append(("of two faults of one station the one that comes first in the list counts", {"repeat": 2},
                   [(day(0, **{c: 99.0}), {c: "scale"}), (scale, {c: "stuck"})]))  # fmt: skip
    got = round_three(FeedGuard, typical, [s for _, s, _ in rounds], [[d for d, _ in asked] for *_, asked in rounds])
    if any(answer.get("stub") for answers in got for answer in answers):
        raise NotImplementedError("write your code here")
    for (says, settings, asked), answers in zip(rounds, got, strict=True):
        for (sent, wanted), answer in zip(asked, answers, strict=True):
            check.that("raised" not in answer, says="faults raises on a day that keeps the contract",
                       seen=f"{answer.get('raised')} for {sent['entries']}")  # fmt: skip
            check.that("no dict" not in answer, says="faults does not return a dict", seen=answer.get("no dict"))
            check.that(answer["same"], says="the day that came in is changed")
            check.that(answer["faults"] == wanted, says=says, seen=f"{answer['faults']} on {sent['date']}, {settings}",
                       expected=f"{wanted}")  # fmt: skip


judge_guard(check.rng())
### BEGIN HIDDEN TESTS
judge_guard(check.rng(1))
### END HIDDEN TESTS

# %% [markdown]
# Now the whole: your service with your guard, day after day over HTTP, the spring of 2013. The bench breaks the feed three times: Jefferson_Park hangs, Clark_Lake
# sends nothing, and then Clark_Lake counts most exits as entries, 1.8 times too many.

# %% demo=true
spring = live[(live["date"] >= "2013-02-01") & (live["date"] < "2013-05-20")].reset_index(drop=True)
fed = spring.copy()
hang, silent, double = (fed["date"].between(*span) for span in (
    ("2013-02-18", "2013-03-03"), ("2013-03-18", "2013-03-31"), ("2013-04-15", "2013-04-28")
))  # fmt: skip
fed.loc[hang, "Jefferson_Park"] = fed.loc[hang, "Jefferson_Park"].iloc[0]
fed.loc[silent, "Clark_Lake"] = np.nan
fed.loc[double, "Clark_Lake"] *= 1.8
app = make_service(artefact, plan_day, FeedGuard(artefact["typical"]).faults)
with serving.running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
    replies = [client.post("/predict", json={"days": [day]}).json()["plans"][0] for day in rows_of(fed)]
fell_back = np.array([reply["source"] == "baseline" for reply in replies])
served = np.array([reply["planned"] for reply in replies])
error = served - spring["ridership"].to_numpy()
unguarded = plan_all(artefact, fed) - spring["ridership"].to_numpy()  # without a guard; a missing count gives none

figure, axes = plt.subplots(figsize=(10, 3.8))
axes.axhline(0, color=BLACK, linewidth=0.8)
axes.plot(spring["date"], unguarded, color=ORANGE, linewidth=1, linestyle="--", label="model, no guard")
axes.plot(spring["date"], error, ".-", color=BLUE, linewidth=1, label="service, one dot a day")
axes.plot(spring["date"][fell_back], error[fell_back], "s", color=GREEN, markersize=6, label="service says: baseline")
for mask, name in ((hang, "Jefferson_Park hangs"), (silent, "Clark_Lake silent"), (double, "Clark_Lake × 1.8")):
    axes.axvspan(spring["date"][mask].min(), spring["date"][mask].max(), color="grey", alpha=0.15)
    axes.text(spring["date"][mask].min(), -7, name, fontsize=9)
axes.set(xlabel="day of 2013", ylabel="planned less entered [thousand]", ylim=(-8, 11))
axes.legend(ncols=3, loc="upper center", fontsize=8)
plt.show()
print({name: f"{fell_back[mask].sum()} of {mask.sum()}" for name, mask in (("hangs", hang), ("silent", silent), ("× 1.8", double))},
      "elsewhere:", fell_back[~(hang | silent | double)].sum())  # fmt: skip

# %% [markdown]
# *The figure shows the error of each day's plan, one dot a day, from February to May 2013. In each of three grey bands of two weeks the feed is broken. Green squares mark days on which the service answers with the baseline.
# They fill the second band and most of the first; the third has none.*

# %% [markdown]
# ## Round four: the world drifts
#
# ### Exercise 4 · An alarm that knows its own noise
#
# 15 min · ●●●○ · 4 points
#
# *Role: model.*
#
# A single day is never wrong enough. Six weeks may be. Write `make_alarm(values, types, window=42, level=0.99)`. It learns from a reference, and returns a function
# `alarm(values, types)`.
#
# - `values` are one station's counts in thousands, one for each day in order, as array, list or Series; NaN or 0 means: no measurement. `types` are the days' types, equally long.
#   The reference has each type with at least one measurement, and at least `window` days.
# - **Deviation** of a day: `log(value / usual)`, `usual` being the median of the reference's measurements of that type.
# - **Statistic** of a stretch of days: the **median** of its deviations, days without measurement left out.
# - **Limit**: the `level` quantile (numpy's default method) of the **absolute** statistics of **all** stretches of `window` neighbouring days of the reference. Stretches without any measurement are left out.
# - `alarm(values, types)` looks at the last `window` days that it is given (fewer, if there are fewer) and returns a dict `{"statistic": …, "limit": …, "rings": …}`. It rings when the absolute
#   statistic is above the limit. Without any measurement the statistic is NaN, and it rings: a monitor that sees nothing must not be quiet.
#
# Example: reference `[4, 4, 2, 4, 4, 2]` with types `weekday, weekday, saturday, …`, `window=3`: each deviation is 0, so is the limit. Then `alarm([8, 8, 4], ["weekday", "weekday", "saturday"])`
# has the statistic log 2, about `0.693`, and rings.
#
# <details><summary>Hint 1 · the idea</summary>
# The reference judges itself: how far does a stretch of six weeks wander when nothing happens? No formula knows this, since days hang together.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.nanmedian</code>, <code>np.lib.stride_tricks.sliding_window_view(z, window)</code> or a loop over the starts.</details>
# <details><summary>Hint 3 · almost the code</summary>
# One inner function <code>deviations(values, types)</code> serves reference and present alike: <code>values = np.where(values &gt; 0, values, np.nan)</code>, then the log of the ratio to
# <code>usual</code>, which is made once.</details>


# %% exercise="drift-alarm"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""
    ### BEGIN SOLUTION

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, np.nan, values)

    reference, kinds = measured(values), np.asarray(types)
    usual = {kind: np.nanmedian(reference[kinds == kind]) for kind in np.unique(kinds)}

    def deviations(values, types):
        return np.log(measured(values) / [usual[kind] for kind in types])

    def median(stretch):
        there = stretch[~np.isnan(stretch)]
        return float(np.median(there)) if len(there) else math.nan

    z = deviations(values, types)
    noise = [abs(median(z[i : i + window])) for i in range(len(z) - window + 1)]
    limit = float(np.nanquantile(noise, level))

    def alarm(values, types):
        statistic = median(deviations(values, types)[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm
    ### END SOLUTION


# %% check="drift-alarm" points=4
def pandas_alarm(values, types, window, level, now, now_types, how="right"):
    """The same by pandas' rolling median; `how` names a mistake."""
    old = pd.DataFrame({"v": np.asarray(values, float), "t": list(types)})
    new = pd.DataFrame({"v": np.asarray(now, float), "t": list(now_types)})
    if how != "zeros":
        old["v"], new["v"] = old["v"].where(old["v"] != 0), new["v"].where(new["v"] != 0)
    usual = old.groupby("t")["v"].median()
    if how == "mean":
        usual = old.groupby("t")["v"].mean()
    if how == "pooled":
        usual = usual * 0 + old["v"].median()
    if how == "own":
        usual = new.groupby("t")["v"].median().reindex(usual.index).fillna(usual)
    with np.errstate(divide="ignore"):
        z, now_z = np.log(old["v"] / old["t"].map(usual)), np.log(new["v"] / new["t"].map(usual))
    if how == "ratio":
        z, now_z = np.exp(z) - 1, np.exp(now_z) - 1
    if how == "each day":
        z, now_z = z.abs(), now_z.abs()
    rolled = z.rolling(window, min_periods=1)
    rolled = (rolled.mean() if how == "mean of days" else rolled.median())[window - 1 :]
    if how == "apart":
        rolled = rolled[::window]
    limit = np.nanquantile(rolled if how == "one side" else rolled.abs(), level)
    if how == "formula":
        limit = 2.576 * z.std() / np.sqrt(window)
    last = now_z[:window] if how == "first" else now_z if how == "all" else now_z[-window:]
    return (last.mean() if how == "mean of days" else last.median()), limit


def judge_alarm(rng, n=240):
    """A wandering series with weekly types; named mistakes first, then pandas."""
    types = np.array((["weekday"] * 5 + ["saturday", "sunday"]) * 60)[:n]
    level_of = {"weekday": 18.0, "saturday": 6.0, "sunday": 4.0}

    def series(types, shift=0.0):
        steps = rng.normal(0, 0.05, len(types)) + rng.exponential(0.05, len(types))
        walk = np.array([sum(0.8**k * steps[i - k] for k in range(min(i + 1, 12))) for i in range(len(types))])
        values = np.array([level_of[t] for t in types]) * np.exp(walk + shift)
        values[rng.permutation(len(types))[: len(types) // 8]] = np.nan
        values[rng.permutation(len(types))[: len(types) // 8]] = 0
        return values

    window, level = int(rng.integers(15, 22)), float(rng.choice([0.9, 0.8, 0.7]))
    old = series(types) * np.exp(np.where(np.arange(n) < 60, -0.4, 0))
    now_types = types[3:73]
    quiet, high, low = series(now_types), series(now_types, 0.9), series(now_types, -1.0)
    back = np.r_[high[:35], quiet[35:]]
    dead, few = np.where(np.arange(70) < 70 - window, quiet, np.nan), quiet[:5] + 3
    cases = {"quiet": quiet, "high": high, "low": low, "back": back, "dead": dead}
    alarm = make_alarm(old.tolist(), types.tolist(), window, level)
    alarm_of_series = make_alarm(pd.Series(old), pd.Series(types), window=window, level=level)
    got = {name: dict(alarm(list(now), list(now_types))) for name, now in cases.items()}
    got["few"] = dict(alarm(few, now_types[:5]))
    for answer in got.values():
        check.equal(sorted(answer), ["limit", "rings", "statistic"], says="the answer has not the three entries")
        check.that(answer["rings"] in (True, False), says="rings is neither true nor false", seen=answer["rings"])
        check.shape(answer["limit"], (), says="the limit is not one number")
    cases["few"] = few
    seen = got["high"]

    def by(how, name):
        return pandas_alarm(old, types, window, level, cases[name], now_types[: len(cases[name])], how)

    for how, name, says in (
        ("each day", "low", "the absolute value is taken day by day, before the median"),
        ("zeros", "high", "a day of 0 is taken for a measurement"),
        ("pooled", "high", "all types of day have one usual count"),
        ("mean", "high", "usual is the mean, not the median"),
        ("own", "high", "usual comes from the present: then nothing ever drifts"),
        ("ratio", "high", "the deviation is no logarithm"),
        ("mean of days", "high", "the statistic is a mean: one Christmas moves it"),
        ("first", "back", "the first days are looked at, not the last"),
        ("all", "back", "all days are looked at, not the last window"),
    ):  # fmt: skip
        wrong, right = by(how, name)[0], by("right", name)[0]
        check.that(
            np.isclose(wrong, right, rtol=1e-9) or not np.isclose(got[name]["statistic"], wrong, rtol=1e-9), says=says,
            seen=got[name]["statistic"], expected=f"{right:.6f}",
        )  # fmt: skip
    for name in ("high", "low", "quiet", "back", "few"):
        check.close(
            got[name]["statistic"],
            by("right", name)[0],
            rtol=1e-9,
            says="the statistic is not the median of the last deviations",
        )
    for how, says in (
        ("one side", "the limit knows one direction only"),
        ("apart", "the limit comes from stretches that do not overlap: they are few"),
        ("formula", "the limit comes from the formula for independent days"),
    ):
        wrong, right = by(how, "high")[1], by("right", "high")[1]
        check.that(
            np.isclose(wrong, right, rtol=1e-9) or not np.isclose(seen["limit"], wrong, rtol=1e-9), says=says,
            seen=seen["limit"], expected=f"{right:.6f}",
        )  # fmt: skip
    for answer in got.values():
        check.close(answer["limit"], by("right", "high")[1], rtol=1e-9,
                    says="the limit is not the quantile over all stretches of the reference")  # fmt: skip
    check.close(
        alarm_of_series(quiet, now_types)["limit"],
        seen["limit"],
        says="with Series instead of lists the limit is another",
    )
    check.that(math.isnan(got["dead"]["statistic"]), says="without a measurement the statistic is a number",
               seen=got["dead"]["statistic"], expected="NaN")  # fmt: skip
    check.equal(bool(got["dead"]["rings"]), True, says="a station that has died does not ring")
    check.equal(bool(got["high"]["rings"]), True, says="a count that has doubled does not ring")
    check.equal(bool(got["low"]["rings"]), True, says="a count that has fallen does not ring")
    for name in ("quiet", "back", "few"):
        check.equal(
            bool(got[name]["rings"]),
            bool(abs(by("right", name)[0]) > by("right", name)[1]),
            says="rings does not follow from statistic and limit",
        )
    flat = make_alarm([4, 4, 2] * 4, ["weekday", "weekday", "saturday"] * 4, 3)
    still = flat([4, 4, 2], ["weekday", "weekday", "saturday"])
    check.that(not still["rings"], says="exactly at the limit it rings", seen=still)
    gap = [4.0, 4.0, 2.0] * 4
    gap[3:7] = [math.nan] * 4
    blind = make_alarm(gap, ["weekday", "weekday", "saturday"] * 4, 3)([8, 8, 4], ["weekday", "weekday", "saturday"])
    check.that(
        blind["limit"] == 0,
        says="a stretch of the reference without any measurement spoils the limit",
        seen=blind["limit"],
        expected="0",
    )


judge_alarm(check.rng())
### BEGIN HIDDEN TESTS
judge_alarm(check.rng(1), n=224)
### END HIDDEN TESTS

# %% [markdown]
# On the real feed: the alarm learns from Clark/Lake's counts of 2001 to 2005 and is asked at the end of each week until 2013. Beside it the limit that the formula for independent days
# would give, and what the fallback of 2005 costs if nobody replaces it.

# %% demo=true
old = days[year <= 2005]
station, kinds = days["Clark_Lake"].to_numpy(), days["read_type"].to_numpy()
watch = make_alarm(old["Clark_Lake"], old["read_type"])
ends = np.arange(42, (year <= 2013).sum(), 7)
weeks = pd.DataFrame(
    [watch(station[end - 42 : end], kinds[end - 42 : end]) for end in ends], index=days["date"].iloc[ends - 1]
)
usual = old.groupby("read_type")["Clark_Lake"].median()
daily = np.log(old["Clark_Lake"] / old["read_type"].map(usual))
formula = 2.576 * 1.2533 * daily.std() / np.sqrt(42)  # the standard error of a median of independent normal days
weeks["formula"] = weeks["statistic"].abs() > formula
by_year = weeks.groupby(weeks.index.year)[["rings", "formula"]].mean()
stale = train(2001, 2005, "2005")
by_year["cost of the fallback of 2005"] = [
    cost(days.loc[year == y, "ridership"], days.loc[year == y, "day_type"].map(stale["fallback"])).mean()
    for y in by_year.index
]
first_ring = weeks.index[(weeks.index >= "2006") & weeks["rings"]].min()
print(by_year.round(2).to_string())
print(f"limit {weeks['limit'].iloc[0]:.3f}, by the formula {formula:.3f}; first alarm after 2005: {first_ring.date()}")

# %% [markdown]
# In the five years of the reference the alarm is quiet: it rings at the end of 2 % of the weeks. After 2005 it rings first in July 2006, and from 2012 on every week. The formula for
# independent days rings in 7 % of the reference's weeks, where 1 % was promised. And the cost: the fallback of 2005 costs 1.17 a day in its last year and 8.79 in 2013.
# An alarm that is followed by a new table is worth its noise. Which brings the last question.
#
# ## After the drill
#
# Gwen Halloran has read that the service "falls back". *"Is that good?"* The figure of round three answers a part of it; the table below the rest. It is made of the two years 2012 and 2013: in each row one fault lasts for
# the whole time. `guard off` is the cost per day if the model takes what comes, `guard on` if the service falls back where `FeedGuard` (factor 3, repeat 3) finds a fault, `flagged` the share of days on which it does. Without
# any fault the model costs 1.57, the fallback 1.74, and the model with the guard on 1.54.


# %%
FAULTS = {
    "Jefferson_Park hangs": lambda t: t.assign(Jefferson_Park=t["Jefferson_Park"].iloc[5]),
    "Clinton hangs": lambda t: t.assign(Clinton=t["Clinton"].iloc[5]),
    "Monroe dead": lambda t: t.assign(Monroe=0.0),
    "Clark_Lake × 1.8": lambda t: t.assign(Clark_Lake=1.8 * t["Clark_Lake"]),
    "one day late": lambda t: t.assign(**t[STATIONS].shift(1).bfill()),
}


def drill_table(flag):
    """Cost per day of each fault with the guard off and on; `flag(table)` says on which days a guard finds a fault."""
    out = {}
    for name, change in FAULTS.items():
        fed = change(live)
        off, flagged = plan_all(artefact, fed), np.asarray(flag(fed))
        on = np.where(flagged, levels, off)
        out[name] = {
            "guard off": cost(truth, off).mean(),
            "guard on": cost(truth, on).mean(),
            "flagged": flagged.mean(),
        }
    return pd.DataFrame(out).T


# %% demo=true
def flag_by(factor):
    """Your guard over a table: True where a day has a fault."""

    def flag(table):
        guard = FeedGuard(artefact["typical"], factor=factor)
        return [bool(guard.faults(day)) for day in rows_of(table)]

    return flag


tables = {factor: drill_table(flag_by(factor)) for factor in (1.5, 2, 3)}
no_fault = {
    factor: cost(truth, np.where(flag_by(factor)(live), levels, plan_all(artefact, live))).mean() for factor in tables
}
print(tables[3].round(3).to_string())

# %% [markdown]
# ### Exercise 5 · What was it worth?
#
# 10 min · ●●○○ · 3 points
#
# *Role: product.*
#
# Fill the dict `drill`:
#
# - `"delay"`: on how many days of the **first** grey band of the figure (round three) does the service still plan with the hanging sensor? A whole number.
# - `"harm"`: the fault for which falling back costs *more* than going on as if nothing were wrong.
# - `"unseen"`: the fault that this guard does not see, though it costs more than falling back would.
# - `"factor"`: of 1.5, 2 and 3, the `factor` which costs least, with that unseen fault **and** without any fault. Measure it: `drill_table` takes your guard.
# - `"because"`: why this factor costs nothing on sound days. One letter: **A** it flags no sound day. **B** On the sound days that it flags, the model plans worse than the fallback: they follow holidays and storms. **C** The
#   fallback is on average better than the model.
#
# The form: `drill = {"delay": 9, "harm": "one day late", "unseen": …, "factor": …, "because": "…"}`.
#
# <details><summary>Hint 1 · the idea</summary>
# The figure answers the first, the table the next two, an experiment of three lines the last two.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>"harm"</code>: compare the columns <code>guard off</code> and <code>guard on</code>. <code>"unseen"</code>: the column
# <code>flagged</code>, and the fallback's 1.74.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>guard = FeedGuard(artefact["typical"], factor=1.5)</code>, <code>flags = [bool(guard.faults(day)) for day in rows_of(live)]</code>; then compare
# <code>cost(truth, plan_all(artefact, live))[flags]</code> with <code>cost(truth, levels)[flags]</code>.</details>

# %% exercise="drill-worth"
# drill = {"delay": ..., "harm": ..., "unseen": ..., "factor": ..., "because": ...}
### BEGIN SOLUTION
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}
### END SOLUTION

# %% check="drill-worth" points=3
KEYS = ["delay", "harm", "unseen", "factor", "because"]
NAMES = ["Jefferson_Park hangs", "Clinton hangs", "Monroe dead", "Clark_Lake × 1.8", "one day late"]
check.that(isinstance(drill, dict), says="drill is no dict", seen=drill)
check.equal(sorted(map(str, drill)), sorted(KEYS), says="drill has not the five entries")
check.one_of(drill["harm"], NAMES)
check.one_of(drill["unseen"], NAMES)
check.one_of(drill["factor"], [1.5, 2, 3])
check.one_of(drill["because"], ["A", "B", "C"])
check.that(drill["delay"] != 0, says="before the sensor has hung for a while nobody can know it", seen=drill["delay"])
check.that(
    drill["delay"] != 12,
    says="that is the number of green squares in the band",
    seen=drill["delay"],
    look="the question: days that are not green",
)
check.that(
    drill["delay"] != 3,
    says="on the third equal day the guard already speaks",
    seen=drill["delay"],
    look="the blue line without squares",
)
check.equal(drill["delay"], 2, says="the first band shows another number of days without a square")
raw = data.load("chicago", "days")
then = raw["date"].dt.year
table = raw[then.isin([2012, 2013])].reset_index(drop=True)
newest = raw[then == 2011]
SUNDAYS = ["2010-12-25", "2011-01-01", "2011-05-30", "2011-07-04", "2011-09-05", "2011-11-24", "2011-12-25", "2012-01-01", "2012-05-28",
           "2012-07-04", "2012-09-03", "2012-11-22", "2012-12-25", "2013-01-01", "2013-05-27", "2013-07-04", "2013-09-02", "2013-11-28", "2013-12-25"]  # fmt: skip


def kind_of(dates):
    """The type of each day, holidays from a list."""
    day = dates.dt.weekday.to_numpy()
    return np.where(
        dates.isin(pd.to_datetime(SUNDAYS)) | (day == 6), "sunday", np.where(day == 5, "saturday", "weekday")
    )


two_weeks_before = pd.Timedelta(days=14)
read, read_then = kind_of(table["date"] - two_weeks_before), kind_of(newest["date"] - two_weeks_before)
usual_clark = {
    t: np.median(newest["Clark_Lake"].to_numpy(float)[read_then == t]) for t in ("weekday", "saturday", "sunday")
}
ratio = 1.8 * table["Clark_Lake"].to_numpy(float) / [usual_clark[t] for t in read]
shares = {f: np.mean((ratio > f) | (ratio < 1 / f)) for f in (1.5, 2, 3)}
told = f"Clark_Lake × 1.8 is flagged on {shares[1.5]:.0%}, {shares[2]:.0%}, {shares[3]:.0%} of the days by 1.5, 2 and 3"
check.differs(
    drill["harm"], "Clark_Lake × 1.8", says="there the guard hardly ever falls back: compare guard off with guard on"
)
check.differs(drill["harm"], "one day late", says="there falling back saves, although it sees only some of the days")
check.that(
    drill["harm"] not in ("Jefferson_Park hangs", "Monroe dead"),
    says="there falling back saves: guard on costs less than guard off",
    seen=drill["harm"],
)
check.differs(
    drill["unseen"],
    "one day late",
    says="the guard sees that fault at each week-end, and that is most of what it costs",
)
check.differs(drill["unseen"], "Clinton hangs", says="that fault is flagged on nearly every day")
check.equal(
    drill["unseen"], "Clark_Lake × 1.8", says="the guard sees that fault on nearly every day: read the column flagged"
)
check.differs(drill["factor"], 3, says="with factor 3 the fault stays unseen", look=told)
check.differs(drill["factor"], 2, says="with factor 2 most days of the fault stay unseen", look=told)
check.differs(drill["because"], "A", says="a factor of 1.5 flags sound days: count them", look="Hint 3")
check.differs(drill["because"], "C", says="on average the fallback costs more than the model: 1.74 against 1.57")

# %% demo=true
flags = np.array(flag_by(1.5)(live))
on_flagged = [cost(truth, plan)[flags].mean() for plan in (plan_all(artefact, live), levels)]
print(
    pd.DataFrame(
        {
            "no fault": no_fault,
            "Clark_Lake × 1.8": {f: t.loc["Clark_Lake × 1.8", "guard on"] for f, t in tables.items()},
        }
    ).round(2)
)
print(
    f"{flags.sum()} of {len(live)} sound days flagged by 1.5; there: model {on_flagged[0]:.2f}, fallback {on_flagged[1]:.2f}"
)

# %% [markdown]
# A false alarm of this guard costs nothing, because what it falls back to is nearly as good as the model, and better after holidays. That is why a narrow factor wins here. Where the fallback were bad, it would lose. The guard's one
# mistake is Clinton: a station that hardly matters to the model sends the whole plan to the baseline. A finer service would plan without it. Tell the client both.
#
# The bench is content: it called, loaded, broke and drifted your service. In lesson 3 you hand it over.

# %% claims=true
check.prose("1.57", sound)
check.prose("1.74", no_feed)
check.prose("3.19", two_weeks)
check.within(no_feed / sound, 1.08, 1.13)
check.equal(wrong, 0)
check.equal([int(fell_back[mask].sum()) for mask in (hang, silent)], [12, 14])
check.that(fell_back[double].sum() < 3, says="the third band is flagged")
inside = weeks.index < "2006"
check.prose("2 %", weeks["rings"][inside].mean())
check.prose("7 %", weeks["formula"][inside].mean())
check.prose("1 %", 1 - 0.99)
check.equal(str(first_ring)[:7], "2006-07")
check.that(weeks["rings"][weeks.index >= "2012"].all(), says="not every week from 2012 on")
check.prose("1.17", by_year.iloc[4, 2])
check.prose("8.79", by_year.iloc[-1, 2])
check.prose("1.54", no_fault[3])
check.prose("1.5", 1.5)
check.prose("1.8", 1.8)
check.equal(min(no_fault, key=no_fault.get), 1.5)
check.that(on_flagged[1] < on_flagged[0], says="the model is better on the flagged days")
check.equal(tables[3].index[tables[3]["guard on"] > tables[3]["guard off"]].to_list(), ["Clinton hangs"])

# %% [markdown]
# ## Sources
#
# - R. Koenker, G. Bassett, "Regression Quantiles", Econometrica 46 (1978), 33–50; scikit-learn:
#   [QuantileRegressor](https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.QuantileRegressor.html).
# - FastAPI: [Concurrency and async / await](https://fastapi.tiangolo.com/async/), [Handling Errors](https://fastapi.tiangolo.com/tutorial/handling-errors/).
# - pydantic: [Strict Mode](https://docs.pydantic.dev/latest/concepts/strict_mode/).
# - Prometheus: [Text-based exposition format](https://prometheus.io/docs/instrumenting/exposition_formats/).
# - E. Breck, S. Cai, E. Nielsen, M. Salib, D. Sculley, "The ML Test Score", IEEE Big Data 2017.
# - Data: Chicago Transit Authority through the R package modeldata, MIT (`datasets/chicago/datasheet.md`).
