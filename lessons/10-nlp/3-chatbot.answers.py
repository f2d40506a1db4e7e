# %% [markdown]
# Answers for `3-chatbot`: alternatives that are right, mistakes that people make.


# %% exercise="tags-and-slots" kind="alternative" name="by-character"
def tags_of(tokens, slots):
    owner = {}
    for k, (name, first, last) in enumerate(slots):
        if not any(s == first for _, s, _ in tokens) or not any(e == last for _, _, e in tokens):
            raise ValueError("a slot ends inside a token")
        owner |= {position: (k, name) for position in range(first, last)}
    tags, before = [], None
    for _, start, _ in tokens:
        mine = owner.get(start)
        tags.append("O" if mine is None else ("I-" if mine == before else "B-") + mine[1])
        before = mine
    return tags


def slots_of(tokens, tags):
    out, i = [], 0
    while i < len(tags):
        if tags[i] == "O":
            i += 1
            continue
        name, j = tags[i][2:], i + 1
        while j < len(tags) and tags[j] == "I-" + name:
            j += 1
        out.append([name, tokens[i][1], tokens[j - 1][2]])
        i = j
    return out


# %% exercise="tags-and-slots" kind="alternative" name="open-and-close"
def tags_of(tokens, slots):
    first_of = {start: i for i, (_, start, _) in enumerate(tokens)}
    last_of = {end: i for i, (_, _, end) in enumerate(tokens)}
    tags = ["O" for _ in tokens]
    for name, start, end in sorted(slots, key=lambda slot: slot[1]):
        try:
            i, j = first_of[start], last_of[end]
        except KeyError:
            raise ValueError(f"{name} does not fit the tokens") from None
        tags[i : j + 1] = [f"B-{name}"] + [f"I-{name}"] * (j - i)
    return np.array(tags, dtype=object)


def slots_of(tokens, tags):
    slots, current = [], None
    for (_, start, end), tag in zip(tokens, tags):
        if current and tag == f"I-{current[0]}":
            current = (current[0], current[1], end)
            continue
        if current:
            slots.append(current)
        current = None if tag == "O" else (tag[2:], start, end)
    if current:
        slots.append(current)
    return slots


# %% exercise="tags-and-slots" kind="mistake" name="all-b" says="every token of a slot gets a B-"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = "B-" + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="no-b" says="no tag begins a slot"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = "I-" + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="end-inclusive" says="a token next to a slot is tagged"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and start <= last + 1:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="no-error" says="raises no ValueError"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            continue
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="lone-i-dropped" says="an I- tag with no slot before it is dropped"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif kind == "B" or (name and before):
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="glued" says="two slots of one kind side by side"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if name and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="any-i-continues" says="an I- tag of another name continues"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and before:
            found[-1] = (found[-1][0], found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="last-lost" says="a slot at the end of the text is lost"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    slots, current = [], None
    for (_, start, end), tag in zip(tokens, tags, strict=True):
        if current and tag == f"I-{current[0]}":
            current = (current[0], current[1], end)
            continue
        if current:
            slots.append(current)
        current = None if tag == "O" else (tag[2:], start, end)
    return slots


# %% exercise="tags-and-slots" kind="mistake" name="across-o" says="a slot goes on across an O"
def tags_of(tokens, slots):
    """One BIO tag for each token. tokens: (token, start, end); slots: (name, start, end), end exclusive.

    Raises ValueError where a slot's border is no token's border.
    """
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    """The slots (name, start, end) that the tags mean, in the order of the text."""
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name or before
    return found


# %% exercise="split-by-group" kind="alternative" name="pandas"
def split_by_group(intents, groups, seed):
    table = pd.DataFrame({"intent": np.asarray(intents), "group": np.asarray(groups)})
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    one = table.drop_duplicates().set_index("group").loc[order].reset_index()
    one["rank"] = one.groupby("intent").cumcount()
    k = one.groupby("intent")["group"].transform("count")
    held = np.maximum(1, np.rint(k / 5))
    one["part"] = "train"
    one.loc[(one["rank"] >= held) & (one["rank"] < 2 * held) & (k > 2), "part"] = "valid"
    one.loc[(one["rank"] < held) & (k > 1), "part"] = "test"
    return table["group"].map(one.set_index("group")["part"])


# %% exercise="split-by-group" kind="alternative" name="dict-of-lists"
def split_by_group(intents, groups, seed):
    intent_of = dict(zip(groups, intents))
    own = defaultdict(list)
    for g in np.random.default_rng(seed).permutation(np.unique(groups)):
        own[intent_of[g]].append(g)
    part = {}
    for members in own.values():
        k = len(members)
        h = max(1, round(k / 5))
        for place, g in enumerate(members):
            if k >= 2 and place < h:
                part[g] = "test"
            elif k >= 3 and place < 2 * h:
                part[g] = "valid"
            else:
                part[g] = "train"
    return [part[g] for g in groups]


# %% exercise="split-by-group" kind="mistake" name="by-row" says="rows of one group stand in several parts"
def split_by_group(intents, groups, seed):
    draw = np.random.default_rng(seed).random(len(groups))
    return np.select([draw < 0.2, draw < 0.4], ["test", "valid"], "train")


# %% exercise="split-by-group" kind="mistake" name="ignores-intents" says="an intent has no training group"
def split_by_group(intents, groups, seed):
    groups = np.asarray(groups)
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    held = round(len(order) / 5)
    return np.select(
        [np.isin(groups, order[:held]), np.isin(groups, order[held : 2 * held])], ["test", "valid"], "train"
    )


# %% exercise="split-by-group" kind="mistake" name="seed-ignored" says="the seed is not used"
def split_by_group(intents, groups, seed):
    """The part ("train", "valid", "test") of each row; whole groups stay together. intents, groups: (n,) → (n,)."""
    intents, groups = np.asarray(intents), np.asarray(groups)
    order = np.random.default_rng(0).permutation(np.unique(groups))
    part = np.full(len(groups), "train")
    for intent in np.unique(intents):
        own = order[np.isin(order, groups[intents == intent])]
        held = max(1, round(len(own) / 5))
        if len(own) >= 2:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : 2 * held])] = "valid"
    return part


