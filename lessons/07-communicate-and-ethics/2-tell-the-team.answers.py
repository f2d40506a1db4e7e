# %% [markdown]
# Answers to "Tell the team": alternatives, mistakes that people make, and samples for the grader of the memo.

# %% exercise="coverage" kind="alternative" name="arrays"
def coverage(interval, draw, truth, times, rng):
    """All intervals first, then one comparison."""
    ends = np.array([interval(draw(rng)) for _ in range(times)], dtype=float)
    held = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    return held.mean(), held.std() / np.sqrt(times)


# %% exercise="coverage" kind="alternative" name="counting"
def coverage(interval, draw, truth, times, rng):
    """A counter, no numpy."""
    count, turn = 0, 0
    while turn < times:
        ends = list(interval(draw(rng)))
        count += not (truth < ends[0] or truth > ends[1])
        turn += 1
    s = count / times
    return [s, (s * (1 - s) / times) ** 0.5]


# %% exercise="coverage" kind="mistake" name="misses" says="the share of intervals that miss the truth"
def coverage(interval, draw, truth, times, rng):
    """The error rate."""
    held = []
    for _ in range(times):
        low, high = interval(draw(rng))
        held.append(not low <= truth <= high)
    s = np.mean(held)
    return s, np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="mean-for-truth" says="compared with the mean of the samples"
def coverage(interval, draw, truth, times, rng):
    """Forgets what is to be held."""
    samples = [draw(rng) for _ in range(times)]
    middle = np.mean(samples)
    s = np.mean([interval(x)[0] <= middle <= interval(x)[1] for x in samples])
    return s, np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="one-sample" says="one sample is drawn, and its interval is looked at again"
def coverage(interval, draw, truth, times, rng):
    """Draws before the loop."""
    sample, held = draw(rng), []
    for _ in range(times):
        low, high = interval(sample)
        held.append(low <= truth <= high)
    s = np.mean(held)
    return s, np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="own-generator" says="with another generator than the given rng"
def coverage(interval, draw, truth, times, rng):
    """A seed of its own in each turn."""
    held = []
    for turn in range(times):
        low, high = interval(draw(np.random.default_rng(turn)))
        held.append(low <= truth <= high)
    s = np.mean(held)
    return s, np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="open-ends" says="a truth at the very end of an interval is held, too"
def coverage(interval, draw, truth, times, rng):
    """Strict comparisons."""
    held = []
    for _ in range(times):
        low, high = interval(draw(rng))
        held.append(low < truth < high)
    s = np.mean(held)
    return s, np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="lower-end" says="only the lower end is compared"
def coverage(interval, draw, truth, times, rng):
    """Looks at one side."""
    s = np.mean([interval(draw(rng))[0] <= truth for _ in range(times)])
    return s, np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="spread-of-one" says="the error is the spread of one yes or no"
def coverage(interval, draw, truth, times, rng):
    """The standard deviation for the standard error."""
    held = []
    for _ in range(times):
        low, high = interval(draw(rng))
        held.append(low <= truth <= high)
    return np.mean(held), np.std(held)


# %% exercise="coverage" kind="mistake" name="percent" says="the share is given in percent"
def coverage(interval, draw, truth, times, rng):
    """Times a hundred."""
    held = []
    for _ in range(times):
        low, high = interval(draw(rng))
        held.append(low <= truth <= high)
    s = np.mean(held)
    return 100 * s, 100 * np.sqrt(s * (1 - s) / times)


# %% exercise="coverage" kind="mistake" name="times-minus-one" says="the error is divided by times − 1"
def coverage(interval, draw, truth, times, rng):
    """scipy's standard error of the mean, with its ddof of 1."""
    ends = np.array([interval(draw(rng)) for _ in range(times)])
    held = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).astype(float)
    return held.mean(), stats.sem(held)


# %% exercise="coverage" kind="mistake" name="share-alone" says="coverage is to return two numbers"
def coverage(interval, draw, truth, times, rng):
    """Forgets the error."""
    ends = np.array([interval(draw(rng)) for _ in range(times)])
    return ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()


