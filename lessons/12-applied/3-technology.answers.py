# %% exercise="customer-value" kind="alternative" name="closed-form"
def customer_value(margin, stay, months, discount):
    """The geometric series."""
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if ((stay < 0) | (stay > 1)).any():
        raise ValueError("a probability is asked for")
    q = stay * (1 + discount) ** (-1 / 12)
    same = q == 1
    safe = np.where(same, 0.5, q)
    return margin * np.where(same, months, safe * (1 - safe**months) / (1 - safe))


# %% exercise="customer-value" kind="alternative" name="table"
def customer_value(margin, stay, months, discount):
    """One row for each month."""
    if np.min(stay) < 0 or np.max(stay) > 1:
        raise ValueError("stay: from 0 to 1")
    t = np.arange(1, months + 1)
    there = np.power.outer(np.asarray(stay, float), t)
    return np.asarray(margin, float) * (there * np.exp(-np.log1p(discount) * t / 12)).sum(axis=-1)


# %% exercise="customer-value" kind="mistake" name="undiscounted" says="the margins are not discounted"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t
    return total


# %% exercise="customer-value" kind="mistake" name="yearly-each-month" says="the discount of a year is taken off each month"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (-t)
    return total


# %% exercise="customer-value" kind="mistake" name="twelfth" says="a twelfth of the rate is taken off each month"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount / 12) ** (-t)
    return total


