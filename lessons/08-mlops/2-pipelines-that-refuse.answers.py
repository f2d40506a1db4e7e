# %% [markdown]
# Answers to `2-pipelines-that-refuse.py`: never released.


# %% exercise="run-dag" kind="alternative" name="graphlib"
def run_dag(tasks, needs):
    """The standard library sorts."""
    for key, before in needs.items():
        for name in (key, *before):
            if name not in tasks:
                raise ValueError(f"{name!r} is not a task")
    try:
        order = list(graphlib.TopologicalSorter({name: needs.get(name, ()) for name in tasks}).static_order())
    except graphlib.CycleError as error:
        raise ValueError(f"cycle: {error}") from None
    status, value = {}, {}
    for name in order:
        if {status[b] for b in needs.get(name, ())} - {"done"}:
            status[name], value[name] = "skipped", None
        else:
            try:
                value[name] = tasks[name]({b: value[b] for b in needs.get(name, ())})
                status[name] = "done"
            except Exception as error:
                status[name], value[name] = "failed", str(error)
    return {name: [status[name], value[name]] for name in tasks}


# %% exercise="run-dag" kind="alternative" name="depth-first"
def run_dag(tasks, needs):
    """Two depth-first walks with memory: one that looks for circles, one that runs."""
    for key in needs:
        for name in [key, *needs[key]]:
            if name not in tasks:
                raise ValueError("unknown: " + name)
    colour = {}

    def look(name):
        if colour.get(name) == "grey":
            raise ValueError("there is a cycle through " + name)
        if name not in colour:
            colour[name] = "grey"
            for before in needs.get(name, []):
                look(before)
            colour[name] = "black"

    for name in tasks:
        look(name)
    memory = {}

    def run(name):
        if name not in memory:
            got, fine = {}, True
            for before in needs.get(name, []):
                state, got[before] = run(before)
                fine = fine and state == "done"
            memory[name] = ("skipped", None)
            if fine:
                try:
                    memory[name] = ("done", tasks[name](got))
                except Exception as error:
                    memory[name] = ("failed", f"{error}")
        return memory[name]

    for name in tasks:
        run(name)
    return memory


# %% exercise="run-dag" kind="alternative" name="counting"
def run_dag(tasks, needs):
    """Kahn: counts of what is still missing, and a queue."""
    names = set(tasks)
    for name in set(needs).union(*needs.values()) if needs else ():
        if name not in names:
            raise ValueError(f"{name} is needed or needs something, but is no task")
    missing = {name: len(set(needs.get(name, []))) for name in tasks}
    queue = [name for name in tasks if not missing[name]]
    for name in queue:
        for other in tasks:
            if name in needs.get(other, []):
                missing[other] -= 1
                if not missing[other]:
                    queue.append(other)
    if len(queue) < len(tasks):
        raise ValueError("CYCLE among " + ", ".join(n for n in tasks if missing[n]))
    out, dead = {}, set()
    for name in queue:
        if dead & set(needs.get(name, [])):
            dead.add(name)
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
        except Exception as error:
            dead.add(name)
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="order-of-the-dict" says="a task runs before one that it needs"
def run_dag(tasks, needs):
    """As the tasks come."""
    out = {}
    for name, task in tasks.items():
        before = needs.get(name, [])
        if any(out.get(b, ("done",))[0] != "done" for b in before):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", task({b: out[b][1] for b in before if b in out}))
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="no-memory" says="a task runs more than once"
def run_dag(tasks, needs):
    """Recursion that asks again for what two tasks need."""
    graphlib_order = graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks})
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        graphlib_order.prepare()
    except graphlib.CycleError:
        raise ValueError("cycle") from None

    def run(name):
        got = {}
        for b in needs.get(name, []):
            status, got[b] = run(b)
            if status != "done":
                return ("skipped", None)
        try:
            return ("done", tasks[name](got))
        except Exception as error:
            return ("failed", str(error))

    return {name: run(name) for name in tasks}


# %% exercise="run-dag" kind="mistake" name="stops-at-the-first" says="tasks that do not depend on the failed one do not run"
def run_dag(tasks, needs):
    """After a failure everything else is skipped."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out, broken = {}, False
    for name in order:
        if broken:
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
        except Exception as error:
            out[name], broken = ("failed", str(error)), True
    return out


# %% exercise="run-dag" kind="mistake" name="skips-children-only" says="skipping must pass itself on"
def run_dag(tasks, needs):
    """Only what needs a failed task itself is skipped."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        before = needs.get(name, [])
        if any(out[b][0] == "failed" for b in before):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in before}))
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="runs-anyway" says="a task runs though one that it needs has failed"
def run_dag(tasks, needs):
    """A failed task's followers get None."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        try:
            out[name] = (
                "done",
                tasks[name]({b: out[b][1] if out[b][0] == "done" else None for b in needs.get(name, [])}),
            )
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="falsy-is-failed" says="a result such as None or 0 is taken for a failure"
def run_dag(tasks, needs):
    """A task counts as done if it returned something true."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        before = needs.get(name, [])
        if not all(out[b][0] == "done" and out[b][1] for b in before):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in before}))
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="all-results" says="a task is given results that it did not ask for"
def run_dag(tasks, needs):
    """One dict of results for everybody."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out, results = {}, {}
    for name in order:
        if any(out[b][0] != "done" for b in needs.get(name, [])):
            out[name] = ("skipped", None)
            continue
        try:
            results[name] = tasks[name](results)
            out[name] = ("done", results[name])
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="circle-left-out" says="tasks that need each other in a circle are not refused"
def run_dag(tasks, needs):
    """Rounds until nothing is ready; what is left is skipped."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    out = {}
    while True:
        ready = [n for n in tasks if n not in out and all(b in out for b in needs.get(n, []))]
        if not ready:
            return out | {n: ("skipped", None) for n in tasks if n not in out}
        for name in ready:
            if any(out[b][0] != "done" for b in needs.get(name, [])):
                out[name] = ("skipped", None)
                continue
            try:
                out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
            except Exception as error:
                out[name] = ("failed", str(error))


