# %% [markdown]
# Answers to `2-serve.py`: never released.

# %% exercise="flight-contract" kind="alternative" name="class-by-hand"
class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


Kelvinless = Annotated[float | None, Field(ge=-130, le=135)]
Delay = Annotated[float | None, Field(ge=-60, le=180)]
Count = Annotated[float, Field(ge=0, le=1000)]


class Flight(Strict):
    hour: int = Field(ge=0, le=23)
    weekday: int = Field(ge=0, le=6)
    distance: float = Field(ge=1, le=12_500)
    temp: Kelvinless
    dewp: Kelvinless
    humid: float | None = Field(ge=0, le=100)
    wind_speed: float | None = Field(ge=0, le=260)
    precip: float | None = Field(ge=0, le=15)
    pressure: float | None = Field(ge=850, le=1100)
    visib: float | None = Field(ge=0, le=10)
    seats: float | None = Field(ge=1, le=900)
    plane_age: float | None = Field(ge=0, le=100)
    recent_delay: Delay
    due: Count
    waiting: Count
    waiting_carrier: Count
    waiting_dest: Count
    recent_carrier: Delay
    recent_arrivals: Delay
    carrier: Literal[CARRIERS]
    origin: Literal[ORIGINS]
    dest: str = Field(min_length=3, max_length=3, pattern="^[A-Z]+$")


# %% exercise="flight-contract" kind="alternative" name="own-validators"
from pydantic import BeforeValidator


def limits(name, kind, low, high, null):
    def judge(value):
        if value is None and null:
            return value
        if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else (int, float)):
            raise ValueError(f"{name} is no {kind}")
        if not low <= value <= high:
            raise ValueError(f"{name} must lie between {low} and {high}")
        return value

    return BeforeValidator(judge)


def word(options):
    def judge(value):
        if not isinstance(value, str) or (
            value not in options
            if options
            else not (len(value) == 3 and value.isascii() and value.isalpha() and value.isupper())
        ):
            raise ValueError("unknown code")
        return value

    return BeforeValidator(judge)


fields = {name: (Annotated[int | float | None, limits(name, *rules)], ...) for name, rules in CONTRACT.items()}
fields |= {
    name: (Annotated[str, word(options)], ...)
    for name, options in (("carrier", CARRIERS), ("origin", ORIGINS), ("dest", ()))
}
Flight = create_model("Flight", __config__={"extra": "forbid"}, **fields)


# %% exercise="flight-contract" kind="mistake" name="capitals-of-any-alphabet" says="a letter that is none of A to Z is accepted"
from pydantic import AfterValidator


def code(text):
    if not (len(text) == 3 and text.isalpha() and text.isupper()):
        raise ValueError("no airport code")
    return text


fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int, Field(ge=low, le=high)]
    if kind == "number":
        number = Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)]
    fields[name] = (number | None if null else number, ...)
fields |= {"carrier": (Literal[CARRIERS], ...), "origin": (Literal[ORIGINS], ...)}
fields["dest"] = (Annotated[str, AfterValidator(code)], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)


# %% exercise="flight-contract" kind="mistake" name="line-end-after-the-code" says="a line end after the three letters is accepted"
import re

from pydantic import AfterValidator


def code(text):
    if not re.match("^[A-Z]{3}$", text):
        raise ValueError("no airport code")
    return text


fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int, Field(ge=low, le=high)]
    if kind == "number":
        number = Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)]
    fields[name] = (number | None if null else number, ...)
fields |= {"carrier": (Literal[CARRIERS], ...), "origin": (Literal[ORIGINS], ...)}
fields["dest"] = (Annotated[str, AfterValidator(code)], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)


# %% exercise="flight-contract" kind="mistake" name="half-a-unit-of-room" says="a value just outside of its range is accepted"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int, Field(ge=low, le=high)]
    if kind == "number":
        number = Annotated[float, Field(ge=low - 0.5, le=high + 0.5, allow_inf_nan=False)]
    fields[name] = (number | None if null else number, ...)
fields |= {"carrier": (Literal[CARRIERS], ...), "origin": (Literal[ORIGINS], ...)}
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)


# %% exercise="flight-contract" kind="mistake" name="lax" says="a text is taken for a number"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    fields[name] = (number | None if null else number, ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid"), **fields)

# %% exercise="flight-contract" kind="mistake" name="default-none" says="a field that was forgotten is accepted"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    fields[name] = (number | None, None) if null else (number, ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="extra-ignored" says="a field that the contract does not have goes unseen"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    fields[name] = (number | None if null else number, ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="nan-slips-through" says="NaN or Infinity is taken for a number"
from pydantic import AfterValidator


def between(low, high):
    def judge(value):
        if value is not None and (value < low or value > high):  # NaN is neither
            raise ValueError(f"not between {low} and {high}")
        return value

    return AfterValidator(judge)


fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = int if kind == "integer" else float
    fields[name] = (Annotated[number | None if null else number, between(low, high)], ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="open-ends" says="an end of a range is refused"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(gt=low, lt=high)]
    if name in ("visib", "precip", "waiting", "waiting_carrier", "waiting_dest", "hour", "weekday", "humid", "due"):
        number = Annotated[int if kind == "integer" else float, Field(ge=low, lt=high)]
    fields[name] = (number | None if null else number, ...)
