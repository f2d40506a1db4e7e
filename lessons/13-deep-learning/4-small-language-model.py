# %% [markdown]
# # A small language model
#
# After this lesson you can
#
# - state how good a language model is in bits per character, and say what that figure may be compared with,
# - write the baseline that every neural language model has to beat, a smoothed n-gram model,
# - write causal attention with several heads, and the test that finds a model which peeks at the future,
# - write a cache of keys and values that gives the same logits and makes generation fast,
# - sample from a model with temperature, top-k and top-p, and look for what it has learnt by heart.
#
# **The case.** The maker of small electric vehicles writes manuals. Ravi of the research desk (he is invented, like the desk) wants a
# model that proposes how a sentence goes on, on a computer without a network. Before the desk pays for a large one, it wants to understand
# a small one, down to the last number. The manuals are few. So you work on more text, in the public domain: the six novels of
# Jane Austen.

# %% [markdown]
# ## Recall
#
# **1.** (Lesson 1 of this module) What does a residual block pass on when its last layer is zero?
#
# <details><summary>A · Zero</summary>Wrong: only its correction is zero.</details>
# <details><summary>B · Its input, unchanged</summary>Right: x + 0. A deep net of such blocks starts as the identity, and the slope arrives
# undiminished.</details>
# <details><summary>C · The normalised input</summary>Wrong: normalisation stands inside the branch, not on the shortcut.</details>
#
# **2.** (Module 03) A constant forecast has the log-loss <code>0.47</code> nats on one part of the data and <code>0.34</code> on another. What do you conclude?
#
# <details><summary>A · The model is better on the second part</summary>Wrong: the same constant was said on both. The second part is
# easier.</details>
# <details><summary>B · Losses of different data cannot be compared</summary>Right. It holds for texts, too: bits per character of two texts, or of two
# alphabets, are no contest between models.</details>
# <details><summary>C · The second part has more rows</summary>Wrong: a mean does not depend on how many there are.</details>
#
# **3.** (Module 02) Neighbouring lines of a novel belong to one sentence. How do you split the novels into training and test?
#
# <details><summary>A · Line by line, at random</summary>Wrong: the model would see the first half of a test sentence in training.</details>
# <details><summary>B · By whole novels</summary>Right: nothing of the test novel has been seen but the author's manner, which is what the
# model is to learn.</details>
# <details><summary>C · The first 80 characters of each line train, the rest test</summary>Wrong: that is the same leak, for every
# line.</details>

# %%
import mle  # first, so that the numerical libraries use one thread
import math
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from mle import check, checkpoints, data
from torch import nn

torch.set_num_threads(1)


# %%
def paragraphs(lines):
    """One paragraph a line: the printed lines of a paragraph are joined by spaces."""
    blocks = "\n".join(lines).split("\n\n")
    return "\n".join(" ".join(block.split()) for block in blocks if block.strip())


lines = data.load("austen", "lines")
texts = {novel: paragraphs(part["text"]) for novel, part in lines.groupby("novel", observed=True)}
HELD_OUT = "Persuasion"
train_text = "\n".join(text for novel, text in texts.items() if novel != HELD_OUT)
ALPHABET = sorted(set(train_text))
PLACE = {character: place for place, character in enumerate(ALPHABET)}
test_text = "".join(character for character in texts[HELD_OUT] if character in PLACE)
print(f"training: {len(train_text):,} characters of {len(texts) - 1} novels, {len(ALPHABET)} different ones")
print(
    f"test: {len(test_text):,} characters of {HELD_OUT}, {len(texts[HELD_OUT]) - len(test_text)} unknown ones left out"
)
print(test_text[2000:2160])

# %% [markdown]
# ## Bits
#
# A language model gives each possible next character a probability. What actually comes next costs $-\log_2 p$ **bits**: the length of the
# shortest code for it, if you believe the model. The mean over a text is its **bits per character**. Two to that power is the **perplexity**: the
# number of equally likely characters that would be as puzzling. PyTorch computes in nats; a nat is $1/\ln 2$ bits.
#
# **Predict before you go on.** A model that knows nothing but the alphabet says 1/81 for each character. What are its bits per character and its perplexity?
#
# <details><summary>A · <code>6.34</code> bits and 81</summary>Right: log₂ 81. As puzzling as 81 equally likely characters, since that is what it
# believes.</details>
# <details><summary>B · <code>4.39</code> bits and 81</summary>Wrong: <code>4.39</code> is ln 81, in nats.</details>
# <details><summary>C · <code>6.34</code> bits and <code>6.34</code></summary>Wrong: perplexity is two to the power of the bits.</details>

# %% [markdown]
# ### Exercise 1 · Bits and perplexity
#
# 8 min · ●●○○ · 2 points
#
# Write `bits_and_perplexity(logits, targets)`, which returns two Python floats: the bits per character and the perplexity.
#
# - `logits`: float tensor (n, length, characters), any real numbers; `targets`: int64 tensor (n, length), the characters that came: `targets[i, t]` is what
#   `logits[i, t]` should have foretold. Nothing has to be shifted.
# - Every character counts the same, over all rows and positions. Logits may be as large as ±1000, so a single character may cost over 1000 bits.
#
# *Example.* `bits_and_perplexity(torch.zeros(2, 5, 8), torch.zeros(2, 5, dtype=torch.int64))` → `(3.0, 8.0)`.
#
# <details><summary>Hint 1 · the idea</summary>The mean cross-entropy in nats, divided by ln 2.</details>
# <details><summary>Hint 2 · where to look</summary><code>nn.functional.cross_entropy</code> wants (rows, characters) and (rows,):
# <code>flatten</code> helps. It takes logits, not probabilities.</details>
# <details><summary>Hint 3 · almost the code</summary><code>nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()</code>; bits are
# <code>nats / math.log(2)</code>, perplexity is <code>math.exp(nats)</code>.</details>


# %% exercise="bits-and-perplexity"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    ### BEGIN SOLUTION
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return nats / math.log(2), math.exp(nats)
    ### END SOLUTION


# %% check="bits-and-perplexity" points=2
def judge(logits, targets):
    log_p = torch.log_softmax(logits.double(), dim=2)
    nats = -log_p.gather(2, targets[..., None])[..., 0]
    mean, per_row = nats.mean().item(), nats.mean(dim=1)
    answer = bits_and_perplexity(logits, targets)
    check.that(isinstance(answer, (tuple, list)) and len(answer) == 2, says="two numbers are asked: bits and perplexity",
               seen=f"{answer}", expected="(bits, perplexity)", look="the card")  # fmt: skip
    bits, perplexity = answer
    for value in (bits, perplexity):
        check.shape(value, (), says="there is a value for each row or position; asked is one for all")
    twice = nn.functional.cross_entropy(torch.softmax(logits.double(), dim=2).flatten(0, 1), targets.flatten()).item()
    check.differs(bits, mean, says="these are nats: a nat is 1 / ln 2 bits", look="Hint 1")
    check.differs(bits, mean / math.log(10), says="the logarithm is to base 10; bits need base 2", look="Hint 1")
    check.differs(
        bits,
        nats.sum().item() / math.log(2),
        says="the bits are added up over all characters; asked is the mean",
        look="Hint 1",
    )
    check.differs(bits, twice / math.log(2), says="softmax is applied twice: cross_entropy takes logits", look="Hint 2")
    late = -log_p[:, :-1].gather(2, targets[:, 1:, None]).mean().item()
    if logits.shape[1] > 1:
        check.differs(
            bits,
            late / math.log(2),
            rtol=1e-5,
            says="the targets are shifted once more: targets[i, t] already is what logits[i, t] foretell",
            look="the card",
        )
    check.close(bits, mean / math.log(2), rtol=1e-5, says="the bits per character are wrong", look="Hint 3")
    check.differs(
        perplexity, 2**mean, says="two to the power of the nats: the base of power and logarithm differ", look="Hint 3"
    )
    check.differs(
        perplexity,
        math.exp(mean / math.log(2)),
        says="e to the power of the bits: the base of power and logarithm differ the other way round",
        look="Hint 3",
    )
    if len(logits) > 1:
        says = "a mean of the rows' perplexities is not the perplexity of the text"
        check.differs(perplexity, per_row.exp().mean().item(), says=says, look="the card")
    check.close(perplexity, math.exp(mean), rtol=1e-4, says="the perplexity is wrong", look="Hint 3")


