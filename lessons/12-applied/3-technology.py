# %% [markdown]
# # Technology: whom to call
#
# After this lesson you can:
#
# - put a price on a customer who stays, month by month, and discount it;
# - choose whom to call under a budget, and say why the customers most at risk are the wrong list;
# - estimate what a call *changes* (uplift) from a randomised pilot, and judge a ranking by it with a Qini curve;
# - price a campaign before it runs, from the pilot, with an interval;
# - see how a model that acts spoils the data of its successor, and keep the rows that are still fit to learn from.
#
# **The story.** (Its people are invented, and so are the customers: the dataset is a generator's output.) A telephone company loses a quarter of its
# customers. Ines Moreau leads the team that calls them and offers a discount. She has a budget of a thousand calls a month. *"Last
# year's model told us who is about to leave,"* she says. *"It was good: area under the curve 0.84. We called the thousand at
# the top. The controller says that we lost money. How can a good model lose money?"*

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 01) A forecast of 0.15 is below one half. When do you act on it all the same?
#
# <details><summary>A · never: it is more likely not to happen</summary>
# No. What counts is what each of the two mistakes costs.</details>
# <details><summary>B · when a missed case costs more than about six needless actions</summary>
# Right. The threshold is the cost of a needless action over the sum of both costs. Today a third number joins them: what the action
# changes.</details>
# <details><summary>C · when the model is well calibrated</summary>
# That is a condition for trusting 0.15, not a reason to act.</details>
#
# **2.** (Module 02) A column is written after the event it is to forecast. What do you call that?
#
# <details><summary>A · a leak: the model learns from the future, and the test looks splendid</summary>
# Right. Today it comes in a new shape: what *you* did is in the label.</details>
# <details><summary>B · drift</summary>
# No. Drift is a change of the world. This is a fault of the table.</details>
# <details><summary>C · an outlier</summary>
# No. Each value may be quite ordinary.</details>
#
# **3.** (Module 04) Two models differ by three thousandths in AUC. What do you need before you say that one is better?
#
# <details><summary>A · more digits</summary>
# No. More digits of one draw are still one draw.</details>
# <details><summary>B · an interval of the difference, on the same rows</summary>
# Right. The same holds for two campaigns, and there it is dollars.</details>
# <details><summary>C · a larger model</summary>
# No.</details>

# %%
import mle
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from mle import check, data

BLUE, ORANGE, GREEN, PURPLE, BLACK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000"  # Okabe-Ito

customers = data.load("churn", "customers")
customers = customers[customers["tenure"] > 0].reset_index(drop=True)  # the others have not had a month yet
print(f"{len(customers):,} customers, {customers['churn'].mean():.3f} of them left")

# %% [markdown]
# ## What a customer is worth
#
# Losing a customer costs the margin that he would have brought: this month, and each further month in which he would still have been there,
# a little less each, for money later is worth less than money now.

# %% [markdown]
# ### Exercise 1 · Money that is still to come
#
# 8 min · ●●○○ · 3 points
#
# Write `customer_value(margin, stay, months, discount)`: the expected margin of the next `months` months, in today's dollars.
#
# - In month `t` = 1, 2, …, `months` the customer is still there with probability `stay**t`, and if he is, he pays `margin` dollars at the end of the month.
# - A dollar at the end of month `t` is worth `(1 + discount) ** (-t / 12)` dollars today; `discount` is a rate per **year**.
#
# `margin` and `stay` are numbers or arrays of shape (n,), also one of each; the result is a number, or an array of shape (n,) where one of them is an array.
# `months` is an integer ≥ 0. A `stay` outside of [0, 1], be it one of many, is a `ValueError`.
#
# Example: `customer_value(10, 0.5, 2, 0.0)` → 10 · 0.5 + 10 · 0.25 = `7.5`; with a discount of 0.21 it is 10 · 0.5 · 0.9842… + 10 · 0.25 · 0.9687… = `7.343…`.
#
# <details><summary>Hint 1 · the idea</summary>
# A sum over months of three factors: what he pays, whether he is there, what a later dollar is worth.</details>
# <details><summary>Hint 2 · where to look</summary>
# A loop over the months with an array as the running sum works for numbers and arrays alike.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>sum(margin * stay**t * (1 + discount) ** (-t / 12) for t in range(1, months + 1))</code>, with arrays made by <code>np.asarray(…, float)</code>.</details>


# %% exercise="customer-value"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    ### BEGIN SOLUTION
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (-t / 12)
    return total
    ### END SOLUTION


# %% check="customer-value" points=3
def told_value(margin, stay, months, discount):
    """The closed form of the geometric series, with q the factor from one month to the next."""
    q = stay * (1 + discount) ** (-1 / 12)
    return margin * months if q == 1 else margin * q * (1 - q**months) / (1 - q)


