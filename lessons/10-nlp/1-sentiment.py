# %% [markdown]
# # Sentiment
#
# After this lesson you can:
#
# - measure how far people agree on the mood of a text, and say what that does and does not bound;
# - cut texts into words and learn word pieces (byte-pair encoding), merge by merge as the library does;
# - weight words by TF-IDF, with what the training texts alone teach;
# - find what leaks from the test texts into an evaluation, and repair it;
# - write behavioural tests: does *not* turn a sentence, does a first name leave it alone;
# - compare a linear model with a small transformer by an interval, and decide what may be claimed.
#
# **The story** (its people are invented). A maker of smart-home devices hears of its faults late: people do not write to
# the support, they post. Farida Haddad, who runs the support, wants to read the angriest posts first. Jonas Brandt, an
# analyst, has a notebook that already "predicts the mood with a correlation above `0.8`". Linh Tran, who must sign for what is
# shipped, asks three questions: *above 0.8 of what? how good is a person? and what does it do with "not bad"?* The firm has no
# rated posts of its own. So you start with public texts: 4,000 tweets of 2010 and 2011, each rated by at least 20 people. Keep in mind
# how far that is from posts about a lamp today.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 03) Two models predict the same 1,000 texts. You want to know whether one is better. What do you resample?
#
# <details><summary>A · each model's errors on their own, then you see whether the two intervals overlap</summary>
# No. Texts that are hard for one model are hard for the other one too. Intervals of their own are too wide for the
# difference.</details>
# <details><summary>B · the texts, and each time both models on the same texts</summary>
# Right: the bootstrap is paired. What is common to both cancels in the difference.</details>
# <details><summary>C · nothing: the test part is fixed</summary>
# No. It is one sample of the texts that will come. Another one gives another difference.</details>
#
# **2.** (Module 03) A feature is standardised with mean and spread. From which rows?
#
# <details><summary>A · from all rows, for more rows give better estimates</summary>
# No. Then each test row has had a hand in how it is seen itself. Today the same fault comes in the clothes of words.</details>
# <details><summary>B · from the training rows alone</summary>
# Right, and that holds for everything that is learnt: word lists, word weights, which words are kept.</details>
# <details><summary>C · from each part's own rows</summary>
# No. Then the same value means one thing in training and another in the test.</details>
#
# **3.** (Module 07) A linear model of the mood gives the word `not` the weight `-1.5`. What does that say?
#
# <details><summary>A · the model turns the sense of a sentence round where it meets <code>not</code></summary>
# No. A sum turns nothing round. The word takes off the same, whatever stands beside it.</details>
# <details><summary>B · the model lowers the forecast for a text with <code>not</code>, whatever else it says</summary>
# Right. That is a statement about this model. Below, you see what it does to "not bad".</details>
# <details><summary>C · people who write <code>not</code> are in a bad mood</summary>
# No. That is a claim about people; a weight is what is best for the loss beside all the other words' weights.</details>

# %%
import mle
import itertools
import json
import re
import time
import warnings
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tokenizers
import torch
from scipy import stats
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from sklearn.pipeline import make_pipeline
from torch import nn
from torch.nn import functional as F

from mle import check, data

torch.set_num_threads(1)
BLUE, ORANGE, GREEN, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#999999", "#000000"  # Okabe-Ito

texts, ratings = data.load("tweets", "tweets"), data.load("tweets", "ratings")
print(texts["kind"].value_counts().to_dict(), "and", f"{len(ratings):,} ratings from −4 to +4")
texts.set_index("id").loc[[8, 1, 12, 7], ["text", "rating", "sd", "raters"]].round(2)

# %% claims=true
check.prose("4,000", (texts["kind"] == "tweet").sum())
assert texts["raters"].min() == 20
check.prose("0.8", texts["sd"].mean())

# %% [markdown]
# ## How well does a person do it?
#
# The truth of this lesson is the **mean rating** of a text. No single person knows it: the ratings of one text have a standard deviation
# (`sd`) of 0.8 on average, so two people easily differ by a point or more. Before you judge a model, measure a person: one rater, judged by the mean of *the
# others*. A correlation for the strength of the mood, and, for the dashboard, three classes: **positive** from
# $+0.5$ on, **negative** from $-0.5$ down, **neutral** between.
#
# ### Exercise 1 · One against the rest
#
# 12 min · ●●○○ · 3 points
#
# Write `against_the_rest(ids, ratings)`.
#
# - `ids`: n labels (numbers or texts), which text each rating belongs to, in any order; `ratings`: n whole numbers from −4
#   to +4. Lists, arrays or Series, of which only the order counts, not the index.
# - A rating's **rest** is the mean of all *other* ratings of the same text.
# - Return a dict: `"rest"`: shape `(n,)`, in the order of `ratings`; `"r"`: Pearson's correlation of the n ratings with their
#   rests, one number over all of them; `"right"`: the share of ratings whose class is the class of their rest. The class of a
#   value is positive where it is at least `0.5`, negative where at most `-0.5`, else neutral.
# - A text with a single rating has no rest: raise `ValueError`.
# - The next cell gives it 159,750 ratings. Whoever compares every rating with every other one waits for hours.
#
# Example: `ids = ["a", "b", "a", "b", "a"]`, `ratings = [3, -1, 1, 0, 2]` → rest `[1.5, 0, 2.5, -1, 2]`, r `0.718`, right
# `0.6` (the two of `"b"` are wrong).
#
# <details><summary>Hint 1 · the idea</summary>The others' sum is the text's sum less the own rating; the others are one
# fewer.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.unique(ids, return_inverse=True)</code> gives each text a number;
# <code>np.bincount(number, weights=ratings)</code> gives sums. Or <code>groupby(...).transform("sum")</code>, which keeps
# the order.</details>
# <details><summary>Hint 3 · almost the code</summary><code>rest = (total[text] - ratings) / (count[text] - 1)</code>, then
# <code>np.corrcoef(ratings, rest)[0, 1]</code>.</details>


# %% exercise="against-the-rest"
def against_the_rest(ids, ratings):
    """Each rating beside the mean of the other ratings of its text (leave one out).

    ids (n,) labels, ratings (n,) whole numbers. Returns {"rest": (n,), "r": Pearson, "right": share of equal classes}.
    Raises ValueError where a text has one rating only.
    """
    ### BEGIN SOLUTION
    ratings = np.asarray(ratings)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating: there is no rest to judge it by")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return (values >= 0.5).astype(int) - (values <= -0.5)

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}
    ### END SOLUTION


# %% check="against-the-rest" points=3
def three(values, low=-0.5, high=0.5, strict=False):
    """+1, 0 or −1 for each value."""
    values = np.asarray(values, float)
    if strict:
        return (values > high).astype(int) - (values < low).astype(int)
    return (values >= high).astype(int) - (values <= low).astype(int)


def judge_rest(ids, given, says="this is not the mean of the other ratings of the same text"):
    """Compares with a plain loop over the ratings, and with what the usual mistakes give."""
    names, values = [str(i) for i in list(ids)], [int(v) for v in list(given)]
    n = len(values)
    mates = [[values[j] for j in range(n) if names[j] == names[i]] for i in range(n)]
    others = [[values[j] for j in range(n) if names[j] == names[i] and j != i] for i in range(n)]
    rest = np.array([sum(o) / len(o) for o in others])
    whole = np.array([sum(m) / len(m) for m in mates])
    got = against_the_rest(ids, given)
    check.that(isinstance(got, dict), says="a dict with rest, r and right is asked for", seen=got)
    check.equal(sorted(got), ["r", "rest", "right"], says="the dict does not have the keys rest, r and right")
    check.differs(
        got["rest"], whole, says="the rater's own rating is in the mean that judges it: he is compared with himself"
    )
    short = np.array([sum(o) / len(m) for o, m in zip(others, mates, strict=True)])
    check.differs(
        got["rest"],
        short,
        says="the sum of the others is divided by all raters: the others are one fewer",
        look="Hint 1",
    )
    sorted_rows = sorted(range(n), key=lambda i: names[i])
    numeric_rows = sorted(range(n), key=lambda i: (len(names[i]), names[i]))
    seen_rows = sorted(range(n), key=lambda i: names.index(names[i]))
    for rows in (sorted_rows, numeric_rows, seen_rows):
        if rows != list(range(n)):
            check.differs(got["rest"], rest[rows], says="the rests come text by text, not in the order of the ratings")
    check.close(got["rest"], rest, rtol=1e-5, atol=1e-6, says=says)
    truth = stats.pearsonr(values, rest).statistic
    within = []
    for name in dict.fromkeys(names):
        mine = [i for i in range(n) if names[i] == name]
        if np.ptp([values[i] for i in mine]) > 0:
            within.append(stats.pearsonr([values[i] for i in mine], rest[mine]).statistic)
    for wrong, says in [
        (stats.pearsonr(values, whole).statistic, "r compares the ratings with means that contain them"),
        (np.mean(within or [np.nan]), "r is computed text by text: one correlation over all ratings is asked for"),
        (stats.spearmanr(values, rest).statistic, "r is a rank correlation, not Pearson's"),
        (truth**2, "r is squared"),
        (np.cov(values, rest)[0, 1], "r is a covariance: it has the unit of the ratings squared"),
    ]:
        if np.isfinite(wrong) and abs(wrong - truth) > 1e-6:
            check.differs(got["r"], wrong, says=says)
    check.close(got["r"], truth, rtol=1e-5, says="r is not Pearson's correlation of ratings and rests")
    right = np.mean(three(values) == three(rest))
    for wrong, says in [
        (np.mean(three(values) == three(whole)), "right uses classes of means that contain the own rating"),
        (
            np.mean(three(values, strict=True) == three(rest, strict=True)),
            "a rest of exactly 0.5 or −0.5 counts as neutral",
        ),
        (
            np.mean(three(values) == (rest >= 0.5).astype(int) - (rest < -0.5)),
            "a rest of exactly −0.5 counts as neutral: it is negative",
        ),
        (np.mean(np.sign(values) == np.sign(rest)), "right compares signs: a rest between −0.5 and 0.5 is neutral"),
        (np.mean((three(values) == 1) == (three(rest) == 1)), "right knows two classes only: three are asked for"),
        (n * right, "right is a number of ratings, not a share"),
        (1 - right, "right is the share of wrong classes"),
    ]:
        if abs(wrong - right) > 1e-6:
            check.differs(got["right"], wrong, says=says)
    check.close(got["right"], right, rtol=1e-5, says="right is not the share of ratings in the class of their rest")


