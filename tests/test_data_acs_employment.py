"""The acs-employment table is what its datasheet says."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from mle import data

CODES = {
    "SCHL": range(0, 25),
    "MAR": range(1, 6),
    "RELP": range(0, 18),
    "DIS": range(1, 3),
    "ESP": range(0, 9),
    "CIT": range(1, 6),
    "MIG": range(0, 4),
    "MIL": range(0, 5),
    "ANC": range(1, 5),
    "NATIVITY": range(1, 3),
    "DEAR": range(1, 3),
    "DEYE": range(1, 3),
    "DREM": range(0, 3),
    "SEX": range(1, 3),
    "RAC1P": range(1, 10),
}
FEATURES = ["AGEP", *CODES]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return data.load("acs-employment", "people")


@pytest.fixture(scope="module")
def adults(people: pd.DataFrame) -> pd.DataFrame:
    return people[people["AGEP"] >= 16]


@pytest.fixture(scope="module")
def sheet() -> str:
    return " ".join(data.path("acs-employment", "datasheet.md").read_text(encoding="utf-8").split())


def test_the_table_has_the_schema_of_its_datasheet(people: pd.DataFrame) -> None:
    expected = {"year": "int16"} | dict.fromkeys(FEATURES, "int8")
    expected |= {"employed": "bool", "predicted_probability": "float32"}
    assert {name: str(kind) for name, kind in people.dtypes.items()} == expected


def test_each_year_has_the_people_that_nannyml_documents(people: pd.DataFrame) -> None:
    """Its notebook prints 68,785 (test) and 208,892 (prod)."""
    years = people["year"].value_counts().sort_index()
    assert years.to_dict() == {2015: 68_785, 2016: 69_126, 2017: 69_635, 2018: 70_131}
    assert years.sum() - years[2015] == 208_892
    assert people["year"].is_monotonic_increasing


def test_every_code_is_one_of_the_data_dictionary_and_occurs(people: pd.DataFrame) -> None:
    assert {column: sorted(people[column].unique()) for column in CODES} == {c: list(r) for c, r in CODES.items()}
    assert people["AGEP"].between(0, 95).all()


def test_codes_for_not_asked_follow_the_ages_of_the_data_dictionary(people: pd.DataFrame) -> None:
    for column, age in {"SCHL": 3, "MIG": 1, "MIL": 17, "DREM": 5}.items():
        assert (people[column] == 0).eq(people["AGEP"] < age).all(), column
    assert people["NATIVITY"].eq(2).eq(people["CIT"].isin([4, 5])).all()
    assert (people.loc[people["AGEP"] < 15, "MAR"] == 5).all()
    assert people.loc[people["ESP"] > 0, "AGEP"].max() == 17


def test_the_model_is_as_good_in_every_year(people: pd.DataFrame) -> None:
    for year, rows in people.groupby("year"):
        assert 0.9015 <= roc_auc_score(rows["employed"], rows["predicted_probability"]) <= 0.9062, year


def test_probabilities_are_those_of_one_model_rounded_to_four_decimals(people: pd.DataFrame) -> None:
    """A deterministic model gives equal people equal probabilities: a wrong join or shuffle would not."""
    assert people.groupby(FEATURES)["predicted_probability"].nunique().max() == 1
    steps = people["predicted_probability"].astype("float64") * 10_000
    assert (steps - steps.round()).abs().max() < 0.001
    assert people["predicted_probability"].between(0, 1).all()


def test_rows_are_shuffled_within_each_year(people: pd.DataFrame) -> None:
    """In the PUMS a spouse (RELP 1) often follows the reference person (0); here no more often than by chance."""
    follows = people["RELP"].shift(-1)[people["RELP"] == 0] == 1
    assert follows.mean() == pytest.approx((people["RELP"] == 1).mean(), abs=0.005)
    for _, rows in people.groupby("year"):
        assert abs(rows["employed"].head(10_000).mean() - rows["employed"].mean()) < 0.02


def test_each_known_fault_is_as_the_datasheet_counts_it(people: pd.DataFrame, adults: pd.DataFrame, sheet: str) -> None:
    children = people["AGEP"] < 16
    institution, active = people["RELP"] == 16, people["MIL"] == 1
    for rows in (children, institution, active):
        assert not people.loc[rows, "employed"].any()
    by_year = people.groupby("year")
    auc = [roc_auc_score(rows["employed"], rows["predicted_probability"]) for _, rows in by_year]
    both = [roc_auc_score(rows["employed"], rows["predicted_probability"]) for rows in (people, adults)]
    silent, work = by_year["ANC"].apply(lambda codes: 100 * (codes == 4).mean()), 100 * by_year["employed"].mean()
    assert by_year["predicted_probability"].mean().round(2).eq(0.49).all()
    top = people[people["AGEP"] >= 94].groupby(["year", "AGEP"]).size().to_dict()
    assert top == {(2015, 94): 446, (2016, 94): 640, (2017, 95): 526, (2018, 95): 526}
    assert not people["AGEP"].isin([92, 93]).any()
    alone = ~people.duplicated(["year", "AGEP", "SEX", "RAC1P", "MAR", "SCHL"], keep=False)
    few = adults["RAC1P"].isin([3, 4, 5, 7])
    assert (adults["RAC1P"] == 4).sum() == 4
    counted = [
        f"Answers of {len(people):,} people",
        "(AUC " + ", ".join(f"{value:.3f}" for value in auc) + ")",
        f"{children.sum():,} people ({100 * children.mean():.1f} %) are under 16",
        f"AUC is {both[0]:.3f} for all and {both[1]:.3f} for those of 16 and over",
        f"any of the {institution.sum():,} people in institutions",
        f"None of the {active.sum()} people on active duty",
        f"{few.sum()} of them are of the other four races (4: four people)",
        f"(`ANC` 4) rises from {silent[2015]:.1f} % to {silent[2018]:.1f} %",
        f"employed rises from {work[2015]:.1f} % to {work[2018]:.1f} %, while the mean prediction stays at 49 %",
        f"94 in 2015 and 2016 ({top[2015, 94]} and {top[2016, 94]} people), 95 in 2017 and 2018 ({top[2017, 95]} each)",
        f"{people.drop(columns='year').assign(year=people['year']).duplicated().sum():,} rows repeat another one",
        f"{alone.sum():,} rows ({100 * alone.mean():.1f} %) are the only ones",
    ]
    assert [fact for fact in counted if fact not in sheet] == []


def test_the_rates_of_each_group_are_those_of_the_datasheet(adults: pd.DataFrame, sheet: str) -> None:
    groups = {"men": adults["SEX"] == 1, "women": adults["SEX"] == 2}
    races = {"White (1)": 1, "Black (2)": 2, "Asian (6)": 6, "some other (8)": 8, "two or more (9)": 9}
    groups |= {name: adults["RAC1P"] == code for name, code in races.items()}
    groups |= {"with disability": adults["DIS"] == 1, "without": adults["DIS"] == 2}
    for name, chosen in groups.items():
        rows = adults[chosen]
        employed, called = rows["employed"], rows["predicted_probability"] >= 0.5
        rates = [employed.mean(), called.mean(), called[employed].mean(), called[~employed].mean()]
        cells = [name, f"{len(rows):,}", *(f"{100 * rate:.1f} %" for rate in rates)]
        cells.append(f"{roc_auc_score(employed, rows['predicted_probability']):.3f}")
        assert f"| {' | '.join(cells)} |" in sheet
