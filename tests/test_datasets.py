"""Each dataset's folder is complete: data, datasheet, licence, picture; and no person's address is in it."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets_folder import CATALOGUE, DATASETS, FILES, VENDORED, build_script, imported

from mle import data

SECTIONS = [
    "Motivation",
    "Source and citation",
    "Licence of the data",
    "Collection",
    "Columns",
    "Known faults",
    "People in it and what was removed",
    "Uses to avoid",
]


# The folders


@pytest.mark.parametrize(("name", "file"), FILES)
def test_each_file_has_the_checksum_of_the_catalogue(name: str, file: str) -> None:
    assert data.path(name, file) == DATASETS / name / file


def test_each_dataset_folder_is_in_the_catalogue() -> None:
    assert data.names() == sorted(CATALOGUE) == sorted(script.parent.name for script in DATASETS.glob("*/build.py"))
    assert {name: data.files(name) for name in CATALOGUE} == {
        name: sorted(entry["files"]) for name, entry in CATALOGUE.items()
    }


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_dataset_folder_holds_what_the_catalogue_lists_and_nothing_else(name: str) -> None:
    listed = {f"datasets/{name}/{file}" for file in (*CATALOGUE[name]["files"], "build.py", "datasheet.md", "LICENSE")}
    if hasattr(build_script(name), "PICTURE"):
        listed.add(f"datasets/{name}/picture.png")
    if name not in VENDORED:
        listed -= {f"datasets/{name}/{file}" for file in CATALOGUE[name]["files"]}
        listed.add(f"datasets/{name}/.gitignore")
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", f"datasets/{name}"]
    assert set(subprocess.check_output(git, cwd=DATASETS.parent, text=True).split()) == listed


def test_the_readme_is_the_generated_one() -> None:
    overview = imported("overview", DATASETS / "overview.py")
    scripts = {name: build_script(name) for name in sorted(CATALOGUE)}
    generated = overview.text(DATASETS, CATALOGUE, scripts)
    assert (DATASETS / "README.md").read_text(encoding="utf-8") == generated, (
        "run `python datasets/rebuild.py --readme`"
    )


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_picture_is_small_and_described(name: str) -> None:
    script = build_script(name)
    assert hasattr(script, "PICTURE") == hasattr(script, "picture")
    if hasattr(script, "PICTURE"):
        assert (DATASETS / name / "picture.png").stat().st_size <= 120_000
        assert len(script.PICTURE) > 40 and script.PICTURE.endswith(".")


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_dataset_states_its_licence_and_has_a_full_datasheet(name: str) -> None:
    sheet = data.path(name, "datasheet.md").read_text(encoding="utf-8")
    licence = data.path(name, "LICENSE").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", sheet, re.MULTILINE) == SECTIONS
    stated = {CATALOGUE[name]["licence"], *(e["licence"] for e in CATALOGUE[name]["files"].values() if "licence" in e)}
    for identifier in stated:
        assert identifier in sheet and identifier in licence
    if "Apache-2.0" in licence:  # it asks for its full text to be passed on
        assert "../Apache-2.0.txt" in licence and (DATASETS / "Apache-2.0.txt").is_file()


@pytest.mark.parametrize(("name", "file"), [(name, file) for name, file in FILES if file.endswith(".parquet")])
def test_each_column_of_a_table_is_in_the_datasheet(name: str, file: str) -> None:
    _, _, columns = data.path(name, "datasheet.md").read_text(encoding="utf-8").partition("## Columns")
    named = set(re.findall(r"\w+", columns))
    for stem, first, last in re.findall(r"`([a-z]+)(\d+)` … `\1(\d+)`", columns):
        named |= {f"{stem}{number}" for number in range(int(first), int(last) + 1)}
    assert set(pq.read_schema(DATASETS / name / file).names) - named == set()


def test_all_datasets_together_stay_below_70_mb() -> None:
    pictures = sum(file.stat().st_size for file in DATASETS.glob("*/picture.png"))
    sizes = [CATALOGUE[name]["files"][file]["bytes"] for name, file in FILES]
    assert sum(sizes) + pictures <= 70e6


# People


EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z][\w.-]+")
PHONE = re.compile(
    r"(?<![\w.])(?:"
    r"\+\d{1,3}(?:[ .-]?\(?\d{2,4}\)?){2,4}"  # +44 118 496 0000
    r"|(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[.-]\d{4}|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3} \d{4}"  # (212) 555-0123, 555-0123
    r")(?![\w-])"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to someone.else+x@mail.example.org now", "someone.else+x@mail.example.org"),
        ("call 555-123-4567 tonight", "555-123-4567"),
        ("call (212) 555 0123", "(212) 555 0123"),
        ("tel +44 118 496 0000", "+44 118 496 0000"),
        ("or 555-0123.", "555-0123"),
    ],
)
def test_the_scan_finds_an_address_and_a_number(text: str, found: str) -> None:
    assert private(text) == [found]


@pytest.mark.parametrize(
    "text", ["@anonymous", "Psalm 119:105", "336,776 flights", "10.1000/182", "2013-02-08 17:45", "737-724"]
)
def test_the_scan_leaves_ordinary_text_alone(text: str) -> None:
    assert private(text) == []


@pytest.mark.parametrize(("name", "file"), FILES)
def test_no_text_in_the_data_is_an_email_address_or_a_phone_number(name: str, file: str) -> None:
    assert [hit for text in texts(DATASETS / name / file) for hit in private(text)] == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_document_of_a_dataset_gives_an_email_address_or_a_phone_number(name: str) -> None:
    for file in ("datasheet.md", "LICENSE", "build.py"):
        assert private((DATASETS / name / file).read_text(encoding="utf-8")) == []


def private(text: str) -> list[str]:
    """E-mail addresses and phone numbers in ``text``."""
    return EMAIL.findall(text) + PHONE.findall(text)


def texts(file: Path) -> Iterator[str]:
    """The different texts in a data file: strings of a table, nested ones too, or the lines of a text file."""
    if file.suffix == ".parquet":
        table = pq.read_table(file, use_threads=False)
        yield from set().union(*(strings(column.combine_chunks()) for column in table.columns))
    elif file.suffix == ".db":
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                for row in database.execute(f'SELECT * FROM "{name}"'):
                    yield from (cell for cell in row if isinstance(cell, str))
    elif file.suffix == ".csv":
        yield from file.read_text(encoding="utf-8").splitlines()
    else:
        assert file.suffix in {".gz", ".mp4", ".avi"}, f"{file.name}: say here how its texts are read"


def strings(column: pa.Array) -> set[str]:
    if pa.types.is_dictionary(column.type):
        return strings(column.dictionary)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return set(column.drop_null().unique().to_pylist())
    if pa.types.is_struct(column.type):
        return set().union(*(strings(field) for field in column.flatten()))
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return strings(column.flatten())
    return set()