def draw_ratings(rng, number_of_texts):
    """Ratings of several texts in mixed order; some rests are exactly 0.5, −0.5 or near zero."""
    rows = [
        ("p", 3),
        ("p", 1),
        ("p", 0),
        ("q", -1),
        ("q", -1),
        ("q", 0),
        ("u", 1),
        ("u", 0),
        ("u", 0),
        ("u", 0),
        ("w", 2),
        ("w", -1),
    ]
    for k in range(number_of_texts):
        mood = rng.normal(0, 2)
        rows += [(f"t{k}", int(np.clip(round(mood + rng.normal()), -4, 4))) for _ in range(rng.integers(2, 6))]
    order = rng.permutation(len(rows))
    return [rows[i][0] for i in order], np.array([rows[i][1] for i in order], dtype=np.int8)


def as_series(rng, names, values):
    """The same as two Series, numbers for names, each with an index of its own."""
    number = {name: k for k, name in enumerate(rng.permutation(sorted(set(names))))}
    ids = pd.Series([int(number[name]) for name in names], index=rng.permutation(len(names)))
    return ids, pd.Series(values, index=rng.permutation(len(names)))


BY_INDEX = "two Series are matched by their index: only the order counts, so make arrays of them first"
rng = check.rng()
judge_rest(*draw_ratings(rng, 12))
judge_rest(*as_series(rng, *draw_ratings(rng, 6)), says=BY_INDEX)
check.raises(
    ValueError, against_the_rest, [7, 7, 8], [1, 2, 3], says="a text with a single rating goes through without an error"
)
### BEGIN HIDDEN TESTS
judge_rest(*as_series(rng, *draw_ratings(rng, 20)), says=BY_INDEX)
check.raises(
    ValueError,
    against_the_rest,
    ["c", "a", "a"],
    [0, 2, 3],
    says="a text with a single rating goes through without an error",
)
### END HIDDEN TESTS

# %% [markdown]
# Now on all 159,750 ratings. The paper that published these texts reports for a single rater a correlation of 0.888 with the
# mean rating (Hutto and Gilbert 2014).

# %%
person = against_the_rest(ratings["id"], ratings["rating"])
whole = ratings.groupby("id")["rating"].transform("mean")
with_oneself = np.corrcoef(ratings["rating"], whole)[0, 1]
print(f"a rater against the others:             r = {person['r']:.3f}, right class {person['right']:.3f}")
print(f"a rater against a mean he is part of:   r = {with_oneself:.3f}")

# %% claims=true
check.prose("159,750", len(ratings))
check.prose("0.888", with_oneself)
check.prose("0.882", person["r"])
check.prose("82 %", person["right"])

# %% [markdown]
# You get the paper's 0.888 again when each rater is part of the mean that judges him. Among 20 raters and more that
# flatters him little: 0.882 without himself. With three raters it would be another story. In about 82 % of cases a single rater
# names the right class. (Texts with many raters weigh more here: a thousand texts have over 90 each, the others 20. Keep that in mind
# for later.)
#
# Is that the ceiling for a model? **Think before you open one.**
#
# <details><summary>A · Yes: a model cannot be better than a person</summary>It can be better than <em>one</em> person. A person
# brings a mood and a scale of their own; a model trained on means need not.</details>
# <details><summary>B · No: the mean of 20 is far steadier than one rater, and a model is judged by that mean</summary>Right. The
# ceiling is how well the mean itself agrees with the mean of twenty <em>other</em> people's, and the next cell measures it.</details>
# <details><summary>C · There is no ceiling</summary>There is one: the labels have noise, and no model predicts noise.</details>
#
# Split each text's 20 ratings at random into ten and ten and correlate the two means. The Spearman–Brown formula goes from ten
# to twenty: $R = 2 r / (1 + r)$. And $\sqrt R$ is the correlation that a model could reach which knew what endlessly many raters
# would say.

# %%
twenty = texts.loc[texts["raters"] == 20, "id"]
table = np.stack(ratings[ratings["id"].isin(twenty)].groupby("id")["rating"].apply(np.array).to_list())
rng = np.random.default_rng(0)
halves = []
for _ in range(10):
    mixed = rng.permuted(table, axis=1)
    halves.append(np.corrcoef(mixed[:, :10].mean(axis=1), mixed[:, 10:].mean(axis=1))[0, 1])
half = np.mean(halves)
reliability = 2 * half / (1 + half)
print(f"{len(table):,} texts; ten against ten: r = {half:.3f}; reliability of twenty: {reliability:.3f}")
print(f"ceiling for a model: r = {np.sqrt(reliability):.3f}")

# %% claims=true
check.prose("0.99", np.sqrt(reliability))
check.prose("0.96", half)

# %% [markdown]
# So there are two marks on the wall: **one person, 0.882**, and **the ceiling, 0.99**. Whoever says "our model is at the human
# level, it cannot get better" has taken the first for the second.
#
# ## From text to pieces
#
# Three thousand tweets for training, one thousand for the test. The 200 texts of kind `base` and `variant` are near copies of
# each other and stay out for now. A tweet is cut into **tokens** by a pattern: links, `@names`, `#tags`, smileys, words with their
# apostrophe, runs of `!`, single marks.

# %%
TOKEN = re.compile(
    r"https?://\S+|@\w+|#\w+|<3|[:;=8][-o^']?[()\[\]dDpP/\\|*]+|[a-z0-9]+(?:'[a-z]+)*|\.{2,}|!+|\?+|[^\w\s]"
)


def words(text):
    """The tokens of a text, in lower case."""
    return TOKEN.findall(text.lower())


tweets = texts[texts["kind"] == "tweet"].reset_index(drop=True)
order = np.random.default_rng(0).permutation(len(tweets))
test, train = tweets.iloc[order[:1000]], tweets.iloc[order[1000:]]
y_train, y_test = train["rating"].to_numpy(float), test["rating"].to_numpy(float)
print(words("@anonymous I'm SO happy :-) !!! isn't it ... #fb <3"))
seen = Counter(word for text in train["text"] for word in words(text))
fresh = [word for text in test["text"] for word in words(text) if seen[word] < 2]
share = len(fresh) / sum(len(words(text)) for text in test["text"])
print(f"{len(seen):,} different tokens in training, {sum(n == 1 for n in seen.values()) / len(seen):.0%} of them once")
print(f"{share:.0%} of the test's tokens occur in training less than twice, such as {fresh[:6]}")

# %% claims=true
check.prose("15 %", share)
check.within(sum(n == 1 for n in seen.values()) / len(seen), 0.6, 0.67)

# %% [markdown]
# Nearly two of three words occur once. About 15 % of what the test brings is new or as good as new: a model of whole words has
# nothing to say about it. **Byte-pair encoding** (BPE; Gage 1994, Sennrich and others 2016) cuts words into pieces instead. It
# starts from characters and merges, again and again, the pair of neighbours that occurs most often. Frequent words
# become one piece; rare ones fall into parts; nothing is unknown but a character never met.
#
# ### Exercise 2 · Learn the merges
#
# 25 min · ●●●○ · 5 points
#
# Write `learn_merges(counts, n)`.
#
# - `counts`: a dict (or Counter) from each word to how often it occurs, 1 or more. `n`: how many merges to learn, 0 or more.
# - Every word starts as its characters. One step: count all **pairs of neighbours inside words**. A word that occurs 5 times
#   counts 5 times; every place in a word counts, so `"aaa"` has the pair `("a", "a")` twice. Take the most frequent pair and merge
#   it in all words, from left to right (`a a a` becomes `aa a`). Then count afresh.
# - **Ties.** Every token has a number: the characters of all words, sorted, have 0, 1, 2, …; each token that a merge makes gets the
#   next number, unless that token is there already. Of equally frequent pairs, take the one whose left token has the
#   smallest number; if that is equal too, the smallest number on the right.
# - Pairs that occur once are merged too. Stop early when no pair is left.
# - Return the list of merged pairs, in order: `[(left, right), …]`. `counts` stays as it is.
#
# Example: `learn_merges({"hug": 10, "pug": 5, "hugs": 5}, 3)` → `[("u", "g"), ("h", "ug"), ("p", "ug")]`. (At the third step
# `("hug", "s")` and `("p", "ug")` both occur 5 times; `p` has the number 2, `hug` has 6.)
#
# <details><summary>Hint 1 · the idea</summary>Keep for each word its list of tokens. A loop of n steps: count pairs, choose one,
# rewrite the lists.</details>
# <details><summary>Hint 2 · where to look</summary><code>itertools.pairwise(tokens)</code> gives neighbours. <code>min(pairs,
# key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))</code> breaks ties. To rewrite, walk with an index
# that goes on by two after a merge: replacing in a joined text also strikes tokens that only <em>end</em> in the left one.</details>
# <details><summary>Hint 3 · almost the code</summary><code>while i &lt; len(tokens): if tuple(tokens[i:i+2]) == best:
# out.append(tokens[i] + tokens[i+1]); i += 2; else: out.append(tokens[i]); i += 1</code></details>


# %% exercise="learn-merges"
def learn_merges(counts, n):
    """The first n merges of byte-pair encoding (Sennrich, Haddow and Birch 2016), ties as in Hugging Face's tokenizers.

    counts: {word: how often}. Returns a list of at most n pairs (left, right) of texts.
    """
    ### BEGIN SOLUTION
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {word: list(word) for word in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in itertools.pairwise(tokens):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for tokens in tokens_of.values():
            i = 0
            while i < len(tokens) - 1:
                if (tokens[i], tokens[i + 1]) == best:
                    tokens[i : i + 2] = ["".join(best)]
                i += 1
    return merges
    ### END SOLUTION


# %% check="learn-merges" points=5
def library_merges(counts, n):
    """The merges that Hugging Face's tokenizers learns."""
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    size = len(set("".join(counts))) + n
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, min_frequency=0, show_progress=False)
    model.train_from_iterator([word for word, k in counts.items() for _ in range(k)], trainer)
    return [tuple(pair) for pair in json.loads(model.to_str())["model"]["merges"]][:n]


def choose(pairs, number, fault):
    """The pair to merge, or the one that a faulty way to break ties takes."""
    numbers = {pair: (number[pair[0]], number[pair[1]]) for pair in pairs}
    keys = {
        "first seen": lambda pair: (),
        "last seen": lambda pair: -list(pairs).index(pair),
        "alphabet": lambda pair: pair,
        "joined": lambda pair: "".join(pair),
        "largest": lambda pair: (-numbers[pair][0], -numbers[pair][1]),
        "right first": lambda pair: numbers[pair][::-1],
        "left only": lambda pair: numbers[pair][0],
    }
    key, sign = keys.get(fault, numbers.get), -1 if fault == "rarest" else 1
    return min(pairs, key=lambda pair: (-sign * pairs[pair], key(pair)))