rng = check.rng()
generator = torch.Generator().manual_seed(int(rng.integers(1 << 30)))
judge(2 * torch.randn(4, 6, 5, generator=generator), torch.randint(0, 5, (4, 6), generator=generator))
extreme = torch.tensor([[[1000.0, 0.0], [0.0, 1000.0]]])
check.close(
    bits_and_perplexity(extreme, torch.tensor([[0, 1]])),
    (0.0, 1.0),
    atol=1e-6,
    says="large logits make nan or inf: do not take exponentials by hand",
    look="Hint 2",
)
surprised = torch.zeros(2, 10, 2)
surprised[1, 3, 0] = 1000.0  # one character in twenty comes against all belief
bits, _ = bits_and_perplexity(surprised, torch.ones(2, 10, dtype=torch.int64))
check.that(
    math.isfinite(bits),
    says="a character that was thought nearly impossible costs inf: its probability was rounded to 0 before the logarithm",
    seen=f"{bits}",
    expected="a finite number of bits",
    look="Hint 2",
)
check.close(
    bits,
    (19 * math.log(2) + 1000) / 20 / math.log(2),
    rtol=1e-4,
    says="a character that was thought nearly impossible does not cost its full bits: no bound on the probability is needed",
    look="Hint 2",
)
### BEGIN HIDDEN TESTS
judge(torch.randn(1, 9, 3, generator=generator), torch.randint(0, 3, (1, 9), generator=generator))
judge(3 * torch.randn(5, 2, 7, generator=generator), torch.randint(0, 7, (5, 2), generator=generator))
### END HIDDEN TESTS

# %% [markdown]
# ## The baseline that is hard to beat
#
# Count. After `th`, how often came `e`? An **n-gram model** of order 5 looks at the last five characters and gives each next character the share it had
# after these five in the training text. Most histories of five characters are rare, though, and some never came. Then ask the last four, and so on. How
# much to trust the long history, and how much the shorter one, is **smoothing**.
#
# Witten and Bell's answer is simple. Let $N(h)$ be how often the history $h$ was followed by something, $N(hc)$ how often by $c$, and $T(h)$ by how many
# *different* characters. A history that went on in many ways is likely to go on in a new one. So, with $h'$ the history without its first character,
#
# $$p(c \mid h) = \frac{N(hc) + T(h)\, p(c \mid h')}{N(h) + T(h)}$$
#
# At the end of the line, below the empty history, stands the uniform distribution.

# %% [markdown]
# ### Exercise 2 · An n-gram model
#
# 20 min · ●●●○ · 4 points
#
# Write the class `NGram(text, order, alphabet)` with the method `probabilities(history)`: a float array, one entry for each character of `alphabet`, in its
# order: the probabilities of the next character by the formula above.
#
# - `text`: the training text; `order`: at most so many characters of history are used, 0 or more; `alphabet`: a list of different characters, all of the
#   text's among them.
# - Start with the uniform distribution, 1 / `len(alphabet)`. Then apply the formula to the last 0, 1, 2, …, `order` characters of the history; each result is the
#   $p(c \mid h')$ of the next. A history that was never followed by anything changes nothing.
# - A `history` shorter than `order` is used as far as it goes. It may hold characters that are not in the text.
#
# *Example.* `NGram("abab", 1, ["a", "b"]).probabilities("a")`: the uniform is `[1/2, 1/2]`; the empty history has N = 4, T = 2, N(a) = N(b) = 2, so still `[1/2, 1/2]`; the history "a" was
# followed twice, by "b" only: T = 1, and the result is `[(0 + 1/2) / 3, (2 + 1/2) / 3]` = `[0.167, 0.833]`.
#
# <details><summary>Hint 1 · the idea</summary>One table: for each history of 0 to <code>order</code> characters, how often each character followed. N and T
# are the sum and the number of entries.</details>
# <details><summary>Hint 2 · where to look</summary>A <code>collections.defaultdict(collections.Counter)</code>. Walk over the text: the character at i was preceded
# by <code>text[i - k : i]</code> for each k ≤ order, as long as i − k ≥ 0. So the last character of the text is a history for nothing.</details>
# <details><summary>Hint 3 · almost the code</summary>For k in 0 … min(order, len(history)): <code>followed = table.get(history[len(history) - k :])</code>; if there is one,
# <code>p = (counts + len(followed) * p) / (followed.total() + len(followed))</code>, with <code>counts</code> in the alphabet's order.</details>


# %% exercise="n-gram"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

    ### BEGIN SOLUTION
    def __init__(self, text, order, alphabet):
        from collections import Counter, defaultdict

        self.order, self.alphabet = order, list(alphabet)
        self.table = defaultdict(Counter)
        for at, character in enumerate(text):
            for k in range(min(order, at) + 1):
                self.table[text[at - k : at]][character] += 1

    def probabilities(self, history):
        p = np.full(len(self.alphabet), 1 / len(self.alphabet))
        for k in range(min(self.order, len(history)) + 1):
            followed = self.table.get(history[len(history) - k :])
            if followed:
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + len(followed))
        return p

    ### END SOLUTION


# %% check="n-gram" points=4
def truth_of(
    text, order, alphabet, history, *, kinds=None, ends=False, base=None, front=False, add_one=False, whole=False
):
    """The formula, counted with str.find over the whole text; the keywords stand for faults."""
    p = np.full(len(alphabet), 1 / len(alphabet) if base is None else base)
    for k in range(min(order, len(history)) + 1):
        h = history[:k] if front else history[len(history) - k :]
        if whole and k == 0:
            h = history
            if len(h) > order:
                continue
        counts = np.array([sum(text.startswith(h + c, i) for i in range(len(text))) for c in alphabet], dtype=float)
        total, different = counts.sum(), float((counts > 0).sum())
        if ends:
            total = float(sum(text.startswith(h, i) for i in range(len(text) + (k == 0)))) if k else total
        if not counts.any():
            continue
        if add_one:
            p = (counts + 1) / (total + len(alphabet))
        else:
            different = total if kinds == "tokens" else different
            p = (counts + different * p) / (total + different)
    return p


def judge(text, order, alphabet, histories):
    model = NGram(text, order, alphabet)
    for history in histories:
        try:
            mine = model.probabilities(history)
        except ZeroDivisionError:
            check.that(
                False,
                says="a history that nothing followed divides by zero",
                seen="ZeroDivisionError",
                expected="the shorter history's probabilities",
                look="the card",
            )
        case = f"after {history!r}, order {order}, text {text[:24]!r}"
        check.shape(mine, (len(alphabet),), says="not one probability for each character of the alphabet")
        mine = np.asarray(mine, dtype=float)
        check.that(
            not np.isnan(mine).any(),
            says="a history that nothing followed divides by zero",
            seen=f"{mine} {case}",
            expected="the shorter history's probabilities",
            look="the card",
        )
        truth = truth_of(text, order, alphabet, history)
        for says, fault in {
            "T(h) is the number of different characters, not of all that followed": {"kinds": "tokens"},
            "N(h) counts the history at the very end of the text, which nothing follows: the sum is not 1": {
                "ends": True
            },
            "below the empty history stands the uniform distribution, not nothing": {"base": 0.0},
            "the history's first characters are used; the last ones count": {"front": True},
            "for 0 characters, history[-0:] is the whole history, not the empty one": {"whole": True},
            "this is add-one smoothing: T(h) and the shorter history are missing": {"add_one": True},
        }.items():
            wrong = truth_of(text, order, alphabet, history, **fault)
            if not np.allclose(wrong, truth):
                check.differs(mine, wrong, says=says, look="Hint 2")
        for other, says in (
            (order + 1, "one character of history too many is used"),
            (order - 1, "one character of history too few is used"),
        ):
            wrong = truth_of(text, max(0, other), alphabet, history)
            if other >= 0 and not np.allclose(wrong, truth):
                check.differs(mine, wrong, says=says, look="the card")
        check.close(mine, truth, atol=1e-9, says=f"the probabilities {case} are not the formula's", look="Hint 3")
        check.close(mine.sum(), 1.0, says="the probabilities do not sum to 1")