# %% exercise="run-dag" kind="mistake" name="circle-found-late" says="tasks have run before the graph was found to be wrong"
def run_dag(tasks, needs):
    """The circle shows when nothing is ready any more."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    out = {}
    while len(out) < len(tasks):
        ready = [n for n in tasks if n not in out and all(b in out for b in needs.get(n, []))]
        if not ready:
            raise ValueError("cycle")
        for name in ready:
            if any(out[b][0] != "done" for b in needs.get(name, [])):
                out[name] = ("skipped", None)
                continue
            try:
                out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
            except Exception as error:
                out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="unknown-added" says="a needed name that is no task is not refused"
def run_dag(tasks, needs):
    """Only the keys are looked at: a misspelt need raises KeyError."""
    for key in needs:
        if key not in tasks:
            raise ValueError(key)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        if any(out[b][0] != "done" for b in needs.get(name, [])):
            out[name] = ("skipped", None)
            continue
        task = tasks[name]
        try:
            out[name] = ("done", task({b: out[b][1] for b in needs.get(name, [])}))
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="keys-not-looked-at" says="a key of `needs` that is no task is not refused"
def run_dag(tasks, needs):
    """Only the needs of the tasks are looked at: a misspelt key goes unseen."""
    for name in tasks:
        for b in needs.get(name, []):
            if b not in tasks:
                raise ValueError(b)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        if any(out[b][0] != "done" for b in needs.get(name, [])):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
        except Exception as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="bare-except" says="`KeyboardInterrupt` is caught"
def run_dag(tasks, needs):
    """except BaseException."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        if any(out[b][0] != "done" for b in needs.get(name, [])):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
        except BaseException as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-dag" kind="mistake" name="error-itself" says="a value is not the task's result, the text of its exception"
def run_dag(tasks, needs):
    """The name of the exception's class instead of its text."""
    for key, before in needs.items():
        for n in [key, *before]:
            if n not in tasks:
                raise ValueError(n)
    try:
        order = list(graphlib.TopologicalSorter({n: needs.get(n, []) for n in tasks}).static_order())
    except graphlib.CycleError:
        raise ValueError("cycle") from None
    out = {}
    for name in order:
        if any(out[b][0] != "done" for b in needs.get(name, [])):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({b: out[b][1] for b in needs.get(name, [])}))
        except Exception as error:
            out[name] = ("failed", type(error).__name__)
    return out


# %% exercise="run-dag" kind="mistake" name="value-errors-only" says="an error of another class than ValueError ends the run"
def run_dag(tasks, needs):
    """Only ValueError is taken for a failure."""
    unknown = {name for key, before in needs.items() for name in [key, *before]} - set(tasks)
    if unknown:
        raise ValueError(f"no such task: {', '.join(sorted(unknown))}")
    graph = {name: needs.get(name, []) for name in tasks}
    out = {}
    for name in list(graphlib.TopologicalSorter(graph).static_order()):
        if any(out[other][0] != "done" for other in graph[name]):
            out[name] = ("skipped", None)
            continue
        try:
            out[name] = ("done", tasks[name]({other: out[other][1] for other in graph[name]}))
        except ValueError as error:
            out[name] = ("failed", str(error))
    return out


# %% exercise="run-step" kind="alternative" name="key-of-bytes"
def run_step(step, code, inputs, params, folder):
    """One running hash with lengths; a hidden file with a random name."""
    import secrets

    digest = hashlib.sha256()
    parts = [code.encode(), json.dumps(params, sort_keys=True, separators=(",", ":")).encode()]
    for name in sorted(inputs):
        with open(inputs[name], "rb") as file:
            parts += [name.encode(), file.read()]
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    out = os.path.join(folder, digest.hexdigest()[:32] + ".out")
    if not os.path.exists(out):
        part = os.path.join(folder, "." + secrets.token_hex(8))
        try:
            step(inputs, params, part)
        except BaseException:
            if os.path.exists(part):
                os.remove(part)
            raise
        os.rename(part, out)
    return out


# %% exercise="run-step" kind="alternative" name="folder-for-each"
def run_step(step, code, inputs, params, folder):
    """A folder for each piece of work; the output appears in it by a rename."""

    def plain(value):
        if isinstance(value, dict):
            return {"dict": [[k, plain(value[k])] for k in sorted(value)]}
        return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value

    hashes = sorted((name, hashlib.blake2b(open(path, "rb").read()).hexdigest()) for name, path in inputs.items())
    name = hashlib.md5(repr((code, hashes, plain(params))).encode()).hexdigest()
    place = Path(folder, name)
    place.mkdir(exist_ok=True)
    final, part = place / "output", place / "unfinished"
    if final.is_file():
        return final
    part.unlink(missing_ok=True)
    step(inputs, params, part)
    part.rename(final)
    return final


# %% exercise="run-step" kind="mistake" name="mtime" says="a corrected file that keeps its date gives the old output"
def run_step(step, code, inputs, params, folder):
    """Like make: code and parameters are in the name, inputs by their time."""
    key = json.dumps([code, params, sorted((n, os.path.getmtime(p)) for n, p in inputs.items())], sort_keys=True)
    out = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="content-and-time" says="a file that was only touched makes the step run again"