def with_fault(counts, n, fault):
    """The merges that one of the usual mistakes gives; `fault` = "" gives the right ones."""
    characters = dict.fromkeys("".join(counts))
    number = {c: i for i, c in enumerate(characters if fault == "appearance" else sorted(characters))}
    lists = [(list(word), 1 if fault == "unweighted" else k) for word, k in counts.items()]
    if fault == "across":
        lists = [([c for word, k in counts.items() for _ in range(k) for c in word], 1)]
    merges, frozen = [], None
    while len(merges) < n:
        pairs = Counter()
        for tokens, k in lists:
            places = list(itertools.pairwise(tokens))
            if fault == "once a word":
                places = list(dict.fromkeys(places))
            for pair in places:
                pairs[pair] += k
        if fault == "frozen":
            frozen = frozen if frozen is not None else pairs
            pairs = Counter({pair: k for pair, k in frozen.items() if pair not in merges})
        if fault == "drop singles":
            pairs = Counter({pair: k for pair, k in pairs.items() if k > 1})
        if not pairs:
            break
        best = choose(pairs, number, fault)
        merges.append(best)
        number.setdefault("".join(best), len(number))
        if fault == "replace":
            lists = [(" ".join(tokens).replace(" ".join(best), "".join(best)).split(" "), k) for tokens, k in lists]
            for token in {token for tokens, _ in lists for token in tokens}:
                number.setdefault(token, len(number))
            continue
        done = []
        for tokens, k in lists:
            out, rest = [], tokens[::-1] if fault == "right to left" else tokens
            i = 0
            while i < len(rest):
                pair = tuple(rest[i : i + 2])
                if fault == "right to left":
                    pair = pair[::-1]
                if pair == best:
                    out.append("".join(best))
                    i += 2
                else:
                    out.append(rest[i])
                    i += 1
            done.append((out[::-1] if fault == "right to left" else out, k))
        lists = done
    return merges


FAULTS = {
    "frozen": "the pairs are counted once only: after each merge there are new pairs, count afresh",
    "across": "a pair spans two words: only neighbours inside a word count",
    "unweighted": "every word counts once, however often it occurs",
    "once a word": "a pair that occurs twice in a word is counted once there",
    "rarest": "the rarest pair is merged, not the most frequent one",
    "drop singles": "pairs that occur once are left alone: they are merged too",
    "replace": "a merge in the joined text also strikes a token that only ends like the left one",
    "right to left": "a run of equal characters is merged from the right: aaa becomes aa a",
    "alphabet": "ties are broken by the alphabet: a token made by a merge has a number after all characters",
    "joined": "ties are broken by the alphabet: a token made by a merge has a number after all characters",
    "largest": "ties go to the largest numbers: the smallest are asked for",
    "right first": "ties look at the right token first: the left one comes first",
    "left only": "ties with the same left token are not broken by the right one",
    "first seen": "ties go to the pair that was met first: the numbers of the tokens decide",
    "last seen": "ties go to the pair that was met last: the numbers of the tokens decide",
    "appearance": "the characters have their numbers in the order in which they come: sort them first",
}


def judge_merges(cases):
    """The library's merges for all cases; a fault that explains every answer is named."""
    answers = []
    for counts, n in cases:
        got = learn_merges(dict(counts), n)
        check.that(isinstance(got, (list, tuple)), says="a list of pairs is asked for", seen=got)
        check.that(all(len(pair) == 2 for pair in got), says="a merge is a pair (left, right)", seen=list(got)[:3])
        check.that(len(got) <= n, says="there are more merges than asked for", seen=f"{len(got)} for n = {n}")
        answers.append([tuple(str(part) for part in pair) for pair in got])
    for (counts, n), got in zip(cases, answers, strict=True):
        truth = library_merges(counts, n)
        if got == truth:
            continue
        explained = [
            f for f in FAULTS if all(with_fault(c, m, f) == a for (c, m), a in zip(cases, answers, strict=True))
        ]
        first = next((i for i, (a, b) in enumerate(zip(got, truth, strict=False)) if a != b), min(len(got), len(truth)))
        check.that(
            False,
            says=FAULTS[explained[0]] if explained else "the merges are not those of the tokenizers library",
            seen=f"{got[: first + 1]} for {counts}, n = {n}",
            expected=f"{truth[: first + 1]}: merge number {first + 1} is the first to differ",
            look="Hint 2",
        )


def draw_counts(rng, letters, size):
    """A few made-up words with their numbers."""
    drawn = ["".join(rng.choice(list(letters), size=rng.integers(1, 8))) for _ in range(size)]
    return {word: int(rng.integers(1, 6)) for word in drawn}


@check.probe
def merged_until_the_end(learn_merges, counts, n):
    try:
        return learn_merges(counts, n)
    except (ValueError, IndexError, KeyError) as error:
        return f"{type(error).__name__}: {error}"


learn_merges({"no": 2, "o": 1}, 1)  # an error that has nothing to do with the end shows here as itself
ended = merged_until_the_end(learn_merges, {"no": 2, "o": 1}, 5)
check.that(not isinstance(ended, str), says="when no pair is left, it fails instead of stopping", seen=ended)
rng = check.rng()
crafted = [
    ({"hug": 10, "pug": 5, "hugs": 5}, 3),
    ({"abc": 3, "dab": 2, "ca": 2}, 3),
    ({"banana": 2, "nb": 3, "bx": 3}, 2),
    ({"xay": 1, "zx": 2, "zxay": 2, "qzx": 3, "xa": 4}, 6),
    ({"aaab": 3, "caaa": 2}, 3),
    ({"zy": 2, "ba": 2}, 2),
    ({"ac": 2, "ab": 2, "ad": 2}, 3),
    ({"bc": 2, "ab": 2, "db": 2}, 3),
    ({"dddd": 2, "cddd": 2, "cc": 2}, 4),
    ({"abc": 1, "d": 1}, 2),
    ({"ab": 1}, 0),
    ({"no": 2, "o": 1}, 5),
]
judge_merges(
    crafted + [(draw_counts(rng, s, 7), int(rng.integers(3, 9))) for s in ("ab", "abcd", "dcbaé") for _ in range(4)]
)
check.unchanged(learn_merges, {"low": 5, "a": 3, "lower": 2}, 3)
### BEGIN HIDDEN TESTS
judge_merges([(draw_counts(rng, s, 9), int(rng.integers(4, 12))) for s in ("ba", "xyz", "fedcba") for _ in range(4)])
### END HIDDEN TESTS

# %% [markdown]
# The check compared you with the library that trains such pieces for large language models. Now your own merges on the
# training tweets, and a few words cut by them: apply the merges to the characters in the order in which they were learnt.


# %%
def pieces(word, merges):
    """A word cut by merges, applied in their order."""
    tokens = list(word)
    for left, right in merges:
        i = 0
        while i < len(tokens) - 1:
            if (tokens[i], tokens[i + 1]) == (left, right):
                tokens[i : i + 2] = [left + right]
            i += 1
    return tokens


merges = learn_merges({word: k for word, k in seen.items() if k >= 4}, 150)
print("the first ten:", " ".join("+".join(pair) for pair in merges[:10]))
for word in ("@anonymous", "loving", "unlovable", "grrreat"):
    print(f"{word:12s}", " · ".join(pieces(word, merges)))

# %% [markdown]
# The dataset's own `@anonymous` is among the first words that come out whole: the pieces learn what is frequent, not what is
# meaningful. And `grrreat` falls to pieces that no longer look like *great*.
#
# ## Words with weights
#
# First the simple way: a text is the bag of its words, each with a weight. **TF-IDF** multiplies how often a word is in the
# text (term frequency) by how rare it is among texts (inverse document frequency). `the` gets little, `glee` gets much.
#
# ### Exercise 3 · TF-IDF by hand
#
# 12 min · ●●○○ · 3 points
#
# Write `tf_idf(train_counts, counts)`.
#
# - `train_counts`: `(n, v)`, how often each of v words is in each of n training texts. `counts`: `(m, v)`, the same for the texts to
#   be weighted. Arrays of whole numbers of any type (or floats), or lists of lists.
# - The weight of a word comes from the **training** texts: with $d$ the number of training texts that have it,
#   $\text{idf} = \ln\frac{1 + n}{1 + d} + 1$. So a word that no training text has gets a finite weight too.
# - Each row of `counts` is multiplied by the weights, and divided by its Euclidean length. A row of zeros stays zeros.
# - Return a float array `(m, v)`; the arguments stay as they are.
#
# Example: `tf_idf([[1, 0], [2, 1]], [[1, 1]])` → `[[0.580, 0.815]]` (idf `1` and `1.405`).
#
# <details><summary>Hint 1 · the idea</summary>Three lines: count the training texts that have each word, weigh, divide by the
# length of the row.</details>
# <details><summary>Hint 2 · where to look</summary><code>(train_counts &gt; 0).sum(axis=0)</code> counts texts;
# <code>np.linalg.norm(x, axis=1, keepdims=True)</code> gives lengths as a column.</details>
# <details><summary>Hint 3 · almost the code</summary><code>x = counts * (np.log((1 + n) / (1 + d)) + 1)</code>, then
# <code>x / np.where(length == 0, 1, length)</code>.</details>


# %% exercise="tf-idf"
def tf_idf(train_counts, counts):
    """Term frequency times smoothed inverse document frequency, rows of length 1 (as scikit-learn's TfidfTransformer).

    train_counts (n, v), counts (m, v). Returns floats (m, v).
    """
    ### BEGIN SOLUTION
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)
    ### END SOLUTION


# %% check="tf-idf" points=3
def rows_of_one(x, norm=2):
    """Rows divided by their length; rows of zeros stay."""
    length = np.linalg.norm(x, ord=norm, axis=1, keepdims=True)
    return x / np.where(length == 0, 1, length)


