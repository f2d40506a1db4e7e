# %% [markdown]
# # Answers to "Translation": correct alternatives, and mistakes that people make
#
# Never released.


# %% exercise="bleu" kind="alternative" name="dictionaries-and-logarithms"
def bleu_counts(hypothesis, reference):
    mine, theirs = hypothesis.split(), reference.split()
    matches, totals = [0] * 4, [0] * 4
    for n in range(1, 5):
        left = {}
        for i in range(len(theirs) - n + 1):
            gram = " ".join(theirs[i : i + n])
            left[gram] = left.get(gram, 0) + 1
        for i in range(len(mine) - n + 1):
            gram = " ".join(mine[i : i + n])
            totals[n - 1] += 1
            if left.get(gram, 0) > 0:  # each n-gram of the reference is used up once
                left[gram] -= 1
                matches[n - 1] += 1
    return [len(mine), len(theirs)] + matches + totals


def corpus_bleu(counts):
    total = [0.0] * 10
    for row in counts:
        for k, value in enumerate(row):
            total[k] += float(value)
    logs = 0.0
    for n in range(4):
        if total[2 + n] == 0:
            return 0
        logs += math.log(total[2 + n] / total[6 + n]) / 4
    return 100 * math.exp(min(0.0, 1 - total[1] / total[0]) + logs)


# %% exercise="bleu" kind="alternative" name="zip-and-numpy"
def bleu_counts(hypothesis, reference):
    h, r = hypothesis.split(), reference.split()
    row = np.zeros(10)
    row[:2] = len(h), len(r)
    for n in range(4):
        a = Counter(zip(*(h[k:] for k in range(n + 1))))
        b = Counter(zip(*(r[k:] for k in range(n + 1))))
        row[2 + n] = sum(min(count, b[gram]) for gram, count in a.items())
        row[6 + n] = max(len(h) - n, 0)
    return row


def corpus_bleu(counts):
    sums = pd.DataFrame(np.asarray(counts)).sum().to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        precisions = np.nan_to_num(sums[2:6] / sums[6:])
        geometric = np.exp(np.log(precisions).mean())
    return float(100 * geometric * np.exp(np.minimum(0, 1 - sums[1] / sums[0])))


# %% exercise="bleu" kind="mistake" name="not-clipped" says="matches are not clipped"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append(sum(k for gram, k in mine.items() if gram in theirs))
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="sets" says="a set forgets"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append(len(set(mine) & set(theirs)))
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="recall" says="that is recall"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(theirs.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="characters" says="characters are counted"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis, reference
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="lengths-swapped" says="the two lengths are swapped"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(r), len(h), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="mean-of-sentences" says="the mean of the verses' BLEUs"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    counts = np.asarray(counts)
    if len(counts) > 1:
        return float(np.mean([corpus_bleu(row[None]) for row in counts]))
    sums = counts.sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="mean-of-precisions" says="the precisions of the verses are averaged"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    each = np.asarray(counts)[:, 2:6] / np.maximum(np.asarray(counts)[:, 6:], 1)
    matches, totals = each.mean(axis=0), np.ones(4)
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="no-brevity" says="the brevity penalty is missing"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="ratio-upside-down" says="ratio is upside down"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - h / r)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="rewards-length" says="a long corpus is rewarded"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="arithmetic-mean" says="the arithmetic mean of the four"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.mean(matches / totals)


# %% exercise="bleu" kind="mistake" name="fraction" says="goes from 0 to 1, not to 100"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="smoothed" says="without a single match for some n"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    matches, totals = np.maximum(matches, 0.1), np.maximum(totals, 1)
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="lower-case" says="Dios and dios are different tokens"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.lower().split(), reference.lower().split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="words-only" says="punctuation is thrown away: a token"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = ([w for w in text.split() if w.isalnum()] for text in (hypothesis, reference))
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="split-at-each-space" says="empty tokens where two spaces stand"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(" "), reference.split(" ")
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(mine.total())
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="mistake" name="negative-totals" says="not fewer than none"
def bleu_counts(hypothesis, reference):
    """[tokens of the hypothesis, of the reference, clipped matches for n = 1..4, n-grams of the hypothesis for n = 1..4]."""
    h, r = hypothesis.split(), reference.split()
    matches, totals = [], []
    for n in range(1, 5):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        matches.append((mine & theirs).total())
        totals.append(len(h) - n + 1)
    return np.array([len(h), len(r), *matches, *totals])


