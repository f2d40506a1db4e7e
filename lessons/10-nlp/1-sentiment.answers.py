# %% [markdown]
# # Answers to "Sentiment": correct alternatives, and mistakes that people make
#
# Never released.


# %% exercise="against-the-rest" kind="alternative" name="groupby-transform"
def against_the_rest(ids, ratings):
    table = pd.DataFrame({"id": list(ids), "rating": [float(r) for r in ratings]})
    groups = table.groupby("id")["rating"]
    if (groups.size() == 1).any():
        raise ValueError("a single rating")
    rest = ((groups.transform("sum") - table["rating"]) / (groups.transform("size") - 1)).to_numpy()
    edges = [-np.inf, -0.5, np.nextafter(0.5, 0), np.inf]
    own, other = (pd.cut(values, edges, labels=False) for values in (table["rating"].to_numpy(), rest))
    return {"rest": rest, "r": stats.pearsonr(table["rating"], rest)[0], "right": float((own == other).mean())}


# %% exercise="against-the-rest" kind="alternative" name="plain-loops"
def against_the_rest(ids, ratings):
    of = {}
    for label, rating in zip(ids, ratings, strict=True):
        of.setdefault(label, []).append(int(rating))
    rest = []
    for label, rating in zip(ids, ratings, strict=True):
        others = list(of[label])
        others.remove(int(rating))
        if not others:
            raise ValueError(f"{label} has one rating")
        rest.append(sum(others) / len(others))

    def name(value):
        return "positive" if value >= 0.5 else "negative" if value <= -0.5 else "neutral"

    hits = [name(a) == name(b) for a, b in zip(ratings, rest, strict=True)]
    x, y = np.array([int(r) for r in ratings]), np.array(rest)
    x, y = x - x.mean(), y - y.mean()
    return {"right": sum(hits) / len(hits), "rest": rest, "r": (x @ y) / np.sqrt((x @ x) * (y @ y))}


# %% exercise="against-the-rest" kind="alternative" name="indicator-matrix"
def against_the_rest(ids, ratings):
    ids, ratings = np.array([str(i) for i in ids]), np.array(ratings, dtype=np.float32)
    same = (ids[:, None] == ids[None, :]) & ~np.eye(len(ids), dtype=bool)
    if not same.any(axis=1).all():
        raise ValueError("a text with a single rating")
    rest = same @ ratings / same.sum(axis=1)
    group = lambda v: (v >= 0.5) * 1 - (v <= -0.5) * 1
    return {
        "rest": rest,
        "r": np.corrcoef(np.stack([ratings, rest]))[1, 0],
        "right": (group(ratings) == group(rest)).mean(),
    }


# %% exercise="against-the-rest" kind="mistake" name="includes-oneself" says="own rating is in the mean that judges it"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = total[text] / count[text]

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="divides-by-all" says="divided by all raters"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / count[text]

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="text-by-text" says="text by text, not in the order"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)
    rest = rest[np.argsort(text, kind="stable")]

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="r-for-each-text" says="r is computed text by text"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    within = []
    for k in range(len(count)):
        here = text == k
        if np.ptp(ratings[here]) > 0:
            within.append(np.corrcoef(ratings[here], rest[here])[0, 1])
    within = np.mean(within)
    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": within, "right": right}


# %% exercise="against-the-rest" kind="mistake" name="rank-correlation" says="r is a rank correlation"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": stats.spearmanr(ratings, rest)[0], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="covariance" says="r is a covariance"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.cov(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="r-with-oneself" says="r compares the ratings with means that contain them"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, total[text] / count[text])[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="strict-classes" says="exactly 0.5 or −0.5 counts as neutral"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values > 0.5, 1, np.where(values < -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="signs" says="right compares signs"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(np.sign(ratings) == np.sign(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="right-with-oneself" says="right uses classes of means that contain"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if count.min() < 2:
        raise ValueError("a text has a single rating")
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(total[text] / count[text]))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="against-the-rest" kind="mistake" name="single-becomes-nan" says="goes through without an error"
def against_the_rest(ids, ratings):
    ratings = np.asarray(ratings, dtype=float)
    _, text, count = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    total = np.bincount(text, weights=ratings)
    rest = (total[text] - ratings) / (count[text] - 1)

    def classes(values):
        return np.where(values >= 0.5, 1, np.where(values <= -0.5, -1, 0))

    right = np.mean(classes(ratings) == classes(rest))
    return {"rest": rest, "r": np.corrcoef(ratings, rest)[0, 1], "right": right}


