# %% [markdown]
# Answers to "A small language model": alternatives that must pass, mistakes that must be named.


# %% [markdown]
# ## bits-and-perplexity


# %% exercise="bits-and-perplexity" kind="alternative" name="log-softmax-and-gather"
def bits_and_perplexity(logits, targets):
    log_p = logits.log_softmax(-1) / np.log(2)
    bits = -log_p.gather(-1, targets.unsqueeze(-1)).mean()
    return float(bits), float(2**bits)


# %% exercise="bits-and-perplexity" kind="alternative" name="numpy-loops"
def bits_and_perplexity(logits, targets):
    costs = []
    for row, coming in zip(logits.double().numpy(), targets.numpy()):
        for scores, target in zip(row, coming):
            top = scores.max()
            costs.append(top + np.log(np.exp(scores - top).sum()) - scores[target])
    return np.mean(costs) / np.log(2), np.exp(np.mean(costs))


# %% exercise="bits-and-perplexity" kind="mistake" name="nats" says="these are nats"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return nats, math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="base-ten" says="the logarithm is to base 10"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return nats / math.log(10), math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="sum" says="added up over all characters"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum").item()
    return nats / math.log(2), math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="softmax-twice" says="softmax is applied twice"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    nats = nn.functional.cross_entropy(logits.softmax(dim=-1).flatten(0, 1), targets.flatten()).item()
    return nats / math.log(2), math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="two-to-the-nats" says="two to the power of the nats"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return nats / math.log(2), 2**nats


# %% exercise="bits-and-perplexity" kind="mistake" name="e-to-the-bits" says="e to the power of the bits"
def bits_and_perplexity(logits, targets):
    """Bits per character and perplexity (floats) of logits (n, length, characters) for targets (n, length)."""
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return nats / math.log(2), math.exp(nats / math.log(2))


# %% exercise="bits-and-perplexity" kind="mistake" name="mean-of-perplexities" says="a mean of the rows' perplexities"
def bits_and_perplexity(logits, targets):
    rows = [nn.functional.cross_entropy(row, coming).item() for row, coming in zip(logits, targets)]
    return np.mean(rows) / math.log(2), np.mean(np.exp(rows))


# %% exercise="bits-and-perplexity" kind="mistake" name="exponentials-by-hand" says="large logits make nan or inf"
def bits_and_perplexity(logits, targets):
    p = logits.exp() / logits.exp().sum(dim=-1, keepdim=True)
    nats = -p.gather(2, targets[..., None]).log().mean().item()
    return nats / math.log(2), math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="per-position" says="a value for each row or position"
def bits_and_perplexity(logits, targets):
    nats = nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return nats / math.log(2), nats.exp()


# %% exercise="bits-and-perplexity" kind="alternative" name="logsumexp-tensors"
def bits_and_perplexity(logits, targets):
    flat = logits.reshape(-1, logits.shape[-1])
    nats = (flat.logsumexp(1) - flat[torch.arange(len(flat)), targets.reshape(-1)]).mean()
    return nats / math.log(2), torch.exp(nats)


# %% exercise="bits-and-perplexity" kind="alternative" name="library-transposed"
def bits_and_perplexity(logits, targets):
    assert logits.shape[:2] == targets.shape
    bits = nn.CrossEntropyLoss()(logits.movedim(2, 1), targets) / np.log(2)
    return [bits.item(), 2 ** bits.item()]


# %% exercise="bits-and-perplexity" kind="mistake" name="shifted" says="shifted once more"
def bits_and_perplexity(logits, targets):
    logits, targets = logits[:, :-1], targets[:, 1:]
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return nats / math.log(2), math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="softmax-then-log" says="nearly impossible costs inf"
def bits_and_perplexity(logits, targets):
    p = logits.softmax(dim=2).gather(2, targets[..., None])
    nats = -p.log().mean().item()
    return nats / math.log(2), math.exp(nats)


# %% exercise="bits-and-perplexity" kind="mistake" name="probability-clipped" says="does not cost its full bits"
def bits_and_perplexity(logits, targets):
    p = logits.softmax(dim=2).gather(2, targets[..., None]).clamp(min=1e-12)
    bits = -p.log2().mean().item()
    return bits, 2**bits


