# %% [markdown]
# # Healthcare: a diagnosis that must travel
#
# After this lesson you can:
#
# - choose a threshold for a promised specificity, and say with an exact interval what sensitivity it buys;
# - correct the AUC of a small study for its optimism, and say what the correction leaves;
# - validate a model in another hospital: ranking, calibration-in-the-large, calibration slope;
# - compute a decision curve and read from it where a model helps and where it harms;
# - repair a study that recognises the hospital instead of the disease;
# - say how many patients a validation needs, and tell a physician whether to use the model.
#
# **The story.** (All people are invented.) Martin Odermatt sells software to hospitals. His product was made with patients of
# the Cleveland Clinic. It says who has a narrowed coronary artery before anybody opens a blood vessel. *"An AUC of 0.90,"* he
# says. *"A heart is a heart."* Livia Frei, cardiologist in Zurich, has a rule: no test enters her ward on the strength of
# another ward's patients. She asks you, the hospital's machine learning engineer, one question: *"Is it of use here?"*
#
# The patients are real. They were examined in the 1980s, in Cleveland, Budapest, Long Beach, and in Zurich and Basel. That
# makes the question answerable. It also makes every result of this lesson useless at a bedside. **Nothing here is for medical
# use.**

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 01) A false alarm costs 1, a missed case costs 4. From which probability on do you act?
#
# <details><summary>A · 0.5</summary>
# No. At 0.5 both mistakes would have to cost the same.</details>
# <details><summary>B · 0.2</summary>
# Right. Acting pays if p × 4 > (1 − p) × 1, that is above 1/(1 + 4). Today this threshold gets a second use: it says how many
# false alarms a case found is worth.</details>
# <details><summary>C · 0.25</summary>
# Nearly: 1 to 4 are the odds. The probability that belongs to odds of 1:4 is 1/5.</details>
#
# **2.** (Module 04) Out of hundreds of columns the ten that go best with the label are kept, then the model is cross-validated
# on these ten. The score is …
#
# <details><summary>A · honest, because each fold's model is tested on rows it has not seen</summary>
# No. The columns have seen those rows: their labels decided who stays.</details>
# <details><summary>B · too good, because the choice of columns saw the labels of the test rows</summary>
# Right. The choice is part of the fit. It must be made again wherever the fit is.</details>
# <details><summary>C · too bad, because ten columns are few</summary>
# No. Ten columns picked by looking are worth too much, not too little.</details>
#
# **3.** (Module 06) The share of a class changes from one place to another, and the model is carried over as it is. What must
# you look at first?
#
# <details><summary>A · the probabilities: they carry the old share in them</summary>
# Right. A ranking may survive a change of shares. A probability does not.</details>
# <details><summary>B · the histogram of each column</summary>
# That tells you that something moved, not whether the forecasts are wrong.</details>
# <details><summary>C · nothing: the model learned the disease, not the share</summary>
# No. It learned both, and cannot tell them apart.</details>

# %%
import mle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special, stats
from sklearn.datasets import load_breast_cancer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.proportion import samplesize_confint_proportion

from mle import check, data

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers

aspirates = load_breast_cancer(as_frame=True)
cells = aspirates.data.to_numpy()
malignant = (aspirates.target == 0).to_numpy().astype(int)  # scikit-learn codes benign as 1
print(f"{len(cells)} aspirates, {cells.shape[1]} measurements each, {malignant.sum()} malignant")

# %% [markdown]
# ## One hospital, one promise
#
# Before hearts, a case that looks easy. Chiara Lombardi is a cytologist in the same house. She looks at cells drawn from lumps
# of the breast. In 1993 a group in Wisconsin measured the nuclei of such cells; scikit-learn ships the table. Mind its code:
# **1 is benign.** Who takes the column as it is computes the specificity and calls it sensitivity.
#
# Chiara has a demand, not a score: *"At most one healthy woman in twenty may be called ill. How many of the ill do you find
# then?"* That is the sensitivity (the share of the ill who are called ill) at a specificity (the share of the healthy who are
# called healthy) of 0.95. Half of the aspirates train the model and choose the threshold, by cross-validation. The other half
# test it, once.

# %%
train, test = train_test_split(np.arange(len(cells)), test_size=0.5, stratify=malignant, random_state=0)
cytology = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
five_folds = StratifiedKFold(5, shuffle=True, random_state=0)
score_valid = cross_val_predict(cytology, cells[train], malignant[train], cv=five_folds, method="decision_function")
score_test = cytology.fit(cells[train], malignant[train]).decision_function(cells[test])
print(
    f"AUC: {roc_auc_score(malignant[train], score_valid):.3f} in the folds, {roc_auc_score(malignant[test], score_test):.3f} in the test part"
)

# %% [markdown]
# ### Exercise 1 · Sensitivity at a promised specificity
#
# 12 min · ●●○○ · 4 points
#
# Write `sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95)`. Labels are 1 (or `True`) for ill and 0 for
# healthy, scores are higher for the ill; lists or arrays, at least one healthy patient in the validation part and one ill
# patient in the test part. A patient is **called ill if the score is at or above the threshold**.
#
# - **Threshold**: chosen on the validation part alone. Candidates are the validation part's own scores, of the ill and of the
#   healthy, and `np.inf` (nobody is called ill). Take the **lowest** candidate whose specificity, the share of the *healthy
#   validation patients* with a score below it, is **at least** `specificity`. Scores may be equal: patients with one score are
#   called alike.
# - **Sensitivity**: the share of the *ill test patients* who are called ill at this threshold.
# - **Interval**: the exact 95 % interval of Clopper and Pearson, two-sided. With `k` of `n` ill test patients found, its ends
#   are `stats.beta.ppf(0.025, k, n - k + 1)`, or 0 if `k` is 0, and `stats.beta.ppf(0.975, k + 1, n - k)`, or 1 if `k` is `n`.
#
# Return `(threshold, sensitivity, low, high)`.
#
# Example: `sensitivity_at([0, 0, 0, 0, 1, 1], [1, 2, 2, 4, 3, 5], [1, 1, 0], [3, 2, 9], 0.75)`. Below 3 lie three of the four
# healthy, below 2 only one: the threshold is 3. One of the two ill test patients reaches it: `(3, 0.5, 0.0126, 0.9874)`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two parts, two jobs. The validation part's healthy patients choose the threshold; the test part's ill patients are counted.
# Nobody else has a say.</details>
# <details><summary>Hint 2 · where to look</summary>
# Try the candidates in ascending order and stop at the first that keeps the promise. <code>np.mean(healthy &lt; t)</code> is
# the specificity of <code>t</code>. <code>np.quantile</code> invents values between two scores.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>threshold = min(t for t in [*score_valid, np.inf] if np.mean(healthy &lt; t) &gt;= specificity)</code>, then
# <code>k = np.sum(score_test[y_test == 1] &gt;= threshold)</code>.</details>


# %% exercise="sensitivity-at"
def sensitivity_at(y_valid, score_valid, y_test, score_test, specificity=0.95):
    """(threshold, sensitivity, low, high): the threshold keeps `specificity` on the validation part, the rest is of the test part.

    y_valid, score_valid: (n,); y_test, score_test: (m,). Called ill: score >= threshold. Interval: Clopper-Pearson, 95 %.
    """
    ### BEGIN SOLUTION
    healthy = np.asarray(score_valid)[np.asarray(y_valid) == 0]
    threshold = min(t for t in [*score_valid, np.inf] if np.mean(healthy < t) >= specificity)
    ill = np.asarray(score_test)[np.asarray(y_test) == 1]
    k, n = np.sum(ill >= threshold), len(ill)
    low = stats.beta.ppf(0.025, k, n - k + 1) if k > 0 else 0.0
    high = stats.beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
    return threshold, k / n, low, high
    ### END SOLUTION


# %% check="sensitivity-at" points=4
def roc_threshold(y, score, specificity):
    """The lowest threshold of scikit-learn's ROC curve that keeps the specificity; a tie counts as kept."""
    false, _, thresholds = roc_curve(y, score, drop_intermediate=False)
    return thresholds[1 - false >= specificity - 1e-9].min()


def convict(cases, says, look=""):
    """Name the first mistake that explains every wrong answer; a case is (answer, target, {mistake: its answer}, what is wanted)."""

    def same(a, b):
        return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-6, atol=1e-9)

    wrong = [case for case in cases if not same(case[0], case[1])]
    if wrong:
        left = [name for name in wrong[0][2] if all(name in c[2] and same(c[0], c[2][name]) for c in wrong)]
        check.that(False, says=left[0] if left else says, seen=wrong[0][0], expected=wrong[0][3], look=look)


def judge_sensitivities(inputs):
    """Thresholds against scikit-learn's ROC curve, intervals against scipy's exact test: all cases together, threshold first."""
    thresholds, shares, intervals, ends = [], [], [], []
    for y_valid, score_valid, y_test, score_test, specificity, where in inputs:
        yv, sv, yt, st = (np.asarray(v, dtype=float) for v in (y_valid, score_valid, y_test, score_test))
        threshold, grid, healthy = roc_threshold(yv, sv, specificity), [*np.unique(sv), np.inf], sv[yv == 0]
        ill, n = st[yt == 1], int(yt.sum())
        k = int(np.sum(ill >= threshold))
        exact = stats.binomtest(k, n).proportion_ci(method="exact")
        got = sensitivity_at(y_valid, score_valid, y_test, score_test, specificity)
        check.shape(got, (4,), says="four numbers are asked for: threshold, sensitivity, low, high")
        t, share, low, high = (float(v) for v in np.asarray(got, dtype=float))
        wanted = f"threshold {threshold:.6g}, {k} of {n} ({where})"
        names = {
            "a quantile between two scores is no candidate: take the scores themselves": np.quantile(
                healthy, specificity
            ),
            "healthy patients *at* the threshold are counted as called healthy: a score at the threshold is called ill": min(
                c for c in grid if np.mean(healthy <= c) >= specificity
            ),
            "the specificity must be more than the promise here: at least is enough": min(
                c for c in grid if np.mean(healthy < c) > specificity
            ),
            "all validation patients are counted, ill and healthy: the specificity is of the healthy alone": min(
                c for c in grid if np.mean(sv < c) >= specificity
            ),
            "this keeps a sensitivity, not a specificity: the healthy choose the threshold": max(
                c for c in grid if np.mean(sv[yv == 1] >= c) >= specificity
            ),
            "nobody is called ill: of the candidates that keep the promise the lowest is asked for": np.inf,
            "only the healthy patients' scores are tried: an ill patient's score may be lower and keep the promise": min(
                c for c in [*healthy, np.inf] if np.mean(healthy < c) >= specificity
            ),
            "the threshold is chosen on the test part: the promise must be made before": roc_threshold(
                yt, st, specificity
            ),
        }
        thresholds.append((t, threshold, names, wanted))
        called, p = max(int(np.sum(st >= threshold)), 1), k / n
        names = {
            "test patients *at* the threshold are called healthy: at or above it they are ill": np.mean(
                ill > threshold
            ),
            "this is the share of ill among those called ill: the sensitivity divides by the ill": k / called,
            "this divides by all test patients: the sensitivity divides by the ill": k / len(yt),
            "this is the sensitivity of the validation part: it chose the threshold, and flatters": np.mean(
                sv[yv == 1] >= threshold
            ),
        }
        shares.append((share, p, names, wanted))
        half = stats.norm.ppf(0.975) * np.sqrt(p * (1 - p) / n)
        names = {
            "the interval is the normal approximation: near 1 it leaves the possible": (p - half, p + half),
            "the interval is the normal approximation, cut off: near 1 it is too short": (
                max(p - half, 0),
                min(p + half, 1),
            ),
            "the interval is Wilson's: the exact one is asked for": tuple(
                stats.binomtest(k, n).proportion_ci(method="wilson")
            ),
            "the interval counts all test patients: its n is the number of the ill": tuple(
                stats.binomtest(k, len(yt)).proportion_ci(method="exact")
            ),
            "5 % are cut off on either side: that is an interval of 90 %": tuple(
                stats.binomtest(k, n).proportion_ci(0.9, method="exact")
            ),
        }
        intervals.append(((low, high), tuple(exact), names, f"{exact.low:.4f} to {exact.high:.4f} ({where})"))
        ends.append((got, np.isnan([low, high]).any() and k in (0, n), wanted))
    convict(thresholds, "the threshold is not the lowest candidate that keeps the promise", "Hint 1")
    convict(shares, "the sensitivity is not that of the test part's ill patients", "the card's second point")
    for got, spoiled, wanted in ends:
        check.that(
            not spoiled,
            says="an end of the interval is NaN: where all or none are found, the card names it",
            seen=got,
            expected=wanted,
        )
    convict(intervals, "the interval is not Clopper and Pearson's", "the card's third point")


def clinic(rng, n, ill, step=0.5):
    """Labels and scores on a coarse grid, with many ties between ill and healthy."""
    y = rng.permutation(np.r_[np.ones(ill, int), np.zeros(n - ill, int)])
    return y, np.round(rng.normal(1.6 * y, 1.0) / step) * step


