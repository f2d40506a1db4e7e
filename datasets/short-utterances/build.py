"""Builds short-utterances from Debian's test data of the recogniser PocketSphinx; datasheet.md describes the result."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
from audio import category, wav_samples, write_sound
from sources import deb_files, debian

PACKAGE, PACKAGE_VERSION = "pocketsphinx-testdata", "0.8+5prealpha+1-15"
PACKAGE_SHA256 = "eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0"

VERSION = "1"
SUMMARY = (
    "ten recorded English utterances with transcripts, 16 kHz: playing cards, and a novel read aloud; word error rate"
)
LICENCE = "BSD-2-Clause"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {PACKAGE} {PACKAGE_VERSION}"

SAMPLE_RATE = 16_000  # Hz
FOLDER = "usr/share/pocketsphinx/test/data/"
TRANSCRIPTS = {"cards": "cards/cards.transcription", "librivox": "librivox/transcription"}


def build(out: Path) -> None:
    """Writes utterances.parquet into the folder ``out``."""
    package = debian(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)
    files = deb_files(package, *(f"{FOLDER}{source}/" for source in TRANSCRIPTS))
    rows = [
        (source, name, words)
        for source, file in TRANSCRIPTS.items()
        for name, words in transcripts(files[FOLDER + file].decode("utf-8"))
    ]
    columns = {
        "source": category([source for source, _, _ in rows]),
        "utterance": pa.array([name for _, name, _ in rows]),
        "transcript": pa.array([words for _, _, words in rows]),
        "sample_rate": pa.array([SAMPLE_RATE] * len(rows), pa.int32()),
    }
    samples = [wav_samples(files[f"{FOLDER}{source}/{name}.wav"], SAMPLE_RATE) for source, name, _ in rows]
    write_sound(columns, samples, out / "utterances.parquet")


def transcripts(text: str) -> list[tuple[str, str]]:
    """Name and words of each line ``<s> words </s> (name)``."""
    return [
        (name, " ".join(words.split())) for words, name in re.findall(r"^<s>(.*)</s> \((.*)\)$", text, re.MULTILINE)
    ]
