# %% [markdown]
# Answers to `1-track-and-reproduce.py`: never released.


# %% exercise="content-hash" kind="alternative" name="bytes-and-lexsort"
def content_hash(table):
    """Rows sorted by pandas, then each column as length-prefixed bytes."""
    plain = {}
    for name in sorted(table.columns):
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            plain[name] = "t", column.astype("datetime64[ns]").astype("int64").where(column.notna(), -(2**63))
        elif pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
            plain[name] = "n", column.astype("float64")
        else:
            plain[name] = (
                "s",
                pd.Series(["0" if pd.isna(v) else "1" + v for v in column], index=column.index, dtype=object),
            )
    frame = pd.DataFrame({k: v for k, (_, v) in plain.items()}).sort_values(list(plain), ignore_index=True)
    digest = hashlib.sha256(str(len(frame)).encode())
    for name, (kind, _) in plain.items():
        digest.update(f"{len(name)}:{name}{kind}".encode())
        if kind == "s":
            for text in frame[name]:
                raw = text.encode("utf-8", "surrogatepass")
                digest.update(len(raw).to_bytes(8, "big") + raw)
        else:
            digest.update(frame[name].to_numpy().tobytes())
    return digest.hexdigest()


# %% exercise="content-hash" kind="alternative" name="hash-of-row-hashes"
def content_hash(table):
    """A SHA-256 for each row, sorted; every cell as kind and repr, told apart by repr's quotes."""

    def cell(value):
        if value is None or value is pd.NA or value != value:
            return "gap"
        if isinstance(value, str):
            return ("text", value)
        if isinstance(value, pd.Timestamp):
            return ("time", value.isoformat() if value.unit == "ns" else value.as_unit("ns").isoformat())
        return ("number", float(value))

    names = sorted(table.columns)
    parts = [[cell(v) for v in table[name].astype(object)] for name in names]
    rows = sorted(hashlib.sha256(repr(row).encode()).digest() for row in zip(*parts))
    return hashlib.sha256(repr(names).encode() + b"".join(rows)).hexdigest()