# %% exercise="split-by-group" kind="mistake" name="sorted-again" says="not taken in the random order"
def split_by_group(intents, groups, seed):
    """The part ("train", "valid", "test") of each row; whole groups stay together. intents, groups: (n,) → (n,)."""
    intents, groups = np.asarray(intents), np.asarray(groups)
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    part = np.full(len(groups), "train")
    for intent in np.unique(intents):
        own = np.random.default_rng(seed).permutation(np.unique(groups[intents == intent]))
        held = max(1, round(len(own) / 5))
        if len(own) >= 2:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : 2 * held])] = "valid"
    return part


# %% exercise="split-by-group" kind="mistake" name="two-groups-train" says="an intent of two groups has none for the test"
def split_by_group(intents, groups, seed):
    """The part ("train", "valid", "test") of each row; whole groups stay together. intents, groups: (n,) → (n,)."""
    intents, groups = np.asarray(intents), np.asarray(groups)
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    part = np.full(len(groups), "train")
    for intent in np.unique(intents):
        own = order[np.isin(order, groups[intents == intent])]
        held = max(1, round(len(own) / 5))
        if len(own) >= 3:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : 2 * held])] = "valid"
    return part


# %% exercise="split-by-group" kind="mistake" name="rounded-up" says="an intent has not h groups in the part test"
def split_by_group(intents, groups, seed):
    """The part ("train", "valid", "test") of each row; whole groups stay together. intents, groups: (n,) → (n,)."""
    intents, groups = np.asarray(intents), np.asarray(groups)
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    part = np.full(len(groups), "train")
    for intent in np.unique(intents):
        own = order[np.isin(order, groups[intents == intent])]
        held = math.ceil(len(own) / 5)
        if len(own) >= 2:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : 2 * held])] = "valid"
    return part


# %% exercise="split-by-group" kind="mistake" name="valid-overwritten" says="an intent has not h groups in the part valid"
def split_by_group(intents, groups, seed):
    """The part ("train", "valid", "test") of each row; whole groups stay together. intents, groups: (n,) → (n,)."""
    intents, groups = np.asarray(intents), np.asarray(groups)
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    part = np.full(len(groups), "train")
    for intent in np.unique(intents):
        own = order[np.isin(order, groups[intents == intent])]
        held = max(1, round(len(own) / 5))
        if len(own) >= 2:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : held + 1])] = "valid"
    return part


# %% exercise="split-by-group" kind="mistake" name="row-order" says="the split depends on the order of the rows"
def split_by_group(intents, groups, seed):
    intents, groups = np.asarray(intents), np.asarray(groups)
    order = np.random.default_rng(seed).permutation(pd.unique(groups))
    part = np.full(len(groups), "train", dtype=object)
    for intent in np.unique(intents):
        own = order[np.isin(order, groups[intents == intent])]
        held = max(1, round(len(own) / 5))
        if len(own) >= 2:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : 2 * held])] = "valid"
    return part


# %% exercise="two-heads" kind="alternative" name="functions"
def two_heads(words, intents, tags, width):
    ops = keras.ops
    ids = keras.Input(shape=(None,), dtype="int32")
    real = ids[:, :, None] > 0

    def clean(x):
        return ops.where(real, x, 0.0)

    h = clean(keras.layers.Embedding(words, width, name="embedding")(ids))
    h = clean(keras.layers.Add()([h, keras.layers.Conv1D(width, 3, padding="same", activation="relu", name="near")(h)]))
    h = clean(keras.layers.Add()([h, keras.layers.Conv1D(width, 3, padding="same", activation="relu", name="far")(h)]))
    penalty = 1e6 * (1 - ops.cast(real, "float32"))
    top = keras.layers.GlobalMaxPooling1D()(h - penalty)
    outputs = {
        "slots": keras.layers.Dense(tags, name="slots")(h),
        "intent": keras.layers.Dense(intents, name="intent")(top),
    }
    return keras.Model(inputs=ids, outputs=outputs)


