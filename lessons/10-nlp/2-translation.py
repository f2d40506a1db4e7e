# %% [markdown]
# # Translation
#
# After this lesson you can
#
# - score translations with BLEU and chrF as sacreBLEU does, and say what the two do not see,
# - put baselines beside a translator, and hold out text such that no copy of it is left in training,
# - write attention with its masks, and find the faults that let a decoder see the word it has to guess,
# - search for a translation with a beam, and know what the length of a sentence does to its score,
# - tell from evidence, to people who read no code, what a translator must not be used for.
#
# **The story** (its people and the firm are invented). A maker of smart-home devices opens an office in Madrid. Everything is
# still in English: the app, the help pages, the manual with its safety notes. Lucía Ferrer, who sets up the office, has a quote from a
# translation agency on her desk. Henrik Aas, an engineer, has another idea: *"We train our own translator over the weekend. I
# have 31,084 sentence pairs, free to use by everybody."* Lucía asks where they come from. *"The Bible. King James, and
# the Reina-Valera of 1909. Spanish is Spanish, no?"* Today you build what Henrik has in mind, measure it, and write down whether
# the firm may use it.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 02) Two rows of a table tell of the same event. A random split puts one into training and one into the test. The
# test score is …
#
# <details><summary>A · too low, because the model is confused by the copy</summary>
# No. The copy helps it: the answer was in its training.</details>
# <details><summary>B · too high, for it also measures what the model knows by heart</summary>
# Right. Rows that belong together must stay on one side. Today those rows are verses, and four books tell one story.</details>
# <details><summary>C · right on average, because the split was random</summary>
# No. Randomness protects against bad luck, not against copies.</details>
#
# **2.** (Module 03) A batch holds sequences of different length, filled up to the longest one. You average the loss over all places of
# the batch, the filled ones included. What happens?
#
# <details><summary>A · nothing: the model learns to predict the filling, which is easy</summary>
# No, and that is the trouble. The easy places make the mean look good, and the harder the batch is padded, the better it looks.</details>
# <details><summary>B · the gradient is wrong by a constant factor only</summary>
# No. The factor differs from batch to batch, and the filled places send gradients of their own.</details>
# <details><summary>C · the loss depends on how much filling a batch has, and looks better than it is</summary>
# Right. Divide by the number of real tokens, and leave the others out of the sum.</details>
#
# **3.** (Module 03) Two models are judged on the same 200 test cases. Their scores have intervals that overlap. Are the models
# equally good?
#
# <details><summary>A · yes, overlapping intervals say so</summary>
# No. Both models find the same cases hard, so their scores move together. Look at the interval of the difference.</details>
# <details><summary>B · cannot tell: bootstrap the difference over the same cases</summary>
# Right: a paired bootstrap. You do it below, over verses.</details>
# <details><summary>C · no, as the higher score wins</summary>
# No. With 200 other cases it might not.</details>

# %%
import mle
import math
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from sacrebleu.metrics import BLEU, CHRF
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

from mle import check, checkpoints, data

torch.set_num_threads(1)
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#999999"  # Okabe-Ito

table = data.load("bible-en-es", "verses")
table["book"] = table["book"].astype(str)
table["longest"] = np.maximum(table["en"].str.split().str.len(), table["es"].str.split().str.len())
verses = table[table["aligned"] & (table["longest"] <= 22)].reset_index(drop=True)
train = verses[~verses["book"].isin(["Acts", "John", "Mark"])].reset_index(drop=True)
test = verses[(verses["book"] == "John") & (verses["longest"] <= 15)].reset_index(drop=True)
print(f"{len(table):,} verses; {len(train):,} short ones to train on, {len(test)} shorter ones of John to test on")
test.loc[[0, 50, 100], ["en", "es"]]

# %% claims=true
check.prose("31,084", len(table))

# %% [markdown]
# ## How good is a translation?
#
# You cannot ask a person after each training run. So a translation, the **hypothesis**, is compared with one that a person
# made, the **reference**. **BLEU** (Papineni and others 2002) counts the runs of 1, 2, 3 and 4 words that both have, the *n-grams*. Three decisions
# make it what it is:
#
# - **Clipping.** An n-gram of the hypothesis matches at most as often as it stands in the reference. Otherwise "de de de de" would be a fine Spanish sentence.
# - **Precision with a brevity penalty.** The matches are divided by what the hypothesis has. So it pays to say little, and a factor takes that profit away.
# - **The corpus.** Matches and totals are summed over all verses, and *then* divided. BLEU of a corpus is no mean of sentences' BLEUs: most short sentences have no 4-gram in common with
#   the reference, so theirs is zero.
#
# ### Exercise 1 · BLEU
#
# 20 min · ●●○○ · 4 points
#
# Write two functions. Counts add up over verses; scores do not. That is why they are two.
#
# `bleu_counts(hypothesis, reference)` takes two texts, whose tokens are what `text.split()` gives, and returns 10 numbers:
#
# - at 0 and 1: the number of tokens of the hypothesis, and of the reference;
# - at 2 to 5: for n = 1, 2, 3, 4, how many n-grams of the hypothesis match, **clipped**: each different n-gram counts as often as it stands in the
#   text where it is rarer;
# - at 6 to 9: for n = 1, 2, 3, 4, how many n-grams the hypothesis has (0 where it is too short).
#
# `corpus_bleu(counts)` takes an array `(m, 10)`, one row for each verse, and returns a number from 0 to 100. Sum over the verses; with
# $p_n$ = matches / totals, $h$ and $r$ the summed lengths,
#
# $$100 \cdot B \cdot (p_1\,p_2\,p_3\,p_4)^{1/4}, \qquad B = 1 \text{ if } h \ge r, \text{ else } e^{1 - r/h}.$$
#
# The score is 0 where the summed matches of some n are 0 (the totals may be 0 then, too). No smoothing.
#
# Example: `bleu_counts("y y dijo Dios", "y dijo Dios así y")` → `[4, 5, 4, 2, 1, 0, 4, 3, 2, 1]`. Both `y` match, for the reference has two. As a corpus of one
# verse it scores 0: no 4-gram matches.
#
# <details><summary>Hint 1 · the idea</summary>
# For each n make a <code>Counter</code> of the n-grams (as tuples) of both texts. What both have is the smaller of the two
# counts.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>Counter & Counter</code> keeps the smaller counts; <code>.total()</code> sums them. <code>zip(tokens, tokens[1:])</code> are the
# 2-grams. In the second function, begin with <code>counts.sum(axis=0)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>grams = lambda tokens, n: Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))</code>; then
# <code>(grams(h, n) & grams(r, n)).total()</code> and <code>max(len(h) - n + 1, 0)</code>.</details>


# %% exercise="bleu"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    ### BEGIN SOLUTION
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])
    ### END SOLUTION


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    ### BEGIN SOLUTION
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25
    ### END SOLUTION


# %% check="bleu" points=4
def sacre_bleu(hypotheses, references):
    """What sacreBLEU says of texts whose tokens are separated by spaces."""
    return BLEU(tokenize="none", smooth_method="none", force=True).corpus_score(hypotheses, [references])


def judge_bleu_counts(hypothesis, reference):
    by_sacre = sacre_bleu([hypothesis], [reference])
    matches, totals = list(by_sacre.counts), list(by_sacre.totals)
    h, r = hypothesis.split(), reference.split()
    grams = lambda tokens, n: [" ".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]  # noqa: E731
    orders = range(1, 5)
    target = [len(h), len(r), *matches, *totals]
    of_reference = [len(grams(r, n)) for n in orders]

    def row(h, r):
        ours = [(grams(h, n), grams(r, n)) for n in orders]
        clipped = [sum(min(mine.count(g), theirs.count(g)) for g in set(mine)) for mine, theirs in ours]
        return [len(h), len(r), *clipped, *[len(mine) for mine, _ in ours]]

    wrongs = {
        "an n-gram matches each time it stands in the hypothesis: matches are not clipped": [
            len(h), len(r), *[sum(g in grams(r, n) for g in grams(h, n)) for n in orders], *totals],
        "each different n-gram counts once: a set forgets how often it stands there": [
            len(h), len(r), *[len(set(grams(h, n)) & set(grams(r, n))) for n in orders], *totals],
        "the totals count the reference's n-grams: that is recall, BLEU is precision": [len(h), len(r), *matches, *of_reference],
        "totals stand where the matches belong": [len(h), len(r), *totals, *matches],
        "the two lengths are swapped": [len(r), len(h), *matches, *totals],
        "a text shorter than n has 0 n-grams, not fewer than none": [len(h), len(r), *matches, *[len(h) - n + 1 for n in orders]],
        "capital letters are made small: to BLEU, Dios and dios are different tokens": row(hypothesis.lower().split(), reference.lower().split()),
        "punctuation is thrown away: a token is whatever split() gives": row(*([w for w in t if w.isalnum()] for t in (h, r))),
        "split(' ') makes empty tokens where two spaces stand": row(hypothesis.split(" "), reference.split(" ")),
    }  # fmt: skip
    chars = [[" ".join(s[i : i + n]) for i in range(len(s) - n + 1)] for s in (hypothesis,) for n in orders]
    got = np.asarray(bleu_counts(hypothesis, reference))
    check.shape(got, (10,), says="bleu_counts does not return 10 numbers", look="the card")
    about = f"{target} for {hypothesis!r} against {reference!r}"
    check.that(list(got[6:]) != [len(c) for c in chars] or list(got[6:]) == totals,
               says="characters are counted, not words", seen=str(list(got)), expected=about, look="Hint 2")  # fmt: skip
    for says, wrong in wrongs.items():
        if wrong != target:
            check.differs(got, wrong, says=says, expected=about, look="Hint 1")
    check.equal(got, target, says="these are not the counts that sacreBLEU finds")


