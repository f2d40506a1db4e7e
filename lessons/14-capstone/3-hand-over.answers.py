# %% [markdown]
# Answers to `3-hand-over.py`: never released.


# %% exercise="review-diff" kind="alternative" name="with-style"
review = {
    16: "silent",
    21: "cost",
    25: "order",
    28: "future",
    31: "summary",
    36: "unequal",
    2: "style",
    14: "style",
    15: "style",
    30: "style",
}


# %% exercise="review-diff" kind="alternative" name="by-class"
classes = ["silent", "cost", "order", "future", "summary", "unequal"]
review = dict(zip(np.array([16, 21, 25, 28, 31, 36]), classes))


# %% exercise="review-diff" kind="mistake" name="imports" says="two imports on one line"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 2: "silent"}


# %% exercise="review-diff" kind="mistake" name="unused-constant" says="a constant that is not used changes no number"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 4: "future"}


# %% exercise="review-diff" kind="mistake" name="strictly-before" says="`now` is for the caller to choose"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 8: "future"}


# %% exercise="review-diff" kind="mistake" name="a-year" says="365 days are what the docstring promises"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 9: "order"}


# %% exercise="review-diff" kind="mistake" name="should-be-median" says="three to one asks for the 0.75 quantile"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 10: "cost"}


# %% exercise="review-diff" kind="mistake" name="bad-name" says="a bad name is no wrong result"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 14: "silent"}


# %% exercise="review-diff" kind="mistake" name="slow-loop" says="a slow loop is no wrong result"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 15: "order"}


# %% exercise="review-diff" kind="mistake" name="month-unused" says="a name that is not used, or a grouping by month"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 27: "future"}


# %% exercise="review-diff" kind="mistake" name="list-adding" says="adding to a list is slow and right"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 30: "summary"}


# %% exercise="review-diff" kind="mistake" name="call-of-back-test" says="that call is right as it is"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal", 35: "unequal"}


# %% exercise="review-diff" kind="mistake" name="everything" says="a line that is right is called wrong"
review = {
    16: "silent",
    21: "cost",
    25: "order",
    28: "future",
    31: "summary",
    36: "unequal",
    7: "silent",
    19: "cost",
    37: "silent",
}


# %% exercise="review-diff" kind="mistake" name="wrong-class" says="but for another reason"
review = {16: "silent", 21: "cost", 25: "future", 28: "future", 31: "summary", 36: "unequal"}


# %% exercise="review-diff" kind="mistake" name="cost-overlooked" says="a fault in a price is missed"
review = {16: "silent", 25: "order", 28: "future", 31: "summary", 36: "unequal"}


# %% exercise="review-diff" kind="mistake" name="future-overlooked" says="a fault in time is missed"
review = {16: "silent", 21: "cost", 25: "order", 31: "summary", 36: "unequal"}


# %% exercise="review-diff" kind="mistake" name="default-overlooked" says="a fault in a default is missed"
review = {21: "cost", 25: "order", 28: "future", 31: "summary", 36: "unequal"}


# %% exercise="review-diff" kind="mistake" name="shuffle-overlooked" says="a fault in the order is missed"
review = {16: "silent", 21: "cost", 28: "future", 31: "summary", 36: "unequal"}


# %% exercise="review-diff" kind="mistake" name="median-overlooked" says="a fault in the summary is missed"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 36: "unequal"}


# %% exercise="review-diff" kind="mistake" name="habit-overlooked" says="a fault in the comparison is missed"
review = {16: "silent", 21: "cost", 25: "order", 28: "future", 31: "summary"}


# %% exercise="review-test" kind="mistake" name="no-cost" says="a cost that counts the wrong side three times passes"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
    n = 500
    rng = np.random.default_rng(0)
    world = pd.DataFrame({"date": pd.date_range("2012-01-01", periods=n)})
    world["day_type"] = np.where(world["date"].dt.weekday == 6, "sunday", "weekday")
    world["ridership"] = 10 + np.arange(n) / 50 + rng.exponential(3, n)
    start = world["date"].iloc[430]

    def price(entries, planned):
        return np.where(entries > planned, 3 * (entries - planned), planned - entries)

    def price(entries, planned):
        return np.asarray(pr.cost(np.asarray(entries, dtype=float), np.asarray(planned, dtype=float)))

    costs = []
    tested = world[world["date"] >= start]
    for _, part in tested.groupby(tested["date"].dt.to_period("M")):
        known = world[world["date"] < part["date"].min() - pd.Timedelta(days=14)].tail(365)
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        costs += list(price(part["ridership"], part["day_type"].map(table)))

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
        if after is far and not pr.promote(habit, start):
            return False
    return True


# %% exercise="review-test" kind="mistake" name="no-unknown-type" says="a plan of 0 for an unknown type of day passes"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
    near, far = world["ridership"], world["ridership"] + 1000
    for before, after in ((far, near), (near, far)):
        habit = world.assign(Clark_Lake=np.where(world["date"] >= start, after, before))
        if not np.isclose(pr.back_test(habit, start), np.mean(costs)):
            return False
        if bool(pr.promote(habit, start)) != (after is far):
            return False
    return True