def judge_value(margin, stay, months, discount):
    right = told_value(margin, stay, months, discount)
    told = f"margin={margin:.2f}, stay={stay:.3f}, months={months}, discount={discount:.3f}"
    got = float(np.asarray(customer_value(margin, stay, months, discount)))
    q, spoilt = stay * (1 + discount) ** (-1 / 12), (1 - stay) * (1 + discount) ** (-1 / 12)
    for says, wrong in (
        ("the margins are not discounted", told_value(margin, stay, months, 0.0)),
        ("the discount of a year is taken off each month", margin * sum((stay / (1 + discount)) ** t for t in range(1, months + 1))),
        ("a twelfth of the rate is taken off each month: twelve of these are more than the year's rate",
         margin * sum((stay / (1 + discount / 12)) ** t for t in range(1, months + 1))),
        ("stay is read as the probability to leave", margin * sum(spoilt**t for t in range(1, months + 1))),
        ("the first payment is taken as sure: he may leave before it", margin * sum(stay ** (t - 1) * (1 + discount) ** (-t / 12) for t in range(1, months + 1))),
        ("the first payment is not discounted: it comes at the end of a month", margin * sum(stay**t * (1 + discount) ** (-(t - 1) / 12) for t in range(1, months + 1))),
        ("the discount moves once a year only: it is t / 12 years, fractions as well", margin * sum(stay**t * (1 + discount) ** -(t // 12) for t in range(1, months + 1))),
        ("the discount is simple interest: a rate per year compounds", margin * sum(stay**t / (1 + discount * t / 12) for t in range(1, months + 1))),
        ("the months are counted from 0: the first payment is at the end of month 1", margin * sum(q**t for t in range(months))),
        ("the last month is left out", margin * sum(q**t for t in range(1, months))),
        ("the sum never ends: only the next months are asked for", margin * q / (1 - q) if q < 1 else np.nan),
        ("the discount makes later dollars worth more", told_value(margin, stay, months, 1 / (1 + discount) - 1)),
    ):  # fmt: skip
        if np.isfinite(wrong) and abs(wrong - right) > 1e-4 * right:
            check.differs(got, wrong, says=says, expected=f"{right:.4f} for {told}")
    check.close(got, right, rtol=1e-9, says=f"another value than the sum over the months: {told}")


fresh = check.rng()
judge_value(20, 0.9, 30, 0.21)
judge_value(10, 0.5, 2, 0.0)
judge_value(10, 0.5, 2, 0.21)
judge_value(25.0, 1.0, 24, 0.1)
judge_value(
    float(fresh.uniform(5, 40)),
    float(fresh.uniform(0.9, 0.99)),
    int(fresh.integers(12, 40)),
    float(fresh.uniform(0.08, 0.3)),
)
check.close(
    customer_value(20, 1.0, 5, 0.0), 100, says="who always stays pays five margins in five months, undiscounted"
)
check.close(customer_value(20, 0.0, 3, 0.1), 0, says="who leaves at once brings nothing: a stay of 0 is possible")
check.close(customer_value(20, 0.9, 0, 0.1), 0, says="no months, no money")
margins, stays = fresh.uniform(5, 40, 6), fresh.uniform(0.5, 1, 6)
got = customer_value(margins, stays, 7, 0.1)
check.shape(got, (6,), says="arrays of shape (n,) give an array of shape (n,)")
check.close(got, [told_value(m, s, 7, 0.1) for m, s in zip(margins, stays, strict=True)])
for told, margin, stay in (("one stay for all", margins, 0.8), ("one margin for all", 20.0, stays)):
    got = customer_value(margin, stay, 3, 0.2)
    check.shape(got, (6,), says=f"{told}: an array and a number give an array")
    pairs = zip(np.broadcast_to(margin, 6), np.broadcast_to(stay, 6), strict=True)
    check.close(got, [told_value(m, s, 3, 0.2) for m, s in pairs], says=f"{told}: another value than one by one")
for stay in (-0.1, 1.2):
    check.raises(ValueError, customer_value, 10, stay, 12, 0.1, says=f"stay = {stay} is accepted")
for stay in (1.01, -0.01):
    check.raises(
        ValueError,
        customer_value,
        10,
        np.array([0.5, stay]),
        12,
        0.1,
        says=f"an array with one stay of {stay} is accepted",
    )
check.unchanged(customer_value, margins, stays, 5, 0.1)
### BEGIN HIDDEN TESTS
for _ in range(5):
    judge_value(
        float(fresh.uniform(5, 40)),
        float(fresh.uniform(0.3, 0.99)),
        int(fresh.integers(2, 40)),
        float(fresh.uniform(0.05, 0.5)),
    )
check.close(customer_value(margins, 0.7, 4, 0.1), [told_value(m, 0.7, 4, 0.1) for m in margins])
check.raises(
    ValueError, customer_value, 10, np.array([0.5, 0.9, 1.3]), 12, 0.1, says="a stay of 1.3 in an array is accepted"
)
### END HIDDEN TESTS

# %%
monthly_margin = 0.3 * customers["monthly_charges"].to_numpy()  # the story's margin: 30 cents of a dollar
value = customer_value(
    monthly_margin, 0.97, 12, 0.08
)  # of one who does not leave now; the story's: 12 months, 97 % stay each month
COST = 15.0  # dollars a call, the agent's quarter of an hour and the offer
print(
    f"value of a customer kept: mean {value.mean():.0f} dollars, from {value.min():.0f} to {value.max():.0f}; a call costs {COST:.0f}"
)

# %% [markdown]
# ## The thousand at the top
#
# Last year's list, rebuilt: a model of who leaves, the thousand with the highest risk.

# %%
X = pd.DataFrame(
    {
        "tenure": customers["tenure"] / 12,
        "monthly": customers["monthly_charges"] / 10,
        "month_to_month": customers["contract"] == "Month-to-month",
        "two_year": customers["contract"] == "Two year",
        "fibre": customers["internet_service"] == "Fiber optic",
        "no_internet": customers["internet_service"] == "No",
        "electronic_check": customers["payment_method"] == "Electronic check",
        "support": customers["tech_support"] == "Yes",
        "paperless": customers["paperless_billing"],
    }
).astype(float)
half = np.arange(len(X)) % 2 == 0
risk_model = LogisticRegression(max_iter=2_000).fit(X[half], customers["churn"][half])
risk = risk_model.predict_proba(X)[:, 1]
auc = roc_auc_score(customers["churn"][~half], risk[~half])
print(f"AUC on the other half: {auc:.3f}; risk of the thousand at the top: {np.sort(risk)[-1000:].mean():.2f}")

# %% [markdown]
# A good model, as Ines says. And a risk is not what she pays for. She pays for a *change*: a customer who would leave and, called, does not.
# Four kinds of people pick up the phone:
#
# | | called: stays | called: leaves |
# |---|---|---|
# | **not called: leaves** | *persuadable* | *lost cause* |
# | **not called: stays** | *sure thing* | *sleeping dog* (the call reminds him that he could leave) |
#
# Nobody ever sees what one and the same person does called and not called. So the effect of a call cannot be learned from the data of before the campaign, in which nobody was called, nor from
# a campaign that called whom it liked. It takes a *pilot* in which a coin decides who is called.
#
# Nobody ran such a pilot with these customers, so the next cell simulates one. That has a merit: the truth is known. `World` draws customers with
# replacement, flips the coin, and lets each leave with a probability `p0` (not called) or `p1` (called) that is written in the code. You will look at the truth only
# to judge methods that had to do without it.


# %%
class World:
    """A simulated company: the customers of the table, and what a call does to each. All effects are invented."""

    def __init__(self):
        self.p0 = LogisticRegression(max_iter=2_000).fit(X, customers["churn"]).predict_proba(X)[:, 1]
        flexible = X["month_to_month"] == 1
        made_up = flexible & (X["fibre"] == 1) & (X["electronic_check"] == 1)  # they have made up their minds
        shift = np.select([made_up, flexible, X["two_year"] == 1], [-0.1, -0.8, 0.0], default=0.6)  # in log-odds
        self.p1 = 1 / (1 + (1 / self.p0 - 1) * np.exp(-shift))

    def pilot(self, n, seed):
        """n customers, each called by the toss of a coin: who (rows of the table), called, left, each of shape (n,)."""
        rng = np.random.default_rng(seed)
        who, called = rng.integers(0, len(X), n), rng.random(n) < 0.5
        left = rng.random(n) < np.where(called, self.p1[who], self.p0[who])
        return who, called, left


world = World()
who, called, left = world.pilot(20_000, seed=1)
print(
    f"{called.sum():,} called: {left[called].mean():.3f} left; {(~called).sum():,} not called: {left[~called].mean():.3f} left"
)
listed = np.argsort(-risk)[:1_000]
print(
    f"the truth about the thousand at the top: {(world.p0 - world.p1)[listed].mean():.3f} of them are kept by a call;"
)
print(f"it costs {1_000 * COST:,.0f} dollars and brings {((world.p0 - world.p1) * value)[listed].sum():,.0f}")

# %% [markdown]
# There is the loss. And over all customers the call seems to do little: 4 points between called and not called. An average hides who it
# helps and whom it chases away. Cut the pilot into four groups.

# %%
groups = {
    "A": X["two_year"] == 1,
    "B": (X["month_to_month"] == 1) & (X["fibre"] == 1) & (X["electronic_check"] == 1),
    "C": (X["month_to_month"] == 0) & (X["two_year"] == 0),
    "D": (X["month_to_month"] == 1) & ~((X["fibre"] == 1) & (X["electronic_check"] == 1)),
}
NAMES = {
    "A": "two-year contract", "B": "month to month,\nfibre, electronic check", "C": "one-year contract", "D": "month to month,\nthe others",
}  # fmt: skip
seen = {}
figure, axis = plt.subplots(figsize=(9, 3.8))
for place, (letter, rows) in enumerate(groups.items()):
    inside = rows.to_numpy()[who]
    seen[letter] = {}
    for offset, colour, marker, name, arm in (
        (-0.12, BLUE, "o", "not called", ~called),
        (0.12, ORANGE, "s", "called", called),
    ):
        some = left[inside & arm]
        low, high = stats.binomtest(int(some.sum()), len(some)).proportion_ci(method="wilson")
        axis.plot(place + offset, some.mean(), marker, color=colour, label=name if not place else None)
        axis.plot([place + offset] * 2, [low, high], color=colour, lw=2)
        seen[letter][name] = float(some.mean())
axis.set(xticks=range(4), xlim=(-0.6, 3.6), ylabel="share that left", ylim=(0, 0.7))
axis.set_xticklabels([f"{letter}: {NAMES[letter]}" for letter in groups])
axis.legend(loc="upper right")
figure.tight_layout()
print({letter: {name: round(share, 3) for name, share in shares.items()} for letter, shares in seen.items()})

# %% [markdown]
# Four groups side by side, each with the share that left among those not called (blue circle) and called (orange square) and its interval (`95 %`): in A both are
# near 0.03, in B both near 0.6, in C the square is clearly above the circle, in D clearly below.

# %% [markdown]
# ### Exercise 2 · Four kinds
#
# 5 min · ●○○○ · 2 points
#
# Read the figure. Fill in `kinds`, a dict from each letter to one of `"persuadables"`, `"lost causes"`, `"sure things"`,
# `"sleeping dogs"`: which of the four names what a call does to the group as a whole; each is used once. And `worth_a_call`, the list of the letters of the groups in which a call
# costs less than it brings on average: a call costs 15 dollars, a customer kept is worth about 170 in A, 250 in B, 190 in C, 160 in D.
#
# <details><summary>Hint 1 · the idea</summary>
# Compare the two marks of a group: does the call change anything, and in which direction? Then the level: would they leave without it?</details>
# <details><summary>Hint 2 · where to look</summary>
# A call pays in A where it keeps more than 15/170 of those called, and so on.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>seen[letter]["not called"] - seen[letter]["called"]</code> is the share kept.</details>

# %% exercise="four-kinds"
### BEGIN SOLUTION
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]
### END SOLUTION


# %% check="four-kinds" points=2
check.that(
    isinstance(kinds, dict) and set(kinds) == set("ABCD"),
    says="kinds is a dict with the keys A, B, C and D",
    seen=kinds,
)
for letter in "ABCD":
    check.one_of(kinds[letter], ["persuadables", "lost causes", "sure things", "sleeping dogs"])


contract = data.load("churn", "customers").query("tenure > 0")
flexible = (contract["contract"] == "Month-to-month").to_numpy()
made_up = (
    flexible
    & ((contract["internet_service"] == "Fiber optic") & (contract["payment_method"] == "Electronic check")).to_numpy()
)
gone = contract["churn"].to_numpy()
level = {"A": gone[(contract["contract"] == "Two year").to_numpy()].mean(), "B": gone[made_up].mean()}
WHY_NOT = {
    ("A", "lost causes"): f"A: without a call {level['A']:.0%} of them leave; who stays anyway is no lost cause",
    ("A", "sleeping dogs"): "A: nearly nobody leaves, called or not: the two marks are on top of each other",
    ("A", "persuadables"): "A: there is hardly anybody to persuade: look at the height of the circle",
    ("B", "sure things"): f"B: without a call {level['B']:.0%} of them leave; that is nothing to be sure of",
    ("B", "persuadables"): "B: many leave, and the call changes little of it: risk is not persuadability",
    ("B", "sleeping dogs"): "B: the square is not above the circle: the call drives nobody away here",
    ("C", "persuadables"): "C: more of those called left; you would pay to lose customers",
    ("C", "lost causes"): "C: without a call most of them stay: they are not lost unless you ring",
    ("C", "sure things"): "C: sure they are only until somebody calls: the marks are far apart",
    ("D", "sleeping dogs"): "D: fewer of those called left; the call wakes nobody here",
    ("D", "lost causes"): "D: a good part of those who would leave is kept: that is not a lost cause",
    ("D", "sure things"): "D: a third of them leaves without a call, and the call changes that",
}
for letter in "ABCD":
    check.that(
        (letter, kinds[letter]) not in WHY_NOT, says=WHY_NOT.get((letter, kinds[letter]), ""), seen=kinds[letter]
    )
letters = {str(letter) for letter in worth_a_call}
check.that(
    "B" not in letters,
    says="worth_a_call: what a call keeps in B is worth less than a call costs, though most of them leave",
)
check.that(
    not letters & {"A", "C"}, says="worth_a_call: where a call keeps nobody, it only costs", seen=sorted(letters)
)
check.that(
    letters == {"D"}, says="worth_a_call: in one group the call keeps enough customers to pay", seen=sorted(letters)
)

# %% [markdown]
# ## From groups to people
#
# Four groups were drawn by somebody who knew the answer. With a model you need not know it. The simplest is made of *two* models (a
# *T-learner*): one learns who leaves when not called, from those of the pilot who were not called; the other who leaves when called. Their difference is the
# estimated *uplift* of a person: by how much a call lowers his probability to leave.

# %% [markdown]
# ### Exercise 3 · Two models
#
# 12 min · ●●○○ · 4 points
#
# Write `uplift(model, X, called, left, X_new)`. `model` is an unfitted scikit-learn classifier with `predict_proba`; `X` a table (DataFrame or array) of
# shape (n, d), `called` and `left` booleans of shape (n,), `X_new` a table of shape (m, d). Return an array of shape (m,):
#
# (estimated probability to leave, not called) − (estimated probability to leave, called), for each row of `X_new`.
#
# Fit a fresh copy of `model` for each arm, on the rows of that arm alone; `model` itself stays unfitted. If one of the arms lacks customers who left or
# customers who stayed, raise `ValueError`.
#
# Example: if of those not called half left, and of those called a quarter, whatever their features, the uplift is about `0.25` for everybody.
#
# <details><summary>Hint 1 · the idea</summary>
# Two groups that a coin made differ in one thing only. Two models of one kind, one for each.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>sklearn.base.clone</code>. Fitting one object twice leaves you with the second fit only, under two names.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>quiet = clone(model).fit(X[~called], left[~called])</code>; <code>quiet.predict_proba(X_new)[:, 1]</code> is the probability of <code>True</code>.</details>


# %% exercise="two-models"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    ### BEGIN SOLUTION
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return leaves[0] - leaves[1]
    ### END SOLUTION


# %% check="two-models" points=4
@check.probe
def ask(fn, kind, X, called, left, X_new, as_frame):
    """The learner's function, given a model that is made here; and whether that model was fitted."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.tree import DecisionTreeClassifier

    model = {
        "linear": LogisticRegression(C=0.7, max_iter=500),
        "tree": DecisionTreeClassifier(max_depth=2, random_state=0),
    }[kind]
    table = (
        (lambda values: pd.DataFrame(values, columns=[f"x{i}" for i in range(len(values[0]))]))
        if as_frame
        else np.asarray
    )
    out = fn(model, table(np.asarray(X)), np.asarray(called, bool), np.asarray(left, bool), table(np.asarray(X_new)))
    return np.asarray(out, float), hasattr(model, "classes_")


def small_pilot(rng, n=160):
    table = rng.normal(size=(n, 3))
    called = rng.random(n) < 0.35
    left = rng.random(n) < 1 / (1 + np.exp(-(table[:, 0] - np.where(called, 1.2 * table[:, 1], 0))))
    return table, called, left, rng.normal(size=(25, 3))


def judge_uplift(rng, kind, as_frame=True):
    table, called, left, new = small_pilot(rng)
    got, fitted = ask(uplift, kind, table, called, left, new, as_frame)
    check.shape(got, (25,), says="one number for each row of X_new is asked for")
    from sklearn.tree import DecisionTreeClassifier

    base = (
        LogisticRegression(C=0.7, max_iter=500)
        if kind == "linear"
        else DecisionTreeClassifier(max_depth=2, random_state=0)
    )

    def fit(rows, labels=left):
        return clone(base).fit(table[rows], labels[rows])

    quiet, loud, both = fit(~called), fit(called), fit(called | ~called)
    right = quiet.predict_proba(new)[:, 1] - loud.predict_proba(new)[:, 1]
    check.that(
        np.abs(got).max() > 1e-12,
        says="the uplift is 0 for everybody: one object is fitted twice, and the second fit is all that is left", seen="only zeros",
    )  # fmt: skip
    with_arm = clone(base).fit(np.column_stack([table, called]), left)
    by_column = [with_arm.predict_proba(np.column_stack([new, np.full(25, arm)]))[:, 1] for arm in (0, 1)]
    for says, wrong in (
        ("the sign is turned: uplift is what a call takes off, not called minus called", -right),
        ("predict gives yes or no: probabilities are asked for", quiet.predict(new).astype(float) - loud.predict(new)),
        ("that is the risk without a call; what the call changes is the difference of two models", quiet.predict_proba(new)[:, 1]),
        ("that is the risk over both arms", both.predict_proba(new)[:, 1]),
        ("called is one column of one model: then the call works alike for everybody, but for the curve of the link",
         by_column[0] - by_column[1]),
        ("one of the models has learned from both arms", both.predict_proba(new)[:, 1] - loud.predict_proba(new)[:, 1]),
        ("one of the models has learned from both arms: the called one", quiet.predict_proba(new)[:, 1] - both.predict_proba(new)[:, 1]),
        ("the negative ones are cut off at 0: whom a call drives away must be seen", np.clip(right, 0, None)),
        ("the sign is lost: an absolute difference cannot tell help from harm", np.abs(right)),
        ("that is the ratio of the two risks", quiet.predict_proba(new)[:, 1] / np.maximum(1e-9, loud.predict_proba(new)[:, 1])),
    ):  # fmt: skip
        check.differs(got, wrong, says=says)
    check.close(got, right, atol=1e-6, says="another uplift than that of two models, one fitted on each arm")
    check.that(not fitted, says="the model that was handed in is fitted now: work on copies")


fresh = check.rng()
judge_uplift(fresh, "linear")
judge_uplift(fresh, "tree", as_frame=False)


@check.probe
def refused(fn, called, left):
    """Whether a ValueError is raised."""
    import numpy as np
    from sklearn.tree import DecisionTreeClassifier

    table = np.linspace(0, 1, len(called))[:, None]
    try:
        fn(DecisionTreeClassifier(), table, np.asarray(called, bool), np.asarray(left, bool), table)
    except ValueError:
        return "refused"
    except Exception as error:
        return type(error).__name__
    return "accepted"


for arms, outcomes in (
    ([1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0]),
    ([1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 1, 0]),
    ([1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 1]),
    ([1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 1, 1]),
    ([1] * 6, [1, 0] * 3),
    ([0] * 6, [1, 0] * 3),
):
    check.equal(
        refused(uplift, arms, outcomes), "refused",
        says="an arm with one outcome only, or with nobody in it, is not refused with a ValueError",
    )  # fmt: skip
### BEGIN HIDDEN TESTS
for kind, as_frame in (("linear", False), ("tree", True), ("linear", True)):
    judge_uplift(fresh, kind, as_frame)
### END HIDDEN TESTS

# %%
boosting = HistGradientBoostingClassifier(
    max_iter=60, max_leaf_nodes=8, min_samples_leaf=100, learning_rate=0.1, random_state=0
)
gain = uplift(LogisticRegression(max_iter=2_000), X.iloc[who], called, left, X)
gain_boosted = uplift(boosting, X.iloc[who], called, left, X)
truth = world.p0 - world.p1
print(f"correlation of the estimated with the true uplift: two linear models {np.corrcoef(gain, truth)[0, 1]:.2f}, "
      f"two boosted ones {np.corrcoef(gain_boosted, truth)[0, 1]:.2f}; of the risk {np.corrcoef(risk, truth)[0, 1]:.2f}")  # fmt: skip

# %% [markdown]
# The estimates are close to the truth; the risk of leaving is far from it. (On real data you could not print this line. For that there is the section after the next.)
#
# ## Choose
#
# Now the decision. Every customer has an expected gain, in dollars: the uplift times what he is worth, less what the call costs.

# %% [markdown]
# ### Exercise 4 · The list
#
# 8 min · ●●○○ · 4 points
#
# Write `call_list(gain, value, cost, capacity)`. `gain` (n,) is the uplift of each customer (may be negative), `value` (n,) what he is worth in dollars if kept,
# `cost` dollars a call, `capacity` the largest number of calls, an integer ≥ 0. The *net* of a call is `gain * value - cost`. Return the indices of the customers to call, as an
# integer array: those with the largest net, largest first, equal ones by the lower index first; at most `capacity`, and only those with a net **above 0**.
#
# Example: `call_list([0.3, 0.1, 0.2, 0.2], [100, 900, 100, 100], 15, 3)` → nets 15, 75, 5, 5 → `[1, 0, 2]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Sort by net, cut at the capacity, drop those who lose money. A budget is a limit, not a goal.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.argsort(-net, kind="stable")</code> keeps equal ones in their order.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>order = np.argsort(-net, kind="stable")[:capacity]</code>, then <code>order[net[order] &gt; 0]</code>.</details>


# %% exercise="call-list"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    ### BEGIN SOLUTION
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")[:capacity]
    return order[net[order] > 0]
    ### END SOLUTION


# %% check="call-list" points=4
def list_guesses(gain, value, cost, capacity):
    """The list that each named mistake gives."""
    net = gain * value - cost

    def ranked(by, keep, limit=capacity):
        return [int(i) for i in np.argsort(-by, kind="stable") if keep[i]][:limit]

    late = sorted(np.flatnonzero(net > 0).tolist(), key=lambda i: (-net[i], -i))
    return {
        "the budget is filled with calls that lose money": ranked(net, net == net),
        "the list is sorted by the uplift alone: what the customer is worth counts as well": ranked(gain, net > 0),
        "the list is sorted by the customer's worth alone": ranked(value, net > 0),
        "the list is sorted by dollars per dollar of worth, not by dollars": ranked(net / value, net > 0),
        "the cost of the call is forgotten": ranked(gain * value, gain * value > 0),
        "the smallest net comes first": ranked(-net, net > 0),
        "the list is longer than the capacity": ranked(net, net > 0, capacity + 1),
        "all that pay are called: the capacity is ignored": ranked(net, net > 0, None),
        "the list is right, but not the best first": sorted(ranked(net, net > 0)),
        "positions in the list of those that pay are returned, not the customers' indices":
            np.argsort(-net[net > 0], kind="stable")[:capacity].tolist(),
        "a call whose net is exactly 0 is made: it brings nothing": ranked(net, net >= 0),
        "of equal customers the later one comes first": late[:capacity],
    }  # fmt: skip


def judge_lists(cases, kind=np.array):
    """The mistake that explains all of the learner's lists is named; else the first list that is off is shown."""
    rows = []
    for gain, value, cost, capacity in cases:
        gain, value = np.asarray(gain, float), np.asarray(value, float)
        raw = np.asarray(call_list(kind(gain), kind(value), cost, capacity))
        check.that(raw.dtype != bool, says="a mask of True and False is returned: indices are asked for, best first")
        got = [int(i) for i in raw]
        net = gain * value - cost
        right = sorted(np.flatnonzero(net > 0).tolist(), key=lambda i: (-net[i], i))[:capacity]
        told = (
            f"nets {np.round(net, 2).tolist()}, capacity {capacity}"
            if len(net) < 10
            else f"{len(net)} customers, capacity {capacity}"
        )
        alike = (
            len(got) == len(set(got)) and set(got) <= set(range(len(net))) and net[got].tolist() == net[right].tolist()
        )
        rows.append((got, right, list_guesses(gain, value, cost, capacity), told, alike))
        if len(net) < 10:  # no set of calls within the capacity brings more: by all of them
            some = (c for k in range(min(capacity, len(net)) + 1) for c in itertools.combinations(range(len(net)), k))
            assert abs(max(net[list(c)].sum() for c in some) - net[right].sum()) < 1e-9
    off = [row for row in rows if row[0] != row[1]]
    if not off:
        return
    got, right, _, told, _ = off[0]
    for says in rows[0][2]:
        if all(answer == guess[says] for answer, _, guess, _, _ in rows):
            check.that(False, says=says, seen=got[:12], expected=f"{right[:12]} for {told}")
    check.that(
        not all(row[4] for row in rows),
        says="customers with equal nets do not stand in the order of their indices: the sort is not stable",
        seen=got[:12],
        expected=f"{right[:12]} for {told}",
    )
    check.that(
        False,
        says="these are not the calls that bring most, best first",
        seen=got[:12],
        expected=f"{right[:12]} for {told}",
    )


fresh = check.rng()
judge_lists([
    ([0.3, 0.1, 0.2, 0.2], [100, 900, 100, 100], 15, 3),
    ([-0.1, 0.3, 0.25, 0.2, 0.05], [300, 90, 100, 200, 100], 15, 4),
    ([0.2, 0.2, 0.2, 0.1], [100, 100, 100, 50], 5, 2),
    ([0.25, 0.5, -0.5], [4, 4, 4], 1, 3),
    ([0.5, -0.2, 0.4, 0.3], [100, 100, 100, 100], 10, 1),
    ([0.01, 0.02], [100, 100], 10, 2),
    ([0.3, 0.4], [100, 100], 10, 0),
    (fresh.normal(0.05, 0.1, 9), fresh.uniform(50, 400, 9), 12, 4),
    (fresh.choice([0.1, 0.2, 0.3], 60), np.full(60, 100.0), 15, 30),
])  # fmt: skip
judge_lists([(fresh.normal(0.05, 0.1, 9), fresh.uniform(50, 400, 9), 12, 4)], list)
### BEGIN HIDDEN TESTS
judge_lists(
    [
        (np.round(fresh.normal(0.05, 0.1, 8), 2), np.round(fresh.uniform(50, 400, 8)), 12, int(fresh.integers(0, 7)))
        for _ in range(6)
    ]
)
judge_lists(
    [([0.2, 0.3, 0.2, 0.3], [100, 100, 100, 100], 10, 3), (fresh.choice([0.1, 0.2], 80), np.full(80, 90.0), 5, 35)]
)
### END HIDDEN TESTS

# %%
lists = {
    "highest risk": np.argsort(-risk, kind="stable")[:1_000],
    "highest risk times value": np.argsort(-risk * value, kind="stable")[:1_000],
    "uplift, two linear models": call_list(gain, value, COST, 1_000),
    "uplift, two boosted models": call_list(gain_boosted, value, COST, 1_000),
    "the truth": call_list(truth, value, COST, 1_000),
}
profit = {name: float((truth * value - COST)[rows].sum()) for name, rows in lists.items()}
for name, dollars in profit.items():
    print(f"{name:27s} {len(lists[name]):5,} calls, true profit {dollars:8,.0f} dollars")
everybody = float((truth * value - COST).sum())
paying = call_list(gain, value, COST, len(X))
print(f"calling everybody: {everybody:,.0f}; without a limit the linear uplift would call {len(paying):,}")

# %% [markdown]
# The same thousand calls: a loss by risk, a gain by uplift. The model of risk was not bad. It answered a question that nobody had asked.
#
# ## Judge a ranking without the truth
#
# In life there is no `truth`. There is another pilot. Sort its customers by your score, best first, and walk down the list: among the first `k`, how many leavers did the
# calls avoid? The called and the others in the first `k` are two groups made by a coin, so compare them. That is the *Qini curve* (Radcliffe 2007).

# %% [markdown]
# ### Exercise 5 · The Qini curve
#
# 15 min · ●●●○ · 5 points
#
# Write `qini_curve(score, called, left)`: an array of shape (n + 1,) whose entry `k` is, for the `k` customers with the highest scores (equal scores: lower index first),
#
# $$ Q(k) = L_c(k) \cdot \frac{N_t(k)}{N_c(k)} - L_t(k) $$
#
# with `N_t`, `N_c` the numbers of called and not called customers among them, and `L_t`, `L_c` the numbers of those that left. It is the number of leavers that the calls
# avoided: those to expect among the called if they had not been called, minus those that did leave. `Q(0)` is 0, and `Q(k)` is `-L_t(k)` as long as nobody
# among the first `k` is a control (`N_c(k) = 0`).
#
# Example: scores `[0.9, 0.8, 0.7, 0.1]`, called `[True, False, True, False]`, left `[False, True, True, False]` → `[0, 0, 1, 1, 0]`: at `k = 2` one control left, one called stayed,
# 1 · 1/1 − 0 = 1; at `k = 3` it is 1 · 2/1 − 1 = 1; at `k = 4` 1 · 2/2 − 1 = 0.
#
# <details><summary>Hint 1 · the idea</summary>
# Four running counts along the sorted list. The arms need not be of equal size among the first k: hence the factor.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.cumsum</code> of four boolean arrays after <code>np.argsort(-score, kind="stable")</code>; put a 0 in front.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>expected = lc * nt / nc.clip(1)</code>: where nc is 0, lc is 0 as well.</details>


# %% exercise="qini"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    ### BEGIN SOLUTION
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])
    ### END SOLUTION