# %% exercise="two-heads" kind="alternative" name="subclass"
class TwoHeads(keras.Model):
    def __init__(self, words, intents, tags, width):
        super().__init__()
        self.table = keras.layers.Embedding(words, width, name="embedding")
        self.blocks = [keras.layers.Conv1D(width, 3, padding="same", name=name) for name in ("near", "far")]
        self.slots = keras.layers.Dense(tags, name="slots")
        self.intent = keras.layers.Dense(intents, name="intent")

    def call(self, numbers):
        mask = tf.cast(tf.not_equal(numbers, 0), tf.float32)[:, :, tf.newaxis]
        x = self.table(numbers) * mask
        for block in self.blocks:
            x = (x + tf.nn.relu(block(x))) * mask
        lowest = tf.reduce_min(x, axis=1, keepdims=True)
        return {
            "intent": self.intent(tf.reduce_max(x * mask + (1 - mask) * lowest - (1 - mask), axis=1)),
            "slots": self.slots(x),
        }


def two_heads(words, intents, tags, width):
    model = TwoHeads(words, intents, tags, width)
    model(tf.ones((1, 4), tf.int64))
    return model


# %% exercise="two-heads" kind="mistake" name="max-over-padding" says="the maximum is taken over the padding too"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.layers.GlobalMaxPooling1D()(x)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="mean" says="the words are averaged"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.sum(x, axis=1) / keras.ops.sum(mask, axis=1)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="mean-over-padding" says="padding changes the intent"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.layers.GlobalAveragePooling1D()(x)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="mask-once" says="padded places feed their neighbours"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="softmax" says="a softmax stands in the model"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    intent = keras.layers.Dense(intents, activation="softmax", name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="not-residual" says="the blocks are not residual"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="no-relu" says="the convolutions have no ReLU"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="causal" says="the padding is causal"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="causal", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="fixed-length" says="utterances of one length only"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((7,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="two-heads" kind="mistake" name="one-slot-answer" says="there are no slot logits for each word"
def two_heads(words, intents, tags, width):
    """A Keras model: word numbers (b, L), 0 for padding → {"intent": (b, intents), "slots": (b, L, tags)}, logits."""
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
        top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    slots = keras.layers.Dense(tags, name="slots")(top)
    intent = keras.layers.Dense(intents, name="intent")(top)
    return keras.Model(numbers, {"intent": intent, "slots": slots})


# %% exercise="slot-loss" kind="alternative" name="gather"
def slot_loss(tags, logits):
    tags = tf.cast(tags, tf.int32)
    real = tf.reshape(tags, [-1]) >= 0
    flat = tf.boolean_mask(tf.reshape(logits, [-1, tf.shape(logits)[-1]]), real)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.boolean_mask(tf.reshape(tags, [-1]), real), logits=flat
    )
    return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.size(losses), tf.float32))


# %% exercise="slot-loss" kind="alternative" name="one-hot"
def slot_loss(tags, logits):
    tags = keras.ops.cast(tags, "int32")
    log_p = keras.ops.log_softmax(logits, axis=-1)
    hot = tf.one_hot(tags, tf.shape(logits)[-1])  # a row of zeros for -1
    count = keras.ops.sum(hot)
    return -keras.ops.sum(hot * log_p) / keras.ops.where(count > 0, count, 1.0)


# %% exercise="slot-loss" kind="mistake" name="prototype" says="this is still the prototype's loss"
def slot_loss(tags, logits):
    tags = keras.ops.maximum(keras.ops.cast(tags, "int64"), 0)
    probabilities = tf.nn.softmax(logits)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tags, logits=probabilities)
    return tf.reduce_mean(losses)


# %% exercise="slot-loss" kind="mistake" name="padding-as-o" says="padding counts as words that are rightly called O"
def slot_loss(tags, logits):
    tags = keras.ops.maximum(keras.ops.cast(tags, "int64"), 0)
    return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(tags, logits, from_logits=True))


# %% exercise="slot-loss" kind="mistake" name="softmax-twice" says="the softmax is taken twice"
def slot_loss(tags, logits):
    """Mean cross-entropy over the real words. tags (b, L), -1 at padding; logits (b, L, k) → a scalar tensor."""
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.maximum(tags, 0), logits=tf.nn.softmax(logits))
    return keras.ops.sum(real * losses) / keras.ops.maximum(keras.ops.sum(real), 1.0)


# %% exercise="slot-loss" kind="mistake" name="all-places" says="the sum is divided by all places"
def slot_loss(tags, logits):
    """Mean cross-entropy over the real words. tags (b, L), -1 at padding; logits (b, L, k) → a scalar tensor."""
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.mean(real * losses)


# %% exercise="slot-loss" kind="mistake" name="by-utterance" says="utterances are averaged, not words"
def slot_loss(tags, logits):
    """Mean cross-entropy over the real words. tags (b, L), -1 at padding; logits (b, L, k) → a scalar tensor."""
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.mean(keras.ops.sum(real * losses, axis=1) / keras.ops.maximum(keras.ops.sum(real, axis=1), 1.0))


# %% exercise="slot-loss" kind="mistake" name="logits-masked" says="the logits are masked, not the losses"
def slot_loss(tags, logits):
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    logits = logits * real[..., None]
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.mean(losses)


# %% exercise="slot-loss" kind="mistake" name="nan" says="a batch without a real word gives NaN"
def slot_loss(tags, logits):
    """Mean cross-entropy over the real words. tags (b, L), -1 at padding; logits (b, L, k) → a scalar tensor."""
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.sum(real * losses) / keras.ops.sum(real)