def judge_corpus_bleu(hypotheses, references):
    single = [sacre_bleu([h], [r]) for h, r in zip(hypotheses, references, strict=True)]
    counts = np.array([[s.sys_len, s.ref_len, *s.counts, *s.totals] for s in single])
    target = sacre_bleu(hypotheses, references).score
    h, r = counts[:, 0].sum(), counts[:, 1].sum()
    p = counts[:, 2:6].sum(0) / np.maximum(counts[:, 6:].sum(0), 1)
    brevity = min(1.0, math.exp(1 - r / h))
    body = 100 * np.prod(p) ** 0.25
    each = counts[:, 2:6] / np.maximum(counts[:, 6:], 1)
    wrongs = {
        "the mean of the verses' BLEUs is returned: sum the counts first": np.mean([s.score for s in single]),
        "the precisions of the verses are averaged: sum matches and totals first": brevity * 100 * np.prod(each.mean(0)) ** 0.25,
        "the brevity penalty is missing": body,
        "the brevity penalty's ratio is upside down": body * (1.0 if h >= r else math.exp(1 - h / r)),
        "a long corpus is rewarded: the brevity factor is larger than 1": body * math.exp(1 - r / h),
        "the brevity penalty is averaged over verses": body * np.mean(np.minimum(1, np.exp(1 - counts[:, 1] / counts[:, 0]))),
        "the arithmetic mean of the four precisions is taken, not the geometric one": 100 * brevity * p.mean(),
        "the score goes from 0 to 1, not to 100": target / 100,
        "the product of the precisions is returned without its fourth root": 100 * brevity * np.prod(p),
    }  # fmt: skip
    got = corpus_bleu(counts.copy())
    if target == 0:
        check.equal(got, 0.0, says="a corpus without a single match for some n does not score 0", look="the card")
        return
    for says, wrong in wrongs.items():
        if not np.isclose(wrong, target, rtol=1e-6):
            check.differs(
                got, wrong, says=says, expected=f"{target:.4f}", look="the section 'How good is a translation?'"
            )
    check.close(got, target, says="the score is not sacreBLEU's", rtol=1e-9)


def noisy_pairs(rng, m, keep):
    """References of 8 to 12 words out of 9, and hypotheses that keep most of their words, in runs."""
    words = ["y", "de", "la", "el", "Dios", "dijo", "Jesús", "no", "que"]
    references = [[*rng.choice(words, size=rng.integers(8, 13))] for _ in range(m)]
    hypotheses = []
    for r in references:
        at = int(rng.integers(5, len(r) - 2))
        hypotheses.append([*r[:at], *(["de", "de", "y"] if keep else []), *r[at + (0 if keep else 2) :]])
    return [" ".join(h) for h in hypotheses], [" ".join(r) for r in references]


rng = check.rng()
judge_bleu_counts("y y dijo Dios", "y dijo Dios así y")
judge_bleu_counts("y y y dijo y Dios dijo y Dios", "y dijo Dios á y Dios dijo y Dios y no más")
judge_bleu_counts("así sea", "así sea todo ello")
judge_bleu_counts("y dijo Dios , el Dios de Jesús .", "Y dijo Dios : el dios de Jesús , y")
judge_bleu_counts("y  dijo Dios", "y dijo  Dios así")
shorter, whole = noisy_pairs(rng, 6, keep=False)
for pair in zip(shorter, whole, strict=True):
    judge_bleu_counts(*pair)
judge_corpus_bleu([*shorter, "y y y que no la"], [*whole, "de el Dios de Jesús dijo así"])
longer, base = noisy_pairs(rng, 5, keep=True)
judge_corpus_bleu(longer, base)
judge_corpus_bleu([*longer, shorter[0]], [*base, whole[0]])
judge_corpus_bleu(["no que el", "así dijo el"], ["de la Dios así", "no dijo el hombre"])
judge_corpus_bleu(["así", "no"], ["así sea", "no"])
### BEGIN HIDDEN TESTS
longer, base = noisy_pairs(rng, 7, keep=True)
for pair in zip(longer, base, strict=True):
    judge_bleu_counts(*pair)
shorter, whole = noisy_pairs(rng, 1, keep=False)
judge_corpus_bleu(shorter, whole)
judge_corpus_bleu([*longer, *shorter], [*base, *whole])
judge_bleu_counts("de de de de", "de la casa de Dios")
### END HIDDEN TESTS

# %% [markdown]
# Words must be cut off from their punctuation before you count: to `split()`, "Dios," and "Dios" are different tokens. Here the cut is one regular
# expression. Papers that cut differently cannot be compared by their BLEU (Post 2018), which is why sacreBLEU prints what it did as a *signature*.
#
# BLEU has a fault on Spanish: `hablaba` for `habló` is as wrong as `piedra`. **chrF** (Popović 2015) counts n-grams of *characters* instead, for n = 1 to 6, and combines precision with recall, which it
# takes for twice as important (β = 2, from Popović 2016; in the mean below, recall then has the weight β² = 4 and precision 1). Its letters stand for character F-score.
#
# ### Exercise 2 · chrF
#
# 15 min · ●●○○ · 3 points
#
# `chrf_counts(hypothesis, reference)` takes two texts and **removes all spaces** from both. It returns an array `(3, 6)` whose column n − 1 is about the
# n-grams of n characters:
#
# - row 0: how many the hypothesis has; row 1: how many the reference has (0 where the text is too short);
# - row 2: how many match, clipped as in BLEU.
#
# `corpus_chrf(counts, beta=2)` takes an array `(m, 3, 6)` and returns a number from 0 to 100. Sum over the verses. Leave out each n for which the hypotheses *or* the
# references have no n-gram at all. Precision $P$ is the **mean over the n that are left** of matches / hypotheses' n-grams, recall $R$ that of matches / references' n-grams, and
#
# $$100 \cdot \frac{(1 + \beta^2)\, P R}{\beta^2 P + R},$$
#
# or 0 where nothing matches at all, or no n is left.
#
# Example: `chrf_counts("la luz", "la lus")` → rows `[5, 4, 3, 2, 1, 0]`, `[5, 4, 3, 2, 1, 0]` and `[4, 3, 2, 1, 0, 0]`; P = R = `0.543`, chrF `54.3`.
#
# <details><summary>Hint 1 · the idea</summary>
# It is exercise 1 with characters for words, n up to 6, and an F-score at the end instead of the fourth root.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>"".join(text.split())</code> removes spaces. With sums <code>h, r, m</code> of shape (6,), the n that are left are
# <code>(h > 0) & (r > 0)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>h, r, m = counts.sum(axis=0)</code>; <code>left = (h > 0) & (r > 0)</code>; <code>P = (m[left] / h[left]).mean()</code>, then
# R, then the formula.</details>


# %% exercise="chrf"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    ### BEGIN SOLUTION
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T
    ### END SOLUTION


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    ### BEGIN SOLUTION
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)
    ### END SOLUTION


# %% check="chrf" points=3
def char_counts(hypothesis, reference, orders=6, cut=lambda text: text.replace(" ", "")):
    """The counts by looking each different n-gram up with str.startswith: slow, and written for the check only."""
    h, r = cut(hypothesis), cut(reference)
    out = np.zeros((3, orders), int)
    for n in range(1, orders + 1):
        mine, theirs = ([t[i : i + n] for i in range(len(t) - n + 1)] for t in (h, r))
        out[:, n - 1] = len(mine), len(theirs), sum(min(mine.count(g), theirs.count(g)) for g in set(mine))
    return out


def judge_chrf_counts(hypothesis, reference):
    target = char_counts(hypothesis, reference)
    about = f"{target.tolist()} for {hypothesis!r} against {reference!r}"
    got = np.asarray(chrf_counts(hypothesis, reference))
    check.that(
        got.shape != (6, 3),
        says="the array is lying on its side: n goes along the columns",
        seen="shape (6, 3)",
        expected="shape (3, 6)",
    )
    check.shape(got, (3, 6), says="chrf_counts does not return an array (3, 6)", look="the card")
    unclipped, sets = target.copy(), target.copy()
    for n in range(1, 7):
        mine, theirs = (
            [t[i : i + n] for i in range(len(t) - n + 1)]
            for t in (hypothesis.replace(" ", ""), reference.replace(" ", ""))
        )
        unclipped[2, n - 1], sets[2, n - 1] = sum(g in theirs for g in mine), len(set(mine) & set(theirs))
    words = char_counts(hypothesis.split(), reference.split(), cut=tuple)
    wrongs = {
        "spaces are counted as characters": char_counts(hypothesis, reference, cut=str),
        "an n-gram of characters matches each time it stands in the hypothesis: clip it": unclipped,
        "each different n-gram of characters counts only once": sets,
        "n-grams of words are counted, chrF takes those of characters": words,
        "the rows of hypothesis and reference are swapped": target[[1, 0, 2]],
        "capital letters are made small: chrF keeps the case": char_counts(hypothesis.lower(), reference.lower()),
        "punctuation is thrown away: only spaces are removed": char_counts(*("".join(c for c in t if c.isalnum()) for t in (hypothesis, reference))),
    }  # fmt: skip
    for says, wrong in wrongs.items():
        if wrong.tolist() != target.tolist():
            check.differs(got, wrong, says=says, expected=about)
    check.equal(got, target, says="these are not the counts of character n-grams")


def f_score(p, r, beta=2.0):
    return 100 * (1 + beta**2) * p * r / (beta**2 * p + r) if p + r > 0 else 0.0


def judge_corpus_chrf(hypotheses, references, beta=2):
    counts = np.array([char_counts(*pair) for pair in zip(hypotheses, references, strict=True)])
    score = lambda a, b: CHRF(beta=beta).corpus_score(a, [b]).score  # noqa: E731
    target = score(hypotheses, references)
    h, r, m = counts.sum(0).astype(float)
    left = (h > 0) & (r > 0)
    p, q = m / np.maximum(h, 1), m / np.maximum(r, 1)
    mp, mq = (p[left].mean(), q[left].mean()) if left.any() else (0, 0)
    wrongs = {
        "the mean of the verses' chrF is returned: add up the counts first": np.mean([score([a], [b]) for a, b in zip(hypotheses, references, strict=True)]),
        "precision and recall have changed places: beta weighs the wrong one": f_score(mq, mp, beta),
        "beta is not squared": f_score(mp, mq, math.sqrt(beta)),
        "beta is not heeded: this is the F-score that weighs both alike": f_score(mp, mq, 1.0),
        "an F-score is taken for each n and then averaged: average P and R first": np.mean([f_score(a, b, beta) for a, b in zip(p[left], q[left], strict=True)]) if left.any() else 0,
        "the sums over n are divided by 6, also where some n have no n-grams": f_score(p.sum() / 6, q.sum() / 6, beta),
        "an n without a match is left out: it has n-grams, so it counts with 0": f_score(p[m > 0].mean(), q[m > 0].mean(), beta) if m.any() else 0,
        "all n are thrown together: matches and totals are summed over n": f_score(m.sum() / max(h.sum(), 1), m.sum() / max(r.sum(), 1), beta),
        "chrF goes from 0 to 1, not to 100": target / 100,
    }  # fmt: skip
    got = corpus_chrf(counts.copy(), beta=beta) if beta != 2 else corpus_chrf(counts.copy())
    if target == 0:
        check.equal(got, 0.0, says="verses without a match do not score 0", look="the card")
        return
    for says, wrong in wrongs.items():
        if not np.isclose(wrong, target, rtol=1e-6):
            check.differs(got, wrong, says=says, expected=f"{target:.4f}")
    check.close(got, target, says="the score is not sacreBLEU's chrF", rtol=1e-9)


