# %% [markdown]
# Answers to `1-package.py`: never released. Exercises 1 and 8 are statements rather than code, so their alternatives differ in
# form only.

# %% exercise="opening-a-pickle" kind="alternative" name="dict-call"
holds = dict(A=False, B=False, C=True, D=False, E=True, F=False)

# %% exercise="opening-a-pickle" kind="alternative" name="numpy-booleans"
holds = dict(zip("ABCDEF", np.array([0, 0, 1, 0, 1, 0], dtype=bool)))

# %% exercise="opening-a-pickle" kind="mistake" name="dumps-runs" says="dumps only writes the call down"
holds = {"A": True, "B": False, "C": True, "D": False, "E": True, "F": False}

# %% exercise="opening-a-pickle" kind="mistake" name="reading-runs" says="genops reads the instructions"
holds = {"A": False, "B": True, "C": True, "D": False, "E": True, "F": False}

# %% exercise="opening-a-pickle" kind="mistake" name="needs-the-class" says="it needs no class Parcel to run"
holds = {"A": False, "B": False, "C": False, "D": False, "E": True, "F": False}

# %% exercise="opening-a-pickle" kind="mistake" name="object-comes-back" says="loads returns what the call returned"
holds = {"A": False, "B": False, "C": True, "D": True, "E": True, "F": False}

# %% exercise="opening-a-pickle" kind="mistake" name="check-after-loading" says="a look at the object after loading comes too late"
holds = {"A": False, "B": False, "C": True, "D": False, "E": False, "F": False}

# %% exercise="opening-a-pickle" kind="mistake" name="error-means-nothing-ran" says="instructions run while the file is read"
holds = {"A": False, "B": False, "C": True, "D": False, "E": True, "F": True}

# %% exercise="opening-a-pickle" kind="mistake" name="words" says="is neither True nor False"
holds = {"A": "no", "B": "no", "C": "yes", "D": "no", "E": "yes", "F": "no"}

# %% exercise="opening-a-pickle" kind="mistake" name="one-left-out" says="does not have exactly the letters A to F"
holds = {"A": False, "B": False, "C": True, "D": False, "E": True}


# %% exercise="globals-of-pickle" kind="alternative" name="unpickler-with-stand-ins"
def globals_of(pickled):
    """Python's own machine, but it gets an empty class for everything that it asks for."""
    found = set()

    class Nothing:
        def __new__(cls, *args, **kwargs):
            return object.__new__(cls)

        def __init__(self, *args, **kwargs):
            pass

        def __setstate__(self, state):
            pass

        def __setitem__(self, key, value):
            pass

        def append(self, value):
            pass

        def extend(self, values):
            pass

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            found.add(module + "." + name)
            return Nothing

    try:
        Reader(io.BytesIO(pickled)).load()
    except Exception as error:
        raise ValueError("cannot be read") from error
    return found


# %% exercise="globals-of-pickle" kind="alternative" name="opcode-by-opcode"
def globals_of(pickled):
    """A table of how many values each opcode takes; a list of stacks for the marks."""
    found, memo, outer, stack = [], {}, [], []
    for op, arg, position in pickletools.genops(pickled):
        n = op.name
        if n == "MARK":
            outer.append(stack)
            stack = []
        elif n in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
            memo[len(memo) if arg is None else arg] = stack[-1]
        elif n in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[arg])
        elif n == "DUP":
            stack.append(stack[-1])
        elif n == "POP":
            if stack:
                stack.pop()
            else:
                stack = outer.pop()
        elif n in ("EXT1", "EXT2", "EXT4"):
            raise ValueError("a number, no name")
        elif n in ("GLOBAL", "INST"):
            module, _, name = arg.partition(" ")
            found.append(module + "." + name)
            if n == "INST":
                stack = outer.pop()
            stack.append(None)
        elif n == "STACK_GLOBAL":
            name, module = stack.pop(), stack.pop()
            if type(name) is not str or type(module) is not str:
                raise ValueError("not to be told")
            found.append(module + "." + name)
            stack.append(None)
        else:
            takes = [o.name for o in op.stack_before]
            if "mark" in takes:
                stack = outer.pop()
                takes = takes[: takes.index("mark")]
            for _ in takes:
                stack.pop()
            for _ in op.stack_after:
                stack.append(arg if n in ("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8") else None)
    return frozenset(found)


# %% exercise="globals-of-pickle" kind="alternative" name="refuses-what-pickle-does-not-write"
def globals_of(pickled):
    """The last two texts, as `pickle` writes them; POP, DUP and the like are refused."""
    found, recent, memo = set(), [], {}
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in {"POP", "POP_MARK", "DUP"} or op.name.startswith("EXT"):
            raise ValueError(f"{op.name}: not written by pickle")
        if op.name in {"GLOBAL", "INST"}:
            found.add(".".join(arg.split(" ", 1)))
        if op.name == "STACK_GLOBAL":
            if None in recent[-2:]:
                raise ValueError("computed")
            found.add(".".join(recent[-2:]))
        if op.name == "MEMOIZE":
            memo[len(memo)] = recent[-1]
        elif op.name.endswith("PUT"):
            memo[arg] = recent[-1]
        elif op.name.endswith("GET"):
            recent.append(memo[arg])
        elif op.stack_after:
            recent.append(arg if "UNICODE" in op.name else None)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="stack-global-only" says="of protocols 0 to 3 (GLOBAL) is overlooked"
def globals_of(pickled):
    """Knows the new protocols only."""
    found, texts, memo = set(), [], {}
    for op, arg, _ in pickletools.genops(pickled):
        if op.name == "STACK_GLOBAL":
            found.add(".".join(texts[-2:]))
        elif op.name == "MEMOIZE":
            memo[len(memo)] = texts[-1] if texts else None
        elif op.name.endswith("GET"):
            texts.append(memo[arg])
        elif "UNICODE" in op.name:
            texts.append(arg)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="global-only" says="of protocols 4 and 5 (STACK_GLOBAL) is overlooked"