def lists(*values):
    return [np.asarray(v).tolist() for v in values]


fresh = check.rng()
judge_sensitivities(
    [
        ([0, 0, 0, 0, 1, 1], [1, 2, 2, 4, 3, 5], [1, 1, 0], [3, 2, 9], 0.75, "the example of the card"),
        ([0, 0, 0, 0, 1, 1], [1, 2, 3, 3, 3, 5], [1, 1, 1, 0], [3, 5, 2, 1], 0.75, "two healthy patients share a score"),
        ([0, 0, 1, 1], [2, 9, 3, 4], [1, 1, 0], [3, 9, 5], 0.75, "a healthy patient has the highest score"),
        ([0] * 40 + [1] * 4, [*range(40), 38, 30, 45, 50], [1] * 5 + [0] * 3, [38, 37, 39, 60, 3, 1, 2, 50], 0.95, "exactly 95 % of the healthy lie below"),
        *((*clinic(fresh, n, ill), *clinic(fresh, 90, 35), share, "fresh patients with equal scores") for n, ill, share in ((83, 30, 0.95), (60, 23, 0.9), (131, 40, 0.8))),
        *((*lists(*clinic(fresh, 57, 20, 0.01), *clinic(fresh, 40, 15, 0.01)), 0.9, "lists") for _ in range(3)),
        ([0] * 9 + [1], [*range(9), 20], [1, 1, 1, 0], [30, 40, 50, 1], 0.9, "all ill patients are found"),
        ([False] * 9 + [True], [*range(9), 20], [True, True, False], [-1, -2, 5], 0.9, "no ill patient is found, labels are bools"),
    ]
)  # fmt: skip
### BEGIN HIDDEN TESTS
judge_sensitivities(
    [
        (*clinic(fresh, n, ill), *clinic(fresh, 60, 25), share, "other fresh patients")
        for n, ill, share in ((101, 35, 0.95), (77, 20, 0.9), (45, 11, 0.7), (200, 90, 0.95))
    ]
)
### END HIDDEN TESTS

# %%
threshold, sensitivity, low, high = sensitivity_at(malignant[train], score_valid, malignant[test], score_test)
benign = score_test[malignant[test] == 0]
kept = stats.binomtest(int(np.sum(benign < threshold)), len(benign))
kept_low, kept_high = kept.proportion_ci(method="exact")
print(f"of {malignant[test].sum()} malignant lumps {sensitivity:.3f} are found ({low:.3f} to {high:.3f})")
print(f"of {len(benign)} benign ones {kept.statistic:.3f} are called benign ({kept_low:.3f} to {kept_high:.3f})")

# %% [markdown]
# You answer Chiara: *"Of the ill we find 0.953; anything from 0.893 to 0.985 agrees with what I saw."* The AUC of 0.991 did not
# say that.
#
# Challenge the number. You promised a specificity of 0.95 and the test part has 0.922. The interval, 0.872 to 0.957, holds the
# promise, barely. A threshold is an estimate too: it rests on the few healthy patients near it. Say "about 0.95" when you
# promise it.
#
# And these are lumps of one hospital, measured by one team. That is what the rest of this lesson is about.
#
# ## Small studies flatter themselves
#
# Nico Brunner, a data scientist of the house, wants to build a model of his own: *"Eighty patients will do. I let the computer
# find the interactions."* You try it on Cleveland's patients. Twelve measured columns and all their squares and products make
# ninety candidates. Eighty patients are drawn; the ten candidates that go best with the disease are kept; a linear discriminant
# is fitted to them.

# %%
hearts = data.load("hearts", "patients")
cleveland = hearts[hearts["hospital"] == "Cleveland"]
HOSPITALS = list(hearts["hospital"].cat.categories)


def measured(table):
    """Eleven numeric columns that all four hospitals have; a blood pressure of 0 is a missing value."""
    out = table[["age", "trestbps", "thalach", "oldpeak", "exang"]].astype(float)
    out["trestbps"] = out["trestbps"].replace(0.0, np.nan)
    out["male"] = (table["sex"] == "male").astype(float)
    for column in ("cp", "restecg"):
        for name in table[column].cat.categories[:-1]:
            out[name] = (table[column] == name).astype(float)
    return out


def candidates(table):
    """Twelve columns in fixed units, their squares and products: 90 candidates."""
    units = {"age": (55, 10), "trestbps": (130, 20), "thalach": (150, 25), "oldpeak": (1, 1)}
    base = measured(table).drop(columns="ST-T abnormality")  # four patients of Cleveland have it
    base = base.assign(**{name: (base[name] - middle) / unit for name, (middle, unit) in units.items()})
    base = base.assign(chol=(table["chol"] - 250) / 50, fbs=table["fbs"].astype(float)).to_numpy()
    pairs = [base[:, i] * base[:, j] for i in range(base.shape[1]) for j in range(i, base.shape[1])]
    return np.column_stack([base, *pairs])


def strongest(X, y, k):
    """The positions of the k columns of X (n, p) with the largest absolute correlation with y (n,)."""
    centred, label = X - X.mean(axis=0), y - np.mean(y)
    length = np.sqrt((centred**2).sum(axis=0) * (label**2).sum())
    correlation = np.abs(label @ centred) / np.where(length > 0, length, np.inf)
    return np.argsort(-correlation, kind="stable")[:k]


def discriminant(X_fit, y_fit, X_new):
    """Scores (m,) of X_new (m, p) by Fisher's linear discriminant, slightly shrunk, fitted to X_fit (n, p) and y_fit (n,)."""
    middle, spread = X_fit.mean(axis=0), X_fit.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    Z = (X_fit - middle) / spread
    weights = np.linalg.solve(Z.T @ Z + np.eye(Z.shape[1]), Z.T @ (y_fit - np.mean(y_fit)))
    return (X_new - middle) / spread @ weights


many, ill = candidates(cleveland), cleveland["disease"].to_numpy().astype(int)
eighty = np.random.default_rng(0).permutation(len(ill))[:80]
kept_columns = strongest(many[eighty], ill[eighty], 10)
apparent = roc_auc_score(
    ill[eighty], discriminant(many[eighty][:, kept_columns], ill[eighty], many[eighty][:, kept_columns])
)
print(f"{many.shape[1]} candidates; AUC of the ten best on the eighty patients that chose them: {apparent:.3f}")

# %% [markdown]
# An AUC of 0.903, on the patients that made the model: the **apparent** AUC. The 223 patients who were not drawn know better,
# but in a real study nobody has them. What can eighty patients say about themselves?
#
# Frank Harrell's answer: do to the sample what the study did to the hospital. Draw patients from the eighty, with replacement;
# build the model *again* from the resample, choice of columns and all; see how much better it looks on its resample than on the
# eighty. The mean of these differences is the **optimism**. Take it off.
#
# $$\mathrm{corrected} = \mathrm{AUC}_\mathrm{apparent} - \frac{1}{B}\sum_{b=1}^{B}\left[\mathrm{AUC}(\mathrm{model}_b, \mathrm{resample}_b) - \mathrm{AUC}(\mathrm{model}_b, \mathrm{original})\right]$$
#
# ### Exercise 2 · Optimism
#
# 15 min · ●●●○ · 4 points
#
# Write `optimism_corrected(X, y, k, resamples)` with the given `strongest`, `discriminant` and scikit-learn's `roc_auc_score`.
#
# - `X` has shape `(n, p)`, `y` has shape `(n,)` with 1 for ill and 0 for healthy, both arrays. `resamples` is a list of integer
#   arrays or lists of shape `(n,)`: row numbers, drawn with replacement; a patient drawn twice counts twice.
# - **The model** of some rows: the `k` columns that `strongest` finds *in these rows*, then `discriminant` fitted to these
#   rows.
# - **Apparent**: the AUC of the model of all rows on all rows.
# - **Optimism**: for each resample, the AUC of the model of the resample on the resample, minus the AUC of the same model on
#   the original rows `X, y`. Take the mean over the resamples. A resample without an ill or without a healthy patient has no
#   model: leave it out.
# - Return `(apparent, optimism, apparent - optimism)`.
#
# Example: with two resamples whose models reach 0.95 and 0.91 on their resamples and 0.85 and 0.83 on the original rows, and an
# apparent AUC of 0.90, the result is `(0.90, 0.09, 0.81)`.
#
# <details><summary>Hint 1 · the idea</summary>
# Write "fit on these rows, AUC on those rows" as one small function; the choice of columns belongs to the fit. The rest is
# three calls of it.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>X[rows]</code> with repeated row numbers repeats the patients. The columns chosen from a resample are used for both of
# its AUCs. Which rows are tested the second time? All of the original ones, drawn or not.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>def auc_of(fit, test): columns = strongest(X[fit], y[fit], k); return roc_auc_score(y[test], discriminant(X[fit][:, columns], y[fit], X[test][:, columns]))</code>.
# With <code>everyone = np.arange(len(y))</code> the difference of a resample is
# <code>auc_of(rows, rows) - auc_of(rows, everyone)</code>.</details>


# %% exercise="optimism"
def optimism_corrected(X, y, k, resamples):
    """(apparent, optimism, corrected) AUC of 'k strongest columns, then discriminant' by Harrell's bootstrap.

    X: (n, p), y: (n,) of 0 and 1, resamples: list of (n,) row numbers. Resamples of one class are left out.
    """

    ### BEGIN SOLUTION
    def auc_of(fit, test):
        columns = strongest(X[fit], y[fit], k)
        return roc_auc_score(y[test], discriminant(X[fit][:, columns], y[fit], X[test][:, columns]))

    everyone = np.arange(len(y))
    both = [rows for rows in resamples if len(set(y[rows])) == 2]
    apparent = auc_of(everyone, everyone)
    optimism = np.mean([auc_of(rows, rows) - auc_of(rows, everyone) for rows in both])
    return apparent, optimism, apparent - optimism
    ### END SOLUTION


# %% check="optimism" points=4
def pick(X, y, k):
    """numpy's correlation matrix instead of the given formula; a constant column counts as uncorrelated."""
    with np.errstate(all="ignore"):
        r = np.abs(np.corrcoef(X, y, rowvar=False)[-1, :-1])
    return np.argsort(-np.nan_to_num(r), kind="stable")[:k]


def ranks_auc(y, s):
    """The AUC as Mann and Whitney's statistic."""
    r = stats.rankdata(s)
    m = np.sum(y == 1)
    return (r[y == 1].sum() - m * (m + 1) / 2) / (m * np.sum(y == 0))


def shrunk(X, y, new):
    """The same discriminant as least squares with one extra row for each column."""
    middle, spread = X.mean(axis=0), X.std(axis=0)
    spread[spread == 0] = 1.0
    rows = np.vstack([(X - middle) / spread, np.eye(X.shape[1])])
    return (new - middle) / spread @ np.linalg.lstsq(rows, np.r_[y - y.mean(), np.zeros(X.shape[1])], rcond=None)[0]


