"""The MNIST-1D tables are the authors' data, and what their datasheet says."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from mle import data

# SHA-256 of the arrays in the authors' mnist1d_data.pkl (made in 2020), x rounded to little-endian float32, y to int8.
PUBLISHED = {
    ("train", "x"): "d53506bddd12d3b72c7153b1ae7f34807724b1dd078a7273809bf9d0792319f6",
    ("train", "y"): "6e13c7aab5f831266ec59efd193e310c511faefd71cfc5d39427c20337df4dc6",
    ("test", "x"): "30addc43827c82aafa5db8bc97cea63349ca687e87db2f201cc4f5415d9a4ebd",
    ("test", "y"): "9486539f99fcca7dc5923aba4d0cb5b7963f8e8e1f74398ca33a64ccb3b5b654",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: data.load("mnist1d", name) for name in ("train", "test", "templates")}


def points(table: pd.DataFrame) -> np.ndarray:
    return np.ascontiguousarray(table.drop(columns="label").to_numpy())


@pytest.fixture(scope="module")
def sheet() -> str:
    return " ".join(data.path("mnist1d", "datasheet.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("name", "rows", "width"), [("train", 4000, 40), ("test", 1000, 40), ("templates", 10, 12)])
def test_each_table_has_the_schema_of_its_datasheet(
    tables: dict[str, pd.DataFrame], name: str, rows: int, width: int
) -> None:
    expected = {f"x{place}": "float32" for place in range(width)} | {"label": "int8"}
    assert [(column, str(kind)) for column, kind in tables[name].dtypes.items()] == list(expected.items())
    assert len(tables[name]) == rows and set(tables[name]["label"]) == set(range(10))


@pytest.mark.parametrize(("name", "part"), PUBLISHED)
def test_the_tables_are_the_authors_published_arrays(tables: dict[str, pd.DataFrame], name: str, part: str) -> None:
    found = points(tables[name]).astype("<f4") if part == "x" else tables[name]["label"].to_numpy("int8")
    assert hashlib.sha256(found.tobytes()).hexdigest() == PUBLISHED[name, part]


def test_templates_are_standardised_and_start_and_end_at_zero(tables: dict[str, pd.DataFrame]) -> None:
    """All but the scale of 1/6; class 6 is class 0 with its sign changed."""
    templates = points(tables["templates"])
    np.testing.assert_allclose(templates.std(axis=1), 1 / 6, rtol=1e-5)
    np.testing.assert_allclose(templates[:, [0, -1]], 0, atol=1e-6)
    assert np.corrcoef(templates[0], templates[6])[0, 1] < -0.95


def test_logistic_regression_has_the_published_accuracy(tables: dict[str, pd.DataFrame], sheet: str) -> None:
    """Published: 32 %. 1,000 test examples: a standard error of 1.5 points."""
    with threadpool_limits(1):  # so small a problem is slower on many threads
        fit = LogisticRegression(max_iter=300).fit(points(tables["train"]), tables["train"]["label"])
        accuracy = fit.score(points(tables["test"]), tables["test"]["label"])
    assert accuracy == pytest.approx(0.32, abs=0.02)
    assert f"has {100 * accuracy:.0f} % on test" in sheet


def test_each_known_fault_is_as_the_datasheet_counts_it(tables: dict[str, pd.DataFrame], sheet: str) -> None:
    train, test = (tables[name]["label"].value_counts() for name in ("train", "test"))
    both = np.concatenate([points(tables["train"]), points(tables["test"])]).astype("float64")
    neighbour = KNeighborsClassifier(1).fit(points(tables["train"]), tables["train"]["label"])
    accuracy = neighbour.score(points(tables["test"]), tables["test"]["label"])
    halves = [196 * (share * (1 - share) / 1000) ** 0.5 for share in (0.68, 0.94)]
    assert (train + test).eq(500).all()
    assert both.mean() == pytest.approx(0, abs=1e-6) and both.std() == pytest.approx(1, abs=1e-6)
    assert abs(points(tables["test"]).std() - 1) > 0.005
    facts = [
        f"{train.min()} to {train.max()} of them in train and {test.min()} to {test.max()} in test",
        f"an accuracy of 68 % has a 95 % interval of ±{halves[0]:.1f} points, one of 94 % of ±{halves[1]:.1f}",
        f"the nearest neighbour {100 * accuracy:.1f} %",
        f"from −{-both.min():.1f} to {both.max():.1f}",
    ]
    assert [fact for fact in facts if fact not in sheet] == []