# %% exercise="conformal" kind="alternative" name="partition"
def conformal(forecast, calibration, actual, alpha):
    """The rank by integer arithmetic, the score by partition, the intervals as Series."""
    import math

    scores = [abs(a - c) for a, c in zip(actual, calibration)]
    rank = math.ceil((1 + len(scores)) * (1 - alpha))
    radius = float("inf") if rank > len(scores) else float(np.partition(scores, rank - 1)[rank - 1])
    forecast = pd.Series(forecast)
    return forecast.sub(radius), forecast.add(radius)


# %% exercise="conformal" kind="alternative" name="infinity-appended"
def conformal(forecast, calibration, actual, alpha):
    """The new flight's own score counts as infinite: n + 1 scores, and numpy's quantile that takes one of them."""
    scores = np.append(np.abs(np.subtract(actual, calibration)), np.inf)
    radius = np.quantile(scores, 1 - alpha, method="inverted_cdf")
    band = np.array([[-radius], [radius]]) + np.asarray(forecast)
    return band[0], band[1]


# %% exercise="conformal" kind="mistake" name="plain-quantile" says="this is the plain quantile of the errors"
def conformal(forecast, calibration, actual, alpha):
    """np.quantile, as it comes."""
    radius = np.quantile(np.abs(actual - calibration), 1 - alpha)
    if np.ceil((len(actual) + 1) * (1 - alpha)) > len(actual):
        radius = np.inf
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="n-without-the-new-one" says="the rank forgets the new flight"
def conformal(forecast, calibration, actual, alpha):
    """Rank n(1 − α)."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int(np.ceil(len(scores) * (1 - alpha)))
    radius = scores[rank - 1] if (len(scores) + 1) * (1 - alpha) <= len(scores) else np.inf
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="counts-from-one" says="the radius is one rank too high"
def conformal(forecast, calibration, actual, alpha):
    """Forgets that Python counts from 0."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha)))
    radius = scores[rank] if rank < len(scores) else np.inf
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="rounds-down" says="the rank is rounded down"
def conformal(forecast, calibration, actual, alpha):
    """int() for the ceiling."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int((len(scores) + 1) * (1 - alpha))
    radius = scores[rank - 1] if np.ceil((len(scores) + 1) * (1 - alpha)) <= len(scores) else np.inf
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="normal-errors" says="that of normal errors"
def conformal(forecast, calibration, actual, alpha):
    """1.64 standard deviations."""
    radius = stats.norm.ppf(1 - alpha / 2) * np.std(actual - calibration)
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="signed" says="the errors' signs are kept"
def conformal(forecast, calibration, actual, alpha):
    """The quantile of the errors with their signs."""
    radius = np.quantile(actual - calibration, 1 - alpha)
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="alpha-halved" says="alpha is halved"
def conformal(forecast, calibration, actual, alpha):
    """Splits alpha between the sides."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha / 2)))
    radius = scores[min(rank, len(scores)) - 1]
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="never-infinite" says="no error is large enough: the radius is infinite"
def conformal(forecast, calibration, actual, alpha):
    """Takes the largest error there is."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha)))
    radius = scores[min(rank, len(scores)) - 1]
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="covers-alpha" says="alpha is the share that may be missed"
def conformal(forecast, calibration, actual, alpha):
    """Takes alpha for the coverage."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int(np.ceil((len(scores) + 1) * alpha))
    radius = scores[rank - 1] if np.ceil((len(scores) + 1) * (1 - alpha)) <= len(scores) else np.inf
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="alternative" name="inverted-cdf"
def conformal(forecast, calibration, actual, alpha):
    """The quantile that takes the smallest score whose rank suffices."""
    n = len(actual)
    level = np.ceil((n + 1) * (1 - alpha)) / n
    radius = np.inf if level > 1 else np.quantile(np.abs(calibration - actual), level, method="inverted_cdf")
    return forecast - radius, forecast + radius