# %% exercise="customer-value" kind="mistake" name="churn-for-stay" says="stay is read as the probability to leave"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * (1 - stay) ** t * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="from-zero" says="the months are counted from 0"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(months):
        total += margin * stay**t * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="one-short" says="the last month is left out"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months):
        total += margin * stay**t * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="for-ever" says="the sum never ends"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, 5000):
        total += margin * stay**t * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="interest" says="the discount makes later dollars worth more"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="unchecked" says="stay = -0.1 is accepted"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="first-sure" says="the first payment is taken as sure"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay ** (t - 1) * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="discount-late" says="the first payment is not discounted"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (-(t - 1) / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="whole-years" says="the discount moves once a year only"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (-(t // 12))
    return total


# %% exercise="customer-value" kind="mistake" name="simple-interest" says="the discount is simple interest"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if not np.all((stay >= 0) & (stay <= 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t / (1 + discount * t / 12)
    return total


# %% exercise="customer-value" kind="mistake" name="all-for-any" says="an array with one stay of 1.01 is accepted"
def customer_value(margin, stay, months, discount):
    """Expected discounted margin of the next months, in dollars of today, of the shape of margin and stay.

    margin: dollars a month; stay: probability to stay one more month, in [0, 1] or ValueError; discount: a year's rate.
    """
    margin, stay = np.asarray(margin, float), np.asarray(stay, float)
    if np.all((stay < 0) | (stay > 1)):
        raise ValueError("stay must be in [0, 1]")
    total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape))
    for t in range(1, months + 1):
        total += margin * stay**t * (1 + discount) ** (-t / 12)
    return total


# %% exercise="customer-value" kind="equivalent" mutant="- total = np.zeros(np.broadcast_shapes(margin.shape, stay.shape)) | + total = np.zeros(np.broadcast_shapes(stay.shape, margin.shape))" reason="two shapes broadcast to the same shape in either order"


# %% exercise="four-kinds" kind="alternative" name="from-the-figures"
kinds, worth_a_call = {}, []
for letter, shares in seen.items():
    kept = shares["not called"] - shares["called"]
    if kept > 0.05:
        kinds[letter] = "persuadables"
    elif kept < -0.03:
        kinds[letter] = "sleeping dogs"
    else:
        kinds[letter] = "lost causes" if shares["not called"] > 0.4 else "sure things"
    if value[groups[letter].to_numpy()].mean() * kept > COST:
        worth_a_call.append(letter)


# %% exercise="four-kinds" kind="alternative" name="tuple"
kinds = dict(zip("ABCD", ["sure things", "lost causes", "sleeping dogs", "persuadables"]))
worth_a_call = ("D",)


# %% exercise="four-kinds" kind="mistake" name="a-lost" says="who stays anyway is no lost cause"
kinds = {"A": "lost causes", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="b-sure" says="that is nothing to be sure of"
kinds = {"A": "sure things", "B": "sure things", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="c-persuadable" says="you would pay to lose customers"
kinds = {"A": "sure things", "B": "lost causes", "C": "persuadables", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="d-dogs" says="the call wakes nobody here"
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "sleeping dogs"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="risk-is-persuadable" says="risk is not persuadability"
kinds = {"A": "sure things", "B": "persuadables", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="a-dogs" says="the two marks are on top of each other"
kinds = {"A": "sleeping dogs", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="call-the-risky" says="is worth less than a call costs, though most of them leave"
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["B", "D"]


# %% exercise="four-kinds" kind="mistake" name="call-c" says="where a call keeps nobody, it only costs"
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["C", "D"]


# %% exercise="four-kinds" kind="mistake" name="call-nobody" says="in one group the call keeps enough customers to pay"
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = []


# %% exercise="four-kinds" kind="mistake" name="a-persuadable" says="there is hardly anybody to persuade"
kinds = {"A": "persuadables", "B": "lost causes", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="b-dogs" says="the call drives nobody away here"
kinds = {"A": "sure things", "B": "sleeping dogs", "C": "sleeping dogs", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="c-lost" says="they are not lost unless you ring"
kinds = {"A": "sure things", "B": "lost causes", "C": "lost causes", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="c-sure" says="sure they are only until somebody calls"
kinds = {"A": "sure things", "B": "lost causes", "C": "sure things", "D": "persuadables"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="d-lost" says="that is not a lost cause"
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "lost causes"}
worth_a_call = ["D"]


# %% exercise="four-kinds" kind="mistake" name="d-sure" says="a third of them leaves without a call"
kinds = {"A": "sure things", "B": "lost causes", "C": "sleeping dogs", "D": "sure things"}
worth_a_call = ["D"]


# %% exercise="two-models" kind="alternative" name="by-name"
from copy import deepcopy


def uplift(model, X, called, left, X_new):
    """Two deep copies, each with a name."""
    arms = {"called": np.asarray(called, dtype=bool)}
    arms["quiet"] = ~arms["called"]
    chance = {}
    for name, arm in arms.items():
        labels = np.asarray(left)[arm].astype(int)
        if labels.size == 0 or labels.min() == labels.max():
            raise ValueError(f"the arm {name!r} has only one outcome")
        fitted = deepcopy(model).fit(X[arm], labels)
        chance[name] = fitted.predict_proba(X_new)[:, list(fitted.classes_).index(1)]
    return chance["quiet"] - chance["called"]


# %% exercise="two-models" kind="alternative" name="kept"
def uplift(model, X, called, left, X_new):
    """By the probability to stay: the same difference, the other way round."""
    called, stayed = np.asarray(called, bool), ~np.asarray(left, bool)
    for arm in (called, ~called):
        if not (0 < stayed[arm].sum() < arm.sum()):
            raise ValueError("one outcome only")
    loud = clone(model).fit(X[called], stayed[called])
    quiet = clone(model).fit(X[~called], stayed[~called])
    return list(loud.predict_proba(X_new)[:, 1] - quiet.predict_proba(X_new)[:, 1])


# %% exercise="two-models" kind="mistake" name="one-object" says="one object is fitted twice"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(model.fit(X[arm], left[arm]))
    return leaves[0].predict_proba(X_new)[:, 1] - leaves[1].predict_proba(X_new)[:, 1]


# %% exercise="two-models" kind="mistake" name="turned" says="the sign is turned"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return leaves[1] - leaves[0]


# %% exercise="two-models" kind="mistake" name="yes-or-no" says="predict gives yes or no"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict(X_new).astype(float))
    return leaves[0] - leaves[1]


# %% exercise="two-models" kind="mistake" name="risk-only" says="that is the risk without a call"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return leaves[0]


# %% exercise="two-models" kind="mistake" name="risk-of-all" says="that is the risk over both arms"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return clone(model).fit(X, left).predict_proba(X_new)[:, 1]


# %% exercise="two-models" kind="mistake" name="one-column" says="called is one column of one model"
def uplift(model, X, called, left, X_new):
    """One model with a column more."""
    fitted = clone(model).fit(np.column_stack([np.asarray(X), called]), left)
    ask = [fitted.predict_proba(np.column_stack([np.asarray(X_new), np.full(len(X_new), arm)]))[:, 1] for arm in (0, 1)]
    return ask[0] - ask[1]


# %% exercise="two-models" kind="mistake" name="all-for-quiet" says="one of the models has learned from both arms"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(
            clone(model)
            .fit(X[arm] if arm is called else X, left[arm] if arm is called else left)
            .predict_proba(X_new)[:, 1]
        )
    return leaves[0] - leaves[1]


# %% exercise="two-models" kind="mistake" name="ratio" says="that is the ratio of the two risks"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return leaves[0] / leaves[1]


# %% exercise="two-models" kind="mistake" name="fits-the-original" says="the model that was handed in is fitted now"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(model.fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return leaves[0] - leaves[1]


# %% exercise="two-models" kind="mistake" name="unchecked" says="is not refused with a ValueError"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            leaves.append(np.full(len(X_new), left[arm].mean() if arm.any() else 0.0))
            continue
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return leaves[0] - leaves[1]


# %% exercise="two-models" kind="mistake" name="clipped" says="the negative ones are cut off at 0"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return np.clip(leaves[0] - leaves[1], 0, None)


# %% exercise="two-models" kind="mistake" name="absolute" says="the sign is lost"
def uplift(model, X, called, left, X_new):
    """By how much a call lowers the probability to leave, for each row of X_new: shape (m,), by one model for each arm.

    model: unfitted classifier; X: (n, d); called, left: booleans (n,). ValueError where an arm has one outcome only.
    """
    called, left = np.asarray(called, bool), np.asarray(left, bool)
    leaves = []
    for arm in (~called, called):
        if len(np.unique(left[arm])) < 2:
            raise ValueError("each arm needs customers who left and customers who stayed")
        leaves.append(clone(model).fit(X[arm], left[arm]).predict_proba(X_new)[:, 1])
    return np.abs(leaves[0] - leaves[1])


# %% exercise="call-list" kind="alternative" name="sorted"
def call_list(gain, value, cost, capacity):
    """Plain Python."""
    net = [g * v - cost for g, v in zip(gain, value)]
    paying = [i for i in range(len(net)) if net[i] > 0]
    return np.array(sorted(paying, key=lambda i: -net[i])[:capacity], dtype=int)


# %% exercise="call-list" kind="alternative" name="series"
def call_list(gain, value, cost, capacity):
    """By pandas."""
    net = pd.Series(np.asarray(gain) * np.asarray(value) - cost)
    return net[net > 0].sort_values(ascending=False, kind="stable").index.to_numpy()[:capacity]


# %% exercise="call-list" kind="alternative" name="heap"
import heapq


def call_list(gain, value, cost, capacity):
    """A heap of pairs; a pair is compared by its index where the dollars are equal."""
    pairs = [(-(g * v), i) for i, (g, v) in enumerate(zip(gain, value)) if g * v > cost]
    return [i for _, i in heapq.nsmallest(capacity, pairs)]


# %% exercise="call-list" kind="mistake" name="fills-the-budget" says="the budget is filled with calls that lose money"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")[:capacity]
    return order


# %% exercise="call-list" kind="mistake" name="by-gain" says="sorted by the uplift alone"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-np.asarray(gain, float), kind="stable")
    return order[net[order] > 0][:capacity]


# %% exercise="call-list" kind="mistake" name="by-value" says="sorted by the customer's worth alone"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-np.asarray(value, float), kind="stable")
    return order[net[order] > 0][:capacity]


# %% exercise="call-list" kind="mistake" name="free-calls" says="the cost of the call is forgotten"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float)
    order = np.argsort(-net, kind="stable")[:capacity]
    return order[net[order] > 0]


# %% exercise="call-list" kind="mistake" name="worst-first" says="the smallest net comes first"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(net, kind="stable")
    return order[net[order] > 0][:capacity]


# %% exercise="call-list" kind="mistake" name="one-more" says="the list is longer than the capacity"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")[: capacity + 1]
    return order[net[order] > 0]


# %% exercise="call-list" kind="mistake" name="no-limit" says="the capacity is ignored"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")
    return order[net[order] > 0]


# %% exercise="call-list" kind="mistake" name="unsorted" says="not the best first"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")[:capacity]
    return np.sort(order[net[order] > 0])


# %% exercise="call-list" kind="mistake" name="positions" says="positions in the list of those that pay are returned"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    return np.argsort(-net[net > 0], kind="stable")[:capacity]


# %% exercise="call-list" kind="mistake" name="zero-too" says="a call whose net is exactly 0 is made"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")[:capacity]
    return order[net[order] >= 0]


# %% exercise="call-list" kind="mistake" name="late-ones" says="of equal customers the later one comes first"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(net, kind="stable")[::-1][:capacity]
    return order[net[order] > 0]


# %% exercise="call-list" kind="mistake" name="unstable" says="the sort is not stable"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net)[:capacity]
    return order[net[order] > 0]


# %% exercise="call-list" kind="mistake" name="mask" says="a mask of True and False is returned"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net, kind="stable")[:capacity]
    return np.isin(np.arange(len(net)), order[net[order] > 0])


# %% exercise="call-list" kind="mistake" name="per-worth" says="sorted by dollars per dollar of worth"
def call_list(gain, value, cost, capacity):
    """Indices of the customers to call, best first: at most capacity, each with gain * value - cost above 0.

    gain, value: shape (n,); cost: dollars a call.
    """
    net = np.asarray(gain, float) * np.asarray(value, float) - cost
    order = np.argsort(-net / np.asarray(value, float), kind="stable")
    return order[net[order] > 0][:capacity]


# %% exercise="qini" kind="alternative" name="loop"
def qini_curve(score, called, left):
    """Walk down the list with four counters."""
    nt = nc = lt = lc = 0
    curve = [0.0]
    for i in sorted(range(len(score)), key=lambda i: -score[i]):
        if called[i]:
            nt += 1
            lt += bool(left[i])
        else:
            nc += 1
            lc += bool(left[i])
        curve.append((lc * nt / nc if nc else 0.0) - lt)
    return curve


# %% exercise="qini" kind="alternative" name="table"
def qini_curve(score, called, left):
    """By pandas, by rates."""
    table = pd.DataFrame({"s": score, "t": np.asarray(called, float), "y": np.asarray(left, float)})
    table = table.sort_values("s", ascending=False, kind="stable")
    nt, lt = table["t"].cumsum(), (table["t"] * table["y"]).cumsum()
    nc, lc = (1 - table["t"]).cumsum(), ((1 - table["t"]) * table["y"]).cumsum()
    rate = (lc / nc.where(nc > 0)).fillna(0)
    return np.r_[0.0, (rate * nt - lt).to_numpy()]


# %% exercise="qini" kind="mistake" name="no-zero" says="the curve has n entries"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return lc * nt / nc.clip(1) - lt


# %% exercise="qini" kind="mistake" name="unscaled" says="the arms are taken as equally large"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc - lt])


# %% exercise="qini" kind="mistake" name="whole-scale" says="the scale is that of all customers"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * (nt[-1] / max(1, nc[-1])) - lt])


# %% exercise="qini" kind="mistake" name="upside-down" says="the scale is upside down"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * np.where(nt > 0, nc / np.maximum(nt, 1), nc) - lt])


# %% exercise="qini" kind="mistake" name="lowest-first" says="the list begins with the lowest score"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="ties-late" says="of equal scores the higher index comes first"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(np.asarray(score, float), kind="stable")[::-1]
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="unsorted" says="the customers are not sorted by the score"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.arange(len(score))
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="turned" says="the sign is turned: leavers avoided"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lt - lc * nt / nc.clip(1)])


# %% exercise="qini" kind="mistake" name="stayers" says="those who stayed are counted"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], ~np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="arms-swapped" says="called and not called have changed places"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = ~np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="share" says="that is a difference of shares"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc / nc.clip(1) - lt / nt.clip(1)])


# %% exercise="qini" kind="mistake" name="turned-round" says="the sorted order is turned round"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")[::-1]
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="unstable" says="the sort is not stable"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float))
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="nan" says="there is nan in the curve"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc - lt])


# %% exercise="qini" kind="mistake" name="held-at-zero" says="the curve is held at 0 until the first control comes"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], np.where(nc > 0, lc * nt / nc.clip(1) - lt, 0)])


# %% exercise="qini" kind="mistake" name="to-all-k" says="scaled to all k customers"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], (lc / nc.clip(1) - lt / nt.clip(1)) * (nt + nc)])


# %% exercise="qini" kind="mistake" name="rounded" says="the expected leavers are rounded down"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt // nc.clip(1) - lt])


# %% exercise="qini" kind="mistake" name="per-n" says="the curve is divided by n"
def qini_curve(score, called, left):
    """Leavers avoided among the first k customers by score, for k = 0, …, n: shape (n + 1,).

    score, called, left: shape (n,). Source: Radcliffe, Using Control Groups to Target on Predicted Lift, 2007.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    called, left = np.asarray(called, bool)[order], np.asarray(left, bool)[order]
    nt, nc, lt, lc = (np.cumsum(some) for some in (called, ~called, called & left, ~called & left))
    return np.concatenate([[0.0], lc * nt / nc.clip(1) - lt]) / len(score)


# %% exercise="price-the-campaign" kind="alternative" name="loop"
def campaign_value(listed, called, left, value, cost, share):
    """Customer by customer."""
    if share <= 0 or share >= 1:
        raise ValueError("0 < share < 1")
    products = []
    for on, phoned, gone, worth in zip(listed, called, left, value):
        if bool(on) != bool(phoned):
            products.append(0.0)
        elif phoned:
            products.append(((0 if gone else worth) - cost) / share)
        else:
            products.append((0 if gone else worth) / (1 - share))
    n = len(products)
    mean = sum(products) / n
    variance = sum((p - mean) ** 2 for p in products) / (n - 1)
    return mean, (variance / n) ** 0.5


# %% exercise="price-the-campaign" kind="alternative" name="scipy"
def campaign_value(listed, called, left, value, cost, share):
    """scipy's standard error of the mean."""
    if not (share > 0 and share < 1):
        raise ValueError(share)
    c, on, stayed = np.array(called, int), np.array(listed, int), 1 - np.array(left, int)
    chance = c * share + (1 - c) * (1 - share)
    weighted = (c * on + (1 - c) * (1 - on)) * (np.array(value, float) * stayed - cost * c) / chance
    return np.mean(weighted), stats.sem(weighted)


# %% exercise="price-the-campaign" kind="alternative" name="array"
def campaign_value(listed, called, left, value, cost, share):
    """An array of two; the cost of the list instead of that of the calls, which is the same where the coin agrees."""
    if not 0 < share < 1:
        raise ValueError("share")
    frame = pd.DataFrame({"on": listed, "called": called, "left": left, "value": value}).astype(float)
    money = frame["value"] * (1 - frame["left"]) - cost * frame["on"]
    weight = frame["called"].map({1.0: 1 / share, 0.0: 1 / (1 - share)})
    products = (money * weight).where(frame["on"] == frame["called"], 0)
    return np.array([products.mean(), products.sem()])


# %% exercise="price-the-campaign" kind="mistake" name="unweighted" says="the agreeing customers are not weighted"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought, 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="agreeing-mean" says="only those for whom the coin agreed are averaged"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products[called == listed].mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="weights-swapped" says="the weights have changed places"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, 1 - share, share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="one-weight" says="all customers are weighted alike, with 1 / share"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / share, 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="free-calls" says="the cost of the calls is forgotten"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value)
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="leavers" says="the value of those who left is counted"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, value, 0.0) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="everybody" says="customers whom the coin treated otherwise are counted as well"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = brought / np.where(called, share, 1 - share)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="called-only" says="only the called customers of the list are counted"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called & listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="sd" says="the standard deviation is not divided by the root of n"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1))