rng = check.rng()
words = "".join(rng.choice(list("abc"), 60, p=[0.6, 0.3, 0.1]))
judge("cabd" + words + "ad", 2, list("abcde"), ["cab", "ba", "ad", "xyz", "a", ""])
judge("abab", 1, ["a", "b"], ["a"])
judge(words, 0, list("cba"), ["abc", ""])
judge("dcab" + words, 3, list("abcd"), ["bdcab", "daa", "zz"])
### BEGIN HIDDEN TESTS
for order in (1, 2, 4):
    text = "".join(rng.choice(list("xyz "), 40))
    judge(text, order, sorted("xyz q"), [text[5:12], "qqqq", text[-3:], "", "z"])
### END HIDDEN TESTS

# %% [markdown]
# Your class is the definition. For five novels the course counts faster, with sorted integers instead of dictionaries; the first cell below shows that it
# gives the same bits as yours on a short text.


# %%
def n_gram_bits(text, order, test):
    """Bits of each character of `test` (an array) under the n-gram model of `text`, both str; as NGram has them."""
    codes, asked = (np.array([PLACE[c] for c in t], dtype=np.int64) for t in (text, test))
    p = np.full(len(asked), 1 / len(ALPHABET))
    for k in range(order + 1):

        def grams(values, length):
            """Each window of `length` characters as one integer."""
            out = np.zeros(len(values) - length + 1, dtype=np.int64)
            for offset in range(length):
                out = out * len(ALPHABET) + values[offset : offset + len(out)]
            return out

        kinds, counts = np.unique(grams(codes, k + 1), return_counts=True)
        histories, first, different = np.unique(kinds // len(ALPHABET), return_index=True, return_counts=True)
        totals = np.add.reduceat(counts, first)
        wanted = grams(asked, k + 1)  # the character at place k + i with its k characters of history
        at, history_at = np.searchsorted(kinds, wanted), np.searchsorted(histories, wanted // len(ALPHABET))
        at, history_at = at.clip(max=len(kinds) - 1), history_at.clip(max=len(histories) - 1)
        seen = np.where(kinds[at] == wanted, counts[at], 0)
        known = histories[history_at] == wanted // len(ALPHABET)
        new = (seen + different[history_at] * p[k:]) / (totals[history_at] + different[history_at])
        p[k:] = np.where(known, new, p[k:])
    return -np.log2(p)


short, asked = train_text[50_000:52_000], test_text[3000:3040]
fast = n_gram_bits(short, 3, asked)
model = NGram(short, 3, ALPHABET)
slow = [-math.log2(model.probabilities(asked[:i])[PLACE[c]]) for i, c in enumerate(asked)]
print("the same bits as NGram:", np.allclose(fast, slow))

# %% demo=true tags=["nbval-ignore-output"]
started = time.process_time()
PASSAGE, PASSAGES = 2_000, 40
starts = np.linspace(0, len(test_text) - PASSAGE - 200, PASSAGES).astype(int)
baseline = {}
for order in (0, 1, 2, 3, 4, 5, 6):
    bits = n_gram_bits(train_text, order, test_text)
    baseline[order] = np.array([bits[s + 129 : s + 1985].mean() for s in starts])  # what the net will foretell, too
    print(f"order {order}: {baseline[order].mean():.3f} bits per character")
n_gram_seconds = time.process_time() - started
best_order = min(baseline, key=lambda order: baseline[order].mean())

# %% claims=true
check.that(np.allclose(fast, slow), says="the fast count is the definition")
check.that(best_order == 5, says="order 5 is best")

# %% [markdown]
# Remember the best of these. It was counted in seconds, and everything in it can be explained.
#
# ## Attention that does not peek
#
# A **decoder-only transformer** does the same job with a net: at each place it may look at *all* characters that it is given, here up to 128, not five. The part that looks is
# **attention**. From each place's vector it makes a query, a key and a value; the output at a place is a mean of the values, weighted by how well their
# keys answer its query:
#
# $$\text{softmax}\!\left(\frac{QK^\top}{\sqrt{d}} + M\right)V$$
#
# $M$ is the **causal mask**: 0 where a place looks at itself or back, −∞ where it would look ahead. With several **heads** the width is cut into equal parts, $d$ numbers each, and each part
# attends for itself.

# %% [markdown]
# ### Exercise 3 · Causal attention
#
# 20 min · ●●●○ · 4 points
#
# Write the module `CausalAttention(width, heads)`, `forward(x)`: a float tensor (n, length, width) → the same shape.
#
# - Two layers: `qkv`, an `nn.Linear(width, 3 * width)`, whose output holds first all queries, then all keys, then all values; and `out`, an
#   `nn.Linear(width, width)`, applied to the joined heads at the end. Nothing else is saved with the weights.
# - Head number i has the numbers `i * d` to `(i + 1) * d` of queries, keys and values, `d = width // heads`. Scores are divided by √d. Causal: a place sees itself and
#   what came before.
# - `width` must be a multiple of `heads`: else `ValueError`.
#
# *Example.* `CausalAttention(8, 2)(torch.zeros(1, 5, 8)).shape` → `torch.Size([1, 5, 8])`; changing `x[:, 3]` changes no output at the places 0 to 2.
#
# <details><summary>Hint 1 · the idea</summary>Bring queries, keys and values into the shape (n, heads, length, d). Then the formula works on the last two axes,
# for all heads at once.</details>
# <details><summary>Hint 2 · where to look</summary><code>q, k, v = self.qkv(x).chunk(3, dim=-1)</code>; <code>.view(n, length, heads, d).transpose(1, 2)</code>; the mask from
# <code>torch.ones(length, length, dtype=torch.bool).triu(1)</code> with <code>masked_fill</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>scores = q @ k.transpose(-1, -2) / math.sqrt(d)</code>, masked, <code>softmax(dim=-1) @ v</code>, then
# <code>.transpose(1, 2).reshape(n, length, width)</code> and <code>self.out</code>. <code>nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)</code> does the
# middle part.</details>


# %% exercise="causal-attention"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

    ### BEGIN SOLUTION
    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))

    ### END SOLUTION


# %% check="causal-attention" points=4
@check.probe
def attended(cls, width, heads, weights, x):
    import torch

    module = cls(width, heads)
    names = sorted(module.state_dict())
    if names != sorted(weights):
        return {"names": names}
    module.load_state_dict(weights)
    with torch.no_grad():
        return {"names": names, "out": module.eval()(x.clone())}


def random_weights(width):
    shapes = {
        "qkv.weight": (3 * width, width),
        "qkv.bias": (3 * width,),
        "out.weight": (width, width),
        "out.bias": (width,),
    }
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def by_formula(w, heads, x, *, fault=""):
    """The formula head by head and place by place; `fault` names a way to go wrong."""
    n, length, width = x.shape
    d = width // heads
    qkv = x @ w["qkv.weight"].T + w["qkv.bias"]
    joined = torch.zeros(n, length, width)
    for head in range(heads):
        q, k, v = (qkv[..., part * width + head * d : part * width + (head + 1) * d] for part in range(3))
        if fault == "interleaved":
            q, k, v = (qkv[..., (head * 3 + part) * d : (head * 3 + part + 1) * d] for part in range(3))
        scores = q @ k.transpose(1, 2) / {"width": math.sqrt(width), "unscaled": 1.0}.get(fault, math.sqrt(d))
        ahead = torch.ones(length, length).triu(1).bool()
        if fault == "zeros":
            scores = scores.masked_fill(ahead, 0)
        elif fault == "turned":
            scores = scores.masked_fill(ahead.T, -torch.inf)
        elif fault == "one ahead":
            scores = scores.masked_fill(ahead.triu(2), -torch.inf)
        elif fault not in ("no mask", "late mask"):
            scores = scores.masked_fill(ahead, -torch.inf)
        share = scores.softmax(dim=1 if fault == "axis" else 2)
        if fault == "late mask":
            share = share.masked_fill(ahead, 0)
        joined[..., head * d : (head + 1) * d] = share @ v
    if fault == "no transpose":
        heads_first = joined.view(n, length, heads, d).transpose(1, 2)
        joined = heads_first.reshape(n, length, width)
    return joined if fault == "no out" else joined @ w["out.weight"].T + w["out.bias"]