# %% [markdown]
# ## n-gram


# %% exercise="n-gram" kind="alternative" name="recursive"
class NGram:
    def __init__(self, text, order, alphabet):
        self.order, self.alphabet = order, alphabet
        self.counts = {}
        for k in range(order + 1):
            for i in range(len(text) - k):
                gram = text[i : i + k + 1]
                self.counts[gram] = self.counts.get(gram, 0) + 1
        self.next = {}
        for gram, count in self.counts.items():
            self.next.setdefault(gram[:-1], {})[gram[-1]] = count

    def probabilities(self, history):
        history = history[max(0, len(history) - self.order) :]
        return np.array([self.of(c, history) for c in self.alphabet])

    def of(self, c, history):
        shorter = self.of(c, history[1:]) if history else 1 / len(self.alphabet)
        after = self.next.get(history, {})
        n, t = sum(after.values()), len(after)
        return (after.get(c, 0) + t * shorter) / (n + t) if n else shorter


# %% exercise="n-gram" kind="alternative" name="count-when-asked"
class NGram:
    def __init__(self, text, order, alphabet):
        self.text, self.order, self.alphabet = text, order, alphabet

    def probabilities(self, history):
        p = [1 / len(self.alphabet)] * len(self.alphabet)
        for k in range(self.order + 1):
            if k > len(history):
                break
            h = history[-k:] if k else ""
            n = [
                sum(1 for i in range(k, len(self.text)) if self.text[i - k : i] == h and self.text[i] == c)
                for c in self.alphabet
            ]
            kinds = sum(1 for x in n if x)
            if kinds:
                p = [(x + kinds * q) / (sum(n) + kinds) for x, q in zip(n, p)]
        return p


# %% exercise="n-gram" kind="mistake" name="tokens-for-types" says="not of all that followed"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

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
                p = (counts + counts.sum() * p) / (2 * counts.sum())
        return p


# %% exercise="n-gram" kind="mistake" name="history-at-the-end" says="counts the history at the very end"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

    def __init__(self, text, order, alphabet):
        from collections import Counter, defaultdict

        self.order, self.alphabet, self.text = order, list(alphabet), text
        self.table = defaultdict(Counter)
        for at, character in enumerate(text):
            for k in range(min(order, at) + 1):
                self.table[text[at - k : at]][character] += 1

    def probabilities(self, history):
        p = np.full(len(self.alphabet), 1 / len(self.alphabet))
        for k in range(min(self.order, len(history)) + 1):
            followed = self.table.get(history[len(history) - k :])
            if followed:
                ended = bool(k) and self.text.endswith(history[len(history) - k :])
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + ended + len(followed))
        return p


# %% exercise="n-gram" kind="mistake" name="nothing-below" says="stands the uniform distribution, not nothing"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

    def __init__(self, text, order, alphabet):
        from collections import Counter, defaultdict

        self.order, self.alphabet = order, list(alphabet)
        self.table = defaultdict(Counter)
        for at, character in enumerate(text):
            for k in range(min(order, at) + 1):
                self.table[text[at - k : at]][character] += 1

    def probabilities(self, history):
        p = np.zeros(len(self.alphabet))
        for k in range(min(self.order, len(history)) + 1):
            followed = self.table.get(history[len(history) - k :])
            if followed:
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + len(followed))
        return p


# %% exercise="n-gram" kind="mistake" name="first-characters" says="the history's first characters are used"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

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
            followed = self.table.get(history[:k])
            if followed:
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + len(followed))
        return p


# %% exercise="n-gram" kind="mistake" name="add-one" says="this is add-one smoothing"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

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
                p = (counts + 1) / (counts.sum() + len(counts))
        return p


