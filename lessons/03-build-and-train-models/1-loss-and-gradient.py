# %% [markdown]
# # Loss and gradient by hand
#
# After this lesson you can
#
# - say what a log-loss of `0.3` is worth, by comparing it with the loss of a constant,
# - write a log-loss and its gradient that survive extreme logits, and prove the gradient with finite differences,
# - write gradient descent, choose its step size from a bound instead of by luck,
# - find the preparation mistake that makes a model look fine in a notebook and fail at the desk.
#
# **The case.** An airline's operations desk wants to know, two hours before departure, which flights will arrive
# 30 minutes late or worse, so that it can rebook connecting passengers. Tomas, the desk's analyst (he is invented),
# has copied a training loop from somewhere. Its third step prints `nan`. Somebody tells him to lower the learning rate.
# It prints `nan` later. You are going to build the thing from its parts, so that you know which part to blame.

# %% [markdown]
# ## Recall
#
# **1.** (Module 01) A needless rebooking costs the desk `40` dollars, a late flight that it missed `240`. From which
# probability of being late does rebooking pay?
#
# <details><summary>A · <code>1/6</code></summary>Wrong: <code>40/240</code> divides one cost by the other. The
# threshold weighs the false alarm against both: <code>40/(40 + 240)</code>.</details>
# <details><summary>B · <code>1/7</code></summary>Right: rebook where <code>p · 240 > (1 − p) · 40</code>, so from
# <code>p = 40/(40 + 240)</code>. Note that this needs a <em>probability</em>, not only a ranking.</details>
# <details><summary>C · <code>1/2</code></summary>Wrong: one half is right only when both mistakes cost the
# same.</details>
#
# **2.** (Module 02) We train on January to August and judge on September and October. Why not judge on a random fifth of all rows?
#
# <details><summary>A · A random fifth would be too small</summary>Wrong: it would be just as large. Size is not the
# trouble.</details>
# <details><summary>B · A random fifth shares its days with the training rows</summary>Right: flights of one stormy
# afternoon would sit on both sides. The desk always predicts days that the model has not seen.</details>
# <details><summary>C · Random splits change the base rate</summary>Wrong: they keep it, and that is the flattering
# part. In the real future the base rate moves, as you are about to see.</details>
#
# **3.** (Module 02) Where a plane's age is missing, you fill in a median. The median of which rows?
#
# <details><summary>A · Of all rows, that is the most precise one</summary>Wrong: it would carry September's values into
# the training rows. On the day you train, September has not happened.</details>
# <details><summary>B · Of the part in which the gap is</summary>Wrong: at the desk the "part" is one flight, and its
# median is a gap.</details>
# <details><summary>C · Of the training rows, for every part</summary>Right: whatever is learnt from data is learnt from
# the training rows only. Exercise 5 shows what happens otherwise.</details>

# %%
import mle  # first, so that the numerical libraries use one thread
import matplotlib.pyplot as plt
import numpy as np
from mle import check, flights

# %% [markdown]
# ## What does knowing nothing cost?
#
# We take `20_000` of the training flights, spread evenly over January to August, so that everything below runs in seconds;
# and all flights of September and October.

# %%
train = flights.departures("train", rows=20_000)
valid = flights.departures("valid")
for name, part in (("train, Jan-Aug", train), ("valid, Sep-Oct", valid)):
    print(f"{name}: {len(part):6} flights, {part['late'].mean():.3f} of them late")

# %% [markdown]
# The rate in September and October is about half of the one before. Autumn is a good time to fly.
#
# A forecast $p$ for a flight that turns out late ($y=1$) or not ($y=0$) costs the **log-loss**
# $\ell = -y\ln p - (1-y)\ln(1-p)$: the surprise at what happened. A loss of a whole part is the mean over its flights.
# The simplest model says the same $p$ for every flight, the base rate of the training part.

# %% [markdown]
# **Predict before you go on.** The model gives every flight, in both parts, the training part's rate. What is its mean log-loss
# on the training part, and on September and October? The two rates are printed above; a calculator helps.
#
# <details><summary>A · <code>0.69</code> on both</summary>Wrong: that is ln 2, the loss of a coin. This model knows the base
# rate.</details>
# <details><summary>B · <code>0.18</code> and <code>0.09</code></summary>Wrong: those are the shares of late flights. A loss is made of
# logarithms, and the flights on time cost, too.</details>
# <details><summary>C · about <code>0.47</code>, and higher on September and October, where the rate is wrong</summary>Half right. A
# wrong rate costs something, but it costs less than the easier flights save.</details>
# <details><summary>D · about <code>0.47</code>, and lower on September and October, about <code>0.34</code></summary>Right. A share of
# the flights is late; each of them costs −ln p, each of the others −ln (1 − p), with p the training rate both times.
# Fewer late flights, fewer expensive ones.</details>

# %%
late_train, late_valid = train["late"].to_numpy(float), valid["late"].to_numpy(float)
rate = late_train.mean()


def loss_of_constant(p, late):
    """The mean log-loss in nats of saying `p` for every flight of `late` (n,)."""
    return -np.mean(late * np.log(p) + (1 - late) * np.log(1 - p))


print(f"train, saying the training rate   {loss_of_constant(rate, late_train):.3f}")
print(f"valid, saying the training rate   {loss_of_constant(rate, late_valid):.3f}")
print(
    f"valid, saying valid's own rate    {loss_of_constant(late_valid.mean(), late_valid):.3f}  (nobody knows it in August)"
)

# %% claims=true
check.prose("0.465", loss_of_constant(rate, late_train))
check.prose("0.337", loss_of_constant(rate, late_valid))
check.prose("0.310", loss_of_constant(late_valid.mean(), late_valid))

# %% [markdown]
# The loss falls from 0.465 to 0.337, and the model has learnt nothing. Nothing at all: it is one number. The flights
# became easier. So a loss means nothing by itself, and losses of two parts cannot be compared with each other. Remember
# **0.337**. It is what a model has to beat in September and October. Who knew the autumn's rate in advance would get
# 0.310 without looking at a single flight.

# %% [markdown]
# ## Where the nan comes from
#
# A linear model gives each flight a **logit** $z = \theta^\top x$, any real number, and $p = \sigma(z) = 1/(1+e^{-z})$.
# Written down as in a book, the loss first makes $p$ and then takes its logarithm. Here is Tomas' version.


# %%
def log_loss_of_tomas(logits, late):
    p = 1 / (1 + np.exp(-logits))
    return -np.mean(late * np.log(p) + (1 - late) * np.log(1 - p))


with np.errstate(all="ignore"):
    for logit in (2.0, 20.0, 40.0, 800.0, -800.0):
        losses = [log_loss_of_tomas(np.array([logit]), np.array([y])) for y in (1.0, 0.0)]
        print(f"logit {logit:6.0f}: loss if late {losses[0]:10.4g}, if on time {losses[1]:10.4g}")

