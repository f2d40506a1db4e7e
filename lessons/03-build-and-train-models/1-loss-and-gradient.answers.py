# %% [markdown]
# Answers to "Loss and gradient by hand": alternatives that must pass, mistakes that must be named.

# %% [markdown]
# ## base-rate-loss

# %% [markdown]
# ## stable-log-loss


# %% exercise="stable-log-loss" kind="alternative" name="log1p"
def stable_log_loss(logits, late):
    return (np.maximum(logits, 0) - logits * late + np.log1p(np.exp(-np.abs(logits)))).mean()


# %% exercise="stable-log-loss" kind="alternative" name="log-expit"
def stable_log_loss(logits, late):
    from scipy.special import log_expit

    return float(-np.average(np.where(late == 1, log_expit(logits), log_expit(-logits))))


# %% exercise="stable-log-loss" kind="alternative" name="signed-margin-loop"
def stable_log_loss(logits, late):
    total = 0.0
    for z, y in zip(logits, late):
        margin = z if y else -z
        total += np.log1p(np.exp(-margin)) if margin > 0 else np.log1p(np.exp(margin)) - margin
    return total / len(late)


# %% exercise="stable-log-loss" kind="mistake" name="as-in-the-book" says="0 times log(0)"
def stable_log_loss(logits, late):
    p = 1 / (1 + np.exp(-logits))
    return -np.mean(late * np.log(p) + (1 - late) * np.log(1 - p))


# %% exercise="stable-log-loss" kind="mistake" name="clipped-probability" says="clipping caps the loss"
def stable_log_loss(logits, late):
    p = np.clip(0.5 * (1 + np.tanh(logits / 2)), 1e-15, 1 - 1e-15)
    return -np.mean(late * np.log(p) + (1 - late) * np.log(1 - p))


# %% exercise="stable-log-loss" kind="mistake" name="log1p-exp" says="overflows to inf"
def stable_log_loss(logits, late):
    return np.mean(np.log1p(np.exp(logits)) - late * logits)


# %% exercise="stable-log-loss" kind="mistake" name="sign" says="a loss is never negative"
def stable_log_loss(logits, late):
    return np.mean(late * logits - np.logaddexp(0, logits))


# %% exercise="stable-log-loss" kind="mistake" name="sum" says="the losses are added up"
def stable_log_loss(logits, late):
    return np.sum(np.logaddexp(0, logits) - late * logits)


# %% exercise="stable-log-loss" kind="mistake" name="no-mean" says="a loss for each flight"
def stable_log_loss(logits, late):
    return np.logaddexp(0, logits) - late * logits


# %% exercise="stable-log-loss" kind="mistake" name="base-two" says="the logarithm is to base 2"
def stable_log_loss(logits, late):
    return np.mean(np.logaddexp(0, logits) - late * logits) / np.log(2)


# %% exercise="stable-log-loss" kind="mistake" name="swapped" says="have changed places"
def stable_log_loss(late, logits):
    return np.mean(np.logaddexp(0, logits) - late * logits)


# %% exercise="stable-log-loss" kind="mistake" name="sigmoid-twice" says="the sigmoid is applied twice"
def stable_log_loss(logits, late):
    p = 0.5 * (1 + np.tanh(logits / 2))
    return np.mean(np.logaddexp(0, p) - late * p)


# %% [markdown]
# ## log-loss-gradient


# %% exercise="log-loss-gradient" kind="alternative" name="masked-weights"
def log_loss_gradient(theta, X, late, l2):
    mask = np.ones_like(theta)
    mask[0] = 0
    return np.mean(X * (sigmoid(X @ theta) - late)[:, None], axis=0) + l2 * mask * theta


# %% exercise="log-loss-gradient" kind="alternative" name="concatenated"
def log_loss_gradient(theta, X, late, l2):
    from scipy.special import expit

    error = expit(np.dot(X, theta)) - late
    return np.concatenate([[error.mean()], error @ X[:, 1:] / X.shape[0] + l2 * theta[1:]])


# %% exercise="log-loss-gradient" kind="alternative" name="loop-over-flights"
def log_loss_gradient(theta, X, late, l2):
    total = [0.0] * len(theta)
    for x, y in zip(X, late):
        residual = float(sigmoid(x @ theta) - y)
        total = [t + residual * v for t, v in zip(total, x)]
    return [t / len(late) + (l2 * w if j else 0) for j, (t, w) in enumerate(zip(total, theta))]