# %% exercise="review-test" kind="mistake" name="key-error-only" says="the test itself raises on sound code"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
    except KeyError:
        pass
    near, far = world["ridership"], world["ridership"] + 1000
    for before, after in ((far, near), (near, far)):
        habit = world.assign(Clark_Lake=np.where(world["date"] >= start, after, before))
        if not np.isclose(pr.back_test(habit, start), np.mean(costs)):
            return False
        if bool(pr.promote(habit, start)) != (after is far):
            return False
    return True


# %% exercise="review-test" kind="mistake" name="levels-checked-by-itself" says="a table that knows the month it plans passes"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
        known = world[world["date"] < part["date"].max()].tail(365)
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
        late = [
            price(part["ridership"], part["day_type"].map(pr.levels(world, part["date"].max())))
            for _, part in tested.groupby(tested["date"].dt.to_period("M"))
        ]
        early = [
            price(part["ridership"], part["day_type"].map(pr.levels(world, part["date"].min() - pd.Timedelta(days=14))))
            for _, part in tested.groupby(tested["date"].dt.to_period("M"))
        ]
        answers = [np.mean(np.concatenate(late)), np.mean(np.concatenate(early))]
        if not np.isclose(pr.back_test(habit, start), answers).any():
            return False
        if bool(pr.promote(habit, start)) != (after is far):
            return False
    return True


# %% exercise="review-test" kind="mistake" name="no-promote" says="a habit judged on other days passes"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
    return True


# %% exercise="review-test" kind="mistake" name="median-allowed" says="a median in place of the mean passes"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
        if not np.isclose(pr.back_test(habit, start), [np.mean(costs), np.median(costs)]).any():
            return False
        if bool(pr.promote(habit, start)) != (after is far):
            return False
    return True


# %% exercise="review-test" kind="mistake" name="rough-tolerance" says="a back-test that shuffles the days passes"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
        mixed = world.sample(frac=1, random_state=0)
        loose = []
        for _, part in mixed[mixed["date"] >= start].groupby(mixed["date"].dt.to_period("M")):
            table = pr.levels(mixed, part["date"].min() - pd.Timedelta(days=14))
            loose += list(price(part["ridership"], part["day_type"].map(table)))
        if not np.isclose(pr.back_test(habit, start), [np.mean(costs), np.mean(loose)]).any():
            return False
        if bool(pr.promote(habit, start)) != (after is far):
            return False
    return True


# %% exercise="review-test" kind="mistake" name="types-of-results" says="sound code in another style fails the test"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
    if not isinstance(pr.cost(np.ones(2), np.ones(2)), np.ndarray):
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


# %% exercise="review-test" kind="mistake" name="wrong-expectation" says="the mended code fails the test"
def review_test(pr):
    """True if the functions of `pr` keep their promises, else False."""
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
        known = world[world["date"] < part["date"].min() - pd.Timedelta(days=15)].tail(365)
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


# %% exercise="review-test" kind="mistake" name="runs-and-shape" says="no single fault is found"
def review_test(pr):
    days = pd.DataFrame(
        {"date": pd.date_range("2012-01-01", periods=500), "ridership": 10.0, "Clark_Lake": 10.0, "day_type": "weekday"}
    )
    assert isinstance(pr.levels(days, days["date"].iloc[400]), dict)
    assert len(pr.cost(days["ridership"], days["Clark_Lake"])) == 500
    return pr.back_test(days, "2013-03-01") >= 0


# %% exercise="review-test" kind="mistake" name="a-report" says="the test answers neither True nor False"
def review_test(pr):
    return "cost: " + str(pr.cost(np.array([10.0]), np.array([8.0])))


# %% exercise="review-test" kind="alternative" name="asserts"
def review_test(pr):
    days = pd.DataFrame({"date": pd.date_range("2010-06-01", periods=520)})
    days["day_type"] = ["saturday" if d >= 5 else "weekday" for d in days["date"].dt.weekday]
    days["ridership"] = [5 + i * i / 3000 + (i * 7919 % 101) / 9 for i in range(520)]
    days["Clark_Lake"] = days["ridership"]
    assert list(pr.cost(pd.Series([3.0, 1.0]), pd.Series([1.0, 3.0]))) == [6.0, 2.0]
    for unknown in ("holiday", "Sunday"):
        try:
            pr.plan(days.tail(1).assign(day_type=unknown), {"weekday": 1.0})
        except (KeyError, ValueError):
            continue
        raise AssertionError("an unknown type gets a plan")
    start, total, made, month = pd.Timestamp("2011-09-20"), [], None, None
    for _, day in days[days["date"] >= start].iterrows():
        if month != day["date"].month:
            month, made = day["date"].month, day["date"] - pd.Timedelta(days=14)
        last = days[(days["date"] < made) & (days["date"] >= made - pd.Timedelta(days=365))]
        short = day["ridership"] - np.quantile(last.loc[last["day_type"] == day["day_type"], "ridership"], 0.75)
        total.append(3 * short if short > 0 else -short)
    assert abs(pr.back_test(days, str(start.date())) - sum(total) / len(total)) < 1e-6
    assert not pr.promote(days.assign(Clark_Lake=days["ridership"].where(days["date"] >= start, 999.0)), start)
    assert pr.promote(days.assign(Clark_Lake=days["ridership"].where(days["date"] < start, 999.0)), start)
    return True