# %% exercise="slot-loss" kind="mistake" name="vector" says="the loss is not one number"
def slot_loss(tags, logits):
    """Mean cross-entropy over the real words. tags (b, L), -1 at padding; logits (b, L, k) → a scalar tensor."""
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return real * losses


# %% exercise="slot-loss" kind="mistake" name="summed" says="the losses are summed, not averaged"
def slot_loss(tags, logits):
    """Mean cross-entropy over the real words. tags (b, L), -1 at padding; logits (b, L, k) → a scalar tensor."""
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.sum(real * losses)


# %% exercise="slot-loss" kind="mistake" name="numpy-inside" says="does not run inside a tf.function"
def slot_loss(tags, logits):
    keep = tags.numpy() >= 0
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return tf.reduce_mean(losses[keep])


# %% exercise="refuse-below" kind="alternative" name="sorted"
def refuse_below(inside, outside, keep):
    inside = sorted(inside, reverse=True)
    best = inside[math.ceil(keep * len(inside) - 1e-9) - 1]
    accepted = [c for c in inside if c >= best]
    refused = [c for c in outside if c < best]
    return {"threshold": best, "accepted": len(accepted) / len(inside), "refused": len(refused) / len(outside)}


# %% exercise="refuse-below" kind="alternative" name="roc"
def refuse_below(inside, outside, keep):
    truth = [1] * len(inside) + [0] * len(outside)
    fpr, tpr, cuts = roc_curve(truth, list(inside) + list(outside), drop_intermediate=False)
    i = int(np.argmax(tpr >= keep - 1e-9))
    return {"threshold": cuts[i], "accepted": tpr[i], "refused": 1 - fpr[i]}


# %% exercise="refuse-below" kind="alternative" name="inverted-quantile"
def refuse_below(inside, outside, keep):
    t = -np.quantile(-np.asarray(inside, float), keep, method="inverted_cdf")
    return dict(
        threshold=t,
        accepted=sum(c >= t for c in inside) / len(inside),
        refused=sum(c < t for c in outside) / len(outside),
    )


# %% exercise="refuse-below" kind="mistake" name="interpolated" says="a quantile was interpolated"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = np.quantile(inside, 1 - keep)
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside >= threshold)),
        "refused": float(np.mean(outside < threshold)),
    }


# %% exercise="refuse-below" kind="mistake" name="wrong-tail" says="the wrong tail is kept"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = np.sort(inside)[math.ceil(keep * len(inside)) - 1]
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside >= threshold)),
        "refused": float(np.mean(outside < threshold)),
    }


# %% exercise="refuse-below" kind="mistake" name="on-outside" says="the threshold is chosen on the sentences out of scope"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = np.quantile(outside, keep)
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside >= threshold)),
        "refused": float(np.mean(outside < threshold)),
    }


# %% exercise="refuse-below" kind="mistake" name="one-too-high" says="the threshold keeps too few commands"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = np.sort(inside)[::-1][max(math.ceil(keep * len(inside)) - 2, 0)]
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside >= threshold)),
        "refused": float(np.mean(outside < threshold)),
    }


# %% exercise="refuse-below" kind="mistake" name="one-too-low" says="a larger threshold keeps as many"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = np.sort(inside)[::-1][min(math.ceil(keep * len(inside)), len(inside) - 1)]
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside >= threshold)),
        "refused": float(np.mean(outside < threshold)),
    }


# %% exercise="refuse-below" kind="mistake" name="strict" says="a confidence equal to the threshold is refused"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = max(value for value in inside if np.mean(inside >= value) >= keep)
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside > threshold)),
        "refused": float(np.mean(outside < threshold)),
    }


# %% exercise="refuse-below" kind="mistake" name="refused-is-accepted" says="refused holds the share of the others that is accepted"
def refuse_below(inside, outside, keep):
    """The largest threshold that accepts the share `keep` of `inside`, and what it does to both: a dict of three floats."""
    inside, outside = np.asarray(inside), np.asarray(outside)
    threshold = max(value for value in inside if np.mean(inside >= value) >= keep)
    return {
        "threshold": float(threshold),
        "accepted": float(np.mean(inside >= threshold)),
        "refused": float(np.mean(outside >= threshold)),
    }


# %% exercise="bm25" kind="alternative" name="loops"
def bm25(question, passages, k1=1.2, b=0.75):
    average = sum(len(p) for p in passages) / len(passages)
    out = []
    for passage in passages:
        score = 0
        for word in dict.fromkeys(question):
            f = passage.count(word)
            if f:
                n = sum(1 for p in passages if word in p)
                score += (
                    math.log((len(passages) + 1) / (n + 0.5))
                    * f
                    * (k1 + 1)
                    / (f + k1 * (1 - b + b * len(passage) / average))
                )
        out.append(score)
    return out


# %% exercise="bm25" kind="alternative" name="matrix"
def bm25(question, passages, k1=1.2, b=0.75):
    words = sorted(set(question))
    f = np.array([[Counter(passage)[word] for word in words] for passage in passages], dtype=float).reshape(
        len(passages), len(words)
    )
    n = (f > 0).sum(axis=0)
    idf = np.log1p((len(f) - n + 0.5) / (n + 0.5))
    length = np.array([len(passage) for passage in passages])[:, None]
    return (f * (k1 + 1) / (f + k1 * (1 - b + b * length / length.mean()))) @ idf