def corpus_bleu(counts):
    """BLEU from 0 to 100 (Papineni and others 2002) of the verses whose counts are the rows of `counts` (m, 10)."""
    sums = np.asarray(counts).sum(axis=0)
    h, r, matches, totals = sums[0], sums[1], sums[2:6], sums[6:]
    if min(matches) == 0:
        return 0.0
    brevity = 1.0 if h >= r else math.exp(1 - r / h)
    return 100 * brevity * np.prod(matches / totals) ** 0.25


# %% exercise="bleu" kind="alternative" name="pandas-and-recursion"
def bleu_counts(hypothesis, reference):
    def table(text, n):
        words = pd.Series(text.split(), dtype=object)
        grams = pd.concat([words.shift(-k) for k in range(n)], axis=1).dropna()
        return grams.apply(tuple, axis=1).value_counts() if len(grams) else pd.Series(dtype=int)

    pairs = [(table(hypothesis, n), table(reference, n)) for n in (1, 2, 3, 4)]
    both = [int(np.minimum(a, b.reindex(a.index, fill_value=0)).sum()) if len(a) else 0 for a, b in pairs]
    own = [int(a.sum()) for a, _ in pairs]
    return torch.tensor([own[0], int(pairs[0][1].sum()), *both, *own])


def corpus_bleu(counts):
    if not isinstance(counts, np.ndarray) or counts.ndim != 2:
        raise ValueError("counts must be (m, 10)")
    h, r, *rest = counts.sum(axis=0).tolist()
    score = 100 if h >= r else 100 * math.exp(1 - r / h) if h else 0
    for match, total in zip(rest[:4], rest[4:], strict=True):
        score *= (match / total) ** 0.25 if total else 0
    return torch.tensor(score, dtype=torch.float64)


# %% exercise="chrf" kind="alternative" name="loops-and-dictionaries"
def chrf_counts(hypothesis, reference):
    texts = [text.replace(" ", "") for text in (hypothesis, reference)]
    out = np.zeros((3, 6))
    for n in range(1, 7):
        grams = []
        for row, text in enumerate(texts):
            found = {}
            for i in range(len(text) - n + 1):
                found[text[i : i + n]] = found.get(text[i : i + n], 0) + 1
                out[row, n - 1] += 1
            grams.append(found)
        for gram in grams[0]:
            out[2, n - 1] += min(grams[0][gram], grams[1].get(gram, 0))
    return out


def corpus_chrf(counts, beta=2):
    sums = [[sum(int(verse[row][n]) for verse in counts) for n in range(6)] for row in range(3)]
    precisions, recalls = [], []
    for h, r, m in zip(*sums, strict=True):
        if h and r:
            precisions.append(m / h)
            recalls.append(m / r)
    if sum(precisions) == 0:
        return 0
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 100 * (1 + beta * beta) / (beta * beta / r + 1 / p)


# %% exercise="chrf" kind="alternative" name="lists-of-lists-and-weights"
def chrf_counts(hypothesis, reference):
    def grams(text):
        text = "".join(c for c in text if not c.isspace())
        return [Counter(text[i:j] for i in range(len(text)) for j in [i + n] if j <= len(text)) for n in range(1, 7)]

    a, b = grams(hypothesis), grams(reference)
    return [[sum(c.values()) for c in a], [sum(c.values()) for c in b],
            [sum((c & d).values()) for c, d in zip(a, b)]]  # fmt: skip


def corpus_chrf(counts, beta=2):
    h, r, m = np.einsum("vij->ij", np.asarray(counts, float))
    left = (np.minimum(h, r) > 0).astype(float)
    if not (left * m).any():
        return 0.0
    p = (left * m / np.maximum(h, 1)).sum() / left.sum()
    q = (left * m / np.maximum(r, 1)).sum() / left.sum()
    weight = 1 / (1 + beta**2)
    return 100 / (weight / p + (1 - weight) / q)