def run_step(step, code, inputs, params, folder):
    """Content and, to be safe, the time as well."""
    contents = {n: [hashlib.sha256(Path(p).read_bytes()).hexdigest(), os.path.getmtime(p)] for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="no-params" says="other parameters give the old output: they are not part of the key"
def run_step(step, code, inputs, params, folder):
    """The key holds code and contents."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="no-code" says="other code gives the old output"
def run_step(step, code, inputs, params, folder):
    """The key holds the step's name instead of its code."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    key = json.dumps([getattr(step, "__name__", "step"), contents, params], sort_keys=True)
    out = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="writes-in-place" says="half an output stands under the final name while the step runs"
def run_step(step, code, inputs, params, folder):
    """Written under the final name; removed if the step raises. Nobody removes it after a kill."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        try:
            step(inputs, params, out)
        except BaseException:
            out.unlink(missing_ok=True)
            raise
    return out


# %% exercise="run-step" kind="mistake" name="one-file-a-step" says="different work has the same path"
def run_step(step, code, inputs, params, folder):
    """One output file; a note beside it says what it was made of."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    key = json.dumps([code, contents, params], sort_keys=True)
    out, note = Path(folder) / "step.out", Path(folder) / "step.key"
    if not (note.exists() and note.read_text() == key and out.exists()):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
        note.write_text(key)
    return out


# %% exercise="run-step" kind="mistake" name="path-in-key" says="its place is part of the key"
def run_step(step, code, inputs, params, folder):
    """The path of each input is hashed as well."""
    contents = {n: [str(p), hashlib.sha256(Path(p).read_bytes()).hexdigest()] for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="names-forgotten" says="inputs that change places give the old output"
def run_step(step, code, inputs, params, folder):
    """A sorted list of hashes, without the names."""
    contents = sorted(hashlib.sha256(Path(p).read_bytes()).hexdigest() for p in inputs.values())
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="str-of-params" says="parameters in another order make the step run again"
def run_step(step, code, inputs, params, folder):
    """str(params): the order of its keys is in it."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    key = json.dumps([code, contents, str(params)], sort_keys=True)
    out = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="joined-texts" says="are taken for the same parameter"
def run_step(step, code, inputs, params, folder):
    """Everything as text, with separators."""
    lines = [code] + [f"{n}={hashlib.sha256(Path(p).read_bytes()).hexdigest()}" for n, p in sorted(inputs.items())]
    lines += [f"{k}={params[k]}" for k in sorted(params)]
    out = Path(folder) / hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="part-in-tmp" says="the half-written file is not in `folder`"
def run_step(step, code, inputs, params, folder):
    """The system's temporary directory, then a move."""
    import shutil

    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory() as place:
            step(inputs, params, Path(place) / "part")
            shutil.move(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="old-part" says="the step finds the half of an earlier try at its path"
def run_step(step, code, inputs, params, folder):
    """The same name for the unfinished file each time."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        part = out.with_suffix(".part")
        step(inputs, params, part)
        os.replace(part, out)
    return out


# %% exercise="run-step" kind="mistake" name="swallows" says="the step's error does not reach the caller"
def run_step(step, code, inputs, params, folder):
    """An error is printed."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                step(inputs, params, Path(place) / "part")
                os.replace(Path(place) / "part", out)
            except Exception as error:
                print("step failed:", error)
    return out


# %% exercise="run-step" kind="mistake" name="first-input" says="only one of the inputs is part of the key"
def run_step(step, code, inputs, params, folder):
    """The hash of one file, with all names."""
    name = min(inputs)
    contents = [sorted(inputs), hashlib.sha256(Path(inputs[name]).read_bytes()).hexdigest()]
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            step(inputs, params, Path(place) / "part")
            os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="always" says="the step runs again though nothing has changed"
def run_step(step, code, inputs, params, folder):
    """A name by content, and never a look whether it is there."""
    contents = {n: hashlib.sha256(Path(p).read_bytes()).hexdigest() for n, p in inputs.items()}
    out = Path(folder) / hashlib.sha256(json.dumps([code, contents, params], sort_keys=True).encode()).hexdigest()
    with tempfile.TemporaryDirectory(dir=folder) as place:
        step(inputs, params, Path(place) / "part")
        os.replace(Path(place) / "part", out)
    return out


# %% exercise="run-step" kind="mistake" name="cleans-up-itself" says="the step finds the rest of a killed try at its path"
def run_step(step, code, inputs, params, folder):
    """The path of the output of `step(inputs, params, out)`, run only if this code, these params and these contents are new.

    code: text. inputs: name -> path. params: plain values. folder: where outputs stand, whole or not at all.
    """
    contents = {name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for name, path in inputs.items()}
    key = json.dumps([code, contents, params], sort_keys=True)
    out = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if not out.exists():
        part = out.with_suffix(".part")
        try:
            step(inputs, params, part)
            os.replace(part, out)
        finally:
            part.unlink(missing_ok=True)
    return out


# %% exercise="run-step" kind="mistake" name="folder-is-there" says="the rest of a killed try keeps the next run from its work"
def run_step(step, code, inputs, params, folder):
    """The path of the output of `step(inputs, params, out)`, run only if this code, these params and these contents are new.

    code: text. inputs: name -> path. params: plain values. folder: where outputs stand, whole or not at all.
    """
    contents = {name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for name, path in inputs.items()}
    key = json.dumps([code, contents, params], sort_keys=True)
    out = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if not out.exists():
        place = out.with_suffix(".d")
        place.mkdir()
        try:
            step(inputs, params, place / "part")
            os.replace(place / "part", out)
        finally:
            (place / "part").unlink(missing_ok=True)
            place.rmdir()
    return out


# %% exercise="run-step" kind="mistake" name="first-block" says="only the beginning of a file is part of the key"
def run_step(step, code, inputs, params, folder):
    """The path of the output of `step(inputs, params, out)`, run only if this code, these params and these contents are new.

    code: text. inputs: name -> path. params: plain values. folder: where outputs stand, whole or not at all.
    """
    contents = {name: hashlib.sha256(open(path, "rb").read(65536)).hexdigest() for name, path in inputs.items()}
    key = json.dumps([code, contents, params], sort_keys=True)
    out = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if not out.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            part = Path(place) / "part"
            step(inputs, params, part)
            os.replace(part, out)
    return out


# %% exercise="data-gate" kind="alternative" name="loops"
def data_gate(batch, last, contract, now):
    """One value at a time where it can be."""
    is_kind = {
        "number": pd.api.types.is_numeric_dtype,
        "time": pd.api.types.is_datetime64_any_dtype,
        "text": lambda v: not pd.api.types.is_numeric_dtype(v) and not pd.api.types.is_datetime64_any_dtype(v),
    }
    why, fine = set(), []
    for name, kind in contract["columns"].items():
        if name in batch.columns and is_kind[kind](batch[name]):
            fine.append(name)
        else:
            why.add("columns:" + name)
    n = batch.shape[0]
    if n < contract["rows"][0] or n > contract["rows"][1]:
        why.add("volume")
    if n:
        for name in fine:
            there = batch[name].dropna()
            if name in contract["missing"] and 1 - len(there) / n > contract["missing"][name] + 1e-12:
                why.add("missing:" + name)
            if name in contract["range"] and len(there):
                low, high = contract["range"][name]
                if min(there) < low or max(there) > high:
                    why.add("range:" + name)
            if name in contract["moved"] and shift(last[name], batch[name]) > contract["moved"][name]:
                why.add("moved:" + name)
        if all(name in fine for name in contract["key"]):
            keys = list(zip(*(batch[name] for name in contract["key"])))
            if 1 - len(set(keys)) / n > contract["repeated"] + 1e-12:
                why.add("repeated")
        if "sched_dep" in fine:
            age = now - batch["sched_dep"].max()
            if age.total_seconds() > 3600 * contract["hours"]:
                why.add("stale")
            if age.total_seconds() < 0:
                why.add("future")
    return why


# %% exercise="data-gate" kind="alternative" name="table-of-rules"
def data_gate(batch, last, contract, now):
    """Rules as (reason, columns needed, function); a rule without its columns is not asked."""

    def kind(v):
        return {"M": "time"}.get(v.dtype.kind, "number") if v.dtype.kind in "Miufb" else "text"

    wrong = [c for c, k in contract["columns"].items() if c not in batch or kind(batch[c]) != k]
    rules = []
    for c, most in contract["missing"].items():
        rules.append((f"missing:{c}", [c], lambda c=c, most=most: batch[c].isna().sum() / len(batch) > most))
    for c, (low, high) in contract["range"].items():
        rules.append((f"range:{c}", [c], lambda c=c, low=low, high=high: batch[c].min() < low or batch[c].max() > high))
    for c, most in contract["moved"].items():
        rules.append((f"moved:{c}", [c], lambda c=c, most=most: shift(last[c], batch[c]) > most))
    again = lambda: (
        batch.groupby(contract["key"], observed=True, dropna=False).cumcount().gt(0).mean() > contract["repeated"]
    )
    rules.append(("repeated", contract["key"], again))
    rules.append(
        ("stale", ["sched_dep"], lambda: (now - batch["sched_dep"]).min() > pd.Timedelta(contract["hours"], "h"))
    )
    rules.append(("future", ["sched_dep"], lambda: (batch["sched_dep"] > now).any()))
    reasons = tuple(f"columns:{c}" for c in wrong)
    if not contract["rows"][0] <= len(batch) <= contract["rows"][1]:
        reasons += ("volume",)
    if not len(batch):
        return reasons
    return reasons + tuple(r for r, needed, rule in rules if not set(needed) & set(wrong) and rule())


# %% exercise="data-gate" kind="mistake" name="first-only" says="the gate stops at the first reason"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        return [*found, "volume"]
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="breaks-on-missing-column" says="a column that is not there makes the gate break"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds[name] == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="missing-out-of-range" says="a missing value is taken for a value out of range"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and (~batch[name].between(low, high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="empty-passes" says="a batch without rows passes, or is judged"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if len(batch) and not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="empty-judged" says="the columns of a batch without rows are not judged"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return ["volume"]
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="no-upper-volume" says="too many rows pass"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if len(batch) < low:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="no-volume" says="too few rows pass"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if len(batch) == 0 or len(batch) > high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="both-of-a-pair" says="both rows of a pair count as repeated"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if (
        sound.issuperset(contract["key"])
        and batch.duplicated(contract["key"], keep=False).mean() > contract["repeated"]
    ):
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="whole-rows" says="because they differ in another column"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated().mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="part-of-the-key" says="rows count as repeated that share only a part of the key"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"][:2]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="oldest" says="a week is stale because its oldest flight is old"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - batch["sched_dep"].min() > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="future-passes" says="a departure after `now` passes"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="no-stale" says="an old batch passes"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="equal-missing" says="a share of missing values exactly at its limit is refused"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [
        f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() >= most
    ]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="equal-range" says="a value exactly at the end of the range is refused"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] <= low) | (batch[name] >= high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="no-kinds" says="numbers that arrive as texts pass"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {
        name
        for name, kind in contract["columns"].items()
        if name in kinds and (kind != "time" or kinds[name] == kind) and not (kind == "text" and kinds[name] != kind)
    }
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and kinds[name] == "number" and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="ruler-reversed" says="`shift` gets its arguments the wrong way round"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(batch[n], last[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="moved-forgotten" says="a column that moved passes"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    return found


# %% exercise="data-gate" kind="mistake" name="texts-as-numbers" says="texts that arrive as numbers pass"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {
        name for name, kind in contract["columns"].items() if name in kinds and (kind == "text" or kinds[name] == kind)
    }
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="only-above" says="a value below the range passes"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and batch[name].max() > high:
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="last-row" says="the last row is taken for the newest flight"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].iloc[-1]
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="data-gate" kind="mistake" name="categories" says="a text column stored as categories is refused"
def data_gate(batch, last, contract, now):
    """All reasons to refuse a batch under a contract, a list of texts such as "range:temp"; empty: it may pass."""
    kinds = {
        name: "number"
        if pd.api.types.is_numeric_dtype(v)
        else "time"
        if pd.api.types.is_datetime64_any_dtype(v)
        else "text"
        if not isinstance(v.dtype, pd.CategoricalDtype)
        else "other"
        for name, v in batch.items()
    }
    sound = {name for name, kind in contract["columns"].items() if kinds.get(name) == kind}
    found = [f"columns:{name}" for name in contract["columns"] if name not in sound]
    low, high = contract["rows"]
    if not low <= len(batch) <= high:
        found.append("volume")
    if len(batch) == 0:
        return found
    found += [f"missing:{n}" for n, most in contract["missing"].items() if n in sound and batch[n].isna().mean() > most]
    for name, (low, high) in contract["range"].items():
        if name in sound and ((batch[name] < low) | (batch[name] > high)).any():
            found.append(f"range:{name}")
    if sound.issuperset(contract["key"]) and batch.duplicated(contract["key"]).mean() > contract["repeated"]:
        found.append("repeated")
    if "sched_dep" in sound:
        newest = batch["sched_dep"].max()
        if now - newest > pd.Timedelta(hours=contract["hours"]):
            found.append("stale")
        if newest > now:
            found.append("future")
    found += [f"moved:{n}" for n, most in contract["moved"].items() if n in sound and shift(last[n], batch[n]) > most]
    return found


# %% exercise="behaves" kind="alternative" name="counted"
def behaves(model, table):
    """Every test is a pair of lists; one helper runs them."""
    n = len(table)

    def ask(frame):
        found = np.array(list(model(frame)), dtype=float)
        assert found.shape == (len(frame),)
        return found

    def close(a, b):
        return bool(np.max(np.abs(a - b)) < 1e-5)

    def changed(**columns):
        return ask(table.assign(**columns))

    def same_everywhere():
        base = ask(table)
        order = np.random.default_rng(0).permutation(n)
        mixed = table.iloc[order].set_axis([f"x{i}" for i in range(n)])
        tests = [close(ask(mixed), base[order]), close(changed(remark=1.5), base), close(ask(table), base)]
        for i in (0, n // 3, n // 2, n - 1):
            tests.append(close(ask(table.iloc[i : i + 1]), base[i : i + 1]))
        tests.append(close(ask(table.iloc[-7:]), base[-7:]))
        warm = table["temp"].fillna(50) > table["temp"].median()
        tests.append(close(ask(table[warm.to_numpy()]), base[warm.to_numpy()]))
        return all(tests)

    def right_way():
        base = ask(table).mean()
        up = [changed(waiting=table["waiting"] + 10), changed(recent_carrier=table["recent_carrier"] + 30)]
        return all(v.mean() - base >= 0.01 for v in up) and changed(visib=1).mean() - base >= -1e-6

    def obvious():
        cases = [ask(table), changed(**STORM), changed(**CALM), changed(**{name: np.nan for name in GAPS})]
        fine = all(np.isfinite(v).all() and v.min() >= 0 and v.max() <= 1 for v in cases)
        return fine and not (cases[1] < 0.4).any() and not (cases[2] > 0.2).any()

    answer = {"invariance": False, "direction": False, "minimum": False}
    for kind, test in zip(answer, (same_everywhere, right_way, obvious)):
        try:
            answer[kind] = test()
        except Exception:
            pass
    return answer


# %% exercise="behaves" kind="alternative" name="halves"
def behaves(model, table):
    """Halves instead of single flights; 0 and 1 as answers."""

    def ask(frame):
        v = pd.Series(np.asarray(model(frame)), dtype=float)
        if len(v) != len(frame) or v.isna().any() or (v < 0).any() or (v > 1).any():
            raise ValueError("no probabilities")
        return v.to_numpy()

    def raw(frame):
        return np.asarray(model(frame), dtype=float)

    def invariance():
        v = raw(table)
        one = np.concatenate([raw(table.iloc[k : k + 1]) for k in range(12)])
        cold = np.argsort(table["temp"].fillna(0).to_numpy(), kind="stable")[:50]
        return (
            np.allclose(v, np.r_[raw(table[:200]), raw(table[200:])], atol=1e-6)
            and np.allclose(one, v[:12], atol=1e-6)
            and np.allclose(raw(table.iloc[cold]), v[cold], atol=1e-6)
            and np.allclose(raw(table[::-1].reset_index(drop=True)), v[::-1], atol=1e-6)
            and np.allclose(raw(table.assign(late=True)), v, atol=1e-6)
        )

    def direction():
        v = np.nanmean(raw(table))
        more = table.copy()
        more["waiting"] += 10
        slow = table.copy()
        slow["recent_carrier"] += 30
        fog = table.copy()
        fog["visib"] = np.float32(1)
        return (
            np.nanmean(raw(more)) >= v + 0.01 and np.nanmean(raw(slow)) >= v + 0.01 and np.nanmean(raw(fog)) > v - 1e-6
        )

    def minimum():
        gaps = table.copy()
        gaps[GAPS] = np.nan
        ask(gaps), ask(table)
        return ask(table.assign(**STORM)).min() >= 0.4 and ask(table.assign(**CALM)).max() <= 0.2

    def safe(test):
        try:
            return int(test())
        except Exception:
            return 0

    return {"invariance": safe(invariance), "direction": safe(direction), "minimum": safe(minimum)}


# %% exercise="behaves" kind="mistake" name="shuffles-only" says="a model that subtracts the mean of its batch passes"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="halves-only" says="a model that answers otherwise for a few flights than for many passes"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose(np.r_[ask(table[:100]), ask(table[100:])], base)
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-order" says="a model whose forecast depends on the place"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few[:1]], base[:1])
            and np.allclose(ask(table.iloc[:15]), base[:15])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-index" says="a model that reads the frame's index"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-further-column" says="a model that breaks on a further column"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-fog" says="a model that likes fog"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.02

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="waiting-must-not-fall" says="a model that ignores waiting flights"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return wait >= base and carrier >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-carrier" says="a model that ignores the carrier's delay"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return wait >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="every-flight" says="single flights fall where the mean rises"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table)
        wait = ask(table.assign(waiting=table["waiting"] + 10))
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30))
        fog = ask(table.assign(visib=1.0))
        return (
            all((v >= base - 1e-9).all() for v in (wait, carrier, fog))
            and min(wait.mean(), carrier.mean()) >= base.mean() + 0.01
        )

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="one-verdict" says="is called failed because another kind fails"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return dict.fromkeys(out, all(out.values()))


# %% exercise="behaves" kind="mistake" name="mean-storm" says="a model that misses the storm at one airport"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.mean() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-range" says="a model that answers in percent"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all(np.isfinite(every)) and storm.min() >= 0.4 and calm.max() <= 20

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-gaps" says="a model that gives NaN where something is missing"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = (
            np.asarray(model(table.assign(**STORM).dropna())),
            np.asarray(model(table.assign(**CALM).dropna())),
        )
        every = np.concatenate([ask(v.dropna()) for v in (table, table.assign(**STORM), table.assign(**CALM))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="gaps-as-they-come" says="a model that gives NaN where all GAPS are missing at once"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="length-not-looked-at" says="a model that leaves out flights"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-calm" says="a model that never says less than 0.25"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="no-storm" says="a model that never says more than 0.35"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="wants-an-array" says="it answers with a list"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = model(frame).astype(float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="index-of-the-answer" says="it answers with a Series whose index is its own"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = pd.Series(model(frame), dtype=float)
        answer = answer.reindex(range(len(frame))) if answer.index.dtype.kind not in "iu" else answer
        answer = answer.to_numpy()
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="asks-too-much-cold" says="the desk's own, trained"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return (
            min(wait, carrier) >= base + 0.01
            and fog > base - 1e-6
            and (ask(table.assign(wind_speed=table["wind_speed"] + 20)) >= ask(table) - 1e-9).all()
        )

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        try:
            out[test.__name__] = bool(test())
        except Exception:
            out[test.__name__] = False
    return out


# %% exercise="behaves" kind="mistake" name="lets-errors-out" says="an exception of the model comes out of `behaves`"
def behaves(model, table):
    """Behavioural tests of `model` (frame of n flights -> n forecasts): {"invariance", "direction", "minimum"}, bools."""

    def ask(frame):
        answer = np.asarray(model(frame), dtype=float)
        if answer.shape != (len(frame),):
            raise ValueError(f"{answer.shape} forecasts for {len(frame)} flights")
        return answer

    def invariance():
        base, few = ask(table), np.arange(0, len(table), 40)
        return (
            np.allclose(ask(table.iloc[::-1])[::-1], base)
            and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base)
            and np.allclose(ask(table.assign(note="x")), base)
            and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])
        )

    def direction():
        base = ask(table).mean()
        wait = ask(table.assign(waiting=table["waiting"] + 10)).mean()
        carrier = ask(table.assign(recent_carrier=table["recent_carrier"] + 30)).mean()
        fog = ask(table.assign(visib=1.0)).mean()
        return min(wait, carrier) >= base + 0.01 and fog > base - 1e-6

    def minimum():
        storm, calm = ask(table.assign(**STORM)), ask(table.assign(**CALM))
        every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])
        return np.all((every >= 0) & (every <= 1)) and storm.min() >= 0.4 and calm.max() <= 0.2

    out = {}
    for test in (invariance, direction, minimum):
        out[test.__name__] = bool(test())
    return out


