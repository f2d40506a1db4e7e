"""The tweets and their ratings agree with each other, with the paper and with their datasheet."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from mle import data

RETWEET = r"\bRT\b"


@pytest.fixture(scope="module")
def tweets() -> pd.DataFrame:
    return data.load("tweets", "tweets")


@pytest.fixture(scope="module")
def ratings() -> pd.DataFrame:
    return data.load("tweets", "ratings")


@pytest.fixture(scope="module")
def single(tweets: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """Each rating with the mean that includes it, and the mean of the text's other ratings."""
    of_text = ratings["rating"].astype("float64").groupby(ratings["id"])
    total, count = of_text.transform("sum"), of_text.transform("size")
    return ratings.assign(mean=total / count, others=(total - ratings["rating"]) / (count - 1))


def test_the_tables_have_the_schema_of_the_datasheet(tweets: pd.DataFrame, ratings: pd.DataFrame) -> None:
    assert tweets.shape == (4_200, 8) and ratings.shape == (159_750, 2)
    types = {"id": "int16", "text": "str", "rating": "float32", "sd": "float32", "raters": "int8"}
    types |= {"published": "float32", "kind": "category", "family": "int16"}
    assert {name: str(kind).replace("object", "str") for name, kind in tweets.dtypes.items()} == types
    assert [str(kind) for kind in ratings.dtypes] == ["int16", "int8"]
    assert list(tweets["id"]) == list(range(1, 4_201)) and not tweets.isna().any().any()


def test_mean_deviation_and_number_are_those_of_the_single_ratings(tweets, ratings) -> None:
    of_text = ratings["rating"].astype("float64").groupby(ratings["id"])
    np.testing.assert_allclose(tweets["rating"], of_text.mean(), atol=1e-4)
    np.testing.assert_allclose(tweets["sd"], of_text.std(ddof=0), atol=1e-4)
    np.testing.assert_array_equal(tweets["raters"], of_text.size())
    assert ratings["rating"].between(-4, 4).all() and ratings["id"].is_monotonic_increasing


def test_a_single_rating_correlates_with_the_mean_as_the_paper_reports(single: pd.DataFrame) -> None:
    assert single["rating"].corr(single["mean"]) == pytest.approx(0.888, abs=5e-4)


def test_a_variant_has_the_words_of_its_base(tweets: pd.DataFrame) -> None:
    words = tweets["text"].map(lambda text: set(re.findall(r"\w+", text.lower()))).set_axis(tweets["id"])
    variants = tweets[tweets["kind"] == "variant"]
    for own, base in zip(variants["id"], variants["family"], strict=True):
        assert len(words[own] ^ words[base]) <= 3, f"{own} is no variant of {base}"
    assert (variants.groupby("family").size().between(5, 7)).all()
    assert set(variants["family"]) == set(tweets.loc[tweets["kind"] == "base", "id"])
    alone = tweets[tweets["kind"] != "variant"]
    assert (alone["family"] == alone["id"]).all()


def test_more_exclamation_marks_never_make_the_mean_variant_milder(tweets: pd.DataFrame) -> None:
    variants = tweets[tweets["kind"] == "variant"]
    marks = variants["text"].str.contains("!!!").map({True: "three", False: "fewer"})
    strength = variants["published"].abs().groupby(marks).mean()
    assert strength["three"] > strength["fewer"] + 0.3


def test_no_handle_link_entity_or_number_of_a_person_is_left(tweets: pd.DataFrame) -> None:
    text = tweets["text"]
    assert set(text.str.findall(r"@\w+").explode().dropna()) == {"@anonymous"}
    assert not text.str.contains(r"https?://(?!url_removed)|\b(?:bit\.ly|ow\.ly|tinyurl|pic\.twitter)").any()
    assert not text.str.contains(r"&(?:amp|lt|gt|quot|#\d+);").any()


def test_each_known_fault_of_tweets_is_as_its_datasheet_counts_it(tweets, ratings, single) -> None:
    differs = (tweets["published"] - tweets["rating"]).abs() > 1e-3
    kinds = tweets.loc[differs, "kind"].value_counts()
    positive, negative = tweets["rating"] >= 0.5, tweets["rating"] <= -0.5
    label = np.sign(single["others"]) * (single["others"].abs() >= 0.5)
    signs = pd.DataFrame({"up": ratings["rating"] > 0, "down": ratings["rating"] < 0}).groupby(ratings["id"]).mean()
    text = tweets["text"]
    counted = [
        f"in {differs.sum()} texts, by up to {(tweets['published'] - tweets['rating']).abs().max():.2f}",
        f"{kinds['base']} of kind base, {kinds['variant']} of kind variant, no tweet",
        f"The {(tweets['kind'] != 'tweet').sum()} texts of the experiment",
        f"({tweets.loc[tweets['kind'] == 'variant', 'family'].nunique()} families)",
        f"text's other ratings at {single['rating'].corr(single['others']):.3f}",
        f"{(ratings['rating'] == 0).mean():.1%} of all ratings are 0".replace("%", " %"),
        f"{(single['rating'] * single['mean'] < 0).mean():.1%} have the sign opposite".replace("%", " %"),
        f"is right in {(label == np.sign(single['rating'])).mean():.1%}".replace("%", " %"),
        f"{positive.sum():,} positive, {negative.sum():,} negative and {(~positive & ~negative).sum()} neutral",
        f"in {((signs['up'] >= 0.25) & (signs['down'] >= 0.25)).sum()} texts at least a quarter",
        f"{(text.str.len() > 140).sum()} texts are longer than 140",
        f"{text.str.contains(RETWEET).sum()} are or hold retweets",
        f"{text.str.contains('@anonymous').sum():,} texts have `@anonymous` in them",
        f"{text.str.contains('http://url_removed').sum()} `http://url_removed`",
        f"{text.str.count(re.escape('[name]')).sum()} names of private persons",
        f"{text.str.count(re.escape('[phone]')).sum()} phone numbers",
        f"bitch are in {text.str.contains('(?i)fuck|shit|bitch').sum()} texts",
        f"{tweets['raters'].min()} to {tweets['raters'].max()} people",
        f"have {tweets.loc[tweets['raters'] > 20, 'raters'].min()} to {tweets['raters'].max()} and 20",
        f"the {(tweets['raters'] > 20).sum():,} texts of the experiment",
        f"the {(tweets['kind'] == 'variant').sum()} texts they made up",
        f"the other {(tweets['kind'] != 'variant').sum():,} texts",
    ]
    sheet = " ".join(data.path("tweets", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
    assert (~text.map(str.isascii)).sum() == 2