# %% exercise="n-gram" kind="mistake" name="one-too-few" says="one character of history too few"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

    def __init__(self, text, order, alphabet):
        from collections import Counter, defaultdict

        self.order, self.alphabet = order, list(alphabet)
        self.table = defaultdict(Counter)
        for at, character in enumerate(text):
            for k in range(min(order, at) + 1):
                self.table[text[at - k : at]][character] += 1

    def probabilities(self, history):
        p = np.full(len(self.alphabet), 1 / len(self.alphabet))
        for k in range(min(self.order, len(history) + 1)):
            followed = self.table.get(history[len(history) - k :])
            if followed:
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + len(followed))
        return p


# %% exercise="n-gram" kind="mistake" name="one-too-many" says="one character of history too many"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

    def __init__(self, text, order, alphabet):
        from collections import Counter, defaultdict

        order = order + 1
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


# %% exercise="n-gram" kind="mistake" name="unseen-divides" says="divides by zero"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

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
            if followed is None:
                followed = type(next(iter(self.table.values())))()
            if True:
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + len(followed))
        return p


# %% exercise="n-gram" kind="mistake" name="minus-zero" says="history[-0:] is the whole history"
class NGram:
    """Character n-gram model with Witten and Bell's smoothing; probabilities(history) → (len(alphabet),)."""

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
            followed = self.table.get(history[-k:])
            if followed:
                counts = np.array([followed[c] for c in self.alphabet], dtype=float)
                p = (counts + len(followed) * p) / (counts.sum() + len(followed))
        return p


# %% exercise="n-gram" kind="alternative" name="frames-of-counts"
class NGram:
    def __init__(self, text, order, alphabet):
        self.order, self.alphabet = order, list(alphabet)
        self.tables = []
        for k in range(order + 1):
            table = {}
            for start in range(0, len(text) - k):
                h, c = text[start : start + k], text[start + k]
                row = table.setdefault(h, np.zeros(len(self.alphabet), dtype=np.int64))
                row[self.alphabet.index(c)] += 1
            self.tables.append(table)

    def probabilities(self, history):
        p = np.ones(len(self.alphabet), dtype=np.float64) / len(self.alphabet)
        tail = history[-self.order :] if self.order > 0 else ""
        for k, table in enumerate(self.tables):
            if k > len(tail):
                break
            row = table.get(tail[len(tail) - k :])
            if row is not None:
                kinds = np.count_nonzero(row)
                p = (row + kinds * p) / (row.sum() + kinds)
        return p.tolist()


# %% exercise="n-gram" kind="equivalent" mutant="- for k in range(min(order, at) + 1): | + for k in range(min(at, order) + 1):" reason="the smaller of two, in another order"


# %% exercise="n-gram" kind="equivalent" mutant="- for k in range(min(self.order, len(history)) + 1): | + for k in range(min(len(history), self.order) + 1):" reason="the smaller of two, in another order"


# %% exercise="n-gram" kind="equivalent" mutant="- counts = np.array([followed[c] for c in self.alphabet], dtype=float) | + counts = np.array([followed[c] for c in self.alphabet])" reason="whole numbers become floats in the sum that follows"


# %% [markdown]
# ## causal-attention


# %% exercise="causal-attention" kind="alternative" name="library-attention"
class CausalAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.head_width, rest = divmod(width, heads)
        if rest:
            raise ValueError("uneven heads")
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        b, t, w = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, self.head_width).permute(2, 0, 3, 1, 4)
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.permute(0, 2, 1, 3).reshape(b, t, w))


# %% exercise="causal-attention" kind="alternative" name="loop-over-heads-and-places"
class CausalAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        if width % heads != 0:
            raise ValueError(f"{width} / {heads}")
        self.width, self.heads = width, heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        all_q, all_k, all_v = torch.split(self.qkv(x), self.width, dim=2)
        d = self.width // self.heads
        joined = []
        for h in range(self.heads):
            q, k, v = (part[:, :, h * d : (h + 1) * d] for part in (all_q, all_k, all_v))
            places = []
            for t in range(x.shape[1]):
                score = (k[:, : t + 1] * q[:, t : t + 1]).sum(dim=2) * d**-0.5
                places.append((score.softmax(dim=1)[..., None] * v[:, : t + 1]).sum(dim=1))
            joined.append(torch.stack(places, dim=1))
        return self.out(torch.cat(joined, dim=2))