# %% exercise="conformal" kind="mistake" name="radius-alone" says="conformal is to return two arrays"
def conformal(forecast, calibration, actual, alpha):
    """Returns the radius."""
    scores = np.sort(np.abs(actual - calibration))
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha)))
    return scores[rank - 1] if rank <= len(scores) else np.inf


# %% exercise="honest-chart" kind="alternative" name="lying-bars"
def honest_chart(costs, low, high):
    """Bars that lie, a Figure without pyplot, orange with dark text."""
    from matplotlib.figure import Figure

    frame = pd.DataFrame({"cost": costs, "low": low, "high": high})
    figure = Figure(figsize=(6, 3))
    axes = figure.add_subplot()
    axes.barh(
        np.arange(len(frame)),
        frame["cost"],
        height=0.6,
        color=ORANGE,
        xerr=np.array([frame["cost"] - frame["low"], frame["high"] - frame["cost"]]),
    )
    axes.set_yticks(np.arange(len(frame)), frame.index)
    axes.set_xlabel("cost in dollars per 1,000 flights")
    axes.set_xlim(0, None)
    figure.suptitle("What each policy would have cost")
    rows = "; ".join(f"{n} {r.cost:.0f} (from {r.low:.0f} to {r.high:.0f})" for n, r in frame.iterrows())
    return figure, f"Costs in dollars per 1,000 flights: {rows}. Of these, {frame['cost'].idxmin()} costs least."


# %% exercise="honest-chart" kind="alternative" name="errorbar-apart"
def honest_chart(costs, low, high):
    """Bars and error bars in two calls; a dark background."""
    figure, axes = plt.subplots()
    figure.set_facecolor("#222222")
    axes.set_facecolor("#222222")
    axes.tick_params(colors="white")
    names, value = list(costs.keys()), np.array(list(costs.values()))
    axes.bar(names, value, color="#56B4E9")
    axes.errorbar(
        names,
        value,
        yerr=np.abs(np.array([list(low.values()), list(high.values())]) - value),
        fmt="none",
        ecolor="white",
    )
    axes.set_ylabel("US dollars per 1,000 flights", color="white")
    axes.set_title("Cost by policy", color="white")
    sentences = [f"{n} costs {round(costs[n])} dollars, between {round(low[n])} and {round(high[n])}" for n in names]
    least = sorted(names, key=lambda n: costs[n])[0]
    return figure, ", ".join(sentences) + f". {least} costs least."


# %% exercise="honest-chart" kind="mistake" name="cut-axis" says="the axis is cut"
def honest_chart(costs, low, high):
    """Zooms in."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(
        ylabel="dollars per 1,000 flights",
        title="Cost of each policy",
        ylim=(0.9 * min(low.values()), 1.05 * max(high.values())),
    )
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="interval-ends-as-errors" says="takes the interval's ends for distances"
def honest_chart(costs, low, high):
    """yerr from the ends themselves."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(names, [costs[n] for n in names], color=BLUE, yerr=[[low[n] for n in names], [high[n] for n in names]])
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy", ylim=(0, None))
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="no-intervals" says="nothing says how sure its cost is"
def honest_chart(costs, low, high):
    """Bars alone."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(names, [costs[n] for n in names], color=BLUE)
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="no-unit" says="the value axis does not name its unit"
def honest_chart(costs, low, high):
    """'cost'."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="cost", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="pale-bars" says="a bar is too pale"
def honest_chart(costs, low, high):
    """Tomas's green."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color="#99ee99",
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="pale-title" says="a text is too pale"
def honest_chart(costs, low, high):
    """A title in grey."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set_ylabel("dollars per 1,000 flights")
    axes.set_title("Cost of each policy", color="#999999")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="loud-title" says="the title judges"
def honest_chart(costs, low, high):
    """Sells."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="The model is the best!")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="two-scales" says="a second scale lets any line cross any other"
def honest_chart(costs, low, high):
    """Keeps the second axis."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.twinx().plot(names, np.linspace(0.3, 0.4, len(names)), color=BLACK)
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="alt-without-intervals" says="the alt text lacks an interval"
def honest_chart(costs, low, high):
    """Numbers without their doubt."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="alt-names-the-kind" says="the alt text does not name each policy"
def honest_chart(costs, low, high):
    """Says that there is a chart."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    return figure, "A bar chart with error bars that compares costs in dollars."