# %% [markdown]
# At a logit of 40, $p$ rounds to exactly one, and a flight on time costs `inf` (it should cost 40). A flight that *is*
# late costs `nan`, because `0 * log(0)` is `nan`: the forecast was right, and training is over. No learning rate cures
# this. The cure is algebra. Put $\sigma$ into $\ell$, and the probability disappears:
#
# $$\ell(z, y) = \ln(1 + e^{z}) - y z$$
#
# One exponential is left, and it can still overflow. There is a way to compute $\ln(e^a + e^b)$ without ever computing
# $e^a$; numpy has it.

# %% [markdown]
# ### Exercise 1 · A log-loss that cannot overflow
#
# 8 min · ●●○○ · 3 points
#
# Write `stable_log_loss(logits, late)`: the mean log-loss in nats (natural logarithm), as one number.
#
# - `logits`: float array (n,), of any size from −1000 to 1000; `late`: float array (n,) of 0.0 and 1.0.
# - For every such input the result is finite and right, also for a flight whose logit is 1000 and which is on time: it
#   costs 1000, not 34. Right for ordinary logits alone earns 1 of the 3 points.
#
# *Example.* `stable_log_loss(np.array([0.0, 1000.0]), np.array([1.0, 0.0]))` → `500.3466`, the mean of ln 2 and 1000.
#
# <details><summary>Hint 1 · the idea</summary>Do not compute <code>p</code>. Work from ln(1 + e<sup>z</sup>) − y z,
# where 1 is e<sup>0</sup>.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.logaddexp(a, b)</code> is ln(e<sup>a</sup> + e<sup>b</sup>),
# computed safely. Without it: ln(1 + e<sup>z</sup>) = max(z, 0) + ln(1 + e<sup>−|z|</sup>).</details>
# <details><summary>Hint 3 · almost the code</summary><code>np.logaddexp(0, logits)</code> minus labels times logits; then
# the mean.</details>


# %% exercise="stable-log-loss"
def stable_log_loss(logits, late):
    """Mean log-loss in nats of `logits` (n,), any real numbers, for labels `late` (n,) of 0.0 and 1.0."""
    ### BEGIN SOLUTION
    return np.mean(np.logaddexp(0, logits) - late * logits)
    ### END SOLUTION


# %% check="stable-log-loss" points=3
from scipy.special import expit, log_expit
from sklearn.metrics import log_loss

rng = check.rng()
some_logits = rng.normal(0.5, 2, 50)
was_late = (rng.random(50) < 0.3).astype(float)
mine = stable_log_loss(some_logits, was_late)
truth = log_loss(was_late, expit(some_logits))
per_flight = -(was_late * log_expit(some_logits) + (1 - was_late) * log_expit(-some_logits))
twice = log_loss(was_late, expit(expit(some_logits)))
check.differs(mine, per_flight, says="there is a loss for each flight; asked is their mean, one number")
check.shape(mine, (), says="the result is not one number")
check.differs(mine, -truth, says="the sign is wrong: a loss is never negative")
check.differs(
    mine, truth * 50, says="the losses are added up; their mean does not depend on how many flights there are"
)
check.differs(mine, truth / np.log(2), says="the logarithm is to base 2; nats need the natural one")
check.differs(
    mine, np.mean(np.logaddexp(0, was_late) - was_late * some_logits), says="labels and logits have changed places"
)
check.differs(mine, twice, says="the sigmoid is applied twice: logits become p once")
check.close(mine, truth, says="this is not scikit-learn's log_loss of the same flights", look="Hint 3")
check.credit(1, "the loss is right where no logit is extreme")

sure = np.array([1000.0, -1000.0, 800.0, -750.0])
wrong = stable_log_loss(sure, np.array([0.0, 1.0, 1.0, 0.0]))
right = stable_log_loss(sure, np.array([1.0, 0.0, 1.0, 0.0]))
check.that(
    not np.isnan(np.asarray([wrong, right], dtype=float)).any(),
    says="0 times log(0) makes nan where the forecast is sure",
    seen=f"{wrong} for sure and wrong, {right} for sure and right",
    expected="500 and 0",
    look="Hint 1",
)
check.that(
    np.isfinite(np.asarray([wrong, right], dtype=float)).all(),
    says="the exponential of a large logit overflows to inf",
    seen=f"{wrong} for sure and wrong, {right} for sure and right",
    expected="500 and 0",
    look="Hint 2",
)
check.that(
    np.asarray(wrong) > 499,
    says="clipping caps the loss: a flight that is sure and wrong costs its whole logit",
    seen=wrong,
    expected="500, for two of four flights off by 1000",
    look="Hint 1",
)
check.close(wrong, 500.0, says="extreme logits get the wrong loss", look="Hint 2")
check.close(right, 0.0, says="flights that are sure and right cost nothing", look="Hint 2")
### BEGIN HIDDEN TESTS
for n, late_share in ((1, 1.0), (7, 0.0), (30, 0.5)):
    some_logits = rng.normal(0, 300, n).clip(-1000, 1000)
    was_late = (rng.random(n) < late_share).astype(float)
    truth = -np.mean(was_late * log_expit(some_logits) + (1 - was_late) * log_expit(-some_logits))
    check.close(
        stable_log_loss(some_logits, was_late), truth, says="wide random logits get the wrong loss", look="Hint 2"
    )
### END HIDDEN TESTS

# %% [markdown]
# PyTorch calls this function `BCEWithLogitsLoss`, Keras has `from_logits=True`. You will meet both. Where a network ends
# in a sigmoid and the loss then takes the logarithm, Tomas' trouble is built in.

# %% [markdown]
# ## The slope
#
# To descend, you need the slope. The chain rule has two links. The first is pleasant:
# $\frac{\partial \ell}{\partial z} = \sigma(z) - y$, forecast minus truth. The second is $z = \theta^\top x$, so the
# slope with respect to $\theta$ is $x$ times that. A flight which was said to be late with `0.9` and lands on time pulls
# every weight by `0.9` times its input.
#
# From here on a column of ones stands first in $X$, so that $\theta_0$ is the **bias** (or intercept). The objective is
#
# $$J(\theta) = \frac{1}{n}\sum_i \ell(x_i^\top\theta, y_i) + \frac{\lambda}{2}\sum_{j\ge 1}\theta_j^2$$
#
# The second sum starts at one: the bias is not penalised. It holds the base rate, and shrinking it towards zero would
# pull every forecast towards one half.


# %%
def sigmoid(z):
    """1 / (1 + exp(-z)) for any real z, without overflow, since tanh saturates instead."""
    return 0.5 * (1 + np.tanh(z / 2))


def objective(theta, X, late, l2):
    """J(theta): mean log-loss in nats plus the penalty; theta (d + 1,) with the bias first, X (n, d + 1)."""
    return stable_log_loss(X @ theta, late) + l2 / 2 * np.sum(theta[1:] ** 2)