# %% exercise="causal-attention" kind="mistake" name="no-mask" says="there is no mask"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="late-mask" says="the mask comes after the softmax"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        mixed = scores.softmax(dim=-1).masked_fill(ahead, 0) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="strict-mask" says="a place must be allowed to see itself"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        ahead = torch.ones(length, length, dtype=torch.bool).triu(0)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="scaled-by-width" says="not of a head's d"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(width)
        ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="unscaled" says="are not divided by the root of d"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2)
        ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="wrong-axis" says="the softmax runs over the queries"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-2) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="cut-by-heads" says="are cut head by head"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = self.qkv(x).view(n, length, self.heads, -1).transpose(1, 2).chunk(3, dim=-1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="no-transpose-back" says="without bringing the length back"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        return self.out(mixed.reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="out-forgotten" says="the layer out is not applied"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        return mixed.transpose(1, 2).reshape(n, length, width)


# %% exercise="causal-attention" kind="mistake" name="uneven-heads" says="cannot be cut into 4 equal heads"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="scores-zeroed" says="the masked scores are 0"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        mixed = scores.masked_fill(ahead, 0).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="mask-turned" says="the mask is turned round"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        ahead = torch.ones(length, length, dtype=torch.bool).tril(-1)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="one-ahead" says="each place sees the next one, too"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

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
        ahead = torch.ones(length, length, dtype=torch.bool).triu(2)
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="mistake" name="buffer-in-the-state" says="needs persistent=False"
class CausalAttention(nn.Module):
    """Causal self-attention with several heads: (n, length, width) → (n, length, width). ValueError for uneven heads."""

    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.register_buffer("ahead", torch.ones(128, 128, dtype=torch.bool).triu(1))
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        ahead = self.ahead[:length, :length]
        mixed = scores.masked_fill(ahead, -torch.inf).softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, length, width))


# %% exercise="causal-attention" kind="alternative" name="einsum-additive"
class CausalAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        if width % heads != 0:
            raise ValueError("uneven heads")
        self.width, self.heads, self.d = width, heads, width // heads
        self.qkv = nn.Linear(width, width * 3, bias=True)
        self.out = nn.Linear(width, width)
        self.register_buffer("mask", torch.full((128, 128), -1e9).triu(1), persistent=False)

    def forward(self, x):
        n, t, _ = x.shape
        qkv = self.qkv(x).reshape(n, t, 3, self.heads, self.d)
        q, k, v = qkv[:, :, 0], qkv[:, :, 1], qkv[:, :, 2]
        scores = torch.einsum("nihd,njhd->nhij", q, k) * self.d**-0.5 + self.mask[:t, :t]
        share = torch.softmax(scores, -1)
        return self.out(torch.einsum("nhij,njhd->nihd", share, v).flatten(2))


# %% exercise="causal-attention" kind="equivalent" mutant="- q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1)) | + q, k, v = (part.view(n, length, self.heads, -1).transpose(2, 1) for part in self.qkv(x).chunk(3, dim=-1))" reason="the same two axes, named in another way"


# %% exercise="causal-attention" kind="equivalent" mutant="- scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) | + scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])" reason="the same two axes, named in another way"


# %% exercise="causal-attention" kind="equivalent" mutant="- scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) | + scores = q @ k.transpose(-1, 2) / math.sqrt(q.shape[-1])" reason="the same two axes, named in another way"


# %% exercise="causal-attention" kind="equivalent" mutant="- return self.out(mixed.transpose(1, 2).reshape(n, length, width)) | + return self.out(mixed.transpose(2, 1).reshape(n, length, width))" reason="the same two axes, named in another way"


# %% [markdown]
# ## is-causal


# %% exercise="is-causal" kind="alternative" name="one-batch"
def is_causal(model, characters, length):
    rng = np.random.default_rng(5)
    for _ in range(4):
        row = torch.tensor(rng.integers(characters, size=(1, length)))
        batch = row.repeat(length * (characters - 1), 1)
        changed = []
        for t in range(length):
            for step in range(1, characters):
                batch[len(changed), t] = (row[0, t] + step) % characters
                changed.append(t)
        apart = (model(batch) - model(row)).abs().amax(dim=2)
        if any(t and apart[i, :t].max() > 1e-5 for i, t in enumerate(changed)):
            return False
    return True