# %% exercise="honest-chart" kind="alternative" name="pandas-plot"
def honest_chart(costs, low, high):
    """The frame's own plot in a dark style; numbers with thin spaces; the cheapest first, names as a sentence begins."""
    frame = pd.DataFrame({"cost": costs, "low": low, "high": high})
    with plt.style.context("dark_background"):
        figure, axes = plt.subplots()
        frame["cost"].plot.bar(
            ax=axes, rot=0, yerr=np.array([frame["cost"] - frame["low"], frame["high"] - frame["cost"]]), ecolor="white"
        )
        axes.set_ylabel("dollars per\n1,000 flights")
        axes.set_title("What each policy costs", loc="left")
    ranked = frame.sort_values("cost")
    lines = [
        f"{n.capitalize()}: {r.cost:,.0f} dollars, from {r.low:,.0f} to {r.high:,.0f}." for n, r in ranked.iterrows()
    ]
    lines = [re.sub(r"(?<=\d),(?=\d)", "\u2009", line) for line in lines]
    return figure, f"{ranked.index[0].capitalize()} costs least.\n" + "\n".join(lines)


# %% exercise="honest-chart" kind="alternative" name="drawn-in-turn"
def honest_chart(costs, low, high):
    """One call for each bar, its interval drawn as a line; a grey panel in a white figure; lists of numbers in the alt text."""
    figure, axes = plt.subplots()
    axes.set_facecolor("#eeeeee")
    for place, name in enumerate(costs):
        axes.barh(place, costs[name], color="#444444", height=0.5)
        axes.plot([low[name], high[name]], [place, place], color="#CC79A7", linewidth=3)
    axes.set(yticks=range(len(costs)), yticklabels=list(costs))
    axes.invert_yaxis()
    axes.axvline(0, color="black")
    figure.supxlabel("mean cost (US dollars per 1,000 flights)")
    figure.suptitle("Mean cost by policy")
    order = " / ".join(costs)
    values = [" / ".join(str(round(v)) for v in part.values()) for part in (costs, low, high)]
    best = min(costs.items(), key=lambda pair: pair[1])[0]
    return (
        figure,
        f"{order}: {values[0]} dollars; interval {order}: {values[1]} to {order}: {values[2]}. '{best}' costs least.",
    )


# %% exercise="honest-chart" kind="mistake" name="sorted-bars" says="not in the order of the dicts"
def honest_chart(costs, low, high):
    """Cheapest first."""
    names = sorted(costs, key=costs.get)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="cut-at-the-top" says="the axis ends too early"
