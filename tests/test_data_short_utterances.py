"""The short utterances are what their datasheet says."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from mle import data


@pytest.fixture(scope="module")
def utterances() -> pd.DataFrame:
    return data.load("short-utterances", "utterances")


def test_the_table_has_the_schema_of_its_datasheet(utterances: pd.DataFrame) -> None:
    expected = {"source": "category", "utterance": "str", "transcript": "str", "sample_rate": "int32"}
    expected |= {"samples": "object"}
    assert {name: str(kind) for name, kind in utterances.dtypes.items()} == expected
    assert utterances["source"].tolist() == ["cards"] * 5 + ["librivox"] * 5
    assert set(utterances["sample_rate"]) == {16_000}
    assert {(type(x), x.dtype.name, x.ndim) for x in utterances["samples"]} == {(np.ndarray, "int16", 1)}


def test_transcripts_are_words_in_lower_case_only(utterances: pd.DataFrame) -> None:
    assert all(re.fullmatch(r"[a-z]+( [a-z]+)*", words) for words in utterances["transcript"])


def test_the_novel_s_transcripts_are_jane_austen_s_words(utterances: pd.DataFrame) -> None:
    lines = data.load("austen", "lines")
    text = " ".join(lines["text"][lines["novel"] == "Sense and Sensibility"]).lower()
    text = " ".join(re.sub("[^a-z]+", " ", text.replace("mr.", "mister")).split())
    novel = utterances[utterances["source"] == "librivox"]
    slips = {"more a amiable": "more amiable", "might be prudently": "might prudently be"}  # known faults
    found = [re.sub("|".join(slips), lambda slip: slips[slip[0]], words) in text for words in novel["transcript"]]
    assert found == [True] * 5


def test_longer_transcripts_take_longer_to_say(utterances: pd.DataFrame) -> None:
    """A transcript that belongs to another sound would show: people say two to five words a second."""
    words = utterances["transcript"].str.split().map(len)
    speed = words / (utterances["samples"].map(len) / 16_000)
    assert speed.between(1, 5).all()
    assert np.corrcoef(words, utterances["samples"].map(len))[0, 1] > 0.9


def test_sounds_are_speech(utterances: pd.DataFrame) -> None:
    for samples in utterances["samples"]:
        power = np.abs(np.fft.rfft(samples.astype(float))) ** 2
        hertz = np.fft.rfftfreq(len(samples), 1 / 16_000)
        assert power[hertz < 4_000].sum() > 0.5 * power.sum()


def test_each_known_fault_is_as_the_datasheet_counts_it(utterances: pd.DataFrame) -> None:
    words = utterances["transcript"].str.split()
    of = words.map(len).groupby(utterances["source"], observed=True).sum()
    cards = utterances["source"] == "cards"
    full = utterances["samples"].map(lambda x: int(np.isin(x, [-32_768, 32_767]).sum()))
    by_name = dict(zip(utterances["utterance"], full, strict=True))
    loudest = max(abs(x.astype(int)).max() for x in utterances["samples"][~cards])
    counted = [
        f"1 of the {of['cards']} words of the cards wrong and 20 of the {of['librivox']} words of the novel",
        f"{of.sum()} words in {utterances['samples'].map(len).sum() / 16_000:.1f} s of sound",
        f"one wrong word is {100 / of.sum():.1f} points",
        f"`cards/004` has {by_name['004']} samples at full scale and `cards/005` has {by_name['005']}",
        f"The novel's loudest sample is {loudest:,}",
        f"cards have {len(set(words[cards].sum()))} different words",
    ]
    sheet = " ".join(data.path("short-utterances", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
    assert full.sum() == by_name["004"] + by_name["005"], "no other utterance is clipped"
    assert utterances["transcript"].str.contains("a more a amiable woman|might be prudently in").sum() == 2
    assert "CARNEGIE MELLON UNIVERSITY ``AS IS''" in data.path("short-utterances", "LICENSE").read_text(
        encoding="utf-8"
    )