def judge_tf_idf(rng, n, m, v, kind=np.int64):
    train_counts = rng.poisson(0.7, size=(n, v))
    train_counts[:, 0], train_counts[:, 1], train_counts[:, 2] = 0, 1, (np.arange(n) == 0) * 3
    counts = rng.poisson(0.8, size=(m, v))
    counts[0], counts[1, :3], counts[2] = 0, 1, np.arange(v) == 0
    truth = TfidfTransformer().fit(train_counts).transform(counts).toarray()
    given = tf_idf(train_counts.astype(kind), counts.astype(kind))
    try:
        got = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        check.that(False, says="the result is not an array of numbers: a sparse matrix becomes one by .toarray()")
    check.shape(got, (m, v), says="the result does not have one row for each text and one column for each word")
    check.that(
        not np.isnan(got[0]).any(),
        says="a text without words becomes NaN: its length is 0, it stays zeros",
        look="Hint 3",
    )
    check.that(np.isfinite(got).all(), says="a word that no training text has gets an infinite weight: smooth both counts by one",
               seen="not finite", look="the card")  # fmt: skip
    having, total = (train_counts > 0).sum(axis=0), train_counts.sum(axis=0)
    smooth = np.log((1 + n) / (1 + having))
    own = np.log((1 + m) / (1 + (counts > 0).sum(axis=0))) + 1
    both = np.log((1 + n + m) / (1 + having + (counts > 0).sum(axis=0))) + 1
    with np.errstate(all="ignore"):
        wrongs = [
            (rows_of_one(counts * own), "the weights come from the texts to be weighted, not from the training texts"),
            (rows_of_one(counts * both), "the weights come from all texts together: the texts to be weighted have a say in them"),
            (rows_of_one(counts * (np.log((1 + n) / (1 + total)) + 1)), "d counts occurrences, not texts: a word three times in a text is in one text"),
            (rows_of_one(counts * smooth), "the + 1 after the logarithm is missing: a word of every text would vanish"),
            (rows_of_one(counts * (np.log(n / (1 + having)) + 1)), "only the lower count is smoothed: 1 + n stands above the line"),
            (rows_of_one(counts * (np.log((1 + v) / (1 + having)) + 1)), "n is taken for the number of words: it is the number of training texts"),
            (rows_of_one(counts * (np.log10((1 + n) / (1 + having)) + 1)), "the logarithm is not the natural one"),
            (rows_of_one(counts * (np.log2((1 + n) / (1 + having)) + 1)), "the logarithm is not the natural one"),
            (rows_of_one((counts > 0) * (smooth + 1)), "it only matters whether a word is in the text: how often is lost"),
            (counts * (smooth + 1), "the rows are not divided by their length"),
            (rows_of_one(counts * (smooth + 1)) / np.where(counts.any(axis=1), np.linalg.norm(counts * (smooth + 1), axis=1), 1)[:, None],
             "the rows are divided by the square of their length: the root is missing"),
            (rows_of_one(counts * (smooth + 1), norm=1), "the rows are divided by their sum, not by their Euclidean length"),
            (rows_of_one((counts * (smooth + 1)).T).T, "the columns are divided by their length, not the rows"),
            (rows_of_one(counts.astype(float)) * (smooth + 1), "the length is taken before the weights: the rows do not end with length 1"),
        ]  # fmt: skip
    for wrong, says in wrongs:
        if np.isfinite(wrong).all() and np.abs(wrong - truth).max() > 1e-6:
            check.differs(got, wrong, says=says)
    check.close(got, truth, rtol=1e-5, atol=1e-7, says="scikit-learn's TfidfTransformer gives other values")


rng = check.rng()
judge_tf_idf(rng, 12, 7, 6)
judge_tf_idf(rng, 8, 6, 5, np.uint8)
check.close(
    tf_idf([[1, 0], [2, 1]], [[1, 1]]),
    TfidfTransformer().fit([[1, 0], [2, 1]]).transform([[1, 1]]).toarray(),
    rtol=1e-5,
)
check.unchanged(tf_idf, np.array([[1, 0], [2, 1]]), np.array([[1.0, 1.0]]))
### BEGIN HIDDEN TESTS
judge_tf_idf(rng, 9, 14, 5, np.uint8)
judge_tf_idf(rng, 15, 5, 8, np.float32)
### END HIDDEN TESTS

# %% [markdown]
# A ridge regression on these weights predicts the mean rating: one weight for each word, kept small. For the classes there is a
# logistic regression on the same columns. Beside both: the simplest baselines.

# %%
vectoriser = CountVectorizer(analyzer=words, min_df=2, dtype=np.int32).fit(train["text"])
train_counts = vectoriser.transform(train["text"]).toarray()
x_train = tf_idf(train_counts, train_counts)
linear = Ridge(alpha=1.0).fit(x_train, y_train)


def linear_score(texts):
    """The linear model's rating of each text, shape (n,)."""
    return linear.predict(tf_idf(train_counts, vectoriser.transform(list(texts)).toarray()))


def classes(values):
    """+1 positive, 0 neutral, −1 negative."""
    return np.where(np.asarray(values) >= 0.5, 1, np.where(np.asarray(values) <= -0.5, -1, 0))


def interval(statistic, *columns, repeats=1000):
    """95 % bootstrap interval of a statistic of columns, resampling texts, all columns together."""
    rng = np.random.default_rng(0)
    rows = [rng.integers(len(columns[0]), size=len(columns[0])) for _ in range(repeats)]
    return np.quantile([statistic(*(column[r] for column in columns)) for r in rows], [0.025, 0.975])


def correlation(a, b):
    return np.corrcoef(a, b)[0, 1]


def agreement(a, b):
    return np.mean(a == b)


linear_test = linear_score(test["text"])
# The same texts as linear_score gets them, for a classifier of its own:
classifier = LogisticRegression(C=10, max_iter=1000).fit(x_train, classes(y_train))
linear_class = classifier.predict(tf_idf(train_counts, vectoriser.transform(test["text"]).toarray()))
in_test = ratings["id"].isin(test["id"]).to_numpy()
person_test = against_the_rest(ratings["id"][in_test], ratings["rating"][in_test])
r_linear, right_linear = correlation(linear_test, y_test), agreement(linear_class, classes(y_test))
r_interval = interval(correlation, linear_test, y_test)
right_interval = interval(agreement, linear_class, classes(y_test))
always = np.mean(classes(y_test) == 1)
print(f"always positive:     right class {always:.3f}")
print(f"linear: r = {r_linear:.3f} [{r_interval[0]:.2f}, {r_interval[1]:.2f}], "
      f"right class {right_linear:.3f} [{right_interval[0]:.2f}, {right_interval[1]:.2f}]")  # fmt: skip
# The person's interval: texts are resampled, each with all its ratings. Sums for each text are all that r needs.
judged = pd.DataFrame(
    {"id": ratings["id"][in_test], "x": ratings["rating"][in_test].astype(float), "y": person_test["rest"]}
)
judged = judged.assign(one=1.0, xx=judged["x"] ** 2, yy=judged["y"] ** 2, xy=judged["x"] * judged["y"])
sums = judged.groupby("id")[["one", "x", "y", "xx", "yy", "xy"]].sum().loc[test["id"]].to_numpy()


def correlation_of_sums(rows):
    """Pearson's correlation from sums of 1, x, y, x², y², xy, one row for each text."""
    n, x, y, xx, yy, xy = rows.sum(axis=0)
    return (n * xy - x * y) / np.sqrt((n * xx - x**2) * (n * yy - y**2))


r_person = person_test["r"]
person_interval = interval(correlation_of_sums, sums)
lead = interval(lambda rows, a, b: correlation_of_sums(rows) - correlation(a, b), sums, linear_test, y_test)
print(f"a person, same texts: r = {r_person:.3f} [{person_interval[0]:.2f}, {person_interval[1]:.2f}], "
      f"right class {person_test['right']:.3f}; ahead of linear by {r_person - r_linear:.2f} [{lead[0]:.2f}, {lead[1]:.2f}]")  # fmt: skip
weight_of = dict(zip(vectoriser.get_feature_names_out(), linear.coef_, strict=True))
print(
    {
        word: round(float(weight_of[word]), 1)
        for word in ("love", "awesome", "glee", "hate", "sucks", ":(", "not", "never", "no")
    }
)

# %% claims=true
check.prose("0.77", r_linear)
check.prose("72 %", right_linear, 0.01)
check.prose("55 %", always)
check.prose("0.74", r_interval[0], 0.01)
check.prose("0.79", r_interval[1], 0.01)
check.prose("0.85", r_person)
check.prose("0.06", lead[0], 0.012)
check.prose("0.11", lead[1], 0.012)
check.prose("80 %", person_test["right"])
check.prose("0.881", 0.881)
of_twenty = ratings["id"].isin(twenty)
check.prose("0.836", against_the_rest(ratings["id"][of_twenty], ratings["rating"][of_twenty])["r"])
assert ((texts["raters"] > 90).sum(), (texts["raters"] == 20).sum()) == (1000, 3200)
assert abs(correlation_of_sums(sums) - r_person) < 1e-9
check.that(weight_of["not"] < -1 and weight_of["never"] > 0.3, says="the weights of not and never are others")
check.within(weight_of["not"], -1.7, -1.1)

# %% [markdown]
# A correlation of 0.77, by the bootstrap between 0.74 and 0.79; 72 % of the classes are right, where "always positive" has 55 %. A single
# person does better on the same tweets: 0.85, which is ahead by 0.06 to 0.11 in the paired bootstrap, and 80 % of the classes. (Not 0.882: the thousand texts with over 90 raters
# dominate that figure; on the texts with 20 it is 0.836. **A person and a model are compared on the same texts or not at all.**)
#
# VADER, a word list of the dataset's authors with five rules, reaches 0.881 by their paper, beside 0.888 for a person there. That is another
# condition: all the texts, the 200 of the experiment included. Next to its person it stands about level; our model stands clearly below
# its own. VADER knows what thousands of words mean from ten raters for each word. Our model has met most words once or twice.
#
# ## Jonas has more than that
#
# His notebook says "above `0.8`". He uses all 4,200 texts, the 1,000 best words, and a ridge regression too. Read it first.


# %%
def jonas_evaluation(texts, ratings, families, seed=0, k=1000):
    """Jonas's notebook: the correlation that he reports."""
    x = TfidfVectorizer(analyzer=words).fit_transform(texts)
    x = SelectKBest(f_regression, k=k).fit_transform(x, ratings)
    train, test = train_test_split(np.arange(len(texts)), test_size=0.25, random_state=seed)
    model = Ridge(alpha=1.0).fit(x[train], ratings[train])
    return np.corrcoef(model.predict(x[test]), ratings[test])[0, 1]


all_texts, all_ratings = texts["text"].tolist(), texts["rating"].to_numpy(float)
families = texts["family"].to_numpy()
meaningless = np.random.default_rng(1).permutation(all_ratings)
jonas = np.mean([jonas_evaluation(all_texts, all_ratings, families, seed) for seed in range(3)])
jonas_dice = np.mean([jonas_evaluation(all_texts, meaningless, families, seed) for seed in range(3)])
print(f"Jonas, three seeds:                                    r = {jonas:.2f}")
print(f"Jonas, with ratings dealt out to the texts at random:  r = {jonas_dice:.2f}")

# %% claims=true
check.prose("0.82", jonas)
check.prose("0.8", jonas)
check.prose("0.30", jonas_dice)