def chrf_pairs(rng, m, keep):
    """References of 8 to 12 words out of 9, and hypotheses that keep most of their words, in runs."""
    words = ["y", "de", "la", "el", "Dios", "dijo", "Jesús", "no", "que"]
    references = [[*rng.choice(words, size=rng.integers(8, 13))] for _ in range(m)]
    hypotheses = []
    for r in references:
        at = int(rng.integers(5, len(r) - 2))
        hypotheses.append([*r[:at], *(["de", "de", "y"] if keep else []), *r[at + (0 if keep else 2) :]])
    return [" ".join(h) for h in hypotheses], [" ".join(r) for r in references]


rng = check.rng()
judge_chrf_counts("la luz", "la lus")
judge_chrf_counts("Y dijo Dios dijo Dios", "y dijo el Dios")
judge_chrf_counts("la luz , y no .", "La luz ; y no así .")
judge_chrf_counts("", "no")
some, others = chrf_pairs(rng, 3, keep=False)
for pair in zip(some, others, strict=True):
    judge_chrf_counts(*pair)
judge_corpus_chrf([*some, "y no"], [*others, "no es así la cosa"])
judge_corpus_chrf(["la luz"], ["la sal"])
judge_corpus_chrf(["luz", "ser"], ["luces son", "ya era así"])
judge_corpus_chrf([*some, "y no"], [*others, "no es así la cosa"], beta=3)
judge_corpus_chrf(["", "mmm"], ["no", "la luz"])
judge_corpus_chrf([""], [""])
judge_corpus_chrf(["la luz es"], ["la"])
judge_corpus_chrf(["la"], ["al"])
### BEGIN HIDDEN TESTS
some, others = chrf_pairs(rng, 4, keep=True)
for pair in zip(some, others, strict=True):
    judge_chrf_counts(*pair)
judge_corpus_chrf([*some, ""], [*others, "Dios"])
judge_corpus_chrf(some[:1], others[:1])
judge_corpus_chrf(["ab", "c"], ["abc", "cd"], beta=1.5)
### END HIDDEN TESTS

# %% [markdown]
# ## Three translators that know no grammar
#
# A score means nothing alone. Here are three opponents that cost no training worth the name:
#
# - **copy**: leave the English as it is. Names and punctuation match.
# - **nearest verse**: look up the training verse whose English is most like this one (TF-IDF, lesson 1), and give *its* Spanish.
# - **dictionary**: replace word by word. The dictionary is IBM Model 1 (Brown and others 1993): a table of $t(\text{Spanish word} \mid \text{English word})$, learnt from verse pairs by expectation–maximisation, without anybody saying
#   which word belongs to which.

# %%
SPLIT = r"\w+|[^\w\s]"


def cut(text):
    """Words and punctuation marks, separated by spaces."""
    return " ".join(pd.Series([text]).str.findall(SPLIT).iloc[0])


class NearestVerse:
    """Translates by the Spanish of the training verse whose English is most similar."""

    def __init__(self, en, es):
        self.es = np.asarray(es, dtype=object)
        self.vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=SPLIT).fit(en)
        self.known = self.vectorizer.transform(en)

    def __call__(self, texts):
        similar = self.vectorizer.transform(texts) @ self.known.T
        return list(self.es[np.asarray(similar.argmax(axis=1)).ravel()])


class Dictionary:
    """Word-for-word translation by IBM Model 1, `rounds` rounds of expectation–maximisation."""

    def __init__(self, en, es, rounds=4):
        self.vectorizers = [
            CountVectorizer(token_pattern=SPLIT, lowercase=False, min_df=2).fit(side) for side in (en, es)
        ]
        codes = [[[v.vocabulary_[w] for w in v.build_analyzer()(text) if w in v.vocabulary_] for text in side]
                 for v, side in zip(self.vectorizers, (en, es), strict=True)]  # fmt: skip
        source, target, word = [], [], []  # a link for each English word with each Spanish word of its verse
        count = 0
        for e, s in zip(*codes, strict=True):
            source.append(np.tile(e, len(s)))
            target.append(np.repeat(s, len(e)))
            word.append(np.repeat(np.arange(count, count + len(s)), len(e)))
            count += len(s)
        source, target, word = (np.concatenate(part).astype(np.int64) for part in (source, target, word))
        pairs, link = np.unique(source * 100_000 + target, return_inverse=True)
        english, spanish = np.divmod(pairs, 100_000)
        chance = np.ones(len(pairs))
        for _ in range(rounds):
            share = chance[link] / np.bincount(word, chance[link], minlength=count)[word]
            expected = np.bincount(link, share, minlength=len(pairs))
            chance = expected / np.bincount(english, expected)[english]
        order = np.lexsort((chance, english))
        last = np.flatnonzero(np.append(np.diff(english[order]), 1))
        names = [v.get_feature_names_out() for v in self.vectorizers]
        best = order[last]
        self.of = dict(zip(names[0][english[best]], names[1][spanish[best]], strict=True))

    def __call__(self, texts):
        return [" ".join(self.of.get(w, w) for w in cut(text).split()) for text in texts]


# %% demo=true
def scores(hypotheses, references):
    """The counts of each verse, ready for both scores."""
    pairs = [(cut(h), cut(r)) for h, r in zip(hypotheses, references, strict=True)]
    return np.array([bleu_counts(*pair) for pair in pairs]), np.array([chrf_counts(*pair) for pair in pairs])


