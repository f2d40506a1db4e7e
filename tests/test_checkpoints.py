"""Checkpoints are what their training wrote, and a wrong one is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mle import checkpoints, data

SECTIONS = ("What it is", "Training", "What it reaches", "Uses to avoid")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of checkpoints with one in it, `tiny`."""
    (tmp_path / "datasets").mkdir()
    shutil.copy(data.root() / data.CATALOGUE, tmp_path / "datasets")
    monkeypatch.setenv("MLE_DATASETS", str(tmp_path / "datasets"))
    folder = tmp_path / "checkpoints" / "tiny"
    folder.mkdir(parents=True)
    (folder / "train.py").write_text("")
    checkpoints.save(folder, {"w": np.arange(4.0)}, [{"step": 0, "loss": 2.5}], seconds=1.4)
    return folder


def test_what_was_saved_is_loaded_with_its_log(own: Path):
    weights = checkpoints.load("tiny")
    assert weights["w"].dtype == np.float32 and np.array_equal(weights["w"], np.arange(4))
    assert checkpoints.log("tiny")[0] == {"step": 0, "loss": 2.5} and checkpoints.log("tiny")[-1]["seconds"] == 1


def test_a_damaged_a_missing_and_an_unknown_checkpoint_are_named_with_the_remedy(own: Path):
    with pytest.raises(checkpoints.CheckpointError, match=r"no checkpoint 'big' in .*: there are tiny"):
        checkpoints.load("big")
    content = bytearray((own / "weights.npz").read_bytes())
    content[-1] ^= 1
    (own / "weights.npz").write_bytes(content)
    with pytest.raises(checkpoints.CheckpointError, match=r"not the file that its training wrote: .*train\.py"):
        checkpoints.load("tiny")
    (own / "weights.npz").unlink()
    with pytest.raises(checkpoints.CheckpointError, match=r"weights.npz is missing: .*git checkout"):
        checkpoints.load("tiny")


def test_every_checkpoint_is_the_one_its_training_wrote_and_is_described():
    folders = sorted(p.name for p in checkpoints.root().iterdir() if p.is_dir())
    assert folders == checkpoints.names() and folders
    for name in folders:
        assert all(np.isfinite(array).all() for array in checkpoints.load(name).values())
        assert checkpoints.log(name)[-1]["seconds"] > 60, "what trains in a minute is trained in its lesson"
        card = (checkpoints.root() / name / "card.md").read_text(encoding="utf-8")
        assert [s for s in SECTIONS if f"## {s}" not in card] == []