# %% exercise="chrf" kind="mistake" name="spaces-kept" says="spaces are counted"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = hypothesis, reference
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="unclipped" says="clip it"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), sum(k for gram, k in mine.items() if gram in theirs)])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="distinct" says="counts only once"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), len(mine.keys() & theirs.keys())])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="words" says="n-grams of words"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = hypothesis.split(), reference.split()
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="on-its-side" says="lying on its side"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns)


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="lower-case" says="capital letters are made small"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.lower().split()), "".join(reference.lower().split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="mean-of-verses" says="the mean of the verses' chrF"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    counts = np.asarray(counts)
    if len(counts) > 1:
        return float(np.mean([corpus_chrf(verse[None], beta) for verse in counts]))
    h, r, m = counts[0]
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="beta-on-the-wrong-side" says="beta weighs the wrong one"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (p + beta**2 * q)


# %% exercise="chrf" kind="mistake" name="beta-not-squared" says="beta is not squared"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta) * p * q / (beta * p + q)


# %% exercise="chrf" kind="mistake" name="beta-ignored" says="beta is not heeded"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * 2 * p * q / (p + q)


# %% exercise="chrf" kind="mistake" name="f-for-each-n" says="an F-score is taken for each n"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = m[left] / h[left], m[left] / r[left]
    return 100 * ((1 + beta**2) * p * q / np.maximum(beta**2 * p + q, 1e-16)).mean()


# %% exercise="chrf" kind="mistake" name="always-six" says="divided by 6"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).sum() / 6, (m[left] / r[left]).sum() / 6
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="all-n-together" says="thrown together"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = m.sum() / h.sum(), m.sum() / r.sum()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="letters-only" says="punctuation is thrown away: only spaces"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = ("".join(c for c in text if c.isalnum()) for text in (hypothesis, reference))
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = (h > 0) & (r > 0)
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="mistake" name="without-a-match-left-out" says="an n without a match is left out"
def chrf_counts(hypothesis, reference):
    """Numbers of character n-grams, n = 1..6 (columns): of the hypothesis, of the reference, matching. Shape (3, 6)."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    columns = []
    for n in range(1, 7):
        mine, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (h, r))
        columns.append([mine.total(), theirs.total(), (mine & theirs).total()])
    return np.array(columns).T


def corpus_chrf(counts, beta=2):
    """chrF from 0 to 100 (Popović 2015) of the verses whose counts are `counts` (m, 3, 6)."""
    h, r, m = np.asarray(counts).sum(axis=0)
    left = m > 0
    if m[left].sum() == 0:
        return 0.0
    p, q = (m[left] / h[left]).mean(), (m[left] / r[left]).mean()
    return 100 * (1 + beta**2) * p * q / (beta**2 * p + q)


# %% exercise="chrf" kind="alternative" name="pandas"
def chrf_counts(hypothesis, reference):
    import re

    h, r = re.sub(" ", "", hypothesis), re.sub(" ", "", reference)
    frame = pd.DataFrame(0, index=["hypothesis", "reference", "match"], columns=range(1, 7))
    for n in frame.columns:
        a = [h[i : i + n] for i in range(len(h)) if len(h[i : i + n]) == n]
        b = [r[i : i + n] for i in range(len(r)) if len(r[i : i + n]) == n]
        frame[n] = [len(a), len(b), 0]
        for gram in a:
            if gram in b:
                b.remove(gram)
                frame.loc["match", n] += 1
    return frame.to_numpy()


def corpus_chrf(counts, beta=2):
    frame = pd.DataFrame(counts.sum(axis=0).T, columns=["h", "r", "m"]).query("h > 0 and r > 0")
    if frame["m"].sum() == 0:
        return 0
    p, r = frame["m"].div(frame["h"]).mean(), frame["m"].div(frame["r"]).mean()
    return 100 * (1 + beta**2) * p * r / (beta**2 * p + r)


# %% exercise="attention" kind="alternative" name="query-by-query"
def attention(query, key, value, mask=None):
    length, places = query.shape[-2], key.shape[-2]
    rows = []
    for i in range(length):
        scores = (query[..., i : i + 1, :] * key).sum(-1) * query.shape[-1] ** -0.5
        if mask is not None:
            scores = torch.where(mask.expand(*scores.shape[:-1], length, places)[..., i, :], scores, -torch.inf)
        weights = (scores - scores.amax(-1, keepdim=True)).exp()
        rows.append((weights.unsqueeze(-1) * value).sum(-2) / weights.sum(-1, keepdim=True))
    return torch.stack(rows, dim=-2)


# %% exercise="attention" kind="alternative" name="additive-mask"
def attention(query, key, value, mask=None):
    scores = torch.einsum("...ld,...sd->...ls", query, key) / query.size(-1) ** 0.5
    if mask is not None:
        scores = scores + torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(mask.logical_not(), -1e9)
    return torch.einsum("...ls,...sv->...lv", F.softmax(scores, dim=-1), value)


# %% exercise="attention" kind="mistake" name="no-scale" says="not divided by the root of d"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="divided-by-d" says="divided by d, not by its root"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / query.shape[-1]
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="root-of-places" says="root of the number of places"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(key.shape[-2])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="softmax-along-queries" says="softmax runs along the queries"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-2) @ value


# %% exercise="attention" kind="mistake" name="mask-ignored" says="the mask is ignored"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="score-zero" says="gets score 0"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, 0.0)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="mask-after-softmax" says="zeroed after the softmax"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ value


# %% exercise="attention" kind="mistake" name="mask-inverted" says="wrong way round"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="exp-by-hand" says="an exp overflows"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return (scores.exp() / scores.exp().sum(-1, keepdim=True)) @ value


# %% exercise="attention" kind="mistake" name="through-numpy" says="cut off from its graph"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return (torch.softmax(scores, dim=-1) @ value).detach()


# %% exercise="attention" kind="mistake" name="small-score" says="other scores can be lower still"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -100.0)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="in-place" says="an operation in place"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    query /= math.sqrt(query.shape[-1])
    scores = query @ key.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ value


# %% exercise="attention" kind="mistake" name="double" says="another precision than its inputs"
def attention(query, key, value, mask=None):
    """Scaled dot-product attention (Vaswani and others 2017).

    query (..., L, d), key (..., S, d), value (..., S, v); mask: bool, True = may look, broadcasts to (..., L, S).
    Returns (..., L, v).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores.double(), dim=-1) @ value.double()