def judge(width, heads, n, length):
    weights, x = random_weights(width), torch.randn(n, length, width, generator=generator)
    oracle = nn.MultiheadAttention(width, heads, batch_first=True).eval()
    with torch.no_grad():
        oracle.in_proj_weight.copy_(weights["qkv.weight"])
        oracle.in_proj_bias.copy_(weights["qkv.bias"])
        oracle.out_proj.weight.copy_(weights["out.weight"])
        oracle.out_proj.bias.copy_(weights["out.bias"])
        truth, _ = oracle(x, x, x, attn_mask=torch.ones(length, length).triu(1).bool(), need_weights=False)
    seen = attended(CausalAttention, width, heads, weights, x)
    check.equal(
        seen["names"],
        sorted(weights),
        says="the module's weights are not those of qkv and out alone (a mask kept as a buffer needs persistent=False)",
        look="the card",
    )
    mine = seen["out"]
    check.shape(mine, x.shape, says="the output has not the input's shape")
    check.that(not torch.isnan(mine).any(), says="nan: a place must be allowed to see itself, or the first one sees nothing", seen=mine[0, 0],
               expected="numbers", look="Hint 2")  # fmt: skip
    for fault, says in {
        "no mask": "there is no mask: each place sees the future",
        "late mask": "the mask comes after the softmax: the weights of a place do not sum to 1, and the future still counts",
        "zeros": "the masked scores are 0, not −∞: exp(0) is 1, so the future still gets a share",
        "turned": "the mask is turned round: each place sees itself and the future, not the past",
        "one ahead": "each place sees the next one, too: the mask begins one column too late",
        "width": "the scores are divided by the root of the width, not of a head's d",
        "unscaled": "the scores are not divided by the root of d",
        "axis": "the softmax runs over the queries, not over the keys",
        "interleaved": "queries, keys and values are cut head by head; qkv holds first all queries, then all keys, then all values",
        "no transpose": "the heads are joined without bringing the length back to its place",
        "no out": "the layer out is not applied",
    }.items():
        wrong = by_formula(weights, heads, x, fault=fault)
        if not torch.allclose(wrong, truth, atol=1e-3):  # with one head or one place some ways to go wrong are right
            check.differs(mine, wrong, rtol=1e-3, atol=1e-4, says=says, look="Hint 3")
    check.close(
        mine,
        truth,
        rtol=1e-3,
        atol=1e-4,
        says="this is not torch.nn.MultiheadAttention with a causal mask",
        look="Hint 3",
    )


rng = check.rng()
generator = torch.Generator().manual_seed(int(rng.integers(1 << 30)))
judge(6, 2, 2, 5)
check.raises(
    ValueError, CausalAttention, 6, 4, says="6 numbers cannot be cut into 4 equal heads: ValueError", look="the card"
)
### BEGIN HIDDEN TESTS
judge(8, 4, 3, 7)
judge(9, 3, 1, 4)
judge(4, 1, 2, 1)
### END HIDDEN TESTS

# %% [markdown]
# ## Trust no mask
#
# A model that sees the future has a wonderful training loss, and a wonderful test loss, and writes nonsense. Nothing raises an error. So the property is tested from
# outside: change a character, and no logit *before* it may move.

# %% [markdown]
# ### Exercise 4 · A test for peeking
#
# 15 min · ●●●○ · 4 points
#
# Write `is_causal(model, characters, length)`: `True` if no change of a character changes a logit at an earlier place, else `False`.
#
# - `model(tokens)`: takes an int64 tensor (n, length) of numbers below `characters`, returns logits (n, length, characters). It is deterministic, and works at any `n ≥ 1`, at this `length` only.
# - `logits[:, t]` foretell the character at `t + 1`: they may depend on the characters 0 to t, the one at t included.
# - The check hands you right models and wrong ones, which peek each in its own way: at the next character, at the last, at a mean over all, from one place
#   only. A wrong model must be found at `length = 8`, `characters = 5`. Differences below 1e-5 are rounding. A right model is never called wrong.
#
# *Example.* For `model = lambda tokens: nn.functional.one_hot(tokens, 5).float()`: `is_causal(model, 5, 8)` → `True`. With `tokens.flip(1)` in place of `tokens` → `False`.
#
# <details><summary>Hint 1 · the idea</summary>Take a random row. For each place, change the character there, and compare the logits before that place with
# the old ones.</details>
# <details><summary>Hint 2 · where to look</summary>Changed at place t: compare <code>[:, :t]</code>, not <code>[:, : t + 1]</code>. Replace by another character for sure:
# <code>(tokens + 1) % characters</code>. A few random rows find what one row may miss.</details>
# <details><summary>Hint 3 · almost the code</summary>For each of some random rows, for t in 1 … length − 1: <code>other = row.clone()</code>, <code>other[0, t] = (other[0, t] + 1) % characters</code>, and
# <code>if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-5: return False</code>.</details>


# %% exercise="is-causal"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-5:
                    return False
    return True
    ### END SOLUTION