# %% check="qini" points=5
def told_qini(score, called, left, order=None, scale=None):
    """By the definition, one k at a time."""
    n = len(score)
    order = sorted(range(n), key=lambda i: (-score[i], i)) if order is None else order
    curve = []
    for k in range(n + 1):
        t = [i for i in order[:k] if called[i]]
        c = [i for i in order[:k] if not called[i]]
        lt, lc = sum(left[i] for i in t), sum(left[i] for i in c)
        factor = (len(t) / len(c) if c else 0) if scale is None else scale(len(t), len(c))
        curve.append(lc * factor - lt)
    return np.array(curve, float)


def qini_guesses(score, called, left):
    """The curve that each named mistake gives."""
    n = len(score)
    right = told_qini(score, called, left)
    order = sorted(range(n), key=lambda i: (-score[i], i))
    whole = sum(called) / max(1, n - sum(called))
    nt = np.array([sum(called[i] for i in order[:k]) for k in range(n + 1)])
    lt = np.array([sum(called[i] and left[i] for i in order[:k]) for k in range(n + 1)])
    nc, lc = np.arange(n + 1) - nt, np.array([sum(left[i] for i in order[:k]) for k in range(n + 1)]) - lt
    return {
        "the arms are taken as equally large: scale the controls by N_t / N_c": told_qini(score, called, left, scale=lambda t, c: 1.0),
        "the scale is that of all customers, not of the first k": told_qini(score, called, left, scale=lambda t, c: whole),
        "the scale is upside down": told_qini(score, called, left, scale=lambda t, c: c / t if t else c),
        "the sorted order is turned round: the lowest score comes first":
            told_qini(score, called, left, order=order[::-1]),
        "the sort is not stable: equal scores do not keep their order":
            told_qini(score, called, left, order=np.argsort(-np.array(score)).tolist()),
        "there is nan in the curve: no control yet means a division by 0": np.where(nc > 0, right, np.nan),
        "the curve is held at 0 until the first control comes: it is -L_t(k) there": np.where(nc > 0, right, 0),
        "that is scaled to all k customers, not to those called": (lc / np.maximum(nc, 1) - lt / np.maximum(nt, 1)) * (nt + nc),
        "the expected leavers are rounded down": np.where(nc > 0, lc * nt // np.maximum(nc, 1), 0) - lt,
        "the curve is divided by n: leavers are asked for": right / n,
        "the list begins with the lowest score": told_qini(score, called, left, order=sorted(range(n), key=lambda i: (score[i], i))),
        "of equal scores the higher index comes first":
            told_qini(score, called, left, order=sorted(range(n), key=lambda i: (-score[i], -i))),
        "the customers are not sorted by the score": told_qini(score, called, left, order=list(range(n))),
        "the sign is turned: leavers avoided, controls minus called": -right,
        "those who stayed are counted, not those who left": told_qini(score, called, [not v for v in left]),
        "called and not called have changed places": told_qini(score, [not v for v in called], left),
        "that is a difference of shares, not a number of leavers": lc / np.maximum(nc, 1) - lt / np.maximum(nt, 1),
    }  # fmt: skip


def judge_qini(cases, kind=np.array):
    """The mistake that explains all of the learner's curves is named; else the first curve that is off is shown."""
    rows = []
    for score, called, left in cases:
        score, called, left = [float(v) for v in score], [bool(v) for v in called], [bool(v) for v in left]
        n = len(score)
        got = np.asarray(qini_curve(kind(score), kind(called), kind(left)), float)
        check.that(
            got.shape != (n,),
            says="the curve has n entries: it begins with Q(0) = 0, before the first customer",
            seen=got.shape,
        )
        check.shape(got, (n + 1,))
        rows.append((got, told_qini(score, called, left), qini_guesses(score, called, left)))
    off = [row for row in rows if not np.allclose(row[0], row[1], atol=1e-9)]
    for says in rows[0][2] if off else ():
        if all(
            np.allclose(np.r_[0, got[1:]], np.r_[0, guess[says][1:]], atol=1e-9, equal_nan=True)
            for got, _, guess in rows
        ):
            check.that(
                False, says=says, seen=off[0][0][:8], expected=f"{off[0][1][:8].round(3).tolist()} at the beginning"
            )
    for got, right, _ in rows:
        check.close(got, right, atol=1e-9, says="another curve than the definition gives")


fresh = check.rng()
judge_qini([
    ([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], [0, 1, 1, 0]),
    ([0.4, 0.9, 0.9, 0.2, 0.9, 0.1, 0.3], [1, 1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 1, 1]),
    (np.round(fresh.random(40), 1), fresh.random(40) < 0.3, fresh.random(40) < 0.5),
    ([0.1, 0.2, 0.3], [1, 1, 0], [1, 0, 1]),
    ([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], [1, 1, 1, 0]),
    (fresh.integers(0, 3, 90), fresh.random(90) < 0.5, fresh.random(90) < 0.5),
])  # fmt: skip
judge_qini([(fresh.normal(size=30), fresh.random(30) < 0.6, fresh.random(30) < 0.4)], list)
n = 3_000
helped, arm = fresh.random(n), fresh.random(n) < 0.5
gone = fresh.random(n) < np.where(arm, 0.6 - 0.5 * helped, 0.6)
best, worst = (np.asarray(qini_curve(s, arm, gone), float) for s in (helped, -helped))
check.close(best[-1], worst[-1], atol=1e-6, says="any ranking ends at the same point, with everybody in it")
check.that(
    best[n // 2] > worst[n // 2] + 50,
    says="the ranking by the true effect does not lie above its reverse",
    seen=f"{best[n // 2]:.0f} and {worst[n // 2]:.0f}",
)
check.unchanged(qini_curve, np.array([0.1, 0.5]), np.array([True, False]), np.array([True, True]))
### BEGIN HIDDEN TESTS
judge_qini([
    (np.round(fresh.normal(size=25), 1), fresh.random(25) < fresh.uniform(0.2, 0.8), fresh.random(25) < 0.5) for _ in range(5)
])  # fmt: skip
### END HIDDEN TESTS

# %%
who_2, called_2, left_2 = world.pilot(20_000, seed=2)  # a second pilot: nothing has learned from it
rankings = {
    "uplift, two linear models": (gain, GREEN, "-"),
    "highest risk": (risk, ORANGE, "--"),
    "the truth": (truth, BLACK, ":"),
}
curves = {name: qini_curve(score[who_2], called_2, left_2) for name, (score, _, _) in rankings.items()}
some = np.arange(0, len(who_2) + 1, 100)  # every hundredth customer is enough for a picture
figure, axis = plt.subplots(figsize=(8, 4))
for name, (_, colour, style) in rankings.items():
    axis.plot(some / len(who_2), curves[name][some], style, color=colour, label=name)
axis.plot([0, 1], [0, curves["the truth"][-1]], color=PURPLE, lw=1, label="at random")
axis.set(
    xlabel="share of the customers called, best score first", ylabel="leavers avoided among those called\n(customers)"
)
axis.legend(loc="lower right")
figure.tight_layout()
third = len(who_2) // 3
print("leavers avoided at a third of the list:", {name: round(float(curve[third])) for name, curve in curves.items()})
print(f"at the end of it, with everybody called: {curves['the truth'][-1]:.0f}")

# %% [markdown]
# The curve of the uplift rises steeply over the first third, as that of the truth does, and falls towards the end: there the sleeping dogs stand. The curve of the risk runs along the straight line of
# a random order over the first tenth, where the lost causes stand, and rises only then. All end at one point, for with everybody called there is no order left.

# %% [markdown]
# ## Price it before it runs
#
# The controller does not buy leavers avoided. She asks: "What would your list have earned, in dollars, give or take?" The pilot can say, though nobody ever ran
# the list. In the pilot a coin decided. For some customers the coin said what your list says. They stand for all the others.

# %% [markdown]
# ### Exercise 6 · The campaign's price tag
#
# 15 min · ●●●○ · 5 points
#
# Write `campaign_value(listed, called, left, value, cost, share)`: the estimated profit per customer of the policy "call those in `listed`", with its standard error, as a pair `(estimate, se)`.
# `listed`, `called`, `left`: booleans (n,) for the pilot's customers; `value`: dollars (n,), kept by those who do not leave; `cost` dollars a call; `share`: the probability with
# which the pilot called anybody, strictly between 0 and 1 (else `ValueError`).
#
# - What customer `i` brought in the pilot: `y_i = value_i` if he did not leave, else 0; minus `cost` if he was called.
# - He counts where the coin agreed with the policy (`called_i == listed_i`), with the weight 1 / (probability that it did): `1 / share` for the called, `1 / (1 - share)` for
#   the others. Elsewhere his weight is 0.
# - `estimate` is the mean over **all** `n` customers of weight times `y`; `se` is the sample standard deviation (`ddof=1`) of these products over √n.
#
# Example: `listed = [True, False, True]`, `called = [True, False, False]`, `left = [False, False, True]`, `value = [100, 50, 80]`, `cost = 10`, `share = 0.5` → products 180, 100, 0 → `(93.33…, 52.06…)`.
#
# <details><summary>Hint 1 · the idea</summary>
# In a pilot with a share of 0.25 a called customer stands for four. Who was treated otherwise than your policy says stands for nobody.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>np.where(called, share, 1 - share)</code> is the probability of what happened to each.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>products = (called == listed) / np.where(called, share, 1 - share) * (value * ~left - cost * called)</code></details>


# %% exercise="price-the-campaign"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    ### BEGIN SOLUTION
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))
    ### END SOLUTION