fields["visib"] = (Annotated[float, Field(ge=0, le=10)] | None, ...)
fields["weekday"] = (Annotated[int, Field(ge=0, le=6)], ...)
fields["hour"] = (Annotated[int, Field(ge=0, le=23)], ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="known-destinations-only" says="a destination that training did not have is refused"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    fields[name] = (number | None if null else number, ...)
for name, known in forecaster.manifest["categories"].items():
    fields[name] = (Literal[tuple(known)], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="null-as-training-had-it" says="null is refused where it is allowed"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    null = forecaster.manifest["numbers"][name]["may_be_missing"]
    fields[name] = (number | None if null else number, ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="any-carrier" says="an unknown carrier is accepted"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    fields[name] = (number | None if null else number, ...)
fields["carrier"] = (str, ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="clipped" says="a value that is not possible is accepted"
from pydantic import BeforeValidator


def clip(low, high):
    return BeforeValidator(lambda v: min(max(v, low), high) if isinstance(v, (int, float)) and v == v else v)


fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = int if kind == "integer" else float
    fields[name] = (Annotated[number | None if null else number, clip(low, high)], ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="null-filled" says="a value is changed on its way in"
from pydantic import AfterValidator

fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[int if kind == "integer" else float, Field(ge=low, le=high)]
    fill = AfterValidator(lambda v: 0.0 if v is None else v)
    fields[name] = (Annotated[number | None, fill] if null else number, ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)

# %% exercise="flight-contract" kind="mistake" name="half-hours" says="hour and weekday are whole numbers"
fields = {}
for name, (kind, low, high, null) in CONTRACT.items():
    number = Annotated[float, Field(ge=low, le=high)]
    fields[name] = (number | None if null else number, ...)
fields["carrier"] = (Literal[CARRIERS], ...)
fields["origin"] = (Literal[ORIGINS], ...)
fields["dest"] = (Annotated[str, Field(pattern="^[A-Z]{3}$")], ...)
Flight = create_model("Flight", __config__=ConfigDict(extra="forbid", strict=True), **fields)


# %% exercise="explain-422" kind="alternative" name="one-loop"
def explain_422(errors, most=10):
    shown = []
    for error in errors:
        if len(shown) == most:
            break
        parts = error["loc"][1:] if error["loc"] and error["loc"][0] == "body" else error["loc"]
        path = ""
        for part in () if error["type"] == "json_invalid" else parts:
            if isinstance(part, str):
                path += ("." if path else "") + part
            else:
                path += "[%d]" % part
        value = error.get("input")
        if error["type"] == "missing":
            seen = "nothing"
        elif isinstance(value, list):
            seen = "a list"
        elif isinstance(value, dict):
            seen = "an object"
        else:
            seen = json.dumps(value, ensure_ascii=False)
        if len(seen) > 40:
            seen = seen[:39] + "\u2026"
        shown.append({"where": path or "body", "seen": seen, "do": REMEDIES.get(error["type"]) or error["msg"]})
    return dict(count=len(errors), errors=shown)


# %% exercise="explain-422" kind="alternative" name="match"
def explain_422(errors, most=10):
    import re

    def where(kind, loc):
        match kind, list(loc):
            case "json_invalid", _:
                return "body"
            case _, ["body", *rest] | rest:
                text = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", "." + ".".join(map(str, rest)) if rest else "")
                return text.lstrip(".") or "body"

    def seen(kind, value):
        match kind, value:
            case "missing", _:
                return "nothing"
            case _, [*_]:
                return "a list"
            case _, {}:
                return "an object"
        text = json.JSONEncoder().encode(value)
        return text if len(text) < 41 else text[:39] + "…"

    table = pd.DataFrame(
        [(where(e["type"], e["loc"]), seen(e["type"], e["input"]), REMEDIES.get(e["type"], e["msg"])) for e in errors],
        columns=["where", "seen", "do"],
    )
    return {"count": len(table), "errors": table.head(most).to_dict("records")}


# %% exercise="explain-422" kind="mistake" name="repeats-the-flight" says="repeats the whole object around the gap"
def explain_422(errors, most=10):
    def where(loc):
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc[1:]).lstrip(".") or "body"

    return {
        "count": len(errors),
        "errors": [
            {"where": where(e["loc"]), "seen": json.dumps(e["input"]), "do": REMEDIES.get(e["type"], e["msg"])}
            for e in errors[:most]
        ],
    }


# %% exercise="explain-422" kind="mistake" name="body-in-the-path" says="the path begins with body"
def explain_422(errors, most=10):
    shown = []
    for e in errors[:most]:
        path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in e["loc"]).lstrip(".")
        seen = "nothing" if e["type"] == "missing" else json.dumps(e["input"])
        shown.append({"where": path, "seen": seen[:40], "do": REMEDIES.get(e["type"], e["msg"])})
    return {"count": len(errors), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="every-body-left-out" says="only the first body is left out of a path"
def explain_422(errors, most=10):
    out = []
    for error in errors[:most]:
        parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"] if part != "body"]
        place = "".join(parts).lstrip(".")
        if error["type"] == "json_invalid" or not place:
            place = "body"
        value = error["input"]
        text = {list: "a list", dict: "an object"}.get(type(value)) or json.dumps(value)
        text = "nothing" if error["type"] == "missing" else text
        text = text if len(text) <= 40 else text[:39] + "…"
        out.append({"where": place, "seen": text, "do": REMEDIES.get(error["type"], error["msg"])})
    return {"count": len(errors), "errors": out}


# %% exercise="explain-422" kind="mistake" name="dots-everywhere" says="stands in brackets, not after a dot"
def explain_422(errors, most=10):
    shown = []
    for e in errors[:most]:
        path = ".".join(str(p) for p in e["loc"] if p != "body")
        seen = "nothing" if e["type"] == "missing" else json.dumps(e["input"])
        shown.append({"where": path or "body", "seen": seen, "do": REMEDIES.get(e["type"], e["msg"])})
    return {"count": len(errors), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="nan-stays" says="the refusal cannot be written as JSON"
def explain_422(errors, most=10):
    def where(e):
        loc = e["loc"][1:] if e["loc"][:1] == ("body",) else e["loc"]
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".") or "body"

    def seen(e):
        if e["type"] == "missing":
            return "nothing"
        return e["input"] if isinstance(e["input"], float) and not math.isfinite(e["input"]) else json.dumps(e["input"])

    shown = [{"where": where(e), "seen": seen(e), "do": REMEDIES.get(e["type"], e["msg"])} for e in errors[:most]]
    return {"count": len(errors), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="python-repr" says="as Python would, not as JSON"
def explain_422(errors, most=10):
    def where(e):
        loc = e["loc"][1:] if e["loc"][:1] == ("body",) else e["loc"]
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".") or "body"

    def seen(e):
        if e["type"] == "missing":
            return "nothing"
        text = repr(e["input"])
        text = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)
        return text if len(text) <= 40 else text[:39] + "…"

    shown = [{"where": where(e), "seen": seen(e), "do": REMEDIES.get(e["type"], e["msg"])} for e in errors[:most]]
    return {"count": len(errors), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="uncut" says="a long text is not cut"
def explain_422(errors, most=10):
    def where(e):
        loc = e["loc"][1:] if e["loc"][:1] == ("body",) else e["loc"]
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".") or "body"

    shown = [
        {
            "where": where(e),
            "seen": "nothing" if e["type"] == "missing" else json.dumps(e["input"]),
            "do": REMEDIES.get(e["type"], e["msg"]),
        }
        for e in errors[:most]
    ]
    return {"count": len(errors), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="position-in-the-text" says="a position in a text that is no JSON"
def explain_422(errors, most=10):
    def where(e):
        loc = e["loc"][1:] if e["loc"][:1] == ("body",) else e["loc"]
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".") or "body"

    def seen(e):
        if e["type"] == "missing":
            return "nothing"
        if isinstance(e["input"], (list, dict)):
            return "a list" if isinstance(e["input"], list) else "an object"
        text = json.dumps(e["input"])
        return text if len(text) <= 40 else text[:39] + "…"

    shown = [{"where": where(e), "seen": seen(e), "do": REMEDIES.get(e["type"], e["msg"])} for e in errors[:most]]
    return {"count": len(errors), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="counts-what-it-shows" says="count is not the number of all errors"
def explain_422(errors, most=10):
    def where(e):
        loc = e["loc"][1:] if e["loc"][:1] == ("body",) else e["loc"]
        if e["type"] == "json_invalid":
            loc = ()
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".") or "body"

    def seen(e):
        if e["type"] == "missing":
            return "nothing"
        if isinstance(e["input"], (list, dict)):
            return "a list" if isinstance(e["input"], list) else "an object"
        text = json.dumps(e["input"])
        return text if len(text) <= 40 else text[:39] + "…"

    shown = [{"where": where(e), "seen": seen(e), "do": REMEDIES.get(e["type"], e["msg"])} for e in errors[:most]]
    return {"count": len(shown), "errors": shown}


# %% exercise="explain-422" kind="mistake" name="shows-them-all" says="more errors are shown than asked for"
def explain_422(errors, most=10):
    def where(e):
        loc = e["loc"][1:] if e["loc"][:1] == ("body",) else e["loc"]
        if e["type"] == "json_invalid":
            loc = ()
        return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".") or "body"

    def seen(e):
        if e["type"] == "missing":
            return "nothing"
        if isinstance(e["input"], (list, dict)):
            return "a list" if isinstance(e["input"], list) else "an object"
        text = json.dumps(e["input"])
        return text if len(text) <= 40 else text[:39] + "…"

    shown = [{"where": where(e), "seen": seen(e), "do": REMEDIES.get(e["type"], e["msg"])} for e in errors]
    return {"count": len(shown), "errors": shown}


# %% exercise="create-app" kind="alternative" name="class-and-thread-at-once"
class Holder:
    """Loads in a thread that starts with it."""

    def __init__(self, load):
        self.load, self.forecaster, self.error = load, None, None
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            self.forecaster = self.load()
        except BaseException as error:
            self.error = error


def create_app(load, row, explain):
    holder = Holder(load)
    app = FastAPI()
    Body = create_model("Body", __config__={"extra": "forbid"}, flights=(list[row], ...))

    def not_yet():
        return JSONResponse({"error": str(holder.error or "loading")}, 503, headers={"retry-after": "1"})

    app.add_exception_handler(
        RequestValidationError, lambda request, error: JSONResponse(status_code=422, content=explain(error.errors()))
    )

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        return not_yet() if holder.forecaster is None else {"ready": True}

    @app.get("/version")
    async def version():
        return not_yet() if holder.forecaster is None else {"version": holder.forecaster.manifest["version"]}

    @app.post("/predict")
    async def predict(body: Body):
        if len(body.flights) > 1000:
            return JSONResponse({"error": "at most 1000 flights"}, 413)
        if holder.forecaster is None:
            return not_yet()
        manifest = holder.forecaster.manifest
        rows = [dict(flight) for flight in body.flights]
        forecasts = []
        for p in np.asarray(holder.forecaster(rows), dtype=float).tolist() if rows else []:
            forecasts.append({"rebook": not p < manifest["threshold"], "p_late": p})
        return {"forecasts": forecasts, "version": manifest["version"], "n": len(forecasts)}

    return app


# %% exercise="create-app" kind="alternative" name="task-and-plain-request"
def create_app(load, row, explain):
    import asyncio

    from pydantic import TypeAdapter

    loading = {}

    @asynccontextmanager
    async def lifespan(app):
        loading["task"] = asyncio.create_task(asyncio.to_thread(load))
        yield
        loading["task"].cancel()

    app = FastAPI(lifespan=lifespan)
    adapter = TypeAdapter(list[row])

    def current():
        task = loading["task"]
        if not task.done():
            raise HTTPException(503, "still loading", {"Retry-After": "2"})
        if task.exception():
            raise HTTPException(503, f"no model: {task.exception()}", {"Retry-After": "60"})
        return task.result()

    @app.get("/health")
    async def health():
        return {}

    @app.get("/ready")
    async def ready():
        current()
        return {}

    @app.get("/version")
    async def version():
        return {"version": current().manifest["version"]}

    @app.post("/predict")
    async def predict(request: Request):
        forecaster = current()
        try:
            body = await request.json()
            if not isinstance(body, dict) or set(body) != {"flights"}:
                raise TypeError
        except (ValueError, TypeError):
            return JSONResponse(
                explain([{"type": "form", "loc": ("body",), "msg": "not {'flights': […]}", "input": None}]), 422
            )
        try:
            flights_in = adapter.validate_python(body["flights"])
        except ValidationError as error:
            found = [e | {"loc": ("body", "flights", *e["loc"])} for e in error.errors()]
            return JSONResponse(explain(found), 422)
        if len(flights_in) > 1000:
            raise HTTPException(413, "too many flights")
        p = np.array(forecaster([f.model_dump() for f in flights_in]), float)
        rebook = (p >= forecaster.manifest["threshold"]).tolist()
        answers = [{"p_late": a, "rebook": b} for a, b in zip(p.tolist(), rebook)]
        return {"version": forecaster.manifest["version"], "forecasts": answers}

    return app


# %% exercise="create-app" kind="mistake" name="loads-first" says="the server does not answer while the model loads"
def create_app(load, row, explain):
    forecaster = load()

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI()
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})
    app.get("/ready")(lambda: {})
    app.get("/version")(lambda: {"version": forecaster.manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = forecaster([f.model_dump() for f in batch.flights])
        bar = forecaster.manifest["threshold"]
        return {
            "version": forecaster.manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="ready-at-once" says="ready is said before the model is there"
def create_app(load, row, explain):
    state = {}

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=lambda: state.update(model=load()), daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})
    app.get("/ready")(lambda: {"status": "ready"})

    def model():
        if "model" not in state:
            raise HTTPException(503, "loading", headers={"Retry-After": "5"})
        return state["model"]

    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="health-is-ready" says="a service that is loading is alive"
def create_app(load, row, explain):
    state = {}

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=lambda: state.update(model=load()), daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))

    def model():
        if "model" not in state:
            raise HTTPException(503, "loading", headers={"Retry-After": "5"})
        return state["model"]

    app.get("/health")(lambda: {"ok": bool(model())})
    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="crashes-while-loading" says="a forecast that cannot be made yet asks for 503"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    @app.get("/ready")
    def ready():
        if state["model"] is None:
            raise HTTPException(503, state["why"])

    app.get("/version")(lambda: {"version": state["model"].manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        forecaster = state["model"]  # None while it loads
        p = forecaster([f.model_dump() for f in batch.flights])
        bar = forecaster.manifest["threshold"]
        return {
            "version": forecaster.manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="fastapis-own-refusal" says="the refusal is not what explain says"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="own-threshold" says="rebook does not follow the manifest's threshold"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= 0.5)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="strictly-above" says="exactly at the threshold rebook is true"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x > bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="rounds" says="p_late is rounded"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": round(float(x), 2), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="numpy-numbers" says="a batch that keeps the contract makes the service raise"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": x, "rebook": x >= bar} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="hands-models-on" says="the forecaster is not given a list of dicts"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()(batch.flights)
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="forgets-to-return" says="what create_app returns cannot be served"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }


