# %% [markdown]
# Answers to `2-service-under-test.py`: never released.


# %% exercise="plan-service" kind="alternative" name="plain-validation"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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

    def problems(body):
        """Everything that breaks the contract, by hand."""
        if not isinstance(body, dict):
            return [{"loc": ["body"], "msg": "send an object"}]
        if set(body) != {"days"}:
            return [{"loc": ["body", *sorted(set(body) ^ {"days"})], "msg": "send days, and nothing else"}]
        if not isinstance(body["days"], list) or len(body["days"]) > 100:
            return [{"loc": ["body", "days"], "msg": "send a list of at most 100 days"}]
        found = []

        def tell(i, field, msg):
            found.append({"loc": ["body", "days", i, field], "msg": msg})

        for i, day in enumerate(body["days"]):
            for field in sorted({"date", "day_type", "read_type", "entries"} ^ set(day)):
                tell(i, field, "this field is missing, or unknown")
            for field in ("day_type", "read_type"):
                if day.get(field) not in ("weekday", "saturday", "sunday"):
                    tell(i, field, "unknown type of day")
            try:
                real_day(day["date"])
            except (KeyError, TypeError, ValueError):
                tell(i, "date", "no date")
            entries = day.get("entries", {})
            for station in sorted(set(entries) ^ set(artefact["stations"])):
                tell(i, station, "a station too few or too many")
            for station, value in entries.items():
                number = isinstance(value, (int, float)) and not isinstance(value, bool)
                if value is not None and not (number and 0 <= value <= 40):
                    tell(i, station, "no number of thousands from 0 to 40: NaN and Infinity are none either")
        return found

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
    async def predict(request: Request):
        try:
            body = json.loads(await request.body())
        except ValueError:
            return JSONResponse({"detail": [{"loc": ["body"], "msg": "no JSON"}]}, 422)
        if wrong := problems(body):
            return JSONResponse({"detail": wrong}, 422)
        plans = []
        for day in body["days"]:
            value, source, why = planned(day)
            add(planned_days, source)
            plans.append({"date": day["date"], "planned": value, "source": source, "why": why})
        return {"version": artefact["version"], "plans": plans}

    return app


# %% exercise="plan-service" kind="alternative" name="classes-and-pandas-of-counts"
def make_service(artefact, plan, guard=None):
    from collections import Counter

    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)

    stations = artefact["stations"] if artefact else []
    Thousands = Annotated[float, Field(ge=0.0, le=40.0, allow_inf_nan=False)]
    Entries = create_model("Entries", __base__=Strict, **{s: (Thousands | None, ...) for s in stations})
    Kind = Literal[tuple(TYPES)]

    def check_date(value):
        if len(value) != 10:
            raise ValueError("write the date as YYYY-MM-DD")
        date.fromisoformat(value)
        return value

    class Day(Strict):
        date: Annotated[str, AfterValidator(check_date)]
        day_type: Kind
        read_type: Kind
        entries: Entries

    class Days(Strict):
        days: list[Day] = Field(max_length=100)

    app, tally = FastAPI(), Counter()

    @app.exception_handler(RequestValidationError)
    def no(request, error):
        status = 422 if artefact else 503
        tally[f'plan_requests_total{{status="{status}"}}'] += 1
        return JSONResponse({"detail": [{k: e[k] for k in ("loc", "msg", "type")} for e in error.errors()]}, status)

    @app.get("/health")
    def health():
        return "fine"

    @app.get("/ready")
    def ready():
        return JSONResponse({"version": artefact["version"]} if artefact else {}, 200 if artefact else 503)

    @app.post("/predict")
    def predict(body: Days):
        if artefact is None:
            tally['plan_requests_total{status="503"}'] += 1
            return JSONResponse({"detail": "nothing is loaded"}, 503)
        answer = []
        for day in [d.model_dump() for d in body.days]:
            entry = {"date": day["date"], "planned": artefact["fallback"][day["day_type"]], "source": "baseline"}
            reasons = [f"no value of {s}" for s, x in day["entries"].items() if x is None]
            try:
                if guard is not None:
                    reasons += [f"{s} ({fault})" for s, fault in guard(day).items()]
                if not reasons:
                    value = plan(artefact, day)
                    if np.isfinite(value):
                        entry |= {"planned": float(value), "source": "model"}
                    else:
                        reasons.append("the model gives no number")
            except Exception as error:
                reasons.append(repr(error))
            tally[f'plan_days_total{{source="{entry["source"]}"}}'] += 1
            answer.append(entry | {"why": "; ".join(reasons)})
        tally['plan_requests_total{status="200"}'] += 1
        return {"version": artefact["version"], "plans": answer}

    @app.get("/metrics", response_class=PlainTextResponse)
    def metrics():
        return "".join(f"{name} {float(n)}\n" for name, n in sorted(tally.items()))

    return app


