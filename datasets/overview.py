"""Writes README.md, the table of the datasets, and draws their pictures."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

HEAD = """# Datasets

Written by `python datasets/rebuild.py --readme`: not to be edited by hand.

Everything the lessons use, in the repository, so that no lesson needs a network. Each folder holds the data, its
`datasheet.md` (where it comes from, columns and units, known faults, people in it, uses to avoid), the `LICENSE` of the
data, and `build.py`, which makes the files again, byte for byte, from a pinned package of a registry.

```python
from mle import data

departures = data.load("flights", "departures")  # a Parquet table as a DataFrame
images = data.array("fashion-mnist", "train-images")  # an IDX file as a uint8 array
database = data.path("films", "films.db")  # any other file: its path
```
The first use of a file in a process compares its SHA-256 with `catalogue.toml`. `make datasets` rebuilds everything and
compares the bytes (`make datasets NAME=flights`: one); what it downloads is kept in `~/.cache/mle-datasets` or `$MLE_CACHE`.
Sources from Debian need `apt-get` on Debian 12.

Two datasets more come with scikit-learn and are not copied here: `sklearn.datasets.load_breast_cancer` (569 rows) and
`load_diabetes` (442 rows).
"""


def write(here: Path, catalogue: dict[str, Any], scripts: dict[str, ModuleType]) -> None:
    """Writes ``here/README.md``."""
    (here / "README.md").write_text(text(here, catalogue, scripts), encoding="utf-8")


def text(here: Path, catalogue: dict[str, Any], scripts: dict[str, ModuleType]) -> str:
    """The README: a table with one row for each dataset, then the pictures."""
    used = lessons_by_dataset(here.parent / "lessons", list(scripts))
    lines = [HEAD, "| dataset | what | rows | bytes | licence of the data | lessons |", "|---|---|---|---|---|---|"]
    total = 0
    for name, script in scripts.items():
        entry = catalogue[name]
        files = entry["files"].values()
        kept = entry.get("vendored", True)
        size = sum(file["bytes"] for file in files) if kept else 0
        total += size
        licences = sorted({entry["licence"], *(file["licence"] for file in files if "licence" in file)})
        cells = [
            f"[{name}]({name}/datasheet.md)",
            script.SUMMARY,
            " + ".join(f"{file['rows']:,}" for file in files if "rows" in file) or "–",
            f"{size:,}" if kept else f"not in the repository: `make datasets NAME={name}`",
            ", ".join(licences),
            ", ".join(used[name]) or "–",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"Together {total / 1e6:.1f} MB. Rows are counted table by table, in the order of `catalogue.toml`."]
    for name, script in scripts.items():
        if hasattr(script, "PICTURE"):
            lines += ["", f"**{name}**", "", f"![{script.PICTURE}]({name}/picture.png)"]
    return "\n".join(lines) + "\n"


def lessons_by_dataset(lessons: Path, names: list[str]) -> dict[str, list[str]]:
    """The lessons (``03/2``: module 03, lesson 2) that use each dataset: of those which their module's
    ``module.toml`` lists, the ones that the lesson's code names."""
    used: dict[str, list[str]] = {name: [] for name in names}
    for module in sorted(lessons.glob("*/module.toml")):
        listed = tomllib.loads(module.read_text(encoding="utf-8"))["datasets"]
        for lesson in sorted(module.parent.glob("[0-9]*.py")):
            if lesson.name.endswith(".answers.py"):
                continue
            code = lesson.read_text(encoding="utf-8")
            for name in set(listed) & set(names):
                if re.search(
                    rf"""["']{name}["']|^from mle import .*\b{name.replace("-", "_")}\b""", code, re.MULTILINE
                ):
                    used[name].append(f"{module.parent.name[:2]}/{lesson.name.split('-')[0]}")
    return used


def draw(script: ModuleType, folder: Path) -> None:
    """Draws ``folder/picture.png`` where the build script has a picture. Its bytes vary with Matplotlib's version."""
    if not hasattr(script, "picture"):
        return
    import matplotlib

    matplotlib.use("Agg")
    figure = script.picture(folder)
    figure.savefig(folder / "picture.png", dpi=100, bbox_inches="tight", metadata={"Software": None})