def globals_of(pickled):
    """As recipes of ten years ago did it."""
    return {arg.replace(" ", ".") for op, arg, _ in pickletools.genops(pickled) if op.name in ("GLOBAL", "INST")}


# %% exercise="globals-of-pickle" kind="mistake" name="no-memo" says="a text that comes from the memo"
def globals_of(pickled):
    """The last two texts that were written out."""
    found, texts = set(), []
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in ("GLOBAL", "INST"):
            found.add(arg.replace(" ", "."))
        elif op.name == "STACK_GLOBAL":
            found.add(".".join(texts[-2:]))
        elif "UNICODE" in op.name:
            texts.append(arg)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="imports-by-itself" says="the pickle was carried out"
def globals_of(pickled):
    """Overrides find_class to look on, and goes on to import."""
    found = set()

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            found.add(f"{module}.{name}")
            return getattr(__import__(module, fromlist=[name]), name)

    Reader(io.BytesIO(pickled)).load()
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="loads-it-and-catches" says="the pickle was loaded"
def globals_of(pickled):
    """Overrides find_class to look on; what goes wrong on the way is caught."""
    found = set()

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            found.add(f"{module}.{name}")
            return super().find_class(module, name)

    list(pickletools.genops(pickled))
    with contextlib.suppress(Exception):
        Reader(io.BytesIO(pickled)).load()
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="every-pair-of-texts" says="texts that are only data"
def globals_of(pickled):
    """Any two texts in a row may be an import."""
    found, texts = set(), []
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in ("GLOBAL", "INST"):
            found.add(arg.replace(" ", "."))
        elif "UNICODE" in op.name:
            texts.append(arg)
    return found | {f"{a}.{b}" for a, b in zip(texts, texts[1:])}


# %% exercise="globals-of-pickle" kind="mistake" name="with-a-blank" says="joined by a point, not by a blank"
def globals_of(pickled):
    """As GLOBAL writes it."""
    found, texts, memo = set(), [], {}
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in ("GLOBAL", "INST"):
            found.add(arg)
        elif op.name == "STACK_GLOBAL":
            found.add(" ".join(texts[-2:]))
        elif op.name == "MEMOIZE":
            memo[len(memo)] = texts[-1] if texts else None
        elif op.name.endswith("GET"):
            texts.append(memo[arg])
        elif "UNICODE" in op.name:
            texts.append(arg)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="believes-what-was-pushed-last" says="a hand-made pickle leads the function astray"
def globals_of(pickled):
    """The last two texts, from the file or from the memo; POP is not followed."""
    found, recent, memo = set(), [], {}
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in {"GLOBAL", "INST"}:
            found.add(".".join(arg.split(" ", 1)))
        if op.name == "STACK_GLOBAL":
            found.add(".".join(map(str, recent[-2:])))
        if op.name == "MEMOIZE":
            memo[len(memo)] = recent[-1]
        elif op.name.endswith("PUT"):
            memo[arg] = recent[-1]
        elif op.name.endswith("GET"):
            recent.append(memo[arg])
        elif op.stack_after:
            recent.append(arg if "UNICODE" in op.name else None)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="no-inst" says="an import by INST is overlooked"
def globals_of(pickled):
    """Nobody writes INST any more. Nobody but an attacker."""
    found, stack, memo, mark = set(), [], {}, object()
    for op, arg, _ in pickletools.genops(pickled):
        if op.name == "GLOBAL":
            found.add(arg.replace(" ", "."))
        elif op.name == "STACK_GLOBAL":
            if not all(isinstance(text, str) for text in stack[-2:]):
                raise ValueError("the name of an import is computed while loading")
            found.add(".".join(stack[-2:]))
        if op.name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif "PUT" in op.name:
            memo[arg] = stack[-1]
        elif op.name == "DUP":
            stack.append(stack[-1])
        else:
            takes = op.stack_before
            if pickletools.markobject in takes:
                takes = takes[: takes.index(pickletools.markobject)]
                while stack.pop() is not mark:
                    pass
            del stack[len(stack) - len(takes) :]
            value = None
            if "UNICODE" in op.name:
                value = arg
            elif "GET" in op.name:
                value = memo[arg]
            elif op.name == "MARK":
                value = mark
            stack += [value] * len(op.stack_after)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="computed-names-are-skipped" says="is computed while loading: that cannot be read off"
def globals_of(pickled):
    """Follows the stack, but says nothing of what it cannot read off."""
    found, stack, memo, mark = set(), [], {}, object()
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in ("GLOBAL", "INST"):
            found.add(arg.replace(" ", "."))
        elif op.name == "STACK_GLOBAL" and all(isinstance(text, str) for text in stack[-2:]):
            found.add(".".join(stack[-2:]))
        if op.name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif "PUT" in op.name:
            memo[arg] = stack[-1]
        elif op.name == "DUP":
            stack.append(stack[-1])
        else:
            takes = op.stack_before
            if pickletools.markobject in takes:
                takes = takes[: takes.index(pickletools.markobject)]
                while stack.pop() is not mark:
                    pass
            del stack[len(stack) - len(takes) :]
            value = None
            if "UNICODE" in op.name:
                value = arg
            elif "GET" in op.name:
                value = memo[arg]
            elif op.name == "MARK":
                value = mark
            stack += [value] * len(op.stack_after)
    return found


# %% exercise="globals-of-pickle" kind="mistake" name="numbers-passed-over" says="by a mere number (EXT1) is passed over"
def globals_of(pickled):
    """The set of "module.name" that loading the pickle `pickled` (bytes) would import; nothing is loaded.

    Raises ValueError for bytes that are no pickle, and where a name is not to be read off.
    """
    found, stack, memo, mark = set(), [], {}, object()
    for op, arg, _ in pickletools.genops(pickled):
        if op.name in ("GLOBAL", "INST"):
            found.add(arg.replace(" ", "."))
        elif op.name == "STACK_GLOBAL":
            if not all(isinstance(text, str) for text in stack[-2:]):
                raise ValueError("the name of an import is computed while loading")
            found.add(".".join(stack[-2:]))
        if op.name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif "PUT" in op.name:
            memo[arg] = stack[-1]
        elif op.name == "DUP":
            stack.append(stack[-1])
        else:
            takes = op.stack_before
            if pickletools.markobject in takes:
                takes = takes[: takes.index(pickletools.markobject)]
                while stack.pop() is not mark:
                    pass
            del stack[len(stack) - len(takes) :]
            value = None
            if "UNICODE" in op.name or "STRING" in op.name:
                value = arg
            elif "GET" in op.name:
                value = memo[arg]
            elif op.name == "MARK":
                value = mark
            stack += [value] * len(op.stack_after)
    return found