def judge_optimism(X, y, k, resamples, where):
    """Compare with a bootstrap of its own, named mistakes first."""
    everyone = np.arange(len(y))
    all_columns = pick(X, y, k)

    def auc_of(fit, test, columns=None):
        c = pick(X[fit], y[fit], k) if columns is None else columns
        return ranks_auc(y[test], shrunk(X[fit][:, c], y[fit], X[test][:, c]))

    both = [np.asarray(r) for r in resamples if len(set(y[np.asarray(r)])) == 2]
    home = np.array([auc_of(r, r) for r in both])
    back = np.array([auc_of(r, everyone) for r in both])
    outside = np.array([auc_of(r, r, all_columns) - auc_of(r, everyone, all_columns) for r in both])
    left = [np.setdiff1d(everyone, r) for r in both]
    out = np.array([auc_of(r, o) if len(set(y[o])) == 2 else np.nan for r, o in zip(both, left, strict=True)])
    once = [np.unique(r) for r in both]
    unique = np.array([auc_of(u, u) - auc_of(u, everyone) for u in once])
    mixed = np.array([auc_of(r, r) - auc_of(r, everyone, all_columns) for r in both])
    apparent = auc_of(everyone, everyone)
    target = float(np.mean(home - back))
    got = optimism_corrected(
        X.copy(), y.copy(), k, [list(map(int, r)) if i % 2 else np.asarray(r) for i, r in enumerate(resamples)]
    )
    check.shape(got, (3,), says="three numbers are asked for: apparent, optimism, corrected")
    seen_apparent, optimism, corrected = (float(v) for v in np.asarray(got, dtype=float))
    check.that(not np.isnan([optimism, corrected]).any(), says="a resample of one class spoils the mean: leave it out", seen=got,
               expected=f"optimism {target:.4f}")  # fmt: skip
    wanted = f"optimism {target:.6g} ({where})"
    for says, wrong in (
        ("the apparent AUC is that of the resamples: it is of the model of all rows, on all rows", home.mean()),
        ("the apparent AUC is already tested on something else: it is of all rows, on all rows", back.mean()),
    ):
        if abs(wrong - apparent) > 1e-9:
            check.differs(seen_apparent, wrong, says=says, expected=f"{apparent:.6g}")
    check.close(
        seen_apparent, apparent, says=f"the apparent AUC is not that of the model of all rows on all rows ({where})"
    )
    ones = sum(len(set(y[np.asarray(r)])) == 1 for r in resamples)
    wrongs = [
        ("the columns are chosen once, from all rows: the choice belongs into each resample", outside.mean()),
        ("the columns of all rows are used for the test on the original rows: a model keeps its own columns", mixed.mean()),
        ("the second test is on the rows that were not drawn: here it is on all original rows", np.nanmean(home - out)),
        ("this is the .632 mixture of apparent and left-out AUC: another estimate than Harrell's", 0.632 * (apparent - np.nanmean(out))),
        ("each model is tested on its own resample twice: the optimism is then zero", 0.0),
        ("the apparent AUC of all rows is compared: the difference is between two tests of one resample's model", apparent - back.mean()),
        ("the model of all rows is tested on the resamples: each resample needs a model of its own",
         float(np.mean([auc_of(r, r) - auc_of(everyone, r) for r in both]))),
        ("the model of all rows is tested on the resamples, not the other way round",
         apparent - float(np.mean([auc_of(everyone, r) for r in both]))),
        ("patients drawn twice are counted once: they count twice", unique.mean()),
        ("the difference is taken the other way round: resample minus original", -target),
        ("the median is taken: the mean is asked for", float(np.median(home - back))),
        ("negative differences are made positive: they count as they are", float(np.mean(np.abs(home - back)))),
        ("resamples of one class are left out of the sum, and still counted in the mean", np.sum(home - back) / len(resamples)),
    ]  # fmt: skip
    for says, wrong in wrongs:
        if abs(wrong - target) > 1e-9 and (ones or "one class" not in says):
            check.differs(optimism, wrong, says=says, expected=wanted, look="Hint 3")
    check.close(
        optimism,
        target,
        rtol=1e-5,
        atol=1e-7,
        says=f"the optimism is not the mean difference of the resamples' models ({where})",
    )
    for says, wrong in (
        ("the optimism is added: it is taken off", apparent + target),
        ("the corrected AUC is the mean of the tests on the original rows: it is apparent minus optimism", back.mean()),
    ):
        if abs(wrong - apparent + target) > 1e-9:
            check.differs(corrected, wrong, says=says, expected=f"{apparent - target:.6g}")
    check.close(corrected, apparent - target, rtol=1e-5, says=f"corrected is not apparent minus optimism ({where})")


def study(rng, n, p, sick, strength=0.8):
    """A study of n patients with `sick` ill ones and p columns, three of which mean something."""
    label = rng.permutation(np.r_[np.ones(sick, int), np.zeros(n - sick, int)])
    X = rng.normal(size=(n, p)) + strength * np.outer(label, np.arange(p) < 3)
    return X, label


def draws(rng, y, count):
    """Resamples with both classes."""
    out = []
    while len(out) < count:
        rows = rng.integers(len(y), size=len(y))
        if len(set(y[rows])) == 2:
            out.append(rows)
    return out


fresh = check.rng()
for n, p, sick, k in ((40, 25, 15, 4), (30, 12, 12, 3)):
    X, label = study(fresh, n, p, sick)
    judge_optimism(X, label, k, draws(fresh, label, 9), "fresh patients")
X, label = study(fresh, 24, 10, 5, 0.4)
judge_optimism(
    X,
    label,
    3,
    [*draws(fresh, label, 4), np.flatnonzero(label == 0).repeat(2)[:24], *draws(fresh, label, 2)],
    "one resample without an ill patient",
)
### BEGIN HIDDEN TESTS
for n, p, sick, k in ((50, 30, 20, 5), (36, 8, 10, 2)):
    X, label = study(fresh, n, p, sick)
    judge_optimism(X, label, k, draws(fresh, label, 8), "other fresh patients")
X, label = study(fresh, 26, 9, 20)
judge_optimism(
    X,
    label,
    3,
    [np.flatnonzero(label == 1).repeat(2)[:26], *draws(fresh, label, 5)],
    "one resample without a healthy patient",
)
### END HIDDEN TESTS

# %% [markdown]
# Twelve studies of eighty patients each, forty resamples for each study. The other 223 patients of Cleveland are the truth that
# no study has. The row `chosen outside` repeats a usual shortcut: columns chosen once, before the resampling.

# %%
studies = []
for seed in range(12):
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(ill))
    inside, others = order[:80], order[80:]
    X, label = many[inside], ill[inside]
    resamples = list(draw.integers(80, size=(40, 80)))
    look, _, corrected = optimism_corrected(X, label, 10, resamples)
    columns = strongest(X, label, 10)
    shortcut = optimism_corrected(X[:, columns], label, 10, resamples)[2]
    truth = roc_auc_score(ill[others], discriminant(X[:, columns], label, many[others][:, columns]))
    studies.append((look, shortcut, corrected, truth))
studies = pd.DataFrame(studies, columns=["apparent", "chosen outside", "corrected", "223 others"])
draw = np.random.default_rng(0)
noise = []
for _ in range(12):
    X, label = draw.normal(size=(60, 100)), np.repeat([0, 1], 30)
    noise.append(optimism_corrected(X, label, 5, list(draw.integers(60, size=(40, 60)))))
noise = pd.DataFrame(noise, columns=["apparent", "optimism", "corrected"]).mean()
print(studies.mean().round(3).to_string())
print(
    f"pure noise, 60 patients, 5 of 100 columns kept: apparent {noise['apparent']:.3f}, corrected {noise['corrected']:.3f}, truth 0.500"
)

# %%
figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
for place, (name, marker, colour) in enumerate(zip(studies, "osD^", (ORANGE, BLACK, BLUE, GREEN), strict=True)):
    axes.plot(studies[name], np.full(12, -place), marker, color=colour, alpha=0.7)
    axes.plot([studies[name].mean()] * 2, [-place - 0.3, -place + 0.3], color=BLACK, linewidth=2)
axes.set_yticks([0, -1, -2, -3], list(studies))
axes.set_xlabel("AUC (a mark for each of twelve studies of 80 patients, a bar for their mean)")
plt.show()

# %% [markdown]
# In each row a mark is a study. Apparent AUCs lie furthest to the right, the truth furthest to the left, the corrected ones
# between them and much nearer to the truth.
#
# The apparent AUC promises 0.881, the others give 0.793. The correction takes most of the difference away: 0.816. With the
# choice of columns outside it takes half: 0.838. **It does not take all of it.** Where there is no truth at all (noise, a
# hundred columns, five kept), the corrected AUC is still 0.676 and not 0.5. A bootstrap resample holds copies of the same
# patients, so a model finds in the original rows some patients whom it knows. Treat the optimism as a lower bound, not as an
# absolution. Nico orders more patients.
#
# ## The journey
#
# Now the product. Odermatt's model is a logistic regression on the eleven columns that all four hospitals recorded, trained on
# the 303 patients of Cleveland. You have the other three hospitals: Hungary (Budapest), Switzerland (Zurich and Basel), Long
# Beach (a hospital for veterans in California).
#
# **Predict before you run the next cell.** In which order will the three hospitals' AUCs come, and where will the mean
# probability be furthest from the share of the ill?
#
# <details><summary>A · all about as in Cleveland: arteries are the same everywhere</summary>
# Arteries may be. The patients whom a physician sends to angiography are not.</details>
# <details><summary>B · Hungary nearly as good, the other two worse, and Switzerland's probabilities furthest off</summary>
# Right. Read on for the reason.</details>
# <details><summary>C · Switzerland best, because nearly all of its patients are ill</summary>
# The AUC asks whether the ill are ranked above the healthy. Many ill patients do not make that easier.</details>


# %%
def heart_model():
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000))


features, disease = measured(hearts), hearts["disease"].to_numpy().astype(int)
of = {name: (hearts["hospital"] == name).to_numpy() for name in HOSPITALS}
home = of["Cleveland"]
ten_folds = StratifiedKFold(10, shuffle=True, random_state=0)
risk = heart_model().fit(features[home], disease[home]).predict_proba(features)[:, 1]
risk[home] = cross_val_predict(heart_model(), features[home], disease[home], cv=ten_folds, method="predict_proba")[:, 1]


def auc_interval(y, p, draws=400, seed=0):
    """95 % interval of the AUC over patients, the ill and the healthy drawn apart."""
    rng, sick, well = np.random.default_rng(seed), p[y == 1], p[y == 0]
    wins = (sick[:, None] > well) + 0.5 * (sick[:, None] == well)
    i, j = rng.integers(len(sick), size=(draws, len(sick))), rng.integers(len(well), size=(draws, len(well)))
    return np.quantile([wins[a][:, b].mean() for a, b in zip(i, j, strict=True)], [0.025, 0.975])


journey = pd.DataFrame(
    {
        name: {
            "patients": of[name].sum(),
            "healthy": np.sum(disease[of[name]] == 0),
            "AUC": roc_auc_score(disease[of[name]], risk[of[name]]),
            **dict(zip(("low", "high"), auc_interval(disease[of[name]], risk[of[name]]), strict=True)),
            "share of ill": disease[of[name]].mean(),
            "mean risk": risk[of[name]].mean(),
        }
        for name in HOSPITALS
    }
).T
journey.round(3)

# %% [markdown]
# The row of Cleveland is cross-validated, the other three are patients whom the model has never seen. Odermatt's 0.90 is what
# the model reaches on the very patients it learned from; 0.871 is what Cleveland itself would see. Hungary is as good as
# Cleveland: 0.871. Long Beach, with 0.733, is worse: its interval ends at 0.814, where Cleveland's has not begun. In
# Switzerland the AUC is 0.747, with an interval from 0.585 to 0.903, because only 8 of its 123 patients are healthy.
#
# And the probabilities? In Switzerland the model expects 69 % of ill patients and 94 % are ill. In Long Beach it expects 71 %,
# and 74 % are ill. So Long Beach is well calibrated? Two numbers answer that, both from a logistic regression of the label on
# the forecast's log-odds:
#
# - **calibration-in-the-large**: the constant $a$ in $\mathrm{logit}\,P(\mathrm{ill}) = a + \mathrm{logit}(p)$. The log-odds of
#   the forecast enter as an *offset*: with the coefficient 1, not estimated. It is 0 when the mean forecast is right, positive
#   when the forecasts are too low;
# - **calibration slope**: the coefficient $\beta$ in $\mathrm{logit}\,P(\mathrm{ill}) = \alpha + \beta\,\mathrm{logit}(p)$. It
#   is 1 when the forecasts are spread as they should, below 1 when they are too extreme: the high ones too high, the low ones
#   too low.
#
# ### Exercise 3 · Calibration abroad
#
# 12 min · ●●○○ · 4 points
#
# Write `calibration(y, p)`: `y` of shape `(n,)` with 1 for ill and 0 for healthy, `p` of shape `(n,)` with probabilities
# strictly between 0 and 1; lists or arrays. Both kinds of patients occur, and neither is separated from the other by `p`.
# Return `(a, alpha, beta)`:
#
# - `a`: calibration-in-the-large, the maximum-likelihood estimate with the coefficient of $\mathrm{logit}(p)$ fixed at 1;
# - `alpha`, `beta`: intercept and slope of the second model, by maximum likelihood, **without a penalty**.
#
# All three to at least two decimals (an error below `0.005`). Any way of fitting is right: your own Newton steps, scipy,
# statsmodels.
#
# Example: of 4 patients with `p = 0.2` one is ill, of 4 with `p = 0.8` three. Then
# `calibration([1,0,0,0,1,1,1,0], [.2]*4 + [.8]*4)` is `(0.0, 0.0, 0.792)`: the mean is right, and the observed log-odds are
# ∓1.099 where the forecast says ∓1.386.
#
# <details><summary>Hint 1 · the idea</summary>
# Two logistic regressions of <code>y</code> on <code>x = logit(p)</code>. In the first only the constant is free.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>special.logit</code> and <code>special.expit</code>. The first has a simple score equation: <code>a</code> makes the
# mean of <code>expit(a + x)</code> equal to the mean of <code>y</code>. Beware: scikit-learn's logistic regression has a
# penalty by default, and no offset.</details>
# <details><summary>Hint 3 · almost the code</summary>
# statsmodels: <code>sm.GLM(y, np.ones(n), family=sm.families.Binomial(), offset=x).fit().params</code> and
# <code>sm.Logit(y, sm.add_constant(x)).fit(disp=0).params</code>. By Newton:
# <code>theta += np.linalg.solve(D.T @ (D * (q * (1 - q))[:, None]), D.T @ (y - q))</code>.</details>


# %% exercise="calibration-abroad"
def calibration(y, p):
    """(a, alpha, beta): calibration-in-the-large, and intercept and slope of logit(y) on logit(p).

    y: (n,) of 0 and 1; p: (n,) strictly between 0 and 1. Maximum likelihood, no penalty.
    """
    ### BEGIN SOLUTION
    y, x = np.asarray(y), special.logit(p)

    def newton(design, offset):
        theta = np.zeros(design.shape[1])
        for _ in range(25):
            q = special.expit(offset + design @ theta)
            theta = theta + np.linalg.solve(design.T * (q * (1 - q)) @ design, design.T @ (y - q))
        return theta

    constant = np.ones((len(x), 1))
    return (*newton(constant, x), *newton(np.column_stack([constant, x]), 0))
    ### END SOLUTION