# %% exercise="log-loss-gradient" kind="mistake" name="no-transpose" says="rows and columns are mixed up"
def log_loss_gradient(theta, X, late, l2):
    return X @ (sigmoid(X @ theta) - late) / len(late) + l2 * np.r_[0, theta[1:]]


# %% exercise="log-loss-gradient" kind="mistake" name="sum" says="the 1/n is missing"
def log_loss_gradient(theta, X, late, l2):
    return X.T @ (sigmoid(X @ theta) - late) + l2 * np.r_[0, theta[1:]]


# %% exercise="log-loss-gradient" kind="mistake" name="penalised-bias" says="the bias is penalised too"
def log_loss_gradient(theta, X, late, l2):
    return X.T @ (sigmoid(X @ theta) - late) / len(late) + l2 * theta


# %% exercise="log-loss-gradient" kind="mistake" name="no-penalty" says="the penalty is missing"
def log_loss_gradient(theta, X, late, l2):
    return X.T @ (sigmoid(X @ theta) - late) / len(late)


# %% exercise="log-loss-gradient" kind="mistake" name="downhill" says="this points downhill"
def log_loss_gradient(theta, X, late, l2):
    return -(X.T @ (sigmoid(X @ theta) - late) / len(late) + l2 * np.r_[0, theta[1:]])


# %% exercise="log-loss-gradient" kind="mistake" name="truth-minus-forecast" says="the residual has the wrong sign"
def log_loss_gradient(theta, X, late, l2):
    return X.T @ (late - sigmoid(X @ theta)) / len(late) + l2 * np.r_[0, theta[1:]]


# %% exercise="log-loss-gradient" kind="mistake" name="twice-the-penalty" says="the penalty's slope is doubled"
def log_loss_gradient(theta, X, late, l2):
    return X.T @ (sigmoid(X @ theta) - late) / len(late) + 2 * l2 * np.r_[0, theta[1:]]


# %% exercise="log-loss-gradient" kind="mistake" name="penalty-in-the-mean" says="the penalty is divided by n"
def log_loss_gradient(theta, X, late, l2):
    return (X.T @ (sigmoid(X @ theta) - late) + l2 * np.r_[0, theta[1:]]) / len(late)


# %% exercise="log-loss-gradient" kind="mistake" name="squared-error" says="the slope of the squared error"
def log_loss_gradient(theta, X, late, l2):
    p = sigmoid(X @ theta)
    return X.T @ ((p - late) * p * (1 - p)) / len(late) + l2 * np.r_[0, theta[1:]]


# %% exercise="log-loss-gradient" kind="mistake" name="own-sigmoid-overflows" says="an extreme logit makes the gradient nan"
def log_loss_gradient(theta, X, late, l2):
    z = X @ theta
    p = np.exp(z) / (1 + np.exp(z))
    return X.T @ (p - late) / len(late) + l2 * np.r_[0, theta[1:]]


# %% exercise="log-loss-gradient" kind="mistake" name="writes-into-theta" says="the caller's theta is changed"
def log_loss_gradient(theta, X, late, l2):
    residual = sigmoid(X @ theta) - late
    penalty = theta
    penalty[0] = 0.0
    return X.T @ residual / len(late) + l2 * penalty


# %% [markdown]
# ## gradient-checker


# %% exercise="gradient-checker" kind="alternative" name="relative-error"
def gradient_agrees(objective, gradient, theta):
    claimed = np.asarray(gradient(theta.copy()))
    for i in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up[i] += 1e-4
        down[i] -= 1e-4
        slope = (objective(up) - objective(down)) / 2e-4
        if not abs(claimed[i] - slope) <= 1e-6 + 1e-3 * abs(slope):
            return False
    return True


# %% exercise="gradient-checker" kind="alternative" name="one-sided"
def gradient_agrees(objective, gradient, theta):
    here = objective(theta)
    slopes = np.array([objective(theta + row) - here for row in 1e-7 * np.identity(len(theta))]) / 1e-7
    gap = np.abs(slopes - gradient(theta))
    return bool(np.all(gap < 1e-5 + 1e-3 * np.abs(slopes)))


# %% exercise="gradient-checker" kind="alternative" name="scipy"
def gradient_agrees(objective, gradient, theta):
    from scipy.optimize import approx_fprime

    try:
        np.testing.assert_allclose(gradient(theta), approx_fprime(theta, objective), rtol=1e-3, atol=1e-5)
    except AssertionError:
        return False
    return True