# %% exercise="model-gate" kind="alternative" name="frame"
def model_gate(champion, challenger, flights, margin, floor):
    """A joined frame, scikit-learn's clipping by hand, one helper for a part."""
    joined = flights.join(champion.rename("a")).join(challenger.rename("b"))
    why = set()
    if joined[["a", "b"]].isna().sum().sum():
        why.add("no forecast")
    if len(set(joined["day"])) < 14:
        why.add("few days")
    if why:
        return dict(refused=sorted(why), difference=None, low=None, high=None, origins={})
    y = joined["late"].astype(float)
    a, b = (joined[c].clip(1e-6, 1 - 1e-6) for c in "ab")
    joined["worse"] = y * (np.log(a) - np.log(b)) + (1 - y) * (np.log(1 - a) - np.log(1 - b))
    low, high = day_interval(joined["worse"], joined["day"])
    origins = {o: day_interval(part["worse"], part["day"])[1] for o, part in joined.groupby("origin", observed=True)}
    if high > margin:
        why.add("margin")
    for o in origins:
        if origins[o] > floor:
            why.add("floor:" + o)
    return dict(refused=list(why), difference=joined["worse"].mean(), low=low, high=high, origins=origins)


# %% exercise="model-gate" kind="alternative" name="own-bootstrap"
def model_gate(champion, challenger, flights, margin, floor):
    """A dict of losses and a bootstrap of one's own, by weights."""
    old, new = champion.to_dict(), challenger.to_dict()
    ids = list(flights.index)
    p, q = ([f.get(i, float("nan")) for i in ids] for f in (old, new))
    nothing = {"difference": None, "low": None, "high": None, "origins": {}}
    refused = []
    if any(x != x for x in p + q):
        refused.append("no forecast")
    if len(np.unique(flights["day"].to_numpy())) < 14:
        refused.append("few days")
    if refused:
        return nothing | {"refused": refused}
    worse = []
    for a, b, late in zip(p, q, flights["late"]):
        a, b = (min(max(x, 1e-6), 1 - 1e-6) for x in (a, b))
        worse.append(np.log(a / b) if late else np.log((1 - a) / (1 - b)))
    worse = np.array(worse)

    def interval(mask):
        d = pd.factorize(flights["day"].to_numpy()[mask])[0]
        k = d.max() + 1
        w = np.random.default_rng(12).multinomial(k, np.ones(k) / k, size=4000)
        means = (w @ np.bincount(d, worse[mask])) / (w @ np.bincount(d))
        return np.percentile(means, [2.5, 97.5])

    origin = flights["origin"].to_numpy().astype(str)
    low, high = interval(np.ones(len(worse), bool))
    ends = {o: float(interval(origin == o)[1]) for o in sorted(set(origin))}
    refused += ["margin"] * int(high > margin) + [f"floor:{o}" for o, e in ends.items() if e > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": ends}


# %% exercise="model-gate" kind="mistake" name="further-flights" says="a further flight, which is not judged, has no forecast"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or challenger.isna().any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="span" says="the days from first to last are counted"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if (flights["day"].max() - flights["day"].min()).days + 1 < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="by-place" says="forecasts are matched by place"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (
        forecasts.to_numpy()[: len(flights)]
        if set(flights.index) <= set(forecasts.dropna().index)
        else np.full(len(flights), np.nan)
        for forecasts in (champion, challenger)
    )
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="sign" says="the sign is turned round"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(old) - loss(new)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="day-means" says="every day counts the same"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {
        "refused": refused,
        "difference": pd.Series(worse).groupby(flights["day"].to_numpy()).mean().mean(),
        "low": low,
        "high": high,
        "origins": origins,
    }