# %% exercise="plan-service" kind="mistake" name="default-refusal" says="a NaN in the body makes the service itself fail"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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


# %% exercise="plan-service" kind="mistake" name="null-refused" says="null keeps the contract"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
    count_of = Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)]
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


# %% exercise="plan-service" kind="mistake" name="null-is-zero" says="a null is planned as if it were a measurement"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        faults = {}
        day = day | {"entries": {s: x or 0.0 for s, x in day["entries"].items()}}
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


# %% exercise="plan-service" kind="mistake" name="no-unit" says="entries in ones are planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
    count_of = Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
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


# %% exercise="plan-service" kind="mistake" name="generous-unit" says="a count just above 40 is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
    count_of = Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] | None
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


# %% exercise="plan-service" kind="mistake" name="any-type" says="a type of day that does not exist is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        "Day", __config__=strict, date=(Annotated[str, AfterValidator(real_day)], ...), day_type=(str, ...),
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


# %% exercise="plan-service" kind="mistake" name="gap-allowed" says="a day without one of the stations is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
    entries = create_model("Entries", __config__=strict, **{s: (count_of, 1.0) for s in artefact["stations"]})
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


# %% exercise="plan-service" kind="mistake" name="extra-ignored" says="a station that nobody knows goes unseen"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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

    strict = ConfigDict(strict=True)
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


# %% exercise="plan-service" kind="mistake" name="lax" says="a text is planned as if it were a number"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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

    strict = ConfigDict(extra="forbid")
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


# %% exercise="plan-service" kind="mistake" name="pattern-only" says="a date that does not exist is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        "Day", __config__=strict, date=(Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")], ...), day_type=(day_type, ...),
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


# %% exercise="plan-service" kind="mistake" name="any-date" says="a date of another format is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        pd.Timestamp(text)
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


# %% exercise="plan-service" kind="mistake" name="strptime-alone" says="a date without its zeros is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        datetime.strptime(text, "%Y-%m-%d")
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


# %% exercise="plan-service" kind="mistake" name="no-limit" says="a batch of more than 100 days is planned"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
    batch = create_model("Batch", __config__=strict, days=(list[one_day], ...))

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


# %% exercise="plan-service" kind="mistake" name="strict-limit" says="a batch of 100 days is refused"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
    batch = create_model("Batch", __config__=strict, days=(Annotated[list[one_day], Field(max_length=99)], ...))

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


# %% exercise="plan-service" kind="mistake" name="batch-falls" says="one broken day sends the whole batch to the baseline"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        if any(p["source"] == "baseline" for p in plans):
            for p, day in zip(plans, body.model_dump()["days"], strict=True):
                p |= {"planned": artefact["fallback"][day["day_type"]], "source": "baseline", "why": "broken batch"}
        return {"version": artefact["version"], "plans": plans}

    return app


# %% exercise="plan-service" kind="mistake" name="guard-takes-all" says="takes the whole batch with it"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        except ZeroDivisionError as error:
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


# %% exercise="plan-service" kind="mistake" name="nan-handed-on" says="NaN is handed on as a plan"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
                if not math.isinf(value):
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
        return PlainTextResponse(
            json.dumps({"version": artefact["version"], "plans": plans}).replace("NaN", "0"),
            media_type="application/json",
        )

    return app