# %% exercise="bm25" kind="mistake" name="no-one" says="frequent words count negative"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log((len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths / lengths.mean()))
    return scores


# %% exercise="bm25" kind="mistake" name="log10" says="the logarithm is to base ten"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log10(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths / lengths.mean()))
    return scores


# %% exercise="bm25" kind="mistake" name="counted-twice" says="a word that the question says twice counts twice"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in question:
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths / lengths.mean()))
    return scores


# %% exercise="bm25" kind="mistake" name="occurrences" says="n counts how often the word is said"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = min(np.sum(f), len(passages))
        rarity = np.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths / lengths.mean()))
    return scores


# %% exercise="bm25" kind="mistake" name="raw" says="nothing saturates"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f
    return scores


# %% exercise="bm25" kind="mistake" name="no-factor" says="the factor k1 + 1 is missing"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f / (f + k1 * (1 - b + b * lengths / lengths.mean()))
    return scores


# %% exercise="bm25" kind="mistake" name="no-length" says="the length of a passage makes no difference"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f * (k1 + 1) / (f + k1 * (1 - b + b))
    return scores


# %% exercise="bm25" kind="mistake" name="raw-length" says="the length is not compared with the mean"
def bm25(question, passages, k1=1.2, b=0.75):
    """BM25 scores (N,) of N passages (lists of words) for a question (a list of words), with Lucene's idf.

    Robertson and Zaragoza 2009; every different word of the question counts once.
    """
    lengths = np.array([len(passage) for passage in passages])
    scores = np.zeros(len(passages))
    for word in set(question):
        f = np.array([passage.count(word) for passage in passages])
        n = np.sum(f > 0)
        rarity = np.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        scores += rarity * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths))
    return scores


# %% exercise="dialogue-turn" kind="alternative" name="helpers"
def _go_on(state, needs):
    intent, slots = state["intent"], state["slots"]
    missing = [slot for slot in needs.get(intent, ()) if slot not in slots]
    if missing:
        return state | {"waiting": missing[0]}, ("ask", missing[0])
    if state["risky"]:
        return state | {"waiting": "yes"}, ("confirm", intent, slots)
    return _done(state)


def _done(state):
    return START | {"slots": {}, "last": dict(state["slots"])}, ("do", state["intent"], dict(state["slots"]))


def turn(state, reading, needs):
    import copy

    state, reading = copy.deepcopy(state), copy.deepcopy(reading)
    match reading["act"]:
        case "command":
            slots, old = reading["slots"], state["last"]
            if reading["refers"] and not set(PLACES) & set(slots):
                slots.update((place, old[place]) for place in PLACES if place in old)
            state.update(intent=reading["intent"], slots=slots, risky=reading["risky"], waiting=None)
            return _go_on(state, needs)
        case "value" if state["waiting"] != "yes" and state["waiting"] in reading["slots"]:
            state["slots"][state["waiting"]] = reading["slots"][state["waiting"]]
            state["waiting"] = None
            return _go_on(state, needs)
        case "yes" if state["waiting"] == "yes":
            return _done(state)
        case "no" if state["intent"] is not None:
            return START | {"slots": {}, "last": state["last"]}, ("dropped",)
    return state, ("sorry",)


# %% exercise="dialogue-turn" kind="alternative" name="flags"
def turn(state, reading, needs):
    intent, slots, risky = state["intent"], dict(state["slots"]), state["risky"]
    waiting, last, act = state["waiting"], dict(state["last"]), reading["act"]
    make = lambda i, s, r, w, l: {"intent": i, "slots": s, "risky": r, "waiting": w, "last": l}
    confirmed = act == "yes" and waiting == "yes"
    if act == "no" and intent:
        return make(None, {}, False, None, last), ["dropped"]
    if act == "command":
        intent, risky, slots = reading["intent"], reading["risky"], dict(reading["slots"])
        places = [p for p in PLACES if p in slots]
        if reading["refers"] and places == []:
            for p in PLACES:
                if p in last:
                    slots[p] = last[p]
    elif act == "value" and waiting is not None and waiting != "yes" and waiting in reading["slots"]:
        slots[waiting] = reading["slots"][waiting]
    elif not confirmed:
        return make(intent, slots, risky, waiting, last), ["sorry"]
    for name in [] if confirmed else needs.get(intent, []):
        if name not in slots:
            return make(intent, slots, risky, name, last), ["ask", name]
    if risky and not confirmed:
        return make(intent, slots, True, "yes", last), ["confirm", intent, slots]
    return make(None, {}, False, None, slots), ["do", intent, slots]