def interval(function, *counts, rounds=500):
    """`function` of counts whose verses are redrawn: its 95 % interval. All counts are redrawn alike (paired)."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(len(counts[0]), size=len(counts[0])) for _ in range(rounds)]
    return np.percentile([function(*(c[rows] for c in counts)) for rows in draws], [2.5, 97.5])


nearest, dictionary = NearestVerse(train["en"], train["es"]), Dictionary(train["en"], train["es"])
systems = {
    "copy": list(test["en"]),
    "nearest verse": nearest(test["en"]),
    "dictionary": dictionary(test["en"]),
}
counts = {name: scores(said, test["es"]) for name, said in systems.items()}
for name, (for_bleu, for_chrf) in counts.items():
    print(f"{name:14} BLEU {corpus_bleu(for_bleu):4.1f}   chrF {corpus_chrf(for_chrf):4.1f}")
library = CHRF().corpus_score([cut(h) for h in systems["dictionary"]], [[cut(r) for r in test["es"]]])
print(f"sacreBLEU's chrF of the dictionary: {library.score:.1f}")
print({word: dictionary.of[word] for word in ("the", "water", "said", "disciples", "thou", "light")})

# %% [markdown]
# Look at the dictionary. It thinks that "the" is `de`, and it puts Spanish words into English order; yet its chrF is 40.3, against 24.2 for the nearest verse and 14.6 for the copy. The two
# languages share most of their word order, and chrF sees characters. So the opponent that a translator has to beat is a table of words, not nothing. The copy's BLEU is exactly
# 0: not one run of four tokens is in both. And your chrF is the library's, to the digit.
#
# ## What a random split gives away
#
# Henrik wanted to hold out every twentieth verse at random. You held out John. The nearest verse tells why: it has nothing but a good memory. If it scores well on held-out
# text, that text was not held out at all.

# %% demo=true
short = table[table["aligned"] & (table["longest"] <= 15)]
parts = {"5 % of all verses, at random": short.sample(frac=0.05, random_state=0)}
parts |= {book: short[short["book"] == book] for book in ("Mark", "Matt", "Luke", "Gen", "John", "Acts", "Prov", "Job")}
by_part = {}
for name, part in parts.items():
    rest = table[table["aligned"] & (table["longest"] <= 22)]
    rest = rest[~rest.index.isin(part.index)] if name.startswith("5 %") else rest[rest["book"] != name]
    found = scores(NearestVerse(rest["en"], rest["es"])(part["en"]), part["es"])[1]
    by_part[name] = (corpus_chrf(found), *interval(corpus_chrf, found, rounds=200), len(part))
figure, axis = plt.subplots(figsize=(8, 4), layout="constrained")
for y, (name, (score, low, high, _n)) in enumerate(reversed(by_part.items())):
    axis.plot([low, high], [y, y], color=GREY, linewidth=3)
    at_random = name.startswith("5 %")
    axis.plot(score, y, "s" if at_random else "o", color=ORANGE if at_random else BLUE)
axis.set_yticks(range(len(by_part)), [f"{name} ({row[3]})" for name, row in reversed(by_part.items())])
axis.set(xlabel="chrF of the nearest verse (0 to 100), with its 95 % interval", ylabel="held out (verses)")
axis.grid(axis="x", alpha=0.3)
plt.show()

# %% [markdown]
# *Nine points with intervals, each the chrF of the nearest verse where one part of the Bible is held out. A random 5 % is near 36. Mark is highest, near 41; Matthew and Luke lie between 33 and 39, Genesis near
# 29, and John, Acts, Proverbs and Job between 21 and 25.*
#
# **Read the figure.** The nearest verse gets 35.6 on a random 5 % and 25.0 on John, and the intervals are far apart. What do you tell Henrik?
#
# <details><summary>A · Random verses are easier Spanish than John</summary>
# No. Look at Mark: the same kind of text as John, and it is even above the random verses.</details>
# <details><summary>B · Where a twin of a held-out verse is in training, the score measures memory</summary>
# Right. Matthew and Luke tell much of what Mark tells, often in the same words. And of a random 5 % the twins are everywhere: "And the LORD spake unto Moses, saying" comes more than 70 times.</details>
# <details><summary>C · The nearest verse is a good translator after all</summary>
# No. It has not one sentence of its own. It is useful as an alarm: the better it is, the less your test part tests.</details>
#
# The way out is to hold out what belongs together, here whole books, and to choose books that no other book repeats. John is your test. (The figure holds out one book at a time, so its John has two more books to look things up in than the table above.) Acts is watched in training. Mark stays out of the training as well, so that you can
# see later what the leak does to a model that *can* translate.

# %% claims=true
check.prose("40.3", corpus_chrf(counts["dictionary"][1]), 0.1)
check.prose("24.2", corpus_chrf(counts["nearest verse"][1]), 0.1)
check.prose("14.6", corpus_chrf(counts["copy"][1]), 0.1)
check.equal(corpus_bleu(counts["copy"][0]), 0.0)
check.equal(dictionary.of["the"], "de")
check.close(library.score, corpus_chrf(counts["dictionary"][1]), rtol=1e-6)
check.prose("35.6", by_part["5 % of all verses, at random"][0], 0.1)
check.prose("25.0", by_part["John"][0], 0.1)
check.that(by_part["5 % of all verses, at random"][1] > by_part["John"][2] + 3, says="the intervals are not far apart")
check.that(max(by_part, key=by_part.get) == "Mark", says="Mark is not highest")
check.within(by_part["Mark"][0], 40.5, 41.6)
check.within([by_part["Matt"][0], by_part["Luke"][0]], 33, 39)
check.within(by_part["Gen"][0], 28, 30)
check.within([by_part[book][0] for book in ("John", "Acts", "Prov", "Job")], 21, 25.5)
check.prose("5 %", 0.05)
check.that(table["en"].str.contains("LORD spake unto Moses, saying").sum() > 70, says="the formula is rarer")

# %% [markdown]
# ## Attention
#
# Now the translator. An **encoder** reads the English and makes one vector for each token. A **decoder** writes the Spanish, token by token; before each it looks back at what it has
# written and across at the English. Looking is **attention** (Bahdanau and others 2015; in this form Vaswani and others 2017). A *query* $q$ is compared with the *key* of each place,
#
# $$\text{attention}(Q, K, V) = \text{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right) V,$$
#
# and gets the *values* of the places, mixed by these weights. $d$ is the length of a query. The dot product of two vectors of $d$ independent entries with mean 0 and variance 1 has variance $d$; without the root, softmax
# would pick one place almost for certain from the start, and send hardly any gradient. A **mask** says which query may look at which place.
#
# ### Exercise 3 · Attention
#
# 15 min · ●●○○ · 3 points
#
# Write `attention(query, key, value, mask=None)` in PyTorch.
#
# - `query` `(..., L, d)`, `key` `(..., S, d)`, `value` `(..., S, v)` of floats; the dimensions `...` (batch, heads) are the same in all three, and there may be none;
# - `mask`: `None`, or bool, `True` where the query **may** look; it broadcasts to `(..., L, S)`. Each query may look at one place at least;
# - return `(..., L, v)`. What a query may not look at has no influence on its result whatsoever. Gradients flow back. Scores of several hundreds are no reason for `nan`.
#
# Example: with `query = torch.zeros(1, 2)`, `key = torch.ones(3, 2)`, `value = torch.tensor([[1.0], [2.0], [6.0]])` all weights are alike: `[[3.0]]`. With the mask
# `torch.tensor([True, True, False])`: `[[1.5]]`.
#
# <details><summary>Hint 1 · the idea</summary>
# Scores (..., L, S) first; then the mask; then softmax along S; then the mix.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>key.transpose(-2, -1)</code>. A place with score <code>-inf</code> gets weight 0 <em>and</em> the other weights add up to 1. Zeroing weights after the softmax does only half
# of that.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])</code>; <code>scores.masked_fill(~mask, -math.inf)</code>;
# <code>torch.softmax(scores, dim=-1) @ value</code>.</details>


# %% exercise="attention"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    ### BEGIN SOLUTION
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ value
    ### END SOLUTION


# %% check="attention" points=3
@check.probe
def gradient_of_query(attention, query, key, value, mask):
    query = query.clone().requires_grad_()
    out = attention(query, key, value, mask)
    if not out.requires_grad:
        return None
    (out**2).sum().backward()
    return query.grad


def judge_attention(rng, outer, length, places, d, v, masked, size=1.5, dtype=torch.float64):
    draw = lambda *shape: torch.tensor(rng.normal(size=shape) * size, dtype=dtype)  # noqa: E731
    query, key, value = draw(*outer, length, d), draw(*outer, places, d), draw(*outer, places, v)
    mask = None
    if masked == "full":
        mask = torch.tensor(rng.random((*outer, length, places)) < 0.5)
        mask[..., 0], mask[..., -1] = True, False
    elif masked == "padding":
        mask = torch.ones(*outer[:1], *(1 for _ in outer), places, dtype=torch.bool)
        mask[0, ..., -1] = False
    elif masked == "causal":
        mask = torch.ones(length, places, dtype=torch.bool).tril()
    target = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    if masked in (None, "causal"):
        check.unchanged(
            attention, query, key, value, mask, says="attention changes its query: an operation in place, such as /="
        )
    given = query.clone(), key.clone(), value.clone()
    got = attention(*given, mask.clone()) if mask is not None else attention(*given)
    got = torch.as_tensor(np.asarray(got))
    check.that(
        got.dtype == dtype or got.shape != target.shape,
        says="the result has another precision than its inputs: the model's layers would refuse it",
        seen=str(got.dtype),
        expected=str(dtype),
    )
    got, target = got.double(), target.double()
    query, key, value = query.double(), key.double(), value.double()
    check.that(
        not torch.isnan(got).any(),
        says="the result holds nan: an exp overflows, or a row has no place left",
        look="Hint 2",
    )
    raw = query @ key.transpose(-2, -1)
    look = torch.ones_like(raw, dtype=torch.bool) if mask is None else mask.expand_as(raw)
    scores = raw / math.sqrt(d)
    soft = lambda s, dim=-1: torch.softmax(s, dim=dim)  # noqa: E731
    hide = lambda s, fill=-math.inf: s.masked_fill(~look, fill)  # noqa: E731
    wrongs = {
        "the scores are not divided by the root of d": soft(hide(raw)) @ value,
        "the scores are divided by d, not by its root": soft(hide(raw / d)) @ value,
        "the scores are divided by the root of the number of places": soft(hide(raw / math.sqrt(places))) @ value,
        "softmax runs along the queries, not along the places": soft(hide(scores), dim=-2) @ value,
        "the mask is ignored": soft(scores) @ value,
        "a hidden place gets score 0, which is a score like others": soft(hide(scores, 0.0)) @ value,
        "weights are zeroed after the softmax: those that are left do not add up to 1": soft(scores).masked_fill(~look, 0) @ value,
        "the mask is read the wrong way round: True means may look": soft(scores.masked_fill(look, -math.inf)) @ value,
        "there is no softmax: scores themselves mix the values": hide(scores, 0.0) @ value,
        "the weights are not those of a softmax: divided by their sum without exp": (hide(scores, 0.0) / hide(scores, 0.0).sum(-1, keepdim=True)) @ value,
    }  # fmt: skip
    for fill in (-10.0, -100.0, -1000.0):
        wrongs[f"a hidden place gets score {fill:g}, and other scores can be lower still"] = (
            soft(hide(scores, fill)) @ value
        )
    for says, wrong in wrongs.items():
        if wrong.shape == target.shape and not torch.allclose(wrong, target, rtol=1e-4, atol=1e-5):
            check.differs(got, wrong, says=says, rtol=1e-5, atol=1e-6, look="the formula")
    check.close(got, target, says="this is not what torch's scaled_dot_product_attention gives", rtol=1e-5, atol=1e-6)
    if masked == "full":
        slope = gradient_of_query(attention, query, key, value, mask)
        check.that(
            slope is not None, says="no gradient flows back: the result is cut off from its graph", look="the card"
        )
        own = query.clone().requires_grad_()
        (F.scaled_dot_product_attention(own, key, value, attn_mask=mask) ** 2).sum().backward()
        check.close(slope, own.grad, says="the gradient is not that of attention", rtol=1e-4, atol=1e-6)


rng = check.rng()
judge_attention(rng, (), 4, 3, 5, 2, None)
judge_attention(rng, (2, 3), 4, 5, 8, 3, "full")
judge_attention(rng, (2, 2), 5, 5, 4, 4, "causal")
judge_attention(rng, (3, 1), 2, 4, 4, 4, "padding")
judge_attention(rng, (2,), 3, 4, 6, 2, None, size=30.0)
judge_attention(rng, (4, 4), 6, 4, 6, 2, "full", size=30.0)
judge_attention(rng, (2, 2), 4, 4, 8, 8, "causal", dtype=torch.float32)
ones = torch.tensor([True, True, False])  # the card's example: one mask for all queries
few = attention(torch.zeros(1, 2), torch.ones(3, 2), torch.tensor([[1.0], [2.0], [6.0]]), ones)
check.close(few, [[1.5]], says="the card's example with a mask of shape (3,) comes out otherwise", rtol=1e-5)
### BEGIN HIDDEN TESTS
judge_attention(rng, (2, 1, 2), 3, 6, 7, 1, None)
judge_attention(rng, (4,), 6, 3, 9, 5, "full")
judge_attention(rng, (2, 4), 7, 7, 3, 3, "causal")
judge_attention(rng, (), 3, 4, 2, 2, "full", size=20.0)
### END HIDDEN TESTS

# %% [markdown]
# Around it goes the rest of a small **Transformer**: several heads of attention side by side, a two-layer network for each place, residual connections, layer
# normalisation, and sines and cosines that tell the places apart, since attention by itself knows no order. The tokens are pieces of words, made by BPE (lesson 1), one
# vocabulary for both languages.


# %%
PAD, START, END, UNKNOWN = range(4)
WIDTH, HEADS, HIDDEN, LAYERS = 128, 4, 384, 2


class Attention(nn.Module):
    """Several heads of your attention, from x (B, L, width) to memory (B, S, width)."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, memory, mask):
        parts = (self.query(x), self.key(memory), self.value(memory))
        q, k, v = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
        return self.out(attention(q, k, v, mask).transpose(1, 2).flatten(2))


class Layer(nn.Module):
    """A layer of the encoder or, with a look across at `memory`, of the decoder."""

    def __init__(self, decoder):
        super().__init__()
        self.attend, self.norm1 = Attention(), nn.LayerNorm(WIDTH)
        if decoder:
            self.look, self.norm2 = Attention(), nn.LayerNorm(WIDTH)
        self.wide, self.narrow, self.norm3 = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH), nn.LayerNorm(WIDTH)

    def forward(self, x, mask, memory=None, memory_mask=None):
        y = self.norm1(x)
        x = x + self.attend(y, y, mask)
        if memory is not None:
            x = x + self.look(self.norm2(x), memory, memory_mask)
        return x + self.narrow(torch.relu(self.wide(self.norm3(x))))


class Translator(nn.Module):
    """Logits of the next Spanish token, from the English tokens and the Spanish tokens before it."""

    def __init__(self, vocabulary):
        super().__init__()
        self.table = nn.Embedding(vocabulary, WIDTH)  # of both languages, and of the output
        nn.init.normal_(self.table.weight, std=WIDTH**-0.5)
        self.encoder = nn.ModuleList(Layer(decoder=False) for _ in range(LAYERS))
        self.decoder = nn.ModuleList(Layer(decoder=True) for _ in range(LAYERS))
        self.norm_source, self.norm_target = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        angle = torch.arange(256)[:, None] * torch.exp(torch.arange(0, WIDTH, 2) * (-math.log(10_000) / WIDTH))
        self.register_buffer("places", torch.stack([angle.sin(), angle.cos()], -1).flatten(1), persistent=False)

    def embed(self, tokens):
        return self.table(tokens) * WIDTH**0.5 + self.places[: tokens.shape[1]]

    def encode(self, source, source_mask):
        x = self.embed(source)
        for layer in self.encoder:
            x = layer(x, source_mask)
        return self.norm_source(x)

    def decode(self, given, target_mask, memory, source_mask, last=False):
        x = self.embed(given)
        for layer in self.decoder:
            x = layer(x, target_mask, memory, source_mask)
        return self.norm_target(x[:, -1] if last else x) @ self.table.weight.T

    def forward(self, batch):
        memory = self.encode(batch["source"], batch["source_mask"])
        return self.decode(batch["given"], batch["target_mask"], memory, batch["source_mask"])