# %% exercise="model-gate" kind="mistake" name="brier" says="the loss is the Brier score"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        return (p - flights["late"].to_numpy()) ** 2

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="no-clip" says="makes the loss infinite: clip first"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="rows" says="flights are drawn one by one"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, np.arange(len(worse)))
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="unpaired" says="the pairs are lost"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    (a, b), (c, d) = (day_interval(loss(p), flights["day"]) for p in (old, new))
    low, high = c - b, d - a
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="point-estimate" says="the point estimate decides: it is within"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if worse.mean() > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="lower-end" says="the lower end of the interval decides"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if low > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="superiority" says="a challenger within the margin is refused"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > 0 else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="no-floor" says="an origin above the floor passes"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="floor-is-margin" says="the floor is not the margin"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > margin]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="first-reason" says="only the first reason is given"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused = refused or [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="drops-missing" says="the challenger has no forecast for a flight, and the flight is left out"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    flights = flights[flights.index.isin(challenger.index)]
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="fills-missing" says="a forecast is missing, and the flight is left out"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    champion, challenger = champion.fillna(champion.mean()), challenger.fillna(challenger.mean())
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="any-days" says="fewer than 14 days are taken for evidence"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 2:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="more-than-14" says="14 days are enough, and refused"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() <= 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = day_interval(worse[here], flights["day"][here])[1]
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="model-gate" kind="mistake" name="whole-interval-for-all" says="the upper end of an origin is not that of its own flights"
def model_gate(champion, challenger, flights, margin, floor):
    """Reasons not to promote: worse than the champion by more than `margin`, or by more than `floor` at an origin.

    champion, challenger: Series of forecasts by flight id. flights: frame by flight id with day, origin, late.
    Returns {"refused", "difference", "low", "high", "origins"}.
    """
    old, new = (forecasts.reindex(flights.index).to_numpy() for forecasts in (champion, challenger))
    refused = ["no forecast"] if np.isnan(old).any() or np.isnan(new).any() else []
    if flights["day"].nunique() < 14:
        refused.append("few days")
    if refused:
        return {"refused": refused, "difference": None, "low": None, "high": None, "origins": {}}

    def loss(p):
        p = np.clip(p, 1e-6, 1 - 1e-6)
        return -np.log(np.where(flights["late"], p, 1 - p))

    worse = loss(new) - loss(old)
    low, high = day_interval(worse, flights["day"])
    origins = {}
    for name in flights["origin"].unique():
        here = (flights["origin"] == name).to_numpy()
        origins[name] = high + worse[here].mean() - worse.mean()
    refused = ["margin"] if high > margin else []
    refused += [f"floor:{name}" for name, end in origins.items() if end > floor]
    return {"refused": refused, "difference": worse.mean(), "low": low, "high": high, "origins": origins}


# %% exercise="which-gate" kind="alternative" name="asked"
decision = {}
for letter, thing in incidents.items():
    if letter in "ABCD":
        why = data_gate(thing, weeks[BATCH - 1], LIMITED, NOW)
        plain = [r for r in why if not r.startswith("moved")]
        decision[letter] = "contract" if plain else "moved" if why else "none"
    elif not all(behaves(thing, sample).values()):
        decision[letter] = "behaviour"
    else:
        why = model_gate(champions_word, pd.Series(thing(holdout), index=holdout.index), judge_on, MARGIN, FLOOR)[
            "refused"
        ]
        decision[letter] = "margin" if "margin" in why else "floor" if why else "none"
decision["factor"] = max(k for k in FACTORS if caught["temp and dewp in °C"][k] == 1)
decision["clean weeks"] = int(refused[decision["factor"]].sum())


# %% exercise="which-gate" kind="alternative" name="by-hand"
decision = dict(zip("ABCDEFG", ["moved", "contract", "contract", "none", "floor", "margin", "behaviour"]))
decision.update({"clean weeks": np.int64(4), "factor": np.float64(1.2)})


# %% exercise="which-gate" kind="mistake" name="celsius-out-of-range" says="incident A passes the gate `contract`"
decision = {
    "A": "contract",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="twice-moved" says="incident B is refused by an earlier gate"
decision = {
    "A": "moved",
    "B": "moved",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="old-file-moved" says="incident C passes the gate `moved`"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "moved",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="others-waiting-moved" says="incident D passes the gate `moved`"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "moved",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="airport-in-the-mean" says="incident E passes the gate `margin`"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "margin",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="flipped-passes" says="incident F does not pass"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "none",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="flipped-floor" says="incident F is refused by an earlier gate"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "floor",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="batch-mean-by-score" says="incident G passes the gate `margin`"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "margin",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="model-for-a-batch" says="incident D is a batch"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "margin",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="celsius-passes" says="incident A does not pass"
decision = {
    "A": "none",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 4,
}


# %% exercise="which-gate" kind="mistake" name="smallest-alarm-rate" says="at this factor Celsius passes in some weeks"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.7,
    "clean weeks": 0,
}


# %% exercise="which-gate" kind="mistake" name="smallest-factor" says="a larger factor catches Celsius every time, too"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1,
    "clean weeks": 13,
}


# %% exercise="which-gate" kind="mistake" name="share" says="the share is read instead of the number"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 11,
}