# %% exercise="gradient-checker" kind="mistake" name="tiny-step" says="rounding drowns the slope"
def gradient_agrees(objective, gradient, theta):
    h = 1e-15
    slopes = [(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))]
    return np.allclose(gradient(theta), slopes, rtol=1e-4)


# %% exercise="gradient-checker" kind="mistake" name="wide-step" says="the step is too wide"
def gradient_agrees(objective, gradient, theta):
    h = 0.1
    slopes = [(objective(theta + h * e) - objective(theta)) / h for e in np.eye(len(theta))]
    return np.allclose(gradient(theta), slopes, rtol=1e-3)


# %% exercise="gradient-checker" kind="mistake" name="relative-only" says="a relative error has nothing to refer to"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slopes = np.array([(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))])
    claimed = gradient(theta)
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(claimed - slopes) / (np.abs(claimed) + np.abs(slopes)) < 1e-4))


# %% exercise="gradient-checker" kind="mistake" name="norms" says="a gradient with the wrong sign is accepted"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slopes = [(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))]
    return np.isclose(np.linalg.norm(gradient(theta)), np.linalg.norm(slopes), rtol=1e-4)


# %% exercise="gradient-checker" kind="mistake" name="cosine" says="a doubled gradient is accepted"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slopes = np.array([(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))])
    claimed = gradient(theta)
    return claimed @ slopes >= 0.999 * np.linalg.norm(claimed) * np.linalg.norm(slopes) - 1e-9


# %% exercise="gradient-checker" kind="mistake" name="first-entry" says="wrong in its last entry only"
def gradient_agrees(objective, gradient, theta):
    e = np.zeros(len(theta))
    e[0] = 1e-5
    slope = (objective(theta + e) - objective(theta - e)) / 2e-5
    return np.isclose(gradient(theta)[0], slope, rtol=1e-4)


# %% exercise="gradient-checker" kind="mistake" name="all-at-once" says="errors of two entries cancel"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slope = (objective(theta + h) - objective(theta - h)) / (2 * h)
    return np.isclose(np.sum(gradient(theta)), slope, rtol=1e-4)


# %% exercise="gradient-checker" kind="mistake" name="wide-tolerance" says="a tolerance is too wide"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slopes = [(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))]
    return np.allclose(gradient(theta), slopes, atol=1e-2)


# %% exercise="gradient-checker" kind="mistake" name="nan-slips-through" says="a gradient of nan is accepted"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slopes = [(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))]
    for claimed, slope in zip(gradient(theta), slopes):
        if abs(claimed - slope) > 1e-6 + 1e-4 * abs(slope):
            return False
    return True


# %% exercise="gradient-checker" kind="mistake" name="moves-theta" says="moved and not put back"
def gradient_agrees(objective, gradient, theta):
    h, claimed, slopes = 1e-5, gradient(theta), []
    for i in range(len(theta)):
        theta[i] += h
        above = objective(theta)
        theta[i] -= 2 * h
        slopes.append((above - objective(theta)) / (2 * h))
    return np.allclose(claimed, slopes, rtol=1e-3, atol=1e-4)


# %% exercise="gradient-checker" kind="mistake" name="entry-by-entry" says="not one True or False"
def gradient_agrees(objective, gradient, theta):
    h = 1e-5
    slopes = [(objective(theta + e) - objective(theta - e)) / (2 * h) for e in h * np.eye(len(theta))]
    return np.isclose(gradient(theta), slopes)


# %% [markdown]
# ## gradient-descent


# %% exercise="gradient-descent" kind="alternative" name="while"
def descend(objective, gradient, theta, step, tol, max_steps):
    theta = theta.copy()
    history = [objective(theta)]
    slope = gradient(theta)
    while np.sqrt(np.sum(np.square(slope))) > tol and len(history) <= max_steps:
        theta -= step * slope
        history.append(objective(theta))
        slope = gradient(theta)
    return theta, np.array(history)


# %% exercise="gradient-descent" kind="alternative" name="recursive"
def descend(objective, gradient, theta, step, tol, max_steps):
    here, slope = float(objective(theta)), np.asarray(gradient(theta))
    if max_steps == 0 or np.linalg.norm(slope) <= tol:
        return theta, [here]
    end, history = descend(objective, gradient, theta - step * slope, step, tol, max_steps - 1)
    return end, [here, *history]


