# %% [markdown]
# Answers to `3-reliable-and-fast.py`: never released. The decision of exercise 8 is a statement rather than code, so its
# alternatives differ in how they come about.


# %% exercise="latency-summary" kind="alternative" name="numpy-inverted-cdf"
def latency_summary(seconds, status, limit_ms):
    """numpy's percentile by nearest rank, taken over positions."""
    ok = np.asarray(status) == 200
    if ok.size == 0:
        raise ValueError("nothing was measured")
    ms = np.full(ok.size, np.inf)
    ms[ok] = np.asarray(seconds, dtype=float)[ok] * 1e3
    p50, p95, p99 = np.percentile(ms, [50, 95, 99], method="inverted_cdf")
    return {
        "requests": ok.size,
        "failed": np.sum(~ok),
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "within": np.count_nonzero(ms <= limit_ms) / ok.size,
    }


# %% exercise="latency-summary" kind="alternative" name="plain-python"
def latency_summary(seconds, status, limit_ms):
    """Lists and counting; seconds compared with the limit in seconds."""
    took = sorted(s if code == 200 else float("inf") for s, code in zip(seconds, status, strict=True))
    n = len(took)
    if not took:
        raise ValueError("no requests")
    failed = sum(1 for code in status if code != 200)
    return dict(
        requests=n,
        failed=failed,
        p50=took[-(-n * 50 // 100) - 1] * 1000,
        p95=took[-(-n * 95 // 100) - 1] * 1000,
        p99=took[-(-n * 99 // 100) - 1] * 1000,
        within=sum(s <= limit_ms / 1000 for s in took) / n,
    )


# %% exercise="latency-summary" kind="alternative" name="pandas-cumulative"
def latency_summary(seconds, status, limit_ms):
    """The definition, word for word: the smallest time that at least p % did not exceed."""
    table = pd.DataFrame({"ms": 1000 * pd.Series(list(seconds), dtype=float), "status": list(status)})
    if table.empty:
        raise ValueError("empty")
    table["ms"] = table["ms"].where(table["status"] == 200, np.inf)
    ordered = table["ms"].sort_values(ignore_index=True)
    share = (np.arange(len(ordered)) + 1) * 100  # in hundredths of requests, whole numbers
    out = {"requests": len(table), "failed": table["status"].ne(200).sum()}
    for p in (50, 95, 99):
        out[f"p{p}"] = ordered[share >= p * len(ordered)].iloc[0]
    out["within"] = (table["ms"] <= limit_ms).mean()
    return out


# %% exercise="latency-summary" kind="mistake" name="seconds" says="the percentiles are in seconds"
def latency_summary(seconds, status, limit_ms):
    """Forgets the unit."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    took = np.sort(np.where(status == 200, seconds, np.inf))
    summary = {f"p{p}": took[math.ceil(n * p / 100) - 1] for p in (50, 95, 99)}
    return {"requests": n, "failed": (status != 200).sum(), **summary, "within": (1000 * took <= limit_ms).mean()}


# %% exercise="latency-summary" kind="mistake" name="drops-failures" says="the failed requests are dropped"
def latency_summary(seconds, status, limit_ms):
    """Percentiles of those who were answered."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    if len(seconds) == 0:
        raise ValueError("no requests")
    ms = np.sort(1000 * seconds[status == 200])
    n = len(ms)
    summary = {f"p{p}": ms[math.ceil(n * p / 100) - 1] for p in (50, 95, 99)}
    within = (ms <= limit_ms).sum() / len(seconds)
    return {"requests": len(seconds), "failed": (status != 200).sum(), **summary, "within": within}


# %% exercise="latency-summary" kind="mistake" name="failing-fast-is-fast" says="failing fast looks like being fast"
def latency_summary(seconds, status, limit_ms):
    """A refusal after a millisecond counts as a millisecond."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    ms = np.sort(np.where(np.isnan(seconds), np.inf, 1000 * seconds))
    summary = {f"p{p}": ms[math.ceil(n * p / 100) - 1] for p in (50, 95, 99)}
    within = ((1000 * seconds <= limit_ms) & (status == 200)).mean()
    return {"requests": n, "failed": (status != 200).sum(), **summary, "within": within}


# %% exercise="latency-summary" kind="mistake" name="interpolates" says="interpolates between two requests"
def latency_summary(seconds, status, limit_ms):
    """numpy's default."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    answered = 1000 * seconds[status == 200]
    summary = {f"p{p}": np.percentile(answered, p) for p in (50, 95, 99)}
    return {"requests": n, "failed": n - len(answered), **summary, "within": (answered <= limit_ms).sum() / n}


# %% exercise="latency-summary" kind="mistake" name="interpolates-infinities" says="between two of them that gives NaN"
def latency_summary(seconds, status, limit_ms):
    """The failed are infinite, as asked, and numpy's default computes with them."""
    ms = np.where(np.asarray(status) == 200, 1000 * np.asarray(seconds, dtype=float), np.inf)
    if len(ms) == 0:
        raise ValueError("no requests")
    with np.errstate(invalid="ignore"):
        summary = {f"p{p}": np.percentile(ms, p) for p in (50, 95, 99)}
    return {"requests": len(ms), "failed": np.isinf(ms).sum(), **summary, "within": (ms <= limit_ms).mean()}


# %% exercise="latency-summary" kind="mistake" name="fraction-for-percent" says="next to the fastest request"
def latency_summary(seconds, status, limit_ms):
    """np.percentile asked for the 0.95th percent."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    answered = 1000 * seconds[status == 200]
    summary = {f"p{p}": np.percentile(answered, p / 100) for p in (50, 95, 99)}
    return {"requests": n, "failed": n - len(answered), **summary, "within": (answered <= limit_ms).sum() / n}


# %% exercise="latency-summary" kind="mistake" name="one-too-far" says="is one too far"
def latency_summary(seconds, status, limit_ms):
    """Counts the position from 0."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    ms = np.sort(np.where(status == 200, 1000 * seconds, np.inf))
    summary = {f"p{p}": ms[min(int(n * p / 100), n - 1)] for p in (50, 95, 99)}
    return {"requests": n, "failed": (status != 200).sum(), **summary, "within": (ms <= limit_ms).mean()}


# %% exercise="latency-summary" kind="mistake" name="only-5xx" says="only the statuses from 500 on"
def latency_summary(seconds, status, limit_ms):
    """A request that was never answered is no failure."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    ms = np.sort(np.where(status < 500, 1000 * seconds, np.inf))
    summary = {f"p{p}": ms[math.ceil(n * p / 100) - 1] for p in (50, 95, 99)}
    return {"requests": n, "failed": (status >= 500).sum(), **summary, "within": (ms <= limit_ms).mean()}


# %% exercise="latency-summary" kind="mistake" name="share-of-answered" says="the failed belong in the denominator"
def latency_summary(seconds, status, limit_ms):
    """The share of those who were answered."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    ms = np.sort(np.where(status == 200, 1000 * seconds, np.inf))
    summary = {f"p{p}": ms[math.ceil(n * p / 100) - 1] for p in (50, 95, 99)}
    within = (1000 * seconds[status == 200] <= limit_ms).mean() if (status == 200).any() else 0.0
    return {"requests": n, "failed": (status != 200).sum(), **summary, "within": within}


# %% exercise="latency-summary" kind="mistake" name="nan-stays" says="is a failed request's time still NaN"
def latency_summary(seconds, status, limit_ms):
    """Sets failures to NaN instead of infinity: numpy sorts NaN last, and the tail is NaN."""
    seconds, status = np.asarray(seconds, dtype=float), np.asarray(status)
    n = len(seconds)
    if n == 0:
        raise ValueError("no requests")
    ms = np.sort(np.where(status == 200, 1000 * seconds, np.nan))
    summary = {f"p{p}": ms[math.ceil(n * p / 100) - 1] for p in (50, 95, 99)}
    return {"requests": n, "failed": (status != 200).sum(), **summary, "within": (ms <= limit_ms).mean()}


# %% exercise="repaired-load-test" kind="alternative" name="schedule-first"
def repaired_load_test(send, n, interval, clock, sleep):
    """The whole schedule as an array, results written into arrays."""
    schedule = clock() + interval * np.arange(n)
    seconds, status = np.zeros(n), np.zeros(n, dtype=int)
    for i, due in enumerate(schedule):
        sleep(max(0.0, due - clock()))
        try:
            status[i] = send(i)
        except Exception:
            status[i] = 0
        finally:
            seconds[i] = clock() - due
    return seconds, status


# %% exercise="repaired-load-test" kind="alternative" name="next-due"
def repaired_load_test(send, n, interval, clock, sleep):
    """The next due time is moved on by the interval, never by the clock; waits in a loop."""
    due, log = clock(), []
    for i in range(n):
        while (rest := due - clock()) > 1e-9:
            sleep(rest)
        try:
            code = send(i)
        except (ConnectionError, TimeoutError):
            code = 0
        log.append((clock() - due, code))
        due += interval
    return [s for s, _ in log], [code for _, code in log]


# %% exercise="repaired-load-test" kind="mistake" name="from-the-send" says="the time runs from the send"
def repaired_load_test(send, n, interval, clock, sleep):
    """Keeps the schedule and the failures, but measures from the send."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        sleep(max(0.0, start + i * interval - clock()))
        before = clock()
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - before)
        status.append(code)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="failures-from-the-send" says="theirs, too, runs from due"
def repaired_load_test(send, n, interval, clock, sleep):
    """What is answered counts from due, what fails from the send."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        sleep(max(0.0, due - clock()))
        before = clock()
        try:
            status.append(send(i))
            seconds.append(clock() - due)
        except OSError:
            status.append(0)
            seconds.append(clock() - before)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="sleeps-in-steps" says="a little after they are due"
def repaired_load_test(send, n, interval, clock, sleep):
    """Sleeps a hundredth of a second again and again, and so beyond the moment."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        while clock() < due:
            sleep(0.01)
        try:
            status.append(send(i))
        except OSError:
            status.append(0)
        seconds.append(clock() - due)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="sleeps-after-each" says="a slow server slows the schedule down"
def repaired_load_test(send, n, interval, clock, sleep):
    """Only the failures are repaired."""
    seconds, status = [], []
    for i in range(n):
        before = clock()
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - before)
        status.append(code)
        sleep(interval)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="failures-vanish" says="failed requests leave no trace"
def repaired_load_test(send, n, interval, clock, sleep):
    """The schedule is right, the continue has stayed."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        sleep(max(0.0, due - clock()))
        try:
            code = send(i)
        except OSError:
            continue
        seconds.append(clock() - due)
        status.append(code)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="starts-anew" says="a stall must not move what is due after it"
def repaired_load_test(send, n, interval, clock, sleep):
    """Forgives itself: after a stall the schedule starts from now."""
    seconds, status, due = [], [], clock()
    for i in range(n):
        sleep(max(0.0, due - clock()))
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - due)
        status.append(code)
        due = max(due + interval, clock())
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="skips-overdue" says="one that is overdue is not left out"
def repaired_load_test(send, n, interval, clock, sleep):
    """Leaves out what it cannot send in time."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        if clock() > due + interval:
            seconds.append(clock() - due)
            status.append(0)
            continue
        sleep(max(0.0, due - clock()))
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - due)
        status.append(code)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="negative-sleep" says="sleep is called with a negative time"
def repaired_load_test(send, n, interval, clock, sleep):
    """Sleeps for what is left, also where nothing is left."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        sleep(due - clock())
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - due)
        status.append(code)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="an-interval-late" says="request 0 is due at once"
def repaired_load_test(send, n, interval, clock, sleep):
    """Counts the schedule from 1."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + (i + 1) * interval
        sleep(max(0.0, due - clock()))
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(clock() - due)
        status.append(code)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="all-at-once" says="sent before it is due"
def repaired_load_test(send, n, interval, clock, sleep):
    """Never waits: the load is as high as the server allows."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(max(0.0, clock() - due))
        status.append(code)
    return seconds, status


# %% exercise="repaired-load-test" kind="mistake" name="milliseconds" says="the times are in milliseconds"
def repaired_load_test(send, n, interval, clock, sleep):
    """The dashboard's unit."""
    seconds, status, start = [], [], clock()
    for i in range(n):
        due = start + i * interval
        sleep(max(0.0, due - clock()))
        try:
            code = send(i)
        except OSError:
            code = 0
        seconds.append(1000 * (clock() - due))
        status.append(code)
    return seconds, status


# %% exercise="littles-law" kind="alternative" name="events"
def little(arrived, left, start, end):
    """Walks through the events: the number inside goes up and down, and each piece counts with its length."""
    events = sorted([(t, 1) for t in arrived] + [(t, -1) for t in left])
    inside, before, integral = 0, start, 0.0
    for moment, step in events:
        now = min(max(moment, start), end)
        integral += inside * (now - before)
        before = now
        inside += step
    integral += inside * (end - before)
    came = [(a, b) for a, b in zip(arrived, left, strict=True) if start <= a < end]
    return {
        "L": integral / (end - start),
        "rate": len(came) / (end - start),
        "W": sum(b - a for a, b in came) / len(came) if came else float("nan"),
    }


# %% exercise="littles-law" kind="alternative" name="pandas"
def little(arrived, left, start, end):
    """A table of requests, overlaps clipped by column."""
    log = pd.DataFrame({"a": np.array(arrived, dtype=float), "b": np.array(left, dtype=float)})
    seconds = (log["b"].clip(start, end) - log["a"].clip(start, end)).sum()
    window = log[log["a"].ge(start) & log["a"].lt(end)]
    length = end - start
    return {"W": (window["b"] - window["a"]).mean(), "L": seconds / length, "rate": len(window) / length}


# %% exercise="littles-law" kind="mistake" name="over-events" says="averaged over events, not over time"
def little(arrived, left, start, end):
    """The mean of the number inside after each event."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    edges = np.unique(np.clip(np.concatenate([arrived, left, [start, end]]), start, end))
    middle = (edges[1:] + edges[:-1]) / 2
    inside = ((arrived[:, None] <= middle) & (middle < left[:, None])).sum(axis=0)
    came = (arrived >= start) & (arrived < end)
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": inside.mean(), "rate": came.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="at-arrivals" says="this is the number inside at the arrivals"
def little(arrived, left, start, end):
    """Counts only when somebody comes."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    seen = [((arrived <= t) & (left > t)).sum() for t in arrived[came]]
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": np.mean(seen) if seen else 0.0, "rate": came.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="law-assumed" says="the law is taken for granted"
def little(arrived, left, start, end):
    """L by the law, which was to be tested."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    rate = came.sum() / (end - start)
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": rate * wait, "rate": rate, "W": wait}


# %% exercise="littles-law" kind="mistake" name="old-ones-forgotten" says="who came before the window and is still there"
def little(arrived, left, start, end):
    """Looks at the window's arrivals only."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    inside = np.minimum(left, end)[came] - arrived[came]
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": came.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="not-cut-at-the-end" says="time after the end of the window is counted"
def little(arrived, left, start, end):
    """Cuts at the start, not at the end (who is still there counts up to the end)."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    until = np.where(np.isinf(left), end, left)
    inside = np.clip(until - np.maximum(arrived, start), 0, None)[arrived < end]
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": came.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="negative-overlaps" says="counts with a negative time"
def little(arrived, left, start, end):
    """Forgets that an overlap may be none."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    inside = np.minimum(left, end) - np.maximum(arrived, start)
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": came.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="counts-departures" says="the rate counts who leaves"
def little(arrived, left, start, end):
    """Throughput in place of the rate of arrivals."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    gone = (left >= start) & (left < end)
    inside = np.clip(np.minimum(left, end) - np.maximum(arrived, start), 0, None)
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": gone.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="all-requests" says="came before or after the window"
def little(arrived, left, start, end):
    """The rate of the whole log."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    inside = np.clip(np.minimum(left, end) - np.maximum(arrived, start), 0, None)
    wait = (left - arrived)[came].mean() if came.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": len(arrived) / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="finished-only" says="those are the slow ones"
def little(arrived, left, start, end):
    """W of the requests that came and left within the window."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    both = came & (left < end)
    inside = np.clip(np.minimum(left, end) - np.maximum(arrived, start), 0, None)
    wait = (left - arrived)[both].mean() if both.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": came.sum() / (end - start), "W": wait}


# %% exercise="littles-law" kind="mistake" name="w-cut-off" says="W is cut off at the end of the window"
def little(arrived, left, start, end):
    """Takes the overlap for the whole time."""
    arrived, left = np.asarray(arrived, float), np.asarray(left, float)
    came = (arrived >= start) & (arrived < end)
    inside = np.clip(np.minimum(left, end) - np.maximum(arrived, start), 0, None)
    wait = inside[came].mean() if came.any() else np.nan
    return {"L": inside.sum() / (end - start), "rate": came.sum() / (end - start), "W": wait}


# %% exercise="micro-batcher" kind="alternative" name="queue-and-worker"
class MicroBatcher:
    """A queue, and one task that empties it."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.queue = None

    async def __call__(self, row):
        if self.queue is None:
            self.queue = asyncio.Queue()
            self.worker = asyncio.create_task(self.work())
        box = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((row, box))
        return await box

    async def work(self):
        """Collect a batch, ask, hand out, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self.queue.get()]
            until = loop.time() + self.max_wait
            while len(batch) < self.max_size and (rest := until - loop.time()) > 0:
                try:
                    batch.append(await asyncio.wait_for(self.queue.get(), rest))
                except asyncio.TimeoutError:
                    break
            batch = [(row, box) for row, box in batch if not box.cancelled()]
            if not batch:
                continue
            try:
                answers = self.forecast([row for row, _ in batch])
                for (_, box), p in zip(batch, answers, strict=True):
                    box.set_result(float(p))
            except Exception as error:
                for _, box in batch:
                    if not box.done():
                        box.set_exception(error)


# %% exercise="micro-batcher" kind="alternative" name="a-task-for-each-batch"
class MicroBatcher:
    """Each batch is a small object with a task of its own; callers share its result."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.open = None

    async def __call__(self, row):
        if self.open is None:
            self.open = {"rows": [], "full": asyncio.Event()}
            self.open["task"] = asyncio.ensure_future(self.run(self.open))
        batch = self.open
        place = len(batch["rows"])
        batch["rows"].append(row)
        if place + 1 >= self.max_size:
            self.open = None  # later rows make a new batch, though this one's task runs a moment later
            batch["full"].set()
        answers = await asyncio.shield(batch["task"])  # whoever gives up must not cancel the others' task
        return answers[place]

    async def run(self, batch):
        """Wait until the batch is full or old, then ask."""
        try:
            await asyncio.wait_for(batch["full"].wait(), self.max_wait)
        except TimeoutError:
            pass
        if self.open is batch:
            self.open = None
        return np.asarray(self.forecast(batch["rows"]), dtype=float)


# %% exercise="micro-batcher" kind="alternative" name="in-a-thread"
class MicroBatcher:
    """The forecast runs in a thread, so that a slow one does not stop the loop; a sleeping task is the timer."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.pending, self.alarm = [], None

    async def __call__(self, row):
        box = asyncio.get_running_loop().create_future()
        self.pending.append((row, box))
        if len(self.pending) >= self.max_size:
            if self.alarm:
                self.alarm.cancel()
            self.flush()
        elif len(self.pending) == 1:
            self.alarm = asyncio.create_task(self.later())
        return await box

    async def later(self):
        """The timer."""
        await asyncio.sleep(self.max_wait)
        self.flush()

    def flush(self):
        """Take what is there and start asking."""
        batch, self.pending, self.alarm = self.pending, [], None
        self.running = asyncio.ensure_future(self.ask(batch))

    async def ask(self, batch):
        """Ask in a thread and hand out."""
        try:
            answers = await asyncio.to_thread(self.forecast, [row for row, _ in batch])
        except Exception as error:
            answers = [error] * len(batch)
        for (_, box), answer in zip(batch, answers, strict=True):
            if box.cancelled():
                continue
            if isinstance(answer, Exception):
                box.set_exception(answer)
            else:
                box.set_result(float(answer))


# %% exercise="micro-batcher" kind="alternative" name="polls"
class MicroBatcher:
    """A task for each batch looks again and again whether its time has come."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.batch = []

    async def __call__(self, row):
        box = asyncio.get_running_loop().create_future()
        self.batch.append((row, box))
        if len(self.batch) == 1:
            self.watcher = asyncio.create_task(self.watch(self.batch, time.monotonic() + self.max_wait))
        if len(self.batch) == self.max_size:
            self.send()
        return await box

    async def watch(self, batch, until):
        while batch is self.batch and time.monotonic() < until:
            await asyncio.sleep(0)
        if batch is self.batch:
            self.send()

    def send(self):
        batch, self.batch = self.batch, []
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for (_, box), p in zip(batch, answers, strict=True):
            if not box.done():
                box.set_result(p)


# %% exercise="micro-batcher" kind="mistake" name="debounce" says="the wait starts anew with every row"
class MicroBatcher:
    """Every row sets the timer again."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting, self.timer = [], None

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if self.timer:
            self.timer.cancel()
        self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask and hand out."""
        self.timer.cancel()
        batch, self.waiting = self.waiting, []
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for (_, box), p in zip(batch, answers, strict=True):
            if not box.done():
                box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="old-timer" says="does the timer of a batch that is gone still run"
class MicroBatcher:
    """The timer of a full batch is not cancelled, and sends the next one too early."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting = []

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask and hand out."""
        batch, self.waiting = self.waiting, []
        if not batch:
            return
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for (_, box), p in zip(batch, answers, strict=True):
            if not box.done():
                box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="only-full" says="no timer sends a batch that is not full"
class MicroBatcher:
    """Waits until the batch is full, however long that takes."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting = []

    async def __call__(self, row):
        box = asyncio.get_running_loop().create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == self.max_size:
            batch, self.waiting = self.waiting, []
            for (_, other), p in zip(batch, self.forecast([r for r, _ in batch]), strict=True):
                other.set_result(float(p))
        return await box


# %% exercise="micro-batcher" kind="mistake" name="exception-is-lost" says="a forecast that raises leaves callers waiting"
class MicroBatcher:
    """No try: the exception ends in the loop's log, and nobody hears of it."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting, self.timer = [], None

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            loop.call_soon(self.send)
        return await box

    def send(self):
        """Ask and hand out."""
        self.timer.cancel()
        batch, self.waiting = self.waiting[: self.max_size], self.waiting[self.max_size :]
        answers = self.forecast([row for row, _ in batch])
        for (_, box), p in zip(batch, answers, strict=True):
            if not box.done():
                box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="dead-worker" says="after a batch that failed the batcher is dead"
class MicroBatcher:
    """The worker tells the callers of the failure, and dies of it."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.queue = None

    async def __call__(self, row):
        if self.queue is None:
            self.queue = asyncio.Queue()
            self.worker = asyncio.create_task(self.work())
        box = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((row, box))
        return await box

    async def work(self):
        """Collect a batch, ask, hand out."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self.queue.get()]
            until = loop.time() + self.max_wait
            while len(batch) < self.max_size and (rest := until - loop.time()) > 0:
                try:
                    batch.append(await asyncio.wait_for(self.queue.get(), rest))
                except TimeoutError:
                    break
            try:
                answers = self.forecast([row for row, _ in batch])
            except Exception as error:
                for _, box in batch:
                    if not box.done():
                        box.set_exception(error)
                raise
            for (_, box), p in zip(batch, answers, strict=True):
                if not box.done():
                    box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="exception-for-one" says="does not reach every caller of it"
class MicroBatcher:
    """The first caller gets the exception, the others NaN."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting, self.timer = [], None

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask and hand out."""
        self.timer.cancel()
        batch, self.waiting = self.waiting, []
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            batch[0][1].set_exception(error)
            answers = [math.nan] * len(batch)
        for (_, box), p in zip(batch, answers, strict=True):
            if not box.done():
                box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="last-answer-for-all" says="a caller gets another row's forecast"
class MicroBatcher:
    """Answers are handed out from the end: pop takes the last one."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting, self.timer = [], None

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask and hand out."""
        self.timer.cancel()
        batch, self.waiting = self.waiting, []
        try:
            answers = list(self.forecast([row for row, _ in batch]))
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for _, box in batch:
            p = answers.pop()
            if not box.done():
                box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="the-whole-batch" says="an answer is no single number"
class MicroBatcher:
    """Everybody gets the array of the whole batch."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting, self.timer = [], None

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask and hand out."""
        self.timer.cancel()
        batch, self.waiting = self.waiting, []
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for _, box in batch:
            if not box.done():
                box.set_result(answers)


# %% exercise="micro-batcher" kind="mistake" name="given-up" says="a caller who gave up takes the others"
class MicroBatcher:
    """set_result on a future that was cancelled raises, and the rest of the batch is never served."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting, self.timer = [], None

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            self.timer = loop.call_later(self.max_wait, self.send)
        if len(self.waiting) == self.max_size:
            self.send()
        return await box

    def send(self):
        """Ask and hand out."""
        self.timer.cancel()
        batch, self.waiting = self.waiting, []
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            for _, box in batch:
                box.set_exception(error)
            return
        for (_, box), p in zip(batch, answers, strict=True):
            box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="too-many" says="a batch holds more rows than max_size"
class MicroBatcher:
    """The timer alone decides when to send, and sends everything."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.waiting = []

    async def __call__(self, row):
        loop = asyncio.get_running_loop()
        box = loop.create_future()
        self.waiting.append((row, box))
        if len(self.waiting) == 1:
            loop.call_later(self.max_wait, self.send)
        return await box

    def send(self):
        """Ask and hand out."""
        batch, self.waiting = self.waiting, []
        try:
            answers = self.forecast([row for row, _ in batch])
        except Exception as error:
            for _, box in batch:
                if not box.done():
                    box.set_exception(error)
            return
        for (_, box), p in zip(batch, answers, strict=True):
            if not box.done():
                box.set_result(float(p))


# %% exercise="micro-batcher" kind="mistake" name="blocking-sleep" says="the whole loop stands still in time.sleep"
class MicroBatcher:
    """Waits for companions who cannot come, because the loop stands still."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait
        self.rows = []

    async def __call__(self, row):
        self.rows.append(row)
        place = len(self.rows) - 1
        time.sleep(self.max_wait)
        rows, self.rows = self.rows, []
        return float(self.forecast(rows)[place])


# %% exercise="micro-batcher" kind="mistake" name="one-by-one" says="nothing is gathered"
class MicroBatcher:
    """Waits, and then asks for its own row."""

    def __init__(self, forecast, max_size, max_wait):
        self.forecast, self.max_size, self.max_wait = forecast, max_size, max_wait

    async def __call__(self, row):
        await asyncio.sleep(self.max_wait)
        return float(self.forecast([row])[0])


# %% exercise="gateway" kind="alternative" name="times-only"
class Gateway:
    """The state follows from a time and a count; one long method."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes = "closed", []
        self.not_before, self.bad = None, 0

    def __call__(self, row):
        rule = {"p_late": None, "source": "rule"}
        trial = False
        if self.not_before is not None:
            if self.clock() < self.not_before:
                return {"rebook": self.ask_rule(row), **rule}
            trial = True
            self.changes.append((self.clock(), "half-open"))
        refusal, p = None, None
        try:
            p = self.ask_model(row, timeout=self.timeout)
        except ValueError as error:
            refusal = error
        except Exception:
            p = -1
        if refusal is None and (p != p or p < 0 or p > 1):
            self.bad += 1
            if trial or self.bad >= self.failures:
                now = self.clock()
                self.changes.append((now, "open"))
                self.state, self.not_before = "open", now + self.pause
            return {"rebook": self.ask_rule(row), **rule}
        if trial:
            self.changes.append((self.clock(), "closed"))
        self.state, self.not_before, self.bad = "closed", None, 0
        if refusal is not None:
            raise refusal
        return {"rebook": p >= 40 / 280, "p_late": p, "source": "model"}


# %% exercise="gateway" kind="alternative" name="states-as-methods"
class Gateway:
    """One method for each state, chosen by name."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes = "closed", []
        self.left = failures

    def go(self, state):
        """Change to another state."""
        self.state = state
        self.changes.append((self.clock(), state))

    def __call__(self, row):
        if self.state == "open" and self.clock() >= self.changes[-1][0] + self.pause:
            self.go("half-open")
        p = {"closed": self.closed, "half-open": self.half_open, "open": lambda _: None}[self.state](row)
        if p is None:
            return dict(rebook=bool(self.ask_rule(row)), p_late=None, source="rule")
        return dict(rebook=bool(p >= flights.THRESHOLD), p_late=float(p), source="model")

    def outcome(self, row):
        """A probability, a ValueError as a value, or None for a failure."""
        try:
            p = self.ask_model(row, self.timeout)
            return p if 0 <= p <= 1 else None
        except ValueError as error:
            return error
        except Exception:
            return None

    def closed(self, row):
        """Count failures in a row."""
        result = self.outcome(row)
        if result is None:
            self.left -= 1
            if not self.left:
                self.go("open")
        else:
            self.left = self.failures
        if isinstance(result, ValueError):
            raise result
        return result

    def half_open(self, row):
        """One trial decides."""
        result = self.outcome(row)
        self.left = self.failures
        self.go("open" if result is None else "closed")
        if isinstance(result, ValueError):
            raise result
        return result


# %% exercise="gateway" kind="mistake" name="only-timeouts" says="every failure falls back to the rule"
class Gateway:
    """A refused connection was not thought of."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
            self.change("half-open")
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.success()
            raise
        except TimeoutError:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="bad-row-is-a-failure" says="must come through as ValueError, not be answered by the rule"
class Gateway:
    """except Exception takes the refused row as well."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
            self.change("half-open")
        try:
            p = float(self.ask_model(row, self.timeout))
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="bad-rows-open-it" says="three bad rows would switch the model off"
class Gateway:
    """A refused row comes through, and counts as a failure."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
            self.change("half-open")
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.failure()
            raise
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="counts-all-failures" says="failures are added up over a success"
class Gateway:
    """The count never starts anew while closed."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
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
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        if self.state == "half-open":
            self.count = 0
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="no-timeout" says="a hanging server hangs the gateway"
class Gateway:
    """Asks without a timeout."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
            self.change("half-open")
        try:
            p = float(self.ask_model(row))
        except ValueError:
            self.success()
            raise
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="nan-is-a-forecast" says="no probability is passed on as a forecast"
class Gateway:
    """Takes every number for a probability."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
            self.change("half-open")
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.success()
            raise
        except Exception:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="no-probability-is-a-bad-row" says="the word for refused rows"
class Gateway:
    """Checks the number where ValueError is let through, and raises just that."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes = "closed", []
        self.count = 0

    def __call__(self, row):
        rule = {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return rule
            self.change("half-open")
        try:
            p = self.ask_model(row, self.timeout)
            if not 0 <= p <= 1:
                raise ValueError(f"{p} is no probability")
        except ValueError:
            self.success()
            raise
        except Exception:
            self.count += 1
            if self.state == "half-open" or self.count == self.failures:
                self.opened = self.clock()
                self.change("open")
            return rule
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def change(self, state):
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="one-half" says="rebooking starts at one half"
class Gateway:
    """The habit of classifiers."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
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
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= 0.5, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="asks-while-open" says="the model is asked although the breaker is open"
class Gateway:
    """Counts and notes, but asks all the same."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.success()
            raise
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="pause-from-the-send" says="the pause ends too early"
class Gateway:
    """Reads the clock before the request that fails."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        self.now = self.clock()
        if self.state == "open":
            if self.now - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
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
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.now
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.now, state))


# %% exercise="gateway" kind="mistake" name="never-tries-again" says="no request is let through"
class Gateway:
    """Open for ever: nobody turns it on again."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count = "closed", [], 0

    def __call__(self, row):
        if self.state == "open":
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.count = 0
            raise
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.count += 1
            if self.count == self.failures:
                self.state = "open"
                self.changes.append((self.clock(), "open"))
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.count = 0
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}


# %% exercise="gateway" kind="mistake" name="three-trials" says="a failed trial does not open the breaker again"
class Gateway:
    """In half-open it counts to three again."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
            self.change("half-open")
            self.count = 0
        try:
            p = float(self.ask_model(row, self.timeout))
        except ValueError:
            self.success()
            raise
        except Exception:
            p = math.nan
        if not 0 <= p <= 1:
            self.failure()
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="no-second-pause" says="asked again without a new pause"
class Gateway:
    """The time of opening is that of the first opening."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
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
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open":
            self.change("open")
        elif self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="old-count" says="the old failures still count"
class Gateway:
    """Closing does not start the count anew: success in half-open only closes."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
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
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        if self.state == "half-open":
            self.change("closed")
        else:
            self.count = 0

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count >= self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((self.clock(), state))


# %% exercise="gateway" kind="mistake" name="real-clock" says="the times in changes are not those of self.clock()"
class Gateway:
    """The states go by the clock passed in, the record by the machine's."""

    def __init__(self, ask_model, ask_rule, timeout=0.25, failures=3, pause=5.0, clock=time.monotonic):
        self.ask_model, self.ask_rule, self.timeout = ask_model, ask_rule, timeout
        self.failures, self.pause, self.clock = failures, pause, clock
        self.state, self.changes, self.count, self.opened = "closed", [], 0, None

    def __call__(self, row):
        if self.state == "open":
            if self.clock() - self.opened < self.pause:
                return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
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
            return {"rebook": bool(self.ask_rule(row)), "p_late": None, "source": "rule"}
        self.success()
        return {"rebook": p >= flights.THRESHOLD, "p_late": p, "source": "model"}

    def success(self):
        """The service has answered."""
        self.count = 0
        if self.state == "half-open":
            self.change("closed")

    def failure(self):
        """It has not."""
        self.count += 1
        if self.state == "half-open" or self.count == self.failures:
            self.opened = self.clock()
            self.change("open")

    def change(self, state):
        """Note it."""
        self.state = state
        self.changes.append((time.monotonic(), state))


# %% exercise="eight-bits" kind="alternative" name="loops"
def quantize(weights, bits=8):
    """Row by row, in plain Python."""
    top = 2 ** (bits - 1) - 1
    codes, scales = [], []
    for row in np.asarray(weights).tolist():
        largest = max(abs(w) for w in row)
        scale = largest / top if largest else 1.0
        scales.append(scale)
        codes.append([round(w / scale) for w in row])
    return np.array(codes, dtype="int8"), scales


def linear(x, codes, scales, bias, bits=8):
    """Sums of Python's whole numbers."""
    a, s = quantize(x, bits)
    wide = [[int(c) for c in row] for row in np.asarray(codes)]
    out = np.empty((len(a), len(wide)))
    for i, row in enumerate(a.tolist()):
        for j, other in enumerate(wide):
            out[i, j] = s[i] * scales[j] * sum(p * q for p, q in zip(row, other, strict=True)) + bias[j]
    return out


# %% exercise="eight-bits" kind="alternative" name="einsum-half-up"
def quantize(weights, bits=8):
    """Half a code is added before cutting down; a float matrix product of whole numbers is exact, too."""
    w = np.array(weights, dtype=np.float64)
    top = (1 << (bits - 1)) - 1
    scales = np.maximum(w.max(axis=1), -w.min(axis=1)) / top
    scales[scales == 0] = 1
    codes = np.floor(w / scales.reshape(-1, 1) + 0.5).clip(-top, top)
    return codes.astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """float64 holds these whole numbers exactly."""
    a, s = quantize(x, bits)
    total = np.einsum("ik,jk->ij", a, codes, dtype=np.float64)
    return np.asarray(bias) + total * np.outer(s, scales)


# %% exercise="eight-bits" kind="mistake" name="per-tensor" says="one scale for the whole matrix"
def quantize(weights, bits=8):
    """One scale for everything."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    scale = np.abs(weights).max() / top
    return np.rint(weights / scale).astype(np.int8), scale


def linear(x, codes, scales, bias, bits=8):
    """As asked, with that."""
    inputs, step = quantize(x, bits)
    return (inputs.astype(int) @ codes.T.astype(int)) * step * scales + bias


# %% exercise="eight-bits" kind="mistake" name="per-input" says="the scales belong to the inputs"
def quantize(weights, bits=8):
    """The other axis."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=0)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """As asked."""
    return np.asarray(x) @ (codes * scales).T + bias


# %% exercise="eight-bits" kind="mistake" name="cut-off" says="cut off instead of rounded"
def quantize(weights, bits=8):
    """astype alone."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return (weights / scales[:, None]).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """As asked."""
    inputs, steps = quantize(x, bits)
    return (inputs.astype(int) @ codes.T.astype(int)) * steps[:, None] * scales + bias


# %% exercise="eight-bits" kind="mistake" name="top-128" says="the scale divides by one too many"
def quantize(weights, bits=8):
    """128 steps."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1)
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.clip(np.rint(weights / scales[:, None]), -top, top - 1).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """As asked."""
    inputs, steps = quantize(x, bits)
    return (inputs.astype(int) @ codes.T.astype(int)) * steps[:, None] * scales + bias


# %% exercise="eight-bits" kind="mistake" name="largest-not-in-size" says="the scale is that of the largest weight"
def quantize(weights, bits=8):
    """Forgets the negative ones."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = weights.max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.clip(np.rint(weights / scales[:, None]), -top, top).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """As asked."""
    inputs, steps = quantize(x, bits)
    return (inputs.astype(int) @ codes.T.astype(int)) * steps[:, None] * scales + bias


# %% exercise="eight-bits" kind="mistake" name="divides-by-zero" says="is a row of zeros divided by zero"
def quantize(weights, bits=8):
    """Rows of zeros were not thought of."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    scales = np.abs(weights).max(axis=1) / top
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.rint(weights / scales[:, None])).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """As asked."""
    inputs, steps = quantize(x, bits)
    return (inputs.astype(int) @ codes.T.astype(int)) * steps[:, None] * scales + bias


# %% exercise="eight-bits" kind="mistake" name="not-int8" says="the codes are not int8"
def quantize(weights, bits=8):
    """Whole numbers in 64 bits: nothing is saved."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales[:, None]).astype(int), scales


def linear(x, codes, scales, bias, bits=8):
    """As asked."""
    inputs, steps = quantize(x, bits)
    return (inputs @ np.asarray(codes).T.astype(int)) * steps[:, None] * scales + bias


# %% exercise="eight-bits" kind="mistake" name="overflow" says="overflows its whole numbers"
def quantize(weights, bits=8):
    """As asked."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """int8 times int8 stays int8."""
    inputs, steps = quantize(x, bits)
    return (inputs @ codes.T) * steps[:, None] * scales + bias


# %% exercise="eight-bits" kind="mistake" name="weights-only" says="x is not quantised"
def quantize(weights, bits=8):
    """As asked."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """Back to floats, then as ever."""
    return np.asarray(x) @ (codes * np.asarray(scales)[:, None]).T + bias


# %% exercise="eight-bits" kind="mistake" name="one-scale-for-x" says="depends on who is asked with it"
def quantize(weights, bits=8):
    """As asked."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """The largest input of the whole batch sets the scale."""
    step = np.abs(x).max() / (2 ** (bits - 1) - 1)
    inputs = np.rint(np.asarray(x) / step).astype(np.int64)
    return (inputs @ codes.T.astype(np.int64)) * step * scales + bias


# %% exercise="eight-bits" kind="mistake" name="always-8-bits" says="whatever bits says"
def quantize(weights, bits=8):
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(np.asarray(weights) / scales[:, None]).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """Does not pass bits on."""
    a, s = quantize(x)
    return (a.astype(int) @ np.asarray(codes).T.astype(int)) * s[:, None] * np.asarray(scales) + np.asarray(bias)


# %% exercise="eight-bits" kind="mistake" name="from-least-to-largest" says="it is not symmetric about zero"
def quantize(weights, bits=8):
    """The range from the smallest to the largest weight, as for codes with a zero point."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    spread = np.ptp(weights, axis=1)
    scales = np.where(spread > 0, spread / (2 * top + 1), 1.0)
    return np.clip(np.rint(weights / scales[:, None]), -top, top).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    a, s = quantize(x, bits)
    return (a.astype(int) @ np.asarray(codes).T.astype(int)) * s[:, None] * np.asarray(scales) + np.asarray(bias)


# %% exercise="eight-bits" kind="mistake" name="bias-scaled" says="the bias is scaled, too"
def quantize(weights, bits=8):
    """As asked."""
    weights = np.asarray(weights, dtype=float)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


def linear(x, codes, scales, bias, bits=8):
    """The bias comes in before the scales."""
    inputs, steps = quantize(x, bits)
    return (inputs.astype(int) @ codes.T.astype(int) + bias) * steps[:, None] * scales


# %% exercise="fleet" kind="alternative" name="counts-up"
def fleet(peak, mean, capacity, utilisation, price):
    """Adds servers until one may fail."""
    servers = 2
    while peak / ((servers - 1) * capacity) > utilisation:
        servers += 1
    hourly = servers * price
    return {
        "servers": servers,
        "dollars_per_month": hourly * 730,
        "per_million": 1_000_000 * hourly / (3600 * mean),
        "at_peak": peak / capacity / servers,
    }


# %% exercise="fleet" kind="alternative" name="numpy"
def fleet(peak, mean, capacity, utilisation, price):
    """numpy numbers, and seconds of a month."""
    left = np.ceil(np.round(peak / capacity / utilisation, 9))
    servers = np.int64(left) + 1
    month = np.float64(730 * price * servers)
    millions = mean * 730 * 60 * 60 / 1e6
    return dict(zip(("servers", "dollars_per_month", "per_million", "at_peak"),
                    (servers, month, month / millions, peak / (capacity * servers)), strict=True))  # fmt: skip


# %% exercise="fleet" kind="mistake" name="no-spare" says="no server is spare"
def fleet(peak, mean, capacity, utilisation, price):
    """Nobody falls, one hopes."""
    servers = math.ceil(peak / (capacity * utilisation))
    month = servers * price * 730
    million = month / (mean * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="full-load" says="the utilisation is ignored"
def fleet(peak, mean, capacity, utilisation, price):
    """Uses servers up to the brim."""
    servers = math.ceil(peak / capacity) + 1
    month = servers * price * 730
    million = month / (mean * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="for-the-mean" says="the fleet is sized for the mean"
def fleet(peak, mean, capacity, utilisation, price):
    """The average day."""
    servers = math.ceil(mean / (capacity * utilisation)) + 1
    month = servers * price * 730
    million = month / (mean * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="one-too-many" says="one server more than needed"
def fleet(peak, mean, capacity, utilisation, price):
    """Rounds up by adding one, and one to spare."""
    servers = int(peak / (capacity * utilisation)) + 1 + 1 + (peak % (capacity * utilisation) > 0)
    month = servers * price * 730
    million = month / (mean * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="thirty-days" says="another number of hours"
def fleet(peak, mean, capacity, utilisation, price):
    """30 days."""
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    month = servers * price * 24 * 30
    million = servers * price / (mean * 3600) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="pays-for-the-busy-share" says="only the busy share is paid"
def fleet(peak, mean, capacity, utilisation, price):
    """As if idle servers were free."""
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    month = servers * price * 730 * peak / (servers * capacity)
    million = month / (mean * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="predictions-of-the-peak" says="the month's predictions are counted from the peak"
def fleet(peak, mean, capacity, utilisation, price):
    """As if every minute were the busiest."""
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    month = servers * price * 730
    million = month / (peak * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="price-at-full-load" says="this is the price at full load"
def fleet(peak, mean, capacity, utilisation, price):
    """The brochure's number."""
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    month = servers * price * 730
    million = price / (capacity * 3600) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="seconds-for-hours" says="seconds and hours are mixed up"
def fleet(peak, mean, capacity, utilisation, price):
    """A rate a second, taken for one an hour."""
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    month = servers * price * 730
    million = month / (mean * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / (servers * capacity),
    }


# %% exercise="fleet" kind="mistake" name="one-down-at-peak" says="at_peak is that with one server down"
def fleet(peak, mean, capacity, utilisation, price):
    """Takes one away for at_peak as well."""
    servers = math.ceil(peak / (capacity * utilisation)) + 1
    month = servers * price * 730
    million = month / (mean * 3600 * 730) * 1e6
    return {
        "servers": servers,
        "dollars_per_month": month,
        "per_million": million,
        "at_peak": peak / ((servers - 1) * capacity),
    }


# %% exercise="decide-deployment" kind="alternative" name="computed"
verdicts, months, loads = {}, {}, {}
for name, offer in offers.iterrows():
    servers = int(offer["servers"])
    loads[name] = 120 / ((servers - 1) * offer["capacity"]) if servers > 1 else float("inf")
    months[name] = servers * offer["dollars an hour"] * 730
    columns = [column for column in offers.columns if column.startswith("p99")]
    slow = [offer[column] for column, limit in zip(columns, (0.5, 0.7, 0.9), strict=True) if loads[name] <= limit]
    if not slow or slow[0] > 60:
        verdicts[name] = "p99"
    elif offer["workers"] * offer["MB a worker"] > 800:
        verdicts[name] = "memory"
    else:
        verdicts[name] = "budget" if months[name] > 250 else "fits"
choice = min((name for name in verdicts if verdicts[name] == "fits"), key=months.get)
decision = {"verdicts": verdicts, "deploy": choice, "dollars_per_month": months[choice], "with_one_down": loads[choice]}

# %% exercise="decide-deployment" kind="alternative" name="by-hand-rounded"
decision = dict(
    deploy="ONNX, 3 small",
    with_one_down=0.4,
    dollars_per_month=131,
    verdicts={
        "ONNX, 1 large": "p99", "ONNX, 2 small": "p99", "ONNX, 2 tiny": "p99", "ONNX, 3 small": "fits", "GPU, int8": "budget",
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99",
    },
)  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="both-up" says="'ONNX, 2 small' stands only while both servers are up"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "fits", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 2 small", "dollars_per_month": 87.6, "with_one_down": 0.8,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="one-is-enough" says="'ONNX, 1 large' has no server left"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "fits",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 1 large", "dollars_per_month": 116.8, "with_one_down": 0.2,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="capacity-is-all" says="requests wait for companions"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "fits", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 3 small", "dollars_per_month": 131.4, "with_one_down": 0.4,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="one-worker" says="has four workers to a server"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "fits", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 3 small", "dollars_per_month": 131.4, "with_one_down": 0.4,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="the-cheapest" says="would need twice its capacity"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "fits", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 2 tiny", "dollars_per_month": 43.8, "with_one_down": 2.0,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="fast-at-any-price" says="fast and small enough, and too dear"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "fits",
    },
    "deploy": "GPU, int8", "dollars_per_month": 1095, "with_one_down": 0.03,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="not-the-cheapest" says="another offer that fits is cheaper"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "pipeline, 5 small", "dollars_per_month": 219, "with_one_down": 0.375,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="one-server's-price" says="those of a single server"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 3 small", "dollars_per_month": 43.8, "with_one_down": 0.4,
}  # fmt: skip

# %% exercise="decide-deployment" kind="mistake" name="all-up" says="the utilisation while all servers are up"
decision = {
    "verdicts": {
        "pipeline, 5 small": "fits", "pipeline, 2 large": "memory", "pipeline, batches of 64": "p99", "ONNX, 1 large": "p99",
        "ONNX, 2 small": "p99", "ONNX, 3 small": "fits", "ONNX, 2 tiny": "p99", "GPU, int8": "budget",
    },
    "deploy": "ONNX, 3 small", "dollars_per_month": 131.4, "with_one_down": 0.267,
}  # fmt: skip

# %% exercise="repaired-load-test" kind="equivalent" mutant="- if early > 0: | + if early >= 0:" reason="to sleep for no time is not to sleep"

# %% exercise="repaired-load-test" kind="equivalent" mutant="+ status.append(code) | - status.append(code)" reason="two lists are appended to in the other order"

# %% exercise="littles-law" kind="equivalent" mutant="- overlap = np.clip(left, start, end) - np.clip(arrived, start, end) | + overlap = np.clip(start, left, end) - np.clip(arrived, start, end)" reason="clipping is the smaller of end and the larger of the two others, in either order"

# %% exercise="littles-law" kind="equivalent" mutant="- overlap = np.clip(left, start, end) - np.clip(arrived, start, end) | + overlap = np.clip(left, start, end) - np.clip(start, arrived, end)" reason="clipping is the smaller of end and the larger of the two others, in either order"
