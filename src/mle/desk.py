"""The desk's model as module 05 ships it: one folder with an ONNX graph and a manifest, and what reads it.

Lesson 05/1 builds such a folder by hand. The lessons after it take this one, so that nobody needs to have kept theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

MODEL, MANIFEST = "model.onnx", "manifest.json"


class ArtefactError(ValueError):
    """The artefact is incomplete or was altered; the message says which file and what to do."""


def to_onnx(model: Any) -> bytes:
    """A fitted `flights.desk_model()` as an ONNX graph: one input of shape (n, 1) for each of the 22 features.

    Numbers are float32 (NaN: missing), categories strings; the outputs are `label` (n,) and `probabilities` (n, 2).
    """
    import skl2onnx
    from skl2onnx.common import tree_ensemble
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    from mle import flights

    write = tree_ensemble.add_node

    def add_node(*args: Any, nodes_missing_value_tracks_true: Any = 0, **named: Any) -> None:
        # skl2onnx 1.20 passes a bool where protobuf 7 wants an int.
        write(*args, nodes_missing_value_tracks_true=int(nodes_missing_value_tracks_true), **named)

    numbers = [(name, FloatTensorType([None, 1])) for name in flights.NUMBERS + flights.OPERATIONS]
    categories = [(name, StringTensorType([None, 1])) for name in flights.CATEGORIES]
    tree_ensemble.add_node = add_node
    try:
        graph = skl2onnx.to_onnx(model, initial_types=numbers + categories, options={"zipmap": False})
    finally:
        tree_ensemble.add_node = write
    return graph.SerializeToString()


def package(folder: str | Path, version: str = "1") -> Path:
    """Train the desk's model on 40,000 flights of the training part and write the artefact into `folder`, made anew.

    The manifest holds name, version, the SHA-256 of the graph, the features with what training saw of them, the
    threshold, what it was trained on, and its log-loss on the validation part. Returns the folder.
    """
    from sklearn.metrics import log_loss

    from mle import flights

    train = flights.departures("train", rows=40_000, operations=True)
    valid = flights.departures("valid", rows=20_000, operations=True)
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    graph = to_onnx(model)
    numbers = {
        name: {
            "low": float(train[name].min()),
            "high": float(train[name].max()),
            "may_be_missing": bool(train[name].isna().any()),
        }
        for name in flights.NUMBERS + flights.OPERATIONS
    }
    manifest = {
        "name": "late-arrivals",
        "version": version,
        "sha256": {MODEL: hashlib.sha256(graph).hexdigest()},
        "numbers": numbers,
        "categories": {name: sorted(train[name].astype(str).unique()) for name in flights.CATEGORIES},
        "threshold": flights.THRESHOLD,
        "trained_on": {
            "first": train["sched_dep"].min().isoformat(),
            "last": train["sched_dep"].max().isoformat(),
            "rows": len(train),
        },
        "valid_log_loss": round(log_loss(valid["late"], model.predict_proba(valid[flights.FEATURES])[:, 1]), 4),
    }
    folder = Path(folder)
    folder.mkdir(parents=True)
    (folder / MODEL).write_bytes(graph)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return folder


class Forecaster:
    """An artefact, loaded: `forecaster(rows)` gives P(late), shape (n,), for n dicts of 22 features.

    A number may be None: missing. A category that training did not have is taken, as scikit-learn's model takes it.
    It computes on one thread. Raises ArtefactError when a file is missing or is not the one that the manifest names.
    """

    def __init__(self, folder: str | Path):
        import onnxruntime

        folder = Path(folder)
        for name in (MANIFEST, MODEL):
            if not (folder / name).is_file():
                raise ArtefactError(f"{folder / name} is missing: package the model again.")
        self.manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        graph = (folder / MODEL).read_bytes()
        if hashlib.sha256(graph).hexdigest() != self.manifest["sha256"][MODEL]:
            raise ArtefactError(f"{folder / MODEL} is not the file that the manifest names: package the model again.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
        if not rows:
            return np.empty(0, np.float32)
        feed = {
            name: np.array([[np.nan if row[name] is None else row[name]] for row in rows], np.float32)
            for name in self.manifest["numbers"]
        }
        for name in self.manifest["categories"]:
            feed[name] = np.array([[str(row[name])] for row in rows], object)
        return self.session.run(["probabilities"], feed)[0][:, 1]