# %% exercise="review-test" kind="alternative" name="list-of-promises"
def review_test(pr):
    rng = np.random.default_rng(5)
    days = pd.DataFrame(
        {
            "date": pd.date_range("2014-03-03", periods=600),
            "ridership": rng.exponential(9, 600) + np.linspace(0, 60, 600),
        }
    )
    days["day_type"] = np.where(np.arange(600) % 7 > 4, "sunday", "weekday")
    days["Clark_Lake"] = 0.0
    start = pd.Timestamp("2015-08-11")
    part = days[days["date"] >= start]
    months = part["date"].dt.strftime("%Y-%m")
    table = {m: pr.levels(days, g["date"].iloc[0] - pd.Timedelta(days=14)) for m, g in part.groupby(months)}
    last = days[days["date"] < start - pd.Timedelta(days=14)].tail(365)
    short = np.array([r - table[m][t] for r, m, t in zip(part["ridership"], months, part["day_type"])])
    expected = np.where(short > 0, 3 * short, -short).mean()

    def refuses():
        try:
            pr.plan(days.head(3).assign(day_type="?"), {"weekday": 1.0})
        except (KeyError, ValueError):
            return True
        return False

    free = days.assign(Clark_Lake=np.where(days["date"] < start, 5000.0, days["ridership"]))
    dear = days.assign(Clark_Lake=np.where(days["date"] < start, days["ridership"], 5000.0))
    promises = [
        np.isclose(table["2015-08"]["sunday"], last.loc[last["day_type"] == "sunday", "ridership"].quantile(0.75)),
        np.allclose(list(pr.cost(np.array([4.0, 2.0]), np.array([1.0, 7.0]))), [9, 5]),
        refuses(),
        np.isclose(pr.back_test(days, start), expected),
        not pr.promote(free, start),
        bool(pr.promote(dear, start)),
    ]
    return all(promises)