# %% exercise="attention" kind="alternative" name="one-example-at-a-time"
def attention(query, key, value, mask=None):
    d, v = query.shape[-1], value.shape[-1]
    outer, length, places = query.shape[:-2], query.shape[-2], key.shape[-2]
    if mask is None:
        mask = torch.ones(length, places, dtype=torch.bool)
    mask = mask.broadcast_to((*outer, length, places)).reshape(-1, length, places)
    out = []
    for q, k, x, may in zip(
        query.reshape(-1, length, d), key.reshape(-1, places, d), value.reshape(-1, places, v), mask
    ):
        scores = torch.full((length, places), float("-inf"), dtype=q.dtype)
        scores = torch.where(may, (q / math.sqrt(d)) @ k.T, scores)
        out.append(torch.mm(torch.exp(torch.log_softmax(scores, 1)), x))
    return torch.stack(out).reshape(*outer, length, v)


# %% exercise="teacher-forcing" kind="alternative" name="fill-tensors"
def repaired_batch(pairs, longest):
    most = longest - 1
    sources = [torch.tensor(list(en[:most]) + [END]) for en, _ in pairs]
    whole = [torch.tensor([START, *es[:most], END]) for _, es in pairs]
    source = nn.utils.rnn.pad_sequence(sources, batch_first=True, padding_value=PAD)
    whole = nn.utils.rnn.pad_sequence(whole, batch_first=True, padding_value=PAD)
    given = whole[:, :-1].clone()
    given[given == END] = PAD
    place = torch.arange(given.shape[1])
    return dict(source=source, given=given, wanted=whole[:, 1:], source_mask=source.ne(PAD).reshape(len(pairs), 1, 1, -1),
                target_mask=place[None, :] <= place[:, None])  # fmt: skip