# %% exercise="which-gate" kind="mistake" name="next-point" says="another number of clean weeks is refused"
decision = {
    "A": "moved",
    "B": "contract",
    "C": "contract",
    "D": "none",
    "E": "floor",
    "F": "margin",
    "G": "behaviour",
    "factor": 1.2,
    "clean weeks": 3,
}


# %% exercise="behaves" kind="equivalent" mutant="- return min(wait, carrier) >= base + 0.01 and fog > base - 1e-06 | + return min(wait, carrier) >= base + 0.01 and fog >= base - 1e-06" reason="no mean lies between the two: right models differ by less, wrong ones by much more"


# %% exercise="behaves" kind="equivalent" mutant="- return min(wait, carrier) >= base + 0.01 and fog > base - 1e-06 | + return min(wait, carrier) >= base + 0.01 and fog > base - 2e-06" reason="no mean lies between the two: right models differ by less, wrong ones by much more"


# %% exercise="run-dag" kind="equivalent" mutant="- unknown = {name for key, before in needs.items() for name in [key, *before]} - set(tasks) | + unknown = {name for key, before in needs.items() for name in [*before, key]} - set(tasks)" reason="the same set, gathered in another order"


# %% exercise="run-step" kind="equivalent" mutant="- key = json.dumps([code, contents, params], sort_keys=True) | + key = json.dumps([contents, code, params], sort_keys=True)" reason="the parts of the key in another order make as unique a name"


