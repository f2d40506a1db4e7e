"""What tests of several folders share."""

from __future__ import annotations

import fcntl
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], Any]], Any]:
    """`once(name, make)`: what `make(folder)` gives, made by the first worker that asks, however many share the tests."""

    def made_once(name: str, make: Callable[[Path], Any]) -> Any:
        base = tmp_path_factory.getbasetemp()
        folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
        folder.mkdir(exist_ok=True)
        kept = folder / "made.pickle"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(Path(tempfile.mkdtemp(dir=folder)))))
        return pickle.loads(kept.read_bytes())

    return made_once
