"""Builds the fashion-mnist dataset from its Debian package; datasheet.md describes the result."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import SourceError, deb_files, debian, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "dataset-fashion-mnist", "0.0~git20200523.55506a9-1"
PACKAGE_SHA256 = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"

VERSION = "1"
SUMMARY = "70,000 grey images of 28 × 28 pixels, ten kinds of clothing, shoes and bags; `labels` names the ten"
LICENCE = "MIT"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {PACKAGE} {PACKAGE_VERSION}"
PICTURE = "Six small grey images of each of the ten classes, one row a class: T-shirts and tops, trousers, pullovers, \
dresses, coats, sandals, shirts, sneakers, bags and ankle boots, light on black."

# Each file's MD5 in the README of its publisher, and the time stamp (seconds since 1970) in its gzip header.
PUBLISHED = {
    "train-images-idx3-ubyte": ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 1504176606),
    "train-labels-idx1-ubyte": ("25c81989df183df01b3e8a0aad5dffbe", 1504176606),
    "t10k-images-idx3-ubyte": ("bef4ecab320f06d8554ea6380940ec79", 1504176627),
    "t10k-labels-idx1-ubyte": ("bb300cfdad3c16e7a12a480ee83cd310", 1504176627),
}
NAMES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]


def build(out: Path) -> None:
    """Writes the publisher's four IDX files and ``labels.parquet`` into the folder ``out``."""
    folder = "usr/share/datasets/fashion-mnist/"
    packed = deb_files(debian(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256), folder)
    for name, (md5, time) in PUBLISHED.items():
        content = with_original_header(packed[f"{folder}{name}.gz"], name, time)
        if (found := hashlib.md5(content, usedforsecurity=False).hexdigest()) != md5:
            raise SourceError(f"{name}.gz has MD5 {found}, its publisher states {md5}.")
        (out / f"{name}.gz").write_bytes(content)
    labels = pd.DataFrame({"label": np.arange(len(NAMES), dtype="uint8"), "name": NAMES})
    write_parquet(pa.Table.from_pandas(labels, preserve_index=False), out / "labels.parquet")


def with_original_header(packed: bytes, name: str, time: int) -> bytes:
    """The gzip file as it was published. Debian's tools dropped the file name and changed the time (RFC 1952, 2.3);
    the compressed stream behind the ten bytes of the header is the publisher's."""
    flag_name = bytes([8])
    return packed[:3] + flag_name + time.to_bytes(4, "little") + packed[8:10] + name.encode() + b"\0" + packed[10:]


def read_idx(file: Path) -> np.ndarray:
    """The uint8 array in a gzip-compressed IDX file."""
    content = gzip.decompress(file.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def picture(folder: Path) -> Figure:
    """The first six training images of each class."""
    from matplotlib import pyplot

    images = read_idx(folder / "train-images-idx3-ubyte.gz")
    labels = read_idx(folder / "train-labels-idx1-ubyte.gz")
    rows = [np.hstack(images[labels == label][:6]) for label in range(len(NAMES))]
    figure, halves = pyplot.subplots(1, 2, figsize=(6.8, 2.8), layout="constrained")
    for axes, first in zip(halves, (0, 5), strict=True):
        axes.imshow(np.vstack(rows[first : first + 5]), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_yticks(14 + 28 * np.arange(5), [f"{i}  {NAMES[i]}" for i in range(first, first + 5)])
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure
