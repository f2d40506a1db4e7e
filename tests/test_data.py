"""`mle.data` loads what is right and says what is wrong, where, and what to do."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from datasets_folder import DATASETS, FILES

from mle import data


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