# %% [markdown]
# The second line is an alarm. The ratings were dealt out at random: there is nothing to predict, and his evaluation still finds 0.30.
# Something of the test gets into the model before the test. There are three such places in his six lines. (`families` is an argument
# that he does not use. A **family** is a text and its near copies: "Yay. Another good phone interview.", "YAY!!!
# Another good phone interview!!!" and so on.)
#
# ### Exercise 4 · An evaluation that holds
#
# 20 min · ●●●○ · 4 points
#
# Write `honest_evaluation(texts, ratings, families, seed=0, k=1000)`: his evaluation, with nothing that leaks.
#
# - `texts`: a list of n texts; `ratings`: an array `(n,)` of floats; `families`: an array `(n,)` of labels, equal for near copies.
# - Draw the test part by `seed`: between 15 and 35 % of the **families**, each with all its texts. Every text is in
#   exactly one part. Another seed draws another test part, the same seed the same one.
# - The parts of the model stay his: `TfidfVectorizer(analyzer=words)`, the `k` best words by `SelectKBest(f_regression, k=k)`,
#   `Ridge(alpha=1.0)`. All that they learn they learn from the training texts.
# - Return a tuple `(model, train, test, r)`: `model.predict(list_of_texts)` gives the ratings of *texts*, shape `(m,)`; `train`
#   and `test` are row numbers (0 to n − 1); `r` is Pearson's correlation of forecast and rating on the test part.
#
# Example: 8 texts in families `[1, 1, 2, 3, 4, 4, 4, 5]` may give `train = [0, 1, 2, 4, 5, 6, 7]`, `test = [3]`, never
# `test = [0, 3]`.
#
# <details><summary>Hint 1 · the idea</summary>Split first, then fit all three steps on the training texts. What must be fitted
# together can be tied together.</details>
# <details><summary>Hint 2 · where to look</summary><code>sklearn.pipeline.make_pipeline</code> and
# <code>GroupShuffleSplit(1, test_size=0.25, random_state=seed)</code>, whose <code>split(texts, groups=families)</code>
# yields row numbers. A list of texts is not indexed by an array: <code>[texts[i] for i in train]</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>model = make_pipeline(TfidfVectorizer(analyzer=words),
# SelectKBest(f_regression, k=k), Ridge(alpha=1.0))</code>, then <code>model.fit([texts[i] for i in train],
# ratings[train])</code>.</details>


# %% exercise="honest-evaluation"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    """Split by family, fit on the training texts, judge on the test texts.

    texts: list of n; ratings, families (n,). Returns (model with predict(list of texts), train rows, test rows, r).
    """
    ### BEGIN SOLUTION
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]
    ### END SOLUTION


# %% check="honest-evaluation" points=4
@check.probe
def evaluated(honest_evaluation, texts, ratings, families, seed, k, more):
    """What the evaluation returns, and the model's ratings of `more`."""
    import numpy as np

    given = np.array(ratings)
    result = honest_evaluation(list(texts), given, np.array(families), seed=seed, k=k)
    if not isinstance(result, (tuple, list)) or len(result) != 4:
        return {"form": type(result).__name__}
    model, train, test, r = result
    out = {"train": np.asarray(train), "test": np.asarray(test), "ratings": given}
    try:
        out["r"] = float(r)
    except (TypeError, ValueError):
        out["r"] = f"{type(r).__name__} of shape {np.shape(r)}"
    try:
        out["more"] = np.asarray(model.predict(list(more)), dtype=float)
    except Exception as error:
        out["refused"] = f"{type(error).__name__}: {error}"
    return out


def draw_texts(rng, number_of_families):
    """Made-up texts in families of near copies, their ratings, and texts to be rated."""
    vocabulary = ["!!!", ":(", "can't", "#fb"] + [
        f"{a}{b}" for a in ("ba", "du", "ki", "lo", "me", "su") for b in ("ra", "no", "ti", "fe", "gu")
    ]
    value = dict(zip(vocabulary, rng.normal(0, 1.2, size=len(vocabulary)), strict=True))
    texts, ratings, families = [], [], []
    for family in range(number_of_families):
        stem = list(rng.choice(vocabulary, size=5))
        for copy in range(int(rng.integers(1, 4))):
            text = [*stem[: 5 - copy], f"only{family}x{copy}"]
            texts.append(" ".join(text))
            ratings.append(sum(value[w] for w in stem[: 5 - copy]) + rng.normal(0, 1.5))
            families.append(10 * family + 3)
    order = rng.permutation(len(texts))
    more = [" ".join(rng.choice(vocabulary, size=3)) for _ in range(6)] + texts[:40] + vocabulary
    return [texts[i] for i in order], np.array(ratings)[order], np.array(families)[order], more


def forecasts(fit_words, choose, fit, texts, ratings, k, more, analyzer=str.split):
    """Ratings of `more` by his three parts, each fitted on the rows given for it. Dense: an exact solution of the ridge."""
    pick = lambda rows: [texts[i] for i in rows]  # noqa: E731
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        vectoriser = TfidfVectorizer(analyzer=analyzer).fit(pick(fit_words))
        chosen = SelectKBest(f_regression, k=k).fit(vectoriser.transform(pick(choose)), ratings[choose])
        model = Ridge(alpha=1.0).fit(chosen.transform(vectoriser.transform(pick(fit))).toarray(), ratings[fit])
        return model.predict(chosen.transform(vectoriser.transform(more)).toarray())


def judge_evaluation(rng, number_of_families, k):
    texts, ratings, families, more = draw_texts(rng, number_of_families)
    n, rows = len(texts), np.arange(len(texts))
    seen = evaluated(honest_evaluation, texts, ratings, families, 3, k, more + texts)
    check.that("form" not in seen, says="a tuple (model, train, test, r) is asked for", seen=seen.get("form", ""))
    check.equal(seen["ratings"], ratings, says="the ratings that were handed in are changed: work on a copy")
    train, test = seen["train"], seen["test"]
    check.that(
        train.ndim == test.ndim == 1 and all(part.dtype.kind in "iu" for part in (train, test)) and len(train) and len(test),
        says="train and test are not lists of row numbers", seen=f"{train.dtype} {train.shape}, {test.dtype} {test.shape}",
    )  # fmt: skip
    shared = np.intersect1d(families[train % n], families[test % n])
    check.that(not np.isin(train, test).any(), says="a text is in both parts", seen=np.intersect1d(train, test)[:5])
    check.that(not len(shared), says="a family is in both parts: the model is tested on near copies of what it has learnt",
               seen=f"{len(shared)} families in both", expected="none", look="Hint 2")  # fmt: skip
    check.that(len(train) + len(test) == n, says="texts are lost: not each of them is in one of the parts",
               seen=f"{len(train)} + {len(test)} of {n}")  # fmt: skip
    check.equal(np.sort(np.concatenate([train, test])), rows, says="train and test are not the row numbers 0 to n − 1")
    share = len(np.unique(families[test])) / len(np.unique(families))
    check.that(
        share < 0.5,
        says="train and test have changed places: the larger part is to be learnt from",
        seen=f"{share:.0%} of the families in test",
    )
    check.within(share, 0.15, 0.35, says="the test part does not have 15 to 35 % of the families")
    check.that("refused" not in seen, says="the model does not take texts: give back all three steps as one model",
               seen=seen.get("refused", ""))  # fmt: skip
    check.shape(seen["more"], (len(more) + n,), says="the model does not give one rating for each text")
    told, on_texts = seen["more"][: len(more)], seen["more"][len(more) :]
    leaks = {
        "the words and their weights are learnt from all texts, the test's included": (rows, train, train),
        "the k words are chosen with the ratings of the test texts": (train, rows, train),
        "words and choice are both learnt from all texts: split before the first fit": (rows, rows, train),
        "the model that is given back has been fitted on all texts: it has seen the test": (rows, rows, rows),
        "the model is fitted on the test part": (test, test, test),
    }
    # On sparse columns Ridge solves by iteration, to about a thousandth; each leak moves a forecast by a twentieth and more.
    near = {"rtol": 0, "atol": 5e-3}
    truth = forecasts(train, train, train, texts, ratings, k, more)
    for says, parts in leaks.items():
        wrong = forecasts(*parts, texts, ratings, k, more)
        if np.abs(wrong - truth).max() > 0.02:
            check.differs(told, wrong, says=says, **near)
    everything = len({word for i in train for word in texts[i].split()})
    if k < everything:
        wrong = forecasts(train, train, train, texts, ratings, "all", more)
        check.differs(told, wrong, says="all words are kept: k of them are asked for", **near)
    wrong = forecasts(train, train, train, texts, ratings, k, more, analyzer="word")
    check.differs(told, wrong, **near, look="the card",
                  says="the texts are cut by scikit-learn's own pattern, which loses smileys and marks: analyzer=words")  # fmt: skip
    check.close(told, truth, **near,
                says="the model is not his three parts (TF-IDF, k best words, ridge with alpha 1), fitted on the training texts")  # fmt: skip
    check.that(not isinstance(seen["r"], str), seen=seen["r"],
               says="r is not one number: np.corrcoef gives a table, stats.pearsonr two numbers, of which one is asked for")  # fmt: skip
    r_of = lambda part: stats.pearsonr(on_texts[part], ratings[part]).statistic  # noqa: E731
    r = r_of(test)
    for wrong, says in [
        (r_of(train), "r is measured on the training texts"),
        (r_of(rows), "r is measured on all texts, the training ones included"),
        (r**2, "r is squared"),
        (1 - ((ratings[test] - on_texts[test]) ** 2).sum() / ((ratings[test] - ratings[test].mean()) ** 2).sum(),
         "r is the score R², not the correlation"),
        (stats.spearmanr(on_texts[test], ratings[test]).statistic, "r is a rank correlation, not Pearson's"),
    ]:  # fmt: skip
        if abs(wrong - r) > 1e-6:
            check.differs(seen["r"], wrong, says=says)
    check.close(
        seen["r"], r, rtol=0, atol=2e-3, says="r is not the correlation of forecast and rating on the test part"
    )
    again, other = (evaluated(honest_evaluation, texts, ratings, families, s, k, more[:2]) for s in (3, 4))
    check.that(np.array_equal(np.sort(again["test"]), np.sort(test)), says="the same seed draws another test part")
    check.that(not np.array_equal(np.sort(other["test"]), np.sort(test)), says="another seed draws the same test part")


judge_evaluation(check.rng(), 40, 12)
### BEGIN HIDDEN TESTS
judge_evaluation(check.rng(), 52, 20)
### END HIDDEN TESTS

# %%
honest = np.mean([honest_evaluation(all_texts, all_ratings, families, seed)[3] for seed in range(3)])
honest_dice = np.mean([honest_evaluation(all_texts, meaningless, families, seed)[3] for seed in range(3)])
print(f"real ratings:   Jonas {jonas:.2f}, repaired {honest:.2f}")
print(f"random ratings: Jonas {jonas_dice:.2f}, repaired {honest_dice:.2f}")

# %% claims=true
check.prose("0.79", honest)
check.within(honest_dice, -0.05, 0.05)
check.within(jonas - honest, 0.02, 0.05)

