# %% [markdown]
# Answers to `2-healthcare.py`: never released.


# %% exercise="sensitivity-at" kind="alternative" name="roc-curve"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """scikit-learn's curve, scipy's exact test."""
    false, _, thresholds = roc_curve(y_valid, score_valid, drop_intermediate=False)
    threshold = thresholds[1 - false >= specificity - 1e-9][-1]
    found = [s >= threshold for s, y in zip(score_test, y_test, strict=True) if y]
    share = stats.binomtest(sum(map(int, found)), len(found))
    return [threshold, share.statistic, *share.proportion_ci(method="exact")]


# %% exercise="sensitivity-at" kind="alternative" name="sorted-healthy"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """The threshold is the first score above the healthy patient who must still be spared."""
    import math

    pairs = sorted(zip(map(float, score_valid), map(int, y_valid), strict=True))
    healthy = [s for s, y in pairs if not y]
    must = math.ceil(specificity * len(healthy) - 1e-9)
    above = [s for s, _ in pairs if s > healthy[must - 1]] if must else [s for s, _ in pairs]
    threshold = above[0] if above else float("inf")
    n = sum(map(int, y_test))
    k = sum(1 for s, y in zip(score_test, y_test, strict=True) if y and s >= threshold)
    low = 0 if k == 0 else stats.beta(k, n - k + 1).ppf(0.025)
    high = 1 if k == n else stats.beta(k + 1, n - k).ppf(0.975)
    return np.array([threshold, k / n, low, high])


