"""Builds the tweets dataset from the source distribution of vaderSentiment; datasheet.md describes the result."""

from __future__ import annotations

import ast
import html
import io
import re
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import pypi_sdist, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, PACKAGE_VERSION = "vaderSentiment", "3.3.2"
PACKAGE_SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
ARCHIVE = f"{PACKAGE}-{PACKAGE_VERSION}/additional_resources/hutto_ICWSM_2014.tar.gz"
TEXTS, RATINGS = "hutto_ICWSM_2014/tweets_GroundTruth.txt", "hutto_ICWSM_2014/tweets_anonDataRatings.txt"

VERSION = "1"
SUMMARY = (
    "short texts from Twitter, rated from −4 (negative) to +4 (positive) by 20 to 99 people each, with every rating"
)
LICENCE = "MIT"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"PyPI {PACKAGE}=={PACKAGE_VERSION} (sdist)"

PICTURE = (
    "Two charts. The mean ratings of the texts have two humps, a low one near −1 and a higher one around +1.4, with a "
    "dip just below zero. The standard deviation of the ratings of a text is mostly between 0.5 and 1.2 whatever the "
    "mean; only on some texts with a mean close to zero do the raters nearly agree."
)

BLUE, ORANGE = "#0072B2", "#D55E00"  # Okabe and Ito's

NAME, PHONE, HANDLE, LINK = "[name]", "[phone]", "@anonymous", "http://url_removed"

# What the source left in of private persons: text, first and last character in the source's spelling, replacement.
# By place, so that what is removed from the data does not stand here either.
PRIVATE = [
    (53, 12, 21, NAME),
    (258, 59, 70, NAME),
    (836, 25, 43, NAME),
    (942, 124, 137, LINK),
    (1027, 21, 30, HANDLE),
    (1198, 25, 34, NAME),
    (1306, 3, 17, HANDLE),
    (1354, 76, 85, HANDLE),
    (1676, 18, 27, NAME),
    (1679, 44, 53, NAME),
    (1713, 77, 88, LINK),
    (2170, 31, 42, HANDLE),
    (2358, 56, 68, NAME),
    (2459, 13, 33, NAME),
    (2477, 46, 71, LINK),
    (2614, 65, 77, PHONE),
    (2709, 18, 26, HANDLE),
    (2718, 118, 130, PHONE),
    (2718, 93, 106, NAME),
    (2922, 11, 22, NAME),
    (3146, 115, 139, LINK),
    (3195, 34, 39, NAME),
    (3316, 83, 104, HANDLE),
    (3340, 106, 116, NAME),
    (3378, 24, 41, NAME),
    (3444, 22, 46, LINK),
    (3684, 17, 31, NAME),
    (3684, 0, 12, NAME),
    (3685, 90, 102, NAME),
    (3850, 84, 90, NAME),
    (3941, 72, 82, NAME),
]

# The 170 texts that the paper's authors made by varying 30 of the tweets. The source does not mark them; they are the
# texts of the second half of the list that more than 20 people rated.
VARIANTS_FROM = 831


def build(out: Path) -> None:
    """Writes tweets.parquet and ratings.parquet into the folder ``out``."""
    texts, raters = read_source()
    frame = texts.merge(raters, on="id", validate="one_to_one")
    values = frame["ratings"].map(np.array)
    kind, family = contrived(frame)
    tweets = pd.DataFrame(
        {
            "id": frame["id"].astype("int16"),
            "text": without_private(frame).map(html.unescape).map(html.unescape),  # one text was escaped twice
            "rating": values.map(np.mean).round(4).astype("float32"),
            "sd": values.map(np.std).round(4).astype("float32"),
            "raters": values.map(len).astype("int8"),
            "published": frame["published"].round(4).astype("float32"),
            "kind": pd.Categorical(kind, ["tweet", "base", "variant"]),
            "family": family.astype("int16"),
        }
    )
    ratings = pd.DataFrame(
        {
            "id": np.repeat(tweets["id"].to_numpy(), tweets["raters"]),
            "rating": np.concatenate(values.tolist()).astype("int8"),
        }
    )
    write_parquet(pa.Table.from_pandas(tweets, preserve_index=False), out / "tweets.parquet")
    write_parquet(pa.Table.from_pandas(ratings, preserve_index=False), out / "ratings.parquet")


def picture(folder: Path) -> Figure:
    """How positive the texts are, and how much their raters disagree."""
    import matplotlib.pyplot as plt

    tweets = pd.read_parquet(folder / "tweets.parquet")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    # a mean of 20 ratings is a multiple of 0.05: four of them in each bin
    left.hist(tweets["rating"], bins=np.arange(-4.025, 4.2, 0.2), color=BLUE)
    left.set(xlabel="mean rating of a text", ylabel="texts")
    right.scatter(tweets["rating"], tweets["sd"], s=3, color=ORANGE, alpha=0.4, linewidths=0)
    right.set(xlabel="mean rating of a text", ylabel="standard deviation of its ratings", ylim=(0, 3))
    for axes in (left, right):
        axes.set_xlim(-4.1, 4.1)
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def read_source() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The texts with their published mean, and the list of ratings of each text; both files are UTF-8."""
    with tarfile.open(pypi_sdist(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256)) as sdist:
        archive = sdist.extractfile(ARCHIVE)
        assert archive
        with tarfile.open(fileobj=io.BytesIO(archive.read())) as inner:
            texts, ratings = (inner.extractfile(name).read().decode("utf-8") for name in (TEXTS, RATINGS))
    text = [line.split("\t") for line in texts.splitlines()]
    rating = [line.split("\t") for line in ratings.splitlines()]
    return (
        pd.DataFrame([(int(i), float(mean), t) for i, mean, t in text], columns=["id", "published", "text"]),
        pd.DataFrame([(int(i), ast.literal_eval(r)) for i, _, _, r in rating], columns=["id", "ratings"]),
    )


def without_private(frame: pd.DataFrame) -> pd.Series:
    """The texts with each stretch of PRIVATE replaced; within a text the last stretch must come first."""
    texts = frame.set_index("id")["text"].to_dict()
    for i, start, stop, replacement in PRIVATE:
        texts[i] = texts[i][:start] + replacement + texts[i][stop:]
    return frame["id"].map(texts)


def contrived(frame: pd.DataFrame) -> tuple[np.ndarray, pd.Series]:
    """The kind of each text, and its family: the id of the tweet that it varies, its own id where it varies none."""
    is_variant = (frame["ratings"].map(len) > 20) & (frame["id"] >= VARIANTS_FROM)
    words = frame["text"].map(lambda text: frozenset(re.findall(r"\w+", text.lower())))
    others = [*zip(frame["id"][~is_variant], words[~is_variant], strict=True)]
    family = frame["id"].copy()
    for row in frame.index[is_variant]:
        family[row] = max(others, key=lambda other: len(words[row] & other[1]) / len(words[row] | other[1]))[0]
    is_base = frame["id"].isin(family[is_variant])
    return np.select([is_variant, is_base], ["variant", "base"], "tweet"), family