# %% exercise="create-app" kind="mistake" name="one-call-a-flight" says="the forecaster is not asked once for each batch"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = [model()([f.model_dump()])[0] for f in batch.flights]
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="no-limit" says="1,000 flights are the most"
def create_app(load, row, explain):
    state = {"model": None, "why": "loading"}

    def fetch():
        try:
            state["model"] = load()
        except Exception as error:
            state["why"] = str(error)

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=fetch, daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row]

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if state["model"] is None:
            raise HTTPException(503, state["why"], headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="create-app" kind="mistake" name="failure-unsaid" says="does not say why the model did not load"
def create_app(load, row, explain):
    state = {}

    @asynccontextmanager
    async def lifespan(app):
        threading.Thread(target=lambda: state.update(model=load()), daemon=True).start()
        yield

    class Batch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        flights: list[row] = Field(max_length=1000)

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, lambda q, e: JSONResponse(explain(e.errors()), 422))
    app.get("/health")(lambda: {})

    def model():
        if "model" not in state:
            raise HTTPException(503, "loading", headers={"Retry-After": "5"})
        return state["model"]

    app.get("/ready")(lambda: {"ok": bool(model())})
    app.get("/version")(lambda: {"version": model().manifest["version"]})

    @app.post("/predict")
    def predict(batch: Batch):
        p = model()([f.model_dump() for f in batch.flights])
        bar = model().manifest["threshold"]
        return {
            "version": model().manifest["version"],
            "forecasts": [{"p_late": float(x), "rebook": bool(x >= bar)} for x in p],
        }

    return app