# %% exercise="globals-of-pickle" kind="equivalent" mutant="- elif op.name == 'DUP': | - stack.append(stack[-1])" reason="a doubled text counts as unknown, so an import of it raises the ValueError that the card allows"

# %% exercise="parity" kind="equivalent" mutant="- both = np.stack([together, single[:, 0]]) | + both = np.stack([single[:, 0], together])" reason="the two answers are treated alike"


# %% exercise="parity" kind="alternative" name="row-by-row"
def parity(predict, forecast, table):
    """Plain Python, one flight after another."""
    n = len(table)
    whole = forecast(table)
    if np.shape(whole) != (n,):
        raise ValueError("shape")
    far, off, flipped, batch = [], 0, 0, []
    for i, p in enumerate(predict(table)):
        alone = forecast(table.iloc[i : i + 1])
        if np.shape(alone) != (1,):
            raise ValueError("shape")
        row_far, turned = [], False
        for answer in (float(whole[i]), float(alone[0])):
            gone = answer != answer
            row_far.append(float("inf") if gone else abs(answer - float(p)))
            turned = turned or gone or (answer < flights.THRESHOLD) != (p < flights.THRESHOLD)
        far.append(max(row_far))
        off += max(row_far) > 1e-5
        flipped += turned
        gap = abs(float(whole[i]) - float(alone[0]))
        batch.append(float("inf") if gap != gap else gap)
    return {"max": max(far), "share": off / n, "flipped": flipped, "batch": max(batch)}


# %% exercise="parity" kind="alternative" name="pandas"
def parity(predict, forecast, table):
    """A frame with three columns."""
    answers = {"together": np.array(forecast(table), dtype=np.float64)}
    parts = [np.array(forecast(table[i : i + 1]), dtype=np.float64) for i in range(len(table))]
    if answers["together"].shape != (len(table),) or any(part.shape != (1,) for part in parts):
        raise ValueError("an answer has the wrong shape")
    answers["alone"] = np.concatenate(parts)
    frame = pd.DataFrame(answers)
    model = pd.Series(np.array(predict(table), dtype=np.float64))
    off = frame.sub(model, axis=0).abs().fillna(np.inf)
    turned = frame.ge(flights.THRESHOLD).ne(model.ge(flights.THRESHOLD), axis=0) | frame.isna()
    return {
        "max": float(off.max().max()),
        "share": float((off.max(axis=1) > 1e-5).mean()),
        "flipped": int(turned.any(axis=1).sum()),
        "batch": float((frame["together"] - frame["alone"]).abs().fillna(np.inf).max()),
    }


# %% exercise="parity" kind="mistake" name="whole-table-only" says="never one by one"
def parity(predict, forecast, table):
    """Asks once."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = together[:, None]
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="one-by-one-only" says="never for the whole table"
def parity(predict, forecast, table):
    """Asks in a loop only."""
    model = np.asarray(predict(table), dtype=float)
    together = np.concatenate([forecast(table.iloc[[i]]) for i in range(len(table))])
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="sign-kept" says="the sign is kept"
def parity(predict, forecast, table):
    """Forgets the absolute value."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = both - model
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="mean" says="a mean hides"
def parity(predict, forecast, table):
    """The mean absolute error."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.mean(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="nan-passed-over" says="passed over, as if it agreed"
def parity(predict, forecast, table):
    """nanmax."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": np.nanmax(off),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="share-in-percent" says="given in percent"
def parity(predict, forecast, table):
    """100 times."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean() * 100,
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="share-is-a-count" says="is not a share"
def parity(predict, forecast, table):
    """A number of rows."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).sum(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="share-over-answers" says="over rows, not over answers"
