"""Weights of models that take longer to train than a lesson has: where they lie, and loading them.

Each folder ``checkpoints/NAME/`` beside ``datasets/`` has ``train.py``, which trains the model (seeded) and writes the
other two: ``weights.npz`` and ``train.log``, one JSON object a line, the last one with ``seconds`` and ``sha256``; and
``card.md``, which says what the model is, what it was trained on, what it reaches and what it must not be used for.

>>> from mle import checkpoints
>>> weights = checkpoints.load("translator-en-es")  # name of a tensor → numpy array
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from mle import data

WEIGHTS, LOG = "weights.npz", "train.log"


class CheckpointError(Exception):
    """A checkpoint is missing, damaged or unknown; the message says what, where, and what to do."""


def root() -> Path:
    """The folder ``checkpoints/``, beside ``datasets/``."""
    return data.root().parent / "checkpoints"


def names() -> list[str]:
    """The checkpoints there are, sorted."""
    return sorted(log.parent.name for log in root().glob(f"*/{LOG}"))


def log(name: str) -> list[dict]:
    """What the training of ``name`` wrote down, a dictionary a line. Raises CheckpointError when there is none."""
    file, known = root() / name / LOG, names()
    if name not in known or not file.is_file():
        raise CheckpointError(f"no checkpoint {name!r} in {root()}: there are {', '.join(known) or 'none'}.")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def load(name: str) -> dict[str, np.ndarray]:
    """The weights of ``name`` as float32 arrays by the name of their tensor, checked against the log's SHA-256.

    Raises CheckpointError when the file is missing or is not the one that the training wrote.
    """
    told = log(name)[-1]["sha256"]
    file = root() / name / WEIGHTS
    remedy = (
        f"take it from the repository again (`git checkout -- checkpoints/{name}`) or run checkpoints/{name}/train.py"
    )
    if not file.is_file():
        raise CheckpointError(f"{file} is missing: {remedy}.")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != told:
        raise CheckpointError(f"{file} is not the file that its training wrote: {remedy}.")
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return {key: stored[key].astype(np.float32) for key in stored.files}


def save(folder: Path, weights: dict[str, np.ndarray], history: list[dict], seconds: float) -> None:
    """Write a training's ``weights`` (as float16) and its log into ``folder``; what a ``train.py`` ends with."""
    np.savez(folder / WEIGHTS, **{key: np.asarray(value, np.float16) for key, value in sorted(weights.items())})
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    lines = [*history, {"seconds": round(seconds), "sha256": digest}]
    (folder / LOG).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