# %% check="calibration-abroad" points=4
def judge_calibration(y, p, where, form=np.asarray):
    """Compare with statsmodels, named mistakes first."""
    label, q = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    x = special.logit(q)
    a = float(sm.GLM(label, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().params[0])
    alpha, beta = (float(v) for v in sm.Logit(label, sm.add_constant(x)).fit(disp=0).params)
    got = calibration(form(y), form(p))
    check.shape(got, (3,), says="three numbers are asked for: a, alpha, beta")
    one, two, three = (float(v) for v in np.asarray(got, dtype=float))
    wanted = f"{a:.3f}, {alpha:.3f}, {beta:.3f} ({where})"
    linear, on_p = np.polyfit(q, label, 1), sm.Logit(label, sm.add_constant(q)).fit(disp=0).params
    on_log = sm.Logit(label, sm.add_constant(np.log(q))).fit(disp=0).params
    penalised = LogisticRegression().fit(x[:, None], label)
    wrongs = [
        (one, a, "the first number is a difference of shares: it is a constant on the log-odds scale", np.mean(label) - np.mean(q)),
        (one, a, "the log-odds of two means are compared: the mean of log-odds is not the log-odds of the mean", special.logit(label.mean()) - special.logit(q.mean())),
        (one, a, "the mean of the forecasts' log-odds is compared: the constant makes the mean of the *probabilities* right", special.logit(label.mean()) - x.mean()),
        (one, a, "the slope is estimated along with the first constant: there it is fixed at 1", alpha),
        (one, a, "the first constant has the wrong sign: positive when the forecasts are too low", -a),
        (one, a, "the forecast is missing from the first model: its log-odds are the offset", special.logit(label.mean())),
        (three, beta, "a straight line is fitted to the labels: the second model is a logistic regression", linear[0]),
        (three, beta, "the regression is on p: it is on the log-odds of p", on_p[1]),
        (three, beta, "the regression is on log(p): log-odds are log(p / (1 - p))", on_log[1]),
        (three, beta, "the fit has a penalty: scikit-learn's default shrinks the slope", penalised.coef_[0, 0]),
        (three, beta, "intercept and slope have changed places: `alpha` is the second number", alpha),
        (three, beta, "the slope is the forecast's on the label's scale: it is the other way round", 1 / beta),
    ]  # fmt: skip
    for value, right, says, wrong in wrongs:
        if abs(wrong - right) > 0.012:
            check.that(abs(value - wrong) > 0.005, says=says, seen=got, expected=wanted, look="the two definitions")
    check.close(
        one, a, rtol=0, atol=0.005, says=f"`a` is not the constant that makes the mean forecast right ({where})"
    )
    check.close(
        [two, three],
        [alpha, beta],
        rtol=0,
        atol=0.005,
        says=f"`alpha` and `beta` are not the maximum-likelihood estimates ({where})",
    )


def ward(rng, n, shift, slope):
    """Labels whose log-odds are shift + slope times the forecast's, and the forecasts."""
    x = rng.normal(0.4, 1.3, n)
    return (rng.random(n) < special.expit(shift + slope * x)).astype(int), special.expit(x)


def as_list(v):
    return np.asarray(v).tolist()


judge_calibration([1, 0, 0, 0, 1, 1, 1, 0], [0.2] * 4 + [0.8] * 4, "the example of the card", as_list)
fresh = check.rng()
judge_calibration(*ward(fresh, 400, 1.1, 0.5), "forecasts too low and too extreme")
judge_calibration(*ward(fresh, 300, -1.2, 1.7), "forecasts too high and too timid")
judge_calibration(*ward(fresh, 250, -0.8, 0.6), "forecasts too high and too extreme", as_list)
judge_calibration(*ward(fresh, 60, 0.9, 1.0), "a small ward")
### BEGIN HIDDEN TESTS
for n, shift, slope in ((350, 0.8, 0.7), (200, -0.7, 1.4), (500, 1.5, 0.9)):
    judge_calibration(*ward(fresh, n, shift, slope), "another ward")
### END HIDDEN TESTS


# %%
def wald(y, p):
    """95 % intervals of calibration-in-the-large and slope, by statsmodels."""
    x = special.logit(p)
    large = sm.GLM(y, np.ones(len(x)), family=sm.families.Binomial(), offset=x).fit().conf_int()[0]
    return [*large, *sm.Logit(y, sm.add_constant(x)).fit(disp=0).conf_int()[1]]


calibrated = {}
for name in HOSPITALS:
    a, alpha, beta = calibration(disease[of[name]], risk[of[name]])
    large_low, large_high, slope_low, slope_high = wald(disease[of[name]], risk[of[name]])
    calibrated[name] = {
        "in the large": a,
        "low": large_low,
        "high": large_high,
        "slope": beta,
        "slope low": slope_low,
        "slope high": slope_high,
    }
calibrated = pd.DataFrame(calibrated).T
calibrated.round(2)

# %%
figure, panels = plt.subplots(1, 4, figsize=(10, 2.8), sharex=True, sharey=True, layout="constrained")
for panel, name in zip(panels, HOSPITALS, strict=True):
    p, y = risk[of[name]], disease[of[name]]
    group = np.searchsorted(np.quantile(p, [0.2, 0.4, 0.6, 0.8]), p)
    for g in range(5):
        low, high = stats.binomtest(int(y[group == g].sum()), int(np.sum(group == g))).proportion_ci(method="exact")
        panel.plot([p[group == g].mean()] * 2, [low, high], color=BLUE)
        panel.plot(p[group == g].mean(), y[group == g].mean(), "o", color=BLUE)
    panel.plot([0, 1], [0, 1], "--", color=BLACK, linewidth=1)
    panel.set_title(name)
    panel.set_xlabel("mean risk of a fifth")
panels[0].set_ylabel("share of ill")
plt.show()

# %% [markdown]
# Four panels, one for each hospital: the share of ill among five groups of patients, by forecast risk, with exact intervals;
# the dashed line is a perfect forecast. Cleveland follows it, and Hungary does but for one group below it. In Switzerland all
# groups lie above it, the ones of low risk by far. Long Beach crosses it: more ill than forecast at low risks, fewer at high
# ones.
#
# Read the table with the figure. **Hungary**: the slope's interval holds 1, the forecasts are a little too high.
# **Switzerland**: 2.70 on the log-odds scale, which multiplies the odds by fifteen. **Long Beach**: calibration-in-the-large of
# 0.26, its interval holds 0. The mean is right! But the slope is 0.54: whoever is told 10 % is at much more than that. A mean
# that is right hides it.
#
# Why? No table can prove it, but there is a reason that needs no Swiss arteries. All these patients were *already chosen* for
# angiography, by different rules. In Zurich and Basel hardly anybody was sent whose disease was in doubt: 94 % are ill. Whoever
# looks healthy and is sent nevertheless has a reason that the eleven columns do not hold. Choice by the symptoms makes the
# symptoms say less, and the AUC falls with them. In Long Beach and Switzerland more than nine patients in ten are men, in
# Cleveland two in three.
#
# You can recalibrate. Add $a$ to the log-odds (the mean is then right), or use $\alpha + \beta\,\mathrm{logit}(p)$ (the spread
# too).


# %%
def recalibrated(p, constant, slope=1.0):
    return special.expit(constant + slope * special.logit(p))


shifted, stretched = risk.copy(), risk.copy()
for name in HOSPITALS[1:]:
    a, alpha, beta = calibration(disease[of[name]], risk[of[name]])
    shifted[of[name]] = recalibrated(risk[of[name]], a)
    stretched[of[name]] = recalibrated(risk[of[name]], alpha, beta)
mended = pd.DataFrame(
    {
        (name, kind): {
            "mean risk": p[of[name]].mean(),
            "Brier score": np.mean((p[of[name]] - disease[of[name]]) ** 2),
            "of the share alone": disease[of[name]].var(),
            "AUC": roc_auc_score(disease[of[name]], p[of[name]]),
        }
        for name in HOSPITALS[1:]
        for kind, p in (("as sold", risk), ("shifted", shifted), ("stretched", stretched))
    }
).T
mended.round(3)

# %% [markdown]
# The shift repairs the mean and most of the Brier score: in Switzerland it falls from 0.166 to 0.060. It does not repair the
# AUC: adding a constant, or stretching, keeps the order of the patients. And compare with the forecast that knows nothing but
# the hospital's share of ill: 0.061 in Switzerland. Shift and stretch together reach 0.056. (And it was fitted on the very
# patients it is judged by. That flatters it.)
#
# ## What is it good for?
#
# Livia does not buy a Brier score. She decides: angiography or not. A catheter in the heart is no trifle; a missed narrowing is
# worse. She says: *"I send a patient from a risk of one in five."* The **threshold** $t = 0.2$ says more than where to cut:
# whoever is indifferent at one in five takes four needless examinations for one disease found. A false positive then weighs
# $t/(1-t) = 1/4$ of a true positive. With this weight, Vickers and Elkin count a test's worth in true positives per patient,
# the **net benefit**:
#
# $$\mathrm{NB}(t) = \frac{\mathrm{TP}(t)}{n} - \frac{\mathrm{FP}(t)}{n}\cdot\frac{t}{1-t}$$
#
# Two rivals need no model: examine all, examine none. A curve over $t$ shows the model beside both, for physicians of any
# caution.
#
# ### Exercise 4 · Net benefit
#
# 8 min · ●●○○ · 3 points
#
# Write `net_benefit(y, p, thresholds)`: `y` of shape `(n,)` with 1 for ill and 0 for healthy, `p` of shape `(n,)` with
# probabilities, `thresholds` of shape `(k,)`, each at least 0 and below 1; lists or arrays.
#
# Return an array (or list of three lists) of shape `(3, k)`, a column for each threshold $t$ in the order given:
#
# - row 0: the model's net benefit; a patient is examined if `p >= t`;
# - row 1: the net benefit of examining **all**, whatever `p` is;
# - row 2: of examining **none**, which is 0.
#
# TP are ill patients examined, FP healthy ones examined, $n$ is the number of **all** patients.
#
# Example: `net_benefit([1, 1, 0, 0], [0.9, 0.2, 0.4, 0.1], [0.2, 0.5])`. At 0.2 three are examined, one of them healthy: 2/4 −
# 1/4 · 0.25 = 0.4375. At 0.5 one is examined: 0.25. All: 0.5 − 0.5 · 0.25 = 0.375 and 0.5 − 0.5 · 1 = 0. Result:
# `[[0.4375, 0.25], [0.375, 0.0], [0.0, 0.0]]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Count true and false positives at each threshold, divide both by all patients, and weigh the false ones by the odds of the
# threshold.</details>
# <details><summary>Hint 2 · where to look</summary>
# The odds of 0.2 are 0.2/0.8 = 1/4. The same t stands in the comparison and in the weight. Examining all is the same formula
# with everybody above the threshold.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>np.mean((p &gt;= t) &amp; (y == 1)) - np.mean((p &gt;= t) &amp; (y == 0)) * t / (1 - t)</code>, for each t.</details>


# %% exercise="net-benefit"
def net_benefit(y, p, thresholds):
    """Net benefit of the model, of examining all and of examining none: shape (3, k) for k thresholds in [0, 1)."""
    ### BEGIN SOLUTION
    y, p = np.asarray(y), np.asarray(p)
    rows = []
    for examined in (lambda t: p >= t, lambda t: p >= 0, lambda t: p < 0):
        rows.append(
            [np.mean(examined(t) & (y == 1)) - np.mean(examined(t) & (y == 0)) * t / (1 - t) for t in thresholds]
        )
    return np.array(rows)
    ### END SOLUTION


# %% check="net-benefit" points=3
def utility(y, examined, t, price=None):
    """Patient by patient: 1 for an ill patient examined, minus the odds of t for a healthy one, divided by all patients."""
    price = t / (1 - t) if price is None else price
    gained = sum(1.0 if sick else -price for sick, look in zip(y, examined, strict=True) if look)
    return gained / len(y)


def name_the_mistake(cases, says):
    """Name the first mistake that explains every wrong row; a case is (row, target, {mistake: its row}, where)."""
    wrong = [case for case in cases if not np.allclose(case[0], case[1], rtol=1e-6, atol=1e-9)]
    if wrong:
        left = [name for name in wrong[0][2] if all(np.allclose(c[0], c[2][name], rtol=1e-6, atol=1e-9) for c in wrong)]
        check.that(False, says=left[0] if left else says, seen=np.round(wrong[0][0], 4).tolist(),
                   expected=f"{np.round(wrong[0][1], 4).tolist()} ({wrong[0][3]})", look="the formula")  # fmt: skip


def judge_net_benefits(inputs):
    """Compare with utilities counted patient by patient: all cases together."""
    models, wholes = [], []
    for y, p, thresholds, where, form in inputs:
        y, p, thresholds = [int(v) for v in y], [float(v) for v in p], [float(v) for v in thresholds]
        n, sick = len(y), sum(y)
        got = net_benefit(form(y), form(p), form(thresholds))
        check.shape(got, (3, len(thresholds)), says="three rows are asked for, a column for each threshold")
        model, everyone, nobody = np.asarray(got, dtype=float)
        check.that(
            np.isfinite(model).all() and np.isfinite(everyone).all(),
            says="a net benefit is not a number: t = 0 has the odds 0",
            seen=got,
        )
        check.close(
            nobody, np.zeros(len(thresholds)), says="examining none gains nothing and costs nothing: row 2 is 0"
        )

        def curve(rule, price=None, y=y, p=p, thresholds=thresholds):
            return np.array([utility(y, [rule(q, t) for q in p], t, price and price(t)) for t in thresholds])

        def at_or_above(q, t):
            return q >= t

        target, whole = curve(at_or_above), curve(lambda q, t: True)
        called = np.array([max(sum(q >= t for q in p), 1) for t in thresholds])
        missed = np.array([sum(s and q < t for s, q in zip(y, p, strict=True)) / n for t in thresholds])
        hits = np.array([sum(s and q >= t for s, q in zip(y, p, strict=True)) / n for t in thresholds])
        odds = np.array(thresholds) / (1 - np.array(thresholds))
        names = {
            "the weight is turned round: odds are t / (1 - t)": curve(at_or_above, lambda t: (1 - t) / max(t, 1e-12)),
            "the weight is t itself: it is the odds of t": curve(at_or_above, lambda t: t),
            "false positives weigh as much as true ones: the threshold says what they weigh": curve(at_or_above, lambda t: 1.0),
            "false positives cost nothing: then examining all is always best": hits,
            "the patients *below* the threshold are examined": curve(lambda q, t: q < t),
            "a patient exactly at the threshold is not examined: p >= t is": curve(lambda q, t: q > t),
            "true and false positives are divided by the number of ill patients: both are divided by all": target * n / sick,
            "the count is divided by the patients examined: it is divided by all": target * n / called,
            "sensitivity and false-positive rate are weighed: both counts are divided by all patients": hits * n / sick - (hits - target) * n / (n - sick),
            "missed patients are subtracted: net benefit counts false positives": hits - missed * odds,
            "the threshold is 0.5 for every t: it moves with t": curve(lambda q, t: q >= 0.5),
            "the count is not divided: it is per patient": target * n,
        }  # fmt: skip
        models.append((model, target, names, where))
        names = {
            "examining all has no false positives here: every healthy patient is one": np.full(
                len(thresholds), sick / n
            ),
            "examining all uses the model's probabilities: it looks at nobody's": target,
            "the weight of examining all is not the odds of t": curve(lambda q, t: True, lambda t: t),
        }
        wholes.append((everyone, whole, names, where))
    name_the_mistake(models, "the model's net benefit is not that of the formula")
    name_the_mistake(wholes, "the net benefit of examining all is not that of the formula")


def practice(rng, n, share):
    """Labels and probabilities of one decimal: many patients exactly at a threshold."""
    y = (rng.permutation(n) < share * n).astype(int)
    return y, np.clip(np.round(0.3 * y + rng.random(n) * 0.6, 1), 0, 1)


fresh = check.rng()
mixed = [0.7, 0.1, 0.0, 0.3, 0.5, 0.9]
judge_net_benefits(
    [
        ([1, 1, 0, 0], [0.9, 0.2, 0.4, 0.1], [0.2, 0.5], "the example of the card", list),
        (*practice(fresh, 60, 0.3), mixed, "fresh patients, thresholds in no order", np.asarray),
        (*practice(fresh, 45, 0.8), mixed, "fresh patients, most of them ill", np.asarray),
    ]
)
y = (fresh.permutation(50) < 10).astype(int)
check.close(
    net_benefit(y, np.full(50, 0.2), [0.2])[1],
    [0.0],
    atol=1e-12,
    says="examining all at a threshold equal to the share of ill is worth 0",
)
check.close(
    net_benefit(y, 0.1 + 0.8 * y, [0.3, 0.6])[0],
    [0.2, 0.2],
    says="a perfect model is worth the share of ill, at any threshold",
)
### BEGIN HIDDEN TESTS
judge_net_benefits(
    [
        (*practice(fresh, n, share), [0.2, 0.4, 0.8, 0.0], "other fresh patients", list)
        for n, share in ((70, 0.2), (33, 0.6))
    ]
)
### END HIDDEN TESTS

# %%
grid = np.arange(0.02, 0.96, 0.02)
figure, panels = plt.subplots(1, 4, figsize=(10, 2.8), sharex=True, layout="constrained")
for panel, name in zip(panels, HOSPITALS, strict=True):
    model, everyone, nobody = net_benefit(disease[of[name]], risk[of[name]], grid)
    panel.plot(grid, model, color=BLUE, linewidth=2, label="model as sold")
    panel.plot(grid, everyone, "--", color=ORANGE, label="examine all")
    panel.plot(grid, nobody, ":", color=BLACK, label="examine none")
    panel.axvline(0.2, color=BLACK, linewidth=0.5)
    panel.set_ylim(-0.15, disease[of[name]].mean() + 0.05)
    panel.set_xticks([0, 0.2, 0.4, 0.6, 0.8])
    panel.set_title(name)
    panel.set_xlabel("threshold t")
panels[0].set_ylabel("net benefit\n(true positives per patient)")
panels[0].legend(loc="upper right", fontsize=7)
plt.show()


# %%
def lead(y, p, t, draws=1000, seed=0):
    """Net benefit of the model minus that of the better of all and none, with its 95 % interval over patients."""
    worth = np.where(y == 1, 1.0, -t / (1 - t))
    gain = np.stack([worth * (p >= t), worth])
    drawn = gain[:, np.random.default_rng(seed).integers(len(y), size=(draws, len(y)))].mean(axis=2)
    (model, everyone), boot = gain.mean(axis=1), drawn[0] - np.maximum(drawn[1], 0)
    return [model - max(everyone, 0), *np.quantile(boot, [0.025, 0.975])]


leads = pd.DataFrame(
    {(name, kind): lead(disease[of[name]], p[of[name]], 0.2)
     for name in HOSPITALS for kind, p in (("as sold", risk), ("shifted", shifted)) if kind == "as sold" or name != "Cleveland"},
    index=["lead at 0.2", "low", "high"],
).T  # fmt: skip
leads.round(3)

# %% [markdown]
# Four panels, net benefit against the threshold, a thin line at 0.2. The model's curve starts where *examine all* starts,
# leaves it at different places, and ends near *examine none*. In Switzerland it lies below *examine all* nearly everywhere. The
# table below the figure puts an interval on one point of each panel: the model's lead over the better of its two rivals at
# Livia's threshold of 0.2.
#
# ### Exercise 5 · Where does it help?
#
# 8 min · ●●○○ · 3 points
#
# Read the figure, the table of leads and the tables before. Fill `decision`:
#
# - `"Cleveland"`, `"Hungary"`, `"Switzerland"`, `"Long Beach"`: the model **as sold**, at a threshold of 0.2, against the
#   better rival: `"helps"` if the interval of the lead lies wholly above 0, `"harms"` if it lies wholly below 0, else
#   `"not shown"`;
# - `"best at 0.5 in Switzerland"`: the highest curve of that panel at t = 0.5: `"model"`, `"all"` or `"none"`;
# - `"all crosses none at"`: the t at which *examine all* falls through zero is, in each panel, the hospital's … `"AUC"`,
#   `"share of ill"`, `"share of healthy"` or `"calibration slope"`;
# - `"Long Beach fails by"`: the number of its calibration whose interval does not hold the value of a perfect forecast:
#   `"in the large"` or `"slope"`;
# - `"the shift in Switzerland"`: what recalibrating by $a$ does there: `"ranks better"` (the AUC rises), `"helps"` (its lead is
#   at least one true positive in a hundred patients), `"harm gone"` (its lead is no longer negative, and smaller than that),
#   `"nothing"` (its lead is as before).
#
# The form: `decision = {"Cleveland": "harms", …, "best at 0.5 in Switzerland": "none", …}`.
#
# <details><summary>Hint 1 · the idea</summary>
# For each hospital two signs: those of the two ends of the interval. The table has them.</details>
# <details><summary>Hint 2 · where to look</summary>
# For the crossing: exercise 4's formula for all, set to zero, gives a t. Or read it off two panels and compare with the table
# of the journey. For the shift: the last table's Swiss rows, and the column AUC of the table of recalibrations.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# The model helps in two hospitals, harms in one, and in one nothing is shown. In Long Beach the mean is right.</details>

# %% exercise="where-it-helps"
# decision = {"Cleveland": ..., "Hungary": ..., …, "Long Beach fails by": ..., "the shift in Switzerland": ...}
### BEGIN SOLUTION
decision = {
    "Cleveland": "helps",
    "Hungary": "helps",
    "Switzerland": "harms",
    "Long Beach": "not shown",
    "best at 0.5 in Switzerland": "all",
    "all crosses none at": "share of ill",
    "Long Beach fails by": "slope",
    "the shift in Switzerland": "harm gone",
}
### END SOLUTION

# %% check="where-it-helps" points=3
patients = data.load("hearts", "patients")
ward_of, truth_of = patients["hospital"].astype(str).to_numpy(), patients["disease"].to_numpy().astype(int)
names = ["Cleveland", "Hungary", "Switzerland", "Long Beach"]
table = patients[["age", "trestbps", "thalach", "oldpeak", "exang"]].astype(float)
table["trestbps"] = table["trestbps"].where(table["trestbps"] > 0)
table["male"] = 1.0 * (patients["sex"] == "male")
for column in ("cp", "restecg"):
    table = pd.concat([table, pd.get_dummies(patients[column], dtype=float).iloc[:, :-1]], axis=1)
made_in = ward_of == "Cleveland"
product = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000))
told = product.fit(table[made_in], truth_of[made_in]).predict_proba(table)[:, 1]
told[made_in] = cross_val_predict(product, table[made_in], truth_of[made_in], method="predict_proba",
                                  cv=StratifiedKFold(10, shuffle=True, random_state=0))[:, 1]  # fmt: skip