# %% exercise="retrain-rule" kind="mistake" name="knows-too-much" says="the 14 days between plan and day are forgotten"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="knows-its-day" says="the table knows the day on which it is made"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 364 : made + 1]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="each-day" says="the table is made anew for each day"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = 1
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="grows" says="the table takes all days since the beginning"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[:made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="medians" says="the table holds medians"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].median()
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="prices-swapped" says="too many costs three times as much as too few"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(short, -3 * short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="absolute" says="both mistakes cost the same"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days) if every is None else every
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.abs(short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="never-again" says="the table is never made again"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = len(days)
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="mistake" name="one-mean" says="not one cost for each day"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
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
    return np.concatenate(out).mean()


# %% exercise="retrain-rule" kind="mistake" name="never-is-daily" says="with never, each day, or another rhythm"
def renew(days, start, every):
    """Cost of each day from `start` on (n,) if the table is made anew every `every` days; None: once."""
    first = int((days["date"] < start).sum())
    step = every or 1
    out = []
    for begin in range(first, len(days), step):
        made = begin - 14
        known = days.iloc[made - 365 : made]
        table = known.groupby("day_type")["ridership"].quantile(0.75)
        part = days.iloc[begin : begin + step]
        short = (part["ridership"] - part["day_type"].map(table)).to_numpy(float)
        out.append(np.maximum(3 * short, -short))
    return np.concatenate(out)


# %% exercise="retrain-rule" kind="alternative" name="day-by-day"
def renew(days, start, every):
    first = days["date"].searchsorted(pd.Timestamp(start))
    entries, kinds, costs, tables = days["ridership"].tolist(), days["day_type"].tolist(), [], {}
    for i in range(first, len(days)):
        k = 0 if every is None else (i - first) // every
        if (k, kinds[i]) not in tables:
            made = first - 14 + k * (every or 0)
            tables[k, kinds[i]] = np.quantile(
                [entries[j] for j in range(made - 365, made) if kinds[j] == kinds[i]], 0.75
            )
        short = entries[i] - tables[k, kinds[i]]
        costs.append(3 * short if short > 0 else -short)
    return costs


# %% exercise="retrain-rule" kind="alternative" name="by-dates"
def renew(days, start, every):
    start = pd.Timestamp(start)
    tested = days[days["date"] >= start].copy()
    since = (tested["date"] - start).dt.days
    tested["made"] = (
        start - pd.Timedelta(days=14) + pd.to_timedelta(0 * since if every is None else since // every * every, "D")
    )
    planned = pd.Series(index=tested.index, dtype=float)
    for made, part in tested.groupby("made"):
        known = days[(days["date"] < made) & (days["date"] >= made - pd.Timedelta(days=365))]
        for kind, group in part.groupby("day_type"):
            planned[group.index] = known.loc[known["day_type"] == kind, "ridership"].quantile(0.75)
    short = tested["ridership"] - planned
    return short.clip(lower=0) * 3 + (-short).clip(lower=0)


# %% exercise="memo-facts" kind="alternative" name="numbers"
facts = {"habit": 816.53, "never": 578.48, "four weeks": 436.92, "saved": 379.61, "low": 165.13, "high": 594.1}
facts |= {"enough": 0.663, "rhythm": 28, "jump": "2015-06"}


# %% exercise="memo-facts" kind="alternative" name="frames"
def dollars_of(short):
    return 720 * short.clip(lower=0) + 240 * (-short).clip(lower=0)


daily = pd.DataFrame({"habit": dollars_of(test["ridership"] - test["Clark_Lake"])})
for k in (None, 365, 91, 28, 7):
    daily[str(k)] = 240 * np.asarray(renew(days, "2014-01-01", k))
mean = daily.mean()
saving = daily["habit"] - daily["28"]
block = saving.groupby(np.arange(len(saving)) // 28).agg(["mean", "size"]).query("size == 28")["mean"]
error = 1.96 * block.std() / len(block) ** 0.5
facts = {"habit": mean["habit"], "never": mean["None"], "four weeks": mean["28"], "saved": saving.mean()}
facts |= {"low": saving.mean() - error, "high": saving.mean() + error, "rhythm": 28, "jump": "2015-06"}
number = (test.index - test.index[0]) // 28
planned = []
for k, part in test.groupby(number):
    known = days[days["date"] < part["date"].min() - pd.Timedelta(days=14)].tail(365)
    planned += [known.loc[known["day_type"] == kind, "ridership"].quantile(0.75) for kind in part["day_type"]]
facts["enough"] = float((np.array(planned) >= test["ridership"]).mean())


# %% exercise="memo-facts" kind="alternative" name="from-what-the-lesson-computed"
a_day = {name: DOLLARS * np.asarray(cost) for name, cost in costs.items()}
gain = a_day["habit"] - a_day["every four weeks"]
blocks = [gain[i : i + 28].mean() for i in range(0, len(gain) - 27, 28)]
half = 1.96 * np.std(blocks, ddof=1) / len(blocks) ** 0.5
total = {every: a_day[name].mean() + (500 / every if every else 0) for name, every in rhythms.items()}
begin, plans = len(days) - len(test), []
for row in range(begin, len(days), 28):
    known = days.iloc[row - 379 : row - 14].groupby("day_type")["ridership"].quantile(0.75)
    plans += list(days.iloc[row : row + 28]["day_type"].map(known))
dear = monthly(costs["never"])
facts = {
    "habit": by_year.loc["habit", "all"],
    "never": by_year.loc["never", "all"],
    "four weeks": by_year.loc["every four weeks", "all"],
    "saved": gain.mean(),
    "low": gain.mean() - half,
    "high": gain.mean() + half,
    "enough": float((np.array(plans) >= test["ridership"]).mean()),
    "rhythm": min(total, key=total.get),
    "jump": f"{dear[dear > 1000].index[0]:%Y-%m}",
}


# %% exercise="memo-facts" kind="mistake" name="thousands" says="that is thousands of entries, not dollars"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
paid = {every: DOLLARS * renew(days, "2014-01-01", every) for every in (None, 365, 91, 28, 7)}
gap = (test["ridership"] - test["Clark_Lake"]).to_numpy()
as_before = np.maximum(3 * gap, -gap)
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


# %% exercise="memo-facts" kind="mistake" name="prices-swapped" says="the two prices are the wrong way round"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
paid = {every: DOLLARS * renew(days, "2014-01-01", every) for every in (None, 365, 91, 28, 7)}
gap = (test["ridership"] - test["Clark_Lake"]).to_numpy()
as_before = DOLLARS * np.maximum(gap, -3 * gap)
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


# %% exercise="memo-facts" kind="mistake" name="sums" says="that is the sum of all days"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "habit": as_before.sum(),
    "never": paid[None].mean(),
    "four weeks": paid[28].mean(),
    "saved": gain.mean(),
    "low": gain.mean() - half,
    "high": gain.mean() + half,
    "enough": np.mean(planned_with(28) >= test["ridership"].to_numpy()),
    "rhythm": min(total, key=total.get),
    "jump": str(month_never.index[month_never > 1000][0])[:7],
}


# %% exercise="memo-facts" kind="mistake" name="from-2013" says="a mean cost is another"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
paid = {every: DOLLARS * np.asarray(renew(days, "2013-01-01", every))[-len(test) :] for every in (None, 365, 91, 28, 7)}
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


# %% exercise="memo-facts" kind="mistake" name="against-never" says="saves against never renewing"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "saved": (paid[None] - paid[28]).mean(),
    "low": gain.mean() - half,
    "high": gain.mean() + half,
    "enough": np.mean(planned_with(28) >= test["ridership"].to_numpy()),
    "rhythm": min(total, key=total.get),
    "jump": str(month_never.index[month_never > 1000][0])[:7],
}


# %% exercise="memo-facts" kind="mistake" name="wrong-sign" says="what is saved has the wrong sign"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "saved": -gain.mean(),
    "low": gain.mean() - half,
    "high": gain.mean() + half,
    "enough": np.mean(planned_with(28) >= test["ridership"].to_numpy()),
    "rhythm": min(total, key=total.get),
    "jump": str(month_never.index[month_never > 1000][0])[:7],
}


