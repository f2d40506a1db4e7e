"""The datasets are what their catalogue and datasheets say, and `mle.data` notices when they are not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mle import data

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
CATALOGUE = {
    name: entry
    for name, entry in tomllib.loads((DATASETS / "catalogue.toml").read_text(encoding="utf-8")).items()
    if isinstance(entry, dict)
}
FILES = [(name, file) for name, entry in CATALOGUE.items() for file in entry["files"]]
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
    """A copy of the datasets in which a test may break things."""
    folder = tmp_path / "datasets"
    shutil.copytree(DATASETS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("MLE_DATASETS", str(folder))
    return folder


# The folders


@pytest.mark.parametrize(("name", "file"), FILES)
def test_each_file_has_the_checksum_of_the_catalogue(name: str, file: str) -> None:
    assert data.path(name, file) == DATASETS / name / file


def test_each_dataset_folder_is_in_the_catalogue() -> None:
    assert data.names() == sorted(CATALOGUE) == sorted(script.parent.name for script in DATASETS.glob("*/build.py"))


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_data_file_lies_outside_the_catalogue(name: str) -> None:
    texts = {"build.py", "datasheet.md", "LICENSE"}
    found = {file.name for file in (DATASETS / name).iterdir() if file.is_file()}
    assert found - texts == set(CATALOGUE[name]["files"])


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_dataset_states_its_licence_and_has_a_full_datasheet(name: str) -> None:
    sheet = data.path(name, "datasheet.md").read_text(encoding="utf-8")
    licence = data.path(name, "LICENSE").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", sheet, re.MULTILINE) == SECTIONS
    stated = {CATALOGUE[name]["licence"], *(e["licence"] for e in CATALOGUE[name]["files"].values() if "licence" in e)}
    for identifier in stated:
        assert identifier in sheet and identifier in licence


def test_all_datasets_together_stay_below_70_mb() -> None:
    assert sum(entry["bytes"] for name, file in FILES for entry in [CATALOGUE[name]["files"][file]]) <= 70e6


# What a person is told when something is wrong


@pytest.mark.parametrize(("name", "file"), FILES)
def test_one_changed_byte_is_noticed(copy: Path, name: str, file: str) -> None:
    broken = bytearray((copy / name / file).read_bytes())
    broken[len(broken) // 2] ^= 1
    (copy / name / file).write_bytes(broken)
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
        (lambda: data.path("flights", "../catalogue.toml"), r"no file '../catalogue.toml': it has airlines.parquet"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(call, message: str) -> None:
    with pytest.raises(data.DataError, match=message):
        call()


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


def test_rebuilding_gives_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, str(DATASETS / "rebuild.py"), "flights"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [f"flights/{file}: equal" for file in sorted(CATALOGUE["flights"]["files"])]
