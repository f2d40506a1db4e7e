"""The verses are whole, clean and side by side, and what is not is marked and counted."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from mle import data

# Verses of the King James Version by part, as its printed editions count them, less the 18 without Spanish text.
OLD, NEW = 23_145, 7_957
OLD_TO = r"\bá\b"  # the preposition "a" in the spelling of 1909
ANCHORS = {  # well-known verses: words that must be there, in English and in Spanish
    ("Gen", 1, 1): ("In the beginning God created", "EN el principio crió Dios"),
    ("Ps", 23, 1): ("The LORD is my shepherd", "Jehová es mi pastor"),
    ("Ps", 150, 6): ("Praise ye the LORD", "alabe á JAH"),
    ("Mal", 4, 6): ("smite the earth", "hiera la tierra"),
    ("Matt", 5, 3): ("Blessed are the poor in spirit", "Bienaventurados los pobres en espíritu"),
    ("John", 11, 35): ("Jesus wept", "lloró Jesús"),
    ("3John", 1, 14): ("Greet the friends by name", "Saluda tú á los amigos por nombre"),
    ("Rev", 12, 17): ("the dragon was wroth", "el dragón fué airado"),
    ("Rev", 13, 1): ("upon the sand of the sea", "sobre la arena del mar"),
    ("Rev", 22, 21): ("be with you all. Amen", "con todos vosotros. Amén"),
}


@pytest.fixture(scope="module")
def verses() -> pd.DataFrame:
    return data.load("bible-en-es", "verses")


def test_verses_has_the_schema_of_its_datasheet(verses: pd.DataFrame) -> None:
    types = {"book": "category", "chapter": "int16", "verse": "int16", "en": "str", "es": "str"}
    types |= {"overlap": "float32", "aligned": "bool"}
    assert {name: str(kind).replace("object", "str") for name, kind in verses.dtypes.items()} == types
    assert len(verses) == 31_084 and verses["book"].nunique() == 66
    assert not verses.isna().any().any() and verses["overlap"].between(0, 1).all()
    assert (verses[["en", "es"]].map(len) > 0).all().all()


def test_verses_are_in_the_bibles_order_and_none_occurs_twice(verses: pd.DataFrame) -> None:
    place = list(zip(verses["book"].cat.codes, verses["chapter"], verses["verse"], strict=True))
    assert place == sorted(set(place))
    assert list(verses["book"].cat.categories[[0, 18, 38, 39, 65]]) == ["Gen", "Ps", "Mal", "Matt", "Rev"]


def test_both_testaments_have_the_verses_of_the_king_james_version(verses: pd.DataFrame) -> None:
    old = (verses["book"].cat.codes < 39).sum()
    assert (OLD - old) + (NEW - (len(verses) - old)) == 18
    assert verses.groupby("book", observed=True)["chapter"].nunique().sum() == 1_189
    assert (verses["book"] == "Ps").sum() == 2_461


@pytest.mark.parametrize("place", ANCHORS, ids=lambda place: f"{place[0]}-{place[1]}-{place[2]}")
def test_a_known_verse_says_what_it_is_known_for(verses: pd.DataFrame, place: tuple[str, int, int]) -> None:
    found = verses[(verses["book"] == place[0]) & (verses["chapter"] == place[1]) & (verses["verse"] == place[2])]
    english, spanish = ANCHORS[place]
    assert english in found["en"].item() and spanish.lower() in found["es"].item().lower()


def test_no_markup_note_or_foreign_letter_is_left(verses: pd.DataFrame) -> None:
    letters = {"en": r"A-Za-zÆæ’—", "es": r"A-Za-zÁÉÍÎÑÓÚáâéêíîñóôúûü¡¿"}
    for language, allowed in letters.items():
        text = verses[language]
        assert not text.str.contains(rf"[^{allowed} !(),\-.:;?]").any()
        assert not text.str.contains(r"  |^ | $|lemma|H\d|\bHeb\.").any()


def test_a_verse_marked_as_not_aligned_agrees_better_with_another_one(verses: pd.DataFrame) -> None:
    for book, chapter, shift in [("Num", 13, -1), ("1Sam", 24, -1), ("Job", 40, 5), ("Jonah", 2, -1)]:
        there = (verses["book"] == book) & (verses["chapter"] == chapter)
        assert not verses.loc[there, "aligned"].any()
        names = verses[verses["book"] == book]
        at = names.index.get_indexer(names.index[names["chapter"] == chapter])
        at = at[(at + shift >= 0) & (at + shift < len(names))]
        here = [shared_names(names["en"].iloc[i], names["es"].iloc[i]) for i in at]
        moved = [shared_names(names["en"].iloc[i + shift], names["es"].iloc[i]) for i in at]
        assert sum(moved) > 1.5 * sum(here), f"{book} {chapter} is not shifted by {shift}"


def shared_names(english: str, spanish: str) -> int:
    """Stems that occur on both sides: names and words from Latin, known without a dictionary."""
    first, second = ({word[:4].lower() for word in re.findall(r"[^\W\d_]{5,}", text)} for text in (english, spanish))
    return len(first & second)


def test_each_known_fault_of_the_bible_is_as_its_datasheet_counts_it(verses: pd.DataFrame) -> None:
    words = verses[["en", "es"]].apply(lambda text: text.str.split().str.len())
    short = (words <= 15).all(axis=1)
    tokens = {name: verses[name].str.lower().str.findall(r"[^\W\d_]+").explode() for name in ("en", "es")}
    joined = verses["es"].str.findall(r"[a-zñáéíóú][A-ZÁÉÍÓÚ]").str.len()
    long = verses["es"].str.findall(r"[^\W\d_]{19,}").str.len()
    aligned = verses["aligned"]
    run = (aligned != aligned.shift()).cumsum()
    moved_on = ~aligned & (verses.groupby(run)["aligned"].transform("size") == 2) & (verses["book"] != "2Cor")
    counted = [
        f"{len(verses):,} verses of the King James Version",
        f"{(~aligned).sum()} verses are not `aligned`",
        f"Of the {(~aligned).sum() - moved_on.sum()} in shifted passages",
        f"the median `overlap` is {verses.loc[~aligned & ~moved_on, 'overlap'].median():.2f}",
        f"of the aligned ones, {verses.loc[aligned, 'overlap'].median():.2f}",
        f"{(aligned & (verses['overlap'] < 0.25)).sum()} aligned verses have less than 0.25",
        f"{joined.sum()} Spanish words in {(joined > 0).sum()} verses are joined",
        f"and {long.sum()} more are strings",
        f'for "a" in {verses["es"].str.contains(OLD_TO).sum():,} verses',
        f"{verses.duplicated(['en', 'es']).sum()} verses have the same text on both sides",
        f"{words['en'].sum():,} words in English and {words['es'].sum():,} in Spanish",
        f"({words['en'].mean():.1f} and {words['es'].mean():.1f} a verse)",
        f"{tokens['en'].nunique():,} and {tokens['es'].nunique():,} different words",
        f"at most 15 words in {short.sum():,} verses, {(short & aligned).sum():,} of them aligned",
    ]
    sheet = " ".join(data.path("bible-en-es", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