# %% [markdown]
# ### Exercise 2 · The gradient
#
# 10 min · ●●○○ · 3 points
#
# Write `log_loss_gradient(theta, X, late, l2)`: the gradient of the objective $J$ above, as an array (d + 1,).
#
# - `theta`: float array (d + 1,), the bias first; `X`: float array (n, d + 1), its first column all ones; `late`: float
#   array (n,) of 0.0 and 1.0; `l2`: the number λ.
# - No Python loop is needed. Logits may be as large as ±1000: the gradient stays finite. `theta` is left as it was.
#
# *Example.* With `theta = np.zeros(2)`, `X = np.array([[1.0, 4.0], [1.0, 0.0]])`, `late = np.array([1.0, 0.0])`, `l2 = 0.1`,
# each forecast is 0.5; the residuals are −0.5 and 0.5; the gradient is `[0.0, -1.0]`.
#
# <details><summary>Hint 1 · the idea</summary>Residual = forecast minus truth, one per flight. Each entry of the gradient
# is the mean of residual times that column, plus the penalty's own slope.</details>
# <details><summary>Hint 2 · where to look</summary>The mean over flights of "residual times column", for all columns at
# once, is <code>X.T @ residual</code> divided by n. The slope of λ/2 θ² is λ θ.</details>
# <details><summary>Hint 3 · almost the code</summary>Make <code>penalty = l2 * theta</code> (a new array), set its entry 0
# to zero, and add it to <code>X.T @ (sigmoid(X @ theta) - late) / len(late)</code>.</details>


# %% exercise="log-loss-gradient"
def log_loss_gradient(theta, X, late, l2):
    """Gradient (d + 1,) of the mean log-loss plus l2/2 times the squared weights, the bias theta[0] not penalised.

    theta (d + 1,), X (n, d + 1) with ones in column 0, late (n,) of 0.0 and 1.0.
    """
    ### BEGIN SOLUTION
    residual = sigmoid(X @ theta) - late
    penalty = l2 * theta
    penalty[0] = 0.0
    return X.T @ residual / len(late) + penalty
    ### END SOLUTION


# %% check="log-loss-gradient" points=3
from scipy.special import expit, log_expit

rng = check.rng()


def random_problem(n, d):
    """A random problem of n flights and d columns, the ones included."""
    rows = np.column_stack([np.ones(n), rng.normal(size=(n, d - 1)) * rng.uniform(0.5, 2, d - 1)])
    return rng.normal(size=d), rows, (rng.random(n) < 0.4).astype(float)


def true_objective(rows, was_late, strength):
    return lambda t: (
        -np.mean(was_late * log_expit(rows @ t) + (1 - was_late) * log_expit(-rows @ t))
        + strength / 2 * np.sum(t[1:] ** 2)
    )


# as many flights as columns, so that a forgotten transpose goes through
point, rows, was_late = random_problem(4, 4)
mine = log_loss_gradient(point.copy(), rows, was_late, 0.3)
residuals = expit(rows @ point) - was_late
check.differs(
    mine,
    rows @ residuals / 4 + 0.3 * np.r_[0, point[1:]],
    says="X instead of its transpose: rows and columns are mixed up",
    look="Hint 2",
)

point, rows, was_late = random_problem(9, 4)
strength = 0.3
mine = log_loss_gradient(point.copy(), rows, was_late, strength)
forecasts = expit(rows @ point)
data_part, penalty_part = rows.T @ (forecasts - was_late) / 9, strength * np.r_[0, point[1:]]
check.shape(mine, (4,), says="the gradient has not one entry for each entry of theta")
check.differs(mine, data_part * 9 + penalty_part, says="a sum over the flights: the 1/n is missing")
check.differs(mine, data_part + strength * point, says="the bias is penalised too; entry 0 has no penalty")
check.differs(mine, data_part, says="the penalty is missing")
check.differs(mine, -data_part - penalty_part, says="the sign is turned: this points downhill")
check.differs(mine, -data_part + penalty_part, says="truth minus forecast: the residual has the wrong sign")
check.differs(mine, data_part + 2 * penalty_part, says="the penalty's slope is doubled; the objective has l2/2")
check.differs(mine, data_part + penalty_part / 9, says="the penalty is divided by n; it is no mean over flights")
squared_slope = rows.T @ (2 * (forecasts - was_late) * forecasts * (1 - forecasts)) / 9
check.differs(mine, squared_slope + penalty_part, says="this is the slope of the squared error, not of the log-loss")
check.differs(
    mine, squared_slope / 2 + penalty_part, says="this is the slope of the squared error, not of the log-loss"
)
check.gradient(true_objective(rows, was_late, strength), mine, at=point, look="Hint 3")

rows = np.column_stack([np.ones(4), [1000.0, -1000.0, 900.0, -800.0]])
steep = log_loss_gradient(np.array([0.0, 1.0]), rows, np.array([0.0, 1.0, 1.0, 0.0]), strength)
check.that(
    not np.isnan(np.asarray(steep, dtype=float)).any(),
    says="an extreme logit makes the gradient nan",
    seen=steep,
    expected="[0, 500.3]",
    look="the function sigmoid above",
)
check.close(steep, [0.0, 500.3], says="the gradient at logits of 1000 is wrong", look="the function sigmoid above")
point, rows, was_late = random_problem(5, 3)
check.unchanged(
    log_loss_gradient,
    point.copy(),
    rows,
    was_late,
    strength,
    says="the caller's theta is changed on the way",
    look="Hint 3",
)
### BEGIN HIDDEN TESTS
for n, d, strength in ((1, 2, 0.0), (20, 6, 1.5), (50, 3, 0.01)):
    point, rows, was_late = random_problem(n, d)
    check.gradient(
        true_objective(rows, was_late, strength),
        log_loss_gradient(point.copy(), rows, was_late, strength),
        at=point,
        look="Hint 3",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Trust no gradient
#
# You just had a judge. At your desk you write it yourself: a gradient can be compared with the function it claims to
# belong to. Walk a tiny step along one coordinate, forwards and backwards; the difference of the two values divided by the
# length of the way is the slope, up to an error of the order of the step squared.
#
# The step is a compromise. Wide steps see the curvature. Tiny ones drown in rounding: `objective` has about 16 digits,
# and the difference of two nearly equal numbers keeps only the last few. Look at it.

# %% demo=true
at = np.array([-1.0, 0.5])
X_small, y_small = np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5]]), np.array([1.0, 0.0, 0.0])
exact = (X_small.T @ (sigmoid(X_small @ at) - y_small) / 3)[1]
widths = 10.0 ** np.arange(-17, 0.1, 0.5)
values = {"one-sided": [], "central": []}
for h in widths:
    above, here, below = (objective(at + np.array([0, s]), X_small, y_small, 0.0) for s in (h, 0.0, -h))
    values["one-sided"].append(abs((above - here) / h - exact))
    values["central"].append(abs((above - below) / (2 * h) - exact))
fig, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (label, errors), colour, mark in zip(values.items(), ("#D55E00", "#0072B2"), "os", strict=True):
    axes.loglog(widths, np.maximum(errors, 1e-17), color=colour, marker=mark, markersize=4, label=label)
axes.set(xlabel="step h (in units of theta)", ylabel="error of the slope (nats per unit)")
axes.legend()
plt.show()