def worth(y, p, t):
    """Mean net benefit of the model and of all for each patient, (2, n)."""
    each = np.where(y == 1, 1.0, -t / (1 - t))
    return np.stack([each * (p >= t), each])


options = {name: ["helps", "harms", "not shown"] for name in names} | {
    "best at 0.5 in Switzerland": ["model", "all", "none"],
    "all crosses none at": ["AUC", "share of ill", "share of healthy", "calibration slope"],
    "Long Beach fails by": ["in the large", "slope"],
    "the shift in Switzerland": ["ranks better", "helps", "harm gone", "nothing"],
}
check.that(isinstance(decision, dict), says="`decision` is not a dict", seen=decision)
check.that(
    set(decision) == set(options),
    says="`decision` does not have the entries asked for",
    seen="missing: " + (", ".join(sorted({*options} - {*decision})) or "none") + "; not asked for: " + (", ".join(sorted({*map(str, decision)} - {*options})) or "none"),
)  # fmt: skip
for entry, allowed in options.items():
    check.one_of(decision[entry], allowed, says=f"the entry {entry!r} is none of its options")
for name in names:
    y, p = truth_of[ward_of == name], told[ward_of == name]
    each = worth(y, p, 0.2)
    boot = each[:, np.random.default_rng(1).integers(len(y), size=(1000, len(y)))].mean(axis=2)
    low, high = np.quantile(boot[0] - np.maximum(boot[1], 0), [0.025, 0.975])
    answer, seen = decision[name], f"{name}: {decision[name]}"
    expected = f"the interval {low:.3f} to {high:.3f}"
    check.that(
        answer != "helps" or low > 0,
        says="no help is shown: the interval is not wholly above zero",
        seen=seen,
        expected=expected,
    )
    check.that(
        answer != "harms" or high < 0,
        says="no harm is shown: the interval is not wholly below zero",
        seen=seen,
        expected=expected,
    )
    check.that(
        answer != "not shown" or low <= 0 <= high,
        says="something is shown here: the interval does not hold zero",
        seen=seen,
        expected=expected,
    )
y, p = truth_of[ward_of == "Switzerland"], told[ward_of == "Switzerland"]
half = dict(zip(("model", "all", "none"), [*worth(y, p, 0.5).mean(axis=1), 0.0], strict=True))
best = decision["best at 0.5 in Switzerland"]
check.that(
    best != "none" or half["none"] == max(half.values()),
    says="examining none is the lowest curve there: look at the left scale of the Swiss panel",
    seen=best,
)
check.that(half[best] == max(half.values()), says="another curve lies higher at 0.5 in the Swiss panel", seen=f"{best}: {half[best]:.3f}",
           expected=f"{max(half.values()):.3f}")  # fmt: skip