# %% exercise="plan-service" kind="mistake" name="guard-ignored" says="what the guard finds does not matter"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
            if None not in day["entries"].values():
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


# %% exercise="plan-service" kind="mistake" name="fallback-of-reading" says="that of the day when the feed counted"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        return artefact["fallback"][day["read_type"]], "baseline", ", ".join(f"{k}: {v}" for k, v in faults.items())

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


# %% exercise="plan-service" kind="mistake" name="why-first-only" says="why does not name each station at fault"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        return artefact["fallback"][day["day_type"]], "baseline", "{}: {}".format(*next(iter(faults.items())))

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


# %% exercise="plan-service" kind="mistake" name="rounded" says="the plan is rounded"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
                    return round(value, 2), "model", ""
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


# %% exercise="plan-service" kind="mistake" name="always-ready" says="ready is said although no artefact is there"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        async def ready():
            return {"version": None}

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


# %% exercise="plan-service" kind="mistake" name="json-metrics" says="/metrics is no plain text"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
        return {"lines": lines}

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


# %% exercise="plan-service" kind="mistake" name="shared-counters" says="two services in one process count together"
shared_requests = {}


def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
    app = FastAPI()
    requests, planned_days = shared_requests, {}

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


# %% exercise="plan-service" kind="mistake" name="refusals-uncounted" says="refused requests are not counted"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
    app = FastAPI()
    requests, planned_days = {}, {}

    def add(counter, key, n=1):
        counter[key] = counter.get(key, 0) + n

    @app.middleware("http")
    async def count(request, call_next):
        answer = await call_next(request)
        if request.url.path == "/predict" and answer.status_code != 422:
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


# %% exercise="plan-service" kind="mistake" name="days-of-batches" says="the days are not counted by their source"
def make_service(artefact, plan, guard=None):
    """GET /health, /ready, /metrics; POST /predict. Fallback to the baseline where the feed or the model fails."""
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
            plans.append({"date": day["date"], "planned": value, "source": source, "why": why})
        add(planned_days, "model")
        return {"version": artefact["version"], "plans": plans}

    return app


# %% exercise="under-load" kind="mistake" name="still-async" says="while a plan is made nobody else gets an answer"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    async def predict(body: dict):
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


# %% exercise="under-load" kind="mistake" name="one-lock" says="requests wait for one another"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans = []
        with lock:
            for day in body["days"]:
                key = json.dumps(day, sort_keys=True)
                if key not in remembered:
                    remembered[key] = plan(day)
                plans.append({"date": day["date"], "planned": remembered[key]})
            total["days"] += len(plans)
        return {"plans": plans}

    @app.get("/health")
    async def health():
        return {"status": "alive"}

    @app.get("/metrics")
    async def metrics():
        return PlainTextResponse(f"plan_days_total {total['days']}\n")

    return app


# %% exercise="under-load" kind="mistake" name="shared-list" says="holds days of another request, or lacks its own"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    waiting, remembered, total, lock = [], {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        waiting.extend(body["days"])
        plans = []
        for day in list(waiting):
            key = json.dumps(day, sort_keys=True)
            if key not in remembered:
                remembered[key] = plan(day)
            plans.append({"date": day["date"], "planned": remembered[key]})
        waiting.clear()
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


# %% exercise="under-load" kind="mistake" name="key-is-the-date" says="gets the plan of another day of the same date"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans = []
        for day in body["days"]:
            key = day["date"]
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


# %% exercise="under-load" kind="mistake" name="counts-early" says="days are lost from the count"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans, so_far = [], total["days"]
        for day in body["days"]:
            key = json.dumps(day, sort_keys=True)
            if key not in remembered:
                remembered[key] = plan(day)
            plans.append({"date": day["date"], "planned": remembered[key]})
        with lock:
            total["days"] = so_far + len(plans)
        return {"plans": plans}

    @app.get("/health")
    async def health():
        return {"status": "alive"}

    @app.get("/metrics")
    async def metrics():
        return PlainTextResponse(f"plan_days_total {total['days']}\n")

    return app