# %% [markdown]
# *The picture: two V-shaped curves, error against step, both axes logarithmic. From the right both errors fall as the
# step shrinks, the central difference twice as steeply, down to its lowest point near `1e-5`; the one-sided one is best near
# `1e-8`, and worse there. Further left both rise again, jagged with rounding noise, and end flat: there the step is so
# small that adding it changes nothing.*
#
# **Read it.** Someone "improves" a gradient test by taking the step `1e-15`, since smaller must be more precise. What does
# the test say about a correct gradient?
#
# <details><summary>A · It accepts it, with more digits</summary>Wrong: read the error above <code>1e-15</code>. It is some ten
# orders of magnitude larger than the one above <code>1e-5</code>.</details>
# <details><summary>B · It rejects it, unless its tolerance is very wide</summary>Right: the rounding noise is some percent of the
# slope, far more than an honest tolerance. A test that cries wolf is soon switched off, or its tolerance is widened, and then the next wrong gradient
# passes.</details>

# %% [markdown]
# ### Exercise 3 · Write the test
#
# 15 min · ●●●○ · 4 points
#
# Write `gradient_agrees(objective, gradient, theta)` → `True` or `False`: does the function `gradient` give the gradient
# of the function `objective` at the point `theta`?
#
# - `objective(theta)` returns a number, `gradient(theta)` an array (d,); `theta`: float array (d,), entries of the order
#   of one. `theta` is left as it was.
# - A **right** gradient is right up to rounding. Its entries are zero, or between 0.01 and 100 in size.
# - A **wrong** one has at least one entry that is off by 1 % of that size or more, by 0.01 where it should be zero, or
#   that is `nan`.
#
# Your function is run on gradients of both kinds, some with mistakes that you have just met.
#
# *Example.* `gradient_agrees(lambda t: t @ t, lambda t: 2 * t, np.array([1.0, -3.0]))` → `True`; with `lambda t: t` in place of
# the second, `False`.
#
# <details><summary>Hint 1 · the idea</summary>For each coordinate: step up, step down, difference of the two values divided
# by twice the step. Then compare all entries with those of <code>gradient(theta)</code>.</details>
# <details><summary>Hint 2 · where to look</summary>The picture tells the step. <code>np.allclose</code> compares entry by entry
# with a relative and an absolute tolerance, and says no to nan. Comparing sums or norms lets errors cancel.</details>
# <details><summary>Hint 3 · almost the code</summary>With <code>step = h * np.eye(len(theta))[i]</code>, entry i is
# <code>(objective(theta + step) - objective(theta - step)) / (2 * h)</code>; no array of the caller is written to.</details>


# %% exercise="gradient-checker"
def gradient_agrees(objective, gradient, theta):
    """Whether `gradient(theta)` (d,) is the gradient of the scalar function `objective` at `theta` (d,)."""
    ### BEGIN SOLUTION
    h = 1e-5
    slopes = [(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))]
    return np.allclose(gradient(theta), slopes)
    ### END SOLUTION


# %% check="gradient-checker" points=4
from scipy.special import expit, log_expit

rng = check.rng()


@check.probe
def theta_after(fn, objective, gradient, point):
    fn(objective, gradient, point)
    return point


def random_entries(d):
    """Random entries of 0.3 to 1.5 in size, either sign."""
    return rng.uniform(0.3, 1.5, d) * rng.choice([-1, 1], d)


def answer_for(objective, gradient, point):
    answer = gradient_agrees(objective, gradient, point.copy())
    check.one_of(answer, [True, False], says="the answer is not one True or False")
    return bool(answer)


def cubic_sum(t):
    return np.sum(t**3)


steepness, spot = random_entries(3), random_entries(3)
check.that(
    answer_for(lambda t: steepness @ t, lambda t: steepness, spot),
    says="a right gradient of a straight line is rejected, so the step is so tiny that rounding drowns the slope",
    seen="False for objective(t) = a @ t, gradient(t) = a",
    expected="True",
    look="the picture above",
)
check.that(
    answer_for(cubic_sum, lambda t: 3 * t**2, spot),
    says="a right gradient of a curve is rejected, so the step is too wide or the tolerance too tight",
    seen="False for objective(t) = sum(t**3), gradient(t) = 3 t**2",
    expected="True",
    look="the picture above",
)
check.that(
    answer_for(lambda t: np.sum((t - spot) ** 2), lambda t: 2 * (t - spot), spot),
    says="a right gradient that is zero is rejected, since a relative error has nothing to refer to",
    seen="False at the lowest point of sum((t - c)**2)",
    expected="True",
    look="Hint 2",
)
check.that(
    not answer_for(cubic_sum, lambda t: -3 * t**2, spot),
    says="a gradient with the wrong sign is accepted: compare entries, not their sizes",
    seen="True for -3 t**2",
    expected="False",
)
check.that(
    not answer_for(cubic_sum, lambda t: 6 * t**2, spot),
    says="a doubled gradient is accepted: its direction is right, its length is not",
    seen="True for 6 t**2",
    expected="False",
)
check.that(
    not answer_for(cubic_sum, lambda t: 3 * t**2 + np.array([0, 0, 1]), spot),
    says="a gradient that is wrong in its last entry only is accepted",
    seen="True for 3 t**2 + [0, 0, 1]",
    expected="False",
    look="Hint 1",
)
check.that(
    not answer_for(cubic_sum, lambda t: 3 * t**2 + np.array([0.5, -0.5, 0]), spot),
    says="errors of two entries cancel, and the gradient is accepted",
    seen="True for 3 t**2 + [0.5, -0.5, 0]",
    expected="False",
    look="Hint 2",
)
check.that(
    not answer_for(lambda t: 0.01 * steepness @ t, lambda t: 0.0102 * steepness, spot),
    says="a small gradient 2 % off is accepted: a tolerance is too wide",
    seen="True for 0.0102 a where 0.01 a is right",
    expected="False",
    look="Hint 2",
)
check.that(
    not answer_for(cubic_sum, lambda t: t * np.nan, spot),
    says="a gradient of nan is accepted",
    seen="True for nan",
    expected="False",
)
kept = theta_after(gradient_agrees, cubic_sum, lambda t: 3 * t**2, spot.copy())
check.close(kept, spot, atol=1e-12, rtol=0, says="the caller's theta is moved and not put back", look="Hint 3")

n = 12
rows = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
was_late = (np.arange(n) % 3 == 0).astype(float)
point = random_entries(3) + np.array([2.0, 0, 0])


def true_objective(t):
    return -np.mean(was_late * log_expit(rows @ t) + (1 - was_late) * log_expit(-rows @ t)) + 0.25 * np.sum(t[1:] ** 2)


def true_slope(t, scale=1 / n, bias=0.0):
    return scale * rows.T @ (expit(rows @ t) - was_late) + 0.5 * np.r_[bias * t[0], t[1:]]


check.that(
    answer_for(true_objective, true_slope, point),
    says="the log-loss' right gradient is rejected",
    seen="False",
    expected="True",
)
planted = {"without 1/n": true_slope(point, scale=1.0), "with a penalised bias": true_slope(point, bias=1.0)}
for name, value in planted.items():
    check.that(
        not answer_for(true_objective, lambda t, value=value: value, point),
        says=f"the log-loss' gradient {name} is accepted",
        seen="True",
        expected="False",
    )
