"""Builds spoken-digits-real from four Debian packages of telephone prompts; datasheet.md describes the result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from audio import WORDS, category, log_mel, wav_samples, write_sound
from sources import deb_files, debian

PACKAGE_VERSION = "1.6.1-1"
PACKAGE_SHA256 = {
    "en": "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d",
    "fr": "8d4e1bc32ed5ba7fbda40841ca1825ed20cc6232724a473c90f8bb0e53e6073e",
    "it": "5a26638089e134b8ac39363fe249c5c93c50cd8bfdc9b2499ae61ec4a35e2fcb",
    "ru": "ccbfaebfa450b7a9ddf644ae0f3d1e9017d5df7c0aebe816e946345589d38201",
}

VERSION = "1"
SUMMARY = "the digits 0 to 9 in four languages, each by one professional speaker, 8 kHz: the real test set of spoken-digits-synth"
LICENCE = "CC-BY-SA-3.0"
FILE_LICENCES = {"it.parquet": "CC-BY-3.0", "ru.parquet": "CC-BY-3.0"}
SOURCE = f"Debian asterisk-core-sounds-{{en,fr,it,ru}}-wav {PACKAGE_VERSION}"
PICTURE = (
    "Log-mel spectrograms of the digit seven in English, French, Italian and Russian, above spoken by a person, below "
    "by a plain voice of the synthesiser: the person's harmonics rise, fall and fade through all bands; the synthetic "
    "voice has one strong block below band 15 and a few level bands above it, which start and stop at once."
)

SAMPLE_RATE = 8000  # Hz
VOICES = {"en": "en_US_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo", "ru": "ru_RU_f_IvrvoiceRU"}


def build(out: Path) -> None:
    """Writes one Parquet file a language, because their licences differ, into the folder ``out``."""
    for language, voice in VOICES.items():
        package = debian(f"asterisk-core-sounds-{language}-wav", PACKAGE_VERSION, PACKAGE_SHA256[language])
        folder = f"usr/share/asterisk/sounds/{voice}/digits/"
        files = deb_files(package, folder)
        columns = {
            "language": category([language] * 10),
            "digit": pa.array(range(10), pa.int8()),
            "word": pa.array(WORDS[language]),
            "sample_rate": pa.array([SAMPLE_RATE] * 10, pa.int32()),
        }
        samples = [wav_samples(files[f"{folder}{digit}.wav"], SAMPLE_RATE) for digit in range(10)]
        write_sound(columns, samples, out / f"{language}.parquet")


def picture(folder: Path):
    """The same digit by a person and by the synthesiser, in each language."""
    import matplotlib.pyplot as plt

    synth = pd.read_parquet(folder.parent / "spoken-digits-synth" / "digits.parquet")
    # Of espeak-ng's plain men and women (m1 to f5), a language's clean seven that is nearest to ordinary speed.
    synth = synth[synth["snr"].isna() & (synth["digit"] == 7) & synth["voice"].astype(str).str.fullmatch(r"[mf]\d")]
    synth = synth.iloc[np.argsort(abs(synth["words_per_minute"].to_numpy() - 150), kind="stable")]
    colours = plt.get_cmap("cividis", 10)
    names = {"en": "English", "fr": "French", "it": "Italian", "ru": "Russian"}
    figure, axes = plt.subplots(2, 4, figsize=(9, 4), sharex=True, sharey=True, layout="constrained")
    for (language, name), (above, below) in zip(names.items(), axes.T, strict=True):
        real = pd.read_parquet(folder / f"{language}.parquet").iloc[7]
        made = synth[synth["language"] == language].iloc[0]
        for axis, row, title in ((above, real, f"{name}, person"), (below, made, f"{name}, voice {made['voice']}")):
            mel = log_mel(row["samples"], SAMPLE_RATE)
            place = {"origin": "lower", "aspect": "auto", "extent": (0, mel.shape[1] / 100, 0, 40)}
            shown = axis.imshow(mel, cmap=colours, interpolation="nearest", **place)
            axis.set_title(title, fontsize=9)
            axis.set_facecolor("0.85")
    axes[0, 0].set_xlim(0, 0.9)
    figure.supxlabel("time (s)", fontsize=9)
    figure.supylabel("mel band (60 Hz to 4 kHz)", fontsize=9)
    figure.colorbar(shown, ax=axes, label="dB below the loudest", shrink=0.8)
    return figure
