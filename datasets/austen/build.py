"""Builds the austen dataset from the R package janeaustenr; datasheet.md describes the result."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
from rdb import read_object
from sources import deb_files, debian, write_parquet

PACKAGE, PACKAGE_VERSION = "r-cran-janeaustenr", "1.0.0-1"
PACKAGE_SHA256 = "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95"

VERSION = "1"
SUMMARY = "the six novels of Jane Austen, line by line"
LICENCE = "LicenseRef-public-domain"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {PACKAGE} {PACKAGE_VERSION}"

NOVELS = {  # the package's name of each, in the order in which they were published
    "sensesensibility": "Sense and Sensibility",
    "prideprejudice": "Pride and Prejudice",
    "mansfieldpark": "Mansfield Park",
    "emma": "Emma",
    "northangerabbey": "Northanger Abbey",
    "persuasion": "Persuasion",
}
HEADING = re.compile(r"CHAPTER [IVXLC0-9]+", re.IGNORECASE)


def build(out: Path) -> None:
    """Writes lines.parquet into the folder ``out``."""
    deb = debian(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    files = deb_files(deb, "usr/lib/R/site-library/janeaustenr/data/")
    novels = {title: read_object(files, "janeaustenr", name) for name, title in NOVELS.items()}
    write_parquet(pa.Table.from_pandas(numbered(novels), preserve_index=False), out / "lines.parquet")


def numbered(novels: dict[str, list[str]]) -> pd.DataFrame:
    """One row per line. ``line`` counts from 1 in each novel; ``chapter`` counts the headings up to and including it."""
    titles = pd.CategoricalDtype(list(NOVELS.values()))
    parts = []
    for title, lines in novels.items():
        text = pd.Series([str(line) for line in lines])
        heading = text.map(lambda line: HEADING.fullmatch(line.strip()) is not None)
        parts.append(
            pd.DataFrame(
                {
                    "novel": title,
                    "line": pd.Series(range(1, len(text) + 1), dtype="int32"),
                    "chapter": heading.cumsum().astype("int32"),
                    "text": text,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).astype({"novel": titles})
