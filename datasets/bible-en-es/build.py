"""Builds the bible-en-es dataset from two Debian packages of SWORD modules; datasheet.md describes the result."""

from __future__ import annotations

import html
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
from sources import deb_files, debian, write_parquet

ENGLISH, ENGLISH_VERSION = "sword-text-kjv", "14.3-1"
ENGLISH_SHA256 = "9f463f28ce665f6f528fc723179722bced880a4c5485f7a41bf742838315de57"
SPANISH, SPANISH_VERSION = "sword-text-sparv", "2.60-1"
SPANISH_SHA256 = "5c87f9b2bc97457e8a872f5bae7ea7ce59cb3de1dcee73e4d4740451863694cf"
MODULES = "usr/share/sword/modules/texts/ztext/"

VERSION = "1"
SUMMARY = "the Bible verse by verse in English (King James Version) and Spanish (Reina-Valera 1909)"
LICENCE = "LicenseRef-public-domain"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {ENGLISH} {ENGLISH_VERSION} and {SPANISH} {SPANISH_VERSION}"

# Where the two translations divide the text differently, in the numbering of the English one: book, chapter, first and
# last verse. Found by the Strong's numbers, which agree better there with another verse, or in part with the next one.
DIVIDED_DIFFERENTLY = [
    ("Num", 13, 1, 33),
    ("Num", 30, 1, 16),
    ("Judg", 6, 29, 30),
    ("Judg", 14, 18, 20),
    ("Judg", 19, 3, 4),
    ("1Sam", 10, 25, 26),
    ("1Sam", 17, 55, 56),
    ("1Sam", 19, 1, 2),
    ("1Sam", 24, 1, 22),
    ("2Sam", 2, 31, 32),
    ("2Sam", 20, 25, 25),
    ("1Kgs", 16, 29, 30),
    ("1Kgs", 18, 33, 34),
    ("1Kgs", 22, 43, 53),
    ("1Chr", 1, 30, 32),
    ("1Chr", 2, 34, 35),
    ("1Chr", 21, 4, 5),
    ("1Chr", 21, 15, 30),
    ("1Chr", 22, 3, 4),
    ("1Chr", 29, 9, 10),
    ("2Chr", 30, 18, 19),
    ("2Chr", 33, 10, 24),
    ("Job", 35, 15, 15),
    ("Job", 39, 1, 30),
    ("Job", 40, 1, 19),
    ("Hos", 12, 1, 14),
    ("Jonah", 2, 1, 10),
    ("Matt", 28, 8, 9),
    ("Mark", 6, 27, 28),
    ("Mark", 12, 14, 15),
    ("Luke", 7, 18, 19),
    ("Acts", 10, 46, 47),
    ("Acts", 11, 25, 26),
    ("Acts", 19, 40, 40),
    ("Acts", 21, 4, 5),
    ("2Cor", 13, 12, 13),
]


def build(out: Path) -> None:
    """Writes verses.parquet into the folder ``out``."""
    english = read_bible(deb_files(debian(ENGLISH, ENGLISH_VERSION, ENGLISH_SHA256), MODULES))
    spanish = read_bible(deb_files(debian(SPANISH, SPANISH_VERSION, SPANISH_SHA256), MODULES))
    assert english.keys() == spanish.keys()
    differs = {(b, c, v) for b, c, first, last in DIVIDED_DIFFERENTLY for v in range(first, last + 1)}
    rows = [
        (*verse, plain_text(en), plain_text(es), overlap(en, es), verse not in differs)
        for verse, en in english.items()
        if (es := spanish[verse])
    ]
    frame = pd.DataFrame(rows, columns=["book", "chapter", "verse", "en", "es", "overlap", "aligned"])
    frame = frame[frame["es"] != ""]  # the Spanish text has no such verse: its words stand in a neighbouring one
    frame["book"] = pd.Categorical(frame["book"], frame["book"].unique())  # in the Bible's order
    types = {"chapter": "int16", "verse": "int16", "overlap": "float32"}
    write_parquet(pa.Table.from_pandas(frame.astype(types), preserve_index=False), out / "verses.parquet")


def read_bible(files: dict[str, bytes]) -> dict[tuple[str, int, int], str]:
    """The marked-up text of each verse by book (OSIS name), chapter and verse, in the Bible's order."""
    verses: dict[tuple[str, int, int], str] = {}
    for testament in ("ot", "nt"):
        parts = {name.rsplit(".", 1)[1]: content for name, content in files.items() if f"/{testament}." in name}
        place = ("", 0, 0)
        for entry in entries(parts["bzs"], parts["bzv"], parts["bzz"]):
            # Before the verses of a book comes an entry with its title, before those of a chapter one that numbers it.
            if 'type="x-importer"' in entry or ("<title" in entry and 'type="main"' in entry):
                continue
            if chapter := re.search(r'<chapter n="(\d+)" osisID="(\w+)\.', entry):
                place = (chapter[2], int(chapter[1]), 0)
            elif place[0]:
                place = (*place[:2], place[2] + 1)
                verses[place] = entry
    return verses


def entries(blocks: bytes, index: bytes, text: bytes) -> Iterator[str]:
    """The entries of one testament of a compressed text module (SWORD's driver zText).

    ``blocks``: offset, size and unpacked size of each zlib block of ``text``, three little-endian 32-bit numbers.
    ``index``: block, offset and size (16 bits) of each entry; a text that is missing has size 0.
    """
    unpacked = [zlib.decompress(text[start : start + size]) for start, size, _ in struct.iter_unpack("<III", blocks)]
    for block, start, size in struct.iter_unpack("<IIH", index):
        yield unpacked[block][start : start + size].decode("utf-8") if size else ""


def plain_text(markup: str) -> str:
    """The words of a verse without its notes and tags. Psalm titles and colophons stay: both sides have them."""
    text = re.sub(r"<note\b.*?</note>", "", markup)
    text = re.sub(r"<(?:lb|l|lg|div|milestone|title|/title)\b[^>]*>", " ", text)  # these separate words
    text = re.sub(r"<[^>]+>", "", text)
    text = re.sub(r"\\nd |[¶\[\]\u0590-\u05ff]", "", html.unescape(text))  # left-over marks, Hebrew letters
    return " ".join(text.split())


def overlap(first: str, second: str) -> float:
    """Share of the Strong's numbers of two verses that they have in common (Jaccard index of multisets)."""
    a, b = (Counter(re.findall(r"[HG]\d+", " ".join(re.findall(r'lemma="([^"]*)"', x)))) for x in (first, second))
    return round((a & b).total() / max((a | b).total(), 1), 3)