# %% [markdown]
# ## A loss that is too good
#
# The decoder trains on all places at once: it is given the true Spanish so far and has to name the next token, at each place. This is **teacher forcing**. It
# works only if no place can see its own answer. Henrik has written the batches and the loss. His model learns faster than anything he has ever seen.


# %%
def henrik_batch(pairs, longest):
    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([([*en, END])[:longest] for en, _ in pairs])
    target = padded([([START, *es, END])[:longest] for _, es in pairs])
    places = target.shape[1]
    return {
        "source": source,
        "given": target,
        "wanted": target,
        "source_mask": torch.ones(len(pairs), 1, 1, source.shape[1], dtype=torch.bool),
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(1),
    }


def henrik_loss(logits, wanted):
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten())


# %% [markdown]
# ### Exercise 4 · Nobody sees the answer
#
# 20 min · ●●●○ · 4 points
#
# Write `repaired_batch(pairs, longest)` and `repaired_loss(logits, wanted)`. Henrik's have five faults; nothing fails, all five are silent.
#
# `pairs` is a list of pairs of token lists `(English, Spanish)` without special tokens, at least one token each; `longest` is at least 2. The result is a dict of tensors:
#
# - `"source"` `(B, S)` int64: the first `longest - 1` English tokens, then `END`. Shorter rows are filled with `PAD` on the right, up to the longest row of the batch;
# - `"given"` `(B, T)` int64: what the decoder sees: `START`, then the first `longest - 1` Spanish tokens; filled likewise;
# - `"wanted"` `(B, T)` int64: what it has to say at each place: the token that follows there; after the last one `END`. So it is the same Spanish tokens, then `END`; filled likewise;
# - `"source_mask"` `(B, 1, 1, S)` bool: `True` for tokens, `False` for filling;
# - `"target_mask"` `(T, T)` bool: row i is `True` for the places up to and including i. (Filling stands on the right, so no token sees it.)
#
# `repaired_loss(logits, wanted)`: logits `(B, T, V)` and tokens `(B, T)` → the mean cross-entropy over all places of the batch that are not filling, a tensor of shape `()` with its gradient.
#
# Example: `repaired_batch([([5, 6], [7]), ([8], [9, 10, 11])], 3)` has source `[[5, 6, END], [8, END, PAD]]`, given `[[START, 7, PAD], [START, 9, 10]]`
# and wanted `[[7, END, PAD], [9, 10, END]]`.
#
# <details><summary>Hint 1 · the idea</summary>
# For each place of each row ask: what is given, what is wanted, what can be seen? Write the example down and go through Henrik's code with it.</details>
# <details><summary>Hint 2 · where to look</summary>
# Cut first, then add <code>END</code>. <code>tril(1)</code> keeps one diagonal too many. <code>F.cross_entropy</code> has <code>ignore_index</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>cut = [es[: longest - 1] for _, es in pairs]</code>; <code>given = padded([[START] + row for row in cut])</code>;
# <code>wanted = padded([row + [END] for row in cut])</code>; <code>(source != PAD)[:, None, None, :]</code>.</details>


# %% exercise="teacher-forcing"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""
    ### BEGIN SOLUTION

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1]] for _, es in pairs])
    wanted = padded([[*es[: longest - 1], END] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }
    ### END SOLUTION


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    ### BEGIN SOLUTION
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)
    ### END SOLUTION


# %% check="teacher-forcing" points=4
@check.probe
def loss_and_gradient(loss, logits, wanted):
    logits = logits.clone().requires_grad_()
    value = loss(logits, wanted)
    if not getattr(value, "requires_grad", False):
        return {"value": value, "gradient": None}
    if value.numel() == 1:
        value.sum().backward()
    return {"value": value.detach(), "gradient": logits.grad}


def judge_batch(pairs, longest):
    pad, start, end = 0, 1, 2
    rows = {"source": [], "given": [], "wanted": []}
    for en, es in pairs:
        rows["source"].append([*en[: longest - 1], end])
        rows["given"].append([start, *es[: longest - 1]])
        rows["wanted"].append([*es[: longest - 1], end])
    fill = lambda part: np.array([row + [pad] * (max(map(len, part)) - len(row)) for row in part])  # noqa: E731
    target = {name: fill(part) for name, part in rows.items()}
    check.unchanged(repaired_batch, [(list(en), list(es)) for en, es in pairs], longest,
                    says="repaired_batch changes the token lists it is given: the next epoch would get other verses")  # fmt: skip
    got = repaired_batch([(list(en), list(es)) for en, es in pairs], longest)
    check.that(isinstance(got, dict), says="repaired_batch does not return a dict", seen=got)
    check.equal(
        sorted(got),
        ["given", "source", "source_mask", "target_mask", "wanted"],
        says="the dict's keys are not the five of the card",
    )
    other = [name for name, part in got.items() if not isinstance(part, torch.Tensor)]
    check.that(not other, says="not all parts of the batch are tensors", seen=f"{', '.join(other)}", look="the card")
    seen = {name: np.asarray(part) for name, part in got.items()}
    long = [len(en) >= longest for en, _ in pairs], [len(es) >= longest for _, es in pairs]
    told = lambda name: {"seen": f"{name} {seen[name].tolist()}", "expected": str(target[name].tolist())}  # noqa: E731
    given, wanted = seen["given"], seen["wanted"]
    check.that(given.shape != wanted.shape or (given != wanted).any(), look="Hint 1", **told("wanted"),
               says="given and wanted are the same: the decoder has only to repeat what it is given")  # fmt: skip
    check.that(not any((seen[name][:, 0] == pad).any() for name in ("source", "given", "wanted")), **told("given"),
               says="the filling stands on the left: tokens lose their places")  # fmt: skip
    check.that(
        not (wanted[:, 0] == start).any(), says="wanted begins with START, which is always given", **told("wanted")
    )
    check.that(
        (given[:, 0] == start).all(),
        says="given does not begin with START: there is nothing to begin a translation from",
        **told("given"),
    )
    check.that((wanted == end).any(), says="END is never wanted: no translation would ever end", **told("wanted"))
    cut_source = [(seen["source"][i] == end).any() for i in np.flatnonzero(long[0])]
    cut_wanted = [(wanted[i] == end).any() for i in np.flatnonzero(long[1])]
    check.that(all(cut_source) and all(cut_wanted), look="Hint 2", **told("wanted"),
               says="a long row has lost its END: cut first, then add it")  # fmt: skip
    check.that(not (given == end).any(), says="END is given to the decoder, where nothing follows", **told("given"))
    for name in ("source", "given", "wanted"):
        check.equal(seen[name], target[name], says=f"{name} is not what the card asks for", look="the card's example")
        check.that(seen[name].dtype == np.int64, says=f"{name} is not of int64, which the loss and the model want",
                   seen=str(seen[name].dtype))  # fmt: skip
    masks, places = seen["source_mask"], given.shape[1]
    real = target["source"] != pad
    check.that(masks.dtype == bool and seen["target_mask"].dtype == bool, says="a mask is not of bool",
               seen=f"{masks.dtype} and {seen['target_mask'].dtype}")  # fmt: skip
    check.shape(
        masks,
        (len(pairs), 1, 1, real.shape[1]),
        says="source_mask cannot serve each head and query: its shape is another",
    )
    check.that(
        real.all() or not masks.all(),
        says="source_mask lets the decoder look at filling",
        seen=f"{masks[:, 0, 0].tolist()}",
        expected=str(real.tolist()),
    )
    check.equal(masks[:, 0, 0], real, says="source_mask is not True for tokens and False for filling")
    mask = (
        seen["target_mask"].reshape(seen["target_mask"].shape[-2:])
        if seen["target_mask"].size == places**2
        else seen["target_mask"]
    )
    check.shape(mask, (places, places), says="target_mask has not one row and one column for each place")
    i, j = np.indices(mask.shape)
    check.that(
        (mask != (j <= i + 1)).any(),
        says="target_mask lets each place see the next one, which is what it has to say",
        look="Hint 2",
    ) if places > 2 else None
    check.that(not mask.all() or places == 1, says="target_mask hides nothing: the decoder sees the whole translation")
    check.that(
        (mask != (j >= i)).any() or places == 1,
        says="target_mask shows what comes and hides what was: its rows and columns are swapped",
    )
    check.that(
        mask.diagonal().all(),
        says="target_mask hides a place from itself: the latest token is not seen",
        look="the card",
    )
    check.equal(mask, j <= i, says="target_mask is not True up to and including the place itself")


def judge_loss(rng, wanted, v):
    wanted = np.array(wanted)
    logits = rng.normal(size=(*wanted.shape, v)) * 2
    logits[wanted == 0] *= 3
    each = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, wanted[..., None], -1)[..., 0]
    real = wanted != 0
    target = each[real].mean()
    got = loss_and_gradient(repaired_loss, torch.tensor(logits), torch.tensor(wanted))
    value = np.asarray(got["value"])
    wrongs = {
        "filling counts in the loss": each.mean(),
        "the sum over tokens is divided by all places, filling included": (each * real).mean(),
        "the loss is a sum, not a mean over tokens": each[real].sum(),
        "verses are averaged first: a short verse's token counts more than a long one's": np.mean([e[r].mean() for e, r in zip(each, real, strict=True)]),
        "END is left out of the loss: no translation would learn to end": each[real & (wanted != 2)].mean(),
    }  # fmt: skip
    for says, wrong in wrongs.items():
        if not np.isclose(wrong, target, rtol=1e-5):
            check.differs(value, wrong, says=says, rtol=1e-5, look="Hint 2")
    check.close(value, target, says="the loss is not the mean cross-entropy of the tokens", rtol=1e-5)
    check.that(got["gradient"] is not None, says="the loss has no gradient: it is cut off from the logits")
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    slope = (p - np.eye(v)[wanted]) * real[..., None] / real.sum()
    check.close(got["gradient"], slope, says="the gradient of the loss is not (p − y) / tokens", rtol=1e-4, atol=1e-7)


def random_pairs(rng, m, most):
    return [
        tuple(rng.integers(4, 30, size=int(rng.integers(1, most + 1))).tolist() for _ in range(2)) for _ in range(m)
    ]


