"""The real spoken digits are what their datasheet says, and the synthetic ones teach some of them, not all."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mle import data

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
LANGUAGES = ["en", "fr", "it", "ru"]
FRAME = 80  # samples: 10 ms
WORDS = {
    "en": "zero one two three four five six seven eight nine",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
}


@pytest.fixture(scope="module")
def digits() -> pd.DataFrame:
    tables = [data.load("spoken-digits-real", language).astype({"language": str}) for language in LANGUAGES]
    return pd.concat(tables, ignore_index=True)


def energy(samples: np.ndarray) -> np.ndarray:
    """Of each whole frame of 10 ms."""
    count = len(samples) // FRAME
    return (samples[: count * FRAME].reshape(count, FRAME).astype(float) ** 2).sum(axis=1)


def trimmed(samples: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(energy(samples) > 10**-3.4 * energy(samples).max())
    return samples[max(loud[0] - 2, 0) * FRAME : (loud[-1] + 3) * FRAME]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_each_digit_once_with_its_word(language: str) -> None:
    table = data.load("spoken-digits-real", language)
    expected = {"language": "category", "digit": "int8", "word": "str", "sample_rate": "int32", "samples": "object"}
    assert {name: str(kind) for name, kind in table.dtypes.items()} == expected
    assert table["digit"].tolist() == list(range(10))
    assert table["word"].tolist() == WORDS[language].split()
    assert set(table["language"]) == {language} and set(table["sample_rate"]) == {8000}


def test_samples_are_numpy_arrays_of_speech_that_do_not_clip(digits: pd.DataFrame) -> None:
    assert {(type(x), x.dtype.name, x.ndim) for x in digits["samples"]} == {(np.ndarray, "int16", 1)}
    for samples in digits["samples"]:
        hertz = np.fft.rfftfreq(len(samples), 1 / 8000)
        power = np.abs(np.fft.rfft(samples.astype(float))) ** 2
        assert power[hertz < 50].sum() < 0.03 * power.sum(), "no hum, no constant offset"
        assert power[hertz < 3000].sum() > 0.5 * power.sum(), "speech, not noise or swapped bytes"
        assert abs(samples.astype(int)).max() < 32_767


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of Wilson (1927)."""
    z, share = 1.959964, right / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z * np.sqrt(share * (1 - share) / of + z**2 / (4 * of**2)) / (1 + z**2 / of)
    return middle - half, middle + half


def test_each_known_fault_is_as_the_datasheet_counts_it(digits: pd.DataFrame) -> None:
    energies = digits["samples"].map(energy)
    silence = energies.map(lambda e: int(np.flatnonzero(e > 10**-3.4 * e.max())[0]) / 100)
    lead = silence.groupby(digits["language"]).mean()
    floor = np.sqrt(energies.map(np.min) / FRAME).groupby(digits["language"])
    peak = digits["samples"].map(lambda x: abs(x.astype(int)).max())
    seconds = digits["samples"].map(len) / 8000
    shortest, longest = digits.loc[seconds.idxmin()], digits.loc[seconds.idxmax()]
    whole, part = wilson(26, len(digits)), wilson(7, 10)
    counted = [
        f"{len(digits)} utterances at 8 kHz",
        f"gets 26 of them right ({26 / len(digits):.0%}) has a 95 % interval (Wilson) from {whole[0]:.0%} to {whole[1]:.0%}",
        f"7 of 10 means {part[0]:.0%} to {part[1]:.0%}",
        f"lasts {lead['en']:.2f} s on average in en, {lead['fr']:.2f} s in fr, {lead['ru']:.2f} s in ru and {lead['it']:.2f} s in it",
        f"of {np.ceil(floor.max()['en']):.0f} at most in all 10 of en, of {np.floor(floor.min()['it']):.0f} at least",
        f"between {peak.min():,} and {peak.max():,}; none is clipped",
        f"last {seconds.min():.2f} s (Italian {shortest['digit']}) to {seconds.max():.2f} s (English {longest['digit']})",
    ]
    sheet = " ".join(data.path("spoken-digits-real", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact.replace("%", " %").replace("  %", " %") not in sheet] == []
    assert (shortest["language"], longest["language"]) == ("it", "en")
    assert "@" not in sheet + data.path("spoken-digits-real", "LICENSE").read_text(encoding="utf-8"), (
        "no e-mail address"
    )


def test_synthetic_voices_teach_most_digits_of_people_but_far_from_all(digits: pd.DataFrame) -> None:
    """The domain gap that the lesson is about: neither nothing nor hopeless."""
    sys.path.insert(0, str(DATASETS))
    try:
        from audio import log_mel
    finally:
        sys.path.remove(str(DATASETS))

    def features(samples: np.ndarray) -> np.ndarray:
        mel = log_mel(trimmed(samples), 8000, bands=20)
        at = np.linspace(0, mel.shape[1] - 1, 24)
        stretched = np.stack([np.interp(at, np.arange(mel.shape[1]), band) for band in mel]).ravel()
        return (stretched - stretched.mean()) / stretched.std()

    synth = data.load("spoken-digits-synth", "digits")
    inputs, real_inputs = (
        np.stack(list(synth["samples"].map(features))),
        np.stack(list(digits["samples"].map(features))),
    )
    held_out = (synth["voice"].cat.codes % 5 == 0).to_numpy()
    right_synth, right_real = [], []
    for language in LANGUAGES:
        here, real = (synth["language"] == language).to_numpy(), (digits["language"] == language).to_numpy()
        model = LogisticRegression(C=0.03, max_iter=300)
        model.fit(inputs[here & ~held_out], synth["digit"][here & ~held_out])
        right_synth += list(model.predict(inputs[here & held_out]) == synth["digit"][here & held_out])
        right_real += list(model.predict(real_inputs[real]) == digits["digit"][real])
    assert np.mean(right_synth) > 0.9
    assert 0.45 < np.mean(right_real) < np.mean(right_synth) - 0.1