# %% exercise="memo-facts" kind="mistake" name="one-by-one" says="the interval counts the days one by one"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
paid = {every: DOLLARS * renew(days, "2014-01-01", every) for every in (None, 365, 91, 28, 7)}
gap = (test["ridership"] - test["Clark_Lake"]).to_numpy()
as_before = DOLLARS * np.maximum(3 * gap, -gap)
gain = as_before - paid[28]
blocks = gain[: len(gain) // 28 * 28].reshape(-1, 28).mean(axis=1)
half = 1.96 * gain.std(ddof=1) / np.sqrt(len(gain))


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


# %% exercise="memo-facts" kind="mistake" name="single-blocks" says="where single blocks lie, not their mean"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
paid = {every: DOLLARS * renew(days, "2014-01-01", every) for every in (None, 365, 91, 28, 7)}
gap = (test["ridership"] - test["Clark_Lake"]).to_numpy()
as_before = DOLLARS * np.maximum(3 * gap, -gap)
gain = as_before - paid[28]
blocks = gain[: len(gain) // 28 * 28].reshape(-1, 28).mean(axis=1)
half = 1.96 * blocks.std(ddof=1)


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


# %% exercise="memo-facts" kind="mistake" name="weeks" says="an end of the interval is another"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
paid = {every: DOLLARS * renew(days, "2014-01-01", every) for every in (None, 365, 91, 28, 7)}
gap = (test["ridership"] - test["Clark_Lake"]).to_numpy()
as_before = DOLLARS * np.maximum(3 * gap, -gap)
gain = as_before - paid[28]
blocks = gain[: len(gain) // 7 * 7].reshape(-1, 7).mean(axis=1)
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


# %% exercise="memo-facts" kind="mistake" name="too-few" says="that is the share of days with too few"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "enough": np.mean(planned_with(28) < test["ridership"].to_numpy()),
    "rhythm": min(total, key=total.get),
    "jump": str(month_never.index[month_never > 1000][0])[:7],
}


# %% exercise="memo-facts" kind="mistake" name="habit-enough" says="the share of days with enough is another"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "enough": np.mean(test["Clark_Lake"] >= test["ridership"]),
    "rhythm": min(total, key=total.get),
    "jump": str(month_never.index[month_never > 1000][0])[:7],
}


# %% exercise="memo-facts" kind="mistake" name="free-work" says="best only while the work costs nothing"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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


total = {every: cost.mean() for every, cost in paid.items()}
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


# %% exercise="memo-facts" kind="mistake" name="500-a-day" says="another rhythm has the least total"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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


total = {every: cost.mean() + (500 if every else 0) for every, cost in paid.items()}
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


# %% exercise="memo-facts" kind="mistake" name="rises-in-may" says="in that month the line rises"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "jump": "2015-05",
}


# %% exercise="memo-facts" kind="mistake" name="worst-month" says="crosses 1,000 dollars in another month"
# facts = {"habit": ..., "never": ..., "four weeks": ..., "saved": ..., "low": ..., "high": ..., "enough": ..., "rhythm": ..., "jump": ...}
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
    "jump": str(month_never.idxmax())[:7],
}


# %% [markdown] explain="client-memo" kind="sample" points=4.5
# We ask you to decide two things: plan Clark/Lake by our table instead of the count of two weeks ago, and have Priya renew it every four weeks.
#
# In the 32 months from January 2014 to August 2016 your habit cost 817 dollars a day, the table 437. So it saves about 380 dollars a day. How sure are we? Months differ; the saving lies between 165 and 594.
#
# There will still be days with too few guards, one in three in these years. The worst was the summer of 2015, when many more people came from one month to the next, and the table needed weeks to notice: that year broke your agreement with the guards, with 42 days in 100 instead of 70.
#
# Without renewing, the table was as good as with it through 2014. Then it got worse, to 1,000 dollars a day and more, and nobody would have warned you. So please pay the 500 dollars each time.
#
# If a counter breaks, the service plans without it and writes "baseline" next to the number.
#
# *What to decide 1. What it saves 1: dollars, habit, interval in words. What it does not promise 1: both. What ages 1: both. What happens when it fails ½: that it says so, but not who acts.*