# %% exercise="run-step" kind="equivalent" mutant="- key = json.dumps([code, contents, params], sort_keys=True) | + key = json.dumps([code, params, contents], sort_keys=True)" reason="the parts of the key in another order make as unique a name"


# %% exercise="behaves" kind="equivalent" mutant="- answer = np.asarray(model(frame), dtype=float) | + answer = np.asarray(model(frame))" reason="forecasts are numbers: the array is of floats without being told"


# %% exercise="behaves" kind="equivalent" mutant="- base, few = (ask(table), np.arange(0, len(table), 40)) | + base, few = (ask(table), np.arange(1, len(table), 40))" reason="other flights are asked alone: the card leaves open which"


# %% exercise="behaves" kind="equivalent" mutant="- base, few = (ask(table), np.arange(0, len(table), 40)) | + base, few = (ask(table), np.arange(0, len(table), 41))" reason="other flights are asked alone: the card leaves open which"


# %% exercise="behaves" kind="equivalent" mutant="- base, few = (ask(table), np.arange(0, len(table), 40)) | + base, few = (ask(table), np.arange(0, len(table), 39))" reason="other flights are asked alone: the card leaves open which"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(base, ask(table.iloc[::-1])[::-1]) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(base, ask(table.set_axis(np.arange(len(table)) + 1001))) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) - 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1002)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1000)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(base, ask(table.assign(note='x'))) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose([ask(table.iloc[[i]])[0] for i in few], base[few]) | + return np.allclose(ask(table.iloc[::-1])[::-1], base) and np.allclose(ask(table.set_axis(np.arange(len(table)) + 1001)), base) and np.allclose(ask(table.assign(note='x')), base) and np.allclose(base[few], [ask(table.iloc[[i]])[0] for i in few])" reason="the two sides of a comparison change places, or another index that is not the table's"