# %% exercise="is-causal" kind="alternative" name="random-futures"
def is_causal(model, characters, length):
    generator = torch.Generator().manual_seed(11)
    for t in range(1, length):
        past = torch.randint(characters, (1, t), generator=generator).repeat(40, 1)
        future = torch.randint(characters, (40, length - t), generator=generator)
        logits = model(torch.cat([past, future], dim=1))[:, :t]
        if not torch.allclose(logits, logits[:1].expand_as(logits), rtol=0, atol=1e-5):
            return False
    return True


# %% exercise="is-causal" kind="mistake" name="own-place-included" says="the logits at a place may depend on the character at that place"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (model(other)[:, : t + 1] - before[:, : t + 1]).abs().max() > 1e-5:
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="everything-compared" says="its logits use the past, which they may"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (
                    t == 1
                    and not (model(other) == model(other[:, :1].expand(1, length))).all()
                    and (model(other)[:, 2:] - before[:, 2:]).abs().max() > 1e-5
                    and (model(other)[:, 1:] != model(other)[:, :-1]).any()
                    and not torch.equal(model(row), model(row)[:, :1].expand_as(before))
                    and (before[:, 0] - model(row.flip(1))[:, -1]).abs().max() > 1e-5
                ):
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="exact" says="is rounding, no peeking"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (model(other)[:, :t] - before[:, :t]).abs().max() > 0:
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="last-changed-only" says="a model in which only the first place peeks is not found"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(length - 1, 1, -1):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-5:
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="neighbour-only" says="a model that sees the character after the next is not found"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                mean = (model(other) - before)[:, 0].abs().max() > 1e-5 and t == length - 1
                if mean or (model(other)[:, t - 1 : t] - before[:, t - 1 : t]).abs().max() > 1e-5:
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="argmax-compared" says="argmax or a wide tolerance hides it"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-3:
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="constant-suspected" says="a model that always says the same"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
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
    return bool((model(row) != before[:, :1, :1]).any())


# %% exercise="is-causal" kind="mistake" name="shape-only" says="a model that sees a mean over the whole row"
def is_causal(model, characters, length):
    row = torch.randint(0, characters, (2, length))
    return model(row).shape == (2, length, characters)


# %% exercise="is-causal" kind="mistake" name="prefix-of-half" says="a model that sees the last character is not found"
def is_causal(model, characters, length):
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length - 1):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-5:
                    return False
    return True