crossing = decision["all crosses none at"]
zero = {
    name: worth(truth_of[ward_of == name], told[ward_of == name], truth_of[ward_of == name].mean())[1].mean()
    for name in names
}
check.that(max(map(abs, zero.values())) < 1e-12, says="examining all is worth something at the share of ill")
check.differs(crossing, "AUC", says="examining all uses no ranking: an AUC plays no part in its curve")
check.differs(
    crossing, "share of healthy", says="it is the other share: in Hungary the dashed line crosses zero before 0.4"
)
check.differs(
    crossing, "calibration slope", says="examining all uses no probability: calibration plays no part in its curve"
)
x, y = special.logit(told[ward_of == "Long Beach"]), truth_of[ward_of == "Long Beach"]
large = sm.GLM(y, np.ones(len(y)), family=sm.families.Binomial(), offset=x).fit().conf_int()[0]
slope = sm.Logit(y, sm.add_constant(x)).fit(disp=0).conf_int()[1]
intervals = {"in the large": (large, 0), "slope": (slope, 1)}
fails = decision["Long Beach fails by"]
(low, high), perfect = intervals[fails]
check.that(not low <= perfect <= high, says="the interval of that number holds the value of a perfect forecast", seen=f"{fails}: {low:.2f} to {high:.2f}",
           expected=f"an interval without {perfect}")  # fmt: skip
x, y = special.logit(told[ward_of == "Switzerland"]), truth_of[ward_of == "Switzerland"]
a = float(sm.GLM(y, np.ones(len(y)), family=sm.families.Binomial(), offset=x).fit().params[0])
before, after = (np.subtract(*worth(y, special.expit(x + c), 0.2).mean(axis=1)) for c in (0.0, a))
effect, seen = decision["the shift in Switzerland"], f"the lead goes from {before:.3f} to {after:.3f}"
check.that(
    effect != "ranks better",
    says="a constant moves all patients alike: their order, and so the AUC, is as before",
    seen=effect,
)
check.that(
    effect != "nothing",
    says="the lead does change: compare the two Swiss rows of the last table",
    seen=effect,
    expected=seen,
)
check.that(
    effect != "helps" or after >= 0.01,
    says="the lead is less than one true positive in a hundred patients",
    seen=effect,
    expected=seen,
)
### BEGIN HIDDEN TESTS
check.that(
    0 <= after < 0.01 and effect == "harm gone", says="the harm is gone, and no gain comes in its place", seen=effect
)
check.equal(crossing, "share of ill", says="the dashed line crosses zero at the share of ill")
### END HIDDEN TESTS

# %% [markdown]
# Say it to Livia in her own unit. At her threshold, 100 patients like Hungary's would bring 6.3 true positives' worth more with
# the model than with examining everybody. A hundred patients like those of Zurich and Basel in the 1980s would bring 6.9
# **less**: the model, as sold, holds back ill patients. A shift of one constant takes the harm away, and then the advice for
# nearly everyone is the same: examine. A model cannot help where the decision is clear without it.
#
# ## A shortcut
#
# Nico has an idea. *"Why one hospital? I pool all four, 920 patients, more columns, and mark what is missing. Cross-validated:
# 0.88."* Better than Odermatt's. Here is his study.


# %%
def nicos_study(table, columns, never_zero):
    """Cross-validated risk of each row, a Series; `never_zero` is not used yet."""
    X = table[columns].join(table[columns].isna().astype(float).add_prefix("no "))
    X = X.fillna(X.median())
    X = (X - X.mean()) / X.std().replace(0, 1)
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    p = cross_val_predict(LogisticRegression(max_iter=1000), X, table["disease"], cv=folds, method="predict_proba")
    return pd.Series(p[:, 1], index=table.index)


COLUMNS = [*features.columns, "chol", "fbs"]
pooled = features.assign(
    trestbps=hearts["trestbps"],
    chol=hearts["chol"],
    fbs=hearts["fbs"],
    disease=disease,
    hospital=hearts["hospital"].astype(str),
)


def by_hospital(p):
    """AUC, mean risk and share of ill for all rows and each hospital; p is a Series of risks."""
    rows = pooled.loc[p.index]
    parts = {"all pooled": rows.index} | {name: rows.index[rows["hospital"] == name] for name in HOSPITALS}
    return pd.DataFrame(
        {part: {"AUC": roc_auc_score(rows.loc[at, "disease"], p[at]), "mean risk": p[at].mean(), "share of ill": rows.loc[at, "disease"].mean()}
         for part, at in parts.items()}
    ).T  # fmt: skip


nico = by_hospital(nicos_study(pooled, COLUMNS, ["trestbps", "chol"]))
RECORDED = ["trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal"]
gaps = pd.concat([hearts[RECORDED].isna(), hearts["chol"] == 0], axis=1).astype(float).to_numpy()
gap_risk = cross_val_predict(LogisticRegression(), gaps, disease, cv=ten_folds, method="predict_proba")[:, 1]
print(f"a model that sees only which values are missing: AUC {roc_auc_score(disease, gap_risk):.3f} on the pooled rows")
nico.round(3)

# %% [markdown]
# Look at the printed line first: a model that sees **no value at all**, only which of the recorded values are missing, has an
# AUC of 0.745. Missing values tell the hospital (a cholesterol of 0 is Switzerland's way to write "not measured"), and the
# hospital tells the share of ill. The pooled AUC rewards that: it counts pairs of an ill Swiss and a healthy Hungarian, whom no
# physician ever compares. Within the hospitals the AUCs are about what they were, and lower in Switzerland. The mean risk is
# near the share of ill in every hospital, because each hospital's own patients taught it. A fifth hospital will not have done
# so.
#
# ### Exercise 6 · Repair the study
#
# 12 min · ●●●○ · 4 points
#
# `nicos_study` runs and is wrong in five ways. Write `leave_hospital_out(table, columns, never_zero)`, the study as it should
# have been:
#
# 1. **One hospital out.** The risk of a patient comes from a model that was trained on *all other* hospitals and on no patient
#    of his own.
# 2. **Prepared at home.** What fills missing values (the column's median) and what scales the columns (mean and standard
#    deviation, after filling) is computed from the training hospitals alone.
# 3. **No false zeros.** In the columns of `never_zero` a 0 is a missing value. In other columns a 0 is a 0.
# 4. **No marks.** The model sees `columns`, filled and scaled, and nothing else: no marks of what is missing.
# 5. **Each patient once.** A row that repeats an earlier one *in all columns of the table* (hospital and label too; missing
#    equals missing) is left out, from training and result. The first one stays.
#
# `table` is a DataFrame with `columns` (numbers, `NaN` where missing), `disease` (0 or 1) and `hospital` (text), and row labels
# of any kind, each once. Rows of a hospital stand in any order. In every training part, each column has at least two values,
# and both kinds of patients occur. The model is `LogisticRegression(max_iter=1000)`, all else as by default. Leave `table` as
# it is.
#
# Return a Series: the risk of each patient, with the labels of the rows that stay. (The order of the rows does not matter. An
# error below 0.01 is allowed, so that `StandardScaler` and pandas' `std` both pass.)
#
# Example: a table of 20 patients of hospital A, 30 of B and one row of B twice gives a Series of 50 risks; those of A come from
# a model of B's 30 patients.
#
# <details><summary>Hint 1 · the idea</summary>
# Everything that is *learned*, medians and means included, is learned without the hospital that is tested. So it belongs into
# the loop over hospitals, or into a pipeline.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>drop_duplicates</code> first. <code>heart_model()</code> is the pipeline. <code>LeaveOneGroupOut</code> makes the folds,
# with <code>groups=</code> in <code>cross_val_predict</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>once = table.drop_duplicates()</code>, <code>X = once[columns].copy()</code>,
# <code>X[never_zero] = X[never_zero].replace(0, np.nan)</code>, then
# <code>cross_val_predict(heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba")[:, 1]</code>.</details>


# %% exercise="leave-hospital-out"
def leave_hospital_out(table, columns, never_zero):
    """Risk of each patient by a model of all other hospitals: a Series labelled like the rows that stay.

    table: `columns` (numbers, NaN), `disease` (0, 1), `hospital`; a 0 in the columns `never_zero` is a missing value.
    """
    ### BEGIN SOLUTION
    once = table.drop_duplicates()
    X = once[columns].copy()
    X[never_zero] = X[never_zero].replace(0, np.nan)
    p = cross_val_predict(
        heart_model(), X, once["disease"], groups=once["hospital"], cv=LeaveOneGroupOut(), method="predict_proba"
    )
    return pd.Series(p[:, 1], index=once.index)
    ### END SOLUTION


# %% check="leave-hospital-out" points=4
def other_hospitals(table, columns, never_zero, fault=""):
    """The same with numpy: medians, z-scores and Newton's steps for the penalised likelihood; `fault` names a mistake."""
    seen_rows, stay = set(), []
    for label, row in table.iterrows():
        key = tuple("missing" if v != v else v for v in row)
        if key not in seen_rows:
            stay.append(label)
        seen_rows.add(key)
    once = table.loc[stay]
    values = once[columns].to_numpy(float).copy()
    for j, name in enumerate(columns):
        if (name in never_zero and fault != "zeros") or fault == "all zeros":
            values[values[:, j] == 0, j] = np.nan
    hospital, y = once["hospital"].to_numpy(), once["disease"].to_numpy(float)
    out = np.zeros(len(once))
    for name in np.unique(hospital):
        known, new = hospital != name, hospital == name
        centre = np.nanmean(values[known], axis=0) if fault == "means" else np.nanmedian(values[known], axis=0)
        X = np.where(np.isnan(values), 0.0 if fault == "filled with 0" else centre, values)
        if fault == "marks":
            X = np.hstack([X, np.isnan(values)])
        mean, sd = X[known].mean(axis=0), X[known].std(axis=0)
        Z = np.column_stack([np.ones(len(X)), (X - mean) / np.where(sd > 0, sd, 1)])
        penalty = np.diag([0.0] + [1.0] * (Z.shape[1] - 1))
        w = np.zeros(Z.shape[1])
        for _ in range(30):
            q = special.expit(Z[known] @ w)
            w += np.linalg.solve(
                Z[known].T * (q * (1 - q)) @ Z[known] + penalty, Z[known].T @ (y[known] - q) - penalty @ w
            )
        out[new] = special.expit(Z[new] @ w)
    return pd.Series(out, index=once.index)


def risks_of(table, columns, never_zero):
    """The learner's risks as a Series in the table's order, rows told by their labels."""
    got = leave_hospital_out(table.copy(), list(columns), list(never_zero))
    got = (
        pd.Series(got)
        if isinstance(got, dict)
        else got.iloc[:, 0]
        if hasattr(got, "columns") and got.shape[1] == 1
        else got
    )
    check.that(
        isinstance(got, pd.Series),
        says="the answer is no Series of risks with the labels of the rows",
        seen=type(got).__name__,
    )
    right = other_hospitals(table, columns, never_zero).index
    check.that(len(got) != len(table) or len(table) == len(right), says="rows that repeat another are still there: each patient counts once",
               seen=f"{len(got)} risks", expected=f"{len(right)}")  # fmt: skip
    check.that(
        set(got.index) <= set(table.index),
        says="the labels of the rows are not the table's",
        seen=list(got.index)[:5],
        expected=f"some of {list(right)[:5]}, …",
    )
    lost = [label for label in right if label not in set(got.index)]
    twins = table.index[table.duplicated(keep=False)]
    check.that(
        not lost or not set(lost) <= set(twins),
        says="of repeated rows none stays, or not the first: the first one does",
        seen=f"{len(lost)} lost",
    )
    check.that(
        not lost or not table.loc[lost, columns].isna().any(axis=1).all(),
        says="patients with missing values are left out: fill the values",
        seen=f"{len(lost)} lost",
    )
    check.that(
        not lost,
        says="patients of two hospitals with equal values are taken for one: the hospital counts too",
        seen=f"lost: {lost[:3]}",
    )
    check.that(
        len(got) == len(right) and got.index.is_unique,
        says="a patient has more than one risk, or one too many",
        seen=f"{len(got)} risks",
        expected=f"{len(right)}",
    )
    return got.loc[list(right)].astype(float)


def registry(rng, sizes=(34, 28, 40)):
    """Patients of some hospitals: five columns, two of which write missing as 0 in places; repeated rows; labels of rows in no order."""
    parts = []
    for place, n in enumerate(sizes):
        X = rng.normal([50 + 6 * place, 130, 4, 1, 0], [9, 15, 1.5 + place, 1, 1], (n, 5)).round(1)
        ill = (
            rng.random(n) < special.expit(0.12 * (X[:, 0] - 50) - 0.9 * (X[:, 2] - 4) + 0.5 * X[:, 3] + 1.5 * place - 1)
        ).astype(int)
        ill[:4] = [0, 1, 0, 1]
        X[rng.random((n, 5)) < [0.1, 0.05, 0.25, 0.1, 0.0]] = np.nan
        X[rng.random(n) < 0.15 + 0.2 * place, 1] = 0.0
        X[rng.random(n) < 0.25 * place, 2] = 0.0
        X[:, 4] = rng.integers(0, 3, n)
        X[rng.random(n) < 0.3, 3] = 0.0
        X[4:6] = X[4:6].round(0)
        parts.append(pd.DataFrame(X, columns=list("abcde")).assign(disease=ill, hospital="NEWS"[place]))
    table = pd.concat(parts, ignore_index=True)
    whole = table.iloc[10:40].dropna()  # none of these is repeated below
    moved = whole.iloc[[0]].assign(
        hospital="E" if whole["hospital"].iloc[0] != "E" else "W"
    )  # equal values, another hospital
    table = pd.concat([table, table.iloc[[2, 9, 9, 40, 41, 70, 71, 72]], moved], ignore_index=True)
    table = table.iloc[rng.permutation(len(table))]
    return table.set_index(pd.Index(rng.permutation(900)[: len(table)]))