# %% [markdown] explain="client-memo" kind="sample" points=2.5
# The table renewed every 28 days has a mean cost of 436.92 dollars per day, the habit 816.53 (difference 379.61, 95 % CI 165.13 to 594.10, block length 28).
#
# I recommend to use the table in future.
#
# In 2015 the demand changed and the costs went up for a while, so the forecasts are not always right. A table that is never renewed costs 578.48.
#
# If there is an error, the system may fail and then an alternative must be used.
#
# *What to decide ½: no word on renewal. What it saves ½: the numbers are there, the interval is not in plain words. What it does not promise ½: 2015, but neither how many days nor the agreement. What ages ½: the cost of never, not that it was as good at first, nor the price. What happens when it fails ½: that it may fail.*

# %% [markdown] explain="client-memo" kind="sample" points=0.5
# Our AI solution delivers highly accurate and reliable forecasts and reduces your costs by 47 %. Compared with a naive plan it is clearly superior, and it learns continuously, so that it will become better and better.
#
# The service is state of the art: it runs in the cloud, is monitored around the clock, and has been tested thoroughly by our engineers.
#
# We suggest that you start to use it as soon as possible. We are looking forward to working with you.
#
# *What to decide ½: a proposal, without the renewal. What it saves 0: no dollars, no interval. What it does not promise 0: "accurate", "reliable". What ages 0: it says the opposite. What happens when it fails 0.*

# %% [markdown] explain="review-comment" kind="sample" points=3
# Hi Jonas, good that this is a back-test and not a promise, and that each function does one thing. Four things change the numbers, so please do these first. (1) Line 28 takes the last day of the month: the table has seen the days it plans, and that is why 1.3 looks so good. (2) Line 21 has the prices swapped; try `cost(10, 8)`, it says 2 and should say 6. (3) Line 25 shuffles, and then `tail(365)` is not the last year. (4) Line 31: with the median the bad days cost nothing, but the client pays for them.
#
# Then line 16 (0 guards for an unknown type) and line 36 (all years against the test years). My test is in the branch, red for all six. The rest, names and the loop, as you like. Looking forward to version two!
#
# *What first 1: more than three, with line and consequence. How to see it 1: `cost(10, 8)`, and a test. How it is said 1: about the code, something good, wishes named as such.*

# %% [markdown] explain="review-comment" kind="sample" points=1.5
# Line 21 is wrong, the factor 3 is on the wrong side. Line 28 leaks. Line 25 should not shuffle. Also please use better variable names (`l`!), avoid iterrows because it is slow, do not import two modules in one line, and remove the unused variable `month`. Please add tests. Otherwise it looks good, thanks for the work.
#
# *What first ½: the right lines first, but without a consequence. How to see it ½: "add tests". How it is said ½: about the code and with thanks; wishes and faults are in one list.*

# %% [markdown] explain="review-comment" kind="sample" points=0
# This is not how we write Python here. `l` is not a name, iterrows is forbidden, and two imports in one line violate PEP 8. Did you even run this? I expected more after two days. Please read the style guide and our onboarding material again, and then start over. I will look at the logic when the code is readable.
#
# *What first 0: style alone. How to see it 0. How it is said 0: a judgement of Jonas.*


# %% exercise="review-test" kind="equivalent" mutant="- n = 500 | + n = 501" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- n = 500 | + n = 499" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- rng = np.random.default_rng(0) | + rng = np.random.default_rng(1)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['day_type'] = np.where(world['date'].dt.weekday == 6, 'sunday', 'weekday') | + world['day_type'] = np.where('sunday', world['date'].dt.weekday == 6, 'weekday')" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['day_type'] = np.where(world['date'].dt.weekday == 6, 'sunday', 'weekday') | + world['day_type'] = np.where(world['date'].dt.weekday != 6, 'sunday', 'weekday')" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['day_type'] = np.where(world['date'].dt.weekday == 6, 'sunday', 'weekday') | + world['day_type'] = np.where(world['date'].dt.weekday == 7, 'sunday', 'weekday')" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['day_type'] = np.where(world['date'].dt.weekday == 6, 'sunday', 'weekday') | + world['day_type'] = np.where(world['date'].dt.weekday == 5, 'sunday', 'weekday')" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 10 + np.arange(n) / 50 - rng.exponential(3, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 10 - np.arange(n) / 50 + rng.exponential(3, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 11 + np.arange(n) / 50 + rng.exponential(3, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 9 + np.arange(n) / 50 + rng.exponential(3, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 10 + np.arange(n) / 51 + rng.exponential(3, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 10 + np.arange(n) / 49 + rng.exponential(3, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(4, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(3, n) | + world['ridership'] = 10 + np.arange(n) / 50 + rng.exponential(2, n)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- start = world['date'].iloc[430] | + start = world['date'].iloc[431]" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- start = world['date'].iloc[430] | + start = world['date'].iloc[429]" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- return np.where(entries > planned, 3 * (entries - planned), planned - entries) | + return np.where(entries >= planned, 3 * (entries - planned), planned - entries)" reason="where both are equal the cost is 0 either way"

