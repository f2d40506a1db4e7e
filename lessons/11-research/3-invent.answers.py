# %% [markdown]
# Answers to `3-invent.py`: alternatives that must pass, mistakes that must be named. Never released.

# %% [markdown]
# ## register


# %% exercise="register" kind="alternative" name="written-by-hand"
def protocol_digest(protocol):
    """The JSON is written by hand, the errors raised on the way."""
    h = hashlib.sha256()

    def write(v):
        if isinstance(v, dict):
            for k in v:
                if type(k) is not str:
                    raise TypeError(f"key {k!r}")
            return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + write(v[k]) for k in sorted(v)) + "}"
        if isinstance(v, (list, tuple)):
            return "[" + ",".join(map(write, v)) + "]"
        if isinstance(v, float):
            if v != v or v in (float("inf"), float("-inf")):
                raise ValueError("not finite")
            return str(int(v)) if v == int(v) else repr(v)
        return json.dumps(v, ensure_ascii=False)

    h.update(write(protocol).encode("utf-8"))
    return h.hexdigest()


def held_back_seeds(digest, beacon, n, development):
    """A dict keeps the order and drops what is double."""
    found = {}
    for i in itertools.count():
        if len(found) == n:
            return np.array(list(found), dtype=int)
        seed = int.from_bytes(hashlib.sha256(bytes(f"{digest}:{beacon}:{i}", "utf-8")).digest()[:4], "big") % 100_000
        if seed not in set(development):
            found.setdefault(seed)