# %% exercise="is-causal" kind="mistake" name="first-against-far" says="only place 2 sees place 6"
def is_causal(model, characters, length):
    """Whether no logit of model(tokens) depends on a later token; tokens (n, length), logits (n, length, characters)."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(3):
        row = torch.randint(0, characters, (1, length), generator=generator)
        before = model(row)
        for t in range(1, length):
            for step in range(1, characters):
                other = row.clone()
                other[0, t] = (other[0, t] + step) % characters
                if (
                    model(other)[:, [0, t - 1, max(0, t - 2), max(0, t - 3)]]
                    - before[:, [0, t - 1, max(0, t - 2), max(0, t - 3)]]
                ).abs().max() > 1e-5:
                    return False
    return True


# %% exercise="is-causal" kind="alternative" name="one-change-numpy"
def is_causal(model, characters, length):
    rng = np.random.default_rng(1)
    for _ in range(4):
        tokens = torch.tensor(rng.integers(0, characters, (1, length)))
        old = np.array(model(tokens).tolist())
        for t in range(length):
            tokens[0, t] = (tokens[0, t] + 1) % characters
            fresh = np.array(model(tokens).tolist())
            if not np.allclose(fresh[:, :t], old[:, :t], rtol=0, atol=1e-5):
                return np.False_
            old = fresh
    return np.True_


# %% exercise="is-causal" kind="equivalent" mutant="- generator = torch.Generator().manual_seed(0) | + generator = torch.Generator().manual_seed(1)" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- for _ in range(3): | + for _ in range(3 - 1):" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- for _ in range(3): | + for _ in range(4):" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- for _ in range(3): | + for _ in range(2):" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- row = torch.randint(0, characters, (1, length), generator=generator) | + row = torch.randint(0, characters, (1, length))" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- row = torch.randint(0, characters, (1, length), generator=generator) | + row = torch.randint(1, characters, (1, length), generator=generator)" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- row = torch.randint(0, characters, (1, length), generator=generator) | + row = torch.randint(0, characters, (2, length), generator=generator)" reason="other random rows, or another number of them, that find the same"


# %% exercise="is-causal" kind="equivalent" mutant="- for step in range(1, characters): | + for step in range(2, characters):" reason="other characters, or one more try that changes nothing, in a loop over several"


# %% exercise="is-causal" kind="equivalent" mutant="- for step in range(1, characters): | + for step in range(0, characters):" reason="other characters, or one more try that changes nothing, in a loop over several"


# %% exercise="is-causal" kind="equivalent" mutant="- other[0, t] = (other[0, t] + step) % characters | + other[0, t] = (other[0, t] - step) % characters" reason="other characters, or one more try that changes nothing, in a loop over several"


# %% exercise="is-causal" kind="equivalent" mutant="- if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-05: | + if (model(other)[:, :t] - before[:, :t]).abs().max() >= 1e-05:" reason="no leak lies between the two tolerances"


# %% exercise="is-causal" kind="equivalent" mutant="- if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-05: | + if (model(other)[:, :t] - before[:, :t]).abs().max() > 2e-05:" reason="no leak lies between the two tolerances"


# %% exercise="is-causal" kind="equivalent" mutant="- if (model(other)[:, :t] - before[:, :t]).abs().max() > 1e-05: | + if (model(other)[:, :t] - before[:, :t]).max() > 1e-05:" reason="a leak moves some logit up as well as others down, over several changes"


# %% [markdown]
# ## cached-attention


# %% exercise="cached-attention" kind="alternative" name="library-with-mask"
class CachedAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.d = heads, width // heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, cache=None):
        b, t, w = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, self.d).permute(2, 0, 3, 1, 4)
        past = 0
        if cache:
            old_k, old_v = cache
            past = old_k.shape[2]
            k, v = torch.cat((old_k, k), 2), torch.cat((old_v, v), 2)
        allowed = torch.arange(past + t)[None, :] <= torch.arange(past, past + t)[:, None]
        y = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        return self.out(y.transpose(1, 2).reshape(b, t, w)), (k, v)


# %% exercise="cached-attention" kind="alternative" name="place-by-place"
class CachedAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        d = width // self.heads
        keys, values = (
            cache if cache is not None else (torch.zeros(n, self.heads, 0, d), torch.zeros(n, self.heads, 0, d))
        )
        outs = []
        for i in range(new):
            q, k, v = (part.reshape(n, self.heads, 1, d) for part in self.qkv(x[:, i]).chunk(3, dim=-1))
            keys, values = torch.cat([keys, k], dim=2), torch.cat([values, v], dim=2)
            share = torch.softmax((q * keys).sum(dim=-1) / d**0.5, dim=-1)
            outs.append((share[..., None] * values).sum(dim=2).reshape(n, width))
        return self.out(torch.stack(outs, dim=1)), (keys, values)


# %% exercise="cached-attention" kind="mistake" name="mask-from-the-first-key" says="the mask counts from the first key"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)


# %% exercise="cached-attention" kind="mistake" name="no-mask-with-cache" says="new places see each other's future"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

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
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)


# %% exercise="cached-attention" kind="mistake" name="cache-unused" says="the keys in the cache are not used"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        old_k, old_v, k, v = k, v, k[:, :, -new:], v[:, :, -new:]
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (old_k, old_v)


# %% exercise="cached-attention" kind="mistake" name="only-new-kept" says="holds the new places only"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        fresh = k, v
        if cache is not None:
            fresh = k, v
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), fresh


# %% exercise="cached-attention" kind="mistake" name="no-pair" says="forward returns two things"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

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
        self.cache = k, v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width))


# %% exercise="cached-attention" kind="mistake" name="joined-heads-kept" says="has not the shape (n, heads, past + new, d)"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            cache = [part.view(n, -1, self.heads, width // self.heads).transpose(1, 2) for part in cache]
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), tuple(
            part.transpose(1, 2).reshape(n, -1, width) for part in (k, v)
        )


# %% exercise="cached-attention" kind="mistake" name="cache-changed" says="the cache that was handed in is changed"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            cache[0].set_(torch.cat([cache[0], k], dim=2))
            cache[1].set_(torch.cat([cache[1], v], dim=2))
            k, v = cache
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)


# %% exercise="cached-attention" kind="mistake" name="self-not-seen" says="must see itself as well as the cache"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + (cache is None))
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)


# %% exercise="cached-attention" kind="mistake" name="remembers-itself" says="the second of two continuations"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.kept = heads, None
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if cache is not None:
            k, v = torch.cat([self.kept[0], k], dim=2), torch.cat([self.kept[1], v], dim=2)
        self.kept = (k, v)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)


# %% exercise="cached-attention" kind="mistake" name="never-forgets" says="does not begin anew"
class CachedAttention(nn.Module):
    """Causal attention that continues: (n, new, width) and a cache → (n, new, width) and the cache with the new places."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.kept = heads, None
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, cache=None):
        n, new, width = x.shape
        q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if self.kept is not None:
            k, v = torch.cat([self.kept[0], k], dim=2), torch.cat([self.kept[1], v], dim=2)
        self.kept = (k, v)
        ahead = torch.ones(new, k.shape[2], dtype=torch.bool).triu(k.shape[2] - new + 1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)