# %% check="is-causal" points=4
@check.probe
def verdicts(function, characters, length, seed, names):
    """What the learner's test says of planted models, built here."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    table, second = (
        torch.randn(characters, characters, generator=generator),
        torch.randn(characters, characters, generator=generator),
    )

    def shifted(values, by):
        """The value `by` places later (or earlier), zero beyond the ends."""
        out = torch.zeros_like(values)
        if by > 0:
            out[:, :-by] = values[:, by:]
        elif by < 0:
            out[:, -by:] = values[:, :by]
        return out

    def past(tokens):
        return table[tokens].cumsum(dim=1) / torch.arange(1, tokens.shape[1] + 1)[:, None]

    def one_place(tokens):
        out = past(tokens)
        out[:, 2] += 0.05 * second[tokens[:, 6]]
        return out

    def first_place(tokens):
        out = past(tokens)
        out[:, 0] += 0.05 * second[tokens[:, 1]]
        return out

    models = {
        "own": lambda tokens: table[tokens],
        "past": past,
        "constant": lambda tokens: torch.zeros(*tokens.shape, characters),
        "rounding": lambda tokens: past(tokens) + 1e-7 * table[tokens].mean(dim=1, keepdim=True),
        "next": lambda tokens: past(tokens) + 0.05 * shifted(second[tokens], 1),
        "two ahead": lambda tokens: past(tokens) + 0.05 * shifted(second[tokens], 2),
        "mean": lambda tokens: past(tokens) + 0.05 * second[tokens].mean(dim=1, keepdim=True),
        "last": lambda tokens: past(tokens) + 0.05 * second[tokens[:, -1:]],
        "one place": one_place,
        "first place": first_place,
        "small": lambda tokens: past(tokens) + 1e-4 * shifted(second[tokens], 3),
    }
    answers = {name: function(models[name], characters, length) for name in names}
    return {name: None if answer is None else bool(answer) for name, answer in answers.items()}


RIGHT = {
    "own": "a right model is called wrong: the logits at a place may depend on the character at that place",
    "past": "a right model is called wrong: its logits use the past, which they may",
    "constant": "a model that always says the same does not peek, and is called wrong",
    "rounding": "a difference of a ten-millionth is rounding, no peeking",
}
WRONG = {
    "mean": "a model that sees a mean over the whole row is not found",
    "last": "a model that sees the last character is not found",
    "next": "a model that sees the next character is not found: an off-by-one mask",
    "two ahead": "a model that sees the character after the next is not found",
    "one place": "a model in which only place 2 sees place 6 is not found: change each place, compare all before it",
    "first place": "a model in which only the first place peeks is not found",
    "small": "a small leak, some ten-thousandths of a logit, is not found: argmax or a wide tolerance hides it",
}


def judge(seed, characters=5):
    said = verdicts(is_causal, characters, 8, seed, [*RIGHT, *WRONG])
    check.that(
        None not in said.values(),
        says="True or False is asked, and None came",
        seen="None",
        expected="True or False",
        look="the card",
    )
    for name, says in RIGHT.items():
        check.that(said[name], says=says, seen="False", expected="True", look="Hint 2")
    for name, says in WRONG.items():
        check.that(not said[name], says=says, seen="True", expected="False", look="Hint 1")


rng = check.rng()
judge(int(rng.integers(1 << 30)))
judge(int(rng.integers(1 << 30)), characters=4)
### BEGIN HIDDEN TESTS
judge(int(rng.integers(1 << 30)))
### END HIDDEN TESTS

# %% [markdown]
# Now the model. The course gives the frame around your attention: embeddings of character and place, four blocks of the kind of Lesson 1 (normalise,
# attend, add; normalise, small net, add), and logits from the same table that embeds the characters.


# %%
class Block(nn.Module):
    """Attention and a small net, each behind a normalisation and beside a shortcut; `cache` is handed to the attention."""

    def __init__(self, width, heads, attention):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = attention(width, heads)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, *cache):
        attended = self.attention(self.norm1(x), *cache)
        attended, kept = attended if isinstance(attended, tuple) else (attended, None)
        x = x + attended
        return x + self.down(nn.functional.gelu(self.up(self.norm2(x)))), kept


class SmallLM(nn.Module):
    """Logits (n, length, characters) of the next character for characters (n, length), at most `context` of them."""

    def __init__(self, attention, characters=81, width=128, heads=4, layers=4, context=128):
        super().__init__()
        self.token, self.position = nn.Embedding(characters, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, attention) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.token(tokens) + self.position.weight[: tokens.shape[1]]
        for block in self.blocks:
            x, _ = block(x)
        return self.norm(x) @ self.token.weight.T

    def step(self, tokens, caches):
        """The same for tokens that follow the cached ones; returns logits and the new caches. Begin with [None, None, …]."""
        past = 0 if caches[0] is None else caches[0][0].shape[2]
        x, new = self.token(tokens) + self.position.weight[past : past + tokens.shape[1]], []
        for block, cache in zip(self.blocks, caches, strict=True):
            x, kept = block(x, cache)
            new.append(kept)
        return self.norm(x) @ self.token.weight.T, new


torch.manual_seed(0)
untrained = SmallLM(CausalAttention).eval()
with torch.no_grad():
    causal = is_causal(untrained, len(ALPHABET), 4)
print(f"{sum(p.numel() for p in untrained.parameters()):,} weights; peeks at nothing: {causal}")

# %% [markdown]
# ## Is it better than counting?
#
# Training this model to the end takes longer than you would wait for. The script `checkpoints/austen-lm/train.py` did it before: the same five novels, seeded, one thread; its
# log is kept beside the weights, and the cell below shows it. A few steps of training you can watch here.

# %% demo=true tags=["nbval-ignore-output"]
torch.manual_seed(0)
watched = SmallLM(CausalAttention)
codes = torch.tensor([PLACE[c] for c in train_text[:400_000]])
optimiser, order = torch.optim.AdamW(watched.parameters(), 1e-3), np.random.default_rng(0)
nn.init.normal_(watched.token.weight, std=0.02)
for number in range(31):
    rows = torch.stack([codes[i : i + 65] for i in order.integers(0, len(codes) - 65, 8)])
    loss = nn.functional.cross_entropy(watched(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if number % 10 == 0:
        print(f"step {number:2}: {loss.item() / math.log(2):.2f} bits per character of the batch")

# %%
weights = {name: torch.tensor(w) for name, w in checkpoints.load("austen-lm").items()}
log = checkpoints.log("austen-lm")
for row in log[:-1]:
    print(
        f"step {row['step']:5}: training {row['train_bits']:.2f}, held out {row['held_out_bits']:.2f} bits, after {row['cpu_seconds'] / 60:.0f} min"
    )


def trained(attention):
    """The trained model with this kind of attention, ready to predict."""
    model = SmallLM(attention)
    model.load_state_dict(weights)
    return model.eval()


# %% demo=true tags=["nbval-ignore-output"]
started = time.process_time()
model = trained(CausalAttention)
test_codes = torch.tensor([PLACE[c] for c in test_text])
net_bits = np.zeros(PASSAGES)
with torch.no_grad():
    for i, s in enumerate(starts):  # characters s + 129 to s + 1984, each foretold from 65 to 128 before it
        windows = test_codes[s + 64 : s + PASSAGE].unfold(0, 128, 64)
        following = test_codes[s + 65 : s + PASSAGE + 1].unfold(0, 128, 64)
        net_bits[i], _ = bits_and_perplexity(model(windows)[:, 64:], following[:, 64:])
resample = np.random.default_rng(0).integers(0, PASSAGES, (2000, PASSAGES))


def interval(values):
    """A 95 % bootstrap interval of the mean over passages."""
    return np.quantile(values[resample].mean(axis=1), [0.025, 0.975])


results = {f"n-gram, order {k}": baseline[k] for k in (0, 2, best_order)} | {"transformer": net_bits}
for name, values in results.items():
    low, high = interval(values)
    print(
        f"{name:18} {values.mean():.3f} bits per character, 95 % interval {low:.3f} to {high:.3f}, perplexity {2 ** values.mean():.2f}"
    )
difference = baseline[best_order] - net_bits
low_gain, high_gain = interval(difference)
gain_told = f"{difference.mean():.3f}, 95 % interval {low_gain:.3f} to {high_gain:.3f}"
print("best n-gram minus transformer, passage by passage:", gain_told)
print(
    f"counting took {n_gram_seconds:.0f} s in all, training the transformer {log[-1]['seconds'] / 60:.0f} min, scoring {time.process_time() - started:.0f} s"
)

# %% demo=true
fig, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
orders = sorted(baseline)
axes.plot(orders, [baseline[k].mean() for k in orders], color="#E69F00", marker="s", label="n-gram, by order")
low, high = interval(net_bits)
axes.axhspan(low, high, color="#0072B2", alpha=0.25)
axes.axhline(net_bits.mean(), color="#0072B2", label="transformer (65 to 128), with 95 % interval")
axes.set(xlabel="characters of history", ylabel="bits per character", ylim=(0, None))
axes.legend()
plt.show()

# %% claims=true
check.prose("1.98", baseline[5].mean(), 0.02)
check.prose("1.76", net_bits.mean(), 0.03)
check.prose("0.22", difference.mean(), 0.03)
check.that(low_gain > 0.15, says="better on every resample of the passages, too")
check.that(abs(log[-1]["seconds"] / 60 - 15) < 1, says="a quarter of an hour")
gaps = [row["held_out_bits"] - row["train_bits"] for row in log[:-1]]
check.that(
    gaps[0] < 0 < gaps[1] and gaps[-1] > 0.2, says="better on the novels it has seen, but for the first thousand steps"
)
check.that(min(np.diff(gaps)) > 0, says="the gap grows")
check.prose("1.89", log[-2]["held_out_bits"], 0.006)

# %% [markdown]
# *The picture: bits per character against the characters of history. The n-gram curve falls steeply up to four characters, is lowest at five, and rises
# again at six. The transformer's line lies below all of it, its narrow interval too.*
#
# Counting five characters back gets 1.98 bits per character. The transformer gets 1.76 for the very same characters: 0.22 less, and
# the interval of the difference, passage by passage, is far from zero. It took a quarter of an hour instead of seconds. Challenge it:
#
# - The first thousand steps, minutes of training, did not beat a table counted in a second. Who compares a net only with itself never learns that.
# - From the second thousand steps on the log has the training novels better than the held-out one, and the gap grows. (Before, the training figure is the worse one: it is the
#   mean over the last thousand steps, the bad first ones among them.) How much of the gap is these five books learnt rather than the language, and how much a
#   harder sixth book? The log cannot say: see Recall 2.
# - The log ends at 1.89 held out, your table says 1.76. The log scores every character of a stretch, the first ones too, which have next to nothing before them.
# - Brown and others (1992) publish `1.75` bits per character for English, from counts of words. That is another text and another alphabet: no contest, only an
#   order of magnitude that tells you nothing has gone absurdly wrong.
# - *Persuasion* writes "Mr" without a full stop, the five others with one. Every model here pays for that.

# %% [markdown]
# ## Fast, and the same
#
# To write, a model foretells one character, appends it, and begins again. Begun from scratch each time, it computes the keys and values of all old characters again, although
# they cannot have changed: nothing that comes later reaches back. So keep them: a **KV cache**.

# %% [markdown]
# ### Exercise 5 · Attention with a cache
#
# 20 min · ●●●● · 4 points
#
# Write `CachedAttention(width, heads)`, with the layers `qkv` and `out` as in Exercise 3, and `forward(x, cache=None)`, which returns `(output, cache)`.
#
# - `x`: (n, new, width), the places that follow those in the cache, one or many. `cache`: `None`, or what an earlier call returned: a tuple `(keys, values)`, each
#   (n, heads, past, d).
# - `output` (n, new, width): exactly what Exercise 3 gives for these places, had it been called with all of them from the first. The new cache holds past and new ones,
#   (n, heads, past + new, d).
# - The cache that was handed in is not changed: two continuations may start from it. The module itself remembers nothing between calls.
#
# *Example.* `a, cache = attention(x[:, :3])`, `b, cache = attention(x[:, 3:5], cache)`: `a` and `b` joined are `attention(x[:, :5])[0]`.
#
# <details><summary>Hint 1 · the idea</summary>Queries are made of the new places only. Keys and values are the old ones, with the new ones behind them.</details>
# <details><summary>Hint 2 · where to look</summary>The new place number i is number past + i of all; it sees the keys 0 to past + i. In the mask (new, past + new) that is
# <code>triu(past + 1)</code>. Beware: <code>is_causal=True</code> counts from the first key, as if nothing had been before.</details>
# <details><summary>Hint 3 · almost the code</summary><code>k = torch.cat([cache[0], k], dim=2)</code>, the same for v, and
# <code>ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)</code>; the rest as before; return <code>self.out(…), (k, v)</code>.</details>


# %% exercise="cached-attention"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    ### BEGIN SOLUTION
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)

    ### END SOLUTION


# %% check="cached-attention" points=4
@check.probe
def continued(cls, width, heads, weights, x, pieces, anew):
    """The outputs over the pieces of x, the caches' shapes, and whether a cache was changed by its use."""
    import torch

    module = cls(width, heads)
    names = sorted(module.state_dict())
    if names != sorted(weights):
        return {"names": names}
    module.load_state_dict(weights)
    module.eval()
    cache, at, outs, shapes, kept = None, 0, [], [], True
    with torch.no_grad():
        for length in pieces:
            before = None if cache is None else [part.clone() for part in cache]
            answer = (
                module(x[:, at : at + length].clone(), cache) if cache is not None else module(x[:, :length].clone())
            )
            if not isinstance(answer, tuple) or len(answer) != 2:
                return {"names": names, "kind": type(answer).__name__}
            if before is not None:
                kept &= all(a.shape == b.shape and bool((a == b).all()) for a, b in zip(before, cache, strict=True))
            out, cache = answer
            outs.append(out)
            shapes.append([list(part.shape) for part in cache] if isinstance(cache, (tuple, list)) else None)
            at += length
        again = []
        if anew:  # the same module begins once more, and goes on twice from one cache
            first, cache = module(x[:, :2].clone())
            again = [first, *(module(x[:, begin : begin + 1].clone(), cache)[0] for begin in (2, 3))]
    return {"names": names, "outs": outs, "shapes": shapes, "kept": kept, "again": again}


