"""The synthetic spoken digits are what their datasheet says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mle import data

LANGUAGES = ["en", "fr", "it", "ru"]


@pytest.fixture(scope="module")
def digits() -> pd.DataFrame:
    return data.load("spoken-digits-synth", "digits")


def peak(samples: np.ndarray) -> int:
    return int(abs(samples.astype(int)).max())


def above(samples: np.ndarray, limit: float) -> float:
    """The share of the energy above ``limit`` Hz."""
    power = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    return power[np.fft.rfftfreq(len(samples), 1 / 8000) > limit].sum() / power.sum()


def test_the_table_has_the_schema_of_its_datasheet(digits: pd.DataFrame) -> None:
    expected = {"language": "category", "digit": "int8", "word": "str", "voice": "category"}
    expected |= {"words_per_minute": "int16", "pitch": "int8", "level": "int8", "snr": "float32"}
    expected |= {"sample_rate": "int32", "samples": "object"}
    assert {name: str(kind) for name, kind in digits.dtypes.items()} == expected
    assert {(type(x), x.dtype.name, x.ndim) for x in digits["samples"]} == {(np.ndarray, "int16", 1)}
    assert digits["language"].cat.categories.tolist() == LANGUAGES
    assert digits["voice"].cat.categories.is_monotonic_increasing
    assert digits.drop(columns="snr").notna().all(axis=None)


def test_words_are_those_of_the_real_set(digits: pd.DataFrame) -> None:
    for language in LANGUAGES:
        real = data.load("spoken-digits-real", language).set_index("digit")["word"].to_dict()
        here = digits[digits["language"] == language]
        assert dict(zip(here["digit"], here["word"], strict=True)) == real
        assert here.groupby("digit")["word"].nunique().eq(1).all()


def test_the_design_is_balanced(digits: pd.DataFrame) -> None:
    cells = digits.groupby(["language", "digit"], observed=True).size()
    assert len(cells) == 40 and set(cells) == {39, 40}
    per_voice = digits.groupby(["voice", "language"], observed=True)["digit"].agg(["size", "nunique"])
    assert len(per_voice) == 99 * 4 and (per_voice == 4).all(axis=None)


def test_settings_stay_in_the_stated_ranges_and_fill_them(digits: pd.DataFrame) -> None:
    for column, low, high in [("words_per_minute", 110, 220), ("pitch", 20, 80), ("level", -18, 0), ("snr", 5, 25)]:
        assert (digits[column].min(), digits[column].max()) == (low, high)
    assert (digits["snr"].dropna() % 1 == 0).all() and set(digits["sample_rate"]) == {8000}


def test_the_peak_is_the_stated_level(digits: pd.DataFrame) -> None:
    stated = 2047 * 10 ** (digits["level"].astype(float) / 20)
    assert (abs(digits["samples"].map(peak) - stated) <= 0.5 + 1e-9).all()


def test_a_faster_voice_makes_shorter_words(digits: pd.DataFrame) -> None:
    length = digits["samples"].map(len)
    fast = digits["words_per_minute"] >= 165
    within = length.groupby([digits["language"], digits["digit"], fast], observed=True).mean().unstack()
    assert (within[True] < within[False]).all()


def test_the_background_is_as_loud_as_the_stated_noise(digits: pd.DataFrame) -> None:
    """An utterance's quietest 10 ms hold little but noise: their level follows ``snr`` and is low where none is."""
    power = digits["samples"].map(lambda x: (x.astype(float) ** 2).mean())
    quiet = digits["samples"].map(lambda x: (x.astype(float) ** 2).reshape(-1, 80).mean(axis=1).min())
    share = 10 * np.log10((quiet + 1e-3) / power)
    noisy = digits["snr"].notna()
    assert share[~noisy].median() < -40 < share[noisy].min()
    assert np.corrcoef(share[noisy], digits["snr"][noisy])[0, 1] < -0.9


def test_nothing_is_left_above_the_low_pass(digits: pd.DataFrame) -> None:
    clean = digits["samples"][digits["snr"].isna()]
    assert clean.map(lambda x: above(x, 3_900)).median() < 1e-4


def test_each_known_fault_is_as_the_datasheet_counts_it(digits: pd.DataFrame) -> None:
    sheet = " ".join(data.path("spoken-digits-synth", "datasheet.md").read_text(encoding="utf-8").split())
    clean, english = digits["snr"].isna(), digits["language"] == "en"
    seconds = digits["samples"].map(len) / 8000
    mean = seconds.groupby(digits["language"], observed=True).mean()
    real = {language: data.load("spoken-digits-real", language)["samples"] for language in ("en", "ru")}
    names = digits["voice"].cat.categories.str.lower()

    def spoken(samples: np.ndarray) -> float:
        """Seconds from the first to the last frame of 10 ms within 34 dB of the loudest."""
        frames = samples[: len(samples) // 80 * 80].reshape(-1, 80).astype(float)
        loud = np.flatnonzero((frames**2).sum(axis=1) > 10**-3.4 * (frames**2).sum(axis=1).max())
        return (loud[-1] - loud[0] + 1) / 100

    counted = [
        f"{len(digits):,} utterances at 8 kHz",
        f"{digits['voice'].nunique()} voices share the same formants",
        f"{names.str.contains('robo').sum()} voices are named as robots, {names.str.contains('whisper').sum()} whisper",
        f"Noise is in {(~clean).sum()} of the {len(digits):,} rows ({(~clean).mean():.0%})".replace("%", " %"),
        f"last {seconds.min():.2f} to {seconds.max():.2f} s, on average {mean['en']:.2f} s in English",
        f"and {mean['it']:.2f} s in Italian, {mean['fr']:.2f} s in French and {mean['ru']:.2f} s in Russian",
        f"{digits['samples'][clean & english].map(spoken).mean():.2f} against {real['en'].map(spoken).mean():.2f} s",
        f"{digits['samples'][clean].map(lambda x: above(x, 3_700)).mean():.2%} of the clean rows'".replace("%", " %"),
        f"of the Russian speaker's, {real['ru'].map(lambda x: above(x, 3_700)).mean():.2%}".replace("%", " %"),
    ]
    assert [fact for fact in counted if fact not in sheet] == []
    assert not digits["samples"].map(np.ndarray.tobytes).duplicated().any()
    assert {"caleb", "klatt6"}.isdisjoint(digits["voice"]) and "klatt" in set(digits["voice"])