# %% exercise="cached-attention" kind="alternative" name="positions-compared"
class CachedAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x, cache=None):
        n, new, width = x.shape
        d = width // self.heads
        if cache is None:
            cache = (torch.zeros(n, self.heads, 0, d), torch.zeros(n, self.heads, 0, d))
        past = cache[0].size(2)
        q, k, v = self.qkv(x).view(n, new, 3, self.heads, d).permute(2, 0, 3, 1, 4)
        keys, values = (torch.cat(pair, dim=-2) for pair in zip(cache, (k, v)))
        seen = torch.arange(past + new) <= past + torch.arange(new).unsqueeze(1)
        scores = torch.where(seen, q @ keys.mT / d**0.5, torch.tensor(-1e30))
        joined = (scores.softmax(-1) @ values).permute(0, 2, 1, 3).flatten(2)
        return self.out(joined), (keys, values)


# %% exercise="cached-attention" kind="equivalent" mutant="- q, k, v = (part.view(n, new, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1)) | + q, k, v = (part.view(n, new, self.heads, -1).transpose(2, 1) for part in self.qkv(x).chunk(3, dim=-1))" reason="the same two axes, named in another way"


# %% exercise="cached-attention" kind="equivalent" mutant="- scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf) | + scores = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)" reason="the same two axes, named in another way"


# %% exercise="cached-attention" kind="equivalent" mutant="- scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf) | + scores = (q @ k.transpose(-1, 2) / math.sqrt(q.shape[-1])).masked_fill(ahead, -torch.inf)" reason="the same two axes, named in another way"


# %% exercise="cached-attention" kind="equivalent" mutant="- return (self.out(mixed.transpose(1, 2).reshape(n, new, width)), (k, v)) | + return (self.out(mixed.transpose(2, 1).reshape(n, new, width)), (k, v))" reason="the same two axes, named in another way"


# %% [markdown]
# ## next-distribution


# %% exercise="next-distribution" kind="alternative" name="masks-on-logits"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature < 0:
        raise ValueError("temperature below 0")
    if temperature == 0:
        out = torch.zeros(len(logits))
        out[torch.argmax(logits)] = 1.0
        return out
    scores = logits / temperature
    if top_k is not None and top_k < len(logits):
        scores = scores.masked_fill(scores < scores.topk(top_k).values[-1], -torch.inf)
    if top_p is not None:
        p = scores.softmax(dim=0)
        before = torch.tensor([float(p[p > x].sum()) for x in p])
        scores = scores.masked_fill(before >= top_p, -torch.inf)
    return scores.softmax(dim=0)