### BEGIN HIDDEN TESTS
for d in (1, 5):
    spot = random_entries(d)
    check.that(
        answer_for(cubic_sum, lambda t: 3 * t**2, spot),
        says=f"a right gradient of {d} entries is rejected",
        expected="True",
    )
    for i in range(d):
        bad = 3 * spot**2
        bad[i] *= 1.02
        says = f"a gradient of {d} entries with entry {i} off by 2 % is accepted"
        check.that(not answer_for(cubic_sum, lambda t, bad=bad: bad, spot), says=says, seen="True", expected="False")
check.that(
    not answer_for(lambda t: np.sum((t - spot) ** 2), lambda t: 2 * (t - spot) + 0.02, spot),
    says="0.02 is accepted where the slope is zero",
    seen="True",
    expected="False",
)
steep = 60 * random_entries(4)
check.that(
    answer_for(lambda t: steep @ t, lambda t: steep, spot[:4]),
    says="a right steep gradient is rejected",
    expected="True",
)
### END HIDDEN TESTS

# %% [markdown]
# Now turn your test on your own gradient, on real flights. The `Encoder` fills gaps and standardises the thirteen numeric
# columns; what it does inside is the business of Exercise 5.

# %%
encoder = flights.Encoder(train)
L2 = 0.01
X = np.column_stack([np.ones(len(train)), encoder(train).numbers]).astype(float)
X_valid = np.column_stack([np.ones(len(valid)), encoder(valid).numbers]).astype(float)


def J(theta):
    """The objective on the training part."""
    return objective(theta, X, late_train, L2)


def dJ(theta):
    """Its gradient."""
    return log_loss_gradient(theta, X, late_train, L2)


print("X", X.shape, "· your gradient agrees with your objective:", gradient_agrees(J, dJ, np.full(X.shape[1], 0.1)))

# %% [markdown]
# ## Down the slope
#
# Descent is four lines: measure the gradient, stop if it is small, take a step against it, note the objective. Most of the
# mistakes are in the order of those four lines.

# %% [markdown]
# ### Exercise 4 · Gradient descent
#
# 15 min · ●●●○ · 4 points
#
# Write `descend(objective, gradient, theta, step, tol, max_steps)` → `(theta, history)`.
#
# - `objective(theta)` returns a number, `gradient(theta)` an array (d,); `theta`: float array (d,), where to start; it is
#   left as it was. `step`: the step size, a positive number.
# - An **update** is theta minus `step` times the gradient. Before each update, stop if the gradient's Euclidean norm is at
#   most `tol`. Make `max_steps` updates at most.
# - `theta` is the last point; `history` holds the objective at the start and after each update: one more entry than
#   there were updates.
# - Going downhill without ever stopping early earns 2 of the 4 points.
#
# *Example.* With objective θ²/2, gradient θ, start `[4.0]`, step 0.5, tol 1.0 and enough steps, theta goes 4 → 2 → 1 and stops,
# since the norm is 1. Returned are `[1.0]` and `[8.0, 2.0, 0.5]`.
#
# <details><summary>Hint 1 · the idea</summary>Note the objective at the start. Then, at most <code>max_steps</code> times:
# gradient, stop or not, update, note the objective.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.linalg.norm</code>, <code>break</code>. <code>theta -= …</code> writes
# into the caller's array; <code>theta = theta - …</code> makes a new one.</details>
# <details><summary>Hint 3 · almost the code</summary><code>history = [objective(theta)]</code>; in the loop
# <code>slope = gradient(theta)</code>, <code>if np.linalg.norm(slope) &lt;= tol: break</code>, the update, and
# <code>history.append(objective(theta))</code>.</details>


# %% exercise="gradient-descent"
def descend(objective, gradient, theta, step, tol, max_steps):
    """Gradient descent from `theta` (d,): the last point (d,), and the objective at the start and after each update.

    Stops before an update when the gradient's Euclidean norm is at most `tol`, and after `max_steps` updates.
    """
    ### BEGIN SOLUTION
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta = theta - step * slope  # a new array: the caller's own stays as it is
        history.append(objective(theta))
    return theta, history
    ### END SOLUTION


# %% check="gradient-descent" points=4
from scipy.special import expit, log_expit
from sklearn.linear_model import LogisticRegression

rng = check.rng()
near = dict(rtol=1e-5, atol=1e-7)  # float32 is precise enough


def bowl_of(bends):
    """The objective a/2 θ², summed, and its gradient: after k updates of step s, θ is (1 - s a)^k times the start."""
    bends = np.asarray(bends, dtype=float)
    return lambda t: np.sum(bends * t**2) / 2, lambda t: bends * t


# six updates in a bowl, where each is known in closed form
bends, first_point = rng.uniform(0.5, 1.5, 3), rng.normal(size=3)
height, incline = bowl_of(bends)
answer = descend(height, incline, first_point.copy(), 0.4, 0.0, 6)
check.that(
    isinstance(answer, (tuple, list)) and len(answer) == 2,
    says="asked are two things, theta and history",
    seen=answer,
)
last_point, mine = answer
path = [(1 - 0.4 * bends) ** k * first_point for k in range(9)]
check.differs(last_point, (1 + 0.4 * bends) ** 6 * first_point, says="uphill: the step has the wrong sign")
check.differs(last_point, path[5], says="one update too few for max_steps")
check.differs(last_point, path[7], says="one update too many for max_steps")
check.close(last_point, path[6], **near, says="after 6 updates of a bowl, theta is elsewhere", look="Hint 3")
heights = [height(t) for t in path[:7]]
check.differs(mine, heights[1:], says="the history lacks the start")
check.differs(mine, heights[:-1], says="the history lacks the objective after the last update")
check.close(
    mine, heights, **near, says="the history is not the objective at the start and after each update", look="Hint 1"
)
check.unchanged(
    descend, height, incline, first_point.copy(), 0.4, 0.0, 6, says="the caller's theta is overwritten", look="Hint 2"
)
check.credit(2, "it goes downhill, and its history is right")

# norms 64, 32, 16, 8, 4, 2, 1: exact in floating point
height, incline = bowl_of([64.0])
for tol, says in (
    (3.0, "the test of the gradient comes a step late"),
    (2.0, "a norm equal to tol is small enough to stop"),
):
    last_point, mine = descend(height, incline, np.array([1.0]), 2.0**-7, tol, 50)
    stopped = len(np.ravel(np.asarray(mine, dtype=float))) - 1
    check.that(
        stopped != 3,
        says="the stop looks at the change of the objective, not at the gradient",
        seen="3 updates",
        expected="5",
    )
    check.that(stopped != 50, says="tol is not heeded: it runs on to max_steps", seen="50 updates", expected="5")
    check.that(
        stopped <= 5,
        says=says,
        seen=f"{stopped} updates for norms 64, 32, 16, 8, 4, 2, 1 and tol {tol:g}",
        expected="5",
    )
    check.equal(stopped, 5, says="it stops too early for this tol")
    check.close(last_point, [2.0**-5], says="theta is not the point at which it stopped")