def repaired_loss(logits, wanted):
    real = wanted != PAD
    return F.cross_entropy(logits[real], wanted[real])


# %% exercise="teacher-forcing" kind="alternative" name="numpy-and-log-softmax"
def repaired_batch(pairs, longest):
    n = len(pairs)
    wide = 1 + max(min(len(en), longest - 1) for en, _ in pairs)
    tall = 1 + max(min(len(es), longest - 1) for _, es in pairs)
    source, given, wanted = (np.full((n, k), PAD, dtype=np.int64) for k in (wide, tall, tall))
    for i, (en, es) in enumerate(pairs):
        en, es = en[: longest - 1], es[: longest - 1]
        source[i, : len(en) + 1] = [*en, END]
        given[i, : len(es) + 1] = [START, *es]
        wanted[i, : len(es) + 1] = [*es, END]
    source = torch.from_numpy(source)
    return {
        "source": source,
        "given": torch.from_numpy(given),
        "wanted": torch.from_numpy(wanted),
        "source_mask": (source > PAD).unsqueeze(1).unsqueeze(1),
        "target_mask": ~torch.triu(torch.ones(tall, tall), diagonal=1).bool(),
    }


def repaired_loss(logits, wanted):
    chosen = torch.log_softmax(logits, dim=-1).gather(-1, wanted.unsqueeze(-1)).squeeze(-1)
    weight = (wanted != PAD).to(chosen.dtype)
    return -(chosen * weight).sum() / weight.sum()


# %% exercise="teacher-forcing" kind="mistake" name="no-shift" says="only to repeat what it is given"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1]] for _, es in pairs])
    wanted = given
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="target-with-start-and-end" says="wanted begins with START"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1]] for _, es in pairs])
    wanted = padded([[START, *es[: longest - 1], END] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="no-start" says="nothing to begin a translation from"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([es[:longest] for _, es in pairs])
    wanted = padded([[*es[: longest - 1], END] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="end-cut-off" says="lost its END"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en, END][:longest] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1]] for _, es in pairs])
    wanted = padded([[*es, END][:longest] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="never-ends" says="no translation would ever end"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1]] for _, es in pairs])
    wanted = padded([es[:longest] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="end-is-given" says="where nothing follows"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1], END] for _, es in pairs])
    wanted = padded([[*es[: longest - 1], END] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="padded-left" says="filling stands on the left"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([[PAD] * (width - len(row)) + row for row in rows])

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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="source-unmasked" says="look at filling"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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
        "source_mask": torch.ones_like(source, dtype=torch.bool)[:, None, None, :],
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="sees-the-next" says="lets each place see the next one"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(1),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="sees-all" says="hides nothing"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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
        "target_mask": torch.ones(places, places, dtype=torch.bool),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="upper-triangle" says="rows and columns are swapped"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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
        "target_mask": torch.ones(places, places, dtype=torch.bool).triu(),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="not-itself" says="hides a place from itself"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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
        "target_mask": torch.ones(places, places, dtype=torch.bool).tril(-1),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="padding-in-the-loss" says="filling counts in the loss"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten())


# %% exercise="teacher-forcing" kind="mistake" name="divided-by-all-places" says="divided by all places"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD, reduction="none").mean()


# %% exercise="teacher-forcing" kind="mistake" name="mean-of-verses" says="verses are averaged first"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    each = F.cross_entropy(logits.transpose(1, 2), wanted, ignore_index=PAD, reduction="none")
    return (each.sum(dim=1) / (wanted != PAD).sum(dim=1)).mean()


# %% exercise="teacher-forcing" kind="mistake" name="arrays" says="not all parts of the batch are tensors"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return np.array([row + [PAD] * (width - len(row)) for row in rows])

    source = padded([[*en[: longest - 1], END] for en, _ in pairs])
    given = padded([[START, *es[: longest - 1]] for _, es in pairs])
    wanted = padded([[*es[: longest - 1], END] for _, es in pairs])
    places = given.shape[1]
    return {
        "source": source,
        "given": given,
        "wanted": wanted,
        "source_mask": (source != PAD)[:, None, None, :],
        "target_mask": np.tri(places, dtype=bool),
    }


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="int32" says="is not of int64"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows], dtype=torch.int32)

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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="lists-changed" says="the next epoch would get other verses"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

    def padded(rows):
        width = max(len(row) for row in rows)
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])

    for en, _ in pairs:
        del en[longest - 1 :]
        en.append(END)
    source = padded([en for en, _ in pairs])
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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