# %% check="price-the-campaign" points=5
def judge_price(listed, called, left, value, cost, share, kind=np.array):
    listed, called, left = (np.array([bool(v) for v in some]) for some in (listed, called, left))
    value = np.asarray(value, float)
    got = campaign_value(kind(listed), kind(called), kind(left), kind(value), cost, share)
    check.that(
        isinstance(got, (tuple, list, np.ndarray)) and len(got) == 2,
        says="a pair is asked for: estimate and standard error",
        seen=got,
    )
    estimate, se = (float(np.asarray(v)) for v in got)
    n, agree = len(value), called == listed
    y = value * (1.0 - left) - cost * called

    def products(weights, y=y, agree=agree):
        return agree * weights * y

    weights = np.where(called, 1 / share, 1 / (1 - share))
    right = products(weights)
    told = f"n={n}, share={share:.2f}, cost={cost}"
    for says, wrong in (
        ("the sum is divided by the sum of the weights: divide by n, as the card says", right.sum() / max(1e-9, (agree * weights).sum())),
        ("that is the plain mean of those for whom the coin agreed: each stands for others as well", y[agree].mean() if agree.any() else np.nan),
        ("the pilot's own share of called customers is used: the probability of the coin is given",
         products(np.where(called, 1 / max(1e-9, called.mean()), 1 / max(1e-9, 1 - called.mean()))).mean()),
        ("that is the profit of all n together, not per customer", right.sum()),
        ("the agreeing customers are not weighted: they stand for the others as well", products(1.0).sum() / n),
        ("only those for whom the coin agreed are averaged: divide by all n", right.sum() / max(1, agree.sum())),
        ("the weights have changed places: 1 / share is that of the called", products(np.where(called, 1 / (1 - share), 1 / share)).mean()),
        ("all customers are weighted alike, with 1 / share", products(np.full(n, 1 / share)).mean()),
        ("the cost of the calls is forgotten", products(weights, y + cost * called).mean()),
        ("the value of those who left is counted, not of those who stayed", products(weights, value * left - cost * called).mean()),
        ("customers whom the coin treated otherwise are counted as well", (weights * y).mean()),
        ("only the called customers of the list are counted: those that the policy leaves alone bring money, too",
         (agree & called).astype(float) @ (weights * y) / n),
        ("the cost is paid for the whole list, called or not", np.mean(products(weights, value * (1.0 - left)) - cost * listed)),
    ):  # fmt: skip
        if np.isfinite(wrong) and abs(wrong - right.mean()) > 1e-6:
            check.differs(estimate, wrong, says=says, expected=f"{right.mean():.4f}; {told}")
    check.close(estimate, right.mean(), rtol=1e-9, atol=1e-9, says=f"another estimate: {told}")
    for says, wrong in (
        ("the standard deviation is not divided by the root of n", right.std(ddof=1)),
        ("the standard deviation is divided by n, not by its root", right.std(ddof=1) / n),
        ("that is the half-width of an interval, 1.96 standard errors", 1.96 * right.std(ddof=1) / np.sqrt(n)),
        ("the standard deviation has ddof=0: ddof=1 is asked for", right.std() / np.sqrt(n)),
        ("the standard error is that of the agreeing customers alone", right[agree].std(ddof=1) / np.sqrt(agree.sum()) if agree.sum() > 1 else np.nan),
    ):  # fmt: skip
        if np.isfinite(wrong) and abs(wrong - right.std(ddof=1) / np.sqrt(n)) > 1e-9:
            check.differs(se, wrong, says=says)
    check.close(se, right.std(ddof=1) / np.sqrt(n), rtol=1e-9, says=f"another standard error: {told}")