# %% exercise="gradient-descent" kind="alternative" name="path-first"
def descend(objective, gradient, theta, step, tol, max_steps):
    path = [theta]
    while len(path) - 1 < max_steps:
        slope = gradient(path[-1])
        if slope @ slope <= tol * tol:
            break
        path += [path[-1] - step * slope]
    return [path[-1], [objective(point) for point in path]]


# %% exercise="gradient-descent" kind="alternative" name="two-generators"
def descend(objective, gradient, theta, step, tol, max_steps):
    def points(here):
        yield here
        for _ in range(max_steps):
            slope = np.array(gradient(here))
            if not (slope**2).sum() ** 0.5 > tol:
                return
            here = here - slope * step
            yield here

    path = list(points(np.array(theta)))
    return path[-1], tuple(map(objective, path))


# %% exercise="gradient-descent" kind="mistake" name="uphill" says="uphill: the step has the wrong sign"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta = theta + step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="in-place" says="the caller's theta is overwritten"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta -= step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="range-from-one" says="one update too few"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(1, max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta = theta - step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="one-more" says="one update too many"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps + 1):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta = theta - step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="start-missing" says="the history lacks the start"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = []
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta = theta - step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="end-missing" says="the history lacks the objective after the last update"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = []
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        history.append(objective(theta))
        theta = theta - step * slope
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="stale-gradient" says="comes a step late"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        theta = theta - step * slope
        history.append(objective(theta))
        if np.linalg.norm(slope) <= tol:
            break
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="strictly-smaller" says="a norm equal to tol is small enough"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) < tol:
            break
        theta = theta - step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="loss-change" says="the change of the objective"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        theta = theta - step * gradient(theta)
        history.append(objective(theta))
        if history[-2] - history[-1] <= tol:
            break
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="no-stop" says="tol is not heeded"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        theta = theta - step * gradient(theta)
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="largest-entry" says="not compared with the Euclidean norm"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.abs(slope).max() <= tol:
            break
        theta = theta - step * slope
        history.append(objective(theta))
    return theta, history


# %% exercise="gradient-descent" kind="mistake" name="nothing-returned" says="asked are two things, theta and history"
def descend(objective, gradient, theta, step, tol, max_steps):
    history = [objective(theta)]
    for _ in range(max_steps):
        slope = gradient(theta)
        if np.linalg.norm(slope) <= tol:
            break
        theta = theta - step * slope
        history.append(objective(theta))


# %% [markdown]
# ## step-size

# %% [markdown]
# ## prepare-parts


# %% exercise="prepare-parts" kind="alternative" name="scikit-learn"
def prepare(train, valid):
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return pipeline.fit_transform(train), pipeline.transform(valid)


# %% exercise="prepare-parts" kind="alternative" name="pandas"
def prepare(train, valid):
    import pandas as pd

    train, valid = pd.DataFrame(train), pd.DataFrame(valid)
    medians = train.median()
    filled = train.fillna(medians)
    spreads = filled.std(ddof=0).replace(0.0, 1.0)
    return [(part.fillna(medians) - filled.mean()) / spreads for part in (train, valid)]


# %% exercise="prepare-parts" kind="alternative" name="column-by-column"
def prepare(train, valid):
    out = np.array(train), np.array(valid)
    for j in range(train.shape[1]):
        known = train[~np.isnan(train[:, j]), j]
        for part in out:
            part[np.isnan(part[:, j]), j] = np.median(known)
        centre, spread = np.mean(out[0][:, j]), np.std(out[0][:, j])
        for part in out:
            part[:, j] -= centre
            part[:, j] /= spread or 1
    return out


# %% exercise="prepare-parts" kind="alternative" name="float32"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    filled = [np.where(np.isnan(part), medians, part).astype(np.float32) for part in (train, valid)]
    means = filled[0].sum(axis=0) / len(train)
    spreads = np.sqrt(((filled[0] - means) ** 2).sum(axis=0) / len(train))
    return [(part - means) / np.where(spreads > 0, spreads, 1) for part in filled]


# %% exercise="prepare-parts" kind="mistake" name="as-found" says="both of Tomas' faults are still there"
def prepare(train, valid):
    return prepare_of_tomas(train, valid)


# %% exercise="prepare-parts" kind="mistake" name="scaled-per-part" says="each part is scaled by itself"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    out = []
    for part in (train, valid):
        part = np.where(np.isnan(part), medians, part)
        spreads = part.std(axis=0)
        spreads[spreads == 0] = 1.0
        out.append((part - part.mean(axis=0)) / spreads)
    return out[0], out[1]