# %% exercise="teacher-forcing" kind="mistake" name="end-not-learnt" says="no translation would learn to end"
def repaired_batch(pairs, longest):
    """A batch for teacher forcing: source (B, S), given and wanted (B, T), source_mask (B, 1, 1, S), target_mask (T, T)."""

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


def repaired_loss(logits, wanted):
    """Mean cross-entropy over the places of wanted (B, T) that are not PAD; logits (B, T, V). Shape ()."""
    real = (wanted != PAD) & (wanted != END)
    return F.cross_entropy(logits[real], wanted[real])


# %% exercise="teacher-forcing" kind="alternative" name="loops"
def repaired_batch(pairs, longest):
    if longest < 2:
        raise ValueError("longest must be at least 2")
    batch = {"source": [], "given": [], "wanted": []}
    for english, spanish in pairs:
        english, spanish = english[: longest - 1], spanish[: longest - 1]
        batch["source"].append(english + [END])
        batch["given"].append([START] + spanish)
        batch["wanted"].append(spanish + [END])
    for name, rows in batch.items():
        full = torch.zeros((len(rows), max(len(row) for row in rows)), dtype=torch.long) + PAD
        for i, row in enumerate(rows):
            full[i, : len(row)] = torch.LongTensor(row)
        batch[name] = full
    places = batch["given"].size(1)
    batch["source_mask"] = torch.tensor([[[[bool(t != PAD) for t in row]]] for row in batch["source"]])
    batch["target_mask"] = ~torch.triu(torch.ones(places, places), diagonal=1).bool()
    return batch


def repaired_loss(logits, wanted):
    total, tokens = 0.0, 0
    for row, words in zip(logits.log_softmax(dim=-1), wanted, strict=True):
        for place, word in enumerate(words.tolist()):
            if word != PAD:
                total, tokens = total - row[place, word], tokens + 1
    return total / tokens


# %% exercise="beam-search" kind="alternative" name="sorted-lists"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    beam, ended, rounds = [([START], 0.0)], [], 0
    while beam and rounds < longest:
        rounds += 1
        options = []
        for (prefix, total), row in zip(beam, next_log_probs([prefix for prefix, _ in beam])):
            options += [(prefix + [token], total + float(p)) for token, p in enumerate(row)]
        options.sort(key=lambda option: option[1], reverse=True)
        beam = []
        for prefix, total in options[:width]:
            (ended if prefix[-1] == END else beam).append((prefix, total))
    best, best_score = None, -math.inf
    for prefix, total in ended + beam:
        score = total / (len(prefix) - 1) ** alpha
        if score > best_score:
            best, best_score = prefix, score
    return best[1:-1] if best[-1] == END else best[1:], best_score


# %% exercise="beam-search" kind="alternative" name="torch-topk"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    prefixes, sums = torch.tensor([[START]]), torch.zeros(1, dtype=torch.float64)
    pool = []
    for step in range(1, longest + 1):
        total = sums[:, None] + torch.as_tensor(np.asarray(next_log_probs(prefixes.tolist())), dtype=torch.float64)
        sums, flat = total.flatten().topk(min(width, total.numel()))
        row, token = flat // total.shape[1], flat % total.shape[1]
        prefixes = torch.cat([prefixes[row], token[:, None]], dim=1)
        over = (token == END) | (step == longest)
        pool += [(float(s) / step**alpha, p[1:]) for s, p in zip(sums[over], prefixes[over].tolist())]
        prefixes, sums = prefixes[~over], sums[~over]
        if not len(sums):
            break
    score, tokens = max(pool)
    return [t for t in tokens if t != END], score