# %% exercise="price-the-campaign" kind="mistake" name="by-n" says="divided by n, not by its root"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / len(products))


# %% exercise="price-the-campaign" kind="mistake" name="ddof" says="ddof=1 is asked for"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=0) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="unchecked" says="a share of 0.0 is accepted"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="sum-of-weights" says="divided by the sum of the weights"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.sum() / ((called == listed) / np.where(called, share, 1 - share)).sum()), float(
        products.std(ddof=1) / np.sqrt(len(products))
    )


# %% exercise="price-the-campaign" kind="mistake" name="plain-mean" says="the plain mean of those for whom the coin agreed"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(brought[called == listed].mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="counted-share" says="the pilot's own share of called customers"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, called.mean(), 1 - called.mean()), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="total" says="the profit of all n together"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.sum()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="cost-of-the-list" says="the cost is paid for the whole list"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value)
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean() - cost * listed.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="agreeing-error" says="the standard error is that of the agreeing customers"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products[called == listed].std(ddof=1) / np.sqrt((called == listed).sum()))


# %% exercise="price-the-campaign" kind="mistake" name="half-width" says="the half-width of an interval"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(1.96 * products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="price-the-campaign" kind="mistake" name="above-one" says="a share of 1.5 is accepted"
def campaign_value(listed, called, left, value, cost, share):
    """Profit per customer of calling those listed, from a randomised pilot: (estimate, standard error), in dollars.

    Inverse propensity weighting (Horvitz and Thompson 1952). listed, called, left: booleans (n,); value: dollars (n,).
    """
    if share <= 0 or share == 1:
        raise ValueError(f"share must lie between 0 and 1; got {share}")
    listed, called, left = (np.asarray(some, bool) for some in (listed, called, left))
    brought = np.where(left, 0.0, value) - cost * called
    products = np.where(called == listed, brought / np.where(called, share, 1 - share), 0.0)
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(len(products)))