# %% exercise="repaired-desk" kind="alternative" name="cache-with-the-whole-flight"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold, self.cache = forecast, threshold, {}

    def answer(self, rows):
        keys = [json.dumps(row, sort_keys=True) for row in rows]
        new = {key: row for key, row in zip(keys, rows) if key not in self.cache}
        if new:
            self.cache.update(zip(new, map(float, self.forecast(list(new.values())))))
        return [{"p_late": self.cache[key], "rebook": self.cache[key] >= self.threshold} for key in keys]


# %% exercise="repaired-desk" kind="alternative" name="one-by-one"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        def one(row):
            p = float(np.asarray(forecast([dict(row)])).ravel()[0])
            return {"rebook": not p < threshold, "p_late": p}

        self.one = one

    def answer(self, rows):
        return list(map(self.one, rows))


# %% exercise="repaired-desk" kind="alternative" name="table"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        table = pd.DataFrame({"p_late": np.asarray(self.forecast(rows), dtype=float)})
        table["rebook"] = table["p_late"] >= self.threshold
        return table.to_dict("records")


# %% exercise="repaired-desk" kind="mistake" name="still-sorted" says="the worst flights come first"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        answers = [{"p_late": float(p), "rebook": bool(p >= self.threshold)} for p in self.forecast(rows)]
        return sorted(answers, key=lambda answer: -answer["p_late"])


# %% exercise="repaired-desk" kind="mistake" name="cache-kept" says="the cache does not look at it"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold, self.cache = forecast, threshold, {}

    def answer(self, rows):
        answers = []
        for row in rows:
            key = (row["carrier"], row["origin"], row["dest"], row["hour"], row["weekday"])
            if key not in self.cache:
                self.cache[key] = float(self.forecast([row])[0])
            p = self.cache[key]
            answers.append({"p_late": p, "rebook": p >= self.threshold})
        return answers


# %% exercise="repaired-desk" kind="mistake" name="cache-for-a-request" says="two flights of one batch that differ in the weather"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        cache, answers = {}, []
        for row in rows:
            key = (row["carrier"], row["origin"], row["dest"], row["hour"], row["weekday"])
            if key not in cache:
                cache[key] = float(self.forecast([row])[0])
            answers.append({"p_late": cache[key], "rebook": cache[key] >= self.threshold})
        return answers


# %% exercise="repaired-desk" kind="mistake" name="half-a-key" says="a flight that differs in one feature alone gets the forecast of another"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold, self.cache = forecast, threshold, {}

    def answer(self, rows):
        answers = []
        for row in rows:
            key = (row["carrier"], row["origin"], row["dest"], row["hour"], row["weekday"], row["temp"])
            if key not in self.cache:
                self.cache[key] = float(self.forecast([row])[0])
            answers.append({"p_late": self.cache[key], "rebook": self.cache[key] >= self.threshold})
        return answers