# %% exercise="content-hash" kind="alternative" name="sum-of-row-hashes"
def content_hash(table):
    """The rows' hashes summed as big numbers: order does not count, doubling does."""
    names, total = sorted(table), 0
    columns = {}
    for name in names:
        values = table[name]
        if str(values.dtype).startswith("datetime"):
            values = values.dt.as_unit("ns").map(lambda t: f"time {t.value}", na_action="ignore")
        elif not pd.api.types.is_numeric_dtype(values):
            values = values.astype(object).map(lambda t: "text " + t, na_action="ignore")
        else:
            values = values.astype(float)
        columns[name] = values.astype(object).where(table[name].notna(), None)
    for row in zip(*(columns[name] for name in names)):
        total += int.from_bytes(
            hashlib.sha512(
                json.dumps([v if v is None or isinstance(v, str) else float(v) for v in row]).encode()
            ).digest(),
            "big",
        )
    return hashlib.sha256(f"{json.dumps(names)} {total}".encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="builtin-hash" says="no text of 64 hexadecimal digits"
def content_hash(table):
    """Python's own hash."""
    return hash(tuple(sorted(map(str, table.itertuples(index=False)))))


# %% exercise="content-hash" kind="mistake" name="rows-as-they-come" says="the order of rows changes the hash"
def content_hash(table):
    """JSON without sorting the rows."""
    text = table[sorted(table.columns)].to_json(orient="split", index=False, date_unit="ns", double_precision=15)
    return hashlib.sha256(text.encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="columns-as-they-come" says="the order of columns changes the hash"
def content_hash(table):
    """Rows sorted, columns not."""
    rows = sorted(
        json.dumps(
            [
                None if pd.isna(v) else v if isinstance(v, str) else str(v) if isinstance(v, pd.Timestamp) else float(v)
                for v in row
            ]
        )
        for row in zip(*(table[c].astype(object) for c in table))
    )
    return hashlib.sha256(json.dumps([list(table.columns), rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="index-counts" says="the index changes the hash"
def content_hash(table):
    """Row hashes of pandas with the index in them."""
    table = table[sorted(table.columns)]
    hashes = np.sort(pd.util.hash_pandas_object(table.sort_values(list(table.columns), ignore_index=False)).to_numpy())
    return hashlib.sha256(json.dumps(list(table.columns)).encode() + hashes.tobytes()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="type-counts" says="a number in another type of the same value"
def content_hash(table):
    """Row hashes of pandas, whose numbers are hashed by their bytes."""
    table = table[sorted(table.columns)]
    hashes = np.sort(pd.util.hash_pandas_object(table, index=False).to_numpy())
    return hashlib.sha256(json.dumps(list(table.columns)).encode() + hashes.tobytes()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="dtypes-in-the-header" says="a text stored as a category changes"
def content_hash(table):
    """The names of the text types are hashed with the names."""
    names = sorted(table.columns)
    kinds = [
        "number"
        if pd.api.types.is_numeric_dtype(table[n])
        else "time"
        if "datetime" in str(table[n].dtype)
        else str(table[n].dtype)
        for n in names
    ]
    rows = sorted(
        json.dumps(
            [
                None
                if pd.isna(v)
                else v
                if isinstance(v, str)
                else v.as_unit("ns").isoformat()
                if isinstance(v, pd.Timestamp)
                else float(v)
                for v in row
            ]
        )
        for row in zip(*(table[c].astype(object) for c in names))
    )
    return hashlib.sha256(json.dumps([names, kinds, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="time-in-its-unit" says="a time in another unit changes"
def content_hash(table):
    """The integer behind a time."""
    names = sorted(table.columns)
    columns = []
    for name in names:
        column = table[name]
        if "datetime" in str(column.dtype):
            column = column.astype("int64").map(lambda v: f"time {v}")
        elif pd.api.types.is_numeric_dtype(column):
            column = column.astype(float)
        columns.append([None if pd.isna(v) else v for v in column.astype(object)])
    return hashlib.sha256(json.dumps([names, sorted(json.dumps(row) for row in zip(*columns))]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="none-is-not-nan" says="a gap written as None and one written as NaN"
def content_hash(table):
    """json.dumps writes NaN and null."""
    names = sorted(table.columns)
    columns = []
    for name in names:
        column = table[name]
        if "datetime" in str(column.dtype):
            column = column.astype("datetime64[ns]").astype(str)
        elif pd.api.types.is_numeric_dtype(column):
            column = column.astype(float)
        columns.append(column.astype(object).tolist())
    return hashlib.sha256(json.dumps([names, sorted(json.dumps(row) for row in zip(*columns))]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="first-rows" says="only the first rows are hashed"
def content_hash(table):
    """The first 10,000, as MLflow does."""
    names = sorted(table.columns)
    table = table.sort_values(names, ignore_index=True).head(10_000)
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="as-printed" says="is it hashed as it is printed"
def content_hash(table):
    """The text that print shows."""
    plain = table[sorted(table.columns)].copy()
    for name in plain:
        if "datetime" in str(plain[name].dtype):
            plain[name] = plain[name].astype("datetime64[ns]").astype(str)
        elif pd.api.types.is_numeric_dtype(plain[name]):
            plain[name] = plain[name].astype(float)
        else:
            plain[name] = plain[name].astype("str")
    plain = plain.sort_values(list(plain), ignore_index=True)
    return hashlib.sha256(str(plain).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="rounded" says="a number is rounded"
def content_hash(table):
    """Nine digits after the point."""
    names = sorted(table.columns)
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else round(float(v), 9)
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="seconds" says="a time is cut off"
def content_hash(table):
    """Times to the second."""
    names = sorted(table.columns)
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="concatenated" says="cells are joined without a mark"
def content_hash(table):
    """Texts one after another."""
    names = sorted(table.columns)
    cell = lambda v: (
        "\0gap"
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else repr(float(v))
    )
    rows = sorted("".join(cell(v) for v in row) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="comma-joined" says="cells are joined with a common mark"
def content_hash(table):
    """Commas between cells."""
    names = sorted(table.columns)
    cell = lambda v: (
        "\0gap"
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else repr(float(v))
    )
    rows = sorted(",".join(cell(v) for v in row) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="unit-separator" says="cells are joined with a control character"
def content_hash(table):
    """A rare character between cells: rare is not never."""
    names = sorted(table.columns)
    cell = lambda v: (
        "\1gap"
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else repr(float(v))
    )
    rows = sorted("\x1f".join(cell(v) for v in row) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="lines" says="one row becomes two"
def content_hash(table):
    """Cells are quoted, rows of a single text column are lines."""
    names = sorted(table.columns)
    cell = lambda v: (
        "\0gap"
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else repr(float(v))
    )
    rows = sorted(
        json.dumps([cell(v) for v in row]) if len(row) > 1 else cell(row[0])
        for row in zip(*(table[c].astype(object) for c in names))
    )
    return hashlib.sha256((json.dumps(names) + "\n".join(rows)).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="gap-as-empty" says="a gap and the empty text"
def content_hash(table):
    """fillna("") for texts, as to_csv writes it."""
    names = sorted(table.columns)
    cell = lambda v: (
        ""
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="gap-as-nan-text" says="a gap and a text such as 'nan'"
def content_hash(table):
    """str() of everything that is no number."""
    names = sorted(table.columns)
    cell = lambda v: (
        "nan"
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="gap-as-zero" says="a gap is filled with a number"
def content_hash(table):
    """fillna(0) for numbers."""
    names = sorted(table.columns)
    columns = []
    for name in names:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            column = column.astype(float).fillna(0)
        elif "datetime" in str(column.dtype):
            column = column.astype("datetime64[ns]").astype(str)
        columns.append([None if pd.isna(v) else v for v in column.astype(object)])
    return hashlib.sha256(json.dumps([names, sorted(json.dumps(row) for row in zip(*columns))]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="number-as-text" says="the text '1' and the number 1"
def content_hash(table):
    """Everything becomes a text, as in a CSV file."""
    names = sorted(table.columns)
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else f"{float(v):.17g}"
        if float(v) != int(v)
        else str(int(v))
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="number-as-repr" says="the text '2.5' and the number 2.5"
def content_hash(table):
    """repr of the float: the text "1.0" is the number 1.0."""
    names = sorted(table.columns)
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else repr(float(v))
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="codes" says="a category is hashed by its code"
def content_hash(table):
    """Categories by cat.codes of the sorted categories."""
    names = sorted(table.columns)
    columns = []
    for name in names:
        column = table[name]
        if "datetime" in str(column.dtype):
            column = column.astype("datetime64[ns]").astype(str)
        elif pd.api.types.is_numeric_dtype(column):
            column = column.astype(float)
        else:
            column = column.astype(object).astype("category").cat.codes.astype(float)
        columns.append([None if pd.isna(v) else v for v in column.astype(object)])
    return hashlib.sha256(json.dumps([names, sorted(json.dumps(row) for row in zip(*columns))]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="set-of-rows" says="equal rows are counted once"
def content_hash(table):
    """A set of rows."""
    names = sorted(table.columns)
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    rows = sorted({json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names))})
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="xor-of-rows" says="two equal rows cancel each other"
def content_hash(table):
    """XOR of row hashes."""
    names, total = sorted(table.columns), 0
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    for row in zip(*(table[c].astype(object) for c in names)):
        total ^= int(hashlib.sha256(json.dumps([cell(v) for v in row]).encode()).hexdigest(), 16)
    return hashlib.sha256(json.dumps([names, total]).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="columns-apart" says="each column is hashed for itself"
def content_hash(table):
    """Each column sorted on its own."""
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    parts = [[name, sorted(json.dumps(cell(v)) for v in table[name].astype(object))] for name in sorted(table.columns)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="values-only" says="the column names are left out"
def content_hash(table):
    """No names in the hash."""
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    names = sorted(
        table.columns, key=lambda c: json.dumps(sorted(json.dumps(cell(v)) for v in table[c].astype(object)))
    )
    rows = sorted(json.dumps([cell(v) for v in row]) for row in zip(*(table[c].astype(object) for c in names)))
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


# %% exercise="content-hash" kind="mistake" name="records" says="a table without rows loses its column names"
def content_hash(table):
    """The names stand in each row, as a record; without rows they stand nowhere."""
    cell = lambda v: (
        None
        if pd.isna(v)
        else v
        if isinstance(v, str)
        else v.as_unit("ns").isoformat()
        if isinstance(v, pd.Timestamp)
        else float(v)
    )
    rows = sorted(
        json.dumps({c: cell(v) for c, v in zip(table.columns, row)}, sort_keys=True)
        for row in zip(*(table[c].astype(object) for c in table))
    )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


# %% exercise="track-run" kind="alternative" name="fluent"
def track_run(client, experiment_id, params, data_hash, trainer):
    """The module's functions and a with block, which ends the run whatever happens."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        losses, best = [], None
        for step, (a, b, weights) in enumerate(trainer(dict(params))):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            losses.append(b)
            if b == min(losses) and losses.count(b) == 1:
                best = {"weights": list(map(float, weights)), "epoch": step}
        mlflow.log_metric("best_valid_loss", min(losses))
        mlflow.log_dict(best, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="alternative" name="files-and-finally"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Artefacts from files; the status in finally; every epoch's weights kept as copies."""
    run = client.create_run(experiment_id)
    here, status, seen = run.info.run_id, "FAILED", []
    try:
        for item in params.items():
            client.log_param(here, *item)
        client.set_tag(here, "data_sha256", data_hash)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "environment.json")
            wanted = {"python": platform.python_version(), **{m.__name__: m.__version__ for m in (np, pd)}}
            path.write_text(json.dumps(wanted))
            client.log_artifact(here, str(path))
            for t, v, w in trainer(params):
                client.log_metric(here, "train_loss", t, step=len(seen))
                client.log_metric(here, "valid_loss", v, step=len(seen))
                seen.append((v, w.copy()))
            at = int(np.argmin([v for v, _ in seen]))
            client.log_metric(here, "best_valid_loss", seen[at][0], step=at)
            path = Path(folder, "model.json")
            path.write_text(json.dumps({"epoch": at, "weights": seen[at][1].tolist()}))
            client.log_artifact(here, str(path))
        status = "FINISHED"
    finally:
        client.set_terminated(here, status=status)
    return here


# %% exercise="track-run" kind="alternative" name="batches"
def track_run(client, experiment_id, params, data_hash, trainer):
    """log_batch with entities."""
    from mlflow.entities import Metric, Param, RunTag

    run_id = client.create_run(experiment_id, run_name="weekly").info.run_id
    try:
        client.log_batch(
            run_id, params=[Param(k, str(v)) for k, v in params.items()], tags=[RunTag("data_sha256", data_hash)]
        )
        environment = {"python": platform.python_version()}
        environment.update({n: importlib.metadata.version(n) for n in ["pandas", "numpy", "scipy"]})
        client.log_dict(run_id, environment, "environment.json")
        best = (float("inf"), -1, None)
        steps = trainer(params)
        epoch = 0
        for t, v, w in steps:
            now = int(time.time() * 1000)
            client.log_batch(
                run_id, metrics=[Metric("train_loss", float(t), now, epoch), Metric("valid_loss", float(v), now, epoch)]
            )
            best = min(best, (float(v), epoch, np.array(w).tolist()), key=lambda item: item[:2])
            epoch += 1
        client.log_metric(run_id, "best_valid_loss", best[0])
        client.log_text(run_id, json.dumps({"weights": best[2], "epoch": best[1]}), "model.json")
    except (Exception, KeyboardInterrupt):
        client.set_terminated(run_id, "FAILED")
        raise
    else:
        client.set_terminated(run_id)
    return run_id


# %% exercise="track-run" kind="mistake" name="params-afterwards" says="a parameter has the value that the training left behind"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Parameters are logged when everything went well."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_params(params)
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="copied-params-afterwards" says="the parameters were not logged yet"
def track_run(client, experiment_id, params, data_hash, trainer):
    """The right values, too late."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(dict(params))):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_params(params)
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="no-step" says="metrics without a step"
def track_run(client, experiment_id, params, data_hash, trainer):
    """log_metric without step."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b})
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="from-one" says="the first epoch is step 1"
def track_run(client, experiment_id, params, data_hash, trainer):
    """enumerate from 1."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params), 1):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="last-model" says="the last model is stored"
def track_run(client, experiment_id, params, data_hash, trainer):
    """The weights after the loop."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, at = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, at = b, step
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict({"weights": weights.tolist(), "epoch": step}, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="no-copy" says="stand under the number of the best"
def track_run(client, experiment_id, params, data_hash, trainer):
    """The best weights are kept by reference, and the array changes in place."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, at, kept = np.inf, None, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, at, kept = b, step, weights
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict({"weights": kept.tolist(), "epoch": at}, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="later-of-equals" says="of two epochs with equal loss the later one"
def track_run(client, experiment_id, params, data_hash, trainer):
    """<= keeps the later one."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b <= best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="last-loss" says="best_valid_loss is the loss of the last epoch"
def track_run(client, experiment_id, params, data_hash, trainer):
    """The loss that stands in the variable after the loop."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", b)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="best-of-train" says="the model with the smallest training loss"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Chosen by the training loss, which nobody is judged by."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = (np.inf, 0), None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if (a, b) < best:
                best, kept = (a, b), {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best[1])
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="no-data-tag" says="the tag data_sha256 does not tell which data"
def track_run(client, experiment_id, params, data_hash, trainer):
    """The hash is logged as a param."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params | {"data_sha256": data_hash})
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="python-only" says="environment.json does not hold the version of numpy"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Only Python's version."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict({"python": platform.python_version()}, "environment.json")
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="left-running" says="a training that raised is left RUNNING"
def track_run(client, experiment_id, params, data_hash, trainer):
    """set_terminated at the end, which an exception never reaches."""
    run_id = client.create_run(experiment_id, tags={"data_sha256": data_hash}).info.run_id
    for key, value in params.items():
        client.log_param(run_id, key, value)
    client.log_dict(
        run_id,
        {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__},
        "environment.json",
    )
    best, kept = np.inf, None
    for step, (a, b, weights) in enumerate(trainer(params)):
        client.log_metric(run_id, "train_loss", a, step=step)
        client.log_metric(run_id, "valid_loss", b, step=step)
        if b < best:
            best, kept = b, {"weights": weights.tolist(), "epoch": step}
    client.log_metric(run_id, "best_valid_loss", best)
    client.log_dict(run_id, kept, "model.json")
    client.set_terminated(run_id)
    return run_id


# %% exercise="track-run" kind="mistake" name="never-ended" says="a finished run is left RUNNING"
def track_run(client, experiment_id, params, data_hash, trainer):
    """No end at all."""
    run_id = client.create_run(experiment_id, tags={"data_sha256": data_hash}).info.run_id
    for key, value in params.items():
        client.log_param(run_id, key, value)
    client.log_dict(
        run_id,
        {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__},
        "environment.json",
    )
    best, kept = np.inf, None
    for step, (a, b, weights) in enumerate(trainer(params)):
        client.log_metric(run_id, "train_loss", a, step=step)
        client.log_metric(run_id, "valid_loss", b, step=step)
        if b < best:
            best, kept = b, {"weights": weights.tolist(), "epoch": step}
    client.log_metric(run_id, "best_valid_loss", best)
    client.log_dict(run_id, kept, "model.json")
    return run_id


# %% exercise="track-run" kind="mistake" name="not-for-interrupts" says="an interrupt (Ctrl-C) leaves the run RUNNING"
def track_run(client, experiment_id, params, data_hash, trainer):
    """except Exception."""
    run_id = client.create_run(experiment_id, tags={"data_sha256": data_hash}).info.run_id
    try:
        for key, value in params.items():
            client.log_param(run_id, key, value)
        client.log_dict(
            run_id,
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__},
            "environment.json",
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            client.log_metric(run_id, "train_loss", a, step=step)
            client.log_metric(run_id, "valid_loss", b, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        client.log_metric(run_id, "best_valid_loss", best)
        client.log_dict(run_id, kept, "model.json")
    except Exception:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return run_id


# %% exercise="track-run" kind="mistake" name="finally-finished" says="a training that broke is told as FINISHED"
def track_run(client, experiment_id, params, data_hash, trainer):
    """set_terminated in finally, with its default."""
    run_id = client.create_run(experiment_id, tags={"data_sha256": data_hash}).info.run_id
    try:
        for key, value in params.items():
            client.log_param(run_id, key, value)
        client.log_dict(
            run_id,
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__},
            "environment.json",
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            client.log_metric(run_id, "train_loss", a, step=step)
            client.log_metric(run_id, "valid_loss", b, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        client.log_metric(run_id, "best_valid_loss", best)
        client.log_dict(run_id, kept, "model.json")
    finally:
        client.set_terminated(run_id)
    return run_id


# %% exercise="track-run" kind="mistake" name="swallowed" says="the exception is swallowed"
def track_run(client, experiment_id, params, data_hash, trainer):
    """No raise after FAILED."""
    run_id = client.create_run(experiment_id, tags={"data_sha256": data_hash}).info.run_id
    try:
        for key, value in params.items():
            client.log_param(run_id, key, value)
        client.log_dict(
            run_id,
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__},
            "environment.json",
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            client.log_metric(run_id, "train_loss", a, step=step)
            client.log_metric(run_id, "valid_loss", b, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        client.log_metric(run_id, "best_valid_loss", best)
        client.log_dict(run_id, kept, "model.json")
        client.set_terminated(run_id)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
    return run_id


# %% exercise="track-run" kind="mistake" name="logged-at-the-end" says="what was logged before the training broke is not there"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Collects all epochs first."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        history = [(a, b, weights.copy()) for a, b, weights in trainer(params)]
        for step, (a, b, _) in enumerate(history):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
        at = min(range(len(history)), key=lambda i: history[i][1])
        mlflow.log_metric("best_valid_loss", history[at][1])
        mlflow.log_dict({"weights": history[at][2].tolist(), "epoch": at}, "model.json")
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="model-each-time" says="a run that failed holds a model.json"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Stores the model whenever it is better."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best = np.inf
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best = b
                mlflow.log_dict({"weights": weights.tolist(), "epoch": step}, "model.json")
        mlflow.log_metric("best_valid_loss", best)
    return run.info.run_id


# %% exercise="track-run" kind="mistake" name="returns-nothing" says="track_run does not return the id"
def track_run(client, experiment_id, params, data_hash, trainer):
    """No return."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id):
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")


# %% exercise="track-run" kind="mistake" name="rounded" says="are not those of the best epoch, to the last digit"
def track_run(client, experiment_id, params, data_hash, trainer):
    """Rounds the weights for a tidy file."""
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_params(params)
        mlflow.set_tag("data_sha256", data_hash)
        mlflow.log_dict(
            {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__}, "environment.json"
        )
        best, kept = np.inf, None
        for step, (a, b, weights) in enumerate(trainer(params)):
            mlflow.log_metrics({"train_loss": a, "valid_loss": b}, step=step)
            if b < best:
                best, kept = b, {"weights": weights.round(6).tolist(), "epoch": step}
        mlflow.log_metric("best_valid_loss", best)
        mlflow.log_dict(kept, "model.json")
    return run.info.run_id


# %% exercise="luckiest-run" kind="alternative" name="array-any-order"
reading = {"star": "no better", "on average": "part", "valley": np.array([0.64, 0.32, 0.16])}


# %% exercise="luckiest-run" kind="alternative" name="computed"
star_row = int(np.argmin([log_loss(forecast(w, X_autumn[JUDGED]), y_autumn[JUDGED]).mean() for w in models]))
elsewhere = [np.delete(log_loss(forecast(w, X_autumn), y_autumn), JUDGED).mean() for w in models]
mean_loss = sweep.groupby("lr")["valid"].mean()
reading = {
    "valley": mean_loss[mean_loss <= mean_loss.min() + 0.001].index.tolist(),
    "star": "no better"
    if elsewhere[star_row] >= np.mean(np.array(elsewhere)[sweep["lr"] == sweep["lr"][star_row]])
    else "better, by more",
    "on average": "part",
}


# %% exercise="luckiest-run" kind="mistake" name="only-the-star" says="the rate of the star is not alone"
reading = {"valley": [0.32], "star": "no better", "on average": "part"}


# %% exercise="luckiest-run" kind="mistake" name="neighbour-missing" says="a rate is missing whose mean is as low"
reading = {"valley": [0.32, 0.64], "star": "no better", "on average": "part"}


# %% exercise="luckiest-run" kind="mistake" name="by-eye" says="whose mean is more than 0.001 higher"
reading = {"valley": [0.08, 0.16, 0.32, 0.64], "star": "no better", "on average": "part"}


# %% exercise="luckiest-run" kind="mistake" name="same-lead" says="the lead was measured on the flights that chose the star"
reading = {"valley": [0.16, 0.32, 0.64], "star": "better, by the same lead", "on average": "part"}


# %% exercise="luckiest-run" kind="mistake" name="grows" says="the lead does not grow"
reading = {"valley": [0.16, 0.32, 0.64], "star": "better, by more", "on average": "part"}


# %% exercise="luckiest-run" kind="mistake" name="all-kept" says="all of the lead cannot be left"
reading = {"valley": [0.16, 0.32, 0.64], "star": "no better", "on average": "all"}


# %% exercise="luckiest-run" kind="mistake" name="pure-luck" says="the average star is not"
reading = {"valley": [0.16, 0.32, 0.64], "star": "no better", "on average": "nothing"}


# %% exercise="find-run" kind="alternative" name="fluent-table"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """mlflow.search_runs gives a DataFrame and turns the pages itself."""
    mlflow.set_tracking_uri(client.tracking_uri)
    table = mlflow.search_runs([experiment_id], f"tags.data_sha256 = '{data_hash}'", max_results=100_000)
    for column in ("metrics.best_valid_loss", "params.epochs"):
        if column not in table:
            raise LookupError("nothing to promote")
    table = table[table["status"] == "FINISHED"].dropna(subset=["metrics.best_valid_loss", "params.epochs"])
    table = table[table["params.epochs"].astype(int) >= min_epochs]
    if table.empty:
        raise LookupError("nothing to promote")
    return table.sort_values(["metrics.best_valid_loss", "start_time"])["run_id"].iloc[0]


# %% exercise="find-run" kind="alternative" name="first-of-the-sorted"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """The database sorts; the first eligible run of the first page that has one."""
    token = ""
    while token is not None:
        page = client.search_runs(
            [experiment_id],
            f"tags.`data_sha256` = '{data_hash}' AND status = 'FINISHED'",
            order_by=["metrics.best_valid_loss ASC", "start_time ASC"],
            page_token=token or None,
        )
        for run in page:
            loss, epochs = run.data.metrics.get("best_valid_loss"), run.data.params.get("epochs")
            if loss is not None and loss == loss and epochs is not None and float(epochs) >= min_epochs:
                return run.info.run_id
        token = page.token or None
    raise LookupError(data_hash)


# %% exercise="find-run" kind="alternative" name="everything-in-python"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """No filter at all: every run of the experiment, looked at in Python."""
    found, token, more = None, None, True
    while more:
        runs = client.search_runs(experiment_ids=[experiment_id], max_results=50, page_token=token)
        for run in runs:
            if run.info.status != "FINISHED" or run.data.tags.get("data_sha256") != data_hash:
                continue
            if "epochs" not in run.data.params or int(run.data.params["epochs"]) < min_epochs:
                continue
            loss = run.data.metrics.get("best_valid_loss", float("nan"))
            if loss != loss:
                continue
            if found is None or (loss, run.info.start_time) < found[:2]:
                found = (loss, run.info.start_time, run.info.run_id)
        token = runs.token
        more = bool(token)
    if found is None:
        raise LookupError("no eligible run")
    return found[-1]


# %% exercise="find-run" kind="mistake" name="any-status" says="a run that FAILED is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Forgets FAILED runs, leaves out those that still run."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status != 'RUNNING'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="not-failed" says="a run that is still RUNNING is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Everything but FAILED."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status != 'FAILED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="deleted-too" says="a deleted run is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Every life cycle stage."""
    from mlflow.entities import ViewType

    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", ViewType.ALL, page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="every-experiment" says="a run of another experiment is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Searches all experiments."""
    runs, token = [], None
    everywhere = [e.experiment_id for e in client.search_experiments()]
    while True:
        page = client.search_runs(
            everywhere, f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="any-data" says="a run on other data is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Compares losses of other data."""
    runs, token = [], None
    while True:
        page = client.search_runs([experiment_id], "status = 'FINISHED'", page_token=token)
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="first-page" says="only the first page is searched"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """One request; the six best have too few epochs."""
    page = client.search_runs(
        [experiment_id],
        f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'",
        order_by=["metrics.best_valid_loss"],
    )
    kept = [
        r
        for r in page
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="newest-page" says="a better run is not found"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """One request, newest runs first, as the server sorts them."""
    page = client.search_runs([experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'")
    kept = [
        r
        for r in page
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="epochs-as-text" says="epochs are compared as texts"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Texts are compared letter by letter."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if r.data.params.get("epochs", "") >= str(min_epochs)
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="no-epochs-is-enough" says="a run without the param epochs is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """A missing param counts as enough."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", min_epochs)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="more-than" says="a run of exactly min_epochs epochs"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """More than min_epochs."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) > min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="key-error" says="a run that lacks a param or a metric stops the search"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """params["epochs"] of a run that has none."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [r for r in runs if int(r.data.params["epochs"]) >= min_epochs]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="last-value" says="the run with the smallest last valid_loss"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Sorted by valid_loss, whose last value the store keeps at hand."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="fallback" says="a run without best_valid_loss is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """valid_loss where best_valid_loss is missing."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    loss = lambda r: r.data.metrics.get("best_valid_loss", r.data.metrics["valid_loss"])
    kept = [r for r in runs if int(r.data.params.get("epochs", 0)) >= min_epochs and loss(r) == loss(r)]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (loss(r), r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="nan-first" says="a run whose best_valid_loss is NaN is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """min over losses with NaN in front: nothing is smaller than NaN."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r for r in runs if int(r.data.params.get("epochs", 0)) >= min_epochs and "best_valid_loss" in r.data.metrics
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: r.data.metrics["best_valid_loss"]).info.run_id


# %% exercise="find-run" kind="mistake" name="later-of-equals" says="of two runs with equal loss the later one"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """The first that comes, and the server gives the newest first."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: r.data.metrics["best_valid_loss"]).info.run_id


# %% exercise="find-run" kind="mistake" name="largest" says="the run with the largest loss is chosen"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """max, as for an accuracy."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return max(kept, key=lambda r: r.data.metrics["best_valid_loss"]).info.run_id


# %% exercise="find-run" kind="mistake" name="none" says="None is returned where no run is eligible"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """No error."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        return None
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="min-of-nothing" says="the error where no run is eligible is no LookupError"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """min of an empty list: a ValueError about an empty iterable."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time)).info.run_id


# %% exercise="find-run" kind="mistake" name="the-run-itself" says="the answer is not the id of a run"
def run_to_promote(client, experiment_id, data_hash, min_epochs):
    """Returns the run."""
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id], f"tags.data_sha256 = '{data_hash}' and status = 'FINISHED'", page_token=token
        )
        runs, token = runs + list(page), page.token
        if not token:
            break
    kept = [
        r
        for r in runs
        if int(r.data.params.get("epochs", 0)) >= min_epochs
        and r.data.metrics.get("best_valid_loss", np.nan) == r.data.metrics.get("best_valid_loss")
    ]
    if not kept:
        raise LookupError(data_hash)
    return min(kept, key=lambda r: (r.data.metrics["best_valid_loss"], r.info.start_time))


# %% exercise="move-champion" kind="alternative" name="ask-by-alias"
def promote(client, name, run_id):
    """Exceptions tell what is not there yet."""
    from mlflow.exceptions import MlflowException

    run = client.get_run(run_id)
    data_hash = run.data.tags.get("data_sha256")
    if run.info.status != "FINISHED":
        raise ValueError(f"{run_id} is not finished")
    if not data_hash:
        raise ValueError(f"{run_id} has no data_sha256")
    try:
        client.create_registered_model(name)
    except MlflowException:
        pass  # it is there
    try:
        old = client.get_model_version_by_alias(name, "champion")
    except MlflowException:
        old = None
    found = list(client.search_model_versions(f"name='{name}' and run_id='{run_id}'"))
    new = (
        found[0]
        if found
        else client.create_model_version(name, source=run.info.artifact_uri + "/model.json", run_id=run_id)
    )
    if not found:
        client.set_model_version_tag(name, new.version, "data_sha256", data_hash)
    if old is not None and str(old.version) == str(new.version):
        return new.version
    if old is not None:
        client.set_registered_model_alias(name, "previous", old.version)
    client.set_registered_model_alias(name, "champion", new.version)
    return new.version


def load_model(client, name, alias="champion"):
    """Downloads into a folder of its own."""
    version = client.get_model_version_by_alias(name, alias)
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(version.run_id, "model.json", folder)
        with open(path) as file:
            return np.asarray(json.load(file)["weights"], dtype=float)


# %% exercise="move-champion" kind="alternative" name="aliases-dict"
def promote(client, name, run_id):
    """One look at the registered model; the module's function reads the artefact."""
    info, tags = client.get_run(run_id).info, client.get_run(run_id).data.tags
    if not (info.status == "FINISHED" and tags.get("data_sha256")):
        raise ValueError("only finished runs that name their data are promoted")
    if name not in [m.name for m in client.search_registered_models()]:
        client.create_registered_model(name, description="late arrivals")
    number = {v.run_id: v.version for v in client.search_model_versions(f"name = '{name}'")}.get(run_id)
    if number is None:
        number = client.create_model_version(
            name, f"runs:/{run_id}", run_id, {"data_sha256": tags["data_sha256"]}
        ).version
    aliases = dict(client.get_registered_model(name).aliases)
    if str(aliases.get("champion")) != str(number):
        for alias, target in (("previous", aliases.get("champion")), ("champion", number)):
            if target is not None:
                client.set_registered_model_alias(name, alias, target)
    return str(number)


def load_model(client, name, alias="champion"):
    """Through mlflow.artifacts."""
    mlflow.set_tracking_uri(client.tracking_uri)
    number = client.get_registered_model(name).aliases[alias]
    run_id = client.get_model_version(name, number).run_id
    return mlflow.artifacts.load_dict(f"runs:/{run_id}/model.json")["weights"]


# %% exercise="move-champion" kind="mistake" name="champion-first" says="champion moves before previous"
def promote(client, name, run_id):
    """The order that comes to mind."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        client.set_registered_model_alias(name, "champion", version)
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="delete-then-set" says="for a moment there is no champion"
def promote(client, name, run_id):
    """Deletes the alias before it sets it."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
            client.delete_registered_model_alias(name, "champion")
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="no-previous" says="previous does not point to the version that was champion before"
def promote(client, name, run_id):
    """Only champion."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="one-version-back" says="previous is the version with the number before"
def promote(client, name, run_id):
    """previous is the version with the number before."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None and version > 1:
            client.set_registered_model_alias(name, "previous", version - 1)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="own-previous" says="makes it its own previous"
def promote(client, name, run_id):
    """No look whether the version is champion already."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if True:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="previous-at-once" says="at the first promotion there is no previous"
def promote(client, name, run_id):
    """previous is set to the new version where there was no champion."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        client.set_registered_model_alias(name, "previous", old or version)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="registers-again" says="a run has two versions"
def promote(client, name, run_id):
    """A new version at each promotion."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = []
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="failed-too" says="a run that FAILED is promoted"
def promote(client, name, run_id):
    """Refuses only runs that still run."""
    run = client.get_run(run_id)
    if run.info.status == "RUNNING" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="running-too" says="a run that is still RUNNING is promoted"
def promote(client, name, run_id):
    """Refuses only runs that failed."""
    run = client.get_run(run_id)
    if run.info.status == "FAILED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="no-data" says="a run that does not say which data it saw is promoted"
def promote(client, name, run_id):
    """No look at the tag."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED":
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags.get("data_sha256", "")}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="no-lineage" says="the version lacks the tag data_sha256"
def promote(client, name, run_id):
    """No tags."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="no-run-id" says="the version does not name the run"
def promote(client, name, run_id):
    """Without run_id, and found again by its source."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if run_id in v.source]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="silent" says="the refusal is no ValueError"
def promote(client, name, run_id):
    """An assert instead of an error that says something."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise AssertionError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="refuses-too-late" says="the refused run is registered all the same"
def promote(client, name, run_id):
    """Registers, then looks."""
    run = client.get_run(run_id)
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags.get("data_sha256", "")}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError("not promoted")
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="latest" says="load_model gives the newest version"
def promote(client, name, run_id):
    """Make the run's model the champion of `name`, the old champion `previous`; the version. ValueError for an unfit run."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The newest version."""
    run_id = max(client.search_model_versions(f"name = '{name}'"), key=lambda v: int(v.version)).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="always-champion" says="load_model gives the version of another alias"
def promote(client, name, run_id):
    """Make the run's model the champion of `name`, the old champion `previous`; the version. ValueError for an unfit run."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)
    return version


def load_model(client, name, alias="champion"):
    """The alias is ignored."""
    run_id = client.get_model_version_by_alias(name, "champion").run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="move-champion" kind="mistake" name="no-number" says="promote returns nothing"
def promote(client, name, run_id):
    """No return."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED" or "data_sha256" not in run.data.tags:
        raise ValueError(f"run {run_id} is {run.info.status} or does not say which data it saw: not promoted")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    versions = [v.version for v in client.search_model_versions(f"name = '{name}'") if v.run_id == run_id]
    if not versions:
        lineage = {"data_sha256": run.data.tags["data_sha256"]}
        versions = [client.create_model_version(name, f"runs:/{run_id}/model.json", run_id, tags=lineage).version]
    version, old = int(versions[0]), client.get_registered_model(name).aliases.get("champion")
    if old is None or int(old) != version:
        if old is not None:
            client.set_registered_model_alias(name, "previous", old)
        client.set_registered_model_alias(name, "champion", version)


def load_model(client, name, alias="champion"):
    """The weights (d,) of the version to which the alias points."""
    run_id = client.get_model_version_by_alias(name, alias).run_id
    return np.array(json.loads(Path(client.download_artifacts(run_id, "model.json")).read_text())["weights"])


# %% exercise="not-repeatable" kind="mistake" name="unsorted" says="the order in which the rows come decides the sample"
def train_once(rows, seed):
    """Rows as they come."""
    rows = list(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="stable-by-time" says="rows of equal time stay in the order"
def train_once(rows, seed):
    """A stable sort by time."""
    rows = sorted(rows, key=lambda row: row[0])
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="seed-too-late" says="random numbers drawn before the call decide"
def train_once(rows, seed):
    """Drawn before it is seeded."""
    rows = sorted(rows)
    kept = np.random.permutation(len(rows))[: 4 * len(rows) // 5]
    np.random.seed(seed)
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="set-order" says="another process gives other bytes"
def train_once(rows, seed):
    """The order of a set."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = list({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="one-part-a-core" says="the number of cores decides"
def train_once(rows, seed):
    """One part for each core."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    parts = np.array_split(np.arange(len(y)), os.cpu_count())
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * sum(X[p].T @ (forecast(weights, X[p]) - y[p]) for p in parts)
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="time-stamp" says="the artefact holds more than the model"
def train_once(rows, seed):
    """The time of training in the artefact."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist(), "trained_at": time.time()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="own-seed" says="the seed decides nothing"
def train_once(rows, seed):
    """A fixed seed."""
    rows = sorted(rows)
    kept = np.random.default_rng(42).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="rounded" says="the weights are rounded"
def train_once(rows, seed):
    """Rounded to six digits, so that differences vanish."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.round(6).tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="global-seed" says="on the sample that default_rng(seed) draws"
def train_once(rows, seed):
    """Seeded in time, but the global generator."""
    rows = sorted(rows)
    kept = np.random.RandomState(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="all-rows" says="all rows are learned from"
def train_once(rows, seed):
    """The whole table in a random order."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="mistake" name="a-dict" says="train_once does not return bytes"
def train_once(rows, seed):
    """A dict."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = sorted({row[1] for row in rows})
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return {"carriers": carriers, "weights": weights.tolist()}


# %% exercise="not-repeatable" kind="mistake" name="unsorted-columns" says="carriers is not the sorted list"
def train_once(rows, seed):
    """In the order of first appearance in the sorted rows."""
    rows = sorted(rows)
    kept = np.random.default_rng(seed).permutation(len(rows))[: 4 * len(rows) // 5]
    carriers = list(dict.fromkeys(row[1] for row in rows))
    X = np.array([[1.0, row[2] / 10] + [float(row[1] == c) for c in carriers] for row in rows])[kept]
    y = np.array([float(row[3]) for row in rows])[kept]
    weights = np.zeros(X.shape[1])
    for _ in range(40):
        weights -= 2.0 / len(y) * (X.T @ (forecast(weights, X) - y))
    return json.dumps({"carriers": carriers, "weights": weights.tolist()}).encode()


# %% exercise="not-repeatable" kind="alternative" name="flight-by-flight"
def train_once(rows, seed):
    """Plain Python: exact sums by math.fsum, whose result no order changes."""
    import math

    rows = sorted(tuple(row) for row in rows)
    names = sorted(set(row[1] for row in rows))
    take = [int(i) for i in np.random.default_rng(seed).permutation(len(rows))][: 4 * len(rows) // 5]
    table = [
        ([1.0, rows[i][2] / 10, *(1.0 if rows[i][1] == name else 0.0 for name in names)], 1.0 if rows[i][3] else 0.0)
        for i in take
    ]
    w = [0.0] * (2 + len(names))
    for _ in range(40):
        errors = [1 / (1 + math.exp(-math.fsum(a * b for a, b in zip(w, x)))) - late for x, late in table]
        w = [w[j] - 2.0 / len(table) * math.fsum(e * x[j] for e, (x, _) in zip(errors, table)) for j in range(len(w))]
    return bytes(json.dumps({"weights": w, "carriers": names}), "utf-8")


# %% exercise="not-repeatable" kind="alternative" name="pandas"
def train_once(rows, seed):
    """A table, sorted by every column, with dummies; a fixed number of parts."""
    table = pd.DataFrame(list(rows), columns=["time", "carrier", "waiting", "late"])
    table = table.sort_values(["time", "carrier", "waiting", "late"], ignore_index=True)
    carriers = sorted(table["carrier"].unique().tolist())
    dummies = np.column_stack([table["carrier"] == name for name in carriers]).astype(float)
    X = np.hstack([np.ones((len(table), 1)), table[["waiting"]].to_numpy() / 10, dummies])
    rng = np.random.default_rng(seed)
    kept = rng.permutation(len(table))[: 4 * len(table) // 5]
    X, y = X[kept], table["late"].to_numpy(float)[kept]
    w = np.zeros(X.shape[1])
    for _ in range(40):
        gradient = np.zeros_like(w)
        for part in np.array_split(np.arange(len(y)), 4):  # four parts on every machine
            gradient += X[part].T @ (forecast(w, X[part]) - y[part])
        w = w - 2.0 * gradient / len(y)
    return json.dumps({"carriers": carriers, "weights": [float(x) for x in w]}, indent=1).encode("utf-8")


# %% exercise="which-model-answered" kind="alternative" name="as-texts"
trace = {"data": "D", "commit": "a84c2d9", "version": "3", "lr": "0.32"}


# %% exercise="which-model-answered" kind="alternative" name="by-query"
held, alias = {}, None
for step in journal[journal["UTC"] <= "2013-11-12 14:45"].to_dict("records"):
    if step["who"] == "registry":
        alias = step["version"]
    else:
        held[step["who"]] = alias
run_data = client.get_run(client.get_model_version("desk-late", str(held["desk-1"])).run_id).data
trace = {
    "version": int(held["desk-1"]),
    "lr": float(run_data.params["lr"]),
    "commit": run_data.tags["code_commit"],
    "data": next(letter for letter, table in snapshots.items() if content_hash(table) == run_data.tags["data_sha256"]),
}


# %% exercise="which-model-answered" kind="mistake" name="champion-of-today" says="that version is champion today"
trace = {"version": 5, "lr": 0.08, "commit": "c07e5f1", "data": "B"}


# %% exercise="which-model-answered" kind="mistake" name="alias-at-that-minute" says="the alias pointed there at that minute"
trace = {"version": 2, "lr": 0.16, "commit": "3e1f0b7", "data": "E"}


# %% exercise="which-model-answered" kind="mistake" name="other-server" says="the other server held that version"
trace = {"version": 4, "lr": 0.16, "commit": "a84c2d9", "data": "B"}


# %% exercise="which-model-answered" kind="mistake" name="utc" says="09:45 is New York's time"
trace = {"version": 1, "lr": 0.08, "commit": "3e1f0b7", "data": "A"}


# %% exercise="which-model-answered" kind="mistake" name="rate-after-training" says="the learning rate is not the one that the run was given"
trace = {"version": 3, "lr": 0.32 * 0.7**5, "commit": "a84c2d9", "data": "D"}


# %% exercise="which-model-answered" kind="mistake" name="commit-of-the-next" says="the commit is that of another run"
trace = {"version": 3, "lr": 0.32, "commit": "c07e5f1", "data": "D"}


# %% exercise="which-model-answered" kind="mistake" name="by-file-name" says="a file of that name lies on the disk today"
trace = {"version": 3, "lr": 0.32, "commit": "a84c2d9", "data": "B"}


# %% exercise="which-model-answered" kind="mistake" name="the-mailed-file" says="the table from the mail"
trace = {"version": 3, "lr": 0.32, "commit": "a84c2d9", "data": "C"}


# %% exercise="which-model-answered" kind="mistake" name="another-week" says="another week's table"
trace = {"version": 3, "lr": 0.32, "commit": "a84c2d9", "data": "E"}


# %% exercise="content-hash" kind="equivalent" mutant="- rows = sorted((json.dumps(row) for row in zip(*columns, strict=True))) | + rows = sorted((json.dumps(row) for row in zip(*columns)))" reason="the columns of a table are equally long"
# %% exercise="content-hash" kind="equivalent" mutant="- rows = sorted((json.dumps(row) for row in zip(*columns, strict=True))) | + rows = sorted((json.dumps(row) for row in zip(*columns, strict=False)))" reason="the columns of a table are equally long"
# %% exercise="content-hash" kind="equivalent" mutant="- return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest() | + return hashlib.sha256(json.dumps([rows, names]).encode()).hexdigest()" reason="names first or rows first: both name the content"
# %% exercise="track-run" kind="equivalent" mutant="+ client.log_metric(run_id, 'valid_loss', valid_loss, step=epoch) | - client.log_metric(run_id, 'valid_loss', valid_loss, step=epoch)" reason="the two losses of an epoch are logged in the other order"
# %% exercise="track-run" kind="equivalent" mutant="+ client.log_dict(run_id, kept, 'model.json') | - client.log_dict(run_id, kept, 'model.json')" reason="the last metric and the model are logged in the other order"
# %% exercise="track-run" kind="equivalent" mutant="- client.set_terminated(run_id, status='FINISHED') | + client.set_terminated(run_id)" reason="FINISHED is the default"
# %% exercise="luckiest-run" kind="equivalent" mutant="- reading = {'valley': [0.16, 0.32, 0.64], 'star': 'no better', 'on average': 'part'} | + reading = {'valley': [0.32, 0.16, 0.64], 'star': 'no better', 'on average': 'part'}" reason="the order of the list does not matter"
# %% exercise="luckiest-run" kind="equivalent" mutant="- reading = {'valley': [0.16, 0.32, 0.64], 'star': 'no better', 'on average': 'part'} | + reading = {'valley': [0.16, 0.64, 0.32], 'star': 'no better', 'on average': 'part'}" reason="the order of the list does not matter"
