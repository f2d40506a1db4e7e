"""The churn table is what its datasheet says."""

from __future__ import annotations

import pandas as pd
import pytest

from mle import data

INTERNET = ["online_security", "online_backup", "device_protection", "tech_support", "streaming_tv", "streaming_movies"]
CATEGORIES = {
    "multiple_lines": ["No", "No phone service", "Yes"],
    "internet_service": ["DSL", "Fiber optic", "No"],
    **{column: ["No", "No internet service", "Yes"] for column in INTERNET},
    "contract": ["Month-to-month", "One year", "Two year"],
    "payment_method": [
        "Bank transfer (automatic)",
        "Credit card (automatic)",
        "Electronic check",
        "Mailed check",
    ],
}


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return data.load("churn", "customers")


def test_customers_has_the_schema_of_its_datasheet(customers: pd.DataFrame) -> None:
    expected = dict.fromkeys(["female", "senior_citizen", "partner", "dependents"], "bool")
    expected |= {"tenure": "int32", "phone_service": "bool", "multiple_lines": "category"}
    expected |= {"internet_service": "category"} | dict.fromkeys([*INTERNET, "contract"], "category")
    expected |= {"paperless_billing": "bool", "payment_method": "category"}
    expected |= {"monthly_charges": "float64", "total_charges": "float64", "churn": "bool"}
    assert [(name, str(kind)) for name, kind in customers.dtypes.items()] == list(expected.items())
    assert len(customers) == 7_043
    for column, kinds in CATEGORIES.items():
        assert customers[column].cat.categories.tolist() == kinds and set(customers[column]) == set(kinds), column


def test_values_are_possible(customers: pd.DataFrame) -> None:
    assert customers["tenure"].between(0, 72).all()
    assert customers["monthly_charges"].between(18, 119).all()
    paid = customers.dropna()
    assert (paid["total_charges"] >= 18).all()
    assert (customers["internet_service"] != "No")[~customers["phone_service"]].all(), "everyone buys something"
    assert not customers.drop(columns="total_charges").isna().any(axis=None)


def test_the_first_and_last_rows_are_those_of_the_sample_of_ibm(customers: pd.DataFrame) -> None:
    """Tenure, monthly and total charges and the label, as the first three and the last row of IBM's file have them."""
    columns = ["tenure", "monthly_charges", "total_charges", "churn"]
    assert customers[columns].iloc[[0, 1, 2, -1]].to_numpy().tolist() == [
        [1, 29.85, 29.85, False],
        [34, 56.95, 1889.5, False],
        [2, 53.85, 108.15, True],
        [66, 105.65, 6844.5, False],
    ]


def test_each_price_is_about_the_sum_of_what_is_bought(customers: pd.DataFrame) -> None:
    """The generator's price list: a linear model of the services explains the charge to a dollar or two."""
    from sklearn.linear_model import LinearRegression

    services = pd.get_dummies(customers[["phone_service", "multiple_lines", "internet_service", *INTERNET]])
    model = LinearRegression().fit(services, customers["monthly_charges"])
    assert (model.predict(services) - customers["monthly_charges"]).abs().max() < 5


def test_each_known_fault_of_churn_is_as_its_datasheet_counts_it(customers: pd.DataFrame) -> None:
    paid = customers.dropna()
    near = ((paid["total_charges"] - paid["tenure"] * paid["monthly_charges"]).abs() / paid["total_charges"]) < 0.1
    first = customers[customers["tenure"] == 1]
    by_contract = customers.groupby("contract", observed=True)["churn"].mean()
    by_payment = customers.groupby("payment_method", observed=True)["churn"].mean()
    by_internet = customers.groupby("internet_service", observed=True)["churn"].mean()
    senior = customers.groupby("senior_citizen")["churn"].mean()
    counted = [
        f"{customers['churn'].sum():,} customers left ({customers['churn'].mean():.1%})",
        f"`total_charges` is missing in {customers['total_charges'].isna().sum()} rows",
        f"in {near.sum():,} of {len(paid):,} rows",
        f"in all {len(first)} rows with a tenure of 1",
        f'"No internet service" stands in {(customers["internet_service"] == "No").sum():,} rows of six columns',
        f'"No phone service", in {(~customers["phone_service"]).sum()} rows',
        f"{customers.duplicated().sum()} rows repeat another in every column",
        f"at 72, where {(customers['tenure'] == 72).sum()} customers stand",
        f"{by_contract['Month-to-month']:.1%} of those with a contract from month to month left",
        f"{by_contract['One year']:.1%} with one year, {by_contract['Two year']:.1%} with two",
        f"{by_payment['Electronic check']:.1%} of those with an electronic check left",
        f"{by_internet['Fiber optic']:.1%} of those with fibre",
        f"{senior[True]:.1%} of the senior citizens left, {senior[False]:.1%} of the others",
    ]
    sheet = " ".join(data.path("churn", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact.replace("%", " %") not in sheet] == []
    assert (first["total_charges"] == first["monthly_charges"]).all()
    unpaid = customers[customers["total_charges"].isna()]
    assert (unpaid.index == customers.index[customers["tenure"] == 0]).all() and not unpaid["churn"].any()
    assert (customers[customers.duplicated(keep=False)]["tenure"] == 1).all()
    for column in INTERNET:
        assert ((customers[column] == "No internet service") == (customers["internet_service"] == "No")).all()
    assert ((customers["multiple_lines"] == "No phone service") == ~customers["phone_service"]).all()


def test_models_reach_the_scores_of_the_datasheet(customers: pd.DataFrame) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features, label = customers.drop(columns="churn").fillna({"total_charges": 0}), customers["churn"]
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    boosting = HistGradientBoostingClassifier(
        categorical_features="from_dtype", learning_rate=0.05, max_leaf_nodes=8, random_state=0
    )
    score = cross_val_score(logistic, pd.get_dummies(features).astype(float), label, cv=folds, scoring="roc_auc").mean()
    assert score == pytest.approx(0.845, abs=0.003)
    assert 0.845 < cross_val_score(boosting, features, label, cv=folds, scoring="roc_auc").mean() < 0.855