def honest_chart(costs, low, high):
    """The axis ends at the highest cost."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy", ylim=(0, max(costs.values())))
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="alt-numbers-out-of-step" says="gives a policy the number of another"
def honest_chart(costs, low, high):
    """The alt text's costs are sorted, its names are not."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(
        f"{n}: {c:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})."
        for n, c in zip(names, sorted(costs.values()), strict=True)
    )
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="faded-bars" says="lets the background through"
def honest_chart(costs, low, high):
    """Blue, but three quarters transparent."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        alpha=0.25,
        yerr=[[costs[n] - low[n] for n in names], [high[n] - costs[n] for n in names]],
        ecolor=BLACK,
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="upside-down" says="the error bar is upside down"
def honest_chart(costs, low, high):
    """Above first, then below."""
    names = list(costs)
    figure, axes = plt.subplots()
    axes.bar(
        names,
        [costs[n] for n in names],
        color=BLUE,
        yerr=[[high[n] - costs[n] for n in names], [costs[n] - low[n] for n in names]],
    )
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    told = " ".join(f"{n}: {costs[n]:,.0f} dollars ({low[n]:,.0f} to {high[n]:,.0f})." for n in names)
    return figure, f"{told} {min(costs, key=costs.get)} costs least."


# %% exercise="honest-chart" kind="mistake" name="axes-returned" says="is to return two things"
def honest_chart(costs, low, high):
    """Returns the axes alone."""
    figure, axes = plt.subplots()
    axes.bar(list(costs), list(costs.values()), color=BLUE)
    axes.set(ylabel="dollars per 1,000 flights", title="Cost of each policy")
    return axes


# %% exercise="model-card" kind="alternative" name="by-frames"
def model_card(forecast, trained_on, parts):
    """One frame of all parts, grouped twice."""
    pieces = []
    for name, part in parts.items():
        p = pd.Series(np.ravel(forecast(part)), index=range(len(part)))
        y = pd.Series(part["late"].to_numpy().astype(int))
        act = p.ge(flights.THRESHOLD)
        pieces.append(
            pd.DataFrame(
                {
                    "part": name,
                    "origin": part["origin"].astype(str).to_numpy(),
                    "p": p,
                    "y": y,
                    "loss": -(y * np.log(p) + (1 - y) * np.log(1 - p)),
                    "cost": flights.COSTS["false alarm"] * (act & (y == 0)) + flights.COSTS["miss"] * (~act & (y == 1)),
                }
            )
        )
    every = pd.concat(pieces)
    figures, origins, limits = {}, {}, []
    for name, own in every.groupby("part", sort=False):
        figures[name] = {
            "flights": len(own),
            "share late": own["y"].mean(),
            "mean forecast": own["p"].mean(),
            "log-loss": own["loss"].mean(),
            "dollars": own["cost"].mean() * 1000,
        }
        origins[name] = (own.groupby("origin")["cost"].mean() * 1000).to_dict()
        ratio = own["p"].mean() / own["y"].mean()
        if ratio > 1.1:
            limits.append(f"The forecasts of {name} are too high on average.")
        elif ratio < 0.9:
            limits.append(f"The forecasts of {name} are too low on average.")
    days = trained_on["sched_dep"].sort_values().dt.date.astype(str).tolist()
    return {
        "trained on": dict(flights=trained_on.shape[0], first=days[0], last=days[-1]),
        "figures": figures,
        "by origin": origins,
        "limits": limits,
    }


# %% exercise="model-card" kind="alternative" name="loops"
def model_card(forecast, trained_on, parts):
    """A helper and plain loops; one more limit that no part names."""

    def dollars_of(p, y):
        rebook = p >= 1 / 7
        return 1000 * ((rebook & ~y).sum() * 40 + (~rebook & y).sum() * 240) / len(y)

    first, last = trained_on["sched_dep"].min(), trained_on["sched_dep"].max()
    card = {
        "trained on": {"flights": len(trained_on), "first": str(first)[:10], "last": str(last)[:10]},
        "figures": {},
        "by origin": {},
        "limits": ["One year of flights from New York: no other airport, no other year."],
    }
    for name in parts:
        part = parts[name]
        p, y = np.array(forecast(part)), (part["late"] == 1).to_numpy()
        card["figures"][name] = {
            "flights": y.size,
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[False, True]),
            "dollars": dollars_of(p, y),
        }
        airport = part["origin"].astype(str).to_numpy()
        card["by origin"][name] = {a: dollars_of(p[airport == a], y[airport == a]) for a in np.unique(airport)}
        if not 0.9 * y.mean() <= p.mean() <= 1.1 * y.mean():
            card["limits"].append(
                f"{name}: forecasts {'high' if p.mean() > y.mean() else 'low'} by {p.mean() - y.mean():+.3f}"
            )
    return card


# %% exercise="model-card" kind="mistake" name="typed-in" says="the figures are those of the desk's model"
def model_card(forecast, trained_on, parts):
    """Uses the model it knows."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = p_late(part), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="half" says="the desk rebooks from 1/7 on, not from 0.5"
