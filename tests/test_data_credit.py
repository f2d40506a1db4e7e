"""The credit table is what its datasheet says, with the meanings of its codes as Grömping (2019) corrected them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from datasets_folder import build_script

from mle import data

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
NUMBERS = {"duration": (4, 72), "amount": (250, 18_424), "age": (19, 75)}
YES_OR_NO = ["telephone", "foreign_worker", "bad"]
ORDERED = ["employment_duration", "installment_rate", "present_residence", "number_credits", "job", "people_liable"]


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    return data.load("credit", "loans")


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return build_script("credit")


def test_loans_has_the_schema_of_its_datasheet(loans: pd.DataFrame, build: ModuleType) -> None:
    assert loans.shape == (1_000, 21) and loans.columns.tolist() == list(build.COLUMNS)
    for column, values in loans.items():
        kind = "int32" if column in NUMBERS else "bool" if column in YES_OR_NO else "category"
        assert str(values.dtype) == kind, column
        if kind == "category":
            assert values.cat.categories.tolist() == list(build.COLUMNS[column].values()), column
            assert values.cat.ordered == (column in ORDERED), column
    assert not loans.isna().any(axis=None) and not loans.duplicated().any()


def test_numbers_have_the_range_that_grömping_reports(loans: pd.DataFrame) -> None:
    for column, limits in NUMBERS.items():
        assert (loans[column].min(), loans[column].max()) == limits, column
    assert loans["amount"].mean() == pytest.approx(3271.25, abs=0.01) and loans["age"].median() == 33


def test_the_first_rows_are_those_of_uci_with_corrected_meanings(loans: pd.DataFrame) -> None:
    """A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1, and the label of the second."""
    assert [str(value) for value in loans.iloc[0]] == [
        "no checking account",
        "6",
        "all credits at this bank paid back duly",
        "furniture or equipment",
        "1169",
        "1000 DM or more",
        "7 years or more",
        "below 20 %",
        "male, married or widowed",
        "none",
        "7 years or more",
        "unknown or none",
        "67",
        "none",
        "rent",
        "2 or 3",
        "skilled employee or official",
        "0 to 2",
        "True",
        "False",
        "False",
    ]
    assert loans["bad"].iloc[1]


def test_meanings_order_the_risk_as_their_names_promise(loans: pd.DataFrame) -> None:
    """With UCI's meanings both would be upside down: a critical account the safest, no account the best account."""
    history = loans.groupby("credit_history", observed=True)["bad"].mean()
    assert history["delays in the past"] == history.max() and history.idxmin().startswith("all credits at this bank")
    assert loans.groupby("status", observed=True)["bad"].mean().is_monotonic_decreasing


def test_an_unknown_code_is_refused(build: ModuleType) -> None:
    meanings = [("1" if kinds is None else next(iter(kinds))) for kinds in build.COLUMNS.values()]
    codes = pd.DataFrame([meanings], columns=list(build.COLUMNS))
    assert build.decoded(codes)["status"].tolist() == ["no checking account"]
    with pytest.raises(KeyError, match="A95"):
        build.decoded(codes.assign(personal_status_sex="A95"))


def test_each_known_fault_of_credit_is_as_its_datasheet_counts_it(loans: pd.DataFrame) -> None:
    def bad(column: str, value: object) -> str:
        return f"{loans['bad'][loans[column] == value].mean():.1%}".replace("%", " %")

    young = loans["age"] <= 25
    purposes = loans["purpose"].value_counts()
    mixed = (loans["personal_status_sex"] == "female, not single; or male, single").sum()
    counted = [
        f"paid back duly) has {bad('credit_history', 'all credits at this bank paid back duly')} bad loans",
        f"A30 (delays) {bad('credit_history', 'delays in the past')}",
        f"and {loans['foreign_worker'].sum()} debtors are foreign workers",
        f"{(~loans['foreign_worker']).sum()} of 1,000 debtors are foreign workers",
        f"the class of {mixed} debtors",
        f"{loans['bad'].mean():.1%} of the loans are bad by design".replace("%", " %"),
        f"{bad('foreign_worker', True)} of the loans of foreign workers are bad, {bad('foreign_worker', False)} of the",
        f"Owners look worse ({bad('housing', 'own')} bad) than tenants ({bad('housing', 'rent')})",
        f"real estate worse ({bad('property', 'real estate')}) than no property ({bad('property', 'unknown or none')})",
        f"{purposes['vacation']} loans are for vacation, {purposes['radio or television']} each for televisions",
        f"{young.sum()} debtors are 25 or younger, with {loans['bad'][young].mean():.1%} bad".replace("%", " %"),
        f"bad loans against {loans['bad'][~young].mean():.1%}".replace("%", " %"),
    ]
    sheet = " ".join(data.path("credit", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
    assert purposes["education"] == 0 and purposes["business"] == purposes["radio or television"]


def test_models_reach_the_scores_of_the_datasheet(loans: pd.DataFrame) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    label, folds = loans["bad"], StratifiedKFold(5, shuffle=True, random_state=0)
    logistic = make_pipeline(StandardScaler(), LogisticRegression())
    features = pd.get_dummies(loans.drop(columns="bad")).astype(float)
    sensitive = features.columns.str.startswith(("personal_status_sex", "foreign_worker", "age"))
    boosting = HistGradientBoostingClassifier(
        categorical_features="from_dtype", max_iter=60, learning_rate=0.1, max_leaf_nodes=8, random_state=0
    )
    for model, table, expected in (
        (logistic, features, 0.79),
        (logistic, features.loc[:, ~sensitive], 0.78),
        (boosting, loans.drop(columns="bad"), 0.79),
    ):
        assert cross_val_score(model, table, label, cv=folds, scoring="roc_auc").mean() == pytest.approx(
            expected, abs=0.01
        )