# %% exercise="feedback-loop" kind="alternative" name="loop"
def training_set(history, hold):
    """Row by row."""
    if hold <= 0 or hold > 1:
        raise ValueError("hold: above 0, at most 1")
    rows, weights, listed, held = [], [], 0, 0
    for position, (on, back) in enumerate(zip(history["listed"], history["held"])):
        if back and not on:
            raise ValueError("held back from a list that he is not on")
        listed, held = listed + bool(on), held + bool(back)
        if not on or back:
            rows.append(position)
            weights.append(1 / hold if back else 1)
    if listed and not held:
        raise ValueError("nobody was held back")
    return rows, weights


# %% exercise="feedback-loop" kind="alternative" name="reset"
def training_set(history, hold):
    """A fresh index, a column of weights."""
    table = history.reset_index(drop=True)
    if not (hold > 0 and hold <= 1):
        raise ValueError("hold")
    if table.query("held and not listed").shape[0]:
        raise ValueError("held, but not listed")
    if table["listed"].sum() > 0 and table["held"].sum() == 0:
        raise ValueError("no one was held back")
    table = table[~table["listed"] | table["held"]]
    return table.index.to_numpy(), table["held"].map({True: 1.0 / hold, False: 1.0}).to_numpy(float)


# %% exercise="feedback-loop" kind="mistake" name="as-it-was" says="nobody from the list is in it"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="everybody" says="everybody is in it, also those who were called"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.arange(len(listed))
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="held-only" says="only those held back are in it"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(held)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="held-out" says="those held back are left out and those called are in it"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~held)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="labels" says="labels of the index are returned"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return history.index[rows], np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="unweighted" says="those held back stand for themselves only"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1.0, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="hold-itself" says="the weight of those held back is hold"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="other-share" says="the weight of those held back is 1 / (1 - hold)"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / max(1e-9, 1 - hold), 1.0)