def parity(predict, forecast, table):
    """The mean over both answers."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="decisions-in-sum" says="are counted in sum"
def parity(predict, forecast, table):
    """How many more are rebooked."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": abs((both >= flights.THRESHOLD).sum(axis=1) - (model >= flights.THRESHOLD).sum()).max(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="strictly-above" says="at the threshold itself"
def parity(predict, forecast, table):
    """Rebooks above the threshold."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both > flights.THRESHOLD) != (model > flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="nan-decides" says="decides nothing"
def parity(predict, forecast, table):
    """NaN >= t is False, and so is the model's."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = (both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="rows-as-series" says="handed over as a Series"
def parity(predict, forecast, table):
    """table.iloc[i]."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[i]) for i in range(len(table))], dtype=float)
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="rows-by-label" says="by their label (.loc)"
def parity(predict, forecast, table):
    """How far an artefact is from its model on a table: {"max": …, "share": …, "flipped": …, "batch": …}.

    predict, forecast: a DataFrame of n rows -> P(late) (n,). Raises ValueError for an answer of another shape.
    """
    model = np.asarray(predict(table))
    together = np.asarray(forecast(table))
    single = np.array([forecast(table.loc[[label]])[:1] for label in table.index])
    if together.shape != (len(table),) or single.shape != (len(table), 1):
        raise ValueError("the artefact's answer has another shape than (n,)")
    both = np.stack([together, single[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="parity" kind="mistake" name="broadcasts" says="it broadcasts to (n, n)"
def parity(predict, forecast, table):
    """No look at shapes."""
    model = np.asarray(predict(table), dtype=float)
    together = np.asarray(forecast(table), dtype=float)
    single = np.array([forecast(table.iloc[[i]]) for i in range(len(table))], dtype=float)
    both = np.stack([together.reshape(len(table), -1)[:, 0], single.reshape(len(table), -1)[:, 0]])
    off = np.abs(both - model)
    off[np.isnan(off)] = np.inf
    turned = ((both >= flights.THRESHOLD) != (model >= flights.THRESHOLD)) | np.isnan(both)
    apart = np.abs(both[0] - both[1])
    apart[np.isnan(apart)] = np.inf
    return {
        "max": off.max(),
        "share": (off > 1e-5).any(axis=0).mean(),
        "flipped": turned.any(axis=0).sum(),
        "batch": apart.max(),
    }


# %% exercise="repair-shipping" kind="equivalent" mutant="- if not off.max() <= 1e-05: | + if not off.max() < 1e-05:" reason="no difference is exactly 1e-5"


# %% exercise="repair-shipping" kind="alternative" name="one-hot"
def ship(train, convert=desk.to_onnx):
    """One column for each category's value, and a test on odd flights in one table."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder

    boosting = flights.desk_model().named_steps["boosting"]
    codes = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("numbers", "passthrough", COLUMNS), ("codes", codes, flights.CATEGORIES)])
    model = Pipeline([("columns", columns), ("boosting", boosting)]).fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    odd = train[flights.FEATURES].astype(dict.fromkeys(flights.CATEGORIES, object))
    for i, name in enumerate(flights.FEATURES):
        odd.iloc[i::25, i] = "new" if name in flights.CATEGORIES else np.nan
    for table in (odd, train):
        try:
            np.testing.assert_allclose(
                ask(graph, table), model.predict_proba(table[flights.FEATURES])[:, 1], rtol=0, atol=1e-5
            )
        except AssertionError as error:
            raise ValueError(str(error)) from None
    return model, graph


# %% exercise="repair-shipping" kind="alternative" name="own-error-class"
class NotTheModel(ValueError):
    """The graph forecasts something else."""


def ship(train, convert=desk.to_onnx):
    """Native marks taken off; every kind of flight in turn."""
    model = flights.desk_model()
    model.set_params(boosting__categorical_features=None)
    model.fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    tables = [train]
    tables += [train.assign(**{name: np.nan}) for name in COLUMNS if name.startswith(("recent", "temp", "due"))]
    tables += [train.assign(**{name: "ZZZ"}) for name in flights.CATEGORIES]
    worst = max(
        float(np.max(np.abs(ask(graph, t).astype(float) - model.predict_proba(t[flights.FEATURES])[:, 1])))
        for t in tables
    )
    if worst > 1e-5:
        raise NotTheModel(worst)
    return [model, graph]


# %% exercise="repair-shipping" kind="mistake" name="as-tomas-wrote-it" says="the graph that ship returns does not forecast"
def ship(train, convert=desk.to_onnx):
    """Untouched."""
    return tomas_ships(train, convert)


# %% exercise="repair-shipping" kind="mistake" name="labels-compared" says="the test looks at labels"
def ship(train, convert=desk.to_onnx):
    """The conversion is repaired, the test is not."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    same = (ask(graph, train) >= 0.5) == model.predict(train[flights.FEATURES])
    if same.mean() < 0.8:
        raise ValueError("the graph is not the model")
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="no-new-category" says="no new category is asked"
def ship(train, convert=desk.to_onnx):
    """Tests on the flights it has."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    if not np.allclose(ask(graph, train), model.predict_proba(train[flights.FEATURES])[:, 1], rtol=0, atol=1e-5):
        raise ValueError("the graph is not the model")
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="complete-flights-only" says="no flight with missing numbers is asked"
def ship(train, convert=desk.to_onnx):
    """Drops what is missing before it tests."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    full = train.dropna(subset=COLUMNS)
    for table in (full, full.assign(**dict.fromkeys(flights.CATEGORIES, "new"))):
        if np.abs(ask(graph, table) - model.predict_proba(table[flights.FEATURES])[:, 1]).max() > 1e-5:
            raise ValueError("the graph is not the model")
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="three-decimals" says="is off by a thousandth"
def ship(train, convert=desk.to_onnx):
    """Compares what would be printed."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    for table in (train, train.assign(**dict.fromkeys(flights.CATEGORIES, "new"))):
        if np.abs(ask(graph, table) - model.predict_proba(table[flights.FEATURES])[:, 1]).max() > 0.005:
            raise ValueError("the graph is not the model")
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="allclose-by-default" says="is off by 1.6e-5"
def ship(train, convert=desk.to_onnx):
    """np.allclose has a relative tolerance as well."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    for table in (train, train.assign(**dict.fromkeys(flights.CATEGORIES, "new"))):
        if not np.allclose(ask(graph, table), model.predict_proba(table[flights.FEATURES])[:, 1], rtol=1e-3, atol=1e-5):
            raise ValueError("the graph is not the model")
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="refuses-float32" says="a faithful graph is refused"
def ship(train, convert=desk.to_onnx):
    """Demands equality."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    if (
        convert is not desk.to_onnx
        and np.abs(ask(graph, train) - model.predict_proba(train[flights.FEATURES])[:, 1]).max() > 1e-9
    ):
        raise ValueError("the graph is not the model")
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="asserts" says="must raise a ValueError, not another error"
def ship(train, convert=desk.to_onnx):
    """assert: gone under python -O."""
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(model)
    for table in (train, train.assign(**dict.fromkeys(flights.CATEGORIES, "new"))):
        assert np.abs(ask(graph, table) - model.predict_proba(table[flights.FEATURES])[:, 1]).max() <= 1e-5
    return model, graph


# %% exercise="repair-shipping" kind="mistake" name="two-models" says="the model that is returned is another one"
def ship(train, convert=desk.to_onnx):
    """A good graph beside the old model."""
    simple = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = convert(simple)
    for table in (train, train.assign(**dict.fromkeys(flights.CATEGORIES, "new"))):
        if np.abs(ask(graph, table) - simple.predict_proba(table[flights.FEATURES])[:, 1]).max() > 1e-5:
            raise ValueError("the graph is not the model")
    model = flights.desk_model().set_params(boosting__categorical_features=[19, 20, 21])
    return model.fit(train[flights.FEATURES], train["late"]), graph