# %% exercise="beam-search" kind="mistake" name="each-its-own-best" says="compete with one another"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    live, finished = [(0.0, [START])], []
    for _ in range(longest):
        rows = next_log_probs([tokens for _, tokens in live])
        candidates = np.array([total for total, _ in live])[:, None] + rows
        best = (
            candidates.argmax(axis=1) + np.arange(len(live)) * candidates.shape[1]
            if len(live) > 1
            else np.argsort(-candidates, axis=None)[:width]
        )
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


# %% exercise="beam-search" kind="mistake" name="first-finished" says="stops at the first finished"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
        if finished or not live:
            break
    score = lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha  # noqa: E731
    winner = max(finished or live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="enough-finished" says="as many finished hypotheses as the beam is wide"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
        if len(finished) >= width or not live:
            break
    score = lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha  # noqa: E731
    winner = max(finished or live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="refilled" says="the beam is refilled"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    live, finished = [(0.0, [START])], []
    for _ in range(longest):
        rows = next_log_probs([tokens for _, tokens in live])
        candidates = np.array([total for total, _ in live])[:, None] + rows
        order = np.argsort(-candidates, axis=None)
        ends = order % candidates.shape[1] == END
        best = np.concatenate([order[:width][ends[:width]], order[~ends][:width]])
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


# %% exercise="beam-search" kind="mistake" name="unfinished-thrown-away" says="are thrown away"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    winner = max(finished or live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="beyond-the-end" says="goes on beyond its END"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    live, finished = [(0.0, [START])], []
    for _ in range(longest):
        rows = next_log_probs([tokens for _, tokens in live])
        candidates = np.array([total for total, _ in live])[:, None] + rows
        best = np.argsort(-candidates, axis=None)[:width]
        grown = []
        for index in best:
            i, token = divmod(int(index), candidates.shape[1])
            hypothesis = (float(candidates[i, token]), [*live[i][1], token])
            grown.append(hypothesis)
            if token == END:
                finished.append(hypothesis)
        live = grown
        if not live:
            break
    score = lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="winner-by-sum" says="the winner is chosen by its sum"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    winner = max(finished + live)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="alpha-ignored" says="alpha is ignored"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    score = lambda pair: pair[0]  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="start-counts" says="START counts in the length"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    score = lambda pair: pair[0] / len(pair[1]) ** alpha  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="end-counts-not" says="END does not count in the length"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    score = lambda pair: pair[0] / max(sum(token not in (START, END) for token in pair[1]), 0.5) ** alpha  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="end-returned" says="END is among the tokens"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    return [token for token in winner[1] if token != START], score(winner)


# %% exercise="beam-search" kind="mistake" name="start-returned" says="START is among the tokens"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    return [token for token in winner[1] if token != END], score(winner)


# %% exercise="beam-search" kind="mistake" name="asks-about-nothing" says="asked about no prefix"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
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
    score = lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="mistake" name="greedy" says="this is greedy search"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    live, finished = [(0.0, [START])], []
    for _ in range(longest):
        rows = next_log_probs([tokens for _, tokens in live])
        candidates = np.array([total for total, _ in live])[:, None] + rows
        best = np.argsort(-candidates, axis=None)[:1]
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


# %% exercise="beam-search" kind="mistake" name="one-round-short" says="makes one round too few"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    live, finished = [(0.0, [START])], []
    for _ in range(longest - 1):
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


# %% exercise="beam-search" kind="mistake" name="finished-stay" says="take places of the width in later rounds"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    """The best finished hypothesis (tokens without START and END) and its score, sum of log-probabilities / length ** alpha."""
    live, finished = [(0.0, [START])], []
    for _ in range(longest):
        rows = next_log_probs([tokens for _, tokens in live])
        candidates = np.array([total for total, _ in live])[:, None] + rows
        grown = list(finished)
        for (_, tokens), row in zip(live, candidates, strict=True):
            grown += [(float(total), [*tokens, token]) for token, total in enumerate(row)]
        grown = sorted(grown, reverse=True)[:width]
        finished = [pair for pair in grown if pair[1][-1] == END]
        live = [pair for pair in grown if pair[1][-1] != END]
        if not live:
            break
    score = lambda pair: pair[0] / (len(pair[1]) - 1) ** alpha  # noqa: E731
    winner = max(finished + live, key=score)
    return [token for token in winner[1] if token not in (START, END)], score(winner)


# %% exercise="beam-search" kind="alternative" name="one-prefix-a-call"
def beam_search(next_log_probs, width, longest, alpha=0.0):
    import heapq

    beam, best, best_score = {(START,): 0.0}, (), -np.inf
    for step in range(1, longest + 1):
        options = {}
        for prefix in beam:
            for token, p in enumerate(next_log_probs([list(prefix)])[0]):
                options[prefix + (token,)] = beam[prefix] + p
        beam = dict(heapq.nlargest(width, options.items(), key=lambda item: item[1]))
        for prefix in [p for p in beam if p[-1] == END or step == longest]:
            score = beam.pop(prefix) / step**alpha
            if score > best_score:
                best, best_score = prefix, score
        if len(beam) == 0:
            break
    return np.array([t for t in best if t not in {START, END}], dtype=int), best_score


# %% exercise="bleu" kind="equivalent" mutant="+ totals.append(mine.total()) | - totals.append(mine.total())" reason="the two lists are filled in another order"


# %% exercise="bleu" kind="equivalent" mutant="- sums = np.asarray(counts).sum(axis=0) | + sums = np.asarray(counts).mean(axis=0)" reason="BLEU holds only ratios of the sums, and means have the same"


# %% exercise="bleu" kind="equivalent" mutant="- brevity = 1.0 if h >= r else math.exp(1 - r / h) | + brevity = 1.0 if h > r else math.exp(1 - r / h)" reason="exp(0) is 1"


# %% exercise="chrf" kind="equivalent" mutant="- h, r, m = np.asarray(counts).sum(axis=0) | + h, r, m = np.asarray(counts).mean(axis=0)" reason="chrF holds only ratios of the sums, and means have the same"


# %% exercise="attention" kind="equivalent" mutant="- scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1]) | + scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])" reason="transposing names the same two dimensions"


# %% [markdown] explain="may-the-firm-use-it" kind="sample" points=4.5
# We must not use it for the manual.
#
# On John it has BLEU 21.8, between 19.5 and 24.2 if other verses had been drawn, where word-by-word translation with a dictionary has 10.2. These are short Bible verses in old Spanish. John was kept out because a random split leaves near copies in the training, which the retrieval figure shows.
#
# The manual is something else: "Never use the heater near water" became "Ninguno de agua de agua". Somebody may get an electric shock.
#
# It still sounds like Spanish. If you do not know both languages you do not notice that it is about something else.
#
# Better: a professional translator, or a big pre-trained system with a person who corrects it.
#
# *What it reaches 1. What the score is about 1: old verses, and why John. What it does to the manual 1: a sentence and the harm. The decision 1: no, and why nobody notices. What instead ½: another way, but no test on sentences of the firm.*

# %% [markdown] explain="may-the-firm-use-it" kind="sample" points=2.5
# I would not use the model for the manual. It reached a BLEU score of 21.8 and a chrF of 43.2, which is better than the dictionary with 10.2 and 40.3, but the training data are Bible verses from 1909, so it does not know modern words like app or battery.
#
# For example it translated "Keep the battery away from children" as "Guarda el lloro de los hijos".
#
# We should use a better system and test it on our own sentences with translations made by a person.
#
# *What it reaches ½: scores and the opponent, no interval. What the score is about ½: old verses, not why John. What it does to the manual ½: an example without what a customer may do. The decision ½: a no, not why nobody would notice. What instead ½: the test is good, "a better system" names no way.*

# %% [markdown] explain="may-the-firm-use-it" kind="sample" points=0.5
# The translator was trained with attention and beam search, like the big systems, and beats all baselines significantly. It makes some mistakes, because the data set is small, but with a BLEU of 21.8 the meaning is understandable in most cases.
#
# The firm can use it for the manual if somebody looks over the text, and train it longer later.
#
# *What it reaches ½: a score without interval and without a named opponent's number. What the score is about 0: it is taken for the quality of the manual. What it does to the manual 0. The decision 0: a yes. What instead 0.*