# %% exercise="feedback-loop" kind="mistake" name="all-weighted" says="those not listed are weighted as well"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.full(len(rows), 1 / hold)


# %% exercise="feedback-loop" kind="mistake" name="both-weighted" says="those not listed have the weight 1 / (1 - hold)"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / hold, 1 / max(1e-9, 1 - hold))


# %% exercise="feedback-loop" kind="mistake" name="held-off-list" says="a customer who is not on the list is held back, and no error"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="none-held" says="nobody on the list was held back, and no error"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="hold-below-one" says="a hold of 1 is refused"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold < 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="hold-negative" says="a hold below 0 is accepted"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if hold == 0 or hold > 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="counted" says="the weight is listed over held, as counted"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held[rows], listed.sum() / max(1, held.sum()), 1.0)


# %% exercise="feedback-loop" kind="mistake" name="mask" says="rows is a mask of True and False"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return ~listed | held, np.where(held[rows], 1 / hold, 1.0)


# %% exercise="feedback-loop" kind="mistake" name="all-weights" says="there is not one weight for each row"
def training_set(history, hold):
    """The customers from whom the risk without a call can be learned: (positions, weights).

    history: table with the boolean columns listed, held, left; hold: the probability to be held back, in (0, 1].
    """
    listed, held = history["listed"].to_numpy(bool), history["held"].to_numpy(bool)
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be in (0, 1]; got {hold}")
    if (held & ~listed).any():
        raise ValueError("a customer is held back who is not on the list")
    if listed.any() and not held.any():
        raise ValueError("nobody on the list was held back: nothing can be learned about it")
    rows = np.flatnonzero(~listed | held)
    return rows, np.where(held, 1 / hold, 1.0)