# %% exercise="repaired-desk" kind="mistake" name="still-fills" says="a silent sensor gets the value of the flight before"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold, self.last = forecast, threshold, {}

    def answer(self, rows):
        answers = []
        for row in rows:
            row = {name: self.last.get(name, 0) if value is None else value for name, value in row.items()}
            self.last = row
            p = float(self.forecast([row])[0])
            answers.append({"p_late": p, "rebook": p >= self.threshold})
        return answers


# %% exercise="repaired-desk" kind="mistake" name="zero-for-missing" says="a missing number is taken for 0"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        rows = [{name: 0 if value is None else value for name, value in row.items()} for row in rows]
        return [{"p_late": float(p), "rebook": bool(p >= self.threshold)} for p in self.forecast(rows)]


# %% exercise="repaired-desk" kind="mistake" name="mean-for-missing" says="a missing number is replaced by a made-up one"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        known = [row["temp"] for row in rows if row["temp"] is not None]
        mean = sum(known) / len(known) if known else 55.0
        rows = [row | {"temp": mean if row["temp"] is None else row["temp"]} for row in rows]
        return [{"p_late": float(p), "rebook": bool(p >= self.threshold)} for p in self.forecast(rows)]


# %% exercise="repaired-desk" kind="mistake" name="still-rounded" says="p_late is rounded"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        p = [round(float(p), 2) for p in self.forecast(rows)]
        return [{"p_late": x, "rebook": x >= self.threshold} for x in p]


# %% exercise="repaired-desk" kind="mistake" name="decides-rounded" says="rebook is decided on rounded numbers"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, round(threshold, 2)

    def answer(self, rows):
        return [{"p_late": float(p), "rebook": round(float(p), 2) >= self.threshold} for p in self.forecast(rows)]


# %% exercise="repaired-desk" kind="mistake" name="fills-in-place" says="the caller's rows are changed"
class RepairedDesk:
    def __init__(self, forecast, threshold):
        self.forecast, self.threshold = forecast, threshold

    def answer(self, rows):
        p = self.forecast(rows)
        for row, x in zip(rows, p):
            row["p_late"] = float(x)
            row["rebook"] = bool(x >= self.threshold)
        return [{"p_late": row["p_late"], "rebook": row["rebook"]} for row in rows]


# %% exercise="service-tests" kind="alternative" name="list-of-findings"
def service_tests(client, version):
    """Collects what is wrong, then raises once."""
    findings = []

    def holds(what, condition):
        if not condition:
            findings.append(what)

    def send(body):
        return client.request(
            "POST", "/predict", headers=JSON, content=body if isinstance(body, str) else json.dumps(body)
        )

    holds("alive", client.get("health").is_success)
    deadline = time.time() + 8
    while not client.get("/ready").is_success and time.time() < deadline:
        time.sleep(0.1)
    holds("ready", client.get("/ready").status_code == 200)
    holds("version", client.get("/version").json().get("version") == version)
    one, other, alone = (send({"flights": rows}) for rows in (sample, list(reversed(sample)), sample[:1]))
    again = send({"flights": sample})
    if all(r.status_code == 200 for r in (one, other, alone, again)):
        tables = [pd.DataFrame(r.json()["forecasts"]) for r in (one, other, alone, again)]
        holds("length", [len(t) for t in tables] == [40, 40, 1, 40])
        for t in tables:
            holds("range", t["p_late"].between(0, 1).all())
            holds("rebook", (t["rebook"] == (t["p_late"] >= flights.THRESHOLD)).all())
        if not findings:
            a, b, c, d = (t["p_late"].to_numpy() for t in tables)
            holds("different", a.std() > 0)
            holds("order", np.allclose(a, b[::-1], rtol=0, atol=1e-6))
            holds("alone", np.allclose(a[:1], c, rtol=0, atol=1e-6))
            holds("again", np.allclose(a, d, rtol=0, atol=1e-6))
        holds("version in the answers", all(r.json()["version"] == version for r in (one, other, alone, again)))
    else:
        findings.append("a right batch is refused")
    empty = send('{"flights": []}')
    holds("empty", empty.status_code == 200 and empty.json()["forecasts"] == [])
    for name, (kind, low, high, null) in CONTRACT.items():
        if null:
            holds(f"null {name}", send({"flights": [sample[0] | {name: None}]}).status_code == 200)
    holds("new airport", send({"flights": [sample[9] | {"dest": "LEX"}]}).status_code == 200)
    text = json.dumps({"flights": [sample[0]]})
    for bad in (
        text.replace('"distance": ', '"distance": "1", "d": '),
        text.replace('"hour": ', '"hours": 3, "hour": '),
        json.dumps({"flights": [sample[0], {k: v for k, v in sample[1].items() if k != "pressure"}]}),
        json.dumps({"flights": [sample[0] | {"dewp": float("nan")}]}),
        json.dumps({"flights": [sample[0] | {"humid": 101}]}),
        json.dumps({"flights": [sample[0] | {"carrier": "Delta"}]}),
        json.dumps({"flights": [sample[0] | {"recent_delay": "5"}]}),
    ):
        holds("refusal", send(bad).status_code == 422)
    holds("a thousand", send({"flights": sample[:1] * 1000}).status_code == 200)
    holds("limit", send({"flights": sample[:1] * 1001}).status_code in {413, 422})
    assert not findings, findings


# %% exercise="service-tests" kind="alternative" name="asserts-in-functions"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    start = time.perf_counter()
    while True:
        answer = client.get("/ready")
        assert answer.status_code in (200, 503)
        if answer.status_code == 200:
            break
        if time.perf_counter() - start > 6:
            raise AssertionError("never ready")
        time.sleep(0.2)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="health-never-asked" says="is not alive while it loads"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="asks-until-it-answers" says="calls itself ready before it can forecast"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        while answer.status_code == 503:
            time.sleep(0.01)
            answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="does-not-wait" says="whose model is still loading when your tests begin"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="exact-to-the-last-digit" says="differ after the seventh digit from batch to batch"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert ask(sample[5:6])[0] == p[5]
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="text-of-the-error" says="further entries, another order of keys, plain texts as errors"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        answer = post([flight, right])
        assert answer.status_code == 422 and "errors" in answer.json(), name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="only-the-status" says="does not say its version"
def service_tests(client, version):
    assert client.get("/health").status_code == 200
    while client.get("/ready").status_code != 200:
        time.sleep(0.05)
    assert client.get("/version").status_code == 200
    assert client.post("/predict", json={"flights": sample}).status_code == 200
    assert client.post("/predict", json={"flights": [{}]}).status_code == 422