height, incline = bowl_of([1.0, 1.0])
for tol, updates in ((4.5, 1), (3.0, 1), (1.0, 3)):
    last_point, mine = descend(height, incline, np.array([3.0, 4.0]), 0.5, tol, 50)
    check.close(
        last_point,
        np.array([3.0, 4.0]) / 2**updates,
        says=f"tol {tol:g} is not compared with the Euclidean norm of the gradient",
        look="Hint 2",
    )
last_point, mine = descend(height, incline, np.zeros(2), 0.5, 0.0, 9)
check.close(mine, [0.0], says="at the lowest point no update is made, and the history holds the start")

# a logistic regression, against scikit-learn
n, strength = 60, 0.2
rows = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
was_late = (rng.random(n) < expit(rows @ np.array([-0.5, 1.0, -1.0]))).astype(float)


def true_objective(t):
    return -np.mean(was_late * log_expit(rows @ t) + (1 - was_late) * log_expit(-rows @ t)) + strength / 2 * np.sum(
        t[1:] ** 2
    )


def true_slope(t):
    return rows.T @ (expit(rows @ t) - was_late) / n + strength * np.r_[0, t[1:]]


last_point, mine = descend(true_objective, true_slope, np.zeros(3), 1.5, 1e-7, 400)
library = LogisticRegression(C=1 / (n * strength), tol=1e-10).fit(rows[:, 1:], was_late)
check.that(
    np.all(np.diff(np.asarray(mine, dtype=float)) <= 1e-12),
    says="the objective rises on the way",
    look="the card's example",
)
check.close(
    last_point,
    np.r_[library.intercept_, library.coef_[0]],
    rtol=1e-4,
    atol=1e-5,
    says="these are not scikit-learn's coefficients",
)
### BEGIN HIDDEN TESTS
for k in (0, 1, 11):
    bends, first_point = rng.uniform(0.5, 1.5, 2), rng.normal(size=2)
    height, incline = bowl_of(bends)
    last_point, mine = descend(height, incline, first_point.copy(), 0.3, 1e-9, k)
    path = [(1 - 0.3 * bends) ** i * first_point for i in range(k + 1)]
    check.close(last_point, path[-1], **near, says=f"with max_steps={k}, theta is elsewhere")
    check.close(mine, [height(t) for t in path], **near, says=f"with max_steps={k}, the history is another")
### END HIDDEN TESTS

# %%
theta, history = descend(J, dJ, np.zeros(X.shape[1]), step=1.0, tol=1e-4, max_steps=300)
print(f"{len(history) - 1} updates, objective {history[0]:.4f} → {history[-1]:.4f}")
print(f"log-loss on Sep-Oct: {stable_log_loss(X_valid @ theta, late_valid):.3f}")

# %% [markdown]
# That is a trained model, and no library trained it. But why a step of one? Because it worked. That is how Tomas chose
# his, too.

# %% [markdown]
# ## How far to step
#
# Five step sizes, sixty updates each, same start, same flights.

# %% demo=true
STEPS = [0.03, 0.3, 3.0, 5.0, 8.0]
fig, axes = plt.subplots(figsize=(7.5, 4), layout="constrained")
looks = zip(STEPS, ("#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00"), "o^sDv", strict=True)
for size, colour, mark in looks:
    last, curve = descend(J, dJ, np.zeros(X.shape[1]), size, 0.0, 60)
    axes.plot(curve, color=colour, marker=mark, markevery=5, linewidth=2, label=f"step {size:g}")
    print(
        f"step {size:4g}: after 5 updates {curve[5]:.4f}, after 60 {curve[-1]:.4f}; "
        f"{np.sum(np.diff(curve) > 0):2} updates went up; norm of the last gradient {np.linalg.norm(dJ(last)):.0e}"
    )
axes.set(xlabel="updates", ylabel="objective (nats)")
axes.legend()
plt.show()

# %% [markdown]
# *The picture: objective against updates, five curves from `0.69`. The step of `0.03` falls slowly and is far from flat
# after sixty updates. `0.3` falls faster and nearly arrives. `3` and `5` drop within a few updates and stay flat at the
# lowest level. `8` drops at once, climbs back, swings less and less, and becomes flat far above the others.*
#
# The step of `8` is the one to look at. It does not explode, it prints no `nan`, it ends well below its start, and its curve
# becomes **flat**. You would call it converged. But the norm of its last gradient is as large as that of the slowest step:
# $\theta$ jumps to and fro between two sides of the valley, at one height. A flat curve is no proof of a minimum. A small
# gradient is.
#
# For this problem the picture is not needed. Each update is guaranteed to lower the objective, whatever the
# labels, while `step` < 2/L, with L the largest curvature that $J$ can have anywhere. Its Hessian is
# $X^\top S X / n + \lambda$ (without λ for the bias), with the $p(1-p)$ of the flights on the diagonal of $S$. Those are at most
# one quarter, so
#
# $$L = \frac{1}{4}\,\lambda_{\max}\!\left(\frac{X^\top X}{n}\right) + \lambda$$
#
# The bound is one-sided. Below it you are safe; above it you may be lucky, since most $p(1-p)$ are smaller than a quarter.
# Luck ends with the next data.

# %%
curvature = np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 4 + L2
print(f"L = {curvature:.3f}: every step below {2 / curvature:.2f} lowers the objective")

# %% [markdown]
# **Read it.** The model will be trained again every month, on flights that nobody has seen yet, and nobody looks at a picture
# then. Which of the five steps do you ship?
#
# <details><summary>A · <code>0.03</code>: the smallest is the safest</summary>Wrong: it is as safe as <code>3</code>, and after sixty
# updates it is far from arriving. Below the bound there is no prize for caution.</details>
# <details><summary>B · <code>3</code>: the largest below the bound</summary>Right: it is guaranteed to fall, whatever the labels,
# and it arrives within a few updates.</details>
# <details><summary>C · <code>5</code>: it is the fastest, and its curve never rises</summary>Wrong: it is beyond the bound, so it is
# fast by luck. Next month's flights may have more curvature.</details>
# <details><summary>D · <code>8</code>: it ends flat, so it has converged</summary>Wrong: flat it is, but its gradient is not small. It
# jumps between two sides of the valley.</details>

# %% [markdown]
# ## The right column, scaled by the wrong rows
#
# Standardised columns are what makes one step size fit all columns. So everybody standardises, and many do it like this.
# Tomas' function fills gaps and scales. It runs, its outputs have mean zero and spread one, and no test of shapes finds
# anything.


# %%
def prepare_of_tomas(train, valid):
    everything = np.vstack([train, valid])
    medians = np.nanmedian(everything, axis=0)
    out = []
    for part in (train, valid):
        part = np.where(np.isnan(part), medians, part)
        spreads = part.std(axis=0)
        spreads[spreads == 0] = 1.0
        out.append((part - part.mean(axis=0)) / spreads)
    return out[0], out[1]