rng = check.rng()
judge_batch([([5, 6], [7]), ([8], [9, 10, 11])], 3)
judge_batch([([5], [7, 9]), ([8, 4, 6, 7, 9, 12], [10, 11, 12, 13, 14, 15, 16])], 5)
judge_batch([([5, 5, 8], [7, 9, 7]), ([6], [10])], 12)
judge_batch(random_pairs(rng, 5, 8), 6)
judge_loss(rng, [[5, 4, 2, 0, 0, 0], [3, 6, 4, 3, 5, 2], [2, 0, 0, 0, 0, 0]], 7)
### BEGIN HIDDEN TESTS
judge_batch(random_pairs(rng, 6, 12), 9)
judge_batch(random_pairs(rng, 4, 5), 20)
judge_batch([([9], [8])], 2)
judge_loss(rng, [[4, 2, 0, 0], [5, 5, 6, 2]], 9)
### END HIDDEN TESTS

# %% [markdown]
# Train twice, with Henrik's batches and with yours: the same model, the same verses, a few steps. Both losses are measured in **nats per token**; knowing nothing costs the logarithm of
# the vocabulary's size.


# %% demo=true tags=["nbval-ignore-output"]
folder = checkpoints.root() / "translator-en-es"
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
few = train[train["longest"] <= 12].sample(32 * 30, random_state=0)
coded = list(zip(*([row.ids for row in tokenizer.encode_batch(list(few[side]))] for side in ("en", "es")), strict=True))


def some_steps(make_batch, loss_of, steps=30, size=32):
    torch.manual_seed(0)
    model = Translator(tokenizer.get_vocab_size())
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98))
    losses = []
    for step in range(steps):
        batch = make_batch(coded[step * size : (step + 1) * size], 30)
        loss = loss_of(model(batch), batch["wanted"])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return model.eval(), losses


curves = {
    "Henrik's": some_steps(henrik_batch, henrik_loss),
    "your": some_steps(repaired_batch, repaired_loss),
}
honest = repaired_batch(coded[:32], 30)
with torch.no_grad():
    for name, (trained, losses) in curves.items():
        first = torch.softmax(trained(honest)[0, 0], dim=-1)
        print(f"{name} batches: last loss {losses[-1]:.2f}; judged with your batches {repaired_loss(trained(honest), honest['wanted']):.1f}; "
              f"P(START) for the first word: {first[START]:.2f}")  # fmt: skip
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, (_, losses)), color, style in zip(curves.items(), (ORANGE, BLUE), ("--", "-"), strict=True):
    axis.plot(range(1, len(losses) + 1), losses, style, color=color, label=f"{name} batches and loss")
axis.axhline(math.log(tokenizer.get_vocab_size()), color=GREY, linestyle=":", label="knowing nothing")
axis.set(xlabel="training step", ylabel="loss (nats per token)", ylim=(0, None))
axis.legend()
plt.show()

# %% [markdown]
# *Two losses over 30 steps, and a dotted line at 7.8 nats for knowing nothing. Henrik's begins at half a nat and is at nothing within ten steps. Yours begins above the dotted line and falls to between 5 and 6.*
#
# Henrik's loss is near zero after a few steps, and even his *untrained* model is far below the dotted line. That cannot be Spanish. It repeats: what it is given is what it has to say, and since the input and the output share one
# table of vectors, repeating is what such a network does before it has learnt anything. Judged with your batches it is worse than knowing nothing. Asked for the first word of a translation, it is certain that `START` is
# followed by `START`. A loss that is too good is a finding, not a success.

# %% claims=true
check.prose("7.8", math.log(tokenizer.get_vocab_size()))
check.within(curves["Henrik's"][1][0], 0.3, 0.8)
check.that(max(curves["Henrik's"][1][10:]) < 0.1, says="Henrik's loss is not near zero")
check.that(curves["your"][1][0] > 7.8 and 5 < curves["your"][1][-1] < 6.2, says="the learner's curve is another")
with torch.no_grad():
    check.that(
        repaired_loss(curves["Henrik's"][0](honest), honest["wanted"]) > 8, says="not worse than knowing nothing"
    )
    check.that(torch.softmax(curves["Henrik's"][0](honest)[0, 0], -1)[START] > 0.95, says="it is not certain of START")

# %% [markdown]
# ## The trained translator
#
# Thirty steps are nothing. The weights that you load now come from `checkpoints/translator-en-es/train.py`: the same model with dropout and label smoothing, trained on the short verses of 63 books. Its log
# is part of the lesson.


# %% demo=true
history = checkpoints.log("translator-en-es")
model = Translator(history[0]["vocabulary"])
model.load_state_dict({name: torch.tensor(value) for name, value in checkpoints.load("translator-en-es").items()})
model.eval()
epochs = pd.DataFrame(history[1:-1])
print(
    f"{history[0]['verses']:,} verses, {history[0]['parameters']:,} weights, {history[-1]['seconds'] / 60:.0f} minutes on one thread"
)
epochs.iloc[[0, 4, 9, 14, 19]]

# %% [markdown]
# The watched loss on Acts falls to 2.76 nats per token and has been flat for the last epochs, while the training loss still falls. Do not read too much into that: the step size ends near zero, so the last epochs could not change much. So
# nobody chose an epoch: the last one is used.
#
# ## Which translation? Search
#
# The model does not translate. It says, for a beginning of a Spanish sentence, how probable each next token is. The translation has to be searched for. **Greedy** search takes the most probable token each time, and
# cannot take it back. **Beam search** keeps the `width` best beginnings, the *hypotheses*, instead of one.
#
# Here is a language of two words, small enough to see what greedy search misses.


# %%
TREE = {  # probabilities of END, word 3 and word 4 after a beginning
    (): (0.02, 0.55, 0.43), (3,): (0.34, 0.33, 0.33), (4,): (0.03, 0.93, 0.04), (4, 3): (0.9, 0.05, 0.05),
}  # fmt: skip


def toy(prefixes):
    """log P(next token) after each of n prefixes (lists that begin with START): (n, 5), for PAD, START, END, 3, 4."""
    rows = [TREE.get(tuple(prefix[1:]), (0.5, 0.25, 0.25)) for prefix in prefixes]
    return np.log([(1e-12, 1e-12, *row) for row in rows])


# %% [markdown]
# The sum of log-probabilities falls with each token, so a search that compares sums likes short sentences. The usual cure divides by the length to a power $\alpha$ (Wu and others 2016 use a variant of it).
#
# ### Exercise 5 · Beam search
#
# 30 min · ●●●○ · 4 points
#
# Write `beam_search(next_log_probs, width, longest, alpha=0.0)`.
#
# - `next_log_probs(prefixes)` takes a list of n prefixes, all of one length, each a list of tokens that begins with `START`, and returns a NumPy array `(n, V)` of finite log-probabilities of the next token;
# - begin with the one hypothesis `[START]`. In each round, extend **all** hypotheses by **all** V tokens, and of all these continuations together keep the `width` with the largest sums of
#   log-probabilities. Kept ones that end with `END` are *finished* and leave the beam (it gets narrower, nothing takes their place in this round); the others are the hypotheses of the next round;
# - stop when no hypothesis is left, or after `longest` rounds; what is not finished then counts as finished as it is;
# - of all finished ones return the one with the best **score**: the sum of its log-probabilities divided by (number of its tokens, `END` counted, `START` not)`** alpha`;
# - return `(tokens, score)`: the list of its tokens without `START` and without `END`, and the score, a number.
#
# Example: `beam_search(toy, 1, 4)` → `([3], -1.68)`, as 0.55 · 0.34 = 0.187 is what greedy search finds. `beam_search(toy, 2, 4)` → `([4, 3], -1.02)`, as 0.43 · 0.93 · 0.9 = 0.360.
#
# <details><summary>Hint 1 · the idea</summary>
# Two lists of pairs (sum, tokens): live and finished. Each round makes one list of candidates from all live ones, sorts it, cuts it at <code>width</code>, and deals it out.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>sums[:, None] + next_log_probs(prefixes)</code> holds the sums of all candidates, (n, V); <code>np.argsort(-x, axis=None)[:width]</code> finds the best of them,
# <code>np.divmod(index, V)</code> gives hypothesis and token.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>for k in best: i, token = divmod(int(k), V); new = (total.flat[k], prefixes[i] + [token]); (finished if token == END else live).append(new)</code>. At the end
# <code>max(finished + live, key=lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha)</code>.</details>


# %% exercise="beam-search"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    ### BEGIN SOLUTION
    live, finished = [(0.0, [START])], []
    for _ in range(longest):
        rows = next_log_probs([tokens for _, tokens in live])
        candidates = np.array([total for total, _ in live])[:, None] + rows
        best = np.argsort(-candidates, axis=None)[:width]
        grown = []
        for index in best:
            i, token = divmod(int(index), candidates.shape[1])
            hypothesis = (float(candidates[i, token]), [*live[i][1], token])
            (finished if token == END else grown).append(hypothesis)
        live = grown
        if not live:
            break
    score = lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)
    ### END SOLUTION


# %% check="beam-search" points=4
def chances(seed, v, ending, spread=1.6):
    """A made-up model: log-probabilities after each prefix, drawn afresh for each; and what it was asked."""
    asked = []

    def next_log_probs(prefixes):
        rows = []
        prefixes = [[int(token) for token in np.asarray(prefix).ravel()] for prefix in prefixes]
        asked.append(prefixes)
        for prefix in prefixes:
            draw = np.random.default_rng([seed, *prefix]).normal(size=v) * spread
            draw[:2] -= 30
            draw[2] += ending
            rows.append(draw - np.log(np.exp(draw).sum()))
        return np.array(rows)

    return next_log_probs, asked


def searched(ask, width, longest, alpha, fault=""):
    """Beam search in the check's own words, with a fault where asked for."""
    alive, done = {(1,): 0.0}, {}
    width = 1 if fault == "greedy" else width
    for _ in range(longest - (fault == "short")):
        grown = dict(done) if fault == "compete" else {}
        for (prefix, total), row in zip(alive.items(), ask(list(alive)), strict=True):
            options = {(*prefix, token): total + p for token, p in enumerate(row)}
            if fault == "each" and len(alive) > 1:
                options = dict([max(options.items(), key=lambda item: item[1])])
            grown |= options
        best = sorted(grown.items(), key=lambda item: item[1], reverse=True)
        if fault == "refill":
            ended = [pair for pair in best[:width] if pair[0][-1] == 2]
            best = ended + [pair for pair in best if pair[0][-1] != 2][:width]
        elif fault != "each" or len(alive) == 1:
            best = best[:width]
        done = {} if fault == "compete" else done
        done |= {prefix: total for prefix, total in best if prefix[-1] == 2}
        alive = {prefix: total for prefix, total in best if prefix[-1] != 2}
        if not alive or (fault == "first" and done) or (fault == "wide" and len(done) >= width):
            break
    if not (fault in ("first", "unfinished", "wide") and done):
        done |= alive
    length = lambda prefix: len(prefix) - 1 + {"start counts": 1, "end counts not": -(prefix[-1] == 2)}.get(fault, 0)  # noqa: E731
    power = 0 if fault == "no alpha" else alpha
    value = lambda prefix: done[prefix] / max(length(prefix), 0.5) ** power  # noqa: E731
    winner = max(done, key=(lambda prefix: done[prefix]) if fault == "alpha last" else value)
    return [token for token in winner if token not in (1, 2)], value(winner)