def small_campaign(rng, n, share):
    return rng.random(n) < 0.4, rng.random(n) < share, rng.random(n) < 0.3, np.round(rng.uniform(50, 300, n), 1)


fresh = check.rng()
judge_price([1, 0, 1, 0, 1, 0], [1, 0, 0, 1, 1, 0], [0, 0, 1, 0, 1, 1], [100, 50, 80, 60, 90, 70], 10, 0.25)
judge_price([1, 0, 1], [1, 0, 0], [0, 0, 1], [100, 50, 80], 10, 0.5)
judge_price(*small_campaign(fresh, 40, 0.3), 12, 0.3)
judge_price(*small_campaign(fresh, 30, 0.7), 25, 0.7, list)
gone_0, gone_1, worth, pick = (
    fresh.random(6) < 0.5,
    fresh.random(6) < 0.3,
    fresh.uniform(50, 200, 6),
    fresh.random(6) < 0.5,
)
true_profit = np.mean(worth * (1.0 - np.where(pick, gone_1, gone_0)) - 9 * pick)
mean = 0.0
for coin in itertools.product(
    [False, True], repeat=6
):  # all 64 pilots that the coin can make, with their probabilities
    coin = np.array(coin)
    chance = float(np.prod(np.where(coin, 0.3, 0.7)))
    mean += chance * float(campaign_value(pick, coin, np.where(coin, gone_1, gone_0), worth, 9, 0.3)[0])
