"""The datasets folder as tests see it: its catalogue and its build scripts."""

from __future__ import annotations

import functools
import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
CATALOGUE = {
    name: entry
    for name, entry in tomllib.loads((DATASETS / "catalogue.toml").read_text(encoding="utf-8")).items()
    if isinstance(entry, dict)
}
VENDORED = [name for name, entry in CATALOGUE.items() if entry.get("vendored", True)]
FILES = [(name, file) for name in VENDORED for file in CATALOGUE[name]["files"]]


def imported(name: str, file: Path) -> ModuleType:
    """A module of the datasets folder, imported as its scripts import each other."""
    sys.path.insert(0, str(DATASETS))
    try:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(DATASETS))


@functools.cache
def build_script(name: str) -> ModuleType:
    return imported(f"build_{name.replace('-', '_')}", DATASETS / name / "build.py")