# %% exercise="repair-shipping" kind="mistake" name="categories-dropped" says="does not take all 22 features"
def ship(train, convert=desk.to_onnx):
    """No categories, no trouble."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    columns = ColumnTransformer([("numbers", "passthrough", COLUMNS)])
    model = Pipeline([("columns", columns), ("boosting", flights.desk_model().named_steps["boosting"])])
    model.fit(train[COLUMNS], train["late"])
    inputs = [(name, FloatTensorType([None, 1])) for name in COLUMNS]
    from skl2onnx.common import tree_ensemble

    write = tree_ensemble.add_node
    tree_ensemble.add_node = lambda *a, nodes_missing_value_tracks_true=0, **k: write(
        *a, nodes_missing_value_tracks_true=int(nodes_missing_value_tracks_true), **k
    )
    try:
        graph = skl2onnx.to_onnx(model, initial_types=inputs, options={"zipmap": False}).SerializeToString()
    finally:
        tree_ensemble.add_node = write
    return model, graph


# %% exercise="export-test" kind="equivalent" mutant="- usual = (table, table[sorted(table.columns)], table.head(1), pd.concat([table] * 25)) | + usual = (table, table[sorted(table.columns)], table.head(1), pd.concat([table] * 26))" reason="a large batch as well"

# %% exercise="export-test" kind="equivalent" mutant="- usual = (table, table[sorted(table.columns)], table.head(1), pd.concat([table] * 25)) | + usual = (table, table[sorted(table.columns)], table.head(1), pd.concat([table] * 24))" reason="a large batch as well"

# %% exercise="export-test" kind="equivalent" mutant="- if not (off <= 1e-05).all(): | + if not (off < 1e-05).all():" reason="no difference is exactly 1e-5"


# %% exercise="export-test" kind="alternative" name="assertions-in-a-loop"
def is_faithful(predict, forecast, table):
    """numpy.testing, with everything missing or new at once."""
    rng = np.random.default_rng(0)
    asked = [
        table.iloc[[3]],
        table,
        table.sample(frac=1, random_state=0),
        table[list(rng.permutation(table.columns))],
        pd.concat([table] * 25, ignore_index=True),
        table.assign(**dict.fromkeys(COLUMNS, np.nan)),
        table.assign(**dict.fromkeys(flights.CATEGORIES, "???")),
    ]
    for name in flights.CATEGORIES + COLUMNS:
        asked.append(table.head(8).assign(**{name: "??" if name in flights.CATEGORIES else np.nan}))
    for one in asked:
        np.testing.assert_allclose(np.array(forecast(one), dtype=float), np.array(predict(one)), rtol=0, atol=1e-5)
    return True


# %% exercise="export-test" kind="alternative" name="one-big-table"
def is_faithful(predict, forecast, table):
    """All odd flights in one table of a thousand rows, asked whole, backwards, in part and one by one."""
    odd = [table]
    for name in COLUMNS:
        odd.append(table.iloc[:10].assign(**{name: float("nan")}))
    for name in flights.CATEGORIES:
        odd.append(table.iloc[:10].assign(**{name: "unheard of"}))
    base = pd.concat(odd, ignore_index=True)
    big = pd.concat([base] * 4, ignore_index=True).iloc[:1000]
    target = np.asarray(predict(big), dtype=float)
    answers = [
        np.asarray(forecast(big), dtype=float),
        np.asarray(forecast(big.iloc[::-1]), dtype=float)[::-1],
        np.asarray(forecast(big[sorted(big.columns)]), dtype=float),
        np.concatenate([np.asarray(forecast(big.iloc[i : i + 1]), dtype=float) for i in range(0, 12)]),
    ]
    agree = [bool(np.all(np.abs(a - target[: len(a)]) <= 1e-5)) for a in answers]
    return False not in agree


# %% exercise="export-test" kind="mistake" name="labels" says="labels agree, forecasts do not"
def is_faithful(predict, forecast, table):
    """Compares decisions."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        if ((np.asarray(forecast(asked)) >= 0.5) != (np.asarray(predict(asked)) >= 0.5)).any():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="means" says="that rounds to two decimals"
def is_faithful(predict, forecast, table):
    """Compares means, to a hundredth."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not off.mean() <= 0.01:
            return False
    return True


# %% exercise="export-test" kind="mistake" name="nan-agrees" says="that answers NaN passes"
def is_faithful(predict, forecast, table):
    """NaN > 1e-5 is False."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if (off > 1e-5).any():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="signed" says="always a little too low"
def is_faithful(predict, forecast, table):
    """No absolute value."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.asarray(forecast(asked)) - np.asarray(predict(asked))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="allclose" says="by a thousandth of each forecast"
def is_faithful(predict, forecast, table):
    """np.allclose, whose relative tolerance comes on top."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        if not np.allclose(forecast(asked), predict(asked), rtol=1e-3, atol=1e-5):
            return False
    return True


# %% exercise="export-test" kind="mistake" name="bit-for-bit" says="a faithful artefact is refused"
def is_faithful(predict, forecast, table):
    """Demands equality."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off == 0).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="natural-missing-only" says="takes a missing due for the median"
def is_faithful(predict, forecast, table):
    """Only what is missing in the table."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="no-new-category" says="takes a new carrier for a known one"
def is_faithful(predict, forecast, table):
    """Only known categories."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="one-new-category" says="takes a new origin for a known one"
def is_faithful(predict, forecast, table):
    """Forgets two of the three."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in ["carrier"]]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="no-single-flight" says="errs for a single flight"
def is_faithful(predict, forecast, table):
    """Batches only."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="small-batches" says="errs from row 640"
def is_faithful(predict, forecast, table):
    """Forty flights at most."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="columns-in-order" says="reads columns by position"