# %% exercise="service-tests" kind="mistake" name="version-asked-once" says="forecasts with another version than it says"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="one-direction" says="sorts its answers"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample) - p).max() < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="asks-everything-once" says="remembers the flight asked before"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1 and list(p) != sorted(p)[::-1]
    q = ask(sample[:20][::-1])
    assert np.abs(q[::-1] - p[:20]).max() < 0.1
    q = ask(sample[1:] + sample[:1])
    assert np.abs(q - np.r_[p[1:], p[:1]]).max() < 0.1
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="never-alone" says="lets the flights of a batch change one another"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="threshold-by-half" says="your tests fail a good server, the plainest"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 0.5)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="rebook-not-looked-at" says="rebooks from one half on"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="nan-by-json" says="your tests never get to ask"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", json={"flights": rows})

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="no-nan" says="takes NaN for a number"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="no-text" says="takes the text of a number for the number"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="no-null" says="refuses null for precip and visib, which training never lacked"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="any-refusal-will-do" says="fails with 500 where a field is missing"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code >= 400, name
    assert post(sample * 25 + sample[:1]).status_code in (413, 422)


# %% exercise="service-tests" kind="mistake" name="no-limit" says="takes more than 1,000 flights"
def service_tests(client, version):
    def post(rows):
        return client.post("/predict", content=json.dumps({"flights": rows}), headers=JSON)

    def ask(rows):
        answer = post(rows)
        assert answer.status_code == 200
        data = answer.json()
        assert data["version"] == version
        assert len(data["forecasts"]) == len(rows)
        for forecast in data["forecasts"]:
            assert 0 <= forecast["p_late"] <= 1
            assert forecast["rebook"] == (forecast["p_late"] >= 1 / 7)
        return np.array([forecast["p_late"] for forecast in data["forecasts"]])

    assert client.get("/health").status_code == 200
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            break
        time.sleep(0.05)
    p = ask(sample)
    assert client.get("/version").json()["version"] == version
    assert len(set(p.round(6))) > 1
    assert np.abs(ask(sample[::-1])[::-1] - p).max() < 1e-6
    assert np.abs(ask(sample) - p).max() < 1e-6
    assert abs(ask(sample[5:6])[0] - p[5]) < 1e-6
    ask([])
    ask(sample * 25)
    right = sample[3]
    ask([right | {name: None for name, rules in CONTRACT.items() if rules[3]}])
    ask([right | {"dest": "ZZZ"}])
    wrong = {
        "missing": {k: v for k, v in right.items() if k != "temp"},
        "extra": right | {"flight": 12},
        "text": right | {"humid": "50"},
        "nan": right | {"wind_speed": math.nan},
        "range": right | {"visib": -1},
        "carrier": right | {"carrier": "XX"},
    }
    for name, flight in wrong.items():
        assert post([flight, right]).status_code == 422, name


# %% exercise="signals" kind="alternative" name="built-by-dict"
prediction = dict(
    kill=dict.fromkeys(["short", "long"], "no answer") | {"new": "refused"},
    stop=dict(zip(["short", "long", "new"], ["answered", "status 500", "refused"])),
)

# %% exercise="signals" kind="alternative" name="from-a-table"
table = pd.DataFrame(
    [["answered", "no answer"], ["status 500", "no answer"], ["refused", "refused"]],
    index=["short", "long", "new"],
    columns=["stop", "kill"],
)
prediction = table.to_dict()