def judge_registry(table, columns, never_zero, where):
    """Properties first: whose labels and values move a hospital's risks; then the numbers of another implementation."""
    got = risks_of(table, columns, never_zero)
    for name in ("E", "N"):
        here = table["hospital"] == name
        flipped = risks_of(
            table.assign(disease=table["disease"].where(~here, 1 - table["disease"])), columns, never_zero
        )
        same = here.loc[got.index]
        check.that(np.abs(flipped - got)[same].max() < 1e-6, says="a hospital's own labels move its risks: it has trained its own model",
                   seen=f"by up to {np.abs(flipped - got)[same].max():.3f}", expected="0, when only its own labels change", look="point 1")  # fmt: skip
        fed = table.copy()
        fed.loc[here, columns[:2]] = fed.loc[here, columns[:2]].where(
            fed.loc[here, columns[:2]] == 0, fed.loc[here, columns[:2]] * 3 + 50
        )
        keep = table.loc[got.index[same]].index[:1]
        fed.loc[keep] = table.loc[keep].to_numpy()
        fed = fed.astype(table.dtypes.to_dict())
        moved = risks_of(fed, columns, never_zero)
        check.that(np.abs(moved - got)[keep].max() < 1e-6, says="the values of a hospital's other patients move a patient's risk: medians or scales are learned from the tested hospital",
                   seen=f"by up to {np.abs(moved - got)[keep].max():.3f}", expected="0", look="point 2")  # fmt: skip
    right = other_hospitals(table, columns, never_zero)
    for says, fault in (
        ("zeros of `never_zero` are taken for values: there they are missing", "zeros"),
        ("zeros of every column are taken for missing: only those of `never_zero` are", "all zeros"),
        ("the model sees marks of what is missing: they tell the hospital", "marks"),
        ("missing values are filled with 0: the training part's median is asked for", "filled with 0"),
        ("missing values are filled with the mean: the median is asked for", "means"),
    ):
        wrong = other_hospitals(table, columns, never_zero, fault)
        if np.abs(wrong - right).max() > 0.02:
            check.that(
                np.abs(got - wrong).max() > 0.01,
                says=says,
                seen=got.iloc[:4].round(3).tolist(),
                expected=f"{right.iloc[:4].round(3).tolist()}, … ({where})",
            )
    check.close(
        got.to_numpy(),
        right.to_numpy(),
        rtol=0,
        atol=0.01,
        says=f"the risks are not those of the models of the other hospitals ({where})",
    )


fresh = check.rng()
judge_registry(registry(fresh), list("abcde"), ["b", "c"], "three hospitals")
judge_registry(registry(fresh, (30, 26, 36, 24)), list("abcde"), ["b", "c"], "four hospitals")
sample = registry(fresh)
check.unchanged(leave_hospital_out, sample, list("abcde"), ["b", "c"], says="the table is changed: work on a copy")
### BEGIN HIDDEN TESTS
judge_registry(registry(fresh, (40, 30, 25)), list("abcd"), ["c", "b"], "fewer columns")
### END HIDDEN TESTS

# %%
repaired = by_hospital(leave_hospital_out(pooled, COLUMNS, ["trestbps", "chol"]))
print(f"{pooled.duplicated().sum()} repeated rows")
pd.concat(
    {
        "Nico's": nico[["AUC", "mean risk"]],
        "one hospital out": repaired[["AUC", "mean risk"]],
        "": repaired[["share of ill"]],
    },
    axis=1,
).round(3)

# %% [markdown]
# The pooled AUC falls from 0.882 to 0.844, and that number should not be looked at in the first place. Within Switzerland the
# honest model even ranks better (0.733) than Nico's (0.670), which spent itself on telling hospitals apart. What falls is the
# **calibration in a new place**: Nico's study promises a mean risk of 0.842 in Switzerland. A model that has never seen
# Switzerland says 0.636, and 0.935 are ill. Three hospitals in the training do not teach it the rule by which the fourth
# chooses its patients.
#
# ## How many?
#
# "The specificity in Zurich and Basel?" asks Livia. At a threshold of 0.5 four of the 8 healthy are called healthy. That is
# 0.5, with an exact interval from 0.157 to 0.843: nothing.
#
# So she will collect patients of her own. How many? The normal approximation to the interval of a share $s$ among $n$ patients
# has the half-width $z\sqrt{s(1-s)/n}$ with $z \approx 1.96$. Turned round (Buderer 1996):
#
# $$n = \frac{z^2\,s\,(1-s)}{w^2}$$
#
# For the sensitivity $n$ counts the **ill**, for the specificity the **healthy**. A ward gets both together, in shares that it
# cannot choose.
#
# **Predict before you write.** A half-width of 0.05 around a sensitivity and a specificity of 0.9; 93.5 % of the patients are
# ill. About 140? 280? 2,100?
#
# ### Exercise 7 · Patients needed
#
# 6 min · ●○○○ · 2 points
#
# Write `patients_needed(sensitivity, specificity, half_width, prevalence)`; all four are strictly between 0 and 1, `prevalence`
# is the share of ill. Return three whole numbers `(ill, healthy, patients)`:
#
# - `ill`: the ill patients needed, by the formula with $s$ = sensitivity, $w$ = half-width and `z = stats.norm.ppf(0.975)`,
#   rounded **up**;
# - `healthy`: the same for the specificity;
# - `patients`: the smallest number of patients among whom, at this prevalence, at least `ill` ill **and** at least `healthy`
#   healthy ones are *expected*. (Start from the rounded numbers, round up again.)
#
# Example: `patients_needed(0.9, 0.8, 0.05, 0.3)`: 138.3 and 245.9 are needed, so 139 and 246. 139/0.3 = 463.3 and 246/0.7 =
# 351.4: the ill decide. Result: `(139, 246, 464)`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two closed forms, then two divisions. The scarcer kind decides.</details>
# <details><summary>Hint 2 · where to look</summary>
# Of n patients n × prevalence are ill and n × (1 − prevalence) healthy. Both demands must hold: that is a maximum, not a
# sum.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>ill = math.ceil(z**2 * s * (1 - s) / w**2)</code>,
# <code>patients = max(math.ceil(ill / prevalence), math.ceil(healthy / (1 - prevalence)))</code>.</details>


# %% exercise="patients-needed"
def patients_needed(sensitivity, specificity, half_width, prevalence):
    """(ill, healthy, patients): numbers for 95 % intervals of this half-width around both shares, by the normal approximation."""
    ### BEGIN SOLUTION
    z = stats.norm.ppf(0.975)
    ill, healthy = (int(np.ceil(z**2 * s * (1 - s) / half_width**2)) for s in (sensitivity, specificity))
    return ill, healthy, int(np.ceil(max(ill / prevalence, healthy / (1 - prevalence))))
    ### END SOLUTION


# %% check="patients-needed" points=2
def judge_needed(sensitivity, specificity, half_width, prevalence, where):
    """The closed form from statsmodels, the patients by counting up; named mistakes first."""
    raw = [float(samplesize_confint_proportion(s, half_width)) for s in (sensitivity, specificity)]
    ill, healthy = (int(np.ceil(v)) for v in raw)
    patients = 1
    while patients * prevalence < ill or patients * (1 - prevalence) < healthy:
        patients += 1
    got = patients_needed(sensitivity, specificity, half_width, prevalence)
    check.shape(got, (3,), says="three numbers are asked for: ill, healthy, patients")
    one, two, three = (float(v) for v in np.asarray(got, dtype=float))
    wanted = f"({ill}, {healthy}, {patients}) ({where})"
    for says, factor in (
        ("the half-width is taken for the whole width, or the other way round", 4),
        ("the half-width is taken for the whole width: the interval reaches this far to either side", 0.25),
        ("z is that of a one-sided bound: 0.975 is asked for", (stats.norm.ppf(0.95) / stats.norm.ppf(0.975)) ** 2),
        ("z is not squared", 1 / stats.norm.ppf(0.975)),
    ):
        if np.ceil(raw[0] * factor) != ill:
            check.differs(one, np.ceil(raw[0] * factor), says=says, expected=wanted)
    check.differs(one, np.ceil(raw[0] * half_width), says="the half-width is not squared", expected=wanted)
    if ill != healthy:
        check.that(
            (one, two) != (healthy, ill),
            says="ill and healthy have changed places: the sensitivity is of the ill",
            seen=got,
            expected=wanted,
        )
    check.that((one, two) not in {(np.floor(raw[0]), np.floor(raw[1])), (round(raw[0]), round(raw[1]))} - {(ill, healthy)},
               says="the number of patients is rounded down: a part of a patient is one more", seen=got, expected=wanted)  # fmt: skip
    check.that(
        float(one).is_integer() and float(two).is_integer() and float(three).is_integer(),
        says="these are no whole numbers: round up",
        seen=got,
        expected=wanted,
    )
    check.equal(one, ill, says=f"the number of ill patients is not that of the formula ({where})")
    check.equal(two, healthy, says=f"the number of healthy patients is not that of the formula ({where})")
    wrongs = [
        ("the two needs are added: a ward gets ill and healthy patients together", np.ceil(ill / prevalence) + np.ceil(healthy / (1 - prevalence))),
        ("the prevalence is left out: the patients come as they come", ill + healthy),
        ("the prevalence is left out: the patients come as they come, and the larger need is not their number", max(ill, healthy)),
        ("only the ill are provided for: the healthy may be the scarce ones", np.ceil(ill / prevalence)),
        ("only the healthy are provided for: the ill may be the scarce ones", np.ceil(healthy / (1 - prevalence))),
        ("ill patients are divided by the share of the healthy, or healthy by the share of the ill", max(np.ceil(ill / (1 - prevalence)), np.ceil(healthy / prevalence))),
        ("the smaller of the two needs is taken: both must be met", min(np.ceil(ill / prevalence), np.ceil(healthy / (1 - prevalence)))),
        ("it is multiplied by the share: fewer patients than ill ones", np.ceil(max(ill * prevalence, healthy * (1 - prevalence)))),
    ]  # fmt: skip
    for says, wrong in wrongs:
        if wrong != patients:
            check.differs(three, wrong, says=says, expected=wanted)
    check.equal(three, patients, says=f"this is not the smallest number of patients that meets both needs ({where})")


judge_needed(0.9, 0.8, 0.05, 0.3, "the example of the card")
judge_needed(0.9, 0.9, 0.05, 0.935, "a ward like Zurich's")
judge_needed(0.95, 0.6, 0.07, 0.12, "few are ill")
judge_needed(0.7, 0.85, 0.043, 0.61, "many are ill")
fresh = check.rng()
done = 0
while done < 4:
    s1, s2, w, share = (
        fresh.uniform(0.6, 0.97),
        fresh.uniform(0.6, 0.97),
        fresh.uniform(0.03, 0.09),
        fresh.uniform(0.05, 0.95),
    )
    needs = [float(samplesize_confint_proportion(s, w)) for s in (s1, s2)]
    ends = [*needs, np.ceil(needs[0]) / share, np.ceil(needs[1]) / (1 - share)]
    if all(0.1 < v % 1 < 0.9 for v in ends):  # so that 1.96 for z and a rounding error change nothing
        judge_needed(s1, s2, w, share, "fresh numbers")
        done += 1
### BEGIN HIDDEN TESTS
judge_needed(0.88, 0.71, 0.06, 0.47, "another ward")
judge_needed(0.77, 0.91, 0.05, 0.87, "another ward, many ill")
### END HIDDEN TESTS

# %%
ill_needed, healthy_needed, zurich = patients_needed(0.9, 0.9, 0.05, disease[of["Switzerland"]].mean())
enough = stats.binom.sf(healthy_needed - 1, zurich, 1 - disease[of["Switzerland"]].mean())
four = stats.binomtest(int(np.sum(risk[of["Switzerland"]][disease[of["Switzerland"]] == 0] < 0.5)), 8)
print(
    f"{ill_needed} ill and {healthy_needed} healthy: {zurich:,} patients as in Switzerland; chance that so many bring {healthy_needed} healthy ones: {enough:.2f}"
)
print(
    f"specificity there at 0.5: {four.k} of 8, {four.proportion_ci(method='exact').low:.3f} to {four.proportion_ci(method='exact').high:.3f}"
)
promised = sensitivity_at(disease[home], risk[home], disease[of["Switzerland"]], risk[of["Switzerland"]])
print(
    f"threshold of 0.95 specificity in Cleveland: sensitivity in Switzerland {promised[1]:.3f} ({promised[2]:.3f} to {promised[3]:.3f})"
)