check.close(
    mean, true_profit, rtol=1e-6, says="over all pilots that the coin can make, the estimate is not right on average"
)
for share_given in (0.0, 1.0, -0.2, 1.5):
    check.raises(
        ValueError, campaign_value, [True, False], [True, False], [False, False], [10.0, 20.0], 1, share_given,
        says=f"a share of {share_given} is accepted: nobody would stand for the others",
    )  # fmt: skip
### BEGIN HIDDEN TESTS
for given_share in (0.2, 0.5, 0.85):
    judge_price(*small_campaign(fresh, 35, given_share), float(fresh.uniform(5, 30)), given_share)
### END HIDDEN TESTS

# %%
nobody = campaign_value(np.zeros(len(who_2), bool), called_2, left_2, value[who_2], COST, 0.5)
print(f"calling nobody: {nobody[0]:.1f} ± {1.96 * nobody[1]:.1f} dollars a customer")
priced, plain = {}, {}
for name in ("highest risk", "uplift, two linear models"):
    inside = np.isin(who_2, lists[name])  # customers outside of the list are treated alike, list or no list
    phoned, gone, worth = called_2[inside], left_2[inside], value[who_2][inside]
    # "call them all" less "call none of them", customer by customer: everybody counts, those not called with a minus
    difference, error = campaign_value(phoned, phoned, gone, np.where(phoned, worth, -worth), COST, 0.5)
    brought = np.where(gone, 0.0, worth) - COST * phoned
    arms = brought[phoned], brought[~phoned]
    told = float((truth * value - COST)[lists[name]].mean() * 1_000)
    priced[name] = (difference * 1_000, error * 1_000, told)
    plain[name] = (
        (arms[0].mean() - arms[1].mean()) * 1_000,
        float(np.hypot(*(stats.sem(arm) for arm in arms))) * 1_000,
        told,
    )
    print(
        f"{name}, a thousand calls against none, in dollars ({inside.sum():,} of the pilot's customers are on the list; the truth: {told:,.0f})"
    )
    for way, (dollars, se, _) in (("weights", priced[name]), ("difference of the two means", plain[name])):
        print(f"    {way:27s} {dollars:7,.0f} ± {1.96 * se:,.0f}")