# %% exercise="sensitivity-at" kind="mistake" name="threshold-of-the-test" says="the threshold is chosen on the test part"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """Chosen and tested on the same patients."""
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*s, np.inf] if np.mean(s[y == 0] < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="quantile" says="a quantile between two scores is no candidate"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """np.quantile of the healthy."""
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = np.quantile(np.asarray(score_valid)[np.asarray(y_valid) == 0], specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="at-most" says="healthy patients *at* the threshold are counted as called healthy"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """<= for <."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy <= t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="more-than" says="the specificity must be more than the promise here"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """> for >=."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) > specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="of-all-patients" says="all validation patients are counted, ill and healthy"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """The specificity of everybody."""
    everybody = np.asarray(score_valid)
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(everybody < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="keeps-sensitivity" says="this keeps a sensitivity, not a specificity"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """The code of benign and malignant mixed up."""
    ill = np.asarray(score_valid)[np.asarray(y_valid) == 1]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = max(t for t in score_valid if np.mean(ill >= t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="nobody" says="nobody is called ill: of the candidates"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """The highest candidate."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = max(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="healthy-candidates" says="only the healthy patients' scores are tried"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """Candidates of the healthy alone."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*healthy, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="above-the-threshold" says="test patients *at* the threshold are called healthy"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """> in the test part."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] > t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="precision" says="this is the share of ill among those called ill"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """The positive predictive value."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), max(int(np.sum(s >= t)), 1))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="of-all-tested" says="this divides by all test patients"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """mean over everybody."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum((s >= t) & (y == 1))), len(y))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="of-the-validation" says="this is the sensitivity of the validation part"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """Reported where it was chosen."""
    y, s = np.asarray(y_valid), np.asarray(score_valid)
    t = min(t for t in [*s, np.inf] if np.mean(s[y == 0] < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="wald" says="the interval is the normal approximation: near 1"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """p plus or minus 1.96 standard errors."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    p = np.mean(s[y == 1] >= t)
    half = stats.norm.ppf(0.975) * np.sqrt(p * (1 - p) / np.sum(y))
    return t, p, p - half, p + half


# %% exercise="sensitivity-at" kind="mistake" name="wilson" says="the interval is Wilson's"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """method="wilson"."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(method="wilson")


# %% exercise="sensitivity-at" kind="mistake" name="interval-of-all" says="the interval counts all test patients"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """n of everybody in the interval."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    k = int(np.sum(s[y == 1] >= t))
    return t, k / np.sum(y), *stats.binomtest(k, len(y)).proportion_ci(method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="ninety" says="5 % are cut off on either side"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """alpha instead of alpha / 2."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    share = stats.binomtest(int(np.sum(s[y == 1] >= t)), int(np.sum(y)))
    return t, share.statistic, *share.proportion_ci(0.9, method="exact")


# %% exercise="sensitivity-at" kind="mistake" name="nan-ends" says="an end of the interval is NaN"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """Beta quantiles without the two special cases."""
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    y, s = np.asarray(y_test), np.asarray(score_test)
    t = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    k, n = np.sum(s[y == 1] >= t), np.sum(y)
    return t, k / n, stats.beta.ppf(0.025, k, n - k + 1), stats.beta.ppf(0.975, k + 1, n - k)


# %% exercise="sensitivity-at" kind="equivalent" mutant="- threshold = min((t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)) | + threshold = min((t for t in [np.inf, *score_valid] if np.mean(healthy < t) >= specificity))" reason="the minimum of the same values in another order"


# %% exercise="optimism" kind="alternative" name="both-at-once"
def optimism_corrected(X, y, k, resamples):
    """One prediction for resample and original rows together."""
    gains = []
    columns = strongest(X, y, k)
    apparent = roc_auc_score(y, discriminant(X[:, columns], y, X[:, columns]))
    for rows in resamples:
        rows = np.array(rows)
        Xb, yb = X[rows], y[rows]
        if yb.min() == yb.max():
            continue
        columns = strongest(Xb, yb, k)
        scores = discriminant(Xb[:, columns], yb, np.vstack([Xb, X])[:, columns])
        gains.append(roc_auc_score(yb, scores[: len(rows)]) - roc_auc_score(y, scores[len(rows) :]))
    return [apparent, sum(gains) / len(gains), apparent - sum(gains) / len(gains)]


# %% exercise="optimism" kind="alternative" name="class-and-ranks"
def optimism_corrected(X, y, k, resamples):
    """A small model class; AUC by counting pairs."""

    class Model:
        def __init__(self, X, y):
            self.X, self.y, self.columns = X, y, strongest(X, y, k)

        def auc(self, X, y):
            s = discriminant(self.X[:, self.columns], self.y, X[:, self.columns])
            gap = s[y == 1][:, None] - s[y == 0]
            return np.mean((gap > 0) + 0.5 * (gap == 0))

    home, away = [], []
    for rows in map(list, resamples):
        if 0 < y[rows].sum() < len(rows):
            model = Model(X[rows], y[rows])
            home.append(model.auc(X[rows], y[rows]))
            away.append(model.auc(X, y))
    apparent = Model(X, y).auc(X, y)
    optimism = np.mean(home) - np.mean(away)
    return np.array([apparent, optimism, apparent - optimism])


# %% exercise="optimism" kind="mistake" name="chosen-outside" says="the columns are chosen once, from all rows"
def optimism_corrected(X, y, k, resamples):
    """Selection before the resampling."""
    X = X[:, strongest(X, y, k)]
    apparent = roc_auc_score(y, discriminant(X, y, X))
    both = [np.array(r) for r in resamples if len(set(y[r])) == 2]
    gains = [
        roc_auc_score(y[r], discriminant(X[r], y[r], X[r])) - roc_auc_score(y, discriminant(X[r], y[r], X))
        for r in both
    ]
    return apparent, np.mean(gains), apparent - np.mean(gains)


# %% exercise="optimism" kind="mistake" name="columns-of-all" says="the columns of all rows are used for the test on the original rows"
def optimism_corrected(X, y, k, resamples):
    """Two sets of columns for one model."""
    every = strongest(X, y, k)
    apparent = roc_auc_score(y, discriminant(X[:, every], y, X[:, every]))
    gains = []
    for r in resamples:
        if len(set(y[r])) == 2:
            own = strongest(X[r], y[r], k)
            gains.append(roc_auc_score(y[r], discriminant(X[r][:, own], y[r], X[r][:, own]))
                         - roc_auc_score(y, discriminant(X[r][:, every], y[r], X[:, every])))  # fmt: skip
    return apparent, np.mean(gains), apparent - np.mean(gains)


# %% exercise="optimism" kind="mistake" name="left-out-rows" says="the second test is on the rows that were not drawn"
def optimism_corrected(X, y, k, resamples):
    """Out-of-bag rows."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    gains = []
    for r in resamples:
        out = np.setdiff1d(everyone, r)
        if len(set(y[r])) == 2 and len(set(y[out])) == 2:
            gains.append(auc_of(r, r) - auc_of(r, out))
    apparent = auc_of(everyone, everyone)
    return apparent, np.mean(gains), apparent - np.mean(gains)


# %% exercise="optimism" kind="mistake" name="point-632" says="this is the .632 mixture"
def optimism_corrected(X, y, k, resamples):
    """Efron's .632 instead of Harrell's correction."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    left = []
    for r in resamples:
        out = np.setdiff1d(everyone, r)
        if len(set(y[r])) == 2 and len(set(y[out])) == 2:
            left.append(auc_of(r, out))
    apparent = auc_of(everyone, everyone)
    corrected = 0.368 * apparent + 0.632 * np.mean(left)
    return apparent, apparent - corrected, corrected


# %% exercise="optimism" kind="mistake" name="tested-at-home-twice" says="each model is tested on its own resample twice"
def optimism_corrected(X, y, k, resamples):
    """Variables shadowed: the original is the resample."""
    c = strongest(X, y, k)
    apparent = roc_auc_score(y, discriminant(X[:, c], y, X[:, c]))
    gains = []
    for r in resamples:
        Xb, yb = X[r], y[r]
        if len(set(yb)) == 2:
            c = strongest(Xb, yb, k)
            scores = discriminant(Xb[:, c], yb, Xb[:, c])
            gains.append(roc_auc_score(yb, scores) - roc_auc_score(y[r], scores))
    return apparent, np.mean(gains), apparent - np.mean(gains)


# %% exercise="optimism" kind="mistake" name="against-apparent" says="the apparent AUC of all rows is compared"
def optimism_corrected(X, y, k, resamples):
    """Apparent of all rows minus the resample models' AUC."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    gain = np.mean([apparent - auc_of(r, everyone) for r in resamples if len(set(y[r])) == 2])
    return apparent, gain, apparent - gain


# %% exercise="optimism" kind="mistake" name="one-model" says="each resample needs a model of its own"
def optimism_corrected(X, y, k, resamples):
    """The model of all rows is compared."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    gain = np.mean([auc_of(r, r) - auc_of(everyone, r) for r in resamples if len(set(y[r])) == 2])
    return apparent, gain, apparent - gain


# %% exercise="optimism" kind="mistake" name="once-each" says="patients drawn twice are counted once"
def optimism_corrected(X, y, k, resamples):
    """np.unique of the rows."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    sets = [np.unique(r) for r in resamples if len(set(y[r])) == 2]
    gain = np.mean([auc_of(r, r) - auc_of(r, everyone) for r in sets])
    return apparent, gain, apparent - gain


# %% exercise="optimism" kind="mistake" name="other-way-round" says="the difference is taken the other way round"
def optimism_corrected(X, y, k, resamples):
    """original minus resample."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    gain = np.mean([auc_of(r, everyone) - auc_of(r, r) for r in resamples if len(set(y[r])) == 2])
    return apparent, gain, apparent + gain


# %% exercise="optimism" kind="mistake" name="added" says="the optimism is added: it is taken off"
def optimism_corrected(X, y, k, resamples):
    """apparent + optimism."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    gain = np.mean([auc_of(r, r) - auc_of(r, everyone) for r in resamples if len(set(y[r])) == 2])
    return apparent, gain, apparent + gain


# %% exercise="optimism" kind="mistake" name="mean-of-tests" says="the corrected AUC is the mean of the tests on the original rows"
def optimism_corrected(X, y, k, resamples):
    """The simple bootstrap."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    both = [r for r in resamples if len(set(y[r])) == 2]
    back = np.mean([auc_of(r, everyone) for r in both])
    return auc_of(everyone, everyone), np.mean([auc_of(r, r) for r in both]) - back, back


# %% exercise="optimism" kind="mistake" name="apparent-of-resamples" says="the apparent AUC is that of the resamples"
def optimism_corrected(X, y, k, resamples):
    """Mean apparent AUC of the resamples."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    both = [r for r in resamples if len(set(y[r])) == 2]
    home, back = (
        np.mean([auc_of(r, t) for r, t in zip(both, tests, strict=True)]) for tests in (both, [everyone] * len(both))
    )
    return home, home - back, back


# %% exercise="optimism" kind="mistake" name="one-class" says="a resample of one class spoils the mean"
def optimism_corrected(X, y, k, resamples):
    """NaN of one-class resamples goes into the mean."""

    def auc_of(fit, test):
        if len(set(y[fit])) < 2:
            return np.nan
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    gain = np.mean([auc_of(r, r) - auc_of(r, everyone) for r in resamples])
    return apparent, gain, apparent - gain


# %% exercise="optimism" kind="mistake" name="still-counted" says="are left out of the sum, and still counted in the mean"
def optimism_corrected(X, y, k, resamples):
    """Divided by all resamples."""

    def auc_of(fit, test):
        c = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, c], y[fit], X[test][:, c]))

    everyone = np.arange(len(y))
    apparent = auc_of(everyone, everyone)
    gain = sum(auc_of(r, r) - auc_of(r, everyone) for r in resamples if len(set(y[r])) == 2) / len(resamples)
    return apparent, gain, apparent - gain


# %% exercise="calibration-abroad" kind="alternative" name="statsmodels"
def calibration(y, p):
    """Two regressions of statsmodels."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p, dtype=float))
    large = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params
    return np.concatenate([large, sm.Logit(y, sm.add_constant(x)).fit(disp=0).params])


# %% exercise="calibration-abroad" kind="alternative" name="score-equation"
def calibration(y, p):
    """A root for the constant, scikit-learn without a penalty for the line."""
    from scipy.optimize import brentq

    x, y = np.log(np.asarray(p) / (1 - np.asarray(p))), np.asarray(y)
    a = brentq(lambda c: np.mean(1 / (1 + np.exp(-c - x))) - y.mean(), -30, 30)
    line = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(x.reshape(-1, 1), y)
    return [a, line.intercept_[0], line.coef_[0][0]]


# %% exercise="calibration-abroad" kind="alternative" name="minimised"
def calibration(y, p):
    """scipy minimises the log-loss."""
    from scipy.optimize import minimize

    y, x = np.asarray(y), special.logit(p)

    def loss(t):
        z = t[0] + t[-1] * x if len(t) == 2 else t[0] + x
        return np.sum(np.logaddexp(0, z) - y * z)

    return (*minimize(loss, [0.0]).x, *minimize(loss, [0.0, 1.0]).x)


# %% exercise="calibration-abroad" kind="mistake" name="difference-of-shares" says="the first number is a difference of shares"
def calibration(y, p):
    """Observed minus expected."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    return (np.mean(y) - np.mean(p), *sm.Logit(y, sm.add_constant(x)).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="logits-of-means" says="the log-odds of two means are compared"
def calibration(y, p):
    """logit of the share minus logit of the mean risk."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    return (special.logit(np.mean(y)) - special.logit(np.mean(p)), *sm.Logit(y, sm.add_constant(x)).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="mean-of-logits" says="the mean of the forecasts' log-odds is compared"
def calibration(y, p):
    """logit of the share minus the mean logit."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    return (special.logit(np.mean(y)) - x.mean(), *sm.Logit(y, sm.add_constant(x)).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="slope-not-fixed" says="the slope is estimated along with the first constant"
def calibration(y, p):
    """One regression for all three."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    alpha, beta = sm.Logit(y, sm.add_constant(x)).fit(disp=0).params
    return alpha, alpha, beta


# %% exercise="calibration-abroad" kind="mistake" name="sign" says="the first constant has the wrong sign"
def calibration(y, p):
    """The offset on the wrong side."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0]
    return (-a, *sm.Logit(y, sm.add_constant(x)).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="no-offset" says="the forecast is missing from the first model"
def calibration(y, p):
    """A constant alone."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial()).fit().params[0]
    return (a, *sm.Logit(y, sm.add_constant(x)).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="straight-line" says="a straight line is fitted to the labels"
def calibration(y, p):
    """polyfit of y on p."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0]
    slope, intercept = np.polyfit(np.asarray(p), y, 1)
    return a, intercept, slope


# %% exercise="calibration-abroad" kind="mistake" name="on-p" says="the regression is on p: it is on the log-odds"
def calibration(y, p):
    """p for logit(p)."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0]
    return (a, *sm.Logit(y, sm.add_constant(np.asarray(p))).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="on-log-p" says="the regression is on log(p)"
def calibration(y, p):
    """log(p) for logit(p)."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0]
    return (a, *sm.Logit(y, sm.add_constant(np.log(p))).fit(disp=0).params)


# %% exercise="calibration-abroad" kind="mistake" name="penalty" says="the fit has a penalty"
def calibration(y, p):
    """scikit-learn as it comes."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0]
    line = LogisticRegression().fit(x[:, None], y)
    return a, line.intercept_[0], line.coef_[0, 0]


# %% exercise="calibration-abroad" kind="mistake" name="changed-places" says="intercept and slope have changed places"
def calibration(y, p):
    """(a, beta, alpha)."""
    y, x = np.asarray(y, dtype=float), special.logit(np.asarray(p))
    a = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0]
    return (a, *sm.Logit(y, sm.add_constant(x)).fit(disp=0).params[::-1])


# %% exercise="calibration-abroad" kind="equivalent" mutant="- for _ in range(25): | + for _ in range(25 - 1):" reason="Newton's steps have converged to the last bits long before"


# %% exercise="calibration-abroad" kind="equivalent" mutant="- for _ in range(25): | + for _ in range(26):" reason="Newton's steps have converged to the last bits long before"


# %% exercise="calibration-abroad" kind="equivalent" mutant="- for _ in range(25): | + for _ in range(24):" reason="Newton's steps have converged to the last bits long before"


# %% exercise="net-benefit" kind="alternative" name="vectorised"
def net_benefit(y, p, thresholds):
    """All patients against all thresholds at once."""
    t = np.asarray(thresholds, dtype=float)
    worth = np.where(np.asarray(y)[:, None] == 1, 1.0, -(t / (1 - t)))
    model = np.where(np.asarray(p)[:, None] >= t, worth, 0.0).mean(axis=0)
    return np.vstack([model, worth.mean(axis=0), np.zeros_like(t)])


# %% exercise="net-benefit" kind="alternative" name="prevalence-formula"
def net_benefit(y, p, thresholds):
    """Counts in a loop; examining all by the share of ill."""
    n, share = len(y), sum(map(int, y)) / len(y)
    model, everyone = [], []
    for t in thresholds:
        hits = sum(1 for a, b in zip(y, p, strict=True) if a and b >= t)
        false = sum(1 for a, b in zip(y, p, strict=True) if not a and b >= t)
        model.append((hits - false * t / (1 - t)) / n)
        everyone.append((share - t) / (1 - t))
    return [model, everyone, [0] * len(model)]


# %% exercise="net-benefit" kind="mistake" name="odds-turned" says="the weight is turned round"
def net_benefit(y, p, thresholds):
    """(1 - t) / t."""
    y, p = np.asarray(y), np.asarray(p)
    t = np.maximum(np.asarray(thresholds, dtype=float), 1e-12)
    worth = np.where(y[:, None] == 1, 1.0, -(1 - t) / t)
    return np.stack(
        [np.where(p[:, None] >= np.asarray(thresholds), worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t]
    )


# %% exercise="net-benefit" kind="mistake" name="weight-t" says="the weight is t itself"
def net_benefit(y, p, thresholds):
    """t for its odds."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t)
    return np.stack([np.where(p[:, None] >= t, worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="equal-weights" says="false positives weigh as much as true ones"
def net_benefit(y, p, thresholds):
    """TP - FP."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -1.0) + 0 * t
    return np.stack([np.where(p[:, None] >= t, worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="free-false" says="false positives cost nothing"
def net_benefit(y, p, thresholds):
    """TP alone."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, 0.0) + 0 * t
    return np.stack([np.where(p[:, None] >= t, worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="below" says="the patients *below* the threshold are examined"
def net_benefit(y, p, thresholds):
    """p < t."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t / (1 - t))
    return np.stack([np.where(p[:, None] < t, worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="strictly-above" says="a patient exactly at the threshold is not examined"
def net_benefit(y, p, thresholds):
    """p > t."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t / (1 - t))
    return np.stack([np.where(p[:, None] > t, worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="by-the-ill" says="divided by the number of ill patients"
def net_benefit(y, p, thresholds):
    """Divided by the positives."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t / (1 - t))
    return np.stack([np.where(p[:, None] >= t, worth, 0.0).sum(axis=0), worth.sum(axis=0), 0 * t]) / y.sum()


# %% exercise="net-benefit" kind="mistake" name="by-the-examined" says="the count is divided by the patients examined"
def net_benefit(y, p, thresholds):
    """Divided by those examined."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t / (1 - t))
    examined = np.maximum((p[:, None] >= t).sum(axis=0), 1)
    return np.stack([np.where(p[:, None] >= t, worth, 0.0).sum(axis=0) / examined, worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="rates" says="sensitivity and false-positive rate are weighed"
def net_benefit(y, p, thresholds):
    """TPR - FPR * odds."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    examined = p[:, None] >= t
    return np.stack([examined[y == 1].mean(axis=0) - examined[y == 0].mean(axis=0) * t / (1 - t),
                     1 - t / (1 - t), 0 * t])  # fmt: skip


# %% exercise="net-benefit" kind="mistake" name="missed" says="missed patients are subtracted"
def net_benefit(y, p, thresholds):
    """FN for FP."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    examined, ill = p[:, None] >= t, y[:, None] == 1
    worth = np.where(ill, 1.0, -t / (1 - t))
    return np.stack(
        [np.mean(examined & ill, axis=0) - np.mean(~examined & ill, axis=0) * t / (1 - t), worth.mean(axis=0), 0 * t]
    )


# %% exercise="net-benefit" kind="mistake" name="one-half" says="the threshold is 0.5 for every t"
def net_benefit(y, p, thresholds):
    """model.predict."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t / (1 - t))
    return np.stack([np.where(p[:, None] >= 0.5, worth, 0.0).mean(axis=0), worth.mean(axis=0), 0 * t])


# %% exercise="net-benefit" kind="mistake" name="all-are-ill" says="examining all has no false positives here"
def net_benefit(y, p, thresholds):
    """Row 1 is the share of ill."""
    y, p, t = np.asarray(y), np.asarray(p), np.asarray(thresholds, dtype=float)
    worth = np.where(y[:, None] == 1, 1.0, -t / (1 - t))
    return np.stack([np.where(p[:, None] >= t, worth, 0.0).mean(axis=0), 0 * t + y.mean(), 0 * t])


# %% exercise="where-it-helps" kind="alternative" name="another-order"
decision = dict(
    [
        ("the shift in Switzerland", "harm gone"),
        ("Long Beach fails by", "slope"),
        ("all crosses none at", "share of ill"),
        ("best at 0.5 in Switzerland", "all"),
        *zip(
            ("Switzerland", "Long Beach", "Hungary", "Cleveland"), ("harms", "not shown", "helps", "helps"), strict=True
        ),
    ]
)

# %% exercise="where-it-helps" kind="alternative" name="from-the-tables"
decision = {
    name: "helps" if row["low"] > 0 else "harms" if row["high"] < 0 else "not shown"
    for (name, kind), row in leads.iterrows()
    if kind == "as sold"
}
decision["best at 0.5 in Switzerland"] = "all"
decision["all crosses none at"] = "share of ill"
decision["Long Beach fails by"] = (
    "in the large" if not calibrated.loc["Long Beach", "low"] < 0 < calibrated.loc["Long Beach", "high"] else "slope"
)
decision["the shift in Switzerland"] = (
    "harm gone" if 0 <= leads.loc[("Switzerland", "shifted"), "lead at 0.2"] < 0.01 else "helps"
)

# %% exercise="where-it-helps" kind="mistake" name="long-beach-harms" says="no harm is shown: the interval is not wholly below zero"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "harms", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="long-beach-helps" says="no help is shown: the interval is not wholly above zero"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "helps", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="few-healthy-so-unknown" says="something is shown here: the interval does not hold zero"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "not shown", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="none-is-best" says="examining none is the lowest curve there"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "none",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="model-is-best" says="another curve lies higher at 0.5 in the Swiss panel"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "model",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="crosses-at-auc" says="examining all uses no ranking"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "AUC", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="crosses-at-healthy" says="it is the other share"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of healthy", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="crosses-at-slope" says="examining all uses no probability"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "calibration slope", "Long Beach fails by": "slope", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="fails-in-the-large" says="holds the value of a perfect forecast"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "in the large", "the shift in Switzerland": "harm gone"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="ranks-better" says="a constant moves all patients alike"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "ranks better"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="shift-helps" says="the lead is less than one true positive in a hundred"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "helps"}  # fmt: skip

# %% exercise="where-it-helps" kind="mistake" name="shift-does-nothing" says="the lead does change"
decision = {"Cleveland": "helps", "Hungary": "helps", "Switzerland": "harms", "Long Beach": "not shown", "best at 0.5 in Switzerland": "all",
            "all crosses none at": "share of ill", "Long Beach fails by": "slope", "the shift in Switzerland": "nothing"}  # fmt: skip


# %% exercise="leave-hospital-out" kind="alternative" name="a-loop"
def leave_hospital_out(table, columns, never_zero):
    """Medians, means and standard deviations of pandas, hospital by hospital."""
    table = table[~table.duplicated()]
    X = table[list(columns)].astype(float)
    for column in never_zero:
        X.loc[X[column] == 0, column] = float("nan")
    parts = []
    for hospital in table["hospital"].unique():
        new = table["hospital"] == hospital
        filled = X.fillna(X[~new].median())
        scaled = (filled - filled[~new].mean()) / filled[~new].std()
        model = LogisticRegression(max_iter=1000).fit(scaled[~new], table.loc[~new, "disease"])
        parts.append(pd.Series(model.predict_proba(scaled[new])[:, 1], index=scaled.index[new]))
    return pd.concat(parts)


# %% exercise="leave-hospital-out" kind="alternative" name="repaired-in-place"
def leave_hospital_out(table, columns, never_zero):
    """Nico's lines, each repaired; risks in a dict."""
    table = table.drop_duplicates()
    X = table[columns].copy()
    X[never_zero] = X[never_zero].mask(X[never_zero] == 0)
    risks = {}
    for hospital, new in X.groupby(table["hospital"]):
        known = X.drop(new.index)
        middle = known.median()
        known, new = known.fillna(middle), new.fillna(middle)
        scaler = StandardScaler().fit(known)
        model = LogisticRegression(max_iter=1000).fit(scaler.transform(known), table.loc[known.index, "disease"])
        risks.update(zip(new.index.tolist(), model.predict_proba(scaler.transform(new))[:, 1].tolist(), strict=True))
    return risks


# %% exercise="leave-hospital-out" kind="mistake" name="random-folds" says="a hospital's own labels move its risks"
def leave_hospital_out(table, columns, never_zero):
    """Random folds."""
    once = table.drop_duplicates()
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    p = cross_val_predict(heart_model(), X, once["disease"], cv=folds, method="predict_proba")
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="prepared-on-all" says="medians or scales are learned from the tested hospital"
def leave_hospital_out(table, columns, never_zero):
    """Filled and scaled before the folds."""
    once = table.drop_duplicates()
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    X = X.fillna(X.median())
    X = (X - X.mean()) / X.std()
    p = cross_val_predict(
        LogisticRegression(max_iter=1000),
        X,
        once["disease"],
        groups=once["hospital"],
        cv=LeaveOneGroupOut(),
        method="predict_proba",
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="false-zeros" says="zeros of `never_zero` are taken for values"
def leave_hospital_out(table, columns, never_zero):
    """Zeros stay."""
    once = table.drop_duplicates()
    p = cross_val_predict(
        heart_model(),
        once[columns],
        once["disease"],
        groups=once["hospital"],
        cv=LeaveOneGroupOut(),
        method="predict_proba",
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="all-zeros-missing" says="zeros of every column are taken for missing"
def leave_hospital_out(table, columns, never_zero):
    """replace(0, nan) on everything."""
    once = table.drop_duplicates()
    X = once[columns].replace(0, np.nan)
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="marks" says="the model sees marks of what is missing"
def leave_hospital_out(table, columns, never_zero):
    """add_indicator."""
    once = table.drop_duplicates()
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    X = X.join(X.isna().astype(float).add_prefix("no "))
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="repeated-rows" says="rows that repeat another are still there"
def leave_hospital_out(table, columns, never_zero):
    """Nobody looked for repeated rows."""
    X = table[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    p = cross_val_predict(
        heart_model(), X, table["disease"], groups=table["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=table.index)


# %% exercise="leave-hospital-out" kind="mistake" name="all-copies-dropped" says="of repeated rows none stays, or not the first"
def leave_hospital_out(table, columns, never_zero):
    """keep=False."""
    once = table.drop_duplicates(keep=False)
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="hospital-forgotten" says="patients of two hospitals with equal values are taken for one"
def leave_hospital_out(table, columns, never_zero):
    """subset=columns."""
    once = table.loc[table.drop_duplicates(subset=[*columns, "disease"]).index]
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="dropna" says="patients with missing values are left out"
def leave_hospital_out(table, columns, never_zero):
    """dropna."""
    once = table.drop_duplicates().dropna()
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="filled-with-zero" says="missing values are filled with 0"
def leave_hospital_out(table, columns, never_zero):
    """fillna(0)."""
    once = table.drop_duplicates()
    p = cross_val_predict(
        heart_model(),
        once[columns].fillna(0),
        once["disease"],
        groups=once["hospital"],
        cv=LeaveOneGroupOut(),
        method="predict_proba",
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="filled-with-the-mean" says="missing values are filled with the mean"
def leave_hospital_out(table, columns, never_zero):
    """SimpleImputer as it comes."""
    once = table.drop_duplicates()
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000))
    p = cross_val_predict(
        model, X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="mistake" name="table-changed" says="the table is changed"
def leave_hospital_out(table, columns, never_zero):
    """Works on the caller's table."""
    once = table.drop_duplicates()
    table[never_zero] = table[never_zero].replace(0, np.nan)
    X = table.loc[once.index, columns]
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)


# %% exercise="leave-hospital-out" kind="equivalent" mutant="- X = once[columns].copy() | + X = once[columns]" reason="a list of columns gives a new frame: the copy only spares older pandas a warning"


# %% exercise="patients-needed" kind="alternative" name="statsmodels"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """statsmodels and math.ceil."""
    import math

    ill = math.ceil(samplesize_confint_proportion(sensitivity, half_width))
    healthy = math.ceil(samplesize_confint_proportion(specificity, half_width))
    return [ill, healthy, max(math.ceil(ill / prevalence), math.ceil(healthy / (1 - prevalence)))]


# %% exercise="patients-needed" kind="alternative" name="counting-up"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """Counts up until the interval is short enough."""

    def enough(share):
        n = 1
        while 1.959963984540054 * (share * (1 - share) / n) ** 0.5 > half_width:
            n += 1
        return n

    ill, healthy, patients = enough(sensitivity), enough(specificity), 1
    while patients * prevalence < ill or patients * (1 - prevalence) < healthy:
        patients += 1
    return np.array([ill, healthy, patients])


# %% exercise="patients-needed" kind="mistake" name="whole-width" says="the half-width is taken for the whole width"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """half_width / 2."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / (half_width / 2) ** 2))
        for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))


# %% exercise="patients-needed" kind="mistake" name="one-sided" says="z is that of a one-sided bound"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """ppf(0.95)."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.95) ** 2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))


# %% exercise="patients-needed" kind="mistake" name="z-not-squared" says="z is not squared"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """z for z squared."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))


# %% exercise="patients-needed" kind="mistake" name="width-not-squared" says="the half-width is not squared"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """w for w squared."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))


# %% exercise="patients-needed" kind="mistake" name="rounded-down" says="is rounded down: a part of a patient is one more"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """int()."""
    ill, healthy = (int(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2) for s in (sensitivity, specificity))
    return ill, healthy, int(max(ill / prevalence, healthy / (1 - prevalence)))


# %% exercise="patients-needed" kind="mistake" name="changed-places" says="ill and healthy have changed places"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """The specificity for the ill."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2)) for s in (specificity, sensitivity)
    )
    return ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))


# %% exercise="patients-needed" kind="mistake" name="summed" says="the two needs are added"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """A sum for the maximum."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(ill / prevalence)) + int(np.ceil(healthy / (1 - prevalence)))


# %% exercise="patients-needed" kind="mistake" name="no-prevalence" says="the prevalence is left out: the patients come as they come"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """ill + healthy."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, ill + healthy


# %% exercise="patients-needed" kind="mistake" name="ill-alone" says="only the ill are provided for"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """Forgets the healthy."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(ill / prevalence))


# %% exercise="patients-needed" kind="mistake" name="crossed-shares" says="ill patients are divided by the share of the healthy"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """Shares crossed."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(max(ill / (1 - prevalence), healthy / prevalence)))


# %% exercise="patients-needed" kind="mistake" name="multiplied" says="it is multiplied by the share"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """times for by."""
    ill, healthy = (
        int(np.ceil(stats.norm.ppf(0.975) ** 2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity)
    )
    return ill, healthy, int(np.ceil(max(ill * prevalence, healthy * (1 - prevalence))))


# %% exercise="patients-needed" kind="equivalent" mutant="- return (ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))) | + return (ill, healthy, int(np.ceil(max(healthy / (1 - prevalence), ill / prevalence))))" reason="the maximum of the same two numbers in another order"


# %% [markdown] explain="letter-to-zurich" kind="sample" points=4
# Dear Livia, please do not use it as it is. At your limit of one in five the model would have held back ill people: in the
# Swiss data the balance is 6.9 found arteries fewer per hundred patients than if you examine all of them (interval about 2.4 to
# 11.6 fewer). It is not a bad model. In Budapest it adds 6.3.
#
# Why: Cleveland's doctors sent patients of whom 46 % were ill, in Zurich and Basel 94 % were. The model brought Cleveland's
# share along and tells Swiss patients 69 % on average. One can add a constant, then the average is right, but who stands before
# whom in the queue stays the same, and then it tells you to examine practically everybody.
#
# I do not know how well it recognises healthy people here, because there were eight of them: four right, so somewhere between
# 16 % and 84 %. They were also patients of forty years ago and hardly any women among them.
#
# What would settle it: 139 healthy patients of your own, that is about 2,100 at the old mix. The healthy are the bottleneck, so
# let us start where you refer less selectively.
#
# *answer first 1, what is not known 1 (eight, an interval, the years and the women), why 1 (choice, share, the shift leaves the
# order), next step 1: a number and the scarce kind.*

# %% [markdown] explain="letter-to-zurich" kind="sample" points=2.5
# Dear Dr Frei,
#
# I advise against it. At a threshold of 0.2 the net benefit of the model in Switzerland is 0.069 lower than that of examining
# all patients (95 % CI −0.116 to −0.024).
#
# The reason is that 94 % of the Swiss patients are ill and only 46 % of those in Cleveland, so the probabilities are too low.
#
# The AUC in Switzerland is 0.747 with an interval from 0.585 to 0.903, because of the small number of healthy patients. This
# should be interpreted with caution.
#
# As a next step I suggest to recalibrate the model with your own data and then to repeat the analysis.
#
# *answer first 1: hospital, rival and interval. What is not known ½: the few healthy patients, nothing about the years or the
# men. Why ½: the share of ill, not what a shift leaves unmended. Next step ½: an action without a number.*

# %% [markdown] explain="letter-to-zurich" kind="sample" points=0.5
# Dear Livia,
#
# The model was validated externally in three hospitals with very good results. The AUC is 0.87 in Hungary, which is as good as
# in Cleveland, and about 0.75 in Switzerland and Long Beach, which is still acceptable according to the literature. After
# recalibration the Brier score in Switzerland improves from 0.166 to 0.056, which is excellent, so the model is now well
# adapted to your patients.
#
# Some differences remain because the data are different in each country. We can deploy it next month and monitor it.
#
# *answer first 0: no decision at her threshold, no rival. What is not known ½: with goodwill, that differences remain and are
# to be watched. Why 0: "the data are different". Next step 0: "deploy it". A Brier score that the share alone nearly reaches is
# taken for success.*