# %% [markdown]
# 2,138 patients, fifteen times the 139 that somebody who thinks of the ill alone would collect, and even so the chance that
# they bring 139 healthy ones is about one half: an expectation is no promise. The healthy are the scarce kind in Zurich.
# Whoever wants to know a specificity there has to look where patients are *less* chosen, which is also where a model could be
# of use.
#
# The last line uses your first exercise once more: the threshold that keeps a specificity of 0.95 in Cleveland finds 0.609 of
# the ill in Switzerland (0.513 to 0.698). A threshold does not travel either.
#
# ### Exercise 8 · Letter to Livia
#
# 10 min · ●●○○ · 4 points
#
# Livia Frei asked: "Is it of use here?" Answer her in 120 to 200 words. She is a physician: she knows sensitivity and
# specificity, but no log-odds, no slope, no AUC unless you say what it means. Use numbers of this lesson. A person grades it;
# each line is worth a point:
#
# | | full (1) | half (½) | none (0) |
# |---|---|---|---|
# | **answer first** | says in the first two sentences whether to use the model as sold, with its effect at her threshold against examining everybody in the Swiss patients, and the interval | an answer with a number of another hospital, or without an interval | no answer, or "the AUC is good" |
# | **what is not known** | how few healthy Swiss patients there are and what that leaves open (an interval of specificity or AUC), *and* that these are patients of the 1980s, or nearly all men | one of the two | nothing is left open |
# | **why** | the hospitals choose their patients differently (94 % ill): the probabilities carry Cleveland's mix, and a shift mends the mean, not the ranking | the different share of ill, without what follows | "the data are different", or blames the algorithm |
# | **next step** | one action that would settle it, with a number: how many patients of her own, and of which kind the scarce ones are | "collect more data", "recalibrate" | none, or "deploy it" |
#
# <details><summary>Hint 1 · the idea</summary>
# She decides patient by patient. What happens to her patients if she follows the model?</details>
# <details><summary>Hint 2 · where to look</summary>
# The table of leads at 0.2, the table of the journey, exercise 7.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "No, not as it is sold. Among 100 patients like those of Zurich and Basel …"</details>

# %% [markdown] explain="letter-to-zurich" points=4
# Dear Livia,
#
# No, not as it is sold. If you sent patients to angiography from a risk of one in five, the model would cost you, for every
# hundred patients like those of Zurich and Basel, the worth of 6.9 narrowed arteries found, compared with examining everybody
# (95 % interval 2.4 to 11.6). In Budapest it would have gained 6.3.
#
# The reason is not the heart. Your predecessors sent almost only patients who were ill: 94 %, against 46 % in Cleveland. The
# model carries Cleveland's mix and expects 69 %. We can shift all its risks upwards, and then it does no harm; but it ranks
# your patients no better for that, and advises to examine nearly everyone, which you do already.
#
# What I cannot say: how many healthy patients it would spare. There are 8 among the 123, four of them recognised; anything from
# 16 % to 84 % agrees with that. And the patients are of the 1980s, nearly all men.
#
# If you want to know, we need patients of today. For a specificity within five points we need 139 healthy ones, about 2,100
# patients at your old mix. I would start in the outpatient clinic, where patients are less chosen.

# %% [markdown]
# ## What travels
#
# - A **ranking** travels to patients who are chosen alike: Hungary. It suffers where the choice already used what the model
#   uses.
# - A **probability** does not travel without its hospital's share of ill. A shift mends the mean, a stretch the spread; neither
#   mends the order.
# - A **threshold** for a promised specificity is a promise of one place.
# - **Help** is a matter of the decision: net benefit, at the physician's threshold, against what she does without you.
#
# The makers of this table took the same journey in 1989, with a discriminant function of Cleveland and more of the tests than
# our eleven columns; their paper counts 143 Swiss patients, UCI's table holds 123. It reports that the function expected too
# much disease in Hungary and Long Beach and too little in Switzerland. Two of these three signs are ours too; in Long Beach our
# mean is slightly too low, and not shown to be wrong.
#
# Once more: patients, tests and treatments of this lesson are forty years old. **None of it is for medical use.** The method
# is.

# %% claims=true
check.prose(
    "0.90",
    roc_auc_score(disease[home], heart_model().fit(features[home], disease[home]).predict_proba(features[home])[:, 1]),
)
check.prose("0.95", 0.95)
check.prose("0.953", sensitivity)
check.prose("0.893", low_end := stats.binomtest(101, 106).proportion_ci(method="exact").low)
check.close(
    [low_end, sensitivity],
    [
        stats.binomtest(int(np.sum(score_test[malignant[test] == 1] >= threshold)), 106)
        .proportion_ci(method="exact")
        .low,
        101 / 106,
    ],
)
check.prose("0.985", stats.binomtest(101, 106).proportion_ci(method="exact").high)
check.prose("0.991", roc_auc_score(malignant[test], score_test))
check.prose("0.922", kept.statistic)
check.prose("0.872", kept_low)
check.prose("0.957", kept_high)
check.equal((many.shape[1], len(ill), len(ill) - 80), (90, 303, 223))
check.prose("0.903", apparent)
check.prose("0.881", studies["apparent"].mean())
check.prose("0.793", studies["223 others"].mean())
check.prose("0.816", studies["corrected"].mean())
check.prose("0.838", studies["chosen outside"].mean())
means = studies.mean()
taken = (means["apparent"] - means) / (means["apparent"] - means["223 others"])
check.within(taken["corrected"], 0.65, 0.85)
check.within(taken["chosen outside"], 0.4, 0.55)
check.prose("0.676", noise["corrected"])
check.prose("0.5", 0.5)
check.prose("0.871", journey.loc["Cleveland", "AUC"])
check.prose("0.871", journey.loc["Hungary", "AUC"])
check.prose("0.733", journey.loc["Long Beach", "AUC"])
check.prose("0.814", journey.loc["Long Beach", "high"])
check.that(
    journey.loc["Long Beach", "high"] < journey.loc["Cleveland", "low"],
    says="the intervals of Long Beach and Cleveland overlap",
)
check.prose("0.747", journey.loc["Switzerland", "AUC"])
check.prose("0.585", journey.loc["Switzerland", "low"])
check.prose("0.903", journey.loc["Switzerland", "high"])
check.equal(
    (
        journey.loc["Switzerland", "healthy"],
        journey.loc["Switzerland", "patients"],
        journey.loc["Cleveland", "patients"],
    ),
    (8, 123, 303),
)
check.prose("69 %", journey.loc["Switzerland", "mean risk"])
check.prose("94 %", journey.loc["Switzerland", "share of ill"], tolerance=0.0051)
check.prose("93.5 %", journey.loc["Switzerland", "share of ill"])
check.prose("0.935", journey.loc["Switzerland", "share of ill"])
check.prose("46 %", journey.loc["Cleveland", "share of ill"])
check.prose("71 %", journey.loc["Long Beach", "mean risk"])
check.prose("74 %", journey.loc["Long Beach", "share of ill"], tolerance=0.0051)
check.prose("2.70", calibrated.loc["Switzerland", "in the large"])
check.within(np.exp(calibrated.loc["Switzerland", "in the large"]), 14, 16)
check.prose("0.26", calibrated.loc["Long Beach", "in the large"], tolerance=0.006)
check.that(
    calibrated.loc["Long Beach", "low"] < 0 < calibrated.loc["Long Beach", "high"],
    says="the mean of Long Beach is shown to be wrong",
)
check.prose("0.54", calibrated.loc["Long Beach", "slope"])
check.that(
    calibrated.loc["Hungary", "slope low"] < 1 < calibrated.loc["Hungary", "slope high"],
    says="Hungary's slope is not 1",
)
check.that(calibrated.loc["Hungary", "high"] < 0, says="Hungary's forecasts are not too high")
beach = calibration(disease[of["Long Beach"]], risk[of["Long Beach"]])
check.that(recalibrated(0.1, *beach[1:]) > 0.25, says="10 % in Long Beach is not much more")
check.prose("10 %", 0.1)
men = (hearts["sex"] == "male").groupby(hearts["hospital"], observed=True).mean()
check.that(
    men[["Switzerland", "Long Beach"]].min() > 0.9 and 0.65 < men["Cleveland"] < 0.7,
    says="the shares of men are others",
)
check.prose("0.166", mended.loc[("Switzerland", "as sold"), "Brier score"])
check.prose("0.060", mended.loc[("Switzerland", "shifted"), "Brier score"])
check.prose("0.056", mended.loc[("Switzerland", "stretched"), "Brier score"])
check.prose("0.061", mended.loc[("Switzerland", "as sold"), "of the share alone"])
check.that(mended["AUC"].groupby(level=0).agg(np.ptp).max() < 1e-12, says="recalibration moves an AUC")
check.prose("0.2", 0.2)
check.prose("6.3", 100 * leads.loc[("Hungary", "as sold"), "lead at 0.2"])
check.prose("6.9", -100 * leads.loc[("Switzerland", "as sold"), "lead at 0.2"])
check.prose("2.4", -100 * leads.loc[("Switzerland", "as sold"), "high"])
check.prose("11.6", -100 * leads.loc[("Switzerland", "as sold"), "low"])
check.prose("0.88", nico.loc["all pooled", "AUC"])
check.equal(len(hearts), 920)
check.prose("0.745", roc_auc_score(disease, gap_risk))
check.prose("0.882", nico.loc["all pooled", "AUC"])
check.prose("0.844", repaired.loc["all pooled", "AUC"])
check.prose("0.733", repaired.loc["Switzerland", "AUC"])
check.prose("0.670", nico.loc["Switzerland", "AUC"])
check.prose("0.842", nico.loc["Switzerland", "mean risk"])
check.prose("0.636", repaired.loc["Switzerland", "mean risk"])
check.that(
    (nico["AUC"] - journey["AUC"].reindex(nico.index)).abs().drop(["all pooled", "Switzerland"]).max() < 0.02,
    says="Nico's AUCs within hospitals are others",
)
check.that(
    (nico["mean risk"] - nico["share of ill"]).abs().max() < 0.1, says="Nico's mean risks are not near the shares"
)
check.equal((four.k, four.n, ill_needed, healthy_needed), (4, 8, 139, 139))
check.prose("0.157", four.proportion_ci(method="exact").low)
check.prose("0.843", four.proportion_ci(method="exact").high)
check.prose("16 %", four.proportion_ci(method="exact").low)
check.prose("84 %", four.proportion_ci(method="exact").high)
check.prose("2,138", zurich)
check.prose("2,100", zurich, tolerance=50)
check.prose("1.96", stats.norm.ppf(0.975))
check.prose("0.05", 0.05)
check.prose("0.25", 1 / 4)
check.prose("95 %", 0.95)
check.prose("0.9", 0.9)
check.within(enough, 0.45, 0.55)
check.prose("0.609", promised[1])
check.prose("0.513", promised[2])
check.prose("0.698", promised[3])

# %% [markdown]
# ## Sources
#
# - R. Detrano, A. Janosi, W. Steinbrunn, M. Pfisterer et al., "International application of a new probability algorithm for the
#   diagnosis of coronary artery disease", American Journal of Cardiology 64 (1989), 304–310.
# - A. J. Vickers, E. B. Elkin, "Decision curve analysis: a novel method for evaluating prediction models", Medical Decision
#   Making 26 (2006), 565–574; A. J. Vickers, B. Van Calster, E. W. Steyerberg, "A simple, step-by-step guide to interpreting
#   decision curve analysis", Diagnostic and Prognostic Research 3 (2019), 18.
# - F. E. Harrell, K. L. Lee, D. B. Mark, "Multivariable prognostic models: issues in developing models, evaluating assumptions
#   and adequacy, and measuring and reducing errors", Statistics in Medicine 15 (1996), 361–387. The same correction in R:
#   [rms::validate](https://search.r-project.org/CRAN/refmans/rms/html/validate.html).
# - B. Van Calster, D. J. McLernon, M. van Smeden, L. Wynants, E. W. Steyerberg, "Calibration: the Achilles heel of predictive
#   analytics", BMC Medicine 17 (2019), 230.
# - N. M. F. Buderer, "Statistical methodology: I. Incorporating the prevalence of disease into the sample size calculation for
#   sensitivity and specificity", Academic Emergency Medicine 3 (1996), 895–900.
# - R. D. Riley et al., "Calculating the sample size required for developing a clinical prediction model", BMJ 368 (2020), m441:
#   for building a model, not for testing one.
# - C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika
#   26 (1934), 404–413.
# - W. N. Street, W. H. Wolberg, O. L. Mangasarian, "Nuclear feature extraction for breast tumor diagnosis", 1993; the table as
#   scikit-learn ships it:
#   [load_breast_cancer](https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_breast_cancer.html).
# - Data: A. Janosi, W. Steinbrunn, M. Pfisterer, R. Detrano, "Heart Disease", UCI Machine Learning Repository 1989, CC BY 4.0,
#   [doi:10.24432/C52P4X](https://doi.org/10.24432/C52P4X) (`datasets/hearts/datasheet.md`).