FAULTS = {
    "each": "each hypothesis keeps its own best continuation: they must compete with one another",
    "first": "the search stops at the first finished hypothesis, a better one may still be under way",
    "wide": "the search stops once it has as many finished hypotheses as the beam is wide",
    "refill": "the beam is refilled: what is finished takes a place of the width in its round",
    "unfinished": "hypotheses that are cut off after longest rounds are thrown away",
    "alpha last": "the winner is chosen by its sum: alpha only changes the number that is returned",
    "no alpha": "alpha is ignored",
    "start counts": "START counts in the length",
    "end counts not": "END does not count in the length",
    "greedy": "the width is not heeded: this is greedy search",
    "short": "the search makes one round too few",
    "compete": "finished hypotheses stay in the beam and take places of the width in later rounds",
}


def judge_beam(seed, v, width, longest, alpha, ending):
    ask, asked = chances(seed, v, ending)
    target, score = searched(chances(seed, v, ending)[0], width, longest, alpha)
    setting = f"width {width}, longest {longest}, alpha {alpha}"
    got = beam_search(ask, width, longest, alpha=alpha) if alpha else beam_search(ask, width, longest)
    check.that(
        isinstance(got, (tuple, list)) and len(got) == 2,
        says="beam_search does not return a pair (tokens, score)",
        seen=got,
    )
    tokens, value = [int(token) for token in np.asarray(got[0]).ravel()], float(np.asarray(got[1]))
    flat = [prefix for prefixes in asked for prefix in prefixes]
    check.that(all(prefix[:1] == [1] for prefix in flat), says="a prefix does not begin with START", seen=str(flat[0]))
    check.that(not any(2 in prefix for prefix in flat), says="a finished hypothesis goes on beyond its END",
               seen=f"the model was asked what follows {next((p for p in flat if 2 in p), '')}")  # fmt: skip
    most = max(map(len, asked))
    check.that(
        all(asked), says="the model is asked about no prefix at all: stop when no hypothesis is left", seen=setting
    )
    check.that(
        longest >= max(map(len, flat)),
        says="the search goes on for more than longest rounds",
        seen=f"{max(map(len, flat))} rounds with {setting}",
    )
    check.that(tokens[-1:] != [2], says="END is among the tokens that are returned", seen=str(tokens))
    check.that(
        tokens[:1] != [1] or target[:1] == [1], says="START is among the tokens that are returned", seen=str(tokens)
    )
    for fault, says in FAULTS.items():
        wrong = searched(chances(seed, v, ending)[0], width, longest, alpha, fault)
        if wrong[0] != target or not np.isclose(wrong[1], score, rtol=1e-6):
            check.that(tokens != wrong[0] or not np.isclose(value, wrong[1], rtol=1e-6), says=says,
                       seen=f"{tokens}, {value:.4f} with {setting}", expected=f"{target}, {score:.4f}", look="the card")  # fmt: skip
    check.that(
        most <= width, says="more hypotheses than width are kept", seen=f"{most} prefixes at once with {setting}"
    )
    check.equal(tokens, target, says="this is not the hypothesis that beam search finds")
    check.close(value, score, says="the score is not the sum of log-probabilities over length ** alpha", rtol=1e-6)


def all_sentences(seed, v, longest, ending, alpha):
    """The best of all sentences there are, by brute force: what a beam must find that is wide enough."""
    ask, _ = chances(seed, v, ending)
    best, todo = (-math.inf, []), [((1,), 0.0)]
    while todo:
        prefix, total = todo.pop()
        for token, p in enumerate(ask([prefix])[0]):
            if token == 2 or len(prefix) == longest:
                best = max(best, ((total + p) / len(prefix) ** alpha, [t for t in (*prefix, token) if t not in (1, 2)]))
            else:
                todo.append(((*prefix, token), total + p))
    return best


def judge_exhaustive(seed, v, longest, alpha, ending):
    score, target = all_sentences(seed, v, longest, ending, alpha)
    tokens, value = beam_search(chances(seed, v, ending)[0], v**longest, longest, alpha=alpha)
    check.equal(
        [int(token) for token in np.asarray(tokens).ravel()],
        target,
        says="a beam as wide as the whole tree misses the best sentence",
    )
    check.close(value, score, says="a beam as wide as the whole tree does not find the best score", rtol=1e-6)


def judge_example(width, target, chance):
    tree = {(): (0.02, 0.55, 0.43), (3,): (0.34, 0.33, 0.33), (4,): (0.03, 0.93, 0.04), (4, 3): (0.9, 0.05, 0.05)}
    rows = lambda prefixes: [tree.get(tuple(map(int, prefix[1:])), (0.5, 0.25, 0.25)) for prefix in prefixes]  # noqa: E731
    tokens, value = beam_search(lambda prefixes: np.log([(1e-12, 1e-12, *row) for row in rows(prefixes)]), width, 4)
    tokens = [int(token) for token in np.asarray(tokens).ravel()]
    check.equal(tokens, target, says=f"the card's example with width {width} comes out otherwise")
    check.close(value, math.log(chance), says=f"the card's example with width {width} has another score", rtol=1e-6)


judge_beam(524, 6, 3, 5, 1.0, 1.0)  # in this order, these three tell all faults apart
judge_beam(1331, 6, 3, 5, 1.0, 0.5)
judge_beam(1, 6, 2, 4, 1.0, 0.0)
judge_beam(17, 6, 1, 6, 1.0, 1.0)
seed = int(check.rng().integers(10**6))
for more in range(6):
    judge_beam(seed + more, 6, 2 + more % 3, 3 + more % 4, (0.0, 0.6, 1.0)[more % 3], 0.5 + 0.5 * (more % 3))
judge_exhaustive(seed, 5, 3, 0.7, 0.5)
judge_example(1, [3], 0.55 * 0.34)
judge_example(2, [4, 3], 0.43 * 0.93 * 0.9)
### BEGIN HIDDEN TESTS
for more in range(100, 110):
    judge_beam(seed + more, 8, 2 + more % 4, 4 + more % 3, (0.0, 1.0, 0.8)[more % 3], 1.0)
judge_exhaustive(seed + 1, 4, 4, 0.0, 0.2)
judge_exhaustive(seed + 2, 4, 4, 1.2, 0.8)
### END HIDDEN TESTS

# %% [markdown]
# Now your search asks the real model.


# %% demo=true tags=["nbval-ignore-output"]
@torch.inference_mode()
def translate(text, width=4, alpha=1.0):
    """Spanish for an English `text`, by your beam search; at most twice as many tokens."""
    source = torch.tensor([[*tokenizer.encode(text).ids, END]])
    see = torch.ones(1, 1, 1, source.shape[1], dtype=torch.bool)
    memory = model.encode(source, see)

    def next_log_probs(prefixes):
        given = torch.tensor(prefixes)
        past = torch.ones(given.shape[1], given.shape[1], dtype=torch.bool).tril()
        logits = model.decode(given, past, memory.expand(len(prefixes), -1, -1), see, last=True)
        return torch.log_softmax(logits, dim=-1).numpy()

    tokens, score = beam_search(next_log_probs, width, min(2 * source.shape[1], 60), alpha)
    return tokenizer.decode(tokens), score


for verse in test.iloc[[0, 50, 100, 150]].itertuples():
    print("English  ", verse.en, "\nmodel    ", translate(verse.en)[0], "\nreference", verse.es, "\n")

# %% [markdown]
# That is Spanish, most of it, and much of the meaning is there. Lucía reads it, and finds what no score says. "Ye will not come" means that they do not *want* to come; the reference has `no queréis venir`. The model says
# `no veniréis`, a form of "to come" that Spanish does not have (it is `vendréis`), and then loses the verb of the last half. The fourth verse falls into a loop. All of it sounds like scripture.
#
# ## The number, with its error and its opponents
#
# Width 4 and α = 1 were fixed before anybody looked at John. The intervals redraw verses; those of differences redraw them for both systems alike.

# %% demo=true tags=["nbval-ignore-output"]
systems["model, greedy"] = [translate(text, width=1)[0] for text in test["en"]]
systems["model, beam 4"] = [translate(text)[0] for text in test["en"]]
counts = {name: scores(said, test["es"]) for name, said in systems.items()}
result = pd.DataFrame(
    {
        name: [corpus_bleu(b), *interval(corpus_bleu, b), corpus_chrf(c), *interval(corpus_chrf, c)]
        for name, (b, c) in counts.items()
    },
    index=["BLEU", "from", "to", "chrF", "from ", "to "],
).T


def gain(name, other, function, kind):
    """By how much `name` is better than `other`, with the paired 95 % interval."""
    difference = lambda a, b: function(a) - function(b)  # noqa: E731
    pair = counts[name][kind], counts[other][kind]
    return difference(*pair), *interval(difference, *pair)


for other in ("dictionary", "nearest verse", "model, greedy"):
    for metric, function, kind in (("BLEU", corpus_bleu, 0), ("chrF", corpus_chrf, 1)):
        print(
            "beam 4 minus {:14} {}: {:5.1f} ({:.1f} to {:.1f})".format(
                other, metric, *gain("model, beam 4", other, function, kind)
            )
        )
result.round(1)

# %% [markdown]
# By BLEU the model doubles the word table: 21.8 (19.5 to 24.2) against 10.2. By chrF it is 43.2 against 40.3, and the paired difference of 3.0 (1.4 to 4.7) is small, though its interval lies above zero. Why so unlike? BLEU rewards runs of
# four words, which a word table cannot order. chrF rewards the right stems, which the table has. Neither number is *the* quality; together they say that the model mainly adds word order and agreement. The beam is worth 2.6
# points of BLEU, without any training.
#
# Is 21.8 good? Compare with care. For English to Spanish news Koehn and Knowles (2017) report a BLEU of 1.6 for a neural system trained on about 0.4 million words, against 16.4 for a phrase-based one (their figure 3). This model has seen 0.2 million. But your sentences are short, in
# one style, and full of formulas, and tokens are cut in another way. Two years later Sennrich and Zhang (2019) showed, on German and English talks, that with other settings (small vocabulary, more dropout) neural systems are ahead from 0.1 million words on. No BLEU of one
# test set says anything about another.