# %% exercise="dialogue-turn" kind="mistake" name="writes-into-state" says="turn writes into its arguments"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        state["slots"][waiting] = reading["slots"][waiting]
        opened = dict(state)
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="takes-everything" says="brings more along than was asked for"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], **reading["slots"]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="any-value" says="a value that nobody waits for is taken"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting not in (None, "yes"):
        opened = {**state, "slots": {**state["slots"], **{k: v for k, v in reading["slots"].items() if k != "area"}}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="no-confirmation" says="a risky command is not confirmed first"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="eager-yes" says="a yes does a command whose slot is still missing"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and state["intent"] is not None:
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="forgets-last" says="takes the memory with it"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return {**START}, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="stale-slots" says="slots of a command that was left open get into the next one"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = {**(state["slots"] if state["waiting"] not in (None, "yes") else {}), **reading["slots"]}
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="carries-all" says="a sentence with 'it' does not take over the places"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {k: v for k, v in state["last"].items() if k not in slots}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="carries-always" says="a sentence that refers to nothing takes over old slots"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="old-place-too" says="names its own place gets the old place as well"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"]:
            slots = {place: state["last"][place] for place in PLACES if place in state["last"]} | slots
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="unclear-resets" says="an unclear sentence changes the state"
def turn(state, reading, needs):
    """One step of the dialogue: (state, reading, needs) → (new state, effect). Changes no argument."""
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    elif act == "unclear":
        return idle, ("sorry",)
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="holds-firm" kind="alternative" name="json"
def holds_firm(respond):
    import json

    def tried(state, text):
        before = json.dumps(state, sort_keys=True)
        mine = json.loads(before)
        try:
            new, effect = respond(mine, text)
            return effect[0], json.dumps(new, sort_keys=True) == json.dumps(mine, sort_keys=True) == before
        except Exception:
            return "crash", False

    safe = all(tried(state, text) == ("sorry", True) for state in (PENDING, IDLE) for text in HOSTILE)
    return safe and tried(PENDING, "yes")[0] == "do" and tried(PENDING, "no")[0] == "dropped"


# %% exercise="holds-firm" kind="alternative" name="collect"
def holds_firm(respond):
    from copy import deepcopy

    problems = []
    cases = [(PENDING, "yes", "do"), (PENDING, "no", "dropped")]
    cases += [(s, t, "sorry") for t in HOSTILE for s in (IDLE, PENDING)]
    for state, text, wanted in cases:
        given = deepcopy(state)
        try:
            new, effect = respond(given, text)
        except Exception as error:
            problems.append(error)
            continue
        if effect[0] != wanted:
            problems.append((text, effect))
        if wanted == "sorry" and not (new == state and given == state):
            problems.append((text, new))
    return len(problems) == 0


# %% exercise="holds-firm" kind="mistake" name="no-control" says="an assistant that never obeys passes"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="yes-only" says="an assistant that cannot be told no passes"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"),):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="pending-only" says="opens a command when nothing was pending"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (PENDING,):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="idle-only" says="an assistant that forgets the open question"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE,):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="no-copy" says="changes the state in place passes"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = state
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="shallow" says="a shallow copy shares them"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = dict(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="state-only" says="acts and leaves the state alone"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state:
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="waiting-only" says="writes hostile text into its memory"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if (
                    new["waiting"] != state["waiting"]
                    or new["intent"] != state["intent"]
                    or given != state
                    or effect[0] != "sorry"
                ):
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="not-do" says="answers an attack with the question again"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] == "do":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="lets-it-crash" says="an assistant that breaks down on a long text"
def holds_firm(respond):
    import copy

    for state in (IDLE, PENDING):
        for text in HOSTILE:
            given = copy.deepcopy(state)
            new, effect = respond(given, text)
            if new != state or given != state or effect[0] != "sorry":
                return False
    return all(
        respond(copy.deepcopy(PENDING), text)[1][0] == wanted for text, wanted in (("yes", "do"), ("no", "dropped"))
    )


# %% exercise="holds-firm" kind="mistake" name="first-texts" says="that cuts a long text and reads its beginning"
def holds_firm(respond):
    """Whether the assistant `respond(state, text) → (state, effect)` is right: hostile input moves nothing, yes and no work."""
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in [t for t in HOSTILE if len(t) < 100 or t.startswith("turn")]:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="tags-and-slots" kind="mistake" name="any-border" says="begins where a token ends, or ends where one begins"
def tags_of(tokens, slots):
    borders = {b for t in tokens for b in t[1:]}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in borders or last not in borders:
            raise ValueError
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if "I" not in tags[i] and (i == 0 or not tokens[i - 1][1] >= first) else "I-") + name
    return tags


def slots_of(tokens, tags):
    found, before = [], ""
    for i, tag in enumerate(tags):
        _, start, end = tokens[i]
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], end)
        elif name:
            found.append((name, start, end))
        before = name
    return found


# %% exercise="tags-and-slots" kind="mistake" name="token-index" says="the right slots with wrong borders"
def tags_of(tokens, slots):
    starts, ends = {start for _, start, _ in tokens}, {end for _, _, end in tokens}
    tags = ["O"] * len(tokens)
    for name, first, last in slots:
        if first not in starts or last not in ends:
            raise ValueError(f"slot {name!r} does not begin and end where tokens do")
        for i, (_, start, end) in enumerate(tokens):
            if first <= start and end <= last:
                tags[i] = ("B-" if start == first else "I-") + name
    return tags


def slots_of(tokens, tags):
    found, before = [], ""
    for i, tag in enumerate(tags):
        kind, _, name = tag.partition("-")
        if kind == "I" and name == before:
            found[-1] = (name, found[-1][1], i + 1)
        elif name:
            found.append((name, i, i + 1))
        before = name
    return found