def model_card(forecast, trained_on, parts):
    """The threshold of a textbook."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= 0.5, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="loss-of-decisions" says="the log-loss is that of the decisions"
def model_card(forecast, trained_on, parts):
    """Scores yes and no."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        rebook = (p >= flights.THRESHOLD).astype(float)
        cost = 1000 * np.where(rebook == 1, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, rebook, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="first-row" says="first and last are the days of the first and last row"
def model_card(forecast, trained_on, parts):
    """Trusts the order of the rows."""
    days = trained_on["sched_dep"].dt.strftime("%Y-%m-%d")
    card = {
        "trained on": {"flights": len(trained_on), "first": days.iloc[0], "last": days.iloc[-1]},
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="every-rebooking-costs" says="the 40 dollars are for false alarms"
def model_card(forecast, trained_on, parts):
    """Each rebooking costs 40 dollars."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40, 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="airports-share-the-total" says="divided by all flights of the part, not by its own"
def model_card(forecast, trained_on, parts):
    """Sums by airport over all flights."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = (
            pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).sum() / len(part)
        ).to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="no-limits" says="a limit is missing"
def model_card(forecast, trained_on, parts):
    """Nothing to hide, nothing to say."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="wrong-way" says="a limit points the wrong way"
def model_card(forecast, trained_on, parts):
    """Reads the difference backwards."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.mean(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
        off = y.mean() / p.mean() - 1
        if abs(p.mean() / y.mean() - 1) > 0.1:
            card["limits"].append(f"{name}: too {'high' if off > 0 else 'low'}")
    return card


# %% exercise="model-card" kind="mistake" name="all-flights" says="the dollars are those of all flights, not of 1,000"
def model_card(forecast, trained_on, parts):
    """A total."""
    card = {
        "trained on": {
            "flights": len(trained_on),
            "first": f"{trained_on['sched_dep'].min():%Y-%m-%d}",
            "last": f"{trained_on['sched_dep'].max():%Y-%m-%d}",
        },
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, y = np.asarray(forecast(part)), part["late"].to_numpy(float)
        cost = np.where(p >= flights.THRESHOLD, 40 * (1 - y), 240 * y)
        card["figures"][name] = {
            "flights": len(part),
            "share late": y.mean(),
            "mean forecast": p.mean(),
            "log-loss": log_loss(y, p, labels=[0, 1]),
            "dollars": cost.sum(),
        }
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).sum().to_dict()
    return card


# %% exercise="model-card" kind="mistake" name="matched-by-index" says="matched the dollars and the airports by index"
def model_card(forecast, trained_on, parts):
    """Groups a new Series by a column with another index."""
    days = trained_on["sched_dep"].dt.strftime("%Y-%m-%d")
    card = {
        "trained on": {"flights": len(trained_on), "first": days.min(), "last": days.max()},
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, was_late = np.asarray(forecast(part), float), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - was_late), 240 * was_late)
        card["figures"][name] = {
            "flights": len(part), "share late": was_late.mean(), "mean forecast": p.mean(),
            "log-loss": log_loss(was_late, p, labels=[0, 1]), "dollars": cost.mean(),
        }  # fmt: skip
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"], observed=True).mean().to_dict()
        off = p.mean() / was_late.mean() - 1
        if abs(off) > 0.1:
            card["limits"].append(f"{name}: the forecasts are {abs(off):.0%} too {'high' if off > 0 else 'low'}")
    return card


# %% exercise="model-card" kind="mistake" name="ten-percent-of-the-forecast" says="the 10 % are taken of the mean forecast"
def model_card(forecast, trained_on, parts):
    """Relative to the forecast."""
    days = trained_on["sched_dep"].dt.strftime("%Y-%m-%d")
    card = {
        "trained on": {"flights": len(trained_on), "first": days.min(), "last": days.max()},
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, was_late = np.asarray(forecast(part), float), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - was_late), 240 * was_late)
        card["figures"][name] = {
            "flights": len(part), "share late": was_late.mean(), "mean forecast": p.mean(),
            "log-loss": log_loss(was_late, p, labels=[0, 1]), "dollars": cost.mean(),
        }  # fmt: skip
        card["by origin"][name] = pd.Series(cost).groupby(part["origin"].astype(str).to_numpy()).mean().to_dict()
        off = 1 - was_late.mean() / p.mean()
        if abs(off) > 0.1:
            card["limits"].append(f"{name}: the forecasts are {abs(off):.0%} too {'high' if off > 0 else 'low'}")
    return card