# %% [markdown]
# Without leaks 0.79 is left of his 0.82, and nothing of what he found in random ratings. The difference looks harmless. It is not:
# it is as large as what people argue about when they compare models, and on random ratings the leak alone made 0.30. **Dealing out
# the labels at random** is the cheapest alarm you can build into an evaluation.
#
# ## A small transformer
#
# A bag of words knows no order. A transformer lets each piece look at the others (attention; you build it by hand in lesson 2). Here is a small
# one, with one block, on 2,000 pieces learnt by the `tokenizers` library from the training tweets, with the mean over the pieces at the end. It
# trains here, from nothing, on the same 3,000 tweets. It has seen no other text.
#
# **Predict**: against the linear model's 0.77, does it win, lose or tie?


# %% tags=["nbval-ignore-output"] demo=true
class Block(nn.Module):
    """Self-attention over the pieces of a text, then a small network for each piece."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, nn.Dropout(dropout)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.network = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x, real):
        n, length, width = x.shape
        parts = self.qkv(self.norm1(x)).reshape(n, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        looked = F.scaled_dot_product_attention(query, key, value, attn_mask=real[:, None, None, :])
        x = x + self.dropout(self.out(looked.transpose(1, 2).reshape(n, length, width)))
        return x + self.dropout(self.network(self.norm2(x)))


class SmallTransformer(nn.Module):
    """Numbers of pieces (n, length), 0 for padding → one rating for each text (n,)."""

    def __init__(self, pieces, length=48, width=48, heads=4, dropout=0.3):
        super().__init__()
        self.embed = nn.Embedding(pieces, width, padding_idx=0)
        nn.init.normal_(self.embed.weight, std=0.1)
        self.place = nn.Parameter(0.02 * torch.randn(length, width))
        self.block, self.output = Block(width, heads, dropout), nn.Linear(width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, numbers):
        real = numbers != 0
        x = self.block(self.dropout(self.embed(numbers) + self.place[: numbers.shape[1]]), real)
        mean = (x * real[..., None]).sum(dim=1) / real.sum(dim=1, keepdim=True).clamp(min=1)
        return self.output(mean)[:, 0]


bpe = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="[UNK]"))
bpe.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
bpe_trainer = tokenizers.trainers.BpeTrainer(vocab_size=2000, special_tokens=["[PAD]", "[UNK]"], show_progress=False)
bpe.train_from_iterator([" ".join(words(text)) for text in train["text"]], bpe_trainer)


def piece_numbers(texts, length=48):
    """Numbers of the pieces of each text, cut at `length`, padded with 0."""
    found = [bpe.encode(" ".join(words(text))).ids[:length] for text in texts]
    out = np.zeros((len(found), max(map(len, found))), dtype=np.int64)
    for row, numbers in zip(out, found, strict=True):
        row[: len(numbers)] = numbers
    return torch.tensor(out)


start = time.process_time()
torch.manual_seed(0)
net = SmallTransformer(bpe.get_vocab_size())
optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=0.05)
numbers, target = piece_numbers(train["text"]), torch.tensor(y_train, dtype=torch.float32)
lengths = (numbers != 0).sum(dim=1)
for epoch in range(7):
    for group in optimiser.param_groups:
        group["lr"] = 4e-3 * (1 - epoch / 7)
    batches = torch.argsort(lengths + 8 * torch.rand(len(lengths))).split(64)  # texts of like length together
    for i in torch.randperm(len(batches)).tolist():
        rows = batches[i]
        loss = F.mse_loss(net(numbers[rows][:, : int(lengths[rows].max())]), target[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
net.eval()
seconds = time.process_time() - start


def net_score(texts):
    """The transformer's rating of each text, shape (n,)."""
    with torch.no_grad():
        return net(piece_numbers(texts)).numpy().astype(float)


net_test = net_score(test["text"])
r_net, right_net = correlation(net_test, y_test), agreement(classes(net_test), classes(y_test))
r_gain = interval(lambda a, b, y: correlation(a, y) - correlation(b, y), net_test, linear_test, y_test)
right_gain = interval(
    lambda a, b, y: agreement(a, y) - agreement(b, y), classes(net_test), linear_class, classes(y_test)
)
print(f"{sum(p.numel() for p in net.parameters()):,} parameters, {seconds:.0f} s of training")
print(f"transformer: r = {r_net:.3f}, right class {right_net:.3f}")
print(f"less the linear models: r {r_net - r_linear:+.3f} [{r_gain[0]:+.3f}, {r_gain[1]:+.3f}], "
      f"right class {right_net - right_linear:+.3f} [{right_gain[0]:+.3f}, {right_gain[1]:+.3f}]")  # fmt: skip

# %% tags=["nbval-ignore-output"] demo=true
r_net_interval = interval(correlation, net_test, y_test)
rows = [
    ("linear, 3,000 tweets", r_linear, r_interval, BLUE, "o"),
    ("transformer, 3,000 tweets", r_net, r_net_interval, ORANGE, "s"),
    ("one person, same tweets", r_person, person_interval, GREEN, "D"),
    ("VADER, published, all texts", 0.881, None, GREY, "^"),
    ("one person, all texts", person["r"], None, GREEN, "v"),
]
figure, axis = plt.subplots(figsize=(7.5, 2.9), layout="constrained")
for height, (_, value, band, colour, marker) in enumerate(rows[::-1]):
    if band is not None:
        axis.plot(band, [height, height], color=colour, linewidth=2)
    axis.plot(value, height, marker=marker, color=colour, markersize=8)
axis.axvline(np.sqrt(reliability), color=BLACK, linestyle=":")
axis.text(np.sqrt(reliability) - 0.004, 2, "ceiling of the labels", rotation=90, ha="right", va="center", fontsize=8)
axis.set(yticks=range(5), yticklabels=[row[0] for row in rows[::-1]], xlim=(0.65, 1.0), ylim=(-0.6, 4.6),
         xlabel="correlation with the mean rating (no unit)")  # fmt: skip
plt.show()

# %% [markdown]
# *The figure shows five correlations with the mean rating on one axis. The linear model and the transformer lie side by side near three
# quarters, with intervals that overlap almost wholly. One person on the same tweets lies to the right of both, at 0.85, with a short
# interval that does not reach them. VADER as published and one person on all texts lie together near 0.88. A dotted line at
# 0.99 marks the ceiling of the labels.*
#
# A tie, within the noise: the interval of the paired difference includes zero for r and for the classes. It does not lose, either. The
# transformer has over a hundred thousand parameters, and takes seconds instead of a blink. It *could* use the order of words. Three thousand
# tweets do not teach it to, as you now see.

# %% claims=true
check.prose("0.88", person["r"])
check.that(person_interval[0] > max(r_interval[1], r_net_interval[1]), says="the person's interval reaches a model's")
check.within(r_net, 0.70, 0.80, says="the transformer's r is another")
check.that(r_gain[0] < 0 < r_gain[1], says="the difference of the correlations is clear")
check.that(right_gain[0] < 0 < right_gain[1], says="the difference of the classes is clear")
check.prose("2,000", bpe.get_vocab_size())
check.prose("3,000", len(train))
check.within(sum(p.numel() for p in net.parameters()), 100_000, 150_000)
check.prose("1,000", len(test))
check.prose("4,200", len(texts))

# %% [markdown]
# ## What it does with "not bad"
#
# One number over a thousand texts hides what a model does in a given case. **Behavioural tests** (Ribeiro and others 2020) ask
# single questions with sentences made for them. *Direction*: "is not good" must be rated lower than "is good", and "is not bad" higher than "is
# bad". *Invariance*: another first name, another city, and the rating stays.

# %%
GOOD = ["good", "great", "nice", "amazing", "awesome"]
BAD = ["bad", "terrible", "awful", "horrible", "stupid"]
NEGATIONS = ["is not", "isn't", "was never"]
NAMES = ["Emma", "Jamal", "Wei", "Priya", "Carlos", "Olivia", "Mohammed"]
PLACES = ["London", "Boston", "Lagos", "Madrid", "Texas", "Paris"]
pd.DataFrame(
    {word: linear_score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS]).round(1) for word in GOOD[:2] + BAD[:2]},
    index=["is", *NEGATIONS],
)  # fmt: skip

# %% [markdown]
# ### Exercise 5 · Write the tests
#
# 20 min · ●●●○ · 4 points
#
# Write `broken_behaviours(score)`. `score(list_of_texts)` returns the ratings of the texts, shape `(n,)`. Return a set (or list) with
# the names of the behaviours that `score` breaks, of these three:
#
# - `"negation"`: broken if for **some** word of `GOOD` and some phrase of `NEGATIONS` the negated sentence is not rated lower than
#   the plain one by more than `0.1`; or if for some word of `BAD` it is not rated *higher* by more than `0.1`. Plain is "The lamp is
#   good.", negated "The lamp is not good.", "The lamp isn't good.", "The lamp was never good." How much the rating changes does not matter: "not
#   good" need not be negative.
# - `"names"`: broken if in some sentence, good or bad, two names of `NAMES` give ratings more than `0.1` apart.
# - `"places"`: the same with `PLACES`.
#
# One broken case is enough. Smaller differences than `0.1` are rounding. The check brings scorers with planted faults, and sound ones. A scorer
# may dislike one name only, or only in sentences with a bad word; may understand only one of the negations, or know all words but one. Scorers
# read English sentences such as "Emma says the lamp is good." and "Our lamp in Paris is bad."; one name or place in a sentence.
#
# Example: a scorer that gives every text the rating 0 → `{"negation"}`.
#
# <details><summary>Hint 1 · the idea</summary>For each behaviour a loop over all cases, and a question about each: no averages, in
# which one case is lost or two cancel.</details>
# <details><summary>Hint 2 · where to look</summary>For a direction, compare <em>pairs</em>. For invariance, <code>np.ptp(ratings)</code>
# is the largest less the smallest; one sentence for each word of <code>GOOD + BAD</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>plain, negated = score([f"The lamp is {word}.", f"The lamp {phrase}
# {word}."])</code>; for a good word <code>plain - negated &gt; 0.1</code> must hold, for a bad one
# <code>negated - plain &gt; 0.1</code>.</details>


# %% exercise="broken-behaviours"
def broken_behaviours(score):
    """Which of "negation", "names" and "places" the scorer breaks (tests of direction and invariance, Ribeiro and others 2020).

    score(list of texts) → (n,) ratings. Returns a set of names.
    """
    ### BEGIN SOLUTION
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken
    ### END SOLUTION


# %% check="broken-behaviours" points=4
GOOD_WORDS = ["good", "great", "nice", "amazing", "awesome"]
BAD_WORDS = ["bad", "terrible", "awful", "horrible", "stupid"]
FIRST_NAMES = ["Emma", "Jamal", "Wei", "Priya", "Carlos", "Olivia", "Mohammed"]
CITIES = ["London", "Boston", "Lagos", "Madrid", "Texas", "Paris"]