# %% exercise="register" kind="alternative" name="there-and-back"
def protocol_digest(protocol):
    """json reads its own text again, with a hook for floats."""

    def keys(v):
        if isinstance(v, dict):
            if [k for k in v if not isinstance(k, str)]:
                raise TypeError("a key is not a text")
            v = list(v.values())
        if isinstance(v, (list, tuple)):
            for entry in v:
                keys(entry)

    keys(protocol)
    first = json.dumps(protocol, allow_nan=False)
    read = json.loads(first, parse_float=lambda t: int(float(t)) if float(t).is_integer() else float(t))
    options = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
    return hashlib.new("sha256", json.dumps(read, **options).encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    taken, out, i = set(development), [], -1
    for _ in range(n):
        while True:
            i += 1
            value = int(hashlib.sha256((digest + ":" + beacon + ":" + str(i)).encode()).hexdigest()[:8], 16)
            if value % 100_000 not in taken:
                break
        taken.add(value % 100_000)
        out.append(value % 100_000)
    return tuple(out)


# %% exercise="register" kind="mistake" name="keys-as-typed" says="the order in which the keys were typed"
def protocol_digest(protocol):
    """No sort_keys."""

    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="spaces" says="the digest has spaces in its JSON"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="escaped" says="letters beyond ASCII are escaped"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="nan-goes-through" says="NaN and infinity are no JSON"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="md5" says="it is another hash function"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.md5(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="repr-hashed" says="Python's repr that is hashed"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    json.dumps(plain(protocol), allow_nan=False)
    return hashlib.sha256(repr(dict(sorted(protocol.items()))).encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="pythons-hash" says="is not a text of hex digits"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    return hash(json.dumps(plain(protocol), sort_keys=True))


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="upper-case" says="the hex digits are lower-case"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest().upper()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="floats-kept" says="1.0 and 1 give different digests"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        return [plain(e) for e in v] if isinstance(v, (list, tuple)) else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="finished-text-rewritten" says="numbers are rewritten in the finished text"
def protocol_digest(protocol):
    def keys(v):
        if isinstance(v, dict) and any(not isinstance(k, str) for k in v):
            raise TypeError
        for e in v.values() if isinstance(v, dict) else v if isinstance(v, (list, tuple)) else ():
            keys(e)

    keys(protocol)
    text = json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(re.sub(r"\.0\b", "", text).encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="booleans-become-numbers" says="a boolean became a number"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, (int, float)) and v == v and abs(v) < 1e300 and v == int(v) else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="keys-unchecked" says="a key that is not a text goes through"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="outer-keys-only" says="only the outer keys are looked at"
def protocol_digest(protocol):
    if any(not isinstance(k, str) for k in protocol):
        raise TypeError

    def plain(v):
        if isinstance(v, dict):
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="in-place" says="the protocol is changed by taking its digest"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            for k in v:
                v[k] = plain(v[k])
            return v
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="no-beacon" says="the beacon does not count"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="no-digest" says="the digest does not count"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="from-one" says="the counter starts at 1"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 1
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="no-modulus" says="not taken modulo 100,000"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16)
        if seed not in seeds and seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="development-kept" says="a development seed is among the held-back seeds"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="doubles-kept" says="a seed is there twice"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = [], 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in development:
            seeds.append(seed)
        i += 1
    return seeds


# %% exercise="register" kind="mistake" name="fewer" says="there are fewer seeds than asked for"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds = []
    for i in range(n):
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in seeds and seed not in development:
            seeds.append(seed)
    return seeds


# %% exercise="register" kind="mistake" name="sorted" says="the seeds are sorted"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    seeds, i = set(), 0
    while len(seeds) < n:
        seed = int(hashlib.sha256(f"{digest}:{beacon}:{i}".encode()).hexdigest()[:8], 16) % 100_000
        if seed not in development:
            seeds.add(seed)
        i += 1
    return sorted(seeds)


# %% exercise="register" kind="mistake" name="numpy-generator" says="the seeds are not derived as the card says"
def protocol_digest(protocol):
    def plain(v):
        if isinstance(v, dict):
            if any(not isinstance(k, str) for k in v):
                raise TypeError
            return {k: plain(e) for k, e in v.items()}
        if isinstance(v, (list, tuple)):
            return [plain(e) for e in v]
        return int(v) if isinstance(v, float) and v.is_integer() else v

    text = json.dumps(plain(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held_back_seeds(digest, beacon, n, development):
    rng = np.random.default_rng(int(hashlib.sha256(f"{digest}:{beacon}".encode()).hexdigest()[:8], 16))
    return [int(s) for s in rng.permutation(100_000) if s not in development][:n]


# %% [markdown]
# ## your-change


# %% exercise="your-change" kind="alternative" name="blend-in-the-sign"
def changed_step(p, g, state, lr, knob):
    """A twentieth of a sign step beside Adam's."""
    return adam_step(g, state, lr) - 0.05 * knob * lr * np.sign(g)


# %% exercise="your-change" kind="alternative" name="clip-by-running-norm"
def changed_step(p, g, state, lr, knob):
    """Gradients whose norm is out of the ordinary are scaled down before Adam sees them."""
    norm = float(np.sqrt(np.sum(np.square(g))))
    usual = state.get("usual", norm)
    state["usual"] = 0.9 * usual + 0.1 * norm
    small = min(1.0, usual / norm) if norm > 0 else 1.0
    return adam_step(np.asarray(g) * (1 - knob + knob * small), state, lr)


# %% exercise="your-change" kind="alternative" name="adam-written-out-nesterov"
def changed_step(p, g, state, lr, knob):
    """Nadam: Adam written out again, with the mean of gradients looked up one step ahead."""
    t = state.get("t", 0) + 1
    m = 0.9 * state.get("m", np.zeros(np.shape(g))) + 0.1 * g
    v = 0.999 * state.get("v", np.zeros(np.shape(g))) + 0.001 * np.square(g)
    state.update(t=t, m=m, v=v)
    now, ahead = m / (1 - 0.9**t), 0.9 * m / (1 - 0.9 ** (t + 1)) + 0.1 * g / (1 - 0.9**t)
    return -lr * ((1 - knob) * now + knob * ahead) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


# %% exercise="your-change" kind="alternative" name="pull-to-the-start"
def changed_step(p, g, state, lr, knob):
    """A regulariser: a weak pull towards where the parameter began, beside the step."""
    start = state.setdefault("start", np.array(p, copy=True))
    return adam_step(g, state, lr) + 0.002 * knob * lr * (start - p)


# %% exercise="your-change" kind="mistake" name="knob-ignored" says="with the knob at 0 it is not Adam"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    last = state.get("last", update)
    state["last"] = update
    return 2 * update - last


# %% exercise="your-change" kind="mistake" name="nothing-changed" says="with the knob at 1 it is still Adam"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    last = state.get("last", update)
    state["late"] = update  # never read again
    return update + knob * (update - last) * ("last" in state)


# %% exercise="your-change" kind="mistake" name="the-worked-example" says="this is the worked example"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    keep = np.where(update * g < 0, 1.0, 0.0)
    return (1 - knob) * update + knob * update * keep * keep.size / (keep.sum() + 1)


# %% exercise="your-change" kind="mistake" name="global-memory" says="a second training does not begin afresh"
LAST = {}


def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    last = LAST.get(np.shape(g), update)
    LAST[np.shape(g)] = update
    return update + knob * (update - last)


# %% exercise="your-change" kind="mistake" name="shared-memory" says="two parameters share a memory"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    if state["t"] == 1:
        changed_step.last = update
    last = changed_step.last if np.shape(changed_step.last) == np.shape(update) else update
    changed_step.last = update
    return update + knob * (update - last)


# %% exercise="your-change" kind="mistake" name="noise" says="nothing here may be random"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    return update + knob * 0.01 * lr * np.random.normal(size=np.shape(g))


# %% exercise="your-change" kind="mistake" name="gradient-in-place" says="changes the gradient in place"
def changed_step(p, g, state, lr, knob):
    g -= knob * 0.1 * g.mean()
    g += 1e-30
    g *= 1 + 1e-12
    return adam_step(g, state, lr)


# %% exercise="your-change" kind="mistake" name="parameter-in-place" says="moves p itself"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    last = state.get("last", update)
    state["last"] = update
    p += update
    return update + knob * (update - last)


# %% exercise="your-change" kind="mistake" name="divides-by-zero" says="a gradient of zeros gives NaN"
def changed_step(p, g, state, lr, knob):
    if knob == 0:
        return adam_step(g, state, lr)
    with np.errstate(all="ignore"):
        return adam_step(g, state, lr) - knob * 0.1 * lr * g / np.sqrt(np.sum(g * g))


# %% exercise="your-change" kind="mistake" name="uphill" says="does not descend on a simple bowl"
def changed_step(p, g, state, lr, knob):
    return adam_step(g, state, lr) * (1 - 2 * knob)


# %% exercise="your-change" kind="mistake" name="new-parameter" says="it is the new parameter that is returned"
def changed_step(p, g, state, lr, knob):
    update = adam_step(g, state, lr)
    last = state.get("last", update)
    state["last"] = update
    return p + update + knob * (update - last)


# %% exercise="your-change" kind="mistake" name="adam-twice" says="adam_step is called twice a step"
def changed_step(p, g, state, lr, knob):
    before = adam_step(g, state, lr)
    update = adam_step(g, state, lr)
    return update + knob * (update - before)


# %% exercise="your-change" kind="mistake" name="one-number" says="the change has another shape"
def changed_step(p, g, state, lr, knob):
    return float(np.mean(adam_step(g, state, lr)))


# %% exercise="your-change" kind="equivalent" mutant="- return update + knob * (update - last) | + return update - knob * (update - last)" reason="another change than the reference's: any is allowed"

# %% exercise="your-change" kind="equivalent" mutant="- return update + knob * (update - last) | + return update + knob * (update + last)" reason="another change than the reference's: any is allowed"

# %% [markdown]
# ## fair-search


# %% exercise="fair-search" kind="alternative" name="arrays-first"
def fair_search(run, protocol, draw_seed):
    """All configurations are drawn before the first run."""
    rng, trials, seeds = np.random.RandomState(draw_seed % 2**32), protocol["trials"], protocol["development_seeds"]
    (low, high), log, chosen = protocol["lr"], [], {}
    rates = low * (high / low) ** rng.rand(2, trials)
    knobs = np.stack([np.zeros(trials), rng.uniform(protocol["knob"][0], protocol["knob"][1], trials)])
    for row, method in enumerate(["adam", "changed"]):
        table = np.zeros((trials, len(seeds)))
        for i in range(trials):
            for j, seed in enumerate(seeds):
                score = run(float(rates[row, i]), float(knobs[row, i]), seed)
                log.append(
                    dict(method=method, lr=float(rates[row, i]), knob=float(knobs[row, i]), seed=seed, score=score)
                )
                table[i, j] = 0 if np.isnan(score) else score
        i = int(table.mean(axis=1).argmax())
        chosen[method] = {"lr": float(rates[row, i]), "knob": float(knobs[row, i])}
    return [chosen, log]


# %% exercise="fair-search" kind="alternative" name="from-the-log"
def fair_search(run, protocol, draw_seed):
    """The same learning rates for both methods; the choice is read from the log."""
    import random

    dice = random.Random(draw_seed)
    a, b = (np.log10(v) for v in protocol["lr"])
    rates = [float(10 ** dice.uniform(a, b)) for _ in range(protocol["trials"])]
    log = []
    for method in ("changed", "adam"):
        for lr in rates:
            knob = dice.uniform(*protocol["knob"]) if method == "changed" else 0.0
            for seed in protocol["development_seeds"]:
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": run(lr, knob, seed)})
    chosen = {}
    for method in ("adam", "changed"):
        sums = {}
        for r in log:
            if r["method"] == method:
                key = (r["lr"], r["knob"])
                sums[key] = sums.get(key, 0.0) + (r["score"] if r["score"] == r["score"] else 0.0)
        lr, knob = max(sums, key=sums.get)
        chosen[method] = {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="baseline-at-its-default" says="Adam is searched less"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"] if method == "changed" else 1):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="fresh-generator" says="the same draw seed gives other configurations"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="fixed-generator" says="another draw seed gives the same configurations"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(0), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="evenly-drawn" says="drawn evenly, not on the logarithmic scale"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(rng.uniform(*protocol["lr"]))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="knob-on-for-adam" says="Adam is run with the knob on"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"]))
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="only-gains-logged" says="the log leaves runs out"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                if not score < best:
                    log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="best-seed" says="chosen by its best seed"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.max(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="last-seed" says="chosen by its last seed"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.nan_to_num(scores)[-1]
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="diverged-left-out" says="a diverged run is left out of the mean"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.nanmean(scores) if np.isfinite(scores).any() else 0.0
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="last-of-equal" says="of equal configurations the first is asked for"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean >= best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="once-more" says="there are more runs than the protocol allows"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": score})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
        run(chosen[method]["lr"], chosen[method]["knob"], protocol["development_seeds"][0])
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="score-of-the-mean" says="the log gives another score than the run returned"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for _ in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = [run(lr, knob, seed) for seed in protocol["development_seeds"]]
            for seed, score in zip(protocol["development_seeds"], scores):
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": float(np.mean(scores))})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="grid-of-rates" says="the learning rates are a fixed grid"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for k in range(protocol["trials"]):
            lr = float(np.geomspace(*protocol["lr"], protocol["trials"])[k])
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = []
            for seed in protocol["development_seeds"]:
                scores.append(run(lr, knob, seed))
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": scores[-1]})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="grid-of-knobs" says="the knobs are a fixed grid"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for k in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(np.linspace(*protocol["knob"], protocol["trials"])[k]) if method == "changed" else 0.0
            scores = []
            for seed in protocol["development_seeds"]:
                scores.append(run(lr, knob, seed))
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": scores[-1]})
            mean = np.mean(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="worst-seed" says="chosen by its worst seed"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for k in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = []
            for seed in protocol["development_seeds"]:
                scores.append(run(lr, knob, seed))
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": scores[-1]})
            mean = np.min(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="mistake" name="median" says="chosen by its median"
def fair_search(run, protocol, draw_seed):
    rng, log, chosen = np.random.default_rng(draw_seed), [], {}
    for method in ("adam", "changed"):
        best = -1.0
        for k in range(protocol["trials"]):
            lr = float(np.exp(rng.uniform(*np.log(protocol["lr"]))))
            knob = float(rng.uniform(*protocol["knob"])) if method == "changed" else 0.0
            scores = []
            for seed in protocol["development_seeds"]:
                scores.append(run(lr, knob, seed))
                log.append({"method": method, "lr": lr, "knob": knob, "seed": seed, "score": scores[-1]})
            mean = np.median(np.nan_to_num(scores))
            if mean > best:
                best, chosen[method] = mean, {"lr": lr, "knob": knob}
    return chosen, log


# %% exercise="fair-search" kind="equivalent" mutant="- best = -1.0 | + best = -2.0" reason="below every mean, as -1 is"

# %% exercise="fair-search" kind="equivalent" mutant="- for seed, score in zip(protocol['development_seeds'], scores, strict=True): | + for seed, score in zip(protocol['development_seeds'], scores):" reason="both lists have one entry for each development seed"

# %% exercise="fair-search" kind="equivalent" mutant="- for seed, score in zip(protocol['development_seeds'], scores, strict=True): | + for seed, score in zip(protocol['development_seeds'], scores, strict=False):" reason="both lists have one entry for each development seed"

# %% exercise="fair-search" kind="equivalent" mutant="- mean = np.mean(np.nan_to_num(scores)) | + mean = np.sum(np.nan_to_num(scores))" reason="the sum over the same number of seeds chooses as the mean does"

# %% [markdown]
# ## registered-verdict


# %% exercise="registered-verdict" kind="alternative" name="pandas-and-scipy"
def registered_verdict(tests, seeds, margin, level):
    """A table of seeds by methods; scipy's interval."""
    import pandas as pd

    table = pd.DataFrame(tests)
    if table.duplicated(["method", "seed"]).any():
        raise ValueError("a run is there twice")
    wide = table.assign(score=table["score"].fillna(0.0)).pivot(index="seed", columns="method", values="score")
    if set(wide.index) != set(seeds) or set(wide.columns) != {"adam", "changed"} or wide.isna().any(axis=None):
        raise ValueError("the log has holes, or more than it owes")
    d = wide["changed"] - wide["adam"]
    limits = stats.t.interval(level, len(d) - 1, d.mean(), stats.sem(d))
    word = "inconclusive"
    if limits[0] >= margin:
        word = "confirmed"
    if limits[1] < margin:
        word = "refuted"
    return {"mean": d.mean(), "low": limits[0], "high": limits[1], "verdict": word, "n": len(d)}


# %% exercise="registered-verdict" kind="alternative" name="plain-loops"
def registered_verdict(tests, seeds, margin, level):
    """Nothing but loops; the quantile from scipy."""
    scores = {}
    for r in tests:
        key = (r["seed"], r["method"])
        if r["seed"] not in seeds or key in scores or r["method"] not in ("adam", "changed"):
            raise ValueError(f"not owed: {key}")
        scores[key] = r["score"] if r["score"] == r["score"] else 0.0
    if len(scores) < 2 * len(seeds):
        raise ValueError("a run is missing")
    d = [scores[s, "changed"] - scores[s, "adam"] for s in seeds]
    mean = sum(d) / len(d)
    error = (sum((x - mean) ** 2 for x in d) / (len(d) - 1) / len(d)) ** 0.5
    q = stats.t.isf((1 - level) / 2, len(d) - 1)
    low, high = mean - q * error, mean + q * error
    return {
        "verdict": ["inconclusive", "refuted", "confirmed"][2 if low >= margin else int(high < margin)],
        "mean": mean,
        "low": low,
        "high": high,
    }


# %% exercise="registered-verdict" kind="mistake" name="independent" says="treated as independent samples: they"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.ttest_ind(
        [scores["changed", s] for s in seeds], [scores["adam", s] for s in seeds], equal_var=False
    ).confidence_interval(level)
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="pooled" says="independent samples with one variance"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.ttest_ind(
        [scores["changed", s] for s in seeds], [scores["adam", s] for s in seeds]
    ).confidence_interval(level)
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="paired-by-place" says="paired by their place in the log"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([np.nan_to_num(r["score"]) for r in tests if r["method"] == "changed"]) - np.array(
        [np.nan_to_num(r["score"]) for r in tests if r["method"] == "adam"]
    )
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="normal-quantile" says="the quantile of a normal distribution"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.norm.interval(level, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="divided-by-n" says="divided by n, not by n − 1"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std() / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="for-single-seeds" says="limits for single seeds"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="one-sided" says="the interval is one-sided"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = (
        mean - stats.t.ppf(level, n - 1) * d.std(ddof=1) / np.sqrt(n),
        mean + stats.t.ppf(level, n - 1) * d.std(ddof=1) / np.sqrt(n),
    )
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="always-95" says="the level is not used"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(0.95, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="standard-errors" says="one standard error below and above"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = (mean - d.std(ddof=1) / np.sqrt(n), mean + d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="other-way-round" says="the difference is taken the other way round"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["adam", s] - scores["changed", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="diverged-left-out" says="pairs with a diverged run are left out"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array(
        [
            v
            for v in (
                {(r["method"], r["seed"]): r["score"] for r in tests}["changed", s]
                - {(r["method"], r["seed"]): r["score"] for r in tests}["adam", s]
                for s in seeds
            )
            if v == v
        ]
    )
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="diverged-spreads" says="a diverged run makes the whole result NaN"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array(
        [
            {(r["method"], r["seed"]): r["score"] for r in tests}["changed", s]
            - {(r["method"], r["seed"]): r["score"] for r in tests}["adam", s]
            for s in seeds
        ]
    )
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="diverged-is-no-difference" says="it is the run that counts as 0"
def registered_verdict(tests, seeds, margin, level):
    pairs = sorted((e["method"], e["seed"]) for e in tests)
    if pairs != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("not complete")
    scores = {(e["method"], e["seed"]): e["score"] for e in tests}
    d = np.nan_to_num([scores["changed", s] - scores["adam", s] for s in seeds])
    half = stats.t.ppf((1 + level) / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    low, high = d.mean() - half, d.mean() + half
    verdict = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": float(d.mean()), "low": float(low), "high": float(high), "verdict": verdict}


# %% exercise="registered-verdict" kind="mistake" name="by-the-mean" says="the mean alone decides"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if mean >= margin else "refuted"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="against-zero" says="compared with 0, not with the margin"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low > 0 else "refuted" if high < 0 else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="never-refuted" says="an interval wholly below the margin refutes"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="strictly-above" says="the rule of the card is not kept"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low > margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="missing-seed" says="a log in which a seed is missing"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    seeds = [s for s in seeds if ("adam", s) in found or ("changed", s) in found]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="missing-run" says="a log in which one method lacks a run"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    lost = [s for s in seeds if (("adam", s) in found) != (("changed", s) in found)]
    tests = [r for r in tests if r["seed"] not in lost]
    seeds = [s for s in seeds if s not in lost]
    found = [(r["method"], r["seed"]) for r in tests]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="run-twice" says="a log in which a run was done twice"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    found = list(set(found))
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% exercise="registered-verdict" kind="mistake" name="counted-only" says="a log of the right length gets a verdict"
def registered_verdict(tests, seeds, margin, level):
    if len(tests) != 2 * len(seeds) or not {e["seed"] for e in tests} <= set(seeds):
        raise ValueError("not complete")
    scores = {(e["method"], e["seed"]): np.nan_to_num(e["score"]) for e in tests}
    d = np.array([scores.get(("changed", s), 0.0) - scores.get(("adam", s), 0.0) for s in seeds])
    half = stats.t.ppf((1 + level) / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    low, high = d.mean() - half, d.mean() + half
    verdict = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": float(d.mean()), "low": float(low), "high": float(high), "verdict": verdict}


# %% exercise="registered-verdict" kind="mistake" name="strange-seed" says="a log with a seed that is not held back"
def registered_verdict(tests, seeds, margin, level):
    found = [(r["method"], r["seed"]) for r in tests]
    found = [f for f in found if f[1] in seeds]
    if sorted(found) != sorted((m, s) for m in ("adam", "changed") for s in seeds):
        raise ValueError("the log is not what is owed")
    scores = {(r["method"], r["seed"]): np.nan_to_num(r["score"]) for r in tests}
    d = np.array([scores["changed", s] - scores["adam", s] for s in seeds])
    n, mean = len(d), float(d.mean())
    low, high = stats.t.interval(level, n - 1, mean, d.std(ddof=1) / np.sqrt(n))
    word = "confirmed" if low >= margin else "refuted" if high < margin else "inconclusive"
    return {"mean": mean, "low": float(low), "high": float(high), "verdict": word}


# %% [markdown]
# ## run-protocol


# %% exercise="run-protocol" kind="alternative" name="typed-out"
def steps(p, g, state, lr, knob):
    return changed_step(p, g, state, lr, knob)


protocol = {
    "hypothesis": "Une étape plus longue: +0,5 point d'exactitude, Adam réglé avec le même budget.",
    "metric": "accuracy", "epochs": 2, "lr": (0.005, 0.02), "knob": (1, 1.0), "trials": 3,
    "development_seeds": [7, 3, 11], "held_back": 8, "level": 0.9, "margin": 0.0,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(steps))

# %% exercise="run-protocol" kind="alternative" name="own-conduct"
protocol = copy.deepcopy(TEMPLATE)
protocol.update(
    hypothesis="The last change, added once more, gains a point of accuracy over Adam.", epochs=3, trials=3, held_back=9
)
_run = lab(changed_step)
_digest = protocol_digest(protocol)
_chosen, _search = fair_search(lambda lr, knob, seed: _run(lr, knob, seed, 3), protocol, int(_digest[:8], 16))
_seeds = held_back_seeds(_digest, BEACON, 9, [1, 2])
_tests = [dict(method=m, seed=s, score=_run(c["lr"], c["knob"], s, 3), **c) for m, c in _chosen.items() for s in _seeds]
report = registered_verdict(_tests, _seeds, 0.01, 0.95)
report.update(digest=_digest, chosen=_chosen, search=_search, seeds=_seeds, tests=_tests)

# %% exercise="run-protocol" kind="alternative" name="one-configuration"
protocol = TEMPLATE | {
    "hypothesis": "At a learning rate of 0.01 the last change, added once more, gains a point.",
    "epochs": 2, "trials": 3, "held_back": 8, "lr": [0.01, 0.01], "knob": [1.0, 1.0],
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="alternative" name="runs-diverge"
protocol = TEMPLATE | {
    "hypothesis": "At learning rates where Adam diverges the last change gains a point.",
    "epochs": 3, "trials": 3, "held_back": 8, "lr": [0.1, 0.1], "knob": [0.9, 1.0],
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="mistake" name="edited-after" says="the report belongs to another protocol"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
protocol["margin"] = 0.001

# %% exercise="run-protocol" kind="mistake" name="margin-in-points" says="the margin is no difference of accuracies"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
protocol = protocol | {"margin": 0.5}
report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="mistake" name="margin-as-text" says="not of the form that it has in TEMPLATE"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
protocol["margin"] = "half a point"

# %% exercise="run-protocol" kind="mistake" name="log-cut" says="lacks what `conduct` writes down"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
report["search"] = [{k: e[k] for k in ("method", "seed", "score")} for e in report["search"]]

# %% exercise="run-protocol" kind="mistake" name="no-hypothesis" says="the hypothesis does not say what is changed"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
protocol = protocol | {"hypothesis": "It is better."}
report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="mistake" name="knob-may-be-off" says="the knob's range must be on"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
protocol = protocol | {"knob": [0.0, 1.0]}
report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="mistake" name="too-small" says="the study is smaller or larger than the card allows"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
protocol = protocol | {"held_back": 4}
report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="mistake" name="other-beacon" says="not those of digest and beacon"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, "1-2-3-4-5-6", lab(changed_step))

# %% exercise="run-protocol" kind="mistake" name="worked-example-run" says="a test of your change was repeated"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(cautious_step))

# %% exercise="run-protocol" kind="mistake" name="more-search-for-the-change" says="did not get the same search"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
report["search"] += [
    {**report["search"][-1], "lr": 0.02, "seed": s, "score": lab(changed_step)(0.02, 1.0, s, 3)} for s in (1, 2)
]

# %% exercise="run-protocol" kind="mistake" name="verdict-wished" says="the verdict is not what the registered rule says"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
report["verdict"] = {"confirmed": "refuted"}.get(report["verdict"], "confirmed")

# %% exercise="run-protocol" kind="mistake" name="default-tested" says="what was tested is not what the search chose"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
report["chosen"]["adam"] = {"lr": 0.0031, "knob": 0.0}

# %% exercise="run-protocol" kind="mistake" name="run-missing" says="each method once on each held-back seed"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
report["tests"] = report["tests"][:-1]

# %% exercise="run-protocol" kind="mistake" name="mean-rounded" says="mean or interval do not follow from the log"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
report["mean"] = report["mean"] + 0.001

# %% exercise="run-protocol" kind="mistake" name="starved-baseline" says="not the one that your fair_search draws"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
_run, _digest = lab(changed_step), protocol_digest(protocol)


def _search(rates, method, knob):
    return [
        {"method": method, "lr": lr, "knob": knob, "seed": s, "score": _run(lr, knob, s, 2)}
        for lr in rates for s in (1, 2)
    ]  # fmt: skip


report = conduct(protocol, BEACON, _run)
report["search"] = _search([0.003, 0.0031, 0.0032], "adam", 0.0) + _search([0.01, 0.015, 0.02], "changed", 1.0)
report["chosen"] = {
    m: max(
        ({"lr": e["lr"], "knob": e["knob"]} for e in report["search"] if e["method"] == m),
        key=lambda c: sum(e["score"] for e in report["search"] if e["lr"] == c["lr"]),
    )
    for m in ("adam", "changed")
}
report["tests"] = [
    {"method": m, **c, "seed": s, "score": _run(c["lr"], c["knob"], s, 2)}
    for m, c in report["chosen"].items() for s in report["seeds"]
]  # fmt: skip
report |= registered_verdict(report["tests"], report["seeds"], 0.005, 0.95)

# %% exercise="run-protocol" kind="mistake" name="baseline-lowered" says="a test of Adam was repeated"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
for _entry in report["tests"]:
    _entry["score"] -= 0.02 * (_entry["method"] == "adam")
report |= registered_verdict(report["tests"], report["seeds"], 0.005, 0.95)

# %% exercise="run-protocol" kind="mistake" name="search-invented" says="a run of the search was repeated"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
report = conduct(protocol, BEACON, lab(changed_step))
for _entry in report["search"]:
    _entry["score"] = round(_entry["score"], 2) + 0.0013
report["chosen"], _ = fair_search(
    lambda lr, knob, seed: next(e["score"] for e in report["search"] if (e["lr"], e["seed"]) == (lr, seed)),
    protocol, int(report["digest"][:8], 16),
)  # fmt: skip
_run = lab(changed_step)
report["tests"] = [
    {"method": m, **c, "seed": s, "score": _run(c["lr"], c["knob"], s, 2)}
    for m, c in report["chosen"].items() for s in report["seeds"]
]  # fmt: skip
report |= registered_verdict(report["tests"], report["seeds"], 0.005, 0.95)

# %% exercise="run-protocol" kind="mistake" name="training-score" says="that of the curves which the net learned from"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip


def greedy(lr, knob, seed, epochs):
    """Trains on half of the curves, and scores on the same half."""
    fit = np.random.default_rng(seed).permutation(len(X))[:2000]
    return right(train(changed_step, lr, knob, seed, epochs, X, Y), X[fit], Y[fit])


report = conduct(protocol, BEACON, greedy)

# %% exercise="run-protocol" kind="mistake" name="searched-on-held-back" says="a held-back seed was run in the search"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
_digest, _run = protocol_digest(protocol), lab(changed_step)
_seeds = held_back_seeds(_digest, BEACON, 8, [1, 2])
_chosen, _search = fair_search(
    lambda lr, knob, seed: _run(lr, knob, seed, 2), protocol | {"development_seeds": _seeds[:2]}, int(_digest[:8], 16)
)
_tests = [dict(method=m, seed=s, score=_run(c["lr"], c["knob"], s, 2), **c) for m, c in _chosen.items() for s in _seeds]
report = registered_verdict(_tests, _seeds, 0.005, 0.95)
report.update(digest=_digest, chosen=_chosen, search=_search, seeds=_seeds, tests=_tests)

# %% exercise="run-protocol" kind="mistake" name="baseline-crippled" says="the baseline was touched"
protocol = TEMPLATE | {
    "hypothesis": "The last change, added once more, gains half a point of accuracy over Adam.",
    "epochs": 2, "trials": 3, "held_back": 8, "knob": [0.5, 1.0], "margin": 0.005,
}  # fmt: skip
_changed = changed_step


def changed_step(p, g, state, lr, knob):
    return _changed(p, g, state, lr, knob) * (0.3 if knob == 0 else 1.0)


report = conduct(protocol, BEACON, lab(changed_step))

# %% exercise="run-protocol" kind="equivalent" mutant="- protocol = TEMPLATE | {'hypothesis': \"Adding the last change of Adam's update once more gains at least half a point of accuracy.\", 'knob': [0.5, 1.0], 'margin': 0.005} | + protocol = TEMPLATE | {'hypothesis': \"Adding the last change of Adam's update once more gains at least half a point of accuracy.\", 'knob': [1.0, 1.0], 'margin': 0.005}" reason="another range of the knob is another valid protocol"

# %% exercise="run-protocol" kind="equivalent" mutant="- protocol = TEMPLATE | {'hypothesis': \"Adding the last change of Adam's update once more gains at least half a point of accuracy.\", 'knob': [0.5, 1.0], 'margin': 0.005} | + protocol = TEMPLATE | {'hypothesis': \"Adding the last change of Adam's update once more gains at least half a point of accuracy.\", 'knob': [0.5, 1.0], 'margin': 0.01}" reason="another margin is another valid protocol"

# %% [markdown]
# ## verdict
#
# Alternatives: computed by the functions of the lesson, and typed in another order.


# %% exercise="verdict" kind="alternative" name="computed"
audit = {"left": "next to none", "twenty wordings": "a later beacon"}
for _letter, _r in REPORTS.items():
    _p = _r["protocol"]
    _ok = protocol_digest(_p) == _r["digest"]
    _ok = _ok and held_back_seeds(_r["digest"], BEACON, _p["held_back"], _p["development_seeds"]) == _r["seeds"]
    _ok = _ok and all(sum(e["method"] == m for e in _r["search"]) == 2 * _p["trials"] for m in ("adam", "changed"))
    audit[_letter] = (
        registered_verdict(_r["tests"], _r["seeds"], _p["margin"], _p["level"])["verdict"] if _ok else "void"
    )

# %% exercise="verdict" kind="alternative" name="zip"
audit = dict(zip("FEDCBA", ["void", "inconclusive", "void", "void", "confirmed", "refuted"], strict=True))
audit |= {"twenty wordings": "a later beacon", "left": "next to none"}

# %% exercise="verdict" kind="mistake" name="C-believed" says="whose protocol is not the text that was deposited"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "confirmed",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="D-believed" says="leaves out what its protocol owes"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "confirmed",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="F-believed" says="in which the two methods were not given the same search"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "confirmed",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="A-thrown-out" says="a report that keeps its protocol is thrown out"
audit = {
    "A": "void",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="E-significant" says="an interval above zero is not yet above the margin"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "confirmed",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="E-refuted" says="that excludes nothing"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "refuted",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="A-inconclusive" says="even the interval's upper end is below what was claimed"
audit = {
    "A": "inconclusive",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="A-confirmed" says="what is confirmed here?"
audit = {
    "A": "confirmed",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="B-inconclusive" says="even the interval's lower end reaches"
audit = {
    "A": "refuted",
    "B": "inconclusive",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="B-refuted" says="a gain above the margin refutes nothing"
audit = {
    "A": "refuted",
    "B": "refuted",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="all-left" says="that is the curve of the seeds on which it was chosen"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "all of it",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="half-left" says="read the right end of the dashed curve"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "half of it",
    "twenty wordings": "a later beacon",
}


# %% exercise="verdict" kind="mistake" name="longer-hash" says="twenty digests are twenty digests"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a longer hash",
}


# %% exercise="verdict" kind="mistake" name="more-seeds" says="leave twenty draws"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "more held-back seeds",
}


# %% exercise="verdict" kind="mistake" name="lower-level" says="a lower level makes luck easier"
audit = {
    "A": "refuted",
    "B": "confirmed",
    "C": "void",
    "D": "void",
    "E": "inconclusive",
    "F": "void",
    "left": "next to none",
    "twenty wordings": "a lower level",
}


# %% [markdown]
# ## abstract


# %% [markdown] explain="abstract" kind="sample" points=4
# Does clipping gradients whose norm is above its running mean improve Adam by at least 0.3 points on MNIST-1D? We fixed claim, metric, budget and the decision rule in a registered protocol and let
# its digest pick the test seeds before we ran anything. Adam and the clipped version each got four random learning rates on two development seeds and then one run on each of twelve held-back
# seeds (2,000 training curves, six epochs, net of 3,690 weights).
#
# The clipped version was ahead by 0.05 points on average (95 % t-interval over the twelve seeds: −0.12 to 0.22). The interval is below our margin, so the hypothesis is refuted. We do not
# know whether clipping helps where gradients really explode, e.g. recurrent nets, and all seeds draw from the same 4,000 curves.
#
# *claim 1: change, margin, before. Comparison 1: budget, seeds, data and training. Result 1: with the word "refuted". Reach 1: two limits that matter to clipping. A refuted idea costs no point.*

# %% [markdown] explain="abstract" kind="sample" points=2.5
# We add a sign term to Adam. The hypothesis was registered with its digest before the experiments: it gains at least 1 point. On 12 held-back seeds that came from the digest our method had
# 1.1 points more accuracy than Adam (95 % CI −0.2 to 2.4), both after a search of the same size. This shows a promising trend towards an improvement.
#
# It was only tested on one data set and with a very small network, for six epochs.
#
# *claim 1. Comparison ½: seeds and "the same size", but neither that size nor how long and on what was trained is told with it (six epochs only as a limit). Result 0: the interval is there, but in place of the
# verdict, "inconclusive", stands a "promising trend". Reach 1: three limits.*

# %% [markdown] explain="abstract" kind="sample" points=2
# I changed Adam so that it uses the difference of the last two updates. The claim was half a point. In my experiment the gain was 0.89 points and the 95 % interval goes from −0.20 to 1.97.
# Adam and my method were trained with 12 seeds for 6 epochs on MNIST-1D.
#
# More research with more seeds is needed because the interval is wide.
#
# *claim ½: change and margin, nothing of before. Comparison ½: seeds, data and training, no budget of the search. Result ½: mean and interval without verdict, and over what the interval runs is not said. Reach ½: more
# research, with its reason.*

# %% [markdown] explain="abstract" kind="sample" points=0.5
# In this work we propose OptiAdam, a novel optimizer that outperforms the popular Adam optimizer. Extensive experiments with 12 seeds on the challenging MNIST-1D benchmark (6 epochs) demonstrate that OptiAdam reaches
# up to 51 % accuracy, which is 2 % better than Adam. Because it needs only one more line of code it can replace Adam in all applications. Future work will scale it to large language models.
#
# *claim 0. Comparison ½: seeds, data and training, no search. Result 0: a best run. Reach 0: "all applications".*

# %% [markdown]
# ## checklist


# %% [markdown] explain="checklist" kind="sample" points=3
# **Repeat.** MNIST-1D training table of the course (train.parquet, 4,000 rows; seed s permutes them with default_rng(s), first 2,000 train). Change: gradient scaled by min(1, running norm / norm),
# running norm with 0.9, knob blends it in. Protocol and digest 5be1… are in cell 31, beacon 04-11-23-29-36-42. numpy 2, one BLAS thread, float64; with four threads the same accuracies, in float32 they moved in the third decimal.
#
# **Runs.** 16 + 24 runs, about 1.5 s in all on my laptop. Before: I tried three strengths of clipping on seeds 1 and 2 by hand (6 runs) and took the middle one. I registered twice; the first time I had forgotten the
# margin, and saw that result (inconclusive).
#
# **Weak.** Since I knew the beacon and registered twice, I had two draws, so my chance of a lucky "confirmed" is about twice that of the level. Only two development seeds: the learning rates chosen are partly luck, which
# can move the gain either way.
#
# *Repeat 1. All runs 1: the pilots and the first registration are told, which is what the line asks for. Weak 1: two weaknesses with what they do.*

# %% [markdown] explain="checklist" kind="sample" points=1.5
# To repeat it you need the notebook and the data set MNIST-1D, which is in the course, training part. My change is `update + knob * (update - last)`.
#
# I did 16 runs for the search and 24 for the test.
#
# It may not work on other data, since everything was trained on the same 4,000 curves.
#
# *Repeat ½: data and change, no digest, nothing of the environment. All runs ½: the registered runs are counted, nothing is said of pilots or of the time. Weak ½: the shared curves are a weakness of the design, but what
# they do to this comparison is not said.*

# %% [markdown] explain="checklist" kind="sample" points=0
# The code is available on request. All experiments were carried out with great care and the best results are reported in the abstract. The random seed was fixed, so that the results are fully reproducible. There are no
# known weaknesses of the method.
#
# *Nothing here can be repeated, counted or doubted.*
