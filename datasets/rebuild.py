"""Rebuilds datasets from their sources and compares the result, byte for byte, with what the repository holds.

    python datasets/rebuild.py [NAME ...]          all of them, or those named
    python datasets/rebuild.py --accept NAME       takes over a changed build: data, picture and catalogue.toml
    python datasets/rebuild.py --readme            writes README.md, the table of all datasets

Each folder ``NAME/`` has a ``build.py`` with VERSION, SUMMARY, LICENCE, FILE_LICENCES, SOURCE and ``build(out: Path)``,
and where a picture tells something ``PICTURE`` (its alt text) and ``picture(folder: Path)``, which returns a Matplotlib
figure. ``VENDORED = False`` says that the data is not in the repository: whoever wants it runs this script.
A file that is missing or damaged is put back when its rebuild is the one the catalogue lists.
Exit code 1: something differs; 3: nothing differs, but a source could not be had.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib.util
import shutil
import sqlite3
import sys
import tempfile
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import overview  # noqa: E402
from sources import SourceError, Unavailable, sha256  # noqa: E402  (build scripts import it by this name too)

CATALOGUE = HERE / "catalogue.toml"


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Rebuild datasets and compare them with the repository's, byte for byte."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder of datasets/; none: all")
    parser.add_argument("--accept", action="store_true", help="write what was built, and catalogue.toml")
    parser.add_argument("--readme", action="store_true", help="only write README.md")
    arguments = parser.parse_args()
    known = sorted(script.parent.name for script in HERE.glob("*/build.py"))
    if unknown := sorted(set(arguments.names) - set(known)):
        parser.error(f"no such dataset: {', '.join(unknown)}; there are {', '.join(known)}")
    same, found = True, True
    for name in [] if arguments.readme else arguments.names or known:
        try:
            same &= rebuild(name, accept=arguments.accept)
        except SourceError as error:
            print(f"{name}: {error}", file=sys.stderr)
            same &= isinstance(error, Unavailable)
            found = False
    if arguments.accept or arguments.readme:
        catalogue = read_catalogue()
        overview.write(HERE, catalogue, {name: build_script(name) for name in known if name in catalogue})
    return 1 if not same else 0 if found else 3


def build_script(name: str) -> ModuleType:
    """The module ``datasets/NAME/build.py``."""
    spec = importlib.util.spec_from_file_location(f"datasets_{name.replace('-', '_')}_build", HERE / name / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look up their annotations
    spec.loader.exec_module(module)
    return module


def rebuild(name: str, *, accept: bool = False, folder: Path | None = None) -> bool:
    """Builds ``name`` in a temporary folder and prints one line per file; True when nothing differs."""
    folder = folder or HERE / name
    script = build_script(name)
    catalogue = read_catalogue()
    listed = catalogue.get(name, {}).get("files", {})
    same = True
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary)
        script.build(out)
        built = {file.name: describe(file, script.FILE_LICENCES.get(file.name)) for file in sorted(out.iterdir())}
        for file, entry in built.items():
            if accept:
                verdict = "written"
            elif entry["sha256"] != listed.get(file, {}).get("sha256"):
                verdict, same = f"different from the catalogue{writer_note(catalogue)}", False
            elif (folder / file).exists() and sha256(folder / file) == entry["sha256"]:
                verdict = "equal"
            else:
                verdict = "was missing or damaged, put back"
            if verdict.startswith(("written", "was")):
                shutil.copyfile(out / file, folder / file)
            print(f"{name}/{file}: {verdict}")
    for file in sorted(set(listed) - set(built)):
        if accept:
            (folder / file).unlink(missing_ok=True)
        print(f"{name}/{file}: {'removed' if accept else 'in the catalogue, but not built'}")
        same = same and accept
    if accept:
        entry = {"version": script.VERSION, "licence": script.LICENCE, "source": script.SOURCE}
        entry |= {} if getattr(script, "VENDORED", True) else {"vendored": False}
        write_catalogue(read_catalogue() | {"pyarrow": pa.__version__, name: entry | {"files": built}})
        overview.draw(script, folder)
    return same


def describe(file: Path, licence: str | None) -> dict[str, Any]:
    """A file's entry in the catalogue; ``licence`` only where it is not the dataset's."""
    entry: dict[str, Any] = {} if (rows := count_rows(file)) is None else {"rows": rows}
    entry |= {"bytes": file.stat().st_size, "sha256": sha256(file)}
    return entry | ({"licence": licence} if licence else {})


def count_rows(file: Path) -> int | None:
    """Rows of a Parquet table, rows of all tables of an SQLite file, items of an IDX array; None for other files."""
    if file.suffix == ".parquet":
        return pq.read_metadata(file).num_rows
    if file.suffix == ".db":
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            return sum(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables)
    if "-idx" in file.name:
        with gzip.open(file) as stream:
            return int.from_bytes(stream.read(8)[4:], "big")
    return None


def writer_note(catalogue: dict[str, Any]) -> str:
    """Parquet bytes can change with the library that writes them: says so when it is another one."""
    written = catalogue.get("pyarrow", pa.__version__)
    return "" if written == pa.__version__ else f" (written with pyarrow {written}, rebuilt with {pa.__version__})"


def read_catalogue() -> dict[str, Any]:
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8")) if CATALOGUE.exists() else {}


def write_catalogue(catalogue: dict[str, Any]) -> None:
    lines = ["# Written by `python datasets/rebuild.py --accept NAME`: not to be edited by hand."]
    lines += [f'pyarrow = "{catalogue["pyarrow"]}"']
    for name in sorted(set(catalogue) - {"pyarrow"}):
        lines += ["", f"[{name}]"] + [
            f"{key} = {quoted(value)}" for key, value in catalogue[name].items() if key != "files"
        ]
        for file, entry in sorted(catalogue[name]["files"].items()):
            lines += ["", f'[{name}.files."{file}"]'] + [f"{key} = {quoted(value)}" for key, value in entry.items()]
    CATALOGUE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def quoted(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    raise SystemExit(main())