# %% claims=true
check.prose("2.76", epochs["valid"].iloc[-1], 0.01)
check.that(abs(epochs["valid"].iloc[-1] - epochs["valid"].iloc[-4]) < 0.02, says="the watched loss is not flat")
check.that(epochs["train_smoothed"].iloc[-1] < epochs["train_smoothed"].iloc[-4] - 0.02, says="no longer falling")
check.prose("21.8", result.loc["model, beam 4", "BLEU"], 0.6)
check.prose("19.5", result.loc["model, beam 4", "from"], 0.6)
check.prose("24.2", result.loc["model, beam 4", "to"], 0.6)
check.prose("10.2", result.loc["dictionary", "BLEU"], 0.1)
check.prose("43.2", result.loc["model, beam 4", "chrF"], 0.6)
check.prose("40.3", result.loc["dictionary", "chrF"], 0.1)
lead = gain("model, beam 4", "dictionary", corpus_chrf, 1)
check.prose("3.0", lead[0], 0.6)
check.prose("1.4", lead[1], 0.6)
check.prose("4.7", lead[2], 0.6)
check.prose("2.6", gain("model, beam 4", "model, greedy", corpus_bleu, 0)[0], 0.6)
check.prose("0.2", train["en"].str.split().str.len().sum() / 1e6)
check.prose("1.6", 1.6)  # Koehn and Knowles 2017, figure 3
check.prose("16.4", 16.4)
check.prose("0.4", 377_630 / 1e6)  # English words of the smallest training part
check.prose("0.1", 100_000 / 1e6)

# %% [markdown]
# And Mark, whose twins were in training?

# %% demo=true tags=["nbval-ignore-output"]
mark = verses[(verses["book"] == "Mark") & (verses["longest"] <= 15)]
leaky = scores([translate(text, width=1)[0] for text in mark["en"]], mark["es"])[1]
clean = counts["model, greedy"][1]
rng = np.random.default_rng(0)
redraw = lambda c: corpus_chrf(c[rng.integers(len(c), size=len(c))])  # noqa: E731
by_words = scores(dictionary(mark["en"]), mark["es"])[1]
apart = np.percentile([redraw(leaky) - redraw(clean) for _ in range(500)], [2.5, 97.5])
print(
    f"greedy, chrF: Mark {corpus_chrf(leaky):.1f}, John {corpus_chrf(clean):.1f}; difference {corpus_chrf(leaky) - corpus_chrf(clean):.1f} ({apart[0]:.1f} to {apart[1]:.1f})"
)

# %% [markdown]
# By greedy search the model gets 40.0 on Mark and 40.8 on John. The difference, −0.7 (−4.0 to 2.5), does not show a leak. It does not show that there is none, either: two books are two exams. The word table, which cannot remember a verse, has
# 37.9 on Mark and 40.3 on John, so Mark may well be the harder book, and the nearest verse, which can only remember, is far better on Mark. What you can say: on Mark you could not tell knowledge from memory. So John is the figure to report.

# %% claims=true
check.prose("40.0", corpus_chrf(leaky), 0.8)
check.prose("40.8", corpus_chrf(clean), 0.8)
check.prose("−0.7", corpus_chrf(leaky) - corpus_chrf(clean), 0.8)
check.prose("−4.0", apart[0], 0.9)
check.prose("2.5", apart[1], 0.9)
check.prose("37.9", corpus_chrf(by_words), 0.1)
check.prose("40.3", corpus_chrf(counts["dictionary"][1]), 0.1)
check.that(by_part["Mark"][0] > by_part["John"][0] + 10, says="the nearest verse is not far better on Mark")

# %% [markdown]
# ## The manual
#
# Everything so far was scripture. Lucía opens the manual of the smart plug and reads out six sentences.

# %% demo=true tags=["nbval-ignore-output"]
MANUAL = [
    "Do not open the cover while the device is connected to the mains.",
    "Press the button for 5 seconds until the light turns green.",
    "Never use the heater near water.",
    "Download the app and connect your phone to the Wi-Fi network.",
    "Keep the battery away from children.",
    "The lamp is on.",
]
manual = {text: translate(text)[0] for text in MANUAL}
for text, said in manual.items():
    print("manual", text, "\nmodel ", said, "\n")
unknown = {text: tokenizer.encode(text).ids.count(UNKNOWN) for text in MANUAL}
print("characters that the vocabulary does not have:", {text[:20]: n for text, n in unknown.items() if n})

# %% [markdown]
# "Keep the battery away from children" becomes `Guarda el lloro de los hijos`: keep the weeping of the children. The heater and "never" are gone from the third sentence, what is left is "none of water of water". And words like
# `lumbros` or `convinero` do not exist; they are put together from pieces. The model has never met a heater, a battery, a button or an app. It does not say so. It writes what is probable in scripture, which looks like a translation to everybody who reads only one of the two
# languages. Text that is fluent and not in the source is called a **hallucination**; out of its domain a neural translator may give up the meaning altogether for the sake of fluency (Koehn and Knowles 2017). Only one character was unknown, the digit 5, so no
# counter of unknown tokens would have warned you.

# %% claims=true
known = set(" ".join(cut(text) for text in train["es"]).lower().split())
read = set(" ".join(cut(text) for text in train["en"]).lower().split())
check.disjoint({"heater", "battery", "button", "app"}, read, says="the model has met such a word")
check.that(
    len([w for said in manual.values() for w in cut(said).lower().split() if w not in known]) >= 3,
    says="no made-up words",
)
check.that(sum(unknown.values()) == 1, says="other characters are unknown")
said_all = " ".join(manual.values()).lower()
check.that(
    not any(w in said_all for w in ("bater", "calefactor", "estufa", "botón", "teléfono", "red", "corriente")),
    says="it knows the words",
)

# %% [markdown]
# ### Exercise 6 · May the firm use it?
#
# 20 min · ●●○○ · 5 points
#
# Lucía has to answer Henrik, and her boss reads along. Write her a note of about 170 words: may the firm use this translator for its manual? She reads Spanish and no code. Use the numbers and the sentences above. A person
# grades it; each line is worth a point:
#
# | | full (1) | half (½) | none (0) |
# |---|---|---|---|
# | **what it reaches** | a score on John with its interval, beside the strongest opponent | a score without interval, or without opponent | "it works well" |
# | **what the score is about** | short verses in Spanish of 1909, *and* why John and not random verses | one of the two | takes the score for the quality of a manual |
# | **what it does to the manual** | one sentence at least with what came out, *and* what a customer may do then | an example, or a harm | "it makes mistakes" |
# | **the decision** | a clear no, *and* why nobody would notice without reading both languages | a no | a yes, or none |
# | **what instead** | another way, *and* a test on sentences of the firm's own that a person has translated | one of the two | none |
#
# <details><summary>Hint 1 · the idea</summary>
# The answer first, then the reason that a customer would understand, then the numbers.</details>
# <details><summary>Hint 2 · where to look</summary>
# The table of scores, the differences under it, the six sentences, and the figure of the nearest verse.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "No. On the verses that it was made for it reaches …; on our manual it …"</details>

# %% [markdown] explain="may-the-firm-use-it" points=5
# No. It may not translate the manual, and least of all the safety notes.
#
# On what it was made for it does something. On 203 short verses of John it reaches a BLEU of 21.8 (95 % interval 19.5 to 24.2 over verses). A plain table of words has 10.2. We held out John because no other book tells its verses again: on random verses, or on Mark, even
# a program that only looks up the most similar verse looks good.
#
# But that score is about verses in the Spanish of 1909, and says nothing about our texts. On the manual it fails: "Keep the battery away from children" became "Guarda el lloro de los hijos", and "Never use the heater near water" lost both the heater and the warning. A customer who reads that puts the heater beside the bath.
#
# Worse, it does not say that it does not know. The output sounds fluent, and a colleague who reads only English cannot see that anything is wrong.
#
# I propose the agency for the safety notes, and for the rest a system trained on modern text, checked by a person who reads both languages. Before that we let the agency translate 200 sentences of ours, and measure every candidate on them, with an interval.

# %% claims=true
check.equal(len(test), 203)
check.prose("21.8", result.loc["model, beam 4", "BLEU"], 0.6)
check.prose("19.5", result.loc["model, beam 4", "from"], 0.6)
check.prose("24.2", result.loc["model, beam 4", "to"], 0.6)
check.prose("10.2", result.loc["dictionary", "BLEU"], 0.1)
check.prose("95 %", 0.95)

# %% [markdown]
# ## What you take along
#
# A score is a comparison with one person's words; it needs an opponent, an interval, and a test part that the training has not seen in other words. Attention is a softmax over places and the masks are half of the work: a model that sees
# its answer learns to repeat. A search finds what a model holds probable, not what is true. And a translator that has never met your domain does not say so: it answers in the sentences it has.
#
# Lesson 3 gives the firm's assistant a way to say "I don't know".
#
# To play with: set `alpha` to 0 and to 2 and watch the length of the translations. Leave the root out of your attention and load the weights again. Give the dictionary ten rounds instead of four. Train a translator on all books but Mark,
# and look at what happens to its lead there.
#
# ## Sources
#
# - K. Papineni, S. Roukos, T. Ward, W.-J. Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
# - M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.
# - M. Popović, "chrF deconstructed: β parameters and n-gram weights", WMT 2016.
# - M. Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018, [arXiv:1804.08771](https://arxiv.org/abs/1804.08771); the library
#   [sacreBLEU](https://github.com/mjpost/sacrebleu).
# - P. Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004 (the bootstrap over sentences).
# - P. F. Brown, S. A. Della Pietra, V. J. Della Pietra, R. L. Mercer, "The Mathematics of Statistical Machine Translation: Parameter Estimation", Computational Linguistics 19(2), 1993.
# - D. Bahdanau, K. Cho, Y. Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, [arXiv:1409.0473](https://arxiv.org/abs/1409.0473).
# - A. Vaswani and others, "Attention Is All You Need", NeurIPS 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762); normalisation before each sublayer: R. Xiong and others, ICML 2020, [arXiv:2002.04745](https://arxiv.org/abs/2002.04745).
# - R. Sennrich, B. Haddow, A. Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016, [arXiv:1508.07909](https://arxiv.org/abs/1508.07909).
# - Y. Wu and others, "Google's Neural Machine Translation System", 2016, [arXiv:1609.08144](https://arxiv.org/abs/1609.08144) (length normalisation, section 7).
# - P. Koehn, R. Knowles, "Six Challenges for Neural Machine Translation", 2017, [arXiv:1706.03872](https://arxiv.org/abs/1706.03872).
# - R. Sennrich, B. Zhang, "Revisiting Low-Resource Neural Machine Translation: A Case Study", ACL 2019, [arXiv:1905.11901](https://arxiv.org/abs/1905.11901).
# - Data: King James Version and Reina-Valera 1909, public domain (`datasets/bible-en-es/datasheet.md`).