# %% exercise="review-test" kind="equivalent" mutant="- if not np.allclose(np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([8.0, 9.0]))), [6, 4]): | - return False" reason="the back-test by hand finds a wrong cost, too"

# %% exercise="review-test" kind="equivalent" mutant="- if not np.allclose(np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([8.0, 9.0]))), [6, 4]): | + if not np.allclose([6, 4], np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([8.0, 9.0])))):" reason="the comparison is the same both ways"

# %% exercise="review-test" kind="equivalent" mutant="- if not np.allclose(np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([8.0, 9.0]))), [6, 4]): | + if not np.allclose(np.asarray(pr.cost(np.array([10.0, 5.0]), np.array([16.0, 9.0]))), [6, 4]):" reason="six thousand too many cost 6 as two thousand missed do: as good an example"

# %% exercise="review-test" kind="equivalent" mutant="- pr.plan(world.head(2).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 5.0}) | + pr.plan(world.head(3).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 5.0})" reason="another example of an unknown type of day"

# %% exercise="review-test" kind="equivalent" mutant="- pr.plan(world.head(2).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 5.0}) | + pr.plan(world.head(1).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 5.0})" reason="another example of an unknown type of day"

# %% exercise="review-test" kind="equivalent" mutant="- pr.plan(world.head(2).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 5.0}) | + pr.plan(world.head(2).assign(day_type='holiday'), {'weekday': 18.0, 'sunday': 5.0})" reason="another example of an unknown type of day"

# %% exercise="review-test" kind="equivalent" mutant="- pr.plan(world.head(2).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 5.0}) | + pr.plan(world.head(2).assign(day_type='holiday'), {'weekday': 9.0, 'sunday': 10.0})" reason="another example of an unknown type of day"

# %% exercise="review-test" kind="equivalent" mutant="- near, far = (world['ridership'], world['ridership'] + 1000) | + near, far = (world['ridership'], world['ridership'] - 1000)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- near, far = (world['ridership'], world['ridership'] + 1000) | + near, far = (world['ridership'], world['ridership'] + 1001)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- near, far = (world['ridership'], world['ridership'] + 1000) | + near, far = (world['ridership'], world['ridership'] + 999)" reason="another world of the test's own, on which the faults show as well"

# %% exercise="review-test" kind="equivalent" mutant="- if not np.isclose(pr.back_test(habit, start), np.mean(costs)): | + if not np.isclose(np.mean(costs), pr.back_test(habit, start)):" reason="the comparison is the same both ways"

# %% exercise="retrain-rule" kind="equivalent" mutant="- out.append(np.maximum(3 * short, -short)) | + out.append(np.maximum(-short, 3 * short))" reason="the larger of two is the same both ways"

# %% exercise="memo-facts" kind="equivalent" mutant="- paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 7)} | + paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 366, 91, 28, 7)}" reason="the total of this rhythm is not the least either way, and nothing else is asked of it"

# %% exercise="memo-facts" kind="equivalent" mutant="- paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 7)} | + paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 364, 91, 28, 7)}" reason="the total of this rhythm is not the least either way, and nothing else is asked of it"

# %% exercise="memo-facts" kind="equivalent" mutant="- paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 7)} | + paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 92, 28, 7)}" reason="the total of this rhythm is not the least either way, and nothing else is asked of it"

# %% exercise="memo-facts" kind="equivalent" mutant="- paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 7)} | + paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 90, 28, 7)}" reason="the total of this rhythm is not the least either way, and nothing else is asked of it"

# %% exercise="memo-facts" kind="equivalent" mutant="- paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 7)} | + paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 8)}" reason="the total of this rhythm is not the least either way, and nothing else is asked of it"

# %% exercise="memo-facts" kind="equivalent" mutant="- paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 7)} | + paid = {every: DOLLARS * renew(days, '2014-01-01', every) for every in (None, 365, 91, 28, 6)}" reason="the total of this rhythm is not the least either way, and nothing else is asked of it"

# %% exercise="memo-facts" kind="equivalent" mutant="- as_before = DOLLARS * np.maximum(3 * gap, -gap) | + as_before = DOLLARS * np.maximum(-gap, 3 * gap)" reason="the larger of two is the same both ways"

# %% exercise="memo-facts" kind="equivalent" mutant="- blocks = gain[:len(gain) // 28 * 28].reshape(-1, 28).mean(axis=1) | + blocks = gain[:len(gain) // 28 * 28].reshape(-2, 28).mean(axis=1)" reason="numpy takes any negative number for the unknown length"

