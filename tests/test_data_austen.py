"""The austen table holds the six novels, whole and numbered, and nothing of Project Gutenberg."""

from __future__ import annotations

import pandas as pd
import pytest

from mle import data

NOVELS = {  # lines; chapters, as any printed edition has them
    "Sense and Sensibility": (12_624, 50),
    "Pride and Prejudice": (13_030, 61),
    "Mansfield Park": (15_349, 48),
    "Emma": (16_235, 55),
    "Northanger Abbey": (7_856, 31),
    "Persuasion": (8_328, 24),
}


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return data.load("austen", "lines")


@pytest.fixture(scope="module")
def sheet() -> str:
    return " ".join(data.path("austen", "datasheet.md").read_text(encoding="utf-8").split())


def test_lines_has_the_schema_of_its_datasheet(lines: pd.DataFrame) -> None:
    assert [str(lines[name].dtype) for name in ("novel", "line", "chapter")] == ["category", "int32", "int32"]
    assert lines.columns.tolist() == ["novel", "line", "chapter", "text"]
    assert pd.api.types.is_string_dtype(lines["text"])
    assert len(lines) == 73_422 and not lines.isna().any(axis=None)
    assert lines["novel"].cat.categories.tolist() == list(NOVELS)


def test_novels_follow_in_order_of_publication_and_lines_are_numbered(lines: pd.DataFrame) -> None:
    assert lines["novel"].cat.codes.is_monotonic_increasing
    for novel, (count, _) in NOVELS.items():
        assert lines["line"][lines["novel"] == novel].tolist() == list(range(1, count + 1)), novel


def test_each_novel_has_the_chapters_of_its_printed_editions(lines: pd.DataFrame) -> None:
    for novel, (_, chapters) in NOVELS.items():
        chapter = lines["chapter"][lines["novel"] == novel]
        assert chapter.is_monotonic_increasing and set(chapter) == set(range(chapters + 1)), novel
        assert chapter.value_counts().drop(0).min() > 50, "no heading is counted twice"
    first = lines[lines["novel"].eq("Emma") & lines["chapter"].eq(19)]["text"]
    assert first.iloc[0] == "CHAPTER I", "the first chapter of volume II"


@pytest.mark.parametrize(
    ("novel", "chapter", "sentence"),
    [
        ("Sense and Sensibility", 1, "The family of Dashwood had long been settled in Sussex."),
        ("Pride and Prejudice", 1, "It is a truth universally acknowledged, that a single man in possession of a good"),
        ("Pride and Prejudice", 34, "You must allow me to tell you how ardently I admire and love you."),
        ("Mansfield Park", 48, "Let other pens dwell on guilt and misery."),
        ("Emma", 1, "Emma Woodhouse, handsome, clever, and rich, with a comfortable home and happy disposition"),
        ("Northanger Abbey", 1, "No one who had ever seen Catherine Morland in her infancy would have supposed her"),
        ("Persuasion", 23, "I am half agony, half hope."),
    ],
)
def test_famous_sentences_stand_in_their_chapter(lines: pd.DataFrame, novel: str, chapter: int, sentence: str) -> None:
    text = " ".join(" ".join(lines["text"][lines["novel"].eq(novel) & lines["chapter"].eq(chapter)]).split())
    assert sentence in text


def test_nothing_of_project_gutenberg_is_in_the_texts(lines: pd.DataFrame) -> None:
    for word in ("gutenberg", "ebook", "e-text", "http", "copyright", "@", "proofread"):
        assert not lines["text"].str.contains(word, case=False, regex=False).any(), word


def test_each_known_fault_of_austen_is_as_its_datasheet_counts_it(lines: pd.DataFrame, sheet: str) -> None:
    text, novel = lines["text"], lines["novel"]

    def count(pattern: str) -> pd.Series:
        return text.str.count(pattern).groupby(novel, observed=True).sum()

    words = text.str.split().str.len().groupby(novel, observed=True).sum()
    bare, dotted = count(r"\bMrs?\b(?!\.)"), count(r"\bMrs?\.")
    apart, joined = count(r"\bany thing\b"), count(r"\banything\b")
    underscores, dashes = count("_"), count("--")
    foreign = [character for line in text for character in line if not " " <= character <= "~"]
    counted = [
        *[f"| {name} | {size:,} | {chapters} | {words[name]:,} |" for name, (size, chapters) in NOVELS.items()],
        f"{words.sum():,} in all, in {text.str.len().sum():,} characters",
        f'"Mr" and "Mrs" without a full stop ({bare["Persuasion"]} times',
        f'"any thing" stands {apart.sum()} times, of which {apart["Emma"]} in *Emma*; "anything" {joined.sum()} times',
        f"underscores ({underscores.sum():,} of them)",
        f"two hyphens ({dashes.sum():,} times), of which {dashes['Emma']:,} are in *Emma*",
        f"division into volumes ({text.str.startswith('VOLUME').sum()} headings)",
        f"{(text == '').sum():,} lines are empty",
        f"about 70 characters ({text.str.len().max()} at most)",
    ]
    assert [fact for fact in counted if fact not in sheet] == []
    assert bare.drop("Persuasion").sum() == 0 == dotted["Persuasion"] and joined["Emma"] == 1
    assert underscores[underscores > 0].index.tolist() == ["Pride and Prejudice", "Mansfield Park", "Emma"]
    assert foreign == ["£"]
    at = lines.set_index(["novel", "line"])["text"]
    for name, line in (("Sense and Sensibility", 4_495), ("Sense and Sensibility", 8_420), ("Mansfield Park", 7_721)):
        assert at[name, line].strip().startswith("[") and f"{line:,}" in sheet
    assert at["Sense and Sensibility", 3_144].strip() == "***"