# %% exercise="learn-merges" kind="alternative" name="numbers-and-recursion"
def learn_merges(counts, n):
    def merged(tokens, pair, new):
        if len(tokens) < 2:
            return tokens
        if tokens[:2] == pair:
            return (new, *merged(tokens[2:], pair, new))
        return (tokens[0], *merged(tokens[1:], pair, new))

    vocabulary = sorted({character for word in counts for character in word})
    corpus = [(tuple(vocabulary.index(c) for c in word), times) for word, times in counts.items()]
    found = []
    for _ in range(n):
        table = {}
        for tokens, times in corpus:
            for a, b in zip(tokens, tokens[1:]):
                table[a, b] = table.get((a, b), 0) + times
        if not table:
            return found
        top = max(table.values())
        a, b = min(pair for pair, times in table.items() if times == top)
        text = vocabulary[a] + vocabulary[b]
        found.append([vocabulary[a], vocabulary[b]])
        if text not in vocabulary:
            vocabulary.append(text)
        corpus = [(merged(tokens, (a, b), vocabulary.index(text)), times) for tokens, times in corpus]
    return found


# %% exercise="learn-merges" kind="alternative" name="separators-and-pattern"
def learn_merges(counts, n):
    order = sorted(set("".join(counts)))
    corpus = [("\x00" + "\x00".join(word) + "\x00", times) for word, times in counts.items()]
    merges = []
    for _ in range(n):
        pairs = {}
        for text, times in corpus:
            tokens = text.strip("\x00").split("\x00")
            for i in range(len(tokens) - 1):
                pair = tokens[i], tokens[i + 1]
                pairs[pair] = pairs.get(pair, 0) + times
        if not pairs:
            break
        ranked = sorted(pairs, key=lambda p: order.index(p[1]))
        ranked.sort(key=lambda p: order.index(p[0]))
        ranked.sort(key=pairs.get, reverse=True)
        left, right = ranked[0]
        merges.append((left, right))
        if left + right not in order:
            order.append(left + right)
        pattern = re.compile("(?<=\x00)" + re.escape(left) + "\x00" + re.escape(right) + "(?=\x00)")
        corpus = [(pattern.sub(lambda match: left + right, text), times) for text, times in corpus]
    return merges