# %% exercise="model-card" kind="mistake" name="every-category" says="is to have each airport of the part once"
def model_card(forecast, trained_on, parts):
    """Keeps the airports that a part does not have."""
    days = trained_on["sched_dep"].dt.strftime("%Y-%m-%d")
    card = {
        "trained on": {"flights": len(trained_on), "first": days.min(), "last": days.max()},
        "figures": {},
        "by origin": {},
        "limits": [],
    }
    for name, part in parts.items():
        p, was_late = np.asarray(forecast(part), float), part["late"].to_numpy(float)
        cost = 1000 * np.where(p >= flights.THRESHOLD, 40 * (1 - was_late), 240 * was_late)
        card["figures"][name] = {
            "flights": len(part), "share late": was_late.mean(), "mean forecast": p.mean(),
            "log-loss": log_loss(was_late, p, labels=[0, 1]), "dollars": cost.mean(),
        }  # fmt: skip
        card["by origin"][name] = (
            pd.Series(cost)
            .groupby(pd.Categorical(part["origin"], ["EWR", "JFK", "LGA"]), observed=False)
            .mean()
            .to_dict()
        )
        off = p.mean() / was_late.mean() - 1
        if abs(off) > 0.1:
            card["limits"].append(f"{name}: the forecasts are {abs(off):.0%} too {'high' if off > 0 else 'low'}")
    return card


# %% exercise="honest-chart" kind="equivalent" mutant="- figure, axes = plt.subplots(figsize=(5, 3), layout='constrained') | + figure, axes = plt.subplots(layout='constrained')" reason="the size and the layout of the figure are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- figure, axes = plt.subplots(figsize=(5, 3), layout='constrained') | + figure, axes = plt.subplots(figsize=(5, 3))" reason="the size and the layout of the figure are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- figure, axes = plt.subplots(figsize=(5, 3), layout='constrained') | + figure, axes = plt.subplots(figsize=(6, 3), layout='constrained')" reason="the size and the layout of the figure are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- figure, axes = plt.subplots(figsize=(5, 3), layout='constrained') | + figure, axes = plt.subplots(figsize=(4, 3), layout='constrained')" reason="the size and the layout of the figure are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- figure, axes = plt.subplots(figsize=(5, 3), layout='constrained') | + figure, axes = plt.subplots(figsize=(5, 4), layout='constrained')" reason="the size and the layout of the figure are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- figure, axes = plt.subplots(figsize=(5, 3), layout='constrained') | + figure, axes = plt.subplots(figsize=(5, 2), layout='constrained')" reason="the size and the layout of the figure are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="+ axes.set(ylabel='dollars per 1,000 flights', title='Cost of each policy, 95 % interval over days') | - axes.set(ylabel='dollars per 1,000 flights', title='Cost of each policy, 95 % interval over days')" reason="labels may be set before the bars are drawn"

# %% exercise="honest-chart" kind="equivalent" mutant="- axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE, ecolor=BLACK) | + axes.bar(names, [costs[n] for n in names], yerr=away, color=BLUE, ecolor=BLACK)" reason="the caps of the error bars are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE, ecolor=BLACK) | + axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, ecolor=BLACK)" reason="matplotlib's own blue is strong enough, too"

# %% exercise="honest-chart" kind="equivalent" mutant="- axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE, ecolor=BLACK) | + axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE)" reason="matplotlib's error bars are black anyway"

# %% exercise="honest-chart" kind="equivalent" mutant="- axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE, ecolor=BLACK) | + axes.bar(names, [costs[n] for n in names], yerr=away, capsize=6, color=BLUE, ecolor=BLACK)" reason="the caps of the error bars are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- axes.bar(names, [costs[n] for n in names], yerr=away, capsize=5, color=BLUE, ecolor=BLACK) | + axes.bar(names, [costs[n] for n in names], yerr=away, capsize=4, color=BLUE, ecolor=BLACK)" reason="the caps of the error bars are the learner's choice"