# %% exercise="prepare-parts" kind="mistake" name="all-rows" says="training and validation rows together"
def prepare(train, valid):
    both = np.vstack([train, valid])
    both = np.where(np.isnan(both), np.nanmedian(both, axis=0), both)
    spreads = both.std(axis=0)
    spreads[spreads == 0] = 1.0
    both = (both - both.mean(axis=0)) / spreads
    return both[: len(train)], both[len(train) :]


# %% exercise="prepare-parts" kind="mistake" name="medians-of-all" says="the medians still come from all rows"
def prepare(train, valid):
    medians = np.nanmedian(np.vstack([train, valid]), axis=0)
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    means, spreads = train.mean(axis=0), train.std(axis=0)
    spreads[spreads == 0] = 1.0
    return (train - means) / spreads, (valid - means) / spreads


# %% exercise="prepare-parts" kind="mistake" name="scaled-before-filling" says="taken before the gaps are filled"
def prepare(train, valid):
    medians, means, spreads = np.nanmedian(train, axis=0), np.nanmean(train, axis=0), np.nanstd(train, axis=0)
    spreads[spreads == 0] = 1.0
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    return (train - means) / spreads, (valid - means) / spreads


# %% exercise="prepare-parts" kind="mistake" name="constant-column" says="divided by its spread of zero"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    return (train - train.mean(axis=0)) / train.std(axis=0), (valid - train.mean(axis=0)) / train.std(axis=0)


# %% exercise="prepare-parts" kind="mistake" name="epsilon" says="an epsilon stands in for a spread of zero"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    means, spreads = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - means) / spreads, (valid - means) / spreads


# %% exercise="prepare-parts" kind="mistake" name="sample-deviation" says="pandas' habit"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    means, spreads = train.mean(axis=0), train.std(axis=0, ddof=1)
    spreads[spreads == 0] = 1.0
    return (train - means) / spreads, (valid - means) / spreads


# %% exercise="prepare-parts" kind="mistake" name="mean-fill" says="the gaps get the column's mean"
def prepare(train, valid):
    fills = np.nanmean(train, axis=0)
    train, valid = (np.where(np.isnan(part), fills, part) for part in (train, valid))
    means, spreads = train.mean(axis=0), train.std(axis=0)
    spreads[spreads == 0] = 1.0
    return (train - means) / spreads, (valid - means) / spreads


# %% exercise="prepare-parts" kind="mistake" name="no-axis" says="the axis is missing"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    train, valid = (np.where(np.isnan(part), medians, part) for part in (train, valid))
    return (train - train.mean()) / train.std(), (valid - train.mean()) / train.std()


# %% exercise="prepare-parts" kind="mistake" name="in-place" says="filled or scaled in place"
def prepare(train, valid):
    medians = np.nanmedian(train, axis=0)
    for part in (train, valid):
        rows, columns = np.nonzero(np.isnan(part))
        part[rows, columns] = medians[columns]
    means, spreads = train.mean(axis=0), train.std(axis=0)
    spreads[spreads == 0] = 1.0
    return (train - means) / spreads, (valid - means) / spreads


# %% exercise="prepare-parts" kind="mistake" name="gaps-left-in-valid" says="gaps are left in the validation part"
def prepare(train, valid):
    train = np.where(np.isnan(train), np.nanmedian(train, axis=0), train)
    means, spreads = train.mean(axis=0), train.std(axis=0)
    spreads[spreads == 0] = 1.0
    return (train - means) / spreads, (valid - means) / spreads


# %% [markdown]
# ## Equivalent mutants

# %% exercise="stable-log-loss" kind="equivalent" mutant="- return np.mean(np.logaddexp(0, logits) - late * logits) | + return np.mean(np.logaddexp(logits, 0) - late * logits)" reason="logaddexp is symmetric in its arguments"

# %% exercise="gradient-checker" kind="equivalent" mutant="- h = 1e-05 | + h = 2e-05" reason="a step of the same order: a correct gradient checker too"

# %% exercise="gradient-checker" kind="equivalent" mutant="- return np.allclose(gradient(theta), slopes) | + return np.allclose(slopes, gradient(theta))" reason="only the relative tolerance of 1e-5 refers to the other side, a difference of second order; nan is refused on either side"
