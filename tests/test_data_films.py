"""The films database is sound, of fixed bytes, and what its datasheet says."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pandas as pd
import pytest

from mle import data

FILMS = ["id", "imdb_id", "title", "year", "released", "runtime", "mpa_rating", "genre", "language", "country"]
FILMS += ["metacritic", "oscars", "awards"]
REVIEWS = ["film_id", "meter", "critics_mean", "reviews", "fresh", "rotten", "box_office"]


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    file = data.path("films", "films.db")
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def joined(database: sqlite3.Connection) -> pd.DataFrame:
    return pd.read_sql("SELECT * FROM films JOIN reviews ON film_id = id ORDER BY id", database)


def test_the_database_is_sound_and_has_two_tables(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    tables = dict(database.execute("SELECT name, type FROM sqlite_schema").fetchall())
    assert tables == {"films": "table", "reviews": "table"}
    for table, columns in (("films", FILMS), ("reviews", REVIEWS)):
        assert [row[1] for row in database.execute(f"PRAGMA table_info({table})")] == columns
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (17_472,)


def test_its_header_shows_no_trace_of_the_library_that_wrote_it() -> None:
    header = data.path("films", "films.db").read_bytes()[:100]
    assert header[:16] == b"SQLite format 3\0" and int.from_bytes(header[16:18], "big") == 4096
    assert header[24:28] == header[92:96] == b"\0\0\0\1"
    assert int.from_bytes(header[96:100], "big") == 3_040_000


def test_each_value_has_the_type_of_its_column(database: sqlite3.Connection) -> None:
    for table in ("films", "reviews"):
        for _, name, kind, required, _, _ in database.execute(f"PRAGMA table_info({table})").fetchall():
            found = {row[0] for row in database.execute(f"SELECT DISTINCT typeof({name}) FROM {table}")}
            assert found - {"null"} == {kind.lower()}, name
            assert "null" not in found or not required


def test_every_film_has_one_row_of_reviews(joined: pd.DataFrame) -> None:
    assert len(joined) == 17_472 and joined["id"].is_unique and joined["id"].equals(joined["film_id"].rename("id"))


def test_values_are_possible(joined: pd.DataFrame) -> None:
    assert joined["year"].between(1940, 2014).all()
    assert pd.to_datetime(joined["released"], format="%Y-%m-%d").dt.year.eq(joined["year"]).all()
    assert joined["imdb_id"].str.fullmatch(r"tt\d{7,8}").all()
    assert set(joined["mpa_rating"].dropna()) == {"G", "PG", "PG-13", "R", "NC-17", "X", "M", "M/PG", "GP"}
    for column, high in {"meter": 100, "metacritic": 100, "critics_mean": 10, "oscars": 11}.items():
        assert joined[column].dropna().between(0, high).all()
    won = joined["awards"].str.extract(r"^Won (\d+)")[0].astype("float").fillna(0)
    assert won.eq(joined["oscars"]).all()


def test_well_known_films_are_as_the_world_knows_them(joined: pd.DataFrame) -> None:
    films = joined.set_index("imdb_id")
    known = {
        "tt0120338": ["Titanic", 1997, "PG-13", 194],
        "tt0499549": ["Avatar", 2009, "PG-13", 162],
        "tt0082971": ["Raiders of the Lost Ark", 1981, "PG", 115],
        "tt0068646": ["The Godfather", 1972, "R", 175],
        "tt0034583": ["Casablanca", 1942, "PG", 102],
    }
    found = {key: films.loc[key, ["title", "year", "mpa_rating", "runtime"]].tolist() for key in known}
    assert found == known
    assert 2.7e9 < films.loc["tt0499549", "box_office"] < 3e9


def test_each_known_fault_is_as_the_datasheet_counts_it(joined: pd.DataFrame) -> None:
    empty = joined.isna().sum()
    share = {column: f"{empty[column]:,} ({100 * empty[column] / len(joined):.1f} %" for column in joined}
    usa = joined["country"].fillna("").str.contains("United States")
    gross = 100 * joined["box_office"].isna().groupby(usa).mean()
    runtime = 100 * joined["runtime"].isna().groupby(joined["year"] // 10).mean()
    january = joined["released"].str.endswith("-01-01")
    scores = joined[["meter", "critics_mean", "metacritic"]].corr()["meter"]
    counted = joined.dropna(subset=["fresh", "rotten"])
    least = joined["box_office"].idxmin()
    assert counted["fresh"].add(counted["rotten"]).eq(counted["reviews"]).all()
    assert (joined["box_office"] < 1000).sum() == 6 and joined.loc[least, ["title", "year"]].tolist() == [
        "Wonder Woman",
        2009,
    ]
    assert joined[joined["runtime"] < 5].set_index("title")["runtime"].to_dict() == {"Machuca": 1, "The Human Race": 4}
    assert (joined["runtime"] > 400).sum() == 5
    assert joined["imdb_id"].duplicated(keep=False).sum() == 4 and joined["imdb_id"].nunique() == 17_470
    facts = [
        f"{len(joined):,} films that critics",
        f"`mpa_rating` {share['mpa_rating']}), `metacritic` {share['metacritic']}), `awards` {share['awards']}: no",
        f"`runtime` {share['runtime']}), `language` {empty['language']}, `country` {empty['country']}.",
        f"never NULL, but empty in {(joined['genre'] == '').sum()}",
        f"`box_office` {share['box_office']}), `critics_mean` {empty['critics_mean']}, `meter` {empty['meter']}",
        f"`fresh` and `rotten` {empty['fresh']}, `reviews` {empty['reviews']}",
        f"missing in {gross[True]:.1f} % of the films in whose `country` the United States is named",
        f"and in {gross[False]:.1f} % of the others",
        f"missing in {runtime[194]:.1f} % of the films of the 1940s and in {runtime[201]:.1f} % of those of 2010 to 2014",
        f"{january.sum():,} films ({100 * january.mean():.1f} %) were released",
        f"the least {joined.loc[least, 'box_office']} (*Wonder Woman*, 2009)",
        f"{joined['title'].duplicated(keep=False).sum():,} films have one that another film has too",
        f"together are shared by {joined.duplicated(['title', 'year'], keep=False).sum()} films",
        f"in all {len(counted):,} rows that have them",
        f"correlate at {scores['critics_mean']:.2f}, `meter` and `metacritic` at {scores['metacritic']:.2f}",
        f"{(joined['oscars'] > 0).sum()} films have one Oscar or more",
        f"has {joined.loc[joined['imdb_id'] == 'tt0120338', 'oscars'].item()} here",
        f"{(joined['year'] >= 2000).sum():,} of them of 2000 to 2014",
    ]
    sheet = " ".join(data.path("films", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in facts if fact not in sheet] == []
    assert empty["fresh"] == empty["rotten"] and not re.search(r"director|actor", " ".join(joined.columns))