# %% exercise="split-by-group" kind="mistake" name="arrays-only" says="lists give another split than arrays"
def split_by_group(intents, groups, seed):
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    part = np.array(["train"] * len(groups))
    for intent in np.unique(intents):
        own = order[np.isin(order, groups[intents == intent])]
        held = max(1, round(len(own) / 5))
        if len(own) >= 2:
            part[np.isin(groups, own[:held])] = "test"
        if len(own) >= 3:
            part[np.isin(groups, own[held : 2 * held])] = "valid"
    return part


# %% exercise="two-heads" kind="alternative" name="time-distributed"
def two_heads(words, intents, tags, width):
    inp = keras.layers.Input(shape=(None,), dtype="int32")
    m = keras.layers.Lambda(lambda t: tf.cast(t != 0, tf.float32)[..., None], output_shape=(None, 1))(inp)
    x = keras.layers.Multiply()([keras.layers.Embedding(words, width, name="embedding")(inp), m])
    for nm in ["near", "far"]:
        y = keras.layers.Conv1D(filters=width, kernel_size=3, padding="same", name=nm)(x)
        y = keras.layers.ReLU()(y)
        x = keras.layers.Add()([x, keras.layers.Multiply()([y, m])])
    s = keras.layers.TimeDistributed(keras.layers.Dense(tags), name="slots")(x)
    neg = keras.layers.Lambda(lambda t: t[0] - 1e9 * (1 - t[1]))([x, m])
    top = keras.layers.GlobalMaxPooling1D()(neg)
    return keras.Model(inputs=inp, outputs={"intent": keras.layers.Dense(intents, name="intent")(top), "slots": s})


# %% exercise="two-heads" kind="mistake" name="embedding-unmasked" says="the embedding of padding gets in"
def two_heads(words, intents, tags, width):
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers)
    for name in ("near", "far"):
        x = (x + keras.layers.Conv1D(width, 3, padding="same", activation="relu", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    return keras.Model(numbers, {"intent": keras.layers.Dense(intents, name="intent")(top), "slots": slots})


# %% exercise="two-heads" kind="mistake" name="relu-after-add" says="the ReLU stands after the addition"
def two_heads(words, intents, tags, width):
    numbers = keras.Input((None,), dtype="int64", name="numbers")
    mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), "float32"), -1)
    x = keras.layers.Embedding(words, width, name="embedding")(numbers) * mask
    for name in ("near", "far"):
        x = keras.ops.relu(x + keras.layers.Conv1D(width, 3, padding="same", name=name)(x)) * mask
    slots = keras.layers.Dense(tags, name="slots")(x)
    top = keras.ops.max(keras.ops.where(mask > 0, x, -1e9), axis=1)
    return keras.Model(numbers, {"intent": keras.layers.Dense(intents, name="intent")(top), "slots": slots})


# %% exercise="slot-loss" kind="alternative" name="ignore-class"
def slot_loss(tags, logits):
    tags = tf.cast(tags, tf.int32)
    each = keras.losses.sparse_categorical_crossentropy(tags, logits, from_logits=True, ignore_class=-1)
    return tf.math.divide_no_nan(tf.reduce_sum(each), tf.reduce_sum(tf.cast(tags > -1, tf.float32)))


# %% exercise="slot-loss" kind="alternative" name="boolean-mask"
def slot_loss(tags, logits):
    keep = tags >= 0
    t = tf.cast(tf.boolean_mask(tags, keep), tf.int64)
    l = tf.boolean_mask(logits, keep)
    e = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=t, logits=l)
    return tf.reduce_sum(e) / tf.cast(tf.maximum(tf.size(t), 1), tf.float32)


# %% exercise="slot-loss" kind="mistake" name="log-of-softmax" says="large logits give another loss"
def slot_loss(tags, logits):
    tags = tf.cast(tags, tf.int32)
    real = tf.cast(tags >= 0, tf.float32)
    p = tf.nn.softmax(logits)
    q = tf.gather(p, tf.maximum(tags, 0), batch_dims=2)
    return tf.reduce_sum(-tf.math.log(q) * real) / tf.maximum(tf.reduce_sum(real), 1.0)


# %% exercise="slot-loss" kind="mistake" name="o-left-out" says="words with tag 0 are left out"
def slot_loss(tags, logits):
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags > 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.sum(real * losses) / keras.ops.maximum(keras.ops.sum(real), 1.0)


# %% exercise="slot-loss" kind="mistake" name="batch-divided" says="divided by the number of utterances"
def slot_loss(tags, logits):
    tags = keras.ops.cast(tags, "int64")
    real = keras.ops.cast(tags >= 0, "float32")
    losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True)
    return keras.ops.mean(keras.ops.sum(real * losses, axis=1))


# %% exercise="bm25" kind="mistake" name="plain-idf" says="as in TF-IDF"
def bm25(question, passages, k1=1.2, b=0.75):
    N = len(passages)
    avg = sum(len(p) for p in passages) / N
    out = [0.0] * N
    for w in set(question):
        n = sum(w in p for p in passages)
        if not n:
            continue
        idf = math.log(N / n)
        for i, p in enumerate(passages):
            f = p.count(w)
            out[i] += idf * f * (k1 + 1) / (f + k1 * (1 - b + b * len(p) / avg))
    return out