# %% exercise="memo-facts" kind="equivalent" mutant="- table = days.iloc[begin - 379:begin - 14].groupby('day_type')['ridership'].quantile(0.75) | + table = days.iloc[begin - 380:begin - 14].groupby('day_type')['ridership'].quantile(0.75)" reason="one day more or less of a year gives the same share to three digits"

# %% exercise="memo-facts" kind="equivalent" mutant="- table = days.iloc[begin - 379:begin - 14].groupby('day_type')['ridership'].quantile(0.75) | + table = days.iloc[begin - 378:begin - 14].groupby('day_type')['ridership'].quantile(0.75)" reason="one day more or less of a year gives the same share to three digits"

# %% exercise="memo-facts" kind="equivalent" mutant="- table = days.iloc[begin - 379:begin - 14].groupby('day_type')['ridership'].quantile(0.75) | + table = days.iloc[begin - 379:begin - 13].groupby('day_type')['ridership'].quantile(0.75)" reason="one day more or less of a year gives the same share to three digits"

# %% exercise="memo-facts" kind="equivalent" mutant="- total = {every: cost.mean() + (500 / every if every else 0) for every, cost in paid.items()} | + total = {every: cost.mean() + (501 / every if every else 0) for every, cost in paid.items()}" reason="a dollar more or less, or one for never, leaves the same rhythm the cheapest"

# %% exercise="memo-facts" kind="equivalent" mutant="- total = {every: cost.mean() + (500 / every if every else 0) for every, cost in paid.items()} | + total = {every: cost.mean() + (499 / every if every else 0) for every, cost in paid.items()}" reason="a dollar more or less, or one for never, leaves the same rhythm the cheapest"

# %% exercise="memo-facts" kind="equivalent" mutant="- total = {every: cost.mean() + (500 / every if every else 0) for every, cost in paid.items()} | + total = {every: cost.mean() + (500 / every if every else 1) for every, cost in paid.items()}" reason="a dollar more or less, or one for never, leaves the same rhythm the cheapest"

# %% exercise="memo-facts" kind="equivalent" mutant="- facts = {'habit': as_before.mean(), 'never': paid[None].mean(), 'four weeks': paid[28].mean(), 'saved': gain.mean(), 'low': gain.mean() - half, 'high': gain.mean() + half, 'enough': np.mean(planned_with(28) >= test['ridership'].to_numpy()), 'rhythm': min(total, key=total.get), 'jump': str(month_never.index[month_never > 1000][0])[:7]} | + facts = {'habit': as_before.mean(), 'never': paid[None].mean(), 'four weeks': paid[28].mean(), 'saved': gain.mean(), 'low': gain.mean() - half, 'high': gain.mean() + half, 'enough': np.mean(planned_with(28) >= test['ridership'].to_numpy()), 'rhythm': min(total, key=total.get), 'jump': str(month_never.index[month_never >= 1000][0])[:7]}" reason="to the dollar, or to three digits, the same fact"

# %% exercise="memo-facts" kind="equivalent" mutant="- facts = {'habit': as_before.mean(), 'never': paid[None].mean(), 'four weeks': paid[28].mean(), 'saved': gain.mean(), 'low': gain.mean() - half, 'high': gain.mean() + half, 'enough': np.mean(planned_with(28) >= test['ridership'].to_numpy()), 'rhythm': min(total, key=total.get), 'jump': str(month_never.index[month_never > 1000][0])[:7]} | + facts = {'habit': as_before.mean(), 'never': paid[None].mean(), 'four weeks': paid[28].mean(), 'saved': gain.mean(), 'low': gain.mean() - half, 'high': gain.mean() + half, 'enough': np.mean(planned_with(28) >= test['ridership'].to_numpy()), 'rhythm': min(total, key=total.get), 'jump': str(month_never.index[month_never > 1001][0])[:7]}" reason="to the dollar, or to three digits, the same fact"

# %% exercise="memo-facts" kind="equivalent" mutant="- facts = {'habit': as_before.mean(), 'never': paid[None].mean(), 'four weeks': paid[28].mean(), 'saved': gain.mean(), 'low': gain.mean() - half, 'high': gain.mean() + half, 'enough': np.mean(planned_with(28) >= test['ridership'].to_numpy()), 'rhythm': min(total, key=total.get), 'jump': str(month_never.index[month_never > 1000][0])[:7]} | + facts = {'habit': as_before.mean(), 'never': paid[None].mean(), 'four weeks': paid[28].mean(), 'saved': gain.mean(), 'low': gain.mean() - half, 'high': gain.mean() + half, 'enough': np.mean(planned_with(28) >= test['ridership'].to_numpy()), 'rhythm': min(total, key=total.get), 'jump': str(month_never.index[month_never > 999][0])[:7]}" reason="to the dollar, or to three digits, the same fact"