# %% exercise="behaves" kind="equivalent" mutant="- wait = ask(table.assign(waiting=table['waiting'] + 10)).mean() | + wait = ask(table.assign(waiting=table['waiting'] + 11)).mean()" reason="one flight or one minute more or less: no model lies between"


# %% exercise="behaves" kind="equivalent" mutant="- wait = ask(table.assign(waiting=table['waiting'] + 10)).mean() | + wait = ask(table.assign(waiting=table['waiting'] + 9)).mean()" reason="one flight or one minute more or less: no model lies between"


# %% exercise="behaves" kind="equivalent" mutant="- carrier = ask(table.assign(recent_carrier=table['recent_carrier'] + 30)).mean() | + carrier = ask(table.assign(recent_carrier=table['recent_carrier'] + 31)).mean()" reason="one flight or one minute more or less: no model lies between"


# %% exercise="behaves" kind="equivalent" mutant="- carrier = ask(table.assign(recent_carrier=table['recent_carrier'] + 30)).mean() | + carrier = ask(table.assign(recent_carrier=table['recent_carrier'] + 29)).mean()" reason="one flight or one minute more or less: no model lies between"


# %% exercise="behaves" kind="equivalent" mutant="- return min(wait, carrier) >= base + 0.01 and fog > base - 1e-06 | + return min(wait, carrier) > base + 0.01 and fog > base - 1e-06" reason="two means of floats are never exactly equal, and the smaller of two does not depend on their order"


# %% exercise="behaves" kind="equivalent" mutant="- return min(wait, carrier) >= base + 0.01 and fog > base - 1e-06 | + return min(carrier, wait) >= base + 0.01 and fog > base - 1e-06" reason="two means of floats are never exactly equal, and the smaller of two does not depend on their order"


# %% exercise="behaves" kind="equivalent" mutant="- every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))]) | + every = np.concatenate([storm, ask(table), calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])" reason="the same forecasts in another order"


# %% exercise="behaves" kind="equivalent" mutant="- every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))]) | + every = np.concatenate([ask(table), calm, storm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))])" reason="the same forecasts in another order"


# %% exercise="behaves" kind="equivalent" mutant="- every = np.concatenate([ask(table), storm, calm, ask(table.assign(**dict.fromkeys(GAPS, np.nan)))]) | + every = np.concatenate([ask(table), storm, ask(table.assign(**dict.fromkeys(GAPS, np.nan))), calm])" reason="the same forecasts in another order"


# %% exercise="model-gate" kind="equivalent" mutant="- p = np.clip(p, 1e-06, 1 - 1e-06) | + p = np.clip(1e-06, p, 1 - 1e-06)" reason="the smaller and the larger of two numbers do not depend on their order"