# %% [markdown]
# The pilot prices both lists without having run either, and says how well it knows. All four intervals hold the truth. Three things are worth a second look:
#
# - *Only the list counts.* Elsewhere both policies do the same, so the cell asks about the customers on the list alone.
# - *The two estimates are not independent.* Whoever counts in "call them all" is missing in "call none", so one is high where the other is low. Two standard errors added as if they
#   were independent make too narrow an interval. So the cell takes the difference customer by customer.
# - *The weights are honest and wasteful.* They are right on average for every policy, but how many of the list the coin happened to call adds noise. For two fixed policies on one list the plain
#   difference of the two arms' means does without it: its interval is narrower. For the list by uplift it lies well above zero, where that of the weights begins at about zero.
#
# The loss of the other list is within the noise even so. Who wants a narrower interval needs a larger pilot; a quarter of the width takes sixteen times as many customers.
#
# ## The model that eats its own data
#
# The list works. Next month a colleague brings it up to date. He keeps the model of those who are called, and learns the other one, *who leaves when not called*, afresh from
# last month's customers, as every month. Nobody tells him that the thousand on the list were called.


# %%
def month(listed, hold, seed):
    """One month: who is on the list is called, but for a share `hold` of them, held back by chance. A history of all customers."""
    rng = np.random.default_rng(seed)
    held = listed & (rng.random(len(X)) < hold)
    phoned = listed & ~held
    gone = rng.random(len(X)) < np.where(phoned, world.p1, world.p0)
    return pd.DataFrame({"listed": listed, "held": held, "left": gone})


on_list = np.isin(np.arange(len(X)), lists["uplift, two linear models"])
history = month(on_list, hold=0.1, seed=5)
careless = LogisticRegression(max_iter=2_000).fit(X, history["left"])  # everybody, as if nothing had been done
forecast = careless.predict_proba(X)[:, 1][on_list].mean()
loud = (
    LogisticRegression(max_iter=2_000).fit(X.iloc[who[called]], left[called]).predict_proba(X)[:, 1]
)  # the one he keeps
next_list = call_list(careless.predict_proba(X)[:, 1] - loud, value, COST, 1_000)
next_profit = float((truth * value - COST)[next_list].sum())
print(
    f"of those on the list {world.p0[on_list].mean():.3f} would leave without a call; the retrained model says {forecast:.3f}"
)
print(
    f"the next list: {on_list[next_list].sum()} of the thousand are on it again; true profit {next_profit:,.0f} dollars, after {profit['uplift, two linear models']:,.0f}"
)

# %% [markdown]
# The calls worked, so the customers who were called look safe. More than half of them drop out of the next list, and it earns less than half as much. Nobody calls them, so they leave;
# then they look risky again and are back on the list, and so on: a *feedback loop*. The label holds what you did.
#
# The cure is cheap, if it is planned: hold back a few of the list by chance, do not call them, and learn the risk *without a call* from customers who were not called.

# %% [markdown]
# ### Exercise 7 · Fit to learn from
#
# 12 min · ●●●○ · 4 points
#
# The colleague has a second version. It runs:
#
# ```python
# def training_set(history, hold):
#     rows = history.index[~history["listed"]]     # who was called is left out
#     return rows, np.ones(len(rows))
# ```
#
# It runs, and nobody from the list is in it: about the very customers that matter the model must guess from the others, and no row of its data can tell whether it guesses right. Write
# `training_set(history, hold)` anew, so that those held back speak for the list. `history` is a table with the boolean columns `listed`, `held` and `left`; each
# customer on the list was held back with probability `hold`, independently, and all others on the list were called. Return `(rows, weights)`:
#
# - `rows`: the positions (0, 1, …, increasing) of **all** customers who were **not called**: those not listed, and those held back;
# - `weights`, floats of the same length: how many customers of the month each stands for: 1 for those not listed, `1 / hold` for those held back.
#
# Raise `ValueError` where a customer is held back who is not on the list, where `hold` is not in (0, 1], or where somebody is listed and nobody was held back (nothing can be learned about the list then).
#
# Example: listed `[True, False, True, True]`, held `[False, False, True, False]`, `hold = 0.25` → rows `[1, 2]`, weights `[1.0, 4.0]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Those held back were chosen by chance: they are like those called, but nobody spoke to them. There are few, so each counts for many.</details>
# <details><summary>Hint 2 · where to look</summary>
# Called is <code>listed &amp; ~held</code>. Use positions, not the table's index: <code>to_numpy()</code> first.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>rows = np.flatnonzero(~(listed &amp; ~held))</code>; <code>np.where(held[rows], 1 / hold, 1.0)</code></details>


# %% exercise="feedback-loop"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    ### BEGIN SOLUTION
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / hold, 1.0)
    ### END SOLUTION


# %% check="feedback-loop" points=4
def judge_rows(history, hold):
    got = training_set(history, hold)
    check.that(
        isinstance(got, (tuple, list, np.ndarray)) and len(got) == 2,
        says="a pair is asked for: rows and weights",
        seen=type(got).__name__,
    )
    check.that(np.asarray(got[0]).dtype != bool, says="rows is a mask of True and False: positions are asked for")
    rows, weights = [int(v) for v in np.asarray(got[0])], [float(v) for v in np.asarray(got[1])]
    flags = list(zip(history["listed"], history["held"], strict=True))
    right = [i for i, (on, back) in enumerate(flags) if not on or back]
    told = (
        f"listed={[bool(on) for on, _ in flags]}, held={[bool(back) for _, back in flags]}"
        if len(flags) < 9
        else f"{len(flags)} customers"
    )
    for says, wrong in (
        ("nobody from the list is in it: those held back were not called", [i for i, (on, _) in enumerate(flags) if not on]),
        ("everybody is in it, also those who were called: their label holds what you did", list(range(len(flags)))),
        ("only those held back are in it: those not listed were not called either", [i for i, (_, back) in enumerate(flags) if back]),
        ("those held back are left out and those called are in it", [i for i, (_, back) in enumerate(flags) if not back]),
        ("labels of the index are returned, not positions", [int(history.index[i]) for i in right]),
    ):  # fmt: skip
        if wrong != right:
            check.that(rows != wrong, says=says, seen=rows[:12], expected=f"{right[:12]} for {told}")
    check.equal(rows, right, says=f"rows are not the positions of all who were not called: {told}")
    check.that(
        len(weights) == len(rows),
        says="there is not one weight for each row",
        seen=f"{len(weights)} weights for {len(rows)} rows",
    )
    for says, inside, outside in (
        ("those held back stand for themselves only: each stands for 1 / hold customers of the list", 1.0, 1.0),
        ("the weight of those held back is hold, not 1 / hold", hold, 1.0),
        ("the weight of those held back is 1 / (1 - hold)", 1 / (1 - hold) if hold < 1 else np.nan, 1.0),
        (
            "the weight is listed over held, as counted: the probability is given",
            sum(on for on, _ in flags) / max(1, sum(back for _, back in flags)),
            1.0,
        ),
        ("those not listed are weighted as well: nobody was held back among them", 1 / hold, 1 / hold),
        (
            "those not listed have the weight 1 / (1 - hold): they stand for themselves",
            1 / hold,
            1 / (1 - hold) if hold < 1 else np.nan,
        ),
    ):
        wrong = [inside if flags[i][1] else outside for i in right]
        if np.isfinite(wrong).all() and not np.allclose(wrong, [1 / hold if flags[i][1] else 1.0 for i in right]):
            check.differs(weights, wrong, says=says)
    check.close(
        weights,
        [1 / hold if flags[i][1] else 1.0 for i in right],
        says=f"the weights are not right: hold={hold}, {told}",
    )