# %% exercise="honest-chart" kind="equivalent" mutant="- plt.close(figure)" reason="the card leaves closing to the learner"

# %% exercise="model-card" kind="equivalent" mutant="- card['figures'][name] = {'flights': len(part), 'share late': was_late.mean(), 'mean forecast': p.mean(), 'log-loss': log_loss(was_late, p, labels=[0, 1]), 'dollars': cost.mean()} | + card['figures'][name] = {'flights': len(part), 'share late': was_late.mean(), 'mean forecast': p.mean(), 'log-loss': log_loss(was_late, p), 'dollars': cost.mean()}" reason="the labels matter only for a part in which all flights are late, or none"

# %% exercise="model-card" kind="equivalent" mutant="- card['figures'][name] = {'flights': len(part), 'share late': was_late.mean(), 'mean forecast': p.mean(), 'log-loss': log_loss(was_late, p, labels=[0, 1]), 'dollars': cost.mean()} | + card['figures'][name] = {'flights': len(part), 'share late': was_late.mean(), 'mean forecast': p.mean(), 'log-loss': log_loss(was_late, p, labels=[1, 0]), 'dollars': cost.mean()}" reason="log_loss sorts the labels"

# %% exercise="model-card" kind="equivalent" mutant="- if abs(off) > 0.1: | + if abs(off) >= 0.1:" reason="a ratio of two means is not exactly 0.1"

# %% exercise="model-card" kind="equivalent" mutant="- card['limits'].append(f\"{name}: the forecasts are {abs(off):.0%} too {('high' if off > 0 else 'low')}\") | + card['limits'].append(f\"{name}: the forecasts are {off:.0%} too {('high' if off > 0 else 'low')}\")" reason="the sign before the percentage is no part of what the card asks for"

# %% exercise="model-card" kind="equivalent" mutant="- card['limits'].append(f\"{name}: the forecasts are {abs(off):.0%} too {('high' if off > 0 else 'low')}\") | + card['limits'].append(f\"{name}: the forecasts are {abs(off):.0%} too {('high' if off >= 0 else 'low')}\")" reason="where off is 0 there is no limit"

# %% [markdown] explain="board-memo" kind="sample" points=4.5
# We propose to let the pilot run on until the spring. In September and October the model's decisions would have cost 15,870 dollars for 1,000 flights, the rule's 18,391. So we save about 2,500 dollars, and if the days had been others, between 1,547 and 3,593.
#
# In calm months the model calls too many flights late, 11 in 100 where 9 are, and we rebook for nothing. In December it calls too few, just when we need it.
#
# It should not be used to tell passengers how many minutes they wait: those intervals hold nine times in ten for all flights, but only six times in ten for the flights that we call late.
#
# We would ask you again after the winter.
#
# *The result 1. How sure 1: the interval of the saving, and "if the days had been others". Where it fails 1: both, with what they do to the desk. What it is not for 1: with its reason. What to decide ½: a proposal, but not what would change it.*

# %% [markdown] explain="board-memo" kind="sample" points=2.5
# The model costs 14 % less than the rule in September and October. The 95 % interval is 14,472 to 17,376 dollars, while the rule is at 18,391.
#
# The forecasts are too high in September, October and November. It should not be used for other airports.
#
# I recommend to continue with the pilot.
#
# *The result ½: a percentage and the rule's cost, not the model's. How sure ½: the interval of one bar, over what is not said. Where it fails ½: a weakness without its consequence. What it is not for ½: without a reason. What to decide ½: a proposal.*

# %% [markdown] explain="board-memo" kind="sample" points=0.5
# Our AI model performs very well and saves a lot of money compared to the old rule. In the test it reached a log-loss of 0.26, and 9.32 % (± 0.24 %) of the flights were late, which is a very precise result thanks to more than 55,000 flights. The model is of course not perfect, but it will be improved continuously.
#
# We should roll it out to all airports as soon as possible.
#
# *The result 0: no dollars. How sure 0: the ± of the flights counted one by one. Where it fails 0. What it is not for 0. What to decide ½: a proposal, if not one that the numbers carry.*