def is_faithful(predict, forecast, table):
    """The order as given."""
    few = table.head(6)
    tables = [table, table[::-1], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="other-sizes-each-time" says="repeats its first answer for a batch of the same size"
def is_faithful(predict, forecast, table):
    """Every table has a size of its own, as it happens."""
    few = table.head(6)
    tables = [table, table.head(39)[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    tables = [t.head(len(t) - min(i % 5, len(t) - 1) if len(t) > 6 else len(t)) for i, t in enumerate(tables)]
    tables[5:] = [pd.concat([t] * (i + 10)).iloc[: 50 + i] for i, t in enumerate(tables[5:])]
    for asked in tables:
        off = np.abs(np.asarray(forecast(asked)) - np.asarray(predict(asked)))
        if not (off <= 1e-5).all():
            return False
    return True


# %% exercise="export-test" kind="mistake" name="nothing" says="that gives log-odds"
def is_faithful(predict, forecast, table):
    """Runs it and is glad."""
    few = table.head(6)
    tables = [table, table[::-1], table[table.columns[::-1]], table.head(1), pd.concat([table] * 25)]
    tables += [few.assign(**{name: np.nan}) for name in COLUMNS]
    tables += [few.assign(**{name: "new"}) for name in flights.CATEGORIES]
    for asked in tables:
        if len(forecast(asked)) != len(asked):
            return False
    return True


# %% exercise="export-net" kind="equivalent" mutant="- program = torch.onnx.export(Whole().eval(), EXAMPLE, input_names=['numbers', 'categories'], output_names=['p'], dynamic_shapes=({0: 'n'}, {0: 'n'}), verbose=False) | + program = torch.onnx.export(Whole().eval(), EXAMPLE, output_names=['p'], dynamic_shapes=({0: 'n'}, {0: 'n'}), verbose=False)" reason="the exporter takes the names of forward's arguments"

# %% exercise="export-net" kind="equivalent" mutant="- program = torch.onnx.export(Whole().eval(), EXAMPLE, input_names=['numbers', 'categories'], output_names=['p'], dynamic_shapes=({0: 'n'}, {0: 'n'}), verbose=False) | + program = torch.onnx.export(Whole().eval(), EXAMPLE, input_names=['numbers', 'categories'], output_names=['p'], dynamic_shapes=({0: 'n'}, {0: 'n'}))" reason="it only prints more"

# %% exercise="export-net" kind="equivalent" mutant="- program = torch.onnx.export(Whole().eval(), EXAMPLE, input_names=['numbers', 'categories'], output_names=['p'], dynamic_shapes=({0: 'n'}, {0: 'n'}), verbose=False) | + program = torch.onnx.export(Whole().eval(), EXAMPLE, input_names=['numbers', 'categories'], output_names=['p'], dynamic_shapes=({0: 'n'}, {0: 'n'}), verbose=True)" reason="it only prints more"


# %% exercise="export-net" kind="alternative" name="older-exporter"
def export_net(net, medians, means, spreads):
    """The exporter of before PyTorch 2.9, by tracing; standardising folded into one step."""
    shift, scale = torch.as_tensor(means).float(), torch.as_tensor(spreads).float()
    middle = torch.nn.Parameter(torch.as_tensor(medians).float(), requires_grad=False)

    class Ready(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.middle = net, middle

        def forward(self, numbers, categories):
            gone = numbers.isnan()
            x = ((torch.nan_to_num(numbers) * ~gone + self.middle * gone) - shift) / scale
            return self.inner(x, categories).sigmoid()

    ready = Ready()
    ready.train(False)
    out = io.BytesIO()
    names = ["numbers", "categories", "p"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            ready,
            (torch.rand(3, 19), torch.ones(3, 3).long()),
            out,
            dynamo=False,
            input_names=names[:2],
            output_names=names[2:],
            dynamic_axes={name: {0: "rows"} for name in names},
        )
    return out.getvalue()


# %% exercise="export-net" kind="alternative" name="dim-objects-and-a-file"
def export_net(net, medians, means, spreads):
    """Exported into a file; the batch's length is torch.export's own object; the negative log-odds are turned round."""
    net.eval()

    class Outer(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            for name, value in {"a": medians, "b": means, "c": spreads}.items():
                self.register_buffer(name, torch.from_numpy(np.asarray(value, dtype=np.float32)))

        def forward(self, numbers, categories):
            z = self.net((torch.where(numbers != numbers, self.a, numbers) - self.b) / self.c, categories)
            return 1 / (1 + torch.exp(-z))

    rows = torch.export.Dim("rows", min=1)
    with tempfile.TemporaryDirectory() as folder:
        torch.onnx.export(
            Outer(),
            (torch.ones(4, 19), torch.zeros((4, 3), dtype=torch.long)),
            f"{folder}/net.onnx",
            input_names=["numbers", "categories"],
            output_names=["p"],
            external_data=False,
            verbose=False,
            dynamic_shapes={"numbers": {0: rows}, "categories": {0: rows}},
        )
        return Path(folder, "net.onnx").read_bytes()


# %% exercise="export-net" kind="mistake" name="logits" says="the sigmoid is missing"
def export_net(net, medians, means, spreads):
    """As it was trained."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return self.net((filled - self.means) / self.spreads, categories)

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="sigmoid-twice" says="the sigmoid is taken twice"
def export_net(net, medians, means, spreads):
    """To be on the safe side."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(torch.sigmoid(self.net((filled - self.means) / self.spreads, categories)))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="training-mode" says="dropout is at work"
def export_net(net, medians, means, spreads):
    """Forgets eval."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().train(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="fixed-batch" says="one size of batch only"
def export_net(net, medians, means, spreads):
    """Forgets that the batch varies."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="normaliser-outside" says="not standardised inside the graph"
def export_net(net, medians, means, spreads):
    """The server will do that."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net(filled, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="spread-forgotten" says="the spreads do not divide"
def export_net(net, medians, means, spreads):
    """Centred only."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net(filled - self.means, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="missing-stays-nan" says="a missing number makes p NaN"
def export_net(net, medians, means, spreads):
    """Nothing is filled."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = numbers
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="missing-is-zero" says="a missing number is taken for 0"
def export_net(net, medians, means, spreads):
    """nan_to_num."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.nan_to_num(numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="filled-with-the-mean" says="filled after standardising (with 0, the mean)"
def export_net(net, medians, means, spreads):
    """Standardises, then fills with 0."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.means, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="median-after" says="the median is filled in after standardising"
def export_net(net, medians, means, spreads):
    """The right number at the wrong moment."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            x = (numbers - self.means) / self.spreads
            return torch.sigmoid(self.net(torch.where(torch.isnan(x), self.medians, x), categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="other-names" says="have other names"
def export_net(net, medians, means, spreads):
    """The names that the exporter invents."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="float64" says="have other types"
def export_net(net, medians, means, spreads):
    """Everything in float64."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float64))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float64))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float64))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories))

    program = torch.onnx.export(
        Whole().double().eval(),
        (torch.zeros(2, 19, dtype=torch.float64), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="p-in-float64" says="p has another type"
def export_net(net, medians, means, spreads):
    """The net with everything before and after it as an ONNX graph (bytes): numbers, categories -> p.

    numbers: (n, 19) float32, NaN where missing; categories: (n, 3) int64; p: (n,) float32.
    """

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            for name, values in (("medians", medians), ("means", means), ("spreads", spreads)):
                self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories)).double()

    program = torch.onnx.export(
        Whole().eval(),
        EXAMPLE,
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="two-dimensions" says="another shape than (n,)"
def export_net(net, medians, means, spreads):
    """A column."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(self.net((filled - self.means) / self.spreads, categories)).unsqueeze(1)

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="export-net" kind="mistake" name="batch-statistics" says="for flights without missing numbers p is not"
def export_net(net, medians, means, spreads):
    """Standardises by the batch at hand."""

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.register_buffer("medians", torch.tensor(medians, dtype=torch.float32))
            self.register_buffer("means", torch.tensor(means, dtype=torch.float32))
            self.register_buffer("spreads", torch.tensor(spreads, dtype=torch.float32))

        def forward(self, numbers, categories):
            filled = torch.where(torch.isnan(numbers), self.medians, numbers)
            return torch.sigmoid(
                self.net((filled - filled.mean(dim=0)) / (filled.std(dim=0, unbiased=False) + 1e-6), categories)
            )

    program = torch.onnx.export(
        Whole().eval(),
        (torch.zeros(2, 19), torch.zeros(2, 3, dtype=torch.int64)),
        input_names=["numbers", "categories"],
        output_names=["p"],
        dynamic_shapes=({0: "n"}, {0: "n"}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


# %% exercise="save-and-load" kind="equivalent" mutant="+ (part / 'manifest.json').write_bytes(text.encode()) | - (part / 'manifest.json').write_bytes(text.encode())" reason="the order of the two files inside the temporary folder is seen by nobody"


# %% exercise="save-and-load" kind="alternative" name="mkdtemp-and-os-replace"
def save_artefact(folder, graph, lineage):
    """A temporary folder by tempfile, taken away when something fails."""
    import shutil

    folder = os.fspath(folder)
    parent = os.path.dirname(os.path.abspath(folder))
    if os.path.lexists(folder):
        raise FileExistsError(folder)
    temporary = tempfile.mkdtemp(prefix=".new-", dir=parent)
    try:
        with open(os.path.join(temporary, "model.onnx"), "wb") as file:
            file.write(graph)
        with open(os.path.join(temporary, "manifest.json"), "w", encoding="utf8") as file:
            json.dump(
                {"lineage": lineage, "schema": 1, "sha256": hashlib.sha256(bytes(graph)).hexdigest()},
                file,
                allow_nan=False,
                ensure_ascii=False,
                indent=2,
            )
        os.chmod(temporary, 0o755)
        os.rename(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Path(folder)


def load_artefact(folder):
    """Reads first, asks afterwards."""
    read = {}
    for name in ["manifest.json", "model.onnx"]:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                read[name] = file.read()
        except FileNotFoundError as error:
            raise ArtefactError(f"{name} cannot be found: package the model again") from error
    try:
        manifest = json.loads(read["manifest.json"])
        schema = manifest.get("schema")
    except (ValueError, AttributeError) as error:
        raise ArtefactError("manifest.json cannot be read") from error
    if schema != 1:
        raise ArtefactError(f"unknown Schema: {schema}")
    digest = hashlib.new("sha256")
    digest.update(read["model.onnx"])
    if digest.hexdigest() != manifest.get("sha256"):
        raise ArtefactError("sha256 of model.onnx differs from the manifest's")
    return [read["model.onnx"], manifest]


# %% exercise="save-and-load" kind="alternative" name="temporary-directory"
def save_artefact(folder, graph, lineage):
    """Builds inside a TemporaryDirectory beside it and moves the inner folder out."""
    target = Path(folder)
    body = json.dumps(dict(schema=1, sha256=hashlib.sha256(graph).hexdigest(), lineage=lineage), allow_nan=False)
    if target.exists():
        raise FileExistsError(str(target))
    part = Path(f"{target}.tmp-{os.getpid()}")
    os.mkdir(part)
    files = {"manifest.json": body.encode("utf-8"), "model.onnx": graph}
    for name, content in files.items():
        (part / name).write_bytes(content)
    return part.replace(target)


def load_artefact(folder):
    """match on what was read."""
    folder = Path(folder)
    try:
        text, graph = (folder / "manifest.json").read_bytes(), (folder / "model.onnx").read_bytes()
    except OSError as error:
        raise ArtefactError(f"missing: {Path(error.filename).name}") from error
    try:
        manifest = json.loads(text)
    except json.JSONDecodeError:
        manifest = None
    match manifest:
        case {"schema": 1, "sha256": digest, **rest}:
            if digest == hashlib.sha256(graph).hexdigest():
                return graph, manifest
            raise ArtefactError("model.onnx was altered")
        case dict():
            raise ArtefactError("this is no artefact of schema 1")
        case _:
            raise ArtefactError("manifest.json is damaged")


# %% exercise="save-and-load" kind="alternative" name="its-own-error"
def save_artefact(folder, graph, lineage):
    """Write model.onnx and manifest.json into a new folder, all or nothing; returns its Path."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    try:
        text = json.dumps(manifest, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ArtefactError(f"manifest.json cannot be written: {error}") from error
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_bytes(text.encode())
    part.rename(folder)
    return folder


def load_artefact(folder):
    """The pair (graph, manifest) of an artefact; raises ArtefactError where it is not what it says it is."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest.get("sha256"):
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="in-place" says="half an artefact can be seen"
def save_artefact(folder, graph, lineage):
    """Writes where it is read."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="temporary-elsewhere" says="the temporary folder lies elsewhere"
def save_artefact(folder, graph, lineage):
    """Wherever tempfile puts it."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = Path(tempfile.mkdtemp())
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="overwrites" says="an existing version must be refused"
def save_artefact(folder, graph, lineage):
    """The newest wins."""
    folder = Path(folder)
    if folder.exists():
        import shutil

        shutil.rmtree(folder)
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="nan-written" says="a NaN in the lineage is no JSON"
def save_artefact(folder, graph, lineage):
    """json.dumps as it comes."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="something-left" says="something is left behind"
def save_artefact(folder, graph, lineage):
    """Finds out too late."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(json.dumps(manifest, allow_nan=False), encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="python-hash" says="sha256 is not that of the graph"
def save_artefact(folder, graph, lineage):
    """Another digest under that name."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha1(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha1(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="schema-as-text" says="schema is not the number 1"
def save_artefact(folder, graph, lineage):
    """A text."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": "1", "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != "1":
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="returns-text" says="does not return the folder as a Path"
def save_artefact(folder, graph, lineage):
    """The path as text."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return str(folder)


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="no-digest-compared" says="one altered bit is loaded"
def save_artefact(folder, graph, lineage):
    """Writes a digest and never looks at it."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="schema-not-read" says="schema 2 is taken for one of schema 1"
def save_artefact(folder, graph, lineage):
    """Only the digest counts."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if "sha256" not in manifest:
        raise ArtefactError("another schema")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="digest-before-schema" says="another schema, with other keys"
def save_artefact(folder, graph, lineage):
    """Asks for keys that another schema need not have."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="no-digest-at-all" says="a manifest without sha256 proves nothing"
def save_artefact(folder, graph, lineage):
    """Write model.onnx and manifest.json into a new folder, all or nothing; returns its Path."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_bytes(text.encode())
    part.rename(folder)
    return folder


def load_artefact(folder):
    """The pair (graph, manifest) of an artefact; raises ArtefactError where it is not what it says it is."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="bare-errors" says="without model.onnx an ArtefactError"
def save_artefact(folder, graph, lineage):
    """Lets Python say it."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise ArtefactError("manifest.json is not JSON") from None
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="save-and-load" kind="mistake" name="json-error-passes" says="half a manifest.json"
def save_artefact(folder, graph, lineage):
    """A JSONDecodeError is a ValueError, and yet tells nobody which file."""
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten")
    manifest = {"schema": 1, "sha256": hashlib.sha256(graph).hexdigest(), "lineage": lineage}
    text = json.dumps(manifest, allow_nan=False)
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    (part / "model.onnx").write_bytes(graph)
    (part / "manifest.json").write_text(text, encoding="utf-8")
    part.rename(folder)
    return folder


def load_artefact(folder):
    """Asks in the order of the card."""
    folder = Path(folder)
    for name in ("manifest.json", "model.onnx"):
        if not (folder / name).is_file():
            raise ArtefactError(f"{name} is missing")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ArtefactError("manifest.json holds no object")
    if manifest.get("schema") != 1:
        raise ArtefactError(f"schema {manifest.get('schema')!r} is not 1")
    graph = (folder / "model.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != manifest["sha256"]:
        raise ArtefactError("model.onnx is not the file that the manifest names")
    return graph, manifest


# %% exercise="which-format" kind="alternative" name="zip"
formats = dict(zip("ABCDEF", ["onnx", "skops", "none", "pickle", "skops", "none"]))

# %% exercise="which-format" kind="alternative" name="grown-entry-by-entry"
formats = {letter: "skops" for letter in "BE"}
formats.update({letter: "none" for letter in "CF"})
formats["A"], formats["D"] = np.array(["onnx", "pickle"])

# %% exercise="which-format" kind="mistake" name="skops-in-cpp" says="rebuilds no Python objects"
formats = {"A": "skops", "B": "skops", "C": "none", "D": "pickle", "E": "skops", "F": "none"}

# %% exercise="which-format" kind="mistake" name="graph-is-refitted" says="Inês needs the steps and their fit"
formats = {"A": "onnx", "B": "onnx", "C": "none", "D": "pickle", "E": "skops", "F": "none"}

# %% exercise="which-format" kind="mistake" name="opens-the-pickle" says="a stranger's pickle is never opened"
formats = {"A": "onnx", "B": "skops", "C": "pickle", "D": "pickle", "E": "skops", "F": "none"}

# %% exercise="which-format" kind="mistake" name="skops-for-the-table" says="inside one program of ours a pickle is right"
formats = {"A": "onnx", "B": "skops", "C": "none", "D": "skops", "E": "skops", "F": "none"}

# %% exercise="which-format" kind="mistake" name="pickle-because-it-is-ours" says="skops asks for less trust"
formats = {"A": "onnx", "B": "skops", "C": "none", "D": "pickle", "E": "pickle", "F": "none"}

# %% exercise="which-format" kind="mistake" name="ships-the-wrong-graph" says="it must not be shipped"
formats = {"A": "onnx", "B": "skops", "C": "none", "D": "pickle", "E": "skops", "F": "onnx"}