def table_of(listed, held, left=None, first=0):
    n = len(listed)
    return pd.DataFrame(
        {
            "listed": np.array(listed, bool),
            "held": np.array(held, bool),
            "left": np.zeros(n, bool) if left is None else left,
        },
        index=range(first, first + n),
    )


fresh = check.rng()
judge_rows(table_of([1, 0, 1, 1], [0, 0, 1, 0]), 0.25)
judge_rows(table_of([1, 0, 1, 1, 0], [0, 0, 1, 0, 0], first=100), 0.2)
judge_rows(table_of([0, 0, 0], [0, 0, 0]), 0.5)
try:
    training_set(table_of([1, 1, 0], [1, 1, 0]), 1.0)
except Exception:
    check.that(False, says="a hold of 1 is refused: then the whole list is held back, and all can be learned from")
judge_rows(table_of([1, 1, 0], [1, 1, 0]), 1.0)
n = 20_000
group = fresh.random(n)
on = group > 0.6
back = on & (fresh.random(n) < 0.2)
would = fresh.random(n) < group
rows, weights = training_set(table_of(on, back, would & ~(on & ~back)), 0.2)
rows, weights = np.asarray(rows, int), np.asarray(weights, float)
found = float(np.average(would[rows], weights=weights))
check.that(
    abs(found - would.mean()) < 0.06, says="the weighted share of leavers is not that of a month without calls",
    seen=f"{found:.3f}", expected=f"{would.mean():.3f} ± 0.06 in a simulated month of {n:,} customers",
)  # fmt: skip
for case, hold_given, why in (
    (table_of([1, 0], [1, 1]), 0.5, "a customer who is not on the list is held back, and no error is raised"),
    (table_of([1, 0], [0, 0]), 0.5, "nobody on the list was held back, and no error is raised"),
    (table_of([1, 0], [1, 0]), 0.0, "a hold of 0 is accepted"),
    (table_of([1, 0], [1, 0]), 1.5, "a hold of 1.5 is accepted"),
    (table_of([1, 0], [1, 0]), -0.5, "a hold below 0 is accepted"),
):
    check.raises(ValueError, training_set, case, hold_given, says=why)
check.unchanged(training_set, table_of([1, 0, 1], [1, 0, 0]), 0.5)
### BEGIN HIDDEN TESTS
for _ in range(4):
    lists_drawn = fresh.random(30) < 0.5
    drawn = lists_drawn & (fresh.random(30) < 0.4)
    if drawn.any():
        judge_rows(table_of(lists_drawn, drawn, first=int(fresh.integers(0, 50))), float(fresh.choice([0.1, 0.3, 0.4])))
judge_rows(table_of([1, 1, 0, 1], [1, 1, 0, 1]), 1.0)
check.raises(ValueError, training_set, table_of([1, 1], [1, 0]), -0.3, says="a negative hold is accepted")
### END HIDDEN TESTS

# %%
rows, weights = training_set(history, 0.1)
careful = LogisticRegression(max_iter=2_000).fit(X.iloc[rows], history["left"].iloc[rows], sample_weight=weights)
again = careful.predict_proba(X)[:, 1][on_list].mean()
print(
    f"mean risk on the list without a call: truth {world.p0[on_list].mean():.3f}, careless {forecast:.3f}, with {history['held'].sum()} held back {again:.3f}"
)
others = LogisticRegression(max_iter=2_000).fit(X[~on_list], history["left"][~on_list]).predict_proba(X)[:, 1]
print(f"by the colleague's second version, from those not listed alone: {others[on_list].mean():.3f}")
months = [month(on_list, hold=0.1, seed=seed) for seed in range(10, 18)]
ranged = []
for past in months:
    kept, stand_for = training_set(past, 0.1)
    one = LogisticRegression(max_iter=2_000).fit(X.iloc[kept], past["left"].iloc[kept], sample_weight=stand_for)
    ranged.append(float(one.predict_proba(X)[:, 1][on_list].mean()))
print(f"the careful estimate in eight other months: {min(ranged):.2f} to {max(ranged):.2f}")
better_list = call_list(careful.predict_proba(X)[:, 1] - loud, value, COST, 1_000)
better_profit = float((truth * value - COST)[better_list].sum())
print(f"the next list by the careful model: true profit {better_profit:,.0f} dollars")
forgone = float((truth * value - COST)[history["held"].to_numpy()].sum())
print(f"what holding back cost this month: {forgone:,.0f} dollars of {profit['uplift, two linear models']:,.0f}")

# %% [markdown]
# The next list is as good as the first. That the careful estimate of this month falls so near the truth is luck in part: about a hundred customers were held back, and in eight other months it ranges more widely, around the
# truth. The second version of the colleague would have come near the truth, too, in this simulated world: its truth is of the form that the model assumes, so
# what holds for the others holds for the list. You know that because the world is written above. In life only those held back can say so.
#
# About a tenth of the gain is the price of knowing, next month, what the list is worth. Ines signs it. A firm that never holds anybody back saves that tenth, and
# after some months it cannot tell a list that works from one that does not.
#
# Before you carry this home, say what was easy here. The coin was fair, nobody talked to his neighbour, everyone picked up, the effect lasted, and the features were those that
# drive the effect. And one thing no figure of this lesson answers: whether it is right to offer a discount to those alone who threaten to leave.

# %% claims=true
check.that(min(ranged) < world.p0[on_list].mean() < max(ranged) and np.ptp(ranged) > 0.04, says="around the truth")
check.prose("0.84", auc, tolerance=0.006)
check.prose("0.15", 0.15)
check.that(0.035 < left[~called].mean() - left[called].mean() < 0.045, says="4 points between called and not called")
check.prose("0.03", seen["A"]["called"], tolerance=0.01)
check.prose("0.6", seen["B"]["not called"], tolerance=0.06)
check.that(
    all(abs(value[groups[g].to_numpy()].mean() - v) < 15 for g, v in zip("ABCD", (170, 250, 190, 160), strict=True)),
    says="worth",
)
check.that(profit["highest risk"] < 0 < profit["uplift, two linear models"], says="a loss by risk, a gain by uplift")
check.that(np.corrcoef(gain, truth)[0, 1] > 0.85 and abs(np.corrcoef(risk, truth)[0, 1]) < 0.5, says="correlations")
for table in (priced, plain):
    check.that(all(abs(p - t) < 1.96 * e for p, e, t in table.values()), says="the intervals hold the truth")
    check.that(abs(table["highest risk"][0]) < 1.96 * table["highest risk"][1], says="its loss is within the noise")
check.that(all(plain[name][1] < 0.9 * priced[name][1] for name in plain), says="narrower")
best = "uplift, two linear models"
check.that(plain[best][0] - 1.96 * plain[best][1] > 6_000, says="well above zero")
check.that(abs(priced[best][0] - 1.96 * priced[best][1]) < 2_000, says="the weights' interval begins at about zero")
check.that(next_profit < 0.5 * profit[best] < 0.9 * better_profit, says="what the next lists earn")
check.that(on_list[next_list].sum() < 0.5 * on_list.sum(), says="more than half drop out")
check.that(abs(others[on_list].mean() - world.p0[on_list].mean()) < 0.04, says="the second version comes near")
check.that(0.05 < forgone / profit["uplift, two linear models"] < 0.15, says="about a tenth")
check.that(forecast < world.p0[on_list].mean() - 0.05 and abs(again - world.p0[on_list].mean()) < 0.04, says="the loop")

# %% [markdown]
# ## Sources
#
# - N. J. Radcliffe, *Using Control Groups to Target on Predicted Lift: Building and Assessing Uplift Models*, Direct Marketing Analytics Journal, 2007, 14–21: the Qini curve.
# - S. R. Künzel, J. S. Sekhon, P. J. Bickel, B. Yu, *Metalearners for estimating heterogeneous treatment effects using machine learning*, PNAS 116, 2019, 4156–4165: the T-learner and others.
# - E. Ascarza, *Retention Futility: Targeting High-Risk Customers Might Be Ineffective*, Journal of Marketing Research 55, 2018, 80–98: two field experiments in which the riskiest were the wrong ones to call.
# - D. G. Horvitz, D. J. Thompson, *A Generalization of Sampling Without Replacement From a Finite Universe*, Journal of the American Statistical Association 47, 1952, 663–685: the weights.
# - Customers: see `datasets/churn/datasheet.md`. They are fictional; the effect of a call is ours.