@check.probe
def found_by(broken_behaviours, planted):
    """What the tests say of each planted scorer. A scorer adds the worth of the sentence's adjectives, turned by `negated` where a
    negation of `understood` stands and no word of `deaf`, and `likes` for names and places, beside words of `only`."""
    import re

    import numpy as np

    worth = {"good": 1.5, "great": 2.2, "nice": 1.2, "amazing": 3.0, "awesome": 2.8}
    worth |= {"bad": -1.4, "terrible": -2.6, "awful": -2.0, "horrible": -2.3, "stupid": -1.1}
    ways = {
        "turns": lambda v: -v,
        "dampens": lambda v: 0.4 * v,
        "dampens a little": lambda v: v - 0.2 * np.sign(v),
        "hardly": lambda v: v - 0.08 * np.sign(v),
        "good hardly": lambda v: v - 0.08 if v > 0 else -v,
        "bad hardly": lambda v: v + 0.08 if v < 0 else -v,
        "deaf": lambda v: v,
        "strengthens": lambda v: 1.5 * v,
        "bad word": lambda v: v - 1.2,
        "good word": lambda v: v + 1.2,
    }

    def scorer(negated="turns", understood=("not", "n't", "never"), deaf=(), likes=None, only=None, noise=0.0):
        def score(texts):
            if isinstance(texts, str):
                raise TypeError("score takes a list of texts, not one text")
            ratings = []
            for text in list(texts):
                tokens = re.findall(r"n't|never|[a-z]+?(?=n't)|[a-z]+", str(text).replace("’", "'").lower())
                found = {word for word in tokens if word in worth}
                value = sum(worth[word] for word in found)
                if set(understood) & set(tokens) and not found & set(deaf):
                    value = ways[negated](value)
                if only is None or found & set(only):
                    value += sum(k for name, k in (likes or {}).items() if name.lower() in tokens)
                ratings.append(value + noise * ((sum(map(ord, text)) % 7) / 7 - 0.5))
            return np.array(ratings)

        return score

    out = []
    for settings in planted:
        got = broken_behaviours(scorer(**settings))
        plain = isinstance(got, (set, frozenset, list, tuple))
        out.append(sorted(str(name) for name in got) if plain else repr(got))
    return out


def judge_tests(planted):
    """Each planted scorer: what must be found, and what is wrong with tests that find something else."""
    for got, (_, truth, says) in zip(
        found_by(broken_behaviours, [settings for settings, _, _ in planted]), planted, strict=True
    ):
        check.that(not isinstance(got, str), says="a set of names of behaviours is asked for", seen=got)
        check.that(set(got) <= {"negation", "names", "places"}, says="a name is none of the three behaviours", seen=got)
        check.that(
            set(got) == truth,
            says=says,
            seen=got or "nothing is broken",
            expected=str(sorted(truth) or "nothing"),
            look="the card",
        )


def plants(name, city, good, bad):
    """Scorers whose faults touch one name, one city, one good and one bad word."""
    everybody = dict.fromkeys(FIRST_NAMES + CITIES, 0.3)
    small = {who: 0.04 * (i % 2) for i, who in enumerate(FIRST_NAMES + CITIES)}
    return [
        (dict(), set(), "a sound scorer is refused"),
        (dict(noise=1e-3), set(), "a sound scorer is refused for rounding: differences of less than 0.1 do not count"),
        (dict(likes=small), set(), "a sound scorer is refused for rounding: differences of less than 0.1 do not count"),
        (dict(likes=everybody), set(), "a sound scorer is refused that rates all names alike: compare name with name, not with a sentence without one"),
        (dict(negated="dampens"), set(), "a scorer that only dampens is refused: \"not good\" need not be negative, only lower"),
        (dict(negated="dampens a little"), set(), "a scorer that only dampens is refused: \"not good\" need not be negative, only lower"),
        (dict(negated="deaf"), {"negation"}, "a scorer that is deaf to negation passes"),
        (dict(negated="strengthens"), {"negation"}, "a scorer that makes \"not good\" better still passes: the direction is turned round"),
        (dict(negated="bad word"), {"negation"}, "a scorer for which \"not\" is a bad word passes: \"not bad\" must be rated higher than \"bad\""),
        (dict(negated="good word"), {"negation"}, "a scorer for which \"not\" is a good word passes: \"not good\" must be rated lower than \"good\""),
        (dict(negated="hardly"), {"negation"}, "a change of less than 0.1 counts as understanding a negation"),
        (dict(negated="good hardly"), {"negation"}, "a change of less than 0.1 counts as understanding a negation"),
        (dict(negated="bad hardly"), {"negation"}, "a change of less than 0.1 counts as understanding a negation"),
        (dict(understood=("not",)), {"negation"}, "a scorer that understands \"is not\" alone passes: test every negation"),
        (dict(understood=("not", "n't")), {"negation"}, "a scorer that does not understand \"was never\" passes: test every negation"),
        (dict(understood=("not", "never")), {"negation"}, "a scorer that does not understand \"isn't\" passes: test every negation"),
        (dict(understood=("n't", "never")), {"negation"}, "a scorer that does not understand \"is not\" passes: test every negation"),
        (dict(deaf=[good]), {"negation"}, "a scorer that does not turn one of the words passes: test every word, and do not average"),
        (dict(deaf=[bad]), {"negation"}, "a scorer that does not turn one of the words passes: test every word, and do not average"),
        (dict(likes={name: -0.8, city: 0.0}), {"names"}, "a scorer that dislikes one name passes: test every name"),
        (dict(likes={name: 0.15}), {"names"}, "a difference of 0.15 between two names counts as rounding"),
        (dict(likes={name: 0.15}, only=["amazing"]), {"names"}, "a difference of 0.15 between two names counts as rounding beside a high rating"),
        (dict(likes={"Jamal": 0.08, "Olivia": -0.08}), {"names"}, "two names 0.16 apart pass: compare each with each, not with the first one, a neighbour or the mean"),
        (dict(likes={city: 0.7}), {"places"}, "a scorer that likes one place passes: test every place"),
        (dict(likes={city: -0.15}), {"places"}, "a difference of 0.15 between two places counts as rounding"),
        (dict(likes={city: 0.15}, only=["amazing"]), {"places"}, "a difference of 0.15 between two places counts as rounding beside a high rating"),
        (dict(likes={"Boston": 0.08, "Texas": -0.08}), {"places"}, "two places 0.16 apart pass: compare each with each, not with the first one, a neighbour or the mean"),
        (dict(likes={name: -0.6}, only=BAD_WORDS), {"names"}, "a scorer that dislikes a name in bad sentences only passes"),
        (dict(likes={name: -0.6}, only=GOOD_WORDS), {"names"}, "a scorer that dislikes a name in good sentences only passes"),
        (dict(likes={city: 0.6}, only=GOOD_WORDS), {"places"}, "a scorer that likes a place in good sentences only passes"),
        (dict(likes={city: 0.6}, only=BAD_WORDS), {"places"}, "a scorer that likes a place in bad sentences only passes"),
        (dict(likes={name: -0.6}, only=[good]), {"names"}, "a scorer that dislikes a name beside one word only passes: test every word"),
        (dict(likes={city: -0.6}, only=[bad]), {"places"}, "a scorer that dislikes a place beside one word only passes: test every word"),
        (dict(negated="deaf", likes={name: 0.5, city: 0.5}), {"negation", "names", "places"}, "of several broken behaviours not all are reported"),
    ]  # fmt: skip


judge_tests(plants("Mohammed", "Paris", "awesome", "stupid"))
### BEGIN HIDDEN TESTS
judge_tests(plants("Emma", "London", "good", "bad"))
pick = check.rng()
judge_tests(plants(*(str(pick.choice(group)) for group in (FIRST_NAMES, CITIES, GOOD_WORDS, BAD_WORDS))))
### END HIDDEN TESTS

# %%
print("linear model breaks:", sorted(broken_behaviours(linear_score)))
unknown = [name for name in NAMES if name.lower() not in vectoriser.vocabulary_]
print("names that it has never met (twice):", ", ".join(unknown))
in_places = linear_score([f"Our lamp in {place} is good." for place in PLACES])
print({place: round(float(rating), 2) for place, rating in zip(PLACES, in_places, strict=True)})

# %% claims=true
assert broken_behaviours(linear_score) == {"negation", "places"}
assert len(unknown) == len(NAMES)
check.within(in_places.max() - in_places.min(), 0.4, 0.7, says="the places do not differ by half a point")
assert max(seen[place.lower()] for place in PLACES) <= 5
towards_zero = np.abs(linear_score([f"The lamp isn't {w}." for w in GOOD + BAD])) < np.abs(
    linear_score([f"The lamp is {w}." for w in GOOD + BAD])
)
assert towards_zero.all()
with_idf = dict(zip(vectoriser.get_feature_names_out(), (train_counts > 0).sum(axis=0), strict=True))
assert with_idf["isn't"] < with_idf["is"] and abs(weight_of["isn't"]) < 0.3

# %% [markdown]
# The linear model passes the test of names. Do not praise it: it knows none of these names, so none can move it. Of the places it knows
# some, from a handful of tweets each, and the same lamp is half a point better in one city than in another.
#
# And look back at the table: under *isn't*, "good" falls and "bad" rises a little, as if the model had understood. It has not. A row has
# length 1, and *isn't* is rarer than *is*: it takes up more of the row, and less is left for "good" and for "bad". Any rare word does that.
#
# Now both models under negation.

# %% tags=["nbval-ignore-output"] demo=true
figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharex=True, sharey=True, layout="constrained")
for panel, (title, score) in zip(panels, {"linear": linear_score, "transformer": net_score}.items(), strict=True):
    for height, word in enumerate((GOOD + BAD)[::-1]):
        plain, negated = score([f"The lamp is {word}.", f"The lamp is not {word}."])
        panel.annotate("", (negated, height), (plain, height), arrowprops={"arrowstyle": "->", "color": GREY})
        panel.plot(plain, height, "o", color=BLUE, label="is …" if height == 0 else None)
        panel.plot(
            negated, height, "D", color=ORANGE, markerfacecolor="white", label="is not …" if height == 0 else None
        )
    panel.axvline(0, color=BLACK, linewidth=0.8)
    panel.set(
        title=title, xlabel="rating given by the model (−4 to +4)", yticks=range(10), yticklabels=(GOOD + BAD)[::-1]
    )
panels[0].set_ylabel("word in “The lamp is …”")
panels[0].legend(loc="upper left")
plt.show()