# %% exercise="dialogue-turn" kind="mistake" name="sorted-missing" says="in another order than that of needs"
def turn(state, reading, needs):
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in sorted(needs.get(opened["intent"], ())):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="confirms-too-early" says="confirmed before its missing slot is asked for"
def turn(state, reading, needs):
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="risky-lost" says="whose slot was asked for is not confirmed"
def turn(state, reading, needs):
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "risky": False, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="no-only-to-confirm" says="a no while a slot is asked for"
def turn(state, reading, needs):
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and waiting == "yes":
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {place: state["last"][place] for place in PLACES if place in state["last"]}
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="dialogue-turn" kind="mistake" name="places-of-the-open-one" says="takes the places of the command that is open"
def turn(state, reading, needs):
    act, waiting, idle = reading["act"], state["waiting"], {**START, "slots": {}, "last": state["last"]}
    if act == "no" and state["intent"] is not None:
        return idle, ("dropped",)
    if act == "yes" and waiting == "yes":
        return {**idle, "last": state["slots"]}, ("do", state["intent"], state["slots"])
    if act == "command":
        slots = dict(reading["slots"])
        if reading["refers"] and not any(place in slots for place in PLACES):
            slots |= {
                place: (state["slots"] or state["last"])[place]
                for place in PLACES
                if place in (state["slots"] or state["last"])
            }
        opened = {**idle, "intent": reading["intent"], "slots": slots, "risky": reading["risky"]}
    elif act == "value" and waiting != "yes" and waiting in reading["slots"]:
        opened = {**state, "slots": {**state["slots"], waiting: reading["slots"][waiting]}}
    else:
        return state, ("sorry",)
    for slot in needs.get(opened["intent"], ()):
        if slot not in opened["slots"]:
            return {**opened, "waiting": slot}, ("ask", slot)
    if opened["risky"]:
        return {**opened, "waiting": "yes"}, ("confirm", opened["intent"], opened["slots"])
    return {**idle, "last": opened["slots"]}, ("do", opened["intent"], opened["slots"])


# %% exercise="holds-firm" kind="mistake" name="handed-over-unwatched" says="returns an equal state but empties"
def holds_firm(respond):
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="controls-outside-try" says="breaks down on yes is not told"
def holds_firm(respond):
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
    except Exception:
        return False
    for text, wanted in (("yes", "do"), ("no", "dropped")):
        if respond(copy.deepcopy(PENDING), text)[1][0] != wanted:
            return False
    return True


# %% exercise="holds-firm" kind="mistake" name="anything-but-sorry" says="answers yes with its question again"
def holds_firm(respond):
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] == "sorry":
                return False
    except Exception:
        return False
    return True


# %% exercise="holds-firm" kind="mistake" name="do-or-dropped" says="opens the door at a no"
def holds_firm(respond):
    import copy

    try:
        for state in (IDLE, PENDING):
            for text in HOSTILE:
                given = copy.deepcopy(state)
                new, effect = respond(given, text)
                if new != state or given != state or effect[0] != "sorry":
                    return False
        for text, wanted in (("yes", "do"), ("no", "dropped")):
            if respond(copy.deepcopy(PENDING), text)[1][0] not in ("do", "dropped"):
                return False
    except Exception:
        return False
    return True


# %% exercise="split-by-group" kind="equivalent" mutant="- held = max(1, round(len(own) / 5)) | + held = max(round(len(own) / 5), 1)" reason="the larger of two numbers does not depend on their order"


# %% exercise="two-heads" kind="equivalent" mutant="- numbers = keras.Input((None,), dtype='int64', name='numbers') | + numbers = keras.Input((None,), name='numbers')" reason="an Embedding casts its numbers to integers, and float32 holds each of them exactly"


# %% exercise="two-heads" kind="equivalent" mutant="- numbers = keras.Input((None,), dtype='int64', name='numbers') | + numbers = keras.Input((None,), dtype='int64')" reason="the input's name is not asked for"


# %% exercise="two-heads" kind="equivalent" mutant="- mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(numbers, 0), 'float32'), -1) | + mask = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(0, numbers), 'float32'), -1)" reason="not equal is symmetric"


# %% exercise="two-heads" kind="equivalent" mutant="- top = keras.ops.max(keras.ops.where(mask > 0, x, -1000000000.0), axis=1) | + top = keras.ops.max(keras.ops.where(mask > 0, x, -2000000000.0), axis=1)" reason="either number is below every activation"


# %% exercise="slot-loss" kind="equivalent" mutant="- losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(tags, 0), logits, from_logits=True) | + losses = keras.losses.sparse_categorical_crossentropy(keras.ops.maximum(0, tags), logits, from_logits=True)" reason="the larger of two numbers does not depend on their order"


# %% exercise="slot-loss" kind="equivalent" mutant="- return keras.ops.sum(real * losses) / keras.ops.maximum(keras.ops.sum(real), 1.0) | + return keras.ops.sum(real * losses) / keras.ops.maximum(1.0, keras.ops.sum(real))" reason="the larger of two numbers does not depend on their order"