# %% exercise="signals" kind="mistake" name="kill-answers" says="no process is left that could answer"
prediction = {
    "stop": {"short": "answered", "long": "status 500", "new": "refused"},
    "kill": {"short": "answered", "long": "no answer", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="kill-says-500" says="a killed process sends none"
prediction = {
    "stop": {"short": "answered", "long": "status 500", "new": "refused"},
    "kill": {"short": "status 500", "long": "status 500", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="kill-refuses" says="had accepted this connection: it breaks"
prediction = {
    "stop": {"short": "answered", "long": "status 500", "new": "refused"},
    "kill": {"short": "refused", "long": "refused", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="stop-breaks-all" says="finishes what it can in two seconds"
prediction = {
    "stop": {"short": "no answer", "long": "no answer", "new": "refused"},
    "kill": {"short": "no answer", "long": "no answer", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="waits-for-ever" says="two seconds are not six"
prediction = {
    "stop": {"short": "answered", "long": "answered", "new": "refused"},
    "kill": {"short": "no answer", "long": "no answer", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="cancelled-in-silence" says="still lives, and can say so"
prediction = {
    "stop": {"short": "answered", "long": "no answer", "new": "refused"},
    "kill": {"short": "no answer", "long": "no answer", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="stopping-takes-new" says="takes nothing new"
prediction = {
    "stop": {"short": "answered", "long": "status 500", "new": "answered"},
    "kill": {"short": "no answer", "long": "no answer", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="stopping-says-500" says="has closed its port first"
prediction = {
    "stop": {"short": "answered", "long": "status 500", "new": "status 500"},
    "kill": {"short": "no answer", "long": "no answer", "new": "refused"},
}

# %% exercise="signals" kind="mistake" name="new-breaks" says="nobody listens on the port"
prediction = {
    "stop": {"short": "answered", "long": "status 500", "new": "refused"},
    "kill": {"short": "no answer", "long": "no answer", "new": "no answer"},
}


# %% exercise="registry" kind="alternative" name="state-machine-with-a-copy"
class Registry:
    """Reads the file once, keeps a list in step with it."""

    def __init__(self, root, smoke):
        self.folder, self.smoke = os.fspath(root), smoke
        self.path = os.path.join(self.folder, "history.json")
        self.live = []
        if os.path.isfile(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.live = json.load(file)

    def current(self):
        return self.live[-1] if self.live else None

    def _make(self, history):
        self.smoke(Path(self.folder, "versions", history[-1]))
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".json", delete=False) as file:
            json.dump(history, file)
        try:
            os.replace(file.name, self.path)
        except OSError:
            os.unlink(file.name)
            raise
        self.live = history

    def deploy(self, version):
        if not os.path.isdir(os.path.join(self.folder, "versions", version)):
            raise ValueError(version)
        if self.current() == version:
            return
        self._make(self.live + [version])

    def rollback(self):
        if len(self.live) < 2:
            raise RuntimeError("nothing to go back to")
        self._make(self.live[:-1])
        return self.current()


# %% exercise="registry" kind="alternative" name="path-replace-and-lookup"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    @property
    def file(self):
        return self.root / "history.json"

    def read(self):
        try:
            return json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return []

    def write(self, history):
        beside = self.root / f".history-{os.getpid()}"
        beside.write_text(json.dumps(history, indent=1))
        beside.replace(self.file)

    def current(self):
        history = self.read()
        if history:
            return history[-1]

    def deploy(self, version):
        known = {place.name: place for place in (self.root / "versions").iterdir() if place.is_dir()}
        if version not in known:
            raise ValueError(f"no folder for version {version}; there are {', '.join(sorted(known))}")
        history = self.read()
        if history[-1:] == [version]:
            return
        self.smoke(known[version])
        self.write(history + [version])

    def rollback(self):
        *before, last = self.read() or [None]
        if not before:
            raise RuntimeError("no earlier version")
        target = before[-1]
        self.smoke(self.root / "versions" / target)
        self.write(before)
        return target


# %% exercise="registry" kind="mistake" name="next-lower-number" says="the next lower number,"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        lower = [v for v in self.history() if int(v) < int(self.current() or 0)]
        if not lower:
            raise RuntimeError("there is no earlier version")
        target = max(lower, key=int)
        self.smoke(self.root / "versions" / target)
        self._switch(self.history()[: self.history().index(target) + 1])
        return target

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="next-lower-name" says="the next lower name,"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        names = sorted(self.history())
        at = names.index(self.current()) if names else 0
        if at == 0 and len(names) < 2:
            raise RuntimeError("there is no earlier version")
        self._switch(self.history()[: self.history().index(names[at - 1]) + 1])
        return names[at - 1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="switches-first" says="the switch comes before the smoke test"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        before = self.history()
        self._write(history)
        try:
            self.smoke(self.root / "versions" / history[-1])
        except Exception:
            self._write(before)
            raise

    def _write(self, history):
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="no-smoke-test" says="goes live without a smoke test"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="rollback-untested" says="the version that it goes back to is not smoke-tested"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._write(history)
        return history[-1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        self._write(history)

    def _write(self, history):
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="in-place" says="history.json is overwritten in place: a crash"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        (self.root / "history.json").write_text(json.dumps(history))


# %% exercise="registry" kind="mistake" name="rollback-appends" says="a rollback is appended"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()
        if len(history) < 2:
            raise RuntimeError("there is no earlier version")
        self._switch([*history, history[-2]])
        return history[-2]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="in-memory" says="nothing is written to history.json"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke, self.live = Path(root), smoke, []

    def current(self):
        return self.live[-1] if self.live else None

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(version)
        if version != self.current():
            self.smoke(self.root / "versions" / version)
            self.live.append(version)

    def rollback(self):
        if len(self.live) < 2:
            raise RuntimeError("nothing before")
        self.smoke(self.root / "versions" / self.live[-2])
        self.live.pop()
        return self.live[-1]


# %% exercise="registry" kind="mistake" name="twice-the-same" says="a rollback would go nowhere"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="swallows-the-refusal" says="is refused with the error of smoke"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        try:
            self.smoke(self.root / "versions" / history[-1])
        except Exception as error:
            print("not deployed:", error)
            return
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="deletes-first" says="when the file cannot be put in its place, the history is not what it was"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        (self.root / "history.json").unlink(missing_ok=True)
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="no-folder-no-matter" says="a version that has no folder is refused with a ValueError"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            raise RuntimeError("there is no earlier version")
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="registry" kind="mistake" name="rollback-to-nothing" says="with nothing to go back to, rollback raises"
class Registry:
    def __init__(self, root, smoke):
        self.root, self.smoke = Path(root), smoke

    def history(self):
        file = self.root / "history.json"
        return json.loads(file.read_text()) if file.exists() else []

    def current(self):
        return (self.history() or [None])[-1]

    def deploy(self, version):
        if not (self.root / "versions" / version).is_dir():
            raise ValueError(f"there is no version {version}")
        if version != self.current():
            self._switch([*self.history(), version])

    def rollback(self):
        history = self.history()[:-1]
        if not history:
            return self.current()
        self._switch(history)
        return history[-1]

    def _switch(self, history):
        self.smoke(self.root / "versions" / history[-1])
        new = self.root / "history.new"
        new.write_text(json.dumps(history))
        os.replace(new, self.root / "history.json")


# %% exercise="status-codes" kind="alternative" name="lists-by-who"
decision = {}
for who, codes in {
    "nobody": {"A": 200, "I": 200, "J": 200},
    "caller mends": {"B": 422, "C": 405, "D": 404, "G": 413},
    "caller waits": {"E": 503, "H": 429},
    "service": {"F": 500},
}.items():
    decision.update({letter: [code, who] for letter, code in codes.items()})

# %% exercise="status-codes" kind="alternative" name="http-status"
from http import HTTPStatus as S

codes = [
    S.OK,
    S.UNPROCESSABLE_ENTITY,
    S.METHOD_NOT_ALLOWED,
    S.NOT_FOUND,
    S.SERVICE_UNAVAILABLE,
    S.INTERNAL_SERVER_ERROR,
    S.REQUEST_ENTITY_TOO_LARGE,
    S.TOO_MANY_REQUESTS,
    S.OK,
    S.OK,
]
who = ["nobody", *["caller mends"] * 3, "caller waits", "service", "caller mends", "caller waits", "nobody", "nobody"]
decision = dict(zip("ABCDEFGHIJ", zip(codes, who)))

# %% exercise="status-codes" kind="mistake" name="error-in-200" says="is answered with 200"
decision = {
    "A": (200, "nobody"),
    "B": (200, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="bug-is-422" says="a bug of the service is blamed on the caller"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (422, "caller mends"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="everything-500" says="the service takes the blame"
decision = {
    "A": (200, "nobody"),
    "B": (500, "service"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "service"),
    "G": (500, "service"),
    "H": (503, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="loading-is-500" says="loading is no bug"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (500, "service"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="bug-waits" says="it does not help against a bug"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (503, "caller waits"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="empty-is-422" says="an empty batch keeps the contract"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (422, "caller mends"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="new-airport-404" says="a new destination keeps the contract"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (404, "caller mends"),
}

# %% exercise="status-codes" kind="mistake" name="path-and-method-swapped" says="are swapped"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (404, "caller mends"),
    "D": (405, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="bug-sent-again" says="meets the same bug"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "caller waits"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="woken-up-for-loading" says="nobody needs to be woken up"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "service"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (429, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}

# %% exercise="status-codes" kind="mistake" name="too-many-is-413" says="situation H has a code of its own"
decision = {
    "A": (200, "nobody"),
    "B": (422, "caller mends"),
    "C": (405, "caller mends"),
    "D": (404, "caller mends"),
    "E": (503, "caller waits"),
    "F": (500, "service"),
    "G": (413, "caller mends"),
    "H": (413, "caller waits"),
    "I": (200, "nobody"),
    "J": (200, "nobody"),
}


# %% exercise="flight-contract" kind="equivalent" mutant="- number = Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)] | + number = Annotated[float, Field(ge=low, le=high)]" reason="pydantic finds NaN and Infinity in no range: they are refused all the same, only the error's type is another"

# %% exercise="flight-contract" kind="equivalent" mutant="- number = Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)] | + number = Annotated[float, Field(ge=low, le=high, allow_inf_nan=True)]" reason="pydantic finds NaN and Infinity in no range: they are refused all the same, only the error's type is another"

# %% exercise="create-app" kind="equivalent" mutant="- threading.Thread(target=fetch, daemon=True).start() | + threading.Thread(target=fetch).start()" reason="a thread that is no daemon loads just as well; it only keeps a process that ends waiting"

# %% exercise="create-app" kind="equivalent" mutant="- threading.Thread(target=fetch, daemon=True).start() | + threading.Thread(target=fetch, daemon=False).start()" reason="a thread that is no daemon loads just as well; it only keeps a process that ends waiting"

# %% exercise="create-app" kind="equivalent" mutant="- return {'status': 'alive'} | + return None" reason="the card asks /health for the status 200 alone; null with 200 is an answer"

# %% exercise="service-tests" kind="equivalent" mutant="- until = time.monotonic() + 6 | + until = time.monotonic() + 7" reason="how long to wait for readiness beyond five seconds is free"

# %% exercise="service-tests" kind="equivalent" mutant="- until = time.monotonic() + 6 | + until = time.monotonic() + 5" reason="no server here takes five seconds to load"

# %% exercise="service-tests" kind="equivalent" mutant="- assert time.monotonic() < until, 'it does not become ready' | + assert time.monotonic() <= until, 'it does not become ready'" reason="two clock readings of the same nanosecond"

# %% exercise="service-tests" kind="equivalent" mutant="- time.sleep(0.05)" reason="asking without a pause finds the same"

# %% exercise="service-tests" kind="equivalent" mutant="- time.sleep(0.05) | + time.sleep(0.1)" reason="asking less often finds the same"

# %% exercise="service-tests" kind="equivalent" mutant="- return np.allclose(one, other, atol=1e-06) | + return np.allclose(other, one, atol=1e-06)" reason="the relative tolerance of either array is as good"

# %% exercise="service-tests" kind="equivalent" mutant="- return np.allclose(one, other, atol=1e-06) | + return np.allclose(one, other, atol=2e-06)" reason="no server differs by one to two millionths"

# %% exercise="service-tests" kind="equivalent" mutant="- assert same(ask(sample[::-1]), p[::-1]), 'the order of the answers is not that of the flights' | + assert same(p[::-1], ask(sample[::-1])), 'the order of the answers is not that of the flights'" reason="same is the same both ways"

# %% exercise="service-tests" kind="equivalent" mutant="- assert same(ask(sample), p), 'the same request gets another answer' | + assert same(p, ask(sample)), 'the same request gets another answer'" reason="same is the same both ways"

# %% exercise="service-tests" kind="equivalent" mutant="- assert same(ask(sample[:1]), p[:1]), 'a flight alone gets another forecast' | + assert same(p[:1], ask(sample[:1])), 'a flight alone gets another forecast'" reason="same is the same both ways"

# %% exercise="service-tests" kind="equivalent" mutant="- broken = {'a field missing': {name: value for name, value in flight.items() if name != 'seats'}, 'a field too many': flight | {'wether': 'storm'}, 'a text for a number': flight | {'distance': '500'}, 'NaN': flight | {'temp': math.nan}, 'out of range': flight | {'hour': 99}, 'unknown carrier': flight | {'carrier': 'Delta'}} | + broken = {'a field missing': {name: value for name, value in flight.items() if name != 'seats'}, 'a field too many': flight | {'wether': 'storm'}, 'a text for a number': flight | {'distance': '500'}, 'NaN': flight | {'temp': math.nan}, 'out of range': flight | {'hour': 100}, 'unknown carrier': flight | {'carrier': 'Delta'}}" reason="an hour that no clock has, as well"

# %% exercise="service-tests" kind="equivalent" mutant="- broken = {'a field missing': {name: value for name, value in flight.items() if name != 'seats'}, 'a field too many': flight | {'wether': 'storm'}, 'a text for a number': flight | {'distance': '500'}, 'NaN': flight | {'temp': math.nan}, 'out of range': flight | {'hour': 99}, 'unknown carrier': flight | {'carrier': 'Delta'}} | + broken = {'a field missing': {name: value for name, value in flight.items() if name != 'seats'}, 'a field too many': flight | {'wether': 'storm'}, 'a text for a number': flight | {'distance': '500'}, 'NaN': flight | {'temp': math.nan}, 'out of range': flight | {'hour': 98}, 'unknown carrier': flight | {'carrier': 'Delta'}}" reason="an hour that no clock has, as well"

# %% exercise="service-tests" kind="equivalent" mutant="- assert post([*sample, bad]).status_code == 422, f'{what}: not refused with 422' | + assert post([bad, *sample]).status_code == 422, f'{what}: not refused with 422'" reason="a bad flight refuses the batch wherever it stands"

# %% exercise="service-tests" kind="equivalent" mutant="- assert post(sample * 26).status_code in (413, 422), 'a batch that is too large is taken' | + assert post(sample * 27).status_code in (413, 422), 'a batch that is too large is taken'" reason="another batch of more than 1,000"