# %% exercise="under-load" kind="mistake" name="forgets" says="a request that comes again is planned again"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans = []
        for day in body["days"]:
            key = json.dumps(day, sort_keys=True)
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


# %% exercise="under-load" kind="mistake" name="whole-request-remembered" says="a day that comes in another batch is planned again"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans = []
        for day in body["days"]:
            key = json.dumps([day, body], sort_keys=True)
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


# %% exercise="under-load" kind="mistake" name="field-order" says="with its fields in another order is planned again"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
    app = FastAPI()
    remembered, total, lock = {}, {"days": 0}, threading.Lock()

    @app.post("/predict")
    def predict(body: dict):
        plans = []
        for day in body["days"]:
            key = json.dumps(day)
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


# %% exercise="under-load" kind="mistake" name="metrics-in-json" says="/metrics has no line plan_days_total"
def make_fast_service(plan):
    """POST /predict, GET /health, GET /metrics; remembers what it has planned."""
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
        return total

    return app


# %% exercise="under-load" kind="alternative" name="threadpool"
def make_fast_service(plan):
    app = FastAPI()
    app.state.known, app.state.days = {}, 0

    @app.post("/predict")
    async def predict(request: Request):
        answer = []
        for day in (await request.json())["days"]:
            key = repr(sorted((k, sorted(v.items()) if isinstance(v, dict) else v) for k, v in day.items()))
            if key not in app.state.known:
                app.state.known[key] = await run_in_threadpool(plan, day)
            answer.append(dict(date=day["date"], planned=app.state.known[key]))
        app.state.days += len(answer)
        return {"plans": answer}

    @app.get("/health")
    def health():
        return "ok"

    @app.get("/metrics")
    def metrics():
        return PlainTextResponse(f"# TYPE plan_days_total counter\nplan_days_total {float(app.state.days)}")

    return app


# %% exercise="under-load" kind="alternative" name="list-of-known-days"
def make_fast_service(plan):
    app = FastAPI()
    known, counts, lock = [], [], threading.RLock()

    def number(day):
        for other, value in list(known):
            if other == day:
                return value
        value = plan(day)
        with lock:
            known.append((day, value))
        return value

    @app.post("/predict")
    async def predict(body: dict):
        numbers = [await asyncio.to_thread(number, day) for day in body["days"]]
        counts.append(len(numbers))
        return {"plans": [{"date": d["date"], "planned": n} for d, n in zip(body["days"], numbers, strict=True)]}

    @app.get("/health")
    async def health():
        return {}

    @app.get("/metrics", response_class=PlainTextResponse)
    async def metrics():
        return f"plan_days_total {sum(counts)}"

    return app


# %% exercise="broken-feed" kind="mistake" name="counts-repetitions" says="counts as one more day"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}
        self.history = []

    def faults(self, day):
        before = self.history[-(self.repeat - 1) :]
        self.history.append(dict(day["entries"]))
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


# %% exercise="broken-feed" kind="mistake" name="order-of-asking" says="a day that comes late is compared with days after it"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        dates = [d for d in self.seen if d != day["date"]]
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


# %% exercise="broken-feed" kind="mistake" name="only-later-days-kept" says="a day that came late is left out of the days before"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        if not self.seen or day["date"] >= max(self.seen):
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


# %% exercise="broken-feed" kind="mistake" name="first-version-stays" says="a corrected day does not replace its first version"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen.setdefault(day["date"], dict(day["entries"]))
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