# %% exercise="next-distribution" kind="alternative" name="numpy"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature < 0:
        raise ValueError(temperature)
    z = np.array(logits, dtype=float)
    if not temperature:
        return (z == z.max()).astype(float)
    p = np.exp((z - z.max()) / temperature)
    ranked = list(np.argsort(-p))
    if top_k is not None:
        ranked = ranked[:top_k]
    if top_p is not None:
        share = np.cumsum(p[ranked]) / p[ranked].sum()
        ranked = ranked[: int((share < top_p - 1e-12).sum()) + 1]
    out = np.zeros(len(p))
    out[ranked] = p[ranked] / p[ranked].sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="multiplied" says="are multiplied by the temperature"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits * temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="after-softmax" says="it divides the logits"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(torch.softmax(logits, dim=0) / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="k-ignored" says="top_k is not applied"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        pass
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="one-more" says="keeps one character too many"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k + 1 :] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="crossing-one-dropped" says="is dropped; it stays"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where((p.cumsum(0) <= top_p) | (torch.arange(len(p)) == 0), p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="tail-kept" says="keeps the unlikeliest characters"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p, back = p.flip(0), order.flip(0)
        p, order = torch.where(p.cumsum(0) - p < top_p, p, 0), back
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="p-before-k" says="the distribution before top_k"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="no-sum" says="what stays does not sum to 1"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
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
    out[order] = p
    return out


# %% exercise="next-distribution" kind="mistake" name="zero-divides" says="a division by a temperature of 0"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="negative-passes" says="a negative temperature is not refused"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
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


# %% exercise="next-distribution" kind="mistake" name="logits-changed" says="the caller's logits are changed"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    logits /= temperature
    p, order = torch.softmax(logits, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="left-sorted" says="no longer in the characters"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
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
    out[:] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="mistake" name="sorted-twice" says="the sorting is not undone"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
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
    return (p / p.sum())[order]


# %% exercise="next-distribution" kind="mistake" name="zero-as-one" says="is not the card"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    temperature = temperature or 1.0
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="alternative" name="loop-with-lists"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature < 0:
        raise ValueError("negative temperature")
    if temperature == 0:
        temperature, top_k, top_p = 1.0, 1, None
    p = (logits.double() / temperature).softmax(0)
    ranked = sorted(range(len(p)), key=lambda i: p[i].item(), reverse=True)[:top_k]
    whole, kept, total = sum(p[i].item() for i in ranked), [], 0.0
    for i in ranked:
        kept.append(i)
        total += p[i].item() / whole
        if top_p is not None and total >= top_p:
            break
    out = torch.zeros(len(p))
    for i in kept:
        out[i] = p[i] / sum(p[j] for j in kept)
    return out


# %% exercise="next-distribution" kind="mistake" name="exponentials-by-hand" says="exponentials of large logits"
def next_distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Probabilities (characters,) after temperature, then top-k, then top-p. ValueError for a negative temperature."""
    if temperature < 0:
        raise ValueError(f"the temperature is {temperature}: it must be 0 or more")
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(), len(logits)).to(logits.dtype)
    p = torch.exp(logits / temperature)
    p, order = (p / p.sum()).sort(descending=True)
    if top_k is not None:
        p[top_k:] = 0
        p = p / p.sum()
    if top_p is not None:
        p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    out = torch.zeros_like(p)
    out[order] = p / p.sum()
    return out


# %% exercise="next-distribution" kind="equivalent" mutant="- p = torch.where(p.cumsum(0) - p < top_p, p, 0) | + p = torch.where(p.cumsum(0) - p <= top_p, p, 0)" reason="a sum of rounded numbers meets top_p exactly by chance only"


# %% exercise="next-distribution" kind="equivalent" mutant="- out = torch.zeros_like(p) | + out = torch.ones_like(p)" reason="every entry is written afterwards"