# %% exercise="learn-merges" kind="mistake" name="ties-first-met" says="pair that was met first"
def learn_merges(counts, n):
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
        best = pairs.most_common(1)[0][0]
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="ties-by-alphabet" says="ties are broken by the alphabet"
def learn_merges(counts, n):
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
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="ties-largest" says="ties go to the largest numbers"
def learn_merges(counts, n):
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
        best = max(pairs, key=lambda pair: (pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="counted-once" says="counted once only"
def learn_merges(counts, n):
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {word: list(word) for word in counts}
    merges = []
    while len(merges) < n:
        if merges:
            pairs = Counter({pair: k for pair, k in pairs.items() if pair not in merges})
        else:
            pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in itertools.pairwise(tokens) if not merges else []:
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="ignores-frequency" says="every word counts once"
def learn_merges(counts, n):
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {word: list(word) for word in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in itertools.pairwise(tokens):
                pairs[pair] += 1
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="across-words" says="a pair spans two words"
def learn_merges(counts, n):
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {"all": [c for word, k in counts.items() for c in word * k]}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in itertools.pairwise(tokens):
                pairs[pair] += 1
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="set-of-pairs" says="twice in a word is counted once"
def learn_merges(counts, n):
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {word: list(word) for word in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in set(itertools.pairwise(tokens)):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="drops-single-pairs" says="pairs that occur once are left alone"
def learn_merges(counts, n):
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {word: list(word) for word in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in itertools.pairwise(tokens):
                pairs[pair] += counts[word]
        pairs = Counter({pair: k for pair, k in pairs.items() if k > 1})
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="replace-in-text" says="only ends like the left one"
def learn_merges(counts, n):
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
        for word, tokens in tokens_of.items():
            out = " ".join(tokens).replace(" ".join(best), "".join(best)).split(" ")
            for token in out:
                number.setdefault(token, len(number))
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="no-end" says="fails instead of stopping"
def learn_merges(counts, n):
    number = {character: i for i, character in enumerate(sorted(set("".join(counts))))}
    tokens_of = {word: list(word) for word in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for word, tokens in tokens_of.items():
            for pair in itertools.pairwise(tokens):
                pairs[pair] += counts[word]
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for word, tokens in tokens_of.items():
            out, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == best:
                    out.append(tokens[i] + tokens[i + 1])
                    i += 2
                else:
                    out.append(tokens[i])
                    i += 1
            tokens_of[word] = out
    return merges


# %% exercise="learn-merges" kind="mistake" name="from-the-right" says="merged from the right"
def learn_merges(counts, n):
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
        for word, tokens in tokens_of.items():
            out, i = [], len(tokens) - 1
            while i >= 0:
                if i > 0 and (tokens[i - 1], tokens[i]) == best:
                    out.insert(0, tokens[i - 1] + tokens[i])
                    i -= 2
                else:
                    out.insert(0, tokens[i])
                    i -= 1
            tokens_of[word] = out
    return merges


# %% exercise="tf-idf" kind="alternative" name="loops"
def tf_idf(train_counts, counts):
    n, rows = len(train_counts), []
    columns = list(zip(*train_counts, strict=True))
    idf = [math_log((1 + n) / (1 + sum(1 for k in column if k > 0))) + 1 for column in columns]
    for row in counts:
        weighted = [float(k) * w for k, w in zip(row, idf, strict=True)]
        length = sum(w * w for w in weighted) ** 0.5
        rows.append([w / length if length else 0.0 for w in weighted])
    return rows


def math_log(x):
    return float(np.log(x))


# %% exercise="tf-idf" kind="alternative" name="scikit-learn-pieces"
from sklearn.preprocessing import normalize


def tf_idf(train_counts, counts):
    train = np.array(train_counts, dtype=np.float32)
    having = np.count_nonzero(train, axis=0)
    idf = np.log1p(len(train)) - np.log1p(having) + 1
    return normalize(np.array(counts, dtype=np.float64) * idf[None, :])


# %% exercise="tf-idf" kind="alternative" name="matrix-product-and-mask"
def tf_idf(train_counts, counts):
    train, x = pd.DataFrame(train_counts), np.array(counts, dtype=float)
    idf = 1 - np.log((1 + train.astype(bool).sum().to_numpy()) / (1 + train.shape[0]))
    x = x @ np.diag(idf)
    length = np.sqrt(np.einsum("ij,ij->i", x, x))
    x[length > 0] /= length[length > 0, None]
    return x


# %% exercise="tf-idf" kind="mistake" name="weights-of-the-test" says="from the texts to be weighted"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="weights-of-all" says="from all texts together"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    train_counts = np.concatenate([train_counts, counts])
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="counts-occurrences" says="d counts occurrences, not texts"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = train_counts.sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="not-smoothed" says="gets an infinite weight"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts + 0.0
    with np.errstate(all="ignore"):
        weighted = weighted * (np.log(len(train_counts) / having.astype(float)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    weighted = np.nan_to_num(weighted, nan=0.0, posinf=np.inf)
    length = np.where(np.isinf(weighted).any(axis=1, keepdims=True), 1, np.linalg.norm(weighted, axis=1, keepdims=True))
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="no-plus-one" says="+ 1 after the logarithm is missing"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)))
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="log10" says="logarithm is not the natural one"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log10((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="not-normalised" says="rows are not divided by their length"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted


# %% exercise="tf-idf" kind="mistake" name="sum-to-one" says="divided by their sum"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = weighted.sum(axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="columns" says="the columns are divided by their length"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=0, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="tf-idf" kind="mistake" name="empty-text-nan" says="a text without words becomes NaN"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return weighted / length


# %% exercise="tf-idf" kind="mistake" name="length-first" says="length is taken before the weights"
def tf_idf(train_counts, counts):
    train_counts, counts = np.asarray(train_counts), np.asarray(counts)
    having = (train_counts > 0).sum(axis=0)
    weighted = counts * (np.log((1 + len(train_counts)) / (1 + having)) + 1)
    length = np.linalg.norm(counts, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)


# %% exercise="honest-evaluation" kind="alternative" name="class-with-three-steps"
class Model:
    def __init__(self, k):
        self.vectoriser, self.k = TfidfVectorizer(analyzer=words), k
        self.ridge = Ridge(alpha=1.0)

    def fit(self, texts, ratings):
        x = self.vectoriser.fit_transform(texts)
        self.choice = SelectKBest(f_regression, k=self.k).fit(x, ratings)
        self.ridge.fit(self.choice.transform(x), ratings)
        return self

    def predict(self, texts):
        return self.ridge.predict(self.choice.transform(self.vectoriser.transform(texts)))


def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    rng = np.random.default_rng(seed)
    families, ratings = np.asarray(families), np.asarray(ratings)
    labels = np.unique(families)
    drawn = rng.choice(labels, size=len(labels) // 4, replace=False)
    held = np.isin(families, drawn)
    table = pd.DataFrame({"text": texts, "rating": ratings})
    model = Model(k).fit(table.text[~held], table.rating[~held])
    r = table.rating[held].corr(pd.Series(model.predict(table.text[held]), index=table.index[held]))
    return model, np.flatnonzero(~held), np.flatnonzero(held), r


# %% exercise="honest-evaluation" kind="alternative" name="family-by-family"
import random

from sklearn.pipeline import Pipeline


def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    names = sorted(set(np.asarray(families).tolist()))
    random.Random(seed).shuffle(names)
    held = set(names[: round(0.2 * len(names))])
    train = [i for i, family in enumerate(np.asarray(families).tolist()) if family not in held]
    test = [i for i, family in enumerate(np.asarray(families).tolist()) if family in held]
    steps = [("words", TfidfVectorizer(analyzer=words)), ("best", SelectKBest(f_regression, k=k)), ("ridge", Ridge())]
    model = Pipeline(steps).fit([texts[i] for i in train], [ratings[i] for i in train])
    r = stats.pearsonr(model.predict([texts[i] for i in test]), [ratings[i] for i in test]).statistic
    return [model, train, test, r]


# %% exercise="honest-evaluation" kind="mistake" name="words-of-all" says="learnt from all texts, the test"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    vectoriser = TfidfVectorizer(analyzer=words).fit([texts[i] for i in range(len(texts))])
    x = vectoriser.transform([texts[i] for i in train])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        choice = SelectKBest(f_regression, k=k).fit(x, ratings[train])
    ridge = Ridge(alpha=1.0).fit(choice.transform(vectoriser.transform([texts[i] for i in train])), ratings[train])
    model = make_pipeline(vectoriser, choice, ridge)
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="choice-of-all" says="chosen with the ratings of the test texts"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    vectoriser = TfidfVectorizer(analyzer=words).fit([texts[i] for i in train])
    x = vectoriser.transform([texts[i] for i in range(len(texts))])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        choice = SelectKBest(f_regression, k=k).fit(x, ratings[range(len(texts))])
    ridge = Ridge(alpha=1.0).fit(choice.transform(vectoriser.transform([texts[i] for i in train])), ratings[train])
    model = make_pipeline(vectoriser, choice, ridge)
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="both-of-all" says="are both learnt from all texts"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    vectoriser = TfidfVectorizer(analyzer=words).fit([texts[i] for i in range(len(texts))])
    x = vectoriser.transform([texts[i] for i in range(len(texts))])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        choice = SelectKBest(f_regression, k=k).fit(x, ratings[range(len(texts))])
    ridge = Ridge(alpha=1.0).fit(choice.transform(vectoriser.transform([texts[i] for i in train])), ratings[train])
    model = make_pipeline(vectoriser, choice, ridge)
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="split-by-text" says="a family is in both parts"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    train, test = train_test_split(np.arange(len(texts)), test_size=0.25, random_state=seed)
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="families-dropped" says="texts are lost"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    families = np.asarray(families)
    train, test = train_test_split(np.arange(len(texts)), test_size=0.25, random_state=seed)
    train = train[~np.isin(families[train], families[test])]
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="refit-on-all" says="has been fitted on all texts"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    r = np.corrcoef(forecast, ratings[test])[0, 1]
    model.fit(texts, ratings)
    return model, train, test, r


# %% exercise="honest-evaluation" kind="mistake" name="r-of-training" says="r is measured on the training texts"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in train])
    return model, train, test, np.corrcoef(forecast, ratings[train])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="score-for-r" says="r is the score R²"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, model.score([texts[i] for i in test], ratings[test])


# %% exercise="honest-evaluation" kind="mistake" name="seed-ignored" says="another seed draws the same test part"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="swapped" says="have changed places"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    test, train = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="ridge-alone" says="does not take texts"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    vectoriser = TfidfVectorizer(analyzer=words).fit([texts[i] for i in train])
    x = vectoriser.transform([texts[i] for i in train])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        choice = SelectKBest(f_regression, k=k).fit(x, ratings[train])
    ridge = Ridge(alpha=1.0).fit(choice.transform(vectoriser.transform([texts[i] for i in train])), ratings[train])
    model = ridge
    forecast = model.predict(choice.transform(vectoriser.transform([texts[i] for i in test])))
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="default-pattern" says="scikit-learn's own pattern"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="no-choice" says="all words are kept"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    train, test = next(splitter.split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    forecast = model.predict([texts[i] for i in test])
    return model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]


# %% exercise="broken-behaviours" kind="alternative" name="one-batch"
def broken_behaviours(score):
    every = GOOD + BAD
    texts = [f"The lamp {phrase} {word}." for word in every for phrase in ["is", *NEGATIONS]]
    texts += [f"{name} says the lamp is {word}." for word in every for name in NAMES]
    texts += [f"Our lamp in {place} is {word}." for word in every for place in PLACES]
    ratings = np.asarray(score(texts), dtype=float)
    turned, named, placed = np.split(ratings, [4 * len(every), (4 + len(NAMES)) * len(every)])
    turned, named, placed = (part.reshape(len(every), -1) for part in (turned, named, placed))
    sign = np.repeat([1, -1], [len(GOOD), len(BAD)])[:, None]
    sound = {
        "negation": (sign * (turned[:, :1] - turned[:, 1:]) > 0.1).all(),
        "names": (named.max(axis=1) - named.min(axis=1) <= 0.1).all(),
        "places": (placed.max(axis=1) - placed.min(axis=1) <= 0.1).all(),
    }
    return [name for name, fine in sound.items() if not fine]


# %% exercise="broken-behaviours" kind="alternative" name="pair-by-pair"
def broken_behaviours(score):
    def rate(text):
        return float(score([text])[0])

    def negation_works():
        for phrase in NEGATIONS:
            for word in GOOD:
                if not rate(f"The lamp {phrase} {word}.") < rate(f"The lamp is {word}.") - 0.1:
                    return False
            for word in BAD:
                if not rate(f"The lamp {phrase} {word}.") > rate(f"The lamp is {word}.") + 0.1:
                    return False
        return True

    def steady(pattern, fillers):
        for word in [*GOOD, *BAD]:
            rated = [rate(pattern.format(filler, word)) for filler in fillers]
            if any(abs(a - b) > 0.1 for a, b in itertools.combinations(rated, 2)):
                return False
        return True

    found = {"negation"} if not negation_works() else set()
    found |= {"names"} if not steady("{} thinks that this lamp is {}.", NAMES) else set()
    return found | ({"places"} if not steady("In {} the lamp is {}.", PLACES) else set())


# %% exercise="broken-behaviours" kind="mistake" name="good-words-only" says="a scorer for which \"not\" is a bad word passes"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="exact-equality" says="refused for rounding"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="must-flip" says="only dampens is refused"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(-sign * rating for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="one-negation" says="understands \"is not\" alone passes"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS[:1]])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="no-never" says="does not understand \"was never\" passes"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS[:2]])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="any-change-counts" says="better still passes"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(abs(plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="average-over-words" says="does not turn one of the words passes"
def broken_behaviours(score):
    broken, turns, both = set(), [], len(GOOD)
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        turns.append(min(sign * (plain - rating) for rating in negated))
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    if min(np.mean(turns[:both]), np.mean(turns[both:])) <= 0.1:
        broken.add("negation")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="two-names" says="dislikes one name passes"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES[:2]])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="two-places" says="likes one place passes"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES[:2]])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="names-in-good-sentences" says="dislikes a name in bad sentences only"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            broken.add("negation")
        if sign > 0 and np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="broken-behaviours" kind="mistake" name="stops-at-the-first" says="not all are reported"
def broken_behaviours(score):
    broken = set()
    for word, sign in [(word, 1) for word in GOOD] + [(word, -1) for word in BAD]:
        plain, *negated = score([f"The lamp is {word}."] + [f"The lamp {phrase} {word}." for phrase in NEGATIONS])
        if min(sign * (plain - rating) for rating in negated) <= 0.1:
            return {"negation"}
        if np.ptp(score([f"{name} says the lamp is {word}." for name in NAMES])) > 0.1:
            broken.add("names")
        if np.ptp(score([f"Our lamp in {place} is {word}." for place in PLACES])) > 0.1:
            broken.add("places")
    return broken


# %% exercise="ship-and-slide" kind="alternative" name="loop"
negative = {int(i) for i in np.flatnonzero(y_test <= -0.5)}
found, read = 0, 0
for position in sorted(range(len(linear_test)), key=lambda i: linear_test[i]):
    read += 1
    found += position in negative
    if found / len(negative) >= 0.8:
        break
ship = "Linear"
slide = dict(
    zip("ABCDEFGH", ["Holds", "fails", "not  shown", "fails", "fails", "fails", "not shown", "holds"], strict=True)
)


# %% exercise="ship-and-slide" kind="alternative" name="table"
table = pd.DataFrame({"score": linear_test, "negative": y_test <= -0.5}).sort_values("score")
read = np.searchsorted(table["negative"].cumsum().to_numpy(), np.ceil(0.8 * table["negative"].sum())) + 1
ship = "linear"
slide = (
    {letter: "fails" for letter in "BDEF"}
    | {letter: "holds" for letter in "AH"}
    | {letter: "not shown" for letter in "CG"}
)


# %% exercise="ship-and-slide" kind="mistake" name="from-the-top" says="starts from the highest ratings"
met = np.cumsum(y_test[np.argsort(-linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="negatives-only" says="those read in vain count too"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.ceil(0.8 * met[-1]))
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="any-order" says="read is 80 % of the tweets"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(0.8 * len(met))
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="position-from-zero" says="read is one short"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1]))
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="flagged-only" says="rates −0.5 or lower"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int((linear_test <= -0.5).sum())
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="ships-the-larger" says="no measurement here prefers the transformer"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "transformer"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="person-is-the-ceiling" says="B takes one person for the ceiling"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "holds", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="other-domain" says="C was not measured"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "holds", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="trusts-jonas" says="D was measured"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "holds", "E": "fails", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="names-unread" says="E was measured"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "holds", "F": "fails", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="not-bad" says="F was measured"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "holds", "G": "not shown", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="other-raters" says="G is about other people"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "holds", "H": "holds",
}  # fmt: skip


# %% exercise="ship-and-slide" kind="mistake" name="dice-not-shown" says="H was measured"
met = np.cumsum(y_test[np.argsort(linear_test)] <= -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = {
    "A": "holds", "B": "fails", "C": "not shown", "D": "fails", "E": "fails", "F": "fails", "G": "not shown", "H": "not shown",
}  # fmt: skip


# %% exercise="against-the-rest" kind="mistake" name="unaligned-series" says="matched by their index"
def against_the_rest(ids, ratings):
    df = pd.DataFrame({"id": ids, "r": ratings})
    g = df.groupby("id").r
    n = g.transform("count")
    if (n < 2).any():
        raise ValueError("single")
    df["rest"] = (g.transform("sum") - df.r) / (n - 1)

    def cls(s):
        return s.apply(lambda v: "pos" if v >= 0.5 else ("neg" if v <= -0.5 else "neu"))

    return {"rest": df["rest"].to_numpy(), "r": df.r.corr(df.rest), "right": (cls(df.r) == cls(df.rest)).mean()}


# %% exercise="against-the-rest" kind="mistake" name="strict-below-only" says="exactly −0.5 counts as neutral: it is negative"
def against_the_rest(ids, ratings):
    r = np.asarray(ratings)
    _, t, k = np.unique(np.asarray(ids), return_inverse=True, return_counts=True)
    if k.min() < 2:
        raise ValueError
    rest = (np.bincount(t, r)[t] - r) / (k[t] - 1)
    c = lambda x: (x >= 0.5) * 1 - (x < -0.5) * 1
    return {"rest": rest, "r": np.corrcoef(r, rest)[0, 1], "right": np.mean(c(rest) == c(r))}


# %% exercise="learn-merges" kind="mistake" name="first-appearance-number" says="in the order in which they come"
def learn_merges(counts, n):
    number = {c: i for i, c in enumerate(dict.fromkeys("".join(counts)))}
    toks = {w: list(w) for w in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for w, t in toks.items():
            for p in itertools.pairwise(t):
                pairs[p] += counts[w]
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], number[p[0]], number[p[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for t in toks.values():
            i = 0
            while i < len(t) - 1:
                if (t[i], t[i + 1]) == best:
                    t[i : i + 2] = ["".join(best)]
                i += 1
    return merges


# %% exercise="learn-merges" kind="mistake" name="past-the-end" says="IndexError"
def learn_merges(counts, n):
    number = {c: i for i, c in enumerate(sorted(set("".join(counts))))}
    toks = {w: list(w) for w in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for w, t in toks.items():
            for p in itertools.pairwise(t):
                pairs[p] += counts[w]
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], number[p[0]], number[p[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for t in toks.values():
            for i in range(len(t)):
                if (t[i], t[i + 1]) == best:
                    t[i : i + 2] = ["".join(best)]
    return merges


# %% exercise="learn-merges" kind="mistake" name="drops-from-counts" says="changes its argument"
def learn_merges(counts, n):
    number = {c: i for i, c in enumerate(sorted(set("".join(counts))))}
    for w in [w for w in counts if len(w) < 2]:
        del counts[w]
    toks = {w: list(w) for w in counts}
    merges = []
    while len(merges) < n:
        pairs = Counter()
        for w, t in toks.items():
            for p in itertools.pairwise(t):
                pairs[p] += counts[w]
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], number[p[0]], number[p[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for t in toks.values():
            i = 0
            while i < len(t) - 1:
                if (t[i], t[i + 1]) == best:
                    t[i : i + 2] = ["".join(best)]
                i += 1
    return merges


# %% exercise="tf-idf" kind="mistake" name="v-for-n" says="n is taken for the number of words"
def tf_idf(train_counts, counts):
    t = np.array(train_counts)
    c = np.array(counts, dtype=float)
    c *= np.log((t.shape[1] + 1.0) / (np.sum(t >= 1, 0) + 1)) + 1
    return np.nan_to_num(c / np.sqrt((c * c).sum(1))[:, None])


# %% exercise="tf-idf" kind="mistake" name="smooth-denominator-only" says="only the lower count is smoothed"
def tf_idf(train_counts, counts):
    t = np.array(train_counts)
    c = np.array(counts, dtype=float)
    c *= np.log(len(t) / (np.sum(t >= 1, 0) + 1)) + 1
    return np.nan_to_num(c / np.sqrt((c * c).sum(1))[:, None])


# %% exercise="tf-idf" kind="mistake" name="squared-length" says="square of their length"
def tf_idf(train_counts, counts):
    t = np.array(train_counts)
    c = np.array(counts, dtype=float)
    c *= np.log((len(t) + 1.0) / (np.sum(t >= 1, 0) + 1)) + 1
    return np.nan_to_num(c / (c * c).sum(1)[:, None])


# %% exercise="tf-idf" kind="mistake" name="sparse-result" says="a sparse matrix becomes one"
def tf_idf(train_counts, counts):
    return TfidfTransformer().fit(np.asarray(train_counts)).transform(np.asarray(counts))


# %% exercise="honest-evaluation" kind="alternative" name="dense-ridge"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    rng = np.random.default_rng(seed)
    fams = rng.permutation(pd.unique(families))
    hold = set(fams[: round(0.2 * len(fams))])
    test = np.array([i for i, f in enumerate(families) if f in hold])
    train = np.setdiff1d(np.arange(len(texts)), test)
    train = rng.permutation(train)

    class M:
        def fit(self, t, y):
            self.v = TfidfVectorizer(analyzer=words)
            x = self.v.fit_transform(t)
            self.s = SelectKBest(f_regression, k=k)
            x = self.s.fit_transform(x, y).toarray()
            self.m = Ridge(alpha=1.0).fit(x, y)
            return self

        def predict(self, t):
            return self.m.predict(self.s.transform(self.v.transform(t)).toarray())

    m = M().fit([texts[i] for i in train], ratings[train])
    return m, train, test, np.corrcoef(m.predict([texts[i] for i in test]), ratings[test])[0, 1]


# %% exercise="honest-evaluation" kind="mistake" name="pearsonresult" says="r is not one number"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    train, test = next(GroupShuffleSplit(1, test_size=0.25, random_state=seed).split(texts, groups=families))
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    return model, train, test, stats.pearsonr(model.predict([texts[i] for i in test]), ratings[test])


# %% exercise="honest-evaluation" kind="mistake" name="centres-in-place" says="handed in are changed"
def honest_evaluation(texts, ratings, families, seed=0, k=1000):
    train, test = next(GroupShuffleSplit(1, test_size=0.25, random_state=seed).split(texts, groups=families))
    ratings -= ratings[train].mean()
    model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0))
    model.fit([texts[i] for i in train], ratings[train])
    return model, train, test, np.corrcoef(model.predict([texts[i] for i in test]), ratings[test])[0, 1]


# %% exercise="broken-behaviours" kind="mistake" name="against-first" says="two names 0.16 apart pass"
def broken_behaviours(score):
    b = set()
    for w, s in [(w, 1) for w in GOOD] + [(w, -1) for w in BAD]:
        plain, *neg = score([f"The lamp is {w}."] + [f"The lamp {p} {w}." for p in NEGATIONS])
        if min(s * (plain - x) for x in neg) <= 0.1:
            b.add("negation")
        for key, L, t in (("names", NAMES, "{} says the lamp is {}."), ("places", PLACES, "Our lamp in {} is {}.")):
            v = score([t.format(x, w) for x in L])
            if np.abs(v - v[0]).max() > 0.1:
                b.add(key)
    return b


# %% exercise="broken-behaviours" kind="mistake" name="against-nameless" says="compare name with name"
def broken_behaviours(score):
    b = set()
    for w, s in [(w, 1) for w in GOOD] + [(w, -1) for w in BAD]:
        plain, *neg = score([f"The lamp is {w}."] + [f"The lamp {p} {w}." for p in NEGATIONS])
        if min(s * (plain - x) for x in neg) <= 0.1:
            b.add("negation")
        for key, L, t in (("names", NAMES, "{} says the lamp is {}."), ("places", PLACES, "Our lamp in {} is {}.")):
            v = score([t.format(x, w) for x in L])
            if np.abs(v - plain).max() > 0.1:
                b.add(key)
    return b


# %% exercise="broken-behaviours" kind="mistake" name="relative" says="counts as rounding beside a high rating"
def broken_behaviours(score):
    b = set()
    for w, s in [(w, 1) for w in GOOD] + [(w, -1) for w in BAD]:
        plain, *neg = score([f"The lamp is {w}."] + [f"The lamp {p} {w}." for p in NEGATIONS])
        if min(s * (plain - x) for x in neg) <= 0.1:
            b.add("negation")
        for key, L, t in (("names", NAMES, "{} says the lamp is {}."), ("places", PLACES, "Our lamp in {} is {}.")):
            v = score([t.format(x, w) for x in L])
            if np.ptp(v) > 0.1 * abs(v.mean()):
                b.add(key)
    return b


# %% exercise="broken-behaviours" kind="mistake" name="single-text" says="not one text"
def broken_behaviours(score):
    b = set()
    for w in GOOD:
        for p in NEGATIONS:
            if not score(f"The lamp {p} {w}.") < score(f"The lamp is {w}.") - 0.1:
                b.add("negation")
    return b


# %% exercise="ship-and-slide" kind="mistake" name="strict" says="leaves out the negative tweets of exactly −0.5"
met = np.cumsum(y_test[np.argsort(linear_test)] < -0.5)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
print(read)
ship = "linear"
slide = dict(zip("ABCDEFGH", ["holds", "fails", "not shown", "fails", "fails", "fails", "not shown", "holds"]))


# %% exercise="ship-and-slide" kind="mistake" name="below-zero" says="every tweet below 0"
met = np.cumsum(y_test[np.argsort(linear_test)] < 0)
read = int(np.argmax(met >= 0.8 * met[-1])) + 1
ship = "linear"
slide = dict(zip("ABCDEFGH", ["holds", "fails", "not shown", "fails", "fails", "fails", "not shown", "holds"]))


# %% exercise="against-the-rest" kind="equivalent" mutant="- return {'rest': rest, 'r': np.corrcoef(ratings, rest)[0, 1], 'right': right} | + return {'rest': rest, 'r': np.corrcoef(rest, ratings)[0, 1], 'right': right}" reason="correlation is symmetric"


# %% exercise="learn-merges" kind="equivalent" mutant="+ number.setdefault(''.join(best), len(number)) | - number.setdefault(''.join(best), len(number))" reason="two statements that do not touch each other change places"


# %% exercise="tf-idf" kind="equivalent" mutant="- return weighted / np.where(length == 0, 1, length) | + return weighted / np.where(length == 0, 2, length)" reason="a row of zeros divided by 2 is a row of zeros"


# %% exercise="honest-evaluation" kind="equivalent" mutant="- return (model, train, test, np.corrcoef(forecast, ratings[test])[0, 1]) | + return (model, train, test, np.corrcoef(ratings[test], forecast)[0, 1])" reason="correlation is symmetric"


# %% exercise="honest-evaluation" kind="equivalent" mutant="- splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed) | + splitter = GroupShuffleSplit(1, random_state=seed)" reason="the default, a fifth of the families, is within the band of the card"


# %% exercise="honest-evaluation" kind="equivalent" mutant="- splitter = GroupShuffleSplit(1, test_size=0.25, random_state=seed) | + splitter = GroupShuffleSplit(2, test_size=0.25, random_state=seed)" reason="only the first of the splits is taken"


# %% exercise="honest-evaluation" kind="equivalent" mutant="- model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge(alpha=1.0)) | + model = make_pipeline(TfidfVectorizer(analyzer=words), SelectKBest(f_regression, k=k), Ridge())" reason="1.0 is the default"


# %% exercise="broken-behaviours" kind="equivalent" mutant="- if min((sign * (plain - rating) for rating in negated)) <= 0.1: | + if min((sign * (plain - rating) for rating in negated)) < 0.1:" reason="differs only where a difference is exactly 0.1, which sums of floats do not meet"


# %% exercise="broken-behaviours" kind="equivalent" mutant="- if np.ptp(score([f'{name} says the lamp is {word}.' for name in NAMES])) > 0.1: | + if np.ptp(score([f'{name} says the lamp is {word}.' for name in NAMES])) >= 0.1:" reason="differs only where a difference is exactly 0.1, which sums of floats do not meet"


# %% exercise="broken-behaviours" kind="equivalent" mutant="- if np.ptp(score([f'Our lamp in {place} is {word}.' for place in PLACES])) > 0.1: | + if np.ptp(score([f'Our lamp in {place} is {word}.' for place in PLACES])) >= 0.1:" reason="differs only where a difference is exactly 0.1, which sums of floats do not meet"


# %% exercise="ship-and-slide" kind="equivalent" mutant="- read = int(np.argmax(met >= 0.8 * met[-1])) + 1 | + read = int(np.argmax(met > 0.8 * met[-1])) + 1" reason="80 % of 254 is no whole number"


# %% exercise="ship-and-slide" kind="equivalent" mutant="- read = int(np.argmax(met >= 0.8 * met[-1])) + 1 | + read = int(np.argmax(met >= 0.8 * met[-2])) + 1" reason="the tweet with the highest rating is not negative, so the last two counts are equal"