# %% exercise="broken-feed" kind="mistake" name="null-skipped" says="a value that came before a gap is compared across it"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        earlier = [self.seen[d] for d in sorted(self.seen) if d < day["date"]]
        found = {}
        for station, value in day["entries"].items():
            usual = self.typical[day["read_type"]][station]
            before = [e for e in earlier if e[station] is not None][-(self.repeat - 1) :]
            if value is None:
                found[station] = "missing"
            elif value == 0:
                found[station] = "closed"
            elif len(before) == self.repeat - 1 and all(entries[station] == value for entries in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="one-memory-for-all" says="a new guard remembers what another one was asked"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    seen = {}

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        before = sorted(d for d in self.seen if d < day["date"])[-(self.repeat - 1) :]
        found = {}
        for station, value in day["entries"].items():
            usual = self.typical[day["read_type"]][station]
            if value is None:
                found[station] = "missing"
            elif value == 0:
                found[station] = "closed"
            elif len(before) == self.repeat - 1 and all(self.seen[d].get(station) == value for d in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="calendar-neighbours" says="days that are not neighbours in the calendar are not compared"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        since = str((pd.Timestamp(day["date"]) - pd.Timedelta(days=self.repeat - 1)).date())
        dates = sorted(d for d in self.seen if since <= d < day["date"])
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


# %% exercise="broken-feed" kind="mistake" name="one-too-late" says="stuck too early, too late or never"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        dates = sorted(d for d in self.seen if d < day["date"])
        before = [self.seen[d] for d in dates[-self.repeat :]]
        found = {}
        for station, value in day["entries"].items():
            usual = self.typical[day["read_type"]][station]
            if value is None:
                found[station] = "missing"
            elif value == 0:
                found[station] = "closed"
            elif len(before) == self.repeat and all(entries[station] == value for entries in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="nearly-equal" says="two counts that nearly agree are called stuck"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
            elif len(before) == self.repeat - 1 and all(
                math.isclose(entries[station] or 0, value, abs_tol=1e-4) for entries in before
            ):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="never-forgives" says="still called stuck"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen, self.broken = {}, {}

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
        self.broken |= {s: fault for s, fault in found.items() if fault == "stuck" and self.repeat == 2}
        return self.broken | found


# %% exercise="broken-feed" kind="mistake" name="only-high" says="a count that is far too low is not seen"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
            elif value > self.factor * usual:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="bounds-closed" says="a count exactly at a bound is called a fault"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
            elif value >= self.factor * usual or value <= usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="day-type" says="compared with the wrong type of day"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        self.seen[day["date"]] = dict(day["entries"])
        dates = sorted(d for d in self.seen if d < day["date"])
        before = [self.seen[d] for d in dates[-(self.repeat - 1) :]]
        found = {}
        for station, value in day["entries"].items():
            usual = self.typical[day["day_type"]][station]
            if value is None:
                found[station] = "missing"
            elif value == 0:
                found[station] = "closed"
            elif len(before) == self.repeat - 1 and all(entries[station] == value for entries in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="zero-is-scale" says="a count of 0 is not called closed"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
            elif len(before) == self.repeat - 1 and all(entries[station] == value for entries in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="first-fault-only" says="of several faults of a day not all are told"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
        return dict(list(found.items())[:1])


# %% exercise="broken-feed" kind="mistake" name="zero-for-missing" says="a value that is not there is not called missing"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
            if not value:
                found[station] = "closed"
            elif len(before) == self.repeat - 1 and all(entries[station] == value for entries in before):
                found[station] = "stuck"
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
        return found


# %% exercise="broken-feed" kind="mistake" name="scale-before-stuck" says="the one that comes first in the list counts"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

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
            elif value > self.factor * usual or value < usual / self.factor:
                found[station] = "scale"
            elif len(before) == self.repeat - 1 and all(entries[station] == value for entries in before):
                found[station] = "stuck"
        return found


# %% exercise="broken-feed" kind="mistake" name="changes-the-day" says="the day that came in is changed"
class FeedGuard:
    """What is wrong with a day's feed, station by station."""

    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.seen = {}

    def faults(self, day):
        day["entries"] = {s: x or 0 for s, x in day["entries"].items()} if 0 else day["entries"]
        day["checked"] = True
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


# %% exercise="broken-feed" kind="alternative" name="table-of-pandas"
class FeedGuard:
    def __init__(self, typical, factor=3, repeat=3):
        self.usual, self.factor, self.k = pd.DataFrame(typical), factor, repeat - 1
        self.table = pd.DataFrame(columns=list(self.usual.index), dtype=float)

    def faults(self, day):
        entries = pd.Series(day["entries"], dtype=float)
        self.table.loc[day["date"], list(entries.index)] = entries.to_numpy()
        self.table = self.table.sort_index()
        last = self.table[self.table.index < day["date"]].tail(self.k)[list(entries.index)]
        usual = self.usual[day["read_type"]][list(entries.index)]
        word = pd.Series("", index=entries.index)
        word[(entries > self.factor * usual) | (entries < usual / self.factor)] = "scale"
        if len(last) == self.k:
            word[(last == entries).all()] = "stuck"
        word[entries == 0] = "closed"
        word[entries.isna()] = "missing"
        return word[word != ""].to_dict()


# %% exercise="broken-feed" kind="alternative" name="one-function-per-station"
class FeedGuard:
    def __init__(self, typical, factor=3, repeat=3):
        self.typical, self.factor, self.repeat = typical, factor, repeat
        self.log = {}

    def faults(self, day):
        for station, value in day["entries"].items():
            self.log.setdefault(station, {})[day["date"]] = value
        verdicts = ((s, self.verdict(s, day["date"], day["read_type"])) for s in day["entries"])
        return {s: verdict for s, verdict in verdicts if verdict}

    def verdict(self, station, when, kind):
        series = [self.log[station][d] for d in sorted(self.log[station], reverse=True) if d <= when]
        value = series[0]
        if value is None:
            return "missing"
        if not value:
            return "closed"
        if len(series) >= self.repeat and len({str(v) for v in series[: self.repeat]} | {str(value)}) == 1:
            return "stuck"
        low, high = self.typical[kind][station] / self.factor, self.typical[kind][station] * self.factor
        return None if low <= value <= high else "scale"


# %% exercise="drift-alarm" kind="mistake" name="zeros-count" says="a day of 0 is taken for a measurement"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, 1e-9, values) if 0 else values

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


# %% exercise="drift-alarm" kind="mistake" name="pooled" says="all types of day have one usual count"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, np.nan, values)

    reference, kinds = measured(values), np.asarray(types)
    usual = {kind: np.nanmedian(reference) for kind in np.unique(kinds)}

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


# %% exercise="drift-alarm" kind="mistake" name="mean-usual" says="usual is the mean, not the median"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, np.nan, values)

    reference, kinds = measured(values), np.asarray(types)
    usual = {kind: np.nanmean(reference[kinds == kind]) for kind in np.unique(kinds)}

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


# %% exercise="drift-alarm" kind="mistake" name="own-usual" says="usual comes from the present"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
        now, kind = measured(values), np.asarray(types)
        ownly = {
            k: np.nanmedian(now[kind == k]) if np.isfinite(now[kind == k]).any() else usual[k] for k in np.unique(kind)
        }
        statistic = median(np.log(now / [ownly[k] for k in kind])[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="ratio" says="the deviation is no logarithm"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, np.nan, values)

    reference, kinds = measured(values), np.asarray(types)
    usual = {kind: np.nanmedian(reference[kinds == kind]) for kind in np.unique(kinds)}

    def deviations(values, types):
        return measured(values) / [usual[kind] for kind in types] - 1

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


# %% exercise="drift-alarm" kind="mistake" name="absolute-days" says="the absolute value is taken day by day"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, np.nan, values)

    reference, kinds = measured(values), np.asarray(types)
    usual = {kind: np.nanmedian(reference[kinds == kind]) for kind in np.unique(kinds)}

    def deviations(values, types):
        return np.abs(np.log(measured(values) / [usual[kind] for kind in types]))

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


# %% exercise="drift-alarm" kind="mistake" name="mean-of-days" says="the statistic is a mean"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

    def measured(values):
        values = np.asarray(values, dtype=float)
        return np.where(values == 0, np.nan, values)

    reference, kinds = measured(values), np.asarray(types)
    usual = {kind: np.nanmedian(reference[kinds == kind]) for kind in np.unique(kinds)}

    def deviations(values, types):
        return np.log(measured(values) / [usual[kind] for kind in types])

    def median(stretch):
        there = stretch[~np.isnan(stretch)]
        return float(np.mean(there)) if len(there) else math.nan

    z = deviations(values, types)
    noise = [abs(median(z[i : i + window])) for i in range(len(z) - window + 1)]
    limit = float(np.nanquantile(noise, level))

    def alarm(values, types):
        statistic = median(deviations(values, types)[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="first-days" says="the first days are looked at, not the last"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
        statistic = median(deviations(values, types)[:window])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="all-days" says="all days are looked at, not the last window"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
        statistic = median(deviations(values, types))
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="one-sided" says="the limit knows one direction only"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
    noise = [median(z[i : i + window]) for i in range(len(z) - window + 1)]
    limit = float(np.nanquantile(noise, level))

    def alarm(values, types):
        statistic = median(deviations(values, types)[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="apart" says="stretches that do not overlap"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
    noise = [abs(median(z[i : i + window])) for i in range(0, len(z) - window + 1, window)]
    limit = float(np.nanquantile(noise, level))

    def alarm(values, types):
        statistic = median(deviations(values, types)[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="formula" says="the formula for independent days"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
    limit = float(2.576 * np.nanstd(z, ddof=1) / np.sqrt(window))

    def alarm(values, types):
        statistic = median(deviations(values, types)[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="dead-is-quiet" says="a station that has died does not ring"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
        return {"statistic": statistic, "limit": limit, "rings": abs(statistic) > limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="falls-unseen" says="a count that has fallen does not ring"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
        return {"statistic": statistic, "limit": limit, "rings": not statistic <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="nan-quantile" says="a stretch of the reference without any measurement spoils the limit"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
    limit = float(np.quantile(noise, level))

    def alarm(values, types):
        statistic = median(deviations(values, types)[-window:])
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) <= limit}

    return alarm


# %% exercise="drift-alarm" kind="mistake" name="rings-at-the-limit" says="exactly at the limit it rings"
def make_alarm(values, types, window=42, level=0.99):
    """A function alarm(values, types) → {"statistic", "limit", "rings"} whose limit comes from the reference."""

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
        return {"statistic": statistic, "limit": limit, "rings": not abs(statistic) < limit}

    return alarm


# %% exercise="drift-alarm" kind="alternative" name="pandas-rolling"
def make_alarm(values, types, window=42, level=0.99):
    def frame(values, types):
        table = pd.DataFrame({"v": np.asarray(values, dtype=float), "t": np.asarray(types)})
        return table.assign(v=table["v"].mask(table["v"].eq(0)))

    old = frame(values, types)
    usual = old.groupby("t")["v"].median()
    z = np.log(old["v"]) - np.log(old["t"].map(usual))
    limit = z.rolling(window, min_periods=1).median().iloc[window - 1 :].abs().quantile(level)

    def alarm(values, types):
        new = frame(values, types).tail(window)
        statistic = (np.log(new["v"]) - np.log(new["t"].map(usual))).median()
        return {"limit": limit, "statistic": statistic, "rings": bool(np.isnan(statistic) or abs(statistic) > limit)}

    return alarm


# %% exercise="drift-alarm" kind="alternative" name="sliding-window-view"
def make_alarm(values, types, window=42, level=0.99):
    import warnings

    warnings.simplefilter("ignore", RuntimeWarning)
    values, types = np.array(values, dtype=float), list(types)
    values[values <= 0] = np.nan
    usual = {t: np.nanmedian([v for v, u in zip(values, types) if u == t]) for t in set(types)}
    z = np.log(values) - np.log([usual[t] for t in types])
    wandering = np.abs(np.nanmedian(np.lib.stride_tricks.sliding_window_view(z, window), axis=1))
    limit = np.quantile(wandering[~np.isnan(wandering)], level)

    def alarm(values, types):
        now = np.array(list(values)[-window:], dtype=float)
        now[now <= 0] = np.nan
        statistic = np.nanmedian(np.log(now) - np.log([usual[t] for t in list(types)[-window:]]))
        return dict(statistic=statistic, limit=limit, rings=np.isnan(statistic) or np.abs(statistic) > limit)

    return alarm


# %% exercise="drill-worth" kind="alternative" name="measured"
drill = {"delay": int((~fell_back[hang]).sum()) if "fell_back" in globals() else 2, "because": "B"}
off, on = ({"Clinton hangs": 1.62, "one day late": 2.91}, {"Clinton hangs": 1.74, "one day late": 1.69})
drill["harm"] = max(off, key=lambda name: on[name] - off[name])
drill |= {"unseen": list(FAULTS)[3], "factor": 3 / 2}


# %% exercise="drill-worth" kind="alternative" name="dict-call"
drill = dict(because="B", factor=np.float64(1.5), unseen="Clark_Lake × 1.8", harm="Clinton hangs", delay=np.int64(2))


# %% exercise="drill-worth" kind="mistake" name="at-once" says="before the sensor has hung for a while"
drill = {"delay": 0, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="squares" says="the number of green squares"
drill = {"delay": 12, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="third-day" says="on the third equal day the guard already speaks"
drill = {"delay": 3, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="blind-is-harm" says="there the guard hardly ever falls back"
drill = {"delay": 2, "harm": "Clark_Lake × 1.8", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="late-is-harm" says="although it sees only some of the days"
drill = {"delay": 2, "harm": "one day late", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="dearest-is-harm" says="guard on costs less than guard off"
drill = {"delay": 2, "harm": "Monroe dead", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="late-is-unseen" says="the guard sees that fault at each week-end"
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "one day late", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="clinton-is-unseen" says="that fault is flagged on nearly every day"
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "Clinton hangs", "factor": 1.5, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="keeps-three" says="with factor 3 the fault stays unseen"
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 3, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="the-middle" says="with factor 2 most days of the fault stay unseen"
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 2, "because": "B"}


# %% exercise="drill-worth" kind="mistake" name="no-false-alarm" says="flags sound days: count them"
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "A"}


# %% exercise="drill-worth" kind="mistake" name="fallback-better" says="on average the fallback costs more than the model"
drill = {"delay": 2, "harm": "Clinton hangs", "unseen": "Clark_Lake × 1.8", "factor": 1.5, "because": "C"}


# %% exercise="plan-service" kind="equivalent" mutant="- return {'status': 'alive'} | + return None" reason="the card asks /health for the status 200 alone"

# %% exercise="plan-service" kind="equivalent" mutant="- count_of = Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)] | None | + count_of = Annotated[float, Field(ge=0, le=40)] | None" reason="pydantic finds NaN and Infinity in no range: they are refused all the same"

# %% exercise="plan-service" kind="equivalent" mutant="- count_of = Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)] | None | + count_of = Annotated[float, Field(ge=0, le=40, allow_inf_nan=True)] | None" reason="pydantic finds NaN and Infinity in no range: they are refused all the same"

# %% exercise="plan-service" kind="equivalent" mutant="+ plans.append({'date': day['date'], 'planned': value, 'source': source, 'why': why}) | - plans.append({'date': day['date'], 'planned': value, 'source': source, 'why': why})" reason="counting after appending is as good as before"

# %% exercise="under-load" kind="equivalent" mutant="- with lock: | - total['days'] += len(plans) | + total['days'] += len(plans)" reason="two threads would have to meet within one statement: no test can make them"

# %% exercise="under-load" kind="equivalent" mutant="- return {'status': 'alive'} | + return None" reason="the card asks that /health answers, not what"

# %% exercise="drift-alarm" kind="equivalent" mutant="- values = np.asarray(values, dtype=float) | + values = np.asarray(values)" reason="whole numbers become floats where the zeros become NaN"