# %% [markdown]
# Judge it as Tomas does, on the whole of September and October; then as the desk would use it, one day at a time. The
# figure to watch: of the 5 % of flights with the highest forecasts, how many were late?

# %% demo=true
from sklearn.linear_model import LogisticRegression

numbers_train = train[flights.NUMBERS].to_numpy(float)
numbers_valid = valid[flights.NUMBERS].to_numpy(float)
days = valid["sched_dep"].dt.normalize()


def judge(label, at_training, at_forecast):
    """Fit on prepared training rows; log-loss, and how many of the 5 % highest forecasts were late."""
    model = LogisticRegression(C=1 / (len(train) * L2)).fit(at_training, late_train)
    p = model.predict_proba(at_forecast)[:, 1]
    loss = stable_log_loss(model.decision_function(at_forecast), late_valid)
    top = np.argsort(-p)[: len(p) // 20]
    print(f"{label:28} log-loss {loss:.3f}   late among the top 5 %: {late_valid[top].mean():.3f}")
    return loss, late_valid[top].mean()


Z_train, Z_valid = prepare_of_tomas(numbers_train, numbers_valid)
in_notebook = judge("in the notebook, two months", Z_train, Z_valid)
by_day = np.vstack([prepare_of_tomas(numbers_train, numbers_valid[days == day])[1] for day in days.unique()])
at_desk = judge("at the desk, day by day", Z_train, by_day)

# %% [markdown]
# Same model, same flights, same function. Only the size of the batch has changed, and with it the forecast of every flight in
# it: a stormy day, scaled by itself, becomes an ordinary one. And a single flight has no spread at all.
#
# The test that finds it is short. A flight's row, prepared, must not depend on which rows came along with it; and
# training rows must not depend on later ones at all.

# %% [markdown]
# ### Exercise 5 · Repair the preparation
#
# 12 min · ●●○○ · 3 points
#
# Debug: write `prepare(train, valid)`, the repaired `prepare_of_tomas`. It returns the two parts, prepared: two arrays of
# the same shapes.
#
# - `train`: float array (n, d), `valid`: float array (m, d), m ≥ 1, both with gaps (`nan`); no column of `train` is all gaps.
#   Both are left as they were.
# - Gaps get the column's median. Then each column is shifted and scaled to mean 0 and standard deviation 1 (divided by n, as
#   numpy's `std` does by itself). All of this is learnt **after filling, from the training rows only**, and applied to both
#   parts.
# - A column that is constant in `train` is only shifted, not scaled.
#
# *Example.* `train = np.array([[1.0], [3.0], [np.nan]])`, `valid = np.array([[4.0]])`: the median is 2, the filled column 1, 3, 2 has
# mean 2 and spread 0.816; `valid` becomes `[[2.449]]`.
#
# <details><summary>Hint 1 · the idea</summary>There are two faults, one in the medians and one in the scaling. Three
# things are learnt from data here: medians, means and spreads. Ask of each from which rows.</details>
# <details><summary>Hint 2 · where to look</summary>Learn first: medians, then the filled training rows, then their means and
# spreads. Apply afterwards, the same numbers twice.</details>
# <details><summary>Hint 3 · almost the code</summary><code>medians = np.nanmedian(train, axis=0)</code>, fill both parts with
# <code>np.where(np.isnan(part), medians, part)</code>, and use the filled training part's <code>mean(axis=0)</code> and
# <code>std(axis=0)</code> for both.</details>


# %% exercise="prepare-parts"
def prepare(train, valid):
    """Both parts (n, d) and (m, d), gaps filled and columns standardised with what `train` alone teaches."""
    ### BEGIN SOLUTION
    medians = np.nanmedian(train, axis=0)
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    means, spreads = train.mean(axis=0), train.std(axis=0)
    spreads[spreads == 0] = 1.0
    return (train - means) / spreads, (valid - means) / spreads
    ### END SOLUTION


# %% check="prepare-parts" points=3
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = check.rng()
near = dict(rtol=1e-5, atol=1e-5)  # float32 is precise enough


def random_parts(n, m, gaps=0.2):
    """Two random parts: other scale in the second, gaps in both, the last column constant in the first."""
    one, two = rng.normal(5, 3, (n, 4)), rng.normal(9, 1, (m, 4))
    one[:, -1] = 7.0
    for part in (one, two):
        part[rng.random(part.shape) < gaps] = np.nan
    one[0] = [1.0, 2.0, 3.0, 7.0]
    return one, two


def filled_with(part, medians):
    return np.where(np.isnan(part), medians, part)


one, two = random_parts(30, 20)
mine = prepare(one.copy(), two.copy())
check.that(
    isinstance(mine, (tuple, list)) and len(mine) == 2,
    says="asked are two arrays, training part and validation part",
    seen=mine,
)
mine_a, mine_b = mine[0], mine[1]
check.shape(mine_a, one.shape, says="the prepared training part has another shape")
check.shape(mine_b, two.shape, says="the prepared validation part has another shape")
library = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(one)
both = np.vstack([one, two])
med, med_all = np.nanmedian(one, axis=0), np.nanmedian(both, axis=0)
one_filled, full_all = filled_with(one, med), filled_with(both, med_all)
spread, wide = one_filled.std(axis=0), full_all.std(axis=0)
safe = np.where(spread == 0, 1, spread)
check.that(
    not np.isnan(np.asarray(mine_a, dtype=float)[:, -1]).any(),
    says="a constant column is divided by its spread of zero",
    seen="nan in the constant column",
    expected="zeros",
    look="the card's last point",
)
check.that(not np.isnan(np.asarray(mine_a, dtype=float)).any(), says="gaps are left in the training part")
check.that(not np.isnan(np.asarray(mine_b, dtype=float)).any(), says="gaps are left in the validation part")
own = filled_with(two, med)
own_spread = np.where(own.std(axis=0) == 0, 1, own.std(axis=0))
check.differs(mine_b, (own - own.mean(axis=0)) / own_spread, says="each part is scaled by itself", look="Hint 2")
own = filled_with(two, med_all)
own_spread = np.where(own.std(axis=0) == 0, 1, own.std(axis=0))
check.differs(
    mine_b,
    (own - own.mean(axis=0)) / own_spread,
    says="both of Tomas' faults are still there: medians and scaling",
    look="Hint 1",
)
check.differs(
    mine_a,
    (full_all[:30] - full_all.mean(axis=0)) / wide,
    says="the statistics are those of training and validation rows together",
    look="Hint 1",
)
half = filled_with(one, med_all)
half_spread = half.std(axis=0)
check.differs(
    mine_a,
    (half - half.mean(axis=0)) / np.where(half_spread == 0, 1, half_spread),
    says="the medians still come from all rows",
    look="Hint 1",
)
raw_spread = np.nanstd(one, axis=0)
raw = np.where(raw_spread == 0, 1, raw_spread)
check.differs(
    mine_a,
    (one_filled - np.nanmean(one, axis=0)) / raw,
    says="means and spreads are taken before the gaps are filled",
    look="Hint 2",
)
sample = one_filled.std(axis=0, ddof=1)
check.differs(
    mine_a,
    (one_filled - one_filled.mean(axis=0)) / np.where(sample == 0, 1, sample),
    says="the spread is divided by n - 1 (pandas' habit); asked is n",
)
by_mean = filled_with(one, np.nanmean(one, axis=0))
by_mean_spread = by_mean.std(axis=0)
check.differs(
    mine_a,
    (by_mean - by_mean.mean(axis=0)) / np.where(by_mean_spread == 0, 1, by_mean_spread),
    says="the gaps get the column's mean; asked is its median",
)
check.differs(
    mine_a,
    (one_filled - one_filled.mean()) / one_filled.std(),
    says="one mean and one spread for all columns: the axis is missing",
)

check.that(
    np.abs(np.asarray(mine_b, dtype=float)[:, -1]).max() < 1e4,
    says="an epsilon stands in for a spread of zero, so a constant column explodes where it first changes",
    seen=f"{np.abs(np.asarray(mine_b, dtype=float)[:, -1]).max():.3g} in the last column",
    expected="values that are only shifted",
    look="the card's last point",
)

# the leakage probes: rows that come along must not matter
later = prepare(one.copy(), two[:7] * 3 + 50)
check.close(later[0], mine_a, **near, says="other validation rows change the training rows: they leak", look="Hint 1")
alone = prepare(one.copy(), two[3:4].copy())
check.close(
    alone[1],
    np.asarray(mine_b)[3:4],
    **near,
    says="a flight prepared alone gets other values than in its batch",
    look="Hint 2",
)
check.close(mine_a, library.transform(one), **near, says="the training part differs from scikit-learn's", look="Hint 3")
check.close(
    mine_b, library.transform(two), **near, says="the validation part differs from scikit-learn's", look="Hint 3"
)
check.unchanged(prepare, one.copy(), two.copy(), says="the caller's arrays are filled or scaled in place")
### BEGIN HIDDEN TESTS
for n, m, gaps in ((40, 1, 0.0), (25, 60, 0.4)):
    one, two = random_parts(n, m, gaps)
    library = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(one)
    mine_a, mine_b = prepare(one.copy(), two.copy())
    check.close(
        mine_a, library.transform(one), **near, says="another training part differs from scikit-learn's", look="Hint 3"
    )
    check.close(
        mine_b,
        library.transform(two),
        **near,
        says="another validation part differs from scikit-learn's",
        look="Hint 3",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## What the desk gets
#
# All parts together: your preparation, your loss, your gradient, your descent, with the step of `3` that the bound allows.

# %% demo=true
ready_train, ready_valid = prepare(numbers_train, numbers_valid)
A = np.column_stack([np.ones(len(ready_train)), ready_train])
B = np.column_stack([np.ones(len(ready_valid)), ready_valid])
theta, history = descend(
    lambda t: objective(t, A, late_train, L2), lambda t: log_loss_gradient(t, A, late_train, L2),
    np.zeros(A.shape[1]), step=3.0, tol=1e-6, max_steps=300,
)  # fmt: skip
library = LogisticRegression(C=1 / (len(A) * L2), tol=1e-8).fit(ready_train, late_train)
gap = np.abs(theta - np.r_[library.intercept_, library.coef_[0]]).max()
forecast = sigmoid(B @ theta)
top = np.argsort(-forecast)[: len(forecast) // 20]
yours = stable_log_loss(B @ theta, late_valid)
print(f"{len(history) - 1} updates; largest difference from scikit-learn's coefficients {gap:.1e}")
print(f"log-loss on Sep-Oct: yours {yours:.3f}, the training rate alone {loss_of_constant(rate, late_valid):.3f}")
print(f"mean forecast {forecast.mean():.3f}, share of late flights {late_valid.mean():.3f}")
print(
    f"top 5 %: {late_valid[top].mean():.3f} of them late, {late_valid[top].sum() / late_valid.sum():.3f} of all late flights"
)
order = np.argsort(-np.abs(theta[1:]))[:4]
print("largest weights:", ", ".join(f"{flights.NUMBERS[i]} {theta[1 + i]:+.2f}" for i in order))

# %% claims=true
check.prose("0.305", in_notebook[0])
check.prose("43 %", in_notebook[1])
check.prose("0.330", at_desk[0])
check.prose("19 %", at_desk[1])
check.prose("0.295", yours)
check.prose("41 %", late_valid[top].mean())
check.prose("22 %", late_valid[top].sum() / late_valid.sum())
check.prose("15 %", forecast.mean())
check.prose("9 %", late_valid.mean())
check.prose("5 %", len(top) / len(late_valid), tolerance=0.001)

# %% [markdown]
# Your numpy model has scikit-learn's coefficients, and a log-loss of 0.295 on September and October, against 0.337 for the
# training rate alone and 0.310 for someone who knew the autumn's rate. So it has learnt something about flights, and not
# only about seasons. Of the 5 % of flights it worries about most, 41 % were late; they hold 22 % of all late flights. With 60
# lines of code and thirteen columns, that is a start. It is not a rebooking system.
#
# Two things to tell the desk honestly. The mean forecast is 15 %, while 9 % of the flights were late: spring and summer
# taught it to expect the worst. Before anyone multiplies its probabilities with euros, that has to be mended. And Tomas'
# preparation looked **better** on the question that the desk asks: 43 % of its top flights were late in the notebook, at a
# log-loss of 0.305. Used day by day it falls to 19 %, and its log-loss of 0.330 hardly beats the base rate. No loss curve shows
# that. Only the question "which rows does this number come from?" does.
#
# Next, the same model in PyTorch, where the gradient comes for free, and with it new ways to be silently wrong: carriers and
# airports as embeddings, a network, and a training loop that you can stop and resume.

# %% [markdown]
# ## Sources
#
# - T. Hastie, R. Tibshirani, J. Friedman, *The Elements of Statistical Learning*, 2nd edition, Springer 2009, section 4.4
#   (logistic regression) and section 7.10.2 (the wrong and right way to do cross-validation).
# - M. Mächler, *Accurately Computing log(1 − exp(−|a|))*, 2012, vignette of the R package Rmpfr: when which form of
#   ln(1 + eˣ) is exact.
# - J. Nocedal, S. Wright, *Numerical Optimization*, 2nd edition, Springer 2006, section 8.1 (finite differences, choice of the
#   step).
# - D. Böhning, B. Lindsay, *Monotonicity of quadratic-approximation algorithms*, Annals of the Institute of Statistical
#   Mathematics 40, 1988, pages 641–663: p(1 − p) ≤ 1/4 as a bound of the Hessian.
# - Y. Nesterov, *Introductory Lectures on Convex Optimization*, Kluwer 2004, section 2.1.5: gradient descent with a step below
#   2/L.
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman, *Leakage in Data Mining: Formulation, Detection, and Avoidance*, ACM
#   Transactions on Knowledge Discovery from Data 6(4), 2012.
# - scikit-learn, *Common pitfalls and recommended practices* (inconsistent preprocessing, data leakage),
#   https://scikit-learn.org/stable/common_pitfalls.html
# - PyTorch, *BCEWithLogitsLoss*, https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