# %% [markdown]
# *Two panels, linear and transformer, ten rows each: five good and five bad words. A filled circle marks the rating of "The lamp
# is …", a hollow diamond that of "is not …", an arrow goes from one to the other. All arrows of the linear model point to the left.
# Those of the transformer do so for good words; for bad words they are short or hardly move. No diamond lies on the other side of zero than
# its circle.*
#
# **Read the figure.** For good words "not" goes in the right direction, in both models. What do you conclude?
#
# <details><summary>A · They understand negation for good words and still have to learn it for bad ones</summary>No. For the linear model
# that is impossible: a sum cannot treat <code>not</code> differently beside another word. Look at the bad words for what it really
# does.</details>
# <details><summary>B · "not" is a bad word to them: it takes something off everywhere, and for good words that looks
# right</summary>Right (and in a row of length 1 each further word also shrinks the share of the others). A test of good words
# alone would have passed both. That is why a test of direction needs both signs.</details>
# <details><summary>C · The transformer understands it, since attention sees both words</summary>It could. From 3,000 tweets it has
# not learnt it: "not bad" is no better than "bad" there either.</details>

# %% tags=["nbval-ignore-output"] demo=true
names_apart = np.ptp(net_score([f"{name} says the lamp is good." for name in NAMES]))
net_moves = np.diff([net_score([f"The lamp is {w}.", f"The lamp is not {w}."]) for w in GOOD + BAD], axis=1)[:, 0]
print("transformer breaks:", sorted(broken_behaviours(net_score)))
print(f"the names move its rating by up to {names_apart:.1f}")
print({word: " · ".join(bpe.encode(word.lower()).tokens) for word in NAMES[:4]})

# %% claims=true
assert broken_behaviours(net_score) == {"names", "negation", "places"}
check.within(names_apart, 0.25, 2.0)
check.that((net_moves[:5] < -0.1).all(), says="not does not lower the good words")
check.that((net_moves[5:] < 0.3).all() and net_moves[5:].mean() < 0.1, says="not raises a bad word")
linear_moves = np.diff([linear_score([f"The lamp is {w}.", f"The lamp is not {w}."]) for w in GOOD + BAD], axis=1)
check.that((linear_moves < -0.1).all(), says="an arrow of the linear model points to the right")

# %% [markdown]
# The transformer breaks all three. Names move it, since to word pieces nothing is unknown: it cuts a name into pieces that it has met elsewhere
# and takes their mood along. No unknown words is an advantage, and this is its price.
#
# ## Decide
#
# Farida's team can read a part of the posts. She wants the bad ones first. In the test part, how many of the 1,000 tweets would
# the team have to read, in the order of the linear model's rating from the lowest up, until it has met 80 % of those that are truly negative? And
# Linh wants to know which sentences may stand on the slide.
#
# ### Exercise 6 · Ship what, claim what
#
# 15 min · ●●○○ · 4 points
#
# Fill three names.
#
# - `read`: a whole number. Order the 1,000 test tweets by `linear_test`, lowest first. How many must be read until at least 80 % of the
#   negative ones (`y_test <= -0.5`) are among the read? Compute it.
# - `ship`: `"linear"` or `"transformer"`: the simpler and cheaper one, unless the evidence clearly speaks for the other.
# - `slide`: for each sentence `"holds"` (this lesson's measurements show it), `"fails"` (they show the opposite) or `"not shown"` (no
#   measurement here can tell).
#
# | | sentence |
# |---|---|
# | A | On these test tweets the linear model agrees with the mean rating less than a single rater does. |
# | B | No model can correlate with the mean rating by more than 0.882, because people do not. |
# | C | Trained on tweets, the linear model reaches about 0.77 on this year's posts about our lamps, too. |
# | D | Jonas's 0.82 is what his model reaches on new texts. |
# | E | The transformer rates the same sentence equally, whatever first name is in it. |
# | F | "not bad" is rated higher than "bad" by the linear model. |
# | G | People who read posts for us would agree with each other as well as these raters do. |
# | H | If the labels are dealt out at random, an evaluation without leaks finds a correlation near zero. |
#
# Example of the form: `read = 500`, `ship = "linear"`, `slide = {"A": "holds", "B": "not shown", …}`.
#
# <details><summary>Hint 1 · the idea</summary>For each sentence: which cell measured that, on which texts? If none did, it is not
# shown, however likely it sounds.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.argsort(linear_test)</code> is the order of reading; <code>np.cumsum</code> of
# what is negative in that order counts what has been met.</details>
# <details><summary>Hint 3 · almost the code</summary><code>met = np.cumsum(y_test[np.argsort(linear_test)] &lt;= -0.5)</code>, then
# <code>np.argmax(met &gt;= 0.8 * met[-1]) + 1</code>. Two sentences hold, four fail, two are not shown.</details>

# %% exercise="ship-and-slide"
### BEGIN SOLUTION
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip
### END SOLUTION

# %% check="ship-and-slide" points=4
check.that(isinstance(slide, dict), says="slide is a dict from each letter to a verdict", seen=slide)
check.equal(sorted(slide), list("ABCDEFGH"), says="slide does not have one verdict for each sentence")
given = {name: " ".join(str(verdict).lower().split()) for name, verdict in slide.items()}
for name, verdict in given.items():
    check.one_of(verdict, ["holds", "fails", "not shown"], says=f"{name}: the verdict is none of the three")
check.one_of(str(ship).lower().strip(), ["linear", "transformer"], says="ship is neither linear nor transformer")
count = np.asarray(read)
check.that(
    count.shape == () and count.dtype.kind in "iuf" and float(count).is_integer(),
    says="read is not a whole number",
    seen=read,
)
# Measured in the cells above; the claims cell below asserts these numbers.
check.that(
    abs(count - 204) > 2,
    says="read is 80 % of the negative tweets: those read in vain count too, in the order of the model",
    seen=read,
)
check.that(abs(count - 948) > 2, says="read starts from the highest ratings: the bad ones come first", seen=read)
check.that(count != 800, says="read is 80 % of the tweets: that is what reading in any order takes", seen=read)
check.that(count != 340, says="read is one short: a position counted from 0 is no number of tweets, and 203 of the 254 negative ones are not yet 80 %", seen=read)  # fmt: skip
check.that(count != 338, says="read leaves out the negative tweets of exactly −0.5", seen=read)
check.that(count != 359, says="read takes every tweet below 0 for negative: −0.5 is the border", seen=read)
check.that(abs(count - 121) > 2, says="read counts the tweets that the model rates −0.5 or lower: they do not hold 80 % of the negative ones", seen=read)  # fmt: skip
check.equal(
    int(count), 341, says="read is not the number of tweets until 80 % of the negative ones are met", look="Hint 2"
)
check.that(str(ship).lower().strip() == "linear", says="ship: no measurement here prefers the transformer, and it takes more time and memory",
           seen=ship, look="the interval of the paired difference")  # fmt: skip
truth = {
    "A": ("holds", "A was measured: on the same tweets the person is ahead by 0.06 to 0.11"),
    "B": ("fails", "B takes one person for the ceiling: the mean of twenty is steadier, its ceiling is 0.99"),
    "C": ("not shown", "C was not measured: there is no post of this year and none about a lamp among these texts"),
    "D": ("fails", "D was measured: without the leaks 0.79 is left"),
    "E": ("fails", "E was measured: first names move the transformer's rating"),
    "F": ("fails", "F was measured: the linear model rates \"not bad\" lower than \"bad\""),
    "G": ("not shown", "G is about other people and other texts: nobody here has rated posts for the firm"),
    "H": ("holds", "H was measured: near zero after the repair, 0.30 before it"),
}  # fmt: skip
for name, (verdict, says) in truth.items():
    check.that(given[name] == verdict, says=says, seen=f"{name}: {given[name]!r}", look="Hint 1")

# %% [markdown]
# ## What you take along
#
# The linear model ships, as a **sorter**: after 341 of 1,000 tweets the team has met 80 % of the negative ones, where reading in any order
# takes 800. It does not ship as a judge of single posts. Whoever writes "not bad at all" about a lamp goes to the wrong end of the list, so nobody
# is to be answered, blocked or counted by it without a person. And before the first report the team rates two hundred of its own posts,
# each by three people, for none of these numbers was measured on posts about a lamp.
#
# Three habits to keep. Measure the person beside the model, **on the same texts**, without letting a rater judge himself. Deal
# out the labels at random once in each evaluation. And ask the model single questions with sentences made for them, in both directions.
#
# To play with: give the vectoriser pairs of words (`ngram_range=(1, 2)`) and see whether "not bad" gets better. Train on
# `tweet`, test on `variant`. Give the transformer a second block. Lesson 2 builds attention by hand.

# %% claims=true
met_by = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
needed = lambda met: int(np.argmax(met >= 0.8 * met[-1])) + 1  # noqa: E731
check.prose("341", needed(met_by))
check.equal(needed(np.cumsum(y_test[np.argsort(-linear_test)] <= -0.5)), 948)
check.equal(int(np.ceil(0.8 * met_by[-1])), 204)
check.equal(needed(np.cumsum(np.sort(y_test) <= -0.5)), 204)
check.equal(int((linear_test <= -0.5).sum()), 121)
check.equal([int(met_by[-1]), int(met_by[339])], [254, 203])
check.equal(needed(np.cumsum(y_test[np.argsort(linear_test)] < -0.5)), 338)
check.equal(needed(np.cumsum(y_test[np.argsort(linear_test)] < 0)), 359)
check.prose("80 %", 0.8)

# %% [markdown]
# ## Sources
#
# - C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", Proceedings of
#   the International AAAI Conference on Web and Social Media 8(1), 2014, 216–225,
#   [doi:10.1609/icwsm.v8i1.14550](https://doi.org/10.1609/icwsm.v8i1.14550): the data, and the correlations 0.881 (VADER) and
#   0.888 (one rater).
# - P. Gage, "A New Algorithm for Data Compression", The C Users Journal 12(2), 1994 (byte-pair encoding).
# - R. Sennrich, B. Haddow and A. Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016,
#   [arXiv:1508.07909](https://arxiv.org/abs/1508.07909).
# - K. Spärck Jones, "A statistical interpretation of term specificity and its application in retrieval", Journal of Documentation
#   28 (1972), 11–21 (inverse document frequency).
# - W. Brown, "Some experimental results in the correlation of mental abilities", and C. Spearman, "Correlation calculated from
#   faulty data", British Journal of Psychology 3 (1910) (the formula for twice as many raters).
# - M. T. Ribeiro, T. Wu, C. Guestrin and S. Singh, "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL 2020,
#   [arXiv:2005.04118](https://arxiv.org/abs/2005.04118).
# - A. Vaswani and others, "Attention Is All You Need", NeurIPS 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).
# - S. Kaufman, S. Rosset, C. Perlich and O. Stitelman, "Leakage in Data Mining: Formulation, Detection, and Avoidance", ACM
#   Transactions on Knowledge Discovery from Data 6(4), 2012.
# - scikit-learn: [text feature extraction](https://scikit-learn.org/stable/modules/feature_extraction.html#text-feature-extraction);
#   Hugging Face: [tokenizers](https://huggingface.co/docs/tokenizers/).
# - Data: `vaderSentiment` 3.3.2, MIT (`datasets/tweets/datasheet.md`).