def random_layers(width):
    shapes = {
        "qkv.weight": (3 * width, width),
        "qkv.bias": (3 * width,),
        "out.weight": (width, width),
        "out.bias": (width,),
    }
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def masked(weights, heads, x, allowed):
    """torch's attention over the whole of x under the mask `allowed` (length, length)."""
    n, length, width = x.shape
    parts = (x @ weights["qkv.weight"].T + weights["qkv.bias"]).chunk(3, dim=-1)
    q, k, v = (part.view(n, length, heads, -1).transpose(1, 2) for part in parts)
    mixed = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
    return mixed.transpose(1, 2).reshape(n, length, width) @ weights["out.weight"].T + weights["out.bias"]


def judge(width, heads, pieces, *, anew=False):
    length, n = sum(pieces), 2
    weights, x = random_layers(width), torch.randn(n, length, width, generator=generator)
    seen = continued(CachedAttention, width, heads, weights, x, pieces, anew)
    check.equal(
        seen["names"],
        sorted(weights),
        says="the module's weights are not those of qkv and out alone (a mask kept as a buffer needs persistent=False)",
        look="the card",
    )
    check.that(
        "kind" not in seen,
        says="forward returns two things, the output and the cache",
        seen=seen.get("kind"),
        expected="(output, cache)",
        look="the card",
    )
    mine = torch.cat(seen["outs"], dim=1)
    check.that(
        not torch.isnan(mine).any(),
        says="nan: some place sees no key at all",
        seen=mine[0, :, 0],
        expected="numbers",
        look="Hint 2",
    )
    ends = np.cumsum(pieces)
    begin = np.repeat(ends - pieces, pieces)  # where each place's piece begins
    row, column = torch.arange(length)[:, None], torch.arange(length)[None, :]
    start, stop = (torch.tensor(np.asarray(b))[:, None] for b in (begin, np.repeat(ends, pieces)))
    right = column <= row
    top_left = column <= row - start
    unmasked = column < stop
    truth = masked(weights, heads, x, right)
    for says, allowed in {
        "the mask counts from the first key: a new place sees only as many keys as there are new places": top_left,
        "new places see each other's future: many at once need a mask, too": unmasked,
        "the keys in the cache are not used: the new places see only each other": right & (column >= start),
        "a new place must see itself as well as the cache": (column < row) | ((column == row) & (start == 0)),
    }.items():
        wrong = masked(weights, heads, x, allowed)
        if not torch.allclose(wrong, truth, atol=1e-3, equal_nan=True):
            check.differs(mine, wrong, rtol=1e-3, atol=1e-4, says=says, look="Hint 2")
    check.close(
        mine,
        truth,
        rtol=1e-3,
        atol=1e-4,
        says="the outputs are not those of attention over all places at once",
        look="Hint 3",
    )
    for shapes, end, piece in zip(seen["shapes"], ends, pieces, strict=True):
        check.that(
            shapes is not None,
            says="the cache is no pair (keys, values)",
            seen="something else",
            expected="(keys, values)",
            look="the card",
        )
        check.that(
            piece == end or shapes[0][2] != piece,
            says="the new cache holds the new places only: the old ones are forgotten",
            seen=f"{shapes}",
            expected=f"{end} places",
            look="Hint 1",
        )
        check.equal(
            shapes,
            [[n, heads, int(end), width // heads]] * 2,
            says="the cache has not the shape (n, heads, past + new, d)",
            look="the card",
        )
    check.that(
        seen["kept"],
        says="the cache that was handed in is changed: a second continuation would start from a wrong one",
        seen="another cache",
        expected="the same",
        look="the card",
    )
    if anew:
        first, *twice = seen["again"]
        check.close(
            first,
            truth[:, :2],
            rtol=1e-3,
            atol=1e-4,
            says="without a cache the same module does not begin anew: it remembers an earlier call",
            look="the card",
        )
        others = [truth[:, 2:3], masked(weights, heads, x[:, [0, 1, 3]], right[:3, :3])[:, 2:]]
        for mine, other in zip(twice, others, strict=True):
            check.close(
                mine,
                other,
                rtol=1e-3,
                atol=1e-4,
                says="the second of two continuations of one cache is wrong: the module goes on from its last call, not from the cache",
                look="the card",
            )


rng = check.rng()
generator = torch.Generator().manual_seed(int(rng.integers(1 << 30)))
judge(6, 2, [5])
judge(6, 2, [4, 3])
judge(6, 2, [1, 1, 1])
judge(6, 2, [4], anew=True)
### BEGIN HIDDEN TESTS
judge(8, 4, [2, 1, 4, 1])
judge(4, 1, [1, 5])
judge(9, 3, [3, 3, 1], anew=True)
### END HIDDEN TESTS


# %%
def write(model, start, count, choose, cached):
    """`count` more characters after `start` (str), each chosen by choose(logits); with the cache or without."""
    tokens, caches = torch.tensor([[PLACE[c] for c in start]]), [None] * len(model.blocks)
    fresh = tokens
    with torch.no_grad():
        for _ in range(count):
            if cached:
                logits, caches = model.step(fresh, caches)
            else:
                logits = model(tokens)
            fresh = torch.tensor([[choose(logits[0, -1])]])
            tokens = torch.cat([tokens, fresh], dim=1)
    return "".join(ALPHABET[t] for t in tokens[0])


plain, cached = trained(CausalAttention), trained(CachedAttention)
row = torch.tensor([[PLACE[c] for c in test_text[5000:5128]]])
with torch.no_grad():
    whole, caches = plain(row), [None] * 4
    pieces = []
    for t in range(128):
        logits, caches = cached.step(row[:, t : t + 1], caches)
        pieces.append(logits)
apart = (torch.cat(pieces, dim=1) - whole).abs().max().item()
print("128 characters, one by one with the cache: logits differ by less than 1e-4:", apart < 1e-4)

# %% demo=true tags=["nbval-ignore-output"]
lengths, clock = [8, 16, 32, 64, 120], {"from scratch": [], "with the cache": []}
for kind, model in (("from scratch", plain), ("with the cache", cached)):
    for count in lengths:
        best = math.inf
        for _ in range(3):
            started = time.process_time()
            write(model, "She was", count, lambda logits: int(logits.argmax()), kind == "with the cache")
            best = min(best, time.process_time() - started)
        clock[kind].append(best * 1000)
gain = np.array(clock["from scratch"]) / np.array(clock["with the cache"])
fig, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
for (kind, values), colour, mark in zip(clock.items(), ("#D55E00", "#0072B2"), "os", strict=True):
    axes.plot(lengths, values, color=colour, marker=mark, label=kind)
axes.set(xlabel="characters written", ylabel="CPU time (ms)", ylim=(0, None))
axes.legend()
plt.show()
print("times as fast:", ", ".join(f"{g:.1f} at {n}" for n, g in zip(lengths, gain, strict=True)))

# %% claims=true
check.that(apart < 1e-4, says="the cache changes nothing but the time")
check.that(gain[-1] > 1.5 and gain[-1] > gain[0], says="faster, and the more so the longer the text")

# %% [markdown]
# *The picture: CPU time against the number of characters written. From scratch the curve bends upwards; with the cache it is nearly a straight line
# below it.*
#
# **Read it.** Why does the gap open with the length?
#
# <details><summary>A · From scratch, the character number t costs in proportion to t (and a bit more); with the cache it costs nearly the same each
# time</summary>Right: the sum over all t grows with the square of the length on one side, and in proportion to it on the other.</details>
# <details><summary>B · The cache skips characters that are easy to foretell</summary>Wrong: it skips nothing; the logits are equal.</details>
# <details><summary>C · The cache makes the matrix products parallel</summary>Wrong: it makes them smaller. Training, which knows all characters
# beforehand, is the parallel one.</details>

# %% [markdown]
# ## Choosing the next character
#
# Always the likeliest one makes a model go round in circles. Drawing from all of them lets in the unlikely ones, and after one of those the text is lost. Between the two
# stand three dials.

# %% [markdown]
# ### Exercise 6 · Temperature, top-k, top-p
#
# 15 min · ●●●○ · 4 points
#
# Write `next_distribution(logits, temperature=1.0, top_k=None, top_p=None)`: the probabilities to draw from, a float tensor (characters,).
#
# - `logits`: float tensor (characters,), all different, as large as ±1000; `top_k` is at least 1, `top_p` above 0 and at most 1. First divide them by `temperature`; at temperature 0 the likeliest character gets 1. A negative one raises
#   `ValueError`.
# - Then, if `top_k` is given, only the `top_k` likeliest characters stay (all, if there are fewer).
# - Then, if `top_p` is given, of the distribution that is left, *renormalised*, the likeliest ones stay until their sum reaches `top_p` (is at least it): the one with which it does, stays.
# - What stays sums to 1; everything else is exactly 0. `logits` is not changed.
#
# *Example.* Logits ln 4, ln 3, ln 2, ln 1 have the probabilities 0.4, 0.3, 0.2, 0.1. With `top_p=0.6` → `[0.571, 0.429, 0, 0]`; with `top_k=3, top_p=0.6` → the same, since of 4/9, 3/9, 2/9 the first two reach
# 0.6; with `temperature=0` → `[1, 0, 0, 0]`.
#
# <details><summary>Hint 1 · the idea</summary>Sort the probabilities from the likeliest down; keep some of the first; put the rest to zero; divide by the sum.</details>
# <details><summary>Hint 2 · where to look</summary>A character stays under top-p if the sum <em>before</em> it is still below <code>top_p</code>:
# <code>sorted.cumsum(0) - sorted &lt; top_p</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>p, order = torch.softmax(logits / temperature, 0).sort(descending=True)</code>; for top-k <code>p[top_k:] = 0</code> and <code>p = p / p.sum()</code>; for top-p
# <code>p = torch.where(p.cumsum(0) - p &lt; top_p, p, 0)</code>; then back into the old order: <code>out[order] = p / p.sum()</code>.</details>


# %% exercise="next-distribution"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    ### BEGIN SOLUTION
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out
    ### END SOLUTION


# %% check="next-distribution" points=4
def by_the_card(logits, temperature=1.0, top_k=None, top_p=None, fault=""):
    """The card, character by character in plain Python; `fault` names a way to go wrong."""
    values = [float(v) for v in logits]
    if fault == "multiplied":
        values = [v * temperature * temperature for v in values]
    top = max(values)
    if temperature == 0:
        return np.array([1.0 if v == top else 0.0 for v in values])
    p = [math.exp((v - top) / temperature) for v in values]
    if fault == "after":
        whole = [math.exp(v - top) for v in values]
        p = [math.exp(w / sum(whole) / temperature) for w in whole]
    p = [v / sum(p) for v in p]
    ranked = sorted(range(len(p)), key=lambda i: -p[i])
    keep = set(ranked)
    if top_k is not None and fault != "no k":
        keep = set(ranked[: top_k + (fault == "one more")])
    if top_p is not None:
        mass = 1.0 if fault == "not renormalised" else sum(p[i] for i in keep)
        total, stay = 0.0, set()
        for i in (i for i in (reversed(ranked) if fault == "unlikely" else ranked) if i in keep):
            if fault == "without the last" and stay and (total + p[i]) / mass > top_p:
                break
            if total / mass >= top_p:
                break
            stay.add(i)
            total += p[i]
        keep = stay
    rest = 1.0 if fault == "no sum" else sum(p[i] for i in keep)
    if fault in ("sorted", "wrong way"):
        out = [p[i] / rest if i in keep else 0.0 for i in ranked]
        return np.array(out if fault == "sorted" else [out[i] for i in ranked])
    return np.array([p[i] / rest if i in keep else 0.0 for i in range(len(p))])


FAULTS = {
    "multiplied": "the logits are multiplied by the temperature: a high one must flatten, not sharpen",
    "after": "the temperature is applied to probabilities; it divides the logits",
    "no k": "top_k is not applied",
    "one more": "top_k keeps one character too many",
    "without the last": "the character with which the sum reaches top_p is dropped; it stays",
    "not renormalised": "top_p is applied to the distribution before top_k; it is that of what top_k left",
    "unlikely": "top_p keeps the unlikeliest characters",
    "no sum": "what stays does not sum to 1",
    "sorted": "the probabilities come from the likeliest down, no longer in the characters' order",
    "wrong way": "the sorting is not undone: p[order] sorts once more, out[order] = p puts back",
}


def judge(logits, **dials):
    mine = next_distribution(logits.clone(), **dials)
    check.shape(mine, (len(logits),), says="not one probability for each character")
    check.that(
        not np.isnan(np.asarray(mine, dtype=float)).any(),
        says="nan: a division by a temperature of 0"
        if dials.get("temperature") == 0
        else "nan: exponentials of large logits are infinite; softmax takes the largest off first",
        seen=f"{mine} with {dials}",
        expected="probabilities",
        look="the card" if dials.get("temperature") == 0 else "Hint 3",
    )
    truth = by_the_card(logits, **dials)
    for fault, says in FAULTS.items():
        wrong = by_the_card(logits, **dials, fault=fault)
        if not np.allclose(wrong, truth, atol=1e-4):
            check.differs(np.asarray(mine, dtype=float), wrong, says=says, look="Hint 2")
    check.close(
        np.asarray(mine, dtype=float),
        truth,
        atol=1e-5,
        says=f"the distribution with {dials} is not the card's",
        look="Hint 3",
    )
    check.equal(
        (np.asarray(mine) == 0).tolist(),
        (truth == 0).tolist(),
        says="what does not stay must be exactly 0",
        look="the card",
    )


rng = check.rng()
four = torch.log(torch.tensor([0.2, 0.4, 0.1, 0.3]))
judge(four, top_k=2)
judge(four, top_p=0.55)
judge(torch.log(torch.tensor([0.1, 0.3, 0.12, 0.105, 0.11, 0.095, 0.09, 0.08])), top_k=2, top_p=0.5)
judge(four, top_k=3, top_p=0.72)
judge(four, temperature=2.0)
judge(four, temperature=0.5, top_p=0.8)
judge(four, temperature=0)
judge(four, temperature=0, top_k=2, top_p=0.5)
judge(four, top_k=9)
judge(torch.tensor([120.0, 100.0, 119.0, 95.0]), temperature=0.5)
judge(four, top_p=1.0)
check.raises(
    ValueError, next_distribution, four, temperature=-1.0, says="a negative temperature is not refused", look="the card"
)
check.unchanged(next_distribution, four.clone(), 0.7, 2, 0.9, says="the caller's logits are changed on the way")
### BEGIN HIDDEN TESTS
for _ in range(6):
    some = torch.tensor(rng.normal(0, 2, int(rng.integers(5, 12))), dtype=torch.float32)
    judge(
        some, temperature=float(rng.uniform(0.4, 2)), top_k=int(rng.integers(1, 6)), top_p=float(rng.uniform(0.2, 0.95))
    )
    judge(some, temperature=float(rng.uniform(0.4, 2)), top_p=float(rng.uniform(0.2, 0.95)))
### END HIDDEN TESTS

# %% [markdown]
# Let it write: 120 characters after "She was", with four settings.

# %% demo=true tags=["nbval-ignore-output"]
settings = {
    "always the likeliest": {"temperature": 0},
    "temperature 0.7": {"temperature": 0.7},
    "temperature 1, top-p 0.9": {"top_p": 0.9},
    "temperature 1.6": {"temperature": 1.6},
}
samples = {}
for name, dials in settings.items():
    generator = torch.Generator().manual_seed(3)

    def draw(logits, dials=dials, generator=generator):
        return int(torch.multinomial(torch.as_tensor(next_distribution(logits, **dials)), 1, generator=generator))

    samples[name] = write(cached, "She was", 120, draw, True)
    print(f"{name}:\n    {samples[name]!r}\n")

# %% [markdown]
# The likeliest characters alone make smooth phrases that say little and tend to come back. The lower temperature and top-p look like English from afar. At the highest one words fall apart. None of it means
# anything: the model knows which letters follow, not what a manual has to say.
#
# ## Learnt by heart?
#
# A model that repeats its training text word for word may publish what it should not. Measure it: the longest stretch of a sample that stands in the training text as it is. It needs a
# yardstick, since English repeats itself: the same measure for real text of the held-out novel.


# %% demo=true tags=["nbval-ignore-output"]
def longest_copy(sample, text):
    """The longest stretch of `sample` that stands in `text`."""
    best = ""
    for start in range(len(sample)):
        while start + len(best) < len(sample) and sample[start : start + len(best) + 1] in text:
            best = sample[start : start + len(best) + 1]
    return best


draws = []
for number in range(8):
    generator = torch.Generator().manual_seed(number)
    begin = test_text[number * 9000 : number * 9000 + 20]
    sample = write(
        cached,
        begin,
        100,
        lambda logits, generator=generator: int(
            torch.multinomial(torch.as_tensor(next_distribution(logits, 0.7)), 1, generator=generator)
        ),
        True,
    )
    draws.append(longest_copy(sample[20:], train_text))
real = [longest_copy(test_text[i * 9000 + 20 : i * 9000 + 120], train_text) for i in range(8)]
print("longest copies in 100 characters, model:", sorted(map(len, draws)), " the novel itself:", sorted(map(len, real)))
print("the model's longest:", max(draws, key=len))

# %% claims=true
check.that(max(map(len, draws)) <= max(map(len, real)) + 10, says="no longer copies than the author's own")
check.that(12 <= np.median([len(d) for d in draws]) <= 30, says="some twenty characters")

# %% [markdown]
# Stretches of some twenty characters, about as long as those which the held-out novel shares with the other five: an author's phrases, not a memory. So this model has not learnt its text by heart, as
# far as eight samples can tell; a model a thousand times larger, trained on a text that it sees often, does (Carlini and others, 2021). The measure stays the
# same.
#
# **What you tell Ravi.** A model of this size proposes how a word goes on, and is better at it than counting, by a measured margin. It does not know what is true of a
# vehicle, and no temperature will teach it. For the manual the desk needs its own text, the same held-out test, and the same table as baseline.

# %% [markdown]
# ## Sources
#
# - Ashish Vaswani and others: *Attention Is All You Need*. NeurIPS 2017, arXiv:1706.03762.
# - Alec Radford and others: *Language Models are Unsupervised Multitask Learners*. 2019: the decoder-only model with normalisation before each part.
# - Ian Witten, Timothy Bell: *The zero-frequency problem*. IEEE Transactions on Information Theory 37(4), 1991; Stanley Chen, Joshua Goodman: *An empirical study of smoothing
#   techniques for language modeling*. Computer Speech & Language 13(4), 1999.
# - Peter Brown and others: *An Estimate of an Upper Bound for the Entropy of English*. Computational Linguistics 18(1), 1992.
# - Ari Holtzman and others: *The Curious Case of Neural Text Degeneration*. ICLR 2020, arXiv:1904.09751: top-p.
# - Nicholas Carlini and others: *Extracting Training Data from Large Language Models*. USENIX Security 2021, arXiv:2012.07805.
# - PyTorch documentation: `torch.nn.MultiheadAttention`, `torch.nn.functional.scaled_dot_product_attention`.
